/* gdb's interface for code made at run time ("JIT Compilation Interface" of its manual): for each
   function an ELF file in memory, with its symbol, how to unwind it, and source lines if there are
   any. gdb stands in __jit_debug_register_code when something has changed and reads the list.

   The interface demands a mutable global, the descriptor, and with it a lock: they are here and
   nowhere else, and nobody touches them who does not make a wattle_gdb. */
#include "api/inside.h"
#include "api/wire.h"
#include "base/os.h"
#include "jit/native.h"

/* ---- the interface, as gdb knows it ---- */

typedef struct GdbEntry GdbEntry;
struct GdbEntry {
    GdbEntry *next, *before;
    const void *file;
    uint64_t size;
};
typedef struct GdbDescriptor {
    uint32_t version, action; /* 1: added; 2: about to go */
    GdbEntry *changed, *first;
} GdbDescriptor;

extern WT_EXPORT GdbDescriptor __jit_debug_descriptor;
WT_EXPORT void __jit_debug_register_code(void);
GdbDescriptor __jit_debug_descriptor = {.version = 1};
/* gdb has a breakpoint here. */
WT_NOINLINE void __jit_debug_register_code(void) { atomic_signal_fence(memory_order_seq_cst); }

static atomic_flag gdb_lock = ATOMIC_FLAG_INIT;

struct wattle_gdb {
    wattle_engine *engine;
    struct GdbFile *files;
};
typedef struct GdbFile {
    GdbEntry entry;
    struct GdbFile *next;
    size_t size; /* of this and the ELF file behind it */
} GdbFile;

static void tell_gdb(GdbEntry *e, uint32_t action) {
    __jit_debug_descriptor.action = action;
    __jit_debug_descriptor.changed = e;
    __jit_debug_register_code();
    __jit_debug_descriptor.action = 0;
}
static void lock_gdb(void) {
    while (atomic_flag_test_and_set(&gdb_lock))
        wt_os_sleep(1000);
}

static void list_file(GdbEntry *e) {
    GdbEntry *first = __jit_debug_descriptor.first;
    e->next = first;
    e->before = NULL;
    if (first)
        first->before = e;
    __jit_debug_descriptor.first = e;
    tell_gdb(e, 1);
}
static void unlist_file(GdbEntry *e) {
    if (e->next)
        e->next->before = e->before;
    if (e->before)
        e->before->next = e->next;
    else
        __jit_debug_descriptor.first = e->next;
    tell_gdb(e, 2);
}

/* ---- ELF ---- */

enum {
    ELF_head = 64,
    ELF_section = 64,
    SECTION_ELF_none = 0,
    SECTION_ELF_text,
    SECTION_ELF_symbols,
    SECTION_ELF_strings,
    SECTION_ELF_frame,
    SECTION_ELF_abbrev,
    SECTION_ELF_info,
    SECTION_ELF_line,
    SECTION_ELF_count,
};

static void put16(Buf *b, unsigned v) {
    buf_u8(b, (uint8_t)v);
    buf_u8(b, (uint8_t)(v >> 8));
}
static void put32(Buf *b, uint32_t v) {
    put16(b, v & 0xFFFF);
    put16(b, v >> 16);
}
static void put64(Buf *b, uint64_t v) {
    put32(b, (uint32_t)v);
    put32(b, (uint32_t)(v >> 32));
}
static void put_string(Buf *b, wattle_string s) {
    for (size_t i = 0; i < s.len; i++)
        buf_u8(b, s.data[i] ? (uint8_t)s.data[i] : '?');
    buf_u8(b, 0);
}
/* A length of 4 bytes at `at`, of what stands behind it. */
static void set_elf_length(Buf *b, size_t at) {
    uint32_t len = (uint32_t)(b->len - at - 4);
    for (unsigned i = 0; i < 4 && !b->failed; i++)
        b->data[at + i] = (uint8_t)(len >> 8 * i);
}
static void pad_to(Buf *b, unsigned align) {
    while (b->len % align && !b->failed)
        buf_u8(b, 0);
}

typedef struct ElfPart {
    size_t at, size;
} ElfPart;

/* The name of a gate between the stacks of wasm and of the thread: gdb believes only in this one
   that the frame outside of it may lie on another stack, in the wrong direction. */
static wattle_string gdb_name(const wattle_code *c) {
    static const char gate[] = "__morestack";
    bool is_gate = c->stub == STUBKIND_trap || c->stub == STUBKIND_helper ||
                   c->stub == STUBKIND_lazy || c->stub == STUBKIND_host || c->stub == STUBKIND_ints;
    return is_gate ? (wattle_string){gate, sizeof gate - 1} : c->name;
}

static void put_symbol(Buf *b, const wattle_code *c) {
    for (unsigned i = 0; i < 6; i++) /* the first is none */
        put32(b, 0);
    put32(b, 1);     /* its name */
    buf_u8(b, 0x12); /* global function */
    buf_u8(b, 0);
    put16(b, SECTION_ELF_text);
    put64(b, 0);
    put64(b, c->code_size);
}

/* .debug_frame: how to come to the caller. */
static void put_frame(Buf *b, const wattle_code *c, const NativeMachine *m) {
    size_t at = b->len;
    put32(b, 0);
    put32(b, UINT32_MAX);
    buf_u8(b, 1); /* version */
    buf_u8(b, 0); /* nothing is augmented */
    buf_u8(b, 1); /* code counts in bytes */
    buf_s64leb(b, -8);
    buf_u8(b, (uint8_t)m->dwarf_return);
    pad_to(b, 8);
    set_elf_length(b, at);
    size_t entry = b->len;
    put32(b, 0);
    put32(b, 0); /* the offset of the above */
    put64(b, (uintptr_t)c->address);
    put64(b, c->code_size);
    m->unwind((StubKind)c->stub, b);
    pad_to(b, 8);
    set_elf_length(b, entry);
}

/* ---- DWARF: a unit with one function, and its lines ---- */

static void put_abbreviations(Buf *b) {
    static const uint8_t bytes[] = {
        1, 0x11, 1, 0x03, 0x08, 0x13, 0x0B, 0x11, 0x01, 0x12, 0x01, 0x10, 0x06, 0, 0,
        2, 0x2E, 0, 0x03, 0x08, 0x3F, 0x0C, 0x11, 0x01, 0x12, 0x01, 0,    0,    0,
    };
    buf_bytes(b, bytes, sizeof bytes);
}

static void put_info(Buf *b, const wattle_code *c) {
    uint64_t from = (uintptr_t)c->address, to = from + c->code_size;
    size_t at = b->len;
    put32(b, 0);
    put16(b, 2);
    put32(b, 0);
    buf_u8(b, 8);
    buf_u8(b, 1);
    put_string(b, c->lines[0].file);
    buf_u8(b, 0x0C); /* language: C */
    put64(b, from);
    put64(b, to);
    put32(b, 0);
    buf_u8(b, 2);
    put_string(b, c->name);
    buf_u8(b, 1);
    put64(b, from);
    put64(b, to);
    buf_u8(b, 0);
    set_elf_length(b, at);
}

enum { LINE_files_most = 64 };

static bool same_text(wattle_string x, wattle_string y) {
    return x.data == y.data && x.len == y.len;
}

/* The files of a function, from 1: those of inlined functions are others. */
static unsigned line_file(const wattle_code *c, const uint32_t *files, unsigned count,
                          size_t line) {
    for (unsigned i = 0; i < count; i++)
        if (same_text(c->lines[files[i]].file, c->lines[line].file))
            return i + 1;
    return 0;
}

static void put_line_program(Buf *b, const wattle_code *c, const uint32_t *files, unsigned count) {
    enum { COPY = 1, ADVANCE_pc, ADVANCE_line, SET_file, SET_column };
    uint64_t at = 0, line = 1;
    buf_u8(b, 0);
    buf_u8(b, 9);
    buf_u8(b, 2); /* set the address */
    put64(b, (uintptr_t)c->address);
    for (size_t i = 0; i < c->line_count; i++) {
        const wattle_code_line *l = &c->lines[i];
        unsigned file = line_file(c, files, count, i);
        if (!file)
            continue;
        if (i) { /* the first has the head of the function too */
            buf_u8(b, ADVANCE_pc);
            buf_u64leb(b, l->offset - at);
            at = l->offset;
        }
        buf_u8(b, ADVANCE_line);
        buf_s64leb(b, (int64_t)l->line - (int64_t)line);
        line = l->line;
        buf_u8(b, SET_file);
        buf_u64leb(b, file);
        buf_u8(b, SET_column);
        buf_u64leb(b, l->column);
        buf_u8(b, COPY);
    }
    buf_u8(b, ADVANCE_pc);
    buf_u64leb(b, c->code_size - at);
    buf_u8(b, 0);
    buf_u8(b, 1);
    buf_u8(b, 1); /* the end */
}

static void put_lines(Buf *b, const wattle_code *c) {
    static const uint8_t head[] = {1, 1, 0xFB, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1};
    uint32_t files[LINE_files_most];
    unsigned count = 0;
    for (size_t i = 0; i < c->line_count && count < LINE_files_most; i++)
        if (!line_file(c, files, count, i))
            files[count++] = (uint32_t)i;
    size_t at = b->len;
    put32(b, 0);
    put16(b, 2);
    size_t head_at = b->len;
    put32(b, 0);
    buf_bytes(b, head, sizeof head);
    for (unsigned i = 0; i < count; i++)
        if (c->lines[files[i]].directory.len)
            put_string(b, c->lines[files[i]].directory);
    buf_u8(b, 0);
    unsigned directory = 0;
    for (unsigned i = 0; i < count; i++) {
        const wattle_code_line *l = &c->lines[files[i]];
        put_string(b, l->file);
        buf_u64leb(b, l->directory.len ? ++directory : 0);
        buf_u8(b, 0);
        buf_u8(b, 0);
    }
    buf_u8(b, 0);
    set_elf_length(b, head_at);
    put_line_program(b, c, files, count);
    set_elf_length(b, at);
}

/* ---- the whole file ---- */

static void put_section_head(Buf *b, uint32_t name, uint32_t type, uint64_t flags, uint64_t address,
                             ElfPart part, uint32_t link, uint32_t info, uint64_t entry) {
    put32(b, name);
    put32(b, type);
    put64(b, flags);
    put64(b, address);
    put64(b, part.at);
    put64(b, part.size);
    put32(b, link);
    put32(b, info);
    put64(b, type == 8 ? 16 : 8);
    put64(b, entry);
}

static void put_sections(Buf *b, const wattle_code *c, const ElfPart *parts,
                         const uint32_t *names) {
    enum { PROGRAM = 1, SYMBOLS, STRINGS, NOBITS = 8 };
    put_section_head(b, 0, 0, 0, 0, (ElfPart){0, 0}, 0, 0, 0);
    put_section_head(b, names[SECTION_ELF_text], NOBITS, 6, (uintptr_t)c->address,
                     (ElfPart){0, c->code_size}, 0, 0, 0);
    put_section_head(b, names[SECTION_ELF_symbols], SYMBOLS, 0, 0, parts[SECTION_ELF_symbols],
                     SECTION_ELF_strings, 1, 24);
    put_section_head(b, names[SECTION_ELF_strings], STRINGS, 0, 0, parts[SECTION_ELF_strings], 0, 0,
                     0);
    for (unsigned i = SECTION_ELF_frame; i < SECTION_ELF_count; i++)
        if (parts[i].size)
            put_section_head(b, names[i], PROGRAM, 0, 0, parts[i], 0, 0, 0);
}

static void put_elf_head(Buf *b, unsigned machine, uint64_t sections, unsigned count) {
    static const uint8_t ident[16] = {0x7F, 'E', 'L', 'F', 2, 1, 1};
    buf_bytes(b, ident, sizeof ident);
    put16(b, 1); /* relocatable, and nothing to be relocated */
    put16(b, machine);
    put32(b, 1);
    put64(b, 0);
    put64(b, 0);
    put64(b, sections);
    put32(b, 0);
    put16(b, ELF_head);
    put16(b, 0);
    put16(b, 0);
    put16(b, ELF_section);
    put16(b, count);
    put16(b, SECTION_ELF_strings);
}

static void put_elf(Buf *b, const wattle_code *c, const NativeMachine *m) {
    static const char *const texts[SECTION_ELF_count] = {
        "",           ".text", ".symtab", ".strtab", ".debug_frame", ".debug_abbrev", ".debug_info",
        ".debug_line"};
    ElfPart parts[SECTION_ELF_count] = {{0, 0}};
    uint32_t names[SECTION_ELF_count] = {0};
    unsigned count = c->line_count ? SECTION_ELF_count : SECTION_ELF_abbrev;
    put_elf_head(b, c->machine, 0, count);
    for (unsigned i = SECTION_ELF_symbols; i < count; i++) {
        pad_to(b, 8);
        size_t at = b->len;
        if (i == SECTION_ELF_symbols)
            put_symbol(b, c);
        else if (i == SECTION_ELF_frame)
            put_frame(b, c, m);
        else if (i == SECTION_ELF_abbrev)
            put_abbreviations(b);
        else if (i == SECTION_ELF_info)
            put_info(b, c);
        else if (i == SECTION_ELF_line)
            put_lines(b, c);
        else {
            buf_u8(b, 0);
            put_string(b, gdb_name(c));
            for (unsigned k = 1; k < count; k++) {
                names[k] = (uint32_t)(b->len - at);
                put_string(b, (wattle_string){texts[k], strlen(texts[k])});
            }
        }
        parts[i] = (ElfPart){at, b->len - at};
    }
    pad_to(b, 8);
    uint64_t sections = b->len;
    put_sections(b, c, parts, names);
    for (unsigned i = 0; i < 8 && !b->failed; i++)
        b->data[40 + i] = (uint8_t)(sections >> 8 * i);
}

/* ---- public ---- */

wattle_gdb *wattle_gdb_new(wattle_engine *engine) {
    wattle_gdb *g = allocator_get(&engine->allocator, sizeof *g);
    if (g)
        *g = (wattle_gdb){.engine = wt_api_engine_retain(engine)};
    return g;
}

void wattle_gdb_add(wattle_gdb *gdb, const wattle_code *code) {
    const NativeMachine *m = wt_wire_machine(code->machine);
    const Allocator *al = &gdb->engine->allocator;
    if (!m)
        return;
    Buf b;
    wt_buf_init(&b, al);
    put_elf(&b, code, m);
    GdbFile *f = b.failed ? NULL : allocator_get(al, sizeof *f + b.len);
    if (f) {
        memcpy(f + 1, b.data, b.len);
        *f = (GdbFile){.entry = {.file = f + 1, .size = b.len}, .size = sizeof *f + b.len};
        lock_gdb();
        f->next = gdb->files;
        gdb->files = f;
        list_file(&f->entry);
        atomic_flag_clear(&gdb_lock);
    }
    wt_buf_free(&b);
}

void wattle_gdb_free(wattle_gdb *gdb) {
    if (!gdb)
        return;
    wattle_engine *engine = gdb->engine;
    for (GdbFile *next, *f = gdb->files; f; f = next) {
        next = f->next;
        lock_gdb();
        unlist_file(&f->entry);
        atomic_flag_clear(&gdb_lock);
        allocator_free(&engine->allocator, f, f->size);
    }
    allocator_free(&engine->allocator, gdb, sizeof *gdb);
    wattle_engine_free(engine);
}
