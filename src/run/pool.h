/* Pages that stores have given back, for the next ones of the same engine: the system need not map
   them again, and the first of them are there. They are zeroed before anybody else can have them.
   Any thread. */
#ifndef WATTLE_RUN_POOL_H
#define WATTLE_RUN_POOL_H

#include "base/arena.h"

typedef struct MemPool MemPool;

/* NULL: out of memory; all below do with NULL what can be done without a pool. */
MemPool *wt_pool_new(const Allocator *allocator);
void wt_pool_free(MemPool *pool);

/* A block of exactly `size` bytes that are there and zero, in address space of `reserved` bytes
   (wt_os_mem_reserve), or 0: a block of its own (wt_os_mem_grow). NULL: there is none. */
void *wt_pool_take(MemPool *pool, size_t size, size_t reserved);
/* Gives such a block back, to the pool or the system. It may be NULL. */
void wt_pool_give(MemPool *pool, void *base, size_t size, size_t reserved);

#endif
