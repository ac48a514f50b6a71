/* Pictures in bytes: alpha blending, a box blur and a brightness curve, with widening and narrowing
   and saturating sums. */
#define KERNEL_NAME "simd_blend"
#define KERNEL_N 5000
#include "../kernel.h"
#include <wasm_simd128.h>

enum { WIDTH = 256, HEIGHT = 64, SIZE = WIDTH * HEIGHT };
static u8 above[SIZE], below[SIZE], alpha[SIZE], result[SIZE], curve[16];

static v128_t blended(v128_t a, v128_t b, v128_t weight) {
    v128_t rest = wasm_i8x16_sub(wasm_i8x16_splat(-1), weight);
    v128_t low = wasm_i16x8_add(wasm_u16x8_extmul_low_u8x16(a, weight),
                                wasm_u16x8_extmul_low_u8x16(b, rest));
    v128_t high = wasm_i16x8_add(wasm_u16x8_extmul_high_u8x16(a, weight),
                                 wasm_u16x8_extmul_high_u8x16(b, rest));
    v128_t half = wasm_i16x8_splat(128);
    low = wasm_u16x8_shr(wasm_i16x8_add(low, half), 8);
    high = wasm_u16x8_shr(wasm_i16x8_add(high, half), 8);
    return wasm_u8x16_narrow_i16x8(low, high);
}

static void blend(void) {
    for (int i = 0; i < SIZE; i += 16)
        wasm_v128_store(result + i, blended(wasm_v128_load(above + i), wasm_v128_load(below + i),
                                            wasm_v128_load(alpha + i)));
}

/* Three neighbours across, halved twice with rounding. */
static void blur(void) {
    for (int i = 16; i < SIZE - 16; i += 16) {
        v128_t left = wasm_v128_load(result + i - 1), right = wasm_v128_load(result + i + 1);
        v128_t sides = wasm_u8x16_avgr(left, right);
        wasm_v128_store(below + i, wasm_u8x16_avgr(sides, wasm_v128_load(result + i)));
    }
}

/* The upper four bits choose from a curve; dark pixels stay. */
static void brighten(void) {
    v128_t table = wasm_v128_load(curve), dark = wasm_u8x16_splat(24);
    for (int i = 0; i < SIZE; i += 16) {
        v128_t x = wasm_v128_load(above + i);
        v128_t add = wasm_i8x16_swizzle(table, wasm_u8x16_shr(x, 4));
        v128_t bright = wasm_u8x16_add_sat(x, add);
        v128_t keep = wasm_u8x16_lt(x, dark);
        x = wasm_v128_bitselect(x, wasm_u8x16_sub_sat(bright, wasm_u8x16_splat(3)), keep);
        wasm_v128_store(above + i, x);
    }
}

u64 kernel(int n) {
    u32 seed = 2463534242u;
    u64 sum = 0;
    for (int i = 0; i < SIZE; i++) {
        above[i] = (u8)next_random(&seed);
        below[i] = (u8)next_random(&seed);
        alpha[i] = (u8)next_random(&seed);
    }
    for (int i = 0; i < 16; i++)
        curve[i] = (u8)(next_random(&seed) & 7);
    for (int round = 0; round < n; round++) {
        blend();
        blur();
        brighten();
        sum = mix(sum, result[round * 37 % SIZE] + 256u * above[round * 91 % SIZE]);
    }
    for (int i = 0; i < SIZE; i++)
        sum = mix(sum, result[i]);
    return sum;
}
