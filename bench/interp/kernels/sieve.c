/* The sieve of Eratosthenes over bytes: stores with a stride, then a scan. */
#define KERNEL_NAME "sieve"
#define KERNEL_N 12
#include "../kernel.h"

enum { SIEVE_SIZE = 2000000 };
static u8 composite[SIEVE_SIZE];

u64 kernel(int n) {
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        for (u32 i = 0; i < SIEVE_SIZE; i++)
            composite[i] = 0;
        for (u32 i = 2; i * i < SIEVE_SIZE; i++)
            if (!composite[i])
                for (u32 k = i * i; k < SIEVE_SIZE; k += i)
                    composite[k] = 1;
        u32 primes = 0;
        for (u32 i = 2 + (u32)round; i < SIEVE_SIZE; i++)
            primes += !composite[i];
        sum = mix(sum, primes);
    }
    return sum;
}
