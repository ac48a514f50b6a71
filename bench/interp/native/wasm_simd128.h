/* The vector kernels on the machine itself: clang's names for wasm's vector instructions, as far as
   the kernels use them, by the meanings of src/wasm/simd.h. Compiled by clang at -O3 they are what
   a programmer would have written with the machine's own. */
#ifndef WATTLE_BENCH_NATIVE_SIMD_H
#define WATTLE_BENCH_NATIVE_SIMD_H

#include "wasm/simd.h"

typedef V128 v128_t;

WT_INLINE v128_t wasm_v128_load(const void *p) { return vec_load(p); }
WT_INLINE void wasm_v128_store(void *p, v128_t v) { memcpy(p, &v, sizeof v); }
WT_INLINE v128_t wasm_v128_load32_splat(const void *p) {
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return vec_splat_u32(x);
}
WT_INLINE uint64_t native_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
WT_INLINE uint32_t native_bits32(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
#define wasm_f64x2_splat(x) simd_f64x2_splat(native_bits(x))
#define wasm_f32x4_splat(x) simd_f32x4_splat(native_bits32(x))
#define wasm_i8x16_splat(x) simd_i8x16_splat((uint32_t)(x))
#define wasm_u8x16_splat(x) simd_i8x16_splat((uint32_t)(x))
#define wasm_i16x8_splat(x) simd_i16x8_splat((uint32_t)(x))
#define wasm_i32x4_splat(x) simd_i32x4_splat((uint32_t)(x))
#define wasm_u32x4_make(a, b, c, d) ((v128_t)(VecU32){a, b, c, d})
#define wasm_i8x16_make(...) ((v128_t)(VecI8){__VA_ARGS__})
#define wasm_f64x2_extract_lane(v, lane) (((VecF64)(v))[lane])
#define wasm_u64x2_extract_lane(v, lane) ((v)[lane])
#define wasm_i32x4_extract_lane(v, lane) (((VecI32)(v))[lane])
#define wasm_i32x4_shuffle(a, b, ...)                                                              \
    ((v128_t)__builtin_shufflevector((VecU32)(a), (VecU32)(b), __VA_ARGS__))
#define wasm_i8x16_shuffle(a, b, ...)                                                              \
    ((v128_t)__builtin_shufflevector((VecU8)(a), (VecU8)(b), __VA_ARGS__))

#define wasm_v128_and simd_v128_and
#define wasm_v128_or simd_v128_or
#define wasm_v128_xor simd_v128_xor
#define wasm_v128_bitselect simd_v128_bitselect
#define wasm_v128_any_true simd_v128_any_true
#define wasm_f32x4_add simd_f32x4_add
#define wasm_f32x4_div simd_f32x4_div
#define wasm_f32x4_max simd_f32x4_max
#define wasm_f32x4_mul simd_f32x4_mul
#define wasm_f32x4_sqrt simd_f32x4_sqrt
#define wasm_f64x2_abs simd_f64x2_abs
#define wasm_f64x2_add simd_f64x2_add
#define wasm_f64x2_floor simd_f64x2_floor
#define wasm_f64x2_lt simd_f64x2_lt
#define wasm_f64x2_mul simd_f64x2_mul
#define wasm_f64x2_sub simd_f64x2_sub
#define wasm_i16x8_add simd_i16x8_add
#define wasm_i16x8_extmul_high_i8x16 simd_i16x8_extmul_high_i8x16_s
#define wasm_i16x8_extmul_low_i8x16 simd_i16x8_extmul_low_i8x16_s
#define wasm_u16x8_extmul_high_u8x16 simd_i16x8_extmul_high_i8x16_u
#define wasm_u16x8_extmul_low_u8x16 simd_i16x8_extmul_low_i8x16_u
#define wasm_i16x8_narrow_i32x4 simd_i16x8_narrow_i32x4_s
#define wasm_i16x8_q15mulr_sat simd_i16x8_q15mulr_sat_s
#define wasm_i32x4_add simd_i32x4_add
#define wasm_i32x4_dot_i16x8 simd_i32x4_dot_i16x8_s
#define wasm_i32x4_extadd_pairwise_i16x8 simd_i32x4_extadd_pairwise_i16x8_s
#define wasm_i32x4_max simd_i32x4_max_s
#define wasm_i32x4_min simd_i32x4_min_s
#define wasm_i32x4_shl simd_i32x4_shl
#define wasm_i32x4_shr simd_i32x4_shr_s
#define wasm_u32x4_shr simd_i32x4_shr_u
#define wasm_i8x16_add simd_i8x16_add
#define wasm_i8x16_bitmask simd_i8x16_bitmask
#define wasm_i8x16_eq simd_i8x16_eq
#define wasm_i8x16_max simd_i8x16_max_s
#define wasm_i8x16_narrow_i16x8 simd_i8x16_narrow_i16x8_s
#define wasm_i8x16_shl simd_i8x16_shl
#define wasm_i8x16_sub simd_i8x16_sub
#define wasm_i8x16_swizzle simd_i8x16_swizzle
#define wasm_u16x8_shr simd_i16x8_shr_u
#define wasm_u8x16_add_sat simd_i8x16_add_sat_u
#define wasm_u8x16_avgr simd_i8x16_avgr_u
#define wasm_u8x16_gt simd_i8x16_gt_u
#define wasm_u8x16_le simd_i8x16_le_u
#define wasm_u8x16_lt simd_i8x16_lt_u
#define wasm_u8x16_narrow_i16x8 simd_i8x16_narrow_i16x8_u
#define wasm_u8x16_shr simd_i8x16_shr_u
#define wasm_u8x16_sub_sat simd_i8x16_sub_sat_u

#endif
