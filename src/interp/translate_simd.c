/* The vector instructions of translate.c. Their forms are few: slots, a lane or a constant count,
   and the addresses of scalar loads and stores. Path: translate_insn -> here. */
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

static void pure_vector(Translator *t, const SigInfo *sig) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    uint8_t result = sig->results[0] == VAL_v128 ? 2 : 1;
    Entry e[3];
    for (unsigned i = sig->param_count; i > 0; i--)
        e[i - 1] = pop_entry(t);
    unsigned count = sig->param_count;
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
        set_half(t, t->last.at, 5, t->in.lane);
    else if (ok && t->in.op == OP_i8x16_shuffle)
        for (unsigned i = 0; i < 16; i += 8)
            put_u64(t, load64le(t->in.list.data + i));
    flush_def(t, result);
}

/* ---- memory ---- */

static void load_vector(Translator *t) {
    const Forms *forms = &wt_interp_op_forms[t->in.op];
    Entry addr = pop_entry(t);
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
    Entry v = pop_entry(t), addr = pop_entry(t);
    /* A local or a constant in the pool emits nothing: the addition is still the last instruction.
     */
    bool quiet =
        v.kind == ENTRY_local || (v.kind == ENTRY_const && pool_slots(t, v.bytes) != INT32_MIN);
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
    e[1] = pop_entry(t);
    e[0] = pop_entry(t);
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
