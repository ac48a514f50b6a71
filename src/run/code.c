/* A module made ready to run: type ids, the layout of an instance, the tier's functions. What an
   instance holds comes first the pointers, then the globals' values, then the bytes. */
#include "run/code.h"

#include "run/instance.h"

/* Places `count` things of `size` bytes; the running total stays below 2^31. */
static uint32_t place(uint64_t *at, uint64_t count, uint64_t size) {
    uint32_t here = (uint32_t)*at;
    *at += count * size;
    return here;
}

static bool lay_out(Code *c) {
    const Module *m = c->module;
    uint64_t at = (sizeof(Instance) + 15) & ~(uint64_t)15;
    c->imports_at = place(&at, m->func_imports, sizeof(FuncInst *));
    c->tables_at = place(&at, m->table_count, sizeof(TableInst *));
    c->memories_at = place(&at, m->memory_count, sizeof(MemInst *));
    c->tags_at = place(&at, m->tag_count, sizeof(TagInst *));
    c->elems_at = place(&at, m->elem_count, sizeof(Value *));
    at = (at + 7) & ~(uint64_t)7;
    for (uint32_t i = 0; i < m->global_count; i++)
        c->global_at[i] = place(&at, valtype_slots(m->globals[i].type), sizeof(Value));
    c->dropped_at = place(&at, (uint64_t)m->elem_count + m->data_count, 1);
    c->instance_size = (size_t)((at + 15) & ~(uint64_t)15);
    return at < INT32_MAX;
}

static bool prepare_code(Store *s, Code *c) {
    const Module *m = c->module;
    c->type_ids = ARENA_ARRAY(&c->arena, uint32_t, m->type_count);
    c->global_at = ARENA_ARRAY(&c->arena, uint32_t, m->global_count);
    c->traced_globals = ARENA_ARRAY(&c->arena, uint32_t, m->global_count);
    uint32_t defined = m->func_count - m->func_imports;
    c->funcs = ARENA_ARRAY(&c->arena, FuncCode, defined);
    if (!c->type_ids || !c->global_at || !c->traced_globals || !c->funcs ||
        !wt_types_add(&s->types, m, c->type_ids))
        return false;
    for (uint32_t i = m->global_imports; i < m->global_count; i++)
        if (types_is_traced(&s->types, code_type(c, m->globals[i].type)))
            c->traced_globals[c->traced_count++] = i;
    for (uint32_t i = 0; i < defined; i++) {
        c->funcs[i].code = c;
        c->funcs[i].funcidx = m->func_imports + i;
    }
    return lay_out(c) && s->tier->load(c);
}

Code *wt_code_new(Store *s, const Module *m) {
    Code *c = allocator_get(&s->allocator, sizeof *c);
    if (!c)
        return NULL;
    memset(c, 0, sizeof *c);
    c->store = s;
    c->module = m;
    wt_arena_init_lasting(&c->arena, &s->allocator);
    /* In the list first: whoever has loaded it has it there. */
    bool listed = wt_store_list_add(s, &s->codes, c);
    if (!listed || !prepare_code(s, c)) {
        s->codes.count -= listed;
        wt_arena_free(&c->arena);
        allocator_free(&s->allocator, c, sizeof *c);
        return NULL;
    }
    return c;
}
