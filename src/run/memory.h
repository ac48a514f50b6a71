/* Linear memories: bounds are always compared, growth may move the bytes. */
#ifndef WATTLE_RUN_MEMORY_H
#define WATTLE_RUN_MEMORY_H

#include "run/store.h"

/* NULL: out of memory or beyond the limits (no trap is set). */
MemInst *wt_memory_new(Store *s, const Limits *limits);
void wt_memory_free(Store *s, MemInst *m);

WT_INLINE uint64_t memory_pages(const MemInst *m) { return m->len >> m->limits.page_log2; }
/* Adds pages. The old number of pages, or UINT64_MAX when it cannot be. Updates every instance that
   keeps the base. */
uint64_t wt_memory_grow(Store *s, MemInst *m, uint64_t pages);
/* The instance keeps copies of base and length from now on (m is its memory 0). */
bool wt_memory_add_user(Store *s, MemInst *m, Instance *in);

WT_INLINE bool memory_in(uint64_t len, uint64_t at, uint64_t n) {
    return n <= len && at <= len - n;
}
/* memory.copy, memory.fill: TRAP_none, or why not. Out of bounds or of fuel, nothing is written;
   interrupted, a part. */
TrapCode wt_memory_copy(Store *s, MemInst *to, uint64_t at, const MemInst *from, uint64_t from_at,
                        uint64_t n);
TrapCode wt_memory_fill(Store *s, MemInst *m, uint64_t at, uint8_t byte, uint64_t n);
/* memory.init from the bytes of a segment. */
TrapCode wt_memory_init(Store *s, MemInst *m, uint64_t at, Slice bytes, uint64_t from_at,
                        uint64_t n);

#endif
