/* The type checker: every instruction with a fixed signature with right and wrong operands, modules
   with the beginning of their messages, where operands came from, threads, hostile bodies with the
   memory that they may take, and memory that runs out. */
#include "check.h"

#include "binary/decode.h"
#include "text/parse.h"
#include "valid/valid.h"
#include "wasm/insn.h"

#include <stdlib.h>

/* ---- helpers ---- */

/* Counts what is held, and fails after so many calls. */
typedef struct Meter {
    size_t held, peak;
    long until; /* calls that still succeed; -1: all */
} Meter;

static void *meter_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Meter *meter = user;
    if (new_size == 0) {
        meter->held -= old ? old_size : 0;
        free(old);
        return NULL;
    }
    if (meter->until == 0)
        return NULL;
    meter->until -= meter->until > 0;
    void *p = realloc(old, new_size);
    if (!p)
        return NULL;
    meter->held += new_size - (old ? old_size : 0);
    meter->peak = WT_MAX(meter->peak, meter->held);
    return p;
}

typedef struct Trial {
    Meter meter;
    Allocator allocator;
    Module module;
    Diag diag;
} Trial;

static uint64_t features_of(const char *list) {
    uint64_t set = wt_feature_default();
    Slice bad;
    CHECK(wt_feature_parse(slice_str(list), &set, &bad));
    return set;
}

/* Reads and checks. */
static bool try_module(Trial *t, Slice bytes, bool text, const char *features, unsigned threads,
                       long until) {
    t->meter = (Meter){.until = until};
    t->allocator = (Allocator){meter_alloc, &t->meter};
    if (threads > 1 && until < 0) /* the meter is for one thread */
        t->allocator = wt_base_malloc;
    ReadOptions options = {features_of(features), wt_module_bounds_default()};
    wt_module_init(&t->module, &t->allocator, &options);
    wt_diag_init(&t->diag, &t->allocator);
    bool ok = text ? wt_text_parse(&t->module, bytes, &t->diag)
                   : wt_binary_decode(&t->module, bytes, 0, &t->diag);
    ok = ok && wt_valid_module(&t->module, threads, &t->diag);
    CHECK_EQ_INT(ok, t->diag.errors == 0);
    return ok;
}

static void end_trial(Trial *t) {
    wt_diag_free(&t->diag);
    wt_module_free(&t->module);
    CHECK_EQ_INT(t->meter.held, 0);
}

/* A binary module of one function type [] -> [], one function with `body` (locals included), a
   memory, a table and a data segment; and a custom section of `tail` bytes. */
static void wrap_body(Buf *b, Slice body, size_t tail) {
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1,    4, 1,  0x60, 0,
                                   0, 3,   2,   1,   0, 4, 4, 1, 0x70, 0, 1,  5,    3,
                                   1, 0,   1,   9,   5, 1, 1, 0, 1,    0, 12, 1,    1};
    Buf size;
    wt_buf_init(&size, &wt_base_malloc);
    buf_u32leb(&size, (uint32_t)body.len);
    b->len = 0;
    buf_bytes(b, head, sizeof head);
    buf_u8(b, SECTION_code);
    buf_u32leb(b, (uint32_t)(1 + size.len + body.len));
    buf_u8(b, 1);
    buf_slice(b, slice(size.data, size.len));
    buf_slice(b, body);
    buf_bytes(b, "\x0B\x03\x01\x01\x00", 5);
    if (tail) {
        buf_u8(b, SECTION_custom);
        buf_u32leb(b, (uint32_t)tail);
        while (tail-- > 0)
            buf_u8(b, 0);
    }
    wt_buf_free(&size);
}

/* Twice: the fast cases stay away from the end of the source, and must agree with the careful step
   that checks there. */
static bool body_is_valid(const Buf *body, const char *features) {
    Buf b;
    bool ok[2];
    wt_buf_init(&b, &wt_base_malloc);
    for (size_t i = 0; i < 2; i++) {
        Trial t;
        wrap_body(&b, slice(body->data, body->len), 64 * i);
        ok[i] = try_module(&t, slice(b.data, b.len), false, features, 1, -1);
        end_trial(&t);
    }
    wt_buf_free(&b);
    CHECK_EQ_INT(ok[0], ok[1]);
    return ok[0];
}

static void repeat(Buf *b, const char *bytes, size_t len, size_t times) {
    while (times-- > 0)
        buf_bytes(b, bytes, len);
}

/* ---- every fixed signature ---- */

/* Locals 0 to 4 have these types. */
static const uint8_t local_types[] = {VAL_i32, VAL_i64, VAL_f32, VAL_f64, VAL_v128};

static void put_local(Buf *b, unsigned type, bool wrong) {
    unsigned want = type == VAL_address ? VAL_i32 : type;
    for (unsigned i = 0; i < WT_COUNT(local_types); i++)
        if (local_types[i] == want) {
            buf_u8(b, OP_local_get);
            buf_u8(b, (uint8_t)((i + wrong) % WT_COUNT(local_types)));
        }
}

/* A body with one instruction of the op. The operand `wrong` has another type; without the first
   `missing`. */
static bool row_is_valid(unsigned op, int wrong, int missing, bool blocked) {
    const OpInfo *info = op_info(op);
    const SigInfo *sig = &wt_sig_table[info->sig];
    static const uint8_t zeros[16];
    Insn in = {.op = (uint16_t)op, .b = info->align, .list = {zeros, 16}};
    if (info->imm != IMM_MEMARG && info->imm != IMM_MEMARG_LANE)
        in.b = 0;
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_bytes(&b, "\x05\x01\x7F\x01\x7E\x01\x7D\x01\x7C\x01\x7B", 11);
    for (int i = 0; i < sig->param_count; i++) {
        /* Operands outside of the block do not count. */
        if (blocked && i == missing)
            buf_bytes(&b, "\x02\x40", 2);
        if (i >= missing || blocked)
            put_local(&b, sig->params[i], i == wrong);
    }
    wt_insn_write(&b, &in);
    for (int i = 0; i < sig->result_count; i++)
        buf_u8(&b, OP_drop);
    if (blocked)
        buf_u8(&b, OP_end);
    for (int i = 0; i < missing && blocked; i++)
        buf_u8(&b, OP_drop);
    buf_u8(&b, OP_end);
    bool ok = body_is_valid(&b, "all");
    wt_buf_free(&b);
    return ok;
}

static void fixed_signatures(void) {
    for (unsigned op = 0; op < OP_count; op++) {
        const OpInfo *info = op_info(op);
        if (!info->text || info->sig == SIG_SPECIAL)
            continue;
        const SigInfo *sig = &wt_sig_table[info->sig];
        bool ok = row_is_valid(op, -1, 0, false);
        if (sig->param_count) {
            ok = ok && row_is_valid(op, -1, 0, true);
            ok = ok && !row_is_valid(op, -1, 1, false) && !row_is_valid(op, -1, 1, true);
        }
        for (int i = 0; i < sig->param_count; i++)
            ok = ok && !row_is_valid(op, i, 0, false);
        if (!CHECK(ok))
            fprintf(stderr, "  %s\n", info->text);
    }
}

/* Numbers, alignments and offsets at the edge of what the fast loop reads by itself. */
static void immediates(void) {
    static const struct {
        const char *code;
        size_t len;
        bool valid;
    } rows[] = {
#define ROW(text, valid) {text, sizeof text - 1, valid}
        ROW("\x41\xFF\xFF\xFF\xFF\x07\x1A\x0B", true),
        ROW("\x41\xFF\xFF\xFF\xFF\x1F\x1A\x0B", false), /* unused bits */
        ROW("\x41\x80\x80\x80\x80\x80\x00\x1A\x0B", false),
        ROW("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7F\x1A\x0B", true),
        ROW("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02\x1A\x0B", false),
        ROW("\x41\x00\x28\x02\xFF\xFF\xFF\xFF\x0F\x1A\x0B", true),
        ROW("\x41\x00\x28\x02\x80\x80\x80\x80\x10\x1A\x0B", false), /* offset 2^32 */
        ROW("\x41\x00\x28\x03\x00\x1A\x0B", false),                 /* alignment */
        ROW("\x41\x00\x28\x42\x00\x00\x1A\x0B", true),              /* memory 0, spelled out */
        ROW("\x41\x00\x28\x42\x01\x00\x1A\x0B", false),
        ROW("\x41\x80\x80\x80\x80\x78\x1A\x0B", true),
        ROW("\x41\x80\x80\x80\x80\x70\x1A\x0B", false),
        ROW("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x1A\x0B", true),
        ROW("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x1A\x0B", false),
        ROW("\x3F\x00\x45\x1A\x0B", true), /* memory.size, i32.eqz */
        ROW("\x3F\x01\x1A\x0B", false),
        ROW("\x3F\x00\x50\x1A\x0B", false),
        ROW("\x41\x00\x41\x00\x41\x00\xFC\x0A\x00\x00\x0B", true), /* memory.copy */
        ROW("\x41\x00\x41\x00\x42\x00\xFC\x0A\x00\x00\x0B", false),
        ROW("\x41\x00\x41\x00\x41\x00\xFC\x0A\x00\x01\x0B", false),
        ROW("\x41\x00\x41\x00\x41\x00\xFC\x0B\x00\x0B", true), /* memory.fill */
        ROW("\x41\x00\x41\x00\x41\x00\xFC\x0B\x01\x0B", false),
        ROW("\x41\x00\x11\x00\x00\x0B", true), /* call_indirect */
        ROW("\x42\x00\x11\x00\x00\x0B", false),
        ROW("\x41\x00\x11\x01\x00\x0B", false),
        ROW("\x41\x00\x11\x00\x01\x0B", false),
        ROW("\x11\x00\x00\x0B", false),
        ROW("\x02\x7F\x0F\x0B\x1A\x0B", true), /* return */
        ROW("\x02\x40\x0F\x7C\x1A\x0B\x0B", true),
        ROW("\x10\x80\x80\x80\x80\x00\x0B", true), /* call 0 in five bytes */
        ROW("\x10\x01\x0B", false),
        ROW("\x0C\x80\x00\x0B", true),
        ROW("\x0C\x01\x0B", false),
        ROW("\x02\x7F\x0B\x1A\x0B", false),                 /* no result */
        ROW("\x02\x7F\x00\x0B\x1A\x0B", true),              /* unreachable */
        ROW("\x02\x7F\x00\x7C\x0B\x1A\x0B", false),         /* i64.add gives the wrong one */
        ROW("\x41\x00\x04\x7F\x41\x00\x0B\x1A\x0B", false), /* if without else */
        ROW("\x41\x00\x04\x7F\x41\x00\x05\x41\x00\x0B\x1A\x0B", true),
        ROW("\x41\x00\x04\x40\x05\x05\x0B\x0B", false), /* a second else */
        ROW("\x0B\x0B", false),                         /* code behind the end */
        ROW("\x41", false),
        ROW("\xFD\x0C\x00\x00\x0B", false), /* v128.const, cut off */
        ROW("\x01", false),
#undef ROW
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        Buf b;
        wt_buf_init(&b, &wt_base_malloc);
        buf_u8(&b, 0);
        buf_bytes(&b, rows[i].code, rows[i].len);
        if (!CHECK_EQ_INT(body_is_valid(&b, "all"), rows[i].valid))
            fprintf(stderr, "  row %zu\n", i);
        wt_buf_free(&b);
    }
}

/* ---- messages ---- */

static const struct {
    const char *features, *text, *message; /* NULL: valid */
} texts[] = {
    {"3.0", "(module (func (result i32) (i32.const 1)))", NULL},
    {"3.0", "(module (func (result i32) (i64.const 1)))",
     "type mismatch: instruction requires [i32] but stack has [i64]"},
    {"3.0", "(module (func (drop (i32.add (i32.const 1)))))",
     "type mismatch: instruction requires [i32 i32] but stack has [i32]"},
    {"3.0", "(module (func (i32.const 1)))",
     "type mismatch: block requires [] but stack has [i32]"},
    {"3.0", "(module (func (local.get 0)))", "unknown local 0"},
    {"3.0",
     "(module (func (drop (memory.size)) (drop (i64.const 0x7FFFFFFFFFFFFFFF))"
     "(drop (v128.const i64x2 1 2)) (drop (v128.const i64x2 1 2))))",
     "unknown memory 0"},
    {"3.0",
     "(module (func (param i32) (result i64) (if (local.get 0) (then (return (local.get 0))))"
     "(drop (v128.const i64x2 1 2)) (drop (v128.const i64x2 1 2)) (i64.const 1)))",
     "type mismatch: instruction requires [i64] but stack has [i32]"},
    {"3.0", "(module (func (br 2)))", "unknown label 2"},
    {"3.0", "(module (type $t (struct)) (func (local (ref $t)) (drop (local.get 0))))",
     "uninitialized local"},
    {"3.0",
     "(module (type $t (struct)) (func (param (ref $t)) (local (ref $t)) (block (local.set 1 "
     "(local.get 0)) (drop (local.get 1)))))",
     NULL},
    {"3.0",
     "(module (type $t (struct)) (func (param (ref $t)) (local (ref $t)) (block (local.set 1 "
     "(local.get 0))) (drop (local.get 1))))",
     "uninitialized local"},
    {"1.0", "(module (memory 1) (memory 1))", "multiple memories"},
    {"1.0", "(module (table 1 funcref) (table 1 funcref))", "multiple tables"},
    {"1.0", "(module (type (func (result i32 i32))))", "invalid result arity"},
    {"3.0", "(module (memory 65537))", "memory size must be at most 65536 pages (4GiB)"},
    {"all", "(module (memory 4294967295 (pagesize 1)))", NULL},
    {"all", "(module (memory 4294967296 (pagesize 1)))", "memory size must be at most 4294967295"},
    {"all", "(module (memory 1 (pagesize 2)))", "invalid custom page size"},
    {"3.0", "(module (memory i64 0 281474976710656))", NULL},
    {"3.0", "(module (memory i64 0 281474976710657))", "memory size"},
    {"all", "(module (memory 1 shared))", "shared memory must have maximum"},
    {"3.0", "(module (memory 2 1) (func (i32.const 0)))", "size minimum must not be greater"},
    {"3.0", "(module (table 1 (ref func)))", "type mismatch"},
    {"3.0", "(module (global i32 (global.get 0)))", "unknown global 0"},
    {"3.0", "(module (global i32 (i32.const 0)) (global i32 (global.get 0)))", NULL},
    {"2.0", "(module (global i32 (i32.const 0)) (global i32 (global.get 0)))",
     "constant expression required"},
    {"3.0", "(module (global (mut i32) (i32.const 0)) (global i32 (global.get 0)))",
     "constant expression required"},
    {"3.0", "(module (global i32 (i32.popcnt (i32.const 0))))", "constant expression required"},
    {"2.0", "(module (global i32 (i32.add (i32.const 0) (i32.const 1))))",
     "constant expression required"},
    {"3.0", "(module (func $f (drop (ref.func $f))))", "undeclared function reference"},
    {"3.0", "(module (func $f (drop (ref.func $f))) (elem declare func $f))", NULL},
    {"3.0", "(module (func $f (drop (ref.func $f))) (global funcref (ref.func $f)))", NULL},
    {"3.0", "(module (func $f (drop (ref.func $f))) (elem funcref (ref.func $f)))", NULL},
    {"3.0", "(module (func $f) (export \"a\" (func $f)) (export \"a\" (func $f)))",
     "duplicate export name"},
    {"3.0", "(module (export \"a\" (func 1)))", "unknown function 1"},
    {"3.0", "(module (func $f (param i32)) (start $f))", "start function"},
    {"3.0", "(module (tag (result i32)))", "non-empty tag result type"},
    {"all", "(module (tag (result i32)))", NULL},
    {"3.0", "(module (data (i32.const 0) \"\"))", "unknown memory 0"},
    {"3.0", "(module (elem (i32.const 0) func))", "unknown table 0"},
    {"3.0", "(module (table 1 externref) (elem (i32.const 0) func))", "type mismatch"},
    {"3.0", "(module (type (sub 1 (func))) (type (sub (func))))", "unknown type 1"},
    {"3.0", "(module (type (func)) (type (sub 0 (func))))",
     "sub type 1 does not match super type 0"},
    {"3.0", "(module (func (drop (select (ref.null func) (ref.null func) (i32.const 0)))))",
     "type mismatch"},
    {"3.0", "(module (func (unreachable) (select) (drop)))", NULL},
    {"3.0", "(module (func (unreachable) (br_table 0 0 (i32.const 1))))", NULL},
    {"3.0",
     "(module (func (block (result i32) (block (br_table 0 1 (i32.const 1)) (i32.const 1)) "
     "(i32.const 1)) (drop)))",
     "type mismatch"},
    {"3.0", "(module (func (drop (struct.new 0))) (type (func)))", "type mismatch: type 0 is"},
    {"3.0,-simd", "(module (memory 1) (func (drop (i8x16.splat (i32.const 0)))))", ""},
    {"all", "(module (type (descriptor 1) (struct)))", "descriptor type is outside rec group"},
    {"all", "(module (rec (type (describes 1) (struct)) (type (descriptor 0) (struct))))",
     "forward use of described type"},
};

static void messages(void) {
    for (size_t i = 0; i < WT_COUNT(texts); i++) {
        Trial t;
        bool ok = try_module(&t, slice_str(texts[i].text), true, texts[i].features, 1, -1);
        const DiagEntry *e = wt_diag_first(&t.diag);
        const char *want = texts[i].message;
        bool right = want ? e && strncmp(e->text, want, strlen(want)) == 0 : ok;
        if (!CHECK(right))
            fprintf(stderr, "  %s\n  %s\n", texts[i].text, e ? e->text : "valid");
        end_trial(&t);
    }
}

/* The second operand came from the instruction at offset 3 of the code, and is the second one. */
static void origins(void) {
    Buf body, b;
    Trial t;
    wt_buf_init(&body, &wt_base_malloc);
    wt_buf_init(&b, &wt_base_malloc);
    buf_bytes(&body, "\x00\x41\x00\x42\x00\x6A\x1A\x0B", 8);
    wrap_body(&b, slice(body.data, body.len), 0);
    CHECK(!try_module(&t, slice(b.data, b.len), false, "3.0", 1, -1));
    const DiagEntry *e = t.diag.entries[0];
    CHECK_EQ_INT(e->place.section, SECTION_code);
    CHECK_EQ_INT(e->place.offset, 5);
    CHECK_EQ_INT(e->place.insn, 2);
    CHECK_EQ_INT(b.data[e->at], OP_i32_add);
    CHECK_EQ_INT(e->note_count, 1);
    CHECK_EQ_STR(e->notes[0].text, "this i64 comes from here");
    CHECK_EQ_INT(e->notes[0].place.offset, 3);
    CHECK_EQ_INT(e->notes[0].place.insn, 1);
    CHECK_EQ_INT(b.data[e->notes[0].at], OP_i64_const);
    end_trial(&t);
    wt_buf_free(&body);
    wt_buf_free(&b);
}

/* ---- threads ---- */

/* Many functions, some of them wrong: the same problems in the same order. */
static void threads(void) {
    enum { FUNCS = 20000 };
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (func (param i32 i64)");
    for (int i = 0; i < FUNCS; i++) {
        if (i % 16 == 0)
            buf_str(&b, ") (func (param i32 i64)");
        bool wrong = i % 2357 == 1000;
        buf_str(&b, wrong ? "(drop (i32.add (local.get 0) (local.get 1)))"
                          : "(drop (i64.add (local.get 1) (local.get 1)))");
    }
    buf_str(&b, "))");
    repeat(&b, " ", 1, 256); /* this is no test of how the parser ends */
    Trial one, many;
    CHECK(!try_module(&one, slice(b.data, b.len), true, "3.0", 1, -1));
    CHECK_EQ_INT(one.diag.errors, 9);
    for (unsigned n = 2; n <= 7; n += 5) {
        CHECK(!try_module(&many, slice(b.data, b.len), true, "3.0", n, -1));
        CHECK_EQ_INT(many.diag.errors, one.diag.errors);
        for (uint32_t i = 0; i < one.diag.count && i < many.diag.count; i++) {
            const DiagEntry *x = one.diag.entries[i], *y = many.diag.entries[i];
            CHECK_EQ_STR(y->text, x->text);
            CHECK_EQ_INT(y->place.item, x->place.item);
            CHECK_EQ_INT(y->place.offset, x->place.offset);
        }
        end_trial(&many);
    }
    end_trial(&one);
    wt_buf_free(&b);
}

/* ---- hostile code ---- */

/* Checks a body; its memory is bounded by so many bytes. */
static void check_hostile(const Buf *body, bool valid, size_t most) {
    Buf b;
    Trial t;
    wt_buf_init(&b, &wt_base_malloc);
    wrap_body(&b, slice(body->data, body->len), 0);
    CHECK_EQ_INT(try_module(&t, slice(b.data, b.len), false, "3.0", 1, -1), valid);
    CHECK(t.meter.peak < most);
    end_trial(&t);
    wt_buf_free(&b);
}

static void hostile_bodies(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    /* Deep blocks, closed and not. */
    buf_u8(&b, 0);
    repeat(&b, "\x02\x40", 2, 900000);
    check_hostile(&b, false, 160u << 20);
    repeat(&b, "\x0B", 1, 900001);
    check_hostile(&b, true, 100u << 20);
    /* A table of a million labels. */
    b.len = 0;
    buf_bytes(&b, "\x00\x41\x00\x0E", 4);
    buf_u32leb(&b, 1000000);
    repeat(&b, "\x00", 1, 1000001);
    buf_u8(&b, OP_end);
    check_hostile(&b, true, 1u << 20);
    /* A table that says it has four thousand million. */
    b.len = 0;
    buf_bytes(&b, "\x00\x41\x00\x0E\xFF\xFF\xFF\xFF\x0F\x00\x0B", 11);
    check_hostile(&b, false, 1u << 20);
    /* 50,000 locals, the last of them used; far more than that. */
    b.len = 0;
    buf_bytes(&b, "\x02\x01\x7E\xCF\x86\x03\x7F\x20\xCF\x86\x03\x1A\x20\x00\x50\x1A\x0B", 17);
    check_hostile(&b, true, 1u << 16);
    b.data[8] = 0xD0; /* one behind the last */
    check_hostile(&b, false, 1u << 16);
    b.len = 0;
    buf_bytes(&b, "\x01\xFF\xFF\xFF\xFF\x0F\x7F\x0B", 8);
    check_hostile(&b, false, 1u << 16);
    wt_buf_free(&b);
}

/* Calls with a thousand results in two bytes: a limit, not gigabytes. */
static void hostile_calls(void) {
    Buf b;
    Trial t;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (func $f (result");
    repeat(&b, " i32", 4, 1000);
    buf_str(&b, ") unreachable) (func");
    repeat(&b, " call 0", 7, 20000);
    buf_str(&b, "))");
    CHECK(!try_module(&t, slice(b.data, b.len), true, "3.0", 1, -1));
    CHECK_EQ_INT(t.diag.count ? t.diag.entries[0]->code : 0, ERR_limit);
    CHECK(t.meter.peak < (size_t)256 << 20);
    end_trial(&t);
    wt_buf_free(&b);
}

/* Supertypes of supertypes: the limit is said once, and quickly. */
static void hostile_types(void) {
    Buf b;
    Trial t;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (type (sub (struct)))");
    for (unsigned i = 0; i < 20000; i++)
        wt_buf_printf(&b, "(type (sub %u (struct)))", i);
    buf_u8(&b, ')');
    CHECK(!try_module(&t, slice(b.data, b.len), true, "3.0", 1, -1));
    CHECK_EQ_INT(t.diag.errors, 1);
    CHECK_EQ_INT(t.diag.count ? t.diag.entries[0]->code : 0, ERR_limit);
    end_trial(&t);
    wt_buf_free(&b);
}

/* Every allocation fails once: out of memory is said, and nothing is lost. */
static void out_of_memory(void) {
    static const char *const jobs[] = {
        "(module (type $s (struct (field i32))) (memory 1) (global $g (mut i32) (i32.const 1))"
        " (func $f (export \"f\") (param i32) (local (ref $s)) (local.set 1 (struct.new_default "
        "$s)) (block (loop (br_if 1 (local.get 0)))) (i32.store (i32.const 0) (global.get $g)))"
        " (elem func $f) (data (i32.const 0) \"x\"))",
        "(module (func (result i64) (i32.add (i32.const 1) (i64.const 2))))",
    };
    for (size_t i = 0; i < WT_COUNT(jobs); i++)
        for (long n = 0; n < 500; n++) {
            Trial t;
            bool ok = try_module(&t, slice_str(jobs[i]), true, "3.0", 2, n);
            bool full = t.meter.until > 0;
            CHECK(full ? ok == (i == 0) && !t.diag.out_of_memory : true);
            CHECK(ok || t.diag.out_of_memory || i == 1);
            end_trial(&t);
            if (full)
                break;
        }
}

int main(void) {
    CHECK_CASE(fixed_signatures);
    CHECK_CASE(immediates);
    CHECK_CASE(messages);
    CHECK_CASE(origins);
    CHECK_CASE(threads);
    CHECK_CASE(hostile_bodies);
    CHECK_CASE(hostile_calls);
    CHECK_CASE(hostile_types);
    CHECK_CASE(out_of_memory);
    return check_done();
}
