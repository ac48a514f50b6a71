/* What every kernel of this folder shares: the entry, and output through one WASI call.
 *
 * A kernel is one C file with `unsigned long long kernel(int n)`: n scales the work, the result is
 * a checksum.  Built as a WASI command it runs kernel(KERNEL_N) and prints "NAME CHECKSUM"; the
 * module imports nothing but fd_write, so that every interpreter can run it.  It also exports
 * `run(n)`, for hosts that time the call alone.  With KERNEL_PART only the kernel is left. Compiled
 * for the machine itself it is a program that prints the same. */
#ifndef WATTLE_BENCH_KERNEL_H
#define WATTLE_BENCH_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

u64 kernel(int n);

/* A small random source with a fixed start, so that every run does the same work. */
static inline u32 next_random(u32 *state) {
    u32 x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static inline u64 mix(u64 sum, u64 value) {
    sum ^= value;
    sum *= 0x9e3779b97f4a7c15u;
    return sum ^ (sum >> 29);
}

#if !defined(__wasm__)

#include <stdio.h>

int main(void) {
    return printf(KERNEL_NAME " %016llx\n", (unsigned long long)kernel(KERNEL_N)) < 0;
}

#elif !defined(KERNEL_PART)

/* The compiler may turn loops into these; there is no C library here. */
void *memset(void *to, int byte, size_t size) {
    volatile u8 *p = to;
    while (size--)
        *p++ = (u8)byte;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    volatile u8 *p = to;
    const u8 *q = from;
    while (size--)
        *p++ = *q++;
    return to;
}

struct Iovec {
    const void *base;
    u32 size;
};

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) u32
wasi_fd_write(u32 fd, const struct Iovec *list, u32 count, u32 *written);

__attribute__((export_name("run"))) u64 run(int n) { return kernel(n); }

__attribute__((export_name("_start"))) void start(void) {
    char line[64];
    u32 at = 0;
    for (const char *s = KERNEL_NAME " "; *s; s++)
        line[at++] = *s;
    u64 sum = kernel(KERNEL_N);
    for (int shift = 60; shift >= 0; shift -= 4)
        line[at++] = "0123456789abcdef"[sum >> shift & 15];
    line[at++] = '\n';
    struct Iovec out = {line, at};
    u32 written;
    wasi_fd_write(1, &out, 1, &written);
}

#endif
#endif
