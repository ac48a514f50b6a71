/* Instructions on objects that allocate or work on many elements: functions of their own, as in
   slow.h, of the form
       [handler] [slot of the first operand] [index 0] [index 1] [first free slot]
   with the operands one behind the other; a result takes the place of the first. They answer
   TRAP_none or why they trap. */
#ifndef WATTLE_INTERP_GC_OPS_H
#define WATTLE_INTERP_GC_OPS_H

#include "interp/translate.h"

enum { INTERP_object_words = 5 };

TrapCode wt_interp_struct_new(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_struct_new_default(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_struct_new_desc(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_new(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_new_default(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_new_fixed(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_new_data(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_new_elem(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_fill(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_copy(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_init_data(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_array_init_elem(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_ref_get_desc(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_ref_cast_desc_eq(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_ref_test_desc_eq(Instance *in, Value *fp, const uint32_t *pc);

/* Of handlers in the loop. */
bool wt_interp_ref_is(const Store *s, Value v, ValType type);
bool wt_interp_ref_is_id(const Store *s, Value v, ValType type);

#endif
