/* A matrix and its transpose by a vector: y = A^T (A x). */
#define KERNEL_NAME "poly_atax"
#define KERNEL_N 1800
#include "../poly.h"

static double a[N][N], x[N], y[N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(x, N, 2);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++)
            y[i] = 0;
        for (int i = 0; i < N; i++) {
            double t = 0;
            for (int j = 0; j < N; j++)
                t += a[i][j] * x[j];
            for (int j = 0; j < N; j++)
                y[j] += a[i][j] * t;
        }
        for (int i = 0; i < N; i++)
            x[i] = y[i] / (N * N);
    }
    return sum_of(y, N);
}
