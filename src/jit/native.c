/* The tier of native code: compiling at the first call, entering, calling the host, and stopping.

   A segment's functions are appended, so that their list is sorted by address. Nothing says where
   the code of one wasm instruction is: who wants to know (a trap's backtrace) compiles the function
   again up to there. Path: run/call.c -> wt_native_call -> the machine's stubs -> here. */
#include "jit/native.h"

#include "jit/cwat.h"
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

/* Is it the address space behind one of the store's memories? A fault within a memory is none of
   ours: somebody took its pages away, and may give them back. Another thread may have made a shared
   memory longer since. */
static bool is_behind_memory(const Store *s, uintptr_t address) {
    for (size_t i = 0; i < s->memories.count; i++) {
        const MemInst *mem = s->memories.items[i];
        uintptr_t at = address - (uintptr_t)mem->base;
        if (mem->shared ? at < mem->shared->reserved : at >= mem->size && at < mem->reserved)
            return true;
    }
    return false;
}

/* A memory access in wasm code that went beyond its memory: as if it had called the trap stub. Runs
   as a signal handler. */
static bool native_fault(OsFault *fault) {
    const Store *s = wt_codemap_find(fault->pc);
    if (!s)
        return false;
    const NativeMachine *m = store_native(s)->machine;
    const Instance *in = (const Instance *)fault->regs[m->instance_reg];
    if (!is_behind_memory(s, fault->address) || in->store != s)
        return false;
    fault->sp -= sizeof(uintptr_t);
    *(uintptr_t *)fault->sp = fault->pc + 1; /* what a return address would be */
    fault->regs[m->result_reg] = TRAP_out_of_bounds_memory;
    fault->pc = (uintptr_t)s->native.trap;
    return true;
}

static bool segment_checks(const Store *s) {
    return s->limits.no_reserve || s->limits.no_signals || !wt_os_faults_install(native_fault);
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
        if (seg->func_count || seg->linked)
            return wt_trap_set(in->store, TRAP_out_of_memory, ": address space");
        seg->checks = true;
        seg->cwat = NULL;
    }
    return true;
}

/* ---- who is told of it ---- */

static void tell_stub(const Store *s, StubKind kind, const uint8_t *from, const uint8_t *to) {
    static const char *const names[STUBKIND_count] = {
        [STUBKIND_enter] = "wattle_enter",    [STUBKIND_trap] = "wattle_trap",
        [STUBKIND_helper] = "wattle_helper",  [STUBKIND_lazy] = "wattle_compile",
        [STUBKIND_cross] = "wattle_cross",    [STUBKIND_host] = "wattle_host",
        [STUBKIND_ints] = "wattle_host_ints", [STUBKIND_head] = "wattle_stubs",
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
    const void *const starts[] = {s->native.enter, s->native.trap, s->native.helper, s->native.lazy,
                                  s->native.cross, s->native.host, s->native.ints};
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
                     .notes = out->notes,
                     .note_count = out->note_count};
    s->maker.made(s->maker.user, &made);
}

Segment *wt_native_segment(Code *c, bool checks) {
    Segment *seg = ARENA_NEW(&c->arena, Segment);
    c->tier_data = seg;
    if (!seg)
        return NULL;
    *seg = (Segment){.code = c, .checks = checks, .features = store_native(c->store)->features};
    for (uint32_t i = 0; i < c->module->memory_count; i++)
        seg->helped |= c->module->memories[i].limits.shared;
    seg->guarded = c->module->memory_count && native_guarded(seg, 0);
    return seg;
}

/* As native_slots_size lays them out. */
static const uint8_t **function_slot(const Segment *seg, uint32_t defined) {
    return (const uint8_t **)(void *)seg->memory.data + 1 + defined;
}
static uint32_t *type_slot(const Segment *seg, uint32_t typeidx) {
    const Module *m = seg->code->module;
    return (uint32_t *)(void *)function_slot(seg, m->func_count - m->func_imports) + typeidx;
}
static uintptr_t *limit_slot(const Segment *seg) { return (uintptr_t *)(void *)seg->memory.data; }

/* A limit that need not change with every call: it leaves the host a part of what is left. */
static uintptr_t limit_above(uintptr_t least, uintptr_t wasm_sp) {
    return least + ((wasm_sp - least) / 64 & ~(uintptr_t)15);
}
/* Below this no frame may begin; all code of the store compares with it. */
static void set_stack_limit(Store *s, uintptr_t limit) {
    s->native.stack_limit = limit;
    for (size_t i = 0; i < s->codes.count; i++) {
        const Segment *seg = code_segment(s->codes.items[i]);
        if (seg && seg->memory.data)
            *limit_slot(seg) = limit;
    }
}

/* Memory for slots and code: what a file has of it, and room for `size` bytes more. */
static bool segment_memory(Segment *seg, const Cwat *c, size_t size) {
    Store *s = seg->code->store;
    CodeSpace **spaces = &store_native(s)->spaces;
    const Module *m = seg->code->module;
    size_t slots = native_slots_size(m->func_count - m->func_imports, m->type_count);
    bool told = s->maker.made; /* of where each instruction is: it is compiled */
    if (c && !told && wt_cwat_fits(c, seg)) {
        CodeFront front = {c->code, wt_cwat_front(c), c->mapped};
        if (wt_codespace_take_alone(s, spaces, &front, size, slots, &seg->memory)) {
            seg->cwat = c;
            seg->features = c->head.cpu;
            return true;
        }
    }
    if (s->limits.keep_code && !told)
        return wt_codespace_take_alone(s, spaces, NULL, size, slots, &seg->memory);
    return wt_codespace_take(s, spaces, told, size, slots, &seg->memory);
}

/* Its code stays where it is until the store ends, which frees all its memory at once. */
static void free_segment(const Code *c) {
    Segment *seg = code_segment(c);
    if (!seg)
        return;
    allocator_free(&c->store->allocator, seg->funcs, seg->func_cap * sizeof *seg->funcs);
    seg->funcs = NULL;
    seg->func_count = seg->func_cap = 0;
}

/* One that lies in an arena which will go before the store. */
static void drop_segment(Code *c) {
    Segment *seg = code_segment(c);
    if (!seg)
        return;
    free_segment(c);
    wt_codespace_forget(&seg->memory);
    c->tier_data = NULL;
}

/* file: code that was made before, or NULL. */
static bool load_segment(Code *c, const Cwat *file) {
    const Store *s = c->store;
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
    if (head >= CODE_most || !segment_memory(seg, file, (size_t)size))
        return false;
    if (seg->cwat) {
        seg->memory.used = seg->memory.front; /* which begins with the same head */
    } else {
        seg->memory.used = machine->segment_head(seg, defined);
        wt_os_code_flush(seg->memory.run, seg->memory.used);
    }
    tell_stubs(s, seg);
    *limit_slot(seg) = s->native.stack_limit;
    for (uint32_t i = 0; i < m->type_count; i++)
        *type_slot(seg, i) = c->type_ids[i];
    for (uint32_t i = 0; i < defined; i++)
        c->funcs[i].native = *function_slot(seg, i) = machine->entry(seg, i);
    return true;
}

/* The code of all functions as a file has it, and that loaded. */
static bool load_by_file(Code *c) {
    uint32_t defined = c->module->func_count - c->module->func_imports;
    c->store->limits.keep_code = true;
    Cwat *file = ARENA_NEW(&c->arena, Cwat);
    Buf b;
    wt_buf_init(&b, &c->store->allocator);
    bool ok = file && load_segment(c, NULL) && wt_native_compile_all(c, 1, NULL) &&
              wt_cwat_write(code_segment(c), slice("", 0), &b);
    drop_segment(c);
    void *bytes = ok ? arena_alloc(&c->arena, b.len) : NULL;
    size_t len = b.len;
    if (bytes)
        memcpy(bytes, b.data, len);
    wt_buf_free(&b);
    if (!bytes || wt_cwat_open(file, slice(bytes, len), false, slice(NULL, 0), false))
        return false;
    for (uint32_t i = 0; i < defined; i++) {
        c->funcs[i].words = 0;
        c->funcs[i].native_tries = NULL;
    }
    return load_segment(c, file);
}

bool wt_native_load(Code *c) {
    const StoreLimits *l = &c->store->limits;
    bool ok = (l->code_file ? load_by_file(c) : load_segment(c, c->module->cwat)) &&
              (!l->eager || wt_native_compile_all(c, l->eager, NULL));
    if (!ok)
        drop_segment(c);
    return ok;
}

static const void *copy_array(Arena *a, const void *rows, size_t size) {
    void *copy = arena_alloc(a, size ? size : 1);
    if (copy && size)
        memcpy(copy, rows, size);
    return copy;
}

static const NativeTries *keep_tries(Code *c, const Compiled *out, bool *ok) {
    if (!out->landing_count)
        return NULL;
    Arena *a = &c->arena;
    NativeTries *t = ARENA_NEW(a, NativeTries);
    const void *ranges = copy_array(a, out->ranges, out->range_count * sizeof *out->ranges);
    const void *landings = copy_array(a, out->landings, out->landing_count * sizeof *out->landings);
    const void *places = copy_array(a, out->places, out->place_count * sizeof *out->places);
    if (!t || !ranges || !landings || !places) {
        *ok = false;
        return NULL;
    }
    *t = (NativeTries){out->range_count, out->landing_count, out->place_count,
                       ranges,           landings,           places};
    return t;
}

static void apply_relocs(const Segment *seg, size_t start, const Compiled *out) {
    const NativeMachine *machine = store_native(seg->code->store)->machine;
    uint8_t *write = codepart_write(&seg->memory, start), *run = seg->memory.run + start;
    for (uint32_t i = 0; i < out->reloc_count; i++) {
        const CodeReloc *r = &out->relocs[i];
        if (r->kind == RELOC_import || r->kind == RELOC_self)
            continue;
        const void *to = r->kind == RELOC_slot    ? (void *)function_slot(seg, r->index)
                         : r->kind == RELOC_type  ? (void *)type_slot(seg, r->index)
                         : r->kind == RELOC_limit ? (void *)limit_slot(seg)
                                                  : machine->stub(seg, reloc_stub(r));
        int32_t d = (int32_t)((const uint8_t *)to - (run + r->at + 4));
        memcpy(write + r->at, &d, sizeof d);
    }
}

static const void *enter_at(const Segment *seg, uint32_t defined, const uint8_t *code,
                            uint32_t size) {
    FuncCode *fc = &seg->code->funcs[defined];
    fc->native = code;
    fc->words = size;
    *function_slot(seg, defined) = code;
    return code;
}

const void *wt_native_place(Segment *seg, uint32_t defined, const Compiled *out) {
    Code *c = seg->code;
    bool ok = true;
    size_t start = (seg->memory.used + 15) & ~(size_t)15;
    const NativeTries *tries = keep_tries(c, out, &ok);
    if (!ok || out->size > seg->memory.size || start > seg->memory.size - out->size ||
        !wt_vec_grow(&c->store->allocator, (void **)&seg->funcs, &seg->func_cap, seg->func_count,
                     sizeof *seg->funcs) ||
        !wt_codespace_own(&seg->memory))
        return NULL;
    memcpy(codepart_write(&seg->memory, start), out->code, out->size);
    apply_relocs(seg, start, out);
    seg->memory.used = start + out->size;
    c->funcs[defined].native_tries = tries;
    seg->funcs[seg->func_count++] =
        (NativeFunc){(uint32_t)start, out->size, defined, out->constants};
    wt_os_code_flush(seg->memory.run + start, out->size);
    if (c->store->maker.made)
        tell_function(seg, &seg->funcs[seg->func_count - 1], out);
    return enter_at(seg, defined, seg->memory.run + start, out->size);
}

const void *wt_native_link(Segment *seg, uint32_t defined) {
    const Cwat *c = seg->cwat;
    const CwatFunc *f = c ? wt_cwat_func(c, defined) : NULL;
    if (!f)
        return NULL;
    if (f->range_count) {
        NativeTries *t = ARENA_NEW(&seg->code->arena, NativeTries);
        if (!t)
            return NULL;
        *t = (NativeTries){f->range_count,        f->landing_count,          f->place_count,
                           c->ranges + f->ranges, c->landings + f->landings, c->places + f->places};
        seg->code->funcs[defined].native_tries = t;
    }
    seg->linked++;
    return enter_at(seg, defined, seg->memory.run + f->start, f->size);
}

const void *wt_native_compile(Instance *in, uint32_t defined) {
    Store *s = in->store;
    Native *n = store_native(s);
    Segment *seg = code_segment(in->code);
    FuncCode *fc = &in->code->funcs[defined];
    if (fc->words)
        return fc->native;
    const void *there = wt_native_link(seg, defined);
    if (there)
        return there;
    Compiled out = {0};
    uint32_t found;
    s->native.failure = TRAP_host;
    if (!wt_cwat_prove(in->code->module, CWAT_bodies)) {
        wt_trap_host(s, "the file with the module and its machine code has been changed");
        return NULL;
    }
    s->native.failure = TRAP_out_of_memory;
    n->noting = s->maker.notes;
    if (n->machine->compile(n, seg, fc, &out, NULL, &found))
        return wt_native_place(seg, defined, &out);
    if (out.unable)
        s->native.failure = TRAP_unsupported;
    return NULL;
}

/* ---- from an address to its function ---- */

typedef struct NativePlace {
    Segment *seg;
    FuncCode *func;  /* NULL: unknown */
    uint32_t start;  /* of its code, in the segment */
    uint32_t offset; /* in its code */
} NativePlace;

static const NativeFunc *find_compiled(const Segment *seg, uint32_t at) {
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

static bool func_has(const FuncCode *fc, uintptr_t address) {
    return address - (uintptr_t)fc->native < fc->words;
}

/* In the code of a file. Rows of functions that nobody has called may be wrong: then each is asked.
 */
static FuncCode *find_linked(const Segment *seg, uintptr_t address) {
    FuncCode *funcs = seg->code->funcs;
    const Module *m = seg->code->module;
    int64_t i =
        seg->cwat ? wt_cwat_at(seg->cwat, (uint32_t)(address - (uintptr_t)seg->memory.run)) : -1;
    if (i >= 0 && func_has(&funcs[seg->cwat->funcs[i].defined], address))
        return &funcs[seg->cwat->funcs[i].defined];
    for (uint32_t k = 0; k < m->func_count - m->func_imports; k++)
        if (func_has(&funcs[k], address))
            return &funcs[k];
    return NULL;
}

/* The place before a return address. */
static NativePlace find_place(const Instance *in, const uint8_t *pc) {
    Segment *seg = code_segment(in->code);
    uintptr_t address = (uintptr_t)pc - 1, base = (uintptr_t)seg->memory.run;
    if (!base || address < base || address - base >= seg->memory.used)
        return (NativePlace){0};
    uint32_t at = (uint32_t)(address - base);
    const NativeFunc *f = at < seg->memory.front ? NULL : find_compiled(seg, at);
    FuncCode *fc = at < seg->memory.front ? find_linked(seg, address)
                   : f                    ? &seg->code->funcs[f->defined]
                                          : NULL;
    if (!fc)
        return (NativePlace){0};
    uint32_t start = (uint32_t)((uintptr_t)fc->native - base);
    return (NativePlace){seg, fc, start, at - start};
}

static uint32_t locate(const NativePlace *p) {
    uint32_t end = p->offset + 1, found = TRAP_no_offset;
    if (!wt_cwat_prove(p->seg->code->module, CWAT_bodies))
        return found;
    Compiled out;
    Native *n = store_native(p->seg->code->store);
    n->machine->compile(n, p->seg, p->func, &out, &end, &found);
    return found;
}

/* ---- stopping ---- */

static void record_frames(Store *s, const uint8_t *pc, const uintptr_t *fp) {
    while (fp) {
        const Instance *in = (const Instance *)fp[-1];
        NativePlace p = s->trap.frame_count < TRAP_frames ? find_place(in, pc) : (NativePlace){0};
        if (p.func)
            wt_trap_frame(s, in, p.func->funcidx, locate(&p));
        else
            s->trap.depth++;
        pc = (const uint8_t *)fp[1];
        fp = (const uintptr_t *)fp[0];
    }
}

static const NativeLanding *landing_at(const NativePlace *p, const Instance *in, const TagInst *tag,
                                       uint64_t *looked_at) {
    const NativeTries *tries = p->func ? p->func->native_tries : NULL;
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
        const int32_t *place = p->func->native_tries->places + l->values;
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
    s->native.land_pc = (uintptr_t)(p->seg->memory.run + p->start + l->target);
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
            s->sampler.frame(s->sampler.user, in, p.func->funcidx);
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

void wt_native_host_failed(Store *s) { wt_trap_set(s, TRAP_host, NULL); }

bool wt_native_host_ended(Store *s, int status) {
    const StoreEmbedder *e = &s->embedder;
    return e->ended(e->user, status) || wt_trap_set(s, TRAP_host, NULL);
}

typedef bool EnterFn(NativeCall *, Store *);

/* TypeInfo.ints: everything is in registers. */
typedef struct IntsResult {
    uint64_t ok, value;
} IntsResult;
typedef IntsResult EnterIntsFn(const uint64_t *ints, Store *, Instance *, const void *entry);

bool wt_native_call_ints(Store *s, const FuncInst *f, const Value *args, Value *results) {
    const TypeInfo *info = func_type_info(s, f);
    uintptr_t limit = (uintptr_t)s->stack_top + SPARE_bytes, outer = s->native.stack_limit;
    bool narrow = info->narrow_result, gives = info->result_slots;
    uint64_t ints[TYPE_ints];
    if (limit > s->native.wasm_sp)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    if (WT_UNLIKELY(limit > outer))
        set_stack_limit(s, limit_above(limit, s->native.wasm_sp));
    wt_types_copy_ints(info, args, ints);
    IntsResult r =
        ((EnterIntsFn *)(uintptr_t)s->native.enter_ints)(ints, s, f->instance, f->code->native);
    if (WT_UNLIKELY(s->native.stack_limit != outer))
        set_stack_limit(s, outer);
    if (r.ok && gives)
        results[0] = narrow ? (uint32_t)r.value : r.value;
    return r.ok;
}

bool wt_native_call(Store *s, FuncInst *f, Value *frame) {
    const TypeInfo *info = func_type_info(s, f);
    const TypeDef *type = func_type(s, f);
    NativeCall call = {.instance = f->instance, .entry = f->code->native, .floats_used = 1};
    const ValType *results = typedef_results(type);
    uint64_t args = count_words(deal_args(s, &call), type->params, type->param_count);
    uint64_t words = count_words(deal_results(s, &call, args), results, type->result_count);
    Value *top = frame + WT_MAX(info->param_slots, info->result_slots);
    NativeContext outer = s->native;
    uintptr_t limit = (uintptr_t)(top + words) + SPARE_bytes;
    if (limit > outer.wasm_sp)
        return wt_trap_set(s, TRAP_stack_exhausted, NULL);
    if (limit > outer.stack_limit)
        set_stack_limit(s, limit_above(limit, outer.wasm_sp));
    call.stack = top;
    call.stack_args = args;
    call.stack_words = words;
    s->stack_top = top + words;
    CallDealer d = deal_args(s, &call);
    deal_copy(&d, type->params, type->param_count, frame, false);
    bool ok = ((EnterFn *)(uintptr_t)outer.enter)(&call, s);
    if (s->native.stack_limit != outer.stack_limit)
        set_stack_limit(s, outer.stack_limit);
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
    for (size_t i = 0; i < s->codes.count; i++)
        free_segment(s->codes.items[i]);
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
    n->features = machine->features(s->limits.cpu_without);
    s->tier_state = n;
    n->stubs.used = n->machine->store_stubs(s, &n->stubs);
    s->native.helpers = wt_jit_helpers;
    s->native.wasm_sp = (uintptr_t)(s->stack + s->limits.stack_slots + SPARE_bytes / sizeof(Value));
    s->native.stack_limit = limit_above((uintptr_t)s->stack + SPARE_bytes, s->native.wasm_sp);
    return true;
}
