/* Allocation: the cursor, holes, blocks, growth. Path: heap_alloc -> here -> mark.c when there is
   no room. */
#include "gc/heap.h"

#include "base/os.h"
#include "gc/inside.h"

enum { GROW_STEP = 1 << 20, FIRST_BUDGET = 8 << 20, FIRST_STACK = 1024 };

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
    h->budget = h->full_at = FIRST_BUDGET;
}

void wt_gc_free(Heap *h) {
    if (h->mortal)
        wt_gc_end_all(h);
    wt_os_mem_release(h->base, h->reserved ? h->reserved : h->size);
    wt_os_mem_release(h->marks, h->marks_size);
    allocator_free(h->allocator, h->blocks, h->blocks_cap);
    allocator_free(h->allocator, h->stack, h->stack_cap * sizeof *h->stack);
    allocator_free(h->allocator, h->log, h->log_cap * sizeof *h->log);
}

/* ---- growth ---- */

/* The side tables first: what was grown before something failed is only too large. */
static bool grow_tables(Heap *h, size_t size) {
    /* A heap never is without a stack to mark with: lists then never need a second pass. */
    if (!h->stack) {
        h->stack = allocator_get(h->allocator, FIRST_STACK * sizeof *h->stack);
        if (!h->stack)
            return false;
        h->stack_cap = FIRST_STACK;
    }
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
        uint8_t *p = h->allocator->alloc(h->allocator->user, h->blocks, h->blocks_cap, blocks);
        if (!p)
            return false;
        memset(p + h->blocks_cap, BLOCK_free, blocks - h->blocks_cap);
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

static uint32_t ref_of_block(size_t block) { return HEAP_first_ref + (uint32_t)block * HEAP_block; }

/* The first of n neighbouring free blocks, or SIZE_MAX. */
static size_t find_free_blocks(Heap *h, size_t n) {
    size_t total = h->size / HEAP_block, run = 0;
    for (size_t i = h->next_free; i < total; i++) {
        run = h->blocks[i] == BLOCK_free ? run + 1 : 0;
        if (run == 0 && i == h->next_free)
            h->next_free++;
        if (run == n)
            return i + 1 - n;
    }
    return SIZE_MAX;
}

/* A hole in a block with live objects: false when none is left. */
static bool next_hole(Heap *h) {
    size_t total = h->size / HEAP_block;
    uint32_t at = h->limit;
    for (;;) {
        bool inside = at != 0 && (at - HEAP_first_ref) % HEAP_block != 0;
        if (!inside) {
            while (h->next_block < total && h->blocks[h->next_block] != BLOCK_holes)
                h->next_block++;
            if (h->next_block == total)
                return false;
            h->blocks[h->next_block] = BLOCK_full;
            at = ref_of_block(h->next_block++);
        }
        uint32_t end = ref_of_block((at - HEAP_first_ref) / HEAP_block + 1);
        while (at != end && *heap_mark(h, at) & MARK_start)
            at += (uint32_t)wt_gc_object_size(h, heap_object(h, at));
        uint32_t start = at;
        while (at != end && !(*heap_mark(h, at) & MARK_start))
            at += HEAP_granule;
        if (at != start) {
            h->cursor = start;
            h->limit = at;
            h->since += at - start;
            return true;
        }
        if (at == end)
            at = 0;
    }
}

static bool take_block(Heap *h, uint32_t *cursor, uint32_t *limit) {
    size_t block = find_free_blocks(h, 1);
    if (block == SIZE_MAX)
        return false;
    h->blocks[block] = BLOCK_full;
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

/* Room in what there is: no growth, no collection. */
static uint32_t find_room(Heap *h, size_t size) {
    uint32_t ref;
    if (size <= HEAP_medium) {
        while (!(ref = bump(&h->cursor, h->limit, size)))
            if (!next_hole(h) && !take_block(h, &h->cursor, &h->limit))
                return 0;
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
    h->blocks[first] = BLOCK_large;
    memset(h->blocks + first + 1, BLOCK_rest, n - 1);
    h->since += size;
    return ref_of_block(first);
}

static uint32_t find_or_make_room(Heap *h, size_t size) {
    bool due = h->config.stress || h->since >= h->budget;
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
    return ref;
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
    return ref;
}

void wt_gc_log(Heap *h, uint32_t ref) {
    *heap_mark(h, ref) |= MARK_logged;
    if (!wt_vec_grow(h->allocator, (void **)&h->log, &h->log_cap, h->log_count, sizeof *h->log)) {
        h->log_lost = true;
        return;
    }
    h->log[h->log_count++] = ref;
}
