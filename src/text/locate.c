/* Where in the text a problem stands that was found in wasm bytes. The parser keeps no map from
   code to text, because nearly no module needs one: the field with the problem is read once more,
   with a list of instructions and their tokens, and the list is searched. */
#include "text/parse_inside.h"

typedef struct Locator {
    const Module *m;
    Module copy; /* the parser's: what it would write goes nowhere */
    Diag silent;
    Parser *parser;
    SourceMap map;
    uint8_t section; /* what `map` is of */
    uint32_t item;
} Locator;

/* The field that an expression or body stands in, or UINT32_MAX. */
static uint32_t field_of(const Module *m, const Place *place, Space *space) {
    uint32_t i = place->item;
    switch ((SectionId)place->section) {
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
static bool locator_ready(Locator *l) {
    if (l->parser)
        return !l->parser->oom;
    const Module *m = l->m;
    l->copy = *m;
    wt_arena_init(&l->copy.arena, m->arena.allocator);
    wt_diag_init(&l->silent, m->arena.allocator);
    Lexer lx;
    wt_lex_init(&lx, m->source, &l->silent);
    l->parser = wt_parse_new(&l->copy, lx, &l->silent);
    if (!l->parser)
        return false;
    l->copy.types = ARENA_ARRAY(&l->copy.arena, TypeDef, m->type_count);
    if (!l->copy.types)
        return wt_parse_oom(l->parser);
    if (m->type_count)
        memcpy(l->copy.types, m->types, m->type_count * sizeof *m->types);
    l->parser->sink = &l->map;
    return wt_parse_again(l->parser);
}

static void locator_free(Locator *l) {
    if (!l->silent.arena.allocator)
        return;
    allocator_free(l->m->arena.allocator, l->map.marks, l->map.cap * sizeof *l->map.marks);
    if (l->parser)
        wt_parse_delete(l->parser);
    wt_diag_free(&l->silent);
    wt_arena_free(&l->copy.arena);
}

/* Reads the field of a place again, unless it is the one that was read last. */
static bool read_again(Locator *l, const Place *place, Space space, uint32_t at) {
    if (l->map.count && l->section == place->section && l->item == place->item)
        return true;
    if (!locator_ready(l))
        return false;
    Parser *p = l->parser;
    l->section = place->section;
    l->item = place->item;
    l->map.count = 0;
    l->map.base = 0;
    l->map.part = 0;
    p->failed = false;
    p->import_error = ERR_none;
    p->next[space] = place->item;
    p->start_field.len = 0;
    wt_lex_at(&p->lx, at);
    p->lx.before = 0;
    return wt_parse_field(p) && l->map.count > 0;
}

/* Fills in at and len; the place of the field when nothing better is found. */
static void locate_place(Locator *l, const Place *place, uint64_t *at, uint64_t *len) {
    if (*at != DIAG_NOWHERE || place->section == 0)
        return;
    Space space;
    uint32_t field = field_of(l->m, place, &space);
    if (field == UINT32_MAX)
        return;
    *at = field;
    *len = 1;
    if (!read_again(l, place, space, field))
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
    Locator l = {.m = m};
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
    locator_free(&l);
    wt_diag_sort(d);
}
