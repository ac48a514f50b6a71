/* Linear memories. A memory's bytes may move when it grows; the instances whose memory 0 it is keep
   copies of base and length, which are refreshed here. */
#include "run/memory.h"

#include "run/instance.h"
#include "run/meter.h"

/* The number of pages that the address type and the declared maximum allow. */
static uint64_t most_pages(const Limits *l) {
    uint64_t bits = l->is64 ? 64 : 32;
    uint64_t pages =
        l->page_log2 == 0 && l->is64 ? UINT64_MAX : (uint64_t)1 << (bits - l->page_log2);
    return l->has_max && l->max < pages ? l->max : pages;
}

/* Bytes of that many pages, or UINT64_MAX when a host cannot hold them. */
static uint64_t bytes_of(const Store *s, const Limits *l, uint64_t pages) {
    if (pages > (UINT64_MAX >> l->page_log2))
        return UINT64_MAX;
    uint64_t bytes = pages << l->page_log2;
    return bytes > s->limits.memory_bytes || bytes > SIZE_MAX / 2 ? UINT64_MAX : bytes;
}

MemInst *wt_memory_new(Store *s, const Limits *limits) {
    uint64_t bytes = bytes_of(s, limits, limits->min);
    MemInst *m = bytes == UINT64_MAX ? NULL : allocator_get(&s->allocator, sizeof *m);
    if (!m)
        return NULL;
    memset(m, 0, sizeof *m);
    m->limits = *limits;
    m->base = wt_store_block_grow(s, NULL, &m->size, (size_t)bytes);
    m->len = bytes;
    if (!m->base || !wt_store_list_add(s, &s->memories, m)) {
        wt_memory_free(s, m);
        return NULL;
    }
    return m;
}

void wt_memory_free(Store *s, MemInst *m) {
    if (m->base)
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

uint64_t wt_memory_grow(Store *s, MemInst *m, uint64_t pages) {
    uint64_t old = memory_pages(m), most = most_pages(&m->limits);
    if (pages > most || old > most - pages)
        return UINT64_MAX;
    uint64_t bytes = bytes_of(s, &m->limits, old + pages);
    if (bytes == UINT64_MAX)
        return UINT64_MAX;
    uint8_t *base = wt_store_block_grow(s, m->base, &m->size, (size_t)bytes);
    if (!base)
        return UINT64_MAX;
    m->base = base;
    m->len = bytes;
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
