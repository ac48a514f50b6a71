/* Objects, references and exceptions. References in v are on the store's stack or where else
   Tier.roots finds them, so everything here may collect. Path: helpers.c -> here ->
   run/object_insn.c, run/object.c. */
#include "jit/helpers_inside.h"

#include "run/object_insn.h"

/* ---- what is a call for every tier ---- */

#define JIT_TYPE in->code->type_ids[a]
#define JIT_OBJECT(ident, first, second)                                                           \
    JIT_HELPER(ident) { return wt_object_insn_##ident(in, v, first, second, in->store->stack_top); }
JIT_OBJECT(struct_new, JIT_TYPE, 0)
JIT_OBJECT(struct_new_default, JIT_TYPE, 0)
JIT_OBJECT(struct_new_desc, JIT_TYPE, 0)
JIT_OBJECT(array_new, JIT_TYPE, 0)
JIT_OBJECT(array_new_default, JIT_TYPE, 0)
JIT_OBJECT(array_new_fixed, JIT_TYPE, (uint32_t)b)
JIT_OBJECT(array_new_data, JIT_TYPE, (uint32_t)b)
JIT_OBJECT(array_new_elem, JIT_TYPE, (uint32_t)b)
JIT_OBJECT(array_fill, JIT_TYPE, 0)
JIT_OBJECT(array_copy, 0, 0)
JIT_OBJECT(array_init_data, (uint32_t)b, 0)
JIT_OBJECT(array_init_elem, (uint32_t)b, 0)
JIT_OBJECT(ref_get_desc, 0, 0)

JIT_HELPER(struct_new_default_desc) {
    return wt_object_insn_struct_new_desc(in, v, JIT_TYPE, 1, in->store->stack_top);
}

/* ---- fields and elements ---- */

static const Layout *object_layout(const Instance *in, uint32_t typeidx) {
    return &in->store->types.layouts[in->code->type_ids[typeidx]];
}

/* Fields are read without sign. */
static Value with_sign(FieldKind kind, Value x) {
    uint32_t small = kind == FIELD_8 ? (uint32_t)(int8_t)x : (uint32_t)(int16_t)x;
    return kind == FIELD_8 || kind == FIELD_16 ? small : x;
}

JIT_HELPER(struct_get) {
    FieldPlace field = object_layout(in, a)->fields[b];
    if (!v[0])
        return TRAP_null_structure;
    field_read(object_bytes(heap_object(&in->store->heap, v[0])) + field.at, (FieldKind)field.kind,
               v);
    return TRAP_none;
}

JIT_HELPER(struct_get_u) { return wt_jit_op_struct_get(in, v, a, b); }

JIT_HELPER(struct_get_s) {
    TrapCode why = wt_jit_op_struct_get(in, v, a, b);
    v[0] = with_sign((FieldKind)object_layout(in, a)->fields[b].kind, v[0]);
    return why;
}

JIT_HELPER(struct_set) {
    Heap *h = &in->store->heap;
    FieldPlace field = object_layout(in, a)->fields[b];
    if (!v[0])
        return TRAP_null_structure;
    if (field.kind == FIELD_ref)
        heap_barrier(h, (uint32_t)v[0]);
    field_write(object_bytes(heap_object(h, v[0])) + field.at, (FieldKind)field.kind, v + 1);
    return TRAP_none;
}

/* The element that v[0] and v[1] name; NULL: *why. */
static uint8_t *element_place(const Instance *in, const Value *v, const Layout *l, TrapCode *why) {
    if (!v[0]) {
        *why = TRAP_null_array;
        return NULL;
    }
    Object *o = heap_object(&in->store->heap, v[0]);
    *why = (uint32_t)v[1] < o->count ? TRAP_none : TRAP_out_of_bounds_array;
    return *why == TRAP_none ? object_bytes(o) + OBJECT_header + (size_t)(uint32_t)v[1] * l->size
                             : NULL;
}

JIT_HELPER(array_get) {
    TrapCode why;
    const Layout *l = object_layout(in, a);
    const uint8_t *p = element_place(in, v, l, &why);
    if (p)
        field_read(p, (FieldKind)l->element, v);
    return why;
}

JIT_HELPER(array_get_u) { return wt_jit_op_array_get(in, v, a, b); }

JIT_HELPER(array_get_s) {
    TrapCode why = wt_jit_op_array_get(in, v, a, b);
    v[0] = with_sign((FieldKind)object_layout(in, a)->element, v[0]);
    return why;
}

JIT_HELPER(array_set) {
    TrapCode why;
    const Layout *l = object_layout(in, a);
    uint8_t *p = element_place(in, v, l, &why);
    if (!p)
        return why;
    if (l->element == FIELD_ref)
        heap_barrier_elements(&in->store->heap, (uint32_t)v[0], (uint32_t)v[1], 1);
    field_write(p, (FieldKind)l->element, v + 2);
    return TRAP_none;
}

JIT_HELPER(array_len) {
    if (!v[0])
        return TRAP_null_array;
    v[0] = heap_object(&in->store->heap, v[0])->count;
    return TRAP_none;
}

/* ---- i31 and conversions ---- */

JIT_HELPER(ref_i31) {
    v[0] = i31_ref((uint32_t)v[0]);
    return TRAP_none;
}

JIT_HELPER(i31_get_s) {
    if (!v[0])
        return TRAP_null_i31;
    v[0] = (uint32_t)((int32_t)(uint32_t)v[0] >> 1);
    return TRAP_none;
}

JIT_HELPER(i31_get_u) {
    if (!v[0])
        return TRAP_null_i31;
    v[0] = (uint32_t)v[0] >> 1;
    return TRAP_none;
}

/* One representation for both. */
JIT_HELPER(any_convert_extern) { return TRAP_none; }
JIT_HELPER(extern_convert_any) { return TRAP_none; }

JIT_HELPER(ref_func) {
    FuncInst *f = wt_instance_func(in, a);
    v[0] = value_pointer(f);
    return f ? TRAP_none : TRAP_out_of_memory;
}

/* ---- casts ---- */

JIT_HELPER(ref_test) {
    v[0] = wt_object_is(in->store, v[0], code_type(in->code, (ValType)b));
    return TRAP_none;
}
JIT_HELPER(ref_test_null) { return wt_jit_op_ref_test(in, v, a, b); }

JIT_HELPER(ref_cast) {
    return wt_object_is(in->store, v[0], code_type(in->code, (ValType)b)) ? TRAP_none
                                                                          : TRAP_cast_failure;
}
JIT_HELPER(ref_cast_null) { return wt_jit_op_ref_cast(in, v, a, b); }

JIT_HELPER(ref_cast_desc_eq) {
    return wt_object_insn_ref_cast_desc_eq(in, v, code_type(in->code, (ValType)b), 0, NULL);
}
JIT_HELPER(ref_cast_desc_eq_null) { return wt_jit_op_ref_cast_desc_eq(in, v, a, b); }

JIT_HELPER(ref_test_desc_eq) {
    TrapCode why = wt_object_insn_ref_test_desc_eq(in, v, code_type(in->code, (ValType)b), 0, NULL);
    v[0] = v[1];
    return why;
}

/* ---- exceptions ---- */

JIT_HELPER(throw) {
    Store *s = in->store;
    s->exception = wt_object_exn(s, instance_tags(in)[a], v, s->stack_top);
    return s->exception ? TRAP_exception : s->trap.code;
}

JIT_HELPER(throw_ref) {
    if (!v[0])
        return TRAP_null_exception;
    in->store->exception = v[0];
    return TRAP_exception;
}
