/* The printer's inside: what its files share. print.c writes fields, print_func.c functions,
   print_annot.c what only annotations can say, print_name.c identifiers and strings, print_type.c
   types, print_insn.c one instruction, print_fast.c the usual ones at once, print_body.c flat
   bodies, print_fold.c nested ones. */
#ifndef WATTLE_TEXT_PRINT_INSIDE_H
#define WATTLE_TEXT_PRINT_INSIDE_H

#include "text/print.h"
#include "wasm/insn.h"

/* How a name becomes an identifier. */
enum {
    ID_quoted = 1,  /* has characters that stand in quotes only */
    ID_escaped = 2, /* and in them, some need an escape or are not ASCII */
    ID_altered = 4, /* taken or empty: the index makes it unique, and the true name needs @name */
    ID_made_up = 8, /* a thing without a name, which gets one because the options say so */
};

/* The identifier of one thing. Nothing is copied: the text is put together when it is written. */
typedef struct Id {
    const uint8_t *name; /* NULL: none */
    uint32_t len;
    uint16_t marks; /* of altered and made-up ones: as many `#` as it takes */
    uint8_t form;   /* ID_ bits */
} Id;

/* The identifiers of one index space, by index. */
typedef struct IdTable {
    Id *ids;
    uint32_t count;
    const char *word; /* of made-up ones: $func3 */
} IdTable;

/* The branch hints, in step with the instructions. */
typedef struct Hints {
    Slice bytes; /* the section when it is printed as annotations; data NULL: none */
    Reader reader;
    uint32_t funcs;  /* still to read */
    uint32_t func;   /* of the current entry; UINT32_MAX: no more */
    uint32_t count;  /* entries of this function, the current one included */
    uint32_t offset; /* of the current entry */
    uint8_t value;
} Hints;

/* A byte in a string: itself or its escape. */
typedef struct EscapeRow {
    uint8_t text[3];
    uint8_t len;
} EscapeRow;

typedef struct Printer {
    const Module *m;
    const PrintOptions *o;
    Buf *out;
    Diag *d;
    uint32_t errors; /* in d before */
    const Allocator *allocator;
    Arena arena;   /* of the whole print */
    Arena scratch; /* of one function */

    EscapeRow escapes[256];
    IdTable ids[NAME_count];
    IdTable *fields;                     /* by type index; NULL: no field has a name */
    NameWalk local_walk, label_walk;     /* the name maps, in step with the functions */
    uint32_t local_func, label_func;     /* whose entry is next; UINT32_MAX: none */
    NameWalk local_names, label_names;   /* of that function */
    uint32_t *exports[5], *exports_next; /* inline exports: first of each item + 1, next one + 1 */

    Slice *labels; /* names of the open blocks, outermost (the function) first; data NULL: none */
    size_t label_count, label_cap;
    uint32_t label_ordinal; /* blocks opened in this body */
    NameWalk label_next;
    uint32_t label_next_at; /* ordinal of the next one with a name */
    Slice label_next_name;

    uint8_t padded_code;     /* a body holds padded numbers */
    const uint8_t *fast_end; /* print_fast.c reads instructions that begin below; NULL: none */
    const uint8_t *body;     /* start of the code being printed */
    uint32_t body_item;      /* its function, or UINT32_MAX in an expression */
    Hints hints;
    uint32_t hints_at, names_at; /* custom sections printed as annotations and identifiers */
    uint32_t names_place;        /* custom sections that stand before the name section */
    uint32_t custom_next;        /* the next custom section to print */
    unsigned depth;              /* of indentation */
    bool comment_open;           /* the line ends in a `;;` comment: nothing more may stand on it */
} Printer;

enum { PRINT_columns = 96 }; /* deeper indentation stays there */

/* A new line at the printer's depth. */
void wt_print_line(Printer *p);
/* `)`, on a line of its own behind a comment. */
void wt_print_close(Printer *p);
WT_INLINE void print_str(Printer *p, const char *text) { buf_str(p->out, text); }
WT_INLINE void print_char(Printer *p, char c) { buf_u8(p->out, (uint8_t)c); }
/* " 3" */
void wt_print_u64(Printer *p, uint64_t v);
/* A string with its quotes: `name` is known to be UTF-8 and is kept readable, other bytes beyond
   ASCII are written as \hh. */
void wt_print_string(Printer *p, Slice s, bool name);
/* Some bytes as "\00\01". */
void wt_print_bytes(Printer *p, Slice s);

/* ---- print_name.c ---- */

void wt_print_strings_begin(Printer *p);
bool wt_print_names_begin(Printer *p);
/* Identifiers for the parameters and locals of a function. */
bool wt_print_local_names(Printer *p, uint32_t funcidx, uint32_t local_count);
/* Stands before the labels of a function; UINT32_MAX: of an expression, which have no names. */
void wt_print_label_names(Printer *p, uint32_t funcidx);
/* The name of the block that opens now. */
Slice wt_print_next_label(Printer *p);
WT_INLINE const Id *print_find_id(const IdTable *t, uint32_t index) {
    return index < t->count && t->ids[index].name ? &t->ids[index] : NULL;
}
/* "$name" */
void wt_print_id(Printer *p, const IdTable *t, uint32_t index);
/* " $name" of a label. */
void wt_print_label_name(Printer *p, Slice name);
/* " $name" or " 3": a reference to something. */
void wt_print_ref(Printer *p, NameKind kind, uint32_t index);
void wt_print_field_ref(Printer *p, uint32_t typeidx, uint32_t fieldidx);
/* " $name (;3;) (@name "x")", at its definition; the index only of what `comment` asks for. */
void wt_print_definition(Printer *p, const IdTable *t, uint32_t index, bool comment);
/* "(module $name" */
void wt_print_module_name(Printer *p);

/* ---- print_type.c ---- */

void wt_print_valtype(Printer *p, ValType t);
void wt_print_heaptype(Printer *p, ValType t);
/* " (param i32 i64) (result f32)" */
void wt_print_signature(Printer *p, const TypeDef *t);
/* " (result f32)" */
void wt_print_results(Printer *p, const TypeDef *t);
void wt_print_types(Printer *p);
/* The function type of an index, NULL when it is none. */
WT_INLINE const TypeDef *print_func_type(const Module *m, uint32_t type) {
    return type < m->type_count && m->types[type].kind == TYPE_func ? &m->types[type] : NULL;
}

/* ---- print.c ---- */

/* "(func $f (;0;)" with what stands before the type. `entry`: in its section. */
void wt_print_begin_definition(Printer *p, ExternKind kind, SectionId section, uint32_t item,
                               uint32_t entry);
/* " (type 3)" */
void wt_print_type_use(Printer *p, uint32_t type);

/* ---- print_func.c ---- */

void wt_print_funcs(Printer *p);

/* ---- print_annot.c ---- */

/* " (@wattle.encoding …)" with the pads and longs of an item, when there are any. */
void wt_print_quirks(Printer *p, SectionId section, uint32_t item);
/* The same with the kind of a segment; `usual` is the one that the parser would choose. */
void wt_print_segment_quirks(Printer *p, SectionId section, uint32_t item, unsigned flags,
                             unsigned usual);
/* The same inside a function, about its code entry. */
void wt_print_code_quirks(Printer *p, uint32_t entry);
/* Sections without need, and the numbers of section headers. */
void wt_print_section_quirks(Printer *p);
/* Chooses how the name section is printed, and its place. */
void wt_print_customs_begin(Printer *p);
/* The custom sections up to behind the section of this rank. */
void wt_print_customs(Printer *p, unsigned rank);
void wt_print_hints_begin(Printer *p);
/* Stands before the hints of a function. */
void wt_print_hints_of(Printer *p, uint32_t funcidx);
/* The hint at an offset of the code: 0 or 1, 2 for none. Offsets must rise. */
unsigned wt_print_take_hint(Printer *p, uint32_t offset);
/* The annotations before an instruction, each with a space behind it. raw: its bytes. */
void wt_print_annotations(Printer *p, const Insn *in, Slice raw, unsigned hint);

/* ---- print_insn.c ---- */

/* Opens a label? */
WT_INLINE bool insn_opens(const Insn *in) {
    uint8_t imm = op_info(in->op)->imm;
    return imm == IMM_BLOCK || imm == IMM_TRY_TABLE;
}
/* Mnemonic and immediates. A block's label is opened, with the name or without. */
void wt_print_insn(Printer *p, const Insn *in, Slice label);
/* What stands behind the mnemonic, with a space before each part. */
void wt_print_immediates(Printer *p, const Insn *in);
void wt_print_push_label(Printer *p, Slice name);
/* " 1 (;@2;)" or " $name": a label by its depth. */
void wt_print_label(Printer *p, uint32_t depth);
/* "(;@1a2;) ", where options ask for it. */
void wt_print_offset(Printer *p, const uint8_t *at);
/* An instruction could not be read. */
void wt_print_malformed(Printer *p, const Reader *r);

/* ---- print_fast.c ---- */

enum { PRINT_ahead = 16 }; /* bytes that are looked at from an opcode on, or fewer */

/* The instruction at `at` if it is a usual one that opens and closes no block; false: it is not,
   and nothing was written. Its bytes have been read before without an error. */
bool wt_print_common(Printer *p, const uint8_t *at);
/* Lines of a body from `at` on, as far as they are usual; returns where the first other instruction
   is, or `end`. `base`: depth of the body. */
const uint8_t *wt_print_fast(Printer *p, const uint8_t *at, const uint8_t *end, unsigned base);

/* ---- print_body.c ---- */

/* Whether something must stand before this instruction. Padded numbers are kept in mind. */
WT_INLINE bool insn_annotated(Printer *p, const Insn *in) {
    if (WT_LIKELY(!in->enc))
        return false;
    p->padded_code |= in->enc & ENC_padded;
    return ((in->enc & (ENC_long | ENC_mem0)) || p->o->lossless) && !p->o->no_annotations;
}
/* A function body behind its locals, an instruction a line. */
void wt_print_body(Printer *p, Reader r);

/* ---- print_fold.c ---- */

/* The same, nested. */
void wt_print_folded(Printer *p, Reader r);
/* A constant expression on one line: " (i32.const 1)". `word` is put around it where it is more
   than one plain instruction; NULL: never. */
void wt_print_expr(Printer *p, Slice code, const char *word);

#endif
