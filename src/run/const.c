/* Constant expressions, run by a stack machine of their own: they are short, run once, and are
   there before any tier is. The operands live on top of the store's stack, where the collector
   finds them. The expression is validated, so operand types are right. Path: instance.c -> here
   -> object.c. */
#include "run/const.h"

#include "run/object.h"
#include "wasm/insn.h"
#include "wasm/num.h"

typedef struct ConstStack {
    Store *store;
    Value *top;
} ConstStack;

static bool const_push(ConstStack *cs, Value v) {
    if (cs->top == cs->store->stack_end)
        return wt_trap_set(cs->store, TRAP_stack_exhausted, NULL);
    *cs->top++ = v;
    return true;
}

static void const_i32(ConstStack *cs, uint32_t (*fn)(uint32_t, uint32_t)) {
    cs->top--;
    cs->top[-1] = fn((uint32_t)cs->top[-1], (uint32_t)cs->top[0]);
}
static void const_i64(ConstStack *cs, uint64_t (*fn)(uint64_t, uint64_t)) {
    cs->top--;
    cs->top[-1] = fn(cs->top[-1], cs->top[0]);
}

static bool const_global(ConstStack *cs, const Instance *in, uint32_t globalidx) {
    const Value *cell = instance_global(in, globalidx);
    bool wide = in->code->module->globals[globalidx].type == VAL_v128;
    return const_push(cs, cell[0]) && (!wide || const_push(cs, cell[1]));
}

/* Takes the operands from `base` on; the object comes in their place. */
static bool const_object(ConstStack *cs, Value *base, Value ref) {
    cs->top = base;
    return ref && const_push(cs, ref);
}

static bool const_struct(ConstStack *cs, uint32_t id, bool defaults, bool described) {
    Value *top = cs->top, descriptor = 0;
    if (described) {
        descriptor = *--cs->top;
        if (!descriptor)
            return wt_trap_set(cs->store, TRAP_null_descriptor, NULL);
    }
    Value *base = cs->top - (defaults ? 0 : cs->store->types.info[id].param_slots);
    return const_object(cs, base,
                        wt_object_struct(cs->store, id, defaults ? NULL : base, descriptor, top));
}

static bool const_array(ConstStack *cs, uint32_t id, bool defaults) {
    uint32_t slots = cs->store->types.layouts[id].element == FIELD_128 ? 2 : 1;
    Value *count = cs->top - 1, *value = defaults ? count : count - slots;
    return const_object(
        cs, value,
        wt_object_array(cs->store, id, (uint32_t)*count, defaults ? NULL : value, cs->top));
}

static bool const_fixed(ConstStack *cs, uint32_t id, uint32_t count) {
    uint32_t slots = cs->store->types.layouts[id].element == FIELD_128 ? 2 : 1;
    Value *base = cs->top - (size_t)count * slots;
    return const_object(cs, base, wt_object_array_fixed(cs->store, id, count, base, cs->top));
}

static bool const_insn(ConstStack *cs, Instance *in, const Insn *insn) {
    switch (insn->op) {
    case OP_i32_const:
        return const_push(cs, (uint32_t)insn->imm);
    case OP_i64_const:
    case OP_f32_const:
    case OP_f64_const:
        return const_push(cs, insn->imm);
    case OP_v128_const:
        return const_push(cs, load64le(insn->list.data)) &&
               const_push(cs, load64le(insn->list.data + 8));
    case OP_global_get:
        return const_global(cs, in, insn->a);
    case OP_ref_null:
        return const_push(cs, 0);
    case OP_ref_func: {
        FuncInst *f = wt_instance_func(in, insn->a);
        return f && const_push(cs, value_pointer(f));
    }
    case OP_ref_i31:
        cs->top[-1] = i31_ref((uint32_t)cs->top[-1]);
        return true;
    case OP_any_convert_extern:
    case OP_extern_convert_any:
        return true;
    case OP_struct_new:
    case OP_struct_new_default:
    case OP_struct_new_desc:
    case OP_struct_new_default_desc:
        return const_struct(
            cs, in->code->type_ids[insn->a],
            insn->op == OP_struct_new_default || insn->op == OP_struct_new_default_desc,
            insn->op == OP_struct_new_desc || insn->op == OP_struct_new_default_desc);
    case OP_array_new:
    case OP_array_new_default:
        return const_array(cs, in->code->type_ids[insn->a], insn->op == OP_array_new_default);
    case OP_array_new_fixed:
        return const_fixed(cs, in->code->type_ids[insn->a], insn->b);
    case OP_i32_add:
        const_i32(cs, num_i32_add);
        return true;
    case OP_i32_sub:
        const_i32(cs, num_i32_sub);
        return true;
    case OP_i32_mul:
        const_i32(cs, num_i32_mul);
        return true;
    case OP_i64_add:
        const_i64(cs, num_i64_add);
        return true;
    case OP_i64_sub:
        const_i64(cs, num_i64_sub);
        return true;
    case OP_i64_mul:
        const_i64(cs, num_i64_mul);
        return true;
    }
    char name[48] = ": ";
    const OpInfo *info = op_info(insn->op);
    memcpy(name + 2, info->text, WT_MIN(info->len, sizeof name - 3));
    return wt_trap_set(in->store, TRAP_unsupported, name);
}

bool wt_const_run(Instance *in, Reader *r, Value *top, Value *out) {
    ConstStack cs = {in->store, top};
    Insn insn;
    while (insn_read(r, &insn) && insn.op != OP_end)
        if (!const_insn(&cs, in, &insn))
            return false;
    memcpy(out, top, WT_MIN((size_t)(cs.top - top), 2) * sizeof(Value));
    return true;
}
