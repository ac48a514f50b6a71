/* The type checker: is this module valid? The spec: "Validation" (3) and its algorithm (A.3). */
#ifndef WATTLE_VALID_VALID_H
#define WATTLE_VALID_VALID_H

#include "wasm/diag.h"
#include "wasm/module.h"

/* Checks the whole module with up to `threads` threads (1: the caller's only). Fills m->canon.
   Problems go to d, at most one per function body or expression, in the order of the bodies
   whatever the number of threads. Also reports what is malformed inside bodies (they are read here
   for the first time). false when there was an error. For a binary module the entries' at/len are
   offsets in m->source. For a text module entries inside bodies and expressions have at ==
   DIAG_NOWHERE and a Place; wt_text_locate (text/parse.h) finds their place in the text. */
bool wt_valid_module(Module *m, unsigned threads, Diag *d);
/* The same where some bodies need no look. valid, by defined function: which bodies are known to be
   valid; afterwards also those that were found to be. *sound: types and index spaces are such that
   bodies can be looked at. */
bool wt_valid_module_known(Module *m, unsigned threads, uint8_t *valid, bool *sound, Diag *d);

#endif
