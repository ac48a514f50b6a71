/* Which interpreter instructions belong to a wasm instruction, and which of them can be fused. */
#ifndef WATTLE_INTERP_FORMS_H
#define WATTLE_INTERP_FORMS_H

#include "interp/translate.h"

/* The forms of an instruction; 0: there is none. imm: last operand a constant (numbers), value a
   constant (stores). */
typedef struct Forms {
    uint16_t plain, imm, sum, plus, far;
} Forms;

/* A compare as a branch: [0] when it fails, [1] when it holds; _i when the second operand is an
   immediate. */
typedef struct BranchForms {
    uint16_t op[2];
    uint16_t slots_op[2]; /* immediates: the form with two slots, for values over 16 bits */
    uint16_t select;      /* as the condition of a select; 0: cannot be */
} BranchForms;

/* Branches that can add to their first operand before. */
typedef struct IncForm {
    uint16_t op, add;
} IncForm;

/* Accumulators: registers of the loop where an instruction leaves its result, beside its slot, for
   the one behind it. By the plain form: the register of the result and those from which operands
   may come, and the forms that use them (0: there is none). They have the words of the plain form;
   those that stand for the accumulator are ignored. */
enum { ACCUMULATOR_none, ACCUMULATOR_int, ACCUMULATOR_f32, ACCUMULATOR_f64 };
typedef struct AccForms {
    uint8_t result, operand[3];
    uint16_t with[3]; /* operand 0, 1 or 2 is in the accumulator */
    uint16_t only;    /* the result is not written to its slot */
    uint16_t with_only[3];
} AccForms;

/* Most instructions have none of these, and share row 0. */
extern const AccForms wt_interp_acc_rows[];
extern const uint16_t wt_interp_acc_row[IOP_count];
WT_INLINE const AccForms *acc_forms(unsigned op) {
    return &wt_interp_acc_rows[INTERP_FUSES ? wt_interp_acc_row[op] : 0];
}
extern const BranchForms wt_interp_branch_rows[];
extern const uint8_t wt_interp_branch_row[IOP_count];
WT_INLINE const BranchForms *branch_forms(unsigned op) {
    return &wt_interp_branch_rows[INTERP_FUSES ? wt_interp_branch_row[op] : 0];
}
extern const IncForm wt_interp_inc_rows[];
extern const uint8_t wt_interp_inc_row[IOP_count];
WT_INLINE const IncForm *inc_form(unsigned op) {
    return &wt_interp_inc_rows[INTERP_FUSES ? wt_interp_inc_row[op] : 0];
}
extern const Forms wt_interp_op_forms[OP_count];
/* Operators that can take their operands the other way round, and as which. */
extern const uint16_t wt_interp_swapped[OP_count];
/* What makes a NaN among the results canonical, for operators that can make one; 0: none. */
extern const uint16_t wt_interp_canonical[OP_count];
/* Two instructions in one. What may be the first (plain forms): */
#define INTERP_MAKERS(X)                                                                           \
    INTERP_INT_MAKERS(X, i32)                                                                      \
    INTERP_INT_MAKERS(X, i64)                                                                      \
    INTERP_LOAD_MAKERS(X, at)                                                                      \
    INTERP_LOAD_MAKERS(X, plus)
#define INTERP_INT_MAKERS(X, p)                                                                    \
    X(p##_shl_i)                                                                                   \
    X(p##_shr_u_i)                                                                                 \
    X(p##_shr_s_i)                                                                                 \
    X(p##_and_i)                                                                                   \
    X(p##_mul_i)                                                                                   \
    X(p##_add_i)                                                                                   \
    X(p##_rotl_i)
#define INTERP_LOAD_MAKERS(X, form)                                                                \
    X(i32_load_##form)                                                                             \
    X(i32_load8_u_##form)                                                                          \
    X(i32_load16_s_##form)                                                                         \
    X(i32_load16_u_##form)                                                                         \
    X(i64_load_##form)                                                                             \
    X(f64_load_##form)
/* And the second: */
#define INTERP_TAKERS(X)                                                                           \
    INTERP_INT_TAKERS(X, i32)                                                                      \
    INTERP_INT_TAKERS(X, i64)                                                                      \
    X(i32_mul)                                                                                     \
    X(i32_shl_i)                                                                                   \
    X(f64_add)                                                                                     \
    X(f64_sub)                                                                                     \
    X(f64_mul)
#define INTERP_INT_TAKERS(X, p)                                                                    \
    X(p##_add)                                                                                     \
    X(p##_and)                                                                                     \
    X(p##_or)                                                                                      \
    X(p##_xor)                                                                                     \
    X(p##_and_i)                                                                                   \
    X(br_##p##_eq)                                                                                 \
    X(br_##p##_ne)                                                                                 \
    X(br_##p##_eq_i)                                                                               \
    X(br_##p##_ne_i)
#define MAKER(x) MAKER_##x,
#define TAKER(x) TAKER_##x,
enum { MAKER_none, INTERP_MAKERS(MAKER) MAKER_count };
enum { TAKER_none, INTERP_TAKERS(TAKER) TAKER_count };
#undef MAKER
#undef TAKER
extern const uint8_t wt_interp_makers[IOP_count], wt_interp_takers[IOP_count];
extern const uint16_t wt_interp_pairs[MAKER_count][TAKER_count];
/* Both in one, or IOP_none. */
WT_INLINE InterpOp find_pair(unsigned first, unsigned second) {
    if (!INTERP_FUSES)
        return IOP_none;
    return (InterpOp)wt_interp_pairs[wt_interp_makers[first]][wt_interp_takers[second]];
}
/* Of the first: does it load, and from the sum of a slot and an immediate? */
WT_INLINE bool makes_load(unsigned first) { return wt_interp_makers[first] >= MAKER_i32_load_at; }
WT_INLINE bool makes_load_plus(unsigned first) {
    return wt_interp_makers[first] >= MAKER_i32_load_plus;
}

#endif
