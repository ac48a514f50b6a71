/* Where code stands under a try, in the tables of every tier: nothing is done when a try is
   entered, and the tables are read when something is thrown. */
#ifndef WATTLE_RUN_TRIES_H
#define WATTLE_RUN_TRIES_H

#include "base/compiler.h"

#define TRY_none UINT32_MAX

/* The code under a try, in the tier's own units. Ranges stand in the order of their starts; they
   nest. */
typedef struct TryRange {
    uint32_t start, end;
    uint32_t outer; /* the range around it, or TRY_none */
    uint32_t next;  /* where the search goes on behind its landings: outer, but for delegate */
    uint32_t first; /* landing of the tier, or TRY_none */
} TryRange;

/* The innermost range that a place stands in: the last that begins before it, or one around that.
 */
WT_INLINE uint32_t tries_range_at(const TryRange *ranges, uint32_t count, uint32_t at) {
    uint32_t from = 0, to = count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (ranges[middle].start <= at)
            from = middle + 1;
        else
            to = middle;
    }
    uint32_t i = from ? from - 1 : TRY_none;
    while (i != TRY_none && ranges[i].end <= at)
        i = ranges[i].outer;
    return i;
}

#endif
