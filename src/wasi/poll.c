/* poll_oneoff: one sleeping wait for clocks and descriptors; and waiting that can be interrupted.
 */
#include "run/meter.h"
#include "wasi/inside.h"

enum {
    SUBSCRIPTION = 48,
    EVENT = 32,
    EVENT_clock = 0,
    EVENT_read = 1,
    EVENT_write = 2,
    POLL_MAX = 4096,
    INTERRUPT_WAIT = 5000000, /* ns between two looks whether the host interrupts */
};

typedef struct Waiting {
    const Call *c;
    const uint8_t *subscriptions;
    uint8_t *events;
    uint32_t count, written;
    size_t size; /* of a subscription */
    Fd **fds;    /* of each subscription that waits for one, else NULL */
    OsPoll *polls;
    size_t poll_count;
    uint64_t wait; /* ns; UINT64_MAX: for ever */
} Waiting;

static const uint8_t *subscription(const Waiting *w, uint32_t i) {
    return w->subscriptions + i * w->size;
}

static void put_event(Waiting *w, const uint8_t *s, Errno error, uint8_t type, uint64_t bytes,
                      bool hangup) {
    uint8_t *e = w->events + (size_t)w->written++ * EVENT;
    memset(e, 0, EVENT);
    memcpy(e, s, 8);
    store16le(e + 8, (uint16_t)error);
    e[10] = type;
    store64le(e + 16, bytes);
    store16le(e + 24, hangup);
}

/* The fields of a clock subscription; wasi_unstable has an identifier before them. */
static Errno clock_wait(const Waiting *w, const uint8_t *s, uint64_t *ns) {
    const uint8_t *u = s + 16 + (w->c->unstable ? 8 : 0);
    uint32_t id = load32le(u);
    uint64_t timeout = load64le(u + 8), now = 0;
    uint16_t flags = load16le(u + 24);
    if (id > OS_CLOCK_monotonic)
        return id <= OS_CLOCK_thread_cpu ? E_notsup : E_inval;
    if (flags > 1)
        return E_inval;
    if (!(flags & 1)) {
        *ns = timeout;
        return E_success;
    }
    if (wt_wasi_now(w->c->w, (OsClock)id, &now) != OS_OK)
        return E_notsup;
    *ns = timeout > now ? timeout - now : 0;
    return E_success;
}

/* First pass: errors become events at once, clocks give the longest wait, descriptors a list. */
static void gather(Waiting *w) {
    for (uint32_t i = 0; i < w->count; i++) {
        const uint8_t *s = subscription(w, i);
        uint8_t type = s[8];
        uint64_t ns;
        Fd *f;
        Errno error = E_inval;
        if (type == EVENT_clock) {
            error = clock_wait(w, s, &ns);
            if (error == E_success && ns < w->wait)
                w->wait = ns;
        } else if (type <= EVENT_write) {
            error = wt_wasi_table_look(w->c->w, load32le(s + 16), RIGHT_poll_fd_readwrite, &f);
            if (error == E_success) {
                f->users++;
                w->fds[i] = f;
                if (f->fs == &wt_osfs_host)
                    w->polls[w->poll_count++] =
                        (OsPoll){.file = f->file, .write = type == EVENT_write};
                else
                    w->wait = 0; /* files in memory are always ready */
            }
        }
        if (error != E_success)
            put_event(w, s, error, type, 0, false);
    }
}

/* Second pass, in the same order: what is ready, and the clocks that are over. */
static void collect(Waiting *w, uint64_t waited) {
    size_t p = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        const uint8_t *s = subscription(w, i);
        uint8_t type = s[8];
        uint64_t ns;
        const Fd *f = w->fds[i];
        if (type == EVENT_clock) {
            if (clock_wait(w, s, &ns) == E_success) {
                bool absolute = load16le(s + 16 + (w->c->unstable ? 8 : 0) + 24) & 1;
                if (absolute ? ns == 0 : ns <= waited)
                    put_event(w, s, E_success, type, 0, false);
            }
            continue;
        }
        if (!f)
            continue;
        static const OsPoll ready = {.ready = true};
        const OsPoll *poll = f->fs == &wt_osfs_host ? &w->polls[p++] : &ready;
        OsStat st = {0};
        uint64_t position = 0, bytes = 1;
        if (f->type == OS_TYPE_regular && f->fs->stat(f->file, &st) == OS_OK &&
            f->fs->seek(f->file, 0, OS_SEEK_current, &position) == OS_OK)
            bytes = type == EVENT_read && st.size > position ? st.size - position : 0;
        if (poll->error != OS_OK)
            put_event(w, s, wt_wasi_errno(poll->error), type, 0, false);
        else if (poll->ready)
            put_event(w, s, E_success, type, bytes, poll->hangup);
    }
}

/* With fixed clocks nobody sleeps: what is not ready now is late, and the clocks go on. */
static OsError wait_fixed(Waiting *w) {
    OsError failed = wt_osfs_poll(w->polls, w->poll_count, 0);
    collect(w, 0);
    if (failed == OS_OK && !w->written) {
        wt_wasi_pass_time(w->c->w, w->wait);
        collect(w, w->wait);
    }
    return failed;
}

/* Again when woken early, by a signal or a coarse timer, or to see an interrupt. */
static OsError wait_for_all(Waiting *w) {
    Store *s = w->c->store;
    gather(w);
    if (w->written) /* errors are told at once, with what is ready by now */
        w->wait = 0;
    if (w->c->w->fixed && w->wait != UINT64_MAX)
        return wait_fixed(w);
    uint64_t start = wt_os_now(), waited = 0;
    uint64_t most = s->limits.interruptible ? INTERRUPT_WAIT : UINT64_MAX;
    OsError failed;
    world_unlock(w->c);
    do {
        uint64_t wait = w->wait == UINT64_MAX ? w->wait : w->wait > waited ? w->wait - waited : 0;
        failed = wt_osfs_poll(w->polls, w->poll_count, WT_MIN(wait, most));
        waited = wt_os_now() - start;
        world_lock(w->c); /* files in memory are the world's */
        collect(w, waited);
        world_unlock(w->c);
    } while (failed == OS_OK && !w->written && meter_poll(s) == TRAP_none);
    world_lock(w->c);
    return failed;
}

Errno wt_wasi_poll_oneoff(Call *c) {
    Waiting w = {.c = c,
                 .count = call_u32(c, 2),
                 .size = c->unstable ? 56 : SUBSCRIPTION,
                 .wait = UINT64_MAX};
    if (w.count == 0)
        return E_inval;
    w.subscriptions = guest_bytes(c, call_u32(c, 0), (uint64_t)w.count * w.size);
    w.events = guest_bytes(c, call_u32(c, 1), (uint64_t)w.count * EVENT);
    uint8_t *result = guest_bytes(c, call_u32(c, 3), 4);
    if (!w.subscriptions || !w.events || !result)
        return E_fault;
    if (w.count > POLL_MAX)
        return E_nomem;
    /* Events may lie over the subscriptions: those are read from a copy. */
    size_t size = w.count * w.size, polls_size = w.count * sizeof *w.polls,
           fds_size = w.count * sizeof *w.fds;
    uint8_t *copy = allocator_get(&c->w->allocator, size);
    w.polls = allocator_get(&c->w->allocator, polls_size);
    w.fds = allocator_get(&c->w->allocator, fds_size);
    OsError failed = OS_out_of_memory;
    if (copy && w.polls && w.fds) {
        memcpy(copy, w.subscriptions, size);
        memset(w.fds, 0, fds_size);
        w.subscriptions = copy;
        failed = wait_for_all(&w);
        for (uint32_t i = 0; i < w.count; i++)
            if (w.fds[i])
                wt_wasi_fd_release(c->w, w.fds[i]);
    }
    allocator_free(&c->w->allocator, w.fds, fds_size);
    allocator_free(&c->w->allocator, w.polls, polls_size);
    allocator_free(&c->w->allocator, copy, size);
    if (failed == OS_OK)
        store32le(result, w.written);
    return wt_wasi_errno(failed);
}

bool wt_wasi_wait(const Call *c, const Fd *f, bool write) {
    Store *s = c->store;
    OsPoll poll = {.file = f->file, .write = write};
    uint64_t most = s->limits.interruptible ? INTERRUPT_WAIT : UINT64_MAX;
    while (meter_poll(s) == TRAP_none) {
        if (wt_osfs_poll(&poll, 1, most) != OS_OK)
            return false;
        if (poll.error != OS_OK || poll.ready)
            return true;
    }
    return false;
}

bool wt_wasi_take_stream(const Call *c, Fd *f, bool write) {
    while (wt_wasi_wait(c, f, write) || meter_poll(c->store) == TRAP_none) {
        OsPoll poll = {.file = f->file, .write = write};
        if (!c->w->threaded)
            return true;
        if (atomic_exchange(&f->busy, true)) {
            wt_os_sleep(0); /* it will not be ready then, or free again */
            continue;
        }
        if (wt_osfs_poll(&poll, 1, 0) != OS_OK || poll.error != OS_OK || poll.ready)
            return true;
        wt_wasi_leave_stream(c, f);
    }
    return false;
}

void wt_wasi_leave_stream(const Call *c, Fd *f) {
    if (c->w->threaded)
        atomic_store(&f->busy, false);
}
