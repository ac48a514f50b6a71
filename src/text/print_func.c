/* Functions: parameters and locals with their names, then the body. */
#include "text/print_inside.h"

/* What the local declarations say, read once before anything is printed. */
typedef struct Locals {
    uint32_t count; /* of locals, without parameters */
    bool usual;     /* the parser would write these very runs */
} Locals;

/* false: reported. Too many locals to print are a limit like any other. */
static bool read_runs(Printer *p, const Func *f, Reader r, Locals *l) {
    uint32_t runs = wt_insn_local_runs(&r);
    ValType before = VAL_bot;
    uint64_t total = 0;
    LocalRun run;
    l->usual = true;
    for (uint32_t i = 0; i < runs && wt_insn_next_run(&r, &run); i++) {
        l->usual &= run.count > 0 && run.type != before;
        before = run.type;
        total += run.count;
    }
    if (r.error) {
        wt_print_malformed(p, &r);
        return false;
    }
    p->padded_code |= r.marks & READ_padded;
    l->usual &= !(r.marks & ENC_long) && !(p->o->lossless && (r.marks & READ_padded));
    l->count = (uint32_t)total;
    if (total <= p->m->bounds.locals)
        return true;
    wt_diag_add(p->d, ERR_limit, f->at, 1, "%llu locals, at most %u are allowed",
                (unsigned long long)total, (unsigned)p->m->bounds.locals);
    return false;
}

/* " (@wattle.encoding locals "…")": the runs as they are, lossless or not. */
static void put_raw_locals(Printer *p, Reader r) {
    const uint8_t *start = r.at;
    Buf b;
    wt_buf_init(&b, p->allocator);
    uint32_t runs = wt_insn_local_runs(&r);
    LocalRun run;
    buf_u32leb(&b, runs);
    for (; runs > 0; runs--) {
        r.marks = 0;
        if (!wt_insn_next_run(&r, &run))
            break;
        buf_u32leb(&b, run.count);
        wt_insn_write_valtype(&b, run.type, r.marks & ENC_long);
    }
    if (b.failed)
        wt_diag_oom(p->d);
    print_str(p, " (@wattle.encoding locals ");
    wt_print_bytes(p, p->o->lossless ? slice(start, (size_t)(r.at - start)) : slice(b.data, b.len));
    print_char(p, ')');
    wt_buf_free(&b);
}

/* Parameters or locals, one after the other: "(local $x i32) (local i64 i64)". Those with a name
   stand alone. */
typedef struct Binders {
    Printer *p;
    const char *word; /* "(param" */
    uint32_t index;
    bool open; /* in parentheses of several */
    bool any;
} Binders;

/* What stands before the first one is up to the caller. */
static void put_binder(Binders *b, ValType t) {
    Printer *p = b->p;
    const IdTable *ids = &p->ids[NAME_local];
    bool named = print_find_id(ids, b->index) || p->o->indices;
    if (b->open && named)
        print_char(p, ')');
    if (!b->open || named) {
        if (b->any)
            print_char(p, ' ');
        print_str(p, b->word);
    }
    if (named)
        wt_print_definition(p, ids, b->index, false);
    print_char(p, ' ');
    wt_print_valtype(p, t);
    if (named)
        print_char(p, ')');
    b->open = !named;
    b->any = true;
    b->index++;
}

static void end_binders(Binders *b) {
    if (b->open)
        print_char(b->p, ')');
}

static void put_params(Printer *p, const TypeDef *t) {
    Binders b = {.p = p, .word = "(param"};
    for (uint32_t i = 0; i < t->param_count && !p->out->failed; i++) {
        if (!b.any)
            print_char(p, ' ');
        put_binder(&b, t->params[i]);
    }
    end_binders(&b);
    wt_print_results(p, t);
}

static void put_locals(Printer *p, Reader *r, uint32_t first) {
    Binders b = {.p = p, .word = "(local", .index = first};
    LocalRun run;
    for (uint32_t runs = wt_insn_local_runs(r); runs > 0 && wt_insn_next_run(r, &run); runs--)
        for (uint32_t k = 0; k < run.count && !p->out->failed; k++) {
            if (!b.any)
                wt_print_line(p);
            put_binder(&b, run.type);
        }
    end_binders(&b);
}

static void put_func_body(Printer *p, Reader r, uint32_t funcidx, uint32_t params) {
    const Func *f = &p->m->funcs[funcidx];
    p->depth++;
    put_locals(p, &r, params);
    p->body = f->code;
    p->body_item = funcidx;
    p->label_count = 0;
    wt_print_hints_of(p, funcidx);
    wt_print_label_names(p, funcidx);
    wt_print_push_label(p, slice(NULL, 0));
    if (p->o->fold)
        wt_print_folded(p, r);
    else
        wt_print_body(p, r);
    p->depth--;
    p->comment_open = false;
    /* A function without a body stands on one line. */
    if (f->code_size > 2)
        wt_print_line(p);
}

static bool put_func(Printer *p, uint32_t funcidx) {
    const Module *m = p->m;
    const Func *f = &m->funcs[funcidx];
    const TypeDef *t = print_func_type(m, f->type);
    uint32_t entry = funcidx - m->func_imports, params = t ? t->param_count : 0;
    Reader r = reader_of(f->code, f->code ? f->code_size : 0);
    Locals l = {0, true};
    p->body_item = funcidx;
    if (f->code && !read_runs(p, f, r, &l))
        return false;
    wt_arena_reset(&p->scratch);
    if (!wt_print_local_names(p, funcidx, (uint32_t)WT_MIN((uint64_t)params + l.count, UINT32_MAX)))
        p->scratch.failed = true;
    wt_print_begin_definition(p, EXTERN_func, SECTION_func, funcidx, entry);
    wt_print_type_use(p, f->type);
    if (t)
        put_params(p, t);
    wt_print_code_quirks(p, entry);
    if (!l.usual && !p->o->no_annotations)
        put_raw_locals(p, r);
    if (p->o->skeleton)
        print_str(p, " (;...;)");
    else if (f->code)
        put_func_body(p, r, funcidx, params);
    print_char(p, ')');
    return p->d->errors == p->errors && !p->scratch.failed;
}

void wt_print_funcs(Printer *p) {
    for (uint32_t i = p->m->func_imports; i < p->m->func_count && !p->out->failed; i++)
        if (!put_func(p, i))
            return;
}
