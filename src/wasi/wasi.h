/* WASI preview 1: the world of a program. It sees the arguments, variables, streams and directories
   it was given here and nothing else of the host. (WASI, legacy/preview1.) */
#ifndef WATTLE_WASI_WASI_H
#define WATTLE_WASI_WASI_H

#include "base/memfs.h"
#include "run/link.h"

typedef struct Wasi Wasi;

/* Without arguments, variables, streams or directories. NULL: out of memory. One program, one Wasi.
 */
Wasi *wt_wasi_new(const Allocator *allocator);
void wt_wasi_free(Wasi *w);

/* Texts are copied. OS_invalid: not UTF-8, too long all together, or a variable without a name or
   "=". */
OsError wt_wasi_add_argument(Wasi *w, const char *text);
OsError wt_wasi_add_variable(Wasi *w, const char *name_and_value);
/* Standard input, output and error of the process become descriptors 0, 1, 2. */
bool wt_wasi_inherit_stdio(Wasi *w);
/* Opens a directory of the host and gives it to the program under a name of its own. */
OsError wt_wasi_add_directory(Wasi *w, const char *host, const char *guest, bool read_only);

/* The same with a file system in memory, which the world holds from now on. */
OsError wt_wasi_add_memory(Wasi *w, MemFs *fs, const char *guest, bool read_only);
/* A socket that listens at HOST:PORT (base/ossock.h), as the descriptor *fd. */
OsError wt_wasi_add_listener(Wasi *w, const char *address, uint32_t *fd, const char **fault);
/* From now on several threads, with a store each, use the world. Before the second one does. false:
   this system has no threads, or no lock. */
bool wt_wasi_share(Wasi *w);
/* Clocks stand still but for a step each time one is read, sleeping only moves them, and random
   bytes come from the seed: two runs see the same. */
void wt_wasi_set_fixed(Wasi *w, uint64_t seed);

/* Every call from now on is told, a line of text each, when it is over. Before wt_wasi_define. */
typedef bool (*TraceFn)(void *user, const void *text, size_t len);
void wt_wasi_set_trace(Wasi *w, TraceFn write, void *user);

/* Defines the function of wasi_snapshot_preview1 or wasi_unstable with this name, if there is one.
   w must outlive the store. */
void wt_wasi_define(Wasi *w, Linker *l, Slice module, Slice name);

#endif
