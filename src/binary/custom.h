/* The custom sections that mean something: names, branch hints, producers, relocations. Nothing in
   them can make a module malformed; problems are warnings. */
#ifndef WATTLE_BINARY_CUSTOM_H
#define WATTLE_BINARY_CUSTOM_H

#include "wasm/diag.h"
#include "wasm/module.h"

/* Fills m->names from the contents of a name section. A subsection that is malformed is left out,
 * with a warning; bit i of `known`: that of kind i is not. */
void wt_binary_read_names(Module *m, Slice contents, uint32_t known, Diag *d);

#endif
