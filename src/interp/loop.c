/* The interpreter's loop, which never recurses for wasm calls. Frames are edited on the
   store's stack (layout in translate.h), so tail calls, traps and unwinding need nothing of C's
   stack.

   Held in registers: pc, fp, the instance, and base and length of its memory 0. The last two are
   copies that are read again after everything that can grow a memory or leave the instance; and the
   accumulators, which carry a result to the next instruction only. pc
   stands on the last word of the handler's address, for the operands are counted from there.

   A host function is called from here; when it calls back into wasm, a new loop starts above it
   (run/call.c bounds how deep). Path: run/call.c -> call_wasm ->
   loop_ops.inc, loop_simd.inc (the handlers) -> slow.c, run/. */
#include "interp/loop.h"

#include "interp/atomic.h"
#include "interp/cont.h"
#include "interp/slow.h"
#include "run/access.h"
#include "run/call.h"
#include "run/meter.h"
#include "run/object_insn.h"
#include "wasm/num.h"
#include "wasm/simd.h"

/* Handlers are functions that end by jumping to the next, with the state of the loop as arguments:
   compilers keep those in registers and see one small function at a time. Where calls in the last
   place are not sure to be jumps, one switch does. gcc before 15 cannot be told, but always does it
   at -O2 (test/dispatch looks). */
#if !defined(INTERP_TABLE) &&                                                                      \
    (!INTERP_FUSES || !defined(__GNUC__) || defined(__wasm__) || !defined(__OPTIMIZE__))
#define INTERP_TABLE 1
#endif

/* The stub of a function that is not translated yet, from where the pc stands in it. */
static FuncCode *stub_owner(const uint32_t *pc) {
    return (FuncCode *)(uintptr_t)((const uint8_t *)(pc + 1 - INTERP_handler_words) -
                                   offsetof(FuncCode, stub));
}

/* Slot number i of an instruction, counted in halves from its first word. */
WT_INLINE int16_t loop_half(const uint32_t *pc, unsigned i) {
    int16_t v;
    memcpy(&v, (const uint8_t *)pc + 2 * i, sizeof v);
    return v;
}
WT_INLINE uint64_t loop_word64(const uint32_t *pc, unsigned i) {
    uint64_t v;
    memcpy(&v, pc + i, sizeof v);
    return v;
}

static const TrapCode num_traps[] = {
    [NUM_OK] = TRAP_none,
    [NUM_DIVIDE_BY_ZERO] = TRAP_integer_divide_by_zero,
    [NUM_OVERFLOW] = TRAP_integer_overflow,
    [NUM_INVALID_CONVERSION] = TRAP_invalid_conversion,
};

/* Slots between the fp of a callee and its first argument, but for the link. */
static uint32_t callee_k(const Store *s, const FuncInst *f) {
    const TypeInfo *type = func_type_info(s, f);
    return WT_MAX(type->param_slots, type->result_slots);
}

/* ---- traps and the walk of the frames ---- */

static void record_frame(Store *s, const Instance *in, const uint32_t *pc) {
    FuncCode *fc =
        s->trap.frame_count < TRAP_frames ? wt_interp_place_find(s->tier_state, pc) : NULL;
    if (!fc) {
        s->trap.depth++;
        return;
    }
    uint32_t word = (uint32_t)(pc - fc->start);
    wt_trap_frame(s, in, fc->funcidx, wt_interp_locate(s->tier_state, fc, word));
}

/* Records the trap and every frame from here to the entry. */
static WT_COLD bool trap_walk(const uint32_t *pc, const Value *fp, const Instance *in,
                              TrapCode code, const char *detail) {
    Store *s = in->store;
    wt_trap_set(s, code, detail);
    while (pc) {
        record_frame(s, in, pc);
        pc = frame_caller(s->tier_state, fp);
        in = value_to_pointer(fp[-1]);
        fp = value_to_pointer(fp[-2]);
    }
    return false;
}

/* Tells the sampler every frame from here to the entry. */
static void sample_walk(const uint32_t *pc, const Value *fp, const Instance *in) {
    Store *s = in->store;
    while (pc) {
        const FuncCode *fc = wt_interp_place_find(s->tier_state, pc);
        if (fc)
            s->sampler.frame(s->sampler.user, in, fc->funcidx);
        pc = frame_caller(s->tier_state, fp);
        in = value_to_pointer(fp[-1]);
        fp = value_to_pointer(fp[-2]);
    }
    s->sampler.frame(s->sampler.user, NULL, 0);
}

/* A poll has found that somebody asks for something. true: that the program stops. */
static WT_COLD bool poll_stops(const uint32_t *pc, const Value *fp, const Instance *in) {
    Store *s = in->store;
    unsigned asked = atomic_fetch_and(&s->interrupt, ~(unsigned)METER_sample);
    if (asked & METER_sample && s->sampler.frame)
        sample_walk(pc, fp, in);
    return asked & METER_stop;
}

/* [function] [offset] [first operand's slot] [operands] their types; true: the call is held. */
static WT_COLD bool tell_insn(const uint32_t *pc, Value *fp, const Instance *in) {
    Store *s = in->store;
    const StoreTracer *to = &s->tracer;
    if (to->insn)
        to->insn(to->user, in,
                 &(TracedInsn){.funcidx = pc[1],
                               .offset = pc[2],
                               .operands = fp + (int32_t)pc[3],
                               .types = pc + 5,
                               .count = pc[4]});
    if (!WT_DEBUGGER || !s->holder.holds || s->depth != 1)
        return false;
    s->held.at = (HeldFrame){in, pc[1], pc[2], pc, fp};
    if (!s->holder.holds(s->holder.user))
        return false;
    Interp *x = s->tier_state;
    x->held_prompt = x->prompt;
    wt_trap_set(s, TRAP_held, NULL);
    return true;
}

/* ": ref.cast": which instruction is missing here. */
static WT_COLD const char *op_detail(Store *s, unsigned op) {
    const OpInfo *info = op_info(op);
    char *text = arena_alloc(&s->arena, info->len + 3u);
    if (!text)
        return NULL;
    text[0] = ':';
    text[1] = ' ';
    memcpy(text + 2, info->text, info->len);
    text[info->len + 2] = 0;
    return text;
}

/* ---- what handlers are made of ---- */

/* A frame of the function fits, at fp. In bytes and by a sum, which takes a register less than the
   difference of the pointers, and a call is short of them. */
WT_INLINE bool stack_room(const Store *s, const Value *fp, const FuncCode *fc) {
    return (uint64_t)(uintptr_t)fp + (uint64_t)fc->frame_slots * sizeof(Value) <=
           (uint64_t)(uintptr_t)s->stack_end;
}

#define LOOP_PARAMS                                                                                \
    WT_UNUSED const uint32_t *pc, WT_UNUSED Value *fp, WT_UNUSED Instance *in,                     \
        WT_UNUSED uint8_t *mb, WT_UNUSED uint64_t ml, WT_UNUSED uint64_t acc,                      \
        WT_UNUSED float facc, WT_UNUSED double dacc
#define LOOP_ARGS pc, fp, in, mb, ml, acc, facc, dacc
typedef WT_REGISTER_ARGUMENTS bool LoopHandler(LOOP_PARAMS);

WT_INLINE uintptr_t loop_handler(const uint32_t *pc) {
    uint64_t v;
    memcpy(&v, pc + 1 - INTERP_handler_words, sizeof v);
    return (uintptr_t)v;
}

#ifdef INTERP_TABLE
/* Those that cannot come stand for nothing. */
#define H(ident)                                                                                   \
    case IOP_##ident:                                                                              \
        if (!INTERP_FUSES && IOP_##ident >= IOP_first_fused)                                       \
            WT_UNREACHABLE();
#define DISPATCH() goto dispatch
#define OUT_OF_BOUNDS() goto out_of_bounds
#else
#ifdef __clang__
#define LOOP_TAIL __attribute__((musttail))
#define LOOP_ATTRIBUTES WT_REGISTER_ARGUMENTS
#else
#define LOOP_TAIL
#define LOOP_ATTRIBUTES WT_REGISTER_ARGUMENTS __attribute__((optimize("O2", "fp-contract=off")))
#endif
#define H(ident) static WT_RACES LOOP_ATTRIBUTES bool handle_##ident(LOOP_PARAMS)
#define DISPATCH() LOOP_TAIL return ((LoopHandler *)loop_handler(pc))(LOOP_ARGS)
#endif
/* Of a memory that is not the first, or has 64-bit addresses: [memory] [offset] in words 2 to 4.
   NULL: out of bounds. */
WT_INLINE uint8_t *far_address(const Instance *in, const uint32_t *pc, Value at, uint64_t size) {
    const MemInst *m = *INSTANCE_FIELD(in, pc[2], MemInst *);
    if (!m->limits.is64)
        at = (uint32_t)at;
    uint64_t offset = loop_word64(pc, 3);
    if (WT_UNLIKELY(m->len < size || offset > m->len - size || at > m->len - size - offset))
        return NULL;
    return m->base + at + offset;
}

/* On to the handler that stands behind this one, for the same instruction. */
#ifdef INTERP_TABLE
#define ELSE_NEXT(ident) WT_FALLTHROUGH
#else
#define ELSE_NEXT(ident) LOOP_TAIL return handle_##ident(LOOP_ARGS)
static WT_RACES LOOP_ATTRIBUTES bool handle_call_indirect_any(LOOP_PARAMS);
#endif
#define NEXT(n)                                                                                    \
    do {                                                                                           \
        pc += (n) - 1 + INTERP_handler_words;                                                      \
        DISPATCH();                                                                                \
    } while (0)
#define SLOT(i) fp[loop_half(pc, i)]
#define C SLOT(5)
#if INTERP_FUSES
#define D SLOT(2)
#define A SLOT(3)
#define B SLOT(4)
/* The accumulators, by the letter that sigs.def has for the type of the value. */
#define ACC_i acc
#define ACC_l acc
#define ACC_f num_f32_bits(facc)
#define ACC_d num_f64_bits(dacc)
#define KEEP_i(v) acc = (v)
#define KEEP_l(v) acc = (v)
#define KEEP_f(v) facc = num_f32_of((uint32_t)(v))
#define KEEP_d(v) dacc = num_f64_of(v)
/* How handlers end: on to the next instruction with a result in D, a vector, or what is kept; with
   a branch, whose offset counts words from the word it stands in; behind a call; with a trap. */
#define PUT(v, words)                                                                              \
    do {                                                                                           \
        D = (v);                                                                                   \
        NEXT(words);                                                                               \
    } while (0)
#define PUT_KEPT(r, words) PUT(ACC_##r, words)
#define PUT_V(v, words)                                                                            \
    do {                                                                                           \
        vec_store(&D, (v));                                                                        \
        NEXT(words);                                                                               \
    } while (0)
#define JUMP(w)                                                                                    \
    do {                                                                                           \
        pc += (w) + (ptrdiff_t)(int32_t)pc[w];                                                     \
        DISPATCH();                                                                                \
    } while (0)
#define CALLED(call, words)                                                                        \
    do {                                                                                           \
        TrapCode trap_ = call;                                                                     \
        if (WT_UNLIKELY(trap_ == TRAP_out_of_bounds_memory))                                       \
            OUT_OF_BOUNDS();                                                                       \
        if (WT_UNLIKELY(trap_ != TRAP_none))                                                       \
            TRAP_HERE(trap_);                                                                      \
        RELOAD();                                                                                  \
        NEXT(words);                                                                               \
    } while (0)
#define RUN_ATOMIC_INSN(ident) CALLED(wt_interp_##ident(in, fp, pc), INTERP_atomic_words)
#define TRAP_HERE(code)                                                                            \
    do {                                                                                           \
        return trap_walk(pc, fp, in, code, NULL);                                                  \
    } while (0)
#else
/* A small loop has the common operands before it looks at the instruction (its code ends with two
   words more, which are read and not used), and one copy of each end. */
#define D (*to_d)
#define A (*to_a)
#define B (*to_b)
#define ACC_i acc
#define ACC_l acc
#define ACC_f acc
#define ACC_d acc
#define KEEP_i(v) acc = (v)
#define KEEP_l(v) acc = (v)
#define KEEP_f(v) acc = (v)
#define KEEP_d(v) acc = (v)
#define PUT(v, words)                                                                              \
    do {                                                                                           \
        acc = (v);                                                                                 \
        goto put_##words;                                                                          \
    } while (0)
#define PUT_KEPT(r, words) goto put_##words
#define PUT_V(v, words)                                                                            \
    do {                                                                                           \
        vector = (v);                                                                              \
        goto put_vector_##words;                                                                   \
    } while (0)
#define JUMP(w)                                                                                    \
    do {                                                                                           \
        pc += (w);                                                                                 \
        goto jump;                                                                                 \
    } while (0)
#define CALLED(call, words)                                                                        \
    do {                                                                                           \
        trap = call;                                                                               \
        length = (words);                                                                          \
        goto called;                                                                               \
    } while (0)
#define RUN_ATOMIC_INSN(ident) goto atomic
#define TRAP_HERE(code)                                                                            \
    do {                                                                                           \
        trap = (code);                                                                             \
        goto trap;                                                                                 \
    } while (0)
#endif
#define TRAP_WITH(code, detail) return trap_walk(pc, fp, in, code, detail)
#define OWNER (in->store)
#define RELOAD()                                                                                   \
    do {                                                                                           \
        mb = in->mem_base;                                                                         \
        ml = in->mem_len;                                                                          \
    } while (0)
/* Enters a wasm function of this instance whose fp will be `to`; `back` is the return address. */
#define ENTER(fc, to, back)                                                                        \
    do {                                                                                           \
        Value *new_fp_ = (to);                                                                     \
        const FuncCode *fc_ = (fc);                                                                \
        if (WT_UNLIKELY(!stack_room(OWNER, new_fp_, fc_)))                                         \
            TRAP_HERE(TRAP_stack_exhausted);                                                       \
        new_fp_[-3] = value_pointer(back);                                                         \
        new_fp_[-2] = value_pointer(fp);                                                           \
        new_fp_[-1] = value_pointer(in);                                                           \
        fp = new_fp_;                                                                              \
        pc = fc_->entry;                                                                           \
    } while (0)

/* Back to the caller. */
#define LEAVE()                                                                                    \
    do {                                                                                           \
        Instance *caller_ = value_to_pointer(fp[-1]);                                              \
        pc = value_to_pointer(fp[-3]);                                                             \
        fp = value_to_pointer(fp[-2]);                                                             \
        if (WT_UNLIKELY(caller_ != in)) {                                                          \
            in = caller_;                                                                          \
            RELOAD();                                                                              \
        }                                                                                          \
        DISPATCH();                                                                                \
    } while (0)

/* Others may have made a shared memory longer: then the same instruction once more. Nothing was
   written before its bounds were checked. */
#define LOOP_OUT_OF_BOUNDS()                                                                       \
    do {                                                                                           \
        if (wt_instance_refresh(in)) {                                                             \
            RELOAD();                                                                              \
            DISPATCH();                                                                            \
        }                                                                                          \
        TRAP_HERE(TRAP_out_of_bounds_memory);                                                      \
    } while (0)

/* Makes the caller's call the instruction where we stand. pc NULL: the host called. */
#define POP_FRAME()                                                                                \
    do {                                                                                           \
        pc = frame_caller(OWNER->tier_state, fp);                                                  \
        in = value_to_pointer(fp[-1]);                                                             \
        fp = value_to_pointer(fp[-2]);                                                             \
    } while (0)
/* Control goes where a function of cont.h says. */
#define GO(call)                                                                                   \
    do {                                                                                           \
        TrapCode trap_ = (call);                                                                   \
        const Interp *there_ = OWNER->tier_state;                                                  \
        pc = there_->landed_pc;                                                                    \
        fp = there_->landed_fp;                                                                    \
        in = there_->landed_in;                                                                    \
        if (WT_UNLIKELY(trap_ == TRAP_exception))                                                  \
            UNWIND();                                                                              \
        if (WT_UNLIKELY(trap_ != TRAP_none))                                                       \
            TRAP_HERE(trap_);                                                                      \
        RELOAD();                                                                                  \
        DISPATCH();                                                                                \
    } while (0)
/* The store's exception goes on to its handler. */
#define UNWIND()                                                                                   \
    do {                                                                                           \
        const Interp *x_ = OWNER->tier_state;                                                      \
        const uint32_t *to_ = wt_interp_unwind(pc, fp, in);                                        \
        if (!to_)                                                                                  \
            TRAP_HERE(TRAP_exception);                                                             \
        pc = to_;                                                                                  \
        fp = x_->landed_fp;                                                                        \
        in = x_->landed_in;                                                                        \
        RELOAD();                                                                                  \
        DISPATCH();                                                                                \
    } while (0)

/* Two instructions in one. */
#define PAIR_VALUE(p, r, x, y)                                                                     \
    WT_INLINE uint64_t pair_##p##_##x##_##y(uint64_t a, uint64_t b, int64_t by) {                  \
        return num_##p##_##y(a, num_##p##_##x(b, by));                                             \
    }
INTERP_INT_PAIRS(PAIR_VALUE)
#define PRODUCT_VALUES(p)                                                                          \
    WT_INLINE uint64_t product_##p##_mul_add(uint64_t a, uint64_t b, uint64_t c) {                 \
        return num_##p##_add(num_##p##_mul(a, b), c);                                              \
    }                                                                                              \
    WT_INLINE uint64_t product_##p##_mul_sub(uint64_t a, uint64_t b, uint64_t c) {                 \
        return num_##p##_sub(num_##p##_mul(a, b), c);                                              \
    }                                                                                              \
    WT_INLINE uint64_t product_##p##_sub_mul(uint64_t a, uint64_t b, uint64_t c) {                 \
        return num_##p##_sub(c, num_##p##_mul(a, b));                                              \
    }
PRODUCT_VALUES(f32)
PRODUCT_VALUES(f64)

#ifndef INTERP_TABLE
static WT_COLD LOOP_ATTRIBUTES bool out_of_bounds(LOOP_PARAMS) { LOOP_OUT_OF_BOUNDS(); }
#define OUT_OF_BOUNDS() LOOP_TAIL return out_of_bounds(LOOP_ARGS)
#include "interp/loop_ops.inc"
static const uintptr_t loop_handlers[IOP_count] = {
#define I(ident) [IOP_##ident] = (uintptr_t)handle_##ident,
#include "interp/ops.inc"
#undef I
};
#define LOOP_HANDLERS loop_handlers
static WT_REGISTER_ARGUMENTS bool run_loop(LOOP_PARAMS) { DISPATCH(); }
#else
#if INTERP_FUSES
static const uintptr_t loop_handlers[IOP_count] = {
#define I(ident) [IOP_##ident] = IOP_##ident,
#include "interp/ops.inc"
#undef I
};
#define LOOP_HANDLERS loop_handlers
#else
#define LOOP_HANDLERS NULL
#endif
WT_HUGE_BEGIN
WT_RACES static bool run_loop(LOOP_PARAMS) {
#if !INTERP_FUSES
    Value *to_d, *to_a, *to_b;
    V128 vector;
    TrapCode trap;
    uint32_t length;
#endif
dispatch:
#if !INTERP_FUSES
    to_d = &SLOT(2);
    to_a = &SLOT(3);
    to_b = &SLOT(4);
#endif
    switch ((InterpOp)loop_handler(pc)) {
    case IOP_none:
    case IOP_count:
        TRAP_HERE(TRAP_unsupported);
#include "interp/loop_ops.inc"
    }
#if !INTERP_FUSES
put_5:
    pc++;
put_4:
    pc++;
put_3:
    pc++;
put_2:
    *to_d = acc;
    NEXT(2);
put_vector_7:
    pc++;
put_vector_6:
    pc++;
put_vector_5:
    pc++;
put_vector_4:
    pc++;
put_vector_3:
    pc++;
put_vector_2:
    vec_store(to_d, vector);
    NEXT(2);
jump:
    pc += (int32_t)*pc;
    DISPATCH();
atomic:
    trap = wt_interp_atomic((InterpOp)loop_handler(pc), in, fp, pc);
    length = INTERP_atomic_words;
called:
    if (trap == TRAP_none) {
        RELOAD();
        NEXT(length);
    }
    if (trap != TRAP_out_of_bounds_memory)
        goto trap;
#endif
out_of_bounds:
    LOOP_OUT_OF_BOUNDS();
#if !INTERP_FUSES
trap:
    return trap_walk(pc, fp, in, trap, NULL);
#endif
}
WT_HUGE_END
#endif

/* ---- the tier ---- */

static bool attach_interp(Store *s) {
    Interp *x = allocator_get(&s->allocator, sizeof *x);
    if (!x)
        return false;
    memset(x, 0, sizeof *x);
    x->handlers = LOOP_HANDLERS;
    x->exit_word = interp_handler(x->handlers, IOP_exit);
    s->tier_state = x;
    return true;
}

static void detach_interp(Store *s) {
    wt_interp_free(s->tier_state, &s->allocator);
    s->tier_state = NULL;
}

static bool load_interp(Code *c) {
    const Interp *x = c->store->tier_state;
    uint32_t defined = c->module->func_count - c->module->func_imports;
    for (uint32_t i = 0; i < defined; i++) {
        c->funcs[i].stub = interp_handler(x->handlers, IOP_translate);
        c->funcs[i].entry = (const uint32_t *)&c->funcs[i].stub + INTERP_handler_words - 1;
    }
    return true;
}

static bool call_wasm(Store *s, FuncInst *f, Value *frame) {
    uint32_t k = callee_k(s, f);
    const FuncCode *fc = f->code;
    if ((size_t)(s->stack_end - frame) < (size_t)k + INTERP_link + fc->frame_slots)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    Value *fp = frame + k + INTERP_link;
    fp[-3] = value_pointer(interp_exit_pc(s->tier_state));
    fp[-2] = value_pointer(fp);
    fp[-1] = value_pointer(f->instance);
    /* Nobody suspends over the host's frames. */
    Interp *x = s->tier_state;
    Value *prompt = x->prompt;
    x->prompt = NULL;
    bool ok =
        run_loop(fc->entry, fp, f->instance, f->instance->mem_base, f->instance->mem_len, 0, 0, 0);
    x->prompt = prompt;
    return ok;
}

static bool resume_wasm(Store *s) {
    Interp *x = s->tier_state;
    HeldFrame at = s->held.at;
    Instance *in = (Instance *)(uintptr_t)at.in;
    x->prompt = x->held_prompt;
    bool ok = run_loop(at.pc + INTERP_trace_words + at.pc[4] - 1 + INTERP_handler_words, at.fp, in,
                       in->mem_base, in->mem_len, 0, 0, 0);
    x->prompt = NULL;
    return ok;
}

static Value *held_caller(const Store *s, const Value *fp) {
    return frame_caller(s->tier_state, fp) ? value_to_pointer(fp[-2]) : NULL;
}

static bool held_outer(Store *s, HeldFrame *f) {
    Interp *x = s->tier_state;
    const uint32_t *pc = frame_caller(x, f->fp);
    FuncCode *fc = pc ? wt_interp_place_find(x, pc) : NULL;
    if (!fc)
        return false;
    *f = (HeldFrame){value_to_pointer(f->fp[-1]), fc->funcidx,
                     wt_interp_locate(x, fc, (uint32_t)(pc - fc->start)), pc,
                     value_to_pointer(f->fp[-2])};
    return true;
}

static bool held_look(Store *s, const HeldFrame *f,
                      void (*tell)(void *user, bool operand, const Value *at), void *user) {
    return wt_interp_look(s->tier_state, code_func(f->in->code, f->funcidx), f->offset, f->fp, tell,
                          user);
}

const TierHold wt_interp_hold = {resume_wasm, held_caller, held_outer, held_look};

const Tier wt_interp_tier = {
    .name = "interp",
    .attach = attach_interp,
    .detach = detach_interp,
    .load = load_interp,
    .call = call_wasm,
};
