/* What the files of this room share. */
#ifndef WATTLE_GC_INSIDE_H
#define WATTLE_GC_INSIDE_H

#include "gc/heap.h"

/* States of blocks. A full one may have holes that were found already. */
enum { BLOCK_free, BLOCK_holes, BLOCK_full, BLOCK_large, BLOCK_rest };

/* Bytes of an object with its header, rounded to granules. */
size_t wt_gc_object_size(const Heap *h, const Object *o);
/* Tells the owner that all mortal objects are gone. */
void wt_gc_end_all(Heap *h);

#endif
