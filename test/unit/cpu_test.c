/* What is found of the processor is what the compiler's own library would find. */
#include "base/cpu.h"
#include "check.h"

static void as_the_compiler_says(void) {
#if defined(__x86_64__) && defined(__GNUC__)
#define SAME(bit, name)                                                                            \
    CHECK_EQ_INT(!!(wt_base_cpu & CPU_HAS_##bit), !!__builtin_cpu_supports(name))
    __builtin_cpu_init();
    SAME(ssse3, "ssse3");
    SAME(sse41, "sse4.1");
    SAME(popcnt, "popcnt");
    SAME(lzcnt, "lzcnt");
    SAME(bmi1, "bmi");
    SAME(bmi2, "bmi2");
    SAME(avx, "avx");
    SAME(avx2, "avx2");
    SAME(fma, "fma");
#else
    CHECK_EQ_INT(wt_base_cpu, 0);
#endif
}

int main(void) {
    CHECK_CASE(as_the_compiler_says);
    return check_done();
}
