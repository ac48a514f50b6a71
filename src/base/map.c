/* Open addressing with linear probes. The hash mixes eight bytes a step by a folded 64x64->128
   multiplication (the idea is wyhash's); the seed keeps hostile key sets from colliding on purpose.
 */
#include "base/map.h"

static uint64_t fold_multiply(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    unsigned __int128 p = (unsigned __int128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t mid = al * bh + (al * bl >> 32);
    uint64_t mid2 = ah * bl + (uint32_t)mid;
    return (a * b) ^ (ah * bh + (mid >> 32) + (mid2 >> 32));
#endif
}

#define HASH_STEP 0xD6E8FEB86659FD93u
enum { HASH_lanes = 4, HASH_long = 256 };

/* Long data in four lanes, whose multiplications do not wait for each other; each takes 16 bytes.
 */
static const uint8_t *hash_lanes(const uint8_t *data, size_t *left, uint64_t *h) {
    static const uint64_t steps[HASH_lanes] = {HASH_STEP, 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu,
                                               0x8EBC6AF09C88C6E3u};
    uint64_t lanes[HASH_lanes] = {*h, ~*h, *h << 1, *h >> 1};
    for (; *left >= 16 * HASH_lanes; *left -= 16 * HASH_lanes, data += 16 * HASH_lanes)
        for (unsigned i = 0; i < HASH_lanes; i++)
            lanes[i] = fold_multiply(lanes[i] ^ load64le(data + 16 * i),
                                     steps[i] ^ load64le(data + 16 * i + 8));
    for (unsigned i = 1; i < HASH_lanes; i++)
        lanes[0] = fold_multiply(lanes[0] ^ lanes[i], HASH_STEP);
    *h = lanes[0];
    return data;
}

uint64_t wt_base_hash(const uint8_t *data, size_t len, uint64_t seed) {
    uint64_t h = seed ^ 0x9E3779B97F4A7C15u;
    size_t left = len;
    if (left >= HASH_long)
        data = hash_lanes(data, &left, &h);
    for (; left >= 8; left -= 8, data += 8)
        h = fold_multiply(h ^ load64le(data), HASH_STEP);
    uint64_t tail = 0;
    for (size_t i = 0; i < left; i++)
        tail |= (uint64_t)data[i] << (8 * i);
    h = fold_multiply(h ^ tail, 0xA0761D6478BD642Fu);
    return fold_multiply(h ^ len, 0xE7037ED1A0B428DBu);
}

void wt_map_init(Map *m, const Allocator *allocator) { *m = (Map){.allocator = allocator}; }

void wt_map_free(Map *m) {
    allocator_free(m->allocator, m->entries, m->cap * sizeof *m->entries);
    wt_map_init(m, m->allocator);
}

void wt_map_clear(Map *m) {
    if (m->len)
        memset(m->entries, 0, m->cap * sizeof *m->entries);
    m->len = 0;
}

static MapEntry *find_entry(const Map *m, Slice key, uint32_t hash) {
    uint32_t mask = m->cap - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        MapEntry *e = &m->entries[i];
        if (!e->key || (e->hash == hash && slice_eq(slice(e->key, e->len), key)))
            return e;
    }
}

static bool grow_map(Map *m) {
    uint32_t cap = m->cap ? m->cap * 2 : 16;
    if (cap > (UINT32_MAX >> 1) / sizeof(MapEntry))
        return false;
    MapEntry *entries = allocator_get(m->allocator, cap * sizeof *entries);
    if (!entries)
        return false;
    memset(entries, 0, cap * sizeof *entries);
    Map old = *m;
    m->entries = entries;
    m->cap = cap;
    if (!old.seed)
        m->seed = (uint64_t)(uintptr_t)entries * 0x9E3779B97F4A7C15u | 1;
    for (uint32_t i = 0; i < old.cap; i++) {
        MapEntry *e = &old.entries[i];
        if (e->key)
            *find_entry(m, slice(e->key, e->len), e->hash) = *e;
    }
    allocator_free(m->allocator, old.entries, old.cap * sizeof *old.entries);
    return true;
}

uint32_t *wt_map_get(const Map *m, Slice key) {
    if (m->len == 0)
        return NULL;
    MapEntry *e = find_entry(m, key, (uint32_t)wt_base_hash(key.data, key.len, m->seed));
    return e->key ? &e->value : NULL;
}

uint32_t *wt_map_add(Map *m, Slice key, uint32_t value) {
    if (m->len >= m->cap / 4 * 3 && !grow_map(m)) {
        m->failed = true;
        return NULL;
    }
    static const uint8_t empty_key[1] = {0};
    uint32_t hash = (uint32_t)wt_base_hash(key.data, key.len, m->seed);
    MapEntry *e = find_entry(m, key, hash);
    if (e->key)
        return &e->value;
    *e = (MapEntry){key.len ? key.data : empty_key, (uint32_t)key.len, hash, value};
    m->len++;
    return NULL;
}
