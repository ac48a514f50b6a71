/* What the files of this room share. */
#ifndef WATTLE_GC_INSIDE_H
#define WATTLE_GC_INSIDE_H

#include "gc/heap.h"

/* States of blocks: of small and medium objects, the first of a large one, its others. */
enum { BLOCK_free, BLOCK_small, BLOCK_large, BLOCK_rest };
/* HeapBlock.waits: the last in the list; more is the number of the next one. */
enum { WAITS_last = 1, WAITS_block = 2 };
/* References that are followed later; what finds no place waits in its block. */
enum { HEAP_stack = 4096 };
/* Bytes between two minor collections: fewer when more of them survive than SURVIVE_goal, for what
   survives is what a pause is long for. */
enum { BUDGET_least = 512 << 10, BUDGET_most = 4 << 20, SURVIVE_goal = 768 << 10 };
/* So many live bytes do not ask for a full collection. */
enum { FULL_least = 8 << 20 };
/* Writes in the log after which a minor collection is due, and those that are too many for one. */
enum { LOG_due = 4 << 10, LOG_most = 1 << 20 };

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
WT_INLINE bool has_cards(const Object *o) { return o->count >= HEAP_carded; }
/* Tells the owner that all mortal objects are gone. */
void wt_gc_end_all(Heap *h);

#endif
