/* Tokens. The first door of the text path: bytes become tokens here and nowhere else.

   One function, raw_token, reads one token, comment or opening of an annotation; wt_lex_next loops
   over it until a token is there. The longest match counts: a run of id characters, strings and
   punctuation without white space between is one token, reserved unless it is exactly one of the
   good ones. Every byte of a text is looked at by one of the loops below, so bad UTF-8 is found
   wherever it stands. Nothing recurses: comments and annotations are nested by counters. */
#include "text/lex.h"

#include "base/utf8.h"

/* clang-format off */
#define C_BAD8 0, 0, 0, 0, 0, 0, 0, 0
#define C_HIGH16 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
const uint8_t wt_lex_class[256] = {
    C_BAD8,
    0, CHAR_space, CHAR_space, 0, 0, CHAR_space, 0, 0,
    C_BAD8, C_BAD8,
    /* space ! " # $ % & ' */
    CHAR_space, CHAR_id, CHAR_quote, CHAR_id, CHAR_dollar, CHAR_id, CHAR_id, CHAR_id,
    /* ( ) * + , - . / */
    CHAR_lparen, CHAR_rparen, CHAR_id, CHAR_sign, CHAR_punct, CHAR_sign, CHAR_id, CHAR_id,
    /* 0-9 : ; < = > ? */
    CHAR_digit, CHAR_digit, CHAR_digit, CHAR_digit, CHAR_digit, CHAR_digit, CHAR_digit, CHAR_digit,
    CHAR_digit, CHAR_digit, CHAR_id, CHAR_semicolon, CHAR_id, CHAR_id, CHAR_id, CHAR_id,
    /* @ A-Z [ \ ] ^ _ */
    CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id,
    CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id,
    CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id, CHAR_id,
    CHAR_id, CHAR_id, CHAR_id, CHAR_punct, CHAR_id, CHAR_punct, CHAR_id, CHAR_id,
    /* ` a-z { | } ~ DEL */
    CHAR_id, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower,
    CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower,
    CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower, CHAR_lower,
    CHAR_lower, CHAR_lower, CHAR_lower, CHAR_punct, CHAR_id, CHAR_punct, CHAR_id, CHAR_bad,
    C_HIGH16, C_HIGH16, C_HIGH16, C_HIGH16, C_HIGH16, C_HIGH16, C_HIGH16, C_HIGH16,
};
#undef C_BAD8
#undef C_HIGH16
/* clang-format on */
_Static_assert(CHAR_bad == 0 && CHAR_high == 1, "wt_lex_class");

/* What raw_token finds beside tokens. */
enum { RAW_annotation = 64, RAW_comment };

WT_INLINE bool is_id_char(uint8_t c) { return wt_lex_class[c] >= CHAR_id; }

WT_INLINE uint32_t offset_of(const Lexer *lx, const uint8_t *p) {
    return (uint32_t)(p - lx->start);
}

static Token token_of(const Lexer *lx, const uint8_t *p, size_t len) {
    return (Token){.at = offset_of(lx, p), .len = (uint32_t)len};
}

/* ---- characters ---- */

/* Reports a byte that no token can hold; returns the first byte behind its character. */
static const uint8_t *report_character(Lexer *lx, const uint8_t *p) {
    size_t used;
    uint32_t c = wt_utf8_decode(p, (size_t)(lx->end - p), &used);
    if (wt_utf8_valid_prefix(slice(p, used)) != used)
        wt_lex_error(lx, token_of(lx, p, 1), ERR_malformed_utf8, "byte 0x%02x", *p);
    else if (c < 0x80)
        wt_lex_error(lx, token_of(lx, p, 1), ERR_illegal_character, "0x%02x is a control character",
                     c);
    else
        wt_lex_error(lx, token_of(lx, p, used), ERR_illegal_character,
                     "U+%04X may stand in strings and comments only; an identifier takes it in "
                     "quotes, $\"%.*s\"",
                     c, (int)used, (const char *)p);
    return p + used;
}

/* Comments may hold any character, but it must be one. */
static void check_comment(Lexer *lx, const uint8_t *p, const uint8_t *end) {
    size_t good = wt_utf8_valid_prefix(slice(p, (size_t)(end - p)));
    if (p + good != end)
        wt_lex_error(lx, token_of(lx, p + good, 1), ERR_malformed_utf8, "byte 0x%02x in a comment",
                     p[good]);
}

/* ---- comments ---- */

/* The end of the line (LF or CR) at or behind p. */
static const uint8_t *line_end(const uint8_t *p, const uint8_t *end, uint8_t *seen) {
    uint8_t bits = 0;
    while (p != end && *p != '\n' && *p != '\r')
        bits |= *p++;
    *seen = bits;
    return p;
}

/* p is behind the `(;`; returns the place behind the `;)` that closes it, or NULL. */
static const uint8_t *block_comment_end(const uint8_t *p, const uint8_t *end, uint8_t *seen) {
    uint8_t bits = 0;
    size_t depth = 1;
    for (; p != end; p++) {
        bits |= *p;
        if (*p == ';' && p + 1 != end && p[1] == ')') {
            p++;
            if (--depth == 0) {
                *seen = bits;
                return p + 1;
            }
        } else if (*p == '(' && p + 1 != end && p[1] == ';') {
            p++;
            depth++;
        }
    }
    *seen = bits;
    return NULL;
}

static const uint8_t *lex_line_comment(Lexer *lx, const uint8_t *p) {
    uint8_t seen;
    const uint8_t *end = line_end(p, lx->end, &seen);
    if (WT_UNLIKELY(seen >= 0x80))
        check_comment(lx, p, end);
    return end;
}

static const uint8_t *lex_block_comment(Lexer *lx, const uint8_t *p) {
    uint8_t seen;
    const uint8_t *end = block_comment_end(p + 2, lx->end, &seen);
    if (!end) {
        wt_lex_error(lx, token_of(lx, p, 2), ERR_unclosed_comment, "`;)` is missing");
        return lx->end;
    }
    if (WT_UNLIKELY(seen >= 0x80))
        check_comment(lx, p, end);
    return end;
}

/* ---- strings ---- */

/* 1 + what a hex digit means; 0 for other characters. */
static const uint8_t hex_meanings[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

WT_INLINE int hex_digit(uint8_t c) { return hex_meanings[c] - 1; }

/* The byte that two hex digits mean, or -1. */
WT_INLINE int hex_pair(const uint8_t *p) {
    int high = hex_digit(p[0]), low = hex_digit(p[1]);
    return (high | low) < 0 ? -1 : high << 4 | low;
}

/* `\hh` at p? Nearly all escapes of real texts are of this kind, many in a row. */
WT_INLINE bool hex_escape(const uint8_t *p, const uint8_t *end) {
    return end - p >= 3 && *p == '\\' && hex_pair(p + 1) >= 0;
}

/* An escape at p (behind the backslash): writes what it means to out (up to 4 bytes) and their
   number to *n; returns the place behind it, or NULL when it is none. */
static const uint8_t *read_escape(const uint8_t *p, const uint8_t *end, uint8_t out[4], size_t *n) {
    static const char letters[] = "tnr\"'\\", meanings[] = "\t\n\r\"'\\";
    *n = 1;
    if (p == end)
        return NULL;
    if (hex_digit(*p) >= 0) {
        if (end - p < 2 || hex_pair(p) < 0)
            return NULL;
        out[0] = (uint8_t)hex_pair(p);
        return p + 2;
    }
    for (size_t i = 0; i < sizeof letters - 1; i++)
        if (*p == (uint8_t)letters[i]) {
            out[0] = (uint8_t)meanings[i];
            return p + 1;
        }
    if (*p != 'u' || end - p < 4 || p[1] != '{' || hex_digit(p[2]) < 0)
        return NULL;
    uint32_t c = 0;
    for (p += 2;; p++) {
        int d = p != end ? hex_digit(*p) : -1;
        if (d < 0 || c > 0x10FFFF)
            return NULL;
        c = c << 4 | (uint32_t)d;
        if (p + 1 != end && p[1] == '_')
            p++;
        else if (p + 1 != end && p[1] == '}')
            break;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return NULL;
    *n = wt_utf8_encode(c, out);
    return p + 2;
}

/* Eight bytes that need no second look inside a string: not `"`, `\`, DEL, control or high. */
WT_INLINE bool plain_eight(const uint8_t *p) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t v = load64le(p);
    uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\', del = v ^ ones * 0x7F;
    uint64_t hit = (v - ones * 0x20) | (quote - ones) | (slash - ones) | (del - ones) | v;
    return !(hit & highs);
}

/* Holds a word of eight bytes this ASCII character? Bytes beyond ASCII never count. */
WT_INLINE bool has_byte(uint64_t v, char c) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t x = v ^ ones * (uint8_t)c;
    return (x - ones) & ~x & highs;
}

/* p is at the opening quote. Returns the place behind the closing one, NULL when something was
   wrong (reported; *resume is where to go on). */
static const uint8_t *lex_string(Lexer *lx, const uint8_t *p, bool *plain, const uint8_t **resume) {
    const uint8_t *open = p++, *end = lx->end;
    bool escapes = false, high = false, bad = false;
    for (;;) {
        while (end - p >= 8 && plain_eight(p))
            p += 8;
        for (; hex_escape(p, end); p += 3)
            escapes = true;
        if (p == end || (*p < 0x20)) {
            bool line = p == end || *p == '\n' || *p == '\r';
            if (line || bad) {
                if (!bad)
                    wt_lex_error(lx, token_of(lx, open, (size_t)(p - open)), ERR_unclosed_string,
                                 "the closing quote is missing before the end of the %s",
                                 p == end ? "text" : "line");
                *resume = p;
                return NULL;
            }
            wt_lex_error(lx, token_of(lx, p, 1), ERR_illegal_character,
                         "0x%02x in a string; write it as \\%02x", *p, *p);
            bad = true;
            p++;
            continue;
        }
        uint8_t c = *p;
        if (c == '"')
            break;
        if (c == '\\') {
            uint8_t bytes[4];
            size_t n;
            const uint8_t *next = read_escape(p + 1, end, bytes, &n);
            escapes = true;
            if (!next) {
                /* The character behind the backslash is passed over, a quote too. */
                next = p + 1 != end && p[1] >= 0x20 ? p + 2 : p + 1;
                if (!bad && next != end)
                    wt_lex_error(lx, token_of(lx, p, (size_t)(next - p)), ERR_bad_escape,
                                 "known are \\t \\n \\r \\\" \\' \\\\ \\hh and \\u{h...}");
                bad = bad || next != end;
            }
            p = next;
        } else if (c >= 0x80) {
            size_t used;
            high = true;
            wt_utf8_decode(p, (size_t)(end - p), &used);
            if (wt_utf8_valid_prefix(slice(p, used)) != used && !bad) {
                wt_lex_error(lx, token_of(lx, p, 1), ERR_malformed_utf8, "byte 0x%02x in a string",
                             c);
                bad = true;
            }
            p += used;
        } else if (c == 0x7F) {
            if (!bad)
                wt_lex_error(lx, token_of(lx, p, 1), ERR_illegal_character,
                             "0x7f in a string; write it as \\7f");
            bad = true;
            p++;
        } else {
            p++;
        }
    }
    *plain = !escapes && !high;
    *resume = p + 1;
    return bad ? NULL : p + 1;
}

/* The bytes that [p, end) of a string means, counted, and written to `o` unless that is NULL. */
WT_INLINE size_t string_meaning(const uint8_t *p, const uint8_t *end, uint8_t *o) {
    size_t n = 0;
    while (p != end) {
        while (end - p >= 8 && !has_byte(load64le(p), '\\')) {
            if (o)
                memcpy(o + n, p, 8);
            n += 8;
            p += 8;
        }
        for (; hex_escape(p, end); p += 3, n++)
            if (o)
                o[n] = (uint8_t)hex_pair(p + 1);
        if (p == end)
            break;
        if (*p != '\\') {
            if (o)
                o[n] = *p;
            n++;
            p++;
            continue;
        }
        uint8_t bytes[4] = {0};
        size_t count;
        p = read_escape(p + 1, end, bytes, &count);
        if (!p)
            break;
        if (o)
            memcpy(o + n, bytes, count);
        n += count;
    }
    return n;
}

size_t wt_lex_string_size(const Lexer *lx, Token t) {
    const uint8_t *p = lx->start + t.at + 1;
    return string_meaning(p, p + (t.len < 2 ? 0 : t.len - 2), NULL);
}

void wt_lex_string(const Lexer *lx, Token t, Buf *out) {
    const uint8_t *p = lx->start + t.at, *end = p + t.len;
    if (p != end && *p == '$')
        p++;
    if (end - p < 2 || *p != '"' || end[-1] != '"')
        return;
    p++;
    end--;
    if (p == end)
        return;
    /* The meaning is never longer than the spelling; a buffer that does not grow has been given
       the exact size. */
    if (out->allocator && !buf_room(out, (size_t)(end - p)))
        return;
    out->len += string_meaning(p, end, out->data + out->len);
}

static Slice decoded(const Lexer *lx, Token t, Arena *a) {
    Buf b;
    wt_buf_init(&b, a->allocator);
    wt_lex_string(lx, t, &b);
    Slice s = wt_arena_copy(a, b.data, b.len);
    if (b.failed) {
        a->failed = true;
        s = (Slice){NULL, 0};
    }
    wt_buf_free(&b);
    return s;
}

Slice wt_text_string(const Lexer *lx, Token t, Arena *a) {
    const uint8_t *p = lx->start + t.at;
    if (t.plain || !memchr(p, '\\', t.len))
        return slice(p + 1, t.len >= 2 ? t.len - 2 : 0);
    return decoded(lx, t, a);
}

Slice wt_text_name(Lexer *lx, Token t, Arena *a) {
    Slice s = wt_text_string(lx, t, a);
    if (!t.plain && s.data && !utf8_valid(s))
        wt_lex_error(lx, t, ERR_malformed_utf8, "a name must be UTF-8");
    return s;
}

Slice wt_text_id(const Lexer *lx, Token t, Arena *a) {
    const uint8_t *p = lx->start + t.at;
    if (t.len < 2 || p[1] != '"')
        return slice(p + 1, t.len - 1);
    if (t.plain || !memchr(p, '\\', t.len))
        return slice(p + 2, t.len >= 3 ? t.len - 3 : 0);
    return decoded(lx, t, a);
}

/* ---- numbers ---- */

/* Digits with single underscores between; the number of characters taken, 0 when none. */
static size_t digits_at(const uint8_t *p, size_t n, bool hex) {
    size_t i = 0;
    for (;;) {
        size_t from = i;
        while (i < n && (hex ? hex_digit(p[i]) >= 0 : p[i] >= '0' && p[i] <= '9'))
            i++;
        if (i == from)
            return i ? i - 1 : 0; /* nothing behind an underscore: it stays outside */
        if (i == n || p[i] != '_')
            return i;
        i++;
    }
}

/* What a run that begins with a digit or a sign is. */
TokenKind wt_lex_number(const uint8_t *p, size_t n) {
    bool sign = *p == '+' || *p == '-';
    p += sign;
    n -= sign;
    if (n == 0)
        return TOKEN_reserved;
    if (n == 3 && (memcmp(p, "inf", 3) == 0 || memcmp(p, "nan", 3) == 0))
        return TOKEN_float;
    if (n > 6 && memcmp(p, "nan:0x", 6) == 0)
        return digits_at(p + 6, n - 6, true) == n - 6 ? TOKEN_float : TOKEN_reserved;
    bool hex = n > 2 && p[0] == '0' && p[1] == 'x';
    p += hex ? 2 : 0;
    n -= hex ? 2 : 0;
    size_t i = digits_at(p, n, hex);
    if (i == 0)
        return TOKEN_reserved;
    if (i == n)
        return sign ? TOKEN_int : TOKEN_nat;
    if (p[i] == '.') {
        i++;
        i += digits_at(p + i, n - i, hex);
    }
    if (i < n && (p[i] | 0x20) == (hex ? 'p' : 'e')) {
        i++;
        if (i < n && (p[i] == '+' || p[i] == '-'))
            i++;
        size_t exponent = digits_at(p + i, n - i, false);
        if (exponent == 0)
            return TOKEN_reserved;
        i += exponent;
    }
    return i == n ? TOKEN_float : TOKEN_reserved;
}

/* ---- tokens ---- */

static TokenKind set_token(Lexer *lx, TokenKind kind, const uint8_t *from, const uint8_t *to) {
    lx->token = token_of(lx, from, (size_t)(to - from));
    lx->token.kind = (uint8_t)kind;
    lx->at = to;
    return kind;
}

/* Escapes may make anything of a quoted name. */
static bool name_is_utf8(Lexer *lx, Token t) {
    if (!lx->diag) /* who reports nothing need not know */
        return true;
    Buf b;
    wt_buf_init(&b, lx->diag->arena.allocator);
    wt_lex_string(lx, t, &b);
    bool good = b.failed || utf8_valid(slice(b.data, b.len));
    if (b.failed)
        wt_diag_oom(lx->diag);
    wt_buf_free(&b);
    return good;
}

/* A run that is not just id characters, from its start: strings, punctuation and bad characters
   take part in it. */
static WT_COLD TokenKind lex_odd_run(Lexer *lx, const uint8_t *from) {
    const uint8_t *p = from;
    unsigned strings = 0;
    bool bad = false, plain = false, other = false;
    const uint8_t *quote = NULL;
    for (;;) {
        unsigned class = p != lx->end ? wt_lex_class[*p] : CHAR_space;
        if (class >= CHAR_id || class == CHAR_punct) {
            other = other || class == CHAR_punct || strings;
            p++;
        } else if (class == CHAR_semicolon && !(p + 1 != lx->end && p[1] == ';')) {
            other = true;
            p++;
        } else if (class == CHAR_quote) {
            const uint8_t *resume;
            if (!strings++)
                quote = p;
            Lexer quiet = *lx;
            if (bad)
                quiet.diag = NULL;
            if (!lex_string(bad ? &quiet : lx, p, &plain, &resume))
                bad = true;
            p = resume;
        } else if (class == CHAR_high || class == CHAR_bad) {
            if (bad) {
                p++;
            } else {
                /* `$"a` cut short by a line end is an id that was not finished. */
                p = report_character(lx, p);
                bad = true;
            }
        } else {
            break;
        }
    }
    if (bad)
        return set_token(lx, TOKEN_error, from, p);
    if (strings == 1 && !other && quote == from) {
        set_token(lx, TOKEN_string, from, p);
        lx->token.plain = plain;
        return TOKEN_string;
    }
    if (strings == 1 && !other && quote == from + 1 && *from == '$') {
        set_token(lx, TOKEN_id, from, p);
        lx->token.plain = plain;
        if (p - from == 3) {
            wt_lex_error(lx, lx->token, ERR_empty_identifier, "`$\"\"` names nothing");
            return (TokenKind)(lx->token.kind = TOKEN_error);
        }
        if (plain)
            return TOKEN_id;
        if (name_is_utf8(lx, lx->token))
            return TOKEN_id;
        wt_lex_error(lx, lx->token, ERR_malformed_utf8, "an identifier must be UTF-8");
        return (TokenKind)(lx->token.kind = TOKEN_error);
    }
    return set_token(lx, TOKEN_reserved, from, p);
}

/* p is at an opening quote: is there a closing one before the line ends, and no control character
   before it? A quoted name that is not finished so counts as empty. */
static bool name_closes(const uint8_t *p, const uint8_t *end) {
    for (p++; p != end && *p >= 0x20 && *p != 0x7F; p++) {
        if (*p == '"')
            return true;
        if (*p == '\\' && p + 1 != end)
            p++;
    }
    return false;
}

/* A run that begins with an id character of the given class. */
static TokenKind lex_run(Lexer *lx, const uint8_t *from, unsigned class) {
    const uint8_t *p = from + 1, *end = lx->end;
    while (p != end && is_id_char(*p))
        p++;
    unsigned stop = p != end ? wt_lex_class[*p] : CHAR_space;
    bool comment = stop == CHAR_semicolon && p + 1 != end && p[1] == ';';
    if (WT_UNLIKELY(stop != CHAR_space && stop != CHAR_lparen && stop != CHAR_rparen && !comment)) {
        bool unfinished = class == CHAR_dollar && p == from + 1 && stop == CHAR_quote;
        if (unfinished && !name_closes(p, end)) {
            uint8_t seen;
            const uint8_t *line = line_end(p, end, &seen);
            wt_lex_error(lx, token_of(lx, from, (size_t)(line - from)), ERR_empty_identifier,
                         "the quoted name does not end on its line, or has control characters");
            return set_token(lx, TOKEN_error, from, line);
        }
        return lex_odd_run(lx, from);
    }
    TokenKind kind = TOKEN_reserved;
    if (class == CHAR_lower) {
        kind = TOKEN_keyword;
    } else if (class == CHAR_dollar) {
        kind = TOKEN_id;
        if (p - from == 1) {
            wt_lex_error(lx, token_of(lx, from, 1), ERR_empty_identifier,
                         "`$` without a name behind it");
            kind = TOKEN_error;
        }
    } else if (class >= CHAR_sign) {
        kind = wt_lex_number(from, (size_t)(p - from));
    }
    set_token(lx, kind, from, p);
    lx->token.plain = true;
    return kind;
}

/* `(@`: the id, reported when there is none. */
static unsigned lex_annotation_open(Lexer *lx, const uint8_t *from) {
    const uint8_t *p = from + 2, *end = lx->end;
    while (p != end && is_id_char(*p))
        p++;
    bool good = p != from + 2;
    if (!good && p != end && *p == '"' && name_closes(p, end)) {
        bool plain;
        const uint8_t *close = lex_string(lx, p, &plain, &p);
        Token t = token_of(lx, from + 2, (size_t)(p - from - 2));
        good = !close || t.len > 2; /* NULL: reported already */
        if (close && good && !plain && !name_is_utf8(lx, t))
            wt_lex_error(lx, t, ERR_malformed_utf8, "a name must be UTF-8");
    }
    if (!good)
        wt_lex_error(lx, token_of(lx, from, 2), ERR_empty_annotation,
                     "an annotation begins with `(@` and a name, without a space between");
    set_token(lx, TOKEN_lparen, from, p);
    return RAW_annotation;
}

/* One token, comment (passed over), or opening of an annotation. */
WT_INLINE unsigned raw_token(Lexer *lx) {
    const uint8_t *p = lx->at, *end = lx->end;
    for (;;) {
        while (p != end && wt_lex_class[*p] == CHAR_space)
            p++;
        if (p == end)
            return set_token(lx, TOKEN_eof, p, p);
        unsigned class = wt_lex_class[*p];
        if (WT_LIKELY(class >= CHAR_id))
            return lex_run(lx, p, class);
        if (class == CHAR_lparen) {
            uint8_t second = p + 1 != end ? p[1] : 0;
            if (second == ';') {
                p = lex_block_comment(lx, p);
                continue;
            }
            if (second == '@' && !lx->no_annotations)
                return lex_annotation_open(lx, p);
            return set_token(lx, TOKEN_lparen, p, p + 1);
        }
        if (class == CHAR_rparen)
            return set_token(lx, TOKEN_rparen, p, p + 1);
        if (class == CHAR_semicolon && p + 1 != end && p[1] == ';') {
            p = lex_line_comment(lx, p + 2);
            continue;
        }
        return lex_odd_run(lx, p);
    }
}

/* Behind the opening of an annotation: passes over the rest, checking its tokens. */
static void skip_annotation(Lexer *lx, Token open) {
    /* Inside, `(@` is a parenthesis and any token: it need not be an annotation. */
    bool no_annotations = lx->no_annotations;
    lx->no_annotations = true;
    bool bad = false;
    for (size_t depth = 1; depth > 0;) {
        unsigned kind = raw_token(lx);
        if (kind == TOKEN_lparen)
            depth++;
        else if (kind == TOKEN_rparen)
            depth--;
        else if (kind == TOKEN_error)
            bad = true;
        else if (kind == TOKEN_eof) {
            /* An open string inside is the reason, and has been reported. */
            if (!bad)
                wt_lex_error(lx, open, ERR_unclosed_annotation, "its `)` is missing");
            break;
        }
    }
    lx->no_annotations = no_annotations;
}

static unsigned known_annotation(Slice id) {
    if (id.len >= 2 && id.data[0] == '"') {
        id.data++;
        id.len -= 2;
    }
    if (slice_is(id, "name"))
        return ANNOT_name;
    if (slice_is(id, "custom"))
        return ANNOT_custom;
    if (slice_is(id, "wattle.encoding"))
        return ANNOT_encoding;
    if (slice_is(id, "bind"))
        return ANNOT_bind;
    if (id.len > 14 && memcmp(id.data, "metadata.code.", 14) == 0)
        return ANNOT_metadata;
    return 0;
}

/* The id behind `(@` of an opening token. */
static Slice annotation_id(const Lexer *lx, Token open) {
    return slice(lx->start + open.at + 2, open.len - 2);
}

static WT_NOINLINE TokenKind next_behind_annotation(Lexer *lx) {
    unsigned kind;
    do {
        Token open = lx->token;
        unsigned bit = known_annotation(annotation_id(lx, open));
        if (bit && !lx->before)
            lx->before_at = open.at;
        lx->before |= (uint8_t)bit;
        skip_annotation(lx, open);
        kind = raw_token(lx);
    } while (kind == RAW_annotation);
    return (TokenKind)kind;
}

TokenKind wt_lex_next(Lexer *lx) {
    lx->before = 0;
    unsigned kind = raw_token(lx);
    if (WT_UNLIKELY(kind == RAW_annotation))
        return next_behind_annotation(lx);
    return (TokenKind)kind;
}

void wt_lex_at(Lexer *lx, uint32_t offset) {
    lx->at = lx->start + offset;
    wt_lex_next(lx);
}

void wt_lex_init(Lexer *lx, Slice text, Diag *diag) {
    static const uint8_t nothing[1];
    *lx = (Lexer){.start = text.len ? text.data : nothing, .diag = diag};
    lx->end = lx->start + text.len;
    wt_lex_at(lx, 0);
}

AnnotationWalk wt_lex_annotations(const Lexer *lx) {
    AnnotationWalk w = {.in = *lx, .next = lx->before ? lx->before_at : lx->token.at};
    w.stop = lx->token.at;
    return w;
}

bool wt_lex_annotation(AnnotationWalk *w) {
    Diag *diag = w->in.diag;
    /* What is wrong with comments and strings has been reported when they were passed over. */
    w->in.diag = NULL;
    for (;;) {
        w->in.at = w->in.start + w->next;
        if (w->next >= w->stop || raw_token(&w->in) != RAW_annotation) {
            w->in.diag = diag;
            return false;
        }
        w->whole = w->in.token;
        w->id = annotation_id(&w->in, w->whole);
        w->kind = (uint8_t)known_annotation(w->id);
        const uint8_t *inside = w->in.at;
        skip_annotation(&w->in, w->whole);
        w->next = offset_of(&w->in, w->in.at);
        if (!w->kind)
            continue;
        wt_lex_at(&w->in, offset_of(&w->in, inside));
        w->in.diag = diag;
        return true;
    }
}

/* ---- looking ahead, skipping ---- */

Token wt_lex_after(const Lexer *lx) {
    Lexer ahead = *lx;
    ahead.diag = NULL;
    wt_lex_next(&ahead);
    return ahead.token;
}

bool wt_lex_peek(const Lexer *lx, const char *word) {
    if (lx->token.kind != TOKEN_lparen)
        return false;
    Token t = wt_lex_after(lx);
    return t.kind == TOKEN_keyword && slice_is(token_slice(lx, t), word);
}

bool wt_lex_open(Lexer *lx, const char *word) {
    if (!wt_lex_peek(lx, word))
        return false;
    wt_lex_next(lx);
    wt_lex_next(lx);
    return true;
}

bool wt_lex_skip_group(Lexer *lx) {
    size_t depth = 0;
    do {
        if (lx->token.kind == TOKEN_lparen)
            depth++;
        else if (lx->token.kind == TOKEN_rparen)
            depth--;
        else if (lx->token.kind == TOKEN_eof)
            return false;
        wt_lex_next(lx);
    } while (depth > 0);
    return true;
}

/* Bytes that matter to the scan are ( ) ; and the quote: does the word hold one? May say yes when
   there is none, never no. */
WT_INLINE uint64_t scan_hits(uint64_t v) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t paren = (v & ones * 0xFE) ^ ones * '(', quote = v ^ ones * '"', semi = v ^ ones * ';';
    return ((paren - ones) | (quote - ones) | (semi - ones)) & ~v & highs;
}

/* The bytes of a word that are `c`, counted. Exact for words of any bytes. */
WT_INLINE size_t count_byte(uint64_t v, uint8_t c) {
    const uint64_t ones = 0x0101010101010101u, lows = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t x = v ^ ones * c;
    uint64_t zeros = ~(((x & lows) + lows) | x | lows);
    return (size_t)((zeros >> 7) * ones >> 56);
}

/* Eight bytes at p (nine are there) in which only parentheses matter, and which do not close the
   outermost group: adds them up, in any order. */
WT_INLINE bool scan_parens(const uint8_t *p, size_t *depth) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t v = load64le(p), quote = v ^ ones * '"', semi = v ^ ones * ';';
    if (((quote - ones) | (semi - ones)) & ~v & highs)
        return false;
    size_t closes = count_byte(v, ')');
    if (closes >= *depth || (p[7] == '(' && p[8] == ';'))
        return false;
    *depth += count_byte(v, '(') - closes;
    return true;
}

/* p is behind an opening quote: the place behind the closing one, or at the end of the line. */
static const uint8_t *scan_string(const uint8_t *p, const uint8_t *end) {
    for (;;) {
        while (end - p >= 8 && plain_eight(p))
            p += 8;
        while (hex_escape(p, end))
            p += 3;
        if (p == end || *p == '\n' || *p == '\r')
            return p;
        if (*p == '"')
            return p + 1;
        p += *p == '\\' && p + 1 != end && p[1] >= 0x20 ? 2 : 1;
    }
}

uint32_t wt_lex_scan_group(const Lexer *lx, uint32_t open) {
    const uint8_t *p = lx->start + open, *end = lx->end;
    size_t depth = 0;
    uint8_t seen;
    for (;;) {
        while (end - p >= 32 && !(scan_hits(load64le(p)) | scan_hits(load64le(p + 8)) |
                                  scan_hits(load64le(p + 16)) | scan_hits(load64le(p + 24))))
            p += 32;
        if (end - p >= 9) {
            uint64_t hits = scan_hits(load64le(p));
            if (!hits || scan_parens(p, &depth)) {
                p += 8;
                continue;
            }
            p += (unsigned)__builtin_ctzll(hits) >> 3;
        }
        if (p == end)
            return UINT32_MAX;
        uint8_t c = *p++;
        if (c == '(') {
            if (p != end && *p == ';') {
                p = block_comment_end(p + 1, end, &seen);
                if (!p)
                    return UINT32_MAX;
            } else {
                depth++;
            }
        } else if (c == ')') {
            if (depth <= 1)
                return offset_of(lx, p);
            depth--;
        } else if (c == '"') {
            p = scan_string(p, end);
        } else if (c == ';' && p != end && *p == ';') {
            p = line_end(p, end, &seen);
        }
    }
}
