/* Bulk memory, table and reference instructions of the interpreter: read the slots, call run/. The
   upper half of a slot that holds an i32 means nothing, so addresses are read by their type. Path:
   loop.c -> here -> run/memory.c, run/table.c.
 */
#include "interp/slow.h"

#include "run/memory.h"
#include "run/meter.h"
#include "run/table.h"

WT_INLINE int16_t slow_slot(const uint32_t *pc, unsigned i) {
    int16_t slot;
    memcpy(&slot, (const uint8_t *)(pc + 1) + 2 * i, sizeof slot);
    return slot;
}
#define SLOT(i) fp[slow_slot(pc, i)]
#define INDEX(i) pc[3 + (i)]

/* An address or length in a slot. */
WT_INLINE uint64_t slow_address(Value v, bool is64) { return is64 ? v : (uint32_t)v; }

/* -1 of the address type. */
static Value grow_result(uint64_t old, bool is64) {
    return old == UINT64_MAX && !is64 ? UINT32_MAX : old;
}

TrapCode wt_interp_memory_size(Instance *in, Value *fp, const uint32_t *pc) {
    SLOT(0) = memory_pages(instance_memories(in)[INDEX(0)]);
    return TRAP_none;
}

TrapCode wt_interp_memory_grow(Instance *in, Value *fp, const uint32_t *pc) {
    MemInst *m = instance_memories(in)[INDEX(0)];
    uint64_t pages = slow_address(SLOT(1), m->limits.is64);
    uint64_t old = wt_memory_grow(in->store, m, pages);
    SLOT(0) = grow_result(old, m->limits.is64);
    return old == UINT64_MAX ? TRAP_none : wt_meter_bytes(in->store, pages << m->limits.page_log2);
}

TrapCode wt_interp_memory_fill(Instance *in, Value *fp, const uint32_t *pc) {
    MemInst *m = instance_memories(in)[INDEX(0)];
    uint64_t at = slow_address(SLOT(0), m->limits.is64);
    uint64_t n = slow_address(SLOT(2), m->limits.is64);
    return wt_memory_fill(in->store, m, at, (uint8_t)SLOT(1), n);
}

TrapCode wt_interp_memory_copy(Instance *in, Value *fp, const uint32_t *pc) {
    MemInst *to = instance_memories(in)[INDEX(0)], *from = instance_memories(in)[INDEX(1)];
    uint64_t at = slow_address(SLOT(0), to->limits.is64);
    uint64_t from_at = slow_address(SLOT(1), from->limits.is64);
    uint64_t n = slow_address(SLOT(2), to->limits.is64 && from->limits.is64);
    return wt_memory_copy(in->store, to, at, from, from_at, n);
}

TrapCode wt_interp_memory_init(Instance *in, Value *fp, const uint32_t *pc) {
    uint64_t at = slow_address(SLOT(0), instance_memories(in)[INDEX(1)]->limits.is64);
    return wt_instance_memory_init(in, INDEX(0), INDEX(1), at, (uint32_t)SLOT(1),
                                   (uint32_t)SLOT(2));
}

TrapCode wt_interp_data_drop(Instance *in, Value *fp, const uint32_t *pc) {
    (void)fp;
    instance_dropped(in)[in->code->module->elem_count + INDEX(0)] = 1;
    return TRAP_none;
}

TrapCode wt_interp_table_get(Instance *in, Value *fp, const uint32_t *pc) {
    const TableInst *t = instance_tables(in)[INDEX(0)];
    uint64_t i = slow_address(SLOT(1), t->limits.is64);
    if (i >= t->len)
        return TRAP_out_of_bounds_table;
    SLOT(0) = t->elems[i];
    return TRAP_none;
}

TrapCode wt_interp_table_set(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    uint64_t i = slow_address(SLOT(0), t->limits.is64);
    if (i >= t->len)
        return TRAP_out_of_bounds_table;
    t->elems[i] = SLOT(1);
    return TRAP_none;
}

TrapCode wt_interp_table_size(Instance *in, Value *fp, const uint32_t *pc) {
    SLOT(0) = instance_tables(in)[INDEX(0)]->len;
    return TRAP_none;
}

TrapCode wt_interp_table_grow(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    uint64_t n = slow_address(SLOT(2), t->limits.is64);
    uint64_t old = wt_table_grow(in->store, t, n, SLOT(1));
    SLOT(0) = grow_result(old, t->limits.is64);
    return old == UINT64_MAX ? TRAP_none : wt_meter_charge(in->store, n);
}

TrapCode wt_interp_table_fill(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    uint64_t at = slow_address(SLOT(0), t->limits.is64);
    uint64_t n = slow_address(SLOT(2), t->limits.is64);
    return wt_table_fill(in->store, t, at, SLOT(1), n);
}

TrapCode wt_interp_table_copy(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *to = instance_tables(in)[INDEX(0)], *from = instance_tables(in)[INDEX(1)];
    uint64_t at = slow_address(SLOT(0), to->limits.is64);
    uint64_t from_at = slow_address(SLOT(1), from->limits.is64);
    uint64_t n = slow_address(SLOT(2), to->limits.is64 && from->limits.is64);
    return wt_table_copy(in->store, to, at, from, from_at, n);
}

TrapCode wt_interp_table_init(Instance *in, Value *fp, const uint32_t *pc) {
    uint64_t at = slow_address(SLOT(0), instance_tables(in)[INDEX(1)]->limits.is64);
    return wt_instance_table_init(in, INDEX(0), INDEX(1), at, (uint32_t)SLOT(1), (uint32_t)SLOT(2),
                                  fp + pc[5])
               ? TRAP_none
               : in->store->trap.code;
}

TrapCode wt_interp_elem_drop(Instance *in, Value *fp, const uint32_t *pc) {
    (void)fp;
    wt_instance_elem_drop(in, INDEX(0));
    return TRAP_none;
}

TrapCode wt_interp_ref_func(Instance *in, Value *fp, const uint32_t *pc) {
    FuncInst *f = wt_instance_func(in, INDEX(0));
    SLOT(0) = value_pointer(f);
    return f ? TRAP_none : TRAP_out_of_memory;
}
