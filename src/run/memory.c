/* Linear memories. A memory's bytes may move when it grows; the instances whose memory 0 it is keep
   copies of base and length, which are refreshed here. A reserved memory is committed as far as it
   is long, and stays where it is. */
#include "run/memory.h"

#include "run/instance.h"
#include "run/meter.h"
#include "run/pool.h"
#include "run/quota.h"

uint64_t wt_memory_most_pages(const Limits *l) {
    uint64_t bits = l->is64 ? 64 : 32;
    uint64_t pages =
        l->page_log2 == 0 && l->is64 ? UINT64_MAX : (uint64_t)1 << (bits - l->page_log2);
    return l->has_max && l->max < pages ? l->max : pages;
}

uint64_t wt_memory_bytes(const Limits *l, uint64_t pages, uint64_t most) {
    if (pages > (UINT64_MAX >> l->page_log2))
        return UINT64_MAX;
    uint64_t bytes = pages << l->page_log2;
    return bytes > most || bytes > SIZE_MAX / 2 ? UINT64_MAX : bytes;
}

uint64_t wt_memory_grown(const Limits *l, uint64_t old, uint64_t pages, uint64_t most) {
    uint64_t last = wt_memory_most_pages(l);
    return pages > last || old > last - pages ? UINT64_MAX : wt_memory_bytes(l, old + pages, most);
}

bool wt_memory_is_reservable(const Limits *l) {
    return !l->is64 && l->page_log2 == 16 && MEMORY_reserve <= SIZE_MAX / 2;
}

static MemInst *new_memory(Store *s, const Limits *limits) {
    MemInst *m = allocator_get(&s->allocator, sizeof *m);
    if (!m)
        return NULL;
    memset(m, 0, sizeof *m);
    m->limits = *limits;
    return m;
}

MemInst *wt_memory_share(Store *s, SharedMem *shared) {
    for (size_t i = 0; i < s->memories.count; i++) {
        MemInst *known = s->memories.items[i];
        if (known->shared == shared)
            return known;
    }
    MemInst *m = new_memory(s, &shared->limits);
    if (!m)
        return NULL;
    m->shared = shared;
    m->base = shared->base;
    m->len = shared_len(shared);
    m->reserved = shared->reserved;
    wt_shared_hold(shared);
    if (wt_store_list_add(s, &s->memories, m))
        return m;
    wt_memory_free(s, m);
    return NULL;
}

static size_t whole_pages(uint64_t bytes) {
    size_t page = wt_os_page_size();
    return ((size_t)bytes + page - 1) & ~(page - 1);
}

/* For `bytes` to begin with. As address space is no memory, what fails is not an error: then it is
   a memory that moves. */
static void reserve_memory(Store *s, MemInst *m, uint64_t bytes) {
    size_t size = whole_pages(bytes);
    m->base = wt_pool_take(s->limits.pool, size, (size_t)MEMORY_reserve);
    if (m->base)
        m->size = size;
    else
        m->base = wt_os_mem_reserve((size_t)MEMORY_reserve);
    m->reserved = m->base ? (size_t)MEMORY_reserve : 0;
}

/* The length becomes `bytes`, no less than before. */
static bool hold_memory(Store *s, MemInst *m, uint64_t bytes) {
    size_t size = whole_pages(bytes);
    if (m->reserved && size > m->size) {
        if (wt_os_mem_commit(m->base + m->size, size - m->size) != OS_OK)
            return false;
        m->size = size;
    } else if (!m->reserved) {
        uint8_t *base = wt_store_block_grow(s, m->base, &m->size, (size_t)bytes);
        if (!base)
            return false;
        m->base = base;
    }
    m->len = bytes;
    return true;
}

MemInst *wt_memory_new(Store *s, const Limits *limits) {
    if (wt_quota_memory(s, limits))
        return NULL;
    if (limits->shared) {
        SharedMem *shared = wt_shared_new(&s->allocator, limits, wt_quota_memory_most(s, 0));
        MemInst *m = shared ? wt_memory_share(s, shared) : NULL;
        wt_shared_release(shared);
        return m;
    }
    uint64_t bytes = limits->min << limits->page_log2;
    MemInst *m = new_memory(s, limits);
    if (!m)
        return NULL;
    if (s->tier->reserve && !s->limits.no_reserve && wt_memory_is_reservable(limits))
        reserve_memory(s, m, bytes);
    if (!hold_memory(s, m, bytes) || !wt_store_list_add(s, &s->memories, m)) {
        wt_memory_free(s, m);
        return NULL;
    }
    return m;
}

void wt_memory_free(Store *s, MemInst *m) {
    /* As long as it has become, nobody begins. */
    bool grown = m->len > m->limits.min << m->limits.page_log2;
    if (m->shared)
        wt_shared_release(m->shared);
    else if (m->reserved)
        wt_pool_give(grown ? NULL : s->limits.pool, m->base, m->size, m->reserved);
    else if (m->base)
        wt_store_block_free(s, m->base, m->size);
    allocator_free(&s->allocator, m->users, m->user_cap * sizeof *m->users);
    allocator_free(&s->allocator, m, sizeof *m);
}

static void tell_users(const MemInst *m) {
    for (size_t i = 0; i < m->user_count; i++) {
        m->users[i]->mem_base = m->base;
        m->users[i]->mem_len = m->len;
    }
}

bool wt_memory_add_user(Store *s, MemInst *m, Instance *in) {
    if (!wt_vec_grow(&s->allocator, (void **)&m->users, &m->user_cap, m->user_count,
                     sizeof *m->users))
        return false;
    m->users[m->user_count++] = in;
    in->mem_base = m->base;
    in->mem_len = m->len;
    return true;
}

bool wt_memory_refresh(MemInst *m) {
    uint64_t len = memory_len(m);
    if (len == m->len)
        return false;
    m->len = len;
    tell_users(m);
    return true;
}

uint64_t wt_memory_grow(Store *s, MemInst *m, uint64_t pages) {
    uint64_t old;
    if (m->shared) {
        old = wt_shared_grow(m->shared, pages, wt_quota_memory_most(s, memory_len(m)));
        (void)wt_memory_refresh(m);
        return old;
    }
    old = memory_pages(m);
    uint64_t bytes = wt_memory_grown(&m->limits, old, pages, wt_quota_memory_most(s, m->len));
    if (bytes == UINT64_MAX || !hold_memory(s, m, bytes))
        return UINT64_MAX;
    tell_users(m);
    return old;
}

/* The pieces go the way that memmove would: what is still to be read is not yet overwritten. */
TrapCode wt_memory_copy(Store *s, MemInst *to, uint64_t at, const MemInst *from, uint64_t from_at,
                        uint64_t n) {
    if (!memory_in(to->len, at, n) || !memory_in(from->len, from_at, n))
        return TRAP_out_of_bounds_memory;
    TrapCode why = wt_meter_bytes(s, n);
    bool down = at > from_at;
    for (uint64_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint64_t piece = meter_piece(s, n - done, METER_piece_bytes);
        uint64_t skip = down ? n - done - piece : done;
        memmove(to->base + at + skip, from->base + from_at + skip, (size_t)piece);
        done += piece;
    }
    return why;
}

TrapCode wt_memory_fill(Store *s, MemInst *m, uint64_t at, uint8_t byte, uint64_t n) {
    if (!memory_in(m->len, at, n))
        return TRAP_out_of_bounds_memory;
    TrapCode why = wt_meter_bytes(s, n);
    for (uint64_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint64_t piece = meter_piece(s, n - done, METER_piece_bytes);
        memset(m->base + at + done, byte, (size_t)piece);
        done += piece;
    }
    return why;
}

TrapCode wt_memory_init(Store *s, MemInst *m, uint64_t at, Slice bytes, uint64_t from_at,
                        uint64_t n) {
    if (!memory_in(m->len, at, n) || !memory_in(bytes.len, from_at, n))
        return TRAP_out_of_bounds_memory;
    TrapCode why = wt_meter_bytes(s, n);
    for (uint64_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint64_t piece = meter_piece(s, n - done, METER_piece_bytes);
        memcpy(m->base + at + done, bytes.data + from_at + done, (size_t)piece);
        done += piece;
    }
    return why;
}

static uint64_t memory_offset(const MemInst *m, const void *place) {
    return (uint64_t)((const uint8_t *)place - m->base);
}

TrapCode wt_memory_wait(Store *s, const MemInst *m, const void *place, unsigned size,
                        uint64_t expected, int64_t ns, Value *result) {
    if (!m->shared)
        return TRAP_expected_shared;
    WaitEnd end = wt_shared_wait(m->shared, memory_offset(m, place), size, expected, ns,
                                 s->limits.interruptible ? &s->interrupt : NULL);
    if (end > WAIT_timed_out)
        return end == WAIT_interrupted ? TRAP_interrupt : TRAP_unsupported;
    *result = (Value)end;
    return TRAP_none;
}

uint32_t wt_memory_notify(const MemInst *m, const void *place, uint32_t count) {
    return m->shared ? wt_shared_notify(m->shared, memory_offset(m, place), count) : 0;
}
