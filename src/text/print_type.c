/* Types as text. */
#include "text/print_inside.h"

static void put_type_ref(Printer *p, uint32_t typeidx) {
    if (print_find_id(&p->ids[NAME_type], typeidx))
        wt_print_id(p, &p->ids[NAME_type], typeidx);
    else
        wt_buf_dec(p->out, typeidx);
}

void wt_print_heaptype(Printer *p, ValType t) {
    uint32_t heap = valtype_heap(t);
    if (valtype_exact(t))
        print_str(p, "(exact ");
    if (heap < HEAP_first)
        put_type_ref(p, heap);
    else
        print_str(p, wt_type_heap_name(heap));
    if (valtype_exact(t))
        print_char(p, ')');
}

void wt_print_valtype(Printer *p, ValType t) {
    if (WT_LIKELY(!valtype_is_ref(t)) ||
        (valtype_heap(t) >= HEAP_first && valtype_nullable(t) && !valtype_exact(t))) {
        wt_type_print(p->out, t);
        return;
    }
    print_str(p, valtype_nullable(t) ? "(ref null " : "(ref ");
    wt_print_heaptype(p, t);
    print_char(p, ')');
}

static void put_type_list(Printer *p, const char *word, const ValType *types, uint32_t count) {
    if (!count)
        return;
    print_str(p, word);
    for (uint32_t i = 0; i < count && !p->out->failed; i++) {
        print_char(p, ' ');
        wt_print_valtype(p, types[i]);
    }
    print_char(p, ')');
}

void wt_print_results(Printer *p, const TypeDef *t) {
    put_type_list(p, " (result", typedef_results(t), t->result_count);
}

void wt_print_signature(Printer *p, const TypeDef *t) {
    put_type_list(p, " (param", t->params, t->param_count);
    wt_print_results(p, t);
}

static void put_field(Printer *p, const FieldType *f) {
    if (f->mutable_)
        print_str(p, "(mut ");
    wt_print_valtype(p, f->type);
    if (f->mutable_)
        print_char(p, ')');
}

static void put_struct(Printer *p, uint32_t index) {
    static const IdTable none;
    const TypeDef *t = &p->m->types[index];
    const IdTable *names = p->fields ? &p->fields[index] : &none;
    print_str(p, "(struct");
    for (uint32_t i = 0; i < t->param_count && !p->out->failed; i++) {
        print_str(p, " (field");
        wt_print_definition(p, names, i, false);
        print_char(p, ' ');
        put_field(p, &t->fields[i]);
        print_char(p, ')');
    }
    print_char(p, ')');
}

static void put_composite(Printer *p, uint32_t index) {
    const TypeDef *t = &p->m->types[index];
    if (t->describes != TYPE_none) {
        print_str(p, "(describes");
        wt_print_ref(p, NAME_type, t->describes);
        print_str(p, ") ");
    }
    if (t->descriptor != TYPE_none) {
        print_str(p, "(descriptor");
        wt_print_ref(p, NAME_type, t->descriptor);
        print_str(p, ") ");
    }
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        print_str(p, "(func");
        wt_print_signature(p, t);
        print_char(p, ')');
        return;
    case TYPE_struct:
        put_struct(p, index);
        return;
    case TYPE_array:
        print_str(p, "(array ");
        put_field(p, t->fields);
        print_char(p, ')');
        return;
    case TYPE_cont:
        print_str(p, "(cont");
        wt_print_ref(p, NAME_type, t->cont);
        print_char(p, ')');
        return;
    }
}

static void put_type_definition(Printer *p, uint32_t index) {
    const TypeDef *t = &p->m->types[index];
    wt_print_line(p);
    print_str(p, "(type");
    wt_print_definition(p, &p->ids[NAME_type], index, true);
    wt_print_quirks(p, SECTION_type, index);
    print_char(p, ' ');
    bool sub = t->sub_spelled || !t->final || t->super != TYPE_none;
    if (sub) {
        print_str(p, t->final ? "(sub final" : "(sub");
        if (t->super != TYPE_none)
            wt_print_ref(p, NAME_type, t->super);
        print_char(p, ' ');
    }
    put_composite(p, index);
    print_str(p, sub ? "))" : ")");
}

/* Groups without members stand before type `index`. */
static void put_empty_groups(Printer *p, uint32_t index, uint32_t *next) {
    const Module *m = p->m;
    for (; *next < m->quirk_count && m->quirks[*next].section <= SECTION_type; ++*next) {
        const Quirk *q = &m->quirks[*next];
        if (q->kind != QUIRK_empty_rec || q->section != SECTION_type)
            continue;
        if (q->item > index)
            return;
        /* Lossless: said at their section, with the widths of their counts. */
        if (p->o->lossless && !p->o->no_annotations)
            continue;
        wt_print_line(p);
        print_str(p, "(rec)");
    }
}

void wt_print_types(Printer *p) {
    const Module *m = p->m;
    uint32_t quirk = 0;
    for (uint32_t i = 0; i < m->type_count && !p->out->failed;) {
        const TypeDef *t = &m->types[i];
        bool rec = t->rec_spelled || t->rec_count > 1;
        uint32_t count = WT_MIN(WT_MAX(t->rec_count, 1u), m->type_count - i);
        put_empty_groups(p, i, &quirk);
        if (rec) {
            wt_print_line(p);
            print_str(p, "(rec");
            p->depth++;
        }
        for (uint32_t k = 0; k < count; k++)
            put_type_definition(p, i + k);
        if (rec) {
            p->depth--;
            wt_print_line(p);
            print_char(p, ')');
        }
        i += count;
    }
    put_empty_groups(p, UINT32_MAX, &quirk);
}
