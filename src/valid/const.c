/* Constant expressions: the initial values of globals and tables, the offsets of segments and their
   elements. Each is checked by the explaining walk at once: they are short. Lists of elements may
   be long, so the usual ones, ref.func and i32.const alone, do not come so far. */
#include "valid/body.h"

#include "valid/special.h"

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
        /* A global that is not known here is another error. Before 3.0 only imported ones. */
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

static bool not_constant(Walk *w, const Insn *in) {
    if (in->op == OP_global_get)
        return wt_explain_error(
            w, ERR_constant_required, ": global %u is %s", (unsigned)in->a,
            w->m->globals[in->a].mutable_ ? "mutable" : "not imported, which needs the feature gc");
    const char *text = op_info(in->op)->text;
    bool extended = in->op >= OP_i32_add && in->op <= OP_i64_mul;
    return wt_explain_error(
        w, ERR_constant_required,
        extended ? ": %s needs the feature extended-const" : ": %s is not allowed here", text);
}

/* An expression that is one ref.func or i32.const of the wanted type: its end. NULL: look closely.
 */
static const uint8_t *plain_expr(const Walk *w, Slice code, ValType result) {
    const Module *m = w->m;
    Reader r = reader_of(code.data, code.len);
    uint8_t op = read_u8(&r);
    if (op == OP_i32_const && result == VAL_i32) {
        read_s32(&r);
    } else if (op == OP_ref_func && result == VAL_funcref) {
        uint32_t funcidx = read_u32(&r);
        if (funcidx >= m->func_count || !module_has(m, FEATURE_reference_types))
            return NULL;
        w->declares[funcidx / 8] |= (uint8_t)(1 << (funcidx % 8));
    } else {
        return NULL;
    }
    return read_u8(&r) == OP_end && !r.error ? r.at : NULL;
}

const uint8_t *wt_valid_expr(Walk *w, Slice code, ValType result, const ExprPlace *place) {
    const uint8_t *end = plain_expr(w, code, result);
    if (WT_LIKELY(end != NULL))
        return end;
    w->place = (Place){.section = place->section, .part = place->part, .item = place->item};
    w->globals_known = place->globals_known;
    bool ok = wt_walk_begin_expr(w, code, &result);
    w->start = place->start;
    while (ok && w->ctrl_count) {
        Insn in;
        w->at = w->r.at;
        if (!insn_read(&w->r, &in))
            ok = wt_explain_reader(w);
        else if (!constant_op(w, &in))
            ok = not_constant(w, &in);
        else
            ok = walk_apply(w, true, &in);
        if (ok && in.op == OP_ref_func)
            w->declares[in.a / 8] |= (uint8_t)(1 << (in.a % 8));
    }
    if (w->out_of_memory)
        wt_diag_oom(w->diag);
    return ok ? w->r.at : NULL;
}
