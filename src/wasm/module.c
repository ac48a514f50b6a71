/* The module as data: set-up, limits, section names, and walks over name maps. */
#include "wasm/module.h"

#include "base/leb128.h"

Bounds wt_module_bounds_default(void) {
    return (Bounds){
        .module_bytes = 1u << 30,
        .text_bytes = UINT32_MAX - 1,
        .types = 1000000,
        .functions = 1000000,
        .imports = 1000000,
        .exports = 1000000,
        .globals = 1000000,
        .tags = 1000000,
        .tables = 100000,
        .memories = 100,
        .data_segments = 100000,
        .elem_segments = 100000,
        .elem_items = 10000000,
        .params = 1000,
        .results = 1000,
        .locals = 50000,
        .body_bytes = 7654321,
        .fields = 10000,
        .array_fixed = 10000,
        .catches = 10000,
        .string_bytes = 100000,
        .subtype_depth = 63,
        .nesting = 1000000,
    };
}

Bounds wt_module_bounds_spec(void) {
    Bounds b;
    memset(&b, 0xFF, sizeof b);
    b.module_bytes = b.text_bytes = UINT32_MAX - 1;
    /* A type index has 24 bits. */
    b.types = HEAP_first - 1;
    b.subtype_depth = 63;
    return b;
}

static const struct {
    const char *name;
    uint8_t rank;
} section_rows[SECTION_count] = {
    [SECTION_custom] = {"custom", 0}, [SECTION_type] = {"type", 1},
    [SECTION_import] = {"import", 2}, [SECTION_func] = {"func", 3},
    [SECTION_table] = {"table", 4},   [SECTION_memory] = {"memory", 5},
    [SECTION_tag] = {"tag", 6},       [SECTION_global] = {"global", 7},
    [SECTION_export] = {"export", 8}, [SECTION_start] = {"start", 9},
    [SECTION_elem] = {"elem", 10},    [SECTION_datacount] = {"datacount", 11},
    [SECTION_code] = {"code", 12},    [SECTION_data] = {"data", 13},
};

unsigned wt_section_rank(SectionId id) { return section_rows[id].rank; }
const char *wt_section_name(SectionId id) { return section_rows[id].name; }

SectionId wt_section_of_rank(unsigned rank) {
    for (unsigned id = 0; id < SECTION_count; id++)
        if (section_rows[id].rank == rank)
            return (SectionId)id;
    return SECTION_custom;
}

bool wt_section_parse(Slice word, SectionId *id) {
    for (unsigned i = 1; i < SECTION_count; i++)
        if (slice_is(word, section_rows[i].name)) {
            *id = (SectionId)i;
            return true;
        }
    return false;
}

const char *wt_extern_name(ExternKind kind) {
    static const char *const names[] = {"func", "table", "memory", "global", "tag"};
    return names[kind];
}

void wt_module_init(Module *m, const Allocator *allocator, const ReadOptions *options) {
    memset(m, 0, sizeof *m);
    wt_arena_init(&m->arena, allocator);
    m->features = options->features;
    m->bounds = options->bounds;
}

void wt_module_free(Module *m) {
    wt_arena_free(&m->arena);
    memset(m, 0, sizeof *m);
}

NameWalk wt_names_walk(Slice sub) {
    Reader r = reader_of(sub.data, sub.len);
    uint32_t count = sub.data ? read_u32(&r) : 0;
    return (NameWalk){r.at, r.end, r.error ? 0 : count};
}

static bool name_index(NameWalk *w, Reader *r, uint32_t *index) {
    if (w->left == 0)
        return false;
    w->left--;
    *r = reader_of(w->at, (size_t)(w->end - w->at));
    *index = read_u32(r);
    return true;
}

bool wt_names_next(NameWalk *w, uint32_t *index, Slice *name) {
    Reader r;
    if (!name_index(w, &r, index))
        return false;
    uint32_t len = read_u32(&r);
    const uint8_t *data = read_bytes(&r, len);
    w->at = r.at;
    *name = slice(data, len);
    if (r.error)
        w->left = 0;
    return !r.error;
}

bool wt_names_next_outer(NameWalk *w, uint32_t *index, NameWalk *inner) {
    Reader r;
    if (!name_index(w, &r, index))
        return false;
    uint32_t count = read_u32(&r);
    *inner = (NameWalk){r.at, r.end, count};
    NameWalk skip = *inner;
    uint32_t i;
    Slice name;
    while (wt_names_next(&skip, &i, &name))
        ;
    bool whole = !r.error && (count == 0 || skip.at > inner->at) && skip.left == 0;
    w->at = skip.at;
    if (!whole)
        w->left = 0;
    return whole;
}

NameWalk wt_names_inner(Slice sub, uint32_t outer) {
    NameWalk walk = wt_names_walk(sub), inner;
    uint32_t index;
    while (wt_names_next_outer(&walk, &index, &inner))
        if (index == outer)
            return inner;
    return (NameWalk){NULL, NULL, 0};
}

Slice wt_names_find(const Module *m, NameKind kind, uint32_t index) {
    if (kind == NAME_module) {
        Reader r = reader_of(m->names.sub[kind].data, m->names.sub[kind].len);
        uint32_t len = r.start ? read_u32(&r) : 0;
        return slice(r.error ? NULL : r.at, len <= reader_left(&r) ? len : 0);
    }
    NameWalk w = wt_names_walk(m->names.sub[kind]);
    uint32_t i;
    Slice name;
    while (wt_names_next(&w, &i, &name))
        if (i == index)
            return name;
    return (Slice){NULL, 0};
}
