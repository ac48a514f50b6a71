/* The module around the bodies: types, limits, indices, segments, exports, start. In section order,
   each item checked though another one was wrong, as long as what follows can be looked at: an
   unknown type in the type section or in an index space ends the check. */
#include "valid/valid.h"

#include "base/map.h"
#include "valid/body.h"

typedef struct Check {
    Module *m;
    Diag *d;
    Walk walk;         /* for constant expressions */
    uint8_t *declared; /* bitmap: functions that ref.func may name */
    bool unsafe;       /* an index space names an unknown type: no body may be looked at */
    bool tail_calls;
} Check;

static void bad(Check *k, ErrorCode code, uint32_t at, const char *detail, ...) WT_PRINTF(4, 5);
static void bad(Check *k, ErrorCode code, uint32_t at, const char *detail, ...) {
    Buf b;
    wt_buf_init(&b, k->m->arena.allocator);
    va_list args;
    va_start(args, detail);
    if (detail)
        wt_buf_vprintf(&b, detail, args);
    va_end(args);
    buf_u8(&b, 0);
    if (b.failed)
        wt_diag_oom(k->d);
    else
        wt_diag_add(k->d, code, at, 1, detail ? "%s" : NULL, (const char *)b.data);
    wt_buf_free(&b);
}

/* "unknown function 7: there are 3 functions" */
static bool index_known(Check *k, ErrorCode code, uint32_t index, uint32_t count, uint32_t at,
                        const char *what) {
    if (index < count)
        return true;
    if (count == 0)
        bad(k, code, at, " %u: there is no %s", (unsigned)index, what);
    else
        bad(k, code, at, " %u: the last %s is number %u", (unsigned)index, what,
            (unsigned)count - 1);
    return false;
}

static bool limit(Check *k, uint64_t have, uint64_t most, const char *what, uint32_t at) {
    if (have <= most)
        return true;
    bad(k, ERR_limit, at, ": %llu %s, at most %llu are allowed", (unsigned long long)have, what,
        (unsigned long long)most);
    return false;
}

/* ---- types ---- */

/* An index inside a type must be before the end of its recursion group. */
static bool type_index(Check *k, uint32_t index, uint32_t end, uint32_t at) {
    if (index < end)
        return true;
    if (index < k->m->type_count)
        bad(k, ERR_unknown_type, at, " %u: it is defined later, in another recursion group",
            (unsigned)index);
    else
        index_known(k, ERR_unknown_type, index, k->m->type_count, at, "type");
    return false;
}

static bool type_value(Check *k, ValType t, uint32_t end, uint32_t at) {
    return !valtype_indexed(t) || type_index(k, valtype_heap(t), end, at);
}

static bool type_parts(Check *k, const TypeDef *t, uint32_t end) {
    bool ok = true;
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        ok =
            limit(k, t->param_count, k->m->bounds.params, "parameters of a function type", t->at) &&
            limit(k, t->result_count, k->m->bounds.results, "results of a function type", t->at);
        for (uint32_t i = 0; i < t->param_count + t->result_count && ok; i++)
            ok = type_value(k, t->params[i], end, t->at);
        if (ok && t->result_count > 1 && !module_has(k->m, FEATURE_multi_value)) {
            bad(k, ERR_result_arity, t->at, ": more than one result needs the feature multi-value");
            ok = false;
        }
        return ok;
    case TYPE_struct:
    case TYPE_array:
        ok = limit(k, t->param_count, k->m->bounds.fields, "fields of a struct type", t->at);
        for (uint32_t i = 0; i < t->param_count && ok; i++)
            ok = type_value(k, t->fields[i].type, end, t->at);
        return ok;
    case TYPE_cont:
        return type_index(k, t->cont, end, t->at);
    }
    return ok;
}

static bool field_matches(const Module *m, const FieldType *a, const FieldType *b) {
    if (a->mutable_ != b->mutable_)
        return false;
    if (a->mutable_ || valtype_packed(a->type) || valtype_packed(b->type))
        return wt_type_is_equal(m, a->type, b->type);
    return wt_type_is_sub(m, a->type, b->type);
}

/* The structure of a fits where b is expected. */
static bool type_matches(const Module *m, const TypeDef *a, const TypeDef *b) {
    if (a->kind != b->kind)
        return false;
    switch ((TypeKind)a->kind) {
    case TYPE_func:
        if (a->param_count != b->param_count || a->result_count != b->result_count)
            return false;
        for (uint32_t i = 0; i < a->param_count; i++)
            if (!wt_type_is_sub(m, b->params[i], a->params[i]))
                return false;
        for (uint32_t i = 0; i < a->result_count; i++)
            if (!wt_type_is_sub(m, typedef_results(a)[i], typedef_results(b)[i]))
                return false;
        return true;
    case TYPE_struct:
        if (a->param_count < b->param_count)
            return false;
        for (uint32_t i = 0; i < b->param_count; i++)
            if (!field_matches(m, &a->fields[i], &b->fields[i]))
                return false;
        return true;
    case TYPE_array:
        return field_matches(m, a->fields, b->fields);
    case TYPE_cont:
        return wt_type_heap_is_sub(m, a->cont, b->cont);
    }
    return false;
}

static const char *super_hint(const TypeDef *t, const TypeDef *super) {
    static const char *const kinds[] = {"a function", "a struct", "an array", "a continuation"};
    if (super->final)
        return "that type is final; declare it (sub ...)";
    if (t->kind != super->kind)
        return kinds[super->kind];
    if (t->kind == TYPE_struct && t->param_count < super->param_count)
        return "that type has more fields";
    if (t->kind == TYPE_func &&
        (t->param_count != super->param_count || t->result_count != super->result_count))
        return "that type has another number of parameters or results";
    return t->kind == TYPE_func ? "parameters may only widen, results only narrow"
                                : "immutable fields may only narrow, mutable ones must be the same";
}

static void check_super(Check *k, uint32_t index) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    if (t->super == TYPE_none)
        return;
    const TypeDef *super = &m->types[t->super];
    bool fits = !super->final && type_matches(m, t, super) &&
                (super->descriptor == TYPE_none || t->descriptor != TYPE_none) &&
                (super->describes == TYPE_none) == (t->describes == TYPE_none);
    if (!fits) {
        const char *hint = super_hint(t, super);
        if (!super->final && type_matches(m, t, super))
            hint = "a type and its supertype have descriptors alike";
        DiagEntry *e =
            wt_diag_add(k->d, ERR_sub_type, t->at, 1, " %u does not match super type %u: %s%s",
                        (unsigned)index, (unsigned)t->super, hint,
                        t->kind != super->kind && !super->final ? " is its supertype" : "");
        wt_diag_note(k->d, e, super->at, 1, "type %u is here", (unsigned)t->super);
    }
}

/* Supertypes come before their subtypes, and chains are short: afterwards types can be compared in
   bounded time. */
static bool check_depths(Check *k) {
    Module *m = k->m;
    uint32_t *depths = ARENA_ARRAY(&m->arena, uint32_t, m->type_count);
    if (!depths) {
        wt_diag_oom(k->d);
        return false;
    }
    for (uint32_t i = 0; i < m->type_count; i++) {
        const TypeDef *t = &m->types[i];
        if (t->super == TYPE_none)
            continue;
        if (t->super >= i) {
            bad(k, ERR_unknown_type, t->at, " %u: a supertype must be defined before",
                (unsigned)t->super);
            return false;
        }
        depths[i] = depths[t->super] + 1;
        if (!limit(k, depths[i], m->bounds.subtype_depth, "levels of subtypes", t->at))
            return false;
    }
    return true;
}

/* ---- custom descriptors ---- */

/* `describes` and `descriptor` clauses: both in one recursion group, structs, and each names the
   other. */
static void check_clauses(Check *k, uint32_t index) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    uint32_t start = t->rec_start, end = t->rec_start + t->rec_count;
    uint32_t by = t->descriptor, of = t->describes;
    if (by != TYPE_none) {
        if (by < start || by >= end)
            bad(k, ERR_descriptor_outside, t->at, NULL);
        else if (t->kind != TYPE_struct)
            bad(k, ERR_descriptor_struct, t->at, ": type %u has one", (unsigned)index);
        else if (m->types[by].describes != index && by > index)
            bad(k, ERR_not_described, t->at, ": type %u does not describe type %u", (unsigned)by,
                (unsigned)index);
    }
    if (of != TYPE_none) {
        if (of < start || of >= end)
            bad(k, ERR_described_outside, t->at, NULL);
        else if (of >= index)
            bad(k, ERR_described_forward, t->at, ": type %u must come before type %u", (unsigned)of,
                (unsigned)index);
        else if (t->kind != TYPE_struct)
            bad(k, ERR_described_struct, t->at, ": type %u describes one", (unsigned)index);
        else if (m->types[of].descriptor != index)
            bad(k, ERR_described_not_by, t->at, ": type %u has not the descriptor %u", (unsigned)of,
                (unsigned)index);
    }
}

/* The clauses of a type and its supertype, when both have them: a square of subtypes. */
static void check_square(Check *k, uint32_t index) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    if (t->super == TYPE_none)
        return;
    const TypeDef *super = &m->types[t->super];
    if (t->describes != TYPE_none && super->describes != TYPE_none &&
        !wt_type_heap_is_sub(m, t->describes, super->describes))
        bad(k, ERR_described_match, t->at, " %u does not match %u, which its supertype describes",
            (unsigned)t->describes, (unsigned)super->describes);
    if (t->descriptor != TYPE_none && super->descriptor != TYPE_none &&
        !wt_type_heap_is_sub(m, t->descriptor, super->descriptor))
        bad(k, ERR_descriptor_match, t->at, " %u does not match %u, its supertype's descriptor",
            (unsigned)t->descriptor, (unsigned)super->descriptor);
}

/* Every index is known: then types can be compared. */
static bool check_type_indices(Check *k) {
    const Module *m = k->m;
    uint32_t errors = k->d->errors;
    for (uint32_t i = 0; i < m->type_count; i++) {
        const TypeDef *t = &m->types[i];
        uint32_t end = t->rec_start + t->rec_count;
        if (!type_parts(k, t, end) ||
            (t->super != TYPE_none && !type_index(k, t->super, end, t->at)))
            continue;
        if (t->descriptor != TYPE_none || t->describes != TYPE_none)
            check_clauses(k, i);
    }
    return k->d->errors == errors;
}

/* false: the types cannot be used, so nothing else is checked. */
static bool check_types(Check *k) {
    Module *m = k->m;
    if (!check_type_indices(k) || !check_depths(k))
        return false;
    if (!wt_type_canonicalise(m)) {
        wt_diag_oom(k->d);
        return false;
    }
    uint32_t errors = k->d->errors;
    for (uint32_t i = 0; i < m->type_count; i++) {
        const TypeDef *t = &m->types[i];
        check_super(k, i);
        if (t->kind == TYPE_cont && m->types[t->cont].kind != TYPE_func)
            bad(k, ERR_type_mismatch, t->at, ": type %u is not a function type", (unsigned)t->cont);
    }
    for (uint32_t i = 0; i < m->type_count && k->d->errors == errors; i++)
        check_square(k, i);
    return k->d->errors == errors;
}

/* ---- items ---- */

static bool func_type_index(Check *k, uint32_t type, uint32_t at) {
    if (!index_known(k, ERR_unknown_type, type, k->m->type_count, at, "type")) {
        k->unsafe = true;
        return false;
    }
    if (k->m->types[type].kind == TYPE_func)
        return true;
    bad(k, ERR_type_mismatch, at, ": type %u is not a function type", (unsigned)type);
    k->unsafe = true;
    return false;
}

static void check_valtype(Check *k, ValType t, uint32_t at) {
    if (!type_value(k, t, k->m->type_count, at))
        k->unsafe = true;
}

static void check_order(Check *k, const Limits *l, uint32_t at) {
    if (l->has_max && l->min > l->max)
        bad(k, ERR_limits_order, at, ": %llu is greater than %llu", (unsigned long long)l->min,
            (unsigned long long)l->max);
}

static void check_memory(Check *k, uint32_t index) {
    const Memory *memory = &k->m->memories[index];
    const Limits *l = &memory->limits;
    if (l->has_page_size && l->page_log2 != 0 && l->page_log2 != 16) {
        bad(k, ERR_page_size, memory->at, ": 2^%u; only 1 and 65536 are allowed",
            (unsigned)l->page_log2);
        return;
    }
    /* The most pages that addresses can reach; with pages of one byte, the most that can be said.
     */
    uint64_t most = (uint64_t)1 << ((l->is64 ? 64u : 32u) - 16u);
    if (l->page_log2 == 0)
        most = l->is64 ? UINT64_MAX : UINT32_MAX;
    uint64_t pages = l->has_max && l->max > most ? l->max : l->min;
    if (pages > most) {
        if (!l->is64 && l->page_log2 != 0)
            bad(k, ERR_memory_size_pages, memory->at, ", not %llu", (unsigned long long)pages);
        else
            bad(k, ERR_memory_size, memory->at, " must be at most %llu pages, not %llu",
                (unsigned long long)most, (unsigned long long)pages);
        return;
    }
    check_order(k, l, memory->at);
    if (l->shared && !l->has_max)
        bad(k, ERR_shared_max, memory->at, NULL);
}

static void check_table(Check *k, uint32_t index) {
    const Table *t = &k->m->tables[index];
    const Limits *l = &t->limits;
    uint64_t size = l->has_max && l->max > UINT32_MAX ? l->max : l->min;
    if (!l->is64 && size > UINT32_MAX)
        bad(k, ERR_table_size, t->at, " must be at most 4294967295 elements, not %llu",
            (unsigned long long)size);
    else
        check_order(k, l, t->at);
    check_valtype(k, t->type, t->at);
    if (index >= k->m->table_imports && !t->init.code.data && !valtype_defaultable(t->type))
        bad(k, ERR_type_mismatch, t->at, ": a table of non-null references needs an initial value");
}

static void check_tag(Check *k, uint32_t index) {
    const Tag *tag = &k->m->tags[index];
    if (func_type_index(k, tag->type, tag->at) && k->m->types[tag->type].result_count &&
        !module_has(k->m, FEATURE_stack_switching))
        bad(k, ERR_tag_result, tag->at, ": type %u has %u", (unsigned)tag->type,
            (unsigned)k->m->types[tag->type].result_count);
}

static void check_item_counts(Check *k) {
    const Module *m = k->m;
    const Bounds *b = &m->bounds;
    const struct {
        uint32_t have, most;
        const char *what;
    } rows[] = {
        {m->type_count, b->types, "types"},
        {m->func_count, b->functions, "functions"},
        {m->import_count, b->imports, "imports"},
        {m->export_count, b->exports, "exports"},
        {m->global_count, b->globals, "globals"},
        {m->tag_count, b->tags, "tags"},
        {m->table_count, b->tables, "tables"},
        {m->memory_count, b->memories, "memories"},
        {m->elem_count, b->elem_segments, "element segments"},
        {m->data_count, b->data_segments, "data segments"},
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++)
        limit(k, rows[i].have, rows[i].most, rows[i].what, 0);
    if (m->table_count > 1 && !module_has(m, FEATURE_reference_types))
        bad(k, ERR_multiple_tables, m->tables[1].at, ": needs the feature reference-types");
    if (m->memory_count > 1 && !module_has(m, FEATURE_multi_memory))
        bad(k, ERR_multiple_memories, m->memories[1].at, ": needs the feature multi-memory");
}

/* All index spaces. */
static void check_items(Check *k) {
    const Module *m = k->m;
    check_item_counts(k);
    for (uint32_t i = 0; i < m->func_count; i++)
        func_type_index(k, m->funcs[i].type, m->funcs[i].at);
    for (uint32_t i = 0; i < m->table_count; i++)
        check_table(k, i);
    for (uint32_t i = 0; i < m->memory_count; i++)
        check_memory(k, i);
    for (uint32_t i = 0; i < m->tag_count; i++)
        check_tag(k, i);
    for (uint32_t i = 0; i < m->global_count; i++) {
        const Global *g = &m->globals[i];
        check_valtype(k, g->type, g->at);
        if (i < m->global_imports && g->mutable_ && !module_has(m, FEATURE_mutable_globals))
            bad(k, ERR_feature_needed, g->at, ": mutable-globals, to import a mutable global");
    }
}

/* ---- constant expressions ---- */

static const uint8_t *check_expr(Check *k, SectionId section, uint8_t part, uint32_t item,
                                 Slice code, const uint8_t *start, ValType type) {
    const Module *m = k->m;
    /* Globals may read those before them; tables stand before all globals. */
    uint32_t known = section == SECTION_global  ? item
                     : section == SECTION_table ? m->global_imports
                                                : m->global_count;
    ExprPlace place = {(uint8_t)section, part, item, known, start};
    return wt_valid_expr(&k->walk, code, type, &place);
}

static void check_init(Check *k, SectionId section, uint32_t item, Slice code, ValType type) {
    if (code.data)
        check_expr(k, section, 0, item, code, code.data, type);
}

static void check_inits(Check *k) {
    const Module *m = k->m;
    for (uint32_t i = 0; i < m->table_count && !k->d->out_of_memory; i++)
        check_init(k, SECTION_table, i, m->tables[i].init.code, m->tables[i].type);
    for (uint32_t i = 0; i < m->global_count && !k->d->out_of_memory; i++)
        check_init(k, SECTION_global, i, m->globals[i].init.code, m->globals[i].type);
}

/* ---- segments ---- */

static void declare(Check *k, uint32_t funcidx) {
    k->declared[funcidx / 8] |= (uint8_t)(1 << (funcidx % 8));
}

/* The elements one by one; the first that is wrong ends the segment. */
static void check_elements(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Elem *e = &m->elems[index];
    Reader r = reader_of(e->items.data, e->items.len);
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->exprs) {
            const uint8_t *end = check_expr(k, SECTION_elem, 1, index, slice(r.at, reader_left(&r)),
                                            r.start, e->type);
            if (!end)
                return;
            r.at = end;
            continue;
        }
        const uint8_t *at = r.at;
        uint32_t funcidx = read_u32(&r);
        if (WT_UNLIKELY(funcidx >= m->func_count)) {
            uint32_t place = m->is_text ? e->at : (uint32_t)(at - m->source.data);
            index_known(k, ERR_unknown_function, funcidx, m->func_count, place, "function");
            return;
        }
        declare(k, funcidx);
    }
}

static void elem_mismatch(Check *k, const Elem *e, const Table *t) {
    Buf b;
    wt_buf_init(&b, k->m->arena.allocator);
    buf_str(&b, ": the table holds ");
    wt_type_print(&b, t->type);
    buf_str(&b, ", the segment ");
    wt_type_print(&b, e->type);
    buf_u8(&b, 0);
    if (b.failed)
        wt_diag_oom(k->d);
    else
        wt_diag_note(k->d, wt_diag_add(k->d, ERR_type_mismatch, e->at, 1, "%s", (char *)b.data),
                     t->at, 1, "table %u is here", (unsigned)e->table);
    wt_buf_free(&b);
}

static void check_elem(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Elem *e = &m->elems[index];
    if (!type_value(k, e->type, m->type_count, e->at))
        return;
    limit(k, e->count, m->bounds.elem_items, "elements in a segment", e->at);
    if (e->mode == SEGMENT_active) {
        if (!index_known(k, ERR_unknown_table, e->table, m->table_count, e->at, "table"))
            return;
        const Table *t = &m->tables[e->table];
        if (!wt_type_is_sub(m, e->type, t->type))
            elem_mismatch(k, e, t);
        check_init(k, SECTION_elem, index, e->offset.code, table_address(m, e->table));
    }
    check_elements(k, index);
}

static void check_data(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Data *data = &m->datas[index];
    if (data->mode == SEGMENT_active &&
        index_known(k, ERR_unknown_memory, data->memory, m->memory_count, data->at, "memory"))
        check_init(k, SECTION_data, index, data->offset.code, memory_address(m, data->memory));
}

/* ---- exports, start ---- */

static void check_export(Check *k, uint32_t index, Map *names) {
    const Module *m = k->m;
    const Export *e = &m->exports[index];
    static const ErrorCode unknown[] = {ERR_unknown_function, ERR_unknown_table, ERR_unknown_memory,
                                        ERR_unknown_global, ERR_unknown_tag};
    static const char *const words[] = {"function", "table", "memory", "global", "tag"};
    const uint32_t counts[] = {m->func_count, m->table_count, m->memory_count, m->global_count,
                               m->tag_count};
    bool known = index_known(k, unknown[e->kind], e->item, counts[e->kind], e->at, words[e->kind]);
    if (known && e->kind == EXTERN_func)
        declare(k, e->item);
    if (known && e->kind == EXTERN_global && m->globals[e->item].mutable_ &&
        !module_has(m, FEATURE_mutable_globals))
        bad(k, ERR_feature_needed, e->at, ": mutable-globals, to export a mutable global");
    const uint32_t *first = wt_map_add(names, e->name, index);
    if (!first)
        return;
    DiagEntry *entry = wt_diag_add(k->d, ERR_duplicate_export, e->at, 1, ": \"%.*s\"",
                                   (int)WT_MIN(e->name.len, 100), (const char *)e->name.data);
    wt_diag_note(k->d, entry, m->exports[*first].at, 1, "first exported here");
}

static void check_exports(Check *k) {
    Map names;
    wt_map_init(&names, k->m->arena.allocator);
    for (uint32_t i = 0; i < k->m->export_count && !names.failed; i++)
        check_export(k, i, &names);
    if (names.failed)
        wt_diag_oom(k->d);
    wt_map_free(&names);
}

static void check_start(Check *k) {
    const Module *m = k->m;
    if (!m->has_start ||
        !index_known(k, ERR_unknown_function, m->start, m->func_count, m->start_at, "function"))
        return;
    const TypeDef *t = module_func_type(m, m->start);
    if (t->param_count || t->result_count)
        bad(k, ERR_start_function, m->start_at,
            " must take nothing and give nothing, but it has %u parameters and %u results",
            (unsigned)t->param_count, (unsigned)t->result_count);
}

/* ---- the whole ---- */

/* Everything that needs the index spaces. Functions are declared by standing in exports, initial
   values and element segments of any mode; the start function does not count. Bodies come last but
   for data segments, as in a file, so that problems come in this order too. */
static void check_uses(Check *k, unsigned threads, uint8_t *valid) {
    const Module *m = k->m;
    Diag *d = k->d;
    check_inits(k);
    check_exports(k);
    check_start(k);
    for (uint32_t i = 0; i < m->elem_count && !d->out_of_memory; i++)
        check_elem(k, i);
    if (!d->out_of_memory)
        k->tail_calls = wt_valid_bodies(m, k->declared, threads, valid, d);
    for (uint32_t i = 0; i < m->data_count && !d->out_of_memory; i++)
        check_data(k, i);
}

bool wt_valid_module(Module *m, unsigned threads, Diag *d) {
    bool sound;
    return wt_valid_module_known(m, threads, NULL, &sound, d);
}

bool wt_valid_module_known(Module *m, unsigned threads, uint8_t *valid, bool *sound, Diag *d) {
    uint32_t errors = d->errors;
    Check k = {.m = m, .d = d};
    *sound = false;
    if (!check_types(&k))
        return false;
    check_items(&k);
    if (k.unsafe || d->out_of_memory)
        return false;
    *sound = true;
    k.declared = ARENA_ARRAY(&m->arena, uint8_t, m->func_count / 8 + 1);
    if (!k.declared) {
        wt_diag_oom(d);
        return false;
    }
    wt_walk_init(&k.walk, m, m->arena.allocator);
    k.walk.diag = d;
    k.walk.declares = k.declared;
    check_uses(&k, threads, valid);
    m->tail_calls = k.tail_calls;
    wt_walk_free(&k.walk);
    return d->errors == errors;
}
