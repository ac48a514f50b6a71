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
#define INTERP_FLOAT_COMPARES(X)                                                                   \
    X(f32_eq)                                                                                      \
    X(f32_ne)                                                                                      \
    X(f32_lt)                                                                                      \
    X(f32_gt)                                                                                      \
    X(f32_le)                                                                                      \
    X(f32_ge)                                                                                      \
    X(f64_eq)                                                                                      \
    X(f64_ne)                                                                                      \
    X(f64_lt)                                                                                      \
    X(f64_gt)                                                                                      \
    X(f64_le)                                                                                      \
    X(f64_ge)

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

typedef enum InterpOp {
    IOP_none,
#define I(ident) IOP_##ident,
#include "interp/ops.inc"
#undef I
    IOP_count
} InterpOp;

enum {
    INTERP_link = 3,         /* slots between a frame's parameters and its fp */
    INTERP_handler_words = 2 /* the first words of an instruction */
};

/* The memory of translations, reused from one to the next. */
typedef struct Interp {
    const uintptr_t *handlers; /* by InterpOp */
    uint64_t exit_word;        /* an instruction: back to the host */
    uint32_t *words;
    size_t word_cap;
    void *entries, *controls, *locals;
    size_t entry_cap, control_cap, local_cap;
    FuncCode **placed; /* what is translated, the first placed_sorted by address (place.c) */
    size_t placed_count, placed_sorted, placed_cap;
} Interp;

void wt_interp_free(Interp *x, const Allocator *al);
/* Translates a function: sets entry, start, words and frame_slots. false: out of memory, and the
   function is as before. */
bool wt_interp_translate(Interp *x, FuncCode *fc);
/* The wasm instruction, as an offset from Func.code, that a word of translated code belongs to;
   TRAP_no_offset when memory is out. */
uint32_t wt_interp_locate(Interp *x, FuncCode *fc, uint32_t word);

/* place.c. Room for one more translated function (false: out of memory), then adding it. */
bool wt_interp_place_room(Interp *x, const Allocator *al);
void wt_interp_place_add(Interp *x, FuncCode *fc);
/* The function whose code holds this address, or NULL. */
FuncCode *wt_interp_place_find(Interp *x, const uint32_t *pc);

#endif
