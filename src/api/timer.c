/* A timer for the command: one thread that sleeps on a condition until its time, or until it is
   stopped. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "base/os.h"

struct wattle_timer {
    wattle_engine *engine;
    OsThread thread;
    OsMutex mutex;
    OsCond cond;
    uint64_t end;   /* of the monotonic clock */
    uint64_t every; /* 0: once */
    bool stopped;
    void (*fn)(void *user);
    void *user;
};

static void wait_for_end(void *user) {
    wattle_timer *t = user;
    wt_os_mutex_lock(&t->mutex);
    do {
        for (uint64_t now = wt_os_now(); !t->stopped && now < t->end; now = wt_os_now())
            wt_os_cond_wait_for(&t->cond, &t->mutex, t->end - now);
        bool stopped = t->stopped;
        wt_os_mutex_unlock(&t->mutex);
        if (!stopped)
            t->fn(t->user);
        wt_os_mutex_lock(&t->mutex);
        t->end = wt_os_now() + t->every;
    } while (t->every && !t->stopped);
    wt_os_mutex_unlock(&t->mutex);
}

/* What was set up, up to `parts` of it, is taken down. */
static void drop_timer(wattle_timer *t, unsigned parts) {
    if (parts > 1)
        wt_os_cond_destroy(&t->cond);
    if (parts > 0)
        wt_os_mutex_destroy(&t->mutex);
    wattle_engine *engine = t->engine;
    allocator_free(&engine->allocator, t, sizeof *t);
    wattle_engine_free(engine);
}

static wattle_timer *start_timer(wattle_engine *engine, uint64_t ns, bool again,
                                 void (*fn)(void *user), void *user) {
    wattle_timer *t = allocator_get(&engine->allocator, sizeof *t);
    if (!t)
        return NULL;
    memset(t, 0, sizeof *t);
    t->engine = wt_api_engine_retain(engine);
    uint64_t now = wt_os_now();
    t->end = ns > UINT64_MAX - now ? UINT64_MAX : now + ns;
    t->every = again ? ns : 0;
    t->fn = fn;
    t->user = user;
    unsigned parts = 0;
    if (wt_os_mutex_init(&t->mutex) == OS_OK && ++parts && wt_os_cond_init(&t->cond) == OS_OK &&
        ++parts && wt_os_thread_start(&t->thread, 0, wait_for_end, t) == OS_OK)
        return t;
    drop_timer(t, parts);
    return NULL;
}

wattle_timer *wattle_timer_start(wattle_engine *engine, uint64_t ns, void (*fn)(void *user),
                                 void *user) {
    return start_timer(engine, ns, false, fn, user);
}

wattle_timer *wattle_timer_start_every(wattle_engine *engine, uint64_t ns, void (*fn)(void *user),
                                       void *user) {
    return start_timer(engine, ns ? ns : 1, true, fn, user);
}

void wattle_timer_stop(wattle_timer *timer) {
    if (!timer)
        return;
    wt_os_mutex_lock(&timer->mutex);
    timer->stopped = true;
    wt_os_cond_signal(&timer->cond);
    wt_os_mutex_unlock(&timer->mutex);
    wt_os_thread_join(&timer->thread);
    drop_timer(timer, 2);
}
