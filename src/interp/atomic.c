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

#if INTERP_FUSES
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

#endif

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

/* ---- a small interpreter: one function for them all ---- */

#if !INTERP_FUSES
enum {
    HOW_load,
    HOW_store,
    HOW_atomic_fetch_add,
    HOW_atomic_fetch_sub,
    HOW_atomic_fetch_and,
    HOW_atomic_fetch_or,
    HOW_atomic_fetch_xor,
    HOW_atomic_exchange,
    HOW_atomic_compare_exchange_strong
};
static const struct {
    uint8_t how, size;
} atomic_rows[] = {
#define ATOMIC_ROW(ident, T, how) [IOP_##ident - IOP_memory_atomic_notify] = {HOW_##how, sizeof(T)},
#define ATOMIC_LOAD_ROW(ident, T) ATOMIC_ROW(ident, T, load)
#define ATOMIC_STORE_ROW(ident, T) ATOMIC_ROW(ident, T, store)
    ACCESS_ATOMIC_LOADS(ATOMIC_LOAD_ROW) ACCESS_ATOMIC_STORES(ATOMIC_STORE_ROW)
        ACCESS_ATOMIC_RMWS(ATOMIC_ROW) ACCESS_ATOMIC_CMPXCHGS(ATOMIC_ROW)};

static uint64_t atomic_look(void *p, unsigned size) {
    return size == 1   ? atomic_load((_Atomic(uint8_t) *)p)
           : size == 2 ? atomic_load((_Atomic(uint16_t) *)p)
           : size == 4 ? atomic_load((_Atomic(uint32_t) *)p)
                       : atomic_load((_Atomic(uint64_t) *)p);
}

/* Puts `to` where `seen` stands; false: something else stood there, which is seen now. */
static bool atomic_put(void *p, unsigned size, uint64_t *seen, uint64_t to) {
#define ATOMIC_PUT(T)                                                                              \
    T old = (T) * seen;                                                                            \
    bool done = atomic_compare_exchange_strong((_Atomic(T) *)p, &old, (T)to);                      \
    *seen = old;                                                                                   \
    return done
    switch (size) {
    case 1: {
        ATOMIC_PUT(uint8_t);
    }
    case 2: {
        ATOMIC_PUT(uint16_t);
    }
    case 4: {
        ATOMIC_PUT(uint32_t);
    }
    default: {
        ATOMIC_PUT(uint64_t);
    }
    }
}

static uint64_t atomic_result(unsigned how, uint64_t old, uint64_t by) {
    switch (how) {
    case HOW_atomic_fetch_add:
        return old + by;
    case HOW_atomic_fetch_sub:
        return old - by;
    case HOW_atomic_fetch_and:
        return old & by;
    case HOW_atomic_fetch_or:
        return old | by;
    case HOW_atomic_fetch_xor:
        return old ^ by;
    default:
        return by;
    }
}

TrapCode wt_interp_atomic(InterpOp op, Instance *in, Value *fp, const uint32_t *pc) {
    switch ((unsigned)op) {
    case IOP_atomic_fence:
        atomic_thread_fence(memory_order_seq_cst);
        return TRAP_none;
    case IOP_memory_atomic_notify:
        return wt_interp_memory_atomic_notify(in, fp, pc);
    case IOP_memory_atomic_wait32:
        return wt_interp_memory_atomic_wait32(in, fp, pc);
    case IOP_memory_atomic_wait64:
        return wt_interp_memory_atomic_wait64(in, fp, pc);
    }
    unsigned how = atomic_rows[op - IOP_memory_atomic_notify].how,
             size = atomic_rows[op - IOP_memory_atomic_notify].size;
    TrapCode why = TRAP_none;
    uint64_t offset;
    memcpy(&offset, pc + 4, sizeof offset);
    MemInst *m = *INSTANCE_FIELD(in, pc[3], MemInst *);
    void *p = access_atomic(m, SLOT(1), offset, size, &why);
    if (WT_UNLIKELY(!p))
        return why;
    uint64_t seen = atomic_look(p, size);
    if (how == HOW_atomic_compare_exchange_strong) {
        seen = SLOT(2) & UINT64_MAX >> (64 - 8 * size);
        (void)atomic_put(p, size, &seen, SLOT(3));
    } else if (how != HOW_load) {
        while (!atomic_put(p, size, &seen, atomic_result(how, seen, SLOT(2))))
            continue;
    }
    if (how != HOW_store)
        SLOT(0) = seen;
    return TRAP_none;
}
#endif
