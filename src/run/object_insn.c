/* The form of object_insn.h: reads the operands, calls object.c. Path: interp/loop_gc.inc,
   jit/helpers_object.c -> here. */
#include "run/object_insn.h"

#define OBJECT_INSN(ident)                                                                         \
    TrapCode wt_object_insn_##ident(Instance *in, WT_UNUSED Value *v, WT_UNUSED uint32_t a,        \
                                    WT_UNUSED uint32_t b, WT_UNUSED Value *top)

/* A new object to the place of the result. */
static TrapCode object_result(const Store *s, Value *to, Value ref) {
    *to = ref;
    return ref ? TRAP_none : s->trap.code;
}

static uint32_t element_slots(const Store *s, uint32_t id) {
    return s->types.layouts[id].element == FIELD_128 ? 2 : 1;
}

/* The common case is all here: fields of one slot, room in the hole, no fuel to pay. */
OBJECT_INSN(struct_new) {
    Store *s = in->store;
    const Layout *l = &s->types.layouts[a];
    uint32_t ref = l->plain && !s->limits.fuel ? heap_bump(&s->heap, a, 0, l->rounded) : 0;
    if (WT_UNLIKELY(!ref))
        return object_result(s, v, wt_object_struct(s, a, v, 0, top));
    uint8_t *p = object_bytes(heap_object(&s->heap, ref));
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t word = (uint32_t)v[i];
        if (l->fields[i].kind == FIELD_64)
            memcpy(p + l->fields[i].at, &v[i], 8);
        else
            memcpy(p + l->fields[i].at, &word, 4);
    }
    *v = ref;
    return TRAP_none;
}

OBJECT_INSN(struct_new_default) {
    return object_result(in->store, v, wt_object_struct(in->store, a, NULL, 0, top));
}

OBJECT_INSN(struct_new_desc) {
    Store *s = in->store;
    bool defaults = b;
    Value descriptor = v[defaults ? 0 : s->types.info[a].param_slots];
    if (!descriptor)
        return TRAP_null_descriptor;
    return object_result(s, v, wt_object_struct(s, a, defaults ? NULL : v, descriptor, top));
}

/* The same for arrays: few elements, room in the hole, no fuel to pay. The first element's place,
   and `*ref`; NULL: not so, and nothing is done. */
enum { SMALL_array = 32 };
WT_INLINE uint8_t *small_array(Store *s, uint32_t id, uint32_t n, uint32_t size, uint32_t *ref) {
    if (WT_UNLIKELY(n > SMALL_array || s->limits.fuel))
        return NULL;
    uint32_t rounded = (OBJECT_header + n * size + HEAP_granule - 1) & ~(HEAP_granule - 1u);
    *ref = heap_bump(&s->heap, id, n, rounded);
    return WT_LIKELY(*ref) ? object_bytes(heap_object(&s->heap, *ref)) + OBJECT_header : NULL;
}
_Static_assert(OBJECT_header + SMALL_array * 16 <= HEAP_medium, "what heap_bump takes");

OBJECT_INSN(array_new) {
    Store *s = in->store;
    const Layout *l = &s->types.layouts[a];
    uint32_t n = (uint32_t)v[element_slots(s, a)], ref;
    uint8_t *p = small_array(s, a, n, l->size, &ref);
    if (WT_UNLIKELY(!p))
        return object_result(s, v, wt_object_array(s, a, n, v, top));
    if (l->size == 4) {
        uint32_t word = (uint32_t)v[0];
        for (uint32_t i = 0; i < n; i++)
            memcpy(p + (size_t)i * 4, &word, 4);
    } else if (l->size == 1) {
        /* In words, over the end of the last: the object's size is whole words. */
        uint64_t bytes = (v[0] & 0xFF) * 0x0101010101010101u;
        for (uint32_t i = 0; i < n; i += 8)
            memcpy(p + i, &bytes, 8);
    } else {
        for (uint32_t i = 0; i < n; i++)
            field_write(p + (size_t)i * l->size, (FieldKind)l->element, v);
    }
    *v = ref;
    return TRAP_none;
}

OBJECT_INSN(array_new_default) {
    Store *s = in->store;
    const Layout *l = &s->types.layouts[a];
    uint32_t n = (uint32_t)v[0], ref;
    uint8_t *p = small_array(s, a, n, l->size, &ref);
    if (WT_UNLIKELY(!p))
        return object_result(s, v, wt_object_array(s, a, n, NULL, top));
    const uint64_t zero = 0;
    for (uint32_t at = 0, size = n * l->size; at < size; at += 8)
        memcpy(p + at, &zero, 8);
    *v = ref;
    return TRAP_none;
}

OBJECT_INSN(array_new_fixed) {
    Store *s = in->store;
    const Layout *l = &s->types.layouts[a];
    uint32_t ref;
    uint8_t *p = small_array(s, a, b, l->size, &ref);
    if (WT_UNLIKELY(!p))
        return object_result(s, v, wt_object_array_fixed(s, a, b, v, top));
    uint32_t slots = element_slots(s, a);
    for (uint32_t i = 0; i < b; i++)
        field_write(p + (size_t)i * l->size, (FieldKind)l->element, v + (size_t)i * slots);
    *v = ref;
    return TRAP_none;
}

OBJECT_INSN(array_new_data) {
    return object_result(in->store, v,
                         wt_object_array_data(in, a, b, (uint32_t)v[0], (uint32_t)v[1], top));
}

OBJECT_INSN(array_new_elem) {
    return object_result(in->store, v,
                         wt_object_array_elem(in, a, b, (uint32_t)v[0], (uint32_t)v[1], top));
}

OBJECT_INSN(array_fill) {
    Store *s = in->store;
    if (!v[0])
        return TRAP_null_array;
    uint32_t n = (uint32_t)v[2 + element_slots(s, a)];
    return wt_object_array_fill(s, v[0], (uint32_t)v[1], v + 2, n);
}

OBJECT_INSN(array_copy) {
    if (!v[0] || !v[2])
        return TRAP_null_array;
    return wt_object_array_copy(in->store, v[0], (uint32_t)v[1], v[2], (uint32_t)v[3],
                                (uint32_t)v[4]);
}

OBJECT_INSN(array_init_data) {
    if (!v[0])
        return TRAP_null_array;
    return wt_object_array_init_data(in, v[0], (uint32_t)v[1], a, (uint32_t)v[2], (uint32_t)v[3]);
}

OBJECT_INSN(array_init_elem) {
    if (!v[0])
        return TRAP_null_array;
    return wt_object_array_init_elem(in, v[0], (uint32_t)v[1], a, (uint32_t)v[2], (uint32_t)v[3],
                                     top);
}

OBJECT_INSN(ref_get_desc) {
    if (!v[0])
        return TRAP_null_reference;
    *v = wt_object_descriptor(in->store, *v);
    return TRAP_none;
}

OBJECT_INSN(ref_cast_desc_eq) {
    if (!v[1])
        return TRAP_null_descriptor;
    bool same = v[0] ? wt_object_descriptor(in->store, v[0]) == v[1] : valtype_nullable(a);
    return same ? TRAP_none : TRAP_descriptor_cast_failure;
}

OBJECT_INSN(ref_test_desc_eq) {
    if (!v[1])
        return TRAP_null_descriptor;
    v[1] = v[0] ? wt_object_descriptor(in->store, v[0]) == v[1] : valtype_nullable(a);
    return TRAP_none;
}

bool wt_object_is_id(const Store *s, Value v, ValType type) {
    if (!v)
        return valtype_nullable(type);
    if (v & 1)
        return false;
    uint32_t id = object_type(s, v);
    return id < OBJECT_host && types_id_is_sub(&s->types, id, valtype_heap(type));
}
