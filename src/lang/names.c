/* Identifiers: what each stands for. The tokens of a field are read with a
   stack of parentheses, each with the word that governs it; that word and the
   number of indices before say which index space an identifier is of. So names
   are known in broken texts too, and those that differ in a mistake elsewhere
   stay what they are. Two identifiers are the same thing when space, scope and
   name are: the scope of a local is its field, of a field its type, of a label
   its block. */
#include "lang/inside.h"

#include "base/utf8.h"
#include "tools/report.h"
#include "wasm/op.h"

#include <stdlib.h>

enum { LABEL_STEPS = 10000000 }; /* looking for labels, in one text */

typedef struct Level {
    uint16_t op;     /* OP_illegal: `word` governs */
    Slice word;      /* the one behind the parenthesis */
    uint32_t n;      /* indices since */
    uint32_t groups; /* closed inside */
    uint32_t frames; /* open when it began */
    bool defines;    /* (type of a definition */
    bool listed;     /* (elem: behind `func` */
} Level;

typedef struct LabelFrame {
    Slice name; /* data NULL: none */
    uint32_t def, symbol;
    bool active; /* its name is in scope */
    uint16_t op;
} LabelFrame;

typedef struct Scan {
    Lang *l;
    Lexer lx;
    uint32_t field; /* where it begins */
    uint32_t stop;  /* the context here is asked for */
    Level *levels;
    size_t level_cap, depth;
    LabelFrame *frames;
    size_t frame_cap, frame_count;
    LabelFrame closed; /* by the last `end` */
    Map types;
    uint32_t type_next, type; /* of the definition being read */
    Slice operand;            /* the type before a field: its name, */
    uint32_t operand_index;   /* or index */
    uint64_t steps;
    bool failed;
} Scan;

/* ---- adding ---- */

static Slice symbol_name(Scan *s, Token t) {
    Slice name = wt_text_id(&s->lx, t, &s->l->symbol_names);
    s->failed = s->failed || !name.data;
    return name;
}

static Symbol *add_symbol(Scan *s, SymbolSpace space, uint32_t scope, bool defines) {
    Lang *l = s->l;
    Token t = s->lx.token;
    if (!wt_vec_grow(l->al, (void **)&l->symbols, &l->symbol_cap, l->symbol_count,
                     sizeof *l->symbols)) {
        s->failed = true;
        return NULL;
    }
    Symbol *symbol = &l->symbols[l->symbol_count++];
    *symbol = (Symbol){.at = t.at,
                       .len = t.len,
                       .scope = scope,
                       .until = UINT32_MAX,
                       .space = (uint8_t)space,
                       .defines = defines};
    symbol->name = symbol_name(s, t);
    return symbol;
}

/* ---- labels ---- */

static void open_frame(Scan *s, unsigned op, bool folded) {
    if (!wt_vec_grow(s->l->al, (void **)&s->frames, &s->frame_cap, s->frame_count,
                     sizeof *s->frames)) {
        s->failed = true;
        return;
    }
    s->frames[s->frame_count++] =
        (LabelFrame){.active = !(folded && op == OP_if), .op = (uint16_t)op, .symbol = UINT32_MAX};
}

static void close_frames(Scan *s, size_t count, uint32_t at) {
    while (s->frame_count > count) {
        s->closed = s->frames[--s->frame_count];
        if (s->closed.symbol != UINT32_MAX)
            s->l->symbols[s->closed.symbol].until = at;
    }
}

static void define_label(Scan *s) {
    LabelFrame *f = &s->frames[s->frame_count - 1];
    f->def = s->lx.token.at;
    f->symbol = (uint32_t)s->l->symbol_count;
    Symbol *symbol = add_symbol(s, SYMBOL_label, f->def, true);
    if (!symbol)
        return;
    symbol->op = f->op;
    f->name = symbol->name;
}

/* `skip`: so many of the innermost blocks do not count. */
static void use_label(Scan *s, size_t skip) {
    Symbol *symbol = add_symbol(s, SYMBOL_label, SCOPE_unknown, false);
    for (size_t i = s->frame_count > skip ? s->frame_count - skip : 0; symbol && i > 0; i--) {
        const LabelFrame *f = &s->frames[i - 1];
        if (s->steps++ > LABEL_STEPS)
            return;
        if (f->active && f->name.data && slice_eq(f->name, symbol->name)) {
            symbol->scope = f->def;
            return;
        }
    }
}

/* Behind `end` and `else`: the label of the block itself. */
static void repeat_label(Scan *s, const LabelFrame *f) {
    Symbol *symbol = add_symbol(s, SYMBOL_label, SCOPE_unknown, false);
    if (symbol && f && f->name.data && slice_eq(f->name, symbol->name))
        symbol->scope = f->def;
}

/* ---- which space ---- */

static bool next_is_index(const Scan *s) {
    Token t = wt_lex_after(&s->lx);
    return t.kind == TOKEN_id || t.kind == TOKEN_nat;
}

static Level *level_up(const Scan *s, size_t n) {
    return s->depth > n ? &s->levels[s->depth - 1 - n] : NULL;
}

static bool under(const Scan *s, const char *word) {
    const Level *up = level_up(s, 1);
    return up && slice_is(up->word, word);
}

static bool under_op(const Scan *s, unsigned op) {
    const Level *up = level_up(s, 1);
    return up && up->op == op;
}

/* The space of index number n of an instruction; SYMBOL_none: none. */
static SymbolSpace op_space(const Scan *s, unsigned op, uint32_t n) {
    switch ((Imm)op_info(op)->imm) {
    case IMM_LABEL:
    case IMM_BR_TABLE:
        return SYMBOL_label;
    case IMM_FUNC:
        return SYMBOL_func;
    case IMM_TYPE:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_U32:
    case IMM_RESUME:
    case IMM_HEAP:
        return SYMBOL_type;
    case IMM_TYPE_TABLE:
    case IMM_TABLE:
    case IMM_TABLE_TABLE:
        return SYMBOL_table;
    case IMM_LOCAL:
        return SYMBOL_local;
    case IMM_GLOBAL:
        return SYMBOL_global;
    case IMM_ELEM_TABLE:
        return n == 0 && next_is_index(s) ? SYMBOL_table : SYMBOL_elem;
    case IMM_ELEM:
        return SYMBOL_elem;
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
    case IMM_MEM:
    case IMM_MEM_MEM:
        return SYMBOL_memory;
    case IMM_DATA_MEM:
        return n == 0 && next_is_index(s) ? SYMBOL_memory : SYMBOL_data;
    case IMM_DATA:
        return SYMBOL_data;
    case IMM_TYPE_FIELD:
        return n == 0 ? SYMBOL_type : SYMBOL_field;
    case IMM_TYPE_DATA:
        return n == 0 ? SYMBOL_type : SYMBOL_data;
    case IMM_TYPE_ELEM:
        return n == 0 ? SYMBOL_type : SYMBOL_elem;
    case IMM_TYPE_TAG:
    case IMM_RESUME_THROW:
        return n == 0 ? SYMBOL_type : SYMBOL_tag;
    case IMM_TAG:
        return n == 0 ? SYMBOL_tag : SYMBOL_label;
    case IMM_BR_CAST:
        return n == 0 ? SYMBOL_label : SYMBOL_type;
    case IMM_NONE: /* end, else, catch_all */
        return SYMBOL_label;
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_I32:
    case IMM_I64:
    case IMM_F32:
    case IMM_F64:
    case IMM_V128:
    case IMM_SHUFFLE:
    case IMM_LANE:
    case IMM_SELECT:
    case IMM_REF:
    case IMM_REF_NULL:
    case IMM_FENCE:
        break;
    }
    return SYMBOL_none;
}

/* Of the words whose group begins with an index of their own space. */
static SymbolSpace word_space(const Scan *s, const Level *v, uint32_t n, bool *defines) {
    static const struct {
        const char *word;
        SymbolSpace space;
    } rows[] = {
        {"func", SYMBOL_func},     {"table", SYMBOL_table},     {"memory", SYMBOL_memory},
        {"global", SYMBOL_global}, {"tag", SYMBOL_tag},         {"elem", SYMBOL_elem},
        {"data", SYMBOL_data},     {"type", SYMBOL_type},       {"param", SYMBOL_local},
        {"local", SYMBOL_local},   {"field", SYMBOL_field},     {"start", SYMBOL_func},
        {"ref", SYMBOL_type},      {"sub", SYMBOL_type},        {"cont", SYMBOL_type},
        {"exact", SYMBOL_type},    {"descriptor", SYMBOL_type}, {"describes", SYMBOL_type},
        {"array", SYMBOL_none},
    };
    *defines = false;
    if (slice_is(v->word, "elem") && (n > 0 || v->groups > 0 || v->listed || s->depth > 1))
        return SYMBOL_func;
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        if (!slice_is(v->word, rows[i].word))
            continue;
        SymbolSpace space = rows[i].space;
        bool field = s->depth == 1 || under(s, "import") || under(s, "item");
        if (space == SYMBOL_type)
            *defines = v->defines && n == 0;
        else if (space == SYMBOL_local || space == SYMBOL_field)
            *defines = true;
        else if (!slice_is(v->word, "start"))
            *defines = field && n == 0;
        return space;
    }
    bool clause = slice_is(v->word, "catch_ref") || slice_is(v->word, "on");
    if (clause)
        return n == 0 ? SYMBOL_tag : SYMBOL_label;
    return slice_is(v->word, "catch_all_ref") ? SYMBOL_label : SYMBOL_none;
}

static uint32_t operand_type(const Scan *s) {
    if (!s->operand.data)
        return s->operand_index;
    const uint32_t *found = wt_map_get(&s->types, s->operand);
    return found ? *found : SCOPE_unknown;
}

static void at_label(Scan *s, const Level *v) {
    bool clause = under_op(s, OP_try_table) &&
                  (v->op == OP_catch || v->op == OP_catch_all || v->op == OP_illegal);
    if (v->op == OP_end)
        repeat_label(s, &s->closed);
    else if (v->op == OP_else || (v->op == OP_catch_all && !clause))
        repeat_label(s, s->frame_count ? &s->frames[s->frame_count - 1] : NULL);
    else
        use_label(s, clause || (v->op == OP_delegate && under_op(s, OP_try)) ? 1 : 0);
}

static void at_identifier(Scan *s) {
    Level *v = level_up(s, 0);
    if (!v)
        return;
    uint32_t n = v->n++;
    bool defines = false;
    SymbolSpace space;
    if (v->op != OP_illegal) {
        Imm imm = (Imm)op_info(v->op)->imm;
        if (imm == IMM_BLOCK || imm == IMM_TRY_TABLE) {
            if (n == 0 && s->frame_count)
                define_label(s);
            return;
        }
        space = op_space(s, v->op, n);
    } else {
        space = word_space(s, v, n, &defines);
    }
    if (space == SYMBOL_none)
        return;
    if (space == SYMBOL_label) {
        at_label(s, v);
        return;
    }
    uint32_t scope = space == SYMBOL_local   ? s->field
                     : space != SYMBOL_field ? 0
                     : v->op != OP_illegal   ? operand_type(s)
                                             : s->type;
    Symbol *symbol = add_symbol(s, space, scope, defines);
    if (!symbol)
        return;
    if (space == SYMBOL_type && defines) {
        symbol->until = s->type;
        wt_map_add(&s->types, symbol->name, s->type);
    }
    if (space == SYMBOL_type && v->op != OP_illegal)
        s->operand = symbol->name;
}

uint32_t wt_lang_index(Slice digits) {
    uint64_t index = 0;
    bool hex = digits.len > 2 && digits.data[1] == 'x';
    for (size_t i = hex ? 2 : 0; i < digits.len && index < UINT32_MAX; i++) {
        uint8_t c = digits.data[i];
        if (c != '_')
            index =
                index * (hex ? 16 : 10) + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return index < UINT32_MAX ? (uint32_t)index : UINT32_MAX;
}

static void at_number(Scan *s) {
    Level *v = level_up(s, 0);
    if (!v)
        return;
    v->n++;
    s->operand = (Slice){NULL, 0};
    s->operand_index = wt_lang_index(lexer_slice(&s->lx));
}

/* ---- words and parentheses ---- */

static bool opens_label(unsigned op) {
    Imm imm = (Imm)op_info(op)->imm;
    return imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
}

static void at_keyword(Scan *s) {
    Level *v = level_up(s, 0);
    Slice word = lexer_slice(&s->lx);
    if (!v)
        return;
    bool first = !v->word.data;
    unsigned op = wt_lang_find_op(s->l, word);
    if (first) {
        v->word = word;
        if (slice_is(word, "type") && (s->depth == 1 || under(s, "rec"))) {
            v->defines = true;
            s->type = s->type_next++;
        }
        if (slice_is(word, "then") && s->frame_count)
            s->frames[s->frame_count - 1].active = true;
    }
    if (op == OP_illegal) {
        v->listed = v->listed || slice_is(word, "func");
        return;
    }
    v->op = (uint16_t)op;
    v->n = 0;
    if (opens_label(op))
        open_frame(s, op, first);
    else if (!first && (op == OP_end || op == OP_delegate) && s->frame_count > v->frames)
        close_frames(s, s->frame_count - 1, s->lx.token.at);
}

static void at_open(Scan *s) {
    if (!wt_vec_grow(s->l->al, (void **)&s->levels, &s->level_cap, s->depth, sizeof *s->levels)) {
        s->failed = true;
        return;
    }
    s->levels[s->depth++] = (Level){.op = OP_illegal, .frames = (uint32_t)s->frame_count};
}

static void at_close(Scan *s) {
    if (s->depth == 0)
        return;
    close_frames(s, s->levels[s->depth - 1].frames, s->lx.token.at);
    s->depth--;
    Level *v = level_up(s, 0);
    if (v)
        v->groups++;
}

/* Reads a field, up to s->stop. */
static void scan_field(Scan *s, const FieldSpan *field) {
    s->field = field->at;
    s->depth = s->frame_count = 0;
    s->lx = wt_lang_lexer(s->l, field->at);
    uint32_t end = WT_MIN(field->end, s->stop);
    for (; s->lx.token.kind != TOKEN_eof && s->lx.token.at < end && !s->failed; wt_lex_next(&s->lx))
        switch ((TokenKind)s->lx.token.kind) {
        case TOKEN_lparen:
            at_open(s);
            break;
        case TOKEN_rparen:
            at_close(s);
            break;
        case TOKEN_keyword:
            at_keyword(s);
            break;
        case TOKEN_id:
            at_identifier(s);
            break;
        case TOKEN_nat:
            at_number(s);
            break;
        case TOKEN_eof:
        case TOKEN_string:
        case TOKEN_int:
        case TOKEN_float:
        case TOKEN_reserved:
        case TOKEN_error:
            break;
        }
}

static bool is_type_field(const Lang *l, const FieldSpan *field) {
    Slice word = wt_lang_field_word(l, field);
    return slice_is(word, "type") || slice_is(word, "rec");
}

static void scan_init(Scan *s, Lang *l) {
    *s = (Scan){.l = l, .stop = UINT32_MAX};
    wt_map_init(&s->types, l->al);
}

static bool scan_end(Scan *s) {
    const Allocator *al = s->l->al;
    bool ok = !s->failed && !s->types.failed;
    wt_map_free(&s->types);
    allocator_free(al, s->levels, s->level_cap * sizeof *s->levels);
    allocator_free(al, s->frames, s->frame_cap * sizeof *s->frames);
    return ok;
}

static int compare_symbols(const void *a, const void *b) {
    const Symbol *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

bool wt_lang_find_symbols(Lang *l) {
    if (l->symbols_found)
        return true;
    if (!wt_lang_find_fields(l))
        return false;
    Scan s;
    scan_init(&s, l);
    l->symbol_count = 0;
    /* The module's own name. */
    s.lx = wt_lang_lexer(l, 0);
    if (wt_lex_open(&s.lx, "module") && s.lx.token.kind == TOKEN_id)
        add_symbol(&s, SYMBOL_module, 0, true);
    /* Fields of structures are looked up by the names of types, so these come
     * first. */
    for (int types = 1; types >= 0; types--)
        for (size_t i = 0; i < l->field_count && !s.failed; i++)
            if (is_type_field(l, &l->fields[i]) == (types == 1))
                scan_field(&s, &l->fields[i]);
    if (l->symbol_count)
        qsort(l->symbols, l->symbol_count, sizeof *l->symbols, compare_symbols);
    return l->symbols_found = scan_end(&s);
}

bool wt_lang_context(Lang *l, uint32_t at, Context *c) {
    *c = (Context){.op = OP_illegal};
    const FieldSpan *field = wt_lang_field_at(l, at);
    if (!field)
        return true;
    Scan s;
    scan_init(&s, l);
    size_t kept = l->symbol_count;
    s.stop = at;
    for (size_t i = 0; i < kept; i++)
        if (l->symbols[i].space == SYMBOL_type && l->symbols[i].defines)
            wt_map_add(&s.types, l->symbols[i].name, l->symbols[i].until);
    scan_field(&s, field);
    l->symbol_count = kept;
    const Level *v = level_up(&s, 0);
    if (v) {
        c->op = v->op;
        c->word = v->word;
        c->opens = !v->word.data;
        c->up = level_up(&s, 1) ? level_up(&s, 1)->word : (Slice){NULL, 0};
        c->space =
            v->op != OP_illegal ? op_space(&s, v->op, v->n) : word_space(&s, v, v->n, &c->defines);
        c->n = v->n;
        c->scope = c->space == SYMBOL_field ? operand_type(&s) : field->at;
        c->field = field->at;
    }
    return scan_end(&s);
}

/* ---- questions ---- */

const Symbol *wt_lang_symbol_at(const Lang *l, uint32_t at) {
    size_t low = 0, high = l->symbol_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->symbols[mid].at + l->symbols[mid].len < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low < l->symbol_count && l->symbols[low].at <= at ? &l->symbols[low] : NULL;
}

bool wt_lang_same_symbol(const Symbol *a, const Symbol *b) {
    return a->space == b->space && a->scope == b->scope && slice_eq(a->name, b->name);
}

const Symbol *wt_lang_definition_of(const Lang *l, const Symbol *symbol) {
    if (symbol->scope == SCOPE_unknown)
        return NULL;
    for (size_t i = 0; i < l->symbol_count; i++)
        if (l->symbols[i].defines && wt_lang_same_symbol(&l->symbols[i], symbol))
            return &l->symbols[i];
    return NULL;
}

static void put_symbol(const Lang *l, Buf *out, const Symbol *symbol) {
    buf_u8(out, '{');
    wt_lang_put_span(l, out, symbol->at, (uint64_t)symbol->at + symbol->len);
    buf_u8(out, '}');
}

/* The place of the field that has an index, or UINT32_MAX. */
static uint32_t field_of_index(const Module *m, SymbolSpace space, uint32_t i) {
    switch (space) {
    case SYMBOL_type:
        return i < m->type_count ? m->types[i].at : UINT32_MAX;
    case SYMBOL_func:
        return i < m->func_count ? m->funcs[i].at : UINT32_MAX;
    case SYMBOL_table:
        return i < m->table_count ? m->tables[i].at : UINT32_MAX;
    case SYMBOL_memory:
        return i < m->memory_count ? m->memories[i].at : UINT32_MAX;
    case SYMBOL_global:
        return i < m->global_count ? m->globals[i].at : UINT32_MAX;
    case SYMBOL_tag:
        return i < m->tag_count ? m->tags[i].at : UINT32_MAX;
    case SYMBOL_elem:
        return i < m->elem_count ? m->elems[i].at : UINT32_MAX;
    case SYMBOL_data:
        return i < m->data_count ? m->datas[i].at : UINT32_MAX;
    case SYMBOL_none:
    case SYMBOL_module:
    case SYMBOL_local:
    case SYMBOL_label:
    case SYMBOL_field:
        break;
    }
    return UINT32_MAX;
}

/* At an index: the head of the field that has it. */
static bool definition_of_index(Lang *l, uint32_t at, Buf *out) {
    bool opens;
    Context c;
    Token t = wt_lang_token_at(l, at, &opens);
    if (t.kind != TOKEN_nat || !wt_lang_context(l, t.at, &c) || !wt_lang_waits_for_index(&c))
        return false;
    uint32_t index = wt_lang_index(slice(lang_text(l).data + t.at, t.len));
    uint32_t field = field_of_index(&lang_now(l)->m, c.space, index);
    if (field >= lang_text(l).len)
        return false;
    Lexer lx = wt_lang_lexer(l, field);
    if (lx.token.kind == TOKEN_lparen)
        wt_lex_next(&lx);
    buf_u8(out, '{');
    wt_lang_put_span(l, out, field, (uint64_t)lx.token.at + lx.token.len);
    buf_u8(out, '}');
    return true;
}

bool wt_lang_definition(Lang *l, uint32_t at, Buf *out) {
    if (!wt_lang_find_symbols(l))
        return false;
    const Symbol *symbol = wt_lang_symbol_at(l, at);
    const Symbol *def = symbol ? wt_lang_definition_of(l, symbol) : NULL;
    if (!symbol && definition_of_index(l, at, out))
        return true;
    if (def)
        put_symbol(l, out, def);
    else
        buf_str(out, "null");
    return true;
}

bool wt_lang_references(Lang *l, uint32_t at, Buf *out) {
    if (!wt_lang_find_symbols(l))
        return false;
    const Symbol *symbol = wt_lang_symbol_at(l, at);
    const Symbol *def = symbol ? wt_lang_definition_of(l, symbol) : NULL;
    buf_u8(out, '[');
    if (def)
        put_symbol(l, out, def);
    for (size_t i = 0; def && i < l->symbol_count; i++)
        if (&l->symbols[i] != def && wt_lang_same_symbol(&l->symbols[i], def)) {
            buf_u8(out, ',');
            put_symbol(l, out, &l->symbols[i]);
        }
    buf_u8(out, ']');
    return true;
}

/* ---- renaming ---- */

/* The name as it is written, with its $; false: it is none. */
static bool spell_name(Slice name, Buf *out) {
    bool plain = name.len > 0, quoted = name.len > 0 && utf8_valid(name);
    for (size_t i = 0; i < name.len; i++) {
        plain = plain && wt_lex_class[name.data[i]] >= CHAR_id;
        quoted = quoted && name.data[i] >= 0x20 && name.data[i] != 0x7F && name.data[i] != '"' &&
                 name.data[i] != '\\';
    }
    if (!plain && !quoted)
        return false;
    buf_str(out, plain ? "$" : "$\"");
    buf_slice(out, name);
    buf_str(out, plain ? "" : "\"");
    return true;
}

/* Something else in its scope has the name: of labels all of the function
   count, for an inner one would hide an outer one. */
static bool name_taken(const Lang *l, const Symbol *def, Slice name) {
    const FieldSpan *field = wt_lang_field_at(l, def->at);
    for (size_t i = 0; i < l->symbol_count; i++) {
        const Symbol *s = &l->symbols[i];
        if (s->space != def->space || !slice_eq(s->name, name) || wt_lang_same_symbol(s, def))
            continue;
        bool label = s->space == SYMBOL_label && field && s->at >= field->at && s->at < field->end;
        if (label || s->scope == def->scope)
            return true;
    }
    return false;
}

bool wt_lang_rename(Lang *l, uint32_t at, Slice name, Buf *out) {
    if (!wt_lang_find_symbols(l))
        return false;
    const Symbol *symbol = wt_lang_symbol_at(l, at);
    const Symbol *def = symbol ? wt_lang_definition_of(l, symbol) : NULL;
    if (name.len && name.data[0] == '$') {
        name.data++;
        name.len--;
    }
    Buf spelled;
    wt_buf_init(&spelled, l->al);
    const char *error = !def                          ? "there is no name here"
                        : !spell_name(name, &spelled) ? "this can be no name"
                        : name_taken(l, def, name)    ? "this name is taken"
                                                      : NULL;
    buf_str(out, "{\"edits\":[");
    const char *between = "";
    for (size_t i = 0; !error && i < l->symbol_count; i++) {
        const Symbol *s = &l->symbols[i];
        if (!wt_lang_same_symbol(s, def))
            continue;
        wt_buf_printf(out, "%s{", between);
        wt_lang_put_span(l, out, s->at, (uint64_t)s->at + s->len);
        buf_str(out, ",\"text\":");
        wt_report_json_string(out, slice(spelled.data, spelled.len));
        buf_u8(out, '}');
        between = ",";
    }
    wt_buf_printf(out, error ? "],\"error\":\"%s\"}" : "],\"error\":null}", error ? error : "");
    wt_buf_free(&spelled);
    return true;
}
