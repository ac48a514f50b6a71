/* The atomic instructions of the interpreter: C11's atomics on the bytes of the
   memory, sequentially consistent, of any memory, shared or not. They must be lock-free: other
   threads touch the same bytes. Values narrower than their type are wrapped on the way in (the
   expected one of a compare-exchange too) and zero-extended on the way out.

   An address is checked first for its alignment, then for its bounds. Path: loop.c -> here ->
   run/shared.c to wait. */
#include "interp/atomic.h"

#include "run/shared.h"

_Static_assert(ATOMIC_CHAR_LOCK_FREE == 2 && ATOMIC_SHORT_LOCK_FREE == 2 &&
                   ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
               "atomics need no locks");

WT_INLINE int16_t atomic_slot(const uint32_t *pc, unsigned i) {
    int16_t slot;
    memcpy(&slot, (const uint8_t *)(pc + 1) + 2 * i, sizeof slot);
    return slot;
}
#define SLOT(i) fp[atomic_slot(pc, i)]

/* The bytes that an instruction means; NULL: *why says why not. */
WT_INLINE void *atomic_bytes(const Instance *in, const Value *fp, const uint32_t *pc, unsigned size,
                             TrapCode *why) {
    const MemInst *m = *INSTANCE_FIELD(in, pc[3], MemInst *);
    uint64_t at = m->limits.is64 ? SLOT(1) : (uint32_t)SLOT(1), offset;
    memcpy(&offset, pc + 4, sizeof offset);
    if (WT_UNLIKELY((at + offset) & (size - 1))) {
        *why = TRAP_unaligned_atomic;
        return NULL;
    }
    if (WT_UNLIKELY(m->len < size || offset > m->len - size || at > m->len - size - offset)) {
        *why = TRAP_out_of_bounds_memory;
        return NULL;
    }
    return m->base + (at + offset);
}

#define ATOMIC_INSN(ident) TrapCode wt_interp_##ident(Instance *in, Value *fp, const uint32_t *pc)
/* Declares p, the atomic of type T. */
#define ATOMIC_PLACE(T)                                                                            \
    TrapCode why = TRAP_none;                                                                      \
    _Atomic(T) *p = atomic_bytes(in, fp, pc, sizeof(T), &why);                                     \
    if (WT_UNLIKELY(!p))                                                                           \
    return why

#define ATOMIC_LOAD(ident, T)                                                                      \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        SLOT(0) = atomic_load(p);                                                                  \
        return TRAP_none;                                                                          \
    }
ATOMIC_LOAD(i32_atomic_load, uint32_t)
ATOMIC_LOAD(i64_atomic_load, uint64_t)
ATOMIC_LOAD(i32_atomic_load8_u, uint8_t)
ATOMIC_LOAD(i32_atomic_load16_u, uint16_t)
ATOMIC_LOAD(i64_atomic_load8_u, uint8_t)
ATOMIC_LOAD(i64_atomic_load16_u, uint16_t)
ATOMIC_LOAD(i64_atomic_load32_u, uint32_t)

#define ATOMIC_STORE(ident, T)                                                                     \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        atomic_store(p, (T)SLOT(2));                                                               \
        return TRAP_none;                                                                          \
    }
ATOMIC_STORE(i32_atomic_store, uint32_t)
ATOMIC_STORE(i64_atomic_store, uint64_t)
ATOMIC_STORE(i32_atomic_store8, uint8_t)
ATOMIC_STORE(i32_atomic_store16, uint16_t)
ATOMIC_STORE(i64_atomic_store8, uint8_t)
ATOMIC_STORE(i64_atomic_store16, uint16_t)
ATOMIC_STORE(i64_atomic_store32, uint32_t)

/* The seven widths of an operator. */
#define ATOMIC_WIDTHS(X, op, how)                                                                  \
    X(i32_atomic_rmw_##op, uint32_t, how)                                                          \
    X(i64_atomic_rmw_##op, uint64_t, how)                                                          \
    X(i32_atomic_rmw8_##op##_u, uint8_t, how)                                                      \
    X(i32_atomic_rmw16_##op##_u, uint16_t, how)                                                    \
    X(i64_atomic_rmw8_##op##_u, uint8_t, how)                                                      \
    X(i64_atomic_rmw16_##op##_u, uint16_t, how)                                                    \
    X(i64_atomic_rmw32_##op##_u, uint32_t, how)

#define ATOMIC_RMW(ident, T, how)                                                                  \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        SLOT(0) = how(p, (T)SLOT(2));                                                              \
        return TRAP_none;                                                                          \
    }
ATOMIC_WIDTHS(ATOMIC_RMW, add, atomic_fetch_add)
ATOMIC_WIDTHS(ATOMIC_RMW, sub, atomic_fetch_sub)
ATOMIC_WIDTHS(ATOMIC_RMW, and, atomic_fetch_and)
ATOMIC_WIDTHS(ATOMIC_RMW, or, atomic_fetch_or)
ATOMIC_WIDTHS(ATOMIC_RMW, xor, atomic_fetch_xor)
ATOMIC_WIDTHS(ATOMIC_RMW, xchg, atomic_exchange)

/* A failed exchange leaves in `seen` what stood there. */
#define ATOMIC_CMPXCHG(ident, T, how)                                                              \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        T seen = (T)SLOT(2);                                                                       \
        how(p, &seen, (T)SLOT(3));                                                                 \
        SLOT(0) = seen;                                                                            \
        return TRAP_none;                                                                          \
    }
ATOMIC_WIDTHS(ATOMIC_CMPXCHG, cmpxchg, atomic_compare_exchange_strong)

ATOMIC_INSN(atomic_fence) {
    (void)in;
    (void)fp;
    (void)pc;
    atomic_thread_fence(memory_order_seq_cst);
    return TRAP_none;
}

/* ---- wait and notify ---- */

static TrapCode atomic_wait(const Instance *in, Value *fp, const uint32_t *pc, const void *p,
                            unsigned size, uint64_t expected) {
    const MemInst *m = *INSTANCE_FIELD(in, pc[3], MemInst *);
    if (!m->shared)
        return TRAP_expected_shared;
    uint64_t at = (uint64_t)((const uint8_t *)p - m->base);
    Store *s = in->store;
    WaitEnd end = wt_shared_wait(m->shared, at, size, expected, (int64_t)SLOT(3),
                                 s->limits.interruptible ? &s->interrupt : NULL);
    if (end > WAIT_timed_out)
        return end == WAIT_interrupted ? TRAP_interrupt : TRAP_unsupported;
    SLOT(0) = (Value)end;
    return TRAP_none;
}

ATOMIC_INSN(memory_atomic_wait32) {
    ATOMIC_PLACE(uint32_t);
    return atomic_wait(in, fp, pc, p, 4, (uint32_t)SLOT(2));
}

ATOMIC_INSN(memory_atomic_wait64) {
    ATOMIC_PLACE(uint64_t);
    return atomic_wait(in, fp, pc, p, 8, SLOT(2));
}

ATOMIC_INSN(memory_atomic_notify) {
    const MemInst *m = *INSTANCE_FIELD(in, pc[3], MemInst *);
    ATOMIC_PLACE(uint32_t);
    uint64_t at = (uint64_t)((uint8_t *)p - m->base);
    SLOT(0) = m->shared ? wt_shared_notify(m->shared, at, (uint32_t)SLOT(2)) : 0;
    return TRAP_none;
}
