/* A stencil of nine points in place. */
#define KERNEL_NAME "poly_seidel"
#define KERNEL_N 300
#include "../poly.h"

static double a[N][N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    for (int round = 0; round < n; round++)
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] + a[i][j] +
                           a[i][j + 1] + a[i + 1][j - 1] + a[i + 1][j] + a[i + 1][j + 1]) /
                          9.0;
    return sum_of(&a[0][0], N * N);
}
