/* The baseline compiler against the interpreter, by the public interface: the same program by the
   interpreter, as machine code with pages behind its memories, without, without a signal handler,
   and with nothing that not every processor has. Compared are results, traps and where they were,
   and memories. Every scalar instruction meets edge values as operands of every kind and as results
   of every kind; what machine code got wrong once stands here too. */
#include "base/buf.h"
#include "sides.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- scalar instructions ---- */

typedef struct ScalarOp {
    const char *name, *params;
    char result;
} ScalarOp;

#define INTS(p, c)                                                                                 \
    {#p ".add", c c, c[0]}, {#p ".sub", c c, c[0]}, {#p ".mul", c c, c[0]},                        \
        {#p ".div_s", c c, c[0]}, {#p ".div_u", c c, c[0]}, {#p ".rem_s", c c, c[0]},              \
        {#p ".rem_u", c c, c[0]}, {#p ".and", c c, c[0]}, {#p ".or", c c, c[0]},                   \
        {#p ".xor", c c, c[0]}, {#p ".shl", c c, c[0]}, {#p ".shr_s", c c, c[0]},                  \
        {#p ".shr_u", c c, c[0]}, {#p ".rotl", c c, c[0]}, {#p ".rotr", c c, c[0]},                \
        {#p ".clz", c, c[0]}, {#p ".ctz", c, c[0]}, {#p ".popcnt", c, c[0]}, {#p ".eqz", c, 'i'},  \
        {#p ".eq", c c, 'i'}, {#p ".ne", c c, 'i'}, {#p ".lt_s", c c, 'i'},                        \
        {#p ".lt_u", c c, 'i'}, {#p ".gt_s", c c, 'i'}, {#p ".gt_u", c c, 'i'},                    \
        {#p ".le_s", c c, 'i'}, {#p ".le_u", c c, 'i'}, {#p ".ge_s", c c, 'i'},                    \
        {#p ".ge_u", c c, 'i'}, {#p ".extend8_s", c, c[0]}, {#p ".extend16_s", c, c[0]},           \
        {#p ".trunc_sat_f32_s", "f", c[0]}, {#p ".trunc_sat_f32_u", "f", c[0]},                    \
        {#p ".trunc_sat_f64_s", "d", c[0]}, {#p ".trunc_sat_f64_u", "d", c[0]},                    \
        {#p ".trunc_f32_s", "f", c[0]}, {#p ".trunc_f32_u", "f", c[0]},                            \
        {#p ".trunc_f64_s", "d", c[0]}, {                                                          \
        #p ".trunc_f64_u", "d", c[0]                                                               \
    }
#define FLOATS(p, c)                                                                               \
    {#p ".add", c c, c[0]}, {#p ".sub", c c, c[0]}, {#p ".mul", c c, c[0]},                        \
        {#p ".div", c c, c[0]}, {#p ".min", c c, c[0]}, {#p ".max", c c, c[0]},                    \
        {#p ".copysign", c c, c[0]}, {#p ".sqrt", c, c[0]}, {#p ".nearest", c, c[0]},              \
        {#p ".floor", c, c[0]}, {#p ".ceil", c, c[0]}, {#p ".trunc", c, c[0]},                     \
        {#p ".abs", c, c[0]}, {#p ".neg", c, c[0]}, {#p ".eq", c c, 'i'}, {#p ".ne", c c, 'i'},    \
        {#p ".lt", c c, 'i'}, {#p ".le", c c, 'i'}, {#p ".gt", c c, 'i'}, {#p ".ge", c c, 'i'},    \
        {#p ".convert_i32_s", "i", c[0]}, {#p ".convert_i32_u", "i", c[0]},                        \
        {#p ".convert_i64_s", "l", c[0]}, {                                                        \
        #p ".convert_i64_u", "l", c[0]                                                             \
    }

static const ScalarOp scalar_ops[] = {
    INTS(i32, "i"),
    INTS(i64, "l"),
    FLOATS(f32, "f"),
    FLOATS(f64, "d"),
    {"i64.extend32_s", "l", 'l'},
    {"i64.extend_i32_s", "i", 'l'},
    {"i64.extend_i32_u", "i", 'l'},
    {"i32.wrap_i64", "l", 'i'},
    {"f32.demote_f64", "d", 'f'},
    {"f64.promote_f32", "f", 'd'},
    {"i32.reinterpret_f32", "f", 'i'},
    {"i64.reinterpret_f64", "d", 'l'},
    {"f32.reinterpret_i32", "i", 'f'},
    {"f64.reinterpret_i64", "l", 'd'},
};

enum { EDGES = 14 };
static const uint64_t edges[4][EDGES] = {
    {0, 1, 2, 3, 8, 31, 32, 0x7F, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF8000,
     123456789},
    {0, 1, 5, 64, 0x80000000, 0xFFFFFFFF, 0x100000000, UINT64_MAX, 0x8000000000000000,
     0x7FFFFFFFFFFFFFFF, 0xFFFFFFFF80000000, 0x80, 0x7FFFFF4000000001, 1234567890123456789},
    {0, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001,
     0x4F000000, 0xCF000000, 0x5F000000, 0x00000001, 0x4B800001, 0x3F000000},
    {0, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000, 0x7FF0000000000000,
     0xFFF0000000000000, 0x7FF8000000000000, 0x41DFFFFFFFC00000, 0xC1E0000000200000,
     0xC3E0000000000000, 0x43E0000000000000, 1, 0x3FE0000000000000, 0x41EFFFFFFFE00000},
};
static unsigned type_number(char c) { return c == 'i' ? 0 : c == 'l' ? 1 : c == 'f' ? 2 : 3; }
static const char *type_name(char c) {
    static const char *const names[] = {"i32", "i64", "f32", "f64"};
    return names[type_number(c)];
}

/* Where an operand is: a constant, a parameter, a local of the loop (in a register), a local that
   is used once (in the frame), behind a call (a slot or a result register), loaded from memory. */
enum {
    OPERAND_const,
    OPERAND_param,
    OPERAND_pinned,
    OPERAND_frame,
    OPERAND_call,
    OPERAND_load,
    OPERANDS
};

static void write_const(Buf *b, char type, uint64_t bits) {
    if (type == 'i')
        wt_buf_printf(b, "(i32.const %" PRIu64 ")", bits);
    else if (type == 'l')
        wt_buf_printf(b, "(i64.const %" PRIu64 ")", bits);
    else if (type == 'f')
        wt_buf_printf(b, "(f32.reinterpret_i32 (i32.const %" PRIu64 "))", bits);
    else
        wt_buf_printf(b, "(f64.reinterpret_i64 (i64.const %" PRIu64 "))", bits);
}

static void write_operand(Buf *b, unsigned where, unsigned i, char type, uint64_t bits) {
    const char *t = type_name(type);
    switch (where) {
    case OPERAND_const:
        write_const(b, type, bits);
        return;
    case OPERAND_param:
        wt_buf_printf(b, "(local.get %u)", i);
        return;
    case OPERAND_pinned:
        wt_buf_printf(b, "(local.get $p%u)", i);
        return;
    case OPERAND_frame:
        wt_buf_printf(b, "(local.get $q%u)", i);
        return;
    case OPERAND_call:
        wt_buf_printf(b, "(call $%s (local.get $p%u))", t, i);
        return;
    default:
        wt_buf_printf(b, "(%s.load offset=%u (local.get $z))", t, 16 * i);
    }
}

/* How the result goes on. */
enum {
    RESULT_stack,
    RESULT_set,
    RESULT_set_operand,
    RESULT_tee,
    RESULT_branch,
    RESULT_if,
    RESULT_select,
    RESULT_not,
    RESULTS
};

typedef struct Shape {
    unsigned operand[2], result;
    bool leaf, deep;
    uint64_t bits[2];
} Shape;

/* (...) as a value of the result type, or a statement that sets $r. */
static void write_use(Buf *b, const ScalarOp *op, const Shape *s, const char *expression) {
    const char *r = type_name(op->result);
    unsigned result = s->result;
    bool is_i32 = op->result == 'i', alike = op->result == op->params[0];
    if (result >= RESULT_branch && !is_i32)
        result = RESULT_tee;
    if (result == RESULT_set_operand && !alike)
        result = RESULT_set;
    switch (result) {
    case RESULT_stack:
        wt_buf_printf(b, "(%s.store (i32.const 64) %s) (local.set $r (%s.load (i32.const 64)))", r,
                      expression, r);
        return;
    case RESULT_set:
        wt_buf_printf(b, "(local.set $r %s)", expression);
        return;
    case RESULT_set_operand:
        wt_buf_printf(b, "(local.set $p%u %s) (local.set $r (local.get $p%u))",
                      (unsigned)(op->params[1] && s->leaf), expression,
                      (unsigned)(op->params[1] && s->leaf));
        return;
    case RESULT_tee:
        wt_buf_printf(b, "(%s.store (i32.const 80) (local.tee $r %s))", r, expression);
        return;
    case RESULT_branch:
        wt_buf_printf(b, "(block $b (br_if $b %s) (local.set $r (i32.const 5)))", expression);
        return;
    case RESULT_if:
        wt_buf_printf(b,
                      "(if %s (then (local.set $r (i32.const 6)))"
                      " (else (local.set $r (i32.const 7))))",
                      expression);
        return;
    case RESULT_select:
        wt_buf_printf(b, "(local.set $r (select (local.get $r) (i32.const 9) %s))", expression);
        return;
    default:
        wt_buf_printf(b, "(local.set $r (i32.eqz (i32.eqz %s)))", expression);
    }
}

static void write_function(Buf *b, unsigned number, const ScalarOp *op, const Shape *s) {
    size_t count = strlen(op->params);
    wt_buf_printf(b, "(func (export \"f%u\")", number);
    for (size_t i = 0; i < count; i++)
        wt_buf_printf(b, " (param %s)", type_name(op->params[i]));
    wt_buf_printf(b, " (result %s)", type_name(op->result));
    for (size_t i = 0; i < count; i++)
        wt_buf_printf(b, " (local $p%zu %s) (local $q%zu %s)", i, type_name(op->params[i]), i,
                      type_name(op->params[i]));
    wt_buf_printf(b, " (local $r %s) (local $n i32) (local $z i32) (local $x i64)\n",
                  type_name(op->result));
    if (!s->leaf)
        buf_str(b, "(call $none)");
    for (size_t i = 0; i < count; i++)
        wt_buf_printf(b,
                      "(local.set $p%zu (local.get %zu)) (local.set $q%zu (local.get %zu))"
                      "(%s.store (i32.const %zu) (local.get %zu))",
                      i, i, i, i, type_name(op->params[i]), 16 * i, i);
    buf_str(b, "(loop $l ");
    for (unsigned i = 0; s->deep && i < 12; i++)
        wt_buf_printf(b, i & 1 ? "(f64.load (i32.const %u))" : "(i64.load (i32.const %u))",
                      128 + 8 * i);
    Buf expression;
    wt_buf_init(&expression, &wt_base_malloc);
    wt_buf_printf(&expression, "(%s", op->name);
    for (unsigned i = 0; i < count; i++)
        write_operand(&expression, s->operand[i], i, op->params[i], s->bits[i]);
    buf_bytes(&expression, ")", 2);
    write_use(b, op, s, (const char *)expression.data);
    wt_buf_free(&expression);
    for (unsigned i = 12; s->deep && i > 0; i--)
        wt_buf_printf(b, "%s local.get $x i64.xor local.set $x ",
                      i & 1 ? "" : "i64.reinterpret_f64");
    buf_str(b, "(local.set $n (i32.add (local.get $n) (i32.const 1)))"
               "(br_if $l (i32.lt_u (local.get $n) (i32.const 2)))) (i64.store offset=256 "
               "(i32.const 0) (local.get $x)) (local.get $r))\n");
}

static const char scalar_head[] =
    "(module (memory (export \"m\") 1) (data (i32.const 128) \"abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz0123456789\")"
    "(func $none) (func $i32 (param i32) (result i32) (local.get 0))"
    "(func $i64 (param i64) (result i64) (local.get 0))"
    "(func $f32 (param f32) (result f32) (local.get 0))"
    "(func $f64 (param f64) (result f64) (local.get 0))\n";

/* Spreads numbers. */
static unsigned next_number(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void scalar_op(const ScalarOp *op) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, scalar_head);
    size_t count = strlen(op->params);
    unsigned functions = 0, kinds = count == 2 ? OPERANDS * OPERANDS : OPERANDS;
    uint32_t state = (uint32_t)(op - scalar_ops);
    for (unsigned k = 0; k < kinds; k++)
        for (unsigned round = 0; round < 6; round++) {
            Shape s = {.operand = {k % OPERANDS, k / OPERANDS}};
            s.result = next_number(&state) % RESULTS;
            s.leaf = next_number(&state) & 1;
            s.deep = next_number(&state) % 3 == 0;
            for (size_t i = 0; i < count; i++)
                s.bits[i] = edges[type_number(op->params[i])][next_number(&state) % EDGES];
            write_function(&b, functions++, op, &s);
        }
    buf_str(&b, ")");
    static const wattle_store_config config = {.size = sizeof config};
    Sides all = open_sides(b.data, b.len, &config);
    for (unsigned f = 0; f < functions && all.ok; f++) {
        char name[16], results[2] = {op->result, 0};
        snprintf(name, sizeof name, "f%u", f);
        for (unsigned round = 0; round < (count == 2 ? 24u : EDGES); round++) {
            wattle_slot args[2] = {{.bits = 0}};
            for (size_t i = 0; i < count; i++) {
                unsigned n = count == 2 ? next_number(&state) % EDGES : round;
                args[i].bits = edges[type_number(op->params[i])][n];
            }
            call_all(&all, name, args, count, results);
        }
    }
    for (unsigned i = 1; i < SIDES && all.ok; i++)
        CHECK(memory_sum(&all.side[i]) == memory_sum(&all.side[0]));
    close_sides(&all);
    wt_buf_free(&b);
}

/* ---- calls ---- */

static const char *call_type(unsigned i) {
    static const char *const types[] = {"i32", "f64", "i64", "v128", "f32", "i64", "i32"};
    return types[i % 7];
}
static void write_call_const(Buf *b, unsigned i, unsigned n) {
    const char *t = call_type(i);
    if (strcmp(t, "v128") == 0)
        wt_buf_printf(b, "(v128.const i32x4 %u %u 3 %u)", i, n, i * 77);
    else
        wt_buf_printf(b, "(%s.const %u)", t, i * 7919 + n);
}
/* The top value into $h. */
static void write_mix(Buf *b, const char *t) {
    if (strcmp(t, "v128") == 0)
        buf_str(b, "local.tee $v i64x2.extract_lane 1 local.get $v i64x2.extract_lane 0 i64.xor ");
    else if (strcmp(t, "f32") == 0)
        buf_str(b, "i32.reinterpret_f32 i64.extend_i32_u ");
    else if (strcmp(t, "f64") == 0)
        buf_str(b, "i64.reinterpret_f64 ");
    else if (strcmp(t, "i32") == 0)
        buf_str(b, "i64.extend_i32_u ");
    buf_str(b, "local.get $h i64.const 31 i64.mul i64.add local.set $h\n");
}

/* $gN gives its parameters back, those behind in front; called directly, through the table, by
   reference, and by tail calls of functions with fewer, more and as many arguments. */
static void write_calls(Buf *b, unsigned n) {
    wt_buf_printf(b, "(type $t%u (func (param", n);
    for (unsigned i = 0; i < n; i++)
        wt_buf_printf(b, " %s", call_type(i));
    buf_str(b, ") (result");
    for (unsigned i = 0; i < n; i++)
        wt_buf_printf(b, " %s", call_type((i + n / 2) % n));
    wt_buf_printf(b, ")))\n(func $g%u (type $t%u)", n, n);
    for (unsigned i = 0; i < n; i++)
        wt_buf_printf(b, " (local.get %u)", (i + n / 2) % n);
    wt_buf_printf(b, ")\n(elem (table $t) (i32.const %u) func $g%u)", n, n);
    static const char *const tails[] = {"return_call $g%u", "return_call_indirect (type $t%u)",
                                        "return_call_ref $t%u"};
    for (unsigned k = 0; k < 3; k++) { /* from functions without an argument */
        wt_buf_printf(b, "(func $tail%u_%u (result", k, n);
        for (unsigned i = 0; i < n; i++)
            wt_buf_printf(b, " %s", call_type((i + n / 2) % n));
        buf_str(b, ")");
        for (unsigned i = 0; i < n; i++)
            write_call_const(b, i, k);
        if (k)
            wt_buf_printf(b, k == 1 ? "(i32.const %u)" : "(ref.func $g%u)", n);
        wt_buf_printf(b, tails[k], n);
        buf_str(b, ")\n");
    }
    for (unsigned k = 0; k < 6; k++) {
        wt_buf_printf(b, "(func (export \"c%u_%u\") (result i64) (local $h i64) (local $v v128)", k,
                      n);
        for (unsigned i = 0; i < n && k < 3; i++)
            write_call_const(b, i, k);
        static const char *const calls[] = {"call $g%u ",
                                            "(i32.const %u) call_indirect (type $t%u) ",
                                            "(ref.func $g%u) call_ref $t%u "};
        if (k >= 3)
            wt_buf_printf(b, "call $tail%u_%u ", k - 3, n);
        else
            wt_buf_printf(b, calls[k], n, n);
        for (unsigned i = n; i > 0; i--)
            write_mix(b, call_type((i - 1 + n / 2) % n));
        buf_str(b, "local.get $h)\n");
    }
}

static void calls_of_any_size(void) {
    static const unsigned sizes[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,   10,  12,  14,
                                     16, 20, 24, 28, 31, 36, 40, 99, 100, 999, 1000};
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (table $t 1001 funcref)\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        write_calls(&b, sizes[i]);
    buf_str(&b, ")");
    static const wattle_store_config config = {.size = sizeof config};
    Sides all = open_sides(b.data, b.len, &config);
    wattle_slot none = {.bits = 0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && all.ok; i++)
        for (unsigned k = 0; k < 6; k++) {
            char name[32];
            snprintf(name, sizeof name, "c%u_%u", k, sizes[i]);
            CHECK_EQ_INT(call_all(&all, name, &none, 0, "l"), WATTLE_OK);
        }
    close_sides(&all);
    wt_buf_free(&b);
}

/* Tail calls in a ring of functions with none, few and many arguments on the stack, which a frame
   of its own must not pile up; and what the caller has in registers lives on. */
static void tails_in_a_ring(void) {
    run_text(
        "(module (type $many (func (param i64 i32 f64 i64 i64 i64 i64 i64 v128 i64 i64) (result"
        " i64 f64 i64 i32))) (table 1 funcref) (elem (i32.const 0) $many)"
        "(func $few (param $n i32) (param $a i64) (result i64 f64 i64 i32)"
        " (if (i32.eqz (local.get $n)) (then (return (local.get $a) (f64.const 2) (i64.const 3)"
        " (local.get $n))))"
        " (return_call_indirect (type $many) (local.get $a) (local.get $n) (f64.const 5)"
        " (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)"
        " (v128.const i64x2 6 7) (i64.const 8) (local.get $a) (i32.const 0)))"
        "(func $many (type $many) (return_call $some (i32.sub (local.get 1) (i32.const 1))"
        " (i64.add (local.get 10) (i64x2.extract_lane 1 (local.get 8))) (local.get 3) (local.get 4)"
        " (local.get 5) (local.get 6) (local.get 7)))"
        "(func $some (param i32 i64 i64 i64 i64 i64 i64) (result i64 f64 i64 i32)"
        " (return_call $few (local.get 0) (i64.add (local.get 1) (local.get 6))))"
        "(func (export \"ring\") (result i64) (local $i i32) (local $h i64) (local $f f64)"
        " (local.set $f (f64.const 1.5))"
        " (loop $l (call $few (i32.const 10000) (i64.extend_i32_u (local.get $i)))"
        " i64.extend_i32_u i64.add (local.set $h (i64.add (local.get $h)))"
        " local.get $f f64.mul local.set $f (local.set $h (i64.add (local.get $h)))"
        " (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
        " (i32.const 10)))) (i64.xor (local.get $h) (i64.reinterpret_f64 (local.get $f)))))",
        "ring", "l");
}

/* What is thrown through functions with locals in registers leaves those of the catcher's callers.
 */
static void thrown_over_locals(void) {
    run_text("(module (tag $e (param i64 f64))"
             "(func $throw (param $n i32) (local $a i64) (local $b f64) (local $i i32)"
             " (loop $l (local.set $a (i64.add (local.get $a) (i64.const 3)))"
             "  (local.set $b (f64.add (local.get $b) (f64.const 0.5)))"
             "  (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
             "   (local.get $n))))"
             " (if (i32.and (local.get $n) (i32.const 1)) (then (throw $e (local.get $a) "
             "(local.get $b))))"
             " (if (local.get $n) (then (call $throw (i32.sub (local.get $n) (i32.const 1))))))"
             "(func $catch (param $n i32) (result i64 f64)"
             " (block $h (result i64 f64) (try_table (catch $e $h) (call $throw (local.get $n)))"
             "  (i64.const -1) (f64.const -1)))"
             "(func (export \"f\") (result i64) (local $i i32) (local $h i64) (local $x f64)"
             " (local $y f64) (local $z i64)"
             " (loop $l (call $catch (local.get $i))"
             "  local.get $x f64.add local.set $x local.get $h i64.add local.set $h"
             "  (local.set $y (f64.add (local.get $y) (local.get $x)))"
             "  (local.set $z (i64.xor (i64.mul (local.get $z) (i64.const 5)) (local.get $h)))"
             "  (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
             "   (i32.const 50))))"
             " (i64.add (local.get $z) (i64.reinterpret_f64 (local.get $y)))))",
             "f", "l");
}

/* ---- memories ---- */

static void memory_edges(const char *memory, bool is64) {
    static const char *const widths[] = {"i32.load8_u", "i32.load16_s", "i64.load32_u",
                                         "i64.load",    "f64.load",     "i32.load"};
    static const char *const stores[] = {"i32.store8", "i32.store16", "i64.store32", "i64.store"};
    static const char *const offsets[] = {"0",
                                          "1",
                                          "65528",
                                          "65535",
                                          "65536",
                                          "2147418111",
                                          "2147418112",
                                          "2147483647",
                                          "2147483648",
                                          "4294967295",
                                          "18446744073709551615"};
    static const uint64_t addresses[] = {
        0,          1,          7,          65528,      65529,      65535,      65536,
        0x7FFEFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF, UINT64_MAX, 0xFFFFFFFFFFFF0000,
        0x100000000};
    const char *a = is64 ? "i64" : "i32";
    unsigned count = is64 ? 11 : 10, functions = 0;
    char results[160];
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    wt_buf_printf(&b, "(module (memory %s) (memory (export \"m\") %s)", memory, memory);
    for (unsigned o = 0; o < count; o++)
        for (unsigned w = 0; w < 12; w++, functions++) {
            const char *insn = widths[w % 6];
            results[functions] = insn[0] == 'f' ? 'd' : insn[1] == '6' ? 'l' : 'i';
            wt_buf_printf(&b,
                          "(func (export \"f%u\") (param %s) (result %.3s) (%s %s offset=%s"
                          " (local.get 0)))",
                          functions, a, insn, insn, w < 6 ? "0" : "1", offsets[o]);
            if (w >= 8)
                continue;
            insn = stores[w % 4];
            wt_buf_printf(&b,
                          "(func (export \"s%u\") (param %s) (%s %s offset=%s (local.get 0)"
                          " (%.3s.const -2)))",
                          functions, a, insn, w < 4 ? "0" : "1", offsets[o], insn);
        }
    buf_str(&b, ")");
    static const wattle_store_config config = {.size = sizeof config};
    Sides all = open_sides(b.data, b.len, &config);
    for (unsigned f = 0; f < functions && all.ok; f++)
        for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
            char name[16], result[2] = {results[f], 0};
            wattle_slot address = {.bits = addresses[i]};
            snprintf(name, sizeof name, "f%u", f);
            call_all(&all, name, &address, 1, result);
            snprintf(name, sizeof name, "s%u", f);
            if (f % 12 < 8)
                call_all(&all, name, &address, 1, "");
        }
    for (unsigned i = 1; i < SIDES && all.ok; i++)
        CHECK(memory_sum(&all.side[i]) == memory_sum(&all.side[0]));
    close_sides(&all);
    wt_buf_free(&b);
}
static void memory_32(void) { memory_edges("1 2", false); }
static void memory_64(void) { memory_edges("i64 1 2", true); }
static void memory_of_bytes(void) { memory_edges("65535 65536 (pagesize 1)", false); }

/* ---- what was wrong once ---- */

/* A value that br_if takes to its register stays on the stack when it does not branch. */
static void value_behind_branch(void) {
    run_text("(module (global $x (mut i32) (i32.const 7)) (type $s (struct))"
             "(func $f (result i32) (global.get $x)) (func $g (result i32) (i32.const 0))"
             "(func $other (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))"
             "(func $any (result anyref) (ref.i31 (i32.const 5)))"
             "(func (export \"if\") (result i32) (block (result i32) (call $f)"
             " (br_if 0 (call $g)) (drop (call $other (i32.const 100)))))"
             "(func (export \"null\") (result i32) (block (result i32) (call $f) (call $any)"
             " (br_on_null 0) (drop) (drop (call $other (i32.const 100)))))"
             "(func (export \"cast\") (result i32) (i31.get_s (ref.cast i31ref"
             " (block (result anyref) (call $any) (br_on_cast 0 anyref (ref null $s))"
             " (drop (call $other (i32.const 100))))))))",
             "if null cast", "i");
}

/* A block whose result is a reference to a type takes more than one byte to say so; what stands
   behind it (here: a type that looks like an instruction, and a call) is not to be missed. */
static void call_behind_reference(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module ");
    for (unsigned i = 0; i < 64; i++)
        wt_buf_printf(&b, "(type $s%u (struct (field i%u) (field (mut i%u))))", i, 32 << (i & 1),
                      32 << (i >> 1 & 1));
    buf_str(&b, "(func $other (param i64 i64) (result i64) (i64.sub (local.get 1) (local.get 0)))");
    for (unsigned i = 0; i < 64; i++)
        wt_buf_printf(&b,
                      "(func $f%u (param i64 i64 i64) (result i64)"
                      " (drop (i64.add (local.get 0) (local.get 1)))"
                      " (drop (block (result (ref null $s%u)) (ref.null $s%u)))"
                      " (drop (call $other (i64.const 7) (local.get 2)))"
                      " (i64.add (i64.mul (local.get 0) (i64.const 3)) (local.get 1)))"
                      "(func (export \"f%u\") (result i64)"
                      " (call $f%u (i64.const 100) (i64.const 20) (i64.const 3)))",
                      i, i, i, i, i);
    buf_str(&b, ")");
    buf_u8(&b, 0);
    char names[64 * 4 + 1] = "";
    for (unsigned i = 0; i < 64; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%sf%u", i ? " " : "", i);
    run_text((const char *)b.data, names, "l");
    wt_buf_free(&b);
}

/* Bodies whose operand stack is deep: time and code in proportion to the body, and room for it. */
static void deep_stacks(void) {
    enum { DEEP = 40000 };
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (global $g (mut i32) (i32.const 3)) (func $none)"
                "(func (export \"spill\") (result i32) ");
    for (unsigned i = 0; i < DEEP; i++)
        buf_str(&b, "global.get 0 ");
    for (unsigned i = 1; i < DEEP; i++)
        buf_str(&b, "i32.add ");
    buf_str(&b, ") (func (export \"pinned\") (result i32) (local i32) (local.set 0 (i32.const 4))"
                " local.get 0 ");
    for (unsigned i = 0; i < DEEP; i++)
        buf_str(&b, "global.get 0 ");
    for (unsigned i = 0; i < DEEP; i++)
        buf_str(&b, "i32.add ");
    buf_str(&b, ") (func (export \"rescue\") (result i32) (local");
    for (unsigned i = 0; i < DEEP; i++)
        buf_str(&b, " i32");
    buf_str(&b, ") ");
    for (unsigned i = 0; i < DEEP; i++)
        wt_buf_printf(&b, "local.get %u ", i);
    for (unsigned i = 0; i < DEEP; i++)
        wt_buf_printf(&b, "i32.const 1 local.set %u ", i);
    for (unsigned i = 1; i < DEEP; i++)
        buf_str(&b, "i32.add ");
    buf_str(&b, ") (func (export \"flush\") (result i32) (local i32) (local.set 0 (i32.const 2)) ");
    for (unsigned i = 0; i < DEEP; i++)
        buf_str(&b, "local.get 0 ");
    buf_str(&b, "call $none ");
    for (unsigned i = 1; i < DEEP; i++)
        buf_str(&b, "i32.add ");
    buf_str(&b, "))");
    buf_u8(&b, 0);
    run_text((const char *)b.data, "spill pinned rescue flush", "i");
    wt_buf_free(&b);
}

/* Very many locals in runs of different kinds, of which every `step`-th is used, not in their
   order: each has a place of its own, and begins as zero. */
enum { MANY_locals = 5000 };
static void write_locals(Buf *b, unsigned number, unsigned params, unsigned step) {
    static const char *const types[] = {"i32", "i64", "f32", "f64", "v128"};
    static const char *const zeros[] = {"i64.extend_i32_u", "",
                                        "i32.reinterpret_f32 i64.extend_i32_u",
                                        "i64.reinterpret_f64", "i64x2.extract_lane 1"};
    uint8_t kind[MANY_locals];
    for (unsigned i = 0, run = 0; i < MANY_locals; run++)
        for (unsigned k = 0; k <= run * 7 % 11 && i < MANY_locals; k++, i++)
            kind[i] = (uint8_t)(run % (i < params ? 2 : 5));
    wt_buf_printf(b, "(func $f%u", number);
    for (unsigned i = 0; i < params; i++)
        wt_buf_printf(b, " (param %s)", types[kind[i]]);
    buf_str(b, " (result i64)");
    for (unsigned i = params; i < MANY_locals; i++)
        wt_buf_printf(b, " (local %s)", types[kind[i]]);
    buf_str(b, " i64.const 1");
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < MANY_locals; i += step) {
            unsigned local = i * 1237 % MANY_locals;
            if (round == 1)
                wt_buf_printf(b,
                              " i32.const %u i32x4.splat f64x2.extract_lane 0 i64.reinterpret_f64"
                              " call $%s local.set %u",
                              i, types[kind[local]], local);
            else
                wt_buf_printf(b, " i64.const 7 i64.rotl local.get %u %s i64.add", local,
                              zeros[kind[local]]);
        }
    wt_buf_printf(b, ") (func (export \"f%u\") (result i64)", number);
    for (unsigned i = 0; i < params; i++)
        wt_buf_printf(b, " (%s.const %u)", types[kind[i]], i);
    wt_buf_printf(b, " call $f%u)", number);
}
static void many_locals(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (func $i32 (param i64) (result i32) (i32.wrap_i64 (local.get 0)))"
                "(func $i64 (param i64) (result i64) (local.get 0))"
                "(func $f32 (param i64) (result f32)"
                " (f32.reinterpret_i32 (i32.wrap_i64 (local.get 0))))"
                "(func $f64 (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))"
                "(func $v128 (param i64) (result v128) (i64x2.splat (local.get 0)))");
    static const unsigned shapes[][2] = {{0, 1}, {3, 7}, {900, 13}, {1, 1001}, {0, 4999}};
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++)
        write_locals(&b, i, shapes[i][0], shapes[i][1]);
    buf_str(&b, ")");
    buf_u8(&b, 0);
    run_text((const char *)b.data, "f0 f1 f2 f3 f4", "l");
    wt_buf_free(&b);
}

/* A br_table whose labels want values moved: once for each label, not for each entry. */
static void table_with_values(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (func (export \"f\") (result i32 i32 i32 i32) (local i32)"
                "(block $a (result i32 i32 i32 i32) (i32.const 8)"
                "(block $b (result i32 i32 i32 i32) (i32.const 9) (i32.const 1) (i32.const 2)"
                " (i32.const 3) (i32.const 4) (br_table");
    for (unsigned i = 0; i < 100000; i++)
        buf_str(&b, i % 3 ? " $a" : " $b");
    buf_str(&b, " $a (i32.const 77777))) (return))))");
    buf_u8(&b, 0);
    run_text((const char *)b.data, "f", "iiii");
    wt_buf_free(&b);
}

/* The upper half of what the host gives as a 32-bit number is nobody's: it must not become part of
   an address. */
static wattle_status give_dirty(void *user, wattle_caller *caller, const wattle_slot *args,
                                wattle_slot *results) {
    (void)user, (void)caller, (void)args;
    results[0].bits = 0x123400000008u;
    return WATTLE_OK;
}
static void dirty_upper_half(void) {
    static const char text[] =
        "(module (import \"\" \"f\" (func $f (result i32))) (memory 1) (data (i32.const 8) \"x\")"
        "(func (export \"param\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
        "(func (export \"host\") (result i32) (i32.load8_u (call $f)))"
        "(func (export \"wide\") (param i32) (result i64) (i64.extend_i32_u (local.get 0))))";
    for (unsigned i = 0; i < SIDES; i++) {
        wattle_config engine = side_config(i);
        Side s = {.engine = wattle_engine_new(&engine)};
        wattle_status status = wattle_module_new(s.engine, text, strlen(text), &s.module, NULL);
        wattle_extern import = {.kind = WATTLE_EXTERN_FUNC};
        s.store = wattle_store_new(s.engine, NULL);
        if (CHECK(status == WATTLE_OK &&
                  wattle_func_new_fast(s.store, ":i", give_dirty, NULL, NULL, &import.of.func) ==
                      WATTLE_OK &&
                  wattle_instance_new_with(s.store, s.module, &import, 1, &s.in) == WATTLE_OK)) {
            wattle_slot dirty = {.bits = 0x567800000008u};
            Outcome o = call_side(&s, "param", &dirty, 1);
            CHECK(o.status == WATTLE_OK && o.slots[0].i32 == 'x');
            o = call_side(&s, "host", &dirty, 0);
            CHECK(o.status == WATTLE_OK && o.slots[0].i32 == 'x');
            o = call_side(&s, "wide", &dirty, 1);
            CHECK(o.status == WATTLE_OK && o.slots[0].bits == 8);
        }
        close_side(&s);
    }
}

/* After a fork both go on with the same store, and compile what they like. */
static int32_t answer_of(Side *s, const char *name) {
    wattle_slot none = {.bits = 0};
    Outcome o = call_side(s, name, &none, 0);
    return o.status == WATTLE_OK ? o.slots[0].i32 : -1;
}
/* many: so many functions are compiled before that the process is known without a question. */
static void fork_side(bool many) {
    char text[4096], *at = text, *end = text + sizeof text;
    at += snprintf(at, (size_t)(end - at),
                   "(module (func (export \"g\") (result i32) (i32.const 2))"
                   "(func (export \"h\") (result i32) (i32.const 3))"
                   "(func (export \"f\") (result i32) ");
    unsigned count = many ? 40 : 0;
    for (unsigned i = 0; i < count; i++)
        at += snprintf(at, (size_t)(end - at), "call %u ", 3 + i);
    at += snprintf(at, (size_t)(end - at), "(i32.const 1))");
    for (unsigned i = 0; i < count; i++)
        at += snprintf(at, (size_t)(end - at), "(func)");
    snprintf(at, (size_t)(end - at), ")");
    static const wattle_store_config config = {.size = sizeof config};
    Side s;
    int to_child[2], to_parent[2];
    char byte = 0;
    if (!CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0) ||
        !open_side(&s, 1, text, strlen(text), &config))
        return;
    CHECK_EQ_INT(answer_of(&s, "f"), 1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        bool ok = answer_of(&s, "g") == 2 && write(to_parent[1], &byte, 1) == 1 &&
                  read(to_child[0], &byte, 1) == 1;
        _exit(ok && answer_of(&s, "g") == 2 && answer_of(&s, "h") == 3 ? 7 : 1);
    }
    int status = 0;
    CHECK(read(to_parent[0], &byte, 1) == 1);
    CHECK_EQ_INT(answer_of(&s, "h"), 3);
    CHECK(write(to_child[1], &byte, 1) == 1 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK_EQ_INT(answer_of(&s, "g"), 2);
    for (unsigned i = 0; i < 2; i++) {
        (void)close(to_child[i]);
        (void)close(to_parent[i]);
    }
    close_side(&s);
}
static void forked(void) {
    fork_side(false);
    fork_side(true);
}

/* Host functions with whole numbers only, which machine code calls directly, and the way round for
   those with one argument too many or in a store that may be interrupted. The upper half of a
   32-bit number is zero on either side, whatever was there before. */
static wattle_status told(void *user, wattle_caller *caller, const wattle_slot *args,
                          wattle_slot *results) {
    static const char types[] = "iliilii";
    int count = *(int *)user;
    uint64_t sum = 0;
    CHECK(wattle_caller_memory(caller, 0, 4) != NULL);
    for (int i = 0; i < count; i++) {
        CHECK(types[i] == 'l' || args[i].bits >> 32 == 0);
        sum += args[i].bits << (4 * i);
    }
    if (args[0].i32 == 99)
        return WATTLE_USAGE;
    results[0].bits = sum | (uint64_t)0xABCD << 48;
    return WATTLE_OK;
}
static void host_ints(const wattle_store_config *config) {
    static const char text[] =
        "(module (import \"\" \"a\" (func $a (param i32 i64 i32 i32 i64 i32) (result i32)))"
        "(import \"\" \"b\" (func $b (param i32 i64 i32 i32 i64 i32 i32) (result i64)))"
        "(memory 1)"
        "(func (export \"a\") (param $v i64) (result i64) (i64.extend_i32_u (call $a"
        " (i32.wrap_i64 (local.get $v)) (local.get $v) (i32.wrap_i64 (local.get $v))"
        " (i32.wrap_i64 (local.get $v)) (local.get $v) (i32.wrap_i64 (local.get $v)))))"
        "(func (export \"b\") (param $v i64) (result i64) (call $b"
        " (i32.wrap_i64 (local.get $v)) (local.get $v) (i32.wrap_i64 (local.get $v))"
        " (i32.wrap_i64 (local.get $v)) (local.get $v) (i32.wrap_i64 (local.get $v))"
        " (i32.wrap_i64 (local.get $v))))"
        "(func (export \"plain\") (param i32 i32) (result i32) (local.get 0))"
        "(func (export \"kept\") (param $v i64) (result i64) (local $i i32) (local $f f64)"
        " (local.set $f (f64.const 0.5)) (local.set $i (i32.const 3))"
        " (drop (call $a (local.get $i) (local.get $v) (local.get $i) (local.get $i)"
        "  (local.get $v) (local.get $i)))"
        " (i64.add (local.get $v) (i64.add (i64.extend_i32_u (local.get $i))"
        "  (i64.trunc_f64_s (f64.mul (local.get $f) (f64.const 4)))))))";
    static int six = 6, seven = 7;
    Side s;
    wattle_func a = {0}, b = {0};
    wattle_config engine = wattle_config_default();
    engine.tier = WATTLE_TIER_BASELINE;
    s = (Side){.engine = wattle_engine_new(&engine)};
    s.store = wattle_store_new(s.engine, config);
    CHECK(wattle_func_new_fast(s.store, "iliili:i", told, &six, NULL, &a) == WATTLE_OK &&
          wattle_func_new_fast(s.store, "iliilii:l", told, &seven, NULL, &b) == WATTLE_OK);
    wattle_extern imports[] = {{.kind = WATTLE_EXTERN_FUNC, .of.func = a},
                               {.kind = WATTLE_EXTERN_FUNC, .of.func = b}};
    CHECK(wattle_module_new(s.engine, text, strlen(text), &s.module, NULL) == WATTLE_OK &&
          wattle_instance_new_with(s.store, s.module, imports, 2, &s.in) == WATTLE_OK);
    wattle_slot arg = {.bits = UINT64_MAX - 4};
    uint64_t sum = 0, low = (uint32_t)arg.bits;
    for (int i = 0; i < 6; i++)
        sum += (i == 1 || i == 4 ? arg.bits : low) << (4 * i);
    Outcome o = call_side(&s, "a", &arg, 1);
    CHECK(o.status == WATTLE_OK && o.slots[0].bits == (uint32_t)sum);
    o = call_side(&s, "b", &arg, 1);
    sum += low << 24;
    CHECK(o.status == WATTLE_OK && o.slots[0].bits == (sum | (uint64_t)0xABCD << 48));
    arg.bits = 7;
    o = call_side(&s, "kept", &arg, 1);
    CHECK(o.status == WATTLE_OK && o.slots[0].bits == 12);
    arg.bits = (uint64_t)5 << 32 | 99;
    o = call_side(&s, "a", &arg, 1);
    CHECK(o.status == WATTLE_TRAP && o.trap == WATTLE_TRAP_host && o.frames == 1);
    wattle_slot two[2] = {arg, arg};
    o = call_side(&s, "plain", two, 2);
    CHECK(o.status == WATTLE_OK && o.slots[0].bits == 99);
    close_side(&s);
}
static void hosts_of_ints(void) {
    wattle_store_config config = {.size = sizeof config};
    host_ints(&config);
    config.interruptible = true;
    host_ints(&config);
}

/* Many modules in one store: they share mappings, of which a process has only some 65,000. After a
   fork all of their code is still there. */
enum { MANY = 400 };
static int mappings(void) {
    FILE *f = fopen("/proc/self/maps", "r");
    int lines = 0;
    for (int c = f ? getc(f) : EOF; c != EOF; c = getc(f))
        lines += c == '\n';
    if (f)
        (void)fclose(f);
    return lines;
}
static wattle_instance numbered(Side *s, int number) {
    char text[128];
    wattle_module *module = NULL;
    wattle_instance in = {0};
    snprintf(text, sizeof text,
             "(module (func (export \"f\") (result i32) (i32.const %d))"
             "(func (export \"g\") (result i32) (i32.const %d)))",
             number, -number);
    CHECK(wattle_module_new(s->engine, text, strlen(text), &module, NULL) == WATTLE_OK &&
          wattle_instance_new_with(s->store, module, NULL, 0, &in) == WATTLE_OK);
    wattle_module_free(module);
    return in;
}
static bool answers(Side *s, const wattle_instance *all, const char *name, int sign) {
    bool ok = true;
    for (int i = 0; i < MANY; i++) {
        s->in = all[i];
        ok &= answer_of(s, name) == sign * i;
    }
    return ok;
}
static void many_modules(void) {
    static const wattle_store_config config = {.size = sizeof config};
    static wattle_instance all[MANY];
    Side s;
    if (!open_side(&s, 1, "(module)", 8, &config))
        return;
    int before = mappings();
    for (int i = 0; i < MANY; i++)
        all[i] = numbered(&s, i);
    CHECK(answers(&s, all, "f", 1));
    CHECK(mappings() - before < MANY / 8);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(answers(&s, all, "g", -1) && answers(&s, all, "f", 1) ? 7 : 1);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(answers(&s, all, "g", -1));
    close_side(&s);
}

int main(void) {
    for (size_t i = 0; i < sizeof scalar_ops / sizeof *scalar_ops; i++) {
        check_begin(scalar_ops[i].name);
        scalar_op(&scalar_ops[i]);
        check_end();
    }
    CHECK_CASE(calls_of_any_size);
    CHECK_CASE(tails_in_a_ring);
    CHECK_CASE(thrown_over_locals);
    CHECK_CASE(memory_32);
    CHECK_CASE(memory_64);
    CHECK_CASE(memory_of_bytes);
    CHECK_CASE(value_behind_branch);
    CHECK_CASE(call_behind_reference);
    CHECK_CASE(deep_stacks);
    CHECK_CASE(many_locals);
    CHECK_CASE(table_with_values);
    CHECK_CASE(dirty_upper_half);
    CHECK_CASE(forked);
    CHECK_CASE(hosts_of_ints);
    CHECK_CASE(many_modules);
    return check_done();
}
