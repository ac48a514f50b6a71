/* The types of all modules of a store under one numbering: two equal types of different modules
   have the same type id, so that calls, casts and imports compare numbers. The spec: "Types"
   (4.2.2) and "Rolling and unrolling" (3.1.4). */
#ifndef WATTLE_RUN_TYPES_H
#define WATTLE_RUN_TYPES_H

#include "base/map.h"
#include "gc/layout.h"
#include "wasm/module.h"

/* What calls and casts need to know of a type. v128 takes two slots, everything else one. */
typedef struct TypeInfo {
    uint32_t depth;                     /* of supertypes above it */
    const uint32_t *display;            /* they and it, the topmost first */
    uint32_t param_slots, result_slots; /* param_slots of a struct: its fields */
    bool final;
    bool refs;          /* it takes or gives references */
    bool ints;          /* it takes at most TYPE_ints whole numbers, and gives at most one */
    uint8_t narrow;     /* if `ints`: which parameters are i32, a bit each */
    bool narrow_result; /* and the result */
} TypeInfo;
enum { TYPE_ints = 6 };

typedef struct TypeTable {
    const Allocator *allocator;
    Module view; /* types, type_count and canon only: what wt_type_is_sub reads; indices are ids */
    TypeInfo *info;
    Layout *layouts; /* of structs and arrays */
    size_t cap, info_cap, layout_cap, canon_cap;
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
WT_INLINE bool types_id_is_sub(const TypeTable *t, uint32_t a, uint32_t b) {
    uint32_t depth = t->info[b].depth;
    return a == b || (t->info[a].depth > depth && t->info[a].display[depth] == b);
}
/* References of this type are references into the heap: all but those to functions. */
WT_INLINE bool types_is_traced(const TypeTable *t, ValType type) {
    return valtype_is_ref(type) && wt_type_heap_top(&t->view, valtype_heap(type)) != HEAP_func;
}
/* a <= b for value types with ids. */
WT_INLINE bool types_is_sub(const TypeTable *t, ValType a, ValType b) {
    return wt_type_is_sub(&t->view, a, b);
}
WT_INLINE bool types_is_equal(const TypeTable *t, ValType a, ValType b) {
    return a == b || (types_is_sub(t, a, b) && types_is_sub(t, b, a));
}

/* The arguments of a type with TypeInfo.ints, with zeros in the upper halves of 32-bit numbers.
   Those are read as such: a longer load would wait for the store that wrote them. */
WT_INLINE void wt_types_copy_ints(const TypeInfo *type, const uint64_t *args, uint64_t *to) {
    for (uint32_t i = 0; i < type->param_slots; i++)
        if (type->narrow >> i & 1)
            to[i] = load32le((const uint8_t *)&args[i]);
        else
            to[i] = args[i];
}

WT_INLINE uint32_t valtype_slots(ValType t) { return t == VAL_v128 ? 2 : 1; }

#endif
