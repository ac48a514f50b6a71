/* Instantiation: match the imports, allocate, evaluate, write segments, start. The steps are in the
   spec's order, and what an earlier step wrote to shared tables and memories stays when a later
   one traps. Path: decode -> check -> code.c -> here -> call.c. */
#include "run/instance.h"

#include "base/check.h"
#include "base/os.h"
#include "run/call.h"
#include "run/const.h"
#include "run/memory.h"
#include "run/meter.h"
#include "run/quota.h"
#include "run/table.h"

/* ---- matching imports ---- */

static bool limits_match(const Limits *want, const Limits *have, uint64_t size) {
    return want->is64 == have->is64 && size >= want->min &&
           (!want->has_max || (have->has_max && have->max <= want->max));
}

bool wt_instance_import_matches(const Code *c, const Import *import, const Extern *e) {
    const Module *m = c->module;
    const TypeTable *types = &c->store->types;
    if ((ExternKind)import->kind != e->kind)
        return false;
    switch ((ExternKind)import->kind) {
    case EXTERN_func: {
        uint32_t want = code_func_type(c, import->item);
        return m->funcs[import->item].exact ? e->func->type_id == want
                                            : types_id_is_sub(types, e->func->type_id, want);
    }
    case EXTERN_table: {
        const Table *t = &m->tables[import->item];
        return limits_match(&t->limits, &e->table->limits, e->table->len) &&
               types_is_equal(types, code_type(c, t->type), e->table->type);
    }
    case EXTERN_memory: {
        const Limits *l = &m->memories[import->item].limits;
        return l->shared == e->memory->limits.shared &&
               l->page_log2 == e->memory->limits.page_log2 &&
               limits_match(l, &e->memory->limits, memory_pages(e->memory));
    }
    case EXTERN_global: {
        const Global *g = &m->globals[import->item];
        ValType want = code_type(c, g->type);
        return g->mutable_ == e->global.mutable_ &&
               (g->mutable_ ? types_is_equal(types, e->global.type, want)
                            : types_is_sub(types, e->global.type, want));
    }
    case EXTERN_tag:
        return e->tag->type_id == c->type_ids[m->tags[import->item].type];
    }
    return false;
}

static void bind_import(Instance *in, const Import *import, const Extern *e) {
    uint32_t i = import->item;
    switch (e->kind) {
    case EXTERN_func:
        instance_imports(in)[i] = e->func;
        return;
    case EXTERN_table:
        instance_tables(in)[i] = e->table;
        return;
    case EXTERN_memory:
        (void)wt_memory_refresh(e->memory);
        instance_memories(in)[i] = e->memory;
        return;
    case EXTERN_global:
        *INSTANCE_FIELD(in, in->code->global_at[i], Value *) = e->global.cell;
        return;
    case EXTERN_tag:
        instance_tags(in)[i] = e->tag;
        return;
    }
}

static bool link_imports(Instance *in, ImportResolver resolve, void *user, LinkError *error) {
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->import_count; i++) {
        const Import *import = &m->imports[i];
        Extern e;
        if (!resolve || !resolve(user, import, &e)) {
            *error = (LinkError){.problem = LINK_unknown, .import = import};
            return false;
        }
        if (!wt_instance_import_matches(in->code, import, &e)) {
            *error = (LinkError){.problem = LINK_incompatible, .import = import, .given = e};
            return false;
        }
        bind_import(in, import, &e);
    }
    return true;
}

static void print_type(const Store *s, ExternKind kind, ValType t, const Limits *l, uint32_t id,
                       Buf *b) {
    buf_str(b, wt_extern_name(kind));
    if (kind == EXTERN_func || kind == EXTERN_tag) {
        const TypeDef *d = types_def(&s->types, id);
        buf_u8(b, ' ');
        wt_type_print_list(b, d->params, d->param_count);
        buf_str(b, " -> ");
        wt_type_print_list(b, typedef_results(d), d->result_count);
        return;
    }
    if (l) {
        wt_buf_printf(b, "%s %llu", l->is64 ? " i64" : "", (unsigned long long)l->min);
        if (l->has_max)
            wt_buf_printf(b, " %llu", (unsigned long long)l->max);
        buf_str(b, l->shared ? " shared" : "");
    }
    if (kind != EXTERN_memory) {
        buf_u8(b, ' ');
        wt_type_print(b, t);
    }
}

static void print_wanted(const Store *s, const Code *c, const Import *import, Buf *b) {
    const Module *m = c->module;
    uint32_t i = import->item;
    switch ((ExternKind)import->kind) {
    case EXTERN_func:
        print_type(s, EXTERN_func, 0, NULL, code_func_type(c, i), b);
        return;
    case EXTERN_table:
        print_type(s, EXTERN_table, code_type(c, m->tables[i].type), &m->tables[i].limits, 0, b);
        return;
    case EXTERN_memory:
        print_type(s, EXTERN_memory, 0, &m->memories[i].limits, 0, b);
        return;
    case EXTERN_global:
        buf_str(b, m->globals[i].mutable_ ? "mutable " : "");
        print_type(s, EXTERN_global, code_type(c, m->globals[i].type), NULL, 0, b);
        return;
    case EXTERN_tag:
        print_type(s, EXTERN_tag, 0, NULL, c->type_ids[m->tags[i].type], b);
        return;
    }
}

static void print_given(const Store *s, const Extern *e, Buf *b) {
    switch (e->kind) {
    case EXTERN_func:
        print_type(s, EXTERN_func, 0, NULL, e->func->type_id, b);
        return;
    case EXTERN_table: {
        Limits now = e->table->limits;
        now.min = e->table->len;
        print_type(s, EXTERN_table, e->table->type, &now, 0, b);
        return;
    }
    case EXTERN_memory: {
        Limits now = e->memory->limits;
        now.min = memory_pages(e->memory);
        print_type(s, EXTERN_memory, 0, &now, 0, b);
        return;
    }
    case EXTERN_global:
        buf_str(b, e->global.mutable_ ? "mutable " : "");
        print_type(s, EXTERN_global, e->global.type, NULL, 0, b);
        return;
    case EXTERN_tag:
        print_type(s, EXTERN_tag, 0, NULL, e->tag->type_id, b);
        return;
    }
}

void wt_instance_link_message(const Store *s, const Code *c, const LinkError *e, Buf *b) {
    buf_str(b, e->problem == LINK_unknown ? "unknown import: \"" : "incompatible import type: \"");
    buf_slice(b, e->import->module);
    buf_str(b, "\" \"");
    buf_slice(b, e->import->name);
    buf_str(b, "\": wanted ");
    print_wanted(s, c, e->import, b);
    if (e->problem == LINK_incompatible) {
        buf_str(b, ", given ");
        print_given(s, &e->given, b);
    }
}

/* ---- references to functions ---- */

static FuncInst **find_ref(FuncInst **refs, uint32_t cap, uint32_t funcidx) {
    uint32_t at = funcidx * 0x9E3779B1u & (cap - 1);
    while (refs[at] && refs[at]->funcidx != funcidx)
        at = (at + 1) & (cap - 1);
    return &refs[at];
}

/* For `more` of them. */
static bool grow_refs(Instance *in, uint32_t more) {
    const Allocator *al = &in->store->allocator;
    uint32_t cap = in->ref_cap ? in->ref_cap : 8;
    while (((uint64_t)in->ref_count + more) * 4 > (uint64_t)cap * 3 && cap <= UINT32_MAX / 4)
        cap *= 2;
    FuncInst **refs = allocator_get(al, cap * sizeof *refs);
    if (!refs)
        return false;
    memset(refs, 0, cap * sizeof *refs);
    for (uint32_t i = 0; i < in->ref_cap; i++)
        if (in->refs[i])
            *find_ref(refs, cap, in->refs[i]->funcidx) = in->refs[i];
    allocator_free(al, in->refs, in->ref_cap * sizeof *refs);
    in->refs = refs;
    in->ref_cap = cap;
    return true;
}

FuncInst *wt_instance_func(Instance *in, uint32_t funcidx) {
    Code *c = in->code;
    if (funcidx < c->module->func_imports)
        return instance_imports(in)[funcidx];
    if (in->ref_cap) {
        FuncInst *known = *find_ref(in->refs, in->ref_cap, funcidx);
        if (known)
            return known;
    }
    FuncInst *f = NULL;
    if (in->ref_count * 4 < in->ref_cap * 3 || grow_refs(in, 1))
        f = ARENA_NEW(&in->store->arena, FuncInst);
    if (!f) {
        wt_trap_set(in->store, TRAP_out_of_memory, NULL);
        return NULL;
    }
    *f = (FuncInst){.instance = in,
                    .native = in->store->native.cross,
                    .type_id = code_func_type(c, funcidx),
                    .funcidx = funcidx,
                    .code = code_func(c, funcidx)};
    *find_ref(in->refs, in->ref_cap, funcidx) = f;
    in->ref_count++;
    return f;
}

/* ---- allocation ---- */

static Reader expr_reader(const Expr *e) { return reader_of(e->code.data, e->code.len); }

static bool make_tables(Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = m->table_imports; i < m->table_count; i++) {
        const Table *t = &m->tables[i];
        Value init[2] = {0, 0};
        Reader r = expr_reader(&t->init);
        if (t->init.code.data && !wt_const_run(in, &r, in->store->stack_top, init))
            return false;
        const char *limit = wt_quota_table(in->store, &t->limits);
        if (limit)
            return wt_trap_set(in->store, TRAP_limit, limit);
        instance_tables(in)[i] =
            wt_table_new(in->store, &t->limits, code_type(in->code, t->type), init[0]);
        if (!instance_tables(in)[i])
            return wt_trap_set(in->store, TRAP_out_of_memory, ": table");
    }
    return true;
}

static bool make_memories(Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = m->memory_imports; i < m->memory_count; i++) {
        const Limits *limits = &m->memories[i].limits;
        const char *limit = wt_quota_memory(in->store, limits);
        if (limit)
            return wt_trap_set(in->store, TRAP_limit, limit);
        instance_memories(in)[i] = wt_memory_new(in->store, limits);
        if (!instance_memories(in)[i])
            return wt_trap_set(in->store, TRAP_out_of_memory, ": memory");
    }
    if (m->memory_count && !wt_memory_add_user(in->store, instance_memories(in)[0], in))
        return wt_trap_set(in->store, TRAP_out_of_memory, NULL);
    return true;
}

static bool make_globals(Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = m->global_imports; i < m->global_count; i++) {
        Value v[2] = {0, 0};
        Reader r = expr_reader(&m->globals[i].init);
        if (!wt_const_run(in, &r, in->store->stack_top, v))
            return false;
        memcpy(instance_global(in, i), v, valtype_slots(m->globals[i].type) * sizeof(Value));
    }
    return true;
}

static bool make_tags(Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = m->tag_imports; i < m->tag_count; i++) {
        TagInst *tag = ARENA_NEW(&in->store->arena, TagInst);
        if (!tag)
            return wt_trap_set(in->store, TRAP_out_of_memory, NULL);
        tag->type_id = in->code->type_ids[m->tags[i].type];
        instance_tags(in)[i] = tag;
    }
    return true;
}

/* ---- segments ---- */

uint32_t wt_instance_elem_count(const Instance *in, uint32_t elemidx) {
    return instance_dropped(in)[elemidx] ? 0 : in->code->module->elems[elemidx].count;
}

static size_t elem_bytes(const Elem *e) { return WT_MAX((size_t)e->count, 1) * sizeof(Value); }

/* The list is the instance's before its items are made, so that a collection finds them. */
static bool evaluate_items(Instance *in, const Elem *e, Value *items, Value *top) {
    Reader r = reader_of(e->items.data, e->items.len);
    uint32_t most = WT_MIN(e->count, in->code->module->func_count);
    if (!e->exprs && in->ref_count + (uint64_t)most > in->ref_cap / 4 * 3)
        (void)grow_refs(in, most); /* else they grow as they come */
    for (uint32_t i = 0; i < e->count; i++) {
        Value v[2];
        if (e->exprs) {
            if (!wt_const_run(in, &r, top, v))
                return false;
        } else {
            FuncInst *f = wt_instance_func(in, read_u32(&r));
            if (!f)
                return false;
            v[0] = value_pointer(f);
        }
        items[i] = v[0];
    }
    return true;
}

static void free_items(Instance *in, uint32_t elemidx) {
    Value **list = &instance_elems(in)[elemidx];
    if (*list)
        allocator_free(&in->store->allocator, *list, elem_bytes(&in->code->module->elems[elemidx]));
    *list = NULL;
}

const Value *wt_instance_elem_items(Instance *in, uint32_t elemidx, Value *top) {
    static const Value nothing[1];
    const Elem *e = &in->code->module->elems[elemidx];
    Value **list = &instance_elems(in)[elemidx];
    if (instance_dropped(in)[elemidx])
        return nothing;
    if (*list)
        return *list;
    size_t bytes;
    if (check_mul_size(WT_MAX((size_t)e->count, 1), sizeof(Value), &bytes))
        *list = allocator_get(&in->store->allocator, bytes);
    if (!*list) {
        wt_trap_set(in->store, TRAP_out_of_memory, NULL);
        return NULL;
    }
    memset(*list, 0, bytes);
    if (!evaluate_items(in, e, *list, top)) {
        free_items(in, elemidx);
        return NULL;
    }
    return *list;
}

void wt_instance_elem_drop(Instance *in, uint32_t elemidx) {
    free_items(in, elemidx);
    instance_dropped(in)[elemidx] = 1;
}

bool wt_instance_table_init(Instance *in, uint32_t elemidx, uint32_t tableidx, uint64_t at,
                            uint64_t from_at, uint64_t n, Value *top) {
    TableInst *t = instance_tables(in)[tableidx];
    if (!memory_in(t->len, at, n) || !memory_in(wt_instance_elem_count(in, elemidx), from_at, n))
        return wt_trap_set(in->store, TRAP_out_of_bounds_table, NULL);
    const Value *items = wt_instance_elem_items(in, elemidx, top);
    if (!items)
        return false;
    TrapCode why = wt_meter_charge(in->store, n);
    while (n && why == TRAP_none) {
        uint64_t piece = meter_piece(in->store, n, METER_piece_elems);
        memcpy(t->elems + at, items + from_at, (size_t)piece * sizeof(Value));
        at += piece, from_at += piece, n -= piece;
        why = meter_poll(in->store);
    }
    return why == TRAP_none || wt_trap_set(in->store, why, NULL);
}

Slice wt_instance_data(const Instance *in, uint32_t dataidx) {
    const Module *m = in->code->module;
    return instance_dropped(in)[m->elem_count + dataidx] ? slice(NULL, 0) : m->datas[dataidx].bytes;
}

TrapCode wt_instance_memory_init(Instance *in, uint32_t dataidx, uint32_t memidx, uint64_t at,
                                 uint64_t from_at, uint64_t n) {
    return wt_memory_init(in->store, instance_memories(in)[memidx], at,
                          wt_instance_data(in, dataidx), from_at, n);
}

/* Items that are expressions have the values of now; lists of functions are made when needed. */
static bool evaluate_segments(Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->elem_count; i++)
        if (m->elems[i].exprs && m->elems[i].mode != SEGMENT_declarative &&
            !wt_instance_elem_items(in, i, in->store->stack_top))
            return false;
    return true;
}

static bool run_segments(Instance *in) {
    const Module *m = in->code->module;
    Value *top = in->store->stack_top;
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const Elem *e = &m->elems[i];
        Value at[2] = {0, 0};
        Reader r = expr_reader(&e->offset);
        if (e->mode == SEGMENT_active &&
            (!wt_const_run(in, &r, top, at) ||
             !wt_instance_table_init(in, i, e->table, at[0], 0, e->count, top)))
            return false;
        if (e->mode != SEGMENT_passive)
            wt_instance_elem_drop(in, i);
    }
    for (uint32_t i = 0; i < m->data_count; i++) {
        const Data *d = &m->datas[i];
        Value at[2] = {0, 0};
        Reader r = expr_reader(&d->offset);
        if (d->mode != SEGMENT_active)
            continue;
        if (!wt_const_run(in, &r, top, at))
            return false;
        const MemInst *to = instance_memories(in)[d->memory];
        if (memory_in(to->len, at[0], d->bytes.len))
            wt_os_mem_touch(to->base + at[0], d->bytes.len);
        TrapCode why = wt_instance_memory_init(in, i, d->memory, at[0], 0, d->bytes.len);
        if (why != TRAP_none)
            return wt_trap_set(in->store, why, NULL);
        instance_dropped(in)[m->elem_count + i] = 1;
    }
    return true;
}

/* ---- the whole ---- */

static Instance *allocate_instance(Store *s, Code *c) {
    Instance *in = allocator_get(&s->allocator, c->instance_size);
    if (!in)
        return NULL;
    memset(in, 0, c->instance_size);
    in->store = s;
    in->code = c;
    if (!wt_store_list_add(s, &s->instances, in)) {
        wt_instance_free(s, in);
        return NULL;
    }
    return in;
}

void wt_instance_free(Store *s, Instance *in) {
    for (uint32_t i = 0; i < in->code->module->elem_count; i++)
        free_items(in, i);
    allocator_free(&s->allocator, in->refs, in->ref_cap * sizeof *in->refs);
    allocator_free(&s->allocator, in, in->code->instance_size);
}

Instance *wt_instance_new(Store *s, Code *c, ImportResolver resolve, void *user, LinkError *error) {
    *error = (LinkError){.problem = LINK_ok};
    if (s->depth == 0)
        wt_trap_clear(s);
    if (s->instances.count >= s->limits.instances) {
        wt_trap_set(s, TRAP_limit, ": too many instances");
        return NULL;
    }
    Instance *in = allocate_instance(s, c);
    if (!in) {
        wt_trap_set(s, TRAP_out_of_memory, ": instance");
        return NULL;
    }
    if (!link_imports(in, resolve, user, error)) {
        s->instances.count--; /* nothing points to it yet */
        wt_instance_free(s, in);
        return NULL;
    }
    if (!make_tags(in) || !make_memories(in) || !make_globals(in) || !make_tables(in) ||
        !evaluate_segments(in) || (s->tier->admit && !s->tier->admit(in)) || !run_segments(in))
        return NULL;
    if (c->module->has_start && !(WT_DEBUGGER && s->holder.holds)) {
        FuncInst *start = wt_instance_func(in, c->module->start);
        if (!start || !wt_call(s, start, NULL, NULL))
            return NULL;
    }
    return in;
}

bool wt_instance_extern(Instance *in, ExternKind kind, uint32_t index, Extern *out) {
    const Code *c = in->code;
    out->kind = kind;
    switch (kind) {
    case EXTERN_func:
        out->func = wt_instance_func(in, index);
        return out->func != NULL;
    case EXTERN_table:
        out->table = instance_tables(in)[index];
        return true;
    case EXTERN_memory:
        out->memory = instance_memories(in)[index];
        return true;
    case EXTERN_global: {
        const Global *g = &c->module->globals[index];
        out->global = (GlobalRef){instance_global(in, index), code_type(c, g->type), g->mutable_};
        return true;
    }
    case EXTERN_tag:
        out->tag = instance_tags(in)[index];
        return true;
    }
    return false;
}

bool wt_instance_export(Instance *in, Slice name, Extern *out) {
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->export_count; i++)
        if (slice_eq(m->exports[i].name, name))
            return wt_instance_extern(in, (ExternKind)m->exports[i].kind, m->exports[i].item, out);
    return false;
}

Slice wt_instance_item_name(const Module *m, NameKind names, ExternKind kind, uint32_t index) {
    Slice name = wt_names_find(m, names, index);
    for (uint32_t i = 0; !name.data && i < m->export_count; i++)
        if (m->exports[i].kind == kind && m->exports[i].item == index)
            name = m->exports[i].name;
    return name;
}

Slice wt_instance_func_name(const Instance *in, uint32_t funcidx) {
    return wt_instance_item_name(in->code->module, NAME_func, EXTERN_func, funcidx);
}

Slice wt_instance_tag_name(const Store *s, const TagInst *tag) {
    Slice name = {0};
    for (size_t i = 0; i < s->instances.count && !name.data; i++) {
        const Instance *in = s->instances.items[i];
        const Module *m = in->code->module;
        for (uint32_t k = 0; k < m->tag_count && !name.data; k++)
            if (instance_tags(in)[k] == tag)
                name = wt_instance_item_name(m, NAME_tag, EXTERN_tag, k);
    }
    return name;
}

bool wt_instance_refresh(Instance *in) {
    bool grown = false;
    for (uint32_t i = 0; i < in->code->module->memory_count; i++)
        grown |= wt_memory_refresh(instance_memories(in)[i]);
    return grown;
}

MemoryView wt_instance_memory(const Instance *in) {
    const Module *m = in->code->module;
    const MemInst *memory = m->memory_count ? instance_memories(in)[0] : NULL;
    return memory ? (MemoryView){memory->base, memory_len(memory)} : (MemoryView){NULL, 0};
}
