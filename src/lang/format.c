/* The text well laid out. Only blanks change: tokens, comments and annotations
   stay as they are, and so do the author's line breaks, but that each field
   begins a line, empty lines do not pile up, and a line that is too long is
   broken before its instructions, the outer ones first. A line is indented by
   two for each parenthesis and each block that is open where it begins.

   Laying out again changes nothing: all is decided by the tokens, by where
   lines break, and by lengths without the indentation. */
#include "lang/inside.h"

#include "tools/report.h"
#include "wasm/op.h"

enum { LINE_LENGTH = 100, INDENT = 2, INDENT_MOST = 80, BREAK_LEVELS = 30 };

/* A token with its place on the way out. */
typedef struct Word {
    uint32_t at, end;
    uint8_t lines;  /* line breaks before it, at most two */
    uint8_t kind;   /* WordKind */
    bool space;     /* a blank before it when it does not begin a line */
    bool breaks;    /* a long line may break before it */
    bool field;     /* begins a field */
    int8_t flat;    /* opens (1) or closes (-1) a block without parentheses */
    bool outdented; /* stands to the left, as `else` */
} Word;

typedef enum WordKind { WORD_plain, WORD_open, WORD_close, WORD_line_comment, WORD_fixed } WordKind;

typedef struct Format {
    Lang *l;
    Slice text;
    Word *words;
    size_t cap, count;
    size_t depth;     /* of parentheses */
    bool whole;       /* the text begins with (module */
    bool behind_open; /* the last token was a parenthesis */
} Format;

/* ---- reading ---- */

static uint8_t count_breaks(Slice text, uint32_t from, uint32_t to) {
    unsigned n = 0;
    for (uint32_t i = from; i < to && n < 2; i++)
        n += text.data[i] == '\n' ||
             (text.data[i] == '\r' && !(i + 1 < text.len && text.data[i + 1] == '\n'));
    return (uint8_t)n;
}

/* What a keyword does to the layout. */
static void note_keyword(const Format *f, Word *w, Slice word) {
    unsigned op = wt_lang_find_op(f->l, word);
    if (op == OP_illegal || f->behind_open)
        return;
    Imm imm = (Imm)op_info(op)->imm;
    bool opens = imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
    bool divides = op == OP_else || op == OP_catch || op == OP_catch_all;
    bool closes = op == OP_end || op == OP_delegate;
    w->breaks = true;
    w->flat = (int8_t)(opens ? 1 : closes ? -1 : 0);
    w->outdented = divides || closes;
}

/* A long line may break before the parenthesis of an instruction or clause. */
static bool opens_instruction(const Format *f, const Pieces *p) {
    if (p->lx.token.kind != TOKEN_keyword)
        return false;
    Slice word = lexer_slice(&p->lx);
    return wt_lang_word_kind(f->l, word, true) == KIND_OF_instruction &&
           !(word.len > 4 && memcmp(word.data, "catch", 5) == 0);
}

static bool add_word(Format *f, const Piece *piece, uint32_t before, const Pieces *p) {
    if (!wt_vec_grow(f->l->al, (void **)&f->words, &f->cap, f->count, sizeof *f->words))
        return false;
    Word *w = &f->words[f->count++];
    const uint8_t *s = f->text.data + piece->at;
    *w = (Word){
        .at = piece->at, .end = piece->end, .lines = count_breaks(f->text, before, piece->at)};
    /* Behind a parenthesis nothing stands off, unless the two would become
     * something else. */
    w->space = !f->behind_open || *s == '@' || *s == ';' || piece->kind != PIECE_token;
    if (piece->kind == PIECE_comment) {
        w->kind = *s == ';' ? WORD_line_comment : WORD_plain;
        f->behind_open = false;
        return true;
    }
    unsigned kind = piece->kind == PIECE_token ? piece->token.kind : TOKEN_string;
    if (kind == TOKEN_keyword)
        note_keyword(f, w, slice(s, piece->end - piece->at));
    if (kind == TOKEN_error)
        w->kind = WORD_fixed;
    f->behind_open = kind == TOKEN_lparen;
    if (kind == TOKEN_lparen) {
        w->kind = WORD_open;
        w->field = f->depth == (f->whole ? 1u : 0u);
        w->breaks = opens_instruction(f, p);
        f->depth++;
    } else if (kind == TOKEN_rparen) {
        w->kind = WORD_close;
        w->space = false;
        f->depth -= f->depth > 0;
    } else if (piece->kind == PIECE_annotation) {
        /* Between fields on a line of its own, as it was. */
        w->field = false;
    }
    return true;
}

static bool read_words(Format *f) {
    Pieces p = wt_lang_pieces(f->l, 0, (uint32_t)f->text.len);
    Piece piece;
    uint32_t before = 0;
    f->whole = wt_lex_peek(&p.lx, "module");
    while (wt_lang_next_piece(&p, &piece)) {
        if (!add_word(f, &piece, before, &p))
            return false;
        before = piece.end;
    }
    return true;
}

/* ---- breaking ---- */

static size_t line_length(const Format *f, size_t from, size_t to) {
    size_t length = 0;
    for (size_t i = from; i < to; i++)
        length += f->words[i].end - f->words[i].at + (i > from && f->words[i].space);
    return length;
}

/* How deep in parentheses the outermost place is at which a line may break;
 * INT32_MAX: nowhere. */
static int32_t break_depth(const Format *f, size_t from, size_t to) {
    int32_t depth = 0, least = INT32_MAX;
    for (size_t i = from; i < to; i++) {
        const Word *w = &f->words[i];
        if (i > from && w->breaks)
            least = WT_MIN(least, depth);
        depth += (w->kind == WORD_open) - (w->kind == WORD_close);
    }
    return least;
}

/* Words [from, to) are a line: if it is too long it is broken where it is least
   deep, then its parts. `levels` of that, and the rest at once. */
static void break_line(Format *f, size_t from, size_t to, unsigned levels) {
    if (line_length(f, from, to) <= LINE_LENGTH)
        return;
    int32_t depth = 0, where = levels ? break_depth(f, from, to) : INT32_MAX;
    if (levels && where == INT32_MAX)
        return;
    size_t part = from;
    for (size_t i = from; i < to; i++) {
        Word *w = &f->words[i];
        if (i > from && w->breaks && depth <= where) {
            w->lines = 1;
            if (levels)
                break_line(f, part, i, levels - 1);
            part = i;
        }
        depth += (w->kind == WORD_open) - (w->kind == WORD_close);
    }
    if (levels)
        break_line(f, part, to, levels - 1);
}

static void break_lines(Format *f) {
    for (size_t i = 1; i < f->count; i++) {
        Word *w = &f->words[i];
        if (f->words[i - 1].kind == WORD_line_comment || w->field)
            w->lines = w->lines ? w->lines : 1;
        if (f->words[i - 1].kind == WORD_open && w->kind == WORD_plain && w->lines)
            w->lines = f->text.data[w->at] == '(' ? 1 : 0; /* the word stays at its parenthesis */
        if (w->kind == WORD_close && w->lines)
            w->lines = 1;
    }
    if (f->count)
        f->words[0].lines = 0;
    for (size_t from = 0, i = 1; i <= f->count; i++)
        if (i == f->count || f->words[i].lines) {
            break_line(f, from, i, BREAK_LEVELS);
            from = i;
        }
}

/* ---- writing ---- */

static bool is_space_as(const Format *f, uint32_t from, uint32_t to, unsigned lines,
                        size_t blanks) {
    if (to - from != lines + blanks)
        return false;
    for (uint32_t i = from; i < to; i++)
        if (f->text.data[i] != (i - from < lines ? '\n' : ' '))
            return false;
    return true;
}

typedef struct EditsOut {
    const Lang *l;
    Buf *out;
    const char *between;
} EditsOut;

static void put_edit(EditsOut *e, uint32_t from, uint32_t to, unsigned lines, size_t blanks) {
    wt_buf_printf(e->out, "%s{", e->between);
    wt_lang_put_span(e->l, e->out, from, to);
    buf_str(e->out, ",\"text\":\"");
    for (unsigned i = 0; i < lines; i++)
        buf_str(e->out, "\\n");
    for (size_t i = 0; i < blanks; i++)
        buf_u8(e->out, ' ');
    buf_str(e->out, "\"}");
    e->between = ",";
}

/* What is open: parentheses, each with the blocks inside. */
typedef struct Nesting {
    uint32_t *blocks; /* open in each group */
    size_t cap, depth, total;
} Nesting;

static bool nest(const Format *f, Nesting *n, const Word *w) {
    if (w->kind == WORD_open) {
        if (!wt_vec_grow(f->l->al, (void **)&n->blocks, &n->cap, n->depth, sizeof *n->blocks))
            return false;
        n->blocks[n->depth++] = 0;
    } else if (w->kind == WORD_close && n->depth > 0) {
        n->total -= n->blocks[--n->depth];
    } else if (w->flat && n->depth > 0 && (w->flat > 0 || n->blocks[n->depth - 1] > 0)) {
        n->blocks[n->depth - 1] += (uint32_t)(w->flat > 0 ? 1 : -1);
        n->total += (size_t)(ptrdiff_t)w->flat;
    }
    return true;
}

static size_t indentation(const Nesting *n, const Word *w) {
    size_t level = n->depth + n->total;
    bool back = (w->kind == WORD_close && n->depth > 0) ||
                (w->outdented && n->depth > 0 && n->blocks[n->depth - 1] > 0);
    if (w->kind == WORD_close && n->depth > 0)
        level -= n->blocks[n->depth - 1];
    level -= back && level > 0;
    return WT_MIN(level * INDENT, (size_t)INDENT_MOST);
}

static bool write_edits(const Format *f, Buf *out) {
    EditsOut e = {f->l, out, ""};
    Nesting n = {0};
    bool ok = true;
    uint32_t before = 0;
    for (size_t i = 0; i < f->count && ok; i++) {
        const Word *w = &f->words[i];
        size_t blanks = w->lines || i == 0 ? indentation(&n, w) : w->space;
        bool fixed = i > 0 && f->words[i - 1].kind == WORD_fixed;
        if (!fixed && w->kind != WORD_fixed && !is_space_as(f, before, w->at, w->lines, blanks))
            put_edit(&e, before, w->at, w->lines, blanks);
        ok = nest(f, &n, w);
        before = w->end;
    }
    unsigned last = f->count ? 1 : 0;
    if (ok && !is_space_as(f, before, (uint32_t)f->text.len, last, 0) &&
        !(f->count && f->words[f->count - 1].kind == WORD_fixed))
        put_edit(&e, before, (uint32_t)f->text.len, last, 0);
    allocator_free(f->l->al, n.blocks, n.cap * sizeof *n.blocks);
    return ok;
}

bool wt_lang_format(Lang *l, Buf *out) {
    Format f = {.l = l, .text = lang_text(l)};
    buf_u8(out, '[');
    bool ok = read_words(&f);
    if (ok) {
        break_lines(&f);
        ok = write_edits(&f, out);
    }
    buf_u8(out, ']');
    allocator_free(l->al, f.words, f.cap * sizeof *f.words);
    return ok;
}
