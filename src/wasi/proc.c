/* Arguments, variables, clocks, random bytes, signals. */
#include "run/meter.h"
#include "wasi/inside.h"

/* Between two pieces an interrupt is seen. Up to RANDOM_few bytes a thread holds the world. */
enum { RANDOM_piece = 1 << 20, RANDOM_few = 1024 };

/* Writes the pointers and, at `bytes_at`, the texts with a NUL each. */
static Errno put_texts(const Call *c, const TextVec *v) {
    uint32_t pointers_at = call_u32(c, 0), bytes_at = call_u32(c, 1);
    uint8_t *pointers = guest_bytes(c, pointers_at, (uint64_t)v->count * 4);
    uint8_t *bytes = guest_bytes(c, bytes_at, v->bytes);
    if (!pointers || !bytes)
        return E_fault;
    uint32_t at = bytes_at;
    for (size_t i = 0; i < v->count; i++) {
        store32le(pointers + 4 * i, at);
        memcpy(bytes + (at - bytes_at), v->items[i].data, v->items[i].len + 1);
        at += (uint32_t)v->items[i].len + 1;
    }
    return E_success;
}

static Errno put_sizes(const Call *c, const TextVec *v) {
    uint8_t *count = guest_bytes(c, call_u32(c, 0), 4), *bytes = guest_bytes(c, call_u32(c, 1), 4);
    if (!count || !bytes)
        return E_fault;
    store32le(count, (uint32_t)v->count);
    store32le(bytes, (uint32_t)v->bytes);
    return E_success;
}

Errno wt_wasi_args_get(Call *c) { return put_texts(c, &c->w->arguments); }
Errno wt_wasi_args_sizes_get(Call *c) { return put_sizes(c, &c->w->arguments); }
Errno wt_wasi_environ_get(Call *c) { return put_texts(c, &c->w->variables); }
Errno wt_wasi_environ_sizes_get(Call *c) { return put_sizes(c, &c->w->variables); }

/* The clock ids of the specification are in the order of OsClock. */
static bool clock_known(uint32_t id) { return id <= OS_CLOCK_thread_cpu; }

/* ---- fixed clocks and random bytes ---- */

enum { FIXED_STEP = 1000 };                            /* ns, for each look at a clock */
#define FIXED_EPOCH (UINT64_C(946684800) * 1000000000) /* the year 2000 */
#define FIXED_LAST (UINT64_C(1) << 62)

void wt_wasi_set_fixed(Wasi *w, uint64_t seed) {
    w->fixed = true;
    atomic_init(&w->fixed_now, 0);
    atomic_init(&w->fixed_seed, seed);
}

void wt_wasi_pass_time(Wasi *w, uint64_t ns) {
    uint64_t now = atomic_load(&w->fixed_now);
    while (!atomic_compare_exchange_weak(&w->fixed_now, &now,
                                         ns < FIXED_LAST - now ? now + ns : FIXED_LAST))
        continue;
}

OsError wt_wasi_now(Wasi *w, OsClock clock, uint64_t *ns) {
    if (!w->fixed)
        return wt_os_clock_now(clock, ns);
    wt_wasi_pass_time(w, FIXED_STEP);
    *ns = atomic_load(&w->fixed_now) + (clock == OS_CLOCK_realtime ? FIXED_EPOCH : 0);
    return OS_OK;
}

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
static uint64_t fixed_random(Wasi *w) {
    uint64_t step = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = atomic_fetch_add(&w->fixed_seed, step) + step;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void fixed_bytes(const Call *c, uint8_t *out, size_t len) {
    for (size_t i = 0; i < len; i += 8) {
        if (i % RANDOM_piece == 0 && meter_poll(c->store) != TRAP_none)
            return;
        uint8_t eight[8];
        store64le(eight, fixed_random(c->w));
        memcpy(out + i, eight, WT_MIN(len - i, (size_t)8));
    }
}

/* ---- clocks ---- */

Errno wt_wasi_clock_res_get(Call *c) {
    uint8_t *out = guest_bytes(c, call_u32(c, 1), 8);
    uint64_t ns = 0;
    if (!clock_known(call_u32(c, 0)))
        return E_inval;
    if (!out)
        return E_fault;
    OsError error = OS_OK;
    if (c->w->fixed)
        ns = FIXED_STEP;
    else
        error = wt_os_clock_resolution((OsClock)call_u32(c, 0), &ns);
    store64le(out, ns ? ns : 1);
    return wt_wasi_errno(error);
}

Errno wt_wasi_clock_time_get(Call *c) {
    uint8_t *out = guest_bytes(c, call_u32(c, 2), 8);
    uint64_t ns = 0;
    if (!clock_known(call_u32(c, 0)))
        return E_inval;
    if (!out)
        return E_fault;
    OsError error = wt_wasi_now(c->w, (OsClock)call_u32(c, 0), &ns);
    store64le(out, ns);
    return wt_wasi_errno(error);
}

/* From the world's own generator. */
static OsError random_held(const Call *c, uint8_t *out, uint32_t len) {
    Wasi *w = c->w;
    OsError error = OS_OK;
    if (!w->random_open)
        wt_os_random_open(&w->random);
    w->random_open = true;
    for (uint32_t n; len && error == OS_OK && meter_poll(c->store) == TRAP_none; len -= n) {
        n = WT_MIN(len, (uint32_t)RANDOM_piece);
        error = wt_os_random_next(&w->random, out, n);
        out += n;
    }
    return error;
}

/* From the system's, so that other threads go on meanwhile. */
static OsError random_unlocked(const Call *c, uint8_t *out, uint32_t len) {
    OsError error = OS_OK;
    world_unlock(c);
    for (uint32_t n; len && error == OS_OK && meter_poll(c->store) == TRAP_none; len -= n) {
        n = WT_MIN(len, (uint32_t)RANDOM_piece);
        error = wt_os_random(out, n);
        out += n;
    }
    world_lock(c);
    return error;
}

Errno wt_wasi_random_get(Call *c) {
    uint32_t len = call_u32(c, 1);
    uint8_t *out = guest_bytes(c, call_u32(c, 0), len);
    if (!out)
        return E_fault;
    if (c->w->fixed) {
        fixed_bytes(c, out, len);
        return E_success;
    }
    return wt_wasi_errno(c->w->threaded && len > RANDOM_few ? random_unlocked(c, out, len)
                                                            : random_held(c, out, len));
}

Errno wt_wasi_sched_yield(Call *c) {
    if (c->w->threaded)
        wt_os_sleep(0);
    return E_success;
}

/* proc_exit has a door of its own (wasi.c): this is never called. */
Errno wt_wasi_proc_exit(Call *c) {
    (void)c;
    return E_success;
}

/* Nobody can handle a signal here, so each does what it does by default: it ends the program
   (enter_raise in wasi.c, before this), is ignored, or would stop the process, which cannot be. */
enum {
    SIGNAL_ignored =
        1u << 0 | 1u << 16 | 1u << 17 | 1u << 22 | 1u << 27, /* none chld cont urg winch */
    SIGNAL_stopping = 15u << 18,                             /* stop tstp ttin ttou */
    SIGNAL_last = 30,
};

Errno wt_wasi_proc_raise(Call *c) {
    uint32_t signal = call_u32(c, 0);
    return signal > SIGNAL_last ? E_inval : SIGNAL_stopping >> signal & 1 ? E_notsup : E_success;
}

bool wt_wasi_signal_ends(uint32_t signal) {
    return signal <= SIGNAL_last && !((SIGNAL_ignored | SIGNAL_stopping) >> signal & 1);
}
