/* validate, objdump, features: one input, no output but words. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int validate_file(const Options *o, wattle_engine *engine, const char *path) {
    wattle_file *in = cli_open(o, engine, path);
    if (!in)
        return EXIT_IO;
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read_file(engine, in, path, WATTLE_READ_CHECK, &module, &report);
    cli_report(o, report);
    if (status == WATTLE_OUT_OF_MEMORY)
        cli_say(o, "%s: out of memory", path);
    if (status == WATTLE_OK && o->verbose)
        printf("%s: valid\n", path);
    wattle_module_free(module);
    wattle_file_close(in);
    return cli_exit_code(status);
}

int cli_validate(const Options *o) { return cli_each_file(o, validate_file); }

static wattle_status dump_bytes(const Options *o, wattle_engine *engine, wattle_file *in,
                                const char *path, const char *target, void *output,
                                wattle_report **report) {
    (void)target;
    bool any = o->headers || o->details || o->disassemble || o->contents || o->relocations;
    wattle_dump_options options = {.size = sizeof options,
                                   .headers = o->headers || !any,
                                   .details = o->details,
                                   .disassemble = o->disassemble,
                                   .contents = o->contents,
                                   .relocations = o->relocations,
                                   .section = o->section};
    return wattle_dump(engine, wattle_file_data(in), wattle_file_size(in), path, &options,
                       wattle_output_write, output, report);
}

static int objdump_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_convert(o, engine, path, NULL, dump_bytes);
}

int cli_objdump(const Options *o) { return cli_each_file(o, objdump_file); }

int cli_features(const Options *o) {
    (void)o;
    static const char *const versions[] = {
        "", "1.0", "2.0", "3.0", "finished proposal", "proposal, off by default"};
    for (unsigned i = 0; wattle_feature_name(i); i++)
        printf("%-26s %s\n", wattle_feature_name(i), versions[wattle_feature_version(i)]);
    puts("\nGroups: 1.0, 2.0, 3.0, lime1, default, all, none. +NAME and -NAME change the set.");
    return EXIT_OK;
}
