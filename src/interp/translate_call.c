/* Calls: arguments are brought home on top of the caller's operands, where they are the callee's
   parameters, and its results come back to the same place (frames: translate.h). Path: translate.c
   -> here. */
#include "interp/translator.h"

static void put_tail(Translator *t, int32_t base, const TypeInfo *info) {
    put_u32(t, (uint32_t)base);
    put_u32(t, info->param_slots);
    put_u32(t, t->own_k);
    put_u32(t, call_k(info));
}

/* Words behind the common ones: what is called. */
typedef enum Callee { CALLEE_own, CALLEE_import, CALLEE_indirect, CALLEE_ref } Callee;

static void put_callee(Translator *t, Callee callee, uint32_t index) {
    switch (callee) {
    case CALLEE_own:
        put_u64(t, (uint64_t)(uintptr_t)code_func(t->code, index));
        return;
    case CALLEE_import:
        put_u32(t, t->code->imports_at + index * (uint32_t)sizeof(FuncInst *));
        return;
    case CALLEE_indirect:
        put_u32(t, t->code->tables_at + t->in.b * (uint32_t)sizeof(TableInst *));
        put_u32(t, t->code->type_ids[index]);
        return;
    case CALLEE_ref:
        return;
    }
}

static void emit_call(Translator *t, Callee callee, uint32_t typeidx, uint32_t index, bool tail) {
    static const uint16_t ops[2][4] = {
        {IOP_call, IOP_call_import, IOP_call_indirect, IOP_call_ref},
        {IOP_tail_call, IOP_tail_call_import, IOP_tail_call_indirect, IOP_tail_call_ref},
    };
    const TypeDef *type = &t->m->types[typeidx];
    const TypeInfo *info = type_info(t, typeidx);
    bool is64 = callee == CALLEE_indirect && t->m->tables[t->in.b].limits.is64;
    bool dynamic = callee == CALLEE_indirect || callee == CALLEE_ref;
    int32_t chosen = 0;
    if (dynamic) {
        Entry e = *pop_entry(t);
        chosen = operand(t, &e, 0);
    }
    int32_t base = take_home(t, type->param_count);
    int32_t end = base + (int32_t)call_k(info) + INTERP_link;
    if (end > t->max_sp)
        raise_frame(t, end);
    if (!begin(t, is64 && !tail ? IOP_call_indirect_any : ops[tail][callee], false))
        return;
    if (dynamic || tail)
        put_halves(t, chosen, is64);
    if (tail)
        put_tail(t, base, info);
    else
        put_u32(t, (uint32_t)end);
    put_callee(t, callee, index);
    if (tail)
        t->dead = true;
    else
        push_types(t, typedef_results(type), type->result_count);
}

static void do_call(Translator *t, bool tail) {
    uint32_t funcidx = t->in.a;
    emit_call(t, funcidx < t->m->func_imports ? CALLEE_import : CALLEE_own,
              t->m->funcs[funcidx].type, funcidx, tail);
}

void wt_interp_call(Translator *t, uint32_t funcidx) {
    t->in.a = funcidx;
    do_call(t, false);
}

void wt_interp_call_insn(Translator *t) {
    switch (t->in.op) {
    case OP_call:
        do_call(t, false);
        return;
    case OP_return_call:
        do_call(t, true);
        return;
    case OP_call_indirect:
        emit_call(t, CALLEE_indirect, t->in.a, t->in.a, false);
        return;
    case OP_return_call_indirect:
        emit_call(t, CALLEE_indirect, t->in.a, t->in.a, true);
        return;
    case OP_call_ref:
        emit_call(t, CALLEE_ref, t->in.a, 0, false);
        return;
    case OP_return_call_ref:
        emit_call(t, CALLEE_ref, t->in.a, 0, true);
        return;
    }
    emit_trap(t, TRAP_unsupported, t->in.op);
}
