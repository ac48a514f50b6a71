/* wat2wasm, wasm2wat, strip: one input, one output. */
#include "cli/cli.h"

#include <string.h>

static wattle_status make_binary(const Options *o, wattle_engine *engine, wattle_file *in,
                                 const char *path, const char *target, void *output,
                                 wattle_report **report) {
    (void)target;
    unsigned flags = WATTLE_READ_ANY | (o->no_check ? 0 : WATTLE_READ_CHECK);
    wattle_module *module;
    wattle_status status = wattle_module_read_file(engine, in, path, flags, &module, report);
    if (status != WATTLE_OK)
        return status;
    if (o->no_debug_names || (o->well_known_name && !o->debug_names))
        wattle_module_drop_names(module);
    status = wattle_module_write_binary(module, wattle_output_write, output);
    cli_report(o, *report);
    *report = NULL;
    wattle_module_free(module);
    return status;
}

static int wat2wasm_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_convert(o, engine, path, ".wasm", make_binary);
}

int cli_wat2wasm(const Options *o) { return cli_each_file(o, wat2wasm_file); }

static wattle_status make_text(const Options *o, wattle_engine *engine, wattle_file *in,
                               const char *path, const char *target, void *output,
                               wattle_report **report) {
    (void)target;
    unsigned flags = WATTLE_READ_FOR_TEXT | (o->no_check ? WATTLE_READ_NO_SCAN : WATTLE_READ_CHECK);
    if (o->lossless)
        flags |= WATTLE_READ_LOSSLESS;
    wattle_module *module;
    wattle_status status = wattle_module_read_file(engine, in, path, flags, &module, report);
    if (status != WATTLE_OK)
        return status;
    wattle_print_options print = {.size = sizeof print,
                                  .fold = o->fold,
                                  .no_names = o->no_debug_names,
                                  .generate_names = o->generate_names,
                                  .inline_exports = o->inline_exports,
                                  .inline_imports = o->inline_imports,
                                  .offsets = o->offsets,
                                  .skeleton = o->skeleton,
                                  .lossless = o->lossless,
                                  .no_annotations = o->no_annotations,
                                  .indent = (unsigned)o->indent};
    cli_report(o, *report);
    status = wattle_module_write_text(module, &print, wattle_output_write, output, report);
    /* The report speaks of the module: it is shown before the module goes. */
    cli_report(o, *report);
    *report = NULL;
    wattle_module_free(module);
    return status;
}

static int wasm2wat_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_convert(o, engine, path, NULL, make_text);
}

int cli_wasm2wat(const Options *o) { return cli_each_file(o, wasm2wat_file); }

static wattle_status make_stripped(const Options *o, wattle_engine *engine, wattle_file *in,
                                   const char *path, const char *target, void *output,
                                   wattle_report **report) {
    (void)target;
    wattle_strip_options options = {.size = sizeof options,
                                    /* wasm-strip drops every custom section. */
                                    .all = o->all || (o->well_known_name && !o->debug_only),
                                    .debug_only = o->debug_only,
                                    .keep = o->keep.items,
                                    .keep_count = o->keep.count,
                                    .remove = o->remove.items,
                                    .remove_count = o->remove.count};
    return wattle_strip(engine, wattle_file_data(in), wattle_file_size(in), path, &options,
                        wattle_output_write, output, report);
}

/* Without -o the file itself is replaced, as wasm-strip does. */
static int strip_file(const Options *o, wattle_engine *engine, const char *path) {
    Options in_place = *o;
    if (!o->output && strcmp(path, "-") != 0) {
        in_place.output = path;
        in_place.file_count = 1;
    }
    return cli_convert(&in_place, engine, path, NULL, make_stripped);
}

int cli_strip(const Options *o) { return cli_each_file(o, strip_file); }
