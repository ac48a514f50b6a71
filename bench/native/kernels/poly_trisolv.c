/* A lower triangular system, solved. */
#define KERNEL_NAME "poly_trisolv"
#define KERNEL_N 3600
#include "../poly.h"

static double l[N][N], x[N], b[N];

u64 kernel(int n) {
    fill(&l[0][0], N * N, 1);
    fill(b, N, 2);
    for (int i = 0; i < N; i++)
        l[i][i] += N;
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++) {
            x[i] = b[i];
            for (int j = 0; j < i; j++)
                x[i] -= l[i][j] * x[j];
            x[i] /= l[i][i];
        }
        b[round % N] += x[N - 1];
        sum ^= sum_of(x, N);
    }
    return sum;
}
