/* check: what a module asks of its host, and whether a host has it. The features that it needs are
   found by leaving out one after the other, newest first, as long as it stays valid: what is left
   is a smallest set, and the checker alone decides. */
#include "cli/hosts.h"

#include <stdlib.h>
#include <string.h>

static const HostRow host_rows[] = {
#define HOST(module, name, kind, host, advice) {module, name, HOST_##kind, host, advice},
#include "cli/hosts.def"
#undef HOST
};
enum { HOST_COUNT = sizeof host_rows / sizeof host_rows[0] };

enum { ENGINES = 4 };
static const char *const engine_names[ENGINES] = {"chrome", "firefox", "safari", "node"};
static const struct EngineRow {
    const char *feature, *since[ENGINES];
} engine_rows[] = {
#define ENGINE(feature, chrome, firefox, safari, node) {feature, {chrome, firefox, safari, node}},
#include "cli/engines.def"
#undef ENGINE
};

/* ---- hosts ---- */

/* The names in the table are short: a long one is none of them, and costs no time. */
enum { NAME_LONG = 200 };

/* `*` stands for any letters, `?` for one. */
static bool name_fits(const char *pattern, const char *name, size_t len) {
    for (; *pattern; pattern++) {
        if (*pattern == '*' && !pattern[1])
            return true;
        if (*pattern == '*') {
            for (size_t skip = 0; skip <= len && len <= NAME_LONG; skip++)
                if (name_fits(pattern + 1, name + skip, len - skip))
                    return true;
            return false;
        }
        if (!len || (*pattern != '?' && *pattern != *name))
            return false;
        name++;
        len--;
    }
    return len == 0;
}

const HostRow *cli_host_of(const wattle_import *import) {
    for (size_t i = 0; i < HOST_COUNT; i++)
        if (name_fits(host_rows[i].module, import->module.data, import->module.len) &&
            name_fits(host_rows[i].name, import->name.data, import->name.len))
            return &host_rows[i];
    return &host_rows[HOST_COUNT - 1];
}

/* The most telling host of the imports that nobody gives: the one whose row stands first. */
static const HostRow *missing_host(const wattle_module *module, wattle_linker *linker,
                                   wattle_store *store, size_t *missing) {
    const HostRow *first = NULL;
    *missing = 0;
    for (size_t i = 0; i < wattle_module_import_count(module); i++) {
        wattle_import import = wattle_module_import(module, i);
        if (wattle_linker_check_import(linker, store, module, i) != WATTLE_LINK)
            continue;
        const HostRow *row = cli_host_of(&import);
        if (!first || row < first)
            first = row;
        ++*missing;
    }
    return first;
}

void cli_say_host(const Options *o, const wattle_module *module, wattle_linker *linker,
                  wattle_store *store) {
    size_t missing;
    const HostRow *row = missing_host(module, linker, store, &missing);
    if (!row)
        return;
    cli_say(o, "the module needs %s (%zu import%s missing)", row->host, missing,
            missing == 1 ? " is" : "s are");
    cli_say(o, "%s", row->advice);
}

/* ---- types ---- */

static void print_types(wattle_type type, size_t count,
                        wattle_valtype (*get)(wattle_type type, size_t i)) {
    putchar('[');
    for (size_t i = 0; i < count; i++) {
        char text[WATTLE_VALTYPE_TEXT];
        wattle_valtype_print(get(type, i), text);
        printf("%s%s", i ? " " : "", text);
    }
    putchar(']');
}

static void print_limits(const wattle_limits *l) {
    printf(" %s%llu", l->is64 ? "i64 " : "", (unsigned long long)l->min);
    if (l->has_max)
        printf(" %llu", (unsigned long long)l->max);
    if (l->shared)
        fputs(" shared", stdout);
}

static void print_extern_type(const wattle_extern_type *t) {
    static const char *const names[] = {"func ", "table", "memory", "global ", "tag "};
    char text[WATTLE_VALTYPE_TEXT] = "";
    fputs(names[t->kind], stdout);
    if (t->kind == WATTLE_EXTERN_FUNC || t->kind == WATTLE_EXTERN_TAG) {
        print_types(t->type, wattle_type_param_count(t->type), wattle_type_param);
        fputs(" -> ", stdout);
        print_types(t->type, wattle_type_result_count(t->type), wattle_type_result);
        return;
    }
    if (t->kind != WATTLE_EXTERN_MEMORY)
        wattle_valtype_print(t->value, text);
    if (t->kind == WATTLE_EXTERN_GLOBAL) {
        printf("%s%s", t->is_mutable ? "mut " : "", text);
        return;
    }
    print_limits(&t->limits);
    printf("%s%s", text[0] ? " " : "", text);
}

/* ---- features ---- */

/* A smallest set of features that the file is valid with. */
static uint64_t features_needed(wattle_file *in, const char *path, uint64_t all) {
    uint64_t needed = all;
    unsigned count = 0;
    while (wattle_feature_name(count))
        count++;
    for (unsigned i = count; i-- > 0;) {
        uint64_t less = needed & ~(UINT64_C(1) << i);
        wattle_config config = wattle_config_default();
        config.features = less;
        wattle_engine *engine = wattle_engine_new(&config);
        wattle_module *module = NULL;
        wattle_report *report = NULL;
        if (engine && wattle_module_read_file(engine, in, path, WATTLE_READ_CHECK, &module,
                                              &report) == WATTLE_OK)
            needed = less;
        wattle_module_free(module);
        wattle_report_free(report);
        wattle_engine_free(engine);
    }
    return needed;
}

static const struct EngineRow *engine_row(const char *feature) {
    static const struct EngineRow nobody = {NULL, {NULL}};
    for (size_t i = 0; i < sizeof engine_rows / sizeof engine_rows[0]; i++)
        if (strcmp(engine_rows[i].feature, feature) == 0)
            return &engine_rows[i];
    return &nobody;
}

/* Version "16.4" is newer than "9". */
static bool version_newer(const char *a, const char *b) {
    char *end_a, *end_b;
    unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);
    if (x != y || *end_a != '.')
        return x > y;
    return strtoul(end_a + 1, NULL, 10) > (*end_b == '.' ? strtoul(end_b + 1, NULL, 10) : 0);
}

/* Not what only texts have. With the legacy exceptions engines have tags, which the checker counts
   to the new ones. */
static bool in_engines(const char *feature, uint64_t needed) {
    if (strcmp(feature, "annotations") == 0)
        return false;
    if (strcmp(feature, "exceptions") != 0)
        return true;
    for (unsigned i = 0; wattle_feature_name(i); i++)
        if (needed >> i & 1 && strcmp(wattle_feature_name(i), "legacy-exceptions") == 0)
            return false;
    return true;
}

/* A row of the table, without spaces at its end. */
static void print_row(const char *name, const char *const *cells, unsigned count) {
    printf("%-28s", name);
    for (unsigned i = 0; i < count; i++)
        printf(i + 1 < count ? "%-9s" : "%s", cells[i]);
    putchar('\n');
}

/* What the engines must be; false: one of those from `first` to `last` has no such version. */
static bool print_features(uint64_t needed, unsigned first, unsigned last) {
    const char *newest[ENGINES] = {NULL};
    bool everywhere = true;
    unsigned count = last - first + 1;
    putchar('\n');
    print_row("features", engine_names + first, count);
    for (unsigned i = 0; wattle_feature_name(i); i++) {
        const char *name = wattle_feature_name(i), *cells[ENGINES];
        char indented[40];
        if (!(needed >> i & 1) || !in_engines(name, needed))
            continue;
        const struct EngineRow *row = engine_row(name);
        for (unsigned e = first; e <= last; e++) {
            const char *since = row->since[e];
            cells[e - first] = since ? since : "no";
            everywhere &= since != NULL;
            if (since && (!newest[e] || version_newer(since, newest[e])))
                newest[e] = since;
        }
        snprintf(indented, sizeof indented, "  %s", name);
        print_row(indented, cells, count);
    }
    for (unsigned e = first; e <= last; e++)
        newest[e] = newest[e] ? newest[e] : "any";
    if (everywhere)
        print_row("  all of them", newest + first, count);
    return everywhere;
}

/* ---- the verb ---- */

typedef struct Asked {
    const Options *o;
    const wattle_module *module;
    wattle_store *store;
    wattle_linker *linker;
    bool js; /* JavaScript gives what is missing */
    bool node;
} Asked;

static bool is_wasi(const wattle_import *import) {
    return import->module.len > 5 && memcmp(import->module.data, "wasi_", 5) == 0;
}

/* The last import that was asked for is known, but is something else. */
static bool other_type(wattle_store *store) {
    return strncmp(wattle_store_message(store), "incompatible", 12) == 0;
}

/* One line for each import; false: some are given by nobody. */
static bool print_imports(const Asked *a, size_t count, const HostRow **needs) {
    bool all = true;
    *needs = NULL;
    puts(count ? "imports" : "imports: none");
    for (size_t i = 0; i < count; i++) {
        wattle_import import = wattle_module_import(a->module, i);
        bool wattle = wattle_linker_check_import(a->linker, a->store, a->module, i) == WATTLE_OK;
        const HostRow *row = cli_host_of(&import);
        const char *by = !a->js              ? "wattle"
                         : !is_wasi(&import) ? "JavaScript"
                         : a->node           ? "node:wasi"
                                             : "a WASI shim";
        if (!wattle) {
            bool js = a->js && row->kind == HOST_JS && !is_wasi(&import);
            all &= js;
            by = js                     ? "JavaScript"
                 : other_type(a->store) ? "nobody: wattle's has another type"
                                        : "nobody";
            if (!*needs || row < *needs)
                *needs = row;
        }
        printf("  \"%.*s\" \"%.*s\" ", (int)import.module.len, import.module.data,
               (int)import.name.len, import.name.data);
        print_extern_type(&import.type);
        printf(": %s\n", by);
    }
    return all;
}

/* What a program of WASI has to export. */
static bool is_program_of_wasi(const wattle_module *module) {
    bool start = false, initialize = false;
    for (size_t i = 0; i < wattle_module_export_count(module); i++) {
        wattle_export e = wattle_module_export(module, i);
        if (e.type.kind != WATTLE_EXTERN_FUNC)
            continue;
        start |= e.name.len == 6 && memcmp(e.name.data, "_start", 6) == 0;
        initialize |= e.name.len == 11 && memcmp(e.name.data, "_initialize", 11) == 0;
    }
    if (start && initialize)
        puts("exports: both _start and _initialize, which is neither a command nor a reactor");
    else
        printf("exports: %s\n", start        ? "_start, a command"
                                : initialize ? "_initialize, a reactor"
                                             : "neither _start nor _initialize; --invoke runs one");
    return start != initialize;
}

static int check_module(Asked *a, wattle_file *in, const char *path, uint64_t all) {
    const HostRow *needs;
    size_t count = wattle_module_import_count(a->module);
    printf("%s for %s\n\n", path, a->o->target);
    bool given = print_imports(a, count, &needs);
    bool runs = a->js || is_program_of_wasi(a->module);
    uint64_t needed = features_needed(in, path, all);
    bool known =
        print_features(needed, a->node ? ENGINES - 1 : 0, a->node ? ENGINES - 1 : ENGINES - 2);
    if (!a->js)
        known = true; /* the engines are told, and Wattle has them all */
    if (needs)
        printf("\nneeds %s\n  %s\n", needs->host, needs->advice);
    runs &= given && known;
    printf("\n%s for %s\n", runs ? needs ? "yes, with its JavaScript," : "yes" : "no",
           a->o->target);
    return runs ? EXIT_OK : EXIT_BAD_INPUT;
}

/* A store as `run` has it, to ask what would be given. */
static bool make_world(Asked *a, wattle_engine *engine) {
    wattle_wasi *wasi = wattle_wasi_new(engine);
    wattle_store_config config = {.size = sizeof config, .interruptible = true};
    a->store = wattle_store_new(engine, &config);
    a->linker = wattle_linker_new(engine);
    if (wasi)
        wattle_wasi_set_max_threads(wasi, 1);
    if (wasi && a->store && a->linker && wattle_linker_define_wasi(a->linker) == WATTLE_OK)
        return wattle_store_set_wasi(a->store, wasi) == WATTLE_OK;
    wattle_wasi_free(wasi);
    return false;
}

static int check_read(const Options *o, wattle_engine *engine, wattle_file *in,
                      wattle_module *module, const char *path) {
    Asked a = {.o = o, .module = module, .js = strcmp(o->target, "wasi") != 0};
    a.node = strcmp(o->target, "node") == 0;
    int code = EXIT_IO;
    if (make_world(&a, engine))
        code = check_module(&a, in, path, o->features);
    else
        cli_say(o, "out of memory");
    wattle_linker_free(a.linker);
    wattle_store_free(a.store);
    return code;
}

static int check_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_checked(o, engine, path, check_read);
}

int cli_check(const Options *o) {
    Options given = *o;
    char bad[8];
    if (!o->target)
        given.target = "wasi";
    if (!o->features_given)
        wattle_features_parse("all", &given.features, bad, sizeof bad);
    return cli_each_file(&given, check_file);
}

const char *cli_node_since(wattle_file *in, const char *path, uint64_t features) {
    enum { NODE = ENGINES - 1 };
    uint64_t needed = features_needed(in, path, features);
    const char *since = "20.0";
    for (unsigned i = 0; wattle_feature_name(i); i++) {
        const char *name = wattle_feature_name(i);
        const struct EngineRow *row = engine_row(name);
        if (!(needed >> i & 1) || !in_engines(name, needed))
            continue;
        if (row->feature && row->since[NODE] && version_newer(row->since[NODE], since))
            since = row->since[NODE];
    }
    return since;
}
