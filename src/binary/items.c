/* The entries of every section but code: one function per section, called by the section loop of
   decode.c with the reader at the entry. An entry that fails sets the reader's error and is not
   counted into the module; the loop reports it with its place.

   Every number and every reference type is read through the counting readers of decoder.h, in the
   order in which encode.c writes them: that order is what the quirks' ordinals mean. */
#include "binary/decoder.h"

/* Bytes that say what an import is, beside 0 to 3. */
enum { KIND_byte_tag = 4, KIND_byte_exact = 0x20, GROUP_by_module = 0x7F, GROUP_by_type = 0x7E };

/* ---- types ---- */

/* Number types without a call: they are most of what a type section holds. */
static ValType take_valtype(Decoder *d) {
    if (WT_LIKELY(d->r.at != d->r.end && *d->r.at >= 0x7C && *d->r.at <= 0x7F))
        return (ValType)(0x80 - *d->r.at++);
    return wt_decode_type(d, wt_insn_valtype_slow, ERR_value_type);
}

static bool take_mutability(Decoder *d) {
    const uint8_t *at = d->r.at;
    uint8_t byte = read_u8(&d->r);
    if (byte > 1)
        wt_decode_fail(d, ERR_mutability, at, "0x%02x, expected 0 (immutable) or 1 (mutable)",
                       (unsigned)byte);
    return byte == 1;
}

/* `count` value types behind `before` others, in one array. */
static ValType *take_valtypes(Decoder *d, const ValType *before, uint32_t before_count,
                              uint32_t count) {
    ValType *list = ARENA_ARRAY(&d->m->arena, ValType, (size_t)before_count + count);
    if (!list) {
        wt_decode_oom(d);
        return NULL;
    }
    if (before_count)
        memcpy(list, before, before_count * sizeof *list);
    for (uint32_t i = 0; i < count && !d->r.error; i++)
        list[before_count + i] = take_valtype(d);
    return list;
}

/* Parameters and results share one array, but the number of results is known only behind the
   parameters: those are then copied. Without results, as often as not, nothing is. */
static void read_func_type(Decoder *d, TypeDef *t) {
    t->kind = TYPE_func;
    uint32_t n = wt_decode_length(d);
    if (d->r.error || !wt_decode_bound(d, n, d->m->bounds.params, "parameters"))
        return;
    const ValType *params = n ? take_valtypes(d, NULL, 0, n) : NULL;
    uint32_t k = wt_decode_length(d);
    if (d->r.error || !wt_decode_bound(d, k, d->m->bounds.results, "results"))
        return;
    t->param_count = n;
    t->result_count = k;
    t->params = k ? take_valtypes(d, params, n, k) : params;
}

static void read_struct_type(Decoder *d, TypeDef *t) {
    t->kind = TYPE_struct;
    uint32_t n = wt_decode_length(d);
    if (d->r.error || !wt_decode_bound(d, n, d->m->bounds.fields, "fields"))
        return;
    FieldType *fields = ARENA_ARRAY(&d->m->arena, FieldType, n);
    if (!fields) {
        wt_decode_oom(d);
        return;
    }
    for (uint32_t i = 0; i < n && !d->r.error; i++) {
        fields[i].type = wt_decode_type(d, wt_insn_storagetype, ERR_storage_type);
        fields[i].mutable_ = take_mutability(d);
    }
    t->fields = fields;
    t->param_count = n;
}

static void read_array_type(Decoder *d, TypeDef *t) {
    FieldType *field = ARENA_NEW(&d->m->arena, FieldType);
    if (!field) {
        wt_decode_oom(d);
        return;
    }
    t->kind = TYPE_array;
    t->param_count = 1;
    t->fields = field;
    field->type = wt_decode_type(d, wt_insn_storagetype, ERR_storage_type);
    field->mutable_ = take_mutability(d);
}

/* The type index of a continuation stands in the place of a heap type: signed, 33 bits. */
static uint32_t take_cont_index(Decoder *d) {
    const uint8_t *at = d->r.at;
    d->r.marks = 0;
    int64_t index = read_s33(&d->r);
    if (d->r.marks & READ_padded)
        wt_decode_note(d, QUIRK_pad, d->pads, (size_t)(d->r.at - at));
    d->pads++;
    if (index < 0 || index >= TYPE_none)
        wt_decode_fail(d, ERR_heap_type, at, "expected the index of a function type");
    return (uint32_t)index;
}

/* func, struct, array or cont. */
static void read_composite(Decoder *d, TypeDef *t) {
    const uint8_t *at = d->r.at;
    uint8_t form = read_u8(&d->r);
    if (d->r.error)
        return;
    switch (form) {
    case 0x60:
        read_func_type(d, t);
        return;
    case 0x5F:
        if (wt_decode_need(d, FEATURE_gc, ERR_definition_type, at, "a struct type"))
            read_struct_type(d, t);
        return;
    case 0x5E:
        if (wt_decode_need(d, FEATURE_gc, ERR_definition_type, at, "an array type"))
            read_array_type(d, t);
        return;
    case 0x5D:
        t->kind = TYPE_cont;
        if (wt_decode_need(d, FEATURE_stack_switching, ERR_definition_type, at,
                           "a continuation type"))
            t->cont = take_cont_index(d);
        return;
    }
    /* The form is a 7-bit number in the spec: a byte with the high bit is too long for it. */
    if (form & 0x80)
        wt_decode_fail(d, ERR_integer_long, at, "the type form 0x%02x is one byte", (unsigned)form);
    else
        wt_decode_fail(d, ERR_definition_type, at,
                       "0x%02x, expected 0x60 (func), 0x5f (struct) or 0x5e (array)",
                       (unsigned)form);
}

/* The list of supertypes behind 50 or 4F: the format allows many, validity at most one. */
static void read_supertypes(Decoder *d, TypeDef *t) {
    const uint8_t *at = d->r.at;
    uint32_t n = wt_decode_length(d);
    if (n > 1)
        wt_decode_fail(d, ERR_sub_type, at, "%u supertypes, at most one is allowed", (unsigned)n);
    else if (n == 1)
        t->super = take_u32(d);
}

static bool next_is(const Decoder *d, uint8_t byte) {
    return d->r.at != d->r.end && *d->r.at == byte;
}

/* One member of a group. The type array may move while it grows, never during an entry's contents:
 *t stays good until the next call. */
static void read_subtype(Decoder *d) {
    Module *m = d->m;
    if (!wt_decode_bound(d, (uint64_t)m->type_count + 1, m->bounds.types, "types") ||
        !wt_decode_grow(d, (void **)&m->types, &d->type_cap, m->type_count, sizeof *m->types))
        return;
    TypeDef *t = &m->types[m->type_count];
    *t = (TypeDef){.final = true,
                   .super = TYPE_none,
                   .describes = TYPE_none,
                   .descriptor = TYPE_none,
                   .rec_start = m->type_count,
                   .rec_count = 1,
                   .at = decoder_here(d)};
    if (next_is(d, 0x50) || next_is(d, 0x4F)) {
        const uint8_t *at = d->r.at++;
        t->final = *at == 0x4F;
        t->sub_spelled = true;
        if (wt_decode_need(d, FEATURE_gc, ERR_definition_type, at, "a subtype"))
            read_supertypes(d, t);
    }
    if (module_has(m, FEATURE_custom_descriptors)) {
        if (next_is(d, 0x4C)) {
            d->r.at++;
            t->describes = take_u32(d);
        }
        if (next_is(d, 0x4D)) {
            d->r.at++;
            t->descriptor = take_u32(d);
        }
    }
    read_composite(d, t);
    if (!d->r.error)
        m->type_count++;
}

/* An entry of the type section: a type or a group. The group's head belongs to its first type. */
static void read_type_entry(Decoder *d) {
    Module *m = d->m;
    decoder_item(d, m->type_count);
    if (!next_is(d, 0x4E)) {
        read_subtype(d);
        return;
    }
    const uint8_t *at = d->r.at++;
    if (!wt_decode_need(d, FEATURE_gc, ERR_definition_type, at, "a recursion group"))
        return;
    uint32_t start = m->type_count;
    const uint8_t *count_at = d->r.at;
    if (next_is(d, 0) || (d->r.end - d->r.at > 1 && next_is(d, 0x80))) {
        /* Perhaps an empty group, which no type can carry: a quirk keeps it. */
        Reader peek = d->r;
        if (read_u32(&peek) == 0 && !peek.error) {
            d->r.at = peek.at;
            wt_decode_note(d, QUIRK_empty_rec, 0, (size_t)(peek.at - count_at));
            return;
        }
    }
    uint32_t n = wt_decode_length(d);
    for (uint32_t i = 0; i < n && !d->r.error; i++) {
        if (i > 0)
            decoder_item(d, m->type_count);
        read_subtype(d);
    }
    if (d->r.error) {
        m->type_count = start;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        m->types[start + i].rec_start = start;
        m->types[start + i].rec_count = n;
        m->types[start + i].rec_spelled = true;
    }
}

static void prepare_types(Decoder *d, uint32_t room) {
    d->type_cap = room;
    wt_decode_room(d, (void **)&d->m->types, 0, room, sizeof *d->m->types);
}

/* ---- the types of imports and definitions ---- */

/* Flags, minimum, maximum, page size. */
static void read_limits(Decoder *d, Limits *l, bool memory) {
    const Module *m = d->m;
    const uint8_t *at = d->r.at;
    uint8_t flags = read_u8(&d->r);
    l->has_max = flags & 1;
    l->shared = flags & 2;
    l->is64 = flags & 4;
    l->has_page_size = flags & 8;
    l->page_log2 = 16;
    if (flags > 15 || (!memory && flags > 7) || (!memory && l->shared))
        wt_decode_fail(d, ERR_limits_flags, at, "0x%02x in a %s", (unsigned)flags,
                       memory ? "memory" : "table");
    if (l->shared && !module_has(m, FEATURE_threads))
        wt_decode_need(d, FEATURE_threads, ERR_limits_flags, at, "a shared memory");
    if (l->is64 && !module_has(m, FEATURE_memory64))
        wt_decode_need(d, FEATURE_memory64, ERR_limits_flags, at, "a 64-bit address type");
    if (l->has_page_size && !module_has(m, FEATURE_custom_page_sizes))
        wt_decode_need(d, FEATURE_custom_page_sizes, ERR_limits_flags, at, "a custom page size");
    l->min = wt_decode_u64(d);
    if (l->has_max)
        l->max = wt_decode_u64(d);
    if (!l->has_page_size)
        return;
    at = d->r.at;
    uint32_t log2 = take_u32(d);
    if (log2 > 63)
        wt_decode_fail(d, ERR_page_size_power, at, "2 to the power of %u", (unsigned)log2);
    l->page_log2 = (uint8_t)log2;
}

/* The type of a table's or segment's elements: funcref was there from the start. */
static ValType take_reftype(Decoder *d) {
    if (next_is(d, 0x70)) {
        d->r.at++;
        d->longs++;
        return VAL_funcref;
    }
    return wt_decode_type(d, wt_insn_reftype, ERR_reference_type);
}

static void read_table_type(Decoder *d, Table *t) {
    t->type = take_reftype(d);
    read_limits(d, &t->limits, false);
}

static void read_global_type(Decoder *d, Global *g) {
    g->type = take_valtype(d);
    g->mutable_ = take_mutability(d);
}

static void read_tag_type(Decoder *d, Tag *t) {
    const uint8_t *at = d->r.at;
    uint8_t attribute = read_u8(&d->r);
    if (attribute != 0)
        wt_decode_fail(d, ERR_tag_attribute, at, "0x%02x, expected 0 (exception)",
                       (unsigned)attribute);
    t->type = take_u32(d);
}

static bool tags_allowed(const Module *m) {
    return module_has(m, FEATURE_exceptions) || module_has(m, FEATURE_legacy_exceptions) ||
           module_has(m, FEATURE_stack_switching);
}

/* ---- imports ---- */

/* What an import brings, before it has a name. */
typedef struct ExternType {
    uint8_t kind; /* ExternKind */
    Func func;
    Table table;
    Memory memory;
    Global global;
    Tag tag;
} ExternType;

/* Kind and type. A kind that a feature would allow is answered with the feature's name. */
static void read_extern_type(Decoder *d, ExternType *x) {
    const uint8_t *at = d->r.at;
    uint8_t kind = read_u8(&d->r);
    memset(x, 0, sizeof *x);
    if (d->r.error)
        return;
    bool exact = kind == KIND_byte_exact && module_has(d->m, FEATURE_custom_descriptors);
    if (kind > KIND_byte_tag && !exact) {
        const char *hint = kind == KIND_byte_exact ? ", an exact function needs feature "
                                                     "custom-descriptors"
                           : kind == GROUP_by_module || kind == GROUP_by_type
                               ? ", a group of imports needs feature compact-imports and an "
                                 "empty name"
                               : "";
        wt_decode_fail(d, ERR_import_kind, at, "0x%02x, expected 0 to 4%s", (unsigned)kind, hint);
        return;
    }
    if (kind == KIND_byte_tag && !tags_allowed(d->m)) {
        wt_decode_need(d, FEATURE_exceptions, ERR_import_kind, at, "a tag");
        return;
    }
    x->kind = exact ? EXTERN_func : kind;
    x->func.exact = exact;
    switch ((ExternKind)x->kind) {
    case EXTERN_func:
        x->func.type = take_u32(d);
        return;
    case EXTERN_table:
        read_table_type(d, &x->table);
        return;
    case EXTERN_memory:
        read_limits(d, &x->memory.limits, true);
        return;
    case EXTERN_global:
        read_global_type(d, &x->global);
        return;
    case EXTERN_tag:
        read_tag_type(d, &x->tag);
        return;
    }
}

/* Appends to an index space whose array has a power of two as its capacity. */
static void *append_item(Decoder *d, void **array, uint32_t *count, size_t size) {
    uint32_t n = *count;
    if ((n == 0 || (n >= 4 && (n & (n - 1)) == 0)) &&
        !wt_decode_room(d, array, n, n ? (uint64_t)n * 2 : 4, size))
        return NULL;
    *count = n + 1;
    return (uint8_t *)*array + (size_t)n * size;
}

/* Enters the imported thing in its index space; its index goes to im->item. */
static void enter_item(Decoder *d, Import *im, const ExternType *x) {
    Module *m = d->m;
    switch ((ExternKind)x->kind) {
    case EXTERN_func: {
        Func *f = append_item(d, (void **)&m->funcs, &m->func_count, sizeof *f);
        if (f)
            *f = x->func, f->at = im->at;
        im->item = m->func_imports = m->func_count;
        break;
    }
    case EXTERN_table: {
        Table *t = append_item(d, (void **)&m->tables, &m->table_count, sizeof *t);
        if (t)
            *t = x->table, t->at = im->at;
        im->item = m->table_imports = m->table_count;
        break;
    }
    case EXTERN_memory: {
        Memory *y = append_item(d, (void **)&m->memories, &m->memory_count, sizeof *y);
        if (y)
            *y = x->memory, y->at = im->at;
        im->item = m->memory_imports = m->memory_count;
        break;
    }
    case EXTERN_global: {
        Global *g = append_item(d, (void **)&m->globals, &m->global_count, sizeof *g);
        if (g)
            *g = x->global, g->at = im->at;
        im->item = m->global_imports = m->global_count;
        break;
    }
    case EXTERN_tag: {
        Tag *t = append_item(d, (void **)&m->tags, &m->tag_count, sizeof *t);
        if (t)
            *t = x->tag, t->at = im->at;
        im->item = m->tag_imports = m->tag_count;
        break;
    }
    }
    im->item--;
}

/* An import is counted in its index space and in the list of imports, or in neither by the time
   anybody looks: an error ends the section. */
static void enter_import(Decoder *d, Import im, const ExternType *x) {
    Module *m = d->m;
    if (d->r.error ||
        !wt_decode_bound(d, (uint64_t)m->import_count + 1, m->bounds.imports, "imports") ||
        !wt_decode_grow(d, (void **)&m->imports, &d->import_cap, m->import_count,
                        sizeof *m->imports))
        return;
    im.kind = x->kind;
    enter_item(d, &im, x);
    m->imports[m->import_count] = im;
    if (!d->r.error)
        m->import_count++;
}

/* A group of the compact-imports proposal; the reader stands behind the byte 7F or 7E. */
static void read_import_group(Decoder *d, Import im, bool by_type) {
    ExternType x;
    im.form = by_type ? IMPORT_by_type : IMPORT_by_module;
    if (by_type)
        read_extern_type(d, &x);
    uint32_t n = wt_decode_length(d);
    for (uint32_t i = 0; i < n && !d->r.error; i++) {
        if (i > 0) {
            decoder_item(d, d->m->import_count);
            im.at = decoder_here(d);
        }
        im.group_start = i == 0;
        im.name = wt_decode_name(d);
        if (!by_type)
            read_extern_type(d, &x);
        enter_import(d, im, &x);
    }
}

/* Without the feature, a group is what it was before: an import of an unknown kind. */
static void read_import_entry(Decoder *d) {
    decoder_item(d, d->m->import_count);
    Import im = {.at = decoder_here(d), .group_start = true};
    im.module = wt_decode_name(d);
    im.name = wt_decode_name(d);
    bool group = next_is(d, GROUP_by_module) || next_is(d, GROUP_by_type);
    if (group && im.name.len == 0 && module_has(d->m, FEATURE_compact_imports)) {
        uint8_t byte = read_u8(&d->r);
        read_import_group(d, im, byte == GROUP_by_type);
        return;
    }
    ExternType x;
    read_extern_type(d, &x);
    enter_import(d, im, &x);
}

/* ---- definitions ----

   Each `prepare` makes room behind the imports of its index space, for as many entries as the bytes
   of the section can hold at most: a count that lies costs no memory. */

static void prepare_funcs(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->funcs, d->m->func_count, (uint64_t)d->m->func_count + room,
                   sizeof *d->m->funcs);
}
static void read_func_entry(Decoder *d) {
    Func f = {.at = decoder_here(d)};
    f.type = take_u32(d);
    if (!d->r.error)
        d->m->funcs[d->m->func_count++] = f;
}

static void prepare_tables(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->tables, d->m->table_count, (uint64_t)d->m->table_count + room,
                   sizeof *d->m->tables);
}

/* A plain table, or 40 00 and an initial value behind its type. */
static void read_table_entry(Decoder *d) {
    Table t = {.at = decoder_here(d)};
    const uint8_t *at = d->r.at;
    if (!next_is(d, 0x40)) {
        read_table_type(d, &t);
    } else {
        d->r.at++;
        if (!wt_decode_need(d, FEATURE_function_references, ERR_table_flags, at,
                            "an initial value"))
            return;
        at = d->r.at;
        if (read_u8(&d->r) != 0)
            wt_decode_fail(d, ERR_zero_byte, at, "behind 0x40 in a table");
        read_table_type(d, &t);
        t.init = wt_decode_expr(d);
    }
    if (!d->r.error)
        d->m->tables[d->m->table_count++] = t;
}

static void prepare_memories(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->memories, d->m->memory_count,
                   (uint64_t)d->m->memory_count + room, sizeof *d->m->memories);
}
static void read_memory_entry(Decoder *d) {
    Memory y = {.at = decoder_here(d)};
    read_limits(d, &y.limits, true);
    if (!d->r.error)
        d->m->memories[d->m->memory_count++] = y;
}

static void prepare_tags(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->tags, d->m->tag_count, (uint64_t)d->m->tag_count + room,
                   sizeof *d->m->tags);
}
static void read_tag_entry(Decoder *d) {
    Tag t = {.at = decoder_here(d)};
    read_tag_type(d, &t);
    if (!d->r.error)
        d->m->tags[d->m->tag_count++] = t;
}

static void prepare_globals(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->globals, d->m->global_count,
                   (uint64_t)d->m->global_count + room, sizeof *d->m->globals);
}
static void read_global_entry(Decoder *d) {
    Global g = {.at = decoder_here(d)};
    read_global_type(d, &g);
    g.init = wt_decode_expr(d);
    if (!d->r.error)
        d->m->globals[d->m->global_count++] = g;
}

static void prepare_exports(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->exports, 0, room, sizeof *d->m->exports);
}
static void read_export_entry(Decoder *d) {
    Export x = {.at = decoder_here(d)};
    x.name = wt_decode_name(d);
    const uint8_t *at = d->r.at;
    x.kind = read_u8(&d->r);
    if (x.kind > KIND_byte_tag)
        wt_decode_fail(d, ERR_export_kind, at, "0x%02x, expected 0 to 4", (unsigned)x.kind);
    else if (x.kind == KIND_byte_tag && !tags_allowed(d->m))
        wt_decode_need(d, FEATURE_exceptions, ERR_export_kind, at, "a tag");
    x.item = take_u32(d);
    if (!d->r.error)
        d->m->exports[d->m->export_count++] = x;
}

/* ---- segments ---- */

static void prepare_elems(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->elems, 0, room, sizeof *d->m->elems);
}

/* The items stay bytes. Expressions are walked only to find their ends. */
static void read_elem_items(Decoder *d, Elem *e) {
    e->count = wt_decode_length(d);
    if (d->r.error || !wt_decode_bound(d, e->count, d->m->bounds.elem_items, "elements"))
        return;
    const uint8_t *start = d->r.at;
    for (uint32_t i = 0; i < e->count && !d->r.error; i++) {
        if (e->exprs)
            wt_decode_expr(d);
        else
            take_u32(d);
    }
    e->items = slice(start, (size_t)(d->r.at - start));
}

/* Flags: bit 0 passive or declarative, bit 1 an explicit table (active) or declarative, bit 2
   expressions in place of function indices. */
static void read_elem_entry(Decoder *d) {
    const uint8_t *at = d->r.at;
    Elem e = {.at = decoder_here(d)};
    uint32_t flags = take_u32(d);
    if (flags > 7)
        wt_decode_fail(d, ERR_elem_flags, at, "%u, expected 0 to 7", (unsigned)flags);
    else if (flags && !module_has(d->m, FEATURE_reference_types))
        wt_decode_need(d, FEATURE_bulk_memory, ERR_elem_flags, at, "any but a plain segment");
    e.flags = (uint8_t)(flags & 7);
    e.exprs = flags & 4;
    e.mode = !(flags & 1) ? SEGMENT_active : (flags & 2) ? SEGMENT_declarative : SEGMENT_passive;
    if (e.mode == SEGMENT_active) {
        e.table = flags & 2 ? take_u32(d) : 0;
        e.offset = wt_decode_expr(d);
    }
    e.type = e.exprs ? (ValType)VAL_funcref : VAL_REF_OF(HEAP_func, false);
    at = d->r.at;
    if ((flags & 3) && e.exprs) {
        e.type = take_reftype(d);
    } else if (flags & 3) {
        uint8_t kind = read_u8(&d->r);
        if (kind != 0)
            wt_decode_fail(d, ERR_elem_kind, at, "0x%02x, expected 0 (functions)", (unsigned)kind);
    }
    read_elem_items(d, &e);
    if (!d->r.error)
        d->m->elems[d->m->elem_count++] = e;
}

static void prepare_datas(Decoder *d, uint32_t room) {
    wt_decode_room(d, (void **)&d->m->datas, 0, room, sizeof *d->m->datas);
}

/* Flags 1 passive, 2 with the memory spelled out. The bytes are lent. */
static void read_data_entry(Decoder *d) {
    const uint8_t *at = d->r.at;
    Data x = {.at = decoder_here(d)};
    uint32_t flags = take_u32(d);
    if (flags > 2)
        wt_decode_fail(d, ERR_data_flags, at, "%u, expected 0 to 2", (unsigned)flags);
    else if (flags)
        wt_decode_need(d, FEATURE_bulk_memory, ERR_data_flags, at, "any but a plain segment");
    x.flags = (uint8_t)(flags & 3);
    x.mode = flags == 1 ? SEGMENT_passive : SEGMENT_active;
    x.memory = flags == 2 ? take_u32(d) : 0;
    if (x.mode == SEGMENT_active)
        x.offset = wt_decode_expr(d);
    at = d->r.at;
    uint32_t len = wt_decode_length(d);
    x.bytes = wt_decode_bytes(d, len, at);
    if (!d->r.error)
        d->m->datas[d->m->data_count++] = x;
}

/* The least sizes: a group of types 2, two empty names with kind and index 4, and so on. */
const SectionReader *wt_decode_section_reader(SectionId id) {
    static const SectionReader readers[SECTION_count] = {
        [SECTION_type] = {2, prepare_types, read_type_entry},
        [SECTION_import] = {4, NULL, read_import_entry},
        [SECTION_func] = {1, prepare_funcs, read_func_entry},
        [SECTION_table] = {3, prepare_tables, read_table_entry},
        [SECTION_memory] = {2, prepare_memories, read_memory_entry},
        [SECTION_global] = {3, prepare_globals, read_global_entry},
        [SECTION_export] = {3, prepare_exports, read_export_entry},
        [SECTION_elem] = {3, prepare_elems, read_elem_entry},
        [SECTION_data] = {2, prepare_datas, read_data_entry},
        [SECTION_tag] = {2, prepare_tags, read_tag_entry},
    };
    return &readers[id];
}
