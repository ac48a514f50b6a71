/* Where the parts of a module stand in what it was read from. The decoder and the parser keep where
   each begins; where it ends is found here: in a binary by what comes next, in a text by the
   parenthesis that closes it. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "text/lex.h"

typedef struct Parts {
    const Module *m;
    wattle_part_fn fn;
    void *user;
    Lexer lx;
    bool stopped;
} Parts;

static void tell_part(Parts *p, wattle_part part) {
    if (!p->stopped && !p->fn(p->user, &part))
        p->stopped = true;
}

static const Section *part_section(const Module *m, SectionId id) {
    for (uint32_t i = 0; i < m->section_count; i++)
        if (m->sections[i].id == id)
            return &m->sections[i];
    return NULL;
}

/* The part that begins at `at`; `next`: where the one behind it in the list begins, 0: nothing
   does. */
static void tell_item(Parts *p, wattle_part_kind kind, SectionId section, uint32_t index,
                      Slice name, uint32_t at, uint32_t next) {
    const Module *m = p->m;
    wattle_part part = {.kind = kind, .index = index, .name = string_of(name), .offset = at};
    part.content = at;
    if (m->is_text) {
        uint32_t end = at < m->source.len && m->source.data[at] == '('
                           ? wt_lex_scan_group(&p->lx, at)
                           : UINT32_MAX;
        if (end == UINT32_MAX)
            return; /* implied by another field, as types of functions are */
        part.size = end - at;
    } else {
        const Section *s = part_section(m, section);
        uint64_t end = s ? (uint64_t)s->content + s->size : at;
        if (next > at && next < end)
            end = next;
        part.size = end > at ? end - at : 0;
    }
    tell_part(p, part);
}

/* A text names what it likes in its own words: those of the binary's name section. */
static Slice part_name(const Parts *p, NameKind kind, uint32_t index) {
    return wt_names_find(p->m, kind, index);
}

static void tell_sections(Parts *p) {
    const Module *m = p->m;
    uint32_t custom = 0;
    for (uint32_t i = 0; i < m->section_count; i++) {
        const Section *s = &m->sections[i];
        Slice name = slice_str(wt_section_name((SectionId)s->id));
        if (s->id == SECTION_custom && custom < m->custom_count)
            name = m->customs[custom++].name;
        tell_part(p, (wattle_part){.kind = WATTLE_PART_SECTION,
                                   .index = s->id,
                                   .name = string_of(name),
                                   .offset = s->at,
                                   .content = s->content,
                                   .size = (uint64_t)s->content + s->size - s->at});
    }
}

/* Functions are many: their names are walked beside them, not looked for. */
static void tell_functions(Parts *p) {
    const Module *m = p->m;
    NameWalk names = wt_names_walk(m->names.sub[NAME_func]);
    uint32_t named = 0;
    Slice name = {NULL, 0};
    bool more = wt_names_next(&names, &named, &name);
    for (uint32_t i = 0; i < m->func_count && !p->stopped; i++) {
        const Func *f = &m->funcs[i];
        while (more && named < i)
            more = wt_names_next(&names, &named, &name);
        Slice own = more && named == i ? name : (Slice){NULL, 0};
        if (m->is_text || !f->code) {
            if (i >= m->func_imports || m->is_text)
                tell_item(p, WATTLE_PART_FUNC, SECTION_func, i, own, f->at, 0);
            continue;
        }
        uint64_t code = (uint64_t)(f->code - m->source.data);
        tell_part(p, (wattle_part){.kind = WATTLE_PART_FUNC,
                                   .index = i,
                                   .name = string_of(own),
                                   .offset = f->at < code ? f->at : code,
                                   .content = code,
                                   .size = code + f->code_size - (f->at < code ? f->at : code)});
    }
}

#define PART_LIST(kind, section, list, count, from, name)                                          \
    for (uint32_t i = (from); i < m->count && !p->stopped; i++)                                    \
    tell_item(p, kind, section, i, name, m->list[i].at, i + 1 < m->count ? m->list[i + 1].at : 0)

static void tell_items(Parts *p) {
    const Module *m = p->m;
    const bool text = m->is_text;
    PART_LIST(WATTLE_PART_TYPE, SECTION_type, types, type_count, 0, part_name(p, NAME_type, i));
    PART_LIST(WATTLE_PART_IMPORT, SECTION_import, imports, import_count, 0, m->imports[i].name);
    tell_functions(p);
    PART_LIST(WATTLE_PART_TABLE, SECTION_table, tables, table_count, text ? 0 : m->table_imports,
              part_name(p, NAME_table, i));
    PART_LIST(WATTLE_PART_MEMORY, SECTION_memory, memories, memory_count,
              text ? 0 : m->memory_imports, part_name(p, NAME_memory, i));
    PART_LIST(WATTLE_PART_TAG, SECTION_tag, tags, tag_count, text ? 0 : m->tag_imports,
              part_name(p, NAME_tag, i));
    PART_LIST(WATTLE_PART_GLOBAL, SECTION_global, globals, global_count,
              text ? 0 : m->global_imports, part_name(p, NAME_global, i));
    PART_LIST(WATTLE_PART_EXPORT, SECTION_export, exports, export_count, 0, m->exports[i].name);
    PART_LIST(WATTLE_PART_ELEM, SECTION_elem, elems, elem_count, 0, part_name(p, NAME_elem, i));
    PART_LIST(WATTLE_PART_DATA, SECTION_data, datas, data_count, 0, part_name(p, NAME_data, i));
}

void wattle_module_parts(const wattle_module *module, wattle_part_fn fn, void *user) {
    const Module *m = &module->module;
    Parts p = {.m = m, .fn = fn, .user = user};
    if (m->is_text)
        wt_lex_init(&p.lx, m->source, NULL);
    else
        tell_sections(&p);
    tell_items(&p);
}
