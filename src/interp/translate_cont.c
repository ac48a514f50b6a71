/* Stack switching: the words that cont.c reads. The handlers of a `resume` are landings, as those
   of a try are (translate_exn.c). Path: translate_control.c -> here. */
#include "interp/cont.h"
#include "interp/translator.h"

static uint32_t type_id(const Translator *t, uint32_t typeidx) {
    return t->code->type_ids[typeidx];
}
/* The function type behind a continuation type. */
static uint32_t cont_func(const Translator *t, uint32_t typeidx) {
    return t->m->types[typeidx].cont;
}

static void put_code(Translator *t) { put_u64(t, (uint64_t)(uintptr_t)t->fc); }

/* cont.new and cont.bind, which only work on the operand stack: the form of INTERP_object_words. */
static void emit_make(Translator *t, InterpOp op, uint32_t operands, uint32_t typeidx,
                      uint32_t slots) {
    int32_t base = take_home(t, operands);
    push_slot(t, 1);
    if (!begin(t, op, false))
        return;
    put_u32(t, (uint32_t)base);
    put_u32(t, type_id(t, typeidx));
    put_u32(t, slots);
    put_u32(t, (uint32_t)t->max_sp + 4);
}

static void do_cont_bind(Translator *t) {
    const TypeDef *from = &t->m->types[cont_func(t, t->in.a)];
    uint32_t left = t->m->types[cont_func(t, t->in.b)].param_count;
    uint32_t bound = from->param_count - left, slots = 0;
    for (uint32_t i = 0; i < bound; i++)
        slots += valtype_slots(from->params[i]);
    emit_make(t, IOP_cont_bind, bound + 1, t->in.b, slots);
}

/* suspend, switch: `types` come back from whoever resumes. */
static void emit_suspend(Translator *t, InterpOp op, uint32_t operands, uint32_t slots,
                         uint32_t tag, uint32_t cont) {
    int32_t base = take_home(t, operands);
    if (!begin(t, op, false))
        return;
    put_u32(t, (uint32_t)base);
    put_u32(t, slots);
    put_u32(t, tag);
    put_u32(t, (uint32_t)t->max_sp + 4);
    put_code(t);
    put_u32(t, cont);
}

static void do_suspend(Translator *t) {
    uint32_t typeidx = t->m->tags[t->in.a].type;
    const TypeDef *type = &t->m->types[typeidx];
    emit_suspend(t, IOP_suspend, type->param_count, type_info(t, typeidx)->param_slots, t->in.a, 0);
    push_types(t, typedef_results(type), type->result_count);
}

/* The last parameter of what is switched to is the continuation that is made here. */
static void do_switch(Translator *t) {
    uint32_t typeidx = cont_func(t, t->in.a);
    const TypeDef *type = &t->m->types[typeidx];
    uint32_t made = valtype_heap(type->params[type->param_count - 1]);
    const TypeDef *back = &t->m->types[cont_func(t, made)];
    /* As many operands as parameters: the continuation switched to stands in the last one's place.
     */
    emit_suspend(t, IOP_switch, type->param_count, type_info(t, typeidx)->param_slots - 1, t->in.b,
                 type_id(t, made));
    push_types(t, back->params, back->param_count);
}

static void add_handler(Translator *t, const Clause *clause) {
    TryLanding *landing = wt_interp_add_landing(t, clause->tag);
    if (!landing || clause->kind == 1)
        return;
    Control *c = label(t, clause->label);
    wt_interp_aim_landing(t, landing, c);
    uint32_t count;
    const ValType *types = label_types(c, &count);
    landing->cont = type_id(t, valtype_heap(types[count - 1]));
    landing->ref =
        landing->values + (int32_t)type_info(t, t->m->tags[clause->tag].type)->param_slots;
}

static void do_resume(Translator *t, InterpOp op) {
    uint32_t typeidx = cont_func(t, t->in.a), first = t->landing_count;
    const TypeDef *type = &t->m->types[typeidx];
    uint32_t operands = type->param_count, slots = type_info(t, typeidx)->param_slots;
    if (op == IOP_resume_throw) {
        uint32_t thrown = t->m->tags[t->in.b].type;
        operands = t->m->types[thrown].param_count;
        slots = type_info(t, thrown)->param_slots;
    } else if (op == IOP_resume_throw_ref) {
        operands = slots = 1;
    }
    Reader r = reader_of(t->in.list.data, t->in.list.len);
    Clause clause;
    for (uint32_t i = 0; i < t->in.c && !t->failed && wt_insn_next_handler(&r, &clause); i++)
        add_handler(t, &clause);
    int32_t base = take_home(t, operands + 1);
    if (!begin(t, op, false))
        return;
    put_u32(t, (uint32_t)base);
    put_u32(t, slots);
    put_u32(t, first);
    put_u32(t, t->landing_count - first);
    put_code(t);
    put_u32(t, t->in.b);
    put_u32(t, (uint32_t)t->max_sp + 4);
    if (!begin(t, IOP_resume_end, false))
        return;
    put_u32(t, (uint32_t)base);
    put_u32(t, type_info(t, typeidx)->result_slots);
    forget_emitted(t);
    push_types(t, typedef_results(type), type->result_count);
}

void wt_interp_continuation_insn(Translator *t) {
    switch (t->in.op) {
    case OP_cont_new:
        emit_make(t, IOP_cont_new, 1, t->in.a, 0);
        return;
    case OP_cont_bind:
        do_cont_bind(t);
        return;
    case OP_suspend:
        do_suspend(t);
        return;
    case OP_switch:
        do_switch(t);
        return;
    case OP_resume:
        do_resume(t, IOP_resume);
        return;
    case OP_resume_throw:
        do_resume(t, IOP_resume_throw);
        return;
    case OP_resume_throw_ref:
        do_resume(t, IOP_resume_throw_ref);
        return;
    }
}
