/* wast runs test scripts, wast2json converts them. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* An engine for the script; NULL: out of memory (said). */
static wattle_engine *script_engine(const Options *o, const char *path) {
    wattle_config config = wattle_config_default();
    config.features = script_features(o, path);
    config.spec_limits = true;
    config.threads = 2; /* more than one: scripts may start theirs */
    wattle_engine *engine = wattle_engine_new(&config);
    if (!engine)
        cli_say(o, "out of memory");
    return engine;
}

static int script_file(const Options *o, const char *path, wattle_script_result *total) {
    wattle_engine *engine = script_engine(o, path);
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

/* ---- wast2json ---- */

typedef struct JsonFiles {
    const Options *o;
    wattle_engine *engine;
    const char *target; /* of the JSON: its folder is that of all files */
} JsonFiles;

static bool write_beside(void *user, const char *name, const void *data, size_t size) {
    const JsonFiles *f = user;
    const char *slash = strrchr(f->target, '/'), *why = "out of memory";
    size_t folder = slash ? (size_t)(slash + 1 - f->target) : 0;
    char *path = malloc(folder + strlen(name) + 1);
    wattle_output *out = NULL;
    if (path) {
        memcpy(path, f->target, folder);
        strcpy(path + folder, name);
        out = wattle_output_open(f->engine, path, &why);
    }
    if (out) {
        bool ok = wattle_output_write(out, data, size);
        why = wattle_output_close(out, ok);
    }
    if (why)
        cli_say(f->o, "%s: %s", path ? path : name, why);
    free(path);
    return why == NULL;
}

static wattle_status make_json(const Options *o, wattle_engine *engine, wattle_file *in,
                               const char *path, const char *target, void *output,
                               wattle_report **report) {
    JsonFiles files = {o, engine, target};
    char *stem = cli_other_ending(strcmp(target, "-") == 0 ? path : target, "");
    wattle_json_options options = {.size = sizeof options,
                                   .stem = stem,
                                   .no_names =
                                       o->no_debug_names || (o->well_known_name && !o->debug_names),
                                   .file = write_beside,
                                   .file_user = &files};
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (stem)
        status = wattle_script_to_json(engine, wattle_file_data(in), wattle_file_size(in), path,
                                       &options, wattle_output_write, output, report);
    free(stem);
    return status;
}

static int wast2json_file(const Options *o, wattle_engine *unused, const char *path) {
    (void)unused;
    wattle_engine *engine = script_engine(o, path);
    int code = engine ? cli_convert(o, engine, path, ".json", make_json) : EXIT_IO;
    wattle_engine_free(engine);
    return code;
}

int cli_wast2json(const Options *o) { return cli_each_file(o, wast2json_file); }
