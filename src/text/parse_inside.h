/* What the files of the parser share: its state and the functions they lend each other. Only
   parse*.c include it.

   Every function that reads something stands at its first token and leaves the lexer at the first
   token behind it. false means that the field has an error, which has been reported: the callers
   return at once, and the loop over the fields goes on behind the field (resync). */
#ifndef WATTLE_TEXT_PARSE_INSIDE_H
#define WATTLE_TEXT_PARSE_INSIDE_H

#include "text/names.h"
#include "text/parse.h"
#include "wasm/insn.h"

typedef enum Space {
    SPACE_type,
    SPACE_func,
    SPACE_table,
    SPACE_memory,
    SPACE_global,
    SPACE_tag,
    SPACE_elem,
    SPACE_data,
    SPACE_count,
} Space;

/* What is open while instructions are read. */
typedef enum FrameKind {
    FRAME_body,       /* the whole body or expression */
    FRAME_block,      /* block, loop, try_table */
    FRAME_if,         /* flat if */
    FRAME_else,       /* flat else */
    FRAME_try,        /* flat try */
    FRAME_catch,      /* flat catch */
    FRAME_catch_all,  /* flat catch_all */
    FRAME_then,       /* inside (then */
    FRAME_else_group, /* inside (else */
    FRAME_do,         /* inside (do */
    FRAME_clause,     /* inside (catch or (catch_all */
    FRAME_plain_end,  /* up to here plain instructions may follow, from here on only folded ones */
    FRAME_one,        /* one folded instruction is the whole expression */
    FRAME_op,         /* the operands of a folded instruction, whose bytes wait in `defer` */
    FRAME_condition,  /* (if before its (then */
    FRAME_if_done,    /* behind (then ...) */
    FRAME_if_closed,  /* behind (else ...) */
    FRAME_try_open,   /* (try before its (do */
    FRAME_try_done,   /* behind (do ...) or a catch clause */
    FRAME_try_closed, /* behind (catch_all ...) */
} FrameKind;

typedef struct Frame {
    uint8_t kind;      /* FrameKind */
    bool folded;       /* ends with `)`, not with `end` */
    bool labelled;     /* its label is in scope */
    Token opener;      /* the keyword */
    Token label;       /* len 0: none */
    uint32_t shadow;   /* what the label's name meant outside */
    uint32_t metadata; /* offset + 1 of the annotations before it, 0: none */
    size_t defer;      /* FRAME_op, FRAME_condition: where its bytes begin in `defer` */
} Frame;

/* A name map being written. */
typedef struct NameSub {
    Buf bytes;
    uint32_t count;
} NameSub;

/* Code offsets and the tokens they came from, for messages about bodies. */
typedef struct SourceMap {
    SourceMark *marks;
    size_t cap, count;
    uint32_t base; /* added to the offsets of what is read now */
    uint8_t part;
} SourceMap;

/* A metadata.code.* section being written. */
typedef struct Metadata {
    Slice name;
    Buf bytes;   /* finished functions */
    Buf current; /* entries of the function being read */
    uint32_t func_count, entry_count;
} Metadata;

/* A mnemonic in the keyword table: its first eight bytes and, when it is longer, its last eight. */
typedef struct OpSlot {
    uint64_t head, tail;
    uint16_t op;
    uint8_t len; /* 0: free */
    uint8_t imm;
} OpSlot;
enum { OP_SLOTS = 2048 };

typedef struct Parser {
    Module *m;
    Diag *diag;
    const Allocator *al;
    Lexer lx;
    uint64_t features; /* with FEATURE_mvp */
    bool failed;       /* the field has an error */
    bool oom;
    uint32_t errors; /* in diag before the text was touched */
    Arena ids;       /* identifiers with escapes, until the field ends */
    bool whole;      /* bare fields: no parenthesis closes the module */

    const TextSource *source; /* or NULL */
    uint32_t passed;          /* where it was told of last */
    bool second;              /* pass 2 */

    Token field;       /* the `(` of the field being read */
    SectionId section; /* of the item being read, for annotations */
    uint32_t item;
    uint32_t next[SPACE_count];  /* items read so far */
    uint32_t total[SPACE_count]; /* as pass 1 counted them */
    uint32_t imports, exports, exports_total, imports_total;
    Token first_definition; /* of anything an import must stand before */
    ErrorCode import_error; /* ERR_import_after_... once there is one */
    Token start_field;

    NameTable spaces[SPACE_count], fields, locals, labels;
    uint32_t *type_fields; /* pass 1: offsets of (type and (rec */
    size_t type_field_cap, type_field_count;
    size_t type_cap;
    uint32_t *type_slots; /* signatures of lone function types: index + 1 */
    uint32_t type_slot_cap, type_slot_count;

    ValType *list; /* scratch: the parameters and results being read */
    size_t list_cap;
    FieldType *field_list;
    size_t field_cap;
    LocalRun *runs;
    size_t run_cap, run_count;
    uint32_t local_count;

    Buf code, defer, scratch, items;
    Frame *frames;
    size_t frame_cap, depth;
    uint32_t label_count, label_ordinal;
    uint32_t metadata; /* offset + 1 of annotations before the instruction being read */
    Slice raw;         /* @wattle.encoding of the instruction being read; data NULL: none */
    Token raw_token;
    bool in_func;
    uint32_t funcidx; /* in_func */
    bool in_header;   /* of a function or import, where @bind is about what it exports or imports */
    Buf bind;         /* its clause, without the names */
    Token bind_token;

    NameSub names[NAME_count];
    NameSub local_names, label_names; /* of the function being read */
    bool module_named, has_names;
    size_t custom_cap, quirk_cap;
    uint16_t *custom_keys; /* places of the customs, to sort them by */
    size_t custom_key_cap;
    Metadata *metas;
    size_t meta_cap, meta_count;
    SourceMap *sink; /* wt_text_locate: where instructions come from */

    OpSlot op_slots[OP_SLOTS];
} Parser;

/* ---- parse.c ---- */

/* A parser at the lexer's token, or NULL (reported). */
Parser *wt_parse_new(Module *m, Lexer lx, Diag *d);
void wt_parse_delete(Parser *p);
/* For single fields of a module that was read before: names and types as they were. p->sink is set,
   which keeps all else from being written. */
bool wt_parse_again(Parser *p);

/* Reports and marks the field as failed; false, for `return`. */
bool wt_parse_fail(Parser *p, Token t, ErrorCode code, const char *detail, ...) WT_PRINTF(4, 5);
/* The current token is wrong; with a guess when it looks like a mistyped word. */
bool wt_parse_unexpected(Parser *p, const char *expected);
bool wt_parse_oom(Parser *p);
void wt_parse_misplaced(Parser *p);
/* "needs feature X" when the feature is off. */
bool wt_parse_feature(Parser *p, Token t, Feature f, const char *what);

/* Moves on. */
WT_INLINE void parser_next(Parser *p) {
    if (WT_UNLIKELY(p->lx.before))
        wt_parse_misplaced(p);
    wt_lex_next(&p->lx);
}
WT_INLINE unsigned parser_kind(const Parser *p) { return p->lx.token.kind; }
WT_INLINE Token parser_token(const Parser *p) { return p->lx.token; }
WT_INLINE Slice parser_text(const Parser *p, Token t) { return token_slice(&p->lx, t); }
/* At this keyword: moves behind it. */
bool wt_parse_word(Parser *p, const char *word);
/* At `(` and this keyword: moves behind them. */
bool wt_parse_open(Parser *p, const char *word);
bool wt_parse_rparen(Parser *p, const char *what);
bool wt_parse_string(Parser *p, Slice *s, const char *what); /* must be UTF-8 */
/* The name of an identifier to look up or to keep until the field ends; false: memory is out. */
bool wt_parse_key(Parser *p, Token id, Slice *key);
/* The name of an identifier for as long as the parser lives. */
Slice wt_parse_lasting_key(Parser *p, const Lexer *lx, Token id);
/* A copy in the module's arena. */
Slice wt_parse_keep(Parser *p, const void *data, size_t len);

/* ---- parse_type.c: numbers, indices, types ---- */

/* An unsigned number; `range` is the error when it is larger than max. */
bool wt_parse_u64(Parser *p, uint64_t max, ErrorCode range, const char *what, uint64_t *v);
bool wt_parse_u32(Parser *p, const char *what, uint32_t *v);
/* An index or the identifier of one. */
bool wt_parse_index(Parser *p, Space space, uint32_t *index);
WT_INLINE bool parser_at_index(const Parser *p) {
    return parser_kind(p) == TOKEN_nat || parser_kind(p) == TOKEN_id;
}
/* An unknown identifier, with the nearest known one. */
bool wt_parse_unknown(Parser *p, Token id, ErrorCode code, const NameTable *table, uint32_t scope);
bool wt_parse_valtype(Parser *p, ValType *t);
bool wt_parse_at_valtype(const Parser *p);
bool wt_parse_reftype(Parser *p, ValType *t);
/* A heap type as (ref null ht). */
bool wt_parse_heaptype(Parser *p, ValType *t);
bool wt_parse_limits(Parser *p, bool memory, Limits *l);
/* The address type before the limits. */
bool wt_parse_address(Parser *p, Limits *l);
bool wt_parse_tabletype(Parser *p, Table *t);
bool wt_parse_page_size(Parser *p, Limits *l);
bool wt_parse_globaltype(Parser *p, ValType *t, bool *mutable_);

typedef enum UseNames { USE_no_names, USE_skip_names, USE_bind_names } UseNames;
typedef struct TypeUse {
    uint32_t type;          /* TYPE_none: only params and results were given */
    uint32_t params, count; /* in p->list: parameters, then results */
    bool inlined;           /* some were given */
    Token token;            /* of the (type or the first of them */
} TypeUse;
bool wt_parse_use(Parser *p, UseNames names, TypeUse *u);
/* The type index of a use: finds or appends, or compares with the one given. */
bool wt_parse_use_index(Parser *p, const TypeUse *u, uint32_t *index);
bool wt_parse_typeuse(Parser *p, UseNames names, uint32_t *index);
/* (type ...) and (rec ...), from the `(`. */
bool wt_parse_type_field(Parser *p);
/* Enters all explicit types into the table of signatures. */
bool wt_parse_index_types(Parser *p);
/* Room for one more in a vector of the allocator. */
bool wt_parse_grow(Parser *p, void **data, size_t *cap, size_t len, size_t size);

/* ---- parse_field.c ---- */

/* One module field, from its `(`, up to behind its `)`. */
bool wt_parse_field(Parser *p);

/* ---- parse_body.c ---- */

void wt_parse_init_ops(Parser *p);
/* Instructions up to the `)` that closes what surrounds them, to p->code, without the `end`. */
bool wt_parse_instructions(Parser *p, FrameKind outermost);
/* Notes where an instruction at this offset of p->code comes from. */
bool wt_parse_mark(Parser *p, size_t offset, Token t);
/* A whole expression with its `end` to p->code. */
bool wt_parse_expr(Parser *p, Expr *e);
/* (offset expr), or one folded instruction. */
bool wt_parse_offset(Parser *p, const char *word, Expr *e);

/* ---- parse_fast.c ---- */

/* Inside instructions: reads as many common ones as it can, and leaves the lexer at the first token
   that it did not take. false: at the same token. */
bool wt_parse_fast(Parser *p);

/* The slot of a word in the keyword table, NULL when it is no mnemonic. */
WT_INLINE const OpSlot *find_op_slot(const Parser *p, const uint8_t *word, uint64_t head,
                                     uint64_t tail, size_t len) {
    uint64_t mix = (head ^ (tail << 9 | tail >> 55) ^ len << 3) * 0x9E3779B97F4A7C15u;
    for (uint32_t i = (uint32_t)((mix ^ mix >> 32) >> 9);; i++) {
        const OpSlot *slot = &p->op_slots[i & (OP_SLOTS - 1)];
        if (WT_LIKELY(slot->head == head && slot->tail == tail && slot->len == len)) {
            if (WT_LIKELY(len <= 16) || memcmp(op_info(slot->op)->text, word, len) == 0)
                return slot;
        }
        if (!slot->len)
            return NULL;
    }
}

/* ---- parse_insn.c ---- */

/* The instruction of a mnemonic, or OP_illegal. */
unsigned wt_parse_find_op(const Parser *p, const uint8_t *word, size_t len);
/* The immediates of an instruction that opens no block, behind its keyword: op and immediates go to
   p->code. */
bool wt_parse_plain(Parser *p, unsigned op, Token keyword);
bool wt_parse_blocktype(Parser *p, Insn *in);
bool wt_parse_label(Parser *p, uint32_t *depth);
/* Catch clauses of try_table, to p->scratch. */
bool wt_parse_catches(Parser *p, uint32_t *count);
/* Encoded bytes from `start` on are an instruction: applies its @wattle.encoding. */
void wt_parse_apply_raw(Parser *p, size_t start);

/* ---- parse_annot.c: annotations and names ---- */

void wt_parse_init_names(Parser *p);
void wt_parse_free_names(Parser *p);
/* Behind the keyword of a definition: takes an id (pass 1 knows it already), a @name and the
   field's @wattle.encoding. */
bool wt_parse_binding(Parser *p, NameKind kind, uint32_t index);
/* The same for element and data segments, whose annotation may choose the flags byte. */
bool wt_parse_segment_binding(Parser *p, NameKind kind, uint32_t index, int *flags);
/* Annotations between fields: @custom, @wattle.encoding of sections. */
void wt_parse_module_annotations(Parser *p);
/* The header of a function or import begins and ends: @bind in it becomes clauses of the exports
   from `exports` on that are inline, and of the import. */
void wt_parse_begin_header(Parser *p);
void wt_parse_end_header(Parser *p, uint32_t exports, const Import *im);
/* A @name for the module. */
void wt_parse_module_name(Parser *p, Token id);
/* The @wattle.encoding of the item p->section, p->item at the current token. */
void wt_parse_item_encoding(Parser *p);
/* As above; also says which flags byte (kind N) asks for. */
void wt_parse_segment_encoding(Parser *p, int *flags);
/* Behind the type use of a function: its `locals` and `code` annotations. locals.data NULL: none.
 */
void wt_parse_func_encoding(Parser *p, Slice *locals);
/* Before an instruction. */
void wt_parse_insn_annotations(Parser *p);
void wt_parse_emit_metadata(Parser *p, uint32_t metadata, unsigned op, size_t offset);
void wt_parse_add_name(Parser *p, NameSub *sub, uint32_t index, Slice name);
/* A (rec) without members, before a type. */
void wt_parse_empty_rec(Parser *p, uint32_t before);
/* Ends the lists of a function or struct type. */
void wt_parse_end_names(Parser *p, NameKind kind, NameSub *inner, uint32_t index);
void wt_parse_end_func(Parser *p);
/* Customs, quirks and names go to the module. */
bool wt_parse_finish_module(Parser *p);

#endif
