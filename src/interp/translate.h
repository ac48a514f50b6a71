/* Wasm bytes to the register code of loop.c.

   Code is 32-bit words. An instruction begins with its handler in two words (its address, or its
   number in the table form); the second of them is word 0, where pc stands and from which its words
   are counted. Then come 16-bit slots, two in a word, and 32-bit immediates. Where a handler has a
   destination it is the first slot.

   A frame, in 8-byte slots around fp:
       fp - 3 - k ..          parameters, later results (k is the larger count)
       fp - 3, -2, -1         return address, fp and instance of the caller
       fp + 0 ..              other locals, constants, then the operands by their height
   Arguments are built on top of the caller's operands, where the callee's parameters are. */
#ifndef WATTLE_INTERP_TRANSLATE_H
#define WATTLE_INTERP_TRANSLATE_H

#include "run/instance.h"
#include "run/tries.h"

#define INTERP_INT_COMPARES(X)                                                                     \
    X(i32_eq)                                                                                      \
    X(i32_ne)                                                                                      \
    X(i32_lt_s)                                                                                    \
    X(i32_lt_u)                                                                                    \
    X(i32_gt_s)                                                                                    \
    X(i32_gt_u)                                                                                    \
    X(i32_le_s)                                                                                    \
    X(i32_le_u)                                                                                    \
    X(i32_ge_s)                                                                                    \
    X(i32_ge_u)                                                                                    \
    X(i64_eq)                                                                                      \
    X(i64_ne)                                                                                      \
    X(i64_lt_s)                                                                                    \
    X(i64_lt_u)                                                                                    \
    X(i64_gt_s)                                                                                    \
    X(i64_gt_u)                                                                                    \
    X(i64_le_s)                                                                                    \
    X(i64_le_u)                                                                                    \
    X(i64_ge_s)                                                                                    \
    X(i64_ge_u)
/* With the letter of their type in sigs.def. */
#define INTERP_FLOAT_COMPARES(X)                                                                   \
    X(f32_eq, f)                                                                                   \
    X(f32_ne, f)                                                                                   \
    X(f32_lt, f)                                                                                   \
    X(f32_gt, f)                                                                                   \
    X(f32_le, f)                                                                                   \
    X(f32_ge, f)                                                                                   \
    X(f64_eq, d)                                                                                   \
    X(f64_ne, d)                                                                                   \
    X(f64_lt, d)                                                                                   \
    X(f64_gt, d)                                                                                   \
    X(f64_le, d)                                                                                   \
    X(f64_ge, d)

/* Two instructions in one: x by an immediate, then y of that and another operand. */
#define INTERP_PAIRS(X, p, r)                                                                      \
    X(p, r, shl, add)                                                                              \
    X(p, r, shl, or)                                                                               \
    X(p, r, shl, xor)                                                                              \
    X(p, r, shr_u, add)                                                                            \
    X(p, r, shr_u, and)                                                                            \
    X(p, r, shr_u, or)                                                                             \
    X(p, r, shr_u, xor)                                                                            \
    X(p, r, shr_s, add)                                                                            \
    X(p, r, and, add)                                                                              \
    X(p, r, and, or)                                                                               \
    X(p, r, and, xor)                                                                              \
    X(p, r, mul, add)                                                                              \
    X(p, r, add, and)                                                                              \
    X(p, r, add, xor)                                                                              \
    X(p, r, rotl, add)                                                                             \
    X(p, r, rotl, xor)
#define INTERP_INT_PAIRS(X) INTERP_PAIRS(X, i32, i) INTERP_PAIRS(X, i64, l)
/* The same by an immediate each: y of x. */
#define INTERP_IMM_PAIRS(X)                                                                        \
    X(i32, i, shr_u, and)                                                                          \
    X(i32, i, add, and)                                                                            \
    X(i32, i, and, shl)                                                                            \
    X(i64, l, shr_u, and)
/* Operators that take their second operand from memory, loaded like this, and may take an address
   with a sum in it. */
#define INTERP_OP_LOADS(X)                                                                         \
    X(f64, d, add, f64_load, uint64_t)                                                             \
    X(f64, d, sub, f64_load, uint64_t)                                                             \
    X(f64, d, mul, f64_load, uint64_t)                                                             \
    X(i32, i, add, i32_load, uint32_t)                                                             \
    X(i32, i, mul, i32_load, uint32_t)                                                             \
    X(i32, i, mul, i32_load16_s, int16_t)                                                          \
    X(i32, i, mul, i32_load16_u, uint16_t)
/* Loads whose value a branch compares. */
#define INTERP_LOAD_BRANCHES(X)                                                                    \
    X(i32_load, i32, uint32_t)                                                                     \
    X(i32_load8_u, i32, uint8_t)                                                                   \
    X(i64_load, i64, uint64_t)
/* Vector instructions that take their second operand from memory; of those, which an addition may
   follow; those that take it from a shuffle; and other pairs: b of the result of a. */
#define INTERP_VECTOR_LOAD_OPS(X)                                                                  \
    X(f32x4_add)                                                                                   \
    X(f32x4_mul)                                                                                   \
    X(f64x2_add)                                                                                   \
    X(f64x2_mul)                                                                                   \
    X(i16x8_add)                                                                                   \
    X(i16x8_mul)                                                                                   \
    X(i32x4_add)                                                                                   \
    X(i32x4_mul)                                                                                   \
    X(i32x4_dot_i16x8_s)
#define INTERP_VECTOR_LOAD_ADDS(X)                                                                 \
    X(f32x4, mul)                                                                                  \
    X(f64x2, mul)                                                                                  \
    X(i32x4, dot_i16x8_s)
#define INTERP_SHUFFLE_OPS(X)                                                                      \
    X(f32x4_add)                                                                                   \
    X(f32x4_mul)                                                                                   \
    X(i32x4_add)                                                                                   \
    X(i32x4_mul)
#define INTERP_VECTOR_PAIRS(X)                                                                     \
    X(f32x4, mul, add)                                                                             \
    X(f32x4, max, min)                                                                             \
    X(f32x4, pmax, pmin)                                                                           \
    X(f64x2, mul, add)                                                                             \
    X(i16x8, mul, add)                                                                             \
    X(i32x4, mul, add)                                                                             \
    X(i32x4, max_s, min_s)                                                                         \
    X(i32x4, min_s, max_s)                                                                         \
    X(i32x4, dot_i16x8_s, add)                                                                     \
    X(i64x2, mul, add)

/* WATTLE_SMALL_INTERP: the embedder wants a small interpreter. One instruction after the other,
   nothing fused and no accumulators; what only fusing makes has a number, but no handler. */
#ifdef WATTLE_SMALL_INTERP
#define INTERP_FUSES 0
#else
#define INTERP_FUSES 1
#endif

typedef enum InterpOp {
    IOP_none,
#define I(ident) IOP_##ident,
#ifdef WATTLE_SMALL_INTERP
#define FUSED(ident)
#include "interp/ops.inc"
#undef FUSED
#undef I
#define I(ident)
#define FUSED(ident) IOP_##ident,
    IOP_first_fused,
    IOP_before_fused = IOP_first_fused - 1,
#include "interp/ops.inc"
#undef FUSED
#else
#include "interp/ops.inc"
    IOP_first_fused, /* all have handlers */
    IOP_before_count = IOP_first_fused - 1,
#endif
#undef I
    IOP_count
} InterpOp;

enum {
    INTERP_link = 3,                           /* slots between a frame's parameters and its fp */
    INTERP_handler_words = 2,                  /* the first words of an instruction */
    INTERP_trace_words = 5,                    /* of a trace, without the types */
    INTERP_words_behind = INTERP_FUSES ? 0 : 2 /* the last one, that a small loop reads */
};

/* Where exceptions land, and suspensions; a range is in words of the function (run/tries.h). A
   landing is a handler: what is thrown goes to its slots, and control to its word. Those of a
   `resume` stand one behind the other. */
typedef struct TryLanding {
    uint32_t tag;   /* index, or TRY_none: all */
    int32_t values; /* slot of the first */
    int32_t ref;    /* slot of the reference, or TRY_no_slot */
    uint32_t target;
    uint32_t next; /* landing of the same try, or TRY_none */
    uint32_t
        cont; /* resume: type id of the continuation that ref gets; TRY_none: it takes a switch */
} TryLanding;
enum { TRY_no_slot = INT32_MIN };
typedef struct TryTable {
    uint32_t range_count;
    const TryRange *ranges;
    const TryLanding *landings;
} TryTable;

/* The memory of translations, reused from one to the next. */
typedef struct Interp {
    bool plain;                /* one instruction after the other, nothing fused: for tests */
    const uintptr_t *handlers; /* by InterpOp; a small interpreter has none */
    uint64_t exit_word;        /* an instruction: back to the host */
    uint32_t *words;
    size_t word_cap;
    void *entries, *controls, *locals;
    size_t entry_cap, control_cap, local_cap;
    TryRange *ranges;
    TryLanding *landings;
    size_t range_cap, landing_cap;
    FuncCode **placed; /* what is translated, the first placed_sorted by address (place.c) */
    size_t placed_count, placed_sorted, placed_cap;
    /* Where control goes on behind wt_interp_unwind and the functions of cont.h. */
    const uint32_t *landed_pc;
    Value *landed_fp;
    Instance *landed_in;
    Value *prompt;      /* the innermost resume of this nest of frames (cont.c), or NULL */
    Value *held_prompt; /* the same of a call that is held */
} Interp;

WT_INLINE uint64_t interp_handler(const uintptr_t *handlers, unsigned op) {
    return INTERP_FUSES ? handlers[op] : op;
}

/* Where the outermost frame returns to. */
WT_INLINE const uint32_t *interp_exit_pc(const Interp *x) {
    return (const uint32_t *)&x->exit_word + INTERP_handler_words - 1;
}
/* The word of the call that made this frame; NULL: the host called. */
WT_INLINE const uint32_t *frame_caller(const Interp *x, const Value *fp) {
    const uint32_t *pc = value_to_pointer(fp[-3]);
    return pc == interp_exit_pc(x) ? NULL : pc - INTERP_handler_words;
}

void wt_interp_free(Interp *x, const Allocator *al);
/* Translates a function: sets entry, start, words and frame_slots. false: out of memory, and the
   function is as before. A function whose locals alone are more than the stack gets no code, and a
   frame that never fits. */
bool wt_interp_translate(Interp *x, FuncCode *fc);
/* The wasm instruction, as an offset from Func.code, that a word of translated code belongs to;
   TRAP_no_offset when memory is out. */
uint32_t wt_interp_locate(Interp *x, FuncCode *fc, uint32_t word);
/* Tells where in the frame each local is, then each operand of the instruction at this offset, in
   stores that can be held. false: out of memory. */
bool wt_interp_look(Interp *x, FuncCode *fc, uint32_t offset, Value *fp,
                    void (*tell)(void *user, bool operand, const Value *at), void *user);

/* place.c. Room for one more translated function (false: out of memory), then adding it. */
bool wt_interp_place_room(Interp *x, const Allocator *al);
void wt_interp_place_add(Interp *x, FuncCode *fc);
/* The function whose code holds this address, or NULL. */
FuncCode *wt_interp_place_find(Interp *x, const uint32_t *pc);

/* unwind.c. Makes an exception of the tag with the values in slots: the store's, to be unwound. */
TrapCode wt_interp_throw(Instance *in, Value *fp, const uint32_t *pc);
/* The store's exception, from the instruction at pc (NULL: none in this nest of frames) outwards to
   the handler that takes it: where control goes on, with landed_fp and landed_in. NULL: no frame up
   to the entry of the host takes it, and all is as before; or the search was ended by a trap. The
   resumes that are left end. */
const uint32_t *wt_interp_unwind(const uint32_t *pc, Value *fp, Instance *in);

#endif
