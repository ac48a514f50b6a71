/* Types as text. */
#include "text/print_inside.h"

void wt_print_heaptype(Printer *p, ValType t) {
    uint32_t heap = valtype_heap(t);
    if (valtype_exact(t))
        print_str(p, "(exact");
    if (heap < HEAP_first) {
        Printer *q = p;
        if (!valtype_exact(t)) {
            /* wt_print_ref begins with a space; a heap type stands behind one already. */
            const IdTable *ids = &q->ids[NAME_type];
            if (heap < ids->count && ids->ids[heap].data)
                wt_print_id(p, ids->ids[heap]);
            else
                wt_buf_dec(p->out, heap);
        } else {
            wt_print_ref(p, NAME_type, heap);
        }
    } else {
        if (valtype_exact(t))
            buf_u8(p->out, ' ');
        print_str(p, wt_type_heap_name(heap));
    }
    if (valtype_exact(t))
        buf_u8(p->out, ')');
}

void wt_print_valtype(Printer *p, ValType t) {
    static const char *const plain[] = {"bot", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
    if (!valtype_is_ref(t)) {
        print_str(p, plain[valtype_kind(t)]);
        return;
    }
    const char *shorthand = wt_type_shorthand(valtype_heap(t));
    if (shorthand && valtype_nullable(t) && !valtype_exact(t)) {
        print_str(p, shorthand);
        return;
    }
    print_str(p, valtype_nullable(t) ? "(ref null " : "(ref ");
    wt_print_heaptype(p, t);
    buf_u8(p->out, ')');
}

static void print_type_list(Printer *p, const char *word, const ValType *types, uint32_t count) {
    if (!count)
        return;
    print_str(p, word);
    for (uint32_t i = 0; i < count; i++) {
        buf_u8(p->out, ' ');
        wt_print_valtype(p, types[i]);
    }
    buf_u8(p->out, ')');
}

void wt_print_signature(Printer *p, const TypeDef *t) {
    print_type_list(p, " (param", t->params, t->param_count);
    print_type_list(p, " (result", typedef_results(t), t->result_count);
}

static void print_field(Printer *p, const FieldType *f) {
    if (f->mutable_)
        print_str(p, "(mut ");
    wt_print_valtype(p, f->type);
    if (f->mutable_)
        buf_u8(p->out, ')');
}

static void put_struct(Printer *p, uint32_t index) {
    static const IdTable none;
    const TypeDef *t = &p->m->types[index];
    const IdTable *names = p->fields ? &p->fields[index] : &none;
    print_str(p, "(struct");
    for (uint32_t i = 0; i < t->param_count; i++) {
        print_str(p, " (field");
        wt_print_definition(p, names, i, false);
        buf_u8(p->out, ' ');
        print_field(p, &t->fields[i]);
        buf_u8(p->out, ')');
    }
    buf_u8(p->out, ')');
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
        buf_u8(p->out, ')');
        return;
    case TYPE_struct:
        put_struct(p, index);
        return;
    case TYPE_array:
        print_str(p, "(array ");
        print_field(p, t->fields);
        buf_u8(p->out, ')');
        return;
    case TYPE_cont:
        print_str(p, "(cont");
        wt_print_ref(p, NAME_type, t->cont);
        buf_u8(p->out, ')');
        return;
    }
}

static void print_typedef(Printer *p, uint32_t index) {
    const TypeDef *t = &p->m->types[index];
    wt_print_line(p);
    print_str(p, "(type");
    wt_print_definition(p, &p->ids[NAME_type], index, true);
    wt_print_quirks(p, SECTION_type, index);
    buf_u8(p->out, ' ');
    bool sub = t->sub_spelled || !t->final || t->super != TYPE_none;
    if (sub) {
        print_str(p, t->final ? "(sub final" : "(sub");
        if (t->super != TYPE_none)
            wt_print_ref(p, NAME_type, t->super);
        buf_u8(p->out, ' ');
    }
    put_composite(p, index);
    print_str(p, sub ? "))" : ")");
}

/* Groups without members before type `index`; those with a padded count are said elsewhere. */
static void put_empty_groups(Printer *p, uint32_t index) {
    for (uint32_t i = 0; i < p->m->quirk_count; i++) {
        const Quirk *q = &p->m->quirks[i];
        if (q->kind != QUIRK_empty_rec || q->item != index || (q->value > 1 && p->o->lossless))
            continue;
        wt_print_line(p);
        print_str(p, "(rec)");
    }
}

void wt_print_types(Printer *p) {
    const Module *m = p->m;
    bool empty = false;
    for (uint32_t i = 0; i < m->quirk_count; i++)
        empty |= m->quirks[i].kind == QUIRK_empty_rec;
    for (uint32_t i = 0; i < m->type_count;) {
        if (empty)
            put_empty_groups(p, i);
        const TypeDef *t = &m->types[i];
        bool rec = t->rec_spelled || t->rec_count > 1;
        uint32_t count = t->rec_count ? t->rec_count : 1;
        if (rec) {
            wt_print_line(p);
            print_str(p, "(rec");
            p->depth++;
        }
        for (uint32_t k = 0; k < count; k++)
            print_typedef(p, i + k);
        if (rec) {
            p->depth--;
            wt_print_line(p);
            buf_u8(p->out, ')');
        }
        i += count;
    }
    if (empty)
        put_empty_groups(p, m->type_count);
}
