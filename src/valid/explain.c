/* The same check again, slowly, with words: run on a body that the fast check refused. The spec's
   words lead, then what the instruction takes, what the stack holds, and where each wrong operand
   came from. */
#include "valid/special.h"

bool wt_explain_special(Walk *w, bool ex, const Insn *in) {
    return step_special(w, !WT_SMALL || ex, in);
}

/* ---- places ---- */

/* An offset of the code as a place; in a binary also as an offset of the file. */
static uint64_t place_at(const Walk *w, uint32_t offset, uint32_t insn, Place *place) {
    *place = w->place;
    place->offset = offset;
    place->insn = insn;
    return w->m->is_text ? DIAG_NOWHERE : (uint64_t)(w->start - w->m->source.data) + offset;
}

/* How many instructions begin before an offset. */
static uint32_t walk_insns_before(const Walk *w, uint32_t offset) {
    const uint8_t *from = w->r.start, *to = w->start + offset;
    Reader r = reader_of(from, (size_t)(w->r.end - from));
    Insn in;
    LocalRun run;
    uint32_t n = 0;
    for (uint32_t runs = w->constant ? 0 : wt_insn_local_runs(&r); runs > 0 && !r.error; runs--)
        wt_insn_next_run(&r, &run);
    while (r.at < to && insn_read(&r, &in))
        n++;
    return n;
}

static DiagEntry *place_entry(const Walk *w, DiagEntry *e) {
    if (e)
        e->at = place_at(w, (uint32_t)(w->at - w->start), w->insn_count ? w->insn_count - 1 : 0,
                         &e->place);
    return e;
}

static void place_note(Walk *w, DiagEntry *e, uint32_t offset, const char *text, ValType t) {
    Buf b;
    wt_buf_init(&b, w->allocator);
    if (t != VAL_bot) {
        buf_str(&b, "this ");
        wt_type_print(&b, t);
        buf_u8(&b, ' ');
    }
    buf_str(&b, text);
    buf_u8(&b, 0);
    if (!b.failed) {
        DiagNote *n = wt_diag_note(w->diag, e, 0, 1, "%s", (const char *)b.data);
        if (n)
            n->at = place_at(w, offset, walk_insns_before(w, offset), &n->place);
    } else {
        wt_diag_oom(w->diag);
    }
    wt_buf_free(&b);
}

bool wt_explain_error(Walk *w, ErrorCode code, const char *detail, ...) {
    Buf b;
    wt_buf_init(&b, w->allocator);
    va_list args;
    va_start(args, detail);
    if (detail)
        wt_buf_vprintf(&b, detail, args);
    va_end(args);
    buf_u8(&b, 0);
    if (b.failed)
        wt_diag_oom(w->diag);
    else
        place_entry(w,
                    wt_diag_add(w->diag, code, 0, 1, detail ? "%s" : NULL, (const char *)b.data));
    wt_buf_free(&b);
    return false;
}

/* Bytes are missing: the code ends in a block, or inside of an instruction or number. The suite's
   words are what a reader finds that reads on in the file. */
static ErrorCode explain_end(const Walk *w, bool between, const char **detail) {
    const Module *m = w->m;
    *detail = "the code ends inside of an instruction";
    if (!between) {
        Reader on = reader_of(w->at, 0);
        on.end = m->is_text ? w->r.end : m->source.data + m->source.len;
        Insn in;
        bool whole = insn_read(&on, &in);
        bool number = on.error == READ_too_long || on.error == READ_too_large;
        return !whole && number ? wt_insn_error(&on, true) : ERR_unexpected_end_section;
    }
    *detail = w->ctrl_count > 1 ? "a block is not closed by an end" : "the code has no end";
    if (m->is_text || w->constant || w->ctrl_count > 1 ||
        w->r.end == m->source.data + m->source.len)
        return ERR_unexpected_end_section;
    return w->funcidx + 1 == m->func_count ? ERR_section_size : ERR_end_expected;
}

bool wt_explain_reader(Walk *w) {
    ErrorCode code = wt_insn_error(&w->r, true);
    const uint8_t *at = w->r.error_at ? w->r.error_at : w->at;
    const char *detail = NULL;
    if (w->r.error == READ_end) {
        code = explain_end(w, w->at == w->r.end, &detail);
        if (w->at == w->r.end)
            at = w->at;
    }
    w->insn_count++;
    DiagEntry *e;
    if (code == ERR_illegal_opcode)
        e = wt_diag_add(w->diag, code, 0, 1, *at >= 0xFB && *at <= 0xFE ? " %02x %02x" : " %02x",
                        *at, at + 1 < w->r.end ? at[1] : 0);
    else
        e = wt_diag_add(w->diag, code, 0, 1, detail ? "%s" : NULL, detail);
    w->at = at;
    place_entry(w, e);
    return false;
}

/* ---- operands ---- */

/* A list of types; of a long one only the end, which is the top of the stack. */
static void explain_types(Buf *b, const ValType *types, size_t count) {
    enum { SHOWN = 24 };
    if (count <= SHOWN) {
        wt_type_print_list(b, types, count);
        return;
    }
    buf_str(b, "[...");
    for (size_t i = count - SHOWN; i < count; i++) {
        buf_u8(b, ' ');
        wt_type_print(b, types[i]);
    }
    buf_u8(b, ']');
}

/* "instruction requires [i32 i32] but stack has [i32 i64]", with a note for each operand that does
   not fit. height: of the stack that is spoken of. */
static bool explain_operands(Walk *w, const ValType *types, uint32_t count, uint32_t height) {
    const Ctrl *c = walk_top(w);
    uint32_t have = height > c->height ? height - c->height : 0,
             shown = have < count ? have : count;
    const ValType *stack = w->stack + height - shown;
    Buf b;
    wt_buf_init(&b, w->allocator);
    buf_str(&b, ": instruction requires ");
    explain_types(&b, types, count);
    buf_str(&b, " but stack has ");
    explain_types(&b, stack, shown);
    buf_u8(&b, 0);
    DiagEntry *e = NULL;
    if (b.failed)
        wt_diag_oom(w->diag);
    else
        e = place_entry(w,
                        wt_diag_add(w->diag, ERR_type_mismatch, 0, 1, "%s", (const char *)b.data));
    wt_buf_free(&b);
    for (uint32_t i = 0; i < shown && e; i++) {
        if (wt_type_is_sub(w->m, stack[i], types[count - shown + i]))
            continue;
        uint32_t origin = w->origins[stack + i - w->stack];
        place_note(w, e, origin, "comes from here", stack[i]);
    }
    bool ends = w->op == OP_end || w->op == OP_else || w->op == OP_catch || w->op == OP_catch_all;
    if (e && ends && w->ctrl_count > 1)
        place_note(w, e, c->offset, "the block begins here", VAL_bot);
    else if (e && ends && !w->constant)
        wt_diag_note(w->diag, e, DIAG_NOWHERE, 0,
                     "the function's result is what its end finds on the stack");
    return false;
}

bool wt_explain_pop_list(Walk *w, const ValType *types, uint32_t count) {
    return explain_operands(w, types, count, walk_height(w));
}

/* The operand is one of several that the instruction takes: all are shown where the row says them.
 */
bool wt_explain_pop(Walk *w, ValType want) {
    const OpInfo *info = op_info(w->op);
    const SigInfo *sig = &wt_sig_table[info->sig];
    if (info->sig == SIG_SPECIAL || sig->param_count < 2)
        return explain_operands(w, &want, 1, walk_height(w));
    ValType types[4];
    ValType address =
        walk_height(w) < w->before && want == VAL_i64 ? (ValType)VAL_i64 : (ValType)VAL_i32;
    for (uint32_t i = 0; i < sig->param_count; i++)
        types[i] = sig->params[i] == VAL_address ? address : sig->params[i];
    return explain_operands(w, types, sig->param_count, w->before);
}

bool wt_explain_need(Walk *w, const char *what) {
    const Ctrl *c = walk_top(w);
    uint32_t have = walk_height(w) - c->height;
    Buf b;
    wt_buf_init(&b, w->allocator);
    wt_buf_printf(&b, ": %s takes %s, but the stack has ", op_info(w->op)->text, what);
    explain_types(&b, w->sp - (have ? 1 : 0), have ? 1 : 0);
    buf_u8(&b, 0);
    if (b.failed)
        wt_diag_oom(w->diag);
    else
        place_entry(w, wt_diag_add(w->diag, ERR_type_mismatch, 0, 1, "%s", (const char *)b.data));
    wt_buf_free(&b);
    return false;
}

/* Operands are left over at a block's end. */
bool wt_explain_height(Walk *w, const Ctrl *c) {
    uint32_t extra = walk_height(w) - c->height;
    Buf b;
    wt_buf_init(&b, w->allocator);
    buf_str(&b, ": block requires ");
    explain_types(&b, ctrl_ends(c), c->end_count);
    buf_str(&b, " but stack has ");
    explain_types(&b, w->stack + c->height, extra + c->end_count);
    buf_u8(&b, 0);
    DiagEntry *e = NULL;
    if (b.failed)
        wt_diag_oom(w->diag);
    else
        e = place_entry(w,
                        wt_diag_add(w->diag, ERR_type_mismatch, 0, 1, "%s", (const char *)b.data));
    wt_buf_free(&b);
    for (uint32_t i = 0; i < extra && i < 3; i++)
        place_note(w, e, w->origins[c->height + i], "is never used: add a drop behind it",
                   w->stack[c->height + i]);
    return false;
}

/* ---- indices ---- */

static const char *plural_of(ErrorCode code) {
    switch ((int)code) {
    case ERR_unknown_type:
        return "types";
    case ERR_unknown_function:
        return "functions";
    case ERR_unknown_table:
        return "tables";
    case ERR_unknown_memory:
        return "memories";
    case ERR_unknown_global:
        return "globals that can be used here";
    case ERR_unknown_tag:
        return "tags";
    case ERR_unknown_local:
        return "locals";
    case ERR_unknown_elem:
        return "element segments";
    case ERR_unknown_data:
        return "data segments";
    case ERR_unknown_field:
        return "fields";
    }
    return "entries";
}

bool wt_explain_index(Walk *w, ErrorCode code, uint32_t index, uint32_t count) {
    if (count == 0)
        return wt_explain_error(w, code, " %u: there are no %s", (unsigned)index, plural_of(code));
    return wt_explain_error(w, code, " %u: there are %u %s", (unsigned)index, (unsigned)count,
                            plural_of(code));
}

bool wt_explain_label(Walk *w, uint32_t depth) {
    return wt_explain_error(w, ERR_unknown_label, " %u: only %zu blocks are open", (unsigned)depth,
                            w->ctrl_count);
}
