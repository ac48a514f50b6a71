/* The baseline compiler's instructions on x86-64. Each row of x64_ops says which function writes
   the code of an instruction, and with what; what has no row calls a helper (jit/helpers.h). Path:
   jit/native.c (first call) -> wt_x64_compile -> jit/baseline_body.h -> here. */
#include "x64/machine.h"

#include "jit/baseline.h"

#include "x64/frame.h"

#include "jit/baseline_call.h"
#include "x64/target.h"

typedef struct X64Op X64Op;
struct X64Op {
    void (*fn)(Baseline *b, const X64Op *op);
    uint16_t insn, insn2;
    uint8_t kind, result; /* ValueKind of operands and of the result */
    uint8_t size;         /* in bytes */
    uint8_t x;            /* what the function makes of it; with X64_CALLS: it may call a helper */
};
enum { X64_CALLS = 0x80 };
static const X64Op x64_ops[OP_count];
static bool machine_calls(const Baseline *b, const Insn *in);
WT_INLINE bool machine_insn(Baseline *b);
static void machine_is_zero(Baseline *b, unsigned kind);
static Item machine_table_callee(Baseline *b, uint32_t tableidx, uint32_t typeidx);
static void machine_finish(Baseline *b);

#include "jit/baseline_body.h"

/* ---- operands ---- */

/* insn reg, item: of a register or the frame; constants come in a register. */
static void x64_with(Baseline *b, X64Insn insn, unsigned size, unsigned reg, Item *e) {
    unsigned down = bl_is_float(e->kind) ? BL_floats : 0;
    if (e->where == ITEM_memory) {
        x64_rm(&b->a, insn, size, reg, x64_at_index(X64_r15, e->reg, 0, (int32_t)e->bits));
        b->loads = true;
        return;
    }
    if (bl_in_frame(b, e)) {
        x64_emit_rm(b, insn, size, reg, x64_at(X64_rbp, bl_item_place(b, e)));
    } else if (e->where == ITEM_const) {
        unsigned from = down ? X(15) : X64_r11;
        bl_copy_to(b, from, e);
        x64_emit_rr(b, insn, size, reg, from - down);
    } else {
        x64_emit_rr(b, insn, size, reg, bl_item_reg(b, e) - down);
    }
}
static bool x64_is_imm(const Item *e, unsigned size) {
    if (e->where != ITEM_const)
        return false;
    int64_t v = (int64_t)e->bits;
    return size == 4 || (v >= INT32_MIN && v <= INT32_MAX);
}
static bool x64_reads(const Baseline *b, const Item *e, unsigned reg) {
    return bl_item_reg(b, e) == reg || (e->where == ITEM_memory && e->reg == reg);
}
static void x64_swap_items(Item *x, Item *y) {
    Item t = *x;
    *x = *y;
    *y = t;
}
/* The register that an operand has for itself. */
static unsigned x64_temp(const Item *e) { return e->where == ITEM_reg ? e->reg : BL_no_reg; }
/* The operand's register is free, unless the result is in it. */
static void x64_leave(Baseline *b, const Item *e, unsigned to) {
    if (e->where == ITEM_reg && e->reg != to)
        bl_free(b, e->reg);
}
/* Where the result of one instruction goes that reads the operand, and is done with it. */
static unsigned x64_dest(Baseline *b, unsigned kind, const Item *x) {
    unsigned to = bl_dest(b, kind, x64_temp(x));
    x64_leave(b, x, to);
    return to;
}
/* A register that holds the first operand's value and will hold the result; the others (NULL: none)
   are not in it. */
static unsigned x64_start_of(Baseline *b, const Item *x, const Item *y, const Item *z) {
    unsigned own = x64_temp(x);
    unsigned to = bl_dest(b, x->kind, own);
    if ((y && x64_reads(b, y, to)) || (z && x64_reads(b, z, to))) /* only by a hint */
        to = own != BL_no_reg && bl_bit(own) & b->temps ? own : bl_alloc(b, x->kind);
    bl_copy_to(b, to, x);
    x64_leave(b, x, to);
    return to;
}
static unsigned x64_start(Baseline *b, const Item *x, const Item *y) {
    return x64_start_of(b, x, y, NULL);
}

/* ---- integers ---- */

static void x64_do_alu(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    bool commutes = op->x & 1, adds = op->x & 2, subtracts = op->x & 4;
    if (commutes && (x.where == ITEM_const ||
                     (y.where == ITEM_reg && x.where != ITEM_reg && y.where != ITEM_const)))
        x64_swap_items(&x, &y);
    unsigned size = op->size;
    X64Asm *a = &b->a;
    if (x64_is_imm(&y, size)) {
        int32_t imm = (int32_t)y.bits;
        unsigned from = bl_item_reg(b, &x);
        if ((adds || (subtracts && imm != INT32_MIN)) && from != BL_no_reg) {
            unsigned to = x64_dest(b, op->kind, &x);
            int32_t d = adds ? imm : -imm;
            if (to == from)
                x64_ri(a, X64_add_mi, size, to, d);
            else
                x64_rm(a, X64_lea, size, to, x64_at(from, d));
            bl_push_reg(b, op->kind, to);
            return;
        }
        unsigned to = x64_start(b, &x, NULL);
        x64_ri(a, (X64Insn)op->insn2, size, to, imm);
        bl_push_reg(b, op->kind, to);
        return;
    }
    unsigned rx = bl_item_reg(b, &x), ry = bl_item_reg(b, &y);
    unsigned hint = bl_hint(b, op->kind);
    if (adds && rx != BL_no_reg && ry != BL_no_reg && x.where != ITEM_reg && hint != rx &&
        hint != ry) {
        unsigned to = x64_dest(b, op->kind, &y);
        x64_rm(a, X64_lea, size, to, x64_at_index(rx, ry, 0, 0));
        bl_push_reg(b, op->kind, to);
        return;
    }
    if (commutes && hint != BL_no_reg && hint == ry)
        x64_swap_items(&x, &y);
    unsigned to = x64_start(b, &x, &y);
    x64_with(b, (X64Insn)op->insn, size, to, &y);
    bl_release(b, &y);
    bl_push_reg(b, op->kind, to);
}

static void x64_do_mul(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    if (x.where == ITEM_const ||
        (y.where == ITEM_reg && x.where != ITEM_reg && y.where != ITEM_const))
        x64_swap_items(&x, &y);
    X64Asm *a = &b->a;
    if (x64_is_imm(&y, op->size)) {
        int32_t imm = (int32_t)y.bits;
        uint64_t u = op->size == 4 ? (uint32_t)imm : (uint64_t)(int64_t)imm;
        unsigned from = bl_use(b, &x);
        unsigned to = x64_dest(b, op->kind, &x);
        if (u && !(u & (u - 1))) {
            if (to != from)
                machine_move(b, op->kind, to, from);
            x64_ri(a, X64_shl_mi, op->size, to, __builtin_ctzll(u));
        } else if (imm == 3 || imm == 5 || imm == 9) {
            x64_rm(a, X64_lea, op->size, to,
                   x64_at_index(from, from,
                                imm == 3   ? 1
                                : imm == 5 ? 2
                                           : 3,
                                0));
        } else {
            x64_rri(a, X64_imul_i, op->size, to, from, imm);
        }
        bl_push_reg(b, op->kind, to);
        return;
    }
    if (bl_hint(b, op->kind) == bl_item_reg(b, &y) && bl_item_reg(b, &y) != BL_no_reg)
        x64_swap_items(&x, &y);
    unsigned to = x64_start(b, &x, &y);
    x64_with(b, X64_imul, op->size, to, &y);
    bl_release(b, &y);
    bl_push_reg(b, op->kind, to);
}

/* Divisions by constants that need no division: unsigned, powers of two. */
static bool x64_divide_shift(Baseline *b, const X64Op *op, Item *x, const Item *y) {
    bool is_signed = op->x & 1, rest = op->x & 2;
    uint64_t u = y->bits;
    if (is_signed || y->where != ITEM_const || !u || u & (u - 1) || (rest && u > (1u << 31)))
        return false;
    unsigned to = x64_start(b, x, NULL);
    if (!rest)
        x64_ri(&b->a, X64_shr_mi, op->size, to, __builtin_ctzll(u));
    else
        x64_ri(&b->a, X64_and_mi, op->size, to, (int32_t)(u - 1));
    bl_push_reg(b, op->kind, to);
    return true;
}

static void x64_do_divide(Baseline *b, const X64Op *op) {
    bool is_signed = op->x & 1, rest = op->x & 2;
    X64Asm *a = &b->a;
    uint32_t fixed = bl_bit(X64_rax) | bl_bit(X64_rdx);
    Item y = bl_pop(b), x = bl_pop(b);
    if (x64_divide_shift(b, op, &x, &y))
        return;
    bool known = y.where == ITEM_const;
    unsigned divisor = bl_use_outside(b, &y, fixed);
    if (x.where == ITEM_reg && x.reg == X64_rdx)
        bl_use_outside(b, &x, fixed);
    bool in_rax = x.where == ITEM_reg && x.reg == X64_rax;
    if (!in_rax)
        bl_take(b, X64_rax);
    bl_take(b, X64_rdx);
    if (!in_rax) {
        bl_copy_to(b, X64_rax, &x);
        bl_release(b, &x);
        b->used |= bl_bit(X64_rax);
    }
    if (!known || !y.bits) {
        x64_rr(a, X64_test_mr, op->size, divisor, divisor);
        machine_trap_if(b, X64_e, TRAP_integer_divide_by_zero);
    }
    uint8_t *out = NULL;
    if (is_signed &&
        (!known || (op->size == 4 ? (uint32_t)y.bits == UINT32_MAX : y.bits == UINT64_MAX))) {
        x64_ri(a, X64_cmp_mi, op->size, divisor, -1);
        uint8_t *plain = x64_jcc8(a, X64_ne);
        if (rest) {
            x64_rr(a, X64_xor_rm, 4, X64_rdx, X64_rdx);
        } else {
            x64_r(a, X64_neg, op->size, X64_rax);
            machine_trap_if(b, X64_o, TRAP_integer_overflow);
        }
        out = x64_jmp8(a);
        x64_patch8(plain, a->at);
    }
    if (is_signed) {
        x64_n(a, X64_cdq, op->size);
        x64_r(a, X64_idiv, op->size, divisor);
    } else {
        x64_rr(a, X64_xor_rm, 4, X64_rdx, X64_rdx);
        x64_r(a, X64_div, op->size, divisor);
    }
    if (out)
        x64_patch8(out, a->at);
    bl_release(b, &y);
    bl_free(b, rest ? X64_rax : X64_rdx);
    bl_push_reg(b, op->kind, rest ? X64_rdx : X64_rax);
}

/* insn: by an immediate; insn2: by cl; x: the BMI2 form with any register, or 0. */
static void x64_do_shift(Baseline *b, const X64Op *op) {
    static const uint16_t bmi[] = {0, X64_shlx, X64_shrx, X64_sarx};
    Item y = bl_pop(b), x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned mask = op->size * 8u - 1;
    if (y.where == ITEM_const) {
        unsigned to = x64_start(b, &x, NULL);
        if (y.bits & mask)
            x64_ri(a, (X64Insn)op->insn, op->size, to, (int32_t)(y.bits & mask));
        bl_push_reg(b, op->kind, to);
        return;
    }
    if (op->x && b->seg->features & X64_HAS_bmi2) {
        unsigned count = bl_use(b, &y);
        unsigned from = bl_use(b, &x);
        unsigned to = x64_dest(b, op->kind, &x);
        x64_vrr(a, (X64Insn)bmi[op->x], op->size, to, count, from);
        bl_release(b, &y);
        bl_push_reg(b, op->kind, to);
        return;
    }
    if (x.where == ITEM_reg && x.reg == X64_rcx)
        bl_use_outside(b, &x, bl_bit(X64_rcx));
    if (!(y.where == ITEM_reg && y.reg == X64_rcx)) {
        bl_take(b, X64_rcx);
        bl_copy_to(b, X64_rcx, &y);
        bl_release(b, &y);
        b->used |= bl_bit(X64_rcx);
    }
    unsigned to = x64_start(b, &x, NULL);
    x64_r(a, (X64Insn)op->insn2, op->size, to);
    bl_free(b, X64_rcx);
    bl_push_reg(b, op->kind, to);
}

/* One operand: insn to, from. */
static void x64_do_unary(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    if (x.where == ITEM_const)
        bl_use(b, &x);
    unsigned to = x64_dest(b, op->result, &x);
    x64_with(b, (X64Insn)op->insn, op->size, to, &x);
    bl_push_reg(b, op->result, to);
}

/* clz, ctz, popcnt on machines that have them as such; else the helper. */
static bool x64_can_count(const Baseline *b) { return b->seg->features & X64_HAS_counts; }
static void x64_do_count(Baseline *b, const X64Op *op) {
    if (x64_can_count(b))
        x64_do_unary(b, op);
    else
        bl_do_helped(b);
}

static void x64_do_wrap(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    if (x.where == ITEM_const) {
        bl_push_const(b, VK_i32, (uint32_t)x.bits);
        return;
    }
    unsigned to = x64_dest(b, VK_i32, &x);
    x.kind = VK_i32;
    unsigned from = bl_item_reg(b, &x);
    if (from != BL_no_reg)
        x64_rr(&b->a, X64_mov_rm, 4, to, from); /* clears the upper half, also of itself */
    else
        bl_copy_to(b, to, &x);
    bl_push_reg(b, VK_i32, to);
}

/* Its upper half is zero as it is. */
static void x64_do_extend_u(Baseline *b, const X64Op *op) {
    (void)op;
    Item x = bl_pop(b);
    if (x.where == ITEM_const) {
        bl_push_const(b, VK_i64, (uint32_t)x.bits);
        return;
    }
    unsigned to = x64_start(b, &x, NULL);
    bl_push_reg(b, VK_i64, to);
}

/* ---- conditions ---- */

/* A condition as the top item: flags when the next instruction takes them. */
static void x64_push_flags(Baseline *b, unsigned cond) {
    const uint8_t *p = b->r.at;
    unsigned next = p < b->r.end ? *p : OP_nop;
    if (next == OP_br_if || next == OP_if || next == OP_select || next == OP_i32_eqz) {
        bl_push(b, ITEM_flags, VK_i32)->cond = (uint8_t)cond;
        return;
    }
    unsigned to = bl_dest(b, VK_i32, BL_no_reg);
    machine_set(b, to, cond);
    bl_push_reg(b, VK_i32, to);
}

static unsigned x64_mirror(unsigned cond) {
    switch (cond) {
    case X64_b:
        return X64_a;
    case X64_a:
        return X64_b;
    case X64_ae:
        return X64_be;
    case X64_be:
        return X64_ae;
    case X64_l:
        return X64_g;
    case X64_g:
        return X64_l;
    case X64_ge:
        return X64_le;
    case X64_le:
        return X64_ge;
    }
    return cond;
}

static void x64_do_compare(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    unsigned cond = op->x;
    if (x.where == ITEM_const && y.where != ITEM_const) {
        x64_swap_items(&x, &y);
        cond = x64_mirror(cond);
    }
    X64Asm *a = &b->a;
    if (x64_is_imm(&y, op->size) && x.where != ITEM_const) {
        unsigned reg = bl_item_reg(b, &x);
        if (reg == BL_no_reg)
            x64_mi(a, X64_cmp_mi, op->size, x64_at(X64_rbp, bl_item_place(b, &x)), (int32_t)y.bits);
        else if (!y.bits && (cond == X64_e || cond == X64_ne))
            x64_rr(a, X64_test_mr, op->size, reg, reg);
        else
            x64_ri(a, X64_cmp_mi, op->size, reg, (int32_t)y.bits);
    } else {
        unsigned reg = bl_use(b, &x);
        x64_with(b, X64_cmp_rm, op->size, reg, &y);
    }
    bl_release(b, &x);
    bl_release(b, &y);
    x64_push_flags(b, cond);
}

static void machine_is_zero(Baseline *b, unsigned kind) {
    Item x = bl_pop(b);
    if (x.where == ITEM_flags) {
        x64_push_flags(b, x.cond ^ 1u);
        return;
    }
    x.kind = (uint8_t)kind;
    unsigned cond = machine_test(b, &x) ^ 1u;
    bl_release(b, &x);
    x64_push_flags(b, cond);
}
static void x64_do_eqz(Baseline *b, const X64Op *op) { machine_is_zero(b, op->kind); }

/* Flags of a condition that has been taken off: x is not a zero. */
static unsigned x64_flags_of(Baseline *b, Item *cond) {
    if (cond->where != ITEM_flags)
        return machine_test(b, cond);
    if (cond->cond < X64_feq)
        return cond->cond;
    machine_set(b, X64_r11, cond->cond);
    x64_rr(&b->a, X64_test_mr, 4, X64_r11, X64_r11);
    return X64_ne;
}

static void x64_do_select(Baseline *b, const X64Op *op) {
    (void)op;
    Item cond = bl_pop(b), y = bl_pop(b), x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned hint = bl_hint(b, x.kind), to;
    bool reusable = x.where == ITEM_reg && bl_bit(x.reg) & b->temps;
    if (hint != BL_no_reg && !x64_reads(b, &y, hint) && !x64_reads(b, &cond, hint))
        to = hint;
    else
        to = reusable ? x.reg : bl_alloc(b, x.kind);
    if (cond.where == ITEM_flags && cond.cond >= X64_feq) {
        /* Two flags: as a number. r11 does not live through constants. */
        unsigned reg = bl_alloc(b, VK_i32);
        machine_set(b, reg, cond.cond);
        cond = (Item){.where = ITEM_reg, .kind = VK_i32, .reg = (uint8_t)reg};
    }
    if (bl_is_float(x.kind)) {
        if (y.where == ITEM_const)
            bl_use(b, &y);
        bl_copy_to(b, to, &x);
        unsigned code = x64_flags_of(b, &cond);
        uint8_t *over = x64_jcc8(a, (X64Cond)code);
        bl_copy_to(b, to, &y);
        x64_patch8(over, a->at);
    } else {
        unsigned size = x.kind == VK_i32 ? 4 : 8;
        if (y.where == ITEM_const)
            bl_use(b, &y);
        bl_copy_to(b, to, &x);
        unsigned code = x64_flags_of(b, &cond);
        if (bl_in_frame(b, &y))
            x64_cmov_m(a, (X64Cond)(code ^ 1), size, to, x64_at(X64_rbp, bl_item_place(b, &y)));
        else
            x64_cmov(a, (X64Cond)(code ^ 1), size, to, bl_item_reg(b, &y));
    }
    x64_leave(b, &x, to);
    bl_release(b, &y);
    bl_release(b, &cond);
    bl_push_reg(b, x.kind, to);
}

/* ---- floats ---- */

static unsigned x64_xmm(unsigned reg) { return reg - BL_floats; }

/* Where every NaN has to be the same one. */
static void x64_canonical(Baseline *b, unsigned kind, unsigned reg) {
    if (!b->deterministic)
        return;
    X64Asm *a = &b->a;
    bool small = kind == VK_f32;
    x64_rr(a, small ? X64_ucomiss : X64_ucomisd, 0, x64_xmm(reg), x64_xmm(reg));
    uint8_t *over = x64_jcc8(a, X64_np);
    Item nan = {.where = ITEM_const,
                .kind = (uint8_t)kind,
                .bits = small ? 0x7FC00000u : 0x7FF8000000000000u};
    bl_copy_to(b, reg, &nan);
    x64_patch8(over, a->at);
}

static void x64_do_float(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    if (op->x && ((y.where == ITEM_reg && x.where != ITEM_reg) ||
                  (bl_hint(b, op->kind) == bl_item_reg(b, &y) && bl_item_reg(b, &y) != BL_no_reg)))
        x64_swap_items(&x, &y);
    unsigned to = x64_start(b, &x, &y);
    x64_with(b, (X64Insn)op->insn, 0, x64_xmm(to), &y);
    bl_release(b, &y);
    x64_canonical(b, op->kind, to);
    bl_push_reg(b, op->kind, to);
}

/* min and max: NaN if one is, and -0 below +0. */
static void x64_do_float_min(Baseline *b, const X64Op *op) {
    bool small = op->kind == VK_f32, most = op->x;
    Item y = bl_pop(b), x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned other = bl_use(b, &y);
    unsigned to = x64_start(b, &x, &y);
    unsigned t = x64_xmm(to), o = x64_xmm(other);
    x64_rr(a, small ? X64_ucomiss : X64_ucomisd, 0, t, o);
    uint8_t *differ = x64_jcc8(a, X64_ne), *nan = x64_jcc8(a, X64_p);
    x64_rr(a, most ? X64_andps : X64_orps, 0, t, o);
    uint8_t *done = x64_jmp8(a);
    x64_patch8(nan, a->at);
    x64_rr(a, small ? X64_addss : X64_addsd, 0, t, o);
    uint8_t *done_nan = x64_jmp8(a);
    x64_patch8(differ, a->at);
    x64_emit_rr(b, op->insn, 0, t, o);
    x64_patch8(done, a->at);
    x64_patch8(done_nan, a->at);
    bl_release(b, &y);
    x64_canonical(b, op->kind, to);
    bl_push_reg(b, op->kind, to);
}

/* insn to, from with a register for the result: sqrt, promote, demote. */
static void x64_do_float_unary(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    if (x.where == ITEM_const)
        bl_use(b, &x);
    unsigned to = x64_dest(b, op->result, &x);
    x64_with(b, (X64Insn)op->insn, 0, x64_xmm(to), &x);
    x64_canonical(b, op->result, to);
    bl_push_reg(b, op->result, to);
}
static void x64_do_round(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned from = bl_use(b, &x);
    unsigned to = x64_dest(b, op->kind, &x);
    x64_rri(&b->a, (X64Insn)op->insn, 0, x64_xmm(to), x64_xmm(from), op->x | 8);
    x64_canonical(b, op->kind, to);
    bl_push_reg(b, op->kind, to);
}

static uint64_t x64_sign(unsigned kind) {
    return kind == VK_f32 ? 0x80000000u : 0x8000000000000000u;
}
static void x64_mask_constant(Baseline *b, unsigned kind, uint64_t bits) {
    Item e = {.where = ITEM_const, .kind = (uint8_t)kind, .bits = bits};
    bl_copy_to(b, X(15), &e);
}
/* abs, neg */
static void x64_do_sign(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    unsigned to = x64_start(b, &x, NULL);
    uint64_t sign = x64_sign(op->kind);
    uint64_t rest = op->kind == VK_f32 ? 0x7FFFFFFFu : 0x7FFFFFFFFFFFFFFFu;
    x64_mask_constant(b, op->kind, op->x ? sign : rest);
    x64_rr(&b->a, op->x ? X64_xorps : X64_andps, 0, x64_xmm(to), 15);
    bl_push_reg(b, op->kind, to);
}
static void x64_do_copysign(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned other = bl_use(b, &y);
    unsigned to = x64_start(b, &x, &y);
    uint64_t sign = x64_sign(op->kind);
    /* (other & sign) | (to & ~sign) */
    x64_mask_constant(b, op->kind, sign);
    unsigned t = x64_xmm(to), o = x64_xmm(other);
    unsigned spare = bl_alloc(b, VK_f64);
    x64_rr(a, X64_movaps_rm, 0, x64_xmm(spare), 15);
    x64_rr(a, X64_andps, 0, x64_xmm(spare), o);
    x64_rr(a, X64_andnps, 0, 15, t);
    x64_rr(a, X64_orps, 0, 15, x64_xmm(spare));
    x64_rr(a, X64_movaps_rm, 0, t, 15);
    bl_free(b, spare);
    bl_release(b, &y);
    bl_push_reg(b, op->kind, to);
}

/* x: a condition, with 32 for swapped operands. */
static void x64_do_float_compare(Baseline *b, const X64Op *op) {
    Item y = bl_pop(b), x = bl_pop(b);
    if (op->x & 32)
        x64_swap_items(&x, &y);
    unsigned reg = bl_use(b, &x);
    x64_with(b, (X64Insn)op->insn, 0, x64_xmm(reg), &y);
    bl_release(b, &x);
    bl_release(b, &y);
    x64_push_flags(b, op->x & 31);
}

/* An integer of `size` bytes (as it stands in a register of 8 if x) to a float. */
static void x64_do_from_int(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    if (x.where == ITEM_const)
        bl_use(b, &x);
    unsigned to = bl_dest(b, op->result, BL_no_reg);
    if (op->x && bl_in_frame(b, &x))
        bl_use(b, &x); /* its slot has all 64 bits, but let the upper be clean for sure */
    x64_rr(&b->a, X64_xorps, 0, x64_xmm(to), x64_xmm(to));
    x64_with(b, (X64Insn)op->insn, op->size, x64_xmm(to), &x);
    bl_release(b, &x);
    bl_push_reg(b, op->result, to);
}

/* u64: the upper half of the range by half the number, its last bit kept for the rounding. */
static void x64_do_from_u64(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned from = bl_use(b, &x);
    unsigned to = bl_dest(b, op->result, BL_no_reg);
    unsigned t = x64_xmm(to);
    X64Insn add = op->result == VK_f32 ? X64_addss : X64_addsd;
    unsigned half = bl_alloc(b, VK_i64);
    x64_rr(a, X64_xorps, 0, t, t);
    x64_rr(a, X64_test_mr, 8, from, from);
    uint8_t *large = x64_jcc8(a, X64_s);
    x64_emit_rr(b, op->insn, 8, t, from);
    uint8_t *done = x64_jmp8(a);
    x64_patch8(large, a->at);
    x64_rr(a, X64_mov_rm, 8, half, from);
    x64_rr(a, X64_mov_rm, 8, X64_r11, from);
    x64_ri(a, X64_shr_mi, 8, half, 1);
    x64_ri(a, X64_and_mi, 4, X64_r11, 1);
    x64_rr(a, X64_or_rm, 8, half, X64_r11);
    x64_emit_rr(b, op->insn, 8, t, half);
    x64_rr(a, add, 0, t, t);
    x64_patch8(done, a->at);
    bl_free(b, half);
    bl_release(b, &x);
    bl_push_reg(b, op->result, to);
}

/* i32.trunc_*: by a conversion to 64 bits, which is right for every number that fits; the helper
   says what is wrong with the others. x: signed. */
static void x64_do_trunc32(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned from = bl_use(b, &x);
    unsigned to = bl_dest(b, VK_i32, BL_no_reg);
    bl_reserve_out(b, 16);
    x64_emit_rr(b, op->insn, 8, to, x64_xmm(from));
    if (op->x) {
        x64_rr(a, X64_movsxd, 8, X64_r11, to);
    } else {
        x64_rr(a, X64_mov_rm, 4, X64_r11, to);
    }
    x64_rr(a, X64_cmp_rm, 8, X64_r11, to);
    ColdSite *c = x64_cold(b, x64_offset(b, x64_jcc(a, X64_ne)), COLD_convert, b->in.op);
    if (c)
        c->reg = (uint8_t)from;
    if (op->x)
        x64_rr(a, X64_mov_rm, 4, to, to);
    bl_release(b, &x);
    bl_push_reg(b, VK_i32, to);
}
/* i64.trunc_*_s: the one number that looks like a failure is tested. */
static void x64_do_trunc64(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned from = bl_use(b, &x);
    unsigned to = bl_dest(b, VK_i64, BL_no_reg);
    bl_reserve_out(b, 16);
    x64_emit_rr(b, op->insn, 8, to, x64_xmm(from));
    x64_ri(a, X64_cmp_mi, 8, to, 1);
    uint8_t *fine = x64_jcc8(a, X64_no);
    x64_mask_constant(b, op->kind, op->kind == VK_f32 ? 0xDF000000u : 0xC3E0000000000000u);
    x64_rr(a, op->kind == VK_f32 ? X64_ucomiss : X64_ucomisd, 0, x64_xmm(from), 15);
    for (unsigned i = 0; i < 2; i++) {
        ColdSite *c =
            x64_cold(b, x64_offset(b, x64_jcc(a, i ? X64_ne : X64_p)), COLD_convert, b->in.op);
        if (c)
            c->reg = (uint8_t)from;
    }
    x64_patch8(fine, a->at);
    bl_release(b, &x);
    bl_push_reg(b, VK_i64, to);
}

/* i32.trunc_sat_*: NaN becomes 0, then the ends of the range; in doubles, where all is exact. */
static void x64_do_trunc_sat32(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    X64Asm *a = &b->a;
    unsigned from = bl_use(b, &x);
    unsigned wide = bl_alloc(b, VK_f64);
    unsigned w = x64_xmm(wide);
    if (op->kind == VK_f32)
        x64_rr(a, X64_cvtss2sd, 0, w, x64_xmm(from));
    else
        x64_rr(a, X64_movaps_rm, 0, w, x64_xmm(from));
    bl_release(b, &x);
    x64_rr(a, X64_movaps_rm, 0, 15, w);
    x64_rri(a, X64_cmpsd, 0, 15, 15, 7);
    x64_rr(a, X64_andps, 0, w, 15);
    x64_mask_constant(b, VK_f64, op->x ? 0xC1E0000000000000u : 0);
    x64_rr(a, X64_maxsd, 0, w, 15);
    x64_mask_constant(b, VK_f64, op->x ? 0x41DFFFFFFFC00000u : 0x41EFFFFFFFE00000u);
    x64_rr(a, X64_minsd, 0, w, 15);
    unsigned to = bl_dest(b, VK_i32, BL_no_reg);
    x64_rr(a, X64_cvttsd2si, 8, to, w);
    x64_rr(a, X64_mov_rm, 4, to, to);
    bl_free(b, wide);
    bl_push_reg(b, VK_i32, to);
}

/* Bits of a float as an integer, or the other way. */
static void x64_do_reinterpret(Baseline *b, const X64Op *op) {
    Item x = bl_pop(b);
    if (x.where == ITEM_const) {
        bl_push_const(b, op->result, x.bits);
        return;
    }
    unsigned to = bl_dest(b, op->result, BL_no_reg);
    unsigned from = bl_item_reg(b, &x);
    if (from == BL_no_reg) {
        x64_load_at(b, op->result, to, x64_at(X64_rbp, bl_item_place(b, &x)));
    } else if (bl_is_float(op->result)) {
        x64_rr(&b->a, X64_movd_rm, op->size, to - BL_floats, from);
    } else {
        x64_rr(&b->a, X64_movd_mr, op->size, from - BL_floats, to);
    }
    bl_release(b, &x);
    bl_push_reg(b, op->result, to);
}

/* ---- memory ---- */

enum { X64_REACH = 0x7FFF0000 /* offsets that the pages behind a memory catch */ };

typedef struct X64Access {
    X64Mem mem;
    unsigned reg, temp; /* to be freed: of the address, of another memory's base */
} X64Access;

static int32_t x64_memory_field(const Baseline *b, uint32_t memidx) {
    return (int32_t)(b->code->memories_at + memidx * sizeof(MemInst *));
}

/* What a memory has at least, always. */
static uint64_t x64_least_bytes(const Baseline *b, uint32_t memidx) {
    const Limits *l = &b->m->memories[memidx].limits;
    return l->min > UINT64_MAX >> l->page_log2 ? UINT64_MAX : l->min << l->page_log2;
}
static X64Mem x64_length(uint32_t memidx, unsigned base) {
    return memidx ? x64_at(base, offsetof(MemInst, len))
                  : x64_at(X64_r14, offsetof(Instance, mem_len));
}

/* Checks are of use only against what runs by the rules. A processor that guesses runs on behind a
   check that fails, for some time: there the index becomes 0 (a local keeps its value: where the
   check holds nothing changes). `end`, where the access would end with an index of 0, is inside of
   the memory. */
static void x64_check_small(Baseline *b, const Item *address, unsigned reg, uint32_t memidx,
                            unsigned base, uint32_t end) {
    X64Asm *a = &b->a;
    bool named = address->where == ITEM_local;
    if (named && bl_proven(b, address->local, memidx, end))
        return;
    /* The length minus the end, not the index plus it: there the index is ready sooner. */
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_length(memidx, base));
    x64_ri(a, X64_sub_mi, 8, X64_r11, (int32_t)end);
    x64_rr(a, X64_cmp_rm, 8, reg, X64_r11);
    machine_trap_if(b, X64_a, TRAP_out_of_bounds_memory);
    x64_mov_imm(a, 4, X64_r11, 0);
    x64_cmov(a, X64_a, 8, reg, X64_r11);
    if (named)
        bl_prove(b, address->local, memidx, end);
}
/* Of any end: the address comes to r11, or 0 behind a check that fails. */
static void x64_check_large(Baseline *b, unsigned reg, uint32_t memidx, unsigned *base,
                            uint64_t offset, unsigned size) {
    X64Asm *a = &b->a;
    uint64_t end = offset + size;
    if (end < offset)
        end = UINT64_MAX; /* beyond every memory; the sum below overflows or fails */
    unsigned limit = bl_alloc(b, VK_i64);
    x64_rm(a, X64_mov_rm, 8, limit, x64_length(memidx, *base));
    if (memidx)
        x64_rm(a, X64_mov_rm, 8, *base, x64_at(*base, offsetof(MemInst, base)));
    x64_mov_imm(a, 8, X64_r11, end);
    x64_rr(a, X64_add_rm, 8, X64_r11, reg);
    machine_trap_if(b, X64_b, TRAP_out_of_bounds_memory);
    x64_rr(a, X64_cmp_rm, 8, X64_r11, limit);
    machine_trap_if(b, X64_a, TRAP_out_of_bounds_memory);
    /* None of these changes flags. */
    x64_rm(a, X64_lea, 8, X64_r11, x64_at_index(X64_r11, *base, 0, -(int32_t)size));
    x64_mov_imm(a, 4, limit, 0);
    x64_cmov(a, X64_a, 8, X64_r11, limit);
    bl_free(b, limit);
}

/* The place of an access of `size` bytes, which is inside of the memory, or faults. */
static X64Access x64_access(Baseline *b, Item *address, uint32_t memidx, uint64_t offset,
                            unsigned size) {
    X64Asm *a = &b->a;
    X64Access out = {.reg = BL_no_reg, .temp = BL_no_reg};
    bool guarded = x64_guarded(b, memidx) && offset < X64_REACH;
    uint64_t end = offset + size;
    uint64_t least = guarded ? 0 : WT_MIN(x64_least_bytes(b, memidx), (uint64_t)X64_REACH);
    unsigned base = X64_r15;
    if (memidx == 0 && address->where == ITEM_const && address->bits < X64_REACH &&
        offset < X64_REACH &&
        (guarded ? address->bits + offset < X64_REACH : address->bits + end <= least)) {
        out.mem = x64_at(X64_r15, (int32_t)(address->bits + offset));
        return out;
    }
    unsigned reg = bl_use(b, address);
    out.reg = address->where == ITEM_reg ? reg : BL_no_reg;
    if (memidx) {
        out.temp = base = bl_alloc(b, VK_i64);
        x64_rm(a, X64_mov_rm, 8, base, x64_at(X64_r14, x64_memory_field(b, memidx)));
    }
    if (guarded) {
        if (memidx)
            x64_rm(a, X64_mov_rm, 8, base, x64_at(base, offsetof(MemInst, base)));
    } else if (offset < X64_REACH && end <= least) {
        x64_check_small(b, address, reg, memidx, base, (uint32_t)end);
        if (memidx)
            x64_rm(a, X64_mov_rm, 8, base, x64_at(base, offsetof(MemInst, base)));
    } else {
        x64_check_large(b, reg, memidx, &base, offset, size);
        out.mem = x64_at(X64_r11, 0);
        return out;
    }
    out.mem = x64_at_index(base, reg, 0, (int32_t)offset);
    return out;
}
static void x64_done(Baseline *b, const X64Access *m) {
    bl_free(b, m->reg);
    bl_free(b, m->temp);
}

/* Where lengths have to be read again before a check may fail, the helper does all. */
static bool x64_needs_help(const Baseline *b, uint32_t memidx, uint64_t offset) {
    const Limits *l = &b->m->memories[memidx].limits;
    return l->shared && (!x64_guarded(b, memidx) || offset >= X64_REACH);
}

/* The next instruction can take what is loaded as its second operand from memory. */
static bool x64_next_takes(const Baseline *b, unsigned kind) {
    if (b->r.at == b->r.end || b->item_count == 0 ||
        bl_items(b)[b->item_count - 1].where == ITEM_const)
        return false;
    const X64Op *next = &x64_ops[*b->r.at];
    return next->kind == kind && (next->fn == x64_do_alu || next->fn == x64_do_compare ||
                                  next->fn == x64_do_float || next->fn == x64_do_mul);
}

/* Memory 0, with pages behind it, at an index that is in a register. */
WT_INLINE bool x64_plain_access(const Baseline *b, const Item *address) {
    return b->seg->guarded && b->in.a == 0 && b->in.imm < X64_REACH && address->where != ITEM_const;
}

static void x64_do_load(Baseline *b, const X64Op *op) {
    if (b->seg->helped && x64_needs_help(b, b->in.a, b->in.imm)) {
        bl_do_helped(b);
        return;
    }
    Item address = bl_pop(b);
    X64Access m = {.reg = BL_no_reg};
    if (WT_LIKELY(x64_plain_access(b, &address))) {
        unsigned reg = bl_use(b, &address);
        if (b->in.op <= OP_f64_load && x64_next_takes(b, op->result)) {
            Item *e = bl_push(b, ITEM_memory, op->result);
            e->reg = (uint8_t)reg;
            e->bits = b->in.imm;
            return;
        }
        m.mem = x64_at_index(X64_r15, reg, 0, (int32_t)b->in.imm);
        m.reg = x64_temp(&address);
        bl_free(b, m.reg);
    } else {
        m = x64_access(b, &address, b->in.a, b->in.imm, op->x);
        x64_done(b, &m);
    }
    unsigned to = bl_dest(b, op->result, m.reg); /* of its class: no float takes an address */
    x64_rm(&b->a, (X64Insn)op->insn, op->size, bl_is_float(op->result) ? x64_xmm(to) : to, m.mem);
    bl_push_reg(b, op->result, to);
}

static void x64_do_store(Baseline *b, const X64Op *op) {
    if (b->seg->helped && x64_needs_help(b, b->in.a, b->in.imm)) {
        bl_do_helped(b);
        return;
    }
    Item value = bl_pop(b), address = bl_pop(b);
    bool floats = bl_is_float(value.kind);
    bool imm = value.where == ITEM_const && !floats && x64_is_imm(&value, op->size == 8 ? 8 : 4);
    if (!imm && bl_item_reg(b, &value) == BL_no_reg)
        bl_use(b, &value);
    X64Access m = {.reg = BL_no_reg, .temp = BL_no_reg};
    if (WT_LIKELY(x64_plain_access(b, &address))) {
        unsigned reg = bl_use(b, &address);
        m.mem = x64_at_index(X64_r15, reg, 0, (int32_t)b->in.imm);
        m.reg = x64_temp(&address);
    } else {
        m = x64_access(b, &address, b->in.a, b->in.imm, op->x);
    }
    if (imm) {
        x64_mi(&b->a, X64_mov_mi, op->size, m.mem, (int32_t)value.bits);
    } else {
        unsigned from = bl_item_reg(b, &value);
        x64_rm(&b->a, (X64Insn)op->insn, op->size, floats ? x64_xmm(from) : from, m.mem);
        bl_release(b, &value);
    }
    x64_done(b, &m);
}

/* ---- globals and tables ---- */

static X64Mem x64_global(Baseline *b, uint32_t globalidx) {
    int32_t at = (int32_t)b->code->global_at[globalidx];
    if (globalidx >= b->m->global_imports)
        return x64_at(X64_r14, at);
    x64_rm(&b->a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, at));
    return x64_at(X64_r11, 0);
}
static void x64_do_global_get(Baseline *b, const X64Op *op) {
    (void)op;
    unsigned kind = bl_kind(b->m->globals[b->in.a].type);
    unsigned to = bl_dest(b, kind, BL_no_reg);
    x64_load_at(b, kind, to, x64_global(b, b->in.a));
    bl_push_reg(b, kind, to);
}
static void x64_do_global_set(Baseline *b, const X64Op *op) {
    (void)op;
    Item e = bl_pop(b);
    unsigned reg = bl_use(b, &e);
    x64_store_at(b, e.kind, x64_global(b, b->in.a), reg);
    bl_release(b, &e);
}

static void x64_do_memory_size(Baseline *b, const X64Op *op) {
    const Limits *l = &b->m->memories[b->in.a].limits;
    if (l->shared || b->in.a) {
        bl_do_helped(b);
        return;
    }
    (void)op;
    unsigned kind = l->is64 ? VK_i64 : VK_i32;
    unsigned to = bl_dest(b, kind, BL_no_reg);
    x64_rm(&b->a, X64_mov_rm, 8, to, x64_at(X64_r14, offsetof(Instance, mem_len)));
    if (l->page_log2)
        x64_ri(&b->a, X64_shr_mi, 8, to, l->page_log2);
    bl_push_reg(b, kind, to);
}

/* Traps unless the function's type is the one, or declared below it. */
static void x64_check_type(Baseline *b, unsigned func, uint32_t typeidx) {
    X64Asm *a = &b->a;
    x64_rm(a, X64_mov_rm, 4, X64_r11, x64_at(func, offsetof(FuncInst, type_id)));
    x64_type_id(b, X64_cmp_rm, X64_r11, typeidx);
    if (b->m->types[typeidx].final) {
        machine_trap_if(b, X64_ne, TRAP_indirect_call_type);
        return;
    }
    unsigned t = bl_alloc(b, VK_i64); /* in front of the branch: it may spill, which leaves flags */
    uint8_t *same = x64_jcc8(a, X64_e);
    uint32_t depth = b->code->store->types.info[b->code->type_ids[typeidx]].depth;
    x64_rri(a, X64_imul_i, 8, t, X64_r11, sizeof(TypeInfo));
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
    x64_rm(a, X64_add_rm, 8, t,
           x64_at(X64_r11, offsetof(Store, types) + offsetof(TypeTable, info)));
    x64_mi(a, X64_cmp_mi, 4, x64_at(t, offsetof(TypeInfo, depth)), (int32_t)depth);
    machine_trap_if(b, X64_be, TRAP_indirect_call_type);
    x64_rm(a, X64_mov_rm, 8, t, x64_at(t, offsetof(TypeInfo, display)));
    x64_rm(a, X64_mov_rm, 4, X64_r11, x64_at(t, 4 * (int32_t)depth));
    x64_type_id(b, X64_cmp_rm, X64_r11, typeidx);
    machine_trap_if(b, X64_ne, TRAP_indirect_call_type);
    bl_free(b, t);
    x64_patch8(same, a->at);
}

/* The function that call_indirect calls, checked, in a register. */
static Item machine_table_callee(Baseline *b, uint32_t tableidx, uint32_t typeidx) {
    X64Asm *a = &b->a;
    Item index = bl_pop(b);
    unsigned reg = bl_use(b, &index);
    unsigned to = bl_alloc(b, VK_i64); /* the index is told when the element is empty */
    int32_t at = (int32_t)(b->code->tables_at + tableidx * sizeof(TableInst *));
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, at));
    x64_rm(a, X64_cmp_rm, 8, reg, x64_at(X64_r11, offsetof(TableInst, len)));
    machine_trap_if(b, X64_ae, TRAP_undefined_element);
    x64_mov_imm(a, 4, to, 0); /* no guess reads beyond the table; see x64_check_small */
    x64_cmov(a, X64_ae, 8, reg, to);
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r11, offsetof(TableInst, elems)));
    x64_rm(a, X64_mov_rm, 8, to, x64_at_index(X64_r11, reg, 3, 0));
    x64_rr(a, X64_test_mr, 8, to, to);
    ColdSite *c =
        x64_cold(b, x64_offset(b, x64_jcc(a, X64_e)), COLD_element, TRAP_uninitialized_element);
    if (c)
        c->reg = (uint8_t)reg;
    x64_check_type(b, to, typeidx);
    bl_release(b, &index);
    return (Item){.where = ITEM_reg, .kind = VK_i64, .reg = (uint8_t)to};
}

#include "x64/object.h"
#include "x64/simd.h"

/* ---- the table ---- */

#define INT_ROWS(p, K, S)                                                                          \
    [OP_##p##_add] = {x64_do_alu, X64_add_rm, X64_add_mi, K, K, S, 1 | 2},                         \
    [OP_##p##_sub] = {x64_do_alu, X64_sub_rm, X64_sub_mi, K, K, S, 4},                             \
    [OP_##p##_and] = {x64_do_alu, X64_and_rm, X64_and_mi, K, K, S, 1},                             \
    [OP_##p##_or] = {x64_do_alu, X64_or_rm, X64_or_mi, K, K, S, 1},                                \
    [OP_##p##_xor] = {x64_do_alu, X64_xor_rm, X64_xor_mi, K, K, S, 1},                             \
    [OP_##p##_mul] = {x64_do_mul, 0, 0, K, K, S, 0},                                               \
    [OP_##p##_div_s] = {x64_do_divide, 0, 0, K, K, S, 1},                                          \
    [OP_##p##_div_u] = {x64_do_divide, 0, 0, K, K, S, 0},                                          \
    [OP_##p##_rem_s] = {x64_do_divide, 0, 0, K, K, S, 3},                                          \
    [OP_##p##_rem_u] = {x64_do_divide, 0, 0, K, K, S, 2},                                          \
    [OP_##p##_shl] = {x64_do_shift, X64_shl_mi, X64_shl_mc, K, K, S, 1},                           \
    [OP_##p##_shr_u] = {x64_do_shift, X64_shr_mi, X64_shr_mc, K, K, S, 2},                         \
    [OP_##p##_shr_s] = {x64_do_shift, X64_sar_mi, X64_sar_mc, K, K, S, 3},                         \
    [OP_##p##_rotl] = {x64_do_shift, X64_rol_mi, X64_rol_mc, K, K, S, 0},                          \
    [OP_##p##_rotr] = {x64_do_shift, X64_ror_mi, X64_ror_mc, K, K, S, 0},                          \
    [OP_##p##_clz] = {x64_do_count, X64_lzcnt, 0, K, K, S, 0},                                     \
    [OP_##p##_ctz] = {x64_do_count, X64_tzcnt, 0, K, K, S, 0},                                     \
    [OP_##p##_popcnt] = {x64_do_count, X64_popcnt, 0, K, K, S, 0},                                 \
    [OP_##p##_eqz] = {x64_do_eqz, 0, 0, K, VK_i32, S, 0},                                          \
    [OP_##p##_eq] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_e},                                   \
    [OP_##p##_ne] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_ne},                                  \
    [OP_##p##_lt_s] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_l},                                 \
    [OP_##p##_lt_u] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_b},                                 \
    [OP_##p##_gt_s] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_g},                                 \
    [OP_##p##_gt_u] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_a},                                 \
    [OP_##p##_le_s] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_le},                                \
    [OP_##p##_le_u] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_be},                                \
    [OP_##p##_ge_s] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_ge},                                \
    [OP_##p##_ge_u] = {x64_do_compare, 0, 0, K, VK_i32, S, X64_ae},                                \
    [OP_##p##_extend8_s] = {x64_do_unary, X64_movsx8, 0, K, K, S, 0},                              \
    [OP_##p##_extend16_s] = {x64_do_unary, X64_movsx16, 0, K, K, S, 0}
#define FLOAT_ROWS(p, K, s)                                                                        \
    [OP_##p##_add] = {x64_do_float, X64_add##s, 0, K, K, 0, 1},                                    \
    [OP_##p##_sub] = {x64_do_float, X64_sub##s, 0, K, K, 0, 0},                                    \
    [OP_##p##_mul] = {x64_do_float, X64_mul##s, 0, K, K, 0, 1},                                    \
    [OP_##p##_div] = {x64_do_float, X64_div##s, 0, K, K, 0, 0},                                    \
    [OP_##p##_min] = {x64_do_float_min, X64_min##s, 0, K, K, 0, 0},                                \
    [OP_##p##_max] = {x64_do_float_min, X64_max##s, 0, K, K, 0, 1},                                \
    [OP_##p##_sqrt] = {x64_do_float_unary, X64_sqrt##s, 0, K, K, 0, 0},                            \
    [OP_##p##_nearest] = {x64_do_round, X64_round##s, 0, K, K, 0, 0},                              \
    [OP_##p##_floor] = {x64_do_round, X64_round##s, 0, K, K, 0, 1},                                \
    [OP_##p##_ceil] = {x64_do_round, X64_round##s, 0, K, K, 0, 2},                                 \
    [OP_##p##_trunc] = {x64_do_round, X64_round##s, 0, K, K, 0, 3},                                \
    [OP_##p##_abs] = {x64_do_sign, 0, 0, K, K, 0, 0},                                              \
    [OP_##p##_neg] = {x64_do_sign, 0, 0, K, K, 0, 1},                                              \
    [OP_##p##_copysign] = {x64_do_copysign, 0, 0, K, K, 0, 0},                                     \
    [OP_##p##_eq] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_feq},                \
    [OP_##p##_ne] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_fne},                \
    [OP_##p##_lt] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_a | 32},             \
    [OP_##p##_le] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_ae | 32},            \
    [OP_##p##_gt] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_a},                  \
    [OP_##p##_ge] = {x64_do_float_compare, X64_ucomi##s, 0, K, VK_i32, 0, X64_ae}

static const X64Op x64_ops[OP_count] = {
    INT_ROWS(i32, VK_i32, 4),
    INT_ROWS(i64, VK_i64, 8),
    FLOAT_ROWS(f32, VK_f32, ss),
    FLOAT_ROWS(f64, VK_f64, sd),
    [OP_i64_extend32_s] = {x64_do_unary, X64_movsxd, 0, VK_i64, VK_i64, 8, 0},
    [OP_i64_extend_i32_s] = {x64_do_unary, X64_movsxd, 0, VK_i32, VK_i64, 8, 0},
    [OP_i64_extend_i32_u] = {x64_do_extend_u, 0, 0, VK_i32, VK_i64, 0, 0},
    [OP_i32_wrap_i64] = {x64_do_wrap, 0, 0, VK_i64, VK_i32, 0, 0},
    [OP_f32_convert_i32_s] = {x64_do_from_int, X64_cvtsi2ss, 0, VK_i32, VK_f32, 4, 0},
    [OP_f32_convert_i32_u] = {x64_do_from_int, X64_cvtsi2ss, 0, VK_i32, VK_f32, 8, 1},
    [OP_f32_convert_i64_s] = {x64_do_from_int, X64_cvtsi2ss, 0, VK_i64, VK_f32, 8, 0},
    [OP_f32_convert_i64_u] = {x64_do_from_u64, X64_cvtsi2ss, 0, VK_i64, VK_f32, 8, 0},
    [OP_f64_convert_i32_s] = {x64_do_from_int, X64_cvtsi2sd, 0, VK_i32, VK_f64, 4, 0},
    [OP_f64_convert_i32_u] = {x64_do_from_int, X64_cvtsi2sd, 0, VK_i32, VK_f64, 8, 1},
    [OP_f64_convert_i64_s] = {x64_do_from_int, X64_cvtsi2sd, 0, VK_i64, VK_f64, 8, 0},
    [OP_f64_convert_i64_u] = {x64_do_from_u64, X64_cvtsi2sd, 0, VK_i64, VK_f64, 8, 0},
    [OP_i32_trunc_f32_s] = {x64_do_trunc32, X64_cvttss2si, 0, VK_f32, VK_i32, 0, 1},
    [OP_i32_trunc_f32_u] = {x64_do_trunc32, X64_cvttss2si, 0, VK_f32, VK_i32, 0, 0},
    [OP_i32_trunc_f64_s] = {x64_do_trunc32, X64_cvttsd2si, 0, VK_f64, VK_i32, 0, 1},
    [OP_i32_trunc_f64_u] = {x64_do_trunc32, X64_cvttsd2si, 0, VK_f64, VK_i32, 0, 0},
    [OP_i64_trunc_f32_s] = {x64_do_trunc64, X64_cvttss2si, 0, VK_f32, VK_i64, 0, 0},
    [OP_i64_trunc_f64_s] = {x64_do_trunc64, X64_cvttsd2si, 0, VK_f64, VK_i64, 0, 0},
    [OP_i32_trunc_sat_f32_s] = {x64_do_trunc_sat32, 0, 0, VK_f32, VK_i32, 0, 1},
    [OP_i32_trunc_sat_f32_u] = {x64_do_trunc_sat32, 0, 0, VK_f32, VK_i32, 0, 0},
    [OP_i32_trunc_sat_f64_s] = {x64_do_trunc_sat32, 0, 0, VK_f64, VK_i32, 0, 1},
    [OP_i32_trunc_sat_f64_u] = {x64_do_trunc_sat32, 0, 0, VK_f64, VK_i32, 0, 0},
    [OP_f32_demote_f64] = {x64_do_float_unary, X64_cvtsd2ss, 0, VK_f64, VK_f32, 0, 0},
    [OP_f64_promote_f32] = {x64_do_float_unary, X64_cvtss2sd, 0, VK_f32, VK_f64, 0, 0},
    [OP_i32_reinterpret_f32] = {x64_do_reinterpret, 0, 0, VK_f32, VK_i32, 4, 0},
    [OP_i64_reinterpret_f64] = {x64_do_reinterpret, 0, 0, VK_f64, VK_i64, 8, 0},
    [OP_f32_reinterpret_i32] = {x64_do_reinterpret, 0, 0, VK_i32, VK_f32, 4, 0},
    [OP_f64_reinterpret_i64] = {x64_do_reinterpret, 0, 0, VK_i64, VK_f64, 8, 0},
    /* size: of the operand in the instruction; x: bytes in memory */
    [OP_i32_load] = {x64_do_load, X64_mov_rm, 0, 0, VK_i32, 4, 4},
    [OP_i64_load] = {x64_do_load, X64_mov_rm, 0, 0, VK_i64, 8, 8},
    [OP_f32_load] = {x64_do_load, X64_movss_rm, 0, 0, VK_f32, 0, 4},
    [OP_f64_load] = {x64_do_load, X64_movsd_rm, 0, 0, VK_f64, 0, 8},
    [OP_i32_load8_s] = {x64_do_load, X64_movsx8, 0, 0, VK_i32, 4, 1},
    [OP_i32_load8_u] = {x64_do_load, X64_movzx8, 0, 0, VK_i32, 4, 1},
    [OP_i32_load16_s] = {x64_do_load, X64_movsx16, 0, 0, VK_i32, 4, 2},
    [OP_i32_load16_u] = {x64_do_load, X64_movzx16, 0, 0, VK_i32, 4, 2},
    [OP_i64_load8_s] = {x64_do_load, X64_movsx8, 0, 0, VK_i64, 8, 1},
    [OP_i64_load8_u] = {x64_do_load, X64_movzx8, 0, 0, VK_i64, 4, 1},
    [OP_i64_load16_s] = {x64_do_load, X64_movsx16, 0, 0, VK_i64, 8, 2},
    [OP_i64_load16_u] = {x64_do_load, X64_movzx16, 0, 0, VK_i64, 4, 2},
    [OP_i64_load32_s] = {x64_do_load, X64_movsxd, 0, 0, VK_i64, 8, 4},
    [OP_i64_load32_u] = {x64_do_load, X64_mov_rm, 0, 0, VK_i64, 4, 4},
    [OP_v128_load] = {x64_do_load, X64_movups_rm, 0, 0, VK_v128, 0, 16},
    [OP_i32_store] = {x64_do_store, X64_mov_mr, 0, VK_i32, 0, 4, 4},
    [OP_i64_store] = {x64_do_store, X64_mov_mr, 0, VK_i64, 0, 8, 8},
    [OP_f32_store] = {x64_do_store, X64_movss_mr, 0, VK_f32, 0, 4, 4},
    [OP_f64_store] = {x64_do_store, X64_movsd_mr, 0, VK_f64, 0, 8, 8},
    [OP_i32_store8] = {x64_do_store, X64_mov_mr, 0, VK_i32, 0, 1, 1},
    [OP_i32_store16] = {x64_do_store, X64_mov_mr, 0, VK_i32, 0, 2, 2},
    [OP_i64_store8] = {x64_do_store, X64_mov_mr, 0, VK_i64, 0, 1, 1},
    [OP_i64_store16] = {x64_do_store, X64_mov_mr, 0, VK_i64, 0, 2, 2},
    [OP_i64_store32] = {x64_do_store, X64_mov_mr, 0, VK_i64, 0, 4, 4},
    [OP_v128_store] = {x64_do_store, X64_movups_mr, 0, VK_v128, 0, 16, 16},
    [OP_global_get] = {x64_do_global_get, 0, 0, 0, 0, 0, 0},
    [OP_global_set] = {x64_do_global_set, 0, 0, 0, 0, 0, 0},
    OBJECT_ROWS,
    [OP_memory_size] = {x64_do_memory_size, 0, 0, 0, 0, 0, 0},
    [OP_ref_eq] = {x64_do_compare, 0, 0, VK_i64, VK_i32, 8, X64_e},
    [OP_select] = {x64_do_select, 0, 0, 0, 0, 0, 0},
    [OP_select_t] = {x64_do_select, 0, 0, 0, 0, 0, 0},
    VECTOR_ROWS,
};

/* Whether an instruction calls something that does not keep the registers of a function without
   calls. */
static bool machine_calls(const Baseline *b, const Insn *in) {
    switch (in->op) {
    case OP_nop:
    case OP_local_get:
    case OP_local_set:
    case OP_local_tee:
    case OP_i32_const:
    case OP_i64_const:
    case OP_f32_const:
    case OP_f64_const:
    case OP_v128_const:
    case OP_ref_null:
    case OP_drop:
    case OP_unreachable:
    case OP_else:
    case OP_br:
    case OP_br_if:
    case OP_br_table:
    case OP_return:
    case OP_ref_is_null:
    case OP_ref_as_non_null:
    case OP_br_on_null:
    case OP_br_on_non_null:
        return false;
    }
    if (!x64_ops[in->op].fn)
        return true;
    if (x64_ops[in->op].x & X64_CALLS || in->op == OP_memory_size ||
        (x64_ops[in->op].fn == x64_do_count && !x64_can_count(b)))
        return true;
    unsigned kind = op_info(in->op)->kind;
    if (b->seg->helped && (kind == KIND_LOAD || kind == KIND_STORE))
        return x64_needs_help(b, in->a, in->imm);
    return false;
}

/* false: it has no row. */
WT_INLINE bool machine_insn(Baseline *b) {
    const X64Op *op = &x64_ops[b->in.op];
    if (!op->fn)
        return false;
    op->fn(b, op);
    return true;
}

/* ---- the end ---- */

/* Sites that trap alike have a call each, by whose return address the trap knows where it was; what
   they call stands once, behind them. */
typedef struct ColdTail {
    uint32_t calls; /* chain of displacements */
    ColdSite site;
} ColdTail;
enum { COLD_TAILS = 24 };
typedef struct ColdTails {
    ColdTail tails[COLD_TAILS];
    unsigned count;
} ColdTails;

/* Above the outgoing area lies the return address of the site. */
static void x64_convert_operand(Baseline *b, const ColdSite *c) {
    bool small = c->code == OP_i32_trunc_f32_s || c->code == OP_i32_trunc_f32_u ||
                 c->code == OP_i64_trunc_f32_s;
    x64_rr(&b->a, X64_movd_mr, small ? 4 : 8, c->reg - BL_floats, X64_r11);
    x64_rm(&b->a, X64_mov_mr, 8, X64_r11, x64_at(X64_rsp, 8));
}
static void x64_write_tail(Baseline *b, const ColdTail *t) {
    X64Asm *a = &b->a;
    bl_patch_chain(b, t->calls);
    NativeStub stub = STUB_trap;
    if (t->site.kind == COLD_convert) {
        x64_convert_operand(b, &t->site);
        x64_mov_imm(a, 4, X64_rdx, 0);
        x64_mov_imm(a, 4, X64_rcx, 0);
        stub = STUB_helper;
    } else if (t->site.kind == COLD_element) {
        x64_rr(a, X64_mov_rm, 4, X64_rcx, t->site.reg);
    }
    x64_mov_imm(a, 4, X64_rax, t->site.code);
    bl_reloc(b, x64_offset(b, x64_jmp(a)), RELOC_stub, reloc_of_stub(stub, t->site.code));
}
/* When there are too many tails for the room, the first make way. */
static void x64_call_tail(Baseline *b, ColdTails *tails, const ColdSite *c) {
    unsigned i = 0;
    while (i < tails->count &&
           (tails->tails[i].site.code != c->code || tails->tails[i].site.kind != c->kind ||
            tails->tails[i].site.reg != c->reg))
        i++;
    uint32_t at = x64_offset(b, x64_call(&b->a));
    if (i == COLD_TAILS) {
        i = 0;
        x64_write_tail(b, &tails->tails[0]);
        tails->tails[0] = (ColdTail){.site = *c};
    } else if (i == tails->count) {
        tails->tails[tails->count++] = (ColdTail){.site = *c};
    }
    memcpy(b->start + at, &tails->tails[i].calls, sizeof at);
    tails->tails[i].calls = at;
}

static void x64_write_cold(Baseline *b, ColdTails *tails, const ColdSite *c) {
    bl_patch(b, c->at, bl_here(b));
    X64Asm *a = &b->a;
    switch ((ColdKind)c->kind) {
    case COLD_overflow:
        /* The frame is taken down: it is the caller's call that traps. */
        x64_n(a, X64_leave, 0);
        x64_mov_imm(a, 4, X64_rax, c->code);
        bl_reloc(b, x64_offset(b, x64_jmp(a)), RELOC_stub, reloc_of_stub(STUB_trap, c->code));
        return;
    case COLD_poll:
        machine_call_helper(b, JIT_poll, 0, 0);
        bl_patch(b, machine_jump(b), c->back);
        return;
    case COLD_fuel:
        x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
        x64_mi(a, X64_mov_mi, 8, x64_at(X64_r11, offsetof(Store, fuel)), 0);
        machine_trap(b, (TrapCode)c->code);
        return;
    case COLD_element:
    case COLD_trap:
    case COLD_convert:
        x64_call_tail(b, tails, c);
        return;
    }
}

static void machine_finish(Baseline *b) {
    ColdTails tails;
    tails.count = 0;
    for (uint32_t i = 0; i < b->cold_count && bl_room(b, 256); i++) {
        ColdSite c = b->n->cold[i];
        bl_note(b, c.offset);
        x64_write_cold(b, &tails, &c);
        if (bl_found(b, c.offset))
            return;
    }
    for (unsigned i = 0; i < tails.count && bl_room(b, 256); i++)
        x64_write_tail(b, &tails.tails[i]);
    x64_n(&b->a, X64_int3, 0);
    x64_write_pool(b);
    uint32_t frame =
        ((uint32_t)b->frame_base + 8 * (uint32_t)b->max_slot + b->out_bytes + 15) & ~15u;
    /* Cannot be; but a frame that nobody checks must not reach over the end of the stack. */
    b->failed |= b->unchecked && frame > BL_unchecked + 4096;
    if (b->failed)
        return;
    memcpy(b->start + b->frame_at[0], &frame, sizeof frame);
    int32_t down = -(int32_t)frame;
    for (uint32_t at = b->lands; at;) {
        uint32_t next = bl_chain_at(b, at);
        memcpy(b->start + at, &down, sizeof down);
        at = next;
    }
}

bool wt_x64_compile(Native *n, Segment *seg, FuncCode *fc, Compiled *out, const uint32_t *search,
                    uint32_t *found) {
    return bl_compile(n, seg, fc, out, search, found);
}

void wt_x64_free_rooms(Native *n, const Allocator *al) { bl_free_rooms(n, al); }
