/* Module -> bytes, in one direction and without a second copy: each section's contents are written
   twice by the same code, first only counted (for the size that stands before them), then to the
   output.

   Where the module came from a binary, its quirks say which numbers were longer than need be and
   which types were spelled out; the ordinals that they use are counted here exactly as items.c
   counts them. */
#include "binary/encode.h"

#include "base/leb128.h"
#include "wasm/insn.h"
#include "wasm/names.h"

typedef struct Encoder {
    const Module *m;
    Buf *out;
    bool counting;
    uint64_t count; /* bytes, while counting */
    /* What is left of the current item's quirks, as two cursors: each kind has rising ordinals. */
    const Quirk *pad_at, *long_at, *quirk_end;
    uint32_t pads, longs; /* numbers and reference types written in the item so far */
} Encoder;

/* ---- quirks ---- */

/* Sections by rank, in them the header first, then items. */
static uint64_t quirk_key(unsigned section, uint32_t item) {
    return (uint64_t)wt_section_rank((SectionId)section) << 32 | (uint32_t)(item + 1);
}

/* The first quirk whose key is not below `key`. */
static const Quirk *encode_quirks_from(const Module *m, uint64_t key) {
    uint32_t low = 0, high = m->quirk_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (quirk_key(m->quirks[mid].section, m->quirks[mid].item) < key)
            low = mid + 1;
        else
            high = mid;
    }
    return m->quirks + low;
}

/* Every entry of every section begins here, also those of an index space's second pass: the
   cursors then stand at its quirks, and the ordinals at 0. */
static void encode_item(Encoder *e, SectionId section, uint32_t item) {
    e->pads = e->longs = 0;
    if (!e->m->quirk_count)
        return;
    uint64_t key = quirk_key(section, item);
    e->pad_at = e->long_at = encode_quirks_from(e->m, key);
    e->quirk_end = encode_quirks_from(e->m, key + 1);
}

/* The value of the quirk of this kind and ordinal; 0: none. Moves the cursor. */
static unsigned encode_quirk(const Encoder *e, const Quirk **at, QuirkKind kind, uint32_t ordinal) {
    const Quirk *q = *at;
    while (q != e->quirk_end && (q->kind != kind || q->ordinal < ordinal))
        q++;
    *at = q;
    return q != e->quirk_end && q->ordinal == ordinal ? q->value : 0;
}

/* Whether the header of a section has a quirk of this kind. */
static bool encode_has_quirk(const Module *m, SectionId section, QuirkKind kind) {
    if (!m->quirk_count)
        return false;
    uint64_t key = quirk_key(section, QUIRK_header);
    for (const Quirk *q = encode_quirks_from(m, key), *end = encode_quirks_from(m, key + 1);
         q != end; q++)
        if (q->kind == kind)
            return true;
    return false;
}

/* ---- bytes and numbers ---- */

static void encode_bytes(Encoder *e, Slice s) {
    if (e->counting)
        e->count += s.len;
    else
        buf_slice(e->out, s);
}

static void encode_byte(Encoder *e, unsigned byte) {
    if (e->counting)
        e->count++;
    else
        buf_u8(e->out, (uint8_t)byte);
}

static unsigned encode_width(uint64_t v) {
    unsigned n = 1;
    while (v >>= 7)
        n++;
    return n;
}

/* A number that takes `natural` bytes in its shortest form and may take `most`. */
static void encode_number(Encoder *e, uint64_t v, unsigned natural, unsigned most) {
    unsigned width = natural;
    if (e->m->quirk_count) {
        unsigned pad = encode_quirk(e, &e->pad_at, QUIRK_pad, e->pads++);
        if (pad > natural && pad <= most)
            width = pad;
    }
    if (e->counting)
        e->count += width;
    else
        wt_buf_u64leb_pad(e->out, v, width);
}

static void encode_u32(Encoder *e, uint32_t v) { encode_number(e, v, encode_width(v), 5); }
static void encode_u64(Encoder *e, uint64_t v) { encode_number(e, v, encode_width(v), 10); }
/* A type index inside a type is a signed number, of 33 bits. */
static void encode_s33(Encoder *e, uint32_t v) {
    encode_number(e, v, encode_width((uint64_t)v << 1), 5);
}

static void encode_name(Encoder *e, Slice name) {
    encode_u32(e, (uint32_t)name.len);
    encode_bytes(e, name);
}

/* ---- types ---- */

/* The short forms, but (ref null ht) spelled out where a quirk says so. */
static void encode_valtype(Encoder *e, ValType t) {
    if (!valtype_is_ref(t)) {
        unsigned kind = valtype_kind(t);
        encode_byte(e, kind == VAL_i8 ? 0x78 : kind == VAL_i16 ? 0x77 : 0x80 - kind);
        return;
    }
    bool spelled = e->m->quirk_count && encode_quirk(e, &e->long_at, QUIRK_long, e->longs++);
    if (spelled || !valtype_nullable(t) || valtype_indexed(t))
        encode_byte(e, valtype_nullable(t) ? 0x63 : 0x64);
    if (valtype_exact(t))
        encode_byte(e, 0x62);
    if (valtype_indexed(t))
        encode_s33(e, valtype_heap(t));
    else
        encode_byte(e, wt_type_heap_byte(valtype_heap(t)));
}

static void encode_field(Encoder *e, const FieldType *f) {
    encode_valtype(e, f->type);
    encode_byte(e, f->mutable_);
}

static void encode_composite(Encoder *e, const TypeDef *t) {
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        encode_byte(e, 0x60);
        encode_u32(e, t->param_count);
        for (uint32_t i = 0; i < t->param_count; i++)
            encode_valtype(e, t->params[i]);
        encode_u32(e, t->result_count);
        for (uint32_t i = 0; i < t->result_count; i++)
            encode_valtype(e, typedef_results(t)[i]);
        return;
    case TYPE_struct:
        encode_byte(e, 0x5F);
        encode_u32(e, t->param_count);
        for (uint32_t i = 0; i < t->param_count; i++)
            encode_field(e, &t->fields[i]);
        return;
    case TYPE_array:
        encode_byte(e, 0x5E);
        encode_field(e, &t->fields[0]);
        return;
    case TYPE_cont:
        encode_byte(e, 0x5D);
        encode_s33(e, t->cont);
        return;
    }
}

/* 50 and 4F are left out when they say nothing and were not spelled. */
static void encode_subtype(Encoder *e, const TypeDef *t) {
    if (t->sub_spelled || !t->final || t->super != TYPE_none) {
        encode_byte(e, t->final ? 0x4F : 0x50);
        encode_u32(e, t->super != TYPE_none);
        if (t->super != TYPE_none)
            encode_u32(e, t->super);
    }
    if (t->describes != TYPE_none) {
        encode_byte(e, 0x4C);
        encode_u32(e, t->describes);
    }
    if (t->descriptor != TYPE_none) {
        encode_byte(e, 0x4D);
        encode_u32(e, t->descriptor);
    }
    encode_composite(e, t);
}

static bool encode_group_starts(const TypeDef *t, uint32_t index) { return t->rec_start == index; }

/* Groups without members before type `index`; writes them when e is not NULL. */
static uint32_t encode_empty_groups(const Module *m, uint32_t index, Encoder *e) {
    if (!m->quirk_count)
        return 0;
    uint32_t n = 0;
    uint64_t key = quirk_key(SECTION_type, index);
    for (const Quirk *q = encode_quirks_from(m, key), *end = encode_quirks_from(m, key + 1);
         q != end; q++) {
        if (q->kind != QUIRK_empty_rec)
            continue;
        n++;
        if (!e)
            continue;
        encode_byte(e, 0x4E);
        for (unsigned i = 1; i < q->value && i < 5; i++)
            encode_byte(e, 0x80);
        encode_byte(e, 0);
    }
    return n;
}

/* The type section counts groups, not types. */
static uint32_t encode_type_entries(const Module *m) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->type_count; i++)
        n += encode_group_starts(&m->types[i], i);
    for (uint32_t i = 0; m->quirk_count && i <= m->type_count; i++)
        n += encode_empty_groups(m, i, NULL);
    return n;
}

static void encode_types(Encoder *e) {
    const Module *m = e->m;
    for (uint32_t i = 0; i < m->type_count; i++) {
        const TypeDef *t = &m->types[i];
        encode_empty_groups(m, i, e);
        encode_item(e, SECTION_type, i);
        if (encode_group_starts(t, i) && (t->rec_spelled || t->rec_count != 1)) {
            encode_byte(e, 0x4E);
            encode_u32(e, t->rec_count);
        }
        encode_subtype(e, t);
    }
    encode_empty_groups(m, m->type_count, e);
}

/* ---- imports and definitions ---- */

/* The flags byte is made anew: each bit has its field. */
static void encode_limits(Encoder *e, const Limits *l) {
    encode_byte(e, (unsigned)l->has_max | (unsigned)l->shared << 1 | (unsigned)l->is64 << 2 |
                       (unsigned)l->has_page_size << 3);
    encode_u64(e, l->min);
    if (l->has_max)
        encode_u64(e, l->max);
    if (l->has_page_size)
        encode_u32(e, l->page_log2);
}

static void encode_table_type(Encoder *e, const Table *t) {
    encode_valtype(e, t->type);
    encode_limits(e, &t->limits);
}

static void encode_global_type(Encoder *e, const Global *g) {
    encode_valtype(e, g->type);
    encode_byte(e, g->mutable_);
}

static void encode_tag_type(Encoder *e, const Tag *t) {
    encode_byte(e, 0);
    encode_u32(e, t->type);
}

static void encode_extern_type(Encoder *e, const Import *im) {
    const Module *m = e->m;
    bool exact = im->kind == EXTERN_func && m->funcs[im->item].exact;
    encode_byte(e, exact ? 0x20u : im->kind);
    switch ((ExternKind)im->kind) {
    case EXTERN_func:
        encode_u32(e, m->funcs[im->item].type);
        return;
    case EXTERN_table:
        encode_table_type(e, &m->tables[im->item]);
        return;
    case EXTERN_memory:
        encode_limits(e, &m->memories[im->item].limits);
        return;
    case EXTERN_global:
        encode_global_type(e, &m->globals[im->item]);
        return;
    case EXTERN_tag:
        encode_tag_type(e, &m->tags[im->item]);
        return;
    }
}

/* And the import section counts groups, not imports. */
static uint32_t encode_import_entries(const Module *m) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->import_count; i++)
        n += m->imports[i].group_start || m->imports[i].form == IMPORT_plain;
    return n;
}

static uint32_t encode_group_members(const Module *m, uint32_t first) {
    uint32_t i = first + 1;
    while (i < m->import_count && !m->imports[i].group_start)
        i++;
    return i - first;
}

/* The head of a group is written with its first member, whose item it belongs to. */
static void encode_import(Encoder *e, uint32_t index) {
    const Import *im = &e->m->imports[index];
    encode_item(e, SECTION_import, index);
    if (im->form == IMPORT_plain) {
        encode_name(e, im->module);
        encode_name(e, im->name);
        encode_extern_type(e, im);
        return;
    }
    bool by_type = im->form == IMPORT_by_type;
    if (im->group_start) {
        encode_name(e, im->module);
        encode_u32(e, 0);
        encode_byte(e, by_type ? 0x7E : 0x7F);
        if (by_type)
            encode_extern_type(e, im);
        encode_u32(e, encode_group_members(e->m, index));
    }
    encode_name(e, im->name);
    if (!by_type)
        encode_extern_type(e, im);
}

static void encode_table(Encoder *e, const Table *t) {
    if (t->init.code.data) {
        encode_byte(e, 0x40);
        encode_byte(e, 0);
    }
    encode_table_type(e, t);
    encode_bytes(e, t->init.code);
}

/* Function indices are copied when nothing asks for other widths. */
static void encode_elem_items(Encoder *e, const Elem *x) {
    bool padded = false;
    for (const Quirk *q = e->pad_at; e->m->quirk_count && q != e->quirk_end; q++)
        padded |= q->kind == QUIRK_pad && q->ordinal >= e->pads;
    if (x->exprs || !padded) {
        encode_bytes(e, x->items);
        return;
    }
    Reader r = reader_of(x->items.data, x->items.len);
    for (uint32_t i = 0; i < x->count; i++)
        encode_u32(e, read_u32(&r));
}

/* The flags lead: whoever made the segment chose them to fit its mode, table and type. */
static void encode_elem(Encoder *e, const Elem *x) {
    encode_u32(e, x->flags);
    if (x->mode == SEGMENT_active) {
        if (x->flags & 2)
            encode_u32(e, x->table);
        encode_bytes(e, x->offset.code);
    }
    if ((x->flags & 3) && x->exprs)
        encode_valtype(e, x->type);
    else if (x->flags & 3)
        encode_byte(e, 0);
    encode_u32(e, x->count);
    encode_elem_items(e, x);
}

static void encode_data(Encoder *e, const Data *x) {
    encode_u32(e, x->flags);
    if (x->flags == 2)
        encode_u32(e, x->memory);
    if (x->mode == SEGMENT_active)
        encode_bytes(e, x->offset.code);
    encode_u32(e, (uint32_t)x->bytes.len);
    encode_bytes(e, x->bytes);
}

/* Entry i of a section, without imports. */
static void encode_entry(Encoder *e, SectionId id, uint32_t i) {
    const Module *m = e->m;
    encode_item(e, id, i);
    switch (id) {
    case SECTION_func:
        encode_u32(e, m->funcs[m->func_imports + i].type);
        return;
    case SECTION_table:
        encode_table(e, &m->tables[m->table_imports + i]);
        return;
    case SECTION_memory:
        encode_limits(e, &m->memories[m->memory_imports + i].limits);
        return;
    case SECTION_tag:
        encode_tag_type(e, &m->tags[m->tag_imports + i]);
        return;
    case SECTION_global:
        encode_global_type(e, &m->globals[m->global_imports + i]);
        encode_bytes(e, m->globals[m->global_imports + i].init.code);
        return;
    case SECTION_export:
        encode_name(e, m->exports[i].name);
        encode_byte(e, m->exports[i].kind);
        encode_u32(e, m->exports[i].item);
        return;
    case SECTION_start:
        encode_u32(e, m->start);
        return;
    case SECTION_elem:
        encode_elem(e, &m->elems[i]);
        return;
    case SECTION_code: {
        const Func *f = &m->funcs[m->func_imports + i];
        encode_u32(e, f->code_size);
        encode_bytes(e, slice(f->code, f->code_size));
        return;
    }
    case SECTION_data:
        encode_data(e, &m->datas[i]);
        return;
    case SECTION_custom:
    case SECTION_type:
    case SECTION_import:
    case SECTION_datacount:
    case SECTION_count:
        return;
    }
}

/* ---- sections ---- */

/* Zero: the section is left out, unless a quirk says that it is there. */
static uint32_t encode_entries_of(const Module *m, SectionId id) {
    switch (id) {
    case SECTION_type:
        return m->type_count;
    case SECTION_import:
        return m->import_count;
    case SECTION_func:
    case SECTION_code:
        return m->func_count - m->func_imports;
    case SECTION_table:
        return m->table_count - m->table_imports;
    case SECTION_memory:
        return m->memory_count - m->memory_imports;
    case SECTION_tag:
        return m->tag_count - m->tag_imports;
    case SECTION_global:
        return m->global_count - m->global_imports;
    case SECTION_export:
        return m->export_count;
    case SECTION_elem:
        return m->elem_count;
    case SECTION_data:
        return m->data_count;
    case SECTION_start:
        return m->has_start;
    case SECTION_datacount:
        return m->has_data_count;
    case SECTION_custom:
    case SECTION_count:
        break;
    }
    return 0;
}

/* The contents of a section; e stands behind number 0 of the header, the size. */
static void encode_contents(Encoder *e, SectionId id) {
    const Module *m = e->m;
    uint32_t n = encode_entries_of(m, id);
    if (id == SECTION_type) {
        encode_u32(e, encode_type_entries(m));
        encode_types(e);
        return;
    }
    if (id == SECTION_datacount) {
        encode_u32(e, m->data_count);
        return;
    }
    if (id == SECTION_import)
        encode_u32(e, encode_import_entries(m));
    else if (id != SECTION_start)
        encode_u32(e, n);
    for (uint32_t i = 0; i < n; i++) {
        if (id == SECTION_import)
            encode_import(e, i);
        else
            encode_entry(e, id, i);
    }
}

/* Id and size, with the size's own width. */
static void encode_section_head(Encoder *e, SectionId id, uint32_t item, uint64_t size, Diag *d) {
    if (size > UINT32_MAX) {
        wt_diag_add(d, ERR_limit, DIAG_NOWHERE, 0, "a %s section of %llu bytes",
                    wt_section_name(id), (unsigned long long)size);
        e->out->failed = true;
    }
    encode_byte(e, id);
    encode_item(e, id, item);
    encode_u32(e, (uint32_t)size);
}

static void encode_section(Encoder *e, SectionId id, Diag *d) {
    const Module *m = e->m;
    bool empty_recs =
        id == SECTION_type && m->type_count == 0 && encode_empty_groups(m, 0, NULL) > 0;
    if (!encode_entries_of(m, id) && !empty_recs && !encode_has_quirk(m, id, QUIRK_present))
        return;
    if (id == SECTION_datacount && !m->has_data_count)
        return;
    e->counting = true;
    e->count = 0;
    encode_item(e, id, QUIRK_header);
    e->pads = 1;
    encode_contents(e, id);
    e->counting = false;
    encode_section_head(e, id, QUIRK_header, e->count, d);
    encode_contents(e, id);
}

/* A custom section; contents NULL: the name section made from m->names. */
static void encode_custom(Encoder *e, uint32_t item, Slice name, const Slice *contents, Diag *d) {
    uint64_t len = contents ? contents->len : wt_names_size(e->m);
    e->counting = true;
    e->count = 0;
    encode_item(e, SECTION_custom, item);
    e->pads = 1;
    encode_name(e, name);
    e->counting = false;
    encode_section_head(e, SECTION_custom, item, e->count + len, d);
    encode_name(e, name);
    if (contents)
        encode_bytes(e, *contents);
    else
        wt_names_write(e->m, e->out);
}

/* A module read from a binary keeps the section it had, one from text makes its own. */
static bool encode_makes_names(const Module *m) {
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (m->customs[i].is_names)
            return false;
    return m->names.present && m->names_after != NAMES_drop;
}

/* The highest rank that has a section: names stand behind it. */
static unsigned last_section_rank(const Module *m) {
    for (unsigned rank = SECTION_count - 1; rank > 0; rank--) {
        SectionId id = wt_section_of_rank(rank);
        if (encode_entries_of(m, id) || encode_has_quirk(m, id, QUIRK_present))
            return rank;
    }
    return m->quirk_count && encode_empty_groups(m, 0, NULL) ? 1 : 0;
}

/* By rank, and behind each rank the custom sections that stand there. */
bool wt_binary_encode(const Module *m, Buf *out, Diag *d) {
    Encoder encoder = {.m = m, .out = out}, *e = &encoder;
    bool names_due = encode_makes_names(m);
    unsigned names_rank = last_section_rank(m);
    uint32_t passed = 0; /* custom sections behind the last other section */
    Slice names = slice_str("name");
    buf_bytes(out, "\0asm\1\0\0\0", 8);
    for (unsigned rank = 0; rank < SECTION_count && !out->failed; rank++) {
        if (rank > 0)
            encode_section(e, wt_section_of_rank(rank), d);
        for (uint32_t i = 0; i < m->custom_count && !out->failed; i++) {
            const Custom *c = &m->customs[i];
            if (c->after != rank)
                continue;
            if (names_due && rank >= names_rank && passed == m->names_after) {
                encode_custom(e, QUIRK_header, names, NULL, d);
                names_due = false;
            }
            passed += rank >= names_rank;
            encode_custom(e, c->is_names ? QUIRK_header : i, c->name, &c->bytes, d);
        }
    }
    if (names_due)
        encode_custom(e, QUIRK_header, names, NULL, d);
    if (out->failed && !out->write_failed && d->errors == 0)
        wt_diag_oom(d);
    return !out->failed;
}
