/* One instruction, checked: the algorithm of the spec's appendix A.3 as inline functions.

   A Walk goes through one function body or constant expression. Its operand stack holds a type for
   each value, its control stack a frame for each open block. walk_step reads an instruction and
   applies its type rule. All consumers see the same stacks: the fast checker (body.c), the one that
   explains a failure (explain.c: the same code with `ex` true, which also keeps who pushed each
   operand), and the tiers' translators.

   Every function that can fail returns false and, when explaining, has written the message. */
#ifndef WATTLE_VALID_STEP_H
#define WATTLE_VALID_STEP_H

#include "wasm/insn.h"
#include "wasm/module.h"

/* An open block. Label types: those of the start for a loop, of the end for the others. */
typedef struct Ctrl {
    uint16_t op; /* OP_block, OP_loop, OP_if, OP_else, OP_try, OP_catch, OP_catch_all, OP_try_table;
                    the outermost: OP_block */
    bool unreachable; /* behind a branch: missing operands are of any type */
    bool seen;        /* by the br_table that is being checked */
    uint32_t height;  /* of the operand stack below the block's operands */
    uint32_t inits;   /* of the list of locals initialised since */
    uint32_t start_count, end_count;
    const ValType *start_types; /* NULL with a count of 1: `single` */
    const ValType *end_types;
    ValType single;
    uint32_t offset; /* of the opening instruction, from the start of the code */
} Ctrl;

/* Locals of one type: those before `end` and behind the span before. */
typedef struct LocalSpan {
    uint32_t end;
    ValType type;
} LocalSpan;

typedef struct Walk {
    const Module *m;
    const Allocator *allocator;
    Reader r;
    ValType *sp; /* one above the top */
    ValType *stack, *stack_limit;
    Ctrl *ctrl; /* the innermost open block is ctrl[ctrl_count - 1] */
    size_t ctrl_count, ctrl_cap;
    size_t ctrl_room; /* so many may be open without a look at the limits */
    ValType *locals;  /* parameters first; the first local_count of all local_total: walk_local */
    size_t locals_cap;
    uint32_t local_count, local_total;
    LocalSpan *spans; /* of the locals behind local_count */
    size_t span_count, span_cap;
    uint8_t *unset; /* 1 for locals without a default that have no value yet; NULL: none in this
                       function */
    uint8_t *unset_room;
    size_t unset_cap;
    uint32_t *inits; /* locals that were set, in order: undone at the block's end */
    size_t init_count, init_cap;
    const TypeDef *type;     /* of the function */
    const uint8_t *declared; /* bitmap of functions that ref.func may name; NULL: all */
    uint32_t funcidx;
    uint32_t insn_count;    /* instructions read */
    const uint8_t *start;   /* of the code */
    const uint8_t *at;      /* of the instruction being checked */
    bool constant;          /* a constant expression */
    uint32_t globals_known; /* constant expressions may read globals below this */
    uint8_t *declares;      /* bitmap: gets the functions that a constant expression names */
    uint8_t *defaults;      /* bitmap: struct types known to have a default value; NULL: none yet */
    bool tail_calls;        /* a body had one */
    bool out_of_memory;

    /* Explaining only. */
    uint32_t *origins; /* beside `stack`: offset of the instruction that pushed */
    uint32_t before;   /* height of the operand stack before this instruction */
    uint16_t op;       /* of this instruction */
    Diag *diag;
    Place place; /* section, item, part of the code */
} Walk;

enum { ORIGIN_param = 0xFFFFFFFF };

/* The room of a Walk, kept from body to body. */
void wt_walk_init(Walk *w, const Module *m, const Allocator *allocator);
void wt_walk_free(Walk *w);
/* Stands before the first instruction of a function (not imported). false: out of memory, or bad
   local declarations (explained when w->diag). */
bool wt_walk_begin(Walk *w, uint32_t funcidx);
/* The same for a constant expression that gives one value. */
bool wt_walk_begin_expr(Walk *w, Slice code, const ValType *result);

/* explain.c: what went wrong, in words. All return false. */
bool wt_explain_reader(Walk *w);
bool wt_explain_pop(Walk *w, ValType want);
bool wt_explain_pop_list(Walk *w, const ValType *types, uint32_t count);
bool wt_explain_height(Walk *w, const Ctrl *c);
bool wt_explain_need(Walk *w, const char *what);
bool wt_explain_label(Walk *w, uint32_t depth);
bool wt_explain_index(Walk *w, ErrorCode code, uint32_t index, uint32_t count);
bool wt_explain_error(Walk *w, ErrorCode code, const char *detail, ...) WT_PRINTF(3, 4);

/* Says what is wrong when explaining; the fast check only fails. */
#define STEP_FAIL(call) return ex ? (call) : false

/* ---- the two stacks ---- */

WT_INLINE Ctrl *walk_top(const Walk *w) { return &w->ctrl[w->ctrl_count - 1]; }
WT_INLINE uint32_t walk_height(const Walk *w) { return (uint32_t)(w->sp - w->stack); }
WT_INLINE const ValType *ctrl_starts(const Ctrl *c) {
    return c->start_types ? c->start_types : &c->single;
}
WT_INLINE const ValType *ctrl_ends(const Ctrl *c) {
    return c->end_types ? c->end_types : &c->single;
}
WT_INLINE const ValType *ctrl_label(const Ctrl *c, uint32_t *count) {
    bool loop = c->op == OP_loop;
    *count = loop ? c->start_count : c->end_count;
    return loop ? ctrl_starts(c) : ctrl_ends(c);
}
/* No operand is left, and all further ones are of any type. */
WT_INLINE bool walk_bottomless(const Walk *w) {
    const Ctrl *c = walk_top(w);
    return c->unreachable && walk_height(w) == c->height;
}
/* The type of local i, which must be below local_total. */
ValType wt_walk_far_local(const Walk *w, uint32_t i);
WT_INLINE ValType walk_local(const Walk *w, uint32_t i) {
    return WT_LIKELY(i < w->local_count) ? w->locals[i] : wt_walk_far_local(w, i);
}
/* The block that label `depth` names, or NULL. */
WT_INLINE Ctrl *walk_label(const Walk *w, uint32_t depth) {
    return depth < w->ctrl_count ? &w->ctrl[w->ctrl_count - 1 - depth] : NULL;
}

bool wt_walk_grow(Walk *w, size_t n);
/* Room for n more operands. */
WT_INLINE bool walk_room(Walk *w, size_t n) {
    return WT_LIKELY((size_t)(w->stack_limit - w->sp) >= n) || wt_walk_grow(w, n);
}

WT_INLINE void push_type(Walk *w, const bool ex, ValType t) {
    if (ex)
        w->origins[w->sp - w->stack] = (uint32_t)(w->at - w->start);
    *w->sp++ = t;
}

bool wt_walk_pop_slow(Walk *w, bool ex, ValType want);
/* Takes one operand of the type. */
WT_INLINE bool pop_type(Walk *w, const bool ex, ValType want) {
    if (WT_LIKELY(w->sp > w->stack + walk_top(w)->height && w->sp[-1] == want)) {
        w->sp--;
        return true;
    }
    return wt_walk_pop_slow(w, ex, want);
}
/* Takes any operand; VAL_bot in unreachable code. false: the block has none. */
WT_INLINE bool pop_any(Walk *w, const bool ex, ValType *t, const char *what) {
    const Ctrl *c = walk_top(w);
    if (WT_LIKELY(w->sp > w->stack + c->height)) {
        *t = *--w->sp;
        return true;
    }
    *t = VAL_bot;
    if (c->unreachable)
        return true;
    STEP_FAIL(wt_explain_need(w, what));
}
/* Takes a reference of any type; VAL_bot becomes a reference below all. */
WT_INLINE bool pop_ref(Walk *w, const bool ex, ValType *t) {
    if (!pop_any(w, ex, t, "a reference"))
        return false;
    if (*t == VAL_bot)
        *t = VAL_REF_OF(HEAP_bot, false);
    if (valtype_is_ref(*t))
        return true;
    w->sp++;
    STEP_FAIL(wt_explain_need(w, "a reference"));
}

bool wt_walk_pop_list(Walk *w, bool ex, const ValType *types, uint32_t count);
bool wt_walk_push_list(Walk *w, bool ex, const ValType *types, uint32_t count);
/* The stack must end in these types, which stay. */
bool wt_walk_check_list(Walk *w, bool ex, const ValType *types, uint32_t count);

WT_INLINE void set_unreachable(Walk *w) {
    Ctrl *c = walk_top(w);
    w->sp = w->stack + c->height;
    c->unreachable = true;
}

/* ---- instructions ---- */

/* The type of an address into memory memidx; VAL_bot when there is no such memory. */
WT_INLINE ValType memory_address(const Module *m, uint32_t memidx) {
    if (WT_UNLIKELY(memidx >= m->memory_count))
        return VAL_bot;
    return m->memories[memidx].limits.is64 ? (ValType)VAL_i64 : (ValType)VAL_i32;
}
WT_INLINE ValType table_address(const Module *m, uint32_t tableidx) {
    return m->tables[tableidx].limits.is64 ? (ValType)VAL_i64 : (ValType)VAL_i32;
}

/* Alignment, offset, lane: false when beyond what the instruction may have. */
bool wt_walk_memarg(Walk *w, bool ex, const Insn *in);

/* Everything whose row in ops.def says SPECIAL. */
bool wt_step_special(Walk *w, const Insn *in);
bool wt_explain_special(Walk *w, bool ex, const Insn *in);

/* The rule of a row with a fixed signature: constants fold, i32.add is two compares. */
WT_INLINE bool step_fixed(Walk *w, const bool ex, const Insn *in, const OpInfo *info,
                          const SigInfo *sig) {
    ValType address = VAL_bot;
    if (info->kind == KIND_LOAD || info->kind == KIND_STORE ||
        (info->kind == KIND_ATOMIC && info->imm != IMM_FENCE) || info->imm == IMM_MEM ||
        info->imm == IMM_DATA_MEM) {
        uint32_t memidx = info->imm == IMM_DATA_MEM ? in->b : in->a;
        address = memory_address(w->m, memidx);
        if (WT_UNLIKELY(address == VAL_bot))
            STEP_FAIL(wt_explain_index(w, ERR_unknown_memory, memidx, w->m->memory_count));
        bool exact = info->kind == KIND_ATOMIC;
        if (info->imm == IMM_MEMARG || info->imm == IMM_MEMARG_LANE) {
            bool odd = exact ? in->b != info->align : in->b > info->align;
            if (WT_UNLIKELY(odd || in->imm > UINT32_MAX || info->imm == IMM_MEMARG_LANE))
                if (!wt_walk_memarg(w, ex, in))
                    return false;
        }
    }
    if (info->imm == IMM_LANE || info->imm == IMM_SHUFFLE || info->imm == IMM_DATA ||
        info->imm == IMM_ELEM || info->imm == IMM_DATA_MEM)
        if (!wt_walk_memarg(w, ex, in))
            return false;
    /* Two equal operands on the stack are the usual case of binary operations. */
    _Pragma("GCC unroll 4") for (int i = sig->param_count - 1; i >= 0; i--) {
        ValType want = sig->params[i] == VAL_address ? address : sig->params[i];
        if (!pop_type(w, ex, want))
            return false;
    }
    _Pragma("GCC unroll 2") for (int i = 0; i < sig->result_count; i++)
        push_type(w, ex, sig->results[i] == VAL_address ? address : sig->results[i]);
    return true;
}

/* Whether the bits of an instruction's feature are on. */
WT_INLINE bool step_feature(const Walk *w, const OpInfo *info) {
    return info->feature == FEATURE_mvp || module_has(w->m, info->feature);
}

/* Applies an instruction that was read. */
WT_INLINE bool walk_apply(Walk *w, const bool ex, const Insn *in) {
    const OpInfo *info = op_info(in->op);
    if (ex) {
        w->before = walk_height(w);
        w->op = in->op;
    }
    w->insn_count++;
    if (!walk_room(w, 4))
        return false;
    if (WT_UNLIKELY(!step_feature(w, info)))
        STEP_FAIL(wt_explain_error(w, ERR_illegal_opcode, ": %s needs the feature %s", info->text,
                                   wt_feature_name((Feature)info->feature)));
    if (info->sig != SIG_SPECIAL)
        return step_fixed(w, ex, in, info, &wt_sig_table[info->sig]);
    return ex || WT_SMALL ? wt_explain_special(w, ex, in) : wt_step_special(w, in);
}

/* Reads one instruction and applies it. false at an error; the end of the code is ctrl_count == 0
   before the call. Consumers look at w's stacks before and after. */
WT_INLINE bool walk_step(Walk *w, const bool ex, Insn *in) {
    w->at = w->r.at;
    if (!insn_read(&w->r, in))
        STEP_FAIL(wt_explain_reader(w));
    return walk_apply(w, ex, in);
}

#endif
