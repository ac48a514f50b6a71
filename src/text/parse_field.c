/* The fields of a module, one function each. Every index space was counted and named before (pass
   1, parse.c), so a field fills its own slot of an array and looks everything else up. A field that
   has an error leaves something harmless in its slot: a body that traps, an expression that the
   checker is never shown. */
#include "text/parse_inside.h"

#include "base/check.h"
#include "base/utf8.h"

/* ---- imports and exports ---- */

/* Says that something is defined here, which no import may follow. */
static void note_definition(Parser *p, ErrorCode code) {
    if (p->import_error)
        return;
    p->import_error = code;
    p->first_definition = p->field;
}

static bool check_import_order(Parser *p, Token at) {
    if (!p->import_error || p->failed)
        return !p->failed;
    p->failed = true;
    DiagEntry *e = wt_lex_error(&p->lx, at, p->import_error, "imports come before definitions");
    wt_diag_note(p->diag, e, p->first_definition.at, p->first_definition.len,
                 "the first definition is here");
    return false;
}

/* NULL: more than were counted, and the text is wrong. */
static const Import *last_import(const Parser *p) {
    return p->imports - 1 < p->imports_total ? &p->m->imports[p->imports - 1] : NULL;
}

static bool add_import(Parser *p, const Import *im) {
    if (p->imports < p->imports_total)
        p->m->imports[p->imports] = *im;
    p->imports++;
    return true;
}

/* Any number of (export "name"). */
static bool parse_inline_exports(Parser *p, ExternKind kind, uint32_t index) {
    for (;;) {
        Token at = p->lx.token;
        if (!wt_parse_open(p, "export"))
            return true;
        Export e = {.item = index, .at = at.at, .kind = (uint8_t)kind};
        if (!wt_parse_string(p, &e.name, "the name of the export"))
            return false;
        if (p->exports < p->exports_total)
            p->m->exports[p->exports] = e;
        p->exports++;
        if (!wt_parse_rparen(p, "the end of (export"))
            return false;
    }
}

/* (import "m" "n") inside a definition: *found says whether there was one. */
static bool parse_inline_import(Parser *p, ExternKind kind, uint32_t index, bool *found) {
    Token at = p->lx.token;
    *found = wt_parse_open(p, "import");
    if (!*found)
        return true;
    Import im = {.at = at.at, .item = index, .kind = (uint8_t)kind, .group_start = true};
    return wt_parse_string(p, &im.module, "the name of a module") &&
           wt_parse_string(p, &im.name, "the name of what is imported") &&
           wt_parse_rparen(p, "the end of (import") && check_import_order(p, at) &&
           add_import(p, &im);
}

/* ---- functions ---- */

static bool add_local_run(Parser *p, ValType t) {
    p->local_count++;
    if (p->run_count && p->runs[p->run_count - 1].type == t) {
        p->runs[p->run_count - 1].count++;
        return true;
    }
    if (!wt_parse_grow(p, (void **)&p->runs, &p->run_cap, p->run_count, sizeof *p->runs))
        return false;
    p->runs[p->run_count++] = (LocalRun){1, t};
    return true;
}

static bool bind_local(Parser *p, Token id) {
    Slice key;
    if (!wt_parse_key(p, id, &key))
        return false;
    const NameEntry *e = wt_text_names_add(&p->locals, 0, key, p->local_count, id.at);
    if (p->locals.failed)
        return wt_parse_oom(p);
    if (!e)
        return true;
    p->failed = true;
    DiagEntry *d = wt_lex_error(&p->lx, id, ERR_duplicate_local, " %.*s", (int)WT_MIN(id.len, 100u),
                                (const char *)parser_text(p, id).data);
    wt_diag_note(p->diag, d, e->at, id.len, "first defined here");
    return false;
}

/* Behind `(local`. */
static bool parse_local_group(Parser *p) {
    ValType t;
    Token id = p->lx.token;
    if (id.kind == TOKEN_id || (p->lx.before & ANNOT_name)) {
        return (id.kind != TOKEN_id || bind_local(p, id)) &&
               wt_parse_binding(p, NAME_local, p->local_count) && wt_parse_valtype(p, &t) &&
               add_local_run(p, t) && wt_parse_rparen(p, "the end of (local");
    }
    while (parser_kind(p) != TOKEN_rparen)
        if (!wt_parse_valtype(p, &t) || !add_local_run(p, t))
            return false;
    parser_next(p);
    return true;
}

/* The declarations that an annotation asks for are used when they mean the same. */
static bool same_locals(const Parser *p, Slice raw) {
    Reader r = reader_of(raw.data, raw.len);
    uint32_t runs = wt_insn_local_runs(&r);
    size_t at = 0;
    uint64_t left = p->run_count ? p->runs[0].count : 0;
    LocalRun run;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&r, &run); i++) {
        if (run.count == 0)
            continue;
        if (left == 0 && ++at < p->run_count)
            left = p->runs[at].count;
        if (at >= p->run_count || run.type != p->runs[at].type || run.count > left)
            return false;
        left -= run.count;
    }
    return !r.error && r.at == r.end && left == 0 && (at + 1 >= p->run_count);
}

static bool write_locals(Parser *p, Slice raw) {
    p->code.len = 0;
    if (raw.data) {
        if (same_locals(p, raw)) {
            buf_slice(&p->code, raw);
            return true;
        }
        wt_lex_error(&p->lx, p->field, ERR_encoding_ignored,
                     "its locals are not those of the function");
    }
    buf_u32leb(&p->code, (uint32_t)p->run_count);
    for (size_t i = 0; i < p->run_count; i++) {
        buf_u32leb(&p->code, p->runs[i].count);
        wt_insn_write_valtype(&p->code, p->runs[i].type, false);
    }
    return true;
}

/* `exports`: the first that may be its own. */
static bool parse_func_body(Parser *p, uint32_t index, uint32_t params, uint32_t exports) {
    Slice raw;
    Module *m = p->m;
    p->run_count = 0;
    p->local_count = params;
    p->label_ordinal = 0;
    wt_parse_func_encoding(p, &raw);
    while (wt_parse_open(p, "local"))
        if (!parse_local_group(p))
            return false;
    uint64_t locals = (uint64_t)p->local_count;
    if (locals > m->bounds.locals)
        return wt_parse_fail(p, p->field, ERR_limit, "%u locals, at most %u", p->local_count,
                             m->bounds.locals);
    write_locals(p, raw);
    wt_parse_end_header(p, exports, NULL);
    if (!wt_parse_instructions(p, FRAME_body))
        return false;
    buf_u8(&p->code, OP_end);
    if (p->sink && !wt_parse_mark(p, p->code.len - 1, p->lx.token))
        return false;
    if (p->code.failed)
        return wt_parse_oom(p);
    if (p->code.len > m->bounds.body_bytes)
        return wt_parse_fail(p, p->field, ERR_limit, "a body of %zu bytes, at most %u", p->code.len,
                             m->bounds.body_bytes);
    if (p->sink)
        return true;
    Slice code = wt_parse_keep(p, p->code.data, p->code.len);
    if (!code.data)
        return false;
    m->funcs[index].code = code.data;
    m->funcs[index].code_size = (uint32_t)code.len;
    return true;
}

/* (exact typeuse) or typeuse, of an import. */
static bool parse_import_type(Parser *p, Func *f) {
    Token at = p->lx.token;
    f->exact = wt_parse_open(p, "exact");
    if (f->exact && !wt_parse_feature(p, at, FEATURE_custom_descriptors, "an exact function"))
        return false;
    return wt_parse_typeuse(p, USE_bind_names, &f->type) &&
           (!f->exact || wt_parse_rparen(p, "the end of (exact"));
}

static bool parse_func(Parser *p) {
    /* Leaves 0 locals, unreachable, end if anything goes wrong. */
    static const uint8_t trap_body[] = {0, OP_unreachable, OP_end};
    uint32_t index = p->next[SPACE_func]++, exports = p->exports;
    if (index >= p->total[SPACE_func])
        return false;
    Func scrap, *f = p->sink ? &scrap : &p->m->funcs[index];
    *f = (Func){.at = p->field.at, .type = TYPE_none}; /* as long as it is not known */
    wt_parse_begin_header(p);
    p->funcidx = index;
    p->section = SECTION_func;
    p->item = index - p->m->func_imports;
    bool import;
    if (!wt_parse_binding(p, NAME_func, index) || !parse_inline_exports(p, EXTERN_func, index) ||
        !parse_inline_import(p, EXTERN_func, index, &import))
        return false;
    if (import) {
        if (!parse_import_type(p, f))
            return false;
        wt_parse_end_header(p, exports, last_import(p));
        wt_parse_end_func(p);
        return true;
    }
    note_definition(p, ERR_import_after_function);
    f->code = trap_body;
    f->code_size = sizeof trap_body;
    TypeUse u;
    if (!wt_parse_use(p, USE_bind_names, &u) || !wt_parse_use_index(p, &u, &f->type))
        return false;
    uint32_t params = u.params;
    if (!u.inlined && f->type < p->m->type_count && p->m->types[f->type].kind == TYPE_func)
        params = p->m->types[f->type].param_count;
    p->in_func = true;
    bool ok = parse_func_body(p, index, params, exports);
    p->in_func = false;
    if (ok)
        wt_parse_end_func(p);
    return ok;
}

/* ---- strings of data ---- */

/* Any number of strings, put together. */
static bool parse_data_strings(Parser *p, Slice *bytes) {
    Lexer first = p->lx;
    size_t room = 0;
    unsigned strings = 0;
    bool plain = true;
    for (; parser_kind(p) == TOKEN_string; parser_next(p)) {
        plain = plain && !memchr(lexer_text(&p->lx), '\\', p->lx.token.len);
        room += wt_lex_string_size(&p->lx, p->lx.token);
        strings++;
    }
    static const uint8_t nothing[1];
    *bytes = slice(nothing, 0);
    if (room == 0 || p->sink)
        return true;
    if (strings == 1 && plain) {
        *bytes = slice(lexer_text(&first) + 1, room);
        return true;
    }
    Buf out = {.data = arena_alloc(&p->m->arena, room), .cap = room};
    if (!out.data)
        return wt_parse_oom(p);
    for (first.diag = NULL; first.token.kind == TOKEN_string; wt_lex_next(&first))
        wt_lex_string(&first, first.token, &out);
    *bytes = slice(out.data, out.len);
    return true;
}

/* ---- tables and their segments ---- */

static Expr zero_offset(bool is64) {
    static const uint8_t zero32[] = {OP_i32_const, 0, OP_end}, zero64[] = {OP_i64_const, 0, OP_end};
    return (Expr){is64 ? slice(zero64, 3) : slice(zero32, 3), 0};
}

/* Function indices up to the closing parenthesis, or expressions. */
static bool parse_elem_indices(Parser *p, Elem *e) {
    p->items.len = 0;
    while (parser_at_index(p)) {
        uint32_t f;
        if (!wt_parse_index(p, SPACE_func, &f))
            return false;
        if (e->exprs)
            buf_u8(&p->items, OP_ref_func);
        buf_u32leb(&p->items, f);
        if (e->exprs)
            buf_u8(&p->items, OP_end);
        e->count++;
    }
    return true;
}

static bool parse_elem_exprs(Parser *p, Elem *e) {
    p->items.len = 0;
    while (parser_kind(p) == TOKEN_lparen) {
        Expr x;
        if (p->sink) {
            p->sink->base = (uint32_t)p->items.len;
            p->sink->part = 1;
        }
        if (!wt_parse_offset(p, "item", &x))
            return false;
        buf_bytes(&p->items, p->code.data, p->code.len);
        e->count++;
    }
    return true;
}

static bool keep_items(Parser *p, Elem *e) {
    if (p->items.failed)
        return wt_parse_oom(p);
    if (e->count > p->m->bounds.elem_items)
        return wt_parse_fail(p, p->field, ERR_limit, "%u elements, at most %u", e->count,
                             p->m->bounds.elem_items);
    e->items = p->sink ? slice(p->items.data, 0) : wt_parse_keep(p, p->items.data, p->items.len);
    return e->items.data || p->items.len == 0;
}

/* The flags byte of the binary: bit 0 not active, bit 1 declarative or a table index, bit 2
   expressions. Short forms are for table 0 and the plain function type. */
static uint8_t elem_flags(const Elem *e, bool spelled) {
    unsigned flags = e->exprs ? 4 : 0;
    if (e->mode != SEGMENT_active)
        return (uint8_t)(flags | 1 | (e->mode == SEGMENT_declarative ? 2 : 0));
    bool plain = e->table == 0 && !spelled && (!e->exprs || e->type == VAL_funcref);
    return (uint8_t)(flags | (plain ? 0 : 2));
}

/* Another flags byte is taken when it can say the same. */
static bool flags_fit(const Elem *e, int flags) {
    if (!!(flags & 4) != e->exprs || (flags & 1) != (e->mode != SEGMENT_active))
        return false;
    if (flags & 1)
        return !!(flags & 2) == (e->mode == SEGMENT_declarative);
    return (flags & 2) || elem_flags(e, false) == (flags & 4);
}

static void put_elem(Parser *p, uint32_t index, const Elem *e) {
    if (index < p->total[SPACE_elem] && !p->sink)
        p->m->elems[index] = *e;
}

/* What stands behind the offset: `func` and indices, or a type and expressions. */
static bool parse_elem_list(Parser *p, Elem *e, bool bare) {
    if (wt_parse_word(p, "func") ||
        (bare && (parser_at_index(p) || parser_kind(p) == TOKEN_rparen))) {
        e->type = VAL_REF_OF(HEAP_func, false);
        return parse_elem_indices(p, e);
    }
    e->exprs = true;
    return wt_parse_reftype(p, &e->type) && parse_elem_exprs(p, e);
}

static bool parse_elem(Parser *p) {
    uint32_t index = p->next[SPACE_elem]++;
    int flags = -1;
    Elem e = {.at = p->field.at, .type = VAL_REF_OF(HEAP_func, false), .mode = SEGMENT_passive};
    p->section = SECTION_elem;
    p->item = index;
    put_elem(p, index, &e);
    if (!wt_parse_segment_binding(p, NAME_elem, index, &flags))
        return false;
    bool table = false, bare = false;
    if (wt_parse_word(p, "declare")) {
        e.mode = SEGMENT_declarative;
    } else if (parser_kind(p) == TOKEN_lparen && !wt_lex_peek(&p->lx, "ref")) {
        e.mode = SEGMENT_active;
        table = wt_parse_open(p, "table");
        if (table &&
            (!wt_parse_index(p, SPACE_table, &e.table) || !wt_parse_rparen(p, "the end of (table")))
            return false;
        bare = true;
        if (!wt_parse_offset(p, "offset", &e.offset))
            return false;
    } else if (parser_at_index(p)) {
        /* The table before the offset, without (table: an old spelling that tools still write. */
        e.mode = SEGMENT_active;
        bare = table = true;
        if (!wt_parse_index(p, SPACE_table, &e.table) || !wt_parse_offset(p, "offset", &e.offset))
            return false;
    }
    if (!parse_elem_list(p, &e, bare) || !keep_items(p, &e))
        return false;
    e.flags = elem_flags(&e, false);
    if (flags >= 0 && flags_fit(&e, flags))
        e.flags = (uint8_t)flags;
    put_elem(p, index, &e);
    return true;
}

/* (table ... reftype (elem ...)), at `(elem`. */
static bool parse_inline_elem(Parser *p, uint32_t table, Table *t) {
    uint32_t index = p->next[SPACE_elem]++;
    Elem e = {.at = p->field.at,
              .table = table,
              .type = VAL_REF_OF(HEAP_func, false),
              .mode = SEGMENT_active,
              .offset = zero_offset(t->limits.is64)};
    put_elem(p, index, &e);
    if (!wt_parse_open(p, "elem"))
        return wt_parse_unexpected(p, "(elem");
    bool indices = parser_at_index(p) || parser_kind(p) == TOKEN_rparen;
    e.exprs = !indices || t->type != VAL_funcref;
    if (e.exprs)
        e.type = t->type;
    if (!(indices ? parse_elem_indices(p, &e) : parse_elem_exprs(p, &e)) || !keep_items(p, &e))
        return false;
    e.flags = elem_flags(&e, false);
    put_elem(p, index, &e);
    t->limits.min = t->limits.max = e.count;
    t->limits.has_max = true;
    return wt_parse_rparen(p, "the end of (elem");
}

static bool parse_table(Parser *p) {
    uint32_t index = p->next[SPACE_table]++;
    Table t = {.at = p->field.at, .type = VAL_funcref};
    Table scrap, *slot = index < p->total[SPACE_table] && !p->sink ? &p->m->tables[index] : &scrap;
    *slot = t;
    p->section = SECTION_table;
    p->item = index - p->m->table_imports;
    bool import;
    if (!wt_parse_binding(p, NAME_table, index) || !parse_inline_exports(p, EXTERN_table, index) ||
        !parse_inline_import(p, EXTERN_table, index, &import))
        return false;
    if (!import)
        note_definition(p, ERR_import_after_table);
    if (import) {
        bool ok = wt_parse_tabletype(p, &t);
        *slot = t;
        return ok;
    }
    if (!wt_parse_address(p, &t.limits))
        return false;
    if (parser_kind(p) == TOKEN_nat) {
        if (!wt_parse_limits(p, false, &t.limits) || !wt_parse_reftype(p, &t.type))
            return false;
        /* An initial value without an instruction is invalid, but a binary can have one. */
        int empty = -1;
        wt_parse_segment_encoding(p, &empty);
        if ((parser_kind(p) != TOKEN_rparen || empty == 1) && !wt_parse_expr(p, &t.init))
            return false;
    } else if (!wt_parse_at_valtype(p)) {
        return wt_parse_unexpected(p, "the size of the table");
    } else if (!wt_parse_reftype(p, &t.type) || !parse_inline_elem(p, index, &t)) {
        return false;
    }
    *slot = t;
    return true;
}

/* ---- memories and their segments ---- */

static void put_data(Parser *p, uint32_t index, const Data *d) {
    if (index < p->total[SPACE_data] && !p->sink)
        p->m->datas[index] = *d;
}

static bool parse_inline_data(Parser *p, uint32_t memory, Limits *l) {
    uint32_t index = p->next[SPACE_data]++;
    static const uint8_t nothing[1];
    Data d = {.memory = memory,
              .at = p->field.at,
              .bytes = slice(nothing, 0),
              .offset = zero_offset(l->is64),
              .mode = SEGMENT_active,
              .flags = memory == 0 ? 0 : 2};
    put_data(p, index, &d);
    if (!wt_parse_open(p, "data"))
        return wt_parse_unexpected(p, "the size of the memory");
    if (!parse_data_strings(p, &d.bytes))
        return false;
    put_data(p, index, &d);
    uint64_t page = (uint64_t)1 << (l->page_log2 & 63);
    uint64_t pages = d.bytes.len / page + (d.bytes.len % page != 0);
    l->min = l->max = pages;
    l->has_max = true;
    return wt_parse_rparen(p, "a string or the end of (data");
}

static bool parse_memory(Parser *p) {
    uint32_t index = p->next[SPACE_memory]++;
    Memory mem = {.at = p->field.at, .limits = {.page_log2 = 16}};
    Memory scrap,
        *slot = index < p->total[SPACE_memory] && !p->sink ? &p->m->memories[index] : &scrap;
    *slot = mem;
    p->section = SECTION_memory;
    p->item = index - p->m->memory_imports;
    bool import;
    if (!wt_parse_binding(p, NAME_memory, index) ||
        !parse_inline_exports(p, EXTERN_memory, index) ||
        !parse_inline_import(p, EXTERN_memory, index, &import))
        return false;
    if (!import)
        note_definition(p, ERR_import_after_memory);
    if (!wt_parse_address(p, &mem.limits))
        return false;
    if (import || parser_kind(p) != TOKEN_lparen) {
        if (!wt_parse_limits(p, true, &mem.limits))
            return false;
    } else if (!wt_parse_page_size(p, &mem.limits) || !parse_inline_data(p, index, &mem.limits)) {
        return false;
    }
    *slot = mem;
    return true;
}

static bool parse_data(Parser *p) {
    uint32_t index = p->next[SPACE_data]++;
    int flags = -1;
    static const uint8_t nothing[1];
    Data d = {.at = p->field.at, .bytes = slice(nothing, 0), .mode = SEGMENT_passive, .flags = 1};
    p->section = SECTION_data;
    p->item = index;
    put_data(p, index, &d);
    if (!wt_parse_segment_binding(p, NAME_data, index, &flags))
        return false;
    bool old = parser_at_index(p);
    if (old || parser_kind(p) == TOKEN_lparen) {
        d.mode = SEGMENT_active;
        bool memory = !old && wt_parse_open(p, "memory");
        if ((memory || old) && !wt_parse_index(p, SPACE_memory, &d.memory))
            return false;
        if (memory && !wt_parse_rparen(p, "the end of (memory"))
            return false;
        if (!wt_parse_offset(p, "offset", &d.offset))
            return false;
        d.flags = d.memory == 0 ? 0 : 2;
        if (flags == 2)
            d.flags = 2;
    }
    if (!parse_data_strings(p, &d.bytes))
        return false;
    put_data(p, index, &d);
    return true;
}

/* ---- globals, tags, exports, start ---- */

static bool parse_global(Parser *p) {
    uint32_t index = p->next[SPACE_global]++;
    Global g = {.at = p->field.at, .type = VAL_i32};
    Global scrap,
        *slot = index < p->total[SPACE_global] && !p->sink ? &p->m->globals[index] : &scrap;
    *slot = g;
    p->section = SECTION_global;
    p->item = index - p->m->global_imports;
    bool import;
    if (!wt_parse_binding(p, NAME_global, index) ||
        !parse_inline_exports(p, EXTERN_global, index) ||
        !parse_inline_import(p, EXTERN_global, index, &import))
        return false;
    if (!import)
        note_definition(p, ERR_import_after_global);
    bool ok = wt_parse_globaltype(p, &g.type, &g.mutable_) && (import || wt_parse_expr(p, &g.init));
    *slot = g;
    return ok;
}

static bool parse_tag(Parser *p) {
    uint32_t index = p->next[SPACE_tag]++;
    Token keyword = p->field;
    Tag scrap, *t = index < p->total[SPACE_tag] && !p->sink ? &p->m->tags[index] : &scrap;
    *t = (Tag){.at = p->field.at};
    p->section = SECTION_tag;
    p->item = index - p->m->tag_imports;
    bool import;
    if (!wt_parse_feature(p, keyword, FEATURE_exceptions, "a tag") ||
        !wt_parse_binding(p, NAME_tag, index) || !parse_inline_exports(p, EXTERN_tag, index) ||
        !parse_inline_import(p, EXTERN_tag, index, &import))
        return false;
    if (!import)
        note_definition(p, ERR_import_after_tag);
    return wt_parse_typeuse(p, USE_skip_names, &t->type);
}

static const struct {
    const char *word;
    Space space;
    NameKind name;
} extern_rows[] = {
    [EXTERN_func] = {"func", SPACE_func, NAME_func},
    [EXTERN_table] = {"table", SPACE_table, NAME_table},
    [EXTERN_memory] = {"memory", SPACE_memory, NAME_memory},
    [EXTERN_global] = {"global", SPACE_global, NAME_global},
    [EXTERN_tag] = {"tag", SPACE_tag, NAME_tag},
};

/* At `(func`, `(table` ...: moves behind the keyword. */
static bool parse_extern_word(Parser *p, ExternKind *kind) {
    for (unsigned k = 0; k < WT_COUNT(extern_rows); k++)
        if (wt_parse_open(p, extern_rows[k].word)) {
            *kind = (ExternKind)k;
            return true;
        }
    if (parser_kind(p) == TOKEN_lparen)
        parser_next(p);
    return wt_parse_unexpected(p, "(func, (table, (memory, (global or (tag");
}

static bool parse_export(Parser *p) {
    Export e = {.at = p->field.at};
    ExternKind kind;
    p->section = SECTION_export;
    p->item = p->exports;
    wt_parse_item_encoding(p);
    if (!wt_parse_string(p, &e.name, "the name of the export") || !parse_extern_word(p, &kind))
        return false;
    e.kind = (uint8_t)kind;
    if (!wt_parse_index(p, extern_rows[kind].space, &e.item) ||
        !wt_parse_rparen(p, "the end of what is exported"))
        return false;
    if (p->exports < p->exports_total)
        p->m->exports[p->exports] = e;
    p->exports++;
    return true;
}

static bool parse_start(Parser *p) {
    Module *m = p->m;
    uint32_t f;
    p->section = SECTION_start;
    p->item = 0;
    wt_parse_item_encoding(p);
    if (p->start_field.len && !p->failed) {
        p->failed = true;
        DiagEntry *e = wt_lex_error(&p->lx, p->field, ERR_multiple_starts, NULL);
        wt_diag_note(p->diag, e, p->start_field.at, p->start_field.len, "the first one is here");
        return false;
    }
    p->start_field = p->field;
    if (!wt_parse_index(p, SPACE_func, &f))
        return false;
    m->has_start = true;
    m->start = f;
    m->start_at = p->field.at;
    return true;
}

/* ---- (import ...) ---- */

/* What is imported, inside its parenthesis; *item is its index. */
static bool parse_import_desc(Parser *p, ExternKind kind, uint32_t *item) {
    Module *m = p->m;
    Space space = extern_rows[kind].space;
    uint32_t index = *item = p->next[space]++;
    bool real = index < p->total[space] && !p->sink;
    Token at = p->field;
    switch (kind) {
    case EXTERN_func: {
        Func scrap, *f = real ? &m->funcs[index] : &scrap;
        *f = (Func){.at = at.at, .type = TYPE_none};
        p->funcidx = index;
        if (!wt_parse_binding(p, NAME_func, index) || !parse_import_type(p, f))
            return false;
        wt_parse_end_func(p);
        return true;
    }
    case EXTERN_table: {
        Table scrap, *t = real ? &m->tables[index] : &scrap;
        *t = (Table){.at = at.at, .type = VAL_funcref};
        return wt_parse_binding(p, NAME_table, index) && wt_parse_tabletype(p, t);
    }
    case EXTERN_memory: {
        Memory scrap, *mem = real ? &m->memories[index] : &scrap;
        *mem = (Memory){.at = at.at, .limits = {.page_log2 = 16}};
        return wt_parse_binding(p, NAME_memory, index) && wt_parse_address(p, &mem->limits) &&
               wt_parse_limits(p, true, &mem->limits);
    }
    case EXTERN_global: {
        Global scrap, *g = real ? &m->globals[index] : &scrap;
        *g = (Global){.at = at.at, .type = VAL_i32};
        return wt_parse_binding(p, NAME_global, index) &&
               wt_parse_globaltype(p, &g->type, &g->mutable_);
    }
    case EXTERN_tag: {
        Tag scrap, *t = real ? &m->tags[index] : &scrap;
        *t = (Tag){.at = at.at};
        return wt_parse_feature(p, at, FEATURE_exceptions, "a tag") &&
               wt_parse_binding(p, NAME_tag, index) &&
               wt_parse_typeuse(p, USE_skip_names, &t->type);
    }
    }
    return false;
}

/* (item "name" (func ...)) one after the other: a type each. */
static bool parse_items_by_module(Parser *p, Import im) {
    im.form = IMPORT_by_module;
    while (wt_parse_open(p, "item")) {
        ExternKind kind;
        p->item = p->imports;
        if (!wt_parse_string(p, &im.name, "the name of what is imported") ||
            !parse_extern_word(p, &kind) || !parse_import_desc(p, kind, &im.item) ||
            !wt_parse_rparen(p, "the end of what is imported") ||
            !wt_parse_rparen(p, "the end of (item"))
            return false;
        im.kind = (uint8_t)kind;
        add_import(p, &im);
        im.group_start = false;
    }
    return true;
}

/* (item "a") (item "b") ... (func ...): one type for all. */
static bool parse_items_by_type(Parser *p, Import im) {
    im.form = IMPORT_by_type;
    uint32_t first = p->imports;
    while (wt_parse_open(p, "item")) {
        if (!wt_parse_string(p, &im.name, "the name of what is imported") ||
            !wt_parse_rparen(p, "the end of (item"))
            return false;
        add_import(p, &im);
        im.group_start = false;
    }
    ExternKind kind;
    if (!parse_extern_word(p, &kind))
        return false;
    Lexer desc = p->lx;
    uint32_t count = p->imports - first;
    for (uint32_t i = 0; i < count; i++) {
        p->lx = desc;
        p->item = first + i;
        if (!parse_import_desc(p, kind, &im.item))
            return false;
        if (first + i < p->imports_total) {
            p->m->imports[first + i].item = im.item;
            p->m->imports[first + i].kind = (uint8_t)kind;
        }
    }
    return wt_parse_rparen(p, "the end of what is imported");
}

static bool parse_import(Parser *p) {
    Import im = {.at = p->field.at, .group_start = true};
    ExternKind kind;
    p->section = SECTION_import;
    p->item = p->imports;
    wt_parse_item_encoding(p);
    if (!wt_parse_string(p, &im.module, "the name of a module"))
        return false;
    Token group = p->lx.token;
    if (wt_lex_peek(&p->lx, "item")) {
        if (!check_import_order(p, p->field) ||
            !wt_parse_feature(p, group, FEATURE_compact_imports, "a group of imports"))
            return false;
        /* Whether a type follows the first name decides. */
        Lexer ahead = p->lx;
        ahead.diag = NULL;
        for (unsigned i = 0; i < 3; i++)
            wt_lex_next(&ahead);
        return ahead.token.kind == TOKEN_rparen ? parse_items_by_type(p, im)
                                                : parse_items_by_module(p, im);
    }
    wt_parse_begin_header(p);
    if (!wt_parse_string(p, &im.name, "the name of what is imported") ||
        !check_import_order(p, p->field) || !parse_extern_word(p, &kind) ||
        !parse_import_desc(p, kind, &im.item))
        return false;
    im.kind = (uint8_t)kind;
    wt_parse_end_header(p, p->exports, &im);
    return add_import(p, &im) && wt_parse_rparen(p, "the end of what is imported");
}

/* ---- the field ---- */

static const struct {
    const char *word;
    bool (*parse)(Parser *p);
} field_rows[] = {
    {"func", parse_func},     {"import", parse_import}, {"export", parse_export},
    {"global", parse_global}, {"data", parse_data},     {"elem", parse_elem},
    {"table", parse_table},   {"memory", parse_memory}, {"tag", parse_tag},
    {"start", parse_start},
};

bool wt_parse_field(Parser *p) {
    wt_text_names_clear(&p->locals);
    wt_text_names_clear(&p->labels);
    if (p->ids.chunks)
        wt_arena_reset(&p->ids);
    p->in_header = false;
    p->field = p->lx.token;
    parser_next(p);
    Token keyword = p->lx.token;
    /* Messages about the whole field show its parenthesis and keyword. */
    if (keyword.kind == TOKEN_keyword && keyword.at == p->field.at + 1)
        p->field.len = keyword.len + 1;
    for (size_t i = 0; i < WT_COUNT(field_rows); i++) {
        if (!lexer_is(&p->lx, field_rows[i].word))
            continue;
        parser_next(p);
        return field_rows[i].parse(p) && !p->failed && wt_parse_rparen(p, "the end of the field");
    }
    return wt_parse_unexpected(p, "a module field");
}
