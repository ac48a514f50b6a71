/* What a host pays for the tiers, printed as "NAME VALUE UNIT" lines:
 *
 *     host MODULE...
 *
 * translate: all functions of the modules to register code, in MB of their bodies per second, the
 * best of several rounds. Times are of the processor. instantiate: in a store that is there, an
 * instance with a memory of 1 MiB, and a call of it, 50 in each of many stores, one after the
 * other; instantiate_more: 2,000 in one store, more than stores before have given back. store: a
 * store for each. instances: 10,000 of one module in one store, by what the process holds more
 * afterwards; their memories are touched in no page. native_X: the same with machine code. to_host,
 * from_host, trap, fault: calls between a host and machine code. */
#define MEASURE_NAME "host"
#include "../measure.h"

#include "interp/loop.h"
#include "run/link.h"
#include "binary/decode.h"
#include "valid/valid.h"

#include <unistd.h>
#include <wattle.h>

/* ---- translation ---- */

static double translate_once(Module *m, size_t *bytes) {
    Store *s = wt_store_new(&wt_base_malloc, &wt_interp_tier, NULL);
    Code *code = s ? wt_code_new(s, m) : NULL;
    need(code != NULL, "a store");
    double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
    *bytes = 0;
    for (uint32_t i = m->func_imports; i < m->func_count; i++) {
        need(wt_interp_translate(s->tier_state, code_func(code, i)), "translation");
        *bytes += m->funcs[i].code_size;
    }
    double seconds = seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start;
    wt_store_free(s);
    return seconds;
}

static void bench_translate(const char *path) {
    size_t len, bytes = 0;
    uint8_t *file = read_whole(path, &len);
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    Module m;
    Diag d;
    wt_module_init(&m, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    need(wt_binary_decode(&m, slice(file, len), 0, &d) && wt_valid_module(&m, 1, &d), path);
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        double seconds = translate_once(&m, &bytes);
        best = seconds < best ? seconds : best;
    }
    const char *slash = strrchr(path, '/');
    printf("translate %s %.1f MB/s\n", slash ? slash + 1 : path, (double)bytes / best / 1e6);
    wt_module_free(&m);
    wt_diag_free(&d);
    free(file);
}

/* ---- instances ---- */

/* A module with so many pages of memory. */
#define TEXT(pages)                                                                                \
    "(module (memory (export \"memory\") " pages ") (global $n (mut i32) (i32.const 0))"           \
    "(table 4 funcref) (data (i32.const 16) \"data\")"                                             \
    "(func (export \"add\") (param i32 i32) (result i32)"                                          \
    "(i32.add (local.get 0) (local.get 1))))"

static wattle_engine *engine_of(wattle_tier tier) {
    wattle_config config = wattle_config_default();
    config.tier = tier;
    wattle_engine *engine = wattle_engine_new(&config);
    need(engine != NULL, "the engine");
    return engine;
}

static wattle_module *module_of(wattle_engine *engine, const char *text) {
    wattle_module *module = NULL;
    need(wattle_module_new(engine, text, strlen(text), &module, NULL) == WATTLE_OK, "the module");
    return module;
}

static wattle_instance instance_and_call(wattle_store *store, const wattle_module *module) {
    wattle_instance instance;
    wattle_func add;
    wattle_slot slots[2] = {{.i32 = 40}, {.i32 = 2}};
    need(wattle_instance_new(store, module, NULL, &instance) == WATTLE_OK, "an instance");
    need(wattle_instance_func(store, instance, "add", &add) &&
             wattle_func_call_fast(store, add, slots, 2) == WATTLE_OK && slots[0].i32 == 42,
         "a call");
    return instance;
}

static long held_kib(void) {
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    need(f && fscanf(f, "%ld %ld", &pages, &resident) == 2, "statm");
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Seconds of one of `count` instances and its call, in a store that has one already. */
static double each_instance(wattle_engine *engine, const wattle_module *module, int count) {
    wattle_store *store = wattle_store_new(engine, NULL);
    instance_and_call(store, module);
    double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < count; i++)
        instance_and_call(store, module);
    double each = (seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start) / count;
    wattle_store_free(store);
    return each;
}

static void bench_instances(wattle_tier tier, const char *what) {
    enum { ROUNDS = 2000, FEW = 50, MANY = 10000 };
    wattle_engine *engine = engine_of(tier);
    wattle_module *module = module_of(engine, TEXT("16"));
    double best_new = 1e9, best_more = 1e9, best_in = 1e9;
    for (int round = 0; round < 5; round++) {
        double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
        for (int i = 0; i < ROUNDS; i++) {
            wattle_store *store = wattle_store_new(engine, NULL);
            instance_and_call(store, module);
            wattle_store_free(store);
        }
        double each = (seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start) / ROUNDS;
        best_new = each < best_new ? each : best_new;
        each = each_instance(engine, module, ROUNDS);
        best_more = each < best_more ? each : best_more;
        double sum = 0;
        for (int i = 0; i < ROUNDS / FEW; i++)
            sum += each_instance(engine, module, FEW);
        each = sum / (ROUNDS / FEW);
        best_in = each < best_in ? each : best_in;
    }
    printf("%sinstantiate %.2f us\n%sinstantiate_more %.2f us\n", what, best_in * 1e6, what,
           best_more * 1e6);
    printf("%sstore %.2f us\n", what, best_new * 1e6);
    wattle_module_free(module);
    module = module_of(engine, TEXT("1"));
    wattle_store *store = wattle_store_new(engine, NULL);
    instance_and_call(store, module);
    long before = held_kib();
    for (int i = 0; i < MANY; i++)
        instance_and_call(store, module);
    printf("%sinstances %.2f KiB\n", what, (double)(held_kib() - before) / MANY);
    wattle_store_free(store);
    wattle_module_free(module);
    wattle_engine_free(engine);
}

/* ---- calls between a host and machine code ---- */

#define CALLS_TEXT                                                                                 \
    "(module (import \"\" \"host\" (func $host (param i32 i32) (result i32)))"                     \
    "(memory 1)"                                                                                   \
    "(func $loop (export \"loop\") (param $n i32) (result i32) (local $sum i32)"                   \
    "(loop $again (local.set $sum (call $host (local.get $sum) (local.get $n)))"                   \
    "(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"                        \
    "(local.get $sum))"                                                                            \
    "(func (export \"add\") (param i32 i32) (result i32)"                                          \
    "(i32.add (local.get 0) (local.get 1)))"                                                       \
    "(func (export \"stop\") unreachable)"                                                         \
    "(func (export \"fault\") (drop (i32.load (i32.const 0x10000)))))"

static int32_t add_here(int32_t a, int32_t b) { return a + b; }
static int32_t (*volatile add_pointer)(int32_t, int32_t) = add_here;

static wattle_status add_host(void *user, wattle_caller *caller, const wattle_slot *args,
                              wattle_slot *results) {
    (void)user;
    (void)caller;
    results[0].i32 = args[0].i32 + args[1].i32;
    return WATTLE_OK;
}

/* Seconds of one of `count` calls: the fastest of some rounds. */
static double each_call(wattle_store *store, wattle_func f, wattle_slot arg, size_t slots,
                        int count, wattle_status expected) {
    double best = 1e9;
    for (int round = 0; round < 7; round++) {
        double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
        for (int i = 0; i < count; i++) {
            wattle_slot values[2] = {arg, {.i32 = 1}};
            need(wattle_func_call_fast(store, f, values, slots) == expected, "a call");
        }
        double each = (seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start) / count;
        best = each < best ? each : best;
    }
    return best;
}

static double each_pointer_call(int count) {
    double best = 1e9;
    for (int round = 0; round < 7; round++) {
        double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
        int32_t sum = 0;
        for (int i = 0; i < count; i++)
            sum = add_pointer(sum, i);
        double each = (seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start) / count;
        best = each < best ? each : best;
    }
    return best;
}

static void bench_calls(void) {
    enum { LOOP = 1000000 };
    wattle_engine *engine = engine_of(WATTLE_TIER_BASELINE);
    wattle_module *module = module_of(engine, CALLS_TEXT);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_instance in;
    wattle_func loop = {0}, add = {0}, stop = {0}, fault = {0};
    need(wattle_linker_define_fast(linker, "", "host", "ii:i", add_host, NULL, NULL) == WATTLE_OK &&
             wattle_instance_new(store, module, linker, &in) == WATTLE_OK &&
             wattle_instance_func(store, in, "loop", &loop) &&
             wattle_instance_func(store, in, "add", &add) &&
             wattle_instance_func(store, in, "stop", &stop) &&
             wattle_instance_func(store, in, "fault", &fault),
         "the instance of calls");
    wattle_slot count = {.i32 = LOOP}, nothing = {.bits = 0};
    double host = each_call(store, loop, count, 1, 3, WATTLE_OK) / LOOP;
    double pointer = each_pointer_call(LOOP);
    printf("to_host %.2f ns\n", (host - pointer) * 1e9);
    printf("from_host %.2f ns\n", each_call(store, add, nothing, 2, 200000, WATTLE_OK) * 1e9);
    printf("trap %.3f us\n", each_call(store, stop, nothing, 2, 20000, WATTLE_TRAP) * 1e6);
    printf("fault %.3f us\n", each_call(store, fault, nothing, 2, 20000, WATTLE_TRAP) * 1e6);
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_module_free(module);
    wattle_engine_free(engine);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        bench_translate(argv[i]);
    bench_instances(WATTLE_TIER_INTERP, "");
    bench_instances(WATTLE_TIER_BASELINE, "native_");
    bench_calls();
    return 0;
}
