/* Linear memories. Here bounds are always compared. Growth may move the bytes, unless they are
   shared or address space is reserved for them. */
#ifndef WATTLE_RUN_MEMORY_H
#define WATTLE_RUN_MEMORY_H

#include "run/shared.h"

/* What a memory of 32-bit addresses and 64 KiB pages has reserved, if the tier wants it and there
   is so much: all that an index reaches, and a guard for offsets below 2 GiB and the widest access.
 */
#define MEMORY_index_reach ((uint64_t)1 << 32)
#define MEMORY_guard (((uint64_t)2 << 30) + (64 << 10))
#define MEMORY_reserve (MEMORY_index_reach + MEMORY_guard)
/* Whether that would be of use for it, on this host. */
bool wt_memory_is_reservable(const Limits *l);

/* What limits mean in bytes. A number of pages; UINT64_MAX: more than `most` or than a host holds.
 */
uint64_t wt_memory_bytes(const Limits *l, uint64_t pages, uint64_t most);
/* The bytes after growing by `pages`; UINT64_MAX: it cannot be. */
uint64_t wt_memory_grown(const Limits *l, uint64_t old, uint64_t pages, uint64_t most);
/* The pages that the address type and the declared maximum allow. */
uint64_t wt_memory_most_pages(const Limits *l);

/* NULL: out of memory or beyond the limits (no trap is set). */
MemInst *wt_memory_new(Store *s, const Limits *limits);
/* A shared memory in this store, which becomes one more owner. The store has at most one MemInst
   for it. NULL: out of memory. */
MemInst *wt_memory_share(Store *s, SharedMem *shared);
void wt_memory_free(Store *s, MemInst *m);

/* The length as it is now: other threads grow shared memories. */
WT_INLINE uint64_t memory_len(const MemInst *m) {
    return m->shared ? shared_len(m->shared) : m->len;
}
WT_INLINE uint64_t memory_pages(const MemInst *m) { return memory_len(m) >> m->limits.page_log2; }
/* Whether a memory was longer than the store knew; now it knows. */
bool wt_memory_refresh(MemInst *m);

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

/* memory.atomic.wait and .notify at a place that is inside and aligned; *result is what the
   instruction gives. */
TrapCode wt_memory_wait(Store *s, const MemInst *m, const void *place, unsigned size,
                        uint64_t expected, int64_t ns, Value *result);
uint32_t wt_memory_notify(const MemInst *m, const void *place, uint32_t count);

#endif
