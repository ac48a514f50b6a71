/* Streams that threads of a program share: what one has found ready no other waits for inside the
   system, where no interrupt would find it. */
#include "check.h"
#include "interp/loop.h"
#include "run/store.h"
#include "wasi/inside.h"

#if !defined(_WIN32) && !defined(__wasm__)
#include <unistd.h>

/* A thread of a program: it takes the stream to read a byte. */
typedef struct Taker {
    Wasi *w;
    Fd *f;
    Store *store;
    OsThread thread;
    atomic_bool over, took;
} Taker;

static void take_and_read(void *user) {
    Taker *t = user;
    Call c = {.w = t->w, .store = t->store};
    char byte;
    size_t got = 0;
    if (wt_wasi_take_stream(&c, t->f, false)) {
        atomic_store(&t->took, wt_osfs_read(t->f->file, &byte, 1, OSFS_HERE, &got) == OS_OK && got);
        wt_wasi_leave_stream(&c, t->f);
    }
    atomic_store(&t->over, true);
}

static bool start_taker(Taker *t, Wasi *w, Fd *f) {
    StoreLimits limits = wt_store_limits_default();
    limits.interruptible = true;
    t->w = w;
    t->f = f;
    t->store = wt_store_new(&wt_base_malloc, &wt_interp_tier, &limits);
    if (!CHECK(t->store != NULL))
        return false;
    t->store->depth = 1; /* inside a call, or nothing could be interrupted */
    return CHECK_EQ_INT(wt_os_thread_start(&t->thread, 0, take_and_read, t), OS_OK);
}

static void end_taker(Taker *t) {
    wt_os_thread_join(&t->thread);
    t->store->depth = 0;
    wt_store_free(t->store);
}

static void one_byte_for_two(void) {
    enum { A_WHILE = 30000000 };
    int ends[2];
    char byte;
    size_t got;
    Taker first = {0}, second = {0};
    Wasi *w = wt_wasi_new(&wt_base_malloc);
    if (!CHECK(w && wt_wasi_share(w) && pipe(ends) == 0))
        return;
    Fd f = {.users = 1, .fs = &wt_osfs_host, .file = ends[0], .type = OS_TYPE_fifo};
    CHECK(write(ends[1], "a", 1) == 1);
    atomic_store(&f.busy, true); /* somebody is about to read what is there */
    if (start_taker(&first, w, &f) && start_taker(&second, w, &f)) {
        wt_os_sleep(A_WHILE);
        CHECK(!atomic_load(&first.over) && !atomic_load(&second.over));
        CHECK_EQ_INT(wt_osfs_read(f.file, &byte, 1, OSFS_HERE, &got), OS_OK);
        atomic_store(&f.busy, false);
        wt_os_sleep(A_WHILE); /* now nothing is there: they wait where an interrupt comes */
        CHECK(!atomic_load(&first.over) && !atomic_load(&second.over));
        CHECK(write(ends[1], "b", 1) == 1); /* one gets it */
        while (!atomic_load(&first.over) && !atomic_load(&second.over))
            wt_os_sleep(1000000);
        wt_os_sleep(A_WHILE);
        CHECK(atomic_load(&first.took) != atomic_load(&second.took));
        wt_store_interrupt(first.store);
        wt_store_interrupt(second.store);
        end_taker(&first);
        end_taker(&second);
        CHECK(atomic_load(&first.took) != atomic_load(&second.took));
        CHECK(!atomic_load(&f.busy));
    }
    close(ends[0]);
    close(ends[1]);
    wt_wasi_free(w);
}
#endif

int main(void) {
#if defined(_WIN32) || defined(__wasm__)
    check_skip("one_byte_for_two", "it needs a pipe of POSIX");
#else
    CHECK_CASE(one_byte_for_two);
#endif
    return check_done();
}
