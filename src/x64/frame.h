/* Moves, branches, calls and frames of the baseline compiler on x86-64: the bodies of what
   machine.h promises. Included by base.c between the parts of jit/. */
#ifndef WATTLE_X64_FRAME_H
#define WATTLE_X64_FRAME_H

#include "x64/emit.h"

static void bl_reserve_out(Baseline *b, uint32_t bytes);

/* ---- moves: none changes flags ---- */

static void machine_move(Baseline *b, unsigned kind, unsigned to, unsigned from) {
    if (bl_is_float(kind))
        x64_rr(&b->a, X64_movaps_rm, 0, to - BL_floats, from - BL_floats);
    else
        x64_rr(&b->a, X64_mov_rm, kind == VK_i32 ? 4 : 8, to, from);
}

static void x64_load_at(Baseline *b, unsigned kind, unsigned to, X64Mem m) {
    X64Asm *a = &b->a;
    switch ((ValueKind)kind) {
    case VK_i32:
        x64_rm(a, X64_mov_rm, 4, to, m);
        return;
    case VK_i64:
        x64_rm(a, X64_mov_rm, 8, to, m);
        return;
    case VK_f32:
        x64_rm(a, X64_movss_rm, 0, to - BL_floats, m);
        return;
    case VK_f64:
        x64_rm(a, X64_movsd_rm, 0, to - BL_floats, m);
        return;
    case VK_v128:
        x64_rm(a, X64_movups_rm, 0, to - BL_floats, m);
        return;
    }
}
/* Integers in all 64 bits, so that a slot never holds a half from before. */
static void x64_store_at(Baseline *b, unsigned kind, X64Mem m, unsigned from) {
    X64Asm *a = &b->a;
    switch ((ValueKind)kind) {
    case VK_i32:
    case VK_i64:
        x64_rm(a, X64_mov_mr, 8, from, m);
        return;
    case VK_f32:
        x64_rm(a, X64_movss_mr, 0, from - BL_floats, m);
        return;
    case VK_f64:
        x64_rm(a, X64_movsd_mr, 0, from - BL_floats, m);
        return;
    case VK_v128:
        x64_rm(a, X64_movups_mr, 0, from - BL_floats, m);
        return;
    }
}
static void machine_load(Baseline *b, unsigned kind, unsigned to, int32_t place) {
    x64_load_at(b, kind, to, x64_at(X64_rbp, place));
}
static void machine_store(Baseline *b, unsigned kind, int32_t place, unsigned from) {
    x64_store_at(b, kind, x64_at(X64_rbp, place), from);
}
static void machine_load_out(Baseline *b, unsigned kind, unsigned to, uint32_t offset) {
    x64_load_at(b, kind, to, x64_at(X64_rsp, (int32_t)offset));
}

static void machine_const(Baseline *b, unsigned kind, unsigned to, const Item *e) {
    X64Asm *a = &b->a;
    if (kind == VK_v128) {
        x64_const_v(b, to - BL_floats, e->bytes);
    } else if (!bl_is_float(kind)) {
        x64_mov_imm(a, kind == VK_i32 ? 4 : 8, to, e->bits);
    } else if (!e->bits) {
        x64_rr(a, X64_xorps, 0, to - BL_floats, to - BL_floats);
    } else {
        unsigned size = kind == VK_f32 ? 4 : 8;
        x64_mov_imm(a, size, X64_r11, e->bits);
        x64_rr(a, X64_movd_rm, size, to - BL_floats, X64_r11);
    }
}
static void machine_zero(Baseline *b, unsigned kind, unsigned to) {
    if (bl_is_float(kind))
        x64_rr(&b->a, X64_xorps, 0, to - BL_floats, to - BL_floats);
    else
        x64_rr(&b->a, X64_xor_rm, 4, to, to);
}

static void machine_set(Baseline *b, unsigned to, unsigned cond) {
    X64Asm *a = &b->a;
    if (cond < X64_feq) {
        x64_set(a, (X64Cond)cond, to);
    } else {
        bool equal = cond == X64_feq;
        x64_set(a, equal ? X64_np : X64_p, X64_r11);
        x64_set(a, equal ? X64_e : X64_ne, to);
        x64_rr(a, equal ? X64_and_rm : X64_or_rm, 1, to, X64_r11);
    }
    x64_rr(a, X64_movzx8, 4, to, to);
}

static void x64_store_item_at(Baseline *b, X64Mem m, const Item *e) {
    unsigned reg = bl_item_reg(b, e);
    X64Asm *a = &b->a;
    if (reg != BL_no_reg) {
        x64_store_at(b, e->kind, m, reg);
        return;
    }
    if (e->where == ITEM_flags) {
        machine_set(b, X64_r11, e->cond);
        x64_store_at(b, VK_i32, m, X64_r11);
    } else if (e->where == ITEM_const && e->kind != VK_v128) {
        bool small = e->bits <= INT32_MAX ||
                     (e->kind == VK_i64 && (int64_t)e->bits >= INT32_MIN && (int64_t)e->bits < 0);
        if (small) {
            x64_mi(a, X64_mov_mi, 8, m, (int32_t)e->bits);
        } else {
            x64_mov_imm(a, 8, X64_r11, e->bits);
            x64_rm(a, X64_mov_mr, 8, X64_r11, m);
        }
    } else if (e->kind == VK_v128) {
        bl_copy_to(b, X(15), e);
        x64_store_at(b, VK_v128, m, X(15));
    } else {
        x64_rm(a, X64_mov_rm, e->kind == VK_f32 ? 4 : 8, X64_r11,
               x64_at(X64_rbp, bl_item_place(b, e)));
        x64_rm(a, X64_mov_mr, 8, X64_r11, m);
    }
}
static void machine_store_item(Baseline *b, int32_t place, const Item *e) {
    x64_store_item_at(b, x64_at(X64_rbp, place), e);
}
/* Into the outgoing area: the upper half of 32-bit values is zero there, of floats too. */
static void machine_out_item(Baseline *b, uint32_t offset, const Item *e) {
    X64Mem m = x64_at(X64_rsp, (int32_t)offset);
    unsigned reg = bl_item_reg(b, e);
    if (e->kind == VK_f32 && reg != BL_no_reg) {
        x64_rr(&b->a, X64_movd_mr, 4, reg - BL_floats, X64_r11);
        x64_rm(&b->a, X64_mov_mr, 8, X64_r11, m);
        return;
    }
    x64_store_item_at(b, m, e);
}
static void machine_copy_out(Baseline *b, int32_t place, uint32_t offset, unsigned kind) {
    unsigned k = kind == VK_v128 ? VK_v128 : VK_f64;
    x64_load_at(b, k, X(15), x64_at(X64_rsp, (int32_t)offset));
    x64_store_at(b, k, x64_at(X64_rbp, place), X(15));
}
static void machine_swap(Baseline *b, unsigned kind, unsigned x, unsigned y) {
    (void)kind;
    if (x < BL_floats) {
        x64_rr(&b->a, X64_xchg_mr, 8, x, y);
        return;
    }
    machine_move(b, VK_v128, X(15), x);
    machine_move(b, VK_v128, x, y);
    machine_move(b, VK_v128, y, X(15));
}

/* ---- branches ---- */

static uint32_t x64_offset(const Baseline *b, const uint8_t *place) {
    return (uint32_t)(place - b->start);
}
static uint32_t machine_jump(Baseline *b) { return x64_offset(b, x64_jmp(&b->a)); }

/* Displacements of jumps that are taken when the condition holds. */
static unsigned machine_branch(Baseline *b, unsigned cond, uint32_t at[2]) {
    X64Asm *a = &b->a;
    if (cond == X64_fne) {
        at[0] = x64_offset(b, x64_jcc(a, X64_p));
        at[1] = x64_offset(b, x64_jcc(a, X64_ne));
        return 2;
    }
    uint8_t *over = cond == X64_feq ? x64_jcc8(a, X64_p) : NULL;
    at[0] = x64_offset(b, x64_jcc(a, cond == X64_feq ? X64_e : (X64Cond)cond));
    if (over)
        x64_patch8(over, a->at);
    return 1;
}
/* The same, to a place behind us that a short jump reaches; false: none does. */
static bool machine_branch_back(Baseline *b, unsigned cond, uint32_t target) {
    if (bl_here(b) - target > 120 || cond >= X64_feq)
        return false;
    x64_patch8(x64_jcc8(&b->a, (X64Cond)cond), b->start + target);
    return true;
}
static bool machine_jump_back(Baseline *b, uint32_t target) {
    if (bl_here(b) - target > 120)
        return false;
    x64_patch8(x64_jmp8(&b->a), b->start + target);
    return true;
}
/* One displacement of a jump that is taken when it does not hold. */
static uint32_t machine_branch_not(Baseline *b, unsigned cond) {
    X64Asm *a = &b->a;
    if (cond == X64_feq) {
        uint8_t *out = x64_jcc8(a, X64_p), *in = x64_jcc8(a, X64_e);
        x64_patch8(out, a->at);
        uint32_t at = machine_jump(b);
        x64_patch8(in, a->at);
        return at;
    }
    uint32_t at[2];
    machine_branch(b, cond ^ 1, at);
    return at[0];
}

/* Flags that say whether an item is not zero. */
static unsigned machine_test(Baseline *b, const Item *e) {
    X64Asm *a = &b->a;
    unsigned reg = bl_item_reg(b, e), size = e->kind == VK_i32 ? 4 : 8;
    if (reg == BL_no_reg && bl_in_frame(b, e)) {
        x64_mi(a, X64_cmp_mi, size, x64_at(X64_rbp, bl_item_place(b, e)), 0);
        return X64_ne;
    }
    if (reg == BL_no_reg) {
        bl_copy_to(b, X64_r11, e);
        reg = X64_r11;
    }
    x64_rr(a, X64_test_mr, size, reg, reg);
    return X64_ne;
}
static unsigned machine_test_reg(Baseline *b, unsigned reg, bool zero) {
    x64_rr(&b->a, X64_test_mr, 8, reg, reg);
    return zero ? X64_e : X64_ne;
}

static void machine_compare(Baseline *b, unsigned reg, uint32_t with) {
    x64_ri(&b->a, X64_cmp_mi, 4, reg, (int32_t)with);
}
static uint32_t machine_if_below(Baseline *b) { return x64_offset(b, x64_jcc(&b->a, X64_b)); }

/* A table of jumps behind the code that goes into it; where its entries begin. The last is the
   default. temp: a register of integers that is free. */
static uint32_t machine_table(Baseline *b, unsigned reg, unsigned temp, uint32_t count) {
    X64Asm *a = &b->a;
    x64_mov_imm(a, 4, X64_r11, count);
    x64_rr(a, X64_cmp_rm, 4, reg, X64_r11);
    x64_cmov(a, X64_b, 4, X64_r11, reg); /* no guess can leave the table */
    x64_rm(a, X64_lea, 8, temp, x64_at_rip(0));
    uint8_t *base = a->at;
    x64_rm(a, X64_lea, 8, X64_r11, x64_at_index(temp, X64_r11, 3, 0));
    x64_r(a, X64_jmp_m, 8, X64_r11);
    int32_t d = (int32_t)(a->at - base);
    memcpy(base - 4, &d, sizeof d);
    uint32_t at = bl_here(b);
    for (uint32_t i = 0; i <= count; i++) {
        x64_jmp(a);
        x64_nop_bytes(a, MACHINE_table_entry - 5);
    }
    return at;
}

/* ---- traps ---- */

typedef enum ColdKind {
    COLD_trap,
    COLD_overflow,
    COLD_convert,
    COLD_element,
    COLD_poll,
    COLD_fuel,
} ColdKind;
typedef struct ColdSite {
    uint32_t at; /* displacement that leads to it */
    uint32_t offset;
    uint16_t code; /* TrapCode, or the instruction whose helper traps */
    uint8_t kind, reg;
    uint32_t back; /* where the code goes on, if it does */
} ColdSite;

static ColdSite *x64_cold(Baseline *b, uint32_t at, ColdKind kind, unsigned code) {
    if (!wt_vec_grow(bl_allocator(b), (void **)&b->n->cold, &b->n->cold_cap, b->cold_count,
                     sizeof(ColdSite))) {
        b->failed = true;
        return NULL;
    }
    ColdSite *c = &b->n->cold[b->cold_count++];
    *c = (ColdSite){.at = at, .offset = b->offset, .kind = (uint8_t)kind, .code = (uint16_t)code};
    return c;
}
static void machine_trap_if(Baseline *b, unsigned cond, TrapCode code) {
    x64_cold(b, x64_offset(b, x64_jcc(&b->a, (X64Cond)cond)), COLD_trap, code);
}
static void x64_call_stub(Baseline *b, NativeStub stub, uint32_t what) {
    bl_reloc(b, x64_offset(b, x64_call(&b->a)), RELOC_stub, reloc_of_stub(stub, what));
}
static void machine_trap(Baseline *b, TrapCode code) {
    x64_mov_imm(&b->a, 4, X64_rax, code);
    x64_call_stub(b, STUB_trap, code);
}

/* Nothing is in a temporary here. */
static void machine_poll(Baseline *b) {
    X64Asm *a = &b->a;
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
    x64_mi(a, X64_cmp_mi, 4, x64_at(X64_r11, offsetof(Store, interrupt)), 0);
    ColdSite *c = x64_cold(b, x64_offset(b, x64_jcc(a, X64_ne)), COLD_poll, 0);
    if (c)
        c->back = bl_here(b);
    bl_reserve_out(b, 16);
}
/* Where the cost is to be filled in, now 0. */
static uint32_t machine_charge(Baseline *b) {
    X64Asm *a = &b->a;
    x64_rm(a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, offsetof(Instance, store)));
    x64_mi(a, X64_sub_mi, 8, x64_at(X64_r11, offsetof(Store, fuel)), INT32_MAX);
    uint32_t at = bl_here(b) - 4;
    memset(b->start + at, 0, 4);
    x64_cold(b, x64_offset(b, x64_jcc(a, X64_b)), COLD_fuel, TRAP_out_of_fuel);
    return at;
}

/* ---- calls ---- */

static void machine_call_helper(Baseline *b, unsigned helper, uint32_t x, uint64_t y) {
    x64_mov_imm(&b->a, 4, X64_rax, helper);
    x64_mov_imm(&b->a, 4, X64_rdx, x);
    x64_mov_imm(&b->a, 8, X64_rcx, y);
    x64_call_stub(b, STUB_helper, helper);
}

/* rsp = rbp - frame: the displacement waits for the end of the function in a chain. */
static void x64_reset_stack(Baseline *b) {
    x64_rm(&b->a, X64_lea, 8, X64_rsp, x64_at(X64_rbp, INT32_MIN));
    uint32_t at = bl_here(b) - 4;
    memcpy(b->start + at, &b->lands, sizeof b->lands);
    b->lands = at;
}
static bool x64_guarded(const Baseline *b, uint32_t memidx) {
    return native_guarded(b->seg, memidx);
}
static void machine_reload(Baseline *b) {
    x64_rm(&b->a, X64_mov_rm, 8, X64_r15, x64_at(X64_r14, offsetof(Instance, mem_base)));
}
/* own: of a function of this module, which returns into its instance unless tail calls leave it. */
static void machine_after_call(Baseline *b, uint32_t stack_args, bool own) {
    if (stack_args)
        x64_reset_stack(b);
    if (own && !b->m->tail_calls) {
        if (b->m->memory_count && !b->seg->guarded)
            machine_reload(b); /* it may have moved */
        return;
    }
    x64_rm(&b->a, X64_mov_rm, 8, X64_r14, x64_at(X64_rbp, -8));
    if (b->m->memory_count)
        machine_reload(b);
}
static void machine_call_own(Baseline *b, uint32_t defined) {
    if (defined + b->m->func_imports == b->fc->funcidx) {
        x64_patch(x64_call(&b->a), b->start);
        if (b->n->noting)
            bl_reloc(b, bl_here(b) - 4, RELOC_self, b->fc->funcidx);
        return;
    }
    x64_m(&b->a, X64_call_m, 8, x64_at_rip(0));
    bl_reloc(b, bl_here(b) - 4, RELOC_slot, defined);
}
/* The store's number of a type, from its slot: reg = it, or a compare with it. */
static void x64_type_id(Baseline *b, X64Insn insn, unsigned reg, uint32_t typeidx) {
    x64_rm(&b->a, insn, 4, reg, x64_at_rip(0));
    bl_reloc(b, bl_here(b) - 4, RELOC_type, typeidx);
}
static void machine_load_import(Baseline *b, uint32_t funcidx) {
    int32_t at = (int32_t)(b->code->imports_at + funcidx * sizeof(FuncInst *));
    x64_rm(&b->a, X64_mov_rm, 8, X64_r11, x64_at(X64_r14, at));
    if (b->n->noting)
        bl_reloc(b, bl_here(b) - 4, RELOC_import, funcidx);
}
static void machine_call_ref(Baseline *b) {
    x64_m(&b->a, X64_call_m, 8, x64_at(X64_r11, offsetof(FuncInst, native)));
}
static void machine_call_import(Baseline *b, uint32_t funcidx) {
    machine_load_import(b, funcidx);
    machine_call_ref(b);
}
static void machine_load_callee(Baseline *b, uint32_t offset) {
    x64_rm(&b->a, X64_mov_rm, 8, X64_r11, x64_at(X64_rsp, (int32_t)offset));
}

/* ---- the frame ---- */

/* Those of the registers for pins that this function saves. */
static uint32_t x64_saved(const Baseline *b) {
    return b->tries ? MACHINE_KEPT : b->pins & MACHINE_KEPT;
}
static int32_t machine_frame_base(Baseline *b) {
    int32_t bytes = 8;
    for (uint32_t left = x64_saved(b); left; left &= left - 1)
        bytes += __builtin_ctz(left) >= BL_floats ? 16 : 8;
    return bytes;
}
static void x64_saves(Baseline *b, bool restore) {
    int32_t at = -8;
    for (uint32_t left = x64_saved(b); left; left &= left - 1) {
        unsigned reg = (unsigned)__builtin_ctz(left);
        bool floats = reg >= BL_floats;
        at -= floats ? 16 : 8;
        if (restore)
            machine_load(b, floats ? VK_v128 : VK_i64, reg, at);
        else
            machine_store(b, floats ? VK_v128 : VK_i64, at, reg);
    }
}

/* wt_x64_unwind knows the first two, and where r14 is kept. */
static void machine_prologue(Baseline *b) {
    X64Asm *a = &b->a;
    x64_r(a, X64_push, 8, X64_rbp);
    x64_rr(a, X64_mov_rm, 8, X64_rbp, X64_rsp);
    x64_ri(a, X64_sub_mi, 8, X64_rsp, INT32_MAX);
    b->frame_at[0] = bl_here(b) - 4;
    x64_rm(a, X64_mov_mr, 8, X64_r14, x64_at(X64_rbp, -8));
    if (!b->unchecked) {
        x64_rm(a, X64_cmp_rm, 8, X64_rsp, x64_at_rip(0));
        bl_reloc(b, bl_here(b) - 4, RELOC_limit, 0);
        x64_cold(b, x64_offset(b, x64_jcc(a, X64_b)), COLD_overflow, TRAP_stack_exhausted);
    }
    x64_saves(b, false);
}
static void machine_epilogue(Baseline *b) {
    X64Asm *a = &b->a;
    x64_saves(b, true);
    x64_n(a, X64_leave, 0);
    if (b->stack_args)
        x64_i(a, X64_ret_n, (int32_t)b->stack_args);
    else
        x64_n(a, X64_ret, 0);
}
/* Where an exception lands: rbp, r14 and r15 are right. */
static void machine_land(Baseline *b) { x64_reset_stack(b); }

/* Zeroes [low, high) of the frame, whole words. */
static void machine_zero_frame(Baseline *b, int32_t low, int32_t high) {
    X64Asm *a = &b->a;
    int32_t bytes = high - low;
    if (bytes <= 8) {
        x64_mi(a, X64_mov_mi, 8, x64_at(X64_rbp, low), 0);
        return;
    }
    x64_rr(a, X64_xorps, 0, 15, 15);
    if (bytes & 8) {
        x64_rm(a, X64_movsd_mr, 0, 15, x64_at(X64_rbp, low));
        low += 8;
        bytes -= 8;
    }
    if (bytes <= 256) {
        for (; low < high; low += 16)
            x64_rm(a, X64_movups_mr, 0, 15, x64_at(X64_rbp, low));
        return;
    }
    x64_mov_imm(a, 8, X64_r11, (uint64_t)(int64_t)-bytes);
    uint8_t *again = a->at;
    x64_rm(a, X64_movups_mr, 0, 15, x64_at_index(X64_rbp, X64_r11, 0, high));
    x64_ri(a, X64_add_mi, 8, X64_r11, 16);
    x64_patch8(x64_jcc8(a, X64_ne), again);
}

/* Leaves the frame for a function of ours or, by_ref, the reference in r11. Its stack arguments are
   in the outgoing area; they end where this function's end. */
static void machine_tail(Baseline *b, uint32_t stack_args, bool by_ref, uint32_t defined) {
    X64Asm *a = &b->a;
    x64_saves(b, true);
    if (!stack_args && !b->stack_args) {
        x64_n(a, X64_leave, 0);
    } else {
        int32_t to = MACHINE_incoming + (int32_t)b->stack_args - (int32_t)stack_args;
        x64_rm(a, X64_movq_rm, 0, 14, x64_at(X64_rbp, 8));
        x64_rmi(a, X64_pinsrd, 8, 14, x64_at(X64_rbp, 0), 1);
        for (int32_t i = (int32_t)stack_args - 8; i >= 0 && bl_room(b, 64); i -= 8) {
            x64_rm(a, X64_movq_rm, 0, 15, x64_at(X64_rsp, i));
            x64_rm(a, X64_movq_mr, 0, 15, x64_at(X64_rbp, to + i));
        }
        x64_rm(a, X64_movq_mr, 0, 14, x64_at(X64_rbp, to - 8));
        x64_rm(a, X64_lea, 8, X64_rsp, x64_at(X64_rbp, to - 8));
        x64_rri(a, X64_pextrd, 8, 14, X64_rbp, 1);
    }
    if (by_ref) {
        x64_m(a, X64_jmp_m, 8, x64_at(X64_r11, offsetof(FuncInst, native)));
    } else {
        x64_m(a, X64_jmp_m, 8, x64_at_rip(0));
        bl_reloc(b, bl_here(b) - 4, RELOC_slot, defined);
    }
}

#endif
