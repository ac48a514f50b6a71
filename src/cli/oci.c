/* oci: a module, and files beside it, as a container image. */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What goes into the image: [0] is the program. Paths and opened files are owned. */
typedef struct Pack {
    const Options *o;
    wattle_engine *engine;
    wattle_image_file *files;
    wattle_file **opened;
    size_t count, cap;
    char *binary; /* of a module that is text */
    size_t binary_len;
    char *name; /* made of the file's */
} Pack;

static char *join(const char *a, const char *b, const char *c) {
    char *text = malloc(strlen(a) + strlen(b) + strlen(c) + 1);
    return text ? strcat(strcat(strcpy(text, a), b), c) : NULL;
}

/* One more file; takes path, which may be NULL when memory ran out. */
static bool pack_file(Pack *p, wattle_file *file, char *path) {
    if (p->count == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 16;
        wattle_image_file *files = realloc(p->files, cap * sizeof *files);
        p->files = files ? files : p->files;
        wattle_file **opened = files ? realloc(p->opened, cap * sizeof *opened) : NULL;
        p->opened = opened ? opened : p->opened;
        p->cap = opened ? cap : p->cap;
    }
    if (!path || p->count == p->cap) {
        cli_say(p->o, "out of memory");
        free(path);
        wattle_file_close(file);
        return false;
    }
    p->files[p->count] = (wattle_image_file){path, wattle_file_data(file), wattle_file_size(file)};
    p->opened[p->count++] = file;
    return true;
}

static bool add_path(Pack *p, const char *host, char *guest) {
    wattle_file *file = guest ? cli_open(p->o, p->engine, host) : NULL;
    if (file)
        return pack_file(p, file, guest);
    free(guest);
    return false;
}

/* HOST[::GUEST]: a file, or all files of a folder. */
static bool add_tree(Pack *p, const char *text) {
    const char *colons = strstr(text, "::"), *why;
    char *host = join(text, "", "");
    if (host && colons)
        host[colons - text] = 0;
    const char *guest = colons ? colons + 2 : text;
    while (*guest == '/')
        guest++;
    wattle_listing *list = host ? wattle_listing_new(p->engine, host, "", &why) : NULL;
    if (!list)
        cli_say(p->o, "%s: %s", host ? host : text, host ? why : "out of memory");
    bool ok = list != NULL;
    size_t skip = host ? strlen(host) : 0;
    for (size_t i = 0; ok && i < wattle_listing_count(list); i++) {
        const char *path = wattle_listing_get(list, i), *rest = path + skip;
        while (*rest == '/')
            rest++;
        ok = add_path(p, path, join(guest, *rest && *guest ? "/" : "", rest));
    }
    wattle_listing_free(list);
    free(host);
    return ok;
}

/* ---- the program ---- */

static bool keep_binary(void *user, const void *data, size_t len) {
    Pack *p = user;
    char *bytes = realloc(p->binary, p->binary_len + len);
    if (!bytes)
        return false;
    memcpy(bytes + p->binary_len, data, len);
    p->binary = bytes;
    p->binary_len += len;
    return true;
}

static bool is_program(const wattle_module *module) {
    for (size_t i = 0; i < wattle_module_export_count(module); i++) {
        wattle_export e = wattle_module_export(module, i);
        if (e.name.len == 6 && memcmp(e.name.data, "_start", 6) == 0 &&
            e.type.kind == WATTLE_EXTERN_FUNC)
            return true;
    }
    return false;
}

/* Checks the module, and writes one that is text as binary: an image is for every runtime. */
static int add_program(Pack *p, const char *path) {
    const Options *o = p->o;
    char *end = cli_other_ending(path, ".wasm");
    if (!end || !add_path(p, path, end))
        return EXIT_IO;
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read_file(p->engine, p->opened[0], path, WATTLE_READ_CHECK, &module, &report);
    cli_report(o, report);
    if (status != WATTLE_OK)
        return cli_exit_code(status);
    wattle_image_file *file = &p->files[0];
    if (!is_program(module)) {
        cli_say(o, "%s exports no function _start: it is no program", path);
        status = WATTLE_INVALID;
    } else if (file->size < 4 || memcmp(file->data, "\0asm", 4) != 0) {
        status = wattle_module_write_binary(module, keep_binary, p);
        file->data = p->binary;
        file->size = p->binary_len;
    }
    wattle_module_free(module);
    return cli_exit_code(status);
}

/* localhost/NAME:latest, with what a reference may hold; a name without a tag gets one. */
static char *image_name(const Options *o, const char *file) {
    if (o->image_name) {
        const char *slash = strrchr(o->image_name, '/');
        bool tag = strchr(slash ? slash : o->image_name, ':') != NULL;
        return join(o->image_name, tag ? "" : ":latest", "");
    }
    char *stem = cli_other_ending(file, ""), *name = NULL;
    for (char *c = stem; c && *c; c++)
        *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
    if (stem)
        name = join("localhost/", stem, ":latest");
    free(stem);
    return name;
}

/* ---- the output ---- */

static bool write_in_folder(void *user, const char *name, const void *data, size_t size) {
    const Pack *p = user;
    return cli_write_below(p->o, p->engine, p->o->output, name, data, size);
}

static bool wants_tar(const char *output) {
    size_t n = strlen(output);
    return strcmp(output, "-") == 0 || (n > 4 && strcmp(output + n - 4, ".tar") == 0);
}

static int write_output(Pack *p, const wattle_image_options *options) {
    const Options *o = p->o;
    const char *why = NULL;
    wattle_status status = WATTLE_WRITE_FAILED;
    if (wants_tar(o->output)) {
        wattle_output *out = wattle_output_open(p->engine, o->output, &why);
        if (out) {
            status = wattle_image_write_tar(p->engine, p->files, p->count, options,
                                            wattle_output_write, out, &why);
            const char *end = wattle_output_close(out, status == WATTLE_OK);
            if (end && (status == WATTLE_OK || status == WATTLE_WRITE_FAILED)) {
                why = end;
                status = WATTLE_WRITE_FAILED;
            }
        }
    } else if ((why = wattle_folders_make(o->output, "blobs/sha256")) == NULL) {
        status =
            wattle_image_write(p->engine, p->files, p->count, options, write_in_folder, p, &why);
        if (status == WATTLE_WRITE_FAILED)
            why = NULL; /* was said */
    }
    if (why)
        cli_say(o, "%s: %s", o->output, why);
    return cli_exit_code(status);
}

static int make_image(Pack *p, const char *path) {
    const Options *o = p->o;
    int code = add_program(p, path);
    for (size_t i = 0; i < o->adds.count && code == EXIT_OK; i++)
        if (!add_tree(p, o->adds.items[i]))
            code = EXIT_IO;
    if (code != EXIT_OK)
        return code;
    p->name = image_name(o, path);
    wattle_image_options options = {.size = sizeof options,
                                    .name = p->name,
                                    .user = o->user,
                                    .directory = o->cwd,
                                    .args = o->args.items,
                                    .arg_count = o->args.count,
                                    .envs = o->envs.items,
                                    .env_count = o->envs.count,
                                    .annotations = o->annotations.items,
                                    .annotation_count = o->annotations.count};
    if (p->name)
        return write_output(p, &options);
    cli_say(o, "out of memory");
    return EXIT_IO;
}

int cli_oci(const Options *o) {
    if (o->file_count != 1 || !o->output) {
        cli_say(o, "needs one FILE, and -o with a folder or a name that ends with .tar");
        return EXIT_USAGE;
    }
    Pack p = {.o = o, .engine = cli_engine(o)};
    int code = p.engine ? make_image(&p, o->files[0]) : EXIT_IO;
    for (size_t i = 0; i < p.count; i++) {
        free((char *)(uintptr_t)p.files[i].path);
        wattle_file_close(p.opened[i]);
    }
    free(p.files);
    free(p.opened);
    free(p.binary);
    free(p.name);
    wattle_engine_free(p.engine);
    return code;
}
