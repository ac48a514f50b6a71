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
    return &wt_interp_acc_rows[wt_interp_acc_row[op]];
}
extern const BranchForms wt_interp_branch_rows[];
extern const uint8_t wt_interp_branch_row[IOP_count];
WT_INLINE const BranchForms *branch_forms(unsigned op) {
    return &wt_interp_branch_rows[wt_interp_branch_row[op]];
}
extern const IncForm wt_interp_inc_rows[];
extern const uint8_t wt_interp_inc_row[IOP_count];
WT_INLINE const IncForm *inc_form(unsigned op) {
    return &wt_interp_inc_rows[wt_interp_inc_row[op]];
}
extern const Forms wt_interp_op_forms[OP_count];
/* Operators that can take their operands the other way round, and as which. */
extern const uint16_t wt_interp_swapped[OP_count];
/* What makes a NaN among the results canonical, for operators that can make one; 0: none. */
extern const uint16_t wt_interp_canonical[OP_count];
/* Two instructions in one: `first`, by an immediate, makes an operand of the second. */
typedef struct PairForm {
    uint16_t first, second, op;
} PairForm;
enum { INTERP_pairs = 32 };
extern const PairForm wt_interp_pairs[INTERP_pairs];
/* The same by an immediate each; an operator and the load that makes its second operand; a load and
   the branch that compares it. */
enum { INTERP_imm_pairs = 4, INTERP_op_loads = 14, INTERP_load_branches = 24 };
extern const PairForm wt_interp_imm_pairs[INTERP_imm_pairs];
extern const PairForm wt_interp_op_loads[INTERP_op_loads];
extern const PairForm wt_interp_load_branches[INTERP_load_branches];
/* The row of such a table, or NULL. */
WT_INLINE const PairForm *find_pair(const PairForm *rows, unsigned count, unsigned first,
                                    unsigned second) {
    for (unsigned i = 0; i < count; i++)
        if (rows[i].first == first && rows[i].second == second)
            return &rows[i];
    return NULL;
}

#endif
