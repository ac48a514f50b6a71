/* Instructions that take long anyway: functions of their own, so that the registers of the loop are
   left alone. All have the form
       [handler] [slot 0, slot 1] [slot 2, -] [index 0] [index 1] [first free slot]
   and answer TRAP_none or why they trap. They may move memories: the loop reads its copies anew. */
#ifndef WATTLE_INTERP_SLOW_H
#define WATTLE_INTERP_SLOW_H

#include "interp/translate.h"

enum { INTERP_slow_words = 6 };
/* Those on objects (run/object_insn.h) have
       [handler] [slot of the first operand] [index 0] [index 1] [first free slot]
   with the operands one behind the other. */
enum { INTERP_object_words = 5 };

TrapCode wt_interp_memory_size(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_memory_grow(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_memory_fill(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_memory_copy(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_memory_init(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_data_drop(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_get(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_set(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_size(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_grow(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_fill(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_copy(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_table_init(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_elem_drop(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_ref_func(Instance *in, Value *fp, const uint32_t *pc);

#endif
