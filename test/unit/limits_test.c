/* What a guest may use: interruption from another thread and from inside, fuel, which is the same
   number in every tier and for ever, and how much a store may hold. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "check.h"
#include "run/memory.h"
#include "run/meter.h"
#include "run/object.h"
#include "run/table.h"

typedef struct World {
    wattle_engine *engine;
    wattle_linker *linker;
    wattle_store *store;
    wattle_instance instance;
} World;

/* Interrupts; with an argument it runs a loop without end first, and does as if nothing was. */
static wattle_status stop_here(void *user, wattle_caller *caller, const wattle_slot *args,
                               wattle_slot *results);

/* fuel: what is there for the instantiation. */
static wattle_status open_world(World *w, const wattle_store_config *config, const char *text,
                                uint64_t fuel) {
    wattle_config plain = wattle_config_default();
    plain.threads = 1;
    CHECK(wattle_features_parse("+stack-switching", &plain.features, NULL, 0));
    w->engine = wattle_engine_new(&plain);
    w->linker = wattle_linker_new(w->engine);
    wattle_linker_define_fast(w->linker, "h", "stop", "i:i", stop_here, w, NULL);
    w->store = wattle_store_new(w->engine, config);
    wattle_module *module;
    wattle_report *report;
    CHECK_EQ_INT(wattle_module_new(w->engine, text, strlen(text), &module, &report), WATTLE_OK);
    for (size_t i = 0; i < wattle_report_count(report); i++)
        fprintf(stderr, "%s\n", wattle_report_get(report, i).message);
    wattle_report_free(report);
    wattle_store_set_fuel(w->store, fuel);
    wattle_status status = wattle_instance_new(w->store, module, w->linker, &w->instance);
    wattle_module_free(module);
    return status;
}

static void close_world(World *w) {
    wattle_store_free(w->store);
    wattle_linker_free(w->linker);
    wattle_engine_free(w->engine);
    memset(w, 0, sizeof *w);
}

/* Calls an export that takes and gives an i32. */
static wattle_status call_named(World *w, const char *name, int32_t x, int32_t *result) {
    wattle_func f;
    wattle_value v = WATTLE_VALUE_I32(x);
    if (!CHECK(wattle_instance_func(w->store, w->instance, name, &f)))
        return WATTLE_USAGE;
    wattle_status status = wattle_func_call(w->store, f, &v, 1, &v, 1);
    if (result)
        *result = v.of.i32;
    return status;
}

/* ---- interruption ---- */

static const char spinning[] =
    "(module"
    " (import \"h\" \"stop\" (func $stop (param i32) (result i32)))"
    " (func $loop (export \"loop\") (param i32) (result i32)"
    "   (loop $l (br_if $l (local.get 0))) (i32.const 7))"
    " (func $tail (export \"tail\") (param i32) (result i32)"
    "   (if (i32.eqz (local.get 0)) (then (return (i32.const 8))))"
    "   (return_call $tail (local.get 0)))"
    " (func (export \"stop\") (param i32) (result i32)"
    "   (i32.add (call $stop (local.get 0)) (i32.const 1)))"
    " (func (export \"outer\") (param i32) (result i32) (call $loop (local.get 0))))";

static void stop_store(void *user) { wattle_store_interrupt(user); }

static wattle_status stop_here(void *user, wattle_caller *caller, const wattle_slot *args,
                               wattle_slot *results) {
    World *w = user;
    if (args[0].i32 < 0) /* only costs */
        return WATTLE_OK;
    wattle_store_interrupt(wattle_caller_store(caller));
    if (args[0].i32) {
        CHECK_EQ_INT(call_named(w, "loop", 1, NULL), WATTLE_TRAP);
        CHECK_EQ_INT(wattle_store_trap_code(w->store), WATTLE_TRAP_interrupt);
    }
    results[0].i32 = 1;
    return WATTLE_OK;
}

static void open_spinning(World *w, bool interruptible) {
    wattle_store_config config = {.size = sizeof config, .interruptible = interruptible};
    CHECK_EQ_INT(open_world(w, &config, spinning, 0), WATTLE_OK);
}

static void from_a_thread(void) {
    static const char *const names[] = {"loop", "tail", "outer"};
    World w;
    open_spinning(&w, true);
    for (size_t i = 0; i < 3; i++) {
        /* Long enough to be inside of the loop by then, on an emulated machine too. */
        wattle_timer *timer = wattle_timer_start(w.engine, 100000000, stop_store, w.store);
        if (!timer) {
            check_skip("from_a_thread", "there are no threads");
            break;
        }
        CHECK_EQ_INT(call_named(&w, names[i], 1, NULL), WATTLE_TRAP);
        CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_interrupt);
        CHECK_EQ_STR(wattle_store_message(w.store), "interrupt");
        CHECK_EQ_INT(wattle_store_frame_count(w.store), i == 2 ? 2 : 1);
        wattle_timer_stop(timer);
        /* It is over with that. */
        int32_t r = 0;
        CHECK_EQ_INT(call_named(&w, names[i], 0, &r), WATTLE_OK);
        CHECK_EQ_INT(r, i == 1 ? 8 : 7);
    }
    close_world(&w);
}

/* A timer that is stopped before its time does nothing. */
static void stopped_timer(void) {
    World w;
    open_spinning(&w, true);
    wattle_timer *timer = wattle_timer_start(w.engine, UINT64_MAX, stop_store, w.store);
    wattle_timer_stop(timer);
    int32_t r = 0;
    CHECK_EQ_INT(call_named(&w, "loop", 0, &r), WATTLE_OK);
    close_world(&w);
}

static void interrupt_waits(void) {
    World w;
    int32_t r = 0;
    open_spinning(&w, true);
    wattle_store_interrupt(w.store);
    CHECK_EQ_INT(call_named(&w, "loop", 0, &r), WATTLE_TRAP); /* the next call ends */
    CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_interrupt);
    CHECK_EQ_INT(wattle_store_frame_count(w.store), 1);
    CHECK_EQ_INT(wattle_store_frame(w.store, 0).func_index, 1);
    CHECK_EQ_INT(call_named(&w, "loop", 0, &r), WATTLE_OK);
    wattle_store_interrupt(w.store);
    wattle_store_clear_interrupt(w.store);
    CHECK_EQ_INT(call_named(&w, "loop", 0, &r), WATTLE_OK);
    close_world(&w);
}

/* The whole nest of calls ends, and a host function cannot go on behind it. */
static void interrupt_inside(void) {
    World w;
    open_spinning(&w, true);
    for (int32_t nested = 0; nested < 2; nested++) {
        CHECK_EQ_INT(call_named(&w, "stop", nested, NULL), WATTLE_TRAP);
        CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_interrupt);
        int32_t r = 0;
        CHECK_EQ_INT(call_named(&w, "tail", 0, &r), WATTLE_OK);
    }
    close_world(&w);
    open_spinning(&w, false); /* this store does not listen */
    int32_t r = 0;
    CHECK_EQ_INT(call_named(&w, "stop", 0, &r), WATTLE_OK);
    CHECK_EQ_INT(r, 2);
    close_world(&w);
}

/* Bulk operations look up between pieces, and what is done stays. */
static void interrupted_bulk(void) {
    enum { PAGES = 64, SIZE = PAGES << 16, ELEMS = 4 * METER_piece_elems };
    World w;
    wattle_store_config config = {.size = sizeof config, .interruptible = true};
    CHECK_EQ_INT(open_world(&w, &config, "(module)", 0), WATTLE_OK);
    Store *s = w.store->run;
    MemInst *m = wt_memory_new(s, &(Limits){.min = PAGES, .page_log2 = 16});
    TableInst *t = wt_table_new(s, &(Limits){.min = ELEMS}, VAL_externref, 0);
    if (!CHECK(m && t))
        return;
    for (int on = 0; on < 2; on++) {
        TrapCode want = on ? TRAP_interrupt : TRAP_none;
        uint64_t done = on ? METER_piece_bytes : SIZE;
        s->depth = 1; /* as if a call ran */
        atomic_store(&s->interrupt, (unsigned)on);
        memset(m->base, 0, SIZE);
        CHECK_EQ_INT(wt_memory_fill(s, m, 0, 7, SIZE), want);
        CHECK_EQ_INT(m->base[done - 1], 7);
        CHECK(on ? m->base[done] == 0 : m->base[SIZE - 1] == 7);
        /* Up and down, overlapping by almost everything. */
        for (uint32_t i = 0; i < SIZE; i++)
            m->base[i] = (uint8_t)(i * 2654435761u >> 24);
        CHECK_EQ_INT(wt_memory_copy(s, m, 3, m, 0, SIZE - 3), want);
        CHECK_EQ_INT(m->base[SIZE - 1], (uint8_t)((SIZE - 4) * 2654435761u >> 24));
        if (!on) {
            bool same = true;
            for (uint32_t i = 3; i < SIZE; i++)
                same &= m->base[i] == (uint8_t)((i - 3) * 2654435761u >> 24);
            CHECK(same);
            CHECK_EQ_INT(wt_memory_copy(s, m, 0, m, 3, SIZE - 3), TRAP_none);
            for (uint32_t i = 0; i < SIZE - 3; i++)
                same &= m->base[i] == (uint8_t)(i * 2654435761u >> 24);
            CHECK(same);
        }
        for (uint32_t i = 0; i < ELEMS; i++)
            t->elems[i] = i;
        CHECK_EQ_INT(wt_table_copy(s, t, 1, t, 0, ELEMS - 1), want);
        CHECK_EQ_INT(t->elems[ELEMS - 1], ELEMS - 2);
        CHECK_EQ_INT(t->elems[1], on ? 1 : 0);
        CHECK_EQ_INT(wt_table_fill(s, t, 0, 5, ELEMS), want);
        CHECK_EQ_INT(t->elems[METER_piece_elems - 1], 5);
        CHECK_EQ_INT(t->elems[METER_piece_elems], on ? METER_piece_elems : 5);
        s->depth = 0;
        atomic_store(&s->interrupt, 0);
    }
    close_world(&w);
}

/* The same for arrays; the export gives an array of a million and a half of i32. */
static void interrupted_arrays(void) {
    enum { LENGTH = 1500000, PIECE = METER_piece_bytes / 4 };
    World w;
    wattle_store_config config = {.size = sizeof config, .interruptible = true};
    CHECK_EQ_INT(open_world(&w, &config,
                            "(module (type $a (array (mut i32))) (global (export \"g\") (ref $a)"
                            " (array.new_default $a (i32.const 1500000))))",
                            0),
                 WATTLE_OK);
    Store *s = w.store->run;
    Value array = *instance_global(s->instances.items[0], 0), v = 0;
    for (int on = 0; on < 2; on++) {
        TrapCode want = on ? TRAP_interrupt : TRAP_none;
        s->depth = 1;
        for (uint32_t i = 0; i < LENGTH; i++) {
            v = i;
            wt_object_array_fill(s, array, i, &v, 1);
        }
        atomic_store(&s->interrupt, (unsigned)on);
        CHECK_EQ_INT(wt_object_array_copy(s, array, 1, array, 0, LENGTH - 1), want);
        CHECK(wt_object_element_get(s, array, 1, &v) && v == (on ? 1 : 0));
        CHECK(wt_object_element_get(s, array, LENGTH / 2, &v) && v == LENGTH / 2 - !on);
        CHECK(wt_object_element_get(s, array, LENGTH - 1, &v) && v == LENGTH - 2);
        CHECK_EQ_INT(wt_object_array_copy(s, array, 0, array, 1, LENGTH - 1), want);
        CHECK(wt_object_element_get(s, array, 1, &v) && v == (on ? 2 : 1));
        v = 9;
        CHECK_EQ_INT(wt_object_array_fill(s, array, 0, &v, LENGTH), want);
        CHECK(wt_object_element_get(s, array, PIECE - 1, &v) && v == 9);
        CHECK(wt_object_element_get(s, array, LENGTH - 1, &v) && (v == 9) == !on);
        atomic_store(&s->interrupt, 0);
        s->depth = 0;
    }
    close_world(&w);
}

/* ---- fuel ---- */

/* What a call of "f" with an i32 costs. Instructions as in the folded text: operands first. */
static const struct FuelRow {
    const char *name, *fields;
    int32_t argument;
    uint64_t cost;
    bool traps;
} fuel_rows[] = {
    {"a local", "(local.get 0)", 1, 1, false},
    {"an addition", "(i32.add (local.get 0) (i32.const 1))", 1, 3, false},
    {"nop is free", "(nop) (local.get 0) (nop)", 1, 1, false},
    {"then",
     "(if (result i32) (local.get 0) (then (i32.const 1)) (else (nop) (i32.const 2) "
     "(i32.eqz)))",
     1, 2 + 1, false},
    {"else",
     "(if (result i32) (local.get 0) (then (i32.const 1)) (else (nop) (i32.const 2) "
     "(i32.eqz)))",
     0, 2 + 2, false},
    {"behind if, then", "(if (local.get 0) (then (return (i32.const 1)))) (i32.const 2)", 1, 2 + 2,
     false},
    {"behind if, else", "(if (local.get 0) (then (return (i32.const 1)))) (i32.const 2)", 0, 2 + 1,
     false},
    {"five turns",
     "(loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0))) "
     "(i32.const 7)",
     5, 5 * 6 + 1, false},
    {"a loop in a loop",
     "(local i32) (loop $o (local.set 1 (i32.const 3))"
     " (loop $i (br_if $i (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))"
     " (br_if $o (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)",
     4, 4 * (2 + 3 * 5 + 5) + 1, false},
    {"branch taken", "(block $b (br_if $b (local.get 0)) (drop (i32.const 1))) (local.get 0)", 1,
     2 + 1, false},
    {"branch not taken", "(block $b (br_if $b (local.get 0)) (drop (i32.const 1))) (local.get 0)",
     0, 2 + 2 + 1, false},
    {"a block without branches", "(block (block (drop (i32.const 1)))) (local.get 0)", 0, 3, false},
    {"unreachable code", "(block (br 0) (loop (drop (i32.const 1)) (br 0))) (local.get 0)", 0,
     1 + 1, false},
    {"to two ends",
     "(block (block (br_table 0 1 (local.get 0))) (drop (i32.const 1))) (i32.const 3)", 0,
     2 + 2 + 1, false},
    {"to the outer end",
     "(block (block (br_table 0 1 (local.get 0))) (drop (i32.const 1))) (i32.const 3)", 1, 2 + 1,
     false},
    {"a value on the way",
     "(block $b (result i32) (drop (br_if $b (i32.const 4) (local.get 0))) (i32.const 5))", 0,
     3 + 2, false},
    {"a call", "(call $three (local.get 0))", 1, 2 + 3, false},
    {"code behind a call", "(i32.eqz (call $three (local.get 0)))", 1, 3 + 3, false},
    {"a tail call", "(return_call $three (local.get 0))", 1, 2 + 3, false},
    {"an indirect call", "(call_indirect (type $t) (local.get 0) (i32.const 0))", 1, 3 + 3, false},
    {"a host function", "(call $host (local.get 0))", -1, 2, false},
    {"null", "(block $b (drop (br_on_null $b (ref.null func))) (drop (i32.const 1))) (i32.const 1)",
     1, 2 + 1, false},
    {"recursion",
     "(if (result i32) (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const "
     "1)))) (else (i32.const 9)))",
     10, 10 * (2 + 4) + 2 + 1, false},
    {"a trap half-way", "(i32.div_u (i32.const 1) (local.get 0)) (i32.eqz) (i32.eqz)", 0, 5, true},
    {"unreachable", "(unreachable)", 0, 1, true},
    {"memory.fill", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 100)) (i32.const 1)", 0,
     5 + 7, false},
    {"memory.fill out of bounds",
     "(memory.fill (i32.const 1) (i32.const 1) (i32.const 65536)) (i32.const 1)", 0, 5, true},
    {"memory.copy", "(memory.copy (i32.const 0) (i32.const 1) (i32.const 32)) (i32.const 1)", 0,
     5 + 2, false},
    {"memory.init", "(memory.init $d (i32.const 0) (i32.const 1) (i32.const 17)) (i32.const 1)", 0,
     5 + 2, false},
    {"memory.grow", "(memory.grow (i32.const 2))", 0, 2 + 2 * 4096, false},
    {"memory.grow fails", "(memory.grow (i32.const 100))", 0, 2, false},
    {"table.fill", "(table.fill (i32.const 2) (ref.null func) (i32.const 3)) (i32.const 1)", 0,
     5 + 3, false},
    {"table.copy", "(table.copy (i32.const 2) (i32.const 0) (i32.const 4)) (i32.const 1)", 0, 5 + 4,
     false},
    {"table.init", "(table.init $e (i32.const 2) (i32.const 0) (i32.const 2)) (i32.const 1)", 0,
     5 + 2, false},
    {"table.grow", "(table.grow (ref.null func) (i32.const 10))", 0, 3 + 10, false},
    /* An exception of one value has 24 bytes: 2. */
    {"throw", "(throw $e (local.get 0))", 0, 2 + 2, true},
    {"throw to the second handler",
     "(block $h (result i32) (try_table (catch $other $h) (catch $e $h) (throw $e (local.get 0))) "
     "(unreachable)) (i32.eqz)",
     0, 2 + 2 + 2 + 1, false},
    {"throw as the last thing",
     "(block $h (result i32) (try_table (catch $e $h) (throw $e (local.get 0))) (unreachable))", 0,
     2 + 2 + 1, false},
    {"throw to a catch",
     "(try (result i32) (do (throw $e (local.get 0))) (catch $e (i32.eqz)) (catch_all (i32.const "
     "1))) (i32.eqz)",
     0, 2 + 2 + 1 + 1 + 1, false},
    {"a catch that is not used",
     "(try (result i32) (do (i32.eqz (local.get 0))) (catch $e)) (i32.eqz)", 0, 2 + 1, false},
    {"delegate",
     "(try $t (result i32) (do (try (result i32) (do (throw $e (local.get 0))) (delegate $t)))"
     " (catch_all (i32.const 1)))",
     0, 2 + 2 + 1 + 1, false},
    {"resume", "(resume $k (local.get 0) (cont.new $k (ref.func $three)))", 0, 4 + 3, false},
    {"suspend and resume",
     "(block $h (result i32 (ref $k))"
     " (resume $k (on $s switch) (on $i $h) (local.get 0) (cont.new $k (ref.func $waits)))"
     " (return)) (resume $k)",
     0, 5 + 2 + 2 + 1 + 1 + 1, false},
};

/* Objects have a head of 8 bytes. */
static const struct FuelRow object_rows[] = {
    {"struct.new", "(drop (struct.new $s (i32.const 1) (i64.const 2))) (i32.const 3)", 0, 5 + 2,
     false},
    {"array.new", "(array.len (array.new $a (i64.const 1) (i32.const 10)))", 0, 4 + 6, false},
    {"array.fill",
     "(array.fill $a (global.get $g) (i32.const 0) (i64.const 1) (i32.const 3)) "
     "(i32.const 1)",
     0, 6 + 2, false},
    {"array.fill out of bounds",
     "(array.fill $a (global.get $g) (i32.const 1) (i64.const 1) (i32.const 4)) (i32.const 1)", 0,
     6, true},
    {"br_on_cast",
     "(block $b (result (ref i31)) (drop (br_on_cast $b anyref (ref i31) (global.get $g)))"
     " (ref.i31 (i32.const 1))) (drop) (i32.const 1)",
     0, 2 + 3 + 2, false},
    {"nothing thrown",
     "(block $h (result i32) (try_table (catch $e $h) (drop (local.get 0))) (i32.const 1))", 0, 3,
     false},
};

/* The module costs 1 for an active data segment of 16 bytes, 1 for an element, and 3 for an array.
 */
static wattle_status open_fuel(World *w, const struct FuelRow *row, uint64_t fuel) {
    char text[2048];
    snprintf(text, sizeof text,
             "(module (type $t (func (param i32) (result i32)))"
             " (import \"h\" \"stop\" (func $host (type $t)))"
             " (type $s (struct (field i32 i64))) (type $a (array (mut i64)))"
             " (global $g (ref $a) (array.new_default $a (i32.const 4)))"
             " (tag $e (param i32)) (tag $other (param i32))"
             " (type $k (cont $t)) (tag $i (type $t)) (tag $s (result i32))"
             " (func $waits (type $t) (suspend $i (local.get 0))) (elem declare func $waits)"
             " (memory 1 8) (table 8 100 funcref) (elem (i32.const 0) func $three)"
             " (data (i32.const 0) \"0123456789abcdef\")"
             " (data $d \"0123456789abcdef0123456789abcdef\")"
             " (elem $e func $three $three)"
             " (func $three (type $t) (i32.add (local.get 0) (i32.const 1)))"
             " (func $f (export \"f\") (type $t) %s))",
             row->fields);
    /* Polls cost nothing. */
    wattle_store_config config = {
        .size = sizeof config, .fuel = true, .interruptible = fuel == row->cost};
    wattle_status status = open_world(w, &config, text, 5);
    uint64_t left = 99;
    CHECK_EQ_INT(wattle_store_get_fuel(w->store, &left), WATTLE_OK);
    CHECK_EQ_INT(left, 0);
    CHECK_EQ_INT(wattle_store_set_fuel(w->store, fuel), WATTLE_OK);
    return status;
}

static void fuel_row(const struct FuelRow *row) {
    World w;
    wattle_status want = !row->traps                       ? WATTLE_OK
                         : strcmp(row->name, "throw") == 0 ? WATTLE_EXCEPTION
                                                           : WATTLE_TRAP;
    uint64_t left = 0;
    if (!CHECK_EQ_INT(open_fuel(&w, row, row->cost + 1000), WATTLE_OK))
        return;
    for (int again = 0; again < 2; again++) { /* translated anew, and as it is */
        wattle_store_set_fuel(w.store, row->cost + 1000);
        CHECK_EQ_INT(call_named(&w, "f", row->argument, NULL), want);
        wattle_store_get_fuel(w.store, &left);
        CHECK_EQ_INT(row->cost + 1000 - left, row->cost);
    }
    close_world(&w);
    /* Just enough, and one less. */
    open_fuel(&w, row, row->cost);
    CHECK_EQ_INT(call_named(&w, "f", row->argument, NULL), want);
    CHECK(wattle_store_trap_code(w.store) != WATTLE_TRAP_out_of_fuel);
    close_world(&w);
    open_fuel(&w, row, row->cost - 1);
    CHECK_EQ_INT(call_named(&w, "f", row->argument, NULL), WATTLE_TRAP);
    CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_out_of_fuel);
    CHECK_EQ_STR(wattle_store_message(w.store), "all fuel consumed");
    wattle_store_get_fuel(w.store, &left);
    CHECK_EQ_INT(left, 0);
    close_world(&w);
}

static void segments_need_fuel(void) {
    World w;
    wattle_store_config config = {.size = sizeof config, .fuel = true};
    const char *text = "(module (memory 1) (data (i32.const 0) \"0123456789abcdefX\")"
                       " (table 1 funcref) (elem (i32.const 0) func $f) (func $f))";
    CHECK_EQ_INT(open_world(&w, &config, text, 3), WATTLE_OK);
    close_world(&w);
    CHECK_EQ_INT(open_world(&w, &config, text, 2), WATTLE_TRAP);
    CHECK_EQ_STR(wattle_store_message(w.store), "all fuel consumed");
    close_world(&w);
    /* A store without fuel. */
    CHECK_EQ_INT(open_world(&w, NULL, text, 0), WATTLE_OK);
    CHECK_EQ_INT(wattle_store_set_fuel(w.store, 1), WATTLE_USAGE);
    uint64_t left = 1;
    CHECK_EQ_INT(wattle_store_get_fuel(w.store, &left), WATTLE_USAGE);
    CHECK_EQ_INT(left, 0);
    close_world(&w);
}

/* ---- how much there may be ---- */

static const char growing[] =
    "(module"
    " (memory $a 2) (memory $b 1) (table $t 10 funcref) (table $u 5 externref)"
    " (func (export \"a\") (param i32) (result i32) (memory.grow $a (local.get 0)))"
    " (func (export \"b\") (param i32) (result i32) (memory.grow $b (local.get 0)))"
    " (func (export \"t\") (param i32) (result i32)"
    "   (table.grow $t (ref.null func) (local.get 0)))"
    " (func (export \"u\") (param i32) (result i32)"
    "   (table.grow $u (ref.null extern) (local.get 0)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "   (if (result i32) (local.get 0)"
    "     (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))"
    "     (else (i32.const 0)))))";

static void check_growth(World *w, const char *name, int32_t by, int32_t want) {
    int32_t old = 0;
    CHECK_EQ_INT(call_named(w, name, by, &old), WATTLE_OK);
    CHECK_EQ_INT(old, want);
}

static void totals(void) {
    World w;
    wattle_store_config config = {
        .size = sizeof config, .total_memory_bytes = 6 << 16, .total_table_elements = 20};
    CHECK_EQ_INT(open_world(&w, &config, growing, 0), WATTLE_OK);
    check_growth(&w, "a", 4, -1); /* 3 of 6 pages are there */
    check_growth(&w, "a", 2, 2);
    check_growth(&w, "b", 2, -1);
    check_growth(&w, "b", 1, 1);
    check_growth(&w, "b", 1, -1);
    check_growth(&w, "b", 0, 2);
    check_growth(&w, "t", 6, -1);
    check_growth(&w, "u", 4, 5);
    check_growth(&w, "t", 1, 10);
    check_growth(&w, "t", 1, -1);
    /* The host is bound as well. */
    wattle_limits page = {.min = 1, .page_log2 = 16}, one = {.min = 1};
    wattle_memory memory;
    wattle_table table;
    CHECK_EQ_INT(wattle_memory_new(w.store, &page, &memory), WATTLE_LIMIT);
    CHECK_EQ_STR(wattle_store_message(w.store),
                 "limit of the store exceeded: memories too large together");
    CHECK_EQ_INT(wattle_table_new(w.store, wattle_valtype_of(WATTLE_FUNCREF), &one, NULL, &table),
                 WATTLE_LIMIT);
    CHECK_EQ_STR(wattle_store_message(w.store),
                 "limit of the store exceeded: tables too large together");
    page.min = 0;
    CHECK_EQ_INT(wattle_memory_new(w.store, &page, &memory), WATTLE_OK);
    CHECK_EQ_INT(wattle_memory_grow(w.store, memory, 1, NULL), WATTLE_LIMIT);
    close_world(&w);
}

static void too_much_at_once(void) {
    static const struct {
        wattle_store_config config;
        const char *message;
    } rows[] = {
        {{.total_memory_bytes = (3 << 16) - 1}, "memories too large together"},
        {{.total_table_elements = 14}, "tables too large together"},
        {{.memory_bytes = 1 << 16}, "memory too large"},
        {{.table_elements = 9}, "table too large"},
        {{.memories = 1}, "too many memories"},
        {{.tables = 1}, "too many tables"},
        {{.total_memory_bytes = 3 << 16,
          .total_table_elements = 15,
          .memory_bytes = 2 << 16,
          .table_elements = 10,
          .memories = 2,
          .tables = 2,
          .instances = 1},
         NULL},
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        World w;
        wattle_store_config config = rows[i].config;
        config.size = sizeof config;
        wattle_status want = rows[i].message ? WATTLE_LIMIT : WATTLE_OK;
        char message[80] = "";
        CHECK_EQ_INT(open_world(&w, &config, growing, 0), want);
        if (rows[i].message)
            snprintf(message, sizeof message, "limit of the store exceeded: %s", rows[i].message);
        CHECK_EQ_STR(wattle_store_message(w.store), message);
        close_world(&w);
    }
}

static void too_many_instances(void) {
    World w;
    wattle_store_config config = {.size = sizeof config, .instances = 2};
    CHECK_EQ_INT(open_world(&w, &config, "(module (func (export \"f\")))", 0), WATTLE_OK);
    const wattle_module *module = wattle_instance_module(w.store, w.instance);
    wattle_instance more;
    CHECK_EQ_INT(wattle_instance_new(w.store, module, NULL, &more), WATTLE_OK);
    CHECK_EQ_INT(wattle_instance_new(w.store, module, NULL, &more), WATTLE_LIMIT);
    CHECK_EQ_STR(wattle_store_message(w.store), "limit of the store exceeded: too many instances");
    close_world(&w);
}

/* A frame of $deep takes the same of the stack each time. */
static void stack_size(void) {
    World w;
    wattle_store_config config = {.size = sizeof config, .stack_bytes = 64 * 1024};
    CHECK_EQ_INT(open_world(&w, &config, growing, 0), WATTLE_OK);
    check_growth(&w, "deep", 100, 100);
    CHECK_EQ_INT(call_named(&w, "deep", 64 * 1024 / 8 / 4, NULL), WATTLE_TRAP);
    CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_stack_exhausted);
    close_world(&w);
    config.stack_bytes *= 16;
    CHECK_EQ_INT(open_world(&w, &config, growing, 0), WATTLE_OK);
    check_growth(&w, "deep", 64 * 1024 / 8 / 4, 64 * 1024 / 8 / 4);
    close_world(&w);
}

/* Objects that are held until there are too many. */
static void heap_size(void) {
    static const char list[] =
        "(module (type $l (struct (field (ref null $l)) (field i64 i64 i64 i64)))"
        " (global $held (mut (ref null $l)) (ref.null $l))"
        " (func (export \"f\") (param i32) (result i32)"
        "   (loop $again"
        "     (global.set $held (struct.new $l (global.get $held) (i64.const 1) (i64.const 2)"
        "       (i64.const 3) (i64.const 4)))"
        "     (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
        "   (i32.const 1)))";
    for (int small = 0; small < 2; small++) {
        World w;
        wattle_store_config config = {.size = sizeof config, .heap_bytes = small ? 1 << 20 : 0};
        CHECK_EQ_INT(open_world(&w, &config, list, 0), WATTLE_OK);
        CHECK_EQ_INT(call_named(&w, "f", 100000, NULL), small ? WATTLE_TRAP : WATTLE_OK);
        if (small)
            CHECK_EQ_INT(wattle_store_trap_code(w.store), WATTLE_TRAP_allocation_failed);
        close_world(&w);
    }
}

int main(void) {
    CHECK_CASE(totals);
    CHECK_CASE(too_much_at_once);
    CHECK_CASE(too_many_instances);
    CHECK_CASE(stack_size);
    CHECK_CASE(heap_size);
    for (size_t i = 0; i < WT_COUNT(fuel_rows); i++) {
        check_begin(fuel_rows[i].name);
        fuel_row(&fuel_rows[i]);
        check_end();
    }
    for (size_t i = 0; i < WT_COUNT(object_rows); i++) {
        check_begin(object_rows[i].name);
        fuel_row(&object_rows[i]);
        check_end();
    }
    CHECK_CASE(segments_need_fuel);
    CHECK_CASE(from_a_thread);
    CHECK_CASE(stopped_timer);
    CHECK_CASE(interrupt_waits);
    CHECK_CASE(interrupt_inside);
    CHECK_CASE(interrupted_bulk);
    CHECK_CASE(interrupted_arrays);
    return check_done();
}
