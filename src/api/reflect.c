/* What modules and types are made of, as wattle.h's structs. A wattle_type is a Module and an
   index: a module of the embedder's, or the type table of a store, which has the same shape. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "base/leb128.h"

_Static_assert(WATTLE_HEAP_NOCONT == HEAP_nocont - HEAP_first, "heap types in one order");
_Static_assert((int)WATTLE_EXTERN_TAG == (int)EXTERN_tag, "kinds of externs in one order");
_Static_assert((int)WATTLE_TYPE_CONT == (int)TYPE_cont, "kinds of types in one order");

/* ---- value types ---- */

static wattle_kind kind_of_top(uint32_t top) {
    switch (top) {
    case HEAP_func:
        return WATTLE_FUNCREF;
    case HEAP_extern:
        return WATTLE_EXTERNREF;
    case HEAP_exn:
        return WATTLE_EXNREF;
    case HEAP_cont:
        return WATTLE_CONTREF;
    }
    return WATTLE_ANYREF;
}

wattle_kind wt_api_kind(const Module *m, ValType t) {
    switch (valtype_kind(t)) {
    case VAL_i32:
        return WATTLE_I32;
    case VAL_i64:
        return WATTLE_I64;
    case VAL_f32:
        return WATTLE_F32;
    case VAL_f64:
        return WATTLE_F64;
    case VAL_v128:
        return WATTLE_V128;
    case VAL_i8:
        return WATTLE_I8;
    case VAL_i16:
        return WATTLE_I16;
    }
    return kind_of_top(wt_type_heap_top(m, valtype_heap(t)));
}

wattle_valtype wt_api_valtype_out(const Module *m, ValType t) {
    wattle_valtype out = {.kind = (uint8_t)wt_api_kind(m, t)};
    if (!valtype_is_ref(t))
        return out;
    uint32_t heap = valtype_heap(t);
    out.nullable = valtype_nullable(t);
    out.exact = valtype_exact(t);
    out.heap = (uint8_t)(heap < HEAP_first ? (uint32_t)WATTLE_HEAP_INDEX : heap - HEAP_first);
    out.index = heap < HEAP_first ? heap : 0;
    return out;
}

static const ValType number_types[] = {
    [WATTLE_I32] = VAL_i32, [WATTLE_I64] = VAL_i64,   [WATTLE_F32] = VAL_f32,
    [WATTLE_F64] = VAL_f64, [WATTLE_V128] = VAL_v128, [WATTLE_I8] = VAL_i8,
    [WATTLE_I16] = VAL_i16,
};

bool wt_api_valtype_in(const Module *m, wattle_valtype t, ValType *out) {
    if (t.kind > WATTLE_I16)
        return false;
    if (number_types[t.kind]) {
        *out = number_types[t.kind];
        return t.kind <= WATTLE_V128;
    }
    if (t.heap > WATTLE_HEAP_INDEX)
        return false;
    bool indexed = t.heap == WATTLE_HEAP_INDEX;
    if (indexed && (!m || t.index >= m->type_count))
        return false;
    *out = VAL_REF_OF(indexed ? t.index : HEAP_first + (uint32_t)t.heap, t.nullable);
    if (t.exact)
        *out |= VAL_exact_bit;
    return wt_api_kind(m, *out) == (wattle_kind)t.kind;
}

wattle_valtype wattle_valtype_of(wattle_kind kind) {
    static const uint8_t heaps[] = {
        [WATTLE_FUNCREF] = WATTLE_HEAP_FUNC, [WATTLE_EXTERNREF] = WATTLE_HEAP_EXTERN,
        [WATTLE_ANYREF] = WATTLE_HEAP_ANY,   [WATTLE_EXNREF] = WATTLE_HEAP_EXN,
        [WATTLE_CONTREF] = WATTLE_HEAP_CONT, [WATTLE_I16] = 0,
    };
    wattle_valtype t = {.kind = (uint8_t)kind};
    if (kind >= WATTLE_FUNCREF && kind <= WATTLE_CONTREF) {
        t.heap = heaps[kind];
        t.nullable = true;
    }
    return t;
}

const char *wattle_kind_name(wattle_kind kind) {
    switch (kind) {
    case WATTLE_I32:
        return "i32";
    case WATTLE_I64:
        return "i64";
    case WATTLE_F32:
        return "f32";
    case WATTLE_F64:
        return "f64";
    case WATTLE_V128:
        return "v128";
    case WATTLE_FUNCREF:
        return "funcref";
    case WATTLE_EXTERNREF:
        return "externref";
    case WATTLE_ANYREF:
        return "anyref";
    case WATTLE_EXNREF:
        return "exnref";
    case WATTLE_CONTREF:
        return "contref";
    case WATTLE_I8:
        return "i8";
    case WATTLE_I16:
        return "i16";
    }
    return "?";
}

static char *add_word(char *to, const char *word) {
    size_t len = strlen(word);
    memcpy(to, word, len + 1);
    return to + len;
}

void wattle_valtype_print(wattle_valtype type, char text[WATTLE_VALTYPE_TEXT]) {
    const char *heap = NULL;
    if (type.heap < WATTLE_HEAP_INDEX)
        heap = wt_type_heap_name(HEAP_first + (uint32_t)type.heap);
    if (type.kind < WATTLE_FUNCREF || type.kind > WATTLE_CONTREF) {
        add_word(text, wattle_kind_name((wattle_kind)type.kind));
        return;
    }
    if (heap && type.nullable && !type.exact) {
        add_word(text, wt_type_shorthand(HEAP_first + (uint32_t)type.heap));
        return;
    }
    char index[11] = "", *digit = index + sizeof index - 1;
    uint32_t v = type.index;
    do
        *--digit = (char)('0' + v % 10);
    while (v /= 10);
    text = add_word(text, type.nullable ? "(ref null " : "(ref ");
    text = add_word(add_word(text, type.exact ? "(exact " : ""), heap ? heap : digit);
    add_word(text, type.exact ? "))" : ")");
}

bool wt_api_letter(char letter, ValType *type) {
    static const char letters[] = "ilfdvFE";
    static const ValType types[] = {VAL_i32,  VAL_i64,     VAL_f32,      VAL_f64,
                                    VAL_v128, VAL_funcref, VAL_externref};
    const char *at = letter ? strchr(letters, letter) : NULL;
    if (at)
        *type = types[at - letters];
    return at != NULL;
}

/* ---- defined types ---- */

static const TypeDef *type_def(wattle_type t) {
    const Module *m = t.owner;
    return m && t.index < m->type_count ? &m->types[t.index] : NULL;
}

wattle_type_kind wattle_type_get_kind(wattle_type type) {
    const TypeDef *d = type_def(type);
    return d ? (wattle_type_kind)d->kind : WATTLE_TYPE_FUNC;
}

size_t wattle_type_param_count(wattle_type type) {
    const TypeDef *d = type_def(type);
    return d && d->kind == TYPE_func ? d->param_count : 0;
}

size_t wattle_type_result_count(wattle_type type) {
    const TypeDef *d = type_def(type);
    return d && d->kind == TYPE_func ? d->result_count : 0;
}

wattle_valtype wattle_type_param(wattle_type type, size_t i) {
    if (i >= wattle_type_param_count(type))
        return (wattle_valtype){0};
    return wt_api_valtype_out(type.owner, type_def(type)->params[i]);
}

wattle_valtype wattle_type_result(wattle_type type, size_t i) {
    if (i >= wattle_type_result_count(type))
        return (wattle_valtype){0};
    return wt_api_valtype_out(type.owner, typedef_results(type_def(type))[i]);
}

size_t wattle_type_field_count(wattle_type type) {
    const TypeDef *d = type_def(type);
    return d && (d->kind == TYPE_struct || d->kind == TYPE_array) ? d->param_count : 0;
}

wattle_valtype wattle_type_field(wattle_type type, size_t i, bool *is_mutable) {
    if (i >= wattle_type_field_count(type))
        return (wattle_valtype){0};
    const FieldType *f = &type_def(type)->fields[i];
    if (is_mutable)
        *is_mutable = f->mutable_;
    return wt_api_valtype_out(type.owner, f->type);
}

bool wattle_type_super(wattle_type type, wattle_type *super) {
    const TypeDef *d = type_def(type);
    if (!d || d->super == TYPE_none)
        return false;
    *super = (wattle_type){type.owner, d->super};
    return true;
}

bool wattle_type_is_final(wattle_type type) {
    const TypeDef *d = type_def(type);
    return d && d->final;
}

wattle_type wattle_type_named(wattle_type owner, wattle_valtype type) {
    bool named = type.kind >= WATTLE_FUNCREF && type.kind <= WATTLE_CONTREF &&
                 type.heap == WATTLE_HEAP_INDEX;
    wattle_type t = {owner.owner, type.index};
    return named && type_def(t) ? t : (wattle_type){0};
}

/* ---- imports and exports ---- */

static wattle_limits limits_out(const Limits *l) {
    return (wattle_limits){.min = l->min,
                           .max = l->has_max ? l->max : 0,
                           .has_max = l->has_max,
                           .is64 = l->is64,
                           .shared = l->shared,
                           .page_log2 = l->page_log2};
}

static wattle_extern_type item_type(const Module *m, ExternKind kind, uint32_t item) {
    wattle_extern_type t = {.kind = (wattle_extern_kind)kind};
    switch (kind) {
    case EXTERN_func:
        t.type = (wattle_type){m, m->funcs[item].type};
        break;
    case EXTERN_table:
        t.value = wt_api_valtype_out(m, m->tables[item].type);
        t.limits = limits_out(&m->tables[item].limits);
        break;
    case EXTERN_memory:
        t.limits = limits_out(&m->memories[item].limits);
        break;
    case EXTERN_global:
        t.value = wt_api_valtype_out(m, m->globals[item].type);
        t.is_mutable = m->globals[item].mutable_;
        break;
    case EXTERN_tag:
        t.type = (wattle_type){m, m->tags[item].type};
        break;
    }
    return t;
}

size_t wattle_module_import_count(const wattle_module *module) {
    return module->module.import_count;
}
size_t wattle_module_export_count(const wattle_module *module) {
    return module->module.export_count;
}
size_t wattle_module_type_count(const wattle_module *module) { return module->module.type_count; }
size_t wattle_module_func_count(const wattle_module *module) { return module->module.func_count; }

wattle_import wattle_module_import(const wattle_module *module, size_t i) {
    const Module *m = &module->module;
    if (i >= m->import_count)
        return (wattle_import){0};
    const Import *import = &m->imports[i];
    return (wattle_import){string_of(import->module), string_of(import->name),
                           item_type(m, (ExternKind)import->kind, import->item)};
}

wattle_export wattle_module_export(const wattle_module *module, size_t i) {
    const Module *m = &module->module;
    if (i >= m->export_count)
        return (wattle_export){0};
    const Export *e = &m->exports[i];
    return (wattle_export){string_of(e->name), item_type(m, (ExternKind)e->kind, e->item), e->item};
}

wattle_type wattle_module_type(const wattle_module *module, size_t i) {
    return i < module->module.type_count ? (wattle_type){&module->module, (uint32_t)i}
                                         : (wattle_type){0};
}

size_t wattle_module_custom_count(const wattle_module *module) {
    return module->module.custom_count;
}

wattle_custom wattle_module_custom(const wattle_module *module, size_t i) {
    const Module *m = &module->module;
    if (i >= m->custom_count)
        return (wattle_custom){0};
    return (wattle_custom){string_of(m->customs[i].name), string_of(m->customs[i].bytes)};
}

wattle_string wattle_module_name(const wattle_module *module) {
    Slice sub = module->module.names.sub[NAME_module];
    Reader r = reader_of(sub.data, sub.len);
    uint32_t len = sub.data ? read_u32(&r) : 0;
    const uint8_t *at = sub.data ? read_bytes(&r, len) : NULL;
    return at ? (wattle_string){(const char *)at, len} : (wattle_string){0};
}

wattle_string wattle_module_func_name(const wattle_module *module, uint32_t index) {
    const Module *m = &module->module;
    Slice name = wt_names_find(m, NAME_func, index);
    for (uint32_t i = 0; !name.data && i < m->export_count; i++)
        if (m->exports[i].kind == EXTERN_func && m->exports[i].item == index)
            name = m->exports[i].name;
    return string_of(name);
}

/* ---- of things in a store ---- */

wattle_limits wattle_memory_limits(const wattle_store *store, wattle_memory memory) {
    const MemInst *m = API_MEMORY(store, memory);
    if (!m)
        return (wattle_limits){0};
    wattle_limits l = limits_out(&m->limits);
    l.min = wattle_memory_pages(store, memory);
    return l;
}

wattle_limits wattle_table_limits(const wattle_store *store, wattle_table table) {
    const TableInst *t = API_TABLE(store, table);
    if (!t)
        return (wattle_limits){0};
    wattle_limits l = limits_out(&t->limits);
    l.min = t->len;
    return l;
}

wattle_valtype wattle_table_element(const wattle_store *store, wattle_table table) {
    const TableInst *t = API_TABLE(store, table);
    return t ? wt_api_valtype_out(store_types(store), t->type) : (wattle_valtype){0};
}

wattle_valtype wattle_global_type(const wattle_store *store, wattle_global global,
                                  bool *is_mutable) {
    const GlobalRef *g = API_GLOBAL(store, global);
    if (is_mutable)
        *is_mutable = g && g->mutable_;
    return g ? wt_api_valtype_out(store_types(store), g->type) : (wattle_valtype){0};
}

wattle_type wattle_func_type(const wattle_store *store, wattle_func func) {
    const FuncInst *f = API_FUNC(store, func);
    return f ? (wattle_type){store_types(store), f->type_id} : (wattle_type){0};
}

wattle_type wattle_tag_type(const wattle_store *store, wattle_tag tag) {
    const TagInst *t = API_TAG(store, tag);
    return t ? (wattle_type){store_types(store), t->type_id} : (wattle_type){0};
}

wattle_type wattle_instance_type(const wattle_store *store, wattle_instance instance, size_t i) {
    const Instance *in = API_INSTANCE(store, instance);
    return in && i < in->code->module->type_count
               ? (wattle_type){store_types(store), in->code->type_ids[i]}
               : (wattle_type){0};
}

wattle_extern_type wattle_extern_get_type(const wattle_store *store, wattle_extern item) {
    wattle_extern_type t = {.kind = item.kind};
    switch (item.kind) {
    case WATTLE_EXTERN_FUNC:
        t.type = wattle_func_type(store, item.of.func);
        break;
    case WATTLE_EXTERN_TABLE:
        t.value = wattle_table_element(store, item.of.table);
        t.limits = wattle_table_limits(store, item.of.table);
        break;
    case WATTLE_EXTERN_MEMORY:
        t.limits = wattle_memory_limits(store, item.of.memory);
        break;
    case WATTLE_EXTERN_GLOBAL:
        t.value = wattle_global_type(store, item.of.global, &t.is_mutable);
        break;
    case WATTLE_EXTERN_TAG:
        t.type = wattle_tag_type(store, item.of.tag);
        break;
    }
    return t;
}

bool wattle_func_is(const wattle_store *store, wattle_func func, const char *signature) {
    const FuncInst *f = API_FUNC(store, func);
    if (!f)
        return false;
    const TypeDef *d = types_def(&store->run->types, f->type_id);
    const char *c = signature;
    ValType t;
    for (uint32_t i = 0; i < d->param_count; i++, c++)
        if (!wt_api_letter(*c, &t) || t != d->params[i])
            return false;
    if (*c++ != ':')
        return false;
    for (uint32_t i = 0; i < d->result_count; i++, c++)
        if (!wt_api_letter(*c, &t) || t != typedef_results(d)[i])
            return false;
    return !*c;
}
