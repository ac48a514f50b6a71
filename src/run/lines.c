/* The line table of DWARF 2 to 5, run once from its beginning to its end for all addresses that are
   asked for: it is a program that can only be run, and nothing else of DWARF has to be read for it.
   Time is a constant times the size of the section, memory is none: texts are lent from the module.

   The section is a list of units, each with a header that names directories and files, and a
   program of rows (address, file, line, column) in rising order of addresses, cut into sequences.
   An address belongs to the last row before it in its sequence. A unit that makes no sense ends
   where its length says. The standard: DWARF 5, 6.2. Path: trap.c, api/store.c -> here. */
#include "run/lines.h"

#include "base/leb128.h"

/* ---- reading ---- */

static uint64_t read_fixed(Reader *r, unsigned size) {
    const uint8_t *p = read_bytes(r, size);
    uint64_t v = 0;
    for (unsigned i = 0; p && i < size && i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* Up to a NUL. */
static Slice read_cstring(Reader *r) {
    const uint8_t *end = reader_left(r) ? memchr(r->at, 0, reader_left(r)) : NULL;
    if (!end) {
        wt_reader_fail(r, READ_end, r->at);
        return slice("", 0);
    }
    Slice s = slice(r->at, (size_t)(end - r->at));
    r->at = end + 1;
    return s;
}

static Slice debug_section(const Module *m, const char *name) {
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (slice_is(m->customs[i].name, name))
            return m->customs[i].bytes;
    return slice(NULL, 0);
}

static Slice text_at(const Module *m, const char *section, uint64_t at) {
    Slice s = debug_section(m, section);
    if (at >= s.len)
        return slice("", 0);
    Reader r = reader_of(s.data + at, s.len - (size_t)at);
    return read_cstring(&r);
}

/* ---- a unit ---- */

typedef struct LineUnit {
    const Module *m;
    unsigned version, offset_size, address_size;
    unsigned min_length, opcode_base, line_range;
    int line_base;
    Slice lengths;  /* operands of the standard opcodes, from 1 */
    Reader tables;  /* directories, then files */
    Reader program; /* rows */
} LineUnit;

/* Takes the next unit off the section; false: there is none, or nothing can be made of it and
   `section` stands behind it. */
static bool read_line_unit(Reader *section, LineUnit *u) {
    u->offset_size = 4;
    uint64_t len = read_fixed(section, 4);
    if (len == 0xFFFFFFFF) {
        u->offset_size = 8;
        len = read_fixed(section, 8);
    }
    if (len > reader_left(section))
        len = reader_left(section);
    Reader r = reader_of(section->at, (size_t)len);
    section->at += len;
    u->version = (unsigned)read_fixed(&r, 2);
    u->address_size = 0;
    if (u->version >= 5) {
        u->address_size = read_u8(&r);
        read_u8(&r); /* segments: there are none */
    }
    uint64_t header = read_fixed(&r, u->offset_size);
    if (u->version < 2 || u->version > 5 || r.error || header > reader_left(&r))
        return false;
    u->program = reader_of(r.at + header, reader_left(&r) - (size_t)header);
    r.end = r.at + header;
    u->min_length = read_u8(&r);
    if (u->version >= 4)
        read_u8(&r); /* operations an instruction */
    read_u8(&r);     /* is_stmt at first */
    u->line_base = (int8_t)read_u8(&r);
    u->line_range = read_u8(&r);
    u->opcode_base = read_u8(&r);
    u->lengths.len = u->opcode_base ? u->opcode_base - 1u : 0;
    u->lengths.data = read_bytes(&r, u->lengths.len);
    u->tables = r;
    return !r.error && u->line_range != 0 && u->opcode_base != 0;
}

/* ---- directories and files ---- */

typedef struct LineEntry {
    Slice path;
    uint64_t directory;
} LineEntry;

/* A value of a version 5 entry: a text, or a number in *number. Texts of other sections are only
   looked up when they are wanted. */
static Slice read_form(const LineUnit *u, Reader *r, uint64_t form, bool wanted, uint64_t *number) {
    enum {
        FORM_block = 0x09,
        FORM_data2 = 0x05,
        FORM_data4 = 0x06,
        FORM_data8 = 0x07,
        FORM_string = 0x08,
        FORM_data1 = 0x0B,
        FORM_strp = 0x0E,
        FORM_udata = 0x0F,
        FORM_data16 = 0x1E,
        FORM_line_strp = 0x1F
    };
    switch (form) {
    case FORM_string:
        return read_cstring(r);
    case FORM_line_strp:
    case FORM_strp: {
        uint64_t at = read_fixed(r, u->offset_size);
        if (wanted)
            return text_at(u->m, form == FORM_strp ? ".debug_str" : ".debug_line_str", at);
        break;
    }
    case FORM_udata:
        *number = read_u64(r);
        break;
    case FORM_data1:
        *number = read_fixed(r, 1);
        break;
    case FORM_data2:
        *number = read_fixed(r, 2);
        break;
    case FORM_data4:
        *number = read_fixed(r, 4);
        break;
    case FORM_data8:
        *number = read_fixed(r, 8);
        break;
    case FORM_data16:
        read_bytes(r, 16);
        break;
    case FORM_block: {
        uint64_t len = read_u64(r);
        read_bytes(r, len < SIZE_MAX ? (size_t)len : SIZE_MAX);
        break;
    }
    default: /* a form that line tables do not have: its length is not known */
        wt_reader_fail(r, READ_end, r->at);
    }
    return slice("", 0);
}

/* Reads one table of version 5 whole; gives entry `index` of it. Every entry takes a byte at least,
   so that a huge count ends with the bytes. */
static LineEntry read_table(const LineUnit *u, Reader *r, uint64_t index) {
    enum { CONTENT_path = 1, CONTENT_directory = 2 };
    LineEntry found = {{NULL, 0}, 0};
    unsigned formats = read_u8(r);
    Reader format_list = *r;
    for (unsigned i = 0; i < 2 * formats; i++)
        read_u64(r);
    uint64_t count = read_u64(r);
    if (formats == 0)
        count = 0;
    for (uint64_t i = 0; i < count && !r->error; i++) {
        Reader f = format_list;
        LineEntry e = {{NULL, 0}, 0};
        for (unsigned k = 0; k < formats; k++) {
            uint64_t content = read_u64(&f), form = read_u64(&f), number = 0;
            Slice text = read_form(u, r, form, i == index, &number);
            if (content == CONTENT_path)
                e.path = text;
            else if (content == CONTENT_directory)
                e.directory = number;
        }
        if (i == index && !r->error)
            found = e;
    }
    return found;
}

/* The tables of versions 2 to 4: entries from 1, each list ends with an empty text. index 0 only
   reads them. */
static LineEntry read_old_table(Reader *r, bool files, uint64_t index) {
    LineEntry found = {{NULL, 0}, 0};
    for (uint64_t i = 1; !r->error; i++) {
        LineEntry e = {read_cstring(r), 0};
        if (e.path.len == 0)
            break;
        if (files) {
            e.directory = read_u64(r);
            read_u64(r); /* time */
            read_u64(r); /* size */
        }
        if (i == index && !r->error)
            found = e;
    }
    return found;
}

/* Directory 0 is the one the compiler ran in: it is left out. */
static void name_place(const LineUnit *u, LinePlace *p, uint64_t file) {
    Reader r = u->tables;
    LineEntry f;
    if (u->version >= 5) {
        read_table(u, &r, 0);
        f = read_table(u, &r, file);
        r = u->tables;
    } else {
        read_old_table(&r, false, 0);
        f = read_old_table(&r, true, file);
        r = u->tables;
    }
    if (!f.path.len)
        return;
    p->file = f.path;
    if (f.directory && f.path.data[0] != '/')
        p->directory = u->version >= 5 ? read_table(u, &r, f.directory).path
                                       : read_old_table(&r, false, f.directory).path;
}

/* ---- rows ---- */

typedef struct LineRow {
    uint64_t address, file, line, column;
} LineRow;

typedef struct LineWalk {
    LinePlace *places;
    size_t count;
    uint64_t lowest, highest; /* of the addresses looked for */
    LineRow row, last;
    bool begun;   /* `last` is a row of this sequence */
    bool dropped; /* the sequence begins at 0: its function was left out by the linker */
    /* For every row: */
    void (*each)(void *user, const LinePlace *p, uint64_t end);
    void *user;
    LinePlace named;     /* with the name of */
    uint64_t named_file; /* this file, UINT64_MAX: none yet */
    uint64_t budget;     /* bytes of tables of names that may be read */
} LineWalk;

/* A file's name is read again for each row that changes it: bounded, however often that is. */
static void tell_row(const LineUnit *u, LineWalk *w, const LineRow *from, uint64_t end) {
    LinePlace *p = &w->named;
    if (from->line == 0 || from->line > UINT32_MAX || end <= from->address)
        return;
    if (w->named_file != from->file) {
        size_t cost = reader_left(&u->tables);
        *p = (LinePlace){.module = u->m};
        w->named_file = from->file;
        if (cost <= w->budget)
            name_place(u, p, from->file);
        w->budget -= WT_MIN(w->budget, (uint64_t)cost);
    }
    p->address = from->address;
    p->line = (uint32_t)from->line;
    p->column = (uint32_t)WT_MIN(from->column, UINT32_MAX);
    if (p->file.data)
        w->each(w->user, p, end);
}

static void start_sequence(LineWalk *w) {
    w->row = (LineRow){.file = 1, .line = 1};
    w->begun = false;
}

/* The state becomes a row: addresses from the one before up to it belong to that. */
static void add_row(const LineUnit *u, LineWalk *w) {
    const LineRow *from = &w->last;
    if (w->begun && w->each && !w->dropped)
        tell_row(u, w, from, w->row.address);
    else if (w->begun && !w->dropped && from->address <= w->highest && w->row.address > w->lowest)
        for (size_t i = 0; i < w->count; i++) {
            LinePlace *p = &w->places[i];
            if (p->line || p->module != u->m || p->address < from->address ||
                p->address >= w->row.address || from->line == 0 || from->line > UINT32_MAX)
                continue;
            p->line = (uint32_t)from->line;
            p->column = (uint32_t)WT_MIN(from->column, UINT32_MAX);
            name_place(u, p, from->file);
        }
    else if (!w->begun)
        w->dropped = w->row.address == 0;
    w->last = w->row;
    w->begun = true;
}

static void extended_opcode(const LineUnit *u, LineWalk *w, Reader *r) {
    enum { EXTENDED_end_sequence = 1, EXTENDED_set_address = 2 };
    uint64_t len = read_u64(r);
    if (len == 0 || len > reader_left(r)) {
        wt_reader_fail(r, READ_end, r->at);
        return;
    }
    const uint8_t *end = r->at + len;
    switch (read_u8(r)) {
    case EXTENDED_end_sequence:
        add_row(u, w);
        start_sequence(w);
        break;
    case EXTENDED_set_address:
        w->row.address = read_fixed(r, (unsigned)WT_MIN(len - 1, 8));
        break;
    }
    r->at = end;
}

static void standard_opcode(const LineUnit *u, LineWalk *w, Reader *r, unsigned opcode) {
    enum {
        LINE_copy = 1,
        LINE_advance_pc,
        LINE_advance_line,
        LINE_set_file,
        LINE_set_column,
        LINE_const_add_pc = 8,
        LINE_fixed_advance_pc
    };
    LineRow *row = &w->row;
    switch (opcode) {
    case LINE_copy:
        add_row(u, w);
        return;
    case LINE_advance_pc:
        row->address += read_u64(r) * u->min_length;
        return;
    case LINE_advance_line:
        row->line += (uint64_t)read_s64(r);
        return;
    case LINE_set_file:
        row->file = read_u64(r);
        return;
    case LINE_set_column:
        row->column = read_u64(r);
        return;
    case LINE_const_add_pc:
        row->address += (uint64_t)((255 - u->opcode_base) / u->line_range) * u->min_length;
        return;
    case LINE_fixed_advance_pc:
        row->address += read_fixed(r, 2);
        return;
    }
    for (unsigned n = u->lengths.data[opcode - 1]; n; n--)
        read_u64(r);
}

static void run_lines(const LineUnit *u, LineWalk *w) {
    Reader r = u->program;
    start_sequence(w);
    while (r.at != r.end) {
        unsigned opcode = read_u8(&r);
        if (opcode >= u->opcode_base) {
            unsigned step = opcode - u->opcode_base;
            w->row.address += (uint64_t)(step / u->line_range) * u->min_length;
            w->row.line += (uint64_t)(u->line_base + (int)(step % u->line_range));
            add_row(u, w);
        } else if (opcode == 0) {
            extended_opcode(u, w, &r);
        } else {
            standard_opcode(u, w, &r, opcode);
        }
    }
}

/* ---- the whole ---- */

uint64_t wt_lines_address(const Module *m, uint32_t funcidx, uint32_t offset) {
    for (uint32_t i = 0; !m->is_text && i < m->section_count; i++)
        if (m->sections[i].id == SECTION_code)
            return (uint64_t)(m->funcs[funcidx].code - m->source.data) + offset -
                   m->sections[i].content;
    return UINT64_MAX;
}

void wt_lines_find(const Module *m, LinePlace *places, size_t count) {
    Slice table = debug_section(m, ".debug_line");
    LineWalk w = {.places = places, .count = count, .lowest = UINT64_MAX};
    for (size_t i = 0; i < count; i++)
        if (places[i].module == m && places[i].address != UINT64_MAX) {
            w.lowest = WT_MIN(w.lowest, places[i].address);
            w.highest = WT_MAX(w.highest, places[i].address);
        }
    Reader section = reader_of(table.data, table.len);
    while (w.lowest != UINT64_MAX && reader_left(&section)) {
        LineUnit u = {.m = m};
        if (read_line_unit(&section, &u))
            run_lines(&u, &w);
    }
}

void wt_lines_each(const Module *m, void (*row)(void *user, const LinePlace *p, uint64_t end),
                   void *user) {
    Slice table = debug_section(m, ".debug_line");
    LineWalk w = {.each = row, .user = user, .budget = 64 * (uint64_t)table.len};
    Reader section = reader_of(table.data, table.len);
    while (reader_left(&section)) {
        LineUnit u = {.m = m};
        w.named_file = UINT64_MAX;
        if (read_line_unit(&section, &u))
            run_lines(&u, &w);
    }
}
