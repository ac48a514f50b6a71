/* What the two halves of the standard C API share: wasm_c_types.c describes, wasm_c_api.c runs. */
#ifndef WATTLE_API_WASM_C_API_H
#define WATTLE_API_WASM_C_API_H

#include "api/inside.h"
#include "wasm.h"

/* This API has no allocator of its own: malloc, through the hook of base. */
WT_INLINE void *c_new(size_t size) { return allocator_get(&wt_base_malloc, size); }
WT_INLINE void c_free(void *p) { allocator_free(&wt_base_malloc, p, 1); }

struct wasm_valtype_t {
    wasm_valkind_t kind;
    wattle_valtype exact; /* what it came from; an index is made its hierarchy's top */
};

/* All five kinds of extern types are this one struct. */
struct wasm_externtype_t {
    uint8_t kind;                       /* wasm_externkind_enum */
    wasm_mutability_t mutability;       /* globals */
    wasm_valtype_vec_t params, results; /* functions, tags */
    wasm_valtype_t *content;            /* globals, tables */
    wasm_limits_t limits;               /* tables, memories: as published, and exactly */
    wattle_limits exact;
};

/* NULL: out of memory. */
wasm_valtype_t *wt_wasm_c_valtype(wattle_valtype t);
wasm_externtype_t *wt_wasm_c_externtype(wattle_extern_type t);
/* A new vector of `n` types, or an empty one. */
void wt_wasm_c_imports(const wattle_module *m, wasm_importtype_vec_t *out);
void wt_wasm_c_exports(const wattle_module *m, wasm_exporttype_vec_t *out);

/* Every object that has references. A wasm_X_t pointer is one reference: copies are the same
   pointer, counted. Objects of a store are found again by their handle, so that there is one for
   each; they live as long as the store. */
typedef enum CKind {
    C_func,
    C_global,
    C_table,
    C_memory,
    C_tag,
    C_instance,
    C_foreign,
    C_module,
    C_trap,
    C_other, /* a reference that this API did not make */
} CKind;

struct wasm_ref_t {
    CKind kind;
    size_t owners; /* references, and 1 for a box that wasm code can reach */
    wasm_store_t *store;
    wattle_func handle; /* by kind: any of the handles, all of one shape */
    wattle_ref box;     /* as an externref; C_other: the reference itself */
    bool boxed;         /* the box is there */
    wattle_module *module;
    wasm_message_t message; /* traps */
    wasm_frame_vec_t frames;
    void *info;
    void (*finalize)(void *);
    wasm_ref_t *next; /* objects of the store with the same hash */
};

#endif
