/* What the baseline compiler takes and makes, one line for each module:
 *
 *     compile MODULE...     NAME MB/s BYTES-PER-BYTE
 *
 * All functions are compiled, one after the other, in a store of their own; MB of bodies per second
 * of the processor, the best of twelve rounds, and bytes of machine code per byte of wasm. */
#define MEASURE_NAME "compile"
#include "../measure.h"

#include "binary/decode.h"
#include "jit/native.h"
#include "valid/valid.h"
#include "x64/target.h"

enum { ROUNDS = 12 };

static double compile_once(Module *m, size_t *bytes, size_t *made) {
    Store *s = wt_store_new(&wt_base_malloc, &wt_x64_tier, NULL);
    Code *code = s ? wt_code_new(s, m) : NULL;
    need(code != NULL, "a store");
    Instance in = {.store = s, .code = code};
    *bytes = *made = 0;
    double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
    for (uint32_t i = m->func_imports; i < m->func_count; i++) {
        need(wt_native_compile(&in, i - m->func_imports) != NULL, "compiling");
        *bytes += m->funcs[i].code_size;
    }
    double seconds = seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start;
    const Segment *seg = code_segment(code);
    for (size_t i = 0; i < seg->func_count; i++)
        *made += seg->funcs[i].size;
    wt_store_free(s);
    return seconds;
}

static void bench_module(const char *path) {
    size_t len, bytes = 0, made = 0;
    uint8_t *source = read_whole(path, &len);
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    Module m;
    Diag d;
    wt_module_init(&m, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    need(wt_binary_decode(&m, slice(source, len), 0, &d) && wt_valid_module(&m, 1, &d), path);
    double best = 1e9;
    for (unsigned i = 0; i < ROUNDS; i++) {
        double t = compile_once(&m, &bytes, &made);
        if (t < best)
            best = t;
    }
    const char *name = strrchr(path, '/');
    printf("%-16s %7.1f MB/s %5.2f bytes a byte, %5.1f MB of bodies\n", name ? name + 1 : path,
           (double)bytes / best * 1e-6, (double)made / (double)bytes, (double)bytes * 1e-6);
    fflush(stdout);
    wt_module_free(&m);
    free(source);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        bench_module(argv[i]);
    return 0;
}
