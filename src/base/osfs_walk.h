/* The walk below a directory, which is the same on every platform, and the few steps that each of
   them gives it. */
#ifndef WATTLE_BASE_OSFS_WALK_H
#define WATTLE_BASE_OSFS_WALK_H

#include "base/osfs.h"

/* WALK_NAME: 255 units of UTF-16 in UTF-8; a system with a smaller limit says so itself. */
enum { WALK_DEPTH = 128, WALK_LINKS = 40, WALK_PATH = 8192, WALK_NAME = 765 };

/* The steps of a file system that a walk is made of; those of the host are below. */
typedef struct WalkSteps {
    OsError (*into)(OsFile dir, const char *name, OsFile *child);
    bool (*is_link)(OsFile dir, const char *name);
    OsError (*read_link)(OsFile dir, const char *name, char *out, size_t size, size_t *got);
    OsError (*check)(const char *name, size_t len);
    void (*close)(OsFile dir);
} WalkSteps;

/* A walk from a root: the directories passed, and what is left of the path. */
typedef struct WalkPath {
    const WalkSteps *steps;
    OsFile dirs[WALK_DEPTH]; /* dirs[0] is the root's own handle and is not closed */
    unsigned depth;          /* index of the current directory */
    unsigned links;
    bool jumped; /* dirs[1] is the last directory: those between were not passed one by one */
    bool slash;  /* the path ends in '/': the last component must be a directory */
    char rest[WALK_PATH];
    char last[WALK_NAME + 1]; /* the last component; "." when the path ends in a directory passed */
} WalkPath;

/* Goes to the directory that holds the last component; `follow`: through a link there. On success
   the caller closes the walk. */
OsError wt_osfs_walk(WalkPath *w, OsFile root, const char *path, bool follow);
/* The same in another file system than the host's. */
OsError wt_osfs_walk_in(const WalkSteps *steps, WalkPath *w, OsFile root, const char *path,
                        bool follow);
/* Two walks at once: both ends of a rename or link. */
OsError wt_osfs_walk_both(WalkPath *a, OsFile a_root, const char *a_path, bool follow, WalkPath *b,
                          OsFile b_root, const char *b_path);
void wt_osfs_walk_close(WalkPath *w);

/* ---- the platform's half: `name` is one component, never "", "." or ".." ---- */

/* Opens a directory to look names up in; a link is OS_symlink_loop or OS_not_directory. */
OsError wt_osfs_step_into(OsFile dir, const char *name, OsFile *child);
bool wt_osfs_step_is_link(OsFile dir, const char *name);
OsError wt_osfs_step_read_link(OsFile dir, const char *name, char *out, size_t size, size_t *got);
/* Linux: resolves a whole path to a directory below `dir` at once, as the walk would.
   OS_unsupported: not on this system, or not now. */
OsError wt_osfs_step_beneath(OsFile dir, const char *path, OsFile *child);
/* OS_OK for a name that means a file in `dir` and nothing else. */
OsError wt_osfs_step_check(const char *name, size_t len);

#endif
