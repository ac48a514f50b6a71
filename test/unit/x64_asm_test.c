/* The assembler and the disassembler of x86-64 against each other: every row of insn.def in every
   form it has, with registers of all kinds, all kinds of addresses and immediates of all widths.
   What the text must be is put together here, by the letters of the row's form and from what was
   asked for; what the disassembler says comes from the bytes alone. Beside that, bytes known from
   the manual, branches, and the disassembler on bytes that may be anything.

       x64_asm_test --list      every instruction of the test as bytes and text, for test/x64
       x64_asm_test --random    random bytes that are an instruction, likewise */
#include "x64/asm.h"
#include "x64/dis.h"
#include "check.h"

#include <stdlib.h>

typedef struct Row {
    const char *ident, *text, *form;
    unsigned mem;
    const char *prefix, *size, *more;
} Row;

static const Row rows[] = {
#define INSN(ident, text, form, mem, prefix, map, opcode, digit, size, more)                       \
    [X64_##ident] = {#ident, text, #form, mem, #prefix, #size, #more},
#include "x64/insn.def"
#undef INSN
};

/* An instruction to be made: which, of what operands. */
typedef struct Want {
    X64Insn insn;
    unsigned size, reg, vvvv, rm, cc;
    int where; /* row of `places`, or -1 for a register */
    bool vex;
    int64_t imm;
} Want;

static const struct {
    X64Mem mem;
    const char *text;
} places[] = {
    {{X64_rax, X64_none, 0, 0}, "[rax]"},
    {{X64_rcx, X64_none, 0, 8}, "[rcx+0x8]"},
    {{X64_rdx, X64_none, 0, -128}, "[rdx-0x80]"},
    {{X64_rbx, X64_none, 0, 128}, "[rbx+0x80]"},
    {{X64_rsi, X64_none, 0, 127}, "[rsi+0x7f]"},
    {{X64_rdi, X64_none, 0, -129}, "[rdi-0x81]"},
    {{X64_rsp, X64_none, 0, 0}, "[rsp]"},
    {{X64_rsp, X64_none, 0, 16}, "[rsp+0x10]"},
    {{X64_rsp, X64_none, 0, 4096}, "[rsp+0x1000]"},
    {{X64_rbp, X64_none, 0, 0}, "[rbp+0x0]"},
    {{X64_rbp, X64_none, 0, -8}, "[rbp-0x8]"},
    {{X64_r8, X64_none, 0, INT32_MIN}, "[r8-0x80000000]"},
    {{X64_r9, X64_none, 0, INT32_MAX}, "[r9+0x7fffffff]"},
    {{X64_r12, X64_none, 0, 0}, "[r12]"},
    {{X64_r12, X64_none, 0, 1}, "[r12+0x1]"},
    {{X64_r12, X64_none, 0, 1000}, "[r12+0x3e8]"},
    {{X64_r13, X64_none, 0, 0}, "[r13+0x0]"},
    {{X64_r13, X64_none, 0, -1}, "[r13-0x1]"},
    {{X64_r15, X64_none, 0, 0}, "[r15]"},
    {{X64_rax, X64_rcx, 0, 0}, "[rax+rcx*1]"},
    {{X64_rsp, X64_rbp, 1, 0}, "[rsp+rbp*2]"},
    {{X64_rbp, X64_rax, 2, 0}, "[rbp+rax*4+0x0]"},
    {{X64_rbp, X64_r12, 0, -4}, "[rbp+r12*1-0x4]"},
    {{X64_r13, X64_r12, 3, 0}, "[r13+r12*8+0x0]"},
    {{X64_r12, X64_r13, 1, 0}, "[r12+r13*2]"},
    {{X64_r15, X64_rdi, 3, 65536}, "[r15+rdi*8+0x10000]"},
    {{X64_rdi, X64_r15, 2, 100}, "[rdi+r15*4+0x64]"},
    {{X64_none, X64_rcx, 2, 16}, "[rcx*4+0x10]"},
    {{X64_none, X64_r9, 3, -16}, "[r9*8-0x10]"},
    {{X64_none, X64_none, 0, 4096}, "[0x1000]"},
    {{X64_none, X64_none, 0, -16}, "[0xfffffffffffffff0]"},
    {{X64_rip, X64_none, 0, 0}, "[rip+0x0]"},
    {{X64_rip, X64_none, 0, -5}, "[rip-0x5]"},
    {{X64_rip, X64_none, 0, 0x12345678}, "[rip+0x12345678]"},
};

static const char *const general[4][16] = {
    {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b",
     "r13b", "r14b", "r15b"},
    {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w",
     "r14w", "r15w"},
    {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d",
     "r13d", "r14d", "r15d"},
    {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
     "r14", "r15"},
};

/* ---- the text that is expected ---- */

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* One of the operands of a form, as in "X_Y_IB". */
static bool has(const char *form, const char *part) {
    size_t n = strlen(part);
    for (const char *p = form; *p; p++) {
        if ((p == form || p[-1] == '_') && strncmp(p, part, n) == 0 && (!p[n] || p[n] == '_'))
            return true;
    }
    return false;
}
static bool has_any(const char *form, const char *letters) {
    for (; *letters; letters++) {
        if (has(form, (char[]){*letters, 0}))
            return true;
    }
    return false;
}
static bool vex_only(const Row *row) { return row->more[0] == 'O'; }
/* V, NDS and so on, with or without "only". */
static const char *vex_kind(const Row *row) { return row->more + vex_only(row); }
static bool has_vex(const Row *row) { return !is(row->more, "NO") && !is(row->more, "CC"); }

static void put_general(Buf *out, unsigned reg, unsigned size) {
    unsigned log = size == 1 ? 0 : size == 2 ? 1 : size == 8 ? 3 : 2;
    buf_str(out, general[log][reg]);
}
static void put_place(Buf *out, const Row *row, const Want *w) {
    unsigned width = row->mem ? row->mem : w->size;
    buf_str(out, width == 1    ? "byte ptr "
                 : width == 2  ? "word ptr "
                 : width == 4  ? "dword ptr "
                 : width == 8  ? "qword ptr "
                 : width == 16 ? "xmmword ptr "
                               : "");
    buf_str(out, places[w->where].text);
}
static void put_number(Buf *out, int64_t v, unsigned size) {
    uint64_t mask = size >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * size) - 1;
    wt_buf_printf(out, "0x%" PRIx64, (uint64_t)v & mask);
}

static void put_operand(Buf *out, const Row *row, const Want *w, const char *part) {
    char kind = part[0];
    if (part[1] == 'L')
        buf_str(out, "cl");
    else if (strncmp(part, "X0", 2) == 0)
        buf_str(out, "xmm0");
    else if (strncmp(part, "X4", 2) == 0)
        wt_buf_printf(out, "xmm%u", (unsigned)w->imm >> 4);
    else if (kind == 'I')
        put_number(out, w->imm, part[1] == 'B' ? 1 : part[1] == 'W' ? 2 : w->size ? w->size : 8);
    else if (kind == 'G')
        put_general(out, w->reg, w->size);
    else if (kind == 'X')
        wt_buf_printf(out, "xmm%u", w->reg);
    else if (kind == 'O')
        put_general(out, w->rm, w->size);
    else if (w->where >= 0)
        put_place(out, row, w);
    else if (kind == 'Y' || kind == 'Z')
        wt_buf_printf(out, "xmm%u", w->rm);
    else
        put_general(out, w->rm, kind == 'B' ? 1 : kind == 'W' ? 2 : kind == 'D' ? 4 : w->size);
}

static void put_vvvv(Buf *out, const Row *row, const Want *w) {
    if (has_any(row->form, "XZ"))
        wt_buf_printf(out, "xmm%u", w->vvvv);
    else
        put_general(out, w->vvvv, w->size);
}

static void put_mnemonic(Buf *out, const Row *row, const Want *w) {
    static const char *const conds[16] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                          "s", "ns", "p", "np", "l", "ge", "le", "g"};
    const char *bar = strchr(row->text, '|');
    if (w->vex && !vex_only(row))
        buf_str(out, "v");
    if (!bar)
        buf_str(out, row->text);
    else if (w->size == 8)
        buf_str(out, bar + 1);
    else
        buf_bytes(out, row->text, (size_t)(bar - row->text));
    if (is(row->more, "CC"))
        buf_str(out, conds[w->cc]);
}

static void put_text(Buf *out, const Want *w) {
    const Row *row = &rows[w->insn];
    const char *kind = w->vex ? vex_kind(row) : "";
    put_mnemonic(out, row, w);
    if (is(row->form, "N") || is(row->form, "F"))
        return;
    const char *part = row->form, *sep = " ";
    if (is(kind, "NDD")) {
        buf_str(out, sep);
        put_vvvv(out, row, w);
        sep = ", ";
    }
    for (unsigned n = 0; part; n++) {
        bool nds = is(kind, "NDS") || (is(kind, "NDR") && w->where < 0);
        bool between = n == 1 && nds;
        if (between) {
            buf_str(out, sep);
            put_vvvv(out, row, w);
        }
        buf_str(out, sep);
        put_operand(out, row, w, part);
        sep = ", ";
        part = strchr(part, '_');
        part = part ? part + 1 : NULL;
    }
    if (is(kind, "LST")) {
        buf_str(out, sep);
        put_vvvv(out, row, w);
    }
}

/* ---- the bytes ---- */

static void emit_vex(X64Asm *a, const Want *w) {
    const char *form = rows[w->insn].form;
    bool ndd = is(vex_kind(&rows[w->insn]), "NDD");
    bool imm = has(form, "IB") || has(form, "X4");
    unsigned reg = ndd ? w->vvvv : w->reg, vvvv = ndd ? 0 : w->vvvv;
    if (w->where >= 0) {
        if (imm)
            x64_vrmi(a, w->insn, w->size, reg, vvvv, places[w->where].mem, (int32_t)w->imm);
        else
            x64_vrm(a, w->insn, w->size, reg, vvvv, places[w->where].mem);
    } else if (has(form, "X4")) {
        x64_vblend(a, w->insn, reg, vvvv, w->rm, (unsigned)w->imm >> 4);
    } else if (imm) {
        x64_vrri(a, w->insn, w->size, reg, vvvv, w->rm, (int32_t)w->imm);
    } else {
        x64_vrr(a, w->insn, w->size, reg, vvvv, w->rm);
    }
}

static void emit_place(X64Asm *a, const Want *w) {
    const char *form = rows[w->insn].form;
    X64Mem mem = places[w->where].mem;
    bool imm = strchr(form, 'I'), two = has_any(form, "GX");
    if (w->insn == X64_cmovcc)
        x64_cmov_m(a, (X64Cond)w->cc, w->size, w->reg, mem);
    else if (w->insn == X64_setcc)
        x64_set_m(a, (X64Cond)w->cc, mem);
    else if (two && imm)
        x64_rmi(a, w->insn, w->size, w->reg, mem, (int32_t)w->imm);
    else if (two)
        x64_rm(a, w->insn, w->size, w->reg, mem);
    else if (imm)
        x64_mi(a, w->insn, w->size, mem, (int32_t)w->imm);
    else
        x64_m(a, w->insn, w->size, mem);
}

static void emit_regs(X64Asm *a, const Want *w) {
    const char *form = rows[w->insn].form;
    bool imm = strchr(form, 'I'), two = has_any(form, "GX");
    if (w->insn == X64_cmovcc)
        x64_cmov(a, (X64Cond)w->cc, w->size, w->reg, w->rm);
    else if (w->insn == X64_setcc)
        x64_set(a, (X64Cond)w->cc, w->rm);
    else if (is(form, "O_IQ"))
        x64_mov_imm(a, w->size, w->rm, (uint64_t)w->imm);
    else if (is(form, "N") || is(form, "F"))
        x64_n(a, w->insn, w->size);
    else if (is(form, "IS") || is(form, "IW"))
        x64_i(a, w->insn, (int32_t)w->imm);
    else if (two && imm)
        x64_rri(a, w->insn, w->size, w->reg, w->rm, (int32_t)w->imm);
    else if (two)
        x64_rr(a, w->insn, w->size, w->reg, w->rm);
    else if (imm)
        x64_ri(a, w->insn, w->size, w->rm, (int32_t)w->imm);
    else
        x64_r(a, w->insn, w->size, w->rm);
}

/* ---- every row ---- */

typedef struct Run {
    Buf got, want;
    bool list;
    uint64_t address;
    size_t count;
} Run;

static const char *text_of(Buf *b) {
    buf_u8(b, 0);
    b->len--;
    return (const char *)b->data;
}

static void list_line(Run *run, const uint8_t *code, size_t len) {
    for (size_t i = 0; i < len; i++)
        printf("%02x", code[i]);
    printf("\t%s\n", text_of(&run->got));
}

/* Bytes that must be one instruction of the text in run->want. */
static void check_code(Run *run, const uint8_t *code, size_t len) {
    run->got.len = 0;
    size_t read = wt_x64_dis(code, len, run->address, &run->got);
    if (run->list) {
        list_line(run, code, len);
    } else {
        bool good = CHECK_EQ_STR(text_of(&run->got), text_of(&run->want));
        good &= CHECK_EQ_INT(read, len);
        if (!good)
            check_hex("code", code, len);
        CHECK_EQ_INT(wt_x64_dis(code, len - 1, 0, &run->got), 0);
    }
    run->address += len;
    run->count++;
}

static void one(Run *run, const Want *w) {
    uint8_t code[X64_insn_room];
    X64Asm a = {code};
    if (w->vex)
        emit_vex(&a, w);
    else if (w->where >= 0)
        emit_place(&a, w);
    else
        emit_regs(&a, w);
    run->want.len = 0;
    put_text(&run->want, w);
    check_code(run, code, (size_t)(a.at - code));
}

/* With every immediate that the form may have. */
static void immediates(Run *run, Want w) {
    static const int32_t bytes[] = {0, 1, 3, 17, 63, 127, 128, 200, 255};
    static const int64_t sized[] = {0,     1,      127,       128,      -1,        -128,     -129,
                                    32767, -32768, 0x1234567, -1234567, INT32_MAX, INT32_MIN};
    static const int64_t quads[] = {0,         1,          -1,        INT32_MAX,
                                    INT32_MIN, UINT32_MAX, INT64_MIN, INT64_MAX};
    const char *form = rows[w.insn].form;
    if (has(form, "IB")) {
        for (unsigned i = 0; i < WT_COUNT(bytes); i++)
            one(run, (w.imm = bytes[i], &w));
    } else if (has(form, "IS") || has(form, "IZ")) {
        unsigned bits = w.size && w.size < 4 ? 8 * w.size : 32;
        for (unsigned i = 0; i < WT_COUNT(sized); i++) {
            w.imm = sized[i];
            if (w.imm >= -((int64_t)1 << (bits - 1)) && w.imm < (int64_t)1 << (bits - 1))
                one(run, &w);
        }
    } else if (has(form, "X4")) {
        for (w.imm = 0; w.imm < 256; w.imm += 5 * 16)
            one(run, &w);
    } else if (has(form, "IW")) {
        for (w.imm = 0; w.imm < 65536; w.imm += 8191)
            one(run, &w);
    } else if (has(form, "IQ")) {
        for (unsigned i = 0; i < WT_COUNT(quads); i++) {
            /* x64_mov_imm takes the shortest: only what needs all 8 bytes is this row then. */
            w.imm = quads[i];
            bool fits = w.imm == (int32_t)w.imm || w.imm == (uint32_t)w.imm;
            if (fits == (w.size == 4))
                one(run, &w);
        }
    } else {
        one(run, &w);
    }
}

/* With registers low and high in all places, and all addresses. */
static void operands(Run *run, Want w) {
    const char *form = rows[w.insn].form, *kind = vex_kind(&rows[w.insn]);
    bool two = has_any(form, "GX"), rm = has_any(form, "EBWDYZO");
    w.where = -1;
    for (unsigned i = 0; i < 16 && !has(form, "M"); i++) {
        if (i && !rm)
            break;
        for (unsigned step = 0; step < (two || w.vex ? 3 : 1); step++) {
            w.rm = i;
            w.reg = step == 0 ? i : step == 1 ? (i + 8) & 15 : (i * 7 + 3) & 15;
            w.vvvv = w.vex && kind[0] != 'V' ? (w.reg * 3 + i + 5) & 15 : 0;
            immediates(run, w);
        }
    }
    if (!has_any(form, "EBWDYM"))
        return;
    for (w.where = 0; w.where < (int)WT_COUNT(places); w.where++) {
        for (unsigned step = 0; step < (two ? 2 : 1); step++) {
            w.reg = ((unsigned)w.where + step * 5) & 15;
            w.vvvv = w.vex && kind[0] != 'V' && !is(kind, "NDR") ? (w.reg + 7) & 15 : 0;
            immediates(run, w);
        }
    }
}

static void every_size(Run *run, Want w) {
    const char *rule = rows[w.insn].size;
    for (w.size = 1; w.size <= 8; w.size *= 2) {
        bool with = is(rule, "SB")   ? true
                    : is(rule, "SZ") ? w.size >= 2 && w.insn != X64_nop
                    : is(rule, "SW") ? w.size >= 4
                                     : w.size == 8;
        if (is(rows[w.insn].form, "O_IQ"))
            with = w.size >= 4;
        if (is(rule, "S0") || w.insn == X64_nop) {
            with = w.size == 1;
            if (with) {
                Want zero = w;
                zero.size = 0;
                operands(run, zero);
            }
        } else if (with) {
            operands(run, w);
        }
    }
}

static void every_form(Run *run, X64Insn insn) {
    Want w = {.insn = insn};
    bool conds = is(rows[insn].more, "CC");
    if (rows[insn].form[0] == 'J')
        return; /* they have no operand before they are patched: branches() */
    for (w.cc = 0; w.cc < (conds ? 16 : 1); w.cc++) {
        if (!vex_only(&rows[insn]))
            every_size(run, w);
    }
    w.cc = 0;
    w.vex = true;
    if (has_vex(&rows[insn]))
        every_size(run, w);
}

/* ---- what is no row of operands ---- */

/* Bytes as the processor's manual has them: the table of rows itself may be wrong. */
static void known_bytes(void) {
    uint8_t code[256];
    X64Asm a = {code};
    static const uint8_t want[] = {
        0x48, 0x01, 0xD8,                                           /* add rax, rbx */
        0x48, 0x83, 0xEC, 0x20,                                     /* sub rsp, 32 */
        0x40, 0x8A, 0x34, 0x24,                                     /* mov sil, [rsp] */
        0x0F, 0xB6, 0xC1,                                           /* movzx eax, cl */
        0x49, 0xBB, 8,    7,    6,    5,    4,    3,    2,    1,    /* movabs r11, ... */
        0x41, 0x57,                                                 /* push r15 */
        0xD3, 0xE0,                                                 /* shl eax, cl */
        0xF3, 0x0F, 0x58, 0xC1,                                     /* addss xmm0, xmm1 */
        0xF2, 0x48, 0x0F, 0x2A, 0xC0,                               /* cvtsi2sd xmm0, rax */
        0x66, 0x0F, 0x6F, 0x45, 0xF0,                               /* movdqa xmm0, [rbp-16] */
        0xC5, 0xF0, 0x58, 0xC2,                                     /* vaddps xmm0, xmm1, xmm2 */
        0xC4, 0xE2, 0xF1, 0xB8, 0xC2,                               /* vfmadd231pd 0, 1, 2 */
        0xC4, 0xE2, 0xF9, 0xF7, 0xCB,                               /* shlx rcx, rbx, rax */
        0x66, 0x0F, 0x73, 0xF8, 0x04,                               /* pslldq xmm0, 4 */
        0xF0, 0x48, 0x0F, 0xC7, 0x0F,                               /* lock cmpxchg16b [rdi] */
        0x0F, 0xAE, 0xF0, 0xF3, 0x0F, 0x1E, 0xFA, 0xC2, 0x10, 0x00, /* mfence endbr64 ret 16 */
    };
    x64_rr(&a, X64_add_mr, 8, X64_rbx, X64_rax);
    x64_ri(&a, X64_sub_mi, 8, X64_rsp, 32);
    x64_rm(&a, X64_mov_rm, 1, X64_rsi, x64_at(X64_rsp, 0));
    x64_rr(&a, X64_movzx8, 4, X64_rax, X64_rcx);
    x64_mov_imm64(&a, X64_r11, 0x0102030405060708);
    x64_r(&a, X64_push, 8, X64_r15);
    x64_r(&a, X64_shl_mc, 4, X64_rax);
    x64_rr(&a, X64_addss, 0, 0, 1);
    x64_rr(&a, X64_cvtsi2sd, 8, 0, X64_rax);
    x64_rm(&a, X64_movdqa_rm, 0, 0, x64_at(X64_rbp, -16));
    x64_vrr(&a, X64_addps, 0, 0, 1, 2);
    x64_vrr(&a, X64_vfmadd231pd, 0, 0, 1, 2);
    x64_vrr(&a, X64_shlx, 8, X64_rcx, X64_rax, X64_rbx);
    x64_ri(&a, X64_pslldq_mi, 0, 0, 4);
    x64_lock(&a);
    x64_m(&a, X64_cmpxchg16b, 8, x64_at(X64_rdi, 0));
    x64_n(&a, X64_mfence, 0);
    x64_n(&a, X64_endbr64, 0);
    x64_i(&a, X64_ret_n, 16);
    CHECK_EQ_BYTES(code, (size_t)(a.at - code), want, sizeof want);
}

/* The instruction at `at`, whose text must be `format` with one number. */
static void branch_is(Run *run, const uint8_t *at, size_t len, const char *name, uint64_t to) {
    run->want.len = 0;
    wt_buf_printf(&run->want, "%s 0x%" PRIx64, name, to);
    check_code(run, at, len);
}

static void branches(Run *run) {
    uint8_t code[512];
    X64Asm a = {code};
    uint64_t base = run->address;
    uint8_t *back = x64_jmp(&a), *far = x64_call(&a), *there = x64_jmp8(&a);
    x64_patch(back, code);
    uint8_t *conds[16];
    for (unsigned cc = 0; cc < 16; cc++)
        conds[cc] = cc & 1 ? x64_jcc8(&a, (X64Cond)cc) : x64_jcc(&a, x64_not((X64Cond)(cc ^ 1u)));
    x64_patch(far, a.at);
    x64_patch8(there, code);
    for (unsigned cc = 0; cc < 16; cc++) {
        if (cc & 1)
            x64_patch8(conds[cc], a.at);
        else
            x64_patch(conds[cc], a.at);
    }
    uint64_t end = base + (uint64_t)(a.at - code);
    static const char names[16][4] = {"jo", "jno", "jb", "jae", "je", "jne", "jbe", "ja",
                                      "js", "jns", "jp", "jnp", "jl", "jge", "jle", "jg"};
    branch_is(run, back - 1, 5, "jmp", base);
    branch_is(run, far - 1, 5, "call", end);
    branch_is(run, there - 1, 2, "jmp", base);
    for (unsigned cc = 0; cc < 16; cc++)
        branch_is(run, conds[cc] - (cc & 1 ? 1 : 2), cc & 1 ? 2 : 6, names[cc], end);
}

static void nops(Run *run) {
    static const char *const texts[10] = {"",
                                          "nop",
                                          "nop",
                                          "nop dword ptr [rax]",
                                          "nop dword ptr [rax+0x0]",
                                          "nop dword ptr [rax+rax*1+0x0]",
                                          "nop word ptr [rax+rax*1+0x0]",
                                          "nop dword ptr [rax+0x0]",
                                          "nop dword ptr [rax+rax*1+0x0]",
                                          "nop word ptr [rax+rax*1+0x0]"};
    uint8_t code[64];
    for (size_t n = 1; n < 30; n++) {
        X64Asm a = {code};
        x64_nop_bytes(&a, n);
        CHECK_EQ_INT(a.at - code, n);
        for (size_t at = 0; at < n; at += WT_MIN(n - at, (size_t)9)) {
            run->want.len = 0;
            buf_str(&run->want, texts[WT_MIN(n - at, (size_t)9)]);
            check_code(run, code + at, WT_MIN(n - at, (size_t)9));
        }
    }
}

static void locks(Run *run) {
    static const X64Insn insns[] = {X64_add_mr, X64_and_mr,  X64_or_mr,      X64_xor_mr,
                                    X64_sub_mr, X64_xadd_mr, X64_cmpxchg_mr, X64_xchg_mr};
    uint8_t code[64];
    for (unsigned i = 0; i < WT_COUNT(insns) * 4; i++) {
        X64Asm a = {code};
        Want w = {.insn = insns[i / 4], .size = 1u << i % 4, .reg = i & 15};
        w.where = (int)(i % WT_COUNT(places));
        x64_lock(&a);
        emit_place(&a, &w);
        run->want.len = 0;
        buf_str(&run->want, "lock ");
        put_text(&run->want, &w);
        check_code(run, code, (size_t)(a.at - code));
    }
}

/* The shortest form of a constant, and what it says. */
static void constants(Run *run) {
    static const struct {
        unsigned size;
        uint64_t imm;
        size_t len;
        const char *text;
    } table[] = {
        {4, 0, 5, "mov eax, 0x0"},
        {4, 0xFFFFFFFF80000000, 5, "mov eax, 0x80000000"},
        {8, 0, 5, "mov eax, 0x0"},
        {8, 0xFFFFFFFF, 5, "mov eax, 0xffffffff"},
        {8, 0x100000000, 10, "movabs rax, 0x100000000"},
        {8, UINT64_MAX, 7, "mov rax, 0xffffffffffffffff"},
        {8, 0xFFFFFFFF80000000, 7, "mov rax, 0xffffffff80000000"},
        {8, 0xFFFFFFFF7FFFFFFF, 10, "movabs rax, 0xffffffff7fffffff"},
    };
    uint8_t code[64];
    for (unsigned i = 0; i < WT_COUNT(table); i++) {
        X64Asm a = {code};
        x64_mov_imm(&a, table[i].size, X64_rax, table[i].imm);
        run->want.len = 0;
        buf_str(&run->want, table[i].text);
        CHECK_EQ_INT(a.at - code, table[i].len);
        check_code(run, code, (size_t)(a.at - code));
    }
}

/* What the processor may know but no row has. */
static void refusals(Run *run) {
    static const struct {
        uint8_t len, bytes[12];
    } table[] = {
        {1, {0x0F}},
        {1, {0x66}},
        {1, {0x06}},                               /* gone in 64-bit mode */
        {2, {0x82, 0xC0}},                         /* add's 82 likewise */
        {3, {0xF0, 0x01, 0xC0}},                   /* lock of a register */
        {4, {0xF0, 0x48, 0x8D, 0x00}},             /* lock of lea */
        {3, {0xF0, 0x03, 0x00}},                   /* lock of a load */
        {4, {0x66, 0x48, 0x01, 0xC0}},             /* two sizes */
        {3, {0x66, 0x66, 0x90}},                   /* a prefix twice */
        {4, {0xC5, 0xF4, 0x58, 0xC2}},             /* VEX.256 */
        {4, {0xC5, 0xF0, 0x28, 0xC2}},             /* vmovaps with a vvvv */
        {5, {0x66, 0xC5, 0xF0, 0x58, 0xC2}},       /* a prefix before VEX */
        {5, {0xC4, 0xE4, 0x70, 0x58, 0xC2}},       /* no such map */
        {6, {0xC4, 0xE3, 0x71, 0x4A, 0xC2, 0x31}}, /* half a register number */
        {2, {0x00, 0xE0}},                         /* ah */
        {3, {0x0F, 0xB6, 0xC7}},                   /* bh */
        {4, {0x0F, 0x0F, 0xC0, 0x1D}},             /* 3DNow! */
    };
    for (unsigned i = 0; i < WT_COUNT(table); i++) {
        run->got.len = 0;
        bool good = CHECK_EQ_INT(wt_x64_dis(table[i].bytes, table[i].len, 0, &run->got), 0);
        if (!(good & CHECK_EQ_INT(run->got.len, 0)))
            check_hex("code", table[i].bytes, table[i].len);
    }
}

/* ---- bytes that may be anything ---- */

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Random, but with beginnings that lead somewhere. */
static void random_bytes(uint64_t *state, uint8_t bytes[16]) {
    static const uint8_t starts[] = {0x66, 0xF2, 0xF3, 0xF0, 0x48, 0x4D, 0x0F, 0xC4, 0xC5};
    unsigned at = 0;
    for (unsigned i = 0; i < 16; i++)
        bytes[i] = (uint8_t)next_random(state);
    while (at < 4 && next_random(state) % 2)
        bytes[at++] = starts[next_random(state) % WT_COUNT(starts)];
    if (at && bytes[at - 1] == 0x0F && next_random(state) % 2)
        bytes[at++] = next_random(state) % 2 ? 0x38 : 0x3A;
    if (at && bytes[at - 1] == 0xC4) { /* a map and no second vector length */
        bytes[at] = (uint8_t)((bytes[at] & 0xE0) | (1 + next_random(state) % 3));
        bytes[at + 1] &= 0xFB;
    }
}

/* A reading of n bytes must know nothing of those behind, and a cut instruction is none. The blocks
   are allocated in their exact sizes, for the sanitizers. */
static void hostile_bytes(Run *run) {
    uint64_t state = 1;
    size_t known = 0;
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t bytes[16];
        random_bytes(&state, bytes);
        size_t len = 1 + next_random(&state) % 16;
        uint8_t *block = malloc(len);
        memcpy(block, bytes, len);
        run->got.len = run->want.len = 0;
        size_t read = wt_x64_dis(block, len, 0, &run->got);
        bool good = CHECK(read <= len && read <= 15);
        good &= CHECK((read == 0) == (run->got.len == 0));
        if (read) {
            known++;
            good &= CHECK_EQ_INT(wt_x64_dis(block, read, 0, &run->want), read);
            good &= CHECK_EQ_STR(text_of(&run->got), text_of(&run->want));
            for (size_t cut = 0; cut < read; cut++)
                good &= CHECK_EQ_INT(wt_x64_dis(block, cut, 0, &run->want), 0);
        }
        free(block);
        if (!good) {
            check_hex("code", bytes, len);
            return;
        }
    }
    CHECK(known > 20000);
    CHECK_EQ_INT(wt_x64_dis(NULL, 0, 0, &run->got), 0);
}

static void list_random(Run *run) {
    uint64_t state = 2;
    for (unsigned i = 0; i < 400000; i++) {
        uint8_t bytes[16];
        random_bytes(&state, bytes);
        run->got.len = 0;
        size_t read = wt_x64_dis(bytes, sizeof bytes, run->address, &run->got);
        if (read)
            list_line(run, bytes, read);
        run->address += read;
    }
}

typedef void (*Part)(Run *run);
static const struct {
    const char *name;
    Part part;
    bool listed;
} parts[] = {
    {"branches", branches, true},  {"nops", nops, true},
    {"locks", locks, true},        {"constants", constants, true},
    {"refusals", refusals, false}, {"hostile bytes", hostile_bytes, false},
};

int main(int argc, char **argv) {
    Run run = {.list = argc == 2 && is(argv[1], "--list")};
    wt_buf_init(&run.got, &wt_base_malloc);
    wt_buf_init(&run.want, &wt_base_malloc);
    if (argc == 2 && is(argv[1], "--random")) {
        list_random(&run);
    } else if (run.list || argc == 1) {
        CHECK_CASE(known_bytes);
        for (unsigned i = 0; i < X64_insn_count; i++) {
            check_begin(rows[i].ident);
            size_t before = run.count;
            every_form(&run, (X64Insn)i);
            CHECK(run.count > before || rows[i].form[0] == 'J');
            check_end();
        }
        for (unsigned i = 0; i < WT_COUNT(parts); i++) {
            if (run.list && !parts[i].listed)
                continue;
            check_begin(parts[i].name);
            parts[i].part(&run);
            check_end();
        }
    } else {
        fprintf(stderr, "usage: %s [--list | --random]\n", argv[0]);
        return 2;
    }
    wt_buf_free(&run.got);
    wt_buf_free(&run.want);
    return argc == 1 ? check_done() : check_state.failed != 0;
}
