/* Files below a directory on POSIX systems. The walk holds a descriptor for every directory it went
   through, so ".." goes back to the one it came from, whatever is renamed meanwhile; symbolic links
   are read and expanded here, never by the system. */
#define _GNU_SOURCE
#include "base/osfs.h"

#if !defined(_WIN32) && !defined(__wasm__)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

enum { WALK_DEPTH = 128, WALK_LINKS = 40, WALK_PATH = 8192 };

static OsError fs_errno(void) { return wt_os_error_of(errno); }

/* A walk from a root: the directories passed, and what is left of the path. */
typedef struct WalkPath {
    int dirs[WALK_DEPTH]; /* dirs[0] is the root's own descriptor and is not closed */
    unsigned depth;       /* index of the current directory */
    unsigned links;
    bool slash; /* the path ends in '/': the last component must be a directory */
    char rest[WALK_PATH];
    char last[NAME_MAX + 1]; /* the last component; "." when the path ends in a directory passed */
} WalkPath;

static void walk_close(WalkPath *w) {
    while (w->depth > 0)
        close(w->dirs[w->depth--]);
}

/* Puts a link's target in front of the rest. */
static OsError walk_expand(WalkPath *w, const char *name, const char *rest) {
    char target[WALK_PATH];
    ssize_t n = readlinkat(w->dirs[w->depth], name, target, sizeof target - 1);
    if (n < 0)
        return fs_errno();
    if (++w->links > WALK_LINKS)
        return OS_symlink_loop;
    target[n] = 0;
    if (target[0] == '/')
        return OS_not_permitted;
    size_t len = strlen(rest);
    if ((size_t)n + 1 + len >= WALK_PATH)
        return OS_name_too_long;
    memmove(w->rest + n + 1, rest, len + 1);
    memcpy(w->rest, target, (size_t)n);
    w->rest[n] = '/';
    if (!len)
        w->rest[n] = 0;
    return OS_OK;
}

static OsError walk_enter(WalkPath *w, const char *name) {
    if (w->depth + 1 == WALK_DEPTH)
        return OS_name_too_long;
    int fd = openat(w->dirs[w->depth], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fs_errno();
    w->dirs[++w->depth] = fd;
    return OS_OK;
}

static bool is_link(const WalkPath *w, const char *name) {
    struct stat st;
    return fstatat(w->dirs[w->depth], name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* One component that is not the last. */
static OsError walk_into(WalkPath *w, const char *name, const char *rest, bool *expanded) {
    *expanded = false;
    if (strcmp(name, ".") == 0)
        return OS_OK;
    if (strcmp(name, "..") == 0) {
        if (w->depth == 0)
            return OS_not_permitted;
        close(w->dirs[w->depth--]);
        return OS_OK;
    }
    OsError error = walk_enter(w, name);
    if ((error == OS_not_directory || error == OS_symlink_loop) && is_link(w, name)) {
        *expanded = true;
        return walk_expand(w, name, rest);
    }
    return error;
}

/* Takes the first component off the rest. *found: it was the last one, and w->last holds it. */
static OsError walk_component(WalkPath *w, bool follow, bool *found) {
    const char *at = w->rest + strspn(w->rest, "/");
    size_t n = strcspn(at, "/");
    if (n > NAME_MAX)
        return OS_name_too_long;
    char name[NAME_MAX + 1];
    memcpy(name, at, n);
    name[n] = 0;
    const char *rest = at + n + strspn(at + n, "/");
    bool last = *rest == 0, slash = last && at[n] == '/';
    bool dots = n == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    if (last && !dots) {
        w->slash |= slash;
        if ((follow || slash) && is_link(w, name))
            return walk_expand(w, name, "");
        memcpy(w->last, name, n + 1);
        *found = true;
        return OS_OK;
    }
    bool expanded = false;
    OsError error = n == 0 ? OS_OK : walk_into(w, name, rest, &expanded);
    if (error != OS_OK || expanded)
        return error;
    if (last)
        memcpy(w->last, ".", 2);
    *found = last;
    memmove(w->rest, rest, strlen(rest) + 1);
    return OS_OK;
}

/* Goes to the directory that holds the last component. On success the caller closes the walk. */
static OsError walk_to(WalkPath *w, OsFile root, const char *path, bool follow) {
    w->dirs[0] = (int)root;
    w->depth = w->links = 0;
    w->slash = false;
    size_t len = strlen(path);
    if (len == 0)
        return OS_not_found;
    if (path[0] == '/')
        return OS_not_permitted;
    if (len >= WALK_PATH)
        return OS_name_too_long;
    memcpy(w->rest, path, len + 1);
    OsError error = OS_OK;
    bool found = false;
    while (error == OS_OK && !found)
        error = walk_component(w, follow, &found);
    if (error != OS_OK)
        walk_close(w);
    return error;
}

OsError wt_osfs_open_root(const char *path, OsFile *dir) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *dir = fd;
    return fd < 0 ? fs_errno() : OS_OK;
}

static int open_flags(unsigned flags) {
    int f = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    f |= flags & OSFS_write ? (flags & OSFS_read ? O_RDWR : O_WRONLY) : O_RDONLY;
    static const struct {
        unsigned ours;
        int theirs;
    } rows[] = {{OSFS_create, O_CREAT},   {OSFS_exclusive, O_EXCL},
                {OSFS_truncate, O_TRUNC}, {OSFS_directory, O_DIRECTORY},
                {OSFS_append, O_APPEND},  {OSFS_nonblock, O_NONBLOCK},
                {OSFS_sync, O_SYNC},      {OSFS_datasync, O_DSYNC}};
    for (size_t i = 0; i < WT_COUNT(rows); i++)
        if (flags & rows[i].ours)
            f |= rows[i].theirs;
    return f;
}

OsError wt_osfs_open(OsFile root, const char *path, unsigned flags, OsFile *file) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, (flags & OSFS_follow) && !(flags & OSFS_exclusive));
    if (error != OS_OK)
        return error;
    int f = open_flags(flags);
    if (w.slash || strcmp(w.last, ".") == 0) {
        if ((flags & OSFS_create) && !(flags & OSFS_directory) && w.slash)
            error = OS_is_directory;
        f = (f | O_DIRECTORY) & ~O_CREAT;
    }
    if (error == OS_OK) {
        /* A FIFO or device without a partner must not hang the host: open at once, then wait when
         * used. */
        int fd = openat(w.dirs[w.depth], w.last, f | O_NONBLOCK, 0666);
        if (fd < 0) {
            error = fs_errno();
            if (error == OS_not_directory && !(flags & OSFS_directory) && is_link(&w, w.last))
                error = OS_symlink_loop;
        } else if (!(flags & OSFS_nonblock) &&
                   fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0) {
            error = fs_errno();
            close(fd);
        }
        *file = fd;
    }
    walk_close(&w);
    return error;
}

static OsFileType type_of_mode(mode_t mode) {
    if (S_ISREG(mode))
        return OS_TYPE_regular;
    if (S_ISDIR(mode))
        return OS_TYPE_directory;
    if (S_ISLNK(mode))
        return OS_TYPE_symlink;
    if (S_ISCHR(mode))
        return OS_TYPE_char_device;
    if (S_ISBLK(mode))
        return OS_TYPE_block_device;
    if (S_ISFIFO(mode))
        return OS_TYPE_fifo;
    return S_ISSOCK(mode) ? OS_TYPE_socket : OS_TYPE_unknown;
}

static uint64_t nanoseconds(const struct timespec *t) {
    return (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

static void fill_stat(OsStat *out, const struct stat *st) {
    *out = (OsStat){.device = (uint64_t)st->st_dev,
                    .inode = (uint64_t)st->st_ino,
                    .links = (uint64_t)st->st_nlink,
                    .size = (uint64_t)st->st_size,
#ifdef __APPLE__
                    .atime = nanoseconds(&st->st_atimespec),
                    .mtime = nanoseconds(&st->st_mtimespec),
                    .ctime = nanoseconds(&st->st_ctimespec),
#else
                    .atime = nanoseconds(&st->st_atim),
                    .mtime = nanoseconds(&st->st_mtim),
                    .ctime = nanoseconds(&st->st_ctim),
#endif
                    .type = type_of_mode(st->st_mode)};
}

OsError wt_osfs_stat(OsFile file, OsStat *out) {
    struct stat st;
    if (fstat((int)file, &st) < 0)
        return fs_errno();
    fill_stat(out, &st);
    return OS_OK;
}

OsError wt_osfs_stat_at(OsFile root, const char *path, bool follow, OsStat *out) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, follow);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(w.dirs[w.depth], w.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if (w.slash && !S_ISDIR(st.st_mode))
        error = OS_not_directory;
    else
        fill_stat(out, &st);
    walk_close(&w);
    return error;
}

OsError wt_osfs_make_directory(OsFile root, const char *path) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (mkdirat(w.dirs[w.depth], w.last, 0777) < 0)
        error = fs_errno();
    walk_close(&w);
    return error;
}

OsError wt_osfs_remove_directory(OsFile root, const char *path) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (unlinkat(w.dirs[w.depth], w.last, AT_REMOVEDIR) < 0)
        error = fs_errno();
    walk_close(&w);
    return error;
}

OsError wt_osfs_unlink(OsFile root, const char *path) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, false);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(w.dirs[w.depth], w.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if (S_ISDIR(st.st_mode))
        error = OS_is_directory;
    else if (w.slash)
        error = OS_not_directory;
    else if (unlinkat(w.dirs[w.depth], w.last, 0) < 0)
        error = fs_errno();
    walk_close(&w);
    return error;
}

/* Two walks at once: both ends of a rename or link. */
static OsError walk_both(WalkPath *a, OsFile a_root, const char *a_path, bool follow, WalkPath *b,
                         OsFile b_root, const char *b_path) {
    OsError error = walk_to(a, a_root, a_path, follow);
    if (error != OS_OK)
        return error;
    error = walk_to(b, b_root, b_path, false);
    if (error != OS_OK)
        walk_close(a);
    return error;
}

OsError wt_osfs_rename(OsFile from_root, const char *from, OsFile to_root, const char *to) {
    WalkPath a, b;
    OsError error = walk_both(&a, from_root, from, false, &b, to_root, to);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(a.dirs[a.depth], a.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if ((a.slash || b.slash) && !S_ISDIR(st.st_mode))
        error = OS_not_directory;
    else if (renameat(a.dirs[a.depth], a.last, b.dirs[b.depth], b.last) < 0)
        error = fs_errno();
    walk_close(&a);
    walk_close(&b);
    return error;
}

OsError wt_osfs_link(OsFile from_root, const char *from, bool follow, OsFile to_root,
                     const char *to) {
    WalkPath a, b;
    OsError error = walk_both(&a, from_root, from, follow, &b, to_root, to);
    if (error != OS_OK)
        return error;
    if (a.slash || b.slash)
        error = OS_not_directory;
    else if (linkat(a.dirs[a.depth], a.last, b.dirs[b.depth], b.last, 0) < 0)
        error = fs_errno();
    walk_close(&a);
    walk_close(&b);
    return error;
}

OsError wt_osfs_symlink(const char *target, OsFile root, const char *path) {
    if (target[0] == '/')
        return OS_not_permitted;
    WalkPath w;
    OsError error = walk_to(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (w.slash)
        error = OS_not_found;
    else if (symlinkat(target, w.dirs[w.depth], w.last) < 0)
        error = fs_errno();
    walk_close(&w);
    return error;
}

OsError wt_osfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, false);
    if (error != OS_OK)
        return error;
    ssize_t n = readlinkat(w.dirs[w.depth], w.last, out, size);
    if (n < 0)
        error = fs_errno();
    *got = n < 0 ? 0 : (size_t)n;
    walk_close(&w);
    return error;
}

static struct timespec time_spec(uint64_t ns) {
    if (ns == OSFS_TIME_now)
        return (struct timespec){.tv_nsec = UTIME_NOW};
    if (ns == OSFS_TIME_keep)
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000u),
                             .tv_nsec = (long)(ns % 1000000000u)};
}

OsError wt_osfs_set_times(OsFile file, uint64_t atime, uint64_t mtime) {
    struct timespec times[2] = {time_spec(atime), time_spec(mtime)};
    return futimens((int)file, times) < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_set_times_at(OsFile root, const char *path, bool follow, uint64_t atime,
                             uint64_t mtime) {
    WalkPath w;
    OsError error = walk_to(&w, root, path, follow);
    if (error != OS_OK)
        return error;
    struct timespec times[2] = {time_spec(atime), time_spec(mtime)};
    if (utimensat(w.dirs[w.depth], w.last, times, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    walk_close(&w);
    return error;
}

OsError wt_osfs_read(OsFile file, void *data, size_t size, uint64_t offset, size_t *got) {
    if (size > SSIZE_MAX)
        size = SSIZE_MAX;
    ssize_t n;
    do
        n = offset == OSFS_HERE ? read((int)file, data, size)
                                : pread((int)file, data, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_write(OsFile file, const void *data, size_t size, uint64_t offset, size_t *got) {
    if (size > SSIZE_MAX)
        size = SSIZE_MAX;
    ssize_t n;
    do
        n = offset == OSFS_HERE ? write((int)file, data, size)
                                : pwrite((int)file, data, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_seek(OsFile file, int64_t offset, OsWhence whence, uint64_t *position) {
    static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    off_t at = lseek((int)file, (off_t)offset, whences[whence]);
    *position = at < 0 ? 0 : (uint64_t)at;
    return at < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_set_size(OsFile file, uint64_t size) {
    if (size > INT64_MAX)
        return OS_invalid;
    return ftruncate((int)file, (off_t)size) < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_allocate(OsFile file, uint64_t offset, uint64_t len) {
    if (offset > INT64_MAX || len > INT64_MAX - offset || len == 0)
        return OS_invalid;
#ifdef __APPLE__
    (void)file;
    return OS_unsupported;
#else
    int error = posix_fallocate((int)file, (off_t)offset, (off_t)len);
    return error ? wt_os_error_of(error) : OS_OK;
#endif
}

OsError wt_osfs_sync(OsFile file, bool data_only) {
#ifdef __APPLE__
    (void)data_only;
    int result = fsync((int)file);
#else
    int result = data_only ? fdatasync((int)file) : fsync((int)file);
#endif
    return result < 0 ? fs_errno() : OS_OK;
}

OsError wt_osfs_set_flags(OsFile file, unsigned flags) {
    int f = fcntl((int)file, F_GETFL);
    if (f < 0)
        return fs_errno();
    f &= ~(O_APPEND | O_NONBLOCK);
    f |= (flags & OSFS_append ? O_APPEND : 0) | (flags & OSFS_nonblock ? O_NONBLOCK : 0);
    return fcntl((int)file, F_SETFL, f) < 0 ? fs_errno() : OS_OK;
}

/* ---- directories ---- */

OsError wt_osfs_dir_open(OsFile dir, OsDir **out) {
    /* An open file description of its own: the position is not shared with `dir`. */
    int fd = openat((int)dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fs_errno();
    DIR *d = fdopendir(fd);
    if (!d) {
        OsError error = fs_errno();
        close(fd);
        return error;
    }
    /* The C library allocates a DIR anyway; ours is that pointer. */
    *out = (OsDir *)(void *)d;
    return OS_OK;
}

void wt_osfs_dir_close(OsDir *d) {
    if (d)
        closedir((DIR *)(void *)d);
}

OsError wt_osfs_dir_seek(OsDir *d, uint64_t cookie) {
    if (cookie == 0)
        rewinddir((DIR *)(void *)d);
    else
        seekdir((DIR *)(void *)d, (long)cookie);
    return OS_OK;
}

OsError wt_osfs_dir_next(OsDir *d, OsDirEntry *entry, bool *end) {
    errno = 0;
    const struct dirent *e = readdir((DIR *)(void *)d);
    *end = !e;
    if (!e)
        return errno ? fs_errno() : OS_OK;
    static const struct {
        unsigned char theirs;
        OsFileType ours;
    } rows[] = {{DT_REG, OS_TYPE_regular},     {DT_DIR, OS_TYPE_directory},
                {DT_LNK, OS_TYPE_symlink},     {DT_FIFO, OS_TYPE_fifo},
                {DT_CHR, OS_TYPE_char_device}, {DT_BLK, OS_TYPE_block_device},
                {DT_SOCK, OS_TYPE_socket}};
    *entry = (OsDirEntry){.name = e->d_name, .inode = (uint64_t)e->d_ino};
    for (size_t i = 0; i < WT_COUNT(rows); i++)
        if (rows[i].theirs == e->d_type)
            entry->type = rows[i].ours;
    entry->next = (uint64_t)telldir((DIR *)(void *)d);
    return OS_OK;
}

/* ---- waiting ---- */

OsError wt_osfs_poll(OsPoll *polls, size_t count, uint64_t ns) {
    if (count > 65536)
        return OS_invalid;
    struct pollfd *fds = calloc(count ? count : 1, sizeof *fds);
    if (!fds)
        return OS_out_of_memory;
    for (size_t i = 0; i < count; i++)
        fds[i] =
            (struct pollfd){.fd = (int)polls[i].file, .events = polls[i].write ? POLLOUT : POLLIN};
    OsError error = OS_OK;
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    if (ns != UINT64_MAX && ns / 1000000000u > INT32_MAX)
        t.tv_sec = INT32_MAX;
#ifdef __APPLE__
    int n = poll(fds, (nfds_t)count,
                 ns == UINT64_MAX ? -1 : (int)WT_MIN(ns / 1000000u + 1, (uint64_t)INT32_MAX));
#else
    int n = ppoll(fds, (nfds_t)count, ns == UINT64_MAX ? NULL : &t, NULL);
#endif
    if (n < 0 && errno != EINTR)
        error = fs_errno();
    for (size_t i = 0; i < count && error == OS_OK; i++) {
        short got = n > 0 ? fds[i].revents : 0;
        polls[i].ready = got & (POLLIN | POLLOUT | POLLHUP | POLLERR);
        polls[i].hangup = got & POLLHUP;
        polls[i].error = got & POLLNVAL ? OS_bad_handle : OS_OK;
    }
    free(fds);
    return error;
}

#endif
