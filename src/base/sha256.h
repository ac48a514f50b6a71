/* SHA-256 (FIPS 180-4), for the names of things by their content. */
#ifndef WATTLE_BASE_SHA256_H
#define WATTLE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct Sha256 {
    uint32_t h[8];
    uint64_t len; /* bytes so far */
    uint8_t block[64];
} Sha256;

void wt_sha256_begin(Sha256 *s);
void wt_sha256_add(Sha256 *s, const void *data, size_t len);
void wt_sha256_end(Sha256 *s, uint8_t digest[32]);

#endif
