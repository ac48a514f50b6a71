/* Work on several threads whose ends come in order, for the command. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "base/os.h"

typedef struct OrderedWork {
    void (*work)(void *user, size_t i);
    void (*done)(void *user, size_t i);
    void *user;
    size_t count;
    OsMutex mutex; /* of what follows, and held while `done` is called */
    size_t next;   /* the first that is not done */
    uint8_t *ready;
} OrderedWork;

static void work_in_order(void *user, size_t i, unsigned worker) {
    OrderedWork *w = user;
    (void)worker;
    w->work(w->user, i);
    wt_os_mutex_lock(&w->mutex);
    w->ready[i] = true;
    for (; w->next < w->count && w->ready[w->next]; w->next++)
        w->done(w->user, w->next);
    wt_os_mutex_unlock(&w->mutex);
}

void wattle_parallel(wattle_engine *engine, size_t count, void (*work)(void *user, size_t i),
                     void (*done)(void *user, size_t i), void *user) {
    const Allocator *al = &engine->allocator;
    OrderedWork w = {.work = work, .done = done, .user = user, .count = count};
    bool threads = engine->threads > 1 && count > 1;
    if (threads)
        w.ready = allocator_get(al, count);
    if (w.ready && wt_os_mutex_init(&w.mutex) == OS_OK) {
        memset(w.ready, 0, count);
        wt_os_parallel(engine->threads, count, work_in_order, &w);
        wt_os_mutex_destroy(&w.mutex);
    } else {
        /* One hand does the same work. */
        for (size_t i = 0; i < count; i++) {
            work(user, i);
            done(user, i);
        }
    }
    allocator_free(al, w.ready, count);
}
