/* bundle: [executable][module][words][trailer]. The trailer has a fixed size and stands at the very
   end, so that a start reads it at once; an executable of any format bears bytes behind it. */
#include "cli/bundle.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

enum { TRAILER = 40, PATH_LONG = 4096 };
static const char trailer_magic[16] = "wattle bundle 1";

/* [magic][length of the module][length of the words][their number] */
typedef struct Trailer {
    uint64_t module, words, count;
} Trailer;

static uint64_t read_u64(const unsigned char *p) {
    uint64_t v = 0;
    for (unsigned i = 8; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static void write_u64(unsigned char *p, uint64_t v) {
    for (unsigned i = 0; i < 8; i++, v >>= 8)
        p[i] = (unsigned char)v;
}

/* false: there is none, or it cannot be true for a file of this size. */
static bool read_trailer(const unsigned char bytes[TRAILER], uint64_t size, Trailer *t) {
    if (size < TRAILER || memcmp(bytes, trailer_magic, sizeof trailer_magic) != 0)
        return false;
    *t = (Trailer){read_u64(bytes + 16), read_u64(bytes + 24), read_u64(bytes + 32)};
    size -= TRAILER;
    return t->module <= size && t->words <= size - t->module && t->count <= t->words;
}

bool cli_bundle_here(void) {
    unsigned char bytes[TRAILER];
    return wattle_self_end(bytes, TRAILER) == TRAILER &&
           memcmp(bytes, trailer_magic, sizeof trailer_magic) == 0;
}

/* Takes the words apart; false: they are not `count` of them. */
static bool count_words(Bundle *b, size_t len) {
    size_t count = 0;
    bool options = true;
    for (size_t at = 0; at < len; count++) {
        const char *end = memchr(b->words + at, 0, len - at);
        if (!end)
            return false;
        options &= strcmp(b->words + at, "--") != 0;
        b->option_count += options;
        at = (size_t)(end - b->words) + 1;
    }
    return count == b->word_count;
}

bool cli_bundle_open(Bundle *b, const Options *o) {
    char path[PATH_LONG];
    const char *why = "it is damaged";
    wattle_config config = wattle_config_default();
    config.threads = 1;
    *b = (Bundle){.engine = wattle_engine_new(&config)};
    Trailer t;
    if (b->engine && wattle_self_path(path, sizeof path))
        b->file = wattle_file_open(b->engine, path, &why);
    if (b->file) {
        size_t size = wattle_file_size(b->file);
        const unsigned char *end = (const unsigned char *)wattle_file_data(b->file) + size;
        if (size >= TRAILER && read_trailer(end - TRAILER, size, &t)) {
            b->words = (const char *)end - TRAILER - t.words;
            b->module = (wattle_string){b->words - t.module, (size_t)t.module};
            b->word_count = (size_t)t.count;
            if (count_words(b, (size_t)t.words))
                return true;
        }
    }
    cli_say(o, "cannot read the program in this executable: %s", why);
    cli_bundle_close(b);
    return false;
}

void cli_bundle_close(Bundle *b) {
    wattle_file_close(b->file);
    wattle_engine_free(b->engine);
    *b = (Bundle){0};
}

/* ---- making one ---- */

typedef struct Bundling {
    wattle_output *out;
    uint64_t module, words, count;
    bool ok;
} Bundling;

static bool write_module(void *user, const void *data, size_t len) {
    Bundling *b = user;
    b->module += len;
    return wattle_output_write(b->out, data, len);
}

static void write_word(Bundling *b, const char *head, const char *text) {
    size_t first = strlen(head), rest = strlen(text) + 1;
    b->ok &= wattle_output_write(b->out, head, first) && wattle_output_write(b->out, text, rest);
    b->words += first + rest;
    b->count++;
}

/* The options of `run` that were given, as `run` would read them. */
static void write_options(Bundling *b, const Options *o) {
    const CommandRow *run = cli_command_named("run");
    for (size_t i = 0; i < cli_option_count; i++) {
        const OptionRow *r = &cli_options[i];
        const char *field = (const char *)o + r->field, *text;
        char head[64];
        snprintf(head, sizeof head, "--%s=", r->name);
        if (!cli_option_of(r, run) || !r->help[0] || r->field == offsetof(Options, help))
            continue;
        switch (r->kind) {
        case KIND_FLAG:
            if (*(const bool *)(const void *)field)
                write_word(b, "--", r->name);
            break;
        case KIND_TEXT:
        case KIND_MAYBE:
            text = *(const char *const *)(const void *)field;
            if (text)
                write_word(b, text[0] || r->kind == KIND_TEXT ? head : "--",
                           text[0] || r->kind == KIND_TEXT ? text : r->name);
            break;
        case KIND_LIST:
        case KIND_FEATURE: {
            const TextList *list =
                r->kind == KIND_FEATURE ? &o->feature_lists : (const TextList *)(const void *)field;
            for (size_t k = 0; k < list->count; k++)
                write_word(b, head, list->items[k]);
            break;
        }
        case KIND_NUMBER:
            break; /* `run` has none */
        }
    }
}

static void write_trailer(Bundling *b) {
    unsigned char bytes[TRAILER];
    memcpy(bytes, trailer_magic, sizeof trailer_magic);
    write_u64(bytes + 16, b->module);
    write_u64(bytes + 24, b->words);
    write_u64(bytes + 32, b->count);
    b->ok &= wattle_output_write(b->out, bytes, TRAILER);
}

/* The executable to copy, without a program behind it. NULL: it has been said why. */
static wattle_file *open_runtime(const Options *o, wattle_engine *engine) {
    char path[PATH_LONG];
    const char *why = "this system does not tell where it is";
    wattle_file *file = NULL;
    Trailer t;
    if (o->runtime || wattle_self_path(path, sizeof path))
        file = wattle_file_open(engine, o->runtime ? o->runtime : path, &why);
    if (!file) {
        cli_say(o, "cannot read the executable: %s", why);
        return NULL;
    }
    size_t size = wattle_file_size(file);
    const unsigned char *end = (const unsigned char *)wattle_file_data(file) + size;
    if (size < TRAILER || !read_trailer(end - TRAILER, size, &t))
        return file;
    cli_say(o, "%s carries a program already", o->runtime ? o->runtime : path);
    wattle_file_close(file);
    return NULL;
}

static const char *write_bundle(const Options *o, wattle_engine *engine, wattle_file *runtime,
                                const wattle_module *module) {
    const char *why;
    Bundling b = {.out = wattle_output_open(engine, o->output, &why), .ok = true};
    if (!b.out)
        return why;
    b.ok = wattle_output_write(b.out, wattle_file_data(runtime), wattle_file_size(runtime)) &&
           wattle_module_write_binary(module, write_module, &b) == WATTLE_OK;
    write_options(&b, o);
    write_word(&b, "", "--");
    for (size_t i = 1; i < o->file_count; i++)
        write_word(&b, "", o->files[i]);
    write_trailer(&b);
    b.ok &= wattle_output_executable(b.out);
    why = wattle_output_close(b.out, b.ok);
    return why || b.ok ? why : "out of memory";
}

int cli_bundle(const Options *o) {
    if (!o->output || strcmp(o->output, "-") == 0) {
        cli_say(o, "name the executable with -o");
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    wattle_file *in = engine ? cli_open(o, engine, o->files[0]) : NULL;
    wattle_file *runtime = in ? open_runtime(o, engine) : NULL;
    int code = EXIT_IO;
    if (runtime) {
        wattle_module *module;
        wattle_report *report;
        wattle_status status =
            wattle_module_read_file(engine, in, o->files[0], WATTLE_READ_CHECK, &module, &report);
        cli_report(o, report);
        code = cli_exit_code(status);
        const char *why = module ? write_bundle(o, engine, runtime, module) : NULL;
        if (why) {
            cli_say(o, "%s: %s", o->output, why);
            code = EXIT_IO;
        }
        wattle_module_free(module);
    }
    wattle_file_close(runtime);
    wattle_file_close(in);
    wattle_engine_free(engine);
    return code;
}
