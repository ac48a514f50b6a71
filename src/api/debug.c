/* Calls that are held and go on: the debugger without what it shows.

   The interpreter asks before each instruction (StoreHolder), and leaves its loop when told to
   hold: its frames lie on the store's stack, so nothing of C's stack is needed to go on. Steps
   count the instructions told: the one held at is told and not done. Going back is not known here.
   A run with the same input is the same, so who wants to goes the way again, from the start or from
   a copy of everything that the store lies in.

   Path: interp/ (trace) -> debugger_holds; wattle_debugger_go -> run/call.c -> interp/. */
#include "api/debug.h"

#include "api/wire.h"
#include "base/os.h"
#include "run/call.h"
#include "run/memory.h"

/* ---- where to hold ---- */

static bool has_breakpoint(const wattle_debugger *d, const HeldFrame *at) {
    const Module *m = at->in->code->module;
    for (size_t i = 0; i < d->break_count; i++) {
        const DebugBreaks *b = &d->breaks[i];
        if (b->module != m)
            continue;
        size_t offset = (size_t)(m->funcs[at->funcidx].code - m->source.data) + at->offset;
        return offset / 8 < b->size && b->bits[offset / 8] >> offset % 8 & 1;
    }
    return false;
}

/* Frames lie the higher, the deeper the calls, and tail calls keep their caller. */
static bool goal_is_here(wattle_debugger *d, const HeldFrame *at) {
    switch (d->goal) {
    case WATTLE_DEBUG_BREAK:
        return has_breakpoint(d, at);
    case WATTLE_DEBUG_OVER:
        return d->hold->caller(d->store->run, at->fp) <= d->caller || has_breakpoint(d, at);
    case WATTLE_DEBUG_OUT:
        return d->hold->caller(d->store->run, at->fp) < d->caller || has_breakpoint(d, at);
    case WATTLE_DEBUG_PASS:
        if (has_breakpoint(d, at))
            d->passed = d->told - 1;
        return false;
    case WATTLE_DEBUG_MORE: /* set_goal */
        break;
    }
    return false;
}

/* No fuel says how long a host function takes. */
enum { DEBUG_host_ns = 1000000000 };

static WT_COLD bool host_takes_long(wattle_debugger *d) {
    uint64_t now = wt_os_now();
    d->host_calls = d->store->run->holder.host_calls;
    if (!d->host_since)
        d->host_since = now;
    return now - d->host_since > DEBUG_host_ns;
}

static bool debugger_holds(void *user) {
    wattle_debugger *d = user;
    const Store *s = d->store->run;
    if (!d->going)
        return false;
    uint64_t done = d->told++;
    if (done > d->from) {
        d->at_goal = goal_is_here(d, &s->held.at);
        d->reached |= d->at_goal || (s->limits.fuel && s->fuel < d->fuel_floor);
    }
    d->reached |= done >= d->until;
    if (WT_UNLIKELY(d->host_calls != s->holder.host_calls))
        d->reached |= host_takes_long(d);
    bool hold = d->begins || d->reached;
    d->begins = false;
    return hold;
}

/* ---- the debugger ---- */

wattle_status wattle_debugger_new(wattle_store *store, wattle_debugger **debugger) {
    *debugger = NULL;
    if (!store->run->limits.hold)
        return wt_api_fail(store, WATTLE_USAGE, "the store was made without debug");
    if (store->run->holder.holds)
        return wt_api_fail(store, WATTLE_USAGE, "the store has a debugger");
    wattle_debugger *d = allocator_get(&store->allocator, sizeof *d);
    if (!d)
        return WATTLE_OUT_OF_MEMORY;
    *d = (wattle_debugger){.store = store, .hold = wt_wire_hold(), .passed = UINT64_MAX};
    store->run->holder = (StoreHolder){.holds = debugger_holds, .user = d};
    *debugger = d;
    return WATTLE_OK;
}

static void free_debug_results(wattle_debugger *d) {
    allocator_free(&d->store->allocator, d->results, d->result_count * sizeof *d->results);
    d->results = NULL;
    d->result_count = 0;
}

void wattle_debugger_free(wattle_debugger *debugger) {
    wattle_debugger *d = debugger;
    if (!d)
        return;
    const Allocator *al = &d->store->allocator;
    if (d->holds)
        wt_call_drop(d->store->run, &d->held);
    d->store->run->holder = (StoreHolder){.holds = NULL};
    for (size_t i = 0; i < d->call_count; i++)
        allocator_free(al, d->calls[i].args, d->calls[i].arg_count * sizeof *d->calls[i].args);
    allocator_free(al, d->calls, d->call_cap * sizeof *d->calls);
    for (size_t i = 0; i < d->break_count; i++)
        allocator_free(al, d->breaks[i].bits, d->breaks[i].size);
    allocator_free(al, d->breaks, d->break_cap * sizeof *d->breaks);
    free_debug_results(d);
    allocator_free(al, d, sizeof *d);
}

static wattle_status add_debug_call(wattle_debugger *d, FuncInst *f, const wattle_value *args,
                                    size_t count) {
    wattle_store *s = d->store;
    const TypeDef *type = func_type(s->run, f);
    if (type->param_count != count)
        return wt_api_fail(s, WATTLE_USAGE, "the function takes %u arguments, not %zu",
                           (unsigned)type->param_count, count);
    if (!wt_vec_grow(&s->allocator, (void **)&d->calls, &d->call_cap, d->call_count,
                     sizeof *d->calls))
        return WATTLE_OUT_OF_MEMORY;
    wattle_value *copy = count ? allocator_get(&s->allocator, count * sizeof *copy) : NULL;
    if (count && !copy)
        return WATTLE_OUT_OF_MEMORY;
    if (count)
        memcpy(copy, args, count * sizeof *copy);
    d->calls[d->call_count++] = (DebugCall){f, copy, count};
    return WATTLE_OK;
}

wattle_status wattle_debugger_add(wattle_debugger *debugger, wattle_func func,
                                  const wattle_value *args, size_t arg_count) {
    FuncInst *f = API_FUNC(debugger->store, func);
    if (!f)
        return wt_api_fail(debugger->store, WATTLE_USAGE, "a function of another store, or none");
    return add_debug_call(debugger, f, args, arg_count);
}

wattle_status wattle_debugger_add_start(wattle_debugger *debugger, wattle_instance instance) {
    Instance *in = API_INSTANCE(debugger->store, instance);
    if (!in)
        return wt_api_fail(debugger->store, WATTLE_USAGE, "an instance of another store, or none");
    if (!in->code->module->has_start)
        return WATTLE_OK;
    FuncInst *f = wt_instance_func(in, in->code->module->start);
    return f ? add_debug_call(debugger, f, NULL, 0) : WATTLE_OUT_OF_MEMORY;
}

/* The module's breakpoints, all clear; NULL: out of memory. */
static DebugBreaks *clear_breaks(wattle_debugger *d, const Module *m) {
    for (size_t i = 0; i < d->break_count; i++)
        if (d->breaks[i].module == m) {
            memset(d->breaks[i].bits, 0, d->breaks[i].size);
            return &d->breaks[i];
        }
    const Allocator *al = &d->store->allocator;
    size_t size = m->source.len / 8 + 1;
    if (!wt_vec_grow(al, (void **)&d->breaks, &d->break_cap, d->break_count, sizeof *d->breaks))
        return NULL;
    uint8_t *bits = allocator_get(al, size);
    if (!bits)
        return NULL;
    memset(bits, 0, size);
    d->breaks[d->break_count] = (DebugBreaks){m, bits, size};
    return &d->breaks[d->break_count++];
}

wattle_status wattle_debugger_break_at(wattle_debugger *debugger, const wattle_module *module,
                                       const uint64_t *offsets, size_t count) {
    const Module *m = &module->module;
    if (m->is_text)
        return wt_api_fail(debugger->store, WATTLE_USAGE,
                           "breakpoints are of modules in the binary format");
    DebugBreaks *b = clear_breaks(debugger, m);
    if (!b)
        return WATTLE_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (offsets[i] / 8 < b->size)
            b->bits[offsets[i] / 8] |= (uint8_t)(1u << offsets[i] % 8);
    return WATTLE_OK;
}

/* ---- going ---- */

static uint64_t sum_or_most(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Charges are made in advance: a straight run of code may be this much ahead. */
enum { DEBUG_fuel_slack = 4096 };

static void set_goal(wattle_debugger *d, wattle_debug_goal goal, uint64_t count) {
    const Store *s = d->store->run;
    if (goal != WATTLE_DEBUG_MORE) {
        d->goal = goal;
        d->caller = d->holds ? d->hold->caller(s, d->held.at.fp) : NULL;
    }
    d->from = wattle_debugger_steps(d);
    d->until = sum_or_most(d->from, count);
    d->passed = UINT64_MAX;
    d->reached = d->at_goal = false;
    d->host_calls = s->holder.host_calls;
    d->host_since = 0;
    uint64_t most = sum_or_most(count, DEBUG_fuel_slack);
    d->fuel_floor = s->fuel > most ? s->fuel - most : 0;
}

static bool keep_results(wattle_debugger *d, FuncInst *f, const Value *at) {
    wattle_store *s = d->store;
    const TypeDef *type = func_type(s->run, f);
    const uint32_t count = type->result_count;
    free_debug_results(d);
    d->results = allocator_get(&s->allocator, WT_MAX(count, 1) * sizeof *d->results);
    if (!d->results)
        return false;
    d->result_count = WT_MAX(count, 1);
    for (uint32_t i = 0; i < count; i++) {
        ValType t = typedef_results(func_type(s->run, f))[i];
        if (!wt_api_value_out(s, wt_api_kind(store_types(s), t), at, &d->results[i]))
            return false;
        at += valtype_slots(t);
    }
    return true;
}

static wattle_status begin_debug_call(wattle_debugger *d, const DebugCall *call, Value *slots,
                                      bool *ok) {
    wattle_store *s = d->store;
    Value *at = slots;
    for (size_t i = 0; i < call->arg_count; i++) {
        ValType type = func_type(s->run, call->func)->params[i];
        wattle_status status = wt_api_value_in(s, type, &call->args[i], at, "argument", i + 1);
        if (status != WATTLE_OK)
            return status;
        at += valtype_slots(type);
    }
    s->run->held.at.in = NULL; /* it may end before anything is told */
    d->begins = true;
    *ok = wt_call(s->run, call->func, slots, slots);
    return WATTLE_OK;
}

/* Begins the next call or goes on with the one that is held, up to where that is held or ends. */
static wattle_status run_debug_call(wattle_debugger *d, Value *slots) {
    wattle_store *s = d->store;
    bool first = !d->holds, ok = false;
    DebugCall *call = &d->calls[first ? d->next : d->next - 1];
    d->next += first;
    d->holds = false;
    wt_api_enter(s);
    wattle_status status = WATTLE_OK;
    d->going = true;
    if (first)
        status = begin_debug_call(d, call, slots, &ok);
    else
        ok = wt_call_resume(s->run, d->hold, call->func, &d->held, slots);
    d->going = d->begins = false;
    if (status != WATTLE_OK)
        return status;
    d->held = s->run->held;
    if (ok)
        return keep_results(d, call->func, slots) ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    if (s->run->trap.code == TRAP_held) {
        d->holds = true;
        wt_trap_clear(s->run);
        return WATTLE_OK;
    }
    return wt_api_trapped(s);
}

static wattle_status run_with_slots(wattle_debugger *d) {
    wattle_store *s = d->store;
    const FuncInst *f = d->calls[d->holds ? d->next - 1 : d->next].func;
    const TypeInfo *info = func_type_info(s->run, f);
    size_t count = WT_MAX(WT_MAX(info->param_slots, info->result_slots), 1);
    Value *slots = allocator_get(&s->allocator, count * sizeof *slots);
    if (!slots)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = run_debug_call(d, slots);
    allocator_free(&s->allocator, slots, count * sizeof *slots);
    return wt_api_leave(s, status);
}

wattle_status wattle_debugger_go(wattle_debugger *debugger, wattle_debug_goal goal,
                                 uint64_t count) {
    wattle_debugger *d = debugger;
    set_goal(d, goal, count);
    if (d->holds && !count)
        return WATTLE_OK;
    while (!wattle_debugger_ended(d) && !(d->holds && d->reached)) {
        bool at_end = !d->holds && d->from < d->told;
        wattle_status status = run_with_slots(d);
        if (status != WATTLE_OK) {
            d->failed = true;
            return status;
        }
        if (d->holds && at_end && (d->goal == WATTLE_DEBUG_OVER || d->goal == WATTLE_DEBUG_OUT)) {
            d->at_goal = true;
            break;
        }
    }
    return WATTLE_OK;
}

bool wattle_debugger_at_goal(const wattle_debugger *debugger) { return debugger->at_goal; }

void wattle_debugger_hold(wattle_debugger *debugger) { debugger->reached = debugger->going; }

bool wattle_debugger_ended(const wattle_debugger *debugger) {
    return debugger->failed || (!debugger->holds && debugger->next == debugger->call_count);
}

uint64_t wattle_debugger_steps(const wattle_debugger *debugger) {
    return debugger->told - debugger->holds;
}

uint64_t wattle_debugger_passed(const wattle_debugger *debugger) { return debugger->passed; }

wattle_status wattle_debugger_results(const wattle_debugger *debugger, wattle_value *results,
                                      size_t result_count) {
    const wattle_debugger *d = debugger;
    if (!wattle_debugger_ended(d) || d->failed || !d->call_count)
        return wt_api_fail(d->store, WATTLE_USAGE, "the calls have not ended well");
    uint32_t count = func_type(d->store->run, d->calls[d->call_count - 1].func)->result_count;
    if (result_count != count)
        return wt_api_fail(d->store, WATTLE_USAGE, "the function gives %u results, not %zu",
                           (unsigned)count, result_count);
    if (count)
        memcpy(results, d->results, count * sizeof *results);
    return WATTLE_OK;
}

const Instance *wt_api_debug_instance(const wattle_debugger *d) {
    HeldFrame f;
    if (debug_place(d, &f))
        return f.in;
    const StoreList *all = &d->store->run->instances;
    return all->count ? all->items[all->count - 1] : NULL;
}

const uint8_t *wattle_debugger_memory(const wattle_debugger *debugger, uint32_t index,
                                      size_t *len) {
    const Instance *in = wt_api_debug_instance(debugger);
    *len = 0;
    if (!in || index >= in->code->module->memory_count)
        return NULL;
    const MemInst *m = instance_memories(in)[index];
    *len = (size_t)memory_len(m);
    return m->base ? m->base : (const uint8_t *)"";
}
