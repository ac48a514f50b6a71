/* Two vectors by a matrix and by its transpose. */
#define KERNEL_NAME "poly_mvt"
#define KERNEL_N 1500
#include "../poly.h"

static double a[N][N], x1[N], x2[N], y1[N], y2[N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(y1, N, 2);
    fill(y2, N, 3);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                x1[i] += a[i][j] * y1[j];
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                x2[i] += a[j][i] * y2[j];
    }
    return sum_of(x1, N) ^ sum_of(x2, N);
}
