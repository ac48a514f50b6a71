/* What number operations mean: every scalar PURE and TRAPS row of ops.def as a function on bit
   patterns. i32 and f32 are uint32_t, i64 and f64 are uint64_t, comparisons give 0 or 1.

   The one place of these meanings: interpreters, folders, constant expressions and translated C
   programs call it, so it includes nothing but the C library. The spec: "Numerics" (4.3).

   Operations that may trap return a NumTrap and write *r only when it is NUM_OK. A NaN result is
   quiet and otherwise what the machine makes of the operands, as the spec allows. No two operations
   may be contracted into one rounding: callers in one expression need -ffp-contract=off. */
#ifndef WATTLE_WASM_NUM_H
#define WATTLE_WASM_NUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define NUM_FN static inline __attribute__((always_inline, unused))
#else
#define NUM_FN static inline
#endif

typedef enum NumTrap {
    NUM_OK,
    NUM_DIVIDE_BY_ZERO,
    NUM_OVERFLOW,
    NUM_INVALID_CONVERSION,
} NumTrap;

/* ---- bits and numbers ---- */

NUM_FN float num_f32_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
NUM_FN uint32_t num_f32_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof x);
    return bits;
}
NUM_FN double num_f64_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
NUM_FN uint64_t num_f64_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof x);
    return bits;
}
NUM_FN bool num_f32_is_nan(uint32_t a) { return (a & 0x7FFFFFFF) > 0x7F800000; }
NUM_FN bool num_f64_is_nan(uint64_t a) { return (a & 0x7FFFFFFFFFFFFFFF) > 0x7FF0000000000000; }
#define NUM_F32_QUIET 0x00400000u
#define NUM_F64_QUIET 0x0008000000000000u

/* ---- integers: one pattern for both widths (U unsigned, S signed, N bits) ---- */

#define NUM_INTEGER(p, U, S, N)                                                                    \
    NUM_FN U num_##p##_add(U a, U b) { return a + b; }                                             \
    NUM_FN U num_##p##_sub(U a, U b) { return a - b; }                                             \
    NUM_FN U num_##p##_mul(U a, U b) { return a * b; }                                             \
    NUM_FN U num_##p##_and(U a, U b) { return a & b; }                                             \
    NUM_FN U num_##p##_or(U a, U b) { return a | b; }                                              \
    NUM_FN U num_##p##_xor(U a, U b) { return a ^ b; }                                             \
    NUM_FN U num_##p##_shl(U a, U b) { return a << (b & (N - 1)); }                                \
    NUM_FN U num_##p##_shr_u(U a, U b) { return a >> (b & (N - 1)); }                              \
    NUM_FN U num_##p##_shr_s(U a, U b) { return (U)((S)a >> (b & (N - 1))); }                      \
    NUM_FN U num_##p##_rotl(U a, U b) { return a << (b & (N - 1)) | a >> (-b & (N - 1)); }         \
    NUM_FN U num_##p##_rotr(U a, U b) { return a >> (b & (N - 1)) | a << (-b & (N - 1)); }         \
    NUM_FN uint32_t num_##p##_eqz(U a) { return a == 0; }                                          \
    NUM_FN uint32_t num_##p##_eq(U a, U b) { return a == b; }                                      \
    NUM_FN uint32_t num_##p##_ne(U a, U b) { return a != b; }                                      \
    NUM_FN uint32_t num_##p##_lt_s(U a, U b) { return (S)a < (S)b; }                               \
    NUM_FN uint32_t num_##p##_lt_u(U a, U b) { return a < b; }                                     \
    NUM_FN uint32_t num_##p##_gt_s(U a, U b) { return (S)a > (S)b; }                               \
    NUM_FN uint32_t num_##p##_gt_u(U a, U b) { return a > b; }                                     \
    NUM_FN uint32_t num_##p##_le_s(U a, U b) { return (S)a <= (S)b; }                              \
    NUM_FN uint32_t num_##p##_le_u(U a, U b) { return a <= b; }                                    \
    NUM_FN uint32_t num_##p##_ge_s(U a, U b) { return (S)a >= (S)b; }                              \
    NUM_FN uint32_t num_##p##_ge_u(U a, U b) { return a >= b; }                                    \
    NUM_FN U num_##p##_extend8_s(U a) { return (U)(S)(int8_t)a; }                                  \
    NUM_FN U num_##p##_extend16_s(U a) { return (U)(S)(int16_t)a; }                                \
    NUM_FN NumTrap num_##p##_div_s(U a, U b, U *r) {                                               \
        if (b == 0)                                                                                \
            return NUM_DIVIDE_BY_ZERO;                                                             \
        if (b == (U) - 1) {                                                                        \
            *r = -a;                                                                               \
            return a == (U)1 << (N - 1) ? NUM_OVERFLOW : NUM_OK;                                   \
        }                                                                                          \
        *r = (U)((S)a / (S)b);                                                                     \
        return NUM_OK;                                                                             \
    }                                                                                              \
    NUM_FN NumTrap num_##p##_div_u(U a, U b, U *r) {                                               \
        if (b == 0)                                                                                \
            return NUM_DIVIDE_BY_ZERO;                                                             \
        *r = a / b;                                                                                \
        return NUM_OK;                                                                             \
    }                                                                                              \
    NUM_FN NumTrap num_##p##_rem_s(U a, U b, U *r) {                                               \
        if (b == 0)                                                                                \
            return NUM_DIVIDE_BY_ZERO;                                                             \
        *r = b == (U) - 1 ? 0 : (U)((S)a % (S)b);                                                  \
        return NUM_OK;                                                                             \
    }                                                                                              \
    NUM_FN NumTrap num_##p##_rem_u(U a, U b, U *r) {                                               \
        if (b == 0)                                                                                \
            return NUM_DIVIDE_BY_ZERO;                                                             \
        *r = a % b;                                                                                \
        return NUM_OK;                                                                             \
    }

NUM_INTEGER(i32, uint32_t, int32_t, 32)
NUM_INTEGER(i64, uint64_t, int64_t, 64)
#undef NUM_INTEGER

NUM_FN uint64_t num_i64_extend32_s(uint64_t a) { return (uint64_t)(int64_t)(int32_t)a; }
NUM_FN uint32_t num_i32_wrap_i64(uint64_t a) { return (uint32_t)a; }
NUM_FN uint64_t num_i64_extend_i32_s(uint32_t a) { return (uint64_t)(int64_t)(int32_t)a; }
NUM_FN uint64_t num_i64_extend_i32_u(uint32_t a) { return a; }

#if defined(__GNUC__) || defined(__clang__)
NUM_FN uint32_t num_i32_clz(uint32_t a) { return a ? (uint32_t)__builtin_clz(a) : 32; }
NUM_FN uint32_t num_i32_ctz(uint32_t a) { return a ? (uint32_t)__builtin_ctz(a) : 32; }
NUM_FN uint64_t num_i64_clz(uint64_t a) { return a ? (uint64_t)__builtin_clzll(a) : 64; }
NUM_FN uint64_t num_i64_ctz(uint64_t a) { return a ? (uint64_t)__builtin_ctzll(a) : 64; }
#else
NUM_FN uint64_t num_i64_clz(uint64_t a) {
    uint64_t n = 64;
    for (; a; a >>= 1)
        n--;
    return n;
}
NUM_FN uint64_t num_i64_ctz(uint64_t a) { return a ? 63 - num_i64_clz(a & -a) : 64; }
NUM_FN uint32_t num_i32_clz(uint32_t a) { return (uint32_t)num_i64_clz(a) - 32; }
NUM_FN uint32_t num_i32_ctz(uint32_t a) { return a ? (uint32_t)num_i64_ctz(a) : 32; }
#endif
/* Written out: without a machine instruction for it the builtin is a call. */
NUM_FN uint64_t num_i64_popcnt(uint64_t a) {
    a -= a >> 1 & 0x5555555555555555;
    a = (a & 0x3333333333333333) + (a >> 2 & 0x3333333333333333);
    a = (a + (a >> 4)) & 0x0F0F0F0F0F0F0F0F;
    return a * 0x0101010101010101 >> 56;
}
NUM_FN uint32_t num_i32_popcnt(uint32_t a) { return (uint32_t)num_i64_popcnt(a); }

/* ---- wide arithmetic: two results, the low half first ---- */

NUM_FN void num_i64_add128(uint64_t al, uint64_t ah, uint64_t bl, uint64_t bh, uint64_t *lo,
                           uint64_t *hi) {
    uint64_t low = al + bl;
    *hi = ah + bh + (low < al);
    *lo = low;
}
NUM_FN void num_i64_sub128(uint64_t al, uint64_t ah, uint64_t bl, uint64_t bh, uint64_t *lo,
                           uint64_t *hi) {
    uint64_t borrow = al < bl;
    *lo = al - bl;
    *hi = ah - bh - borrow;
}
NUM_FN void num_i64_mul_wide_u(uint64_t a, uint64_t b, uint64_t *lo, uint64_t *hi) {
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
    uint64_t middle = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
    *lo = a * b;
    *hi = hh + (lh >> 32) + (hl >> 32) + (middle >> 32);
}
NUM_FN void num_i64_mul_wide_s(uint64_t a, uint64_t b, uint64_t *lo, uint64_t *hi) {
    uint64_t high;
    num_i64_mul_wide_u(a, b, lo, &high);
    /* A negative operand counts 2^64 too much of the other one. */
    if ((int64_t)a < 0)
        high -= b;
    if ((int64_t)b < 0)
        high -= a;
    *hi = high;
}

/* ---- floats: one pattern for both widths (U bits, F number, s the suffix of C's functions) ----
 */

#define NUM_FLOAT(p, U, F, s, sign, quiet)                                                         \
    NUM_FN U num_##p##_canon(U a) { return num_##p##_is_nan(a) ? (sign) - (quiet) : a; }           \
    NUM_FN U num_##p##_abs(U a) { return a & ~(sign); }                                            \
    NUM_FN U num_##p##_neg(U a) { return a ^ (sign); }                                             \
    NUM_FN U num_##p##_copysign(U a, U b) { return (a & ~(sign)) | (b & (sign)); }                 \
    NUM_FN U num_##p##_ceil(U a) {                                                                 \
        return num_##p##_is_nan(a) ? a | (quiet) : num_##p##_bits(ceil##s(num_##p##_of(a)));       \
    }                                                                                              \
    NUM_FN U num_##p##_floor(U a) {                                                                \
        return num_##p##_is_nan(a) ? a | (quiet) : num_##p##_bits(floor##s(num_##p##_of(a)));      \
    }                                                                                              \
    NUM_FN U num_##p##_trunc(U a) {                                                                \
        return num_##p##_is_nan(a) ? a | (quiet) : num_##p##_bits(trunc##s(num_##p##_of(a)));      \
    }                                                                                              \
    NUM_FN U num_##p##_nearest(U a) {                                                              \
        return num_##p##_is_nan(a) ? a | (quiet) : num_##p##_bits(rint##s(num_##p##_of(a)));       \
    }                                                                                              \
    NUM_FN U num_##p##_sqrt(U a) { return num_##p##_bits(sqrt##s(num_##p##_of(a))); }              \
    NUM_FN U num_##p##_add(U a, U b) { return num_##p##_bits(num_##p##_of(a) + num_##p##_of(b)); } \
    NUM_FN U num_##p##_sub(U a, U b) { return num_##p##_bits(num_##p##_of(a) - num_##p##_of(b)); } \
    NUM_FN U num_##p##_mul(U a, U b) { return num_##p##_bits(num_##p##_of(a) * num_##p##_of(b)); } \
    NUM_FN U num_##p##_div(U a, U b) { return num_##p##_bits(num_##p##_of(a) / num_##p##_of(b)); } \
    NUM_FN U num_##p##_min(U a, U b) {                                                             \
        F x = num_##p##_of(a), y = num_##p##_of(b);                                                \
        if (x < y)                                                                                 \
            return a;                                                                              \
        if (y < x)                                                                                 \
            return b;                                                                              \
        if (x == y)                                                                                \
            return a | b; /* equal, or zeros: -0 wins */                                           \
        return num_##p##_is_nan(a) ? a | (quiet) : b | (quiet);                                    \
    }                                                                                              \
    NUM_FN U num_##p##_max(U a, U b) {                                                             \
        F x = num_##p##_of(a), y = num_##p##_of(b);                                                \
        if (x > y)                                                                                 \
            return a;                                                                              \
        if (y > x)                                                                                 \
            return b;                                                                              \
        if (x == y)                                                                                \
            return a & b; /* equal, or zeros: +0 wins */                                           \
        return num_##p##_is_nan(a) ? a | (quiet) : b | (quiet);                                    \
    }                                                                                              \
    NUM_FN uint32_t num_##p##_eq(U a, U b) { return num_##p##_of(a) == num_##p##_of(b); }          \
    NUM_FN uint32_t num_##p##_ne(U a, U b) { return num_##p##_of(a) != num_##p##_of(b); }          \
    NUM_FN uint32_t num_##p##_lt(U a, U b) { return num_##p##_of(a) < num_##p##_of(b); }           \
    NUM_FN uint32_t num_##p##_gt(U a, U b) { return num_##p##_of(a) > num_##p##_of(b); }           \
    NUM_FN uint32_t num_##p##_le(U a, U b) { return num_##p##_of(a) <= num_##p##_of(b); }          \
    NUM_FN uint32_t num_##p##_ge(U a, U b) { return num_##p##_of(a) >= num_##p##_of(b); }

NUM_FLOAT(f32, uint32_t, float, f, 0x80000000u, NUM_F32_QUIET)
NUM_FLOAT(f64, uint64_t, double, , 0x8000000000000000u, NUM_F64_QUIET)
#undef NUM_FLOAT

/* ---- conversions ---- */

NUM_FN uint32_t num_i32_reinterpret_f32(uint32_t a) { return a; }
NUM_FN uint64_t num_i64_reinterpret_f64(uint64_t a) { return a; }
NUM_FN uint32_t num_f32_reinterpret_i32(uint32_t a) { return a; }
NUM_FN uint64_t num_f64_reinterpret_i64(uint64_t a) { return a; }

NUM_FN uint32_t num_f32_convert_i32_s(uint32_t a) { return num_f32_bits((float)(int32_t)a); }
NUM_FN uint32_t num_f32_convert_i32_u(uint32_t a) { return num_f32_bits((float)a); }
NUM_FN uint32_t num_f32_convert_i64_s(uint64_t a) { return num_f32_bits((float)(int64_t)a); }
NUM_FN uint32_t num_f32_convert_i64_u(uint64_t a) { return num_f32_bits((float)a); }
NUM_FN uint64_t num_f64_convert_i32_s(uint32_t a) { return num_f64_bits((double)(int32_t)a); }
NUM_FN uint64_t num_f64_convert_i32_u(uint32_t a) { return num_f64_bits((double)a); }
NUM_FN uint64_t num_f64_convert_i64_s(uint64_t a) { return num_f64_bits((double)(int64_t)a); }
NUM_FN uint64_t num_f64_convert_i64_u(uint64_t a) { return num_f64_bits((double)a); }
NUM_FN uint32_t num_f32_demote_f64(uint64_t a) { return num_f32_bits((float)num_f64_of(a)); }
NUM_FN uint64_t num_f64_promote_f32(uint32_t a) { return num_f64_bits((double)num_f32_of(a)); }

/* Float to integer: C leaves what does not fit undefined, so the range is tested first. `low` is
   the largest float that is too small (strictly = 1) or the smallest that fits (0); `high` the
   smallest that is too large. */
#define NUM_TRUNC(name, f, FU, F, U, S, strictly, low, high, min, max)                             \
    NUM_FN NumTrap num_##name(FU a, U *r) {                                                        \
        F x = num_##f##_of(a);                                                                     \
        if (((strictly) ? x > (low) : x >= (low)) && x < (high)) {                                 \
            *r = (U)(S)x;                                                                          \
            return NUM_OK;                                                                         \
        }                                                                                          \
        return x != x ? NUM_INVALID_CONVERSION : NUM_OVERFLOW;                                     \
    }
#define NUM_TRUNC_SAT(name, f, FU, F, U, S, strictly, low, high, min, max)                         \
    NUM_FN U num_##name(FU a) {                                                                    \
        F x = num_##f##_of(a);                                                                     \
        if (((strictly) ? x > (low) : x >= (low)) && x < (high))                                   \
            return (U)(S)x;                                                                        \
        return x != x ? 0 : x < 0 ? (U)(min) : (U)(max);                                           \
    }
#define NUM_TRUNC_ROWS(ROW, t)                                                                     \
    ROW(i32_##t##_f32_s, f32, uint32_t, float, uint32_t, int32_t, 0, -0x1p31f, 0x1p31f, INT32_MIN, \
        INT32_MAX)                                                                                 \
    ROW(i32_##t##_f32_u, f32, uint32_t, float, uint32_t, uint32_t, 1, -1.0f, 0x1p32f, 0,           \
        UINT32_MAX)                                                                                \
    ROW(i32_##t##_f64_s, f64, uint64_t, double, uint32_t, int32_t, 1, -2147483649.0, 0x1p31,       \
        INT32_MIN, INT32_MAX)                                                                      \
    ROW(i32_##t##_f64_u, f64, uint64_t, double, uint32_t, uint32_t, 1, -1.0, 0x1p32, 0,            \
        UINT32_MAX)                                                                                \
    ROW(i64_##t##_f32_s, f32, uint32_t, float, uint64_t, int64_t, 0, -0x1p63f, 0x1p63f, INT64_MIN, \
        INT64_MAX)                                                                                 \
    ROW(i64_##t##_f32_u, f32, uint32_t, float, uint64_t, uint64_t, 1, -1.0f, 0x1p64f, 0,           \
        UINT64_MAX)                                                                                \
    ROW(i64_##t##_f64_s, f64, uint64_t, double, uint64_t, int64_t, 0, -0x1p63, 0x1p63, INT64_MIN,  \
        INT64_MAX)                                                                                 \
    ROW(i64_##t##_f64_u, f64, uint64_t, double, uint64_t, uint64_t, 1, -1.0, 0x1p64, 0, UINT64_MAX)

NUM_TRUNC_ROWS(NUM_TRUNC, trunc)
NUM_TRUNC_ROWS(NUM_TRUNC_SAT, trunc_sat)
#undef NUM_TRUNC
#undef NUM_TRUNC_SAT
#undef NUM_TRUNC_ROWS

#endif
