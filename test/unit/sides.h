/* The same program by the interpreter and as machine code of several kinds: what the tests of tiers
   compare by the public interface. */
#ifndef WATTLE_TEST_SIDES_H
#define WATTLE_TEST_SIDES_H

#include "check.h"
#include "wattle.h"

/* ---- a program on one side ---- */

typedef struct Side {
    wattle_engine *engine;
    wattle_module *module;
    wattle_store *store;
    wattle_instance in;
} Side;

enum { SIDES = 5, MOST_slots = 64 };

static inline wattle_config side_config(unsigned number) {
    wattle_config c = wattle_config_default();
    c.tier = number ? WATTLE_TIER_BASELINE : WATTLE_TIER_INTERP;
    c.no_reserve = number == 2;
    c.no_signals = number == 3;
    c.threads = 1;
    CHECK(wattle_cpu_parse(number == 4 ? "generic" : "native", &c.cpu_without, NULL, 0));
    return c;
}

/* The engine, the module and the store. */
static inline bool begin_side(Side *s, unsigned number, const void *text, size_t len,
                              const wattle_store_config *config) {
    wattle_config engine = side_config(number);
    char bad[8];
    wattle_features_parse("all,-stack-switching", &engine.features, bad, sizeof bad);
    *s = (Side){.engine = wattle_engine_new(&engine)};
    wattle_report *report = NULL;
    wattle_status status = wattle_module_new(s->engine, text, len, &s->module, &report);
    if (status != WATTLE_OK && wattle_report_count(report))
        fprintf(stderr, "  %s\n", wattle_report_get(report, 0).message);
    wattle_report_free(report);
    if (!CHECK(status == WATTLE_OK))
        return false;
    s->store = wattle_store_new(s->engine, config);
    return CHECK(s->store != NULL);
}

static inline bool open_side(Side *s, unsigned number, const void *text, size_t len,
                             const wattle_store_config *config) {
    return begin_side(s, number, text, len, config) &&
           CHECK(wattle_instance_new_with(s->store, s->module, NULL, 0, &s->in) == WATTLE_OK);
}

static inline void close_side(Side *s) {
    wattle_store_free(s->store);
    wattle_module_free(s->module);
    wattle_engine_free(s->engine);
}

/* The same program on all sides. */
typedef struct Sides {
    Side side[SIDES];
    bool ok;
} Sides;

static inline Sides open_sides(const void *text, size_t len, const wattle_store_config *config) {
    Sides all = {.ok = true};
    for (unsigned i = 0; i < SIDES; i++)
        all.ok &= open_side(&all.side[i], i, text, len, config);
    return all;
}
static inline void close_sides(Sides *all) {
    for (unsigned i = 0; i < SIDES; i++)
        close_side(&all->side[i]);
}

/* ---- calling and comparing ---- */

typedef struct Outcome {
    wattle_status status;
    wattle_trap_code trap;
    size_t frames;
    uint64_t places[8]; /* of the innermost frames: function and offset */
    wattle_slot slots[MOST_slots];
} Outcome;

static inline Outcome call_side(Side *s, const char *name, const wattle_slot *args, size_t slots) {
    Outcome o = {.status = WATTLE_USAGE};
    wattle_func f;
    if (!CHECK(slots <= MOST_slots && wattle_instance_func(s->store, s->in, name, &f)))
        return o;
    memcpy(o.slots, args, slots * sizeof *args);
    o.status = wattle_func_call_fast(s->store, f, o.slots, MOST_slots);
    if (o.status == WATTLE_OK)
        return o;
    o.trap = wattle_store_trap_code(s->store);
    o.frames = wattle_store_frame_count(s->store);
    for (size_t i = 0; i < o.frames && i < 8; i++) {
        wattle_frame frame = wattle_store_frame(s->store, i);
        o.places[i] = (uint64_t)frame.func_index << 32 | (uint32_t)frame.func_offset;
    }
    return o;
}

/* Any NaN is like any other. */
static inline uint64_t plain_bits(char type, wattle_slot v) {
    if (type == 'f')
        return v.f32 != v.f32 ? 0x7FC00000u : (uint32_t)v.bits;
    if (type == 'd')
        return v.f64 != v.f64 ? 0x7FF8000000000000u : v.bits;
    return type == 'i' ? (uint32_t)v.bits : v.bits;
}

static inline bool same(const Outcome *x, const Outcome *y, const char *results) {
    if (x->status != y->status || x->trap != y->trap)
        return false;
    if (x->status != WATTLE_OK)
        return x->frames == y->frames && memcmp(x->places, y->places, sizeof x->places) == 0;
    for (size_t i = 0; results[i]; i++)
        if (plain_bits(results[i], x->slots[i]) != plain_bits(results[i], y->slots[i]))
            return false;
    return true;
}

static inline uint64_t memory_sum(Side *s) {
    wattle_memory m;
    size_t size = 0;
    if (!wattle_instance_memory(s->store, s->in, "m", &m))
        return 0;
    const uint8_t *p = wattle_memory_data(s->store, m, &size);
    uint64_t sum = size;
    for (size_t i = 0; i < size && i < 4096; i++)
        sum = (sum ^ p[i]) * 0x100000001B3u;
    return sum;
}

/* Answers how it ended. */
static inline wattle_status call_all(Sides *all, const char *name, const wattle_slot *args,
                                     size_t slots, const char *results) {
    Outcome first = call_side(&all->side[0], name, args, slots);
    for (unsigned i = 1; i < SIDES; i++) {
        Outcome o = call_side(&all->side[i], name, args, slots);
        if (CHECK(same(&first, &o, results)))
            continue;
        fprintf(stderr,
                "  %s, side %u: status %d, trap %d, %#" PRIx64 "; not %d, %d, %#" PRIx64 "\n", name,
                i, o.status, o.trap, o.slots[0].bits, first.status, first.trap,
                first.slots[0].bits);
        for (size_t k = 0; k < slots; k++)
            fprintf(stderr, "    argument %#" PRIx64 "\n", args[k].bits);
    }
    return first.status;
}

/* Calls every listed function without arguments. */
static inline void run_text(const char *text, const char *names, const char *results) {
    static const wattle_store_config config = {.size = sizeof config};
    Sides all = open_sides(text, strlen(text), &config);
    wattle_slot none = {.bits = 0};
    char name[32];
    for (const char *p = names; all.ok && *p;) {
        size_t n = strcspn(p, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, p);
        CHECK_EQ_INT(call_all(&all, name, &none, 0, results), WATTLE_OK);
        p += n + (p[n] == ' ');
    }
    close_sides(&all);
}

#endif
