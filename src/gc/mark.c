/* Collection: mark what the roots reach, then sweep the side table. Marking keeps a stack of fixed
   size with references to follow; an object that finds no place on it gets a mark of its own, and
   its block stands in a list: a block is looked through at most once for each such object, so time
   is linear and no memory is needed. Path: heap.c -> here -> the owner's roots. */
#include "base/os.h"
#include "gc/heap.h"
#include "gc/inside.h"

size_t wt_gc_object_size(const Heap *h, const Object *o) {
    size_t size = OBJECT_header;
    if (o->type == OBJECT_host)
        size += 8;
    else if (o->type == OBJECT_exn)
        size += 8 + (size_t)o->count * 8;
    else if (o->type == OBJECT_cont)
        size += OBJECT_cont_head + (size_t)o->count * 8;
    else if ((*h->layouts)[o->type].kind == LAYOUT_array)
        size += (size_t)o->count * (*h->layouts)[o->type].size;
    else
        return (*h->layouts)[o->type].rounded;
    return (size + HEAP_granule - 1) & ~(size_t)(HEAP_granule - 1);
}

/* ---- marking ---- */

static WT_NOINLINE void let_wait(Heap *h, uint32_t ref) {
    size_t block = block_of(ref);
    uint8_t *mark = heap_mark(h, ref);
    if (*mark & MARK_live)
        return;
    *mark |= MARK_live | MARK_waits;
    if (!h->blocks[block].waits) {
        h->blocks[block].waits = h->waiting;
        h->waiting = (uint32_t)block + WAITS_block;
    }
}

/* Whether it is marked already is seen when it comes from the stack: by then its mark is at hand.
 */
WT_INLINE void mark_ref(Heap *h, uint64_t ref) {
    if (!ref_is_object(ref))
        return;
    if (WT_LIKELY(h->stack_count < HEAP_stack))
        h->stack[h->stack_count++] = (uint32_t)ref;
    else
        let_wait(h, (uint32_t)ref);
}

void wt_gc_mark(Heap *h, uint64_t ref) { mark_ref(h, ref); }

void wt_gc_mark_word(Heap *h, uint64_t word) {
    if (word < HEAP_first_ref || word - HEAP_first_ref >= h->size || word % HEAP_granule != 0)
        return;
    if (*heap_mark(h, (uint32_t)word) & MARK_start)
        wt_gc_mark(h, word);
}

static void mark_place(Heap *h, const uint8_t *p) {
    uint32_t ref;
    memcpy(&ref, p, sizeof ref);
    mark_ref(h, ref);
}

static void mark_elements(Heap *h, const Object *o, uint32_t from, uint32_t to) {
    const uint8_t *p = (const uint8_t *)o + OBJECT_header;
    for (uint32_t i = from; i < to; i++)
        mark_place(h, p + (size_t)i * 4);
}

WT_INLINE void mark_fields(Heap *h, Object *o, const Layout *l) {
    for (uint32_t i = 0; i < l->ref_count; i++)
        mark_place(h, object_bytes(o) + l->refs[i]);
}

static void trace_object(Heap *h, Object *o) {
    if (o->type >= OBJECT_host) {
        if (o->type != OBJECT_host)
            h->owner.trace(h->owner.user, h, o);
        return;
    }
    const Layout *l = &(*h->layouts)[o->type];
    if (!l->traced)
        return;
    if (l->kind == LAYOUT_array)
        mark_elements(h, o, 0, o->count);
    mark_fields(h, o, l);
}

WT_INLINE void count_live(Heap *h, uint32_t ref, size_t size) {
    heap_mark(h, ref)[size / HEAP_granule - 1] |= MARK_end;
    h->blocks[block_of(ref)].live += (uint32_t)size;
}

/* An object that was marked now, for the first time. Most are structures, whose layout says all. */
static void visit(Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    const Layout *l = o->type < OBJECT_host ? &(*h->layouts)[o->type] : NULL;
    if (l && l->kind == LAYOUT_struct) {
        count_live(h, ref, l->rounded);
        mark_fields(h, o, l);
        return;
    }
    count_live(h, ref, wt_gc_object_size(h, o));
    trace_object(h, o);
}

WT_INLINE void fetch_ahead(const Heap *h, uint32_t ref) {
    WT_PREFETCH(heap_mark(h, ref));
    WT_PREFETCH(heap_object(h, ref));
}

/* References that wait until memory has delivered what they lead to: the first that came is the
   first to go. */
enum { FETCH_marks = 8, FETCH_objects = 4 };
typedef struct FetchQueue {
    uint32_t refs[FETCH_marks];
    unsigned from, count;
} FetchQueue;
WT_INLINE void fetch_put(FetchQueue *q, uint32_t ref) {
    q->refs[(q->from + q->count++) % FETCH_marks] = ref;
}
WT_INLINE uint32_t fetch_take(FetchQueue *q) {
    uint32_t ref = q->refs[q->from];
    q->from = (q->from + 1) % FETCH_marks;
    q->count--;
    return ref;
}

/* What comes from the stack waits for its mark, and then, if it was not reached before, for the
   object: most references lead to what is marked already, and its memory is not asked for. */
static void drain_stack(Heap *h) {
    FetchQueue marks = {.count = 0}, objects = {.count = 0};
    for (;;) {
        for (; h->stack_count && marks.count < FETCH_marks; h->stack_count--) {
            uint32_t ref = h->stack[h->stack_count - 1];
            WT_PREFETCH(heap_mark(h, ref));
            fetch_put(&marks, ref);
        }
        if (marks.count) {
            uint32_t ref = fetch_take(&marks);
            uint8_t *mark = heap_mark(h, ref);
            if (*mark & MARK_live)
                continue;
            *mark |= MARK_live;
            WT_PREFETCH(heap_object(h, ref));
            fetch_put(&objects, ref);
            if (objects.count < FETCH_objects)
                continue;
        }
        if (!objects.count)
            return;
        visit(h, fetch_take(&objects));
    }
}

/* The marks of a block eight at a time: those that have a bit. */
#define EACH_EIGHT(bit) (0x0101010101010101u * (bit))

static void visit_waiting(Heap *h, size_t block) {
    const size_t per = HEAP_block / HEAP_granule;
    for (size_t i = block * per; i < (block + 1) * per; i++) {
        uint64_t eight;
        if (i % 8 == 0) {
            memcpy(&eight, h->marks + i, sizeof eight);
            if (!(eight & EACH_EIGHT(MARK_waits))) {
                i += 7;
                continue;
            }
        }
        if (h->marks[i] & MARK_waits) {
            h->marks[i] &= (uint8_t)~MARK_waits;
            visit(h, HEAP_first_ref + (uint32_t)i * HEAP_granule);
            /* Seldom: what is on the stack comes through the ring faster, the more it is. */
            if (h->stack_count > HEAP_stack / 2)
                drain_stack(h);
        }
    }
    drain_stack(h);
}

static void drain(Heap *h) {
    drain_stack(h);
    while (h->waiting != WAITS_last) {
        size_t block = h->waiting - WAITS_block;
        h->waiting = h->blocks[block].waits;
        h->blocks[block].waits = 0;
        visit_waiting(h, block);
    }
}

static void fetch_logged(const Heap *h, const HeapLog *at) {
    fetch_ahead(h, at->ref);
    if (at->part) {
        WT_PREFETCH(heap_mark(h, at->ref) + card_mark(at->part));
        WT_PREFETCH(object_bytes(heap_object(h, at->ref)) + (size_t)(at->part - 1) * HEAP_card * 4);
    }
}

/* What was written of old objects since the last collection. */
static void trace_log(Heap *h) {
    for (size_t i = 0; i < h->log_count; i++) {
        HeapLog at = h->log[i];
        fetch_logged(h, &h->log[WT_MIN(i + 8, h->log_count - 1)]);
        Object *o = heap_object(h, at.ref);
        heap_mark(h, at.ref)[at.part ? card_mark(at.part) : 0] &= (uint8_t)~MARK_logged;
        if (at.part)
            mark_elements(h, o, (at.part - 1) * HEAP_card, WT_MIN(at.part * HEAP_card, o->count));
        else
            trace_object(h, o);
        if (h->stack_count > HEAP_stack / 2)
            drain_stack(h);
    }
    h->log_count = 0;
}

/* ---- sweeping ---- */

/* Every object of the heap in turn: the next one at or behind `ref`, 0 at the end. */
static uint32_t next_object(const Heap *h, uint32_t ref) {
    size_t end = h->size / HEAP_granule;
    for (size_t i = (ref - HEAP_first_ref) / HEAP_granule; i < end;) {
        uint8_t state = h->blocks[i / (HEAP_block / HEAP_granule)].state;
        if (state == BLOCK_free || state == BLOCK_rest)
            i = (i / (HEAP_block / HEAP_granule) + 1) * (HEAP_block / HEAP_granule);
        else if (h->marks[i] & MARK_start)
            return HEAP_first_ref + (uint32_t)i * HEAP_granule;
        else
            i++;
    }
    return 0;
}
static uint32_t first_object(const Heap *h) { return h->size ? next_object(h, HEAP_first_ref) : 0; }

static void end_object(Heap *h, Object *o) {
    if (o->type != OBJECT_host)
        return;
    uint64_t word;
    memcpy(&word, object_bytes(o) + OBJECT_header, sizeof word);
    h->mortal--;
    h->owner.gone(h->owner.user, word);
}

void wt_gc_end_all(Heap *h) {
    for (uint32_t ref = first_object(h); ref; ref = next_object(h, ref + HEAP_granule))
        end_object(h, heap_object(h, ref));
}

static void free_object(Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    if (h->mortal)
        end_object(h, o);
    if (h->config.stress)
        memset(o, 0xDB, wt_gc_object_size(h, o));
}

static void sweep_small(Heap *h, size_t block) {
    const size_t per = HEAP_block / HEAP_granule;
    uint8_t *marks = h->marks + block * per;
    if (h->mortal || h->config.stress)
        for (size_t i = 0; i < per; i++)
            if ((marks[i] & (MARK_start | MARK_live)) == MARK_start)
                free_object(h, ref_of_block(block) + (uint32_t)i * HEAP_granule);
    /* What begins and is not live does not begin any more. */
    for (size_t i = 0; i < per; i += 8) {
        uint64_t eight;
        memcpy(&eight, marks + i, sizeof eight);
        eight &= ~(EACH_EIGHT(MARK_start) & ~(eight >> 1));
        memcpy(marks + i, &eight, sizeof eight);
    }
    if (!h->blocks[block].live)
        h->blocks[block].state = BLOCK_free;
}

static void sweep_large(Heap *h, size_t block) {
    uint32_t ref = ref_of_block(block);
    if (*heap_mark(h, ref) & MARK_live)
        return;
    size_t n = (wt_gc_object_size(h, heap_object(h, ref)) + HEAP_block - 1) / HEAP_block;
    free_object(h, ref);
    *heap_mark(h, ref) = 0;
    for (size_t i = 0; i < n; i++)
        h->blocks[block + i].state = BLOCK_free;
}

/* The blocks that were allocated from; after a full collection all. */
static void sweep(Heap *h, bool full) {
    size_t live = 0;
    for (size_t i = 0; i < h->size / HEAP_block; i++) {
        HeapBlock *b = &h->blocks[i];
        if (b->open || full) {
            if (b->state == BLOCK_large)
                sweep_large(h, i);
            else if (b->state == BLOCK_small)
                sweep_small(h, i);
            b->open = false;
        }
        live += b->live;
    }
    h->stats.live = live;
    h->cursor = h->limit = h->medium_cursor = h->medium_limit = 0;
    h->next_block = h->next_free = 0;
}

/* ---- the whole ---- */

/* Nothing is old any more, nothing in the log. */
static void forget_all(Heap *h) {
    for (size_t i = 0; i < h->size / HEAP_block; i++)
        h->blocks[i].live = 0;
    size_t n = h->size / HEAP_granule;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, h->marks + i, sizeof eight);
        eight &= EACH_EIGHT(MARK_start);
        memcpy(h->marks + i, &eight, sizeof eight);
    }
    h->log_count = 0;
    h->log_lost = false;
}

/* How much may be allocated before the next collection, by how much survived this one. */
static void plan(Heap *h, bool full, size_t survived) {
    h->since = 0;
    if (!full) {
        size_t fit = h->budget / (survived / SURVIVE_goal + 1);
        h->budget = survived < SURVIVE_goal / 2 ? h->budget * 2 : fit;
        h->budget = WT_MIN(WT_MAX(h->budget, (size_t)BUDGET_least), (size_t)BUDGET_most);
        return;
    }
    h->full_at = WT_MAX((size_t)FULL_least, (size_t)h->stats.live * 2);
    if (h->stats.live < h->config.limit / 2)
        h->thrifty = false;
}

uint64_t wt_gc_peak(const Heap *h) { return WT_MAX(h->stats.peak, h->stats.live + h->since); }

static void count_collection(HeapStats *s, bool full, uint64_t ns) {
    uint64_t *sum = full ? &s->full_ns : &s->minor_ns;
    uint64_t *longest = full ? &s->longest_full_ns : &s->longest_minor_ns;
    (*(full ? &s->full : &s->minor))++;
    *sum += ns;
    *longest = WT_MAX(*longest, ns);
}

void wt_gc_collect(Heap *h, bool full) {
    if (h->collecting || !h->size)
        return;
    assert(!h->config.stress || wt_gc_check(h));
    uint64_t start = wt_os_now(), before = h->stats.live;
    h->collecting = true;
    h->stats.peak = wt_gc_peak(h);
    full |= h->log_lost; /* what a minor one would need is not known */
    if (full)
        forget_all(h);
    trace_log(h);
    h->owner.roots(h->owner.user, h);
    drain(h);
    sweep(h, full);
    plan(h, full, (size_t)(h->stats.live - before));
    count_collection(&h->stats, full, wt_os_now() - start);
    h->collecting = false;
    assert(!h->config.stress || wt_gc_check(h));
}

/* ---- checking ---- */

static bool good_ref(const Heap *h, const uint8_t *p, bool unlogged) {
    uint32_t ref;
    memcpy(&ref, p, sizeof ref);
    if (!ref_is_object(ref))
        return true;
    return ref >= HEAP_first_ref && ref - HEAP_first_ref < h->size && ref % HEAP_granule == 0 &&
           *heap_mark(h, ref) & MARK_start && !(unlogged && !(*heap_mark(h, ref) & MARK_live));
}

/* Its references, and whether those to new objects are known. */
static bool good_object(const Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    if (o->type >= OBJECT_host)
        return o->type <= OBJECT_cont;
    const Layout *l = &(*h->layouts)[o->type];
    const uint8_t *marks = heap_mark(h, ref);
    bool good = l->kind != LAYOUT_none, unlogged = heap_must_log(h, ref) && !h->log_lost;
    for (uint32_t i = 0; i < l->ref_count; i++)
        good &= good_ref(h, object_bytes(o) + l->refs[i], unlogged);
    for (uint32_t i = 0; l->kind == LAYOUT_array && l->traced && i < o->count; i++) {
        bool logged = has_cards(o) && marks[card_mark(i / HEAP_card + 1)] & MARK_logged;
        good &= good_ref(h, object_bytes(o) + OBJECT_header + (size_t)i * 4, unlogged && !logged);
    }
    return good;
}

/* The marks of an object's granules but for the log, and what it adds to its block. */
static bool good_marks(const Heap *h, uint32_t ref, uint32_t *live) {
    const uint8_t *marks = heap_mark(h, ref);
    size_t size = wt_gc_object_size(h, heap_object(h, ref)), n = size / HEAP_granule;
    bool old = marks[0] & MARK_live;
    if (old)
        *live += (uint32_t)size;
    for (size_t i = 0; i < n; i++) {
        unsigned want =
            (i ? 0 : MARK_start | (old ? MARK_live : 0)) | (old && i == n - 1 ? MARK_end : 0);
        if ((marks[i] & ~MARK_logged) != want || (marks[i] & MARK_logged && !old))
            return false;
    }
    return true;
}

bool wt_gc_check(const Heap *h) {
    uint32_t live = 0;
    size_t block = 0;
    for (uint32_t ref = first_object(h); ref; ref = next_object(h, ref + HEAP_granule)) {
        if (block_of(ref) != block && live != h->blocks[block].live)
            return false;
        live = block_of(ref) != block ? 0 : live;
        block = block_of(ref);
        if (!good_object(h, ref) || !good_marks(h, ref, &live))
            return false;
    }
    return !h->size || live == h->blocks[block].live;
}
