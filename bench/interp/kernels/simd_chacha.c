/* ChaCha20's block function on four lanes: 32-bit sums, xor, rotations and lane permutations. */
#define KERNEL_NAME "simd_chacha"
#define KERNEL_N 250000
#include "../kernel.h"
#include <wasm_simd128.h>

static v128_t rotated(v128_t x, u32 n) {
    return wasm_v128_or(wasm_i32x4_shl(x, n), wasm_u32x4_shr(x, 32 - n));
}

static v128_t rotated16(v128_t x) {
    return wasm_i8x16_shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

#define QUARTERS()                                                                                 \
    do {                                                                                           \
        a = wasm_i32x4_add(a, b), d = rotated16(wasm_v128_xor(d, a));                              \
        c = wasm_i32x4_add(c, d), b = rotated(wasm_v128_xor(b, c), 12);                            \
        a = wasm_i32x4_add(a, b), d = rotated(wasm_v128_xor(d, a), 8);                             \
        c = wasm_i32x4_add(c, d), b = rotated(wasm_v128_xor(b, c), 7);                             \
    } while (0)

static void block(const v128_t state[4], v128_t out[4]) {
    v128_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (int round = 0; round < 10; round++) {
        QUARTERS();
        b = wasm_i32x4_shuffle(b, b, 1, 2, 3, 0);
        c = wasm_i32x4_shuffle(c, c, 2, 3, 0, 1);
        d = wasm_i32x4_shuffle(d, d, 3, 0, 1, 2);
        QUARTERS();
        b = wasm_i32x4_shuffle(b, b, 3, 0, 1, 2);
        c = wasm_i32x4_shuffle(c, c, 2, 3, 0, 1);
        d = wasm_i32x4_shuffle(d, d, 1, 2, 3, 0);
    }
    out[0] = wasm_i32x4_add(a, state[0]);
    out[1] = wasm_i32x4_add(b, state[1]);
    out[2] = wasm_i32x4_add(c, state[2]);
    out[3] = wasm_i32x4_add(d, state[3]);
}

u64 kernel(int n) {
    u32 seed = 521288629u;
    u64 sum = 0;
    u32 key[8];
    for (int i = 0; i < 8; i++)
        key[i] = next_random(&seed);
    v128_t state[4] = {wasm_u32x4_make(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574),
                       wasm_v128_load(key), wasm_v128_load(key + 4),
                       wasm_u32x4_make(0, 0x09000000, 0x4a000000, 0)};
    v128_t total = wasm_i32x4_splat(0), out[4];
    for (int i = 0; i < n; i++) {
        state[3] = wasm_i32x4_add(state[3], wasm_u32x4_make(1, 0, 0, 0));
        block(state, out);
        total = wasm_v128_xor(
            total, wasm_v128_xor(wasm_v128_xor(out[0], out[1]), wasm_v128_xor(out[2], out[3])));
    }
    sum = mix(sum, wasm_u64x2_extract_lane(total, 0));
    return mix(sum, wasm_u64x2_extract_lane(total, 1));
}
