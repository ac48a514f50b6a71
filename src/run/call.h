/* Calls from the host. */
#ifndef WATTLE_RUN_CALL_H
#define WATTLE_RUN_CALL_H

#include "run/instance.h"

/* Calls a function with as many Values as its type has slots. false: s->trap says why (it is
   cleared at the start of the outermost call). Host functions may call back in, up to
   limits.host_depth. */
bool wt_call(Store *s, FuncInst *f, const Value *args, Value *results);

/* Goes on with a call of the host that ended with TRAP_held and left this in Store.held: the latest
   of those that wait. Ends like wt_call. */
bool wt_call_resume(Store *s, const TierHold *hold, FuncInst *f, const HeldCall *held,
                    Value *results);
/* What such a call has on the stack is given up, with all that was held since. */
void wt_call_drop(Store *s, const HeldCall *held);

/* Calls a host function for a tier: arguments in frame[0..], results are put there. */
bool wt_call_host(Store *s, Instance *caller, FuncInst *f, Value *frame);

WT_INLINE const TypeInfo *func_type_info(const Store *s, const FuncInst *f) {
    return &s->types.info[f->type_id];
}
WT_INLINE const TypeDef *func_type(const Store *s, const FuncInst *f) {
    return types_def(&s->types, f->type_id);
}

#endif
