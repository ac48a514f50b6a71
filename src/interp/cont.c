/* Continuations. A `resume` puts a prompt on top of its frame and the frames of the continuation
   above; they return to the resume_end behind it, so that whoever walks the frames sees nothing
   special. `suspend` looks for a handler from prompt to prompt, copies what stands above that
   prompt into an object, and goes on at the handler; a later resume copies it back, perhaps to
   another place: then the pointers in it move. The frames of host functions cannot be copied:
   each nest of frames has prompts of its own (loop.c, call_wasm). Path: loop.c -> here. */
#include "interp/cont.h"

#include "run/call.h"
#include "run/meter.h"
#include "run/object.h"

/* The words of a suspended continuation: where it stood, then what stood there. */
enum {
    SAVED_start, /* address of the first slot saved; all addresses are of that time */
    SAVED_pc,
    SAVED_fp,
    SAVED_in,
    SAVED_prompt,
    SAVED_prompts, /* how many, all inside */
    SAVED_frames,
    SAVED_room, /* slots that its frames need from the start */
    SAVED_words
};

static const FuncCode *code_word(const uint32_t *pc, unsigned i) {
    uint64_t word;
    memcpy(&word, pc + i, sizeof word);
    return (const FuncCode *)(uintptr_t)word;
}

static void land_at(Interp *x, const uint32_t *pc, Value *fp, Instance *in) {
    x->landed_pc = pc;
    x->landed_fp = fp;
    x->landed_in = in;
}

/* The instruction behind one of so many words. */
static const uint32_t *behind(const uint32_t *pc, uint32_t words) {
    return pc + words - 1 + INTERP_handler_words;
}

/* ---- making and binding ---- */

#define BASE (fp + (int32_t)pc[1])

TrapCode wt_interp_cont_new(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    if (!*BASE)
        return TRAP_null_function;
    Value ref = wt_object_cont(s, pc[2], 0, fp + pc[4]);
    if (!ref)
        return s->trap.code;
    ContObject *c = object_cont(s, ref);
    c->func = *BASE;
    c->inner = c->args = 0;
    *BASE = ref;
    return TRAP_none;
}

TrapCode wt_interp_cont_bind(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    uint32_t bound = pc[3];
    Value from = BASE[bound];
    if (!from)
        return TRAP_null_continuation;
    if (object_cont(s, from)->state != CONT_ready)
        return TRAP_continuation_consumed;
    uint32_t before = object_cont(s, from)->args;
    if (bound > UINT32_MAX - before)
        return TRAP_allocation_failed;
    Value ref = wt_object_cont(s, pc[2], before + bound, fp + pc[4]);
    if (!ref)
        return s->trap.code;
    ContObject *old = object_cont(s, from), *c = object_cont(s, ref);
    c->func = old->func;
    c->inner = old->inner;
    c->args = before + bound;
    if (before)
        memcpy(c->words, old->words, before * sizeof(Value));
    if (bound)
        memcpy(c->words + before, BASE, bound * sizeof(Value));
    old->state = CONT_consumed;
    if (!old->func && !old->inner) { /* the frames are in its words, and stay there */
        c->inner = (uint32_t)from;
        old->state = CONT_bound;
    }
    *BASE = ref;
    return TRAP_none;
}

/* ---- suspending ---- */

/* The innermost prompt that handles the tag, and how. */
static Value *handling_prompt(Store *s, const TagInst *tag, bool switches,
                              const TryLanding **landing, TrapCode *why) {
    const Interp *x = s->tier_state;
    uint64_t looked_at = 0;
    *why = TRAP_unhandled_tag;
    for (Value *prompt = x->prompt; prompt; prompt = value_to_pointer(prompt[PROMPT_prev])) {
        const uint32_t *pc = value_to_pointer(prompt[PROMPT_pc]);
        const Instance *in = value_to_pointer(prompt[PROMPT_in]);
        for (uint32_t i = 0; i < pc[4]; i++) {
            const TryLanding *l = &code_word(pc, 5)->tries->landings[pc[3] + i];
            looked_at++;
            if (instance_tags(in)[l->tag] != tag || (l->cont == TRY_none) != switches)
                continue;
            *landing = l;
            *why = wt_meter_charge(s, looked_at);
            return *why == TRAP_none ? prompt : NULL;
        }
        if (meter_poll(s) != TRAP_none) {
            *why = TRAP_interrupt;
            return NULL;
        }
    }
    return NULL;
}

/* The slots that the frames above `start` need, the innermost one being of fc, out to the one that
   a prompt's resume called. */
static Value frames_room(Interp *x, const FuncCode *fc, const Value *fp, const Value *start,
                         const Value *prompt) {
    Value room = (Value)(fp - start) + fc->frame_slots;
    while (fp[-2] != prompt[PROMPT_fp]) {
        fc = wt_interp_place_find(x, frame_caller(x, fp));
        fp = value_to_pointer(fp[-2]);
        room = WT_MAX(room, (Value)(fp - start) + (fc ? fc->frame_slots : 0));
    }
    return room;
}

/* Everything above a prompt, as a new continuation; 0: the store's trap says why not. */
static Value save_frames(Instance *in, Value *fp, const uint32_t *pc, Value *prompt,
                         uint32_t type_id) {
    Store *s = in->store;
    Interp *x = s->tier_state;
    Value *start = prompt + PROMPT_slots, *end = BASE;
    uint32_t frames = 1, prompts = 0;
    for (const Value *f = fp; f[-2] != prompt[PROMPT_fp]; f = value_to_pointer(f[-2]))
        frames++;
    for (const Value *p = x->prompt; p != prompt; p = value_to_pointer(p[PROMPT_prev]))
        prompts++;
    TrapCode why = wt_meter_charge(s, frames);
    if (why != TRAP_none) {
        wt_trap_set(s, why, NULL);
        return 0;
    }
    Value ref = wt_object_cont(s, type_id, SAVED_words + (uint32_t)(end - start), fp + pc[4]);
    if (!ref)
        return 0;
    ContObject *c = object_cont(s, ref);
    c->func = 0;
    c->inner = c->args = 0;
    c->words[SAVED_start] = value_pointer(start);
    c->words[SAVED_pc] = value_pointer(pc);
    c->words[SAVED_fp] = value_pointer(fp);
    c->words[SAVED_in] = value_pointer(in);
    c->words[SAVED_prompt] = value_pointer(x->prompt);
    c->words[SAVED_prompts] = prompts;
    c->words[SAVED_frames] = frames;
    c->words[SAVED_room] = frames_room(x, code_word(pc, 5), fp, start, prompt);
    memcpy(c->words + SAVED_words, start, (size_t)(end - start) * sizeof(Value));
    return ref;
}

TrapCode wt_interp_suspend(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    Interp *x = s->tier_state;
    land_at(x, pc, fp, in);
    const TryLanding *landing;
    TrapCode why;
    Value *prompt = handling_prompt(s, instance_tags(in)[pc[3]], false, &landing, &why);
    if (!prompt)
        return why;
    Value ref = save_frames(in, fp, pc, prompt, landing->cont);
    if (!ref)
        return s->trap.code;
    /* What the handler is given may overwrite the prompt. */
    const FuncCode *fc = code_word(value_to_pointer(prompt[PROMPT_pc]), 5);
    Value *handler = value_to_pointer(prompt[PROMPT_fp]);
    land_at(x, fc->start + landing->target, handler, value_to_pointer(prompt[PROMPT_in]));
    x->prompt = value_to_pointer(prompt[PROMPT_prev]);
    memmove(handler + landing->values, BASE, pc[2] * sizeof(Value));
    handler[landing->ref] = ref;
    return TRAP_none;
}

/* ---- resuming ---- */

static void link_frame(Value *fp, const Value *prompt) {
    const uint32_t *pc = value_to_pointer(prompt[PROMPT_pc]);
    fp[-3] = value_pointer(behind(pc, INTERP_resume_words));
    fp[-2] = prompt[PROMPT_fp];
    fp[-1] = prompt[PROMPT_in];
}

/* The arguments bound, then those at args, to a place; both may overlap. */
static void place_args(Value *to, const ContObject *c, const Value *args, uint32_t n) {
    if (n)
        memmove(to + c->args, args, n * sizeof(Value));
    if (c->args)
        memcpy(to, c->words, c->args * sizeof(Value));
}

static TrapCode begin_frames(Store *s, Value *prompt, ContObject *c, const Value *args,
                             uint32_t n) {
    Interp *x = s->tier_state;
    FuncInst *f = value_to_pointer(c->func);
    Value *start = prompt + PROMPT_slots;
    const TypeInfo *type = func_type_info(s, f);
    uint32_t k = WT_MAX(type->param_slots, type->result_slots);
    size_t need = (size_t)k + INTERP_link + (f->instance ? f->code->frame_slots : 0);
    if ((size_t)(s->stack_end - start) < need)
        return TRAP_stack_exhausted;
    place_args(start, c, args, n);
    c->state = CONT_consumed;
    x->prompt = prompt;
    if (f->instance) {
        Value *fp = start + k + INTERP_link;
        link_frame(fp, prompt);
        land_at(x, f->code->entry, fp, f->instance);
        return TRAP_none;
    }
    const uint32_t *pc = value_to_pointer(prompt[PROMPT_pc]);
    Instance *in = value_to_pointer(prompt[PROMPT_in]);
    bool ok = wt_call_host(s, in, f, start);
    land_at(x, ok ? behind(pc, INTERP_resume_words) : pc, value_to_pointer(prompt[PROMPT_fp]), in);
    return ok ? TRAP_none : s->trap.code;
}

/* An address of the saved stack, when it now begins elsewhere. */
static Value *moved_to(Value *start, const Value *saved, Value address) {
    return start + ((int64_t)(address - saved[SAVED_start]) / (int64_t)sizeof(Value));
}

/* Adjusts the pointers in frames that were copied to `start`, above a prompt; the fp of the
   innermost. */
static Value *move_frames(Interp *x, Value *start, const Value *saved, Value *prompt) {
    Value *fp = moved_to(start, saved, saved[SAVED_fp]), *f = fp;
    for (Value i = 1; i < saved[SAVED_frames]; i++) {
        Value *caller = moved_to(start, saved, f[-2]);
        f[-2] = value_pointer(caller);
        f = caller;
    }
    link_frame(f, prompt);
    x->prompt = prompt;
    Value *p = moved_to(start, saved, saved[SAVED_prompt]);
    for (Value i = 0; i < saved[SAVED_prompts]; i++) {
        bool last = i + 1 == saved[SAVED_prompts];
        Value *prev = last ? prompt : moved_to(start, saved, p[PROMPT_prev]);
        if (i == 0)
            x->prompt = p;
        p[PROMPT_fp] = value_pointer(moved_to(start, saved, p[PROMPT_fp]));
        p[PROMPT_prev] = value_pointer(prev);
        p = prev;
    }
    return fp;
}

/* Puts a continuation on top of a prompt and goes on in it, with n slots of arguments, or (throws)
   with the store's exception where it was suspended. */
static TrapCode resume_frames(Store *s, Value *prompt, ContObject *c, const Value *args, uint32_t n,
                              bool throws) {
    Interp *x = s->tier_state;
    ContObject *owner = c->inner ? object_cont(s, c->inner) : c;
    const Value *saved = owner->words;
    Value *start = prompt + PROMPT_slots;
    size_t slots = owner->head.count - SAVED_words;
    size_t need = WT_MAX((size_t)saved[SAVED_room], slots + c->args + n);
    if ((size_t)(s->stack_end - start) < need)
        return TRAP_stack_exhausted;
    TrapCode why = wt_meter_charge(s, saved[SAVED_frames]);
    if (why != TRAP_none)
        return why;
    place_args(start + slots, c, args, n);
    memcpy(start, saved + SAVED_words, slots * sizeof(Value));
    Value *fp = move_frames(x, start, saved, prompt);
    const uint32_t *pc = value_to_pointer(saved[SAVED_pc]);
    land_at(x, throws ? pc : behind(pc, INTERP_suspend_words), fp,
            value_to_pointer(saved[SAVED_in]));
    c->state = owner->state = CONT_consumed;
    return throws ? TRAP_exception : TRAP_none;
}

static TrapCode continue_in(Store *s, Value *prompt, ContObject *c, const Value *args, uint32_t n) {
    return c->func ? begin_frames(s, prompt, c, args, n)
                   : resume_frames(s, prompt, c, args, n, false);
}

/* Of a reference that should be a continuation to be used. */
static TrapCode look_at(const Store *s, Value ref) {
    if (!ref)
        return TRAP_null_continuation;
    return object_cont(s, ref)->state == CONT_ready ? TRAP_none : TRAP_continuation_consumed;
}

/* The prompt of this resume, on top of the operands. */
static void write_prompt(Value *prompt, const uint32_t *pc, Value *fp, Instance *in) {
    const Interp *x = in->store->tier_state;
    prompt[PROMPT_pc] = value_pointer(pc);
    prompt[PROMPT_prev] = value_pointer(x->prompt);
    prompt[PROMPT_fp] = value_pointer(fp);
    prompt[PROMPT_in] = value_pointer(in);
}

TrapCode wt_interp_resume(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    Value *prompt = BASE;
    uint32_t n = pc[2];
    Value ref = prompt[n];
    land_at(s->tier_state, pc, fp, in);
    TrapCode why = look_at(s, ref);
    if (why != TRAP_none)
        return why;
    if ((size_t)(s->stack_end - prompt) < (size_t)PROMPT_slots + n)
        return TRAP_stack_exhausted;
    memmove(prompt + PROMPT_slots, prompt, n * sizeof(Value));
    write_prompt(prompt, pc, fp, in);
    return continue_in(s, prompt, object_cont(s, ref), prompt + PROMPT_slots, n);
}

/* Throws the store's exception in a continuation that is looked at. */
static TrapCode throw_in(Instance *in, Value *fp, const uint32_t *pc, Value ref) {
    Store *s = in->store;
    Value *prompt = BASE;
    ContObject *c = object_cont(s, ref);
    if (c->func) { /* there is nothing yet that could catch it */
        c->state = CONT_consumed;
        return TRAP_exception;
    }
    if ((size_t)(s->stack_end - prompt) < PROMPT_slots)
        return TRAP_stack_exhausted;
    write_prompt(prompt, pc, fp, in);
    return resume_frames(s, prompt, c, NULL, 0, true);
}

TrapCode wt_interp_resume_throw(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    Value ref = BASE[pc[2]];
    land_at(s->tier_state, pc, fp, in);
    TrapCode why = look_at(s, ref);
    if (why != TRAP_none)
        return why;
    s->exception = wt_object_exn(s, instance_tags(in)[pc[7]], BASE, fp + pc[8]);
    return s->exception ? throw_in(in, fp, pc, ref) : s->trap.code;
}

TrapCode wt_interp_resume_throw_ref(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    Value ref = BASE[1];
    land_at(s->tier_state, pc, fp, in);
    TrapCode why = look_at(s, ref);
    if (why != TRAP_none)
        return why;
    if (!*BASE)
        return TRAP_null_exception;
    s->exception = *BASE;
    return throw_in(in, fp, pc, ref);
}

TrapCode wt_interp_switch(Instance *in, Value *fp, const uint32_t *pc) {
    Store *s = in->store;
    uint32_t n = pc[2];
    Value ref = BASE[n];
    land_at(s->tier_state, pc, fp, in);
    TrapCode why = look_at(s, ref);
    if (why != TRAP_none)
        return why;
    const TryLanding *landing;
    Value *prompt = handling_prompt(s, instance_tags(in)[pc[3]], true, &landing, &why);
    if (!prompt)
        return why;
    Value here = save_frames(in, fp, pc, prompt, pc[7]);
    if (!here)
        return s->trap.code;
    BASE[n] = here; /* the last argument */
    return continue_in(s, prompt, object_cont(s, ref), BASE, n + 1);
}

void wt_interp_resume_end(Instance *in, Value *fp, const uint32_t *pc) {
    Interp *x = in->store->tier_state;
    Value *prompt = BASE;
    x->prompt = value_to_pointer(prompt[PROMPT_prev]);
    memmove(prompt, prompt + PROMPT_slots, pc[2] * sizeof(Value));
}
