/* A small neural network in integers: dot products of 16-bit and 8-bit weights, rescaling,
   activation by saturation, and the largest of the outputs. */
#define KERNEL_NAME "simd_neural"
#define KERNEL_N 10000
#include "../kernel.h"
#include <wasm_simd128.h>

enum { INPUTS = 256, HIDDEN = 64, OUTPUTS = 16 };
static int16_t first[HIDDEN][INPUTS], input[INPUTS];
static int8_t second[OUTPUTS][HIDDEN], hidden[HIDDEN];
static int32_t sums[HIDDEN], outputs[OUTPUTS];

static int32_t total(v128_t x) {
    x = wasm_i32x4_add(x, wasm_i32x4_shuffle(x, x, 2, 3, 0, 1));
    x = wasm_i32x4_add(x, wasm_i32x4_shuffle(x, x, 1, 0, 3, 2));
    return wasm_i32x4_extract_lane(x, 0);
}

static void layer_one(void) {
    for (int i = 0; i < HIDDEN; i++) {
        v128_t a = wasm_i32x4_splat(0), b = a;
        for (int j = 0; j < INPUTS; j += 16) {
            a = wasm_i32x4_add(
                a, wasm_i32x4_dot_i16x8(wasm_v128_load(&first[i][j]), wasm_v128_load(&input[j])));
            b = wasm_i32x4_add(b, wasm_i32x4_dot_i16x8(wasm_v128_load(&first[i][j + 8]),
                                                       wasm_v128_load(&input[j + 8])));
        }
        sums[i] = total(wasm_i32x4_add(a, b));
    }
}

static v128_t scaled(const int32_t *from) {
    v128_t x = wasm_i32x4_shr(wasm_v128_load(from), 9);
    return wasm_i32x4_max(wasm_i32x4_min(x, wasm_i32x4_splat(20000)), wasm_i32x4_splat(-2000));
}

static void activate(void) {
    for (int i = 0; i < HIDDEN; i += 16) {
        v128_t low = wasm_i16x8_narrow_i32x4(scaled(sums + i), scaled(sums + i + 4));
        v128_t high = wasm_i16x8_narrow_i32x4(scaled(sums + i + 8), scaled(sums + i + 12));
        low = wasm_i16x8_q15mulr_sat(low, wasm_i16x8_splat(1200));
        high = wasm_i16x8_q15mulr_sat(high, wasm_i16x8_splat(1200));
        v128_t x = wasm_i8x16_narrow_i16x8(low, high);
        wasm_v128_store(hidden + i, wasm_i8x16_max(x, wasm_i8x16_splat(0)));
    }
}

static void layer_two(void) {
    for (int i = 0; i < OUTPUTS; i++) {
        v128_t sum = wasm_i32x4_splat(0);
        for (int j = 0; j < HIDDEN; j += 16) {
            v128_t w = wasm_v128_load(&second[i][j]), x = wasm_v128_load(&hidden[j]);
            v128_t low = wasm_i16x8_extmul_low_i8x16(w, x);
            v128_t high = wasm_i16x8_extmul_high_i8x16(w, x);
            sum = wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(low));
            sum = wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(high));
        }
        outputs[i] = total(sum);
    }
}

u64 kernel(int n) {
    u32 seed = 123456789u;
    u64 sum = 0;
    for (int i = 0; i < HIDDEN; i++)
        for (int j = 0; j < INPUTS; j++)
            first[i][j] = (int16_t)((int)(next_random(&seed) & 1023) - 512);
    for (int i = 0; i < OUTPUTS; i++)
        for (int j = 0; j < HIDDEN; j++)
            second[i][j] = (int8_t)next_random(&seed);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < INPUTS; i++)
            input[i] = (int16_t)((int)(next_random(&seed) & 255) - 100);
        layer_one();
        activate();
        layer_two();
        u32 best = 0;
        for (u32 i = 1; i < OUTPUTS; i++)
            if (outputs[i] > outputs[best])
                best = i;
        sum = mix(sum, (u64)best << 32 | (u32)outputs[best]);
    }
    return sum;
}
