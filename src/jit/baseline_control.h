/* Blocks and branches of the baseline compiler. What jumps forward waits in the chain of its label,
   whose links are the displacements themselves. See baseline.h. */
#ifndef WATTLE_JIT_BASELINE_CONTROL_H
#define WATTLE_JIT_BASELINE_CONTROL_H

#include "jit/baseline.h"

static void bl_return(Baseline *b); /* baseline_call.h */

WT_INLINE BaseControl *bl_label(const Baseline *b, uint32_t depth) {
    return &bl_controls(b)[b->control_count - 1 - depth];
}
WT_INLINE const ValType *bl_results(const BaseControl *c) { return c->one ? &c->one : c->results; }
/* What a branch to the label carries. */
static const ValType *bl_label_types(const BaseControl *c, uint32_t *count) {
    if (c->kind == OP_loop) {
        *count = c->param_count;
        return c->params;
    }
    *count = c->result_count;
    return bl_results(c);
}
WT_INLINE unsigned bl_result_reg(unsigned kind) {
    return bl_is_float(kind) ? MACHINE_float_result : MACHINE_int_result;
}

/* ---- displacements ---- */

static uint32_t bl_chain_at(const Baseline *b, uint32_t at) {
    uint32_t next;
    memcpy(&next, b->start + at, sizeof next);
    return next;
}
static void bl_patch(Baseline *b, uint32_t at, uint32_t target) {
    int32_t d = (int32_t)(target - (at + 4));
    memcpy(b->start + at, &d, sizeof d);
}
static void bl_patch_chain(Baseline *b, uint32_t at) {
    while (at && !b->failed) {
        uint32_t next = bl_chain_at(b, at);
        bl_patch(b, at, bl_here(b));
        at = next;
    }
}
/* The displacement at `at` leads to a label that is not the function's. */
static void bl_aim(Baseline *b, uint32_t at, BaseControl *c) {
    if (b->failed)
        return;
    if (c->kind == OP_loop) {
        bl_patch(b, at, c->target);
        return;
    }
    memcpy(b->start + at, &c->fixups, sizeof c->fixups);
    c->fixups = at;
    c->reached = true;
}

/* ---- values of labels ---- */

/* The label's single value travels in a register. */
WT_INLINE bool bl_in_register(const BaseControl *c) {
    return c->kind != OP_loop && c->result_count == 1;
}

/* Copies the top `count` items to home slots from `slot` on; the simulated stack stays. Going up,
   nothing that is still to be copied is overwritten: no home lies below its destination. */
static void bl_copy_home(Baseline *b, uint32_t count, int32_t slot) {
    for (uint32_t i = 0; i < count && bl_room(b, 256); i++) {
        const Item *e = &bl_items(b)[b->item_count - count + i];
        if (e->where != ITEM_slot || e->slot != slot)
            machine_store_item(b, bl_place(b, slot, e->kind), e);
        slot += bl_slots(e->kind);
    }
}
static bool bl_needs_copies(const Baseline *b, uint32_t count, int32_t slot) {
    const Item *e = bl_items(b) + b->item_count - count;
    for (uint32_t i = 0; i < count; i++) {
        if (e[i].where != ITEM_slot || e[i].slot != slot)
            return true;
        slot += bl_slots(e[i].kind);
    }
    return false;
}

/* The top item in the register in which labels take their single value. */
static void bl_top_to_result(Baseline *b) {
    b->clean = WT_MIN(b->clean, b->item_count - 1);
    Item *e = &bl_items(b)[b->item_count - 1];
    unsigned reg = bl_result_reg(e->kind);
    if (e->where == ITEM_reg && e->reg == reg)
        return;
    Item was = *e;
    if (was.where == ITEM_reg && bl_bit(was.reg) & b->temps)
        b->used |= bl_bit(was.reg);
    e->where = ITEM_const; /* not to be spilled meanwhile */
    bl_take(b, reg);
    e = &bl_items(b)[b->item_count - 1];
    bl_copy_to(b, reg, &was);
    if (was.where == ITEM_local)
        bl_locals(b)[was.local].pending--;
    bl_release(b, &was);
    *e = was;
    e->where = ITEM_reg;
    e->reg = (uint8_t)reg;
}

/* Brings the top values where the label takes them, for good. */
static void bl_carry(Baseline *b, const BaseControl *c) {
    uint32_t count;
    bl_label_types(c, &count);
    if (bl_in_register(c))
        bl_top_to_result(b);
    else
        bl_copy_home(b, count, c->slot);
}

/* ---- opening and closing ---- */

static BaseControl *bl_open(Baseline *b, unsigned kind) {
    if (!wt_vec_grow(bl_allocator(b), &b->n->controls, &b->n->control_cap, b->control_count,
                     sizeof(BaseControl))) {
        b->failed = true;
        return NULL;
    }
    BaseControl *c = &bl_controls(b)[b->control_count++];
    *c = (BaseControl){.kind = (uint8_t)kind, .range = b->range, .own_range = TRY_none};
    if (b->in.block == BLOCK_value) {
        c->one = b->in.type;
        c->result_count = 1;
    } else if (b->in.block == BLOCK_index) {
        const TypeDef *t = &b->m->types[b->in.a];
        c->params = t->params;
        c->param_count = t->param_count;
        c->results = typedef_results(t);
        c->result_count = t->result_count;
    }
    c->height = b->item_count - c->param_count;
    c->slot = c->param_count ? bl_items(b)[c->height].slot : b->slot;
    return c;
}

static void bl_push_list(Baseline *b, const ValType *types, uint32_t count) {
    for (uint32_t i = 0; i < count && !b->failed; i++)
        bl_push_slot(b, bl_kind(types[i]));
}

static WT_NOINLINE void bl_do_block(Baseline *b) {
    bl_flush(b, 0);
    /* Parameters are at home: constants too. */
    BaseControl *c = bl_open(b, b->in.op);
    for (uint32_t i = 0; c && i < c->param_count && bl_room(b, 256); i++)
        bl_settle(b, &bl_items(b)[c->height + i]);
    if (c && b->in.op == OP_loop) {
        b->proof_count = 0; /* control comes from below, too */
        c = bl_label(b, 0);
        c->target = bl_here(b);
    }
}

/* ---- conditions ---- */

/* The top item as a condition: the flags of a compare, or of a test for zero. Emits nothing that
   changes flags behind it. */
static unsigned bl_condition(Baseline *b) {
    Item e = bl_pop(b);
    if (e.where == ITEM_flags)
        return e.cond;
    unsigned cond = machine_test(b, &e);
    bl_release(b, &e);
    return cond;
}

static WT_NOINLINE void bl_do_if(Baseline *b) {
    /* Moves do not change flags. */
    bl_flush(b, 1);
    BaseControl *c;
    Item top = bl_items(b)[b->item_count - 1];
    b->item_count--;
    b->slot = top.slot;
    c = bl_open(b, OP_if);
    for (uint32_t i = 0; c && i < c->param_count && bl_room(b, 256); i++)
        bl_settle(b, &bl_items(b)[c->height + i]);
    b->item_count++;
    bl_items(b)[b->item_count - 1] = top;
    unsigned cond = bl_condition(b);
    if (b->clean > b->item_count)
        b->clean = b->item_count;
    if (c)
        bl_label(b, 0)->other = machine_branch_not(b, cond);
}

static void bl_enter_arm(Baseline *b, BaseControl *c) {
    bl_forget_inner(b);
    bl_truncate(b, c->height, c->slot);
    b->dead = false;
}

static WT_NOINLINE void bl_do_else(Baseline *b) {
    BaseControl *c = bl_label(b, 0);
    if (!b->dead) {
        bl_carry(b, c);
        bl_aim(b, machine_jump(b), c);
    }
    if (!b->failed)
        bl_patch(b, c->other, bl_here(b));
    c->kind = OP_else;
    bl_enter_arm(b, c);
    bl_push_list(b, c->params, c->param_count);
    b->clean = b->item_count;
}

static void bl_push_results(Baseline *b, const BaseControl *c) {
    const ValType *types = bl_results(c);
    if (!bl_in_register(c)) {
        bl_push_list(b, types, c->result_count);
        b->clean = b->item_count;
        return;
    }
    unsigned kind = bl_kind(types[0]), reg = bl_result_reg(kind);
    bl_push_reg(b, kind, reg);
    b->used |= bl_bit(reg);
}

static void bl_close_try(Baseline *b, BaseControl *c);

static WT_NOINLINE void bl_do_end(Baseline *b) {
    BaseControl *c = bl_label(b, 0);
    bl_forget_inner(b);
    if (c->kind == OP_end) {
        if (!b->dead)
            bl_return(b);
        b->control_count--;
        return;
    }
    if (c->kind == OP_try || c->kind == OP_try_table)
        bl_close_try(b, c);
    BaseControl was = *c;
    bool alive = !b->dead;
    was.kind = was.kind == OP_loop ? OP_block : was.kind; /* its end takes results */
    if (alive)
        bl_carry(b, &was);
    if (c->kind == OP_if && !b->failed) {
        /* Without an else its parameters are its results. */
        if (was.result_count == 1) {
            uint32_t over = alive ? machine_jump(b) : 0;
            if (b->failed)
                return;
            bl_patch(b, was.other, bl_here(b));
            bl_truncate(b, was.height, was.slot);
            bl_push_list(b, was.params, was.param_count);
            bl_top_to_result(b);
            if (over)
                bl_patch(b, over, bl_here(b));
        } else {
            bl_patch(b, was.other, bl_here(b));
        }
        alive = true;
    }
    bl_truncate(b, was.height, was.slot);
    bl_patch_chain(b, was.fixups);
    b->control_count--;
    b->range = was.range;
    if (was.reached && b->dead)
        b->dead = false;
    if (alive)
        b->dead = false;
    if (!b->dead)
        bl_push_results(b, &was);
}

/* ---- branches ---- */

static WT_NOINLINE void bl_do_br(Baseline *b, uint32_t depth) {
    BaseControl *c = bl_label(b, depth);
    if (c->kind == OP_end) {
        bl_return(b);
    } else {
        bl_carry(b, c);
        if (c->kind != OP_loop || !machine_jump_back(b, c->target))
            bl_aim(b, machine_jump(b), c);
    }
    b->dead = true;
}

/* Goes to the label if the flags say so; values stay for what comes next. */
static void bl_branch_if(Baseline *b, unsigned cond, uint32_t depth) {
    BaseControl *c = bl_label(b, depth);
    uint32_t count;
    bl_label_types(c, &count);
    bool copies = c->kind == OP_end || (!bl_in_register(c) && bl_needs_copies(b, count, c->slot));
    if (!copies && c->kind == OP_loop && machine_branch_back(b, cond, c->target))
        return;
    if (!copies) {
        uint32_t at[2];
        unsigned n = machine_branch(b, cond, at);
        for (unsigned i = 0; i < n; i++)
            bl_aim(b, at[i], c);
        return;
    }
    uint32_t over = machine_branch_not(b, cond);
    if (c->kind == OP_end) {
        bl_return(b);
    } else {
        bl_copy_home(b, count, c->slot);
        bl_aim(b, machine_jump(b), c);
    }
    if (!b->failed)
        bl_patch(b, over, bl_here(b));
}

static WT_NOINLINE void bl_do_br_if(Baseline *b, uint32_t depth) {
    BaseControl *c = bl_label(b, depth);
    if (bl_in_register(c) && c->kind != OP_end) {
        /* The value goes to its register first: below the condition, which must not lie there. */
        Item cond = bl_pop(b);
        if (cond.where == ITEM_reg) {
            const Item *v = &bl_items(b)[b->item_count - 1];
            bl_use_outside(b, &cond, bl_bit(bl_result_reg(v->kind)));
        }
        bl_top_to_result(b);
        unsigned code = cond.where == ITEM_flags ? cond.cond : machine_test(b, &cond);
        bl_release(b, &cond);
        bl_branch_if(b, code, depth);
        return;
    }
    bl_branch_if(b, bl_condition(b), depth);
}

/* ---- br_table ---- */

/* Indexes in a row that lead to the same label. */
typedef struct TableRun {
    uint32_t first, depth;
} TableRun;
enum { BL_table_runs = 8 /* so many are told apart by compares: processors guess these better */ };

/* How many there are; more than BL_table_runs: too many. */
static unsigned bl_table_runs(const Insn *in, TableRun *runs) {
    Reader r = reader_of(in->list.data, in->list.len);
    unsigned n = 0;
    for (uint32_t i = 0; i <= in->c; i++) {
        uint32_t depth = read_u32(&r);
        if (n && runs[n - 1].depth == depth)
            continue;
        if (n == BL_table_runs)
            return n + 1;
        runs[n++] = (TableRun){i, depth};
    }
    return n;
}

/* The displacements at `at` lead to the label, which takes no copies. */
static void bl_aim_run(Baseline *b, uint32_t depth, uint32_t at, uint32_t *returns) {
    BaseControl *c = bl_label(b, depth);
    if (c->kind != OP_end) {
        bl_aim(b, at, c);
        return;
    }
    memcpy(b->start + at, returns, sizeof *returns);
    *returns = at;
}
/* Goes to one of some runs by the index in a register. */
static void bl_table_tree(Baseline *b, unsigned reg, const TableRun *runs, unsigned count,
                          uint32_t *returns) {
    while (count > 1) {
        unsigned low = count / 2;
        machine_compare(b, reg, runs[low].first);
        if (low == 1) {
            bl_aim_run(b, runs->depth, machine_if_below(b), returns);
        } else {
            uint32_t below = machine_if_below(b);
            bl_table_tree(b, reg, runs + low, count - low, returns);
            bl_patch(b, below, bl_here(b));
            count = low;
            continue;
        }
        runs += low;
        count -= low;
    }
    bl_aim_run(b, runs->depth, machine_jump(b), returns);
}

/* Behind a table: where those of its entries go that return. */
static void bl_table_returns(Baseline *b, uint32_t returns) {
    if (returns) {
        bl_patch_chain(b, returns);
        bl_return(b);
    }
    b->dead = true;
}

static void bl_do_br_table(Baseline *b) {
    Item index = bl_pop(b);
    BaseControl *first = bl_label(b, b->in.a); /* the default: all carry the same number */
    uint32_t count;
    bl_label_types(first, &count);
    unsigned reg;
    if (count) {
        const Item *v = &bl_items(b)[b->item_count - 1];
        reg = bl_use_outside(b, &index, bl_bit(bl_result_reg(v->kind)));
        if (count == 1)
            bl_top_to_result(b);
    } else {
        reg = bl_use(b, &index);
    }
    /* Entries are jumps: to the label, or to a piece of code behind the table that brings values to
       where the label takes them; there is one for each label. */
    TableRun runs[BL_table_runs];
    unsigned run_count = count ? BL_table_runs + 1 : bl_table_runs(&b->in, runs);
    uint32_t returns = 0;
    if (run_count <= BL_table_runs) {
        bl_table_tree(b, reg, runs, run_count, &returns);
        bl_release(b, &index);
        bl_table_returns(b, returns);
        return;
    }
    uint32_t entries = b->in.c + 1;
    if (!bl_room(b, (size_t)entries * MACHINE_table_entry + 256))
        return;
    unsigned temp =
        bl_alloc(b, VK_i64); /* what has to make way for it lies deeper than the value */
    uint32_t at = machine_table(b, reg, temp, b->in.c), table = at;
    bl_free(b, temp);
    bl_release(b, &index);
    Reader r = reader_of(b->in.list.data, b->in.list.len);
    for (uint32_t i = 0; i < entries; i++, at += MACHINE_table_entry) {
        uint32_t depth = read_u32(&r);
        BaseControl *c = bl_label(b, depth);
        uint32_t place = at + MACHINE_table_jump;
        if (c->kind == OP_end) {
            memcpy(b->start + place, &returns, sizeof returns);
            returns = place;
            continue;
        }
        bool in_place = !count || bl_in_register(c) || !bl_needs_copies(b, count, c->slot);
        if (in_place) {
            bl_aim(b, place, c);
            continue;
        }
        if (c->table != table) {
            c->table = table;
            c->piece = bl_here(b);
            bl_copy_home(b, count, c->slot);
            if (!bl_room(b, 256))
                return;
            bl_aim(b, machine_jump(b), c);
        }
        bl_patch(b, place, c->piece);
    }
    bl_table_returns(b, returns);
}

/* ---- exceptions ---- */

static uint32_t bl_add_place(Baseline *b, int32_t place) {
    if (!wt_vec_grow(bl_allocator(b), (void **)&b->n->places, &b->n->place_cap, b->place_count,
                     sizeof(int32_t))) {
        b->failed = true;
        return 0;
    }
    b->n->places[b->place_count] = place;
    return b->place_count++;
}

static BaseControl *bl_open_try(Baseline *b) {
    bl_do_block(b);
    if (b->failed || !wt_vec_grow(bl_allocator(b), (void **)&b->n->ranges, &b->n->range_cap,
                                  b->range_count, sizeof(TryRange))) {
        b->failed = true;
        return NULL;
    }
    BaseControl *c = bl_label(b, 0);
    c->own_range = b->range_count++;
    b->n->ranges[c->own_range] =
        (TryRange){.start = bl_here(b), .outer = c->range, .next = c->range, .first = TRY_none};
    b->range = c->own_range;
    return c;
}

static void bl_close_try(Baseline *b, BaseControl *c) {
    b->n->ranges[c->own_range].end = bl_here(b);
    b->range = c->range;
}

/* A handler of the try, which takes values of the tag (TRY_none: all) to slots from `slot`, and
   the exception itself behind them if asked. */
static NativeLanding *bl_add_landing(Baseline *b, BaseControl *c, uint32_t tag, int32_t slot,
                                     int32_t ref_slot) {
    uint32_t first = b->place_count;
    if (tag != TRY_none) {
        const TypeDef *t = &b->m->types[b->m->tags[tag].type];
        for (uint32_t i = 0; i < t->param_count; i++) {
            unsigned kind = bl_kind(t->params[i]);
            bl_add_place(b, bl_place(b, slot, kind));
            slot += bl_slots(kind);
        }
    }
    if (b->failed || !wt_vec_grow(bl_allocator(b), (void **)&b->n->landings, &b->n->landing_cap,
                                  b->landing_count, sizeof(NativeLanding))) {
        b->failed = true;
        return NULL;
    }
    if (ref_slot == INT32_MAX)
        ref_slot = slot;
    b->max_slot = WT_MAX(b->max_slot, WT_MAX(slot, ref_slot) + 2);
    uint32_t at = b->landing_count++;
    NativeLanding *l = &b->n->landings[at];
    *l = (NativeLanding){.tag = tag, .values = first, .next = TRY_none};
    if (ref_slot >= 0)
        l->ref = bl_place(b, ref_slot, VK_i64);
    TryRange *range = &b->n->ranges[c->own_range];
    if (range->first == TRY_none)
        range->first = at;
    else
        b->n->landings[c->last_landing].next = at;
    c->last_landing = at;
    return l;
}

/* A clause of try_table: the landing leaves the values above the stack of the block, and a piece of
   code carries them to the label. The pieces stand in front of the body, jumped over. */
static void bl_do_clause(Baseline *b, BaseControl *c, const Clause *clause) {
    bool all = clause->kind >= 2, with_ref = clause->kind & 1;
    uint32_t tag = all ? TRY_none : clause->tag;
    uint32_t height = b->item_count, clean = b->clean;
    int32_t slot = b->slot;
    NativeLanding *l = bl_add_landing(b, c, tag, b->slot, with_ref ? INT32_MAX : -1);
    if (!l)
        return;
    l->target = bl_here(b);
    machine_land(b);
    if (!all) {
        const TypeDef *t = &b->m->types[b->m->tags[tag].type];
        bl_push_list(b, t->params, t->param_count);
    }
    if (with_ref)
        bl_push_slot(b, VK_i64);
    b->clean = b->item_count;
    bl_do_br(b, clause->label + 1);
    b->dead = false;
    bl_truncate(b, height, slot);
    b->clean = clean;
}

static void bl_do_try_table(Baseline *b) {
    Insn in = b->in;
    BaseControl *c = bl_open_try(b);
    if (!c)
        return;
    /* Landings are outside of the range. */
    uint32_t over = in.c ? machine_jump(b) : 0;
    Reader r = reader_of(in.list.data, in.list.len);
    Clause clause;
    for (uint32_t i = 0; i < in.c && !b->failed && wt_insn_next_catch(&r, &clause); i++)
        if (bl_room(b, 4096))
            bl_do_clause(b, bl_label(b, 0), &clause);
    if (over && !b->failed)
        bl_patch(b, over, bl_here(b));
    if (!b->failed)
        b->n->ranges[bl_label(b, 0)->own_range].start = bl_here(b);
}

/* The exception has a hidden item, the first of the arm, for rethrow. */
static void bl_do_catch(Baseline *b, uint32_t tag) {
    BaseControl *c = bl_label(b, 0);
    if (!b->dead) {
        bl_carry(b, c);
        bl_aim(b, machine_jump(b), c);
    }
    if (c->kind == OP_try)
        bl_close_try(b, c);
    c->kind = OP_catch;
    bl_forget_inner(b);
    bl_truncate(b, c->height, c->slot);
    b->dead = false;
    bl_push_slot(b, VK_i64);
    NativeLanding *l = bl_add_landing(b, c, tag, c->slot + 1, c->slot);
    if (!l)
        return;
    l->target = bl_here(b);
    machine_land(b);
    if (tag != TRY_none) {
        const TypeDef *t = &b->m->types[b->m->tags[tag].type];
        bl_push_list(b, t->params, t->param_count);
    }
    b->clean = b->item_count;
}

/* What is thrown on from a label is thrown there: in the code under it, if it is a try. */
static void bl_do_delegate(Baseline *b) {
    BaseControl *c = bl_label(b, 0);
    const BaseControl *to = bl_label(b, b->in.a + 1);
    bool inside = to->kind == OP_try || to->kind == OP_try_table;
    b->n->ranges[c->own_range].next = inside ? to->own_range : to->range;
    bl_do_end(b);
}

/* ---- code that is never reached ---- */

/* One instruction of it; brings us back at the else, catch or end that follows a branch. */
static void bl_skip(Baseline *b) {
    switch (b->in.op) {
    case OP_block:
    case OP_loop:
    case OP_if:
    case OP_try:
    case OP_try_table:
        b->dead_depth++;
        return;
    case OP_delegate:
        if (b->dead_depth)
            b->dead_depth--;
        else
            bl_do_delegate(b);
        return;
    case OP_end:
        if (b->dead_depth)
            b->dead_depth--;
        else
            bl_do_end(b);
        return;
    case OP_else:
        if (!b->dead_depth)
            bl_do_else(b);
        return;
    case OP_catch:
    case OP_catch_all:
        if (!b->dead_depth)
            bl_do_catch(b, b->in.op == OP_catch ? b->in.a : TRY_none);
        return;
    }
}

#endif
