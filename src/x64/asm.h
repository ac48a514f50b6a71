/* The assembler of x86-64: every row of insn.def in every form it has. All of it is inline: with a
   constant instruction and size, what is left of a call is a few stores that depend on nothing but
   the register numbers and the sizes of displacement and immediate.

   Nothing here tests for room: whoever emits has X64_insn_room bytes after `at` for each
   instruction (stores are wider than what they leave behind). Registers are numbers, general ones
   by X64Reg, xmm registers 0..15. `size` is the operand size in bytes, 0 where the row knows it.

     x64_rr  x64_rm    rows of two operands; the first is always the one in ModRM.reg, also of
   stores x64_ri  x64_mi    a register or memory, and an immediate x64_r   x64_m     one operand,
   and shifts by cl x64_rri x64_rmi   rows of two operands and an immediate x64_v...          the
   same rows by VEX.128; vvvv is 0 for rows without that operand x64_n             no operand */
#ifndef WATTLE_X64_ASM_H
#define WATTLE_X64_ASM_H

#include "base/compiler.h"

enum { X64_insn_room = 32 };

typedef enum X64Reg {
    X64_rax,
    X64_rcx,
    X64_rdx,
    X64_rbx,
    X64_rsp,
    X64_rbp,
    X64_rsi,
    X64_rdi,
    X64_r8,
    X64_r9,
    X64_r10,
    X64_r11,
    X64_r12,
    X64_r13,
    X64_r14,
    X64_r15,
    X64_rip = 0xFE, /* as a base only */
    X64_none = 0xFF /* no base, no index */
} X64Reg;

typedef enum X64Cond {
    X64_o,
    X64_no,
    X64_b,
    X64_ae,
    X64_e,
    X64_ne,
    X64_be,
    X64_a,
    X64_s,
    X64_ns,
    X64_p,
    X64_np,
    X64_l,
    X64_ge,
    X64_le,
    X64_g
} X64Cond;

/* A condition and its contrary differ in the lowest bit. */
WT_INLINE X64Cond x64_not(X64Cond cc) { return (X64Cond)(cc ^ 1u); }

/* [base + index * 2^scale + disp]; the index is never rsp. From rip the displacement counts from
   the end of the instruction, its immediate included. */
typedef struct X64Mem {
    uint8_t base, index, scale;
    int32_t disp;
} X64Mem;

WT_INLINE X64Mem x64_at(unsigned base, int32_t disp) {
    return (X64Mem){(uint8_t)base, X64_none, 0, disp};
}
WT_INLINE X64Mem x64_at_index(unsigned base, unsigned index, unsigned scale, int32_t disp) {
    return (X64Mem){(uint8_t)base, (uint8_t)index, (uint8_t)scale, disp};
}
WT_INLINE X64Mem x64_at_rip(int32_t disp) { return (X64Mem){X64_rip, X64_none, 0, disp}; }

typedef struct X64Asm {
    uint8_t *at; /* where the next byte goes */
} X64Asm;

/* ---- rows ---- */

typedef enum X64Insn {
#define INSN(ident, text, form, mem, prefix, map, opcode, digit, size, more) X64_##ident,
#include "x64/insn.def"
#undef INSN
    X64_insn_count
} X64Insn;

/* The columns of a row. What ModRM.reg holds, what ModRM.rm, what follows: */
enum {
    X64_REG_NONE, /* no ModRM */
    X64_REG_DIGIT,
    X64_REG_G,
    X64_REG_X,
    X64_REG_O,   /* no ModRM: it is in the opcode */
    X64_REG_BYTE /* no ModRM: a fixed byte in its place */
};
enum { X64_RM_NONE, X64_RM_E, X64_RM_B, X64_RM_W, X64_RM_D, X64_RM_M, X64_RM_Y, X64_RM_Z };
enum {
    X64_IMM_NONE,
    X64_IMM_S,
    X64_IMM_Z,
    X64_IMM_Q,
    X64_IMM_B,
    X64_IMM_W,
    X64_IMM_J4,
    X64_IMM_J1,
    X64_IMM_X4,
    X64_IMM_CL,
    X64_IMM_X0
};
enum { X64_SIZE_S0, X64_SIZE_SZ, X64_SIZE_SB, X64_SIZE_SW, X64_SIZE_S64, X64_SIZE_W1 };
enum {
    X64_MORE_NO,
    X64_MORE_CC,
    X64_MORE_V,
    X64_MORE_NDS,
    X64_MORE_NDR,
    X64_MORE_NDD,
    X64_MORE_LST,
    X64_MORE_ONLY = 8,
    X64_MORE_OV = X64_MORE_ONLY | X64_MORE_V,
    X64_MORE_ONDS = X64_MORE_ONLY | X64_MORE_NDS,
    X64_MORE_ONDD = X64_MORE_ONLY | X64_MORE_NDD,
    X64_MORE_OLST = X64_MORE_ONLY | X64_MORE_LST
};
enum { X64_PP_NP, X64_PP_66, X64_PP_F3, X64_PP_F2 }; /* as VEX.pp has them */

#define X64_FORM(reg, rm, imm, stores)                                                             \
    (X64_REG_##reg | X64_RM_##rm << 3 | X64_IMM_##imm << 6 | (stores) << 10)
enum {
    X64_FORM_N = X64_FORM(NONE, NONE, NONE, 0),
    X64_FORM_F = X64_FORM(BYTE, NONE, NONE, 0),
    X64_FORM_O = X64_FORM(O, NONE, NONE, 0),
    X64_FORM_O_IQ = X64_FORM(O, NONE, Q, 0),
    X64_FORM_IS = X64_FORM(NONE, NONE, S, 0),
    X64_FORM_IW = X64_FORM(NONE, NONE, W, 0),
    X64_FORM_J4 = X64_FORM(NONE, NONE, J4, 0),
    X64_FORM_J1 = X64_FORM(NONE, NONE, J1, 0),
    X64_FORM_E = X64_FORM(DIGIT, E, NONE, 0),
    X64_FORM_B = X64_FORM(DIGIT, B, NONE, 0),
    X64_FORM_M = X64_FORM(DIGIT, M, NONE, 0),
    X64_FORM_E_IS = X64_FORM(DIGIT, E, S, 0),
    X64_FORM_E_IZ = X64_FORM(DIGIT, E, Z, 0),
    X64_FORM_E_IB = X64_FORM(DIGIT, E, B, 0),
    X64_FORM_E_CL = X64_FORM(DIGIT, E, CL, 0),
    X64_FORM_G_E = X64_FORM(G, E, NONE, 0),
    X64_FORM_G_B = X64_FORM(G, B, NONE, 0),
    X64_FORM_G_W = X64_FORM(G, W, NONE, 0),
    X64_FORM_G_D = X64_FORM(G, D, NONE, 0),
    X64_FORM_G_M = X64_FORM(G, M, NONE, 0),
    X64_FORM_G_E_IS = X64_FORM(G, E, S, 0),
    X64_FORM_G_E_IB = X64_FORM(G, E, B, 0),
    X64_FORM_E_G = X64_FORM(G, E, NONE, 1),
    X64_FORM_M_G = X64_FORM(G, M, NONE, 1),
    X64_FORM_E_G_IB = X64_FORM(G, E, B, 1),
    X64_FORM_E_G_CL = X64_FORM(G, E, CL, 1),
    X64_FORM_X_Y = X64_FORM(X, Y, NONE, 0),
    X64_FORM_X_Z = X64_FORM(X, Z, NONE, 0),
    X64_FORM_X_M = X64_FORM(X, M, NONE, 0),
    X64_FORM_X_Y_IB = X64_FORM(X, Y, B, 0),
    X64_FORM_X_Y_X0 = X64_FORM(X, Y, X0, 0),
    X64_FORM_X_Y_X4 = X64_FORM(X, Y, X4, 0),
    X64_FORM_Y_X = X64_FORM(X, Y, NONE, 1),
    X64_FORM_M_X = X64_FORM(X, M, NONE, 1),
    X64_FORM_Z_IB = X64_FORM(DIGIT, Z, B, 0),
    X64_FORM_G_Y = X64_FORM(G, Y, NONE, 0),
    X64_FORM_G_Z = X64_FORM(G, Z, NONE, 0),
    X64_FORM_X_E = X64_FORM(X, E, NONE, 0),
    X64_FORM_X_D_IB = X64_FORM(X, D, B, 0),
    X64_FORM_X_E_IB = X64_FORM(X, E, B, 0),
    X64_FORM_E_X = X64_FORM(X, E, NONE, 1),
    X64_FORM_D_X_IB = X64_FORM(X, D, B, 1),
    X64_FORM_E_X_IB = X64_FORM(X, E, B, 1)
};
#undef X64_FORM

#define X64_ROW(form, mem, prefix, map, opcode, digit, size, more)                                 \
    ((uint64_t)(opcode) | (uint64_t)((map) - 1) << 8 | (uint64_t)X64_PP_##prefix << 10 |           \
     (uint64_t)(digit) << 12 | (uint64_t)X64_SIZE_##size << 20 | (uint64_t)X64_MORE_##more << 23 | \
     (uint64_t)(mem) << 27 | (uint64_t)X64_FORM_##form << 32)

static const uint64_t x64_rows[X64_insn_count] WT_UNUSED = {
#define INSN(ident, text, form, mem, prefix, map, opcode, digit, size, more)                       \
    [X64_##ident] = X64_ROW(form, mem, prefix, map, opcode, digit, size, more),
#include "x64/insn.def"
#undef INSN
};
#undef X64_ROW

WT_INLINE unsigned x64_row_opcode(uint64_t row) { return row & 0xFF; }
WT_INLINE unsigned x64_row_map(uint64_t row) { return (row >> 8 & 3) + 1; }
WT_INLINE unsigned x64_row_pp(uint64_t row) { return row >> 10 & 3; }
WT_INLINE unsigned x64_row_digit(uint64_t row) { return row >> 12 & 0xFF; }
WT_INLINE unsigned x64_row_size(uint64_t row) { return row >> 20 & 7; }
WT_INLINE unsigned x64_row_more(uint64_t row) { return row >> 23 & 15; }
WT_INLINE unsigned x64_row_vex(uint64_t row) { return x64_row_more(row) & 7; }
WT_INLINE unsigned x64_row_mem(uint64_t row) { return row >> 27 & 31; }
WT_INLINE unsigned x64_row_reg(uint64_t row) { return row >> 32 & 7; }
WT_INLINE unsigned x64_row_rm(uint64_t row) { return row >> 35 & 7; }
WT_INLINE unsigned x64_row_imm(uint64_t row) { return row >> 38 & 15; }
WT_INLINE bool x64_row_stores(uint64_t row) { return row >> 42 & 1; }

/* Are the general registers bytes? Then spl, bpl, sil and dil want a REX. */
WT_INLINE bool x64_byte_regs(uint64_t row, unsigned size) {
    return x64_row_size(row) == X64_SIZE_SB && size == 1;
}
WT_INLINE unsigned x64_wide(uint64_t row, unsigned size) {
    unsigned rule = x64_row_size(row);
    return rule == X64_SIZE_W1 || (rule >= X64_SIZE_SZ && rule <= X64_SIZE_SW && size == 8);
}

/* ---- the pieces of an instruction ---- */

/* One store each: of those by bytes gcc 12 makes a puzzle when their neighbours overlap. */
WT_INLINE void x64_store16(uint8_t *p, uint16_t v) { memcpy(p, &v, 2); }
WT_INLINE void x64_store32(uint8_t *p, uint32_t v) { memcpy(p, &v, 4); }
WT_INLINE void x64_store64(uint8_t *p, uint64_t v) { memcpy(p, &v, 8); }

WT_INLINE unsigned x64_modrm(unsigned mod, unsigned reg, unsigned rm) {
    return mod << 6 | (reg & 7) << 3 | (rm & 7);
}

/* Prefixes up to the REX. rxb: its lower bits; forced: there must be one. */
WT_INLINE uint8_t *x64_put_head(uint8_t *p, uint64_t row, unsigned size, unsigned rxb,
                                bool forced) {
    unsigned rule = x64_row_size(row);
    if (rule == X64_SIZE_SZ || rule == X64_SIZE_SB) {
        *p = 0x66;
        p += size == 2;
    }
    if (x64_row_pp(row))
        *p++ = (uint8_t)(0xF2F36600u >> 8 * x64_row_pp(row));
    unsigned rex = 0x40 | x64_wide(row, size) << 3 | rxb;
    *p = (uint8_t)rex;
    return p + (rex != 0x40 || forced);
}

/* The bytes of the map and the opcode, and one more byte; `plus` is added to the opcode. */
WT_INLINE uint8_t *x64_put_opcode(uint8_t *p, uint64_t row, unsigned size, unsigned plus,
                                  unsigned next) {
    unsigned op = x64_row_opcode(row) + plus - x64_byte_regs(row, size);
    if (x64_row_map(row) == 1) {
        x64_store16(p, (uint16_t)(op | next << 8));
        return p + 1;
    }
    if (x64_row_map(row) == 2) {
        x64_store32(p, 0x0F | op << 8 | next << 16);
        return p + 2;
    }
    x64_store32(p, (x64_row_map(row) == 3 ? 0x380F : 0x3A0F) | op << 16 | next << 24);
    return p + 3;
}

/* ModRM, SIB and displacement. */
WT_INLINE uint8_t *x64_put_mem(uint8_t *p, unsigned reg, X64Mem m) {
    if (m.base >= X64_rip) {
        bool sib = m.base == X64_none;
        unsigned index = m.index == X64_none ? 4 : m.index;
        p[0] = (uint8_t)x64_modrm(0, reg, sib ? 4 : 5);
        p[1] = (uint8_t)x64_modrm(m.scale, index, 5);
        x64_store32(p + 1 + sib, (uint32_t)m.disp);
        return p + 5 + sib;
    }
    bool byte = m.disp == (int8_t)m.disp;
    bool none = m.disp == 0 && (m.base & 7) != X64_rbp;
    unsigned mod = none ? 0 : byte ? 1 : 2;
    unsigned length = mod * mod; /* 0, 1, 4 */
    if (m.index == X64_none && (m.base & 7) != X64_rsp) {
        p[0] = (uint8_t)x64_modrm(mod, reg, m.base);
        x64_store32(p + 1, (uint32_t)m.disp);
        return p + 1 + length;
    }
    unsigned index = m.index == X64_none ? 4 : m.index;
    p[0] = (uint8_t)x64_modrm(mod, reg, 4);
    p[1] = (uint8_t)x64_modrm(m.scale, index, m.base);
    x64_store32(p + 2, (uint32_t)m.disp);
    return p + 2 + length;
}

/* REX.R, X and B; rip and none have no bits there. */
WT_INLINE unsigned x64_rb(unsigned reg, unsigned rm) { return reg >> 3 << 2 | rm >> 3; }
WT_INLINE unsigned x64_rxb(unsigned reg, X64Mem m) {
    return reg >> 3 << 2 | (unsigned)(m.index >> 3 == 1) << 1 | (unsigned)(m.base >> 3 == 1);
}

WT_INLINE uint8_t *x64_put_reg(uint8_t *p, uint64_t row, unsigned size, unsigned plus, unsigned reg,
                               unsigned rm) {
    bool digit = x64_row_reg(row) == X64_REG_DIGIT;
    bool bytes = x64_byte_regs(row, size);
    bool forced = (bytes || x64_row_rm(row) == X64_RM_B) && rm >= 4;
    forced |= bytes && !digit && reg >= 4;
    p = x64_put_head(p, row, size, x64_rb(reg, rm), forced);
    return x64_put_opcode(p, row, size, plus, x64_modrm(3, reg, rm)) + 1;
}
WT_INLINE uint8_t *x64_put_at(uint8_t *p, uint64_t row, unsigned size, unsigned plus, unsigned reg,
                              X64Mem m) {
    bool digit = x64_row_reg(row) == X64_REG_DIGIT;
    bool forced = x64_byte_regs(row, size) && !digit && reg >= 4;
    p = x64_put_head(p, row, size, x64_rxb(reg, m), forced);
    p = x64_put_opcode(p, row, size, plus, 0);
    return x64_put_mem(p, reg, m);
}

/* What is added to the opcode for a short immediate. */
WT_INLINE unsigned x64_short(uint64_t row, unsigned size, int32_t imm) {
    return x64_row_imm(row) == X64_IMM_S && !x64_byte_regs(row, size) && imm == (int8_t)imm ? 2 : 0;
}
WT_INLINE uint8_t *x64_put_imm(uint8_t *p, uint64_t row, unsigned size, unsigned plus,
                               int32_t imm) {
    unsigned kind = x64_row_imm(row);
    bool byte = kind == X64_IMM_B || plus || x64_byte_regs(row, size);
    x64_store32(p, (uint32_t)imm);
    return p + (byte ? 1 : size == 2 || kind == X64_IMM_W ? 2 : 4);
}

/* VEX up to the opcode; rxb as in a REX. */
WT_INLINE uint8_t *x64_put_vex(uint8_t *p, uint64_t row, unsigned size, unsigned rxb,
                               unsigned vvvv) {
    unsigned w = x64_wide(row, size);
    unsigned last = (~vvvv & 15) << 3 | x64_row_pp(row);
    if (x64_row_map(row) == 2 && !w && !(rxb & 3)) {
        x64_store32(p, 0xC5 | ((rxb << 5 ^ 0x80) | last) << 8 | x64_row_opcode(row) << 16);
        return p + 3;
    }
    unsigned first = (rxb << 5 ^ 0xE0) | (x64_row_map(row) - 1);
    x64_store32(p, 0xC4 | first << 8 | (w << 7 | last) << 16 | x64_row_opcode(row) << 24);
    return p + 4;
}

/* ---- instructions ---- */

WT_INLINE void x64_rr(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned rm) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_G || x64_row_reg(row) == X64_REG_X);
    assert(x64_row_rm(row) != X64_RM_M && !(x64_row_more(row) & X64_MORE_ONLY));
    a->at = x64_put_reg(a->at, row, size, 0, reg, rm);
}
WT_INLINE void x64_rm(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, X64Mem m) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_G || x64_row_reg(row) == X64_REG_X);
    assert(x64_row_rm(row) != X64_RM_Z && !(x64_row_more(row) & X64_MORE_ONLY));
    a->at = x64_put_at(a->at, row, size, 0, reg, m);
}

WT_INLINE void x64_ri(X64Asm *a, X64Insn insn, unsigned size, unsigned rm, int32_t imm) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_DIGIT && x64_row_imm(row) != X64_IMM_NONE);
    unsigned plus = x64_short(row, size, imm);
    uint8_t *p = x64_put_reg(a->at, row, size, plus, x64_row_digit(row), rm);
    a->at = x64_put_imm(p, row, size, plus, imm);
}
WT_INLINE void x64_mi(X64Asm *a, X64Insn insn, unsigned size, X64Mem m, int32_t imm) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_DIGIT && x64_row_imm(row) != X64_IMM_NONE);
    unsigned plus = x64_short(row, size, imm);
    uint8_t *p = x64_put_at(a->at, row, size, plus, x64_row_digit(row), m);
    a->at = x64_put_imm(p, row, size, plus, imm);
}

WT_INLINE void x64_r(X64Asm *a, X64Insn insn, unsigned size, unsigned rm) {
    uint64_t row = x64_rows[insn];
    if (x64_row_reg(row) == X64_REG_O) {
        uint8_t *p = x64_put_head(a->at, row, size, rm >> 3, false);
        a->at = x64_put_opcode(p, row, size, rm & 7, 0);
        return;
    }
    assert(x64_row_reg(row) == X64_REG_DIGIT && x64_row_rm(row) != X64_RM_M);
    a->at = x64_put_reg(a->at, row, size, 0, x64_row_digit(row), rm);
}
WT_INLINE void x64_m(X64Asm *a, X64Insn insn, unsigned size, X64Mem m) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_DIGIT && x64_row_rm(row) != X64_RM_Z);
    a->at = x64_put_at(a->at, row, size, 0, x64_row_digit(row), m);
}

WT_INLINE void x64_rri(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned rm,
                       int32_t imm) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) >= X64_REG_G && x64_row_imm(row) != X64_IMM_NONE);
    unsigned plus = x64_short(row, size, imm);
    uint8_t *p = x64_put_reg(a->at, row, size, plus, reg, rm);
    a->at = x64_put_imm(p, row, size, plus, imm);
}
WT_INLINE void x64_rmi(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, X64Mem m,
                       int32_t imm) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) >= X64_REG_G && x64_row_imm(row) != X64_IMM_NONE);
    unsigned plus = x64_short(row, size, imm);
    uint8_t *p = x64_put_at(a->at, row, size, plus, reg, m);
    a->at = x64_put_imm(p, row, size, plus, imm);
}

/* Rows without operands, or with a fixed third byte. */
WT_INLINE void x64_n(X64Asm *a, X64Insn insn, unsigned size) {
    uint64_t row = x64_rows[insn];
    assert(x64_row_reg(row) == X64_REG_NONE || x64_row_reg(row) == X64_REG_BYTE);
    uint8_t *p = x64_put_head(a->at, row, size, 0, false);
    p = x64_put_opcode(p, row, size, 0, x64_row_digit(row));
    a->at = p + (x64_row_reg(row) == X64_REG_BYTE);
}
WT_INLINE void x64_i(X64Asm *a, X64Insn insn, int32_t imm) { /* push_i, ret_n */
    uint64_t row = x64_rows[insn];
    unsigned plus = x64_short(row, 0, imm);
    uint8_t *p = x64_put_opcode(a->at, row, 0, plus, 0);
    a->at = x64_put_imm(p, row, 0, plus, imm);
}

/* ---- VEX ---- */

WT_INLINE uint8_t *x64_put_vex_reg(uint8_t *p, uint64_t row, unsigned size, unsigned reg,
                                   unsigned vvvv, unsigned rm) {
    assert(x64_row_vex(row) >= X64_MORE_V && x64_row_rm(row) != X64_RM_M);
    if (x64_row_vex(row) == X64_MORE_NDD) {
        vvvv = reg;
        reg = x64_row_digit(row);
    }
    p = x64_put_vex(p, row, size, x64_rb(reg, rm), vvvv);
    *p = (uint8_t)x64_modrm(3, reg, rm);
    return p + 1;
}
WT_INLINE uint8_t *x64_put_vex_at(uint8_t *p, uint64_t row, unsigned size, unsigned reg,
                                  unsigned vvvv, X64Mem m) {
    assert(x64_row_vex(row) >= X64_MORE_V && x64_row_rm(row) != X64_RM_Z);
    if (x64_row_vex(row) == X64_MORE_NDD) {
        vvvv = reg;
        reg = x64_row_digit(row);
    }
    if (x64_row_vex(row) == X64_MORE_NDR)
        vvvv = 0; /* the memory forms of these have no third operand */
    p = x64_put_vex(p, row, size, x64_rxb(reg, m), vvvv);
    return x64_put_mem(p, reg, m);
}

WT_INLINE void x64_vrr(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned vvvv,
                       unsigned rm) {
    a->at = x64_put_vex_reg(a->at, x64_rows[insn], size, reg, vvvv, rm);
}
WT_INLINE void x64_vrm(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned vvvv,
                       X64Mem m) {
    a->at = x64_put_vex_at(a->at, x64_rows[insn], size, reg, vvvv, m);
}
WT_INLINE void x64_vrri(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned vvvv,
                        unsigned rm, int32_t imm) {
    uint8_t *p = x64_put_vex_reg(a->at, x64_rows[insn], size, reg, vvvv, rm);
    *p = (uint8_t)imm;
    a->at = p + 1;
}
WT_INLINE void x64_vrmi(X64Asm *a, X64Insn insn, unsigned size, unsigned reg, unsigned vvvv,
                        X64Mem m, int32_t imm) {
    uint8_t *p = x64_put_vex_at(a->at, x64_rows[insn], size, reg, vvvv, m);
    *p = (uint8_t)imm;
    a->at = p + 1;
}
/* Where mask is set rm, else vvvv. */
WT_INLINE void x64_vblend(X64Asm *a, X64Insn insn, unsigned reg, unsigned vvvv, unsigned rm,
                          unsigned mask) {
    x64_vrri(a, insn, 0, reg, vvvv, rm, (int32_t)(mask << 4));
}

/* ---- conditions, branches, what has a form of its own ---- */

WT_INLINE void x64_cmov(X64Asm *a, X64Cond cc, unsigned size, unsigned reg, unsigned rm) {
    a->at = x64_put_reg(a->at, x64_rows[X64_cmovcc], size, cc, reg, rm);
}
WT_INLINE void x64_cmov_m(X64Asm *a, X64Cond cc, unsigned size, unsigned reg, X64Mem m) {
    a->at = x64_put_at(a->at, x64_rows[X64_cmovcc], size, cc, reg, m);
}
WT_INLINE void x64_set(X64Asm *a, X64Cond cc, unsigned rm) {
    a->at = x64_put_reg(a->at, x64_rows[X64_setcc], 0, cc, 0, rm);
}
WT_INLINE void x64_set_m(X64Asm *a, X64Cond cc, X64Mem m) {
    a->at = x64_put_at(a->at, x64_rows[X64_setcc], 0, cc, 0, m);
}

/* A branch to nowhere yet: the place of its displacement, for x64_patch or x64_patch8. */
WT_INLINE uint8_t *x64_branch(X64Asm *a, X64Insn insn, unsigned plus) {
    uint64_t row = x64_rows[insn];
    uint8_t *p = x64_put_opcode(a->at, row, 0, plus, 0);
    if (x64_row_imm(row) == X64_IMM_J1) {
        *p = 0;
        a->at = p + 1;
    } else {
        x64_store32(p, 0);
        a->at = p + 4;
    }
    return p;
}
WT_INLINE uint8_t *x64_jcc(X64Asm *a, X64Cond cc) { return x64_branch(a, X64_jcc, cc); }
WT_INLINE uint8_t *x64_jmp(X64Asm *a) { return x64_branch(a, X64_jmp, 0); }
WT_INLINE uint8_t *x64_call(X64Asm *a) { return x64_branch(a, X64_call, 0); }
WT_INLINE uint8_t *x64_jcc8(X64Asm *a, X64Cond cc) { return x64_branch(a, X64_jcc8, cc); }
WT_INLINE uint8_t *x64_jmp8(X64Asm *a) { return x64_branch(a, X64_jmp8, 0); }

WT_INLINE void x64_patch(uint8_t *place, const uint8_t *target) {
    x64_store32(place, (uint32_t)(target - (place + 4)));
}
WT_INLINE void x64_patch8(uint8_t *place, const uint8_t *target) {
    ptrdiff_t distance = target - (place + 1);
    assert(distance == (int8_t)distance);
    *place = (uint8_t)distance;
}

/* The shortest that leaves the flags alone. */
WT_INLINE void x64_mov_imm(X64Asm *a, unsigned size, unsigned reg, uint64_t imm) {
    uint64_t row = x64_rows[X64_mov_ri64];
    if (size != 8)
        imm = (uint32_t)imm;
    if (imm != (uint32_t)imm && imm == (uint64_t)(int64_t)(int32_t)imm) {
        x64_ri(a, X64_mov_mi, 8, reg, (int32_t)imm);
        return;
    }
    size = imm == (uint32_t)imm ? 4 : 8;
    uint8_t *p = x64_put_head(a->at, row, size, reg >> 3, false);
    p = x64_put_opcode(p, row, size, reg & 7, 0);
    x64_store64(p, imm);
    a->at = p + size;
}

/* Always 10 bytes, of which the last 8 are the number. */
WT_INLINE void x64_mov_imm64(X64Asm *a, unsigned reg, uint64_t imm) {
    uint64_t row = x64_rows[X64_mov_ri64];
    uint8_t *p = x64_put_head(a->at, row, 8, reg >> 3, false);
    p = x64_put_opcode(p, row, 8, reg & 7, 0);
    x64_store64(p, imm);
    a->at = p + 8;
}

/* Before an instruction that reads, changes and writes memory. */
WT_INLINE void x64_lock(X64Asm *a) { *a->at++ = 0xF0; }

/* n bytes that do nothing, in as few instructions of at most 9 bytes as there can be. The caller
   has n + X64_insn_room bytes. */
static inline WT_UNUSED void x64_nop_bytes(X64Asm *a, size_t n) {
    static const uint8_t forms[10][9] = {{0},
                                         {0x90},
                                         {0x66, 0x90},
                                         {0x0F, 0x1F, 0x00},
                                         {0x0F, 0x1F, 0x40},
                                         {0x0F, 0x1F, 0x44},
                                         {0x66, 0x0F, 0x1F, 0x44},
                                         {0x0F, 0x1F, 0x80},
                                         {0x0F, 0x1F, 0x84},
                                         {0x66, 0x0F, 0x1F, 0x84}};
    while (n) {
        size_t length = n < 9 ? n : 9;
        memcpy(a->at, forms[length], length);
        a->at += length;
        n -= length;
    }
}

#endif
