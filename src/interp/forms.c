/* The tables of forms.h, made from ops.def and the lists of translate.h: a row of ops.def says by
   its kind and signature which forms it has, in step with ops.inc. Path: translate.c reads them. */
#include "interp/forms.h"

#define OP(page, code, ident, text, imm, sig, kind, align, since) BYKIND_##page(kind, ident, sig)
#define BYKIND_0x00 BYKIND_SCALAR
#define BYKIND_0xFB BYKIND_SCALAR
#define BYKIND_0xFC BYKIND_SCALAR
#define BYKIND_0xFE BYKIND_SCALAR
#define BYKIND_0xFD(kind, ident, sig)
#define BYKIND_SCALAR(kind, ident, sig) BYKIND_##kind(ident, sig)
#define BYKIND_PURE(ident, sig) MAPP_##sig(ident)
#define BYKIND_TRAPS(ident, sig) MAPP_##sig(ident)
#define BYKIND_LOAD(ident, sig) MAPM_##sig(ident)
#define BYKIND_STORE(ident, sig) MAPM_##sig(ident)
#define BYKIND_CONST(ident, sig)
#define BYKIND_STACK(ident, sig)
#define BYKIND_VAR(ident, sig)
#define BYKIND_ATOMIC(ident, sig) BYKIND_ONE(ident)
#define BYKIND_MEMORY(ident, sig)
#define BYKIND_TABLE(ident, sig)
#define BYKIND_REF(ident, sig)
#define BYKIND_GC(ident, sig)
#define BYKIND_CALL(ident, sig)
#define BYKIND_CONTROL(ident, sig)
#define MAPP_i_i BYKIND_ONE
#define MAPP_i_l BYKIND_ONE
#define MAPP_i_f BYKIND_ONE
#define MAPP_i_d BYKIND_ONE
#define MAPP_l_i BYKIND_ONE
#define MAPP_l_l BYKIND_ONE
#define MAPP_l_f BYKIND_ONE
#define MAPP_l_d BYKIND_ONE
#define MAPP_f_i BYKIND_ONE
#define MAPP_f_l BYKIND_ONE
#define MAPP_f_f BYKIND_ONE
#define MAPP_f_d BYKIND_ONE
#define MAPP_d_i BYKIND_ONE
#define MAPP_d_l BYKIND_ONE
#define MAPP_d_f BYKIND_ONE
#define MAPP_d_d BYKIND_ONE
#define MAPP_ii_i BYKIND_TWO
#define MAPP_ll_l BYKIND_TWO
#define MAPP_ll_i BYKIND_TWO
#define MAPP_ff_i BYKIND_ONE
#define MAPP_dd_i BYKIND_ONE
#define MAPP_ff_f BYKIND_ONE
#define MAPP_dd_d BYKIND_ONE
#define MAPP_ll_ll BYKIND_ONE
#define MAPP_llll_ll BYKIND_ONE
#define MAPM_a_i BYKIND_LOADS
#define MAPM_a_l BYKIND_LOADS
#define MAPM_a_f BYKIND_LOADS
#define MAPM_a_d BYKIND_LOADS
#define MAPM_ai_ BYKIND_STORES
#define MAPM_al_ BYKIND_STORES
#define MAPM_af_ BYKIND_STORES
#define MAPM_ad_ BYKIND_STORES

#define BYKIND_ONE(ident) [OP_##ident] = {.plain = IOP_##ident},
#define BYKIND_TWO(ident) [OP_##ident] = {.plain = IOP_##ident, .imm = IOP_##ident##_i},
#define BYKIND_LOADS(ident)                                                                        \
    [OP_##ident] = {.plain = IOP_##ident##_at,                                                     \
                    .sum = IOP_##ident##_sum,                                                      \
                    .plus = IOP_##ident##_plus,                                                    \
                    .far = IOP_##ident##_far},
#define BYKIND_STORES(ident)                                                                       \
    [OP_##ident] = {.plain = IOP_##ident##_at,                                                     \
                    .imm = IOP_##ident##_imm,                                                      \
                    .sum = IOP_##ident##_sum,                                                      \
                    .plus = IOP_##ident##_plus,                                                    \
                    .far = IOP_##ident##_far},

/* Vector rows, in step with ops_simd.inc. */
#define FORMV_0x00(ident, imm, sig)
#define FORMV_0xFB(ident, imm, sig)
#define FORMV_0xFC(ident, imm, sig)
#define FORMV_0xFE(ident, imm, sig)
#define FORMV_0xFD(ident, imm, sig) FORMV_##imm##_##sig(ident)
#define FORMV_NONE_v_v BYKIND_ONE
#define FORMV_NONE_vv_v BYKIND_ONE
#define FORMV_NONE_vvv_v BYKIND_ONE
#define FORMV_NONE_v_i BYKIND_ONE
#define FORMV_NONE_i_v BYKIND_ONE
#define FORMV_NONE_l_v BYKIND_ONE
#define FORMV_NONE_f_v BYKIND_ONE
#define FORMV_NONE_d_v BYKIND_ONE
#define FORMV_NONE_vi_v BYKIND_TWO
#define FORMV_LANE_v_i BYKIND_ONE
#define FORMV_LANE_v_l BYKIND_ONE
#define FORMV_LANE_v_f BYKIND_ONE
#define FORMV_LANE_v_d BYKIND_ONE
#define FORMV_LANE_vi_v BYKIND_ONE
#define FORMV_LANE_vl_v BYKIND_ONE
#define FORMV_LANE_vf_v BYKIND_ONE
#define FORMV_LANE_vd_v BYKIND_ONE
#define FORMV_SHUFFLE_vv_v BYKIND_ONE
#define FORMV_V128__v BYKIND_ONE
#define FORMV_MEMARG_a_v BYKIND_LOADS
#define FORMV_MEMARG_av_ BYKIND_LOADS
#define FORMV_MEMARG_LANE_av_v BYKIND_LANES
#define FORMV_MEMARG_LANE_av_ BYKIND_LANES
#define BYKIND_LANES(ident) [OP_##ident] = {.plain = IOP_##ident##_at, .far = IOP_##ident##_far},

const Forms wt_interp_op_forms[OP_count] = {
#include "wasm/ops.def"
#undef OP
#define OP(page, code, ident, text, imm, sig, kind, align, since) FORMV_##page(ident, imm, sig)
#include "wasm/ops.def"
#undef OP
};

/* Operators that can take their operands the other way round, and as which. */
const uint16_t wt_interp_swapped[OP_count] = {
#define SWAP(a, b) [OP_##a] = OP_##b
    SWAP(i32_add, i32_add),   SWAP(i32_mul, i32_mul),   SWAP(i32_and, i32_and),
    SWAP(i32_or, i32_or),     SWAP(i32_xor, i32_xor),   SWAP(i32_eq, i32_eq),
    SWAP(i32_ne, i32_ne),     SWAP(i32_lt_s, i32_gt_s), SWAP(i32_lt_u, i32_gt_u),
    SWAP(i32_gt_s, i32_lt_s), SWAP(i32_gt_u, i32_lt_u), SWAP(i32_le_s, i32_ge_s),
    SWAP(i32_le_u, i32_ge_u), SWAP(i32_ge_s, i32_le_s), SWAP(i32_ge_u, i32_le_u),
    SWAP(i64_add, i64_add),   SWAP(i64_mul, i64_mul),   SWAP(i64_and, i64_and),
    SWAP(i64_or, i64_or),     SWAP(i64_xor, i64_xor),   SWAP(i64_eq, i64_eq),
    SWAP(i64_ne, i64_ne),     SWAP(i64_lt_s, i64_gt_s), SWAP(i64_lt_u, i64_gt_u),
    SWAP(i64_gt_s, i64_lt_s), SWAP(i64_gt_u, i64_lt_u), SWAP(i64_le_s, i64_ge_s),
    SWAP(i64_le_u, i64_ge_u), SWAP(i64_ge_s, i64_le_s), SWAP(i64_ge_u, i64_le_u),
#undef SWAP
};

const uint16_t wt_interp_canonical[OP_count] = {
#define CANONICAL(p, op) [OP_##p##_##op] = IOP_##p##_canon,
    OP_NAN_OPS(CANONICAL)
#undef CANONICAL
};

#define MAKER(x) [IOP_##x] = MAKER_##x,
const uint8_t wt_interp_makers[IOP_count] = {INTERP_MAKERS(MAKER)};
#undef MAKER
#define TAKER(x) [IOP_##x] = TAKER_##x,
const uint8_t wt_interp_takers[IOP_count] = {INTERP_TAKERS(TAKER)};
#undef TAKER

#define TWO(x, y, both) [MAKER_##x][TAKER_##y] = IOP_##both,
#define PAIR(p, r, x, y) TWO(p##_##x##_i, p##_##y, p##_##x##_##y)
#define IMM_PAIR(p, r, x, y) TWO(p##_##x##_i, p##_##y##_i, p##_##x##_i_##y##_i)
#define OP_LOAD(p, r, op, load, T)                                                                 \
    TWO(load##_at, p##_##op, p##_##op##_##load##_at)                                               \
    TWO(load##_plus, p##_##op, p##_##op##_##load##_plus)
#define LOAD_BRANCH_AT(x, p)                                                                       \
    TWO(x, br_##p##_eq, x##_br_eq)                                                                 \
    TWO(x, br_##p##_ne, x##_br_ne)                                                                 \
    TWO(x, br_##p##_eq_i, x##_br_eq_i)                                                             \
    TWO(x, br_##p##_ne_i, x##_br_ne_i)
#define LOAD_BRANCH(load, p, T) LOAD_BRANCH_AT(load##_at, p) LOAD_BRANCH_AT(load##_plus, p)
const uint16_t wt_interp_pairs[MAKER_count][TAKER_count] = {INTERP_INT_PAIRS(PAIR) INTERP_IMM_PAIRS(
    IMM_PAIR) INTERP_OP_LOADS(OP_LOAD) INTERP_LOAD_BRANCHES(LOAD_BRANCH)};
#undef TWO
#undef PAIR
#undef IMM_PAIR
#undef OP_LOAD
#undef LOAD_BRANCH
#undef LOAD_BRANCH_AT

/* Few instructions have a row in the tables below: each is a list of rows, from which come a number
   for each row, the rows, and the numbers by instruction. ROW(instruction, values of the row) */
#define ROW_NUMBERED(prefix, x) prefix##_##x,
#define ROW_VALUES(prefix, x, ...) [prefix##_##x] = {__VA_ARGS__},
#define ROW_OF_OP(prefix, x) [IOP_##x] = prefix##_##x,

#define INT_BRANCH(t, yes, no)                                                                     \
    ROW(t##_##yes, .op = {IOP_br_##t##_##no, IOP_br_##t##_##yes},                                  \
        .select = IOP_select_##t##_##yes)                                                          \
    ROW(t##_##yes##_i, .op = {IOP_br_##t##_##no##_i, IOP_br_##t##_##yes##_i},                      \
        .slots_op = {IOP_br_##t##_##no, IOP_br_##t##_##yes}, .select = IOP_select_##t##_##yes##_i)
#define INT_BRANCHES(t)                                                                            \
    INT_BRANCH(t, eq, ne)                                                                          \
    INT_BRANCH(t, ne, eq)                                                                          \
    INT_BRANCH(t, lt_s, ge_s)                                                                      \
    INT_BRANCH(t, lt_u, ge_u)                                                                      \
    INT_BRANCH(t, gt_s, le_s)                                                                      \
    INT_BRANCH(t, gt_u, le_u)                                                                      \
    INT_BRANCH(t, le_s, gt_s)                                                                      \
    INT_BRANCH(t, le_u, gt_u)                                                                      \
    INT_BRANCH(t, ge_s, lt_s)                                                                      \
    INT_BRANCH(t, ge_u, lt_u)
#define FLOAT_BRANCH(c, p) ROW(c, .op = {IOP_brn_##c, IOP_br_##c})
#define BRANCH_ROWS                                                                                \
    INTERP_FLOAT_COMPARES(FLOAT_BRANCH)                                                            \
    INT_BRANCHES(i32)                                                                              \
    INT_BRANCHES(i64)                                                                              \
    ROW(i32_and, .op = {IOP_brn_i32_and, IOP_br_i32_and})                                          \
    ROW(i32_and_i, .op = {IOP_brn_i32_and_i, IOP_br_i32_and_i},                                    \
        .slots_op = {IOP_brn_i32_and, IOP_br_i32_and})

#define ROW(x, ...) ROW_NUMBERED(BRANCH, x)
enum { BRANCH_none, BRANCH_ROWS BRANCH_count };
static_assert(BRANCH_count <= UINT8_MAX, "row numbers have a byte");
#undef ROW
#define ROW(x, ...) ROW_VALUES(BRANCH, x, __VA_ARGS__)
const BranchForms wt_interp_branch_rows[] = {[BRANCH_none] = {.select = 0}, BRANCH_ROWS};
#undef ROW
#define ROW(x, ...) ROW_OF_OP(BRANCH, x)
const uint8_t wt_interp_branch_row[IOP_count] = {BRANCH_ROWS};
#undef ROW

#define INC(c, t)                                                                                  \
    ROW(br_##c, IOP_inc_br_##c, IOP_##t##_add_i)                                                   \
    ROW(br_##c##_i, IOP_inc_br_##c##_i, IOP_##t##_add_i)
#define INCS(t)                                                                                    \
    INC(t##_eq, t)                                                                                 \
    INC(t##_ne, t)                                                                                 \
    INC(t##_lt_s, t)                                                                               \
    INC(t##_lt_u, t)                                                                               \
    INC(t##_gt_s, t)                                                                               \
    INC(t##_gt_u, t)                                                                               \
    INC(t##_le_s, t)                                                                               \
    INC(t##_le_u, t)                                                                               \
    INC(t##_ge_s, t)                                                                               \
    INC(t##_ge_u, t)

#define ROW(x, ...) ROW_NUMBERED(INC, x)
enum { INC_none, INCS(i32) INCS(i64) INC_count };
static_assert(INC_count <= UINT8_MAX, "row numbers have a byte");
#undef ROW
#define ROW(x, ...) ROW_VALUES(INC, x, __VA_ARGS__)
const IncForm wt_interp_inc_rows[] = {[INC_none] = {.op = 0}, INCS(i32) INCS(i64)};
#undef ROW
#define ROW(x, ...) ROW_OF_OP(INC, x)
const uint8_t wt_interp_inc_row[IOP_count] = {INCS(i32) INCS(i64)};
#undef ROW

/* ---- accumulators ---- */

#define ACCUMULATOR_i ACCUMULATOR_int
#define ACCUMULATOR_l ACCUMULATOR_int
#define ACCUMULATOR_f ACCUMULATOR_f32
#define ACCUMULATOR_d ACCUMULATOR_f64
#define ACC_UNARY(x, p, r)                                                                         \
    ROW(x, .result = ACCUMULATOR_##r, .operand = {ACCUMULATOR_##p}, .with = {IOP_##x##_a},         \
        .only = IOP_##x##_r, .with_only = {IOP_##x##_ar})
#define ACC_BINARY(x, p, r)                                                                        \
    ROW(x, .result = ACCUMULATOR_##r, .operand = {ACCUMULATOR_##p, ACCUMULATOR_##p},               \
        .with = {IOP_##x##_a, IOP_##x##_b}, .only = IOP_##x##_r,                                   \
        .with_only = {IOP_##x##_ar, IOP_##x##_br})
#define ACC_BINARY_I(x, p, r) ACC_BINARY(x, p, r) ACC_UNARY(x##_i, p, r)
#define ACC_LOADS(x, r) ACC_UNARY(x##_at, i, r) ACC_UNARY(x##_sum, i, r) ACC_UNARY(x##_plus, i, r)
#define ACC_STORES(x, p)                                                                           \
    ROW(x##_at, .operand = {ACCUMULATOR_int, ACCUMULATOR_##p},                                     \
        .with = {IOP_##x##_at_a, IOP_##x##_at_b})                                                  \
    ROW(x##_imm, .operand = {ACCUMULATOR_int}, .with = {IOP_##x##_imm_a})

#define OP(page, code, ident, text, imm, sig, kind, align, since) ACC_##page(kind, ident, sig)
#define ACC_0x00 ACC_SCALAR
#define ACC_0xFB ACC_SCALAR
#define ACC_0xFC ACC_SCALAR
#define ACC_0xFE ACC_SCALAR
#define ACC_0xFD(kind, ident, sig)
#define ACC_SCALAR(kind, ident, sig) ACC_##kind(ident, sig)
#define ACC_PURE(ident, sig) ACCP_##sig(ident)
#define ACC_TRAPS(ident, sig)
#define ACC_LOAD(ident, sig) ACCM_##sig(ident)
#define ACC_STORE(ident, sig) ACCM_##sig(ident)
#define ACCP_i_i(ident) ACC_UNARY(ident, i, i)
#define ACCP_i_l(ident) ACC_UNARY(ident, i, l)
#define ACCP_i_f(ident) ACC_UNARY(ident, i, f)
#define ACCP_i_d(ident) ACC_UNARY(ident, i, d)
#define ACCP_l_i(ident) ACC_UNARY(ident, l, i)
#define ACCP_l_l(ident) ACC_UNARY(ident, l, l)
#define ACCP_l_f(ident) ACC_UNARY(ident, l, f)
#define ACCP_l_d(ident) ACC_UNARY(ident, l, d)
#define ACCP_f_i(ident) ACC_UNARY(ident, f, i)
#define ACCP_f_l(ident) ACC_UNARY(ident, f, l)
#define ACCP_f_f(ident) ACC_UNARY(ident, f, f)
#define ACCP_f_d(ident) ACC_UNARY(ident, f, d)
#define ACCP_d_i(ident) ACC_UNARY(ident, d, i)
#define ACCP_d_l(ident) ACC_UNARY(ident, d, l)
#define ACCP_d_f(ident) ACC_UNARY(ident, d, f)
#define ACCP_d_d(ident) ACC_UNARY(ident, d, d)
#define ACCP_ii_i(ident) ACC_BINARY_I(ident, i, i)
#define ACCP_ll_l(ident) ACC_BINARY_I(ident, l, l)
#define ACCP_ll_i(ident) ACC_BINARY_I(ident, l, i)
#define ACCP_ff_i(ident) ACC_BINARY(ident, f, i)
#define ACCP_dd_i(ident) ACC_BINARY(ident, d, i)
#define ACCP_ff_f(ident) ACC_BINARY(ident, f, f)
#define ACCP_dd_d(ident) ACC_BINARY(ident, d, d)
#define ACCP_ll_ll(ident)
#define ACCP_llll_ll(ident)
#define ACCM_a_i(ident) ACC_LOADS(ident, i)
#define ACCM_ai_(ident) ACC_STORES(ident, i)
#define ACCM_a_l(ident) ACC_LOADS(ident, l)
#define ACCM_al_(ident) ACC_STORES(ident, l)
#define ACCM_a_f(ident) ACC_LOADS(ident, f)
#define ACCM_af_(ident) ACC_STORES(ident, f)
#define ACCM_a_d(ident) ACC_LOADS(ident, d)
#define ACCM_ad_(ident) ACC_STORES(ident, d)
#define ACC_CONST(ident, sig)
#define ACC_STACK(ident, sig)
#define ACC_VAR(ident, sig)
#define ACC_ATOMIC(ident, sig)
#define ACC_MEMORY(ident, sig)
#define ACC_TABLE(ident, sig)
#define ACC_REF(ident, sig)
#define ACC_GC(ident, sig)
#define ACC_CALL(ident, sig)
#define ACC_CONTROL(ident, sig)

#define ACC_BRANCH(b, p)                                                                           \
    ROW(b, .operand = {ACCUMULATOR_##p, ACCUMULATOR_##p}, .with = {IOP_##b##_a, IOP_##b##_b})
#define ACC_BRANCH_I(b) ROW(b##_i, .operand = {ACCUMULATOR_int}, .with = {IOP_##b##_i_a})
#define ACC_INT(c) ACC_BRANCH(br_##c, i) ACC_BRANCH_I(br_##c)
#define ACC_FLOAT(c, p) ACC_BRANCH(br_##c, p) ACC_BRANCH(brn_##c, p)
#define ACC_PAIR(p, r, x, y) ACC_BINARY(p##_##x##_##y, r, r)
#define ACC_PRODUCT(x, p)                                                                          \
    ROW(x, .result = ACCUMULATOR_##p,                                                              \
        .operand = {ACCUMULATOR_##p, ACCUMULATOR_##p, ACCUMULATOR_##p},                            \
        .with = {IOP_##x##_a, IOP_##x##_b, IOP_##x##_c}, .only = IOP_##x##_r,                      \
        .with_only = {IOP_##x##_ar, IOP_##x##_br, IOP_##x##_cr})
#define ACC_IMM_PAIR(p, r, x, y) ACC_UNARY(p##_##x##_i_##y##_i, r, r)
#define ACC_OP_LOAD(p, r, op, load, T)                                                             \
    ACC_UNARY(p##_##op##_##load##_at, r, r)                                                        \
    ACC_UNARY(p##_##op##_##load##_plus, r, r)
#define ACC_ADDRESS(x) ROW(x, .operand = {ACCUMULATOR_int}, .with = {IOP_##x##_a})
#define ACC_LOAD_BRANCH_AT(x)                                                                      \
    ACC_ADDRESS(x##_br_eq)                                                                         \
    ACC_ADDRESS(x##_br_ne)                                                                         \
    ACC_ADDRESS(x##_br_eq_i)                                                                       \
    ACC_ADDRESS(x##_br_ne_i)
#define ACC_LOAD_BRANCH(load, p, T)                                                                \
    ACC_LOAD_BRANCH_AT(load##_at)                                                                  \
    ACC_LOAD_BRANCH_AT(load##_plus)
/* Beside those of ops.def. */
#define ACC_ROWS                                                                                   \
    INTERP_INT_COMPARES(ACC_INT)                                                                   \
    INTERP_FLOAT_COMPARES(ACC_FLOAT)                                                               \
    ACC_BRANCH(br_i32_and, i)                                                                      \
    ACC_BRANCH_I(br_i32_and)                                                                       \
    ACC_BRANCH(brn_i32_and, i)                                                                     \
    ACC_BRANCH_I(brn_i32_and)                                                                      \
    ROW(select, .result = ACCUMULATOR_int, .operand = {0, 0, ACCUMULATOR_int},                     \
        .with = {0, 0, IOP_select_c})                                                              \
    ROW(global_get, .result = ACCUMULATOR_int, .only = IOP_global_get_r)                           \
    INTERP_INT_PAIRS(ACC_PAIR)                                                                     \
    INTERP_IMM_PAIRS(ACC_IMM_PAIR)                                                                 \
    INTERP_OP_LOADS(ACC_OP_LOAD)                                                                   \
    INTERP_LOAD_BRANCHES(ACC_LOAD_BRANCH)                                                          \
    ACC_ADDRESS(i32_bump)                                                                          \
    ACC_PRODUCT(f32_mul_add, f)                                                                    \
    ACC_PRODUCT(f32_mul_sub, f)                                                                    \
    ACC_PRODUCT(f32_sub_mul, f)                                                                    \
    ACC_PRODUCT(f64_mul_add, d)                                                                    \
    ACC_PRODUCT(f64_mul_sub, d)                                                                    \
    ACC_PRODUCT(f64_sub_mul, d)                                                                    \
    ROW(ret1, .operand = {ACCUMULATOR_int}, .with = {IOP_ret1_a})

#define ROW(x, ...) ROW_NUMBERED(ACC, x)
enum {
    ACC_none,
#include "wasm/ops.def"
    ACC_ROWS ACC_count
};
#undef ROW
#define ROW(x, ...) ROW_VALUES(ACC, x, __VA_ARGS__)
const AccForms wt_interp_acc_rows[] = {[ACC_none] = {.result = ACCUMULATOR_none},
#if INTERP_FUSES
#include "wasm/ops.def"
                                       ACC_ROWS
#endif
};
#undef ROW
#define ROW(x, ...) ROW_OF_OP(ACC, x)
const uint16_t wt_interp_acc_row[IOP_count] = {
#include "wasm/ops.def"
    ACC_ROWS};
#undef ROW
