/* The arithmetic of float.c on 128 bits, and the powers of ten of a small program. */
#ifndef WATTLE_BASE_FLOATSTEPS_H
#define WATTLE_BASE_FLOATSTEPS_H

#include "base/compiler.h"
#include "base/floatpow.h"

typedef struct FloatWide {
    uint64_t hi, lo;
} FloatWide;

WT_INLINE FloatWide float_mul_wide(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    unsigned __int128 p = (unsigned __int128)a * b;
    return (FloatWide){(uint64_t)(p >> 64), (uint64_t)p};
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, mid1 = ah * bl + (low >> 32), mid2 = al * bh + (uint32_t)mid1;
    return (FloatWide){ah * bh + (mid1 >> 32) + (mid2 >> 32), mid2 << 32 | (uint32_t)low};
#endif
}

WT_INLINE int float_leading_zeros(uint64_t v) {
#if defined(__GNUC__) || defined(__clang__)
    return __builtin_clzll(v);
#else
    int n = 0;
    for (; !(v >> 63); v <<= 1)
        n++;
    return n;
#endif
}

/* The entry of float_pow_table: a power in 192 bits times 5^k, which is exact. The errors of both
   are far below the last bit of the result, which is rounded up if anything follows it. */
WT_INLINE FloatPow float_pow_by_steps(int q) {
    unsigned from = (unsigned)(q - FLOAT_POW_STEPS_FIRST);
    const FloatPowStep *step = &float_pow_steps[from / FLOAT_POW_STEP];
    uint64_t five = 1;
    for (unsigned k = from % FLOAT_POW_STEP; k; k--)
        five *= 5;
    five <<= float_leading_zeros(five);
    FloatWide low = float_mul_wide(step->lo, five), mid = float_mul_wide(step->mid, five),
              top = float_mul_wide(step->hi, five);
    uint64_t rest = mid.lo + low.hi;
    mid.hi += rest < mid.lo;
    FloatPow p = {top.hi, top.lo + mid.hi};
    p.hi += p.lo < top.lo;
    if (!(p.hi >> 63)) {
        p.hi = p.hi << 1 | p.lo >> 63;
        p.lo = p.lo << 1 | rest >> 63;
        rest = rest << 1 | low.lo >> 63;
    }
    p.lo += (rest | low.lo) != 0;
    p.hi += p.lo == 0 && rest;
    return p;
}

#endif
