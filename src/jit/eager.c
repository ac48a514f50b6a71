/* Compiling all functions of a module at once, on several threads: each compiles into memory of its
   own, and then one puts the code in its place, in the order of the functions, so that it is the
   same however many there were. Path: native.c, when code is loaded; api/native.c -> here. */
#include "base/os.h"
#include "jit/cwat.h"
#include "jit/native.h"

enum {
    EAGER_job = 16,         /* functions that a thread takes at a time */
    EAGER_round = 512 << 10 /* bytes of wasm whose code waits for its place at a time */
};

/* A function's code and all that goes with it, in one block. */
typedef struct EagerCopy {
    Compiled made;
    void *block; /* NULL: there is none */
    size_t size;
} EagerCopy;

typedef struct EagerWork {
    const Allocator *allocator; /* called by all threads */
    Segment *seg;
    Native *workers;   /* of each thread */
    EagerCopy *copies; /* of the functions of this round, which begins at `from` */
    uint32_t from, count;
    atomic_bool failed;
} EagerWork;

static const void *keep_rows(uint8_t **at, const void *rows, size_t size) {
    uint8_t *to = *at;
    if (size)
        memcpy(to, rows, size);
    *at += (size + 7) & ~(size_t)7;
    return to;
}

/* The code of a function is shorter than 2^31, and the rest in proportion. */
static bool keep_copy(const Allocator *al, const Compiled *c, EagerCopy *out) {
    size_t relocs = c->reloc_count * sizeof *c->relocs;
    size_t ranges = c->range_count * sizeof *c->ranges;
    size_t landings = c->landing_count * sizeof *c->landings;
    size_t places = c->place_count * sizeof *c->places;
    out->size = relocs + ranges + landings + places + c->size + (size_t)5 * 8;
    uint8_t *at = out->block = allocator_get(al, out->size);
    if (!at)
        return false;
    out->made = *c;
    out->made.relocs = keep_rows(&at, c->relocs, relocs);
    out->made.ranges = keep_rows(&at, c->ranges, ranges);
    out->made.landings = keep_rows(&at, c->landings, landings);
    out->made.places = keep_rows(&at, c->places, places);
    out->made.code = keep_rows(&at, c->code, c->size);
    return true;
}

/* false: out of memory. An instruction that this tier does not have leaves no code. */
static bool compile_here(Native *n, Segment *seg, uint32_t defined, Compiled *out) {
    uint32_t found;
    *out = (Compiled){0};
    return n->machine->compile(n, seg, &seg->code->funcs[defined], out, NULL, &found) ||
           out->unable;
}

static void compile_some(void *user, size_t job, unsigned worker) {
    EagerWork *w = user;
    uint32_t from = (uint32_t)job * EAGER_job, to = WT_MIN(w->count, from + EAGER_job);
    for (uint32_t i = from; i < to && !atomic_load(&w->failed); i++) {
        Compiled out;
        bool there = w->seg->code->funcs[w->from + i].words;
        if (!there && (!compile_here(&w->workers[worker], w->seg, w->from + i, &out) ||
                       (!out.unable && !keep_copy(w->allocator, &out, &w->copies[i]))))
            atomic_store(&w->failed, true);
    }
}

static bool place_all(EagerWork *w) {
    bool ok = !atomic_load(&w->failed);
    for (uint32_t i = 0; i < w->count; i++) {
        EagerCopy *c = &w->copies[i];
        ok = ok && (!c->block || wt_native_place(w->seg, w->from + i, &c->made));
        allocator_free(w->allocator, c->block, c->size);
        c->block = NULL;
    }
    return ok;
}

/* Function after function until there is enough for all threads. */
static uint32_t round_size(const Module *m, uint32_t from, uint32_t count) {
    uint64_t bytes = 0;
    uint32_t n = 0;
    while (n < count - from && bytes < EAGER_round)
        bytes += m->funcs[m->func_imports + from + n++].code_size;
    return n;
}

static bool compile_on_threads(Segment *seg, uint32_t count, unsigned threads) {
    const Allocator *al = &seg->code->store->allocator;
    const Native *n = store_native(seg->code->store);
    EagerWork w = {.allocator = al, .seg = seg};
    size_t copies = count * sizeof *w.copies, workers = threads * sizeof *w.workers;
    w.copies = allocator_get(al, copies);
    w.workers = w.copies ? allocator_get(al, workers) : NULL;
    bool ok = w.workers != NULL;
    if (ok) {
        memset(w.copies, 0, copies);
        memset(w.workers, 0, workers);
        for (unsigned i = 0; i < threads; i++) {
            w.workers[i].machine = n->machine;
            w.workers[i].features = n->features;
        }
        for (; w.from < count && ok; w.from += w.count) {
            w.count = round_size(seg->code->module, w.from, count);
            wt_os_parallel(threads, (w.count + EAGER_job - 1) / EAGER_job, compile_some, &w);
            ok = place_all(&w);
        }
        for (unsigned i = 0; i < threads; i++)
            n->machine->free_rooms(&w.workers[i], al);
    }
    allocator_free(al, w.copies, copies);
    allocator_free(al, w.workers, workers);
    return ok;
}

static bool compile_in_turn(Segment *seg, uint32_t count) {
    Native *n = store_native(seg->code->store);
    n->noting = seg->code->store->maker.notes;
    for (uint32_t i = 0; i < count; i++) {
        Compiled out;
        if (seg->code->funcs[i].words)
            continue;
        if (!compile_here(n, seg, i, &out) || (!out.unable && !wt_native_place(seg, i, &out)))
            return false;
    }
    return true;
}

bool wt_native_compile_all(Code *c, unsigned threads) {
    Segment *seg = code_segment(c);
    uint32_t count = c->module->func_count - c->module->func_imports, missing = 0;
    for (uint32_t i = 0; i < count; i++)
        missing += !c->funcs[i].words && !wt_native_link(seg, i);
    if (missing && !wt_cwat_prove(c->module, CWAT_bodies))
        return false;
    /* Who is told of code is told by one thread. */
    bool alone = threads <= 1 || count <= EAGER_job || c->store->maker.made;
    return alone ? compile_in_turn(seg, count) : compile_on_threads(seg, count, threads);
}
