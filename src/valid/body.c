/* The fast check of function bodies. One case for each row of ops.def, in which everything the row
   says is a constant: i32.add is two compares and a decrement, local.get a load and a store.
   Nothing here makes messages; a body that fails is checked again by the explaining walk. */
#include "valid/body.h"

#include "base/os.h"
#include "valid/special.h"

WT_NOINLINE bool wt_step_special(Walk *w, const Insn *in) { return step_special(w, false, in); }

/* call, the usual way: the callee's type by its index. */
WT_INLINE bool call_index(Walk *w, uint32_t funcidx) {
    if (!need_func(w, false, funcidx))
        return false;
    return call_type(w, false, module_func_type(w->m, funcidx));
}

/* The signatures again, where the compiler can see them. */
#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1)                                                 \
    [SIG_##ident] = {np, {VAL_##p0, VAL_##p1, VAL_##p2, VAL_##p3}, nr, {VAL_##r0, VAL_##r1}},
static const SigInfo sig_constants[] = {
#include "wasm/sigs.def"
};
#undef SIG

/* The special rules that most instructions of real programs have, inline; the others behind a call.
 * `op` is a constant. */
WT_INLINE bool step_hot(Walk *w, const unsigned op, const Insn *in) {
    switch (op) {
    case OP_local_get:
    case OP_local_set:
    case OP_local_tee:
        return step_local_op(w, false, op, in->a);
    case OP_br_if:
        return step_br_if(w, false, in);
    case OP_br:
        return step_br(w, false, in);
    case OP_end:
        return step_end(w, false);
    case OP_call:
        return call_index(w, in->a);
    case OP_global_get:
        return step_global(w, false, in);
    case OP_drop: {
        ValType t;
        return pop_any(w, false, &t, "a value");
    }
    }
    return wt_step_special(w, in);
}

/* Whether the body is valid. The walk stands behind its locals. */
static bool check_body(Walk *w) {
    while (w->ctrl_count) {
        unsigned op = insn_read_op(&w->r);
        /* No instruction with a row pushes more than two. */
        if (WT_UNLIKELY(!walk_room(w, 4)))
            return false;
        switch (op) {
#define OP(page_, code_, ident, text_, imm_, sig_, kind_, align_, since)                           \
    case OP_##ident: {                                                                             \
        const OpInfo info = {text_,  sizeof(text_) - 1, IMM_##imm_, SIG_##sig_, KIND_##kind_,      \
                             align_, FEATURE_##since,   page_,      code_};                        \
        Insn in;                                                                                   \
        in.op = OP_##ident;                                                                        \
        insn_read_imm(&w->r, &in, IMM_##imm_);                                                     \
        if (FEATURE_##since != FEATURE_mvp && WT_UNLIKELY(!module_has(w->m, FEATURE_##since)))     \
            return false;                                                                          \
        if (SIG_##sig_ == SIG_SPECIAL                                                              \
                ? !step_hot(w, OP_##ident, &in)                                                    \
                : !step_fixed(w, false, &in, &info, &sig_constants[SIG_##sig_]))                   \
            return false;                                                                          \
        break;                                                                                     \
    }
#include "wasm/ops.def"
#undef OP
        default:
            return false;
        }
        if (WT_UNLIKELY(w->r.error))
            return false;
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
