/* Files in memory, behind the same functions as files below a directory (osfs.h): the same walk,
   the same errors, no system underneath. A handle is an OsFile of wt_memfs_table. Not for several
   threads at a time. */
#ifndef WATTLE_BASE_MEMFS_H
#define WATTLE_BASE_MEMFS_H

#include "base/osfs.h"

typedef struct MemFs MemFs;

extern const Osfs wt_memfs_table;

/* An empty root. most: bytes that it may hold, names and all. NULL: out of memory. */
MemFs *wt_memfs_new(const Allocator *al, uint64_t most);
/* Owners; open handles keep nothing alive and must be closed before the last one goes. */
void wt_memfs_hold(MemFs *fs);
void wt_memfs_release(MemFs *fs);
/* A handle of the root. */
OsError wt_memfs_root(MemFs *fs, OsFile *dir);

/* For the host: a whole file, in directories that are made as needed; a path as the guest would
   name it below the root. */
OsError wt_memfs_put(MemFs *fs, const char *path, const void *data, size_t size);
/* Lent until the file changes. */
OsError wt_memfs_get(MemFs *fs, const char *path, Slice *data);
/* Tells every file below the root by its path, in the order in which they were made, a directory's
   where it stands; false ends it. What links point to is not told. Paths longer than the walk takes
   are passed over. */
typedef bool (*MemEachFn)(void *user, const char *path, Slice data);
void wt_memfs_each(MemFs *fs, MemEachFn fn, void *user);

/* Copies what lies in a directory of the host: files, directories and links, not the rest. */
OsError wt_memfs_copy(MemFs *fs, const char *host);

#endif
