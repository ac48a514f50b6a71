/* Arenas and growing arrays over the allocator hook. malloc appears in this file only. */
#include "base/arena.h"

#include "base/check.h"

#include <stdlib.h>

struct ArenaChunk {
    ArenaChunk *next;
    size_t size; /* with this header */
};

enum { CHUNK_FIRST = 4096, CHUNK_MAX = 1 << 20, CHUNK_HEAD = 16 };
_Static_assert(sizeof(ArenaChunk) <= CHUNK_HEAD, "objects follow the header");

static void *malloc_hook(void *user, void *old, size_t old_size, size_t new_size) {
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    return realloc(old, new_size);
}

const Allocator wt_base_malloc = {malloc_hook, NULL};

void wt_arena_init(Arena *a, const Allocator *allocator) {
    *a = (Arena){.allocator = allocator, .chunk_size = CHUNK_FIRST};
}

void wt_arena_init_lasting(Arena *a, const Allocator *allocator) {
    wt_arena_init(a, allocator);
    a->lasting = true;
}

void wt_arena_free(Arena *a) {
    for (ArenaChunk *c = a->chunks; c;) {
        ArenaChunk *next = c->next;
        allocator_free(a->allocator, c, c->size);
        c = next;
    }
    *a = (Arena){.allocator = a->allocator, .chunk_size = CHUNK_FIRST, .lasting = a->lasting};
}

void wt_arena_reset(Arena *a) {
    ArenaChunk *keep = a->chunks;
    if (!keep) {
        a->failed = false;
        return;
    }
    for (ArenaChunk *c = keep->next; c;) {
        ArenaChunk *next = c->next;
        allocator_free(a->allocator, c, c->size);
        c = next;
    }
    keep->next = NULL;
    a->total = keep->size;
    a->at = (uint8_t *)keep + CHUNK_HEAD;
    a->end = (uint8_t *)keep + keep->size;
    a->failed = false;
}

/* Large objects get a chunk of their own behind the current one, so that its rest is not lost. */
void *wt_arena_slow(Arena *a, size_t size) {
    size_t need;
    if (a->failed || !check_add_size(size, 7 + CHUNK_HEAD, &need)) {
        a->failed = !a->lasting;
        return NULL;
    }
    need &= ~(size_t)7;
    bool own = a->chunks && need > a->chunk_size / 4;
    size_t chunk_size = own || need > a->chunk_size ? need : a->chunk_size;
    ArenaChunk *c = allocator_get(a->allocator, chunk_size);
    if (!c) {
        a->failed = !a->lasting;
        return NULL;
    }
    c->size = chunk_size;
    a->total += chunk_size;
    uint8_t *p = (uint8_t *)c + CHUNK_HEAD;
    if (own) {
        c->next = a->chunks->next;
        a->chunks->next = c;
        return p;
    }
    c->next = a->chunks;
    a->chunks = c;
    a->at = p + (need - CHUNK_HEAD);
    a->end = (uint8_t *)c + chunk_size;
    if (a->chunk_size < CHUNK_MAX)
        a->chunk_size *= 2;
    return p;
}

void *wt_arena_array(Arena *a, size_t count, size_t size) {
    size_t total;
    if (!check_mul_size(count, size, &total)) {
        a->failed = !a->lasting;
        return NULL;
    }
    void *p = arena_alloc(a, total);
    if (p)
        memset(p, 0, total);
    return p;
}

Slice wt_arena_copy(Arena *a, const void *data, size_t len) {
    uint8_t *p = len < SIZE_MAX ? arena_alloc(a, len + 1) : NULL;
    if (!p)
        return (Slice){NULL, 0};
    if (len)
        memcpy(p, data, len);
    p[len] = 0;
    return (Slice){p, len};
}

bool wt_vec_grow_more(const Allocator *al, void **data, size_t *cap, size_t len, size_t elem_size) {
    size_t new_cap = *cap ? *cap + *cap / 2 + 1 : 8, bytes;
    if (new_cap <= len)
        new_cap = len + 1;
    if (!check_mul_size(new_cap, elem_size, &bytes))
        return false;
    void *p = al->alloc(al->user, *data, *cap * elem_size, bytes);
    if (!p)
        return false;
    *data = p;
    *cap = new_cap;
    return true;
}
