/* A model as clauses and as JSON: what `wattle bind` shows. */
#include "pack/pack.h"

#include "tools/report.h"

#define NAME_OF(s) (int)(s).len, (const char *)(s).data

void wt_pack_put_type(Buf *out, const BindType *t) {
    static const char *const words[] = {
        [BIND_bool] = "bool",     [BIND_char] = "char",         [BIND_u8] = "u8",
        [BIND_s8] = "s8",         [BIND_u16] = "u16",           [BIND_s16] = "s16",
        [BIND_u32] = "u32",       [BIND_s32] = "s32",           [BIND_u64] = "u64",
        [BIND_s64] = "s64",       [BIND_f32] = "f32",           [BIND_f64] = "f64",
        [BIND_string] = "string", [BIND_string16] = "string16", [BIND_cstring] = "cstring",
        [BIND_any] = "any",       [BIND_func] = "function",     [BIND_none] = "none",
        [BIND_list] = "list ",    [BIND_view] = "view ",        [BIND_option] = "option ",
        [BIND_result] = "result", [BIND_callback] = "callback",
    };
    if (t->own)
        buf_str(out, "own ");
    if (t->kind >= BIND_enum) {
        buf_slice(out, t->def->name);
        return;
    }
    buf_str(out, words[t->kind]);
    if (t->number)
        buf_str(out, " number");
    if (t->kind == BIND_callback)
        wt_pack_put_sig(out, t->sig);
    if (t->kind == BIND_result && (t->of || t->error))
        buf_str(out, t->of ? " " : " _");
    if (t->of)
        wt_pack_put_type(out, t->of);
    if (t->length.len)
        wt_buf_printf(out, "[%.*s]", NAME_OF(t->length));
    if (t->error) {
        buf_str(out, ", ");
        wt_pack_put_type(out, t->error);
    }
}

void wt_pack_put_sig(Buf *out, const BindSig *sig) {
    buf_str(out, "(");
    for (uint32_t i = 0; i < sig->param_count; i++) {
        const BindParam *p = &sig->params[i];
        buf_str(out, i ? ", " : "");
        buf_slice(out, p->name);
        if (slice_is(p->name, "self"))
            continue;
        buf_str(out, p->name.len ? ": " : "");
        wt_pack_put_type(out, p->type);
    }
    buf_str(out, ")");
    if (sig->result) {
        buf_str(out, " -> ");
        wt_pack_put_type(out, sig->result);
    }
}

/* Several results, and types that JavaScript cannot hold, have no clause. */
static bool has_clause(const BindItem *it) {
    if (!it->type || it->starts)
        return false;
    if (!it->raw)
        return true;
    if (it->type->result_count > 1 || (it->sig->result && it->sig->result->kind >= BIND_func))
        return false;
    for (uint32_t i = 0; i < it->sig->param_count; i++)
        if (it->sig->params[i].type->kind >= BIND_func)
            return false;
    return true;
}

static void quoted(Buf *out, Slice name) { wt_buf_printf(out, "\"%.*s\"", NAME_OF(name)); }

static void bind_put_def(Buf *out, const BindDef *d) {
    if (d->kind == BIND_class) {
        wt_buf_printf(out, "class %.*s", NAME_OF(d->name));
        if (d->free.len)
            wt_buf_printf(out, " free \"%.*s\"", NAME_OF(d->free));
        buf_str(out, ";\n");
        return;
    }
    wt_buf_printf(out, "%s %.*s {", d->kind == BIND_enum ? "enum" : "record", NAME_OF(d->name));
    for (uint32_t i = 0; i < d->count; i++) {
        wt_buf_printf(out, "%s %.*s", i ? "," : "", NAME_OF(d->fields[i].name));
        if (d->kind == BIND_enum) {
            wt_buf_printf(out, " = %lld", (long long)d->values[i]);
        } else {
            buf_str(out, ": ");
            wt_pack_put_type(out, d->fields[i].type);
        }
    }
    buf_str(out, " }\n");
}

static void bind_put_export(Buf *out, const BindItem *it) {
    if (!has_clause(it) && !it->hidden) {
        wt_buf_printf(out, "# export \"%.*s\": %s\n", NAME_OF(it->name),
                      it->starts ? "the program, which `start` runs"
                      : it->type ? "a function that only JavaScript's own numbers cannot call"
                                 : wt_extern_name((ExternKind)it->kind));
        return;
    }
    buf_str(out, it->hidden ? "export hidden " : it->sig->async ? "export async " : "export ");
    quoted(out, it->name);
    if (it->hidden) {
        buf_str(out, ";\n");
        return;
    }
    if (it->owner || !slice_eq(it->js, it->name))
        wt_buf_printf(out, " as %.*s%s%.*s", it->owner ? (int)it->owner->name.len : 0,
                      it->owner ? (const char *)it->owner->name.data : "", it->owner ? "." : "",
                      NAME_OF(it->js));
    buf_str(out, it->owner || !slice_eq(it->js, it->name) ? "" : " ");
    wt_pack_put_sig(out, it->sig);
    buf_str(out, ";\n");
}

static void bind_put_import(Buf *out, const BindItem *it) {
    if (it->source == SOURCE_wasi) {
        wt_buf_printf(out, "# import \"%.*s\" \"%.*s\": WASI\n", NAME_OF(it->module),
                      NAME_OF(it->name));
        return;
    }
    if (!has_clause(it)) {
        wt_buf_printf(out, "# import \"%.*s\" \"%.*s\": %s\n", NAME_OF(it->module),
                      NAME_OF(it->name), wt_extern_name((ExternKind)it->kind));
        return;
    }
    buf_str(out, "import ");
    quoted(out, it->module);
    buf_str(out, " ");
    quoted(out, it->name);
    buf_str(out, it->sig->async ? " async" : "");
    if (it->source == SOURCE_global)
        wt_buf_printf(out, " = %.*s", NAME_OF(it->from));
    if (it->source == SOURCE_callback)
        buf_str(out, " = callback");
    if (it->source == SOURCE_module)
        wt_buf_printf(out, " from \"%.*s\"%s%.*s", NAME_OF(it->from), it->js.len ? " " : "",
                      NAME_OF(it->js));
    buf_str(out, " ");
    wt_pack_put_sig(out, it->sig);
    buf_str(out, ";\n");
}

void wt_pack_print(const BindModel *b, Buf *out) {
    if (b->package.len)
        wt_buf_printf(out, "package \"%.*s\";\n", NAME_OF(b->package));
    if (b->has_memory && !b->memory_imported)
        wt_buf_printf(out, "memory \"%.*s\";\n", NAME_OF(b->memory->name));
    if (b->alloc)
        wt_buf_printf(out, "alloc \"%.*s\";\n", NAME_OF(b->alloc->name));
    if (b->free)
        wt_buf_printf(out, "free \"%.*s\";\n", NAME_OF(b->free->name));
    for (const BindDef *d = b->defs; d; d = d->next)
        bind_put_def(out, d);
    for (uint32_t i = 0; i < b->import_count; i++)
        bind_put_import(out, &b->imports[i]);
    for (uint32_t i = 0; i < b->export_count; i++)
        if (&b->exports[i] != b->alloc && &b->exports[i] != b->free)
            bind_put_export(out, &b->exports[i]);
}

/* ---- JSON ---- */

static void json_type(Buf *out, const BindType *t) {
    Buf text;
    wt_buf_init(&text, out->allocator);
    if (t)
        wt_pack_put_type(&text, t);
    buf_str(out, "{\"type\":");
    if (t)
        wt_report_json_string(out, slice(text.data, text.len));
    else
        buf_str(out, "null");
    text.len = 0;
    if (t) {
        wt_pack_put_ts(t, &text);
        buf_str(out, ",\"typescript\":");
        wt_report_json_string(out, slice(text.data, text.len));
    }
    buf_str(out, "}");
    out->failed |= text.failed;
    wt_buf_free(&text);
}

static void json_item(Buf *out, const BindItem *it, bool import) {
    static const char *const roles[] = {"function", "method", "static", "constructor"};
    static const char *const sources[] = {"given", "global", "module", "callback", "wasi"};
    buf_str(out, "{");
    if (import) {
        buf_str(out, "\"module\":");
        wt_report_json_string(out, it->module);
        wt_buf_printf(out, ",\"from\":\"%s\",", sources[it->source]);
        if (it->from.len) {
            buf_str(out, "\"source\":");
            wt_report_json_string(out, it->from);
            buf_str(out, ",");
        }
    }
    buf_str(out, "\"name\":");
    wt_report_json_string(out, it->name);
    wt_buf_printf(out, ",\"kind\":\"%s\"", wt_extern_name((ExternKind)it->kind));
    if (it->js.len) {
        buf_str(out, ",\"js\":");
        wt_report_json_string(out, it->js);
    }
    if (it->owner) {
        buf_str(out, ",\"class\":");
        wt_report_json_string(out, it->owner->name);
        wt_buf_printf(out, ",\"role\":\"%s\"", roles[it->role]);
    }
    if (it->hidden)
        buf_str(out, ",\"hidden\":true");
    if (it->sig && it->sig->async)
        buf_str(out, ",\"async\":true");
    if (it->sig) {
        buf_str(out, ",\"params\":[");
        for (uint32_t i = 0; i < it->sig->param_count; i++) {
            buf_str(out, i ? ",{\"name\":" : "{\"name\":");
            wt_report_json_string(out, it->sig->params[i].name);
            buf_str(out, ",\"value\":");
            json_type(out, it->sig->params[i].type);
            buf_str(out, "}");
        }
        buf_str(out, "],\"result\":");
        json_type(out, it->sig->result);
    }
    buf_str(out, "}");
}

void wt_pack_print_json(const BindModel *b, Buf *out) {
    static const char *const kinds[] = {"enum", "record", "class"};
    buf_str(out, "{\"package\":");
    wt_report_json_string(out, b->package);
    buf_str(out, ",\"definitions\":[");
    for (const BindDef *d = b->defs; d; d = d->next) {
        wt_buf_printf(out, "{\"kind\":\"%s\",\"name\":", kinds[d->kind - BIND_enum]);
        wt_report_json_string(out, d->name);
        if (d->kind == BIND_class && d->free.len) {
            buf_str(out, ",\"free\":");
            wt_report_json_string(out, d->free);
        }
        buf_str(out, ",\"members\":[");
        for (uint32_t i = 0; i < d->count; i++) {
            buf_str(out, i ? ",{\"name\":" : "{\"name\":");
            wt_report_json_string(out, d->fields[i].name);
            buf_str(out, ",\"value\":");
            if (d->kind == BIND_enum)
                wt_buf_printf(out, "%lld", (long long)d->values[i]);
            else
                json_type(out, d->fields[i].type);
            buf_str(out, "}");
        }
        buf_str(out, d->next ? "]}," : "]}");
    }
    buf_str(out, "],\"imports\":[");
    for (uint32_t i = 0; i < b->import_count; i++) {
        buf_str(out, i ? "," : "");
        json_item(out, &b->imports[i], true);
    }
    buf_str(out, "],\"exports\":[");
    for (uint32_t i = 0; i < b->export_count; i++) {
        buf_str(out, i ? "," : "");
        json_item(out, &b->exports[i], false);
    }
    buf_str(out, "]}\n");
}
