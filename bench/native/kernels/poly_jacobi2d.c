/* A stencil of five points, back and forth. */
#define KERNEL_NAME "poly_jacobi2d"
#define KERNEL_N 2250
#include "../poly.h"

static double a[N][N], b[N][N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(&b[0][0], N * N, 2);
    for (int round = 0; round < n; round++) {
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                b[i][j] = 0.2 * (a[i][j] + a[i][j - 1] + a[i][j + 1] + a[i + 1][j] + a[i - 1][j]);
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                a[i][j] = 0.2 * (b[i][j] + b[i][j - 1] + b[i][j + 1] + b[i + 1][j] + b[i - 1][j]);
    }
    return sum_of(&a[0][0], N * N);
}
