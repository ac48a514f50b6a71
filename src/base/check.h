/* Sums and products of input sizes: each says whether the true result fits. */
#ifndef WATTLE_BASE_CHECK_H
#define WATTLE_BASE_CHECK_H

#include "base/compiler.h"

WT_INLINE bool check_add_size(size_t a, size_t b, size_t *out) {
    *out = a + b;
    return *out >= a;
}
WT_INLINE bool check_mul_size(size_t a, size_t b, size_t *out) {
    *out = a * b;
    return a == 0 || *out / a == b;
}
WT_INLINE bool check_add_u32(uint32_t a, uint32_t b, uint32_t *out) {
    *out = a + b;
    return *out >= a;
}
WT_INLINE bool check_add_u64(uint64_t a, uint64_t b, uint64_t *out) {
    *out = a + b;
    return *out >= a;
}
WT_INLINE bool check_mul_u64(uint64_t a, uint64_t b, uint64_t *out) {
    *out = a * b;
    return a == 0 || *out / a == b;
}

#endif
