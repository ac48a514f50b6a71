/* The atomic instructions of the interpreter, of any memory, made from the lists of run/access.h.
   Path: loop.c -> here -> run/memory.c to wait. */
#include "interp/atomic.h"

#include "run/access.h"

WT_INLINE int16_t atomic_slot(const uint32_t *pc, unsigned i) {
    int16_t slot;
    memcpy(&slot, (const uint8_t *)(pc + 1) + 2 * i, sizeof slot);
    return slot;
}
#define SLOT(i) fp[atomic_slot(pc, i)]

#define ATOMIC_INSN(ident) TrapCode wt_interp_##ident(Instance *in, Value *fp, const uint32_t *pc)
/* Declares m, the memory, and p, the atomic of type T in it. */
#define ATOMIC_PLACE(T)                                                                            \
    TrapCode why = TRAP_none;                                                                      \
    uint64_t offset_;                                                                              \
    memcpy(&offset_, pc + 4, sizeof offset_);                                                      \
    MemInst *m = *INSTANCE_FIELD(in, pc[3], MemInst *);                                            \
    _Atomic(T) *p = access_atomic(m, SLOT(1), offset_, sizeof(T), &why);                           \
    if (WT_UNLIKELY(!p))                                                                           \
    return why

#define ATOMIC_LOAD(ident, T)                                                                      \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        SLOT(0) = atomic_load(p);                                                                  \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_LOADS(ATOMIC_LOAD)

#define ATOMIC_STORE(ident, T)                                                                     \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        atomic_store(p, (T)SLOT(2));                                                               \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_STORES(ATOMIC_STORE)

#define ATOMIC_RMW(ident, T, how)                                                                  \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        SLOT(0) = how(p, (T)SLOT(2));                                                              \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_RMWS(ATOMIC_RMW)

/* A failed exchange leaves in `seen` what stood there. */
#define ATOMIC_CMPXCHG(ident, T, how)                                                              \
    ATOMIC_INSN(ident) {                                                                           \
        ATOMIC_PLACE(T);                                                                           \
        T seen = (T)SLOT(2);                                                                       \
        how(p, &seen, (T)SLOT(3));                                                                 \
        SLOT(0) = seen;                                                                            \
        return TRAP_none;                                                                          \
    }
ACCESS_ATOMIC_CMPXCHGS(ATOMIC_CMPXCHG)

ATOMIC_INSN(atomic_fence) {
    (void)in;
    (void)fp;
    (void)pc;
    atomic_thread_fence(memory_order_seq_cst);
    return TRAP_none;
}

/* ---- wait and notify ---- */

ATOMIC_INSN(memory_atomic_wait32) {
    ATOMIC_PLACE(uint32_t);
    return wt_memory_wait(in->store, m, p, sizeof *p, (uint32_t)SLOT(2), (int64_t)SLOT(3),
                          &SLOT(0));
}

ATOMIC_INSN(memory_atomic_wait64) {
    ATOMIC_PLACE(uint64_t);
    return wt_memory_wait(in->store, m, p, sizeof *p, SLOT(2), (int64_t)SLOT(3), &SLOT(0));
}

ATOMIC_INSN(memory_atomic_notify) {
    ATOMIC_PLACE(uint32_t);
    SLOT(0) = wt_memory_notify(m, p, (uint32_t)SLOT(2));
    return TRAP_none;
}
