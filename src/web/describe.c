/* What a module is made of, as JSON: imports and exports with types, sections, and every item with
   its bytes in the binary and, for a text, its place there. */
#include "web/web.h"

#include <stdlib.h>

/* What an item of a list begins with, behind a comma unless it is the first. */
static void begin_item(WebBytes *out, size_t i, const char *text) {
    web_put(out, i ? "," : "");
    web_put(out, text);
}

static void put_type(WebBytes *out, wattle_valtype type) {
    char text[WATTLE_VALTYPE_TEXT];
    wattle_valtype_print(type, text);
    web_put_json_text(out, text);
}

static void put_types(WebBytes *out, const char *key, wattle_type type, size_t count,
                      wattle_valtype (*get)(wattle_type, size_t)) {
    web_put(out, key);
    for (size_t i = 0; i < count; i++) {
        begin_item(out, i, "");
        put_type(out, get(type, i));
    }
    web_put(out, "]");
}

static void put_limits(WebBytes *out, wattle_limits limits) {
    web_put(out, ",\"minimum\":\"");
    web_put_number(out, limits.min);
    if (limits.has_max) {
        web_put(out, "\",\"maximum\":\"");
        web_put_number(out, limits.max);
    }
    web_put(out, limits.is64 ? "\",\"address\":\"i64\"" : "\",\"address\":\"i32\"");
    web_put(out, limits.shared ? ",\"shared\":true" : ",\"shared\":false");
}

static void put_extern(WebBytes *out, const wattle_extern_type *t) {
    switch (t->kind) {
    case WATTLE_EXTERN_FUNC:
    case WATTLE_EXTERN_TAG:
        web_put(out,
                t->kind == WATTLE_EXTERN_FUNC ? "{\"kind\":\"function\"" : "{\"kind\":\"tag\"");
        put_types(out, ",\"parameters\":[", t->type, wattle_type_param_count(t->type),
                  wattle_type_param);
        put_types(out, ",\"results\":[", t->type, wattle_type_result_count(t->type),
                  wattle_type_result);
        break;
    case WATTLE_EXTERN_TABLE:
        web_put(out, "{\"kind\":\"table\",\"element\":");
        put_type(out, t->value);
        put_limits(out, t->limits);
        break;
    case WATTLE_EXTERN_MEMORY:
        web_put(out, "{\"kind\":\"memory\",\"pageSize\":");
        web_put_number(out, UINT64_C(1) << t->limits.page_log2);
        put_limits(out, t->limits);
        break;
    case WATTLE_EXTERN_GLOBAL:
        web_put(out, "{\"kind\":\"global\",\"value\":");
        put_type(out, t->value);
        web_put(out, t->is_mutable ? ",\"mutable\":true" : ",\"mutable\":false");
        break;
    }
    web_put(out, "}");
}

static void put_interface(WebBytes *out, const wattle_module *module) {
    wattle_string name = wattle_module_name(module);
    web_put(out, "\"name\":");
    if (name.data)
        web_put_json(out, name);
    else
        web_put(out, "null");
    web_put(out, ",\"imports\":[");
    for (size_t i = 0; i < wattle_module_import_count(module); i++) {
        wattle_import import = wattle_module_import(module, i);
        begin_item(out, i, "{\"module\":");
        web_put_json(out, import.module);
        web_put(out, ",\"name\":");
        web_put_json(out, import.name);
        web_put(out, ",\"type\":");
        put_extern(out, &import.type);
        web_put(out, "}");
    }
    web_put(out, "],\"exports\":[");
    for (size_t i = 0; i < wattle_module_export_count(module); i++) {
        wattle_export export = wattle_module_export(module, i);
        begin_item(out, i, "{\"name\":");
        web_put_json(out, export.name);
        web_put(out, ",\"index\":");
        web_put_number(out, export.index);
        web_put(out, ",\"type\":");
        put_extern(out, &export.type);
        web_put(out, "}");
    }
    web_put(out, "]");
}

/* [kind, index, offset, size, content, name] */
static bool put_part(void *user, const wattle_part *part) {
    WebBytes *out = user;
    web_put(out, out->data[out->len - 1] == '[' ? "[" : ",[");
    web_put_number(out, part->kind);
    web_put(out, ",");
    web_put_number(out, part->index);
    web_put(out, ",");
    web_put_number(out, part->offset);
    web_put(out, ",");
    web_put_number(out, part->size);
    web_put(out, ",");
    web_put_number(out, part->content);
    if (part->name.data) {
        web_put(out, ",");
        web_put_json(out, part->name);
    }
    web_put(out, "]");
    return !out->failed;
}

static void put_parts(WebBytes *out, const char *key, const wattle_module *module) {
    web_put(out, key);
    if (!out->failed)
        wattle_module_parts(module, put_part, out);
    web_put(out, "]");
}

/* A text has no sections: they are those of the binary that it makes. */
static wattle_status describe_text(wattle_engine *engine, const WebInput *in, WebBytes *out,
                                   const wattle_module *text) {
    WebBytes binary = {0};
    wattle_module *module = NULL;
    wattle_report *report = NULL;
    put_parts(out, ",\"source\":[", text);
    wattle_status status = wattle_module_write_binary(text, web_write, &binary);
    if (status == WATTLE_OK)
        status = wattle_module_read(engine, binary.data, binary.len, in->name,
                                    WATTLE_READ_BINARY | WATTLE_READ_NO_SCAN, &module, &report);
    if (status == WATTLE_OK)
        put_parts(out, ",\"binary\":[", module);
    web_put(out, ",\"size\":");
    web_put_number(out, binary.len);
    wattle_module_free(module);
    wattle_report_free(report);
    free(binary.data);
    return status;
}

static wattle_status describe_module(wattle_engine *engine, const WebInput *in, WebResult *r,
                                     wattle_report **report) {
    unsigned flags = web_flag(in, "nocheck") ? WATTLE_READ_NO_SCAN : WATTLE_READ_CHECK;
    wattle_module *module;
    wattle_status status =
        wattle_module_read(engine, in->data, in->len, in->name, flags, &module, report);
    if (status != WATTLE_OK)
        return status;
    web_put(&r->out, "{");
    put_interface(&r->out, module);
    if (in->len >= 4 && in->data[0] == 0) {
        put_parts(&r->out, ",\"source\":null,\"binary\":[", module);
        web_put(&r->out, ",\"size\":");
        web_put_number(&r->out, in->len);
    } else {
        status = describe_text(engine, in, &r->out, module);
    }
    web_put(&r->out, "}");
    wattle_module_free(module);
    return status;
}

WEB_CALL(describe) { return web_call(data, len, options, options_len, describe_module); }
