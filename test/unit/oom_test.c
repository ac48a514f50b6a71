/* Out of memory: every allocation of a job is made to fail in turn. Each time the job must say
   WATTLE_OUT_OF_MEMORY (or still succeed, when it could do without), leak nothing and crash
   nowhere. Jobs: decode, check, print, encode, parse; conversion of a script. */
#include "check.h"
#include "failing.h"
#include "wattle.h"

static bool swallow(void *user, const void *data, size_t len) {
    (void)data;
    *(size_t *)user += len;
    return true;
}

static const char *const texts[] = {
    "(module)",
    "(module $m (type $t (func (param i32 i64) (result f32))) (import \"a\" \"b\" (func $f (type "
    "$t)))"
    " (memory (export \"m\") 1 2) (global $g (mut i32) (i32.const 7)) (table 3 funcref)"
    " (func $h (export \"h\") (param $x i32) (local $y i64 i64) (result f64)"
    " (block $b (br_if $b (local.get $x))) (f64.const 1.5))"
    " (data (i32.const 8) \"hello\\00world\") (elem (i32.const 0) $f $h) (start $s) (func $s))",
    "(module (rec (type $a (struct (field $x i32) (field $y (mut (ref null $b)))))"
    " (type $b (sub (array (mut i8))))) (tag $e (param i32))"
    " (func (param (ref $a)) (result i32) (struct.get $a $x (local.get 0)))"
    " (func (block $h (result i32) (try_table (catch $e $h) (throw $e (i32.const 1))) (i32.const "
    "2)) drop)"
    " (@custom \"notes\" (before type) \"abc\"))",
    "(module (func (result i32) i64.const 1) (func $f (param $f i32) (local.get $ff) unknown.op)",
    "(module (func (i32.add (i32.const 1) (i64.const 2)) drop) (export \"a\" (func 9)))",
};

static wattle_engine *failing_engine(const wattle_allocator *al) {
    wattle_config config = wattle_config_default();
    config.allocator = al;
    config.threads = 1;
    return wattle_engine_new(&config);
}

/* Reads, prints and encodes; the statuses go to worst unless they are about the input. */
static wattle_status run_job(const wattle_allocator *al, const void *bytes, size_t len) {
    wattle_engine *engine = failing_engine(al);
    if (!engine)
        return WATTLE_OUT_OF_MEMORY;
    wattle_module *module;
    wattle_report *report;
    size_t written = 0;
    wattle_status status =
        wattle_module_read(engine, bytes, len, "oom", WATTLE_READ_CHECK, &module, &report);
    if (report && wattle_report_count(report))
        wattle_report_write(report, WATTLE_REPORT_JSON, swallow, &written);
    if (module) {
        status = wattle_module_write_binary(module, swallow, &written);
        for (int fold = 0; fold < 2 && status == WATTLE_OK; fold++) {
            wattle_print_options print = {.size = sizeof print, .fold = fold};
            status = wattle_module_write_text(module, &print, swallow, &written, NULL);
        }
    }
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return status;
}

static const char script[] =
    "(module $m (func (export \"f\") (param i32) (result i32) (local.get 0)))"
    "(module definition $d binary \"\\00asm\" \"\\01\\00\\00\\00\")"
    "(module instance $i $d) (register \"m\" $m)"
    "(assert_return (invoke $m \"f\" (i32.const 1)) (either (i32.const 1) (i32.const 2)))"
    "(assert_trap (invoke \"g\\n\" (v128.const i32x4 1 2 3 4) (ref.null func)) \"x\")"
    "(assert_invalid (module (func (result i32))) \"type mismatch\")"
    "(assert_malformed (module quote \"(func\") \"unexpected end\")";

static bool swallow_file(void *user, const char *name, const void *data, size_t size) {
    (void)name;
    return swallow(user, data, size);
}

static wattle_status convert_script(const wattle_allocator *al, const void *bytes, size_t len) {
    wattle_engine *engine = failing_engine(al);
    if (!engine)
        return WATTLE_OUT_OF_MEMORY;
    size_t written = 0;
    wattle_report *report;
    wattle_json_options options = {
        .size = sizeof options, .stem = "s", .file = swallow_file, .file_user = &written};
    wattle_status status =
        wattle_script_to_json(engine, bytes, len, "s.wast", &options, swallow, &written, &report);
    wattle_report_free(report);
    wattle_engine_free(engine);
    return status;
}

static const char packed[] =
    "(module (@bind \"package \\\"p\\\"; alloc \\\"take\\\"; free \\\"give\\\";\""
    " \"enum E { a, b = 4 } record R { x: f64, s: string, e: E, o: option u8 }\""
    " \"class C free \\\"drop\\\"; export make as C.new(r: R, names: list string) -> C;\""
    " \"export size as C.size(self, f: callback(u8) -> f64) -> result u32, own string;\""
    " \"import \\\"env\\\" \\\"now\\\" = Date.now () -> f64;\")"
    "(import \"env\" \"now\" (func (result f64))) (import \"./a.js\" \"g\" (global i32))"
    "(import \"wasi_snapshot_preview1\" \"fd_write\""
    " (func (param i32 i32 i32 i32) (result i32)))"
    "(global (mut i64) (i64.const 0)) (func (export \"_start\"))"
    "(func $h (@bind \"(text: string)\") (export \"head\") (param i32 i32))"
    "(memory (export \"memory\") 1) (func (export \"take\") (param i32) (result i32) (i32.const 0))"
    "(func (export \"give\") (param i32)) (func (export \"drop\") (param i32))"
    "(func (export \"make\") (param i32 i32 i32) (result i32) (i32.const 0))"
    "(func (export \"size\") (param i32 i32 i32)) (func (export \"odd name\") (param $x i64)))";

static bool find_module(void *user, const char *name, const void **data, size_t *size,
                        const char **why) {
    static const char first[] = "import './b.js';";
    (void)user;
    (void)why;
    *data = first;
    *size = strcmp(name, "a.js") == 0 ? sizeof first - 1 : 0;
    return true;
}

/* As clauses, as JSON, and as a package for all targets. */
static wattle_status pack_job(const wattle_allocator *al, const void *bytes, size_t len) {
    wattle_engine *engine = failing_engine(al);
    if (!engine)
        return WATTLE_OUT_OF_MEMORY;
    wattle_pack_options options = {
        .size = sizeof options, .targets = 63, .map = true, .hot = true, .find = find_module};
    size_t written = 0;
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read(engine, bytes, len, "p.wat", WATTLE_READ_CHECK, &module, &report);
    for (int i = 0; i < 3 && status == WATTLE_OK; i++) {
        wattle_report_free(report);
        report = NULL;
        status = i < 2 ? wattle_bind(module, &options, i, swallow, &written, &report)
                       : wattle_pack(module, &options, swallow_file, &written, &report);
    }
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return status;
}

typedef wattle_status (*OomJob)(const wattle_allocator *al, const void *bytes, size_t len);

static void fail_each(const char *name, OomJob run, const void *bytes, size_t len) {
    check_begin(name);
    Failing never = {.until = -1};
    wattle_allocator al = {failing_alloc, &never};
    wattle_status want = run(&al, bytes, len);
    CHECK_EQ_INT(never.live, 0);
    CHECK(want != WATTLE_OUT_OF_MEMORY);
    for (long n = 0; n < never.calls; n++) {
        Failing f = {.until = n};
        al = (wattle_allocator){failing_alloc, &f};
        wattle_status got = run(&al, bytes, len);
        if (got != WATTLE_OUT_OF_MEMORY && got != want)
            fprintf(stderr, "allocation %ld: status %d, not %d\n", n, (int)got, (int)want);
        CHECK(got == WATTLE_OUT_OF_MEMORY || got == want);
        CHECK_EQ_INT(f.live, 0);
    }
    check_end();
}

/* The same module as a binary. */
static Bytes assemble(const char *text) {
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *module;
    wattle_report *report;
    Bytes b = {NULL, 0};
    if (wattle_module_read(engine, text, strlen(text), "t", WATTLE_READ_TEXT, &module, &report) ==
        WATTLE_OK)
        wattle_module_write_binary(module, keep_bytes, &b);
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return b;
}

int main(void) {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "text %zu", i);
        fail_each(name, run_job, texts[i], strlen(texts[i]));
        Bytes b = assemble(texts[i]);
        if (b.data) {
            snprintf(name, sizeof name, "binary %zu", i);
            fail_each(name, run_job, b.data, b.len);
        }
        free(b.data);
    }
    fail_each("script", convert_script, script, strlen(script));
    check_begin("package, with enough memory");
    Failing never = {.until = -1};
    wattle_allocator al = {failing_alloc, &never};
    CHECK_EQ_INT(pack_job(&al, packed, strlen(packed)), WATTLE_OK);
    check_end();
    fail_each("package", pack_job, packed, strlen(packed));
    return check_done();
}
