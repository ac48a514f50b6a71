/* What it takes to begin with machine code that is there already, one line for each file:
 *
 *     start FILE.cwat...     NAME read US store US instantiate US call US all US
 *
 * The pages of the file are in memory. The call is of the first export without parameters that is
 * not _start, or of none. Microseconds of the wall clock, each the median of many rounds. */
#define MEASURE_NAME "start"
#define WATTLE_UNSTABLE
#include "../measure.h"

#include "wattle.h"

#include <string.h>

enum { ROUNDS = 101, STEPS = 5 };

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool is_called(const wattle_export *e) {
    static const char start[] = "_start";
    return e->type.kind == WATTLE_EXTERN_FUNC && wattle_type_param_count(e->type.type) == 0 &&
           wattle_type_result_count(e->type.type) == 0 &&
           !(e->name.len == sizeof start - 1 && memcmp(e->name.data, start, e->name.len) == 0);
}

static void call_first(wattle_store *store, const wattle_module *m, wattle_instance in) {
    for (size_t i = 0; i < wattle_module_export_count(m); i++) {
        wattle_export e = wattle_module_export(m, i);
        if (!is_called(&e))
            continue;
        wattle_extern found;
        need(wattle_instance_export_at(store, in, i, &found), "an export");
        need(wattle_func_call(store, found.of.func, NULL, 0, NULL, 0) == WATTLE_OK, "the call");
        return;
    }
}

static void start_once(wattle_engine *engine, const char *path, double times[STEPS]) {
    const char *why;
    wattle_module *m;
    wattle_instance in;
    double t[STEPS];
    t[0] = seconds_by(CLOCK_MONOTONIC);
    wattle_file *file = wattle_file_open(engine, path, &why);
    need(file && wattle_module_read_native_file(engine, file, "m", &m, &why) == WATTLE_OK, path);
    t[1] = seconds_by(CLOCK_MONOTONIC);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_wasi *wasi = wattle_wasi_new(engine);
    need(store && linker && wasi && wattle_linker_define_wasi(linker) == WATTLE_OK &&
             wattle_store_set_wasi(store, wasi) == WATTLE_OK,
         "a store");
    t[2] = seconds_by(CLOCK_MONOTONIC);
    need(wattle_instance_new(store, m, linker, &in) == WATTLE_OK, "instantiation");
    t[3] = seconds_by(CLOCK_MONOTONIC);
    call_first(store, m, in);
    t[4] = seconds_by(CLOCK_MONOTONIC);
    for (unsigned i = 0; i + 1 < STEPS; i++)
        times[i] = t[i + 1] - t[i];
    times[STEPS - 1] = t[STEPS - 1] - t[0];
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_module_free(m);
    wattle_file_close(file);
}

static void bench_file(wattle_engine *engine, const char *path) {
    static double times[STEPS][ROUNDS];
    static const char *const names[STEPS] = {"read", "store", "instantiate", "call", "all"};
    for (unsigned i = 0; i < ROUNDS; i++) {
        double row[STEPS];
        start_once(engine, path, row);
        for (unsigned k = 0; k < STEPS; k++)
            times[k][i] = row[k];
    }
    const char *name = strrchr(path, '/');
    printf("%s", name ? name + 1 : path);
    for (unsigned k = 0; k < STEPS; k++) {
        qsort(times[k], ROUNDS, sizeof times[k][0], by_value);
        printf(" %s %.1f", names[k], times[k][ROUNDS / 2] * 1e6);
    }
    putchar('\n');
}

int main(int argc, char **argv) {
    wattle_config config = wattle_config_default();
    config.threads = 1;
    wattle_engine *engine = wattle_engine_new(&config);
    need(engine != NULL, "an engine");
    for (int i = 1; i < argc; i++)
        bench_file(engine, argv[i]);
    wattle_engine_free(engine);
    return 0;
}
