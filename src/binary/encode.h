/* Module -> bytes. */
#ifndef WATTLE_BINARY_ENCODE_H
#define WATTLE_BINARY_ENCODE_H

#include "wasm/diag.h"
#include "wasm/module.h"

/* Writes m to out (streaming: the output is never held twice). Bodies are copied as they are;
   everything else is written in the shortest form except where m->quirks says otherwise. Custom
   sections go to their places; a name section is made from m->names when no custom section is_names
   and names_after is not NAMES_drop. Does not check anything. false: out of memory or a refused
   write (out->failed). */
bool wt_binary_encode(const Module *m, Buf *out, Diag *d);

#endif
