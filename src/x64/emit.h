/* The assembler for instructions that come from a table: one copy of the encoder for each kind of
   operand, where asm.h would write one into every caller. Vector instructions have three operands
   here: by VEX where the processor has it, else by moves; nobody else asks which. And the 128-bit
   constants of a function, which stand behind its code. Included by base.c. */
#ifndef WATTLE_X64_EMIT_H
#define WATTLE_X64_EMIT_H

#include "jit/baseline.h"

#include "x64/target.h"

/* ---- rows with two operands ---- */

static WT_NOINLINE void x64_emit_rr(Baseline *b, unsigned insn, unsigned size, unsigned reg,
                                    unsigned rm) {
    x64_rr(&b->a, (X64Insn)insn, size, reg, rm);
}
static WT_NOINLINE void x64_emit_rm(Baseline *b, unsigned insn, unsigned size, unsigned reg,
                                    X64Mem m) {
    x64_rm(&b->a, (X64Insn)insn, size, reg, m);
}

/* ---- vectors ---- */

static bool x64_has(const Baseline *b, uint32_t features) {
    return (b->seg->features & features) == features;
}
static void x64_put_byte(Baseline *b, uint64_t row, unsigned imm) {
    *b->a.at = (uint8_t)imm;
    b->a.at += x64_row_imm(row) == X64_IMM_B;
}
static void x64_copy_v(Baseline *b, unsigned to, unsigned from) {
    if (to != from)
        x64_rr(&b->a, X64_movaps_rm, 0, to, from);
}

/* reg = insn(x, rm), registers by their own numbers; x only counts for rows that have a third
   operand, imm for those with an immediate. Without VEX, xmm15 is lost when rm is reg and x is
   not. Shifts by an immediate too: reg = insn(rm, imm). */
static WT_NOINLINE void x64_v(Baseline *b, unsigned insn, unsigned size, unsigned reg, unsigned x,
                              unsigned rm, unsigned imm) {
    uint64_t row = x64_rows[insn];
    unsigned more = x64_row_vex(row);
    if (x64_has(b, X64_HAS_avx)) {
        x = more == X64_MORE_NDS || more == X64_MORE_NDR ? x : 0;
        b->a.at = x64_put_vex_reg(b->a.at, row, size, reg, x, rm);
    } else if (more == X64_MORE_NDD) {
        x64_copy_v(b, reg, rm);
        b->a.at = x64_put_reg(b->a.at, row, size, 0, x64_row_digit(row), reg);
    } else {
        bool third = more != X64_MORE_V;
        bool aside = third && rm == reg && x != reg && x64_row_rm(row) >= X64_RM_Y;
        unsigned to = aside ? 15 : reg;
        if (third)
            x64_copy_v(b, to, x);
        b->a.at = x64_put_reg(b->a.at, row, size, 0, to, rm);
        if (aside) {
            x64_put_byte(b, row, imm);
            x64_copy_v(b, reg, 15);
            return;
        }
    }
    x64_put_byte(b, row, imm);
}
/* The same with memory, of any alignment only with VEX. */
static WT_NOINLINE void x64_v_at(Baseline *b, unsigned insn, unsigned size, unsigned reg,
                                 unsigned x, X64Mem m, unsigned imm) {
    uint64_t row = x64_rows[insn];
    unsigned more = x64_row_vex(row);
    if (x64_has(b, X64_HAS_avx)) {
        x = more == X64_MORE_NDS ? x : 0;
        b->a.at = x64_put_vex_at(b->a.at, row, size, reg, x, m);
    } else {
        if (more == X64_MORE_NDS)
            x64_copy_v(b, reg, x);
        b->a.at = x64_put_at(b->a.at, row, size, 0, reg, m);
    }
    x64_put_byte(b, row, imm);
}
static void x64_v2(Baseline *b, unsigned insn, unsigned to, unsigned from) {
    x64_v(b, insn, 0, to, 0, from, 0);
}
static void x64_v2i(Baseline *b, unsigned insn, unsigned to, unsigned from, unsigned imm) {
    x64_v(b, insn, 0, to, 0, from, imm);
}
static void x64_v3(Baseline *b, unsigned insn, unsigned to, unsigned x, unsigned y) {
    x64_v(b, insn, 0, to, x, y, 0);
}

/* ---- constants ---- */

typedef struct PoolConst {
    uint64_t low, high;
    uint32_t uses; /* chain of displacements */
} PoolConst;

enum { X64_POOL_LOOK = 16 /* of the last constants, for the same one */ };

/* The displacement that ends here leads to the constant. */
static void x64_pool(Baseline *b, uint64_t low, uint64_t high) {
    Native *n = b->n;
    uint32_t at = bl_here(b) - 4, i = b->pool_count;
    uint32_t least = i > X64_POOL_LOOK ? i - X64_POOL_LOOK : 0;
    while (i > least && (n->pool[i - 1].low != low || n->pool[i - 1].high != high))
        i--;
    if (i == least) {
        if (!wt_vec_grow(bl_allocator(b), (void **)&n->pool, &n->pool_cap, b->pool_count,
                         sizeof *n->pool)) {
            b->failed = true;
            return;
        }
        n->pool[b->pool_count++] = (PoolConst){.low = low, .high = high};
        i = b->pool_count;
    }
    memcpy(b->start + at, &n->pool[i - 1].uses, sizeof at);
    n->pool[i - 1].uses = at;
}
/* to = insn(x, constant); not for rows with an immediate. */
static void x64_v_const(Baseline *b, unsigned insn, unsigned to, unsigned x, uint64_t low,
                        uint64_t high) {
    x64_v_at(b, insn, 0, to, x, x64_at_rip(0), 0);
    x64_pool(b, low, high);
}
static void x64_const_v(Baseline *b, unsigned to, const uint8_t *bytes) {
    uint64_t low = load64le(bytes), high = load64le(bytes + 8);
    if (!(low | high))
        x64_rr(&b->a, X64_xorps, 0, to, to);
    else if ((low & high) == UINT64_MAX)
        x64_rr(&b->a, X64_pcmpeqd, 0, to, to);
    else
        x64_v_const(b, X64_movaps_rm, to, 0, low, high);
}
/* Behind all other code of the function. */
static void x64_write_pool(Baseline *b) {
    while (b->pool_count && (bl_here(b) & 15) && bl_room(b, 64))
        x64_n(&b->a, X64_int3, 0);
    for (uint32_t i = 0; i < b->pool_count && bl_room(b, 64); i++) {
        const PoolConst *c = &b->n->pool[i];
        for (uint32_t at = c->uses, next; at && !b->failed; at = next) {
            memcpy(&next, b->start + at, sizeof next);
            int32_t d = (int32_t)(bl_here(b) - (at + 4));
            memcpy(b->start + at, &d, sizeof d);
        }
        store64le(b->a.at, c->low);
        store64le(b->a.at + 8, c->high);
        b->a.at += 16;
    }
}

#endif
