/* What an x86-64 processor has beyond what all of them have: bits of wt_base_cpu. */
#ifndef WATTLE_BASE_CPU_H
#define WATTLE_BASE_CPU_H

#include "base/compiler.h"

enum {
    CPU_HAS_ssse3 = 1 << 0,
    CPU_HAS_sse41 = 1 << 1,
    CPU_HAS_popcnt = 1 << 2,
    CPU_HAS_lzcnt = 1 << 3,
    CPU_HAS_bmi1 = 1 << 4,
    CPU_HAS_bmi2 = 1 << 5,
    CPU_HAS_avx = 1 << 6, /* and the system keeps the upper halves */
    CPU_HAS_avx2 = 1 << 7,
    CPU_HAS_fma = 1 << 8,
};

/* Written once, before main; 0 on other machines. */
extern uint32_t wt_base_cpu;

#endif
