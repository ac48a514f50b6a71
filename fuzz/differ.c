/* One side of the differential runs (scripts/differ.py): reads a session a line, which is the path
   of a module, or two, where the second imports from the first by name. Each is run as session.h
   says, and what came of it is printed: a line for each call, exported memory, table and global.
   The words for traps are coarse, so that other engines can say the same.

   With --plan nothing is run: the session is written out for the other engines, call by call, so
   that nobody else has to read modules or make up arguments:

       module PATH [PATH]
       call UNIT EXPORT ARGUMENT... > RESULTS   kinds as letters; an argument is one with its bits
       memory UNIT EXPORT                       table, global: the same
       end
*/
#include "session.h"

enum { UNITS = 2, MAX_TABLE = 10000 };

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
    case WATTLE_TRAP_null_continuation:
    case WATTLE_TRAP_null_descriptor:
        return "null";
    case WATTLE_TRAP_cast_failure:
    case WATTLE_TRAP_descriptor_cast_failure:
        return "cast";
    case WATTLE_TRAP_allocation_failed:
        return "allocation";
    case WATTLE_TRAP_stack_exhausted:
        return "stack";
    case WATTLE_TRAP_unaligned_atomic:
        return "unaligned";
    case WATTLE_TRAP_expected_shared:
        return "shared";
    case WATTLE_TRAP_host:
        return "host";
    default:
        return "other";
    }
}

static uint64_t low_bits(const wattle_value *v, size_t bytes) {
    uint64_t bits = 0;
    memcpy(&bits, v->of.v128, bytes);
    return bits;
}

static void print_value(const wattle_value *v) {
    switch (v->kind) {
    case WATTLE_I32:
        printf(" %ld", (long)v->of.i32);
        return;
    case WATTLE_I64:
        printf(" %lld", (long long)v->of.i64);
        return;
    case WATTLE_F32:
        if (v->of.f32 != v->of.f32)
            printf(" nan");
        else
            printf(" f%08llx", (unsigned long long)low_bits(v, 4));
        return;
    case WATTLE_F64:
        if (v->of.f64 != v->of.f64)
            printf(" nan");
        else
            printf(" d%016llx", (unsigned long long)low_bits(v, 8));
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

/* ---- what other engines can take ---- */

/* i l f d, F E A functions, extern and any; '-': JavaScript has no values of these. */
static char kind_letter(wattle_valtype t) {
    static const char letters[] = {
        [WATTLE_I32] = 'i',       [WATTLE_I64] = 'l',    [WATTLE_F32] = 'f',
        [WATTLE_F64] = 'd',       [WATTLE_V128] = '-',   [WATTLE_FUNCREF] = 'F',
        [WATTLE_EXTERNREF] = 'E', [WATTLE_ANYREF] = 'A', [WATTLE_EXNREF] = '-',
        [WATTLE_CONTREF] = '-',
    };
    return letters[t.kind];
}

/* An exported function that can be called from everywhere, with its arguments. */
static bool make_call(const wattle_export *e, uint64_t *state, wattle_value *args) {
    if (e->type.kind != WATTLE_EXTERN_FUNC)
        return false;
    for (size_t i = 0; i < wattle_type_param_count(e->type.type); i++)
        if (kind_letter(wattle_type_param(e->type.type, i)) == '-')
            return false;
    for (size_t i = 0; i < wattle_type_result_count(e->type.type); i++)
        if (kind_letter(wattle_type_result(e->type.type, i)) == '-')
            return false;
    return session_args(e->type.type, state, args);
}

/* ---- the plan ---- */

static void plan_call(size_t unit, size_t i, wattle_type type, const wattle_value *args) {
    printf("call %zu %zu", unit, i);
    for (size_t k = 0; k < wattle_type_param_count(type); k++) {
        char letter = kind_letter(wattle_type_param(type, k));
        size_t bytes = letter == 'i' || letter == 'f' ? 4 : letter == 'l' || letter == 'd' ? 8 : 0;
        printf(" %c%llx", letter, (unsigned long long)low_bits(&args[k], bytes));
    }
    printf(" > ");
    for (size_t k = 0; k < wattle_type_result_count(type); k++)
        putchar(kind_letter(wattle_type_result(type, k)));
    putchar('\n');
}

static void plan_session(wattle_module **units, size_t count) {
    uint64_t state = 88172645463325252u;
    wattle_value args[SESSION_values];
    for (size_t u = count; u-- > 0;)
        for (size_t i = 0; i < wattle_module_export_count(units[u]); i++) {
            wattle_export e = wattle_module_export(units[u], i);
            for (int round = 0; round < SESSION_rounds; round++)
                if (make_call(&e, &state, args))
                    plan_call(u, i, e.type.type, args);
        }
    for (size_t u = 0; u < count; u++)
        for (size_t i = 0; i < wattle_module_export_count(units[u]); i++) {
            wattle_export e = wattle_module_export(units[u], i);
            if (e.type.kind == WATTLE_EXTERN_MEMORY)
                printf("memory %zu %zu\n", u, i);
            else if (e.type.kind == WATTLE_EXTERN_TABLE && kind_letter(e.type.value) != '-')
                printf("table %zu %zu\n", u, i);
            else if (e.type.kind == WATTLE_EXTERN_GLOBAL && kind_letter(e.type.value) != '-')
                printf("global %zu %zu %c\n", u, i, kind_letter(e.type.value));
        }
}

/* ---- running ---- */

/* CRC-32, which the libraries of the other sides have; a nibble a step. */
static uint32_t crc_step(uint32_t crc, uint8_t byte) {
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    crc ^= byte;
    crc = crc >> 4 ^ table[crc & 15];
    return crc >> 4 ^ table[crc & 15];
}

typedef struct Session {
    wattle_store *s;
    wattle_instance instances[UNITS];
    bool live[UNITS];
} Session;

/* false: stack or heap ran out, and how much there is, is every engine's own. */
static bool run_call(Session *ss, size_t u, size_t i, wattle_type type, const wattle_value *args) {
    wattle_value results[SESSION_values];
    wattle_extern e;
    wattle_scope scope = wattle_scope_open(ss->s);
    if (!wattle_instance_export_at(ss->s, ss->instances[u], i, &e))
        return false;
    size_t count = wattle_type_result_count(type);
    wattle_status status =
        wattle_func_call(ss->s, e.of.func, args, wattle_type_param_count(type), results, count);
    printf("%zu.%zu:", u, i);
    if (status == WATTLE_OK) {
        for (size_t k = 0; k < count; k++)
            print_value(&results[k]);
        printf("\n");
    } else {
        print_status(ss->s, status);
    }
    wattle_trap_code code = status == WATTLE_TRAP ? wattle_store_trap_code(ss->s) : 0;
    wattle_scope_close(ss->s, scope);
    return code != WATTLE_TRAP_stack_exhausted && code != WATTLE_TRAP_allocation_failed;
}

static void print_memory(const wattle_store *s, wattle_memory memory) {
    size_t size;
    const uint8_t *p = wattle_memory_data(s, memory, &size);
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++)
        crc = crc_step(crc, p[i]);
    printf(" %zu bytes %08lx\n", size, (unsigned long)~crc & 0xFFFFFFFF);
}

/* Its size, and which elements are null. */
static void print_table(wattle_store *s, wattle_table table) {
    uint64_t size = wattle_table_size(s, table);
    uint32_t crc = UINT32_MAX;
    for (uint64_t i = 0; i < size && i < MAX_TABLE; i++) {
        wattle_value v;
        wattle_scope scope = wattle_scope_open(s);
        wattle_status status = wattle_table_get(s, table, i, &v);
        bool null = v.kind == WATTLE_FUNCREF ? !v.of.func.index : wattle_ref_is_null(v.of.ref);
        wattle_scope_close(s, scope);
        crc = crc_step(crc, status == WATTLE_OK && !null);
    }
    printf(" %llu elements %08lx\n", (unsigned long long)size, (unsigned long)~crc & 0xFFFFFFFF);
}

static void print_export(Session *ss, size_t u, size_t i) {
    wattle_extern e;
    wattle_value v;
    if (!wattle_instance_export_at(ss->s, ss->instances[u], i, &e) ||
        e.kind == WATTLE_EXTERN_FUNC || e.kind == WATTLE_EXTERN_TAG ||
        (e.kind != WATTLE_EXTERN_MEMORY &&
         kind_letter(wattle_extern_get_type(ss->s, e).value) == '-'))
        return;
    printf("%zu.%zu:", u, i);
    if (e.kind == WATTLE_EXTERN_MEMORY) {
        print_memory(ss->s, e.of.memory);
    } else if (e.kind == WATTLE_EXTERN_TABLE) {
        print_table(ss->s, e.of.table);
    } else {
        wattle_scope scope = wattle_scope_open(ss->s);
        if (wattle_global_get(ss->s, e.of.global, &v) == WATTLE_OK)
            print_value(&v);
        printf("\n");
        wattle_scope_close(ss->s, scope);
    }
}

/* The functions of the host, as fuzz/generate_host.py says. */
static wattle_status host_mix(void *user, wattle_caller *caller, const wattle_value *args,
                              wattle_value *results) {
    (void)user, (void)caller;
    uint64_t bits = (uint64_t)args[1].of.i64;
    unsigned n = (uint32_t)args[0].of.i32 & 63;
    results[0].of.i64 = (int64_t)((bits << n | bits >> (-n & 63)) ^ (uint64_t)args[0].of.i32);
    return WATTLE_OK;
}
static wattle_status host_half(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    (void)user, (void)caller;
    results[0].of.f64 = args[0].of.f64 * 0.5;
    return WATTLE_OK;
}
static wattle_status host_back(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    Session *ss = user;
    wattle_func back;
    (void)caller;
    if (!wattle_instance_func(ss->s, ss->instances[0], "back", &back))
        return WATTLE_USAGE;
    return wattle_func_call(ss->s, back, args, 1, results, 1);
}
static wattle_status host_stop(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    (void)user, (void)results;
    return args[0].of.i32 & 7 ? WATTLE_OK : wattle_caller_trap(caller, "stopped by the host");
}

static bool host_import(Session *ss, const char *name, const wattle_extern_type *type,
                        wattle_extern *out) {
    static const struct {
        const char *name;
        wattle_host_fn fn;
    } rows[] = {{"mix", host_mix}, {"half", host_half}, {"back", host_back}, {"stop", host_stop}};
    wattle_valtype types[SESSION_values];
    size_t params = wattle_type_param_count(type->type);
    size_t results = wattle_type_result_count(type->type);
    for (size_t i = 0; type->kind == WATTLE_EXTERN_FUNC && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(name, rows[i].name) != 0 || params + results > SESSION_values)
            continue;
        for (size_t k = 0; k < params; k++)
            types[k] = wattle_type_param(type->type, k);
        for (size_t k = 0; k < results; k++)
            types[params + k] = wattle_type_result(type->type, k);
        wattle_functype ft = {types, types + params, params, results};
        out->kind = WATTLE_EXTERN_FUNC;
        return wattle_func_new(ss->s, &ft, rows[i].fn, ss, NULL, &out->of.func) == WATTLE_OK;
    }
    return false;
}

/* The first unit takes what the host has, or anything; a later one takes its imports from the
 * first.
 */
static wattle_status instantiate(Session *ss, const wattle_module *m, size_t u) {
    wattle_extern imports[SESSION_values];
    size_t n = wattle_module_import_count(m);
    for (size_t i = 0; i < n; i++) {
        wattle_import import = wattle_module_import(m, i);
        char text[64];
        snprintf(text, sizeof text, "%.*s", (int)import.name.len, import.name.data);
        if (n > SESSION_values)
            return WATTLE_LINK;
        bool host = u == 0 && import.module.len == 4 && memcmp(import.module.data, "host", 4) == 0;
        bool found = host     ? host_import(ss, text, &import.type, &imports[i])
                     : u == 0 ? session_import(ss->s, &import.type, &imports[i])
                              : wattle_instance_export(ss->s, ss->instances[0], text, &imports[i]);
        if (!found)
            return WATTLE_LINK;
    }
    return wattle_instance_new_with(ss->s, m, imports, n, &ss->instances[u]);
}

static bool run_calls(Session *ss, wattle_module **units, size_t count) {
    uint64_t state = 88172645463325252u;
    wattle_value args[SESSION_values];
    for (size_t u = count; u-- > 0;)
        for (size_t i = 0; i < wattle_module_export_count(units[u]); i++) {
            wattle_export e = wattle_module_export(units[u], i);
            for (int round = 0; round < SESSION_rounds; round++)
                if (make_call(&e, &state, args) && ss->live[u] &&
                    !run_call(ss, u, i, e.type.type, args))
                    return false;
        }
    return true;
}

static void run_session(wattle_engine *engine, wattle_module **units, size_t count,
                        const wattle_store_config *config) {
    Session ss = {.s = wattle_store_new(engine, config)};
    if (config->fuel)
        wattle_store_set_fuel(ss.s, UINT64_MAX);
    for (size_t u = 0; u < count && (u == 0 || ss.live[0]); u++) {
        wattle_status status = instantiate(&ss, units[u], u);
        ss.live[u] = status == WATTLE_OK;
        if (!ss.live[u]) {
            printf("%zu.start:", u);
            print_status(ss.s, status);
        }
    }
    if (run_calls(&ss, units, count))
        for (size_t u = 0; u < count; u++)
            for (size_t i = 0; ss.live[u] && i < wattle_module_export_count(units[u]); i++)
                print_export(&ss, u, i);
    uint64_t left;
    if (wattle_store_get_fuel(ss.s, &left) == WATTLE_OK)
        printf("fuel: %llu\n", (unsigned long long)(UINT64_MAX - left));
    wattle_store_free(ss.s);
}

/* ---- sessions ---- */

static wattle_module *read_unit(wattle_engine *engine, const char *path) {
    static uint8_t bytes[1 << 22];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        fclose(f);
    wattle_module *m;
    wattle_module_new(engine, bytes, n, &m, NULL);
    return m;
}

int main(int argc, char **argv) {
    wattle_store_config store = {.size = sizeof store};
    wattle_config config = wattle_config_default();
    config.tier = WATTLE_TIER_INTERP;
    bool plan = false;
    for (int i = 1; i < argc; i++) {
        plan |= strcmp(argv[i], "--plan") == 0;
        store.gc_stress |= strcmp(argv[i], "--gc-stress") == 0;
        store.fuel |= strcmp(argv[i], "--fuel") == 0;
        store.interruptible |= strcmp(argv[i], "--interruptible") == 0;
        store.deterministic |= strcmp(argv[i], "--deterministic") == 0;
        config.no_reserve |= strcmp(argv[i], "--no-reserve") == 0;
        if (strcmp(argv[i], "--baseline") == 0)
            config.tier = WATTLE_TIER_BASELINE;
    }
    char bad[8], line[4096];
    config.threads = 1;
    wattle_features_parse("all", &config.features, bad, sizeof bad);
    wattle_engine *engine = wattle_engine_new(&config);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        printf("module %s\n", line);
        fflush(stdout);
        wattle_module *units[UNITS] = {0};
        size_t count = 0;
        bool valid = true;
        for (char *p = strtok(line, " "); p && count < UNITS; p = strtok(NULL, " "))
            valid &= (units[count++] = read_unit(engine, p)) != NULL;
        if (!valid)
            printf("invalid\n");
        else if (plan)
            plan_session(units, count);
        else
            run_session(engine, units, count, &store);
        for (size_t u = 0; u < count; u++)
            wattle_module_free(units[u]);
        printf("end\n");
    }
    wattle_engine_free(engine);
    return 0;
}
