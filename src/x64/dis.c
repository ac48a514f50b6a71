/* The disassembler of x86-64, for listings and for the tests of the assembler.

   An instruction is read in three steps: the prefixes (REX or VEX among them), the row of insn.def
   whose columns agree with what stands there, and the operands that the row tells of. Only when all
   of it was there is text written; the spelling is that of GNU objdump in Intel syntax but for the
   blanks and the letters' case. There are no names here: mnemonics come from insn.def.

   The bytes may be anything. Reading ends at the end of the code, a reading past it is noticed once
   (`cut`). What the processor accepts but asm.h never writes (a prefix twice, VEX.256, high byte
   registers) is no instruction; a REX bit without effect is let pass. */
#include "x64/dis.h"
#include "x64/asm.h"

enum { DIS_longest = 15 };

static const char *const dis_texts[X64_insn_count] = {
#define INSN(ident, text, form, mem, prefix, map, opcode, digit, size, more) [X64_##ident] = text,
#include "x64/insn.def"
#undef INSN
};

typedef struct Dis {
    const uint8_t *start, *at, *end;
    bool cut;
    /* prefixes */
    bool wide_operand, lock, vex, has_rex;
    uint8_t rep; /* F2, F3 or 0 */
    uint8_t rex; /* its four bits; those of VEX too */
    uint8_t pp;  /* of VEX */
    uint8_t vvvv, map, opcode;
    /* the row */
    uint64_t row;
    X64Insn insn;
    unsigned size;  /* of the operands, in bytes */
    bool short_imm; /* the opcode says that the immediate has 8 bits */
    /* operands */
    uint8_t mod, reg, rm;
    X64Mem mem;
    bool mem_disp; /* a displacement stands there, though it may be 0 */
    uint64_t imm;
} Dis;

/* ---- reading ---- */

static uint8_t dis_byte(Dis *d) {
    if (d->at >= d->end) {
        d->cut = true;
        return 0;
    }
    return *d->at++;
}
static uint64_t dis_number(Dis *d, unsigned bytes) {
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)dis_byte(d) << 8 * i;
    return v;
}
static uint64_t dis_signed(Dis *d, unsigned bytes) {
    uint64_t v = dis_number(d, bytes), sign = (uint64_t)1 << (8 * bytes - 1);
    return (v ^ sign) - sign;
}

/* C5 or C4 was read. */
static bool read_vex(Dis *d, bool three) {
    uint8_t first = dis_byte(d), last = first;
    unsigned map = 1;
    d->rex = first & 0x80 ? 0 : 4;
    if (three) {
        map = first & 31;
        last = dis_byte(d);
        d->rex = (uint8_t)((~first >> 5 & 7) | (last >> 7) << 3);
    }
    d->vex = true;
    d->map = (uint8_t)(map + 1);
    d->vvvv = ~last >> 3 & 15;
    d->pp = last & 3;
    d->opcode = dis_byte(d);
    return map >= 1 && map <= 3 && !(last & 4) && !d->wide_operand && !d->rep && !d->lock;
}

/* Up to the opcode. */
static bool read_prefixes(Dis *d) {
    uint8_t byte;
    for (;;) {
        byte = dis_byte(d);
        if (byte == 0x66 && !d->wide_operand)
            d->wide_operand = true;
        else if ((byte == 0xF2 || byte == 0xF3) && !d->rep)
            d->rep = byte;
        else if (byte == 0xF0 && !d->lock)
            d->lock = true;
        else
            break;
    }
    if (byte == 0xC5 || byte == 0xC4)
        return read_vex(d, byte == 0xC4);
    if ((byte & 0xF0) == 0x40) {
        d->rex = byte & 15;
        d->has_rex = true;
        byte = dis_byte(d);
    }
    d->map = 1;
    if (byte == 0x0F) {
        byte = dis_byte(d);
        d->map = byte == 0x38 ? 3 : byte == 0x3A ? 4 : 2;
        if (d->map > 2)
            byte = dis_byte(d);
    }
    d->opcode = byte;
    return true;
}

/* ---- the row ---- */

static bool prefixes_agree(const Dis *d, uint64_t row) {
    static const uint8_t reps[] = {[X64_PP_66] = 0, [X64_PP_F3] = 0xF3, [X64_PP_F2] = 0xF2};
    unsigned pp = x64_row_pp(row), rule = x64_row_size(row);
    bool wide = d->rex & 8;
    bool sized = rule == X64_SIZE_SZ || rule == X64_SIZE_SB;
    if (d->vex ? x64_row_vex(row) < X64_MORE_V : x64_row_more(row) & X64_MORE_ONLY)
        return false;
    if (rule == X64_SIZE_W1 ? !wide : wide && !sized && rule != X64_SIZE_SW)
        return false;
    if (d->vex)
        return d->pp == pp;
    if (d->rep != reps[pp])
        return false;
    return sized ? !(d->wide_operand && wide) : d->wide_operand == (pp == X64_PP_66);
}

/* Also sets the operand size and short_imm. */
static bool opcode_agrees(Dis *d, uint64_t row) {
    unsigned op = x64_row_opcode(row), rule = x64_row_size(row);
    bool wide = d->rex & 8;
    d->size = wide || rule == X64_SIZE_S64 ? 8 : 4;
    if (d->wide_operand && (rule == X64_SIZE_SZ || rule == X64_SIZE_SB))
        d->size = 2;
    d->short_imm = false;
    if (x64_row_more(row) == X64_MORE_CC)
        return (d->opcode & 0xF0) == op;
    if (x64_row_reg(row) == X64_REG_O)
        return (d->opcode & 0xF8) == op;
    if (d->opcode == op)
        return true;
    if (rule == X64_SIZE_SB && d->opcode == op - 1) {
        d->size = 1;
        return !wide && !d->wide_operand;
    }
    d->short_imm = x64_row_imm(row) == X64_IMM_S && d->opcode == op + 2;
    return d->short_imm;
}

/* The byte behind the opcode, if the row has a say in it. */
static bool modrm_agrees(const Dis *d, uint64_t row) {
    unsigned reg = x64_row_reg(row), rm = x64_row_rm(row);
    if (reg == X64_REG_NONE)
        return !(d->rex & 7);
    if (reg == X64_REG_O)
        return !(d->rex & 6);
    if (d->at >= d->end)
        return false;
    uint8_t byte = *d->at;
    if (reg == X64_REG_BYTE)
        return byte == x64_row_digit(row);
    if (reg == X64_REG_DIGIT && (byte >> 3 & 7) != x64_row_digit(row))
        return false;
    return !(rm == X64_RM_M && byte >= 0xC0) && !(rm == X64_RM_Z && byte < 0xC0);
}

static bool find_row(Dis *d) {
    for (unsigned i = 0; i < X64_insn_count; i++) {
        uint64_t row = x64_rows[i];
        if (x64_row_map(row) == d->map && prefixes_agree(d, row) && opcode_agrees(d, row) &&
            modrm_agrees(d, row)) {
            d->row = row;
            d->insn = (X64Insn)i;
            return true;
        }
    }
    return false;
}

/* ---- operands ---- */

static void read_memory(Dis *d) {
    bool sib = (d->rm & 7) == X64_rsp;
    d->mem = x64_at(d->rm, 0);
    if (sib) {
        unsigned byte = dis_byte(d), rex = d->rex;
        unsigned index = (byte >> 3 & 7) | (rex & 2) << 2;
        d->mem = x64_at_index((byte & 7) | (rex & 1) << 3, index, byte >> 6, 0);
        if (index == X64_rsp) /* as the encoding of none */
            d->mem.index = X64_none;
    }
    unsigned bytes = d->mod == 1 ? 1 : d->mod == 2 ? 4 : 0;
    if (d->mod == 0 && (d->mem.base & 7) == X64_rbp) {
        d->mem.base = sib ? X64_none : X64_rip;
        bytes = 4;
    }
    d->mem_disp = bytes != 0;
    if (bytes)
        d->mem.disp = (int32_t)dis_signed(d, bytes);
}

static bool read_modrm(Dis *d) {
    uint8_t byte = dis_byte(d);
    unsigned more = x64_row_vex(d->row);
    d->mod = byte >> 6;
    d->reg = (uint8_t)((byte >> 3 & 7) | (d->rex & 4) << 1);
    d->rm = (uint8_t)((byte & 7) | (d->rex & 1) << 3);
    if (d->mod != 3)
        read_memory(d);
    bool has_vvvv = more >= X64_MORE_NDS && !(more == X64_MORE_NDR && d->mod != 3);
    return !d->vex || has_vvvv || d->vvvv == 0;
}

/* False: there are bits where none may be. */
static bool read_imm(Dis *d) {
    switch (x64_row_imm(d->row)) {
    case X64_IMM_S:
    case X64_IMM_Z:
        d->imm = dis_signed(d, d->short_imm ? 1 : d->size < 4 ? d->size : 4);
        if (d->size < 8)
            d->imm &= ((uint64_t)1 << 8 * d->size) - 1;
        return true;
    case X64_IMM_Q:
        d->imm = dis_number(d, d->size);
        return true;
    case X64_IMM_B:
        d->imm = dis_byte(d);
        return true;
    case X64_IMM_X4:
        d->imm = dis_byte(d);
        return !(d->imm & 15);
    case X64_IMM_W:
        d->imm = dis_number(d, 2);
        return true;
    case X64_IMM_J4:
    case X64_IMM_J1:
        d->imm = dis_signed(d, x64_row_imm(d->row) == X64_IMM_J4 ? 4 : 1);
        return true;
    }
    return true;
}

/* Without a REX, registers 4 to 7 of one byte are ah to bh. */
static bool high_byte(const Dis *d) {
    unsigned rm = x64_row_rm(d->row), reg = x64_row_reg(d->row);
    bool bytes = d->size == 1;
    bool in_rm = d->mod == 3 && (rm == X64_RM_B || (rm == X64_RM_E && bytes)) && d->rm >= 4;
    bool in_reg = reg == X64_REG_G && bytes && d->reg >= 4;
    return !d->has_rex && !d->vex && (in_rm || in_reg);
}

static bool read_operands(Dis *d) {
    switch (x64_row_reg(d->row)) {
    case X64_REG_O:
        d->rm = (uint8_t)((d->opcode & 7) | (d->rex & 1) << 3);
        break;
    case X64_REG_BYTE:
        dis_byte(d);
        break;
    case X64_REG_DIGIT:
    case X64_REG_G:
    case X64_REG_X:
        if (!read_modrm(d) || high_byte(d))
            return false;
        break;
    }
    return read_imm(d);
}

/* ---- writing ---- */

static void print_general(Buf *out, unsigned reg, unsigned size) {
    static const char names[8][3] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    if (reg >= 8) {
        wt_buf_printf(out, "r%u%s", reg, size == 8 ? "" : size == 4 ? "d" : size == 2 ? "w" : "b");
        return;
    }
    if (size == 1)
        wt_buf_printf(out, reg < 4 ? "%.1sl" : "%.2sl", names[reg]);
    else
        wt_buf_printf(out, "%s%s", size == 8 ? "r" : size == 4 ? "e" : "", names[reg]);
}
static void print_xmm(Buf *out, unsigned reg) { wt_buf_printf(out, "xmm%u", reg); }

static void print_memory(Buf *out, const Dis *d) {
    static const char *const widths[17] = {
        [1] = "byte ptr ",  [2] = "word ptr ",     [4] = "dword ptr ",
        [8] = "qword ptr ", [16] = "xmmword ptr ",
    };
    unsigned width = x64_row_mem(d->row) ? x64_row_mem(d->row) : d->size;
    bool plain = d->mem.base == X64_none && d->mem.index == X64_none;
    if (width < WT_COUNT(widths))
        buf_str(out, widths[width]);
    buf_u8(out, '[');
    if (d->mem.base == X64_rip)
        buf_str(out, "rip");
    else if (d->mem.base != X64_none)
        print_general(out, d->mem.base, 8);
    if (d->mem.index != X64_none) {
        if (d->mem.base != X64_none)
            buf_u8(out, '+');
        print_general(out, d->mem.index, 8);
        wt_buf_printf(out, "*%u", 1u << d->mem.scale);
    }
    int64_t disp = d->mem.disp;
    if (plain)
        wt_buf_printf(out, "0x%llx", (unsigned long long)disp);
    else if (d->mem_disp)
        wt_buf_printf(out, "%c0x%llx", disp < 0 ? '-' : '+',
                      (unsigned long long)(disp < 0 ? -disp : disp));
    buf_u8(out, ']');
}

static void print_rm(Buf *out, const Dis *d) {
    unsigned kind = x64_row_rm(d->row);
    if (d->mod != 3 && x64_row_reg(d->row) != X64_REG_O)
        print_memory(out, d);
    else if (kind == X64_RM_Y || kind == X64_RM_Z)
        print_xmm(out, d->rm);
    else
        print_general(out, d->rm,
                      kind == X64_RM_B   ? 1
                      : kind == X64_RM_W ? 2
                      : kind == X64_RM_D ? 4
                                         : d->size);
}
static void print_reg(Buf *out, const Dis *d, unsigned reg) {
    unsigned kind = x64_row_reg(d->row);
    if (kind == X64_REG_X || (kind == X64_REG_DIGIT && x64_row_rm(d->row) == X64_RM_Z))
        print_xmm(out, reg);
    else
        print_general(out, reg, d->size);
}

static void print_imm(Buf *out, const Dis *d, uint64_t next) {
    switch (x64_row_imm(d->row)) {
    case X64_IMM_CL:
        buf_str(out, "cl");
        return;
    case X64_IMM_X0:
        buf_str(out, "xmm0");
        return;
    case X64_IMM_X4:
        print_xmm(out, (unsigned)d->imm >> 4);
        return;
    case X64_IMM_J4:
    case X64_IMM_J1:
        wt_buf_printf(out, "0x%llx", (unsigned long long)(next + d->imm));
        return;
    }
    wt_buf_printf(out, "0x%llx", (unsigned long long)d->imm);
}

static void print_mnemonic(Buf *out, const Dis *d) {
    static const char conds[16][3] = {
        [X64_o] = "o", [X64_no] = "no", [X64_b] = "b",   [X64_ae] = "ae",
        [X64_e] = "e", [X64_ne] = "ne", [X64_be] = "be", [X64_a] = "a",
        [X64_s] = "s", [X64_ns] = "ns", [X64_p] = "p",   [X64_np] = "np",
        [X64_l] = "l", [X64_ge] = "ge", [X64_le] = "le", [X64_g] = "g"};
    const char *text = dis_texts[d->insn], *bar = strchr(text, '|');
    if (d->lock)
        buf_str(out, "lock ");
    if (d->vex && !(x64_row_more(d->row) & X64_MORE_ONLY))
        buf_u8(out, 'v');
    if (!bar)
        buf_str(out, text);
    else if (d->rex & 8)
        buf_str(out, bar + 1);
    else
        buf_bytes(out, text, (size_t)(bar - text));
    if (x64_row_more(d->row) == X64_MORE_CC)
        buf_str(out, conds[d->opcode & 15]);
}

/* What stands before an operand. */
static void print_gap(Buf *out, bool *first) {
    buf_str(out, *first ? " " : ", ");
    *first = false;
}

/* The operands in the order of their text. */
static void print_operands(Buf *out, const Dis *d, uint64_t next) {
    enum { NONE = 255 };
    unsigned reg = x64_row_reg(d->row), vex = d->vex ? x64_row_vex(d->row) : X64_MORE_NO;
    bool stores = x64_row_stores(d->row), in_reg = reg == X64_REG_G || reg == X64_REG_X;
    bool has_rm = reg == X64_REG_DIGIT || reg == X64_REG_O || in_reg;
    bool second = vex == X64_MORE_NDS || (vex == X64_MORE_NDR && d->mod == 3);
    unsigned regs[4] = {NONE, NONE, NONE, NONE}; /* before a stored rm, around vvvv, behind rm */
    regs[0] = vex == X64_MORE_NDD ? d->vvvv : in_reg && !stores ? d->reg : (unsigned)NONE;
    regs[1] = second ? d->vvvv : (unsigned)NONE;
    regs[2] = in_reg && stores ? d->reg : (unsigned)NONE;
    regs[3] = vex == X64_MORE_LST ? d->vvvv : (unsigned)NONE;
    bool first = true;
    for (unsigned i = 0; i < 4; i++) {
        if (has_rm && i == (stores ? 0 : 3)) {
            print_gap(out, &first);
            print_rm(out, d);
        }
        if (regs[i] != NONE) {
            print_gap(out, &first);
            print_reg(out, d, regs[i]);
        }
    }
    if (x64_row_imm(d->row) != X64_IMM_NONE) {
        print_gap(out, &first);
        print_imm(out, d, next);
    }
}

/* A lock stands before what may change memory of whole numbers; that the processor takes it before
   some of these only is not told here. */
static bool lock_agrees(const Dis *d) {
    unsigned reg = x64_row_reg(d->row), rm = x64_row_rm(d->row);
    return (rm == X64_RM_E || rm == X64_RM_M) && d->mod != 3 &&
           (x64_row_stores(d->row) || reg == X64_REG_DIGIT) && reg != X64_REG_X;
}

size_t wt_x64_dis(const uint8_t *code, size_t len, uint64_t address, Buf *out) {
    if (!len)
        return 0;
    Dis d = {.start = code, .at = code, .end = code + WT_MIN(len, (size_t)DIS_longest)};
    if (!read_prefixes(&d) || !find_row(&d) || !read_operands(&d) || d.cut ||
        (d.lock && !lock_agrees(&d)))
        return 0;
    size_t length = (size_t)(d.at - d.start);
    print_mnemonic(out, &d);
    print_operands(out, &d, address + length);
    return length;
}
