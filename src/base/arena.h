/* Memory: the embedder's allocator hook, and arenas that are freed in one call.

   An arena never stops the process. When its allocator gives nothing, the arena is marked failed,
   and stays so: every later allocation returns NULL too. The owner of the job looks at `failed`
   once at the end. A lasting arena belongs to no job, as a store's: every caller tests for NULL,
   and the next allocation may succeed. */
#ifndef WATTLE_BASE_ARENA_H
#define WATTLE_BASE_ARENA_H

#include "base/compiler.h"

/* realloc in one function: old NULL (old_size 0) allocates, new_size 0 frees and returns NULL,
   otherwise the block moves. Returns NULL when there is no memory; then the old block stays valid.
   Results are aligned to 16 bytes. May be called from several threads at once when the caller asked
   for several threads. */
typedef struct Allocator {
    void *(*alloc)(void *user, void *old, size_t old_size, size_t new_size);
    void *user;
} Allocator;

/* malloc, realloc and free. */
extern const Allocator wt_base_malloc;

WT_INLINE void *allocator_get(const Allocator *al, size_t size) {
    return al->alloc(al->user, NULL, 0, size);
}
WT_INLINE void allocator_free(const Allocator *al, void *old, size_t size) {
    if (old)
        (void)al->alloc(al->user, old, size, 0);
}

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    const Allocator *allocator;
    ArenaChunk *chunks; /* newest first */
    uint8_t *at, *end;  /* what is left of the newest */
    size_t total;       /* bytes taken from the allocator */
    size_t chunk_size;  /* of the next ordinary chunk; grows to 1 MiB */
    bool failed;
    bool lasting;
} Arena;

void wt_arena_init(Arena *a, const Allocator *allocator);
void wt_arena_init_lasting(Arena *a, const Allocator *allocator);
/* Gives everything back; the arena may be used again. */
void wt_arena_free(Arena *a);
/* Forgets all objects but keeps one chunk for the next job. Clears `failed`. */
void wt_arena_reset(Arena *a);

void *wt_arena_slow(Arena *a, size_t size);

/* size bytes aligned to 8, contents undefined; NULL when out of memory. size 0 gives a pointer that
 * may not be read. */
WT_INLINE void *arena_alloc(Arena *a, size_t size) {
    if (WT_LIKELY(size <= SIZE_MAX - 8)) {
        size_t rounded = (size + 7) & ~(size_t)7;
        if (WT_LIKELY((size_t)(a->end - a->at) >= rounded && !a->failed && a->at)) {
            void *p = a->at;
            a->at += rounded;
            return p;
        }
    }
    return wt_arena_slow(a, size);
}

/* count objects of `size` bytes, zeroed; NULL when out of memory or when the product does not fit.
 */
void *wt_arena_array(Arena *a, size_t count, size_t size);
/* A copy of some bytes, with a NUL behind them. data is NULL when out of memory. */
Slice wt_arena_copy(Arena *a, const void *data, size_t len);

#define ARENA_NEW(arena, Type) ((Type *)wt_arena_array((arena), 1, sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)wt_arena_array((arena), (count), sizeof(Type)))

/* Makes room for one more element in a growing array that lives in an allocator:
       if (!wt_vec_grow(al, (void **)&v, &cap, len, sizeof *v)) -> out of memory, the array is
   unchanged. */
bool wt_vec_grow_more(const Allocator *al, void **data, size_t *cap, size_t len, size_t elem_size);
WT_INLINE bool wt_vec_grow(const Allocator *al, void **data, size_t *cap, size_t len,
                           size_t elem_size) {
    return WT_LIKELY(len < *cap) || wt_vec_grow_more(al, data, cap, len, elem_size);
}

#endif
