/* Between the files of the helpers. */
#ifndef WATTLE_JIT_HELPERS_INSIDE_H
#define WATTLE_JIT_HELPERS_INSIDE_H

#include "jit/helpers.h"
#include "run/access.h"

/* One for each row; those of JIT_OWN are not defined anywhere. */
#define OP(page, code, ident, text, imm, sig, kind, align, since) JitHelper wt_jit_op_##ident;
#include "wasm/ops.def"
#undef OP
JitHelper wt_jit_op_ref_test_desc_eq;
JitHelper wt_jit_op_f32_canon;
JitHelper wt_jit_op_f64_canon;
JitHelper wt_jit_op_f32x4_canon;
JitHelper wt_jit_op_f64x2_canon;
JitHelper wt_jit_op_poll; /* native.c */

/* The head of a definition. */
#define JIT_HELPER(ident)                                                                          \
    TrapCode wt_jit_op_##ident(WT_UNUSED Instance *in, WT_UNUSED Value *v, WT_UNUSED uint32_t a,   \
                               WT_UNUSED uint64_t b)

/* `size` bytes of a memory; NULL: out of bounds, also when the length is read again because others
   may have grown it. */
uint8_t *wt_jit_place(Instance *in, uint32_t memidx, Value address, uint64_t offset, unsigned size);

#endif
