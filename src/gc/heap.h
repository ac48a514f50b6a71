/* The managed heap of a store: allocation, marking, sweeping.

   A reference is a 32-bit number: 0 null; bit 0 set: an i31, its value in the upper 31 bits;
   otherwise HEAP_first_ref plus the offset of an object, a multiple of 16. Numbers begin at 2 GiB,
   so that small integers and addresses in linear memories seldom look like references. Objects do
   not move; the heap itself may, where no address space can be reserved: heap_object computes from
   the base anew each time.

   The heap is made of blocks of 32 KiB. A side table has a byte for each granule of 16 bytes: an
   object begins here; it was live at the last collection; a live one ends here; it is in the log.
   New objects are allocated by advancing a cursor through holes between live ones (Blackburn and
   McKinley, "Immix", PLDI 2008; the byte table is the one of Wingo's Whippet). Live bits stay set
   ("sticky mark bits", Demers et al., POPL 1990): an object is old from its first collection on. A
   minor collection traces only from the roots and from old objects that were written since, and
   sweeps only the blocks that were allocated from; a full one clears all bits first. */
#ifndef WATTLE_GC_HEAP_H
#define WATTLE_GC_HEAP_H

#include "gc/layout.h"

enum { HEAP_block = 32 * 1024 };
#define HEAP_first_ref 0x80000000u

typedef struct Heap Heap;

/* What the owner of a heap knows: the roots, and the objects without a type id. */
typedef struct HeapOwner {
    /* Calls wt_gc_mark or wt_gc_mark_word for every root. */
    void (*roots)(void *user, Heap *h);
    /* Calls wt_gc_mark or wt_gc_mark_word for each reference in an OBJECT_exn or OBJECT_cont. */
    void (*trace)(void *user, Heap *h, Object *o);
    /* An OBJECT_host is gone; its word stands behind the header. */
    void (*gone)(void *user, uint64_t word);
    void *user;
} HeapOwner;

typedef struct HeapConfig {
    size_t limit; /* bytes; at most 2 GiB less a block */
    bool stress;  /* collect at every allocation, poison what is freed, check the heap */
} HeapConfig;

typedef struct HeapStats {
    uint64_t minor, full;       /* collections */
    uint64_t live;              /* bytes at the end of the last one */
    uint64_t peak;              /* as wt_gc_peak gives it, at the last collection */
    uint64_t minor_ns, full_ns; /* time spent in them; 0 where there is no clock */
    uint64_t longest_minor_ns, longest_full_ns;
} HeapStats;

typedef struct HeapBlock {
    uint32_t live;  /* bytes of marked objects that begin here */
    uint32_t waits; /* its place in the list of blocks with objects to be traced; 0: none */
    uint8_t state;
    bool open; /* something was allocated in it since the last collection */
} HeapBlock;

/* An old object that was written; part 0: anywhere, else the number of a card of an array, from 1.
 */
typedef struct HeapLog {
    uint32_t ref, part;
} HeapLog;

struct Heap {
    uint8_t *base;
    uint8_t *marks;               /* of each granule */
    const Layout *const *layouts; /* the owner's array by type id */
    const Allocator *allocator;
    HeapOwner owner;
    HeapConfig config;
    HeapStats stats;
    size_t size;     /* bytes in use by blocks, a multiple of HEAP_block */
    size_t reserved; /* of address space; 0: the heap moves when it grows */
    size_t marks_size;
    HeapBlock *blocks;
    size_t blocks_cap;
    uint32_t cursor, limit;               /* the hole that is filled: refs */
    uint32_t medium_cursor, medium_limit; /* the block for medium objects */
    uint32_t next_block;                  /* to look for holes in */
    uint32_t next_free;                   /* blocks below are not free */
    bool thrifty;                         /* the smallest holes are used too */
    size_t since;                         /* bytes allocated since the last collection */
    size_t budget;                        /* of those before the next */
    size_t full_at;                       /* live bytes at which the next one is full */
    uint32_t *stack;                      /* objects to be traced */
    size_t stack_count;
    uint32_t waiting; /* the first block with objects that found no place on the stack */
    HeapLog *log;     /* what was written of old objects */
    size_t log_cap, log_count;
    bool log_lost; /* the next collection is full */
    bool collecting;
    uint32_t mortal; /* OBJECT_host there are: counted by who allocates them */
};

/* Nothing is taken before the first allocation. */
void wt_gc_init(Heap *h, const Allocator *allocator, const HeapConfig *config,
                const HeapOwner *owner);
/* Tells `gone` of every object that is left. */
void wt_gc_free(Heap *h);

/* An object of so many bytes with its header; the rest is undefined and must be written before the
   next allocation. May collect. 0: no memory, or beyond the limit. */
uint32_t wt_gc_alloc_slow(Heap *h, uint32_t type, uint32_t count, size_t size);
void wt_gc_collect(Heap *h, bool full);
/* The most bytes that objects took so far: those alive, and the room that was used since. */
uint64_t wt_gc_peak(const Heap *h);

WT_INLINE bool ref_is_object(uint64_t ref) { return ref && !(ref & 1); }
WT_INLINE uint64_t i31_ref(uint32_t v) { return (uint32_t)(v << 1 | 1); }
WT_INLINE Object *heap_object(const Heap *h, uint64_t ref) {
    return (Object *)(void *)(h->base + ((uint32_t)ref - HEAP_first_ref));
}
WT_INLINE uint8_t *object_bytes(Object *o) { return (uint8_t *)o; }

/* start: an object begins here; live: it was reached by the last collection that looked; logged: it
   was written (inside of an array: its card); end: the last granule of a live one; waits: to be
   traced. */
enum { MARK_start = 1, MARK_live = 2, MARK_logged = 4, MARK_end = 8, MARK_waits = 16 };
WT_INLINE uint8_t *heap_mark(const Heap *h, uint32_t ref) {
    return &h->marks[(ref - HEAP_first_ref) / HEAP_granule];
}

/* Room in the hole that is filled, for a size in whole granules up to HEAP_medium; 0: there is
   none. Under stress the hole is always full. */
WT_INLINE uint32_t heap_bump(Heap *h, uint32_t type, uint32_t count, uint32_t rounded) {
    uint32_t ref = h->cursor;
    if (WT_UNLIKELY(rounded > h->limit - ref))
        return 0;
    h->cursor += rounded;
    *heap_mark(h, ref) = MARK_start;
    *heap_object(h, ref) = (Object){type, count};
    return ref;
}
WT_INLINE uint32_t heap_alloc(Heap *h, uint32_t type, uint32_t count, size_t size) {
    size_t rounded = (size + HEAP_granule - 1) & ~(size_t)(HEAP_granule - 1);
    uint32_t ref = rounded <= HEAP_medium ? heap_bump(h, type, count, (uint32_t)rounded) : 0;
    return WT_LIKELY(ref) ? ref : wt_gc_alloc_slow(h, type, count, size);
}

/* Arrays of so many elements are logged by cards: pieces of so many elements, a line of the cache.
 */
enum { HEAP_carded = 256, HEAP_card = 16 };

void wt_gc_log(Heap *h, uint32_t ref);
void wt_gc_log_elements(Heap *h, uint32_t ref, uint32_t at, uint32_t count);
WT_INLINE bool heap_must_log(const Heap *h, uint32_t ref) {
    return (*heap_mark(h, ref) & (MARK_live | MARK_logged)) == MARK_live;
}
/* To be called before (or after, without an allocation between) a reference is written into an
   object: an old one goes to the log once. */
WT_INLINE void heap_barrier(Heap *h, uint32_t ref) {
    if (WT_UNLIKELY(heap_must_log(h, ref)))
        wt_gc_log(h, ref);
}
/* The same for elements of an array of references, which are there. */
WT_INLINE void heap_barrier_elements(Heap *h, uint32_t ref, uint32_t at, uint32_t count) {
    if (WT_UNLIKELY(heap_must_log(h, ref)))
        wt_gc_log_elements(h, ref, at, count);
}

/* For HeapOwner.roots and trace: an exact reference, and a word that may be one. */
void wt_gc_mark(Heap *h, uint64_t ref);
void wt_gc_mark_word(Heap *h, uint64_t word);

/* Every object, field, mark and count is what it should be, and old objects with references to new
   ones are in the log. For tests and the stress mode. */
bool wt_gc_check(const Heap *h);

#endif
