/* The OS layer where the library itself is compiled to wasm: files, folders and clocks of
   wasi-libc, no threads, no reservation of address space. Folders are for the command itself: a
   program is given none (OSFS_CONFINES), and memfs.h needs no host. */
#if defined(__wasm__)

#include "base/os.h"
#include "base/osfs_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

OsError wt_os_error_of(int number) {
    if (number == 0)
        return OS_OK;
#define OS_ERROR_IF(ident, value, text)                                                            \
    if (number == (value))                                                                         \
        return OS_##ident;
    OS_ERROR_ROWS(OS_ERROR_IF)
#undef OS_ERROR_IF
    return OS_other;
}

/* ---- files ---- */

static OsError wasi_result(bool ok) { return ok ? OS_OK : wt_os_error_of(errno); }

OsFile wt_os_standard_file(unsigned which) { return (OsFile)which; }
bool wt_os_is_terminal(OsFile file) { return isatty((int)file) == 1; }

static OsError wasi_open(const char *path, int flags, OsFile *file) {
    *file = open(path, flags, 0666);
    return wasi_result(*file >= 0);
}

OsError wt_os_file_open(const char *path, OsFile *file) { return wasi_open(path, O_RDONLY, file); }
OsError wt_os_file_create(const char *path, OsFile *file) {
    return wasi_open(path, O_WRONLY | O_CREAT | O_EXCL, file);
}
OsError wt_os_file_write_to(const char *path, OsFile *file) {
    return wasi_open(path, O_WRONLY, file);
}
void wt_os_file_close(OsFile file) { (void)close((int)file); }

OsError wt_os_file_read(OsFile file, void *data, size_t size, size_t *got) {
    ssize_t n = read((int)file, data, size);
    *got = n < 0 ? 0 : (size_t)n;
    return wasi_result(n >= 0);
}

OsError wt_os_file_write(OsFile file, const void *data, size_t size) {
    const char *at = data;
    while (size > 0) {
        ssize_t n = write((int)file, at, size);
        if (n < 0)
            return wt_os_error_of(errno);
        at += n;
        size -= (size_t)n;
    }
    return OS_OK;
}

OsError wt_os_file_rename(const char *from, const char *to) {
    return wasi_result(rename(from, to) == 0);
}
OsError wt_os_file_remove(const char *path) { return wasi_result(unlink(path) == 0); }
OsTarget wt_os_file_target(const char *path) {
    (void)path;
    return OS_TARGET_file;
}
char *wt_os_file_resolve(const Allocator *al, const char *path, size_t *size) {
    *size = strlen(path) + 1;
    char *copy = allocator_get(al, *size);
    if (copy)
        memcpy(copy, path, *size);
    return copy;
}

void wt_os_program_start(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
}
extern char **environ;
char **wt_os_program_environment(void) { return environ; }

/* ---- clocks, randomness, the machine ---- */

/* Calls of WASI itself: the C library's go through times in two numbers and 128-bit products. */
static bool wasi_clock(OsClock clock, __wasi_clockid_t *id) {
    *id = clock == OS_CLOCK_realtime ? __WASI_CLOCKID_REALTIME : __WASI_CLOCKID_MONOTONIC;
    return clock == OS_CLOCK_realtime || clock == OS_CLOCK_monotonic;
}

OsError wt_os_clock_now(OsClock clock, uint64_t *ns) {
    __wasi_clockid_t id;
    *ns = 0;
    return wasi_clock(clock, &id) ? wt_os_error_of(__wasi_clock_time_get(id, 1, ns))
                                  : OS_unsupported;
}

OsError wt_os_clock_resolution(OsClock clock, uint64_t *ns) {
    __wasi_clockid_t id;
    *ns = 0;
    return wasi_clock(clock, &id) ? wt_os_error_of(__wasi_clock_res_get(id, ns)) : OS_unsupported;
}

void wt_os_sleep(uint64_t ns) {
    __wasi_subscription_t until = {
        .u = {.tag = __WASI_EVENTTYPE_CLOCK,
              .u.clock = {.id = __WASI_CLOCKID_MONOTONIC, .timeout = ns}},
    };
    __wasi_event_t event;
    __wasi_size_t count;
    (void)__wasi_poll_oneoff(&until, &event, 1, &count);
}

OsError wt_os_random(void *data, size_t size) {
    char *at = data;
    while (size > 0) {
        size_t n = size < 256 ? size : 256;
        if (getentropy(at, n) != 0)
            return wt_os_error_of(errno);
        at += n;
        size -= n;
    }
    return OS_OK;
}

unsigned wt_os_cpu_count(void) { return 1; }

/* ---- threads: none, so nothing ever waits ---- */

OsError wt_os_thread_start(OsThread *t, size_t stack_size, void (*fn)(void *user), void *user) {
    (void)t;
    (void)stack_size;
    (void)fn;
    (void)user;
    return OS_unsupported;
}
void wt_os_thread_join(OsThread *t) { (void)t; }
bool wt_os_has_threads(void) { return false; }
OsError wt_os_mutex_init(OsMutex *mutex) {
    *mutex = (OsMutex){{0}};
    return OS_OK;
}
void wt_os_mutex_destroy(OsMutex *mutex) { (void)mutex; }
void wt_os_mutex_lock(OsMutex *mutex) { (void)mutex; }
void wt_os_mutex_unlock(OsMutex *mutex) { (void)mutex; }
OsError wt_os_cond_init(OsCond *cond) {
    *cond = (OsCond){{0}};
    return OS_OK;
}
void wt_os_cond_destroy(OsCond *cond) { (void)cond; }
void wt_os_cond_wait(OsCond *cond, OsMutex *mutex) {
    (void)cond;
    (void)mutex;
}
bool wt_os_cond_wait_for(OsCond *cond, OsMutex *mutex, uint64_t ns) {
    (void)cond;
    (void)mutex;
    wt_os_sleep(ns);
    return false;
}
void wt_os_cond_signal(OsCond *cond) { (void)cond; }
void wt_os_cond_broadcast(OsCond *cond) { (void)cond; }

/* ---- pages: none to reserve; memories come from the allocator ---- */

size_t wt_os_page_size(void) { return 65536; }
void *wt_os_mem_reserve(size_t size) {
    (void)size;
    return NULL;
}
OsError wt_os_mem_commit(void *p, size_t size) {
    (void)p;
    (void)size;
    return OS_unsupported;
}
void wt_os_mem_touch(void *p, size_t size) {
    (void)p;
    (void)size;
}

void wt_os_mem_release(void *p, size_t size) {
    (void)size;
    free(p);
}
void *wt_os_mem_grow(void *p, size_t old_size, size_t new_size) {
    char *grown = realloc(p, new_size);
    if (grown && new_size > old_size)
        memset(grown + old_size, 0, new_size - old_size);
    return grown;
}
bool wt_os_mem_clean(void *p, size_t size) {
    (void)p;
    (void)size;
    return false; /* memory that is kept is missing elsewhere */
}

/* ---- the standard streams ---- */

static uint64_t wasi_time(const struct timespec *t) {
    return (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

static OsError wasi_stat(bool ok, const struct stat *s, OsStat *st) {
    if (!ok)
        return wt_os_error_of(errno);
    *st = (OsStat){.device = s->st_dev,
                   .inode = s->st_ino,
                   .links = s->st_nlink,
                   .size = (uint64_t)s->st_size,
                   .atime = wasi_time(&s->st_atim),
                   .mtime = wasi_time(&s->st_mtim),
                   .ctime = wasi_time(&s->st_ctim),
                   .type = S_ISREG(s->st_mode)   ? OS_TYPE_regular
                           : S_ISDIR(s->st_mode) ? OS_TYPE_directory
                           : S_ISLNK(s->st_mode) ? OS_TYPE_symlink
                                                 : OS_TYPE_char_device};
    return OS_OK;
}

OsError wt_osfs_stat(OsFile file, OsStat *st) {
    struct stat s;
    return wasi_stat(fstat((int)file, &s) == 0, &s, st);
}

OsError wt_osfs_read(OsFile file, void *data, size_t size, uint64_t offset, size_t *got) {
    if (offset == OSFS_HERE)
        return wt_os_file_read(file, data, size, got);
    ssize_t n = pread((int)file, data, size, (off_t)offset);
    *got = n < 0 ? 0 : (size_t)n;
    return wasi_result(n >= 0);
}

OsError wt_osfs_write(OsFile file, const void *data, size_t size, uint64_t offset, size_t *got) {
    *got = 0;
    if (offset < OSFS_END)
        return OS_illegal_seek;
    ssize_t n = write((int)file, data, size);
    *got = n < 0 ? 0 : (size_t)n;
    return wasi_result(n >= 0);
}

/* Waits for nothing but the time: streams count as ready. */
OsError wt_osfs_poll(OsPoll *polls, size_t count, uint64_t ns) {
    for (size_t i = 0; i < count; i++)
        polls[i].ready = true;
    if (count == 0)
        wt_os_sleep(ns);
    return OS_OK;
}

/* ---- folders ---- */

OsError wt_osfs_open_root(const char *path, OsFile *dir) {
    return wasi_open(path, O_RDONLY | O_DIRECTORY, dir);
}

/* To read: nothing here writes below an open folder. */
OsError wt_osfs_open(OsFile root, const char *path, unsigned flags, OsFile *file) {
    if (flags & (OSFS_write | OSFS_create | OSFS_truncate | OSFS_append))
        return OS_unsupported;
    int f = O_RDONLY | (flags & OSFS_directory ? O_DIRECTORY : 0);
    *file = openat((int)root, path, f | (flags & OSFS_follow ? 0 : O_NOFOLLOW));
    return wasi_result(*file >= 0);
}

OsError wt_osfs_stat_at(OsFile root, const char *path, bool follow, OsStat *st) {
    struct stat s;
    int how = follow ? 0 : AT_SYMLINK_NOFOLLOW;
    return wasi_stat(fstatat((int)root, path, &s, how) == 0, &s, st);
}

OsError wt_osfs_make_directory(OsFile root, const char *path) {
    return wasi_result(mkdirat((int)root, path, 0777) == 0);
}

OsError wt_osfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got) {
    ssize_t n = readlinkat((int)root, path, out, size);
    *got = n < 0 ? 0 : (size_t)n;
    return wasi_result(n >= 0);
}

OsError wt_osfs_dir_open(OsFile dir, OsDir **out) {
    OsFile own;
    OsError error = wt_osfs_open(dir, ".", OSFS_directory, &own);
    DIR *d = error == OS_OK ? fdopendir((int)own) : NULL;
    if (error == OS_OK && !d) {
        error = wt_os_error_of(errno);
        wt_os_file_close(own);
    }
    *out = (OsDir *)(void *)d;
    return error;
}

void wt_osfs_dir_close(OsDir *d) {
    if (d)
        closedir((DIR *)(void *)d);
}

OsError wt_osfs_dir_next(OsDir *d, OsDirEntry *entry, bool *end) {
    errno = 0;
    const struct dirent *e = readdir((DIR *)(void *)d);
    *end = !e;
    if (!e)
        return wt_os_error_of(errno);
    *entry = (OsDirEntry){.name = e->d_name,
                          .inode = e->d_ino,
                          .type = e->d_type == DT_REG   ? OS_TYPE_regular
                                  : e->d_type == DT_DIR ? OS_TYPE_directory
                                  : e->d_type == DT_LNK ? OS_TYPE_symlink
                                                        : OS_TYPE_unknown};
    return OS_OK;
}

/* ---- what only programs need ---- */

#define OSFS_NONE(name, params)                                                                    \
    OsError name params { return OS_unsupported; }
#pragma clang diagnostic ignored "-Wunused-parameter"
OSFS_NONE(wt_osfs_remove_directory, (OsFile root, const char *path))
OSFS_NONE(wt_osfs_unlink, (OsFile root, const char *path))
OSFS_NONE(wt_osfs_rename, (OsFile from_root, const char *from, OsFile to_root, const char *to))
OSFS_NONE(wt_osfs_link,
          (OsFile from_root, const char *from, bool follow, OsFile to_root, const char *to))
OSFS_NONE(wt_osfs_symlink, (const char *target, OsFile root, const char *path))
OSFS_NONE(wt_osfs_set_times, (OsFile file, uint64_t atime, uint64_t mtime))
OSFS_NONE(wt_osfs_set_times_at,
          (OsFile root, const char *path, bool follow, uint64_t atime, uint64_t mtime))
OSFS_NONE(wt_osfs_seek, (OsFile file, int64_t offset, OsWhence whence, uint64_t *position))
OSFS_NONE(wt_osfs_set_size, (OsFile file, uint64_t size))
OSFS_NONE(wt_osfs_allocate, (OsFile file, uint64_t offset, uint64_t len))
OSFS_NONE(wt_osfs_sync, (OsFile file, bool data_only))
OSFS_NONE(wt_osfs_set_flags, (OsFile file, unsigned flags))
bool wt_osfs_appends(OsFile file) {
    (void)file;
    return false;
}
OSFS_NONE(wt_osfs_dir_seek, (OsDir * d, uint64_t cookie))
OSFS_NONE(wt_osfs_step_into, (OsFile dir, const char *name, OsFile *child))
bool wt_osfs_step_is_link(OsFile dir, const char *name) { return false; }
OSFS_NONE(wt_osfs_step_read_link,
          (OsFile dir, const char *name, char *out, size_t size, size_t *got))
OSFS_NONE(wt_osfs_step_check, (const char *name, size_t len))

#endif
