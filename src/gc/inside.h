/* What the files of this room share. */
#ifndef WATTLE_GC_INSIDE_H
#define WATTLE_GC_INSIDE_H

#include "gc/heap.h"

/* States of blocks: of small and medium objects, the first of a large one, its others. */
enum { BLOCK_free, BLOCK_small, BLOCK_large, BLOCK_rest };
/* HeapBlock.waits: the last in the list; more is the number of the next one. */
enum { WAITS_last = 1, WAITS_block = 2 };
/* Objects that wait to be traced at once; the others wait in their blocks. */
enum { HEAP_stack = 4096 };
/* Between two minor collections, in bytes; also the least live bytes before a full one. */
enum { BUDGET_least = 1 << 20, BUDGET_most = 8 << 20 };
/* Writes in the log after which a minor collection is due, and those that are too many for one. */
enum { LOG_due = 16 << 10, LOG_most = 1 << 20 };

WT_INLINE size_t block_of(uint32_t ref) { return (ref - HEAP_first_ref) / HEAP_block; }
WT_INLINE uint32_t ref_of_block(size_t block) {
    return HEAP_first_ref + (uint32_t)block * HEAP_block;
}

/* Bytes of an object with its header, rounded to granules. */
size_t wt_gc_object_size(const Heap *h, const Object *o);
/* Where the mark of a card (from 1) of an array is, in granules from its start. */
WT_INLINE size_t card_mark(uint32_t card) {
    return card == 1 ? 1 : (size_t)(card - 1) * (HEAP_card * 4 / HEAP_granule);
}
/* Is an array logged by cards? */
WT_INLINE bool has_cards(const Object *o) { return o->count >= 2 * HEAP_card; }
/* Tells the owner that all mortal objects are gone. */
void wt_gc_end_all(Heap *h);

#endif
