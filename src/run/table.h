/* Tables of references. */
#ifndef WATTLE_RUN_TABLE_H
#define WATTLE_RUN_TABLE_H

#include "run/store.h"

/* NULL: out of memory or beyond the limits (no trap is set). type has ids. */
TableInst *wt_table_new(Store *s, const Limits *limits, ValType type, Value init);
void wt_table_free(Store *s, TableInst *t);
/* The old length, or UINT64_MAX when it cannot be. */
uint64_t wt_table_grow(Store *s, TableInst *t, uint64_t n, Value init);
/* TRAP_none, or why not. Out of bounds or of fuel, nothing is written; interrupted, a part. */
TrapCode wt_table_copy(Store *s, TableInst *to, uint64_t at, const TableInst *from,
                       uint64_t from_at, uint64_t n);
TrapCode wt_table_fill(Store *s, TableInst *t, uint64_t at, Value v, uint64_t n);

#endif
