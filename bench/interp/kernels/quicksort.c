/* Quicksort with a comparison through a function pointer (call_indirect), and an insertion sort. */
#define KERNEL_NAME "quicksort"
#define KERNEL_N 6
#include "../kernel.h"

enum { SORT_ITEMS = 120000 };
static u32 items[SORT_ITEMS];

typedef int (*Compare)(u32, u32);
static int by_value(u32 a, u32 b) { return a < b; }
static int by_low_bits(u32 a, u32 b) {
    return (a & 0xffff) != (b & 0xffff) ? (a & 0xffff) < (b & 0xffff) : a < b;
}
static int downwards(u32 a, u32 b) { return a > b; }
static Compare volatile orders[3] = {by_value, by_low_bits, downwards};

static void insertion(u32 *v, int count, Compare less) {
    for (int i = 1; i < count; i++) {
        u32 x = v[i];
        int k = i;
        for (; k > 0 && less(x, v[k - 1]); k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

static void quick(u32 *v, int count, Compare less) {
    while (count > 12) {
        u32 pivot = v[count / 2];
        int i = 0, k = count - 1;
        while (i <= k) {
            while (less(v[i], pivot))
                i++;
            while (less(pivot, v[k]))
                k--;
            if (i <= k) {
                u32 t = v[i];
                v[i++] = v[k];
                v[k--] = t;
            }
        }
        quick(v, k + 1, less);
        v += i;
        count -= i;
    }
    insertion(v, count, less);
}

u64 kernel(int n) {
    u64 sum = 0;
    u32 seed = 123456789u;
    for (int round = 0; round < n; round++) {
        for (u32 i = 0; i < SORT_ITEMS; i++)
            items[i] = next_random(&seed);
        quick(items, SORT_ITEMS, orders[round % 3]);
        for (u32 i = 0; i < SORT_ITEMS; i += 100)
            sum = mix(sum, items[i]);
    }
    return sum;
}
