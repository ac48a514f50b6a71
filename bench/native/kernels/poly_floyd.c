/* Shortest paths between all pairs of nodes. */
#define KERNEL_NAME "poly_floyd"
#define KERNEL_N 30
#include "../poly.h"

static int d[N][N];

u64 kernel(int n) {
    u32 state = 88172645u;
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                d[i][j] = (int)(next_random(&state) % 10000);
        for (int k = 0; k < N; k++)
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++) {
                    int through = d[i][k] + d[k][j];
                    d[i][j] = d[i][j] < through ? d[i][j] : through;
                }
        for (int i = 0; i < N; i++)
            sum = mix(sum, (u32)d[i][N - 1 - i]);
    }
    return sum;
}
