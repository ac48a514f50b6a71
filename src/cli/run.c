/* run: a program with the world it is given. */
#include "cli/bounds.h"
#include "cli/cache.h"
#include "cli/codefiles.h"
#include "cli/hosts.h"
#include "cli/observe.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run and all it owns. */
typedef struct Program {
    const Options *o;
    wattle_engine *engine;
    wattle_cache *cache; /* NULL: it is not used */
    wattle_module *module;
    wattle_store_config config;
    Bounds bounds;
    wattle_store *store;
    wattle_linker *linker;
    wattle_instance instance;
    Observer observer;
    CodeFiles files;
    bool timed_out;
} Program;

/* ---- the world ---- */

/* What HOST[::GUEST][:ro|:rw] and [HOST::]GUEST[:ro|:rw] say. */
typedef struct Mount {
    char *text; /* to be freed; the others point into it */
    const char *first, *second;
    bool read_only;
} Mount;

/* The two options that give a directory. */
typedef struct MountKind {
    const char *option, *form;
    bool guest_alone; /* what stands alone is a name for the program, else one of the host */
    wattle_status (*add)(Program *, wattle_wasi *, const Mount *);
} MountKind;

/* A word like ":readonly" behind the program's name of a directory, which is not what it means;
   NULL: there is none. */
static const char *wrong_ending(const char *guest) {
    const char *colon = strrchr(guest, ':');
    return colon && !strchr(colon, '/') ? colon : NULL;
}

static wattle_status read_mount(const Options *o, const MountKind *kind, const char *text,
                                Mount *m) {
    *m = (Mount){.text = malloc(strlen(text) + 1)};
    if (!m->text)
        return WATTLE_OUT_OF_MEMORY;
    size_t n = strlen(strcpy(m->text, text));
    m->read_only = n >= 3 && strcmp(m->text + n - 3, ":ro") == 0;
    bool says = m->read_only || (n >= 3 && strcmp(m->text + n - 3, ":rw") == 0);
    if (says)
        m->text[n - 3] = 0;
    char *colons = strstr(m->text, "::");
    if (colons)
        *colons = 0;
    m->first = m->text;
    m->second = colons ? colons + 2 : NULL;
    const char *guest = m->second ? m->second : kind->guest_alone ? m->first : NULL;
    const char *wrong = guest && !says ? wrong_ending(guest) : NULL;
    if (wrong)
        cli_say(o, "%s %s ends in '%s'; expected :ro, :rw or nothing", kind->option, text, wrong);
    else if (!m->first[0] || (m->second && !m->second[0]))
        cli_say(o, "%s wants %s, not '%s'", kind->option, kind->form, text);
    else
        return WATTLE_OK;
    return WATTLE_USAGE;
}

/* A directory that cannot be had, when somebody may have meant more than its name. */
static const char *mount_hint(const Mount *m) {
    bool divided = m->second || strlen(m->first) < 2 || !strchr(m->first + 2, ':'); /* not C: */
    return divided ? "" : "; behind HOST stands ::GUEST, :ro, :rw or nothing";
}

static wattle_status add_directory(Program *p, wattle_wasi *wasi, const Mount *m) {
    const char *why;
    wattle_status status = wattle_wasi_add_directory(
        wasi, m->first, m->second ? m->second : m->first, m->read_only, &why);
    if (status == WATTLE_USAGE)
        cli_say(p->o, "--dir %s: %s%s", m->first, why, mount_hint(m));
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
        cli_say(p->o, "--memfs %s: %s", m->first, why);
    wattle_memfs_free(memfs);
    return status;
}

static wattle_status add_mounts(Program *p, wattle_wasi *wasi, const TextList *texts,
                                const MountKind *kind) {
    wattle_status status = WATTLE_OK;
    for (size_t i = 0; i < texts->count && status == WATTLE_OK; i++) {
        Mount m;
        status = read_mount(p->o, kind, texts->items[i], &m);
        if (status == WATTLE_OK)
            status = kind->add(p, wasi, &m);
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
    static const MountKind directories = {"--dir", "HOST[::GUEST][:ro]", false, add_directory},
                           memories = {"--memfs", "[HOST::]GUEST[:ro]", true, add_memfs};
    wattle_wasi *wasi = wattle_wasi_new(p->engine);
    if (!wasi)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = give_texts(p->o, wasi);
    wattle_wasi_set_max_threads(wasi, p->bounds.max_threads);
    if (status == WATTLE_OK)
        status = wattle_wasi_inherit_stdio(wasi);
    if (status == WATTLE_OK)
        status = add_mounts(p, wasi, &p->o->dirs, &directories);
    if (status == WATTLE_OK)
        status = add_mounts(p, wasi, &p->o->memfs, &memories);
    if (cli_observe_wasi(&p->observer))
        wattle_wasi_set_trace(wasi, cli_observe_line, &p->observer);
    if (p->o->deterministic)
        wattle_wasi_set_deterministic(wasi, 0);
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
    if (status == WATTLE_LINK)
        cli_say_host(p->o, p->module, p->linker, p->store);
    return status;
}

static wattle_status call_plain(Program *p, wattle_func f) {
    return stopped(p, wattle_func_call(p->store, f, NULL, 0, NULL, 0));
}

/* "(i32, i64)" */
static void say_params(wattle_type type, FILE *to) {
    size_t count = wattle_type_param_count(type);
    fputc('(', to);
    for (size_t i = 0; i < count; i++) {
        char text[WATTLE_VALTYPE_TEXT];
        wattle_valtype_print(wattle_type_param(type, i), text);
        fprintf(to, "%s%s", i ? ", " : "", text);
    }
    fputc(')', to);
}

static wattle_status wrong_count(const Program *p, wattle_type type, size_t given) {
    size_t wanted = wattle_type_param_count(type);
    fprintf(stderr, "%s: %s", p->o->command, p->o->invoke);
    say_params(type, stderr);
    fprintf(stderr, " takes %zu argument%s, but %zu %s given\n", wanted, wanted == 1 ? "" : "s",
            given, given == 1 ? "is" : "are");
    return WATTLE_USAGE;
}

/* What an argument of a kind looks like. */
static const char *kind_form(wattle_kind kind) {
    switch (kind) {
    case WATTLE_I32:
        return "a whole number from -2147483648 to 4294967295, also 0x1f";
    case WATTLE_I64:
        return "a whole number from -2^63 to 2^64 - 1, also 0x1f";
    case WATTLE_F32:
    case WATTLE_F64:
        return "a number such as 0.5, -1e9, 0x1p-3, inf or nan";
    case WATTLE_V128:
        return "0x and up to 32 hexadecimal digits, the last lane first";
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
        return "null";
    case WATTLE_I8:
    case WATTLE_I16:
        break;
    }
    return "nothing";
}

/* The arguments of an export, which are words of the command line. */
static wattle_status read_arguments(Program *p, wattle_type type, wattle_value *args) {
    size_t given = p->o->file_count - 1;
    if (given != wattle_type_param_count(type))
        return wrong_count(p, type, given);
    for (size_t i = 0; i < given; i++) {
        const char *word = p->o->files[i + 1];
        wattle_valtype t = wattle_type_param(type, i);
        if (wattle_value_parse(word, t, &args[i]))
            continue;
        char text[WATTLE_VALTYPE_TEXT];
        wattle_valtype_print(t, text);
        bool none = t.kind >= WATTLE_FUNCREF && !t.nullable;
        cli_say(p->o,
                none ? "argument %zu of %s is %s, which has no text: '%s'"
                     : "argument %zu of %s is no %s: '%s'",
                i + 1, p->o->invoke, text, word);
        if (!none)
            cli_say(p->o, "expected %s", kind_form((wattle_kind)t.kind));
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

/* The name that was asked for is no function: what may be meant, or what there is. */
static wattle_status no_export(const Program *p) {
    static const char *const kinds[] = {"function", "table", "memory", "global", "tag"};
    const char *wanted = p->o->invoke;
    char near[64] = "";
    unsigned best = UINT_MAX;
    size_t functions = 0;
    for (size_t i = 0; i < wattle_module_export_count(p->module); i++) {
        wattle_export e = wattle_module_export(p->module, i);
        char name[sizeof near];
        snprintf(name, sizeof name, "%.*s", (int)e.name.len, e.name.data);
        unsigned d = wattle_word_distance(wanted, name);
        if (d == 0 && e.type.kind != WATTLE_EXTERN_FUNC) {
            cli_say(p->o, "%s is a %s, no function", wanted, kinds[e.type.kind]);
            return WATTLE_USAGE;
        }
        if (e.type.kind != WATTLE_EXTERN_FUNC)
            continue;
        functions++;
        if (d < best) {
            best = d;
            memcpy(near, name, sizeof near);
        }
    }
    if (near[0])
        cli_say(p->o, "there is no exported function %s; did you mean %s?", wanted, near);
    else if (functions == 0)
        cli_say(p->o, "there is no exported function %s: the module exports none", wanted);
    else
        cli_say(p->o, "there is no exported function '%s' among %zu; see `wattle objdump -x`",
                wanted, functions);
    return WATTLE_USAGE;
}

static wattle_status run_program(Program *p) {
    wattle_func initialize, start, named;
    bool reactor = wattle_instance_func(p->store, p->instance, "_initialize", &initialize);
    bool command = wattle_instance_func(p->store, p->instance, "_start", &start);
    if (reactor && command) {
        cli_say(p->o, "the module exports both _start and _initialize");
        return WATTLE_USAGE;
    }
    wattle_status status = reactor ? call_plain(p, initialize) : WATTLE_OK;
    if (status != WATTLE_OK)
        return status;
    if (p->o->invoke) {
        if (wattle_instance_func(p->store, p->instance, p->o->invoke, &named))
            return invoke_export(p, named);
        return no_export(p);
    }
    if (command)
        return call_plain(p, start);
    if (reactor)
        return WATTLE_OK;
    cli_say(p->o, "the module exports neither _start nor _initialize; name a function with "
                  "--invoke");
    return WATTLE_USAGE;
}

/* What the options say of the store; false: they make no sense. */
static bool read_config(Program *p) {
    const Options *o = p->o;
    p->config = (wattle_store_config){.size = sizeof p->config,
                                      .deterministic = o->deterministic,
                                      .gc_stress = o->gc_stress,
                                      .eager = o->eager};
    return cli_bounds_read(&p->bounds, o, &p->config) &&
           cli_observe_read(&p->observer, o, p->engine, &p->config);
}

/* The process ends: the system takes back faster what is still there. Builds for tests free, so
   that leaks are seen, and who is told of code is told that it goes. */
static bool must_free(const Program *p) {
#ifdef NDEBUG
    return p->o->perf_map || p->o->jitdump || p->o->gdb;
#else
    (void)p;
    return true;
#endif
}

static wattle_status run_module(Program *p, uint32_t *exit_code) {
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    cli_bounds_fit(&p->bounds, p->module, &p->config);
    p->store = wattle_store_new(p->engine, &p->config);
    p->linker = p->store ? wattle_linker_new(p->engine) : NULL;
    if (p->linker)
        status = wattle_linker_define_wasi(p->linker);
    if (status == WATTLE_OK)
        status = give_world(p);
    if (p->store)
        cli_observe_start(&p->observer, &p->bounds, p->store);
    if (status == WATTLE_OK && !cli_bounds_start(&p->bounds, p->engine, p->store))
        status = WATTLE_USAGE;
    if (status == WATTLE_OK && !cli_codefiles_start(&p->files, p->o, p->engine, p->store))
        status = WATTLE_WRITE_FAILED;
    if (status == WATTLE_OK)
        status = stopped(p, wattle_instance_new(p->store, p->module, p->linker, &p->instance));
    if (status == WATTLE_OK)
        status = run_program(p);
    if (status == WATTLE_EXIT)
        *exit_code = wattle_store_exit_code(p->store);
    p->timed_out = cli_bounds_stop(&p->bounds, status);
    if (p->store)
        wattle_store_end_threads(p->store);
    if (p->store && !cli_observe_end(&p->observer) && status == WATTLE_OK)
        status = WATTLE_WRITE_FAILED;
    if (p->store && p->cache)
        wattle_cache_keep(p->cache, p->store, p->module);
    if (must_free(p)) {
        wattle_linker_free(p->linker);
        wattle_store_free(p->store);
    }
    if (!cli_codefiles_end(&p->files) && status == WATTLE_OK)
        status = WATTLE_WRITE_FAILED;
    return status;
}

/* The module with the code that an earlier run has made; false: there is none. */
static bool find_cached(Program *p, const wattle_file *in) {
    const Options *o = p->o;
    const char *why;
    bool worth = wattle_file_size(in) >= CACHE_least &&
                 memcmp(wattle_file_data(in), "\0asm", 4) == 0 &&
                 !(o->tier && strcmp(o->tier, "interp") == 0) && !p->config.trace;
    /* Who is told of code is told as it is made. */
    if (!worth || o->no_cache || o->perf_map || o->jitdump || o->gdb)
        return false;
    p->cache = cli_cache_open(o, p->engine, &why);
    p->config.keep_code = p->cache != NULL;
    if (p->cache)
        p->module = wattle_cache_find(p->cache, in, o->files[0], &p->config);
    return p->module != NULL;
}

/* A module to be checked, or one that was, with its machine code. in NULL: the bundled one. */
static wattle_status read_program(Program *p, const wattle_file *in) {
    const Options *o = p->o;
    const char *path = o->files[0], *why = NULL;
    wattle_report *report = NULL;
    wattle_status status;
    if (!in) {
        status = wattle_module_read(p->engine, o->bundled.data, o->bundled.len, path,
                                    WATTLE_READ_BINARY | WATTLE_READ_CHECK, &p->module, &report);
    } else if (wattle_is_native(wattle_file_data(in), wattle_file_size(in))) {
        status = wattle_module_read_native_file(p->engine, in, path, &p->module, &why);
        if (status == WATTLE_MALFORMED)
            cli_say(o, "%s: this machine code cannot be used: %s; compile the module again", path,
                    why);
    } else if (find_cached(p, in)) {
        status = WATTLE_OK;
    } else {
        status =
            wattle_module_read_file(p->engine, in, path, WATTLE_READ_CHECK, &p->module, &report);
    }
    cli_report(o, report);
    return status;
}

int cli_run(const Options *o) {
    uint64_t began = wattle_now();
    wattle_ignore_broken_pipes();
    wattle_engine *engine = cli_engine(o);
    bool bundled = o->bundled.data != NULL;
    wattle_file *in = engine && !bundled ? cli_open(o, engine, o->files[0]) : NULL;
    if (!engine || (!in && !bundled)) {
        wattle_engine_free(engine);
        return EXIT_IO;
    }
    Program program = {.o = o, .engine = engine, .observer = {.began = began}};
    uint32_t exit_code = 0;
    wattle_status status = read_config(&program) ? WATTLE_OK : WATTLE_USAGE;
    if (status == WATTLE_OK && !cli_observe_open(&program.observer))
        status = WATTLE_WRITE_FAILED;
    if (status == WATTLE_OK)
        status = read_program(&program, in);
    if (status == WATTLE_OK)
        status = run_module(&program, &exit_code);
    cli_observe_drop(&program.observer);
    int code = status == WATTLE_EXIT ? (int)(exit_code & 255)
               : program.timed_out   ? EXIT_TIMEOUT
                                     : cli_exit_code(status);
    if (status == WATTLE_OUT_OF_MEMORY)
        cli_say(o, "%s: out of memory", o->files[0]);
    if (!must_free(&program))
        return code;
    wattle_module_free(program.module);
    wattle_cache_free(program.cache);
    wattle_file_close(in);
    wattle_engine_free(engine);
    return code;
}
