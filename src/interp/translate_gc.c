/* Objects: structs, arrays, i31, casts. Fields and elements are read and written by handlers of
   their own; what allocates or works on many elements finds its operands one behind the other, at
   their homes, where the collector sees them (run/object_insn.h). Path: translate.c -> here. */
#include "interp/translator.h"

#include "gc/heap.h"

/* ---- fields and elements ---- */

/* A field's instructions by FieldKind; a signed one follows. */
static const struct FieldOps {
    uint16_t get, get_s, set, element, element_s, element_set;
} field_ops[] = {
#define FIELD_OPS(kind, k, s, set)                                                                 \
    [kind] = {IOP_struct_get_##k, IOP_struct_get_##s, IOP_struct_set_##set,                        \
              IOP_array_get_##k,  IOP_array_get_##s,  IOP_array_set_##set}
    FIELD_OPS(FIELD_8, 8, 8_s, 8),       FIELD_OPS(FIELD_16, 16, 16_s, 16),
    FIELD_OPS(FIELD_32, 32, 32, 32),     FIELD_OPS(FIELD_64, 64, 64, 64),
    FIELD_OPS(FIELD_128, 128, 128, 128), FIELD_OPS(FIELD_ref, 32, 32, ref),
#undef FIELD_OPS
};

static const Layout *layout_of(const Translator *t, uint32_t typeidx) {
    return &t->code->store->types.layouts[t->code->type_ids[typeidx]];
}

static void do_struct_get(Translator *t, bool sign) {
    FieldPlace field = layout_of(t, t->in.a)->fields[t->in.b];
    const struct FieldOps *ops = &field_ops[field.kind];
    uint8_t slots = field.kind == FIELD_128 ? 2 : 1;
    Entry e = *pop_entry(t);
    int32_t from = operand(t, &e, 0), to = define(t, slots);
    if (begin(t, sign ? ops->get_s : ops->get, true)) {
        put_halves(t, to, from);
        put_u32(t, field.at);
    }
    flush_def(t, slots);
}

static void do_struct_set(Translator *t) {
    FieldPlace field = layout_of(t, t->in.a)->fields[t->in.b];
    Entry v = *pop_entry(t), e = *pop_entry(t);
    int32_t to = operand(t, &e, 0), from = operand(t, &v, 1);
    if (begin(t, field_ops[field.kind].set, false)) {
        put_halves(t, to, from);
        put_u32(t, field.at);
    }
}

static void do_array_get(Translator *t, bool sign) {
    FieldKind kind = (FieldKind)layout_of(t, t->in.a)->element;
    uint8_t slots = kind == FIELD_128 ? 2 : 1;
    Entry index = *pop_entry(t), array = *pop_entry(t);
    int32_t a = operand(t, &array, 0), i = operand(t, &index, 1), to = define(t, slots);
    if (begin(t, sign ? field_ops[kind].element_s : field_ops[kind].element, true)) {
        put_halves(t, to, a);
        put_halves(t, i, 0);
    }
    flush_def(t, slots);
}

static void do_array_set(Translator *t) {
    FieldKind kind = (FieldKind)layout_of(t, t->in.a)->element;
    Entry v = *pop_entry(t), index = *pop_entry(t), array = *pop_entry(t);
    int32_t a = operand(t, &array, 0), i = operand(t, &index, 1), from = operand(t, &v, 2);
    if (begin(t, field_ops[kind].element_set, false)) {
        put_halves(t, a, i);
        put_halves(t, from, 0);
    }
}

/* One reference in, one value out. */
static void do_object_unary(Translator *t, InterpOp op) {
    Entry e = *pop_entry(t);
    int32_t from = operand(t, &e, 0), to = define(t, 1);
    if (begin(t, op, true))
        put_halves(t, to, from);
    flush_def(t, 1);
}

/* ---- the rest of the instructions on objects ---- */

/* The form of INTERP_object_words: the top `operands` entries are brought home, a result takes
   their place. */
static void emit_object(Translator *t, InterpOp op, uint32_t operands, bool result, uint32_t i0,
                        uint32_t i1) {
    int32_t base = take_home(t, operands);
    if (result)
        push_slot(t, 1);
    if (!begin(t, op, false))
        return;
    put_u32(t, (uint32_t)base);
    put_u32(t, i0);
    put_u32(t, i1);
    put_u32(t, (uint32_t)t->max_sp + 4);
}

/* ---- casts ---- */

/* The type of a cast with ids. */
static ValType cast_type(const Translator *t, ValType type) { return code_type(t->code, type); }

/* Can the test be made by comparing the types of objects? */
static bool cast_by_id(const Translator *t, ValType type) {
    return valtype_indexed(type) && t->m->types[valtype_heap(type)].kind <= TYPE_array &&
           t->m->types[valtype_heap(type)].kind >= TYPE_struct && !valtype_exact(type);
}

/* 1 into slot `to` if the reference is of the type. */
static void emit_ref_test(Translator *t, int32_t to, int32_t from, ValType type) {
    if (begin(t, cast_by_id(t, type) ? IOP_ref_test_id : IOP_ref_test, true)) {
        put_halves(t, to, from);
        put_u32(t, cast_type(t, type));
    }
}

static void do_ref_test(Translator *t) {
    Entry e = *pop_entry(t);
    int32_t from = operand(t, &e, 0), to = define(t, 1);
    emit_ref_test(t, to, from, t->in.type);
    flush_def(t, 1);
}

static void do_ref_cast(Translator *t) {
    Entry *e = &entries(t)[t->entry_count - 1];
    int32_t slot = operand(t, e, 0);
    if (begin(t, cast_by_id(t, t->in.type) ? IOP_ref_cast_id : IOP_ref_cast, false)) {
        put_halves(t, slot, 0);
        put_u32(t, cast_type(t, t->in.type));
    }
}

int32_t wt_interp_emit_ref_test(Translator *t, ValType type) {
    Entry e = entries(t)[t->entry_count - 1];
    int32_t from = operand(t, &e, 0), to = define(t, 1);
    emit_ref_test(t, to, from, type);
    t->far_def = INT32_MIN; /* it is only read by the branch that follows */
    pop_entry(t);
    return to;
}

int32_t wt_interp_emit_desc_test(Translator *t, ValType type) {
    int32_t base = entries(t)[t->entry_count - 2].home;
    emit_object(t, IOP_ref_test_desc_eq, 2, false, cast_type(t, type), 0);
    push_slot(t, 1);
    return base + 1;
}

/* ---- one instruction ---- */

void wt_interp_object_insn(Translator *t) {
    uint32_t a = t->in.a, b = t->in.b;
    Imm imm = (Imm)op_info(t->in.op)->imm;
    bool names_type = imm == IMM_TYPE || (imm >= IMM_TYPE_FIELD && imm <= IMM_TYPE_TYPE);
    uint32_t id = names_type ? t->code->type_ids[a] : 0;
    switch (t->in.op) {
    case OP_struct_new:
        emit_object(t, IOP_struct_new, t->m->types[a].param_count, true, id, 0);
        return;
    case OP_struct_new_default:
        emit_object(t, IOP_struct_new_default, 0, true, id, 0);
        return;
    case OP_struct_get:
    case OP_struct_get_u:
        do_struct_get(t, false);
        return;
    case OP_struct_get_s:
        do_struct_get(t, true);
        return;
    case OP_struct_set:
        do_struct_set(t);
        return;
    case OP_array_new:
        emit_object(t, IOP_array_new, 2, true, id, 0);
        return;
    case OP_array_new_default:
        emit_object(t, IOP_array_new_default, 1, true, id, 0);
        return;
    case OP_array_new_fixed:
        emit_object(t, IOP_array_new_fixed, b, true, id, b);
        return;
    case OP_array_new_data:
        emit_object(t, IOP_array_new_data, 2, true, id, b);
        return;
    case OP_array_new_elem:
        emit_object(t, IOP_array_new_elem, 2, true, id, b);
        return;
    case OP_array_get:
    case OP_array_get_u:
        do_array_get(t, false);
        return;
    case OP_array_get_s:
        do_array_get(t, true);
        return;
    case OP_array_set:
        do_array_set(t);
        return;
    case OP_array_len:
        do_object_unary(t, IOP_array_len);
        return;
    case OP_array_fill:
        emit_object(t, IOP_array_fill, 4, false, id, 0);
        return;
    case OP_array_copy:
        emit_object(t, IOP_array_copy, 5, false, 0, 0);
        return;
    case OP_array_init_data:
        emit_object(t, IOP_array_init_data, 4, false, b, 0);
        return;
    case OP_array_init_elem:
        emit_object(t, IOP_array_init_elem, 4, false, b, 0);
        return;
    case OP_ref_test:
    case OP_ref_test_null:
        do_ref_test(t);
        return;
    case OP_ref_cast:
    case OP_ref_cast_null:
        do_ref_cast(t);
        return;
    case OP_any_convert_extern:
    case OP_extern_convert_any:
        return;
    case OP_ref_i31:
        do_object_unary(t, IOP_ref_i31);
        return;
    case OP_i31_get_s:
        do_object_unary(t, IOP_i31_get_s);
        return;
    case OP_i31_get_u:
        do_object_unary(t, IOP_i31_get_u);
        return;
    case OP_struct_new_desc:
        emit_object(t, IOP_struct_new_desc, t->m->types[a].param_count + 1, true, id, 0);
        return;
    case OP_struct_new_default_desc:
        emit_object(t, IOP_struct_new_desc, 1, true, id, 1);
        return;
    case OP_ref_get_desc:
        emit_object(t, IOP_ref_get_desc, 1, true, id, 0);
        return;
    case OP_ref_cast_desc_eq:
    case OP_ref_cast_desc_eq_null:
        emit_object(t, IOP_ref_cast_desc_eq, 2, true, cast_type(t, t->in.type), 0);
        return;
    }
}
