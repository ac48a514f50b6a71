/* SHA-256 as FIPS 180-4 writes it: bytes are gathered into blocks of 64, each block turns the state
   in 64 rounds. */
#include "base/sha256.h"

#include <string.h>

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t sha256_roots[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn_right(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static uint32_t load_big(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_big(uint8_t *p, uint32_t x) {
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(x >> (24 - 8 * i));
}

static void sha256_block(uint32_t h[8], const uint8_t *block) {
    uint32_t w[64], v[8];
    for (unsigned i = 0; i < 16; i++)
        w[i] = load_big(block + (size_t)4 * i);
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn_right(a, 7) ^ turn_right(a, 18) ^ a >> 3) + w[i - 7] +
               (turn_right(b, 17) ^ turn_right(b, 19) ^ b >> 10);
    }
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t a = v[0], e = v[4];
        uint32_t choice = (e & v[5]) ^ (~e & v[6]);
        uint32_t majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
        uint32_t x = v[7] + (turn_right(e, 6) ^ turn_right(e, 11) ^ turn_right(e, 25)) + choice +
                     sha256_roots[i] + w[i];
        uint32_t y = (turn_right(a, 2) ^ turn_right(a, 13) ^ turn_right(a, 22)) + majority;
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += x;
        v[0] = x + y;
    }
    for (unsigned i = 0; i < 8; i++)
        h[i] += v[i];
}

/* The first 32 bits of the fractions of the square roots of the first 8 primes. */
void wt_sha256_begin(Sha256 *s) {
    *s = (Sha256){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                        0x1f83d9ab, 0x5be0cd19}};
}

void wt_sha256_add(Sha256 *s, const void *data, size_t len) {
    const uint8_t *p = data;
    size_t held = (size_t)(s->len % 64);
    s->len += len;
    while (len) {
        if (held == 0 && len >= 64) {
            sha256_block(s->h, p);
            p += 64;
            len -= 64;
            continue;
        }
        size_t n = len < 64 - held ? len : 64 - held;
        memcpy(s->block + held, p, n);
        p += n;
        len -= n;
        held = (held + n) % 64;
        if (held == 0)
            sha256_block(s->h, s->block);
    }
}

/* A bit of one, zeros up to eight bytes before the end of a block, the length in bits. */
void wt_sha256_end(Sha256 *s, uint8_t digest[32]) {
    static const uint8_t padding[64] = {0x80};
    uint8_t bits[8];
    uint64_t count = s->len * 8;
    store_big(bits, (uint32_t)(count >> 32));
    store_big(bits + 4, (uint32_t)count);
    wt_sha256_add(s, padding, 1 + (size_t)((119 - s->len % 64) % 64));
    wt_sha256_add(s, bits, sizeof bits);
    for (unsigned i = 0; i < 8; i++)
        store_big(digest + (size_t)4 * i, s->h[i]);
}
