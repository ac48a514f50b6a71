/* A module as data: what both formats read and write. Function bodies and constant expressions are
   always wasm bytes.

   One arena owns everything that does not lie in the input. The input (m->source) must outlive the
   module: names, data and, for binary modules, bodies are slices of it. */
#ifndef WATTLE_WASM_MODULE_H
#define WATTLE_WASM_MODULE_H

#include "base/arena.h"
#include "wasm/op.h"
#include "wasm/type.h"

/* Implementation limits; wt_module_bounds_default gives those of the JavaScript API. Exceeding one
   is the error class LIMIT, neither malformed nor invalid. */
typedef struct Bounds {
    uint64_t module_bytes, text_bytes;
    uint32_t types, functions, imports, exports, globals, tags, tables, memories;
    uint32_t data_segments, elem_segments, elem_items;
    uint32_t params, results, locals, body_bytes, fields, array_fixed, catches, string_bytes,
        subtype_depth, nesting;
} Bounds;
Bounds wt_module_bounds_default(void);
/* Nothing is refused that the format can express (test scripts). */
Bounds wt_module_bounds_spec(void);

typedef struct ReadOptions {
    uint64_t features; /* FEATURE_BIT set */
    Bounds bounds;
} ReadOptions;

/* Section ids, and their order in a file. */
typedef enum SectionId {
    SECTION_custom = 0,
    SECTION_type = 1,
    SECTION_import = 2,
    SECTION_func = 3,
    SECTION_table = 4,
    SECTION_memory = 5,
    SECTION_global = 6,
    SECTION_export = 7,
    SECTION_start = 8,
    SECTION_elem = 9,
    SECTION_code = 10,
    SECTION_data = 11,
    SECTION_datacount = 12,
    SECTION_tag = 13,
    SECTION_count = 14,
} SectionId;
/* 1 (type) .. 13 (data): type import func table memory tag global export start elem datacount code
 * data. 0: custom. */
unsigned wt_section_rank(SectionId id);
SectionId wt_section_of_rank(unsigned rank);
/* "type", "import", "func", ... the words of (@custom … (after WORD)). */
const char *wt_section_name(SectionId id);
bool wt_section_parse(Slice word, SectionId *id);

/* A constant expression: wasm bytes with the final `end`. */
typedef struct Expr {
    Slice code;
    uint32_t at; /* of the first token or byte in the source */
} Expr;

/* The limits of a memory or table. */
typedef struct Limits {
    uint64_t min, max;
    bool has_max, shared, is64;
    bool has_page_size; /* custom page size spelled out */
    uint8_t page_log2;  /* memories: 16 unless has_page_size */
} Limits;

typedef enum ExternKind {
    EXTERN_func,
    EXTERN_table,
    EXTERN_memory,
    EXTERN_global,
    EXTERN_tag
} ExternKind;
const char *wt_extern_name(ExternKind kind);

/* How an import stands in the binary: alone, or in a group of the compact-imports proposal. */
typedef enum ImportForm { IMPORT_plain, IMPORT_by_module, IMPORT_by_type } ImportForm;

typedef struct Import {
    Slice module, name;
    uint32_t at;
    uint32_t item;    /* index in its own index space */
    uint8_t kind;     /* ExternKind */
    uint8_t form;     /* ImportForm */
    bool group_start; /* first of its group (always true for IMPORT_plain) */
} Import;

/* A function: imports first, as in the index space. */
typedef struct Func {
    uint32_t type;
    uint32_t at; /* in the source: the field in text; the code entry's first byte in a binary */
    const uint8_t *code; /* local declarations and body with its `end`; NULL for imports */
    uint32_t code_size;
    bool exact; /* imports: custom descriptors, exact function type */
} Func;

/* What is known of a binary that was read before: where its bodies are, so that nobody looks. */
typedef struct KnownBody {
    uint32_t at, size; /* Func.at and code_size */
    uint32_t type;
    uint32_t code; /* jit/cwat.h */
} KnownBody;
typedef struct KnownCode {
    const KnownBody *bodies; /* of all defined functions */
    uint32_t count;
    uint32_t names; /* bit i: names of kind i (NameKind) are well-formed */
} KnownCode;

typedef struct Table {
    Limits limits;
    ValType type;
    Expr init; /* code.data NULL: none */
    uint32_t at;
} Table;

typedef struct Memory {
    Limits limits;
    uint32_t at;
} Memory;

typedef struct Global {
    ValType type;
    bool mutable_;
    Expr init; /* code.data NULL: imported */
    uint32_t at;
} Global;

typedef struct Tag {
    uint32_t type;
    uint32_t at;
} Tag;

typedef struct Export {
    Slice name;
    uint32_t item;
    uint32_t at;
    uint8_t kind; /* ExternKind */
    bool exact;
} Export;

typedef enum SegmentMode { SEGMENT_active, SEGMENT_passive, SEGMENT_declarative } SegmentMode;

typedef struct Elem {
    uint32_t table;
    uint32_t count;
    uint32_t at;
    ValType type;
    Slice items;   /* count function indices in LEB128, or count expressions each with its `end` */
    Expr offset;   /* active */
    uint8_t mode;  /* SegmentMode */
    bool exprs;    /* items are expressions */
    uint8_t flags; /* as encoded (0-7) */
} Elem;

typedef struct Data {
    uint32_t memory;
    uint32_t at;
    Slice bytes;
    Expr offset;
    uint8_t mode;  /* SegmentMode, never declarative */
    uint8_t flags; /* as encoded (0-2) */
} Data;

/* A custom section. Its place: behind the section of rank `after` (0: before all), in list order.
 */
typedef struct Custom {
    Slice name;
    Slice bytes;
    uint32_t at;
    uint8_t after;
    bool is_names; /* the name section that m->names was read from */
} Custom;

/* A section as it stands in a binary: for dumps. */
typedef struct Section {
    uint8_t id;
    uint32_t at;      /* of the id byte */
    uint32_t content; /* offset of the first byte after the size */
    uint32_t size;
} Section;

/* The name section: the contents of its subsections as encoded (count and entries). Kinds of the
   spec and of the extended-name-section proposal. */
typedef enum NameKind {
    NAME_module = 0,
    NAME_func = 1,
    NAME_local = 2,
    NAME_label = 3,
    NAME_type = 4,
    NAME_table = 5,
    NAME_memory = 6,
    NAME_global = 7,
    NAME_elem = 8,
    NAME_data = 9,
    NAME_field = 10,
    NAME_tag = 11,
    NAME_count = 12,
} NameKind;

typedef struct Names {
    Slice sub[NAME_count]; /* data NULL: absent */
    bool present;          /* there is a name section, perhaps an empty one */
} Names;

/* Where the encoding differs from the one that the encoder would choose. Numbers and reference
   types inside an item (a section's entry, or its header: size and count) are counted from 0 in the
   order they are written. */
typedef enum QuirkKind {
    QUIRK_present, /* the section is there though nothing needs it (header only) */
    QUIRK_pad,     /* the LEB128 with this ordinal takes `value` bytes */
    QUIRK_long, /* the reference type with this ordinal is written 63 ht though it has a short form
                 */
    QUIRK_empty_rec, /* type section: a group without members stands before type `item` (which may
                        be the type count); its count takes `value` bytes */
} QuirkKind;
/* item: the section's own size and count. With SECTION_custom: the size and name length of the name
   section (the one that is_names, or is made from Module.names); the other custom sections count
   from 0. */
enum { QUIRK_header = 0xFFFFFFFF };

typedef struct Quirk {
    uint8_t section; /* SectionId */
    uint8_t kind;    /* QuirkKind */
    uint8_t value;
    uint32_t
        item; /* entry of the section (functions and others: without imports), or QUIRK_header */
    uint32_t ordinal; /* among the numbers (pad) or reference types (long) of the item */
} Quirk;

typedef struct Module {
    Arena arena;
    Slice source; /* the text or the binary */
    bool is_text;
    uint64_t features;
    Bounds bounds;

    TypeDef *types;
    Import *imports;
    Func *funcs;
    Table *tables;
    Memory *memories;
    Tag *tags;
    Global *globals;
    Export *exports;
    Elem *elems;
    Data *datas;
    Custom *customs;
    Section *sections;
    uint16_t padded; /* bit i: section i of the binary holds padded numbers outside of bodies */
    Quirk *quirks;   /* sorted by section rank, item (header first), ordinal */
    uint32_t type_count, import_count, func_count, table_count, memory_count, tag_count,
        global_count, export_count, elem_count, data_count, custom_count, section_count,
        quirk_count;
    uint32_t func_imports, table_imports, memory_imports, tag_imports, global_imports;

    bool tail_calls; /* some body has one: the checker says so */
    bool has_start;
    uint32_t start;
    uint32_t start_at;
    bool has_data_count; /* read from a binary, or needed by an instruction of the text */
    uint32_t data_count_value;

    Names names;
    /* Where the encoder puts a name section made from `names` when no custom section is_names:
       behind this many of the custom sections that follow the data section. NAMES_drop: nowhere. */
    uint32_t names_after;

    /* Whose bytes the source is may want to know what is hardly needed any more: its memory can be
       given back, because it comes back when it is touched again. NULL: nobody. */
    void (*passed)(void *user, size_t from, size_t to);
    void *passed_user;

    const struct Cwat *cwat; /* machine code that was made of it before (jit/cwat.h); NULL: none */

    uint32_t *canon; /* wt_type_canonicalise; NULL before */
} Module;
enum { NAMES_drop = 0xFFFFFFFF };

void wt_module_init(Module *m, const Allocator *allocator, const ReadOptions *options);
void wt_module_free(Module *m);

/* What stands before `to` in the source is hardly needed any more. */
WT_INLINE void module_passed(const Module *m, size_t to) {
    if (m->passed)
        m->passed(m->passed_user, 0, to);
}

WT_INLINE bool module_has(const Module *m, unsigned feature) {
    return feature == FEATURE_mvp || (m->features >> feature & 1);
}
/* The function type of a function index (which must be valid). */
WT_INLINE const TypeDef *module_func_type(const Module *m, uint32_t funcidx) {
    return &m->types[m->funcs[funcidx].type];
}

/* A walk over one flat name map ((index, name) pairs, NAME_func and the like). */
typedef struct NameWalk {
    const uint8_t *at, *end;
    uint32_t left;
} NameWalk;
NameWalk wt_names_walk(Slice sub);
/* The next pair; false at the end or where the map is malformed. */
bool wt_names_next(NameWalk *w, uint32_t *index, Slice *name);
/* A walk over an indirect map (NAME_local, NAME_label, NAME_field): next outer index, and a walk
 * over its map. */
bool wt_names_next_outer(NameWalk *w, uint32_t *index, NameWalk *inner);
/* The map of one outer index of such a map, by search from the start; empty: there is none. */
NameWalk wt_names_inner(Slice sub, uint32_t outer);
/* The name of one index in a flat map, by search from the start: for messages. Empty data NULL:
 * none. */
Slice wt_names_find(const Module *m, NameKind kind, uint32_t index);

#endif
