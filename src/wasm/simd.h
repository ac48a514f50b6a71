/* What v128 operations mean: every PURE row of ops.def with a v128, and the conversions of the
   loads, as a function simd_IDENT. Scalars are bit patterns as in num.h. Lanes of i8x16 and so on
   stand in memory in their order: functions that take one lane of a vector take its address.

   The one place of these meanings, like num.h, and it ships with translated C programs too: base/
   vector.h and compiler.h need nothing but the C library. The spec: "Vector Operations" (4.3.6).

   NaN results are those of the machine, as in num.h; min and max give the positive canonical NaN.
   Relaxed operations give the first result of their lists: what the ordinary operation gives, with
   canonical NaNs. */
#ifndef WATTLE_WASM_SIMD_H
#define WATTLE_WASM_SIMD_H

#include "base/vector.h"

/* ---- bits ---- */

WT_INLINE V128 simd_v128_not(V128 a) { return vec_not(a); }
WT_INLINE V128 simd_v128_and(V128 a, V128 b) { return vec_and(a, b); }
WT_INLINE V128 simd_v128_andnot(V128 a, V128 b) { return vec_andnot(a, b); }
WT_INLINE V128 simd_v128_or(V128 a, V128 b) { return vec_or(a, b); }
WT_INLINE V128 simd_v128_xor(V128 a, V128 b) { return vec_xor(a, b); }
WT_INLINE V128 simd_v128_bitselect(V128 a, V128 b, V128 mask) { return vec_pick(mask, a, b); }

/* ---- lanes by number ---- */

WT_INLINE V128 simd_i8x16_splat(uint32_t x) { return vec_splat_u8((uint8_t)x); }
WT_INLINE V128 simd_i16x8_splat(uint32_t x) { return vec_splat_u16((uint16_t)x); }
WT_INLINE V128 simd_i32x4_splat(uint32_t x) { return vec_splat_u32(x); }
WT_INLINE V128 simd_i64x2_splat(uint64_t x) { return vec_splat_u64(x); }
WT_INLINE V128 simd_f32x4_splat(uint32_t x) { return vec_splat_u32(x); }
WT_INLINE V128 simd_f64x2_splat(uint64_t x) { return vec_splat_u64(x); }

#define SIMD_LANE(name, T, R, V)                                                                   \
    WT_INLINE R simd_##name(const void *a, unsigned lane) {                                        \
        T x;                                                                                       \
        memcpy(&x, (const uint8_t *)a + lane * sizeof x, sizeof x);                                \
        return (R)(V)x;                                                                            \
    }
SIMD_LANE(i8x16_extract_lane_s, int8_t, uint32_t, int32_t)
SIMD_LANE(i8x16_extract_lane_u, uint8_t, uint32_t, uint32_t)
SIMD_LANE(i16x8_extract_lane_s, int16_t, uint32_t, int32_t)
SIMD_LANE(i16x8_extract_lane_u, uint16_t, uint32_t, uint32_t)
SIMD_LANE(i32x4_extract_lane, uint32_t, uint32_t, uint32_t)
SIMD_LANE(i64x2_extract_lane, uint64_t, uint64_t, uint64_t)
SIMD_LANE(f32x4_extract_lane, uint32_t, uint32_t, uint32_t)
SIMD_LANE(f64x2_extract_lane, uint64_t, uint64_t, uint64_t)
#undef SIMD_LANE

/* By a mask, so that the vector stays in its register: one that is written in parts cannot be
   forwarded to the next load of the whole. */
#define SIMD_ONES(size)                                                                            \
    WT_INLINE V128 simd_ones_##size(unsigned lane) {                                               \
        static const uint8_t ones[32] = {[16] = 0xFF,                                              \
                                         [17] = (size) > 1 ? 0xFF : 0,                             \
                                         [18] = (size) > 2 ? 0xFF : 0,                             \
                                         [19] = (size) > 3 ? 0xFF : 0,                             \
                                         [20] = (size) > 4 ? 0xFF : 0,                             \
                                         [21] = (size) > 5 ? 0xFF : 0,                             \
                                         [22] = (size) > 6 ? 0xFF : 0,                             \
                                         [23] = (size) > 7 ? 0xFF : 0};                            \
        return vec_load(ones + 16 - lane * (size));                                                \
    }
SIMD_ONES(1)
SIMD_ONES(2)
SIMD_ONES(4)
SIMD_ONES(8)
#undef SIMD_ONES
#define SIMD_REPLACE(name, T, size, splat)                                                         \
    WT_INLINE V128 simd_##name(V128 a, T x, unsigned lane) {                                       \
        return vec_pick(simd_ones_##size(lane), splat, a);                                         \
    }
SIMD_REPLACE(i8x16_replace_lane, uint32_t, 1, vec_splat_u8((uint8_t)x))
SIMD_REPLACE(i16x8_replace_lane, uint32_t, 2, vec_splat_u16((uint16_t)x))
SIMD_REPLACE(i32x4_replace_lane, uint32_t, 4, vec_splat_u32(x))
SIMD_REPLACE(i64x2_replace_lane, uint64_t, 8, vec_splat_u64(x))
SIMD_REPLACE(f32x4_replace_lane, uint32_t, 4, vec_splat_u32(x))
SIMD_REPLACE(f64x2_replace_lane, uint64_t, 8, vec_splat_u64(x))
SIMD_REPLACE(v128_load8_lane, uint8_t, 1, vec_splat_u8(x))
SIMD_REPLACE(v128_load16_lane, uint16_t, 2, vec_splat_u16(x))
SIMD_REPLACE(v128_load32_lane, uint32_t, 4, vec_splat_u32(x))
SIMD_REPLACE(v128_load64_lane, uint64_t, 8, vec_splat_u64(x))
#undef SIMD_REPLACE

/* The numbers of `at` are below 32. */
WT_INLINE V128 simd_i8x16_shuffle(V128 a, V128 b, V128 at) { return vec_shuffle(a, b, at); }
WT_INLINE V128 simd_i8x16_swizzle(V128 a, V128 at) { return vec_swizzle(a, at); }

/* ---- integers, one lane at a time ---- */

#define SIMD_COMPARE(p, U, I)                                                                      \
    VEC_TEST2(simd_##p##_eq, U, x == y)                                                            \
    VEC_TEST2(simd_##p##_ne, U, x != y)                                                            \
    VEC_TEST2(simd_##p##_lt_s, I, x < y)                                                           \
    VEC_TEST2(simd_##p##_gt_s, I, x > y)                                                           \
    VEC_TEST2(simd_##p##_le_s, I, x <= y)                                                          \
    VEC_TEST2(simd_##p##_ge_s, I, x >= y)
#define SIMD_COMPARE_U(p, U)                                                                       \
    VEC_TEST2(simd_##p##_lt_u, U, x < y)                                                           \
    VEC_TEST2(simd_##p##_gt_u, U, x > y)                                                           \
    VEC_TEST2(simd_##p##_le_u, U, x <= y)                                                          \
    VEC_TEST2(simd_##p##_ge_u, U, x >= y)
#define SIMD_SUMS(p, U)                                                                            \
    VEC_MAP2(simd_##p##_add, U, x + y)                                                             \
    VEC_MAP2(simd_##p##_sub, U, x - y)                                                             \
    VEC_MAP1(simd_##p##_neg, U, -x)
SIMD_COMPARE(i8x16, U8, I8)
SIMD_COMPARE(i16x8, U16, I16)
SIMD_COMPARE(i32x4, U32, I32)
SIMD_COMPARE(i64x2, U64, I64)
SIMD_COMPARE_U(i8x16, U8)
SIMD_COMPARE_U(i16x8, U16)
SIMD_COMPARE_U(i32x4, U32)
SIMD_SUMS(i8x16, U8)
SIMD_SUMS(i16x8, U16)
SIMD_SUMS(i32x4, U32)
SIMD_SUMS(i64x2, U64)
VEC_MAP2(simd_i16x8_mul, U16, x *y)
VEC_MAP2(simd_i32x4_mul, U32, x *y)
VEC_MAP2(simd_i64x2_mul, U64, x *y)
#undef SIMD_COMPARE
#undef SIMD_COMPARE_U
#undef SIMD_SUMS

#define SIMD_ABS(p)                                                                                \
    WT_INLINE V128 simd_##p##_abs(V128 a) {                                                        \
        V128 negative = simd_##p##_lt_s(a, vec_halves(0, 0));                                      \
        return simd_##p##_sub(vec_xor(a, negative), negative);                                     \
    }
SIMD_ABS(i8x16)
SIMD_ABS(i16x8)
SIMD_ABS(i32x4)
SIMD_ABS(i64x2)
#undef SIMD_ABS

#define SIMD_ALIAS2(name, vec)                                                                     \
    WT_INLINE V128 simd_##name(V128 a, V128 b) { return vec(a, b); }
#define SIMD_ALIAS1(name, vec)                                                                     \
    WT_INLINE V128 simd_##name(V128 a) { return vec(a); }
#define SIMD_MIN_MAX(p, w)                                                                         \
    SIMD_ALIAS2(p##_min_s, vec_min_i##w)                                                           \
    SIMD_ALIAS2(p##_min_u, vec_min_u##w)                                                           \
    SIMD_ALIAS2(p##_max_s, vec_max_i##w)                                                           \
    SIMD_ALIAS2(p##_max_u, vec_max_u##w)
#define SIMD_SATURATING(p, w)                                                                      \
    SIMD_ALIAS2(p##_add_sat_s, vec_adds_i##w)                                                      \
    SIMD_ALIAS2(p##_add_sat_u, vec_adds_u##w)                                                      \
    SIMD_ALIAS2(p##_sub_sat_s, vec_subs_i##w)                                                      \
    SIMD_ALIAS2(p##_sub_sat_u, vec_subs_u##w)                                                      \
    SIMD_ALIAS2(p##_avgr_u, vec_avgr_u##w)
SIMD_MIN_MAX(i8x16, 8)
SIMD_MIN_MAX(i16x8, 16)
SIMD_MIN_MAX(i32x4, 32)
SIMD_SATURATING(i8x16, 8)
SIMD_SATURATING(i16x8, 16)
SIMD_ALIAS2(i16x8_q15mulr_sat_s, vec_mulr_q15)
SIMD_ALIAS2(i32x4_dot_i16x8_s, vec_dot_i16)
#undef SIMD_MIN_MAX
#undef SIMD_SATURATING

/* In steps over whole 64-bit lanes, where the masks keep the bytes apart. */
VEC_MAP1(simd_popcnt_pairs, U64, x - (x >> 1 & 0x5555555555555555))
VEC_MAP1(simd_popcnt_fours, U64, (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333))
VEC_MAP1(simd_popcnt_bytes, U64, (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0F)
WT_INLINE V128 simd_i8x16_popcnt(V128 a) {
    return simd_popcnt_bytes(simd_popcnt_fours(simd_popcnt_pairs(a)));
}

/* ---- shifts: the count is taken modulo the width of a lane ---- */

#define SIMD_SHIFTS(p, N, U, I)                                                                    \
    VEC_SHIFT(simd_##p##_shl_by, U##N, uint##N##_t, x << n)                                        \
    VEC_SHIFT(simd_##p##_shr_u_by, U##N, uint##N##_t, x >> n)                                      \
    VEC_SHIFT(simd_##p##_shr_s_by, I##N, int##N##_t, x >> n)                                       \
    WT_INLINE V128 simd_##p##_shl(V128 a, uint32_t n) {                                            \
        return simd_##p##_shl_by(a, n & (N - 1));                                                  \
    }                                                                                              \
    WT_INLINE V128 simd_##p##_shr_u(V128 a, uint32_t n) {                                          \
        return simd_##p##_shr_u_by(a, n & (N - 1));                                                \
    }                                                                                              \
    WT_INLINE V128 simd_##p##_shr_s(V128 a, uint32_t n) {                                          \
        return simd_##p##_shr_s_by(a, n & (N - 1));                                                \
    }
SIMD_SHIFTS(i16x8, 16, U, I)
SIMD_SHIFTS(i32x4, 32, U, I)
SIMD_SHIFTS(i64x2, 64, U, I)
#undef SIMD_SHIFTS

/* Bytes: machines shift lanes of 16 bits; what came from the neighbour is masked out. */
WT_INLINE V128 simd_i8x16_shl(V128 a, uint32_t n) {
    V128 mask = vec_splat_u8((uint8_t)(0xFF << (n & 7)));
    return vec_and(simd_i16x8_shl_by(a, n & 7), mask);
}
WT_INLINE V128 simd_i8x16_shr_u(V128 a, uint32_t n) {
    V128 mask = vec_splat_u8((uint8_t)(0xFF >> (n & 7)));
    return vec_and(simd_i16x8_shr_u_by(a, n & 7), mask);
}
WT_INLINE V128 simd_i8x16_shr_s(V128 a, uint32_t n) {
    V128 sign = vec_splat_u8((uint8_t)(0x80 >> (n & 7)));
    return simd_i8x16_sub(vec_xor(simd_i8x16_shr_u(a, n), sign), sign);
}

/* ---- other widths ---- */

SIMD_ALIAS2(i8x16_narrow_i16x8_s, vec_narrow_i16_i8)
SIMD_ALIAS2(i8x16_narrow_i16x8_u, vec_narrow_i16_u8)
SIMD_ALIAS2(i16x8_narrow_i32x4_s, vec_narrow_i32_i16)
SIMD_ALIAS2(i16x8_narrow_i32x4_u, vec_narrow_i32_u16)

/* A lane beside itself, shifted down: its sign extension. */
#define SIMD_EXTEND_FROM(to, from, part, N)                                                        \
    WT_INLINE V128 simd_##to##_extend_##part##_##from##_u(V128 a) {                                \
        return vec_zip_##part##_u##N(a, vec_halves(0, 0));                                         \
    }
#define SIMD_EXTEND_SMALL(to, from, part, N)                                                       \
    SIMD_EXTEND_FROM(to, from, part, N)                                                            \
    WT_INLINE V128 simd_##to##_extend_##part##_##from##_s(V128 a) {                                \
        return simd_##to##_shr_s_by(vec_zip_##part##_u##N(a, a), N);                               \
    }
#define SIMD_EXTEND_I32(part)                                                                      \
    SIMD_EXTEND_FROM(i64x2, i32x4, part, 32)                                                       \
    WT_INLINE V128 simd_i64x2_extend_##part##_i32x4_s(V128 a) {                                    \
        return vec_zip_##part##_u32(a, simd_i32x4_shr_s_by(a, 31));                                \
    }
SIMD_EXTEND_SMALL(i16x8, i8x16, low, 8)
SIMD_EXTEND_SMALL(i16x8, i8x16, high, 8)
SIMD_EXTEND_SMALL(i32x4, i16x8, low, 16)
SIMD_EXTEND_SMALL(i32x4, i16x8, high, 16)
SIMD_EXTEND_I32(low)
SIMD_EXTEND_I32(high)
#undef SIMD_EXTEND_FROM
#undef SIMD_EXTEND_SMALL
#undef SIMD_EXTEND_I32

/* Even lanes and odd lanes, both extended in place. */
#define SIMD_PAIRWISE(to, from, half)                                                              \
    WT_INLINE V128 simd_##to##_extadd_pairwise_##from##_s(V128 a) {                                \
        return simd_##to##_add(simd_##to##_shr_s_by(simd_##to##_shl_by(a, half), half),            \
                               simd_##to##_shr_s_by(a, half));                                     \
    }                                                                                              \
    WT_INLINE V128 simd_##to##_extadd_pairwise_##from##_u(V128 a) {                                \
        return simd_##to##_add(simd_##to##_shr_u_by(simd_##to##_shl_by(a, half), half),            \
                               simd_##to##_shr_u_by(a, half));                                     \
    }
SIMD_PAIRWISE(i16x8, i8x16, 8)
SIMD_PAIRWISE(i32x4, i16x8, 16)
#undef SIMD_PAIRWISE

#define SIMD_EXTMUL_BYTES(part, s)                                                                 \
    WT_INLINE V128 simd_i16x8_extmul_##part##_i8x16_##s(V128 a, V128 b) {                          \
        return simd_i16x8_mul(simd_i16x8_extend_##part##_i8x16_##s(a),                             \
                              simd_i16x8_extend_##part##_i8x16_##s(b));                            \
    }
SIMD_EXTMUL_BYTES(low, s)
SIMD_EXTMUL_BYTES(low, u)
SIMD_EXTMUL_BYTES(high, s)
SIMD_EXTMUL_BYTES(high, u)
#undef SIMD_EXTMUL_BYTES
SIMD_ALIAS2(i32x4_extmul_low_i16x8_s, vec_mul_low_i16)
SIMD_ALIAS2(i32x4_extmul_low_i16x8_u, vec_mul_low_u16)
SIMD_ALIAS2(i32x4_extmul_high_i16x8_s, vec_mul_high_i16)
SIMD_ALIAS2(i32x4_extmul_high_i16x8_u, vec_mul_high_u16)
SIMD_ALIAS2(i64x2_extmul_low_i32x4_s, vec_mul_low_i32)
SIMD_ALIAS2(i64x2_extmul_low_i32x4_u, vec_mul_low_u32)
SIMD_ALIAS2(i64x2_extmul_high_i32x4_s, vec_mul_high_i32)
SIMD_ALIAS2(i64x2_extmul_high_i32x4_u, vec_mul_high_u32)

/* ---- vectors to one number ---- */

WT_INLINE uint32_t simd_v128_any_true(V128 a) {
    return vec_mask_8(simd_i8x16_eq(a, vec_halves(0, 0))) != 0xFFFF;
}
#define SIMD_WHOLE(p)                                                                              \
    WT_INLINE uint32_t simd_##p##_all_true(V128 a) {                                               \
        return vec_mask_8(simd_##p##_eq(a, vec_halves(0, 0))) == 0;                                \
    }
SIMD_WHOLE(i8x16)
SIMD_WHOLE(i16x8)
SIMD_WHOLE(i32x4)
SIMD_WHOLE(i64x2)
#undef SIMD_WHOLE
WT_INLINE uint32_t simd_i8x16_bitmask(V128 a) { return vec_mask_8(a); }
WT_INLINE uint32_t simd_i16x8_bitmask(V128 a) { return vec_mask_16(a); }
WT_INLINE uint32_t simd_i32x4_bitmask(V128 a) { return vec_mask_32(a); }
WT_INLINE uint32_t simd_i64x2_bitmask(V128 a) { return vec_mask_64(a); }

/* ---- floats ----

   simd_WIDTH_canon makes every NaN the positive canonical one. min: less both ways is the smaller
   one, twice; equal ones (zeros of two signs) are joined by their bits. */
#define SIMD_FLOAT(p, f, N, sign, canonical)                                                       \
    SIMD_ALIAS2(p##_add, vec_add_##f)                                                              \
    SIMD_ALIAS2(p##_sub, vec_sub_##f)                                                              \
    VEC_MAP2(simd_##p##_mul, F##N, x *y)                                                           \
    VEC_MAP2(simd_##p##_div, F##N, x / y)                                                          \
    VEC_TEST2(simd_##p##_eq, F##N, x == y)                                                         \
    SIMD_ALIAS2(p##_ne, vec_ne_##f)                                                                \
    SIMD_ALIAS2(p##_lt, vec_lt_##f)                                                                \
    VEC_TEST2(simd_##p##_gt, F##N, x > y)                                                          \
    VEC_TEST2(simd_##p##_le, F##N, x <= y)                                                         \
    VEC_TEST2(simd_##p##_ge, F##N, x >= y)                                                         \
    WT_INLINE V128 simd_##p##_abs(V128 a) { return vec_andnot(a, vec_splat_u##N(sign)); }          \
    WT_INLINE V128 simd_##p##_neg(V128 a) { return vec_xor(a, vec_splat_u##N(sign)); }             \
    SIMD_ALIAS1(p##_sqrt, vec_sqrt_##f)                                                            \
    SIMD_ALIAS1(p##_nearest, vec_nearest_##f)                                                      \
    SIMD_ALIAS1(p##_floor, vec_floor_##f)                                                          \
    SIMD_ALIAS1(p##_ceil, vec_ceil_##f)                                                            \
    SIMD_ALIAS1(p##_trunc, vec_trunc_##f)                                                          \
    WT_INLINE V128 simd_##p##_pmin(V128 a, V128 b) { return vec_less_##f(b, a); }                  \
    WT_INLINE V128 simd_##p##_pmax(V128 a, V128 b) { return vec_more_##f(b, a); }                  \
    WT_INLINE V128 simd_##p##_min(V128 a, V128 b) {                                                \
        V128 r = vec_or(vec_less_##f(a, b), vec_less_##f(b, a));                                   \
        return vec_pick(vec_unordered_##f(a, b), vec_splat_u##N(canonical), r);                    \
    }                                                                                              \
    WT_INLINE V128 simd_##p##_max(V128 a, V128 b) {                                                \
        V128 r = vec_and(vec_more_##f(a, b), vec_more_##f(b, a));                                  \
        return vec_pick(vec_unordered_##f(a, b), vec_splat_u##N(canonical), r);                    \
    }                                                                                              \
    WT_INLINE V128 simd_##p##_canon(V128 a) {                                                      \
        return vec_pick(simd_##p##_ne(a, a), vec_splat_u##N(canonical), a);                        \
    }                                                                                              \
    SIMD_ALIAS2(p##_relaxed_min, simd_##p##_min)                                                   \
    SIMD_ALIAS2(p##_relaxed_max, simd_##p##_max)                                                   \
    WT_INLINE V128 simd_##p##_relaxed_madd(V128 a, V128 b, V128 c) {                               \
        return simd_##p##_canon(simd_##p##_add(simd_##p##_mul(a, b), c));                          \
    }                                                                                              \
    WT_INLINE V128 simd_##p##_relaxed_nmadd(V128 a, V128 b, V128 c) {                              \
        return simd_##p##_canon(simd_##p##_sub(c, simd_##p##_mul(a, b)));                          \
    }

SIMD_FLOAT(f32x4, f32, 32, 0x80000000, 0x7FC00000)
SIMD_FLOAT(f64x2, f64, 64, 0x8000000000000000, 0x7FF8000000000000)
#undef SIMD_FLOAT

/* ---- conversions ---- */

SIMD_ALIAS1(i32x4_trunc_sat_f32x4_s, vec_i32_of_f32)
SIMD_ALIAS1(i32x4_trunc_sat_f32x4_u, vec_u32_of_f32)
SIMD_ALIAS1(i32x4_trunc_sat_f64x2_s_zero, vec_i32_of_f64)
SIMD_ALIAS1(i32x4_trunc_sat_f64x2_u_zero, vec_u32_of_f64)
SIMD_ALIAS1(f32x4_convert_i32x4_s, vec_f32_of_i32)
SIMD_ALIAS1(f32x4_convert_i32x4_u, vec_f32_of_u32)
SIMD_ALIAS1(f32x4_demote_f64x2_zero, vec_f32_of_f64)
SIMD_ALIAS1(f64x2_promote_low_f32x4, vec_f64_of_f32)
/* The integer in the lower bits of 2^52, from which 2^52 is taken: exact. A sign bit that is
   inverted adds 2^31. */
WT_INLINE V128 simd_f64x2_convert_low_i32x4_u(V128 a) {
    V128 sum = vec_zip_low_u32(a, vec_splat_u32(0x43300000));
    return simd_f64x2_sub(sum, vec_splat_u64(0x4330000000000000));
}
WT_INLINE V128 simd_f64x2_convert_low_i32x4_s(V128 a) {
    V128 bias = vec_splat_u32(0x80000000);
    V128 sum = vec_zip_low_u32(vec_xor(a, bias), vec_splat_u32(0x43300000));
    return simd_f64x2_sub(sum, vec_splat_u64(0x4330000080000000));
}

/* ---- what loads make of their bits ---- */

#define SIMD_LOAD(name, T, expr)                                                                   \
    WT_INLINE V128 simd_v128_##name(T x) { return (expr); }
SIMD_LOAD(load8x8_s, uint64_t, simd_i16x8_extend_low_i8x16_s(vec_halves(x, 0)))
SIMD_LOAD(load8x8_u, uint64_t, simd_i16x8_extend_low_i8x16_u(vec_halves(x, 0)))
SIMD_LOAD(load16x4_s, uint64_t, simd_i32x4_extend_low_i16x8_s(vec_halves(x, 0)))
SIMD_LOAD(load16x4_u, uint64_t, simd_i32x4_extend_low_i16x8_u(vec_halves(x, 0)))
SIMD_LOAD(load32x2_s, uint64_t, simd_i64x2_extend_low_i32x4_s(vec_halves(x, 0)))
SIMD_LOAD(load32x2_u, uint64_t, simd_i64x2_extend_low_i32x4_u(vec_halves(x, 0)))
SIMD_LOAD(load8_splat, uint8_t, vec_splat_u8(x))
SIMD_LOAD(load16_splat, uint16_t, vec_splat_u16(x))
SIMD_LOAD(load32_splat, uint32_t, vec_splat_u32(x))
SIMD_LOAD(load64_splat, uint64_t, vec_splat_u64(x))
SIMD_LOAD(load32_zero, uint32_t, vec_halves(x, 0))
SIMD_LOAD(load64_zero, uint64_t, vec_halves(x, 0))
SIMD_LOAD(load, V128, x)
#undef SIMD_LOAD

/* ---- relaxed ---- */

SIMD_ALIAS2(i8x16_relaxed_swizzle, vec_swizzle)
SIMD_ALIAS2(i16x8_relaxed_q15mulr_s, vec_mulr_q15)
SIMD_ALIAS1(i32x4_relaxed_trunc_f32x4_s, vec_i32_of_f32)
SIMD_ALIAS1(i32x4_relaxed_trunc_f32x4_u, vec_u32_of_f32)
SIMD_ALIAS1(i32x4_relaxed_trunc_f64x2_s_zero, vec_i32_of_f64)
SIMD_ALIAS1(i32x4_relaxed_trunc_f64x2_u_zero, vec_u32_of_f64)
#define SIMD_LANESELECT(name)                                                                      \
    WT_INLINE V128 simd_##name##_relaxed_laneselect(V128 a, V128 b, V128 mask) {                   \
        return vec_pick(mask, a, b);                                                               \
    }
SIMD_LANESELECT(i8x16)
SIMD_LANESELECT(i16x8)
SIMD_LANESELECT(i32x4)
SIMD_LANESELECT(i64x2)
#undef SIMD_LANESELECT
/* Sums of two products of bytes, both signed; what saturates is -128 in all four places. */
WT_INLINE V128 simd_i16x8_relaxed_dot_i8x16_i7x16_s(V128 a, V128 b) {
    V128 even = simd_i16x8_mul(simd_i16x8_shr_s_by(simd_i16x8_shl_by(a, 8), 8),
                               simd_i16x8_shr_s_by(simd_i16x8_shl_by(b, 8), 8));
    V128 odd = simd_i16x8_mul(simd_i16x8_shr_s_by(a, 8), simd_i16x8_shr_s_by(b, 8));
    return vec_adds_i16(even, odd);
}
WT_INLINE V128 simd_i32x4_relaxed_dot_i8x16_i7x16_add_s(V128 a, V128 b, V128 c) {
    V128 pairs = simd_i16x8_relaxed_dot_i8x16_i7x16_s(a, b);
    return simd_i32x4_add(simd_i32x4_extadd_pairwise_i16x8_s(pairs), c);
}
#undef SIMD_ALIAS1
#undef SIMD_ALIAS2

#endif
