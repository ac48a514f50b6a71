/* The printer's inside: what its files share. print.c writes fields, print_name.c identifiers,
   print_type.c types, print_insn.c one instruction and flat bodies, print_fold.c nested ones. */
#ifndef WATTLE_TEXT_PRINT_INSIDE_H
#define WATTLE_TEXT_PRINT_INSIDE_H

#include "base/map.h"
#include "text/print.h"
#include "wasm/insn.h"

/* The identifiers of one index space. ids[i].data NULL: none. */
typedef struct IdTable {
    Slice *ids;
    Slice *real; /* the true name where the identifier had to differ from it; NULL: nowhere */
    uint32_t count;
} IdTable;

/* An open block while a body is printed. */
typedef struct Label {
    Slice name; /* data NULL: none */
} Label;

typedef struct Printer {
    const Module *m;
    const PrintOptions *o;
    Buf *out;
    Diag *d;
    const Allocator *allocator;
    Arena arena;   /* of the whole print */
    Arena scratch; /* of one function */
    IdTable ids[NAME_count];
    IdTable *fields;                 /* by type index; NULL: no field has a name */
    NameWalk local_walk, label_walk; /* the name maps, in step with the functions */
    uint32_t local_func, label_func; /* the function their next entry is of; UINT32_MAX: none */
    NameWalk local_names, label_names;
    Label *labels;
    size_t label_count, label_cap;
    uint32_t label_ordinal; /* blocks opened in this body */
    NameWalk label_next;
    uint32_t label_next_at;
    Slice label_next_name;
    const uint8_t *body; /* start of the code being printed */
    uint32_t body_item;  /* its function, or UINT32_MAX in an expression */
    Slice hints;         /* the branch-hint section, when it is printed as annotations */
    Reader hint_reader;
    uint32_t hint_funcs, hint_func, hint_count, hint_offset;
    uint8_t hint_value;
    unsigned depth; /* of indentation */
} Printer;

enum { INDENT_MAX = 40 };

/* A new line at the printer's depth. */
void wt_print_line(Printer *p);
WT_INLINE void print_str(Printer *p, const char *text) { buf_str(p->out, text); }
/* A string with its quotes; bytes beyond printable ASCII as \hh unless they are UTF-8 and `name`.
 */
void wt_print_string(Printer *p, Slice s, bool name);

/* ---- names ---- */
bool wt_print_names_begin(Printer *p);
/* The locals of a function: identifiers for its parameters and locals. */
void wt_print_local_names(Printer *p, uint32_t funcidx, uint32_t local_count);
/* Stands before the labels of a function. */
void wt_print_label_names(Printer *p, uint32_t funcidx);
/* The name of the block that opens now. */
Slice wt_print_next_label(Printer *p);
/* " $name" or " 3": a reference to something. */
void wt_print_ref(Printer *p, NameKind kind, uint32_t index);
void wt_print_field_ref(Printer *p, uint32_t typeidx, uint32_t fieldidx);
/* " $name (@name "x")" or " (;3;)": at its definition. */
void wt_print_definition(Printer *p, const IdTable *t, uint32_t index, bool comment);
/* "$name", quoted when it has other characters than identifiers may. */
void wt_print_id(Printer *p, Slice name);

/* " (@wattle.encoding (pad 0 5))": what is unusual about an item's encoding. */
void wt_print_quirks(Printer *p, SectionId section, uint32_t item);

/* ---- types ---- */
void wt_print_valtype(Printer *p, ValType t);
void wt_print_heaptype(Printer *p, ValType t);
/* " (param i32 i64) (result f32)" */
void wt_print_signature(Printer *p, const TypeDef *t);
void wt_print_types(Printer *p);

/* ---- instructions ---- */
/* One instruction without its line: annotations, mnemonic, immediates. Keeps the label stack for
 * blocks. */
void wt_print_insn(Printer *p, const Insn *in, Slice raw);
void wt_print_annotations(Printer *p, const Insn *in, Slice raw);
void wt_print_immediates(Printer *p, const Insn *in);
bool wt_print_push_label(Printer *p, Slice name);
/* A function body behind its locals, flat or folded. */
void wt_print_body(Printer *p, Reader r);
void wt_print_folded(Printer *p, Reader r);
/* A constant expression: " (i32.const 1)", or as `(offset …)` parts when it has several
 * instructions. */
void wt_print_expr(Printer *p, Slice code);
/* An instruction could not be read. */
void wt_print_malformed(Printer *p, const Reader *r);

#endif
