/* run/shared.c with real threads: who waits and who is woken, time that passes, growth while others
   read and write, and wasm in as many stores as threads. Meant for the thread sanitizer too. */
#include "check.h"
#include "interp/loop.h"
#include "run/call.h"
#include "run/memory.h"
#include "text/parse.h"
#include "valid/valid.h"

enum { MILLI = 1000000, CROWD = 6 };

static const Limits four_pages = {
    .min = 1, .max = 4, .has_max = true, .shared = true, .page_log2 = 16};
static const uint64_t no_bound = UINT64_MAX;

static _Atomic(uint32_t) *cell(SharedMem *m, uint64_t at) { return (void *)(m->base + at); }

/* ---- one thread ---- */

static void limits(void) {
    SharedMem *m = wt_shared_new(&wt_base_malloc, &four_pages, no_bound);
    if (!CHECK(m != NULL))
        return;
    uint8_t *base = m->base;
    CHECK_EQ_INT(shared_len(m), 65536);
    CHECK(m->reserved >= 4 * 65536);
    CHECK_EQ_INT(wt_shared_grow(m, 1, no_bound), 1);
    CHECK_EQ_INT(wt_shared_grow(m, 0, no_bound), 2);
    CHECK(wt_shared_grow(m, 3, no_bound) == UINT64_MAX);
    CHECK(wt_shared_grow(m, UINT64_MAX, no_bound) == UINT64_MAX);
    CHECK(wt_shared_grow(m, 1, 2 * 65536) == UINT64_MAX); /* a store that allows less */
    CHECK_EQ_INT(wt_shared_grow(m, 2, no_bound), 2);
    CHECK(m->base == base);
    base[4 * 65536 - 1] = 1;
    CHECK_EQ_INT(base[65536], 0);
    wt_shared_hold(m);
    wt_shared_release(m);
    CHECK_EQ_INT(shared_len(m), 4 * 65536);
    wt_shared_release(m);
    wt_shared_release(NULL);
}

static void odd_limits(void) {
    Limits none = {.has_max = true, .shared = true, .page_log2 = 16};
    SharedMem *m = wt_shared_new(&wt_base_malloc, &none, no_bound);
    CHECK(m && shared_len(m) == 0 && wt_shared_grow(m, 1, no_bound) == UINT64_MAX);
    wt_shared_release(m);
    Limits bytes = {.min = 3, .max = 100, .has_max = true, .shared = true};
    m = wt_shared_new(&wt_base_malloc, &bytes, no_bound);
    CHECK(m && wt_shared_grow(m, 97, no_bound) == 3 && shared_len(m) == 100);
    wt_shared_release(m);
    /* More than any address space: less is reserved. */
    Limits huge = {.min = 1,
                   .max = (uint64_t)1 << 48,
                   .has_max = true,
                   .is64 = true,
                   .shared = true,
                   .page_log2 = 16};
    m = wt_shared_new(&wt_base_malloc, &huge, no_bound);
    CHECK(m && shared_len(m) == 65536 && m->reserved >= 65536);
    wt_shared_release(m);
    huge.min = huge.max;
    CHECK(!wt_shared_new(&wt_base_malloc, &huge, no_bound));
    CHECK(!wt_shared_new(&wt_base_malloc, &four_pages, 65535));
}

static void waits_alone(void) {
    SharedMem *m = wt_shared_new(&wt_base_malloc, &four_pages, no_bound);
    if (!CHECK(m != NULL))
        return;
    atomic_store(cell(m, 8), 5);
    CHECK_EQ_INT(wt_shared_wait(m, 8, 4, 4, -1, NULL), WAIT_not_equal);
    CHECK_EQ_INT(wt_shared_wait(m, 8, 8, (uint64_t)1 << 32 | 5, -1, NULL), WAIT_not_equal);
    CHECK_EQ_INT(wt_shared_wait(m, 8, 4, 5, 0, NULL), WAIT_timed_out);
    uint64_t start = wt_os_now();
    CHECK_EQ_INT(wt_shared_wait(m, 8, 8, 5, 20 * MILLI, NULL), WAIT_timed_out);
    CHECK(wt_os_now() - start >= 20 * MILLI);
    CHECK_EQ_INT(wt_shared_notify(m, 8, UINT32_MAX), 0);
    for (unsigned i = 0; i < SHARED_queues; i++)
        CHECK(!m->queue[i]);
    wt_shared_release(m);
}

static void *no_memory(void *user, void *old, size_t old_size, size_t new_size) {
    (void)user;
    (void)old;
    (void)old_size;
    (void)new_size;
    return NULL;
}

static void out_of_memory(void) {
    Allocator none = {no_memory, NULL};
    CHECK(!wt_shared_new(&none, &four_pages, no_bound));
}

/* ---- waiting ---- */

typedef struct Sleeper {
    OsThread thread;
    SharedMem *memory;
    uint64_t at;
    unsigned size;
    const atomic_uint *stop;
    WaitEnd end;
} Sleeper;

static void sleep_once(void *user) {
    Sleeper *s = user;
    s->end = wt_shared_wait(s->memory, s->at, s->size, 0, -1, s->stop);
}

static bool start_sleeper(Sleeper *s, SharedMem *m, uint64_t at, unsigned size,
                          const atomic_uint *stop) {
    *s = (Sleeper){.memory = m, .at = at, .size = size, .stop = stop};
    return CHECK(wt_os_thread_start(&s->thread, 0, sleep_once, s) == OS_OK);
}

static unsigned queued(SharedMem *m, uint64_t at) {
    unsigned n = 0;
    wt_os_mutex_lock(&m->lock);
    for (unsigned i = 0; i < SHARED_queues; i++)
        for (Waiter *w = m->queue[i]; w; w = w->next)
            n += w->at == at;
    wt_os_mutex_unlock(&m->lock);
    return n;
}

static void await_queued(SharedMem *m, uint64_t at, unsigned n) {
    while (queued(m, at) != n)
        wt_os_sleep(MILLI / 10);
}

/* Some wait at one address, in rising order, and one at another. */
static void wake_counts(void) {
    SharedMem *m = wt_shared_new(&wt_base_malloc, &four_pages, no_bound);
    if (!CHECK(m != NULL))
        return;
    Sleeper crowd[CROWD], other;
    for (unsigned i = 0; i < CROWD; i++) {
        if (!start_sleeper(&crowd[i], m, 64, i % 2 ? 8 : 4, NULL))
            return;
        await_queued(m, 64, i + 1);
    }
    if (!start_sleeper(&other, m, 128, 4, NULL))
        return;
    await_queued(m, 128, 1);
    CHECK_EQ_INT(wt_shared_notify(m, 64, 0), 0);
    CHECK_EQ_INT(wt_shared_notify(m, 68, UINT32_MAX), 0);
    CHECK_EQ_INT(wt_shared_notify(m, 64, 2), 2);
    wt_os_thread_join(&crowd[0].thread); /* the first two, nobody else */
    wt_os_thread_join(&crowd[1].thread);
    CHECK_EQ_INT(queued(m, 64), CROWD - 2);
    CHECK_EQ_INT(wt_shared_notify(m, 64, 1), 1);
    wt_os_thread_join(&crowd[2].thread);
    CHECK_EQ_INT(wt_shared_notify(m, 64, UINT32_MAX), CROWD - 3);
    for (unsigned i = 3; i < CROWD; i++)
        wt_os_thread_join(&crowd[i].thread);
    CHECK_EQ_INT(queued(m, 128), 1);
    CHECK_EQ_INT(wt_shared_notify(m, 128, 9), 1);
    wt_os_thread_join(&other.thread);
    for (unsigned i = 0; i < CROWD; i++)
        CHECK_EQ_INT(crowd[i].end, WAIT_notified);
    CHECK_EQ_INT(other.end, WAIT_notified);
    CHECK_EQ_INT(wt_shared_notify(m, 64, 9), 0);
    wt_shared_release(m);
}

/* One is stopped, the other in the same queue is not. */
static void interrupted(void) {
    SharedMem *m = wt_shared_new(&wt_base_malloc, &four_pages, no_bound);
    Sleeper stopped, other;
    atomic_uint stop = 0;
    if (!CHECK(m != NULL) || !start_sleeper(&stopped, m, 64, 4, &stop))
        return;
    await_queued(m, 64, 1);
    if (!start_sleeper(&other, m, 64, 4, NULL))
        return;
    await_queued(m, 64, 2);
    atomic_store(&stop, 1);
    wt_os_thread_join(&stopped.thread);
    CHECK_EQ_INT(stopped.end, WAIT_interrupted);
    CHECK_EQ_INT(wt_shared_wait(m, 64, 4, 0, -1, &stop), WAIT_interrupted);
    /* Who asks for a sample does not stop anything. */
    atomic_store(&stop, METER_sample);
    CHECK_EQ_INT(wt_shared_wait(m, 64, 4, 0, 5 * MILLI, &stop), WAIT_timed_out);
    CHECK_EQ_INT(wt_shared_notify(m, 64, 9), 1);
    wt_os_thread_join(&other.thread);
    CHECK_EQ_INT(other.end, WAIT_notified);
    wt_shared_release(m);
}

/* ---- wasm in several threads ---- */

static const char worker_text[] =
    "(module (import \"env\" \"memory\" (memory 1 4 shared))"
    /* a lock made of wait and notify, around a plain counter at 4 */
    " (func $lock (block $done (loop $again"
    "   (br_if $done (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))"
    "   (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))"
    "   (br $again))))"
    " (func $unlock"
    "   (i32.atomic.store (i32.const 0) (i32.const 0))"
    "   (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))"
    " (func (export \"count\") (param $n i32) (result i32)"
    "   (loop $again"
    "     (call $lock)"
    "     (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))"
    "     (call $unlock)"
    "     (drop (i64.atomic.rmw.add (i32.const 8) (i64.const 1)))"
    /* a race that the program wants */
    "     (i32.store (i32.const 24) (i32.add (i32.load (i32.const 24)) (local.get $n)))"
    "     (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "   (i32.const 0))"
    /* waits for the memory to have n pages, then uses the last word by every kind of access */
    " (func (export \"follow\") (param $n i32) (result i32) (local $at i32)"
    "   (local.set $at (i32.sub (i32.mul (local.get $n) (i32.const 65536)) (i32.const 64)))"
    "   (loop $again (br_if $again (i32.lt_u (i32.atomic.load (i32.const 16)) (local.get $n))))"
    "   (i32.store (local.get $at) (i32.const 1))"
    "   (i32.store offset=4 (i32.add (local.get $at) (local.get $n)) (local.get $n))"
    "   (drop (i32.atomic.rmw.add (local.get $at) (i32.const 2)))"
    "   (memory.fill (i32.add (local.get $at) (i32.const 32)) (i32.const 7) (i32.const 32))"
    "   (memory.copy (i32.add (local.get $at) (i32.const 16)) (i32.add (local.get $at)"
    "     (i32.const 32)) (i32.const 16))"
    "   (v128.store (local.get $at) (v128.load (i32.add (local.get $at) (i32.const 16))))"
    "   (i32.add (i32.load8_u offset=63 (local.get $at)) (memory.size)))"
    " (func (export \"grow\") (param $n i32) (result i32)"
    "   (loop $again"
    "     (drop (memory.grow (i32.const 1)))"
    "     (i32.atomic.store (i32.const 16) (memory.size))"
    "     (br_if $again (i32.lt_u (memory.size) (local.get $n))))"
    "   (memory.size)))";

static bool give_memory(void *user, const Import *import, Extern *out) {
    (void)import;
    *out = (Extern){.kind = EXTERN_memory, .memory = user};
    return true;
}

typedef struct Worker {
    OsThread thread;
    const Module *module;
    SharedMem *memory;
    const char *name;
    uint32_t argument, result;
    bool ok;
} Worker;

/* A store of its own for each thread. */
static void work_in_store(void *user) {
    Worker *w = user;
    Store *s = wt_store_new(&wt_base_malloc, &wt_interp_tier, NULL);
    MemInst *m = s ? wt_memory_share(s, w->memory) : NULL;
    Code *code = m ? wt_code_new(s, w->module) : NULL;
    LinkError error;
    Instance *in = code ? wt_instance_new(s, code, give_memory, m, &error) : NULL;
    Extern e;
    Value v = w->argument, r = 0;
    w->ok = in && wt_memory_share(s, w->memory) == m &&
            wt_instance_export(in, slice_str(w->name), &e) && wt_call(s, e.func, &v, &r);
    w->result = (uint32_t)r;
    wt_store_free(s);
}

static bool start_worker(Worker *w, const Module *module, SharedMem *m, const char *name,
                         uint32_t argument) {
    *w = (Worker){.module = module, .memory = m, .name = name, .argument = argument};
    return CHECK(wt_os_thread_start(&w->thread, 0, work_in_store, w) == OS_OK);
}

static uint32_t finish_worker(Worker *w) {
    wt_os_thread_join(&w->thread);
    CHECK(w->ok);
    return w->result;
}

static void stores_in_threads(void) {
    Module module;
    Diag d;
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    wt_module_init(&module, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    SharedMem *m = wt_shared_new(&wt_base_malloc, &four_pages, no_bound);
    bool ok = CHECK(m && wt_text_parse(&module, slice_str(worker_text), &d)) &&
              CHECK(wt_valid_module(&module, 1, &d));
    Worker w[4];
    for (unsigned i = 0; ok && i < 4; i++)
        ok = start_worker(&w[i], &module, m, "count", 2000);
    for (unsigned i = 0; ok && i < 4; i++)
        finish_worker(&w[i]);
    if (ok) {
        CHECK_EQ_INT(atomic_load(cell(m, 4)), 8000);
        CHECK_EQ_INT(atomic_load(cell(m, 8)), 8000);
        for (uint32_t i = 0; ok && i < 3; i++)
            ok = start_worker(&w[i], &module, m, "follow", i + 2);
    }
    if (ok && start_worker(&w[3], &module, m, "grow", 4)) {
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t r = finish_worker(&w[i]);
            CHECK(r >= 7 + i + 2 && r <= 7 + 4);
        }
        CHECK_EQ_INT(finish_worker(&w[3]), 4);
    }
    wt_shared_release(m);
    wt_module_free(&module);
    wt_diag_free(&d);
}

/* ---- lengths that are old ---- */

/* The first access to a second page that this store has not heard of; $p is 65536. Memory $n is the
   same, by the forms for memories that are not the first. */
static const char *const first_accesses[] = {
    "(drop (i32.load (local.get $p)))",
    "(drop (f64.load offset=8 (local.get $p)))",
    "(drop (i64.load8_u (i32.add (local.get $p) (local.get $z))))",
    "(drop (i32.load16_s (i32.add (local.get $p) (i32.const 16))))",
    "(drop (f32.load (i32.mul (local.get $p) (i32.const 1))))",
    "(i32.store (local.get $p) (i32.const 7))",
    "(i64.store (local.get $p) (i64.load (i32.const 8)))",
    "(i32.store (i32.mul (local.get $p) (i32.const 1)) (local.get $p))",
    "(f64.store (i32.add (local.get $p) (i32.const 16)) (f64.load (i32.const 16)))",
    "(i32.store8 (i32.add (local.get $p) (local.get $z)) (i32.const 1))",
    "(drop (i32.load $n (local.get $p)))",
    "(i64.store16 $n offset=2 (local.get $p) (i64.const -1))",
    "(drop (v128.load (local.get $p)))",
    "(v128.store (local.get $p) (v128.load (i32.const 0)))",
    "(v128.store (i32.const 0) (v128.load (local.get $p)))",
    "(drop (i32x4.add (v128.load (i32.const 0)) (v128.load (local.get $p))))",
    "(drop (v128.load8_lane 3 (local.get $p) (v128.load (i32.const 0))))",
    "(v128.store32_lane $n 1 (local.get $p) (v128.load (i32.const 0)))",
    "(memory.fill (local.get $p) (i32.const 1) (i32.const 65536))",
    "(memory.copy (i32.const 0) (local.get $p) (i32.const 65536))",
    "(memory.copy $n $m (local.get $p) (i32.const 0) (i32.const 1))",
    "(memory.init $d (local.get $p) (i32.const 0) (i32.const 4))",
    "(drop (i32.atomic.load (local.get $p)))",
    "(i64.atomic.store (local.get $p) (i64.const 1))",
    "(drop (i64.atomic.rmw16.xchg_u $n (local.get $p) (i64.const 1)))",
    "(drop (i32.atomic.rmw.cmpxchg (local.get $p) (i32.const 0) (i32.const 1)))",
    "(drop (memory.atomic.notify (local.get $p) (i32.const 1)))",
    "(drop (memory.atomic.wait32 (local.get $p) (i32.const 1) (i64.const 0)))",
};

static void first_access(const char *body) {
    Buf text;
    wt_buf_init(&text, &wt_base_malloc);
    wt_buf_printf(&text,
                  "(module (import \"e\" \"m\" (memory $m 1 2 shared))"
                  " (import \"e\" \"m\" (memory $n 1 2 shared)) (data $d \"abcd\")"
                  " (func (export \"f\") (param $p i32) (local $z i32) %s))",
                  body);
    Module module;
    Diag d;
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    wt_module_init(&module, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    Limits two = four_pages;
    two.max = 2;
    SharedMem *m = wt_shared_new(&wt_base_malloc, &two, no_bound);
    Store *s = wt_store_new(&wt_base_malloc, &wt_interp_tier, NULL);
    MemInst *memory = m && s ? wt_memory_share(s, m) : NULL;
    if (CHECK(memory && wt_text_parse(&module, slice(text.data, text.len), &d)) &&
        CHECK(wt_valid_module(&module, 1, &d))) {
        LinkError error;
        Code *code = wt_code_new(s, &module);
        Instance *in = code ? wt_instance_new(s, code, give_memory, memory, &error) : NULL;
        Extern e;
        Value p = 65536;
        if (CHECK(in && wt_instance_export(in, slice_str("f"), &e))) {
            CHECK(!wt_call(s, e.func, &p, NULL));
            CHECK_EQ_INT(s->trap.code, TRAP_out_of_bounds_memory);
            CHECK_EQ_INT(wt_shared_grow(m, 1, no_bound), 1);
            CHECK_EQ_INT(memory->len, 65536);
            CHECK(wt_call(s, e.func, &p, NULL));
            CHECK_EQ_INT(memory->len, 2 * 65536);
            p = 2 * 65536;
            CHECK(!wt_call(s, e.func, &p, NULL));
            CHECK_EQ_INT(s->trap.code, TRAP_out_of_bounds_memory);
        }
    }
    wt_store_free(s);
    wt_shared_release(m);
    wt_module_free(&module);
    wt_diag_free(&d);
    wt_buf_free(&text);
}

int main(void) {
    for (size_t i = 0; i < WT_COUNT(first_accesses); i++) {
        check_begin(first_accesses[i]);
        first_access(first_accesses[i]);
        check_end();
    }
    CHECK_CASE(limits);
    CHECK_CASE(odd_limits);
    CHECK_CASE(waits_alone);
    CHECK_CASE(out_of_memory);
    CHECK_CASE(wake_counts);
    CHECK_CASE(interrupted);
    CHECK_CASE(stores_in_threads);
    return check_done();
}
