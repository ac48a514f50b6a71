/* What is told before each instruction, for stores that trace (StoreLimits.trace) or can be held
   (StoreLimits.hold).

   A `trace` stands before every instruction that costs something, behind its charge. The operands
   whose types the instruction itself says are brought to their homes first, so that they lie in a
   row in the frame; what comes behind finds nothing to fuse with. Where a call can be held, it
   stands before those that are free too, and all operands are brought home. Included by
   translate.c, whose loop calls trace_before. */
#ifndef WATTLE_INTERP_TRANSLATE_TRACE_H
#define WATTLE_INTERP_TRANSLATE_TRACE_H

#include "interp/translator.h"
#include "run/meter.h"

enum { TRACE_operands = 8 }; /* of a call with more: the first */

typedef struct TraceOperands {
    ValType types[TRACE_operands];
    uint32_t count;
    uint32_t below; /* the first of them, counted in entries from the top */
    int32_t home;   /* when they are no operands */
} TraceOperands;

static ValType address_type(bool is64) { return is64 ? VAL_i64 : VAL_i32; }

/* From the code, because a translation keeps only the slots. */
static ValType local_type(const Translator *t, uint32_t local) {
    if (local < t->type->param_count)
        return t->type->params[local];
    local -= t->type->param_count;
    Reader r = reader_of(t->r.start, (size_t)(t->r.end - t->r.start));
    LocalRun run = {0};
    for (uint32_t n = wt_insn_local_runs(&r); n && wt_insn_next_run(&r, &run); n--) {
        if (local < run.count)
            return run.type;
        local -= run.count;
    }
    return VAL_i32; /* not in valid code */
}

static void trace_one(TraceOperands *o, ValType type) {
    o->types[0] = type;
    o->count = o->below = 1;
}
static void trace_three(TraceOperands *o, ValType first, ValType second, ValType third) {
    trace_one(o, first);
    o->types[1] = second;
    o->types[2] = third;
    o->count = o->below = 3;
}
static bool memory_is64(const Translator *t, uint32_t memidx) {
    return t->m->memories[memidx].limits.is64;
}
static bool table_is64(const Translator *t, uint32_t tableidx) {
    return t->m->tables[tableidx].limits.is64;
}

/* Parameters of a call or a throw, with `above` operands on top of them. */
static void trace_params(const Translator *t, TraceOperands *o, uint32_t type, uint32_t above) {
    const TypeDef *d = &t->m->types[type];
    o->count = WT_MIN(d->param_count, TRACE_operands);
    o->below = d->param_count + above;
    for (uint32_t i = 0; i < o->count; i++)
        o->types[i] = d->params[i];
}

/* ... and the index of an indirect one, if it is near enough. */
static void trace_indirect(const Translator *t, TraceOperands *o) {
    trace_params(t, o, t->in.a, 1);
    if (o->count < TRACE_operands && o->below == o->count + 1)
        o->types[o->count++] = address_type(table_is64(t, t->in.b));
}

static void trace_fixed(const Translator *t, TraceOperands *o) {
    const OpInfo *info = op_info(t->in.op);
    if (info->sig == SIG_SPECIAL)
        return;
    const SigInfo *sig = &wt_sig_table[info->sig];
    uint32_t memory = t->in.op == OP_memory_init ? t->in.b : t->in.a;
    o->count = o->below = sig->param_count;
    for (uint32_t i = 0; i < sig->param_count; i++)
        o->types[i] =
            sig->params[i] == VAL_address ? address_type(memory_is64(t, memory)) : sig->params[i];
}

/* What is copied from b to a, memories or tables. */
static void trace_copy(TraceOperands *o, bool a64, bool b64) {
    trace_three(o, address_type(a64), address_type(b64), address_type(a64 && b64));
}

static void trace_table(const Translator *t, TraceOperands *o) {
    uint32_t table = t->in.op == OP_table_init ? t->in.b : t->in.a;
    ValType index = address_type(table_is64(t, table)), elem = t->m->tables[table].type;
    switch (t->in.op) {
    case OP_table_get:
        trace_one(o, index);
        return;
    case OP_table_set:
    case OP_table_fill:
        trace_three(o, index, elem, index);
        o->count = o->below = t->in.op == OP_table_set ? 2 : 3;
        return;
    case OP_table_grow:
        trace_three(o, elem, index, index);
        o->count = o->below = 2;
        return;
    case OP_table_copy:
        trace_copy(o, table_is64(t, t->in.a), table_is64(t, t->in.b));
        return;
    case OP_table_init:
        trace_three(o, index, VAL_i32, VAL_i32);
        return;
    }
}

static void find_trace_operands(const Translator *t, TraceOperands *o) {
    uint32_t a = t->in.a;
    if (op_info(t->in.op)->kind == KIND_TABLE && t->in.op != OP_elem_drop) {
        trace_table(t, o);
        return;
    }
    switch (t->in.op) {
    case OP_memory_copy:
        trace_copy(o, memory_is64(t, a), memory_is64(t, t->in.b));
        return;
    case OP_local_get:
        o->types[0] = local_type(t, a);
        o->count = 1;
        o->home = locals(t)[a].slot;
        return;
    case OP_local_set:
    case OP_local_tee:
        trace_one(o, local_type(t, a));
        return;
    case OP_global_set:
        trace_one(o, t->m->globals[a].type);
        return;
    case OP_if:
    case OP_br_if:
    case OP_br_table:
    case OP_select:
    case OP_select_t:
        trace_one(o, VAL_i32);
        return;
    case OP_call:
    case OP_return_call:
        trace_params(t, o, t->m->funcs[a].type, 0);
        return;
    case OP_call_indirect:
    case OP_return_call_indirect:
        trace_indirect(t, o);
        return;
    case OP_call_ref:
    case OP_return_call_ref:
        trace_params(t, o, a, 1);
        return;
    case OP_throw:
        trace_params(t, o, t->m->tags[a].type, 0);
        return;
    case OP_return:
        o->count = WT_MIN(t->type->result_count, TRACE_operands);
        o->below = t->type->result_count;
        for (uint32_t i = 0; i < o->count; i++)
            o->types[i] = typedef_results(t->type)[i];
        return;
    }
    trace_fixed(t, o);
}

/* Before the instruction that was translated last everything was at home, and it leaves no more
   than one value (local.get, a constant) that is not. */
static void settle_top(Translator *t) {
    for (uint32_t i = t->entry_count; i > 0 && entries(t)[i - 1].kind != ENTRY_slot && !t->failed;
         i--)
        settle(t, &entries(t)[i - 1]);
}

/* t->in is read, but not translated. */
static void trace_before(Translator *t, uint32_t offset) {
    if (t->dead || (!is_held(t) && meter_is_free(t->in.op)))
        return;
    if (is_held(t))
        settle_top(t);
    TraceOperands o = {.count = 0};
    if (!is_held(t) || t->code->store->limits.trace)
        find_trace_operands(t, &o);
    if (o.below && o.below <= t->entry_count) {
        uint32_t first = t->entry_count - o.below;
        o.home = entries(t)[first].home;
        for (uint32_t i = first; i < first + o.count && !t->failed; i++)
            settle(t, &entries(t)[i]);
    } else if (o.below) {
        o.count = 0; /* only after memory ran out */
    }
    if (!begin(t, IOP_trace, false))
        return;
    put_u32(t, t->fc->funcidx);
    put_u32(t, offset);
    put_u32(t, (uint32_t)o.home);
    put_u32(t, o.count);
    for (uint32_t i = 0; i < o.count; i++)
        put_u32(t, o.types[i]);
    forget_emitted(t);
}

#endif
