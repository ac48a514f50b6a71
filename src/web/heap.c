/* malloc and its sisters for the modules that pages load: those of the C library are 12 KB.

   Blocks lie one behind the other. A free one is in the list of its size, one list for each quarter
   of a power of two, and merges with free neighbours at once, so no two of them touch. The heap
   ends with a block without a size, which is never free. When the memory grows, that becomes the
   new block. Every call takes constant time, but for what is copied or cleared. */
#if defined(__wasm__) || defined(HEAP_NAME)

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef HEAP_NAME /* test/unit/heap_test.c includes this file and gives other names */
#define HEAP_NAME(function) function
#include <stdlib.h>

extern unsigned char __heap_base;

/* So many bytes more, or a few more than that: where they begin. NULL: there are none. */
static unsigned char *more_memory(size_t *size) {
    static bool begun;
    const size_t page = 65536;
    size_t end = __builtin_wasm_memory_size(0) * page;
    size_t from = begun ? end : (uintptr_t)&__heap_base, room = end - from;
    if (room < *size) {
        size_t pages = (*size - room) / page + 1;
        if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX)
            return NULL;
        room += pages * page;
    }
    begun = true;
    *size = room;
    return (unsigned char *)from;
}
#endif

typedef struct HeapBlock {
    size_t before;                 /* size of the block before this one; only if that is free */
    size_t head;                   /* size, and the flags */
    struct HeapBlock *next, *back; /* only in a free one; else here is what malloc gave */
} HeapBlock;

enum {
    HEAP_granule = 16,
    HEAP_free = 1,        /* this block */
    HEAP_before_free = 2, /* the one before it */
    HEAP_flags = 3,
    HEAP_lists = 128,
    HEAP_head = offsetof(HeapBlock, next),
    HEAP_least = (sizeof(HeapBlock) + HEAP_granule - 1) / HEAP_granule * HEAP_granule
};

static struct {
    uint64_t filled[HEAP_lists / 64]; /* a bit for each list that is not empty */
    HeapBlock *lists[HEAP_lists];
    unsigned char *end;
} heap;

static size_t block_size(const HeapBlock *b) { return b->head & ~(size_t)HEAP_flags; }
static HeapBlock *block_at(void *from, ptrdiff_t offset) {
    return (HeapBlock *)(void *)((unsigned char *)from + offset);
}
static HeapBlock *block_behind(HeapBlock *b) { return block_at(b, (ptrdiff_t)block_size(b)); }
static HeapBlock *block_of(void *given) { return block_at(given, -(ptrdiff_t)HEAP_head); }

static unsigned list_of(size_t size) {
    uint64_t n = size / HEAP_granule;
    if (n < 4)
        return (unsigned)n;
    unsigned top = 63 - (unsigned)__builtin_clzll(n);
    return 4 * (top - 1) + (unsigned)(n >> (top - 2) & 3);
}

static void unlink_block(HeapBlock *b) {
    unsigned i = list_of(block_size(b));
    if (b->next)
        b->next->back = b->back;
    if (b->back)
        b->back->next = b->next;
    else if (!(heap.lists[i] = b->next))
        heap.filled[i / 64] &= ~((uint64_t)1 << i % 64);
}

/* A block that is in no list becomes free, together with its free neighbours. */
static void release_block(HeapBlock *b) {
    size_t size = block_size(b);
    HeapBlock *behind = block_behind(b);
    if (b->head & HEAP_before_free) {
        b = block_at(b, -(ptrdiff_t)b->before);
        unlink_block(b);
        size += block_size(b);
    }
    if (behind->head & HEAP_free) {
        unlink_block(behind);
        size += block_size(behind);
    }
    b->head = size | HEAP_free; /* the one before it is not free */
    behind = block_behind(b);
    behind->before = size;
    behind->head |= HEAP_before_free;
    unsigned i = list_of(size);
    b->back = NULL;
    b->next = heap.lists[i];
    if (b->next)
        b->next->back = b;
    heap.lists[i] = b;
    heap.filled[i / 64] |= (uint64_t)1 << i % 64;
}

/* A block in no list keeps `size` bytes; what is left of it is free. */
static void trim_block(HeapBlock *b, size_t size) {
    size_t rest = block_size(b) - size;
    if (rest < HEAP_least)
        return;
    b->head -= rest;
    HeapBlock *behind = block_behind(b);
    behind->head = rest;
    release_block(behind);
}

/* A free block of at least this size, in no list any more; NULL: there is none. */
static HeapBlock *take_block(size_t size) {
    unsigned i = list_of(size);
    HeapBlock *b = heap.lists[i];
    if (!b || block_size(b) < size) { /* in the lists behind it, every one is large enough */
        b = NULL;
        for (unsigned word = ++i / 64; word < HEAP_lists / 64 && !b; word++, i = word * 64) {
            uint64_t filled = heap.filled[word] >> i % 64;
            if (filled)
                b = heap.lists[i + (unsigned)__builtin_ctzll(filled)];
        }
        if (!b)
            return NULL;
    }
    unlink_block(b);
    b->head -= HEAP_free;
    block_behind(b)->head -= HEAP_before_free;
    return b;
}

static bool grow_heap(size_t size) {
    size += 4 * HEAP_granule; /* for its own ends */
    unsigned char *from = more_memory(&size);
    if (!from)
        return false;
    HeapBlock *b;
    if (heap.end && from == heap.end) {
        b = block_at(from, -(ptrdiff_t)HEAP_head); /* which was the last one */
        b->head |= size;
    } else { /* what malloc gives has addresses that are multiples of the granule */
        size_t skip = (HEAP_granule - (uintptr_t)from % HEAP_granule) % HEAP_granule;
        b = block_at(from, (ptrdiff_t)skip + HEAP_granule - (ptrdiff_t)HEAP_head);
        size_t room = (size - skip) / HEAP_granule * HEAP_granule;
        b->head = room - HEAP_granule;
        size = skip + room;
    }
    heap.end = from + size;
    block_at(heap.end, -(ptrdiff_t)HEAP_head)->head = 0;
    release_block(b);
    return true;
}

/* The size of the block for so many bytes, 0: too many. */
static size_t size_for(size_t wanted) {
    if (wanted > PTRDIFF_MAX - 65536)
        return 0;
    size_t size = (wanted + sizeof(size_t) + HEAP_granule - 1) / HEAP_granule * HEAP_granule;
    return size < HEAP_least ? HEAP_least : size;
}

static void *heap_get(size_t wanted) {
    size_t size = size_for(wanted);
    HeapBlock *b = size ? take_block(size) : NULL;
    if (!b) {
        if (!size || !grow_heap(size))
            return NULL;
        b = take_block(size);
        if (!b)
            return NULL;
    }
    trim_block(b, size);
    return &b->next;
}

static void heap_release(void *p) {
    if (p)
        release_block(block_of(p));
}

/* Makes a block longer where it is. */
static bool extend_block(HeapBlock *b, size_t size) {
    HeapBlock *behind = block_behind(b);
    size_t missing = size - block_size(b),
           there = behind->head & HEAP_free ? block_size(behind) : 0;
    if (there < missing) {
        HeapBlock *last = block_at(behind, (ptrdiff_t)there);
        if ((unsigned char *)&last->next != heap.end || !grow_heap(missing - there))
            return false;
        there = behind->head & HEAP_free ? block_size(behind) : 0;
        if (there < missing) /* it did not grow here */
            return false;
    }
    unlink_block(behind);
    b->head += there;
    block_behind(b)->head -= HEAP_before_free;
    return true;
}

void *HEAP_NAME(malloc)(size_t size) { return heap_get(size); }

void HEAP_NAME(free)(void *p) { heap_release(p); }

void *HEAP_NAME(calloc)(size_t count, size_t each) {
    size_t size;
    void *p = __builtin_mul_overflow(count, each, &size) ? NULL : heap_get(size);
    return p ? memset(p, 0, size) : NULL;
}

void *HEAP_NAME(realloc)(void *p, size_t wanted) {
    if (!p)
        return heap_get(wanted);
    HeapBlock *b = block_of(p);
    size_t size = size_for(wanted);
    if (!size)
        return NULL;
    if (size <= block_size(b) || extend_block(b, size)) {
        trim_block(b, size);
        return p;
    }
    void *to = heap_get(wanted);
    if (to) {
        memcpy(to, p, block_size(b) - sizeof(size_t));
        heap_release(p);
    }
    return to;
}

#endif
