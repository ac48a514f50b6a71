/* The text as pieces: top-level fields, tokens with their kinds, and what can
   be folded.

   The lexer passes over comments and annotations. Here a piece is everything
   but blanks: where the lexer's tokens leave a gap, the comments and
   annotations in it are found again. */
#include "lang/inside.h"

#include "wasm/op.h"

/* ---- words ---- */

static const WordInfo word_rows[] = {
#define WORD(text, kind, doc) {text, KIND_OF_##kind, doc},
#include "lang/words.def"
#undef WORD
};

bool wt_lang_init_words(Lang *l) {
    wt_map_init(&l->words, l->al);
    for (unsigned op = 0; op < OP_count; op++)
        if (op_info(op)->text)
            wt_map_add(&l->words, slice_str(op_info(op)->text), op);
    for (uint32_t i = 0; i < WT_COUNT(word_rows); i++)
        wt_map_add(&l->words, slice_str(word_rows[i].text), OP_count + i);
    return !l->words.failed;
}

unsigned wt_lang_find_op(const Lang *l, Slice word) {
    const uint32_t *found = wt_map_get(&l->words, word);
    return found && *found < OP_count ? *found : (unsigned)OP_illegal;
}

const WordInfo *wt_lang_find_word(const Lang *l, Slice word) {
    const uint32_t *found = wt_map_get(&l->words, word);
    return found && *found >= OP_count ? &word_rows[*found - OP_count] : NULL;
}

const WordInfo *wt_lang_word(size_t i) { return i < WT_COUNT(word_rows) ? &word_rows[i] : NULL; }

/* ---- fields ---- */

static bool add_field(Lang *l, uint32_t at, uint32_t end) {
    if (!wt_vec_grow(l->al, (void **)&l->fields, &l->field_cap, l->field_count, sizeof *l->fields))
        return false;
    l->fields[l->field_count++] = (FieldSpan){at, end};
    return true;
}

bool wt_lang_find_fields(Lang *l) {
    if (l->fields_found)
        return true;
    Lexer lx;
    Slice text = lang_text(l);
    wt_lex_init(&lx, text, NULL);
    l->field_count = 0;
    if (wt_lex_peek(&lx, "module")) {
        wt_lex_next(&lx);
        wt_lex_next(&lx);
    }
    for (; lx.token.kind != TOKEN_eof; wt_lex_next(&lx))
        while (lx.token.kind == TOKEN_lparen) {
            uint32_t at = lx.token.at, end = wt_lex_scan_group(&lx, at);
            end = end == UINT32_MAX ? (uint32_t)text.len : end;
            if (!add_field(l, at, end))
                return false;
            wt_lex_at(&lx, end);
        }
    l->fields_found = true;
    return true;
}

size_t wt_lang_field_from(const Lang *l, uint32_t at) {
    size_t low = 0, high = l->field_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->fields[mid].end <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const FieldSpan *wt_lang_field_at(const Lang *l, uint32_t at) {
    size_t i = wt_lang_field_from(l, at);
    return i < l->field_count && l->fields[i].at <= at ? &l->fields[i] : NULL;
}

Slice wt_lang_field_word(const Lang *l, const FieldSpan *field) {
    Lexer lx = wt_lang_lexer(l, field->at);
    wt_lex_next(&lx);
    return lx.token.kind == TOKEN_keyword ? lexer_slice(&lx) : slice(lang_text(l).data, 0);
}

Lexer wt_lang_lexer(const Lang *l, uint32_t at) {
    static const uint8_t nothing[1];
    Slice text = lang_text(l);
    Lexer lx = {.start = text.len ? text.data : nothing};
    lx.end = lx.start + text.len;
    wt_lex_at(&lx, at);
    return lx;
}

uint32_t wt_lang_group_end(const Lang *l, uint32_t at) {
    Slice text = lang_text(l);
    if (at >= text.len)
        return (uint32_t)text.len;
    Lexer lx = {.start = text.data, .end = text.data + text.len};
    uint32_t end = text.data[at] == '(' ? wt_lex_scan_group(&lx, at) : UINT32_MAX;
    return end == UINT32_MAX ? (uint32_t)text.len : end;
}

/* ---- pieces ---- */

Pieces wt_lang_pieces(const Lang *l, uint32_t at, uint32_t end) {
    Pieces p = {.l = l, .at = at, .end = end};
    p.lx = wt_lang_lexer(l, at);
    return p;
}

static uint32_t line_stop(Slice text, uint32_t at) {
    while (at < text.len && text.data[at] != '\n' && text.data[at] != '\r')
        at++;
    return at;
}

/* Behind a block comment; they nest. */
static uint32_t comment_stop(Slice text, uint32_t at) {
    size_t depth = 0;
    for (; at < text.len; at++) {
        uint8_t next = at + 1 < text.len ? text.data[at + 1] : 0;
        if (text.data[at] == '(' && next == ';') {
            depth++;
            at++;
        } else if (text.data[at] == ';' && next == ')') {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return at;
}

static bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool wt_lang_next_piece(Pieces *p, Piece *piece) {
    Slice text = lang_text(p->l);
    while (p->at < text.len && is_blank(text.data[p->at]))
        p->at++;
    if (p->at >= p->end || p->at >= text.len)
        return false;
    uint32_t at = p->at;
    *piece = (Piece){.at = at, .kind = PIECE_token, .token = p->lx.token};
    if (p->lx.token.kind != TOKEN_eof && at == p->lx.token.at) {
        p->at = at + p->lx.token.len;
        wt_lex_next(&p->lx);
    } else {
        uint8_t next = at + 1 < text.len ? text.data[at + 1] : 0;
        uint32_t limit = p->lx.token.kind == TOKEN_eof ? (uint32_t)text.len : p->lx.token.at;
        piece->kind = PIECE_comment;
        if (text.data[at] == ';')
            p->at = line_stop(text, at);
        else if (text.data[at] == '(' && next == ';')
            p->at = comment_stop(text, at);
        else if (text.data[at] == '(')
            piece->kind = PIECE_annotation, p->at = wt_lang_group_end(p->l, at);
        else
            p->at = at + 1; /* nothing that the lexer passes over */
        p->at = WT_MIN(p->at, limit);
        if (p->at <= at)
            p->at = at + 1;
    }
    piece->end = p->at;
    return true;
}

/* ---- kinds ---- */

static bool is_number_word(Slice s) {
    return slice_is(s, "inf") || slice_is(s, "nan") ||
           (s.len > 4 && memcmp(s.data, "nan:", 4) == 0);
}

static bool is_attribute(Slice s) {
    return (s.len > 7 && memcmp(s.data, "offset=", 7) == 0) ||
           (s.len > 6 && memcmp(s.data, "align=", 6) == 0);
}

Kind wt_lang_word_kind(const Lang *l, Slice word, bool opens) {
    if (wt_lang_find_op(l, word) != OP_illegal)
        return KIND_OF_instruction;
    if (is_number_word(word))
        return KIND_OF_number;
    if (is_attribute(word))
        return KIND_OF_attribute;
    const WordInfo *info = wt_lang_find_word(l, word);
    if (!info)
        return KIND_OF_error;
    if (info->kind == KIND_OF_clause)
        return KIND_OF_instruction;
    bool heap = slice_is(word, "func") || slice_is(word, "struct") || slice_is(word, "array") ||
                slice_is(word, "cont");
    return heap && !opens ? KIND_OF_type : (Kind)info->kind;
}

static Kind token_kind(const Lang *l, Token t, bool opens) {
    switch ((TokenKind)t.kind) {
    case TOKEN_lparen:
    case TOKEN_rparen:
        return KIND_OF_parenthesis;
    case TOKEN_keyword:
        return wt_lang_word_kind(l, slice(lang_text(l).data + t.at, t.len), opens);
    case TOKEN_id:
        return KIND_OF_identifier;
    case TOKEN_string:
        return KIND_OF_string;
    case TOKEN_nat:
    case TOKEN_int:
    case TOKEN_float:
        return KIND_OF_number;
    case TOKEN_eof:
    case TOKEN_reserved:
    case TOKEN_error:
        break;
    }
    return KIND_OF_error;
}

static void put_word(Buf *out, uint32_t v) {
    uint8_t bytes[4];
    store32le(bytes, v);
    buf_bytes(out, bytes, sizeof bytes);
}

/* Lexing begins behind the last field that ends before. */
static uint32_t restart(const Lang *l, uint32_t at) {
    size_t i = wt_lang_field_from(l, at ? at - 1 : 0);
    return i > 0 ? l->fields[i - 1].end : 0;
}

bool wt_lang_tokens(Lang *l, uint32_t from, uint32_t to, Buf *out) {
    if (!wt_lang_find_fields(l))
        return false;
    Pieces p = wt_lang_pieces(l, restart(l, from), to);
    Piece piece;
    bool opens = false;
    while (wt_lang_next_piece(&p, &piece)) {
        Kind kind = piece.kind == PIECE_comment      ? KIND_OF_comment
                    : piece.kind == PIECE_annotation ? KIND_OF_annotation
                                                     : token_kind(l, piece.token, opens);
        if (piece.kind == PIECE_token)
            opens = piece.token.kind == TOKEN_lparen;
        if (piece.end <= from)
            continue;
        uint32_t start = wt_lang_unit(l, piece.at);
        put_word(out, start);
        put_word(out, wt_lang_unit(l, piece.end) - start);
        put_word(out, kind);
    }
    return true;
}

Token wt_lang_token_at(Lang *l, uint32_t at, bool *opens) {
    *opens = false;
    Lexer lx = wt_lang_lexer(l, wt_lang_find_fields(l) ? restart(l, at) : 0);
    while (lx.token.kind != TOKEN_eof && lx.token.at + lx.token.len < at) {
        *opens = lx.token.kind == TOKEN_lparen;
        wt_lex_next(&lx);
    }
    if (lx.token.kind == TOKEN_eof || lx.token.at + lx.token.len != at)
        return lx.token;
    Token t = lx.token;
    bool paren = t.kind == TOKEN_lparen || t.kind == TOKEN_rparen;
    wt_lex_next(&lx);
    bool touches = lx.token.at == at && lx.token.kind != TOKEN_eof &&
                   (paren || (lx.token.kind != TOKEN_lparen && lx.token.kind != TOKEN_rparen));
    if (!touches)
        return t;
    *opens = t.kind == TOKEN_lparen;
    return lx.token;
}

/* ---- folds ---- */

typedef struct OpenGroup {
    uint32_t at, line;
} OpenGroup;

bool wt_lang_folds(Lang *l, Buf *out) {
    Slice text = lang_text(l);
    OpenGroup *open = NULL;
    size_t cap = 0, depth = 0;
    uint32_t line = 0, seen = 0;
    Lexer lx = wt_lang_lexer(l, 0);
    const char *between = "";
    buf_u8(out, '[');
    for (; lx.token.kind != TOKEN_eof && !out->failed; wt_lex_next(&lx)) {
        uint32_t at = lx.token.at;
        for (; seen < at; seen++)
            line +=
                text.data[seen] == '\n' || (text.data[seen] == '\r' && text.data[seen + 1] != '\n');
        if (lx.token.kind == TOKEN_lparen) {
            if (!wt_vec_grow(l->al, (void **)&open, &cap, depth, sizeof *open))
                out->failed = true;
            else
                open[depth++] = (OpenGroup){at, line};
        } else if (lx.token.kind == TOKEN_rparen && depth > 0) {
            OpenGroup group = open[--depth];
            if (group.line == line)
                continue;
            wt_buf_printf(out, "%s{", between);
            wt_lang_put_span(l, out, group.at, at + 1);
            buf_u8(out, '}');
            between = ",";
        }
    }
    buf_u8(out, ']');
    allocator_free(l->al, open, cap * sizeof *open);
    return true;
}
