/* Reading and writing .cwat files. Path: api/native.c -> here; native.c, when code is loaded. */
#include "jit/cwat.h"

#include "base/map.h"

#include "run/code.h"

/* The build that code belongs to: a hash of the sources, which the makefile or amalgamate.py finds.
   Without it nobody could tell whether the code fits. */
#ifndef WATTLE_BUILD_ID
#define WATTLE_BUILD_ID ""
#endif

static const uint8_t cwat_magic[8] = {0, 'c', 'w', 'a', 't', '\r', '\n', 3};

enum { CWAT_piece = 1 << 17 /* bytes that are written, or hashed, before they are given back */ };

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
           h->bodies.count == h->defined && h->canon.count == h->types &&
           h->code.count <= INT32_MAX / 2;
}

bool wt_cwat_is(Slice bytes) {
    return bytes.len >= sizeof cwat_magic && memcmp(bytes.data, cwat_magic, sizeof cwat_magic) == 0;
}

bool wt_cwat_head(Slice bytes, CwatHead *h) {
    if (!wt_cwat_is(bytes) || bytes.len < sizeof cwat_magic + sizeof *h || bytes.len % 8)
        return false;
    memcpy(h, bytes.data + bytes.len - sizeof *h, sizeof *h);
    return memcmp(h->magic, cwat_magic, sizeof cwat_magic) == 0;
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

/* Of what is looked at first. */
static uint64_t hash_tables(const CwatHead *h, const KnownBody *bodies, const uint32_t *canon) {
    return cwat_hash(bodies, h->defined * sizeof *bodies) +
           cwat_hash(canon, h->types * sizeof *canon) * 3;
}

const char *wt_cwat_open(Cwat *c, Slice bytes, bool mapped, Slice same, bool any) {
    CwatHead *h = &c->head;
    const char *build = wt_cwat_build(), *cut_off = "it is cut off, or longer than it was";
    if (!wt_cwat_head(bytes, h))
        return cut_off;
    if (!any && !*build)
        return "this build of the library does not know its own number";
    if (!any && strncmp(h->build, build, sizeof h->build) != 0)
        return "another build of the library made it";
    if (h->file_size != bytes.len)
        return cut_off;
    if (hash_head(h) != h->head_hash || !cwat_parts_fit(h))
        return "it has been changed";
    const uint8_t *p = bytes.data;
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
    if (hash_tables(h, c->bodies, c->canon) != h->tables_hash ||
        cwat_hash(c->code, (size_t)h->stubs) != h->stubs_hash ||
        (same.data && !slice_eq(c->wasm, same)) || (any && !funcs_fit(c)))
        return "it has been changed";
    return NULL;
}

KnownCode wt_cwat_known(const Cwat *c) {
    return (KnownCode){c->bodies, c->head.defined, c->head.flags / CWAT_names};
}

/* Of the contents of the section with this id; pass: which are hardly needed any more. */
static uint64_t hash_section(const Module *m, SectionId id, bool pass) {
    uint64_t hash = 0;
    for (uint32_t i = 0; i < m->section_count; i++) {
        const Section *s = &m->sections[i];
        for (size_t at = 0, n; s->id == id && at < s->size; at += n) {
            n = WT_MIN((size_t)CWAT_piece, s->size - at);
            hash = wt_base_hash(m->source.data + s->content + at, n, hash + s->size);
            if (pass)
                module_passed(m, s->content + at + n);
        }
    }
    return hash;
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
    h->bodies_hash = hash_section(m, SECTION_code, true);
    h->data_hash = hash_section(m, SECTION_data, true);
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
    if (((missing & CWAT_bodies) && hash_section(m, SECTION_code, false) != c->head.bodies_hash) ||
        ((missing & CWAT_data) && hash_section(m, SECTION_data, false) != c->head.data_hash))
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

static void cwat_bytes(CwatWriter *w, const void *data, size_t size) {
    buf_bytes(w->out, data, size);
    w->at += size;
}

/* Zeros, up to a multiple of at most a page. */
static void cwat_fill(CwatWriter *w, uint64_t multiple) {
    static const uint8_t zeros[CWAT_page];
    cwat_bytes(w, zeros, (size_t)((multiple - w->at % multiple) % multiple));
}

static CwatPart cwat_part(CwatWriter *w, const void *data, size_t bytes, size_t size) {
    cwat_fill(w, 8);
    CwatPart part = {w->at, bytes / size};
    cwat_bytes(w, data, bytes);
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

/* Whether its slots are where they will be when it is loaded. */
static bool lies_alone(const Segment *seg) {
    const CodePart *p = &seg->memory;
    const Module *m = seg->code->module;
    return p->run && p->space->memory.run == p->run &&
           (size_t)(p->run - p->data) ==
               wt_cwat_slots(m->func_count - m->func_imports, m->type_count);
}

bool wt_cwat_begin(CwatWriter *w, Segment *seg, Slice wasm, bool passing, Buf *out) {
    const Module *m = seg->code->module;
    uint32_t defined = m->func_count - m->func_imports;
    *w = (CwatWriter){.seg = seg, .wasm = wasm, .passing = passing, .out = out};
    if ((defined && !lies_alone(seg)) || !*wt_cwat_build())
        return false;
    w->bodies = allocator_get(out->allocator, ((size_t)defined + 1) * sizeof *w->bodies);
    if (!w->bodies)
        return false;
    for (uint32_t i = 0; i < defined; i++) {
        const Func *f = &m->funcs[m->func_imports + i];
        w->bodies[i] = (KnownBody){f->at, f->code_size, f->type, CWAT_none};
    }
    Buf *const bufs[] = {&w->funcs, &w->ranges, &w->landings, &w->places};
    for (unsigned i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
        wt_buf_init(bufs[i], out->allocator);
    w->head = head_of(seg, m);
    return true;
}

/* All up to the code. */
static void cwat_write_module(CwatWriter *w) {
    const Segment *seg = w->seg;
    const Module *m = seg->code->module;
    CwatHead *h = &w->head;
    wt_cwat_sign_module(h, m);
    cwat_bytes(w, cwat_magic, sizeof cwat_magic);
    h->wasm = (CwatPart){w->at, w->wasm.len};
    for (size_t at = 0, n; at < w->wasm.len; at += n) {
        n = WT_MIN((size_t)CWAT_piece, w->wasm.len - at);
        cwat_bytes(w, w->wasm.data + at, n);
        module_passed(m, at + n);
    }
    cwat_fill(w, CWAT_page);
    h->code.at = w->at;
    if (seg->memory.used) {
        const NativeMachine *machine = store_native(seg->code->store)->machine;
        h->stubs = machine->head_bytes + (uint64_t)h->defined * machine->entry_bytes;
    }
    h->stubs_hash = cwat_hash(h->stubs ? cwat_code(seg, 0) : NULL, (size_t)h->stubs);
    for (uint64_t i = 0; seg->cwat && i < seg->cwat->head.funcs.count; i++)
        add_old_func(w, seg->cwat, &seg->cwat->funcs[i]);
    w->begun = true;
}

void wt_cwat_more(CwatWriter *w, bool all) {
    const CodePart *p = &w->seg->memory;
    if (w->out->failed || (!all && w->begun && p->used - w->written < CWAT_piece))
        return;
    if (!w->begun)
        cwat_write_module(w);
    for (; w->func < w->seg->func_count; w->func++)
        add_new_func(w, &w->seg->funcs[w->func]);
    size_t from = w->written;
    if (from < p->front && from < p->used) {
        cwat_bytes(w, p->run + from, WT_MIN(p->front, p->used) - from);
        from = WT_MIN(p->front, p->used);
    }
    if (from < p->used) {
        cwat_bytes(w, codepart_write(p, from), p->used - from);
        if (w->passing)
            wt_codespace_discard(p, p->used);
    }
    w->written = p->used;
}

static void cwat_write_tables(CwatWriter *w) {
    const Module *m = w->seg->code->module;
    CwatHead *h = &w->head;
    h->code.count = w->written;
    cwat_fill(w, CWAT_page);
    h->funcs = cwat_part(w, w->funcs.data, w->funcs.len, sizeof(CwatFunc));
    h->ranges = cwat_part(w, w->ranges.data, w->ranges.len, sizeof(TryRange));
    h->landings = cwat_part(w, w->landings.data, w->landings.len, sizeof(NativeLanding));
    h->places = cwat_part(w, w->places.data, w->places.len, sizeof(int32_t));
    h->bodies = cwat_part(w, w->bodies, h->defined * sizeof *w->bodies, sizeof *w->bodies);
    h->canon = cwat_part(w, m->canon, h->types * sizeof *m->canon, sizeof *m->canon);
    cwat_fill(w, 8);
    h->tables_hash = hash_tables(h, w->bodies, m->canon);
    h->file_size = w->at + sizeof *h;
    h->head_hash = hash_head(h);
    cwat_bytes(w, h, sizeof *h);
}

bool wt_cwat_end(CwatWriter *w) {
    Buf *const bufs[] = {&w->funcs, &w->ranges, &w->landings, &w->places};
    bool ok = w->bodies != NULL && w->seg->memory.used <= INT32_MAX / 2;
    if (ok)
        wt_cwat_more(w, true);
    for (unsigned i = 0; ok && i < sizeof bufs / sizeof bufs[0]; i++)
        w->out->failed |= bufs[i]->failed;
    if (ok)
        cwat_write_tables(w);
    for (unsigned i = 0; w->bodies && i < sizeof bufs / sizeof bufs[0]; i++)
        wt_buf_free(bufs[i]);
    allocator_free(w->out->allocator, w->bodies, ((size_t)w->head.defined + 1) * sizeof *w->bodies);
    return ok && !w->out->failed;
}

bool wt_cwat_write(Segment *seg, Slice wasm, Buf *out) {
    CwatWriter w;
    (void)wt_cwat_begin(&w, seg, wasm, false, out);
    return wt_cwat_end(&w);
}
