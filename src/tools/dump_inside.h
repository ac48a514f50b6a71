/* What the files of the dump share: the job, its names, and the small writers. */
#ifndef WATTLE_TOOLS_DUMP_INSIDE_H
#define WATTLE_TOOLS_DUMP_INSIDE_H

#include "tools/dump.h"
#include "wasm/insn.h"

/* A name of one local, from the name section's map of one function. */
typedef struct LocalName {
    uint32_t index;
    Slice name;
} LocalName;

/* A symbol of the linking section: its own name, or what it stands for. */
typedef struct SymbolName {
    Slice name;
    uint8_t kind; /* NameKind, NAME_count: none, or a section */
    bool section;
    uint32_t index;
} SymbolName;

/* One relocation, as the tool conventions encode it. */
typedef struct Reloc {
    uint32_t type, offset, index;
    int64_t addend;
} Reloc;

/* The entries of a reloc.* section, read one by one. */
typedef struct RelocWalk {
    Reader r;
    uint32_t section; /* index of the section that is patched, counted in file order */
    uint32_t left;
    bool ok; /* there is such a section and its head could be read */
} RelocWalk;

/* Where the name section's local names are read on: functions come in rising order there. */
typedef struct LocalCursor {
    NameWalk outer, inner;
    uint32_t func;
    bool have;
} LocalCursor;

typedef struct Dump {
    const Module *m;
    const uint8_t *origin; /* offsets count from here */
    const DumpOptions *o;
    Buf *out;
    Diag *d;
    Arena arena;                 /* names */
    Slice *names[NAME_count];    /* by index, data NULL: none */
    uint32_t counts[NAME_count]; /* how many each array holds */
    SymbolName *symbols;         /* of the linking section */
    uint32_t symbol_count;
    LocalName *locals; /* of the function that is shown */
    size_t local_count, local_cap;
    LocalCursor cursor;
    uint32_t depth; /* open blocks of the function that is shown, or DUMP_no_depth */
} Dump;
#define DUMP_no_depth UINT32_MAX

/* dump_names.c */
void wt_dump_collect_names(Dump *p);
/* The name of an index, data NULL when it has none. */
Slice wt_dump_name(const Dump *p, NameKind kind, uint32_t index);
NameKind wt_dump_kind_of_extern(uint8_t kind);
/* A name between brackets: " <parse>". Unprintable bytes as \hh. */
void wt_dump_put_bracketed(Buf *out, Slice name);
/* The same for the name of an index; nothing when it has none. */
void wt_dump_put_name(Dump *p, NameKind kind, uint32_t index);
/* A name alone, and text in quotes; unprintable bytes as \hh. */
void wt_dump_put_clean(Buf *out, Slice s);
void wt_dump_put_text(Buf *out, Slice s);

/* dump_insn.c */
/* The instruction as text, names beside its indices. */
void wt_dump_put_insn(Dump *p, const Insn *in);
/* A constant expression on one line: "i32=5", or its instructions. */
void wt_dump_put_expr(Dump *p, Expr e);

/* dump_code.c */
void wt_dump_code(Dump *p);
/* Before the first function. */
void wt_dump_begin_locals(Dump *p);
/* Goes to a function, behind those before: its locals have names then, and no block is open. */
void wt_dump_begin_func(Dump *p, uint32_t funcidx);
/* The line (or lines) of an instruction, the bytes [from, to). */
void wt_dump_code_line(Dump *p, const Insn *in, const uint8_t *from, const uint8_t *to);

/* dump_items.c */
/* The entries of a section that is not custom. */
void wt_dump_items(Dump *p, SectionId id);

/* dump_custom.c */
void wt_dump_custom(Dump *p, const Custom *c);
/* Relocations of the section with this index in file order. */
RelocWalk wt_dump_relocs_of(const Dump *p, uint32_t section);
bool wt_dump_next_reloc(RelocWalk *w, Reloc *reloc);
void wt_dump_put_reloc(Dump *p, const Reloc *reloc);
/* Reads the linking section's symbols, and names with them what has no name yet. */
void wt_dump_symbols(Dump *p);

/* dump.c */
/* Lines of sixteen bytes in hex and as characters; `at` is the number shown for the first. */
void wt_dump_put_hex(Buf *out, const uint8_t *data, size_t len, uint64_t at, const char *indent);

#endif
