/* run/codemap.c: bounds of ranges, random changes against a plain list, and readers in threads and
   in a signal handler while others change the map. Meant for the thread sanitizer too. */
#include "base/os.h"
#include "check.h"
#include "run/codemap.h"

#include <signal.h>
#include <sys/time.h>

static void *at(uintptr_t address) { return (void *)address; }
static bool add(uintptr_t start, uintptr_t end, void *owner) {
    return wt_codemap_add(at(start), at(end), owner);
}
static void drop(uintptr_t start) { wt_codemap_remove(at(start)); }

static void one_range(void) {
    int owner;
    CHECK(!wt_codemap_find(0) && !wt_codemap_find(UINTPTR_MAX));
    drop(1000);
    CHECK(add(1000, 2000, &owner));
    CHECK(!wt_codemap_find(999) && wt_codemap_find(1000) == &owner);
    CHECK(wt_codemap_find(1999) == &owner && !wt_codemap_find(2000));
    drop(1001);
    CHECK(wt_codemap_find(1000) == &owner);
    drop(1000);
    CHECK(!wt_codemap_find(1000));
}

static void overlaps(void) {
    int a, b;
    CHECK(add(1000, 2000, &a) && add(3000, 4000, &a));
    CHECK(!add(1999, 2001, &b) && !add(0, 1001, &b) && !add(1500, 1600, &b));
    CHECK(!add(500, 5000, &b) && !add(1000, 2000, &b));
    CHECK(!add(2500, 2500, &b) && !add(2600, 2500, &b) && !add(2500, 2600, NULL));
    CHECK(add(2000, 3000, &b) && add(0, 1000, &b) && add(4000, UINTPTR_MAX, &b));
    CHECK(wt_codemap_find(1999) == &a && wt_codemap_find(2000) == &b);
    CHECK(wt_codemap_find(2999) == &b && wt_codemap_find(3000) == &a);
    CHECK(wt_codemap_find(0) == &b && wt_codemap_find(UINTPTR_MAX - 1) == &b);
    for (uintptr_t start = 0; start <= 4000; start += 1000)
        drop(start);
    CHECK(!wt_codemap_find(0) && !wt_codemap_find(3500) && !wt_codemap_find(UINTPTR_MAX - 1));
}

/* Cell i of the address space is [i * 16, i * 16 + 16). */
enum { CELLS = 1000 };

static void random_changes(void) {
    static int owners[CELLS];
    static bool taken[CELLS];
    uint32_t random = 1;
    for (unsigned n = 0; n < 6000; n++) {
        random = random * 1664525 + 1013904223;
        unsigned i = (random >> 8) % CELLS;
        if (taken[i])
            drop(i * 16);
        else
            CHECK(add(i * 16, i * 16 + 16, &owners[i]));
        taken[i] = !taken[i];
        unsigned k = (random >> 16) % CELLS;
        CHECK(wt_codemap_find(k * 16 + 7) == (taken[k] ? &owners[k] : NULL));
    }
    for (unsigned i = 0; i < CELLS; i++) {
        CHECK(wt_codemap_find(i * 16 + 15) == (taken[i] ? &owners[i] : NULL));
        drop(i * 16);
        CHECK(!wt_codemap_find(i * 16));
    }
}

/* ---- many at once ---- */

/* Writer w has the cells from w * CELLS on; those of LASTING stay all the time. */
enum { WRITERS = 2, READERS = 3, LASTING = WRITERS, CHANGES = 3000 };
static int lasting, passing[WRITERS][CELLS];
static atomic_bool done;
static atomic_uint wrong, lookups;

static void look(uint32_t random) {
    unsigned w = random % (WRITERS + 1), i = (random >> 8) % CELLS;
    void *owner = wt_codemap_find(((uintptr_t)w * CELLS + i) * 16 + (random >> 20) % 16);
    if (w == LASTING ? owner != &lasting : owner && owner != &passing[w][i])
        atomic_fetch_add(&wrong, 1);
    atomic_fetch_add(&lookups, 1);
}

static void read_all_the_time(void *user) {
    for (uint32_t random = (uint32_t)(uintptr_t)user; !atomic_load(&done);) {
        random = random * 1664525 + 1013904223;
        look(random);
    }
}

static void change_all_the_time(void *user) {
    unsigned w = (unsigned)(uintptr_t)user;
    uint32_t random = w;
    for (unsigned n = 0; n < CHANGES; n++) {
        random = random * 1664525 + 1013904223;
        uintptr_t i = (random >> 8) % CELLS, start = (w * CELLS + i) * 16;
        if (wt_codemap_find(start) == &passing[w][i])
            drop(start);
        else if (!add(start, start + 16, &passing[w][i]))
            atomic_fetch_add(&wrong, 1);
    }
    for (uintptr_t i = 0; i < CELLS; i++)
        drop((w * CELLS + i) * 16);
}

static void look_in_signal(int signal) {
    static atomic_uint number; /* it may run in several threads at once */
    (void)signal;
    look(atomic_fetch_add(&number, 1) * 2654435761u >> 4);
}

static void threads(void) {
    OsThread readers[READERS], writers[WRITERS];
    const struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    CHECK(add((uintptr_t)LASTING * CELLS * 16, (uintptr_t)(LASTING + 1) * CELLS * 16, &lasting));
    /* In whichever thread it comes. */
    (void)signal(SIGALRM, look_in_signal);
    CHECK_EQ_INT(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (uintptr_t i = 0; i < READERS; i++)
        CHECK(wt_os_thread_start(&readers[i], 0, read_all_the_time, at(i + 7)) == OS_OK);
    for (uintptr_t i = 0; i < WRITERS; i++)
        CHECK(wt_os_thread_start(&writers[i], 0, change_all_the_time, at(i)) == OS_OK);
    for (unsigned i = 0; i < WRITERS; i++)
        wt_os_thread_join(&writers[i]);
    atomic_store(&done, true);
    for (unsigned i = 0; i < READERS; i++)
        wt_os_thread_join(&readers[i]);
    CHECK_EQ_INT(setitimer(ITIMER_REAL, &never, NULL), 0);
    CHECK_EQ_INT(atomic_load(&wrong), 0);
    CHECK(atomic_load(&lookups) > 1000);
    drop((uintptr_t)LASTING * CELLS * 16);
    for (uint32_t i = 0; i < (WRITERS + 1) * CELLS; i++)
        CHECK(!wt_codemap_find((uintptr_t)i * 16));
}

int main(void) {
    CHECK_CASE(one_range);
    CHECK_CASE(overlaps);
    CHECK_CASE(random_changes);
    CHECK_CASE(threads);
    return check_done();
}
