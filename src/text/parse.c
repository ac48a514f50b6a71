/* Text to Module, in two passes over the tokens of the module.

   Pass 1 looks only at the heads of the fields: it counts every index space, so that each array is
   allocated once and exactly, and enters all identifiers, so that anything may be named before it
   is defined. Bodies are passed over by counting parentheses, at memory speed. Pass 2 reads the
   explicit types first (type uses compare with them), then all fields in order.

   Errors: the first one in a field is reported and the rest of the field is passed over, so one
   mistake is one error and the next field may have its own. A parenthesis that is missing spoils
   everything behind it: the field that probably lacks it is found by indentation, and reading stops
   there. */
#include "text/parse_inside.h"

#include "base/utf8.h"

/* ---- errors ---- */

bool wt_parse_oom(Parser *p) {
    p->oom = p->failed = true;
    wt_diag_oom(p->diag);
    return false;
}

bool wt_parse_fail(Parser *p, Token t, ErrorCode code, const char *detail, ...) {
    if (p->failed)
        return false;
    p->failed = true;
    Buf b;
    wt_buf_init(&b, p->al);
    va_list args;
    va_start(args, detail);
    wt_buf_vprintf(&b, detail, args);
    va_end(args);
    buf_u8(&b, 0);
    if (b.failed)
        wt_parse_oom(p);
    else
        wt_lex_error(&p->lx, t, code, "%s", (const char *)b.data);
    wt_buf_free(&b);
    return false;
}

bool wt_parse_unexpected(Parser *p, const char *expected) {
    if (p->failed)
        return false;
    p->failed = true;
    Token t = p->lx.token;
    DiagEntry *e = wt_lex_unexpected(&p->lx, expected);
    if (!e || e->code != ERR_unknown_operator || t.kind != TOKEN_keyword)
        return false;
    bool old;
    const char *near = wt_text_names_keyword(parser_text(p, t), &old);
    if (!near)
        return false;
    wt_diag_note(p->diag, e, DIAG_NOWHERE, 0, old ? "it is called `%s` now" : "did you mean `%s`?",
                 near);
    wt_diag_fix(p->diag, e, t.at, t.len, near);
    return false;
}

bool wt_parse_feature(Parser *p, Token t, Feature f, const char *what) {
    if (f == FEATURE_mvp || (p->features >> f & 1))
        return true;
    const char *name = wt_feature_name(f);
    if (what)
        return wt_parse_fail(p, t, ERR_unknown_operator, ": %s needs feature %s", what, name);
    Slice text = parser_text(p, t);
    /* These are words of other instructions too, so they are known, and in the wrong place. */
    bool clause = slice_is(text, "catch") || slice_is(text, "catch_all");
    return wt_parse_fail(p, t, clause ? ERR_unexpected_token : ERR_unknown_operator,
                         " %.*s: it needs feature %s", (int)WT_MIN(text.len, 60),
                         (const char *)text.data, name);
}

/* ---- small steps ---- */

bool wt_parse_word(Parser *p, const char *word) {
    if (!lexer_is(&p->lx, word))
        return false;
    parser_next(p);
    return true;
}

bool wt_parse_open(Parser *p, const char *word) {
    if (parser_kind(p) != TOKEN_lparen || !wt_lex_peek(&p->lx, word))
        return false;
    parser_next(p);
    parser_next(p);
    return true;
}

bool wt_parse_rparen(Parser *p, const char *what) {
    if (WT_UNLIKELY(parser_kind(p) != TOKEN_rparen))
        return wt_parse_unexpected(p, what);
    parser_next(p);
    return true;
}

bool wt_parse_string(Parser *p, Slice *s, const char *what) {
    Token t = p->lx.token;
    *s = (Slice){NULL, 0};
    if (t.kind != TOKEN_string)
        return wt_parse_unexpected(p, what);
    *s = wt_text_string(&p->lx, t, &p->m->arena);
    if (!s->data)
        return wt_parse_oom(p);
    if (!t.plain && !utf8_valid(*s))
        return wt_parse_fail(p, t, ERR_malformed_utf8, "a name must be UTF-8");
    if (s->len > p->m->bounds.string_bytes)
        return wt_parse_fail(p, t, ERR_limit, "a name of %zu bytes, at most %u", s->len,
                             p->m->bounds.string_bytes);
    parser_next(p);
    return true;
}

bool wt_parse_key(Parser *p, Token id, Slice *key) {
    *key = wt_text_id(&p->lx, id, &p->ids);
    return key->data || wt_parse_oom(p);
}

/* Looking names up must not bring back pages of the text that were given away. */
Slice wt_parse_lasting_key(Parser *p, const Lexer *lx, Token id) {
    Slice key = wt_text_id(lx, id, &p->m->arena);
    bool in_text = key.data >= lx->start && key.data < lx->end;
    return p->source && in_text ? wt_parse_keep(p, key.data, key.len) : key;
}

Slice wt_parse_keep(Parser *p, const void *data, size_t len) {
    static const uint8_t nothing[1];
    if (len == 0)
        return slice(nothing, 0);
    uint8_t *room = arena_alloc(&p->m->arena, len);
    if (!room) {
        wt_parse_oom(p);
        return (Slice){NULL, 0};
    }
    memcpy(room, data, len);
    return slice(room, len);
}

/* ---- pass 1 ---- */

typedef struct Counter {
    uint32_t imported[SPACE_count];
    uint32_t exports, imports;
    uint32_t unclosed; /* offset of a field that does not end, or UINT32_MAX */
} Counter;

static const struct {
    const char *word;
    ErrorCode duplicate;
    const char *plural;
} space_words[SPACE_count] = {
    [SPACE_type] = {"type", ERR_duplicate_type, "types"},
    [SPACE_func] = {"func", ERR_duplicate_func, "functions"},
    [SPACE_table] = {"table", ERR_duplicate_table, "tables"},
    [SPACE_memory] = {"memory", ERR_duplicate_memory, "memories"},
    [SPACE_global] = {"global", ERR_duplicate_global, "globals"},
    [SPACE_tag] = {"tag", ERR_duplicate_tag, "tags"},
    [SPACE_elem] = {"elem", ERR_duplicate_elem, "element segments"},
    [SPACE_data] = {"data", ERR_duplicate_data, "data segments"},
};

static int space_of_word(const Lexer *lx) {
    if (lx->token.kind != TOKEN_keyword)
        return -1;
    for (int s = 0; s < SPACE_count; s++)
        if (slice_is(lexer_slice(lx), space_words[s].word))
            return s;
    return -1;
}

/* Behind the keyword of a definition: counts it, and enters its id when there is one. */
static void count_item(Parser *p, Lexer *lx, Space space) {
    uint32_t index = p->total[space]++;
    Token id = lx->token;
    if (id.kind != TOKEN_id)
        return;
    Slice key = wt_parse_lasting_key(p, lx, id);
    const NameEntry *e =
        key.data ? wt_text_names_add(&p->spaces[space], 0, key, index, id.at) : NULL;
    if (!key.data || p->spaces[space].failed) {
        wt_parse_oom(p);
        return;
    }
    if (e && !p->sink) {
        DiagEntry *d = wt_lex_error(&p->lx, id, space_words[space].duplicate, " %.*s",
                                    (int)WT_MIN(id.len, 100u), (const char *)lexer_text(lx));
        wt_diag_note(p->diag, d, e->at, id.len, "first defined here");
    }
    wt_lex_next(lx);
}

/* Behind `(` and before its `)`: goes on behind the group that begins at the current `(`; false
   when it does not end. */
static bool pass_group(Lexer *lx) {
    uint32_t end = wt_lex_scan_group(lx, lx->token.at);
    if (end == UINT32_MAX)
        return false;
    wt_lex_at(lx, end);
    return true;
}

/* (import ...), behind the keyword. */
static void count_import(Parser *p, Counter *c, Lexer *lx) {
    for (unsigned i = 0; i < 2 && lx->token.kind == TOKEN_string; i++)
        wt_lex_next(lx);
    uint32_t names = 0;
    while (wt_lex_open(lx, "item")) {
        names++;
        if (lx->token.kind == TOKEN_string)
            wt_lex_next(lx);
        if (lx->token.kind == TOKEN_lparen) {
            /* Each with a type of its own. */
            wt_lex_next(lx);
            int space = space_of_word(lx);
            wt_lex_next(lx);
            if (space >= 0) {
                c->imported[space]++;
                c->imports++;
                count_item(p, lx, (Space)space);
            }
            names = 0;
            while (lx->token.kind != TOKEN_rparen && lx->token.kind != TOKEN_eof)
                if (lx->token.kind != TOKEN_lparen || !pass_group(lx))
                    wt_lex_next(lx);
            wt_lex_next(lx);
        }
        if (lx->token.kind == TOKEN_rparen)
            wt_lex_next(lx);
    }
    if (lx->token.kind != TOKEN_lparen)
        return;
    wt_lex_next(lx);
    int space = space_of_word(lx);
    if (space < 0)
        return;
    wt_lex_next(lx);
    c->imported[space]++;
    c->imports++;
    count_item(p, lx, (Space)space);
    for (uint32_t i = 1; i < names; i++) {
        c->imported[space]++;
        c->imports++;
        p->total[space]++;
    }
}

static void count_types(Parser *p, Lexer *lx, bool rec, uint32_t at) {
    if (!wt_parse_grow(p, (void **)&p->type_fields, &p->type_field_cap, p->type_field_count,
                       sizeof *p->type_fields))
        return;
    p->type_fields[p->type_field_count++] = at;
    if (!rec) {
        count_item(p, lx, SPACE_type);
        return;
    }
    if (lx->token.kind == TOKEN_id)
        wt_lex_next(lx);
    while (lx->token.kind == TOKEN_lparen) {
        Lexer head = *lx;
        if (wt_lex_open(&head, "type"))
            count_item(p, &head, SPACE_type);
        if (!pass_group(lx))
            return;
    }
}

/* One field, from its `(`: only its head is looked at. */
static void count_field(Parser *p, Counter *c, Lexer *lx) {
    uint32_t at = lx->token.at;
    wt_lex_next(lx);
    if (lx->token.kind != TOKEN_keyword)
        return;
    int space = space_of_word(lx);
    bool rec = lexer_is(lx, "rec"), import = lexer_is(lx, "import");
    c->exports += lexer_is(lx, "export");
    wt_lex_next(lx);
    if (space == SPACE_type || rec) {
        count_types(p, lx, rec, at);
        return;
    }
    if (import)
        count_import(p, c, lx);
    if (space < 0)
        return;
    count_item(p, lx, (Space)space);
    if (space == SPACE_elem || space == SPACE_data)
        return;
    /* (export ...)* (import ...)? and, in tables and memories, a segment at the end. */
    bool segments = space == SPACE_table || space == SPACE_memory;
    for (;;) {
        if (lx->token.kind == TOKEN_lparen) {
            Token word = wt_lex_after(lx);
            Slice s = token_slice(lx, word);
            if (word.kind == TOKEN_keyword && slice_is(s, "export")) {
                c->exports++;
            } else if (word.kind == TOKEN_keyword && slice_is(s, "import")) {
                c->imports++;
                c->imported[space]++;
            } else if (segments && word.kind == TOKEN_keyword &&
                       slice_is(s, space == SPACE_table ? "elem" : "data")) {
                p->total[space == SPACE_table ? SPACE_elem : SPACE_data]++;
                return;
            } else if (!segments) {
                return;
            }
            if (!pass_group(lx))
                return;
        } else if (segments && lx->token.kind != TOKEN_rparen && lx->token.kind != TOKEN_eof) {
            wt_lex_next(lx);
        } else {
            return;
        }
    }
}

/* What lies before `at` has been read for this pass. Bringing pages back costs about 4 % of the
   time of parsing them, and pass 2 needs all of them again: pass 1 only gives back the first ones,
   as much as the process needs for itself and the tables of names, so that text and process
   together are not larger than the text. */
static void pass_text(Parser *p, uint32_t at) {
    enum { STEP = 256 * 1024, FRONT = 4 * 1024 * 1024 };
    if (WT_LIKELY(!p->source || at - p->passed < STEP) || (!p->second && p->passed >= FRONT))
        return;
    p->source->passed(p->source->user, p->passed, at);
    p->passed = at;
}

/* All fields from the lexer's place on; *end is the place of the token that ends the module. */
static void count_fields(Parser *p, Counter *c, Lexer lx, uint32_t *end) {
    lx.diag = NULL;
    c->unclosed = UINT32_MAX;
    while (!p->oom) {
        while (lx.token.kind != TOKEN_lparen && lx.token.kind != TOKEN_rparen &&
               lx.token.kind != TOKEN_eof)
            wt_lex_next(&lx);
        if (lx.token.kind != TOKEN_lparen)
            break;
        uint32_t at = lx.token.at, close = wt_lex_scan_group(&lx, at);
        Lexer head = lx;
        if (close == UINT32_MAX) {
            c->unclosed = at;
            break;
        }
        count_field(p, c, &head);
        wt_lex_at(&lx, close);
        pass_text(p, close);
    }
    *end = lx.token.at;
}

/* ---- a parenthesis is missing ---- */

/* Columns far to the right are all alike: a whole text on one line must not cost its square. */
static uint32_t column_of(const Lexer *lx, uint32_t at) {
    enum { FAR = 500 };
    uint32_t column = 0;
    while (column < at && column < FAR && lx->start[at - column - 1] != '\n' &&
           lx->start[at - column - 1] != '\r')
        column++;
    return column;
}

/* The first line inside a field that begins like another field, not further to the right than the
   field itself: its offset, or UINT32_MAX. */
static uint32_t field_inside(const Lexer *at_field, uint32_t end) {
    static const char *const words[] = {"func", "import", "export", "global", "data",
                                        "elem", "table",  "memory", "tag",    "start",
                                        "type", "rec",    "module"};
    uint32_t column = column_of(at_field, at_field->token.at);
    Lexer lx = *at_field;
    lx.diag = NULL;
    for (wt_lex_next(&lx); lx.token.kind != TOKEN_eof && lx.token.at < end; wt_lex_next(&lx)) {
        uint32_t at = lx.token.at, indent = 0;
        if (lx.token.kind != TOKEN_lparen)
            continue;
        while (indent < at &&
               (lx.start[at - indent - 1] == ' ' || lx.start[at - indent - 1] == '\t'))
            indent++;
        bool line =
            indent == at || lx.start[at - indent - 1] == '\n' || lx.start[at - indent - 1] == '\r';
        if (!line || indent > column)
            continue;
        Token word = wt_lex_after(&lx);
        for (size_t i = 0; i < WT_COUNT(words); i++)
            if (word.kind == TOKEN_keyword && slice_is(token_slice(&lx, word), words[i]))
                return at;
    }
    return UINT32_MAX;
}

/* The text ended inside the module. Reports the likely place; returns the offset at which pass 2
   must stop. */
static uint32_t report_unclosed(Parser *p, Lexer fields, Token module, const Counter *c) {
    /* An open string, comment or annotation is a reason of its own. */
    Lexer all = fields;
    if (c->unclosed != UINT32_MAX)
        wt_lex_at(&all, c->unclosed);
    while (all.token.kind != TOKEN_eof)
        wt_lex_next(&all);
    if (p->diag->errors != p->errors)
        return c->unclosed != UINT32_MAX ? c->unclosed : 0;
    Lexer lx = fields;
    lx.diag = NULL;
    while (lx.token.kind == TOKEN_lparen) {
        uint32_t at = lx.token.at, close = wt_lex_scan_group(&lx, at);
        uint32_t inner = field_inside(&lx, close);
        Token word = wt_lex_after(&lx);
        if (inner != UINT32_MAX || close == UINT32_MAX) {
            bool named = word.kind == TOKEN_keyword;
            Slice s = token_slice(&lx, word);
            Token show = lx.token;
            show.len = named ? word.at + word.len - at : 1;
            DiagEntry *e =
                wt_lex_error(&p->lx, show, ERR_unclosed_paren, "the `)` of this (%.*s is missing",
                             named ? (int)WT_MIN(s.len, 60) : 0, (const char *)s.data);
            if (inner != UINT32_MAX)
                wt_diag_note(p->diag, e, inner, 1, "probably before this");
            return at;
        }
        wt_lex_at(&lx, close);
    }
    wt_lex_error(&p->lx, module, ERR_unclosed_paren, "the `)` of this (module is missing");
    return UINT32_MAX;
}

/* ---- between the passes ---- */

static bool check_count(Parser *p, uint32_t n, uint32_t bound, const char *what) {
    if (n <= bound)
        return true;
    wt_diag_add(p->diag, ERR_limit, 0, 0, "%u %s, at most %u", n, what, bound);
    return false;
}

static bool allocate_spaces(Parser *p, const Counter *c) {
    Module *m = p->m;
    const Bounds *b = &m->bounds;
    const uint32_t *n = p->total;
    if (!check_count(p, n[SPACE_type], WT_MIN(b->types, (uint32_t)HEAP_first - 1), "types") ||
        !check_count(p, n[SPACE_func], b->functions, "functions") ||
        !check_count(p, n[SPACE_table], b->tables, "tables") ||
        !check_count(p, n[SPACE_memory], b->memories, "memories") ||
        !check_count(p, n[SPACE_global], b->globals, "globals") ||
        !check_count(p, n[SPACE_tag], b->tags, "tags") ||
        !check_count(p, n[SPACE_elem], b->elem_segments, "element segments") ||
        !check_count(p, n[SPACE_data], b->data_segments, "data segments") ||
        !check_count(p, c->imports, b->imports, "imports") ||
        !check_count(p, c->exports, b->exports, "exports"))
        return false;
    p->imports_total = c->imports;
    p->exports_total = c->exports;
    m->func_imports = c->imported[SPACE_func];
    m->table_imports = c->imported[SPACE_table];
    m->memory_imports = c->imported[SPACE_memory];
    m->global_imports = c->imported[SPACE_global];
    m->tag_imports = c->imported[SPACE_tag];
    m->type_count = n[SPACE_type];
    m->func_count = n[SPACE_func];
    m->table_count = n[SPACE_table];
    m->memory_count = n[SPACE_memory];
    m->global_count = n[SPACE_global];
    m->tag_count = n[SPACE_tag];
    m->elem_count = n[SPACE_elem];
    m->data_count = n[SPACE_data];
    m->import_count = c->imports;
    m->export_count = c->exports;
    p->type_cap = m->type_count;
    Arena *a = &m->arena;
    m->types = ARENA_ARRAY(a, TypeDef, m->type_count);
    m->funcs = ARENA_ARRAY(a, Func, m->func_count);
    m->tables = ARENA_ARRAY(a, Table, m->table_count);
    m->memories = ARENA_ARRAY(a, Memory, m->memory_count);
    m->globals = ARENA_ARRAY(a, Global, m->global_count);
    m->tags = ARENA_ARRAY(a, Tag, m->tag_count);
    m->elems = ARENA_ARRAY(a, Elem, m->elem_count);
    m->datas = ARENA_ARRAY(a, Data, m->data_count);
    m->imports = ARENA_ARRAY(a, Import, m->import_count);
    m->exports = ARENA_ARRAY(a, Export, m->export_count);
    return !a->failed || wt_parse_oom(p);
}

/* What a type looks like that could not be read: a function without anything. */
static void default_types(Module *m) {
    for (uint32_t i = 0; i < m->type_count; i++)
        m->types[i] = (TypeDef){.kind = TYPE_func,
                                .final = true,
                                .super = TYPE_none,
                                .describes = TYPE_none,
                                .descriptor = TYPE_none,
                                .rec_start = i,
                                .rec_count = 1};
}

/* ---- pass 2 ---- */

/* Behind a field with an error: goes on behind its `)`. */
static void resync(Parser *p, uint32_t field) {
    p->failed = false;
    p->in_func = false;
    p->local_names.count = p->label_names.count = 0;
    p->local_names.bytes.len = p->label_names.bytes.len = 0;
    uint32_t end = wt_lex_scan_group(&p->lx, field);
    if (end == UINT32_MAX)
        end = (uint32_t)(p->lx.end - p->lx.start);
    wt_lex_at(&p->lx, end);
}

static bool read_types(Parser *p) {
    if (!p->sink)
        default_types(p->m);
    for (size_t i = 0; i < p->type_field_count && !p->oom; i++) {
        uint32_t at = p->type_fields[i];
        uint32_t first = p->next[SPACE_type];
        wt_lex_at(&p->lx, at);
        p->lx.before = 0; /* those before a field are read with the fields */
        p->field = p->lx.token;
        uint32_t errors = p->diag->errors;
        if (!wt_parse_type_field(p) || p->failed) {
            if (p->diag->errors == errors)
                wt_diag_add(p->diag, ERR_unexpected_token, at, 1, "malformed type");
            p->failed = false;
            /* Count what the field defines all the same. */
            Lexer lx = p->lx;
            lx.diag = NULL;
            wt_lex_at(&lx, at);
            wt_lex_next(&lx);
            uint32_t members = 1;
            if (lexer_is(&lx, "rec")) {
                members = 0;
                for (wt_lex_next(&lx); lx.token.kind != TOKEN_rparen;) {
                    members += wt_lex_peek(&lx, "type");
                    if (lx.token.kind != TOKEN_lparen)
                        wt_lex_next(&lx);
                    else if (!pass_group(&lx))
                        break;
                    if (lx.token.kind == TOKEN_eof)
                        break;
                }
            }
            p->next[SPACE_type] = first + members;
        }
        /* What stands behind the field is looked at when the fields are read. */
        p->lx.before = 0;
    }
    return !p->oom && wt_parse_index_types(p);
}

/* Up to the `)` of the module, or `stop`. */
static void read_fields(Parser *p, uint32_t stop) {
    p->second = true;
    p->passed = 0;
    while (!p->oom && p->diag->count < p->diag->most) {
        wt_parse_module_annotations(p);
        Token t = p->lx.token;
        pass_text(p, t.at);
        if (t.kind == TOKEN_eof || t.at >= stop || (t.kind == TOKEN_rparen && !p->whole))
            return;
        if (t.kind == TOKEN_lparen) {
            Token word = wt_lex_after(&p->lx);
            Slice s = token_slice(&p->lx, word);
            if (word.kind == TOKEN_keyword && (slice_is(s, "type") || slice_is(s, "rec"))) {
                if (!pass_group(&p->lx))
                    return;
                continue;
            }
            if (!wt_parse_field(p) || p->failed)
                resync(p, t.at);
            continue;
        }
        /* A stray token: without parentheses around there is nothing to go on by. */
        wt_parse_unexpected(p, p->whole ? "`(module` or a module field" : "a module field or `)`");
        p->failed = false;
        if (p->whole)
            return;
        while (t.kind != TOKEN_lparen && t.kind != TOKEN_rparen && t.kind != TOKEN_eof) {
            wt_lex_next(&p->lx);
            t = p->lx.token;
        }
    }
}

static bool parser_init(Parser *p, Module *m, Lexer lx, Diag *d) {
    *p = (Parser){.m = m, .diag = d, .al = m->arena.allocator, .lx = lx};
    p->lx.diag = d;
    p->features = m->features | (uint64_t)1 << FEATURE_mvp;
    p->lx.no_annotations = false;
    for (unsigned i = 0; i < SPACE_count; i++)
        wt_text_names_init(&p->spaces[i], p->al);
    wt_text_names_init(&p->fields, p->al);
    wt_text_names_init(&p->locals, p->al);
    wt_text_names_init(&p->labels, p->al);
    wt_buf_init(&p->code, p->al);
    wt_buf_init(&p->defer, p->al);
    wt_buf_init(&p->scratch, p->al);
    wt_buf_init(&p->bind, p->al);
    wt_buf_init(&p->items, p->al);
    wt_arena_init(&p->ids, p->al);
    wt_parse_init_names(p);
    wt_parse_init_ops(p);
    /* No slice of a buffer is taken from NULL. */
    return buf_room(&p->code, 4096) && buf_room(&p->scratch, 64) && buf_room(&p->items, 64) &&
           buf_room(&p->defer, 64);
}

static void parser_free(Parser *p) {
    for (unsigned i = 0; i < SPACE_count; i++)
        wt_text_names_free(&p->spaces[i]);
    wt_text_names_free(&p->fields);
    wt_text_names_free(&p->locals);
    wt_text_names_free(&p->labels);
    wt_buf_free(&p->code);
    wt_buf_free(&p->defer);
    wt_buf_free(&p->scratch);
    wt_buf_free(&p->bind);
    wt_buf_free(&p->items);
    wt_parse_free_names(p);
    wt_arena_free(&p->ids);
    allocator_free(p->al, p->type_fields, p->type_field_cap * sizeof *p->type_fields);
    allocator_free(p->al, p->type_slots, p->type_slot_cap * sizeof *p->type_slots);
    allocator_free(p->al, p->list, p->list_cap * sizeof *p->list);
    allocator_free(p->al, p->field_list, p->field_cap * sizeof *p->field_list);
    allocator_free(p->al, p->runs, p->run_cap * sizeof *p->runs);
    allocator_free(p->al, p->frames, p->frame_cap * sizeof *p->frames);
    allocator_free(p->al, p->custom_keys, p->custom_key_cap * sizeof *p->custom_keys);
}

/* Both passes. p->lx stands at the first field; `module` is what an unclosed module shows. Leaves
   the lexer at the token that ends the module. */
static void parse_module_fields(Parser *p, Token module) {
    Counter c = {.unclosed = UINT32_MAX};
    Lexer start = p->lx;
    uint32_t end, stop = UINT32_MAX;
    count_fields(p, &c, start, &end);
    bool cut =
        c.unclosed != UINT32_MAX || (!p->whole && end == (uint32_t)(p->lx.end - p->lx.start));
    if (p->oom || !allocate_spaces(p, &c)) {
        wt_lex_at(&p->lx, end);
        return;
    }
    if (cut)
        stop = report_unclosed(p, start, module, &c);
    bool ok = read_types(p);
    uint8_t before = start.before;
    uint32_t before_at = start.before_at;
    p->lx = start;
    p->lx.before = before;
    p->lx.before_at = before_at;
    if (ok)
        read_fields(p, stop);
    if (cut)
        wt_lex_at(&p->lx, (uint32_t)(p->lx.end - p->lx.start));
    else if (p->lx.token.at != end)
        wt_lex_at(&p->lx, end);
    p->lx.before = 0;
    if (!p->oom)
        wt_parse_finish_module(p);
}

/* At the start of a text: passes over `(module $id` if it is there, and gives what a message about
   the whole module shows. */
static Token enter_text(Parser *p, Token *id) {
    Token module = p->lx.token;
    *id = (Token){0};
    p->whole = !wt_lex_peek(&p->lx, "module");
    if (!p->whole) {
        Token word = wt_lex_after(&p->lx);
        module.len = word.at + word.len - module.at;
        parser_next(p);
        parser_next(p);
        if (parser_kind(p) == TOKEN_id) {
            *id = p->lx.token;
            parser_next(p);
        }
    }
    return module;
}

bool wt_parse_again(Parser *p) {
    Token id;
    Counter c = {.unclosed = UINT32_MAX};
    uint32_t end;
    enter_text(p, &id);
    count_fields(p, &c, p->lx, &end);
    const Module *m = p->m;
    /* A module in the middle of a script is not found this way. */
    if (p->oom || p->total[SPACE_func] != m->func_count ||
        p->total[SPACE_global] != m->global_count || p->total[SPACE_elem] != m->elem_count ||
        p->total[SPACE_data] != m->data_count || p->total[SPACE_table] != m->table_count ||
        p->total[SPACE_type] > m->type_count)
        return false;
    p->type_cap = m->type_count;
    return read_types(p);
}

/* Takes the pieces of a text that may begin with (module. */
static void parse_text(Parser *p) {
    Token id, module = enter_text(p, &id);
    if (!p->whole)
        wt_parse_module_name(p, id);
    parse_module_fields(p, module);
    if (p->whole || p->oom || parser_kind(p) != TOKEN_rparen)
        return;
    parser_next(p);
    wt_parse_misplaced(p);
    if (parser_kind(p) != TOKEN_eof)
        wt_parse_unexpected(p, "the end of the text");
}

Parser *wt_parse_new(Module *m, Lexer lx, Diag *d) {
    Parser *p = allocator_get(m->arena.allocator, sizeof *p);
    if (p && parser_init(p, m, lx, d))
        return p;
    if (p) {
        parser_free(p);
        allocator_free(m->arena.allocator, p, sizeof *p);
    }
    wt_diag_oom(d);
    return NULL;
}

void wt_parse_delete(Parser *p) {
    parser_free(p);
    allocator_free(p->al, p, sizeof *p);
}

bool wt_text_parse(Module *m, Slice text, Diag *d) {
    return wt_text_parse_source(m, text, NULL, d);
}

bool wt_text_parse_source(Module *m, Slice text, const TextSource *source, Diag *d) {
    uint32_t errors = d->errors;
    m->source = text;
    m->is_text = true;
    if (text.len > m->bounds.text_bytes || text.len >= UINT32_MAX) {
        wt_diag_add(d, ERR_limit, 0, 0, "a text of %llu bytes, at most %llu",
                    (unsigned long long)text.len,
                    (unsigned long long)WT_MIN(m->bounds.text_bytes, (uint64_t)UINT32_MAX - 1));
        return false;
    }
    Lexer lx;
    wt_lex_init(&lx, text, NULL);
    lx.diag = d;
    wt_lex_at(&lx, source ? (uint32_t)source->begins : 0);
    Parser *p = wt_parse_new(m, lx, d);
    if (!p)
        return false;
    p->errors = errors;
    p->source = source && source->passed ? source : NULL;
    parse_text(p);
    wt_parse_delete(p);
    wt_diag_sort(d);
    return d->errors == errors;
}

bool wt_text_parse_module(Module *m, Lexer *lx, Diag *d) {
    uint32_t errors = d->errors;
    m->source = slice(lx->start, (size_t)(lx->end - lx->start));
    m->is_text = true;
    Parser *p = wt_parse_new(m, *lx, d);
    if (!p)
        return false;
    p->errors = errors;
    Token module = lx->token, id = lx->token;
    if (id.kind == TOKEN_id)
        parser_next(p);
    else
        id.len = 0;
    wt_parse_module_name(p, id);
    parse_module_fields(p, module);
    Token end = p->lx.token;
    wt_parse_delete(p);
    lx->at = lx->start + end.at + end.len;
    wt_lex_next(lx);
    wt_diag_sort(d);
    return d->errors == errors;
}
