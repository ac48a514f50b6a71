/* The linker: one map from "module, 0xFF, name" to Externs (0xFF is in no UTF-8 name). */
#include "run/link.h"

void wt_link_init(Linker *l, Store *s) {
    memset(l, 0, sizeof *l);
    l->store = s;
    wt_map_init(&l->names, &s->allocator);
    wt_arena_init(&l->arena, &s->allocator);
}

void wt_link_free(Linker *l) {
    wt_map_free(&l->names);
    wt_arena_free(&l->arena);
    allocator_free(&l->store->allocator, l->externs, l->cap * sizeof *l->externs);
}

Slice wt_link_key(Arena *a, Slice module, Slice name) {
    uint8_t *key = arena_alloc(a, module.len + 1 + name.len);
    if (!key)
        return (Slice){0};
    if (module.len)
        memcpy(key, module.data, module.len);
    key[module.len] = 0xFF;
    if (name.len)
        memcpy(key + module.len + 1, name.data, name.len);
    return slice(key, module.len + 1 + name.len);
}

void wt_link_define(Linker *l, Slice module, Slice name, Extern item) {
    Slice key = wt_link_key(&l->arena, module, name);
    if (l->failed || !key.data ||
        !wt_vec_grow(&l->store->allocator, (void **)&l->externs, &l->cap, l->count,
                     sizeof *l->externs)) {
        l->failed = true;
        return;
    }
    uint32_t *known = wt_map_add(&l->names, key, (uint32_t)l->count);
    if (known)
        l->externs[*known] = item;
    else if (l->names.failed)
        l->failed = true;
    else
        l->externs[l->count++] = item;
}

static ValType letter_type(char c) {
    switch (c) {
    case 'i':
        return VAL_i32;
    case 'l':
        return VAL_i64;
    case 'f':
        return VAL_f32;
    case 'd':
        return VAL_f64;
    case 'v':
        return VAL_v128;
    case 'F':
        return VAL_funcref;
    case 'E':
        return VAL_externref;
    }
    assert(false && "a letter of a signature");
    return VAL_i32;
}

void wt_link_function(Linker *l, const char *module, const char *name, const char *signature,
                      HostFn fn, void *user) {
    ValType types[32];
    uint32_t count = 0, params = 0;
    for (const char *c = signature; *c && count < WT_COUNT(types); c++)
        if (*c == ':')
            params = count;
        else
            types[count++] = letter_type(*c);
    uint32_t id =
        wt_types_function(&l->store->types, types, params, types + params, count - params);
    Extern item = {.kind = EXTERN_func, .func = wt_store_function(l->store, id, fn, user)};
    if (!item.func)
        l->failed = true;
    else
        wt_link_define(l, slice_str(module), slice_str(name), item);
}

void wt_link_instance(Linker *l, Slice module, Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->export_count; i++) {
        Extern item;
        if (!wt_instance_extern(in, (ExternKind)m->exports[i].kind, m->exports[i].item, &item))
            l->failed = true;
        else
            wt_link_define(l, module, m->exports[i].name, item);
    }
}

bool wt_link_get(const Linker *l, Slice key, Extern *out) {
    const uint32_t *at = wt_map_get(&l->names, key);
    if (at)
        *out = l->externs[*at];
    return at != NULL;
}

bool wt_link_find(const Linker *l, Slice module, Slice name, Extern *out) {
    Arena scratch;
    wt_arena_init(&scratch, l->names.allocator);
    Slice key = wt_link_key(&scratch, module, name);
    bool found = key.data && wt_link_get(l, key, out);
    wt_arena_free(&scratch);
    return found;
}

bool wt_link_resolve(void *linker, const Import *import, Extern *out) {
    return wt_link_find(linker, import->module, import->name, out);
}
