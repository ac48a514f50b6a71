/* Files below a directory on POSIX systems: the steps of the walk, and what is done at its end. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "base/osfs_walk.h"

#if !defined(_WIN32) && !defined(__wasm__)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#endif
#include <unistd.h>

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

static OsError fs_errno(void) { return wt_os_error_of(errno); }

static OsError fs_result(bool ok) { return ok ? OS_OK : fs_errno(); }

/* ---- steps of the walk ---- */

OsError wt_osfs_step_into(OsFile dir, const char *name, OsFile *child) {
    *child = openat((int)dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fs_result(*child >= 0);
}

bool wt_osfs_step_is_link(OsFile dir, const char *name) {
    struct stat st;
    return fstatat((int)dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

OsError wt_osfs_step_read_link(OsFile dir, const char *name, char *out, size_t size, size_t *got) {
    ssize_t n = readlinkat((int)dir, name, out, size);
    *got = n < 0 ? 0 : (size_t)n;
    return fs_result(n >= 0);
}

OsError wt_osfs_step_check(const char *name, size_t len) {
    (void)name;
    (void)len;
    return OS_OK;
}

#ifdef __linux__
/* openat2 below `dir`, links followed, `..` allowed, and never out of it. OS_unsupported: the
   kernel has no such call, a filter forbids it (EPERM, which can mean other things too), or files
   were renamed all the time meanwhile: the walk finds out. */
enum { RESOLVE_no_mounts = 1, RESOLVE_no_magic = 2, RESOLVE_beneath = 8 };

static OsError open_resolved(OsFile dir, const char *path, int flags, uint64_t resolve,
                             OsFile *file) {
    enum { TRIES = 16, CALL_openat2 = 437 };
    struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = (uint64_t)(unsigned)flags,
             .mode = flags & O_CREAT ? 0666 : 0,
             .resolve = resolve | RESOLVE_beneath | RESOLVE_no_magic};
    long fd;
    int tries = 0;
    do
        fd = syscall(CALL_openat2, (int)dir, path, &how, sizeof how);
    while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < TRIES);
    *file = (OsFile)fd;
    if (fd >= 0)
        return OS_OK;
    switch (errno) {
    case EXDEV:
        return OS_not_permitted;
    case ENOSYS:
    case EPERM:
    case E2BIG:
    case EINVAL:
    case EAGAIN:
    case EINTR:
        return OS_unsupported;
    default:
        return fs_errno();
    }
}

static OsError open_beneath(OsFile dir, const char *path, int flags, OsFile *file) {
    return open_resolved(dir, path, flags, 0, file);
}

OsError wt_osfs_step_beneath(OsFile dir, const char *path, OsFile *child) {
    return open_beneath(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC, child);
}
#endif

/* The directory that a walk ended in. */
static int walk_dir(const WalkPath *w) { return (int)w->dirs[w->depth]; }

/* ---- what opening needs ---- */

OsError wt_osfs_open_root(const char *path, OsFile *dir) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *dir = fd;
    return fd < 0 ? fs_errno() : OS_OK;
}

static int open_flags(unsigned flags) {
    int f = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    f |= flags & OSFS_write ? (flags & OSFS_read ? O_RDWR : O_WRONLY) : O_RDONLY;
    f |= flags & OSFS_create ? O_CREAT : 0;
    f |= flags & OSFS_exclusive ? O_EXCL : 0;
    f |= flags & OSFS_truncate ? O_TRUNC : 0;
    f |= flags & OSFS_directory ? O_DIRECTORY : 0;
    f |= flags & OSFS_append ? O_APPEND : 0;
    f |= flags & OSFS_nonblock ? O_NONBLOCK : 0;
    f |= flags & OSFS_sync ? O_SYNC : 0;
    f |= flags & OSFS_datasync ? O_DSYNC : 0;
    return f;
}

/* The memory of this very process is a file below /proc, and that of others, and what the system is
   set to: no directory that somebody was given is meant to hand these out. */
static OsError check_writable(OsFile file) {
#ifdef __linux__
    enum { PROC_MAGIC = 0x9fa0 };
    struct statfs fs;
    if (fstatfs((int)file, &fs) < 0)
        return fs_errno();
    if (fs.f_type == PROC_MAGIC)
        return OS_not_permitted;
#endif
    (void)file;
    return OS_OK;
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

/* Some C libraries ask for it by an empty path, which takes the kernel longer. */
static int stat_open_file(int file, struct stat *st) {
#if defined(__linux__) && defined(__x86_64__) && defined(SYS_fstat)
    _Static_assert(sizeof *st == 144, "the kernel's own");
    return (int)syscall(SYS_fstat, file, st);
#else
    return fstat(file, st);
#endif
}

OsError wt_osfs_stat(OsFile file, OsStat *out) {
    struct stat st;
    if (stat_open_file((int)file, &st) < 0)
        return fs_errno();
    fill_stat(out, &st);
    return OS_OK;
}

/* ---- open ---- */

/* An opening: what was asked for, and what came out. */
typedef struct Opening {
    unsigned flags;
    uint64_t device; /* see wt_osfs_open_told */
    bool told;       /* in: has to be; out: was */
    OsFile file;
    OsStat *st;
} Opening;

/* Whether nothing has to be asked of an opened file. */
static bool needs_no_stat(const Opening *o) {
    return !o->told && (o->flags & OSFS_nonblock) && !(o->flags & OSFS_write);
}

/* A file that was opened, or closed again. A FIFO or device without a partner must not hang the
   host: files are opened at once (O_NONBLOCK), and wait when they are used. */
static OsError accept_opened(Opening *o) {
    if (needs_no_stat(o))
        return OS_OK;
    o->told = true;
    OsError error = wt_osfs_stat(o->file, o->st);
    bool harmless = o->device && o->st->device == o->device;
    if (error == OS_OK && (o->flags & OSFS_write) && !harmless)
        error = check_writable(o->file);
    if (error == OS_OK && !(o->flags & OSFS_nonblock) &&
        fcntl((int)o->file, F_SETFL, o->flags & OSFS_append ? O_APPEND : 0) < 0)
        error = fs_errno();
    if (error != OS_OK)
        close((int)o->file);
    return error;
}

/* Whether a path is one component with a name, so that it can only lead out by being a link. */
static bool is_plain_name(const char *path) {
    return !strchr(path, '/') && path[0] && strcmp(path, ".") != 0 && strcmp(path, "..") != 0;
}

/* What is opened to be written where no mount is crossed cannot be below /proc, if the root is not:
   it does not have to be asked. */
static bool open_on_same_mount(Opening *o, OsFile root, const char *path, int f, OsError *error) {
#ifdef __linux__
    if (o->told || !o->device || !(o->flags & OSFS_write) || !(o->flags & OSFS_nonblock))
        return false;
    *error = open_resolved(root, path, f, RESOLVE_no_mounts, &o->file);
    return *error == OS_OK || *error == OS_not_found || *error == OS_exists;
#else
    (void)o;
    (void)root;
    (void)path;
    (void)f;
    (void)error;
    return false;
#endif
}

/* In one call, where that gives a file or an error that leaves no question; else false. */
static bool open_at_once(Opening *o, OsFile root, const char *path, OsError *error) {
    size_t len = strlen(path);
    int f = open_flags(o->flags) | O_NONBLOCK;
    *error = OS_unsupported;
    if (is_plain_name(path)) {
        if (open_on_same_mount(o, root, path, f, error))
            return true;
        o->file = openat((int)root, path, f, 0666);
        *error = o->file >= 0 ? accept_opened(o) : fs_errno();
        if (o->file >= 0 || *error == OS_not_found || *error == OS_exists)
            return true;
    }
#ifdef __linux__
    if (len == 0 || path[len - 1] == '/' || path[len - 1] == '.')
        return false;
    f = o->flags & OSFS_follow ? f & ~O_NOFOLLOW : f;
    if (open_on_same_mount(o, root, path, f, error))
        return true;
    *error = open_beneath(root, path, f, &o->file);
    if (*error == OS_OK) {
        *error = accept_opened(o);
        return true;
    }
#else
    (void)len;
#endif
    return *error == OS_not_found || *error == OS_exists;
}

/* At the end of a walk. */
static OsError open_last(Opening *o, const WalkPath *w) {
    int f = open_flags(o->flags);
    if (w->slash || strcmp(w->last, ".") == 0) {
        if ((o->flags & OSFS_create) && !(o->flags & OSFS_directory) && w->slash)
            return OS_is_directory;
        f = (f | O_DIRECTORY) & ~O_CREAT;
    }
    o->file = openat(walk_dir(w), w->last, f | O_NONBLOCK, 0666);
    if (o->file >= 0)
        return accept_opened(o);
    OsError error = fs_errno();
    bool link = error == OS_not_directory && !(o->flags & OSFS_directory) &&
                wt_osfs_step_is_link(walk_dir(w), w->last);
    return link ? OS_symlink_loop : error;
}

OsError wt_osfs_open_told(OsFile root, const char *path, unsigned flags, uint64_t device,
                          OsFile *file, OsStat *st, bool *told) {
    WalkPath w;
    OsError error;
    Opening o = {.flags = flags, .device = device, .told = *told, .file = -1, .st = st};
    if (!open_at_once(&o, root, path, &error)) {
        error = wt_osfs_walk(&w, root, path, (flags & OSFS_follow) && !(flags & OSFS_exclusive));
        if (error == OS_OK) {
            error = open_last(&o, &w);
            wt_osfs_walk_close(&w);
        }
    }
    *file = o.file;
    *told = o.told;
    return error;
}

OsError wt_osfs_open(OsFile root, const char *path, unsigned flags, OsFile *file) {
    OsStat st;
    bool told = true;
    return wt_osfs_open_told(root, path, flags, 0, file, &st, &told);
}

uint64_t wt_osfs_harmless_device(OsFile dir) {
    OsStat st;
    return check_writable(dir) == OS_OK && wt_osfs_stat(dir, &st) == OS_OK ? st.device : 0;
}

/* ---- stat ---- */

/* In few calls, where that gives an answer or an error that leaves no question; else false. A plain
   name needs no care unless it is a link; a path is resolved below the root to a handle that cannot
   be read or written by. */
static bool stat_at_once(OsFile root, const char *path, bool follow, OsStat *out, OsError *error) {
    struct stat st;
    if (is_plain_name(path)) {
        *error = fs_result(fstatat((int)root, path, &st, AT_SYMLINK_NOFOLLOW) == 0);
        if (*error == OS_OK && !(follow && S_ISLNK(st.st_mode))) {
            fill_stat(out, &st);
            return true;
        }
        if (*error == OS_not_found)
            return true;
    }
#ifdef __linux__
    OsFile file;
    *error = open_beneath(root, path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), &file);
    if (*error == OS_OK) {
        *error = wt_osfs_stat(file, out);
        close((int)file);
        return true;
    }
    return *error == OS_not_found;
#else
    return false;
#endif
}

OsError wt_osfs_stat_at(OsFile root, const char *path, bool follow, OsStat *out) {
    struct stat st;
    WalkPath w;
    OsError error;
    if (stat_at_once(root, path, follow, out, &error))
        return error;
    error = wt_osfs_walk(&w, root, path, follow);
    if (error != OS_OK)
        return error;
    if (fstatat(walk_dir(&w), w.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if (w.slash && !S_ISDIR(st.st_mode))
        error = OS_not_directory;
    else
        fill_stat(out, &st);
    wt_osfs_walk_close(&w);
    return error;
}

/* ---- change ---- */

OsError wt_osfs_make_directory(OsFile root, const char *path) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (mkdirat(walk_dir(&w), w.last, 0777) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&w);
    return error;
}

OsError wt_osfs_remove_directory(OsFile root, const char *path) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (unlinkat(walk_dir(&w), w.last, AT_REMOVEDIR) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&w);
    return error;
}

OsError wt_osfs_unlink(OsFile root, const char *path) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(walk_dir(&w), w.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if (S_ISDIR(st.st_mode))
        error = OS_is_directory;
    else if (w.slash)
        error = OS_not_directory;
    else if (unlinkat(walk_dir(&w), w.last, 0) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&w);
    return error;
}

OsError wt_osfs_rename(OsFile from_root, const char *from, OsFile to_root, const char *to) {
    WalkPath a, b;
    OsError error = wt_osfs_walk_both(&a, from_root, from, false, &b, to_root, to);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(walk_dir(&a), a.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if ((a.slash || b.slash) && !S_ISDIR(st.st_mode))
        error = OS_not_directory;
    else if (renameat(walk_dir(&a), a.last, walk_dir(&b), b.last) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&a);
    wt_osfs_walk_close(&b);
    return error;
}

OsError wt_osfs_link(OsFile from_root, const char *from, bool follow, OsFile to_root,
                     const char *to) {
    WalkPath a, b;
    OsError error = wt_osfs_walk_both(&a, from_root, from, follow, &b, to_root, to);
    if (error != OS_OK)
        return error;
    struct stat st;
    if (fstatat(walk_dir(&a), a.last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    else if (S_ISDIR(st.st_mode))
        error = OS_not_permitted;
    else if (a.slash)
        error = OS_not_directory;
    else if (b.slash) /* what is not there yet is no directory */
        error =
            fstatat(walk_dir(&b), b.last, &st, AT_SYMLINK_NOFOLLOW) < 0 ? OS_not_found : OS_exists;
    else if (linkat(walk_dir(&a), a.last, walk_dir(&b), b.last, 0) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&a);
    wt_osfs_walk_close(&b);
    return error;
}

OsError wt_osfs_symlink(const char *target, OsFile root, const char *path) {
    if (target[0] == '/')
        return OS_not_permitted;
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (w.slash)
        error = OS_not_found;
    else if (symlinkat(target, walk_dir(&w), w.last) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&w);
    return error;
}

OsError wt_osfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = wt_osfs_step_read_link(walk_dir(&w), w.last, out, size, got);
    wt_osfs_walk_close(&w);
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
    OsError error = wt_osfs_walk(&w, root, path, follow);
    if (error != OS_OK)
        return error;
    struct timespec times[2] = {time_spec(atime), time_spec(mtime)};
    struct stat st;
    if (w.slash && fstatat(walk_dir(&w), w.last, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(st.st_mode))
        error = OS_not_directory;
    else if (utimensat(walk_dir(&w), w.last, times, AT_SYMLINK_NOFOLLOW) < 0)
        error = fs_errno();
    wt_osfs_walk_close(&w);
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
        n = offset >= OSFS_END ? write((int)file, data, size)
                               : pwrite((int)file, data, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? fs_errno() : OS_OK;
}

#if defined(__linux__) && defined(SYS_pwritev2)
/* The kernel does not know the call or its flag, or a filter forbids it (EPERM, which can mean
   other things too: then the old way tells). */
static bool is_no_such_call(int error) {
    return error == EOPNOTSUPP || error == ENOSYS || error == EINVAL || error == EPERM;
}
#endif

OsError wt_osfs_write_inside(OsFile file, const void *data, size_t size, uint64_t offset,
                             size_t *got) {
#ifdef __linux__
#ifdef SYS_pwritev2 /* from Linux 6.9 on one write may do without the flag */
    enum { NOAPPEND = 0x20 };
    struct iovec piece = {(void *)(uintptr_t)data, size < SSIZE_MAX ? size : SSIZE_MAX};
    long n;
    do
        n = syscall(SYS_pwritev2, (int)file, &piece, 1UL, (unsigned long)offset,
                    (unsigned long)(offset >> 32), NOAPPEND);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    if (n >= 0 || !is_no_such_call(errno))
        return fs_result(n >= 0);
#endif
    int flags = fcntl((int)file, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND)) {
        OsError error = fs_result(fcntl((int)file, F_SETFL, flags & ~O_APPEND) == 0);
        if (error == OS_OK)
            error = wt_osfs_write(file, data, size, offset, got);
        (void)fcntl((int)file, F_SETFL, flags);
        return error;
    }
#endif
    return wt_osfs_write(file, data, size, offset, got);
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
#ifdef __linux__
    /* Not posix_fallocate: where the file system has no such call, glibc writes to every block. */
    return fs_result(fallocate((int)file, 0, (off_t)offset, (off_t)len) == 0);
#elif defined(__APPLE__)
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

bool wt_osfs_appends(OsFile file) {
    int f = fcntl((int)file, F_GETFL);
    return f >= 0 && (f & O_APPEND);
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
    static const uint8_t types[] = {
        [DT_UNKNOWN] = OS_TYPE_unknown,  [DT_REG] = OS_TYPE_regular, [DT_DIR] = OS_TYPE_directory,
        [DT_LNK] = OS_TYPE_symlink,      [DT_FIFO] = OS_TYPE_fifo,   [DT_CHR] = OS_TYPE_char_device,
        [DT_BLK] = OS_TYPE_block_device, [DT_SOCK] = OS_TYPE_socket};
    *entry = (OsDirEntry){.name = e->d_name, .inode = (uint64_t)e->d_ino};
    if (e->d_type < WT_COUNT(types))
        entry->type = (OsFileType)types[e->d_type];
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
