/* The walk below a directory. Where the system can go down to the last directory by itself without
   leaving (Linux: openat2), it is asked to; a link in the last component is a reason to begin anew
   and go step by step, like a system that cannot. Then the walk holds a handle for every directory
   it went through, so ".." goes back to the one it came from, whatever is renamed meanwhile;
   symbolic links are read and expanded here, never by the system. The steps are the platform's
   (osfs_walk.h). */
#include "base/osfs_walk.h"

static const WalkSteps host_steps = {wt_osfs_step_into, wt_osfs_step_is_link,
                                     wt_osfs_step_read_link, wt_osfs_step_check, wt_os_file_close};

/* Where no program is given a folder, what takes one is never called, and left out. */
#if defined(__wasm__)
#define OSFS_BELOW(function) NULL
#else
#define OSFS_BELOW(function) function
#endif
const Osfs wt_osfs_host = {
    .open = OSFS_BELOW(wt_osfs_open),
    .close = wt_os_file_close,
    .stat = wt_osfs_stat,
    .stat_at = OSFS_BELOW(wt_osfs_stat_at),
    .make_directory = OSFS_BELOW(wt_osfs_make_directory),
    .remove_directory = OSFS_BELOW(wt_osfs_remove_directory),
    .unlink = OSFS_BELOW(wt_osfs_unlink),
    .rename = OSFS_BELOW(wt_osfs_rename),
    .link = OSFS_BELOW(wt_osfs_link),
    .symlink = OSFS_BELOW(wt_osfs_symlink),
    .readlink = OSFS_BELOW(wt_osfs_readlink),
    .set_times = wt_osfs_set_times,
    .set_times_at = OSFS_BELOW(wt_osfs_set_times_at),
    .read = wt_osfs_read,
    .write = wt_osfs_write,
    .seek = wt_osfs_seek,
    .set_size = wt_osfs_set_size,
    .allocate = wt_osfs_allocate,
    .sync = wt_osfs_sync,
    .set_flags = wt_osfs_set_flags,
    .dir_open = OSFS_BELOW(wt_osfs_dir_open),
    .dir_close = wt_osfs_dir_close, /* also where there is nothing to close */
    .dir_seek = OSFS_BELOW(wt_osfs_dir_seek),
    .dir_next = OSFS_BELOW(wt_osfs_dir_next),
};

#if defined(_WIN32) || defined(__wasm__) /* where there is no shorter way */
OsError wt_osfs_open_told(OsFile root, const char *path, unsigned flags, uint64_t device,
                          OsFile *file, OsStat *st, bool *told) {
    (void)device;
    *told = true;
    OsError error = OSFS_CONFINES ? wt_osfs_open(root, path, flags, file) : OS_unsupported;
    if (error != OS_OK)
        return error;
    error = wt_osfs_stat(*file, st);
    if (error != OS_OK)
        wt_os_file_close(*file);
    return error;
}

uint64_t wt_osfs_harmless_device(OsFile dir) {
    (void)dir;
    return 0;
}

OsError wt_osfs_write_inside(OsFile file, const void *data, size_t size, uint64_t offset,
                             size_t *got) {
    return wt_osfs_write(file, data, size, offset, got);
}
#endif

void wt_osfs_walk_close(WalkPath *w) {
    while (w->depth > 0)
        w->steps->close(w->dirs[w->depth--]);
}

/* Puts a link's target in front of the rest. */
static OsError walk_expand(WalkPath *w, const char *name, const char *rest) {
    char target[WALK_PATH];
    size_t n;
    OsError error = w->steps->read_link(w->dirs[w->depth], name, target, sizeof target - 1, &n);
    if (error != OS_OK)
        return error;
    if (w->jumped) /* what is above is not known */
        return OS_again;
    if (++w->links > WALK_LINKS)
        return OS_symlink_loop;
    target[n] = 0;
    if (target[0] == '/')
        return OS_not_permitted;
    size_t len = strlen(rest);
    if (n + 1 + len >= WALK_PATH)
        return OS_name_too_long;
    memmove(w->rest + n + 1, rest, len + 1);
    memcpy(w->rest, target, n);
    w->rest[n] = '/';
    if (!len)
        w->rest[n] = 0;
    return OS_OK;
}

static OsError walk_enter(WalkPath *w, const char *name) {
    if (w->depth + 1 == WALK_DEPTH)
        return OS_name_too_long;
    OsError error = w->steps->into(w->dirs[w->depth], name, &w->dirs[w->depth + 1]);
    if (error == OS_OK)
        w->depth++;
    return error;
}

/* One component that is not the last. */
static OsError walk_into(WalkPath *w, const char *name, const char *rest, bool *expanded) {
    *expanded = false;
    if (strcmp(name, ".") == 0)
        return OS_OK;
    if (strcmp(name, "..") == 0) {
        if (w->depth == 0)
            return OS_not_permitted;
        w->steps->close(w->dirs[w->depth--]);
        return OS_OK;
    }
    OsError error = walk_enter(w, name);
    if ((error == OS_not_directory || error == OS_symlink_loop) &&
        w->steps->is_link(w->dirs[w->depth], name)) {
        *expanded = true;
        return walk_expand(w, name, rest);
    }
    return error;
}

/* Takes the first component off the rest. *found: it was the last one, and w->last holds it. */
static OsError walk_component(WalkPath *w, bool follow, bool *found) {
    const char *at = w->rest + strspn(w->rest, "/");
    size_t n = strcspn(at, "/");
    if (n > WALK_NAME)
        return OS_name_too_long;
    char name[WALK_NAME + 1];
    memcpy(name, at, n);
    name[n] = 0;
    const char *rest = at + n + strspn(at + n, "/");
    bool last = *rest == 0, slash = last && at[n] == '/';
    bool dots = n == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    OsError error = dots ? OS_OK : w->steps->check(name, n);
    if (error != OS_OK)
        return error;
    if (last && !dots) {
        w->slash |= slash;
        if ((follow || w->slash) && w->steps->is_link(w->dirs[w->depth], name))
            return walk_expand(w, name, "");
        memcpy(w->last, name, n + 1);
        *found = true;
        return OS_OK;
    }
    bool expanded = false;
    error = n == 0 ? OS_OK : walk_into(w, name, rest, &expanded);
    if (error != OS_OK || expanded)
        return error;
    if (last)
        memcpy(w->last, ".", 2);
    *found = last;
    memmove(w->rest, rest, strlen(rest) + 1);
    return OS_OK;
}

/* Goes to the last directory of the path at once; false: it has to be walked. */
static bool walk_jump(WalkPath *w, const char *path, OsError *error) {
#if defined(__linux__)
    size_t len = strlen(path), end = len, last;
    if (w->steps != &host_steps)
        return false;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (last = end; last > 0 && path[last - 1] != '/';)
        last--;
    if (last == 0) /* the root is the last directory */
        return false;
    bool up = end - last == 2 && memcmp(path + last, "..", 2) == 0;
    memcpy(w->rest, path, len + 1);
    if (!up)
        w->rest[last] = 0;
    OsError result = wt_osfs_step_beneath(w->dirs[0], w->rest, &w->dirs[1]);
    if (result == OS_unsupported)
        return false;
    *error = result;
    w->jumped = *error == OS_OK;
    w->depth = w->jumped;
    if (up)
        memcpy(w->rest, ".", 2);
    else
        memcpy(w->rest, path + last, len - last + 1);
    return true;
#else
    (void)w;
    (void)path;
    (void)error;
    return false;
#endif
}

static OsError walk_from(WalkPath *w, OsFile root, const char *path, bool follow, bool jump) {
    w->dirs[0] = root;
    w->depth = w->links = 0;
    w->jumped = w->slash = false;
    OsError error = OS_OK;
    if (!jump || !walk_jump(w, path, &error))
        memcpy(w->rest, path, strlen(path) + 1);
    bool found = false;
    while (error == OS_OK && !found)
        error = walk_component(w, follow, &found);
    if (error != OS_OK)
        wt_osfs_walk_close(w);
    return error;
}

OsError wt_osfs_walk(WalkPath *w, OsFile root, const char *path, bool follow) {
    return wt_osfs_walk_in(&host_steps, w, root, path, follow);
}

OsError wt_osfs_walk_in(const WalkSteps *steps, WalkPath *w, OsFile root, const char *path,
                        bool follow) {
    w->steps = steps;
    size_t len = strlen(path);
    if (len == 0)
        return OS_not_found;
    if (path[0] == '/')
        return OS_not_permitted;
    if (len >= WALK_PATH)
        return OS_name_too_long;
    OsError error = walk_from(w, root, path, follow, true);
    return error == OS_again ? walk_from(w, root, path, follow, false) : error;
}

OsError wt_osfs_walk_both(WalkPath *a, OsFile a_root, const char *a_path, bool follow, WalkPath *b,
                          OsFile b_root, const char *b_path) {
    OsError error = wt_osfs_walk(a, a_root, a_path, follow);
    if (error != OS_OK)
        return error;
    error = wt_osfs_walk(b, b_root, b_path, false);
    if (error != OS_OK)
        wt_osfs_walk_close(a);
    return error;
}
