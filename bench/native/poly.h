/* What the poly_ kernels share: dense linear algebra and stencils on doubles, as the PolyBench
   suite (L.-N. Pouchet, Ohio State University) chose its subjects; written from the algorithms. */
#ifndef WATTLE_BENCH_POLY_H
#define WATTLE_BENCH_POLY_H

#include "../interp/kernel.h"

enum { N = 180 };

static inline void fill(double *p, int count, u32 seed) {
    u32 state = seed * 2654435761u | 1;
    for (int i = 0; i < count; i++)
        p[i] = (double)(next_random(&state) >> 8) * 0x1p-24;
}

static inline u64 sum_of(const double *p, int count) {
    u64 sum = 0;
    for (int i = 0; i < count; i++) {
        u64 bits;
        __builtin_memcpy(&bits, &p[i], 8);
        sum = mix(sum, bits);
    }
    return sum;
}

#endif
