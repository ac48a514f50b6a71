/* Module -> text, field by field, streaming: what is printed is never held, and what is kept is an
   identifier for each thing with a name. Fields come in the order of the binary's sections, so that
   custom sections stand where they are. What the text alone would re-encode differently is said by
   annotations (print_annot.c). */
#include "text/print.h"

#include "text/print_inside.h"

PrintOptions wt_text_print_defaults(void) { return (PrintOptions){.names = true, .indent = 2}; }

/* ---- types of things ---- */

static void put_limits(Printer *p, const Limits *l) {
    if (l->is64)
        print_str(p, " i64");
    wt_print_u64(p, l->min);
    if (l->has_max)
        wt_print_u64(p, l->max);
    if (l->shared)
        print_str(p, " shared");
    if (l->has_page_size) {
        print_str(p, " (pagesize");
        wt_print_u64(p, (uint64_t)1 << (l->page_log2 & 63));
        print_char(p, ')');
    }
}

static void put_global_type(Printer *p, const Global *g) {
    print_str(p, g->mutable_ ? " (mut " : " ");
    wt_print_valtype(p, g->type);
    if (g->mutable_)
        print_char(p, ')');
}

void wt_print_type_use(Printer *p, uint32_t type) {
    print_str(p, " (type");
    wt_print_ref(p, NAME_type, type);
    print_char(p, ')');
}

static NameKind name_of_extern(ExternKind kind) {
    static const NameKind kinds[] = {NAME_func, NAME_table, NAME_memory, NAME_global, NAME_tag};
    return kinds[kind];
}

static void put_extern_name(Printer *p, ExternKind kind, uint32_t item) {
    wt_print_definition(p, &p->ids[name_of_extern(kind)], item, true);
}

static void put_extern_type(Printer *p, ExternKind kind, uint32_t item) {
    const Module *m = p->m;
    switch (kind) {
    case EXTERN_func:
        if (m->funcs[item].exact)
            print_str(p, " (exact");
        wt_print_type_use(p, m->funcs[item].type);
        if (m->funcs[item].exact)
            print_char(p, ')');
        return;
    case EXTERN_table:
        put_limits(p, &m->tables[item].limits);
        print_char(p, ' ');
        wt_print_valtype(p, m->tables[item].type);
        return;
    case EXTERN_memory:
        put_limits(p, &m->memories[item].limits);
        return;
    case EXTERN_global:
        put_global_type(p, &m->globals[item]);
        return;
    case EXTERN_tag: {
        const TypeDef *t = print_func_type(m, m->tags[item].type);
        wt_print_type_use(p, m->tags[item].type);
        if (t)
            wt_print_signature(p, t);
        return;
    }
    }
}

/* ---- imports ---- */

static void put_import_item(Printer *p, const Import *im, bool name) {
    print_str(p, " (");
    print_str(p, wt_extern_name((ExternKind)im->kind));
    if (name)
        put_extern_name(p, (ExternKind)im->kind, im->item);
    put_extern_type(p, (ExternKind)im->kind, im->item);
    print_char(p, ')');
}

/* A group of the compact-imports proposal, from its first import on. Returns how many it has. */
static uint32_t put_import_group(Printer *p, uint32_t first) {
    const Module *m = p->m;
    const Import *im = &m->imports[first];
    uint32_t n = 1;
    while (first + n < m->import_count && !m->imports[first + n].group_start)
        n++;
    print_str(p, "(import");
    wt_print_quirks(p, SECTION_import, first);
    print_char(p, ' ');
    wt_print_string(p, im->module, true);
    p->depth++;
    for (uint32_t i = 0; i < n && !p->out->failed; i++) {
        wt_print_line(p);
        print_str(p, "(item ");
        wt_print_string(p, im[i].name, true);
        if (im->form == IMPORT_by_module)
            put_import_item(p, &im[i], true);
        else
            put_extern_name(p, (ExternKind)im->kind, im[i].item);
        print_char(p, ')');
    }
    if (im->form == IMPORT_by_type) {
        wt_print_line(p);
        put_import_item(p, im, false);
    }
    p->depth--;
    print_char(p, ')');
    return n;
}

static void put_names_of_import(Printer *p, const Import *im) {
    print_char(p, ' ');
    wt_print_string(p, im->module, true);
    print_char(p, ' ');
    wt_print_string(p, im->name, true);
}

static void put_inline_exports(Printer *p, ExternKind kind, uint32_t item);

/* (func $f (import "m" "n") (type 0)) */
static void put_inline_import(Printer *p, const Import *im, uint32_t index) {
    ExternKind kind = (ExternKind)im->kind;
    print_char(p, '(');
    print_str(p, wt_extern_name(kind));
    put_extern_name(p, kind, im->item);
    wt_print_quirks(p, SECTION_import, index);
    put_inline_exports(p, kind, im->item);
    print_str(p, " (import");
    put_names_of_import(p, im);
    print_char(p, ')');
    put_extern_type(p, kind, im->item);
    print_char(p, ')');
}

static void put_imports(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->import_count && !p->out->failed;) {
        const Import *im = &m->imports[i];
        wt_print_line(p);
        if (im->form != IMPORT_plain) {
            i += put_import_group(p, i);
            continue;
        }
        /* An exact type has no short form. */
        bool exact = im->kind == EXTERN_func && m->funcs[im->item].exact;
        if (p->o->inline_imports && !exact) {
            put_inline_import(p, im, i++);
            continue;
        }
        print_str(p, "(import");
        wt_print_quirks(p, SECTION_import, i++);
        put_names_of_import(p, im);
        put_import_item(p, im, true);
        print_char(p, ')');
    }
}

/* ---- exports ---- */

/* Exports in place: chains through the list, in its order, that begin at each item. */
static bool chain_exports(Printer *p) {
    const Module *m = p->m;
    const uint32_t counts[] = {m->func_count, m->table_count, m->memory_count, m->global_count,
                               m->tag_count};
    if (!p->o->inline_exports || !m->export_count)
        return true;
    for (size_t kind = 0; kind < WT_COUNT(counts); kind++)
        if (!(p->exports[kind] = ARENA_ARRAY(&p->arena, uint32_t, counts[kind])))
            return false;
    p->exports_next = ARENA_ARRAY(&p->arena, uint32_t, m->export_count);
    if (!p->exports_next)
        return false;
    for (uint32_t i = m->export_count; i-- > 0;) {
        const Export *e = &m->exports[i];
        if (e->kind >= WT_COUNT(counts) || e->item >= counts[e->kind])
            continue;
        p->exports_next[i] = p->exports[e->kind][e->item];
        p->exports[e->kind][e->item] = i + 1;
    }
    return true;
}

static void put_inline_exports(Printer *p, ExternKind kind, uint32_t item) {
    if (!p->exports_next)
        return;
    for (uint32_t i = p->exports[kind][item]; i; i = p->exports_next[i - 1]) {
        print_str(p, " (export ");
        wt_print_string(p, p->m->exports[i - 1].name, true);
        print_char(p, ')');
    }
}

/* In place, exports are those of things that are there; the rest is left as it is. */
static bool export_in_place(const Printer *p, const Export *e) {
    const Module *m = p->m;
    const uint32_t counts[] = {m->func_count, m->table_count, m->memory_count, m->global_count,
                               m->tag_count};
    return p->exports_next && e->kind < WT_COUNT(counts) && e->item < counts[e->kind];
}

static void put_exports(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->export_count && !p->out->failed; i++) {
        const Export *e = &m->exports[i];
        if (export_in_place(p, e))
            continue;
        wt_print_line(p);
        print_str(p, "(export");
        wt_print_quirks(p, SECTION_export, i);
        print_char(p, ' ');
        wt_print_string(p, e->name, true);
        print_str(p, " (");
        print_str(p, wt_extern_name((ExternKind)e->kind));
        wt_print_ref(p, name_of_extern((ExternKind)e->kind), e->item);
        print_str(p, "))");
    }
}

static void put_start(Printer *p) {
    if (!p->m->has_start)
        return;
    wt_print_line(p);
    print_str(p, "(start");
    wt_print_quirks(p, SECTION_start, 0);
    wt_print_ref(p, NAME_func, p->m->start);
    print_char(p, ')');
}

/* ---- definitions ---- */

void wt_print_begin_definition(Printer *p, ExternKind kind, SectionId section, uint32_t item,
                               uint32_t entry) {
    wt_print_line(p);
    print_char(p, '(');
    print_str(p, wt_extern_name(kind));
    put_extern_name(p, kind, item);
    wt_print_quirks(p, section, entry);
    put_inline_exports(p, kind, item);
}

static void put_tables(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->table_imports; i < m->table_count && !p->out->failed; i++) {
        wt_print_begin_definition(p, EXTERN_table, SECTION_table, i, i - m->table_imports);
        put_extern_type(p, EXTERN_table, i);
        Slice init = m->tables[i].init.code;
        if (init.data && init.len == 1 && !p->o->no_annotations)
            print_str(p, " (@wattle.encoding (kind 1))");
        if (init.data)
            wt_print_expr(p, init, NULL);
        print_char(p, ')');
    }
}

static void put_memories(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->memory_imports; i < m->memory_count && !p->out->failed; i++) {
        wt_print_begin_definition(p, EXTERN_memory, SECTION_memory, i, i - m->memory_imports);
        put_extern_type(p, EXTERN_memory, i);
        print_char(p, ')');
    }
}

static void put_tags(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->tag_imports; i < m->tag_count && !p->out->failed; i++) {
        wt_print_begin_definition(p, EXTERN_tag, SECTION_tag, i, i - m->tag_imports);
        put_extern_type(p, EXTERN_tag, i);
        print_char(p, ')');
    }
}

static void put_globals(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->global_imports; i < m->global_count && !p->out->failed; i++) {
        wt_print_begin_definition(p, EXTERN_global, SECTION_global, i, i - m->global_imports);
        put_global_type(p, &m->globals[i]);
        wt_print_expr(p, m->globals[i].init.code, NULL);
        print_char(p, ')');
    }
}

/* ---- segments ---- */

/* The expression at r, to its end. */
static Slice split_expr(Reader *r) {
    const uint8_t *start = r->at;
    uint32_t depth = 1;
    Insn in;
    while (depth && r->at != r->end && insn_read(r, &in)) {
        depth += insn_opens(&in);
        depth -= in.op == OP_end || in.op == OP_delegate;
    }
    return slice(start, (size_t)(r->at - start));
}

/* The flags that the parser chooses for what is printed. */
static unsigned usual_elem_flags(const Elem *e) {
    unsigned flags = e->exprs ? 4 : 0;
    bool plain_type = e->exprs ? e->type == VAL_funcref : true;
    if (e->mode == SEGMENT_passive)
        return flags | 1;
    if (e->mode == SEGMENT_declarative)
        return flags | 3;
    return e->table == 0 && plain_type ? flags : flags | 2;
}

static void put_elem_items(Printer *p, const Elem *e) {
    Reader r = reader_of(e->items.data, e->items.len);
    print_char(p, ' ');
    if (e->exprs)
        wt_print_valtype(p, e->type);
    else
        print_str(p, "func");
    for (uint32_t i = 0; i < e->count && !r.error && !p->out->failed; i++) {
        if (e->exprs)
            wt_print_expr(p, split_expr(&r), "item");
        else
            wt_print_ref(p, NAME_func, read_u32(&r));
    }
}

/* " (table 1)", " (memory 1)" */
static void put_segment_place(Printer *p, NameKind kind, const char *word, uint32_t index) {
    if (!index)
        return;
    print_str(p, word);
    wt_print_ref(p, kind, index);
    print_char(p, ')');
}

static void put_elems(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->elem_count && !p->out->failed; i++) {
        const Elem *e = &m->elems[i];
        wt_print_line(p);
        print_str(p, "(elem");
        wt_print_definition(p, &p->ids[NAME_elem], i, true);
        wt_print_segment_quirks(p, SECTION_elem, i, e->flags, usual_elem_flags(e));
        if (e->mode == SEGMENT_active) {
            put_segment_place(p, NAME_table, " (table", e->table);
            wt_print_expr(p, e->offset.code, "offset");
        }
        if (e->mode == SEGMENT_declarative)
            print_str(p, " declare");
        put_elem_items(p, e);
        print_char(p, ')');
    }
}

static void put_datas(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->data_count && !p->o->skeleton && !p->out->failed; i++) {
        const Data *data = &m->datas[i];
        unsigned usual = data->mode == SEGMENT_passive ? 1 : data->memory ? 2 : 0;
        wt_print_line(p);
        print_str(p, "(data");
        wt_print_definition(p, &p->ids[NAME_data], i, true);
        wt_print_segment_quirks(p, SECTION_data, i, data->flags, usual);
        if (data->mode == SEGMENT_active) {
            put_segment_place(p, NAME_memory, " (memory", data->memory);
            wt_print_expr(p, data->offset.code, "offset");
        }
        print_char(p, ' ');
        wt_print_string(p, data->bytes, false);
        print_char(p, ')');
    }
}

/* ---- all ---- */

static void put_section(Printer *p, SectionId id) {
    switch (id) {
    case SECTION_type:
        wt_print_types(p);
        return;
    case SECTION_import:
        put_imports(p);
        return;
    case SECTION_table:
        put_tables(p);
        return;
    case SECTION_memory:
        put_memories(p);
        return;
    case SECTION_tag:
        put_tags(p);
        return;
    case SECTION_global:
        put_globals(p);
        return;
    case SECTION_export:
        put_exports(p);
        return;
    case SECTION_start:
        put_start(p);
        return;
    case SECTION_elem:
        put_elems(p);
        return;
    case SECTION_code:
        wt_print_funcs(p);
        return;
    case SECTION_data:
        put_datas(p);
        return;
    case SECTION_custom:
    case SECTION_func:
    case SECTION_datacount:
    case SECTION_count:
        return;
    }
}

/* After an error the text ends where it stands. */
static void put_module(Printer *p) {
    wt_print_module_name(p);
    p->depth = 1;
    wt_print_section_quirks(p);
    wt_print_customs_begin(p);
    wt_print_customs(p, 0);
    for (unsigned rank = 1; rank < SECTION_count; rank++) {
        put_section(p, wt_section_of_rank(rank));
        if (p->d->errors != p->errors || p->out->failed)
            return;
        wt_print_customs(p, rank);
    }
    p->depth = 0;
    wt_print_line(p);
    print_str(p, ")\n");
}

/* Custom sections with offsets into other sections, which shorter numbers move. */
static void warn_of_moved_offsets(Printer *p) {
    const unsigned code = 1u << SECTION_code, data = 1u << SECTION_data;
    static const struct {
        const char *name; /* up to its length */
        unsigned sections;
    } users[] = {{".debug_", code},
                 {"reloc.CODE", code},
                 {"reloc.DATA", data},
                 {"sourceMappingURL", code},
                 {"external_debug_info", code}};
    unsigned padded = p->m->padded | (p->padded_code ? code : 0);
    for (uint32_t i = 0; i < p->m->custom_count && padded; i++) {
        const Custom *c = &p->m->customs[i];
        for (size_t k = 0; k < WT_COUNT(users); k++) {
            Slice name = slice_str(users[k].name);
            if (!(padded & users[k].sections) || c->name.len < name.len ||
                !slice_eq(slice(c->name.data, name.len), name))
                continue;
            DiagEntry *e = wt_diag_add(
                p->d, ERR_offsets_moved, c->at, 1,
                "section \"%.*s\" holds offsets into the %s section, whose padded numbers become "
                "shorter",
                (int)c->name.len, (const char *)c->name.data,
                users[k].sections == data ? "data" : "code");
            wt_diag_note(p->d, e, DIAG_NOWHERE, 0, "--lossless keeps them as they are");
            return; /* once is enough */
        }
    }
}

bool wt_text_print(const Module *m, const PrintOptions *options, Buf *out, Diag *d) {
    Printer p = {.m = m,
                 .o = options,
                 .out = out,
                 .d = d,
                 .allocator = m->arena.allocator,
                 .errors = d->errors,
                 .body_item = UINT32_MAX};
    if (!m->is_text && m->source.len > PRINT_ahead)
        p.fast_end = m->source.data + m->source.len - PRINT_ahead;
    wt_arena_init(&p.arena, p.allocator);
    wt_arena_init(&p.scratch, p.allocator);
    wt_print_strings_begin(&p);
    bool ok = wt_print_names_begin(&p) && chain_exports(&p);
    if (ok) {
        wt_print_hints_begin(&p);
        put_module(&p);
        if (!options->lossless)
            warn_of_moved_offsets(&p);
    }
    if (!ok || p.arena.failed || p.scratch.failed)
        wt_diag_oom(d);
    allocator_free(p.allocator, p.labels, p.label_cap * sizeof *p.labels);
    wt_arena_free(&p.scratch);
    wt_arena_free(&p.arena);
    return d->errors == p.errors && !out->failed;
}
