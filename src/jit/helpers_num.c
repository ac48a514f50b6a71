/* Numbers and vectors: every PURE and TRAPS row of ops.def, by what its letters say, from num.h and
   simd.h. Path: helpers.c -> here. */
#include "jit/helpers_inside.h"

#include "wasm/num.h"
#include "wasm/simd.h"

/* A slot by the letter of its type. */
#define JIT_IN_i(slot) ((uint32_t)(slot))
#define JIT_IN_f(slot) ((uint32_t)(slot))
#define JIT_IN_l(slot) (slot)
#define JIT_IN_d(slot) (slot)

static TrapCode number_trap(NumTrap why) {
    switch (why) {
    case NUM_OK:
        break;
    case NUM_DIVIDE_BY_ZERO:
        return TRAP_integer_divide_by_zero;
    case NUM_OVERFLOW:
        return TRAP_integer_overflow;
    case NUM_INVALID_CONVERSION:
        return TRAP_invalid_conversion;
    }
    return TRAP_none;
}

/* ---- scalars ---- */

#define JIT_UNARY(ident, p)                                                                        \
    JIT_HELPER(ident) {                                                                            \
        v[0] = num_##ident(JIT_IN_##p(v[0]));                                                      \
        return TRAP_none;                                                                          \
    }
#define JIT_BINARY(ident, p)                                                                       \
    JIT_HELPER(ident) {                                                                            \
        v[0] = num_##ident(JIT_IN_##p(v[0]), JIT_IN_##p(v[1]));                                    \
        return TRAP_none;                                                                          \
    }
#define JIT_UNARY_TRAPS(ident, p, R)                                                               \
    JIT_HELPER(ident) {                                                                            \
        R r = 0;                                                                                   \
        NumTrap why = num_##ident(JIT_IN_##p(v[0]), &r);                                           \
        v[0] = r;                                                                                  \
        return number_trap(why);                                                                   \
    }
#define JIT_BINARY_TRAPS(ident, p, R)                                                              \
    JIT_HELPER(ident) {                                                                            \
        R r = 0;                                                                                   \
        NumTrap why = num_##ident(JIT_IN_##p(v[0]), JIT_IN_##p(v[1]), &r);                         \
        v[0] = r;                                                                                  \
        return number_trap(why);                                                                   \
    }

#define JIT_PURE_i_i(ident) JIT_UNARY(ident, i)
#define JIT_PURE_i_l(ident) JIT_UNARY(ident, i)
#define JIT_PURE_i_f(ident) JIT_UNARY(ident, i)
#define JIT_PURE_i_d(ident) JIT_UNARY(ident, i)
#define JIT_PURE_l_i(ident) JIT_UNARY(ident, l)
#define JIT_PURE_l_l(ident) JIT_UNARY(ident, l)
#define JIT_PURE_l_f(ident) JIT_UNARY(ident, l)
#define JIT_PURE_l_d(ident) JIT_UNARY(ident, l)
#define JIT_PURE_f_i(ident) JIT_UNARY(ident, f)
#define JIT_PURE_f_l(ident) JIT_UNARY(ident, f)
#define JIT_PURE_f_f(ident) JIT_UNARY(ident, f)
#define JIT_PURE_f_d(ident) JIT_UNARY(ident, f)
#define JIT_PURE_d_i(ident) JIT_UNARY(ident, d)
#define JIT_PURE_d_l(ident) JIT_UNARY(ident, d)
#define JIT_PURE_d_f(ident) JIT_UNARY(ident, d)
#define JIT_PURE_d_d(ident) JIT_UNARY(ident, d)
#define JIT_PURE_ii_i(ident) JIT_BINARY(ident, i)
#define JIT_PURE_ll_l(ident) JIT_BINARY(ident, l)
#define JIT_PURE_ll_i(ident) JIT_BINARY(ident, l)
#define JIT_PURE_ff_i(ident) JIT_BINARY(ident, f)
#define JIT_PURE_dd_i(ident) JIT_BINARY(ident, d)
#define JIT_PURE_ff_f(ident) JIT_BINARY(ident, f)
#define JIT_PURE_dd_d(ident) JIT_BINARY(ident, d)
#define JIT_PURE_ll_ll(ident)                                                                      \
    JIT_HELPER(ident) {                                                                            \
        uint64_t low, high;                                                                        \
        num_##ident(v[0], v[1], &low, &high);                                                      \
        v[0] = low;                                                                                \
        v[1] = high;                                                                               \
        return TRAP_none;                                                                          \
    }
#define JIT_PURE_llll_ll(ident)                                                                    \
    JIT_HELPER(ident) {                                                                            \
        uint64_t low, high;                                                                        \
        num_##ident(v[0], v[1], v[2], v[3], &low, &high);                                          \
        v[0] = low;                                                                                \
        v[1] = high;                                                                               \
        return TRAP_none;                                                                          \
    }
#define JIT_TRAPS_f_i(ident) JIT_UNARY_TRAPS(ident, f, uint32_t)
#define JIT_TRAPS_d_i(ident) JIT_UNARY_TRAPS(ident, d, uint32_t)
#define JIT_TRAPS_f_l(ident) JIT_UNARY_TRAPS(ident, f, uint64_t)
#define JIT_TRAPS_d_l(ident) JIT_UNARY_TRAPS(ident, d, uint64_t)
#define JIT_TRAPS_ii_i(ident) JIT_BINARY_TRAPS(ident, i, uint32_t)
#define JIT_TRAPS_ll_l(ident) JIT_BINARY_TRAPS(ident, l, uint64_t)

JIT_UNARY(f32_canon, f)
JIT_UNARY(f64_canon, d)

/* ---- vectors ---- */

#define JIT_VECTOR(ident, value)                                                                   \
    JIT_HELPER(ident) {                                                                            \
        vec_store(v, value);                                                                       \
        return TRAP_none;                                                                          \
    }
#define JIT_LANE(ident, value)                                                                     \
    JIT_HELPER(ident) {                                                                            \
        v[0] = value;                                                                              \
        return TRAP_none;                                                                          \
    }
#define JIT_NONE_v_v(ident) JIT_VECTOR(ident, simd_##ident(vec_load(v)))
#define JIT_NONE_vv_v(ident) JIT_VECTOR(ident, simd_##ident(vec_load(v), vec_load(v + 2)))
#define JIT_NONE_vvv_v(ident)                                                                      \
    JIT_VECTOR(ident, simd_##ident(vec_load(v), vec_load(v + 2), vec_load(v + 4)))
#define JIT_SHUFFLE_vv_v JIT_NONE_vvv_v
#define JIT_NONE_vi_v(ident) JIT_VECTOR(ident, simd_##ident(vec_load(v), (uint32_t)v[2]))
#define JIT_NONE_v_i(ident) JIT_LANE(ident, simd_##ident(vec_load(v)))
#define JIT_NONE_i_v(ident) JIT_VECTOR(ident, simd_##ident((uint32_t)v[0]))
#define JIT_NONE_f_v JIT_NONE_i_v
#define JIT_NONE_l_v(ident) JIT_VECTOR(ident, simd_##ident(v[0]))
#define JIT_NONE_d_v JIT_NONE_l_v
#define JIT_LANE_v_i(ident) JIT_LANE(ident, simd_##ident(v, (unsigned)b))
#define JIT_LANE_v_l JIT_LANE_v_i
#define JIT_LANE_v_f JIT_LANE_v_i
#define JIT_LANE_v_d JIT_LANE_v_i
#define JIT_LANE_vi_v(ident)                                                                       \
    JIT_VECTOR(ident, simd_##ident(vec_load(v), (uint32_t)v[2], (unsigned)b))
#define JIT_LANE_vf_v JIT_LANE_vi_v
#define JIT_LANE_vl_v(ident) JIT_VECTOR(ident, simd_##ident(vec_load(v), v[2], (unsigned)b))
#define JIT_LANE_vd_v JIT_LANE_vl_v

JIT_NONE_v_v(f32x4_canon) JIT_NONE_v_v(f64x2_canon)

/* ---- one for each row ---- */

#define JIT_NUM_PURE(page, ident, imm, sig) JIT_NUM_##page(ident, imm, sig)
#define JIT_NUM_0x00(ident, imm, sig) JIT_PURE_##sig(ident)
#define JIT_NUM_0xFC(ident, imm, sig) JIT_PURE_##sig(ident)
#define JIT_NUM_0xFD(ident, imm, sig) JIT_##imm##_##sig(ident)
#define JIT_NUM_TRAPS(page, ident, imm, sig) JIT_TRAPS_##sig(ident)
#define JIT_NUM_CONST(page, ident, imm, sig)
#define JIT_NUM_STACK(page, ident, imm, sig)
#define JIT_NUM_VAR(page, ident, imm, sig)
#define JIT_NUM_LOAD(page, ident, imm, sig)
#define JIT_NUM_STORE(page, ident, imm, sig)
#define JIT_NUM_ATOMIC(page, ident, imm, sig)
#define JIT_NUM_MEMORY(page, ident, imm, sig)
#define JIT_NUM_TABLE(page, ident, imm, sig)
#define JIT_NUM_REF(page, ident, imm, sig)
#define JIT_NUM_GC(page, ident, imm, sig)
#define JIT_NUM_CALL(page, ident, imm, sig)
#define JIT_NUM_CONTROL(page, ident, imm, sig)
#define OP(page, code, ident, text, imm, sig, kind, align, since)                                  \
    JIT_NUM_##kind(page, ident, imm, sig)
#include "wasm/ops.def"
#undef OP
