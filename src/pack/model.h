/* What a module looks like to JavaScript: for each import and export a name, parameters and a
   result in terms of a JavaScript program (strings, lists, classes), and how they travel through
   the numbers of the wasm function.

   The types of the module give a model by themselves; clauses say more. Three spellings, one
   grammar (doc/bind.md): `(@custom "wattle.bind" "...")` or `(@bind "...")` in a text module, the
   macro WATTLE_BIND of C, which fills the custom section "wattle.bind", and a file beside a foreign
   module.

   How a type travels ("flat": the wasm values it takes, in order; A is the type of addresses):
     bool char enum u8..s32       i32             u64 s64   i64        f32 f64   as they are
     string string16 list         A A: address and length (bytes, units, elements); a NULL address
                                  is no value
     cstring                      A: bytes with a NUL behind them
     view T[n]                    A: of live elements; without [n]: A A
     record                       A: of a structure as C lays it out
     class                        A, or externref
     callback                     externref, or i32: a number of the glue's own
     any                          externref
     option T                     T's, where NULL can say "none"; else i32 (0: none) before T's
     result T, E                  i32 (0: well) before T's and E's
   Several flat results come back as several results, or, where the function has none but one more
   parameter, through the structure that this points to; a string or list also as one i64 with the
   address in the low half. */
#ifndef WATTLE_PACK_MODEL_H
#define WATTLE_PACK_MODEL_H

#include "base/arena.h"
#include "wasm/diag.h"
#include "wasm/module.h"

typedef enum BindKind {
    BIND_bool,
    BIND_char,
    BIND_u8,
    BIND_s8,
    BIND_u16,
    BIND_s16,
    BIND_u32,
    BIND_s32,
    BIND_u64,
    BIND_s64,
    BIND_f32,
    BIND_f64,
    BIND_string,
    BIND_string16,
    BIND_cstring,
    BIND_any,
    BIND_func, /* a wasm function or null */
    BIND_none, /* what JavaScript cannot hold: v128, exnref, and objects that stay inside */
    BIND_list,
    BIND_view,
    BIND_option,
    BIND_result,
    BIND_callback,
    BIND_enum,
    BIND_record,
    BIND_class,
    BIND_named, /* one of the three before it is known which */
} BindKind;
enum { BIND_scalars = BIND_f64 + 1 };

typedef struct BindType BindType;
typedef struct BindDef BindDef;
typedef struct BindSig BindSig;

struct BindType {
    uint8_t kind;          /* BindKind */
    bool own;              /* who receives it frees it */
    bool number;           /* u64, s64: a number of JavaScript, checked, instead of a bigint */
    const BindType *of;    /* list, view, option, result (NULL: nothing) */
    const BindType *error; /* result (NULL: nothing) */
    const BindDef *def;
    const BindSig *sig; /* callback */
    Slice name;         /* BIND_named */
    Slice length;       /* view: JavaScript, or empty */
    uint32_t at;        /* in the clauses */
};

typedef struct BindParam {
    Slice name; /* an identifier of JavaScript */
    const BindType *type;
} BindParam;

struct BindSig {
    BindParam *params;
    uint32_t param_count;
    const BindType *result; /* NULL: nothing */
    bool async;             /* a promise */
};

/* A definition of the clauses. */
struct BindDef {
    uint8_t kind; /* BIND_enum, BIND_record, BIND_class */
    Slice name;
    uint32_t at;
    BindParam *fields; /* record */
    int64_t *values;   /* enum: beside fields, whose types are NULL */
    uint32_t count;
    Slice free;               /* class: the export that frees one; empty: none */
    uint32_t size, alignment; /* record */
    BindDef *next;
};

typedef enum BindSource {
    SOURCE_given,    /* the caller of init hands it over */
    SOURCE_global,   /* a path from globalThis */
    SOURCE_module,   /* an export of an ES module */
    SOURCE_callback, /* calls its first argument */
    SOURCE_wasi,     /* a call of WASI preview 1, by wasi.js */
} BindSource;

/* How an exported function stands in the API. */
typedef enum BindRole { ROLE_plain, ROLE_method, ROLE_static, ROLE_new } BindRole;

/* An import or export. */
typedef struct BindItem {
    uint8_t kind; /* ExternKind */
    uint8_t role; /* BindRole */
    uint8_t source;
    bool bound;  /* by a clause */
    bool hidden; /* not part of the API */
    bool area;   /* several results go through memory */
    bool packed; /* address and length in one i64 */
    bool raw;    /* no clause tells its parameters: the wasm function is what JavaScript gets */
    bool starts; /* the program of a WASI command: `start` gives its exit code */
    uint32_t item;
    Slice module, name; /* in wasm */
    Slice js;           /* name in the API; a method's without its class */
    Slice from;         /* SOURCE_global: the path; SOURCE_module: the specifier */
    const BindDef *owner;
    const BindSig *sig; /* functions */
    const TypeDef *type;
    uint32_t at; /* of the clause */
} BindItem;

typedef struct BindModel {
    const Module *m;
    Arena *arena;
    Diag *d;
    Slice text;    /* the clauses */
    Slice package; /* empty: not said */
    BindDef *defs; /* in order */
    BindItem *imports, *exports;
    uint32_t import_count, export_count;
    const BindItem *memory, *alloc, *free; /* exports; NULL: there is none */
    bool memory_imported;       /* the first memory is an import: the glue takes it from there */
    const BindItem *initialize; /* of a WASI reactor: called once, before all else */
    bool has_memory, is64, shared;
    bool has_wasi; /* some import is SOURCE_wasi */
} BindModel;

/* The model of a checked module and its clauses. false: errors in d (places are in `clauses`), or
   out of memory. Everything lives in the arena, slices in the module and the clauses. */
bool wt_pack_model(BindModel *b, const Module *m, Slice clauses, Arena *arena, Diag *d);
/* The clauses of the module's own sections, put together; empty: none. */
Slice wt_pack_own_clauses(const Module *m, Arena *arena);

/* ---- clauses.c ---- */

/* Reads clauses into b, whose imports and exports are there already. */
bool wt_pack_clauses(BindModel *b);

/* ---- types ---- */

enum { PACK_flat = 64 }; /* so many wasm values at most for one type */

typedef struct Flat {
    ValType types[PACK_flat];
    uint32_t count;
    bool overflow;
} Flat;
/* Adds the wasm values that a type takes; `like`: what the function has at that place, for types
   that may travel in two ways. */
void wt_pack_flat(const BindModel *b, const BindType *t, const ValType *like, size_t like_count,
                  Flat *out);
/* Size and alignment of a type as a field of a structure in memory. */
uint32_t wt_pack_size(const BindModel *b, const BindType *t, uint32_t *alignment);
/* Whether NULL says "none". */
bool wt_pack_nullable(const BindType *t);
/* The typed array of JavaScript whose elements are of this type; NULL: there is none. */
const char *wt_pack_array(const BindType *of);
/* As a clause spells it: "list u8". */
void wt_pack_put_type(Buf *out, const BindType *t);
void wt_pack_put_sig(Buf *out, const BindSig *sig);
/* May stand as a name in JavaScript, where a binding is made. */
bool wt_pack_is_identifier(Slice name);
bool wt_pack_is_reserved(Slice name);
/* "./env.js", "../env.js": an ES module, as engines to come will have it. */
bool wt_pack_is_relative(Slice module);

/* The clauses that say all that the model has, and the model as JSON. */
void wt_pack_print(const BindModel *b, Buf *out);
void wt_pack_print_json(const BindModel *b, Buf *out);

#endif
