/* run: a program with the world it is given. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* HOST[::GUEST][:ro], cut in place. */
static wattle_directory split_directory(char *text) {
    wattle_directory d = {.host = text};
    size_t n = strlen(text);
    if (n > 3 && strcmp(text + n - 3, ":ro") == 0) {
        text[n - 3] = 0;
        d.read_only = true;
    }
    char *colons = strstr(text, "::");
    if (colons) {
        *colons = 0;
        d.guest = colons + 2;
    } else {
        d.guest = text;
    }
    return d;
}

static size_t count_environment(const Options *o) {
    size_t n = 0;
    while (o->inherit_env && environ[n])
        n++;
    return n;
}

static wattle_status run_module(const Options *o, const wattle_module *module,
                                uint32_t *exit_code) {
    size_t inherited = count_environment(o), dirs = o->dirs.count;
    wattle_run_options run = {.size = sizeof run, .inherit_stdio = true, .invoke = o->invoke};
    run.arguments = o->files;
    run.argument_count = o->file_count;
    run.variable_count = inherited + o->envs.count;
    run.directory_count = dirs;
    const char **variables = calloc(run.variable_count + 1, sizeof *variables);
    wattle_directory *directories = calloc(dirs + 1, sizeof *directories);
    char **copies = calloc(dirs + 1, sizeof *copies);
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    bool ok = variables && directories && copies;
    for (size_t i = 0; i < inherited && ok; i++)
        variables[i] = environ[i];
    for (size_t i = 0; i < o->envs.count && ok; i++)
        variables[inherited + i] = o->envs.items[i];
    for (size_t i = 0; i < dirs && ok; i++) {
        copies[i] = malloc(strlen(o->dirs.items[i]) + 1);
        ok = copies[i] != NULL;
        if (ok)
            directories[i] = split_directory(strcpy(copies[i], o->dirs.items[i]));
    }
    run.variables = variables;
    run.directories = directories;
    if (ok)
        status =
            wattle_run(module, &run, wattle_stdout_write, wattle_stderr_write, NULL, exit_code);
    for (size_t i = 0; i < dirs && copies; i++)
        free(copies[i]);
    free(copies);
    free(directories);
    free(variables);
    return status;
}

int cli_run(const Options *o) {
    wattle_engine *engine = cli_engine(o);
    wattle_file *in = engine ? cli_open(o, engine, o->files[0]) : NULL;
    if (!in) {
        wattle_engine_free(engine);
        return EXIT_IO;
    }
    wattle_module *module;
    wattle_report *report;
    wattle_status status = wattle_module_read(engine, wattle_file_data(in), wattle_file_size(in),
                                              o->files[0], WATTLE_READ_CHECK, &module, &report);
    cli_report(o, report);
    int code = cli_exit_code(status);
    if (module) {
        uint32_t exit_code = 0;
        status = run_module(o, module, &exit_code);
        code = status == WATTLE_EXIT ? (int)(exit_code & 255) : cli_exit_code(status);
    }
    if (status == WATTLE_OUT_OF_MEMORY)
        cli_say(o, "%s: out of memory", o->files[0]);
    wattle_module_free(module);
    wattle_file_close(in);
    wattle_engine_free(engine);
    return code;
}
