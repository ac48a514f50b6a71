/* One function from its first byte to its last. See baseline.h. */
#ifndef WATTLE_JIT_BASELINE_BODY_H
#define WATTLE_JIT_BASELINE_BODY_H

#include "jit/baseline_call.h"
#include "run/call.h"

/* ---- helpers ---- */

/* Takes the top `count` items to where helpers find them, and `extra`, one more value (NULL: none).
 */
static void bl_items_out(Baseline *b, uint32_t count, const Item *extra) {
    bl_flush(b, count);
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count && bl_room(b, 512); i++) {
        const Item *e = &bl_items(b)[b->item_count - count + i];
        machine_out_item(b, offset, e);
        offset += 8 * (uint32_t)bl_slots(e->kind);
    }
    if (extra) {
        machine_out_item(b, offset, extra);
        offset += 8 * (uint32_t)bl_slots(extra->kind);
    }
    bl_reserve_out(b, WT_MAX(offset, 16));
    for (uint32_t i = 0; i < count; i++)
        bl_drop(b);
}
/* Calls the helper of an instruction with them. */
static void bl_help(Baseline *b, unsigned helper, uint32_t count, const Item *extra, uint32_t x,
                    uint64_t y) {
    bl_items_out(b, count, extra);
    machine_call_helper(b, helper, x, y);
}
/* ... whose result is the first value. */
static void bl_help_result(Baseline *b, unsigned kind, unsigned index) {
    unsigned reg = bl_dest(b, kind, BL_no_reg);
    machine_load_out(b, kind, reg, 8 * index);
    bl_push_reg(b, kind, reg);
}

/* The kinds of what memory and table instructions and those on objects take and give, when their
   row has no signature. -1: no result. */
typedef struct Effect {
    uint32_t count;
    int result;
} Effect;

static ValueKind bl_address_kind(const Limits *l) { return l->is64 ? VK_i64 : VK_i32; }
static Effect bl_effect(const Baseline *b) {
    const Insn *in = &b->in;
    const Module *m = b->m;
    switch (in->op) {
    case OP_table_get:
        return (Effect){1, VK_i64};
    case OP_table_set:
        return (Effect){2, -1};
    case OP_table_size:
        return (Effect){0, bl_address_kind(&m->tables[in->a].limits)};
    case OP_table_grow:
        return (Effect){2, bl_address_kind(&m->tables[in->a].limits)};
    case OP_table_fill:
    case OP_table_copy:
    case OP_table_init:
    case OP_memory_copy:
        return (Effect){3, -1};
    case OP_elem_drop:
        return (Effect){0, -1};
    case OP_ref_func:
        return (Effect){0, VK_i64};
    case OP_throw:
        return (Effect){m->types[m->tags[in->a].type].param_count, -1};
    case OP_throw_ref:
        return (Effect){1, -1};
    case OP_struct_new:
        return (Effect){m->types[in->a].param_count, VK_i64};
    case OP_struct_new_desc:
        return (Effect){m->types[in->a].param_count + 1, VK_i64};
    case OP_struct_new_default:
        return (Effect){0, VK_i64};
    case OP_struct_new_default_desc:
        return (Effect){1, VK_i64};
    case OP_struct_get:
        return (Effect){1, (int)bl_kind(m->types[in->a].fields[in->b].type)};
    case OP_struct_get_s:
    case OP_struct_get_u:
    case OP_array_len:
    case OP_ref_test:
    case OP_ref_test_null:
    case OP_i31_get_s:
    case OP_i31_get_u:
        return (Effect){1, VK_i32};
    case OP_struct_set:
        return (Effect){2, -1};
    case OP_array_new:
        return (Effect){2, VK_i64};
    case OP_array_new_default:
        return (Effect){1, VK_i64};
    case OP_array_new_fixed:
        return (Effect){in->b, VK_i64};
    case OP_array_new_data:
    case OP_array_new_elem:
        return (Effect){2, VK_i64};
    case OP_array_get:
        return (Effect){2, (int)bl_kind(m->types[in->a].fields[0].type)};
    case OP_array_get_s:
    case OP_array_get_u:
        return (Effect){2, VK_i32};
    case OP_array_set:
        return (Effect){3, -1};
    case OP_array_fill:
    case OP_array_init_data:
    case OP_array_init_elem:
        return (Effect){4, -1};
    case OP_array_copy:
        return (Effect){5, -1};
    case OP_ref_cast_desc_eq:
    case OP_ref_cast_desc_eq_null:
        return (Effect){2, VK_i64};
    case OP_ref_cast:
    case OP_ref_cast_null:
    case OP_ref_i31:
    case OP_any_convert_extern:
    case OP_extern_convert_any:
    case OP_ref_get_desc:
        return (Effect){1, VK_i64};
    }
    return (Effect){0, -2};
}

/* What an instruction is told beside its operands. */
static void bl_help_immediates(const Baseline *b, uint32_t *x, uint64_t *y) {
    const Insn *in = &b->in;
    switch (op_info(in->op)->imm) {
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
        *x = in->a;
        *y = in->imm;
        return;
    case IMM_LANE:
        *y = in->lane;
        return;
    case IMM_REF:
    case IMM_REF_NULL:
        *y = in->type;
        return;
    default:
        *x = in->a;
        *y = in->b;
        return;
    }
}

/* An instruction that is no code of its own. */
static void bl_do_helped(Baseline *b) {
    const OpInfo *info = op_info(b->in.op);
    if (!wt_jit_helpers[b->in.op]) {
        b->failed = b->unable = true;
        return;
    }
    uint32_t x = 0;
    uint64_t y = 0;
    bl_help_immediates(b, &x, &y);
    Item extra = {.where = ITEM_const, .kind = VK_i64, .bits = b->in.lane};
    bool has_extra = info->imm == IMM_MEMARG_LANE;
    if (info->imm == IMM_SHUFFLE) {
        extra = (Item){.where = ITEM_const, .kind = VK_v128, .bytes = b->in.list.data};
        has_extra = true;
    }
    if (info->sig == SIG_SPECIAL) {
        Effect e = bl_effect(b);
        if (e.result == -2) {
            b->failed = b->unable = true;
            return;
        }
        bl_help(b, b->in.op, e.count, NULL, x, y);
        if (e.result >= 0)
            bl_help_result(b, (unsigned)e.result, 0);
        if (b->in.op == OP_throw || b->in.op == OP_throw_ref)
            b->dead = true;
        return;
    }
    const SigInfo *sig = &wt_sig_table[info->sig];
    bl_help(b, b->in.op, sig->param_count, has_extra ? &extra : NULL, x, y);
    if (b->deterministic && wt_jit_canonical(b->in.op))
        machine_call_helper(b, wt_jit_canonical(b->in.op), 0, 0);
    uint32_t memidx = info->imm == IMM_DATA_MEM ? b->in.b : b->in.a;
    for (unsigned i = 0; i < sig->result_count; i++) {
        ValType t = sig->results[i];
        bl_help_result(
            b, t == VAL_address ? bl_address_kind(&b->m->memories[memidx].limits) : bl_kind(t), i);
    }
    if (b->in.op == OP_memory_grow)
        machine_reload(b);
}

/* ---- instructions without a machine's name ---- */

static void bl_do_ref_is_null(Baseline *b) { machine_is_zero(b, VK_i64); }

static void bl_br_on_null(Baseline *b, bool non_null) {
    /* The reference is in a register, tested; what branches on non-null carries it. */
    Item e = bl_pop(b);
    BaseControl *c = bl_label(b, b->in.a);
    uint32_t count;
    bl_label_types(c, &count);
    if (bl_in_register(c) && c->kind != OP_end && !non_null) {
        const Item *v = &bl_items(b)[b->item_count - 1];
        bl_use_outside(b, &e, bl_bit(bl_result_reg(v->kind)));
        bl_top_to_result(b);
    }
    unsigned reg = bl_use(b, &e);
    if (non_null) {
        bl_push_reg(b, VK_i64, reg);
        if (e.where == ITEM_local) { /* a pinned one */
            bl_items(b)[b->item_count - 1].where = ITEM_local;
            bl_items(b)[b->item_count - 1].local = e.local;
            bl_locals(b)[e.local].pending++;
        }
        if (bl_in_register(c) && c->kind != OP_end) {
            bl_top_to_result(b);
            reg = bl_result_reg(VK_i64);
        }
        bl_branch_if(b, machine_test_reg(b, reg, false), b->in.a);
        bl_drop(b);
        return;
    }
    bl_branch_if(b, machine_test_reg(b, reg, true), b->in.a);
    if (e.where == ITEM_local) {
        bl_local_get(b, e.local);
        return;
    }
    bl_push_reg(b, VK_i64, reg);
}

/* The reference stays on the stack; the answer of the test is a condition. */
static void bl_br_on_cast(Baseline *b, bool fail, bool desc) {
    Item described = {0};
    if (desc) {
        described = bl_pop(b);
        bl_use(b, &described);
        machine_out_item(b, 8, &described);
        bl_release(b, &described);
    }
    Item *top = &bl_items(b)[b->item_count - 1];
    bl_settle(b, top);
    b->clean = WT_MIN(b->clean, b->item_count - 1);
    Item copy = *top;
    bl_flush(b, 0);
    machine_out_item(b, 0, &copy);
    bl_reserve_out(b, 16);
    machine_call_helper(b, desc ? JIT_ref_test_desc_eq : JIT_ref_test, 0, b->in.type2);
    unsigned reg = bl_alloc(b, VK_i32);
    machine_load_out(b, VK_i32, reg, 0);
    BaseControl *c = bl_label(b, b->in.a);
    if (bl_in_register(c) && c->kind != OP_end) {
        Item answer = {.where = ITEM_reg, .kind = VK_i32, .reg = (uint8_t)reg};
        reg = bl_use_outside(b, &answer, bl_bit(bl_result_reg(VK_i64)));
        bl_top_to_result(b);
    }
    bl_free(b, reg);
    bl_branch_if(b, machine_test_reg(b, reg, fail), b->in.a);
}

static void bl_do_ref_as_non_null(Baseline *b) {
    Item e = bl_pop(b);
    unsigned reg = bl_use(b, &e);
    machine_trap_if(b, machine_test_reg(b, reg, true), TRAP_null_reference);
    if (e.where == ITEM_local)
        bl_local_get(b, e.local);
    else
        bl_push_reg(b, e.kind, reg);
}

static void bl_push_const(Baseline *b, unsigned kind, uint64_t bits) {
    bl_push(b, ITEM_const, kind)->bits = bits;
}

static void bl_do_rethrow(Baseline *b) {
    Item exn = {.where = ITEM_slot, .kind = VK_i64, .slot = bl_label(b, b->in.a)->slot};
    machine_out_item(b, 0, &exn);
    bl_reserve_out(b, 16);
    machine_call_helper(b, OP_throw_ref, 0, 0);
    b->dead = true;
}

/* Those that are not that usual, and what calls a helper. */
static WT_NOINLINE void bl_rare(Baseline *b) {
    Insn *in = &b->in;
    switch (in->op) {
    case OP_unreachable:
        machine_trap(b, TRAP_unreachable);
        b->dead = true;
        return;
    case OP_br_table:
        bl_do_br_table(b);
        return;
    case OP_call_indirect:
    case OP_return_call_indirect: {
        Item f = machine_table_callee(b, in->b, in->a);
        const TypeDef *t = &b->m->types[in->a];
        if (in->op == OP_call_indirect)
            bl_do_call_ref(b, t, &f);
        else
            bl_do_tail(b, t, &f, 0);
        return;
    }
    case OP_call_ref:
    case OP_return_call_ref: {
        Item f = bl_pop(b);
        unsigned reg = bl_use(b, &f);
        machine_trap_if(b, machine_test_reg(b, reg, true), TRAP_null_function);
        const TypeDef *t = &b->m->types[in->a];
        if (in->op == OP_call_ref)
            bl_do_call_ref(b, t, &f);
        else
            bl_do_tail(b, t, &f, 0);
        return;
    }
    case OP_return_call:
        bl_do_tail(b, &b->m->types[b->m->funcs[in->a].type], NULL, in->a);
        return;
    case OP_try_table:
        bl_do_try_table(b);
        return;
    case OP_try:
        bl_open_try(b);
        return;
    case OP_catch:
        bl_do_catch(b, in->a);
        return;
    case OP_catch_all:
        bl_do_catch(b, TRY_none);
        return;
    case OP_delegate:
        bl_do_delegate(b);
        return;
    case OP_rethrow:
        bl_do_rethrow(b);
        return;
    case OP_ref_is_null:
        bl_do_ref_is_null(b);
        return;
    case OP_ref_as_non_null:
        bl_do_ref_as_non_null(b);
        return;
    case OP_br_on_null:
        bl_br_on_null(b, false);
        return;
    case OP_br_on_non_null:
        bl_br_on_null(b, true);
        return;
    case OP_br_on_cast:
        bl_br_on_cast(b, false, false);
        return;
    case OP_br_on_cast_fail:
        bl_br_on_cast(b, true, false);
        return;
    case OP_br_on_cast_desc_eq:
        bl_br_on_cast(b, false, true);
        return;
    case OP_br_on_cast_desc_eq_fail:
        bl_br_on_cast(b, true, true);
        return;
    default:
        bl_do_helped(b);
    }
}

/* Control, variables, constants and calls. What many registers are saved for stands elsewhere. */
static void bl_common(Baseline *b) {
    Insn *in = &b->in;
    switch (in->op) {
    case OP_nop:
        return;
    case OP_local_get:
        bl_local_get(b, bl_local(b, in->a));
        return;
    case OP_local_set:
        bl_local_set(b, bl_local(b, in->a), false);
        return;
    case OP_local_tee:
        bl_local_set(b, bl_local(b, in->a), true);
        return;
    case OP_i32_const:
        bl_push_const(b, VK_i32, (uint32_t)in->imm);
        return;
    case OP_i64_const:
        bl_push_const(b, VK_i64, in->imm);
        return;
    case OP_f32_const:
        bl_push_const(b, VK_f32, (uint32_t)in->imm);
        return;
    case OP_f64_const:
        bl_push_const(b, VK_f64, in->imm);
        return;
    case OP_v128_const:
        bl_push(b, ITEM_const, VK_v128)->bytes = in->list.data;
        return;
    case OP_ref_null:
        bl_push_const(b, VK_i64, 0);
        return;
    case OP_drop:
        bl_drop(b);
        return;
    case OP_block:
    case OP_loop:
        bl_do_block(b);
        return;
    case OP_if:
        bl_do_if(b);
        return;
    case OP_else:
        bl_do_else(b);
        return;
    case OP_end:
        bl_do_end(b);
        return;
    case OP_br:
        bl_do_br(b, in->a);
        return;
    case OP_br_if:
        bl_do_br_if(b, in->a);
        return;
    case OP_return:
        bl_return(b);
        b->dead = true;
        return;
    case OP_call:
        bl_do_call(b, in->a);
        return;
    default:
        bl_rare(b);
    }
}

/* ---- what a function needs ---- */

/* How the survey gets over an instruction: so many numbers, or bytes; or it has to be read. */
enum {
    OVER_count = 0x0F, /* of numbers 1 or 2 */
    OVER_bytes = 0x10,
    OVER_call = 0x20, /* and it calls something */
    OVER_local = 0x40,
    OVER_read = 0x80,
};

static uint8_t bl_over(const Baseline *b, unsigned op) {
    Insn in = {.op = (uint16_t)op};
    if (!op_info(op)->text || op >= OPBASE_FB || op == OP_end || op == OP_delegate)
        return OVER_read;
    uint8_t calls = machine_calls(b, &in) ? OVER_call : 0;
    switch ((Imm)op_info(op)->imm) {
    case IMM_NONE:
        return calls ? OVER_read : 0;
    case IMM_LABEL:
    case IMM_FUNC:
    case IMM_TYPE:
    case IMM_GLOBAL:
    case IMM_TABLE:
    case IMM_I32:
    case IMM_I64:
        return calls | 1;
    case IMM_TYPE_TABLE:
        return calls | 2;
    case IMM_MEMARG:
        return OVER_read; /* see bl_survey */
    case IMM_F32:
        return OVER_bytes | 4;
    case IMM_F64:
        return OVER_bytes | 8;
    case IMM_LOCAL:
        return OVER_local;
    default:
        return OVER_read;
    }
}
static void bl_fill_over(Baseline *b) {
    for (unsigned op = 0; op < OPBASE_FB; op++)
        b->n->over[op] = bl_over(b, op);
    b->n->over_known = true;
}

WT_INLINE const uint8_t *bl_skip_number(const uint8_t *p) {
    while (*p++ & 0x80)
        ;
    return p;
}

/* Where the survey stands. */
typedef struct Survey {
    uint32_t depth, loop_depth, weight;
    uint8_t loops[256]; /* which of the open blocks are */
} Survey;

static void bl_survey_open(Survey *y, bool loop) {
    if (y->depth < sizeof y->loops) {
        y->loops[y->depth] = loop;
        y->loop_depth += loop;
        y->weight = 1u << 3 * WT_MIN(y->loop_depth, 6u);
    }
    y->depth++;
}
static void bl_survey_close(Survey *y) {
    if (!y->depth)
        return; /* the function's own */
    y->depth--;
    if (y->depth < sizeof y->loops && y->loops[y->depth]) {
        y->loop_depth--;
        y->weight = 1u << 3 * WT_MIN(y->loop_depth, 6u);
    }
}

/* An instruction that is read as a whole. */
static const uint8_t *bl_survey_read(Baseline *b, Survey *y, const uint8_t *p) {
    unsigned op = *p;
    bool opens = op == OP_block || op == OP_loop || op == OP_if;
    /* 0x63, 0x64: (ref null? heap type), which has more bytes. */
    if (opens && p[1] < 0x80 && p[1] != 0x63 && p[1] != 0x64) {
        bl_survey_open(y, op == OP_loop);
        return p + 2;
    }
    if (op == OP_end) {
        bl_survey_close(y);
        return p + 1;
    }
    Reader r = reader_of(p, (size_t)(b->r.end - p));
    Insn in;
    memset(&in, 0, sizeof in);
    if (!insn_read(&r, &in))
        return b->r.end;
    switch (in.op) {
    case OP_try:
    case OP_try_table:
        b->tries = true;
        /* fallthrough */
    case OP_block:
    case OP_loop:
    case OP_if:
        bl_survey_open(y, in.op == OP_loop);
        break;
    case OP_delegate:
        bl_survey_close(y);
        break;
    default:
        if (!b->calls && machine_calls(b, &in))
            b->calls = true;
        break;
    }
    return r.at;
}

WT_INLINE uint16_t *bl_used_locals(const Baseline *b) {
    return (uint16_t *)(void *)(b->n->weights + WEIGHTS);
}
/* Reads the body once: how often each local is used, weighed by the depth of loops, and what calls
   there are. Its bytes are known to be valid. `used`: the locals that have a weight; answers how
   many. */
static uint32_t bl_survey(Baseline *b, uint32_t *weights, uint16_t *used) {
    if (!b->n->over_known)
        bl_fill_over(b);
    Survey y;
    y.depth = y.loop_depth = 0;
    y.weight = 1;
    uint32_t count = 0, calls = 0;
    const uint8_t *over = b->n->over, *p = b->r.at, *end = b->r.end;
    bool plain = !b->seg->helped;
    while (p < end) {
        unsigned op = *p, how = over[op];
        if (how == 0) {
            p++;
        } else if (how & OVER_local) {
            uint32_t local = p[1];
            if (WT_UNLIKELY(local >= 0x80)) {
                Reader r = reader_of(p + 1, (size_t)(end - p - 1));
                local = read_u32(&r);
                p = r.at;
            } else {
                p += 2;
            }
            if (local < WEIGHTS) {
                uint32_t weight = weights[local];
                used[count] = (uint16_t)local;
                count += weight == 0;
                weights[local] = weight + (weight >> 30 ? 0 : y.weight);
            }
        } else if (how & OVER_read) {
            if (op >= OP_i32_load && op <= OP_i64_store32 && plain && p[1] < 0x40)
                p = bl_skip_number(p + 2);
            else
                p = bl_survey_read(b, &y, p);
        } else if (how & OVER_bytes) {
            p += 1 + (how & OVER_count);
        } else {
            calls |= how;
            p = bl_skip_number(p + 1);
            if (how & 2)
                p = bl_skip_number(p);
        }
    }
    b->calls |= (calls & OVER_call) != 0;
    b->calls |= b->tries | b->interruptible;
    b->temps = b->calls ? MACHINE_TEMPS : MACHINE_LEAF_TEMPS;
    return count;
}

/* The heaviest locals of a class, at most as many as there are registers for them. */
enum { BL_PINS = 11 };
typedef struct Heaviest {
    uint32_t count, most;
    uint16_t locals[BL_PINS];
    uint32_t weights[BL_PINS];
} Heaviest;

static void bl_weigh(Heaviest *h, uint16_t local, uint32_t weight) {
    if (h->count == h->most && h->weights[h->count - 1] >= weight)
        return;
    h->count += h->count < h->most;
    uint32_t i = h->count - 1;
    for (; i && h->weights[i - 1] < weight; i--) {
        h->locals[i] = h->locals[i - 1];
        h->weights[i] = h->weights[i - 1];
    }
    h->locals[i] = local;
    h->weights[i] = weight;
}
/* Gives them registers out of the list, from the one at *next on; `least`: of their weight. */
static void bl_pin(Baseline *b, const Heaviest *h, uint32_t *next, const uint8_t *regs,
                   unsigned count, uint32_t least) {
    for (unsigned i = 0; i < count && *next < h->count && h->weights[*next] >= least; i++) {
        if (b->pins & bl_bit(regs[i]))
            continue;
        bl_locals(b)[h->locals[(*next)++]].reg = regs[i];
        b->pins |= bl_bit(regs[i]);
    }
}
static void bl_pin_all(Baseline *b, const uint32_t *weights, const uint16_t *used, uint32_t count) {
    Heaviest ints, floats;
    ints.count = floats.count = 0;
    ints.most = MACHINE_INT_PINS + (b->calls ? 0 : MACHINE_LEAF_INT_PINS);
    floats.most = MACHINE_FLOAT_PINS + (b->calls ? 0 : MACHINE_LEAF_FLOAT_PINS);
    for (uint32_t i = 0; i < count; i++) {
        const BaseLocal *l = &bl_locals(b)[used[i]];
        if (l->reg == BL_no_reg)
            bl_weigh(bl_is_float(l->kind) ? &floats : &ints, used[i], weights[used[i]]);
    }
    uint32_t at = 0, float_at = 0;
    if (!b->calls) {
        bl_pin(b, &ints, &at, machine_leaf_int_pins, MACHINE_LEAF_INT_PINS, 1);
        bl_pin(b, &floats, &float_at, machine_leaf_float_pins, MACHINE_LEAF_FLOAT_PINS, 1);
    }
    bl_pin(b, &ints, &at, machine_int_pins, MACHINE_INT_PINS, 3);
    bl_pin(b, &floats, &float_at, machine_float_pins, MACHINE_FLOAT_PINS, 3);
}

static void bl_choose_pins(Baseline *b, uint32_t count) {
    uint32_t *weights = b->n->weights;
    const uint16_t *used = bl_used_locals(b);
    if (!b->calls && b->type->param_count) {
        /* A parameter that is used may stay where it came. */
        Dealer d = bl_arg_dealer();
        for (uint32_t i = 0; i < WT_MIN(b->type->param_count, (uint32_t)WEIGHTS); i++) {
            uint32_t offset;
            BaseLocal *l = &bl_locals(b)[i];
            unsigned reg = bl_deal(&d, l->kind, &offset);
            if (reg != BL_no_reg && weights[i] && MACHINE_LEAF_FREE & bl_bit(reg)) {
                l->reg = (uint8_t)reg;
                b->pins |= bl_bit(reg);
            }
        }
    }
    if (!b->tries && count)
        bl_pin_all(b, weights, used, count);
}
static void bl_forget_weights(Baseline *b, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        b->n->weights[bl_used_locals(b)[i]] = 0;
}

static bool bl_group(Baseline *b, unsigned kind, uint32_t first, uint32_t *slot, uint32_t count) {
    Native *n = b->n;
    if (!wt_vec_grow(bl_allocator(b), (void **)&n->groups, &n->group_cap, b->group_count,
                     sizeof *n->groups))
        return false;
    n->groups[b->group_count++] = (LocalGroup){first, (int32_t)*slot, kind};
    *slot += count * (uint32_t)bl_slots(kind);
    return true;
}
/* What is kept of locals that are not near. */
static bool bl_room_for_locals(Baseline *b) {
    Native *n = b->n;
    const Allocator *al = bl_allocator(b);
    size_t blocks = (b->local_count - b->near_count + KNOWN - 1) / KNOWN;
    size_t want = (size_t)b->near_count + 1;
    if (n->local_cap < want) {
        void *grown = al->alloc(al->user, n->locals, n->local_cap * sizeof(BaseLocal),
                                want * sizeof(BaseLocal));
        if (!grown)
            return false;
        n->locals = grown;
        n->local_cap = want;
    }
    if (n->known_cap < blocks) {
        void *grown = al->alloc(al->user, n->known, n->known_cap * sizeof *n->known,
                                blocks * sizeof *n->known);
        if (!grown)
            return false;
        n->known = grown;
        n->known_cap = blocks;
    }
    if (blocks)
        memset(n->known, 0, blocks * sizeof *n->known);
    return true;
}

/* A frame has two thousand million bytes at most. */
enum { BL_most_locals = 1 << 26 };
/* Goes over the declarations; false: there are too many. */
static bool bl_count_locals(Baseline *b, Reader *r) {
    uint64_t total = b->type->param_count;
    LocalRun run;
    for (uint32_t left = wt_insn_local_runs(r); left && wt_insn_next_run(r, &run); left--)
        total += run.count;
    b->local_count = (uint32_t)total;
    return total <= BL_most_locals;
}
/* Kinds of locals. `used`: those that the survey found, which are near. false: no memory. */
static bool bl_declare_locals(Baseline *b, Reader r, const uint16_t *used, uint32_t used_count) {
    const TypeDef *t = b->type;
    b->near_count = t->param_count;
    for (uint32_t i = 0; i < used_count; i++)
        b->near_count = WT_MAX(b->near_count, used[i] + 1u);
    if (!bl_room_for_locals(b))
        return false;
    BaseLocal *l = bl_locals(b), *end = l + b->near_count;
    for (uint32_t i = 0; i < t->param_count; i++)
        *l++ = (BaseLocal){(uint8_t)bl_kind(t->params[i]), BL_no_reg, 0, 0};
    uint32_t far = b->near_count, slot = 0;
    LocalRun run;
    for (uint32_t runs = wt_insn_local_runs(&r); runs && wt_insn_next_run(&r, &run); runs--) {
        unsigned kind = bl_kind(run.type);
        uint32_t left = run.count, near = WT_MIN(left, (uint32_t)(end - l));
        for (left -= near; near; near--)
            *l++ = (BaseLocal){(uint8_t)kind, BL_no_reg, 0, 0};
        if (left && !bl_group(b, kind, far, &slot, left))
            return false;
        far += left;
    }
    b->far_slot = (int32_t)slot; /* for now: how many */
    return true;
}

/* Those that are in no register, one behind the other: there may be very many of them. */
static void bl_place_locals(Baseline *b) {
    BaseLocal *l = bl_locals(b);
    int32_t slot = 0, declared = 0, base = -b->frame_base;
    for (uint32_t i = 0, params = b->type->param_count; i < b->near_count; i++) {
        declared = i == params ? slot : declared;
        slot += l[i].reg != BL_no_reg ? 0 : bl_slots(l[i].kind);
        l[i].place = base - 8 * slot;
    }
    if (b->near_count == b->type->param_count)
        declared = slot;
    int32_t far = b->far_slot;
    b->far_slot = slot;
    slot += far;
    b->slot = b->max_slot = slot;
    b->zeros[0] = base - 8 * slot;
    b->zeros[1] = base - 8 * declared;
}

/* The search for an instruction ends when its code has been written. */
static bool bl_found(Baseline *b, uint32_t offset) {
    uint32_t before = b->offset_before;
    b->offset_before = offset;
    if (b->loads)
        offset = before;
    b->loads = false;
    if (!b->search || bl_here(b) < *b->search || b->found != TRAP_no_offset)
        return false;
    b->found = offset;
    return true;
}

/* The code from here on is the instruction's. */
static void bl_note(Baseline *b, uint32_t offset) {
    Native *n = b->n;
    if (!n->noting)
        return;
    if (!wt_vec_grow(bl_allocator(b), (void **)&n->notes, &n->note_cap, b->note_count,
                     sizeof *n->notes)) {
        b->failed = true;
        return;
    }
    n->notes[b->note_count++] = (CodeNote){bl_here(b), offset};
}

/* ---- polls and charges: the rule is in run/meter.h ---- */

static void bl_charge_insn(Baseline *b) {
    if (b->run_begins) {
        b->run_begins = false;
        b->run_cost_at = machine_charge(b);
    }
    if (b->failed)
        return;
    uint32_t cost = bl_chain_at(b, b->run_cost_at) + 1;
    memcpy(b->start + b->run_cost_at, &cost, sizeof cost);
}
/* b->in is read, but nothing is written for it yet. */
static void bl_meter_before(Baseline *b) {
    if (b->dead && b->dead_depth > 0)
        return;
    if (b->in.op == OP_end || b->in.op == OP_delegate) {
        const BaseControl *c = bl_label(b, 0);
        b->run_joins = c->reached || c->kind == OP_if || c->kind == OP_else || c->kind == OP_catch;
    }
    if (b->fuel && !b->dead && !meter_is_free(b->in.op))
        bl_charge_insn(b);
}
/* ... and now it is. */
static void bl_meter_behind(Baseline *b) {
    if (b->dead)
        return;
    switch (b->in.op) {
    case OP_loop:
        if (b->interruptible)
            machine_poll(b);
        b->run_begins = true;
        return;
    case OP_end:
    case OP_delegate:
        b->run_begins |= b->run_joins;
        return;
    case OP_else:
    case OP_catch:
    case OP_catch_all:
        b->run_begins = true;
        return;
    }
    b->run_begins |= meter_ends_run(b->in.op);
}

/* At the start of an instruction. Those of locals have a short way that does not come here. */
static void bl_make_way(Baseline *b) {
    unsigned op = b->in.op;
    if (!b->crowded || b->dead || (op >= OP_local_get && op <= OP_local_tee))
        return;
    b->crowded = false;
    bl_flush(b, b->item_count && bl_items(b)[b->item_count - 1].where >= ITEM_flags);
}

/* With polls, charges, notes, or in search of something. */
static void bl_body_careful(Baseline *b) {
    const uint8_t *code = b->m->funcs[b->fc->funcidx].code;
    while (b->control_count && !b->failed) {
        uint32_t offset = (uint32_t)(b->r.at - code);
        if (!bl_room(b, INSN_bytes) || !insn_read(&b->r, &b->in))
            break;
        b->offset = offset;
        bl_note(b, offset);
        bl_make_way(b);
        bl_meter_before(b);
        if (b->dead)
            bl_skip(b);
        else if (!machine_insn(b))
            bl_common(b);
        bl_meter_behind(b);
        if (bl_found(b, offset))
            return;
    }
}

/* Reads an instruction. The bytes are known to be valid, so that the most usual ones need not be
   read like those of a stranger. */
WT_INLINE bool bl_read(Baseline *b) {
    const uint8_t *p = b->r.at;
    unsigned op = *p, how = b->n->over[op];
    Insn *in = &b->in;
    if (how == 0 || op == OP_end) {
        p++;
    } else if (op >= OP_i32_load && op <= OP_i64_store32 && p[1] < 0x40) {
        in->a = 0;
        in->b = p[1];
        p += 2;
        in->imm = bl_number(&p);
    } else if (op == OP_i32_const || op == OP_i64_const) {
        p++;
        in->imm = (uint64_t)bl_signed(&p);
    } else if ((how & ~(unsigned)OVER_call) == 1) {
        p++;
        in->a = (uint32_t)bl_number(&p);
    } else {
        return insn_read(&b->r, in);
    }
    in->op = (uint16_t)op;
    b->r.at = p;
    return true;
}

static void bl_body(Baseline *b) {
    const uint8_t *code = b->m->funcs[b->fc->funcidx].code;
    while (b->control_count && WT_LIKELY(bl_room(b, INSN_bytes))) {
        const uint8_t *at = b->r.at;
        /* The most usual ones in their short form. */
        if (*at <= OP_local_tee && *at >= OP_local_get && at[1] < 0x80 && !b->dead) {
            b->r.at = at + 2;
            if (*at == OP_local_get)
                bl_local_get(b, at[1]);
            else
                bl_local_set(b, at[1], *at == OP_local_tee);
            continue;
        }
        b->offset = (uint32_t)(at - code);
        if (!bl_read(b) || b->failed)
            break;
        if (WT_UNLIKELY(b->crowded))
            bl_make_way(b);
        if (WT_UNLIKELY(b->dead))
            bl_skip(b);
        else if (!machine_insn(b))
            bl_common(b);
    }
}

static bool bl_prepare(Baseline *b) {
    Native *n = b->n;
    const Allocator *al = bl_allocator(b);
    enum { ROWS = WEIGHTS + (WEIGHTS + 2) / 2 };
    if (!n->weights) {
        if (!wt_vec_grow(al, (void **)&n->weights, &n->weight_cap, ROWS, sizeof *n->weights))
            return false;
        memset(n->weights, 0, WEIGHTS * sizeof *n->weights);
    }
    /* Something of everything, so that a push may go on when memory has run out. */
    return wt_vec_grow(al, &n->items, &n->item_cap, 1, sizeof(Item)) && bl_room(b, 8192);
}

static void bl_free_rooms(Native *n, const Allocator *al) {
    allocator_free(al, n->buffer, n->buffer_cap);
    allocator_free(al, n->items, n->item_cap * sizeof(Item));
    allocator_free(al, n->controls, n->control_cap * sizeof(BaseControl));
    allocator_free(al, n->locals, n->local_cap * sizeof(BaseLocal));
    allocator_free(al, n->relocs, n->reloc_cap * sizeof *n->relocs);
    allocator_free(al, n->ranges, n->range_cap * sizeof *n->ranges);
    allocator_free(al, n->landings, n->landing_cap * sizeof *n->landings);
    allocator_free(al, n->places, n->place_cap * sizeof *n->places);
    allocator_free(al, n->weights, n->weight_cap * sizeof *n->weights);
    allocator_free(al, n->groups, n->group_cap * sizeof *n->groups);
    allocator_free(al, n->known, n->known_cap * sizeof *n->known);
    allocator_free(al, n->cold, n->cold_cap * sizeof(ColdSite));
    allocator_free(al, n->notes, n->note_cap * sizeof *n->notes);
    allocator_free(al, n->pool, n->pool_cap * sizeof *n->pool);
}

static bool bl_compile(Native *n, Segment *seg, FuncCode *fc, Compiled *out, const uint32_t *search,
                       uint32_t *found) {
    const Code *code = fc->code;
    const Func *f = &code->module->funcs[fc->funcidx];
    Baseline state = {.n = n,
                      .seg = seg,
                      .fc = fc,
                      .code = code,
                      .m = code->module,
                      .type = &code->module->types[f->type],
                      .start = n->buffer,
                      .search = search,
                      .found = TRAP_no_offset,
                      .range = TRY_none,
                      .r = reader_of(f->code, f->code_size)};
    Baseline *b = &state;
    b->a.at = n->buffer;
    b->limit = n->buffer ? n->buffer + n->buffer_cap : NULL;
    const StoreLimits *limits = &code->store->limits;
    b->deterministic = limits->deterministic;
    b->fuel = limits->fuel;
    b->interruptible = limits->interruptible;
    Reader declarations = b->r;
    if (!bl_prepare(b) || !bl_count_locals(b, &b->r))
        return false;
    uint32_t used = bl_survey(b, b->n->weights, bl_used_locals(b));
    bool declared = bl_declare_locals(b, declarations, bl_used_locals(b), used);
    if (declared)
        bl_choose_pins(b, used);
    bl_forget_weights(b, used);
    if (!declared)
        return false;
    b->stack_args = bl_stack_args(b->type);
    b->frame_base = machine_frame_base(b);
    bl_place_locals(b);
    /* Nothing makes more than one value of eight bytes out of each of its own. */
    b->unchecked = !b->calls && 8 * ((uint64_t)b->max_slot + f->code_size) <= BL_unchecked;
    machine_prologue(b);
    bl_param_moves(b);
    bl_zero_locals(b);
    Insn none = {.block = BLOCK_empty};
    b->in = none;
    BaseControl *c = bl_open(b, OP_end);
    if (!c)
        return false;
    c->results = typedef_results(b->type);
    c->result_count = b->type->result_count;
    if (b->interruptible)
        machine_poll(b);
    b->run_begins = true;
    if (b->search || b->n->noting || b->fuel || b->interruptible)
        bl_body_careful(b);
    else
        bl_body(b);
    if (!b->failed && b->found == TRAP_no_offset)
        machine_finish(b);
    *found = b->found;
    *out = (Compiled){.code = b->start,
                      .relocs = n->relocs,
                      .ranges = n->ranges,
                      .landings = n->landings,
                      .places = n->places,
                      .notes = n->notes,
                      .size = bl_here(b),
                      .reloc_count = b->reloc_count,
                      .range_count = b->range_count,
                      .landing_count = b->landing_count,
                      .place_count = b->place_count,
                      .note_count = b->note_count,
                      .constants = b->pool_count * MACHINE_constant,
                      .unable = b->unable};
    return !b->failed;
}

#endif
