/* Where translated functions lie: from an address in the code back to its function, for whoever
   walks the frames. The list is sorted when somebody asks, not when a function is added: most
   programs never do. Addresses rise within a chunk of an arena and jump from one to the next, so
   that the list is nearly sorted already. Path: loop.c (trap_walk), unwind.c -> here. */
#include "interp/translate.h"

bool wt_interp_place_room(Interp *x, const Allocator *al) {
    return wt_vec_grow(al, (void **)&x->placed, &x->placed_cap, x->placed_count, sizeof *x->placed);
}

void wt_interp_place_add(Interp *x, FuncCode *fc) { x->placed[x->placed_count++] = fc; }

/* Shell's sort: in place, and quick on runs that are in order. A few new ones behind those that are
   sorted are just inserted. */
static void sort_placed(FuncCode **list, size_t sorted, size_t count) {
    bool few = sorted && count - sorted <= 16;
    for (size_t gap = few ? 1 : count / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (size_t i = few ? sorted : gap; i < count; i++) {
            FuncCode *fc = list[i];
            size_t at = i;
            for (; at >= gap && (uintptr_t)list[at - gap]->start > (uintptr_t)fc->start; at -= gap)
                list[at] = list[at - gap];
            list[at] = fc;
        }
    }
}

FuncCode *wt_interp_place_find(Interp *x, const uint32_t *pc) {
    if (x->placed_sorted < x->placed_count) {
        sort_placed(x->placed, x->placed_sorted, x->placed_count);
        x->placed_sorted = x->placed_count;
    }
    uintptr_t at = (uintptr_t)pc;
    size_t from = 0, to = x->placed_count; /* the last that starts at or before `at` is in here */
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if ((uintptr_t)x->placed[middle]->start <= at)
            from = middle;
        else
            to = middle;
    }
    FuncCode *fc = to > from ? x->placed[from] : NULL;
    return fc && at - (uintptr_t)fc->start < fc->words * sizeof *pc ? fc : NULL;
}
