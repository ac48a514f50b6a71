/* Names for the dump: one array per index space, filled by one walk over each map of the name
   section; what has no name there takes that of its symbol (object files), its import or export.
   Locals are looked up function by function (dump_code.c). */
#include "tools/dump_inside.h"

NameKind wt_dump_kind_of_extern(uint8_t kind) {
    switch ((ExternKind)kind) {
    case EXTERN_func:
        return NAME_func;
    case EXTERN_table:
        return NAME_table;
    case EXTERN_memory:
        return NAME_memory;
    case EXTERN_global:
        return NAME_global;
    case EXTERN_tag:
        return NAME_tag;
    }
    return NAME_count;
}

static void collect_kind(Dump *p, NameKind kind, uint32_t count) {
    p->names[kind] = count ? ARENA_ARRAY(&p->arena, Slice, count) : NULL;
    p->counts[kind] = p->names[kind] ? count : 0;
    NameWalk w = wt_names_walk(p->m->names.sub[kind]);
    uint32_t index;
    Slice name;
    while (wt_names_next(&w, &index, &name))
        if (index < p->counts[kind])
            p->names[kind][index] = name;
}

/* "module.name" of an import. */
static Slice import_name(Dump *p, const Import *im) {
    size_t len = im->module.len + 1 + im->name.len;
    uint8_t *text = arena_alloc(&p->arena, len);
    if (!text)
        return (Slice){NULL, 0};
    if (im->module.len)
        memcpy(text, im->module.data, im->module.len);
    text[im->module.len] = '.';
    if (im->name.len)
        memcpy(text + im->module.len + 1, im->name.data, im->name.len);
    return slice(text, len);
}

void wt_dump_collect_names(Dump *p) {
    const Module *m = p->m;
    collect_kind(p, NAME_func, m->func_count);
    collect_kind(p, NAME_type, m->type_count);
    collect_kind(p, NAME_table, m->table_count);
    collect_kind(p, NAME_memory, m->memory_count);
    collect_kind(p, NAME_global, m->global_count);
    collect_kind(p, NAME_elem, m->elem_count);
    collect_kind(p, NAME_data, m->data_count);
    collect_kind(p, NAME_tag, m->tag_count);
    wt_dump_symbols(p);
    for (uint32_t i = 0; i < m->import_count; i++) {
        const Import *im = &m->imports[i];
        NameKind kind = wt_dump_kind_of_extern(im->kind);
        if (im->item < p->counts[kind] && !p->names[kind][im->item].data)
            p->names[kind][im->item] = import_name(p, im);
    }
    for (uint32_t i = 0; i < m->export_count; i++) {
        const Export *e = &m->exports[i];
        NameKind kind = wt_dump_kind_of_extern(e->kind);
        if (e->item < p->counts[kind] && !p->names[kind][e->item].data)
            p->names[kind][e->item] = e->name;
    }
}

Slice wt_dump_name(const Dump *p, NameKind kind, uint32_t index) {
    return kind < NAME_count && index < p->counts[kind] ? p->names[kind][index] : (Slice){NULL, 0};
}

static bool clean_byte(uint8_t c, char quote) {
    return c >= 0x20 && c != 0x7F && c != (uint8_t)quote && c != '\\';
}

static void put_clean(Buf *out, Slice s, char quote) {
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (clean_byte(s.data[i], quote))
            continue;
        buf_bytes(out, s.data + from, i - from);
        buf_u8(out, '\\');
        wt_buf_hex(out, s.data[i], 2);
        from = i + 1;
    }
    buf_bytes(out, s.data + from, s.len - from);
}

void wt_dump_put_clean(Buf *out, Slice s) { put_clean(out, s, '"'); }

void wt_dump_put_text(Buf *out, Slice s) {
    buf_u8(out, '"');
    if (s.len)
        put_clean(out, s, '"');
    buf_u8(out, '"');
}

void wt_dump_put_bracketed(Buf *out, Slice name) {
    buf_str(out, " <");
    if (name.len)
        put_clean(out, name, '>');
    buf_u8(out, '>');
}

void wt_dump_put_name(Dump *p, NameKind kind, uint32_t index) {
    Slice name = wt_dump_name(p, kind, index);
    if (name.data)
        wt_dump_put_bracketed(p->out, name);
}
