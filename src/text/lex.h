/* The tokens of the text format. The spec: "Lexical Format" (6.3).

   A Lexer stands at one token, `token`; lexer_next moves to the following one. Nothing is allocated
   and nothing is remembered: a lexer may be copied, and restarted at any offset between tokens
   (wt_lex_at), which is how the parser reads a module twice.

   White space and comments are passed over silently. Annotations are too (their contents are
   checked), but `before` says which known ones stood directly before the token, and from which
   offset on they can be read again (wt_lex_annotation). A character, string or comment that is
   wrong is reported once to `diag` (NULL: nobody) and comes back as TOKEN_error, so that the parser
   can go on without a message of its own. */
#ifndef WATTLE_TEXT_LEX_H
#define WATTLE_TEXT_LEX_H

#include "wasm/diag.h"

typedef enum TokenKind {
    TOKEN_eof, /* the end; stays so */
    TOKEN_lparen,
    TOKEN_rparen,
    TOKEN_keyword,  /* begins with a lower-case letter; also inf, nan and nan:0x1, nan:canonical */
    TOKEN_id,       /* $name, or $"name" in quotes; the name is not empty */
    TOKEN_string,   /* with its quotes; the escapes are checked */
    TOKEN_nat,      /* an integer without a sign */
    TOKEN_int,      /* an integer with a sign */
    TOKEN_float,    /* a number with point or exponent (also with a sign), or [+-]inf, [+-]nan... */
    TOKEN_reserved, /* any other run of characters: no grammar rule takes it */
    TOKEN_error,    /* reported already */
} TokenKind;

typedef struct Token {
    uint8_t kind; /* TokenKind */
    bool plain;   /* strings and ids: no escapes, the bytes are the contents; strings: and ASCII */
    uint32_t at;  /* offset in the text */
    uint32_t len;
} Token;

/* Annotations with a meaning; others are skipped. */
enum {
    ANNOT_name = 1,
    ANNOT_custom = 2,
    ANNOT_metadata = 4, /* metadata.code.* */
    ANNOT_encoding = 8, /* wattle.encoding */
    ANNOT_bind = 16,
};

typedef struct Lexer {
    const uint8_t *start, *end; /* the text */
    const uint8_t *at;          /* behind the token */
    Token token;
    uint8_t before;      /* ANNOT_ bits of what stood directly before the token */
    uint32_t before_at;  /* offset of the first of them */
    Diag *diag;          /* NULL: report nothing */
    bool no_annotations; /* the feature is off: (@ is an error */
} Lexer;

/* Starts at the first token. The text is lent; it must be shorter than 4 GiB. */
void wt_lex_init(Lexer *lx, Slice text, Diag *diag);
/* Moves to the first token at or behind an offset (which must not be inside a token). */
void wt_lex_at(Lexer *lx, uint32_t offset);

/* Moves to the next token, and returns its kind. */
TokenKind wt_lex_next(Lexer *lx);

/* What each byte can begin or continue; everything from CHAR_id on is an id character. */
enum {
    CHAR_bad,  /* control characters */
    CHAR_high, /* part of a character beyond ASCII */
    CHAR_space,
    CHAR_lparen,
    CHAR_rparen,
    CHAR_quote,
    CHAR_semicolon,
    CHAR_punct, /* , [ ] { } */
    CHAR_id,
    CHAR_dollar,
    CHAR_lower,
    CHAR_sign,
    CHAR_digit,
};
extern const uint8_t wt_lex_class[256];

WT_INLINE const uint8_t *lexer_text(const Lexer *lx) { return lx->start + lx->token.at; }
/* The token as it is written. */
WT_INLINE Slice token_slice(const Lexer *lx, Token t) { return slice(lx->start + t.at, t.len); }
WT_INLINE Slice lexer_slice(const Lexer *lx) { return token_slice(lx, lx->token); }
WT_INLINE uint32_t lexer_offset(const Lexer *lx) { return (uint32_t)(lx->at - lx->start); }

/* Stands at the keyword `word`? */
WT_INLINE bool lexer_is(const Lexer *lx, const char *word) {
    return lx->token.kind == TOKEN_keyword && slice_is(lexer_slice(lx), word);
}
/* Stands at a `(` directly followed (white space and comments apart) by the keyword `word`? Moves
   nothing. */
bool wt_lex_peek(const Lexer *lx, const char *word);
/* As wt_lex_peek, and moves behind the keyword. */
bool wt_lex_open(Lexer *lx, const char *word);
/* The token behind the current one, without moving (and without reporting). */
Token wt_lex_after(const Lexer *lx);

/* Stands at `(`: moves behind its `)`, checking every token on the way. false when the text ends
   first: nothing is reported. Without nesting limits and without recursion. */
bool wt_lex_skip_group(Lexer *lx);
/* The same without looking at tokens, at memory speed: returns the offset behind the `)` that
   closes the group whose `(` is at `open`, or UINT32_MAX when the text ends first. */
uint32_t wt_lex_scan_group(const Lexer *lx, uint32_t open);

/* How many bytes a string token means. */
size_t wt_lex_string_size(const Lexer *lx, Token t);
/* Appends them. */
void wt_lex_string(const Lexer *lx, Token t, Buf *out);
/* The bytes that a string token means: a slice of the text when it has no escapes, else in the
   arena. data is NULL when memory is out. */
Slice wt_text_string(const Lexer *lx, Token t, Arena *a);
/* As wt_text_string; reports ERR_malformed_utf8 when the bytes are not UTF-8 (then they are still
   returned). */
Slice wt_text_name(Lexer *lx, Token t, Arena *a);
/* The name of an id token without `$`: by contents, so $"a" and $a give the same. */
Slice wt_text_id(const Lexer *lx, Token t, Arena *a);

/* What a run of characters that begins with a digit or a sign is: TOKEN_nat, TOKEN_int, TOKEN_float
   or TOKEN_reserved. */
TokenKind wt_lex_number(const uint8_t *p, size_t n);

/* Reports a problem at a token. The texts are those of wt_diag_add. */
DiagEntry *wt_lex_error(Lexer *lx, Token t, ErrorCode code, const char *detail, ...)
    WT_PRINTF(4, 5);
/* "unexpected token: found X, expected WHAT" at the current token; at a reserved token, or an
   unknown keyword where only keywords can be, callers say "unknown operator" instead. Nothing for
   TOKEN_error. Returns NULL then. */
DiagEntry *wt_lex_unexpected(Lexer *lx, const char *expected);
/* Appends how messages call a token: `local.get`, "a string", "the end of the text". */
void wt_lex_describe(const Lexer *lx, Token t, Buf *out);

/* Reads the annotations before the current token again, one by one:
       AnnotationWalk w = wt_lex_annotations(&lx);
       while (wt_lex_annotation(&w)) ...
   Each time w.in stands at the first token of the contents. */
typedef struct AnnotationWalk {
    Lexer in;      /* inside the annotation; reports to the lexer's diag */
    uint32_t next; /* offset to go on from */
    uint32_t stop; /* offset of the token that follows them all */
    uint8_t kind;  /* ANNOT_ bit, 0: one without a meaning */
    Token whole;   /* (@id, for messages */
    Slice id;      /* metadata.code.branch_hint */
} AnnotationWalk;
AnnotationWalk wt_lex_annotations(const Lexer *lx);
bool wt_lex_annotation(AnnotationWalk *w);

#endif
