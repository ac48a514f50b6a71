/* Between the text and the code: operand stacks behind instructions, and the
   instruction or field at a place with its bytes. */
#include "lang/inside.h"

#include "tools/report.h"
#include "valid/step.h"

/* ---- instructions in the text ---- */

/* Words behind `(` that belong to the instruction before. */
static bool is_immediate_group(Slice word) {
    static const char *const words[] = {"type",      "param",     "result",        "ref", "catch",
                                        "catch_ref", "catch_all", "catch_all_ref", "on",  "exact"};
    for (size_t i = 0; i < WT_COUNT(words); i++)
        if (slice_is(word, words[i]))
            return true;
    return false;
}

static bool is_immediate(const Lang *l, const Lexer *lx) {
    switch ((TokenKind)lx->token.kind) {
    case TOKEN_id:
    case TOKEN_nat:
    case TOKEN_int:
    case TOKEN_float:
    case TOKEN_string:
        return true;
    case TOKEN_keyword: {
        Kind kind = wt_lang_word_kind(l, lexer_slice(lx), false);
        return kind == KIND_OF_type || kind == KIND_OF_number || kind == KIND_OF_attribute;
    }
    case TOKEN_lparen: {
        Token word = wt_lex_after(lx);
        return word.kind == TOKEN_keyword && is_immediate_group(token_slice(lx, word));
    }
    case TOKEN_eof:
    case TOKEN_rparen:
    case TOKEN_reserved:
    case TOKEN_error:
        break;
    }
    return false;
}

uint32_t wt_lang_insn_end(const Lang *l, Token keyword) {
    uint32_t end = keyword.at + keyword.len;
    if (keyword.kind != TOKEN_keyword)
        return end;
    unsigned op = wt_lang_find_op(l, slice(lang_text(l).data + keyword.at, keyword.len));
    /* The clauses of the old try hold instructions. */
    bool bare = op == OP_catch_all || op == OP_illegal;
    Lexer lx = wt_lang_lexer(l, end);
    for (bool first = true; is_immediate(l, &lx); first = false) {
        if (lx.token.kind == TOKEN_lparen) {
            bool catches = op != OP_try_table && wt_lex_after(&lx).len >= 5 &&
                           memcmp(lx.start + wt_lex_after(&lx).at, "catch", 5) == 0;
            if (bare || catches)
                break;
            end = wt_lang_group_end(l, lx.token.at);
            wt_lex_at(&lx, end);
            continue;
        }
        if (bare || (op == OP_catch && !first))
            break;
        end = lx.token.at + lx.token.len;
        wt_lex_next(&lx);
    }
    return end;
}

bool wt_lang_read_map(Lang *l, SectionId section, uint32_t item, MapField *field) {
    if (!l->map)
        l->map = wt_text_map_new(&lang_now(l)->m);
    return l->map && wt_text_map_read(l->map, section, item, field);
}

/* ---- types with names ---- */

static void put_type_name(const Module *m, Buf *out, ValType t) {
    Slice name = {NULL, 0};
    if (valtype_indexed(t))
        name = wt_names_find(m, NAME_type, valtype_heap(t));
    if (!name.data || valtype_exact(t)) {
        wt_type_print(out, t);
        return;
    }
    buf_str(out, valtype_nullable(t) ? "(ref null $" : "(ref $");
    buf_slice(out, name);
    buf_u8(out, ')');
}

void wt_lang_put_type(const Lang *l, Buf *out, ValType t) {
    if (t == VAL_bot)
        buf_str(out, "any type");
    else
        put_type_name(&l->versions[l->current].m, out, t);
}

void wt_lang_put_types(const Lang *l, Buf *out, const ValType *types, size_t count) {
    buf_u8(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_u8(out, ' ');
        wt_lang_put_type(l, out, types[i]);
    }
    buf_u8(out, ']');
}

/* ---- stacks ---- */

uint32_t wt_lang_func_at(const Lang *l, uint32_t at) {
    const Module *m = &l->versions[l->current].m;
    uint32_t low = m->func_imports, high = m->func_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (m->funcs[mid].at < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->func_count && m->funcs[low].at == at ? low : UINT32_MAX;
}

bool wt_lang_walk_begin(Lang *l, Walk *w, uint32_t funcidx, const MapField *field) {
    Version *v = lang_now(l);
    wt_walk_init(w, &v->m, l->al);
    if (!v->sound || v->m.funcs[funcidx].type >= v->m.type_count || !field->code.len)
        return false;
    /* What could be read of it, which is all when it has no mistakes. */
    Func kept = v->m.funcs[funcidx], *f = &v->m.funcs[funcidx];
    f->code = field->code.data;
    f->code_size = (uint32_t)field->code.len;
    bool ok = wt_walk_begin(w, funcidx);
    *f = kept;
    return ok;
}

/* The operands as a list of strings. */
static void put_stack(Lang *l, const Walk *w, Buf *out) {
    enum { SHOWN = 40 };
    uint32_t height = walk_height(w), from = height > SHOWN ? height - SHOWN : 0;
    Buf type;
    wt_buf_init(&type, l->al);
    for (uint32_t i = from; i < height; i++) {
        type.len = 0;
        wt_lang_put_type(l, &type, w->stack[i]);
        if (i > from)
            buf_u8(out, ',');
        wt_report_json_string(out, slice(type.data, type.len));
    }
    wt_buf_free(&type);
}

typedef struct StacksCall {
    Lang *l;
    Buf *out;
    uint32_t from, to;
    const char *between;
} StacksCall;

static void func_stacks(StacksCall *c, uint32_t funcidx) {
    MapField field;
    if (!wt_lang_read_map(c->l, SECTION_code, funcidx, &field))
        return;
    Walk w;
    Insn in;
    bool ok = wt_lang_walk_begin(c->l, &w, funcidx, &field);
    for (size_t i = 0; ok && i < field.count && w.ctrl_count && w.r.at != w.r.end; i++) {
        const SourceMark *mark = &field.marks[i];
        ok = walk_step(&w, false, &in) && w.ctrl_count &&
             mark->offset == (uint32_t)(w.at - field.code.data);
        Token t = mark->token;
        if (!ok || t.at + t.len <= c->from || t.at >= c->to)
            continue;
        wt_buf_printf(c->out, "%s{", c->between);
        wt_lang_put_span(c->l, c->out, t.at, wt_lang_insn_end(c->l, t));
        buf_str(c->out, ",\"stack\":[");
        put_stack(c->l, &w, c->out);
        wt_buf_printf(c->out, "],\"unreachable\":%s}",
                      walk_top(&w)->unreachable ? "true" : "false");
        c->between = ",";
    }
    if (w.out_of_memory)
        c->out->failed = true;
    wt_walk_free(&w);
}

bool wt_lang_stacks(Lang *l, uint32_t from, uint32_t to, Buf *out) {
    if (!wt_lang_find_fields(l))
        return false;
    StacksCall c = {l, out, from, to, ""};
    buf_u8(out, '[');
    for (size_t i = wt_lang_field_from(l, from); i < l->field_count && l->fields[i].at < to; i++) {
        uint32_t funcidx = wt_lang_func_at(l, l->fields[i].at);
        if (funcidx != UINT32_MAX && !out->failed)
            func_stacks(&c, funcidx);
    }
    buf_u8(out, ']');
    return true;
}

/* ---- the instruction at a place ---- */

/* The mark of the instruction in whose words a place is, or NULL. */
static const SourceMark *mark_at(const Lang *l, const MapField *field, uint32_t at) {
    const SourceMark *best = NULL;
    for (size_t i = 0; i < field->count; i++) {
        const SourceMark *mark = &field->marks[i];
        if (mark->token.at <= at && (!best || mark->token.at > best->token.at))
            best = mark;
    }
    return best && at < wt_lang_insn_end(l, best->token) ? best : NULL;
}

/* The word of the innermost parentheses around a place of a field, which may be
 * one of them. */
static uint32_t word_around(Lang *l, const FieldSpan *field, uint32_t at, bool *ok) {
    uint32_t *words = NULL, found = field->at;
    size_t cap = 0, depth = 0;
    Lexer lx = wt_lang_lexer(l, field->at);
    *ok = true;
    for (; lx.token.kind != TOKEN_eof && lx.token.at <= at && *ok; wt_lex_next(&lx)) {
        if (lx.token.kind == TOKEN_lparen) {
            *ok = wt_vec_grow(l->al, (void **)&words, &cap, depth, sizeof *words);
            if (*ok)
                words[depth++] = wt_lex_after(&lx).at;
        } else if (lx.token.kind == TOKEN_rparen && depth > 0 && lx.token.at < at) {
            depth--;
        }
    }
    if (depth > 0)
        found = words[depth - 1];
    allocator_free(l->al, words, cap * sizeof *words);
    return found;
}

static bool put_source_bytes(const Lang *l, Buf *out, uint32_t at, uint32_t end, uint32_t from,
                             uint32_t to) {
    buf_str(out, "{\"source\":{");
    wt_lang_put_span(l, out, at, end);
    wt_buf_printf(out, "},\"bytes\":{\"start\":%u,\"end\":%u}}", (unsigned)from, (unsigned)to);
    return true;
}

/* How long the instruction at an offset of the binary is. */
static uint32_t insn_size(const Lang *l, uint32_t at, uint32_t end) {
    const Buf *binary = &l->versions[l->current].binary;
    Reader r = reader_of(binary->data + at, end - at);
    Insn in;
    return insn_read(&r, &in) ? (uint32_t)reader_offset(&r) : 1;
}

bool wt_lang_instruction(Lang *l, uint32_t at, Buf *out) {
    if (!wt_lang_find_fields(l) || !wt_lang_find_items(l))
        return false;
    const FieldSpan *span = wt_lang_field_at(l, at);
    const ItemSpan *item = span ? wt_lang_item_of(l, span->at) : NULL;
    if (!item) {
        buf_str(out, "null");
        return true;
    }
    MapField field;
    if (wt_lang_read_map(l, (SectionId)item->section, item->index, &field)) {
        const SourceMark *mark = mark_at(l, &field, at);
        if (!mark) {
            bool ok;
            uint32_t word = word_around(l, span, at, &ok);
            mark = mark_at(l, &field, word);
            if (!ok)
                return false;
        }
        uint32_t base = mark && mark->part < 2 ? item->code[mark->part] : 0;
        if (base) {
            uint32_t from = base + mark->offset;
            return put_source_bytes(l, out, mark->token.at, wt_lang_insn_end(l, mark->token), from,
                                    from + insn_size(l, from, item->end));
        }
    }
    return put_source_bytes(l, out, span->at, span->end, item->start, item->end);
}
