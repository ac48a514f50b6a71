/* What machine code calls for an instruction that it does not contain: one C function each, all of
   one form, in a table by Op.

   v: the operands in slots, bottom first, a v128 in two; results replace them from v[0] on. An i32
   or f32 in a slot has a zero upper half, on the way in and out. a, b: immediates, by kind:

     numbers, vectors     none; extract_lane, replace_lane: b the lane; i8x16.shuffle: the 16 lane
                          numbers stand behind the operands as one more v128
     loads, stores,       a the memory, b the offset; those of one lane of a vector: the lane stands
     atomics              behind the operands in one more slot
     memory.x, table.x,   a, b as in Insn
     data.drop, elem.drop
     objects              a as in Insn (type index), b as in Insn (field, count, segment)
     ref.test, ref.cast,  b is Insn.type; a test gives 1 or 0, a cast leaves the reference
     and those with _desc
     ref.func             a the function
     throw, throw_ref     a the tag; always TRAP_exception with Store.exception set, or another trap

   They answer TRAP_none, or why they trap, and then leave v as it was or not. The trap may be in
   the store already (wt_trap_set does nothing then). Those that allocate may collect, may grow
   memories (only memory.grow), never call back into wasm. Vectors' slots need no alignment. */
#ifndef WATTLE_JIT_HELPERS_H
#define WATTLE_JIT_HELPERS_H

#include "run/instance.h"
#include "wasm/op.h"

typedef TrapCode JitHelper(Instance *in, Value *v, uint32_t a, uint64_t b);

/* Helpers of no instruction, behind those of instructions. */
typedef enum JitHelperId {
    JIT_HELPER_first = OP_count,
    /* br_on_cast: as ref.test. */
    JIT_ref_test = JIT_HELPER_first,
    /* br_on_cast_desc_eq: the reference, then the descriptor; 1 or 0 in v[0], b the type. */
    JIT_ref_test_desc_eq,
    /* NaNs become the canonical one, for stores that are deterministic. */
    JIT_f32_canon,
    JIT_f64_canon,
    JIT_f32x4_canon,
    JIT_f64x2_canon,
    /* Somebody asked for something: what a poll found. */
    JIT_poll,
    JIT_helper_count,
} JitHelperId;

/* By Op and JitHelperId. NULL: the compiler does it itself (JIT_OWN), or there is no such op. */
extern JitHelper *const wt_jit_helpers[JIT_helper_count];

/* What makes a NaN canonical that the operator may have made; 0: it makes none. */
unsigned wt_jit_canonical(unsigned op);

/* The instructions that have no helper. */
#define JIT_OWN(X)                                                                                 \
    X(unreachable)                                                                                 \
    X(nop)                                                                                         \
    X(block)                                                                                       \
    X(loop)                                                                                        \
    X(if)                                                                                          \
    X(else)                                                                                        \
    X(end)                                                                                         \
    X(br)                                                                                          \
    X(br_if)                                                                                       \
    X(br_table)                                                                                    \
    X(return)                                                                                      \
    X(call)                                                                                        \
    X(call_indirect)                                                                               \
    X(return_call)                                                                                 \
    X(return_call_indirect)                                                                        \
    X(call_ref)                                                                                    \
    X(return_call_ref)                                                                             \
    X(try)                                                                                         \
    X(catch)                                                                                       \
    X(rethrow)                                                                                     \
    X(delegate)                                                                                    \
    X(catch_all)                                                                                   \
    X(try_table)                                                                                   \
    X(drop)                                                                                        \
    X(select)                                                                                      \
    X(select_t)                                                                                    \
    X(local_get)                                                                                   \
    X(local_set)                                                                                   \
    X(local_tee)                                                                                   \
    X(global_get)                                                                                  \
    X(global_set)                                                                                  \
    X(i32_const)                                                                                   \
    X(i64_const)                                                                                   \
    X(f32_const)                                                                                   \
    X(f64_const)                                                                                   \
    X(v128_const)                                                                                  \
    X(ref_null)                                                                                    \
    X(ref_is_null)                                                                                 \
    X(ref_eq)                                                                                      \
    X(ref_as_non_null)                                                                             \
    X(br_on_null)                                                                                  \
    X(br_on_non_null)                                                                              \
    X(br_on_cast)                                                                                  \
    X(br_on_cast_fail)                                                                             \
    X(br_on_cast_desc_eq)                                                                          \
    X(br_on_cast_desc_eq_fail)                                                                     \
    X(cont_new)                                                                                    \
    X(cont_bind)                                                                                   \
    X(suspend)                                                                                     \
    X(resume)                                                                                      \
    X(resume_throw)                                                                                \
    X(resume_throw_ref)                                                                            \
    X(switch)

#endif
