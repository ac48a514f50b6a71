/* The baseline compiler: wasm bytes to machine code in one pass over a validated body. This is the
   part without any machine's name: the simulated operand stack, registers, and where values are. A
   machine's base.c includes it once, behind its own functions machine_* (listed at the end of this
   comment), then baseline_control.h and baseline_call.h.

   An item of the operand stack is where its value is: in its home slot, in a register, still only
   the name of a local, a constant, or the flags of the machine. local.get and constants emit
   nothing. Invariants:
     - a register of `temps` belongs to at most one item, on the stack or taken off it (then to the
       instruction that is being compiled); `used` has its bit;
     - a pinned local is in its register at every point of the function, and nowhere else;
     - items below `clean` are in their slots or constants; where control can come from elsewhere
   all items below a block are. A block's single result is in the result register of its kind; of
       several, and parameters of blocks, each is in its home slot;
     - flags are only ever the top item, and the next instruction takes them; so it is with a value
       that is still in memory 0, at the address in a register;
     - the upper half of a 32-bit integer in a register is zero.

   What a machine gives: MACHINE_* constants; machine_move, _load, _store (frame), _const,
   _store_item, _load_out, _out_item (the outgoing area), _jump, _branch, _bind and so on. */
#ifndef WATTLE_JIT_BASELINE_H
#define WATTLE_JIT_BASELINE_H

#include "jit/native.h"
#include "run/meter.h"
#include "wasm/insn.h"

typedef enum ValueKind { VK_i32, VK_i64, VK_f32, VK_f64, VK_v128 } ValueKind;
/* Bytes of a frame without calls that need not be checked: the spare part of a stack has room for
   it, whatever else lies there. */
enum { BL_unchecked = 8192 };
enum { WEIGHTS = 512 /* locals that may be pinned */, KNOWN = 64 };
enum { ITEM_slot, ITEM_reg, ITEM_local, ITEM_const, ITEM_flags, ITEM_memory };
enum { BL_no_reg = 0xFF, BL_floats = 16 /* the number of the first float register */ };

struct Item {
    uint8_t where, kind, reg, cond;
    int32_t slot; /* its home: number of the first */
    union {
        uint32_t local;
        uint64_t bits;        /* in memory: the offset */
        const uint8_t *bytes; /* a constant v128 */
    };
};

/* Of a function with very many locals those behind `near_count` are filled in when one is named,
   KNOWN at a time: the others cost nothing. */
typedef struct BaseLocal {
    uint8_t kind, reg; /* BL_no_reg: in the frame */
    int32_t place;     /* from the frame pointer */
    uint32_t pending;  /* items that name it */
} BaseLocal;

/* Locals of one kind behind the near ones: the first, and its home. */
typedef struct LocalGroup {
    uint32_t first;
    int32_t slot;
    uint32_t kind;
} LocalGroup;

typedef struct BaseControl {
    uint8_t kind; /* OP_block, OP_loop, OP_if, OP_else, OP_try, OP_catch, OP_try_table; OP_end: the
                     function */
    bool reached; /* something branches to the end */
    ValType one;
    const ValType *params, *results;
    uint32_t param_count, result_count;
    uint32_t height; /* items below its parameters */
    int32_t slot;    /* home of the first parameter or result */
    uint32_t target; /* loop: its first byte */
    uint32_t fixups; /* chain of displacements that wait for the end; 0 ends it */
    uint32_t other;  /* if: the displacement that waits for the else */
    uint32_t range, own_range, last_landing; /* as in the interpreter */
    uint32_t landings;
    uint32_t table, piece; /* of the last br_table with values: its code, and what leads here */
} BaseControl;

/* Accesses of a memory with this local as index, that end at `end` or before it, have been checked:
   on every way that leads here, and the local has not changed since. It holds to the end of the
   block that it was made in. */
typedef struct Proof {
    uint32_t local, memidx, end;
    uint32_t depth; /* of blocks */
} Proof;
enum { BL_PROOFS = 4 };

struct Baseline {
    MachineAsm a;
    uint8_t *start, *limit;
    Native *n;
    Segment *seg;
    FuncCode *fc;
    const Code *code;
    const Module *m;
    const TypeDef *type;
    Reader r;
    Insn in;
    bool failed, dead, calls, tries, deterministic, fuel, interruptible;
    bool run_begins, run_joins;
    uint32_t run_cost_at;
    uint32_t used, temps; /* bits of registers */
    uint32_t pins;        /* that locals are in */
    uint32_t item_count, control_count, local_count, clean;
    uint32_t near_count, group_count, known_count;
    int32_t far_slot;       /* home of the first that is not near, to which groups add */
    int32_t slot, max_slot; /* the next home, and how many are needed */
    int32_t frame_base;     /* bytes below the frame pointer before slot 0 */
    uint32_t out_bytes;     /* of the outgoing area */
    uint32_t stack_args;    /* bytes of arguments that came on the stack */
    uint32_t dead_depth, reloc_count, range_count, landing_count, place_count, note_count;
    uint32_t range; /* that the code being written is in */
    const uint32_t *search;
    uint32_t found;
    uint32_t offset_before;
    uint32_t offset;     /* of the instruction in Func.code */
    uint32_t pool_count; /* constants behind the code */
    uint32_t cold_count; /* pieces of code that wait for the end of the function */
    int32_t zeros[2];    /* where declared locals lie in the frame: from, to */
    Proof proofs[BL_PROOFS];
    uint32_t proof_count;
    uint32_t frame_at[2]; /* where the size of the frame is to be filled in */
    uint32_t lands;       /* chain of those in landings */
    bool unchecked;       /* small and without calls: its frame is not compared with the limit */
    bool loads;   /* this instruction took its operand from memory: its faults are the load's */
    bool unable;  /* failed because of an instruction this tier does not have */
    bool crowded; /* a search has looked at more items than it should */
};

WT_INLINE Item *bl_items(const Baseline *b) { return b->n->items; }
WT_INLINE BaseControl *bl_controls(const Baseline *b) { return b->n->controls; }
WT_INLINE BaseLocal *bl_locals(const Baseline *b) { return b->n->locals; }
WT_INLINE const Allocator *bl_allocator(const Baseline *b) { return &b->code->store->allocator; }
WT_INLINE uint32_t bl_here(const Baseline *b) { return (uint32_t)(b->a.at - b->start); }
WT_INLINE uint32_t bl_bit(unsigned reg) { return (uint32_t)1 << reg; }

WT_INLINE ValueKind bl_kind(ValType t) {
    switch (t) {
    case VAL_i32:
        return VK_i32;
    case VAL_f32:
        return VK_f32;
    case VAL_f64:
        return VK_f64;
    case VAL_v128:
        return VK_v128;
    default:
        return VK_i64; /* references too */
    }
}
WT_INLINE bool bl_is_float(unsigned kind) { return kind >= VK_f32; }
WT_INLINE int32_t bl_slots(unsigned kind) { return kind == VK_v128 ? 2 : 1; }
/* The class of a kind as a mask of registers. */
WT_INLINE uint32_t bl_class(unsigned kind) { return bl_is_float(kind) ? 0xFFFF0000u : 0xFFFFu; }

/* What the code of one instruction may take, without what it does for each operand: whoever goes
   over many of these asks for room for each. */
enum { INSN_bytes = 1024 };

static WT_NOINLINE bool bl_more_room(Baseline *b, size_t bytes) {
    size_t used = (size_t)(b->a.at - b->start);
    Native *n = b->n;
    size_t want = WT_MAX(n->buffer_cap * 2, used + bytes + 4096);
    uint8_t *grown =
        used + bytes > INT32_MAX / 2
            ? NULL
            : bl_allocator(b)->alloc(bl_allocator(b)->user, n->buffer, n->buffer_cap, want);
    if (!grown) {
        b->failed = true;
        b->a.at = b->start; /* what is still written lands in the buffer, and is thrown away */
        return false;
    }
    n->buffer = grown;
    n->buffer_cap = want;
    b->start = grown;
    b->a.at = grown + used;
    b->limit = grown + want;
    return true;
}

/* Room for `bytes` more of code; the buffer may move. */
WT_INLINE bool bl_room(Baseline *b, size_t bytes) {
    return WT_LIKELY((size_t)(b->limit - b->a.at) >= bytes) || bl_more_room(b, bytes);
}

/* ---- reading ---- */

/* Numbers of a body, whose bytes are known to be valid: of any length. */
WT_INLINE uint64_t bl_number(const uint8_t **at) {
    const uint8_t *p = *at;
    uint64_t v = *p & 0x7F;
    for (unsigned shift = 7; WT_UNLIKELY(*p++ & 0x80); shift += 7)
        v |= (uint64_t)(*p & 0x7F) << shift;
    *at = p;
    return v;
}
WT_INLINE int64_t bl_signed(const uint8_t **at) {
    const uint8_t *p = *at;
    uint64_t v = *p & 0x7F;
    unsigned shift = 7;
    for (; WT_UNLIKELY(*p & 0x80); shift += 7)
        v |= (uint64_t)(*++p & 0x7F) << shift;
    *at = p + 1;
    return shift < 64 && *p & 0x40 ? (int64_t)(v | UINT64_MAX << shift) : (int64_t)v;
}

/* ---- places ---- */

/* A home slot, from the frame pointer. Slots go downwards; a v128 takes two. */
WT_INLINE int32_t bl_place(const Baseline *b, int32_t slot, unsigned kind) {
    return -b->frame_base - 8 * (slot + bl_slots(kind));
}

static void bl_reloc(Baseline *b, uint32_t at, RelocKind kind, uint32_t index) {
    if (!wt_vec_grow(bl_allocator(b), (void **)&b->n->relocs, &b->n->reloc_cap, b->reloc_count,
                     sizeof(CodeReloc))) {
        b->failed = true;
        return;
    }
    b->n->relocs[b->reloc_count++] = (CodeReloc){at, kind, index};
}

/* ---- the operand stack ---- */

static WT_NOINLINE void bl_more_items(Baseline *b) {
    if (!wt_vec_grow(bl_allocator(b), &b->n->items, &b->n->item_cap, b->item_count, sizeof(Item))) {
        b->failed = true;
        b->item_count--; /* there is room for some since the start */
    }
}
WT_INLINE Item *bl_push(Baseline *b, unsigned where, unsigned kind) {
    if (WT_UNLIKELY(b->item_count == b->n->item_cap))
        bl_more_items(b);
    Item *e = &bl_items(b)[b->item_count++];
    *e = (Item){.where = (uint8_t)where, .kind = (uint8_t)kind, .slot = b->slot, .reg = BL_no_reg};
    b->slot += bl_slots(kind);
    if (b->slot > b->max_slot)
        b->max_slot = b->slot;
    return e;
}
WT_INLINE void bl_push_reg(Baseline *b, unsigned kind, unsigned reg) {
    bl_push(b, ITEM_reg, kind)->reg = (uint8_t)reg;
}
WT_INLINE void bl_push_slot(Baseline *b, unsigned kind) { bl_push(b, ITEM_slot, kind); }

WT_INLINE Item bl_pop(Baseline *b) {
    if (WT_UNLIKELY(b->item_count == 0))
        return (Item){.where = ITEM_const}; /* only after memory ran out */
    Item e = bl_items(b)[--b->item_count];
    b->slot = e.slot;
    if (b->clean > b->item_count)
        b->clean = b->item_count;
    if (e.where == ITEM_local)
        bl_locals(b)[e.local].pending--;
    return e;
}

/* The instruction has done with a register. */
WT_INLINE void bl_free(Baseline *b, unsigned reg) {
    if (reg != BL_no_reg)
        b->used &= ~(bl_bit(reg) & b->temps);
}
WT_INLINE void bl_release(Baseline *b, const Item *e) {
    if (e->where == ITEM_reg || e->where == ITEM_memory)
        bl_free(b, e->reg);
}
WT_INLINE void bl_drop(Baseline *b) {
    Item e = bl_pop(b);
    bl_release(b, &e);
}
static void bl_truncate(Baseline *b, uint32_t height, int32_t slot) {
    while (b->item_count > height)
        bl_drop(b);
    b->slot = slot;
}

/* ---- registers ---- */

/* Where an item's value can be read: the place in the frame of one that is in no register. */
WT_INLINE int32_t bl_item_place(const Baseline *b, const Item *e) {
    return e->where == ITEM_local ? bl_locals(b)[e->local].place : bl_place(b, e->slot, e->kind);
}
/* The register that holds it already, or BL_no_reg. */
WT_INLINE unsigned bl_item_reg(const Baseline *b, const Item *e) {
    if (e->where == ITEM_reg)
        return e->reg;
    return e->where == ITEM_local ? bl_locals(b)[e->local].reg : BL_no_reg;
}
WT_INLINE bool bl_in_frame(const Baseline *b, const Item *e) {
    return e->where == ITEM_slot ||
           (e->where == ITEM_local && bl_locals(b)[e->local].reg == BL_no_reg);
}

/* Brings an item's value into a register; flags are left alone, unless they are the item. */
static void bl_copy_to(Baseline *b, unsigned reg, const Item *e) {
    unsigned from = bl_item_reg(b, e);
    if (from != BL_no_reg) {
        if (from != reg)
            machine_move(b, e->kind, reg, from);
    } else if (e->where == ITEM_const) {
        machine_const(b, e->kind, reg, e);
    } else if (e->where == ITEM_flags) {
        machine_set(b, reg, e->cond);
    } else {
        machine_load(b, e->kind, reg, bl_item_place(b, e));
    }
}

/* The same where flags need not live on. */
static void bl_bring(Baseline *b, unsigned reg, const Item *e) {
    if (e->where == ITEM_const && e->kind <= VK_i64 && !e->bits)
        machine_zero(b, e->kind, reg);
    else
        bl_copy_to(b, reg, e);
}

/* Writes an item to its home. */
static void bl_settle(Baseline *b, Item *e) {
    if (e->where == ITEM_slot)
        return;
    int32_t place = bl_place(b, e->slot, e->kind);
    machine_store_item(b, place, e);
    if (e->where == ITEM_local)
        bl_locals(b)[e->local].pending--;
    bl_release(b, e);
    e->where = ITEM_slot;
}

/* Everything below the top `keep` items is at home or constant. */
static void bl_flush(Baseline *b, uint32_t keep) {
    uint32_t end = b->item_count - keep;
    Item *items = bl_items(b);
    for (uint32_t i = b->clean; i < end; i++)
        if (items[i].where != ITEM_const && bl_room(b, INSN_bytes))
            bl_settle(b, &items[i]);
    if (b->clean < end)
        b->clean = end;
}

/* Items from `clean` on that a search looks at; when there are more they go home, so that the next
   one finds them done, and a deep stack costs no more for each instruction than a flat one. In the
   middle of an instruction that waits for the next: it needs the scratch registers. */
enum { BL_LOOK = 64 };

static unsigned bl_spill(Baseline *b, uint32_t mask) {
    Item *items = bl_items(b);
    while (b->clean < b->item_count &&
           (items[b->clean].where == ITEM_slot || items[b->clean].where == ITEM_const))
        b->clean++;
    for (uint32_t i = b->clean; i < b->item_count; i++) {
        b->crowded |= i - b->clean == BL_LOOK;
        if (items[i].where == ITEM_reg && bl_bit(items[i].reg) & mask & b->temps) {
            unsigned reg = items[i].reg;
            bl_settle(b, &items[i]);
            return reg;
        }
    }
    assert(b->failed);
    b->failed = true;
    return (unsigned)__builtin_ctz(mask & b->temps);
}

/* A register of the mask, for the instruction. */
static unsigned bl_alloc_of(Baseline *b, uint32_t mask) {
    uint32_t free = b->temps & ~b->used & mask;
    unsigned reg = WT_LIKELY(free) ? machine_pick(free) : bl_spill(b, mask);
    b->used |= bl_bit(reg);
    return reg;
}
WT_INLINE unsigned bl_alloc(Baseline *b, unsigned kind) { return bl_alloc_of(b, bl_class(kind)); }

/* Makes one register free of items on the stack, and takes it. */
static void bl_take(Baseline *b, unsigned reg) {
    if (b->used & bl_bit(reg)) {
        Item *items = bl_items(b);
        for (uint32_t i = b->item_count; i > b->clean; i--) {
            Item *e = &items[i - 1];
            if (e->where != ITEM_reg || e->reg != reg)
                continue;
            uint32_t free = b->temps & ~b->used & bl_class(e->kind);
            if (free) {
                unsigned to = machine_pick(free);
                machine_move(b, e->kind, to, reg);
                b->used |= bl_bit(to);
                e->reg = (uint8_t)to;
            } else {
                bl_settle(b, e);
            }
            break;
        }
    }
    b->used |= bl_bit(reg);
}

/* An item's value in a register, to be read. Free it with bl_free. */
static unsigned bl_use(Baseline *b, Item *e) {
    unsigned reg = bl_item_reg(b, e);
    if (reg != BL_no_reg)
        return reg;
    reg = bl_alloc(b, e->kind);
    bl_copy_to(b, reg, e);
    e->where = ITEM_reg;
    e->reg = (uint8_t)reg;
    return reg;
}
/* The same outside of `mask`. */
static unsigned bl_use_outside(Baseline *b, Item *e, uint32_t mask) {
    unsigned reg = bl_item_reg(b, e);
    if (reg != BL_no_reg && !(bl_bit(reg) & mask))
        return reg;
    unsigned to = bl_alloc_of(b, bl_class(e->kind) & ~mask);
    bl_copy_to(b, to, e);
    bl_release(b, e);
    e->where = ITEM_reg;
    e->reg = (uint8_t)to;
    return to;
}

static unsigned bl_wanted(const Baseline *b, unsigned kind); /* baseline_call.h */

/* The register of a pinned local that the next instruction sets, if nothing else needs its old
   value; else BL_no_reg. */
static unsigned bl_hint(const Baseline *b, unsigned kind) {
    const uint8_t *p = b->r.at;
    if (p + 1 >= b->r.end || (*p != OP_local_set && *p != OP_local_tee) || p[1] >= 0x80 ||
        p[1] >= b->local_count)
        return BL_no_reg;
    const BaseLocal *l = &bl_locals(b)[p[1]];
    return l->reg != BL_no_reg && !l->pending && l->kind == kind ? l->reg : BL_no_reg;
}
/* Where a result goes: the hint, the register that the next instruction would bring it to, one that
   an operand leaves free, or another. */
static unsigned bl_dest(Baseline *b, unsigned kind, unsigned reuse) {
    unsigned reg = bl_hint(b, kind);
    if (reg != BL_no_reg)
        return reg;
    reg = bl_wanted(b, kind);
    if (reg != BL_no_reg && bl_bit(reg) & b->temps & ~b->used) {
        b->used |= bl_bit(reg);
        return reg;
    }
    if (reuse != BL_no_reg && bl_bit(reuse) & b->temps && bl_bit(reuse) & bl_class(kind)) {
        b->used |= bl_bit(reuse);
        return reuse;
    }
    return bl_alloc(b, kind);
}

/* ---- what is known of locals ---- */

static bool bl_proven(const Baseline *b, uint64_t local, uint32_t memidx, uint32_t end) {
    for (uint32_t i = 0; i < b->proof_count; i++)
        if (b->proofs[i].local == local && b->proofs[i].memidx == memidx && b->proofs[i].end >= end)
            return true;
    return false;
}
static void bl_forget(Baseline *b, uint32_t local) {
    for (uint32_t i = 0; i < b->proof_count;)
        if (b->proofs[i].local == local)
            b->proofs[i] = b->proofs[--b->proof_count];
        else
            i++;
}
/* At the end of a block, or of its first arm. */
static void bl_forget_inner(Baseline *b) {
    for (uint32_t i = 0; i < b->proof_count;)
        if (b->proofs[i].depth >= b->control_count)
            b->proofs[i] = b->proofs[--b->proof_count];
        else
            i++;
}
/* A new one takes the place of the first when there are too many. */
static void bl_prove(Baseline *b, uint32_t local, uint32_t memidx, uint32_t end) {
    uint32_t at = b->proof_count < BL_PROOFS ? b->proof_count++ : 0;
    b->proofs[at] = (Proof){local, memidx, end, b->control_count};
}

/* ---- locals ---- */

/* Fills in a block of locals; where they lie. */
static WT_NOINLINE uint32_t bl_know_locals(Baseline *b, uint32_t block) {
    Native *n = b->n;
    const LocalGroup *g = n->groups;
    uint32_t from = 0, to = b->group_count, i = b->near_count + block * KNOWN;
    uint32_t at = b->near_count + b->known_count * KNOWN;
    if (n->local_cap < at + KNOWN) {
        size_t want = at + at / 2 + KNOWN;
        void *grown =
            bl_allocator(b)->alloc(bl_allocator(b)->user, n->locals,
                                   n->local_cap * sizeof(BaseLocal), want * sizeof(BaseLocal));
        if (!grown) {
            b->failed = true;
            return 0;
        }
        n->locals = grown;
        n->local_cap = want;
    }
    while (to - from > 1) {
        uint32_t middle = from + (to - from) / 2;
        if (g[middle].first <= i)
            from = middle;
        else
            to = middle;
    }
    BaseLocal *l = &bl_locals(b)[at];
    for (uint32_t end = WT_MIN(i + KNOWN, b->local_count); i < end; i++) {
        from += from + 1 < b->group_count && g[from + 1].first == i;
        unsigned kind = g[from].kind;
        int32_t slot = b->far_slot + g[from].slot + (int32_t)(i - g[from].first) * bl_slots(kind);
        *l++ = (BaseLocal){(uint8_t)kind, BL_no_reg, bl_place(b, slot, kind), 0};
    }
    n->known[block] = ++b->known_count;
    return at;
}
/* Where the local lies that an instruction names: from here on its number is this. */
WT_INLINE uint32_t bl_local(Baseline *b, uint32_t local) {
    if (WT_LIKELY(local < b->near_count))
        return local;
    uint32_t block = (local - b->near_count) / KNOWN, known = b->n->known[block];
    uint32_t at = known ? b->near_count + (known - 1) * KNOWN : bl_know_locals(b, block);
    return at + (local - b->near_count) % KNOWN;
}

static void bl_local_get(Baseline *b, uint32_t local) {
    BaseLocal *l = &bl_locals(b)[local];
    bl_push(b, ITEM_local, l->kind)->local = local;
    l->pending++;
}

/* Items that name the local get a copy, because it is about to change. */
static void bl_rescue(Baseline *b, uint32_t local) {
    Item *items = bl_items(b);
    BaseLocal *l = &bl_locals(b)[local];
    for (uint32_t i = b->item_count; i > b->clean && l->pending; i--) {
        Item *e = &items[i - 1];
        if (b->item_count - i == BL_LOOK)
            bl_flush(b, BL_LOOK);
        if (e->where != ITEM_local || e->local != local || !bl_room(b, INSN_bytes))
            continue;
        if (!(b->temps & ~b->used & bl_class(e->kind))) {
            bl_settle(b, e);
            continue;
        }
        unsigned reg = bl_alloc(b, e->kind);
        bl_copy_to(b, reg, e);
        l->pending--;
        e->where = ITEM_reg;
        e->reg = (uint8_t)reg;
    }
}

static void bl_local_set(Baseline *b, uint32_t local, bool tee) {
    Item e = bl_pop(b);
    BaseLocal *l = &bl_locals(b)[local];
    bool same = e.where == ITEM_local && e.local == local;
    if (!same) {
        if (b->proof_count)
            bl_forget(b, local);
        if (l->pending)
            bl_rescue(b, local);
        if (l->reg != BL_no_reg)
            bl_bring(b, l->reg, &e);
        else
            machine_store_item(b, l->place, &e);
    }
    if (tee && e.where == ITEM_reg && l->reg == BL_no_reg) {
        bl_push_reg(b, e.kind, e.reg); /* still there: cheaper than to read it again */
        return;
    }
    bl_release(b, &e);
    if (tee)
        bl_local_get(b, local);
}

#endif
