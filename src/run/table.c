/* Tables: arrays of references, one Value each. */
#include "run/table.h"

#include "run/memory.h"
#include "run/meter.h"
#include "run/quota.h"

/* Bytes for that many elements, or 0 when no host has them. */
static size_t table_bytes(uint64_t len) {
    if (len > SIZE_MAX / 2 / sizeof(Value))
        return 0;
    return len ? (size_t)len * sizeof(Value) : 1;
}

static void fill_elems(Value *at, Value v, uint64_t n) {
    for (uint64_t i = 0; i < n; i++)
        at[i] = v;
}

TableInst *wt_table_new(Store *s, const Limits *limits, ValType type, Value init) {
    size_t bytes = wt_quota_table(s, limits) ? 0 : table_bytes(limits->min);
    TableInst *t = bytes ? allocator_get(&s->allocator, sizeof *t) : NULL;
    if (!t)
        return NULL;
    memset(t, 0, sizeof *t);
    t->limits = *limits;
    t->type = type;
    t->len = limits->min;
    t->elems = wt_store_block_grow(s, NULL, &t->size, bytes);
    if (!t->elems || !wt_store_list_add(s, &s->tables, t)) {
        wt_table_free(s, t);
        return NULL;
    }
    if (init)
        fill_elems(t->elems, init, t->len);
    return t;
}

void wt_table_free(Store *s, TableInst *t) {
    if (t->elems)
        wt_store_block_free(s, t->elems, t->size);
    allocator_free(&s->allocator, t, sizeof *t);
}

uint64_t wt_table_grow(Store *s, TableInst *t, uint64_t n, Value init) {
    uint64_t most = t->limits.is64 ? UINT64_MAX : UINT32_MAX, old = t->len;
    if (t->limits.has_max)
        most = WT_MIN(most, t->limits.max);
    most = WT_MIN(most, wt_quota_table_most(s, old));
    if (n > most || old > most - n)
        return UINT64_MAX;
    size_t bytes = table_bytes(old + n);
    /* Room grows by half at least, so that growing one by one is not quadratic. */
    size_t ask = bytes > t->size ? WT_MAX(bytes, t->size + t->size / 2) : bytes;
    Value *elems = bytes ? wt_store_block_grow(s, t->elems, &t->size, ask) : NULL;
    if (!elems)
        return UINT64_MAX;
    t->elems = elems;
    t->len = old + n;
    fill_elems(elems + old, init, n);
    return old;
}

TrapCode wt_table_copy(Store *s, TableInst *to, uint64_t at, const TableInst *from,
                       uint64_t from_at, uint64_t n) {
    if (!memory_in(to->len, at, n) || !memory_in(from->len, from_at, n))
        return TRAP_out_of_bounds_table;
    TrapCode why = wt_meter_charge(s, n);
    bool down = at > from_at;
    for (uint64_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint64_t piece = meter_piece(s, n - done, METER_piece_elems);
        uint64_t skip = down ? n - done - piece : done;
        memmove(to->elems + at + skip, from->elems + from_at + skip, (size_t)piece * sizeof(Value));
        done += piece;
    }
    return why;
}

TrapCode wt_table_fill(Store *s, TableInst *t, uint64_t at, Value v, uint64_t n) {
    if (!memory_in(t->len, at, n))
        return TRAP_out_of_bounds_table;
    TrapCode why = wt_meter_charge(s, n);
    for (uint64_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint64_t piece = meter_piece(s, n - done, METER_piece_elems);
        fill_elems(t->elems + at + done, v, piece);
        done += piece;
    }
    return why;
}
