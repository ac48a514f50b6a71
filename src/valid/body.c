/* The fast check of function bodies. The instructions that most code is made of, in their usual
   form, are checked here with the stack pointer and the cursor in registers: i32.add is two
   compares, local.get a load and a store. All else (rare instructions, subtypes, unreachable code,
   large immediates, mistakes) falls through to walk_step, one instruction at a time. Nothing here
   makes messages; a body that fails is checked again by the explaining walk. */
#include "valid/body.h"

#include "base/os.h"
#include "valid/special.h"

WT_NOINLINE bool wt_step_special(Walk *w, const Insn *in) { return step_special(w, false, in); }

/* One instruction by the book, from opcode on. */
static WT_NOINLINE bool check_insn(Walk *w) {
    Insn in;
    return walk_step(w, false, &in);
}

/* What the loop keeps in registers. Valid between instructions; w's own copies are brought up to
 * date around calls. */
typedef struct Hot {
    const uint8_t *at, *end;
    ValType *sp;
    ValType *base; /* the innermost block's operands begin here */
} Hot;

WT_INLINE void hot_store(const Hot *h, Walk *w) {
    w->r.at = h->at;
    w->sp = h->sp;
}
WT_INLINE void hot_load(Hot *h, const Walk *w) {
    h->at = w->r.at;
    h->sp = w->sp;
    h->base = w->ctrl_count ? w->stack + w->ctrl[w->ctrl_count - 1].height : w->stack;
}

/* The length of a LEB128 at p when it is short enough to need no check of its bits (bits / 7 bytes
 * at most), else 0. */
WT_INLINE size_t short_leb(const uint8_t *p, const uint8_t *end, unsigned bits) {
    for (unsigned i = 0; i < bits / 7; i++) {
        if (p + i == end)
            return 0;
        if (p[i] < 0x80)
            return i + 1;
    }
    return 0;
}

/* A number of one or two bytes; false: longer or at the end. */
WT_INLINE bool short_index(const uint8_t **p, const uint8_t *end, uint32_t *v) {
    if (WT_LIKELY(*p != end && **p < 0x80)) {
        *v = *(*p)++;
        return true;
    }
    if (end - *p < 2 || (*p)[1] >= 0x80)
        return false;
    *v = ((*p)[0] & 0x7Fu) | (uint32_t)(*p)[1] << 7;
    *p += 2;
    return true;
}

/* memarg of memory 0, alignment as usual, offset below 2^28. Moves p behind it. */
WT_INLINE bool short_memarg(const uint8_t **p, const uint8_t *end, unsigned align) {
    if (*p == end || **p > align)
        return false;
    size_t n = short_leb(*p + 1, end, 32);
    *p += 1 + n;
    return n != 0;
}

/* Operands exactly as a signature says. `address` stands for memory 0's address type. */
WT_INLINE bool hot_signature(Hot *h, const SigInfo *sig, ValType address) {
    if (WT_UNLIKELY(h->sp - h->base < sig->param_count))
        return false;
    ValType *from = h->sp - sig->param_count;
    _Pragma("GCC unroll 4") for (unsigned i = 0; i < sig->param_count; i++) {
        ValType want = sig->params[i] == VAL_address ? address : sig->params[i];
        if (WT_UNLIKELY(from[i] != want))
            return false;
    }
    _Pragma("GCC unroll 2") for (unsigned i = 0; i < sig->result_count; i++) from[i] =
        sig->results[i] == VAL_address ? address : sig->results[i];
    h->sp = from + sig->result_count;
    return true;
}

/* A label that takes nothing. */
WT_INLINE bool plain_label(const Walk *w, uint32_t depth) {
    const Ctrl *c = walk_label(w, depth);
    return c && (c->op == OP_loop ? c->start_count : c->end_count) == 0;
}

/* end of a block that gives nothing or one value, whose operands are just those. */
WT_INLINE bool hot_end(Walk *w, const Hot *h) {
    const Ctrl *c = walk_top(w);
    size_t height = (size_t)(h->sp - h->base);
    if (c->op == OP_if || c->end_count > 1 || height != c->end_count || w->init_count != c->inits)
        return false;
    return height == 0 || h->sp[-1] == ctrl_ends(c)[0];
}

/* block, loop, if without operands: the frame is opened in place. */
WT_INLINE bool hot_block(Walk *w, const Hot *h, uint16_t op, uint8_t type, uint32_t offset) {
    bool empty = type == 0x40;
    if (!(empty || (type >= 0x7B && type <= 0x7F)) || w->ctrl_count >= w->ctrl_cap ||
        w->ctrl_count >= w->m->bounds.nesting)
        return false;
    w->ctrl[w->ctrl_count++] = (Ctrl){.op = op,
                                      .height = (uint32_t)(h->sp - w->stack),
                                      .inits = (uint32_t)w->init_count,
                                      .end_count = !empty,
                                      .single = empty ? VAL_bot : (ValType)(0x80 - type),
                                      .offset = offset};
    return true;
}

/* A call whose arguments have exactly the parameters' types. */
WT_INLINE bool hot_call(const Walk *w, Hot *h, const TypeDef *t) {
    if (h->sp - h->base < (ptrdiff_t)t->param_count ||
        (size_t)(w->stack_limit - h->sp) < t->result_count + 4u)
        return false;
    ValType *from = h->sp - t->param_count;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (from[i] != t->params[i])
            return false;
    const ValType *results = typedef_results(t);
    for (uint32_t i = 0; i < t->result_count; i++)
        from[i] = results[i];
    h->sp = from + t->result_count;
    return true;
}

/* The signatures again, where the compiler can see them. */
#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1)                                                 \
    [SIG_##ident] = {np, {VAL_##p0, VAL_##p1, VAL_##p2, VAL_##p3}, nr, {VAL_##r0, VAL_##r1}},
static const SigInfo sig_constants[] = {
#include "wasm/sigs.def"
};
#undef SIG

/* One instruction in its usual form. false: nothing was changed, and walk_step must look. */
WT_INLINE bool hot_insn(Walk *w, Hot *h, ValType address, uint64_t features) {
    const uint8_t *p = h->at;
    if (WT_UNLIKELY(p == h->end))
        return false;
    uint32_t v;
    unsigned op = *p++;
    switch (op) {
    case OP_local_get:
        if (!short_index(&p, h->end, &v) || v >= w->local_count || w->unset)
            return false;
        *h->sp++ = w->locals[v];
        break;
    case OP_local_set:
    case OP_local_tee:
        if (!short_index(&p, h->end, &v) || v >= w->local_count || w->unset || h->sp == h->base ||
            h->sp[-1] != w->locals[v])
            return false;
        h->sp -= op == OP_local_set;
        break;
    case OP_global_get:
        if (!short_index(&p, h->end, &v) || v >= w->m->global_count)
            return false;
        *h->sp++ = w->m->globals[v].type;
        break;
    case OP_global_set:
        if (!short_index(&p, h->end, &v) || v >= w->m->global_count || !w->m->globals[v].mutable_ ||
            h->sp == h->base || h->sp[-1] != w->m->globals[v].type)
            return false;
        h->sp--;
        break;
    case OP_i32_const:
    case OP_i64_const: {
        size_t n = short_leb(p, h->end, op == OP_i32_const ? 32 : 64);
        if (!n)
            return false;
        p += n;
        *h->sp++ = op == OP_i32_const ? VAL_i32 : VAL_i64;
        break;
    }
    case OP_f32_const:
    case OP_f64_const: {
        ptrdiff_t n = op == OP_f32_const ? 4 : 8;
        if (h->end - p < n)
            return false;
        p += n;
        *h->sp++ = op == OP_f32_const ? VAL_f32 : VAL_f64;
        break;
    }
    case OP_drop:
        if (h->sp == h->base)
            return false;
        h->sp--;
        break;
    case OP_call:
        if (!short_index(&p, h->end, &v) || v >= w->m->func_count ||
            !hot_call(w, h, module_func_type(w->m, v)))
            return false;
        break;
    case OP_br_if:
        if (!short_index(&p, h->end, &v) || h->sp == h->base || h->sp[-1] != VAL_i32 ||
            !plain_label(w, v))
            return false;
        h->sp--;
        break;
    case OP_br:
        if (!short_index(&p, h->end, &v) || !plain_label(w, v))
            return false;
        walk_top(w)->unreachable = true;
        h->sp = h->base;
        break;
    case OP_block:
    case OP_loop:
        if (p == h->end || !hot_block(w, h, (uint16_t)op, *p, (uint32_t)(h->at - w->start)))
            return false;
        h->base = h->sp;
        p++;
        break;
    case OP_if:
        if (p == h->end || h->sp == h->base || h->sp[-1] != VAL_i32)
            return false;
        h->sp--;
        if (!hot_block(w, h, OP_if, *p, (uint32_t)(h->at - w->start))) {
            h->sp++;
            return false;
        }
        h->base = h->sp;
        p++;
        break;
    case OP_end:
        if (w->ctrl_count < 2 || !hot_end(w, h))
            return false;
        w->ctrl_count--;
        h->base = w->stack + walk_top(w)->height;
        break;
        /* Number operations, loads and stores, from their rows. */
#define OP(page_, code_, ident, text_, imm_, sig_, kind_, align_, since_)                          \
    HOT_##page_(kind_, ident, sig_, align_, since_)
#include "valid/hot.inc"
#include "wasm/ops.def"
#include "valid/hot.inc"
#undef OP
    default:
        return false;
    }
    h->at = p;
    return true;
}

/* Whether the body is valid. The walk stands behind its locals. */
static bool check_body(Walk *w) {
    Hot h = {.end = w->r.end};
    const ValType address = w->m->memory_count ? memory_address(w->m, 0) : VAL_bot;
    const uint64_t features = w->m->features;
    hot_load(&h, w);
    while (w->ctrl_count) {
        /* No instruction in its usual form pushes more than two, but calls, which look for
         * themselves. */
        if (WT_LIKELY(w->stack_limit - h.sp >= 4) && WT_LIKELY(hot_insn(w, &h, address, features)))
            continue;
        hot_store(&h, w);
        if (!walk_room(w, 8) || !check_insn(w))
            return false;
        hot_load(&h, w);
    }
    return w->r.at == w->r.end;
}

/* ---- all bodies
 * ----------------------------------------------------------------------------------------------------
 */

enum { BATCH_BYTES = 64 * 1024 };

/* Functions [first, end) of one batch. */
typedef struct Batch {
    uint32_t first, end;
} Batch;

typedef struct Job {
    const Module *m;
    const uint8_t *declared;
    const Batch *batches;
    uint8_t *failed; /* by defined function */
    Walk *walks;     /* one for each worker */
} Job;

static void check_batch(void *user, size_t index, unsigned worker) {
    const Job *job = user;
    Walk *w = &job->walks[worker];
    const Batch *b = &job->batches[index];
    for (uint32_t i = b->first; i < b->end; i++)
        if (!wt_walk_begin(w, i) || !check_body(w))
            job->failed[i - job->m->func_imports] = 1;
}

/* The body again, with words. It fails again: the rules are the same code. */
static void explain_body(const Module *m, const uint8_t *declared, uint32_t funcidx, Diag *d) {
    Walk w;
    wt_walk_init(&w, m, m->arena.allocator);
    w.declared = declared;
    w.diag = d;
    uint32_t errors = d->errors;
    bool ok = wt_walk_begin(&w, funcidx);
    Insn in;
    while (ok && w.ctrl_count)
        ok = walk_step(&w, true, &in);
    if (ok && w.r.at != w.r.end) {
        w.at = w.r.at;
        wt_explain_error(&w, ERR_end_expected, ": the code goes on behind the end of the function");
    }
    if (w.out_of_memory || d->errors == errors)
        wt_diag_oom(d);
    wt_walk_free(&w);
}

static uint32_t make_batches(const Module *m, Batch *batches) {
    uint32_t count = 0, first = m->func_imports;
    size_t bytes = 0;
    for (uint32_t i = first; i < m->func_count; i++) {
        bytes += m->funcs[i].code_size;
        if (bytes < BATCH_BYTES && i + 1 < m->func_count)
            continue;
        if (batches)
            batches[count] = (Batch){first, i + 1};
        count++;
        first = i + 1;
        bytes = 0;
    }
    return count;
}

void wt_valid_bodies(const Module *m, const uint8_t *declared, unsigned threads, Diag *d) {
    uint32_t defined = m->func_count - m->func_imports;
    if (!defined)
        return;
    Arena arena;
    wt_arena_init(&arena, m->arena.allocator);
    uint32_t count = make_batches(m, NULL);
    if (threads > count)
        threads = count;
    if (threads < 1)
        threads = 1;
    Batch *batches = ARENA_ARRAY(&arena, Batch, count);
    Job job = {m, declared, batches, ARENA_ARRAY(&arena, uint8_t, defined),
               ARENA_ARRAY(&arena, Walk, threads)};
    if (arena.failed) {
        wt_diag_oom(d);
        wt_arena_free(&arena);
        return;
    }
    make_batches(m, batches);
    for (unsigned i = 0; i < threads; i++) {
        wt_walk_init(&job.walks[i], m, m->arena.allocator);
        job.walks[i].declared = declared;
    }
    wt_os_parallel(threads, count, check_batch, &job);
    bool out_of_memory = false;
    for (unsigned i = 0; i < threads; i++) {
        out_of_memory |= job.walks[i].out_of_memory;
        wt_walk_free(&job.walks[i]);
    }
    if (out_of_memory)
        wt_diag_oom(d);
    for (uint32_t i = 0; i < defined && !d->out_of_memory; i++) {
        if (!job.failed[i])
            continue;
        if (d->errors < DIAG_MAX)
            explain_body(m, declared, i + m->func_imports, d);
        else
            d->errors++;
    }
    wt_arena_free(&arena);
}

/* ---- constant expressions
 * ------------------------------------------------------------------------------------------ */

static bool constant_op(const Walk *w, const Insn *in) {
    switch (in->op) {
    case OP_i32_const:
    case OP_i64_const:
    case OP_f32_const:
    case OP_f64_const:
    case OP_v128_const:
    case OP_ref_null:
    case OP_ref_func:
    case OP_end:
        return true;
    case OP_global_get:
        /* Without typed references only imported globals. A global that is not known here is
         * another error. */
        if (in->a >= w->globals_known)
            return true;
        if (!module_has(w->m, FEATURE_gc) && in->a >= w->m->global_imports)
            return false;
        return !w->m->globals[in->a].mutable_;
    case OP_i32_add:
    case OP_i32_sub:
    case OP_i32_mul:
    case OP_i64_add:
    case OP_i64_sub:
    case OP_i64_mul:
        return module_has(w->m, FEATURE_extended_const);
    case OP_struct_new:
    case OP_struct_new_default:
    case OP_struct_new_desc:
    case OP_struct_new_default_desc:
    case OP_array_new:
    case OP_array_new_default:
    case OP_array_new_fixed:
    case OP_ref_i31:
    case OP_any_convert_extern:
    case OP_extern_convert_any:
        return true;
    }
    return false;
}

void wt_valid_expr(const Module *m, Slice code, ValType result, const ExprPlace *place, Diag *d) {
    Walk w;
    wt_walk_init(&w, m, m->arena.allocator);
    w.diag = d;
    w.place = (Place){.section = place->section, .part = place->part, .item = place->item};
    w.globals_known = place->globals_known;
    bool ok = wt_walk_begin_expr(&w, code, &result);
    while (ok && w.ctrl_count) {
        Insn in;
        w.at = w.r.at;
        if (!insn_read(&w.r, &in))
            ok = wt_explain_reader(&w);
        else if (!constant_op(&w, &in))
            ok = wt_explain_error(&w, ERR_constant_required, ": %s is not allowed here",
                                  op_info(in.op)->text);
        else
            ok = walk_apply(&w, true, &in);
    }
    if (w.out_of_memory)
        wt_diag_oom(d);
    wt_walk_free(&w);
}

void wt_valid_expr_funcs(Slice code, void (*fn)(void *user, uint32_t funcidx), void *user) {
    Reader r = reader_of(code.data, code.len);
    Insn in;
    while (r.at != r.end && insn_read(&r, &in))
        if (in.op == OP_ref_func)
            fn(user, in.a);
}
