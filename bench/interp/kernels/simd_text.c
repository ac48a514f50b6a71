/* Text in bytes: counting lines and words by masks, lower case, hexadecimal both ways, and the
   search of a byte. */
#define KERNEL_NAME "simd_text"
#define KERNEL_N 4000
#include "../kernel.h"
#include <wasm_simd128.h>

enum { SIZE = 16384 };
static u8 text[SIZE + 16], lower[SIZE], hex[2 * SIZE], back[SIZE];

static u64 count(void) {
    u64 lines = 0, words = 0;
    u32 carry = 1;
    for (int i = 0; i < SIZE; i += 16) {
        v128_t x = wasm_v128_load(text + i);
        u32 ends = wasm_i8x16_bitmask(wasm_i8x16_eq(x, wasm_i8x16_splat('\n')));
        u32 gaps = wasm_i8x16_bitmask(wasm_u8x16_le(x, wasm_i8x16_splat(' ')));
        lines += (u64)__builtin_popcount(ends);
        words += (u64)__builtin_popcount(~gaps & (gaps << 1 | carry) & 0xFFFF);
        carry = gaps >> 15;
    }
    return lines << 32 | words;
}

static void to_lower(void) {
    for (int i = 0; i < SIZE; i += 16) {
        v128_t x = wasm_v128_load(text + i);
        v128_t off = wasm_i8x16_sub(x, wasm_i8x16_splat('A'));
        v128_t upper = wasm_u8x16_lt(off, wasm_i8x16_splat(26));
        wasm_v128_store(lower + i, wasm_i8x16_add(x, wasm_v128_and(upper, wasm_i8x16_splat(32))));
    }
}

static void to_hex(void) {
    v128_t digits = wasm_i8x16_make('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c',
                                    'd', 'e', 'f');
    for (int i = 0; i < SIZE; i += 16) {
        v128_t x = wasm_v128_load(text + i);
        v128_t high = wasm_i8x16_swizzle(digits, wasm_u8x16_shr(x, 4));
        v128_t low = wasm_i8x16_swizzle(digits, wasm_v128_and(x, wasm_i8x16_splat(15)));
        wasm_v128_store(hex + 2 * i, wasm_i8x16_shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                        20, 5, 21, 6, 22, 7, 23));
        wasm_v128_store(hex + 2 * i + 16, wasm_i8x16_shuffle(high, low, 8, 24, 9, 25, 10, 26, 11,
                                                             27, 12, 28, 13, 29, 14, 30, 15, 31));
    }
}

static v128_t digit_values(v128_t x) {
    v128_t letter = wasm_u8x16_gt(x, wasm_i8x16_splat('9'));
    v128_t base = wasm_v128_bitselect(wasm_i8x16_splat('a' - 10), wasm_i8x16_splat('0'), letter);
    return wasm_i8x16_sub(x, base);
}
static void from_hex(void) {
    for (int i = 0; i < SIZE; i += 16) {
        v128_t a = digit_values(wasm_v128_load(hex + 2 * i));
        v128_t b = digit_values(wasm_v128_load(hex + 2 * i + 16));
        v128_t high =
            wasm_i8x16_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        v128_t low =
            wasm_i8x16_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
        wasm_v128_store(back + i, wasm_v128_or(wasm_i8x16_shl(high, 4), low));
    }
}

/* The distance to the first such byte. */
static u32 find(const u8 *from, u8 byte) {
    v128_t want = wasm_u8x16_splat(byte);
    for (u32 at = 0;; at += 16) {
        v128_t same = wasm_i8x16_eq(wasm_v128_load(from + at), want);
        if (wasm_v128_any_true(same))
            return at + (u32)__builtin_ctz(wasm_i8x16_bitmask(same));
    }
}

u64 kernel(int n) {
    u32 seed = 88675123u;
    u64 sum = 0;
    static const u8 letters[] = "etaoin shrdlu EARTH cmfwyp\n ";
    for (int i = 0; i < SIZE; i++)
        text[i] = letters[next_random(&seed) % (sizeof letters - 1)];
    text[SIZE] = '#';
    for (int round = 0; round < n; round++) {
        sum = mix(sum, count());
        to_lower();
        to_hex();
        from_hex();
        sum = mix(sum, lower[round * 13 % SIZE] + 256u * back[round * 29 % SIZE]);
        sum = mix(sum, find(text, '#'));
        text[round * 7 % SIZE] = letters[next_random(&seed) % (sizeof letters - 1)];
    }
    return sum;
}
