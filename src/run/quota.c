/* The sums of quota.h. */
#include "run/quota.h"

#include "run/memory.h"

/* The most of one that has `have` of the `used`, when each may have `each` and all `total`. */
static uint64_t most_of(uint64_t each, uint64_t total, uint64_t used, uint64_t have) {
    uint64_t left = total > used ? total - used : 0;
    return WT_MIN(each, left > UINT64_MAX - have ? UINT64_MAX : have + left);
}

/* Sums of lengths stay below 2^64: each is that of bytes that exist. */
uint64_t wt_quota_memory_most(const Store *s, uint64_t have) {
    uint64_t used = 0;
    if (s->limits.memory_total == UINT64_MAX)
        return s->limits.memory_bytes;
    for (size_t i = 0; i < s->memories.count; i++)
        used += memory_len(s->memories.items[i]);
    return most_of(s->limits.memory_bytes, s->limits.memory_total, used, have);
}

uint64_t wt_quota_table_most(const Store *s, uint64_t have) {
    uint64_t used = 0;
    if (s->limits.table_total == UINT64_MAX)
        return s->limits.table_elems;
    for (size_t i = 0; i < s->tables.count; i++)
        used += ((const TableInst *)s->tables.items[i])->len;
    return most_of(s->limits.table_elems, s->limits.table_total, used, have);
}

const char *wt_quota_memory(const Store *s, const Limits *limits) {
    if (s->memories.count >= s->limits.memories)
        return ": too many memories";
    if (wt_memory_bytes(limits, limits->min, s->limits.memory_bytes) == UINT64_MAX)
        return ": memory too large";
    if (wt_memory_bytes(limits, limits->min, wt_quota_memory_most(s, 0)) == UINT64_MAX)
        return ": memories too large together";
    return NULL;
}

const char *wt_quota_table(const Store *s, const Limits *limits) {
    if (s->tables.count >= s->limits.tables)
        return ": too many tables";
    if (limits->min > s->limits.table_elems)
        return ": table too large";
    if (limits->min > wt_quota_table_most(s, 0))
        return ": tables too large together";
    return NULL;
}
