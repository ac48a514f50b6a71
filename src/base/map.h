/* A hash map from byte strings to u32 numbers. Keys are lent: they must outlive the map. */
#ifndef WATTLE_BASE_MAP_H
#define WATTLE_BASE_MAP_H

#include "base/arena.h"

typedef struct MapEntry {
    const uint8_t *key; /* NULL: free */
    uint32_t len;
    uint32_t hash;
    uint32_t value;
} MapEntry;

typedef struct Map {
    const Allocator *allocator;
    MapEntry *entries;
    uint32_t cap, len; /* cap is a power of two, at most 3/4 full */
    uint64_t seed;     /* from the table's own address: hostile names cannot aim at one bucket */
    bool failed;       /* out of memory; sticky */
} Map;

void wt_map_init(Map *m, const Allocator *allocator);
void wt_map_free(Map *m);
/* Forgets all entries, keeps the room. */
void wt_map_clear(Map *m);
/* The entry's value, or NULL. */
uint32_t *wt_map_get(const Map *m, Slice key);
/* Adds key -> value. Returns NULL when added (or out of memory: see failed), else the value that
   was there already, which stays. */
uint32_t *wt_map_add(Map *m, Slice key, uint32_t value);
/* A 64-bit hash of some bytes. */
uint64_t wt_base_hash(const uint8_t *data, size_t len, uint64_t seed);

#endif
