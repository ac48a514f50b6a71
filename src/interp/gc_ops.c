/* The form of gc_ops.h: reads the operands, calls run/object.c. Path: loop.c -> here. */
#include "interp/gc_ops.h"

#include "run/object.h"

#define BASE (fp + (int32_t)pc[1])
#define OBJECT_INDEX(i) pc[2 + (i)]
#define TOP (fp + pc[4])

/* A new object to the place of the result. */
static TrapCode object_result(const Store *s, Value *to, Value ref) {
    *to = ref;
    return ref ? TRAP_none : s->trap.code;
}

static uint32_t element_slots(const Store *s, uint32_t id) {
    return s->types.layouts[id].element == FIELD_128 ? 2 : 1;
}

/* The common case is all here: fields of one slot, room in the hole, no fuel to pay. */
TrapCode wt_interp_struct_new(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    uint32_t id = OBJECT_INDEX(0);
    const Layout *l = &s->types.layouts[id];
    uint32_t ref = l->plain && !s->limits.fuel ? heap_bump(&s->heap, id, 0, l->rounded) : 0;
    Value *values = BASE;
    if (WT_UNLIKELY(!ref))
        return object_result(s, values, wt_object_struct(s, id, values, 0, TOP));
    uint8_t *p = object_bytes(heap_object(&s->heap, ref));
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t word = (uint32_t)values[i];
        if (l->fields[i].kind == FIELD_64)
            memcpy(p + l->fields[i].at, &values[i], 8);
        else
            memcpy(p + l->fields[i].at, &word, 4);
    }
    *values = ref;
    return TRAP_none;
}

TrapCode wt_interp_struct_new_default(Instance *in, Value *fp, const uint32_t *pc) {
    return object_result(in->store, BASE,
                         wt_object_struct(in->store, OBJECT_INDEX(0), NULL, 0, TOP));
}

/* The descriptor stands behind the fields; index 1: they are defaults. */
TrapCode wt_interp_struct_new_desc(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    uint32_t id = OBJECT_INDEX(0);
    bool defaults = OBJECT_INDEX(1);
    Value descriptor = BASE[defaults ? 0 : s->types.info[id].param_slots];
    if (!descriptor)
        return TRAP_null_descriptor;
    return object_result(s, BASE, wt_object_struct(s, id, defaults ? NULL : BASE, descriptor, TOP));
}

TrapCode wt_interp_array_new(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    uint32_t id = OBJECT_INDEX(0), n = (uint32_t)BASE[element_slots(s, id)];
    return object_result(s, BASE, wt_object_array(s, id, n, BASE, TOP));
}

TrapCode wt_interp_array_new_default(Instance *in, Value *fp, const uint32_t *pc) {
    return object_result(in->store, BASE,
                         wt_object_array(in->store, OBJECT_INDEX(0), (uint32_t)BASE[0], NULL, TOP));
}

TrapCode wt_interp_array_new_fixed(Instance *in, Value *fp, const uint32_t *pc) {
    return object_result(
        in->store, BASE,
        wt_object_array_fixed(in->store, OBJECT_INDEX(0), OBJECT_INDEX(1), BASE, TOP));
}

TrapCode wt_interp_array_new_data(Instance *in, Value *fp, const uint32_t *pc) {
    return object_result(in->store, BASE,
                         wt_object_array_data(in, OBJECT_INDEX(0), OBJECT_INDEX(1),
                                              (uint32_t)BASE[0], (uint32_t)BASE[1], TOP));
}

TrapCode wt_interp_array_new_elem(Instance *in, Value *fp, const uint32_t *pc) {
    return object_result(in->store, BASE,
                         wt_object_array_elem(in, OBJECT_INDEX(0), OBJECT_INDEX(1),
                                              (uint32_t)BASE[0], (uint32_t)BASE[1], TOP));
}

TrapCode wt_interp_array_fill(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    const Value *v = BASE;
    if (!v[0])
        return TRAP_null_array;
    uint32_t n = (uint32_t)v[2 + element_slots(s, OBJECT_INDEX(0))];
    return wt_object_array_fill(s, v[0], (uint32_t)v[1], v + 2, n);
}

TrapCode wt_interp_array_copy(Instance *in, Value *fp, const uint32_t *pc) {
    const Value *v = BASE;
    if (!v[0] || !v[2])
        return TRAP_null_array;
    return wt_object_array_copy(in->store, v[0], (uint32_t)v[1], v[2], (uint32_t)v[3],
                                (uint32_t)v[4]);
}

TrapCode wt_interp_array_init_data(Instance *in, Value *fp, const uint32_t *pc) {
    const Value *v = BASE;
    if (!v[0])
        return TRAP_null_array;
    return wt_object_array_init_data(in, v[0], (uint32_t)v[1], OBJECT_INDEX(0), (uint32_t)v[2],
                                     (uint32_t)v[3]);
}

TrapCode wt_interp_array_init_elem(Instance *in, Value *fp, const uint32_t *pc) {
    const Value *v = BASE;
    if (!v[0])
        return TRAP_null_array;
    return wt_object_array_init_elem(in, v[0], (uint32_t)v[1], OBJECT_INDEX(0), (uint32_t)v[2],
                                     (uint32_t)v[3], TOP);
}

TrapCode wt_interp_ref_get_desc(Instance *in, Value *fp, const uint32_t *pc) {
    Value *v = BASE;
    if (!v[0])
        return TRAP_null_reference;
    *v = wt_object_descriptor(in->store, *v);
    return TRAP_none;
}

TrapCode wt_interp_ref_cast_desc_eq(Instance *in, Value *fp, const uint32_t *pc) {
    const Value *v = BASE;
    if (!v[1])
        return TRAP_null_descriptor;
    bool same =
        v[0] ? wt_object_descriptor(in->store, v[0]) == v[1] : valtype_nullable(OBJECT_INDEX(0));
    return same ? TRAP_none : TRAP_descriptor_cast_failure;
}

TrapCode wt_interp_ref_test_desc_eq(Instance *in, Value *fp, const uint32_t *pc) {
    Value *v = BASE;
    if (!v[1])
        return TRAP_null_descriptor;
    v[1] = v[0] ? wt_object_descriptor(in->store, v[0]) == v[1] : valtype_nullable(OBJECT_INDEX(0));
    return TRAP_none;
}

bool wt_interp_ref_is(const Store *s, Value v, ValType type) { return wt_object_is(s, v, type); }

bool wt_interp_ref_is_id(const Store *s, Value v, ValType type) {
    if (!v)
        return valtype_nullable(type);
    if (v & 1)
        return false;
    uint32_t id = object_type(s, v);
    return id < OBJECT_host && types_id_is_sub(&s->types, id, valtype_heap(type));
}
