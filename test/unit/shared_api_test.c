/* Shared memories through wattle.h, by real threads with a store each: one linker and one module
   for all, waiting on both sides, interruption, growth, owners that go in any order, and every
   allocation failing in turn. Meant for the thread sanitizer too. */
#define WATTLE_UNSTABLE
#include "base/os.h"
#include "check.h"
#include "wattle.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { WORKERS = 4, ROUNDS = 500, MILLI = 1000000 };

static const wattle_limits four_pages = {
    .min = 1, .max = 4, .has_max = true, .shared = true, .page_log2 = 16};

static wattle_engine *engine_of(const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    config.allocator = allocator;
    config.threads = 1;
    return wattle_engine_new(&config);
}

static wattle_module *module_from(wattle_engine *engine, const char *text) {
    wattle_module *module = NULL;
    CHECK_EQ_INT(wattle_module_new(engine, text, strlen(text), &module, NULL), WATTLE_OK);
    return module;
}

static wattle_shared_memory *new_shared(wattle_engine *engine) {
    wattle_shared_memory *m = NULL;
    CHECK_EQ_INT(wattle_shared_memory_new(engine, &four_pages, &m), WATTLE_OK);
    return m;
}

static _Atomic(uint32_t) *word(const wattle_shared_memory *m, size_t at) {
    size_t size;
    uint8_t *bytes = wattle_shared_memory_data(m, &size);
    return (void *)(bytes + at);
}

/* ---- one thread ---- */

static void misuse(void) {
    wattle_engine *engine = engine_of(NULL), *other = engine_of(NULL);
    wattle_limits bad = four_pages;
    wattle_shared_memory *m;
    bad.shared = false;
    CHECK_EQ_INT(wattle_shared_memory_new(engine, &bad, &m), WATTLE_USAGE);
    bad.shared = true;
    bad.has_max = false;
    CHECK_EQ_INT(wattle_shared_memory_new(engine, &bad, &m), WATTLE_USAGE);
    CHECK(m == NULL);
    m = new_shared(engine);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 2, 4, 0, 0), WATTLE_WAIT_WRONG);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 4, 8, 0, 0), WATTLE_WAIT_WRONG);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 0, 2, 0, 0), WATTLE_WAIT_WRONG);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 65536, 4, 0, 0), WATTLE_WAIT_WRONG);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 65532, 4, 0, 0), WATTLE_WAIT_TIMED_OUT);
    CHECK_EQ_INT(wattle_shared_memory_wait(m, 0, 8, 1, -1), WATTLE_WAIT_NOT_EQUAL);
    CHECK_EQ_INT(wattle_shared_memory_notify(m, 65536, 1), 0);
    CHECK_EQ_INT(wattle_shared_memory_notify(m, 0, 1), 0);

    wattle_store *s = wattle_store_new(other, NULL);
    wattle_memory h, again;
    CHECK_EQ_INT(wattle_shared_memory_in(s, m, &h), WATTLE_USAGE);
    wattle_store_free(s);
    s = wattle_store_new(engine, NULL);
    CHECK_EQ_INT(wattle_shared_memory_in(s, m, &h), WATTLE_OK);
    CHECK_EQ_INT(wattle_shared_memory_in(s, m, &again), WATTLE_OK);
    CHECK(h.index == again.index && h.store == again.store);
    wattle_limits alone = {.min = 1, .page_log2 = 16};
    wattle_shared_memory *none;
    wattle_memory private;
    CHECK_EQ_INT(wattle_memory_new(s, &alone, &private), WATTLE_OK);
    CHECK_EQ_INT(wattle_memory_share(s, private, &none), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_memory_share(s, (wattle_memory){0}, &none), WATTLE_USAGE);
    CHECK(none == NULL);
    wattle_store_free(s);
    wattle_shared_memory_free(m);
    wattle_shared_memory_free(NULL);
    wattle_engine_free(engine);
    wattle_engine_free(other);
}

static void growth(void) {
    wattle_engine *engine = engine_of(NULL);
    wattle_shared_memory *m = new_shared(engine);
    wattle_store *a = wattle_store_new(engine, NULL), *b = wattle_store_new(engine, NULL);
    wattle_memory in_a, in_b;
    size_t size;
    uint64_t old;
    CHECK_EQ_INT(wattle_shared_memory_in(a, m, &in_a), WATTLE_OK);
    CHECK_EQ_INT(wattle_shared_memory_in(b, m, &in_b), WATTLE_OK);
    void *bytes = wattle_shared_memory_data(m, &size);
    CHECK_EQ_INT(size, 65536);
    CHECK_EQ_INT(wattle_memory_grow(a, in_a, 1, &old), WATTLE_OK);
    CHECK_EQ_INT(old, 1);
    CHECK_EQ_INT(wattle_shared_memory_grow(m, 1, &old), WATTLE_OK);
    CHECK_EQ_INT(old, 2);
    CHECK_EQ_INT(wattle_shared_memory_grow(m, 2, NULL), WATTLE_LIMIT);
    CHECK_EQ_INT(wattle_memory_pages(b, in_b), 3);
    CHECK_EQ_INT(wattle_memory_limits(b, in_b).min, 3);
    CHECK_EQ_INT(wattle_shared_memory_limits(m).min, 3);
    CHECK(wattle_shared_memory_limits(m).shared && wattle_shared_memory_limits(m).max == 4);
    CHECK(wattle_memory_data(b, in_b, &size) == bytes && size == 3 * 65536);
    CHECK(wattle_memory_at(b, in_b, 3 * 65536 - 4, 4) != NULL);
    CHECK(wattle_memory_at(b, in_b, 3 * 65536 - 3, 4) == NULL);
    wattle_engine_free(engine);
    wattle_store_free(a);
    wattle_shared_memory_free(m);
    CHECK(wattle_memory_data(b, in_b, &size) == bytes);
    ((uint8_t *)bytes)[3 * 65536 - 1] = 1; /* the last owner still has it */
    wattle_store_free(b);
}

/* A memory that a module made is given to another store, and lives on when the first is gone. */
static void exported(void) {
    wattle_engine *engine = engine_of(NULL);
    wattle_module *owner = module_from(
        engine, "(module (memory (export \"m\") 1 2 shared) (data (i32.const 8) \"!\"))");
    wattle_module *user = module_from(engine, "(module (memory (import \"a\" \"b\") 1 2 shared)"
                                              " (func (export \"get\") (param i32) (result i32)"
                                              "  (i32.load8_u (local.get 0))))");
    wattle_store *a = wattle_store_new(engine, NULL), *b = wattle_store_new(engine, NULL);
    wattle_instance in_a, in_b;
    wattle_shared_memory *m;
    wattle_extern import = {.kind = WATTLE_EXTERN_MEMORY};
    wattle_memory exported_memory;
    wattle_func get;
    CHECK_EQ_INT(wattle_instance_new(a, owner, NULL, &in_a), WATTLE_OK);
    CHECK(wattle_instance_memory(a, in_a, "m", &exported_memory));
    CHECK_EQ_INT(wattle_memory_share(a, exported_memory, &m), WATTLE_OK);
    CHECK_EQ_INT(wattle_shared_memory_in(b, m, &import.of.memory), WATTLE_OK);
    wattle_shared_memory_free(m);
    wattle_store_free(a);
    CHECK_EQ_INT(wattle_instance_new_with(b, user, &import, 1, &in_b), WATTLE_OK);
    CHECK(wattle_instance_func(b, in_b, "get", &get));
    wattle_value v = WATTLE_VALUE_I32(8);
    CHECK_EQ_INT(wattle_func_call(b, get, &v, 1, &v, 1), WATTLE_OK);
    CHECK_EQ_INT(v.of.i32, '!');
    wattle_module_free(owner);
    wattle_module_free(user);
    wattle_store_free(b);
    wattle_engine_free(engine);
}

/* ---- many threads ---- */

static const char worker_text[] =
    "(module (memory (import \"env\" \"memory\") 1 4 shared)"
    /* waits for the host at 0, counts under a lock at 4, says so at 12 */
    " (func (export \"work\") (param $n i32) (result i32)"
    "   (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))"
    "   (loop $round"
    "     (block $locked (loop $again"
    "       (br_if $locked (i32.eqz"
    "         (i32.atomic.rmw.cmpxchg (i32.const 4) (i32.const 0) (i32.const 1))))"
    "       (drop (memory.atomic.wait32 (i32.const 4) (i32.const 1) (i64.const -1)))"
    "       (br $again)))"
    "     (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))"
    "     (i32.atomic.store (i32.const 4) (i32.const 0))"
    "     (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))"
    "     (br_if $round (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "   (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))"
    "   (memory.atomic.notify (i32.const 12) (i32.const 1)))"
    " (func (export \"forever\") (param i32) (result i32)"
    "   (i32.atomic.store (i32.const 16) (i32.const 1))"
    "   (memory.atomic.wait32 (i32.const 20) (i32.const 0) (i64.const -1)))"
    /* stores to each new page as soon as it is there */
    " (func (export \"follow\") (param $pages i32) (result i32) (local $at i32)"
    "   (loop $page"
    "     (local.set $at (i32.add (local.get $at) (i32.const 65536)))"
    "     (loop $spin (br_if $spin (i32.ge_u (i32.shr_u (local.get $at) (i32.const 16))"
    "       (i32.atomic.load (i32.const 24)))))"
    "     (i64.store offset=65528 (local.get $at) (i64.const 1))"
    "     (br_if $page (local.tee $pages (i32.sub (local.get $pages) (i32.const 1)))))"
    "   (memory.size)))";

typedef struct Worker {
    OsThread thread;
    wattle_engine *engine;
    wattle_module *module;
    wattle_linker *linker;
    const char *name;
    int32_t argument, result;
    wattle_status status;
    wattle_trap_code trap;
    wattle_store *_Atomic store; /* for whoever interrupts it */
    atomic_bool leave;           /* may free the store */
} Worker;

static void work(void *user) {
    Worker *w = user;
    wattle_store_config config = {.size = sizeof config, .interruptible = true};
    wattle_store *s = wattle_store_new(w->engine, &config);
    wattle_instance in;
    wattle_func f;
    wattle_value v = WATTLE_VALUE_I32(w->argument);
    w->status = wattle_instance_new(s, w->module, w->linker, &in);
    atomic_store(&w->store, s);
    if (w->status == WATTLE_OK && wattle_instance_func(s, in, w->name, &f))
        w->status = wattle_func_call(s, f, &v, 1, &v, 1);
    w->result = v.of.i32;
    w->trap = wattle_store_trap_code(s);
    while (!atomic_load(&w->leave))
        wt_os_sleep(MILLI / 10);
    wattle_store_free(s);
}

typedef struct Crew {
    wattle_engine *engine;
    wattle_module *module;
    wattle_linker *linker;
    wattle_shared_memory *memory;
} Crew;

static Crew crew_new(void) {
    Crew c = {.engine = engine_of(NULL)};
    c.module = module_from(c.engine, worker_text);
    c.linker = wattle_linker_new(c.engine);
    wattle_shared_memory *replaced = new_shared(c.engine);
    CHECK_EQ_INT(wattle_linker_define_shared_memory(c.linker, "env", "memory", replaced),
                 WATTLE_OK);
    wattle_shared_memory_free(replaced);
    c.memory = new_shared(c.engine);
    CHECK_EQ_INT(wattle_linker_define_shared_memory(c.linker, "env", "memory", c.memory),
                 WATTLE_OK);
    return c;
}

static void crew_free(Crew *c) {
    wattle_shared_memory_free(c->memory);
    wattle_linker_free(c->linker);
    wattle_module_free(c->module);
    wattle_engine_free(c->engine);
}

static bool start(Worker *w, Crew *c, const char *name, int32_t argument) {
    *w = (Worker){.engine = c->engine,
                  .module = c->module,
                  .linker = c->linker,
                  .name = name,
                  .argument = argument};
    return CHECK(wt_os_thread_start(&w->thread, 0, work, w) == OS_OK);
}

static void finish(Worker *w) {
    atomic_store(&w->leave, true);
    wt_os_thread_join(&w->thread);
}

static void counted(void) {
    Crew c = crew_new();
    Worker w[WORKERS];
    int started = 0;
    while (started < WORKERS && start(&w[started], &c, "work", ROUNDS))
        started++;
    wt_os_sleep(2 * MILLI); /* some wait already, some do not: both must do */
    atomic_store(word(c.memory, 0), 1);
    CHECK(wattle_shared_memory_notify(c.memory, 0, UINT32_MAX) <= WORKERS);
    for (uint32_t done; (done = atomic_load(word(c.memory, 12))) < (uint32_t)started;)
        CHECK(wattle_shared_memory_wait(c.memory, 12, 4, done, -1) < WATTLE_WAIT_TIMED_OUT);
    for (int i = 0; i < started; i++) {
        finish(&w[i]);
        CHECK_EQ_INT(w[i].status, WATTLE_OK);
    }
    CHECK_EQ_INT(atomic_load(word(c.memory, 8)), WORKERS * ROUNDS);
    crew_free(&c);
}

static void interrupted(void) {
    Crew c = crew_new();
    Worker w;
    if (start(&w, &c, "forever", 0)) {
        while (atomic_load(word(c.memory, 16)) == 0)
            wt_os_sleep(MILLI / 10);
        wt_os_sleep(2 * MILLI);
        wattle_store_interrupt(atomic_load(&w.store));
        finish(&w);
        CHECK_EQ_INT(w.status, WATTLE_TRAP);
        CHECK_EQ_INT(w.trap, WATTLE_TRAP_interrupt);
        CHECK_EQ_INT(wattle_shared_memory_notify(c.memory, 20, 9), 0); /* nobody is left */
    }
    crew_free(&c);
}

static void followed(void) {
    Crew c = crew_new();
    Worker w[2];
    int started = 0;
    atomic_store(word(c.memory, 24), 1);
    while (started < 2 && start(&w[started], &c, "follow", 3))
        started++;
    for (uint32_t pages = 2; pages <= 4; pages++) {
        uint64_t old;
        wt_os_sleep(MILLI);
        CHECK_EQ_INT(wattle_shared_memory_grow(c.memory, 1, &old), WATTLE_OK);
        CHECK_EQ_INT(old, pages - 1);
        atomic_store(word(c.memory, 24), pages);
    }
    for (int i = 0; i < started; i++) {
        finish(&w[i]);
        CHECK_EQ_INT(w[i].status, WATTLE_OK);
        CHECK_EQ_INT(w[i].result, 4);
    }
    CHECK_EQ_INT(atomic_load(word(c.memory, 4 * 65536 - 8)), 1);
    crew_free(&c);
}

/* ---- memory that runs out ---- */

typedef struct Budget {
    size_t left, live;
} Budget;

static void *budget_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Budget *b = user;
    if (new_size == 0) {
        b->live -= old_size;
        free(old);
        return NULL;
    }
    if (b->left == 0)
        return NULL;
    b->left--;
    void *p = realloc(old, new_size);
    if (p)
        b->live += new_size - old_size;
    return p;
}

static bool share_once(const wattle_allocator *al) {
    wattle_engine *engine = engine_of(al);
    if (!engine)
        return false;
    wattle_shared_memory *m = NULL, *same = NULL;
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_store *s = wattle_store_new(engine, NULL);
    wattle_memory h;
    bool ok = linker && s && wattle_shared_memory_new(engine, &four_pages, &m) == WATTLE_OK &&
              wattle_linker_define_shared_memory(linker, "a", "b", m) == WATTLE_OK &&
              wattle_shared_memory_in(s, m, &h) == WATTLE_OK &&
              wattle_memory_share(s, h, &same) == WATTLE_OK;
    wattle_shared_memory_free(same);
    wattle_shared_memory_free(m);
    wattle_store_free(s);
    wattle_linker_free(linker);
    wattle_engine_free(engine);
    return ok;
}

static void out_of_memory(void) {
    size_t n = 0;
    for (bool ok = false; !ok && n < 500; n++) {
        Budget b = {.left = n};
        wattle_allocator al = {budget_alloc, &b};
        ok = share_once(&al);
        if (!CHECK_EQ_INT(b.live, 0))
            return;
    }
    CHECK(n > 5 && n < 500);
}

int main(void) {
    CHECK_CASE(misuse);
    CHECK_CASE(growth);
    CHECK_CASE(exported);
    CHECK_CASE(counted);
    CHECK_CASE(interrupted);
    CHECK_CASE(followed);
    CHECK_CASE(out_of_memory);
    return check_done();
}
