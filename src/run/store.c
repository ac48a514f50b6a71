/* The store: who owns what at run time. Objects are only freed with the store, because references
   to them may be anywhere in it. Large blocks are pages of their own (base/os.h), so that they are
   zeroed for nothing, grow in place and cost nothing before they are touched; small ones, and all
   where there are no pages, come from the allocator. */
#include "run/store.h"

#include "base/check.h"
#include "base/os.h"
#include "run/instance.h"
#include "run/memory.h"
#include "run/object.h"
#include "run/pool.h"
#include "run/table.h"

enum { SMALL_BLOCK = 32 * 1024 };

StoreLimits wt_store_limits_default(void) {
    return (StoreLimits){
        .stack_slots = 1u << 20,
        .host_depth = 100,
        .instances = UINT32_MAX,
        .memories = UINT32_MAX,
        .tables = UINT32_MAX,
        .memory_bytes = (uint64_t)1 << 46,
        .memory_total = UINT64_MAX,
        .table_elems = 10000000,
        .table_total = UINT64_MAX,
        .heap_bytes = (uint64_t)1 << 30,
    };
}

/* Which kind of block a size is, decided by the size alone so that freeing knows too. */
static bool block_is_small(size_t size) { return size <= SMALL_BLOCK; }

static size_t block_round(size_t need) {
    if (block_is_small(need))
        return (need + 15) & ~(size_t)15;
    size_t page = wt_os_page_size();
    return need > SIZE_MAX - page ? 0 : (need + page - 1) & ~(page - 1);
}

void wt_store_block_free(Store *s, void *p, size_t size) {
    if (block_is_small(size))
        allocator_free(&s->allocator, p, size);
    else
        wt_pool_give(s->limits.pool, p, size, 0);
}

static void *new_pages(Store *s, size_t size) {
    void *p = wt_pool_take(s->limits.pool, size, 0);
    return p ? p : wt_os_mem_grow(NULL, 0, size);
}

void *wt_store_block_grow(Store *s, void *p, size_t *size, size_t need) {
    if (p && need <= *size)
        return p;
    size_t rounded = block_round(need ? need : 1);
    if (!rounded)
        return NULL;
    void *grown;
    if (block_is_small(rounded)) {
        grown = s->allocator.alloc(s->allocator.user, p, *size, rounded);
        if (grown)
            memset((uint8_t *)grown + *size, 0, rounded - *size);
    } else if (p && !block_is_small(*size)) {
        grown = wt_os_mem_grow(p, *size, rounded);
    } else {
        grown = new_pages(s, rounded);
        if (grown && p) {
            memcpy(grown, p, *size);
            allocator_free(&s->allocator, p, *size);
        }
    }
    if (grown)
        *size = rounded;
    return grown;
}

bool wt_store_list_add(Store *s, StoreList *list, void *item) {
    if (!wt_vec_grow(&s->allocator, (void **)&list->items, &list->cap, list->count,
                     sizeof *list->items))
        return false;
    list->items[list->count++] = item;
    return true;
}

static void free_list(Store *s, StoreList *list) {
    allocator_free(&s->allocator, list->items, list->cap * sizeof *list->items);
}

Store *wt_store_new(const Allocator *allocator, const Tier *tier, const StoreLimits *limits) {
    Store *s = allocator_get(allocator, sizeof *s);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->allocator = *allocator;
    s->limits = limits ? *limits : wt_store_limits_default();
    s->tier = tier;
    wt_types_init(&s->types, &s->allocator);
    wt_arena_init_lasting(&s->arena, &s->allocator);
    wt_object_heap_init(s);
    size_t bytes;
    size_t slots = (size_t)s->limits.stack_slots + tier->spare_slots;
    if (check_mul_size(slots, sizeof(Value), &bytes))
        s->stack = wt_store_block_grow(s, NULL, &s->stack_size, bytes);
    if (!s->stack || !tier->attach(s)) {
        s->tier = NULL;
        wt_store_free(s);
        return NULL;
    }
    s->stack_top = s->heap_top = s->stack;
    s->stack_end = s->stack + slots;
    return s;
}

void wt_store_free(Store *s) {
    if (!s)
        return;
    wt_object_heap_free(s);
    if (s->tier)
        s->tier->detach(s);
    for (size_t i = 0; i < s->instances.count; i++)
        wt_instance_free(s, s->instances.items[i]);
    for (size_t i = 0; i < s->memories.count; i++)
        wt_memory_free(s, s->memories.items[i]);
    for (size_t i = 0; i < s->tables.count; i++)
        wt_table_free(s, s->tables.items[i]);
    for (size_t i = 0; i < s->codes.count; i++) {
        Code *c = s->codes.items[i];
        wt_arena_free(&c->arena);
        allocator_free(&s->allocator, c, sizeof *c);
    }
    free_list(s, &s->instances);
    free_list(s, &s->memories);
    free_list(s, &s->tables);
    free_list(s, &s->codes);
    free_list(s, &s->traced_cells);
    wt_types_free(&s->types);
    wt_arena_free(&s->arena);
    if (s->stack)
        wt_store_block_free(s, s->stack, s->stack_size);
    Allocator al = s->allocator;
    allocator_free(&al, s, sizeof *s);
}

void wt_store_interrupt(Store *s) { atomic_fetch_or(&s->interrupt, METER_stop); }
void wt_store_sample(Store *s) { atomic_fetch_or(&s->interrupt, METER_sample); }

FuncInst *wt_store_function(Store *s, uint32_t type_id, HostFn fn, void *user) {
    if (type_id == TYPE_none)
        return NULL;
    HostInst *h = ARENA_NEW(&s->arena, HostInst);
    if (!h)
        return NULL;
    const TypeInfo *type = &s->types.info[type_id];
    /* The short way looks neither at types nor for an interrupt, and passes no function where a
       debugger would stop. */
    bool direct = type->ints && !s->limits.interruptible && !s->maker.made;
    const void *native = direct ? s->native.ints : s->native.host;
    h->func = (FuncInst){.type_id = type_id, .host = fn, .user = user, .native = native};
    for (unsigned i = 0; i < TYPE_ints; i++)
        h->masks[i] = type->narrow >> i & 1 ? UINT32_MAX : UINT64_MAX;
    h->result_mask = type->narrow_result ? UINT32_MAX : UINT64_MAX;
    return &h->func;
}

void wt_store_direct(Store *s, FuncInst *f, HostDirectFn *fn, void *user) {
    HostInst *h = (HostInst *)f;
    h->direct = fn;
    h->direct_user = user;
    if (f->native == s->native.ints)
        f->native = s->native.direct[s->types.info[f->type_id].param_slots];
}

GlobalRef wt_store_global(Store *s, ValType type, bool mutable_, const Value *value) {
    uint32_t slots = valtype_slots(type);
    Value *cell = ARENA_ARRAY(&s->arena, Value, slots);
    if (cell)
        memcpy(cell, value, slots * sizeof *cell);
    if (cell && types_is_traced(&s->types, type) && !wt_store_list_add(s, &s->traced_cells, cell))
        cell = NULL;
    return (GlobalRef){cell, type, mutable_};
}
