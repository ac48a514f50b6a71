/* The fast check of function bodies, and all bodies of a module on several threads.

   check_body is a loop that knows the usual case of the usual instructions: operands that are there
   and have just the types wanted, numbers of few bytes, blocks of one result at most. Its cases for
   instructions with a fixed signature come from ops.def, one for each row, in which everything the
   row says is a constant; i32.add is two compares and a decrement. Whatever is not usual, wrong
   code included, goes through the step of step.h (`careful`), which starts again at the
   instruction: a case changes nothing before it has looked at everything.

   Nothing here makes messages. A body that fails is checked again by the explaining walk. */
#include "valid/body.h"

#include "base/os.h"
#include "valid/special.h"

WT_NOINLINE bool wt_step_special(Walk *w, const Insn *in) {
    return !WT_SMALL && step_special(w, false, in); /* small: see walk_step */
}

/* One instruction of any kind. */
static WT_NOINLINE bool careful_step(Walk *w) {
    Insn in;
    return walk_step(w, false, &in);
}

/* The signatures again, where the compiler can see them. */
#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1)                                                 \
    [SIG_##ident] = {np, {VAL_##p0, VAL_##p1, VAL_##p2, VAL_##p3}, nr, {VAL_##r0, VAL_##r1}},
static const SigInfo sig_constants[] = {
#include "wasm/sigs.def"
};
#undef SIG

/* What the loop keeps in registers. The fast cases read up to FAST_slack bytes behind `p` without a
   look at the end of the code: `stop` is far enough from the end of the source for that, and a case
   that has read over the end of the body ends the loop. They push at most one operand for each byte
   of code, so that `stop` bounds the operand stack too. */
enum { FAST_slack = 32 };
typedef struct Fast {
    const uint8_t *p, *stop;
    ValType *sp, *base; /* base: below the innermost block's operands */
} Fast;

/* The last byte before which the fast cases may run: bodies of a binary have other bytes behind
   them. */
static const uint8_t *fast_end(const Walk *w) {
    const Module *m = w->m;
    const uint8_t *end = m->is_text ? w->r.end : m->source.data + m->source.len;
    if (end - w->start < FAST_slack)
        return w->start;
    return WT_MIN(end - FAST_slack, w->r.end);
}

WT_INLINE void fast_save(Walk *w, const Fast *f) {
    w->r.at = f->p;
    w->sp = f->sp;
}
WT_INLINE void fast_load(const Walk *w, Fast *f, const uint8_t *end) {
    f->p = w->r.at;
    f->sp = w->sp;
    f->base = w->stack + walk_top(w)->height;
    size_t room = (size_t)(w->stack_limit - w->sp), left = f->p < end ? (size_t)(end - f->p) : 0;
    f->stop = f->p + WT_MIN(room, left);
}

/* A number of up to two bytes; *len is 0 when it is longer. */
WT_INLINE uint32_t fast_u32(const uint8_t *p, unsigned *len) {
    if (WT_LIKELY(p[0] < 0x80)) {
        *len = 1;
        return p[0];
    }
    *len = p[1] < 0x80 ? 2 : 0;
    return (uint32_t)(p[0] & 0x7F) | (uint32_t)p[1] << 7;
}
/* The bytes of a number of up to four bytes (which fits in 32 bits whatever they are), or 0. */
WT_INLINE unsigned fast_skip(const uint8_t *p) {
    if (WT_LIKELY(p[0] < 0x80))
        return 1;
    return p[1] < 0x80 ? 2 : p[2] < 0x80 ? 3 : p[3] < 0x80 ? 4 : 0;
}

/* The same for i32.const and i64.const. In the longest numbers the bits beyond the value must
   repeat its sign. */
WT_INLINE unsigned fast_skip32(const uint8_t *p) {
    unsigned n = fast_skip(p), last = p[4] & 0xF8;
    return n ? n : last == 0 || last == 0x78 ? 5 : 0;
}
WT_INLINE unsigned fast_skip64(const uint8_t *p) {
    unsigned n = 0;
    while (p[n] >= 0x80 && n < 9)
        n++;
    return n < 9 || p[9] == 0 || p[9] == 0x7F ? n + 1 : 0;
}

/* Immediates of a row that the fast cases know: their bytes, or 0 when the careful step must look.
   Everything but p and address is a constant, unless WT_SMALL. */
WT_INLINE unsigned fast_imm(const uint8_t *p, ValType address, const unsigned imm,
                            const unsigned align) {
    switch (imm) {
    case IMM_I32:
        return fast_skip32(p);
    case IMM_I64:
        return fast_skip64(p);
    case IMM_F32:
        return 4;
    case IMM_F64:
        return 8;
    case IMM_V128:
        return 16;
    case IMM_MEM:
        return p[0] == 0 && address != VAL_address;
    case IMM_MEMARG: {
        unsigned n = fast_skip(p + 1);
        return p[0] <= align && n ? n + 1 : 0;
    }
    }
    return 0;
}

/* A type of a signature. `address` is that of memory 0; VAL_address when there is none. */
WT_INLINE ValType fast_type(ValType t, ValType address) { return t == VAL_address ? address : t; }

/* A row with a fixed signature and usual operands. */
WT_INLINE bool fast_fixed(Fast *f, const SigInfo *sig, ValType address) {
    const int n = sig->param_count;
    if (WT_UNLIKELY(f->sp - f->base < n))
        return false;
    _Pragma("GCC unroll 4") for (int i = 0; i < n; i++) {
        if (WT_UNLIKELY(f->sp[i - n] != fast_type(sig->params[i], address)))
            return false;
    }
    f->sp -= n;
    _Pragma("GCC unroll 2") for (int i = 0; i < sig->result_count; i++) *f->sp++ =
        fast_type(sig->results[i], address);
    return true;
}

/* Whether a row has a case of its own made from it. */
#define FAST_ROW(sig, imm, kind)                                                                   \
    ((sig) != SIG_SPECIAL && (kind) != KIND_ATOMIC &&                                              \
     ((imm) == IMM_NONE || (imm) == IMM_I32 || (imm) == IMM_I64 || (imm) == IMM_F32 ||             \
      (imm) == IMM_F64 || (imm) == IMM_V128 || (imm) == IMM_MEM || (imm) == IMM_MEMARG))

/* All these rows in one, by the table. */
static WT_NOINLINE bool fast_by_table(const Walk *w, Fast *f, const uint8_t *p, ValType address,
                                      unsigned op) {
    const OpInfo *o = op_info(op);
    if (!module_has(w->m, (Feature)o->feature))
        return false;
    const unsigned n = fast_imm(p, address, o->imm, o->align);
    if ((o->imm != IMM_NONE && !n) || !fast_fixed(f, &sig_constants[o->sig], address))
        return false;
    f->p = p + n;
    return true;
}

/* ---- control ---- */

/* Opens a block, loop or if without parameters whose type is the byte at p. */
WT_INLINE bool fast_block(Walk *w, Fast *f, unsigned op, const uint8_t *p) {
    if (WT_UNLIKELY(*p != 0x40 && (*p < 0x7C || *p > 0x7F)))
        return false;
    if (WT_UNLIKELY(w->ctrl_count >= w->ctrl_room))
        return false;
    if (op == OP_if) {
        if (f->sp == f->base || f->sp[-1] != VAL_i32)
            return false;
        f->sp--;
    }
    Ctrl *c = &w->ctrl[w->ctrl_count++];
    c->op = (uint16_t)op;
    c->unreachable = c->seen = false;
    c->height = (uint32_t)(f->sp - w->stack);
    c->inits = (uint32_t)w->init_count;
    c->start_count = 0;
    c->end_count = *p != 0x40;
    c->start_types = c->end_types = NULL;
    c->single = (ValType)(0x80 - *p);
    f->base = f->sp;
    f->p = p + 1;
    return true;
}

/* The end of a block that is not the outermost: its one result, if any, is where it belongs. */
WT_INLINE bool fast_end_block(Walk *w, Fast *f) {
    Ctrl *c = walk_top(w);
    if (WT_UNLIKELY(w->ctrl_count == 1 || w->init_count != c->inits || c->end_count > 1))
        return false;
    if (WT_UNLIKELY((uint32_t)(f->sp - f->base) != c->end_count))
        return false;
    if (c->end_count == 1 ? f->sp[-1] != ctrl_ends(c)[0] || c->op == OP_if
                          : c->op == OP_if && c->start_count)
        return false;
    w->ctrl_count--;
    f->base = w->stack + c[-1].height;
    f->p++;
    return true;
}

WT_INLINE bool fast_else(Walk *w, Fast *f) {
    Ctrl *c = walk_top(w);
    if (WT_UNLIKELY(c->op != OP_if || w->init_count != c->inits || c->start_count ||
                    c->end_count > 1 || (uint32_t)(f->sp - f->base) != c->end_count))
        return false;
    if (c->end_count == 1 && f->sp[-1] != ctrl_ends(c)[0])
        return false;
    c->op = OP_else;
    c->unreachable = false;
    f->sp = f->base;
    f->p++;
    return true;
}

/* br and br_if to labels of no or one operand. */
WT_INLINE bool fast_branch(Walk *w, Fast *f, const bool conditional, const uint8_t *p) {
    unsigned len;
    uint32_t depth = fast_u32(p, &len);
    if (WT_UNLIKELY(!len || depth >= w->ctrl_count))
        return false;
    const Ctrl *c = &w->ctrl[w->ctrl_count - 1 - depth];
    uint32_t count;
    const ValType *types = ctrl_label(c, &count);
    if (WT_UNLIKELY(count > 1 || f->sp - f->base < (ptrdiff_t)count + conditional))
        return false;
    if (conditional && f->sp[-1] != VAL_i32)
        return false;
    if (count == 1 && f->sp[-1 - conditional] != *types)
        return false;
    f->sp -= conditional;
    f->p = p + len;
    if (!conditional) {
        f->sp = f->base;
        walk_top(w)->unreachable = true;
    }
    return true;
}

WT_INLINE bool fast_return(Walk *w, Fast *f, const uint8_t *p) {
    const Ctrl *c = &w->ctrl[0];
    if (WT_UNLIKELY(c->end_count > 1 || f->sp - f->base < (ptrdiff_t)c->end_count))
        return false;
    if (c->end_count == 1 && f->sp[-1] != ctrl_ends(c)[0])
        return false;
    f->p = p;
    f->sp = f->base;
    walk_top(w)->unreachable = true;
    return true;
}

/* A call of a function with one result at most, whose arguments lie below `above` operands. */
WT_INLINE bool fast_apply(Fast *f, const TypeDef *t, const unsigned above) {
    if (WT_UNLIKELY((uint64_t)(f->sp - f->base) < (uint64_t)t->param_count + above ||
                    t->result_count > 1))
        return false;
    ValType *args = f->sp - above - t->param_count;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (WT_UNLIKELY(args[i] != t->params[i]))
            return false;
    f->sp = args;
    if (t->result_count)
        *f->sp++ = t->params[t->param_count];
    return true;
}

WT_INLINE bool fast_call(Walk *w, Fast *f, const uint8_t *p) {
    const Module *m = w->m;
    unsigned len;
    uint32_t funcidx = fast_u32(p, &len);
    if (WT_UNLIKELY(!len)) {
        if (p[2] >= 0x80)
            return false;
        funcidx = (funcidx & 0x3FFF) | (uint32_t)p[2] << 14;
        len = 3;
    }
    if (WT_UNLIKELY(funcidx >= m->func_count))
        return false;
    if (WT_UNLIKELY(!fast_apply(f, module_func_type(m, funcidx), 0)))
        return false;
    f->p = p + len;
    return true;
}

/* Through table 0, when it holds functions of any type. */
WT_INLINE bool fast_call_indirect(Walk *w, Fast *f, const uint8_t *p) {
    const Module *m = w->m;
    unsigned len;
    uint32_t typeidx = fast_u32(p, &len);
    if (WT_UNLIKELY(!len || p[len] || typeidx >= m->type_count || !m->table_count))
        return false;
    const TypeDef *t = &m->types[typeidx];
    if (WT_UNLIKELY(t->kind != TYPE_func || m->tables[0].type != VAL_funcref || f->sp == f->base ||
                    f->sp[-1] != table_address(m, 0) || !fast_apply(f, t, 1)))
        return false;
    f->p = p + len + 1;
    return true;
}

/* ---- variables ---- */

WT_INLINE bool fast_local(Walk *w, Fast *f, const unsigned op, const uint8_t *p) {
    unsigned len;
    uint32_t i = fast_u32(p, &len);
    if (WT_UNLIKELY(!len || i >= w->local_count || (w->unset && w->unset[i])))
        return false;
    ValType t = w->locals[i];
    if (op == OP_local_get) {
        *f->sp++ = t;
    } else {
        if (WT_UNLIKELY(f->sp == f->base || f->sp[-1] != t))
            return false;
        f->sp -= op == OP_local_set;
    }
    f->p = p + len;
    return true;
}

WT_INLINE bool fast_global(Walk *w, Fast *f, const unsigned op, const uint8_t *p) {
    unsigned len;
    uint32_t i = fast_u32(p, &len);
    if (WT_UNLIKELY(!len || i >= w->m->global_count))
        return false;
    const Global *g = &w->m->globals[i];
    if (op == OP_global_get) {
        *f->sp++ = g->type;
    } else {
        if (WT_UNLIKELY(!g->mutable_ || f->sp == f->base || f->sp[-1] != g->type))
            return false;
        f->sp--;
    }
    f->p = p + len;
    return true;
}

/* memory.copy inside memory 0. */
WT_INLINE bool fast_memory_copy(Fast *f, ValType address, const uint8_t *p) {
    if (WT_UNLIKELY(p[0] || p[1] || f->sp - f->base < 3 || f->sp[-1] != address ||
                    f->sp[-2] != address || f->sp[-3] != address))
        return false;
    f->sp -= 3;
    f->p = p + 2;
    return true;
}

WT_INLINE bool fast_select(Fast *f) {
    if (WT_UNLIKELY(f->sp - f->base < 3 || f->sp[-1] != VAL_i32 || f->sp[-2] != f->sp[-3] ||
                    valtype_is_ref(f->sp[-2])))
        return false;
    f->sp -= 2;
    f->p++;
    return true;
}

/* ---- the loop ---- */

/* The instructions with rules of their own; `op` is a constant. p stands behind the opcode. */
WT_INLINE bool fast_special(Walk *w, Fast *f, ValType address, const unsigned op,
                            const uint8_t *p) {
    switch (op) {
    case OP_local_get:
    case OP_local_set:
    case OP_local_tee:
        return fast_local(w, f, op, p);
    case OP_global_get:
    case OP_global_set:
        return fast_global(w, f, op, p);
    case OP_block:
    case OP_loop:
    case OP_if:
        return fast_block(w, f, op, p);
    case OP_else:
        return fast_else(w, f);
    case OP_end:
        return fast_end_block(w, f);
    case OP_br:
    case OP_br_if:
        return fast_branch(w, f, op == OP_br_if, p);
    case OP_return:
        return fast_return(w, f, p);
    case OP_call:
        return fast_call(w, f, p);
    case OP_call_indirect:
        return fast_call_indirect(w, f, p);
    case OP_memory_copy:
        return fast_memory_copy(f, address, p);
    case OP_select:
        return fast_select(f);
    case OP_drop:
        if (f->sp == f->base)
            return false;
        f->sp--;
        f->p = p;
        return true;
    case OP_unreachable:
        f->sp = f->base;
        f->p = p;
        walk_top(w)->unreachable = true;
        return true;
    }
    return false;
}

/* The case of a row: all but w, f, p and address are constants. p stands behind the opcode. */
WT_INLINE bool fast_row(Walk *w, Fast *f, const uint8_t *p, ValType address, const unsigned op,
                        const unsigned imm, const unsigned sig, const unsigned kind,
                        const unsigned align, const Feature since) {
    if (since != FEATURE_mvp && WT_UNLIKELY(!module_has(w->m, since)))
        return false;
    if (!FAST_ROW(sig, imm, kind))
        return sig == SIG_SPECIAL && fast_special(w, f, address, op, p);
    const unsigned n = fast_imm(p, address, imm, align);
    if ((imm != IMM_NONE && !n) || !fast_fixed(f, &sig_constants[sig], address))
        return false;
    f->p = p + n;
    return true;
}

/* Whether the body is valid. The walk stands behind its locals. */
static bool check_body(Walk *w) {
    const Module *m = w->m;
    const uint8_t *end = fast_end(w), *p = w->r.at;
    /* Without a memory no operand has the type wanted. */
    const ValType address = m->memory_count ? memory_address(m, 0) : (ValType)VAL_address;
    uint32_t op = OP_nop; /* nothing yet */
    Fast f;
    fast_load(w, &f, end);

/* The pages that have fast cases. */
#define OP(page_, code_, ident, text_, imm_, sig_, kind_, align_, since)                           \
    PAGE_##page_(ident, imm_, sig_, kind_, align_, since)
#define PAGE_0x00 ROW
#define PAGE_0xFB(...)
#define PAGE_0xFC ROW
#define PAGE_0xFD ROW
#define PAGE_0xFE(...)

    WT_JUMPS_BEGIN(jump, OP_count, op)
#define ROW(ident, ...) WT_JUMP_ROW(jump, L_careful, OP_##ident, L_##ident)
#include "wasm/ops.def"
#undef ROW
    WT_JUMP_ROW(jump, L_careful, 0xFC, L_prefix_fc)
    WT_JUMP_ROW(jump, L_careful, 0xFD, L_prefix_fd)
    WT_JUMPS_END(jump, L_careful, op)

/* p stands behind the opcode in every case. */
#define NEXT()                                                                                     \
    do {                                                                                           \
        p = f.p;                                                                                   \
        if (WT_UNLIKELY(p >= f.stop))                                                              \
            goto L_careful;                                                                        \
        op = *p++;                                                                                 \
        WT_JUMP(jump, L_careful, op);                                                              \
    } while (0)
#define ROW(ident, imm, sig, kind, align, since)                                                   \
    L_##ident : if (WT_SMALL && FAST_ROW(SIG_##sig, IMM_##imm, KIND_##kind)) goto L_by_table;      \
    if (WT_UNLIKELY(!fast_row(w, &f, p, address, OP_##ident, IMM_##imm, SIG_##sig, KIND_##kind,    \
                              align, FEATURE_##since)))                                            \
        goto L_careful;                                                                            \
    NEXT();
#include "wasm/ops.def"
#undef ROW

#define PREFIX(base, count)                                                                        \
    do {                                                                                           \
        unsigned len;                                                                              \
        op = fast_u32(p, &len);                                                                    \
        if (WT_UNLIKELY(!len || op >= (count)))                                                    \
            goto L_careful;                                                                        \
        op += (base);                                                                              \
        p += len;                                                                                  \
        WT_JUMP(jump, L_careful, op);                                                              \
    } while (0)
L_prefix_fc:
    PREFIX(OPBASE_FC, OPBASE_FE - OPBASE_FC);
L_prefix_fd:
    PREFIX(OPBASE_FD, OP_count - OPBASE_FD);

L_by_table:
    if (fast_by_table(w, &f, p, address, op))
        NEXT();

L_careful:
    fast_save(w, &f);
    if (!walk_room(w, 64) || f.p >= w->r.end || !careful_step(w))
        return false;
    if (w->ctrl_count == 0)
        return w->r.at == w->r.end;
    fast_load(w, &f, end);
    NEXT();
}
#undef PREFIX
#undef NEXT
#undef OP

/* ---- all bodies ---- */

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
    uint8_t *valid;  /* the same, or NULL */
    Walk *walks;     /* one for each worker */
} Job;

static void check_batch(void *user, size_t index, unsigned worker) {
    const Job *job = user;
    Walk *w = &job->walks[worker];
    const Batch *b = &job->batches[index];
    for (uint32_t i = b->first; i < b->end; i++) {
        uint32_t k = i - job->m->func_imports;
        if (job->valid && job->valid[k])
            continue;
        if (!wt_walk_begin(w, i) || !check_body(w))
            job->failed[k] = 1;
        else if (job->valid)
            job->valid[k] = 1;
    }
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

bool wt_valid_bodies(const Module *m, const uint8_t *declared, unsigned threads, uint8_t *valid,
                     Diag *d) {
    uint32_t defined = m->func_count - m->func_imports;
    if (!defined)
        return false;
    Arena arena;
    wt_arena_init(&arena, m->arena.allocator);
    uint32_t count = make_batches(m, NULL);
    if (threads > count)
        threads = count;
    if (threads < 1)
        threads = 1;
    Batch *batches = ARENA_ARRAY(&arena, Batch, count);
    Job job = {m,       declared,
               batches, ARENA_ARRAY(&arena, uint8_t, defined),
               valid,   ARENA_ARRAY(&arena, Walk, threads)};
    if (arena.failed) {
        wt_diag_oom(d);
        wt_arena_free(&arena);
        return false;
    }
    make_batches(m, batches);
    for (unsigned i = 0; i < threads; i++) {
        wt_walk_init(&job.walks[i], m, m->arena.allocator);
        job.walks[i].declared = declared;
    }
    wt_os_parallel(threads, count, check_batch, &job);
    bool out_of_memory = false, tail_calls = false;
    for (unsigned i = 0; i < threads; i++) {
        out_of_memory |= job.walks[i].out_of_memory;
        tail_calls |= job.walks[i].tail_calls;
        wt_walk_free(&job.walks[i]);
    }
    if (out_of_memory)
        wt_diag_oom(d);
    for (uint32_t i = 0; i < defined && !d->out_of_memory; i++) {
        if (!job.failed[i])
            continue;
        if (d->errors < d->most)
            explain_body(m, declared, i + m->func_imports, d);
        else
            d->errors++;
    }
    wt_arena_free(&arena);
    return tail_calls;
}
