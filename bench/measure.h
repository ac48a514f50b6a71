/* What the C programs of the benches share. MEASURE_NAME, the program's name in its messages, is
   defined in front of this. */
#ifndef WATTLE_BENCH_MEASURE_H
#define WATTLE_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void need(bool ok, const char *what) {
    if (!ok) {
        fprintf(stderr, MEASURE_NAME ": %s failed\n", what);
        exit(1);
    }
}

/* Seconds: of the processor in this process, or of the wall clock (CLOCK_MONOTONIC). */
static inline double seconds_by(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* To be freed. */
static inline uint8_t *read_whole(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    need(f != NULL, path);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*len);
    need(bytes && fread(bytes, 1, *len, f) == *len, path);
    fclose(f);
    return bytes;
}

#endif
