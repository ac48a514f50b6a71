/* Reading clauses: what a module's types cannot say (the grammar is in doc/bind.md). One pass, by
   recursive descent; names of types are resolved at the end, because they may be used before they
   are defined. Behind an error the rest of the clause is passed over. */
#include "pack/model.h"

#include "base/utf8.h"

typedef enum ClauseWord { WORD_end, WORD_name, WORD_number, WORD_string, WORD_sign } ClauseWord;

enum { CLAUSE_nesting = 32, CLAUSE_params = 1000 };

typedef struct ClauseReader {
    BindModel *b;
    const uint8_t *at, *end, *before; /* the last: the end of the word before this one */
    ClauseWord kind;
    Slice word; /* WORD_string: between the quotes */
    BindDef **last;
    unsigned nesting;
} ClauseReader;

static uint32_t clause_place(const ClauseReader *r, const uint8_t *at) {
    return (uint32_t)(at - r->b->text.data);
}

static bool is_name_byte(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

static void skip_blanks(ClauseReader *r) {
    while (r->at < r->end) {
        uint8_t c = *r->at;
        bool comment = c == '#' || (c == '/' && r->end - r->at > 1 && r->at[1] == '/');
        if (comment) {
            while (r->at < r->end && *r->at != '\n')
                r->at++;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0) {
            r->at++; /* the C compiler ends each piece of the section with a NUL */
        } else {
            return;
        }
    }
}

static void clause_next(ClauseReader *r) {
    r->before = r->at;
    skip_blanks(r);
    const uint8_t *from = r->at;
    if (from == r->end) {
        r->kind = WORD_end;
        r->word = slice(from, 0);
        return;
    }
    if (*from == '"') {
        r->kind = WORD_string;
        for (r->at++; r->at < r->end && *r->at != '"' && *r->at != '\n'; r->at++)
            ;
        r->word = slice(from + 1, (size_t)(r->at - from - 1));
        bool closed = r->at < r->end && *r->at == '"';
        if (closed)
            r->at++;
        if (!closed || memchr(r->word.data, 0, r->word.len)) { /* nobody expects such a sign */
            r->kind = WORD_sign;
            r->word = slice(from, 1);
        }
        return;
    }
    if (is_name_byte(*from)) {
        r->kind = *from >= '0' && *from <= '9' ? WORD_number : WORD_name;
        while (r->at < r->end && is_name_byte(*r->at))
            r->at++;
    } else {
        r->kind = WORD_sign;
        r->at += *from == '-' && r->end - from > 1 && from[1] == '>' ? 2 : 1;
    }
    r->word = slice(from, (size_t)(r->at - from));
}

static bool is_word(const ClauseReader *r, const char *word) {
    return r->kind != WORD_string && r->kind != WORD_end && slice_is(r->word, word);
}

static bool clause_take_word(ClauseReader *r, const char *word) {
    if (!is_word(r, word))
        return false;
    clause_next(r);
    return true;
}

static bool expected_in(ClauseReader *r, const char *quote, const char *what) {
    const char *mark = r->kind == WORD_string ? "\"" : "";
    if (r->kind == WORD_end)
        wt_diag_add(r->b->d, ERR_bind_syntax, clause_place(r, r->word.data), 0,
                    "the text ends, expected %s%s%s", quote, what, quote);
    else
        wt_diag_add(r->b->d, ERR_bind_syntax, clause_place(r, r->word.data), r->word.len,
                    "found %s%.*s%s, expected %s%s%s", mark,
                    (int)(r->word.len < 40 ? r->word.len : 40), (const char *)r->word.data, mark,
                    quote, what, quote);
    return false;
}

static bool expected(ClauseReader *r, const char *what) { return expected_in(r, "", what); }

static bool need(ClauseReader *r, const char *word) {
    return clause_take_word(r, word) || expected_in(r, "`", word);
}

static bool read_name(ClauseReader *r, Slice *name) {
    if (r->kind != WORD_name)
        return expected(r, "a name");
    *name = r->word;
    clause_next(r);
    return true;
}

static bool clause_read_text(ClauseReader *r, const char *what, Slice *text) {
    if (r->kind != WORD_string)
        return expected(r, what);
    *text = r->word;
    clause_next(r);
    return true;
}

/* ---- types ---- */

static const struct {
    const char *word;
    uint8_t kind;
} simple_types[] = {
    {"bool", BIND_bool},     {"char", BIND_char},         {"u8", BIND_u8},
    {"s8", BIND_s8},         {"u16", BIND_u16},           {"s16", BIND_s16},
    {"u32", BIND_u32},       {"s32", BIND_s32},           {"u64", BIND_u64},
    {"s64", BIND_s64},       {"f32", BIND_f32},           {"f64", BIND_f64},
    {"string", BIND_string}, {"string16", BIND_string16}, {"cstring", BIND_cstring},
    {"any", BIND_any},       {"i32", BIND_s32},           {"i64", BIND_s64},
    {"externref", BIND_any},
};

static const BindType *read_type(ClauseReader *r);
static BindSig *read_sig(ClauseReader *r, bool names);

static BindType *new_type(ClauseReader *r, BindKind kind) {
    BindType *t = ARENA_NEW(r->b->arena, BindType);
    if (t) {
        t->kind = (uint8_t)kind;
        t->at = clause_place(r, r->word.data);
    }
    return t;
}

/* JavaScript between brackets, of names, numbers, calls and sums only; whole, as it goes into the
   glue as it stands. */
static bool read_length(ClauseReader *r, Slice *text) {
    const uint8_t *from = r->at;
    unsigned open = 0;
    bool value = false, call = false; /* what stands before: the end of a value; an open call */
    for (;;) {
        clause_next(r);
        bool word = r->kind == WORD_name || r->kind == WORD_number;
        uint8_t sign = r->kind == WORD_sign ? r->word.data[0] : 0;
        if (is_word(r, "]") && value && !open)
            break;
        if (word && value)
            return expected(r, "one of + - * / . ( , ) ]");
        if (!word && sign != '(' && !value && !(sign == ')' && call))
            return expected(r, "a name or a number");
        if (!word && (!sign || !strchr("(),.+-*/", (char)sign) || (sign == ')' && !open)))
            return expected(r, "one of + - * / . ( , ) ]");
        open += sign == '(';
        open -= sign == ')';
        call = sign == '(' && value;
        value = word || sign == ')';
    }
    *text = slice(from, (size_t)(r->word.data - from));
    clause_next(r);
    return true;
}

static const BindType *read_compound(ClauseReader *r, BindType *t) {
    static const struct {
        const char *word;
        uint8_t kind;
    } rows[] = {{"list", BIND_list},
                {"view", BIND_view},
                {"option", BIND_option},
                {"result", BIND_result},
                {"callback", BIND_callback}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (is_word(r, rows[i].word))
            t->kind = rows[i].kind;
    if (t->kind == BIND_named) {
        t->name = r->word;
        clause_next(r);
        return t;
    }
    clause_next(r);
    if (t->kind == BIND_callback) {
        t->sig = read_sig(r, false);
        return t->sig ? t : NULL;
    }
    if (t->kind == BIND_result && !clause_take_word(r, "_")) {
        if (r->kind != WORD_name)
            return t; /* nothing but whether it went well */
        if (!(t->of = read_type(r)))
            return NULL;
    }
    if (t->kind == BIND_result)
        return !clause_take_word(r, ",") || (t->error = read_type(r)) ? t : NULL;
    if (!(t->of = read_type(r)))
        return NULL;
    if (t->kind == BIND_view && is_word(r, "[") && !read_length(r, &t->length))
        return NULL;
    return t;
}

static const BindType *read_type(ClauseReader *r) {
    BindType *t = new_type(r, BIND_named);
    if (!t)
        return NULL;
    t->own = clause_take_word(r, "own");
    if (r->kind != WORD_name) {
        expected(r, "a type");
        return NULL;
    }
    for (size_t i = 0; i < sizeof simple_types / sizeof simple_types[0]; i++) {
        if (!is_word(r, simple_types[i].word))
            continue;
        t->kind = simple_types[i].kind;
        clause_next(r);
        if (t->kind == BIND_u64 || t->kind == BIND_s64) {
            t->number = is_word(r, "number");
            if (t->number)
                clause_next(r);
        }
        return t;
    }
    if (++r->nesting > CLAUSE_nesting) {
        wt_diag_add(r->b->d, ERR_bind_type, t->at, r->word.len, "types are nested too deep");
        return NULL;
    }
    const BindType *whole = read_compound(r, t);
    r->nesting--;
    return whole;
}

/* ---- definitions ---- */

static BindDef *new_def(ClauseReader *r, BindKind kind) {
    BindDef *def = ARENA_NEW(r->b->arena, BindDef);
    if (!def)
        return NULL;
    *def = (BindDef){.kind = (uint8_t)kind, .at = clause_place(r, r->word.data)};
    if (!read_name(r, &def->name))
        return NULL;
    for (const BindDef *d = r->b->defs; d; d = d->next)
        if (slice_eq(d->name, def->name)) {
            wt_diag_add(r->b->d, ERR_bind_name, def->at, def->name.len, "%.*s is defined twice",
                        (int)def->name.len, (const char *)def->name.data);
            return NULL;
        }
    *r->last = def;
    r->last = &def->next;
    return def;
}

static bool read_int(ClauseReader *r, int64_t *value) {
    bool minus = clause_take_word(r, "-");
    uint64_t v = 0;
    bool ok = r->kind == WORD_number && r->word.len < 11;
    for (size_t i = 0; ok && i < r->word.len; i++) {
        ok = r->word.data[i] >= '0' && r->word.data[i] <= '9';
        v = v * 10 + (uint64_t)(r->word.data[i] - '0');
    }
    if (!ok || v > UINT32_MAX)
        return expected(r, "a number of 32 bits");
    *value = minus ? -(int64_t)v : (int64_t)v;
    clause_next(r);
    return true;
}

/* The lists of fields, values and parameters grow in the arena by doubling. */
static BindParam *room_for(ClauseReader *r, BindParam *list, uint32_t count) {
    if (count >= CLAUSE_params) {
        wt_diag_add(r->b->d, ERR_bind_syntax, clause_place(r, r->word.data), r->word.len,
                    "more than %d in one list", CLAUSE_params);
        return NULL;
    }
    if (count & (count - 1) || count == 1)
        return list;
    BindParam *more = ARENA_ARRAY(r->b->arena, BindParam, count ? 2 * count : 2);
    if (more && count)
        memcpy(more, list, count * sizeof *list);
    return more;
}

static bool read_enum(ClauseReader *r) {
    BindDef *def = new_def(r, BIND_enum);
    if (!def || !need(r, "{"))
        return false;
    int64_t value = 0;
    def->values = ARENA_ARRAY(r->b->arena, int64_t, CLAUSE_params);
    if (!def->values)
        return false;
    while (!is_word(r, "}")) {
        BindParam *list = room_for(r, def->fields, def->count);
        if (!list || !read_name(r, &list[def->count].name))
            return false;
        def->fields = list;
        if (clause_take_word(r, "=") && !read_int(r, &value))
            return false;
        def->values[def->count++] = value++;
        if (!clause_take_word(r, ","))
            break;
    }
    return need(r, "}");
}

static bool read_record(ClauseReader *r) {
    BindDef *def = new_def(r, BIND_record);
    if (!def || !need(r, "{"))
        return false;
    while (!is_word(r, "}")) {
        BindParam *list = room_for(r, def->fields, def->count);
        if (!list || !read_name(r, &list[def->count].name) || !need(r, ":") ||
            !(list[def->count].type = read_type(r)))
            return false;
        def->fields = list;
        def->count++;
        if (!clause_take_word(r, ",") && !clause_take_word(r, ";"))
            break;
    }
    return need(r, "}");
}

static bool read_class(ClauseReader *r) {
    BindDef *def = new_def(r, BIND_class);
    return def && (!clause_take_word(r, "free") ||
                   clause_read_text(r, "the name of an export", &def->free));
}

/* ---- imports and exports ---- */

static BindItem *find_item(ClauseReader *r, BindItem *items, uint32_t count, const Slice *module,
                           Slice name, const char *what) {
    for (uint32_t i = 0; i < count; i++)
        if (slice_eq(items[i].name, name) && (!module || slice_eq(items[i].module, *module))) {
            if (!items[i].bound)
                return &items[i];
            wt_diag_add(r->b->d, ERR_bind_name, clause_place(r, name.data), name.len,
                        "%s \"%.*s\" has a clause already", what, (int)name.len,
                        (const char *)name.data);
            return NULL;
        }
    DiagEntry *e =
        wt_diag_add(r->b->d, ERR_bind_name, clause_place(r, name.data), name.len,
                    "the module has no %s \"%.*s\"", what, (int)name.len, (const char *)name.data);
    for (uint32_t i = 0; i < count && i < 3; i++)
        wt_diag_note(r->b->d, e, DIAG_NOWHERE, 0, "it has \"%.*s\"", (int)items[i].name.len,
                     (const char *)items[i].name.data);
    return NULL;
}

static BindSig *read_sig(ClauseReader *r, bool names) {
    BindSig *sig = ARENA_NEW(r->b->arena, BindSig);
    if (!sig || !need(r, "("))
        return NULL;
    while (!is_word(r, ")")) {
        BindParam *list = room_for(r, sig->params, sig->param_count);
        if (!list)
            return NULL;
        sig->params = list;
        BindParam *p = &list[sig->param_count];
        p->name = slice_str("");
        if (names && (!read_name(r, &p->name) ||
                      (!(slice_is(p->name, "self") && !sig->param_count) && !need(r, ":"))))
            return NULL;
        bool self = slice_is(p->name, "self") && !sig->param_count;
        if (!self && !(p->type = read_type(r)))
            return NULL;
        sig->param_count++;
        if (!clause_take_word(r, ","))
            break;
    }
    if (!need(r, ")"))
        return NULL;
    if (clause_take_word(r, "->") && !(sig->result = read_type(r)))
        return NULL;
    return sig;
}

/* as NAME, as CLASS.NAME, as CLASS.new */
static bool read_as(ClauseReader *r, BindItem *it, Slice *class) {
    Slice first;
    if (!read_name(r, &first))
        return false;
    it->js = first;
    if (!clause_take_word(r, "."))
        return true;
    *class = first;
    return read_name(r, &it->js);
}

static bool set_class(ClauseReader *r, BindItem *it, Slice class, BindSig *sig, uint32_t at) {
    for (const BindDef *d = r->b->defs; d; d = d->next)
        if (d->kind == BIND_class && slice_eq(d->name, class))
            it->owner = d;
    if (!it->owner) {
        wt_diag_add(r->b->d, ERR_bind_name, at, class.len,
                    "no class %.*s is defined before this clause", (int)class.len,
                    (const char *)class.data);
        return false;
    }
    bool self = sig->param_count && !sig->params[0].type;
    it->role = self ? ROLE_method : slice_is(it->js, "new") ? ROLE_new : ROLE_static;
    return true;
}

/* A class method's first parameter is `self`, an object of its class. */
static bool set_self(ClauseReader *r, const BindItem *it, BindSig *sig, uint32_t at) {
    if (!sig->param_count || sig->params[0].type)
        return true;
    if (!it->owner) {
        wt_diag_add(r->b->d, ERR_bind_type, at, 0,
                    "`self` is for methods: export \"name\" as Class.name(self)");
        return false;
    }
    BindType *self = new_type(r, BIND_class);
    if (!self)
        return false;
    self->def = it->owner;
    sig->params[0].type = self;
    return true;
}

static bool read_export(ClauseReader *r) {
    bool async = clause_take_word(r, "async");
    bool hidden = !async && clause_take_word(r, "hidden");
    uint32_t at = clause_place(r, r->word.data);
    Slice name, class = {NULL, 0};
    if (r->kind == WORD_string || r->kind == WORD_name) {
        name = r->word;
        clause_next(r);
    } else {
        return expected(r, "the name of an export");
    }
    if (!async && !hidden) { /* behind the name too: so in the header of a function */
        async = clause_take_word(r, "async");
        hidden = !async && clause_take_word(r, "hidden");
    }
    BindItem *it = find_item(r, r->b->exports, r->b->export_count, NULL, name, "export");
    if (!it)
        return false;
    it->at = at;
    it->bound = true;
    it->hidden = hidden;
    if (hidden)
        return true;
    if (clause_take_word(r, "as") && !read_as(r, it, &class))
        return false;
    if (!is_word(r, "(") && !class.data && !async)
        return true;
    BindSig *sig = read_sig(r, true);
    if (!sig || (class.data && !set_class(r, it, class, sig, at)) || !set_self(r, it, sig, at))
        return false;
    sig->async = async;
    it->sig = sig;
    return true;
}

static bool read_path(ClauseReader *r, Slice *path) {
    const uint8_t *from = r->word.data, *end = from;
    do {
        if (r->kind != WORD_name)
            return expected(r, "a name");
        end = r->word.data + r->word.len;
        clause_next(r);
    } while (clause_take_word(r, "."));
    *path = slice(from, (size_t)(end - from));
    return true;
}

static bool read_import(ClauseReader *r) {
    uint32_t at = clause_place(r, r->word.data);
    Slice module, name;
    if (!clause_read_text(r, "the name of a module in quotes", &module) ||
        !clause_read_text(r, "the name of an import in quotes", &name))
        return false;
    BindItem *it = find_item(r, r->b->imports, r->b->import_count, &module, name, "import");
    if (!it)
        return false;
    it->at = at;
    it->bound = true;
    bool async = clause_take_word(r, "async");
    if (clause_take_word(r, "=")) {
        it->source = SOURCE_global;
        if (is_word(r, "callback")) {
            it->source = SOURCE_callback;
            clause_next(r);
        } else if (!read_path(r, &it->from)) {
            return false;
        }
    } else if (clause_take_word(r, "from")) {
        it->source = SOURCE_module;
        if (!clause_read_text(r, "the name of an ES module in quotes", &it->from))
            return false;
        if (r->kind == WORD_name && !read_name(r, &it->js))
            return false;
    } else if (it->source == SOURCE_wasi) {
        it->source = SOURCE_given;
    }
    /* What the module's type has first is the function itself: a call needs words of its own. */
    if (!is_word(r, "(") && it->source != SOURCE_callback)
        return true;
    BindSig *sig = read_sig(r, it->source != SOURCE_callback);
    if (!sig)
        return false;
    sig->async = async;
    it->sig = sig;
    return true;
}

/* ---- all ---- */

static bool read_export_name(ClauseReader *r, const BindItem **item) {
    Slice name;
    if (!clause_read_text(r, "the name of an export in quotes", &name))
        return false;
    for (uint32_t i = 0; i < r->b->export_count; i++)
        if (slice_eq(r->b->exports[i].name, name)) {
            *item = &r->b->exports[i];
            r->b->exports[i].hidden = r->b->exports[i].kind == EXTERN_func;
            return true;
        }
    return find_item(r, r->b->exports, r->b->export_count, NULL, name, "export") != NULL;
}

static bool read_clause(ClauseReader *r) {
    if (clause_take_word(r, "package"))
        return clause_read_text(r, "the name of the package in quotes", &r->b->package);
    if (clause_take_word(r, "memory"))
        return read_export_name(r, &r->b->memory);
    if (clause_take_word(r, "alloc"))
        return read_export_name(r, &r->b->alloc);
    if (clause_take_word(r, "free"))
        return read_export_name(r, &r->b->free);
    if (clause_take_word(r, "enum"))
        return read_enum(r);
    if (clause_take_word(r, "record"))
        return read_record(r);
    if (clause_take_word(r, "class"))
        return read_class(r);
    if (clause_take_word(r, "export"))
        return read_export(r);
    if (clause_take_word(r, "import"))
        return read_import(r);
    return expected(r, "export, import, class, record, enum, package, memory, alloc or free");
}

bool wt_pack_clauses(BindModel *b) {
    ClauseReader r = {.b = b,
                      .at = b->text.data,
                      .end = b->text.data + b->text.len,
                      .before = b->text.data,
                      .last = &b->defs};
    if (!utf8_valid(b->text)) {
        wt_diag_add(b->d, ERR_bind_syntax, 0, 0, "the text is not UTF-8");
        return false;
    }
    clause_next(&r);
    while (r.kind != WORD_end && !b->arena->failed) {
        r.nesting = 0;
        bool ok = read_clause(&r);
        if (ok && r.kind != WORD_end && !is_word(&r, ";") && r.before[-1] != '}')
            ok = expected(&r, "`;` at the end of the clause");
        if (!ok)
            while (r.kind != WORD_end && !is_word(&r, ";") && !is_word(&r, "}"))
                clause_next(&r);
        if (!ok)
            clause_take_word(&r, "}");
        while (clause_take_word(&r, ";"))
            ;
    }
    return !b->d->errors && !b->arena->failed;
}
