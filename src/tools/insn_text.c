/* Single instructions as the disassembly writes them, for a trace: names are collected once for a
   module. In a trace, names of locals and labels are left out, because they would need the way to
   the instruction; whoever tells a function from its beginning gets whole lines with them. Path:
   api/trace.c, api/compile.c -> here -> dump_insn.c. */
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
    wt_dump_begin_locals(&x->dump);
    return x;
}

void wt_insn_text_free(InsnText *x) {
    if (!x)
        return;
    wt_arena_free(&x->dump.arena);
    Allocator al = x->allocator;
    allocator_free(&al, x->dump.locals, x->dump.local_cap * sizeof *x->dump.locals);
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

void wt_insn_text_put_label(InsnText *x, uint32_t funcidx, Buf *out) {
    x->dump.out = out;
    wt_buf_printf(out, "func[%u]", (unsigned)funcidx);
    wt_dump_put_name(&x->dump, NAME_func, funcidx);
}

void wt_insn_text_begin(InsnText *x, uint32_t funcidx, const uint8_t *origin) {
    x->dump.origin = origin;
    wt_dump_begin_func(&x->dump, funcidx);
}

void wt_insn_text_line(InsnText *x, const Insn *in, const uint8_t *from, const uint8_t *to,
                       Buf *out) {
    x->dump.out = out;
    wt_dump_code_line(&x->dump, in, from, to);
}

void wt_insn_text_line_alone(InsnText *x, const Insn *in, const uint8_t *from, const uint8_t *to,
                             Buf *out) {
    uint32_t depth = x->dump.depth;
    x->dump.depth = 0;
    wt_insn_text_line(x, in, from, to, out);
    x->dump.depth = depth;
}
