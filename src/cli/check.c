/* validate, objdump, wast, features: one input, no output but words. */
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
                                const char *path, void *output, wattle_report **report) {
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

/* ---- scripts ---- */

/* A script in a folder of the official suite stands for the suite with that folder's features: what
   other proposals allow, some of its scripts refuse. Threads branched off before the later
   versions. */
static uint64_t script_features(const Options *o, const char *path) {
    static const struct {
        const char *folder, *features;
    } rows[] = {
        {"proposals/threads/", "1.0,+threads"},
        {"proposals/wide-arithmetic/", "3.0,+wide-arithmetic"},
        {"proposals/custom-page-sizes/", "3.0,+custom-page-sizes"},
        {"proposals/custom-descriptors/", "3.0,+custom-descriptors"},
        {"proposals/stack-switching/", "3.0,+stack-switching"},
        {"legacy/", "3.0,+legacy-exceptions"},
    };
    if (o->features_given)
        return o->features;
    const char *list = "3.0";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = strstr(path, rows[i].folder);
        if (found && (found == path || found[-1] == '/'))
            list = rows[i].features;
    }
    uint64_t features = 0;
    char bad[8];
    wattle_features_parse(list, &features, bad, sizeof bad);
    return features;
}

static int script_file(const Options *o, const char *path, wattle_script_result *total) {
    wattle_config config = wattle_config_default();
    config.features = script_features(o, path);
    config.spec_limits = true;
    config.threads = 2; /* more than one: scripts may start theirs */
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_file *in = engine ? cli_open(o, engine, path) : NULL;
    if (!in) {
        wattle_engine_free(engine);
        return EXIT_IO;
    }
    wattle_script_options options = {.size = sizeof options,
                                     .no_run = o->no_run,
                                     .ignore_messages = o->ignore_messages,
                                     .round_trip = o->round_trip,
                                     .gc_stress = o->gc_stress,
                                     .verbose = o->verbose};
    wattle_script_result result = {0};
    wattle_report *report;
    wattle_status status = wattle_script(engine, wattle_file_data(in), wattle_file_size(in), path,
                                         &options, wattle_stdout_write, NULL, &result, &report);
    cli_report(o, report);
    total->passed += result.passed;
    total->failed += result.failed + (status != WATTLE_OK);
    total->skipped += result.skipped;
    total->modules += result.modules;
    wattle_file_close(in);
    wattle_engine_free(engine);
    int code = cli_exit_code(status);
    return code == EXIT_OK && result.failed ? EXIT_BAD_INPUT : code;
}

/* A script, or all scripts of a folder. */
static int script_path(const Options *o, const char *path, wattle_script_result *total) {
    const char *why;
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    wattle_listing *files = wattle_listing_new(engine, path, ".wast", &why);
    int worst = EXIT_OK;
    if (!files) {
        cli_say(o, "%s: %s", path, why);
        worst = EXIT_IO;
    }
    for (size_t i = 0; files && i < wattle_listing_count(files); i++) {
        int code = script_file(o, wattle_listing_get(files, i), total);
        if (code > worst)
            worst = code;
    }
    wattle_listing_free(files);
    wattle_engine_free(engine);
    return worst;
}

int cli_wast(const Options *o) {
    wattle_script_result total = {0};
    int worst = EXIT_OK;
    for (size_t i = 0; i < o->file_count; i++) {
        int code = script_path(o, o->files[i], &total);
        if (code > worst)
            worst = code;
    }
    if (total.skipped && o->no_run)
        printf("skip %llu assertions: they need a module to run, and --no-run was given\n",
               (unsigned long long)total.skipped);
    printf("%llu passed, %llu failed, %llu skipped\n", (unsigned long long)total.passed,
           (unsigned long long)total.failed, (unsigned long long)total.skipped);
    return worst;
}
