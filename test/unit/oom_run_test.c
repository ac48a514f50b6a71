/* Out of memory while programs run: in the life of a store, from its making over instantiation and
   calls to the message of a trap, every allocation is made to fail in turn, with all behind it and
   alone. Each time the answer is WATTLE_OUT_OF_MEMORY (or the right one, when it could do without),
   nothing leaks, and the same store runs the program again when there is memory. What a program
   asks for itself (growth, objects) fails as wasm says. */
#define WATTLE_UNSTABLE
#include "check.h"
#include "failing.h"
#include "wattle.h"

/* ---- programs ---- */

enum {
    MAY_GROW = 1,       /* -1 of memory.grow or table.grow changes the result */
    MAY_ALLOCATE = 2,   /* an object too many is a trap */
    HOST_ALLOCATES = 4, /* what the host cannot make is a trap of its function */
    STRESS = 8,         /* collect at every allocation */
};

static const struct Program {
    const char *name, *text;
    unsigned flags;
    wattle_status want;
    int32_t result;
    const char *first; /* instantiated before, as the module "a" */
} programs[] = {
    {"calls",
     "(module (type $t (func (param i32) (result i32)))"
     " (import \"h\" \"twice\" (func $twice (type $t))) (import \"h\" \"back\" (func $back (type "
     "$t)))"
     " (table $x 4 funcref) (elem (table $x) (i32.const 0) func $twice $fib $fib $callback)"
     " (func $fib (type $t) (if (i32.lt_s (local.get 0) (i32.const 2)) (then (return (local.get "
     "0))))"
     "   (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))"
     "            (call $fib (i32.sub (local.get 0) (i32.const 2)))))"
     " (func $callback (export \"callback\") (type $t) (i32.add (local.get 0) (i32.const 1)))"
     " (func (export \"run\") (type $t)"
     "   (call $back (call_indirect $x (type $t)"
     "     (call_indirect $x (type $t) (i32.const 7) (i32.const 1)) (i32.const 0)))))",
     0, WATTLE_OK, 27, NULL},
    {"segments",
     "(module (memory (export \"m\") 1) (table $a 5 funcref) (table $b 3 externref)"
     " (global $g (mut i32) (i32.const 3)) (global $f funcref (ref.func $one))"
     " (global $v (mut v128) (v128.const i32x4 1 2 3 4)) (tag $e (param i32))"
     " (data (i32.const 8) \"hello\") (data $p \"world\")"
     " (elem (table $a) (i32.const 0) funcref (ref.func $one) (global.get $f) (ref.null func))"
     " (elem $q funcref (ref.func $two) (ref.func $one))"
     " (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))"
     " (func $start (memory.init $p (i32.const 100) (i32.const 0) (i32.const 5))"
     "   (table.init $a $q (i32.const 3) (i32.const 0) (i32.const 2)))"
     " (start $start)"
     " (func (export \"run\") (param i32) (result i32)"
     "   (i32.add (i32.load8_u (i32.const 100)) (i32.add"
     "     (call_indirect $a (result i32) (i32.const 3)) (call_indirect $a (result i32) (i32.const "
     "1))))))",
     0, WATTLE_OK, 'w' + 3, NULL},
    {"growth",
     "(module (memory $m 0) (table $t 0 funcref)"
     " (func (export \"run\") (param i32) (result i32) (local $i i32)"
     "   (loop $l"
     "     (drop (memory.grow (i32.const 1)))"
     "     (drop (table.grow $t (ref.func $f) (i32.const 50)))"
     "     (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
     "                         (i32.const 5))))"
     "   (i32.add (memory.size) (table.size $t)))"
     " (elem declare func $f) (func $f))",
     MAY_GROW, WATTLE_OK, 5 + 250, NULL},
    {"a trap in a trap",
     "(module (import \"h\" \"back\" (func $back (param i32) (result i32)))"
     " (func $divide (export \"callback\") (param i32) (result i32)"
     "   (i32.div_s (i32.const 1) (local.get 0)))"
     " (func $middle (param i32) (result i32) (i32.eqz (call $back (local.get 0))))"
     " (func $run (export \"run\") (param i32) (result i32)"
     "   (call $middle (i32.sub (local.get 0) (local.get 0)))))",
     0, WATTLE_TRAP, 0, NULL},
    {"a missing element",
     "(module (table 3 funcref) (func (export \"run\") (param i32) (result i32)"
     "   (call_indirect (result i32) (i32.const 2))))",
     0, WATTLE_TRAP, 0, NULL},
    {"recursion without end",
     "(module (func $run (export \"run\") (param i32) (result i32)"
     "   (i32.add (call $run (local.get 0)) (i32.const 1))))",
     0, WATTLE_TRAP, 0, NULL},
    {"a start that traps", "(module (func $s unreachable) (start $s) (func (export \"run\")))", 0,
     WATTLE_TRAP, 0, NULL},
    {"a segment out of bounds",
     "(module (memory 1) (data (i32.const 65536) \"x\") (func (export \"run\")))", 0, WATTLE_TRAP,
     0, NULL},
    {"an unknown import", "(module (import \"h\" \"nobody\" (func)) (func (export \"run\")))", 0,
     WATTLE_LINK, 0, NULL},
    {"another type", "(module (import \"h\" \"twice\" (func (param i64))) (func (export \"run\")))",
     0, WATTLE_LINK, 0, NULL},
    {"the host's exit",
     "(module (import \"h\" \"exit\" (func $exit (param i32) (result i32)))"
     " (func (export \"run\") (param i32) (result i32) (call $exit (i32.const 5))))",
     0, WATTLE_EXIT, 0, NULL},
    {"blocks",
     "(module (func (export \"run\") (param i32) (result i32) (local i64 f64 v128)"
     " (block $d (result i32) (block $c (result i32) (block $b (result i32)"
     "   (br_table $b $c $d (i32.const 4) (i32.and (local.get 0) (i32.const 3))))"
     "   (br $c (i32.add (i32.const 1)))) (drop) (i32x4.extract_lane 2 (i32x4.add (local.get 3)"
     "   (v128.const i32x4 1 2 3 4))))))",
     0, WATTLE_OK, 3, NULL},
    {"objects",
     "(module (type $s (struct (field (mut i32)) (field (ref null $s)))) (type $a (array (mut "
     "i64)))"
     " (global $g (ref $s) (struct.new $s (i32.const 1) (ref.null $s)))"
     " (func (export \"run\") (param i32) (result i32) (local $l (ref null $s))"
     "   (loop $more"
     "     (local.set $l (struct.new $s (local.get 0) (local.get $l)))"
     "     (drop (array.new $a (i64.const 3) (local.get 0)))"
     "     (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
     "   (i32.add (struct.get $s 0 (global.get $g)) (struct.get $s 0 (local.get $l)))))",
     MAY_ALLOCATE, WATTLE_OK, 2, NULL},
    {"exceptions",
     "(module (tag $e (param i32))"
     " (func $throws (param i32) (if (local.get 0) (then (throw $e (local.get 0)))))"
     " (func (export \"run\") (param i32) (result i32)"
     "   (block $h (result i32)"
     "     (try_table (catch $e $h) (call $throws (local.get 0))) (i32.const -1))))",
     MAY_ALLOCATE, WATTLE_OK, 9, NULL},
    {"nobody catches",
     "(module (tag $e (param i32)) (func (export \"run\") (param i32) (result i32)"
     "   (throw $e (local.get 0))))",
     MAY_ALLOCATE, WATTLE_EXCEPTION, 0, NULL},
    {"wasi",
     "(module (import \"wasi_snapshot_preview1\" \"args_sizes_get\""
     "   (func $sizes (param i32 i32) (result i32))) (memory (export \"memory\") 1)"
     " (func (export \"run\") (param i32) (result i32)"
     "   (drop (call $sizes (i32.const 0) (i32.const 4)))"
     "   (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 4)))))",
     0, WATTLE_OK, 2 + 4 + 6, NULL},
    {"shared memory",
     "(module (memory 1 4 shared) (func (export \"run\") (param i32) (result i32)"
     "   (drop (memory.grow (i32.const 1)))"
     "   (i32.atomic.rmw.add (i32.const 8) (i32.const 0))))",
     0, WATTLE_OK, 0, NULL},
    {"objects that are constants",
     "(module (type $s (struct (field i32))) (type $a (array (ref null $s))) (type $b (array i8))"
     " (global $o (ref $s) (struct.new $s (i32.const 3)))"
     " (global $l (ref $a) (array.new_fixed $a 2 (global.get $o) (struct.new $s (i32.const 4))))"
     " (global $x externref (extern.convert_any (global.get $o)))"
     " (table $t 4 (ref null $s) (struct.new $s (i32.const 5)))"
     " (elem (table $t) (i32.const 1) (ref null $s) (item (struct.new $s (i32.const 6)))"
     "   (item (global.get $o)))"
     " (elem $p (ref null $s) (item (struct.new $s (i32.const 7)))) (data $d \"\\01\\02\\03\")"
     " (func $start (table.init $t $p (i32.const 3) (i32.const 0) (i32.const 1))) (start $start)"
     " (func $at (param i32) (result i32) (struct.get $s 0 (table.get $t (local.get 0))))"
     " (func (export \"run\") (param i32) (result i32)"
     "   (i32.add (i32.add (call $at (i32.const 0)) (call $at (i32.const 1)))"
     "     (i32.add (i32.add (call $at (i32.const 2)) (call $at (i32.const 3)))"
     "       (i32.add (array.len (array.new_data $b $d (i32.const 0) (i32.const 3)))"
     "         (struct.get $s 0 (array.get $a (global.get $l) (i32.const 1))))))))",
     MAY_ALLOCATE, WATTLE_OK, 5 + 6 + 3 + 7 + 3 + 4, NULL},
    {"objects, always collecting",
     "(module (rec (type $s (struct (field (ref null $s)) (field (ref null $a))))"
     " (type $a (array (mut (ref null $s)))))"
     " (table $t 2 (ref null $s)) (global $g (mut (ref null $s)) (ref.null $s))"
     " (func (export \"run\") (param i32) (result i32) (local $n i32)"
     "   (global.set $g (ref.null $s))"
     "   (loop $more"
     "     (global.set $g (struct.new $s (global.get $g)"
     "       (array.new $a (global.get $g) (i32.const 3))))"
     "     (table.set $t (i32.const 1) (global.get $g))"
     "     (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
     "   (block $end (loop $next"
     "     (local.set $n (i32.add (local.get $n) (i32.const 1)))"
     "     (global.set $g (array.get $a (struct.get $s 1 (br_on_null $end (global.get $g)))"
     "       (i32.const 2)))"
     "     (br $next)) (unreachable))"
     "   (local.get $n)))",
     MAY_ALLOCATE | STRESS, WATTLE_OK, 10, NULL},
    {"legacy exceptions",
     "(module (tag $e (param i32)) (func $throws (param i32) (throw $e (local.get 0)))"
     " (func $again (param i32) (result i32)"
     "   (try (result i32) (do (call $throws (local.get 0)) (i32.const 0))"
     "     (catch $e (drop) (rethrow 0))))"
     " (func (export \"run\") (param i32) (result i32)"
     "   (try (result i32) (do (call $again (local.get 0)))"
     "     (catch $e (i32.add (i32.const 1))) (catch_all (i32.const -1)))))",
     MAY_ALLOCATE, WATTLE_OK, 10, NULL},
    {"an exception of the host",
     "(module (import \"h\" \"throw\" (func $throw (param i32) (result i32)))"
     " (tag $e (export \"tag\") (param i32))"
     " (func (export \"run\") (param i32) (result i32) (local $x exnref)"
     "   (block $h (result i32 exnref)"
     "     (try_table (catch_ref $e $h) (drop (call $throw (local.get 0)))) (unreachable))"
     "   (local.set $x) (drop)"
     "   (block $h (result i32)"
     "     (try_table (catch $e $h) (throw_ref (local.get $x))) (unreachable))))",
     MAY_ALLOCATE | HOST_ALLOCATES, WATTLE_OK, 9, NULL},
    {"suspended stacks",
     "(module (type $f (func (param i32) (result i32))) (type $k (cont $f))"
     " (tag $yield (param i32) (result i32))"
     " (func $count (type $f) (local $sum i32)"
     "   (loop $again"
     "     (local.set $sum (i32.add (local.get $sum) (suspend $yield (local.get 0))))"
     "     (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
     "   (local.get $sum))"
     " (elem declare func $count)"
     " (func (export \"run\") (type $f) (local $c (ref null $k))"
     "   (local.set $c (cont.new $k (ref.func $count)))"
     "   (loop $more"
     "     (block $h (result i32 (ref $k))"
     "       (return (resume $k (on $yield $h) (local.get 0) (local.get $c))))"
     "     (local.set $c) (local.set 0 (i32.mul (i32.const 2))) (br $more))"
     "   (unreachable)))",
     MAY_ALLOCATE, WATTLE_OK, 90, NULL},
    {"stacks that are bound, switched and thrown into",
     "(module (type $f (func (result i32))) (type $k (cont $f))"
     " (type $g (func (param i32) (result i32))) (type $kg (cont $g))"
     " (rec (type $s (func (param (ref null $ks)) (result i32))) (type $ks (cont $s)))"
     " (tag $y) (tag $e (param i32)) (tag $t (result i32))"
     " (func $waits (type $f) (block $c (result i32)"
     "   (try_table (result i32) (catch $e $c) (suspend $y) (i32.const 0))))"
     " (func $same (type $g) (local.get 0))"
     " (func $there (type $s) (i32.const 100))"
     " (func $here (type $f) (drop (switch $ks $t (cont.new $ks (ref.func $there))))"
     "   (i32.const 1))"
     " (elem declare func $waits $same $there $here)"
     " (func (export \"run\") (type $g) (local $c (ref null $k))"
     "   (block $h (result (ref $k))"
     "     (drop (resume $k (on $y $h) (cont.new $k (ref.func $waits)))) (unreachable))"
     "   (local.set $c)"
     "   (i32.add (resume_throw $k $e (i32.const 30) (local.get $c))"
     "     (i32.add (resume $k (on $t switch) (cont.new $k (ref.func $here)))"
     "       (resume $k (cont.bind $kg $k (local.get 0) (cont.new $kg (ref.func $same))))))))",
     MAY_ALLOCATE, WATTLE_OK, 30 + 100 + 9, NULL},
    {"tail calls",
     "(module (type $f (func (param i32) (result i32)))"
     " (type $wide (func (param i64 i64 v128 i32) (result i32)))"
     " (table funcref (elem $wide)) (elem declare func $last)"
     " (func $last (type $f) (i32.add (local.get 0) (i32.const 1)))"
     " (func $wide (type $wide) (return_call_ref $f (local.get 3) (ref.func $last)))"
     " (func (export \"run\") (type $f) (return_call_indirect (type $wide)"
     "   (i64.const 1) (i64.const 2) (v128.const i64x2 3 4) (local.get 0) (i32.const 0))))",
     0, WATTLE_OK, 10, NULL},
    {"growth in 64 bits",
     "(module (memory $m i64 0) (memory $bytes 5 (pagesize 1)) (table $t i64 0 externref)"
     " (func (export \"run\") (param i32) (result i32)"
     "   (drop (memory.grow $m (i64.const 2))) (drop (memory.grow $bytes (i32.const 100)))"
     "   (drop (table.grow $t (ref.null extern) (i64.const 50)))"
     "   (i32.add (i32.wrap_i64 (i64.add (memory.size $m) (table.size $t)))"
     "     (memory.size $bytes))))",
     MAY_GROW, WATTLE_OK, 2 + 105 + 50, NULL},
    {"waiting",
     "(module (memory 1 1 shared) (func (export \"run\") (param i32) (result i32)"
     "   (i32.add (memory.atomic.notify (i32.const 8) (i32.const 5))"
     "     (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const 0)))))",
     0, WATTLE_OK, 2, NULL},
    {"an instance of another's things",
     "(module (import \"a\" \"m\" (memory 1)) (import \"a\" \"t\" (table $t 3 funcref))"
     " (import \"a\" \"g\" (global $g (mut i32))) (import \"a\" \"e\" (tag $e (param i32)))"
     " (import \"a\" \"f\" (func $f (param i32)))"
     " (elem (table $t) (i32.const 1) func $here) (data (i32.const 4) \"\\07\")"
     " (func $here (result i32) (i32.const 50))"
     " (func (export \"run\") (param i32) (result i32)"
     "   (block $h (result i32) (try_table (catch $e $h)"
     "     (global.set $g (call_indirect $t (result i32) (i32.const 1))) (call $f (local.get 0)))"
     "     (unreachable))"
     "   (i32.add (i32.load8_u (i32.const 4)))))",
     MAY_ALLOCATE, WATTLE_OK, 50 + 9 + 7,
     "(module (memory (export \"m\") 1) (table (export \"t\") 3 funcref)"
     " (global $g (export \"g\") (mut i32) (i32.const 0)) (tag $e (export \"e\") (param i32))"
     " (func (export \"f\") (param i32)"
     "   (throw $e (i32.add (local.get 0) (global.get $g)))))"},
    {"an instance that fails behind its segments",
     "(module (import \"a\" \"t\" (table $t 3 funcref)) (import \"a\" \"m\" (memory 1))"
     " (elem (table $t) (i32.const 1) func $s) (data (i32.const 4) \"x\")"
     " (data (i32.const 65530) \"too long\") (func $s) (start $s) (func (export \"run\")))",
     0, WATTLE_TRAP, 0, "(module (memory (export \"m\") 1) (table (export \"t\") 3 funcref))"},
    {"descriptors",
     "(module (rec (type $o (descriptor $d) (struct (field i32)))"
     "   (type $d (describes $o) (struct (field i32))))"
     " (func (export \"run\") (param i32) (result i32)"
     "   (struct.get $d 0 (ref.get_desc $o (struct.new_desc $o (local.get 0)"
     "     (struct.new $d (i32.const 4)))))))",
     MAY_ALLOCATE, WATTLE_OK, 4, NULL},
};

/* ---- one life ---- */

static wattle_status twice(void *user, wattle_caller *caller, const wattle_value *args,
                           wattle_value *results) {
    (void)user, (void)caller;
    results[0].of.i32 = 2 * args[0].of.i32;
    return WATTLE_OK;
}

static wattle_status call_back(void *user, wattle_caller *caller, const wattle_value *args,
                               wattle_value *results) {
    (void)user;
    wattle_func f;
    wattle_store *store = wattle_caller_store(caller);
    if (!wattle_instance_func(store, wattle_caller_instance(caller), "callback", &f))
        return WATTLE_OUT_OF_MEMORY;
    return wattle_func_call(store, f, args, 1, results, 1);
}

static wattle_status throw_it(void *user, wattle_caller *caller, const wattle_value *args,
                              wattle_value *results) {
    (void)user, (void)results;
    wattle_store *store = wattle_caller_store(caller);
    wattle_extern tag;
    wattle_ref exception;
    if (!wattle_instance_export(store, wattle_caller_instance(caller), "tag", &tag))
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = wattle_exception_new(store, tag.of.tag, args, 1, &exception);
    return status == WATTLE_OK ? wattle_caller_throw(caller, exception) : status;
}

static wattle_status leave(void *user, wattle_caller *caller, const wattle_value *args,
                           wattle_value *results) {
    (void)user, (void)results;
    return wattle_caller_exit(caller, (uint32_t)args[0].of.i32);
}

typedef struct Life {
    wattle_engine *engine;
    wattle_module *module, *first;
    wattle_linker *linker;
    wattle_store *store;
    wattle_instance instance;
    bool defined, instantiated, stress;
} Life;

static bool swallow(void *user, const void *data, size_t len) {
    (void)data;
    *(size_t *)user += len;
    return true;
}

static wattle_status define_all(Life *l) {
    static const struct {
        const char *name;
        wattle_host_fn fn;
    } rows[] = {{"twice", twice}, {"back", call_back}, {"exit", leave}, {"throw", throw_it}};
    wattle_valtype i32 = wattle_valtype_of(WATTLE_I32);
    wattle_functype type = {&i32, &i32, 1, 1};
    wattle_status status = wattle_linker_define_wasi(l->linker);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == WATTLE_OK; i++)
        status =
            wattle_linker_define_func(l->linker, "h", rows[i].name, &type, rows[i].fn, NULL, NULL);
    return status;
}

static wattle_status call_run(Life *l, int32_t *result) {
    wattle_func f;
    if (!wattle_instance_func(l->store, l->instance, "run", &f))
        return WATTLE_OUT_OF_MEMORY;
    wattle_value v = WATTLE_VALUE_I32(9);
    wattle_status status = wattle_func_call(l->store, f, &v, 1, &v, 1);
    *result = v.of.i32;
    return status;
}

/* What there is to say about a failure. */
static void tell_failure(Life *l) {
    size_t written = 0;
    CHECK(wattle_store_message(l->store) != NULL);
    wattle_store_write_trap(l->store, swallow, &written);
    for (size_t i = 0; i < wattle_store_frame_count(l->store); i++)
        (void)wattle_store_frame(l->store, i);
}

static wattle_status give_world(Life *l) {
    wattle_wasi *wasi = wattle_wasi_new(l->engine);
    wattle_status status = wasi ? wattle_wasi_add_argument(wasi, "run") : WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK)
        status = wattle_wasi_add_argument(wasi, "words");
    if (status == WATTLE_OK)
        return wattle_store_set_wasi(l->store, wasi);
    wattle_wasi_free(wasi);
    return status;
}

static int finalized, made;
static void count_finalized(void *data) {
    (void)data;
    finalized++;
}

/* One of each kind, made by the host. */
static wattle_status make_objects(Life *l) {
    wattle_limits some = {.min = 1, .page_log2 = 16}, few = {.min = 3};
    wattle_valtype externref = wattle_valtype_of(WATTLE_EXTERNREF);
    wattle_value v = {.kind = WATTLE_EXTERNREF};
    wattle_memory memory;
    wattle_table table;
    wattle_global global;
    wattle_tag tag;
    uint64_t old;
    made++;
    wattle_status status = wattle_externref_new(l->store, l, count_finalized, &v.of.ref);
    if (status == WATTLE_OK)
        status = wattle_memory_new(l->store, &some, &memory);
    if (status == WATTLE_OK)
        status = wattle_table_new(l->store, externref, &few, &v, &table);
    if (status == WATTLE_OK && wattle_table_grow(l->store, table, 100, &v, &old) != WATTLE_OK)
        status = WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK)
        status = wattle_global_new(l->store, externref, true, &v, &global);
    wattle_functype type = {&externref, NULL, 1, 0};
    if (status == WATTLE_OK)
        status = wattle_tag_new(l->store, &type, &tag);
    return status;
}

/* The module that the program imports from. */
static wattle_status make_first(Life *l) {
    wattle_instance first;
    wattle_status status = wattle_instance_new(l->store, l->first, NULL, &first);
    return status == WATTLE_OK ? wattle_linker_define_instance(l->linker, "a", l->store, first)
                               : status;
}

static wattle_status live(Life *l, int32_t *result) {
    /* Small, because a stack of the usual size is not from the allocator, and because qemu keeps
       something of its own for each page that was ever reserved, which thousands of heaps of the
       usual size make more than the machine has. */
    wattle_store_config config = {.size = sizeof config,
                                  .stack_bytes = 16384,
                                  .heap_bytes = 1 << 20,
                                  .fuel = true,
                                  .interruptible = true,
                                  .gc_stress = l->stress};
    l->linker = wattle_linker_new(l->engine);
    l->store = l->linker ? wattle_store_new(l->engine, &config) : NULL;
    wattle_status status = l->store ? define_all(l) : WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK)
        status = wattle_store_set_fuel(l->store, UINT64_MAX);
    if (status == WATTLE_OK)
        status = give_world(l);
    if (status == WATTLE_OK)
        status = make_objects(l);
    if (status == WATTLE_OK && l->first)
        status = make_first(l);
    l->defined = status == WATTLE_OK;
    if (status == WATTLE_OK)
        status = wattle_instance_new(l->store, l->module, l->linker, &l->instance);
    l->instantiated = status == WATTLE_OK;
    if (status == WATTLE_OK)
        status = call_run(l, result);
    if (status != WATTLE_OK && l->store)
        tell_failure(l);
    return status;
}

static bool right(const struct Program *p, wattle_status status, int32_t result) {
    return status == p->want && (status != WATTLE_OK || result == p->result);
}

static wattle_module *read_program(Life *l, const char *text) {
    wattle_report *report = NULL;
    wattle_module *module;
    CHECK_EQ_INT(wattle_module_new(l->engine, text, strlen(text), &module, &report), WATTLE_OK);
    for (size_t i = 0; report && i < wattle_report_count(report); i++)
        fprintf(stderr, "%s\n", wattle_report_get(report, i).message);
    wattle_report_free(report);
    return module;
}

/* false: it did without the allocation that was to fail. */
static bool fail_one(const struct Program *p, long n, bool once) {
    Failing f = {.until = -1, .once = once};
    wattle_allocator al = {failing_alloc, &f};
    wattle_config config = wattle_config_default();
    config.allocator = &al;
    config.threads = 1;
    config.features = UINT64_MAX;
    Life l = {.engine = wattle_engine_new(&config), .stress = p->flags & STRESS};
    l.module = read_program(&l, p->text);
    l.first = p->first ? read_program(&l, p->first) : NULL;
    f.calls = 0;
    f.until = n;
    int32_t result = 0;
    wattle_status status = live(&l, &result);
    bool failed = n >= 0 && f.calls > n;
    bool allowed = right(p, status, result);
    if (failed) {
        allowed |= status == WATTLE_OUT_OF_MEMORY;
        allowed |= (p->flags & MAY_GROW) && status == WATTLE_OK;
        allowed |= (p->flags & MAY_ALLOCATE) && status == WATTLE_TRAP &&
                   wattle_store_trap_code(l.store) == WATTLE_TRAP_allocation_failed;
        allowed |= (p->flags & HOST_ALLOCATES) && status == WATTLE_TRAP &&
                   wattle_store_trap_code(l.store) == WATTLE_TRAP_host;
    }
    if (!CHECK(allowed))
        fprintf(stderr, "allocation %ld: status %d, result %d\n", n, (int)status, (int)result);
    /* With memory again: all that a failed call left is in order. */
    f.until = -1;
    if (l.defined && !l.instantiated) {
        status = wattle_instance_new(l.store, l.module, l.linker, &l.instance);
        l.instantiated = status == WATTLE_OK;
        CHECK(l.instantiated || status == p->want);
        result = p->result;
    }
    if (l.instantiated && !(p->flags & MAY_GROW)) {
        status = call_run(&l, &result);
        if (!CHECK(right(p, status, result)))
            fprintf(stderr, "behind allocation %ld: status %d, result %d\n", n, (int)status,
                    (int)result);
    }
    wattle_store_free(l.store);
    wattle_linker_free(l.linker);
    wattle_module_free(l.module);
    wattle_module_free(l.first);
    wattle_engine_free(l.engine);
    CHECK_EQ_INT(f.live, 0);
    CHECK_EQ_INT(finalized, made);
    return failed;
}

int main(void) {
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        check_begin(programs[i].name);
        fail_one(&programs[i], -1, false);
        for (int once = 0; once < 2; once++) {
            long n = 0;
            while (fail_one(&programs[i], n, once) && !check_state.bad)
                n++;
            CHECK(n > 20);
        }
        check_end();
    }
    return check_done();
}
