/* Memories, tables, globals and tags from the host's side: every handle, index and type is checked,
   then run/ does the work. */
#include "api/inside.h"

#include "run/memory.h"
#include "run/quota.h"
#include "run/table.h"

static wattle_status bad_handle(wattle_store *s, const char *what) {
    return wt_api_fail(s, WATTLE_USAGE, "a %s of another store, or none", what);
}

static wattle_func handle_of(wattle_store *s, HandleKind kind, void *object) {
    uint32_t place = wt_api_place(s, kind, object, object);
    return (wattle_func){place ? s->id : 0, place};
}

/* false: no limits of a memory or table. */
static bool limits_in(const wattle_limits *l, bool table, Limits *out) {
    uint8_t log2 = table ? 0 : l->page_log2;
    *out = (Limits){.min = l->min,
                    .max = l->max,
                    .has_max = l->has_max,
                    .shared = l->shared,
                    .is64 = l->is64,
                    .has_page_size = !table && log2 != 16,
                    .page_log2 = log2};
    unsigned bits = (l->is64 ? 64u : 32u) - log2;
    uint64_t most = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - table;
    return (table || log2 == 16 || log2 == 0) && l->min <= most &&
           (!l->has_max || (l->min <= l->max && l->max <= most)) &&
           (!l->shared || (!table && l->has_max));
}

/* ---- memories ---- */

/* m NULL: out of memory. */
static wattle_status memory_out(wattle_store *s, MemInst *m, wattle_memory *out) {
    wattle_func h = m ? handle_of(s, HANDLE_memory, m) : (wattle_func){0};
    *out = (wattle_memory){h.store, h.index};
    return h.index ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

wattle_status wattle_memory_new(wattle_store *store, const wattle_limits *limits,
                                wattle_memory *out) {
    Limits l;
    *out = (wattle_memory){0};
    if (!limits_in(limits, false, &l))
        return wt_api_fail(store, WATTLE_USAGE, "limits that no memory has");
    const char *limit = wt_quota_memory(store->run, &l);
    if (limit)
        return wt_api_fail(store, WATTLE_LIMIT, "%s%s", wt_trap_text(TRAP_limit), limit);
    return memory_out(store, wt_memory_new(store->run, &l), out);
}

void *wattle_memory_data(const wattle_store *store, wattle_memory memory, size_t *size) {
    const MemInst *m = API_MEMORY(store, memory);
    *size = m ? (size_t)memory_len(m) : 0;
    return m ? m->base : NULL;
}

void *wattle_memory_at(const wattle_store *store, wattle_memory memory, uint64_t at, uint64_t len) {
    const MemInst *m = API_MEMORY(store, memory);
    return m && memory_in(memory_len(m), at, len) ? m->base + at : NULL;
}

uint64_t wattle_memory_pages(const wattle_store *store, wattle_memory memory) {
    const MemInst *m = API_MEMORY(store, memory);
    return m ? memory_pages(m) : 0;
}

wattle_status wattle_memory_grow(wattle_store *store, wattle_memory memory, uint64_t pages,
                                 uint64_t *old_pages) {
    MemInst *m = API_MEMORY(store, memory);
    if (!m)
        return bad_handle(store, "memory");
    uint64_t old = wt_memory_grow(store->run, m, pages);
    if (old == UINT64_MAX)
        return wt_api_fail(store, WATTLE_LIMIT, "the memory cannot grow so far");
    if (old_pages)
        *old_pages = old;
    return WATTLE_OK;
}

/* ---- shared memories ---- */

/* Takes the owner of inner over, also when it fails. */
static wattle_status wrap_shared(wattle_engine *engine, SharedMem *inner,
                                 wattle_shared_memory **out) {
    wattle_shared_memory *m = inner ? allocator_get(&engine->allocator, sizeof *m) : NULL;
    *out = m;
    if (!m) {
        wt_shared_release(inner);
        return WATTLE_OUT_OF_MEMORY;
    }
    *m = (wattle_shared_memory){.engine = wt_api_engine_retain(engine), .inner = inner};
    atomic_init(&m->owners, 1);
    return WATTLE_OK;
}

wattle_status wattle_shared_memory_new(wattle_engine *engine, const wattle_limits *limits,
                                       wattle_shared_memory **out) {
    Limits l;
    *out = NULL;
    if (!limits_in(limits, false, &l) || !l.shared)
        return WATTLE_USAGE;
    return wrap_shared(engine, wt_shared_new(&engine->allocator, &l, UINT64_MAX), out);
}

wattle_shared_memory *wattle_shared_memory_retain(wattle_shared_memory *memory) {
    atomic_fetch_add(&memory->owners, 1);
    return memory;
}

void wattle_shared_memory_free(wattle_shared_memory *memory) {
    if (!memory || atomic_fetch_sub(&memory->owners, 1) > 1)
        return;
    wt_shared_release(memory->inner);
    wattle_engine *engine = memory->engine;
    allocator_free(&engine->allocator, memory, sizeof *memory);
    wattle_engine_free(engine);
}

wattle_status wattle_shared_memory_in(wattle_store *store, wattle_shared_memory *memory,
                                      wattle_memory *out) {
    *out = (wattle_memory){0};
    if (memory->engine != store->engine)
        return wt_api_fail(store, WATTLE_USAGE, "a shared memory of another engine");
    return memory_out(store, wt_memory_share(store->run, memory->inner), out);
}

wattle_status wattle_memory_share(wattle_store *store, wattle_memory memory,
                                  wattle_shared_memory **out) {
    const MemInst *m = API_MEMORY(store, memory);
    *out = NULL;
    if (!m)
        return bad_handle(store, "memory");
    if (!m->shared)
        return wt_api_fail(store, WATTLE_USAGE, "the memory is not shared");
    wt_shared_hold(m->shared);
    return wrap_shared(store->engine, m->shared, out);
}

void *wattle_shared_memory_data(const wattle_shared_memory *memory, size_t *size) {
    *size = (size_t)shared_len(memory->inner);
    return memory->inner->base;
}

wattle_limits wattle_shared_memory_limits(const wattle_shared_memory *memory) {
    const Limits *l = &memory->inner->limits;
    return (wattle_limits){.min = shared_len(memory->inner) >> l->page_log2,
                           .max = l->max,
                           .has_max = true,
                           .is64 = l->is64,
                           .shared = true,
                           .page_log2 = l->page_log2};
}

wattle_status wattle_shared_memory_grow(wattle_shared_memory *memory, uint64_t pages,
                                        uint64_t *old_pages) {
    uint64_t old = wt_shared_grow(memory->inner, pages, UINT64_MAX);
    if (old == UINT64_MAX)
        return WATTLE_LIMIT;
    if (old_pages)
        *old_pages = old;
    return WATTLE_OK;
}

static bool is_place(const wattle_shared_memory *m, uint64_t at, unsigned bytes) {
    return at % bytes == 0 && memory_in(shared_len(m->inner), at, bytes);
}

wattle_wait wattle_shared_memory_wait(wattle_shared_memory *memory, uint64_t at, unsigned bytes,
                                      uint64_t expected, int64_t ns) {
    if ((bytes != 4 && bytes != 8) || !is_place(memory, at, bytes))
        return WATTLE_WAIT_WRONG;
    switch (wt_shared_wait(memory->inner, at, bytes, expected, ns, NULL)) {
    case WAIT_notified:
        return WATTLE_WAIT_NOTIFIED;
    case WAIT_not_equal:
        return WATTLE_WAIT_NOT_EQUAL;
    case WAIT_timed_out:
        return WATTLE_WAIT_TIMED_OUT;
    case WAIT_interrupted:
    case WAIT_impossible:
        break;
    }
    return WATTLE_WAIT_WRONG;
}

uint32_t wattle_shared_memory_notify(wattle_shared_memory *memory, uint64_t at, uint32_t count) {
    return is_place(memory, at, 4) ? wt_shared_notify(memory->inner, at, count) : 0;
}

/* ---- tables ---- */

/* The element that init gives; NULL: null. */
static wattle_status element_in(wattle_store *s, ValType type, const wattle_value *init,
                                Value *out) {
    *out = 0;
    if (init)
        return wt_api_value_in(s, type, init, out, "element", 1);
    return valtype_nullable(type)
               ? WATTLE_OK
               : wt_api_fail(s, WATTLE_USAGE, "elements of this table cannot be null");
}

wattle_status wattle_table_new(wattle_store *store, wattle_valtype element,
                               const wattle_limits *limits, const wattle_value *init,
                               wattle_table *out) {
    Limits l;
    ValType type;
    Value first;
    *out = (wattle_table){0};
    if (!limits_in(limits, true, &l) || !wt_api_valtype_in(store_types(store), element, &type) ||
        !valtype_is_ref(type))
        return wt_api_fail(store, WATTLE_USAGE, "a type that no table has");
    wattle_status status = element_in(store, type, init, &first);
    if (status != WATTLE_OK)
        return status;
    const char *limit = wt_quota_table(store->run, &l);
    if (limit)
        return wt_api_fail(store, WATTLE_LIMIT, "%s%s", wt_trap_text(TRAP_limit), limit);
    TableInst *t = wt_table_new(store->run, &l, type, first);
    if (!t)
        return WATTLE_OUT_OF_MEMORY;
    wattle_func h = handle_of(store, HANDLE_table, t);
    *out = (wattle_table){h.store, h.index};
    return h.index ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

uint64_t wattle_table_size(const wattle_store *store, wattle_table table) {
    const TableInst *t = API_TABLE(store, table);
    return t ? t->len : 0;
}

wattle_status wattle_table_get(wattle_store *store, wattle_table table, uint64_t i,
                               wattle_value *out) {
    const TableInst *t = API_TABLE(store, table);
    *out = (wattle_value){.kind = WATTLE_FUNCREF};
    if (!t)
        return bad_handle(store, "table");
    if (i >= t->len)
        return wt_api_fail(store, WATTLE_LIMIT, "the table has no such element");
    wattle_kind kind = wt_api_kind(store_types(store), t->type);
    return wt_api_value_out(store, kind, &t->elems[i], out) ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

wattle_status wattle_table_set(wattle_store *store, wattle_table table, uint64_t i,
                               const wattle_value *value) {
    TableInst *t = API_TABLE(store, table);
    Value v;
    if (!t)
        return bad_handle(store, "table");
    if (i >= t->len)
        return wt_api_fail(store, WATTLE_LIMIT, "the table has no such element");
    wattle_status status = element_in(store, t->type, value, &v);
    if (status == WATTLE_OK)
        t->elems[i] = v;
    return status;
}

wattle_status wattle_table_grow(wattle_store *store, wattle_table table, uint64_t elements,
                                const wattle_value *init, uint64_t *old_size) {
    TableInst *t = API_TABLE(store, table);
    Value v;
    if (!t)
        return bad_handle(store, "table");
    wattle_status status = element_in(store, t->type, init, &v);
    if (status != WATTLE_OK)
        return status;
    uint64_t old = wt_table_grow(store->run, t, elements, v);
    if (old == UINT64_MAX)
        return wt_api_fail(store, WATTLE_LIMIT, "the table cannot grow so far");
    if (old_size)
        *old_size = old;
    return WATTLE_OK;
}

/* ---- globals ---- */

wattle_status wattle_global_new(wattle_store *store, wattle_valtype type, bool is_mutable,
                                const wattle_value *value, wattle_global *out) {
    ValType t;
    Value v[2] = {0, 0};
    *out = (wattle_global){0};
    if (!wt_api_valtype_in(store_types(store), type, &t))
        return wt_api_fail(store, WATTLE_USAGE, "a type that no global has");
    wattle_status status = wt_api_value_in(store, t, value, v, "value", 1);
    if (status != WATTLE_OK)
        return status;
    Extern item = {.kind = EXTERN_global, .global = wt_store_global(store->run, t, is_mutable, v)};
    wattle_extern e;
    if (!item.global.cell || !wt_api_extern_out(store, &item, &e))
        return WATTLE_OUT_OF_MEMORY;
    *out = e.of.global;
    return WATTLE_OK;
}

wattle_status wattle_global_get(wattle_store *store, wattle_global global, wattle_value *out) {
    const GlobalRef *g = API_GLOBAL(store, global);
    *out = (wattle_value){0};
    if (!g)
        return bad_handle(store, "global");
    wattle_kind kind = wt_api_kind(store_types(store), g->type);
    return wt_api_value_out(store, kind, g->cell, out) ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

wattle_status wattle_global_set(wattle_store *store, wattle_global global,
                                const wattle_value *value) {
    const GlobalRef *g = API_GLOBAL(store, global);
    Value v[2] = {0, 0};
    if (!g)
        return bad_handle(store, "global");
    if (!g->mutable_)
        return wt_api_fail(store, WATTLE_USAGE, "the global is not mutable");
    wattle_status status = wt_api_value_in(store, g->type, value, v, "value", 1);
    if (status == WATTLE_OK)
        memcpy(g->cell, v, valtype_slots(g->type) * sizeof *v);
    return status;
}

/* ---- tags ---- */

wattle_status wattle_tag_new(wattle_store *store, const wattle_functype *type, wattle_tag *out) {
    wattle_status status;
    *out = (wattle_tag){0};
    HostFunc *h =
        wt_api_host_new(&store->allocator, store_types(store), type, NULL, NULL, NULL, &status);
    if (!h)
        return wt_api_fail(store, status, "a type that no tag has");
    uint32_t id = wt_types_function(&store->run->types, h->types, h->param_count,
                                    h->types + h->param_count, h->result_count);
    wt_api_hosts_free(&store->allocator, h);
    TagInst *tag = id == TYPE_none ? NULL : ARENA_NEW(&store->run->arena, TagInst);
    if (!tag)
        return WATTLE_OUT_OF_MEMORY;
    tag->type_id = id;
    wattle_func place = handle_of(store, HANDLE_tag, tag);
    *out = (wattle_tag){place.store, place.index};
    return place.index ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}
