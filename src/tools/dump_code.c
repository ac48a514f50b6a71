/* The disassembly: offset, bytes, instruction. One pass over the bodies, one line at a time; a body
   that cannot be read ends with a line that says why, and the next function goes on. */
#include "tools/dump_inside.h"

enum { BYTES_PER_LINE = 9, MAX_INDENT = 60 };

static void next_local_map(LocalCursor *c) {
    c->have = wt_names_next_outer(&c->outer, &c->func, &c->inner);
}

/* Fills p->locals with the names of one function. */
static void collect_locals(Dump *p, uint32_t funcidx) {
    LocalCursor *c = &p->cursor;
    p->local_count = 0;
    while (c->have && c->func < funcidx)
        next_local_map(c);
    if (!c->have || c->func != funcidx)
        return;
    LocalName local;
    while (wt_names_next(&c->inner, &local.index, &local.name)) {
        if (p->local_count == p->local_cap &&
            !wt_vec_grow(p->arena.allocator, (void **)&p->locals, &p->local_cap, p->local_count,
                         sizeof *p->locals)) {
            if (p->d)
                wt_diag_oom(p->d);
            return;
        }
        p->locals[p->local_count++] = local;
    }
}

/* " 00001f: 20 00                      |": the bytes [from, to) of one line, at most nine. */
static void put_line_head(Dump *p, const uint8_t *from, const uint8_t *to) {
    static const char digits[] = "0123456789abcdef";
    Buf *out = p->out;
    if (!buf_room(out, 64))
        return;
    uint8_t *w = out->data + out->len;
    uint32_t at = (uint32_t)(from - p->origin);
    unsigned shift = 20;
    while (shift < 28 && at >> (shift + 4))
        shift += 4;
    *w++ = ' ';
    for (unsigned s = shift + 4; s > 0; s -= 4)
        *w++ = (uint8_t)digits[at >> (s - 4) & 15];
    *w++ = ':';
    memset(w, ' ', BYTES_PER_LINE * 3 + 1);
    for (uint8_t *b = w + 1; from < to; from++, b += 3) {
        b[0] = (uint8_t)digits[*from >> 4];
        b[1] = (uint8_t)digits[*from & 15];
    }
    w += BYTES_PER_LINE * 3 + 1;
    *w++ = '|';
    out->len = (size_t)(w - out->data);
}

static const uint8_t *code_line_end(const uint8_t *from, const uint8_t *to) {
    return to - from > BYTES_PER_LINE ? from + BYTES_PER_LINE : to;
}

/* The bytes that did not fit beside the instruction. */
static void put_more_bytes(Dump *p, const uint8_t *from, const uint8_t *to) {
    while (from < to) {
        const uint8_t *end = code_line_end(from, to);
        put_line_head(p, from, end);
        buf_u8(p->out, '\n');
        from = end;
    }
}

static void put_indent(Buf *out, uint32_t depth) {
    size_t n = 1 + (depth < MAX_INDENT / 2 ? depth * 2 : MAX_INDENT);
    if (!buf_room(out, n))
        return;
    memset(out->data + out->len, ' ', n);
    out->len += n;
}

/* ---- relocations beside the instructions ---- */

typedef struct RelocCursor {
    RelocWalk walk;
    Reloc next;
    bool have;
    uint32_t base; /* offset of the section's contents */
} RelocCursor;

static void put_relocs_before(Dump *p, RelocCursor *c, const uint8_t *end) {
    uint64_t offset = (uint64_t)(end - p->m->source.data);
    while (c->have && (uint64_t)c->base + c->next.offset < offset) {
        wt_buf_printf(p->out, "           %06llx: ", (unsigned long long)c->base + c->next.offset);
        wt_dump_put_reloc(p, &c->next);
        buf_u8(p->out, '\n');
        c->have = wt_dump_next_reloc(&c->walk, &c->next);
    }
}

static RelocCursor reloc_cursor(const Dump *p) {
    RelocCursor c = {.have = false};
    for (uint32_t i = 0; i < p->m->section_count && p->o->relocations; i++) {
        if (p->m->sections[i].id != SECTION_code)
            continue;
        c.base = p->m->sections[i].content;
        c.walk = wt_dump_relocs_of(p, i);
        c.have = c.walk.ok && wt_dump_next_reloc(&c.walk, &c.next);
    }
    return c;
}

/* ---- one function ---- */

typedef struct CodeJob {
    Dump *p;
    RelocCursor relocs;
    uint32_t funcidx, count; /* count: instructions read */
    const uint8_t *start;    /* of the code entry */
} CodeJob;

/* The decoder may have seen that the body is broken. */
static bool told_already(const CodeJob *j) {
    uint64_t start = (uint64_t)(j->start - j->p->m->source.data);
    uint64_t end = start + j->p->m->funcs[j->funcidx].code_size;
    for (uint32_t i = 0; i < j->p->d->count; i++)
        if (j->p->d->entries[i]->at >= start && j->p->d->entries[i]->at <= end)
            return true;
    return false;
}

/* The line and the problem for bytes that cannot be read. */
static void put_broken(CodeJob *j, ErrorCode code, const uint8_t *at, const uint8_t *end,
                       const char *detail) {
    Dump *p = j->p;
    put_line_head(p, at, code_line_end(at, end));
    wt_buf_printf(p->out, " error: %s%s%s\n", wt_error_info(code)->text, detail[0] ? ": " : "",
                  detail);
    uint64_t offset = (uint64_t)(at - p->m->source.data);
    if (told_already(j))
        return;
    DiagEntry *e =
        wt_diag_add(p->d, code, offset, at == end ? 0 : 1, detail[0] ? "%s" : NULL, detail);
    if (e)
        e->place = (Place){.section = SECTION_code,
                           .item = j->funcidx,
                           .offset = (uint32_t)(at - j->start),
                           .insn = j->count};
}

static bool show_locals(CodeJob *j, Reader *r) {
    Dump *p = j->p;
    const Func *fn = &p->m->funcs[j->funcidx];
    uint64_t local = 0;
    if (fn->type < p->m->type_count && p->m->types[fn->type].kind == TYPE_func)
        local = p->m->types[fn->type].param_count;
    uint32_t runs = wt_insn_local_runs(r);
    for (uint32_t i = 0; i < runs && !r->error; i++) {
        const uint8_t *from = r->at;
        LocalRun run;
        if (!wt_insn_next_run(r, &run))
            break;
        put_line_head(p, from, code_line_end(from, r->at));
        wt_buf_printf(p->out, " local[%llu", (unsigned long long)local);
        if (run.count != 1)
            wt_buf_printf(p->out, "..%lld", (long long)(local + run.count) - 1);
        buf_str(p->out, "] type=");
        wt_type_print(p->out, run.type);
        buf_u8(p->out, '\n');
        put_more_bytes(p, code_line_end(from, r->at), r->at);
        local += run.count;
    }
    if (r->error)
        put_broken(j, wt_insn_error(r, true), r->error_at, r->end, "in the local declarations");
    return !r->error;
}

static bool opens_code_block(unsigned op) {
    return op == OP_block || op == OP_loop || op == OP_if || op == OP_try || op == OP_try_table;
}

static bool stands_outward(unsigned op) {
    return op == OP_else || op == OP_catch || op == OP_catch_all || op == OP_end ||
           op == OP_delegate;
}

void wt_dump_code_line(Dump *p, const Insn *in, const uint8_t *from, const uint8_t *to) {
    bool outward = stands_outward(in->op) && p->depth > 0;
    put_line_head(p, from, code_line_end(from, to));
    put_indent(p->out, p->depth - outward);
    if ((in->op == OP_end || in->op == OP_delegate) && p->depth > 0)
        p->depth--;
    wt_dump_put_insn(p, in);
    if (opens_code_block(in->op)) {
        p->depth++;
        buf_str(p->out, " <@");
        wt_buf_dec(p->out, p->depth);
        buf_u8(p->out, '>');
    }
    buf_u8(p->out, '\n');
    if (WT_UNLIKELY(to - from > BYTES_PER_LINE))
        put_more_bytes(p, code_line_end(from, to), to);
}

/* One instruction and what belongs to it. Returns false behind the function's last `end`. */
static bool put_insn_line(CodeJob *j, const Insn *in, const uint8_t *from, const uint8_t *to) {
    bool last = in->op == OP_end && j->p->depth == 0;
    wt_dump_code_line(j->p, in, from, to);
    put_relocs_before(j->p, &j->relocs, to);
    return !last;
}

static void put_body(CodeJob *j, Reader *r) {
    for (bool more = true; more;) {
        const uint8_t *from = r->at;
        Insn in;
        if (from == r->end) {
            put_broken(j, ERR_end_expected, from, r->end, "the body ends without `end`");
            return;
        }
        if (!insn_read(r, &in)) {
            put_broken(j, wt_insn_error(r, true), from, r->end, "the rest is not shown");
            return;
        }
        more = put_insn_line(j, &in, from, r->at);
        j->count++;
    }
    if (r->at != r->end)
        put_broken(j, ERR_section_size, r->at, r->end, "bytes behind the last `end`");
}

void wt_dump_begin_locals(Dump *p) {
    p->cursor.outer = wt_names_walk(p->m->names.sub[NAME_local]);
    next_local_map(&p->cursor);
}

void wt_dump_begin_func(Dump *p, uint32_t funcidx) {
    collect_locals(p, funcidx);
    p->depth = 0;
}

static void put_function(CodeJob *j, const Func *fn) {
    Dump *p = j->p;
    j->start = fn->code;
    j->count = 0;
    wt_buf_hex(p->out, (uint64_t)(fn->code - p->m->source.data), 6);
    wt_buf_printf(p->out, " func[%u]", (unsigned)j->funcidx);
    wt_dump_put_name(p, NAME_func, j->funcidx);
    buf_str(p->out, ":\n");
    wt_dump_begin_func(p, j->funcidx);
    Reader r = reader_of(fn->code, fn->code_size);
    if (show_locals(j, &r))
        put_body(j, &r);
}

void wt_dump_code(Dump *p) {
    const Module *m = p->m;
    buf_str(p->out, "\nCode Disassembly:\n\n");
    CodeJob j = {.p = p, .relocs = reloc_cursor(p)};
    wt_dump_begin_locals(p);
    for (j.funcidx = m->func_imports; j.funcidx < m->func_count && !p->out->failed; j.funcidx++)
        if (m->funcs[j.funcidx].code)
            put_function(&j, &m->funcs[j.funcidx]);
    allocator_free(p->arena.allocator, p->locals, p->local_cap * sizeof *p->locals);
    p->locals = NULL;
    p->local_count = p->local_cap = 0;
}
