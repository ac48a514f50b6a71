/* wattle.h as an embedder uses it: calls both ways, failures and their places, checked handles,
   references and scopes, exceptions, continuations, objects of the host, one linker for several
   stores, what modules are made of, and every allocation failing in turn. */
#define WATTLE_UNSTABLE
#include "check.h"
#include "wattle.h"

#include <stdlib.h>

static wattle_engine *engine_with(const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    config.allocator = allocator;
    config.threads = 1;
    CHECK(wattle_features_parse("+stack-switching", &config.features, NULL, 0));
    return wattle_engine_new(&config);
}

static wattle_module *module_of(wattle_engine *engine, const char *text) {
    wattle_module *module;
    wattle_report *report;
    wattle_status status = wattle_module_new(engine, text, strlen(text), &module, &report);
    CHECK_EQ_INT(status, WATTLE_OK);
    for (size_t i = 0; i < wattle_report_count(report); i++)
        fprintf(stderr, "%s\n", wattle_report_get(report, i).message);
    wattle_report_free(report);
    return module;
}

/* An engine, a store and one instance. The engine and the module are given back at once: the store
   keeps what it needs. */
typedef struct World {
    wattle_engine *engine;
    wattle_linker *linker;
    wattle_store *store;
    wattle_instance instance;
    wattle_status status;
} World;

static void world_start(World *w) {
    memset(w, 0, sizeof *w);
    w->engine = engine_with(NULL);
    w->linker = wattle_linker_new(w->engine);
    w->store = wattle_store_new(w->engine, NULL);
}

static void world_instance(World *w, const char *text) {
    wattle_module *module = module_of(w->engine, text);
    w->status = wattle_instance_new(w->store, module, w->linker, &w->instance);
    wattle_module_free(module);
    wattle_linker_free(w->linker);
    wattle_engine_free(w->engine);
    w->linker = NULL;
    w->engine = NULL;
}

static wattle_func func_named(World *w, const char *name) {
    wattle_func f;
    CHECK(wattle_instance_func(w->store, w->instance, name, &f));
    return f;
}

static int32_t call_i32(World *w, const char *name, int32_t x) {
    wattle_value arg = WATTLE_VALUE_I32(x), result = WATTLE_VALUE_I32(-1);
    w->status = wattle_func_call(w->store, func_named(w, name), &arg, 1, &result, 1);
    return result.of.i32;
}

/* ---- calls ---- */

static void all_numbers(void) {
    World w;
    world_start(&w);
    world_instance(&w, "(module (func (export \"f\") (param i32 i64 f32 f64 v128)"
                       " (result v128 f64 f32 i64 i32)"
                       " local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))");
    CHECK_EQ_INT(w.status, WATTLE_OK);
    wattle_value args[5] = {WATTLE_VALUE_I32(-7),
                            WATTLE_VALUE_I64(INT64_MIN),
                            WATTLE_VALUE_F32(1.5f),
                            WATTLE_VALUE_F64(-0.25),
                            {.kind = WATTLE_V128, .of = {.v128 = {1, 2, [15] = 16}}}};
    wattle_value results[5];
    CHECK_EQ_INT(wattle_func_call(w.store, func_named(&w, "f"), args, 5, results, 5), WATTLE_OK);
    CHECK(results[0].kind == WATTLE_V128 && results[0].of.v128[1] == 2 &&
          results[0].of.v128[15] == 16);
    CHECK(results[1].kind == WATTLE_F64 && results[1].of.f64 == -0.25);
    CHECK(results[2].kind == WATTLE_F32 && results[2].of.f32 == 1.5f);
    CHECK(results[3].kind == WATTLE_I64 && results[3].of.i64 == INT64_MIN);
    CHECK(results[4].kind == WATTLE_I32 && results[4].of.i32 == -7);
    wattle_slot slots[6] = {{.i32 = 5}, {.i64 = 6},  {.f32 = 7},
                            {.f64 = 8}, {.bits = 9}, {.bits = 10}};
    CHECK(wattle_func_is(w.store, func_named(&w, "f"), "ilfdv:vdfli"));
    CHECK(!wattle_func_is(w.store, func_named(&w, "f"), "ilfdv:vdfl"));
    CHECK(!wattle_func_is(w.store, func_named(&w, "f"), "ilfdvvdfli"));
    CHECK_EQ_INT(wattle_func_call_fast(w.store, func_named(&w, "f"), slots, 6), WATTLE_OK);
    CHECK(slots[0].bits == 9 && slots[1].bits == 10 && slots[2].f64 == 8 && slots[3].f32 == 7 &&
          slots[4].i64 == 6 && slots[5].i32 == 5);
    wattle_store_free(w.store);
}

static int finalized;
static void count_finalizer(void *user) {
    (void)user;
    finalized++;
}

static wattle_status add_them(void *user, wattle_caller *caller, const wattle_slot *args,
                              wattle_slot *results) {
    (void)caller;
    results[0].i32 = args[0].i32 + args[1].i32 + *(int *)user;
    return WATTLE_OK;
}

/* Calls the export "leaf" of its caller and swallows its trap. */
static wattle_status call_back(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    (void)user;
    wattle_store *s = wattle_caller_store(caller);
    wattle_func leaf;
    CHECK(wattle_instance_func(s, wattle_caller_instance(caller), "leaf", &leaf));
    wattle_status status = wattle_func_call(s, leaf, args, 1, results, 1);
    if (status == WATTLE_TRAP && args[0].of.i32 == 100) {
        CHECK_EQ_INT(wattle_store_trap_code(s), WATTLE_TRAP_unreachable);
        results[0].of.i32 = 42;
        return WATTLE_OK;
    }
    return status;
}

static wattle_status give_up(void *user, wattle_caller *caller, const wattle_value *args,
                             wattle_value *results) {
    (void)user, (void)results;
    if (args[0].of.i32 == 9)
        return wattle_caller_exit(caller, 9);
    if (args[0].of.i32 == 8) {
        results[0] = WATTLE_VALUE_I64(8); /* not its type */
        return WATTLE_OK;
    }
    return wattle_caller_trap(caller, "given up");
}

static const char calling[] =
    "(module $calling (import \"h\" \"add\" (func $add (param i32 i32) (result i32)))"
    " (import \"h\" \"back\" (func $back (param i32) (result i32)))"
    " (import \"h\" \"up\" (func $up (param i32) (result i32)))"
    " (func (export \"add\") (param i32) (result i32) local.get 0 i32.const 2 call $add)"
    " (func (export \"back\") (param i32) (result i32) local.get 0 call $back)"
    " (func (export \"up\") (param i32) (result i32) local.get 0 call $up)"
    " (func $leaf (export \"leaf\") (param i32) (result i32)"
    "  local.get 0 i32.const 100 i32.ge_s if unreachable end local.get 0 i32.const 1 i32.add)"
    " (tag $e (param i32))"
    " (func (export \"try\") (param i32) (result i32)"
    "  (block $h (result i32) (try_table (catch $e $h) local.get 0 throw $e) unreachable)))";

static void define_calling(World *w, int *ten) {
    wattle_valtype i32 = wattle_valtype_of(WATTLE_I32);
    wattle_functype type = {&i32, &i32, 1, 1};
    CHECK_EQ_INT(
        wattle_linker_define_fast(w->linker, "h", "add", "ii:i", add_them, ten, count_finalizer),
        WATTLE_OK);
    CHECK_EQ_INT(
        wattle_linker_define_func(w->linker, "h", "back", &type, call_back, NULL, count_finalizer),
        WATTLE_OK);
    CHECK_EQ_INT(wattle_linker_define_func(w->linker, "h", "up", &type, give_up, NULL, NULL),
                 WATTLE_OK);
}

static void host_functions(void) {
    World w;
    int ten = 10;
    finalized = 0;
    world_start(&w);
    define_calling(&w, &ten);
    world_instance(&w, calling);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    CHECK_EQ_INT(call_i32(&w, "add", 1), 13);
    CHECK_EQ_INT(call_i32(&w, "back", 5), 6);
    CHECK_EQ_INT(call_i32(&w, "back", 100), 42);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    /* The trap goes through the host function, with the frames of both sides. */
    CHECK_EQ_INT(call_i32(&w, "back", 101), -1);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_STR(wattle_store_message(w.store), "unreachable");
    CHECK_EQ_INT(wattle_store_frame_count(w.store), 2);
    wattle_frame f = wattle_store_frame(w.store, 0);
    CHECK(f.func_name.len == 4 && memcmp(f.func_name.data, "leaf", 4) == 0);
    CHECK(f.module_name.len == 7 && memcmp(f.module_name.data, "calling", 7) == 0);
    CHECK(f.instance.index == w.instance.index && f.func_index == 6);
    CHECK(f.func_offset != UINT64_MAX && f.module_offset == UINT64_MAX);
    CHECK_EQ_INT(wattle_store_frame(w.store, 2).func_offset, -1);
    call_i32(&w, "up", 1);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_host);
    CHECK_EQ_STR(wattle_store_message(w.store), "given up");
    call_i32(&w, "up", 9);
    CHECK_EQ_INT(w.status, WATTLE_EXIT);
    CHECK_EQ_INT(wattle_store_exit_code(w.store), 9);
    call_i32(&w, "up", 8);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_STR(wattle_store_message(w.store), "result 1 is i64, not i32");
    CHECK_EQ_INT(finalized, 0);
    wattle_store_free(w.store);
    CHECK_EQ_INT(finalized, 2);
}

/* ---- exceptions ---- */

static const char throwing[] =
    "(module $throwing (import \"h\" \"tag\" (tag $host (param i32 v128 externref)))"
    " (import \"h\" \"throw\" (func $throw (param i32) (result i32)))"
    " (import \"h\" \"back\" (func $back (param i32) (result i32)))"
    " (tag $oops (export \"oops\") (param i32 f64))"
    " (func $leaf (export \"leaf\") (param i32) (result i32)"
    "  local.get 0 f64.const 0.5 throw $oops)"
    " (func (export \"uncaught\") (param i32) (result i32) local.get 0 call $throw)"
    " (func (export \"caught\") (param i32) (result i32)"
    "  (block $h (result i32 v128 externref)"
    "   (try_table (catch $host $h) local.get 0 call $throw return) unreachable)"
    "  drop drop)"
    " (func $tail (param i32) (result i32)"
    "  (block $h (try_table (catch_all $h) local.get 0 return_call $throw)) i32.const -2)"
    " (func (export \"tail\") (param i32) (result i32)"
    "  (block $h (result i32 v128 externref)"
    "   (try_table (catch $host $h) local.get 0 call $tail return) unreachable)"
    "  drop drop)"
    " (func (export \"through\") (param i32) (result i32)"
    "  (block $h (result i32 f64)"
    "   (try_table (catch $oops $h) local.get 0 call $back return) unreachable)"
    "  drop))";

/* 1: an exception; 2: none of this store's; 3: nothing. */
static wattle_status throw_it(void *user, wattle_caller *caller, const wattle_value *args,
                              wattle_value *results) {
    wattle_store *s = wattle_caller_store(caller);
    wattle_value values[] = {WATTLE_VALUE_I32(77), {.kind = WATTLE_V128}, {.kind = WATTLE_I32}};
    wattle_ref exception = {0};
    values[1].of.v128[15] = 3;
    CHECK_EQ_INT(wattle_exception_new(s, *(wattle_tag *)user, values, 3, &exception), WATTLE_USAGE);
    CHECK_EQ_STR(wattle_store_message(s), "value 3 is i32, not externref");
    values[2] = WATTLE_VALUE_EXTERN((wattle_ref){0});
    CHECK_EQ_INT(wattle_exception_new(s, *(wattle_tag *)user, values, 2, &exception), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_exception_new(s, *(wattle_tag *)user, values, 3, &exception), WATTLE_OK);
    if (args[0].of.i32 == 2)
        exception.serial++;
    results[0].of.i32 = 3;
    return args[0].of.i32 == 3 ? WATTLE_OK : wattle_caller_throw(caller, exception);
}

/* Calls the export "leaf" of its caller: lets its exception through, or swallows it (100), or fails
   otherwise (101). */
static wattle_status call_leaf(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    (void)user;
    wattle_store *s = wattle_caller_store(caller);
    wattle_func leaf;
    wattle_ref exception;
    CHECK(wattle_instance_func(s, wattle_caller_instance(caller), "leaf", &leaf));
    wattle_status status = wattle_func_call(s, leaf, args, 1, results, 1);
    CHECK_EQ_INT(status, WATTLE_EXCEPTION);
    CHECK_EQ_INT(wattle_store_exception(s, &exception), WATTLE_OK);
    if (args[0].of.i32 == 102)
        return wattle_caller_throw(caller, exception);
    return args[0].of.i32 == 100 ? WATTLE_OK : args[0].of.i32 == 101 ? WATTLE_LIMIT : status;
}

static void exceptions(void) {
    World w;
    world_start(&w);
    wattle_valtype i32 = wattle_valtype_of(WATTLE_I32);
    wattle_valtype params[] = {i32, wattle_valtype_of(WATTLE_V128),
                               wattle_valtype_of(WATTLE_EXTERNREF)};
    wattle_functype type = {&i32, &i32, 1, 1}, tag_type = {params, NULL, 3, 0};
    wattle_extern tag = {.kind = WATTLE_EXTERN_TAG}, oops;
    wattle_ref exception;
    wattle_value values[3];
    CHECK_EQ_INT(wattle_tag_new(w.store, &tag_type, &tag.of.tag), WATTLE_OK);
    CHECK_EQ_INT(wattle_linker_define(w.linker, "h", "tag", tag), WATTLE_OK);
    wattle_linker_define_func(w.linker, "h", "throw", &type, throw_it, &tag.of.tag, NULL);
    wattle_linker_define_func(w.linker, "h", "back", &type, call_leaf, NULL, NULL);
    world_instance(&w, throwing);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    CHECK_EQ_INT(wattle_store_exception(w.store, &exception), WATTLE_USAGE);

    call_i32(&w, "leaf", 7);
    CHECK_EQ_INT(w.status, WATTLE_EXCEPTION);
    CHECK_EQ_STR(wattle_store_message(w.store), "uncaught exception: oops (7, 0.5)");
    CHECK_EQ_INT(wattle_store_frame_count(w.store), 1);
    CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_none);
    CHECK_EQ_INT(wattle_store_exception(w.store, &exception), WATTLE_OK);
    CHECK(wattle_instance_export(w.store, w.instance, "oops", &oops));
    wattle_tag its;
    CHECK_EQ_INT(wattle_exception_tag(w.store, exception, &its), WATTLE_OK);
    CHECK(its.store == oops.of.tag.store && its.index == oops.of.tag.index);
    CHECK_EQ_INT(wattle_exception_values(w.store, exception, values, 3), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_exception_values(w.store, exception, values, 2), WATTLE_OK);
    CHECK(values[0].kind == WATTLE_I32 && values[0].of.i32 == 7);
    CHECK(values[1].kind == WATTLE_F64 && values[1].of.f64 == 0.5);

    call_i32(&w, "uncaught", 1);
    CHECK_EQ_INT(w.status, WATTLE_EXCEPTION);
    CHECK_EQ_STR(wattle_store_message(w.store),
                 "uncaught exception: host (77, 0x03000000000000000000000000000000, null)");
    CHECK_EQ_INT(wattle_store_frame_count(w.store), 1);
    CHECK_EQ_INT(call_i32(&w, "caught", 1), 77);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    CHECK_EQ_INT(call_i32(&w, "caught", 3), 3);
    call_i32(&w, "caught", 2);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_STR(wattle_store_message(w.store),
                 "host function failed: what it throws is no exception");
    CHECK_EQ_INT(call_i32(&w, "tail", 1), 77);

    CHECK_EQ_INT(call_i32(&w, "through", 99), 99);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    CHECK_EQ_INT(call_i32(&w, "through", 100), 0);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    call_i32(&w, "through", 101);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_INT(call_i32(&w, "through", 102), 102);
    CHECK_EQ_INT(wattle_exception_tag(w.store, (wattle_ref){0}, &its), WATTLE_USAGE);
    wattle_store_free(w.store);

    world_start(&w);
    world_instance(&w, "(module (tag $t) (func throw $t) (start 0))");
    CHECK_EQ_INT(w.status, WATTLE_EXCEPTION);
    CHECK_EQ_STR(wattle_store_message(w.store), "uncaught exception: t");
    wattle_store_free(w.store);
}

/* ---- continuations ---- */

static const char switching[] =
    "(module (type $f (func (param i32) (result i32))) (type $k (cont $f))"
    " (import \"h\" \"back\" (func $back (type $f)))"
    " (tag $e (param i32) (result i32)) (elem declare func $g $over)"
    " (func $g (type $f) (i32.add (suspend $e (local.get 0)) (i32.const 1)))"
    " (func (export \"make\") (param i32) (result (ref $k)) (local $c (ref null $k))"
    "  (block $h (result i32 (ref $k))"
    "   (resume $k (on $e $h) (local.get 0) (cont.new $k (ref.func $g))) (unreachable))"
    "  (local.set $c) (drop) (ref.as_non_null (local.get $c)))"
    " (func (export \"run\") (param (ref null $k) i32) (result i32)"
    "  (resume $k (local.get 1) (local.get 0)))"
    " (func (export \"leaf\") (param i32) (result i32)"
    "  (if (i32.eq (local.get 0) (i32.const 100)) (then (drop (suspend $e (local.get 0)))))"
    "  (i32.const 5))"
    " (func $over (type $f)"
    "  (i32.add (call $back (local.get 0)) (suspend $e (i32.const 1))))"
    " (func (export \"over\") (param i32) (result i32) (local $c (ref null $k))"
    "  (block $h (result i32 (ref $k))"
    "   (resume $k (on $e $h) (local.get 0) (cont.new $k (ref.func $over))) (unreachable))"
    "  (local.set $c) (drop) (resume $k (i32.const 10) (local.get $c))))";

/* Calls "leaf" of its caller; what it cannot do gives 3. */
static wattle_status call_leaf_or(void *user, wattle_caller *caller, const wattle_value *args,
                                  wattle_value *results) {
    (void)user;
    wattle_store *s = wattle_caller_store(caller);
    wattle_func leaf;
    CHECK(wattle_instance_func(s, wattle_caller_instance(caller), "leaf", &leaf));
    wattle_status status = wattle_func_call(s, leaf, args, 1, results, 1);
    if (status != WATTLE_OK) {
        CHECK_EQ_INT(wattle_store_trap_code(s), WATTLE_TRAP_unhandled_tag);
        results[0].of.i32 = 3;
    }
    return WATTLE_OK;
}

static void continuations(void) {
    World w;
    world_start(&w);
    wattle_valtype i32 = wattle_valtype_of(WATTLE_I32);
    wattle_functype type = {&i32, &i32, 1, 1};
    wattle_linker_define_func(w.linker, "h", "back", &type, call_leaf_or, NULL, NULL);
    world_instance(&w, switching);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    wattle_value make[2] = {WATTLE_VALUE_I32(7)}, run[2], r;
    wattle_func f = func_named(&w, "make"), g = func_named(&w, "run");
    CHECK_EQ_INT(wattle_func_call(w.store, f, make, 1, make, 1), WATTLE_OK);
    CHECK_EQ_INT(make[0].kind, WATTLE_CONTREF);
    run[0] = make[0];
    run[1] = WATTLE_VALUE_I32(20);
    CHECK_EQ_INT(wattle_func_call(w.store, g, run, 2, &r, 1), WATTLE_OK);
    CHECK_EQ_INT(r.of.i32, 21);
    CHECK_EQ_INT(wattle_func_call(w.store, g, run, 2, &r, 1), WATTLE_TRAP);
    CHECK_EQ_STR(wattle_store_message(w.store), "continuation already consumed");
    /* No suspension leaves the frames of a host function; what is outside of it may be suspended.
     */
    CHECK_EQ_INT(call_i32(&w, "over", 1), 15);
    CHECK_EQ_INT(call_i32(&w, "over", 100), 13);
    CHECK_EQ_INT(w.status, WATTLE_OK);
    wattle_store_free(w.store);
}

static wattle_status free_store(void *user, wattle_caller *caller, const wattle_value *args,
                                wattle_value *results) {
    (void)user, (void)args, (void)results;
    wattle_store_free(wattle_caller_store(caller));
    return WATTLE_OK;
}

static void store_freed_inside(void) {
    World w;
    wattle_functype type = {0};
    finalized = 0;
    world_start(&w);
    wattle_linker_define_func(w.linker, "h", "f", &type, free_store, NULL, count_finalizer);
    world_instance(&w, "(module (import \"h\" \"f\" (func)) (export \"f\" (func 0))"
                       "(func (export \"g\") call 0 call 0))");
    wattle_func g = func_named(&w, "g");
    CHECK_EQ_INT(wattle_func_call(w.store, g, NULL, 0, NULL, 0), WATTLE_OK);
    CHECK_EQ_INT(finalized, 1);
}

/* ---- misuse ---- */

static void misuse(void) {
    World a, b;
    world_start(&a);
    world_start(&b);
    wattle_store *other = wattle_store_new(a.engine, NULL);
    wattle_func nothing = {0};
    wattle_value v = WATTLE_VALUE_I32(1), r;
    world_instance(&a, "(module (func (export \"f\") (param i32) (result i32) local.get 0)"
                       " (func (export \"r\") (param externref)))");
    world_instance(&b, "(module (func (export \"f\") (param i32) (result i32) local.get 0))");
    wattle_func f = func_named(&a, "f");
    CHECK_EQ_INT(wattle_func_call(other, f, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_STR(wattle_store_message(other), "a function of another store, or none");
    CHECK_EQ_INT(wattle_func_call(NULL, f, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_func_call(a.store, nothing, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_func_call(a.store, (wattle_func){f.store, 99}, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_func_call(a.store, f, &v, 1, &r, 0), WATTLE_USAGE);
    CHECK_EQ_STR(wattle_store_message(a.store),
                 "the function takes 1 arguments and gives 1 results, not 1 and 0");
    v = WATTLE_VALUE_F32(1);
    CHECK_EQ_INT(wattle_func_call(a.store, f, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_STR(wattle_store_message(a.store), "argument 1 is f32, not i32");
    v.kind = (wattle_kind)77;
    CHECK_EQ_INT(wattle_func_call(a.store, f, &v, 1, &r, 1), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_func_call_fast(a.store, f, NULL, 0), WATTLE_USAGE);
    wattle_slot slot = {.i32 = 1};
    CHECK_EQ_INT(wattle_func_call_fast(a.store, func_named(&a, "r"), &slot, 1), WATTLE_USAGE);
    wattle_ref ref;
    CHECK_EQ_INT(wattle_externref_new(other, NULL, NULL, &ref), WATTLE_OK);
    v = WATTLE_VALUE_EXTERN(ref);
    CHECK_EQ_INT(wattle_func_call(a.store, func_named(&a, "r"), &v, 1, NULL, 0), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_func_call(a.store, (wattle_func){0}, NULL, 0, NULL, 0), WATTLE_USAGE);
    wattle_extern e;
    CHECK(!wattle_instance_export(other, a.instance, "f", &e));
    CHECK(!wattle_instance_export(a.store, a.instance, "g", &e));
    CHECK(!wattle_instance_export_at(a.store, a.instance, 2, &e));
    CHECK(wattle_memory_at(a.store, (wattle_memory){0}, 0, 0) == NULL);
    CHECK(wattle_type_param_count((wattle_type){0}) == 0);
    wattle_engine *engine = engine_with(NULL);
    wattle_module *module;
    wattle_report *report;
    CHECK_EQ_INT(wattle_module_read(engine, "(module)", 8, "m", 0, &module, &report), WATTLE_OK);
    wattle_instance in;
    CHECK_EQ_INT(wattle_instance_new(other, module, NULL, &in), WATTLE_USAGE);
    CHECK_EQ_STR(wattle_store_message(other), "the module has not been checked");
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    wattle_store_free(other);
    wattle_store_free(a.store);
    wattle_store_free(b.store);
}

static void link_failures(void) {
    World w;
    world_start(&w);
    world_instance(&w, "(module (import \"a\" \"b\" (func)))");
    CHECK_EQ_INT(w.status, WATTLE_LINK);
    CHECK_EQ_STR(wattle_store_message(w.store),
                 "unknown import: \"a\" \"b\": wanted func [] -> []");
    wattle_store_free(w.store);
    int ten = 10;
    world_start(&w);
    define_calling(&w, &ten);
    world_instance(&w, "(module (import \"h\" \"add\" (func)))");
    CHECK_EQ_INT(w.status, WATTLE_LINK);
    wattle_store_free(w.store);
    world_start(&w);
    world_instance(&w, "(module (func unreachable) (start 0))");
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    CHECK_EQ_INT(w.instance.index, 0);
    wattle_store_free(w.store);
}

/* ---- references ---- */

static void references(void) {
    World w;
    int data = 5;
    finalized = 0;
    world_start(&w);
    world_instance(&w, "(module (table (export \"t\") 3 externref)"
                       " (table (export \"ft\") 2 funcref) (elem (table 1) (i32.const 0) func $id)"
                       " (func $id (export \"id\") (param externref) (result externref)"
                       "  local.get 0)"
                       " (func (export \"self\") (result funcref) ref.func $id)"
                       " (func (export \"null\") (result externref) ref.null extern))");
    wattle_store *s = w.store;
    wattle_ref ref, kept;
    void *back;
    wattle_scope scope = wattle_scope_open(s);
    CHECK_EQ_INT(wattle_externref_new(s, &data, count_finalizer, &ref), WATTLE_OK);
    wattle_value v = WATTLE_VALUE_EXTERN(ref), r;
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "id"), &v, 1, &r, 1), WATTLE_OK);
    CHECK(r.kind == WATTLE_EXTERNREF && wattle_ref_same(s, r.of.ref, ref));
    CHECK(wattle_externref_data(s, r.of.ref, &back) == WATTLE_OK && back == &data);
    CHECK_EQ_INT(wattle_ref_copy(s, ref, true, &kept), WATTLE_OK);
    wattle_scope_close(s, scope);
    CHECK_EQ_INT(wattle_externref_data(s, ref, &back), WATTLE_USAGE);
    CHECK(wattle_externref_data(s, kept, &back) == WATTLE_OK && back == &data);
    /* Used again, a slot answers only to its new reference. */
    wattle_ref next;
    CHECK_EQ_INT(wattle_externref_new(s, &next, NULL, &next), WATTLE_OK);
    CHECK(next.slot == ref.slot || next.slot == r.of.ref.slot);
    CHECK_EQ_INT(wattle_externref_data(s, ref, &back), WATTLE_USAGE);
    CHECK(!wattle_ref_same(s, kept, next));
    wattle_ref_free(s, next);
    wattle_ref_free(s, next);
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "null"), NULL, 0, &r, 1), WATTLE_OK);
    CHECK(r.kind == WATTLE_EXTERNREF && wattle_ref_is_null(r.of.ref));
    /* Tables of both kinds. */
    wattle_extern t, ft;
    CHECK(wattle_instance_export(s, w.instance, "t", &t) && t.kind == WATTLE_EXTERN_TABLE);
    CHECK(wattle_instance_export(s, w.instance, "ft", &ft) && ft.kind == WATTLE_EXTERN_TABLE);
    v = WATTLE_VALUE_EXTERN(kept);
    CHECK_EQ_INT(wattle_table_set(s, t.of.table, 2, &v), WATTLE_OK);
    CHECK_EQ_INT(wattle_table_set(s, t.of.table, 3, &v), WATTLE_LIMIT);
    CHECK_EQ_INT(wattle_table_set(s, ft.of.table, 1, &v), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_table_get(s, t.of.table, 2, &r), WATTLE_OK);
    CHECK(wattle_ref_same(s, r.of.ref, kept));
    CHECK_EQ_INT(wattle_table_get(s, ft.of.table, 0, &r), WATTLE_OK);
    wattle_func id = func_named(&w, "id");
    CHECK(r.kind == WATTLE_FUNCREF && r.of.func.index == id.index && r.of.func.store == id.store);
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "self"), NULL, 0, &r, 1), WATTLE_OK);
    CHECK_EQ_INT(r.of.func.index, id.index);
    uint64_t old;
    CHECK_EQ_INT(wattle_table_grow(s, ft.of.table, 2, &r, &old), WATTLE_OK);
    CHECK(old == 2 && wattle_table_size(s, ft.of.table) == 4);
    CHECK_EQ_INT(finalized, 0);
    wattle_store_free(s);
    CHECK_EQ_INT(finalized, 1);
}

/* ---- the collector ---- */

static wattle_status collect_inside(void *user, wattle_caller *caller, const wattle_value *args,
                                    wattle_value *results) {
    (void)args, (void)results;
    wattle_store *s = wattle_caller_store(caller);
    wattle_gc_stats *stats = user;
    wattle_store_collect(s, true);
    wattle_store_gc_stats(s, stats);
    return WATTLE_OK;
}

static void collections(void) {
    World w;
    int data = 5;
    finalized = 0;
    world_start(&w);
    wattle_store *s = w.store;
    wattle_gc_stats inside = {.size = sizeof inside}, stats = {.size = sizeof stats};
    wattle_functype none = {0};
    CHECK_EQ_INT(
        wattle_linker_define_func(w.linker, "h", "collect", &none, collect_inside, &inside, NULL),
        WATTLE_OK);
    world_instance(&w, "(module (type $pair (struct (field i32) (field (mut (ref null $pair)))))"
                       " (import \"h\" \"collect\" (func $collect))"
                       " (global $keep (mut externref) (ref.null extern))"
                       " (func (export \"keep\") (param externref)"
                       "  local.get 0 global.set $keep)"
                       " (func (export \"work\") (param i32) (result i32) (local (ref null $pair))"
                       "  (loop (local.set 1 (struct.new $pair (local.get 0) (local.get 1)))"
                       "   (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
                       "  (call $collect)"
                       "  (struct.get $pair 0 (struct.get $pair 1 (local.get 1)))))");
    wattle_store_collect(s, true); /* nothing there */
    wattle_store_gc_stats(s, &stats);
    CHECK(stats.full == 0 && stats.live_bytes == 0 && stats.heap_bytes == 0);
    wattle_scope scope = wattle_scope_open(s);
    wattle_ref ref;
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(wattle_externref_new(s, &data, count_finalizer, &ref), WATTLE_OK);
    wattle_value v = WATTLE_VALUE_EXTERN(ref), n = WATTLE_VALUE_I32(1000), r;
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "keep"), &v, 1, NULL, 0), WATTLE_OK);
    wattle_store_collect(s, true);
    CHECK_EQ_INT(finalized, 0);
    wattle_scope_close(s, scope);
    wattle_store_collect(s, false); /* they are old by now */
    CHECK_EQ_INT(finalized, 0);
    /* Inside of a call: what it uses stays, finalizers wait for its end. */
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "work"), &n, 1, &r, 1), WATTLE_OK);
    CHECK_EQ_INT(r.of.i32, 2);
    CHECK_EQ_INT(finalized, 2);
    CHECK(inside.full == 2 && inside.minor == 1 && inside.live_bytes == 1000 * 16 + 16);
    wattle_store_collect(s, true);
    wattle_store_gc_stats(s, &stats);
    CHECK(stats.full == 3 && stats.live_bytes == 16 && stats.peak_bytes >= 1000 * 16);
    CHECK(stats.heap_bytes >= stats.peak_bytes && stats.longest_full_ns <= stats.full_ns);
    CHECK(stats.longest_minor_ns == stats.minor_ns);
    /* An older caller knows fewer members. */
    wattle_gc_stats old = {.size = offsetof(wattle_gc_stats, full), .full = 77};
    wattle_store_gc_stats(s, &old);
    CHECK(old.minor == 1 && old.full == 77);
    v.of.ref = (wattle_ref){0};
    CHECK_EQ_INT(wattle_func_call(s, func_named(&w, "keep"), &v, 1, NULL, 0), WATTLE_OK);
    wattle_store_collect(s, true);
    CHECK_EQ_INT(finalized, 3);
    wattle_store_free(s);
    CHECK_EQ_INT(finalized, 3);
}

/* ---- objects of the host ---- */

static void host_objects(void) {
    World w;
    world_start(&w);
    wattle_store *s = w.store;
    wattle_limits pages = {.min = 1, .max = 3, .has_max = true, .page_log2 = 16};
    wattle_memory memory;
    CHECK_EQ_INT(wattle_memory_new(s, &pages, &memory), WATTLE_OK);
    wattle_limits bad = {.min = 4, .max = 3, .has_max = true, .page_log2 = 16};
    wattle_memory none;
    CHECK_EQ_INT(wattle_memory_new(s, &bad, &none), WATTLE_USAGE);
    memcpy(wattle_memory_at(s, memory, 65530, 6), "wattle", 6);
    CHECK(wattle_memory_at(s, memory, 65530, 7) == NULL);
    CHECK(wattle_memory_at(s, memory, UINT64_MAX, 2) == NULL);
    wattle_global global, fixed;
    wattle_value v = WATTLE_VALUE_I32(40), r;
    CHECK_EQ_INT(wattle_global_new(s, wattle_valtype_of(WATTLE_I32), true, &v, &global), WATTLE_OK);
    CHECK_EQ_INT(wattle_global_new(s, wattle_valtype_of(WATTLE_I32), false, &v, &fixed), WATTLE_OK);
    CHECK_EQ_INT(wattle_global_set(s, fixed, &v), WATTLE_USAGE);
    CHECK_EQ_INT(wattle_linker_define(w.linker, "h", "m",
                                      (wattle_extern){WATTLE_EXTERN_MEMORY, {.memory = memory}}),
                 WATTLE_OK);
    CHECK_EQ_INT(wattle_linker_define(w.linker, "h", "g",
                                      (wattle_extern){WATTLE_EXTERN_GLOBAL, {.global = global}}),
                 WATTLE_OK);
    world_instance(&w, "(module (import \"h\" \"m\" (memory 1 3))"
                       " (import \"h\" \"g\" (global $g (mut i32))) (export \"g\" (global $g))"
                       " (global (export \"own\") i64 (i64.const 6))"
                       " (func (export \"f\") (param i32) (result i32)"
                       "  global.get $g local.get 0 i32.add global.set $g"
                       "  i32.const 65530 i32.load8_u))");
    CHECK_EQ_INT(w.status, WATTLE_OK);
    CHECK_EQ_INT(call_i32(&w, "f", 2), 'w');
    CHECK_EQ_INT(wattle_global_get(s, global, &r), WATTLE_OK);
    CHECK_EQ_INT(r.of.i32, 42);
    wattle_extern g, own;
    CHECK(wattle_instance_export(s, w.instance, "g", &g) &&
          g.of.global.index == global.index); /* the same global */
    CHECK(wattle_instance_export(s, w.instance, "own", &own));
    CHECK_EQ_INT(wattle_global_get(s, own.of.global, &r), WATTLE_OK);
    CHECK(r.kind == WATTLE_I64 && r.of.i64 == 6);
    wattle_extern_type type = wattle_extern_get_type(s, own);
    CHECK(type.kind == WATTLE_EXTERN_GLOBAL && type.value.kind == WATTLE_I64 && !type.is_mutable);
    uint64_t old;
    CHECK_EQ_INT(wattle_memory_grow(s, memory, 2, &old), WATTLE_OK);
    CHECK(old == 1 && wattle_memory_pages(s, memory) == 3);
    CHECK_EQ_INT(wattle_memory_grow(s, memory, 1, &old), WATTLE_LIMIT);
    wattle_store_free(s);
}

static void one_linker_many_stores(void) {
    int ten = 10;
    World w;
    world_start(&w);
    define_calling(&w, &ten);
    wattle_module *module = module_of(w.engine, calling);
    wattle_store *second = wattle_store_new(w.engine, NULL);
    wattle_instance a, b, c;
    CHECK_EQ_INT(wattle_instance_new(w.store, module, w.linker, &a), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new(w.store, module, w.linker, &c), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new(second, module, w.linker, &b), WATTLE_OK);
    CHECK(wattle_instance_module(second, b) == module);
    CHECK_EQ_INT(wattle_linker_define_instance(w.linker, "x", w.store, a), WATTLE_OK);
    /* What belongs to one store is not there in the other. */
    wattle_module *user =
        module_of(w.engine, "(module (import \"x\" \"leaf\" (func (param i32) (result i32))))");
    CHECK_EQ_INT(wattle_instance_new(w.store, user, w.linker, &c), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new(second, user, w.linker, &c), WATTLE_LINK);
    /* By position: the third import is missing. */
    wattle_extern leaf;
    CHECK(wattle_instance_export(w.store, a, "leaf", &leaf));
    CHECK_EQ_INT(wattle_instance_new_with(w.store, user, &leaf, 1, &c), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new_with(w.store, user, NULL, 0, &c), WATTLE_LINK);
    wattle_module_free(user);
    wattle_module_free(module);
    wattle_store_free(w.store);
    wattle_linker_free(w.linker);
    w.store = second;
    w.instance = b;
    CHECK_EQ_INT(call_i32(&w, "add", 1), 13);
    wattle_store_free(second);
    wattle_engine_free(w.engine);
}

/* ---- what modules are made of ---- */

typedef struct Collected {
    uint8_t data[4096];
    size_t len;
} Collected;

static bool collect(void *user, const void *data, size_t len) {
    Collected *out = user;
    if (len > sizeof out->data - out->len)
        return false;
    memcpy(out->data + out->len, data, len);
    out->len += len;
    return true;
}

static bool string_is(wattle_string s, const char *text);

/* A line table: the instruction at 3 of the code section is line 7 of x.c. */
static void source_lines(void) {
    World w;
    world_start(&w);
    wattle_module *text = module_of(
        w.engine, "(module (@custom \".debug_line\" \"\\26\\00\\00\\00\\02\\00\\0e\\00\\00\\00"
                  "\\01\\01\\fb\\0e\\01\\00x.c\\00\\00\\00\\00\\00"
                  "\\00\\05\\02\\03\\00\\00\\00\\0c\\00\\05\\02\\04\\00\\00\\00\\00\\01\\01\")"
                  " (func (export \"f\") (param i32) (result i32) unreachable))");
    Collected b = {.len = 0};
    CHECK_EQ_INT(wattle_module_write_binary(text, collect, &b), WATTLE_OK);
    wattle_module *module;
    CHECK_EQ_INT(wattle_module_new(w.engine, b.data, b.len, &module, NULL), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new(w.store, module, NULL, &w.instance), WATTLE_OK);
    call_i32(&w, "f", 0);
    CHECK_EQ_INT(w.status, WATTLE_TRAP);
    wattle_frame frame = wattle_store_frame(w.store, 0);
    CHECK(string_is(frame.source_file, "x.c") && frame.source_directory.len == 0);
    CHECK_EQ_INT(frame.source_line, 7);
    CHECK_EQ_INT(frame.source_column, 0);
    b.len = 0;
    CHECK_EQ_INT(wattle_store_write_trap(w.store, collect, &b), WATTLE_OK);
    CHECK_EQ_BYTES(b.data, b.len,
                   (const uint8_t *)"trap: unreachable\n    #0  f (function 0) + 0x1 at x.c:7\n",
                   56);
    wattle_module_free(module);
    wattle_module_free(text);
    wattle_linker_free(w.linker);
    wattle_store_free(w.store);
    wattle_engine_free(w.engine);
}

static bool string_is(wattle_string s, const char *text) {
    return s.data && s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static void reflection(void) {
    wattle_engine *engine = engine_with(NULL);
    wattle_module *m =
        module_of(engine, "(module $name (@custom \"note\" \"hi\")"
                          " (type $s (sub (struct (field i8) (field (mut (ref null $s))))))"
                          " (import \"a\" \"f\" (func $f (param i32 (ref null $s)) (result f64)))"
                          " (import \"a\" \"m\" (memory i64 1 2)) (export \"f2\" (func $f))"
                          " (table (export \"t\") 1 9 funcref) (global (export \"g\") (mut v128)"
                          " (v128.const i64x2 0 0)) (tag (export \"e\") (param i64)))");
    CHECK_EQ_INT(wattle_module_import_count(m), 2);
    wattle_import f = wattle_module_import(m, 0);
    CHECK(string_is(f.module, "a") && string_is(f.name, "f"));
    CHECK_EQ_INT(f.type.kind, WATTLE_EXTERN_FUNC);
    CHECK(wattle_type_param_count(f.type.type) == 2 && wattle_type_result_count(f.type.type) == 1);
    CHECK_EQ_INT(wattle_type_result(f.type.type, 0).kind, WATTLE_F64);
    wattle_valtype s = wattle_type_param(f.type.type, 1);
    CHECK(s.kind == WATTLE_ANYREF && s.heap == WATTLE_HEAP_INDEX && s.nullable);
    wattle_type t = wattle_type_named(f.type.type, s);
    CHECK(wattle_type_get_kind(t) == WATTLE_TYPE_STRUCT && wattle_type_field_count(t) == 2);
    bool is_mutable;
    CHECK_EQ_INT(wattle_type_field(t, 0, &is_mutable).kind, WATTLE_I8);
    CHECK(!is_mutable && !wattle_type_is_final(t) && !wattle_type_super(t, &t));
    wattle_import mem = wattle_module_import(m, 1);
    CHECK(mem.type.limits.is64 && mem.type.limits.min == 1 && mem.type.limits.max == 2 &&
          mem.type.limits.page_log2 == 16);
    CHECK_EQ_INT(wattle_module_export_count(m), 4);
    wattle_export e = wattle_module_export(m, 1);
    CHECK(string_is(e.name, "t") && e.type.value.kind == WATTLE_FUNCREF && e.type.limits.max == 9);
    CHECK(wattle_module_export(m, 2).type.is_mutable);
    CHECK_EQ_INT(wattle_type_param(wattle_module_export(m, 3).type.type, 0).kind, WATTLE_I64);
    CHECK(string_is(wattle_module_name(m), "name"));
    CHECK(string_is(wattle_module_func_name(m, 0), "f"));
    CHECK(wattle_module_export(m, 4).name.data == NULL);
    CHECK_EQ_INT(wattle_module_custom_count(m), 1);
    CHECK(string_is(wattle_module_custom(m, 0).name, "note") &&
          string_is(wattle_module_custom(m, 0).bytes, "hi"));
    wattle_module_free(m);
    wattle_engine_free(engine);
}

static void serialized(void) {
    static struct {
        uint8_t data[4096];
        size_t len;
    } out;
    out.len = 0;
    wattle_engine *engine = engine_with(NULL);
    wattle_module *m = module_of(engine, calling), *back;
    CHECK_EQ_INT(wattle_module_serialize(m, collect, &out), WATTLE_OK);
    CHECK_EQ_INT(wattle_module_deserialize(engine, out.data, out.len, &back, NULL), WATTLE_OK);
    CHECK(back && wattle_module_import_count(back) == 3);
    wattle_module_free(back);
    wattle_report *report;
    CHECK_EQ_INT(wattle_module_deserialize(engine, out.data + 1, out.len - 1, &back, &report),
                 WATTLE_MALFORMED);
    CHECK(!back && wattle_report_count(report) == 1);
    wattle_report_free(report);
    CHECK_EQ_INT(wattle_module_deserialize(engine, out.data, out.len - 3, &back, NULL),
                 WATTLE_MALFORMED);
    wattle_module_free(m);
    wattle_engine_free(engine);
}

static void values_as_text(void) {
    static const struct {
        wattle_kind kind;
        const char *text, *printed;
    } rows[] = {{WATTLE_I32, "4294967295", "-1"},
                {WATTLE_I64, "-9223372036854775808", "-9223372036854775808"},
                {WATTLE_F32, "0x1p-1", "0.5"},
                {WATTLE_F64, "1e3", "1000"},
                {WATTLE_FUNCREF, "null", "null"},
                {WATTLE_I32, "4294967296", NULL},
                {WATTLE_I32, "-2147483649", NULL},
                {WATTLE_EXTERNREF, "1", NULL},
                {WATTLE_V128, "1", NULL},
                {WATTLE_F64, "", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wattle_value v;
        char text[WATTLE_VALUE_TEXT];
        bool ok = wattle_value_parse(rows[i].text, wattle_valtype_of(rows[i].kind), &v);
        CHECK_EQ_INT(ok, rows[i].printed != NULL);
        if (ok) {
            CHECK_EQ_INT(wattle_value_print(&v, text), strlen(rows[i].printed));
            CHECK_EQ_STR(text, rows[i].printed);
        }
    }
}

/* ---- every allocation fails in turn ---- */

typedef struct Failing {
    size_t left;
    size_t live;
} Failing;

static void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    if (new_size > old_size) {
        if (f->left == 0)
            return NULL;
        f->left--;
    }
    if (new_size == 0) {
        f->live -= old_size;
        free(old);
        return NULL;
    }
    void *p = realloc(old, new_size);
    if (p)
        f->live += new_size - old_size;
    return p;
}

/* false: memory ran out somewhere. */
static bool whole_life(const wattle_allocator *allocator) {
    int ten = 10;
    bool ok = false;
    wattle_valtype i32 = wattle_valtype_of(WATTLE_I32);
    wattle_functype type = {&i32, &i32, 1, 1};
    wattle_engine *engine = engine_with(allocator);
    wattle_linker *linker = engine ? wattle_linker_new(engine) : NULL;
    wattle_store *store = engine ? wattle_store_new(engine, NULL) : NULL;
    wattle_module *module = NULL;
    wattle_instance in;
    wattle_extern e;
    wattle_ref ref;
    wattle_value v = WATTLE_VALUE_I32(1), r;
    if (linker && store &&
        wattle_linker_define_fast(linker, "h", "add", "ii:i", add_them, &ten, count_finalizer) ==
            WATTLE_OK &&
        wattle_linker_define_func(linker, "h", "back", &type, call_back, NULL, count_finalizer) ==
            WATTLE_OK &&
        wattle_linker_define_func(linker, "h", "up", &type, give_up, NULL, NULL) == WATTLE_OK &&
        wattle_module_new(engine, calling, strlen(calling), &module, NULL) == WATTLE_OK &&
        wattle_instance_new(store, module, linker, &in) == WATTLE_OK &&
        wattle_instance_export(store, in, "add", &e) &&
        wattle_externref_new(store, &ten, count_finalizer, &ref) == WATTLE_OK &&
        wattle_func_call(store, e.of.func, &v, 1, &r, 1) == WATTLE_OK &&
        wattle_instance_export(store, in, "try", &e) &&
        wattle_func_call(store, e.of.func, &r, 1, &r, 1) == WATTLE_OK) {
        ok = true;
        CHECK_EQ_INT(r.of.i32, 13);
    }
    wattle_module_free(module);
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_engine_free(engine);
    return ok;
}

static void failing_allocations(void) {
    size_t n = 0;
    for (bool ok = false; !ok && n < 5000; n++) {
        Failing f = {.left = n};
        wattle_allocator allocator = {failing_alloc, &f};
        finalized = 0;
        ok = whole_life(&allocator);
        if (!CHECK_EQ_INT(f.live, 0))
            return;
        if (ok)
            CHECK_EQ_INT(finalized, 3);
    }
    CHECK(n > 20 && n < 5000);
}

/* ---- parts ---- */

typedef struct PartLog {
    const char *source;
    char text[600];
    size_t left; /* to be told */
} PartLog;
static bool log_part(void *user, const wattle_part *p) {
    PartLog *log = user;
    size_t n = strlen(log->text);
    snprintf(log->text + n, sizeof log->text - n, "%d.%u%s%.*s ", (int)p->kind, p->index,
             p->name.data ? "=" : "", (int)p->name.len, p->name.data ? p->name.data : "");
    if (log->source)
        snprintf(log->text + n, sizeof log->text - n, "%.*s|", (int)p->size,
                 log->source + p->offset);
    return --log->left > 0;
}

static void parts_of_modules(void) {
    static const char text[] = "(module (import \"a\" \"b\" (func $b)) (memory 1)"
                               " (func $f (param i32) nop) (data $d \"x)\"))";
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *m = module_of(engine, text);
    PartLog log = {.source = text, .left = 100};
    wattle_module_parts(m, log_part, &log);
    CHECK_EQ_STR(log.text, "(import \"a\" \"b\" (func $b))|(import \"a\" \"b\" (func $b))|"
                           "(func $f (param i32) nop)|(memory 1)|(data $d \"x)\")|");
    log = (PartLog){.source = text, .left = 1};
    wattle_module_parts(m, log_part, &log);
    CHECK_EQ_STR(log.text, "(import \"a\" \"b\" (func $b))|");
    wattle_module_free(m);

    static const uint8_t binary[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1,    4, 1, 0x60, 0,   0,  3,
                                     2, 1,   0,   10,  4, 1, 2, 0, 0x0b, 0, 3, 1,    'n', 'x'};
    wattle_report *report;
    CHECK_EQ_INT(wattle_module_new(engine, binary, sizeof binary, &m, &report), WATTLE_OK);
    log = (PartLog){.left = 100};
    wattle_module_parts(m, log_part, &log);
    CHECK_EQ_STR(log.text, "0.1=type 0.3=func 0.10=code 0.0=n 1.0 3.0 ");
    wattle_report_free(report);
    wattle_module_free(m);
    wattle_engine_free(engine);
}

/* ---- files in memory ---- */

static bool log_file(void *user, const char *path, const void *data, size_t size) {
    char *text = user;
    size_t n = strlen(text);
    snprintf(text + n, 200 - n, "%s=%.*s ", path, (int)size, (const char *)data);
    return strcmp(path, "stop") != 0;
}

static void each_file(void) {
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_memfs *fs = wattle_memfs_new(engine, 0);
    char text[200] = "";
    wattle_memfs_each(fs, log_file, text);
    CHECK_EQ_STR(text, "");
    CHECK_EQ_INT(wattle_memfs_write(fs, "a/b/c", "1", 1, NULL), WATTLE_OK);
    CHECK_EQ_INT(wattle_memfs_write(fs, "empty", "", 0, NULL), WATTLE_OK);
    CHECK_EQ_INT(wattle_memfs_write(fs, "a/d", "23", 2, NULL), WATTLE_OK);
    CHECK_EQ_INT(wattle_memfs_write(fs, "stop", "4", 1, NULL), WATTLE_OK);
    CHECK_EQ_INT(wattle_memfs_write(fs, "behind", "5", 1, NULL), WATTLE_OK);
    wattle_memfs_each(fs, log_file, text);
    CHECK_EQ_STR(text, "a/b/c=1 a/d=23 empty= stop=4 ");
    wattle_memfs_free(fs);
    wattle_engine_free(engine);
}

int main(void) {
    CHECK_CASE(parts_of_modules);
    CHECK_CASE(each_file);
    CHECK_CASE(all_numbers);
    CHECK_CASE(host_functions);
    CHECK_CASE(exceptions);
    CHECK_CASE(continuations);
    CHECK_CASE(store_freed_inside);
    CHECK_CASE(misuse);
    CHECK_CASE(link_failures);
    CHECK_CASE(references);
    CHECK_CASE(collections);
    CHECK_CASE(host_objects);
    CHECK_CASE(one_linker_many_stores);
    CHECK_CASE(source_lines);
    CHECK_CASE(reflection);
    CHECK_CASE(serialized);
    CHECK_CASE(values_as_text);
    CHECK_CASE(failing_allocations);
    return check_done();
}
