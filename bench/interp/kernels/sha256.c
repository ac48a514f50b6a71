/* SHA-256 over a growing chain of blocks: rotations, adds, an unrolled inner loop. */
#define KERNEL_NAME "sha256"
#define KERNEL_N 60000
#include "../kernel.h"

static u32 constant[64], state[8];

static u32 rotate(u32 x, int by) { return x >> by | x << (32 - by); }

/* Is x * x * x <= p << 96, for x below 2^35 and p not a cube?  128 bits by hand: there is no
 * library to call. */
static int cube_fits(u64 x, u32 p) {
    u64 a = x >> 32, b = x & 0xffffffffu;
    u64 high = a * a + ((2 * a * b + (b * b >> 32)) >> 32);
    u64 h = x * x >> 32 & 0xffffffffu, l = x * x & 0xffffffffu;
    u64 middle = h * b + l * a + (l * b >> 32);
    return high * x + h * a + (middle >> 32) < (u64)p << 32;
}

/* The round constants are the first 32 bits of the fractions of the cube roots of the first 64
 * primes, found in integers so that no table has to be typed in.  The first state is our own. */
static void make_constants(void) {
    int count = 0;
    for (u32 p = 2; count < 64; p++) {
        int prime = 1;
        for (u32 d = 2; d * d <= p; d++)
            prime &= p % d != 0;
        if (!prime)
            continue;
        u64 root = 0;
        for (int bit = 34; bit >= 0; bit--)
            if (cube_fits(root | (u64)1 << bit, p))
                root |= (u64)1 << bit;
        constant[count++] = (u32)root;
    }
}

static void compress(const u32 block[16]) {
    u32 w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = block[i];
    for (int i = 16; i < 64; i++) {
        u32 a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++)
        v[i] = state[i];
    for (int i = 0; i < 64; i++) {
        u32 t = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                ((v[4] & v[5]) ^ (~v[4] & v[6])) + constant[i] + w[i];
        u32 u = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        for (int k = 7; k > 0; k--)
            v[k] = v[k - 1];
        v[4] += t;
        v[0] = t + u;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

u64 kernel(int n) {
    u32 block[16];
    make_constants();
    for (u32 i = 0; i < 8; i++)
        state[i] = 0x6a09e667u + i * 0x01010101u;
    for (int round = 0; round < n; round++) {
        for (u32 i = 0; i < 16; i++)
            block[i] = state[i & 7] ^ (u32)round * i;
        compress(block);
    }
    u64 sum = 0;
    for (int i = 0; i < 8; i++)
        sum = mix(sum, state[i]);
    return sum;
}
