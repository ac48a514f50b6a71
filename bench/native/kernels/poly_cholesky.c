/* The square root of a positive definite matrix. */
#define KERNEL_NAME "poly_cholesky"
#define KERNEL_N 120
#include "../poly.h"

static double a[N][N];

u64 kernel(int n) {
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        fill(&a[0][0], N * N, (u32)round + 1);
        for (int i = 0; i < N; i++)
            a[i][i] += 2 * N;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < i; j++) {
                for (int k = 0; k < j; k++)
                    a[i][j] -= a[i][k] * a[j][k];
                a[i][j] /= a[j][j];
            }
            for (int k = 0; k < i; k++)
                a[i][i] -= a[i][k] * a[i][k];
            a[i][i] = __builtin_sqrt(a[i][i]);
        }
        sum ^= sum_of(&a[0][0], N * N);
    }
    return sum;
}
