/* Calls that are held, through wattle.h: every state of programs of all kinds, reached step by step
   and at once; breakpoints, over and out; the ends of calls; with every allocation failing in
   turn. */
#define WATTLE_UNSTABLE
#include "check.h"
#include "failing.h"
#include "wattle.h"

#include <stdlib.h>

/* ---- text that is written ---- */

typedef struct Text {
    char *data;
    size_t len, cap;
} Text;

static bool add_text(void *user, const void *data, size_t len) {
    Text *t = user;
    if (t->len + len + 1 > t->cap) {
        t->cap = 2 * (t->len + len + 1);
        t->data = realloc(t->data, t->cap);
        if (!t->data)
            abort();
    }
    memcpy(t->data + t->len, data, len);
    t->len += len;
    t->data[t->len] = 0;
    return true;
}

/* ---- a program with its debugger ---- */

typedef struct Bench {
    wattle_engine *engine;
    wattle_module *module;
    wattle_store *store;
    wattle_linker *linker;
    wattle_instance instance;
    wattle_debugger *debugger;
    wattle_status status; /* of what was not WATTLE_OK first */
    Text text, binary, back;
} Bench;

static wattle_engine *debug_engine(const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    config.features = UINT64_MAX;
    config.allocator = allocator;
    config.threads = 1;
    return wattle_engine_new(&config);
}

/* The text as a binary, which has offsets. */
static wattle_status read_binary(Bench *b, const char *text) {
    wattle_module *module;
    wattle_report *report = NULL;
    wattle_status status = wattle_module_read(b->engine, text, strlen(text), "test.wat",
                                              WATTLE_READ_CHECK, &module, &report);
    if (status == WATTLE_OK)
        status = wattle_module_write_binary(module, add_text, &b->binary);
    else if (report && status != WATTLE_OUT_OF_MEMORY)
        wattle_report_write(report, 0, add_text, &b->text);
    if (b->text.len)
        fprintf(stderr, "%s", b->text.data);
    wattle_report_free(report);
    wattle_module_free(module);
    if (status != WATTLE_OK)
        return status;
    status = wattle_module_read(b->engine, b->binary.data, b->binary.len, "test.wasm",
                                WATTLE_READ_CHECK, &b->module, &report);
    wattle_report_free(report);
    return status;
}

/* "twice" of the host calls "inner" of the module twice, which must not be held. */
static wattle_status twice(void *user, wattle_caller *caller, const wattle_slot *args,
                           wattle_slot *results) {
    (void)user, (void)args, (void)results;
    wattle_store *s = wattle_caller_store(caller);
    wattle_func inner;
    if (!wattle_instance_func(s, wattle_caller_instance(caller), "inner", &inner))
        return WATTLE_TRAP;
    for (int i = 0; i < 2; i++) {
        wattle_status status = wattle_func_call(s, inner, NULL, 0, NULL, 0);
        if (status != WATTLE_OK)
            return status;
    }
    return WATTLE_OK;
}

static wattle_status add_calls(Bench *b, const char *name, int32_t argument) {
    wattle_func f;
    wattle_status status = wattle_debugger_add_start(b->debugger, b->instance);
    if (status != WATTLE_OK)
        return status;
    if (!wattle_instance_func(b->store, b->instance, name, &f))
        return WATTLE_OUT_OF_MEMORY;
    size_t params = wattle_type_param_count(wattle_func_type(b->store, f));
    wattle_value value = {.kind = WATTLE_I32, .of.i32 = argument};
    return wattle_debugger_add(b->debugger, f, &value, params);
}

static wattle_status open_program(Bench *b, const char *text, const char *name, int32_t argument,
                                  bool fuel) {
    wattle_store_config config = {
        .size = sizeof config, .debug = true, .fuel = fuel, .stack_bytes = 1 << 20};
    wattle_status status = read_binary(b, text);
    if (status != WATTLE_OK)
        return status;
    b->store = wattle_store_new(b->engine, &config);
    b->linker = b->store ? wattle_linker_new(b->engine) : NULL;
    if (!b->linker)
        return WATTLE_OUT_OF_MEMORY;
    if (fuel)
        wattle_store_set_fuel(b->store, UINT64_MAX);
    status = wattle_linker_define_fast(b->linker, "host", "twice", ":", twice, NULL, NULL);
    if (status == WATTLE_OK)
        status = wattle_debugger_new(b->store, &b->debugger);
    if (status == WATTLE_OK)
        status = wattle_instance_new(b->store, b->module, b->linker, &b->instance);
    if (status == WATTLE_OK)
        status = add_calls(b, name, argument);
    return status == WATTLE_OK ? wattle_debugger_go(b->debugger, WATTLE_DEBUG_BREAK, 0) : status;
}

static void close_program(Bench *b) {
    wattle_debugger_free(b->debugger);
    wattle_linker_free(b->linker);
    wattle_store_free(b->store);
    wattle_module_free(b->module);
    free(b->text.data);
    free(b->binary.data);
    free(b->back.data);
    wattle_engine *engine = b->engine;
    *b = (Bench){0};
    wattle_engine_free(engine);
}

static bool open_plainly(Bench *b, const char *text, const char *name, int32_t argument) {
    *b = (Bench){.engine = debug_engine(NULL)};
    b->status = open_program(b, text, name, argument, false);
    return CHECK_EQ_INT(b->status, WATTLE_OK);
}

static const char *state_of(Bench *b) {
    b->text.len = 0;
    CHECK_EQ_INT(wattle_debugger_write(b->debugger, add_text, &b->text), WATTLE_OK);
    return b->text.len ? b->text.data : "";
}

static wattle_status go(Bench *b, wattle_debug_goal goal, uint64_t steps) {
    wattle_status status = wattle_debugger_go(b->debugger, goal, steps);
    if (status != WATTLE_OK)
        b->status = status;
    return status;
}

static bool sees(Bench *b, const char *what) {
    const char *state = state_of(b);
    bool seen = strstr(state, what) != NULL;
    if (!seen)
        fprintf(stderr, "no %s in\n%s\n", what, state);
    return seen;
}

/* ---- factorial, each step looked at ---- */

static const char fac[] = "(module (func $fac (export \"fac\") (param $n i32) (result i64)"
                          " (local $r i64)"
                          " (if (result i64) (i32.eqz (local.get $n))"
                          "  (then (i64.const 1))"
                          "  (else (i64.mul (i64.extend_i32_u (local.get $n))"
                          "   (call $fac (i32.sub (local.get $n) (i32.const 1))))))))";

typedef struct FacStep {
    unsigned op; /* the byte that comes next */
    unsigned depth;
    const char *stack;
} FacStep;

static unsigned byte_at(const Bench *b, size_t offset) { return (uint8_t)b->binary.data[offset]; }

static size_t number_behind(const char *text, const char *key) {
    const char *at = strstr(text, key);
    return at ? (size_t)strtoull(at + strlen(key), NULL, 10) : SIZE_MAX;
}

static unsigned count_of(const char *text, const char *what) {
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

static void factorial(void) {
    static const FacStep steps[] = {
        {0x20, 1, "[]"},
        {0x45, 1, "[{\"name\":null,\"type\":\"i32\",\"value\":\"1\"}]"},
        {0x04, 1, "[{\"name\":null,\"type\":\"i32\",\"value\":\"0\"}]"},
        {0x20, 1, "[]"},
        {0xAD, 1, "[{\"name\":null,\"type\":\"i32\",\"value\":\"1\"}]"},
        {0x20, 1, "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"}]"},
        {0x41, 1,
         "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"},{\"name\":null,\"type\":\"i32\","
         "\"value\":\"1\"}]"},
        {0x6B, 1,
         "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"},{\"name\":null,\"type\":\"i32\","
         "\"value\":\"1\"},{\"name\":null,\"type\":\"i32\",\"value\":\"1\"}]"},
        {0x10, 1,
         "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"},{\"name\":null,\"type\":\"i32\","
         "\"value\":\"0\"}]"},
        {0x20, 2, "[]"},
        {0x45, 2, "[{\"name\":null,\"type\":\"i32\",\"value\":\"0\"}]"},
        {0x04, 2, "[{\"name\":null,\"type\":\"i32\",\"value\":\"1\"}]"},
        {0x42, 2, "[]"},
        {0x05, 2, "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"}]"}, /* else: to the end */
        {0x0B, 2, "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"}]"},
        {0x7E, 1,
         "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"},{\"name\":null,\"type\":\"i64\","
         "\"value\":\"1\"}]"},
        {0x0B, 1, "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"}]"}, /* of the if */
        {0x0B, 1, "[{\"name\":null,\"type\":\"i64\",\"value\":\"1\"}]"},
    };
    Bench b;
    if (open_plainly(&b, fac, "fac", 1)) {
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            char stack[300];
            snprintf(stack, sizeof stack, "\"stack\":%s}", steps[i].stack);
            const char *state = state_of(&b);
            CHECK_EQ_INT(number_behind(state, "\"step\":"), i);
            size_t offset = number_behind(state, "\"offset\":");
            CHECK(offset < b.binary.len && byte_at(&b, offset) == steps[i].op);
            CHECK_EQ_INT(count_of(state, "\"locals\":"), steps[i].depth);
            const char *first = strstr(state, "\"stack\":");
            CHECK(first && strncmp(first, stack, strlen(stack)) == 0);
            CHECK(strstr(state, steps[i].depth == 1
                                    ? "{\"name\":\"n\",\"type\":\"i32\",\"value\":\"1\"},{\"name\":"
                                      "\"r\",\"type\":\"i64\",\"value\":\"0\"}"
                                    : "{\"name\":\"n\",\"type\":\"i32\",\"value\":\"0\"}"));
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1), WATTLE_OK);
        }
        wattle_value result;
        CHECK(wattle_debugger_ended(b.debugger));
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), sizeof steps / sizeof *steps);
        CHECK_EQ_INT(wattle_debugger_results(b.debugger, &result, 1), WATTLE_OK);
        CHECK_EQ_INT(result.of.i64, 1);
        CHECK(sees(&b, "\"ended\":true,\"frames\":[]"));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1), WATTLE_OK);
    }
    close_program(&b);
}

/* ---- programs of all kinds ---- */

typedef struct Program {
    const char *name, *text;
    int32_t argument;
    wattle_status end;
    const char *value, *shows; /* of the result; what some state shows */
} Program;

static const Program programs[] = {
    {"recursion", fac, 20, WATTLE_OK, "2432902008176640000", "\"value\":\"20\""},
    {"loop",
     "(module (func (export \"fac\") (param $n i32) (result i32) (local $s i32) (local $f f64)"
     " (local.set $f (f64.const 0x1p-3))"
     " (loop $l (local.set $s (i32.add (local.get $s) (local.get $n)))"
     "  (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
     " (block (nop)) (local.get $s)))",
     9, WATTLE_OK, "45", "\"name\":\"f\",\"type\":\"f64\",\"value\":\"0.125\""},
    {"values",
     "(module (func $two (result i32 i64) (i32.const 7) (i64.const -9223372036854775808))"
     " (func (export \"fac\") (param i32) (result i64) (local i64)"
     "  (call $two) (block (param i32 i64) (result i64 i32) (local.set 1) (local.set 0)"
     "   (local.get 1) (local.get 0) (br_table 0 0 (local.get 0)))"
     "  (drop) (drop) (select (result i64) (local.get 1) (i64.const 5) (i32.const 1))))",
     1, WATTLE_OK, "-9223372036854775808", "\"value\":\"-9223372036854775808\""},
    {"memory",
     "(module (memory $m 1 3) (data $d \"abc\") (global $g (mut i32) (i32.const 3))"
     " (table $t 3 funcref) (elem (i32.const 1) $f) (type $v (func (param i32) (result i32)))"
     " (func $f (type $v) (i32.store8 (local.get 0) (i32.const 7)) (i32.load (local.get 0)))"
     " (func (export \"fac\") (param i32) (result i32)"
     "  (memory.init $d (i32.const 8) (i32.const 0) (i32.const 3)) (data.drop $d)"
     "  (drop (memory.grow (i32.const 1))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 4))"
     "  (global.set $g (call_indirect (type $v) (local.get 0) (i32.const 1)))"
     "  (table.set (i32.const 0) (ref.func $f)) (global.get $g)))",
     8, WATTLE_OK, "6513159",
     "\"tables\":[{\"name\":\"t\",\"size\":3,\"entries\":[\"func 0 $f\",\"func 0 $f\",\"null\"]}]"
     ",\"memories\":[{\"name\":\"m\",\"pages\":2,\"bytes\":131072}]"},
    {"tail calls",
     "(module (type $t (func (param i32 i64) (result i64)))"
     " (func $even (param i32 i64) (result i64) (if (result i64) (local.get 0)"
     "  (then (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (local.get 1)"
     "   (f64.const nan:0x8000000000001)))"
     "  (else (local.get 1))))"
     " (func $odd (param i32 i64 f64) (result i64) (return_call_ref $t"
     "  (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 3))"
     "  (ref.func $even)))"
     " (elem declare func $even)"
     " (func (export \"fac\") (param i32) (result i64) (call $even (local.get 0) (i64.const 0))))",
     8, WATTLE_OK, "12", "nan:0x8000000000001"},
    {"exceptions",
     "(module (tag $e (param i32 i64)) (func $f (param i32) (throw $e (local.get 0) (i64.const 4)))"
     " (func (export \"fac\") (param i32) (result i64) (local exnref) (local i64)"
     "  (block $h (result i32 i64 exnref) (try_table (catch_ref $e $h) (call $f (local.get 0)))"
     "   (unreachable))"
     "  (local.set 1) (local.set 2) (drop) (local.get 2)))",
     8, WATTLE_OK, "4", "\"type\":\"exnref\",\"value\":\"exn $e\""},
    {"old exceptions",
     "(module (tag $e (param i32)) (func $f (param i32) (throw $e (local.get 0)))"
     " (func (export \"fac\") (param i32) (result i32) (i32.const 30)"
     "  (try (result i32) (do (call $f (local.get 0)) (i32.const 1))"
     "   (catch $e (try (result i32) (do (call $f (i32.const 3)) (i32.const 1))"
     "    (catch_all (i32.const 4))) (i32.add)))"
     "  (i32.add)))",
     8, WATTLE_OK, "42",
     "{\"name\":null,\"type\":\"i32\",\"value\":\"30\"},{\"name\":null,\"type\":\"i32\","
     "\"value\":\"8\"},{\"name\":null,\"type\":\"i32\",\"value\":\"4\"}]"},
    {"uncaught",
     "(module (tag $e (param i32)) (func $f (param i32) (throw $e (local.get 0)))"
     " (func (export \"fac\") (param i32) (call $f (local.get 0)) (nop)))",
     8, WATTLE_EXCEPTION, NULL, "\"name\":\"f\""},
    {"objects",
     "(module (type $p (struct (field (mut i32)) (field i64) (field (ref null $p))))"
     " (type $a (array (mut i16)))"
     " (func (export \"fac\") (param i32) (result i32) (local $p (ref null $p)) (local anyref)"
     "  (local.set $p (struct.new $p (i32.const 1) (i64.const 2) (ref.null $p)))"
     "  (local.set $p (struct.new $p (local.get 0) (i64.const 3) (local.get $p)))"
     "  (local.set 2 (array.new $a (i32.const 65535) (i32.const 3)))"
     "  (local.set 2 (ref.i31 (i32.const -5)))"
     "  (struct.set $p 0 (local.get $p) (i32.const 9))"
     "  (struct.get $p 0 (local.get $p))))",
     8, WATTLE_OK, "9",
     "\"type\":\"(ref null 0)\",\"value\":\"struct {9, 3, struct}\"},{\"name\":null,\"type\":"
     "\"anyref\",\"value\":\"i31 -5\"}"},
    {"vectors",
     "(module (func (export \"fac\") (param i32) (result i32) (local $v v128) (local $i i32)"
     "  (local.set $v (i32x4.add (v128.const i32x4 1 2 3 4) (i32x4.splat (local.get 0))))"
     "  (i32.const 3) (local.get $v) (local.get $v) (i64x2.add) (i32x4.extract_lane 3)"
     "  (i32.add)))",
     8, WATTLE_OK, "27",
     "\"type\":\"v128\",\"value\":\"i32x4 0x00000009 0x0000000a 0x0000000b 0x0000000c\"},{\"name\":"
     "\"i\""},
    {"start and host",
     "(module (import \"host\" \"twice\" (func $twice)) (global $g (mut i32) (i32.const 1))"
     " (func (export \"inner\") (global.set $g (i32.mul (global.get $g) (i32.const 2))))"
     " (func $s (global.set $g (i32.const 3))) (start $s)"
     " (func (export \"fac\") (param i32) (result i32) (call $twice) (global.get $g)))",
     8, WATTLE_OK, "12", "\"name\":\"s\""},
    {"switching",
     "(module (type $f (func)) (type $c (cont $f)) (tag $y (param i32))"
     " (func $gen (local i32) (loop $l (suspend $y (local.get 0))"
     "  (local.set 0 (i32.add (local.get 0) (i32.const 1)))"
     "  (br_if $l (i32.lt_u (local.get 0) (i32.const 3)))))"
     " (elem declare func $gen)"
     " (func (export \"fac\") (param $s i32) (result i32) (local $k (ref null $c))"
     "  (local.set $k (cont.new $c (ref.func $gen)))"
     "  (loop $l (block $on (result i32 (ref $c))"
     "    (resume $c (on $y $on) (local.get $k)) (return (local.get $s)))"
     "   (local.set $k) (local.set $s (i32.add (local.get $s))) (br $l)) (unreachable)))",
     8, WATTLE_OK, "11", "\"type\":\"(ref null 1)\",\"value\":\"cont\""},
    {"trap",
     "(module (func (export \"fac\") (param i32) (result i32)"
     " (i32.div_s (local.get 0) (i32.const 0))))",
     8, WATTLE_TRAP, NULL, "\"value\":\"8\""},
    {"no end",
     "(module (func $f (export \"fac\") (param i32) (result i32)"
     " (i32.add (i32.const 1) (call $f (local.get 0)))))",
     8, WATTLE_TRAP, NULL, "\"value\":\"8\""},
};

enum { STATES_most = 600 };

/* The states of the first steps, and how it ended. */
static size_t all_states(Bench *b, char **states) {
    size_t n = 0;
    states[n++] = strdup(state_of(b));
    while (n < STATES_most && !wattle_debugger_ended(b->debugger)) {
        go(b, WATTLE_DEBUG_BREAK, 1);
        states[n++] = strdup(state_of(b));
    }
    return n;
}

static void check_end_of(Bench *b, const Program *p) {
    while (!wattle_debugger_ended(b->debugger))
        go(b, WATTLE_DEBUG_BREAK, 100000);
    CHECK_EQ_INT(b->status, p->end);
    wattle_value result;
    char text[WATTLE_VALUE_TEXT];
    if (!p->value)
        return;
    if (CHECK_EQ_INT(wattle_debugger_results(b->debugger, &result, 1), WATTLE_OK)) {
        wattle_value_print(&result, text);
        CHECK_EQ_STR(text, p->value);
    }
}

/* Each state of a run that is held everywhere is that of one which is held there only: holding
   changes nothing, and who runs again comes to the same. */
static void program_states(const Program *p) {
    static char *states[STATES_most];
    Bench b;
    size_t n = 0;
    bool shown = false;
    if (open_plainly(&b, p->text, "fac", p->argument)) {
        n = all_states(&b, states);
        check_end_of(&b, p);
    }
    close_program(&b);
    for (size_t i = 0; i < n; i++) {
        shown |= strstr(states[i], p->shows) != NULL;
        CHECK_EQ_INT(number_behind(states[i], "\"step\":"), i);
        if (open_plainly(&b, p->text, "fac", p->argument)) {
            go(&b, WATTLE_DEBUG_PASS, i);
            CHECK_EQ_STR(state_of(&b), states[i]);
        }
        close_program(&b);
    }
    if (!CHECK(shown) && n)
        fprintf(stderr, "never %s; last: %s\n", p->shows, states[n - 1]);
    for (size_t i = 0; i < n; i++)
        free(states[i]);
}

/* ---- goals ---- */

static void over_and_out(void) {
    Bench b;
    if (open_plainly(&b, fac, "fac", 5)) {
        for (int i = 0; i < 9; i++) /* local.get eqz if local.get extend local.get const sub call */
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OVER, UINT64_MAX), WATTLE_OK);
        CHECK(sees(&b, "\"type\":\"i64\",\"value\":\"24\"}]}]"));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OUT, UINT64_MAX), WATTLE_OK);
        CHECK(wattle_debugger_ended(b.debugger));
    }
    close_program(&b);
    if (open_plainly(&b, fac, "fac", 5)) { /* the same in pieces */
        go(&b, WATTLE_DEBUG_BREAK, 8);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OVER, 3), WATTLE_OK);
        for (int i = 0; !wattle_debugger_at_goal(b.debugger) && CHECK(i < 100); i++)
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_MORE, 3), WATTLE_OK);
        CHECK(sees(&b, "\"type\":\"i64\",\"value\":\"24\"}]}]"));
    }
    close_program(&b);
    if (open_plainly(&b, fac, "fac", 5)) {
        go(&b, WATTLE_DEBUG_BREAK, 9 * 3 + 1);
        CHECK_EQ_INT(count_of(state_of(&b), "\"locals\":"), 4);
        for (unsigned depth = 3; depth > 0; depth--) {
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OUT, UINT64_MAX), WATTLE_OK);
            CHECK_EQ_INT(count_of(state_of(&b), "\"locals\":"), depth);
            CHECK_EQ_INT(byte_at(&b, number_behind(b.text.data, "\"offset\":")), 0x7E);
        }
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OVER, 1), WATTLE_OK);
        CHECK(sees(&b, "\"value\":\"120\"}]}]"));
    }
    close_program(&b);
    /* The start function ends where the next call begins. */
    for (const Program *p = programs; p < programs + sizeof programs / sizeof *programs; p++) {
        if (strcmp(p->name, "start and host") != 0 || !open_plainly(&b, p->text, "fac", 1))
            continue;
        CHECK(sees(&b, "\"name\":\"s\""));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OUT, UINT64_MAX), WATTLE_OK);
        CHECK(sees(&b, "\"name\":\"fac\""));
        CHECK(!wattle_debugger_ended(b.debugger));
        CHECK(sees(&b, "\"name\":\"g\",\"type\":\"i32\",\"value\":\"3\""));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OVER, UINT64_MAX), WATTLE_OK); /* call $twice */
        CHECK(sees(&b, "\"name\":\"g\",\"type\":\"i32\",\"value\":\"12\""));
        close_program(&b);
    }
}

static void breakpoints(void) {
    Bench b;
    if (open_plainly(&b, fac, "fac", 5)) {
        size_t offset = 0;
        while (byte_at(&b, offset) != 0x7E || byte_at(&b, offset + 1) != 0x0B)
            offset++;
        const uint64_t offsets[] = {offset, 1 << 30};
        CHECK_EQ_INT(wattle_debugger_break_at(b.debugger, b.module, offsets, 2), WATTLE_OK);
        for (unsigned depth = 5; depth > 0; depth--) {
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, UINT64_MAX), WATTLE_OK);
            CHECK_EQ_INT(count_of(state_of(&b), "\"locals\":"), depth);
            CHECK_EQ_INT(number_behind(b.text.data, "\"offset\":"), offset);
        }
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, UINT64_MAX), WATTLE_OK);
        CHECK(wattle_debugger_ended(b.debugger));
    }
    uint64_t steps = wattle_debugger_steps(b.debugger);
    close_program(&b);
    if (open_plainly(&b, fac, "fac", 5)) {
        size_t offset = 0;
        while (byte_at(&b, offset) != 0x7E || byte_at(&b, offset + 1) != 0x0B)
            offset++;
        const uint64_t at = offset;
        CHECK_EQ_INT(wattle_debugger_break_at(b.debugger, b.module, &at, 1), WATTLE_OK);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_PASS, 20), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_passed(b.debugger), -1);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_PASS, UINT64_MAX), WATTLE_OK);
        CHECK(wattle_debugger_ended(b.debugger));
        CHECK_EQ_INT(wattle_debugger_passed(b.debugger), steps - 3);
        CHECK_EQ_INT(wattle_debugger_break_at(b.debugger, b.module, NULL, 0), WATTLE_OK);
    }
    close_program(&b);
}

/* ---- ends ---- */

static void ends(void) {
    Bench b;
    if (open_plainly(&b,
                     "(module (func $f (param $x i32) (result i32)"
                     " (i32.div_u (i32.const 3) (local.get $x)))"
                     " (func (export \"fac\") (param i32) (result i32) (i64.const 4)"
                     " (drop (call $f (local.get 0))) (drop) (i32.const 1)))",
                     "fac", 0)) {
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, UINT64_MAX), WATTLE_TRAP);
        CHECK_EQ_INT(wattle_store_trap_code(b.store), WATTLE_TRAP_integer_divide_by_zero);
        CHECK_EQ_INT(wattle_store_frame_count(b.store), 2);
        CHECK(sees(&b,
                   "\"name\":\"x\",\"type\":\"i32\",\"value\":\"0\"}],\"stack\":[{\"name\":null,"
                   "\"type\":\"i32\",\"value\":\"3\"},{\"name\":null,\"type\":\"i32\",\"value\":"
                   "\"0\"}]}"));
        CHECK(sees(&b, "\"stack\":[{\"name\":null,\"type\":\"i64\",\"value\":\"4\"}]}]"));
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), 6);
        CHECK(wattle_debugger_ended(b.debugger));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), 6);
    }
    close_program(&b);
}

/* Held, a store can do other things; freed, it forgets the call. */
static void meanwhile(void) {
    Bench b;
    if (open_plainly(&b, fac, "fac", 5)) {
        wattle_func f;
        wattle_debugger *other;
        wattle_value arg = {.kind = WATTLE_I32, .of.i32 = 6}, result;
        CHECK_EQ_INT(wattle_debugger_new(b.store, &other), WATTLE_USAGE);
        go(&b, WATTLE_DEBUG_BREAK, 20);
        CHECK(wattle_instance_func(b.store, b.instance, "fac", &f));
        CHECK_EQ_INT(wattle_func_call(b.store, f, &arg, 1, &result, 1), WATTLE_OK);
        CHECK_EQ_INT(result.of.i64, 720);
        wattle_store_collect(b.store, true);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, UINT64_MAX), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_results(b.debugger, &result, 1), WATTLE_OK);
        CHECK_EQ_INT(result.of.i64, 120);
    }
    close_program(&b);
    if (open_plainly(&b, fac, "fac", 5)) {
        wattle_func f;
        wattle_value arg = {.kind = WATTLE_I32, .of.i32 = 6}, result;
        go(&b, WATTLE_DEBUG_BREAK, 20);
        wattle_debugger_free(b.debugger);
        b.debugger = NULL;
        CHECK(wattle_instance_func(b.store, b.instance, "fac", &f));
        CHECK_EQ_INT(wattle_func_call(b.store, f, &arg, 1, &result, 1), WATTLE_OK);
        CHECK_EQ_INT(result.of.i64, 720);
        CHECK_EQ_INT(wattle_debugger_new(b.store, &b.debugger), WATTLE_OK);
    }
    close_program(&b);
}

/* More slots than 16 bits count, and operands above them. */
static void wide_frames(void) {
    Text text = {0};
    const char *head = "(module (func (export \"fac\") (param i32) (result i32)";
    add_text(&text, head, strlen(head));
    for (int i = 0; i < 33000; i++)
        add_text(&text, " (local i64)", 12);
    const char *rest = " (local $last i32) (local.set $last (local.get 0))"
                       " (i32.add (local.get $last) (i32.const 3))))";
    add_text(&text, rest, strlen(rest));
    Bench b;
    if (open_plainly(&b, text.data, "fac", 4)) {
        for (int i = 0; i < 4; i++)
            CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1), WATTLE_OK);
        CHECK(sees(&b, "\"stack\":[{\"name\":null,\"type\":\"i32\",\"value\":\"4\"},{\"name\":null,"
                       "\"type\":\"i32\",\"value\":\"3\"}]"));
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 9), WATTLE_OK);
    }
    close_program(&b);
    free(text.data);
}

/* What takes long counts as fuel does, and an endless loop is held. */
static void bounds(void) {
    Bench b = {.engine = debug_engine(NULL)};
    const char *text = "(module (memory 16) (func (export \"fac\") (param i32)"
                       " (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x100000))"
                       "  (br $l))))";
    if (CHECK_EQ_INT(open_program(&b, text, "fac", 4, true), WATTLE_OK)) {
        uint64_t before, after;
        wattle_store_get_fuel(b.store, &before);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1000000), WATTLE_OK);
        wattle_store_get_fuel(b.store, &after);
        CHECK(!wattle_debugger_ended(b.debugger));
        CHECK(before - after > 1000000 && before - after < 1200000);
        CHECK(wattle_debugger_steps(b.debugger) < 200);
    }
    close_program(&b);
    if (open_plainly(&b, "(module (func (export \"fac\") (param i32) (loop $l (br $l))))", "fac",
                     1)) {
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_BREAK, 1000000), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), 1000000);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OVER, 1000), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), 1000001);
        CHECK_EQ_INT(go(&b, WATTLE_DEBUG_OUT, 1000), WATTLE_OK);
        CHECK_EQ_INT(wattle_debugger_steps(b.debugger), 1001001);
    }
    close_program(&b);
}

static void misuse(void) {
    wattle_engine *engine = debug_engine(NULL);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_debugger *d;
    CHECK_EQ_INT(wattle_debugger_new(store, &d), WATTLE_USAGE);
    CHECK(d == NULL);
    wattle_store_free(store);
    wattle_store_config config = {.size = sizeof config, .debug = true};
    store = wattle_store_new(engine, &config);
    if (CHECK_EQ_INT(wattle_debugger_new(store, &d), WATTLE_OK)) {
        Text text = {0};
        size_t len;
        CHECK_EQ_INT(wattle_debugger_add(d, (wattle_func){0}, NULL, 0), WATTLE_USAGE);
        CHECK_EQ_INT(wattle_debugger_add_start(d, (wattle_instance){0}), WATTLE_USAGE);
        CHECK_EQ_INT(wattle_debugger_go(d, WATTLE_DEBUG_BREAK, 5), WATTLE_OK);
        CHECK(wattle_debugger_ended(d));
        CHECK_EQ_INT(wattle_debugger_results(d, NULL, 0), WATTLE_USAGE);
        CHECK(wattle_debugger_memory(d, 0, &len) == NULL);
        CHECK_EQ_INT(wattle_debugger_write(d, add_text, &text), WATTLE_OK);
        CHECK_EQ_STR(text.data,
                     "{\"step\":0,\"ended\":true,\"frames\":[],\"globals\":[],\"tables\":[],"
                     "\"memories\":[]}");
        free(text.data);
    }
    wattle_debugger_free(d);
    wattle_store_free(store);
    wattle_engine_free(engine);
}

/* ---- scripts with marks ---- */

static void add_mark(void *user, const wattle_script_mark *m) {
    char line[200];
    int n = snprintf(line, sizeof line, "%d-%d %.*s %s%.*s;", (int)m->start, (int)m->end,
                     (int)m->command.len, m->command.data,
                     m->failed    ? "failed: "
                     : m->skipped ? "skipped: "
                                  : "passed",
                     (int)m->message.len, m->message.data ? m->message.data : "");
    add_text(user, line, (size_t)n);
}

static void script_marks(void) {
    static const struct {
        const char *script, *marks;
    } rows[] = {
        {"", ""},
        {"(func)", "0-6 module passed;"},
        {"(func (result i32))",
         "0-19 module failed: expected a valid module, got \"type mismatch: instruction requires "
         "[i32] but stack has []\" (invalid);"},
        {"(module (func (export \"f\") (loop (br 0)))) (; ) ;)\n"
         "(assert_trap (invoke \"f\") \"unreachable\") (invoke \"g\")",
         "0-42 module passed;51-91 assert_trap failed: expected \"unreachable\", got a trap: all "
         "fuel "
         "consumed;92-104 invoke failed: expected success, got no call: there is no such export;"},
        {"(module) (thread $t (module)) (module)",
         "0-8 module passed;9-29 thread skipped: skipped with all that follows: there are no "
         "threads here;"},
        {"(module) (get",
         "0-8 module passed;9-13 get failed: unexpected token: found the end of the "
         "text, expected the name of an export;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wattle_engine *engine = debug_engine(NULL);
        Text marks = {0}, lines = {0};
        wattle_report *report;
        wattle_script_result result;
        wattle_script_options options = {
            .size = sizeof options, .fuel = 100000, .mark = add_mark, .mark_user = &marks};
        wattle_script(engine, rows[i].script, strlen(rows[i].script), "s", &options, add_text,
                      &lines, &result, &report);
        CHECK_EQ_STR(marks.data ? marks.data : "", rows[i].marks);
        wattle_report_free(report);
        wattle_engine_free(engine);
        free(marks.data);
        free(lines.data);
    }
}

/* ---- memory that runs out ---- */

static void out_of_memory(void) {
    const Program *p = &programs[3];
    for (long until = 0;; until++) {
        Failing f = {.until = until};
        wattle_allocator allocator = {failing_alloc, &f};
        Bench b = {.engine = debug_engine(&allocator)};
        wattle_status status =
            b.engine ? open_program(&b, p->text, "fac", p->argument, false) : WATTLE_OUT_OF_MEMORY;
        for (int i = 0; i < 12 && status == WATTLE_OK; i++)
            status = wattle_debugger_go(b.debugger, WATTLE_DEBUG_BREAK, 1);
        if (status == WATTLE_OK)
            status = wattle_debugger_write(b.debugger, add_text, &b.back);
        if (status == WATTLE_OK)
            status = wattle_debugger_go(b.debugger, WATTLE_DEBUG_BREAK, UINT64_MAX);
        bool done = status == WATTLE_OK;
        if (!done && !CHECK_EQ_INT(status, WATTLE_OUT_OF_MEMORY))
            done = true;
        close_program(&b);
        CHECK_EQ_INT(f.live, 0);
        if (done) {
            CHECK(until > 50);
            return;
        }
    }
}

int main(void) {
    CHECK_CASE(factorial);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        check_begin(programs[i].name);
        program_states(&programs[i]);
        check_end();
    }
    CHECK_CASE(over_and_out);
    CHECK_CASE(breakpoints);
    CHECK_CASE(ends);
    CHECK_CASE(meanwhile);
    CHECK_CASE(wide_frames);
    CHECK_CASE(bounds);
    CHECK_CASE(misuse);
    CHECK_CASE(script_marks);
    CHECK_CASE(out_of_memory);
    return check_done();
}
