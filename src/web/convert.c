/* Calls that make one thing of one input: binary, text, check, strip, dump. */
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

static unsigned read_flags(const WebInput *in) {
    return web_flag(in, "nocheck") ? WATTLE_READ_ANY : WATTLE_READ_CHECK;
}

static wattle_status make_binary(wattle_engine *engine, const WebInput *in, WebResult *r,
                                 wattle_report **report) {
    wattle_module *module;
    wattle_status status =
        wattle_module_read(engine, in->data, in->len, in->name, read_flags(in), &module, report);
    if (status != WATTLE_OK)
        return status;
    if (web_flag(in, "nonames"))
        wattle_module_drop_names(module);
    status = wattle_module_write_binary(module, web_write, &r->out);
    wattle_module_free(module);
    return status;
}

static wattle_status make_text(wattle_engine *engine, const WebInput *in, WebResult *r,
                               wattle_report **report) {
    unsigned flags = WATTLE_READ_FOR_TEXT | read_flags(in);
    if (!(flags & WATTLE_READ_CHECK))
        flags |= WATTLE_READ_NO_SCAN;
    if (web_flag(in, "lossless"))
        flags |= WATTLE_READ_LOSSLESS;
    wattle_module *module;
    wattle_status status =
        wattle_module_read(engine, in->data, in->len, in->name, flags, &module, report);
    if (status != WATTLE_OK)
        return status;
    wattle_print_options print = {.size = sizeof print,
                                  .fold = web_flag(in, "fold"),
                                  .no_names = web_flag(in, "nonames"),
                                  .generate_names = web_flag(in, "generate"),
                                  .inline_exports = web_flag(in, "inline-exports"),
                                  .inline_imports = web_flag(in, "inline-imports"),
                                  .offsets = web_flag(in, "offsets"),
                                  .skeleton = web_flag(in, "skeleton"),
                                  .lossless = web_flag(in, "lossless"),
                                  .no_annotations = web_flag(in, "noannotations"),
                                  .indent = (unsigned)web_number(in, "indent", 0) & 31};
    wattle_report *printing = NULL;
    status = wattle_module_write_text(module, &print, web_write, &r->out, &printing);
    if (printing && wattle_report_count(printing)) {
        wattle_report_free(*report);
        *report = printing;
        wattle_report_write(printing, WATTLE_REPORT_JSON, web_write, &r->report);
    } else {
        wattle_report_free(printing);
    }
    wattle_module_free(module);
    return status;
}

static wattle_status check_only(wattle_engine *engine, const WebInput *in, WebResult *r,
                                wattle_report **report) {
    (void)r;
    wattle_module *module;
    wattle_status status =
        wattle_module_read(engine, in->data, in->len, in->name, WATTLE_READ_CHECK, &module, report);
    wattle_module_free(module);
    return status;
}

/* The values of all entries of a name, as C strings; NULL: none, or memory is out. */
static char **all_texts(const WebInput *in, const char *name, size_t *count) {
    WebOption option;
    char **texts = NULL;
    *count = 0;
    for (size_t at = 0; web_next_option(in, &at, &option);) {
        if (strcmp(option.name, name) != 0)
            continue;
        char **more = realloc(texts, (*count + 1) * sizeof *texts);
        char *text = more ? web_text(&option) : NULL;
        texts = more ? more : texts;
        if (text)
            texts[(*count)++] = text;
    }
    return texts;
}
static void free_texts(char **texts, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static wattle_status make_stripped(wattle_engine *engine, const WebInput *in, WebResult *r,
                                   wattle_report **report) {
    wattle_strip_options strip = {
        .size = sizeof strip, .all = web_flag(in, "all"), .debug_only = web_flag(in, "debug")};
    char **keep = all_texts(in, "keep", &strip.keep_count);
    char **remove = all_texts(in, "remove", &strip.remove_count);
    strip.keep = (const char *const *)keep;
    strip.remove = (const char *const *)remove;
    wattle_status status =
        wattle_strip(engine, in->data, in->len, in->name, &strip, web_write, &r->out, report);
    free_texts(keep, strip.keep_count);
    free_texts(remove, strip.remove_count);
    return status;
}

static wattle_status make_dump(wattle_engine *engine, const WebInput *in, WebResult *r,
                               wattle_report **report) {
    WebOption option;
    char *section = web_find_option(in, "section", &option) ? web_text(&option) : NULL;
    wattle_dump_options dump = {.size = sizeof dump,
                                .details = web_flag(in, "details"),
                                .disassemble = web_flag(in, "disassemble"),
                                .contents = web_flag(in, "contents"),
                                .relocations = web_flag(in, "relocations"),
                                .section = section};
    dump.headers = web_flag(in, "headers") ||
                   !(dump.details || dump.disassemble || dump.contents || dump.relocations);
    wattle_status status =
        wattle_dump(engine, in->data, in->len, in->name, &dump, web_write, &r->out, report);
    free(section);
    return status;
}

WEB_CALL(wat2wasm) { return web_call(data, len, options, options_len, make_binary); }
WEB_CALL(wasm2wat) { return web_call(data, len, options, options_len, make_text); }
WEB_CALL(validate) { return web_call(data, len, options, options_len, check_only); }
WEB_CALL(strip) { return web_call(data, len, options, options_len, make_stripped); }
WEB_CALL(objdump) { return web_call(data, len, options, options_len, make_dump); }
