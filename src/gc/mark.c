/* Collection: mark what the roots reach, then sweep the side table. Marking keeps its own stack of
   objects; when that cannot grow, the marked objects are gone through again until nothing new is
   found, so time is bounded but no memory is needed. Path: heap.c -> here -> the owner's roots. */
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
        size = (*h->layouts)[o->type].size;
    return (size + HEAP_granule - 1) & ~(size_t)(HEAP_granule - 1);
}

/* ---- marking ---- */

static void push_object(Heap *h, uint32_t ref) {
    if (wt_vec_grow(h->allocator, (void **)&h->stack, &h->stack_cap, h->stack_count,
                    sizeof *h->stack))
        h->stack[h->stack_count++] = ref;
    else
        h->stack_lost = true;
}

void wt_gc_mark(Heap *h, uint64_t ref) {
    if (!ref_is_object(ref))
        return;
    uint8_t *mark = heap_mark(h, (uint32_t)ref);
    if (*mark & MARK_live)
        return;
    *mark |= MARK_live;
    push_object(h, (uint32_t)ref);
}

void wt_gc_mark_word(Heap *h, uint64_t word) {
    if (word < HEAP_first_ref || word - HEAP_first_ref >= h->size || word % HEAP_granule != 0)
        return;
    if (*heap_mark(h, (uint32_t)word) & MARK_start)
        wt_gc_mark(h, word);
}

static void mark_field(Heap *h, const uint8_t *p) {
    uint32_t ref;
    memcpy(&ref, p, sizeof ref);
    wt_gc_mark(h, ref);
}

static void trace_object(Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    if (o->type >= OBJECT_host) {
        if (o->type != OBJECT_host)
            h->owner.trace(h->owner.user, h, o);
        return;
    }
    const Layout *l = &(*h->layouts)[o->type];
    if (!l->traced)
        return;
    const uint8_t *bytes = object_bytes(o);
    if (l->kind == LAYOUT_array) {
        for (uint32_t i = 0; i < o->count; i++)
            mark_field(h, bytes + OBJECT_header + (size_t)i * 4);
        return;
    }
    if (l->desc_at)
        mark_field(h, bytes + l->desc_at);
    for (uint32_t i = 0; i < l->count; i++)
        if (l->fields[i].kind == FIELD_ref)
            mark_field(h, bytes + l->fields[i].at);
}

/* Every object of the heap in turn: the next one at or behind `ref`, 0 at the end. */
static uint32_t next_object(const Heap *h, uint32_t ref) {
    uint64_t end = (uint64_t)HEAP_first_ref + h->size;
    for (uint64_t at = ref; at < end;) {
        uint8_t state = h->blocks[(at - HEAP_first_ref) / HEAP_block];
        if (state == BLOCK_free || (at - HEAP_first_ref) % HEAP_block == 0) {
            while (at < end && (h->blocks[(at - HEAP_first_ref) / HEAP_block] == BLOCK_free ||
                                h->blocks[(at - HEAP_first_ref) / HEAP_block] == BLOCK_rest))
                at = (at - HEAP_first_ref) / HEAP_block * HEAP_block + HEAP_block + HEAP_first_ref;
            if (at >= end)
                return 0;
        }
        if (h->marks[(at - HEAP_first_ref) / HEAP_granule] & MARK_start)
            return (uint32_t)at;
        at += HEAP_granule;
    }
    return 0;
}

static void drain(Heap *h) {
    for (;;) {
        while (h->stack_count)
            trace_object(h, h->stack[--h->stack_count]);
        if (!h->stack_lost)
            return;
        h->stack_lost = false;
        for (uint32_t ref = next_object(h, HEAP_first_ref); ref;
             ref = next_object(h, ref + HEAP_granule))
            if (*heap_mark(h, ref) & MARK_live)
                trace_object(h, ref);
    }
}

/* ---- sweeping ---- */

static void end_object(Heap *h, Object *o) {
    if (o->type != OBJECT_host)
        return;
    uint64_t word;
    memcpy(&word, object_bytes(o) + OBJECT_header, sizeof word);
    h->mortal--;
    h->owner.gone(h->owner.user, word);
}

void wt_gc_end_all(Heap *h) {
    for (uint32_t ref = h->size ? next_object(h, HEAP_first_ref) : 0; ref;
         ref = next_object(h, ref + HEAP_granule))
        end_object(h, heap_object(h, ref));
}

static void free_object(Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    if (h->mortal)
        end_object(h, o);
    if (h->config.stress)
        memset(o, 0xDB, wt_gc_object_size(h, o));
    *heap_mark(h, ref) = 0;
}

/* Live bytes of a block of small or medium objects. */
static size_t sweep_block(Heap *h, size_t block) {
    const size_t per = HEAP_block / HEAP_granule;
    uint8_t *marks = h->marks + block * per;
    uint32_t start = HEAP_first_ref + (uint32_t)block * HEAP_block;
    size_t live = 0;
    for (size_t i = 0; i < per; i += 8) {
        uint64_t eight;
        memcpy(&eight, marks + i, sizeof eight);
        if (!eight)
            continue;
        for (size_t k = i; k < i + 8; k++) {
            uint32_t ref = start + (uint32_t)k * HEAP_granule;
            if (!marks[k])
                continue;
            if (marks[k] & MARK_live)
                live += wt_gc_object_size(h, heap_object(h, ref));
            else
                free_object(h, ref);
        }
    }
    h->blocks[block] = live == 0 ? BLOCK_free : live == HEAP_block ? BLOCK_full : BLOCK_holes;
    return live;
}

static size_t sweep_large(Heap *h, size_t block) {
    uint32_t ref = HEAP_first_ref + (uint32_t)block * HEAP_block;
    size_t size = wt_gc_object_size(h, heap_object(h, ref));
    if (*heap_mark(h, ref) & MARK_live)
        return size;
    free_object(h, ref);
    memset(h->blocks + block, BLOCK_free, (size + HEAP_block - 1) / HEAP_block);
    return 0;
}

static void sweep(Heap *h) {
    size_t live = 0;
    for (size_t i = 0; i < h->size / HEAP_block; i++) {
        if (h->blocks[i] == BLOCK_large)
            live += sweep_large(h, i);
        else if (h->blocks[i] == BLOCK_holes || h->blocks[i] == BLOCK_full)
            live += sweep_block(h, i);
    }
    h->stats.live = live;
    h->cursor = h->limit = h->medium_cursor = h->medium_limit = 0;
    h->next_block = h->next_free = 0;
}

/* ---- the whole ---- */

static void clear_live_bits(Heap *h) {
    size_t n = h->size / HEAP_granule;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, h->marks + i, sizeof eight);
        eight &= 0x0101010101010101u * MARK_start;
        memcpy(h->marks + i, &eight, sizeof eight);
    }
}

void wt_gc_collect(Heap *h, bool full) {
    if (h->collecting || !h->size)
        return;
    h->collecting = true;
    full |= h->log_lost; /* what a minor one would need is not known */
    if (full) {
        clear_live_bits(h);
        h->log_count = 0;
        h->log_lost = false;
    }
    for (size_t i = 0; i < h->log_count; i++) {
        *heap_mark(h, h->log[i]) &= (uint8_t)~MARK_logged;
        trace_object(h, h->log[i]);
    }
    h->log_count = 0;
    h->owner.roots(h->owner.user, h);
    drain(h);
    sweep(h);
    h->since = 0;
    h->budget = WT_MAX((size_t)8 << 20, (size_t)h->stats.live / 2);
    if (full) {
        h->stats.full++;
        h->full_at = WT_MAX((size_t)8 << 20, (size_t)h->stats.live * 2);
    } else {
        h->stats.minor++;
    }
    assert(!h->config.stress || wt_gc_check(h));
    h->collecting = false;
}

/* ---- checking ---- */

static bool good_ref(const Heap *h, const uint8_t *p) {
    uint32_t ref;
    memcpy(&ref, p, sizeof ref);
    return !ref_is_object(ref) || (ref >= HEAP_first_ref && ref - HEAP_first_ref < h->size &&
                                   ref % HEAP_granule == 0 && *heap_mark(h, ref) & MARK_start);
}

static bool good_object(const Heap *h, uint32_t ref) {
    Object *o = heap_object(h, ref);
    if (o->type >= OBJECT_host)
        return o->type <= OBJECT_cont;
    const Layout *l = &(*h->layouts)[o->type];
    if (l->kind == LAYOUT_none)
        return false;
    bool good = !l->desc_at || good_ref(h, object_bytes(o) + l->desc_at);
    for (uint32_t i = 0; l->kind == LAYOUT_struct && i < l->count; i++)
        if (l->fields[i].kind == FIELD_ref)
            good &= good_ref(h, object_bytes(o) + l->fields[i].at);
    for (uint32_t i = 0; l->kind == LAYOUT_array && l->traced && i < o->count; i++)
        good &= good_ref(h, object_bytes(o) + OBJECT_header + (size_t)i * 4);
    return good;
}

bool wt_gc_check(const Heap *h) {
    for (uint32_t ref = h->size ? next_object(h, HEAP_first_ref) : 0; ref;
         ref = next_object(h, ref + HEAP_granule))
        if (!good_object(h, ref))
            return false;
    return true;
}
