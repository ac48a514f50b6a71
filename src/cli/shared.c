/* What the commands share: opening, reporting, writing by rename. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_tier(const Options *o, wattle_config *config) {
    config->no_reserve = o->no_reserve;
    config->no_signals = o->no_signals;
    config->cpu_without = o->cpu_without;
    if (o->tier && strcmp(o->tier, "interp") == 0)
        config->tier = WATTLE_TIER_INTERP;
    else if (o->tier && strcmp(o->tier, "baseline") == 0)
        config->tier = WATTLE_TIER_BASELINE;
}

wattle_engine *cli_engine(const Options *o) {
    wattle_config config = wattle_config_default();
    config.features = o->features;
    if (o->threads_given)
        config.threads = o->threads ? (unsigned)o->threads : 1;
    cli_tier(o, &config);
    wattle_engine *engine = wattle_engine_new(&config);
    if (!engine)
        cli_say(o, "out of memory");
    return engine;
}

void cli_say(const Options *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", o->command);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

bool cli_write_file(const Options *o, wattle_engine *engine, const char *path, const void *data,
                    size_t size) {
    const char *why;
    wattle_output *out = wattle_output_open(engine, path, &why);
    if (out)
        why = wattle_output_close(out, wattle_output_write(out, data, size));
    if (why)
        cli_say(o, "%s: %s", path, why);
    return why == NULL;
}

bool cli_write_below(const Options *o, wattle_engine *engine, const char *folder, const char *name,
                     const void *data, size_t size) {
    size_t len = strlen(folder) + strlen(name) + 2;
    char *path = malloc(len);
    if (!path) {
        cli_say(o, "%s: out of memory", name);
        return false;
    }
    snprintf(path, len, "%s/%s", folder, name);
    bool ok = cli_write_file(o, engine, path, data, size);
    free(path);
    return ok;
}

wattle_file *cli_open(const Options *o, wattle_engine *engine, const char *path) {
    const char *why;
    wattle_file *file = wattle_file_open(engine, path, &why);
    if (!file)
        cli_say(o, "%s: %s", path, why);
    return file;
}

void cli_report(const Options *o, wattle_report *report) {
    if (report && wattle_report_count(report)) {
        const char *form = o->diagnostics ? o->diagnostics : "text";
        bool json = strcmp(form, "json") == 0;
        const char *no_colour = getenv("NO_COLOR");
        unsigned flags = json ? WATTLE_REPORT_JSON : 0;
        if (strcmp(form, "brief") == 0)
            flags |= WATTLE_REPORT_BRIEF;
        if (wattle_stderr_is_terminal() && !(no_colour && no_colour[0]))
            flags |= WATTLE_REPORT_COLOUR;
        if (wattle_report_write(report, flags, wattle_stderr_write, NULL) == WATTLE_OUT_OF_MEMORY)
            cli_say(o, "out of memory");
    }
    wattle_report_free(report);
}

int cli_exit_code(wattle_status status) {
    switch (status) {
    case WATTLE_OK:
        return EXIT_OK;
    case WATTLE_MALFORMED:
    case WATTLE_INVALID:
    case WATTLE_LIMIT:
    case WATTLE_LINK:
        return EXIT_BAD_INPUT;
    case WATTLE_OUT_OF_MEMORY:
    case WATTLE_WRITE_FAILED:
        return EXIT_IO;
    case WATTLE_USAGE:
        return EXIT_USAGE;
    case WATTLE_TRAP:
    case WATTLE_EXIT:
    case WATTLE_EXCEPTION:
        return EXIT_TRAP;
    }
    return EXIT_IO;
}

int cli_each_file(const Options *o, int (*job)(const Options *, wattle_engine *, const char *)) {
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    int worst = EXIT_OK;
    for (size_t i = 0; i < o->file_count; i++) {
        int code = job(o, engine, o->files[i]);
        if (code > worst)
            worst = code;
    }
    wattle_engine_free(engine);
    return worst;
}

int cli_checked(const Options *o, wattle_engine *engine, const char *path, CliModuleJob *job) {
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
    int code = module ? job(o, engine, in, module, path) : cli_exit_code(status);
    wattle_module_free(module);
    wattle_file_close(in);
    return code;
}

char *cli_other_ending(const char *path, const char *ending) {
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t len = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    char *name = malloc(len + strlen(ending) + 1);
    if (name) {
        memcpy(name, base, len);
        strcpy(name + len, ending);
    }
    return name;
}

int cli_convert(const Options *o, wattle_engine *engine, const char *path, const char *ending,
                CliMake make) {
    if (o->output && o->file_count > 1 && strcmp(o->output, "-") != 0) {
        cli_say(o, "-o names one output, but there are %zu inputs", o->file_count);
        return EXIT_USAGE;
    }
    wattle_file *in = cli_open(o, engine, path);
    if (!in)
        return EXIT_IO;
    bool to_stdout = !ending || strcmp(path, "-") == 0;
    char *made = o->output || to_stdout ? NULL : cli_other_ending(path, ending);
    const char *target = o->output ? o->output : made ? made : "-";
    const char *why;
    int code = EXIT_IO;
    wattle_output *out = wattle_output_open(engine, target, &why);
    if (out) {
        wattle_report *report = NULL;
        wattle_status status = make(o, engine, in, path, target, out, &report);
        why = wattle_output_close(out, status == WATTLE_OK);
        cli_report(o, report);
        code = cli_exit_code(status);
        if (status == WATTLE_OUT_OF_MEMORY)
            cli_say(o, "%s: out of memory", path);
        if (status == WATTLE_OK && why)
            code = EXIT_IO;
    }
    if (code == EXIT_IO && why)
        cli_say(o, "%s: %s", target, why);
    free(made);
    wattle_file_close(in);
    return code;
}
