/* The state of a translation, and its lowest layer: emitting words, the simulated operand stack,
   and operands as slots. Inline, because every instruction goes through it; only translate.c, whose
   head explains the whole, and the translate_*.c beside it include it. */
#ifndef WATTLE_INTERP_TRANSLATOR_H
#define WATTLE_INTERP_TRANSLATOR_H

#include "interp/forms.h"
#include "wasm/insn.h"

enum { ENTRY_slot, ENTRY_local, ENTRY_const };

typedef struct Entry {
    uint8_t kind;
    uint8_t slots;
    int32_t home;
    union {
        struct {
            uint32_t local;
            int32_t slot; /* where it is: the home, or that of the local */
        };
        uint64_t value;
        const uint8_t *bytes; /* a constant of two slots: 16 of them, in the function's code */
    };
} Entry;

typedef struct LocalInfo {
    int32_t slot;
    uint8_t slots;
    bool zeroed;        /* may be read before it is set: the prologue zeroes it */
    uint32_t pending;   /* entries that name it */
    uint32_t set_depth; /* set in this block, */
    uint32_t set_in;    /* if that still has this number; 0: nowhere */
} LocalInfo;

typedef struct Control {
    uint8_t kind; /* OP_block, OP_loop, OP_if, OP_else, OP_try, OP_catch (catch_all too),
                     OP_try_table; OP_end: the function */
    bool reached; /* something branches to the end */
    ValType one;  /* the result of a block with a single value type */
    const ValType *params, *results;
    uint32_t param_count, result_count;
    uint32_t height; /* entries below its parameters */
    uint32_t number; /* no other block, and no other arm of one, has it */
    int32_t home;    /* home of the first parameter or result */
    uint32_t target; /* loop: its first word */
    uint32_t
        fixups; /* chain of offset words that wait for the end; 0 (always a handler's) ends it */
    uint32_t other;                     /* if: the offset word that waits for the else */
    uint32_t trampoline, trampoline_of; /* br_table: a landing place, and whose */
    uint32_t range;                     /* TryRange that what comes next stands in, or TRY_none */
    uint32_t own_range, last_landing;   /* of a try */
    uint32_t landings; /* chain of landings that wait for the end, by their targets */
} Control;

/* An emitted instruction that may still be changed. */
typedef struct Emitted {
    uint32_t at;  /* its word 0; NO_WORD: none */
    uint16_t op;  /* the plain form of it */
    bool defines; /* one value, in the slot named in the first half behind the handler */
    bool only;    /* that slot is not written: its user takes it from an accumulator */
    uint8_t with; /* this operand, counted from 1, it takes from an accumulator: `before` left it */
    uint8_t result; /* the accumulator in which it leaves its value; none when `at` is */
} Emitted;

enum { BLOCK_function = 1 }; /* the function's own Control.number */
#define NO_WORD UINT32_MAX
enum { POOL_most = 64, SLOT_MAX = 32000 };

/* Scratch slots of wide functions, two for each use: operands 0 to 2, of which the last shares with
   the destination, and constants on their way. */
enum { SCRATCH_destination = 4, SCRATCH_constant = 6, SCRATCH_slots = 8 };

typedef struct Translator {
    Interp *x;
    /* The same as in x: what can grow is fetched again behind that. */
    const uintptr_t *handlers;
    uint32_t *words;
    Entry *entries;
    Control *controls;
    LocalInfo *locals;
    FuncCode *fc;
    const Code *code;
    const Module *m;
    const TypeDef *type;
    Reader r;
    Insn in;
    bool failed, dead, wide, searching;
    bool plain;           /* Interp.plain */
    uint8_t accumulators; /* a mask: all, or none when plain or wide */
    bool too_wide;        /* failed because slots ran out: to be tried again as wide */
    bool too_large;       /* failed because no stack of the store holds its locals */
    bool deterministic;
    bool interruptible, fuel; /* poll and charge (translate_meter.h) */
    bool trace, hold;         /* translate_trace.h */
    bool run_begins;          /* what costs next begins a run of its own */
    bool run_joins;           /* this `end` begins one */
    uint32_t run_cost_at;     /* the word that holds the cost of the run */
    uint32_t word_count, word_cap;
    uint32_t entry_count, entry_cap, control_count, local_count;
    uint32_t clean;     /* entries below this name no local; there may be fewer entries */
    int32_t sp, max_sp; /* the next home, and the highest */
    int32_t first_operand;
    int32_t pool_at, pool_count, pool_size;
    uint64_t pool[POOL_most];
    int32_t scratch_at;  /* wide only */
    int32_t far_def;     /* wide: where the scratch destination has to go; INT32_MIN: nowhere */
    uint32_t own_k;      /* slots of parameters or results, whichever are more */
    uint32_t loops;      /* open loops */
    uint32_t blocks;     /* blocks and arms so far */
    uint32_t dead_depth; /* blocks opened in skipped code */
    uint32_t tables;     /* br_tables so far */
    uint32_t range_count, landing_count;
    Emitted emitted[2]; /* in which `last` and `before` take turns: copying one directly behind
                           the writes to its parts would wait for them */
    Emitted *last, *before;
    uint32_t begun; /* instructions begun, taken back ones too */
    /* wt_interp_locate; wt_interp_look: only up to an offset */
    uint32_t search_word, found;
    bool looking;
    uint32_t look_offset;
    bool blames_first; /* of the wasm instructions fused, the first is the one that may trap */
} Translator;

/* Nothing is fused. */
WT_INLINE bool is_plain(const Translator *t) { return !INTERP_FUSES || t->plain; }
WT_INLINE bool is_held(const Translator *t) { return WT_DEBUGGER && t->hold; }
static inline Entry *entries(const Translator *t) { return t->entries; }
static inline Control *controls(const Translator *t) { return t->controls; }
static inline LocalInfo *locals(const Translator *t) { return t->locals; }
static inline const Allocator *translator_allocator(const Translator *t) {
    return &t->code->store->allocator;
}

/* ---- emitting ---- */

/* Room for n more words, and for one more entry or block. false: out of memory. */
bool wt_interp_grow_words(Translator *t, uint32_t n);
bool wt_interp_grow_entries(Translator *t);
bool wt_interp_grow_controls(Translator *t);

static inline bool word_room(Translator *t, uint32_t n) {
    return WT_LIKELY(t->word_cap - t->word_count >= n) || wt_interp_grow_words(t, n);
}

WT_INLINE void put_u32(Translator *t, uint32_t v) { t->words[t->word_count++] = v; }
static inline void put_u64(Translator *t, uint64_t v) {
    memcpy(t->words + t->word_count, &v, sizeof v);
    t->word_count += 2;
}
/* Two slots or small numbers in one word. */
WT_INLINE uint32_t halves(int32_t a, int32_t b) { return (uint16_t)a | (uint32_t)b << 16; }
WT_INLINE void put_halves(Translator *t, int32_t a, int32_t b) { put_u32(t, halves(a, b)); }
static inline int16_t get_half(const Translator *t, uint32_t at, unsigned i) {
    int16_t v;
    memcpy(&v, (const uint8_t *)(t->words + at) + 2 * i, sizeof v);
    return v;
}
static inline void set_half(Translator *t, uint32_t at, unsigned i, int32_t v) {
    int16_t half = (int16_t)v;
    memcpy((uint8_t *)(t->words + at) + 2 * i, &half, sizeof half);
}

/* Starts an instruction; there is room for 16 words. Its operand `with`, counted from 1 (0: none),
   is in an accumulator. Where its words go; NULL: out of memory. */
WT_INLINE uint32_t *begin_form(Translator *t, InterpOp op, const AccForms *forms, bool defines,
                               unsigned with) {
    if (!word_room(t, 16))
        return NULL;
    uint32_t count = t->word_count, *w = t->words + count;
    uint64_t handler = interp_handler(t->handlers, with ? forms->with[with - 1] : op);
    memcpy(w, &handler, sizeof handler);
    t->begun++;
    t->word_count = count + INTERP_handler_words;
    Emitted *e = t->before;
    e->at = count + INTERP_handler_words - 1;
    e->op = (uint16_t)op;
    e->defines = defines;
    e->only = false;
    e->with = (uint8_t)with;
    e->result = forms->result & t->accumulators;
    t->before = t->last;
    t->last = e;
    return w + INTERP_handler_words;
}
static inline bool begin(Translator *t, InterpOp op, bool defines) {
    return begin_form(t, op, acc_forms(op), defines, 0) != NULL;
}

static inline void put_handler(Translator *t, uint32_t at, unsigned op) {
    uint64_t handler = interp_handler(t->handlers, op);
    memcpy(t->words + at + 1 - INTERP_handler_words, &handler, sizeof handler);
}

/* Writes the handler that an instruction's form has. */
static inline void put_form(Translator *t, const Emitted *e) {
    const AccForms *forms = acc_forms(e->op);
    unsigned op = e->op;
    if (e->with)
        op = e->only ? forms->with_only[e->with - 1] : forms->with[e->with - 1];
    else if (e->only)
        op = forms->only;
    put_handler(t, e->at, op);
}

/* Control may come in here from elsewhere. */
static inline void forget_emitted(Translator *t) {
    t->last->at = t->before->at = NO_WORD;
    t->last->result = t->before->result = ACCUMULATOR_none;
}

/* The last instruction may be taken back: there is one, and if it takes an operand from an
   accumulator, then the one before it is known, and can still write its slot. */
static inline bool takeable(const Translator *t) {
    return t->last->at != NO_WORD && !is_plain(t) && (!t->last->with || t->before->at != NO_WORD);
}

static inline void drop_last(Translator *t) {
    Emitted *e = t->last;
    e->at = NO_WORD;
    e->result = ACCUMULATOR_none;
    t->last = t->before;
    t->before = e;
}

/* Takes the last instruction back. */
static inline void unemit(Translator *t) {
    assert(takeable(t));
    t->word_count = t->last->at + 1 - INTERP_handler_words;
    if (t->before->at != NO_WORD && t->before->only) {
        t->before->only = false;
        put_form(t, t->before);
    }
    drop_last(t);
}

/* The accumulator in which the last instruction left what it wrote to a slot. */
static inline unsigned accumulator_of(const Translator *t, int32_t slot) {
    const Emitted *l = t->last;
    return l->result && get_half(t, l->at, 2) == slot ? l->result : ACCUMULATOR_none;
}

/* Begins an instruction with operands in these slots, or NO_SLOT, of which the last instruction may
   have left one in an accumulator. If that was a value of the operand stack, its slot is not
   written, because nothing else reads it. Where its words go; NULL: out of memory. */
#define NO_SLOT INT32_MIN
WT_INLINE uint32_t *begin_slots(Translator *t, InterpOp op, bool defines, int32_t a, int32_t b,
                                int32_t c) {
    const AccForms *forms = acc_forms(op);
    Emitted *l = t->last;
    unsigned with = 0;
    if (l->result) {
        const int32_t slot = get_half(t, l->at, 2);
        with = a == slot && forms->operand[0] == l->result                   ? 1
               : b != NO_SLOT && b == slot && forms->operand[1] == l->result ? 2
               : c != NO_SLOT && c == slot && forms->operand[2] == l->result ? 3
                                                                             : 0;
        if (with && slot >= t->first_operand && acc_forms(l->op)->only) {
            l->only = true;
            put_form(t, l);
        }
    }
    return begin_form(t, op, forms, defines, with);
}

/* An instruction with its words, of which operands may be in an accumulator: two slots in the first
   and, behind them, one word, or none. */
static inline void emit_one(Translator *t, InterpOp op, int32_t to, int32_t a) {
    uint32_t *w = begin_slots(t, op, true, a, NO_SLOT, NO_SLOT);
    if (WT_UNLIKELY(!w))
        return;
    w[0] = halves(to, a);
    t->word_count++;
}
static inline void emit_one_word(Translator *t, InterpOp op, int32_t to, int32_t a, uint32_t word) {
    uint32_t *w = begin_slots(t, op, true, a, NO_SLOT, NO_SLOT);
    if (WT_UNLIKELY(!w))
        return;
    w[0] = halves(to, a);
    w[1] = word;
    t->word_count += 2;
}
static inline bool begin_two(Translator *t, InterpOp op, bool defines, int32_t a, int32_t b,
                             uint32_t first, uint32_t second) {
    uint32_t *w = begin_slots(t, op, defines, a, b, NO_SLOT);
    if (WT_UNLIKELY(!w))
        return false;
    w[0] = first;
    w[1] = second;
    t->word_count += 2;
    return true;
}
static inline void emit_three(Translator *t, InterpOp op, int32_t to, int32_t a, int32_t b,
                              int32_t c) {
    uint32_t *w = begin_slots(t, op, true, a, b, c);
    if (WT_UNLIKELY(!w))
        return;
    w[0] = halves(to, a);
    w[1] = halves(b, c);
    t->word_count += 2;
}

/* Word 0 of the instruction that comes next. */
static inline uint32_t next_word(const Translator *t) {
    return t->word_count + INTERP_handler_words - 1;
}

static inline bool near_slot(int32_t slot) { return slot >= INT16_MIN && slot <= INT16_MAX; }

static inline void emit_copy_slot(Translator *t, int32_t to, int32_t from) {
    if (to == from)
        return;
    if (!near_slot(to) || !near_slot(from)) {
        if (!begin(t, IOP_copy_wide, false))
            return;
        put_u32(t, (uint32_t)to);
        put_u32(t, (uint32_t)from);
        return;
    }
    if (t->last->at != NO_WORD && t->last->op == IOP_copy) {
        put_handler(t, t->last->at, IOP_copy2);
        t->last->op = IOP_copy2;
        t->last->defines = false; /* and its result is in no accumulator */
        if (word_room(t, 16))
            put_halves(t, to, from);
        /* In the handler: first pair, then this pair, which is halves 4 and 5. */
        return;
    }
    if (begin(t, IOP_copy, true))
        put_halves(t, to, from);
}

static inline void emit_copy_slots(Translator *t, int32_t to, int32_t from, uint8_t slots) {
    if (slots == 1) {
        emit_copy_slot(t, to, from);
    } else if (!near_slot(to + 1) || !near_slot(from + 1)) {
        /* Two single copies are in order only if the first does not overwrite the second. */
        emit_copy_slot(t, to, from);
        emit_copy_slot(t, to + 1, from + 1);
    } else if (to != from && begin(t, IOP_copy_v, true)) {
        put_halves(t, to, from);
    }
}

static inline void emit_const_v(Translator *t, int32_t to, const uint8_t *bytes) {
    int32_t slot = near_slot(to + 1) ? to : t->scratch_at + SCRATCH_constant;
    if (!begin(t, IOP_v128_const, true))
        return;
    put_halves(t, slot, 0);
    put_u64(t, load64le(bytes));
    put_u64(t, load64le(bytes + 8));
    emit_copy_slots(t, to, slot, 2);
}

static inline void emit_const(Translator *t, int32_t to, uint64_t v) {
    int32_t slot = near_slot(to) ? to : t->scratch_at + SCRATCH_constant;
    if (!begin(t, v >> 32 ? IOP_const64 : IOP_const32, true))
        return;
    put_halves(t, slot, 0);
    if (v >> 32)
        put_u64(t, v);
    else
        put_u32(t, (uint32_t)v);
    emit_copy_slot(t, to, slot);
}

/* ---- the abstract stack ---- */

/* The frame reaches higher than before. */
static WT_NOINLINE void raise_frame(Translator *t, int32_t to) {
    t->max_sp = to;
    if (to > SLOT_MAX && !t->wide)
        t->too_wide = t->failed = true;
}

static inline Entry *push_entry(Translator *t, uint8_t kind, uint8_t slots) {
    if (WT_UNLIKELY(t->entry_count == t->entry_cap) && !wt_interp_grow_entries(t))
        return NULL;
    Entry *e = &entries(t)[t->entry_count++];
    e->kind = kind;
    e->slots = slots;
    e->home = e->slot = t->sp;
    t->sp += slots;
    if (WT_UNLIKELY(t->sp > t->max_sp))
        raise_frame(t, t->sp);
    return e;
}

static inline void push_slot(Translator *t, uint8_t slots) { push_entry(t, ENTRY_slot, slots); }

/* The top entry, taken off: it stands there until the next push. A local it names is not counted
   any more. */
WT_INLINE const Entry *pop_entry(Translator *t) {
    static const Entry none = {.slots = 1};
    if (WT_UNLIKELY(t->entry_count == 0))
        return &none; /* only after memory ran out */
    const Entry *e = &entries(t)[--t->entry_count];
    t->sp = e->home;
    if (e->kind == ENTRY_local)
        locals(t)[e->local].pending--;
    return e;
}

static inline void truncate_entries(Translator *t, uint32_t height, int32_t sp) {
    while (t->entry_count > height)
        pop_entry(t);
    t->sp = sp;
}

/* Writes an entry's value to a slot. */
static inline void emit_move(Translator *t, int32_t to, const Entry *e) {
    if (e->kind == ENTRY_const) {
        if (e->slots == 2)
            emit_const_v(t, to, e->bytes);
        else
            emit_const(t, to, e->value);
        return;
    }
    emit_copy_slots(t, to, e->slot, e->slots);
}

/* Brings an entry's value home. */
static inline void settle(Translator *t, Entry *e) {
    if (e->kind == ENTRY_slot)
        return;
    emit_move(t, e->home, e);
    if (e->kind == ENTRY_local)
        locals(t)[e->local].pending--;
    e->kind = ENTRY_slot;
    e->slot = e->home;
}

/* No entry names a local any more, and the top `count` are all at home. */
static inline void settle_locals(Translator *t, uint32_t count) {
    Entry *e = entries(t);
    for (uint32_t i = t->clean; i < t->entry_count; i++)
        if (e[i].kind == ENTRY_local)
            settle(t, &e[i]);
    t->clean = t->entry_count;
    for (uint32_t i = t->entry_count - count; i < t->entry_count; i++)
        settle(t, &e[i]);
}

/* Copies the value of a local for the entries that name it, because it is about to change. */
static inline void rescue_local(Translator *t, uint32_t local) {
    Entry *e = entries(t);
    for (uint32_t i = t->entry_count; i > t->clean && locals(t)[local].pending; i--)
        if (e[i - 1].kind == ENTRY_local && e[i - 1].local == local)
            settle(t, &e[i - 1]);
}

/* ---- operands ---- */

/* A slot that holds a constant through the whole function, or INT32_MIN. */
static inline int32_t pool_slot(Translator *t, uint64_t v) {
    for (int32_t i = 0; i < t->pool_count; i++)
        if (t->pool[i] == v)
            return t->pool_at + i;
    if (!t->loops || t->pool_count == t->pool_size)
        return INT32_MIN;
    t->pool[t->pool_count] = v;
    return t->pool_at + t->pool_count++;
}

/* The same for 16 bytes: the first of two slots. */
static inline int32_t pool_slots(Translator *t, const uint8_t *bytes) {
    uint64_t low = load64le(bytes), high = load64le(bytes + 8);
    for (int32_t i = 0; i + 1 < t->pool_count; i++)
        if (t->pool[i] == low && t->pool[i + 1] == high)
            return t->pool_at + i;
    if (!t->loops || t->pool_count + 2 > t->pool_size)
        return INT32_MIN;
    t->pool[t->pool_count] = low;
    t->pool[t->pool_count + 1] = high;
    t->pool_count += 2;
    return t->pool_at + t->pool_count - 2;
}

/* translate.c: `operand` of what is no slot within reach. */
int32_t wt_interp_far_operand(Translator *t, const Entry *e, unsigned which);

/* The slot an operand can be read from, in 16 bits. `which` numbers the operands of one
   instruction: each has its own scratch slots. */
static inline int32_t operand(Translator *t, const Entry *e, unsigned which) {
    if (WT_UNLIKELY(e->kind == ENTRY_const || !near_slot(e->slot + 1)))
        return wt_interp_far_operand(t, e, which);
    return e->slot;
}

/* Pushes a result and gives the slot its instruction writes. After a wide one, flush_def. */
static inline int32_t define(Translator *t, uint8_t slots) {
    int32_t home = t->sp;
    push_slot(t, slots);
    if (WT_UNLIKELY(!near_slot(home + slots))) {
        t->far_def = home;
        return t->scratch_at + SCRATCH_destination;
    }
    return home;
}
static inline void flush_def(Translator *t, uint8_t slots) {
    if (WT_LIKELY(t->far_def == INT32_MIN))
        return;
    int32_t to = t->far_def;
    t->far_def = INT32_MIN;
    emit_copy_slots(t, to, t->scratch_at + SCRATCH_destination, slots);
}

/* The last instruction made this operand, which nothing else uses. */
static inline bool made_last(const Translator *t, const Entry *e) {
    return e->kind == ENTRY_slot && takeable(t) && t->last->defines && !t->wide &&
           get_half(t, t->last->at, 2) == e->home;
}

/* An instruction in the place of the last one, which it contains: if that takes its first operand
   from the accumulator, then so does this. (Taking it back instead would need to know the one
   before.) */
static inline bool begin_instead(Translator *t, InterpOp op, bool defines) {
    uint8_t with = t->last->with;
    t->word_count = t->last->at + 1 - INTERP_handler_words;
    drop_last(t);
    if (!begin(t, op, defines))
        return false;
    t->last->with = with;
    put_form(t, t->last);
    return true;
}

/* ---- addresses ---- */

static inline bool simple_memory(const Translator *t, uint32_t memidx) {
    return memidx == 0 && !t->m->memories[0].limits.is64;
}

/* The last instruction adds two slots to make this address: takes it back. */
static inline bool take_sum(Translator *t, const Entry *addr, int32_t *a, int32_t *b) {
    const Emitted *l = t->last;
    if (l->op != IOP_i32_add || addr->kind != ENTRY_slot || !takeable(t) ||
        get_half(t, l->at, 2) != addr->home || t->wide)
        return false;
    *a = get_half(t, l->at, 3);
    *b = get_half(t, l->at, 4);
    unemit(t);
    return true;
}

/* The same for a slot and an immediate. */
static inline bool take_plus(Translator *t, const Entry *addr, int32_t *a, uint32_t *imm) {
    const Emitted *l = t->last;
    if (l->op != IOP_i32_add_i || addr->kind != ENTRY_slot || !takeable(t) ||
        get_half(t, l->at, 2) != addr->home || t->wide || t->in.imm)
        return false;
    *a = get_half(t, l->at, 3);
    *imm = t->words[l->at + 2];
    unemit(t);
    return true;
}

static inline void put_far(Translator *t) {
    uint32_t at = t->code->memories_at + t->in.a * (uint32_t)sizeof(MemInst *);
    put_u32(t, at);
    put_u64(t, t->in.imm);
}

static inline bool fits16(uint64_t v) { return (int64_t)v == (int16_t)v; }
static inline bool fits32(uint64_t v) { return (int64_t)v == (int32_t)v; }

/* ---- types, frames ---- */

static inline const TypeInfo *type_info(const Translator *t, uint32_t typeidx) {
    return &t->code->store->types.info[t->code->type_ids[typeidx]];
}
static inline uint32_t call_k(const TypeInfo *info) {
    return WT_MAX(info->param_slots, info->result_slots);
}

/* Where a function's results go. */
static inline int32_t result_slot(const Translator *t) { return -INTERP_link - (int32_t)t->own_k; }

static inline void push_types(Translator *t, const ValType *types, uint32_t count) {
    for (uint32_t i = 0; i < count && !t->failed; i++)
        push_slot(t, (uint8_t)valtype_slots(types[i]));
}

/* Brings the top entries home and takes them off: the slot of the first. */
static inline int32_t take_home(Translator *t, uint32_t count) {
    uint32_t height = t->entry_count - count;
    for (uint32_t i = height; i < t->entry_count && !t->failed; i++)
        settle(t, &entries(t)[i]);
    t->sp = count ? entries(t)[height].home : t->sp;
    t->entry_count = height;
    return t->sp;
}

static inline Control *label(const Translator *t, uint32_t depth) {
    return &controls(t)[t->control_count - 1 - depth];
}
/* What a branch to the label carries. */
static inline const ValType *label_types(const Control *c, uint32_t *count) {
    if (c->kind == OP_loop) {
        *count = c->param_count;
        return c->params;
    }
    *count = c->result_count;
    return c->one ? &c->one : c->results;
}

/* An instruction that this tier cannot run. */
static inline void emit_trap(Translator *t, TrapCode code, unsigned op) {
    if (begin(t, IOP_trap, false)) {
        put_u32(t, code);
        put_u32(t, op);
    }
    t->dead = true;
}

/* translate_simd.c: one instruction of the prefix 0xFD. */
void wt_interp_vector_insn(Translator *t);
/* translate_atomic.c: one of the prefix 0xFE. */
void wt_interp_atomic_insn(Translator *t);
/* translate_control.c: the label of the function itself, one control instruction, and one in code
   that cannot be reached. */
bool wt_interp_open_function(Translator *t);
void wt_interp_control_insn(Translator *t);
void wt_interp_skip_insn(Translator *t);
/* Opens a block; NULL: out of memory. Goes from the innermost block to its end, with its results.
 */
Control *wt_interp_open_block(Translator *t, uint8_t kind);
void wt_interp_leave_block(Translator *t);
/* translate_exn.c: the instructions of exceptions, but `end`; what comes next is behind the code
   under a try; the landings of a chain are here. */
void wt_interp_exception_insn(Translator *t);
void wt_interp_close_try(Translator *t, Control *c);
void wt_interp_patch_landings(Translator *t, uint32_t chain);
/* Its ranges and landings so far, in the arena of the code; false: out of memory. */
bool wt_interp_keep_tries(const Translator *t, const TryTable **out);
/* A new landing (NULL: out of memory), and the label it leads to. */
TryLanding *wt_interp_add_landing(Translator *t, uint32_t tag);
void wt_interp_aim_landing(Translator *t, TryLanding *landing, Control *c);
/* translate_cont.c: the instructions of stack switching. */
void wt_interp_continuation_insn(Translator *t);
/* translate_gc.c: an instruction on objects; the test of a branching cast: the slot that holds 1
   when the reference on top is of the type (or, described, when its descriptor is the one on top,
   which is taken off). */
void wt_interp_object_insn(Translator *t);
int32_t wt_interp_emit_ref_test(Translator *t, ValType type);
int32_t wt_interp_emit_desc_test(Translator *t, ValType type);
void wt_interp_if(Translator *t);
void wt_interp_else(Translator *t);
void wt_interp_end_block(Translator *t);
void wt_interp_return(Translator *t);
void wt_interp_branch(Translator *t, uint32_t depth);
void wt_interp_branch_if(Translator *t, uint32_t depth);
/* translate_call.c */
void wt_interp_call(Translator *t, uint32_t funcidx);
void wt_interp_call_insn(Translator *t);

#endif
