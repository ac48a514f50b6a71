/* The contents of the sections that the spec knows, an entry a line, from the Module. Counts are of
   what could be read. */
#include "tools/dump_inside.h"

enum { DATA_SHOWN = 64, SHOWN_PER_LINE = 16 };

static void put_open(Dump *p, const char *word, uint32_t i, NameKind kind) {
    wt_buf_printf(p->out, " - %s[%u]", word, (unsigned)i);
    if (kind != NAME_count)
        wt_dump_put_name(p, kind, i);
}

/* ---- types ---- */

static void put_types(Buf *out, const ValType *types, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_str(out, ", ");
        wt_type_print(out, types[i]);
    }
}

static void put_func_type(Buf *out, const TypeDef *t) {
    buf_u8(out, '(');
    put_types(out, t->params, t->param_count);
    buf_str(out, ") -> ");
    if (t->result_count == 0)
        buf_str(out, "nil");
    else if (t->result_count == 1)
        wt_type_print(out, typedef_results(t)[0]);
    else {
        buf_u8(out, '(');
        put_types(out, typedef_results(t), t->result_count);
        buf_u8(out, ')');
    }
}

static void show_field(Dump *p, const FieldType *f, NameWalk *names, uint32_t i) {
    Buf *out = p->out;
    buf_str(out, " (field");
    /* Field names come in rising order. */
    uint32_t index;
    Slice name;
    NameWalk w = *names;
    while (wt_names_next(&w, &index, &name) && index <= i) {
        *names = w;
        if (index == i) {
            buf_u8(out, ' ');
            wt_dump_put_text(out, name);
        }
    }
    buf_str(out, f->mutable_ ? " (mut " : " ");
    wt_type_print(out, f->type);
    buf_str(out, f->mutable_ ? "))" : ")");
}

static void show_type(Dump *p, uint32_t i, NameWalk *field_names) {
    const TypeDef *t = &p->m->types[i];
    Buf *out = p->out;
    if (t->rec_spelled && t->rec_start == i)
        wt_buf_printf(out, " - rec group of %u\n", (unsigned)t->rec_count);
    put_open(p, "type", i, NAME_type);
    if (t->sub_spelled)
        buf_str(out, t->final ? " sub final" : " sub");
    if (t->super != TYPE_none)
        wt_buf_printf(out, " type[%u]", (unsigned)t->super);
    if (t->describes != TYPE_none)
        wt_buf_printf(out, " describes type[%u]", (unsigned)t->describes);
    if (t->descriptor != TYPE_none)
        wt_buf_printf(out, " descriptor type[%u]", (unsigned)t->descriptor);
    buf_u8(out, ' ');
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        put_func_type(out, t);
        break;
    case TYPE_struct:
        buf_str(out, "(struct");
        for (uint32_t k = 0; k < t->param_count; k++)
            show_field(p, &t->fields[k], field_names, k);
        buf_u8(out, ')');
        break;
    case TYPE_array:
        buf_str(out, "(array");
        show_field(p, &t->fields[0], field_names, 0);
        buf_u8(out, ')');
        break;
    case TYPE_cont:
        wt_buf_printf(out, "(cont type[%u])", (unsigned)t->cont);
        break;
    }
    buf_u8(out, '\n');
}

static void put_type_section(Dump *p) {
    NameWalk outer = wt_names_walk(p->m->names.sub[NAME_field]);
    NameWalk inner = {0}, none = {0};
    uint32_t named = 0;
    bool have = wt_names_next_outer(&outer, &named, &inner);
    for (uint32_t i = 0; i < p->m->type_count; i++) {
        while (have && named < i)
            have = wt_names_next_outer(&outer, &named, &inner);
        NameWalk w = have && named == i ? inner : none;
        show_type(p, i, &w);
    }
}

/* ---- what imports and definitions share ---- */

static void show_limits(Buf *out, const Limits *l, const char *unit) {
    wt_buf_printf(out, "%sinitial=%llu", unit, (unsigned long long)l->min);
    if (l->has_max)
        wt_buf_printf(out, " max=%llu", (unsigned long long)l->max);
    if (l->shared)
        buf_str(out, " shared");
    if (l->is64)
        buf_str(out, " i64");
    if (l->has_page_size)
        wt_buf_printf(out, " pagesize=%llu", (unsigned long long)1 << (l->page_log2 & 63));
}

static void put_table_type(Dump *p, uint32_t i) {
    const Table *t = &p->m->tables[i];
    buf_str(p->out, " type=");
    wt_type_print(p->out, t->type);
    show_limits(p->out, &t->limits, " ");
}

static void show_global_type(Dump *p, uint32_t i) {
    const Global *g = &p->m->globals[i];
    buf_u8(p->out, ' ');
    wt_type_print(p->out, g->type);
    wt_buf_printf(p->out, " mutable=%d", g->mutable_);
}

static void show_import(Dump *p, const Import *im) {
    const Module *m = p->m;
    const uint32_t counts[] = {m->func_count, m->table_count, m->memory_count, m->global_count,
                               m->tag_count};
    put_open(p, wt_extern_name((ExternKind)im->kind), im->item, wt_dump_kind_of_extern(im->kind));
    if (im->item >= counts[im->kind]) {
        buf_str(p->out, " (could not be read)\n");
        return;
    }
    switch ((ExternKind)im->kind) {
    case EXTERN_func:
        wt_buf_printf(p->out, " sig=%u", (unsigned)m->funcs[im->item].type);
        if (m->funcs[im->item].exact)
            buf_str(p->out, " exact");
        break;
    case EXTERN_table:
        put_table_type(p, im->item);
        break;
    case EXTERN_memory:
        show_limits(p->out, &m->memories[im->item].limits, " pages: ");
        break;
    case EXTERN_global:
        show_global_type(p, im->item);
        break;
    case EXTERN_tag:
        wt_buf_printf(p->out, " sig=%u", (unsigned)m->tags[im->item].type);
        break;
    }
    buf_str(p->out, " <- ");
    wt_dump_put_text(p->out, im->module);
    buf_u8(p->out, '.');
    wt_dump_put_text(p->out, im->name);
    buf_u8(p->out, '\n');
}

static void show_init(Dump *p, Expr e) {
    buf_str(p->out, " - init ");
    wt_dump_put_expr(p, e);
}

/* ---- segments ---- */

static void show_elem_items(Dump *p, const Elem *e) {
    Reader r = reader_of(e->items.data, e->items.len);
    for (uint32_t i = 0; i < e->count && !r.error; i++) {
        wt_buf_printf(p->out, "  - elem[%u] = ", (unsigned)i);
        if (!e->exprs) {
            uint32_t funcidx = read_u32(&r);
            wt_buf_printf(p->out, "ref.func:%u", (unsigned)funcidx);
            wt_dump_put_name(p, NAME_func, funcidx);
        } else {
            const uint8_t *start = r.at;
            Insn in = {.op = OP_nop};
            while (in.op != OP_end && insn_read(&r, &in))
                ;
            wt_dump_put_expr(p, (Expr){slice(start, (size_t)(r.at - start)), 0});
        }
        buf_u8(p->out, '\n');
    }
}

static const char *segment_mode(uint8_t mode) {
    static const char *const names[] = {"", " passive", " declarative"};
    return names[mode];
}

static void show_elem(Dump *p, uint32_t i) {
    const Elem *e = &p->m->elems[i];
    put_open(p, "segment", i, NAME_elem);
    wt_buf_printf(p->out, " flags=%u%s", (unsigned)e->flags, segment_mode(e->mode));
    if (e->mode == SEGMENT_active)
        wt_buf_printf(p->out, " table=%u", (unsigned)e->table);
    buf_str(p->out, " type=");
    wt_type_print(p->out, e->type);
    wt_buf_printf(p->out, " count=%u", (unsigned)e->count);
    if (e->mode == SEGMENT_active)
        show_init(p, e->offset);
    buf_u8(p->out, '\n');
    show_elem_items(p, e);
}

/* The number that the data starts at, when its offset is one constant. */
static uint64_t data_start(const Data *s) {
    Reader r = reader_of(s->offset.code.data, s->offset.code.len);
    Insn in, next;
    if (s->mode != SEGMENT_active || !s->offset.code.data || !insn_read(&r, &in) ||
        !insn_read(&r, &next) || next.op != OP_end)
        return 0;
    return in.op == OP_i32_const ? (uint32_t)in.imm : in.op == OP_i64_const ? in.imm : 0;
}

static void show_data(Dump *p, uint32_t i) {
    const Data *s = &p->m->datas[i];
    put_open(p, "segment", i, NAME_data);
    wt_buf_printf(p->out, "%s", segment_mode(s->mode));
    if (s->mode == SEGMENT_active)
        wt_buf_printf(p->out, " memory=%u", (unsigned)s->memory);
    wt_buf_printf(p->out, " size=%llu", (unsigned long long)s->bytes.len);
    if (s->mode == SEGMENT_active)
        show_init(p, s->offset);
    buf_u8(p->out, '\n');
    size_t shown = s->bytes.len > DATA_SHOWN + SHOWN_PER_LINE ? DATA_SHOWN : s->bytes.len;
    wt_dump_put_hex(p->out, s->bytes.data, shown, data_start(s), "  - ");
    if (shown < s->bytes.len)
        wt_buf_printf(p->out, "  - ... %llu more bytes (-s shows them)\n",
                      (unsigned long long)(s->bytes.len - shown));
}

/* ---- sections ---- */

static void put_func_section(Dump *p) {
    for (uint32_t i = p->m->func_imports; i < p->m->func_count; i++) {
        wt_buf_printf(p->out, " - func[%u] sig=%u", (unsigned)i, (unsigned)p->m->funcs[i].type);
        wt_dump_put_name(p, NAME_func, i);
        buf_u8(p->out, '\n');
    }
}

static void put_code_section(Dump *p) {
    for (uint32_t i = p->m->func_imports; i < p->m->func_count; i++) {
        const Func *fn = &p->m->funcs[i];
        if (!fn->code)
            continue;
        wt_buf_printf(p->out, " - func[%u] size=%u", (unsigned)i, (unsigned)fn->code_size);
        wt_dump_put_name(p, NAME_func, i);
        buf_u8(p->out, '\n');
    }
}

static void put_table_section(Dump *p) {
    for (uint32_t i = p->m->table_imports; i < p->m->table_count; i++) {
        put_open(p, "table", i, NAME_table);
        put_table_type(p, i);
        if (p->m->tables[i].init.code.data)
            show_init(p, p->m->tables[i].init);
        buf_u8(p->out, '\n');
    }
}

static void put_memory_section(Dump *p) {
    for (uint32_t i = p->m->memory_imports; i < p->m->memory_count; i++) {
        put_open(p, "memory", i, NAME_memory);
        show_limits(p->out, &p->m->memories[i].limits, " pages: ");
        buf_u8(p->out, '\n');
    }
}

static void put_tag_section(Dump *p) {
    for (uint32_t i = p->m->tag_imports; i < p->m->tag_count; i++) {
        put_open(p, "tag", i, NAME_tag);
        wt_buf_printf(p->out, " sig=%u\n", (unsigned)p->m->tags[i].type);
    }
}

static void put_global_section(Dump *p) {
    for (uint32_t i = p->m->global_imports; i < p->m->global_count; i++) {
        put_open(p, "global", i, NAME_global);
        show_global_type(p, i);
        show_init(p, p->m->globals[i].init);
        buf_u8(p->out, '\n');
    }
}

static void put_export(Dump *p, const Export *e) {
    put_open(p, wt_extern_name((ExternKind)e->kind), e->item, wt_dump_kind_of_extern(e->kind));
    buf_str(p->out, " -> ");
    wt_dump_put_text(p->out, e->name);
    buf_u8(p->out, '\n');
}

static void put_count(Dump *p, uint32_t count) {
    wt_buf_printf(p->out, "[%u]:\n", (unsigned)count);
}

void wt_dump_items(Dump *p, SectionId id) {
    const Module *m = p->m;
    switch (id) {
    case SECTION_custom:
    case SECTION_count:
        return;
    case SECTION_type:
        put_count(p, m->type_count);
        put_type_section(p);
        return;
    case SECTION_import:
        put_count(p, m->import_count);
        for (uint32_t i = 0; i < m->import_count; i++)
            show_import(p, &m->imports[i]);
        return;
    case SECTION_func:
        put_count(p, m->func_count - m->func_imports);
        put_func_section(p);
        return;
    case SECTION_table:
        put_count(p, m->table_count - m->table_imports);
        put_table_section(p);
        return;
    case SECTION_memory:
        put_count(p, m->memory_count - m->memory_imports);
        put_memory_section(p);
        return;
    case SECTION_tag:
        put_count(p, m->tag_count - m->tag_imports);
        put_tag_section(p);
        return;
    case SECTION_global:
        put_count(p, m->global_count - m->global_imports);
        put_global_section(p);
        return;
    case SECTION_export:
        put_count(p, m->export_count);
        for (uint32_t i = 0; i < m->export_count; i++)
            put_export(p, &m->exports[i]);
        return;
    case SECTION_start:
        buf_str(p->out, ":\n - start function: ");
        wt_buf_dec(p->out, m->start);
        wt_dump_put_name(p, NAME_func, m->start);
        buf_u8(p->out, '\n');
        return;
    case SECTION_elem:
        put_count(p, m->elem_count);
        for (uint32_t i = 0; i < m->elem_count; i++)
            show_elem(p, i);
        return;
    case SECTION_datacount:
        wt_buf_printf(p->out, ":\n - data count: %u\n", (unsigned)m->data_count_value);
        return;
    case SECTION_code:
        put_count(p, m->func_count - m->func_imports);
        put_code_section(p);
        return;
    case SECTION_data:
        put_count(p, m->data_count);
        for (uint32_t i = 0; i < m->data_count; i++)
            show_data(p, i);
        return;
    }
}
