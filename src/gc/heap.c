/* Allocation: the cursor, holes, blocks, growth. Path: heap_alloc -> here -> mark.c when there is
   no room. */
#include "gc/heap.h"

#include "base/os.h"
#include "gc/inside.h"

enum { GROW_STEP = 1 << 20 };
/* Blocks that are fuller and holes that are smaller are not worth the walk, unless room is short.
 */
enum { HOLES_most_live = HEAP_block / 8 * 7, HOLE_least = 64, HOLE_kept = 256 };

void wt_gc_init(Heap *h, const Allocator *allocator, const HeapConfig *config,
                const HeapOwner *owner) {
    memset(h, 0, sizeof *h);
    h->allocator = allocator;
    h->config = *config;
    /* Whole blocks, and whole pages where these are larger. */
    const size_t most = (size_t)0x7FFFFFFF - HEAP_block;
    size_t unit = WT_MAX((size_t)HEAP_block, wt_os_page_size());
    h->config.limit = WT_MIN(config->limit, most) / unit * unit;
    h->owner = *owner;
    h->budget = BUDGET_most / 2;
    h->full_at = FULL_least;
    h->waiting = WAITS_last;
}

void wt_gc_free(Heap *h) {
    if (h->mortal)
        wt_gc_end_all(h);
    wt_os_mem_release(h->base, h->reserved ? h->reserved : h->size);
    wt_os_mem_release(h->marks, h->marks_size);
    allocator_free(h->allocator, h->blocks, h->blocks_cap * sizeof *h->blocks);
    allocator_free(h->allocator, h->stack, HEAP_stack * sizeof *h->stack);
    allocator_free(h->allocator, h->log, h->log_cap * sizeof *h->log);
}

/* ---- growth ---- */

/* The side tables first: what was grown before something failed is only too large. */
static bool grow_tables(Heap *h, size_t size) {
    if (!h->stack)
        h->stack = allocator_get(h->allocator, HEAP_stack * sizeof *h->stack);
    if (!h->stack)
        return false;
    size_t page = wt_os_page_size();
    size_t marks = (size / HEAP_granule + page - 1) & ~(page - 1);
    if (marks > h->marks_size) {
        uint8_t *p = wt_os_mem_grow(h->marks, h->marks_size, marks);
        if (!p)
            return false;
        h->marks = p;
        h->marks_size = marks;
    }
    size_t blocks = size / HEAP_block;
    if (blocks > h->blocks_cap) {
        HeapBlock *p = h->allocator->alloc(h->allocator->user, h->blocks, h->blocks_cap * sizeof *p,
                                           blocks * sizeof *p);
        if (!p)
            return false;
        memset(p + h->blocks_cap, 0, (blocks - h->blocks_cap) * sizeof *p);
        h->blocks = p;
        h->blocks_cap = blocks;
    }
    return true;
}

static bool grow_heap(Heap *h, size_t bytes) {
    size_t room = h->config.limit - h->size;
    if (bytes > room)
        return false;
    size_t step = (bytes + GROW_STEP - 1) & ~(size_t)(GROW_STEP - 1);
    /* Larger steps for larger heaps where growth moves them. */
    step = WT_MIN(WT_MAX(step, (h->size / 4) & ~(size_t)(GROW_STEP - 1)), room);
    if (!h->base) {
        h->base = wt_os_mem_reserve(h->config.limit);
        h->reserved = h->base ? h->config.limit : 0;
    }
    if (!grow_tables(h, h->size + step))
        return false;
    if (h->reserved) {
        if (wt_os_mem_commit(h->base + h->size, step) != OS_OK)
            return false;
    } else {
        uint8_t *p = wt_os_mem_grow(h->base, h->size, h->size + step);
        if (!p)
            return false;
        h->base = p;
    }
    h->size += step;
    return true;
}

/* ---- blocks ---- */

/* The first of n neighbouring free blocks, or SIZE_MAX. */
static size_t find_free_blocks(Heap *h, size_t n) {
    size_t total = h->size / HEAP_block, run = 0;
    for (size_t i = h->next_free; i < total; i++) {
        run = h->blocks[i].state == BLOCK_free ? run + 1 : 0;
        if (run == 0 && i == h->next_free)
            h->next_free++;
        if (run == n)
            return i + 1 - n;
    }
    return SIZE_MAX;
}

/* The first granule of a hole at or behind `at`, and the first behind one. */
static size_t hole_start(const uint8_t *marks, size_t at, size_t end) {
    while (at != end && marks[at] & MARK_start) {
        while (!(marks[at] & MARK_end))
            at++;
        at++;
    }
    return at;
}
static size_t hole_end(const uint8_t *marks, size_t at, size_t end) {
    while (at != end && !marks[at])
        at++;
    return at;
}

static bool has_holes(const Heap *h, const HeapBlock *b) {
    return b->state == BLOCK_small && !b->open &&
           b->live <= (h->thrifty ? HEAP_block - HEAP_granule : HOLES_most_live);
}

/* The next block to look for holes in; 0: there is none. */
static uint32_t next_block(Heap *h) {
    size_t total = h->size / HEAP_block;
    while (h->next_block < total && !has_holes(h, &h->blocks[h->next_block]))
        h->next_block++;
    if (h->next_block == total)
        return 0;
    h->blocks[h->next_block].open = true;
    return ref_of_block(h->next_block++);
}

/* A hole in a block with live objects, behind the one that is filled: false when none is left. */
static bool next_hole(Heap *h) {
    const size_t least = h->thrifty ? 1 : HOLE_least / HEAP_granule;
    uint32_t at = h->limit;
    for (;;) {
        if ((at == 0 || (at - HEAP_first_ref) % HEAP_block == 0) && !(at = next_block(h)))
            return false;
        size_t block = block_of(at), start = (at - HEAP_first_ref) / HEAP_granule;
        size_t end = (block + 1) * (HEAP_block / HEAP_granule), stop;
        do {
            start = hole_start(h->marks, start, end);
            stop = hole_end(h->marks, start, end);
        } while (stop - start < least && stop != end && (start = stop, true));
        if (stop - start >= least) {
            h->cursor = HEAP_first_ref + (uint32_t)(start * HEAP_granule);
            h->limit = HEAP_first_ref + (uint32_t)(stop * HEAP_granule);
            h->since += h->limit - h->cursor;
            return true;
        }
        at = 0;
    }
}

static bool take_block(Heap *h, uint32_t *cursor, uint32_t *limit) {
    size_t block = find_free_blocks(h, 1);
    if (block == SIZE_MAX)
        return false;
    h->blocks[block].state = BLOCK_small;
    h->blocks[block].open = true;
    *cursor = ref_of_block(block);
    *limit = *cursor + HEAP_block;
    h->since += HEAP_block;
    return true;
}

/* ---- allocation ---- */

static uint32_t bump(uint32_t *cursor, uint32_t limit, size_t size) {
    if (size > limit - *cursor)
        return 0;
    uint32_t ref = *cursor;
    *cursor += (uint32_t)size;
    return ref;
}

/* The hole is too small for an object of some size but good for many small ones. */
static bool keeps_hole(const Heap *h, size_t size) {
    return size > HOLE_kept && h->limit - h->cursor > HOLE_kept && !h->thrifty;
}

/* Room in what there is: no growth, no collection. */
static uint32_t find_room(Heap *h, size_t size) {
    uint32_t ref;
    if (size <= HEAP_medium) {
        while (!(ref = bump(&h->cursor, h->limit, size)) && !keeps_hole(h, size))
            if (!next_hole(h) && !take_block(h, &h->cursor, &h->limit))
                return 0;
        if (ref)
            return ref;
    }
    if (size <= HEAP_block) {
        while (!(ref = bump(&h->medium_cursor, h->medium_limit, size)))
            if (!take_block(h, &h->medium_cursor, &h->medium_limit))
                return 0;
        return ref;
    }
    size_t n = (size + HEAP_block - 1) / HEAP_block, first = find_free_blocks(h, n);
    if (first == SIZE_MAX)
        return 0;
    for (size_t i = 0; i < n; i++)
        h->blocks[first + i].state = i ? BLOCK_rest : BLOCK_large;
    h->blocks[first].open = true;
    h->since += size;
    return ref_of_block(first);
}

/* After a collection that was not enough, nothing allocated yet: the smallest holes too. */
static uint32_t find_last_room(Heap *h, size_t size) {
    if (h->thrifty || size > HEAP_medium)
        return 0;
    h->thrifty = true;
    for (size_t i = 0; i < h->size / HEAP_block; i++)
        h->blocks[i].open = false; /* looked into in vain */
    h->next_block = h->cursor = h->limit = 0;
    return find_room(h, size);
}

static uint32_t find_or_make_room(Heap *h, size_t size) {
    bool due = h->config.stress || h->since >= h->budget || h->log_count >= LOG_due;
    if (due) /* under stress of both kinds */
        wt_gc_collect(h, h->stats.live >= h->full_at ||
                             (h->config.stress && h->stats.minor > h->stats.full));
    uint32_t ref = find_room(h, size);
    if (!ref && grow_heap(h, size <= HEAP_block ? HEAP_block : size))
        ref = find_room(h, size);
    if (!ref) {
        wt_gc_collect(h, true);
        ref = find_room(h, size);
    }
    return ref ? ref : find_last_room(h, size);
}

uint32_t wt_gc_alloc_slow(Heap *h, uint32_t type, uint32_t count, size_t size) {
    size_t rounded = (size + HEAP_granule - 1) & ~(size_t)(HEAP_granule - 1);
    if (size > h->config.limit)
        return 0;
    uint32_t ref = find_or_make_room(h, rounded);
    if (!ref)
        return 0;
    *heap_mark(h, ref) = MARK_start;
    *heap_object(h, ref) = (Object){type, count};
    if (h->config.stress)
        h->limit = h->cursor; /* the next one comes here too */
    return ref;
}

/* ---- the log ---- */

static void log_part(Heap *h, uint32_t ref, uint32_t part, uint8_t *mark) {
    *mark |= MARK_logged;
    if (h->log_lost)
        return;
    if (h->log_count == LOG_most ||
        !wt_vec_grow(h->allocator, (void **)&h->log, &h->log_cap, h->log_count, sizeof *h->log)) {
        h->log_lost = true;
        return;
    }
    h->log[h->log_count++] = (HeapLog){ref, part};
    /* The next allocation shall see that a collection is due. */
    if (h->log_count == LOG_due)
        h->limit = h->cursor;
}

void wt_gc_log(Heap *h, uint32_t ref) { log_part(h, ref, 0, heap_mark(h, ref)); }

void wt_gc_log_elements(Heap *h, uint32_t ref, uint32_t at, uint32_t count) {
    const Object *o = heap_object(h, ref);
    if (!has_cards(o) || count > o->count / 4) {
        wt_gc_log(h, ref);
        return;
    }
    uint8_t *marks = heap_mark(h, ref);
    uint32_t last = (uint32_t)(((uint64_t)at + count - 1) / HEAP_card) + 1;
    for (uint32_t card = at / HEAP_card + 1; count && card <= last; card++)
        if (!(marks[card_mark(card)] & MARK_logged))
            log_part(h, ref, card, &marks[card_mark(card)]);
}
