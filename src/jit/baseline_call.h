/* Calls, returns and what a function begins with. Arguments go to registers in the order of their
   kinds, then to the outgoing area; results likewise, those without a register above the arguments.
   See native.h for the frame. */
#ifndef WATTLE_JIT_BASELINE_CALL_H
#define WATTLE_JIT_BASELINE_CALL_H

#include "jit/baseline_control.h"

/* Deals out places, one value after the other. */
typedef struct Dealer {
    const uint8_t *int_regs, *float_regs;
    unsigned ints, floats, int_count, float_count;
    uint32_t bytes; /* of those without a register */
} Dealer;
static Dealer bl_arg_dealer(void) {
    return (Dealer){machine_int_args, machine_float_args, 0, 0,
                    MACHINE_INT_ARGS, MACHINE_FLOAT_ARGS, 0};
}
static Dealer bl_result_dealer(uint32_t bytes) {
    return (Dealer){machine_int_results, machine_float_results, 0,    0,
                    MACHINE_INT_RESULTS, MACHINE_FLOAT_RESULTS, bytes};
}
/* A register, or BL_no_reg and *offset. */
static unsigned bl_deal(Dealer *d, unsigned kind, uint32_t *offset) {
    if (bl_is_float(kind)) {
        if (d->floats < d->float_count)
            return d->float_regs[d->floats++];
    } else if (d->ints < d->int_count) {
        return d->int_regs[d->ints++];
    }
    *offset = d->bytes;
    d->bytes += 8 * (uint32_t)bl_slots(kind);
    return BL_no_reg;
}
/* Bytes of a list's values that find no register. */
static uint32_t bl_dealt_bytes(Dealer d, const ValType *types, uint32_t count) {
    uint32_t offset = 0, from = d.bytes;
    for (uint32_t i = 0; i < count; i++)
        bl_deal(&d, bl_kind(types[i]), &offset);
    return d.bytes - from;
}

/* The register of the only one of a list of results; BL_no_reg: it is another kind, or there are
   more. */
static unsigned bl_single(const ValType *types, uint32_t count, unsigned kind) {
    return count == 1 && bl_kind(types[0]) == kind ? bl_result_reg(kind) : BL_no_reg;
}
/* Of the last argument of a function. */
static unsigned bl_last_arg(const TypeDef *t, unsigned kind) {
    uint32_t offset, last = t->param_count - 1;
    if (t->param_count == 0 || t->param_count > 8 || bl_kind(t->params[last]) != kind)
        return BL_no_reg;
    Dealer d = bl_arg_dealer();
    for (uint32_t i = 0; i < last; i++)
        bl_deal(&d, bl_kind(t->params[i]), &offset);
    return bl_deal(&d, kind, &offset);
}
/* Where the next instruction takes a value of this kind, if it is one that has a place for it. */
static unsigned bl_wanted(const Baseline *b, unsigned kind) {
    const uint8_t *p = b->r.at;
    if (p >= b->r.end)
        return BL_no_reg;
    switch (*p) {
    case OP_end:
    case OP_else: {
        const BaseControl *c = bl_label(b, 0);
        return bl_single(bl_results(c), c->result_count, kind);
    }
    case OP_return:
        return bl_single(typedef_results(b->type), b->type->result_count, kind);
    case OP_call: {
        p++;
        uint32_t funcidx = (uint32_t)bl_number(&p);
        return bl_last_arg(&b->m->types[b->m->funcs[funcidx].type], kind);
    }
    }
    return BL_no_reg;
}

/* ---- parallel moves ---- */

enum { MOVES_most = 16 };
typedef struct Moves {
    unsigned count;
    uint8_t to[MOVES_most];
    Item from[MOVES_most];
} Moves;

static bool bl_move_blocked(const Baseline *b, const Moves *m, unsigned i) {
    for (unsigned k = 0; k < m->count; k++)
        if (k != i && bl_item_reg(b, &m->from[k]) == m->to[i])
            return true;
    return false;
}
static void bl_move_gone(Moves *m, unsigned i) {
    m->count--;
    m->to[i] = m->to[m->count];
    m->from[i] = m->from[m->count];
}
/* What stands in registers first, then the others: no move overwrites what another still reads. The
   simulated stack stays as it is. */
static void bl_do_moves(Baseline *b, Moves *m) {
    while (m->count) {
        bool moved = false;
        for (unsigned i = 0; i < m->count;) {
            unsigned from = bl_item_reg(b, &m->from[i]);
            if (from == m->to[i]) {
                bl_move_gone(m, i);
                moved = true;
            } else if (!bl_move_blocked(b, m, i)) {
                bl_bring(b, m->to[i], &m->from[i]);
                bl_move_gone(m, i);
                moved = true;
            } else {
                i++;
            }
        }
        if (moved || !m->count)
            continue;
        /* A ring. The first of it that stands in a register changes places with where it goes. */
        unsigned i = 0;
        while (bl_item_reg(b, &m->from[i]) == BL_no_reg) {
            i++;
            assert(i < m->count);
        }
        unsigned a = bl_item_reg(b, &m->from[i]), to = m->to[i];
        machine_swap(b, m->from[i].kind, to, a);
        for (unsigned k = 0; k < m->count; k++) {
            unsigned from = bl_item_reg(b, &m->from[k]);
            if (from != a && from != to)
                continue;
            m->from[k].where = ITEM_reg;
            m->from[k].reg = (uint8_t)(from == a ? to : a);
        }
    }
}

/* ---- calls ---- */

static void bl_reserve_out(Baseline *b, uint32_t bytes) {
    if (bytes > b->out_bytes)
        b->out_bytes = bytes;
}

/* Takes the arguments of a call off the stack and brings them where it wants them; everything below
   goes home. Answers the bytes of those that go over the stack. */
static uint32_t bl_pass(Baseline *b, const TypeDef *t) {
    Dealer d = bl_arg_dealer();
    Moves m;
    m.count = 0;
    uint32_t at = b->item_count - t->param_count;
    bl_flush(b, t->param_count);
    for (uint32_t i = 0; i < t->param_count && bl_room(b, 512); i++) {
        const Item *e = &bl_items(b)[at + i];
        uint32_t offset = 0;
        unsigned reg = bl_deal(&d, e->kind, &offset);
        if (reg == BL_no_reg) {
            machine_out_item(b, offset, e);
            continue;
        }
        m.to[m.count] = (uint8_t)reg;
        m.from[m.count++] = *e;
    }
    bl_do_moves(b, &m);
    int32_t slot = t->param_count ? bl_items(b)[at].slot : b->slot;
    bl_truncate(b, at, slot);
    uint32_t results = bl_dealt_bytes(bl_result_dealer(0), typedef_results(t), t->result_count);
    bl_reserve_out(b, d.bytes + results);
    return d.bytes;
}

/* args: bytes of arguments that went over the stack. */
static void bl_push_call_results(Baseline *b, const TypeDef *t, uint32_t args) {
    Dealer d = bl_result_dealer(args);
    const ValType *types = typedef_results(t);
    for (uint32_t i = 0; i < t->result_count && bl_room(b, 512); i++) {
        unsigned kind = bl_kind(types[i]);
        uint32_t offset = 0;
        unsigned reg = bl_deal(&d, kind, &offset);
        if (reg != BL_no_reg) {
            bl_push_reg(b, kind, reg);
            b->used |= bl_bit(reg);
        } else {
            bl_push_slot(b, kind);
            machine_copy_out(b, bl_place(b, bl_items(b)[b->item_count - 1].slot, kind), offset,
                             kind);
        }
    }
}
/* Bytes that the callee takes off the stack. */
static uint32_t bl_stack_args(const TypeDef *t) {
    return bl_dealt_bytes(bl_arg_dealer(), t->params, t->param_count);
}

static WT_NOINLINE void bl_do_call(Baseline *b, uint32_t funcidx) {
    const TypeDef *t = &b->m->types[b->m->funcs[funcidx].type];
    uint32_t args = bl_pass(b, t);
    if (funcidx < b->m->func_imports)
        machine_call_import(b, funcidx);
    else
        machine_call_own(b, funcidx - b->m->func_imports);
    machine_after_call(b, args, funcidx >= b->m->func_imports);
    bl_push_call_results(b, t, args);
}

/* The callee is a function reference in the machine's scratch register. */
static void bl_finish_ref_call(Baseline *b, const TypeDef *t, uint32_t args) {
    machine_call_ref(b);
    machine_after_call(b, args, false);
    bl_push_call_results(b, t, args);
}

/* The reference is kept in the outgoing area while the arguments are passed on: their registers may
   be the one it is in. */
static void bl_do_call_ref(Baseline *b, const TypeDef *t, Item *f) {
    uint32_t results = bl_dealt_bytes(bl_result_dealer(0), typedef_results(t), t->result_count);
    uint32_t at = bl_stack_args(t) + results;
    bl_reserve_out(b, at + 8);
    machine_out_item(b, at, f);
    bl_release(b, f);
    uint32_t args = bl_pass(b, t);
    machine_load_callee(b, at);
    bl_finish_ref_call(b, t, args);
}

/* ---- returning ---- */

static void bl_gather_results(Baseline *b, Moves *m) {
    const TypeDef *t = b->type;
    Dealer d = bl_result_dealer(0);
    for (uint32_t i = 0; i < t->result_count && bl_room(b, 512); i++) {
        const Item *e = &bl_items(b)[b->item_count - t->result_count + i];
        uint32_t offset = 0;
        unsigned reg = bl_deal(&d, e->kind, &offset);
        if (reg == BL_no_reg) {
            machine_store_item(b, MACHINE_incoming + (int32_t)(b->stack_args + offset), e);
        } else {
            m->to[m->count] = (uint8_t)reg;
            m->from[m->count++] = *e;
        }
    }
}

/* Returns the top values. The simulated stack stays. */
static WT_NOINLINE void bl_return(Baseline *b) {
    Moves m;
    m.count = 0;
    bl_gather_results(b, &m);
    bl_do_moves(b, &m);
    machine_epilogue(b);
}

/* ---- tail calls ---- */

/* Arguments to registers and to the outgoing area, from where the machine moves them up over this
   frame. callee: where in the outgoing area the reference is, or BL_own / an import. */
static void bl_do_tail(Baseline *b, const TypeDef *t, Item *f, uint32_t funcidx) {
    uint32_t at = bl_stack_args(t);
    if (f) {
        bl_reserve_out(b, at + 8);
        machine_out_item(b, at, f);
        bl_release(b, f);
    }
    bl_pass(b, t);
    if (f)
        machine_load_callee(b, at);
    else if (funcidx < b->m->func_imports)
        machine_load_import(b, funcidx);
    machine_tail(b, bl_stack_args(t), f || funcidx < b->m->func_imports,
                 funcidx - b->m->func_imports);
    b->dead = true;
}

/* ---- the beginning ---- */

static void bl_param_moves(Baseline *b) {
    const TypeDef *t = b->type;
    Dealer d = bl_arg_dealer();
    Moves m;
    m.count = 0;
    for (uint32_t i = 0; i < t->param_count && bl_room(b, 512); i++) {
        BaseLocal *l = &bl_locals(b)[i];
        uint32_t offset = 0;
        unsigned reg = bl_deal(&d, l->kind, &offset);
        if (reg == BL_no_reg && l->reg == BL_no_reg) {
            l->place = MACHINE_incoming + (int32_t)offset;
        } else if (reg == BL_no_reg) {
            continue;
        } else if (l->reg == BL_no_reg) {
            machine_store(b, l->kind, l->place, reg);
        } else {
            m.to[m.count] = l->reg;
            m.from[m.count++] = (Item){.where = ITEM_reg, .kind = l->kind, .reg = (uint8_t)reg};
        }
    }
    bl_do_moves(b, &m);
    d = bl_arg_dealer();
    for (uint32_t i = 0; i < t->param_count && bl_room(b, 512); i++) {
        const BaseLocal *l = &bl_locals(b)[i];
        uint32_t offset = 0;
        if (bl_deal(&d, l->kind, &offset) == BL_no_reg && l->reg != BL_no_reg)
            machine_load(b, l->kind, l->reg, MACHINE_incoming + (int32_t)offset);
    }
}

static void bl_zero_locals(Baseline *b) {
    uint32_t end = b->near_count;
    for (uint32_t i = b->type->param_count; i < end && b->pins && bl_room(b, 512); i++) {
        const BaseLocal *l = &bl_locals(b)[i];
        if (l->reg != BL_no_reg)
            machine_zero(b, l->kind, l->reg);
    }
    if (b->zeros[0] < b->zeros[1])
        machine_zero_frame(b, b->zeros[0], b->zeros[1]);
}

#endif
