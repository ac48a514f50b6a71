/* The Walk's room and the long halves of step.h: growing stacks, lists of operands, subtypes,
   memory arguments, and the rules of the proposals that no one is in a hurry for. Shared by the
   fast check and the explaining one. */
#include "valid/special.h"

void wt_walk_init(Walk *w, const Module *m, const Allocator *allocator) {
    *w = (Walk){.m = m, .allocator = allocator};
}

void wt_walk_free(Walk *w) {
    const Allocator *al = w->allocator;
    size_t stack = (size_t)(w->stack_limit - w->stack);
    allocator_free(al, w->stack, stack * sizeof *w->stack);
    allocator_free(al, w->origins, w->origins ? stack * sizeof *w->origins : 0);
    allocator_free(al, w->ctrl, w->ctrl_cap * sizeof *w->ctrl);
    allocator_free(al, w->locals, w->locals_cap * sizeof *w->locals);
    allocator_free(al, w->unset_room, w->unset_cap);
    allocator_free(al, w->inits, w->init_cap * sizeof *w->inits);
    allocator_free(al, w->spans, w->span_cap * sizeof *w->spans);
    allocator_free(al, w->defaults, w->m->type_count / 8 + 1);
    wt_walk_init(w, w->m, al);
}

/* A call of two bytes may push a thousand operands; no program needs so many at once. */
enum { OPERANDS_most = 1 << 24 };

bool wt_walk_grow(Walk *w, size_t n) {
    size_t len = walk_height(w), old = (size_t)(w->stack_limit - w->stack);
    if (len + n > OPERANDS_most)
        return w->diag ? wt_explain_error(w, ERR_limit, ": more than %u operands on the stack",
                                          (unsigned)OPERANDS_most)
                       : false;
    size_t cap = WT_MIN(old + old / 2 + n + 64, (size_t)OPERANDS_most);
    ValType *stack = NULL;
    uint32_t *origins = NULL;
    if (cap < SIZE_MAX / sizeof *stack)
        stack = w->allocator->alloc(w->allocator->user, w->stack, old * sizeof *stack,
                                    cap * sizeof *stack);
    if (stack) {
        w->stack = stack;
        w->sp = stack + len;
        w->stack_limit = stack + cap;
    }
    if (stack && w->diag) {
        origins =
            w->allocator->alloc(w->allocator->user, w->origins,
                                w->origins ? old * sizeof *origins : 0, cap * sizeof *origins);
        if (origins) {
            w->origins = origins;
        } else {
            /* The two must have one size: give the old origins up, and the walk with them. */
            allocator_free(w->allocator, w->origins, w->origins ? old * sizeof *origins : 0);
            w->origins = NULL;
            stack = NULL;
        }
    }
    if (!stack)
        w->out_of_memory = true;
    return stack != NULL;
}

/* ---- operands ---- */

bool wt_walk_pop_slow(Walk *w, bool ex, ValType want) {
    const Ctrl *c = walk_top(w);
    if (w->sp == w->stack + c->height) {
        if (c->unreachable)
            return true;
        STEP_FAIL(wt_explain_pop(w, want));
    }
    if (wt_type_is_sub(w->m, w->sp[-1], want)) {
        w->sp--;
        return true;
    }
    STEP_FAIL(wt_explain_pop(w, want));
}

bool wt_walk_valtype(Walk *w, bool ex, ValType t, ErrorCode code) {
    if (valtype_indexed(t) && !need_type(w, ex, valtype_heap(t)))
        return false;
    Feature f = wt_type_feature(w->m, t);
    if (WT_LIKELY(f == FEATURE_mvp))
        return true;
    STEP_FAIL(wt_explain_error(w, code, ": this type needs the feature %s", wt_feature_name(f)));
}

bool wt_walk_lists_fit(const Walk *w, const ValType *a, const ValType *b, uint32_t n) {
    if (n == 0 || memcmp(a, b, n * sizeof *a) == 0)
        return true;
    for (uint32_t i = 0; i < n; i++)
        if (!wt_type_is_sub(w->m, a[i], b[i]))
            return false;
    return true;
}

/* Operands that are missing fit in unreachable code. */
bool wt_walk_check_list(Walk *w, bool ex, const ValType *types, uint32_t count) {
    const Ctrl *c = walk_top(w);
    uint32_t have = walk_height(w) - c->height, n = WT_MIN(have, count);
    if ((n == count || c->unreachable) &&
        (n == 0 || wt_walk_lists_fit(w, w->sp - n, types + (count - n), n)))
        return true;
    STEP_FAIL(wt_explain_pop_list(w, types, count));
}

bool wt_walk_pop_list(Walk *w, bool ex, const ValType *types, uint32_t count) {
    if (!wt_walk_check_list(w, ex, types, count))
        return false;
    size_t have = walk_height(w) - walk_top(w)->height;
    w->sp -= have < count ? have : count;
    return true;
}

bool wt_walk_push_list(Walk *w, bool ex, const ValType *types, uint32_t count) {
    if (!walk_room(w, (size_t)count + 4))
        return false;
    for (uint32_t i = 0; i < count; i++)
        push_type(w, ex, types[i]);
    return true;
}

/* ---- blocks ---- */

bool wt_walk_push_ctrl(Walk *w, const Ctrl *c) {
    if (w->ctrl_count >= w->m->bounds.nesting)
        return w->diag ? wt_explain_error(w, ERR_limit, ": blocks nest deeper than %u",
                                          (unsigned)w->m->bounds.nesting)
                       : false;
    if (!wt_vec_grow(w->allocator, (void **)&w->ctrl, &w->ctrl_cap, w->ctrl_count,
                     sizeof *w->ctrl)) {
        w->out_of_memory = true;
        return false;
    }
    w->ctrl_room = WT_MIN(w->ctrl_cap, w->m->bounds.nesting);
    w->ctrl[w->ctrl_count++] = *c;
    return true;
}

void wt_walk_undo_inits(Walk *w, uint32_t to) {
    while (w->init_count > to)
        w->unset[w->inits[--w->init_count]] = 1;
}

bool wt_walk_init_local(Walk *w, uint32_t localidx) {
    if (!wt_vec_grow(w->allocator, (void **)&w->inits, &w->init_cap, w->init_count,
                     sizeof *w->inits)) {
        w->out_of_memory = true;
        return false;
    }
    w->unset[localidx] = 0;
    w->inits[w->init_count++] = localidx;
    return true;
}

/* ---- the start of a body ---- */

/* Makes room for `count` locals; types and flags are filled by the caller. */
static bool local_room(Walk *w, size_t count) {
    if (count <= w->locals_cap)
        return true;
    size_t cap = count + count / 2;
    ValType *p = w->allocator->alloc(w->allocator->user, w->locals, w->locals_cap * sizeof *p,
                                     cap * sizeof *p);
    if (!p) {
        w->out_of_memory = true;
        return false;
    }
    w->locals = p;
    w->locals_cap = cap;
    return true;
}

ValType wt_walk_far_local(const Walk *w, uint32_t i) {
    size_t low = 0, high = w->span_count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (i < w->spans[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return w->spans[low].type;
}

/* Parameters have values, other locals only when their type has a default. */
static bool mark_unset(Walk *w) {
    if (w->unset_cap < w->local_total) {
        uint8_t *p =
            w->allocator->alloc(w->allocator->user, w->unset_room, w->unset_cap, w->local_count);
        if (!p) {
            w->out_of_memory = true;
            return false;
        }
        w->unset_room = p;
        w->unset_cap = w->local_total;
    }
    w->unset = w->unset_room;
    for (uint32_t i = 0; i < w->local_count; i++)
        w->unset[i] = i >= w->type->param_count && !valtype_defaultable(w->locals[i]);
    uint32_t i = w->local_count;
    for (size_t k = 0; k < w->span_count; k++)
        for (; i < w->spans[k].end; i++)
            w->unset[i] = !valtype_defaultable(w->spans[k].type);
    return true;
}

/* Looks through the runs before anything is taken. The sum is made in 64 bits. */
static bool count_locals(Walk *w, Reader ahead, uint32_t runs, uint64_t *total, bool *defaults) {
    const bool ex = w->diag != NULL;
    LocalRun run;
    for (uint32_t i = 0; i < runs && !ahead.error; i++) {
        w->at = ahead.at;
        if (!wt_insn_next_run(&ahead, &run))
            break;
        *total += run.count;
        if (*total > UINT32_MAX)
            STEP_FAIL(wt_explain_error(w, ERR_too_many_locals, ": more than 4294967295"));
        if (!need_valtype(w, ex, run.type))
            return false;
        *defaults &= valtype_defaultable(run.type);
    }
    if (ahead.error) {
        w->r = ahead;
        STEP_FAIL(wt_explain_reader(w));
    }
    if (*total > w->m->bounds.locals)
        STEP_FAIL(wt_explain_error(w, ERR_limit, ": %llu locals, at most %u are allowed",
                                   (unsigned long long)*total, (unsigned)w->m->bounds.locals));
    return true;
}

static bool add_span(Walk *w, uint64_t end, ValType type) {
    if (!wt_vec_grow(w->allocator, (void **)&w->spans, &w->span_cap, w->span_count,
                     sizeof *w->spans)) {
        w->out_of_memory = true;
        return false;
    }
    w->spans[w->span_count++] = (LocalSpan){(uint32_t)end, type};
    return true;
}

/* Locals: runs of (count, type). They are written out one by one, but not many more than the code
   has bytes to name them: a run of five bytes may make 50,000. */
static bool read_locals(Walk *w, size_t code_size) {
    const bool ex = w->diag != NULL;
    uint32_t runs = wt_insn_local_runs(&w->r);
    uint64_t total = w->type->param_count;
    bool defaults = true;
    if (w->r.error)
        STEP_FAIL(wt_explain_reader(w));
    if (!count_locals(w, w->r, runs, &total, &defaults))
        return false;
    uint64_t flat = WT_MIN(total, w->type->param_count + (uint64_t)code_size * 4 + 64), end;
    if (!local_room(w, (size_t)flat))
        return false;
    w->local_count = w->type->param_count;
    w->local_total = (uint32_t)total;
    w->span_count = 0;
    w->unset = NULL;
    if (w->local_count)
        memcpy(w->locals, w->type->params, w->local_count * sizeof *w->locals);
    end = w->local_count;
    for (uint32_t i = 0; i < runs; i++) {
        LocalRun run;
        wt_insn_next_run(&w->r, &run);
        end += run.count;
        while (w->local_count < WT_MIN(end, flat))
            w->locals[w->local_count++] = run.type;
        if (end > flat && run.count && !add_span(w, end, run.type))
            return false;
    }
    return defaults || mark_unset(w);
}

/* Empties the stacks and opens the outermost block. */
static bool open_body(Walk *w, Slice code, const Ctrl *outer) {
    w->r = reader_of(code.data, code.len);
    w->start = w->at = code.data;
    w->sp = w->stack;
    w->ctrl_count = w->init_count = 0;
    w->insn_count = 0;
    return walk_room(w, 8) && wt_walk_push_ctrl(w, outer);
}

bool wt_walk_begin(Walk *w, uint32_t funcidx) {
    const Func *f = &w->m->funcs[funcidx];
    w->funcidx = funcidx;
    w->constant = false;
    w->type = &w->m->types[f->type];
    w->place = (Place){.section = SECTION_code, .item = funcidx};
    Ctrl outer = {
        .op = OP_block, .end_count = w->type->result_count, .end_types = typedef_results(w->type)};
    return open_body(w, slice(f->code, f->code_size), &outer) && read_locals(w, f->code_size);
}

bool wt_walk_begin_expr(Walk *w, Slice code, const ValType *result) {
    w->constant = true;
    w->type = NULL;
    w->local_count = w->local_total = 0;
    Ctrl outer = {.op = OP_block, .end_count = 1, .end_types = result};
    return open_body(w, code, &outer);
}

/* ---- immediates ---- */

/* Lanes by the instruction's own shape: "i16x8" has eight; loads and stores of one lane by their
 * width. */
static unsigned lane_count(const OpInfo *info) {
    if (info->imm == IMM_MEMARG_LANE)
        return 16u >> info->align;
    const char *x = memchr(info->text, 'x', 5);
    unsigned n = 0;
    for (x++; *x >= '0' && *x <= '9'; x++)
        n = n * 10 + (unsigned)(*x - '0');
    return n;
}

bool wt_walk_memarg(Walk *w, bool ex, const Insn *in) {
    const OpInfo *info = op_info(in->op);
    Imm imm = (Imm)info->imm;
    if (imm == IMM_DATA || imm == IMM_DATA_MEM)
        return need_data(w, ex, in->a);
    if (imm == IMM_ELEM)
        return need_elem(w, ex, in->a);
    if (imm == IMM_SHUFFLE) {
        for (size_t i = 0; i < 16; i++)
            if (in->list.data[i] >= 32)
                STEP_FAIL(wt_explain_error(w, ERR_lane_index, ": %u, but two vectors have 32 lanes",
                                           (unsigned)in->list.data[i]));
        return true;
    }
    if (imm == IMM_MEMARG || imm == IMM_MEMARG_LANE) {
        bool exact = info->kind == KIND_ATOMIC;
        if (exact && in->b != info->align)
            STEP_FAIL(wt_explain_error(w, in->b > info->align ? ERR_alignment : ERR_alignment_exact,
                                       ": %s is aligned to %u bytes, always", info->text,
                                       1u << info->align));
        if (in->b > info->align)
            STEP_FAIL(wt_explain_error(w, ERR_alignment, ": 2^%u bytes, but %s has %u",
                                       (unsigned)in->b, info->text, 1u << info->align));
        if (in->imm > UINT32_MAX && memory_address(w->m, in->a) == VAL_i32)
            STEP_FAIL(wt_explain_error(w, ERR_offset_range, ": %llu in a 32-bit memory",
                                       (unsigned long long)in->imm));
    }
    if ((imm == IMM_LANE || imm == IMM_MEMARG_LANE) && in->lane >= lane_count(info))
        STEP_FAIL(wt_explain_error(w, ERR_lane_index, ": %u, but %s has lanes 0 to %u",
                                   (unsigned)in->lane, info->text, lane_count(info) - 1));
    return true;
}

/* Each type is looked through once: an instruction of three bytes may name one of many fields. */
bool wt_walk_defaults(Walk *w, bool ex, uint32_t typeidx) {
    const TypeDef *t = &w->m->types[typeidx];
    size_t size = w->m->type_count / 8 + 1;
    if (w->defaults && w->defaults[typeidx / 8] >> (typeidx % 8) & 1)
        return true;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (!valtype_defaultable(t->fields[i].type))
            STEP_FAIL(wt_explain_error(w, ERR_type_mismatch, ": field %u has no default value",
                                       (unsigned)i));
    if (!w->defaults) {
        w->defaults = allocator_get(w->allocator, size);
        if (!w->defaults) {
            w->out_of_memory = true;
            return false;
        }
        memset(w->defaults, 0, size);
    }
    w->defaults[typeidx / 8] |= (uint8_t)(1 << (typeidx % 8));
    return true;
}

/* ---- custom descriptors ---- */

static bool no_descriptor_type(Walk *w, bool ex, ValType t) {
    if (!ex)
        return false;
    if (valtype_indexed(t))
        return wt_explain_error(w, ERR_no_descriptor, " %u does not have a descriptor",
                                (unsigned)valtype_heap(t));
    return wt_explain_error(w, ERR_no_descriptor, " %s does not have a descriptor",
                            wt_type_heap_name(valtype_heap(t)));
}

/* The descriptor's type of a target type; VAL_bot when it has none. */
static ValType descriptor_of(const Walk *w, ValType t) {
    if (!valtype_indexed(t) || w->m->types[valtype_heap(t)].descriptor == TYPE_none)
        return VAL_bot;
    return VAL_REF_OF(w->m->types[valtype_heap(t)].descriptor, true) | (t & VAL_exact_bit);
}

bool wt_walk_descriptor(Walk *w, bool ex, const Insn *in) {
    if (in->op == OP_ref_get_desc) {
        ValType have;
        if (!need_type(w, ex, in->a))
            return false;
        const TypeDef *t = &w->m->types[in->a];
        if (t->descriptor == TYPE_none)
            STEP_FAIL(wt_explain_error(w, ERR_without_descriptor, NULL));
        if (!pop_any(w, ex, &have, "a reference"))
            return false;
        bool exact =
            have == VAL_bot || wt_type_is_sub(w->m, have, VAL_REF_OF(in->a, true) | VAL_exact_bit);
        if (!exact && !wt_type_is_sub(w->m, have, VAL_REF_OF(in->a, true))) {
            w->sp++;
            STEP_FAIL(wt_explain_pop(w, VAL_REF_OF(in->a, true)));
        }
        push_type(w, ex, VAL_REF_OF(t->descriptor, false) | (exact ? VAL_exact_bit : 0));
        return true;
    }
    bool branch = in->op == OP_br_on_cast_desc_eq || in->op == OP_br_on_cast_desc_eq_fail;
    ValType target = branch ? in->type2 : in->type;
    if (!need_heaptype(w, ex, target) || (branch && !need_heaptype(w, ex, in->type)))
        return false;
    ValType descriptor = descriptor_of(w, target);
    if (descriptor == VAL_bot)
        return no_descriptor_type(w, ex, target);
    if (branch && !need_castable(w, ex, in))
        return false;
    if (!pop_type(w, ex, descriptor))
        return false;
    if (branch)
        return pop_type(w, ex, in->type) &&
               branch_cast(w, ex, in, in->op == OP_br_on_cast_desc_eq_fail);
    if (!pop_castable(w, ex, target))
        return false;
    push_type(w, ex, target);
    return true;
}

/* ---- stack switching ---- */

/* The function type behind a continuation type. */
static const TypeDef *need_cont(Walk *w, bool ex, uint32_t typeidx) {
    const TypeDef *t = need_kind(w, ex, typeidx, TYPE_cont);
    return t ? need_kind(w, ex, t->cont, TYPE_func) : NULL;
}

static bool same_types(const Walk *w, const ValType *a, uint32_t na, const ValType *b,
                       uint32_t nb) {
    if (na != nb)
        return false;
    for (uint32_t i = 0; i < na; i++)
        if (!wt_type_is_sub(w->m, a[i], b[i]))
            return false;
    return true;
}

/* (on $tag $label): the label takes the tag's operands and a continuation that waits for its
 * results. */
static bool check_handler(Walk *w, bool ex, const Clause *h, const TypeDef *resumed) {
    if (!need_tag(w, ex, h->tag))
        return false;
    const TypeDef *tag = &w->m->types[w->m->tags[h->tag].type];
    if (h->kind == 1) {
        if (tag->param_count || !same_types(w, typedef_results(tag), tag->result_count,
                                            typedef_results(resumed), resumed->result_count))
            STEP_FAIL(
                wt_explain_error(w, ERR_type_mismatch, ": the tag does not fit a switch here"));
        return true;
    }
    const Ctrl *c = need_label(w, ex, h->label);
    if (!c)
        return false;
    uint32_t count;
    const ValType *types = ctrl_label(c, &count);
    bool ok = count > 0 && valtype_indexed(types[count - 1]) &&
              same_types(w, tag->params, tag->param_count, types, count - 1);
    if (ok) {
        const TypeDef *f = need_cont(w, ex, valtype_heap(types[count - 1]));
        if (!f)
            return false;
        ok = same_types(w, f->params, f->param_count, typedef_results(tag), tag->result_count) &&
             same_types(w, typedef_results(resumed), resumed->result_count, typedef_results(f),
                        f->result_count);
    }
    if (!ok)
        STEP_FAIL(wt_explain_error(w, ERR_type_mismatch,
                                   ": the handler's label does not take what the tag brings"));
    return true;
}

static bool step_resume(Walk *w, bool ex, const Insn *in) {
    const TypeDef *f = need_cont(w, ex, in->a);
    if (!f)
        return false;
    Reader list = reader_of(in->list.data, in->list.len);
    for (uint32_t i = 0; i < in->c; i++) {
        Clause h;
        wt_insn_next_handler(&list, &h);
        if (!check_handler(w, ex, &h, f))
            return false;
    }
    if (!pop_type(w, ex, VAL_REF_OF(in->a, true)))
        return false;
    if (in->op == OP_resume_throw) {
        if (!need_tag(w, ex, in->b))
            return false;
        const TypeDef *tag = &w->m->types[w->m->tags[in->b].type];
        if (!wt_walk_pop_list(w, ex, tag->params, tag->param_count))
            return false;
    } else if (in->op == OP_resume_throw_ref) {
        if (!pop_type(w, ex, VAL_REF_OF(HEAP_exn, true)))
            return false;
    } else if (!wt_walk_pop_list(w, ex, f->params, f->param_count)) {
        return false;
    }
    return wt_walk_push_list(w, ex, typedef_results(f), f->result_count);
}

static bool step_switch(Walk *w, bool ex, const Insn *in) {
    const TypeDef *f = need_cont(w, ex, in->a);
    if (!f || !need_tag(w, ex, in->b))
        return false;
    const TypeDef *tag = &w->m->types[w->m->tags[in->b].type];
    uint32_t last = f->param_count - 1;
    const TypeDef *back = NULL;
    if (f->param_count && valtype_indexed(f->params[last]))
        back = need_cont(w, ex, valtype_heap(f->params[last]));
    if (!back || tag->param_count ||
        !same_types(w, typedef_results(f), f->result_count, typedef_results(tag),
                    tag->result_count) ||
        !same_types(w, typedef_results(tag), tag->result_count, typedef_results(back),
                    back->result_count))
        STEP_FAIL(
            wt_explain_error(w, ERR_type_mismatch, ": the continuation cannot be switched to"));
    return pop_type(w, ex, VAL_REF_OF(in->a, true)) && wt_walk_pop_list(w, ex, f->params, last) &&
           wt_walk_push_list(w, ex, back->params, back->param_count);
}

static bool step_cont_bind(Walk *w, bool ex, const Insn *in) {
    const TypeDef *from = need_cont(w, ex, in->a), *to = from ? need_cont(w, ex, in->b) : NULL;
    if (!to)
        return false;
    uint32_t bound = from->param_count - to->param_count;
    if (from->param_count < to->param_count ||
        !same_types(w, to->params, to->param_count, from->params + bound, to->param_count) ||
        !same_types(w, typedef_results(from), from->result_count, typedef_results(to),
                    to->result_count))
        STEP_FAIL(
            wt_explain_error(w, ERR_type_mismatch, ": the two continuation types do not fit"));
    if (!pop_type(w, ex, VAL_REF_OF(in->a, true)) || !wt_walk_pop_list(w, ex, from->params, bound))
        return false;
    push_type(w, ex, VAL_REF_OF(in->b, false));
    return true;
}

bool wt_walk_continuation(Walk *w, bool ex, const Insn *in) {
    switch (in->op) {
    case OP_cont_new: {
        if (!need_cont(w, ex, in->a))
            return false;
        if (!pop_type(w, ex, VAL_REF_OF(w->m->types[in->a].cont, true)))
            return false;
        push_type(w, ex, VAL_REF_OF(in->a, false));
        return true;
    }
    case OP_cont_bind:
        return step_cont_bind(w, ex, in);
    case OP_suspend: {
        if (!need_tag(w, ex, in->a))
            return false;
        const TypeDef *tag = &w->m->types[w->m->tags[in->a].type];
        return wt_walk_pop_list(w, ex, tag->params, tag->param_count) &&
               wt_walk_push_list(w, ex, typedef_results(tag), tag->result_count);
    }
    case OP_resume:
    case OP_resume_throw:
    case OP_resume_throw_ref:
        return step_resume(w, ex, in);
    case OP_switch:
        return step_switch(w, ex, in);
    }
    STEP_FAIL(wt_explain_error(w, ERR_illegal_opcode, NULL));
}
