/* Reading and writing .cwat files. Path: api/native.c -> here; native.c, when code is loaded. */
#include "jit/cwat.h"

#include "base/map.h"

#include "run/code.h"

/* The build that code belongs to: a hash of the sources, which the makefile or amalgamate.py finds.
   Without it nobody could tell whether the code fits. */
#ifndef WATTLE_BUILD_ID
#define WATTLE_BUILD_ID ""
#endif

static const uint8_t cwat_magic[8] = {0, 'c', 'w', 'a', 't', '\r', '\n', 2};

_Static_assert(sizeof(CwatFunc) == 48 && sizeof(CwatHead) == 264, "the format has no gaps");
_Static_assert(sizeof(KnownBody) == 16, "the format");
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
    return cwat_part_fits(&h->funcs, sizeof(CwatFunc), n) &&
           cwat_part_fits(&h->bodies, sizeof(KnownBody), n) && cwat_part_fits(&h->canon, 4, n) &&
           cwat_part_fits(&h->ranges, sizeof(TryRange), n) &&
           cwat_part_fits(&h->landings, sizeof(NativeLanding), n) &&
           cwat_part_fits(&h->places, 4, n) && cwat_part_fits(&h->wasm, 1, n) &&
           cwat_part_fits(&h->code, 1, n) && h->code.at % CWAT_page == 0 &&
           cwat_front(h) <= n - h->code.at && h->stubs <= h->code.count &&
           h->bodies.at >= sizeof *h && h->canon.at >= h->bodies.at &&
           h->bodies.count == h->defined && h->canon.count == h->types &&
           h->code.count <= INT32_MAX / 2;
}

bool wt_cwat_is(Slice bytes) {
    return bytes.len >= sizeof cwat_magic && memcmp(bytes.data, cwat_magic, sizeof cwat_magic) == 0;
}

/* Of a row and of what it refers to. CwatFunc.hash is the sum of this and of the hash of its code,
   so that a row can move to another file with code that nobody has looked at. */
static uint64_t hash_row(const CwatFunc *f, const TryRange *ranges, const NativeLanding *landings,
                         const int32_t *places) {
    uint64_t hash = cwat_hash(f, offsetof(CwatFunc, hash));
    if (f->range_count | f->landing_count | f->place_count) {
        hash += cwat_hash(ranges, f->range_count * sizeof *ranges);
        hash += cwat_hash(landings, f->landing_count * sizeof *landings) * 3;
        hash += cwat_hash(places, f->place_count * sizeof *places) * 5;
    }
    return hash;
}

static uint64_t hash_row_of(const Cwat *c, const CwatFunc *f) {
    return hash_row(f, c->ranges + f->ranges, c->landings + f->landings, c->places + f->places);
}

/* A row is looked at when it is used. */
static bool func_fits(const Cwat *c, const CwatFunc *f) {
    const CwatHead *h = &c->head;
    return f->start >= h->stubs && f->start <= h->code.count &&
           f->size <= h->code.count - f->start && f->defined < h->defined &&
           c->funcs + c->bodies[f->defined].code == f && f->ranges <= h->ranges.count &&
           f->range_count <= h->ranges.count - f->ranges && f->landings <= h->landings.count &&
           f->landing_count <= h->landings.count - f->landings && f->places <= h->places.count &&
           f->place_count <= h->places.count - f->places;
}

static bool funcs_fit(const Cwat *c) {
    bool fit = true;
    for (uint64_t i = 0; i < c->head.funcs.count; i++)
        fit = fit && func_fits(c, &c->funcs[i]);
    return fit;
}

size_t wt_cwat_slots(uint32_t defined, uint32_t types) {
    size_t bytes = native_slots_size(defined, types);
    return (bytes + CWAT_page - 1) & ~(size_t)(CWAT_page - 1);
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
    size_t tables = (size_t)(h->canon.at + h->canon.count * sizeof *c->canon) - sizeof *h;
    c->funcs = (const CwatFunc *)(const void *)(p + h->funcs.at);
    c->bodies = (const KnownBody *)(const void *)(p + h->bodies.at);
    c->canon = (const uint32_t *)(const void *)(p + h->canon.at);
    c->ranges = (const TryRange *)(const void *)(p + h->ranges.at);
    c->landings = (const NativeLanding *)(const void *)(p + h->landings.at);
    c->places = (const int32_t *)(const void *)(p + h->places.at);
    c->wasm = slice(p + h->wasm.at, (size_t)h->wasm.count);
    c->code = p + h->code.at;
    c->mapped = mapped;
    atomic_init(&c->proven, same.data ? CWAT_bodies | CWAT_data : 0);
    if (cwat_hash(p + sizeof *h, tables) != h->tables_hash ||
        cwat_hash(c->code, (size_t)h->stubs) != h->stubs_hash ||
        (same.data && !slice_eq(c->wasm, same)) || (any && !funcs_fit(c)))
        return "it has been changed";
    return NULL;
}

KnownCode wt_cwat_known(const Cwat *c) {
    return (KnownCode){c->bodies, c->head.defined, c->head.flags / CWAT_names};
}

/* Of the contents of the section with this id. */
static uint64_t hash_section(const Module *m, SectionId id) {
    for (uint32_t i = 0; i < m->section_count; i++)
        if (m->sections[i].id == id)
            return cwat_hash(m->source.data + m->sections[i].content, m->sections[i].size);
    return 0;
}

/* What is not code, data, or custom without names. */
static uint64_t hash_small_sections(const Module *m) {
    uint64_t hash = m->source.len >= 8 ? load64le(m->source.data) : 0;
    uint32_t custom = 0;
    for (uint32_t i = 0; i < m->section_count; i++) {
        const Section *s = &m->sections[i];
        bool names = s->id == SECTION_custom && m->customs[custom++].is_names;
        bool whole =
            names || (s->id != SECTION_custom && s->id != SECTION_code && s->id != SECTION_data);
        size_t size = s->content - s->at + (whole ? s->size : 0);
        hash = wt_base_hash(m->source.data + s->at, size, hash);
    }
    return hash;
}

void wt_cwat_sign_module(CwatHead *h, const Module *m) {
    h->wasm_hash = hash_small_sections(m);
    h->bodies_hash = hash_section(m, SECTION_code);
    h->data_hash = hash_section(m, SECTION_data);
}

bool wt_cwat_module(Cwat *c, Module *m) {
    bool same = m->func_count - m->func_imports == c->head.defined &&
                m->type_count == c->head.types &&
                (atomic_load(&c->proven) || hash_small_sections(m) == c->head.wasm_hash);
    for (uint32_t i = 0; same && i < m->type_count; i++)
        same = c->canon[i] <= i;
    m->canon = (uint32_t *)(uintptr_t)c->canon; /* nobody writes to it */
    m->cwat = c;
    return same;
}

bool wt_cwat_prove(const Module *m, unsigned parts) {
    const Cwat *c = m->cwat;
    if (!c)
        return true;
    /* Found once, it stays so for all who have the module. */
    atomic_uint *proven = (atomic_uint *)(uintptr_t)&c->proven;
    unsigned missing = parts & ~atomic_load(proven);
    if (((missing & CWAT_bodies) && hash_section(m, SECTION_code) != c->head.bodies_hash) ||
        ((missing & CWAT_data) && hash_section(m, SECTION_data) != c->head.data_hash))
        return false;
    if (missing)
        atomic_fetch_or(proven, missing);
    return true;
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
    uint32_t i = c->bodies[defined].code;
    if (i >= c->head.funcs.count)
        return NULL;
    const CwatFunc *f = &c->funcs[i];
    return func_fits(c, f) && hash_row_of(c, f) + cwat_hash(c->code + f->start, f->size) == f->hash
               ? f
               : NULL;
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
    const CwatFunc *f = from ? &c->funcs[from - 1] : NULL;
    return f && func_fits(c, f) && at - f->start < f->size ? (int64_t)from - 1 : -1;
}

/* ---- writing ---- */

/* The tables as they grow. */
typedef struct CwatWriter {
    const Segment *seg;
    Buf funcs, ranges, landings, places;
    KnownBody *bodies;
} CwatWriter;

/* With the hash of the code alone. */
static void add_func(CwatWriter *w, CwatFunc f, const TryRange *ranges,
                     const NativeLanding *landings, const int32_t *places) {
    f.ranges = (uint32_t)(w->ranges.len / sizeof *ranges);
    f.landings = (uint32_t)(w->landings.len / sizeof *landings);
    f.places = (uint32_t)(w->places.len / sizeof *places);
    f.hash += hash_row(&f, ranges, landings, places);
    w->bodies[f.defined].code = (uint32_t)(w->funcs.len / sizeof f);
    buf_bytes(&w->funcs, &f, sizeof f);
    buf_bytes(&w->ranges, ranges, f.range_count * sizeof *ranges);
    buf_bytes(&w->landings, landings, f.landing_count * sizeof *landings);
    buf_bytes(&w->places, places, f.place_count * sizeof *places);
}

/* A function that came from a file goes as it came, with the hash that it had, unless that did not
   fit and it was compiled again. */
static void add_old_func(CwatWriter *w, const Cwat *c, const CwatFunc *f) {
    if (!func_fits(c, f))
        return;
    const FuncCode *fc = &w->seg->code->funcs[f->defined];
    const CodePart *memory = &w->seg->memory;
    CwatFunc row = *f;
    row.hash -= hash_row_of(c, f);
    if (!fc->words || fc->native < memory->run + memory->front)
        add_func(w, row, c->ranges + f->ranges, c->landings + f->landings, c->places + f->places);
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
    for (unsigned i = 0; i < NAME_count; i++)
        h.flags |= m->names.sub[i].data ? (uint32_t)CWAT_names << i : 0;
    memcpy(h.magic, cwat_magic, sizeof h.magic);
    size_t n = strlen(wt_cwat_build());
    memcpy(h.build, wt_cwat_build(), WT_MIN(n, sizeof h.build));
    return h;
}

static uint64_t hash_stubs(const Segment *seg, uint64_t size) {
    return size ? cwat_hash(cwat_code(seg, 0), (size_t)size) : cwat_hash(NULL, 0);
}

/* The head and the tables, with the places and hashes of all that follows. */
static void cwat_front_part(const CwatWriter *w, Slice wasm, Buf *front) {
    const Segment *seg = w->seg;
    const NativeMachine *machine = store_native(seg->code->store)->machine;
    const Module *m = seg->code->module;
    CwatHead h = head_of(seg, m);
    buf_bytes(front, &h, sizeof h);
    h.bodies = cwat_part(front, w->bodies, h.defined * sizeof *w->bodies, sizeof *w->bodies);
    h.canon = cwat_part(front, m->canon, h.types * sizeof *m->canon, sizeof *m->canon);
    uint64_t early = front->len;
    h.funcs = cwat_part(front, w->funcs.data, w->funcs.len, sizeof(CwatFunc));
    h.ranges = cwat_part(front, w->ranges.data, w->ranges.len, sizeof(TryRange));
    h.landings = cwat_part(front, w->landings.data, w->landings.len, sizeof(NativeLanding));
    h.places = cwat_part(front, w->places.data, w->places.len, sizeof(int32_t));
    h.wasm = cwat_part(front, NULL, 0, 1);
    if (front->failed)
        return;
    h.wasm.count = wasm.len;
    wt_cwat_sign_module(&h, m);
    h.code = (CwatPart){cwat_up(h.wasm.at + wasm.len, CWAT_page), seg->memory.used};
    h.stubs =
        seg->memory.used ? machine->head_bytes + (uint64_t)h.defined * machine->entry_bytes : 0;
    h.stubs_hash = hash_stubs(seg, h.stubs);
    h.file_size = h.code.at + cwat_up(h.code.count, CWAT_page);
    h.tables_hash = cwat_hash(front->data + sizeof h, (size_t)early - sizeof h);
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
    size_t size = ((size_t)defined + 1) * sizeof(KnownBody);
    CwatWriter w = {.seg = seg, .bodies = allocator_get(al, size)};
    if (!w.bodies)
        return false;
    for (uint32_t i = 0; i < defined; i++) {
        const Func *f = &m->funcs[m->func_imports + i];
        w.bodies[i] = (KnownBody){f->at, f->code_size, f->type, CWAT_none};
    }
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
    allocator_free(al, w.bodies, size);
    return !out->failed;
}
