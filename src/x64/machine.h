/* What jit/baseline.h wants of a machine, on x86-64: registers, moves, branches, calls and frames.
   Included by base.c only, in front of it.

   Registers. rsp: the store's stack. rbp: the frame. r14: the instance. r15: memory 0. r11 and
   xmm15 are scratch and never live from one instruction to the next. Callee-saved, for pinned
   locals: rbx, r12, r13, r8, r9, xmm8 to xmm13. All others are temporaries; arguments come in some
   of them. In a function without calls, rsi, rdi and xmm2 to xmm6 hold locals too. */
#ifndef WATTLE_X64_MACHINE_H
#define WATTLE_X64_MACHINE_H

#include "x64/asm.h"

#include "jit/native.h"

typedef X64Asm MachineAsm;
#define X(n) (16 + (n)) /* the number of xmm register n among all */

enum {
    MACHINE_int_result = X64_rax,
    MACHINE_float_result = X(0),
    MACHINE_incoming = 16, /* of stack arguments from the frame pointer */
    MACHINE_INT_ARGS = 6,
    MACHINE_FLOAT_ARGS = 8,
    MACHINE_INT_RESULTS = 2,
    MACHINE_FLOAT_RESULTS = 2,
    MACHINE_INT_PINS = 5,
    MACHINE_FLOAT_PINS = 6,
    MACHINE_LEAF_INT_PINS = 2,
    MACHINE_LEAF_FLOAT_PINS = 5,
    MACHINE_table_entry = 8, /* bytes of a br_table's entry: a jump, */
    MACHINE_constant = 16,   /* bytes of each behind the code */
    MACHINE_table_jump = 1,  /* with the displacement here */
};
#define X64_BIT(r) (1u << (r))
#define MACHINE_LEAF_TEMPS                                                                         \
    (X64_BIT(X64_rax) | X64_BIT(X64_rcx) | X64_BIT(X64_rdx) | X64_BIT(X64_r10) | X64_BIT(X(0)) |   \
     X64_BIT(X(1)) | X64_BIT(X(7)) | X64_BIT(X(14)))
#define MACHINE_LEAF_FREE                                                                          \
    (X64_BIT(X64_rsi) | X64_BIT(X64_rdi) | X64_BIT(X(2)) | X64_BIT(X(3)) | X64_BIT(X(4)) |         \
     X64_BIT(X(5)) | X64_BIT(X(6)))
#define MACHINE_KEPT                                                                               \
    (X64_BIT(X64_rbx) | X64_BIT(X64_r12) | X64_BIT(X64_r13) | X64_BIT(X64_r8) | X64_BIT(X64_r9) |  \
     X64_BIT(X(8)) | X64_BIT(X(9)) | X64_BIT(X(10)) | X64_BIT(X(11)) | X64_BIT(X(12)) |            \
     X64_BIT(X(13)))
#define MACHINE_TEMPS (MACHINE_LEAF_TEMPS | MACHINE_LEAF_FREE)

static const uint8_t machine_int_args[] = {X64_rdi, X64_rsi, X64_rdx, X64_rcx, X64_rax, X64_r10};
static const uint8_t machine_float_args[] = {X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7)};
static const uint8_t machine_int_results[] = {X64_rax, X64_rdx};
static const uint8_t machine_float_results[] = {X(0), X(1)};
static const uint8_t machine_int_pins[] = {X64_rbx, X64_r12, X64_r13, X64_r8, X64_r9};
static const uint8_t machine_float_pins[] = {X(8), X(9), X(10), X(11), X(12), X(13)};
static const uint8_t machine_leaf_int_pins[] = {X64_rdi, X64_rsi};
static const uint8_t machine_leaf_float_pins[] = {X(2), X(3), X(4), X(5), X(6)};

/* The one of some free registers to take: in the order in which arguments are dealt. */
WT_INLINE unsigned machine_pick(uint32_t free) {
    uint32_t low = free & 0xFF;
    return (unsigned)(low ? 31 - __builtin_clz(low) : __builtin_ctz(free));
}

/* Conditions behind X64Cond: of unordered compares. They too differ in the lowest bit. */
enum { X64_feq = 16, X64_fne = 17 };

typedef struct Baseline Baseline;
typedef struct Item Item;
static void machine_move(Baseline *b, unsigned kind, unsigned to, unsigned from);
static void machine_load(Baseline *b, unsigned kind, unsigned to, int32_t place);
static void machine_const(Baseline *b, unsigned kind, unsigned to, const Item *e);
static void machine_zero(Baseline *b, unsigned kind, unsigned to);
static void machine_set(Baseline *b, unsigned to, unsigned cond);
static void machine_store_item(Baseline *b, int32_t place, const Item *e);

#endif
