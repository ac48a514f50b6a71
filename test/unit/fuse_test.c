/* The interpreter's fusions against itself without them: random functions, which must have the same
   results, memory, globals, traps and places of traps both ways. Without arguments the seeds are
   fixed; `fuse_test FROM TO` runs others, and a failure prints its seed and the text. */
#include "check.h"
#include "interp/loop.h"
#include "run/call.h"
#include "run/link.h"
#include "run/memory.h"
#include "text/parse.h"
#include "valid/valid.h"

#include <stdarg.h>
#include <stdlib.h>

/* ---- random programs ---- */

typedef enum Type { I32, I64, F32, F64, V128 } Type;
enum { TYPES = 4, EACH = 4, DEPTH = 5 };
static const char *const names[] = {"i32", "i64", "f32", "f64", "v128"};

typedef struct Gen {
    Buf out;
    uint64_t state;
    unsigned labels, loops, budget;
    bool exact; /* no NaN's bits may be seen: what they are is not the same in every form */
    unsigned funcs;
} Gen;

static uint32_t rnd(Gen *g, uint32_t n) {
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((g->state >> 33) % n);
}
static void say(Gen *g, const char *text) { buf_str(&g->out, text); }
static void sayf(Gen *g, const char *format, ...) WT_PRINTF(2, 3);
static void sayf(Gen *g, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(g, text);
}
static const char *pick(Gen *g, const char *const *list, uint32_t n) { return list[rnd(g, n)]; }
#define PICK(g, ...)                                                                               \
    pick(g, (const char *const[]){__VA_ARGS__},                                                    \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void expr(Gen *g, Type t, unsigned depth);
static void statement(Gen *g, unsigned depth);

/* A local by type and number: parameters are the first two of each. */
static void local(Gen *g, const char *verb, Type t) {
    sayf(g, "(local.%s $%s%u", verb, names[t], (unsigned)rnd(g, EACH));
}

static void constant(Gen *g, Type t) {
    static const int64_t ints[] = {0,  1,    2,      3,          7,           8,
                                   -1, -129, 0x7fff, -0x8001,    0x7fffffff,  -0x7fffffff - 1,
                                   16, 31,   65535,  0x12345678, -0x12345678, 1};
    int64_t v = ints[rnd(g, WT_COUNT(ints))];
    if (t == I64 && rnd(g, 3) == 0)
        v = (int64_t)((uint64_t)v << rnd(g, 33));
    if (t <= I64)
        sayf(g, "(%s.const %" PRId64 ")", names[t], v);
    else
        sayf(g, "(%s.const %s)", names[t],
             PICK(g, "0", "-0", "1", "-1.5", "3.25", "1e10", "-7e-5", "inf", "0x1p-126", "100"));
}

/* An address: mostly inside. */
static void address(Gen *g, unsigned depth) {
    switch (rnd(g, 8)) {
    case 0:
        if (rnd(g, 8) == 0) {
            expr(g, I32, depth);
            return;
        }
        /* fall through */
    case 1:
        sayf(g, "(i32.const %u)", (unsigned)rnd(g, 4096) * 8);
        return;
    case 2:
    case 3:
        say(g, "(i32.add (i32.and ");
        expr(g, I32, depth);
        say(g, " (i32.const 8184)) (i32.and ");
        expr(g, I32, depth);
        say(g, " (i32.const 4088)))");
        return;
    case 4:
        say(g, "(i32.add (i32.and ");
        expr(g, I32, depth);
        sayf(g, " (i32.const 8191)) (i32.const %u))", (unsigned)rnd(g, 300));
        return;
    default:
        say(g, "(i32.and ");
        expr(g, I32, depth);
        say(g, " (i32.const 16380))");
    }
}
static void offset(Gen *g) {
    static const uint32_t list[] = {0, 0, 0, 4, 8, 100, 4096, 65536, 70000};
    uint32_t v = list[rnd(g, WT_COUNT(list))];
    if (v >= 65536 && rnd(g, 16))
        v = 12;
    if (v)
        sayf(g, " offset=%u", (unsigned)v);
    say(g, " ");
}

static void unary(Gen *g, const char *op, Type from, unsigned depth) {
    sayf(g, "(%s ", op);
    expr(g, from, depth);
    say(g, ")");
}
static void binary(Gen *g, Type t, const char *op, Type from, unsigned depth) {
    sayf(g, "(%s.%s ", names[t], op);
    expr(g, from, depth);
    say(g, " ");
    if (rnd(g, 3) == 0 && from != V128)
        constant(g, from);
    else
        expr(g, from, depth);
    say(g, ")");
}
static void load(Gen *g, const char *op, unsigned depth) {
    sayf(g, "(%s", op);
    offset(g);
    address(g, depth);
    say(g, ")");
}

/* Something loaded, alone or compared. */
static void condition(Gen *g, unsigned depth) {
    bool wide = rnd(g, 4) == 0;
    const char *op = wide ? PICK(g, "i64.load", "i64.load32_u")
                          : PICK(g, "i32.load", "i32.load", "i32.load8_u", "i32.load16_u");
    const char *t = wide ? "i64" : "i32";
    switch (rnd(g, 8)) {
    case 0:
    case 1:
        sayf(g, "(%s.%s ", t, PICK(g, "eq", "ne"));
        load(g, op, depth);
        constant(g, wide ? I64 : I32);
        say(g, ")");
        return;
    case 2:
        sayf(g, "(%s.%s ", t, PICK(g, "eq", "ne", "lt_u"));
        load(g, op, depth);
        local(g, "get", wide ? I64 : I32);
        say(g, "))");
        return;
    case 3:
        sayf(g, "(%s.%s ", t, PICK(g, "eq", "ne"));
        expr(g, wide ? I64 : I32, depth);
        load(g, op, depth);
        say(g, ")");
        return;
    case 4:
        sayf(g, "(%s.%s ", t, PICK(g, "eq", "ne"));
        local(g, "tee", wide ? I64 : I32);
        load(g, op, depth);
        say(g, ")");
        constant(g, wide ? I64 : I32);
        say(g, ")");
        return;
    case 5:
        sayf(g, "(%s.eqz ", t);
        load(g, op, depth);
        say(g, ")");
        return;
    default:
        expr(g, I32, depth);
    }
}

/* The second operand comes from memory, sometimes the first. */
static void of_memory(Gen *g, Type t, unsigned depth) {
    sayf(g, "(%s.%s ", names[t],
         t == I32 ? PICK(g, "add", "mul", "mul") : PICK(g, "add", "sub", "mul"));
    bool first = rnd(g, 4) == 0;
    if (!first)
        expr(g, t, depth);
    load(g, t == I32 ? PICK(g, "i32.load", "i32.load16_s", "i32.load16_u") : "f64.load", depth);
    if (first)
        expr(g, t, depth);
    say(g, ")");
}

static void integer(Gen *g, Type t, unsigned depth) {
    if (t == I32 && rnd(g, 12) == 0) {
        of_memory(g, t, depth);
        return;
    }
    switch (rnd(g, 15)) {
    case 14:
        sayf(g, "(%s.%s (%s.%s ", names[t], PICK(g, "and", "and", "shl", "add"), names[t],
             PICK(g, "shr_u", "shr_u", "and", "add", "shl"));
        expr(g, t, depth);
        constant(g, t);
        say(g, ")");
        constant(g, t);
        say(g, ")");
        return;
    case 0:
        sayf(g, "(%s.%s ", names[t], PICK(g, "div_s", "div_u", "rem_s", "rem_u"));
        expr(g, t, depth);
        sayf(g, "(%s.or ", names[t]);
        expr(g, t, depth);
        sayf(g, "(%s.const %u)))", names[t], rnd(g, 12) ? 3u : 0u);
        return;
    case 1:
        unary(g,
              t == I32 ? PICK(g, "i32.clz", "i32.ctz", "i32.popcnt", "i32.extend8_s", "i32.eqz")
                       : PICK(g, "i64.clz", "i64.popcnt", "i64.extend32_s", "i64.extend16_s"),
              t, depth);
        return;
    case 2:
        if (t == I64)
            unary(g, PICK(g, "i64.extend_i32_s", "i64.extend_i32_u"), I32, depth);
        else
            unary(g, PICK(g, "i32.wrap_i64", "i64.eqz"), I64, depth);
        return;
    case 3:
        if (t == I32) {
            Type of = (Type)rnd(g, TYPES);
            binary(g, of,
                   of <= I64 ? PICK(g, "eq", "ne", "lt_s", "lt_u", "gt_s", "ge_u", "le_s", "ge_s")
                             : PICK(g, "eq", "ne", "lt", "gt", "le", "ge"),
                   of, depth);
        } else {
            unary(g, PICK(g, "i64.trunc_sat_f64_s", "i64.trunc_sat_f64_u"), F64, depth);
        }
        return;
    case 4:
        if (t == I32)
            unary(g, PICK(g, "i32.trunc_sat_f64_s", "i32.trunc_f64_s"), F64, depth);
        else
            unary(g, PICK(g, "i64.trunc_sat_f32_s", "i64.trunc_f32_u"), F32, depth);
        return;
    case 5:
    case 6:
        load(g,
             t == I32 ? PICK(g, "i32.load", "i32.load8_u", "i32.load16_s", "i32.load8_s")
                      : PICK(g, "i64.load", "i64.load32_u", "i64.load32_s", "i64.load8_u"),
             depth);
        return;
    case 7:
        if (!g->exact && rnd(g, 2)) {
            if (t == I32)
                unary(g, "i32.reinterpret_f32", F32, depth);
            else
                unary(g, "i64.reinterpret_f64", F64, depth);
            return;
        }
        if (t == I32) {
            unary(g, PICK(g, "i32x4.extract_lane 1", "i32x4.all_true", "i8x16.extract_lane_s 3"),
                  V128, depth);
            return;
        }
        /* fall through */
    default:
        binary(g, t,
               PICK(g, "add", "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u",
                    "rotl", "rotr", "add", "xor"),
               t, depth);
    }
}

static void number(Gen *g, Type t, unsigned depth) {
    if (t == F64 && !g->exact && rnd(g, 8) == 0) {
        of_memory(g, t, depth);
        return;
    }
    switch (rnd(g, 9)) {
    case 0: {
        Type from = (Type)rnd(g, 2);
        sayf(g, "(%s.convert_%s_%s ", names[t], names[from], PICK(g, "s", "u"));
        expr(g, from, depth);
        say(g, ")");
        return;
    }
    case 1:
        unary(g, t == F32 ? "f32.demote_f64" : "f64.promote_f32", t == F32 ? F64 : F32, depth);
        return;
    case 2:
        sayf(g, "(%s.%s ", names[t],
             PICK(g, "abs", "neg", "sqrt", "floor", "ceil", "nearest", "trunc"));
        expr(g, t, depth);
        say(g, ")");
        return;
    case 3:
        if (!g->exact) {
            load(g, t == F32 ? "f32.load" : "f64.load", depth);
            return;
        }
        /* fall through */
    default:
        binary(g, t, PICK(g, "add", "sub", "mul", "add", "mul", "div", "min", "max"), t, depth);
    }
}

static void vector(Gen *g, unsigned depth) {
    switch (rnd(g, 6)) {
    case 0:
        unary(g, PICK(g, "i32x4.splat", "i8x16.splat"), I32, depth);
        return;
    case 1:
        load(g, PICK(g, "v128.load", "v128.load32_splat"), depth);
        return;
    case 2:
        sayf(g, "(i32x4.%s ", PICK(g, "shl", "shr_s", "shr_u"));
        expr(g, V128, depth);
        expr(g, I32, depth);
        say(g, ")");
        return;
    default:
        sayf(g, "(%s ",
             PICK(g, "i32x4.add", "i16x8.mul", "v128.xor", "v128.or", "i32x4.max_s", "i32x4.min_s",
                  "v128.and", "i32x4.dot_i16x8_s", "i64x2.mul"));
        expr(g, V128, depth);
        expr(g, V128, depth);
        say(g, ")");
    }
}

/* Forms that all types have. */
static bool structure(Gen *g, Type t, unsigned depth) {
    const char *name = names[t];
    unsigned n;
    switch (rnd(g, 9)) {
    case 0:
        local(g, "tee", t);
        say(g, " ");
        expr(g, t, depth);
        say(g, ")");
        return true;
    case 1:
        say(g, "(select ");
        expr(g, t, depth);
        expr(g, t, depth);
        expr(g, I32, depth);
        say(g, ")");
        return true;
    case 2:
        sayf(g, "(if (result %s) ", name);
        condition(g, depth);
        say(g, "(then ");
        if (rnd(g, 2))
            statement(g, depth);
        expr(g, t, depth);
        say(g, ")(else ");
        expr(g, t, depth);
        say(g, "))");
        return true;
    case 3:
        n = g->labels++;
        sayf(g, "(block $b%u (result %s) ", n, name);
        say(g, "(drop (br_if $b");
        sayf(g, "%u ", n);
        expr(g, t, depth);
        expr(g, I32, depth);
        say(g, "))");
        expr(g, t, depth);
        say(g, ")");
        return true;
    case 4:
        if (g->funcs && t == I64 && !g->loops) {
            sayf(g, "(call $f%u ", (unsigned)rnd(g, g->funcs));
            for (Type p = I32; p <= F64; p++)
                expr(g, p, depth), expr(g, p, depth);
            say(g, ")");
            return true;
        }
        return false;
    case 5:
        if (t > I64)
            return false;
        sayf(g, "(global.get $g_%s)", name);
        return true;
    default:
        return false;
    }
}

static void expr(Gen *g, Type t, unsigned depth) {
    if (depth == 0 || g->budget == 0) {
        if (rnd(g, 4) == 0 && t != V128) {
            constant(g, t);
        } else {
            local(g, "get", t);
            say(g, ")");
        }
        return;
    }
    g->budget--;
    depth--;
    if (rnd(g, 6) == 0) {
        local(g, "get", t);
        say(g, ")");
        return;
    }
    if (rnd(g, 4) == 0 && structure(g, t, depth))
        return;
    if (t == V128)
        vector(g, depth);
    else if (t <= I64)
        integer(g, t, depth);
    else
        number(g, t, depth);
}

static void store(Gen *g, unsigned depth) {
    Type t = (Type)rnd(g, g->exact ? 2 : 4);
    bool converted = g->exact && rnd(g, 3) == 0;
    const char *op = t == I32   ? PICK(g, "i32.store", "i32.store8", "i32.store16")
                     : t == I64 ? PICK(g, "i64.store", "i64.store32", "i64.store16")
                     : t == F32 ? "f32.store"
                                : "f64.store";
    if (rnd(g, 8) == 0) {
        op = "v128.store";
        t = V128;
    } else if (converted) {
        op = "f64.store";
    }
    sayf(g, "(%s", op);
    offset(g);
    address(g, depth);
    if (converted && t != V128)
        unary(g, t == I32 ? "f64.convert_i32_s" : "f64.convert_i64_u", t, depth);
    else
        expr(g, t, depth);
    say(g, ")\n");
}

/* Adds to what is in memory, and almost that. */
static void bump(Gen *g, unsigned depth) {
    unsigned i = (unsigned)rnd(g, EACH), j = rnd(g, 6) ? i : (unsigned)rnd(g, EACH);
    unsigned at = 4 * (unsigned)rnd(g, 3), from = rnd(g, 6) ? at : 4;
    if (rnd(g, 4)) {
        sayf(g, "(local.set $i32%u (i32.and ", i);
        expr(g, I32, depth);
        say(g, rnd(g, 16) ? "(i32.const 32764)))\n" : "(i32.const -1)))\n");
    }
    sayf(g, "(i32.store offset=%u ", at);
    if (rnd(g, 2))
        sayf(g, "(local.tee $i32%u (i32.add (i32.const %u) (local.get $i32%u)))", i,
             4 * (unsigned)rnd(g, 9), i);
    else
        sayf(g, "(local.get $i32%u)", i);
    sayf(g, "(i32.%s (%s offset=%u (local.get $i32%u)) ", PICK(g, "add", "add", "sub"),
         PICK(g, "i32.load", "i32.load", "i32.load16_u"), from, j);
    constant(g, I32);
    say(g, "))\n");
}

static void loop(Gen *g, unsigned depth) {
    unsigned n = g->labels++, c = g->loops++;
    if (c >= 3) {
        g->loops--;
        return;
    }
    bool wide = rnd(g, 2);
    const char *t = wide ? "i64" : "i32";
    sayf(g, "(local.set $%sc%u (%s.const %u))\n", wide ? "w" : "n", c, t, 1 + (unsigned)rnd(g, 5));
    sayf(g, "(loop $l%u ", n);
    for (uint32_t i = 1 + rnd(g, 3); i; i--)
        statement(g, depth);
    /* Counting down to nothing, by one of the usual ways to say so. */
    const char *k = wide ? "w" : "n";
    if (rnd(g, 2))
        sayf(g, "(local.set $%sc%u (%s.add (local.get $%sc%u) (%s.const -1)))", k, c, t, k, c, t);
    else
        sayf(g, "(local.set $%sc%u (%s.sub (local.get $%sc%u) (%s.const 1)))", k, c, t, k, c, t);
    switch (rnd(g, 3)) {
    case 0:
        sayf(g, "(br_if $l%u (%s.gt_s (local.get $%sc%u) (%s.const 0)))", n, t, k, c, t);
        break;
    case 1:
        sayf(g, "(br_if $l%u (%s.ne (local.get $%sc%u) (%s.const 0)))", n, t, k, c, t);
        break;
    default:
        sayf(g, "(br_if $l%u (i32.eqz (%s.eqz (local.get $%sc%u))))", n, t, k, c);
    }
    say(g, ")\n");
    g->loops--;
}

static void statement(Gen *g, unsigned depth) {
    unsigned n;
    if (g->budget == 0 || depth == 0) {
        Type t = (Type)rnd(g, TYPES);
        local(g, "set", t);
        say(g, " ");
        expr(g, t, 1);
        say(g, ")\n");
        return;
    }
    g->budget--;
    switch (rnd(g, 12)) {
    case 0:
    case 1:
    case 2:
        store(g, depth - 1);
        return;
    case 11:
        bump(g, depth - 1);
        return;
    case 3:
        say(g, "(if ");
        condition(g, depth - 1);
        say(g, "(then ");
        statement(g, depth - 1);
        say(g, ")");
        if (rnd(g, 2)) {
            say(g, "(else ");
            statement(g, depth - 1);
            say(g, ")");
        }
        say(g, ")\n");
        return;
    case 4:
        loop(g, depth - 1);
        return;
    case 5:
        n = g->labels++;
        sayf(g, "(block $b%u ", n);
        statement(g, depth - 1);
        sayf(g, "(br_if $b%u ", n);
        condition(g, depth - 1);
        say(g, ")");
        statement(g, depth - 1);
        say(g, ")\n");
        return;
    case 6: {
        n = g->labels;
        g->labels += 2;
        sayf(g, "(block $b%u (block $b%u (br_table $b%u $b%u $b%u ", n, n + 1, n + 1, n, n + 1);
        expr(g, I32, depth - 1);
        say(g, "))");
        statement(g, depth - 1);
        say(g, ")\n");
        return;
    }
    case 7: {
        Type t = (Type)rnd(g, 2);
        sayf(g, "(global.set $g_%s ", names[t]);
        expr(g, t, depth - 1);
        say(g, ")\n");
        return;
    }
    case 8:
        if (rnd(g, 8) == 0) {
            say(g, "(if ");
            expr(g, I32, depth - 1);
            say(g, "(then (return ");
            expr(g, I64, depth - 1);
            say(g, ")))\n");
            return;
        }
        /* fall through */
    default: {
        Type t = (Type)rnd(g, 5);
        local(g, "set", t);
        say(g, " ");
        expr(g, t, depth);
        say(g, ")\n");
    }
    }
}

static void function(Gen *g, unsigned index) {
    sayf(g, "(func $f%u (export \"f%u\")", index, index);
    for (Type t = I32; t <= F64; t++)
        sayf(g, "(param $%s0 %s)(param $%s1 %s)", names[t], names[t], names[t], names[t]);
    say(g, "(result i64)");
    for (Type t = I32; t <= V128; t++)
        for (unsigned i = t == V128 ? 0 : 2; i < EACH; i++)
            sayf(g, "(local $%s%u %s)", names[t], i, names[t]);
    for (unsigned i = 0; i < 3; i++)
        sayf(g, "(local $nc%u i32)(local $wc%u i64)", i, i);
    say(g, "\n");
    g->budget = 150;
    g->funcs = index;
    for (uint32_t i = 2 + rnd(g, 8); i; i--)
        statement(g, DEPTH);
    expr(g, I64, DEPTH);
    say(g, ")\n");
}

enum { FUNCS = 3 };

static void program(Gen *g) {
    say(g, "(module (memory (export \"m\") 1 1)\n(global $g_i32 (mut i32) (i32.const 77))\n"
           "(global $g_i64 (mut i64) (i64.const -5))\n");
    for (unsigned i = 0; i < FUNCS; i++)
        function(g, i);
    say(g, "(func (export \"g\") (result i64) (i64.add (i64.extend_i32_u (global.get $g_i32)) "
           "(global.get $g_i64))))\n");
}

/* ---- all ways ---- */

enum { WAY_fused, WAY_plain, WAY_traced, WAYS };

typedef struct Run {
    Store *store;
    Linker linker;
    Instance *in;
    uint64_t traced;
} Run;

/* Reads what it is told: a sanitizer sees when that is not there. */
static void count_operands(void *user, const Instance *in, const TracedInsn *insn) {
    uint64_t *sum = user;
    (void)in;
    *sum += insn->offset;
    for (uint32_t i = 0, at = 0; i < insn->count; i++) {
        *sum += insn->operands[at];
        at += valtype_slots(insn->types[i]);
    }
}

static bool run_open(Run *r, const Module *m, int way, bool deterministic) {
    StoreLimits limits = wt_store_limits_default();
    limits.deterministic = deterministic;
    limits.fuel = false;
    limits.trace = way == WAY_traced;
    r->in = NULL;
    r->store = wt_store_new(&wt_base_malloc, &wt_interp_tier, &limits);
    if (!r->store)
        return false;
    ((Interp *)r->store->tier_state)->plain = way == WAY_plain;
    if (way == WAY_traced)
        r->store->tracer = (StoreTracer){count_operands, &r->traced};
    wt_link_init(&r->linker, r->store);
    Code *code = wt_code_new(r->store, m);
    LinkError error;
    if (code)
        r->in = wt_instance_new(r->store, code, wt_link_resolve, &r->linker, &error);
    return r->in != NULL;
}
static void run_close(Run *r) {
    if (!r->store)
        return;
    wt_link_free(&r->linker);
    wt_store_free(r->store);
}
static bool run_call(Run *r, const char *name, const Value *args, Value *result) {
    Extern e;
    return wt_instance_export(r->in, slice_str(name), &e) &&
           wt_call(r->store, e.func, args, result);
}

static bool same_traps(const Trap *a, const Trap *b) {
    if (a->code != b->code || a->frame_count != b->frame_count || a->depth != b->depth)
        return false;
    for (uint32_t i = 0; i < a->frame_count; i++)
        if (a->frames[i].funcidx != b->frames[i].funcidx ||
            a->frames[i].offset != b->frames[i].offset)
            return false;
    return true;
}

/* Calls one function the first way and another; false: they differ. */
static bool same_call(Run *a, Run *b, const char *name, const Value *args, bool good, Value x) {
    Value y = 0;
    if (!CHECK(run_call(b, name, args, &y) == good))
        return false;
    if (good ? !CHECK_EQ_INT(x, y) : !CHECK(same_traps(&a->store->trap, &b->store->trap)))
        return false;
    return CHECK(memcmp(a->in->mem_base, b->in->mem_base, a->in->mem_len) == 0);
}

static bool compare(Run runs[WAYS], Gen *g) {
    Run *a = &runs[WAY_fused];
    for (unsigned call = 0; call < 8; call++) {
        char name[] = {'f', (char)('0' + call % FUNCS), 0};
        Value args[8], x = 0;
        for (unsigned i = 0; i < 4; i++) {
            uint64_t v = (uint64_t)rnd(g, 1u << 31) << 31 ^ rnd(g, 1u << 31);
            args[i] = call % 3 == 0 ? v & 255 : call % 3 == 1 ? v : 0 - (v & 1023);
            if (i < 2)
                args[i] = (uint32_t)args[i];
        }
        for (unsigned i = 0; i < 4; i++) {
            double v = (double)(int32_t)rnd(g, 2000000) / 64 - 9000;
            float narrow = (float)v;
            args[4 + i] = 0;
            if (i < 2)
                memcpy(&args[4 + i], &narrow, sizeof narrow);
            else
                memcpy(&args[4 + i], &v, sizeof v);
        }
        bool good = run_call(a, name, args, &x);
        for (int way = 1; way < WAYS; way++)
            if (!same_call(a, &runs[way], name, args, good, x))
                return false;
    }
    Value x = 0;
    bool same = CHECK(run_call(a, "g", NULL, &x)) && CHECK(runs[WAY_traced].traced != 0);
    for (int way = 1; way < WAYS && same; way++)
        same = same_call(a, &runs[way], "g", NULL, true, x);
    return same;
}

static void one_seed(uint64_t seed) {
    Gen g = {.state = seed * 77777 + 5, .exact = seed % 2};
    wt_buf_init(&g.out, &wt_base_malloc);
    program(&g);
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    Module m;
    Diag d;
    wt_module_init(&m, &wt_base_malloc, &options);
    wt_diag_init(&d, &wt_base_malloc);
    bool ok = CHECK(wt_text_parse(&m, slice(g.out.data, g.out.len), &d)) &&
              CHECK(wt_valid_module(&m, 1, &d));
    Run runs[WAYS] = {0};
    for (int way = 0; way < WAYS; way++)
        ok = ok && CHECK(run_open(&runs[way], &m, way, !g.exact));
    ok = ok && compare(runs, &g);
    if (!ok) {
        fprintf(stderr, "seed %" PRIu64 "\n", seed);
        if (getenv("FUSE_TEXT"))
            fwrite(g.out.data, 1, g.out.len, stderr);
    }
    for (int way = 0; way < WAYS; way++)
        run_close(&runs[way]);
    wt_module_free(&m);
    wt_diag_free(&d);
    wt_buf_free(&g.out);
}

int main(int argc, char **argv) {
    uint64_t from = argc > 2 ? strtoull(argv[1], NULL, 0) : 0;
    uint64_t to = argc > 2 ? strtoull(argv[2], NULL, 0) : 400;
    for (uint64_t seed = from; seed < to; seed++) {
        check_begin("fused, plain and traced");
        one_seed(seed);
        check_end();
    }
    return check_done();
}
