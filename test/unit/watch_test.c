/* Machine code through wattle.h: wattle_compile, whose code is of x86-64 on every host, and who is
   told of what is made while a program runs; with every allocation failing in turn. With --nest it
   is a program for test/native/run.py: wasm calls the host, which calls wasm, which calls the host,
   for a look at the stack by gdb. */
#define WATTLE_UNSTABLE
#include "check.h"
#include "failing.h"
#include "wattle.h"

static const char text[] =
    "(module $m (import \"\" \"f\" (func)) (func $one (export \"one\") (call $two))"
    " (func $two (call 3)) (func) (func $never))";

static wattle_engine *engine_with(const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    config.allocator = allocator;
    config.threads = 1;
    return wattle_engine_new(&config);
}

/* ---- code that is only looked at ---- */

typedef struct Words {
    size_t traps, functions, bytes;
} Words;

static bool count_words(void *user, const void *data, size_t len) {
    Words *w = user;
    const char *p = data;
    for (size_t i = 0; i < len; i++) {
        w->traps += len - i >= 5 && memcmp(p + i, "trap ", 5) == 0;
        w->functions += len - i >= 5 && memcmp(p + i, "\nfunc", 5) == 0;
    }
    w->bytes += len;
    return true;
}

static wattle_status compile(wattle_engine *engine, unsigned flags, const uint32_t *functions,
                             Words *w, wattle_compile_result *result) {
    wattle_module *module = NULL;
    wattle_report *report;
    wattle_status status =
        wattle_module_read(engine, text, strlen(text), "m", flags, &module, &report);
    wattle_report_free(report);
    wattle_compile_options options = {.size = sizeof options,
                                      .print = true,
                                      .print_wasm = true,
                                      .functions = functions,
                                      .function_count = functions ? 1 : 0};
    if (status == WATTLE_OK)
        status = wattle_compile(module, &options, count_words, w, result);
    wattle_module_free(module);
    return status;
}

static void listing(void) {
    wattle_engine *engine = engine_with(NULL);
    Words w = {0};
    wattle_compile_result r;
    CHECK_EQ_INT(compile(engine, WATTLE_READ_CHECK, NULL, &w, &r), WATTLE_OK);
    CHECK_EQ_STR(r.machine, "x86-64");
    CHECK_EQ_INT(r.functions, 4);
    CHECK_EQ_INT(r.unable, 0);
    CHECK_EQ_INT(r.wasm_bytes, 4 + 4 + 2 + 2);
    CHECK(r.code_bytes > 40);
    CHECK_EQ_INT(w.functions, 4);
    CHECK_EQ_INT(w.traps, 2); /* of those that call; the others need little of the stack */
    uint32_t one = 3, import = 0, beyond = 5;
    CHECK_EQ_INT(compile(engine, WATTLE_READ_CHECK, &one, &w, &r), WATTLE_OK);
    CHECK_EQ_INT(r.functions, 1);
    CHECK_EQ_INT(compile(engine, WATTLE_READ_CHECK, &import, &w, &r), WATTLE_USAGE);
    CHECK_EQ_INT(compile(engine, WATTLE_READ_CHECK, &beyond, &w, &r), WATTLE_USAGE);
    CHECK_EQ_INT(compile(engine, 0, NULL, &w, &r), WATTLE_USAGE);
    wattle_engine_free(engine);
}

static void listing_without_memory(void) {
    for (long at = 0;; at++) {
        Failing f = {.until = at, .once = true};
        wattle_allocator allocator = {failing_alloc, &f};
        wattle_engine *engine = engine_with(&allocator);
        Words w = {0};
        wattle_compile_result r;
        wattle_status status =
            engine ? compile(engine, WATTLE_READ_CHECK, NULL, &w, &r) : WATTLE_OUT_OF_MEMORY;
        wattle_engine_free(engine);
        if (f.calls <= at) {
            CHECK_EQ_INT(status, WATTLE_OK);
            CHECK(at > 20);
            return;
        }
        if (!CHECK(status == WATTLE_OUT_OF_MEMORY || status == WATTLE_OK))
            return;
    }
}

/* ---- code that is made ---- */

typedef struct Seen {
    unsigned stubs, functions;
    bool one, two, third, never, named;
    wattle_gdb *gdb;
} Seen;

static bool is_text(wattle_string s, const char *t) {
    return s.len == strlen(t) && memcmp(s.data, t, s.len) == 0;
}

static void see_code(void *user, const wattle_code *c) {
    Seen *s = user;
    bool function = c->stub == 0;
    s->stubs += !function;
    s->functions += function;
    CHECK(c->address != NULL && c->code_size > 0);
    CHECK(function == (c->module != NULL));
    CHECK(!function || c->module_name.len > 0);
    s->named |= is_text(c->module_name, "m");
    s->one |= is_text(c->name, "one") && c->func_index == 1;
    s->two |= is_text(c->name, "two") && c->func_index == 2;
    s->third |= is_text(c->name, "func[3]") && c->func_index == 3;
    s->never |= is_text(c->name, "never");
    if (s->gdb)
        wattle_gdb_add(s->gdb, c);
}

static wattle_status do_nothing(void *user, wattle_caller *caller, const wattle_value *args,
                                wattle_value *results) {
    (void)user;
    (void)caller;
    (void)args;
    (void)results;
    return WATTLE_OK;
}

/* Runs the module in a store that is watched. */
static wattle_status watch(wattle_engine *engine, Seen *seen) {
    wattle_module *module = NULL;
    wattle_status status = wattle_module_new(engine, text, strlen(text), &module, NULL);
    wattle_store *store = status == WATTLE_OK ? wattle_store_new(engine, NULL) : NULL;
    wattle_linker *linker = store ? wattle_linker_new(engine) : NULL;
    if (status == WATTLE_OK && !linker)
        status = WATTLE_OUT_OF_MEMORY;
    wattle_functype none = {0};
    if (status == WATTLE_OK)
        status = wattle_linker_define_func(linker, "", "f", &none, do_nothing, NULL, NULL);
    seen->gdb = wattle_gdb_new(engine);
    if (status == WATTLE_OK)
        status = wattle_store_watch_code(store, see_code, seen, true);
    wattle_instance instance;
    wattle_func f;
    if (status == WATTLE_OK)
        status = wattle_instance_new(store, module, linker, &instance);
    if (status == WATTLE_OK && !wattle_instance_func(store, instance, "one", &f))
        status = WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK)
        status = wattle_func_call(store, f, NULL, 0, NULL, 0);
    if (status == WATTLE_OK)
        CHECK_EQ_INT(wattle_store_watch_code(store, see_code, seen, true), WATTLE_USAGE);
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_gdb_free(seen->gdb);
    wattle_module_free(module);
    return status;
}

static void watching(void) {
    wattle_engine *engine = engine_with(NULL);
    Seen seen = {0};
    CHECK_EQ_INT(watch(engine, &seen), WATTLE_OK);
    if (seen.stubs == 0) {
        CHECK_EQ_INT(seen.functions, 0); /* an interpreter */
    } else {
        CHECK_EQ_INT(seen.stubs, 8);
        CHECK_EQ_INT(seen.functions, 3);
        CHECK(seen.one && seen.two && seen.third && !seen.never && seen.named);
    }
    wattle_engine_free(engine);
}

static void watching_without_memory(void) {
    for (long at = 0;; at++) {
        Failing f = {.until = at, .once = true};
        wattle_allocator allocator = {failing_alloc, &f};
        wattle_engine *engine = engine_with(&allocator);
        Seen seen = {0};
        wattle_status status = engine ? watch(engine, &seen) : WATTLE_OUT_OF_MEMORY;
        wattle_engine_free(engine);
        if (f.calls <= at) {
            CHECK_EQ_INT(status, WATTLE_OK);
            return;
        }
        if (!CHECK(status == WATTLE_OUT_OF_MEMORY || status == WATTLE_TRAP || status == WATTLE_OK))
            return;
    }
}

/* ---- for gdb ---- */

static const char nest_text[] =
    "(module (import \"\" \"f\" (func $f)) (import \"\" \"g\" (func $g))"
    " (func $outer (export \"outer\") (call $mid (i32.const 1) (i32.const 2) (i32.const 3)"
    "  (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8)))"
    " (func $mid (param i32 i32 i32 i32 i32 i32 i32 i32) (call $f))"
    " (func $inner (export \"inner\") (call $last) (unreachable)) (func $last (call $g)))";

static wattle_status call_export(wattle_store *store, wattle_instance instance, const char *name) {
    wattle_func f;
    return wattle_instance_func(store, instance, name, &f)
               ? wattle_func_call(store, f, NULL, 0, NULL, 0)
               : WATTLE_USAGE;
}
static wattle_status call_inner(void *user, wattle_caller *caller, const wattle_value *args,
                                wattle_value *results) {
    (void)user;
    (void)args;
    (void)results;
    return call_export(wattle_caller_store(caller), wattle_caller_instance(caller), "inner");
}

/* What comes out of it: the trap of the inner call. */
static bool nest(void) {
    wattle_engine *engine = engine_with(NULL);
    wattle_module *module = NULL;
    wattle_status status = wattle_module_new(engine, nest_text, strlen(nest_text), &module, NULL);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_functype none = {0};
    Seen seen = {.gdb = wattle_gdb_new(engine)};
    wattle_instance instance;
    if (status == WATTLE_OK)
        status = wattle_linker_define_func(linker, "", "f", &none, call_inner, NULL, NULL);
    if (status == WATTLE_OK)
        status = wattle_linker_define_func(linker, "", "g", &none, do_nothing, NULL, NULL);
    if (status == WATTLE_OK)
        status = wattle_store_watch_code(store, see_code, &seen, true);
    if (status == WATTLE_OK)
        status = wattle_instance_new(store, module, linker, &instance);
    if (status == WATTLE_OK)
        status = call_export(store, instance, "outer");
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_gdb_free(seen.gdb);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return status == WATTLE_TRAP;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--nest") == 0)
        return nest() ? 0 : 1;
    CHECK_CASE(listing);
    CHECK_CASE(listing_without_memory);
    CHECK_CASE(watching);
    CHECK_CASE(watching_without_memory);
    return check_done();
}
