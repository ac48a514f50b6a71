/* Stores as wattle.h shows them: the checked handles, and what the last failure was. */
#include "api/inside.h"
#include "base/os.h"
#include "api/wire.h"
#include "run/lines.h"
#include "run/object.h"

StoreLimits wt_api_store_limits(const wattle_engine *engine, const wattle_store_config *config) {
    StoreLimits limits = wt_store_limits_default();
    limits.no_reserve = engine->no_reserve;
    limits.no_signals = engine->no_signals;
    limits.cpu_without = engine->cpu_without;
    if (!config)
        return limits;
    if (config->stack_bytes)
        limits.stack_slots = (uint32_t)WT_MIN(config->stack_bytes / sizeof(Value), UINT32_MAX / 2);
    if (config->host_depth)
        limits.host_depth = config->host_depth;
    if (config->instances)
        limits.instances = config->instances;
    if (config->memory_bytes)
        limits.memory_bytes = WT_MIN(config->memory_bytes, limits.memory_bytes);
    if (config->table_elements)
        limits.table_elems = config->table_elements;
    if (config->total_memory_bytes)
        limits.memory_total = config->total_memory_bytes;
    if (config->total_table_elements)
        limits.table_total = config->total_table_elements;
    if (config->memories)
        limits.memories = config->memories;
    if (config->tables)
        limits.tables = config->tables;
    if (config->heap_bytes)
        limits.heap_bytes = config->heap_bytes;
    if (config->size > offsetof(wattle_store_config, deterministic))
        limits.deterministic = config->deterministic;
    if (config->size > offsetof(wattle_store_config, interruptible))
        limits.interruptible = config->interruptible;
    if (config->size > offsetof(wattle_store_config, fuel))
        limits.fuel = config->fuel;
    if (config->size > offsetof(wattle_store_config, gc_stress))
        limits.heap_stress = config->gc_stress;
    if (config->size > offsetof(wattle_store_config, trace))
        limits.trace = config->trace;
    if (config->size > offsetof(wattle_store_config, eager) && config->eager)
        limits.eager = engine->threads;
    if (config->size > offsetof(wattle_store_config, keep_code))
        limits.keep_code = config->keep_code;
    if (config->size > offsetof(wattle_store_config, debug))
        limits.hold = WT_DEBUGGER && config->debug;
    return limits;
}

wattle_store *wattle_store_new(wattle_engine *engine, const wattle_store_config *config) {
    StoreLimits limits = wt_api_store_limits(engine, config);
    return wt_api_store_new(engine, &limits);
}

wattle_store *wt_api_store_new(wattle_engine *engine, const StoreLimits *asked) {
    StoreLimits limits = *asked;
    wattle_store *s = allocator_get(&engine->allocator, sizeof *s);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->allocator = engine->allocator;
    s->engine = wt_api_engine_retain(engine);
    wt_buf_init(&s->message, &s->allocator);
    do
        s->id = atomic_fetch_add(&engine->stores, 1) + 1;
    while (s->id == 0);
    /* Who has one store only, such as the command, does not pay for what a next one would gain. */
    limits.pool = s->id > 1 ? engine->pool : NULL;
    /* The interpreter alone can tell each instruction. */
    const Tier *tier = limits.trace || (WT_DEBUGGER && limits.hold)
                           ? wt_wire_tier(WATTLE_TIER_INTERP, 0)
                           : engine->tier;
    s->run = wt_store_new(&s->allocator, tier, &limits);
    if (!s->run && engine->fallback)
        s->run = wt_store_new(&s->allocator, engine->fallback, &limits);
    if (!s->run || wattle_scope_open(s).store == 0) {
        wattle_store_free(s);
        return NULL;
    }
    s->run->owner = s;
    wt_api_roots_init(s);
    return s;
}

void wattle_store_free(wattle_store *store) {
    wattle_store *s = store;
    if (!s)
        return;
    if (s->run && s->run->depth) {
        s->dying = true;
        return;
    }
    const Allocator *al = &s->allocator;
    wt_api_threads_end(s);
    if (s->wasi_linker.store)
        wt_link_free(&s->wasi_linker);
    GlobalRef **globals = (GlobalRef **)(void *)s->lists[HANDLE_global].items;
    for (size_t i = 0; i < s->lists[HANDLE_global].count; i++)
        allocator_free(al, globals[i], sizeof **globals);
    for (unsigned i = 0; i < HANDLE_kinds; i++)
        allocator_free(al, s->lists[i].items, s->lists[i].cap * sizeof(void *));
    allocator_free(al, s->places, s->place_cap * sizeof *s->places);
    wt_store_free(s->run);
    wt_api_finalize_boxes(s);
    wt_api_roots_free(s);
    wt_api_hosts_free(al, s->hosts);
    if (s->trace)
        s->trace->free(s);
    if (s->watch)
        s->watch->free(s);
    for (size_t i = 0; i < s->linkers.count; i++)
        wt_api_linker_release(s->linkers.items[i]);
    allocator_free(al, s->linkers.items, s->linkers.cap * sizeof(void *));
    for (size_t i = 0; i < s->loaded_count; i++)
        wattle_module_free(s->loaded[i].module);
    allocator_free(al, s->loaded, s->loaded_cap * sizeof *s->loaded);
    wattle_wasi_free(s->wasi);
    wt_buf_free(&s->message);
    wattle_engine *engine = s->engine;
    allocator_free(&engine->allocator, s, sizeof *s);
    wattle_engine_free(engine);
}

wattle_engine *wattle_store_engine(const wattle_store *store) { return store->engine; }
void wattle_store_set_data(wattle_store *store, void *data) { store->data = data; }
void *wattle_store_data(const wattle_store *store) { return store->data; }

void wattle_store_interrupt(wattle_store *store) { wt_store_interrupt(store->run); }
void wattle_store_clear_interrupt(wattle_store *store) { atomic_store(&store->run->interrupt, 0); }

bool wattle_store_set_ticker(wattle_store *store, void (*fn)(void *user), void *user) {
    store->run->tick = fn;
    store->run->tick_user = user;
    store->run->ticks = 0;
    return !OS_THREADS;
}

/* The sampler is that of the first store, read with the others' samples kept out. */
static void tell_sample(void *user, const Instance *in, uint32_t funcidx) {
    wattle_store *s = user;
    const wattle_store *first = wt_api_threads_first(s);
    const wattle_module *module = NULL;
    if (!s->sampling)
        wt_api_threads_sample_begin(s);
    s->sampling = in != NULL;
    for (size_t i = 0; in && i < s->loaded_count && !module; i++)
        if (s->loaded[i].code == in->code)
            module = s->loaded[i].module;
    if (first->sample && (module || !in))
        first->sample(first->sample_user, module, funcidx);
    if (!in)
        wt_api_threads_sample_end(s);
}

void wt_api_copy_sampler(wattle_store *to, const wattle_store *from) {
    if (from->run->sampler.frame)
        to->run->sampler = (StoreSampler){tell_sample, to};
}

void wattle_store_set_sampler(wattle_store *store, wattle_sample_fn fn, void *user) {
    wt_api_threads_sample_begin(store);
    store->sample = fn;
    store->sample_user = user;
    wt_api_threads_sample_end(store);
    store->run->sampler = (StoreSampler){fn ? tell_sample : NULL, store};
}

void wattle_store_sample(wattle_store *store) {
    wt_store_sample(store->run);
    wt_api_threads_sample(store);
}

wattle_status wattle_store_set_fuel(wattle_store *store, uint64_t fuel) {
    if (!store->run->limits.fuel)
        return wt_api_fail(store, WATTLE_USAGE, "the store was made without fuel");
    store->run->fuel = fuel;
    store->counts_only = fuel == UINT64_MAX;
    wt_api_threads_forget_fuel(store);
    return WATTLE_OK;
}

wattle_status wattle_store_get_fuel(const wattle_store *store, uint64_t *fuel) {
    *fuel = store->run->fuel + wt_api_threads_fuel(store);
    return store->run->limits.fuel ? WATTLE_OK : WATTLE_USAGE;
}

/* ---- the collector ---- */

void wattle_store_gc_stats(const wattle_store *store, wattle_gc_stats *stats) {
    const Heap *h = &store->run->heap;
    const HeapStats *of = &h->stats;
    wattle_gc_stats all = {.size = stats->size,
                           .minor = of->minor,
                           .full = of->full,
                           .minor_ns = of->minor_ns,
                           .full_ns = of->full_ns,
                           .longest_minor_ns = of->longest_minor_ns,
                           .longest_full_ns = of->longest_full_ns,
                           .live_bytes = of->live,
                           .peak_bytes = wt_gc_peak(h),
                           .heap_bytes = h->size};
    memcpy(stats, &all, WT_MIN(stats->size, sizeof all));
}

void wattle_store_collect(wattle_store *store, bool full) {
    wt_object_collect(store->run, full);
    wt_api_leave(store, WATTLE_OK);
}

/* ---- failures ---- */

wattle_status wt_api_fail(wattle_store *s, wattle_status status, const char *format, ...) {
    if (!s)
        return status;
    va_list args;
    va_start(args, format);
    s->message.len = 0;
    s->message.failed = false;
    s->trap_told = false;
    wt_buf_vprintf(&s->message, format, args);
    buf_u8(&s->message, 0);
    va_end(args);
    return status;
}

const char *wattle_store_message(wattle_store *store) {
    Buf *b = &store->message;
    if (store->trap_told) {
        store->trap_told = false;
        b->len = 0;
        b->failed = false;
        wt_trap_message(store->run, b);
        buf_u8(b, 0);
    }
    return b->failed ? "out of memory" : b->len ? (const char *)b->data : "";
}

wattle_status wt_api_trapped(wattle_store *s) {
    s->trap_told = true;
    if (s->wasi && s->wasi->threads && !s->thread && s->run->depth == 0)
        wt_api_threads_settle(s);
    switch (s->run->trap.code) {
    case TRAP_exception:
        return WATTLE_EXCEPTION;
    case TRAP_exit:
        return WATTLE_EXIT;
    case TRAP_out_of_memory:
        return WATTLE_OUT_OF_MEMORY;
    case TRAP_limit:
        return WATTLE_LIMIT;
#define TRAP(ident, text) case TRAP_##ident:
#include "wasm/traps.def"
#undef TRAP
    case TRAP_none:
    case TRAP_held: /* not from where this is called */
        break;
    }
    return WATTLE_TRAP;
}

wattle_status wt_api_leave_late(wattle_store *s, wattle_status status) {
    if (s->gone && s->run->depth == 0)
        wt_api_finalize_boxes(s);
    if (s->dying && s->run->depth == 0) {
        s->dying = false;
        wattle_store_free(s);
    }
    return status;
}

wattle_trap_code wattle_store_trap_code(const wattle_store *store) {
    static const uint8_t codes[] = {
        [TRAP_none] = WATTLE_TRAP_none,
#define TRAP(ident, text) [TRAP_##ident] = WATTLE_TRAP_##ident,
#include "wasm/traps.def"
#undef TRAP
        [TRAP_exception] = WATTLE_TRAP_none,     [TRAP_exit] = WATTLE_TRAP_none,
        [TRAP_out_of_memory] = WATTLE_TRAP_none, [TRAP_limit] = WATTLE_TRAP_none,
        [TRAP_held] = WATTLE_TRAP_none,
    };
    return (wattle_trap_code)codes[store->run->trap.code];
}

uint32_t wattle_store_exit_code(const wattle_store *store) {
    return store->run->trap.code == TRAP_exit ? store->run->trap.exit_code : 0;
}

size_t wattle_store_frame_count(const wattle_store *store) {
    return store->run->trap.code == TRAP_none ? 0 : store->run->trap.frame_count;
}

wattle_frame wattle_store_frame(wattle_store *store, size_t i) {
    wattle_frame out = {.func_offset = UINT64_MAX, .module_offset = UINT64_MAX};
    if (i >= wattle_store_frame_count(store))
        return out;
    const TrapFrame *f = &store->run->trap.frames[i];
    const Module *m = f->instance->code->module;
    void *instance = (void *)(uintptr_t)f->instance;
    if (f->instance->store == store->run) /* not a thread's */
        out.instance =
            (wattle_instance){store->id, wt_api_place(store, HANDLE_instance, instance, instance)};
    out.func_index = f->funcidx;
    out.func_name = string_of(wt_instance_func_name(f->instance, f->funcidx));
    for (size_t k = 0; k < store->loaded_count; k++)
        if (&store->loaded[k].module->module == m)
            out.module_name = wattle_module_name(store->loaded[k].module);
    if (f->offset != TRAP_no_offset) {
        out.func_offset = f->offset;
        if (!m->is_text)
            out.module_offset = (uint64_t)(m->funcs[f->funcidx].code - m->source.data) + f->offset;
        LinePlace place = {.module = m, .address = wt_lines_address(m, f->funcidx, f->offset)};
        wt_lines_find(m, &place, 1);
        out.source_directory = string_of(place.directory);
        out.source_file = string_of(place.file);
        out.source_line = place.line;
        out.source_column = place.column;
    }
    return out;
}

wattle_status wattle_store_write_trap(const wattle_store *store, wattle_write write, void *user) {
    Buf b;
    wt_buf_init(&b, &store->allocator);
    if (store->run->trap.code != TRAP_exception)
        buf_str(&b, "trap: ");
    wt_trap_message(store->run, &b);
    buf_u8(&b, '\n');
    wt_trap_backtrace(&store->run->trap, &b);
    wattle_status status = b.failed                     ? WATTLE_OUT_OF_MEMORY
                           : write(user, b.data, b.len) ? WATTLE_OK
                                                        : WATTLE_WRITE_FAILED;
    wt_buf_free(&b);
    return status;
}

/* ---- handles ---- */

static PlaceEntry *place_slot(PlaceEntry *places, uint32_t cap, const void *object) {
    uint64_t at = (uintptr_t)object;
    uint32_t i = (uint32_t)((at * 0x9e3779b97f4a7c15u) >> 32) & (cap - 1);
    while (places[i].object && places[i].object != object)
        i = (i + 1) & (cap - 1);
    return &places[i];
}

static bool places_grow(wattle_store *s) {
    if (s->place_cap > UINT32_MAX / 4)
        return false;
    uint32_t cap = s->place_cap ? s->place_cap * 2 : 16;
    PlaceEntry *larger = allocator_get(&s->allocator, cap * sizeof *larger);
    if (!larger)
        return false;
    memset(larger, 0, cap * sizeof *larger);
    for (uint32_t i = 0; i < s->place_cap; i++)
        if (s->places[i].object)
            *place_slot(larger, cap, s->places[i].object) = s->places[i];
    allocator_free(&s->allocator, s->places, s->place_cap * sizeof *s->places);
    s->places = larger;
    s->place_cap = cap;
    return true;
}

uint32_t wt_api_place_find(const wattle_store *s, const void *key) {
    return s->place_cap ? place_slot(s->places, s->place_cap, key)->place : 0;
}

bool wt_api_place_add(wattle_store *s, const void *key, uint32_t place) {
    if (s->place_count + 1 > s->place_cap / 4 * 3 && !places_grow(s))
        return false;
    *place_slot(s->places, s->place_cap, key) = (PlaceEntry){key, place};
    s->place_count++;
    return true;
}

uint32_t wt_api_place(wattle_store *s, HandleKind kind, const void *key, void *object) {
    uint32_t known = wt_api_place_find(s, key);
    if (known)
        return known;
    StoreList *list = &s->lists[kind];
    if (list->count >= UINT32_MAX - 1 || !wt_store_list_add(s->run, list, object))
        return 0;
    if (!wt_api_place_add(s, key, (uint32_t)list->count)) {
        list->count--;
        return 0;
    }
    return (uint32_t)list->count;
}

/* A global has no object of its own at run time: its cell is the key. */
static uint32_t place_of_global(wattle_store *s, const GlobalRef *g) {
    uint32_t known = wt_api_place_find(s, g->cell);
    if (known)
        return known;
    GlobalRef *copy = allocator_get(&s->allocator, sizeof *copy);
    if (!copy)
        return 0;
    *copy = *g;
    uint32_t place = wt_api_place(s, HANDLE_global, g->cell, copy);
    if (!place)
        allocator_free(&s->allocator, copy, sizeof *copy);
    return place;
}

bool wt_api_extern_out(wattle_store *s, const Extern *e, wattle_extern *out) {
    uint32_t place = 0;
    switch (e->kind) {
    case EXTERN_func:
        place = wt_api_place(s, HANDLE_func, e->func, e->func);
        break;
    case EXTERN_table:
        place = wt_api_place(s, HANDLE_table, e->table, e->table);
        break;
    case EXTERN_memory:
        place = wt_api_place(s, HANDLE_memory, e->memory, e->memory);
        break;
    case EXTERN_global:
        place = place_of_global(s, &e->global);
        break;
    case EXTERN_tag:
        place = wt_api_place(s, HANDLE_tag, e->tag, e->tag);
        break;
    }
    out->kind = (wattle_extern_kind)e->kind;
    out->of.func = (wattle_func){place ? s->id : 0, place};
    return place != 0;
}

bool wt_api_extern_in(const wattle_store *s, const wattle_extern *e, Extern *out) {
    out->kind = (ExternKind)e->kind;
    switch (e->kind) {
    case WATTLE_EXTERN_FUNC:
        out->func = API_FUNC(s, e->of.func);
        return out->func != NULL;
    case WATTLE_EXTERN_TABLE:
        out->table = API_TABLE(s, e->of.table);
        return out->table != NULL;
    case WATTLE_EXTERN_MEMORY:
        out->memory = API_MEMORY(s, e->of.memory);
        return out->memory != NULL;
    case WATTLE_EXTERN_GLOBAL: {
        const GlobalRef *g = API_GLOBAL(s, e->of.global);
        if (g)
            out->global = *g;
        return g != NULL;
    }
    case WATTLE_EXTERN_TAG:
        out->tag = API_TAG(s, e->of.tag);
        return out->tag != NULL;
    }
    return false;
}
