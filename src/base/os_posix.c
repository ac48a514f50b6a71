/* The OS layer on POSIX systems; Linux and macOS are the ones in use. Calls that a signal may
   interrupt are repeated, descriptors are not inherited. */
#if !defined(_WIN32) && !defined(__wasm__)

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/os.h"
#include "base/osfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__) || defined(__APPLE__)
#include <sys/random.h>
#endif
#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <crt_externs.h>
#include <mach-o/dyld.h>
#endif

#ifndef ENOTCAPABLE /* a WASI number */
#define ENOTCAPABLE (-1)
#endif

OsError wt_os_error_of(int number) {
    if (number == 0)
        return OS_OK;
#define OS_ERROR_IF(ident, value, text)                                                            \
    if (number == (value))                                                                         \
        return OS_##ident;
    OS_ERROR_ROWS(OS_ERROR_IF)
#undef OS_ERROR_IF
    /* Two names that are one number on some systems. */
    return number == EOPNOTSUPP || number == ENOTSUP ? OS_unsupported : OS_other;
}

/* ---- files ---- */

OsFile wt_os_standard_file(unsigned which) { return (OsFile)which; }

bool wt_os_is_terminal(OsFile file) { return isatty((int)file) == 1; }

static OsError open_descriptor(const char *path, int flags, OsFile *file) {
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    *file = fd;
    return fd < 0 ? wt_os_error_of(errno) : OS_OK;
}

OsError wt_os_file_open(const char *path, OsFile *file) {
    return open_descriptor(path, O_RDONLY, file);
}

OsError wt_os_file_create(const char *path, OsFile *file) {
    return open_descriptor(path, O_WRONLY | O_CREAT | O_EXCL, file);
}

OsError wt_os_file_write_to(const char *path, OsFile *file) {
    return open_descriptor(path, O_WRONLY | O_NOCTTY, file);
}

/* After EINTR the descriptor is gone on Linux, and closing again could hit another thread's new
 * one. */
void wt_os_file_close(OsFile file) { (void)close((int)file); }

/* Linux moves at most 2 GiB - 4 KiB at a time anyway, macOS refuses more. */
static size_t io_size(size_t size) { return size < (size_t)1 << 30 ? size : (size_t)1 << 30; }

OsError wt_os_file_read(OsFile file, void *data, size_t size, size_t *got) {
    ssize_t n;
    do {
        n = read((int)file, data, io_size(size));
    } while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? wt_os_error_of(errno) : OS_OK;
}

OsError wt_os_file_write(OsFile file, const void *data, size_t size) {
    const uint8_t *p = data;
    while (size > 0) {
        ssize_t n = write((int)file, p, io_size(size));
        if (n < 0 && errno != EINTR)
            return wt_os_error_of(errno);
        if (n > 0) {
            p += n;
            size -= (size_t)n;
        }
    }
    return OS_OK;
}

OsError wt_os_file_rename(const char *from, const char *to) {
    return rename(from, to) ? wt_os_error_of(errno) : OS_OK;
}

OsError wt_os_file_remove(const char *path) { return unlink(path) ? wt_os_error_of(errno) : OS_OK; }

void wt_os_file_copy_mode(OsFile file, const char *path) {
    struct stat st;
    if (stat(path, &st) == 0)
        (void)fchmod((int)file, st.st_mode & 0777);
}

OsTarget wt_os_file_target(const char *path) {
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? OS_TARGET_directory : OS_TARGET_device;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return OS_TARGET_link;
    return OS_TARGET_file;
}

char *wt_os_file_resolve(const Allocator *al, const char *path, size_t *size) {
    char *copy = NULL, *real = realpath(path, NULL);
    if (real) {
        *size = strlen(real) + 1;
        copy = allocator_get(al, *size);
        if (copy)
            memcpy(copy, real, *size);
        free(real);
    }
    return copy;
}

OsError wt_os_private_folder(const char *path, bool make, OsFile *folder) {
    if (make && mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
        return wt_os_error_of(errno);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        OsError error = wt_os_error_of(errno);
        if (fd >= 0)
            (void)close(fd);
        return error;
    }
    *folder = fd;
    if (st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return OS_OK;
    (void)close(fd);
    return OS_not_permitted;
}

OsError wt_os_map_file(OsMap *map, OsFile file) {
    struct stat st;
    if (fstat((int)file, &st) != 0)
        return wt_os_error_of(errno);
    if (S_ISDIR(st.st_mode))
        return OS_is_directory;
    /* Files under /proc call themselves empty; standard input may stand in the middle of a file. */
    if (!S_ISREG(st.st_mode) || st.st_size == 0 || lseek((int)file, 0, SEEK_CUR) != 0)
        return OS_unsupported;
    if ((uint64_t)st.st_size > SIZE_MAX / 2)
        return OS_file_too_large;
    /* Shared, so that the code in it can be mapped a second time. */
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, (int)file, 0);
    if (p == MAP_FAILED)
        return OS_unsupported;
    map->data = p;
    map->size = (size_t)st.st_size;
    map->mapped = true;
    return OS_OK;
}

void wt_os_map_unmap(OsMap *map) { (void)munmap((void *)(uintptr_t)map->data, map->size); }

void wt_os_map_discard(const OsMap *map, size_t from, size_t to) {
    size_t page = wt_os_page_size();
    if (!map->mapped || to > map->size || from > to)
        return;
    from = (from + page - 1) / page * page;
    to = to / page * page;
    if (from < to)
        (void)madvise((void *)(uintptr_t)(map->data + from), to - from, MADV_DONTNEED);
}

/* Where a standard stream is closed, something stands that can be neither read nor written: else
   the next file that is opened would take its place, and a program would read or write it. */
void wt_os_program_start(int *argc, char ***argv) {
#ifdef O_PATH
    enum { NOTHING = O_PATH | O_DIRECTORY | O_CLOEXEC };
#else
    enum { NOTHING = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
#endif
    (void)argc;
    (void)argv;
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/", NOTHING);
}

#ifdef __APPLE__ /* a shared library has no `environ` there */
char **wt_os_program_environment(void) { return *_NSGetEnviron(); }
#else
extern char **environ;
char **wt_os_program_environment(void) { return environ; }
#endif

/* ---- clocks, randomness, the machine ---- */

static clockid_t clock_of(OsClock clock) {
    switch (clock) {
    case OS_CLOCK_realtime:
        return CLOCK_REALTIME;
    case OS_CLOCK_monotonic:
        break;
    case OS_CLOCK_process_cpu:
        return CLOCK_PROCESS_CPUTIME_ID;
    case OS_CLOCK_thread_cpu:
        return CLOCK_THREAD_CPUTIME_ID;
    }
    return CLOCK_MONOTONIC;
}

static uint64_t timespec_ns(const struct timespec *t) {
    return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

static struct timespec ns_timespec(uint64_t ns) {
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
                             .tv_nsec = (long)(ns % 1000000000)};
}

OsError wt_os_clock_now(OsClock clock, uint64_t *ns) {
    struct timespec t = {0};
    OsError error = clock_gettime(clock_of(clock), &t) ? wt_os_error_of(errno) : OS_OK;
    *ns = timespec_ns(&t);
    return error;
}

OsError wt_os_clock_resolution(OsClock clock, uint64_t *ns) {
    struct timespec t = {0};
    OsError error = clock_getres(clock_of(clock), &t) ? wt_os_error_of(errno) : OS_OK;
    *ns = timespec_ns(&t);
    return error;
}

void wt_os_sleep(uint64_t ns) {
    struct timespec t = ns_timespec(ns);
    if (ns == 0) { /* nanosleep would take the timer's slack, 50 us */
        (void)sched_yield();
        return;
    }
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

OsError wt_os_random(void *data, size_t size) {
    uint8_t *p = data;
    while (size > 0) {
#ifdef __linux__
        ssize_t n = getrandom(p, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return wt_os_error_of(errno);
        size_t got = (size_t)n;
#else
        size_t got = size < 256 ? size : 256;
        if (getentropy(p, got) != 0)
            return wt_os_error_of(errno);
#endif
        p += got;
        size -= got;
    }
    return OS_OK;
}

unsigned wt_os_cpu_count(void) {
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
#endif
    /* Also for machines with more processors than a cpu_set_t holds. */
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

/* ---- threads ---- */

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(OsMutex), "a mutex fits");
_Static_assert(sizeof(pthread_cond_t) <= sizeof(OsCond), "a condition fits");
_Static_assert(sizeof(pthread_t) <= sizeof(uint64_t), "a thread fits");

static pthread_mutex_t *posix_mutex(OsMutex *mutex) { return (pthread_mutex_t *)(void *)mutex; }
static pthread_cond_t *posix_cond(OsCond *cond) { return (pthread_cond_t *)(void *)cond; }

bool wt_os_has_threads(void) { return true; }

static void *run_posix_thread(void *arg) {
    OsThread *t = arg;
    t->fn(t->user);
    return NULL;
}

OsError wt_os_thread_start(OsThread *t, size_t stack_size, void (*fn)(void *user), void *user) {
    pthread_attr_t attr;
    pthread_t id;
    t->fn = fn;
    t->user = user;
    int result = pthread_attr_init(&attr);
    if (result != 0)
        return wt_os_error_of(result);
    if (stack_size)
        (void)pthread_attr_setstacksize(&attr, stack_size);
    result = pthread_create(&id, &attr, run_posix_thread, t);
    (void)pthread_attr_destroy(&attr);
    if (result != 0)
        return wt_os_error_of(result);
    memcpy(&t->handle, &id, sizeof id);
    return OS_OK;
}

void wt_os_thread_join(OsThread *t) {
    pthread_t id;
    memcpy(&id, &t->handle, sizeof id);
    (void)pthread_join(id, NULL);
}

/* ---- the process ---- */

static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void fill_end_signals(sigset_t *set) {
    (void)sigemptyset(set);
    for (size_t i = 0; i < WT_COUNT(end_signals); i++)
        (void)sigaddset(set, end_signals[i]);
}

static void wait_for_signals(void *user) {
    OsSignals *w = user;
    sigset_t set;
    fill_end_signals(&set);
    for (int signal; sigwait(&set, &signal) == 0;) {
        if (atomic_load(&w->stopped))
            return;
        w->fn(w->user, signal);
    }
}

OsError wt_os_signals_watch(OsSignals *w, void (*fn)(void *user, int signal), void *user) {
    sigset_t set;
    fill_end_signals(&set);
    w->fn = fn;
    w->user = user;
    atomic_init(&w->stopped, false);
    int result = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (result != 0)
        return wt_os_error_of(result);
    OsError error = wt_os_thread_start(&w->thread, 0, wait_for_signals, w);
    if (error != OS_OK)
        (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return error;
}

void wt_os_signals_stop(OsSignals *w) {
    pthread_t id;
    sigset_t set;
    memcpy(&id, &w->thread.handle, sizeof id);
    atomic_store(&w->stopped, true);
    (void)pthread_kill(id, SIGTERM);
    wt_os_thread_join(&w->thread);
    fill_end_signals(&set);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void wt_os_signal_end(int signal) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, signal);
    struct sigaction action = {.sa_handler = SIG_DFL};
    (void)sigaction(signal, &action, NULL);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    (void)pthread_kill(pthread_self(), signal);
    _exit(128 + signal);
}

uint32_t wt_os_process_id(void) { return (uint32_t)getpid(); }
bool wt_os_is_first_process(void) { return getpid() == 1; }

OsError wt_os_self_path(char *path, size_t size) {
#if defined(__linux__)
    /* Without /proc, as in an empty root: the path that was given to execve. */
    const char *found = "/proc/self/exe";
    if (access(found, R_OK) != 0)
        found = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    if (!found)
        return OS_unsupported;
    size_t len = strlen(found) + 1;
    if (len > size)
        return OS_name_too_long;
    memcpy(path, found, len);
    return OS_OK;
#elif defined(__APPLE__)
    uint32_t room = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    return _NSGetExecutablePath(path, &room) == 0 ? OS_OK : OS_name_too_long;
#else
    (void)path;
    (void)size;
    return OS_unsupported;
#endif
}

OsError wt_os_real_path(const char *path, char *real, size_t size) {
    char found[PATH_MAX];
    if (!realpath(path, found))
        return wt_os_error_of(errno);
    size_t len = strlen(found) + 1;
    if (len > size)
        return OS_name_too_long;
    memcpy(real, found, len);
    return OS_OK;
}

OsError wt_os_file_make_executable(OsFile file) {
    struct stat st;
    if (fstat((int)file, &st) != 0)
        return wt_os_error_of(errno);
    mode_t mode = (st.st_mode & 0777) | (st.st_mode & 0444) >> 2;
    return fchmod((int)file, mode) == 0 ? OS_OK : wt_os_error_of(errno);
}

static uint64_t ns_of_timeval(struct timeval t) {
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

OsError wt_os_usage(OsUsage *usage) {
    struct rusage r;
    if (getrusage(RUSAGE_SELF, &r) != 0)
        return wt_os_error_of(errno);
#if defined(__APPLE__)
    uint64_t unit = 1;
#else
    uint64_t unit = 1024;
#endif
    *usage = (OsUsage){.user_ns = ns_of_timeval(r.ru_utime),
                       .system_ns = ns_of_timeval(r.ru_stime),
                       .peak_bytes = (uint64_t)r.ru_maxrss * unit,
                       .minor_faults = (uint64_t)r.ru_minflt,
                       .major_faults = (uint64_t)r.ru_majflt};
    return OS_OK;
}

/* ---- locks ---- */

OsError wt_os_mutex_init(OsMutex *mutex) {
    int result = pthread_mutex_init(posix_mutex(mutex), NULL);
    return result ? wt_os_error_of(result) : OS_OK;
}

void wt_os_mutex_destroy(OsMutex *mutex) { (void)pthread_mutex_destroy(posix_mutex(mutex)); }
void wt_os_mutex_lock(OsMutex *mutex) { (void)pthread_mutex_lock(posix_mutex(mutex)); }
void wt_os_mutex_unlock(OsMutex *mutex) { (void)pthread_mutex_unlock(posix_mutex(mutex)); }

OsError wt_os_cond_init(OsCond *cond) {
    pthread_condattr_t attr;
    int result = pthread_condattr_init(&attr);
    if (result != 0)
        return wt_os_error_of(result);
#ifndef __APPLE__ /* there waiting is relative */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
#endif
    result = pthread_cond_init(posix_cond(cond), &attr);
    (void)pthread_condattr_destroy(&attr);
    return result ? wt_os_error_of(result) : OS_OK;
}

void wt_os_cond_destroy(OsCond *cond) { (void)pthread_cond_destroy(posix_cond(cond)); }

void wt_os_cond_wait(OsCond *cond, OsMutex *mutex) {
    (void)pthread_cond_wait(posix_cond(cond), posix_mutex(mutex));
}

bool wt_os_cond_wait_for(OsCond *cond, OsMutex *mutex, uint64_t ns) {
#ifdef __APPLE__
    struct timespec t = ns_timespec(ns);
    int result = pthread_cond_timedwait_relative_np(posix_cond(cond), posix_mutex(mutex), &t);
#else
    uint64_t now = wt_os_now();
    if (ns > INT64_MAX - now)
        ns = INT64_MAX - now;
    struct timespec t = ns_timespec(now + ns);
    int result = pthread_cond_timedwait(posix_cond(cond), posix_mutex(mutex), &t);
#endif
    return result != ETIMEDOUT;
}

void wt_os_cond_signal(OsCond *cond) { (void)pthread_cond_signal(posix_cond(cond)); }
void wt_os_cond_broadcast(OsCond *cond) { (void)pthread_cond_broadcast(posix_cond(cond)); }

/* ---- pages ---- */

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

size_t wt_os_page_size(void) {
    long size = sysconf(_SC_PAGESIZE);
    return size < 1 ? 4096 : (size_t)size;
}

static void *map_pages(size_t size, int protection, int flags) {
    void *p = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *wt_os_mem_reserve(size_t size) { return map_pages(size, PROT_NONE, MAP_NORESERVE); }

OsError wt_os_mem_commit(void *p, size_t size) {
    return mprotect(p, size, PROT_READ | PROT_WRITE) ? wt_os_error_of(errno) : OS_OK;
}

/* Where it fails, each page comes when it is written. */
void wt_os_mem_touch(void *p, size_t size) {
#ifdef MADV_POPULATE_WRITE
    size_t page = wt_os_page_size(), lead = (uintptr_t)p % page;
    if (size >= 4 * page)
        (void)madvise((uint8_t *)p - lead, size + lead, MADV_POPULATE_WRITE);
#else
    (void)p;
    (void)size;
#endif
}

void wt_os_mem_release(void *p, size_t size) {
    if (p)
        (void)munmap(p, size);
}

void *wt_os_mem_grow(void *p, size_t old_size, size_t new_size) {
    assert(new_size >= old_size && new_size > 0);
    if (!p)
        return map_pages(new_size, PROT_READ | PROT_WRITE, 0);
#ifdef MREMAP_MAYMOVE
    void *moved = mremap(p, old_size, new_size, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
#else
    void *larger = map_pages(new_size, PROT_READ | PROT_WRITE, 0);
    if (larger) {
        memcpy(larger, p, old_size);
        (void)munmap(p, old_size);
    }
    return larger;
#endif
}

#ifdef __linux__
enum { CLEAN_kept = 4 }; /* pages at either end */

/* How many pages from this one on, in steps of 1 or -1, are there and are now zero. The others are
   not looked at: they may have been swapped out. */
static size_t zero_pages(uint8_t *p, size_t page, ptrdiff_t step) {
    unsigned char there[CLEAN_kept];
    uint8_t *low = step < 0 ? p - (CLEAN_kept - 1) * page : p;
    size_t n = 0;
    if (mincore(low, CLEAN_kept * page, there) != 0)
        return 0;
    while (n < CLEAN_kept && there[step < 0 ? CLEAN_kept - 1 - n : n] & 1) {
        memset(p, 0, page);
        p += step * (ptrdiff_t)page;
        n++;
    }
    return n;
}

bool wt_os_mem_clean(void *p, size_t size) {
    size_t page = wt_os_page_size(), head = 0, tail = 0;
    uint8_t *bytes = p;
    if (size >= 2 * CLEAN_kept * page) {
        head = zero_pages(bytes, page, 1) * page;
        tail = zero_pages(bytes + size - page, page, -1) * page;
    }
    return size == 0 || madvise(bytes + head, size - head - tail, MADV_DONTNEED) == 0;
}
#else
bool wt_os_mem_clean(void *p, size_t size) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    return size == 0 || mmap(p, size, PROT_READ | PROT_WRITE, flags, -1, 0) == p;
}
#endif

#else
/* A translation unit must hold something. */
typedef int os_posix_is_empty_here;
#endif
