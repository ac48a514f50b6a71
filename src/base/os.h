/* The operating system, as thin as possible: files in and out, clocks, threads, pages.

   The only door of the house to a platform. os.c holds what is the same everywhere, os_posix.c,
   os_windows.c and os_wasi.c one platform each (the others compile to nothing), os_none.c what the
   last two lack. Calls that can fail return an OsError; nothing prints, nothing reads the
   environment, and there is no global state but the handler for faults.
 */
#ifndef WATTLE_BASE_OS_H
#define WATTLE_BASE_OS_H

#include "base/arena.h"

#include <stdatomic.h>

/* One row per error we tell apart: ident, errno, text. */
#define OS_ERROR_ROWS(ROW)                                                                         \
    ROW(not_found, ENOENT, "no such file or directory")                                            \
    ROW(access, EACCES, "permission denied")                                                       \
    ROW(not_permitted, EPERM, "operation not permitted")                                           \
    ROW(exists, EEXIST, "file exists")                                                             \
    ROW(is_directory, EISDIR, "is a directory")                                                    \
    ROW(not_directory, ENOTDIR, "not a directory")                                                 \
    ROW(not_empty, ENOTEMPTY, "directory not empty")                                               \
    ROW(bad_handle, EBADF, "bad file descriptor")                                                  \
    ROW(too_many_files, EMFILE, "too many open files")                                             \
    ROW(too_many_files_system, ENFILE, "too many open files in system")                            \
    ROW(no_space, ENOSPC, "no space left on device")                                               \
    ROW(quota, EDQUOT, "disk quota exceeded")                                                      \
    ROW(file_too_large, EFBIG, "file too large")                                                   \
    ROW(read_only, EROFS, "read-only file system")                                                 \
    ROW(broken_pipe, EPIPE, "broken pipe")                                                         \
    ROW(name_too_long, ENAMETOOLONG, "file name too long")                                         \
    ROW(symlink_loop, ELOOP, "too many levels of symbolic links")                                  \
    ROW(other_device, EXDEV, "invalid cross-device link")                                          \
    ROW(busy, EBUSY, "device or resource busy")                                                    \
    ROW(text_busy, ETXTBSY, "text file busy")                                                      \
    ROW(illegal_seek, ESPIPE, "illegal seek")                                                      \
    ROW(too_many_links, EMLINK, "too many links")                                                  \
    ROW(no_device, ENXIO, "no such device or address")                                             \
    ROW(again, EAGAIN, "resource temporarily unavailable")                                         \
    ROW(io, EIO, "input/output error")                                                             \
    ROW(out_of_memory, ENOMEM, "out of memory")                                                    \
    ROW(invalid, EINVAL, "invalid argument")                                                       \
    ROW(unsupported, ENOSYS, "not supported on this system")                                       \
    ROW(not_capable, ENOTCAPABLE, "capabilities insufficient")                                     \
    ROW(address_in_use, EADDRINUSE, "address already in use")                                      \
    ROW(address_not_here, EADDRNOTAVAIL, "this machine has no such address")                       \
    ROW(address_family, EAFNOSUPPORT, "addresses of this kind are not supported here")

#define OS_ERROR_ENUM(ident, number, text) OS_##ident,
typedef enum OsError { OS_OK, OS_ERROR_ROWS(OS_ERROR_ENUM) OS_other } OsError;
#undef OS_ERROR_ENUM

/* Lower case, without a full stop; a constant. */
const char *wt_os_error_text(OsError error);

/* Whether there are threads at all: known when this is compiled, so that code for systems without
   them costs nothing elsewhere. */
#if defined(__wasm__)
#define OS_THREADS false
#else
#define OS_THREADS true
#endif

/* ---- files ---- */

typedef intptr_t OsFile; /* a descriptor, or a HANDLE */

/* Standard input, output and error are 0, 1, 2. */
OsFile wt_os_standard_file(unsigned which);
bool wt_os_is_terminal(OsFile file);

OsError wt_os_file_open(const char *path, OsFile *file);     /* to read */
OsError wt_os_file_create(const char *path, OsFile *file);   /* to write; fails if it exists */
OsError wt_os_file_write_to(const char *path, OsFile *file); /* an existing device or pipe */
void wt_os_file_close(OsFile file);
/* *got is 0 at the end. */
OsError wt_os_file_read(OsFile file, void *data, size_t size, size_t *got);
/* All of it. */
OsError wt_os_file_write(OsFile file, const void *data, size_t size);
OsError wt_os_file_rename(const char *from, const char *to); /* replaces `to` in one step */
OsError wt_os_file_remove(const char *path);
/* From now on writing to a pipe that nobody reads is an error and no signal, in the whole process.
 */
void wt_os_ignore_broken_pipes(void);
/* Gives a new file the permissions of the one it will replace. */
void wt_os_file_copy_mode(OsFile file, const char *path);

/* What writing to a path would hit. */
typedef enum OsTarget {
    OS_TARGET_file,      /* a regular file, or nothing yet */
    OS_TARGET_link,      /* a symbolic link */
    OS_TARGET_device,    /* a terminal, pipe or device: it cannot be replaced */
    OS_TARGET_directory, /* or a link to one */
} OsTarget;
OsTarget wt_os_file_target(const char *path);
/* Follows symbolic links to the last; the answer is from the allocator, *size bytes, or NULL. */
char *wt_os_file_resolve(const Allocator *al, const char *path, size_t *size);

/* Opens a folder that nobody but this process's user may write to; make: it is made first, but not
   the one it is in. OS_not_permitted: others may, or it is another user's. */
OsError wt_os_private_folder(const char *path, bool make, OsFile *folder);

/* ---- a whole file, read-only ---- */

/* Pages of the file where possible, otherwise (pipes, terminals) memory of the allocator. Cutting a
   mapped file short from outside while it is read is an access violation: nothing can be done about
   it without a copy. */
typedef struct OsMap {
    const uint8_t *data; /* never NULL after a successful open */
    size_t size;
    size_t capacity; /* of the allocated memory; 0 if mapped or empty */
    bool mapped;
    const Allocator *allocator;
} OsMap;

/* "-" is the standard input. On failure the map is empty and may be closed. */
OsError wt_os_map_open(OsMap *map, const char *path, const Allocator *al);
void wt_os_map_close(OsMap *map);
/* The pages inside [from, to) will not be needed soon: the system may drop them, and reads them
 * again if asked. */
void wt_os_map_discard(const OsMap *map, size_t from, size_t to);

/* The platform's half: maps an open regular file, or says OS_unsupported if it must be read. */
OsError wt_os_map_file(OsMap *map, OsFile file);
void wt_os_map_unmap(OsMap *map);

/* ---- output by rename ---- */

/* The file appears under its name when it is complete, and not at all if anything goes wrong.
   Errors are sticky: only the commit has to be checked. */
typedef struct OsOutput {
    OsFile file;
    bool open, direct; /* direct: standard output or a device, nothing to rename */
    OsError error;
    char *path, *temp; /* temp is in the same directory */
    size_t path_size, temp_size;
    const Allocator *allocator;
} OsOutput;

/* "-" is the standard output. */
OsError wt_os_output_open(OsOutput *out, const char *path, const Allocator *al);
OsError wt_os_output_write(OsOutput *out, const void *data, size_t size);
/* Ends the output either way; after a failure no file is left behind. */
OsError wt_os_output_commit(OsOutput *out);
void wt_os_output_abort(OsOutput *out);

/* What a command does first. On Windows its words become UTF-8, its standard streams carry bytes as
   they are, and a console takes UTF-8 and colours; elsewhere all that is so. */
void wt_os_program_start(int *argc, char ***argv);
/* NAME=VALUE, NULL behind the last. Ends with the process; NULL: out of memory. */
char **wt_os_program_environment(void);

/* ---- clocks, randomness, the machine ---- */

typedef enum OsClock {
    OS_CLOCK_realtime, /* since 1970 */
    OS_CLOCK_monotonic,
    OS_CLOCK_process_cpu,
    OS_CLOCK_thread_cpu,
} OsClock;

/* Nanoseconds. */
OsError wt_os_clock_now(OsClock clock, uint64_t *ns);
OsError wt_os_clock_resolution(OsClock clock, uint64_t *ns);
/* The monotonic clock for measuring; 0 if there is none. */
uint64_t wt_os_now(void);
void wt_os_sleep(uint64_t ns); /* 0: lets other threads run */

/* Good enough for keys. */
OsError wt_os_random(void *data, size_t size);
/* Processors this process may use, at least 1. */
unsigned wt_os_cpu_count(void);

/* ---- threads ---- */

/* Stays where it is from start to join. */
typedef struct OsThread {
    uint64_t handle;
    void (*fn)(void *user);
    void *user;
} OsThread;

/* Room for the platform's own; never moved or copied. */
typedef union OsMutex {
    uint64_t words[8];
    void *pointer;
} OsMutex;
typedef union OsCond {
    uint64_t words[8];
    void *pointer;
} OsCond;

bool wt_os_has_threads(void);
/* stack_size 0 is the platform's choice. OS_unsupported where there are no threads. */
OsError wt_os_thread_start(OsThread *t, size_t stack_size, void (*fn)(void *user), void *user);
void wt_os_thread_join(OsThread *t);

OsError wt_os_mutex_init(OsMutex *mutex);
void wt_os_mutex_destroy(OsMutex *mutex);
void wt_os_mutex_lock(OsMutex *mutex);
void wt_os_mutex_unlock(OsMutex *mutex);

OsError wt_os_cond_init(OsCond *cond);
void wt_os_cond_destroy(OsCond *cond);
void wt_os_cond_wait(OsCond *cond, OsMutex *mutex);
/* False when the time is over (it may also wake for no reason, as always). */
bool wt_os_cond_wait_for(OsCond *cond, OsMutex *mutex, uint64_t ns);
void wt_os_cond_signal(OsCond *cond);
void wt_os_cond_broadcast(OsCond *cond);

/* Calls fn once for every job below njobs, in rising order, on up to nthreads threads (this one is
   worker 0), and returns when all are done. One thread, or no threads at all: everything runs here.
 */
void wt_os_parallel(unsigned nthreads, size_t njobs,
                    void (*fn)(void *user, size_t job, unsigned worker), void *user);

/* ---- the process ---- */

/* The signals that ask a process to end: interrupt (Ctrl-C), terminate, hang-up. */
typedef struct OsSignals {
    OsThread thread;
    void (*fn)(void *user, int signal);
    void *user;
    atomic_bool stopped;
} OsSignals;
/* They do not end the process any more, but are told to fn, on a thread of its own; so they are
   until the watch is stopped. Before any other thread is started: those inherit it. */
OsError wt_os_signals_watch(OsSignals *w, void (*fn)(void *user, int signal), void *user);
void wt_os_signals_stop(OsSignals *w);
/* Ends the process as the signal does; with 128 + signal where that does nothing (the first process
   of a container). */
void wt_os_signal_end(int signal);
/* Whether signals without a handler are ignored: as the first process of a container. */
bool wt_os_is_first_process(void);
uint32_t wt_os_process_id(void);

/* A path to the executable of the process, to read it. OS_unsupported; OS_name_too_long. */
OsError wt_os_self_path(char *path, size_t size);
/* The path of a file from the root on, without links. OS_unsupported; OS_name_too_long. */
OsError wt_os_real_path(const char *path, char *real, size_t size);
/* Lets those execute a file who may read it. */
OsError wt_os_file_make_executable(OsFile file);

/* What the process has used so far. */
typedef struct OsUsage {
    uint64_t user_ns, system_ns, peak_bytes;
    uint64_t minor_faults, major_faults; /* pages mapped; pages read from a disk */
} OsUsage;
OsError wt_os_usage(OsUsage *usage);

/* ---- pages ---- */

size_t wt_os_page_size(void);
/* Address space without memory behind it; NULL if there is none, or not so much. */
void *wt_os_mem_reserve(size_t size);
/* Makes pages of a reservation zeroed memory. p and size are multiples of the page size. */
OsError wt_os_mem_commit(void *p, size_t size);
/* Committed memory that is about to be written, all of it: one call of the system for many pages,
   where there is one. */
void wt_os_mem_touch(void *p, size_t size);
/* Gives a whole reservation (or what wt_os_mem_grow gave) back; p may be NULL. */
void wt_os_mem_release(void *p, size_t size);
/* Committed pages without a reservation: from NULL and 0, or larger than before, keeping the
   contents and adding zeros; it may move. NULL if there is no memory, then the old block stays. */
void *wt_os_mem_grow(void *p, size_t old_size, size_t new_size);
/* Makes committed pages zero again, whatever they hold, and gives back the memory behind them but
   for a few at both ends, if those were used. false: it cannot be done; they are only good for
   being released. */
bool wt_os_mem_clean(void *p, size_t size);

/* ---- machine code, and faults in it (oscode.c) ---- */

/* The same pages twice: a page that can be executed is never writable where it is. With ordinary
   zeroed memory directly before `run`, which the code reaches by distances of its own. Code that
   was there already may stand in front of what can be written. After a fork both processes have the
   same pages: who writes asks wt_os_code_own first. */
typedef struct OsCode {
    uint8_t *write, *run; /* by which what is behind `front` is written, and at which all runs */
    uint8_t *data;        /* ends where `run` begins; NULL: none */
    size_t front;         /* bytes at `run` that never change */
    size_t size;          /* of all that runs */
    size_t data_size;
    long owner; /* the process that may write */
    uint32_t asks;
    uint8_t *ours; /* 1: this process is the owner; NULL: it is not kept */
} OsCode;
/* Sizes become whole pages; data may be 0. false: this system gives none. */
bool wt_os_code_new(OsCode *c, size_t size, size_t data);
/* The same in memory that has no name: perf looks into its map of symbols only for such. */
bool wt_os_code_new_for_perf(OsCode *c, size_t size, size_t data);
/* Code that is there, `front` bytes in whole pages, and room for `size` bytes behind it, which are
   there when wt_os_code_own has been asked for them. mapped: `code` are pages of a file, of which
   this is one more view; else it is copied. */
bool wt_os_code_new_behind(OsCode *c, const uint8_t *code, size_t front, bool mapped, size_t size,
                           size_t data);
/* What one of these gave, or all zero. */
void wt_os_code_free(OsCode *c);
/* Maps a file executable, for whoever watches mappings. false: not here. */
bool wt_os_map_for_perf(const char *path);
/* Before something is written: where there are no pages behind the front yet, or those of a parent,
   there will be some of this process alone, at the same `run`; `write` may change. `copy` copies
   from `run` what is used behind the front, if there was something. false: the system gives none.
 */
bool wt_os_code_own(OsCode *c, void (*copy)(void *user, uint8_t *to), void *user);
/* Whole pages between two places behind the front will be neither run nor read: the memory behind
   them may be given back. */
void wt_os_code_discard(const OsCode *c, size_t from, size_t to);
/* Before new code at `run` is executed for the first time. */
void wt_os_code_flush(const uint8_t *run, size_t size);

/* A memory access that went wrong. Registers by the numbers of the machine; sp and fp are two of
   them under names of their own, and what these say afterwards counts. */
typedef struct OsFault {
    uintptr_t pc, sp, fp;
    uintptr_t address; /* that was accessed, as far as the machine tells */
    uintptr_t regs[16];
} OsFault;
/* In the thread that did it, as a signal handler: no locks, no allocation. true: go on with the
   registers as they are now. false: it is somebody else's. */
typedef bool OsFaultFn(OsFault *fault);
/* Whose faults the process tells first; there is one such function, for good. Others had their
   handler before: they are told of what is not ours. false: this system cannot, or it is another
   function already. From any thread. */
bool wt_os_faults_install(OsFaultFn *fn);
/* Whether there is code for that at all. */
bool wt_os_faults_known(void);

#endif
