/* Instructions on objects, for base.c: what is usual is written out, what is not calls the helper,
   in a piece of code beside it. A reference is zero-extended and counts from HEAP_first_ref, which
   goes into the displacement. See gc/heap.h. */
#ifndef WATTLE_X64_OBJECT_H
#define WATTLE_X64_OBJECT_H

#include "gc/heap.h"
#include "jit/baseline_body.h"

/* The place of a byte of an object, whose reference has been added to the heap's base, or is index.
 */
WT_INLINE int32_t x64_object_disp(uint32_t at) { return (int32_t)(at - HEAP_first_ref); }

static void x64_load_heap(Baseline *b, size_t field) {
    x64_rm(&b->a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
    x64_rm(&b->a, X64_mov_rm, 8, X64_r11,
           x64_at(X64_r11, (int32_t)(offsetof(Store, heap) + field)));
}

static const Layout *x64_layout(const Baseline *b, uint32_t typeidx) {
    return &b->code->store->types.layouts[b->code->type_ids[typeidx]];
}

/* Reads a field at a place to a new register. */
static void x64_read_field(Baseline *b, FieldKind field, bool is_signed, unsigned kind, X64Mem m,
                           unsigned reuse) {
    static const uint16_t insns[2][6] = {
        {X64_movzx8, X64_movzx16, X64_mov_rm, X64_mov_rm, 0, X64_mov_rm},
        {X64_movsx8, X64_movsx16, X64_mov_rm, X64_mov_rm, 0, X64_mov_rm}};
    unsigned to = bl_dest(b, kind, reuse);
    if (bl_is_float(kind))
        x64_load_at(b, kind, to, m);
    else
        x64_rm(&b->a, (X64Insn)insns[is_signed][field], field == FIELD_64 ? 8 : 4, to, m);
    bl_push_reg(b, kind, to);
}
static void x64_write_field(Baseline *b, FieldKind field, X64Mem m, unsigned from) {
    if (from >= BL_floats) {
        x64_store_at(b,
                     field == FIELD_128  ? VK_v128
                     : field == FIELD_64 ? VK_f64
                                         : VK_f32,
                     m, from);
        return;
    }
    static const uint8_t sizes[] = {1, 2, 4, 8, 16, 4};
    x64_rm(&b->a, X64_mov_mr, sizes[field], from, m);
}

static void x64_null_check(Baseline *b, unsigned reg, TrapCode code) {
    machine_trap_if(b, machine_test_reg(b, reg, true), code);
}

/* ---- structures ---- */

static void x64_do_struct_get(Baseline *b, const X64Op *op) {
    FieldPlace place = x64_layout(b, b->in.a)->fields[b->in.b];
    unsigned kind = bl_kind(b->m->types[b->in.a].fields[b->in.b].type);
    if (place.kind <= FIELD_16)
        kind = VK_i32;
    Item ref = bl_pop(b);
    unsigned reg = bl_use(b, &ref);
    x64_null_check(b, reg, TRAP_null_structure);
    x64_load_heap(b, offsetof(Heap, base));
    bl_release(b, &ref);
    x64_read_field(b, (FieldKind)place.kind, op->x & 1, kind,
                   x64_at_index(X64_r11, reg, 0, x64_object_disp(place.at)), x64_temp(&ref));
}

/* A jump that is taken unless the object is old and not in the log: then the helper has to write.
 */
static uint8_t *x64_jump_unlogged(Baseline *b, unsigned ref) {
    X64Asm *a = &b->a;
    unsigned t = bl_alloc(b, VK_i64);
    x64_load_heap(b, offsetof(Heap, marks));
    x64_rm(a, X64_lea, 4, t, x64_at(ref, x64_object_disp(0)));
    x64_ri(a, X64_shr_mi, 4, t, 4);
    x64_rm(a, X64_movzx8, 4, t, x64_at_index(X64_r11, t, 0, 0));
    x64_ri(a, X64_and_mi, 4, t, MARK_live | MARK_logged);
    x64_ri(a, X64_cmp_mi, 4, t, MARK_live);
    bl_free(b, t);
    return x64_jcc(a, X64_ne);
}

static void x64_do_struct_set(Baseline *b, const X64Op *op) {
    (void)op;
    FieldPlace place = x64_layout(b, b->in.a)->fields[b->in.b];
    Item value = bl_pop(b), ref = bl_pop(b);
    unsigned reg = bl_use(b, &ref), from = bl_use(b, &value);
    uint32_t done = 0;
    if (place.kind == FIELD_ref) {
        bl_flush(b, 0);
        bl_reserve_out(b, 16);
        x64_null_check(b, reg, TRAP_null_structure);
        uint32_t plain = x64_offset(b, x64_jump_unlogged(b, reg));
        machine_out_item(b, 0, &ref);
        machine_out_item(b, 8, &value);
        machine_call_helper(b, OP_struct_set, b->in.a, b->in.b);
        done = machine_jump(b);
        bl_patch(b, plain, bl_here(b));
    } else {
        x64_null_check(b, reg, TRAP_null_structure);
    }
    x64_load_heap(b, offsetof(Heap, base));
    x64_write_field(b, (FieldKind)place.kind,
                    x64_at_index(X64_r11, reg, 0, x64_object_disp(place.at)), from);
    if (done)
        bl_patch(b, done, bl_here(b));
    bl_release(b, &ref);
    bl_release(b, &value);
}

/* Room for an object in the hole that is filled: its reference in a new register. What is written
   between this and the end of the object must not allocate. *slow: a jump that is taken when there
   is no room. */
static unsigned x64_bump(Baseline *b, uint32_t typeidx, uint32_t count, uint32_t rounded,
                         uint32_t *slow) {
    X64Asm *a = &b->a;
    unsigned ref = bl_alloc(b, VK_i64), t = bl_alloc(b, VK_i64);
    const int32_t heap = (int32_t)offsetof(Store, heap);
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
    X64Mem cursor = x64_at(X64_r11, heap + (int32_t)offsetof(Heap, cursor));
    x64_rm(a, X64_mov_rm, 4, ref, cursor);
    x64_rm(a, X64_mov_rm, 4, t, x64_at(X64_r11, heap + (int32_t)offsetof(Heap, limit)));
    x64_rr(a, X64_sub_rm, 4, t, ref);
    x64_ri(a, X64_cmp_mi, 4, t, (int32_t)rounded);
    *slow = x64_offset(b, x64_jcc(a, X64_b));
    x64_mi(a, X64_add_mi, 4, cursor, (int32_t)rounded);
    x64_rm(a, X64_lea, 4, t, x64_at(ref, x64_object_disp(0)));
    x64_ri(a, X64_shr_mi, 4, t, 4);
    x64_rm(a, X64_add_rm, 8, t, x64_at(X64_r11, heap + (int32_t)offsetof(Heap, marks)));
    x64_mi(a, X64_mov_mi, 1, x64_at(t, 0), MARK_start);
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r11, heap + (int32_t)offsetof(Heap, base)));
    x64_type_id(b, X64_mov_rm, t, typeidx);
    x64_rm(a, X64_mov_mr, 4, t, x64_at_index(X64_r11, ref, 0, x64_object_disp(0)));
    x64_mi(a, X64_mov_mi, 4, x64_at_index(X64_r11, ref, 0, x64_object_disp(4)), (int32_t)count);
    bl_free(b, t);
    return ref;
}

/* The helper makes the object; its reference comes to `ref`. */
static void x64_new_by_helper(Baseline *b, unsigned op, unsigned ref) {
    machine_call_helper(b, op, b->in.a, b->in.b);
    machine_load_out(b, VK_i64, ref, 0);
}

/* A field from where helpers take it: the outgoing area. */
static void x64_field_from_out(Baseline *b, FieldKind kind, uint32_t offset, X64Mem to) {
    unsigned size = kind == FIELD_128 ? VK_v128 : VK_f64;
    x64_load_at(b, size, X(15), x64_at(X64_rsp, (int32_t)offset));
    switch (kind) {
    case FIELD_128:
        x64_store_at(b, VK_v128, to, X(15));
        return;
    case FIELD_64:
        x64_store_at(b, VK_f64, to, X(15));
        return;
    case FIELD_32:
    case FIELD_ref:
        x64_store_at(b, VK_f32, to, X(15));
        return;
    case FIELD_16:
        x64_rmi(&b->a, X64_pextrw, 0, 15, to, 0);
        return;
    case FIELD_8:
        x64_rmi(&b->a, X64_pextrb, 0, 15, to, 0);
        return;
    }
}

enum { X64_inline_fields = 16 };

static void x64_do_struct_new(Baseline *b, const X64Op *op) {
    bool zeros = op->x & 1;
    const Layout *layout = x64_layout(b, b->in.a);
    uint32_t fields = layout->count;
    if (b->fuel || layout->desc_at || layout->rounded > 256 || fields > X64_inline_fields) {
        bl_do_helped(b);
        return;
    }
    X64Asm *a = &b->a;
    bl_items_out(b, zeros ? 0 : fields, NULL);
    uint32_t slow;
    unsigned ref = x64_bump(b, b->in.a, 0, layout->rounded, &slow);
    if (zeros && layout->rounded > OBJECT_header) {
        x64_rr(a, X64_xorps, 0, 15, 15);
        x64_rm(a, X64_movq_mr, 0, 15, x64_at_index(X64_r11, ref, 0, x64_object_disp(8)));
        for (uint32_t at = 16; at < layout->rounded; at += 16)
            x64_rm(a, X64_movups_mr, 0, 15, x64_at_index(X64_r11, ref, 0, x64_object_disp(at)));
    }
    uint32_t offset = 0;
    for (uint32_t i = 0; i < fields && !zeros; i++) {
        FieldPlace place = layout->fields[i];
        x64_field_from_out(b, (FieldKind)place.kind, offset,
                           x64_at_index(X64_r11, ref, 0, x64_object_disp(place.at)));
        offset += place.kind == FIELD_128 ? 16 : 8;
    }
    uint32_t done = machine_jump(b);
    bl_patch(b, slow, bl_here(b));
    x64_new_by_helper(b, b->in.op, ref);
    bl_patch(b, done, bl_here(b));
    bl_push_reg(b, VK_i64, ref);
}

/* ---- arrays ---- */

static void x64_array_check(Baseline *b, unsigned ref, unsigned index) {
    X64Asm *a = &b->a;
    x64_null_check(b, ref, TRAP_null_array);
    x64_load_heap(b, offsetof(Heap, base));
    x64_rr(a, X64_add_rm, 8, X64_r11, ref);
    x64_rm(a, X64_cmp_rm, 4, index, x64_at(X64_r11, x64_object_disp(offsetof(Object, count))));
    machine_trap_if(b, X64_ae, TRAP_out_of_bounds_array);
}
/* The element; r11 has the object. */
static X64Mem x64_element(FieldKind kind, unsigned index) {
    static const uint8_t scales[] = {0, 1, 2, 3, 0, 2};
    return x64_at_index(X64_r11, index, scales[kind], x64_object_disp(OBJECT_header));
}

static void x64_do_array_get(Baseline *b, const X64Op *op) {
    FieldKind field = (FieldKind)x64_layout(b, b->in.a)->element;
    if (field == FIELD_128) {
        bl_do_helped(b);
        return;
    }
    unsigned kind = bl_kind(b->m->types[b->in.a].fields[0].type);
    if (field <= FIELD_16)
        kind = VK_i32;
    Item index = bl_pop(b), ref = bl_pop(b);
    unsigned i = bl_use(b, &index), reg = bl_use(b, &ref);
    x64_array_check(b, reg, i);
    bl_release(b, &ref);
    bl_release(b, &index);
    x64_read_field(b, field, op->x & 1, kind, x64_element(field, i), x64_temp(&index));
}

static void x64_do_array_set(Baseline *b, const X64Op *op) {
    (void)op;
    FieldKind field = (FieldKind)x64_layout(b, b->in.a)->element;
    if (field == FIELD_128) {
        bl_do_helped(b);
        return;
    }
    Item value = bl_pop(b), index = bl_pop(b), ref = bl_pop(b);
    unsigned from = bl_use(b, &value), i = bl_use(b, &index), reg = bl_use(b, &ref);
    uint32_t done = 0;
    if (field == FIELD_ref) {
        bl_flush(b, 0);
        bl_reserve_out(b, 24);
        x64_array_check(b, reg, i);
        uint32_t plain = x64_offset(b, x64_jump_unlogged(b, reg));
        machine_out_item(b, 0, &ref);
        machine_out_item(b, 8, &index);
        machine_out_item(b, 16, &value);
        machine_call_helper(b, OP_array_set, b->in.a, b->in.b);
        done = machine_jump(b);
        bl_patch(b, plain, bl_here(b));
        x64_load_heap(b, offsetof(Heap, base));
        x64_rr(&b->a, X64_add_rm, 8, X64_r11, reg);
    } else {
        x64_array_check(b, reg, i);
    }
    x64_write_field(b, field, x64_element(field, i), from);
    if (done)
        bl_patch(b, done, bl_here(b));
    bl_release(b, &ref);
    bl_release(b, &index);
    bl_release(b, &value);
}

static void x64_do_array_len(Baseline *b, const X64Op *op) {
    (void)op;
    Item ref = bl_pop(b);
    unsigned reg = bl_use(b, &ref);
    x64_null_check(b, reg, TRAP_null_array);
    x64_load_heap(b, offsetof(Heap, base));
    bl_release(b, &ref);
    x64_read_field(b, FIELD_32, false, VK_i32,
                   x64_at_index(X64_r11, reg, 0, x64_object_disp(offsetof(Object, count))),
                   x64_temp(&ref));
}

/* ---- i31 and casts ---- */

static void x64_do_ref_i31(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned from = bl_use(b, &x);
    unsigned to = x64_dest(b, VK_i64, &x);
    x64_rm(&b->a, X64_lea, 4, to, x64_at_index(from, from, 0, 1));
    bl_push_reg(b, VK_i64, to);
}
static void x64_do_i31_get(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    x64_null_check(b, bl_use(b, &x), TRAP_null_i31);
    x.kind = VK_i32;
    unsigned to = x64_start(b, &x, NULL);
    x64_ri(&b->a, (X64Insn)op->insn, 4, to, 1);
    bl_push_reg(b, VK_i32, to);
}

/* Whether a type says which objects are of it by their type id alone, if it is the same: not an
   abstract one, or of functions. */
static bool x64_cast_by_id(const Baseline *b, ValType type) {
    if (!valtype_indexed(type))
        return false;
    unsigned kind = b->m->types[valtype_heap(type)].kind;
    return kind == TYPE_struct || kind == TYPE_array;
}

/* Whether the object in `reg` has exactly this type: a jump that is taken if not; null and i31 take
   it too. */
static void x64_jump_unlike(Baseline *b, unsigned reg, uint32_t typeidx, uint32_t unlike[3]) {
    X64Asm *a = &b->a;
    x64_rr(a, X64_test_mr, 8, reg, reg);
    unlike[0] = x64_offset(b, x64_jcc(a, X64_e));
    x64_ri(a, X64_test_mi, 1, reg, 1);
    unlike[1] = x64_offset(b, x64_jcc(a, X64_ne));
    x64_load_heap(b, offsetof(Heap, base));
    x64_rm(a, X64_mov_rm, 4, X64_r11, x64_at_index(X64_r11, reg, 0, x64_object_disp(0)));
    x64_type_id(b, X64_cmp_rm, X64_r11, typeidx);
    unlike[2] = x64_offset(b, x64_jcc(a, X64_ne));
}

static void x64_do_cast(Baseline *b, const X64Op *op) {
    bool test = op->x & 1;
    uint32_t unlike[3];
    if (!x64_cast_by_id(b, b->in.type)) {
        bl_do_helped(b);
        return;
    }
    Item ref = bl_pop(b);
    unsigned reg = bl_use_outside(b, &ref, b->pins);
    bl_flush(b, 0);
    bl_reserve_out(b, 16);
    x64_jump_unlike(b, reg, valtype_heap(b->in.type), unlike);
    if (test)
        x64_mov_imm(&b->a, 4, reg, 1);
    uint32_t done = machine_jump(b);
    for (unsigned i = 0; i < 3; i++)
        bl_patch(b, unlike[i], bl_here(b));
    machine_out_item(b, 0, &ref);
    machine_call_helper(b, b->in.op, 0, b->in.type);
    machine_load_out(b, VK_i64, reg, 0);
    bl_patch(b, done, bl_here(b));
    b->used |= bl_bit(reg) & b->temps;
    bl_push_reg(b, test ? VK_i32 : VK_i64, reg);
}

/* ---- tables ---- */

/* The element; r11 has the elements. A processor that guesses past the check goes on with 0, which
   `zero` has then; the index itself changes only where it traps. */
static X64Mem x64_table_element(Baseline *b, unsigned index, unsigned zero) {
    X64Asm *a = &b->a;
    int32_t at = (int32_t)(b->code->tables_at + b->in.a * sizeof(TableInst *));
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, at));
    x64_rm(a, X64_cmp_rm, 8, index, x64_at(X64_r11, offsetof(TableInst, len)));
    machine_trap_if(b, X64_ae, TRAP_out_of_bounds_table);
    x64_mov_imm(a, 4, zero, 0);
    x64_cmov(a, X64_ae, 8, index, zero);
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r11, offsetof(TableInst, elems)));
    return x64_at_index(X64_r11, index, 3, 0);
}
static void x64_do_table_get(Baseline *b, const X64Op *op) {
    (void)op;
    Item index = bl_pop(b);
    unsigned reg = bl_use(b, &index), to = bl_alloc(b, VK_i64);
    x64_rm(&b->a, X64_mov_rm, 8, to, x64_table_element(b, reg, to));
    bl_release(b, &index);
    bl_push_reg(b, VK_i64, to);
}
static void x64_do_table_set(Baseline *b, const X64Op *op) {
    (void)op;
    Item value = bl_pop(b), index = bl_pop(b);
    unsigned from = bl_use(b, &value), reg = bl_use(b, &index), zero = bl_alloc(b, VK_i64);
    x64_rm(&b->a, X64_mov_mr, 8, from, x64_table_element(b, reg, zero));
    bl_free(b, zero);
    bl_release(b, &index);
    bl_release(b, &value);
}

/* It is the same reference. */
static void x64_do_nothing(Baseline *b, const X64Op *op) {
    (void)b;
    (void)op;
}

#define OBJECT_ROWS                                                                                \
    [OP_struct_get] = {x64_do_struct_get, 0, 0, 0, 0, 0, 0},                                       \
    [OP_struct_get_s] = {x64_do_struct_get, 0, 0, 0, 0, 0, 1},                                     \
    [OP_struct_get_u] = {x64_do_struct_get, 0, 0, 0, 0, 0, 0},                                     \
    [OP_struct_set] = {x64_do_struct_set, 0, 0, 0, 0, 0, X64_CALLS},                               \
    [OP_struct_new] = {x64_do_struct_new, 0, 0, 0, 0, 0, X64_CALLS},                               \
    [OP_struct_new_default] = {x64_do_struct_new, 0, 0, 0, 0, 0, X64_CALLS | 1},                   \
    [OP_array_get] = {x64_do_array_get, 0, 0, 0, 0, 0, X64_CALLS},                                 \
    [OP_array_get_s] = {x64_do_array_get, 0, 0, 0, 0, 0, X64_CALLS | 1},                           \
    [OP_array_get_u] = {x64_do_array_get, 0, 0, 0, 0, 0, X64_CALLS},                               \
    [OP_array_set] = {x64_do_array_set, 0, 0, 0, 0, 0, X64_CALLS},                                 \
    [OP_array_len] = {x64_do_array_len, 0, 0, 0, 0, 0, 0},                                         \
    [OP_ref_i31] = {x64_do_ref_i31, 0, 0, 0, 0, 0, 0}, [OP_i31_get_s] = {x64_do_i31_get,           \
                                                                         X64_sar_mi,               \
                                                                         0,                        \
                                                                         0,                        \
                                                                         0,                        \
                                                                         0,                        \
                                                                         0},                       \
    [OP_i31_get_u] = {x64_do_i31_get, X64_shr_mi, 0, 0, 0, 0, 0}, [OP_ref_cast] = {x64_do_cast, 0, \
                                                                                   0,           0, \
                                                                                   0,           0, \
                                                                                   X64_CALLS},     \
    [OP_ref_cast_null] = {x64_do_cast, 0, 0, 0, 0, 0, X64_CALLS}, [OP_ref_test] = {x64_do_cast,    \
                                                                                   0,              \
                                                                                   0,              \
                                                                                   0,              \
                                                                                   0,              \
                                                                                   0,              \
                                                                                   X64_CALLS | 1}, \
    [OP_ref_test_null] = {x64_do_cast, 0, 0, 0, 0, 0, X64_CALLS | 1},                              \
    [OP_table_get] = {x64_do_table_get, 0, 0, 0, 0, 0, 0}, [OP_table_set] = {x64_do_table_set,     \
                                                                             0,                    \
                                                                             0,                    \
                                                                             0,                    \
                                                                             0,                    \
                                                                             0,                    \
                                                                             0},                   \
    [OP_any_convert_extern] = {x64_do_nothing, 0, 0, 0, 0, 0, 0},                                  \
    [OP_extern_convert_any] = {x64_do_nothing, 0, 0, 0, 0, 0, 0}

#endif
