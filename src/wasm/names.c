/* Writing the name section, and comparing it with what text would make of it. The subsections of
   Module.names are kept as encoded, so writing is copying; the comparison walks them once. Memory
   is never taken. */
#include "wasm/names.h"

#include "base/leb128.h"
#include "base/utf8.h"
#include "wasm/insn.h"

static unsigned names_leb_width(uint64_t v) {
    unsigned n = 1;
    while (v >>= 7)
        n++;
    return n;
}

void wt_names_write(const Module *m, Buf *out) {
    for (unsigned kind = 0; kind < NAME_count; kind++) {
        Slice sub = m->names.sub[kind];
        if (!sub.data)
            continue;
        buf_u8(out, (uint8_t)kind);
        buf_u32leb(out, (uint32_t)sub.len);
        buf_slice(out, sub);
    }
}

/* Subsections that are there but empty count too. */
uint64_t wt_names_size(const Module *m) {
    uint64_t n = 0;
    for (unsigned kind = 0; kind < NAME_count; kind++)
        if (m->names.sub[kind].data)
            n += 1 + names_leb_width(m->names.sub[kind].len) + m->names.sub[kind].len;
    return n;
}

/* ---- canonical form ----

   What the text parser would write from identifiers: sorted, no entry twice, nothing named that is
   not there, no map without names. Bounds only need to hold where text could not say the index. */

/* A number in the shortest form. */
static bool short_u32(Reader *r, uint32_t *v) {
    r->marks = 0;
    *v = read_u32(r);
    return !r->error && !(r->marks & READ_padded);
}

static bool short_name(Reader *r) {
    uint32_t len;
    if (!short_u32(r, &len))
        return false;
    const uint8_t *p = read_bytes(r, len);
    return p && utf8_valid(slice(p, len));
}

/* A map that is not empty, with rising indices below `limit`. */
static bool flat_map(Reader *r, uint64_t limit) {
    uint32_t count, index;
    uint64_t least = 0;
    if (!short_u32(r, &count) || count == 0)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!short_u32(r, &index) || index < least || index >= limit || !short_name(r))
            return false;
        least = (uint64_t)index + 1;
    }
    return true;
}

static const TypeDef *type_of_func(const Module *m, uint32_t func) {
    uint32_t t = m->funcs[func].type;
    return t < m->type_count && m->types[t].kind == TYPE_func ? &m->types[t] : NULL;
}

/* Parameters and locals. */
static uint64_t locals_of_func(const Module *m, uint32_t func) {
    const TypeDef *t = type_of_func(m, func);
    uint64_t n = t ? t->param_count : 0;
    const Func *f = &m->funcs[func];
    Reader r = reader_of(f->code, f->code ? f->code_size : 0);
    LocalRun run;
    for (uint32_t runs = f->code ? wt_insn_local_runs(&r) : 0; runs > 0; runs--) {
        if (!wt_insn_next_run(&r, &run))
            break;
        n += run.count;
    }
    return n;
}

/* Instructions that introduce a label. */
static uint64_t labels_of_func(const Module *m, uint32_t func) {
    const Func *f = &m->funcs[func];
    Reader r = reader_of(f->code, f->code ? f->code_size : 0);
    LocalRun run;
    for (uint32_t runs = f->code ? wt_insn_local_runs(&r) : 0; runs > 0; runs--)
        if (!wt_insn_next_run(&r, &run))
            break;
    uint64_t n = 0;
    Insn in = {0};
    while (r.at != r.end && insn_read(&r, &in)) {
        Imm imm = (Imm)op_info(in.op)->imm;
        n += imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
    }
    return n;
}

/* Only fields of structs have names. */
static uint64_t fields_of_type(const Module *m, uint32_t type) {
    return m->types[type].kind == TYPE_struct ? m->types[type].param_count : 0;
}

/* A map of maps, its outer indices below `limit`; `inner` tells the limit of each inner map. */
static bool nested_map(const Module *m, Reader *r, uint32_t limit,
                       uint64_t (*inner)(const Module *, uint32_t)) {
    uint32_t count, index;
    uint64_t least = 0;
    if (!short_u32(r, &count) || count == 0)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!short_u32(r, &index) || index < least || index >= limit)
            return false;
        if (!flat_map(r, inner(m, index)))
            return false;
        least = (uint64_t)index + 1;
    }
    return true;
}

/* One subsection, which must be used up (the caller looks). */
static bool canonical_sub(const Module *m, NameKind kind, Reader *r) {
    switch (kind) {
    case NAME_module:
        return short_name(r);
    case NAME_func:
        return flat_map(r, m->func_count);
    case NAME_local:
        return nested_map(m, r, m->func_count, locals_of_func);
    case NAME_label:
        return nested_map(m, r, m->func_count, labels_of_func);
    case NAME_type:
        return flat_map(r, m->type_count);
    case NAME_table:
        return flat_map(r, m->table_count);
    case NAME_memory:
        return flat_map(r, m->memory_count);
    case NAME_global:
        return flat_map(r, m->global_count);
    case NAME_elem:
        return flat_map(r, m->elem_count);
    case NAME_data:
        return flat_map(r, m->data_count);
    case NAME_field:
        return nested_map(m, r, m->type_count, fields_of_type);
    case NAME_tag:
        return flat_map(r, m->tag_count);
    case NAME_count:
        break;
    }
    return false;
}

/* The section must be what wt_names_write makes (rising kinds, shortest sizes, nothing else), and
   each subsection what text would make. */
bool wt_names_canonical(const Module *m, Slice contents) {
    Reader r = reader_of(contents.data, contents.len);
    unsigned least = 0;
    if (contents.len == 0) /* names that name nothing make no section */
        return false;
    while (r.at != r.end) {
        uint32_t len;
        unsigned kind = read_u8(&r);
        if (kind < least || kind >= NAME_count || !short_u32(&r, &len))
            return false;
        const uint8_t *p = read_bytes(&r, len);
        Reader sub = reader_of(p, p ? len : 0);
        if (!p || !canonical_sub(m, (NameKind)kind, &sub) || sub.at != sub.end)
            return false;
        if (!slice_eq(m->names.sub[kind], slice(p, len)))
            return false;
        least = kind + 1;
    }
    return wt_names_size(m) == contents.len;
}
