/* Calls from the host, and calls of the host by wasm. Arguments go to the store's stack, where the
   callee's frame begins; results come back to the same place. */
#include "run/call.h"

#include "run/meter.h"

/* Tiers leave the upper half of 32-bit values undefined; hosts see zeros there. */
static void clean_values(Value *v, const ValType *types, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (types[i] == VAL_i32 || types[i] == VAL_f32)
            *v = (uint32_t)*v;
        v += valtype_slots(types[i]);
    }
}

bool wt_call_host(Store *s, Instance *caller, FuncInst *f, Value *frame) {
    const TypeInfo *type = func_type_info(s, f);
    Value *results = frame + type->param_slots;
    if ((size_t)(s->stack_end - results) < type->result_slots)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    Value *top = s->stack_top;
    uint32_t result_slots = type->result_slots;
    s->stack_top = results + result_slots;
    memset(results, 0, result_slots * sizeof(Value));
    clean_values(frame, func_type(s, f)->params, func_type(s, f)->param_count);
    Caller who = {s, caller};
    s->holder.host_calls += WT_DEBUGGER;
    bool ok = f->host(f->user, &who, frame, results);
    s->stack_top = top;
    if (!ok)
        return wt_trap_set(s, TRAP_host, NULL);
    if (meter_poll(s) != TRAP_none)
        return wt_trap_set(s, TRAP_interrupt, NULL);
    memmove(frame, results, result_slots * sizeof(Value));
    return true;
}

/* The way of a call that failed. */
static WT_COLD bool call_failed(Store *s, Value *frame) {
    if (s->depth == 0 && s->trap.code == TRAP_interrupt)
        atomic_store(&s->interrupt, 0);
    if (WT_DEBUGGER && s->trap.code == TRAP_held) {
        const HeldFrame *at = &s->held.at;
        s->held.base = frame;
        s->stack_top = at->fp + code_func(at->in->code, at->funcidx)->frame_slots;
    }
    return false;
}

/* What the tier has left in the frame. */
WT_INLINE void take_results(Store *s, FuncInst *f, Value *frame, Value *results) {
    const TypeInfo *type = func_type_info(s, f); /* types that came meanwhile may have moved it */
    uint32_t result_slots = type->result_slots;
    if (type->ints && result_slots) {
        results[0] = type->narrow_result ? (uint32_t)frame[0] : frame[0];
        return;
    }
    clean_values(frame, typedef_results(func_type(s, f)), func_type(s, f)->result_count);
    if (result_slots)
        memcpy(results, frame, result_slots * sizeof(Value));
}

bool wt_call(Store *s, FuncInst *f, const Value *args, Value *results) {
    if (s->depth == 0 && s->trap.code != TRAP_none)
        wt_trap_clear(s);
    const TypeInfo *type = func_type_info(s, f);
    uint32_t param_slots = type->param_slots, result_slots = type->result_slots;
    Value *frame = s->stack_top;
    if (s->depth >= s->limits.host_depth ||
        (size_t)(s->stack_end - frame) < WT_MAX(param_slots, result_slots))
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    if (type->ints && s->tier->call_ints && f->instance) {
        s->depth++;
        bool well = s->tier->call_ints(s, f, args, results);
        s->depth--;
        return WT_LIKELY(well) || call_failed(s, frame);
    }
    if (type->ints)
        wt_types_copy_ints(type, args, frame);
    else if (param_slots)
        memcpy(frame, args, param_slots * sizeof(Value));
    s->depth++;
    bool ok = f->instance ? s->tier->call(s, f, frame) : wt_call_host(s, NULL, f, frame);
    s->depth--;
    s->stack_top = frame;
    if (!ok)
        return call_failed(s, frame);
    take_results(s, f, frame, results);
    return true;
}

bool wt_call_resume(Store *s, const TierHold *hold, FuncInst *f, const HeldCall *held,
                    Value *results) {
    Value *frame = held->base;
    wt_trap_clear(s);
    s->held = *held;
    s->stack_top = frame;
    s->depth++;
    bool ok = hold->resume(s);
    s->depth--;
    s->stack_top = frame;
    if (!ok)
        return call_failed(s, frame);
    take_results(s, f, frame, results);
    return true;
}

void wt_call_drop(Store *s, const HeldCall *held) { s->stack_top = held->base; }
