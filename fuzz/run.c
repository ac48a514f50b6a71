/* Any bytes as a module that runs: link it to made-up imports, call all it exports, with a bound
   for everything. Nothing may crash, no bound may be passed, no memory may leak, and machine code
   must do what the interpreter does, with the same fuel. The last byte chooses the mode:
   deterministic, interruptible, a collection at every allocation, allocations that fail, tier and
   memories; the one before it, which allocation is the first to fail. */
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

/* ---- what a tier did ---- */

/* A number for each thing that happened. Behind what ran out of stack or heap nothing is compared:
   how much there is, is every tier's own. */
typedef struct Log {
    uint64_t notes[512];
    size_t count;
    bool early;
} Log;

static void note(Log *l, const void *data, size_t size) {
    const uint8_t *p = data;
    uint64_t sum = 0xCBF29CE484222325u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ p[i]) * 0x100000001B3u;
    if (!l->early && l->count < sizeof l->notes / sizeof *l->notes)
        l->notes[l->count++] = sum;
}

static void note_value(Log *l, const wattle_value *v) {
    bool null;
    switch (v->kind) {
    case WATTLE_I32:
    case WATTLE_F32:
        note(l, &v->of, 4);
        return;
    case WATTLE_I64:
    case WATTLE_F64:
        note(l, &v->of, 8);
        return;
    case WATTLE_V128:
        note(l, &v->of, 16);
        return;
    default:
        null = v->kind == WATTLE_FUNCREF ? !v->of.func.index : wattle_ref_is_null(v->of.ref);
        note(l, &null, sizeof null);
    }
}

static void note_status(Log *l, wattle_store *s, wattle_status status) {
    wattle_trap_code code = status == WATTLE_TRAP ? wattle_store_trap_code(s) : WATTLE_TRAP_none;
    l->early |= code == WATTLE_TRAP_stack_exhausted || code == WATTLE_TRAP_allocation_failed ||
                status == WATTLE_OUT_OF_MEMORY;
    int numbers[] = {(int)status, (int)code};
    note(l, numbers, sizeof numbers);
}

static void run_exports(wattle_store *s, const wattle_module *m, wattle_instance in, Log *l) {
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
            if (session_call(s, e.of.func, &state, results, &status)) {
                note_status(l, s, status);
                size_t count = wattle_type_result_count(wattle_func_type(s, e.of.func));
                for (size_t k = 0; status == WATTLE_OK && k < count; k++)
                    note_value(l, &results[k]);
            }
            uint64_t left = 0;
            wattle_store_get_fuel(s, &left);
            fuzz_check(left <= FUEL);
            note(l, &left, sizeof left);
            wattle_scope_close(s, scope);
        }
    }
    for (size_t i = 0; i < wattle_module_export_count(m); i++) {
        wattle_extern e;
        size_t size;
        if (!wattle_instance_export_at(s, in, i, &e) || e.kind != WATTLE_EXTERN_MEMORY)
            continue;
        const void *bytes = wattle_memory_data(s, e.of.memory, &size);
        note(l, &size, sizeof size);
        note(l, bytes, size < 1 << 16 ? size : 1 << 16);
    }
}

/* ---- one tier ---- */

typedef struct Input {
    const uint8_t *data;
    size_t size;
    uint8_t mode;
} Input;
enum {
    MODE_deterministic = 1,
    MODE_interruptible = 2,
    MODE_stress = 4,
    MODE_failing = 8,
    MODE_once = 16,
    MODE_interp = 32, /* the interpreter only, which has stack switching */
    MODE_no_reserve = 64,
};

static wattle_engine *new_engine(const wattle_allocator *allocator, wattle_tier tier,
                                 uint8_t mode) {
    wattle_config config = wattle_config_default();
    char bad[8];
    config.allocator = allocator;
    config.threads = 1;
    config.tier = tier;
    config.no_reserve = mode & MODE_no_reserve;
    const char *features = mode & MODE_interp ? "all" : "all,-stack-switching";
    wattle_features_parse(features, &config.features, bad, sizeof bad);
    return wattle_engine_new(&config);
}

static void run_tier(const Input *input, wattle_tier tier, Log *l) {
    uint8_t mode = input->mode;
    Failing failing = {.until = -1, .once = mode & MODE_once};
    const wattle_allocator allocator = {failing_alloc, &failing};
    wattle_engine *engine = new_engine(&allocator, tier, mode);
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read(engine, input->data, input->size, "fuzz",
                           WATTLE_READ_BINARY | WATTLE_READ_CHECK, &module, &report);
    if (status == WATTLE_OK) {
        wattle_store_config config = {.size = sizeof config,
                                      .stack_bytes = STACK,
                                      .host_depth = 8,
                                      .memory_bytes = MEMORY,
                                      .table_elements = 10000,
                                      .deterministic = mode & MODE_deterministic,
                                      .interruptible = mode & MODE_interruptible,
                                      .fuel = true,
                                      .gc_stress = mode & MODE_stress};
        if (mode & MODE_failing)
            failing.until = input->size > 1 ? input->data[input->size - 2] : 0;
        wattle_store *s = wattle_store_new(engine, &config);
        fuzz_check(s || mode & MODE_failing);
        wattle_instance in;
        if (s) {
            wattle_store_set_fuel(s, FUEL);
            status = session_instantiate(s, module, &in);
            note_status(l, s, status);
            if (status == WATTLE_OK)
                run_exports(s, module, in, l);
        }
        wattle_store_free(s);
        failing.until = -1;
    }
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    fuzz_check(failing.live == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Input input = {data, size, size ? data[size - 1] : 0};
    Log interp = {.early = false}, code = {.early = false};
    if (!(input.mode & MODE_failing) || input.mode & MODE_interp)
        run_tier(&input, WATTLE_TIER_INTERP, &interp);
    if (input.mode & MODE_interp)
        return 0;
    run_tier(&input, WATTLE_TIER_BASELINE, &code);
    if (input.mode & MODE_failing || !(input.mode & MODE_deterministic))
        return 0; /* the bits of NaN may differ */
    size_t count = interp.count < code.count ? interp.count : code.count;
    fuzz_check(memcmp(interp.notes, code.notes, count * sizeof *code.notes) == 0);
    fuzz_check(interp.early || code.early || interp.count == code.count);
    return 0;
}
