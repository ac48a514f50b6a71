/* The line table reader on tables written by hand: each version, both sizes, what compilers do not
   write, and what nobody should. */
#include "base/buf.h"
#include "check.h"
#include "run/lines.h"

/* ---- writing tables ---- */

static void put_fixed(Buf *b, uint64_t v, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        buf_u8(b, i < 8 ? (uint8_t)(v >> (8 * i)) : 0);
}

static void put_cstring(Buf *b, const char *text) {
    buf_str(b, text);
    buf_u8(b, 0);
}

#define OPS(b, ...)                                                                                \
    buf_bytes((b), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* A unit with the usual header: line_base -5, line_range 14, opcode_base 13. */
static void put_unit(Buf *b, unsigned version, bool is64, const Buf *tables, const Buf *program) {
    unsigned size = is64 ? 8 : 4;
    static const uint8_t lengths[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    size_t header = sizeof lengths + (version >= 4 ? 6u : 5u) + tables->len;
    size_t len = 2 + (version >= 5 ? 2u : 0) + size + header + program->len;
    if (is64)
        put_fixed(b, 0xFFFFFFFF, 4);
    put_fixed(b, len, size);
    put_fixed(b, version, 2);
    if (version >= 5)
        OPS(b, 4, 0);
    put_fixed(b, header, size);
    buf_u8(b, 1);
    if (version >= 4)
        buf_u8(b, 1);
    OPS(b, 1, 0xFB, 14, 13);
    buf_bytes(b, lengths, sizeof lengths);
    buf_bytes(b, tables->data, tables->len);
    buf_bytes(b, program->data, program->len);
}

/* Directories "d1" and "d2", files a.c (none), b.c (d2) and /abs.c (d1). */
static void put_tables(Buf *b, unsigned version, bool is64) {
    static const char *const files[] = {"a.c", "b.c", "/abs.c"};
    static const uint8_t dirs[] = {0, 2, 1};
    if (version < 5) {
        put_cstring(b, "d1");
        put_cstring(b, "d2");
        buf_u8(b, 0);
        for (unsigned i = 0; i < 3; i++) {
            put_cstring(b, files[i]);
            OPS(b, dirs[i], 0, 0);
        }
        buf_u8(b, 0);
        return;
    }
    OPS(b, 1, 1, 0x08, 3); /* path as a string */
    put_cstring(b, "/home");
    put_cstring(b, "d1");
    put_cstring(b, "d2");
    OPS(b, 3, 1, 0x1F, 2, 0x0B, 5, 0x1E, 4); /* path in .debug_line_str, directory, MD5 */
    for (unsigned i = 0; i < 4; i++) {
        static const uint8_t at[] = {0, 0, 4, 8};
        put_fixed(b, at[i], is64 ? 8 : 4);
        buf_u8(b, i ? dirs[i - 1] : 0);
        put_fixed(b, 0, 16);
    }
}

typedef struct LineTable {
    Buf tables, program, section;
    Custom customs[2];
    Module module;
} LineTable;

static void table_open(LineTable *t) {
    memset(t, 0, sizeof *t);
    wt_buf_init(&t->tables, &wt_base_malloc);
    wt_buf_init(&t->program, &wt_base_malloc);
    wt_buf_init(&t->section, &wt_base_malloc);
}

static void table_close(LineTable *t) {
    wt_buf_free(&t->tables);
    wt_buf_free(&t->program);
    wt_buf_free(&t->section);
}

/* The place of an address in the section as it is now. */
static LinePlace find_in(LineTable *t, Slice section, uint64_t address) {
    static const char texts[] = "a.c\0b.c\0/abs.c";
    t->customs[0] = (Custom){.name = slice_str(".debug_line"), .bytes = section};
    t->customs[1] =
        (Custom){.name = slice_str(".debug_line_str"), .bytes = slice(texts, sizeof texts)};
    t->module.customs = t->customs;
    t->module.custom_count = 2;
    LinePlace p = {.module = &t->module, .address = address};
    wt_lines_find(&t->module, &p, 1);
    return p;
}

static void check_place(LineTable *t, uint64_t address, const char *want) {
    LinePlace p = find_in(t, slice(t->section.data, t->section.len), address);
    char got[64] = "-";
    if (p.line)
        snprintf(got, sizeof got, "%.*s%s%.*s:%u:%u", (int)p.directory.len,
                 (const char *)p.directory.data, p.directory.len ? "/" : "", (int)p.file.len,
                 p.file.data ? (const char *)p.file.data : "", (unsigned)p.line,
                 (unsigned)p.column);
    CHECK_EQ_STR(got, want);
}

/* Rows: 0x10 a.c:10:3, 0x14 a.c:12:3, 0x20 d2/b.c:5:3, 0x22 a line that is none, 0x30 /abs.c:1:3,
   0x40 the end. */
static void put_program(Buf *b) {
    OPS(b, 0, 5, 2, 0x10, 0, 0, 0);                    /* set_address 0x10 */
    OPS(b, 5, 3, 3, 9, 1);                             /* column 3, line += 9, copy */
    OPS(b, 13 + 4 * 14 + 5 + 2);                       /* address += 4, line += 2 */
    OPS(b, 4, 2, 3, 0x79, 2, 12, 1);                   /* file 2, line -= 7, address += 12, copy */
    OPS(b, 3, 0x7B, 9, 2, 0, 1);                       /* line 0, address += 2 (fixed), copy */
    OPS(b, 4, 3, 3, 1, 2, 14, 6, 7, 10, 11, 12, 0, 1); /* file 3, line 1; flags; copy */
    OPS(b, 2, 16, 0, 1, 1);                            /* address += 16, the end */
}

static void versions(void) {
    for (unsigned version = 2; version <= 5; version++)
        for (int is64 = 0; is64 < 2; is64++) {
            LineTable t;
            table_open(&t);
            put_tables(&t.tables, version, is64);
            put_program(&t.program);
            put_unit(&t.section, version, is64, &t.tables, &t.program);
            check_place(&t, 0x0F, "-");
            check_place(&t, 0x10, "a.c:10:3");
            check_place(&t, 0x13, "a.c:10:3");
            check_place(&t, 0x14, "a.c:12:3");
            check_place(&t, 0x1F, "a.c:12:3");
            check_place(&t, 0x20, "d2/b.c:5:3");
            check_place(&t, 0x22, "-");
            check_place(&t, 0x2F, "-");
            check_place(&t, 0x30, "/abs.c:1:3");
            check_place(&t, 0x3F, "/abs.c:1:3");
            check_place(&t, 0x40, "-");
            check_place(&t, UINT64_MAX, "-");
            table_close(&t);
        }
}

/* Several units of different versions, one that nobody knows between them; many places at once. */
static void units(void) {
    LineTable t;
    table_open(&t);
    put_tables(&t.tables, 4, false);
    OPS(&t.program, 0, 5, 2, 0, 1, 0, 0, 1, 2, 16, 0, 1, 1); /* 0x100 a.c:1 */
    put_unit(&t.section, 4, false, &t.tables, &t.program);
    t.program.len = 0;
    put_program(&t.program);
    put_unit(&t.section, 6, false, &t.tables, &t.program); /* a version to come */
    t.tables.len = 0;
    put_tables(&t.tables, 5, false);
    put_unit(&t.section, 5, false, &t.tables, &t.program);
    check_place(&t, 0x105, "a.c:1:0");
    check_place(&t, 0x21, "d2/b.c:5:3");
    Module other = {0};
    LinePlace p[5] = {{.module = &t.module, .address = 0x21},
                      {.module = &other, .address = 0x21},
                      {.module = &t.module, .address = UINT64_MAX},
                      {.module = &t.module, .address = 0x10F},
                      {.module = &t.module, .address = 0x14}};
    wt_lines_find(&t.module, p, 5);
    CHECK(p[0].line == 5 && p[1].line == 0 && p[2].line == 0 && p[3].line == 1 && p[4].line == 12);
    wt_lines_find(&other, p, 5);
    CHECK_EQ_INT(p[1].line, 0);
    table_close(&t);
}

/* Linkers leave the table of a function that they drop at 0, or near 2^32. */
static void dropped_functions(void) {
    LineTable t;
    table_open(&t);
    put_tables(&t.tables, 4, false);
    OPS(&t.program, 0, 5, 2, 0, 0, 0, 0, 1, 2, 0x20, 1, 2, 0x20, 0, 1, 1);
    OPS(&t.program, 0, 5, 2, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 0x20, 1, 2, 0x20, 0, 1, 1);
    OPS(&t.program, 0, 5, 2, 0x18, 0, 0, 0, 3, 6, 1, 2, 0x20, 0, 1, 1);
    put_unit(&t.section, 4, false, &t.tables, &t.program);
    check_place(&t, 0x10, "-");
    check_place(&t, 0x18, "a.c:7:0");
    check_place(&t, 0x30, "a.c:7:0");
    table_close(&t);
}

static void odd_numbers(void) {
    LineTable t;
    table_open(&t);
    put_tables(&t.tables, 4, false);
    /* A line of 2^63 and back, a column over 32 bits, a file that is not there; const_add_pc
       (17 bytes on), an unknown extended opcode. */
    OPS(&t.program, 0, 5, 2, 0x10, 0, 0, 0);
    OPS(&t.program, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1); /* 0x10 */
    OPS(&t.program, 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F, 3, 2);
    OPS(&t.program, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 8, 1); /* 0x21: line 2 */
    OPS(&t.program, 0, 3, 0x80, 1, 2, 4, 99, 5, 0, 2, 4, 1);      /* 0x25 */
    OPS(&t.program, 2, 4, 0, 1, 1);
    put_unit(&t.section, 4, false, &t.tables, &t.program);
    check_place(&t, 0x10, "-");
    check_place(&t, 0x20, "-");
    check_place(&t, 0x21, "a.c:2:4294967295");
    check_place(&t, 0x25, ":2:0");
    table_close(&t);
}

/* Headers that make no sense: nothing is found, and nothing else happens. */
static void bad_headers(void) {
    static const struct {
        size_t at;
        uint8_t byte;
    } rows[] = {
        {4, 1},     /* version 1 */
        {4, 6},     /* version 6 */
        {6, 0xFF},  /* a header longer than the unit */
        {14, 0},    /* line_range 0 */
        {15, 0},    /* opcode_base 0 */
        {15, 0xFF}, /* more opcodes than there are lengths */
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        LineTable t;
        table_open(&t);
        put_tables(&t.tables, 4, false);
        put_program(&t.program);
        put_unit(&t.section, 4, false, &t.tables, &t.program);
        t.section.data[rows[i].at] = rows[i].byte;
        check_place(&t, 0x10, "-");
        table_close(&t);
    }
}

/* A table of version 5 that claims 2^64 - 1 entries, one without formats, one with an unknown form:
   the line is known, the file is not. */
static void huge_tables(void) {
    static const uint8_t tables[][24] = {
        {1, 1, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 'x', 0},
        {0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
         0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1},
        {1, 1, 0x70, 1, 1, 1, 1, 0x08, 2},
        {255, 1, 0x08},
    };
    for (size_t i = 0; i < WT_COUNT(tables); i++) {
        LineTable t;
        table_open(&t);
        buf_bytes(&t.tables, tables[i], sizeof tables[i]);
        put_program(&t.program);
        put_unit(&t.section, 5, false, &t.tables, &t.program);
        check_place(&t, 0x10, ":10:3");
        table_close(&t);
    }
}

/* Every prefix, and every byte changed to a few values: no crash (the sanitizers look on), and a
   prefix finds either the same or nothing. */
static void broken(void) {
    for (unsigned version = 2; version <= 5; version++) {
        LineTable t;
        table_open(&t);
        put_tables(&t.tables, version, version == 4);
        put_program(&t.program);
        put_unit(&t.section, version, version == 4, &t.tables, &t.program);
        for (size_t n = 0; n < t.section.len; n++) {
            uint8_t *copy = wt_base_malloc.alloc(NULL, NULL, 0, n ? n : 1); /* no byte more */
            memcpy(copy, t.section.data, n);
            LinePlace p = find_in(&t, slice(copy, n), 0x14);
            CHECK(p.line == 0 || p.line == 12);
            wt_base_malloc.alloc(NULL, copy, n ? n : 1, 0);
        }
        static const uint8_t values[] = {0, 1, 2, 9, 0x7F, 0x80, 0xFF};
        for (size_t n = 0; n < t.section.len; n++)
            for (size_t k = 0; k < sizeof values; k++) {
                uint8_t was = t.section.data[n];
                t.section.data[n] = values[k];
                for (uint64_t at = 0x10; at < 0x40; at += 0x10)
                    find_in(&t, slice(t.section.data, t.section.len), at);
                t.section.data[n] = was;
            }
        check_place(&t, 0x20, "d2/b.c:5:3");
        table_close(&t);
    }
}

int main(void) {
    CHECK_CASE(versions);
    CHECK_CASE(units);
    CHECK_CASE(dropped_functions);
    CHECK_CASE(odd_numbers);
    CHECK_CASE(bad_headers);
    CHECK_CASE(huge_tables);
    CHECK_CASE(broken);
    return check_done();
}
