/* A module as a package, for loaders and for the playground: the files one behind the other, each
   as an entry is in the options: name with its NUL, length in four bytes, contents. */
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

static bool take_file(void *user, const char *name, const void *data, size_t size) {
    WebBytes *out = user;
    uint32_t len = (uint32_t)size;
    (void)web_write(out, name, strlen(name) + 1);
    (void)web_write(out, &len, sizeof len);
    return web_write(out, data, size);
}

static wattle_status make_package(wattle_engine *engine, const WebInput *in, WebResult *r,
                                  wattle_report **report) {
    wattle_module *module;
    wattle_status status =
        wattle_module_read(engine, in->data, in->len, in->name, WATTLE_READ_CHECK, &module, report);
    if (status != WATTLE_OK)
        return status;
    WebOption option;
    char *file = web_find_option(in, "file", &option) ? web_text(&option) : NULL;
    char *name = web_find_option(in, "package", &option) ? web_text(&option) : NULL;
    bool clauses = web_find_option(in, "clauses", &option);
    wattle_pack_options pack = {.size = sizeof pack,
                                .name = name ? name : "module",
                                .file = file ? file : "module.wasm",
                                .targets = (unsigned)web_number(in, "targets", WATTLE_PACK_BUNDLER),
                                .map = web_flag(in, "map"),
                                .hot = web_flag(in, "hot"),
                                .clauses = clauses ? option.value : NULL,
                                .clauses_size = clauses ? option.len : 0,
                                .clauses_name = clauses ? "clauses" : NULL};
    wattle_report *packing = NULL;
    status = wattle_pack(module, &pack, take_file, &r->out, &packing);
    if (packing && wattle_report_count(packing))
        wattle_report_write(packing, WATTLE_REPORT_JSON, web_write, &r->report);
    wattle_report_free(packing);
    wattle_report_free(*report); /* warnings at most */
    *report = NULL;
    wattle_module_free(module);
    free(name);
    free(file);
    return status;
}

WEB_CALL(pack) { return web_call(data, len, options, options_len, make_package); }
