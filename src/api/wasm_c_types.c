/* The standard C API, first half: vectors and types. They belong to nobody but their owner and know
   no store. */
#include "api/wasm_c_api.h"

/* ---- vectors ---- */

/* new_uninitialized zeroes, so that a half-filled vector can be deleted. */
#define C_VEC(name, star, copy_one, delete_one)                                                    \
    void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out) {                                   \
        out->size = 0;                                                                             \
        out->data = NULL;                                                                          \
    }                                                                                              \
    void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t size) {              \
        wasm_##name##_vec_new_empty(out);                                                          \
        if (size == 0 || size > SIZE_MAX / 2 / sizeof *out->data)                                  \
            return;                                                                                \
        out->data = c_new(size * sizeof *out->data);                                               \
        if (!out->data)                                                                            \
            return;                                                                                \
        memset(out->data, 0, size * sizeof *out->data);                                            \
        out->size = size;                                                                          \
    }                                                                                              \
    void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t size,                              \
                               wasm_##name##_t star const data[]) {                                \
        wasm_##name##_vec_new_uninitialized(out, size);                                            \
        if (out->size)                                                                             \
            memcpy(out->data, data, size * sizeof *data);                                          \
        else                                                                                       \
            for (size_t i = 0; i < size; i++)                                                      \
                delete_one(data[i]);                                                               \
    }                                                                                              \
    void wasm_##name##_vec_copy(wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from) {       \
        wasm_##name##_vec_new_uninitialized(out, from->size);                                      \
        for (size_t i = 0; i < out->size; i++)                                                     \
            copy_one(&out->data[i], from->data[i]);                                                \
    }                                                                                              \
    void wasm_##name##_vec_delete(wasm_##name##_vec_t *v) {                                        \
        for (size_t i = 0; v->data && i < v->size; i++)                                            \
            delete_one(v->data[i]);                                                                \
        c_free(v->data);                                                                           \
        wasm_##name##_vec_new_empty(v);                                                            \
    }

#define C_NOTHING(one) ((void)(one))
#define C_ASSIGN(to, from) (*(to) = (from))
C_VEC(byte, , C_ASSIGN, C_NOTHING)

#define C_OBJECT_VEC(name)                                                                         \
    static void c_copy_##name(wasm_##name##_t **to, const wasm_##name##_t *from) {                 \
        *to = from ? wasm_##name##_copy(from) : NULL;                                              \
    }                                                                                              \
    C_VEC(name, *, c_copy_##name, wasm_##name##_delete)
C_OBJECT_VEC(valtype)
C_OBJECT_VEC(functype)
C_OBJECT_VEC(globaltype)
C_OBJECT_VEC(tabletype)
C_OBJECT_VEC(memorytype)
C_OBJECT_VEC(externtype)
C_OBJECT_VEC(importtype)
C_OBJECT_VEC(exporttype)
C_OBJECT_VEC(frame)
C_OBJECT_VEC(extern)

static void c_copy_val(wasm_val_t *to, wasm_val_t from) { wasm_val_copy(to, &from); }
static void c_delete_val(wasm_val_t v) { wasm_val_delete(&v); }
C_VEC(val, , c_copy_val, c_delete_val)

/* ---- value types ---- */

static wasm_valkind_t valkind_of(wattle_kind kind) {
    switch (kind) {
    case WATTLE_I32:
        return WASM_I32;
    case WATTLE_I64:
        return WASM_I64;
    case WATTLE_F32:
        return WASM_F32;
    case WATTLE_F64:
        return WASM_F64;
    case WATTLE_V128:
        return WASM_V128;
    case WATTLE_FUNCREF:
        return WASM_FUNCREF;
    case WATTLE_EXTERNREF:
        return WASM_EXTERNREF;
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
    case WATTLE_I8:
    case WATTLE_I16:
        break;
    }
    return WASM_OTHERREF;
}

wasm_valtype_t *wt_wasm_c_valtype(wattle_valtype t) {
    wasm_valtype_t *out = c_new(sizeof *out);
    if (!out)
        return NULL;
    bool nullable = t.nullable;
    if (t.heap == WATTLE_HEAP_INDEX) {
        t = wattle_valtype_of((wattle_kind)t.kind);
        t.nullable = nullable;
    }
    *out = (wasm_valtype_t){valkind_of((wattle_kind)t.kind), t};
    return out;
}

wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind) {
    for (wattle_kind k = WATTLE_I32; k <= WATTLE_ANYREF; k++)
        if (valkind_of(k) == kind)
            return wt_wasm_c_valtype(wattle_valtype_of(k));
    return NULL;
}

void wasm_valtype_delete(wasm_valtype_t *t) { c_free(t); }
wasm_valtype_t *wasm_valtype_copy(const wasm_valtype_t *t) { return wt_wasm_c_valtype(t->exact); }
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *t) { return t->kind; }

/* ---- extern types ---- */

static wasm_externtype_t *externtype_new(wasm_externkind_t kind) {
    wasm_externtype_t *t = c_new(sizeof *t);
    if (t) {
        memset(t, 0, sizeof *t);
        t->kind = kind;
    }
    return t;
}

void wasm_externtype_delete(wasm_externtype_t *t) {
    if (!t)
        return;
    wasm_valtype_vec_delete(&t->params);
    wasm_valtype_vec_delete(&t->results);
    wasm_valtype_delete(t->content);
    c_free(t);
}

wasm_externtype_t *wasm_externtype_copy(const wasm_externtype_t *t) {
    wasm_externtype_t *copy = externtype_new(t->kind);
    if (!copy)
        return NULL;
    copy->mutability = t->mutability;
    copy->limits = t->limits;
    copy->exact = t->exact;
    wasm_valtype_vec_copy(&copy->params, &t->params);
    wasm_valtype_vec_copy(&copy->results, &t->results);
    copy->content = t->content ? wasm_valtype_copy(t->content) : NULL;
    if (copy->params.size == t->params.size && copy->results.size == t->results.size &&
        !copy->content == !t->content)
        return copy;
    wasm_externtype_delete(copy);
    return NULL;
}

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *t) { return t->kind; }

#define C_AS_EXTERNTYPE(name, KIND)                                                                \
    wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *t) {                           \
        return (wasm_externtype_t *)(void *)t;                                                     \
    }                                                                                              \
    const wasm_externtype_t *wasm_##name##_as_externtype_const(const wasm_##name##_t *t) {         \
        return (const wasm_externtype_t *)(const void *)t;                                         \
    }                                                                                              \
    wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *t) {                             \
        return t && t->kind == KIND ? (wasm_##name##_t *)(void *)t : NULL;                         \
    }                                                                                              \
    const wasm_##name##_t *wasm_externtype_as_##name##_const(const wasm_externtype_t *t) {         \
        return t && t->kind == KIND ? (const wasm_##name##_t *)(const void *)t : NULL;             \
    }                                                                                              \
    void wasm_##name##_delete(wasm_##name##_t *t) {                                                \
        wasm_externtype_delete((wasm_externtype_t *)(void *)t);                                    \
    }                                                                                              \
    wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *t) {                                \
        return (wasm_##name##_t *)(void *)wasm_externtype_copy(                                    \
            (const wasm_externtype_t *)(const void *)t);                                           \
    }
C_AS_EXTERNTYPE(functype, WASM_EXTERN_FUNC)
C_AS_EXTERNTYPE(globaltype, WASM_EXTERN_GLOBAL)
C_AS_EXTERNTYPE(tabletype, WASM_EXTERN_TABLE)
C_AS_EXTERNTYPE(memorytype, WASM_EXTERN_MEMORY)
#define C_TYPE(t) ((const wasm_externtype_t *)(const void *)(t))

wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results) {
    wasm_externtype_t *t = externtype_new(WASM_EXTERN_FUNC);
    if (t) {
        t->params = *params;
        t->results = *results;
        wasm_valtype_vec_new_empty(params);
        wasm_valtype_vec_new_empty(results);
    } else {
        wasm_valtype_vec_delete(params);
        wasm_valtype_vec_delete(results);
    }
    return (wasm_functype_t *)(void *)t;
}
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *t) {
    return &C_TYPE(t)->params;
}
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *t) {
    return &C_TYPE(t)->results;
}

/* A global or table: content is taken. */
static wasm_externtype_t *content_type(wasm_externkind_t kind, wasm_valtype_t *content) {
    wasm_externtype_t *t = content ? externtype_new(kind) : NULL;
    if (t)
        t->content = content;
    else
        wasm_valtype_delete(content);
    return t;
}

wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *content, wasm_mutability_t mutability) {
    wasm_externtype_t *t = content_type(WASM_EXTERN_GLOBAL, content);
    if (t)
        t->mutability = mutability;
    return (wasm_globaltype_t *)(void *)t;
}
const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *t) {
    return C_TYPE(t)->content;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *t) {
    return C_TYPE(t)->mutability;
}

static void set_limits(wasm_externtype_t *t, const wasm_limits_t *limits) {
    bool has_max = limits->max != wasm_limits_max_default;
    t->limits = *limits;
    t->exact = (wattle_limits){
        .min = limits->min, .max = has_max ? limits->max : 0, .has_max = has_max, .page_log2 = 16};
}

wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits) {
    wasm_externtype_t *t = content_type(WASM_EXTERN_TABLE, element);
    if (t)
        set_limits(t, limits);
    return (wasm_tabletype_t *)(void *)t;
}
const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *t) {
    return C_TYPE(t)->content;
}
const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *t) { return &C_TYPE(t)->limits; }

wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *limits) {
    wasm_externtype_t *t = externtype_new(WASM_EXTERN_MEMORY);
    if (t)
        set_limits(t, limits);
    return (wasm_memorytype_t *)(void *)t;
}
const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *t) {
    return &C_TYPE(t)->limits;
}

/* ---- from modules and objects ---- */

static bool fill_valtypes(wasm_valtype_vec_t *out, wattle_type t, size_t n,
                          wattle_valtype (*get)(wattle_type, size_t)) {
    wasm_valtype_vec_new_uninitialized(out, n);
    bool ok = out->size == n;
    for (size_t i = 0; i < out->size; i++) {
        out->data[i] = wt_wasm_c_valtype(get(t, i));
        ok = ok && out->data[i];
    }
    return ok;
}

static uint32_t clip(uint64_t n) { return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX; }

wasm_externtype_t *wt_wasm_c_externtype(wattle_extern_type t) {
    static const uint8_t kinds[] = {
        [WATTLE_EXTERN_FUNC] = WASM_EXTERN_FUNC,     [WATTLE_EXTERN_TABLE] = WASM_EXTERN_TABLE,
        [WATTLE_EXTERN_MEMORY] = WASM_EXTERN_MEMORY, [WATTLE_EXTERN_GLOBAL] = WASM_EXTERN_GLOBAL,
        [WATTLE_EXTERN_TAG] = WASM_EXTERN_TAG,
    };
    wasm_externtype_t *out = externtype_new(kinds[t.kind]);
    if (!out)
        return NULL;
    bool ok = true;
    switch (t.kind) {
    case WATTLE_EXTERN_FUNC:
    case WATTLE_EXTERN_TAG:
        ok = fill_valtypes(&out->params, t.type, wattle_type_param_count(t.type),
                           wattle_type_param) &&
             fill_valtypes(&out->results, t.type, wattle_type_result_count(t.type),
                           wattle_type_result);
        break;
    case WATTLE_EXTERN_GLOBAL:
    case WATTLE_EXTERN_TABLE:
        out->mutability = t.is_mutable ? WASM_VAR : WASM_CONST;
        out->content = wt_wasm_c_valtype(t.value);
        ok = out->content != NULL;
        break;
    case WATTLE_EXTERN_MEMORY:
        break;
    }
    out->exact = t.limits;
    out->limits = (wasm_limits_t){clip(t.limits.min),
                                  t.limits.has_max ? clip(t.limits.max) : wasm_limits_max_default};
    if (ok)
        return out;
    wasm_externtype_delete(out);
    return NULL;
}

/* ---- import and export types ---- */

struct wasm_importtype_t {
    wasm_name_t module, name;
    wasm_externtype_t *type;
};
struct wasm_exporttype_t {
    wasm_name_t name;
    wasm_externtype_t *type;
};

wasm_importtype_t *wasm_importtype_new(wasm_name_t *module, wasm_name_t *name,
                                       wasm_externtype_t *type) {
    wasm_importtype_t *t = type ? c_new(sizeof *t) : NULL;
    if (!t) {
        wasm_name_delete(module);
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    *t = (wasm_importtype_t){*module, *name, type};
    wasm_name_new_empty(module);
    wasm_name_new_empty(name);
    return t;
}

void wasm_importtype_delete(wasm_importtype_t *t) {
    if (!t)
        return;
    wasm_name_delete(&t->module);
    wasm_name_delete(&t->name);
    wasm_externtype_delete(t->type);
    c_free(t);
}

wasm_importtype_t *wasm_importtype_copy(const wasm_importtype_t *t) {
    wasm_name_t module, name;
    wasm_name_copy(&module, &t->module);
    wasm_name_copy(&name, &t->name);
    return wasm_importtype_new(&module, &name, wasm_externtype_copy(t->type));
}

const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *t) { return &t->module; }
const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *t) { return &t->name; }
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *t) { return t->type; }

wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type) {
    wasm_exporttype_t *t = type ? c_new(sizeof *t) : NULL;
    if (!t) {
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    *t = (wasm_exporttype_t){*name, type};
    wasm_name_new_empty(name);
    return t;
}

void wasm_exporttype_delete(wasm_exporttype_t *t) {
    if (!t)
        return;
    wasm_name_delete(&t->name);
    wasm_externtype_delete(t->type);
    c_free(t);
}

wasm_exporttype_t *wasm_exporttype_copy(const wasm_exporttype_t *t) {
    wasm_name_t name;
    wasm_name_copy(&name, &t->name);
    return wasm_exporttype_new(&name, wasm_externtype_copy(t->type));
}

const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *t) { return &t->name; }
const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *t) { return t->type; }

void wt_wasm_c_imports(const wattle_module *m, wasm_importtype_vec_t *out) {
    wasm_importtype_vec_new_uninitialized(out, wattle_module_import_count(m));
    for (size_t i = 0; i < out->size; i++) {
        wattle_import import = wattle_module_import(m, i);
        wasm_name_t module, name;
        wasm_name_new(&module, import.module.len, import.module.data);
        wasm_name_new(&name, import.name.len, import.name.data);
        out->data[i] = wasm_importtype_new(&module, &name, wt_wasm_c_externtype(import.type));
    }
}

void wt_wasm_c_exports(const wattle_module *m, wasm_exporttype_vec_t *out) {
    wasm_exporttype_vec_new_uninitialized(out, wattle_module_export_count(m));
    for (size_t i = 0; i < out->size; i++) {
        wattle_export e = wattle_module_export(m, i);
        wasm_name_t name;
        wasm_name_new(&name, e.name.len, e.name.data);
        out->data[i] = wasm_exporttype_new(&name, wt_wasm_c_externtype(e.type));
    }
}
