/* The vector instructions of the baseline compiler on x86-64 against the interpreter: each row of
   ops.def over pairs of edge values, with its operands in registers, in the frame and constant, and
   its result in a register that held one of them. The compiler is told of fewer features than the
   processor has, so that no machine is needed for any of its sequences. The stores are
   deterministic: a NaN too has to be the same. */
#include "api/inside.h"
#include "base/buf.h"
#include "check.h"
#include "x64/target.h"

typedef struct Row {
    const char *text, *sig, *kind, *imm;
} Row;
static const Row rows[] = {
#define OP_OF_0x00(...)
#define OP_OF_0xFB(...)
#define OP_OF_0xFC(...)
#define OP_OF_0xFE(...)
#define OP_OF_0xFD(text, imm, sig, kind) {text, #sig, #kind, #imm},
#define OP(page, code, ident, text, imm, sig, kind, align, since) OP_OF_##page(text, imm, sig, kind)
#include "wasm/ops.def"
#undef OP
};

/* ---- values ---- */

enum { VECTORS = 28, RESULTS = 4096 };
static const uint64_t edges[VECTORS][2] = {
    {0, 0},
    {UINT64_MAX, UINT64_MAX},
    {0x0706050403020100, 0x0F0E0D0C0B0A0908},
    {0x1F1E1D1C1B1A1918, 0x1716151413121110},
    {0x8080808080808080, 0x7F7F7F7F7F7F7F7F},
    {0x8000800080008000, 0x7FFF7FFF7FFF7FFF},
    {0x8000000080000000, 0x7FFFFFFF7FFFFFFF},
    {0x8000000000000000, 0x7FFFFFFFFFFFFFFF},
    {1, 0x100000000},
    {0xFFFFFFFF, 0xFFFFFFFF00000000},
    {0x00FF00FF00FF00FF, 0xFF00FF00FF00FF00},
    {0x0001FFFF80007FFF, 0x4000C00000807F80},
    {0x000000007FC00000, 0x7F80000080000000}, /* NaN, 0, -0, inf */
    {0x80000000FFC00001, 0xFF80000000000000},
    {0x7F8000013FC00000, 0xBF000000C0200000},
    {0x4F8000004F000000, 0x4F7FFFFFCF000000}, /* 2^31, 2^32 and what is next to them */
    {0xCF0000014EFFFFFF, 0x4F000001BF800000},
    {0x0000000100000001, 0x007FFFFF80000001},
    {0x7FF8000000000000, 0x8000000000000000}, /* the same of 64 bits */
    {0xFFF8000000000001, 0x7FF0000000000000},
    {0x7FF0000000000001, 0xFFF0000000000000},
    {0x41DFFFFFFFC00000, 0xC1E0000000000000},
    {0x41EFFFFFFFE00000, 0xC1E0000000200000},
    {0x41DFFFFFFFE00000, 0x41F0000000000000},
    {0x3FE0000000000000, 0xC004000000000000},
    {0x123456789ABCDEF0, 0x0FEDCBA987654321},
    {0x9E3779B97F4A7C15, 0x2545F4914F6CDD1D},
    {0xD1B54A32D192ED03, 0x41C64E6D12345678},
};
static const uint8_t shuffles[][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
    {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23},
    {24, 25, 8, 9, 26, 27, 10, 11, 28, 29, 12, 13, 30, 31, 14, 15},
    {0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23},
    {8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31},
    {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
    {31, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
    {0, 1, 18, 19, 20, 21, 6, 7, 24, 25, 10, 11, 12, 13, 30, 31},
    {4, 5, 6, 7, 0, 1, 2, 3, 28, 29, 30, 31, 20, 21, 22, 23},
    {20, 21, 22, 23, 20, 21, 22, 23, 0, 1, 2, 3, 12, 13, 14, 15},
    {12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
    {2, 3, 0, 1, 6, 7, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {16, 17, 18, 19, 20, 21, 22, 23, 30, 31, 28, 29, 26, 27, 24, 25},
    {0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31},
    {3, 30, 7, 16, 0, 0, 31, 9, 12, 21, 22, 1, 15, 2, 18, 27},
    {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
};

/* ---- modules ---- */

static const char *type_of(char letter) {
    return letter == 'v'   ? "v128"
           : letter == 'l' ? "i64"
           : letter == 'f' ? "f32"
           : letter == 'd' ? "f64"
                           : "i32";
}

/* Operand `at` of a form: l a local, m from memory, c constant. Vectors are $x, $y, $z, which lie
   at $a, $b and $c. */
static void put_operand(Buf *out, char letter, char form, unsigned at) {
    const char *type = type_of(letter);
    if (letter == 'a')
        wt_buf_printf(out, "(i32.add (local.get $a) (i32.const %u))", at + 3);
    else if (form == 'l' && letter == 'v')
        wt_buf_printf(out, "(local.get $%c)", "xyz"[at]);
    else if (form == 'c' && letter == 'v')
        wt_buf_printf(out, "(v128.const i64x2 0x%" PRIx64 " 0x%" PRIx64 ")", edges[at + 2][0],
                      edges[at * 5 + 14][1]);
    else if (form == 'c')
        wt_buf_printf(out, "(%s.const %u)", type, at * 37 + 5);
    else
        wt_buf_printf(out, "(%s.load (local.get $%c))", type, "abc"[at]);
}
static void put_expr(Buf *out, const Row *row, const char *imm, const char *forms) {
    wt_buf_printf(out, "(%s %s ", row->text, imm);
    for (unsigned i = 0; row->sig[i] != '_'; i++)
        put_operand(out, row->sig[i], forms[i], i);
    buf_str(out, ")");
}
static void put_store(Buf *out, const char *type) {
    wt_buf_printf(out,
                  "(%s.store (local.get $o) (local.get $%s))"
                  "(local.set $o (i32.add (local.get $o) (i32.const 16)))",
                  type, type);
}

/* What is done once for each $a. */
static void put_body(Buf *out, const Row *row, const char *imm) {
    static const char *const forms[] = {"lll", "mmm", "lml", "mlm", "clc", "lcl", "mcm", "ccc"};
    char result = strchr(row->sig, '_')[1];
    const char *type = type_of(result);
    for (size_t i = 0; i < WT_COUNT(forms); i++) {
        if (result)
            wt_buf_printf(out, "(local.set $%s ", type);
        put_expr(out, row, imm, forms[i]);
        buf_str(out, result ? ")" : "");
        if (result)
            put_store(out, type);
    }
    /* Over a call, all are in the frame. */
    for (unsigned i = 0; row->sig[i] != '_'; i++)
        put_operand(out, row->sig[i], 'm', i);
    wt_buf_printf(out, "(call $none) %s %s", row->text, imm);
    if (result) {
        wt_buf_printf(out, "(local.set $%s)", type);
        put_store(out, type);
    }
    for (unsigned i = 0; result == 'v' && i < 3; i++) {
        wt_buf_printf(out, "(local.set $%c ", "xyz"[i]);
        put_expr(out, row, imm, "lll");
        wt_buf_printf(out, ")(local.set $v128 (local.get $%c))", "xyz"[i]);
        put_store(out, type);
    }
}

static const char head[] =
    "(module (memory (export \"m\") 3 3) (func $none)"
    "(func (export \"f\") (param $a i32) (param $b i32) (param $c i32) (param $o i32)"
    "(result i32) (local $x v128) (local $y v128) (local $z v128)"
    "(local $v128 v128) (local $i32 i32) (local $i64 i64) (local $f32 f32) (local $f64 f64)"
    "(local.set $x (v128.load (local.get $a)))"
    "(local.set $y (v128.load (local.get $b)))"
    "(local.set $z (v128.load (local.get $c)))";

/* ---- runs ---- */

typedef struct Side {
    wattle_engine *engine;
    wattle_store *store;
} Side;

/* features: of the compiler's, or 0 and the interpreter. */
static bool open_side(Side *side, bool compiled, uint32_t features) {
    wattle_config config = wattle_config_default();
    config.tier = compiled ? WATTLE_TIER_BASELINE : WATTLE_TIER_INTERP;
    config.threads = 1;
    config.no_reserve = true;
    CHECK(wattle_features_parse("+relaxed-simd", &config.features, NULL, 0));
    side->engine = wattle_engine_new(&config);
    wattle_store_config store = {.size = sizeof store, .deterministic = true};
    side->store = wattle_store_new(side->engine, &store);
    if (!compiled)
        return true;
    if (side->store->run->tier != &wt_x64_tier)
        return false;
    store_native(side->store->run)->features &= features;
    return true;
}
static void close_side(Side *side) {
    wattle_store_free(side->store);
    wattle_engine_free(side->engine);
}

static uint8_t *call_all(Side *side, const Buf *text, size_t *size) {
    wattle_module *module;
    wattle_report *report;
    wattle_instance instance;
    wattle_memory memory;
    wattle_func f;
    bool ok = wattle_module_new(side->engine, text->data, text->len, &module, &report) == WATTLE_OK;
    for (size_t i = 0; i < wattle_report_count(report); i++)
        fprintf(stderr, "%s\n", wattle_report_get(report, i).message);
    wattle_report_free(report);
    if (!CHECK(ok))
        return NULL;
    ok = wattle_instance_new(side->store, module, NULL, &instance) == WATTLE_OK &&
         wattle_instance_memory(side->store, instance, "m", &memory) &&
         wattle_instance_func(side->store, instance, "f", &f);
    wattle_module_free(module);
    if (!CHECK(ok))
        return NULL;
    uint8_t *data = wattle_memory_data(side->store, memory, size);
    memcpy(data, edges, sizeof edges);
    wattle_value v[4] = {WATTLE_VALUE_I32(0), WATTLE_VALUE_I32(0), WATTLE_VALUE_I32(0),
                         WATTLE_VALUE_I32(RESULTS)};
    for (int i = 0; i < VECTORS * VECTORS; i++) {
        v[0].of.i32 = i % VECTORS * 16;
        v[1].of.i32 = i / VECTORS * 16;
        v[2].of.i32 = (i * 5 + 3) % VECTORS * 16;
        wattle_value out;
        if (!CHECK_EQ_INT(wattle_func_call(side->store, f, v, 4, &out, 1), WATTLE_OK))
            return NULL;
        v[3].of.i32 = out.of.i32;
    }
    return data;
}

static void compare(const Row *row, const char *imm, Side *plain, Side *compiled) {
    Buf text;
    wt_buf_init(&text, &wt_base_malloc);
    buf_str(&text, head);
    put_body(&text, row, imm);
    buf_str(&text, "(local.get $o)))");
    size_t size = 0, other = 0;
    const uint8_t *want = call_all(plain, &text, &size);
    const uint8_t *got = want ? call_all(compiled, &text, &other) : NULL;
    CHECK(got && size == other);
    for (size_t i = 0; got && i < size; i += 16)
        if (memcmp(got + i, want + i, 16)) {
            fprintf(stderr, "%s %s: result at %zu\n", row->text, imm, i);
            CHECK_EQ_BYTES(got + i, 16, want + i, 16);
            break;
        }
    wt_buf_free(&text);
}

static void try_row(const Row *row, Side *plain, Side *compiled) {
    char imm[64] = "";
    if (!strcmp(row->imm, "SHUFFLE")) {
        for (size_t i = 0; i < WT_COUNT(shuffles); i++) {
            size_t n = 0;
            for (unsigned k = 0; k < 16; k++)
                n += (size_t)snprintf(imm + n, sizeof imm - n, " %u", shuffles[i][k]);
            compare(row, imm, plain, compiled);
        }
        return;
    }
    bool lane = strstr(row->imm, "LANE");
    if (!lane) {
        compare(row, "", plain, compiled);
        return;
    }
    unsigned bits = 0; /* of a lane: the first number behind the shape's letter, or the name's */
    sscanf(row->text, row->text[0] == 'v' ? "v128.%*[a-z]%u" : "%*1[if]%u", &bits);
    for (unsigned i = 0; i < 128 / bits; i += 128 / bits - 1) {
        snprintf(imm, sizeof imm, "%u", i);
        compare(row, imm, plain, compiled);
    }
}

static void all_rows(uint32_t features) {
    Side plain, compiled;
    open_side(&plain, false, 0);
    if (open_side(&compiled, true, features))
        for (size_t i = 0; i < WT_COUNT(rows); i++)
            if (strcmp(rows[i].kind, "CONST") != 0)
                try_row(&rows[i], &plain, &compiled);
    close_side(&compiled);
    close_side(&plain);
}
static void all_there_is(void) { all_rows(UINT32_MAX); }
static void avx(void) { all_rows(X64_HAS_avx); }
static void sse(void) { all_rows(0); }

int main(void) {
    Side side;
    bool here = open_side(&side, true, 0);
    close_side(&side);
    if (!here) {
        check_skip("x64_simd_test", "this machine does not run x86-64");
        return check_done();
    }
    CHECK_CASE(all_there_is);
    CHECK_CASE(avx);
    CHECK_CASE(sse);
    return check_done();
}
