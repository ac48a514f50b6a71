/* The Mandelbrot set: a tight loop of double multiplies and one branch. */
#define KERNEL_NAME "mandelbrot"
#define KERNEL_N 960
#include "../kernel.h"

u64 kernel(int n) {
    u64 sum = 0;
    for (int row = 0; row < n; row++)
        for (int column = 0; column < n; column++) {
            double cr = column * 3.0 / n - 2.25, ci = row * 3.0 / n - 1.5, x = 0, y = 0;
            u32 count = 0;
            while (count < 200 && x * x + y * y < 4.0) {
                double next = x * x - y * y + cr;
                y = 2 * x * y + ci;
                x = next;
                count++;
            }
            sum = mix(sum, count);
        }
    return sum;
}
