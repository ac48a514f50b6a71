/* simd_test.c for compilers without vectors: base/vector.h with loops over lanes. */
#define VEC_PLAIN 1
#include "simd_test.c"
