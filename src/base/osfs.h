/* Files below a directory that somebody was given: every path is resolved from the directory's
   handle, one component at a time, and cannot leave it: not by "..", not by symbolic links, not by
   a rename at the same time. Paths are relative, '/'-separated, NUL-terminated UTF-8.

   On Windows no link of any kind is followed (OS_symlink_loop), and names that could mean something
   else than a file in a directory are OS_invalid: see osfs_windows.c. */
#ifndef WATTLE_BASE_OSFS_H
#define WATTLE_BASE_OSFS_H

#include "base/os.h"

/* The error behind an errno; on Windows, behind a number of GetLastError. 0 is OS_OK. */
OsError wt_os_error_of(int number);

typedef enum OsFileType {
    OS_TYPE_unknown,
    OS_TYPE_block_device,
    OS_TYPE_char_device,
    OS_TYPE_directory,
    OS_TYPE_regular,
    OS_TYPE_socket,
    OS_TYPE_symlink,
    OS_TYPE_fifo,
} OsFileType;

typedef struct OsStat {
    uint64_t device, inode, links, size;
    uint64_t atime, mtime, ctime; /* nanoseconds since 1970 */
    OsFileType type;
} OsStat;

enum {
    OSFS_read = 1,
    OSFS_write = 2,
    OSFS_create = 4,
    OSFS_exclusive = 8,
    OSFS_truncate = 16,
    OSFS_directory = 32, /* must be one */
    OSFS_append = 64,
    OSFS_nonblock = 128,
    OSFS_sync = 256,
    OSFS_datasync = 512,
    OSFS_follow = 1024, /* a symbolic link in the last component; without it: OS_symlink_loop */
};

/* Whether an open directory is what names below it are looked up in. Where it is only remembered by
   its path (wasm under node), a rename in between would lead a program out: it is given none. */
#if defined(__wasm__)
enum { OSFS_CONFINES = 0 };
#else
enum { OSFS_CONFINES = 1 };
#endif

/* A directory of the host, by any path. */
OsError wt_osfs_open_root(const char *path, OsFile *dir);
/* What Linux shows below /proc is never opened to be written: OS_not_permitted. */
OsError wt_osfs_open(OsFile root, const char *path, unsigned flags, OsFile *file);
/* The same, told what it is. `device`, if not 0: that of `root`, which is not below /proc, so that
   of a file on it nothing more has to be asked. If *told is false, the caller does not need to be
   told, and with OSFS_nonblock is not where that saves a call; whether it was, *told says then. */
OsError wt_osfs_open_told(OsFile root, const char *path, unsigned flags, uint64_t device,
                          OsFile *file, OsStat *st, bool *told);
/* The device of a directory, or 0: what is on it may be below /proc. */
uint64_t wt_osfs_harmless_device(OsFile dir);
OsError wt_osfs_stat(OsFile file, OsStat *st);
OsError wt_osfs_stat_at(OsFile root, const char *path, bool follow, OsStat *st);
OsError wt_osfs_make_directory(OsFile root, const char *path);
OsError wt_osfs_remove_directory(OsFile root, const char *path);
OsError wt_osfs_unlink(OsFile root, const char *path);
OsError wt_osfs_rename(OsFile from_root, const char *from, OsFile to_root, const char *to);
OsError wt_osfs_link(OsFile from_root, const char *from, bool follow, OsFile to_root,
                     const char *to);
/* An absolute target is OS_not_permitted. */
OsError wt_osfs_symlink(const char *target, OsFile root, const char *path);
/* Fills at most `size` bytes, no NUL. */
OsError wt_osfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got);

/* Times in nanoseconds; OSFS_TIME_now, OSFS_TIME_keep. */
#define OSFS_TIME_now UINT64_MAX
#define OSFS_TIME_keep (UINT64_MAX - 1)
OsError wt_osfs_set_times(OsFile file, uint64_t atime, uint64_t mtime);
OsError wt_osfs_set_times_at(OsFile root, const char *path, bool follow, uint64_t atime,
                             uint64_t mtime);

/* One piece each; a short count is no error. offset OSFS_HERE: at the file's position; OSFS_END, to
   write only: at the end, in one step if the file was opened or set to append. */
#define OSFS_HERE UINT64_MAX
#define OSFS_END (UINT64_MAX - 1)
OsError wt_osfs_read(OsFile file, void *data, size_t size, uint64_t offset, size_t *got);
OsError wt_osfs_write(OsFile file, const void *data, size_t size, uint64_t offset, size_t *got);
/* At a place of a file that was opened or set to append. Where the system writes such files at
   their end alone, the flag goes for the time of the write: nobody else may write then. */
OsError wt_osfs_write_inside(OsFile file, const void *data, size_t size, uint64_t offset,
                             size_t *got);
typedef enum OsWhence { OS_SEEK_set, OS_SEEK_current, OS_SEEK_end } OsWhence;
OsError wt_osfs_seek(OsFile file, int64_t offset, OsWhence whence, uint64_t *position);
OsError wt_osfs_set_size(OsFile file, uint64_t size);
OsError wt_osfs_allocate(OsFile file, uint64_t offset, uint64_t len);
OsError wt_osfs_sync(OsFile file, bool data_only);
/* Of OSFS_append, OSFS_nonblock. */
OsError wt_osfs_set_flags(OsFile file, unsigned flags);
/* Whether it was opened so that writing is appending, whoever did that. */
bool wt_osfs_appends(OsFile file);

/* The entries of a directory. */
typedef struct OsDir OsDir;
typedef struct OsDirEntry {
    const char *name; /* until the next call */
    uint64_t inode;
    uint64_t next; /* a cookie: where the following entry is found; 0 is the start */
    OsFileType type;
} OsDirEntry;
OsError wt_osfs_dir_open(OsFile dir, OsDir **out);
void wt_osfs_dir_close(OsDir *d);
OsError wt_osfs_dir_seek(OsDir *d, uint64_t cookie);
/* *end is set behind the last one. */
OsError wt_osfs_dir_next(OsDir *d, OsDirEntry *entry, bool *end);

/* The functions above as a table, so that a file system of another kind can stand in their place
   (memfs.h). A handle belongs to the table that opened it. */
typedef struct Osfs {
    OsError (*open)(OsFile root, const char *path, unsigned flags, OsFile *file);
    void (*close)(OsFile file);
    OsError (*stat)(OsFile file, OsStat *st);
    OsError (*stat_at)(OsFile root, const char *path, bool follow, OsStat *st);
    OsError (*make_directory)(OsFile root, const char *path);
    OsError (*remove_directory)(OsFile root, const char *path);
    OsError (*unlink)(OsFile root, const char *path);
    OsError (*rename)(OsFile from_root, const char *from, OsFile to_root, const char *to);
    OsError (*link)(OsFile from_root, const char *from, bool follow, OsFile to_root,
                    const char *to);
    OsError (*symlink)(const char *target, OsFile root, const char *path);
    OsError (*readlink)(OsFile root, const char *path, char *out, size_t size, size_t *got);
    OsError (*set_times)(OsFile file, uint64_t atime, uint64_t mtime);
    OsError (*set_times_at)(OsFile root, const char *path, bool follow, uint64_t atime,
                            uint64_t mtime);
    OsError (*read)(OsFile file, void *data, size_t size, uint64_t offset, size_t *got);
    OsError (*write)(OsFile file, const void *data, size_t size, uint64_t offset, size_t *got);
    OsError (*seek)(OsFile file, int64_t offset, OsWhence whence, uint64_t *position);
    OsError (*set_size)(OsFile file, uint64_t size);
    OsError (*allocate)(OsFile file, uint64_t offset, uint64_t len);
    OsError (*sync)(OsFile file, bool data_only);
    OsError (*set_flags)(OsFile file, unsigned flags);
    OsError (*dir_open)(OsFile dir, OsDir **out);
    void (*dir_close)(OsDir *d);
    OsError (*dir_seek)(OsDir *d, uint64_t cookie);
    OsError (*dir_next)(OsDir *d, OsDirEntry *entry, bool *end);
} Osfs;
extern const Osfs wt_osfs_host;

/* Waits until a file can be read or written, or `ns` are over (UINT64_MAX: for ever). */
typedef struct OsPoll {
    OsFile file;
    bool write;
    bool ready, hangup; /* out */
    OsError error;      /* out */
} OsPoll;
OsError wt_osfs_poll(OsPoll *polls, size_t count, uint64_t ns);

#endif
