/* What happens when something is thrown: the frames are walked outwards until a landing takes the
   exception (translate_exn.c made them). The walk changes nothing before it has found one, so that
   whoever finds none can still say where it was thrown. Path: loop.c -> here -> place.c. */
#include "interp/cont.h"
#include "run/meter.h"
#include "run/object.h"

TrapCode wt_interp_throw(Instance *in, Value *fp, const uint32_t *pc) {
    /* [slot of the first value] [tag] [first free slot] */
    Store *s = in->store;
    s->exception =
        wt_object_exn(s, instance_tags(in)[pc[2]], fp + (int32_t)pc[1], fp + (int32_t)pc[3]);
    return s->exception ? TRAP_none : s->trap.code;
}

/* *looked_at counts handlers. */
static const TryLanding *landing_of(const TryTable *tries, uint32_t word, const Instance *in,
                                    const TagInst *tag, uint64_t *looked_at) {
    uint32_t range = tries_range_at(tries->ranges, tries->range_count, word);
    while (range != TRY_none) {
        for (uint32_t i = tries->ranges[range].first; i != TRY_none;) {
            const TryLanding *landing = &tries->landings[i];
            ++*looked_at;
            if (landing->tag == TRY_none || instance_tags(in)[landing->tag] == tag)
                return landing;
            i = landing->next;
        }
        range = tries->ranges[range].next;
    }
    return NULL;
}

/* The exception is the frame's now. */
static void land(Store *s, const TryLanding *landing, Value *fp) {
    Value exn = s->exception;
    if (landing->tag != TRY_none) {
        uint32_t slots = s->types.info[wt_object_exn_tag(s, exn)->type_id].param_slots;
        if (slots)
            memcpy(fp + landing->values, wt_object_exn_values(s, exn), slots * sizeof(Value));
    }
    if (landing->ref != TRY_no_slot)
        fp[landing->ref] = exn;
    wt_trap_clear(s);
}

static const uint32_t *end_search(Store *s, TrapCode why) {
    wt_trap_clear(s);
    wt_trap_set(s, why, NULL);
    return NULL;
}

const uint32_t *wt_interp_unwind(const uint32_t *pc, Value *fp, Instance *in) {
    Store *s = in->store;
    Interp *x = s->tier_state;
    const TagInst *tag = wt_object_exn_tag(s, s->exception);
    uint64_t looked_at = 0;
    while (pc) {
        const FuncCode *fc = wt_interp_place_find(x, pc);
        const TryLanding *landing = NULL;
        if (fc && fc->tries)
            landing = landing_of(fc->tries, (uint32_t)(pc - fc->start), in, tag, &looked_at);
        if (meter_poll(s) != TRAP_none)
            return end_search(s, TRAP_interrupt);
        if (landing && wt_meter_charge(s, looked_at) != TRAP_none)
            return end_search(s, TRAP_out_of_fuel);
        if (landing) {
            land(s, landing, fp);
            while (x->prompt > fp)
                x->prompt = value_to_pointer(x->prompt[PROMPT_prev]);
            x->landed_fp = fp;
            x->landed_in = in;
            return fc->start + landing->target;
        }
        pc = frame_caller(x, fp);
        in = value_to_pointer(fp[-1]);
        fp = value_to_pointer(fp[-2]);
    }
    if (wt_meter_charge(s, looked_at) != TRAP_none)
        return end_search(s, TRAP_out_of_fuel);
    return NULL;
}
