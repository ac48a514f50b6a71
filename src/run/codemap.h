/* Which code lives where: from an address of machine code to whoever made it. For the handler of
   faults, which has an address and nothing else, and for the walk of frames.

   One for the process, because a fault belongs to no store until it is known whose code it is in:
   with base/oscode.c the only mutable state outside of a store. Nothing is kept while no code is in
   it. */
#ifndef WATTLE_RUN_CODEMAP_H
#define WATTLE_RUN_CODEMAP_H

#include "base/arena.h"

/* The addresses from start on and below end belong to owner. false: no memory, or a part of them
   belongs to somebody already. From any thread. */
bool wt_codemap_add(const void *start, const void *end, void *owner);
/* What was added with this start, if it was. Nobody may be in that code any more. From any thread.
 */
void wt_codemap_remove(const void *start);
/* NULL: no code of ours. From any thread and any signal handler: neither locks nor allocates. */
void *wt_codemap_find(uintptr_t pc);

#endif
