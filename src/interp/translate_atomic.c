/* The atomic instructions of translate.c: all have one form (atomic.h), and nothing is fused with
   them, because each takes longer than its dispatch. Path: translate_insn -> here. */
#include "interp/atomic.h"
#include "interp/forms.h"
#include "interp/translator.h"

void wt_interp_atomic_insn(Translator *t) {
    const SigInfo *sig = &wt_sig_table[op_info(t->in.op)->sig];
    Entry e[3];
    int32_t slot[3] = {0}, to = 0;
    for (unsigned i = sig->param_count; i > 0; i--)
        e[i - 1] = *pop_entry(t);
    for (unsigned i = 0; i < sig->param_count; i++)
        slot[i] = operand(t, &e[i], i);
    if (sig->result_count)
        to = define(t, 1);
    if (begin(t, (InterpOp)wt_interp_op_forms[t->in.op].plain, sig->result_count != 0)) {
        put_halves(t, to, slot[0]);
        put_halves(t, slot[1], slot[2]);
        put_far(t);
    }
    flush_def(t, 1);
}
