/* The managed heap: what is reached lives with its contents, what is not comes free, in minor and
   full collections, for small, medium and large objects; limits; memory that runs out. */
#include "check.h"
#include "gc/heap.h"

#include <stdlib.h>

enum { TYPE_pair, TYPE_bytes, TYPE_refs, ROOTS = 64 };

/* A heap with a few exact roots and one word that may be a reference. */
typedef struct World {
    Heap heap;
    Layout layouts[3];
    const Layout *table;
    FieldPlace fields[2];
    uint32_t refs[1];
    uint64_t roots[ROOTS];
    uint64_t word;
    uint64_t gone_sum;
    unsigned gone;
    long until; /* allocations of the allocator that still succeed; -1: all */
} World;

static void world_roots(void *user, Heap *h) {
    World *w = user;
    for (int i = 0; i < ROOTS; i++)
        wt_gc_mark(h, w->roots[i]);
    wt_gc_mark_word(h, w->word);
}
static void world_trace(void *user, Heap *h, Object *o) { (void)user, (void)h, (void)o; }
static void world_gone(void *user, uint64_t word) {
    World *w = user;
    w->gone++;
    w->gone_sum += word;
}

static void *world_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    World *w = user;
    if (new_size && w->until == 0)
        return NULL;
    if (new_size && w->until > 0)
        w->until--;
    return wt_base_malloc.alloc(NULL, old, old_size, new_size);
}

static World *world_new(size_t limit, bool stress, Allocator *al) {
    World *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->until = -1;
    w->fields[0] = (FieldPlace){8, FIELD_ref};
    w->fields[1] = (FieldPlace){16, FIELD_64};
    w->refs[0] = 8;
    w->layouts[TYPE_pair] = (Layout){.kind = LAYOUT_struct,
                                     .traced = true,
                                     .size = 24,
                                     .rounded = 32,
                                     .count = 2,
                                     .fields = w->fields,
                                     .ref_count = 1,
                                     .refs = w->refs};
    w->layouts[TYPE_bytes] = (Layout){.kind = LAYOUT_array, .element = FIELD_8, .size = 1};
    w->layouts[TYPE_refs] =
        (Layout){.kind = LAYOUT_array, .element = FIELD_ref, .traced = true, .size = 4};
    w->table = w->layouts;
    *al = (Allocator){world_alloc, w};
    HeapConfig config = {limit, stress};
    HeapOwner owner = {world_roots, world_trace, world_gone, w};
    wt_gc_init(&w->heap, al, &config, &owner);
    w->heap.layouts = &w->table;
    return w;
}

static void world_free(World *w) {
    wt_gc_free(&w->heap);
    free(w);
}

/* A pair; `next` lives on in root 0 while room is made. */
static uint32_t new_pair(World *w, uint64_t next, uint64_t value) {
    w->roots[0] = next;
    uint32_t ref = heap_alloc(&w->heap, TYPE_pair, 0, 24);
    if (!ref)
        return 0;
    uint8_t *p = object_bytes(heap_object(&w->heap, ref));
    field_write(p + 8, FIELD_ref, &next);
    field_write(p + 16, FIELD_64, &value);
    return ref;
}
static uint64_t pair_field(World *w, uint64_t ref, int i) {
    uint64_t v[2] = {0};
    field_read(object_bytes(heap_object(&w->heap, ref)) + w->fields[i].at,
               (FieldKind)w->fields[i].kind, v);
    return v[0];
}

/* A list of n pairs with the values n - 1 down to 0, kept in a root. */
static bool make_list(World *w, int root, uint64_t n) {
    uint64_t list = 0;
    for (uint64_t i = 0; i < n; i++)
        if (!(list = new_pair(w, list, i)))
            return false;
    w->roots[root] = list;
    w->roots[0] = 0;
    return true;
}
static bool good_list(World *w, int root, uint64_t n) {
    uint64_t at = w->roots[root];
    for (; n && at; at = pair_field(w, at, 0))
        if (pair_field(w, at, 1) != --n)
            return false;
    return n == 0 && at == 0;
}

static void lists_live(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    CHECK(make_list(w, 1, 10000));
    for (int i = 0; i < 200; i++)
        CHECK(make_list(w, 2, 5000)); /* the one before is garbage */
    CHECK(good_list(w, 1, 10000));
    CHECK(good_list(w, 2, 5000));
    CHECK(w->heap.stats.minor + w->heap.stats.full > 0);
    CHECK(w->heap.size < 40 << 20);
    w->roots[1] = w->roots[2] = 0;
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, 0);
    CHECK(wt_gc_check(&w->heap));
    world_free(w);
}

/* An old object is written: what it refers to survives a minor collection through the log only. */
static void barrier_keeps(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    w->roots[1] = new_pair(w, 0, 1);
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, true);
    uint64_t young = new_pair(w, 0, 77);
    heap_barrier(&w->heap, (uint32_t)w->roots[1]);
    field_write(object_bytes(heap_object(&w->heap, w->roots[1])) + 8, FIELD_ref, &young);
    wt_gc_collect(&w->heap, false);
    CHECK_EQ_INT(w->heap.stats.live, 64);
    CHECK_EQ_INT(pair_field(w, pair_field(w, w->roots[1], 0), 1), 77);
    world_free(w);
}

static void words_are_roots(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    w->word = new_pair(w, 0, 5);
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, 32);
    static const uint64_t others[] = {0,           1,           0x7FFFFFF0, HEAP_first_ref + 16,
                                      0x80000001u, 0xFFFFFFF0u, UINT64_MAX};
    for (size_t i = 0; i < WT_COUNT(others); i++) {
        w->word = others[i];
        wt_gc_collect(&w->heap, true);
    }
    CHECK_EQ_INT(w->heap.stats.live, 0);
    world_free(w);
}

static void sizes_mix(void) {
    Allocator al;
    World *w = world_new(64 << 20, true, &al);
    static const uint32_t sizes[] = {1, 9, 100, 4088, 4089, 20000, 32760, 32761, 100000, 1000000};
    for (size_t i = 0; i < WT_COUNT(sizes); i++) {
        uint32_t ref = heap_alloc(&w->heap, TYPE_bytes, sizes[i], OBJECT_header + sizes[i]);
        if (!CHECK(ref != 0))
            break;
        memset(object_bytes(heap_object(&w->heap, ref)) + OBJECT_header, (int)i, sizes[i]);
        w->roots[1 + i] = ref;
    }
    for (int round = 0; round < 50; round++)
        heap_alloc(&w->heap, TYPE_bytes, 50000, OBJECT_header + 50000);
    for (size_t i = 0; i < WT_COUNT(sizes); i++) {
        const uint8_t *p = object_bytes(heap_object(&w->heap, w->roots[1 + i])) + OBJECT_header;
        CHECK(heap_object(&w->heap, w->roots[1 + i])->count == sizes[i]);
        CHECK(p[0] == i && p[sizes[i] - 1] == i);
    }
    CHECK(w->heap.size < 4 << 20);
    world_free(w);
}

static void limit_holds(void) {
    Allocator al;
    World *w = world_new(2 << 20, false, &al);
    CHECK(!make_list(w, 1, 1000000)); /* 32 MB */
    CHECK(w->heap.size <= 2 << 20);
    w->roots[0] = w->roots[1] = 0;
    CHECK(make_list(w, 1, 1000)); /* and goes on */
    CHECK(good_list(w, 1, 1000));
    CHECK_EQ_INT(heap_alloc(&w->heap, TYPE_bytes, 3 << 20, OBJECT_header + (3 << 20)), 0);
    world_free(w);
}

/* Every allocation of the side tables fails in turn: no crash, and nothing live is lost. */
static void memory_runs_out(void) {
    for (long n = 0; n < 40; n++) {
        Allocator al;
        World *w = world_new(64 << 20, false, &al);
        w->until = n;
        bool made = make_list(w, 1, 20000);
        if (made) {
            heap_barrier(&w->heap, (uint32_t)w->roots[1]);
            wt_gc_collect(&w->heap, true);
            wt_gc_collect(&w->heap, false);
            CHECK(good_list(w, 1, 20000));
        }
        world_free(w);
    }
}

static void host_words_end(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    for (uint64_t i = 1; i <= 10; i++) {
        uint32_t ref = heap_alloc(&w->heap, OBJECT_host, 0, OBJECT_header + 8);
        w->heap.mortal++;
        memcpy(object_bytes(heap_object(&w->heap, ref)) + OBJECT_header, &i, sizeof i);
        if (i <= 4)
            w->roots[i] = ref;
    }
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->gone, 6);
    CHECK_EQ_INT(w->gone_sum, 45);
    wt_gc_free(&w->heap);
    CHECK_EQ_INT(w->gone, 10);
    CHECK_EQ_INT(w->gone_sum, 55);
    free(w);
}

/* The log cannot grow: the next collection must not miss what was written, minor or not. */
static void log_is_lost(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    w->roots[1] = new_pair(w, 0, 1);
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, true);
    uint64_t young = new_pair(w, 0, 77);
    w->until = 0;
    heap_barrier(&w->heap, (uint32_t)w->roots[1]);
    w->until = -1;
    CHECK(w->heap.log_lost);
    field_write(object_bytes(heap_object(&w->heap, w->roots[1])) + 8, FIELD_ref, &young);
    wt_gc_collect(&w->heap, false);
    CHECK_EQ_INT(w->heap.stats.live, 64);
    CHECK_EQ_INT(pair_field(w, pair_field(w, w->roots[1], 0), 1), 77);
    world_free(w);
}

/* More objects wait to be traced than the stack can hold: none is lost. */
static void stack_overflows(void) {
    enum { COUNT = 20000 };
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    uint32_t refs = heap_alloc(&w->heap, TYPE_refs, COUNT, OBJECT_header + COUNT * 4);
    uint8_t *p = object_bytes(heap_object(&w->heap, refs)) + OBJECT_header;
    memset(p, 0, COUNT * 4);
    w->roots[1] = refs;
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t pair = new_pair(w, new_pair(w, 0, i), 0);
        heap_barrier_elements(&w->heap, refs, (uint32_t)i, 1);
        p = object_bytes(heap_object(&w->heap, refs)) + OBJECT_header;
        field_write(p + i * 4, FIELD_ref, &pair);
    }
    w->roots[0] = 0;
    w->until = 0;
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, COUNT * 64 + COUNT * 4 + 16);
    CHECK(wt_gc_check(&w->heap));
    world_free(w);
}

static uint32_t new_refs(World *w, uint32_t count) {
    uint32_t ref = heap_alloc(&w->heap, TYPE_refs, count, OBJECT_header + (size_t)count * 4);
    if (ref)
        memset(object_bytes(heap_object(&w->heap, ref)) + OBJECT_header, 0, (size_t)count * 4);
    return ref;
}
static void set_element(World *w, uint64_t refs, uint32_t i, uint64_t value) {
    heap_barrier_elements(&w->heap, (uint32_t)refs, i, 1);
    field_write(object_bytes(heap_object(&w->heap, refs)) + OBJECT_header + (size_t)i * 4,
                FIELD_ref, &value);
}
static uint64_t element(World *w, uint64_t refs, uint32_t i) {
    uint64_t v;
    field_read(object_bytes(heap_object(&w->heap, refs)) + OBJECT_header + (size_t)i * 4, FIELD_ref,
               &v);
    return v;
}

/* Each node has more children than the stack holds, the next node is the last of them and lies in
   front of it: one object a node waits. */
static void wide_nodes_in_a_row(void) {
    enum { NODES = 300, WIDE = 5000 };
    Allocator al;
    World *w = world_new(256 << 20, false, &al);
    for (int n = 0; n < NODES; n++) {
        uint64_t node = new_refs(w, WIDE);
        if (!CHECK(node != 0))
            break;
        w->roots[2] = node;
        set_element(w, node, WIDE - 1, w->roots[1]);
        for (uint32_t i = 0; i < WIDE - 1; i += 16) {
            uint64_t leaf = new_pair(w, 0, i);
            set_element(w, node, i, leaf);
        }
        w->roots[1] = node;
    }
    w->roots[0] = w->roots[2] = 0;
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, NODES * (WIDE * 4 + 16 + (WIDE + 14) / 16 * 32));
    CHECK(wt_gc_check(&w->heap));
    world_free(w);
}

/* A minor collection neither finds what died old nor counts the rest anew. */
static void minor_leaves_the_old(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    CHECK(make_list(w, 1, 10000) && make_list(w, 2, 10000));
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, 640000);
    w->roots[2] = 0;
    CHECK(make_list(w, 3, 100));
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, false);
    CHECK_EQ_INT(w->heap.stats.live, 643200);
    CHECK(wt_gc_check(&w->heap));
    w->roots[3] = 0;
    wt_gc_collect(&w->heap, false); /* old by now too */
    CHECK_EQ_INT(w->heap.stats.live, 643200);
    wt_gc_collect(&w->heap, true);
    CHECK_EQ_INT(w->heap.stats.live, 320000);
    CHECK(good_list(w, 1, 10000));
    world_free(w);
}

/* Kinds are counted apart; the peak is what was there before a collection; forced by lost writes, a
   minor one counts as the full one it is. */
static void statistics(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    const HeapStats *s = &w->heap.stats;
    wt_gc_collect(&w->heap, true); /* there is no heap yet */
    CHECK(s->full == 0 && wt_gc_peak(&w->heap) == 0);
    CHECK(make_list(w, 1, 10000));
    CHECK(wt_gc_peak(&w->heap) >= 320000 && wt_gc_peak(&w->heap) < 400000);
    w->roots[0] = w->roots[1] = 0;
    wt_gc_collect(&w->heap, false);
    wt_gc_collect(&w->heap, false);
    wt_gc_collect(&w->heap, true);
    CHECK(s->minor == 2 && s->full == 1 && s->live == 0);
    CHECK(s->peak >= 320000 && s->peak < 400000);
    CHECK(s->longest_minor_ns <= s->minor_ns && s->minor_ns <= 2 * s->longest_minor_ns);
    CHECK(s->longest_full_ns == s->full_ns);
    w->heap.log_lost = true;
    wt_gc_collect(&w->heap, false);
    CHECK(s->minor == 2 && s->full == 2 && !w->heap.log_lost);
    world_free(w);
}

/* Every second of many objects dies: their room is used again, and the survivors stay. */
static void holes_are_filled(void) {
    enum { COUNT = 30000 };
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    w->roots[1] = new_refs(w, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint64_t bytes = heap_alloc(&w->heap, TYPE_bytes, 100, OBJECT_header + 100);
        memset(object_bytes(heap_object(&w->heap, bytes)) + OBJECT_header, (int)(i % 251), 100);
        if (i % 2)
            set_element(w, w->roots[1], i, bytes);
    }
    wt_gc_collect(&w->heap, true);
    CHECK(wt_gc_check(&w->heap));
    size_t size = w->heap.size;
    for (int round = 0; round < 3; round++) {
        CHECK(make_list(w, 2, 30000));
        CHECK(wt_gc_check(&w->heap));
        w->roots[0] = 0;
        wt_gc_collect(&w->heap, false);
        CHECK(wt_gc_check(&w->heap));
        CHECK(good_list(w, 2, 30000));
        w->roots[2] = 0;
        wt_gc_collect(&w->heap, true);
    }
    CHECK_EQ_INT(w->heap.size, size);
    bool same = true;
    for (uint32_t i = 1; i < COUNT; i += 2) {
        const uint8_t *p = object_bytes(heap_object(&w->heap, element(w, w->roots[1], i)));
        same &= p[OBJECT_header] == i % 251 && p[OBJECT_header + 99] == i % 251;
    }
    CHECK(same);
    world_free(w);
}

/* Of a large old array only the cards that were written are looked at, each is logged once. */
static void cards_of_arrays(void) {
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    static const uint32_t counts[] = {HEAP_carded, HEAP_carded + 1, 100000};
    static const uint32_t at[] = {0, 1, HEAP_card - 1, HEAP_card, 2 * HEAP_card - 1};
    for (size_t n = 0; n < WT_COUNT(counts); n++) {
        w->roots[1] = new_refs(w, counts[n]);
        set_element(w, w->roots[1], 0, new_pair(w, 0, 1));
        CHECK_EQ_INT(w->heap.log_count, 0);
        w->roots[0] = 0;
        wt_gc_collect(&w->heap, true);
        for (size_t i = 0; i < WT_COUNT(at); i++) {
            uint64_t young = new_pair(w, 0, i);
            set_element(w, w->roots[1], at[i], young);
        }
        set_element(w, w->roots[1], counts[n] - 1, new_pair(w, 0, 9));
        CHECK_EQ_INT(w->heap.log_count, 3);
        CHECK(wt_gc_check(&w->heap));
        w->roots[0] = 0;
        wt_gc_collect(&w->heap, false);
        CHECK(wt_gc_check(&w->heap));
        for (size_t i = 0; i < WT_COUNT(at) - 1; i++)
            CHECK_EQ_INT(pair_field(w, element(w, w->roots[1], at[i]), 1), i);
        CHECK_EQ_INT(pair_field(w, element(w, w->roots[1], counts[n] - 1), 1), 9);
        /* Several at once. */
        heap_barrier_elements(&w->heap, (uint32_t)w->roots[1], HEAP_card - 1, 2);
        CHECK_EQ_INT(w->heap.log_count, 2);
        heap_barrier_elements(&w->heap, (uint32_t)w->roots[1], 0, 0);
        CHECK_EQ_INT(w->heap.log_count, 2);
        heap_barrier_elements(&w->heap, (uint32_t)w->roots[1], 3 * HEAP_card, 2 * HEAP_card + 1);
        CHECK_EQ_INT(w->heap.log_count, 5);
        wt_gc_collect(&w->heap, false);
        heap_barrier_elements(&w->heap, (uint32_t)w->roots[1], 0, counts[n] / 4 + 1);
        CHECK_EQ_INT(w->heap.log_count, 1); /* the whole */
        wt_gc_collect(&w->heap, false);
        heap_barrier_elements(&w->heap, (uint32_t)w->roots[1], HEAP_card - 1, 2);
        /* A missing barrier would be found. */
        uint64_t young = new_pair(w, 0, 5);
        field_write(object_bytes(heap_object(&w->heap, w->roots[1])) + OBJECT_header, FIELD_ref,
                    &young);
        CHECK(wt_gc_check(&w->heap));
        wt_gc_collect(&w->heap, false);
        young = new_pair(w, 0, 5);
        field_write(object_bytes(heap_object(&w->heap, w->roots[1])) + OBJECT_header, FIELD_ref,
                    &young);
        CHECK(!wt_gc_check(&w->heap));
        set_element(w, w->roots[1], 0, 0);
        wt_gc_collect(&w->heap, false);
    }
    world_free(w);
}

/* Many writes to old objects bring the next minor collection early: the log stays short. */
static void log_brings_collection(void) {
    enum { COUNT = 40000 };
    Allocator al;
    World *w = world_new(64 << 20, false, &al);
    CHECK(make_list(w, 1, COUNT));
    w->roots[0] = 0;
    wt_gc_collect(&w->heap, true);
    uint64_t minor = w->heap.stats.minor, at = w->roots[1];
    for (uint32_t i = 0; i < COUNT; i++, at = pair_field(w, at, 0))
        heap_barrier(&w->heap, (uint32_t)at);
    CHECK_EQ_INT(w->heap.log_count, COUNT);
    new_pair(w, 0, 1);
    CHECK_EQ_INT(w->heap.stats.minor, minor + 1);
    CHECK_EQ_INT(w->heap.log_count, 0);
    CHECK(wt_gc_check(&w->heap));
    world_free(w);
}

/* Live objects and holes of one granule take turns all over: the holes are found when there is
   nothing else, before memory is said to be out. */
static void smallest_holes_count(void) {
    Allocator al;
    World *w = world_new(2 << 20, false, &al);
    uint32_t count = 0, keep;
    w->roots[1] = keep = new_refs(w, 150000);
    for (uint32_t ref; count < 300000; count++) {
        ref = heap_alloc(&w->heap, TYPE_bytes, 8, OBJECT_header + 8);
        if (!ref)
            break;
        if (count % 2)
            set_element(w, keep, count / 2, ref);
    }
    CHECK(count > 150000 && count < 300000);
    for (uint32_t i = 2; i < count; i += 4) /* every second of those that live */
        set_element(w, keep, i / 2, 0);
    uint32_t more = 0;
    while (more < 60000 && heap_alloc(&w->heap, TYPE_bytes, 8, OBJECT_header + 8))
        more++;
    CHECK_EQ_INT(more, 60000); /* garbage: comes free again */
    CHECK(wt_gc_check(&w->heap));
    world_free(w);
}

/* A subtype finds the fields of its supertype where that has them, also behind a descriptor that
   only the subtype has. */
static void subtypes_extend(void) {
    Arena a;
    wt_arena_init(&a, &wt_base_malloc);
    const FieldType fields[] = {{VAL_i32, true}, {VAL_i8, true}, {VAL_i64, true}};
    TypeDef def = {.kind = TYPE_struct, .descriptor = TYPE_none, .fields = fields};
    Layout super, sub, last;
    def.param_count = 2;
    CHECK(wt_gc_layout(NULL, &def, NULL, &a, &super));
    def.param_count = 3;
    def.descriptor = 7;
    CHECK(wt_gc_layout(NULL, &def, &super, &a, &sub));
    CHECK(wt_gc_layout(NULL, &def, &sub, &a, &last));
    CHECK_EQ_INT(super.size, 13);
    CHECK(!super.traced && sub.traced);
    CHECK_EQ_INT(super.desc_at, 0);
    CHECK_EQ_INT(sub.desc_at, 16);
    for (int i = 0; i < 2; i++)
        CHECK_EQ_INT(sub.fields[i].at, super.fields[i].at);
    CHECK_EQ_INT(sub.fields[2].at, 24);
    CHECK_EQ_INT(sub.size, 32);
    CHECK(last.desc_at == sub.desc_at && last.size == sub.size);
    CHECK(super.rounded == 16 && sub.rounded == 32 && !super.plain && !sub.plain && !last.plain);
    CHECK(super.ref_count == 0 && sub.ref_count == 1 && sub.refs[0] == 16 && last.ref_count == 1);
    wt_arena_free(&a);
}

/* Numbers of i31 are no objects. */
static void small_integers(void) {
    CHECK_EQ_INT(i31_ref(0), 1);
    CHECK_EQ_INT(i31_ref(0x7FFFFFFF), 0xFFFFFFFF);
    CHECK(!ref_is_object(i31_ref(5)) && !ref_is_object(0));
}

int main(void) {
    CHECK_CASE(small_integers);
    CHECK_CASE(lists_live);
    CHECK_CASE(barrier_keeps);
    CHECK_CASE(log_is_lost);
    CHECK_CASE(stack_overflows);
    CHECK_CASE(wide_nodes_in_a_row);
    CHECK_CASE(minor_leaves_the_old);
    CHECK_CASE(statistics);
    CHECK_CASE(holes_are_filled);
    CHECK_CASE(cards_of_arrays);
    CHECK_CASE(log_brings_collection);
    CHECK_CASE(smallest_holes_count);
    CHECK_CASE(subtypes_extend);
    CHECK_CASE(words_are_roots);
    CHECK_CASE(sizes_mix);
    CHECK_CASE(limit_holds);
    CHECK_CASE(memory_runs_out);
    CHECK_CASE(host_words_end);
    return check_done();
}
