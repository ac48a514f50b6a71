/* What the instructions on objects do that allocate or work on many elements, for every tier. The
   operands stand one behind the other from v on, where the collector sees them if the tier keeps
   them on the store's stack; a result takes the place of the first. a is the type id, or else what
   is said; `top` as in object.h. They answer TRAP_none or why they trap, then perhaps with the trap
   set. */
#ifndef WATTLE_RUN_OBJECT_INSN_H
#define WATTLE_RUN_OBJECT_INSN_H

#include "run/object.h"

typedef TrapCode ObjectInsn(Instance *in, Value *v, uint32_t a, uint32_t b, Value *top);

ObjectInsn wt_object_insn_struct_new;
ObjectInsn wt_object_insn_struct_new_default;
ObjectInsn
    wt_object_insn_struct_new_desc; /* the descriptor behind the fields; b: those are defaults */
ObjectInsn wt_object_insn_array_new;
ObjectInsn wt_object_insn_array_new_default;
ObjectInsn wt_object_insn_array_new_fixed; /* b: how many */
ObjectInsn wt_object_insn_array_new_data;  /* b: the segment */
ObjectInsn wt_object_insn_array_new_elem;
ObjectInsn wt_object_insn_array_fill;
ObjectInsn wt_object_insn_array_copy;      /* a means nothing */
ObjectInsn wt_object_insn_array_init_data; /* a: the segment */
ObjectInsn wt_object_insn_array_init_elem;
ObjectInsn wt_object_insn_ref_get_desc;
/* a: the ValType, with ids. The test leaves 0 or 1 behind the reference, in v[1]. */
ObjectInsn wt_object_insn_ref_cast_desc_eq;
ObjectInsn wt_object_insn_ref_test_desc_eq;

/* wt_object_is for types that are an id, and not exact, of a struct or array. */
bool wt_object_is_id(const Store *s, Value v, ValType type);

#endif
