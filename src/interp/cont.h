/* Stack switching: what its instructions do to the frames (cont.c). */
#ifndef WATTLE_INTERP_CONT_H
#define WATTLE_INTERP_CONT_H

#include "interp/translate.h"

/* What a running `resume` keeps on the stack, between the operands of its frame and the frames of
   the continuation: where its words are, the prompt outside of it, its fp and its instance. */
enum { PROMPT_pc, PROMPT_prev, PROMPT_fp, PROMPT_in, PROMPT_slots };

/* Words of the instructions:
     suspend, switch   [first operand] [slots of operands] [tag] [first free slot] [FuncCode, 2]
                       [switch: type id of the continuation that it makes]
     resume            [first operand] [slots of operands] [first landing] [landings]
                       [FuncCode, 2] [resume_throw: tag] [first free slot]
     resume_end        [first result] [slots of results]; directly behind each resume
   A continuation stands behind the operands counted. */
enum { INTERP_suspend_words = 8, INTERP_resume_words = 9, INTERP_resume_end_words = 3 };

/* Of the form of INTERP_object_words. cont.bind: the types' id, and the slots bound. */
TrapCode wt_interp_cont_new(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_cont_bind(Instance *in, Value *fp, const uint32_t *pc);
/* These say where control goes on (Interp.landed_...), and what happens there: TRAP_none, a trap,
   or TRAP_exception for the store's exception. */
TrapCode wt_interp_suspend(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_switch(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_resume(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_resume_throw(Instance *in, Value *fp, const uint32_t *pc);
TrapCode wt_interp_resume_throw_ref(Instance *in, Value *fp, const uint32_t *pc);
/* The continuation returned. */
void wt_interp_resume_end(Instance *in, Value *fp, const uint32_t *pc);

#endif
