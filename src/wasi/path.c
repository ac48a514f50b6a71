/* path_*: names below a directory descriptor. base/osfs.h does the walking; here are rights, flags
   and the checks of the strings themselves. */
#include "base/utf8.h"
#include "wasi/inside.h"

/* A path of the guest as a C string in a buffer of ours. */
enum { PATH_SIZE = 4096 };

static Errno take_path(const Call *c, unsigned at, char out[PATH_SIZE]) {
    uint32_t len = call_u32(c, at + 1);
    const uint8_t *bytes = guest_bytes(c, call_u32(c, at), len);
    if (!bytes)
        return E_fault;
    if (len >= PATH_SIZE)
        return E_nametoolong;
    /* Checked as a copy: another thread may write to a shared memory meanwhile. */
    memcpy(out, bytes, len);
    out[len] = 0;
    if (memchr(out, 0, len))
        return E_inval;
    if (!utf8_valid(slice(out, len)))
        return E_ilseq;
    return len ? E_success : E_noent;
}

/* The directory in argument `fd_at` and the path behind argument `path_at`. */
static Errno take_place(Call *c, unsigned fd_at, unsigned path_at, uint64_t rights, Fd **f,
                        char path[PATH_SIZE]) {
    Errno error = wt_wasi_table_find(c, call_u32(c, fd_at), rights, f);
    if (error == E_success && (*f)->type != OS_TYPE_directory)
        error = E_notdir;
    return error != E_success ? error : take_path(c, path_at, path);
}

static Errno change_path(const Call *c, const Fd *f, const char *path,
                         OsError (*change)(OsFile root, const char *path)) {
    leave_for(c, f);
    OsError result = change(f->file, path);
    back_from(c, f);
    return wt_wasi_errno(result);
}

Errno wt_wasi_path_create_directory(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    Errno error = take_place(c, 0, 1, RIGHT_path_create_directory, &f, path);
    return error != E_success ? error : change_path(c, f, path, f->fs->make_directory);
}

Errno wt_wasi_path_remove_directory(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    Errno error = take_place(c, 0, 1, RIGHT_path_remove_directory, &f, path);
    return error != E_success ? error : change_path(c, f, path, f->fs->remove_directory);
}

Errno wt_wasi_path_unlink_file(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    Errno error = take_place(c, 0, 1, RIGHT_path_unlink_file, &f, path);
    return error != E_success ? error : change_path(c, f, path, f->fs->unlink);
}

Errno wt_wasi_path_filestat_get(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    Errno error = take_place(c, 0, 2, RIGHT_path_filestat_get, &f, path);
    if (error != E_success)
        return error;
    OsStat st;
    leave_for(c, f);
    OsError result = f->fs->stat_at(f->file, path, call_u32(c, 1) & 1, &st);
    back_from(c, f);
    return result != OS_OK ? wt_wasi_errno(result) : wt_wasi_put_filestat(c, call_u32(c, 4), &st);
}

Errno wt_wasi_path_filestat_set_times(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    uint64_t times[2];
    Errno error = take_place(c, 0, 2, RIGHT_path_filestat_set_times, &f, path);
    if (error == E_success)
        error = wt_wasi_times(call_u64(c, 4), call_u64(c, 5), call_u32(c, 6), times);
    if (error != E_success)
        return error;
    leave_for(c, f);
    OsError result = f->fs->set_times_at(f->file, path, call_u32(c, 1) & 1, times[0], times[1]);
    back_from(c, f);
    return wt_wasi_errno(result);
}

Errno wt_wasi_path_link(Call *c) {
    Fd *from, *to;
    char old_path[PATH_SIZE], new_path[PATH_SIZE];
    Errno error = take_place(c, 0, 2, RIGHT_path_link_source, &from, old_path);
    if (error == E_success)
        error = take_place(c, 4, 5, RIGHT_path_link_target, &to, new_path);
    if (error == E_success && from->fs != to->fs)
        error = E_xdev;
    if (error != E_success)
        return error;
    leave_for(c, from);
    OsError result = from->fs->link(from->file, old_path, call_u32(c, 1) & 1, to->file, new_path);
    back_from(c, from);
    return wt_wasi_errno(result);
}

Errno wt_wasi_path_rename(Call *c) {
    Fd *from, *to;
    char old_path[PATH_SIZE], new_path[PATH_SIZE];
    Errno error = take_place(c, 0, 1, RIGHT_path_rename_source, &from, old_path);
    if (error == E_success)
        error = take_place(c, 3, 4, RIGHT_path_rename_target, &to, new_path);
    if (error == E_success && from->fs != to->fs)
        error = E_xdev;
    if (error != E_success)
        return error;
    leave_for(c, from);
    OsError result = from->fs->rename(from->file, old_path, to->file, new_path);
    back_from(c, from);
    return wt_wasi_errno(result);
}

Errno wt_wasi_path_symlink(Call *c) {
    Fd *f;
    char target[PATH_SIZE], path[PATH_SIZE];
    Errno error = take_path(c, 0, target);
    if (error == E_success)
        error = take_place(c, 2, 3, RIGHT_path_symlink, &f, path);
    if (error != E_success)
        return error;
    leave_for(c, f);
    OsError result = f->fs->symlink(target, f->file, path);
    back_from(c, f);
    return wt_wasi_errno(result);
}

Errno wt_wasi_path_readlink(Call *c) {
    Fd *f;
    char path[PATH_SIZE];
    Errno error = take_place(c, 0, 1, RIGHT_path_readlink, &f, path);
    if (error != E_success)
        return error;
    uint32_t len = call_u32(c, 4);
    uint8_t *out = guest_bytes(c, call_u32(c, 3), len), *result = guest_bytes(c, call_u32(c, 5), 4);
    if (!out || !result)
        return E_fault;
    char target[PATH_SIZE];
    size_t got;
    leave_for(c, f);
    OsError failed = f->fs->readlink(f->file, path, target, sizeof target, &got);
    back_from(c, f);
    if (failed != OS_OK)
        return wt_wasi_errno(failed);
    if (got > len)
        got = len;
    memcpy(out, target, got);
    store32le(result, (uint32_t)got);
    return E_success;
}

/* What the host file must be opened for, and whether the directory allows it. */
static Errno open_mode(const Call *c, const Fd *dir, unsigned *mode) {
    enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };
    uint32_t oflags = call_u32(c, 4), fdflags = call_u32(c, 7);
    uint64_t rights = call_u64(c, 5);
    if (oflags > 15 || fdflags > 31)
        return E_inval;
    if ((oflags & CREAT) && (oflags & DIRECTORY))
        return E_inval;
    uint64_t need = (oflags & CREAT ? RIGHT_path_create_file : 0) |
                    (oflags & TRUNC ? RIGHT_path_filestat_set_size : 0);
    if (need & ~dir->rights)
        return E_notcapable;
    bool writes = rights & dir->inheriting &
                  (RIGHT_fd_write | RIGHT_fd_allocate | RIGHT_fd_filestat_set_size);
    bool reads = rights & dir->inheriting & (RIGHT_fd_read | RIGHT_fd_readdir);
    *mode = (call_u32(c, 1) & 1 ? OSFS_follow : 0) | (writes ? OSFS_write : 0) |
            (reads || !writes ? OSFS_read : 0) | (oflags & CREAT ? OSFS_create : 0) |
            (oflags & DIRECTORY ? OSFS_directory : 0) | (oflags & EXCL ? OSFS_exclusive : 0) |
            (oflags & TRUNC ? OSFS_truncate : 0) | (fdflags & 1 ? OSFS_append : 0) |
            (fdflags & 2 ? OSFS_datasync : 0) | (fdflags & 4 ? OSFS_nonblock : 0) |
            (fdflags & (8 | 16) ? OSFS_sync : 0);
    return E_success;
}

/* Opens a file that does not wait; *told: `st` says what it is. */
static OsError open_file(const Call *c, const Fd *dir, const char *path, unsigned mode, Fd *f,
                         OsStat *st, bool *told) {
    const Osfs *fs = dir->fs;
    *told = c->w->threaded || fs != &wt_osfs_host;
    if (fs == &wt_osfs_host)
        return wt_osfs_open_told(dir->file, path, mode | OSFS_nonblock, dir->device, &f->file, st,
                                 told);
    OsError error = fs->open(dir->file, path, mode | OSFS_nonblock, &f->file);
    if (error != OS_OK)
        return error;
    error = fs->stat(f->file, st);
    if (error != OS_OK)
        fs->close(f->file);
    return error;
}

Errno wt_wasi_path_open(Call *c) {
    Fd *dir;
    char path[PATH_SIZE];
    unsigned mode = 0;
    Errno error = take_place(c, 0, 2, RIGHT_path_open, &dir, path);
    if (error == E_success)
        error = open_mode(c, dir, &mode);
    /* The order of the arguments: fd, dirflags, path, len, oflags, rights, inheriting, fdflags,
     * result. */
    uint8_t *result = guest_bytes(c, call_u32(c, 8), 4);
    if (error == E_success && !result)
        error = E_fault;
    if (error != E_success)
        return error;
    OsStat st;
    bool told;
    Fd f = {.owned = true,
            .untold = true,
            .fs = dir->fs,
            .device = dir->device,
            .flags = (uint16_t)call_u32(c, 7),
            .rights = call_u64(c, 5) & dir->inheriting,
            .inheriting = call_u64(c, 6) & dir->inheriting};
    leave_for(c, dir);
    OsError failed = open_file(c, dir, path, mode, &f, &st, &told);
    back_from(c, dir);
    if (failed != OS_OK)
        return wt_wasi_errno(failed);
    uint32_t fd;
    failed = told ? wt_wasi_fd_settle(&f, &st) : OS_OK;
    error = failed == OS_OK ? wt_wasi_table_add(c->w, &f, &fd) : wt_wasi_errno(failed);
    if (error != E_success) {
        dir->fs->close(f.file);
        return error;
    }
    store32le(result, fd);
    return E_success;
}
