/* The type rules that no row of ops.def can say: control, calls, variables, references, aggregates.
   One function for each group, all inline in step_special, which body.c compiles for speed and
   explain.c for words. */
#ifndef WATTLE_VALID_SPECIAL_H
#define WATTLE_VALID_SPECIAL_H

#include "valid/step.h"

/* ---- types named by immediates ---- */

WT_INLINE bool need_type(Walk *w, const bool ex, uint32_t typeidx) {
    if (WT_LIKELY(typeidx < w->m->type_count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_type, typeidx, w->m->type_count));
}

/* A type index that must be of one kind. */
WT_INLINE const TypeDef *need_kind(Walk *w, const bool ex, uint32_t typeidx, TypeKind kind) {
    static const char *const names[] = {"function", "struct", "array", "continuation"};
    if (!need_type(w, ex, typeidx))
        return NULL;
    const TypeDef *t = &w->m->types[typeidx];
    if (WT_LIKELY(t->kind == kind))
        return t;
    if (ex && kind == TYPE_cont)
        wt_explain_error(w, ERR_not_continuation, " %u: it is a %s type", (unsigned)typeidx,
                         names[t->kind]);
    else if (ex)
        wt_explain_error(w, ERR_type_mismatch, ": type %u is a %s type, not a %s type",
                         (unsigned)typeidx, names[t->kind], names[kind]);
    return NULL;
}

/* A type is known and its feature is on. */
bool wt_walk_valtype(Walk *w, bool ex, ValType t, ErrorCode code);
WT_INLINE bool need_valtype(Walk *w, const bool ex, ValType t) {
    return WT_LIKELY(t <= VAL_f64) || wt_walk_valtype(w, ex, t, ERR_value_type);
}
/* The same for a heap type, which is as a nullable reference is. */
WT_INLINE bool need_heaptype(Walk *w, const bool ex, ValType t) {
    return wt_walk_valtype(w, ex, t | VAL_null_bit, ERR_heap_type);
}

WT_INLINE bool need_func(Walk *w, const bool ex, uint32_t funcidx) {
    if (WT_LIKELY(funcidx < w->m->func_count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_function, funcidx, w->m->func_count));
}

WT_INLINE bool need_table(Walk *w, const bool ex, uint32_t tableidx) {
    if (WT_LIKELY(tableidx < w->m->table_count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_table, tableidx, w->m->table_count));
}

WT_INLINE bool need_tag(Walk *w, const bool ex, uint32_t tagidx) {
    if (WT_LIKELY(tagidx < w->m->tag_count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_tag, tagidx, w->m->tag_count));
}

/* A data segment index, when it is known how many there are. */
WT_INLINE bool need_data(Walk *w, const bool ex, uint32_t dataidx) {
    uint32_t count =
        w->m->has_data_count && !w->m->is_text ? w->m->data_count_value : w->m->data_count;
    if (WT_UNLIKELY(!w->m->is_text && !w->m->has_data_count))
        STEP_FAIL(wt_explain_error(w, ERR_data_count_required, NULL));
    if (WT_LIKELY(dataidx < count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_data, dataidx, count));
}

WT_INLINE bool need_elem(Walk *w, const bool ex, uint32_t elemidx) {
    if (WT_LIKELY(elemidx < w->m->elem_count))
        return true;
    STEP_FAIL(wt_explain_index(w, ERR_unknown_elem, elemidx, w->m->elem_count));
}

WT_INLINE Ctrl *need_label(Walk *w, const bool ex, uint32_t depth) {
    Ctrl *c = walk_label(w, depth);
    if (WT_UNLIKELY(!c) && ex)
        wt_explain_label(w, depth);
    return c;
}

/* a <= b for types, else a type mismatch in these words. */
WT_INLINE bool need_sub(Walk *w, const bool ex, ValType a, ValType b, const char *what) {
    if (WT_LIKELY(a == b) || wt_type_is_sub(w->m, a, b))
        return true;
    STEP_FAIL(wt_explain_error(w, ERR_type_mismatch, ": %s", what));
}

/* ---- control ---- */

bool wt_walk_push_ctrl(Walk *w, const Ctrl *c);
void wt_walk_undo_inits(Walk *w, uint32_t to);

/* The types of a block type. */
WT_INLINE bool block_types(Walk *w, const bool ex, const Insn *in, Ctrl *c) {
    *c = (Ctrl){.op = in->op, .offset = (uint32_t)(w->at - w->start)};
    if (in->block == BLOCK_empty)
        return true;
    if (in->block == BLOCK_value) {
        c->single = in->type;
        c->end_count = 1;
        return need_valtype(w, ex, in->type);
    }
    const TypeDef *t = need_kind(w, ex, in->a, TYPE_func);
    if (!t)
        return false;
    if (!module_has(w->m, FEATURE_multi_value) && (t->param_count || t->result_count > 1))
        STEP_FAIL(wt_explain_error(w, ERR_result_arity, ": needs the feature multi-value"));
    c->start_count = t->param_count;
    c->start_types = t->params;
    c->end_count = t->result_count;
    c->end_types = typedef_results(t);
    return true;
}

/* Opens a block: its operands move inside. */
WT_INLINE bool enter_block(Walk *w, const bool ex, Ctrl *c) {
    if (c->start_count && !wt_walk_pop_list(w, ex, ctrl_starts(c), c->start_count))
        return false;
    c->height = walk_height(w);
    c->inits = (uint32_t)w->init_count;
    if (!wt_walk_push_ctrl(w, c))
        return false;
    return !c->start_count || wt_walk_push_list(w, ex, ctrl_starts(c), c->start_count);
}

/* The block's results are on the stack, and nothing else. Takes them. */
WT_INLINE bool close_block(Walk *w, const bool ex) {
    const Ctrl *c = walk_top(w);
    if (c->end_count == 1) {
        if (!pop_type(w, ex, ctrl_ends(c)[0]))
            return false;
    } else if (c->end_count && !wt_walk_pop_list(w, ex, ctrl_ends(c), c->end_count)) {
        return false;
    }
    if (WT_UNLIKELY(walk_height(w) != c->height))
        STEP_FAIL(wt_explain_height(w, c));
    if (WT_UNLIKELY(w->init_count != c->inits))
        wt_walk_undo_inits(w, c->inits);
    return true;
}

WT_INLINE bool step_end(Walk *w, const bool ex) {
    Ctrl *c = walk_top(w);
    if (WT_UNLIKELY(c->op == OP_if)) {
        /* No else: as if it were empty. */
        if (!close_block(w, ex))
            return false;
        c->unreachable = false;
        if (!wt_walk_push_list(w, ex, ctrl_starts(c), c->start_count))
            return false;
    }
    if (!close_block(w, ex))
        return false;
    Ctrl closed = *c;
    w->ctrl_count--;
    if (w->ctrl_count == 0)
        return true;
    if (closed.end_count == 1) {
        push_type(w, ex, ctrl_ends(&closed)[0]);
        return true;
    }
    return !closed.end_count || wt_walk_push_list(w, ex, ctrl_ends(&closed), closed.end_count);
}

/* else, catch, catch_all: the block goes on with another beginning. */
WT_INLINE bool next_part(Walk *w, const bool ex, uint16_t op) {
    if (!close_block(w, ex))
        return false;
    Ctrl *c = walk_top(w);
    c->op = op;
    c->unreachable = false;
    return true;
}

WT_INLINE bool step_else(Walk *w, const bool ex) {
    if (walk_top(w)->op != OP_if)
        STEP_FAIL(wt_explain_error(w, ERR_else_place, NULL));
    if (!next_part(w, ex, OP_else))
        return false;
    const Ctrl *c = walk_top(w);
    return wt_walk_push_list(w, ex, ctrl_starts(c), c->start_count);
}

WT_INLINE bool step_catch(Walk *w, const bool ex, const Insn *in) {
    uint16_t op = walk_top(w)->op;
    if (op != OP_try && op != OP_catch)
        STEP_FAIL(wt_explain_error(w, ERR_unexpected_token, ": %s outside of a try",
                                   op_info(in->op)->text));
    if (in->op == OP_catch && !need_tag(w, ex, in->a))
        return false;
    if (!next_part(w, ex, in->op))
        return false;
    if (in->op == OP_catch_all)
        return true;
    const TypeDef *t = &w->m->types[w->m->tags[in->a].type];
    return wt_walk_push_list(w, ex, t->params, t->param_count);
}

WT_INLINE bool step_delegate(Walk *w, const bool ex, const Insn *in) {
    if (walk_top(w)->op != OP_try)
        STEP_FAIL(wt_explain_error(w, ERR_unexpected_token, ": delegate outside of a try"));
    /* The label counts from outside of the try; the function itself is one too. */
    if (in->a + (uint64_t)1 >= w->ctrl_count)
        STEP_FAIL(wt_explain_label(w, in->a));
    return step_end(w, ex);
}

WT_INLINE bool step_throw(Walk *w, const bool ex, const Insn *in) {
    if (!need_tag(w, ex, in->a))
        return false;
    const TypeDef *t = &w->m->types[w->m->tags[in->a].type];
    if (!wt_walk_pop_list(w, ex, t->params, t->param_count))
        return false;
    set_unreachable(w);
    return true;
}

/* One clause of try_table: what it brings must fit its label. */
WT_INLINE bool check_catch(Walk *w, const bool ex, const Clause *clause) {
    const Ctrl *c = need_label(w, ex, clause->label);
    const TypeDef *tag = NULL;
    if (!c)
        return false;
    if (clause->kind < 2) {
        if (!need_tag(w, ex, clause->tag))
            return false;
        tag = &w->m->types[w->m->tags[clause->tag].type];
    }
    uint32_t count, given = tag ? tag->param_count : 0, refs = clause->kind & 1;
    const ValType *label = ctrl_label(c, &count);
    if (count != given + refs)
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": the catch clause brings %u values, but its label takes %u",
                                   (unsigned)(given + refs), (unsigned)count));
    for (uint32_t i = 0; i < count; i++)
        if (!need_sub(w, ex, i < given ? tag->params[i] : VAL_REF_OF(HEAP_exn, false), label[i],
                      "a catch clause brings another type than its label takes"))
            return false;
    return true;
}

WT_INLINE bool step_try_table(Walk *w, const bool ex, const Insn *in) {
    Ctrl c;
    if (!block_types(w, ex, in, &c))
        return false;
    if (in->c > w->m->bounds.catches)
        STEP_FAIL(wt_explain_error(w, ERR_limit, ": %u catch clauses", (unsigned)in->c));
    Reader list = reader_of(in->list.data, in->list.len);
    for (uint32_t i = 0; i < in->c; i++) {
        Clause clause;
        wt_insn_next_catch(&list, &clause);
        if (!check_catch(w, ex, &clause))
            return false;
    }
    return enter_block(w, ex, &c);
}

WT_INLINE bool step_br(Walk *w, const bool ex, const Insn *in) {
    const Ctrl *c = need_label(w, ex, in->a);
    if (!c)
        return false;
    uint32_t count;
    const ValType *types = ctrl_label(c, &count);
    if (count && !wt_walk_pop_list(w, ex, types, count))
        return false;
    set_unreachable(w);
    return true;
}

WT_INLINE bool step_br_if(Walk *w, const bool ex, const Insn *in) {
    if (!pop_type(w, ex, VAL_i32))
        return false;
    const Ctrl *c = need_label(w, ex, in->a);
    if (!c)
        return false;
    uint32_t count;
    const ValType *types = ctrl_label(c, &count);
    if (!count)
        return true;
    /* Afterwards the operands have the label's types. */
    return wt_walk_pop_list(w, ex, types, count) && wt_walk_push_list(w, ex, types, count);
}

WT_INLINE bool step_br_table(Walk *w, const bool ex, const Insn *in) {
    if (!pop_type(w, ex, VAL_i32))
        return false;
    const Ctrl *last = need_label(w, ex, in->a);
    if (!last)
        return false;
    uint32_t arity, count;
    ctrl_label(last, &arity);
    Reader list = reader_of(in->list.data, in->list.len);
    /* Tables are long and labels few: each is checked once. */
    for (uint64_t i = 0; i <= in->c; i++) {
        Ctrl *c = need_label(w, ex, read_u32(&list));
        if (!c)
            return false;
        if (c->seen)
            continue;
        c->seen = true;
        const ValType *types = ctrl_label(c, &count);
        if (count != arity)
            STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                       ": the labels of br_table take %u and %u values",
                                       (unsigned)count, (unsigned)arity));
        if (count && !wt_walk_check_list(w, ex, types, count))
            return false;
    }
    list = reader_of(in->list.data, in->list.len);
    for (uint64_t i = 0; i <= in->c; i++)
        walk_label(w, read_u32(&list))->seen = false;
    set_unreachable(w);
    return true;
}

WT_INLINE bool step_return(Walk *w, const bool ex) {
    const Ctrl *c = &w->ctrl[0];
    if (c->end_count && !wt_walk_pop_list(w, ex, ctrl_ends(c), c->end_count))
        return false;
    set_unreachable(w);
    return true;
}

/* ---- calls ---- */

WT_INLINE bool call_type(Walk *w, const bool ex, const TypeDef *t) {
    return (!t->param_count || wt_walk_pop_list(w, ex, t->params, t->param_count)) &&
           (!t->result_count || wt_walk_push_list(w, ex, typedef_results(t), t->result_count));
}

/* Whether n types fit n others, one by one. */
bool wt_walk_lists_fit(const Walk *w, const ValType *a, const ValType *b, uint32_t n);

/* A tail call: what the callee gives is what the function gives. */
WT_INLINE bool tail_type(Walk *w, const bool ex, const TypeDef *t) {
    const Ctrl *c = &w->ctrl[0];
    if (t->result_count != c->end_count ||
        !wt_walk_lists_fit(w, typedef_results(t), ctrl_ends(c), c->end_count))
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": the function called gives other results than this function"));
    if (!wt_walk_pop_list(w, ex, t->params, t->param_count))
        return false;
    set_unreachable(w);
    return true;
}

/* The callee's type, when its operands below the arguments are right: table index or reference. */
WT_INLINE const TypeDef *callee_type(Walk *w, const bool ex, const Insn *in) {
    if (in->op == OP_call || in->op == OP_return_call)
        return need_func(w, ex, in->a) ? module_func_type(w->m, in->a) : NULL;
    const TypeDef *t = NULL;
    if (in->op == OP_call_ref || in->op == OP_return_call_ref) {
        t = need_kind(w, ex, in->a, TYPE_func);
        return t && pop_type(w, ex, VAL_REF_OF(in->a, true)) ? t : NULL;
    }
    if (!need_table(w, ex, in->b))
        return NULL;
    if (!need_sub(w, ex, w->m->tables[in->b].type, VAL_funcref,
                  "the table does not hold functions"))
        return NULL;
    t = need_kind(w, ex, in->a, TYPE_func);
    return t && pop_type(w, ex, table_address(w->m, in->b)) ? t : NULL;
}

WT_INLINE bool step_call(Walk *w, const bool ex, const Insn *in, bool tail) {
    const TypeDef *t = callee_type(w, ex, in);
    if (!t)
        return false;
    w->tail_calls |= tail;
    return tail ? tail_type(w, ex, t) : call_type(w, ex, t);
}

/* ---- stack and variables ---- */

WT_INLINE bool step_select(Walk *w, const bool ex, const Insn *in) {
    ValType a, b;
    if (in->op == OP_select_t) {
        if (in->c != 1)
            STEP_FAIL(wt_explain_error(w, ERR_result_arity, ": select takes one type, not %u",
                                       (unsigned)in->c));
        if (!need_valtype(w, ex, in->type))
            return false;
        if (!pop_type(w, ex, VAL_i32) || !pop_type(w, ex, in->type) || !pop_type(w, ex, in->type))
            return false;
        push_type(w, ex, in->type);
        return true;
    }
    if (!pop_type(w, ex, VAL_i32) || !pop_any(w, ex, &b, "a value"))
        return false;
    if (!pop_any(w, ex, &a, "a value"))
        return false;
    if (valtype_is_ref(a) || valtype_is_ref(b))
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": select without a type takes numbers and vectors only; "
                                   "write (select (result TYPE))"));
    if (a != b && a != VAL_bot && b != VAL_bot) {
        w->sp += 2; /* the second is the one that does not fit */
        STEP_FAIL(wt_explain_pop(w, a));
    }
    push_type(w, ex, a == VAL_bot ? b : a);
    return true;
}

bool wt_walk_init_local(Walk *w, uint32_t localidx);

WT_INLINE bool step_local_op(Walk *w, const bool ex, const unsigned op, uint32_t localidx) {
    if (WT_UNLIKELY(localidx >= w->local_total))
        STEP_FAIL(wt_explain_index(w, ERR_unknown_local, localidx, w->local_total));
    ValType t = walk_local(w, localidx);
    bool unset = w->unset && w->unset[localidx];
    if (op == OP_local_get) {
        if (WT_UNLIKELY(unset))
            STEP_FAIL(wt_explain_error(w, ERR_uninitialized_local, ": local %u has no value yet",
                                       (unsigned)localidx));
        push_type(w, ex, t);
        return true;
    }
    if (!pop_type(w, ex, t) || (WT_UNLIKELY(unset) && !wt_walk_init_local(w, localidx)))
        return false;
    if (op == OP_local_tee)
        push_type(w, ex, t);
    return true;
}

WT_INLINE bool step_global(Walk *w, const bool ex, const Insn *in) {
    uint32_t count = w->constant ? w->globals_known : w->m->global_count;
    if (WT_UNLIKELY(in->a >= count))
        STEP_FAIL(wt_explain_index(w, ERR_unknown_global, in->a, count));
    const Global *g = &w->m->globals[in->a];
    if (in->op == OP_global_get) {
        push_type(w, ex, g->type);
        return true;
    }
    if (!g->mutable_)
        STEP_FAIL(wt_explain_error(w, ERR_immutable_global,
                                   ": global %u cannot be set; declare it (mut ...)",
                                   (unsigned)in->a));
    return pop_type(w, ex, g->type);
}

/* ---- tables, memories of two kinds ---- */

/* The address type that both have room for. */
WT_INLINE ValType smaller_address(ValType a, ValType b) {
    return a == VAL_i64 && b == VAL_i64 ? a : (ValType)VAL_i32;
}

WT_INLINE bool step_copy(Walk *w, const bool ex, ValType to, ValType from) {
    return pop_type(w, ex, smaller_address(to, from)) && pop_type(w, ex, from) &&
           pop_type(w, ex, to);
}

WT_INLINE bool step_memory_copy(Walk *w, const bool ex, const Insn *in) {
    ValType to = memory_address(w->m, in->a), from = memory_address(w->m, in->b);
    if (to == VAL_bot || from == VAL_bot)
        STEP_FAIL(wt_explain_index(w, ERR_unknown_memory, to == VAL_bot ? in->a : in->b,
                                   w->m->memory_count));
    return step_copy(w, ex, to, from);
}

WT_INLINE bool step_table(Walk *w, const bool ex, const Insn *in) {
    uint32_t tableidx = in->op == OP_table_init ? in->b : in->a;
    if (!need_table(w, ex, tableidx))
        return false;
    const Table *t = &w->m->tables[tableidx];
    ValType address = table_address(w->m, tableidx);
    switch (in->op) {
    case OP_table_get:
        if (!pop_type(w, ex, address))
            return false;
        push_type(w, ex, t->type);
        return true;
    case OP_table_set:
        return pop_type(w, ex, t->type) && pop_type(w, ex, address);
    case OP_table_size:
        push_type(w, ex, address);
        return true;
    case OP_table_grow:
        if (!pop_type(w, ex, address) || !pop_type(w, ex, t->type))
            return false;
        push_type(w, ex, address);
        return true;
    case OP_table_fill:
        return pop_type(w, ex, address) && pop_type(w, ex, t->type) && pop_type(w, ex, address);
    case OP_table_copy:
        if (!need_table(w, ex, in->b))
            return false;
        if (!need_sub(w, ex, w->m->tables[in->b].type, t->type,
                      "the source table's elements do not fit the destination"))
            return false;
        return step_copy(w, ex, address, table_address(w->m, in->b));
    }
    /* table.init */
    if (!need_elem(w, ex, in->a))
        return false;
    if (!need_sub(w, ex, w->m->elems[in->a].type, t->type,
                  "the segment's elements do not fit the table"))
        return false;
    return pop_type(w, ex, VAL_i32) && pop_type(w, ex, VAL_i32) && pop_type(w, ex, address);
}

/* ---- references ---- */

WT_INLINE ValType without_null(ValType t) { return t & ~(ValType)VAL_null_bit; }

WT_INLINE bool step_ref_func(Walk *w, const bool ex, const Insn *in) {
    if (!need_func(w, ex, in->a))
        return false;
    if (w->declared && !(w->declared[in->a / 8] >> (in->a % 8) & 1))
        STEP_FAIL(wt_explain_error(w, ERR_undeclared_function,
                                   ": function %u stands in no element segment, export or global; "
                                   "add (elem declare func %u)",
                                   (unsigned)in->a, (unsigned)in->a));
    const Func *f = &w->m->funcs[in->a];
    ValType t = VAL_REF_OF(f->type, false);
    if (module_has(w->m, FEATURE_custom_descriptors) && (in->a >= w->m->func_imports || f->exact))
        t |= VAL_exact_bit;
    push_type(w, ex, t);
    return true;
}

WT_INLINE bool step_br_on_null(Walk *w, const bool ex, const Insn *in) {
    ValType t;
    uint32_t count;
    const Ctrl *c = need_label(w, ex, in->a);
    if (!c || !pop_ref(w, ex, &t))
        return false;
    const ValType *types = ctrl_label(c, &count);
    if (in->op == OP_br_on_null) {
        if (!wt_walk_pop_list(w, ex, types, count) || !wt_walk_push_list(w, ex, types, count) ||
            !walk_room(w, 1))
            return false;
        push_type(w, ex, without_null(t));
        return true;
    }
    if (count == 0 || !valtype_is_ref(types[count - 1]))
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": the label of br_on_non_null must end in a reference"));
    push_type(w, ex, without_null(t));
    if (!wt_walk_pop_list(w, ex, types, count) || !wt_walk_push_list(w, ex, types, count))
        return false;
    w->sp--;
    return true;
}

/* What is left of source when the target was taken out. */
WT_INLINE ValType type_difference(ValType source, ValType target) {
    return valtype_nullable(target) ? without_null(source) : source;
}

/* br_on_cast and its three relatives, behind their operands: [t* rt1]. */
WT_INLINE bool branch_cast(Walk *w, const bool ex, const Insn *in, bool fails) {
    const Ctrl *c = need_label(w, ex, in->a);
    if (!c)
        return false;
    uint32_t count;
    const ValType *types = ctrl_label(c, &count);
    ValType rest = type_difference(in->type, in->type2);
    if (count == 0)
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": the label of %s must end in a reference",
                                   op_info(in->op)->text));
    push_type(w, ex, fails ? rest : in->type2);
    if (!wt_walk_pop_list(w, ex, types, count) || !wt_walk_push_list(w, ex, types, count))
        return false;
    w->sp--;
    push_type(w, ex, fails ? in->type2 : rest);
    return true;
}

/* Continuations do not say at run time of which type they are. */
WT_INLINE bool not_continuation(Walk *w, const bool ex, ValType target) {
    if (WT_LIKELY(wt_type_heap_top(w->m, valtype_heap(target)) != HEAP_cont))
        return true;
    STEP_FAIL(wt_explain_error(w, ERR_cast, ": continuations cannot be cast"));
}

/* The two types of a branching cast: with custom descriptors of one hierarchy, without them the
   target below the source. */
WT_INLINE bool need_castable(Walk *w, const bool ex, const Insn *in) {
    const Module *m = w->m;
    if (!not_continuation(w, ex, in->type2))
        return false;
    if (!module_has(m, FEATURE_custom_descriptors))
        return need_sub(w, ex, in->type2, in->type,
                        "the target type is no subtype of the source type");
    if (wt_type_heap_top(m, valtype_heap(in->type)) == wt_type_heap_top(m, valtype_heap(in->type2)))
        return true;
    STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                               ": the source and the target type have no value in common"));
}

WT_INLINE bool step_br_on_cast(Walk *w, const bool ex, const Insn *in) {
    if (!need_heaptype(w, ex, in->type) || !need_heaptype(w, ex, in->type2))
        return false;
    return need_castable(w, ex, in) && pop_type(w, ex, in->type) &&
           branch_cast(w, ex, in, in->op == OP_br_on_cast_fail);
}

/* Any reference of the target's hierarchy may be tested or cast. */
WT_INLINE bool pop_castable(Walk *w, const bool ex, ValType target) {
    uint32_t top = wt_type_heap_top(w->m, valtype_heap(target));
    return not_continuation(w, ex, target) && pop_type(w, ex, VAL_REF_OF(top, true));
}

WT_INLINE bool step_cast(Walk *w, const bool ex, const Insn *in) {
    if (!need_heaptype(w, ex, in->type) || !pop_castable(w, ex, in->type))
        return false;
    bool test = in->op == OP_ref_test || in->op == OP_ref_test_null;
    push_type(w, ex, test ? (ValType)VAL_i32 : in->type);
    return true;
}

/* ---- aggregates ---- */

/* All fields of a struct type have default values. */
bool wt_walk_defaults(Walk *w, bool ex, uint32_t typeidx);

WT_INLINE bool step_struct_new(Walk *w, const bool ex, const Insn *in) {
    const TypeDef *t = need_kind(w, ex, in->a, TYPE_struct);
    if (!t)
        return false;
    bool described = in->op == OP_struct_new_desc || in->op == OP_struct_new_default_desc;
    if (!described && t->descriptor != TYPE_none)
        STEP_FAIL(wt_explain_error(w, ERR_descriptor_alloc, NULL));
    if (described && t->descriptor == TYPE_none)
        STEP_FAIL(wt_explain_error(w, ERR_no_descriptor_alloc, NULL));
    if (described && !pop_type(w, ex, VAL_REF_OF(t->descriptor, true) | VAL_exact_bit))
        return false;
    if (in->op == OP_struct_new_default || in->op == OP_struct_new_default_desc) {
        if (!wt_walk_defaults(w, ex, in->a))
            return false;
    } else {
        for (uint32_t i = t->param_count; i-- > 0 && !walk_bottomless(w);)
            if (!pop_type(w, ex, valtype_unpacked(t->fields[i].type)))
                return false;
    }
    ValType result = VAL_REF_OF(in->a, false);
    push_type(w, ex,
              module_has(w->m, FEATURE_custom_descriptors) ? result | VAL_exact_bit : result);
    return true;
}

WT_INLINE bool step_struct_field(Walk *w, const bool ex, const Insn *in) {
    const TypeDef *t = need_kind(w, ex, in->a, TYPE_struct);
    if (!t)
        return false;
    if (in->b >= t->param_count)
        STEP_FAIL(wt_explain_index(w, ERR_unknown_field, in->b, t->param_count));
    const FieldType *f = &t->fields[in->b];
    if (in->op == OP_struct_set) {
        if (!f->mutable_)
            STEP_FAIL(wt_explain_error(w, ERR_immutable_field,
                                       ": field %u of type %u cannot be set; declare it (mut ...)",
                                       (unsigned)in->b, (unsigned)in->a));
        return pop_type(w, ex, valtype_unpacked(f->type)) &&
               pop_type(w, ex, VAL_REF_OF(in->a, true));
    }
    if (valtype_packed(f->type) != (in->op != OP_struct_get))
        STEP_FAIL(wt_explain_error(
            w, ERR_type_mismatch, ": field %u is %s; use %s", (unsigned)in->b,
            valtype_packed(f->type) ? "packed" : "not packed",
            valtype_packed(f->type) ? "struct.get_s or struct.get_u" : "struct.get"));
    if (!pop_type(w, ex, VAL_REF_OF(in->a, true)))
        return false;
    push_type(w, ex, valtype_unpacked(f->type));
    return true;
}

WT_INLINE const FieldType *need_array(Walk *w, const bool ex, uint32_t typeidx, bool writes) {
    const TypeDef *t = need_kind(w, ex, typeidx, TYPE_array);
    if (!t)
        return NULL;
    if (!writes || t->fields->mutable_)
        return t->fields;
    if (ex)
        wt_explain_error(w, ERR_immutable_array,
                         ": the elements of type %u cannot be set; declare them (mut ...)",
                         (unsigned)typeidx);
    return NULL;
}

WT_INLINE bool push_array(Walk *w, const bool ex, uint32_t typeidx) {
    ValType t = VAL_REF_OF(typeidx, false);
    push_type(w, ex, module_has(w->m, FEATURE_custom_descriptors) ? t | VAL_exact_bit : t);
    return true;
}

WT_INLINE bool step_array_new(Walk *w, const bool ex, const Insn *in) {
    const FieldType *f = need_array(w, ex, in->a, false);
    if (!f)
        return false;
    ValType t = valtype_unpacked(f->type);
    switch (in->op) {
    case OP_array_new:
        if (!pop_type(w, ex, VAL_i32) || !pop_type(w, ex, t))
            return false;
        return push_array(w, ex, in->a);
    case OP_array_new_default:
        if (!valtype_defaultable(f->type))
            STEP_FAIL(
                wt_explain_error(w, ERR_type_mismatch, ": the elements have no default value"));
        return pop_type(w, ex, VAL_i32) && push_array(w, ex, in->a);
    case OP_array_new_fixed:
        if (in->b > w->m->bounds.array_fixed)
            STEP_FAIL(wt_explain_error(w, ERR_limit, ": array.new_fixed with %u elements",
                                       (unsigned)in->b));
        for (uint32_t i = 0; i < in->b; i++) {
            if (walk_bottomless(w))
                break;
            if (!pop_type(w, ex, t))
                return false;
        }
        return push_array(w, ex, in->a);
    case OP_array_new_data:
        if (!need_data(w, ex, in->b))
            return false;
        if (valtype_is_ref(f->type))
            STEP_FAIL(wt_explain_error(w, ERR_array_not_numeric, NULL));
        break;
    case OP_array_new_elem:
        if (!need_elem(w, ex, in->b) || !need_sub(w, ex, w->m->elems[in->b].type, f->type,
                                                  "the segment's elements do not fit the array"))
            return false;
        break;
    }
    return pop_type(w, ex, VAL_i32) && pop_type(w, ex, VAL_i32) && push_array(w, ex, in->a);
}

WT_INLINE bool step_array_element(Walk *w, const bool ex, const Insn *in) {
    const FieldType *f =
        need_array(w, ex, in->a, in->op == OP_array_set || in->op == OP_array_fill);
    if (!f)
        return false;
    ValType array = VAL_REF_OF(in->a, true), t = valtype_unpacked(f->type);
    if (in->op == OP_array_set)
        return pop_type(w, ex, t) && pop_type(w, ex, VAL_i32) && pop_type(w, ex, array);
    if (in->op == OP_array_fill)
        return pop_type(w, ex, VAL_i32) && pop_type(w, ex, t) && pop_type(w, ex, VAL_i32) &&
               pop_type(w, ex, array);
    if (valtype_packed(f->type) != (in->op != OP_array_get))
        STEP_FAIL(
            wt_explain_error(w, ERR_type_mismatch, ": the elements are %s; use %s",
                             valtype_packed(f->type) ? "packed" : "not packed",
                             valtype_packed(f->type) ? "array.get_s or array.get_u" : "array.get"));
    if (!pop_type(w, ex, VAL_i32) || !pop_type(w, ex, array))
        return false;
    push_type(w, ex, t);
    return true;
}

/* array.copy, array.init_data, array.init_elem */
WT_INLINE bool step_array_bulk(Walk *w, const bool ex, const Insn *in) {
    const FieldType *f = need_array(w, ex, in->a, true), *from;
    ValType array = VAL_REF_OF(in->a, true);
    if (!f)
        return false;
    switch (in->op) {
    case OP_array_copy:
        from = need_array(w, ex, in->b, false);
        if (!from)
            return false;
        if (f->type != from->type && (valtype_packed(f->type) || valtype_packed(from->type) ||
                                      !wt_type_is_sub(w->m, from->type, f->type)))
            STEP_FAIL(wt_explain_error(w, ERR_array_types, NULL));
        return pop_type(w, ex, VAL_i32) && pop_type(w, ex, VAL_i32) &&
               pop_type(w, ex, VAL_REF_OF(in->b, true)) && pop_type(w, ex, VAL_i32) &&
               pop_type(w, ex, array);
    case OP_array_init_data:
        if (valtype_is_ref(f->type))
            STEP_FAIL(wt_explain_error(w, ERR_array_not_numeric, NULL));
        if (!need_data(w, ex, in->b))
            return false;
        break;
    case OP_array_init_elem:
        if (!need_elem(w, ex, in->b) || !need_sub(w, ex, w->m->elems[in->b].type, f->type,
                                                  "the segment's elements do not fit the array"))
            return false;
        break;
    }
    return pop_type(w, ex, VAL_i32) && pop_type(w, ex, VAL_i32) && pop_type(w, ex, VAL_i32) &&
           pop_type(w, ex, array);
}

/* any.convert_extern and extern.convert_any: nullable when the operand is. */
WT_INLINE bool step_convert(Walk *w, const bool ex, const Insn *in) {
    bool to_any = in->op == OP_any_convert_extern;
    ValType t;
    if (!pop_ref(w, ex, &t))
        return false;
    if (!wt_type_heap_is_sub(w->m, valtype_heap(t), to_any ? HEAP_extern : HEAP_any)) {
        w->sp++;
        STEP_FAIL(wt_explain_pop(w, VAL_REF_OF(to_any ? HEAP_extern : HEAP_any, true)));
    }
    push_type(w, ex, VAL_REF_OF(to_any ? HEAP_any : HEAP_extern, valtype_nullable(t)));
    return true;
}

bool wt_walk_descriptor(Walk *w, bool ex, const Insn *in);
bool wt_walk_continuation(Walk *w, bool ex, const Insn *in);

/* ---- all of them ---- */

WT_INLINE bool step_special(Walk *w, const bool ex, const Insn *in) {
    ValType t;
    Ctrl c;
    switch (in->op) {
    case OP_unreachable:
        set_unreachable(w);
        return true;
    case OP_block:
    case OP_loop:
    case OP_try:
        return block_types(w, ex, in, &c) && enter_block(w, ex, &c);
    case OP_if:
        /* The type first: when it is unknown, that is the mistake. */
        return block_types(w, ex, in, &c) && pop_type(w, ex, VAL_i32) && enter_block(w, ex, &c);
    case OP_try_table:
        return step_try_table(w, ex, in);
    case OP_else:
        return step_else(w, ex);
    case OP_end:
        return step_end(w, ex);
    case OP_catch:
    case OP_catch_all:
        return step_catch(w, ex, in);
    case OP_delegate:
        return step_delegate(w, ex, in);
    case OP_throw:
        return step_throw(w, ex, in);
    case OP_rethrow: {
        const Ctrl *label = need_label(w, ex, in->a);
        if (!label)
            return false;
        if (label->op != OP_catch && label->op != OP_catch_all)
            STEP_FAIL(wt_explain_error(w, ERR_rethrow_label, ": label %u is not a catch block",
                                       (unsigned)in->a));
        set_unreachable(w);
        return true;
    }
    case OP_throw_ref:
        if (!pop_type(w, ex, VAL_REF_OF(HEAP_exn, true)))
            return false;
        set_unreachable(w);
        return true;
    case OP_br:
        return step_br(w, ex, in);
    case OP_br_if:
        return step_br_if(w, ex, in);
    case OP_br_table:
        return step_br_table(w, ex, in);
    case OP_return:
        return step_return(w, ex);
    case OP_call:
    case OP_call_indirect:
    case OP_call_ref:
        return step_call(w, ex, in, false);
    case OP_return_call:
    case OP_return_call_indirect:
    case OP_return_call_ref:
        return step_call(w, ex, in, true);
    case OP_drop:
        return pop_any(w, ex, &t, "a value");
    case OP_select:
    case OP_select_t:
        return step_select(w, ex, in);
    case OP_local_get:
    case OP_local_set:
    case OP_local_tee:
        return step_local_op(w, ex, in->op, in->a);
    case OP_global_get:
    case OP_global_set:
        return step_global(w, ex, in);
    case OP_table_get:
    case OP_table_set:
    case OP_table_size:
    case OP_table_grow:
    case OP_table_fill:
    case OP_table_copy:
    case OP_table_init:
        return step_table(w, ex, in);
    case OP_memory_copy:
        return step_memory_copy(w, ex, in);
    case OP_ref_null:
        if (!need_heaptype(w, ex, in->type))
            return false;
        push_type(w, ex, in->type);
        return true;
    case OP_ref_is_null:
        if (!pop_ref(w, ex, &t))
            return false;
        push_type(w, ex, VAL_i32);
        return true;
    case OP_ref_func:
        return step_ref_func(w, ex, in);
    case OP_ref_eq:
        if (!pop_type(w, ex, VAL_REF_OF(HEAP_eq, true)) ||
            !pop_type(w, ex, VAL_REF_OF(HEAP_eq, true)))
            return false;
        push_type(w, ex, VAL_i32);
        return true;
    case OP_ref_as_non_null:
        if (!pop_ref(w, ex, &t))
            return false;
        push_type(w, ex, without_null(t));
        return true;
    case OP_br_on_null:
    case OP_br_on_non_null:
        return step_br_on_null(w, ex, in);
    case OP_br_on_cast:
    case OP_br_on_cast_fail:
        return step_br_on_cast(w, ex, in);
    case OP_ref_test:
    case OP_ref_test_null:
    case OP_ref_cast:
    case OP_ref_cast_null:
        return step_cast(w, ex, in);
    case OP_struct_new:
    case OP_struct_new_default:
    case OP_struct_new_desc:
    case OP_struct_new_default_desc:
        return step_struct_new(w, ex, in);
    case OP_struct_get:
    case OP_struct_get_s:
    case OP_struct_get_u:
    case OP_struct_set:
        return step_struct_field(w, ex, in);
    case OP_array_new:
    case OP_array_new_default:
    case OP_array_new_fixed:
    case OP_array_new_data:
    case OP_array_new_elem:
        return step_array_new(w, ex, in);
    case OP_array_get:
    case OP_array_get_s:
    case OP_array_get_u:
    case OP_array_set:
    case OP_array_fill:
        return step_array_element(w, ex, in);
    case OP_array_len:
        if (!pop_type(w, ex, VAL_REF_OF(HEAP_array, true)))
            return false;
        push_type(w, ex, VAL_i32);
        return true;
    case OP_array_copy:
    case OP_array_init_data:
    case OP_array_init_elem:
        return step_array_bulk(w, ex, in);
    case OP_any_convert_extern:
    case OP_extern_convert_any:
        return step_convert(w, ex, in);
    case OP_ref_i31:
        if (!pop_type(w, ex, VAL_i32))
            return false;
        push_type(w, ex, VAL_REF_OF(HEAP_i31, false));
        return true;
    case OP_i31_get_s:
    case OP_i31_get_u:
        if (!pop_type(w, ex, VAL_REF_OF(HEAP_i31, true)))
            return false;
        push_type(w, ex, VAL_i32);
        return true;
    case OP_ref_get_desc:
    case OP_ref_cast_desc_eq:
    case OP_ref_cast_desc_eq_null:
    case OP_br_on_cast_desc_eq:
    case OP_br_on_cast_desc_eq_fail:
        return wt_walk_descriptor(w, ex, in);
    }
    return wt_walk_continuation(w, ex, in);
}

#endif
