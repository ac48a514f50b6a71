/* run: a program with the world it is given. */
#include "cli/bounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run and all it owns. */
typedef struct Program {
    const Options *o;
    wattle_engine *engine;
    const wattle_module *module;
    wattle_store *store;
    wattle_linker *linker;
    wattle_instance instance;
    uint32_t max_threads;
    bool timed_out;
} Program;

/* ---- the world ---- */

/* What HOST[::GUEST][:ro] and [HOST::]GUEST[:ro] say. */
typedef struct Mount {
    char *text; /* to be freed; the others point into it */
    const char *first, *second;
    bool read_only;
} Mount;

static bool read_mount(const char *text, Mount *m) {
    *m = (Mount){.text = malloc(strlen(text) + 1)};
    if (!m->text)
        return false;
    size_t n = strlen(strcpy(m->text, text));
    m->read_only = n > 3 && strcmp(m->text + n - 3, ":ro") == 0;
    if (m->read_only)
        m->text[n - 3] = 0;
    char *colons = strstr(m->text, "::");
    if (colons)
        *colons = 0;
    m->first = m->text;
    m->second = colons ? colons + 2 : NULL;
    return true;
}

static wattle_status add_directory(Program *p, wattle_wasi *wasi, const Mount *m) {
    const char *why;
    wattle_status status = wattle_wasi_add_directory(
        wasi, m->first, m->second ? m->second : m->first, m->read_only, &why);
    if (status == WATTLE_USAGE)
        cli_say(p->o, "%s: %s", m->first, why);
    return status;
}

static wattle_status add_memfs(Program *p, wattle_wasi *wasi, const Mount *m) {
    wattle_memfs *memfs = wattle_memfs_new(p->engine, 0);
    const char *why = NULL;
    wattle_status status = memfs ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK && m->second)
        status = wattle_memfs_copy(memfs, m->first, &why);
    if (status == WATTLE_OK)
        status = wattle_wasi_add_memfs(wasi, memfs, m->second ? m->second : m->first, m->read_only);
    else if (status != WATTLE_OUT_OF_MEMORY)
        cli_say(p->o, "%s: %s", m->first, why);
    wattle_memfs_free(memfs);
    return status;
}

static wattle_status add_mounts(Program *p, wattle_wasi *wasi, const TextList *texts,
                                wattle_status (*add)(Program *, wattle_wasi *, const Mount *)) {
    wattle_status status = WATTLE_OK;
    for (size_t i = 0; i < texts->count && status == WATTLE_OK; i++) {
        Mount m;
        status = read_mount(texts->items[i], &m) ? add(p, wasi, &m) : WATTLE_OUT_OF_MEMORY;
        free(m.text);
    }
    return status;
}

static wattle_status add_listener(const Program *p, wattle_wasi *wasi, const char *address) {
    const char *why;
    wattle_status status = wattle_wasi_add_listener(wasi, address, NULL, &why);
    if (status == WATTLE_USAGE)
        cli_say(p->o, "cannot listen at %s: %s", address, why);
    return status;
}

/* What the environment holds that is no variable of a program (not UTF-8, no name) stays here. */
static wattle_status inherit_variables(wattle_wasi *wasi) {
    char **v = wattle_program_environment();
    wattle_status status = v ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    for (; v && *v && status != WATTLE_OUT_OF_MEMORY; v++)
        status = wattle_wasi_add_variable(wasi, *v);
    return status == WATTLE_USAGE ? WATTLE_OK : status;
}

static wattle_status give_texts(const Options *o, wattle_wasi *wasi) {
    wattle_status status = WATTLE_OK;
    for (size_t i = 0; i < o->file_count && status == WATTLE_OK; i++) {
        status = wattle_wasi_add_argument(wasi, o->files[i]);
        if (status == WATTLE_USAGE)
            cli_say(o, "argument %zu is not UTF-8", i);
    }
    if (o->inherit_env && status == WATTLE_OK)
        status = inherit_variables(wasi);
    for (size_t i = 0; i < o->envs.count && status == WATTLE_OK; i++) {
        status = wattle_wasi_add_variable(wasi, o->envs.items[i]);
        if (status == WATTLE_USAGE)
            cli_say(o, "--env wants NAME=VALUE in UTF-8, not %s", o->envs.items[i]);
    }
    return status;
}

static wattle_status give_world(Program *p) {
    wattle_wasi *wasi = wattle_wasi_new(p->engine);
    if (!wasi)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = give_texts(p->o, wasi);
    wattle_wasi_set_max_threads(wasi, p->max_threads);
    if (status == WATTLE_OK)
        status = wattle_wasi_inherit_stdio(wasi);
    if (status == WATTLE_OK)
        status = add_mounts(p, wasi, &p->o->dirs, add_directory);
    if (status == WATTLE_OK)
        status = add_mounts(p, wasi, &p->o->memfs, add_memfs);
    for (size_t i = 0; i < p->o->listens.count && status == WATTLE_OK; i++)
        status = add_listener(p, wasi, p->o->listens.items[i]);
    if (status == WATTLE_OK)
        return wattle_store_set_wasi(p->store, wasi);
    wattle_wasi_free(wasi);
    return status;
}

/* ---- calls ---- */

/* Tells why a call or the instantiation stopped. */
static wattle_status stopped(Program *p, wattle_status status) {
    if (status == WATTLE_TRAP || status == WATTLE_EXCEPTION)
        wattle_store_write_trap(p->store, wattle_stderr_write, NULL);
    else if (status == WATTLE_LINK || status == WATTLE_LIMIT)
        fprintf(stderr, "%s\n", wattle_store_message(p->store));
    return status;
}

static wattle_status call_plain(Program *p, wattle_func f) {
    return stopped(p, wattle_func_call(p->store, f, NULL, 0, NULL, 0));
}

/* The arguments of an export, which are words of the command line. */
static wattle_status read_arguments(Program *p, wattle_type type, wattle_value *args) {
    const char *name = p->o->invoke;
    size_t given = p->o->file_count - 1, wanted = wattle_type_param_count(type);
    if (given != wanted) {
        fprintf(stderr, "%s takes %zu arguments, but %zu are given\n", name, wanted, given);
        return WATTLE_USAGE;
    }
    for (size_t i = 0; i < wanted; i++) {
        const char *text = p->o->files[i + 1];
        wattle_valtype t = wattle_type_param(type, i);
        if (wattle_value_parse(text, t, &args[i]))
            continue;
        fprintf(stderr, "argument %zu of %s is no %s: %s\n", i + 1, name,
                wattle_kind_name((wattle_kind)t.kind), text);
        return WATTLE_USAGE;
    }
    return WATTLE_OK;
}

static wattle_status invoke_export(Program *p, wattle_func f) {
    wattle_type type = wattle_func_type(p->store, f);
    size_t params = wattle_type_param_count(type), results = wattle_type_result_count(type);
    wattle_value *values = calloc(params + results + 1, sizeof *values);
    if (!values)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = read_arguments(p, type, values);
    if (status == WATTLE_OK)
        status =
            stopped(p, wattle_func_call(p->store, f, values, params, values + params, results));
    for (size_t i = 0; i < results && status == WATTLE_OK; i++) {
        char text[WATTLE_VALUE_TEXT];
        wattle_value_print(&values[params + i], text);
        puts(text);
    }
    free(values);
    return status;
}

static wattle_status run_program(Program *p) {
    wattle_func initialize, start, named;
    bool reactor = wattle_instance_func(p->store, p->instance, "_initialize", &initialize);
    bool command = wattle_instance_func(p->store, p->instance, "_start", &start);
    if (reactor && command) {
        fprintf(stderr, "the module exports both _start and _initialize\n");
        return WATTLE_USAGE;
    }
    wattle_status status = reactor ? call_plain(p, initialize) : WATTLE_OK;
    if (status != WATTLE_OK)
        return status;
    if (p->o->invoke) {
        if (wattle_instance_func(p->store, p->instance, p->o->invoke, &named))
            return invoke_export(p, named);
        fprintf(stderr, "there is no exported function %s\n", p->o->invoke);
        return WATTLE_USAGE;
    }
    if (command)
        return call_plain(p, start);
    if (reactor)
        return WATTLE_OK;
    fprintf(stderr, "the module exports neither _start nor _initialize; name a function with "
                    "--invoke\n");
    return WATTLE_USAGE;
}

static bool string_is(wattle_string s, const char *text) {
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static bool starts_threads(const wattle_module *module) {
    for (size_t i = 0; i < wattle_module_import_count(module); i++) {
        wattle_import import = wattle_module_import(module, i);
        if (string_is(import.module, "wasi") && string_is(import.name, "thread-spawn"))
            return true;
    }
    return false;
}

static wattle_status run_module(Program *p, uint32_t *exit_code) {
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    wattle_store_config config = {
        .size = sizeof config, .deterministic = p->o->deterministic, .gc_stress = p->o->gc_stress};
    Bounds bounds;
    if (!cli_bounds_read(&bounds, p->o, &config))
        return WATTLE_USAGE;
    p->max_threads = bounds.max_threads;
    config.interruptible |= bounds.max_threads && starts_threads(p->module);
    p->store = wattle_store_new(p->engine, &config);
    p->linker = p->store ? wattle_linker_new(p->engine) : NULL;
    if (p->linker)
        status = wattle_linker_define_wasi(p->linker);
    if (status == WATTLE_OK)
        status = give_world(p);
    if (status == WATTLE_OK && !cli_bounds_start(&bounds, p->engine, p->store))
        status = WATTLE_USAGE;
    if (status == WATTLE_OK)
        status = stopped(p, wattle_instance_new(p->store, p->module, p->linker, &p->instance));
    if (status == WATTLE_OK)
        status = run_program(p);
    if (status == WATTLE_EXIT)
        *exit_code = wattle_store_exit_code(p->store);
    p->timed_out = cli_bounds_stop(&bounds, status);
    wattle_linker_free(p->linker);
    wattle_store_free(p->store);
    return status;
}

int cli_run(const Options *o) {
    wattle_ignore_broken_pipes();
    wattle_engine *engine = cli_engine(o);
    wattle_file *in = engine ? cli_open(o, engine, o->files[0]) : NULL;
    if (!in) {
        wattle_engine_free(engine);
        return EXIT_IO;
    }
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read_file(engine, in, o->files[0], WATTLE_READ_CHECK, &module, &report);
    cli_report(o, report);
    int code = cli_exit_code(status);
    if (module) {
        uint32_t exit_code = 0;
        Program program = {.o = o, .engine = engine, .module = module};
        status = run_module(&program, &exit_code);
        code = status == WATTLE_EXIT ? (int)(exit_code & 255)
               : program.timed_out   ? EXIT_TIMEOUT
                                     : cli_exit_code(status);
    }
    if (status == WATTLE_OUT_OF_MEMORY)
        cli_say(o, "%s: out of memory", o->files[0]);
    wattle_module_free(module);
    wattle_file_close(in);
    wattle_engine_free(engine);
    return code;
}
