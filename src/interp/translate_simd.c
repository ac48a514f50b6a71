/* The vector instructions of translate.c. Their forms are few: slots, a lane or a constant count,
   and the addresses of scalar loads and stores. Frequent pairs become one instruction (which ones
   was counted in programs of the bench corpus). Path: translate_insn -> here. */
#include "interp/forms.h"
#include "interp/translator.h"

/* The handler, the destination and up to three operands; 8 words may follow. Popping is the
   caller's. */
static bool begin_vector(Translator *t, InterpOp op, const Entry *e, unsigned count,
                         uint8_t result) {
    int32_t slot[3] = {0};
    for (unsigned i = 0; i < count; i++)
        slot[i] = operand(t, &e[i], i);
    int32_t to = define(t, result);
    if (!begin(t, op, true))
        return false;
    put_halves(t, to, slot[0]);
    if (count > 1)
        put_halves(t, slot[1], slot[2]);
    return true;
}

/* ---- two instructions in one ----

   The operand that the last instruction made is not stored and loaded again, nor dispatched. The
   other operand must be in a slot already: nothing may be emitted between the two. */

typedef enum FusionKind {
    FUSE_three,    /* [to, a] [b, -] and a third operand */
    FUSE_load,     /* a load and the first operand */
    FUSE_load_sum, /* the same for an address of two slots */
    FUSE_load_add, /* one of these and a third operand */
    FUSE_load_sum_add,
    FUSE_shuffle, /* a shuffle and the first operand */
} FusionKind;

typedef struct Fusion {
    uint16_t op, first, fused;
    uint8_t kind;
    bool either; /* the first instruction may have made either operand */
} Fusion;

static const Fusion fusions[] = {
#define FUSE_LOADS(ident)                                                                          \
    {OP_##ident, IOP_v128_load_at, IOP_##ident##_load_at, FUSE_load, true},                        \
        {OP_##ident, IOP_v128_load_plus, IOP_##ident##_load_plus, FUSE_load, true},                \
        {OP_##ident, IOP_v128_load_sum, IOP_##ident##_load_sum, FUSE_load_sum, true},
#define FUSE_ADDS(p, x)                                                                            \
    {OP_##p##_add, IOP_##p##_##x##_load_at, IOP_##p##_##x##_load_at_add, FUSE_load_add, true},     \
        {OP_##p##_add, IOP_##p##_##x##_load_plus, IOP_##p##_##x##_load_plus_add, FUSE_load_add,    \
         true},                                                                                    \
        {OP_##p##_add, IOP_##p##_##x##_load_sum, IOP_##p##_##x##_load_sum_add, FUSE_load_sum_add,  \
         true},
/* Of pmax and pmin, equal operands and NaN make the first operand. */
#define FUSE_PAIR(p, a, b)                                                                         \
    {OP_##p##_##b, IOP_##p##_##a, IOP_##p##_##a##_##b, FUSE_three, OP_##p##_##b != OP_f32x4_pmin},
#define FUSE_SHUFFLE(ident)                                                                        \
    {OP_##ident, IOP_i8x16_shuffle, IOP_shuffle_##ident, FUSE_shuffle, true},
    INTERP_VECTOR_LOAD_OPS(FUSE_LOADS) INTERP_VECTOR_LOAD_ADDS(FUSE_ADDS)
        INTERP_VECTOR_PAIRS(FUSE_PAIR) INTERP_SHUFFLE_OPS(FUSE_SHUFFLE)
#undef FUSE_LOADS
#undef FUSE_ADDS
#undef FUSE_PAIR
#undef FUSE_SHUFFLE
};

/* Reading it emits nothing. */
static bool quiet_vector(Translator *t, const Entry *e) {
    return e->kind != ENTRY_const || pool_slots(t, e->bytes) != INT32_MIN;
}

static void emit_fusion(Translator *t, const Fusion *f, const Entry *other) {
    uint32_t at = t->last->at, first[7] = {0};
    memcpy(first, t->words + at, (t->word_count - at) * sizeof *first);
    int16_t half[8];
    memcpy(half, first, sizeof half);
    unemit(t);
    int32_t slot = operand(t, other, 0);
    int32_t to = define(t, 2);
    if (!begin(t, (InterpOp)f->fused, true))
        return;
    switch ((FusionKind)f->kind) {
    case FUSE_three:
        put_halves(t, to, half[3]);
        put_halves(t, half[4], slot);
        return;
    case FUSE_load:
        put_halves(t, to, slot);
        put_halves(t, half[3], slot);
        put_u32(t, first[2]);
        return;
    case FUSE_load_sum:
        put_halves(t, to, slot);
        put_halves(t, half[3], half[4]);
        put_halves(t, half[5], slot);
        return;
    case FUSE_load_add:
        put_halves(t, to, half[3]);
        put_halves(t, half[4], slot);
        put_u32(t, first[3]);
        return;
    case FUSE_load_sum_add:
        put_halves(t, to, half[3]);
        put_halves(t, half[4], half[5]);
        put_halves(t, half[6], slot);
        return;
    case FUSE_shuffle:
        put_halves(t, to, slot);
        put_halves(t, half[3], half[4]);
        for (unsigned i = 3; i < 7; i++)
            put_u32(t, first[i]);
        return;
    }
}

static bool fuse_operands(Translator *t, const Entry *e) {
    for (unsigned i = 2; i-- > 0;) {
        const Entry *other = &e[1 - i];
        if (!made_last(t, &e[i]) || !quiet_vector(t, other))
            continue;
        for (size_t j = 0; j < WT_COUNT(fusions); j++) {
            const Fusion *f = &fusions[j];
            if (f->op == t->in.op && f->first == t->last->op && (i == 0 || f->either)) {
                t->blames_first = f->kind != FUSE_three;
                emit_fusion(t, f, other);
                return true;
            }
        }
    }
    return false;
}

/* (x << n) | (x >> 32 - n) */
static bool fuse_rotation(Translator *t, const Entry *e) {
    uint32_t last = t->last->at, before = t->before->at;
    if (!made_last(t, &e[1]) || before == NO_WORD || e[0].kind != ENTRY_slot ||
        get_half(t, before, 2) != e[0].home || get_half(t, before, 3) != get_half(t, last, 3) ||
        get_half(t, before, 3) == e[0].home)
        return false;
    uint32_t left = t->words[before + 2], right = t->words[last + 2];
    if (t->before->op == IOP_i32x4_shr_u_i && t->last->op == IOP_i32x4_shl_i) {
        uint32_t swap = left;
        left = right;
        right = swap;
    } else if (t->before->op != IOP_i32x4_shl_i || t->last->op != IOP_i32x4_shr_u_i) {
        return false;
    }
    if (left - 1 > 30 || left + right != 32)
        return false;
    int32_t from = get_half(t, last, 3);
    unemit(t);
    unemit(t);
    int32_t to = define(t, 2);
    if (begin(t, IOP_i32x4_rotl, true)) {
        put_halves(t, to, from);
        put_halves(t, (int32_t)left, 0);
    }
    return true;
}

/* A shift by a constant, then `op`: with another vector or with a second count. */
static bool fuse_shift(Translator *t, InterpOp op, unsigned first, const Entry *shifted,
                       const Entry *other, uint32_t count) {
    if (!made_last(t, shifted) || t->last->op != first || (other && !quiet_vector(t, other)))
        return false;
    int32_t from = get_half(t, t->last->at, 3);
    int32_t by = (int32_t)(t->words[t->last->at + 2] & 63);
    unemit(t);
    int32_t slot = other ? operand(t, other, 0) : by;
    int32_t to = define(t, 2);
    if (begin(t, op, true)) {
        put_halves(t, to, from);
        put_halves(t, slot, other ? by : (int32_t)(count & 63));
    }
    return true;
}

static bool fuse_vector(Translator *t, const Entry *e) {
    switch (t->in.op) {
    case OP_v128_or:
        return fuse_rotation(t, e);
    case OP_v128_and:
        return fuse_shift(t, IOP_i32x4_shr_u_and, IOP_i32x4_shr_u_i, &e[0], &e[1], 0) ||
               fuse_shift(t, IOP_i32x4_shr_u_and, IOP_i32x4_shr_u_i, &e[1], &e[0], 0);
    case OP_i32x4_shr_s:
        return e[1].kind == ENTRY_const && fuse_shift(t, IOP_i32x4_shl_shr_s, IOP_i32x4_shl_i,
                                                      &e[0], NULL, (uint32_t)e[1].value);
    case OP_i64x2_shr_s:
        return e[1].kind == ENTRY_const && fuse_shift(t, IOP_i64x2_shl_shr_s, IOP_i64x2_shl_i,
                                                      &e[0], NULL, (uint32_t)e[1].value);
    }
    return wt_sig_table[op_info(t->in.op)->sig].params[1] == VAL_v128 && fuse_operands(t, e);
}

/* ---- pure ones ---- */

static void pure_vector(Translator *t, const SigInfo *sig) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    uint8_t result = sig->results[0] == VAL_v128 ? 2 : 1;
    Entry e[3];
    for (unsigned i = sig->param_count; i > 0; i--)
        e[i - 1] = *pop_entry(t);
    unsigned count = sig->param_count;
    if (count == 2 && fuse_vector(t, e))
        return;
    bool lane = op_info(t->in.op)->imm == IMM_LANE;
    bool constant = forms->imm && e[1].kind == ENTRY_const;
    if (constant)
        count = 1;
    bool ok = begin_vector(t, constant ? forms->imm : forms->plain, e, count, result);
    if (ok && constant)
        put_u32(t, (uint32_t)e[1].value);
    else if (ok && lane && count == 1)
        put_u32(t, t->in.lane);
    else if (ok && lane)
        set_half(t, t->last->at, 5, t->in.lane);
    else if (ok && t->in.op == OP_i8x16_shuffle)
        for (unsigned i = 0; i < 16; i += 8)
            put_u64(t, load64le(t->in.list.data + i));
    flush_def(t, result);
}

/* ---- memory ---- */

static void load_vector(Translator *t) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    Entry addr = *pop_entry(t);
    int32_t a, b;
    uint32_t plus = (uint32_t)t->in.imm;
    if (!simple_memory(t, t->in.a)) {
        if (begin_vector(t, forms->far, &addr, 1, 2))
            put_far(t);
    } else if (t->in.imm <= UINT16_MAX && take_sum(t, &addr, &a, &b)) {
        int32_t to = define(t, 2);
        if (begin(t, forms->sum, true)) {
            put_halves(t, to, a);
            put_halves(t, b, (int32_t)t->in.imm);
        }
    } else if (take_plus(t, &addr, &a, &plus)) {
        int32_t to = define(t, 2);
        if (begin(t, forms->plus, true)) {
            put_halves(t, to, a);
            put_u32(t, plus);
        }
    } else if (begin_vector(t, forms->plain, &addr, 1, 2)) {
        put_u32(t, plus);
    }
    flush_def(t, 2);
}

static void store_vector(Translator *t) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    Entry v = *pop_entry(t), addr = *pop_entry(t);
    /* A local or a constant in the pool emits nothing: the addition is still the last instruction.
     */
    bool quiet =
        v.kind == ENTRY_local || (v.kind == ENTRY_const && pool_slots(t, v.bytes) != INT32_MIN);
    if (simple_memory(t, t->in.a) && t->last->op == IOP_v128_load_at && made_last(t, &v) &&
        addr.kind != ENTRY_const) {
        int32_t from = get_half(t, t->last->at, 3);
        uint32_t offset = t->words[t->last->at + 2];
        unemit(t);
        int32_t to = operand(t, &addr, 0);
        t->blames_first = true;
        if (begin(t, IOP_v128_load_at_store_at, false)) {
            put_halves(t, to, from);
            put_u32(t, offset);
            put_u32(t, (uint32_t)t->in.imm);
        }
        return;
    }
    int32_t a, b;
    uint32_t plus = (uint32_t)t->in.imm;
    InterpOp op = forms->plain;
    if (!simple_memory(t, t->in.a)) {
        int32_t to = operand(t, &addr, 0), from = operand(t, &v, 1);
        if (begin(t, forms->far, false)) {
            put_halves(t, to, from);
            put_far(t);
        }
        return;
    }
    if (quiet && t->in.imm <= UINT16_MAX && take_sum(t, &addr, &a, &b)) {
        int32_t from = operand(t, &v, 1);
        if (begin(t, forms->sum, false)) {
            put_halves(t, a, b);
            put_halves(t, from, (int32_t)t->in.imm);
        }
        return;
    }
    if (quiet && take_plus(t, &addr, &a, &plus))
        op = forms->plus;
    else
        a = operand(t, &addr, 0);
    int32_t from = operand(t, &v, 1);
    if (begin(t, op, false)) {
        put_halves(t, a, from);
        put_u32(t, plus);
    }
}

/* One lane is read into a copy of a vector, or written: the lane follows behind the vector's slot,
   or behind the far address. */
static void access_lane(Translator *t, bool load) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    Entry e[2];
    e[1] = *pop_entry(t);
    e[0] = *pop_entry(t);
    int32_t address = operand(t, &e[0], 0), vector = operand(t, &e[1], 1);
    int32_t to = load ? define(t, 2) : 0;
    bool far = !simple_memory(t, t->in.a);
    if (!begin(t, far ? forms->far : forms->plain, load))
        return;
    put_halves(t, load ? to : address, load ? address : vector);
    if (far)
        put_far(t);
    put_halves(t, load ? vector : t->in.lane, load ? t->in.lane : 0);
    if (!far)
        put_u32(t, (uint32_t)t->in.imm);
    if (load)
        flush_def(t, 2);
}

void wt_interp_vector_insn(Translator *t) {
    const OpInfo *info = op_info(t->in.op);
    if (info->kind == KIND_PURE) {
        pure_vector(t, &wt_sig_table[info->sig]);
    } else if (info->kind == KIND_CONST) {
        Entry *e = push_entry(t, ENTRY_const, 2);
        if (e)
            e->bytes = t->in.list.data;
    } else if (info->imm == IMM_MEMARG_LANE) {
        access_lane(t, info->kind == KIND_LOAD);
    } else if (info->kind == KIND_LOAD) {
        load_vector(t);
    } else {
        store_vector(t);
    }
}
