/* The files of a package around the glue: loading, entries for node and for bundlers, types,
   package.json and README. Which entry is whose: "node" reads the file and needs no await, all
   others find it by `new URL`, which bundlers know. A module that needs imports of its user has
   `init` for its entry. */
#include "pack/pack.h"

#include "tools/report.h"

#define NAME_OF(s) (int)(s).len, (const char *)(s).data

void wt_pack_put_literal(Buf *out, Slice text) {
    /* As JSON: the two line separators of JavaScript are allowed in its strings too (ES2019). */
    wt_report_json_string(out, text);
}

bool wt_pack_name_ok(Slice name) {
    size_t at = 0, part = 0;
    if (!name.len || name.len > 214)
        return false;
    bool scoped = name.data[0] == '@';
    unsigned slashes = 0;
    for (at = scoped ? 1 : 0; at < name.len; at++) {
        uint8_t c = name.data[at];
        if (c == '/') {
            if (!scoped || !part || slashes++)
                return false;
            part = 0;
            continue;
        }
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                     c == '.' || c == '~';
        if (!plain || (!part && (c == '.' || c == '_')))
            return false;
        part++;
    }
    return part && (!scoped || slashes == 1);
}

typedef struct PackageWriter {
    const Pack *pack;
    const Allocator *al;
    PackTake take;
    void *user;
    bool refused;
    bool given; /* it needs imports of its user: nothing starts by itself */
    Buf out;
    Buf files; /* the list for package.json */
} PackageWriter;

static void head(PackageWriter *w) {
    w->out.len = 0;
    wt_buf_printf(&w->out, "// %s: made of %s by %s. Pack again instead of editing.\n",
                  w->pack->name, w->pack->source, w->pack->tool);
}

static bool give(PackageWriter *w, const char *name, Slice bytes) {
    if (w->refused || w->out.failed)
        return false;
    if (strcmp(name, "package.json") != 0 && strcmp(name, "README.md") != 0) {
        buf_str(&w->files, w->files.len ? ",\n    " : "\n    ");
        wt_report_json_string(&w->files, slice_str(name));
    }
    w->refused = !w->take(w->user, name, bytes);
    return !w->refused;
}

static bool give_out(PackageWriter *w, const char *name) {
    return give(w, name, slice(w->out.data, w->out.len));
}

static const char *package_path_of(PackageWriter *w, const char *ending) {
    Buf b;
    wt_buf_init(&b, w->al);
    wt_buf_printf(&b, "%s%s", w->pack->stem, ending);
    Slice s = b.failed ? (Slice){NULL, 0} : wt_arena_copy(w->pack->model->arena, b.data, b.len);
    wt_buf_free(&b);
    w->out.failed |= !s.data;
    return s.data ? (const char *)s.data : "";
}

/* ---- init.js ---- */

static const char load_text[] =
    "\n"
    "let $warned = false;\n"
    "async function $load(source, imports) {\n"
    "  if (source instanceof WebAssembly.Module) return WebAssembly.instantiate(source, imports);\n"
    "  const request = typeof Request === 'function' && source instanceof Request;\n"
    "  if (typeof source === 'string' || source instanceof URL || request) source = await "
    "fetch(source);\n"
    "  if (typeof Response === 'function' && source instanceof Response) {\n"
    "    if (!source.ok) throw new Error(`${source.url}: HTTP ${source.status} "
    "${source.statusText}`);\n"
    "    const type = source.headers.get('content-type') ?? '';\n"
    "    if (/^application\\/wasm\\s*$/i.test(type) && WebAssembly.instantiateStreaming)\n"
    "      return (await WebAssembly.instantiateStreaming(source, imports)).instance;\n"
    "    if (!$warned && WebAssembly.instantiateStreaming && /^https?:/.test(source.url))\n"
    "      console.warn(`${source.url} is served as \"${type}\", not as application/wasm: it is "
    "compiled after the download, not during it`);\n"
    "    $warned = true;\n"
    "    source = await source.arrayBuffer();\n"
    "  }\n"
    "  return (await WebAssembly.instantiate(source, imports)).instance;\n"
    "}\n"
    "\n"
    "/** A new instance of the module: of a URL, Request, Response, bytes or WebAssembly.Module, "
    "or a promise of one. */\n";

static void put_init(PackageWriter *w) {
    const Pack *p = w->pack;
    head(w);
    wt_pack_glue(p, &w->out);
    wt_buf_printf(&w->out,
                  "\n/** Where the module is. */\n"
                  "export const url = new URL('./%s.wasm', import.meta.url);\n",
                  p->stem);
    buf_str(&w->out, load_text);
    buf_str(&w->out, "export async function init(source = url, imports = undefined) {\n"
                     "  const linked = $link(imports);\n"
                     "  return linked.bind(await $load(await source, linked.imports));\n"
                     "}\n"
                     "\n"
                     "/** The same at once, of bytes or a WebAssembly.Module. */\n"
                     "export function initSync(source, imports = undefined) {\n"
                     "  const linked = $link(imports);\n"
                     "  const module = source instanceof WebAssembly.Module ? source : new "
                     "WebAssembly.Module(source);\n"
                     "  return linked.bind(new WebAssembly.Instance(module, linked.imports));\n"
                     "}\n"
                     "\n"
                     "export default init;\n");
}

static void put_init_node(PackageWriter *w) {
    head(w);
    buf_str(&w->out, "import { readFileSync } from 'node:fs';\n"
                     "import { init as load, initSync as loadSync, url } from './init.js';\n"
                     "\n"
                     "export { url };\n"
                     "const read = (source) => (source instanceof URL && source.protocol === "
                     "'file:' ? readFileSync(source) : source);\n"
                     "export const init = async (source = url, imports = undefined) => "
                     "load(read(await source), imports);\n"
                     "export const initSync = (source = url, imports = undefined) => "
                     "loadSync(read(source), imports);\n"
                     "export default init;\n");
}

static void put_init_types(PackageWriter *w) {
    head(w);
    buf_str(&w->out, "/// <reference lib=\"esnext.disposable\" />\n\n");
    wt_pack_types(w->pack, &w->out);
    const char *imports = w->given ? "imports: Imports" : "imports?: Imports";
    wt_buf_printf(
        &w->out,
        "\n/** What a module can be made of. */\n"
        "export type Source = string | URL | Request | Response | BufferSource | "
        "WebAssembly.Module;\n"
        "/** Where the module is. */\n"
        "export const url: URL;\n"
        "/** A new instance; `source` is `url` when it is left out or undefined. */\n"
        "export function init(source%s Source | Promise<Source> | undefined, %s): Promise<Api>;\n"
        "/** The same at once. In node `source` may be left out too. */\n"
        "export function initSync(source: URL | BufferSource | WebAssembly.Module, %s): Api;\n"
        "export default init;\n",
        w->given ? ":" : "?:", imports, imports);
}

/* ---- entries ---- */

/* export const f = api.f; and names that are words of JavaScript by another. */
static void package_put_exports(PackageWriter *w, bool types) {
    const BindModel *b = w->pack->model;
    for (const BindDef *d = b->defs; d; d = d->next) {
        if (d->kind != BIND_record)
            wt_buf_printf(&w->out,
                          types ? "export const %.*s: Api['%.*s'];\n"
                                : "export const %.*s = $api.%.*s;\n",
                          NAME_OF(d->name), NAME_OF(d->name));
    }
    for (uint32_t i = 0; i < b->export_count; i++) {
        const BindItem *it = &b->exports[i];
        if (it->hidden || it->owner)
            continue;
        bool reserved = wt_pack_is_reserved(it->js);
        const char *mark = reserved ? "$" : "";
        wt_buf_printf(&w->out, "%sconst %s%.*s%s%.*s%s;\n",
                      reserved ? types ? "declare " : "" : "export ", mark, NAME_OF(it->js),
                      types ? ": Api['" : " = $api.", NAME_OF(it->js), types ? "']" : "");
        if (reserved)
            wt_buf_printf(&w->out, "export { $%.*s as %.*s };\n", NAME_OF(it->js), NAME_OF(it->js));
    }
}

static void package_put_entry(PackageWriter *w, const char *api) {
    head(w);
    buf_str(&w->out, api);
    package_put_exports(w, false);
}

static void put_entry_types(PackageWriter *w) {
    head(w);
    buf_str(&w->out, "import type { Api } from './init.js';\n\n");
    const BindModel *b = w->pack->model;
    for (const BindDef *d = b->defs; d; d = d->next)
        wt_buf_printf(&w->out, "export type %.*s = import('./init.js').%.*s;\n", NAME_OF(d->name),
                      NAME_OF(d->name));
    package_put_exports(w, true);
}

static void put_base64(Buf *out, Slice bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t v = (uint32_t)bytes.data[i] << 16 |
                     (left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
                     (left > 2 ? bytes.data[i + 2] : 0);
        buf_u8(out, (uint8_t)digits[v >> 18]);
        buf_u8(out, (uint8_t)digits[v >> 12 & 63]);
        buf_u8(out, left > 1 ? (uint8_t)digits[v >> 6 & 63] : '=');
        buf_u8(out, left > 2 ? (uint8_t)digits[v & 63] : '=');
    }
}

static bool write_inline(PackageWriter *w) {
    head(w);
    buf_str(&w->out, w->given ? "import { initSync as load } from './init.js';\n\n"
                              : "import { initSync } from './init.js';\n\n");
    buf_str(&w->out, "const $bytes = Uint8Array.from(atob('");
    put_base64(&w->out, w->pack->bytes);
    buf_str(&w->out, "'), (c) => c.charCodeAt(0));\n");
    if (w->given)
        buf_str(&w->out, "export const initSync = (source = $bytes, imports = undefined) => "
                         "load(source, imports);\n"
                         "export const init = async (source = $bytes, imports = undefined) => "
                         "load(await source, imports);\n"
                         "export default init;\n");
    else {
        buf_str(&w->out, "const $api = initSync($bytes);\n");
        package_put_exports(w, false);
    }
    if (!give_out(w, package_path_of(w, ".inline.js")))
        return false;
    if (w->given) {
        w->out.len = 0;
        head(w);
        buf_str(&w->out, "export * from './init.js';\nexport { default } from './init.js';\n");
    } else {
        put_entry_types(w);
    }
    return give_out(w, package_path_of(w, ".inline.d.ts"));
}

/* The form that engines will load by themselves; its imports are not the glue's. */
static bool write_esm(PackageWriter *w) {
    head(w);
    wt_buf_printf(&w->out,
                  "import source $module from './%s.wasm';\n"
                  "import { initSync } from './init.js';\n\n",
                  w->pack->stem);
    if (w->given) {
        buf_str(&w->out, "export const init = async (imports) => initSync($module, imports);\n"
                         "export default init;\n");
    } else {
        buf_str(&w->out, "const $api = initSync($module);\n");
        package_put_exports(w, false);
    }
    if (!give_out(w, package_path_of(w, ".esm.js")))
        return false;
    if (w->given) {
        head(w);
        buf_str(&w->out, "import type { Api, Imports } from './init.js';\n"
                         "export * from './init.js';\n"
                         "export function init(imports: Imports): Promise<Api>;\n"
                         "export default init;\n");
    } else {
        put_entry_types(w);
    }
    return give_out(w, package_path_of(w, ".esm.d.ts"));
}

static bool give_beside(void *user, const char *name, Slice bytes) {
    return give(user, name, bytes);
}

static bool write_entries(PackageWriter *w) {
    unsigned t = w->pack->targets;
    if (!wt_pack_beside(w->pack, give_beside, w))
        return false;
    if (w->pack->model->has_wasi) {
        head(w);
        wt_pack_wasi(w->pack->model, &w->out);
        if (!give_out(w, "wasi.js"))
            return false;
    }
    put_init(w);
    if (!give_out(w, "init.js"))
        return false;
    put_init_types(w);
    if (!give_out(w, "init.d.ts"))
        return false;
    if (t & PACK_node) {
        put_init_node(w);
        if (!give_out(w, "init.node.js"))
            return false;
    }
    if (!w->given && t & (PACK_bundler | PACK_deno)) {
        package_put_entry(w, "import { init } from './init.js';\n\nconst $api = await init();\n");
        if (!give_out(w, package_path_of(w, ".js")))
            return false;
    }
    if (!w->given && t & PACK_node) {
        package_put_entry(
            w, "import { initSync } from './init.node.js';\n\nconst $api = initSync();\n");
        if (!give_out(w, package_path_of(w, ".node.js")))
            return false;
    }
    if (!w->given && t & (PACK_bundler | PACK_deno | PACK_node)) {
        put_entry_types(w);
        if (!give_out(w, package_path_of(w, ".d.ts")))
            return false;
    }
    if (t & PACK_inline && !write_inline(w))
        return false;
    if (t & PACK_esm && !write_esm(w))
        return false;
    head(w);
    buf_str(&w->out,
            "import type { Api } from './init.js';\n\n"
            "declare const url: string;\nexport default url;\nexport type Module = Api;\n");
    return give_out(w, package_path_of(w, ".wasm.d.ts"));
}

/* ---- package.json ---- */

static void export_line(PackageWriter *w, bool *first, const char *key, const char *types,
                        const char *node, const char *other) {
    Buf *o = &w->out;
    wt_buf_printf(o, "%s\n    \"%s\": ", *first ? "" : ",", key);
    *first = false;
    if (!types) {
        wt_buf_printf(o, "\"./%s\"", other);
        return;
    }
    wt_buf_printf(o, "{ \"types\": \"./%s\"", types);
    if (node)
        wt_buf_printf(o, ", \"node\": \"./%s\"", node);
    if (other)
        wt_buf_printf(o, ", \"default\": \"./%s\"", other);
    buf_str(o, " }");
}

static bool write_package_json(PackageWriter *w) {
    const Pack *p = w->pack;
    Buf *o = &w->out;
    unsigned t = p->targets;
    bool first = true, entry = !w->given && t & (PACK_node | PACK_bundler | PACK_deno);
    const char *js = package_path_of(w, ".js"), *node = package_path_of(w, ".node.js");
    const char *only_node = t & PACK_node ? "init.node.js" : NULL;
    o->len = 0;
    buf_str(o, "{\n  \"name\": ");
    wt_report_json_string(o, slice_str(p->name));
    buf_str(o, ",\n  \"version\": ");
    wt_report_json_string(o, slice_str(p->version));
    wt_buf_printf(o, ",\n  \"type\": \"module\",\n  \"types\": \"./%s\",\n  \"exports\": {",
                  entry ? package_path_of(w, ".d.ts") : "init.d.ts");
    if (entry)
        export_line(w, &first, ".", package_path_of(w, ".d.ts"), t & PACK_node ? node : NULL,
                    t & (PACK_bundler | PACK_deno) ? js : NULL);
    else if (t & PACK_inline && !(t & ~(unsigned)PACK_inline))
        export_line(w, &first, ".", package_path_of(w, ".inline.d.ts"), NULL,
                    package_path_of(w, ".inline.js"));
    else if (t & PACK_esm && !(t & ~(unsigned)PACK_esm))
        export_line(w, &first, ".", package_path_of(w, ".esm.d.ts"), NULL,
                    package_path_of(w, ".esm.js"));
    else
        export_line(w, &first, ".", "init.d.ts", only_node, "init.js");
    export_line(w, &first, "./init", "init.d.ts", only_node, "init.js");
    if (t & PACK_inline)
        export_line(w, &first, "./inline", package_path_of(w, ".inline.d.ts"), NULL,
                    package_path_of(w, ".inline.js"));
    if (t & PACK_esm)
        export_line(w, &first, "./esm", package_path_of(w, ".esm.d.ts"), NULL,
                    package_path_of(w, ".esm.js"));
    wt_buf_printf(o, ",\n    \"./%s.wasm\": \"./%s.wasm\"", p->stem, p->stem);
    buf_str(o, ",\n    \"./package.json\": \"./package.json\"\n  },\n  \"sideEffects\": [");
    if (entry)
        wt_buf_printf(o, "\"./%s\", \"./%s\"", js, node);
    if (t & PACK_inline)
        wt_buf_printf(o, "%s\"./%s\"", entry ? ", " : "", package_path_of(w, ".inline.js"));
    buf_str(o, "],\n  \"files\": [");
    buf_bytes(o, w->files.data, w->files.len);
    buf_str(o, "\n  ],\n  \"engines\": { \"node\": ");
    wt_buf_printf(o, "\">=%s\"", p->node);
    buf_str(o, " }\n}\n");
    return give_out(w, "package.json");
}

/* ---- README.md ---- */

static void readme_row(Buf *o, const BindItem *it) {
    buf_str(o, "| `");
    if (it->owner)
        wt_buf_printf(o, "%s%.*s%s", it->role == ROLE_new ? "new " : "", NAME_OF(it->owner->name),
                      it->role == ROLE_new      ? ""
                      : it->role == ROLE_static ? "."
                                                : ".prototype.");
    if (it->role != ROLE_new)
        buf_slice(o, it->js);
    if (it->type) {
        buf_str(o, "(");
        wt_pack_put_ts_params(it->sig, o);
        buf_str(o, it->role == ROLE_new ? ")" : "): ");
        if (it->role != ROLE_new)
            wt_pack_put_ts_result(it, o);
    }
    wt_buf_printf(o, "` | %s | ", wt_extern_name((ExternKind)it->kind));
    wt_report_json_string(o, it->name);
    buf_str(o, " |\n");
}

static bool write_readme(PackageWriter *w) {
    const Pack *p = w->pack;
    const BindModel *b = p->model;
    Buf *o = &w->out;
    o->len = 0;
    wt_buf_printf(
        o, "# %s\n\nA WebAssembly module of %zu bytes as a package, made of %s by %s.\n\n```js\n",
        p->name, p->bytes.len, p->source, p->tool);
    Slice some = {NULL, 0};
    for (uint32_t i = 0; i < b->export_count && !some.len; i++)
        if (!b->exports[i].hidden && !b->exports[i].owner && b->exports[i].type &&
            !wt_pack_is_reserved(b->exports[i].js))
            some = b->exports[i].js;
    if (w->given || !(p->targets & (PACK_node | PACK_bundler | PACK_deno)))
        wt_buf_printf(o, "import { init } from '%s/init';\nconst api = await init(undefined%s);\n",
                      p->name, w->given ? ", imports" : "");
    else
        wt_buf_printf(o, "import { %.*s } from '%s';\n", NAME_OF(some), p->name);
    buf_str(o, "```\n\n`init` from the subpath `/init` makes further instances, of a URL, a "
               "Response, bytes or a\n"
               "`WebAssembly.Module`; `initSync` makes them at once.\n\n| name | what | in the "
               "module |\n|---|---|---|\n");
    for (uint32_t i = 0; i < b->export_count; i++)
        if (!b->exports[i].hidden)
            readme_row(o, &b->exports[i]);
    if (w->given) {
        buf_str(o, "\nThe module needs of its user, as the second argument of `init`:\n\n| module "
                   "| name | what |\n|---|---|---|\n");
        for (uint32_t i = 0; i < b->import_count; i++) {
            const BindItem *it = &b->imports[i];
            if (!wt_pack_is_given(it))
                continue;
            wt_buf_printf(o, "| `%.*s` | `%.*s", NAME_OF(it->module), NAME_OF(it->name));
            if (it->type) {
                buf_str(o, "(");
                wt_pack_put_ts_params(it->sig, o);
                buf_str(o, "): ");
                wt_pack_put_ts_result(it, o);
            }
            wt_buf_printf(o, "` | %s |\n", wt_extern_name((ExternKind)it->kind));
        }
    }
    if (b->has_wasi)
        buf_str(o, "\nThe module is made for a system (WASI). `init(undefined, { wasi: { args, "
                   "env, stdin, "
                   "stdout, stderr, files } })`\n"
                   "says what it is given of one: strings, functions that take lines, and files in "
                   "memory by their path;\n"
                   "without that nothing, and the console shows its lines. It is `Wasi` in "
                   "`init.d.ts`.\n");
    return give_out(w, "README.md");
}

/* ---- glue that is there ---- */

/* Its functions are those of the module that it loads, and one instance is all there is. */
static bool write_foreign(PackageWriter *w) {
    const Pack *p = w->pack;
    Buf *o = &w->out;
    const char *types = p->glue_types.data ? "glue.d.ts" : NULL;
    head(w);
    wt_buf_printf(o,
                  "import load, { initSync as loadSync } from './glue.js';\n\n"
                  "export * from './glue.js';\n"
                  "export const url = new URL('./%s.wasm', import.meta.url);\n"
                  "export const init = (source = url) => load({ module_or_path: source });\n"
                  "export const initSync = (module) => loadSync({ module });\n"
                  "export default init;\n",
                  p->stem);
    if (!give(w, "glue.js", p->glue) || (types && !give(w, types, p->glue_types)) ||
        !give_out(w, "init.js"))
        return false;
    head(w);
    wt_buf_printf(o,
                  "import { readFileSync } from 'node:fs';\n"
                  "import { initSync as loadSync } from './glue.js';\n\n"
                  "export * from './glue.js';\n"
                  "export const url = new URL('./%s.wasm', import.meta.url);\n"
                  "const read = (source) => (source instanceof URL && source.protocol === 'file:' "
                  "? readFileSync(source) : source);\n"
                  "export const initSync = (module = url) => loadSync({ module: read(module) });\n"
                  "export const init = async (source = url) => initSync(await source);\n"
                  "export default init;\n",
                  p->stem);
    if (!give_out(w, "init.node.js"))
        return false;
    head(w);
    buf_str(o, "import { init } from './init.js';\n\nawait init();\nexport * from './glue.js';\n");
    if (!give_out(w, package_path_of(w, ".js")))
        return false;
    head(w);
    buf_str(
        o,
        "import { initSync } from './init.node.js';\n\ninitSync();\nexport * from './glue.js';\n");
    if (!give_out(w, package_path_of(w, ".node.js")))
        return false;
    if (!types)
        return true;
    head(w);
    buf_str(o, "export * from './glue.js';\n");
    if (!give_out(w, package_path_of(w, ".d.ts")))
        return false;
    head(w);
    buf_str(o,
            "export * from './glue.js';\n"
            "export const url: URL;\n"
            "/** The one instance of the module; later calls give the same. */\n"
            "export function init(source?: string | URL | Request | Response | BufferSource | "
            "WebAssembly.Module | Promise<Response>): Promise<unknown>;\n"
            "/** At once; in node the source may be left out. */\n"
            "export function initSync(module?: URL | BufferSource | WebAssembly.Module): unknown;\n"
            "export default init;\n");
    return give_out(w, "init.d.ts");
}

static void put_foreign_entry(Buf *o, const char *key, const char *types, const char *node,
                              const char *other) {
    wt_buf_printf(o, "    \"%s\": { ", key);
    if (types)
        wt_buf_printf(o, "\"types\": \"./%s\", ", types);
    wt_buf_printf(o, "\"node\": \"./%s\", \"default\": \"./%s\" },\n", node, other);
}

static bool write_foreign_json(PackageWriter *w) {
    const Pack *p = w->pack;
    Buf *o = &w->out;
    bool types = p->glue_types.data != NULL;
    const char *js = package_path_of(w, ".js"), *node = package_path_of(w, ".node.js");
    const char *declared = types ? package_path_of(w, ".d.ts") : NULL;
    o->len = 0;
    buf_str(o, "{\n  \"name\": ");
    wt_report_json_string(o, slice_str(p->name));
    buf_str(o, ",\n  \"version\": ");
    wt_report_json_string(o, slice_str(p->version));
    buf_str(o, ",\n  \"type\": \"module\",\n");
    if (types)
        wt_buf_printf(o, "  \"types\": \"./%s\",\n", declared);
    buf_str(o, "  \"exports\": {\n");
    put_foreign_entry(o, ".", declared, node, js);
    put_foreign_entry(o, "./init", types ? "init.d.ts" : NULL, "init.node.js", "init.js");
    wt_buf_printf(
        o, "    \"./%s.wasm\": \"./%s.wasm\",\n    \"./package.json\": \"./package.json\"\n  },\n",
        p->stem, p->stem);
    wt_buf_printf(o, "  \"sideEffects\": [\"./%s\", \"./%s\", \"./glue.js\"],\n  \"files\": [", js,
                  node);
    buf_bytes(o, w->files.data, w->files.len);
    wt_buf_printf(o, "\n  ],\n  \"engines\": { \"node\": \">=%s\" }\n}\n", p->node);
    if (!give_out(w, "package.json"))
        return false;
    o->len = 0;
    wt_buf_printf(
        o,
        "# %s\n\nA WebAssembly module of %zu bytes as a package for node, browsers and bundlers, "
        "made of %s and the\n"
        "JavaScript beside it (`glue.js`) by %s.\n\n```js\nimport * as api from '%s';\n```\n\n"
        "The subpath `/init` has `init` and `initSync`, for who wants to say when, or from where, "
        "it is loaded.\n",
        p->name, p->bytes.len, p->source, p->tool, p->name);
    return give_out(w, "README.md");
}

bool wt_pack_write(const Pack *pack, const Allocator *al, PackTake take, void *user,
                   bool *refused) {
    PackageWriter w = {.pack = pack, .al = al, .take = take, .user = user};
    const BindModel *b = pack->model;
    for (uint32_t i = 0; i < b->import_count; i++)
        w.given |= wt_pack_is_given(&b->imports[i]);
    wt_buf_init(&w.out, al);
    wt_buf_init(&w.files, al);
    bool ok = give(&w, package_path_of(&w, ".wasm"), pack->bytes);
    if (pack->map && b->m->is_text) {
        w.out.len = 0;
        ok = ok && wt_pack_map(b->m, pack->bytes, pack->source, b->arena, &w.out, b->d) &&
             give_out(&w, package_path_of(&w, ".wasm.map"));
    }
    if (pack->glue.data)
        ok = ok && write_foreign(&w) && write_foreign_json(&w);
    else
        ok = ok && write_entries(&w) && write_package_json(&w) && write_readme(&w);
    *refused = w.refused;
    ok = ok && !w.out.failed && !w.files.failed;
    wt_buf_free(&w.out);
    wt_buf_free(&w.files);
    return ok;
}
