/* Instructions as lines, for wattle_store_set_trace: "add+0x5: i32.add (2, 40)". The instruction is
   read again from its function's code, and its operands are those that the tier knows. Path:
   interp/ (trace) -> here -> tools/insn_text.c. */
#include "api/inside.h"
#include "run/trap.h"
#include "tools/dump.h"
#include "wasm/insn.h"

/* A module whose names are collected. */
typedef struct TracedModule {
    struct TracedModule *next;
    const Code *code;
    InsnText *text;
} TracedModule;

/* NULL: out of memory. */
static InsnText *traced_module(const wattle_store *s, const Code *code) {
    ApiTrace *t = s->trace;
    for (const TracedModule *m = t->modules; m; m = m->next)
        if (m->code == code)
            return m->text;
    InsnText *text = wt_insn_text_new(code->module, &s->allocator);
    TracedModule *m = text ? allocator_get(&s->allocator, sizeof *m) : NULL;
    if (!m) {
        wt_insn_text_free(text);
        return NULL;
    }
    *m = (TracedModule){t->modules, code, text};
    t->modules = m;
    return text;
}

static void put_operands(const TracedInsn *i, Buf *out) {
    const Value *v = i->operands;
    for (uint32_t k = 0; k < i->count; k++) {
        buf_str(out, k ? ", " : " (");
        wt_trap_put_value(i->types[k], v, out);
        v += valtype_slots(i->types[k]);
    }
    if (i->count)
        buf_u8(out, ')');
}

static void tell_traced(void *user, const Instance *in, const TracedInsn *i) {
    const wattle_store *s = user;
    ApiTrace *t = s->trace;
    InsnText *text = traced_module(s, in->code);
    const Func *f = &in->code->module->funcs[i->funcidx];
    Reader r = reader_of(f->code + i->offset, f->code_size - i->offset);
    Insn insn;
    if (!text || !insn_read(&r, &insn))
        return;
    t->line.len = 0;
    wt_insn_text_put_func(text, i->funcidx, &t->line);
    buf_str(&t->line, "+0x");
    wt_buf_hex(&t->line, i->offset, 1);
    buf_str(&t->line, ": ");
    wt_insn_text_put(text, &insn, &t->line);
    put_operands(i, &t->line);
    buf_u8(&t->line, '\n');
    if (!t->line.failed)
        t->write(t->user, t->line.data, t->line.len);
}

static bool copy_trace(wattle_store *to, const wattle_store *from) {
    return wattle_store_set_trace(to, from->trace->write, from->trace->user) == WATTLE_OK;
}

static void free_trace(wattle_store *s) {
    for (TracedModule *next, *m = s->trace->modules; m; m = next) {
        next = m->next;
        wt_insn_text_free(m->text);
        allocator_free(&s->allocator, m, sizeof *m);
    }
    wt_buf_free(&s->trace->line);
    allocator_free(&s->allocator, s->trace, sizeof *s->trace);
    s->trace = NULL;
}

wattle_status wattle_store_set_trace(wattle_store *store, wattle_write write, void *user) {
    wattle_store *s = store;
    if (!s->run->limits.trace)
        return wt_api_fail(s, WATTLE_USAGE, "the store was made without trace");
    if (s->trace)
        free_trace(s);
    s->run->tracer = (StoreTracer){NULL, NULL};
    if (!write)
        return WATTLE_OK;
    s->trace = allocator_get(&s->allocator, sizeof *s->trace);
    if (!s->trace)
        return WATTLE_OUT_OF_MEMORY;
    *s->trace = (ApiTrace){.write = write, .user = user, .copy = copy_trace, .free = free_trace};
    wt_buf_init(&s->trace->line, &s->allocator);
    s->run->tracer = (StoreTracer){tell_traced, s};
    return WATTLE_OK;
}
