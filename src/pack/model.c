/* From a module to what JavaScript sees: the items, their types without clauses, and whether the
   clauses fit the functions. */
#include "pack/model.h"

#include "base/check.h"

/* ---- names ---- */

bool wt_pack_is_identifier(Slice name) {
    if (!name.len || (name.data[0] >= '0' && name.data[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '$'))
            return false;
    }
    return true;
}

bool wt_pack_is_reserved(Slice name) {
    static const char words[] =
        " arguments await break case catch class const continue debugger default delete do else "
        "enum eval export extends false finally for function if implements import in instanceof "
        "interface let new null package private protected public return static super switch this "
        "throw true try typeof undefined var void while with yield ";
    char spaced[24];
    if (name.len > sizeof spaced - 3)
        return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, name.data, name.len);
    memcpy(spaced + 1 + name.len, " ", 2);
    return strstr(words, spaced) != NULL;
}

/* The name with `_` for what no identifier may hold. */
static Slice to_identifier(BindModel *b, Slice name) {
    if (wt_pack_is_identifier(name))
        return name;
    uint8_t *copy = arena_alloc(b->arena, name.len + 1);
    if (!copy)
        return slice_str("_");
    size_t n = 0;
    if (!name.len || (name.data[0] >= '0' && name.data[0] <= '9'))
        copy[n++] = '_';
    for (size_t i = 0; i < name.len; i++)
        copy[n++] = wt_pack_is_identifier(slice(name.data + i, 1)) ||
                            (name.data[i] >= '0' && name.data[i] <= '9')
                        ? name.data[i]
                        : '_';
    return slice(copy, n);
}

/* ---- types ---- */

static ValType model_address_type(const BindModel *b) { return b->is64 ? VAL_i64 : VAL_i32; }

static void flat_push(Flat *out, ValType type) {
    if (out->count < PACK_flat)
        out->types[out->count++] = type;
    else
        out->overflow = true;
}

static ValType like_at(const ValType *like, size_t count, uint32_t i, ValType usual) {
    return like && i < count ? like[i] : usual;
}

bool wt_pack_nullable(const BindType *t) {
    switch (t->kind) {
    case BIND_string:
    case BIND_string16:
    case BIND_cstring:
    case BIND_list:
    case BIND_class:
    case BIND_record:
        return true;
    default:
        return false;
    }
}

const char *wt_pack_array(const BindType *of) {
    static const char *const names[BIND_scalars] = {
        [BIND_u8] = "Uint8Array",    [BIND_s8] = "Int8Array",     [BIND_u16] = "Uint16Array",
        [BIND_s16] = "Int16Array",   [BIND_u32] = "Uint32Array",  [BIND_s32] = "Int32Array",
        [BIND_f32] = "Float32Array", [BIND_f64] = "Float64Array", [BIND_u64] = "BigUint64Array",
        [BIND_s64] = "BigInt64Array"};
    return of->kind < BIND_scalars && !of->number ? names[of->kind] : NULL;
}

static bool is_externref(ValType t) { return valtype_is_ref(t) && valtype_heap(t) == HEAP_extern; }

void wt_pack_flat(const BindModel *b, const BindType *t, const ValType *like, size_t like_count,
                  Flat *out) {
    if (!t)
        return;
    ValType here = like_at(like, like_count, out->count, VAL_bot);
    switch (t->kind) {
    case BIND_u64:
    case BIND_s64:
        flat_push(out, VAL_i64);
        return;
    case BIND_f32:
        flat_push(out, VAL_f32);
        return;
    case BIND_f64:
        flat_push(out, VAL_f64);
        return;
    case BIND_any:
        flat_push(out, is_externref(here) ? here : VAL_externref);
        return;
    case BIND_class:
        flat_push(out, is_externref(here) ? here : model_address_type(b));
        return;
    case BIND_callback:
        flat_push(out, is_externref(here) ? here : VAL_i32);
        return;
    case BIND_func:
    case BIND_none:
        flat_push(out, here);
        return;
    case BIND_string:
    case BIND_string16:
    case BIND_list:
        flat_push(out, model_address_type(b));
        flat_push(out, model_address_type(b));
        return;
    case BIND_view:
        flat_push(out, model_address_type(b));
        if (!t->length.len)
            flat_push(out, model_address_type(b));
        return;
    case BIND_cstring:
    case BIND_record:
        flat_push(out, model_address_type(b));
        return;
    case BIND_option:
        if (!wt_pack_nullable(t->of))
            flat_push(out, VAL_i32);
        wt_pack_flat(b, t->of, like, like_count, out);
        return;
    case BIND_result:
        flat_push(out, VAL_i32);
        wt_pack_flat(b, t->of, like, like_count, out);
        wt_pack_flat(b, t->error, like, like_count, out);
        return;
    default:
        flat_push(out, VAL_i32);
        return;
    }
}

/* As C lays out the flat values one behind the other. */
uint32_t wt_pack_size(const BindModel *b, const BindType *t, uint32_t *alignment) {
    static const uint8_t scalars[BIND_scalars] = {
        [BIND_bool] = 1, [BIND_char] = 4, [BIND_u8] = 1,  [BIND_s8] = 1,
        [BIND_u16] = 2,  [BIND_s16] = 2,  [BIND_u32] = 4, [BIND_s32] = 4,
        [BIND_u64] = 8,  [BIND_s64] = 8,  [BIND_f32] = 4, [BIND_f64] = 8};
    uint32_t address = b->is64 ? 8 : 4;
    if (t->kind < BIND_scalars)
        return *alignment = scalars[t->kind];
    switch (t->kind) {
    case BIND_record:
        *alignment = t->def->alignment;
        return t->def->size;
    case BIND_string:
    case BIND_string16:
    case BIND_list:
        *alignment = address;
        return 2 * address;
    case BIND_option:
        if (wt_pack_nullable(t->of) && t->of->kind != BIND_record)
            return wt_pack_size(b, t->of, alignment);
        {
            uint32_t size = wt_pack_size(b, t->of, alignment);
            *alignment = *alignment < 4 ? 4 : *alignment;
            return (*alignment + size + *alignment - 1) / *alignment * *alignment;
        }
    case BIND_enum:
        return *alignment = 4;
    default:
        return *alignment = address;
    }
}

/* ---- resolving ---- */

static bool bind_error(BindModel *b, uint32_t at, uint32_t len, const char *text, Slice name) {
    wt_diag_add(b->d, ERR_bind_type, at, len, text, (int)name.len, (const char *)name.data);
    return false;
}

static bool bad_type(BindModel *b, const BindType *t, const char *text) {
    wt_diag_add(b->d, ERR_bind_type, t->at, 0, "%s", text);
    return false;
}

static bool in_memory(const BindType *t) {
    return t->kind < BIND_any || t->kind == BIND_enum || t->kind == BIND_record ||
           t->kind == BIND_list || t->kind == BIND_class ||
           (t->kind == BIND_option && t->of->kind != BIND_option && in_memory(t->of));
}

static bool resolve_sig(BindModel *b, const BindSig *sig);

/* Types are const for everybody else. */
static bool resolve_type(BindModel *b, const BindType *type, unsigned depth) {
    if (!type)
        return true;
    BindType *t = (BindType *)(uintptr_t)type;
    if (t->kind == BIND_named) {
        for (BindDef *d = b->defs; d; d = d->next)
            if (slice_eq(d->name, t->name)) {
                t->kind = d->kind;
                t->def = d;
            }
        if (t->kind == BIND_named) {
            wt_diag_add(b->d, ERR_bind_name, t->at, t->name.len, "no type %.*s", (int)t->name.len,
                        (const char *)t->name.data);
            return false;
        }
    }
    if (t->sig)
        return resolve_sig(b, t->sig);
    if (!resolve_type(b, t->of, depth + 1) || !resolve_type(b, t->error, depth + 1))
        return false;
    if ((t->kind == BIND_list || t->kind == BIND_view) && !in_memory(t->of))
        return bad_type(b, t, "such elements cannot lie in a memory");
    if (t->kind == BIND_view && (t->of->kind == BIND_bool || t->of->kind == BIND_char ||
                                 t->of->kind >= BIND_scalars || t->of->number))
        return bad_type(b, t, "a view has numbers as elements");
    if (t->kind == BIND_option &&
        (t->of->kind == BIND_option || t->of->kind == BIND_result || t->of->kind == BIND_view))
        return bad_type(b, t, "this cannot be optional");
    if (t->kind == BIND_result && depth)
        return bad_type(b, t, "only a whole result can be `result`");
    return true;
}

static bool resolve_sig(BindModel *b, const BindSig *sig) {
    bool ok = resolve_type(b, sig->result, 0);
    for (uint32_t i = 0; i < sig->param_count; i++) {
        ok = resolve_type(b, sig->params[i].type, 1) && ok;
        if (ok && sig->params[i].type->kind == BIND_view)
            ok = bad_type(b, sig->params[i].type, "a view is for results; a parameter is a `list`");
    }
    return ok;
}

/* Fields in order; a record may hold records that were defined before it. */
static bool model_lay_out(BindModel *b, BindDef *def) {
    uint64_t size = 0;
    def->alignment = 1;
    for (uint32_t i = 0; i < def->count; i++) {
        const BindType *t = def->fields[i].type;
        if (!resolve_type(b, t, 1))
            return false;
        if (!in_memory(t))
            return bind_error(b, t->at, 0, "field %.*s cannot lie in a memory",
                              def->fields[i].name);
        if (t->kind == BIND_record && !t->def->alignment)
            return bind_error(b, t->at, (uint32_t)t->name.len,
                              "record %.*s must be defined before it is a field", t->name);
        uint32_t alignment = 1, field = wt_pack_size(b, t, &alignment);
        size = (size + alignment - 1) / alignment * alignment + field;
        def->alignment = alignment > def->alignment ? alignment : def->alignment;
    }
    size = (size + def->alignment - 1) / def->alignment * def->alignment;
    if (size > 1 << 20)
        return bind_error(b, def->at, 0, "record %.*s is larger than 1 MiB", def->name);
    def->size = (uint32_t)size;
    return true;
}

/* ---- without clauses ---- */

static const BindType *plain_type(BindModel *b, ValType t) {
    BindType *type = ARENA_NEW(b->arena, BindType);
    if (!type)
        return NULL;
    type->kind = BIND_none;
    switch (valtype_kind(t)) {
    case VAL_i32:
        type->kind = BIND_s32;
        break;
    case VAL_i64:
        type->kind = BIND_s64;
        break;
    case VAL_f32:
        type->kind = BIND_f32;
        break;
    case VAL_f64:
        type->kind = BIND_f64;
        break;
    case VAL_ref:
        switch (wt_type_heap_top(b->m, valtype_heap(t))) {
        case HEAP_extern:
        case HEAP_any:
            type->kind = BIND_any;
            break;
        case HEAP_func:
            type->kind = BIND_func;
            break;
        default:
            break;
        }
        break;
    default:
        break;
    }
    return type;
}

/* "p3" */
static Slice made_name(BindModel *b, uint32_t i) {
    Buf text;
    wt_buf_init(&text, b->arena->allocator);
    buf_str(&text, "p");
    wt_buf_dec(&text, i);
    Slice name = text.failed ? (Slice){NULL, 0} : wt_arena_copy(b->arena, text.data, text.len);
    b->arena->failed |= !name.data;
    wt_buf_free(&text);
    return name;
}

/* The name of parameter i, from the name section. */
static Slice param_name(BindModel *b, uint32_t func, uint32_t i) {
    NameWalk outer = wt_names_walk(b->m->names.sub[NAME_local]), inner;
    uint32_t index;
    Slice name;
    while (wt_names_next_outer(&outer, &index, &inner))
        if (index == func)
            while (wt_names_next(&inner, &index, &name))
                if (index == i && name.len)
                    return to_identifier(b, name);
    return made_name(b, i);
}

/* Names of parameters that are no names of JavaScript, or twice there, are made anew. */
static void settle_names(BindModel *b, BindSig *sig) {
    for (uint32_t i = 0; i < sig->param_count; i++) {
        Slice *name = &sig->params[i].name;
        bool bad = !wt_pack_is_identifier(*name) || wt_pack_is_reserved(*name) ||
                   name->data[0] == '$'; /* `$` begins the names of the glue */
        for (uint32_t k = 0; k < i && !bad; k++)
            bad = slice_eq(sig->params[k].name, *name);
        if (bad)
            *name = made_name(b, i);
    }
}

static const BindSig *plain_sig(BindModel *b, const BindItem *it) {
    BindSig *sig = ARENA_NEW(b->arena, BindSig);
    if (!sig)
        return NULL;
    sig->param_count = it->type->param_count;
    sig->params = ARENA_ARRAY(b->arena, BindParam, sig->param_count);
    for (uint32_t i = 0; sig->params && i < sig->param_count; i++)
        sig->params[i] =
            (BindParam){param_name(b, it->item, i), plain_type(b, it->type->params[i])};
    if (it->type->result_count == 1)
        sig->result = plain_type(b, typedef_results(it->type)[0]);
    if (sig->params)
        settle_names(b, sig);
    return b->arena->failed ? NULL : sig;
}

/* ---- fitting ---- */

/* Which wasm types a signature would need, for the message. */
static bool does_not_fit(BindModel *b, const BindItem *it, const Flat *params,
                         const Flat *results) {
    Buf want, has;
    wt_buf_init(&want, b->arena->allocator);
    wt_buf_init(&has, b->arena->allocator);
    wt_type_print_list(&want, params->types, params->count);
    buf_str(&want, " -> ");
    wt_type_print_list(&want, results->types, results->count);
    wt_type_print_list(&has, it->type->params, it->type->param_count);
    buf_str(&has, " -> ");
    wt_type_print_list(&has, typedef_results(it->type), it->type->result_count);
    if (want.failed || has.failed)
        wt_diag_oom(b->d);
    else {
        DiagEntry *e = wt_diag_add(b->d, ERR_bind_type, it->at, it->name.len,
                                   "function \"%.*s\" is %.*s, this clause needs %.*s",
                                   (int)it->name.len, (const char *)it->name.data, (int)has.len,
                                   (const char *)has.data, (int)want.len, (const char *)want.data);
        if (results->count > 1)
            wt_diag_note(b->d, e, DIAG_NOWHERE, 0,
                         "or no results, and one more parameter: where they are put");
    }
    wt_buf_free(&want);
    wt_buf_free(&has);
    return false;
}

static bool model_same_types(const Flat *a, const ValType *types, uint32_t count) {
    if (a->overflow || a->count != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (a->types[i] != types[i] && !(is_externref(a->types[i]) && is_externref(types[i])))
            return false;
    return true;
}

static bool needs_memory(const BindType *t) {
    return t && (wt_pack_nullable(t)
                     ? t->kind != BIND_class
                     : t->kind == BIND_view || needs_memory(t->of) || needs_memory(t->error));
}

/* Whether values of this type are put into the guest's memory when JavaScript gives them. */
static bool needs_alloc(const BindType *t) {
    return t && t->kind != BIND_class &&
           (wt_pack_nullable(t) || needs_alloc(t->of) ||
            (t->kind == BIND_result && needs_alloc(t->error)));
}

static bool memory_for(BindModel *b, const BindItem *it, bool alloc) {
    if (!b->has_memory)
        return bind_error(b, it->at, (uint32_t)it->name.len,
                          "\"%.*s\" needs a memory that the module exports or imports", it->name);
    if (alloc && !b->alloc) {
        DiagEntry *e = wt_diag_add(b->d, ERR_bind_type, it->at, it->name.len,
                                   "\"%.*s\" needs a function of the module that allocates",
                                   (int)it->name.len, (const char *)it->name.data);
        wt_diag_note(b->d, e, DIAG_NOWHERE, 0,
                     "name it by the clause: alloc \"NAME\"; and what frees by: free \"NAME\";");
        return false;
    }
    return true;
}

static bool fit(BindModel *b, BindItem *it, bool is_import) {
    const BindSig *sig = it->sig;
    if (!resolve_sig(b, sig))
        return false;
    if (it->source != SOURCE_callback) /* its parameters have no names */
        settle_names(b, (BindSig *)(uintptr_t)sig);
    const TypeDef *type = it->type;
    Flat params = {.count = 0}, results = {.count = 0};
    bool memory = needs_memory(sig->result), alloc = is_import && needs_alloc(sig->result);
    if (it->source == SOURCE_callback) { /* the function itself comes first */
        flat_push(&params, type->param_count ? type->params[0] : (ValType)VAL_externref);
        if (params.types[0] != VAL_i32 && !is_externref(params.types[0]))
            return does_not_fit(b, it, &params, &results);
    }
    for (uint32_t i = 0; i < sig->param_count; i++) {
        wt_pack_flat(b, sig->params[i].type, type->params, type->param_count, &params);
        memory |= needs_memory(sig->params[i].type);
        alloc |= !is_import && needs_alloc(sig->params[i].type);
    }
    wt_pack_flat(b, sig->result, typedef_results(type), type->result_count, &results);
    bool pair =
        sig->result && (sig->result->kind == BIND_string || sig->result->kind == BIND_string16 ||
                        sig->result->kind == BIND_list ||
                        (sig->result->kind == BIND_view && !sig->result->length.len));
    if (pair && type->result_count == 1 && typedef_results(type)[0] == VAL_i64 && !b->is64) {
        it->packed = true;
        results = (Flat){.types = {VAL_i64}, .count = 1};
    } else if (results.count > 1 && !type->result_count) {
        it->area = true;
        flat_push(&params, model_address_type(b));
        results.count = 0;
        memory = true;
        alloc |= !is_import;
    }
    if (!model_same_types(&params, type->params, type->param_count) ||
        !model_same_types(&results, typedef_results(type), type->result_count))
        return does_not_fit(b, it, &params, &results);
    if (it->role == ROLE_new && (!sig->result || sig->result->def != it->owner))
        return bind_error(b, it->at, 0, "a constructor returns its class, here %.*s",
                          it->owner->name);
    return !memory || memory_for(b, it, alloc);
}

/* ---- all ---- */

static void type_item(BindModel *b, BindItem *it) {
    if (it->kind == EXTERN_func)
        it->type = module_func_type(b->m, it->item);
}

/* An import of "./env.js" is one of an ES module, as engines to come will have it. */
bool wt_pack_is_relative(Slice module) {
    return (module.len > 2 && memcmp(module.data, "./", 2) == 0) ||
           (module.len > 3 && memcmp(module.data, "../", 3) == 0);
}

static bool add_items(BindModel *b) {
    const Module *m = b->m;
    b->imports = ARENA_ARRAY(b->arena, BindItem, m->import_count);
    b->exports = ARENA_ARRAY(b->arena, BindItem, m->export_count);
    if (!b->imports || !b->exports)
        return false;
    for (uint32_t i = 0; i < m->import_count; i++) {
        const Import *im = &m->imports[i];
        b->imports[i] =
            (BindItem){.kind = im->kind, .item = im->item, .module = im->module, .name = im->name};
        if (wt_pack_is_relative(im->module)) {
            b->imports[i].source = SOURCE_module;
            b->imports[i].from = im->module;
        }
        if (slice_is(im->module, "wasi_snapshot_preview1") && im->kind == EXTERN_func)
            b->imports[i].source = SOURCE_wasi;
        type_item(b, &b->imports[i]);
    }
    for (uint32_t i = 0; i < m->export_count; i++) {
        const Export *ex = &m->exports[i];
        b->exports[i] = (BindItem){.kind = ex->kind, .item = ex->item, .name = ex->name};
        type_item(b, &b->exports[i]);
    }
    b->import_count = m->import_count;
    b->export_count = m->export_count;
    return true;
}

static void find_memory(BindModel *b) {
    for (uint32_t i = 0; i < b->export_count && !b->memory; i++)
        if (b->exports[i].kind == EXTERN_memory)
            b->memory = &b->exports[i];
    for (uint32_t i = 0; i < b->import_count && !b->memory; i++)
        if (b->imports[i].kind == EXTERN_memory) {
            b->memory = &b->imports[i];
            b->memory_imported = true;
        }
    if (b->memory && b->memory->kind == EXTERN_memory) {
        b->has_memory = true;
        b->is64 = b->m->memories[b->memory->item].limits.is64;
        b->shared = b->m->memories[b->memory->item].limits.shared;
    }
}

static bool check_helper(BindModel *b, const BindItem *it, uint32_t results, const char *what) {
    if (!it)
        return true;
    bool ok = it->kind == EXTERN_func && it->type->result_count == results &&
              it->type->param_count >= 1 && it->type->param_count <= 3 - results;
    for (uint32_t i = 0; ok && i < it->type->param_count; i++)
        ok = it->type->params[i] == model_address_type(b);
    if (ok && (!results || typedef_results(it->type)[0] == model_address_type(b)))
        return true;
    wt_diag_add(b->d, ERR_bind_type, it->at, it->name.len, "\"%.*s\" is no function for %s",
                (int)it->name.len, (const char *)it->name.data, what);
    return false;
}

static bool is_bare(const BindItem *it) {
    return it->type && !it->type->param_count && !it->type->result_count;
}

/* The names by which WASI starts a program and makes a library ready. */
static bool find_wasi(BindModel *b) {
    bool start_free = true;
    BindItem *program = NULL;
    for (uint32_t i = 0; i < b->import_count; i++)
        b->has_wasi |= b->imports[i].source == SOURCE_wasi;
    for (uint32_t i = 0; i < b->export_count; i++) {
        BindItem *it = &b->exports[i];
        start_free &= !slice_is(it->js.data ? it->js : it->name, "start");
        if (slice_is(it->name, "_initialize") && is_bare(it) && (!it->bound || it->hidden)) {
            it->hidden = true;
            b->initialize = it;
        }
        if (slice_is(it->name, "_start") && is_bare(it) && !it->bound && b->has_wasi)
            program = it;
    }
    if (!program)
        return true;
    BindSig *sig = ARENA_NEW(b->arena, BindSig);
    if (!sig)
        return false;
    sig->result = plain_type(b, VAL_i32);
    program->sig = sig;
    program->starts = true;
    program->js = slice_str(start_free ? "start" : "_start");
    return true;
}

/* What nothing was said of. */
static bool fill_in(BindModel *b) {
    for (uint32_t i = 0; i < b->import_count; i++)
        if (b->imports[i].type && !b->imports[i].sig) {
            b->imports[i].raw = true;
            if (!(b->imports[i].sig = plain_sig(b, &b->imports[i])))
                return false;
        }
    for (uint32_t i = 0; i < b->export_count; i++) {
        BindItem *it = &b->exports[i];
        if (it->type && !it->sig) {
            it->raw = true;
            if (!(it->sig = plain_sig(b, it)))
                return false;
        }
        if (!it->js.data)
            it->js = to_identifier(b, it->name);
    }
    return true;
}

/* Two things of one name in the API. */
static bool check_names(BindModel *b) {
    for (uint32_t i = 0; i < b->export_count; i++)
        for (uint32_t k = 0; k < i; k++) {
            const BindItem *x = &b->exports[i], *y = &b->exports[k];
            if (x->hidden || y->hidden || x->owner != y->owner || !slice_eq(x->js, y->js))
                continue;
            DiagEntry *e = wt_diag_add(
                b->d, ERR_bind_name, x->bound ? x->at : DIAG_NOWHERE, x->bound ? x->name.len : 0,
                "exports \"%.*s\" and \"%.*s\" would both be called %.*s", (int)y->name.len,
                (const char *)y->name.data, (int)x->name.len, (const char *)x->name.data,
                (int)x->js.len, (const char *)x->js.data);
            wt_diag_note(b->d, e, DIAG_NOWHERE, 0,
                         "give one of them another name: export \"%.*s\" as NAME;",
                         (int)x->name.len, (const char *)x->name.data);
            return false;
        }
    return true;
}

static bool hide_free(BindModel *b) {
    for (BindDef *d = b->defs; d; d = d->next) {
        if (d->kind != BIND_class || !d->free.len)
            continue;
        bool found = false;
        for (uint32_t i = 0; i < b->export_count; i++)
            if (slice_eq(b->exports[i].name, d->free) && b->exports[i].kind == EXTERN_func) {
                found = b->exports[i].type->param_count == 1;
                b->exports[i].hidden |= !b->exports[i].bound;
            }
        if (!found)
            return bind_error(b, d->at, (uint32_t)d->name.len,
                              "the module exports no function \"%.*s\" of one parameter", d->free);
    }
    return true;
}

/* What linkers export for themselves: nothing that JavaScript wants, unless a clause names it. */
static void hide_bounds(BindModel *b) {
    static const char *const names[] = {"__data_end", "__heap_base"};
    for (uint32_t i = 0; i < b->export_count; i++)
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            b->exports[i].hidden |= b->exports[i].kind == EXTERN_global && !b->exports[i].bound &&
                                    slice_is(b->exports[i].name, names[k]);
}

bool wt_pack_model(BindModel *b, const Module *m, Slice clauses, Arena *arena, Diag *d) {
    *b = (BindModel){.m = m, .arena = arena, .d = d, .text = clauses};
    bool ok = add_items(b) && (!clauses.len || wt_pack_clauses(b));
    find_memory(b);
    hide_bounds(b);
    for (BindDef *def = b->defs; ok && def; def = def->next)
        if (def->kind == BIND_record)
            ok = model_lay_out(b, def);
    ok = ok && hide_free(b) &&
         check_helper(b, b->alloc, 1, "allocating: SIZE, or SIZE and ALIGNMENT, to an address") &&
         check_helper(b, b->free, 0, "freeing: ADDRESS, and perhaps SIZE and ALIGNMENT") &&
         find_wasi(b) && fill_in(b);
    for (uint32_t i = 0; ok && i < b->import_count; i++)
        if (b->imports[i].type && !b->imports[i].raw)
            ok = fit(b, &b->imports[i], true);
    for (uint32_t i = 0; ok && i < b->export_count; i++)
        if (b->exports[i].type && !b->exports[i].raw && !b->exports[i].hidden &&
            !b->exports[i].starts)
            ok = fit(b, &b->exports[i], false);
    ok = ok && check_names(b);
    if (arena->failed)
        wt_diag_oom(d);
    return ok && !d->errors;
}

Slice wt_pack_own_clauses(const Module *m, Arena *arena) {
    size_t size = 0;
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (slice_is(m->customs[i].name, "wattle.bind"))
            size += m->customs[i].bytes.len + 1;
    uint8_t *text = size ? arena_alloc(arena, size) : NULL;
    if (!text)
        return (Slice){NULL, 0};
    size_t at = 0;
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (slice_is(m->customs[i].name, "wattle.bind")) {
            memcpy(text + at, m->customs[i].bytes.data, m->customs[i].bytes.len);
            at += m->customs[i].bytes.len;
            text[at++] = '\n';
        }
    return slice(text, size);
}
