/* The types of all modules of a store under one numbering: two equal types of different modules
   have the same type id, so that calls, casts and imports compare numbers. The spec: "Types"
   (4.2.2) and "Rolling and unrolling" (3.1.4). */
#ifndef WATTLE_RUN_TYPES_H
#define WATTLE_RUN_TYPES_H

#include "base/map.h"
#include "wasm/module.h"

/* What a call needs to know of a function type. v128 takes two slots, everything else one. */
typedef struct TypeInfo {
    uint32_t super; /* type id or TYPE_none */
    uint32_t depth; /* of supertypes above it */
    uint32_t param_slots, result_slots;
    bool final;
} TypeInfo;

typedef struct TypeTable {
    const Allocator *allocator;
    Module view; /* types, type_count and canon only: what wt_type_is_sub reads; indices are ids */
    TypeInfo *info;
    size_t cap, info_cap, canon_cap;
    Map groups; /* a recursion group in words -> its first id */
    Arena arena;
} TypeTable;

void wt_types_init(TypeTable *t, const Allocator *allocator);
void wt_types_free(TypeTable *t);
/* Numbers every type of a module: ids[i] is the id of type index i. false: out of memory. */
bool wt_types_add(TypeTable *t, const Module *m, uint32_t *ids);
/* The id of a function type given by lists of types that name no index; TYPE_none: out of memory.
 */
uint32_t wt_types_function(TypeTable *t, const ValType *params, uint32_t param_count,
                           const ValType *results, uint32_t result_count);

/* A module's value type with its index replaced by an id. */
WT_INLINE ValType types_local(ValType t, const uint32_t *ids) {
    return valtype_indexed(t) ? (t & 0xFF) | ids[valtype_heap(t)] << VAL_heap_shift : t;
}
WT_INLINE const TypeDef *types_def(const TypeTable *t, uint32_t id) { return &t->view.types[id]; }
/* a is b or declared below it. */
bool wt_types_id_is_sub(const TypeTable *t, uint32_t a, uint32_t b);
/* a <= b for value types with ids. */
WT_INLINE bool types_is_sub(const TypeTable *t, ValType a, ValType b) {
    return wt_type_is_sub(&t->view, a, b);
}
WT_INLINE bool types_is_equal(const TypeTable *t, ValType a, ValType b) {
    return a == b || (types_is_sub(t, a, b) && types_is_sub(t, b, a));
}

WT_INLINE uint32_t valtype_slots(ValType t) { return t == VAL_v128 ? 2 : 1; }

#endif
