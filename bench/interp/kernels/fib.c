/* Doubly recursive Fibonacci: nothing but calls. */
#define KERNEL_NAME "fib"
#ifndef KERNEL_N
#define KERNEL_N 36
#endif
#include "../kernel.h"

__attribute__((noinline)) static u32 fibonacci(u32 n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

u64 kernel(int n) { return fibonacci((u32)n); }
