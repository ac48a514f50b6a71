/* The instructions of the prefix 0xFE, each a function of its own like those of slow.h. Their form:
       [handler] [destination, address] [value, second value] [field of the memory] [offset, 64
   bits] They answer TRAP_none or why they trap; the loop reads its copies of memory 0 anew. */
#ifndef WATTLE_INTERP_ATOMIC_H
#define WATTLE_INTERP_ATOMIC_H

#include "interp/translate.h"

enum { INTERP_atomic_words = 6 };

#define OP(page, code, ident, text, imm, sig, kind, align, since) ATOMIC_##page(ident)
#define ATOMIC_0x00(ident)
#define ATOMIC_0xFB(ident)
#define ATOMIC_0xFC(ident)
#define ATOMIC_0xFD(ident)
#define ATOMIC_0xFE(ident) TrapCode wt_interp_##ident(Instance *in, Value *fp, const uint32_t *pc);
#include "wasm/ops.def"
#undef OP
#undef ATOMIC_0x00
#undef ATOMIC_0xFB
#undef ATOMIC_0xFC
#undef ATOMIC_0xFD
#undef ATOMIC_0xFE

/* Any of them, in a small interpreter. */
TrapCode wt_interp_atomic(InterpOp op, Instance *in, Value *fp, const uint32_t *pc);

#endif
