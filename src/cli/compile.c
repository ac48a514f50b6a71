/* compile: machine code as text, or how much of it there is and how long it took, or into a file
   that is run. */
#include "cli/bounds.h"

#include <stdlib.h>
#include <string.h>

/* Functions by their indices or names; false: said which there is not. */
static bool find_functions(const Options *o, const wattle_module *m, uint32_t *indices) {
    size_t count = wattle_module_func_count(m);
    for (size_t i = 0; i < o->functions.count; i++) {
        const char *word = o->functions.items[i];
        char *end;
        unsigned long index = strtoul(word, &end, 10);
        if (*end || word[0] < '0' || word[0] > '9') {
            for (index = 0; index < count; index++) {
                wattle_string name = wattle_module_func_name(m, (uint32_t)index);
                if (name.data && name.len == strlen(word) && memcmp(name.data, word, name.len) == 0)
                    break;
            }
        }
        if (index >= count) {
            cli_say(o, "there is no function %s among %zu", word, count);
            return false;
        }
        indices[i] = (uint32_t)index;
    }
    return true;
}

static void print_summary(const char *path, const wattle_compile_result *r) {
    double seconds = (double)r->ns / 1e9, wasm = (double)r->wasm_bytes;
    printf("%s: %llu functions, %llu bytes of wasm, %llu of code for %s (%.2f a byte), %.6f s, "
           "%.1f MB/s\n",
           path, (unsigned long long)r->functions, (unsigned long long)r->wasm_bytes,
           (unsigned long long)r->code_bytes, r->machine,
           r->wasm_bytes ? (double)r->code_bytes / wasm : 0.0, seconds,
           r->ns ? wasm / 1e6 / seconds : 0.0);
    if (r->unable)
        printf("%s: %llu more have instructions that machine code does not have\n", path,
               (unsigned long long)r->unable);
}

static int compile_module(const Options *o, wattle_engine *engine, wattle_file *in,
                          wattle_module *m, const char *path) {
    (void)engine;
    (void)in;
    wattle_compile_options options = {.size = sizeof options,
                                      .no_reserve = o->no_reserve,
                                      .no_signals = o->no_signals,
                                      .cpu_without = o->cpu_without};
    if (o->print) {
        options.print = true;
        options.print_wasm = strcmp(o->print, "asm") != 0;
    }
    uint32_t *indices = calloc(o->functions.count + 1, sizeof *indices);
    if (!indices || !find_functions(o, m, indices)) {
        free(indices);
        return EXIT_USAGE;
    }
    if (o->functions.count) {
        options.functions = indices;
        options.function_count = o->functions.count;
    }
    wattle_compile_result result;
    wattle_status status = wattle_compile(m, &options, wattle_stdout_write, NULL, &result);
    free(indices);
    if (status == WATTLE_USAGE)
        cli_say(o, "%s: an imported function has no code", path);
    else if (status == WATTLE_OUT_OF_MEMORY)
        cli_say(o, "%s: out of memory", path);
    else if (status == WATTLE_OK && !o->print)
        print_summary(path, &result);
    return cli_exit_code(status);
}

/* ---- into a file ---- */

static wattle_status make_native(const Options *o, wattle_engine *engine, wattle_file *in,
                                 const char *path, const char *target, void *output,
                                 wattle_report **report) {
    (void)target;
    wattle_module *m;
    wattle_store_config config = {.size = sizeof config, .deterministic = o->deterministic};
    Bounds bounds;
    wattle_status status = wattle_module_read_file(engine, in, path, WATTLE_READ_CHECK, &m, report);
    if (!m)
        return status;
    status = WATTLE_USAGE;
    if (cli_bounds_read(&bounds, o, &config)) {
        cli_bounds_fit(&bounds, m, &config);
        wattle_compile_result result;
        status = wattle_module_write_native(m, &config, wattle_output_write, output, &result);
        if (status == WATTLE_USAGE)
            cli_say(o, "there is no machine code for this machine");
        else if (status == WATTLE_OK && o->verbose)
            print_summary(path, &result);
    }
    wattle_module_free(m);
    return status;
}

static int compile_file(const Options *o, wattle_engine *engine, const char *path) {
    return o->output ? cli_convert(o, engine, path, NULL, make_native)
                     : cli_checked(o, engine, path, compile_module);
}

int cli_compile(const Options *o) {
    if (o->output && (o->print || o->functions.count)) {
        cli_say(o, "-o writes all the code for machines; --print and --func show it");
        return EXIT_USAGE;
    }
    return cli_each_file(o, compile_file);
}
