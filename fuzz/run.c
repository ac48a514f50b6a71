/* Any bytes as a module that runs: link it to made-up imports, call all it exports, with a bound
   for everything. Nothing may crash, no bound may be passed, no memory may leak. The last byte
   chooses the mode: deterministic, interruptible, a collection at every allocation, allocations
   that fail; the one before it, which allocation is the first to fail. */
#include "fuzz.h"
#include "session.h"

enum { FUEL = 20000, MEMORY = 1 << 22, STACK = 1 << 16 };

/* Memory that runs out behind some allocations, or misses one only. */
typedef struct Failing {
    long until; /* -1: never */
    long live;  /* blocks */
    bool once;
} Failing;

static void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    if (new_size == 0) {
        f->live -= old != NULL;
        free(old);
        return NULL;
    }
    if (new_size > old_size && f->until == 0) {
        f->until = f->once ? -1 : 0;
        return NULL;
    }
    if (new_size > old_size && f->until > 0)
        f->until--;
    void *p = realloc(old, new_size);
    f->live += p && !old;
    return p;
}

static void run_exports(wattle_store *s, const wattle_module *m, wattle_instance in) {
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < wattle_module_export_count(m); i++) {
        wattle_extern e;
        if (!wattle_instance_export_at(s, in, i, &e))
            return; /* memory ran out */
        for (int round = 0; e.kind == WATTLE_EXTERN_FUNC && round < SESSION_rounds; round++) {
            wattle_value results[SESSION_values];
            wattle_status status;
            wattle_scope scope = wattle_scope_open(s);
            wattle_store_set_fuel(s, FUEL);
            session_call(s, e.of.func, &state, results, &status);
            uint64_t left = 0;
            wattle_store_get_fuel(s, &left);
            fuzz_check(left <= FUEL);
            wattle_scope_close(s, scope);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t mode = size ? data[size - 1] : 0;
    Failing failing = {.until = -1, .once = mode & 16};
    const wattle_allocator allocator = {failing_alloc, &failing};
    wattle_engine *engine = fuzz_engine_with(&allocator);
    wattle_module *module;
    wattle_report *report;
    wattle_status status = wattle_module_read(
        engine, data, size, "fuzz", WATTLE_READ_BINARY | WATTLE_READ_CHECK, &module, &report);
    if (status == WATTLE_OK) {
        wattle_store_config config = {.size = sizeof config,
                                      .stack_bytes = STACK,
                                      .host_depth = 8,
                                      .memory_bytes = MEMORY,
                                      .table_elements = 10000,
                                      .deterministic = mode & 1,
                                      .interruptible = mode & 2,
                                      .fuel = true,
                                      .gc_stress = mode & 4};
        if (mode & 8)
            failing.until = size > 1 ? data[size - 2] : 0;
        wattle_store *s = wattle_store_new(engine, &config);
        fuzz_check(s || mode & 8);
        wattle_instance in;
        if (s) {
            wattle_store_set_fuel(s, FUEL);
            if (session_instantiate(s, module, &in) == WATTLE_OK)
                run_exports(s, module, in);
        }
        wattle_store_free(s);
        failing.until = -1;
    }
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    fuzz_check(failing.live == 0);
    return 0;
}
