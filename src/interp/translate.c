/* Wasm bytes to register code, in one pass over a validated body.

   The operand stack of wasm is simulated: an entry is a slot that holds the value, or still only
   the name of a local or a constant. local.get and constants emit nothing; an instruction's result
   goes to the entry's home, the slot of its height in the frame; local.set turns the destination of
   the instruction before it into the local. Invariants:
     - an entry's home lies above the homes of all entries below it;
     - where control can come from elsewhere (loop heads, ends, else) no entry names a local, and
       results and parameters of blocks are in their homes;
     - `last` and `before` are the instructions just emitted, when nothing can jump between them and
       the next one: only those are taken back or changed (fused).
   A result is also left in an accumulator, a register of the loop (forms.h). The instruction
   directly behind takes it from there, and then a result that only the operand stack names is in no
   slot at all. When such a user is taken back, the one before it writes its slot again.

   After a branch the rest of the block is skipped: `dead`.

   Usual instructions are read and begun by translate_run, which trusts that the body was checked;
   all others, and all of them where each has to be looked at (fuel, polls, canonical NaNs, the
   search for an offset), are read by insn_read and go through translate_insn. Both call the same
   functions.

   Slots are 16 bits with a sign. A body that could need more is translated `wide`: operands beyond
   reach are moved through scratch slots by copy_wide. Path: loop.c (first call) -> here ->
   translate_control.c (blocks, branches), translate_exn.c, translate_call.c, translate_simd.c. */
#include "interp/translate.h"

#include "interp/forms.h"
#include "interp/translate_meter.h"
#include "interp/translate_trace.h"
#include "run/call.h"
#include "wasm/num.h"

/* ---- memory ---- */

static void fetch_memory(Translator *t) {
    Interp *x = t->x;
    t->words = x->words;
    t->word_cap = (uint32_t)WT_MIN(x->word_cap, UINT32_MAX);
    t->entries = x->entries;
    t->entry_cap = (uint32_t)WT_MIN(x->entry_cap, UINT32_MAX);
    t->controls = x->controls;
    t->locals = x->locals;
}

bool wt_interp_grow_words(Translator *t, uint32_t n) {
    Interp *x = t->x;
    while (t->word_cap - t->word_count < n && !t->failed) {
        if (!wt_vec_grow(translator_allocator(t), (void **)&x->words, &x->word_cap, x->word_cap,
                         sizeof *x->words))
            t->failed = true;
        fetch_memory(t);
    }
    return !t->failed;
}

bool wt_interp_grow_entries(Translator *t) {
    Interp *x = t->x;
    if (!wt_vec_grow(translator_allocator(t), &x->entries, &x->entry_cap, t->entry_count,
                     sizeof(Entry))) {
        /* What comes may still look at entries, but there is no room for one more. */
        t->failed = true;
        t->entry_count = t->entry_count ? t->entry_count - 1 : 0;
        return t->entry_cap;
    }
    fetch_memory(t);
    return true;
}

bool wt_interp_grow_controls(Translator *t) {
    Interp *x = t->x;
    if (!wt_vec_grow(translator_allocator(t), &x->controls, &x->control_cap, t->control_count,
                     sizeof(Control)))
        t->failed = true;
    fetch_memory(t);
    return !t->failed;
}

int32_t wt_interp_far_operand(Translator *t, const Entry *e, unsigned which) {
    int32_t slot = e->slot;
    if (e->kind == ENTRY_const) {
        slot = e->home;
        int32_t pooled = e->slots == 2 ? pool_slots(t, e->bytes) : pool_slot(t, e->value);
        if (pooled != INT32_MIN)
            return pooled;
        emit_move(t, slot, e);
    }
    if (WT_LIKELY(near_slot(slot + 1)))
        return slot;
    int32_t scratch = t->scratch_at + 2 * (int32_t)which;
    emit_copy_slots(t, scratch, slot, e->slots);
    return scratch;
}

/* ---- numbers ---- */

static void do_unary(Translator *t, InterpOp op) {
    const Entry *a = pop_entry(t);
    int32_t from = operand(t, a, 0);
    emit_one(t, op, define(t, 1), from);
    flush_def(t, 1);
}

/* The instruction that made the operand also has an immediate, and both are small. */
static bool fuse_immediates(Translator *t, InterpOp op, const Entry *a, uint32_t imm) {
    if (!made_last(t, a) || !fits16((uint64_t)(int64_t)(int32_t)imm))
        return false;
    InterpOp pair = find_pair(t->last->op, op);
    if (!pair)
        return false;
    int32_t first = (int32_t)t->words[t->last->at + 2];
    int32_t from = get_half(t, t->last->at, 3);
    if (!fits16((uint64_t)(int64_t)first))
        return false;
    int32_t to = define(t, 1);
    if (begin_instead(t, pair, true)) {
        put_halves(t, to, from);
        put_halves(t, first, (int32_t)imm);
    }
    return true;
}

static void emit_with_word(Translator *t, InterpOp op, const Entry *a, uint32_t word) {
    int32_t from = operand(t, a, 0);
    emit_one_word(t, op, define(t, 1), from, word);
    flush_def(t, 1);
}
static void emit_binary_imm(Translator *t, InterpOp op, const Entry *a, uint32_t imm) {
    if (!wt_interp_takers[op] || !fuse_immediates(t, op, a, imm))
        emit_with_word(t, op, a, imm);
}

/* An instruction by an immediate made one operand, and becomes part of this one. */
static bool fuse_binary(Translator *t, InterpOp pair, const Entry *other) {
    uint32_t at = t->last->at;
    int32_t imm = (int32_t)t->words[at + 2], from[2] = {0, get_half(t, at, 3)};
    if (!fits16((uint64_t)(int64_t)imm))
        return false;
    unemit(t);
    from[0] = operand(t, other, 0);
    int32_t to = define(t, 1);
    begin_two(t, pair, true, from[0], from[1], halves(to, from[0]), halves(from[1], imm));
    return true;
}

/* A product that is added or subtracted: its operands and the other. `first`: it is the first
   operand. */
static bool fuse_product(Translator *t, unsigned op, const Entry *other, bool first) {
    static const struct {
        uint16_t op, product, fused[2]; /* [1]: the product is the first operand */
    } forms[] = {
        {OP_f32_add, IOP_f32_mul, {IOP_f32_mul_add, IOP_f32_mul_add}},
        {OP_f32_sub, IOP_f32_mul, {IOP_f32_sub_mul, IOP_f32_mul_sub}},
        {OP_f64_add, IOP_f64_mul, {IOP_f64_mul_add, IOP_f64_mul_add}},
        {OP_f64_sub, IOP_f64_mul, {IOP_f64_sub_mul, IOP_f64_mul_sub}},
    };
    for (unsigned i = 0; i < WT_COUNT(forms); i++)
        if (forms[i].op == op && forms[i].product == t->last->op) {
            int32_t from[3] = {get_half(t, t->last->at, 3), get_half(t, t->last->at, 4)};
            unemit(t);
            from[2] = operand(t, other, 0);
            int32_t to = define(t, 1);
            emit_three(t, (InterpOp)forms[i].fused[first], to, from[0], from[1], from[2]);
            return true;
        }
    return false;
}

/* The second operand was just loaded. */
static bool fuse_load(Translator *t, InterpOp pair, const Entry *other) {
    int32_t address = get_half(t, t->last->at, 3);
    uint32_t imm = t->words[t->last->at + 2];
    if (makes_load_plus(t->last->op) ? !fits16((uint64_t)(int64_t)(int32_t)imm) : imm > UINT16_MAX)
        return false;
    unemit(t);
    int32_t from = operand(t, other, 0), to = define(t, 1);
    emit_one_word(t, pair, to, from, halves(address, (int32_t)imm));
    t->blames_first = true;
    return true;
}

/* The last instruction made an operand (`first`: the first), and may become part of this one. */
static bool fuse_operand(Translator *t, unsigned op, InterpOp pair, const Entry *made,
                         const Entry *other, bool first) {
    if (!made_last(t, made) || other->kind == ENTRY_const)
        return false;
    if (!pair)
        return fuse_product(t, op, other, first);
    if (makes_load(t->last->op))
        return !first && fuse_load(t, pair, other);
    return fuse_binary(t, pair, other);
}

static void do_binary(Translator *t, unsigned op) {
    const Entry *b = pop_entry(t), *a = pop_entry(t);
    if (a->kind == ENTRY_const && b->kind != ENTRY_const && !is_plain(t) && wt_interp_swapped[op]) {
        const Entry *swap = a;
        a = b;
        b = swap;
        op = wt_interp_swapped[op];
    }
    const Forms *forms = &wt_interp_op_forms[op];
    if (b->kind == ENTRY_const && forms->imm && !is_plain(t)) {
        bool is32 = wt_sig_table[op_info(op)->sig].params[1] == VAL_i32;
        unsigned above = is32 ? 32 : 0;
        uint64_t v = (uint64_t)((int64_t)(b->value << above) >> above);
        if ((op == OP_i32_sub || op == OP_i64_sub) && fits32(0 - v)) {
            emit_binary_imm(t, op == OP_i32_sub ? IOP_i32_add_i : IOP_i64_add_i, a,
                            (uint32_t)(0 - v));
            return;
        }
        if (fits32(v)) {
            emit_binary_imm(t, forms->imm, a, (uint32_t)v);
            return;
        }
    }
    InterpOp pair = find_pair(t->last->op, forms->plain); /* only integers have immediates */
    if ((pair || !forms->imm) &&
        (fuse_operand(t, op, pair, b, a, false) || fuse_operand(t, op, pair, a, b, true)))
        return;
    int32_t from[2];
    from[0] = operand(t, a, 0);
    from[1] = operand(t, b, 1);
    int32_t to = define(t, 1);
    begin_two(t, forms->plain, true, from[0], from[1], halves(to, from[0]), halves(from[1], 0));
    flush_def(t, 1);
}

/* Two or four operands and two results. */
static void do_wide_arithmetic(Translator *t, InterpOp op, unsigned count) {
    int32_t from[4] = {0};
    Entry e[4];
    for (unsigned i = count; i > 0; i--)
        e[i - 1] = *pop_entry(t);
    if (t->wide) { /* more operands than scratch slots: bring them to homes that are near, or give
                      up */
        for (unsigned i = 0; i < count; i++)
            if (!near_slot(e[i].home + 2))
                t->failed = true;
    }
    for (unsigned i = 0; i < count; i++) {
        if (t->wide)
            emit_move(t, e[i].home, &e[i]);
        from[i] = t->wide ? e[i].home : operand(t, &e[i], i);
    }
    int32_t to = define(t, 1);
    push_slot(t, 1);
    if (!begin(t, op, false))
        return;
    put_halves(t, to, from[0]);
    put_halves(t, from[1], from[2]);
    if (count == 4)
        put_halves(t, from[3], 0);
}

/* ---- memory accesses ---- */

static void do_load(Translator *t) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    const Entry *addr = pop_entry(t);
    if (!simple_memory(t, t->in.a)) {
        int32_t from = operand(t, addr, 0), to = define(t, 1);
        if (begin(t, forms->far, true)) {
            put_halves(t, to, from);
            put_far(t);
        }
        flush_def(t, 1);
        return;
    }
    int32_t a, b;
    if (t->in.imm <= UINT16_MAX && take_sum(t, addr, &a, &b)) {
        if (accumulator_of(t, b) == ACCUMULATOR_int) {
            int32_t swap = a;
            a = b;
            b = swap;
        }
        emit_one_word(t, forms->sum, define(t, 1), a, halves(b, (int32_t)t->in.imm));
        return;
    }
    uint32_t plus;
    if (take_plus(t, addr, &a, &plus)) {
        emit_one_word(t, forms->plus, define(t, 1), a, plus);
        return;
    }
    emit_with_word(t, forms->plain, addr, (uint32_t)t->in.imm);
}

/* What is stored is a sum of an immediate and what was loaded from there. */
static bool fuse_bump(Translator *t, const Entry *addr, const Entry *v) {
    const Emitted *add = t->last, *load = t->before;
    if (t->in.op != OP_i32_store || addr->kind == ENTRY_const || !made_last(t, v) ||
        add->op != IOP_i32_add_i || load->at == NO_WORD || load->op != IOP_i32_load_at)
        return false;
    int32_t loaded = get_half(t, load->at, 2), address = get_half(t, load->at, 3);
    uint32_t imm = t->words[add->at + 2];
    int32_t slot = addr->slot;
    if (loaded < t->first_operand || get_half(t, add->at, 3) != loaded || slot != address ||
        slot == loaded || t->words[load->at + 2] != (uint32_t)t->in.imm ||
        !fits16((uint64_t)(int64_t)(int32_t)imm))
        return false;
    unemit(t);
    if (begin_instead(t, IOP_i32_bump, false)) {
        put_halves(t, address, (int32_t)imm);
        put_u32(t, (uint32_t)t->in.imm);
    }
    t->blames_first = true;
    return true;
}

static void do_store(Translator *t) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    bool is32 = wt_sig_table[op_info(t->in.op)->sig].params[1] == VAL_i32;
    const Entry *v = pop_entry(t), *addr = pop_entry(t);
    if (!simple_memory(t, t->in.a)) {
        int32_t to = operand(t, addr, 0), from = operand(t, v, 1);
        if (begin(t, forms->far, false)) {
            put_halves(t, to, from);
            put_far(t);
        }
        return;
    }
    if (fuse_bump(t, addr, v))
        return;
    uint64_t imm = is32 ? (uint64_t)(int32_t)v->value : v->value;
    if (v->kind == ENTRY_const && fits16(imm)) {
        int32_t to = operand(t, addr, 0);
        begin_two(t, forms->imm, false, to, NO_SLOT, halves(to, (int32_t)imm), (uint32_t)t->in.imm);
        return;
    }
    int32_t a, b;
    bool quiet = v->kind == ENTRY_local || (v->kind == ENTRY_const && t->loops);
    if (quiet && v->kind == ENTRY_const && pool_slot(t, v->value) == INT32_MIN)
        quiet = false;
    if (quiet && t->in.imm <= UINT16_MAX && take_sum(t, addr, &a, &b)) {
        int32_t from = operand(t, v, 1);
        if (begin(t, forms->sum, false)) {
            put_halves(t, a, b);
            put_halves(t, from, (int32_t)t->in.imm);
        }
        return;
    }
    uint32_t plus;
    if (quiet && take_plus(t, addr, &a, &plus)) {
        int32_t from = operand(t, v, 1);
        if (begin(t, forms->plus, false)) {
            put_halves(t, a, from);
            put_u32(t, plus);
        }
        return;
    }
    int32_t slots[2];
    slots[0] = operand(t, addr, 0);
    slots[1] = operand(t, v, 1);
    begin_two(t, forms->plain, false, slots[0], slots[1], halves(slots[0], slots[1]),
              (uint32_t)t->in.imm);
}

/* ---- variables ---- */

/* What is set in a block is set in the rest of it, but not behind it or in another arm. */
static bool is_set(const Translator *t, const LocalInfo *l) {
    return l->set_depth < t->control_count && controls(t)[l->set_depth].number == l->set_in;
}
/* The prologue sets it, or the caller: for the whole function. */
static void zero_local(LocalInfo *l) {
    l->zeroed = true;
    l->set_depth = 0;
    l->set_in = BLOCK_function;
}

WT_INLINE void do_local_get(Translator *t, uint32_t local) {
    LocalInfo *l = &locals(t)[local];
    if (t->clean > t->entry_count)
        t->clean = t->entry_count;
    Entry *e = push_entry(t, ENTRY_local, l->slots);
    if (WT_UNLIKELY(!e))
        return;
    e->local = local;
    e->slot = l->slot;
    l->pending++;
    if (!is_set(t, l))
        zero_local(l);
}

static void write_local(Translator *t, uint32_t local, const Entry *e) {
    LocalInfo *l = &locals(t)[local];
    if (!is_set(t, l)) {
        l->set_depth = t->control_count - 1;
        l->set_in = controls(t)[l->set_depth].number;
    }
    if (e->kind == ENTRY_local && e->local == local)
        return;
    bool retarget = e->kind == ENTRY_slot && l->pending == 0 && t->last->at != NO_WORD &&
                    !is_plain(t) && t->last->defines && near_slot(l->slot + 1) &&
                    get_half(t, t->last->at, 2) == e->home && near_slot(e->home);
    if (retarget) {
        set_half(t, t->last->at, 2, l->slot);
        return;
    }
    if (l->pending)
        rescue_local(t, local);
    emit_move(t, l->slot, e);
}

static void do_local_set(Translator *t, bool tee) {
    write_local(t, t->in.a, pop_entry(t));
    if (tee)
        do_local_get(t, t->in.a);
}

static void do_global(Translator *t, bool set) {
    bool imported = t->in.a < t->m->global_imports;
    ValType type = t->m->globals[t->in.a].type;
    uint8_t slots = (uint8_t)valtype_slots(type);
    uint32_t at = t->code->global_at[t->in.a];
    /* Hosts read globals: what is 32 bits wide is stored clean. */
    bool small = type == VAL_i32 || type == VAL_f32;
    static const uint16_t ops[2][2][3] = {
        {{IOP_global_get, IOP_global_get, IOP_global_get_v},
         {IOP_global_get_far, IOP_global_get_far, IOP_global_get_v_far}},
        {{IOP_global_set, IOP_global_set32, IOP_global_set_v},
         {IOP_global_set_far, IOP_global_set32_far, IOP_global_set_v_far}},
    };
    int32_t slot;
    if (set) {
        slot = operand(t, pop_entry(t), 0);
    } else {
        slot = define(t, slots);
    }
    if (begin(t, ops[set][imported][slots == 2 ? 2 : small], !set)) {
        put_halves(t, slot, 0);
        put_u32(t, at);
    }
    if (!set)
        flush_def(t, slots);
}

/* The compare just before becomes part of the select. */
static bool select_compare(Translator *t, const Entry *c, const Entry *b, const Entry *a) {
    uint32_t at = t->last->at;
    if (t->wide || a->slots == 2 || c->kind != ENTRY_slot || !takeable(t) || !t->last->defines ||
        get_half(t, at, 2) != c->home || !branch_forms(t->last->op)->select)
        return false;
    const BranchForms *forms = branch_forms(t->last->op);
    int32_t x = get_half(t, at, 3), y = get_half(t, at, 4);
    if (forms->slots_op[0] && !fits16((uint64_t)(int32_t)t->words[at + 2]))
        return false;
    unemit(t);
    int32_t yes = operand(t, a, 0), no = operand(t, b, 1);
    int32_t to = define(t, 1);
    if (begin(t, forms->select, true)) {
        put_halves(t, to, yes);
        put_halves(t, no, x);
        put_halves(t, y, 0);
    }
    return true;
}

static void do_select(Translator *t) {
    Entry c = *pop_entry(t), b = *pop_entry(t), a = *pop_entry(t);
    uint8_t slots = a.slots;
    if (select_compare(t, &c, &b, &a))
        return;
    if (t->wide) {
        /* Both alternatives at home: then slots are in order, whatever they are. */
        emit_move(t, a.home, &a);
        emit_move(t, b.home, &b);
        a.kind = b.kind = ENTRY_slot;
        a.slot = a.home;
        b.slot = b.home;
    }
    int32_t from[3];
    from[2] = operand(t, &c, 2);
    from[0] = operand(t, &a, 0);
    from[1] = operand(t, &b, 1);
    int32_t to = define(t, slots);
    emit_three(t, slots == 2 ? IOP_select_v : IOP_select, to, from[0], from[1], from[2]);
    flush_def(t, slots);
}

/* ---- references, bulk instructions ---- */

/* Instructions of slow.c: their operands in slots 0.., a result in slot 0 with operands behind. */
static void emit_slow(Translator *t, InterpOp op, unsigned operands, bool result, uint32_t i0,
                      uint32_t i1) {
    Entry e[3];
    int32_t slot[4] = {0};
    for (unsigned i = operands; i > 0; i--)
        e[i - 1] = *pop_entry(t);
    for (unsigned i = 0; i < operands; i++)
        slot[i + result] = operand(t, &e[i], i);
    if (result)
        slot[0] = define(t, 1);
    if (!begin(t, op, result))
        return;
    put_halves(t, slot[0], slot[1]);
    put_halves(t, slot[2], slot[3]);
    put_u32(t, i0);
    put_u32(t, i1);
    put_u32(t, (uint32_t)t->max_sp + 4);
    flush_def(t, 1);
}

WT_INLINE void push_const(Translator *t, uint64_t v) {
    Entry *e = push_entry(t, ENTRY_const, 1);
    if (WT_LIKELY(e != NULL))
        e->value = v;
}

static void do_ref_as_non_null(Translator *t) {
    Entry *e = &entries(t)[t->entry_count - 1];
    int32_t slot = operand(t, e, 0);
    if (begin(t, IOP_ref_as_non_null, false))
        put_halves(t, slot, 0);
}

/* ---- one instruction ---- */

static void memory_insn(Translator *t) {
    uint32_t a = t->in.a, b = t->in.b;
    switch (t->in.op) {
    case OP_memory_size:
        emit_slow(t, IOP_memory_size, 0, true, a, 0);
        return;
    case OP_memory_grow:
        emit_slow(t, IOP_memory_grow, 1, true, a, 0);
        return;
    case OP_memory_fill:
        emit_slow(t, IOP_memory_fill, 3, false, a, 0);
        return;
    case OP_memory_copy:
        emit_slow(t, IOP_memory_copy, 3, false, a, b);
        return;
    case OP_memory_init:
        emit_slow(t, IOP_memory_init, 3, false, a, b);
        return;
    case OP_data_drop:
        emit_slow(t, IOP_data_drop, 0, false, a, 0);
        return;
    case OP_table_get:
        emit_slow(t, IOP_table_get, 1, true, a, 0);
        return;
    case OP_table_set:
        emit_slow(t, IOP_table_set, 2, false, a, 0);
        return;
    case OP_table_size:
        emit_slow(t, IOP_table_size, 0, true, a, 0);
        return;
    case OP_table_grow:
        emit_slow(t, IOP_table_grow, 2, true, a, 0);
        return;
    case OP_table_fill:
        emit_slow(t, IOP_table_fill, 3, false, a, 0);
        return;
    case OP_table_copy:
        emit_slow(t, IOP_table_copy, 3, false, a, b);
        return;
    case OP_table_init:
        emit_slow(t, IOP_table_init, 3, false, a, b);
        return;
    case OP_elem_drop:
        emit_slow(t, IOP_elem_drop, 0, false, a, 0);
        return;
    }
    emit_trap(t, TRAP_unsupported, t->in.op);
}

static void reference_insn(Translator *t) {
    switch (t->in.op) {
    case OP_ref_null:
        push_const(t, 0);
        return;
    case OP_ref_is_null:
        do_unary(t, IOP_i64_eqz);
        return;
    case OP_ref_func:
        emit_slow(t, IOP_ref_func, 0, true, t->in.a, 0);
        return;
    case OP_ref_eq:
        do_binary(t, OP_i64_eq);
        return;
    case OP_ref_as_non_null:
        do_ref_as_non_null(t);
        return;
    }
    emit_trap(t, TRAP_unsupported, t->in.op);
}

static void variable_insn(Translator *t) {
    switch (t->in.op) {
    case OP_local_get:
        do_local_get(t, t->in.a);
        return;
    case OP_local_set:
        do_local_set(t, false);
        return;
    case OP_local_tee:
        do_local_set(t, true);
        return;
    case OP_global_get:
        do_global(t, false);
        return;
    case OP_global_set:
        do_global(t, true);
        return;
    }
}

/* The same bits as another type, or their lower half: nothing to do, because the upper half of a
   32-bit value means nothing here. */
static void wrap_entry(Translator *t) {
    Entry *e = &entries(t)[t->entry_count - 1];
    if (e->kind == ENTRY_const)
        e->value = (uint32_t)e->value;
}
static bool same_bits(Translator *t) {
    switch (t->in.op) {
    case OP_i32_wrap_i64:
        wrap_entry(t);
        return true;
    case OP_i32_reinterpret_f32:
    case OP_f32_reinterpret_i32:
    case OP_i64_reinterpret_f64:
    case OP_f64_reinterpret_i64:
        return true;
    }
    return false;
}

/* Deterministic: a NaN that the instruction may have made becomes the canonical one. */
static void canonicalize_result(Translator *t) {
    InterpOp op = (InterpOp)wt_interp_canonical[t->in.op];
    if (op == IOP_none)
        return;
    Entry a = *pop_entry(t);
    int32_t from = operand(t, &a, 0);
    int32_t to = define(t, a.slots);
    if (begin(t, op, true))
        put_halves(t, to, from);
    flush_def(t, a.slots);
}

static void number_insn(Translator *t) {
    if (same_bits(t))
        return;
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    if (!forms->plain) {
        emit_trap(t, TRAP_unsupported, t->in.op);
        return;
    }
    switch (wt_sig_table[op_info(t->in.op)->sig].param_count) {
    case 1:
        do_unary(t, forms->plain);
        return;
    case 2:
        if (t->in.op == OP_i64_mul_wide_s || t->in.op == OP_i64_mul_wide_u)
            do_wide_arithmetic(t, forms->plain, 2);
        else
            do_binary(t, t->in.op);
        return;
    case 4:
        do_wide_arithmetic(t, forms->plain, 4);
        return;
    }
}

static void translate_insn(Translator *t) {
    if (t->in.op >= OPBASE_FD) {
        wt_interp_vector_insn(t);
        return;
    }
    switch ((OpKind)op_info(t->in.op)->kind) {
    case KIND_PURE:
    case KIND_TRAPS:
        number_insn(t);
        return;
    case KIND_CONST:
        push_const(t, t->in.op == OP_i32_const ? (uint32_t)t->in.imm : t->in.imm);
        return;
    case KIND_STACK:
        if (t->in.op == OP_drop)
            pop_entry(t);
        else if (t->in.op != OP_nop)
            do_select(t);
        return;
    case KIND_VAR:
        variable_insn(t);
        return;
    case KIND_LOAD:
        do_load(t);
        return;
    case KIND_STORE:
        do_store(t);
        return;
    case KIND_MEMORY:
    case KIND_TABLE:
        memory_insn(t);
        return;
    case KIND_REF:
        reference_insn(t);
        return;
    case KIND_CALL:
        wt_interp_call_insn(t);
        return;
    case KIND_CONTROL:
        wt_interp_control_insn(t);
        return;
    case KIND_ATOMIC:
        wt_interp_atomic_insn(t);
        return;
    case KIND_GC:
        wt_interp_object_insn(t);
        return;
    }
}

/* ---- the usual instructions ---- */

/* Those whose translation begins in the loop itself, in code that only has to be translated. */
typedef enum Step {
    STEP_other,
    STEP_local_get,
    STEP_local_set,
    STEP_local_tee,
    STEP_i32_const,
    STEP_i64_const,
    STEP_unary,
    STEP_binary,
    STEP_same_bits,
    STEP_wrap,
    STEP_load,
    STEP_store,
    STEP_block,
    STEP_end,
    STEP_branch,
    STEP_branch_if,
    STEP_call,
    STEP_if,
    STEP_else,
    STEP_return,
    STEP_drop,
    STEP_select,
    STEP_global,
    STEP_count,
} Step;

enum {
    OPERANDS_SPECIAL,
#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1) OPERANDS_##ident = np,
#include "wasm/sigs.def"
#undef SIG
};

#define STEP_OF(op, kind, operands)                                                                \
    ((op) == OP_local_get      ? STEP_local_get                                                    \
     : (op) == OP_local_set    ? STEP_local_set                                                    \
     : (op) == OP_local_tee    ? STEP_local_tee                                                    \
     : (op) == OP_i32_const    ? STEP_i32_const                                                    \
     : (op) == OP_i64_const    ? STEP_i64_const                                                    \
     : (op) == OP_i32_wrap_i64 ? STEP_wrap                                                         \
     : (op) == OP_i32_reinterpret_f32 || (op) == OP_f32_reinterpret_i32 ||                         \
             (op) == OP_i64_reinterpret_f64 || (op) == OP_f64_reinterpret_i64                      \
         ? STEP_same_bits                                                                          \
     : (op) == OP_block || (op) == OP_loop            ? STEP_block                                 \
     : (op) == OP_end                                 ? STEP_end                                   \
     : (op) == OP_br                                  ? STEP_branch                                \
     : (op) == OP_br_if                               ? STEP_branch_if                             \
     : (op) == OP_call                                ? STEP_call                                  \
     : (op) == OP_if                                  ? STEP_if                                    \
     : (op) == OP_else                                ? STEP_else                                  \
     : (op) == OP_return                              ? STEP_return                                \
     : (op) == OP_drop                                ? STEP_drop                                  \
     : (op) == OP_select                              ? STEP_select                                \
     : (op) == OP_global_get || (op) == OP_global_set ? STEP_global                                \
     : (kind) == KIND_LOAD                            ? STEP_load                                  \
     : (kind) == KIND_STORE                           ? STEP_store                                 \
     : ((kind) != KIND_PURE && (kind) != KIND_TRAPS)  ? STEP_other                                 \
     : (operands) == 1                                ? STEP_unary                                 \
     : (operands) == 2                                ? STEP_binary                                \
                                                      : STEP_other)
static const uint8_t steps[256] = {
#define STEP_ROW_0x00(ident, sig, kind)                                                            \
    [OP_##ident] = STEP_OF(OP_##ident, KIND_##kind, OPERANDS_##sig),
#define STEP_ROW_0xFB(ident, sig, kind)
#define STEP_ROW_0xFC(ident, sig, kind)
#define STEP_ROW_0xFD(ident, sig, kind)
#define STEP_ROW_0xFE(ident, sig, kind)
#define OP(page, code, ident, text, imm, sig, kind, align, since) STEP_ROW_##page(ident, sig, kind)
#include "wasm/ops.def"
#undef OP
};

/* Numbers of code that was checked: they end where they may. Where code goes on comes back as a
   value, so that it stays in a register. */
typedef struct Checked {
    uint64_t value;
    const uint8_t *at;
} Checked;
/* Near the end of the code, or as long as can be. */
static WT_NOINLINE Checked checked_slow(const uint8_t *p, bool is_signed) {
    uint64_t v = 0;
    unsigned bits = 0;
    do {
        v |= (uint64_t)(*p & 0x7F) << bits;
        bits += 7;
    } while (*p++ & 0x80);
    if (is_signed && bits < 64 && (p[-1] & 0x40))
        v |= UINT64_MAX << bits;
    return (Checked){v, p};
}
/* Of two bytes or more. Eight are read at once, because a jump for each is guessed wrong. */
static WT_NOINLINE Checked checked_long(const uint8_t *p, const uint8_t *end, bool is_signed) {
    const uint64_t ends = end - p >= 8 ? ~load64le(p) & 0x8080808080808080 : 0;
    if (WT_UNLIKELY(!ends))
        return checked_slow(p, is_signed);
    uint64_t v = load64le(p) & (ends ^ (ends - 1)) & 0x7F7F7F7F7F7F7F7F;
    v = (v & 0x007F007F007F007F) | (v & 0x7F007F007F007F00) >> 1;
    v = (v & 0x00003FFF00003FFF) | (v & 0x3FFF00003FFF0000) >> 2;
    v = (v & 0x000000000FFFFFFF) | (v & 0x0FFFFFFF00000000) >> 4;
    const unsigned length = ((unsigned)num_i64_ctz(ends) + 1) / 8;
    const unsigned above = is_signed ? 64 - 7 * length : 0;
    return (Checked){(uint64_t)((int64_t)(v << above) >> above), p + length};
}
WT_INLINE Checked checked_number(const uint8_t *p, const uint8_t *end) {
    if (WT_LIKELY(p[0] < 0x80))
        return (Checked){p[0], p + 1};
    return checked_long(p, end, false);
}
WT_INLINE Checked checked_signed(const uint8_t *p, const uint8_t *end) {
    if (WT_LIKELY(p[0] < 0x80))
        return (Checked){(uint64_t)((int64_t)((uint64_t)p[0] << 57) >> 57), p + 1};
    return checked_long(p, end, true);
}

/* The type of a block without parameters and with one result at most; false: another. */
WT_INLINE bool checked_block(Translator *t, uint8_t type) {
    t->in.block = type == 0x40 ? BLOCK_empty : BLOCK_value;
    t->in.type = (ValType)(0x80 - type);
    return type == 0x40 || (type >= 0x7B && type <= 0x7F);
}

/* Translates up to an instruction of another kind, or one that ends code which is reached. What
   comes next is looked up before the translation of what is there: a jump that was guessed wrong is
   known early. */
static void translate_run(Translator *t) {
    const uint8_t *at = t->r.at, *const code_end = t->r.end; /* behind the opcode in every case */
    unsigned op = *at++;
    uint8_t step = steps[op];
    Checked read;
    uint32_t index;

#define ROW(name) WT_JUMP_ROW(jump, L_other, STEP_##name, L_##name)
    WT_JUMPS_BEGIN(jump, STEP_count, step)
    ROW(local_get)
    ROW(local_set)
    ROW(local_tee)
    ROW(i32_const)
    ROW(i64_const)
    ROW(unary)
    ROW(binary)
    ROW(wrap)
    ROW(same_bits)
    ROW(load)
    ROW(store)
    ROW(block)
    ROW(end)
    ROW(branch)
    ROW(branch_if)
    ROW(call)
    ROW(if)
    ROW(else)
    ROW(return)
    ROW(drop)
    ROW(select)
    ROW(global)
    WT_JUMPS_END(jump, L_other, step)
#undef ROW

#define LOOK() (op = *at++, step = steps[op])
#define READ(number) (read = checked_##number(at, code_end), at = read.at)
#define INDEX() (READ(number), index = (uint32_t)read.value)
/* Without the index of a memory, which would follow the alignment. */
#define MEMARG()                                                                                   \
    do {                                                                                           \
        if (WT_UNLIKELY(*at >= 0x40))                                                              \
            goto L_other;                                                                          \
        t->in.op = (uint16_t)op;                                                                   \
        t->in.a = 0;                                                                               \
        at++;                                                                                      \
        READ(number);                                                                              \
        t->in.imm = read.value;                                                                    \
    } while (0)
#define NEXT()                                                                                     \
    do {                                                                                           \
        if (WT_UNLIKELY(t->failed))                                                                \
            goto L_other;                                                                          \
        WT_JUMP(jump, L_other, step);                                                              \
    } while (0)

L_local_get:
    INDEX();
    LOOK();
    do_local_get(t, index);
    NEXT();
L_local_set:
    INDEX();
    LOOK();
    write_local(t, index, pop_entry(t));
    NEXT();
L_local_tee:
    INDEX();
    LOOK();
    write_local(t, index, pop_entry(t));
    do_local_get(t, index);
    NEXT();
L_i32_const:
    READ(signed);
    LOOK();
    push_const(t, (uint32_t)read.value);
    NEXT();
L_i64_const:
    READ(signed);
    LOOK();
    push_const(t, read.value);
    NEXT();
L_unary:
    index = op;
    LOOK();
    do_unary(t, (InterpOp)wt_interp_op_forms[index].plain);
    NEXT();
L_binary:
    index = op;
    LOOK();
    do_binary(t, index);
    NEXT();
L_wrap:
    wrap_entry(t);
    LOOK();
    NEXT();
L_same_bits:
    LOOK();
    NEXT();
L_load:
    MEMARG();
    LOOK();
    do_load(t);
    NEXT();
L_store:
    MEMARG();
    LOOK();
    do_store(t);
    NEXT();
L_block:
    if (WT_UNLIKELY(!checked_block(t, *at)))
        goto L_other;
    at++;
    index = op;
    LOOK();
    wt_interp_open_block(t, (uint8_t)index);
    NEXT();
L_end:
    wt_interp_end_block(t);
    if (WT_UNLIKELY(!t->control_count || t->dead)) {
        t->r.at = at;
        return;
    }
    LOOK();
    NEXT();
L_if:
    if (WT_UNLIKELY(!checked_block(t, *at)))
        goto L_other;
    at++;
    LOOK();
    wt_interp_if(t);
    NEXT();
L_else:
    LOOK();
    wt_interp_else(t);
    NEXT();
L_branch:
    INDEX();
    wt_interp_branch(t, index);
    goto L_dead;
L_return:
    wt_interp_return(t);
L_dead:
    /* Most often the end of the block is what comes. */
    if (*at++ == OP_end)
        goto L_end;
    goto L_other;
L_branch_if:
    INDEX();
    LOOK();
    wt_interp_branch_if(t, index);
    NEXT();
L_call:
    INDEX();
    LOOK();
    wt_interp_call(t, index);
    NEXT();
L_drop:
    LOOK();
    pop_entry(t);
    NEXT();
L_select:
    LOOK();
    do_select(t);
    NEXT();
L_global:
    index = op;
    READ(number);
    t->in.a = (uint32_t)read.value;
    LOOK();
    do_global(t, index == OP_global_set);
    NEXT();
L_other:
    t->r.at = at - 1;
}

/* ---- a function ---- */

static bool add_local(Translator *t, ValType type, int32_t *slot) {
    if (!wt_vec_grow(translator_allocator(t), &t->x->locals, &t->x->local_cap, t->local_count,
                     sizeof(LocalInfo)))
        return false;
    t->locals = t->x->locals;
    uint8_t slots = (uint8_t)valtype_slots(type);
    /* The collector looks for references in frames, and who holds the call at all values. */
    LocalInfo *l = &locals(t)[t->local_count++];
    *l = (LocalInfo){.slot = *slot, .slots = slots};
    if (valtype_is_ref(type) || is_held(t))
        zero_local(l);
    *slot += slots;
    return true;
}

/* Gives every local its slot, and the operands their first. */
static bool place_locals(Translator *t) {
    /* There is always a first one (pop_entry). */
    if (!t->x->local_cap && !wt_vec_grow(translator_allocator(t), &t->x->locals, &t->x->local_cap,
                                         0, sizeof(LocalInfo)))
        return false;
    t->locals = t->x->locals;
    const TypeInfo *info = type_info(t, t->m->funcs[t->fc->funcidx].type);
    t->own_k = call_k(info);
    int32_t slot = result_slot(t);
    for (uint32_t i = 0; i < t->type->param_count; i++)
        if (!add_local(t, t->type->params[i], &slot))
            return false;
    for (uint32_t i = 0; i < t->local_count; i++)
        zero_local(&locals(t)[i]); /* the prologue leaves parameters alone */
    uint32_t runs = wt_insn_local_runs(&t->r);
    /* Near slots that are always needed come first, then locals, which may be many. */
    t->pool_at = 0;
    t->pool_size = (int32_t)WT_MIN(POOL_most, 8 + t->m->funcs[t->fc->funcidx].code_size / 64);
    t->scratch_at = t->pool_size;
    slot = 0;
    Reader ahead = t->r;
    uint64_t total = 0;
    LocalRun run;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&ahead, &run); i++)
        total += (uint64_t)run.count * valtype_slots(run.type);
    t->too_large = total > t->code->store->limits.stack_slots;
    if (t->too_large)
        return false;
    t->wide = t->wide || t->own_k > SLOT_MAX || total > SLOT_MAX - POOL_most - SCRATCH_slots;
    slot = t->pool_size + (t->wide ? SCRATCH_slots : 0);
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&t->r, &run); i++)
        for (uint32_t j = 0; j < run.count; j++)
            if (!add_local(t, run.type, &slot))
                return false;
    t->first_operand = t->sp = t->max_sp = slot;
    return true;
}

/* The prologue: zero locals, fill the pool, go to the body. It stands behind the body, because
   only then the constants are known. Returns the entry's word. */
static uint32_t emit_prologue(Translator *t) {
    int32_t zero_from = 0, zero_to = 0;
    for (uint32_t i = t->type->param_count; i < t->local_count; i++) {
        const LocalInfo *l = &locals(t)[i];
        if (!l->zeroed)
            continue;
        if (zero_to == 0)
            zero_from = l->slot;
        zero_to = l->slot + l->slots;
    }
    uint32_t zeros = (uint32_t)(zero_to - zero_from);
    if (!zeros && !t->pool_count)
        return INTERP_handler_words - 1;
    uint32_t entry = next_word(t);
    if (!word_room(t, 16 + 2 * POOL_most) || !begin(t, IOP_enter, false))
        return 0;
    put_u32(t, (uint32_t)zero_from);
    put_u32(t, zeros);
    put_u32(t, (uint32_t)t->pool_at);
    put_u32(t, (uint32_t)t->pool_count);
    put_u32(t, INTERP_handler_words - 1 - t->word_count); /* to the first instruction */
    for (int32_t i = 0; i < t->pool_count; i++)
        put_u64(t, t->pool[i]);
    return entry;
}

static void start_translator(Translator *t, Interp *x, FuncCode *fc) {
    memset(t, 0, sizeof *t);
    t->x = x;
    t->fc = fc;
    t->plain = x->plain || (WT_DEBUGGER && fc->code->store->limits.hold);
    t->handlers = x->handlers;
    t->code = fc->code;
    t->m = fc->code->module;
    const Func *fn = &t->m->funcs[fc->funcidx];
    t->type = &t->m->types[fn->type];
    t->r = reader_of(fn->code, fn->code_size);
    t->far_def = INT32_MIN;
    t->deterministic = t->code->store->limits.deterministic;
    t->interruptible = t->code->store->limits.interruptible;
    t->fuel = t->code->store->limits.fuel;
    t->hold = t->code->store->limits.hold;
    t->trace = is_held(t) || t->code->store->limits.trace;
    t->last = &t->emitted[0];
    t->before = &t->emitted[1];
    forget_emitted(t);
    fetch_memory(t);
}

/* The translated instruction stands at the word that is looked for (a fused one may be emitted by
   several wasm instructions: the last counts, but for those that only the first can trap). */
static void note_offset(Translator *t, uint32_t begun, uint32_t at) {
    if (t->word_count > t->search_word &&
        (t->found == TRAP_no_offset ||
         (begun != t->begun && t->last->at <= t->search_word && !t->blames_first)))
        t->found = at;
    t->blames_first = false;
}

/* Translates the body; words are in x->words. */
static void translate_body(Translator *t) {
    /* There are always some entries: no offset to nothing. */
    t->failed =
        !place_locals(t) || !word_room(t, 16) || (!t->entry_cap && !wt_interp_grow_entries(t));
    t->accumulators = t->wide || is_plain(t) ? 0 : UINT8_MAX;
    if (t->failed || !wt_interp_open_function(t))
        return;
    bool metered = t->interruptible || t->fuel || t->trace;
    if (metered)
        meter_function(t);
    const bool watched = metered || t->deterministic || t->searching;
    while (!t->failed && t->control_count && t->r.at != t->r.end) {
        if (WT_LIKELY(!watched && !t->dead)) {
            translate_run(t);
            if (t->failed || !t->control_count)
                break;
        }
        uint32_t at = (uint32_t)(t->r.at - t->r.start), begun = t->begun;
        if (!insn_read(&t->r, &t->in))
            break;
        if (WT_UNLIKELY(metered))
            meter_before(t);
        if (WT_UNLIKELY(t->trace))
            trace_before(t, at);
        if (WT_UNLIKELY(t->looking) && at == t->look_offset)
            return;
        if (t->dead)
            wt_interp_skip_insn(t);
        else
            translate_insn(t);
        if (WT_UNLIKELY(t->deterministic) && !t->dead)
            canonicalize_result(t);
        if (WT_UNLIKELY(metered))
            meter_behind(t);
        if (WT_UNLIKELY(t->searching))
            note_offset(t, begun, at);
    }
}

/* The same with wide slots if it cannot be otherwise. */
static void translate_function(Translator *t, Interp *x, FuncCode *fc, uint32_t search_word) {
    bool wide = false;
    do {
        start_translator(t, x, fc);
        t->wide = wide;
        t->searching = search_word != NO_WORD;
        t->search_word = search_word;
        t->found = TRAP_no_offset;
        translate_body(t);
        wide = true;
    } while (t->too_wide && !t->wide);
}

enum { FRAME_spare = 8 };
bool wt_interp_translate(Interp *x, FuncCode *fc) {
    Translator t;
    translate_function(&t, x, fc, NO_WORD);
    uint32_t entry = t.failed ? 0 : emit_prologue(&t);
    if (t.too_large)
        fc->frame_slots = UINT32_MAX;
    if (t.failed)
        return t.too_large;
    if (!wt_interp_place_room(x, translator_allocator(&t)))
        return false;
    uint32_t *words =
        arena_alloc(&fc->code->arena, ((size_t)t.word_count + INTERP_words_behind) * sizeof *words);
    if (!words || !wt_interp_keep_tries(&t, &fc->tries))
        return false;
    memcpy(words, x->words, t.word_count * sizeof *words);
    fc->start = words;
    fc->words = t.word_count;
    fc->frame_slots = (uint32_t)t.max_sp + FRAME_spare;
    fc->entry = words + entry;
    wt_interp_place_add(x, fc);
    return true;
}

uint32_t wt_interp_locate(Interp *x, FuncCode *fc, uint32_t word) {
    Translator t;
    translate_function(&t, x, fc, word);
    return t.found;
}

bool wt_interp_look(Interp *x, FuncCode *fc, uint32_t offset, Value *fp,
                    void (*tell)(void *user, bool operand, const Value *at), void *user) {
    Translator t;
    start_translator(&t, x, fc);
    t.wide =
        fc->frame_slots > (uint32_t)SLOT_MAX + FRAME_spare; /* what made it so may come later */
    t.searching = t.looking = true;
    t.search_word = NO_WORD;
    t.look_offset = offset;
    translate_body(&t);
    for (uint32_t i = 0; i < t.local_count && !t.failed; i++)
        tell(user, false, fp + locals(&t)[i].slot);
    /* The first entry of a catch is its exception, which is no operand. */
    const Control *c = controls(&t), *end = c + t.control_count;
    for (uint32_t i = 0; i < t.entry_count && !t.failed; i++) {
        while (c < end && (c->kind != OP_catch || c->height < i))
            c++;
        if (c == end || c->height != i)
            tell(user, true, fp + entries(&t)[i].home);
    }
    return !t.failed;
}

void wt_interp_free(Interp *x, const Allocator *al) {
    allocator_free(al, x->words, x->word_cap * sizeof *x->words);
    allocator_free(al, x->entries, x->entry_cap * sizeof(Entry));
    allocator_free(al, x->controls, x->control_cap * sizeof(Control));
    allocator_free(al, x->locals, x->local_cap * sizeof(LocalInfo));
    allocator_free(al, x->ranges, x->range_cap * sizeof *x->ranges);
    allocator_free(al, x->landings, x->landing_cap * sizeof *x->landings);
    allocator_free(al, x->placed, x->placed_cap * sizeof *x->placed);
    allocator_free(al, x, sizeof *x);
}
