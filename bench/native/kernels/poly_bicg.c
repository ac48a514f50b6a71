/* The two products of the biconjugate gradient method: s = A^T r, q = A p. */
#define KERNEL_NAME "poly_bicg"
#define KERNEL_N 1800
#include "../poly.h"

static double a[N][N], s[N], q[N], p[N], r[N];

u64 kernel(int n) {
    fill(&a[0][0], N * N, 1);
    fill(p, N, 2);
    fill(r, N, 3);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++)
            s[i] = 0;
        for (int i = 0; i < N; i++) {
            q[i] = 0;
            for (int j = 0; j < N; j++) {
                s[j] += r[i] * a[i][j];
                q[i] += a[i][j] * p[j];
            }
        }
        p[round % N] += 0.5;
    }
    return sum_of(s, N) ^ sum_of(q, N);
}
