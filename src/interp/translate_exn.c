/* Exceptions: try_table, throw and throw_ref, and the older try, catch, rethrow and delegate.

   A try emits nothing. It leaves a TryRange, the words of the code under it, and a TryLanding for
   each handler, which says where the values go; unwind.c reads them when something is thrown. What
   is emitted under a try is not fused with what stands before or behind, so that a range holds
   whole instructions. A landing of try_table is the label of its clause itself: the values go to
   the homes of what the label takes. A `catch` begins with the exception in a slot of its own,
   below its values, for rethrow. Path: translate_control.c -> here. */
#include "interp/translator.h"

/* ---- ranges and landings ---- */

static void open_try(Translator *t, uint8_t kind) {
    Control *c = wt_interp_open_block(t, kind);
    if (!c)
        return;
    if (!wt_vec_grow(translator_allocator(t), (void **)&t->x->ranges, &t->x->range_cap,
                     t->range_count, sizeof *t->x->ranges)) {
        t->failed = true;
        return;
    }
    forget_emitted(t);
    c->own_range = t->range_count++;
    t->x->ranges[c->own_range] =
        (TryRange){.start = t->word_count, .outer = c->range, .next = c->range, .first = TRY_none};
    c->range = c->own_range;
}

void wt_interp_close_try(Translator *t, Control *c) {
    TryRange *range = &t->x->ranges[c->own_range];
    range->end = t->word_count;
    c->range = range->outer;
    forget_emitted(t);
}

TryLanding *wt_interp_add_landing(Translator *t, uint32_t tag) {
    if (!wt_vec_grow(translator_allocator(t), (void **)&t->x->landings, &t->x->landing_cap,
                     t->landing_count, sizeof *t->x->landings)) {
        t->failed = true;
        return NULL;
    }
    TryLanding *landing = &t->x->landings[t->landing_count++];
    *landing = (TryLanding){.tag = tag, .ref = TRY_no_slot, .next = TRY_none, .cont = TRY_none};
    return landing;
}

/* Adds one to a try. tag TRY_none: it takes everything. */
static TryLanding *add_landing(Translator *t, Control *c, uint32_t tag) {
    TryLanding *landing = wt_interp_add_landing(t, tag);
    if (!landing)
        return NULL;
    uint32_t at = t->landing_count - 1;
    TryRange *range = &t->x->ranges[c->own_range];
    if (range->first == TRY_none)
        range->first = at;
    else
        t->x->landings[c->last_landing].next = at;
    c->last_landing = at;
    return landing;
}

void wt_interp_aim_landing(Translator *t, TryLanding *landing, Control *c) {
    landing->values = c->kind == OP_end ? result_slot(t) : c->home;
    if (c->kind == OP_loop) {
        landing->target = c->target;
        return;
    }
    landing->target = c->landings;
    c->landings = (uint32_t)(landing - t->x->landings) + 1;
    c->reached = true;
}

void wt_interp_patch_landings(Translator *t, uint32_t chain) {
    while (chain) {
        TryLanding *landing = &t->x->landings[chain - 1];
        chain = landing->target;
        landing->target = next_word(t);
    }
}

static void *copy_rows(Arena *a, const void *rows, size_t size) {
    void *copy = arena_alloc(a, size);
    if (copy && size)
        memcpy(copy, rows, size);
    return copy;
}

bool wt_interp_keep_tries(const Translator *t, const TryTable **out) {
    *out = NULL;
    if (!t->landing_count)
        return true;
    Arena *a = &t->fc->code->arena;
    TryTable *table = ARENA_NEW(a, TryTable);
    TryRange *ranges = copy_rows(a, t->x->ranges, t->range_count * sizeof *ranges);
    TryLanding *landings = copy_rows(a, t->x->landings, t->landing_count * sizeof *landings);
    if (!table || !ranges || !landings)
        return false;
    *table = (TryTable){t->range_count, ranges, landings};
    *out = table;
    return true;
}

/* ---- try_table ---- */

static uint32_t tag_type(const Translator *t, uint32_t tag) { return t->m->tags[tag].type; }

/* The label counts from outside of the try_table. */
static void add_clause(Translator *t, const Clause *clause) {
    bool all = clause->kind >= 2, with_ref = clause->kind & 1;
    TryLanding *landing = add_landing(t, label(t, 0), all ? TRY_none : clause->tag);
    if (!landing)
        return;
    wt_interp_aim_landing(t, landing, label(t, clause->label + 1));
    if (with_ref) {
        uint32_t below = all ? 0 : type_info(t, tag_type(t, clause->tag))->param_slots;
        landing->ref = landing->values + (int32_t)below;
    }
}

static void do_try_table(Translator *t) {
    open_try(t, OP_try_table);
    Reader r = reader_of(t->in.list.data, t->in.list.len);
    Clause clause;
    for (uint32_t i = 0; i < t->in.c && !t->failed && wt_insn_next_catch(&r, &clause); i++)
        add_clause(t, &clause);
}

/* ---- try, catch, delegate ---- */

static void do_catch(Translator *t, uint32_t tag) {
    Control *c = label(t, 0);
    if (!t->dead)
        wt_interp_leave_block(t);
    if (t->failed)
        return;
    if (c->kind == OP_try)
        wt_interp_close_try(t, c);
    c->kind = OP_catch;
    c->number = ++t->blocks;
    forget_emitted(t);
    truncate_entries(t, c->height, c->home);
    push_slot(t, 1); /* the exception */
    TryLanding *landing = add_landing(t, c, tag);
    if (!landing)
        return;
    landing->ref = c->home;
    landing->values = c->home + 1;
    landing->target = next_word(t);
    if (tag != TRY_none) {
        const TypeDef *type = &t->m->types[tag_type(t, tag)];
        push_types(t, type->params, type->param_count);
    }
    t->clean = t->entry_count;
    t->dead = false;
}

/* The try ends behind this; its exceptions are thrown on from the label, which counts from outside
   of it. */
static void do_delegate(Translator *t) {
    t->x->ranges[label(t, 0)->own_range].next = label(t, t->in.a + 1)->range;
}

/* ---- throw ---- */

static void do_throw(Translator *t) {
    int32_t base = take_home(t, t->m->types[tag_type(t, t->in.a)].param_count);
    if (begin(t, IOP_throw, false)) {
        put_u32(t, (uint32_t)base);
        put_u32(t, t->in.a);
        put_u32(t, (uint32_t)t->max_sp + 4);
    }
    t->dead = true;
}

static void emit_throw_ref(Translator *t, int32_t slot) {
    if (begin(t, IOP_throw_ref, false))
        put_u32(t, (uint32_t)slot);
    t->dead = true;
}

void wt_interp_exception_insn(Translator *t) {
    switch (t->in.op) {
    case OP_try:
        open_try(t, OP_try);
        return;
    case OP_try_table:
        do_try_table(t);
        return;
    case OP_catch:
        do_catch(t, t->in.a);
        return;
    case OP_catch_all:
        do_catch(t, TRY_none);
        return;
    case OP_delegate:
        do_delegate(t);
        return;
    case OP_throw:
        do_throw(t);
        return;
    case OP_throw_ref:
        emit_throw_ref(t, take_home(t, 1));
        return;
    case OP_rethrow:
        emit_throw_ref(t, label(t, t->in.a)->home);
        return;
    }
}
