/* The tier of native code: compiling at the first call, entering, calling the host, and stopping.

   A segment's functions are appended, so that their list is sorted by address. Nothing says where
   the code of one wasm instruction is: who wants to know (a trap's backtrace) compiles the function
   again up to there. Path: run/call.c -> wt_native_call -> the machine's stubs -> here. */
#include "jit/native.h"

#include "jit/helpers_inside.h"

#include "run/call.h"
#include "run/codemap.h"
#include "run/meter.h"
#include "run/object.h"

enum {
    SPARE_bytes = NATIVE_spare_slots * sizeof(Value),
    CODE_per_byte = 64, /* address space of a segment, for each byte of wasm */
    CODE_least = 1 << 16,
    CODE_most = 1 << 30,
};

/* ---- where values are between C and wasm ---- */

typedef struct CallDealer {
    const NativeMachine *machine;
    NativeCall *call;
    uint32_t ints, floats, int_regs, float_regs;
    uint64_t words;
} CallDealer;

static CallDealer deal_args(const Store *s, NativeCall *call) {
    const NativeMachine *m = store_native(s)->machine;
    return (CallDealer){m, call, 0, 0, m->int_args, m->float_args, 0};
}
static CallDealer deal_results(const Store *s, NativeCall *call, uint64_t words) {
    const NativeMachine *m = store_native(s)->machine;
    return (CallDealer){m, call, 0, 0, m->int_results, m->float_results, words};
}
/* Where the next value is: one or two words. NULL, with stack false: counts only. */
static uint64_t *deal_next(CallDealer *d, ValType t) {
    bool floats = t == VAL_f32 || t == VAL_f64 || t == VAL_v128;
    if (floats ? d->floats < d->float_regs : d->ints < d->int_regs)
        return floats ? d->call->floats[d->floats++] : &d->call->ints[d->ints++];
    uint64_t *at = d->call->stack ? d->call->stack + d->words : NULL;
    d->words += valtype_slots(t);
    return at;
}
static uint64_t count_words(CallDealer d, const ValType *types, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        deal_next(&d, types[i]);
    return d.words;
}
/* What the host gives may have anything in the upper half of a 32-bit number. Code adds such a
   number to the base of a memory as it is: nothing else keeps it inside. */
static void deal_copy(CallDealer *d, const ValType *types, uint32_t count, Value *values,
                      bool out) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *at = deal_next(d, types[i]);
        size_t size = valtype_slots(types[i]) * sizeof(Value);
        memcpy(out ? (void *)values : (void *)at, out ? (void *)at : (void *)values, size);
        if (!out && types[i] == VAL_i32)
            *at = (uint32_t)*at;
        values += valtype_slots(types[i]);
    }
}

/* ---- code ---- */

/* A memory access in wasm code that went beyond its memory: as if it had called the trap stub. Runs
   as a signal handler. */
static bool native_fault(OsFault *fault) {
    const Store *s = wt_codemap_find(fault->pc);
    if (!s)
        return false;
    const NativeMachine *m = store_native(s)->machine;
    const Instance *in = (const Instance *)fault->regs[m->instance_reg];
    bool inside = false;
    for (size_t i = 0; i < s->memories.count && !inside; i++) {
        const MemInst *mem = s->memories.items[i];
        size_t reach = mem->shared ? mem->shared->reserved : mem->reserved;
        inside = fault->address - (uintptr_t)mem->base < reach;
    }
    if (!inside || in->store != s)
        return false;
    fault->sp -= sizeof(uintptr_t);
    *(uintptr_t *)fault->sp = fault->pc + 1; /* what a return address would be */
    fault->regs[m->result_reg] = TRAP_out_of_bounds_memory;
    fault->pc = (uintptr_t)s->native.trap;
    return true;
}

static bool segment_checks(const Store *s) {
    return s->limits.no_reserve || !wt_os_faults_install(native_fault);
}

static bool memory_is_guarded(const MemInst *m) {
    uint64_t reserved = m->shared ? m->shared->reserved : m->reserved;
    return reserved >= MEMORY_reserve;
}

/* Memories that code relies on to have pages behind them. */
bool wt_native_admit(Instance *in) {
    Segment *seg = code_segment(in->code);
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->memory_count && !seg->checks; i++) {
        if (!wt_memory_is_reservable(&m->memories[i].limits) ||
            memory_is_guarded(instance_memories(in)[i]))
            continue;
        /* This one has none: all checks, if there is no code yet. */
        if (seg->func_count)
            return wt_trap_set(in->store, TRAP_out_of_memory, ": address space");
        seg->checks = true;
    }
    return true;
}

/* ---- who is told of it ---- */

static void tell_stub(const Store *s, StubKind kind, const uint8_t *from, const uint8_t *to) {
    static const char *const names[STUBKIND_count] = {
        [STUBKIND_enter] = "wattle_enter",   [STUBKIND_trap] = "wattle_trap",
        [STUBKIND_helper] = "wattle_helper", [STUBKIND_lazy] = "wattle_compile",
        [STUBKIND_cross] = "wattle_cross",   [STUBKIND_host] = "wattle_host",
        [STUBKIND_head] = "wattle_stubs",
    };
    MadeCode made = {.address = from,
                     .size = (size_t)(to - from),
                     .name = names[kind],
                     .stub = kind,
                     .machine = store_native(s)->machine->elf,
                     .funcidx = UINT32_MAX};
    s->maker.made(s->maker.user, &made);
}

/* Those of a store lie in this order. */
static void tell_store_stubs(const Store *s, const Native *n) {
    const void *const starts[] = {s->native.enter, s->native.trap,  s->native.helper,
                                  s->native.lazy,  s->native.cross, s->native.host};
    enum { STARTS = sizeof starts / sizeof starts[0] };
    for (unsigned i = 0; i < STARTS; i++)
        tell_stub(s, (StubKind)(STUBKIND_enter + i), starts[i],
                  i + 1 < STARTS ? starts[i + 1] : n->stubs.run + n->stubs.used);
}

static void tell_stubs(const Store *s, const Segment *seg) {
    Native *n = store_native(s);
    if (!s->maker.made)
        return;
    if (!n->stubs_told)
        tell_store_stubs(s, n);
    n->stubs_told = true;
    tell_stub(s, STUBKIND_head, seg->memory.run, seg->memory.run + seg->memory.used);
}

static void tell_function(const Segment *seg, const NativeFunc *f, const Compiled *out) {
    const Store *s = seg->code->store;
    MadeCode made = {.address = seg->memory.run + f->start,
                     .size = f->size,
                     .code = seg->code,
                     .machine = store_native(s)->machine->elf,
                     .funcidx = seg->code->module->func_imports + f->defined,
                     .notes = store_native(s)->notes,
                     .note_count = out->note_count};
    s->maker.made(s->maker.user, &made);
}

Segment *wt_native_segment(Code *c, bool checks) {
    Segment *seg = ARENA_NEW(&c->arena, Segment);
    c->tier_data = seg;
    if (!seg)
        return NULL;
    *seg = (Segment){.code = c, .checks = checks};
    for (uint32_t i = 0; i < c->module->memory_count; i++)
        seg->helped |= c->module->memories[i].limits.shared;
    return seg;
}

/* In the data of its part: the functions, then all ids of types. */
static size_t slots_size(const Module *m) {
    size_t defined = m->func_count - m->func_imports;
    return defined * sizeof(void *) + m->type_count * sizeof(uint32_t);
}
static const uint8_t **function_slot(const Segment *seg, uint32_t defined) {
    return (const uint8_t **)(void *)seg->memory.data + defined;
}
static uint32_t *type_slot(const Segment *seg, uint32_t typeidx) {
    const Module *m = seg->code->module;
    return (uint32_t *)(void *)function_slot(seg, m->func_count - m->func_imports) + typeidx;
}

bool wt_native_load(Code *c) {
    Store *s = c->store;
    const NativeMachine *machine = store_native(s)->machine;
    const Module *m = c->module;
    Segment *seg = wt_native_segment(c, segment_checks(s));
    if (!seg)
        return false;
    uint32_t defined = m->func_count - m->func_imports;
    if (!defined)
        return true;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < defined; i++)
        bytes += m->funcs[m->func_imports + i].code_size;
    size_t head = machine->head_bytes + (size_t)defined * machine->entry_bytes;
    uint64_t size = CODE_least + head + bytes * CODE_per_byte;
    size = WT_MIN(size, (uint64_t)CODE_most);
    if (head >= CODE_most || !wt_codespace_take(s, &store_native(s)->spaces, s->maker.made != NULL,
                                                (size_t)size, slots_size(m), &seg->memory))
        return false;
    seg->memory.used = machine->segment_head(seg, defined);
    wt_os_code_flush(seg->memory.run, seg->memory.used);
    tell_stubs(s, seg);
    for (uint32_t i = 0; i < m->type_count; i++)
        *type_slot(seg, i) = c->type_ids[i];
    for (uint32_t i = 0; i < defined; i++)
        c->funcs[i].native = *function_slot(seg, i) = machine->entry(seg, i);
    return true;
}

static const void *copy_array(Arena *a, const void *rows, size_t size) {
    void *copy = arena_alloc(a, size ? size : 1);
    if (copy && size)
        memcpy(copy, rows, size);
    return copy;
}

static const NativeTries *keep_tries(const Native *n, Code *c, const Compiled *out, bool *ok) {
    if (!out->landing_count)
        return NULL;
    Arena *a = &c->arena;
    NativeTries *t = ARENA_NEW(a, NativeTries);
    const void *ranges = copy_array(a, n->ranges, out->range_count * sizeof *n->ranges);
    const void *landings = copy_array(a, n->landings, out->landing_count * sizeof *n->landings);
    const void *places = copy_array(a, n->places, out->place_count * sizeof *n->places);
    if (!t || !ranges || !landings || !places) {
        *ok = false;
        return NULL;
    }
    *t = (NativeTries){out->range_count, ranges, landings, places};
    return t;
}

static void apply_relocs(const Native *n, const Segment *seg, size_t start, const Compiled *out) {
    uint8_t *write = codepart_write(&seg->memory) + start, *run = seg->memory.run + start;
    for (uint32_t i = 0; i < out->reloc_count; i++) {
        const CodeReloc *r = &n->relocs[i];
        if (r->kind == RELOC_import)
            continue;
        const void *to = r->kind == RELOC_slot   ? (void *)function_slot(seg, r->index)
                         : r->kind == RELOC_type ? (void *)type_slot(seg, r->index)
                                                 : n->machine->stub(seg, reloc_stub(r));
        int32_t d = (int32_t)((const uint8_t *)to - (run + r->at + 4));
        memcpy(write + r->at, &d, sizeof d);
    }
}

/* Puts what was compiled into the segment. */
static const uint8_t *place_code(Native *n, Segment *seg, uint32_t defined, const Compiled *out) {
    Code *c = seg->code;
    bool ok = true;
    size_t start = (seg->memory.used + 15) & ~(size_t)15;
    const NativeTries *tries = keep_tries(n, c, out, &ok);
    if (!ok || out->size > seg->memory.size || start > seg->memory.size - out->size ||
        !wt_vec_grow(&c->store->allocator, (void **)&seg->funcs, &seg->func_cap, seg->func_count,
                     sizeof *seg->funcs) ||
        !wt_codespace_own(&seg->memory))
        return NULL;
    memcpy(codepart_write(&seg->memory) + start, n->buffer, out->size);
    apply_relocs(n, seg, start, out);
    seg->memory.used = start + out->size;
    seg->funcs[seg->func_count++] = (NativeFunc){(uint32_t)start, out->size, defined, tries};
    wt_os_code_flush(seg->memory.run + start, out->size);
    return seg->memory.run + start;
}

const void *wt_native_compile(Instance *in, uint32_t defined) {
    Store *s = in->store;
    Native *n = store_native(s);
    Segment *seg = code_segment(in->code);
    FuncCode *fc = &in->code->funcs[defined];
    if (fc->words)
        return fc->native;
    Compiled out = {0};
    uint32_t found;
    s->native.failure = TRAP_out_of_memory;
    n->noting = s->maker.notes;
    if (!n->machine->compile(n, seg, fc, &out, NULL, &found)) {
        if (out.unable)
            s->native.failure = TRAP_unsupported;
        return NULL;
    }
    const uint8_t *code = place_code(n, seg, defined, &out);
    if (!code)
        return NULL;
    fc->native = code;
    fc->words = out.size;
    *function_slot(seg, defined) = code;
    if (s->maker.made)
        tell_function(seg, &seg->funcs[seg->func_count - 1], &out);
    return code;
}

/* ---- from an address to its function ---- */

typedef struct NativePlace {
    Segment *seg;
    const NativeFunc *func; /* NULL: unknown */
    uint32_t offset;        /* in the function */
} NativePlace;

static const NativeFunc *find_function(const Segment *seg, uint32_t at) {
    size_t from = 0, to = seg->func_count;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (seg->funcs[middle].start <= at)
            from = middle;
        else
            to = middle;
    }
    const NativeFunc *f = to > from ? &seg->funcs[from] : NULL;
    return f && at >= f->start && at - f->start < f->size ? f : NULL;
}

/* The place before a return address. */
static NativePlace find_place(const Instance *in, const uint8_t *pc) {
    Segment *seg = code_segment(in->code);
    uintptr_t at = (uintptr_t)pc - 1, base = (uintptr_t)seg->memory.run;
    if (!base || at < base || at - base >= seg->memory.used)
        return (NativePlace){0};
    const NativeFunc *f = find_function(seg, (uint32_t)(at - base));
    return (NativePlace){seg, f, f ? (uint32_t)(at - base) - f->start : 0};
}

static uint32_t locate(const NativePlace *p) {
    uint32_t end = p->offset + 1, found = TRAP_no_offset;
    Compiled out;
    Code *c = p->seg->code;
    Native *n = store_native(c->store);
    n->machine->compile(n, p->seg, &c->funcs[p->func->defined], &out, &end, &found);
    return found;
}

/* ---- stopping ---- */

static void record_frames(Store *s, const uint8_t *pc, const uintptr_t *fp) {
    while (fp) {
        const Instance *in = (const Instance *)fp[-1];
        NativePlace p = s->trap.frame_count < TRAP_frames ? find_place(in, pc) : (NativePlace){0};
        if (p.func)
            wt_trap_frame(s, in, in->code->module->func_imports + p.func->defined, locate(&p));
        else
            s->trap.depth++;
        pc = (const uint8_t *)fp[1];
        fp = (const uintptr_t *)fp[0];
    }
}

static const NativeLanding *landing_at(const NativePlace *p, const Instance *in, const TagInst *tag,
                                       uint64_t *looked_at) {
    const NativeTries *tries = p->func ? p->func->tries : NULL;
    uint32_t range =
        tries ? tries_range_at(tries->ranges, tries->range_count, p->offset) : TRY_none;
    for (; range != TRY_none; range = tries->ranges[range].next)
        for (uint32_t i = tries->ranges[range].first; i != TRY_none;) {
            const NativeLanding *l = &tries->landings[i];
            ++*looked_at;
            if (l->tag == TRY_none || instance_tags(in)[l->tag] == tag)
                return l;
            i = l->next;
        }
    return NULL;
}

/* Values of the exception go where the handler wants them: v128 with its low half first. */
static void land_native(Store *s, const NativePlace *p, const NativeLanding *l, uintptr_t *fp) {
    Value exn = s->exception;
    if (l->tag != TRY_none) {
        const TypeDef *type = types_def(&s->types, wt_object_exn_tag(s, exn)->type_id);
        const Value *v = wt_object_exn_values(s, exn);
        const int32_t *place = p->func->tries->places + l->values;
        for (uint32_t i = 0; i < type->param_count; i++, place++) {
            uint32_t slots = valtype_slots(type->params[i]);
            memcpy((uint8_t *)fp + *place, v, slots * sizeof *v);
            v += slots;
        }
    }
    if (l->ref)
        memcpy((uint8_t *)fp + l->ref, &exn, sizeof exn);
    wt_trap_clear(s);
    s->native.land_fp = (uintptr_t)fp;
    s->native.land_pc = (uintptr_t)(p->seg->memory.run + p->func->start + l->target);
}

/* true: a handler takes the store's exception. Changes nothing before it has found one; a search
   that is ended by another trap leaves that. */
static bool unwind(Store *s, const uint8_t *pc, uintptr_t *fp) {
    const TagInst *tag = wt_object_exn_tag(s, s->exception);
    uint64_t looked_at = 0;
    TrapCode why = TRAP_none;
    while (fp && why == TRAP_none) {
        const Instance *in = (const Instance *)fp[-1];
        NativePlace p = find_place(in, pc);
        const NativeLanding *l = landing_at(&p, in, tag, &looked_at);
        why = meter_poll(s);
        if (l && why == TRAP_none && wt_meter_charge(s, looked_at) != TRAP_none)
            why = TRAP_out_of_fuel;
        if (l && why == TRAP_none) {
            land_native(s, &p, l, fp);
            return true;
        }
        pc = (const uint8_t *)fp[1];
        fp = (uintptr_t *)fp[0];
    }
    if (why == TRAP_none && wt_meter_charge(s, looked_at) != TRAP_none)
        why = TRAP_out_of_fuel;
    if (why != TRAP_none) {
        wt_trap_clear(s);
        wt_trap_set(s, why, NULL);
    }
    return false;
}

bool wt_native_stop(Instance *in, uint32_t code, const uint8_t *pc, const uintptr_t *fp,
                    uint64_t detail) {
    Store *s = in->store;
    if (!code)
        code = s->trap.code;
    if (code == TRAP_exception && s->exception && unwind(s, pc, (uintptr_t *)(uintptr_t)fp))
        return true;
    if (code == TRAP_uninitialized_element)
        wt_trap_set_number(s, (TrapCode)code, detail);
    else
        wt_trap_set(s, (TrapCode)code, NULL);
    record_frames(s, pc, fp);
    return false;
}

/* ---- polls ---- */

static void tell_sampler(Store *s, const uint8_t *pc, const uintptr_t *fp) {
    while (fp) {
        const Instance *in = (const Instance *)fp[-1];
        NativePlace p = find_place(in, pc);
        if (p.func)
            s->sampler.frame(s->sampler.user, in, in->code->module->func_imports + p.func->defined);
        pc = (const uint8_t *)fp[1];
        fp = (const uintptr_t *)fp[0];
    }
    s->sampler.frame(s->sampler.user, NULL, 0);
}

/* Its return address stands before the operands. */
TrapCode wt_jit_op_poll(Instance *in, Value *v, uint32_t a, uint64_t b) {
    (void)a;
    (void)b;
    Store *s = in->store;
    unsigned asked = atomic_fetch_and(&s->interrupt, ~(unsigned)METER_sample);
    if (asked & METER_sample && s->sampler.frame)
        tell_sampler(s, (const uint8_t *)(uintptr_t)v[-1], (const uintptr_t *)s->native.helper_fp);
    return asked & METER_stop ? TRAP_interrupt : TRAP_none;
}

/* ---- calls ---- */

bool wt_native_host_call(Instance *caller, FuncInst *f, NativeCall *call) {
    Store *s = caller->store;
    const TypeInfo *info = func_type_info(s, f);
    const TypeDef *type = func_type(s, f);
    Value *frame = s->stack_top;
    size_t need = (size_t)info->param_slots + info->result_slots;
    if ((uintptr_t)(frame + need) > s->native.wasm_sp)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    CallDealer d = deal_args(s, call);
    deal_copy(&d, type->params, type->param_count, frame, true);
    call->stack_args = d.words;
    bool ok = wt_call_host(s, caller, f, frame);
    s->stack_top = frame;
    if (!ok)
        return false;
    d = deal_results(s, call, call->stack_args);
    deal_copy(&d, typedef_results(type), type->result_count, frame, false);
    return true;
}

bool wt_native_call(Store *s, FuncInst *f, Value *frame) {
    const TypeInfo *info = func_type_info(s, f);
    const TypeDef *type = func_type(s, f);
    NativeCall call = {.instance = f->instance, .entry = f->code->native};
    const ValType *results = typedef_results(type);
    uint64_t args = count_words(deal_args(s, &call), type->params, type->param_count);
    uint64_t words = count_words(deal_results(s, &call, args), results, type->result_count);
    Value *top = frame + WT_MAX(info->param_slots, info->result_slots);
    NativeContext outer = s->native;
    uintptr_t limit = (uintptr_t)(top + words) + SPARE_bytes;
    if (limit > outer.wasm_sp)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    call.stack = top;
    call.stack_args = args;
    call.stack_words = words;
    s->native.stack_limit = limit;
    s->stack_top = top + words;
    CallDealer d = deal_args(s, &call);
    deal_copy(&d, type->params, type->param_count, frame, false);
    bool ok = ((bool (*)(NativeCall *, Store *))(uintptr_t)outer.enter)(&call, s);
    s->native.stack_limit = outer.stack_limit;
    if (!ok)
        return false;
    d = deal_results(s, &call, args);
    deal_copy(&d, results, type->result_count, frame, true);
    return true;
}

/* ---- the tier ---- */

void wt_native_roots(Store *s, Heap *h) {
    wt_object_mark_words(h, s->stack, s->heap_top); /* what the host passes, constant expressions */
    wt_object_mark_words(h, (const Value *)s->native.wasm_sp,
                         s->stack + s->stack_size / sizeof(Value));
}

void wt_native_detach(Store *s) {
    Native *n = s->tier_state;
    const Allocator *al = &s->allocator;
    if (!n)
        return;
    for (size_t i = 0; i < s->codes.count; i++) {
        Segment *seg = code_segment(s->codes.items[i]);
        allocator_free(al, seg->funcs, seg->func_cap * sizeof *seg->funcs);
    }
    wt_codespace_free(s, &n->spaces);
    n->machine->free_rooms(n, al);
    allocator_free(al, n, sizeof *n);
    s->tier_state = NULL;
}

bool wt_native_attach(Store *s, const NativeMachine *machine) {
    Native *n = allocator_get(&s->allocator, sizeof *n);
    if (!n)
        return false;
    memset(n, 0, sizeof *n);
    n->machine = machine;
    if (!wt_codespace_take(s, &n->spaces, false, machine->stubs_bytes, 0, &n->stubs)) {
        allocator_free(&s->allocator, n, sizeof *n);
        return false;
    }
    n->features = n->machine->features();
    s->tier_state = n;
    n->stubs.used = n->machine->store_stubs(s, &n->stubs);
    s->native.helpers = wt_jit_helpers;
    s->native.wasm_sp = (uintptr_t)(s->stack + s->limits.stack_slots + SPARE_bytes / sizeof(Value));
    return true;
}
