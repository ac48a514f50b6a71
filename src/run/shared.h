/* A shared memory: bytes that several stores, in as many threads, use at the same time. Each store
   has a MemInst of its own that points to it, so that a store still belongs to one thread; what is
   here may be called from any thread.

   Its address space is reserved for the declared maximum (or for as much as the system gives; with
   32-bit addresses MEMORY_reserve, as of any memory) and never moves; only its length grows. Who
   read the length before others grew the memory has one that is too small: a failed bounds check
   has to read it again (wt_instance_refresh). */
#ifndef WATTLE_RUN_SHARED_H
#define WATTLE_RUN_SHARED_H

#include <stdatomic.h>

#include "base/os.h"
#include "run/store.h"

enum { SHARED_queues = 64 };

/* A thread that waits; on its own stack. */
typedef struct Waiter {
    struct Waiter *next;
    uint64_t at; /* the address, from the beginning of the memory */
    OsCond wake;
    bool notified;
} Waiter;

struct SharedMem {
    Allocator allocator;
    atomic_size_t owners;
    Limits limits;
    uint8_t *base;
    size_t reserved;              /* bytes of address space */
    size_t committed;             /* of these in use, in whole pages; under the lock */
    _Atomic(uint64_t) len;        /* bytes; written under the lock */
    OsMutex lock;                 /* of growth and of the queues */
    Waiter *queue[SHARED_queues]; /* by address, first come first */
};

/* With one owner. most: bytes that growth may reach at all. NULL: out of memory or beyond that. */
SharedMem *wt_shared_new(const Allocator *al, const Limits *limits, uint64_t most);
void wt_shared_hold(SharedMem *m);
/* The last owner frees it. m may be NULL. */
void wt_shared_release(SharedMem *m);

WT_INLINE uint64_t shared_len(const SharedMem *m) {
    return atomic_load_explicit(&m->len, memory_order_acquire);
}
/* Adds pages. The old number of pages, or UINT64_MAX when it cannot be. */
uint64_t wt_shared_grow(SharedMem *m, uint64_t pages, uint64_t most);

typedef enum WaitEnd {
    WAIT_notified,
    WAIT_not_equal,
    WAIT_timed_out,
    WAIT_interrupted,
    WAIT_impossible, /* it would be for ever: this system has no threads */
} WaitEnd;
/* Sleeps while the `size` (4 or 8) aligned bytes at `at`, which are inside, are `expected`, until a
   notification comes, the time is over, or *stop has METER_stop (stop may be NULL). ns < 0: no end
   of time. The numbers of the first three ends are the results of the wasm instruction. */
WaitEnd wt_shared_wait(SharedMem *m, uint64_t at, unsigned size, uint64_t expected, int64_t ns,
                       const atomic_uint *stop);
/* Wakes up to `count` of those that wait at the address, in the order they came; how many. */
uint32_t wt_shared_notify(SharedMem *m, uint64_t at, uint32_t count);

#endif
