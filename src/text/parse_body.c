/* Function bodies and constant expressions: one loop over the tokens with a stack of frames, so
   that a hundred thousand open parentheses cost memory and no C stack.

   Flat and folded forms may hold each other. A folded instruction stands before its operands in
   the text and behind them in the code: its bytes, complete with immediates, wait in p->defer until
   its parenthesis closes. `(if` waits the same way for its `(then`. Whatever opens a label pushes
   it when its opcode is written, so labels count in the order of the code. */
#include "text/parse_inside.h"

/* ---- frames ---- */

static Frame *top_frame(Parser *p) { return &p->frames[p->depth - 1]; }

static Frame *push_frame(Parser *p, FrameKind kind, Token opener, bool folded) {
    if (p->depth >= p->m->bounds.nesting) {
        wt_parse_fail(p, opener, ERR_limit, "instructions are nested deeper than %u",
                      p->m->bounds.nesting);
        return NULL;
    }
    if (!wt_parse_grow(p, (void **)&p->frames, &p->frame_cap, p->depth, sizeof(Frame)))
        return NULL;
    Frame *f = &p->frames[p->depth++];
    *f = (Frame){.kind = (uint8_t)kind, .folded = folded, .opener = opener, .shadow = UINT32_MAX};
    return f;
}

/* The label of the top frame comes into scope. */
static bool enter_label(Parser *p) {
    Frame *f = top_frame(p);
    f->labelled = true;
    if (f->label.len) {
        Slice key;
        if (!wt_parse_key(p, f->label, &key))
            return false;
        NameEntry *e = wt_text_names_add(&p->labels, 0, key, p->label_count, f->label.at);
        if (p->labels.failed)
            return wt_parse_oom(p);
        if (e) {
            f->shadow = e->value;
            e->value = p->label_count;
            e->at = f->label.at;
        }
        if (p->in_func)
            wt_parse_add_name(p, &p->label_names, p->label_ordinal, key);
    }
    p->label_count++;
    p->label_ordinal++;
    return true;
}

static void pop_frame(Parser *p) {
    Frame *f = top_frame(p);
    if (f->labelled) {
        p->label_count--;
        if (f->label.len) {
            Slice key;
            NameEntry *e =
                wt_parse_key(p, f->label, &key) ? wt_text_names_get(&p->labels, 0, key) : NULL;
            if (e)
                e->value = f->shadow;
        }
    }
    p->depth--;
}

/* ---- writing ---- */

bool wt_parse_mark(Parser *p, size_t offset, Token t) {
    SourceMap *s = p->sink;
    if (!wt_parse_grow(p, (void **)&s->marks, &s->cap, s->count, sizeof *s->marks))
        return false;
    s->marks[s->count++] = (SourceMark){s->base + (uint32_t)offset, s->part, t};
    return true;
}

/* An instruction now stands at `offset`. */
WT_INLINE bool instruction_written(Parser *p, size_t offset, Token keyword, uint32_t metadata,
                                   unsigned op) {
    if (WT_UNLIKELY(metadata))
        wt_parse_emit_metadata(p, metadata, op, offset);
    return WT_LIKELY(!p->sink) || wt_parse_mark(p, offset, keyword);
}

/* Moves the bytes from `start` on to p->defer, for the top frame. */
static bool defer_bytes(Parser *p, size_t start) {
    top_frame(p)->defer = p->defer.len;
    buf_bytes(&p->defer, p->code.data + start, p->code.len - start);
    p->code.len = start;
    return !p->defer.failed || wt_parse_oom(p);
}

/* Writes the bytes that waited for the top frame. */
static bool write_deferred(Parser *p) {
    Frame *f = top_frame(p);
    size_t offset = p->code.len, len = p->defer.len - f->defer;
    buf_bytes(&p->code, p->defer.data + f->defer, len);
    p->defer.len = f->defer;
    if (p->code.failed)
        return wt_parse_oom(p);
    unsigned op = OP_illegal;
    if (f->metadata) {
        Reader r = reader_of(p->code.data + offset, len);
        op = insn_read_op(&r);
    }
    return instruction_written(p, offset, f->opener, f->metadata, op);
}

static bool write_end(Parser *p, uint8_t op, Token t) {
    size_t offset = p->code.len;
    buf_u8(&p->code, op);
    return instruction_written(p, offset, t, 0, op);
}

/* ---- openers of blocks ---- */

static Token take_label(Parser *p) {
    Token t = p->lx.token;
    if (t.kind != TOKEN_id)
        return (Token){0};
    parser_next(p);
    return t;
}

static FrameKind flat_frame(unsigned op) {
    return op == OP_if ? FRAME_if : op == OP_try ? FRAME_try : FRAME_block;
}

/* Behind the keyword of block, loop, if, try or try_table. */
static bool open_block(Parser *p, unsigned op, Token keyword, bool folded) {
    uint32_t metadata = p->metadata;
    p->metadata = 0;
    FrameKind kind = !folded        ? flat_frame(op)
                     : op == OP_if  ? FRAME_condition
                     : op == OP_try ? FRAME_try_open
                                    : FRAME_block;
    Frame *f = push_frame(p, kind, keyword, folded);
    if (!f)
        return false;
    f->metadata = metadata;
    f->label = take_label(p);
    Insn in = {.op = (uint16_t)op};
    size_t start = p->code.len;
    if (!wt_parse_blocktype(p, &in))
        return false;
    if (op == OP_try_table) {
        if (!wt_parse_catches(p, &in.c))
            return false;
        in.list = slice(p->scratch.data, p->scratch.len);
        if (p->scratch.failed)
            return wt_parse_oom(p);
    }
    wt_insn_write(&p->code, &in);
    if (p->raw.data)
        wt_parse_apply_raw(p, start);
    if (p->code.failed)
        return wt_parse_oom(p);
    if (kind == FRAME_condition)
        return defer_bytes(p, start);
    return instruction_written(p, start, keyword, metadata, op) && enter_label(p);
}

/* ---- else, end, catch, catch_all, delegate ---- */

static const char *frame_word(const Parser *p, const Frame *f) {
    Slice s = parser_text(p, f->opener);
    static const char *const words[] = {"block", "loop", "if", "try", "try_table"};
    for (size_t i = 0; i < WT_COUNT(words); i++)
        if (slice_is(s, words[i]))
            return words[i];
    return "block";
}

/* A label repeated behind else or end must be the block's. */
static bool check_label(Parser *p) {
    Token t = p->lx.token;
    if (WT_LIKELY(t.kind != TOKEN_id))
        return true;
    const Frame *f = top_frame(p);
    if (f->label.len) {
        Slice own, repeated;
        if (!wt_parse_key(p, f->label, &own) || !wt_parse_key(p, t, &repeated))
            return false;
        if (slice_eq(own, repeated)) {
            parser_next(p);
            return true;
        }
    }
    if (p->failed)
        return false;
    p->failed = true;
    Slice text = parser_text(p, t), label = parser_text(p, f->label);
    DiagEntry *e = wt_lex_error(&p->lx, t, ERR_mismatching_label, "%.*s",
                                (int)WT_MIN(text.len, 100), (const char *)text.data);
    if (f->label.len) {
        wt_diag_note(p->diag, e, f->label.at, f->label.len, "this %s is labelled %.*s",
                     frame_word(p, f), (int)WT_MIN(label.len, 100), (const char *)label.data);
        Slice copy = wt_arena_copy(&p->diag->arena, label.data, label.len);
        if (copy.data)
            wt_diag_fix(p->diag, e, t.at, t.len, (const char *)copy.data);
    } else {
        wt_diag_note(p->diag, e, f->opener.at, f->opener.len, "this %s has no label",
                     frame_word(p, f));
    }
    return false;
}

static bool no_opener(Parser *p, Token keyword, const char *wanted) {
    const Frame *f = top_frame(p);
    Slice text = parser_text(p, keyword);
    if (p->failed)
        return false;
    p->failed = true;
    DiagEntry *e =
        wt_lex_error(&p->lx, keyword, ERR_unexpected_token, "found `%.*s`, but no %s is open here",
                     (int)text.len, (const char *)text.data, wanted);
    if (f->kind != FRAME_body && f->kind != FRAME_one)
        wt_diag_note(p->diag, e, f->opener.at, f->opener.len,
                     "the innermost open block is this %s%s", f->folded ? "(" : "",
                     frame_word(p, f));
    return false;
}

/* Behind the keyword. */
static bool close_or_divide(Parser *p, unsigned op, Token keyword) {
    Frame *f = top_frame(p);
    unsigned kind = f->kind;
    bool in_try = kind == FRAME_try || kind == FRAME_catch;
    switch (op) {
    case OP_end:
        if (f->folded || kind == FRAME_body || kind >= FRAME_plain_end)
            return no_opener(p, keyword, "block");
        if (!check_label(p) || !write_end(p, OP_end, keyword))
            return false;
        pop_frame(p);
        return true;
    case OP_else:
        if (kind != FRAME_if)
            return no_opener(p, keyword, "`if`");
        f->kind = FRAME_else;
        return check_label(p) && write_end(p, OP_else, keyword);
    case OP_catch_all:
        if (!in_try)
            return no_opener(p, keyword, "`try`");
        f->kind = FRAME_catch_all;
        return check_label(p) && write_end(p, OP_catch_all, keyword);
    case OP_catch: {
        if (!in_try)
            return no_opener(p, keyword, "`try`");
        f->kind = FRAME_catch;
        size_t offset = p->code.len;
        return wt_parse_plain(p, op, keyword) && instruction_written(p, offset, keyword, 0, op);
    }
    default: /* OP_delegate */
        if (kind != FRAME_try)
            return no_opener(p, keyword, "`try` without `catch`");
        /* Its label is looked up outside of the block that it closes. */
        pop_frame(p);
        size_t offset = p->code.len;
        return wt_parse_plain(p, op, keyword) && instruction_written(p, offset, keyword, 0, op);
    }
}

/* ---- one instruction ---- */

static bool unknown_instruction(Parser *p) {
    Token t = p->lx.token;
    if (t.kind == TOKEN_reserved || t.kind == TOKEN_keyword)
        return wt_parse_unexpected(p, "an instruction");
    return wt_parse_unexpected(p, "an instruction or `)`");
}

static bool opens_block(unsigned op) {
    return op == OP_block || op == OP_loop || op == OP_if || op == OP_try || op == OP_try_table;
}
static bool divides_block(unsigned op) {
    return op == OP_end || op == OP_else || op == OP_catch || op == OP_catch_all ||
           op == OP_delegate;
}

/* At a keyword where an instruction may stand. */
static bool parse_instruction(Parser *p, bool folded) {
    Token t = p->lx.token;
    if (WT_UNLIKELY(p->lx.before & (ANNOT_metadata | ANNOT_encoding)))
        wt_parse_insn_annotations(p);
    unsigned op = wt_parse_find_op(p, lexer_text(&p->lx), t.len);
    if (WT_UNLIKELY(op == OP_illegal))
        return unknown_instruction(p);
    const OpInfo *info = op_info(op);
    if (WT_UNLIKELY(!(p->features >> info->feature & 1)) &&
        !wt_parse_feature(p, t, (Feature)info->feature, NULL))
        return false;
    parser_next(p);
    if (WT_UNLIKELY(info->kind == KIND_CONTROL)) {
        if (opens_block(op))
            return open_block(p, op, t, folded);
        if (divides_block(op)) {
            p->metadata = 0;
            p->raw = (Slice){NULL, 0};
            return folded ? no_opener(p, t, "matching block") : close_or_divide(p, op, t);
        }
    }
    uint32_t metadata = p->metadata;
    p->metadata = 0;
    size_t start = p->code.len;
    if (!wt_parse_plain(p, op, t))
        return false;
    if (WT_UNLIKELY(p->raw.data != NULL))
        wt_parse_apply_raw(p, start);
    if (WT_UNLIKELY(p->code.failed))
        return wt_parse_oom(p);
    if (!folded)
        return instruction_written(p, start, t, metadata, op);
    if (parser_kind(p) == TOKEN_rparen) {
        parser_next(p);
        return instruction_written(p, start, t, metadata, op);
    }
    Frame *f = push_frame(p, FRAME_op, t, true);
    if (!f)
        return false;
    f->metadata = metadata;
    return defer_bytes(p, start);
}

/* ---- groups in parentheses ---- */

/* Behind `(`, at `then`, `else`, `do`, `catch` or `catch_all` where the top frame waits for it;
 *taken says whether it was one. */
static bool parse_clause(Parser *p, bool *taken) {
    Frame *f = top_frame(p);
    Token t = p->lx.token;
    *taken = true;
    switch (f->kind) {
    case FRAME_condition:
        if (!lexer_is(&p->lx, "then"))
            break;
        parser_next(p);
        if (!write_deferred(p))
            return false;
        f->kind = FRAME_then;
        return enter_label(p);
    case FRAME_if_done:
        if (!lexer_is(&p->lx, "else"))
            break;
        parser_next(p);
        f->kind = FRAME_else_group;
        return write_end(p, OP_else, t);
    case FRAME_try_open:
        if (!lexer_is(&p->lx, "do"))
            break;
        parser_next(p);
        f->kind = FRAME_do;
        return true;
    case FRAME_try_done: {
        bool all = lexer_is(&p->lx, "catch_all"), clause = lexer_is(&p->lx, "catch");
        if (lexer_is(&p->lx, "delegate") && f->metadata != UINT32_MAX) {
            parser_next(p);
            pop_frame(p);
            size_t offset = p->code.len;
            return wt_parse_plain(p, OP_delegate, t) &&
                   instruction_written(p, offset, t, 0, OP_delegate) &&
                   wt_parse_rparen(p, "the end of (delegate") &&
                   wt_parse_rparen(p, "the end of (try");
        }
        if (!all && !clause)
            break;
        parser_next(p);
        /* No delegate from here on. */
        f->metadata = UINT32_MAX;
        f->kind = FRAME_clause;
        f->defer = all;
        if (all)
            return write_end(p, OP_catch_all, t);
        size_t offset = p->code.len;
        return wt_parse_plain(p, OP_catch, t) && instruction_written(p, offset, t, 0, OP_catch);
    }
    default:
        break;
    }
    *taken = false;
    return true;
}

static const char *wanted_in(const Frame *f) {
    switch ((FrameKind)f->kind) {
    case FRAME_condition:
        return "(then or an operand in parentheses";
    case FRAME_if_done:
        return "(else or `)`";
    case FRAME_try_open:
        return "(do";
    case FRAME_try_done:
        return "(catch, (catch_all, (delegate or `)`";
    case FRAME_if_closed:
    case FRAME_try_closed:
        return "`)`";
    case FRAME_op:
        return "an operand in parentheses or `)`";
    case FRAME_one:
        return "an instruction in parentheses";
    case FRAME_body:
    case FRAME_block:
    case FRAME_if:
    case FRAME_else:
    case FRAME_try:
    case FRAME_catch:
    case FRAME_catch_all:
    case FRAME_then:
    case FRAME_else_group:
    case FRAME_do:
    case FRAME_clause:
    case FRAME_plain_end:
        break;
    }
    return "an instruction";
}

/* At `(` inside instructions. */
static bool open_group(Parser *p) {
    if (WT_UNLIKELY(p->lx.before & (ANNOT_metadata | ANNOT_encoding)))
        wt_parse_insn_annotations(p);
    parser_next(p);
    Frame *f = top_frame(p);
    if (f->kind > FRAME_op) {
        bool taken;
        if (!parse_clause(p, &taken))
            return false;
        if (taken)
            return true;
        if (f->kind != FRAME_condition)
            return wt_parse_unexpected(p, wanted_in(f));
    }
    if (parser_kind(p) != TOKEN_keyword)
        return wt_parse_unexpected(p, "an instruction");
    return parse_instruction(p, true);
}

static bool unclosed_block(Parser *p) {
    const Frame *f = top_frame(p);
    if (p->failed)
        return false;
    p->failed = true;
    const char *word = frame_word(p, f);
    Buf b;
    wt_buf_init(&b, p->al);
    wt_lex_describe(&p->lx, p->lx.token, &b);
    buf_u8(&b, 0);
    DiagEntry *e = b.failed ? NULL
                            : wt_lex_error(&p->lx, p->lx.token, ERR_unexpected_token,
                                           "found %s, but the `end` of `%s` is missing",
                                           (const char *)b.data, word);
    if (b.failed)
        wt_parse_oom(p);
    wt_buf_free(&b);
    wt_diag_note(p->diag, e, f->opener.at, f->opener.len, "this %s is not closed", word);
    return false;
}

/* At `)` inside instructions, with more than the outermost frame open. */
static bool close_group(Parser *p) {
    Frame *f = top_frame(p);
    switch ((FrameKind)f->kind) {
    case FRAME_op:
        if (!write_deferred(p))
            return false;
        break;
    case FRAME_block:
        if (!f->folded)
            return unclosed_block(p);
        WT_FALLTHROUGH;
    case FRAME_if_done:
    case FRAME_if_closed:
    case FRAME_try_done:
    case FRAME_try_closed:
        if (!write_end(p, OP_end, p->lx.token))
            return false;
        break;
    case FRAME_then:
        f->kind = FRAME_if_done;
        parser_next(p);
        return true;
    case FRAME_else_group:
        f->kind = FRAME_if_closed;
        parser_next(p);
        return true;
    case FRAME_do:
        f->kind = FRAME_try_done;
        f->metadata = 0;
        parser_next(p);
        return true;
    case FRAME_clause:
        f->kind = f->defer ? FRAME_try_closed : FRAME_try_done;
        parser_next(p);
        return true;
    case FRAME_condition:
    case FRAME_try_open:
        return wt_parse_unexpected(p, wanted_in(f));
    case FRAME_body:
    case FRAME_if:
    case FRAME_else:
    case FRAME_try:
    case FRAME_catch:
    case FRAME_catch_all:
    case FRAME_plain_end:
    case FRAME_one:
        return unclosed_block(p);
    }
    pop_frame(p);
    parser_next(p);
    return true;
}

/* Names of labels and frames of an instruction list that was broken off. */
static void drop_frames(Parser *p) {
    while (p->depth > 0)
        pop_frame(p);
    p->defer.len = 0;
    p->label_count = 0;
    p->metadata = 0;
    p->raw = (Slice){NULL, 0};
}

bool wt_parse_instructions(Parser *p, FrameKind outermost) {
    p->depth = 0;
    p->label_count = 0;
    bool ok = push_frame(p, outermost, p->lx.token, true) != NULL;
    while (ok) {
        unsigned kind = parser_kind(p);
        if (kind <= TOKEN_keyword && kind != TOKEN_eof && wt_parse_fast(p))
            continue;
        if (kind == TOKEN_keyword) {
            ok = top_frame(p)->kind < FRAME_plain_end
                     ? parse_instruction(p, false)
                     : wt_parse_unexpected(p, wanted_in(top_frame(p)));
        } else if (kind == TOKEN_lparen) {
            ok = open_group(p);
            if (ok && p->depth == 1 && outermost == FRAME_one)
                break;
        } else if (kind == TOKEN_rparen) {
            if (p->depth == 1)
                break;
            ok = close_group(p);
            if (ok && p->depth == 1 && outermost == FRAME_one)
                break;
        } else {
            bool block = kind == TOKEN_eof && !top_frame(p)->folded;
            ok = block ? unclosed_block(p) : unknown_instruction(p);
        }
    }
    if (ok && outermost == FRAME_one && parser_kind(p) == TOKEN_rparen && p->code.len == 0)
        ok = wt_parse_unexpected(p, "an instruction in parentheses");
    drop_frames(p);
    return ok;
}

/* ---- constant expressions ---- */

static bool finish_expr(Parser *p, bool ok, Expr *e) {
    static const uint8_t nothing[] = {OP_unreachable, OP_end};
    if (!ok) {
        e->code = slice(nothing, sizeof nothing);
        return false;
    }
    write_end(p, OP_end, p->lx.token);
    if (p->code.failed)
        return wt_parse_oom(p);
    e->code = wt_parse_keep(p, p->code.data, p->code.len);
    return e->code.data != NULL;
}

bool wt_parse_expr(Parser *p, Expr *e) {
    p->code.len = 0;
    e->at = p->lx.token.at;
    return finish_expr(p, wt_parse_instructions(p, FRAME_body), e);
}

bool wt_parse_offset(Parser *p, const char *word, Expr *e) {
    e->at = p->lx.token.at;
    if (wt_parse_open(p, word))
        return wt_parse_expr(p, e) && wt_parse_rparen(p, "an instruction or `)`");
    p->code.len = 0;
    if (parser_kind(p) != TOKEN_lparen)
        return wt_parse_unexpected(p, "an instruction in parentheses");
    return finish_expr(p, wt_parse_instructions(p, FRAME_one), e);
}
