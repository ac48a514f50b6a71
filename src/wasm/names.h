/* The name section as bytes: made from Module.names, and whether the names alone tell it all. */
#ifndef WATTLE_WASM_NAMES_H
#define WATTLE_WASM_NAMES_H

#include "wasm/module.h"

/* Appends the contents of the name section (without id, size and "name"): the subsections in the
   order of their kinds, sizes in the shortest form. */
void wt_names_write(const Module *m, Buf *out);
/* How many bytes that is. */
uint64_t wt_names_size(const Module *m);

/* Whether text that carries the names as identifiers gives these contents back exactly: what
   wt_names_write makes is the same, every map is sorted, without empty maps, with shortest numbers,
   and each index is of a thing that text can name. Reads bodies for label names only. */
bool wt_names_canonical(const Module *m, Slice contents);

#endif
