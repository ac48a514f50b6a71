/* Module -> text, field by field, streaming. What the text would re-encode differently is said by
   (@wattle.encoding …) annotations at its place: quirks of items, kinds of segments, local
   declarations, custom sections, empty sections. The forms are those that parse_annot.c reads. */
#include "text/print.h"

#include "text/print_inside.h"
#include "wasm/names.h"

PrintOptions wt_text_print_defaults(void) { return (PrintOptions){.names = true, .indent = 2}; }

void wt_print_line(Printer *p) {
    static const char spaces[] =
        "\n                                                                                ";
    unsigned columns = (p->depth < INDENT_MAX ? p->depth : INDENT_MAX) * p->o->indent;
    buf_bytes(p->out, spaces, 1 + WT_MIN(columns, sizeof spaces - 2));
}

/* ---- quirks
 * --------------------------------------------------------------------------------------------------------
 */

static uint64_t quirk_rank(const Quirk *q) {
    return (uint64_t)wt_section_rank((SectionId)q->section) << 33 |
           (q->item == QUIRK_header ? 0 : (uint64_t)q->item + 1);
}

/* The first quirk of an item; they are sorted. */
static const Quirk *find_quirks(const Module *m, SectionId section, uint32_t item) {
    Quirk want = {.section = (uint8_t)section, .item = item};
    uint64_t key = quirk_rank(&want);
    uint32_t lo = 0, hi = m->quirk_count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (quirk_rank(&m->quirks[mid]) < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < m->quirk_count && quirk_rank(&m->quirks[lo]) == key ? &m->quirks[lo] : NULL;
}

/* " (pad 0 5) (long 1)"; *any says whether there was one. */
static void put_quirk_list(Printer *p, SectionId section, uint32_t item, const char *lead,
                           bool *any) {
    const Module *m = p->m;
    const Quirk *q = find_quirks(m, section, item);
    for (; q && q != m->quirks + m->quirk_count && q->section == section && q->item == item; q++) {
        if (q->kind != QUIRK_pad && q->kind != QUIRK_long)
            continue;
        if (q->kind == QUIRK_pad && !p->o->lossless)
            continue;
        if (!*any)
            print_str(p, lead);
        *any = true;
        print_str(p, q->kind == QUIRK_pad ? " (pad " : " (long ");
        wt_buf_dec(p->out, q->ordinal);
        if (q->kind == QUIRK_pad) {
            buf_u8(p->out, ' ');
            wt_buf_dec(p->out, q->value);
        }
        buf_u8(p->out, ')');
    }
}

void wt_print_quirks(Printer *p, SectionId section, uint32_t item) {
    bool any = false;
    if (WT_LIKELY(!p->m->quirk_count) || p->o->no_annotations)
        return;
    put_quirk_list(p, section, item, " (@wattle.encoding", &any);
    if (any)
        buf_u8(p->out, ')');
}

/* Quirks and the kind of a segment. usual: the flags that the parser would choose. */
static void put_segment_quirks(Printer *p, SectionId section, uint32_t item, unsigned flags,
                               unsigned usual) {
    bool any = false;
    if (p->o->no_annotations)
        return;
    if (flags != usual) {
        any = true;
        print_str(p, " (@wattle.encoding (kind ");
        wt_buf_dec(p->out, flags);
        buf_u8(p->out, ')');
    }
    put_quirk_list(p, section, item, " (@wattle.encoding", &any);
    if (any)
        buf_u8(p->out, ')');
}

/* Sections that stand there without need, and the widths of section headers. */
static void put_section_quirks(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->quirk_count && !p->o->no_annotations; i++) {
        const Quirk *q = &m->quirks[i];
        bool empty_rec = q->kind == QUIRK_empty_rec && q->value > 1 && p->o->lossless;
        bool header = q->item == QUIRK_header &&
                      (q->kind == QUIRK_present || (q->kind == QUIRK_pad && p->o->lossless));
        if (!empty_rec && !header)
            continue;
        wt_print_line(p);
        print_str(p, "(@wattle.encoding section ");
        print_str(p,
                  q->section == SECTION_custom ? "name" : wt_section_name((SectionId)q->section));
        if (empty_rec) {
            print_str(p, " (empty ");
            wt_buf_dec(p->out, q->item);
            buf_u8(p->out, ' ');
            wt_buf_dec(p->out, q->value);
            print_str(p, "))");
            continue;
        }
        bool any = true;
        put_quirk_list(p, (SectionId)q->section, QUIRK_header, "", &any);
        buf_u8(p->out, ')');
        /* The others of this header were printed with it. */
        while (i + 1 < m->quirk_count && m->quirks[i + 1].section == q->section &&
               m->quirks[i + 1].item == QUIRK_header)
            i++;
    }
}

/* ---- types of things
 * -----------------------------------------------------------------------------------------------
 */

static void print_limits(Printer *p, const Limits *l) {
    if (l->is64)
        print_str(p, " i64");
    buf_u8(p->out, ' ');
    wt_buf_dec(p->out, l->min);
    if (l->has_max) {
        buf_u8(p->out, ' ');
        wt_buf_dec(p->out, l->max);
    }
    if (l->shared)
        print_str(p, " shared");
    if (l->has_page_size) {
        print_str(p, " (pagesize ");
        wt_buf_dec(p->out, (uint64_t)1 << (l->page_log2 & 63));
        buf_u8(p->out, ')');
    }
}

static void print_global_type(Printer *p, const Global *g) {
    print_str(p, g->mutable_ ? " (mut " : " ");
    wt_print_valtype(p, g->type);
    if (g->mutable_)
        buf_u8(p->out, ')');
}

static void put_type_index(Printer *p, uint32_t type, bool exact) {
    print_str(p, exact ? " (exact (type" : " (type");
    wt_print_ref(p, NAME_type, type);
    print_str(p, exact ? "))" : ")");
}

static NameKind name_of_extern(ExternKind kind) {
    static const NameKind kinds[] = {NAME_func, NAME_table, NAME_memory, NAME_global, NAME_tag};
    return kinds[kind];
}

/* " $f (;0;) (type 0)": what stands in an import's description behind its keyword. */
static void put_extern_type(Printer *p, ExternKind kind, uint32_t item) {
    const Module *m = p->m;
    switch (kind) {
    case EXTERN_func:
        put_type_index(p, m->funcs[item].type, m->funcs[item].exact);
        return;
    case EXTERN_table:
        print_limits(p, &m->tables[item].limits);
        buf_u8(p->out, ' ');
        wt_print_valtype(p, m->tables[item].type);
        return;
    case EXTERN_memory:
        print_limits(p, &m->memories[item].limits);
        return;
    case EXTERN_global:
        print_global_type(p, &m->globals[item]);
        return;
    case EXTERN_tag:
        put_type_index(p, m->tags[item].type, false);
        return;
    }
}

static void put_import_item(Printer *p, const Import *im, bool name) {
    print_str(p, " (");
    print_str(p, wt_extern_name((ExternKind)im->kind));
    if (name)
        wt_print_definition(p, &p->ids[name_of_extern((ExternKind)im->kind)], im->item, true);
    put_extern_type(p, (ExternKind)im->kind, im->item);
    buf_u8(p->out, ')');
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
    buf_u8(p->out, ' ');
    wt_print_string(p, im->module, true);
    p->depth++;
    for (uint32_t i = 0; i < n; i++) {
        wt_print_line(p);
        print_str(p, "(item ");
        wt_print_string(p, im[i].name, true);
        if (im->form == IMPORT_by_module)
            put_import_item(p, &im[i], true);
        else
            wt_print_definition(p, &p->ids[name_of_extern((ExternKind)im->kind)], im[i].item, true);
        buf_u8(p->out, ')');
    }
    if (im->form == IMPORT_by_type) {
        wt_print_line(p);
        put_import_item(p, im, false);
    }
    p->depth--;
    buf_u8(p->out, ')');
    return n;
}

static void put_inline_exports(Printer *p, ExternKind kind, uint32_t item);

/* (func $f (import "m" "n") (type 0)) */
static void put_inline_import(Printer *p, const Import *im, uint32_t index) {
    buf_u8(p->out, '(');
    print_str(p, wt_extern_name((ExternKind)im->kind));
    wt_print_definition(p, &p->ids[name_of_extern((ExternKind)im->kind)], im->item, true);
    wt_print_quirks(p, SECTION_import, index);
    put_inline_exports(p, (ExternKind)im->kind, im->item);
    print_str(p, " (import ");
    wt_print_string(p, im->module, true);
    buf_u8(p->out, ' ');
    wt_print_string(p, im->name, true);
    buf_u8(p->out, ')');
    put_extern_type(p, (ExternKind)im->kind, im->item);
    buf_u8(p->out, ')');
}

static void put_imports(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->import_count;) {
        const Import *im = &m->imports[i];
        wt_print_line(p);
        if (im->form != IMPORT_plain) {
            i += put_import_group(p, i);
            continue;
        }
        if (p->o->inline_imports) {
            put_inline_import(p, im, i++);
            continue;
        }
        print_str(p, "(import");
        wt_print_quirks(p, SECTION_import, i++);
        buf_u8(p->out, ' ');
        wt_print_string(p, im->module, true);
        buf_u8(p->out, ' ');
        wt_print_string(p, im->name, true);
        put_import_item(p, im, true);
        buf_u8(p->out, ')');
    }
}

/* ---- definitions
 * ---------------------------------------------------------------------------------------------------
 */

/* Exports in place are only possible when every export can be: their order is that of the
   definitions then. Searching is by the first export of each item, in order. */
static void put_inline_exports(Printer *p, ExternKind kind, uint32_t item) {
    const Module *m = p->m;
    if (!p->o->inline_exports)
        return;
    for (uint32_t i = 0; i < m->export_count; i++) {
        const Export *e = &m->exports[i];
        if (e->kind != kind || e->item != item)
            continue;
        print_str(p, " (export ");
        wt_print_string(p, e->name, true);
        buf_u8(p->out, ')');
    }
}

/* "(table $t (;0;)" and all that stands before the type. entry: in its section. */
static void begin_definition(Printer *p, ExternKind kind, SectionId section, uint32_t item,
                             uint32_t entry) {
    wt_print_line(p);
    buf_u8(p->out, '(');
    print_str(p, wt_extern_name(kind));
    wt_print_definition(p, &p->ids[name_of_extern(kind)], item, true);
    wt_print_quirks(p, section, entry);
    put_inline_exports(p, kind, item);
}

static void put_tables(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->table_imports; i < m->table_count; i++) {
        begin_definition(p, EXTERN_table, SECTION_table, i, i - m->table_imports);
        put_extern_type(p, EXTERN_table, i);
        if (m->tables[i].init.code.data)
            wt_print_expr(p, m->tables[i].init.code);
        buf_u8(p->out, ')');
    }
}

static void put_memories_and_tags(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->memory_imports; i < m->memory_count; i++) {
        begin_definition(p, EXTERN_memory, SECTION_memory, i, i - m->memory_imports);
        put_extern_type(p, EXTERN_memory, i);
        buf_u8(p->out, ')');
    }
    for (uint32_t i = m->tag_imports; i < m->tag_count; i++) {
        begin_definition(p, EXTERN_tag, SECTION_tag, i, i - m->tag_imports);
        put_extern_type(p, EXTERN_tag, i);
        buf_u8(p->out, ')');
    }
}

static void put_globals(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = m->global_imports; i < m->global_count; i++) {
        begin_definition(p, EXTERN_global, SECTION_global, i, i - m->global_imports);
        print_global_type(p, &m->globals[i]);
        wt_print_expr(p, m->globals[i].init.code);
        buf_u8(p->out, ')');
    }
}

static void put_exports(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->export_count && !p->o->inline_exports; i++) {
        const Export *e = &m->exports[i];
        wt_print_line(p);
        print_str(p, "(export");
        wt_print_quirks(p, SECTION_export, i);
        buf_u8(p->out, ' ');
        wt_print_string(p, e->name, true);
        print_str(p, " (");
        print_str(p, wt_extern_name((ExternKind)e->kind));
        wt_print_ref(p, name_of_extern((ExternKind)e->kind), e->item);
        print_str(p, "))");
    }
    if (!m->has_start)
        return;
    wt_print_line(p);
    print_str(p, "(start");
    wt_print_quirks(p, SECTION_start, 0);
    wt_print_ref(p, NAME_func, m->start);
    buf_u8(p->out, ')');
}

/* ---- segments
 * ------------------------------------------------------------------------------------------------------
 */

static void print_segment_offset(Printer *p, const Expr *offset) {
    print_str(p, " (offset");
    wt_print_expr(p, offset->code);
    buf_u8(p->out, ')');
}

/* The length of the expression at r, to its end. */
static Slice split_expr(Reader *r) {
    const uint8_t *start = r->at;
    uint32_t depth = 1;
    Insn in;
    while (depth && r->at != r->end && insn_read(r, &in)) {
        uint8_t imm = op_info(in.op)->imm;
        depth += imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
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

static void print_elem_items(Printer *p, const Elem *e) {
    Reader r = reader_of(e->items.data, e->items.len);
    if (e->exprs) {
        buf_u8(p->out, ' ');
        wt_print_valtype(p, e->type);
    } else {
        print_str(p, " func");
    }
    for (uint32_t i = 0; i < e->count && !r.error; i++) {
        if (!e->exprs) {
            wt_print_ref(p, NAME_func, read_u32(&r));
            continue;
        }
        print_str(p, " (item");
        wt_print_expr(p, split_expr(&r));
        buf_u8(p->out, ')');
    }
}

static void print_elems(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const Elem *e = &m->elems[i];
        wt_print_line(p);
        print_str(p, "(elem");
        wt_print_definition(p, &p->ids[NAME_elem], i, true);
        put_segment_quirks(p, SECTION_elem, i, e->flags, usual_elem_flags(e));
        if (e->mode == SEGMENT_active && e->table) {
            print_str(p, " (table");
            wt_print_ref(p, NAME_table, e->table);
            buf_u8(p->out, ')');
        }
        if (e->mode == SEGMENT_active)
            print_segment_offset(p, &e->offset);
        if (e->mode == SEGMENT_declarative)
            print_str(p, " declare");
        print_elem_items(p, e);
        buf_u8(p->out, ')');
    }
}

static void put_datas(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->data_count && !p->o->skeleton; i++) {
        const Data *data = &m->datas[i];
        unsigned usual = data->mode == SEGMENT_passive ? 1 : data->memory ? 2 : 0;
        wt_print_line(p);
        print_str(p, "(data");
        wt_print_definition(p, &p->ids[NAME_data], i, true);
        put_segment_quirks(p, SECTION_data, i, data->flags, usual);
        if (data->mode == SEGMENT_active && data->memory) {
            print_str(p, " (memory");
            wt_print_ref(p, NAME_memory, data->memory);
            buf_u8(p->out, ')');
        }
        if (data->mode == SEGMENT_active)
            print_segment_offset(p, &data->offset);
        buf_u8(p->out, ' ');
        wt_print_string(p, data->bytes, false);
        buf_u8(p->out, ')');
    }
}

/* ---- branch hints
 * --------------------------------------------------------------------------------------------------
 */

/* Whether the hints can stand before their instructions: made from annotations, the section would
 * be these bytes. */
static bool hints_usual(const Printer *p, uint32_t index) {
    const Custom *c = &p->m->customs[index];
    Reader r = reader_of(c->bytes.data, c->bytes.len);
    uint32_t funcs = read_u32(&r), func_before = 0;
    for (uint32_t i = 0; i < funcs && !r.error; i++) {
        uint32_t func = read_u32(&r), count = read_u32(&r);
        if (func < p->m->func_imports || func >= p->m->func_count || (i && func <= func_before) ||
            !count)
            return false;
        func_before = func;
        const Func *f = &p->m->funcs[func];
        Reader body = reader_of(f->code, f->code_size);
        LocalRun run;
        for (uint32_t n = wt_insn_local_runs(&body); n > 0 && wt_insn_next_run(&body, &run); n--)
            ;
        for (uint32_t k = 0; k < count && !r.error; k++) {
            uint32_t offset = read_u32(&r), size = read_u32(&r);
            uint8_t value = read_u8(&r);
            if (size != 1 || value > 1)
                return false;
            /* Offsets must rise and each be that of an `if` or `br_if`. */
            Insn in = {.op = OP_nop};
            while (body.at != body.end && (uint32_t)(body.at - f->code) < offset &&
                   insn_read(&body, &in))
                ;
            if (body.at == body.end || (uint32_t)(body.at - f->code) != offset ||
                !insn_read(&body, &in) || (in.op != OP_if && in.op != OP_br_if))
                return false;
        }
    }
    return !r.error && r.at == r.end && !(r.marks & READ_padded) && funcs;
}

static void next_hint_func(Printer *p) {
    p->hint_func = UINT32_MAX;
    if (!p->hint_funcs || p->hint_reader.at == p->hint_reader.end)
        return;
    p->hint_funcs--;
    p->hint_func = read_u32(&p->hint_reader);
    p->hint_count = read_u32(&p->hint_reader);
    p->hint_offset = read_u32(&p->hint_reader);
    read_u32(&p->hint_reader);
    p->hint_value = read_u8(&p->hint_reader);
}

static void find_hints(Printer *p) {
    const Module *m = p->m;
    p->hint_func = UINT32_MAX;
    if (p->o->no_annotations || p->o->skeleton)
        return;
    for (uint32_t i = 0; i < m->custom_count; i++) {
        const Custom *c = &m->customs[i];
        bool directly =
            c->after == wt_section_rank(SECTION_code) - 1 || (!m->has_data_count && c->after <= 11);
        bool last =
            i + 1 == m->custom_count || m->customs[i + 1].after >= wt_section_rank(SECTION_code);
        if (!slice_is(c->name, "metadata.code.branch_hint") || !directly || !last || p->hints.data)
            continue;
        /* A padded header could not be said. */
        if (find_quirks(m, SECTION_custom, i) || !hints_usual(p, i))
            continue;
        p->hints = c->bytes;
        p->hint_reader = reader_of(c->bytes.data, c->bytes.len);
        p->hint_funcs = read_u32(&p->hint_reader);
        next_hint_func(p);
    }
}

/* ---- functions
 * -----------------------------------------------------------------------------------------------------
 */

/* Whether the parser would write these runs: no empty ones, no two neighbours of one type. */
static bool runs_usual(Printer *p, Reader r, uint32_t *locals) {
    uint32_t runs = wt_insn_local_runs(&r);
    ValType before = VAL_bot;
    bool usual = true;
    uint64_t total = 0;
    LocalRun run;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&r, &run); i++) {
        usual &= run.count > 0 && run.type != before;
        before = run.type;
        total += run.count;
    }
    usual &= !(r.marks & ENC_long) && !(p->o->lossless && (r.marks & READ_padded));
    *locals = total > p->m->bounds.locals ? p->m->bounds.locals : (uint32_t)total;
    return usual;
}

static void put_raw_locals(Printer *p, Reader r) {
    const uint8_t *start = r.at;
    Buf b;
    wt_buf_init(&b, p->allocator);
    uint32_t runs = wt_insn_local_runs(&r);
    LocalRun run;
    buf_u32leb(&b, runs);
    for (uint32_t i = 0; i < runs; i++) {
        r.marks = 0;
        if (!wt_insn_next_run(&r, &run))
            break;
        buf_u32leb(&b, run.count);
        wt_insn_write_valtype(&b, run.type, r.marks & ENC_long);
    }
    if (b.failed)
        wt_diag_oom(p->d);
    Slice raw = p->o->lossless ? slice(start, (size_t)(r.at - start)) : slice(b.data, b.len);
    print_str(p, " (@wattle.encoding locals \"");
    for (size_t i = 0; i < raw.len; i++) {
        buf_u8(p->out, '\\');
        wt_buf_hex(p->out, raw.data[i], 2);
    }
    print_str(p, "\")");
    wt_buf_free(&b);
}

/* Named ones stand alone: "(param $x i32) (param i64 i64)". */
static void put_binders(Printer *p, const char *word, const ValType *types, uint32_t first,
                        uint32_t count) {
    const IdTable *ids = &p->ids[NAME_local];
    bool open = false;
    for (uint32_t i = 0; i < count; i++) {
        bool named = first + i < ids->count && ids->ids[first + i].data;
        if (open && named)
            buf_u8(p->out, ')');
        if (!open || named) {
            print_str(p, " (");
            print_str(p, word);
        }
        if (named)
            wt_print_definition(p, ids, first + i, false);
        buf_u8(p->out, ' ');
        wt_print_valtype(p, types[i]);
        open = !named;
        if (named)
            buf_u8(p->out, ')');
    }
    if (open)
        buf_u8(p->out, ')');
}

static void print_locals(Printer *p, Reader *r, uint32_t first) {
    uint32_t runs = wt_insn_local_runs(r), at = first;
    const IdTable *ids = &p->ids[NAME_local];
    LocalRun run;
    if (!runs)
        return;
    /* Locals by the ten thousand without names are printed run by run. */
    bool open = false;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(r, &run); i++)
        for (uint32_t k = 0; k < run.count && !p->out->failed; k++, at++) {
            bool named = at < ids->count && ids->ids[at].data;
            if (open && named) {
                buf_u8(p->out, ')');
                open = false;
            }
            if (!open) {
                if (at == first) {
                    p->depth++;
                    wt_print_line(p);
                    p->depth--;
                } else {
                    buf_u8(p->out, ' ');
                }
                print_str(p, "(local");
            }
            if (named)
                wt_print_definition(p, ids, at, false);
            buf_u8(p->out, ' ');
            wt_print_valtype(p, run.type);
            open = !named;
            if (named)
                buf_u8(p->out, ')');
        }
    if (open)
        buf_u8(p->out, ')');
}

/* Too many locals to print is a limit like any other. */
static bool locals_printable(Printer *p, Reader r, const Func *f) {
    uint32_t runs = wt_insn_local_runs(&r);
    uint64_t total = 0;
    LocalRun run;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&r, &run); i++)
        total += run.count;
    if (r.error) {
        wt_print_malformed(p, &r);
        return false;
    }
    if (total <= p->m->bounds.locals)
        return true;
    wt_diag_add(p->d, ERR_limit, f->at, 1, "%llu locals, at most %u are allowed",
                (unsigned long long)total, (unsigned)p->m->bounds.locals);
    return false;
}

static bool put_func(Printer *p, uint32_t funcidx) {
    const Module *m = p->m;
    const Func *f = &m->funcs[funcidx];
    uint32_t entry = funcidx - m->func_imports, locals = 0;
    Reader r = reader_of(f->code, f->code_size);
    p->body_item = funcidx;
    while (p->hint_func < funcidx)
        next_hint_func(p);
    if (f->code && !locals_printable(p, r, f))
        return false;
    bool usual = !f->code || runs_usual(p, r, &locals);
    const TypeDef *t =
        f->type < m->type_count && m->types[f->type].kind == TYPE_func ? &m->types[f->type] : NULL;
    wt_arena_reset(&p->scratch);
    wt_print_local_names(p, funcidx, (t ? t->param_count : 0) + locals);
    begin_definition(p, EXTERN_func, SECTION_func, funcidx, entry);
    put_type_index(p, f->type, false);
    if (t) {
        put_binders(p, "param", t->params, 0, t->param_count);
        if (t->result_count) {
            print_str(p, " (result");
            for (uint32_t i = 0; i < t->result_count; i++) {
                buf_u8(p->out, ' ');
                wt_print_valtype(p, typedef_results(t)[i]);
            }
            buf_u8(p->out, ')');
        }
    }
    bool any = false;
    if (m->quirk_count && !p->o->no_annotations)
        put_quirk_list(p, SECTION_code, entry, " (@wattle.encoding code", &any);
    if (any)
        buf_u8(p->out, ')');
    if (!usual && !p->o->no_annotations)
        put_raw_locals(p, r);
    if (f->code && !p->o->skeleton) {
        print_locals(p, &r, t ? t->param_count : 0);
        p->body = f->code;
        p->label_count = 0;
        wt_print_label_names(p, funcidx);
        wt_print_push_label(p, slice(NULL, 0));
        p->depth++;
        if (p->o->fold)
            wt_print_folded(p, r);
        else
            wt_print_body(p, r);
        p->depth--;
    }
    buf_u8(p->out, ')');
    return p->d->errors == 0;
}

static void put_funcs(Printer *p) {
    for (uint32_t i = p->m->func_imports; i < p->m->func_count && !p->out->failed; i++)
        if (!put_func(p, i))
            return;
}

/* ---- custom sections
 * -----------------------------------------------------------------------------------------------
 */

static bool is_printed_otherwise(const Printer *p, uint32_t index) {
    const Custom *c = &p->m->customs[index];
    if (c->is_names)
        return p->o->names && !p->o->generate_names && wt_names_canonical(p->m, c->bytes);
    return p->hints.data && c->bytes.data == p->hints.data;
}

static void put_customs(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->custom_count && !p->o->no_annotations; i++) {
        const Custom *c = &m->customs[i];
        if (is_printed_otherwise(p, i))
            continue;
        wt_print_line(p);
        print_str(p, "(@custom ");
        wt_print_string(p, c->name, true);
        if (c->after == 0) {
            print_str(p, " (before first");
        } else {
            print_str(p, " (after ");
            print_str(p, wt_section_name(wt_section_of_rank(c->after)));
        }
        buf_u8(p->out, ')');
        wt_print_quirks(p, SECTION_custom, i);
        if (c->bytes.len) {
            buf_u8(p->out, ' ');
            wt_print_string(p, c->bytes, false);
        }
        buf_u8(p->out, ')');
    }
}

/* The name section's place, when it is not directly behind the last section. */
static void put_names_place(Printer *p) {
    const Module *m = p->m;
    if (p->o->no_annotations)
        return;
    for (uint32_t i = 0; i < m->custom_count; i++) {
        if (!m->customs[i].is_names || !is_printed_otherwise(p, i))
            continue;
        uint32_t place = m->names_after;
        if (place && place != NAMES_drop) {
            wt_print_line(p);
            print_str(p, "(@wattle.encoding names ");
            wt_buf_dec(p->out, place);
            buf_u8(p->out, ')');
        }
    }
}

/* ---- all
 * -----------------------------------------------------------------------------------------------------------
 */

static void put_module(Printer *p) {
    print_str(p, "(module");
    Slice name = wt_names_find(p->m, NAME_module, 0);
    if (name.data && p->o->names) {
        buf_u8(p->out, ' ');
        if (name.len) {
            wt_print_id(p, name);
        } else {
            print_str(p, "(@name \"\")");
        }
    }
    p->depth = 1;
    put_section_quirks(p);
    wt_print_types(p);
    put_imports(p);
    put_tables(p);
    put_memories_and_tags(p);
    put_globals(p);
    put_exports(p);
    print_elems(p);
    put_funcs(p);
    if (p->d->errors == 0) {
        put_datas(p);
        put_names_place(p);
        put_customs(p);
    }
    print_str(p, ")\n");
}

bool wt_text_print(const Module *m, const PrintOptions *options, Buf *out, Diag *d) {
    Printer p = {.m = m,
                 .o = options,
                 .out = out,
                 .d = d,
                 .allocator = m->arena.allocator,
                 .body_item = UINT32_MAX};
    uint32_t errors = d->errors;
    wt_arena_init(&p.arena, p.allocator);
    wt_arena_init(&p.scratch, p.allocator);
    if (wt_print_names_begin(&p)) {
        find_hints(&p);
        put_module(&p);
    }
    if (p.arena.failed || p.scratch.failed)
        wt_diag_oom(d);
    allocator_free(p.allocator, p.labels, p.label_cap * sizeof *p.labels);
    wt_arena_free(&p.scratch);
    wt_arena_free(&p.arena);
    return d->errors == errors && !out->failed;
}
