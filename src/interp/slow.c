/* Bulk memory, table and reference instructions of the interpreter: read the slots, call run/. An
   address of a 32-bit memory or table is a clean 64-bit word already (the upper half of an i32 slot
   is zero), so both address types are one case. Path: loop.c -> here -> run/memory.c, run/table.c.
 */
#include "interp/slow.h"

#include "run/memory.h"
#include "run/table.h"

WT_INLINE int16_t slow_slot(const uint32_t *pc, unsigned i) {
    int16_t slot;
    memcpy(&slot, (const uint8_t *)(pc + 1) + 2 * i, sizeof slot);
    return slot;
}
#define SLOT(i) fp[slow_slot(pc, i)]
#define INDEX(i) pc[3 + (i)]

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
    SLOT(0) = grow_result(wt_memory_grow(in->store, m, SLOT(1)), m->limits.is64);
    return TRAP_none;
}

TrapCode wt_interp_memory_fill(Instance *in, Value *fp, const uint32_t *pc) {
    MemInst *m = instance_memories(in)[INDEX(0)];
    return wt_memory_fill(m, SLOT(0), (uint8_t)SLOT(1), SLOT(2)) ? TRAP_none
                                                                 : TRAP_out_of_bounds_memory;
}

TrapCode wt_interp_memory_copy(Instance *in, Value *fp, const uint32_t *pc) {
    MemInst **m = instance_memories(in);
    return wt_memory_copy(m[INDEX(0)], SLOT(0), m[INDEX(1)], SLOT(1), SLOT(2))
               ? TRAP_none
               : TRAP_out_of_bounds_memory;
}

TrapCode wt_interp_memory_init(Instance *in, Value *fp, const uint32_t *pc) {
    return wt_instance_memory_init(in, INDEX(0), INDEX(1), SLOT(0), SLOT(1), SLOT(2))
               ? TRAP_none
               : TRAP_out_of_bounds_memory;
}

TrapCode wt_interp_data_drop(Instance *in, Value *fp, const uint32_t *pc) {
    (void)fp;
    instance_dropped(in)[in->code->module->elem_count + INDEX(0)] = 1;
    return TRAP_none;
}

TrapCode wt_interp_table_get(Instance *in, Value *fp, const uint32_t *pc) {
    const TableInst *t = instance_tables(in)[INDEX(0)];
    if (SLOT(1) >= t->len)
        return TRAP_out_of_bounds_table;
    SLOT(0) = t->elems[SLOT(1)];
    return TRAP_none;
}

TrapCode wt_interp_table_set(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    if (SLOT(0) >= t->len)
        return TRAP_out_of_bounds_table;
    t->elems[SLOT(0)] = SLOT(1);
    return TRAP_none;
}

TrapCode wt_interp_table_size(Instance *in, Value *fp, const uint32_t *pc) {
    SLOT(0) = instance_tables(in)[INDEX(0)]->len;
    return TRAP_none;
}

TrapCode wt_interp_table_grow(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    SLOT(0) = grow_result(wt_table_grow(in->store, t, SLOT(2), SLOT(1)), t->limits.is64);
    return TRAP_none;
}

TrapCode wt_interp_table_fill(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst *t = instance_tables(in)[INDEX(0)];
    return wt_table_fill(t, SLOT(0), SLOT(1), SLOT(2)) ? TRAP_none : TRAP_out_of_bounds_table;
}

TrapCode wt_interp_table_copy(Instance *in, Value *fp, const uint32_t *pc) {
    TableInst **t = instance_tables(in);
    return wt_table_copy(t[INDEX(0)], SLOT(0), t[INDEX(1)], SLOT(1), SLOT(2))
               ? TRAP_none
               : TRAP_out_of_bounds_table;
}

TrapCode wt_interp_table_init(Instance *in, Value *fp, const uint32_t *pc) {
    /* Items may be expressions, which run on the stack above this frame. */
    in->store->stack_top = fp + pc[5];
    return wt_instance_table_init(in, INDEX(0), INDEX(1), SLOT(0), SLOT(1), SLOT(2))
               ? TRAP_none
               : in->store->trap.code;
}

TrapCode wt_interp_elem_drop(Instance *in, Value *fp, const uint32_t *pc) {
    (void)fp;
    instance_dropped(in)[INDEX(0)] = 1;
    return TRAP_none;
}

TrapCode wt_interp_ref_func(Instance *in, Value *fp, const uint32_t *pc) {
    FuncInst *f = wt_instance_func(in, INDEX(0));
    SLOT(0) = value_pointer(f);
    return f ? TRAP_none : TRAP_out_of_memory;
}
