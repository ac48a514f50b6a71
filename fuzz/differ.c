/* One side of the differential runs (scripts/differ.py): reads paths of modules, one a line, runs
   each as session.h says, and prints what came of it: a line for each call and each exported
   memory. The words for traps are coarse, so that another engine can say the same. */
#include "session.h"

static const char *trap_word(wattle_trap_code code) {
    switch (code) {
    case WATTLE_TRAP_unreachable:
        return "unreachable";
    case WATTLE_TRAP_integer_divide_by_zero:
        return "zero";
    case WATTLE_TRAP_integer_overflow:
    case WATTLE_TRAP_invalid_conversion:
        return "range"; /* V8 says one for both conversions */
    case WATTLE_TRAP_out_of_bounds_memory:
        return "memory";
    case WATTLE_TRAP_out_of_bounds_table:
    case WATTLE_TRAP_undefined_element:
        return "table";
    case WATTLE_TRAP_out_of_bounds_array:
        return "array";
    case WATTLE_TRAP_uninitialized_element:
    case WATTLE_TRAP_indirect_call_type:
        return "signature";
    case WATTLE_TRAP_null_reference:
    case WATTLE_TRAP_null_function:
    case WATTLE_TRAP_null_structure:
    case WATTLE_TRAP_null_array:
    case WATTLE_TRAP_null_i31:
    case WATTLE_TRAP_null_exception:
    case WATTLE_TRAP_null_descriptor:
        return "null";
    case WATTLE_TRAP_cast_failure:
    case WATTLE_TRAP_descriptor_cast_failure:
        return "cast";
    case WATTLE_TRAP_allocation_failed:
        return "allocation";
    case WATTLE_TRAP_stack_exhausted:
        return "stack";
    default:
        return "other";
    }
}

static void print_value(const wattle_value *v) {
    uint64_t bits[2] = {0, 0};
    switch (v->kind) {
    case WATTLE_I32:
        printf(" %ld", (long)v->of.i32);
        return;
    case WATTLE_I64:
        printf(" %lld", (long long)v->of.i64);
        return;
    case WATTLE_F32:
        memcpy(bits, &v->of.f32, 4);
        if (v->of.f32 != v->of.f32)
            printf(" nan");
        else
            printf(" f%08llx", (unsigned long long)bits[0]);
        return;
    case WATTLE_F64:
        memcpy(bits, &v->of.f64, 8);
        if (v->of.f64 != v->of.f64)
            printf(" nan");
        else
            printf(" d%016llx", (unsigned long long)bits[0]);
        return;
    case WATTLE_V128:
        memcpy(bits, v->of.v128, 16);
        printf(" v%016llx%016llx", (unsigned long long)bits[0], (unsigned long long)bits[1]);
        return;
    case WATTLE_FUNCREF:
        printf(v->of.func.index ? " ref" : " null");
        return;
    default:
        printf(wattle_ref_is_null(v->of.ref) ? " null" : " ref");
        return;
    }
}

static void print_status(wattle_store *s, wattle_status status) {
    if (status == WATTLE_TRAP)
        printf(" trap %s\n", trap_word(wattle_store_trap_code(s)));
    else if (status == WATTLE_EXCEPTION)
        printf(" exception\n");
    else if (status == WATTLE_LINK)
        printf(" link\n");
    else
        printf(" failed: %s\n", wattle_store_message(s));
}

/* JavaScript has no values of these. */
static bool is_foreign(wattle_valtype t) {
    return t.kind == WATTLE_V128 || t.kind == WATTLE_EXNREF || t.kind == WATTLE_CONTREF;
}
static bool speaks_js(wattle_type type) {
    for (size_t i = 0; i < wattle_type_param_count(type); i++)
        if (is_foreign(wattle_type_param(type, i)))
            return false;
    for (size_t i = 0; i < wattle_type_result_count(type); i++)
        if (is_foreign(wattle_type_result(type, i)))
            return false;
    return true;
}

static bool run_function(wattle_store *s, const char *name, wattle_func f, uint64_t *state) {
    for (int round = 0; round < SESSION_rounds; round++) {
        wattle_value results[SESSION_values];
        size_t count;
        wattle_status status;
        wattle_scope scope = wattle_scope_open(s);
        if (speaks_js(wattle_func_type(s, f)) &&
            session_call(s, f, state, results, &count, &status)) {
            printf("%s:", name);
            if (status == WATTLE_OK) {
                for (size_t i = 0; i < count; i++)
                    print_value(&results[i]);
                printf("\n");
            } else {
                print_status(s, status);
                /* How much stack and heap there is, is every engine's own. */
                wattle_trap_code code = wattle_store_trap_code(s);
                if (status == WATTLE_TRAP &&
                    (code == WATTLE_TRAP_stack_exhausted || code == WATTLE_TRAP_allocation_failed))
                    return false;
            }
        }
        wattle_scope_close(s, scope);
    }
    return true;
}

static void print_memory(wattle_store *s, const char *name, const wattle_extern *e) {
    if (e->kind == WATTLE_EXTERN_MEMORY) {
        size_t size;
        const uint8_t *p = wattle_memory_data(s, e->of.memory, &size);
        uint32_t hash = 2166136261u;
        for (size_t i = 0; i < size; i++)
            hash = (hash ^ p[i]) * 16777619u;
        printf("%s: %zu bytes %08lx\n", name, size, (unsigned long)hash);
    }
}

static void run_module(wattle_engine *engine, wattle_module *m, bool stress) {
    wattle_store_config config = {.size = sizeof config, .gc_stress = stress};
    wattle_store *s = wattle_store_new(engine, &config);
    wattle_instance in;
    wattle_status status = s ? session_instantiate(s, m, &in) : WATTLE_OUT_OF_MEMORY;
    uint64_t state = 88172645463325252u;
    if (status != WATTLE_OK) {
        printf("start:");
        print_status(s, status);
    }
    bool whole = status == WATTLE_OK;
    for (size_t i = 0; whole && i < wattle_module_export_count(m); i++) {
        wattle_extern e;
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        if (wattle_instance_export_at(s, in, i, &e) && e.kind == WATTLE_EXTERN_FUNC)
            whole = run_function(s, name, e.of.func, &state);
    }
    for (size_t i = 0; whole && i < wattle_module_export_count(m); i++) {
        wattle_extern e;
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        if (wattle_instance_export_at(s, in, i, &e))
            print_memory(s, name, &e);
    }
    wattle_store_free(s);
}

int main(int argc, char **argv) {
    bool stress = argc > 1 && strcmp(argv[1], "--gc-stress") == 0;
    wattle_config config = wattle_config_default();
    char bad[8];
    config.threads = 1;
    wattle_features_parse("all", &config.features, bad, sizeof bad);
    wattle_engine *engine = wattle_engine_new(&config);
    char path[4096];
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        printf("module %s\n", path);
        fflush(stdout);
        FILE *f = fopen(path, "rb");
        static uint8_t bytes[1 << 22];
        size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
        if (f)
            fclose(f);
        wattle_module *m;
        wattle_report *report;
        if (wattle_module_read(engine, bytes, n, path, WATTLE_READ_BINARY | WATTLE_READ_CHECK, &m,
                               &report) == WATTLE_OK)
            run_module(engine, m, stress);
        else
            printf("invalid\n");
        wattle_report_free(report);
        wattle_module_free(m);
        printf("end\n");
    }
    wattle_engine_free(engine);
    return 0;
}
