/* Blocks, branches and returns. A branch is emitted with an offset word; what jumps forward waits
   in the chain of its label (`fixups`) for the end of the block. Values that a label takes are
   moved to its homes before the jump; a conditional branch that has to move jumps over the moves
   instead. A compare, and an increment before it, become part of the branch. Path: translate.c ->
   here. */
#include "interp/forms.h"
#include "interp/translator.h"

/* ---- branches ---- */

/* An offset word for a jump to a label that is not the function's. */
static void put_target(Translator *t, Control *c) {
    uint32_t at = t->word_count;
    if (c->kind == OP_loop) {
        put_u32(t, c->target - at);
        return;
    }
    put_u32(t, c->fixups);
    c->fixups = at;
    c->reached = true;
}
static void patch_word(Translator *t, uint32_t at) { t->words[at] = next_word(t) - at; }
static void patch_fixups(Translator *t, uint32_t at) {
    while (at) {
        uint32_t next = t->words[at];
        patch_word(t, at);
        at = next;
    }
}

/* Does one of the `count` values below the top `above` have to be moved, when the first goes to
 * `to`? */
static bool needs_moves(const Translator *t, uint32_t above, uint32_t count, int32_t to) {
    const Entry *e = entries(t) + t->entry_count - above - count;
    for (uint32_t i = 0; i < count; i++) {
        if (e[i].kind != ENTRY_slot || e[i].home != to)
            return true;
        to += e[i].slots;
    }
    return false;
}

/* Moves the top values, leaving the abstract stack as it is: going up, no value that is still to be
   moved is overwritten, because none lies below its destination. */
static void emit_moves(Translator *t, uint32_t count, int32_t to) {
    const Entry *e = entries(t) + t->entry_count - count;
    for (uint32_t i = 0; i < count; i++) {
        emit_move(t, to, &e[i]);
        to += e[i].slots;
    }
}

/* Returns the top values from the function. */
static void emit_return(Translator *t) {
    uint32_t count = t->type->result_count;
    Entry *e = count ? entries(t) + t->entry_count - count : NULL;
    int32_t to = result_slot(t);
    if (count == 1 && e->slots == 1 && near_slot(to)) {
        if (e->kind == ENTRY_const && e->value <= UINT32_MAX && !is_plain(t)) {
            if (begin(t, IOP_ret1_i, false)) {
                put_halves(t, to, 0);
                put_u32(t, (uint32_t)e->value);
            }
            return;
        }
        int32_t from = operand(t, e, 0);
        if (begin_slots(t, IOP_ret1, false, from, NO_SLOT, NO_SLOT))
            put_halves(t, to, from);
        return;
    }
    /* Parameters lie where results go: values that are still in them are put away first. */
    for (uint32_t i = 0; count > 1 && i < count; i++)
        if (e[i].kind == ENTRY_local && e[i].slot < 0)
            emit_move(t, e[i].home, &e[i]);
    for (uint32_t i = 0; i < count; i++) {
        Entry now = e[i];
        if (count > 1 && now.kind == ENTRY_local && now.slot < 0) {
            now.kind = ENTRY_slot;
            now.slot = now.home;
        }
        emit_move(t, to, &now);
        to += now.slots;
    }
    begin(t, IOP_ret, false);
}

/* The last instruction adds an immediate: takes it back, to be part of the next. */
static bool take_addition(Translator *t, int32_t *to, int32_t *a, uint32_t *imm) {
    if (!takeable(t) || t->last->op != IOP_i32_add_i)
        return false;
    *to = get_half(t, t->last->at, 2);
    *a = get_half(t, t->last->at, 3);
    *imm = t->words[t->last->at + 2];
    unemit(t);
    return true;
}

/* A jump, but for its offset word. */
static bool begin_jump(Translator *t) {
    int32_t to, a;
    uint32_t imm;
    if (!take_addition(t, &to, &a, &imm))
        return begin(t, IOP_br, false);
    if (!begin(t, IOP_add_br, false))
        return false;
    put_halves(t, to, a);
    put_u32(t, imm);
    return true;
}

/* Goes to a label for good. */
static void emit_branch(Translator *t, uint32_t depth) {
    Control *c = label(t, depth);
    if (c->kind == OP_end) {
        emit_return(t);
        return;
    }
    uint32_t count;
    label_types(c, &count);
    emit_moves(t, count, c->home);
    if (begin_jump(t))
        put_target(t, c);
}

/* A condition that became part of its branch. */
typedef struct Condition {
    uint16_t op;
    int32_t a, b; /* slots, or b a 16-bit immediate */
    int32_t inc;  /* inc_br: what is added to a */
    bool has_inc;
    bool has_load; /* the last instruction loads `a`, and is to become this one */
} Condition;

/* The second operand of a compare with an immediate, when that fits into no branch: a slot. */
static int32_t wide_immediate(Translator *t, uint32_t word, const Entry *e) {
    bool is64 = t->last->op >= IOP_i64_eq && t->last->op <= IOP_i64_ge_u_i;
    uint64_t v = is64 ? (uint64_t)(int64_t)(int32_t)word : word;
    int32_t slot = pool_slot(t, v);
    unemit(t);
    if (slot != INT32_MIN)
        return slot;
    slot = e->home + 2; /* above both operands of the compare: either may be the one that is left */
    if (slot + 1 > t->max_sp)
        raise_frame(t, slot + 1);
    emit_const(t, slot, v);
    return slot;
}

/* Fuses the local's increment that stands directly before. */
static void take_increment(Translator *t, Condition *c) {
    const IncForm *form = inc_form(c->op);
    if (!form->op || !takeable(t) || t->last->op != form->add ||
        get_half(t, t->last->at, 2) != c->a || get_half(t, t->last->at, 3) != c->a)
        return;
    uint32_t imm = t->words[t->last->at + 2];
    if (!fits16((uint64_t)(int32_t)imm))
        return;
    c->op = form->op;
    c->inc = (int32_t)imm;
    c->has_inc = true;
    unemit(t);
}

/* Fuses the load of the compared value that stands directly before. */
static void take_load(Translator *t, Condition *c, bool loads) {
    const Emitted *l = t->last;
    if (!loads || l->at == NO_WORD || is_plain(t) || t->wide || !l->defines)
        return;
    int32_t loaded = get_half(t, l->at, 2);
    bool slots = c->op == IOP_br_i32_eq || c->op == IOP_br_i32_ne || c->op == IOP_br_i64_eq ||
                 c->op == IOP_br_i64_ne;
    if (slots && loaded == c->b) {
        c->b = c->a;
        c->a = loaded;
    }
    if (loaded != c->a)
        return;
    InterpOp pair = find_pair(l->op, c->op);
    if (!pair)
        return;
    c->op = pair;
    c->has_load = true;
}

/* Pops the condition of a branch that is taken when it is `want`. `loads`: the branch follows at
   once, so that a load may become part of it. */
static Condition pop_condition(Translator *t, bool want, bool loads) {
    Entry e = *pop_entry(t);
    bool temp = e.kind == ENTRY_slot && near_slot(e.home);
    int32_t slot = operand(t, &e, 0);
    while (temp && takeable(t) && t->last->defines && get_half(t, t->last->at, 2) == slot) {
        uint32_t at = t->last->at;
        int32_t a = get_half(t, at, 3), b = get_half(t, at, 4);
        if (t->last->op == IOP_i32_eqz) {
            unemit(t);
            want = !want;
            temp = a == slot;
            slot = a;
            continue;
        }
        if (t->last->op == IOP_i64_eqz) {
            unemit(t);
            Condition c = {.op = want ? IOP_br_i64_eq_i : IOP_br_i64_ne_i, .a = a};
            take_load(t, &c, loads);
            return c;
        }
        const BranchForms *forms = branch_forms(t->last->op);
        if (!forms->op[0])
            break;
        Condition c = {.op = forms->op[want], .a = a, .b = b};
        uint32_t word = t->words[at + 2];
        if (forms->slots_op[0] && !fits16((uint64_t)(int32_t)word)) {
            c.op = forms->slots_op[want];
            c.b = wide_immediate(t, word, &e);
            return c;
        }
        if (forms->slots_op[0])
            c.b = (int32_t)word;
        unemit(t);
        take_increment(t, &c);
        take_load(t, &c, loads);
        return c;
    }
    Condition c = {.op = want ? IOP_br_i32_ne_i : IOP_br_i32_eq_i, .a = slot};
    take_load(t, &c, loads);
    return c;
}

/* A load, compare and branch, in the place of the load. */
static bool begin_load_branch(Translator *t, const Condition *c) {
    uint32_t at = t->last->at;
    int32_t address = get_half(t, at, 3);
    uint32_t offset = t->words[at + 2];
    if (!begin_instead(t, (InterpOp)c->op, false))
        return false;
    put_halves(t, c->a, address);
    put_u32(t, offset);
    put_halves(t, c->b, 0);
    t->blames_first = true;
    return true;
}

/* Emits the branch but for its offset word, which must follow. */
static bool begin_condition(Translator *t, const Condition *c) {
    if (c->has_load)
        return begin_load_branch(t, c);
    if (c->has_inc) {
        if (!begin(t, c->op, false))
            return false;
        put_halves(t, c->a, c->inc);
        put_halves(t, c->b, 0);
        return true;
    }
    uint32_t *w = begin_slots(t, c->op, false, c->a, c->b, NO_SLOT);
    if (!w)
        return false;
    w[0] = halves(c->a, c->b);
    t->word_count++;
    return true;
}

/* A branch to a label under a condition that is ready, or (jump `over`) its opposite. */
static void do_branch_if(Translator *t, uint32_t depth, bool want) {
    Control *c = label(t, depth);
    uint32_t count;
    label_types(c, &count);
    bool direct = c->kind != OP_end && (!count || !needs_moves(t, 1, count, c->home));
    Condition cond = pop_condition(t, want == direct, true);
    if (!begin_condition(t, &cond))
        return;
    if (direct) {
        put_target(t, label(t, depth));
        return;
    }
    uint32_t over = t->word_count;
    put_u32(t, 0);
    forget_emitted(t);
    emit_branch(t, depth);
    patch_word(t, over);
    forget_emitted(t);
}

/* br_table: offsets of labels, or of landing places behind the table for labels that take values
   elsewhere or leave the function. */
static void do_br_table(Translator *t) {
    Entry e = *pop_entry(t);
    int32_t index = operand(t, &e, 0);
    uint32_t table = ++t->tables, n = t->in.c, fallback = t->in.a;
    int32_t to, a;
    uint32_t imm;
    bool adds = take_addition(t, &to, &a, &imm);
    if (!begin(t, adds ? IOP_add_br_table : IOP_br_table, false) || !word_room(t, n + 16))
        return;
    if (adds) {
        put_halves(t, to, a);
        put_u32(t, imm);
    }
    put_halves(t, index, 0);
    put_u32(t, n);
    Reader r = reader_of(t->in.list.data, t->in.list.len);
    for (uint32_t i = 0; i <= n; i++) {
        Control *c = label(t, i < n ? read_u32(&r) : fallback);
        uint32_t count;
        label_types(c, &count);
        if (c->kind != OP_end && !needs_moves(t, 0, count, c->home)) {
            put_target(t, c);
            continue;
        }
        if (c->trampoline_of != table) {
            c->trampoline_of = table;
            c->trampoline = 0;
        }
        put_u32(t, c->trampoline); /* a chain of its own */
        c->trampoline = t->word_count - 1;
    }
    forget_emitted(t);
    r = reader_of(t->in.list.data, t->in.list.len);
    for (uint32_t i = 0; i <= n && !t->failed; i++) {
        uint32_t depth = i < n ? read_u32(&r) : fallback;
        Control *c = label(t, depth);
        if (c->trampoline_of != table)
            continue;
        patch_fixups(t, c->trampoline);
        c->trampoline_of = 0;
        forget_emitted(t);
        emit_branch(t, depth);
    }
}

/* ---- blocks ---- */

static Control *push_control(Translator *t, uint8_t kind) {
    if (WT_UNLIKELY(t->control_count == t->x->control_cap) && !wt_interp_grow_controls(t))
        return NULL;
    Control *c = &controls(t)[t->control_count++];
    *c = (Control){.number = ++t->blocks,
                   .kind = kind,
                   .range = t->control_count > 1 ? c[-1].range : TRY_none};
    if (t->in.block == BLOCK_value) {
        c->one = t->in.type;
        c->result_count = 1;
    } else if (t->in.block == BLOCK_index) {
        const TypeDef *type = &t->m->types[t->in.a];
        c->params = type->params;
        c->param_count = type->param_count;
        c->results = typedef_results(type);
        c->result_count = type->result_count;
    }
    return c;
}

static void place_control(Translator *t, Control *c) {
    c->height = t->entry_count - c->param_count;
    c->home = c->param_count ? entries(t)[c->height].home : t->sp;
}

Control *wt_interp_open_block(Translator *t, uint8_t kind) {
    Control *c = push_control(t, kind);
    if (!c)
        return NULL;
    settle_locals(t, c->param_count);
    place_control(t, c);
    if (kind == OP_loop) {
        c->target = next_word(t);
        t->loops++;
        forget_emitted(t);
    }
    return c;
}

void wt_interp_leave_block(Translator *t) {
    Control *c = label(t, 0);
    emit_moves(t, c->result_count, c->home);
    if (begin_jump(t))
        put_target(t, c);
}

void wt_interp_if(Translator *t) {
    /* Locals are brought home before the condition is looked at: it may take an increment of one of
       them into itself. Constants may follow: their homes lie below the condition's slots. */
    for (uint32_t i = t->clean; i + 1 < t->entry_count; i++)
        if (entries(t)[i].kind == ENTRY_local)
            settle(t, &entries(t)[i]);
    Condition cond = pop_condition(t, false, t->in.block != BLOCK_index);
    Control *c = push_control(t, OP_if);
    if (!c)
        return;
    settle_locals(t, c->param_count);
    place_control(t, c);
    if (!begin_condition(t, &cond))
        return;
    c->other = t->word_count;
    put_u32(t, 0);
    forget_emitted(t);
}

void wt_interp_else(Translator *t) {
    Control *c = label(t, 0);
    if (!t->dead)
        wt_interp_leave_block(t);
    if (t->failed)
        return;
    c->kind = OP_else;
    c->number = ++t->blocks;
    patch_word(t, c->other);
    forget_emitted(t);
    truncate_entries(t, c->height, c->home);
    push_types(t, c->params, c->param_count);
    t->clean = t->entry_count; /* what is below was brought home when the block began */
    t->dead = false;
}

void wt_interp_end_block(Translator *t) {
    Control *c = &controls(t)[t->control_count - 1];
    if (c->kind == OP_end) {
        if (!t->dead)
            emit_return(t);
        wt_interp_patch_landings(t, c->landings);
        if (c->landings)
            begin(t, IOP_ret, false);
        t->control_count--;
        return;
    }
    bool alive = !t->dead;
    if (alive)
        emit_moves(t, c->result_count, c->home);
    if (t->failed)
        return;
    if (c->kind == OP_try || c->kind == OP_try_table)
        wt_interp_close_try(t, c);
    if (c->kind == OP_if) {
        patch_word(t, c->other);
        alive = true;
    }
    if (c->reached || c->kind == OP_if) {
        patch_fixups(t, c->fixups);
        wt_interp_patch_landings(t, c->landings);
        forget_emitted(t);
        alive = true;
    } else if (c->kind == OP_loop) {
        t->loops--;
    }
    truncate_entries(t, c->height, c->home);
    const ValType *results = c->one ? &c->one : c->results;
    ValType one = c->one;
    push_types(t, one ? &one : results, c->result_count);
    t->clean = t->entry_count;
    t->control_count--;
    t->dead = !alive;
}

void wt_interp_branch(Translator *t, uint32_t depth) {
    emit_branch(t, depth);
    t->dead = true;
}

void wt_interp_return(Translator *t) {
    emit_return(t);
    t->dead = true;
}

void wt_interp_branch_if(Translator *t, uint32_t depth) { do_branch_if(t, depth, true); }

bool wt_interp_open_function(Translator *t) {
    t->in.block = BLOCK_empty;
    Control *c = push_control(t, OP_end);
    if (!c)
        return false;
    c->results = typedef_results(t->type);
    c->result_count = t->type->result_count;
    place_control(t, c);
    return true;
}

/* br_on_null: the reference is popped when it branches and stays when not; br_on_non_null: the
   other way round. */
static void do_branch_null(Translator *t, bool on_null) {
    Entry *top = &entries(t)[t->entry_count - 1];
    settle(t, top);
    Entry kept = *top;
    Control *c = label(t, t->in.a);
    uint32_t count;
    label_types(c, &count);
    if (on_null)
        pop_entry(t);
    bool direct = c->kind != OP_end && !needs_moves(t, 0, count, c->home);
    int32_t slot = operand(t, &kept, 0);
    if (!begin(t, on_null == direct ? IOP_br_i64_eq_i : IOP_br_i64_ne_i, false))
        return;
    put_halves(t, slot, 0);
    if (direct) {
        put_target(t, c);
    } else {
        uint32_t over = t->word_count;
        put_u32(t, 0);
        forget_emitted(t);
        emit_branch(t, t->in.a);
        patch_word(t, over);
    }
    forget_emitted(t);
    if (on_null)
        push_slot(t, 1);
    else
        pop_entry(t);
}

/* br_on_cast and its like: the reference stays, branching or not. */
static void do_branch_cast(Translator *t, bool on_fail, bool described) {
    if (!described)
        settle(t, &entries(t)[t->entry_count - 1]);
    int32_t flag = described ? wt_interp_emit_desc_test(t, t->in.type2)
                             : wt_interp_emit_ref_test(t, t->in.type2);
    Control *c = label(t, t->in.a);
    uint32_t count;
    label_types(c, &count);
    bool direct = c->kind != OP_end && !needs_moves(t, 0, count, c->home);
    if (!near_slot(flag)) {
        emit_copy_slot(t, t->scratch_at, flag);
        flag = t->scratch_at;
    }
    if (!begin(t, on_fail == direct ? IOP_br_i32_eq_i : IOP_br_i32_ne_i, false))
        return;
    put_halves(t, flag, 0);
    if (direct) {
        put_target(t, c);
    } else {
        uint32_t over = t->word_count;
        put_u32(t, 0);
        forget_emitted(t);
        emit_branch(t, t->in.a);
        patch_word(t, over);
    }
    forget_emitted(t);
}

/* ---- one instruction ---- */

/* Blocks in code that cannot be reached: only their ends matter. */
void wt_interp_skip_insn(Translator *t) {
    switch (t->in.op) {
    case OP_block:
    case OP_loop:
    case OP_if:
    case OP_try:
    case OP_try_table:
        t->dead_depth++;
        return;
    case OP_else:
        if (t->dead_depth == 0)
            wt_interp_else(t);
        return;
    case OP_catch:
    case OP_catch_all:
        if (t->dead_depth == 0)
            wt_interp_exception_insn(t);
        return;
    case OP_delegate:
        if (t->dead_depth == 0)
            wt_interp_exception_insn(t);
        WT_FALLTHROUGH;
    case OP_end:
        if (t->dead_depth > 0)
            t->dead_depth--;
        else
            wt_interp_end_block(t);
        return;
    }
}

void wt_interp_control_insn(Translator *t) {
    switch (t->in.op) {
    case OP_unreachable:
        emit_trap(t, TRAP_unreachable, 0);
        return;
    case OP_block:
    case OP_loop:
        wt_interp_open_block(t, (uint8_t)t->in.op);
        return;
    case OP_if:
        wt_interp_if(t);
        return;
    case OP_else:
        wt_interp_else(t);
        return;
    case OP_try:
    case OP_catch:
    case OP_catch_all:
    case OP_try_table:
    case OP_throw:
    case OP_throw_ref:
    case OP_rethrow:
        wt_interp_exception_insn(t);
        return;
    case OP_delegate:
        wt_interp_exception_insn(t);
        WT_FALLTHROUGH;
    case OP_end:
        wt_interp_end_block(t);
        return;
    case OP_br:
        wt_interp_branch(t, t->in.a);
        return;
    case OP_br_if:
        wt_interp_branch_if(t, t->in.a);
        return;
    case OP_br_table:
        do_br_table(t);
        t->dead = true;
        return;
    case OP_return:
        wt_interp_return(t);
        return;
    case OP_cont_new:
    case OP_cont_bind:
    case OP_suspend:
    case OP_resume:
    case OP_resume_throw:
    case OP_resume_throw_ref:
    case OP_switch:
        wt_interp_continuation_insn(t);
        return;
    case OP_br_on_null:
        do_branch_null(t, true);
        return;
    case OP_br_on_non_null:
        do_branch_null(t, false);
        return;
    case OP_br_on_cast:
    case OP_br_on_cast_fail:
        do_branch_cast(t, t->in.op == OP_br_on_cast_fail, false);
        return;
    case OP_br_on_cast_desc_eq:
    case OP_br_on_cast_desc_eq_fail:
        do_branch_cast(t, t->in.op == OP_br_on_cast_desc_eq_fail, true);
        return;
    }
    emit_trap(t, TRAP_unsupported, t->in.op);
}
