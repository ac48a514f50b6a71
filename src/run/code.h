/* A module made ready to run in one store: its types under the store's numbering, the layout of its
   instances, and the tier's code of each function. All instances of the module share it. */
#ifndef WATTLE_RUN_CODE_H
#define WATTLE_RUN_CODE_H

#include "run/store.h"

/* A function defined by the module, as its tier enters it. */
struct FuncCode {
    const uint32_t *entry; /* first instruction; until the first call it is &stub */
    uint64_t stub;         /* the tier's "translate me" */
    uint32_t frame_slots;  /* that a frame needs above its fp */
    Code *code;
    uint32_t funcidx;
    uint32_t words;        /* length of the tier's code */
    const uint32_t *start; /* first word of it; entry may be a prologue further on */
    const uint8_t *native; /* machine code, or the stub that makes it */
    union {                /* where its exceptions land; NULL: nowhere */
        const struct TryTable *tries;
        const struct NativeTries *native_tries;
    };
};

struct Code {
    Store *store;
    const Module *module;
    uint32_t *type_ids;       /* of each type index */
    uint32_t *traced_globals; /* own globals that hold references into the heap */
    uint32_t traced_count;
    FuncCode *funcs; /* defined functions: funcidx - module->func_imports */
    Arena arena;     /* of this struct's arrays and the tier's code */
    void *tier_data; /* the tier's */

    /* Layout of an instance: byte offsets from the Instance, and slots of own globals. */
    uint32_t *global_at; /* of each global: an own global's value, or an imported one's pointer */
    uint32_t imports_at, tables_at, memories_at, tags_at, elems_at, dropped_at;
    size_t instance_size;
};

/* Makes a validated module ready. Owned by the store. NULL: out of memory. */
Code *wt_code_new(Store *s, const Module *m);

WT_INLINE FuncCode *code_func(const Code *c, uint32_t funcidx) {
    return &c->funcs[funcidx - c->module->func_imports];
}
/* The id of a function's type. */
WT_INLINE uint32_t code_func_type(const Code *c, uint32_t funcidx) {
    return c->type_ids[c->module->funcs[funcidx].type];
}
WT_INLINE ValType code_type(const Code *c, ValType t) { return types_local(t, c->type_ids); }

#endif
