/* Float vectors: products of 4x4 matrices, dot products with norms, and polynomials in doubles. */
#define KERNEL_NAME "simd_linear"
#define KERNEL_N 4000
#include "../kernel.h"
#include <wasm_simd128.h>

enum { COUNT = 512 };
static float matrices[COUNT][16], points[COUNT][4], moved[COUNT][4];
static double series[COUNT];

static void multiply(float *to, const float *a, const float *b) {
    v128_t b0 = wasm_v128_load(b), b1 = wasm_v128_load(b + 4);
    v128_t b2 = wasm_v128_load(b + 8), b3 = wasm_v128_load(b + 12);
    for (int row = 0; row < 4; row++) {
        v128_t x = wasm_v128_load(a + 4 * row);
        v128_t r = wasm_f32x4_mul(wasm_i32x4_shuffle(x, x, 0, 0, 0, 0), b0);
        r = wasm_f32x4_add(r, wasm_f32x4_mul(wasm_i32x4_shuffle(x, x, 1, 1, 1, 1), b1));
        r = wasm_f32x4_add(r, wasm_f32x4_mul(wasm_i32x4_shuffle(x, x, 2, 2, 2, 2), b2));
        r = wasm_f32x4_add(r, wasm_f32x4_mul(wasm_i32x4_shuffle(x, x, 3, 3, 3, 3), b3));
        wasm_v128_store(to + 4 * row, r);
    }
}

static v128_t transformed(const float *m, const float *point) {
    v128_t r = wasm_f32x4_mul(wasm_v128_load(m), wasm_v128_load32_splat(point));
    for (int i = 1; i < 4; i++)
        r = wasm_f32x4_add(
            r, wasm_f32x4_mul(wasm_v128_load(m + 4 * i), wasm_v128_load32_splat(point + i)));
    return r;
}

static v128_t normalized(v128_t x) {
    v128_t s = wasm_f32x4_mul(x, x);
    s = wasm_f32x4_add(s, wasm_i32x4_shuffle(s, s, 1, 0, 3, 2));
    s = wasm_f32x4_add(s, wasm_i32x4_shuffle(s, s, 2, 3, 0, 1));
    s = wasm_f32x4_max(wasm_f32x4_sqrt(s), wasm_f32x4_splat(0.125f));
    return wasm_f32x4_div(x, s);
}

static double polynomials(void) {
    v128_t sum = wasm_f64x2_splat(0);
    for (int i = 0; i < COUNT; i += 2) {
        v128_t x = wasm_v128_load(series + i), r = wasm_f64x2_splat(0.015625);
        r = wasm_f64x2_add(wasm_f64x2_mul(r, x), wasm_f64x2_splat(-0.25));
        r = wasm_f64x2_add(wasm_f64x2_mul(r, x), wasm_f64x2_splat(0.5));
        r = wasm_f64x2_add(wasm_f64x2_mul(r, x), wasm_f64x2_splat(-1.5));
        r = wasm_f64x2_add(wasm_f64x2_mul(r, x), wasm_f64x2_splat(0.75));
        v128_t small = wasm_f64x2_lt(wasm_f64x2_abs(r), wasm_f64x2_splat(1.0));
        r = wasm_v128_bitselect(r, wasm_f64x2_sub(r, wasm_f64x2_floor(r)), small);
        wasm_v128_store(series + i, r);
        sum = wasm_f64x2_add(sum, r);
    }
    return wasm_f64x2_extract_lane(sum, 0) + wasm_f64x2_extract_lane(sum, 1);
}

u64 kernel(int n) {
    u32 seed = 362436069u;
    u64 sum = 0;
    float whole[16];
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < 16; j++)
            matrices[i][j] = (float)(int)(next_random(&seed) >> 20) / 4096.0f - 0.5f;
        for (int j = 0; j < 4; j++)
            points[i][j] = (float)(int)(next_random(&seed) >> 20) / 1024.0f;
        series[i] = (double)(int)(next_random(&seed) >> 16) / 65536.0;
    }
    for (int round = 0; round < n; round++) {
        for (int i = 0; i + 1 < COUNT; i++) {
            multiply(whole, matrices[i], matrices[i + 1]);
            wasm_v128_store(moved[i], normalized(transformed(whole, points[i])));
        }
        u64 bits;
        double value = polynomials();
        __builtin_memcpy(&bits, &value, sizeof bits);
        sum = mix(sum, bits);
        for (int i = 0; i < 4; i++) {
            u32 part;
            __builtin_memcpy(&part, &moved[round % COUNT][i], sizeof part);
            sum = mix(sum, part);
        }
    }
    return sum;
}
