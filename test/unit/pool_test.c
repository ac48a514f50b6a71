/* Pages that one store gives back and another takes (run/pool.h): nobody sees what was in them, a
   memory that had grown bounds nobody else, the pool keeps no more than it may, and threads may
   share it. Meant for the thread sanitizer too. */
#define WATTLE_UNSTABLE
#include "sides.h"

#include "base/os.h"
#include "run/pool.h"
#include "run/store.h"

#define MODULE                                                                                     \
    "(module (memory (export \"m\") 16 64)"                                                        \
    "(func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0)))"                \
    "(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"                \
    "(func $deep (export \"deep\") (param $n i32) (result i32) (local $a i64) (local $b i64)"      \
    "(if (result i32) (local.get $n)"                                                              \
    "(then (local.set $a (i64.const -1)) (local.set $b (i64.const -1))"                            \
    "(i32.add (call $deep (i32.sub (local.get $n) (i32.const 1))) (i32.wrap_i64 (i64.and"          \
    " (local.get $a) (local.get $b))))) (else (i32.const 0)))))"
enum { BYTES = 16 << 16, PAGE = 4096 };

typedef struct Guest {
    wattle_store *store;
    wattle_instance in;
    uint8_t *bytes;
    size_t size;
} Guest;

static bool guest_begins(Guest *g, wattle_engine *engine, const wattle_module *module) {
    wattle_memory m;
    g->store = wattle_store_new(engine, NULL);
    if (!CHECK(g->store && wattle_instance_new(g->store, module, NULL, &g->in) == WATTLE_OK &&
               wattle_instance_memory(g->store, g->in, "m", &m)))
        return false;
    g->bytes = wattle_memory_data(g->store, m, &g->size);
    return CHECK_EQ_INT(g->size, BYTES);
}

static wattle_status guest_call(const Guest *g, const char *name, int32_t x, int32_t *result) {
    wattle_func f;
    wattle_slot slots[1] = {{.i32 = x}};
    CHECK(wattle_instance_func(g->store, g->in, name, &f));
    wattle_status status = wattle_func_call_fast(g->store, f, slots, 1);
    *result = slots[0].i32;
    return status;
}

static size_t used_bytes(const uint8_t *p, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < size; i++)
        used += p[i] != 0;
    return used;
}

/* Writes where the bits of `where` say: a sixteenth of the memory each, and the very ends. */
static void guest_writes(const Guest *g, unsigned where) {
    for (unsigned i = 0; i < 16; i++)
        if (where >> i & 1)
            memset(g->bytes + i * (BYTES / 16), 0xA5, BYTES / 16);
    if (where & 1 << 16)
        memset(g->bytes + PAGE, 0xA5, PAGE);
    if (where & 1 << 17)
        memset(g->bytes + BYTES - 2 * PAGE, 0xA5, PAGE);
    if (where & 1 << 18)
        g->bytes[0] = g->bytes[BYTES - 1] = 1;
}

static wattle_engine *engine_side(unsigned number, wattle_module **module) {
    wattle_config config = side_config(number);
    wattle_engine *engine = wattle_engine_new(&config);
    CHECK(wattle_module_new(engine, MODULE, strlen(MODULE), module, NULL) == WATTLE_OK);
    return engine;
}

static void zero_for_the_next(unsigned number) {
    static const unsigned patterns[] = {0,      1,      0xFFFF,  1 << 16, 1 << 17, 1 << 18, 0x8000,
                                        0x8001, 0x0F0F, 0x70000, 0x7FFFF, 2,       0x40001, 0};
    wattle_module *module;
    wattle_engine *engine = engine_side(number, &module);
    for (size_t i = 0; i < WT_COUNT(patterns); i++) {
        Guest g;
        int32_t sum;
        if (guest_begins(&g, engine, module)) {
            CHECK_EQ_INT(used_bytes(g.bytes, g.size), 0);
            guest_writes(&g, patterns[i]);
            CHECK_EQ_INT(guest_call(&g, "deep", 1000, &sum), WATTLE_OK);
            CHECK_EQ_INT(sum, -1000);
        }
        wattle_store_free(g.store);
    }
    wattle_module_free(module);
    wattle_engine_free(engine);
}

/* Who takes pages of a memory that had grown is bounded by its own length. */
static void bounds_of_its_own(unsigned number) {
    wattle_module *module;
    wattle_engine *engine = engine_side(number, &module);
    for (int round = 0; round < 6; round++) {
        Guest g;
        int32_t result;
        if (guest_begins(&g, engine, module)) {
            CHECK_EQ_INT(guest_call(&g, "load", BYTES - 1, &result), WATTLE_OK);
            CHECK_EQ_INT(guest_call(&g, "load", BYTES, &result), WATTLE_TRAP);
            CHECK_EQ_INT(guest_call(&g, "load", BYTES + 65536, &result), WATTLE_TRAP);
            if (round % 2) {
                CHECK_EQ_INT(guest_call(&g, "grow", 2, &result), WATTLE_OK);
                CHECK_EQ_INT(result, 16);
                CHECK_EQ_INT(guest_call(&g, "load", BYTES + 65536, &result), WATTLE_OK);
                CHECK_EQ_INT(result, 0);
            }
        }
        wattle_store_free(g.store);
    }
    wattle_module_free(module);
    wattle_engine_free(engine);
}

/* The stack of a store is such a block too, and may begin at either end. */
static void clean_stack(void) {
    MemPool *pool = wt_pool_new(&wt_base_malloc);
    size_t size = (size_t)8 << 20;
    uint8_t *p = wt_os_mem_grow(NULL, 0, size);
    if (CHECK(pool && p)) {
        for (size_t at = 0; at < size; at += 1000)
            p[at] = 7;
        wt_pool_give(pool, p, size, 0);
        uint8_t *again = wt_pool_take(pool, size, 0);
        if (again) { /* not everywhere */
            CHECK_EQ_INT(used_bytes(again, size), 0);
            memset(again, 7, 3 * PAGE);
            memset(again + size - PAGE, 7, PAGE);
        }
        wt_pool_give(pool, again, size, 0);
        again = wt_pool_take(pool, size, 0);
        if (again)
            CHECK_EQ_INT(used_bytes(again, size), 0);
        wt_pool_give(pool, again, size, 0);
    }
    wt_pool_free(pool);
}

/* ---- the pool itself ---- */

static size_t take_all(MemPool *pool, size_t size, size_t reserved) {
    size_t n = 0;
    for (void *p; (p = wt_pool_take(pool, size, reserved)) != NULL; n++)
        wt_os_mem_release(p, reserved ? reserved : size);
    return n;
}

static void bounded(void) {
    MemPool *pool = wt_pool_new(&wt_base_malloc);
    size_t page = wt_os_page_size(), large = (size_t)16 << 20;
    CHECK(pool != NULL);
    for (int i = 0; i < 100; i++)
        wt_pool_give(pool, wt_os_mem_grow(NULL, 0, 16 * page), 16 * page, 0);
    CHECK(take_all(pool, 16 * page, 0) <= 64);
    for (int i = 0; i < 10; i++)
        wt_pool_give(pool, wt_os_mem_grow(NULL, 0, large), large, 0);
    CHECK(take_all(pool, large, 0) <= 4);
    wt_pool_give(pool, wt_os_mem_grow(NULL, 0, large + page), large + page, 0);
    CHECK(wt_pool_take(pool, large + page, 0) == NULL);
    wt_pool_free(pool);
}

/* Only what fits: the size and the address space around it. The youngest first, the oldest goes. */
static void exact(void) {
    MemPool *pool = wt_pool_new(&wt_base_malloc);
    size_t page = wt_os_page_size(), room = 64 * page;
    uint8_t *reserved = wt_os_mem_reserve(room);
    if (!pool || !reserved || wt_os_mem_commit(reserved, 8 * page) != OS_OK)
        return;
    wt_pool_give(pool, reserved, 8 * page, room);
    uint8_t *first = wt_os_mem_grow(NULL, 0, 8 * page), *second = wt_os_mem_grow(NULL, 0, 8 * page);
    wt_pool_give(pool, first, 8 * page, 0);
    wt_pool_give(pool, second, 8 * page, 0);
    CHECK(wt_pool_take(pool, 7 * page, 0) == NULL);
    CHECK(wt_pool_take(pool, 9 * page, room) == NULL);
    void *p = wt_pool_take(pool, 8 * page, 0);
    CHECK(!p || p == second);
    wt_pool_give(pool, p, 8 * page, 0);
    p = wt_pool_take(pool, 8 * page, room);
    CHECK(!p || p == reserved);
    wt_pool_give(NULL, p, 8 * page, room);
    wt_pool_give(NULL, NULL, 8 * page, 0);
    CHECK(wt_pool_take(NULL, 8 * page, 0) == NULL);
    wt_pool_free(pool);
}

/* ---- threads ---- */

typedef struct Shared {
    wattle_engine *engine;
    wattle_module *module;
    unsigned wrong[4];
} Shared;

static void serve(void *user, size_t job, unsigned worker) {
    Shared *s = user;
    wattle_memory m;
    wattle_instance in;
    (void)worker;
    for (int i = 0; i < 30; i++) {
        wattle_store *store = wattle_store_new(s->engine, NULL);
        size_t size = 0;
        uint8_t *bytes = NULL;
        if (store && wattle_instance_new(store, s->module, NULL, &in) == WATTLE_OK &&
            wattle_instance_memory(store, in, "m", &m))
            bytes = wattle_memory_data(store, m, &size);
        s->wrong[job] += size != BYTES || used_bytes(bytes, size) != 0;
        if (bytes)
            memset(bytes, (int)job + 1, size);
        s->wrong[job] += !bytes || used_bytes(bytes, size) != BYTES || bytes[BYTES / 2] != job + 1;
        wattle_store_free(store);
    }
}

static void by_threads(void) {
    Shared s = {0};
    s.engine = engine_side(0, &s.module);
    wt_os_parallel(4, 4, serve, &s);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ_INT(s.wrong[i], 0);
    wattle_module_free(s.module);
    wattle_engine_free(s.engine);
}

static void each_side(const char *name, void (*test)(unsigned number)) {
    for (unsigned i = 0; i < SIDES; i++) {
        char words[64];
        snprintf(words, sizeof words, "%s, side %u", name, i);
        check_begin(words);
        test(i);
        check_end();
    }
}

int main(void) {
    each_side("zero for the next", zero_for_the_next);
    each_side("bounds of its own", bounds_of_its_own);
    CHECK_CASE(clean_stack);
    CHECK_CASE(bounded);
    CHECK_CASE(exact);
    CHECK_CASE(by_threads);
    return check_done();
}
