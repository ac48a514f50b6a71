/* The module around the bodies: types, limits, indices, segments, exports, start. In section order,
   each item checked though another one was wrong. */
#include "valid/valid.h"

#include "base/map.h"
#include "valid/body.h"

typedef struct Check {
    Module *m;
    Diag *d;
    uint8_t *declared; /* bitmap: functions that ref.func may name */
} Check;

/* Returns false. */
static bool bad(Check *k, ErrorCode code, uint32_t at, const char *detail, ...) WT_PRINTF(4, 5);
static bool bad(Check *k, ErrorCode code, uint32_t at, const char *detail, ...) {
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
    return false;
}

static bool limit(Check *k, uint64_t have, uint64_t most, const char *what) {
    if (have <= most)
        return true;
    bad(k, ERR_limit, 0, ": %llu %s, at most %llu are allowed", (unsigned long long)have, what,
        (unsigned long long)most);
    return false;
}

/* ---- types
 * ---------------------------------------------------------------------------------------------------------
 */

/* An index inside a type must be before the end of its recursion group. */
static bool type_index(Check *k, uint32_t index, uint32_t end, uint32_t at) {
    if (index < end)
        return true;
    bad(k, ERR_unknown_type, at, " %u", (unsigned)index);
    return false;
}

static bool type_value(Check *k, ValType t, uint32_t end, uint32_t at) {
    return !valtype_indexed(t) || type_index(k, valtype_heap(t), end, at);
}

static bool type_parts(Check *k, const TypeDef *t, uint32_t end) {
    bool ok = true;
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        ok = limit(k, t->param_count, k->m->bounds.params, "parameters of a function type") &&
             limit(k, t->result_count, k->m->bounds.results, "results of a function type");
        for (uint32_t i = 0; i < t->param_count + t->result_count && ok; i++)
            ok = type_value(k, t->params[i], end, t->at);
        if (ok && t->result_count > 1 && !module_has(k->m, FEATURE_multi_value)) {
            bad(k, ERR_result_arity, t->at, ": more than one result needs the feature multi-value");
            ok = false;
        }
        return ok;
    case TYPE_struct:
    case TYPE_array:
        ok = limit(k, t->param_count, k->m->bounds.fields, "fields of a struct type");
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

static void check_super(Check *k, uint32_t index, uint8_t *depths) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    if (t->super == TYPE_none)
        return;
    if (t->super >= index) {
        bad(k, ERR_unknown_type, t->at, " %u: a supertype must be defined before",
            (unsigned)t->super);
        return;
    }
    const TypeDef *super = &m->types[t->super];
    if (super->final || !type_matches(m, t, super)) {
        bad(k, ERR_sub_type, t->at, " %u does not match super type %u%s", (unsigned)index,
            (unsigned)t->super, super->final ? ": that type is final; declare it (sub ...)" : "");
        return;
    }
    if (depths[t->super] >= m->bounds.subtype_depth) {
        bad(k, ERR_limit, t->at, ": subtypes are deeper than %u",
            (unsigned)m->bounds.subtype_depth);
        return;
    }
    depths[index] = (uint8_t)(depths[t->super] + 1);
}

/* custom descriptors: a `describes` or `descriptor` clause names a type of the same group that
   names this one back. Whether the other is a struct is checked at its own clause. */
static bool check_clauses(Check *k, uint32_t index) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    uint32_t start = t->rec_start, end = t->rec_start + t->rec_count;
    if (t->describes != TYPE_none) {
        uint32_t other = t->describes;
        if (other < start || other >= end)
            return bad(k, ERR_described_outside, t->at, NULL);
        if (other >= index)
            return bad(k, ERR_described_forward, t->at, NULL);
        if (t->kind != TYPE_struct)
            return bad(k, ERR_described_struct, t->at, NULL);
        if (m->types[other].descriptor != index)
            return bad(k, ERR_described_not_by, t->at, NULL);
    }
    if (t->descriptor != TYPE_none) {
        uint32_t other = t->descriptor;
        if (other < start || other >= end)
            return bad(k, ERR_descriptor_outside, t->at, NULL);
        if (t->kind != TYPE_struct)
            return bad(k, ERR_descriptor_struct, t->at, NULL);
        if (m->types[other].describes != index)
            return bad(k, ERR_not_described, t->at, NULL);
    }
    return true;
}

/* The clauses of a subtype fit those of its supertype. */
static void check_descriptors(Check *k, uint32_t index) {
    const Module *m = k->m;
    const TypeDef *t = &m->types[index];
    if (!check_clauses(k, index) || t->super == TYPE_none || t->super >= index)
        return;
    const TypeDef *super = &m->types[t->super];
    if (super->descriptor != TYPE_none && t->descriptor == TYPE_none)
        bad(k, ERR_sub_type, t->at, " %u does not match super type %u: it has no descriptor",
            (unsigned)index, (unsigned)t->super);
    else if (super->descriptor != TYPE_none && super->descriptor < m->type_count &&
             !wt_type_heap_is_sub(m, t->descriptor, super->descriptor))
        bad(k, ERR_descriptor_match, t->at, " %u does not match %u, the supertype's descriptor",
            (unsigned)t->descriptor, (unsigned)super->descriptor);
    if ((super->describes == TYPE_none) != (t->describes == TYPE_none))
        bad(k, ERR_sub_type, t->at, " %u does not match super type %u: only one describes a type",
            (unsigned)index, (unsigned)t->super);
    else if (super->describes != TYPE_none && super->describes < m->type_count &&
             !wt_type_heap_is_sub(m, t->describes, super->describes))
        bad(k, ERR_described_match, t->at, " %u does not match %u, what the supertype describes",
            (unsigned)t->describes, (unsigned)super->describes);
}

/* false: the types cannot be used, so nothing else is checked. */
static bool check_types(Check *k) {
    Module *m = k->m;
    bool ok = limit(k, m->type_count, m->bounds.types, "types");
    for (uint32_t i = 0; i < m->type_count && ok; i++) {
        const TypeDef *t = &m->types[i];
        uint32_t end = t->rec_start + t->rec_count;
        /* Before recursive types, a type could name only those before it. */
        /* `describes` and `descriptor` are checked with their group. */
        ok =
            type_parts(k, t, end) && (t->super == TYPE_none || type_index(k, t->super, end, t->at));
    }
    if (!ok)
        return false;
    if (!wt_type_canonicalise(m)) {
        wt_diag_oom(k->d);
        return false;
    }
    uint32_t errors = k->d->errors;
    uint8_t *depths = ARENA_ARRAY(&m->arena, uint8_t, m->type_count);
    if (!depths) {
        wt_diag_oom(k->d);
        return false;
    }
    for (uint32_t i = 0; i < m->type_count; i++) {
        const TypeDef *t = &m->types[i];
        check_super(k, i, depths);
        if (module_has(m, FEATURE_custom_descriptors))
            check_descriptors(k, i);
        if (t->kind == TYPE_cont && m->types[t->cont].kind != TYPE_func)
            bad(k, ERR_type_mismatch, t->at, ": type %u is not a function type", (unsigned)t->cont);
    }
    return k->d->errors == errors;
}

/* ---- items
 * ---------------------------------------------------------------------------------------------------------
 */

static bool func_type_index(Check *k, uint32_t type, uint32_t at) {
    if (type >= k->m->type_count) {
        bad(k, ERR_unknown_type, at, " %u: there are %u types", (unsigned)type,
            (unsigned)k->m->type_count);
        return false;
    }
    if (k->m->types[type].kind == TYPE_func)
        return true;
    bad(k, ERR_type_mismatch, at, ": type %u is not a function type", (unsigned)type);
    return false;
}

static bool valtype_known(Check *k, ValType t, uint32_t at) {
    return type_value(k, t, k->m->type_count, at);
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
    /* The most pages that addresses can reach; 2^64 itself is not a number here. */
    unsigned bits = (l->is64 ? 64u : 32u) - l->page_log2;
    uint64_t most = bits == 64 ? UINT64_MAX : (uint64_t)1 << bits;
    if (bits == 32 && l->page_log2 == 0)
        most = UINT32_MAX;
    if (l->min > most || (l->has_max && l->max > most)) {
        if (!l->is64 && l->page_log2 == 16)
            bad(k, ERR_memory_size_pages, memory->at, NULL);
        else
            bad(k, ERR_memory_size, memory->at, " must be at most %llu pages",
                (unsigned long long)most);
        return;
    }
    check_order(k, l, memory->at);
    if (l->shared && !l->has_max)
        bad(k, ERR_shared_max, memory->at, NULL);
}

static void check_table(Check *k, uint32_t index) {
    const Table *t = &k->m->tables[index];
    const Limits *l = &t->limits;
    if (!l->is64 && (l->min > UINT32_MAX || (l->has_max && l->max > UINT32_MAX))) {
        bad(k, ERR_table_size, t->at, " must be at most 4294967295 elements");
        return;
    }
    check_order(k, l, t->at);
    if (t->init.code.data) {
        ExprPlace place = {SECTION_table, 0, index, k->m->global_imports};
        wt_valid_expr(k->m, t->init.code, t->type, &place, k->d);
    } else if (index >= k->m->table_imports && !valtype_defaultable(t->type)) {
        bad(k, ERR_type_mismatch, t->at, ": a table of non-null references needs an initial value");
    }
}

static void check_tag(Check *k, uint32_t index) {
    const Tag *tag = &k->m->tags[index];
    if (func_type_index(k, tag->type, tag->at) && k->m->types[tag->type].result_count &&
        !module_has(k->m, FEATURE_stack_switching))
        bad(k, ERR_tag_result, tag->at, NULL);
}

static void check_items(Check *k) {
    Module *m = k->m;
    for (uint32_t i = 0; i < m->func_count; i++)
        func_type_index(k, m->funcs[i].type, m->funcs[i].at);
    if (m->table_count > 1 && !module_has(m, FEATURE_reference_types))
        bad(k, ERR_multiple_tables, m->tables[1].at, NULL);
    if (m->memory_count > 1 && !module_has(m, FEATURE_multi_memory))
        bad(k, ERR_multiple_memories, m->memories[1].at, ": needs the feature multi-memory");
    for (uint32_t i = 0; i < m->memory_count; i++)
        check_memory(k, i);
    for (uint32_t i = 0; i < m->tag_count; i++)
        check_tag(k, i);
    for (uint32_t i = 0; i < m->global_count; i++)
        valtype_known(k, m->globals[i].type, m->globals[i].at);
    for (uint32_t i = 0; i < m->table_count; i++)
        valtype_known(k, m->tables[i].type, m->tables[i].at);
}

static void check_inits(Check *k) {
    Module *m = k->m;
    for (uint32_t i = 0; i < m->global_count; i++) {
        const Global *g = &m->globals[i];
        if (!g->init.code.data)
            continue;
        ExprPlace place = {SECTION_global, 0, i, module_has(m, FEATURE_gc) ? i : m->global_imports};
        wt_valid_expr(m, g->init.code, g->type, &place, k->d);
    }
    for (uint32_t i = 0; i < m->table_count; i++)
        check_table(k, i);
}

/* ---- segments
 * ------------------------------------------------------------------------------------------------------
 */

static void check_offset(Check *k, SectionId section, uint32_t index, const Expr *offset,
                         bool is64) {
    ExprPlace place = {(uint8_t)section, 0, index, k->m->global_count};
    wt_valid_expr(k->m, offset->code, is64 ? VAL_i64 : VAL_i32, &place, k->d);
}

/* Splits a run of expressions: the next one, with its end. */
static Slice next_expr(Reader *r) {
    const uint8_t *start = r->at;
    Insn in;
    uint32_t depth = 1;
    while (depth && r->at != r->end && insn_read(r, &in)) {
        Imm imm = (Imm)op_info(in.op)->imm;
        depth += imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
        depth -= in.op == OP_end || in.op == OP_delegate;
    }
    return slice(start, (size_t)(r->at - start));
}

/* The places in an item count from the item; those of the segment count from its first item. */
static void move_item_places(Diag *d, const ExprPlace *of, uint32_t by) {
    DiagEntry *e = d->count ? d->entries[d->count - 1] : NULL;
    if (!e || e->place.section != of->section || e->place.item != of->item)
        return;
    e->place.offset += by;
    for (uint32_t i = 0; i < e->note_count; i++)
        if (e->notes[i].place.section == of->section)
            e->notes[i].place.offset += by;
}

static void check_items_of(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Elem *e = &m->elems[index];
    Reader r = reader_of(e->items.data, e->items.len);
    for (uint32_t i = 0; i < e->count && !k->d->out_of_memory; i++) {
        if (e->exprs) {
            ExprPlace place = {SECTION_elem, 1, index, m->global_count};
            Slice code = next_expr(&r);
            uint32_t errors = k->d->errors;
            wt_valid_expr(m, code, e->type, &place, k->d);
            if (k->d->errors != errors) {
                move_item_places(k->d, &place, (uint32_t)(code.data - e->items.data));
                return;
            }
        } else {
            uint32_t funcidx = read_u32(&r);
            if (funcidx >= m->func_count) {
                bad(k, ERR_unknown_function, e->at, " %u: there are %u functions",
                    (unsigned)funcidx, (unsigned)m->func_count);
                return;
            }
        }
    }
}

static void check_elem(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Elem *e = &m->elems[index];
    if (!valtype_known(k, e->type, e->at))
        return;
    if (e->mode == SEGMENT_active) {
        if (e->table >= m->table_count) {
            bad(k, ERR_unknown_table, e->at, " %u: there are %u tables", (unsigned)e->table,
                (unsigned)m->table_count);
            return;
        }
        const Table *t = &m->tables[e->table];
        if (!wt_type_is_sub(m, e->type, t->type)) {
            Buf b;
            wt_buf_init(&b, m->arena.allocator);
            wt_type_print(&b, t->type);
            buf_str(&b, ", the segment ");
            wt_type_print(&b, e->type);
            buf_u8(&b, 0);
            bad(k, ERR_type_mismatch, e->at, ": the table holds %s",
                b.failed ? "others" : (const char *)b.data);
            wt_buf_free(&b);
            return;
        }
        check_offset(k, SECTION_elem, index, &e->offset, t->limits.is64);
    }
    check_items_of(k, index);
}

static void check_data(Check *k, uint32_t index) {
    const Module *m = k->m;
    const Data *data = &m->datas[index];
    if (data->mode != SEGMENT_active)
        return;
    if (data->memory >= m->memory_count) {
        bad(k, ERR_unknown_memory, data->at, " %u: there are %u memories", (unsigned)data->memory,
            (unsigned)m->memory_count);
        return;
    }
    check_offset(k, SECTION_data, index, &data->offset, m->memories[data->memory].limits.is64);
}

/* ---- exports, start
 * ------------------------------------------------------------------------------------------------
 */

static void check_export(Check *k, const Export *e, Map *names, uint32_t index) {
    const Module *m = k->m;
    static const ErrorCode unknown[] = {ERR_unknown_function, ERR_unknown_table, ERR_unknown_memory,
                                        ERR_unknown_global, ERR_unknown_tag};
    const uint32_t counts[] = {m->func_count, m->table_count, m->memory_count, m->global_count,
                               m->tag_count};
    if (e->item >= counts[e->kind])
        bad(k, unknown[e->kind], e->at, " %u: the module has %u", (unsigned)e->item,
            (unsigned)counts[e->kind]);
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
        check_export(k, &k->m->exports[i], &names, i);
    if (names.failed)
        wt_diag_oom(k->d);
    wt_map_free(&names);
}

static void check_start(Check *k) {
    const Module *m = k->m;
    if (!m->has_start)
        return;
    if (m->start >= m->func_count) {
        bad(k, ERR_unknown_function, m->start_at, " %u: there are %u functions", (unsigned)m->start,
            (unsigned)m->func_count);
        return;
    }
    const TypeDef *t = module_func_type(m, m->start);
    if (t->param_count || t->result_count)
        bad(k, ERR_start_function, m->start_at,
            " must take nothing and give nothing, but it has %u parameters and %u results",
            (unsigned)t->param_count, (unsigned)t->result_count);
}

/* ---- declared functions
 * -------------------------------------------------------------------------------------------- */

static void declare(void *user, uint32_t funcidx) {
    Check *k = user;
    if (funcidx < k->m->func_count)
        k->declared[funcidx / 8] |= (uint8_t)(1 << (funcidx % 8));
}

/* Functions named in exports, initial values and element segments, of any mode. The start function
 * does not count. */
static bool collect_declared(Check *k) {
    const Module *m = k->m;
    k->declared = ARENA_ARRAY(&k->m->arena, uint8_t, m->func_count / 8 + 1);
    if (!k->declared)
        return false;
    for (uint32_t i = 0; i < m->export_count; i++)
        if (m->exports[i].kind == EXTERN_func)
            declare(k, m->exports[i].item);
    for (uint32_t i = 0; i < m->global_count; i++)
        wt_valid_expr_funcs(m->globals[i].init.code, declare, k);
    for (uint32_t i = 0; i < m->table_count; i++)
        wt_valid_expr_funcs(m->tables[i].init.code, declare, k);
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const Elem *e = &m->elems[i];
        wt_valid_expr_funcs(e->offset.code, declare, k);
        if (e->exprs) {
            wt_valid_expr_funcs(e->items, declare, k);
            continue;
        }
        Reader r = reader_of(e->items.data, e->items.len);
        for (uint32_t n = 0; n < e->count; n++)
            declare(k, read_u32(&r));
    }
    return true;
}

bool wt_valid_module(Module *m, unsigned threads, Diag *d) {
    uint32_t errors = d->errors;
    Check k = {.m = m, .d = d};
    if (!check_types(&k) || d->out_of_memory)
        return false;
    check_items(&k);
    /* With a bad index among the items bodies cannot be looked at. */
    if (d->errors != errors)
        return false;
    check_inits(&k);
    check_exports(&k);
    check_start(&k);
    for (uint32_t i = 0; i < m->elem_count && !d->out_of_memory; i++)
        check_elem(&k, i);
    if (!collect_declared(&k))
        wt_diag_oom(d);
    if (!d->out_of_memory)
        wt_valid_bodies(m, k.declared, threads, d);
    for (uint32_t i = 0; i < m->data_count && !d->out_of_memory; i++)
        check_data(&k, i);
    return d->errors == errors;
}
