/* Matrix product with two factors: C = alpha A B + beta C. */
#define KERNEL_NAME "poly_gemm"
#define KERNEL_N 60
#include "../poly.h"

static double a[N][N], b[N][N], c[N][N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(&b[0][0], N * N, 2);
    fill(&c[0][0], N * N, 3);
    for (int round = 0; round < n; round++)
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++)
                c[i][j] *= 0.5;
            for (int k = 0; k < N; k++)
                for (int j = 0; j < N; j++)
                    c[i][j] += 0.75 * a[i][k] * b[k][j];
        }
    return sum_of(&c[0][0], N * N);
}
