/* validate, objdump, features: one input, no output but words. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int say_valid(const Options *o, wattle_engine *engine, wattle_file *in,
                     wattle_module *module, const char *path) {
    (void)engine;
    (void)in;
    (void)module;
    if (o->verbose)
        printf("%s: valid\n", path);
    return EXIT_OK;
}
static int validate_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_checked(o, engine, path, say_valid);
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
    if (wattle_is_native(wattle_file_data(in), wattle_file_size(in))) {
        const char *why;
        wattle_status status =
            wattle_dump_native(engine, wattle_file_data(in), wattle_file_size(in), path, &options,
                               wattle_output_write, output, &why);
        if (status == WATTLE_MALFORMED)
            cli_say(o, "%s: %s", path, why);
        return status;
    }
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
