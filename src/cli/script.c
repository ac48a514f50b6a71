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

/* An engine for the script; NULL: out of memory. */
static wattle_engine *script_engine(const Options *o, const char *path) {
    wattle_config config = wattle_config_default();
    config.features = script_features(o, path);
    config.spec_limits = true;
    cli_tier(o, &config);
    config.threads = 2; /* more than one: scripts may start theirs */
    return wattle_engine_new(&config);
}

/* One script: what it was found to do waits until those before it have been told of. */
typedef struct ScriptJob {
    const char *path, *why; /* why: it could not be opened */
    wattle_engine *engine;
    wattle_file *in;
    wattle_report *report;
    wattle_script_result result;
    wattle_status status;
    char *text; /* printed */
    size_t len, cap;
} ScriptJob;

typedef struct ScriptRun {
    const Options *o;
    ScriptJob *jobs;
    wattle_script_result total;
    int worst;
} ScriptRun;

static bool keep_text(void *user, const void *data, size_t len) {
    ScriptJob *j = user;
    if (len > j->cap - j->len) {
        size_t cap = (j->cap + len) * 2;
        char *text = realloc(j->text, cap);
        if (!text)
            return false;
        j->text = text;
        j->cap = cap;
    }
    memcpy(j->text + j->len, data, len);
    j->len += len;
    return true;
}

static void run_script_job(void *user, size_t i) {
    ScriptRun *r = user;
    ScriptJob *j = &r->jobs[i];
    const Options *o = r->o;
    j->engine = script_engine(o, j->path);
    j->in = j->engine ? wattle_file_open(j->engine, j->path, &j->why) : NULL;
    if (!j->in)
        return;
    wattle_script_options options = {.size = sizeof options,
                                     .no_run = o->no_run,
                                     .ignore_messages = o->ignore_messages,
                                     .round_trip = o->round_trip,
                                     .gc_stress = o->gc_stress,
                                     .eager = o->eager,
                                     .code_file = o->code_file,
                                     .verbose = o->verbose};
    j->status = wattle_script(j->engine, wattle_file_data(j->in), wattle_file_size(j->in), j->path,
                              &options, keep_text, j, &j->result, &j->report);
}

static void end_script_job(void *user, size_t i) {
    ScriptRun *r = user;
    ScriptJob *j = &r->jobs[i];
    int code = EXIT_IO;
    if (j->in) {
        wattle_stdout_write(NULL, j->text, j->len);
        cli_report(r->o, j->report);
        code = cli_exit_code(j->status);
        if (code == EXIT_OK && j->result.failed)
            code = EXIT_BAD_INPUT;
        r->total.passed += j->result.passed;
        r->total.failed += j->result.failed + (j->status != WATTLE_OK);
        r->total.skipped += j->result.skipped;
    } else {
        cli_say(r->o, "%s: %s", j->path, j->engine ? j->why : "out of memory");
    }
    if (code > r->worst)
        r->worst = code;
    wattle_file_close(j->in);
    wattle_engine_free(j->engine);
    free(j->text);
}

/* The scripts of all arguments; NULL: out of memory. A folder that cannot be read leaves its list
   NULL. */
static ScriptJob *list_scripts(wattle_listing **lists, size_t count, size_t *jobs) {
    *jobs = 0;
    for (size_t i = 0; i < count; i++)
        *jobs += lists[i] ? wattle_listing_count(lists[i]) : 0;
    ScriptJob *all = calloc(*jobs + 1, sizeof *all), *next = all;
    for (size_t i = 0; all && i < count; i++)
        for (size_t k = 0; lists[i] && k < wattle_listing_count(lists[i]); k++)
            (next++)->path = wattle_listing_get(lists[i], k);
    return all;
}

static void run_scripts(ScriptRun *r, wattle_engine *engine, wattle_listing **lists) {
    const Options *o = r->o;
    for (size_t i = 0; i < o->file_count; i++) {
        const char *why;
        lists[i] = wattle_listing_new(engine, o->files[i], ".wast", &why);
        if (!lists[i]) {
            cli_say(o, "%s: %s", o->files[i], why);
            r->worst = EXIT_IO;
        }
    }
    size_t count;
    r->jobs = list_scripts(lists, o->file_count, &count);
    if (r->jobs) {
        wattle_parallel(engine, count, run_script_job, end_script_job, r);
    } else {
        cli_say(o, "out of memory");
        r->worst = EXIT_IO;
    }
    free(r->jobs);
    for (size_t i = 0; i < o->file_count; i++)
        wattle_listing_free(lists[i]);
}

int cli_wast(const Options *o) {
    ScriptRun r = {.o = o, .worst = EXIT_OK};
    wattle_engine *engine = cli_engine(o);
    wattle_listing **lists = engine ? calloc(o->file_count, sizeof *lists) : NULL;
    if (!lists) {
        wattle_engine_free(engine);
        return EXIT_IO;
    }
    run_scripts(&r, engine, lists);
    free(lists);
    wattle_engine_free(engine);
    if (r.total.skipped && o->no_run)
        printf("skip %llu assertions: they need a module to run, and --no-run was given\n",
               (unsigned long long)r.total.skipped);
    printf("%llu passed, %llu failed, %llu skipped\n", (unsigned long long)r.total.passed,
           (unsigned long long)r.total.failed, (unsigned long long)r.total.skipped);
    return r.worst;
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
    int code = EXIT_IO;
    if (engine)
        code = cli_convert(o, engine, path, ".json", make_json);
    else
        cli_say(o, "out of memory");
    wattle_engine_free(engine);
    return code;
}

int cli_wast2json(const Options *o) { return cli_each_file(o, wast2json_file); }
