/* An orthonormal base of the columns of a matrix. */
#define KERNEL_NAME "poly_gramschmidt"
#define KERNEL_N 24
#include "../poly.h"

static double a[N][N], r[N][N], q[N][N];

u64 kernel(int n) {
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        fill(&a[0][0], N * N, (u32)round + 1);
        for (int i = 0; i < N; i++)
            a[i][i] += 4;
        for (int k = 0; k < N; k++) {
            double norm = 0;
            for (int i = 0; i < N; i++)
                norm += a[i][k] * a[i][k];
            r[k][k] = __builtin_sqrt(norm);
            for (int i = 0; i < N; i++)
                q[i][k] = a[i][k] / r[k][k];
            for (int j = k + 1; j < N; j++) {
                r[k][j] = 0;
                for (int i = 0; i < N; i++)
                    r[k][j] += q[i][k] * a[i][j];
                for (int i = 0; i < N; i++)
                    a[i][j] -= q[i][k] * r[k][j];
            }
        }
        sum ^= sum_of(&r[0][0], N * N);
    }
    return sum;
}
