/* Integer matrices: product, product with narrow elements, transpose and a bit extraction. */
#define KERNEL_NAME "matrix"
#define KERNEL_N 10
#include "../kernel.h"

enum { SIDE = 160 };
static int left[SIDE][SIDE], right[SIDE][SIDE], result[SIDE][SIDE];
static short narrow[SIDE][SIDE];

static void multiply(void) {
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            u32 sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += (u32)left[i][k] * (u32)right[k][j];
            result[i][j] = (int)sum;
        }
}

static void multiply_narrow(void) {
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            u32 sum = 0;
            for (int k = 0; k < SIDE; k++) {
                u32 product = (u32)(narrow[i][k] * narrow[j][k]);
                sum += (product >> 2 & 15) * (product >> 5 & 127);
            }
            result[i][j] ^= (int)sum;
        }
}

u64 kernel(int n) {
    u32 seed = 88172645u;
    u64 sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (int)next_random(&seed) >> 8;
            narrow[i][j] = (short)next_random(&seed);
        }
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SIDE; i++)
            for (int j = 0; j < SIDE; j++)
                right[j][i] = left[i][j] + round;
        multiply();
        multiply_narrow();
        for (int i = 0; i < SIDE; i++)
            for (int j = 0; j < SIDE; j++)
                sum = mix(sum, (u32)result[i][j]);
    }
    return sum;
}
