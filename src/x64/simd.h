/* The v128 instructions of the baseline compiler on x86-64, as rows for x64_ops: all of them, by
   sequences that need nothing beyond SSE4.1. What they mean is in wasm/simd.h. Included by base.c.

   In a sequence, `t` is the register of the result, which begins as the first operand, and xmm15
   holds what lives shortly. A function may have four temporaries in all: three operands and one
   more. */
#ifndef WATTLE_X64_SIMD_H
#define WATTLE_X64_SIMD_H

#include "x64/emit.h"

enum { X64_SWAPS = 1, X64_COMMUTES = 2 };

/* ---- operands and results ---- */

static uint64_t x64_repeat(uint64_t v, unsigned bits) {
    for (; bits < 64; bits *= 2)
        v |= v << bits;
    return v;
}
/* to = insn(x, constant), of lanes that are all the same. */
static void x64_v_lanes(Baseline *b, unsigned insn, unsigned to, unsigned x, uint64_t v,
                        unsigned bits) {
    v = x64_repeat(v, bits);
    x64_v_const(b, insn, to, x, v, v);
}
static void x64_v_zero(Baseline *b, unsigned reg) { x64_rr(&b->a, X64_pxor, 0, reg, reg); }
static void x64_v_ones(Baseline *b, unsigned reg) { x64_rr(&b->a, X64_pcmpeqd, 0, reg, reg); }
static void x64_v_not(Baseline *b, unsigned t) {
    x64_v_ones(b, 15);
    x64_v3(b, X64_pxor, t, t, 15);
}

static unsigned x64_use_v(Baseline *b, Item *e) { return x64_xmm(bl_use(b, e)); }
static bool x64_zero_item(const Item *e) {
    return e->where == ITEM_const && e->kind == VK_v128 &&
           !(load64le(e->bytes) | load64le(e->bytes + 8));
}

/* A register for the result that no operand is in, with the first operand's value. */
static unsigned x64_start_v(Baseline *b, Item *x, const Item *y, const Item *z) {
    return x64_xmm(x64_start_of(b, x, y, z));
}
static void x64_push_v(Baseline *b, unsigned t) { bl_push_reg(b, VK_v128, X(t)); }

/* Every NaN in t becomes the canonical one. */
static void x64_canon_lanes(Baseline *b, unsigned t, bool small) {
    x64_v(b, small ? X64_cmpps : X64_cmppd, 0, 15, t, t, 7); /* ordered */
    x64_v3(b, X64_andps, t, t, 15);
    x64_v_lanes(b, X64_andnps, 15, 15, small ? 0x7FC00000u : 0x7FF8000000000000u, small ? 32 : 64);
    x64_v3(b, X64_orps, t, t, 15);
}
static void x64_canon_v(Baseline *b, unsigned t) {
    unsigned canon = b->deterministic ? wt_jit_canonical(b->in.op) : 0;
    if (canon == JIT_f32x4_canon || canon == JIT_f64x2_canon)
        x64_canon_lanes(b, t, canon == JIT_f32x4_canon);
}

/* to = insn(x, y, imm). y may be anywhere. */
static void x64_v_item(Baseline *b, unsigned insn, unsigned to, unsigned x, const Item *y,
                       unsigned imm) {
    unsigned reg = bl_item_reg(b, y);
    bool simple = x64_row_imm(x64_rows[insn]) == X64_IMM_NONE;
    if (reg == BL_no_reg && bl_in_frame(b, y) && x64_has(b, X64_HAS_avx)) {
        x64_v_at(b, insn, 0, to, x, x64_at(X64_rbp, bl_item_place(b, y)), imm);
    } else if (reg == BL_no_reg && !bl_in_frame(b, y) && simple && y->kind == VK_v128 &&
               !x64_zero_item(y)) {
        x64_v_const(b, insn, to, x, load64le(y->bytes), load64le(y->bytes + 8));
    } else {
        if (reg == BL_no_reg)
            bl_copy_to(b, reg = X(15), y);
        x64_v(b, insn, 0, to, x, x64_xmm(reg), imm);
    }
}

/* Where a single instruction reads x, and puts its result. y, if there is one, is not there unless
   that does no harm. */
static unsigned x64_pair(Baseline *b, Item *x, const Item *y, unsigned kind, unsigned *rx) {
    if (!x64_has(b, X64_HAS_avx) && y) {
        unsigned t = x64_start_v(b, x, y, NULL);
        *rx = t;
        return t;
    }
    *rx = x64_use_v(b, x);
    unsigned reuse = x64_temp(x);
    if (reuse == BL_no_reg && y)
        reuse = x64_temp(y);
    unsigned to = bl_dest(b, kind, reuse);
    x64_leave(b, x, to);
    return x64_xmm(to);
}

/* ---- one instruction ---- */

/* Should the operands change places? */
static bool x64_better(const Baseline *b, const Item *x, const Item *y) {
    unsigned rx = bl_item_reg(b, x), ry = bl_item_reg(b, y), hint = bl_hint(b, VK_v128);
    if (x->where == ITEM_const || (hint != BL_no_reg && (hint == rx || hint == ry)))
        return hint != rx || hint == BL_no_reg;
    return ry != BL_no_reg && (rx == BL_no_reg || (y->where == ITEM_reg && x->where != ITEM_reg));
}

/* size: the immediate */
static void x64_do_v2(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    if (op->x & X64_SWAPS || (op->x & X64_COMMUTES && x64_better(b, &x, &y)))
        x64_swap_items(&x, &y);
    unsigned rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
    x64_v_item(b, op->insn, t, rx, &y, op->size);
    x64_leave(b, &y, X(t));
    x64_canon_v(b, t);
    x64_push_v(b, t);
}
static void x64_do_v1(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned to = bl_dest(b, op->result, x64_temp(&x));
    x64_v_item(b, op->insn, x64_xmm(to), 0, &x, op->size);
    x64_leave(b, &x, to);
    x64_canon_v(b, x64_xmm(to));
    bl_push_reg(b, op->result, to);
}
/* Signs by insn: x: all of them, else all other bits. */
static void x64_do_v_sign(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    bool small = op->size == 4;
    uint64_t sign = small ? 0x80000000u : 0x8000000000000000u;
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    x64_v_lanes(b, op->insn, t, rx, op->x ? sign : sign - 1, op->size * 8u);
    x64_push_v(b, t);
}

/* ---- compares ---- */

/* insn: equality; insn2: of the second operand with the smaller or larger one (0: with the first).
   x: the contrary. */
static void x64_do_v_compare(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned t;
    if (op->insn2) {
        unsigned ry = x64_use_v(b, &y);
        t = x64_start_v(b, &x, &y, NULL);
        x64_v3(b, op->insn2, 15, t, ry);
        x64_v3(b, op->insn, t, t, 15);
    } else {
        unsigned rx;
        t = x64_pair(b, &x, &y, VK_v128, &rx);
        x64_v_item(b, op->insn, t, rx, &y, 0);
    }
    x64_leave(b, &y, X(t));
    if (op->x)
        x64_v_not(b, t);
    x64_push_v(b, t);
}

/* Of 64 bits: x above y. Where the upper halves are equal, the difference says it. size: the
   operands change places; x: the contrary. */
static void x64_do_v_compare64(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    if (op->size)
        x64_swap_items(&x, &y);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    if (x64_has(b, X64_HAS_avx)) {
        x64_v3(b, X64_pcmpgtq, t, t, ry);
    } else {
        unsigned spare = x64_xmm(bl_alloc(b, VK_v128));
        x64_v3(b, X64_psubq, 15, ry, t);
        x64_v3(b, X64_pcmpeqd, spare, t, ry);
        x64_v3(b, X64_pand, 15, 15, spare);
        x64_v3(b, X64_pcmpgtd, t, t, ry);
        x64_v3(b, X64_por, t, t, 15);
        x64_v2i(b, X64_pshufd, t, t, 0xF5);
        bl_free(b, X(spare));
    }
    x64_leave(b, &y, X(t));
    if (op->x)
        x64_v_not(b, t);
    x64_push_v(b, t);
}

/* insn: equality of lanes; 0: any true */
static void x64_do_v_true(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx = x64_use_v(b, &x);
    if (op->insn) {
        x64_v_zero(b, 15);
        x64_v3(b, op->insn, 15, 15, rx);
        rx = 15;
    }
    x64_v2(b, X64_ptest, rx, rx);
    bl_release(b, &x);
    x64_push_flags(b, op->insn ? X64_e : X64_ne);
}
static void x64_do_v_bitmask(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx = x64_use_v(b, &x);
    unsigned to = bl_dest(b, VK_i32, BL_no_reg);
    bool words = op->size == 2;
    if (words) {
        x64_v3(b, X64_packsswb, 15, rx, rx);
        rx = 15;
    }
    x64_v2(b, op->insn, to, rx);
    if (words)
        x64_rr(&b->a, X64_movzx8, 4, to, to);
    bl_release(b, &x);
    bl_push_reg(b, VK_i32, to);
}

/* ---- shifts ---- */

/* The count in xmm15. */
static void x64_v_count(Baseline *b, Item *n, unsigned mask) {
    bl_copy_to(b, X64_r11, n);
    bl_release(b, n);
    x64_ri(&b->a, X64_and_mi, 4, X64_r11, (int32_t)mask);
    x64_v(b, X64_movd_rm, 4, 15, 0, X64_r11, 0);
}
/* insn: by an immediate; insn2: by xmm15; size: bits of a lane */
static void x64_do_v_shift(Baseline *b, const X64Op *op) {
    Item n = bl_pop(b), x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    if (n.where == ITEM_const) {
        x64_v2i(b, op->insn, t, rx, n.bits & (op->size - 1u));
    } else {
        x64_v_count(b, &n, op->size - 1u);
        x64_v3(b, op->insn2, t, rx, 15);
    }
    x64_push_v(b, t);
}

/* Signed, of 64 bits: unsigned, then the place where the sign has come to is carried upwards. */
static void x64_do_v_shift64(Baseline *b, const X64Op *op) {
    (void)op;
    Item n = bl_pop(b), x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    uint64_t sign = 0x8000000000000000u;
    if (n.where == ITEM_const) {
        sign >>= n.bits & 63;
        x64_v2i(b, X64_psrlq_mi, t, t, n.bits & 63);
        x64_v_lanes(b, X64_pxor, t, t, sign, 64);
        x64_v_lanes(b, X64_psubq, t, t, sign, 64);
    } else {
        unsigned spare = x64_xmm(bl_alloc(b, VK_v128));
        x64_v_count(b, &n, 63);
        x64_v_lanes(b, X64_movaps_rm, spare, 0, sign, 64);
        x64_v3(b, X64_psrlq_rm, t, t, 15);
        x64_v3(b, X64_psrlq_rm, spare, spare, 15);
        x64_v3(b, X64_pxor, t, t, spare);
        x64_v3(b, X64_psubq, t, t, spare);
        bl_free(b, X(spare));
    }
    x64_push_v(b, t);
}

/* Bytes, as words: what comes from the neighbour is masked out. x: 0 left, 1 right, 2 signed, which
   carries the sign upwards as above. */
static void x64_v_shift8_by(Baseline *b, unsigned t, unsigned x, unsigned n) {
    unsigned mask = x ? 0xFFu >> n : 0xFFu << n & 0xFF, sign = 0x80u >> n;
    x64_v2i(b, x ? X64_psrlw_mi : X64_psllw_mi, t, t, n);
    x64_v_lanes(b, X64_pand, t, t, mask, 8);
    if (x == 2) {
        x64_v_lanes(b, X64_pxor, t, t, sign, 8);
        x64_v_lanes(b, X64_psubb, t, t, sign, 8);
    }
}
static void x64_do_v_shift8(Baseline *b, const X64Op *op) {
    Item n = bl_pop(b), x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL), insn = op->x ? X64_psrlw_rm : X64_psllw_rm;
    if (n.where == ITEM_const) {
        if (n.bits & 7)
            x64_v_shift8_by(b, t, op->x, n.bits & 7);
        x64_push_v(b, t);
        return;
    }
    unsigned mask = x64_xmm(bl_alloc(b, VK_v128));
    x64_v_count(b, &n, 7);
    x64_v_ones(b, mask);
    x64_v3(b, insn, t, t, 15);
    x64_v3(b, insn, mask, mask, 15);
    x64_v_zero(b, 15);
    if (op->x)
        x64_v2i(b, X64_psrlw_mi, mask, mask, 8);
    x64_v3(b, X64_pshufb, mask, mask, 15);
    x64_v3(b, X64_pand, t, t, mask);
    if (op->x == 2) {
        x64_v3(b, X64_pavgb, mask, mask, 15); /* (mask + 1) / 2: its top bit */
        x64_v3(b, X64_pxor, t, t, mask);
        x64_v3(b, X64_psubb, t, t, mask);
    }
    bl_free(b, X(mask));
    x64_push_v(b, t);
}

/* ---- integers ---- */

static void x64_do_v_not(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    x64_v_ones(b, 15);
    x64_v3(b, X64_pxor, t, rx, 15);
    x64_push_v(b, t);
}
static void x64_do_v_neg(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    x64_v_zero(b, 15);
    x64_v3(b, op->insn, t, 15, rx);
    x64_push_v(b, t);
}
static void x64_do_v_abs64(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    x64_v2i(b, X64_pshufd, 15, rx, 0xF5);
    x64_v2i(b, X64_psrad_mi, 15, 15, 31);
    x64_v3(b, X64_pxor, t, rx, 15);
    x64_v3(b, X64_psubq, t, t, 15);
    x64_push_v(b, t);
}
/* Both halves of each byte by a table. */
static void x64_do_v_popcnt(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL), low = x64_xmm(bl_alloc(b, VK_v128));
    x64_v_lanes(b, X64_movaps_rm, 15, 0, 0x0F, 8);
    x64_v3(b, X64_pand, low, t, 15);
    x64_v2i(b, X64_psrlw_mi, t, t, 4);
    x64_v3(b, X64_pand, t, t, 15);
    x64_v_const(b, X64_movaps_rm, 15, 0, 0x0302020102010100, 0x0403030203020201);
    x64_v3(b, X64_pshufb, low, 15, low);
    x64_v_const(b, X64_movaps_rm, 15, 0, 0x0302020102010100, 0x0403030203020201);
    x64_v3(b, X64_pshufb, 15, 15, t);
    x64_v3(b, X64_paddb, t, low, 15);
    bl_free(b, X(low));
    x64_push_v(b, t);
}
static void x64_do_v_mul64(Baseline *b, const X64Op *op) {
    (void)op;
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    unsigned spare = x64_xmm(bl_alloc(b, VK_v128));
    x64_v2i(b, X64_psrlq_mi, 15, t, 32);
    x64_v3(b, X64_pmuludq, 15, 15, ry);
    x64_v2i(b, X64_psrlq_mi, spare, ry, 32);
    x64_v3(b, X64_pmuludq, spare, spare, t);
    x64_v3(b, X64_paddq, 15, 15, spare);
    x64_v2i(b, X64_psllq_mi, 15, 15, 32);
    x64_v3(b, X64_pmuludq, t, t, ry);
    x64_v3(b, X64_paddq, t, t, 15);
    bl_free(b, X(spare));
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}
/* The one product that is too large gives the least number: it is inverted. */
static void x64_do_v_q15mulr(Baseline *b, const X64Op *op) {
    (void)op;
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
    x64_v_item(b, X64_pmulhrsw, t, rx, &y, 0);
    x64_leave(b, &y, X(t));
    x64_v_lanes(b, X64_pcmpeqw, 15, t, 0x8000, 16);
    x64_v3(b, X64_pxor, t, t, 15);
    x64_push_v(b, t);
}

/* Sums of neighbours: products with ones. x: the ones are the first operand, which is unsigned. */
static void x64_do_v_pairwise(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    if (op->x) {
        x64_v_lanes(b, X64_movaps_rm, 15, 0, 1, op->size);
        x64_v3(b, op->insn, t, 15, rx);
    } else {
        x64_v_lanes(b, op->insn, t, rx, 1, op->size);
    }
    x64_push_v(b, t);
}
static void x64_do_v_pairwise_u16(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    x64_v_zero(b, 15);
    x64_v(b, X64_pblendw, 0, 15, 15, t, 0x55);
    x64_v2i(b, X64_psrld_mi, t, t, 16);
    x64_v3(b, X64_paddd, t, t, 15);
    x64_push_v(b, t);
}

/* The upper lanes, extended. */
static void x64_do_v_extend_high(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    if (op->x) { /* signed */
        x64_v2i(b, X64_pshufd, t, rx, 0xEE);
        x64_v2(b, op->insn, t, t);
    } else {
        x64_v_zero(b, 15);
        x64_v3(b, op->insn, t, rx, 15);
    }
    x64_push_v(b, t);
}
/* Products of lanes extended by insn. x: of the upper ones. */
static void x64_do_v_extmul8(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
    if (op->x) {
        x64_v2i(b, X64_pshufd, 15, rx, 0xEE);
        rx = 15;
    }
    x64_v2(b, op->insn, 15, rx);
    if (op->x) {
        x64_v2i(b, X64_pshufd, t, ry, 0xEE);
        ry = t;
    }
    x64_v2(b, op->insn, t, ry);
    x64_v3(b, X64_pmullw, t, t, 15);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}
/* Upper halves of all products by insn, which insn2 joins with the lower ones. */
static void x64_do_v_extmul16(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    x64_v3(b, op->insn, 15, t, ry);
    x64_v3(b, X64_pmullw, t, t, ry);
    x64_v3(b, op->insn2, t, t, 15);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}
/* size: the lanes, as pshufd names them */
static void x64_do_v_extmul32(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
    x64_v2i(b, X64_pshufd, 15, rx, op->size);
    x64_v2i(b, X64_pshufd, t, ry, op->size);
    x64_v3(b, op->insn, t, t, 15);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}

/* t = sums of neighbouring products of signed bytes, of words that saturate. */
static void x64_v_dot8(Baseline *b, unsigned t, unsigned ry) {
    unsigned even = x64_xmm(bl_alloc(b, VK_v128));
    x64_v2i(b, X64_psllw_mi, even, t, 8);
    x64_v2i(b, X64_psraw_mi, even, even, 8);
    x64_v2i(b, X64_psllw_mi, 15, ry, 8);
    x64_v2i(b, X64_psraw_mi, 15, 15, 8);
    x64_v3(b, X64_pmullw, even, even, 15);
    x64_v2i(b, X64_psraw_mi, 15, ry, 8);
    x64_v2i(b, X64_psraw_mi, t, t, 8);
    x64_v3(b, X64_pmullw, t, t, 15);
    x64_v3(b, X64_paddsw, t, t, even);
    bl_free(b, X(even));
}
static void x64_do_v_dot8(Baseline *b, const X64Op *op) {
    (void)op;
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    x64_v_dot8(b, t, ry);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}
static void x64_do_v_dot8_add(Baseline *b, const X64Op *op) {
    (void)op;
    Item z = bl_pop(b), y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, &z);
    x64_v_dot8(b, t, ry);
    x64_leave(b, &y, X(t));
    x64_v_lanes(b, X64_pmaddwd, t, t, 1, 16);
    x64_v_item(b, X64_paddd, t, t, &z, 0);
    x64_leave(b, &z, X(t));
    x64_push_v(b, t);
}

/* The bits of the first where the third is set, else of the second. */
static void x64_do_v_select(Baseline *b, const X64Op *op) {
    (void)op;
    Item mask = bl_pop(b), y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, &mask);
    x64_v3(b, X64_pxor, t, t, ry);
    x64_v_item(b, X64_pand, t, t, &mask, 0);
    x64_leave(b, &mask, X(t));
    x64_v3(b, X64_pxor, t, t, ry);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}

/* ---- floats ---- */

/* Both ways, since the machine takes the second of two zeros and of NaNs. Zeros are joined by their
   bits: or is -0. x: the larger one, by taking off -0 if they differ. */
static void x64_do_v_min(Baseline *b, const X64Op *op) {
    bool small = op->size == 4;
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    x64_v3(b, op->insn, 15, ry, t);
    x64_v3(b, op->insn, t, t, ry);
    if (op->x) {
        x64_v3(b, X64_xorps, t, t, 15);
        x64_v3(b, X64_orps, 15, 15, t);
        x64_v3(b, small ? X64_subps : X64_subpd, 15, 15, t);
        x64_copy_v(b, t, 15);
    } else {
        x64_v3(b, X64_orps, t, t, 15);
    }
    x64_leave(b, &y, X(t));
    x64_canon_lanes(b, t, small);
    x64_push_v(b, t);
}
/* x y + z, z - x y, rounded twice. insn: the product, insn2: the sum. */
static void x64_do_v_madd(Baseline *b, const X64Op *op) {
    Item z = bl_pop(b), y = bl_pop(b), x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, &y, &z);
    x64_v_item(b, op->insn, t, t, &y, 0);
    x64_leave(b, &y, X(t));
    if (op->x) {
        x64_v3(b, op->insn2, t, x64_use_v(b, &z), t);
    } else {
        x64_v_item(b, op->insn2, t, t, &z, 0);
    }
    x64_leave(b, &z, X(t));
    x64_canon_lanes(b, t, op->size == 4);
    x64_push_v(b, t);
}

/* ---- conversions ---- */

/* The machine gives 0x80000000 for what is out of range: right for small numbers, inverted for
   large ones. */
static void x64_do_v_trunc_s(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    x64_v(b, X64_cmpps, 0, 15, t, t, 7);
    x64_v3(b, X64_andps, t, t, 15); /* NaN: 0 */
    x64_v_lanes(b, X64_movaps_rm, 15, 0, 0x4F000000, 32);
    x64_v(b, X64_cmpps, 0, 15, 15, t, 2);
    x64_v2(b, X64_cvttps2dq, t, t);
    x64_v3(b, X64_pxor, t, t, 15);
    x64_push_v(b, t);
}
/* Numbers from 2^31 on give 0x80000000, to which their distance from there is added; it too is
   inverted when it is too large. */
static void x64_do_v_trunc_u(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL), rest = x64_xmm(bl_alloc(b, VK_v128));
    x64_v_zero(b, 15);
    x64_v3(b, X64_maxps, t, t, 15); /* NaN: 0 */
    x64_v_lanes(b, X64_movaps_rm, 15, 0, 0x4F000000, 32);
    x64_v3(b, X64_subps, rest, t, 15);
    x64_v(b, X64_cmpps, 0, 15, 15, rest, 2);
    x64_v2(b, X64_cvttps2dq, rest, rest);
    x64_v3(b, X64_pxor, rest, rest, 15);
    x64_v_zero(b, 15);
    x64_v3(b, X64_pmaxsd, rest, rest, 15);
    x64_v2(b, X64_cvttps2dq, t, t);
    x64_v3(b, X64_paddd, t, t, rest);
    bl_free(b, X(rest));
    x64_push_v(b, t);
}
/* The lesser of the number and the limit, which is 0 for NaN. */
static void x64_do_v_trunc64_s(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    x64_v(b, X64_cmppd, 0, 15, t, t, 7);
    x64_v_lanes(b, X64_andpd, 15, 15, 0x41DFFFFFFFC00000, 64);
    x64_v3(b, X64_minpd, t, t, 15);
    x64_v2(b, X64_cvttpd2dq, t, t);
    x64_push_v(b, t);
}
/* With 2^52 added, the integer stands in the lower half. */
static void x64_do_v_trunc64_u(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    x64_v_zero(b, 15);
    x64_v3(b, X64_maxpd, t, t, 15); /* NaN: 0 */
    x64_v_lanes(b, X64_minpd, t, t, 0x41EFFFFFFFE00000, 64);
    x64_v2i(b, X64_roundpd, t, t, 11);
    x64_v_lanes(b, X64_addpd, t, t, 0x4330000000000000, 64);
    x64_v(b, X64_shufps, 0, t, t, 15, 0x88);
    x64_push_v(b, t);
}
/* Both halves of each number, which are exact, and one rounding when they are added. */
static void x64_do_v_convert_u(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    x64_v_zero(b, 15);
    x64_v(b, X64_pblendw, 0, 15, 15, t, 0x55);
    x64_v2i(b, X64_psrld_mi, t, t, 16);
    x64_v2(b, X64_cvtdq2ps, 15, 15);
    x64_v2(b, X64_cvtdq2ps, t, t);
    x64_v_lanes(b, X64_mulps, t, t, 0x47800000, 32);
    x64_v3(b, X64_addps, t, t, 15);
    x64_push_v(b, t);
}
/* The integer in the lower half of 2^52, which is taken off. */
static void x64_do_v_convert64_u(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
    x64_v_lanes(b, X64_movaps_rm, 15, 0, 0x43300000, 32);
    x64_v3(b, X64_punpckldq, t, rx, 15);
    x64_v_lanes(b, X64_subpd, t, t, 0x4330000000000000, 64);
    x64_push_v(b, t);
}

/* ---- lanes ---- */

/* All lanes of t like its lowest, of `size` bytes. */
static void x64_v_spread(Baseline *b, unsigned t, unsigned size) {
    if (size == 1) {
        x64_v_zero(b, 15);
        x64_v3(b, X64_pshufb, t, t, 15);
        return;
    }
    if (size == 2)
        x64_v2i(b, X64_pshuflw, t, t, 0);
    x64_v2i(b, X64_pshufd, t, t, size == 8 ? 0x44 : 0);
}
static void x64_do_v_splat(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned rx = bl_use(b, &x);
    bool floats = bl_is_float(x.kind);
    unsigned to = bl_dest(b, VK_v128, floats ? x64_temp(&x) : BL_no_reg), t = x64_xmm(to);
    if (floats) {
        x64_v2i(b, X64_pshufd, t, x64_xmm(rx), op->size == 8 ? 0x44 : 0);
    } else {
        x64_v(b, X64_movd_rm, op->size == 8 ? 8 : 4, t, 0, rx, 0);
        x64_v_spread(b, t, op->size);
    }
    x64_leave(b, &x, to);
    x64_push_v(b, t);
}

/* insn: from memory; insn2: from a register; x: signed */
static void x64_do_v_extract(Baseline *b, const X64Op *op) {
    unsigned lane = b->in.lane, size = op->size;
    Item x = bl_pop(b);
    if (bl_in_frame(b, &x)) {
        unsigned to = bl_dest(b, op->result, BL_no_reg);
        X64Mem m = x64_at(X64_rbp, bl_item_place(b, &x) + (int32_t)(lane * size));
        x64_emit_rm(b, op->insn, size == 8 ? 8 : 4, bl_is_float(op->result) ? x64_xmm(to) : to, m);
        bl_push_reg(b, op->result, to);
        return;
    }
    unsigned rx = x64_use_v(b, &x), to;
    if (bl_is_float(op->result)) {
        to = bl_dest(b, op->result, x64_temp(&x));
        if (lane)
            x64_v2i(b, X64_pshufd, x64_xmm(to), rx, size == 8 ? 0xEE : lane);
        else
            x64_copy_v(b, x64_xmm(to), rx);
    } else {
        to = bl_dest(b, op->result, BL_no_reg);
        x64_v(b, lane || size < 4 ? op->insn2 : X64_movd_mr, size == 8 ? 8 : 4, rx, 0, to, lane);
        if (op->x)
            x64_emit_rr(b, op->insn, 4, to, to);
    }
    x64_leave(b, &x, to);
    bl_push_reg(b, op->result, to);
}

static void x64_do_v_replace(Baseline *b, const X64Op *op) {
    Item value = bl_pop(b), x = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    unsigned from = bl_item_reg(b, &value);
    if (from == BL_no_reg)
        bl_copy_to(b, from = X64_r11, &value);
    x64_v(b, op->insn, op->size, t, t, from, b->in.lane);
    bl_release(b, &value);
    x64_push_v(b, t);
}
static void x64_do_v_replace_float(Baseline *b, const X64Op *op) {
    Item value = bl_pop(b), x = bl_pop(b);
    unsigned from = x64_use_v(b, &value), rx, t = x64_pair(b, &x, &value, VK_v128, &rx);
    unsigned lane = b->in.lane;
    x64_v(b, op->size == 8 && lane ? X64_movlhps : op->insn, 0, t, rx, from, lane << 4);
    x64_leave(b, &value, X(t));
    x64_push_v(b, t);
}

/* ---- memory ---- */

/* insn: of VEX, or alone; insn2: without VEX, then spread. size: of the lane to be spread; x: bytes
   in memory. */
static void x64_do_v_load(Baseline *b, const X64Op *op) {
    if (x64_needs_help(b, b->in.a, b->in.imm)) {
        bl_do_helped(b);
        return;
    }
    Item address = bl_pop(b);
    X64Access m = x64_access(b, &address, b->in.a, b->in.imm, op->x);
    x64_done(b, &m);
    unsigned to = bl_dest(b, VK_v128, BL_no_reg), t = x64_xmm(to);
    if (!op->size || x64_has(b, op->size < 4 ? X64_HAS_avx2 : X64_HAS_avx)) {
        x64_v_at(b, op->insn, 0, t, 0, m.mem, 0);
    } else if (op->size < 4) {
        x64_emit_rm(b, op->insn2, 4, X64_r11, m.mem);
        x64_v(b, X64_movd_rm, 4, t, 0, X64_r11, 0);
        x64_v_spread(b, t, op->size);
    } else {
        x64_v_at(b, op->insn2, 0, t, 0, m.mem, 0);
        x64_v_spread(b, t, op->size);
    }
    x64_push_v(b, t);
}
static void x64_do_v_load_lane(Baseline *b, const X64Op *op) {
    if (x64_needs_help(b, b->in.a, b->in.imm)) {
        bl_do_helped(b);
        return;
    }
    Item x = bl_pop(b), address = bl_pop(b);
    unsigned t = x64_start_v(b, &x, NULL, NULL);
    X64Access m = x64_access(b, &address, b->in.a, b->in.imm, op->x);
    x64_v_at(b, op->insn, op->x, t, t, m.mem, b->in.lane);
    x64_done(b, &m);
    x64_push_v(b, t);
}
/* insn: of any lane; insn2: of the first */
static void x64_do_v_store_lane(Baseline *b, const X64Op *op) {
    if (x64_needs_help(b, b->in.a, b->in.imm)) {
        bl_do_helped(b);
        return;
    }
    Item x = bl_pop(b), address = bl_pop(b);
    unsigned rx = x64_use_v(b, &x);
    X64Access m = x64_access(b, &address, b->in.a, b->in.imm, op->x);
    bool first = !b->in.lane && op->insn2;
    x64_v_at(b, first ? op->insn2 : op->insn, op->x, rx, 0, m.mem, b->in.lane);
    x64_done(b, &m);
    bl_release(b, &x);
}

/* ---- bytes by number ---- */

/* Numbers beyond 15 give 0: with 0x70 added, they have the top bit. */
static void x64_do_v_swizzle(Baseline *b, const X64Op *op) {
    (void)op;
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
    if (y.where == ITEM_const) {
        uint8_t at[16];
        for (unsigned i = 0; i < 16; i++)
            at[i] = y.bytes[i] < 16 ? y.bytes[i] : 0x80;
        x64_v_const(b, X64_pshufb, t, rx, load64le(at), load64le(at + 8));
    } else {
        x64_v_lanes(b, X64_movaps_rm, 15, 0, 0x70, 8);
        if (bl_in_frame(b, &y) && !x64_has(b, X64_HAS_avx))
            bl_use(b, &y);
        x64_v_item(b, X64_paddusb, 15, 15, &y, 0);
        x64_v3(b, X64_pshufb, t, rx, 15);
    }
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}

/* A shuffle as one instruction, or none if insn is 0. */
typedef struct X64Shuffle {
    unsigned insn, imm;
    bool swap;
} X64Shuffle;

/* The lanes of `size` bytes that bytes in their order make; false: they do not. */
static bool x64_lanes_of(const uint8_t *at, unsigned size, uint8_t *lanes) {
    for (unsigned i = 0; i < 16; i++) {
        if (i % size ? at[i] != at[i - 1] + 1 : at[i] % size)
            return false;
        lanes[i / size] = (uint8_t)(at[i] / size);
    }
    return true;
}
static unsigned x64_lanes_imm(const uint8_t *lanes) {
    return (lanes[0] & 3u) | (lanes[1] & 3u) << 2 | (lanes[2] & 3u) << 4 | (lanes[3] & 3u) << 6;
}

/* Bytes of one vector. */
static X64Shuffle x64_shuffle_one(const uint8_t *at) {
    uint8_t lanes[16];
    if (x64_lanes_of(at, 4, lanes))
        return (X64Shuffle){.insn = X64_pshufd, .imm = x64_lanes_imm(lanes)};
    if (x64_lanes_of(at, 2, lanes)) {
        bool low = true, high = true; /* only the lower half changes, only the upper one */
        for (unsigned i = 0; i < 4; i++) {
            low &= lanes[i] < 4 && lanes[i + 4] == i + 4;
            high &= lanes[i] == i && lanes[i + 4] >= 4;
        }
        if (low || high)
            return (X64Shuffle){.insn = low ? X64_pshuflw : X64_pshufhw,
                                .imm = x64_lanes_imm(lanes + (low ? 0 : 4))};
    }
    return (X64Shuffle){0};
}

static bool x64_is_unpack(const uint8_t *at, unsigned size, unsigned upper) {
    for (unsigned i = 0; i < 16; i++) {
        unsigned lane = i / size;
        if (at[i] != (lane & 1) * 16 + (lane / 2) * size + upper + i % size)
            return false;
    }
    return true;
}
/* Bytes of two vectors, of which the first gives some. */
static X64Shuffle x64_shuffle_two(const uint8_t *at) {
    static const uint16_t unpack[] = {X64_punpcklbw, X64_punpcklwd, X64_punpckldq, X64_punpcklqdq,
                                      X64_punpckhbw, X64_punpckhwd, X64_punpckhdq, X64_punpckhqdq};
    for (unsigned i = 0; i < 8; i++)
        if (x64_is_unpack(at, 1u << (i & 3), i & 4 ? 8 : 0))
            return (X64Shuffle){.insn = unpack[i]};
    uint8_t lanes[16];
    bool runs = at[0] > 0 && at[0] < 16, blends = x64_lanes_of(at, 2, lanes);
    unsigned words = 0;
    for (unsigned i = 0; i < 16; i++)
        runs &= at[i] == at[0] + i;
    if (runs)
        return (X64Shuffle){.insn = X64_palignr, .imm = at[0], .swap = true};
    for (unsigned i = 0; i < 8 && blends; i++) {
        blends = (lanes[i] & 7) == i;
        words |= (unsigned)(lanes[i] >= 8) << i;
    }
    if (blends)
        return (X64Shuffle){.insn = X64_pblendw, .imm = words};
    if (x64_lanes_of(at, 4, lanes) && lanes[0] < 4 && lanes[1] < 4 && lanes[2] >= 4 &&
        lanes[3] >= 4)
        return (X64Shuffle){.insn = X64_shufps, .imm = x64_lanes_imm(lanes)};
    return (X64Shuffle){0};
}

/* t = the bytes of x that `at` names, from `from` on; zero for others. */
static void x64_v_bytes(Baseline *b, unsigned t, unsigned x, const uint8_t *at, unsigned from) {
    uint8_t mask[16];
    for (unsigned i = 0; i < 16; i++)
        mask[i] = (at[i] & 16) == from ? at[i] & 15 : 0x80;
    x64_v_const(b, X64_pshufb, t, x, load64le(mask), load64le(mask + 8));
}

static void x64_shuffle_single(Baseline *b, Item *x, const uint8_t *at) {
    X64Shuffle s = x64_shuffle_one(at);
    if (s.insn == X64_pshufd && s.imm == 0xE4) { /* as they are */
        x64_push_v(b, x64_start_v(b, x, NULL, NULL));
        return;
    }
    unsigned rx, t = x64_pair(b, x, NULL, VK_v128, &rx);
    if (s.insn)
        x64_v2i(b, s.insn, t, rx, s.imm);
    else
        x64_v_bytes(b, t, rx, at, 0);
    x64_push_v(b, t);
}

static void x64_do_v_shuffle(Baseline *b, const X64Op *op) {
    (void)op;
    Item y = bl_pop(b), x = bl_pop(b);
    const uint8_t *from = b->in.list.data;
    bool same = x.where == ITEM_local && y.where == ITEM_local && x.local == y.local;
    uint8_t at[16], swapped[16];
    unsigned of_x = 0;
    for (unsigned i = 0; i < 16; i++) {
        at[i] = same ? from[i] & 15 : from[i];
        swapped[i] = at[i] ^ 16;
        of_x += at[i] < 16;
    }
    if (of_x == 0 || of_x == 16) {
        bl_release(b, of_x ? &y : &x);
        x64_shuffle_single(b, of_x ? &x : &y, of_x ? at : swapped);
        return;
    }
    X64Shuffle s = x64_shuffle_two(at);
    const uint8_t *bytes = at;
    if (!s.insn) {
        s = x64_shuffle_two(swapped);
        if (s.insn)
            s.swap = !s.swap;
    }
    if (s.insn) {
        if (s.swap)
            x64_swap_items(&x, &y);
        unsigned rx, t = x64_pair(b, &x, &y, VK_v128, &rx);
        x64_v_item(b, s.insn, t, rx, &y, s.imm);
        x64_leave(b, &y, X(t));
        x64_push_v(b, t);
        return;
    }
    if (x64_zero_item(&x)) {
        x64_swap_items(&x, &y);
        bytes = swapped;
    }
    if (x64_zero_item(&y)) {
        unsigned rx, t = x64_pair(b, &x, NULL, VK_v128, &rx);
        x64_v_bytes(b, t, rx, bytes, 0);
        x64_push_v(b, t);
        return;
    }
    unsigned ry = x64_use_v(b, &y), t = x64_start_v(b, &x, &y, NULL);
    x64_v_bytes(b, 15, ry, bytes, 16);
    x64_v_bytes(b, t, t, bytes, 0);
    x64_v3(b, X64_por, t, t, 15);
    x64_leave(b, &y, X(t));
    x64_push_v(b, t);
}

/* ---- rows ---- */

#define VECTOR_2(name, insn, flags)                                                                \
    [OP_##name] = {x64_do_v2, X64_##insn, 0, VK_v128, VK_v128, 0, flags}
#define VECTOR_1(name, insn, imm) [OP_##name] = {x64_do_v1, X64_##insn, 0, VK_v128, VK_v128, imm, 0}
#define VECTOR_OF(name, fn, insn, insn2, size, x)                                                  \
    [OP_##name] = {x64_do_##fn, insn, insn2, VK_v128, VK_v128, size, x}
#define VECTOR_SUMS(p, w)                                                                          \
    VECTOR_2(p##_add, padd##w, X64_COMMUTES), VECTOR_2(p##_sub, psub##w, 0),                       \
        VECTOR_OF(p##_neg, v_neg, X64_psub##w, 0, 0, 0),                                           \
        VECTOR_OF(p##_all_true, v_true, X64_pcmpeq##w, 0, 0, 0),                                   \
        VECTOR_OF(p##_eq, v_compare, X64_pcmpeq##w, 0, 0, 0),                                      \
        VECTOR_OF(p##_ne, v_compare, X64_pcmpeq##w, 0, 0, 1)
#define VECTOR_ORDERS(p, w)                                                                        \
    VECTOR_2(p##_gt_s, pcmpgt##w, 0), VECTOR_2(p##_lt_s, pcmpgt##w, X64_SWAPS),                    \
        VECTOR_OF(p##_le_s, v_compare, X64_pcmpeq##w, X64_pmins##w, 0, 0),                         \
        VECTOR_OF(p##_ge_s, v_compare, X64_pcmpeq##w, X64_pmaxs##w, 0, 0),                         \
        VECTOR_OF(p##_le_u, v_compare, X64_pcmpeq##w, X64_pminu##w, 0, 0),                         \
        VECTOR_OF(p##_ge_u, v_compare, X64_pcmpeq##w, X64_pmaxu##w, 0, 0),                         \
        VECTOR_OF(p##_gt_u, v_compare, X64_pcmpeq##w, X64_pminu##w, 0, 1),                         \
        VECTOR_OF(p##_lt_u, v_compare, X64_pcmpeq##w, X64_pmaxu##w, 0, 1),                         \
        VECTOR_2(p##_min_s, pmins##w, X64_COMMUTES), VECTOR_2(p##_min_u, pminu##w, X64_COMMUTES),  \
        VECTOR_2(p##_max_s, pmaxs##w, X64_COMMUTES), VECTOR_2(p##_max_u, pmaxu##w, X64_COMMUTES),  \
        VECTOR_1(p##_abs, pabs##w, 0)
#define VECTOR_SATURATING(p, w)                                                                    \
    VECTOR_2(p##_add_sat_s, padds##w, X64_COMMUTES),                                               \
        VECTOR_2(p##_add_sat_u, paddus##w, X64_COMMUTES), VECTOR_2(p##_sub_sat_s, psubs##w, 0),    \
        VECTOR_2(p##_sub_sat_u, psubus##w, 0), VECTOR_2(p##_avgr_u, pavg##w, X64_COMMUTES)
#define VECTOR_SHIFT(name, insn, bits)                                                             \
    VECTOR_OF(name, v_shift, X64_##insn##_mi, X64_##insn##_rm, bits, 0)
#define VECTOR_EXTENDS(to, from, s, u, h)                                                          \
    VECTOR_1(to##_extend_low_##from##_s, s, 0), VECTOR_1(to##_extend_low_##from##_u, u, 0),        \
        VECTOR_OF(to##_extend_high_##from##_s, v_extend_high, X64_##s, 0, 0, 1),                   \
        VECTOR_OF(to##_extend_high_##from##_u, v_extend_high, X64_##h, 0, 0, 0)
#define VECTOR_EXTMUL16(part, insn)                                                                \
    VECTOR_OF(i32x4_extmul_##part##_i16x8_s, v_extmul16, X64_pmulhw, X64_##insn, 0, 0),            \
        VECTOR_OF(i32x4_extmul_##part##_i16x8_u, v_extmul16, X64_pmulhuw, X64_##insn, 0, 0)
/* size: 4 or 8; s: ps or pd */
#define VECTOR_FLOATS(p, s, size)                                                                  \
    VECTOR_2(p##_add, add##s, X64_COMMUTES), VECTOR_2(p##_sub, sub##s, 0),                         \
        VECTOR_2(p##_mul, mul##s, X64_COMMUTES), VECTOR_2(p##_div, div##s, 0),                     \
        VECTOR_2(p##_pmin, min##s, X64_SWAPS), VECTOR_2(p##_pmax, max##s, X64_SWAPS),              \
        VECTOR_OF(p##_min, v_min, X64_min##s, 0, size, 0),                                         \
        VECTOR_OF(p##_max, v_min, X64_max##s, 0, size, 1),                                         \
        VECTOR_OF(p##_relaxed_min, v_min, X64_min##s, 0, size, 0),                                 \
        VECTOR_OF(p##_relaxed_max, v_min, X64_max##s, 0, size, 1),                                 \
        VECTOR_OF(p##_relaxed_madd, v_madd, X64_mul##s, X64_add##s, size, 0),                      \
        VECTOR_OF(p##_relaxed_nmadd, v_madd, X64_mul##s, X64_sub##s, size, 1),                     \
        VECTOR_OF(p##_abs, v_sign, X64_and##s, 0, size, 0),                                        \
        VECTOR_OF(p##_neg, v_sign, X64_xor##s, 0, size, 1), VECTOR_1(p##_sqrt, sqrt##s, 0),        \
        VECTOR_1(p##_nearest, round##s, 8), VECTOR_1(p##_floor, round##s, 9),                      \
        VECTOR_1(p##_ceil, round##s, 10), VECTOR_1(p##_trunc, round##s, 11),                       \
        [OP_##p##_eq] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 0, X64_COMMUTES},             \
        [OP_##p##_ne] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 4, X64_COMMUTES},             \
        [OP_##p##_lt] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 1, 0},                        \
        [OP_##p##_le] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 2, 0},                        \
        [OP_##p##_gt] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 1, X64_SWAPS},                \
        [OP_##p##_ge] = {x64_do_v2, X64_cmp##s, 0, VK_v128, VK_v128, 2, X64_SWAPS}
#define VECTOR_SPLAT(p, kind, size)                                                                \
    [OP_##p##_splat] = {x64_do_v_splat, 0, 0, kind, VK_v128, size, 0}
#define VECTOR_EXTRACT(name, insn, insn2, kind, size, x)                                           \
    [OP_##name] = {x64_do_v_extract, X64_##insn, insn2, VK_v128, kind, size, x}
#define VECTOR_LOAD(name, insn, insn2, size, bytes)                                                \
    [OP_v128_##name] = {x64_do_v_load, X64_##insn, insn2, 0, VK_v128, size, bytes}
#define VECTOR_LANES(bits, insert, extract, first)                                                 \
    [OP_v128_load##bits##                                                                          \
        _lane] = {x64_do_v_load_lane, X64_##insert, 0, VK_v128, VK_v128, 0, (bits) / 8},           \
        [OP_v128_store##bits##                                                                     \
            _lane] = {x64_do_v_store_lane, X64_##extract, first, VK_v128, 0, 0, (bits) / 8}

#define VECTOR_ROWS                                                                                \
    VECTOR_SUMS(i8x16, b), VECTOR_SUMS(i16x8, w), VECTOR_SUMS(i32x4, d), VECTOR_SUMS(i64x2, q),    \
        VECTOR_ORDERS(i8x16, b), VECTOR_ORDERS(i16x8, w), VECTOR_ORDERS(i32x4, d),                 \
        VECTOR_SATURATING(i8x16, b), VECTOR_SATURATING(i16x8, w),                                  \
        VECTOR_OF(i64x2_gt_s, v_compare64, 0, 0, 0, 0),                                            \
        VECTOR_OF(i64x2_lt_s, v_compare64, 0, 0, 1, 0),                                            \
        VECTOR_OF(i64x2_le_s, v_compare64, 0, 0, 0, 1),                                            \
        VECTOR_OF(i64x2_ge_s, v_compare64, 0, 0, 1, 1), VECTOR_OF(i64x2_abs, v_abs64, 0, 0, 0, 0), \
        VECTOR_2(i16x8_mul, pmullw, X64_COMMUTES), VECTOR_2(i32x4_mul, pmulld, X64_COMMUTES),      \
        VECTOR_OF(i64x2_mul, v_mul64, 0, 0, 0, 0),                                                 \
        VECTOR_OF(i16x8_q15mulr_sat_s, v_q15mulr, 0, 0, 0, 0),                                     \
        VECTOR_OF(i16x8_relaxed_q15mulr_s, v_q15mulr, 0, 0, 0, 0),                                 \
        VECTOR_2(i32x4_dot_i16x8_s, pmaddwd, X64_COMMUTES),                                        \
        VECTOR_OF(i8x16_popcnt, v_popcnt, 0, 0, 0, 0), VECTOR_2(v128_and, pand, X64_COMMUTES),     \
        VECTOR_2(v128_or, por, X64_COMMUTES), VECTOR_2(v128_xor, pxor, X64_COMMUTES),              \
        VECTOR_2(v128_andnot, pandn, X64_SWAPS), VECTOR_OF(v128_not, v_not, 0, 0, 0, 0),           \
        VECTOR_OF(v128_bitselect, v_select, 0, 0, 0, 0),                                           \
        VECTOR_OF(i8x16_relaxed_laneselect, v_select, 0, 0, 0, 0),                                 \
        VECTOR_OF(i16x8_relaxed_laneselect, v_select, 0, 0, 0, 0),                                 \
        VECTOR_OF(i32x4_relaxed_laneselect, v_select, 0, 0, 0, 0),                                 \
        VECTOR_OF(i64x2_relaxed_laneselect, v_select, 0, 0, 0, 0),                                 \
        VECTOR_OF(v128_any_true, v_true, 0, 0, 0, 0),                                              \
        VECTOR_OF(i8x16_bitmask, v_bitmask, X64_pmovmskb, 0, 1, 0),                                \
        VECTOR_OF(i16x8_bitmask, v_bitmask, X64_pmovmskb, 0, 2, 0),                                \
        VECTOR_OF(i32x4_bitmask, v_bitmask, X64_movmskps, 0, 4, 0),                                \
        VECTOR_OF(i64x2_bitmask, v_bitmask, X64_movmskpd, 0, 8, 0),                                \
        VECTOR_OF(i8x16_shl, v_shift8, 0, 0, 0, 0), VECTOR_OF(i8x16_shr_u, v_shift8, 0, 0, 0, 1),  \
        VECTOR_OF(i8x16_shr_s, v_shift8, 0, 0, 0, 2), VECTOR_SHIFT(i16x8_shl, psllw, 16),          \
        VECTOR_SHIFT(i16x8_shr_u, psrlw, 16), VECTOR_SHIFT(i16x8_shr_s, psraw, 16),                \
        VECTOR_SHIFT(i32x4_shl, pslld, 32), VECTOR_SHIFT(i32x4_shr_u, psrld, 32),                  \
        VECTOR_SHIFT(i32x4_shr_s, psrad, 32), VECTOR_SHIFT(i64x2_shl, psllq, 64),                  \
        VECTOR_SHIFT(i64x2_shr_u, psrlq, 64), VECTOR_OF(i64x2_shr_s, v_shift64, 0, 0, 0, 0),       \
        VECTOR_2(i8x16_narrow_i16x8_s, packsswb, 0), VECTOR_2(i8x16_narrow_i16x8_u, packuswb, 0),  \
        VECTOR_2(i16x8_narrow_i32x4_s, packssdw, 0), VECTOR_2(i16x8_narrow_i32x4_u, packusdw, 0),  \
        VECTOR_EXTENDS(i16x8, i8x16, pmovsxbw, pmovzxbw, punpckhbw),                               \
        VECTOR_EXTENDS(i32x4, i16x8, pmovsxwd, pmovzxwd, punpckhwd),                               \
        VECTOR_EXTENDS(i64x2, i32x4, pmovsxdq, pmovzxdq, punpckhdq),                               \
        VECTOR_OF(i16x8_extadd_pairwise_i8x16_s, v_pairwise, X64_pmaddubsw, 0, 8, 1),              \
        VECTOR_OF(i16x8_extadd_pairwise_i8x16_u, v_pairwise, X64_pmaddubsw, 0, 8, 0),              \
        VECTOR_OF(i32x4_extadd_pairwise_i16x8_s, v_pairwise, X64_pmaddwd, 0, 16, 0),               \
        VECTOR_OF(i32x4_extadd_pairwise_i16x8_u, v_pairwise_u16, 0, 0, 0, 0),                      \
        VECTOR_OF(i16x8_extmul_low_i8x16_s, v_extmul8, X64_pmovsxbw, 0, 0, 0),                     \
        VECTOR_OF(i16x8_extmul_low_i8x16_u, v_extmul8, X64_pmovzxbw, 0, 0, 0),                     \
        VECTOR_OF(i16x8_extmul_high_i8x16_s, v_extmul8, X64_pmovsxbw, 0, 0, 1),                    \
        VECTOR_OF(i16x8_extmul_high_i8x16_u, v_extmul8, X64_pmovzxbw, 0, 0, 1),                    \
        VECTOR_EXTMUL16(low, punpcklwd), VECTOR_EXTMUL16(high, punpckhwd),                         \
        VECTOR_OF(i64x2_extmul_low_i32x4_s, v_extmul32, X64_pmuldq, 0, 0x50, 0),                   \
        VECTOR_OF(i64x2_extmul_low_i32x4_u, v_extmul32, X64_pmuludq, 0, 0x50, 0),                  \
        VECTOR_OF(i64x2_extmul_high_i32x4_s, v_extmul32, X64_pmuldq, 0, 0xFA, 0),                  \
        VECTOR_OF(i64x2_extmul_high_i32x4_u, v_extmul32, X64_pmuludq, 0, 0xFA, 0),                 \
        VECTOR_OF(i16x8_relaxed_dot_i8x16_i7x16_s, v_dot8, 0, 0, 0, 0),                            \
        VECTOR_OF(i32x4_relaxed_dot_i8x16_i7x16_add_s, v_dot8_add, 0, 0, 0, 0),                    \
        VECTOR_FLOATS(f32x4, ps, 4), VECTOR_FLOATS(f64x2, pd, 8),                                  \
        VECTOR_OF(i32x4_trunc_sat_f32x4_s, v_trunc_s, 0, 0, 0, 0),                                 \
        VECTOR_OF(i32x4_trunc_sat_f32x4_u, v_trunc_u, 0, 0, 0, 0),                                 \
        VECTOR_OF(i32x4_trunc_sat_f64x2_s_zero, v_trunc64_s, 0, 0, 0, 0),                          \
        VECTOR_OF(i32x4_trunc_sat_f64x2_u_zero, v_trunc64_u, 0, 0, 0, 0),                          \
        VECTOR_OF(i32x4_relaxed_trunc_f32x4_s, v_trunc_s, 0, 0, 0, 0),                             \
        VECTOR_OF(i32x4_relaxed_trunc_f32x4_u, v_trunc_u, 0, 0, 0, 0),                             \
        VECTOR_OF(i32x4_relaxed_trunc_f64x2_s_zero, v_trunc64_s, 0, 0, 0, 0),                      \
        VECTOR_OF(i32x4_relaxed_trunc_f64x2_u_zero, v_trunc64_u, 0, 0, 0, 0),                      \
        VECTOR_1(f32x4_convert_i32x4_s, cvtdq2ps, 0),                                              \
        VECTOR_OF(f32x4_convert_i32x4_u, v_convert_u, 0, 0, 0, 0),                                 \
        VECTOR_1(f64x2_convert_low_i32x4_s, cvtdq2pd, 0),                                          \
        VECTOR_OF(f64x2_convert_low_i32x4_u, v_convert64_u, 0, 0, 0, 0),                           \
        VECTOR_1(f32x4_demote_f64x2_zero, cvtpd2ps, 0),                                            \
        VECTOR_1(f64x2_promote_low_f32x4, cvtps2pd, 0), VECTOR_SPLAT(i8x16, VK_i32, 1),            \
        VECTOR_SPLAT(i16x8, VK_i32, 2), VECTOR_SPLAT(i32x4, VK_i32, 4),                            \
        VECTOR_SPLAT(i64x2, VK_i64, 8), VECTOR_SPLAT(f32x4, VK_f32, 4),                            \
        VECTOR_SPLAT(f64x2, VK_f64, 8),                                                            \
        VECTOR_EXTRACT(i8x16_extract_lane_s, movsx8, X64_pextrb, VK_i32, 1, 1),                    \
        VECTOR_EXTRACT(i8x16_extract_lane_u, movzx8, X64_pextrb, VK_i32, 1, 0),                    \
        VECTOR_EXTRACT(i16x8_extract_lane_s, movsx16, X64_pextrw, VK_i32, 2, 1),                   \
        VECTOR_EXTRACT(i16x8_extract_lane_u, movzx16, X64_pextrw, VK_i32, 2, 0),                   \
        VECTOR_EXTRACT(i32x4_extract_lane, mov_rm, X64_pextrd, VK_i32, 4, 0),                      \
        VECTOR_EXTRACT(i64x2_extract_lane, mov_rm, X64_pextrd, VK_i64, 8, 0),                      \
        VECTOR_EXTRACT(f32x4_extract_lane, movss_rm, 0, VK_f32, 4, 0),                             \
        VECTOR_EXTRACT(f64x2_extract_lane, movsd_rm, 0, VK_f64, 8, 0),                             \
        VECTOR_OF(i8x16_replace_lane, v_replace, X64_pinsrb, 0, 4, 0),                             \
        VECTOR_OF(i16x8_replace_lane, v_replace, X64_pinsrw, 0, 4, 0),                             \
        VECTOR_OF(i32x4_replace_lane, v_replace, X64_pinsrd, 0, 4, 0),                             \
        VECTOR_OF(i64x2_replace_lane, v_replace, X64_pinsrd, 0, 8, 0),                             \
        VECTOR_OF(f32x4_replace_lane, v_replace_float, X64_insertps, 0, 4, 0),                     \
        VECTOR_OF(f64x2_replace_lane, v_replace_float, X64_movsd_rm, 0, 8, 0),                     \
        VECTOR_OF(i8x16_shuffle, v_shuffle, 0, 0, 0, 0),                                           \
        VECTOR_OF(i8x16_swizzle, v_swizzle, 0, 0, 0, 0),                                           \
        VECTOR_OF(i8x16_relaxed_swizzle, v_swizzle, 0, 0, 0, 0),                                   \
        VECTOR_LOAD(load8x8_s, pmovsxbw, 0, 0, 8), VECTOR_LOAD(load8x8_u, pmovzxbw, 0, 0, 8),      \
        VECTOR_LOAD(load16x4_s, pmovsxwd, 0, 0, 8), VECTOR_LOAD(load16x4_u, pmovzxwd, 0, 0, 8),    \
        VECTOR_LOAD(load32x2_s, pmovsxdq, 0, 0, 8), VECTOR_LOAD(load32x2_u, pmovzxdq, 0, 0, 8),    \
        VECTOR_LOAD(load8_splat, vpbroadcastb, X64_movzx8, 1, 1),                                  \
        VECTOR_LOAD(load16_splat, vpbroadcastw, X64_movzx16, 2, 2),                                \
        VECTOR_LOAD(load32_splat, vbroadcastss, X64_movss_rm, 4, 4),                               \
        VECTOR_LOAD(load64_splat, movddup, 0, 0, 8), VECTOR_LOAD(load32_zero, movss_rm, 0, 0, 4),  \
        VECTOR_LOAD(load64_zero, movsd_rm, 0, 0, 8), VECTOR_LANES(8, pinsrb, pextrb, 0),           \
        VECTOR_LANES(16, pinsrw, pextrw, 0), VECTOR_LANES(32, pinsrd, pextrd, X64_movss_mr),       \
        VECTOR_LANES(64, pinsrd, movhps_mr, X64_movsd_mr)

#endif
