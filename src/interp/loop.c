/* The interpreter's loop: one function that never recurses for wasm calls. Frames are edited on the
   store's stack (layout in translate.h), so tail calls, traps and unwinding need nothing of C's
   stack.

   Held in registers: pc, fp, the instance, and base and length of its memory 0. The last two are
   copies that are read again after everything that can grow a memory or leave the instance.

   A host function is called from here; when it calls back into wasm, a new loop starts above it
   (run/call.c bounds how deep). Path: run/call.c -> call_wasm -> run_loop -> slow.c, run/. */
#include "interp/loop.h"

#include "interp/atomic.h"
#include "interp/slow.h"
#include "run/call.h"
#include "run/meter.h"
#include "wasm/num.h"
#include "wasm/simd.h"

/* Label addresses make each handler jump to the next; without them one switch does. */
#if !defined(INTERP_TABLE) && (!defined(__GNUC__) || defined(__wasm__))
#define INTERP_TABLE 1
#endif

/* C's types of the memory operations: in memory, and as a value. */
#define INTERP_LOADS(X)                                                                            \
    X(i32_load, uint32_t, uint32_t)                                                                \
    X(i64_load, uint64_t, uint64_t)                                                                \
    X(f32_load, uint32_t, uint32_t)                                                                \
    X(f64_load, uint64_t, uint64_t)                                                                \
    X(i32_load8_s, int8_t, uint32_t)                                                               \
    X(i32_load8_u, uint8_t, uint32_t)                                                              \
    X(i32_load16_s, int16_t, uint32_t)                                                             \
    X(i32_load16_u, uint16_t, uint32_t)                                                            \
    X(i64_load8_s, int8_t, uint64_t)                                                               \
    X(i64_load8_u, uint8_t, uint64_t)                                                              \
    X(i64_load16_s, int16_t, uint64_t)                                                             \
    X(i64_load16_u, uint16_t, uint64_t)                                                            \
    X(i64_load32_s, int32_t, uint64_t)                                                             \
    X(i64_load32_u, uint32_t, uint64_t)
#define INTERP_STORES(X)                                                                           \
    X(i32_store, uint32_t)                                                                         \
    X(i64_store, uint64_t)                                                                         \
    X(f32_store, uint32_t)                                                                         \
    X(f64_store, uint64_t)                                                                         \
    X(i32_store8, uint8_t)                                                                         \
    X(i32_store16, uint16_t)                                                                       \
    X(i64_store8, uint8_t)                                                                         \
    X(i64_store16, uint16_t)                                                                       \
    X(i64_store32, uint32_t)

/* Slot number i of an instruction, counted in halves from its first word. */
WT_INLINE int16_t loop_half(const uint32_t *pc, unsigned i) {
    int16_t v;
    memcpy(&v, (const uint8_t *)pc + 2 * i, sizeof v);
    return v;
}
WT_INLINE uint64_t loop_word64(const uint32_t *pc, unsigned i) {
    uint64_t v;
    memcpy(&v, pc + i, sizeof v);
    return v;
}

static const TrapCode num_traps[] = {
    [NUM_OK] = TRAP_none,
    [NUM_DIVIDE_BY_ZERO] = TRAP_integer_divide_by_zero,
    [NUM_OVERFLOW] = TRAP_integer_overflow,
    [NUM_INVALID_CONVERSION] = TRAP_invalid_conversion,
};

/* ---- traps and the walk of the frames ---- */

static void record_frame(Store *s, const Instance *in, const uint32_t *pc) {
    FuncCode *fc =
        s->trap.frame_count < TRAP_frames ? wt_interp_place_find(s->tier_state, pc) : NULL;
    if (!fc) {
        s->trap.depth++;
        return;
    }
    uint32_t word = (uint32_t)(pc - fc->start);
    wt_trap_frame(s, in, fc->funcidx, wt_interp_locate(s->tier_state, fc, word));
}

/* Records the trap and every frame from here to the entry (whose return address is `exit`). */
static WT_COLD bool trap_walk(Store *s, TrapCode code, const char *detail, const Instance *in,
                              const uint32_t *pc, const Value *fp, const uint32_t *exit) {
    wt_trap_set(s, code, detail);
    while (pc != exit) {
        record_frame(s, in, pc);
        pc = value_to_pointer(fp[-3]);
        in = value_to_pointer(fp[-1]);
        fp = value_to_pointer(fp[-2]);
        if (pc != exit)
            pc--; /* inside the call */
    }
    return false;
}

/* " 7": which element was empty. */
static WT_COLD const char *element_detail(Store *s, uint64_t index) {
    char *text = arena_alloc(&s->arena, 24);
    if (!text)
        return NULL;
    char digits[20];
    unsigned n = 0, at = 0;
    do
        digits[n++] = (char)('0' + index % 10);
    while (index /= 10);
    text[at++] = ' ';
    while (n)
        text[at++] = digits[--n];
    text[at] = 0;
    return text;
}

/* ": ref.cast": which instruction is missing here. */
static WT_COLD const char *op_detail(Store *s, unsigned op) {
    const OpInfo *info = op_info(op);
    char *text = arena_alloc(&s->arena, info->len + 3u);
    if (!text)
        return NULL;
    text[0] = ':';
    text[1] = ' ';
    memcpy(text + 2, info->text, info->len);
    text[info->len + 2] = 0;
    return text;
}

/* Runs until the first frame returns. frame holds the arguments; f NULL: only gives the handlers'
   first words. */
#ifdef __clang__
__attribute__((noinline))
#elif defined(__GNUC__)
/* One body in one section: the distances in the table mean these labels. Without the two others
   gcc undoes the threaded dispatch. */
__attribute__((noipa, optimize("no-gcse", "no-crossjumping", "no-reorder-blocks-and-partition")))
#endif
static bool
run_loop(Store *s, FuncInst *f, Value *frame, const int32_t **handlers) {
#ifdef INTERP_TABLE
    static const int32_t table[IOP_count] = {
#define I(ident) [IOP_##ident] = IOP_##ident,
#include "interp/ops.inc"
#undef I
    };
#define H(ident) case IOP_##ident:
#define DISPATCH() goto dispatch
#else
    static const int32_t table[IOP_count] = {
#define I(ident) [IOP_##ident] = (int32_t)((char *) && L_##ident - (char *) && L_trap),
#include "interp/ops.inc"
#undef I
    };
#define H(ident) L_##ident:
#define DISPATCH() goto *(void *)((char *) && L_trap + (int32_t)*pc)
#endif
    if (!f) {
        *handlers = table;
        return true;
    }
    const uint32_t exit_word[1] = {(uint32_t)table[IOP_exit]};
    const uint32_t *pc;
    Value *fp;
    Instance *in = f->instance;
    uint8_t *mb = in->mem_base;
    uint64_t ml = in->mem_len;
    TrapCode why;
    const char *detail = NULL;

#define NEXT(n)                                                                                    \
    do {                                                                                           \
        pc += (n);                                                                                 \
        DISPATCH();                                                                                \
    } while (0)
#define SLOT(i) fp[loop_half(pc, i)]
#define D SLOT(2)
#define A SLOT(3)
#define B SLOT(4)
#define C SLOT(5)
#define TRAP_HERE(code)                                                                            \
    do {                                                                                           \
        why = (code);                                                                              \
        goto trapped;                                                                              \
    } while (0)
/* A branch offset counts words from the word it stands in. */
#define JUMP(w)                                                                                    \
    do {                                                                                           \
        pc += (w) + (ptrdiff_t)(int32_t)pc[w];                                                     \
        DISPATCH();                                                                                \
    } while (0)
#define RELOAD()                                                                                   \
    do {                                                                                           \
        mb = in->mem_base;                                                                         \
        ml = in->mem_len;                                                                          \
    } while (0)
/* Enters a wasm function of this instance whose fp will be `to`; `back` is the return address. */
#define ENTER(fc, to, back)                                                                        \
    do {                                                                                           \
        Value *new_fp_ = (to);                                                                     \
        const FuncCode *fc_ = (fc);                                                                \
        if (WT_UNLIKELY((size_t)(s->stack_end - new_fp_) < fc_->frame_slots))                      \
            TRAP_HERE(TRAP_stack_exhausted);                                                       \
        new_fp_[-3] = value_pointer(back);                                                         \
        new_fp_[-2] = value_pointer(fp);                                                           \
        new_fp_[-1] = value_pointer(in);                                                           \
        fp = new_fp_;                                                                              \
        pc = fc_->entry;                                                                           \
    } while (0)

    {
        const TypeInfo *type = func_type_info(s, f);
        uint32_t k = WT_MAX(type->param_slots, type->result_slots);
        const FuncCode *fc = f->code;
        if ((size_t)(s->stack_end - frame) < (size_t)k + INTERP_link + fc->frame_slots)
            return wt_trap_set(s, TRAP_stack_exhausted, NULL);
        fp = frame + k + INTERP_link;
        fp[-3] = value_pointer(exit_word);
        fp[-2] = value_pointer(fp);
        fp[-1] = value_pointer(in);
        pc = fc->entry;
    }
#ifdef INTERP_TABLE
dispatch:
    switch ((InterpOp)*pc) {
    case IOP_none:
    case IOP_count:
        TRAP_HERE(TRAP_unsupported);
#else
    DISPATCH();
#endif

        /* ---- numbers: everything from ops.def ---- */
#define OP(page, code, ident, text, imm, sig, kind, align, since) RUN_##page(kind, ident, sig)
#define RUN_0x00 RUN_SCALAR
#define RUN_0xFB RUN_SCALAR
#define RUN_0xFC RUN_SCALAR
#define RUN_0xFE RUN_SCALAR
#define RUN_0xFD(kind, ident, sig)
#define RUN_SCALAR(kind, ident, sig) RUN_##kind(ident, sig)
#define RUN_PURE(ident, sig) RUNP_##sig(ident)
#define RUN_TRAPS(ident, sig) RUNT_##sig(ident)
#define RUN_LOAD(ident, sig)
#define RUN_STORE(ident, sig)
#define RUN_CONST(ident, sig)
#define RUN_STACK(ident, sig)
#define RUN_VAR(ident, sig)
#define RUN_ATOMIC(ident, sig) RUN_APART(ident, INTERP_atomic_words)
#define RUN_MEMORY(ident, sig)
#define RUN_TABLE(ident, sig)
#define RUN_REF(ident, sig)
#define RUN_GC(ident, sig)
#define RUN_CALL(ident, sig)
#define RUN_CONTROL(ident, sig)

/* A function of its own, like all in slow.h and atomic.h. */
#define RUN_APART(ident, words)                                                                    \
    H(ident) {                                                                                     \
        why = wt_interp_##ident(in, fp, pc);                                                       \
        if (WT_UNLIKELY(why != TRAP_none))                                                         \
            goto trapped;                                                                          \
        RELOAD();                                                                                  \
        NEXT(words);                                                                               \
    }
#define RUN_UNARY(ident)                                                                           \
    H(ident) {                                                                                     \
        D = num_##ident(A);                                                                        \
        NEXT(2);                                                                                   \
    }
#define RUN_BINARY(ident)                                                                          \
    H(ident) {                                                                                     \
        D = num_##ident(A, B);                                                                     \
        NEXT(3);                                                                                   \
    }
#define RUN_BINARY_I(ident)                                                                        \
    RUN_BINARY(ident)                                                                              \
    H(ident##_i) {                                                                                 \
        D = num_##ident(A, (int64_t)(int32_t)pc[2]);                                               \
        NEXT(3);                                                                                   \
    }
#define RUN_UNARY_TRAP(ident, R)                                                                   \
    H(ident) {                                                                                     \
        R result_;                                                                                 \
        NumTrap trap_ = num_##ident(A, &result_);                                                  \
        if (WT_UNLIKELY(trap_ != NUM_OK))                                                          \
            TRAP_HERE(num_traps[trap_]);                                                           \
        D = result_;                                                                               \
        NEXT(2);                                                                                   \
    }
#define RUN_BINARY_TRAP(ident, R)                                                                  \
    H(ident) {                                                                                     \
        R result_;                                                                                 \
        NumTrap trap_ = num_##ident(A, B, &result_);                                               \
        if (WT_UNLIKELY(trap_ != NUM_OK))                                                          \
            TRAP_HERE(num_traps[trap_]);                                                           \
        D = result_;                                                                               \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_i) {                                                                                 \
        R result_;                                                                                 \
        NumTrap trap_ = num_##ident(A, (int64_t)(int32_t)pc[2], &result_);                         \
        if (WT_UNLIKELY(trap_ != NUM_OK))                                                          \
            TRAP_HERE(num_traps[trap_]);                                                           \
        D = result_;                                                                               \
        NEXT(3);                                                                                   \
    }
#define RUNP_i_i RUN_UNARY
#define RUNP_i_l RUN_UNARY
#define RUNP_i_f RUN_UNARY
#define RUNP_i_d RUN_UNARY
#define RUNP_l_i RUN_UNARY
#define RUNP_l_l RUN_UNARY
#define RUNP_l_f RUN_UNARY
#define RUNP_l_d RUN_UNARY
#define RUNP_f_i RUN_UNARY
#define RUNP_f_l RUN_UNARY
#define RUNP_f_f RUN_UNARY
#define RUNP_f_d RUN_UNARY
#define RUNP_d_i RUN_UNARY
#define RUNP_d_l RUN_UNARY
#define RUNP_d_f RUN_UNARY
#define RUNP_d_d RUN_UNARY
#define RUNP_ii_i RUN_BINARY_I
#define RUNP_ll_l RUN_BINARY_I
#define RUNP_ll_i RUN_BINARY_I
#define RUNP_ff_i RUN_BINARY
#define RUNP_dd_i RUN_BINARY
#define RUNP_ff_f RUN_BINARY
#define RUNP_dd_d RUN_BINARY
        /* Two results: the second goes to the slot behind the first. */
#define RUNP_ll_ll(ident)                                                                          \
    H(ident) {                                                                                     \
        uint64_t lo_, hi_;                                                                         \
        num_##ident(A, B, &lo_, &hi_);                                                             \
        Value *to_ = &D;                                                                           \
        to_[0] = lo_;                                                                              \
        to_[1] = hi_;                                                                              \
        NEXT(3);                                                                                   \
    }
#define RUNP_llll_ll(ident)                                                                        \
    H(ident) {                                                                                     \
        uint64_t lo_, hi_;                                                                         \
        num_##ident(A, B, C, SLOT(6), &lo_, &hi_);                                                 \
        Value *to_ = &D;                                                                           \
        to_[0] = lo_;                                                                              \
        to_[1] = hi_;                                                                              \
        NEXT(4);                                                                                   \
    }
#define RUNT_f_i(ident) RUN_UNARY_TRAP(ident, uint32_t)
#define RUNT_d_i(ident) RUN_UNARY_TRAP(ident, uint32_t)
#define RUNT_f_l(ident) RUN_UNARY_TRAP(ident, uint64_t)
#define RUNT_d_l(ident) RUN_UNARY_TRAP(ident, uint64_t)
#define RUNT_ii_i(ident) RUN_BINARY_TRAP(ident, uint32_t)
#define RUNT_ll_l(ident) RUN_BINARY_TRAP(ident, uint64_t)
#include "wasm/ops.def"
#undef OP

        /* ---- compare and branch ---- */
#define RUN_SELECT(c)                                                                              \
    H(select_##c) {                                                                                \
        uint64_t mask = 0 - (uint64_t)num_##c(C, SLOT(6));                                         \
        D = B ^ ((A ^ B) & mask);                                                                  \
        NEXT(4);                                                                                   \
    }                                                                                              \
    H(select_##c##_i) {                                                                            \
        uint64_t mask = 0 - (uint64_t)num_##c(C, (int64_t)loop_half(pc, 6));                       \
        D = B ^ ((A ^ B) & mask);                                                                  \
        NEXT(4);                                                                                   \
    }
        INTERP_INT_COMPARES(RUN_SELECT)
#define RUN_BRANCH(c)                                                                              \
    H(br_##c) {                                                                                    \
        if (num_##c(D, A))                                                                         \
            JUMP(2);                                                                               \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(br_##c##_i) {                                                                                \
        if (num_##c(D, (int64_t)loop_half(pc, 3)))                                                 \
            JUMP(2);                                                                               \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(inc_br_##c) {                                                                                \
        uint64_t sum_ = D + (int64_t)loop_half(pc, 3);                                             \
        D = INC_CLEAN_##c(sum_);                                                                   \
        if (num_##c(sum_, B))                                                                      \
            JUMP(3);                                                                               \
        NEXT(4);                                                                                   \
    }                                                                                              \
    H(inc_br_##c##_i) {                                                                            \
        uint64_t sum_ = D + (int64_t)loop_half(pc, 3);                                             \
        D = INC_CLEAN_##c(sum_);                                                                   \
        if (num_##c(sum_, (int64_t)loop_half(pc, 4)))                                              \
            JUMP(3);                                                                               \
        NEXT(4);                                                                                   \
    }
#define INC_CLEAN_i32_eq(v) (uint32_t)(v)
#define INC_CLEAN_i32_ne(v) (uint32_t)(v)
#define INC_CLEAN_i32_lt_s(v) (uint32_t)(v)
#define INC_CLEAN_i32_lt_u(v) (uint32_t)(v)
#define INC_CLEAN_i32_gt_s(v) (uint32_t)(v)
#define INC_CLEAN_i32_gt_u(v) (uint32_t)(v)
#define INC_CLEAN_i32_le_s(v) (uint32_t)(v)
#define INC_CLEAN_i32_le_u(v) (uint32_t)(v)
#define INC_CLEAN_i32_ge_s(v) (uint32_t)(v)
#define INC_CLEAN_i32_ge_u(v) (uint32_t)(v)
#define INC_CLEAN_i64_eq(v) (v)
#define INC_CLEAN_i64_ne(v) (v)
#define INC_CLEAN_i64_lt_s(v) (v)
#define INC_CLEAN_i64_lt_u(v) (v)
#define INC_CLEAN_i64_gt_s(v) (v)
#define INC_CLEAN_i64_gt_u(v) (v)
#define INC_CLEAN_i64_le_s(v) (v)
#define INC_CLEAN_i64_le_u(v) (v)
#define INC_CLEAN_i64_ge_s(v) (v)
#define INC_CLEAN_i64_ge_u(v) (v)
        INTERP_INT_COMPARES(RUN_BRANCH)
#define RUN_BRANCH_FLOAT(c)                                                                        \
    H(br_##c) {                                                                                    \
        if (num_##c(D, A))                                                                         \
            JUMP(2);                                                                               \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(brn_##c) {                                                                                   \
        if (!num_##c(D, A))                                                                        \
            JUMP(2);                                                                               \
        NEXT(3);                                                                                   \
    }
        INTERP_FLOAT_COMPARES(RUN_BRANCH_FLOAT)
        H(br_i32_and) {
            if ((uint32_t)D & (uint32_t)A)
                JUMP(2);
            NEXT(3);
        }
        H(br_i32_and_i) {
            if ((uint32_t)D & (uint32_t)loop_half(pc, 3))
                JUMP(2);
            NEXT(3);
        }
        H(brn_i32_and) {
            if (!((uint32_t)D & (uint32_t)A))
                JUMP(2);
            NEXT(3);
        }
        H(brn_i32_and_i) {
            if (!((uint32_t)D & (uint32_t)loop_half(pc, 3)))
                JUMP(2);
            NEXT(3);
        }

        /* ---- memory ---- */
#define CHECK(at, T)                                                                               \
    if (WT_UNLIKELY((at) + sizeof(T) > ml))                                                        \
    TRAP_HERE(TRAP_out_of_bounds_memory)
#define FAR_ADDRESS(slot, T)                                                                       \
    const MemInst *m_ = *INSTANCE_FIELD(in, pc[2], MemInst *);                                     \
    uint64_t at_ = m_->limits.is64 ? (slot) : (uint32_t)(slot);                                    \
    uint64_t offset_ = loop_word64(pc, 3);                                                         \
    if (WT_UNLIKELY(m_->len < sizeof(T) || offset_ > m_->len - sizeof(T) ||                        \
                    at_ > m_->len - sizeof(T) - offset_))                                          \
        TRAP_HERE(TRAP_out_of_bounds_memory);                                                      \
    at_ += offset_
#define RUN_ONE_LOAD(ident, T, V)                                                                  \
    H(ident##_at) {                                                                                \
        uint64_t at_ = (uint64_t)(uint32_t)A + pc[2];                                              \
        T v_;                                                                                      \
        CHECK(at_, T);                                                                             \
        memcpy(&v_, mb + at_, sizeof v_);                                                          \
        D = (V)v_;                                                                                 \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_sum) {                                                                               \
        uint64_t at_ = (uint64_t)((uint32_t)A + (uint32_t)B) + (uint16_t)loop_half(pc, 5);         \
        T v_;                                                                                      \
        CHECK(at_, T);                                                                             \
        memcpy(&v_, mb + at_, sizeof v_);                                                          \
        D = (V)v_;                                                                                 \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_plus) {                                                                              \
        uint64_t at_ = (uint32_t)A + pc[2];                                                        \
        T v_;                                                                                      \
        CHECK(at_, T);                                                                             \
        memcpy(&v_, mb + at_, sizeof v_);                                                          \
        D = (V)v_;                                                                                 \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_far) {                                                                               \
        FAR_ADDRESS(A, T);                                                                         \
        T v_;                                                                                      \
        memcpy(&v_, m_->base + at_, sizeof v_);                                                    \
        D = (V)v_;                                                                                 \
        NEXT(5);                                                                                   \
    }
        INTERP_LOADS(RUN_ONE_LOAD)
#define RUN_ONE_STORE(ident, T)                                                                    \
    H(ident##_at) {                                                                                \
        uint64_t at_ = (uint64_t)(uint32_t)D + pc[2];                                              \
        T v_ = (T)A;                                                                               \
        CHECK(at_, T);                                                                             \
        memcpy(mb + at_, &v_, sizeof v_);                                                          \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_sum) {                                                                               \
        uint64_t at_ = (uint64_t)((uint32_t)D + (uint32_t)A) + (uint16_t)loop_half(pc, 5);         \
        T v_ = (T)B;                                                                               \
        CHECK(at_, T);                                                                             \
        memcpy(mb + at_, &v_, sizeof v_);                                                          \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_plus) {                                                                              \
        uint64_t at_ = (uint32_t)D + pc[2];                                                        \
        T v_ = (T)A;                                                                               \
        CHECK(at_, T);                                                                             \
        memcpy(mb + at_, &v_, sizeof v_);                                                          \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_imm) {                                                                               \
        uint64_t at_ = (uint64_t)(uint32_t)D + pc[2];                                              \
        T v_ = (T)(int64_t)loop_half(pc, 3);                                                       \
        CHECK(at_, T);                                                                             \
        memcpy(mb + at_, &v_, sizeof v_);                                                          \
        NEXT(3);                                                                                   \
    }                                                                                              \
    H(ident##_far) {                                                                               \
        FAR_ADDRESS(D, T);                                                                         \
        T v_ = (T)A;                                                                               \
        memcpy(m_->base + at_, &v_, sizeof v_);                                                    \
        NEXT(5);                                                                                   \
    }
        INTERP_STORES(RUN_ONE_STORE)

        /* ---- vectors ---- */
#include "interp/loop_simd.inc"

        RUN_UNARY(f32_canon)
        RUN_UNARY(f64_canon)

        /* ---- moves ---- */
        H(copy) {
            D = A;
            NEXT(2);
        }
        H(copy2) {
            D = A;
            B = C;
            NEXT(3);
        }
        H(copy_wide) {
            fp[(int32_t)pc[1]] = fp[(int32_t)pc[2]];
            NEXT(3);
        }
        H(const32) {
            D = pc[2];
            NEXT(3);
        }
        H(const64) {
            D = loop_word64(pc, 2);
            NEXT(4);
        }
        H(select) {
            /* By masks: as a branch it would be mispredicted half of the time. */
            uint64_t mask = 0 - (uint64_t)((uint32_t)C != 0);
            D = B ^ ((A ^ B) & mask);
            NEXT(3);
        }
        H(global_get) {
            D = *INSTANCE_FIELD(in, pc[2], Value);
            NEXT(3);
        }
        H(global_set) {
            *INSTANCE_FIELD(in, pc[2], Value) = D;
            NEXT(3);
        }
        H(global_set32) {
            *INSTANCE_FIELD(in, pc[2], Value) = (uint32_t)D;
            NEXT(3);
        }
        H(global_set32_far) {
            **INSTANCE_FIELD(in, pc[2], Value *) = (uint32_t)D;
            NEXT(3);
        }
        H(global_get_far) {
            D = (*INSTANCE_FIELD(in, pc[2], Value *))[loop_half(pc, 3)];
            NEXT(3);
        }
        H(global_set_far) {
            (*INSTANCE_FIELD(in, pc[2], Value *))[loop_half(pc, 3)] = D;
            NEXT(3);
        }

        /* ---- control ---- */
        H(enter) {
            /* [zeroed slots: first, count] [constants: first, count] [jump] constants */
            Value *to = fp + (int32_t)pc[1];
            for (uint32_t n = pc[2]; n; n--)
                *to++ = 0;
            to = fp + (int32_t)pc[3];
            for (uint32_t i = 0; i < pc[4]; i++)
                to[i] = loop_word64(pc, 6 + 2 * i);
            JUMP(5);
        }
        H(poll) {
            if (meter_interrupted(s))
                TRAP_HERE(TRAP_interrupt);
            NEXT(1);
        }
        H(charge) {
            if (WT_UNLIKELY(s->fuel < pc[1])) {
                s->fuel = 0;
                TRAP_HERE(TRAP_out_of_fuel);
            }
            s->fuel -= pc[1];
            NEXT(2);
        }
        H(br) { JUMP(1); }
        H(add_br) {
            D = (uint32_t)A + pc[2];
            JUMP(3);
        }
        H(add_br_table) {
            D = (uint32_t)A + pc[2];
            uint32_t i = (uint32_t)SLOT(6), n = pc[4];
            pc += 5 + (i < n ? i : n);
            JUMP(0);
        }
        H(br_table) {
            uint32_t i = (uint32_t)D, n = pc[2];
            pc += 3 + (i < n ? i : n);
            JUMP(0);
        }
        H(ret1) {
            D = A;
            goto leave;
        }
        H(ret) {
        leave:
            pc = value_to_pointer(fp[-3]);
            Instance *caller = value_to_pointer(fp[-1]);
            fp = value_to_pointer(fp[-2]);
            if (WT_UNLIKELY(caller != in)) {
                in = caller;
                RELOAD();
            }
            NEXT(0);
        }
        H(call) {
            const FuncCode *fc = (const FuncCode *)(uintptr_t)loop_word64(pc, 2);
            ENTER(fc, fp + pc[1], pc + 4);
            NEXT(0);
        }
        FuncInst *callee;
        Value *to;
        const uint32_t *back;
        H(call_import) {
            callee = *INSTANCE_FIELD(in, pc[2], FuncInst *);
            to = fp + pc[1];
            back = pc + 3;
            goto enter_callee;
        }
        H(call_indirect) {
            /* [index slot] [fp of the callee] [table] [type id] */
            const TableInst *t = *INSTANCE_FIELD(in, pc[3], TableInst *);
            uint64_t i = loop_half(pc, 3) ? D : (uint32_t)D; /* 64-bit table? */
            if (WT_UNLIKELY(i >= t->len))
                TRAP_HERE(TRAP_undefined_element);
            callee = value_to_pointer(t->elems[i]);
            if (WT_UNLIKELY(!callee)) {
                detail = element_detail(s, i);
                TRAP_HERE(TRAP_uninitialized_element);
            }
            if (WT_UNLIKELY(callee->type_id != pc[4]) &&
                !wt_types_id_is_sub(&s->types, callee->type_id, pc[4]))
                TRAP_HERE(TRAP_indirect_call_type);
            to = fp + pc[2];
            back = pc + 5;
            goto enter_callee;
        }
        H(call_ref) {
            callee = value_to_pointer(D);
            if (WT_UNLIKELY(!callee))
                TRAP_HERE(TRAP_null_function);
            to = fp + pc[2];
            back = pc + 3;
            goto enter_callee;
        }
    enter_callee:
        if (WT_LIKELY(callee->instance == in)) {
            ENTER(callee->code, to, back);
            NEXT(0);
        }
        if (callee->instance) {
            ENTER(callee->code, to, back);
            in = callee->instance;
            RELOAD();
            NEXT(0);
        }
        {
            const TypeInfo *type = func_type_info(s, callee);
            uint32_t k = WT_MAX(type->param_slots, type->result_slots);
            if (!wt_call_host(s, in, callee, to - INTERP_link - k))
                TRAP_HERE(TRAP_host);
            RELOAD();
            pc = back;
            NEXT(0);
        }
        /* Tail calls: [slot, -] [first argument] [argument slots] [own k] [callee's k] ... */
        H(tail_call) {
            const FuncCode *fc = (const FuncCode *)(uintptr_t)loop_word64(pc, 6);
            Value link[3] = {fp[-3], fp[-2], fp[-1]};
            Value *start = fp - INTERP_link - pc[4];
            Value *new_fp = start + pc[5] + INTERP_link;
            if (WT_UNLIKELY((size_t)(s->stack_end - start) <
                            (size_t)pc[5] + INTERP_link + fc->frame_slots))
                TRAP_HERE(TRAP_stack_exhausted);
            memmove(start, fp + pc[2], pc[3] * sizeof(Value));
            memcpy(new_fp - 3, link, sizeof link);
            fp = new_fp;
            pc = fc->entry;
            NEXT(0);
        }
        H(tail_call_import) {
            callee = *INSTANCE_FIELD(in, pc[6], FuncInst *);
            goto tail_callee;
        }
        H(tail_call_indirect) {
            const TableInst *t = *INSTANCE_FIELD(in, pc[6], TableInst *);
            uint64_t i = loop_half(pc, 3) ? D : (uint32_t)D; /* 64-bit table? */
            if (WT_UNLIKELY(i >= t->len))
                TRAP_HERE(TRAP_undefined_element);
            callee = value_to_pointer(t->elems[i]);
            if (WT_UNLIKELY(!callee)) {
                detail = element_detail(s, i);
                TRAP_HERE(TRAP_uninitialized_element);
            }
            if (WT_UNLIKELY(callee->type_id != pc[7]) &&
                !wt_types_id_is_sub(&s->types, callee->type_id, pc[7]))
                TRAP_HERE(TRAP_indirect_call_type);
            goto tail_callee;
        }
        H(tail_call_ref) {
            callee = value_to_pointer(D);
            if (WT_UNLIKELY(!callee))
                TRAP_HERE(TRAP_null_function);
            goto tail_callee;
        }
    tail_callee: {
        Value *start = fp - INTERP_link - pc[4];
        if (!callee->instance) {
            /* Called from this frame, whose arguments lie on top; then the results go down. */
            if (!wt_call_host(s, in, callee, fp + pc[2]))
                TRAP_HERE(TRAP_host);
            memmove(start, fp + pc[2], func_type_info(s, callee)->result_slots * sizeof(Value));
            RELOAD();
            goto leave;
        }
        Value link[3] = {fp[-3], fp[-2], fp[-1]};
        Value *new_fp = start + pc[5] + INTERP_link;
        if (WT_UNLIKELY((size_t)(s->stack_end - start) <
                        (size_t)pc[5] + INTERP_link + callee->code->frame_slots))
            TRAP_HERE(TRAP_stack_exhausted);
        memmove(start, fp + pc[2], pc[3] * sizeof(Value));
        memcpy(new_fp - 3, link, sizeof link);
        fp = new_fp;
        pc = callee->code->entry;
        if (callee->instance != in) {
            in = callee->instance;
            RELOAD();
        }
        NEXT(0);
    }
        H(trap) {
            /* [code] [op that is missing, or 0] */
            if (pc[2])
                detail = op_detail(s, pc[2]);
            TRAP_HERE((TrapCode)pc[1]);
        }
        H(translate) {
            FuncCode *fc = (FuncCode *)(uintptr_t)((const uint8_t *)pc - offsetof(FuncCode, stub));
            bool ok = wt_interp_translate(s->tier_state, fc);
            if (ok && (size_t)(s->stack_end - fp) >= fc->frame_slots) {
                pc = fc->entry;
                NEXT(0);
            }
            /* The callee never began: the trap is its caller's. */
            pc = value_to_pointer(fp[-3]);
            in = value_to_pointer(fp[-1]);
            fp = value_to_pointer(fp[-2]);
            if (pc != exit_word)
                pc--;
            TRAP_HERE(ok ? TRAP_stack_exhausted : TRAP_out_of_memory);
        }
        H(exit) { return true; }

        /* ---- the rest: functions of their own ---- */
        H(ref_as_non_null) {
            if (!D)
                TRAP_HERE(TRAP_null_reference);
            NEXT(2);
        }
#define RUN_SLOW(ident) RUN_APART(ident, INTERP_slow_words)
        RUN_SLOW(ref_func)
        RUN_SLOW(memory_size)
        RUN_SLOW(memory_grow)
        RUN_SLOW(memory_fill)
        RUN_SLOW(memory_copy)
        RUN_SLOW(memory_init)
        RUN_SLOW(data_drop)
        RUN_SLOW(table_get)
        RUN_SLOW(table_set)
        RUN_SLOW(table_size)
        RUN_SLOW(table_grow)
        RUN_SLOW(table_fill)
        RUN_SLOW(table_copy)
        RUN_SLOW(table_init)
        RUN_SLOW(elem_drop)
#ifdef INTERP_TABLE
    }
#endif
trapped:
    return trap_walk(s, why, detail, in, pc, fp, exit_word);
}

/* ---- the tier ---- */

static bool attach_interp(Store *s) {
    Interp *x = allocator_get(&s->allocator, sizeof *x);
    if (!x)
        return false;
    memset(x, 0, sizeof *x);
    run_loop(NULL, NULL, NULL, &x->handlers);
    s->tier_state = x;
    return true;
}

static void detach_interp(Store *s) {
    wt_interp_free(s->tier_state, &s->allocator);
    s->tier_state = NULL;
}

static bool load_interp(Code *c) {
    const Interp *x = c->store->tier_state;
    uint32_t defined = c->module->func_count - c->module->func_imports;
    for (uint32_t i = 0; i < defined; i++) {
        c->funcs[i].stub = (uint32_t)x->handlers[IOP_translate];
        c->funcs[i].entry = &c->funcs[i].stub;
    }
    return true;
}

static bool call_wasm(Store *s, FuncInst *f, Value *frame) { return run_loop(s, f, frame, NULL); }

const Tier wt_interp_tier = {
    .name = "interp",
    .attach = attach_interp,
    .detach = detach_interp,
    .load = load_interp,
    .call = call_wasm,
};
