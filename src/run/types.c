/* Types of all modules under one numbering.

   Recursion groups are added whole. A group is written as a string of 32-bit words, references into
   the group as positions there and all others as type ids, and looked up in a map; equal strings
   are equal groups. The table holds its definitions in the shape of a Module, so that subtyping is
   the one of wasm/type.c. Path: decoded and checked module -> code.c -> here. */
#include "run/types.h"

void wt_types_init(TypeTable *t, const Allocator *allocator) {
    memset(t, 0, sizeof *t);
    t->allocator = allocator;
    wt_map_init(&t->groups, allocator);
    wt_arena_init_lasting(&t->arena, allocator);
}

void wt_types_free(TypeTable *t) {
    const Allocator *al = t->allocator;
    allocator_free(al, t->view.types, t->cap * sizeof *t->view.types);
    allocator_free(al, t->info, t->info_cap * sizeof *t->info);
    allocator_free(al, t->layouts, t->layout_cap * sizeof *t->layouts);
    allocator_free(al, t->view.canon, t->canon_cap * sizeof *t->view.canon);
    wt_map_free(&t->groups);
    wt_arena_free(&t->arena);
}

static void intern_word(Buf *b, uint32_t v) { buf_bytes(b, &v, sizeof v); }

/* A type of a group that begins at type index `start`; start TYPE_none: names no index. */
static void intern_type(Buf *b, ValType type, const uint32_t *ids, uint32_t start) {
    if (!valtype_indexed(type)) {
        intern_word(b, type);
        return;
    }
    uint32_t heap = valtype_heap(type);
    intern_word(b, (type & 0xFF) | (heap >= start ? 0x80u : 0x40u));
    intern_word(b, heap >= start ? heap - start : ids[heap]);
}

static void intern_index(Buf *b, uint32_t index, const uint32_t *ids, uint32_t start) {
    intern_word(b, index == TYPE_none ? 0 : index >= start ? 2 : 1);
    intern_word(b, index == TYPE_none ? 0 : index >= start ? index - start : ids[index]);
}

static bool names_no_index(const ValType *types, size_t count) {
    bool none = true;
    for (size_t i = 0; i < count; i++)
        none &= !valtype_indexed(types[i]);
    return none;
}

static void put_def(Buf *b, const TypeDef *d, const uint32_t *ids, uint32_t start) {
    size_t values = (size_t)d->param_count + d->result_count;
    intern_word(b, d->kind | (d->final ? 0x100u : 0));
    if (d->super == TYPE_none && d->describes == TYPE_none && d->descriptor == TYPE_none) {
        static const uint32_t nothing[6];
        buf_bytes(b, nothing, sizeof nothing);
    } else {
        intern_index(b, d->super, ids, start);
        intern_index(b, d->describes, ids, start);
        intern_index(b, d->descriptor, ids, start);
    }
    intern_word(b, d->param_count);
    intern_word(b, d->result_count);
    switch ((TypeKind)d->kind) {
    case TYPE_func:
        if (names_no_index(d->params, values)) {
            if (values)
                buf_bytes(b, d->params, values * sizeof *d->params);
            return;
        }
        for (size_t i = 0; i < values; i++)
            intern_type(b, d->params[i], ids, start);
        return;
    case TYPE_struct:
    case TYPE_array:
        for (uint32_t i = 0; i < d->param_count; i++) {
            intern_word(b, d->fields[i].mutable_);
            intern_type(b, d->fields[i].type, ids, start);
        }
        return;
    case TYPE_cont:
        intern_index(b, d->cont, ids, start);
        return;
    }
}

static uint32_t local_index(uint32_t index, const uint32_t *ids) {
    return index == TYPE_none ? TYPE_none : ids[index];
}

/* A definition with ids in place of indices; the table's arena owns its lists. */
static bool localise_def(TypeTable *t, const TypeDef *d, const uint32_t *ids, TypeDef *out) {
    *out = *d;
    out->super = local_index(d->super, ids);
    out->describes = local_index(d->describes, ids);
    out->descriptor = local_index(d->descriptor, ids);
    switch ((TypeKind)d->kind) {
    case TYPE_func: {
        size_t n = (size_t)d->param_count + d->result_count;
        ValType *list = ARENA_ARRAY(&t->arena, ValType, n);
        if (!list)
            return false;
        for (size_t i = 0; i < n; i++)
            list[i] = types_local(d->params[i], ids);
        out->params = list;
        return true;
    }
    case TYPE_struct:
    case TYPE_array: {
        FieldType *list = ARENA_ARRAY(&t->arena, FieldType, d->param_count);
        if (!list)
            return false;
        for (uint32_t i = 0; i < d->param_count; i++)
            list[i] = (FieldType){types_local(d->fields[i].type, ids), d->fields[i].mutable_};
        out->fields = list;
        return true;
    }
    case TYPE_cont:
        out->cont = ids[d->cont];
        return true;
    }
    return true;
}

static uint32_t count_slots(const ValType *types, uint32_t count) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++)
        n += valtype_slots(types[i]);
    return n;
}

static bool type_is_int(ValType t) { return t == VAL_i32 || t == VAL_i64; }

/* What calls need to know of a function's type. */
static void sum_up(TypeInfo *info, const TypeDef *d) {
    const ValType *results = typedef_results(d);
    info->param_slots = count_slots(d->params, d->param_count);
    info->result_slots = count_slots(results, d->result_count);
    info->ints = d->param_count <= TYPE_ints && d->result_count <= 1;
    for (uint32_t i = 0; i < d->param_count + d->result_count; i++)
        info->refs |= valtype_is_ref(d->params[i]);
    for (uint32_t i = 0; info->ints && i < d->param_count; i++) {
        info->ints = type_is_int(d->params[i]);
        info->narrow |= (uint8_t)((d->params[i] == VAL_i32) << i);
    }
    if (d->result_count && info->ints) {
        info->ints = type_is_int(results[0]);
        info->narrow_result = results[0] == VAL_i32;
    }
}

/* A supertype stands before its subtypes. */
static bool make_display(TypeTable *t, TypeInfo *info, uint32_t id, uint32_t super) {
    info->depth = super == TYPE_none ? 0 : t->info[super].depth + 1;
    uint32_t *display = ARENA_ARRAY(&t->arena, uint32_t, (size_t)info->depth + 1);
    if (!display)
        return false;
    if (info->depth)
        memcpy(display, t->info[super].display, info->depth * sizeof *display);
    display[info->depth] = id;
    info->display = display;
    return true;
}

/* Layouts of a group's types, when all of them are there: fields may name later ones. */
static bool make_layouts(TypeTable *t, uint32_t base) {
    for (uint32_t id = base; id < t->view.type_count; id++) {
        const TypeDef *d = &t->view.types[id];
        const Layout *super = d->super == TYPE_none ? NULL : &t->layouts[d->super];
        if (!wt_gc_layout(&t->view, d, super, &t->arena, &t->layouts[id]))
            return false;
    }
    return true;
}

static bool add_def(TypeTable *t, const TypeDef *d, const uint32_t *ids) {
    Module *v = &t->view;
    uint32_t id = v->type_count;
    if (id >= HEAP_first ||
        !wt_vec_grow(t->allocator, (void **)&v->types, &t->cap, id, sizeof *v->types) ||
        !wt_vec_grow(t->allocator, (void **)&t->info, &t->info_cap, id, sizeof *t->info) ||
        !wt_vec_grow(t->allocator, (void **)&t->layouts, &t->layout_cap, id, sizeof *t->layouts) ||
        !wt_vec_grow(t->allocator, (void **)&v->canon, &t->canon_cap, id, sizeof *v->canon))
        return false;
    TypeDef *out = &v->types[id];
    if (!localise_def(t, d, ids, out))
        return false;
    TypeInfo *info = &t->info[id];
    *info = (TypeInfo){.final = out->final};
    if (!make_display(t, info, id, out->super))
        return false;
    if (out->kind == TYPE_struct)
        for (uint32_t i = 0; i < out->param_count; i++)
            info->param_slots += valtype_slots(out->fields[i].type);
    if (out->kind == TYPE_func)
        sum_up(info, out);
    v->canon[id] = id;
    v->type_count++;
    return true;
}

/* Adds the definitions of one group, or finds it; *id becomes the id of its first member. */
static bool add_group(TypeTable *t, const TypeDef *defs, uint32_t start, uint32_t count,
                      uint32_t *ids, Buf *key) {
    key->len = 0;
    for (uint32_t i = 0; i < count; i++)
        put_def(key, &defs[i], ids, start);
    if (key->failed)
        return false;
    uint32_t *known = wt_map_get(&t->groups, slice(key->data, key->len));
    uint32_t base = known ? *known : t->view.type_count;
    for (uint32_t i = 0; i < count; i++)
        ids[start + i] = base + i;
    if (known)
        return true;
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++)
        ok = add_def(t, &defs[i], ids);
    if (!ok || !make_layouts(t, base)) {
        t->view.type_count = base;
        return false;
    }
    Slice kept = wt_arena_copy(&t->arena, key->data, key->len);
    if (kept.data)
        wt_map_add(&t->groups, kept, base);
    ok = kept.data && !t->groups.failed;
    t->groups.failed = false; /* the next group may find memory */
    if (!ok)
        t->view.type_count = base;
    return ok;
}

bool wt_types_add(TypeTable *t, const Module *m, uint32_t *ids) {
    Buf key;
    wt_buf_init(&key, t->allocator);
    bool ok = true;
    for (uint32_t i = 0; ok && i < m->type_count;) {
        uint32_t count = m->types[i].rec_count ? m->types[i].rec_count : 1;
        ok = add_group(t, &m->types[i], i, count, ids, &key);
        i += count;
    }
    wt_buf_free(&key);
    return ok;
}

uint32_t wt_types_function(TypeTable *t, const ValType *params, uint32_t param_count,
                           const ValType *results, uint32_t result_count) {
    size_t n = (size_t)param_count + result_count;
    ValType *list = ARENA_ARRAY(&t->arena, ValType, n);
    if (!list)
        return TYPE_none;
    for (uint32_t i = 0; i < param_count; i++)
        list[i] = params[i];
    for (uint32_t i = 0; i < result_count; i++)
        list[param_count + i] = results[i];
    TypeDef def = {.kind = TYPE_func,
                   .final = true,
                   .super = TYPE_none,
                   .describes = TYPE_none,
                   .descriptor = TYPE_none,
                   .rec_count = 1,
                   .param_count = param_count,
                   .result_count = result_count,
                   .params = list};
    uint32_t id = TYPE_none;
    Buf key;
    wt_buf_init(&key, t->allocator);
    bool ok = add_group(t, &def, 0, 1, &id, &key);
    wt_buf_free(&key);
    return ok ? id : TYPE_none;
}
