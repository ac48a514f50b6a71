/* Shared memories and those who wait in them.

   One lock a memory orders growth and the queues. A waiter compares the value under the lock and is
   in its queue before the lock is free, so a notification that follows a write cannot slip in
   between: its sender takes the same lock. Each waiter sleeps on a condition of its own; the one
   who notifies takes it out of the queue. */
#include "run/shared.h"

#include "run/memory.h"

/* Reserved for one memory at most, unless it begins larger: 64-bit maxima can be anything. */
#define SHARED_RESERVE_MOST ((uint64_t)1 << 40)

static size_t shared_round(uint64_t bytes) {
    size_t page = wt_os_page_size();
    return bytes ? ((size_t)bytes + (page - 1)) & ~(page - 1) : page;
}

/* Address space from `first` to `most` bytes, as much as there is; all that a 32-bit address
   reaches, if it can be: in which stores it will be used, with which tiers, is not known here.
   Where none can be reserved, the first bytes are all there will be. */
static bool reserve_shared(SharedMem *m, uint64_t first, uint64_t most) {
    if (wt_os_faults_known() && wt_memory_is_reservable(&m->limits)) {
        m->reserved = (size_t)MEMORY_reserve;
        m->base = wt_os_mem_reserve(m->reserved);
    }
    most = WT_MAX(first, WT_MIN(most, WT_MIN(SHARED_RESERVE_MOST, (uint64_t)SIZE_MAX / 2)));
    for (; !m->base; most = WT_MAX(first, most / 2)) {
        m->reserved = shared_round(most);
        m->base = wt_os_mem_reserve(m->reserved);
        if (most == first)
            break;
    }
    m->committed = shared_round(first);
    if (m->base)
        return wt_os_mem_commit(m->base, m->committed) == OS_OK;
    m->reserved = m->committed;
    m->base = wt_os_mem_grow(NULL, 0, m->committed);
    return m->base != NULL;
}

SharedMem *wt_shared_new(const Allocator *al, const Limits *limits, uint64_t most) {
    uint64_t bytes = wt_memory_bytes(limits, limits->min, most);
    uint64_t last = wt_memory_bytes(limits, wt_memory_most_pages(limits), UINT64_MAX);
    SharedMem *m = bytes == UINT64_MAX ? NULL : allocator_get(al, sizeof *m);
    if (!m)
        return NULL;
    memset(m, 0, sizeof *m);
    m->allocator = *al;
    m->limits = *limits;
    atomic_init(&m->owners, 1);
    atomic_init(&m->len, bytes);
    if (wt_os_mutex_init(&m->lock) != OS_OK) {
        allocator_free(al, m, sizeof *m);
        return NULL;
    }
    if (!reserve_shared(m, bytes, WT_MIN(last, most))) {
        wt_shared_release(m);
        return NULL;
    }
    return m;
}

void wt_shared_hold(SharedMem *m) { atomic_fetch_add(&m->owners, 1); }

void wt_shared_release(SharedMem *m) {
    if (!m || atomic_fetch_sub(&m->owners, 1) > 1)
        return;
    wt_os_mem_release(m->base, m->reserved);
    wt_os_mutex_destroy(&m->lock);
    Allocator al = m->allocator;
    allocator_free(&al, m, sizeof *m);
}

/* Under the lock: the length becomes `bytes`. */
static bool extend_shared(SharedMem *m, uint64_t bytes) {
    if (bytes > m->reserved)
        return false;
    size_t size = shared_round(bytes);
    if (size > m->committed) {
        if (wt_os_mem_commit(m->base + m->committed, size - m->committed) != OS_OK)
            return false;
        m->committed = size;
    }
    atomic_store_explicit(&m->len, bytes, memory_order_release);
    return true;
}

uint64_t wt_shared_grow(SharedMem *m, uint64_t pages, uint64_t most) {
    wt_os_mutex_lock(&m->lock);
    uint64_t old = shared_len(m) >> m->limits.page_log2;
    uint64_t bytes = wt_memory_grown(&m->limits, old, pages, most);
    bool ok = bytes != UINT64_MAX && extend_shared(m, bytes);
    wt_os_mutex_unlock(&m->lock);
    return ok ? old : UINT64_MAX;
}

/* ---- waiting ---- */

/* Nanoseconds from one look at *stop to the next. */
#define STOP_POLL ((uint64_t)10000000)

_Static_assert(SHARED_queues == 64, "six bits of the hash");
/* The queue of an address; neighbours have different ones. */
static Waiter **shared_queue(SharedMem *m, uint64_t at) {
    return &m->queue[(at >> 2) * 0x9E3779B97F4A7C15u >> 58];
}

static void unlink_waiter(SharedMem *m, const Waiter *w) {
    Waiter **link = shared_queue(m, w->at);
    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
}

static uint64_t shared_value(const SharedMem *m, uint64_t at, unsigned size) {
    void *p = m->base + at;
    return size == 4 ? atomic_load((_Atomic(uint32_t) *)p) : atomic_load((_Atomic(uint64_t) *)p);
}

/* Under the lock, which is free while it sleeps. A signal handler may set *stop, and could wake
   nobody: so it is looked at again and again. */
static WaitEnd sleep_in_queue(SharedMem *m, Waiter *w, int64_t ns, const atomic_uint *stop) {
    if (ns < 0 && !wt_os_has_threads())
        return WAIT_impossible;
    uint64_t start = wt_os_now(), left = UINT64_MAX;
    while (!w->notified) {
        if (stop && atomic_load(stop) & METER_stop)
            return WAIT_interrupted;
        if (ns >= 0) {
            uint64_t gone = wt_os_now() - start;
            if (gone >= (uint64_t)ns)
                return WAIT_timed_out;
            left = (uint64_t)ns - gone;
        }
        if (ns < 0 && !stop)
            wt_os_cond_wait(&w->wake, &m->lock);
        else
            (void)wt_os_cond_wait_for(&w->wake, &m->lock, stop ? WT_MIN(left, STOP_POLL) : left);
    }
    return WAIT_notified;
}

WaitEnd wt_shared_wait(SharedMem *m, uint64_t at, unsigned size, uint64_t expected, int64_t ns,
                       const atomic_uint *stop) {
    Waiter w = {.at = at};
    if (wt_os_cond_init(&w.wake) != OS_OK)
        return WAIT_impossible;
    WaitEnd end = WAIT_not_equal;
    wt_os_mutex_lock(&m->lock);
    if (shared_value(m, at, size) == expected) {
        Waiter **link = shared_queue(m, at);
        while (*link)
            link = &(*link)->next;
        *link = &w;
        end = sleep_in_queue(m, &w, ns, stop);
        if (!w.notified)
            unlink_waiter(m, &w);
    }
    wt_os_mutex_unlock(&m->lock);
    wt_os_cond_destroy(&w.wake);
    return end;
}

uint32_t wt_shared_notify(SharedMem *m, uint64_t at, uint32_t count) {
    uint32_t woken = 0;
    wt_os_mutex_lock(&m->lock);
    Waiter **link = shared_queue(m, at);
    while (*link && woken < count) {
        Waiter *w = *link;
        if (w->at != at) {
            link = &w->next;
            continue;
        }
        *link = w->next;
        w->notified = true;
        wt_os_cond_signal(&w->wake);
        woken++;
    }
    wt_os_mutex_unlock(&m->lock);
    return woken;
}
