/* Linkers and instances.

   A linker is a map from "module, 0xFF, name" (0xFF is in no UTF-8 name) to what an embedder gave:
   host functions, which become functions of a store when they are first imported there, and things
   of one store. WASI's functions are not in the map: they belong to the store's world. */
#include "api/inside.h"

#include "jit/cwat.h"
#include "run/call.h"

/* One of the three. */
typedef struct LinkEntry {
    HostFunc *host;
    wattle_shared_memory *shared;
    wattle_extern item;
} LinkEntry;

struct wattle_linker {
    wattle_engine *engine;
    Allocator allocator;
    atomic_size_t owners; /* the embedder and the stores */
    Map names;
    LinkEntry *entries;
    size_t count, cap;
    Arena arena; /* of the names */
    HostFunc *hosts;
    bool wasi;
};

wattle_linker *wattle_linker_new(wattle_engine *engine) {
    wattle_linker *l = allocator_get(&engine->allocator, sizeof *l);
    if (!l)
        return NULL;
    memset(l, 0, sizeof *l);
    l->engine = wt_api_engine_retain(engine);
    l->allocator = engine->allocator;
    atomic_init(&l->owners, 1);
    wt_map_init(&l->names, &l->allocator);
    wt_arena_init(&l->arena, &l->allocator);
    return l;
}

void wt_api_linker_release(wattle_linker *l) {
    if (atomic_fetch_sub(&l->owners, 1) > 1)
        return;
    wt_api_hosts_free(&l->allocator, l->hosts);
    for (size_t i = 0; i < l->count; i++)
        wattle_shared_memory_free(l->entries[i].shared);
    wt_map_free(&l->names);
    wt_arena_free(&l->arena);
    allocator_free(&l->allocator, l->entries, l->cap * sizeof *l->entries);
    wattle_engine *engine = l->engine;
    allocator_free(&engine->allocator, l, sizeof *l);
    wattle_engine_free(engine);
}

void wattle_linker_free(wattle_linker *linker) {
    if (linker)
        wt_api_linker_release(linker);
}

static wattle_status linker_add(wattle_linker *l, Slice module, Slice name, LinkEntry entry) {
    Slice key = wt_link_key(&l->arena, module, name);
    if (!key.data || l->names.failed ||
        !wt_vec_grow(&l->allocator, (void **)&l->entries, &l->cap, l->count, sizeof *l->entries))
        return WATTLE_OUT_OF_MEMORY;
    uint32_t *known = wt_map_add(&l->names, key, (uint32_t)l->count);
    if (known) {
        wattle_shared_memory_free(l->entries[*known].shared);
        l->entries[*known] = entry;
    } else if (!l->names.failed) {
        l->entries[l->count++] = entry;
    }
    return l->names.failed ? WATTLE_OUT_OF_MEMORY : WATTLE_OK;
}

static wattle_status linker_add_host(wattle_linker *l, const char *module, const char *name,
                                     HostFunc *h, wattle_status status) {
    if (!h)
        return status;
    h->next = l->hosts;
    l->hosts = h;
    return linker_add(l, slice_str(module), slice_str(name), (LinkEntry){.host = h});
}

wattle_status wattle_linker_define_func(wattle_linker *linker, const char *module, const char *name,
                                        const wattle_functype *type, wattle_host_fn fn, void *user,
                                        void (*finalize)(void *user)) {
    wattle_status status;
    HostFunc *h = wt_api_host_new(&linker->allocator, NULL, type, NULL, user, finalize, &status);
    if (h)
        h->fn = fn;
    return linker_add_host(linker, module, name, h, status);
}

wattle_status wattle_linker_define_fast(wattle_linker *linker, const char *module, const char *name,
                                        const char *signature, wattle_host_fast_fn fn, void *user,
                                        void (*finalize)(void *user)) {
    wattle_status status;
    HostFunc *h =
        wt_api_host_new(&linker->allocator, NULL, NULL, signature, user, finalize, &status);
    if (h)
        h->fast = fn;
    return linker_add_host(linker, module, name, h, status);
}

wattle_status wattle_linker_define(wattle_linker *linker, const char *module, const char *name,
                                   wattle_extern item) {
    if (item.of.func.store == 0)
        return WATTLE_USAGE;
    return linker_add(linker, slice_str(module), slice_str(name), (LinkEntry){.item = item});
}

wattle_status wattle_linker_define_shared_memory(wattle_linker *linker, const char *module,
                                                 const char *name, wattle_shared_memory *memory) {
    LinkEntry e = {.shared = wattle_shared_memory_retain(memory)};
    wattle_status status = linker_add(linker, slice_str(module), slice_str(name), e);
    if (status != WATTLE_OK)
        wattle_shared_memory_free(memory);
    return status;
}

wattle_status wattle_linker_define_instance(wattle_linker *linker, const char *module,
                                            wattle_store *store, wattle_instance instance) {
    Instance *in = API_INSTANCE(store, instance);
    if (!in)
        return wt_api_fail(store, WATTLE_USAGE, "an instance of another store, or none");
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->export_count; i++) {
        LinkEntry e = {.host = NULL};
        if (!wattle_instance_export_at(store, instance, i, &e.item))
            return WATTLE_OUT_OF_MEMORY;
        wattle_status status = linker_add(linker, slice_str(module), m->exports[i].name, e);
        if (status != WATTLE_OK)
            return status;
    }
    return WATTLE_OK;
}

wattle_status wattle_linker_define_wasi(wattle_linker *linker) {
    linker->wasi = true;
    return WATTLE_OK;
}

/* ---- instances ---- */

typedef struct Resolver {
    wattle_store *store;
    const wattle_module *module;
    wattle_linker *linker;
    const wattle_extern *imports; /* or these, by position */
    size_t import_count;
    Arena scratch; /* for the name of an import */
    bool out_of_memory;
    bool uninterruptible; /* the store, but threads are wanted */
} Resolver;

/* Each is made at its first import: a program asks for few of them. */
static bool resolve_wasi(Resolver *r, const Import *import, Slice key, Extern *out) {
    wattle_store *s = r->store;
    if (!s->wasi)
        return false;
    Linker *l = &s->wasi_linker;
    if (!l->store)
        wt_link_init(l, s->run);
    if (wt_link_get(l, key, out))
        return true;
    wt_wasi_define(s->wasi->inner, l, import->module, import->name);
    if (l->failed) { /* the next time from the beginning */
        wt_link_free(l);
        l->store = NULL;
        r->out_of_memory = true;
        return false;
    }
    return wt_link_get(l, key, out);
}

static bool resolve_key(Resolver *r, const Import *import, Slice key, Extern *out) {
    const uint32_t *at = wt_map_get(&r->linker->names, key);
    if (!at)
        return r->linker->wasi && resolve_wasi(r, import, key, out);
    const LinkEntry *e = &r->linker->entries[*at];
    if (e->shared) {
        wattle_memory memory;
        if (wattle_shared_memory_in(r->store, e->shared, &memory) != WATTLE_OK) {
            r->out_of_memory = e->shared->engine == r->store->engine;
            return false;
        }
        *out = (Extern){.kind = EXTERN_memory, .memory = API_MEMORY(r->store, memory)};
        return true;
    }
    if (!e->host)
        return wt_api_extern_in(r->store, &e->item, out);
    *out = (Extern){.kind = EXTERN_func, .func = wt_api_host_bind(r->store, e->host)};
    r->out_of_memory |= !out->func;
    return out->func != NULL;
}

/* Behind the linker's own names: the function that starts threads, and the memory they share. */
static bool resolve_threads(Resolver *r, const Import *import, Extern *out) {
    const Module *m = &r->module->module;
    if (!r->linker->wasi || !wt_api_threads_there(r->store))
        return false;
    *out = (Extern){.kind = (ExternKind)import->kind};
    if (import->kind == EXTERN_memory && m->memories[import->item].limits.shared) {
        out->memory = wt_api_threads_memory(r->store, m, import);
        r->out_of_memory |= !out->memory;
        return out->memory != NULL;
    }
    if (import->kind != EXTERN_func || !slice_is(import->module, "wasi") ||
        !slice_is(import->name, "thread-spawn"))
        return false;
    r->uninterruptible = !r->store->run->limits.interruptible;
    if (r->uninterruptible)
        return false;
    out->func = wt_api_threads_spawn(r->store, r->module, r->linker);
    r->out_of_memory |= !out->func;
    return out->func != NULL;
}

static bool resolve_linked(Resolver *r, const Import *import, Extern *out) {
    wt_arena_reset(&r->scratch);
    Slice key = wt_link_key(&r->scratch, import->module, import->name);
    r->out_of_memory |= !key.data;
    return key.data && (resolve_key(r, import, key, out) ||
                        (!r->out_of_memory && resolve_threads(r, import, out)));
}

static bool resolve_import(void *user, const Import *import, Extern *out) {
    Resolver *r = user;
    if (r->linker)
        return resolve_linked(r, import, out);
    size_t i = (size_t)(import - r->module->module.imports);
    return i < r->import_count && wt_api_extern_in(r->store, &r->imports[i], out);
}

/* Of a module from a .cwat what will be used at once; single bodies are looked at when they are
   compiled. */
static bool module_is_whole(const wattle_store *s, const wattle_module *module) {
    const Store *r = s->run;
    bool bodies = !r->tier->reserve || r->limits.eager || r->maker.made;
    return wt_cwat_prove(&module->module, bodies ? CWAT_bodies | CWAT_data : CWAT_data);
}

/* The module's code in this store; NULL: *status says why. */
static Code *load_module(wattle_store *s, const wattle_module *module, wattle_status *status) {
    for (size_t i = 0; i < s->loaded_count; i++)
        if (s->loaded[i].module == module)
            return s->loaded[i].code;
    *status = WATTLE_MALFORMED;
    if (!module_is_whole(s, module)) {
        wt_api_fail(s, *status, "the file with the module and its machine code has been changed");
        return NULL;
    }
    *status = WATTLE_OUT_OF_MEMORY;
    if (!wt_vec_grow(&s->allocator, (void **)&s->loaded, &s->loaded_cap, s->loaded_count,
                     sizeof *s->loaded))
        return NULL;
    Code *code = wt_code_new(s->run, &module->module);
    if (code) {
        wattle_module *kept = wattle_module_retain((wattle_module *)(uintptr_t)module);
        s->loaded[s->loaded_count++] = (LoadedModule){kept, code};
    }
    return code;
}

static bool keep_linker(wattle_store *s, wattle_linker *l) {
    for (size_t i = 0; i < s->linkers.count; i++)
        if (s->linkers.items[i] == l)
            return true;
    if (!wt_store_list_add(s->run, &s->linkers, l))
        return false;
    atomic_fetch_add(&l->owners, 1);
    return true;
}

static wattle_status link_failure(wattle_store *s, const Code *code, const LinkError *e) {
    Buf b;
    wt_buf_init(&b, &s->allocator);
    wt_instance_link_message(s->run, code, e, &b);
    buf_u8(&b, 0);
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (!b.failed)
        status = wt_api_fail(s, WATTLE_LINK, "%s", (const char *)b.data);
    wt_buf_free(&b);
    return status;
}

static wattle_status instantiate(Resolver *r, const wattle_module *module, wattle_instance *out) {
    wattle_store *s = r->store;
    *out = (wattle_instance){0};
    if (!module->checked)
        return wt_api_fail(s, WATTLE_USAGE, "the module has not been checked");
    wt_api_enter(s);
    r->module = module;
    wattle_status status;
    Code *code = load_module(s, module, &status);
    if (!code)
        return status;
    LinkError error;
    wt_arena_init(&r->scratch, &s->allocator);
    Instance *in = wt_instance_new(s->run, code, resolve_import, r, &error);
    wt_arena_free(&r->scratch);
    if (in) {
        uint32_t place = wt_api_place(s, HANDLE_instance, in, in);
        *out = (wattle_instance){place ? s->id : 0, place};
        return place ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    }
    if (r->out_of_memory)
        return WATTLE_OUT_OF_MEMORY;
    if (r->uninterruptible)
        return wt_api_fail(s, WATTLE_USAGE, "a program with threads needs an interruptible store");
    return error.problem == LINK_ok ? wt_api_trapped(s) : link_failure(s, code, &error);
}

wattle_status wattle_instance_new(wattle_store *store, const wattle_module *module,
                                  wattle_linker *linker, wattle_instance *out) {
    Resolver r = {.store = store, .linker = linker};
    *out = (wattle_instance){0};
    if (linker && !keep_linker(store, linker))
        return WATTLE_OUT_OF_MEMORY;
    return wt_api_leave(store, instantiate(&r, module, out));
}

wattle_status wattle_linker_check_import(wattle_linker *linker, wattle_store *store,
                                         const wattle_module *module, size_t i) {
    const Module *m = &module->module;
    if (!module->checked || i >= m->import_count || !keep_linker(store, linker))
        return wt_api_fail(store, WATTLE_USAGE, "there is no such import in a checked module");
    wattle_status status;
    Code *code = load_module(store, module, &status);
    if (!code)
        return status;
    Resolver r = {.store = store, .module = module, .linker = linker};
    LinkError error = {.problem = LINK_unknown, .import = &m->imports[i]};
    wt_arena_init(&r.scratch, &store->allocator);
    if (resolve_import(&r, error.import, &error.given))
        error.problem = wt_instance_import_matches(code, error.import, &error.given)
                            ? LINK_ok
                            : LINK_incompatible;
    wt_arena_free(&r.scratch);
    if (r.out_of_memory)
        return WATTLE_OUT_OF_MEMORY;
    return error.problem == LINK_ok ? WATTLE_OK : link_failure(store, code, &error);
}

wattle_status wattle_instance_new_with(wattle_store *store, const wattle_module *module,
                                       const wattle_extern *imports, size_t import_count,
                                       wattle_instance *out) {
    Resolver r = {.store = store, .imports = imports, .import_count = import_count};
    return wt_api_leave(store, instantiate(&r, module, out));
}

const wattle_module *wattle_instance_module(const wattle_store *store, wattle_instance instance) {
    const Instance *in = API_INSTANCE(store, instance);
    for (size_t i = 0; in && i < store->loaded_count; i++)
        if (store->loaded[i].code == in->code)
            return store->loaded[i].module;
    return NULL;
}

bool wattle_instance_export(wattle_store *store, wattle_instance instance, const char *name,
                            wattle_extern *out) {
    Instance *in = API_INSTANCE(store, instance);
    Extern e;
    *out = (wattle_extern){0};
    return in && wt_instance_export(in, slice_str(name), &e) && wt_api_extern_out(store, &e, out);
}

bool wattle_instance_export_at(wattle_store *store, wattle_instance instance, size_t i,
                               wattle_extern *out) {
    Instance *in = API_INSTANCE(store, instance);
    Extern e;
    *out = (wattle_extern){0};
    if (!in || i >= in->code->module->export_count)
        return false;
    const Export *x = &in->code->module->exports[i];
    return wt_instance_extern(in, (ExternKind)x->kind, x->item, &e) &&
           wt_api_extern_out(store, &e, out);
}

bool wattle_instance_func(wattle_store *store, wattle_instance instance, const char *name,
                          wattle_func *out) {
    wattle_extern e;
    bool found = wattle_instance_export(store, instance, name, &e) && e.kind == WATTLE_EXTERN_FUNC;
    *out = found ? e.of.func : (wattle_func){0};
    return found;
}

bool wattle_instance_memory(wattle_store *store, wattle_instance instance, const char *name,
                            wattle_memory *out) {
    wattle_extern e;
    bool found =
        wattle_instance_export(store, instance, name, &e) && e.kind == WATTLE_EXTERN_MEMORY;
    *out = found ? e.of.memory : (wattle_memory){0};
    return found;
}
