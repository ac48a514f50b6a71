/* Reading and writing .cwat files. Path: api/native.c -> here; native.c, when code is loaded. */
#include "jit/cwat.h"

#include "base/map.h"

#include "run/code.h"

/* The build that code belongs to: a hash of the sources, which the makefile or amalgamate.py finds.
   Without it nobody could tell whether the code fits. */
#ifndef WATTLE_BUILD_ID
#define WATTLE_BUILD_ID ""
#endif

static const uint8_t cwat_magic[8] = {0, 'c', 'w', 'a', 't', '\r', '\n', 1};

_Static_assert(sizeof(CwatFunc) == 48 && sizeof(CwatHead) == 240, "the format has no gaps");
_Static_assert(sizeof(TryRange) == 20 && sizeof(NativeLanding) == 20, "the format");

const char *wt_cwat_build(void) { return WATTLE_BUILD_ID; }

static uint64_t cwat_hash(const void *data, size_t size) { return wt_base_hash(data, size, size); }

static uint64_t hash_head(const CwatHead *h) { return cwat_hash(h, offsetof(CwatHead, head_hash)); }

static size_t cwat_front(const CwatHead *h) {
    return ((size_t)h->code.count + CWAT_page - 1) & ~(size_t)(CWAT_page - 1);
}
size_t wt_cwat_front(const Cwat *c) { return cwat_front(&c->head); }

/* The bytes of a part. count is bounded by the file, so nothing wraps. */
static bool cwat_part_fits(const CwatPart *p, uint64_t size, uint64_t file) {
    return p->at <= file && p->at % 8 == 0 && p->count <= (file - p->at) / size;
}

static bool cwat_parts_fit(const CwatHead *h) {
    uint64_t n = h->file_size;
    return cwat_part_fits(&h->funcs, sizeof(CwatFunc), n) && cwat_part_fits(&h->index, 4, n) &&
           cwat_part_fits(&h->ranges, sizeof(TryRange), n) &&
           cwat_part_fits(&h->landings, sizeof(NativeLanding), n) &&
           cwat_part_fits(&h->places, 4, n) && cwat_part_fits(&h->wasm, 1, n) &&
           cwat_part_fits(&h->code, 1, n) && h->code.at % CWAT_page == 0 &&
           cwat_front(h) <= n - h->code.at && h->stubs <= h->code.count &&
           h->wasm.at >= sizeof *h && h->index.count == h->defined &&
           h->code.count <= INT32_MAX / 2;
}

bool wt_cwat_is(Slice bytes) {
    return bytes.len >= sizeof cwat_magic && memcmp(bytes.data, cwat_magic, sizeof cwat_magic) == 0;
}

static bool funcs_fit(const Cwat *c) {
    const CwatHead *h = &c->head;
    uint64_t end = h->stubs;
    for (uint64_t i = 0; i < h->funcs.count; i++) {
        const CwatFunc *f = &c->funcs[i];
        bool fits =
            f->start >= end && f->start <= h->code.count && f->size <= h->code.count - f->start &&
            f->defined < h->defined && c->index[f->defined] == i && f->ranges <= h->ranges.count &&
            f->range_count <= h->ranges.count - f->ranges && f->landings <= h->landings.count &&
            f->landing_count <= h->landings.count - f->landings && f->places <= h->places.count &&
            f->place_count <= h->places.count - f->places;
        if (!fits)
            return false;
        end = (uint64_t)f->start + f->size;
    }
    return true;
}

size_t wt_cwat_slots(uint32_t defined, uint32_t types) {
    size_t bytes = native_slots_size(defined, types);
    return (bytes + CWAT_page - 1) & ~(size_t)(CWAT_page - 1);
}

static bool wasm_is(const Cwat *c, Slice same) {
    const CwatHead *h = &c->head;
    if (same.data)
        return slice_eq(c->wasm, same);
    return h->wasm_hashed <= c->wasm.len &&
           cwat_hash(c->wasm.data, (size_t)h->wasm_hashed) == h->wasm_hash;
}

const char *wt_cwat_open(Cwat *c, Slice bytes, bool mapped, Slice same, bool any) {
    CwatHead *h = &c->head;
    const char *build = wt_cwat_build();
    if (!wt_cwat_is(bytes) || bytes.len < sizeof *h)
        return "it is cut off";
    memcpy(h, bytes.data, sizeof *h);
    if (!any && !*build)
        return "this build of the library does not know its own number";
    if (!any && strncmp(h->build, build, sizeof h->build) != 0)
        return "another build of the library made it";
    if (h->file_size != bytes.len)
        return "it is cut off, or longer than it was";
    if (hash_head(h) != h->head_hash || !cwat_parts_fit(h))
        return "it has been changed";
    const uint8_t *p = bytes.data;
    size_t tables = (size_t)h->wasm.at - sizeof *h;
    c->funcs = (const CwatFunc *)(const void *)(p + h->funcs.at);
    c->index = (const uint32_t *)(const void *)(p + h->index.at);
    c->ranges = (const TryRange *)(const void *)(p + h->ranges.at);
    c->landings = (const NativeLanding *)(const void *)(p + h->landings.at);
    c->places = (const int32_t *)(const void *)(p + h->places.at);
    c->wasm = slice(p + h->wasm.at, (size_t)h->wasm.count);
    c->code = p + h->code.at;
    c->mapped = mapped;
    if (cwat_hash(p + sizeof *h, tables) != h->tables_hash ||
        cwat_hash(c->code, (size_t)h->stubs) != h->stubs_hash || !wasm_is(c, same) || !funcs_fit(c))
        return "it has been changed";
    return NULL;
}

static uint32_t modes_of(const Segment *seg) {
    const StoreLimits *l = &seg->code->store->limits;
    return (seg->checks ? CWAT_checks : 0u) | (l->deterministic ? CWAT_deterministic : 0u) |
           (l->fuel ? CWAT_fuel : 0u) | (l->interruptible ? CWAT_interruptible : 0u);
}

bool wt_cwat_fits(const Cwat *c, const Segment *seg) {
    const Module *m = seg->code->module;
    const Native *n = store_native(seg->code->store);
    const CwatHead *h = &c->head;
    return h->machine == n->machine->elf && (h->cpu & ~n->features) == 0 &&
           h->modes == modes_of(seg) && h->defined == m->func_count - m->func_imports &&
           h->types == m->type_count && wt_os_page_size() == CWAT_page;
}

const CwatFunc *wt_cwat_func(const Cwat *c, uint32_t defined) {
    uint32_t i = c->index[defined];
    if (i >= c->head.funcs.count)
        return NULL;
    const CwatFunc *f = &c->funcs[i];
    return cwat_hash(c->code + f->start, f->size) == f->hash ? f : NULL;
}

int64_t wt_cwat_at(const Cwat *c, uint32_t at) {
    uint64_t from = 0, to = c->head.funcs.count;
    while (from < to) {
        uint64_t middle = from + (to - from) / 2;
        if (c->funcs[middle].start <= at)
            from = middle + 1;
        else
            to = middle;
    }
    return from && at - c->funcs[from - 1].start < c->funcs[from - 1].size ? (int64_t)from - 1 : -1;
}

/* ---- writing ---- */

/* The tables as they grow. */
typedef struct CwatWriter {
    const Segment *seg;
    Buf funcs, ranges, landings, places;
    uint32_t *index;
} CwatWriter;

static void add_func(CwatWriter *w, CwatFunc f, const TryRange *ranges,
                     const NativeLanding *landings, const int32_t *places) {
    f.ranges = (uint32_t)(w->ranges.len / sizeof *ranges);
    f.landings = (uint32_t)(w->landings.len / sizeof *landings);
    f.places = (uint32_t)(w->places.len / sizeof *places);
    w->index[f.defined] = (uint32_t)(w->funcs.len / sizeof f);
    buf_bytes(&w->funcs, &f, sizeof f);
    buf_bytes(&w->ranges, ranges, f.range_count * sizeof *ranges);
    buf_bytes(&w->landings, landings, f.landing_count * sizeof *landings);
    buf_bytes(&w->places, places, f.place_count * sizeof *places);
}

/* A function that came from a file goes as it came, with the hash that it had, unless that did not
   fit and it was compiled again. */
static void add_old_func(CwatWriter *w, const Cwat *c, const CwatFunc *f) {
    const FuncCode *fc = &w->seg->code->funcs[f->defined];
    const CodePart *memory = &w->seg->memory;
    if (!fc->words || fc->native < memory->run + memory->front)
        add_func(w, *f, c->ranges + f->ranges, c->landings + f->landings, c->places + f->places);
}

/* Where the code is read: at the other place it would count as memory a second time. */
static const uint8_t *cwat_code(const Segment *seg, size_t at) {
    const CodePart *p = &seg->memory;
    return at < p->front ? p->run + at : codepart_write(p, at);
}

static void add_new_func(CwatWriter *w, const NativeFunc *f) {
    const NativeTries *t = w->seg->code->funcs[f->defined].native_tries;
    CwatFunc row = {.start = f->start,
                    .size = f->size,
                    .defined = f->defined,
                    .constants = f->constants,
                    .hash = cwat_hash(cwat_code(w->seg, f->start), f->size)};
    if (t) {
        row.range_count = t->range_count;
        row.landing_count = t->landing_count;
        row.place_count = t->place_count;
    }
    add_func(w, row, t ? t->ranges : NULL, t ? t->landings : NULL, t ? t->places : NULL);
}

static void cwat_zeros(Buf *out, uint64_t count) {
    static const uint8_t zeros[CWAT_page];
    buf_bytes(out, zeros, (size_t)count);
}
static uint64_t cwat_up(uint64_t n, uint64_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

/* Appends a table of rows at a multiple of 8 of the file, which `front` begins. */
static CwatPart cwat_part(Buf *front, const void *data, size_t bytes, size_t size) {
    cwat_zeros(front, cwat_up(front->len, 8) - front->len);
    CwatPart part = {front->len, bytes / size};
    buf_bytes(front, data, bytes);
    return part;
}

static CwatHead head_of(const Segment *seg, const Module *m) {
    CwatHead h = {.machine = store_native(seg->code->store)->machine->elf,
                  .cpu = seg->features,
                  .modes = modes_of(seg),
                  .defined = m->func_count - m->func_imports,
                  .types = m->type_count,
                  .flags = m->tail_calls ? CWAT_tail_calls : 0,
                  .wasm_features = m->features};
    memcpy(h.magic, cwat_magic, sizeof h.magic);
    size_t n = strlen(wt_cwat_build());
    memcpy(h.build, wt_cwat_build(), WT_MIN(n, sizeof h.build));
    return h;
}

/* Up to the end of the last section that is not a custom one. */
static uint64_t hashed_size(const Module *m, Slice wasm) {
    uint64_t end = 8;
    for (uint32_t i = 0; i < m->section_count; i++)
        if (m->sections[i].id != SECTION_custom)
            end = WT_MAX(end, (uint64_t)m->sections[i].content + m->sections[i].size);
    return WT_MIN(end, wasm.len);
}

static uint64_t hash_stubs(const Segment *seg, uint64_t size) {
    return size ? cwat_hash(cwat_code(seg, 0), (size_t)size) : cwat_hash(NULL, 0);
}

/* The head and the tables, with the places and hashes of all that follows. */
static void cwat_front_part(const CwatWriter *w, Slice wasm, Buf *front) {
    const Segment *seg = w->seg;
    const NativeMachine *machine = store_native(seg->code->store)->machine;
    CwatHead h = head_of(seg, seg->code->module);
    buf_bytes(front, &h, sizeof h);
    h.funcs = cwat_part(front, w->funcs.data, w->funcs.len, sizeof(CwatFunc));
    h.index = cwat_part(front, w->index, h.defined * sizeof *w->index, sizeof *w->index);
    h.ranges = cwat_part(front, w->ranges.data, w->ranges.len, sizeof(TryRange));
    h.landings = cwat_part(front, w->landings.data, w->landings.len, sizeof(NativeLanding));
    h.places = cwat_part(front, w->places.data, w->places.len, sizeof(int32_t));
    h.wasm = cwat_part(front, NULL, 0, 1);
    if (front->failed)
        return;
    h.wasm.count = wasm.len;
    h.wasm_hashed = hashed_size(seg->code->module, wasm);
    h.wasm_hash = cwat_hash(wasm.data, (size_t)h.wasm_hashed);
    h.code = (CwatPart){cwat_up(h.wasm.at + wasm.len, CWAT_page), seg->memory.used};
    h.stubs =
        seg->memory.used ? machine->head_bytes + (uint64_t)h.defined * machine->entry_bytes : 0;
    h.stubs_hash = hash_stubs(seg, h.stubs);
    h.file_size = h.code.at + cwat_up(h.code.count, CWAT_page);
    h.tables_hash = cwat_hash(front->data + sizeof h, front->len - sizeof h);
    h.head_hash = hash_head(&h);
    memcpy(front->data, &h, sizeof h);
}

static void cwat_file(const CwatWriter *w, Slice wasm, Buf *out) {
    const CodePart *p = &w->seg->memory;
    Buf front;
    wt_buf_init(&front, out->allocator);
    cwat_front_part(w, wasm, &front);
    if (!front.failed) {
        uint64_t end = front.len + wasm.len;
        buf_bytes(out, front.data, front.len);
        buf_slice(out, wasm);
        cwat_zeros(out, cwat_up(end, CWAT_page) - end);
        buf_bytes(out, p->run, WT_MIN(p->front, p->used));
        if (p->used > p->front)
            buf_bytes(out, cwat_code(w->seg, p->front), p->used - p->front);
        cwat_zeros(out, cwat_up(p->used, CWAT_page) - p->used);
    }
    out->failed |= front.failed;
    wt_buf_free(&front);
}

/* Whether its slots are where they will be when it is loaded. */
static bool lies_alone(const Segment *seg) {
    const CodePart *p = &seg->memory;
    const Module *m = seg->code->module;
    return p->run && p->space->memory.run == p->run &&
           (size_t)(p->run - p->data) ==
               wt_cwat_slots(m->func_count - m->func_imports, m->type_count);
}

bool wt_cwat_write(const Segment *seg, Slice wasm, Buf *out) {
    const Allocator *al = out->allocator;
    const Module *m = seg->code->module;
    uint32_t defined = m->func_count - m->func_imports;
    if ((defined && !lies_alone(seg)) || seg->memory.used > INT32_MAX / 2 || !*wt_cwat_build())
        return false;
    size_t size = ((size_t)defined + 1) * sizeof(uint32_t);
    CwatWriter w = {.seg = seg, .index = allocator_get(al, size)};
    if (!w.index)
        return false;
    memset(w.index, 0xFF, size);
    Buf *const bufs[] = {&w.funcs, &w.ranges, &w.landings, &w.places};
    for (unsigned i = 0; i < 4; i++)
        wt_buf_init(bufs[i], al);
    for (uint64_t i = 0; seg->cwat && i < seg->cwat->head.funcs.count; i++)
        add_old_func(&w, seg->cwat, &seg->cwat->funcs[i]);
    for (size_t i = 0; i < seg->func_count; i++)
        add_new_func(&w, &seg->funcs[i]);
    for (unsigned i = 0; i < 4; i++)
        out->failed |= bufs[i]->failed;
    if (!out->failed)
        cwat_file(&w, wasm, out);
    for (unsigned i = 0; i < 4; i++)
        wt_buf_free(bufs[i]);
    allocator_free(al, w.index, size);
    return !out->failed;
}
