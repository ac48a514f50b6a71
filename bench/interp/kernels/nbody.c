/* Bodies under gravity: double arithmetic and square roots, no library. */
#define KERNEL_NAME "nbody"
#define KERNEL_N 450000
#include "../kernel.h"

enum { BODIES = 5 };
struct Body {
    double place[3], speed[3], mass;
};

static void advance(struct Body *b, double dt) {
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double d[3], square = 0.01;
            for (int k = 0; k < 3; k++) {
                d[k] = b[i].place[k] - b[j].place[k];
                square += d[k] * d[k];
            }
            double pull = dt / (square * __builtin_sqrt(square));
            for (int k = 0; k < 3; k++) {
                b[i].speed[k] -= d[k] * b[j].mass * pull;
                b[j].speed[k] += d[k] * b[i].mass * pull;
            }
        }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            b[i].place[k] += dt * b[i].speed[k];
}

u64 kernel(int n) {
    struct Body b[BODIES];
    for (int i = 0; i < BODIES; i++) {
        b[i].mass = i ? 0.03 / i : 40.0;
        for (int k = 0; k < 3; k++) {
            b[i].place[k] = i * (1.5 + k) - k;
            b[i].speed[k] = i ? (double)((i * 7 + k * 5) % 9 - 4) * 0.4 : 0;
        }
    }
    for (int step = 0; step < n; step++)
        advance(b, 0.001);
    u64 sum = 0;
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) {
            union {
                double number;
                u64 bits;
            } v = {b[i].place[k]};
            sum = mix(sum, v.bits);
        }
    return sum;
}
