/* Single instructions as the disassembly writes them, for a trace: names are collected once for a
   module. Names of locals and labels are left out, because they would need the way to the
   instruction. Path: api/trace.c -> here -> dump_insn.c. */
#include "tools/dump_inside.h"

struct InsnText {
    Allocator allocator;
    Dump dump;
};

InsnText *wt_insn_text_new(const Module *m, const Allocator *allocator) {
    InsnText *x = allocator_get(allocator, sizeof *x);
    if (!x)
        return NULL;
    *x = (InsnText){.allocator = *allocator, .dump = {.m = m, .depth = DUMP_no_depth}};
    wt_arena_init(&x->dump.arena, &x->allocator);
    wt_dump_collect_names(&x->dump);
    return x;
}

void wt_insn_text_free(InsnText *x) {
    if (!x)
        return;
    wt_arena_free(&x->dump.arena);
    Allocator al = x->allocator;
    allocator_free(&al, x, sizeof *x);
}

void wt_insn_text_put_func(InsnText *x, uint32_t funcidx, Buf *out) {
    Slice name = wt_dump_name(&x->dump, NAME_func, funcidx);
    if (name.len)
        wt_dump_put_clean(out, name);
    else
        wt_buf_printf(out, "function %u", funcidx);
}

void wt_insn_text_put(InsnText *x, const Insn *in, Buf *out) {
    x->dump.out = out;
    wt_dump_put_insn(&x->dump, in);
}
