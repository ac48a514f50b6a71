/* pack, bind: a module as an npm package, and how JavaScript sees it. */
#include "cli/cli.h"
#include "cli/hosts.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    unsigned bits;
} target_words[] = {{"all", WATTLE_PACK_ALL},   {"web", WATTLE_PACK_WEB},
                    {"node", WATTLE_PACK_NODE}, {"bundler", WATTLE_PACK_BUNDLER},
                    {"deno", WATTLE_PACK_DENO}, {"inline", WATTLE_PACK_INLINE},
                    {"esm", WATTLE_PACK_ESM}};

static bool read_targets(const Options *o, unsigned *bits) {
    const char *at = o->pack_targets;
    *bits = 0;
    while (at && *at) {
        size_t len = strcspn(at, ","), i = 0, count = sizeof target_words / sizeof target_words[0];
        while (i < count &&
               (strlen(target_words[i].word) != len || memcmp(target_words[i].word, at, len) != 0))
            i++;
        if (i == count) {
            cli_say(o, "--target %.*s: expected all, web, node, bundler, deno, inline or esm",
                    (int)len, at);
            return false;
        }
        *bits |= target_words[i].bits;
        at += len + (at[len] == ',');
    }
    return true;
}

/* A file that was read for the package. */
typedef struct PackedFile {
    wattle_file *file;
    struct PackedFile *next;
} PackedFile;

typedef struct PackFolder {
    const Options *o;
    wattle_engine *engine;
    const char *folder;
    const char *input;
    PackedFile *files;
} PackFolder;

/* ES modules stand below the folder of the input. */
static bool find_beside(void *user, const char *name, const void **data, size_t *size,
                        const char **why) {
    PackFolder *f = user;
    const char *slash = strrchr(f->input, '/');
    size_t folder = slash ? (size_t)(slash - f->input) + 1 : 0, len = strlen(name) + 1;
    char *path = malloc(folder + len);
    PackedFile *packed = malloc(sizeof *packed);
    *why = "out of memory";
    if (path && packed) {
        memcpy(path, f->input, folder);
        memcpy(path + folder, name, len);
        packed->file = wattle_file_open(f->engine, path, why);
    }
    bool ok = path && packed && packed->file;
    if (ok) {
        cli_say(f->o, "%s: copied into the package, which imports it", path);
        *data = wattle_file_data(packed->file);
        *size = wattle_file_size(packed->file);
        packed->next = f->files;
        f->files = packed;
    } else {
        free(packed);
    }
    free(path);
    return ok;
}

static void close_packed(PackFolder *f) {
    while (f->files) {
        PackedFile *next = f->files->next;
        wattle_file_close(f->files->file);
        free(f->files);
        f->files = next;
    }
}

static bool write_packed(void *user, const char *name, const void *data, size_t size) {
    const PackFolder *f = user;
    const char *slash = strrchr(name, '/'), *why = NULL;
    char below[1024];
    if (slash && (size_t)(slash - name) >= sizeof below)
        why = "the name is too long";
    else if (slash) {
        memcpy(below, name, (size_t)(slash - name));
        below[slash - name] = 0;
        why = wattle_folders_make(f->folder, below);
    }
    if (why) {
        cli_say(f->o, "%s/%s: %s", f->folder, name, why);
        return false;
    }
    return cli_write_below(f->o, f->engine, f->folder, name, data, size);
}

/* The options that do not depend on the command; *clauses is to be closed. */
static int read_options(const Options *o, wattle_engine *engine, const char *path,
                        wattle_pack_options *options, wattle_file **clauses) {
    const char *slash = strrchr(path, '/');
    *options = (wattle_pack_options){.size = sizeof *options,
                                     .name = o->image_name,
                                     .version = o->version,
                                     .file = slash ? slash + 1 : path};
    *clauses = NULL;
    if (!read_targets(o, &options->targets))
        return EXIT_USAGE;
    if (!o->clauses)
        return EXIT_OK;
    *clauses = cli_open(o, engine, o->clauses);
    if (!*clauses)
        return EXIT_IO;
    options->clauses = wattle_file_size(*clauses) ? wattle_file_data(*clauses) : "";
    options->clauses_size = wattle_file_size(*clauses);
    options->clauses_name = o->clauses;
    return EXIT_OK;
}

/* --js: the glue, and its types if they are there; to be closed. */
typedef struct GlueFiles {
    wattle_file *js, *types;
} GlueFiles;

static int open_glue(const Options *o, wattle_engine *engine, wattle_pack_options *options,
                     GlueFiles *files) {
    *files = (GlueFiles){NULL, NULL};
    if (!o->glue)
        return EXIT_OK;
    files->js = cli_open(o, engine, o->glue);
    if (!files->js)
        return EXIT_IO;
    options->glue = wattle_file_size(files->js) ? wattle_file_data(files->js) : "";
    options->glue_size = wattle_file_size(files->js);
    size_t len = strlen(o->glue);
    const char *why;
    char *path = len > 3 && strcmp(o->glue + len - 3, ".js") == 0 ? malloc(len + 4) : NULL;
    if (path) {
        memcpy(path, o->glue, len - 3);
        memcpy(path + len - 3, ".d.ts", 6);
        files->types = wattle_file_open(engine, path, &why);
    }
    if (files->types && wattle_file_size(files->types)) {
        options->glue_types = wattle_file_data(files->types);
        options->glue_types_size = wattle_file_size(files->types);
    }
    free(path);
    return EXIT_OK;
}

static int pack_module(const Options *o, wattle_engine *engine, wattle_file *in,
                       wattle_module *module, const char *path) {
    wattle_pack_options options;
    wattle_file *clauses;
    PackFolder folder = {o, engine, o->output ? o->output : "pkg", path, NULL};
    GlueFiles glue = {NULL, NULL};
    int code = read_options(o, engine, path, &options, &clauses);
    if (code == EXIT_OK)
        code = open_glue(o, engine, &options, &glue);
    const char *why = code == EXIT_OK ? wattle_folders_make(folder.folder, "") : NULL;
    if (why) {
        cli_say(o, "%s: %s", folder.folder, why);
        code = EXIT_IO;
    }
    if (code == EXIT_OK) {
        wattle_report *report = NULL;
        options.node = cli_node_since(in, path, o->features);
        options.find = find_beside;
        options.find_user = &folder;
        wattle_status status = wattle_pack(module, &options, write_packed, &folder, &report);
        cli_report(o, report);
        code = cli_exit_code(status);
    }
    close_packed(&folder);
    wattle_file_close(clauses);
    wattle_file_close(glue.js);
    wattle_file_close(glue.types);
    return code;
}

static int pack_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_checked(o, engine, path, pack_module);
}

int cli_pack(const Options *o) {
    if (o->file_count != 1) {
        cli_say(o, "needs one FILE");
        return EXIT_USAGE;
    }
    return cli_each_file(o, pack_file);
}

/* ---- bind ---- */

static int bind_module(const Options *o, wattle_engine *engine, wattle_file *in,
                       wattle_module *module, const char *path) {
    (void)in;
    const char *target = o->output ? o->output : "-", *why = NULL;
    wattle_pack_options options;
    wattle_file *clauses;
    int code = read_options(o, engine, path, &options, &clauses);
    wattle_output *out = code == EXIT_OK ? wattle_output_open(engine, target, &why) : NULL;
    if (out) {
        wattle_report *report = NULL;
        wattle_status status =
            wattle_bind(module, &options, o->json, wattle_output_write, out, &report);
        cli_report(o, report);
        code = cli_exit_code(status);
        why = wattle_output_close(out, status == WATTLE_OK);
    }
    if (why) {
        cli_say(o, "%s: %s", target, why);
        code = EXIT_IO;
    }
    wattle_file_close(clauses);
    return code;
}

static int bind_file(const Options *o, wattle_engine *engine, const char *path) {
    return cli_checked(o, engine, path, bind_module);
}

int cli_bind(const Options *o) { return cli_each_file(o, bind_file); }
