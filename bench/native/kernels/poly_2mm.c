/* Two products of matrices: D = alpha A B C + beta D. */
#define KERNEL_NAME "poly_2mm"
#define KERNEL_N 10
#include "../poly.h"

static double a[N][N], b[N][N], c[N][N], d[N][N], t[N][N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(&b[0][0], N * N, 2);
    fill(&c[0][0], N * N, 3);
    fill(&d[0][0], N * N, 4);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                t[i][j] = 0;
                for (int k = 0; k < N; k++)
                    t[i][j] += 1.5 * a[i][k] * b[k][j];
            }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                d[i][j] *= 0.25;
                for (int k = 0; k < N; k++)
                    d[i][j] += t[i][k] * c[k][j];
            }
    }
    return sum_of(&d[0][0], N * N);
}
