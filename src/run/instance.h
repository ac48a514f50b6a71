/* Instances: a module with its imports filled in. The spec: "Instantiation" (4.5.4). */
#ifndef WATTLE_RUN_INSTANCE_H
#define WATTLE_RUN_INSTANCE_H

#include "run/code.h"

/* One block of memory: this head, then the arrays whose places are in Code. */
struct Instance {
    uint8_t *mem_base; /* of memory 0, kept up to date by memory.c */
    uint64_t mem_len;
    Store *store;
    Code *code;
    FuncInst **refs; /* functions that somebody referred to: open addressing by funcidx */
    uint32_t ref_count, ref_cap;
};

#define INSTANCE_FIELD(in, at, Type) ((Type *)(void *)((uint8_t *)(in) + (at)))
WT_INLINE FuncInst **instance_imports(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->imports_at, FuncInst *);
}
WT_INLINE TableInst **instance_tables(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->tables_at, TableInst *);
}
WT_INLINE MemInst **instance_memories(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->memories_at, MemInst *);
}
WT_INLINE TagInst **instance_tags(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->tags_at, TagInst *);
}
/* Of each element segment its items, once they are evaluated. */
WT_INLINE Value **instance_elems(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->elems_at, Value *);
}
/* One byte for each element segment, then each data segment: 1 = dropped. */
WT_INLINE uint8_t *instance_dropped(const Instance *in) {
    return INSTANCE_FIELD(in, in->code->dropped_at, uint8_t);
}
WT_INLINE Value *instance_global(const Instance *in, uint32_t globalidx) {
    uint32_t at = in->code->global_at[globalidx];
    return globalidx < in->code->module->global_imports ? *INSTANCE_FIELD(in, at, Value *)
                                                        : INSTANCE_FIELD(in, at, Value);
}

/* Gives an import's Extern; false: unknown. */
typedef bool (*ImportResolver)(void *user, const Import *import, Extern *out);

typedef enum LinkProblem { LINK_ok, LINK_unknown, LINK_incompatible } LinkProblem;
typedef struct LinkError {
    LinkProblem problem;
    const Import *import;
    Extern given; /* LINK_incompatible: what came instead */
} LinkError;
/* "unknown import: "env" "f"": the official suite's words first. */
void wt_instance_link_message(const Store *s, const Code *c, const LinkError *e, Buf *b);

/* Whether the Extern has the type that the import asks for. */
bool wt_instance_import_matches(const Code *c, const Import *import, const Extern *e);

/* Links, allocates, writes the active segments and calls the start function (not where a holder
   does). NULL: either error->problem says which import, or s->trap is set (a segment out of bounds,
   a trap in the start function, no memory). What was written to imported tables and memories before
   a trap stays. */
Instance *wt_instance_new(Store *s, Code *c, ImportResolver resolve, void *user, LinkError *error);
void wt_instance_free(Store *s, Instance *in);

/* false: there is no such export, or (s->trap set) no memory. */
bool wt_instance_export(Instance *in, Slice name, Extern *out);
/* The item of an index space. false: out of memory. */
bool wt_instance_extern(Instance *in, ExternKind kind, uint32_t index, Extern *out);
/* The function as something to refer to. NULL: out of memory. */
FuncInst *wt_instance_func(Instance *in, uint32_t funcidx);

/* An element segment: how many items, and these; dropped: none. NULL: no memory, s->trap. What is
   evaluated uses the stack above `top`. */
uint32_t wt_instance_elem_count(const Instance *in, uint32_t elemidx);
const Value *wt_instance_elem_items(Instance *in, uint32_t elemidx, Value *top);
void wt_instance_elem_drop(Instance *in, uint32_t elemidx);
/* The bytes of a data segment; dropped: none. */
Slice wt_instance_data(const Instance *in, uint32_t dataidx);

/* table.init; false with s->trap set. */
bool wt_instance_table_init(Instance *in, uint32_t elemidx, uint32_t tableidx, uint64_t at,
                            uint64_t from_at, uint64_t n, Value *top);
/* memory.init; TRAP_none, or why not. */
TrapCode wt_instance_memory_init(Instance *in, uint32_t dataidx, uint32_t memidx, uint64_t at,
                                 uint64_t from_at, uint64_t n);
/* The name of an item: from the name section, else an export; data NULL: none. */
Slice wt_instance_item_name(const Module *m, NameKind names, ExternKind kind, uint32_t index);
/* A function's name for people: from the name section, else an export; data NULL: none. */
Slice wt_instance_func_name(const Instance *in, uint32_t funcidx);
/* A tag's name in the first instance that has one for it. */
Slice wt_instance_tag_name(const Store *s, const TagInst *tag);

/* Whether one of its memories was longer than the store knew, because another thread grew it. After
   a failed bounds check: if so, check again. */
bool wt_instance_refresh(Instance *in);

/* What a host may read and write of a caller's memory: memory 0 of the instance, or its exported
   "memory". Valid until the next call into wasm or growth. */
typedef struct MemoryView {
    uint8_t *base;
    uint64_t len;
} MemoryView;
MemoryView wt_instance_memory(const Instance *in);
WT_INLINE MemoryView caller_memory(const Caller *c) {
    return c->instance ? wt_instance_memory(c->instance) : (MemoryView){NULL, 0};
}

#endif
