/* Memories and tables: loads and stores of every kind of memory, atomics, bulk operations. A memory
   that others share may be longer than the store knows: what is out of bounds is looked at again.
   Path: helpers.c -> here -> run/memory.c, run/table.c. */
#include "jit/helpers_inside.h"

#include "run/meter.h"
#include "run/table.h"
#include "wasm/simd.h"

static MemInst *memory_at(const Instance *in, uint32_t memidx) {
    return instance_memories(in)[memidx];
}

uint8_t *wt_jit_place(Instance *in, uint32_t memidx, Value address, uint64_t offset,
                      unsigned size) {
    MemInst *m = memory_at(in, memidx);
    uint64_t at = access_address(m, address);
    if (WT_UNLIKELY(!access_in(m, at, offset, size)) &&
        !(m->shared && wt_memory_refresh(m) && access_in(m, at, offset, size)))
        return NULL;
    return m->base + (at + offset);
}

/* ---- loads and stores ---- */

/* Declares p, the bytes of a T. */
#define JIT_PLACE(T)                                                                               \
    uint8_t *p = wt_jit_place(in, a, v[0], b, sizeof(T));                                          \
    if (WT_UNLIKELY(!p))                                                                           \
    return TRAP_out_of_bounds_memory
#define JIT_LOAD_VALUE(T)                                                                          \
    JIT_PLACE(T);                                                                                  \
    T x;                                                                                           \
    memcpy(&x, p, sizeof x)

#define JIT_LOAD(ident, T, V, letter)                                                              \
    WT_RACES JIT_HELPER(ident) {                                                                   \
        JIT_LOAD_VALUE(T);                                                                         \
        V wide = (V)x;                                                                             \
        v[0] = wide;                                                                               \
        return TRAP_none;                                                                          \
    }
ACCESS_LOADS(JIT_LOAD)

#define JIT_STORE(ident, T, letter)                                                                \
    WT_RACES JIT_HELPER(ident) {                                                                   \
        JIT_PLACE(T);                                                                              \
        T x = (T)v[1];                                                                             \
        memcpy(p, &x, sizeof x);                                                                   \
        return TRAP_none;                                                                          \
    }
ACCESS_STORES(JIT_STORE)

#define JIT_VECTOR_LOAD(ident, T)                                                                  \
    WT_RACES JIT_HELPER(ident) {                                                                   \
        JIT_LOAD_VALUE(T);                                                                         \
        vec_store(v, simd_##ident(x));                                                             \
        return TRAP_none;                                                                          \
    }
ACCESS_VECTOR_LOADS(JIT_VECTOR_LOAD)

WT_RACES JIT_HELPER(v128_store) {
    JIT_PLACE(V128);
    memcpy(p, v + 1, sizeof(V128));
    return TRAP_none;
}

/* The vector, then the number of the lane. */
#define JIT_ONE_LANE(N, T)                                                                         \
    WT_RACES JIT_HELPER(v128_load##N##_lane) {                                                     \
        JIT_LOAD_VALUE(T);                                                                         \
        vec_store(v, simd_v128_load##N##_lane(vec_load(v + 1), x, (unsigned)v[3]));                \
        return TRAP_none;                                                                          \
    }                                                                                              \
    WT_RACES JIT_HELPER(v128_store##N##_lane) {                                                    \
        JIT_PLACE(T);                                                                              \
        memcpy(p, (const uint8_t *)(v + 1) + v[3] * sizeof(T), sizeof(T));                         \
        return TRAP_none;                                                                          \
    }
ACCESS_LANES(JIT_ONE_LANE)

/* ---- atomics ---- */

static void *atomic_place(Instance *in, uint32_t memidx, Value address, uint64_t offset,
                          unsigned size, TrapCode *why) {
    MemInst *m = memory_at(in, memidx);
    void *p = access_atomic(m, address, offset, size, why);
    if (!p && *why == TRAP_out_of_bounds_memory && m->shared && wt_memory_refresh(m))
        p = access_atomic(m, address, offset, size, why);
    return p;
}

#define JIT_ATOMIC(T)                                                                              \
    TrapCode why = TRAP_none;                                                                      \
    _Atomic(T) *p = atomic_place(in, a, v[0], b, sizeof(T), &why);                                 \
    if (WT_UNLIKELY(!p))                                                                           \
    return why

#define JIT_ATOMIC_LOAD(ident, T)                                                                  \
    JIT_HELPER(ident) {                                                                            \
        JIT_ATOMIC(T);                                                                             \
        v[0] = atomic_load(p);                                                                     \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_LOADS(JIT_ATOMIC_LOAD)

#define JIT_ATOMIC_STORE(ident, T)                                                                 \
    JIT_HELPER(ident) {                                                                            \
        JIT_ATOMIC(T);                                                                             \
        atomic_store(p, (T)v[1]);                                                                  \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_STORES(JIT_ATOMIC_STORE)

#define JIT_ATOMIC_RMW(ident, T, how)                                                              \
    JIT_HELPER(ident) {                                                                            \
        JIT_ATOMIC(T);                                                                             \
        v[0] = how(p, (T)v[1]);                                                                    \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_RMWS(JIT_ATOMIC_RMW)

#define JIT_ATOMIC_CMPXCHG(ident, T, how)                                                          \
    JIT_HELPER(ident) {                                                                            \
        JIT_ATOMIC(T);                                                                             \
        T seen = (T)v[1];                                                                          \
        how(p, &seen, (T)v[2]);                                                                    \
        v[0] = seen;                                                                               \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_CMPXCHGS(JIT_ATOMIC_CMPXCHG)

JIT_HELPER(atomic_fence) {
    atomic_thread_fence(memory_order_seq_cst);
    return TRAP_none;
}

JIT_HELPER(memory_atomic_wait32) {
    JIT_ATOMIC(uint32_t);
    return wt_memory_wait(in->store, memory_at(in, a), p, sizeof *p, (uint32_t)v[1], (int64_t)v[2],
                          v);
}

JIT_HELPER(memory_atomic_wait64) {
    JIT_ATOMIC(uint64_t);
    return wt_memory_wait(in->store, memory_at(in, a), p, sizeof *p, v[1], (int64_t)v[2], v);
}

JIT_HELPER(memory_atomic_notify) {
    JIT_ATOMIC(uint32_t);
    v[0] = wt_memory_notify(memory_at(in, a), p, (uint32_t)v[1]);
    return TRAP_none;
}

/* ---- memories ---- */

/* -1 of the address type. */
static Value grown_from(uint64_t old, bool is64) {
    return old == UINT64_MAX && !is64 ? UINT32_MAX : old;
}

JIT_HELPER(memory_size) {
    v[0] = memory_pages(memory_at(in, a));
    return TRAP_none;
}

JIT_HELPER(memory_grow) {
    MemInst *m = memory_at(in, a);
    uint64_t pages = access_address(m, v[0]), old = wt_memory_grow(in->store, m, pages);
    v[0] = grown_from(old, m->limits.is64);
    return old == UINT64_MAX ? TRAP_none : wt_meter_bytes(in->store, pages << m->limits.page_log2);
}

/* Once more when a memory is longer than was known; nothing has happened before that is known. */
static bool try_again(Instance *in, TrapCode why) {
    return WT_UNLIKELY(why == TRAP_out_of_bounds_memory) && wt_instance_refresh(in);
}

JIT_HELPER(memory_fill) {
    MemInst *m = memory_at(in, a);
    uint64_t at = access_address(m, v[0]), n = access_address(m, v[2]);
    TrapCode why;
    do
        why = wt_memory_fill(in->store, m, at, (uint8_t)v[1], n);
    while (try_again(in, why));
    return why;
}

JIT_HELPER(memory_copy) {
    MemInst *to = memory_at(in, a), *from = memory_at(in, (uint32_t)b);
    uint64_t at = access_address(to, v[0]), from_at = access_address(from, v[1]);
    uint64_t n = access_address(to->limits.is64 ? from : to, v[2]);
    TrapCode why;
    do
        why = wt_memory_copy(in->store, to, at, from, from_at, n);
    while (try_again(in, why));
    return why;
}

JIT_HELPER(memory_init) {
    uint64_t at = access_address(memory_at(in, (uint32_t)b), v[0]);
    TrapCode why;
    do
        why = wt_instance_memory_init(in, a, (uint32_t)b, at, (uint32_t)v[1], (uint32_t)v[2]);
    while (try_again(in, why));
    return why;
}

JIT_HELPER(data_drop) {
    instance_dropped(in)[in->code->module->elem_count + a] = 1;
    return TRAP_none;
}

/* ---- tables ---- */

static TableInst *table_at(const Instance *in, uint32_t tableidx) {
    return instance_tables(in)[tableidx];
}
static uint64_t element_index(const TableInst *t, Value v) {
    return t->limits.is64 ? v : (uint32_t)v;
}

JIT_HELPER(table_get) {
    const TableInst *t = table_at(in, a);
    uint64_t i = element_index(t, v[0]);
    if (i >= t->len)
        return TRAP_out_of_bounds_table;
    v[0] = t->elems[i];
    return TRAP_none;
}

JIT_HELPER(table_set) {
    TableInst *t = table_at(in, a);
    uint64_t i = element_index(t, v[0]);
    if (i >= t->len)
        return TRAP_out_of_bounds_table;
    t->elems[i] = v[1];
    return TRAP_none;
}

JIT_HELPER(table_size) {
    v[0] = table_at(in, a)->len;
    return TRAP_none;
}

JIT_HELPER(table_grow) {
    TableInst *t = table_at(in, a);
    uint64_t n = element_index(t, v[1]), old = wt_table_grow(in->store, t, n, v[0]);
    v[0] = grown_from(old, t->limits.is64);
    return old == UINT64_MAX ? TRAP_none : wt_meter_charge(in->store, n);
}

JIT_HELPER(table_fill) {
    TableInst *t = table_at(in, a);
    return wt_table_fill(in->store, t, element_index(t, v[0]), v[1], element_index(t, v[2]));
}

JIT_HELPER(table_copy) {
    TableInst *to = table_at(in, a), *from = table_at(in, (uint32_t)b);
    uint64_t n = element_index(to->limits.is64 ? from : to, v[2]);
    return wt_table_copy(in->store, to, element_index(to, v[0]), from, element_index(from, v[1]),
                         n);
}

JIT_HELPER(table_init) {
    uint64_t at = element_index(table_at(in, (uint32_t)b), v[0]);
    return wt_instance_table_init(in, a, (uint32_t)b, at, (uint32_t)v[1], (uint32_t)v[2],
                                  in->store->stack_top)
               ? TRAP_none
               : in->store->trap.code;
}

JIT_HELPER(elem_drop) {
    wt_instance_elem_drop(in, a);
    return TRAP_none;
}
