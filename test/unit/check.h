/* check.h: all a unit test needs. A test program is a list of cases:
 *
 *     #include "check.h"
 *
 *     static void arena_grows(void) {
 *         CHECK(size > 0);                    goes on after a failure, the case counts as failed
 *         CHECK_EQ_INT(got, want);            integers up to 64 bits, compared as int64_t
 *         CHECK_EQ_STR(got, want);            zero-terminated, NULL equals only NULL
 *         CHECK_EQ_BYTES(got, n, want, m);    lengths and bytes
 *     }
 *
 *     int main(void) {
 *         CHECK_CASE(arena_grows);
 *         for (...) {                         a table: one case per row
 *             check_begin(row->name);
 *             CHECK(...);
 *             check_end();
 *         }
 *         check_skip("huge pages", "the machine has none");
 *         return check_done();
 *     }
 *
 * check_done prints the closing line `N passed, N failed, N skipped` that scripts/check sums,
 * and is the exit code: 0 when something passed or was skipped and nothing failed, else 1.
 * Failures go to stderr as `file:line: case: what`. CHECK yields its truth, so that a case can
 * stop: `if (!CHECK(p != NULL)) return;`.
 */
#ifndef WATTLE_TEST_CHECK_H
#define WATTLE_TEST_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct {
    int passed, failed, skipped;
    bool open, bad;   /* a case is running; it has failed */
    const char *name; /* of the running case */
} check_state;

static inline void check_begin(const char *name) {
    check_state.open = true;
    check_state.bad = false;
    check_state.name = name;
}

static inline void check_end(void) {
    if (check_state.bad) {
        check_state.failed++;
    } else {
        check_state.passed++;
    }
    check_state.open = check_state.bad = false;
}

static inline void check_skip(const char *name, const char *why) {
    check_state.skipped++;
    printf("skip %s: %s\n", name, why);
}

/* A failure outside of any case counts as a failed case of its own. */
static inline void check_blame(const char *file, int line) {
    fprintf(stderr, "%s:%d: %s: ", file, line, check_state.open ? check_state.name : "(no case)");
    if (check_state.open) {
        check_state.bad = true;
    } else {
        check_state.failed++;
    }
}

static inline bool check_true(bool ok, const char *text, const char *file, int line) {
    if (!ok) {
        check_blame(file, line);
        fprintf(stderr, "not true: %s\n", text);
    }
    return ok;
}

static inline bool check_int(int64_t got, int64_t want, const char *text, const char *file,
                             int line) {
    if (got != want) {
        check_blame(file, line);
        fprintf(stderr, "%s is %" PRId64 " (0x%" PRIx64 "), not %" PRId64 " (0x%" PRIx64 ")\n",
                text, got, (uint64_t)got, want, (uint64_t)want);
    }
    return got == want;
}

static inline bool check_str(const char *got, const char *want, const char *text, const char *file,
                             int line) {
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    if (!same) {
        check_blame(file, line);
        fprintf(stderr, "%s is\n  \"%s\", not\n  \"%s\"\n", text, got ? got : "(null)",
                want ? want : "(null)");
    }
    return same;
}

static inline void check_hex(const char *label, const uint8_t *p, size_t n) {
    fprintf(stderr, "  %s", label);
    for (size_t i = 0; i < n && i < 64; i++) {
        fprintf(stderr, " %02x", p[i]);
    }
    fprintf(stderr, "%s (%zu bytes)\n", n > 64 ? " ..." : "", n);
}

static inline bool check_bytes(const void *got, size_t got_len, const void *want, size_t want_len,
                               const char *text, const char *file, int line) {
    bool same = got_len == want_len && (got_len == 0 || memcmp(got, want, got_len) == 0);
    if (!same) {
        check_blame(file, line);
        fprintf(stderr, "bytes differ: %s\n", text);
        check_hex("got ", (const uint8_t *)got, got_len);
        check_hex("want", (const uint8_t *)want, want_len);
    }
    return same;
}

static inline int check_done(void) {
    bool none = check_state.passed + check_state.failed + check_state.skipped == 0;
    if (none) { /* a program that checks nothing must not look like success */
        fprintf(stderr, "no case ran\n");
        check_state.failed = 1;
    }
    fflush(stderr);
    printf("%d passed, %d failed, %d skipped\n", check_state.passed, check_state.failed,
           check_state.skipped);
    return check_state.failed == 0 ? 0 : 1;
}

#define CHECK_CASE(fn)                                                                             \
    do {                                                                                           \
        check_begin(#fn);                                                                          \
        fn();                                                                                      \
        check_end();                                                                               \
    } while (0)

#define CHECK(cond) check_true((cond), #cond, __FILE__, __LINE__)
#define CHECK_EQ_INT(got, want) check_int((int64_t)(got), (int64_t)(want), #got, __FILE__, __LINE__)
#define CHECK_EQ_STR(got, want) check_str((got), (want), #got, __FILE__, __LINE__)
#define CHECK_EQ_BYTES(got, got_len, want, want_len)                                               \
    check_bytes((got), (got_len), (want), (want_len), #got, __FILE__, __LINE__)

#endif
