/* Names of the text format: which index an identifier means, and which known name comes nearest to
   one that is not known. */
#ifndef WATTLE_TEXT_NAMES_H
#define WATTLE_TEXT_NAMES_H

#include "base/arena.h"

/* One name. `scope` tells name spaces apart that share a table (the fields of each struct). Keys
   are lent. */
typedef struct NameEntry {
    const uint8_t *key; /* NULL: free */
    uint32_t len, hash, scope;
    uint32_t value;
    uint32_t at; /* offset of the definition in the text */
} NameEntry;

typedef struct NameTable {
    const Allocator *allocator;
    NameEntry *entries;
    uint32_t cap, len; /* cap is a power of two or 0, at most 3/4 full */
    uint64_t seed;
    bool failed; /* out of memory; sticky */
} NameTable;

void wt_text_names_init(NameTable *t, const Allocator *allocator);
void wt_text_names_free(NameTable *t);
/* Forgets all names; a large table is given back. */
void wt_text_names_clear(NameTable *t);
NameEntry *wt_text_names_get(const NameTable *t, uint32_t scope, Slice key);
/* Adds a name; returns NULL when it is new (or memory is out), else the entry that has it. */
NameEntry *wt_text_names_add(NameTable *t, uint32_t scope, Slice key, uint32_t value, uint32_t at);

/* The edit distance (insert, delete, replace, swap neighbours) when it is at most `limit`, else
   limit + 1. Long words are never near. */
unsigned wt_text_names_distance(Slice a, Slice b, unsigned limit);
/* How far a wrong word of this length may be from the right one. */
unsigned wt_text_names_tolerance(size_t len);
/* The name of a scope nearest to `key`, or NULL. */
const NameEntry *wt_text_names_nearest(const NameTable *t, uint32_t scope, Slice key);
/* The mnemonic or grammar word nearest to an unknown keyword, or NULL; an old spelling gives the
   new one, and *old is set. */
const char *wt_text_names_keyword(Slice word, bool *old);

#endif
