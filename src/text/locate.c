/* Where in the text a problem stands that was found in wasm bytes. The parser keeps no map from
   code to text, because nearly no module needs one: the field with the problem is read once more,
   with a list of instructions and their tokens, and the list is searched. */
#include "text/parse_inside.h"

struct TextMap {
    const Module *m;
    Module copy; /* the parser's: what it would write goes nowhere */
    Diag silent;
    Parser *parser;
    SourceMap map;
    uint8_t section; /* what `map` is of */
    uint32_t item;
    bool whole;
};

/* The field that an expression or body stands in, or UINT32_MAX. */
static uint32_t field_of(const Module *m, SectionId section, uint32_t i, Space *space) {
    switch (section) {
    case SECTION_code:
        *space = SPACE_func;
        return i < m->func_count ? m->funcs[i].at : UINT32_MAX;
    case SECTION_global:
        *space = SPACE_global;
        return i < m->global_count ? m->globals[i].at : UINT32_MAX;
    case SECTION_table:
        *space = SPACE_table;
        return i < m->table_count ? m->tables[i].at : UINT32_MAX;
    case SECTION_elem:
        *space = SPACE_elem;
        return i < m->elem_count ? m->elems[i].at : UINT32_MAX;
    case SECTION_data:
        *space = SPACE_data;
        return i < m->data_count ? m->datas[i].at : UINT32_MAX;
    case SECTION_custom:
    case SECTION_type:
    case SECTION_import:
    case SECTION_func:
    case SECTION_memory:
    case SECTION_export:
    case SECTION_start:
    case SECTION_datacount:
    case SECTION_tag:
    case SECTION_count:
        break;
    }
    return UINT32_MAX;
}

/* Sets up the parser, once. */
static bool map_ready(TextMap *t) {
    if (t->parser)
        return !t->parser->oom;
    const Module *m = t->m;
    t->copy = *m;
    wt_arena_init(&t->copy.arena, m->arena.allocator);
    wt_diag_init(&t->silent, m->arena.allocator);
    Lexer lx;
    wt_lex_init(&lx, m->source, &t->silent);
    t->parser = wt_parse_new(&t->copy, lx, &t->silent);
    if (!t->parser)
        return false;
    t->copy.types = ARENA_ARRAY(&t->copy.arena, TypeDef, m->type_count);
    if (!t->copy.types)
        return wt_parse_oom(t->parser);
    if (m->type_count)
        memcpy(t->copy.types, m->types, m->type_count * sizeof *m->types);
    t->parser->sink = &t->map;
    return wt_parse_again(t->parser);
}

static void map_drop(TextMap *t) {
    if (!t->silent.arena.allocator)
        return;
    allocator_free(t->m->arena.allocator, t->map.marks, t->map.cap * sizeof *t->map.marks);
    if (t->parser)
        wt_parse_delete(t->parser);
    wt_diag_free(&t->silent);
    wt_arena_free(&t->copy.arena);
}

/* Reads a field again, unless it is the one that was read last. */
static bool read_again(TextMap *t, SectionId section, uint32_t item, Space space, uint32_t at) {
    if (t->map.count && t->section == section && t->item == item)
        return true;
    if (!map_ready(t))
        return false;
    Parser *p = t->parser;
    t->section = (uint8_t)section;
    t->item = item;
    t->map.count = 0;
    t->map.base = 0;
    t->map.part = 0;
    p->failed = false;
    p->code.len = 0;
    p->import_error = ERR_none;
    p->next[space] = item;
    p->start_field.len = 0;
    wt_lex_at(&p->lx, at);
    p->lx.before = 0;
    t->whole = wt_parse_field(p);
    return !p->oom;
}

TextMap *wt_text_map_new(const Module *m) {
    TextMap *t = allocator_get(m->arena.allocator, sizeof *t);
    if (t)
        *t = (TextMap){.m = m};
    return t;
}

void wt_text_map_free(TextMap *t) {
    if (!t)
        return;
    map_drop(t);
    allocator_free(t->m->arena.allocator, t, sizeof *t);
}

bool wt_text_map_read(TextMap *t, SectionId section, uint32_t item, MapField *field) {
    Space space;
    uint32_t at = field_of(t->m, section, item, &space);
    if (at == UINT32_MAX || !read_again(t, section, item, space, at))
        return false;
    *field = (MapField){t->map.marks, t->map.count,
                        slice(t->parser->code.data, t->parser->code.len), t->whole};
    return true;
}

/* Fills in at and len; the place of the field when nothing better is found. */
static void locate_place(TextMap *l, const Place *place, uint64_t *at, uint64_t *len) {
    if (*at != DIAG_NOWHERE || place->section == 0)
        return;
    Space space;
    uint32_t field = field_of(l->m, (SectionId)place->section, place->item, &space);
    if (field == UINT32_MAX)
        return;
    *at = field;
    *len = 1;
    if (!read_again(l, (SectionId)place->section, place->item, space, field) || !l->whole)
        return;
    const SourceMark *best = NULL;
    for (size_t i = 0; i < l->map.count; i++) {
        const SourceMark *mark = &l->map.marks[i];
        if (mark->part == place->part && mark->offset <= place->offset &&
            (!best || mark->offset >= best->offset))
            best = mark;
    }
    if (best) {
        *at = best->token.at;
        *len = best->token.len;
    }
}

/* A problem of a whole field shows its parenthesis: better its keyword and identifier too. */
static void widen_field(const Module *m, uint64_t at, uint64_t *len) {
    if (at >= m->source.len || *len > 1 || m->source.data[at] != '(')
        return;
    Lexer lx;
    wt_lex_init(&lx, slice(m->source.data, 0), NULL);
    lx.start = m->source.data;
    lx.end = m->source.data + m->source.len;
    wt_lex_at(&lx, (uint32_t)at);
    if (wt_lex_next(&lx) != TOKEN_keyword)
        return;
    *len = lx.token.at + lx.token.len - at;
    uint64_t gap = at + *len;
    if (wt_lex_next(&lx) == TOKEN_id && lx.token.at == gap + 1)
        *len = lx.token.at + lx.token.len - at;
}

void wt_text_locate(const Module *m, Diag *d) {
    TextMap l = {.m = m};
    for (uint32_t i = 0; i < d->count; i++) {
        DiagEntry *e = d->entries[i];
        locate_place(&l, &e->place, &e->at, &e->len);
        widen_field(m, e->at, &e->len);
        for (uint32_t k = 0; k < e->note_count; k++) {
            /* A hint without a place has none in the code either. */
            locate_place(&l, &e->notes[k].place, &e->notes[k].at, &e->notes[k].len);
            widen_field(m, e->notes[k].at, &e->notes[k].len);
        }
    }
    if (l.parser && l.parser->oom)
        wt_diag_oom(d);
    map_drop(&l);
    wt_diag_sort(d);
}
