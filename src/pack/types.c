/* The package as TypeScript sees it. Classes and records are interfaces: the values come with each
   instance, in its Api. */
#include "pack/pack.h"

#define NAME_OF(s) (int)(s).len, (const char *)(s).data

static void put_ts(Buf *out, const BindType *t, bool given);

static void put_ts_params(Buf *out, const BindSig *sig, bool given) {
    bool first = true;
    for (uint32_t i = 0; i < sig->param_count; i++) {
        const BindParam *p = &sig->params[i];
        if (slice_is(p->name, "self") && p->type->kind == BIND_class)
            continue;
        buf_str(out, first ? "" : ", ");
        first = false;
        if (p->name.len)
            buf_slice(out, p->name);
        else
            wt_buf_printf(out, "p%u", (unsigned)i);
        buf_str(out, ": ");
        put_ts(out, p->type, given);
    }
}

/* given: the program makes the value, so more is allowed. */
static void put_ts(Buf *out, const BindType *t, bool given) {
    switch (t->kind) {
    case BIND_bool:
        buf_str(out, "boolean");
        return;
    case BIND_char:
    case BIND_string:
    case BIND_string16:
    case BIND_cstring:
        buf_str(out, "string");
        return;
    case BIND_u64:
    case BIND_s64:
        buf_str(out, t->number ? "number" : "bigint");
        return;
    case BIND_any:
        buf_str(out, "any");
        return;
    case BIND_func:
        buf_str(out, "Function | null");
        return;
    case BIND_none:
        buf_str(out, "never");
        return;
    case BIND_list:
    case BIND_view:
        if (wt_pack_array(t->of)) {
            bool big = t->of->kind == BIND_u64 || t->of->kind == BIND_s64;
            buf_str(out, !given ? wt_pack_array(t->of)
                         : big  ? "ArrayLike<bigint>"
                                : "ArrayLike<number>");
            return;
        }
        buf_str(out, given ? "Iterable<" : "Array<");
        put_ts(out, t->of, given);
        buf_str(out, ">");
        return;
    case BIND_option:
        put_ts(out, t->of, given);
        buf_str(out, given ? " | null | undefined" : " | undefined");
        return;
    case BIND_result:
        if (t->of)
            put_ts(out, t->of, given);
        else
            buf_str(out, "void");
        return;
    case BIND_callback:
        buf_str(out, "(");
        put_ts_params(out, t->sig, !given);
        buf_str(out, ") => ");
        if (t->sig->result)
            put_ts(out, t->sig->result, given);
        else
            buf_str(out, "void");
        return;
    case BIND_enum:
    case BIND_record:
    case BIND_class:
        buf_slice(out, t->def->name);
        return;
    default:
        buf_str(out, "number");
        return;
    }
}

void wt_pack_put_ts(const BindType *t, Buf *out) { put_ts(out, t, false); }
void wt_pack_put_ts_params(const BindSig *sig, Buf *out) { put_ts_params(out, sig, true); }

/* Plain wasm functions may have several results. */
static void put_raw_result(Buf *out, const TypeDef *type) {
    if (!type->result_count)
        buf_str(out, "void");
    buf_str(out, type->result_count > 1 ? "[" : "");
    for (uint32_t i = 0; i < type->result_count; i++) {
        ValType t = typedef_results(type)[i];
        unsigned kind = valtype_kind(t);
        buf_str(out, i ? ", " : "");
        buf_str(out, kind == VAL_i64    ? "bigint"
                     : kind == VAL_v128 ? "never"
                     : kind == VAL_ref  ? "any"
                                        : "number");
    }
    buf_str(out, type->result_count > 1 ? "]" : "");
}

static void ts_put_result(Buf *out, const BindItem *it, bool given) {
    buf_str(out, it->sig->async ? "Promise<" : "");
    if (it->raw)
        put_raw_result(out, it->type);
    else if (it->sig->result)
        put_ts(out, it->sig->result, given);
    else
        buf_str(out, "void");
    buf_str(out, it->sig->async ? given ? "> | void" : ">" : "");
}

void wt_pack_put_ts_result(const BindItem *it, Buf *out) { ts_put_result(out, it, false); }

/* ---- the interfaces ---- */

static void put_member_name(Buf *out, Slice name) {
    if (wt_pack_is_identifier(name))
        buf_slice(out, name);
    else
        wt_pack_put_literal(out, name);
}

static void put_extern(const BindModel *b, const BindItem *it, Buf *out) {
    switch ((ExternKind)it->kind) {
    case EXTERN_memory:
        buf_str(out, "WebAssembly.Memory");
        return;
    case EXTERN_table:
        buf_str(out, "WebAssembly.Table");
        return;
    case EXTERN_global: {
        unsigned kind = valtype_kind(b->m->globals[it->item].type);
        buf_str(out, kind == VAL_i64 ? "WebAssembly.Global<'i64'>" : "WebAssembly.Global");
        return;
    }
    case EXTERN_tag:
        buf_str(out, "object /* WebAssembly.Tag */");
        return;
    case EXTERN_func:
        return;
    }
}

static void ts_put_wasi(Buf *out) {
    buf_str(out,
            "/** What a program that wants a system (WASI) is given of one. */\n"
            "export interface Wasi {\n"
            "  /** Its name, args[0]. */\n"
            "  program?: string;\n"
            "  args?: string[];\n"
            "  env?: Record<string, string>;\n"
            "  stdin?: string | BufferSource;\n"
            "  /** Takes a line, without its end; else it goes to the console. */\n"
            "  stdout?: (line: string) => void;\n"
            "  stderr?: (line: string) => void;\n"
            "  /** Files in memory, by their path. What the program writes is put here when it "
            "closes a file, or ends. */\n"
            "  files?: Record<string, string | BufferSource>;\n"
            "}\n\n");
}

static void ts_put_imports(const BindModel *b, Buf *out) {
    if (b->has_wasi)
        ts_put_wasi(out);
    buf_str(out, "/** What the module needs and is given by its user. */\n"
                 "export interface Imports {\n");
    if (b->has_wasi)
        buf_str(out, "  wasi?: Wasi;\n");
    for (uint32_t i = 0; i < b->import_count; i++) {
        bool seen = !wt_pack_is_given(&b->imports[i]);
        for (uint32_t k = 0; k < i; k++)
            seen |= wt_pack_is_given(&b->imports[k]) &&
                    slice_eq(b->imports[k].module, b->imports[i].module);
        if (seen)
            continue;
        buf_str(out, "  ");
        put_member_name(out, b->imports[i].module);
        buf_str(out, ": {\n");
        for (uint32_t k = i; k < b->import_count; k++) {
            const BindItem *it = &b->imports[k];
            if (!wt_pack_is_given(it) || !slice_eq(it->module, b->imports[i].module))
                continue;
            buf_str(out, "    ");
            put_member_name(out, it->name);
            if (it->type) {
                buf_str(out, "(");
                put_ts_params(out, it->sig, false);
                buf_str(out, "): ");
                ts_put_result(out, it, true);
            } else {
                buf_str(out, ": ");
                put_extern(b, it, out);
            }
            buf_str(out, ";\n");
        }
        buf_str(out, "  };\n");
    }
    buf_str(out, "}\n\n");
}

static void ts_put_class(const BindModel *b, const BindDef *d, Buf *out) {
    wt_buf_printf(out, "export interface %.*s {\n", NAME_OF(d->name));
    for (uint32_t i = 0; i < b->export_count; i++) {
        const BindItem *it = &b->exports[i];
        if (it->owner != d || it->role != ROLE_method)
            continue;
        wt_buf_printf(out, "  %.*s(", NAME_OF(it->js));
        put_ts_params(out, it->sig, true);
        buf_str(out, "): ");
        ts_put_result(out, it, false);
        buf_str(out, ";\n");
    }
    if (d->free.len)
        buf_str(out, "  /** Gives its memory back; afterwards the object cannot be used. */\n"
                     "  free(): void;\n  [Symbol.dispose](): void;\n");
    buf_str(out, "}\n\n");
}

/* The class itself: how one is made, and its static functions. */
static void put_class_object(const BindModel *b, const BindDef *d, Buf *out) {
    wt_buf_printf(out, "  %.*s: {\n    readonly prototype: %.*s;\n", NAME_OF(d->name),
                  NAME_OF(d->name));
    for (uint32_t i = 0; i < b->export_count; i++) {
        const BindItem *it = &b->exports[i];
        if (it->owner != d || it->role == ROLE_method)
            continue;
        bool make = it->role == ROLE_new;
        wt_buf_printf(out, "    %.*s(", NAME_OF(make ? slice_str("new ") : it->js));
        put_ts_params(out, it->sig, true);
        buf_str(out, "): ");
        ts_put_result(out, it, false);
        buf_str(out, ";\n");
    }
    buf_str(out, "  };\n");
}

static void put_defs(const BindModel *b, Buf *out) {
    for (const BindDef *d = b->defs; d; d = d->next) {
        if (d->kind == BIND_class) {
            ts_put_class(b, d, out);
        } else if (d->kind == BIND_enum) {
            wt_buf_printf(out, "export type %.*s =%s", NAME_OF(d->name), d->count ? "" : " never");
            for (uint32_t i = 0; i < d->count; i++)
                wt_buf_printf(out, "%s %lld", i ? " |" : "", (long long)d->values[i]);
            buf_str(out, ";\n\n");
        } else {
            wt_buf_printf(out, "export interface %.*s {\n", NAME_OF(d->name));
            for (uint32_t i = 0; i < d->count; i++) {
                wt_buf_printf(out, "  %.*s%s: ", NAME_OF(d->fields[i].name),
                              d->fields[i].type->kind == BIND_option ? "?" : "");
                put_ts(out, d->fields[i].type, false);
                buf_str(out, ";\n");
            }
            buf_str(out, "}\n\n");
        }
    }
}

void wt_pack_types(const Pack *pack, Buf *out) {
    const BindModel *b = pack->model;
    ts_put_imports(b, out);
    put_defs(b, out);
    buf_str(out, "/** What an instance of the module gives. */\nexport interface Api {\n");
    for (const BindDef *d = b->defs; d; d = d->next) {
        if (d->kind == BIND_class)
            put_class_object(b, d, out);
        if (d->kind != BIND_enum)
            continue;
        wt_buf_printf(out, "  %.*s: {", NAME_OF(d->name));
        for (uint32_t i = 0; i < d->count; i++)
            wt_buf_printf(out, " readonly %.*s: %lld;", NAME_OF(d->fields[i].name),
                          (long long)d->values[i]);
        buf_str(out, " };\n");
    }
    for (uint32_t i = 0; i < b->export_count; i++) {
        const BindItem *it = &b->exports[i];
        if (it->hidden || it->owner)
            continue;
        wt_buf_printf(out, "  %.*s", NAME_OF(it->js));
        if (it->type) {
            buf_str(out, "(");
            put_ts_params(out, it->sig, true);
            buf_str(out, "): ");
            ts_put_result(out, it, false);
        } else {
            buf_str(out, ": ");
            put_extern(b, it, out);
        }
        buf_str(out, ";\n");
    }
    buf_str(out, "}\n");
}
