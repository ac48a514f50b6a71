/* Runs one workload and tells of its collections, printed as "NAME VALUE" lines:
 *
 *     pauses MODULE
 *
 * The module exports setup, which is called until it returns 0, step, which is called as often as
 * the global steps says, and result. Each call makes so little that at most one collection falls
 * into it; the store's sums before and after it tell how long that one took. Times are of the wall
 * clock. */
#define MEASURE_NAME "pauses"
#include "../measure.h"

#include <string.h>
#include <wattle.h>

enum { MOST = 1 << 20 };

typedef struct Pauses {
    uint64_t *ns;
    size_t count;
} Pauses;

typedef struct Bench {
    wattle_store *store;
    wattle_instance instance;
    wattle_gc_stats before;
    Pauses minor, full;
} Bench;

static void note(Pauses *p, uint64_t count, uint64_t ns) {
    for (uint64_t i = 0; i < count && p->count < MOST; i++)
        p->ns[p->count++] = ns / count;
}

static int32_t call(Bench *b, const char *name) {
    wattle_func f;
    wattle_slot slot = {0};
    need(wattle_instance_func(b->store, b->instance, name, &f), name);
    need(wattle_func_call_fast(b->store, f, &slot, 1) == WATTLE_OK, name);
    wattle_gc_stats now = {.size = sizeof now};
    wattle_store_gc_stats(b->store, &now);
    note(&b->minor, now.minor - b->before.minor, now.minor_ns - b->before.minor_ns);
    note(&b->full, now.full - b->before.full, now.full_ns - b->before.full_ns);
    b->before = now;
    return slot.i32;
}

static int rising(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void print_pauses(const char *kind, Pauses *p) {
    qsort(p->ns, p->count, sizeof *p->ns, rising);
    printf("%s %zu\n", kind, p->count);
    if (p->count == 0)
        return;
    printf("%s_median_ms %.4f\n", kind, (double)p->ns[p->count / 2] / 1e6);
    printf("%s_p99_ms %.4f\n", kind, (double)p->ns[p->count * 99 / 100] / 1e6);
    printf("%s_longest_ms %.4f\n", kind, (double)p->ns[p->count - 1] / 1e6);
}

static void start(Bench *b, const char *path) {
    size_t len;
    void *bytes = read_whole(path, &len);
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *module = NULL;
    need(engine && wattle_module_new(engine, bytes, len, &module, NULL) == WATTLE_OK, path);
    b->store = wattle_store_new(engine, NULL);
    need(b->store != NULL, "a store");
    need(wattle_instance_new(b->store, module, NULL, &b->instance) == WATTLE_OK, "an instance");
    wattle_module_free(module);
    wattle_engine_free(engine);
    free(bytes);
    b->before.size = sizeof b->before;
    b->minor.ns = malloc(MOST * sizeof(uint64_t));
    b->full.ns = malloc(MOST * sizeof(uint64_t));
    need(b->minor.ns && b->full.ns, "memory");
}

int main(int argc, char **argv) {
    Bench b = {0};
    wattle_extern steps;
    wattle_value n;
    need(argc == 2, "the call: pauses MODULE");
    start(&b, argv[1]);
    need(wattle_instance_export(b.store, b.instance, "steps", &steps) &&
             wattle_global_get(b.store, steps.of.global, &n) == WATTLE_OK,
         "steps");
    double at = seconds_by(CLOCK_MONOTONIC);
    while (call(&b, "setup"))
        ;
    printf("setup_s %.3f\n", seconds_by(CLOCK_MONOTONIC) - at);
    at = seconds_by(CLOCK_MONOTONIC);
    for (int32_t i = 0; i < n.of.i32; i++)
        call(&b, "step");
    printf("steps_s %.3f\n", seconds_by(CLOCK_MONOTONIC) - at);
    printf("result %d\n", call(&b, "result"));
    print_pauses("minor", &b.minor);
    print_pauses("full", &b.full);
    printf("gc_s %.3f\n", (double)(b.before.minor_ns + b.before.full_ns) / 1e9);
    printf("peak_mb %.1f\n", (double)b.before.peak_bytes / 1e6);
    printf("heap_mb %.1f\n", (double)b.before.heap_bytes / 1e6);
    wattle_store_collect(b.store, true);
    wattle_store_gc_stats(b.store, &b.before);
    printf("live_mb %.1f\n", (double)b.before.live_bytes / 1e6);
    wattle_store_free(b.store);
    free(b.minor.ns);
    free(b.full.ns);
    return 0;
}
