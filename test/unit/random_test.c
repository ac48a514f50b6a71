/* Random bytes: as many as were asked for and no more, none twice, and other ones in a copy of the
   process. */
#include "base/osrandom.h"
#include "check.h"

#include <stdlib.h>
#if !defined(_WIN32) && !defined(__wasm__)
#include <sys/wait.h>
#include <unistd.h>
#endif

/* The bytes around a piece stay; those of it are not all the same (but for few of them). */
static void pieces_are_exact(OsRandom *r) {
    static uint8_t room[70000];
    static const size_t sizes[] = {0,  1,   7,   15,  16,  31,  32,  33,   63,   64,   95,   96,
                                   97, 127, 128, 129, 255, 256, 257, 1023, 4095, 4096, 4097, 65536};
    for (size_t i = 0; i < WT_COUNT(sizes); i++) {
        size_t n = sizes[i], same = 0, outside = 0;
        memset(room, 0xa5, sizeof room);
        CHECK_EQ_INT(wt_os_random_next(r, room + 100, n), OS_OK);
        for (size_t k = 0; k < sizeof room; k++) {
            bool in = k >= 100 && k < 100 + n;
            same += in && room[k] == 0xa5;
            outside += !in && room[k] != 0xa5;
        }
        CHECK_EQ_INT(outside, 0);
        CHECK(n < 15 || same <= 4 + n / 64); /* 4 in 15: once in millions */
    }
}

static int compare_words(const void *a, const void *b) { return memcmp(a, b, 8); }

/* 2^16 words of 64 bits: two equal ones in 2^33 runs. */
static void none_comes_twice(OsRandom *r, uint64_t *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!CHECK_EQ_INT(wt_os_random_next(r, &words[i], 8), OS_OK))
            return;
    unsigned ones = 0, twice = 0;
    for (size_t i = 0; i < count; i++)
        ones += (unsigned)__builtin_popcountll(words[i]);
    qsort(words, count, 8, compare_words);
    for (size_t i = 1; i < count; i++)
        twice += words[i] == words[i - 1];
    CHECK_EQ_INT(twice, 0);
    CHECK(ones > count * 31 && ones < count * 33); /* 64 deviations */
}

static void of_the_generator(void) {
    static uint64_t words[2 << 16];
    OsRandom r, other;
    wt_os_random_open(&r);
    wt_os_random_open(&other);
    pieces_are_exact(&r);
    none_comes_twice(&r, words, 1 << 16);
    for (size_t i = 0; i < 1 << 16; i++) /* two of them do not go together */
        CHECK_EQ_INT(wt_os_random_next(i % 2 ? &r : &other, &words[i], 8), OS_OK);
    none_comes_twice(&other, words + (1 << 16), 1 << 16);
    qsort(words, 2 << 16, 8, compare_words);
    for (size_t i = 1; i < 2 << 16; i++)
        if (!CHECK(words[i] != words[i - 1]))
            break;
    wt_os_random_close(&r);
    wt_os_random_close(&other);
}

/* As where the system lends no generator. */
static void of_the_system(void) {
    static uint64_t words[1 << 10];
    OsRandom none = {0};
    pieces_are_exact(&none);
    none_comes_twice(&none, words, WT_COUNT(words));
}

#if !defined(_WIN32) && !defined(__wasm__)
static void after_a_fork(void) {
    uint8_t mine[4096], its[4096];
    OsRandom r;
    int ends[2];
    wt_os_random_open(&r);
    CHECK_EQ_INT(wt_os_random_next(&r, mine, 5), OS_OK); /* more of its block are left */
    if (!CHECK(pipe(ends) == 0))
        return;
    pid_t child = fork();
    if (child == 0) {
        bool ok = wt_os_random_next(&r, its, sizeof its) == OS_OK;
        _exit(ok && write(ends[1], its, sizeof its) == sizeof its ? 0 : 1);
    }
    int status = 1;
    CHECK_EQ_INT(wt_os_random_next(&r, mine, sizeof mine), OS_OK);
    CHECK(read(ends[0], its, sizeof its) == sizeof its);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    for (size_t i = 0; i < sizeof mine; i += 16)
        CHECK(memcmp(mine + i, its + i, 16) != 0);
    close(ends[0]);
    close(ends[1]);
    wt_os_random_close(&r);
}
#endif

int main(void) {
    CHECK_CASE(of_the_generator);
    CHECK_CASE(of_the_system);
#if defined(_WIN32) || defined(__wasm__)
    check_skip("after_a_fork", "no process is copied on this system");
#else
    CHECK_CASE(after_a_fork);
#endif
    return check_done();
}
