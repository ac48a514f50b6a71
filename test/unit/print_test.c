/* The printer from inside: every instruction there and back, identifiers of hostile name sections,
   exact text, deep nesting, damaged bodies, and memory that runs out at each allocation. Whole
   files are in test/golden/print. */
#include "check.h"

#include "binary/decode.h"
#include "binary/encode.h"
#include "text/parse.h"
#include "text/print.h"
#include "wasm/insn.h"

#include <stdlib.h>

typedef struct Printed {
    Module m;
    Diag d;
    Buf text; /* with a NUL behind it */
    bool ok;
} Printed;

static const ReadOptions everything = {.features = UINT64_MAX >> 1};

/* `ordinary`: without the short cut, which only modules read from bytes have. */
static void print_in_a_way(Printed *j, const Allocator *al, Slice bytes, const PrintOptions *o,
                           bool ordinary) {
    ReadOptions options = everything;
    options.bounds = wt_module_bounds_default();
    wt_module_init(&j->m, al, &options);
    wt_diag_init(&j->d, al);
    wt_buf_init(&j->text, al);
    unsigned flags = DECODE_keep_quirks | DECODE_keep_pads;
    j->ok = wt_binary_decode(&j->m, bytes, flags, &j->d);
    j->m.is_text = ordinary;
    j->ok = j->ok && wt_text_print(&j->m, o, &j->text, &j->d);
    buf_u8(&j->text, 0);
}

static void print_bytes(Printed *j, const Allocator *al, Slice bytes, const PrintOptions *o) {
    print_in_a_way(j, al, bytes, o, false);
}

static void printed_free(Printed *j) {
    wt_module_free(&j->m);
    wt_diag_free(&j->d);
    wt_buf_free(&j->text);
}

static const char *printed_text(const Printed *j) {
    return j->text.failed ? "" : (const char *)j->text.data;
}

static const char *first_problem(const Diag *d) {
    const DiagEntry *e = wt_diag_first(d);
    return e ? e->text : "none";
}

/* Prints, reads and encodes: the same bytes must come out, and the same text when printed again. */
static void there_and_back(Slice bytes, const PrintOptions *o) {
    Printed j;
    print_bytes(&j, &wt_base_malloc, bytes, o);
    CHECK_EQ_STR(first_problem(&j.d), "none");
    Module m;
    Diag d;
    Buf out, again;
    ReadOptions options = everything;
    options.bounds = wt_module_bounds_default();
    wt_module_init(&m, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    wt_buf_init(&out, &wt_base_malloc);
    wt_buf_init(&again, &wt_base_malloc);
    bool ok = j.ok && wt_text_parse(&m, slice(j.text.data, j.text.len - 1), &d);
    CHECK_EQ_STR(first_problem(&d), "none");
    if (CHECK(ok) && wt_binary_encode(&m, &out, &d))
        CHECK_EQ_BYTES(out.data, out.len, bytes.data, bytes.len);
    if (ok && wt_text_print(&m, o, &again, &d)) {
        buf_u8(&again, 0);
        CHECK_EQ_STR((const char *)again.data, printed_text(&j));
    }
    if (check_state.bad)
        fprintf(stderr, "%s\n", printed_text(&j));
    wt_buf_free(&again);
    wt_buf_free(&out);
    wt_diag_free(&d);
    wt_module_free(&m);
    printed_free(&j);
}

static void there_and_back_both(Slice bytes) {
    PrintOptions o = wt_text_print_defaults();
    o.lossless = true;
    there_and_back(bytes, &o);
    o.fold = true;
    there_and_back(bytes, &o);
}

/* The short cut and the ordinary way write the same text. */
static void both_ways(Slice bytes) {
    PrintOptions o = wt_text_print_defaults();
    for (int i = 0; i < 4; i++) {
        Printed fast, ordinary;
        o.lossless = i & 1;
        o.fold = i & 2;
        print_in_a_way(&fast, &wt_base_malloc, bytes, &o, false);
        print_in_a_way(&ordinary, &wt_base_malloc, bytes, &o, true);
        CHECK_EQ_STR(printed_text(&fast), printed_text(&ordinary));
        CHECK_EQ_INT(fast.ok, ordinary.ok);
        CHECK_EQ_STR(first_problem(&fast.d), first_problem(&ordinary.d));
        printed_free(&ordinary);
        printed_free(&fast);
    }
}

/* ---- modules by hand ---- */

#define BYTES(s) {(const uint8_t *)(s), sizeof(s) - 1}
static const char module_head[] = "\0asm\1\0\0\0";

/* A section with its size in the shortest form. */
static void put_section_bytes(Buf *b, uint8_t id, Slice contents) {
    buf_u8(b, id);
    buf_u32leb(b, (uint32_t)contents.len);
    buf_slice(b, contents);
}

/* The short cut stays away from the end of the bytes: something must stand behind the code. */
static void put_tail(Buf *b) { put_section_bytes(b, 0, slice("\4tail0123456789abcdef", 21)); }

/* One function of type [] -> [] with this body (without the last end). */
static void put_function(Buf *b, Slice body) {
    Buf code;
    wt_buf_init(&code, &wt_base_malloc);
    put_section_bytes(b, 1, slice("\1\x60\0\0", 4));
    put_section_bytes(b, 3, slice("\1\0", 2));
    put_section_bytes(b, 4, slice("\1\x70\0\1", 4));
    put_section_bytes(b, 5, slice("\1\0\1", 3));
    put_section_bytes(b, 12, slice("\0", 1));
    buf_u8(&code, 1);
    buf_u32leb(&code, (uint32_t)body.len + 2);
    buf_u8(&code, 0);
    buf_slice(&code, body);
    buf_u8(&code, OP_end);
    put_section_bytes(b, 10, slice(code.data, code.len));
    put_section_bytes(b, 11, slice("\0", 1));
    wt_buf_free(&code);
}

/* ---- every instruction ---- */

static const uint8_t sixteen[16] = {0, 31, 2, 3, 255, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Immediates that differ from those that text leaves out. */
static Insn sample(unsigned op) {
    Insn in = {.op = (uint16_t)op, .a = 1, .b = 2, .lane = 3, .block = BLOCK_empty};
    in.type = VAL_REF_OF(HEAP_any, op == OP_ref_test_null || op == OP_ref_cast_null);
    in.type2 = VAL_REF_OF(HEAP_i31, true);
    in.imm = 1234567;
    switch ((Imm)op_info(op)->imm) {
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
        in.b = 0;
        break;
    case IMM_V128:
    case IMM_SHUFFLE:
        in.list = slice(sixteen, sizeof sixteen);
        break;
    case IMM_BR_TABLE:
        in.c = 2;
        in.list = slice("\0\1\0", 3);
        break;
    case IMM_SELECT:
        in.c = 1;
        in.list = slice("\x7F", 1);
        break;
    case IMM_TRY_TABLE:
        in.c = 4;
        in.list = slice("\0\5\0\1\6\0\2\0\3\0", 10);
        break;
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        in.c = 2;
        in.list = slice("\0\5\0\1\6", 5);
        break;
    case IMM_HEAP:
        in.type = VAL_REF_OF(HEAP_extern, true);
        break;
    case IMM_REF_NULL:
        in.type = VAL_REF_OF(HEAP_any, true);
        break;
    case IMM_F32:
        in.imm = 0x7FA00001; /* a signalling NaN */
        break;
    case IMM_F64:
        in.imm = 0x3FB999999999999A;
        break;
    case IMM_I32:
    case IMM_I64:
        in.imm = UINT64_MAX - 76;
        break;
    default:
        break;
    }
    return in;
}

static void one_op(unsigned op) {
    Buf b, body;
    wt_buf_init(&b, &wt_base_malloc);
    wt_buf_init(&body, &wt_base_malloc);
    Insn in = sample(op);
    buf_bytes(&b, module_head, 8);
    if (op == OP_else)
        buf_bytes(&body, "\x04\x40", 2);
    if (op == OP_end)
        buf_bytes(&body, "\x02\x40", 2);
    if (op == OP_catch || op == OP_catch_all || op == OP_delegate)
        buf_bytes(&body, "\x06\x40", 2);
    wt_insn_write(&body, &in);
    bool opens = op_info(op)->imm == IMM_BLOCK || op_info(op)->imm == IMM_TRY_TABLE;
    if (opens || op == OP_else || op == OP_catch || op == OP_catch_all)
        buf_u8(&body, OP_end);
    put_function(&b, slice(body.data, body.len));
    there_and_back_both(slice(b.data, b.len));
    put_tail(&b);
    there_and_back_both(slice(b.data, b.len));
    both_ways(slice(b.data, b.len));
    wt_buf_free(&body);
    wt_buf_free(&b);
}

static void every_instruction(void) {
    unsigned count = 0;
    for (unsigned op = 0; op < OP_count; op++) {
        if (!op_info(op)->text)
            continue;
        bool bad = check_state.bad;
        check_state.bad = false;
        one_op(op);
        if (check_state.bad)
            fprintf(stderr, "^^ %s\n", op_info(op)->text);
        check_state.bad |= bad;
        count++;
    }
    CHECK(count > 560);
}

/* ---- numbers of every length ---- */

static const unsigned number_ops[] = {OP_i32_const,  OP_i64_const,     OP_local_get,
                                      OP_global_set, OP_call,          OP_br_if,
                                      OP_i64_load,   OP_call_indirect, OP_struct_get};

static void one_number(uint64_t v, unsigned padding) {
    Buf b, body;
    wt_buf_init(&b, &wt_base_malloc);
    wt_buf_init(&body, &wt_base_malloc);
    for (size_t i = 0; i < WT_COUNT(number_ops); i++) {
        Insn in = {.op = (uint16_t)number_ops[i], .a = (uint32_t)v, .b = 1, .imm = v};
        if (in.op == OP_i32_const)
            in.imm = (uint64_t)(int64_t)(int32_t)v;
        if (in.op == OP_i64_load)
            in.a = 0;
        wt_insn_write(&body, &in);
        if (padding &&
            !(body.data[body.len - 1] & 0x40)) { /* of the last number, keeping its sign */
            body.data[body.len - 1] |= 0x80;
            buf_bytes(&body, &"\x80\x80\x80\0"[4 - padding], padding);
        }
    }
    buf_bytes(&b, module_head, 8);
    put_function(&b, slice(body.data, body.len));
    put_tail(&b);
    both_ways(slice(b.data, b.len));
    wt_buf_free(&body);
    wt_buf_free(&b);
}

static void numbers(void) {
    for (unsigned padding = 0; padding < 4; padding++) {
        for (uint64_t v = 1; v < UINT64_MAX / 10; v *= 10) {
            one_number(v - 1, padding);
            one_number(v, padding);
            one_number(0 - v, padding);
        }
        for (unsigned bit = 5; bit < 64; bit++) {
            one_number(((uint64_t)1 << bit) - 1, padding);
            one_number((uint64_t)1 << bit, padding);
            one_number(0 - ((uint64_t)1 << bit), padding);
        }
    }
}

/* ---- a data count section without need is said, one with need is not ---- */

static void data_counts(void) {
    static const struct {
        Slice body;
        bool needed;
    } rows[] = {
        {BYTES("\xFC\x08\0\0"), true},      {BYTES("\xFC\x09\0"), true},
        {BYTES("\xFC\x89\0\0"), true},      {BYTES("\xFB\x09\0\0"), true},
        {BYTES("\xFB\x12\0\0"), true},      {BYTES("\xFC\x0A\0\0"), false},
        {BYTES("\x41\xFC\x08\x1A"), false}, {BYTES("\x41\xFC\x08\xFC\x09\0"), true},
    };
    PrintOptions o = wt_text_print_defaults();
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        Buf b;
        Printed j;
        wt_buf_init(&b, &wt_base_malloc);
        buf_bytes(&b, module_head, 8);
        put_function(&b, rows[i].body);
        print_bytes(&j, &wt_base_malloc, slice(b.data, b.len), &o);
        CHECK(j.ok);
        CHECK_EQ_INT(strstr(printed_text(&j), "section datacount") == NULL, rows[i].needed);
        printed_free(&j);
        wt_buf_free(&b);
    }
}

/* ---- exact text ---- */

typedef struct TextCase {
    const char *name;
    Slice bytes; /* behind the head */
    bool fold;
    const char *text;
} TextCase;

static const TextCase text_cases[] = {
    {"nothing", BYTES(""), false, "(module\n)\n"},
    {"repeated, empty and odd names",
     BYTES("\1\4\1\x60\0\0"                                   /* type */
           "\2\x15\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* five imports "" "" */
           "\0\x1B\4name\1\x14\5\0\1a\1\1a\2\0\3\3x y\4\4a\"\xC3\xA9"),
     false,
     "(module\n"
     "  (type (;0;) (func))\n"
     "  (import \"\" \"\" (func $a (;0;) (type 0)))\n"
     "  (import \"\" \"\" (func $a#1 (;1;) (@name \"a\") (type 0)))\n"
     "  (import \"\" \"\" (func $func2 (;2;) (@name \"\") (type 0)))\n"
     "  (import \"\" \"\" (func $\"x y\" (;3;) (type 0)))\n"
     "  (import \"\" \"\" (func $\"a\\\"\xC3\xA9\" (;4;) (type 0)))\n"
     ")\n"},
    {"a repeated name in a map that falls",
     BYTES("\1\4\1\x60\0\0\2\x09\2\0\0\0\0\0\0\0\0\0\x0E\4name\1\7\2\1\1a\0\1a"), false,
     "(module\n"
     "  (type (;0;) (func))\n"
     "  (import \"\" \"\" (func $a (;0;) (type 0)))\n"
     "  (import \"\" \"\" (func $a#1 (;1;) (@name \"a\") (type 0)))\n"
     "  (@custom \"name\" (after import) \"\\01\\07\\02\\01\\01a\\00\\01a\")\n"
     ")\n"},
    {"two name sections", BYTES("\0\x09\4name\0\2\1m\0\x09\4name\0\2\1m"), false,
     "(module $m\n"
     "  (@custom \"name\" (before first) \"\\00\\02\\01m\")\n"
     "  (@custom \"name\" (before first) \"\\00\\02\\01m\")\n"
     ")\n"},
    {"an empty module name before custom sections", BYTES("\0\x08\4name\0\1\0\0\3\1xy"), false,
     "(module (@name \"\")\n"
     "  (@custom \"x\" (before first) \"y\")\n"
     ")\n"},
    {"flat",
     BYTES("\1\5\1\x60\1\x7F\0\3\2\1\0\x0A\x13\1\x11\0\x02\x40\x20\0\x0D\0\x03\x40\x0C\1\x0B\x0B"
           "\x41\x7F\x1A\x0B"),
     false,
     "(module\n"
     "  (type (;0;) (func (param i32)))\n"
     "  (func (;0;) (type 0) (param i32)\n"
     "    block ;; label = @1\n"
     "      local.get 0\n"
     "      br_if 0 (;@1;)\n"
     "      loop ;; label = @2\n"
     "        br 1 (;@1;)\n"
     "      end\n"
     "    end\n"
     "    i32.const -1\n"
     "    drop\n"
     "  )\n"
     ")\n"},
    {"folded",
     BYTES("\1\5\1\x60\1\x7F\0\3\2\1\0\x0A\x13\1\x11\0\x02\x40\x20\0\x0D\0\x03\x40\x0C\1\x0B\x0B"
           "\x41\x7F\x1A\x0B"),
     true,
     "(module\n"
     "  (type (;0;) (func (param i32)))\n"
     "  (func (;0;) (type 0) (param i32)\n"
     "    (block ;; label = @1\n"
     "      (br_if 0 (;@1;)\n"
     "        (local.get 0))\n"
     "      (loop ;; label = @2\n"
     "        (br 1 (;@1;))))\n"
     "    (drop\n"
     "      (i32.const -1))\n"
     "  )\n"
     ")\n"},
    {"an empty block folded", BYTES("\1\4\1\x60\0\0\3\2\1\0\x0A\7\1\5\0\x02\x40\x0B\x0B"), true,
     "(module\n"
     "  (type (;0;) (func))\n"
     "  (func (;0;) (type 0)\n"
     "    (block ;; label = @1\n"
     "    )\n"
     "  )\n"
     ")\n"},
    {"constant expressions",
     BYTES("\6\x09\1\x7F\0\x41\1\x41\2\x6A\x0B\x09\x0C\1\5\x70\2\xD0\x70\x0B\x41\0\xD0\x70\x0B"
           "\x0B\7\1\0\x41\1\x0B\1z"),
     false,
     "(module\n"
     "  (global (;0;) i32 (i32.add (i32.const 1) (i32.const 2)))\n"
     "  (elem (;0;) funcref (ref.null func) (item (i32.const 0) (ref.null func)))\n"
     "  (data (;0;) (i32.const 1) \"z\")\n"
     ")\n"},
    {"custom sections and a late name section",
     BYTES("\0\3\1a\n\1\4\1\x60\0\0\0\2\1b\0\2\1c\0\x0A\4name\0\3\2me"), false,
     "(module $me\n"
     "  (@wattle.encoding names 2)\n"
     "  (@custom \"a\" (before first) \"\\n\")\n"
     "  (type (;0;) (func))\n"
     "  (@custom \"b\" (after type) \"\")\n"
     "  (@custom \"c\" (after type) \"\")\n"
     ")\n"},
    {"a branch hint, labels, locals",
     BYTES("\1\4\1\x60\0\0\3\2\1\0\0\x20\x19metadata.code.branch_hint\1\0\1\7\1\1"
           "\x0A\x0D\1\x0B\1\2\x7F\x02\x40\x20\0\x0D\0\x0B\x0B"
           "\0\x16\4name\2\6\1\0\1\1\1y\3\7\1\0\1\0\2ou"),
     false,
     "(module\n"
     "  (type (;0;) (func))\n"
     "  (func (;0;) (type 0)\n"
     "    (local i32) (local $y i32)\n"
     "    block $ou\n"
     "      local.get 0\n"
     "      (@metadata.code.branch_hint \"\\01\") br_if $ou\n"
     "    end\n"
     "  )\n"
     ")\n"},
};

static void one_text(const TextCase *c) {
    Buf b;
    Printed j;
    PrintOptions o = wt_text_print_defaults();
    o.fold = c->fold;
    wt_buf_init(&b, &wt_base_malloc);
    buf_bytes(&b, module_head, 8);
    buf_slice(&b, c->bytes);
    print_bytes(&j, &wt_base_malloc, slice(b.data, b.len), &o);
    CHECK_EQ_STR(first_problem(&j.d), "none");
    CHECK_EQ_STR(printed_text(&j), c->text);
    printed_free(&j);
    there_and_back_both(slice(b.data, b.len));
    wt_buf_free(&b);
}

/* ---- hostile name sections: the text is unharmed, the bytes are kept ---- */

static const struct {
    const char *name;
    Slice bytes; /* of the section, behind "name" */
} hostile_names[] = {
    {"names: empty section", BYTES("")},
    {"names: huge indices", BYTES("\1\x0A\1\xFF\xFF\xFF\xFF\x0F\3abc")},
    {"names: not rising", BYTES("\1\x0A\2\1\2ab\0\2cd\0\0")},
    {"names: twice the same index", BYTES("\1\7\2\0\1a\0\1b")},
    {"names: not UTF-8", BYTES("\1\5\1\0\2\xC3\x28")},
    {"names: padded count", BYTES("\1\5\x81\0\0\1a")},
    {"names: a count that lies", BYTES("\1\4\x7F\0\1a")},
    {"names: locals of nothing", BYTES("\2\7\1\7\1\0\2xy")},
    {"names: too many locals", BYTES("\2\x0B\1\0\1\xFF\xFF\xFF\xFF\x0F\2xy")},
    {"names: a label without a name", BYTES("\3\5\1\0\1\0\0")},
    {"names: unknown subsection", BYTES("\x63\2ab")},
    {"names: subsections out of order", BYTES("\1\4\1\0\1a\0\2\1m")},
    {"names: cut", BYTES("\1\x40\1\0")},
};

static void one_hostile(Slice names) {
    Buf b, section;
    wt_buf_init(&b, &wt_base_malloc);
    wt_buf_init(&section, &wt_base_malloc);
    buf_bytes(&b, module_head, 8);
    put_function(&b, slice("\2\x40\x0B", 3));
    buf_bytes(&section, "\4name", 5);
    buf_slice(&section, names);
    put_section_bytes(&b, 0, slice(section.data, section.len));
    there_and_back_both(slice(b.data, b.len));
    wt_buf_free(&section);
    wt_buf_free(&b);
}

/* ---- depth, damage, memory ---- */

enum { DEEP = 100000 };

static void deep_nesting(void) {
    Buf b, body;
    PrintOptions o = wt_text_print_defaults();
    wt_buf_init(&b, &wt_base_malloc);
    wt_buf_init(&body, &wt_base_malloc);
    for (int i = 0; i < DEEP; i++)
        buf_bytes(&body, "\2\x40", 2);
    for (int i = 0; i < DEEP; i++)
        buf_u8(&body, OP_end);
    buf_bytes(&body, "\x41\0", 2);
    for (int i = 0; i < DEEP; i++)
        buf_u8(&body, OP_i32_eqz);
    buf_u8(&body, OP_drop);
    buf_bytes(&b, module_head, 8);
    put_function(&b, slice(body.data, body.len));
    for (int fold = 0; fold < 2; fold++) {
        Printed j;
        o.fold = fold;
        print_bytes(&j, &wt_base_malloc, slice(b.data, b.len), &o);
        CHECK(j.ok);
        printed_free(&j);
    }
    wt_buf_free(&body);
    wt_buf_free(&b);
}

/* What is behind the end of a body is none of its instructions. */
static void cut_bodies(void) {
    static const Slice bodies[] = {
        BYTES("\x28"),     BYTES("\x28\0"),   BYTES("\x41\x80"),     BYTES("\x10"),
        BYTES("\x11"),     BYTES("\x11\0"),   BYTES("\x02"),         BYTES("\xFD"),
        BYTES("\xFD\x15"), BYTES("\xFB\2\0"), BYTES("\x42\xFF\xFF"), BYTES("\2\x40\x0B\x0B")};
    for (size_t i = 0; i < WT_COUNT(bodies); i++) {
        Buf b;
        wt_buf_init(&b, &wt_base_malloc);
        buf_bytes(&b, module_head, 8);
        put_function(&b, bodies[i]);
        put_tail(&b);
        both_ways(slice(b.data, b.len));
        wt_buf_free(&b);
    }
}

static void damaged_body(void) {
    PrintOptions o = wt_text_print_defaults();
    for (int fold = 0; fold < 2; fold++) {
        Buf b;
        Printed j;
        wt_buf_init(&b, &wt_base_malloc);
        buf_bytes(&b, module_head, 8);
        put_function(&b, slice("\1\xFF\1", 3));
        o.fold = fold;
        print_bytes(&j, &wt_base_malloc, slice(b.data, b.len), &o);
        CHECK(!j.ok);
        CHECK_EQ_INT(j.d.errors, 1);
        if (CHECK(j.d.count == 1))
            CHECK_EQ_INT(b.data[j.d.entries[0]->at], 0xFF);
        printed_free(&j);
        wt_buf_free(&b);
    }
}

typedef struct Failing {
    long until, calls;
} Failing;

static void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    if (new_size && f->calls++ == f->until)
        return NULL;
    return wt_base_malloc.alloc(NULL, old, old_size, new_size);
}

static void out_of_memory(void) {
    PrintOptions o = wt_text_print_defaults();
    o.inline_exports = o.generate_names = true;
    for (size_t i = 0; i < WT_COUNT(text_cases); i++) {
        Buf b;
        wt_buf_init(&b, &wt_base_malloc);
        buf_bytes(&b, module_head, 8);
        buf_slice(&b, text_cases[i].bytes);
        bool done = false;
        o.fold = i % 2;
        for (long n = 0; n < 1000 && !done; n++) {
            Failing f = {.until = n};
            Allocator al = {failing_alloc, &f};
            Printed j;
            print_bytes(&j, &al, slice(b.data, b.len), &o);
            done = f.calls <= n;
            CHECK(j.ok || j.d.out_of_memory || j.text.failed);
            printed_free(&j);
        }
        CHECK(done);
        wt_buf_free(&b);
    }
}

int main(void) {
    CHECK_CASE(every_instruction);
    for (size_t i = 0; i < WT_COUNT(text_cases); i++) {
        check_begin(text_cases[i].name);
        one_text(&text_cases[i]);
        check_end();
    }
    for (size_t i = 0; i < WT_COUNT(hostile_names); i++) {
        check_begin(hostile_names[i].name);
        one_hostile(hostile_names[i].bytes);
        check_end();
    }
    CHECK_CASE(numbers);
    CHECK_CASE(data_counts);
    CHECK_CASE(deep_nesting);
    CHECK_CASE(cut_bodies);
    CHECK_CASE(damaged_body);
    CHECK_CASE(out_of_memory);
    return check_done();
}
