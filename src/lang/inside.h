/* What the files of the room share: the document and how answers are written. */
#ifndef WATTLE_LANG_INSIDE_H
#define WATTLE_LANG_INSIDE_H

#include "base/map.h"
#include "lang/lang.h"
#include "text/parse.h"
#include "valid/step.h"

/* TOKEN_KINDS of engine.d.ts, in its order; and the words that count as instructions. */
typedef enum Kind {
    KIND_OF_parenthesis,
    KIND_OF_field,
    KIND_OF_instruction,
    KIND_OF_type,
    KIND_OF_identifier,
    KIND_OF_number,
    KIND_OF_string,
    KIND_OF_comment,
    KIND_OF_annotation,
    KIND_OF_attribute,
    KIND_OF_error,
    KIND_OF_clause,
} Kind;

typedef struct WordInfo {
    const char *text;
    uint8_t kind; /* Kind */
    const char *doc;
} WordInfo;

/* A field of the module, or what stands where one should. */
typedef struct FieldSpan {
    uint32_t at, end;
} FieldSpan;

/* An item of the binary: an entry of a section. */
typedef struct ItemSpan {
    uint8_t section;     /* SectionId */
    uint32_t index;      /* in its index space; of imports, exports and the start among these */
    uint32_t start, end; /* in the binary */
    uint32_t code[2];    /* where its code begins (locals of a function, an expression, the items of
                            an element segment); 0: none */
    uint32_t text_at;    /* its field, or UINT32_MAX */
} ItemSpan;

/* What identifiers name. */
typedef enum SymbolSpace {
    SYMBOL_none,
    SYMBOL_module,
    SYMBOL_type,
    SYMBOL_func,
    SYMBOL_table,
    SYMBOL_memory,
    SYMBOL_global,
    SYMBOL_tag,
    SYMBOL_elem,
    SYMBOL_data,
    SYMBOL_local,
    SYMBOL_label,
    SYMBOL_field,
} SymbolSpace;
enum { SCOPE_unknown = 0xFFFFFFFF };

/* An identifier in the text. */
typedef struct Symbol {
    uint32_t at, len;
    Slice name;     /* what it means, without $ */
    uint32_t scope; /* locals: the field; labels: the place of the definition; struct fields: the
                       type's index; else 0. SCOPE_unknown: nothing is defined */
    uint32_t until; /* labels that are defined: the end of the block; types: the index */
    uint16_t op;    /* the same: the block's */
    uint8_t space;  /* SymbolSpace */
    bool defines;
} Symbol;

/* What governs a place of the text. */
typedef struct Context {
    uint16_t op;       /* the instruction behind whose word the place is; OP_illegal: none */
    Slice word;        /* behind the innermost parenthesis */
    Slice up;          /* behind the one around it */
    bool opens;        /* directly behind a parenthesis */
    bool defines;      /* an identifier here would be defined */
    uint32_t n;        /* indices since the word */
    SymbolSpace space; /* of an identifier here */
    uint32_t scope, field;
} Context;

/* A text and what was made of it. */
typedef struct Version {
    Buf text;
    Module m;
    Diag d;
    bool read;       /* there is one */
    bool parsed;     /* without errors */
    bool checked;    /* `valid`, `used` and `around` mean something */
    bool sound;      /* bodies can be looked at */
    uint8_t *valid;  /* by defined function: the body is valid; in m's arena */
    uint32_t *used;  /* by defined function: features of its instructions; the same */
    uint64_t around; /* hash of all that the validity of a body depends on but the body */
    Buf binary;      /* empty with errors */
} Version;

struct Lang {
    const Allocator *al;
    uint64_t features;
    Version versions[2];
    unsigned current; /* the other one is the version before */
    /* What questions needed; gone with the next update. */
    uint32_t *units; /* UTF-16 units before every 256th byte; NULL: the text is ASCII */
    size_t unit_blocks;
    FieldSpan *fields;
    size_t field_cap, field_count;
    bool fields_found;
    ItemSpan *items;
    size_t item_cap, item_count;
    bool items_found;
    TextMap *map;    /* or NULL */
    Symbol *symbols; /* in the order of the text */
    size_t symbol_cap, symbol_count;
    bool symbols_found;
    Arena symbol_names;
    Map words; /* instructions by number, from OP_count on the rows of words.def */
};

WT_INLINE bool same_body(const Func *a, const Func *b) {
    return a->code_size == b->code_size && memcmp(a->code, b->code, a->code_size) == 0;
}

WT_INLINE Version *lang_now(Lang *l) { return &l->versions[l->current]; }
WT_INLINE Slice lang_text(const Lang *l) {
    static const uint8_t nothing[1];
    const Buf *text = &l->versions[l->current].text;
    return slice(text->data ? text->data : nothing, text->len);
}

/* ---- document.c ---- */

/* Between bytes and UTF-16 units. What lies in a character is taken back to its start. */
uint32_t wt_lang_unit(const Lang *l, uint64_t byte);
uint32_t wt_lang_byte(const Lang *l, uint32_t unit);
/* Bytes from `at` to `end` as "start":1,"end":2. */
void wt_lang_put_span(const Lang *l, Buf *out, uint64_t at, uint64_t end);

/* ---- tokens.c ---- */

bool wt_lang_init_words(Lang *l);
/* The instruction of a word, or OP_illegal. */
unsigned wt_lang_find_op(const Lang *l, Slice word);
const WordInfo *wt_lang_find_word(const Lang *l, Slice word);
/* All words one after the other; NULL behind the last. */
const WordInfo *wt_lang_word(size_t i);
/* What a keyword is; `opens`: it stands behind a parenthesis. */
Kind wt_lang_word_kind(const Lang *l, Slice word, bool opens);

/* Fills in the list of fields. */
bool wt_lang_find_fields(Lang *l);
/* The first field that ends behind a place. */
size_t wt_lang_field_from(const Lang *l, uint32_t at);
/* The one at a place, or NULL. */
const FieldSpan *wt_lang_field_at(const Lang *l, uint32_t at);
/* "func"; empty: none. */
Slice wt_lang_field_word(const Lang *l, const FieldSpan *field);
/* A lexer that reports nothing, at the first token from `at` on. */
Lexer wt_lang_lexer(const Lang *l, uint32_t at);
/* Behind the group whose parenthesis is at `at`. */
uint32_t wt_lang_group_end(const Lang *l, uint32_t at);

/* Everything but blanks, from a place between tokens on. */
typedef enum PieceKind { PIECE_token, PIECE_comment, PIECE_annotation } PieceKind;
typedef struct Piece {
    uint32_t at, end;
    PieceKind kind;
    Token token; /* PIECE_token */
} Piece;
typedef struct Pieces {
    const Lang *l;
    Lexer lx;
    uint32_t at, end;
} Pieces;
/* The token that a place touches, of two the second; at the end of the text,
   TOKEN_eof. *opens: a parenthesis stands before it. */
Token wt_lang_token_at(Lang *l, uint32_t at, bool *opens);
Pieces wt_lang_pieces(const Lang *l, uint32_t at, uint32_t end);
bool wt_lang_next_piece(Pieces *p, Piece *piece);

/* Answers. */
bool wt_lang_tokens(Lang *l, uint32_t from, uint32_t to, Buf *out);
bool wt_lang_folds(Lang *l, Buf *out);

/* ---- map.c ---- */

/* Behind the instruction of a keyword: its immediates too, its operands not. */
uint32_t wt_lang_insn_end(const Lang *l, Token keyword);
bool wt_lang_read_map(Lang *l, SectionId section, uint32_t item, MapField *field);
/* As wt_type_print, with the names of types; "any type" for what unreachable code gives. */
void wt_lang_put_type(const Lang *l, Buf *out, ValType t);
void wt_lang_put_types(const Lang *l, Buf *out, const ValType *types, size_t count);
/* The function whose field begins at a place, or UINT32_MAX. */
uint32_t wt_lang_func_at(const Lang *l, uint32_t at);
/* Sets up a walk over what could be read of a function. w must be freed in any case. */
bool wt_lang_walk_begin(Lang *l, Walk *w, uint32_t funcidx, const MapField *field);
bool wt_lang_stacks(Lang *l, uint32_t from, uint32_t to, Buf *out);
bool wt_lang_instruction(Lang *l, uint32_t at, Buf *out);

/* ---- bytes.c ---- */

/* Fills in the list of items. */
bool wt_lang_find_items(Lang *l);
/* The item whose field begins at a place, or NULL. */
const ItemSpan *wt_lang_item_of(const Lang *l, uint32_t text_at);
bool wt_lang_byte_info(Lang *l, uint32_t offset, Buf *out);

/* ---- names.c ---- */

/* Fills in the list of symbols. */
bool wt_lang_find_symbols(Lang *l);
/* The one that a place touches, or NULL. */
const Symbol *wt_lang_symbol_at(const Lang *l, uint32_t at);
bool wt_lang_same_symbol(const Symbol *a, const Symbol *b);
/* Or NULL. */
const Symbol *wt_lang_definition_of(const Lang *l, const Symbol *symbol);
/* false: memory is out. */
bool wt_lang_context(Lang *l, uint32_t at, Context *c);
/* An index as it is written; UINT32_MAX: too large. */
uint32_t wt_lang_index(Slice digits);
bool wt_lang_definition(Lang *l, uint32_t at, Buf *out);
bool wt_lang_references(Lang *l, uint32_t at, Buf *out);
bool wt_lang_rename(Lang *l, uint32_t at, Slice name, Buf *out);

/* ---- hover.c, complete.c, format.c ---- */

/* A sentence about an instruction; NULL: there is none, which a test does not allow. */
const char *wt_lang_op_text(unsigned op);
void wt_lang_put_signature(Lang *l, Buf *out, unsigned op);
void wt_lang_put_func_type(const Lang *l, Buf *out, uint32_t type);
/* What a name stands for: "func 3: [f64] -> [f64]". */
void wt_lang_put_symbol_type(Lang *l, Buf *out, const Symbol *symbol);
bool wt_lang_hover(Lang *l, uint32_t at, Buf *out);
/* The word or instruction of a context still waits for an index. */
bool wt_lang_waits_for_index(const Context *c);
bool wt_lang_complete(Lang *l, uint32_t at, Buf *out);
bool wt_lang_format(Lang *l, Buf *out);

/* ---- problems.c ---- */

/* The list of diagnostics. */
void wt_lang_problems(Lang *l, Buf *out);

/* ---- features.c ---- */

/* Fills in `used` of the bodies that are not known from the version before. */
void wt_lang_note_features(Version *v, const Version *before);
/* The features that the module needs, as a set. */
uint64_t wt_lang_features(const Version *v);

#endif
