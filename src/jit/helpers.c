/* The table of helpers. Every row of ops.def whose kind has values or effects has an entry, so that
   a row without a function does not link. Path: the compiler takes addresses from here; helpers_x.c
   have the functions. */
#include "jit/helpers_inside.h"

#define JIT_ROW(ident) [OP_##ident] = wt_jit_op_##ident,
#define JIT_ROW_PURE JIT_ROW
#define JIT_ROW_TRAPS JIT_ROW
#define JIT_ROW_LOAD JIT_ROW
#define JIT_ROW_STORE JIT_ROW
#define JIT_ROW_ATOMIC JIT_ROW
#define JIT_ROW_MEMORY JIT_ROW
#define JIT_ROW_TABLE JIT_ROW
#define JIT_ROW_GC JIT_ROW
#define JIT_ROW_CONST(ident)
#define JIT_ROW_STACK(ident)
#define JIT_ROW_VAR(ident)
#define JIT_ROW_CALL(ident)
/* Some of these have one: below. */
#define JIT_ROW_REF(ident)
#define JIT_ROW_CONTROL(ident)

JitHelper *const wt_jit_helpers[JIT_helper_count] = {
#define OP(page, code, ident, text, imm, sig, kind, align, since) JIT_ROW_##kind(ident)
#include "wasm/ops.def"
#undef OP
    JIT_ROW(ref_func) JIT_ROW(throw) JIT_ROW(throw_ref)
#define JIT_MORE(ident, of) [JIT_##ident] = wt_jit_op_##of,
        JIT_MORE(ref_test, ref_test) JIT_MORE(ref_test_desc_eq, ref_test_desc_eq)
            JIT_MORE(f32_canon, f32_canon) JIT_MORE(f64_canon, f64_canon)
                JIT_MORE(f32x4_canon, f32x4_canon) JIT_MORE(f64x2_canon, f64x2_canon)
#undef JIT_MORE
                    [JIT_poll] = wt_jit_op_poll,
};

unsigned wt_jit_canonical(unsigned op) {
    switch (op) {
#define JIT_CANONICAL(p, ident)                                                                    \
    case OP_##p##_##ident:                                                                         \
        return JIT_##p##_canon;
        OP_NAN_OPS(JIT_CANONICAL)
#undef JIT_CANONICAL
    }
    return 0;
}
