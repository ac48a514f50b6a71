/* A matrix as the product of a lower and an upper one. */
#define KERNEL_NAME "poly_lu"
#define KERNEL_N 60
#include "../poly.h"

static double a[N][N];

u64 kernel(int n) {
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        fill(&a[0][0], N * N, (u32)round + 1);
        for (int i = 0; i < N; i++)
            a[i][i] += N;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < i; j++) {
                for (int k = 0; k < j; k++)
                    a[i][j] -= a[i][k] * a[k][j];
                a[i][j] /= a[j][j];
            }
            for (int j = i; j < N; j++)
                for (int k = 0; k < i; k++)
                    a[i][j] -= a[i][k] * a[k][j];
        }
        sum ^= sum_of(&a[0][0], N * N);
    }
    return sum;
}
