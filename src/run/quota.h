/* What a store may hold in all: memories, tables, instances. Growth beyond is refused with -1, and
   instantiation with TRAP_limit. What a failed instantiation has made counts until the store is
   freed. Sums are made when a limit is set and something asks for more, so that nobody has to keep
   them. A shared memory counts in every store that uses it. */
#ifndef WATTLE_RUN_QUOTA_H
#define WATTLE_RUN_QUOTA_H

#include "run/store.h"

/* The bytes or elements that one of `have` may have at most. A new one has 0. */
uint64_t wt_quota_memory_most(const Store *s, uint64_t have);
uint64_t wt_quota_table_most(const Store *s, uint64_t have);
/* Whether another one may be made: NULL, or which limit is in the way (": too many memories"). */
const char *wt_quota_memory(const Store *s, const Limits *limits);
const char *wt_quota_table(const Store *s, const Limits *limits);

#endif
