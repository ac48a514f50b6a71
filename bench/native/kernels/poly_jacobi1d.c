/* A stencil of three points, back and forth. */
#define KERNEL_NAME "poly_jacobi1d"
#define KERNEL_N 30000
#include "../poly.h"

enum { LENGTH = 4000 };
static double a[LENGTH], b[LENGTH];

u64 kernel(int n) {
    fill(a, LENGTH, 1);
    fill(b, LENGTH, 2);
    for (int round = 0; round < n; round++) {
        for (int i = 1; i < LENGTH - 1; i++)
            b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1]);
        for (int i = 1; i < LENGTH - 1; i++)
            a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1]);
    }
    return sum_of(a, LENGTH);
}
