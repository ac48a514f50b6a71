/* jit/helpers.h: every instruction has a helper or is said to need none; what helpers of fixed
   signatures answer is what the interpreter answers, over edge values and every kind of memory;
   tables, objects, exceptions, fuel by hand. */
#include "check.h"
#include "interp/loop.h"
#include "jit/helpers.h"
#include "run/call.h"
#include "run/memory.h"
#include "run/meter.h"
#include "run/object.h"
#include "text/parse.h"
#include "valid/valid.h"

/* ---- the list ---- */

static bool is_own(unsigned op) {
    switch (op) {
#define OWN(ident) case OP_##ident:
        JIT_OWN(OWN)
#undef OWN
        return true;
    }
    return false;
}

static void every_instruction(void) {
    unsigned have = 0;
    for (unsigned op = 0; op < OP_count; op++) {
        const OpInfo *info = op_info(op);
        bool helper = wt_jit_helpers[op] != NULL;
        if (!info->text)
            CHECK(!helper && !is_own(op));
        else if (!CHECK(helper != is_own(op)))
            fprintf(stderr, "  %s\n", info->text);
        have += helper;
    }
    CHECK(have > 500);
    for (unsigned i = JIT_HELPER_first; i < JIT_helper_count; i++)
        CHECK(wt_jit_helpers[i] != NULL);
}

/* ---- worlds ---- */

/* A store with one instance of a text. */
typedef struct World {
    Module module;
    Diag diag;
    Store *store;
    Instance *in;
} World;

/* Anything may be a root of the helper under test: Tier.roots marks this. */
static Value slots[64];
static void mark_slots(Store *s, Heap *h) {
    (void)s;
    wt_object_mark_words(h, slots, slots + WT_COUNT(slots));
}

static bool no_import(void *user, const Import *import, Extern *out) {
    (void)user;
    (void)import;
    (void)out;
    return false;
}

static bool open_world(World *w, Slice text, const Tier *tier, const StoreLimits *limits) {
    memset(w, 0, sizeof *w);
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    wt_module_init(&w->module, &wt_base_malloc, &options);
    wt_diag_init(&w->diag, &wt_base_malloc);
    bool ok = wt_text_parse(&w->module, text, &w->diag) && wt_valid_module(&w->module, 1, &w->diag);
    if (!CHECK(ok))
        fprintf(stderr, "  %s\n", w->diag.count ? w->diag.entries[0]->text : "?");
    w->store = wt_store_new(&wt_base_malloc, tier, limits);
    Code *code = ok && w->store ? wt_code_new(w->store, &w->module) : NULL;
    LinkError error;
    w->in = code ? wt_instance_new(w->store, code, no_import, NULL, &error) : NULL;
    return CHECK(w->in != NULL);
}

static void close_world(World *w) {
    wt_store_free(w->store);
    wt_module_free(&w->module);
    wt_diag_free(&w->diag);
}

static TrapCode help(World *w, unsigned op, Value *v, uint32_t a, uint64_t b) {
    return wt_jit_helpers[op](w->in, v, a, b);
}

/* ---- against the interpreter ---- */

static const char memories_text[] = " (memory 1 2 shared)"
                                    " (memory i64 1 2)"
                                    " (memory 100 200 (pagesize 1))"
                                    " (data $d \"0123456789abcdef\")";
enum { MEMORIES = 3, OFFSET = 5 };

/* The text of a function f<n> that does one thing with its parameters. */
static const char *letter_type(uint8_t kind, bool is64) {
    switch (kind) {
    case VAL_i32:
        return "i32";
    case VAL_i64:
        return "i64";
    case VAL_f32:
        return "f32";
    case VAL_f64:
        return "f64";
    case VAL_v128:
        return "v128";
    }
    return is64 ? "i64" : "i32"; /* an address */
}

static bool takes_memory(const OpInfo *info) {
    return info->imm == IMM_MEMARG || info->imm == IMM_MEMARG_LANE || info->imm == IMM_MEM;
}

static bool is_swept(unsigned op) {
    const OpInfo *info = op_info(op);
    /* Waiting can take for ever. */
    return info->text && info->sig != SIG_SPECIAL && wt_jit_helpers[op] &&
           op != OP_memory_atomic_wait32 && op != OP_memory_atomic_wait64 && op != OP_elem_drop &&
           op != OP_data_drop;
}

/* Aligned for atomics, which must be. */
static unsigned offset_of(const OpInfo *info) {
    return info->kind == KIND_ATOMIC ? (unsigned)OFFSET << info->align : OFFSET;
}

static void put_function(Buf *b, unsigned op, unsigned memory) {
    const OpInfo *info = op_info(op);
    const SigInfo *sig = &wt_sig_table[info->sig];
    wt_buf_printf(b, " (func (export \"f%u_%u\")", op, memory);
    for (unsigned i = 0; i < sig->param_count; i++)
        wt_buf_printf(b, " (param %s)", letter_type(sig->params[i], memory == 1));
    for (unsigned i = 0; i < sig->result_count; i++)
        wt_buf_printf(b, " (result %s)", letter_type(sig->results[i], memory == 1));
    for (unsigned i = 0; i < sig->param_count; i++)
        wt_buf_printf(b, " (local.get %u)", i);
    wt_buf_printf(b, " %s", info->text);
    if (takes_memory(info))
        wt_buf_printf(b, " %u", memory);
    if (info->imm == IMM_DATA_MEM)
        wt_buf_printf(b, " %u $d", memory);
    if (info->imm == IMM_MEMARG || info->imm == IMM_MEMARG_LANE)
        wt_buf_printf(b, " offset=%u", offset_of(info));
    if (info->imm == IMM_LANE || info->imm == IMM_MEMARG_LANE)
        buf_str(b, " 1");
    for (unsigned i = 0; info->imm == IMM_SHUFFLE && i < 16; i++)
        wt_buf_printf(b, " %u", (i * 7 + 3) % 32);
    buf_str(b, ")\n");
}

static const uint64_t ints[] = {0,      1,      2,          7,          64,         0xFFF3,
                                0xFFFA, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x3F800000};
static const uint64_t longs[] = {0,
                                 1,
                                 63,
                                 0xFFF2,
                                 0x7FFFFFFFFFFFFFFF,
                                 0x8000000000000000,
                                 UINT64_MAX,
                                 0xFFFFFFFF,
                                 0x123456789ABCDEF0};
static const uint64_t floats[] = {0,          0x80000000, 0x3F800000, 0xBFC00000, 0x4F000000,
                                  0xCF000000, 0x5F800000, 0x7F800000, 0x7FC00000, 0xFFA00001,
                                  0x00000001, 0x3F000000, 0x4B7FFFFF};
static const uint64_t doubles[] = {0,
                                   0x8000000000000000,
                                   0x3FF8000000000000,
                                   0xC004000000000000,
                                   0x41E0000000000000,
                                   0xC1E0000000200000,
                                   0x43F0000000000000,
                                   0x7FF0000000000000,
                                   0x7FF8000000000000,
                                   0xFFF4000000000001,
                                   1,
                                   0x47EFFFFFF0000000};
static const uint64_t vectors[][2] = {{0, 0},
                                      {UINT64_MAX, UINT64_MAX},
                                      {0x0706050403020100, 0x0F0E0D0C0B0A0908},
                                      {0x8000000080000000, 0x7FFFFFFF7FFF807F},
                                      {0x3F800000BFC00000, 0x7FC000007F800000},
                                      {0x3FF8000000000000, 0xC1E0000000200000},
                                      {0x7FF0000000000000, 0xFFF4000000000001},
                                      {0x00FF00FF00FF00FF, 0x8080808080808080}};

static unsigned value_count(uint8_t kind, bool is64) {
    switch (kind) {
    case VAL_i64:
        return WT_COUNT(longs);
    case VAL_f32:
        return WT_COUNT(floats);
    case VAL_f64:
        return WT_COUNT(doubles);
    case VAL_v128:
        return WT_COUNT(vectors);
    case VAL_address:
        return is64 ? WT_COUNT(longs) : WT_COUNT(ints);
    }
    return WT_COUNT(ints);
}

/* Value i of a type; how many slots. */
static unsigned put_value(Value *v, uint8_t kind, bool is64, unsigned i) {
    switch (kind) {
    case VAL_f32:
        v[0] = floats[i];
        return 1;
    case VAL_f64:
        v[0] = doubles[i];
        return 1;
    case VAL_v128:
        memcpy(v, vectors[i], 16);
        return 2;
    }
    v[0] = kind == VAL_i64 || (kind == VAL_address && is64) ? longs[i] : ints[i];
    return 1;
}

/* The same, or both a NaN of the width (0: none is looked for). */
static bool same_bits(Value x, Value y, unsigned nan_width) {
    if (x == y)
        return true;
    if (nan_width == 64)
        return (x << 1) > 0xFFE0000000000000 && (y << 1) > 0xFFE0000000000000;
    for (unsigned i = 0; nan_width == 32 && i < 2; i++) {
        uint32_t a = (uint32_t)(x >> 32 * i), b = (uint32_t)(y >> 32 * i);
        if (a != b && !(a << 1 > 0xFF000000 && b << 1 > 0xFF000000))
            return false;
    }
    return nan_width != 0;
}

static unsigned nan_width(const OpInfo *info) {
    const SigInfo *sig = &wt_sig_table[info->sig];
    bool vector = sig->result_count && sig->results[0] == VAL_v128;
    if (!sig->result_count || info->kind == KIND_LOAD)
        return 0;
    if (sig->results[0] == VAL_f32 || (vector && memcmp(info->text, "f32x4", 5) == 0))
        return 32;
    return sig->results[0] == VAL_f64 || (vector && memcmp(info->text, "f64x2", 5) == 0) ? 64 : 0;
}

typedef struct Sweep {
    World interp, jit;
    unsigned op, memory;
    uint32_t a;
    uint64_t b;
    FuncInst *f;
    unsigned calls, traps;
} Sweep;

/* Immediates as helpers.h says; what follows the operands is put there. */
static void helper_immediates(Sweep *w, Value *v, unsigned n) {
    const OpInfo *info = op_info(w->op);
    w->a = w->memory;
    w->b = offset_of(info);
    if (info->imm == IMM_MEMARG_LANE)
        v[n] = 1;
    if (info->imm == IMM_LANE)
        w->b = 1;
    if (info->imm == IMM_DATA_MEM) {
        w->a = 0;
        w->b = w->memory;
    }
    for (unsigned i = 0; info->imm == IMM_SHUFFLE && i < 16; i++)
        ((uint8_t *)(v + n))[i] = (uint8_t)((i * 7 + 3) % 32);
}

static void one_call(Sweep *w, const Value *args, unsigned n) {
    const SigInfo *sig = &wt_sig_table[op_info(w->op)->sig];
    Value want[8] = {0}, got[16] = {0};
    memcpy(got, args, n * sizeof *args);
    helper_immediates(w, got, n);
    bool ok = wt_call(w->interp.store, w->f, args, want);
    TrapCode trap = ok ? TRAP_none : w->interp.store->trap.code;
    TrapCode mine = help(&w->jit, w->op, got, w->a, w->b);
    bool same = CHECK_EQ_INT(mine, trap);
    unsigned slot = 0, width = nan_width(op_info(w->op));
    for (unsigned i = 0; same && ok && i < sig->result_count; i++)
        for (unsigned k = 0; k < (sig->results[i] == VAL_v128 ? 2u : 1u); k++, slot++)
            same &= CHECK(same_bits(got[slot], want[slot], width));
    w->calls++;
    w->traps += !ok;
    if (same)
        return;
    fprintf(stderr, "  %s, memory %u:", op_info(w->op)->text, w->memory);
    for (unsigned i = 0; i < n; i++)
        fprintf(stderr, " %" PRIx64, args[i]);
    fprintf(stderr, " -> %" PRIx64 " %" PRIx64 ", not %" PRIx64 " %" PRIx64 "\n", got[0], got[1],
            want[0], want[1]);
}

/* All combinations of values; of four operands every seventh. */
static void all_values(Sweep *w) {
    const SigInfo *sig = &wt_sig_table[op_info(w->op)->sig];
    unsigned total = 1, step = sig->param_count == 4 ? 7 : 1;
    for (unsigned i = 0; i < sig->param_count; i++)
        total *= value_count(sig->params[i], w->memory == 1);
    for (unsigned c = 0; c < total && !check_state.bad; c += step) {
        Value args[8];
        unsigned n = 0, rest = c;
        for (unsigned i = 0; i < sig->param_count; i++) {
            unsigned count = value_count(sig->params[i], w->memory == 1);
            n += put_value(args + n, sig->params[i], w->memory == 1, rest % count);
            rest /= count;
        }
        one_call(w, args, n);
    }
}

static void same_memories(Sweep *w) {
    for (unsigned i = 0; i < MEMORIES; i++) {
        const MemInst *x = instance_memories(w->interp.in)[i];
        const MemInst *y = instance_memories(w->jit.in)[i];
        CHECK(memory_len(x) == memory_len(y) &&
              memcmp(x->base, y->base, (size_t)memory_len(x)) == 0);
    }
}

static void fill_memories(World *w) {
    for (unsigned i = 0; i < MEMORIES; i++) {
        const MemInst *m = instance_memories(w->in)[i];
        for (uint64_t k = 0; k < m->len; k++)
            m->base[k] = (uint8_t)(k * 73 ^ k >> 7);
    }
}

static void sweep_op(Sweep *w, unsigned op) {
    const OpInfo *info = op_info(op);
    w->op = op;
    for (unsigned m = 0; m < MEMORIES; m++) {
        char name[32];
        Extern e;
        if (m > 0 && !takes_memory(info) && info->imm != IMM_DATA_MEM)
            break;
        w->memory = m;
        (void)snprintf(name, sizeof name, "f%u_%u", op, m);
        if (!CHECK(wt_instance_export(w->interp.in, slice_str(name), &e)))
            return;
        w->f = e.func;
        all_values(w);
    }
    same_memories(w);
}

static void against_interpreter(void) {
    static Sweep w;
    Buf text;
    unsigned ops = 0;
    wt_buf_init(&text, &wt_base_malloc);
    buf_str(&text, memories_text);
    for (unsigned op = 0; op < OP_count; op++)
        for (unsigned m = 0; is_swept(op) && m < MEMORIES; m++)
            if (m == 0 || takes_memory(op_info(op)) || op_info(op)->imm == IMM_DATA_MEM)
                put_function(&text, op, m);
    Slice all = slice(text.data, text.len);
    if (open_world(&w.interp, all, &wt_interp_tier, NULL) &&
        open_world(&w.jit, all, &wt_interp_tier, NULL)) {
        fill_memories(&w.interp);
        fill_memories(&w.jit);
        for (unsigned op = 0; op < OP_count; op++)
            if (is_swept(op) && op != OP_memory_grow) {
                sweep_op(&w, op);
                ops++;
            }
        sweep_op(&w, OP_memory_grow); /* last: then less is out of bounds */
        CHECK(ops > 450 && w.calls > 50000 && w.traps > 3000);
    }
    close_world(&w.interp);
    close_world(&w.jit);
    wt_buf_free(&text);
}

/* ---- by hand: memories and tables ---- */

static const char tables_text[] = " (memory 1 4 shared)"
                                  " (memory 2 3)"
                                  " (table $t 4 9 funcref)"
                                  " (table $u i64 5 funcref)"
                                  " (data $d \"0123456789\")"
                                  " (elem $e func $f $g $h)"
                                  " (func $f) (func $g) (func $h)";

static void bulk_memory(void) {
    World w;
    if (!open_world(&w, slice_str(tables_text), &wt_interp_tier, NULL))
        return;
    const MemInst *m0 = instance_memories(w.in)[0], *m1 = instance_memories(w.in)[1];
    CHECK_EQ_INT(help(&w, OP_memory_init, (Value[]){100, 2, 5}, 0, 1), TRAP_none);
    CHECK_EQ_BYTES(m1->base + 99, 7, "\00023456\0", 7);
    CHECK_EQ_INT(help(&w, OP_memory_init, (Value[]){100, 8, 3}, 0, 1), TRAP_out_of_bounds_memory);
    CHECK_EQ_INT(help(&w, OP_memory_copy, (Value[]){7, 100, 5}, 0, 1), TRAP_none);
    CHECK_EQ_BYTES(m0->base + 6, 7, "\00023456\0", 7);
    CHECK_EQ_INT(help(&w, OP_memory_copy, (Value[]){65530, 0, 7}, 0, 1), TRAP_out_of_bounds_memory);
    CHECK_EQ_INT(help(&w, OP_memory_copy, (Value[]){65530, 0, 7}, 1, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_data_drop, NULL, 0, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_memory_init, (Value[]){0, 0, 0}, 0, 1), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_memory_init, (Value[]){0, 0, 1}, 0, 1), TRAP_out_of_bounds_memory);
    close_world(&w);
}

/* What others have added to a shared memory is found by every kind of access. */
static void memory_of_others(void) {
    static const struct {
        unsigned op;
        Value v[3];
        uint32_t a;
        uint64_t b;
    } rows[] = {
        {OP_i32_load, {65536}, 0, 4},
        {OP_i64_store, {65536, 5}, 0, 4},
        {OP_v128_load, {65530}, 0, 0},
        {OP_v128_store8_lane, {65536, 5}, 0, 0},
        {OP_i32_atomic_rmw_add, {65536, 1}, 0, 0},
        {OP_memory_atomic_notify, {65536, 1}, 0, 0},
        {OP_memory_fill, {65530, 7, 50}, 0, 0},
        {OP_memory_copy, {65530, 7, 50}, 0, 1},
        {OP_memory_copy, {7, 65530, 50}, 1, 0},
        {OP_memory_init, {65536, 0, 10}, 0, 0},
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        World w;
        Value v[4];
        if (!open_world(&w, slice_str(tables_text), &wt_interp_tier, NULL))
            return;
        const MemInst *m = instance_memories(w.in)[0];
        v[3] = 0;
        memcpy(v, rows[i].v, sizeof rows[i].v);
        CHECK_EQ_INT(help(&w, rows[i].op, v, rows[i].a, rows[i].b), TRAP_out_of_bounds_memory);
        CHECK_EQ_INT(wt_shared_grow(m->shared, 1, UINT64_MAX), 1);
        CHECK_EQ_INT(m->len, 65536);
        memcpy(v, rows[i].v, sizeof rows[i].v);
        CHECK_EQ_INT(help(&w, rows[i].op, v, rows[i].a, rows[i].b), TRAP_none);
        CHECK_EQ_INT(m->len, 2 * 65536);
        CHECK_EQ_INT(w.in->mem_len, 2 * 65536);
        close_world(&w);
    }
}

static void waiting(void) {
    World w;
    if (!open_world(&w, slice_str(tables_text), &wt_interp_tier, NULL))
        return;
    Value v[3] = {8, 1, UINT64_MAX};
    CHECK_EQ_INT(help(&w, OP_memory_atomic_wait32, v, 0, 0), TRAP_none);
    CHECK_EQ_INT(v[0], 1); /* another value is there */
    memcpy(v, (Value[]){8, 0, 1000}, sizeof v);
    CHECK_EQ_INT(help(&w, OP_memory_atomic_wait64, v, 0, 8), TRAP_none);
    CHECK_EQ_INT(v[0], 2); /* the time is over */
    memcpy(v, (Value[]){8, 0, 1000}, sizeof v);
    CHECK_EQ_INT(help(&w, OP_memory_atomic_wait64, v, 0, 4), TRAP_unaligned_atomic);
    CHECK_EQ_INT(help(&w, OP_memory_atomic_wait32, v, 1, 0), TRAP_expected_shared);
    close_world(&w);
}

static void tables(void) {
    World w;
    if (!open_world(&w, slice_str(tables_text), &wt_interp_tier, NULL))
        return;
    Value v[3] = {0};
    CHECK_EQ_INT(help(&w, OP_ref_func, v, 1, 0), TRAP_none);
    Value g = v[0];
    CHECK(g == value_pointer(wt_instance_func(w.in, 1)));
    CHECK_EQ_INT(help(&w, OP_table_set, (Value[]){3, g}, 0, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_table_set, (Value[]){4, g}, 0, 0), TRAP_out_of_bounds_table);
    v[0] = 3;
    CHECK(help(&w, OP_table_get, v, 0, 0) == TRAP_none && v[0] == g);
    v[0] = 4;
    CHECK_EQ_INT(help(&w, OP_table_get, v, 0, 0), TRAP_out_of_bounds_table);
    v[0] = (Value)1 << 32;
    CHECK_EQ_INT(help(&w, OP_table_get, v, 1, 0), TRAP_out_of_bounds_table);
    memcpy(v, (Value[]){g, 2}, 16);
    CHECK(help(&w, OP_table_grow, v, 0, 0) == TRAP_none && v[0] == 4);
    memcpy(v, (Value[]){g, 9}, 16);
    CHECK(help(&w, OP_table_grow, v, 0, 0) == TRAP_none && v[0] == UINT32_MAX);
    memcpy(v, (Value[]){g, UINT64_MAX}, 16);
    CHECK(help(&w, OP_table_grow, v, 1, 0) == TRAP_none && v[0] == UINT64_MAX);
    CHECK(help(&w, OP_table_size, v, 0, 0) == TRAP_none && v[0] == 6);
    CHECK_EQ_INT(help(&w, OP_table_fill, (Value[]){4, 0, 2}, 0, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_table_fill, (Value[]){4, 0, 3}, 0, 0), TRAP_out_of_bounds_table);
    CHECK_EQ_INT(help(&w, OP_table_copy, (Value[]){1, 2, 3}, 1, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_table_copy, (Value[]){3, 2, 3}, 1, 0), TRAP_out_of_bounds_table);
    const TableInst *u = instance_tables(w.in)[1];
    CHECK(u->elems[1] == 0 && u->elems[2] == g && u->elems[3] == 0);
    CHECK_EQ_INT(help(&w, OP_table_init, (Value[]){3, 1, 2}, 0, 1), TRAP_none);
    CHECK(u->elems[3] == g && u->elems[4] == value_pointer(wt_instance_func(w.in, 2)));
    CHECK_EQ_INT(help(&w, OP_table_init, (Value[]){3, 2, 2}, 0, 1), TRAP_out_of_bounds_table);
    wt_trap_clear(w.store);
    CHECK_EQ_INT(help(&w, OP_elem_drop, NULL, 0, 0), TRAP_none);
    CHECK_EQ_INT(help(&w, OP_table_init, (Value[]){0, 0, 1}, 0, 1), TRAP_out_of_bounds_table);
    close_world(&w);
}

/* Fuel by length, the stop between pieces, and what a store may hold. */
static void bounds(void) {
    World w;
    StoreLimits limits = wt_store_limits_default();
    limits.fuel = limits.interruptible = true;
    limits.memory_total = 4 * 65536;
    if (!open_world(&w, slice_str(tables_text), &wt_interp_tier, &limits))
        return;
    Value v[3] = {0, 1, 160};
    w.store->fuel = 25;
    CHECK_EQ_INT(help(&w, OP_memory_fill, v, 1, 0), TRAP_none);
    CHECK_EQ_INT(w.store->fuel, 15);
    memcpy(v, (Value[]){65536, 65536, 256}, sizeof v);
    CHECK_EQ_INT(help(&w, OP_memory_copy, v, 1, 1), TRAP_out_of_fuel);
    CHECK_EQ_INT(w.store->fuel, 0);
    w.store->fuel = 10;
    CHECK_EQ_INT(help(&w, OP_table_fill, (Value[]){0, 0, 4}, 0, 0), TRAP_none);
    CHECK_EQ_INT(w.store->fuel, 6);
    memcpy(v, (Value[]){0, 2}, 16);
    CHECK(help(&w, OP_table_grow, v, 0, 0) == TRAP_none && v[0] == 4);
    CHECK_EQ_INT(w.store->fuel, 4);
    w.store->fuel = 5000;
    v[0] = 1;
    CHECK(help(&w, OP_memory_grow, v, 1, 0) == TRAP_none && v[0] == 2);
    CHECK_EQ_INT(w.store->fuel, 5000 - 4096);
    v[0] = 1; /* the sum of all memories */
    CHECK(help(&w, OP_memory_grow, v, 0, 0) == TRAP_none && v[0] == UINT32_MAX);
    CHECK_EQ_INT(w.store->fuel, 5000 - 4096);
    w.store->fuel = UINT64_MAX;
    w.store->depth = 1; /* inside a call */
    wt_store_interrupt(w.store);
    CHECK_EQ_INT(help(&w, OP_memory_fill, (Value[]){0, 1, 3 * 65536}, 1, 0), TRAP_interrupt);
    w.store->depth = 0;
    close_world(&w);
}

/* ---- by hand: objects ---- */

static const char objects_text[] =
    " (type $s (sub (struct (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64))"
    "   (field (mut v128)) (field (mut (ref null any))) (field (mut f32)))))" /* 0 */
    " (type $sub (sub $s (struct (field (mut i8)) (field (mut i16)) (field (mut i32))"
    "   (field (mut i64)) (field (mut v128)) (field (mut (ref null any))) (field (mut f32))"
    "   (field f64))))"                                    /* 1 */
    " (type $bytes (array (mut i8)))"                      /* 2 */
    " (type $refs (array (mut (ref null any))))"           /* 3 */
    " (type $wide (array (mut v128)))"                     /* 4 */
    " (type $funcs (array (mut funcref)))"                 /* 5 */
    " (rec (type $o (descriptor $d) (struct (field i32)))" /* 6 */
    "      (type $d (describes $o) (struct)))"             /* 7 */
    " (type $h (array (mut i16)))"                         /* 8 */
    " (type $p (func (param i32 v128)))"                   /* 9 */
    " (tag $tag (type $p))"
    " (data $data \"0123456789\")"
    " (elem $funcs func $f $f)"
    " (elem $refs (ref null any) (ref.i31 (i32.const 7)) (ref.null any))"
    " (func $f)";
enum { T_s, T_sub, T_bytes, T_refs, T_wide, T_funcs, T_o, T_d, T_h };

static Tier rooted_tier(void) {
    Tier tier = wt_interp_tier;
    tier.roots = mark_slots;
    return tier;
}

/* The tests' operands are where roots are looked for. */
static Value *operands(Value *list, size_t n) {
    memcpy(slots, list, n * sizeof *list);
    return slots;
}
#define V(...) operands((Value[]){__VA_ARGS__}, WT_COUNT(((Value[]){__VA_ARGS__})))

static Value make(World *w, unsigned op, Value *v, uint32_t a, uint64_t b) {
    CHECK_EQ_INT(help(w, op, v, a, b), TRAP_none);
    return v[0];
}

static void get_is(World *w, unsigned op, Value object, uint64_t second, uint32_t a, Value want) {
    Value v[3] = {object, second, 0};
    CHECK_EQ_INT(help(w, op, v, a, second), TRAP_none);
    CHECK_EQ_INT(v[0], want);
}

static void structures(World *w) {
    Value one = make(w, OP_ref_i31, V(77), 0, 0);
    Value s =
        make(w, OP_struct_new, V(0x1F0, 0x18000, 0xFFFFFFFE, UINT64_MAX, 4, 5, one, 9), T_s, 0);
    slots[40] = s; /* from now on rooted */
    get_is(w, OP_struct_get_u, s, 0, T_s, 0xF0);
    get_is(w, OP_struct_get_s, s, 0, T_s, 0xFFFFFFF0);
    get_is(w, OP_struct_get_u, s, 1, T_s, 0x8000);
    get_is(w, OP_struct_get_s, s, 1, T_s, 0xFFFF8000);
    get_is(w, OP_struct_get, s, 2, T_s, 0xFFFFFFFE);
    get_is(w, OP_struct_get, s, 3, T_s, UINT64_MAX);
    get_is(w, OP_struct_get, s, 4, T_s, 4);
    get_is(w, OP_struct_get, s, 5, T_s, one);
    get_is(w, OP_struct_get, s, 6, T_s, 9);
    CHECK_EQ_INT(help(w, OP_struct_get, V(0), T_s, 2), TRAP_null_structure);
    CHECK_EQ_INT(help(w, OP_struct_set, V(0, 1), T_s, 2), TRAP_null_structure);
    CHECK_EQ_INT(help(w, OP_struct_set, V(s, 0x123), T_s, 0), TRAP_none);
    get_is(w, OP_struct_get_u, s, 0, T_s, 0x23);
    CHECK_EQ_INT(help(w, OP_struct_set, V(s, 6, 7), T_s, 4), TRAP_none);
    Value v[2] = {s, 0};
    CHECK(help(w, OP_struct_get, v, T_s, 4) == TRAP_none && v[0] == 6 && v[1] == 7);
    /* An old object holds a new one through the write barrier only. */
    wt_object_collect(w->store, true);
    Value sub = make(w, OP_struct_new_default, V(0), T_sub, 0);
    CHECK_EQ_INT(help(w, OP_struct_set, V(s, sub), T_s, 5), TRAP_none);
    CHECK_EQ_INT(help(w, OP_struct_set, V(sub, 123), T_s, 2), TRAP_none);
    memset(slots, 0, 40 * sizeof *slots);
    wt_object_collect(w->store, false);
    CHECK(wt_gc_check(&w->store->heap));
    get_is(w, OP_struct_get, s, 5, T_s, sub);
    get_is(w, OP_struct_get, sub, 2, T_sub, 123);
}

static void casts(World *w) {
    Value s = slots[40], sub = make(w, OP_struct_get, V(s), T_s, 5);
    ValType to_s = VAL_REF_OF(T_s, false), to_sub = VAL_REF_OF(T_sub, false);
    ValType to_null = VAL_REF_OF(T_sub, true);
    CHECK(make(w, OP_ref_test, V(s), 0, to_s) == 1 && make(w, OP_ref_test, V(s), 0, to_sub) == 0);
    CHECK(make(w, OP_ref_test, V(sub), 0, to_s) == 1);
    CHECK(make(w, OP_ref_test, V(0), 0, to_s) == 0);
    CHECK(make(w, OP_ref_test_null, V(0), 0, to_null) == 1);
    CHECK(make(w, JIT_ref_test, V(sub), 0, to_sub) == 1);
    CHECK(make(w, OP_ref_cast, V(sub), 0, to_sub) == sub);
    CHECK_EQ_INT(help(w, OP_ref_cast, V(s), 0, to_sub), TRAP_cast_failure);
    CHECK_EQ_INT(help(w, OP_ref_cast, V(0), 0, to_sub), TRAP_cast_failure);
    CHECK_EQ_INT(help(w, OP_ref_cast_null, V(0), 0, to_null), TRAP_none);
    CHECK(make(w, OP_ref_test, V(make(w, OP_ref_i31, V(1), 0, 0)), 0,
               VAL_REF_OF(HEAP_i31, false)) == 1);
    get_is(w, OP_i31_get_s, make(w, OP_ref_i31, V(0x7FFFFFFF), 0, 0), 0, 0, 0xFFFFFFFF);
    get_is(w, OP_i31_get_u, make(w, OP_ref_i31, V(0x7FFFFFFF), 0, 0), 0, 0, 0x7FFFFFFF);
    CHECK_EQ_INT(help(w, OP_i31_get_u, V(0), 0, 0), TRAP_null_i31);
    CHECK(make(w, OP_any_convert_extern, V(s), 0, 0) == s);
    CHECK(make(w, OP_extern_convert_any, V(0), 0, 0) == 0);
}

static void descriptors(World *w) {
    slots[41] = make(w, OP_struct_new_default, V(0), T_d, 0);
    slots[42] = make(w, OP_struct_new_default, V(0), T_d, 0);
    Value d = slots[41], other = slots[42], o = make(w, OP_struct_new_desc, V(31, d), T_o, 0);
    ValType type = VAL_REF_OF(T_o, false), nullable = VAL_REF_OF(T_o, true);
    slots[43] = o;
    get_is(w, OP_struct_get, o, 0, T_o, 31);
    CHECK(make(w, OP_ref_get_desc, V(o), T_o, 0) == d);
    CHECK(make(w, OP_ref_get_desc, V(make(w, OP_struct_new_default_desc, V(other), T_o, 0)), T_o,
               0) == other);
    CHECK_EQ_INT(help(w, OP_struct_new_desc, V(31, 0), T_o, 0), TRAP_null_descriptor);
    CHECK_EQ_INT(help(w, OP_struct_new_default_desc, V(0), T_o, 0), TRAP_null_descriptor);
    CHECK_EQ_INT(help(w, OP_ref_get_desc, V(0), T_o, 0), TRAP_null_reference);
    CHECK(make(w, OP_ref_cast_desc_eq, V(o, d), 0, type) == o);
    CHECK_EQ_INT(help(w, OP_ref_cast_desc_eq, V(o, other), 0, type), TRAP_descriptor_cast_failure);
    CHECK_EQ_INT(help(w, OP_ref_cast_desc_eq, V(0, d), 0, type), TRAP_descriptor_cast_failure);
    CHECK_EQ_INT(help(w, OP_ref_cast_desc_eq_null, V(0, d), 0, nullable), TRAP_none);
    CHECK_EQ_INT(help(w, OP_ref_cast_desc_eq, V(o, 0), 0, type), TRAP_null_descriptor);
    CHECK(make(w, JIT_ref_test_desc_eq, V(o, d), 0, type) == 1);
    CHECK(make(w, JIT_ref_test_desc_eq, V(o, other), 0, type) == 0);
    CHECK(make(w, JIT_ref_test_desc_eq, V(0, d), 0, nullable) == 1);
    CHECK_EQ_INT(help(w, JIT_ref_test_desc_eq, V(o, 0), 0, type), TRAP_null_descriptor);
}

static void arrays(World *w) {
    Value a = make(w, OP_array_new, V(0x180, 5), T_bytes, 0);
    slots[41] = a;
    get_is(w, OP_array_len, a, 0, 0, 5);
    get_is(w, OP_array_get_u, a, 4, T_bytes, 0x80);
    get_is(w, OP_array_get_s, a, 4, T_bytes, 0xFFFFFF80);
    CHECK_EQ_INT(help(w, OP_array_get_u, V(a, 5), T_bytes, 0), TRAP_out_of_bounds_array);
    CHECK_EQ_INT(help(w, OP_array_set, V(a, UINT32_MAX, 0), T_bytes, 0), TRAP_out_of_bounds_array);
    CHECK_EQ_INT(help(w, OP_array_get_u, V(0, 0), T_bytes, 0), TRAP_null_array);
    CHECK_EQ_INT(help(w, OP_array_len, V(0), 0, 0), TRAP_null_array);
    CHECK_EQ_INT(help(w, OP_array_set, V(a, 1, 7), T_bytes, 0), TRAP_none);
    get_is(w, OP_array_get_u, a, 1, T_bytes, 7);
    CHECK_EQ_INT(help(w, OP_array_fill, V(a, 2, 9, 2), T_bytes, 0), TRAP_none);
    CHECK_EQ_INT(help(w, OP_array_copy, V(a, 0, a, 1, 3), T_bytes, T_bytes), TRAP_none);
    const uint8_t bytes[] = {7, 9, 9, 9, 0x80};
    CHECK_EQ_BYTES(object_bytes(heap_object(&w->store->heap, a)) + OBJECT_header, 5, bytes, 5);
    CHECK_EQ_INT(help(w, OP_array_fill, V(a, 4, 9, 2), T_bytes, 0), TRAP_out_of_bounds_array);
    CHECK_EQ_INT(help(w, OP_array_copy, V(a, 0, 0, 1, 3), T_bytes, T_bytes), TRAP_null_array);
    CHECK_EQ_INT(help(w, OP_array_init_data, V(a, 1, 3, 2), T_bytes, 0), TRAP_none);
    get_is(w, OP_array_get_u, a, 2, T_bytes, '4');
    CHECK_EQ_INT(help(w, OP_array_init_data, V(a, 1, 9, 2), T_bytes, 0), TRAP_out_of_bounds_memory);
    Value h = make(w, OP_array_new_data, V(2, 3), T_h, 0);
    get_is(w, OP_array_get_s, h, 1, T_h, '4' | '5' << 8);
    CHECK_EQ_INT(help(w, OP_array_new_data, V(2, 5), T_h, 0), TRAP_out_of_bounds_memory);
    wt_trap_clear(w->store);
    Value wide = make(w, OP_array_new_fixed, V(1, 2, 3, 4), T_wide, 2), v[4] = {wide, 1, 0, 0};
    CHECK(help(w, OP_array_get, v, T_wide, 0) == TRAP_none && v[0] == 3 && v[1] == 4);
    CHECK_EQ_INT(help(w, OP_array_set, V(wide, 0, 8, 9), T_wide, 0), TRAP_none);
    memcpy(v, (Value[]){wide, 0}, 16);
    CHECK(help(w, OP_array_get, v, T_wide, 0) == TRAP_none && v[0] == 8 && v[1] == 9);
    Value f = make(w, OP_array_new_elem, V(0, 2), T_funcs, 0);
    get_is(w, OP_array_get, f, 1, T_funcs, value_pointer(wt_instance_func(w->in, 0)));
    CHECK_EQ_INT(help(w, OP_array_new_elem, V(1, 2), T_funcs, 0), TRAP_out_of_bounds_table);
    wt_trap_clear(w->store);
}

static void arrays_of_references(World *w) {
    Value r = make(w, OP_array_new_default, V(1000), T_refs, 0);
    slots[41] = r;
    CHECK_EQ_INT(help(w, OP_array_init_elem, V(r, 998, 0, 2), T_refs, 1), TRAP_none);
    get_is(w, OP_array_get, r, 998, T_refs, i31_ref(7));
    CHECK_EQ_INT(help(w, OP_array_init_elem, V(r, 999, 0, 2), T_refs, 1), TRAP_out_of_bounds_array);
    /* Elements of an old array, by its cards. */
    wt_object_collect(w->store, true);
    Value s = make(w, OP_struct_new_default, V(0), T_s, 0);
    CHECK_EQ_INT(help(w, OP_array_set, V(r, 500, s), T_refs, 0), TRAP_none);
    memset(slots, 0, 40 * sizeof *slots);
    wt_object_collect(w->store, false);
    CHECK(wt_gc_check(&w->store->heap));
    get_is(w, OP_struct_get, make(w, OP_array_get, V(r, 500), T_refs, 0), 2, T_s, 0);
    CHECK_EQ_INT(help(w, OP_array_new_default, V(UINT32_MAX), T_refs, 0), TRAP_allocation_failed);
    wt_trap_clear(w->store);
}

static void exceptions(World *w) {
    CHECK_EQ_INT(help(w, OP_throw, V(5, 6, 7), 0, 0), TRAP_exception);
    Value e = w->store->exception;
    const Value *values = wt_object_exn_values(w->store, e);
    CHECK(wt_object_exn_tag(w->store, e) == instance_tags(w->in)[0]);
    CHECK(values[0] == 5 && values[1] == 6 && values[2] == 7);
    w->store->exception = 0;
    CHECK(help(w, OP_throw_ref, V(e), 0, 0) == TRAP_exception && w->store->exception == e);
    CHECK_EQ_INT(help(w, OP_throw_ref, V(0), 0, 0), TRAP_null_exception);
}

static void objects(void) {
    static const struct {
        const char *name;
        void (*fn)(World *w);
    } rows[] = {{"structures", structures},
                {"casts", casts},
                {"descriptors", descriptors},
                {"arrays", arrays},
                {"arrays_of_references", arrays_of_references},
                {"exceptions", exceptions}};
    World w;
    Tier tier = rooted_tier();
    StoreLimits limits = wt_store_limits_default();
    for (int stress = 0; stress < 2; stress++) {
        limits.heap_stress = stress;
        check_begin("objects");
        bool ok = open_world(&w, slice_str(objects_text), &tier, &limits);
        check_end();
        for (size_t i = 0; ok && i < WT_COUNT(rows); i++) {
            check_begin(rows[i].name);
            rows[i].fn(&w);
            check_end();
        }
        close_world(&w);
    }
}

/* ---- NaNs ---- */

static void canonical(void) {
    static const struct {
        unsigned op, helper;
        Value v[2], want[2];
    } rows[] = {
        {OP_f32_add, JIT_f32_canon, {0xFFA00001}, {0x7FC00000}},
        {OP_f32_demote_f64, JIT_f32_canon, {0x3F800000}, {0x3F800000}},
        {OP_f64_promote_f32, JIT_f64_canon, {0xFFF4000000000001}, {0x7FF8000000000000}},
        {OP_f32x4_ceil, JIT_f32x4_canon, {0x3F800000FFA00001, 1}, {0x3F8000007FC00000, 1}},
        {OP_f64x2_mul,
         JIT_f64x2_canon,
         {0x3F800000FFA00001, UINT64_MAX},
         {0x3F800000FFA00001, 0x7FF8000000000000}},
        {OP_f32x4_min, 0, {0}, {0}},
        {OP_f32_abs, 0, {0}, {0}},
        {OP_i32_add, 0, {0}, {0}},
    };
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        Value v[2] = {rows[i].v[0], rows[i].v[1]};
        CHECK_EQ_INT(wt_jit_canonical(rows[i].op), rows[i].helper);
        if (rows[i].helper)
            CHECK_EQ_INT(wt_jit_helpers[rows[i].helper](NULL, v, 0, 0), TRAP_none);
        else
            memcpy(v, rows[i].want, sizeof v);
        CHECK(v[0] == rows[i].want[0] && v[1] == rows[i].want[1]);
    }
}

int main(void) {
    CHECK_CASE(every_instruction);
    CHECK_CASE(against_interpreter);
    CHECK_CASE(bulk_memory);
    CHECK_CASE(memory_of_others);
    CHECK_CASE(waiting);
    CHECK_CASE(tables);
    CHECK_CASE(bounds);
    objects();
    CHECK_CASE(canonical);
    return check_done();
}
