/* The ES modules that stand beside a module and are imported by it: they go into its package, and
   so do those that they import. What is looked for in JavaScript is `from "./x.js"`, `import
   "./x.js"` and `import("./x.js")`, outside of comments and strings. */
#include "pack/pack.h"

enum { BESIDE_files = 256 };

typedef struct Beside {
    const Pack *pack;
    Slice names[BESIDE_files]; /* in the arena, with a NUL: below the folder of the module */
    uint32_t count;
} Beside;

static bool beside_error(const Pack *p, Slice specifier, const char *what) {
    wt_diag_add(p->model->d, ERR_pack_file, DIAG_NOWHERE, 0, "\"%.*s\": %s", (int)specifier.len,
                (const char *)specifier.data, what);
    return false;
}

/* "sub/x.js" and "../y.js" to "y.js". false: it leads out, or memory is out. */
static bool resolve_beside(Arena *a, Slice from, Slice specifier, Slice *name) {
    char *text = arena_alloc(a, from.len + specifier.len + 2);
    if (!text)
        return false;
    size_t n = from.len;
    memcpy(text, from.data, n);
    while (n && text[n - 1] != '/')
        n--;
    for (size_t at = 0; at < specifier.len;) {
        const uint8_t *part = specifier.data + at;
        const uint8_t *slash = memchr(part, '/', specifier.len - at);
        size_t len = slash ? (size_t)(slash - part) : specifier.len - at;
        at += len + 1;
        if (len == 2 && part[0] == '.' && part[1] == '.') {
            if (!n)
                return false;
            n--;
            while (n && text[n - 1] != '/')
                n--;
        } else if (len && !(len == 1 && part[0] == '.')) {
            memcpy(text + n, part, len);
            n += len;
            if (slash)
                text[n++] = '/';
        }
    }
    text[n] = 0;
    *name = slice(text, n);
    return true;
}

/* Names that the package has itself. */
static bool is_own_file(const Pack *p, Slice name) {
    static const char *const own[] = {"init.js",      "init.node.js", "init.d.ts", "wasi.js",
                                      "package.json", "README.md",    "glue.js",   "glue.d.ts"};
    size_t stem = strlen(p->stem);
    for (size_t i = 0; i < WT_COUNT(own); i++)
        if (slice_is(name, own[i]))
            return true;
    static const char *const endings[] = {".js", ".node.js", ".inline.js", ".esm.js", ".wasm"};
    for (size_t i = 0; i < WT_COUNT(endings); i++)
        if (name.len > stem && memcmp(name.data, p->stem, stem) == 0 &&
            slice_is(slice(name.data + stem, name.len - stem), endings[i]))
            return true;
    return false;
}

static bool beside_add(Beside *s, Slice from, Slice specifier) {
    Slice name;
    Arena *a = s->pack->model->arena;
    if (memchr(specifier.data, 0, specifier.len) || memchr(specifier.data, '\\', specifier.len))
        return beside_error(s->pack, specifier, "no name of a file to be packed");
    if (!resolve_beside(a, from, specifier, &name))
        return a->failed
                   ? false
                   : beside_error(s->pack, specifier,
                                  "it is outside of the folder of the module, and is not packed");
    for (uint32_t i = 0; i < s->count; i++)
        if (slice_eq(s->names[i], name))
            return true;
    if (is_own_file(s->pack, name))
        return beside_error(s->pack, specifier, "the package has a file of its own by this name");
    if (s->count == BESIDE_files)
        return beside_error(s->pack, specifier, "there are more than 256 of them");
    s->names[s->count++] = name;
    return true;
}

static bool js_is_word(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

/* Behind a comment or string that begins at `at`; `at` itself: none does. */
static size_t js_pass(Slice js, size_t at) {
    const uint8_t *d = js.data;
    if (d[at] == '/' && at + 1 < js.len && (d[at + 1] == '/' || d[at + 1] == '*')) {
        bool line = d[at + 1] == '/';
        for (at += line ? 2 : 3; at < js.len; at++)
            if (line ? d[at] == '\n' : d[at] == '/' && d[at - 1] == '*')
                return at + 1;
        return js.len;
    }
    if (d[at] != '"' && d[at] != '\'' && d[at] != '`')
        return at;
    uint8_t quote = d[at];
    for (at++; at < js.len && d[at] != quote; at++)
        if (d[at] == '\\')
            at++;
        else if (d[at] == '\n' && quote != '`')
            break; /* an apostrophe in a regular expression */
    return at < js.len ? at + 1 : js.len;
}

/* The relative specifiers of a module. */
static bool scan_js(Beside *s, Slice from, Slice js) {
    bool import = false; /* the last word was `from` or `import`, with a parenthesis at most */
    for (size_t at = 0; at < js.len;) {
        size_t end = js_pass(js, at);
        uint8_t c = js.data[at];
        if (end > at) {
            if (import && (c == '"' || c == '\'') && end - at > 2) {
                Slice specifier = slice(js.data + at + 1, end - at - 2);
                if (wt_pack_is_relative(specifier) && !beside_add(s, from, specifier))
                    return false;
            }
            import &= c == '/';
            at = end;
            continue;
        }
        if (!js_is_word(c)) {
            import &= c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '(';
            at++;
            continue;
        }
        while (end < js.len && js_is_word(js.data[end]))
            end++;
        Slice word = slice(js.data + at, end - at);
        import = slice_is(word, "from") || slice_is(word, "import");
        at = end;
    }
    return true;
}

bool wt_pack_beside(const Pack *pack, bool (*give)(void *user, const char *name, Slice bytes),
                    void *user) {
    const BindModel *b = pack->model;
    if (!pack->find)
        return true;
    Beside *s = ARENA_NEW(b->arena, Beside);
    if (!s)
        return false;
    s->pack = pack;
    s->count = 0;
    for (uint32_t i = 0; i < b->import_count; i++)
        if (b->imports[i].source == SOURCE_module && wt_pack_is_relative(b->imports[i].from) &&
            !beside_add(s, slice_str(""), b->imports[i].from))
            return false;
    for (uint32_t i = 0; i < s->count; i++) {
        const char *why = "";
        Slice bytes, name = s->names[i];
        if (!pack->find(pack->find_user, (const char *)name.data, &bytes, &why))
            return beside_error(pack, name, why);
        if (!scan_js(s, name, bytes) || !give(user, (const char *)name.data, bytes))
            return false;
    }
    return true;
}
