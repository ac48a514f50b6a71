/* Flat bodies: an instruction a line, indented by block depth. The usual instructions are
   print_fast.c's; here is the way that knows all of them. */
#include "text/print_inside.h"

static void put_line(Printer *p, const Insn *in, Slice raw) {
    bool opens = insn_opens(in);
    unsigned hint = 2;
    wt_print_line(p);
    wt_print_offset(p, raw.data);
    if (WT_UNLIKELY(p->hints.bytes.data) && (in->op == OP_if || in->op == OP_br_if))
        hint = wt_print_take_hint(p, (uint32_t)(raw.data - p->body));
    wt_print_annotations(p, in, raw, hint);
    wt_print_insn(p, in, opens ? wt_print_next_label(p) : slice(NULL, 0));
    p->depth += opens;
}

/* end, else, catch, catch_all and delegate stand one level further out. */
static void put_divider(Printer *p, const Insn *in, Slice raw, unsigned base) {
    bool closes = in->op == OP_end || in->op == OP_delegate;
    if (p->depth > base)
        p->depth--;
    if (closes && p->label_count > 1)
        p->label_count--;
    put_line(p, in, raw);
    p->depth += !closes;
}

static bool insn_divides(const Insn *in) {
    return in->op == OP_end || in->op == OP_else || in->op == OP_catch || in->op == OP_catch_all ||
           in->op == OP_delegate;
}

void wt_print_body(Printer *p, Reader r) {
    unsigned base = p->depth;
    bool slow = p->o->offsets || p->hints.bytes.data;
    Insn in;
    while (r.at != r.end && !p->out->failed && !p->d->out_of_memory) {
        if (WT_LIKELY(!slow))
            r.at = wt_print_fast(p, r.at, r.end, base);
        const uint8_t *at = r.at;
        if (WT_UNLIKELY(!insn_read(&r, &in)))
            break;
        Slice raw = slice(at, (size_t)(r.at - at));
        if (op_info(in.op)->kind == KIND_CONTROL && insn_divides(&in)) {
            /* The function's own end is its parenthesis. */
            if (in.op == OP_end && p->label_count == 1 && r.at == r.end)
                return;
            put_divider(p, &in, raw, base);
        } else {
            put_line(p, &in, raw);
        }
    }
    if (p->out->failed || p->d->out_of_memory)
        return;
    if (!r.error)
        wt_reader_fail(&r, READ_end, r.end);
    wt_print_malformed(p, &r);
}
