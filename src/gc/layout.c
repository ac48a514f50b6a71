/* Layouts: fields in their order, each at the next multiple of its size. A subtype begins with what
   its supertype has, so that a field is found at one place in all of them; the reference to a
   descriptor (custom descriptors) stands where the first type that has one put it. */
#include "gc/layout.h"

#include "wasm/module.h"

FieldKind wt_gc_field_kind(const Module *types, ValType type) {
    switch (valtype_kind(type)) {
    case VAL_i8:
        return FIELD_8;
    case VAL_i16:
        return FIELD_16;
    case VAL_i32:
    case VAL_f32:
        return FIELD_32;
    case VAL_v128:
        return FIELD_128;
    case VAL_ref:
        return wt_type_heap_top(types, valtype_heap(type)) == HEAP_func ? FIELD_64 : FIELD_ref;
    }
    return FIELD_64;
}

bool wt_gc_layout(const Module *types, const TypeDef *def, const Layout *super, Arena *a,
                  Layout *out) {
    *out = (Layout){.kind = LAYOUT_none};
    if (def->kind == TYPE_array) {
        FieldKind kind = wt_gc_field_kind(types, def->fields[0].type);
        *out = (Layout){.kind = LAYOUT_array,
                        .element = (uint8_t)kind,
                        .traced = kind == FIELD_ref,
                        .size = field_size(kind)};
    }
    if (def->kind != TYPE_struct)
        return true;
    *out = super ? *super : (Layout){.kind = LAYOUT_struct, .size = OBJECT_header};
    uint32_t inherited = out->count, inherited_refs = out->ref_count;
    out->count = def->param_count;
    out->fields = ARENA_ARRAY(a, FieldPlace, def->param_count);
    out->refs = ARENA_ARRAY(a, uint32_t, (size_t)def->param_count + 1);
    if (!out->fields || !out->refs)
        return false;
    if (inherited)
        memcpy(out->fields, super->fields, inherited * sizeof *out->fields);
    if (inherited_refs)
        memcpy(out->refs, super->refs, inherited_refs * sizeof *out->refs);
    if (def->descriptor != TYPE_none && !out->desc_at) {
        out->size = (out->size + 3) & ~3u;
        out->desc_at = out->size;
        out->refs[out->ref_count++] = out->size;
        out->size += 4;
    }
    out->plain = !out->desc_at && (!super || super->plain);
    for (uint32_t i = inherited; i < def->param_count; i++) {
        FieldKind kind = wt_gc_field_kind(types, def->fields[i].type);
        uint32_t size = field_size(kind), align = WT_MIN(size, 8) - 1;
        out->size = (out->size + align) & ~align;
        out->fields[i] = (FieldPlace){out->size, (uint8_t)kind};
        out->plain &= size == 4 || size == 8;
        if (kind == FIELD_ref)
            out->refs[out->ref_count++] = out->size;
        out->size += size;
    }
    out->traced = out->ref_count != 0;
    out->rounded = (out->size + HEAP_granule - 1) & ~(uint32_t)(HEAP_granule - 1);
    out->plain &= out->rounded <= HEAP_medium;
    return true;
}
