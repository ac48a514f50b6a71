/* 128-bit vectors behind plain names: V128, lane-wise functions made by macros, and the primitives
   that machines have instructions for and C has not. Knows no wasm; simd.h of the room wasm is
   built on it, and both ship with translated C programs: nothing but the C library and the
   compiler's own headers is included.

   Three texts of the primitives: x86-64 (SSE2; SSSE3 and SSE4.1 where the machine has them, found
   out at run time), aarch64, and lanes in a loop. A compiler without vectors, or VEC_PLAIN, has
   loops everywhere. Lanes are in little-endian order, as in memory. */
#ifndef WATTLE_BASE_VECTOR_H
#define WATTLE_BASE_VECTOR_H

#include "base/compiler.h"
#include "base/cpu.h"

#include <math.h>

#if (defined(__GNUC__) || defined(__clang__)) && !defined(VEC_PLAIN)
#define VEC_GNU 1
#else
#define VEC_GNU 0
#endif
#if VEC_GNU && defined(__SSE2__) && defined(__x86_64__)
#define VEC_SSE 1
#ifdef __SSE4_1__
#include <smmintrin.h>
#elif defined(__SSSE3__)
#include <tmmintrin.h>
#else
#include <emmintrin.h>
#endif
#else
#define VEC_SSE 0
#endif
#if VEC_GNU && defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define VEC_NEON 1
#include <arm_neon.h>
#else
#define VEC_NEON 0
#endif

/* ---- types ---- */

#if VEC_GNU
typedef uint64_t V128 __attribute__((vector_size(16)));
typedef uint8_t VecU8 __attribute__((vector_size(16)));
typedef uint16_t VecU16 __attribute__((vector_size(16)));
typedef uint32_t VecU32 __attribute__((vector_size(16)));
typedef V128 VecU64;
typedef int8_t VecI8 __attribute__((vector_size(16)));
typedef int16_t VecI16 __attribute__((vector_size(16)));
typedef int32_t VecI32 __attribute__((vector_size(16)));
typedef int64_t VecI64 __attribute__((vector_size(16)));
typedef float VecF32 __attribute__((vector_size(16)));
typedef double VecF64 __attribute__((vector_size(16)));
WT_INLINE V128 vec_halves(uint64_t low, uint64_t high) { return (V128){low, high}; }
#else
typedef struct V128 {
    uint64_t half[2];
} V128;
WT_INLINE V128 vec_halves(uint64_t low, uint64_t high) { return (V128){{low, high}}; }
#endif

/* The lanes one by one. */
typedef union VecLanes {
    V128 v;
    uint8_t u8[16];
    uint16_t u16[8];
    uint32_t u32[4];
    uint64_t u64[2];
    int8_t i8[16];
    int16_t i16[8];
    int32_t i32[4];
    int64_t i64[2];
    float f32[4];
    double f64[2];
} VecLanes;

WT_INLINE V128 vec_load(const void *p) {
    V128 v;
    memcpy(&v, p, sizeof v);
    return v;
}
WT_INLINE void vec_store(void *p, V128 v) { memcpy(p, &v, sizeof v); }

/* ---- lane-wise functions ----

   VEC_MAP2(name, T, expr) defines V128 name(V128 a, V128 b): expr for every lane x of a and y of b,
   lanes of type T. The lanes of expr wrap; it may use + - * & | ^ ~, shifts by constants, and
   constants that fit a lane. VEC_MAP1, VEC_MAP3 (z) alike. In VEC_TEST2 expr is a comparison and
   the result all ones or zeros. VEC_SHIFT has a count n below the width of a lane. */
#if VEC_GNU
#define VEC_MAP1(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a) {                                                                  \
        Vec##T x = (Vec##T)a;                                                                      \
        return (V128)(expr);                                                                       \
    }
#define VEC_MAP2(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a, V128 b) {                                                          \
        Vec##T x = (Vec##T)a, y = (Vec##T)b;                                                       \
        return (V128)(expr);                                                                       \
    }
#define VEC_MAP3(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a, V128 b, V128 c) {                                                  \
        Vec##T x = (Vec##T)a, y = (Vec##T)b, z = (Vec##T)c;                                        \
        return (V128)(expr);                                                                       \
    }
#define VEC_TEST2 VEC_MAP2
#define VEC_SHIFT(name, T, L, expr)                                                                \
    WT_INLINE V128 name(V128 a, unsigned by) {                                                     \
        Vec##T x = (Vec##T)a;                                                                      \
        L n = (L)by;                                                                               \
        return (V128)(expr);                                                                       \
    }
#define VEC_SPLAT(name, T, L)                                                                      \
    WT_INLINE V128 name(L x) { return (V128)((Vec##T){0} + x); }
#else
/* Lane types, and types in which they are computed without promotion to int. */
typedef uint8_t VecLaneU8;
typedef uint16_t VecLaneU16;
typedef uint32_t VecLaneU32;
typedef uint64_t VecLaneU64;
typedef int8_t VecLaneI8;
typedef int16_t VecLaneI16;
typedef int32_t VecLaneI32;
typedef int64_t VecLaneI64;
typedef float VecLaneF32;
typedef double VecLaneF64;
typedef uint32_t VecWideU8, VecWideU16, VecWideU32;
typedef uint64_t VecWideU64;
typedef int32_t VecWideI8, VecWideI16, VecWideI32;
typedef int64_t VecWideI64;
typedef float VecWideF32;
typedef double VecWideF64;
typedef int8_t VecTestI8, VecTestU8;
typedef int16_t VecTestI16, VecTestU16;
typedef int32_t VecTestI32, VecTestU32, VecTestF32;
typedef int64_t VecTestI64, VecTestU64, VecTestF64;
#define VEC_EACH(T, statement)                                                                     \
    for (size_t i = 0; i < 16 / sizeof(VecLane##T); i++) {                                         \
        statement;                                                                                 \
    }
#define VEC_MAP1(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a) {                                                                  \
        VecLane##T p[16 / sizeof(VecLane##T)];                                                     \
        memcpy(p, &a, sizeof p);                                                                   \
        VEC_EACH(T, VecWide##T x = p[i]; p[i] = (VecLane##T)(expr))                                \
        return vec_load(p);                                                                        \
    }
#define VEC_MAP2(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a, V128 b) {                                                          \
        VecLane##T p[16 / sizeof(VecLane##T)], q[16 / sizeof(VecLane##T)];                         \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        VEC_EACH(T, VecWide##T x = p[i]; VecWide##T y = q[i]; p[i] = (VecLane##T)(expr))           \
        return vec_load(p);                                                                        \
    }
#define VEC_MAP3(name, T, expr)                                                                    \
    WT_INLINE V128 name(V128 a, V128 b, V128 c) {                                                  \
        VecLane##T p[16 / sizeof(VecLane##T)], q[16 / sizeof(VecLane##T)];                         \
        VecLane##T r[16 / sizeof(VecLane##T)];                                                     \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        memcpy(r, &c, sizeof r);                                                                   \
        VEC_EACH(T, VecWide##T x = p[i]; VecWide##T y = q[i]; VecWide##T z = r[i];                 \
                 p[i] = (VecLane##T)(expr))                                                        \
        return vec_load(p);                                                                        \
    }
#define VEC_TEST2(name, T, expr)                                                                   \
    WT_INLINE V128 name(V128 a, V128 b) {                                                          \
        VecLane##T p[16 / sizeof(VecLane##T)], q[16 / sizeof(VecLane##T)];                         \
        VecTest##T r[16 / sizeof(VecLane##T)];                                                     \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        VEC_EACH(T, VecLane##T x = p[i]; VecLane##T y = q[i]; r[i] = (VecTest##T)(-(expr)))        \
        return vec_load(r);                                                                        \
    }
#define VEC_SHIFT(name, T, L, expr)                                                                \
    WT_INLINE V128 name(V128 a, unsigned n) {                                                      \
        L p[16 / sizeof(L)];                                                                       \
        memcpy(p, &a, sizeof p);                                                                   \
        VEC_EACH(T, L x = p[i]; p[i] = (L)(expr))                                                  \
        return vec_load(p);                                                                        \
    }
#define VEC_SPLAT(name, T, L)                                                                      \
    WT_INLINE V128 name(L x) {                                                                     \
        L p[16 / sizeof(L)];                                                                       \
        VEC_EACH(T, p[i] = x)                                                                      \
        return vec_load(p);                                                                        \
    }
#endif

VEC_SPLAT(vec_splat_u8, U8, uint8_t)
VEC_SPLAT(vec_splat_u16, U16, uint16_t)
VEC_SPLAT(vec_splat_u32, U32, uint32_t)
VEC_SPLAT(vec_splat_u64, U64, uint64_t)

VEC_MAP2(vec_and, U64, x &y)
VEC_MAP2(vec_andnot, U64, x & ~y)
VEC_MAP2(vec_or, U64, x | y)
VEC_MAP2(vec_xor, U64, x ^ y)
VEC_MAP1(vec_not, U64, ~x)
/* Bits of a where the mask has ones, bits of b elsewhere. */
VEC_MAP3(vec_pick, U64, (y & x) | (z & ~x))

#if VEC_GNU
/* Lanes of a and b in turn, from their low or high halves. */
#define VEC_ZIP(name, T, ...)                                                                      \
    WT_INLINE V128 name(V128 a, V128 b) {                                                          \
        return (V128)__builtin_shufflevector((Vec##T)a, (Vec##T)b, __VA_ARGS__);                   \
    }
VEC_ZIP(vec_zip_low_u8, U8, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
VEC_ZIP(vec_zip_high_u8, U8, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
VEC_ZIP(vec_zip_low_u16, U16, 0, 8, 1, 9, 2, 10, 3, 11)
VEC_ZIP(vec_zip_high_u16, U16, 4, 12, 5, 13, 6, 14, 7, 15)
VEC_ZIP(vec_zip_low_u32, U32, 0, 4, 1, 5)
VEC_ZIP(vec_zip_high_u32, U32, 2, 6, 3, 7)
#undef VEC_ZIP
#else
#define VEC_ZIP(w, n)                                                                              \
    WT_INLINE V128 vec_zip_low_u##w(V128 a, V128 b) {                                              \
        VecLanes p = {.v = a}, q = {.v = b}, r;                                                    \
        for (size_t i = 0; i < (n); i++)                                                           \
            r.u##w[i] = i & 1 ? q.u##w[i / 2] : p.u##w[i / 2];                                     \
        return r.v;                                                                                \
    }                                                                                              \
    WT_INLINE V128 vec_zip_high_u##w(V128 a, V128 b) {                                             \
        VecLanes p = {.v = a}, q = {.v = b}, r;                                                    \
        for (size_t i = 0; i < (n); i++)                                                           \
            r.u##w[i] = i & 1 ? q.u##w[((n) + i) / 2] : p.u##w[((n) + i) / 2];                     \
        return r.v;                                                                                \
    }
VEC_ZIP(8, 16)
VEC_ZIP(16, 8)
VEC_ZIP(32, 4)
#undef VEC_ZIP
#endif

/* ---- slow texts: a call each, because the caller's registers matter more ---- */

#define VEC_SLOW static WT_NOINLINE WT_UNUSED V128

/* Rounding to integral floats, by addition of a number so large that no fraction is left: exact
   where the magnitude is below that number; above it, and for NaN (made quiet), the lane is
   integral already. The sign is put back: it survives for zeros. */
#define VEC_ROUNDS(w, large, quiet, one)                                                           \
    VEC_MAP2(vec_add_f##w, F##w, x + y)                                                            \
    VEC_MAP2(vec_sub_f##w, F##w, x - y)                                                            \
    VEC_TEST2(vec_lt_f##w, F##w, x < y)                                                            \
    VEC_TEST2(vec_ne_f##w, F##w, x != y)                                                           \
    VEC_SLOW vec_nearest_f##w##_slow(V128 a) {                                                     \
        V128 sign = vec_and(a, vec_splat_u##w((uint##w##_t)1 << (w - 1)));                         \
        V128 size = vec_xor(a, sign), big = vec_splat_u##w(large);                                 \
        V128 whole = vec_sub_f##w(vec_add_f##w(size, big), big);                                   \
        V128 nan = vec_and(vec_ne_f##w(a, a), vec_splat_u##w(quiet));                              \
        return vec_or(vec_pick(vec_lt_f##w(size, big), whole, vec_or(size, nan)), sign);           \
    }                                                                                              \
    VEC_SLOW vec_floor_f##w##_slow(V128 a) {                                                       \
        V128 sign = vec_and(a, vec_splat_u##w((uint##w##_t)1 << (w - 1)));                         \
        V128 whole = vec_nearest_f##w##_slow(a);                                                   \
        V128 less = vec_and(vec_lt_f##w(a, whole), vec_splat_u##w(one));                           \
        return vec_or(vec_sub_f##w(whole, less), sign);                                            \
    }                                                                                              \
    VEC_SLOW vec_ceil_f##w##_slow(V128 a) {                                                        \
        V128 sign = vec_splat_u##w((uint##w##_t)1 << (w - 1));                                     \
        return vec_xor(vec_floor_f##w##_slow(vec_xor(a, sign)), sign);                             \
    }                                                                                              \
    VEC_SLOW vec_trunc_f##w##_slow(V128 a) {                                                       \
        V128 sign = vec_and(a, vec_splat_u##w((uint##w##_t)1 << (w - 1)));                         \
        return vec_or(vec_floor_f##w##_slow(vec_xor(a, sign)), sign);                              \
    }
VEC_ROUNDS(32, 0x4B000000, 0x00400000, 0x3F800000)
VEC_ROUNDS(64, 0x4330000000000000, 0x0008000000000000, 0x3FF0000000000000)
#undef VEC_ROUNDS

VEC_SLOW vec_swizzle_slow(V128 a, V128 at) {
    VecLanes p = {.v = a}, n = {.v = at}, r;
    for (size_t i = 0; i < 16; i++)
        r.u8[i] = n.u8[i] < 16 ? p.u8[n.u8[i]] : 0;
    return r.v;
}
VEC_SLOW vec_shuffle_slow(V128 a, V128 b, V128 at) {
    VecLanes p = {.v = a}, q = {.v = b}, n = {.v = at}, r;
    for (size_t i = 0; i < 16; i++)
        r.u8[i] = n.u8[i] & 16 ? q.u8[n.u8[i] & 15] : p.u8[n.u8[i] & 15];
    return r.v;
}

/* ---- primitives: x86-64 ----

   Every machine defines the same names:
     min max (i8 u8 i16 u16 i32 u32)      adds subs (i8 u8 i16 u16)   with saturation
     avgr (u8 u16)   rounding up          narrow (i16_i8 i16_u8 i32_i16 i32_u16)   with saturation
     mulr_q15        (xy + 2^14) >> 15, saturated
     dot_i16         sums of neighbouring products
     mul_low, mul_high (i16 u16 i32 u32)  products of the lower or upper lanes in twice the width
     less more (f32 f64)                  x < y ? x : y and x > y ? x : y
     sqrt nearest floor ceil trunc (f32 f64)
     unordered (f32 f64)                  one of them is NaN
     i32 and u32 of_f32, of_f64           saturated, NaN is 0; of f64 into the lower lanes
     f32 of_i32 of_u32 of_f64; f64_of_f32 the last two into and from the lower lanes
     mask (8 16 32 64)                    the top bits of the lanes
     swizzle                              bytes of a by number, zero beyond
     shuffle                              bytes of a and b by numbers 0 to 31 */

#if VEC_SSE
#define VEC_SSE2(name, op)                                                                         \
    WT_INLINE V128 name(V128 a, V128 b) { return (V128)op((__m128i)a, (__m128i)b); }
VEC_SSE2(vec_min_u8, _mm_min_epu8)
VEC_SSE2(vec_max_u8, _mm_max_epu8)
VEC_SSE2(vec_min_i16, _mm_min_epi16)
VEC_SSE2(vec_max_i16, _mm_max_epi16)
VEC_SSE2(vec_adds_i8, _mm_adds_epi8)
VEC_SSE2(vec_adds_u8, _mm_adds_epu8)
VEC_SSE2(vec_adds_i16, _mm_adds_epi16)
VEC_SSE2(vec_adds_u16, _mm_adds_epu16)
VEC_SSE2(vec_subs_i8, _mm_subs_epi8)
VEC_SSE2(vec_subs_u8, _mm_subs_epu8)
VEC_SSE2(vec_subs_i16, _mm_subs_epi16)
VEC_SSE2(vec_subs_u16, _mm_subs_epu16)
VEC_SSE2(vec_avgr_u8, _mm_avg_epu8)
VEC_SSE2(vec_avgr_u16, _mm_avg_epu16)
VEC_SSE2(vec_narrow_i16_i8, _mm_packs_epi16)
VEC_SSE2(vec_narrow_i16_u8, _mm_packus_epi16)
VEC_SSE2(vec_narrow_i32_i16, _mm_packs_epi32)
VEC_SSE2(vec_dot_i16, _mm_madd_epi16)
VEC_SSE2(vec_sse_mullo, _mm_mullo_epi16)
VEC_SSE2(vec_sse_mulhi_i16, _mm_mulhi_epi16)
VEC_SSE2(vec_sse_mulhi_u16, _mm_mulhi_epu16)
VEC_SSE2(vec_sse_mul_even_u32, _mm_mul_epu32)
#undef VEC_SSE2

VEC_TEST2(vec_lt_i8, I8, x < y)
VEC_TEST2(vec_lt_i32, I32, x < y)
VEC_TEST2(vec_lt_u32, U32, x < y)
#define VEC_PICKED(t)                                                                              \
    WT_INLINE V128 vec_min_##t(V128 a, V128 b) { return vec_pick(vec_lt_##t(a, b), a, b); }        \
    WT_INLINE V128 vec_max_##t(V128 a, V128 b) { return vec_pick(vec_lt_##t(a, b), b, a); }
VEC_PICKED(i8)
VEC_PICKED(i32)
VEC_PICKED(u32)
#undef VEC_PICKED
VEC_MAP2(vec_sub_u16, U16, x - y)
VEC_MAP2(vec_add_u16, U16, x + y)
WT_INLINE V128 vec_min_u16(V128 a, V128 b) { return vec_sub_u16(a, vec_subs_u16(a, b)); }
WT_INLINE V128 vec_max_u16(V128 a, V128 b) { return vec_add_u16(b, vec_subs_u16(a, b)); }

/* The signed pack, after the range was moved to be symmetric. */
WT_INLINE V128 vec_narrow_i32_u16(V128 a, V128 b) {
    const __m128i bias = _mm_set1_epi32(0x8000);
    __m128i x = (__m128i)a, y = (__m128i)b;
    x = _mm_sub_epi32(_mm_andnot_si128(_mm_srai_epi32(x, 31), x), bias);
    y = _mm_sub_epi32(_mm_andnot_si128(_mm_srai_epi32(y, 31), y), bias);
    return (V128)_mm_xor_si128(_mm_packs_epi32(x, y), _mm_set1_epi16((short)0x8000));
}
WT_INLINE V128 vec_mulr_q15(V128 a, V128 b) {
    __m128i low = (__m128i)vec_sse_mullo(a, b), high = (__m128i)vec_sse_mulhi_i16(a, b);
    __m128i half = _mm_avg_epu16(_mm_srli_epi16(low, 14), _mm_setzero_si128());
    __m128i r = _mm_add_epi16(_mm_add_epi16(high, high), half);
    return (V128)_mm_xor_si128(r, _mm_cmpeq_epi16(r, _mm_set1_epi16((short)0x8000)));
}
#define VEC_PRODUCTS(part)                                                                         \
    WT_INLINE V128 vec_mul_##part##_i16(V128 a, V128 b) {                                          \
        return vec_zip_##part##_u16(vec_sse_mullo(a, b), vec_sse_mulhi_i16(a, b));                 \
    }                                                                                              \
    WT_INLINE V128 vec_mul_##part##_u16(V128 a, V128 b) {                                          \
        return vec_zip_##part##_u16(vec_sse_mullo(a, b), vec_sse_mulhi_u16(a, b));                 \
    }                                                                                              \
    WT_INLINE V128 vec_mul_##part##_u32(V128 a, V128 b) {                                          \
        return vec_sse_mul_even_u32(vec_zip_##part##_u32(a, a), vec_zip_##part##_u32(b, b));       \
    }                                                                                              \
    /* A negative operand counts 2^32 too much of the other one. */                                \
    WT_INLINE V128 vec_mul_##part##_i32(V128 a, V128 b) {                                          \
        __m128i x = (__m128i)vec_zip_##part##_u32(a, a), y = (__m128i)vec_zip_##part##_u32(b, b);  \
        __m128i over = _mm_add_epi32(_mm_and_si128(_mm_srai_epi32(x, 31), y),                      \
                                     _mm_and_si128(_mm_srai_epi32(y, 31), x));                     \
        return (V128)_mm_sub_epi64(_mm_mul_epu32(x, y), _mm_slli_epi64(over, 32));                 \
    }
VEC_PRODUCTS(low)
VEC_PRODUCTS(high)
#undef VEC_PRODUCTS

WT_INLINE V128 vec_less_f32(V128 a, V128 b) { return (V128)_mm_min_ps((__m128)a, (__m128)b); }
WT_INLINE V128 vec_more_f32(V128 a, V128 b) { return (V128)_mm_max_ps((__m128)a, (__m128)b); }
WT_INLINE V128 vec_less_f64(V128 a, V128 b) { return (V128)_mm_min_pd((__m128d)a, (__m128d)b); }
WT_INLINE V128 vec_more_f64(V128 a, V128 b) { return (V128)_mm_max_pd((__m128d)a, (__m128d)b); }
WT_INLINE V128 vec_sqrt_f32(V128 a) { return (V128)_mm_sqrt_ps((__m128)a); }
WT_INLINE V128 vec_sqrt_f64(V128 a) { return (V128)_mm_sqrt_pd((__m128d)a); }
WT_INLINE V128 vec_unordered_f32(V128 a, V128 b) {
    return (V128)_mm_cmpunord_ps((__m128)a, (__m128)b);
}
WT_INLINE V128 vec_unordered_f64(V128 a, V128 b) {
    return (V128)_mm_cmpunord_pd((__m128d)a, (__m128d)b);
}
/* Where the compiler was not told of them, SSSE3 and SSE4.1 are written as assembly behind a test
   of the machine. */
#ifdef __SSE4_1__
#define VEC_ROUND(name, p, T, mode)                                                                \
    WT_INLINE V128 vec_##name(V128 a) { return (V128)_mm_round_##p((T)a, mode); }
#else
#define VEC_ROUND(name, p, T, mode)                                                                \
    WT_INLINE V128 vec_##name(V128 a) {                                                            \
        V128 r;                                                                                    \
        if (!(wt_base_cpu & CPU_HAS_sse41))                                                        \
            return vec_##name##_slow(a);                                                           \
        __asm__("round" #p " %2, %1, %0" : "=x"(r) : "x"(a), "i"(mode));                           \
        return r;                                                                                  \
    }
#endif
VEC_ROUND(nearest_f32, ps, __m128, 8)
VEC_ROUND(floor_f32, ps, __m128, 9)
VEC_ROUND(ceil_f32, ps, __m128, 10)
VEC_ROUND(trunc_f32, ps, __m128, 11)
VEC_ROUND(nearest_f64, pd, __m128d, 8)
VEC_ROUND(floor_f64, pd, __m128d, 9)
VEC_ROUND(ceil_f64, pd, __m128d, 10)
VEC_ROUND(trunc_f64, pd, __m128d, 11)
#undef VEC_ROUND

/* The machine gives 0x80000000 for everything out of range: right for small ones, to be inverted
   for large ones, to be cleared for NaN. */
WT_INLINE V128 vec_i32_of_f32(V128 a) {
    __m128 x = (__m128)a;
    __m128i r = _mm_cvttps_epi32(x), large = (__m128i)_mm_cmpge_ps(x, _mm_set1_ps(0x1p31f));
    return (V128)_mm_and_si128(_mm_xor_si128(r, large), (__m128i)_mm_cmpord_ps(x, x));
}
WT_INLINE V128 vec_u32_of_f32(V128 a) {
    const __m128 half = _mm_set1_ps(0x1p31f);
    __m128 x = _mm_max_ps((__m128)a, _mm_setzero_ps()); /* NaN too becomes zero */
    __m128 upper = _mm_cmpge_ps(x, half);
    __m128i r = _mm_cvttps_epi32(_mm_sub_ps(x, _mm_and_ps(upper, half)));
    r = _mm_add_epi32(r, _mm_slli_epi32((__m128i)upper, 31));
    return (V128)_mm_or_si128(r, (__m128i)_mm_cmpge_ps(x, _mm_set1_ps(0x1p32f)));
}
WT_INLINE V128 vec_i32_of_f64(V128 a) {
    __m128d x = _mm_and_pd((__m128d)a, _mm_cmpord_pd((__m128d)a, (__m128d)a));
    return (V128)_mm_cvttpd_epi32(_mm_min_pd(x, _mm_set1_pd(2147483647.0)));
}

WT_INLINE V128 vec_f32_of_i32(V128 a) { return (V128)_mm_cvtepi32_ps((__m128i)a); }
WT_INLINE V128 vec_f32_of_u32(V128 a) { return (V128) __builtin_convertvector((VecU32)a, VecF32); }
WT_INLINE V128 vec_f32_of_f64(V128 a) { return (V128)_mm_cvtpd_ps((__m128d)a); }
WT_INLINE V128 vec_f64_of_f32(V128 a) { return (V128)_mm_cvtps_pd((__m128)a); }
/* 2^52 is added: the integer stands in the lower bits. */
WT_INLINE V128 vec_u32_of_f64(V128 a) {
    __m128d x = _mm_max_pd((__m128d)a, _mm_setzero_pd()); /* NaN too becomes zero */
    x = (__m128d)vec_trunc_f64((V128)_mm_min_pd(x, _mm_set1_pd(4294967295.0)));
    __m128 r = (__m128)_mm_add_pd(x, _mm_set1_pd(0x1p52));
    return (V128)_mm_shuffle_ps(r, _mm_setzero_ps(), _MM_SHUFFLE(0, 0, 2, 0));
}

WT_INLINE uint32_t vec_mask_8(V128 a) { return (uint32_t)_mm_movemask_epi8((__m128i)a); }
WT_INLINE uint32_t vec_mask_16(V128 a) {
    return vec_mask_8((V128)_mm_packs_epi16((__m128i)a, _mm_setzero_si128()));
}
WT_INLINE uint32_t vec_mask_32(V128 a) { return (uint32_t)_mm_movemask_ps((__m128)a); }
WT_INLINE uint32_t vec_mask_64(V128 a) { return (uint32_t)_mm_movemask_pd((__m128d)a); }

#ifdef __SSSE3__
#define VEC_HAS_PSHUFB true
WT_INLINE V128 vec_sse_pshufb(V128 a, V128 at) {
    return (V128)_mm_shuffle_epi8((__m128i)a, (__m128i)at);
}
#else
#define VEC_HAS_PSHUFB (wt_base_cpu & CPU_HAS_ssse3)
WT_INLINE V128 vec_sse_pshufb(V128 a, V128 at) {
    __asm__("pshufb %1, %0" : "+x"(a) : "x"(at));
    return a;
}
#endif
WT_INLINE V128 vec_swizzle(V128 a, V128 at) {
    if (!VEC_HAS_PSHUFB)
        return vec_swizzle_slow(a, at);
    return vec_sse_pshufb(a, vec_adds_u8(at, vec_splat_u8(0x70)));
}
/* A set top bit makes a zero: one number of each pair is out of its operand's range. */
WT_INLINE V128 vec_shuffle(V128 a, V128 b, V128 at) {
    if (!VEC_HAS_PSHUFB)
        return vec_shuffle_slow(a, b, at);
    V128 other = (V128)_mm_sub_epi8((__m128i)at, _mm_set1_epi8(16));
    return vec_or(vec_sse_pshufb(a, vec_adds_u8(at, vec_splat_u8(0x70))), vec_sse_pshufb(b, other));
}

/* ---- primitives: aarch64 ---- */

#elif VEC_NEON
#define VEC_NEON2(name, T, op)                                                                     \
    WT_INLINE V128 name(V128 a, V128 b) { return (V128)op((T)a, (T)b); }
#define VEC_NEON1(name, T, op)                                                                     \
    WT_INLINE V128 name(V128 a) { return (V128)op((T)a); }
#define VEC_NEON_INT(n, t, T)                                                                      \
    VEC_NEON2(vec_min_##n, T, vminq_##t)                                                           \
    VEC_NEON2(vec_max_##n, T, vmaxq_##t)
#define VEC_NEON_SMALL(n, t, T)                                                                    \
    VEC_NEON_INT(n, t, T)                                                                          \
    VEC_NEON2(vec_adds_##n, T, vqaddq_##t)                                                         \
    VEC_NEON2(vec_subs_##n, T, vqsubq_##t)
VEC_NEON_SMALL(i8, s8, int8x16_t)
VEC_NEON_SMALL(u8, u8, uint8x16_t)
VEC_NEON_SMALL(i16, s16, int16x8_t)
VEC_NEON_SMALL(u16, u16, uint16x8_t)
VEC_NEON_INT(i32, s32, int32x4_t)
VEC_NEON_INT(u32, u32, uint32x4_t)
VEC_NEON2(vec_avgr_u8, uint8x16_t, vrhaddq_u8)
VEC_NEON2(vec_avgr_u16, uint16x8_t, vrhaddq_u16)
VEC_NEON2(vec_mulr_q15, int16x8_t, vqrdmulhq_s16)
VEC_NEON2(vec_mul_high_i16, int16x8_t, vmull_high_s16)
VEC_NEON2(vec_mul_high_u16, uint16x8_t, vmull_high_u16)
VEC_NEON2(vec_mul_high_i32, int32x4_t, vmull_high_s32)
VEC_NEON2(vec_mul_high_u32, uint32x4_t, vmull_high_u32)
VEC_NEON1(vec_sqrt_f32, float32x4_t, vsqrtq_f32)
VEC_NEON1(vec_nearest_f32, float32x4_t, vrndnq_f32)
VEC_NEON1(vec_floor_f32, float32x4_t, vrndmq_f32)
VEC_NEON1(vec_ceil_f32, float32x4_t, vrndpq_f32)
VEC_NEON1(vec_trunc_f32, float32x4_t, vrndq_f32)
VEC_NEON1(vec_sqrt_f64, float64x2_t, vsqrtq_f64)
VEC_NEON1(vec_nearest_f64, float64x2_t, vrndnq_f64)
VEC_NEON1(vec_floor_f64, float64x2_t, vrndmq_f64)
VEC_NEON1(vec_ceil_f64, float64x2_t, vrndpq_f64)
VEC_NEON1(vec_trunc_f64, float64x2_t, vrndq_f64)
VEC_NEON1(vec_i32_of_f32, float32x4_t, vcvtq_s32_f32)
VEC_NEON1(vec_u32_of_f32, float32x4_t, vcvtq_u32_f32)
VEC_NEON1(vec_f32_of_i32, int32x4_t, vcvtq_f32_s32)
VEC_NEON1(vec_f32_of_u32, uint32x4_t, vcvtq_f32_u32)
VEC_NEON2(vec_swizzle, uint8x16_t, vqtbl1q_u8)
#undef VEC_NEON1
#undef VEC_NEON2
#undef VEC_NEON_INT
#undef VEC_NEON_SMALL
#define VEC_NEON_LOW(n, t, T)                                                                      \
    WT_INLINE V128 vec_mul_low_##n(V128 a, V128 b) {                                               \
        return (V128)vmull_##t(vget_low_##t((T)a), vget_low_##t((T)b));                            \
    }
VEC_NEON_LOW(i16, s16, int16x8_t)
VEC_NEON_LOW(u16, u16, uint16x8_t)
VEC_NEON_LOW(i32, s32, int32x4_t)
VEC_NEON_LOW(u32, u32, uint32x4_t)
#undef VEC_NEON_LOW
#define VEC_NEON_NARROW(name, t, T, op)                                                            \
    WT_INLINE V128 name(V128 a, V128 b) { return (V128)vcombine_##t(op((T)a), op((T)b)); }
VEC_NEON_NARROW(vec_narrow_i16_i8, s8, int16x8_t, vqmovn_s16)
VEC_NEON_NARROW(vec_narrow_i16_u8, u8, int16x8_t, vqmovun_s16)
VEC_NEON_NARROW(vec_narrow_i32_i16, s16, int32x4_t, vqmovn_s32)
VEC_NEON_NARROW(vec_narrow_i32_u16, u16, int32x4_t, vqmovun_s32)
#undef VEC_NEON_NARROW
WT_INLINE V128 vec_dot_i16(V128 a, V128 b) {
    return (V128)vpaddq_s32((int32x4_t)vec_mul_low_i16(a, b), (int32x4_t)vec_mul_high_i16(a, b));
}
#define VEC_NEON_FLOAT(f, F)                                                                       \
    WT_INLINE V128 vec_less_##f(V128 a, V128 b) {                                                  \
        return (V128)vbslq_##f(vcltq_##f((F)a, (F)b), (F)a, (F)b);                                 \
    }                                                                                              \
    WT_INLINE V128 vec_more_##f(V128 a, V128 b) {                                                  \
        return (V128)vbslq_##f(vcgtq_##f((F)a, (F)b), (F)a, (F)b);                                 \
    }
VEC_NEON_FLOAT(f32, float32x4_t)
VEC_NEON_FLOAT(f64, float64x2_t)
#undef VEC_NEON_FLOAT
WT_INLINE V128 vec_f32_of_f64(V128 a) {
    return (V128)vcombine_f32(vcvt_f32_f64((float64x2_t)a), vdup_n_f32(0));
}
WT_INLINE V128 vec_f64_of_f32(V128 a) { return (V128)vcvt_f64_f32(vget_low_f32((float32x4_t)a)); }
WT_INLINE V128 vec_i32_of_f64(V128 a) {
    return (V128)vcombine_s32(vqmovn_s64(vcvtq_s64_f64((float64x2_t)a)), vdup_n_s32(0));
}
WT_INLINE V128 vec_u32_of_f64(V128 a) {
    return (V128)vcombine_u32(vqmovn_u64(vcvtq_u64_f64((float64x2_t)a)), vdup_n_u32(0));
}
WT_INLINE V128 vec_shuffle(V128 a, V128 b, V128 at) {
    uint8x16x2_t table = {{(uint8x16_t)a, (uint8x16_t)b}};
    return (V128)vqtbl2q_u8(table, (uint8x16_t)at);
}

/* ---- primitives: lanes in a loop ---- */

#else
WT_INLINE int32_t vec_clamp(int32_t v, int32_t least, int32_t most) {
    return v < least ? least : v > most ? most : v;
}
#define VEC_LOOP2(name, R, n, expr)                                                                \
    WT_INLINE V128 name(V128 a, V128 b) {                                                          \
        VecLanes p = {.v = a}, q = {.v = b}, r;                                                    \
        for (size_t i = 0; i < (n); i++)                                                           \
            r.R[i] = (expr);                                                                       \
        return r.v;                                                                                \
    }
#define VEC_LOOP1(name, R, n, expr)                                                                \
    WT_INLINE V128 name(V128 a) {                                                                  \
        VecLanes p = {.v = a}, r = {.v = vec_halves(0, 0)};                                        \
        for (size_t i = 0; i < (n); i++)                                                           \
            r.R[i] = (expr);                                                                       \
        return r.v;                                                                                \
    }
#define VEC_LOOP_INT(t, n)                                                                         \
    VEC_LOOP2(vec_min_##t, t, n, WT_MIN(p.t[i], q.t[i]))                                           \
    VEC_LOOP2(vec_max_##t, t, n, WT_MAX(p.t[i], q.t[i]))
#define VEC_LOOP_SMALL(t, T, n, least, most)                                                       \
    VEC_LOOP_INT(t, n)                                                                             \
    VEC_LOOP2(vec_adds_##t, t, n, (T)vec_clamp(p.t[i] + q.t[i], least, most))                      \
    VEC_LOOP2(vec_subs_##t, t, n, (T)vec_clamp(p.t[i] - q.t[i], least, most))
VEC_LOOP_SMALL(i8, int8_t, 16, INT8_MIN, INT8_MAX)
VEC_LOOP_SMALL(u8, uint8_t, 16, 0, UINT8_MAX)
VEC_LOOP_SMALL(i16, int16_t, 8, INT16_MIN, INT16_MAX)
VEC_LOOP_SMALL(u16, uint16_t, 8, 0, UINT16_MAX)
VEC_LOOP_INT(i32, 4)
VEC_LOOP_INT(u32, 4)
VEC_LOOP2(vec_avgr_u8, u8, 16, (uint8_t)((p.u8[i] + q.u8[i] + 1) >> 1))
VEC_LOOP2(vec_avgr_u16, u16, 8, (uint16_t)((p.u16[i] + q.u16[i] + 1) >> 1))
VEC_LOOP2(vec_mulr_q15, i16, 8,
          (int16_t)vec_clamp((p.i16[i] * q.i16[i] + 0x4000) >> 15, INT16_MIN, INT16_MAX))
VEC_LOOP2(vec_dot_i16, u32, 4,
          (uint32_t)(p.i16[2 * i] * q.i16[2 * i]) + (uint32_t)(p.i16[2 * i + 1] * q.i16[2 * i + 1]))
#define VEC_LOOP_NARROW(name, R, T, n, source, least, most)                                        \
    VEC_LOOP2(name, R, 2 * (n),                                                                    \
              (T)vec_clamp(i < (n) ? p.source[i] : q.source[i - (n)], least, most))
VEC_LOOP_NARROW(vec_narrow_i16_i8, i8, int8_t, 8, i16, INT8_MIN, INT8_MAX)
VEC_LOOP_NARROW(vec_narrow_i16_u8, u8, uint8_t, 8, i16, 0, UINT8_MAX)
VEC_LOOP_NARROW(vec_narrow_i32_i16, i16, int16_t, 4, i32, INT16_MIN, INT16_MAX)
VEC_LOOP_NARROW(vec_narrow_i32_u16, u16, uint16_t, 4, i32, 0, UINT16_MAX)
#define VEC_LOOP_MUL(t, R, T, n)                                                                   \
    VEC_LOOP2(vec_mul_low_##t, R, n, (T)p.t[i] * q.t[i])                                           \
    VEC_LOOP2(vec_mul_high_##t, R, n, (T)p.t[(n) + i] * q.t[(n) + i])
VEC_LOOP_MUL(i16, i32, int32_t, 4)
VEC_LOOP_MUL(u16, u32, uint32_t, 4)
VEC_LOOP_MUL(i32, i64, int64_t, 2)
VEC_LOOP_MUL(u32, u64, uint64_t, 2)
#define VEC_LOOP_FLOAT(w, n, s)                                                                    \
    VEC_LOOP2(vec_less_f##w, u##w, n, p.f##w[i] < q.f##w[i] ? p.u##w[i] : q.u##w[i])               \
    VEC_LOOP2(vec_more_f##w, u##w, n, p.f##w[i] > q.f##w[i] ? p.u##w[i] : q.u##w[i])               \
    VEC_LOOP1(vec_sqrt_f##w, f##w, n, sqrt##s(p.f##w[i]))                                          \
    WT_INLINE V128 vec_nearest_f##w(V128 a) { return vec_nearest_f##w##_slow(a); }                 \
    WT_INLINE V128 vec_floor_f##w(V128 a) { return vec_floor_f##w##_slow(a); }                     \
    WT_INLINE V128 vec_ceil_f##w(V128 a) { return vec_ceil_f##w##_slow(a); }                       \
    WT_INLINE V128 vec_trunc_f##w(V128 a) { return vec_trunc_f##w##_slow(a); }
VEC_LOOP_FLOAT(32, 4, f)
VEC_LOOP_FLOAT(64, 2, )
#undef VEC_LOOP_FLOAT
#undef VEC_LOOP_MUL
#undef VEC_LOOP_NARROW
#undef VEC_LOOP_SMALL
#undef VEC_LOOP_INT
#undef VEC_LOOP2
WT_INLINE int32_t vec_i32_of(double x) {
    return x != x ? 0 : x >= 0x1p31 ? INT32_MAX : x <= -0x1p31 ? INT32_MIN : (int32_t)x;
}
WT_INLINE uint32_t vec_u32_of(double x) {
    return x >= 0x1p32 ? UINT32_MAX : x > 0 ? (uint32_t)x : 0;
}
VEC_LOOP1(vec_i32_of_f32, i32, 4, vec_i32_of(p.f32[i]))
VEC_LOOP1(vec_u32_of_f32, u32, 4, vec_u32_of(p.f32[i]))
VEC_LOOP1(vec_i32_of_f64, i32, 2, vec_i32_of(p.f64[i]))
VEC_LOOP1(vec_u32_of_f64, u32, 2, vec_u32_of(p.f64[i]))
VEC_LOOP1(vec_f32_of_i32, f32, 4, (float)p.i32[i])
VEC_LOOP1(vec_f32_of_u32, f32, 4, (float)p.u32[i])
VEC_LOOP1(vec_f32_of_f64, f32, 2, (float)p.f64[i])
VEC_LOOP1(vec_f64_of_f32, f64, 2, (double)p.f32[i])
#undef VEC_LOOP1
WT_INLINE V128 vec_swizzle(V128 a, V128 at) { return vec_swizzle_slow(a, at); }
WT_INLINE V128 vec_shuffle(V128 a, V128 b, V128 at) { return vec_shuffle_slow(a, b, at); }
#endif

#if !VEC_SSE
VEC_TEST2(vec_unordered_f32, F32, (x != x) | (y != y))
VEC_TEST2(vec_unordered_f64, F64, (x != x) | (y != y))
/* The top bits are at equal distances: one multiplication moves them together. */
WT_INLINE uint32_t vec_mask_8(V128 a) {
    VecLanes p = {.v = a};
    uint32_t mask = 0;
    for (size_t i = 2; i > 0; i--) {
        uint64_t bits = p.u64[i - 1] >> 7 & 0x0101010101010101;
        mask = mask << 8 | (uint32_t)(bits * 0x0102040810204080 >> 56);
    }
    return mask;
}
WT_INLINE uint32_t vec_mask_16(V128 a) {
    VecLanes p = {.v = a};
    uint32_t mask = 0;
    for (size_t i = 2; i > 0; i--) {
        uint64_t bits = p.u64[i - 1] >> 15 & 0x0001000100010001;
        mask = mask << 4 | (uint32_t)(bits * 0x0001000200040008 >> 48 & 15);
    }
    return mask;
}
WT_INLINE uint32_t vec_mask_32(V128 a) {
    VecLanes p = {.v = a};
    return p.u32[0] >> 31 | p.u32[1] >> 31 << 1 | p.u32[2] >> 31 << 2 | p.u32[3] >> 31 << 3;
}
WT_INLINE uint32_t vec_mask_64(V128 a) {
    VecLanes p = {.v = a};
    return (uint32_t)(p.u64[0] >> 63 | p.u64[1] >> 63 << 1);
}
#endif

#endif
