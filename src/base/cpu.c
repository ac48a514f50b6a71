/* Asked once, when the process starts. The C library has asked the processor already, which takes
   microseconds a question in a virtual machine; what the compiler brings along
   (__builtin_cpu_supports) would ask it all again. */
#include "base/cpu.h"

uint32_t wt_base_cpu;

#if defined(__x86_64__) && defined(__GNUC__)
#if defined(__GLIBC__) && defined(__has_include)
#if __has_include(<sys/platform/x86.h>) /* from 2.33 on */
#include <sys/platform/x86.h>
#define CPU_ASK(known, asked) CPU_FEATURE_ACTIVE(known)
#endif
#endif
#ifndef CPU_ASK
#define CPU_ASK(known, asked) __builtin_cpu_supports(asked)
#endif

__attribute__((constructor)) static void ask_cpu(void) {
#ifndef __GLIBC__
    __builtin_cpu_init();
#endif
    wt_base_cpu =
        (CPU_ASK(SSSE3, "ssse3") ? CPU_HAS_ssse3 : 0u) |
        (CPU_ASK(SSE4_1, "sse4.1") ? CPU_HAS_sse41 : 0u) |
        (CPU_ASK(POPCNT, "popcnt") ? CPU_HAS_popcnt : 0u) |
        (CPU_ASK(LZCNT, "lzcnt") ? CPU_HAS_lzcnt : 0u) |
        (CPU_ASK(BMI1, "bmi") ? CPU_HAS_bmi1 : 0u) | (CPU_ASK(BMI2, "bmi2") ? CPU_HAS_bmi2 : 0u) |
        (CPU_ASK(AVX, "avx") ? CPU_HAS_avx : 0u) | (CPU_ASK(AVX2, "avx2") ? CPU_HAS_avx2 : 0u) |
        (CPU_ASK(FMA, "fma") ? CPU_HAS_fma : 0u);
}
#undef CPU_ASK
#endif
