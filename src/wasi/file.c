/* fd_*: what a program does with an open descriptor. */
#include "run/meter.h"
#include "wasi/inside.h"

/* ---- reading and writing ---- */

enum { IOVS_MAX = 1024 };

/* What a pipe takes at once when it says that there is room (PIPE_BUF of Linux; others take less
   and then perhaps wait). */
enum { STREAM_room = 4096 };

/* One piece of a stream that is not the program's own, so that nothing of it can be set and a call
   of the system may wait: it is taken when it is ready. */
static OsError inherited_piece(const Call *c, Fd *f, const Transfer *t, uint8_t *data, size_t size,
                               size_t *got) {
    OsPoll poll = {.file = f->file, .write = !t->reads};
    *got = 0;
    if (!t->blocks) {
        OsError error = wt_osfs_poll(&poll, 1, 0);
        if (error != OS_OK || (poll.error == OS_OK && !poll.ready))
            return error != OS_OK ? error : OS_again;
    }
    bool takes =
        t->blocks && c->store->limits.interruptible && (t->reads || f->type == OS_TYPE_fifo);
    if (takes && !wt_wasi_take_stream(c, f, !t->reads))
        return OS_OK;
    if (f->type == OS_TYPE_fifo && !t->reads && (takes || !t->blocks))
        size = WT_MIN(size, (size_t)STREAM_room);
    OsError error = t->reads ? wt_osfs_read(f->file, data, size, OSFS_HERE, got)
                             : wt_osfs_write(f->file, data, size, OSFS_HERE, got);
    if (takes)
        wt_wasi_leave_stream(c, f);
    return error;
}

/* What may have to wait waits in wt_wasi_wait, where an interrupt comes, and writes all. */
static OsError transfer_of_stream(const Call *c, Fd *f, const Transfer *t, uint8_t *data,
                                  size_t size, size_t *got) {
    enum { SOON = 1000000 };
    OsError error = OS_OK, before;
    do {
        size_t n = 0;
        before = error;
        error = !f->owned  ? inherited_piece(c, f, t, data + *got, size - *got, &n)
                : t->reads ? wt_osfs_read(f->file, data, size, OSFS_HERE, &n)
                           : wt_osfs_write(f->file, data + *got, size - *got, OSFS_HERE, &n);
        *got += n;
        if (!t->blocks || (error == OS_OK && (t->reads || *got == size)))
            break;
        if (error == OS_again && before == OS_again) /* it says that it is ready, and is not */
            wt_os_sleep(SOON);
        if (error == OS_again ? !wt_wasi_wait(c, f, !t->reads)
                              : error == OS_OK && meter_poll(c->store) != TRAP_none)
            return OS_OK; /* interrupted */
    } while (error == OS_OK || error == OS_again);
    return *got ? OS_OK : error;
}

/* With the world unlocked. What is untold was opened so that it does not wait. */
static OsError transfer_of_host(const Call *c, Fd *f, const Transfer *t, uint8_t *data, size_t size,
                                uint64_t offset, size_t *got) {
    if (f->type == OS_TYPE_socket)
        return wt_wasi_sock_piece(c, f, t, data, size, got);
    if (f->type != OS_TYPE_regular && f->type != OS_TYPE_directory && !f->untold)
        return transfer_of_stream(c, f, t, data, size, got);
    return t->reads ? wt_osfs_read(f->file, data, size, offset, got)
                    : wt_osfs_write(f->file, data, size, offset, got);
}

/* One piece. The world is left for what may take long; files in memory are its own. */
static OsError transfer_piece(const Call *c, Fd *f, const Transfer *t, uint8_t *data, size_t size,
                              uint64_t offset, size_t *got) {
    if (f->fs != &wt_osfs_host)
        return t->reads ? f->fs->read(f->file, data, size, offset, got)
                        : f->fs->write(f->file, data, size, offset, got);
    if (!t->reads && offset < OSFS_END && (f->flags & FLAG_append))
        return wt_osfs_write_inside(f->file, data, size, offset, got); /* alone, see there */
    world_unlock(c);
    OsError error = transfer_of_host(c, f, t, data, size, offset, got);
    world_lock(c);
    return error;
}

enum { GATHER_room = 4096 };

/* Several short pieces are written as one: in one call of the system, and a line whose end stands
   in another piece is not cut apart in a pipe of many writers. 0: they are not short, or are empty.
 */
static uint32_t gather_pieces(const Call *c, const uint8_t *iovs, uint32_t count,
                              uint8_t out[GATHER_room]) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t len = guest_u32(iovs + 8 * i + 4);
        const uint8_t *data = guest_bytes(c, guest_u32(iovs + 8 * i), len);
        if (!data || len > GATHER_room - n)
            return 0;
        memcpy(out + n, data, len);
        n += len;
    }
    return n;
}

/* Goes through the iovecs until one is short. All of them are checked before the first is used.
   What may wait is read once: there may be nothing for the iovec behind one that was filled. What
   is untold does not wait. */
Errno wt_wasi_transfer(const Call *c, Fd *f, bool reads, uint32_t recv_flags, uint64_t offset,
                       uint8_t *result) {
    const Transfer t = {reads, !(f->flags & FLAG_nonblock), recv_flags};
    uint32_t iovs_at = call_u32(c, 1), count = call_u32(c, 2);
    const uint8_t *iovs = guest_bytes(c, iovs_at, (uint64_t)count * 8);
    if (!iovs || !result)
        return E_fault;
    if (count > IOVS_MAX)
        count = IOVS_MAX;
    for (uint32_t i = 0; i < count; i++)
        if (!guest_bytes(c, guest_u32(iovs + 8 * i), guest_u32(iovs + 8 * i + 4)))
            return E_fault;
    uint8_t gathered[GATHER_room];
    uint32_t together = !reads && count > 1 ? gather_pieces(c, iovs, count, gathered) : 0;
    if (together) {
        size_t got = 0;
        OsError error = transfer_piece(c, f, &t, gathered, together, offset, &got);
        if (error == OS_OK)
            store32le(result, (uint32_t)got);
        return wt_wasi_errno(error);
    }
    uint64_t total = 0;
    for (uint32_t i = 0; i < count && total <= UINT32_MAX; i++) {
        uint32_t len = guest_u32(iovs + 8 * i + 4);
        if (len > UINT32_MAX - total)
            len = (uint32_t)(UINT32_MAX - total);
        /* Taken again: what was read may have changed the iovecs themselves. */
        uint8_t *data = guest_bytes(c, guest_u32(iovs + 8 * i), len);
        size_t got = 0;
        if (!data || len == 0)
            continue;
        uint64_t at = offset >= OSFS_END ? offset : offset + total;
        OsError error = transfer_piece(c, f, &t, data, len, at, &got);
        if (error != OS_OK && total == 0)
            return wt_wasi_errno(error);
        total += got;
        if (error != OS_OK || got < len || (reads && f->type != OS_TYPE_regular && !f->untold))
            break;
    }
    store32le(result, (uint32_t)total);
    return E_success;
}

static Errno transfer_here(const Call *c, Fd *f, bool reads) {
    bool appends = !reads && (f->flags & FLAG_append);
    return wt_wasi_transfer(c, f, reads, 0, appends ? OSFS_END : OSFS_HERE,
                            guest_bytes(c, call_u32(c, 3), 4));
}

/* What an untold file is does not matter as long as all goes well; else it is asked, and then it
   may wait, or the error is another. Nothing was read or written before the error. */
static Errno read_or_write(Call *c, bool reads) {
    Fd *f;
    uint64_t right = reads ? RIGHT_fd_read : RIGHT_fd_write;
    Errno error = wt_wasi_table_find_untold(c, call_u32(c, 0), right, &f);
    if (error != E_success)
        return error;
    error = transfer_here(c, f, reads);
    if (error == E_success || !f->untold)
        return error;
    error = wt_wasi_table_look(c->w, call_u32(c, 0), right, &f);
    return error == E_success ? transfer_here(c, f, reads) : error;
}

Errno wt_wasi_fd_read(Call *c) { return read_or_write(c, true); }
Errno wt_wasi_fd_write(Call *c) { return read_or_write(c, false); }

static Errno transfer_at(Call *c, bool reads) {
    Fd *f;
    uint64_t rights = RIGHT_fd_seek | (reads ? RIGHT_fd_read : RIGHT_fd_write);
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), rights, &f);
    uint64_t offset = call_u64(c, 3);
    if (error != E_success)
        return error;
    if (offset > INT64_MAX - UINT32_MAX)
        return E_inval;
    return wt_wasi_transfer(c, f, reads, 0, offset, guest_bytes(c, call_u32(c, 4), 4));
}

Errno wt_wasi_fd_pread(Call *c) { return transfer_at(c, true); }
Errno wt_wasi_fd_pwrite(Call *c) { return transfer_at(c, false); }

Errno wt_wasi_fd_seek(Call *c) {
    static const OsWhence ours[] = {OS_SEEK_set, OS_SEEK_current, OS_SEEK_end};
    static const OsWhence old[] = {OS_SEEK_current, OS_SEEK_end, OS_SEEK_set};
    Fd *f;
    uint32_t whence = call_u32(c, 2);
    int64_t offset = (int64_t)call_u64(c, 1);
    if (whence > 2)
        return E_inval;
    OsWhence how = c->unstable ? old[whence] : ours[whence];
    /* Asking where it stands needs the smaller right. */
    bool tells = how == OS_SEEK_current && offset == 0;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), tells ? RIGHT_fd_tell : RIGHT_fd_seek, &f);
    if (error == E_notcapable && f->type != OS_TYPE_regular && f->type != OS_TYPE_directory)
        return E_spipe;
    if (error != E_success)
        return error;
    uint8_t *out = guest_bytes(c, call_u32(c, 3), 8);
    if (!out)
        return E_fault;
    uint64_t position;
    OsError result = f->fs->seek(f->file, offset, how, &position);
    if (result == OS_OK)
        store64le(out, position);
    return wt_wasi_errno(result);
}

Errno wt_wasi_fd_tell(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_tell, &f);
    if (error == E_notcapable && f->type != OS_TYPE_regular && f->type != OS_TYPE_directory)
        return E_spipe;
    if (error != E_success)
        return error;
    uint8_t *out = guest_bytes(c, call_u32(c, 1), 8);
    uint64_t position;
    if (!out)
        return E_fault;
    OsError result = f->fs->seek(f->file, 0, OS_SEEK_current, &position);
    if (result == OS_OK)
        store64le(out, position);
    return wt_wasi_errno(result);
}

Errno wt_wasi_fd_advise(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, &f);
    if (error != E_success)
        return error;
    if (call_u32(c, 3) > 5)
        return E_inval;
    if (f->type == OS_TYPE_directory)
        return E_badf;
    return f->rights & RIGHT_fd_advise ? E_success : E_notcapable;
}

Errno wt_wasi_fd_allocate(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_allocate, &f);
    if (error != E_success)
        return error == E_notcapable && f->type == OS_TYPE_directory ? E_badf : error;
    leave_for(c, f);
    OsError result = f->fs->allocate(f->file, call_u64(c, 1), call_u64(c, 2));
    back_from(c, f);
    return wt_wasi_errno(result);
}

static Errno sync_fd(Call *c, uint64_t right, bool data_only) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), right, &f);
    if (error != E_success)
        return error;
    leave_for(c, f);
    OsError result = f->fs->sync(f->file, data_only);
    back_from(c, f);
    return wt_wasi_errno(result);
}

Errno wt_wasi_fd_sync(Call *c) { return sync_fd(c, RIGHT_fd_sync, false); }
Errno wt_wasi_fd_datasync(Call *c) { return sync_fd(c, RIGHT_fd_datasync, true); }

/* ---- the descriptor itself ---- */

/* File types of the specification. */
static uint8_t filetype(OsFileType type) {
    switch (type) {
    case OS_TYPE_block_device:
        return 1;
    case OS_TYPE_char_device:
        return 2;
    case OS_TYPE_directory:
        return 3;
    case OS_TYPE_regular:
        return 4;
    case OS_TYPE_socket:
        return 6;
    case OS_TYPE_symlink:
        return 7;
    case OS_TYPE_fifo:
    case OS_TYPE_unknown:
        return 0;
    }
    return 0;
}

Errno wt_wasi_fd_fdstat_get(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, &f);
    if (error != E_success)
        return error;
    uint8_t *out = guest_bytes(c, call_u32(c, 1), 24);
    if (!out)
        return E_fault;
    memset(out, 0, 24);
    out[0] = filetype(f->type);
    store16le(out + 2, f->flags);
    store64le(out + 8, f->rights);
    store64le(out + 16, f->inheriting);
    return E_success;
}

Errno wt_wasi_fd_fdstat_set_flags(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_fdstat_set_flags, &f);
    if (error != E_success)
        return error;
    uint32_t flags = call_u32(c, 1);
    if (flags > 31)
        return E_inval;
    /* The synchronising flags can only be given when a file is opened. */
    uint32_t fixed = FLAG_dsync | FLAG_rsync | FLAG_sync;
    if ((flags & fixed) != (f->flags & fixed))
        return E_notsup;
    if (!f->owned && ((flags ^ f->flags) & FLAG_append)) /* it is another's too */
        return E_notsup;
    /* Whether the program waits for what may wait is decided here, not in the system. */
    OsError result = OS_OK;
    if (f->owned && f->type == OS_TYPE_regular)
        result = f->fs->set_flags(f->file, (flags & FLAG_append ? OSFS_append : 0) |
                                               (flags & FLAG_nonblock ? OSFS_nonblock : 0));
    if (result == OS_OK)
        f->flags = (uint16_t)flags;
    return wt_wasi_errno(result);
}

Errno wt_wasi_fd_fdstat_set_rights(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, &f);
    if (error != E_success)
        return error;
    uint64_t rights = call_u64(c, 1), inheriting = call_u64(c, 2);
    if ((rights & ~f->rights) || (inheriting & ~f->inheriting))
        return E_notcapable;
    f->rights = rights;
    f->inheriting = inheriting;
    return E_success;
}

/* filestat: 64 bytes; in wasi_unstable 56, with a 32-bit number of links. */
Errno wt_wasi_put_filestat(const Call *c, uint32_t at, const OsStat *st) {
    uint8_t *out = guest_bytes(c, at, c->unstable ? 56 : 64);
    if (!out)
        return E_fault;
    memset(out, 0, c->unstable ? 56 : 64);
    store64le(out, st->device);
    store64le(out + 8, st->inode);
    out[16] = filetype(st->type);
    size_t next = c->unstable ? 24 : 32;
    if (c->unstable)
        store32le(out + 20, (uint32_t)st->links);
    else
        store64le(out + 24, st->links);
    const uint64_t rest[] = {st->size, st->atime, st->mtime, st->ctime};
    for (size_t i = 0; i < WT_COUNT(rest); i++)
        store64le(out + next + 8 * i, rest[i]);
    return E_success;
}

Errno wt_wasi_fd_filestat_get(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find_untold(c, call_u32(c, 0), RIGHT_fd_filestat_get, &f);
    if (error != E_success)
        return error;
    OsStat st;
    leave_for(c, f);
    OsError result = f->fs->stat(f->file, &st);
    back_from(c, f);
    if (result == OS_OK && f->untold)
        result = wt_wasi_fd_settle(f, &st);
    return result != OS_OK ? wt_wasi_errno(result) : wt_wasi_put_filestat(c, call_u32(c, 1), &st);
}

Errno wt_wasi_fd_filestat_set_size(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_filestat_set_size, &f);
    return error != E_success ? error : wt_wasi_errno(f->fs->set_size(f->file, call_u64(c, 1)));
}

Errno wt_wasi_times(uint64_t atime, uint64_t mtime, uint32_t flags, uint64_t out[2]) {
    enum { ATIM = 1, ATIM_now = 2, MTIM = 4, MTIM_now = 8 };
    if (flags > 15 || (flags & (ATIM | ATIM_now)) == (ATIM | ATIM_now) ||
        (flags & (MTIM | MTIM_now)) == (MTIM | MTIM_now))
        return E_inval;
    out[0] = flags & ATIM ? atime : flags & ATIM_now ? OSFS_TIME_now : OSFS_TIME_keep;
    out[1] = flags & MTIM ? mtime : flags & MTIM_now ? OSFS_TIME_now : OSFS_TIME_keep;
    return ((flags & ATIM) && atime > INT64_MAX) || ((flags & MTIM) && mtime > INT64_MAX)
               ? E_inval
               : E_success;
}

Errno wt_wasi_fd_filestat_set_times(Call *c) {
    Fd *f;
    uint64_t times[2];
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_filestat_set_times, &f);
    if (error == E_success)
        error = wt_wasi_times(call_u64(c, 1), call_u64(c, 2), call_u32(c, 3), times);
    return error != E_success ? error
                              : wt_wasi_errno(f->fs->set_times(f->file, times[0], times[1]));
}

Errno wt_wasi_fd_close(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find_untold(c, call_u32(c, 0), 0, &f);
    if (error == E_success)
        wt_wasi_table_replace(c->w, call_u32(c, 0), NULL);
    return error;
}

Errno wt_wasi_fd_renumber(Call *c) {
    Fd *from, *to;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, &from);
    if (error == E_success)
        error = wt_wasi_table_find(c, call_u32(c, 1), 0, &to);
    if (error != E_success || from == to)
        return error;
    wt_wasi_table_replace(c->w, call_u32(c, 1), wt_wasi_table_take(c->w, call_u32(c, 0)));
    return E_success;
}

static Errno find_preopen(Call *c, Fd **f) {
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, f);
    return error != E_success ? error : (*f)->preopen.data ? E_success : E_badf;
}

Errno wt_wasi_fd_prestat_get(Call *c) {
    Fd *f;
    Errno error = find_preopen(c, &f);
    if (error != E_success)
        return error;
    uint8_t *out = guest_bytes(c, call_u32(c, 1), 8);
    if (!out)
        return E_fault;
    store32le(out, 0);
    store32le(out + 4, (uint32_t)f->preopen.len);
    return E_success;
}

Errno wt_wasi_fd_prestat_dir_name(Call *c) {
    Fd *f;
    Errno error = find_preopen(c, &f);
    if (error != E_success)
        return error;
    if (call_u32(c, 2) < f->preopen.len)
        return E_nametoolong;
    uint8_t *out = guest_bytes(c, call_u32(c, 1), f->preopen.len);
    if (!out)
        return E_fault;
    memcpy(out, f->preopen.data, f->preopen.len);
    return E_success;
}

/* ---- directories ---- */

typedef struct DirWriter {
    uint8_t *out;
    uint32_t len, used;
} DirWriter;

/* As much of some bytes as fits. */
static void put_part(DirWriter *d, const void *data, size_t n) {
    size_t fits = d->len - d->used < n ? d->len - d->used : n;
    memcpy(d->out + d->used, data, fits);
    d->used += (uint32_t)fits;
}

static void put_dirent(DirWriter *d, uint64_t next, uint64_t inode, OsFileType type,
                       const char *name) {
    uint8_t head[24] = {0};
    size_t len = strlen(name);
    store64le(head, next);
    store64le(head + 8, inode);
    store32le(head + 16, (uint32_t)len);
    head[20] = filetype(type);
    put_part(d, head, sizeof head);
    put_part(d, name, len);
}

/* Streams of directories are kept so that a long listing is read once; a cookie finds its place in
   a new one too. So when there are many, all are closed. */
static OsError open_stream(Wasi *w, Fd *f) {
    for (size_t i = 0; w->reading >= READING_MAX && i < w->fd_count; i++)
        if (w->fds[i] && w->fds[i]->dir)
            wt_wasi_close_stream(w, w->fds[i]);
    OsError error = f->fs->dir_open(f->file, &f->dir);
    w->reading += error == OS_OK;
    return error;
}

/* Goes to a cookie; *e is the entry there if it is at hand, else *held is false. */
static OsError go_to_cookie(Wasi *w, Fd *f, uint64_t want, bool *held, OsDirEntry *e) {
    OsError error = f->dir ? OS_OK : open_stream(w, f);
    *held = f->has_cut && f->cut_at == want;
    *e = f->cut;
    f->has_cut = false;
    if (error != OS_OK || *held || want == f->cookie)
        return error;
    f->cookie = want;
    return f->fs->dir_seek(f->dir, want - 2);
}

/* The entries of the host from a cookie on, as many as fit and a part of the next. */
static OsError put_entries(Wasi *w, Fd *f, uint64_t at, DirWriter *d) {
    bool held, end = false;
    OsDirEntry e;
    OsError error = go_to_cookie(w, f, at, &held, &e);
    for (; error == OS_OK && d->used < d->len; held = false) {
        if (!held)
            error = f->fs->dir_next(f->dir, &e, &end);
        if (error != OS_OK || end)
            break;
        f->cookie = e.next + 2;
        uint32_t before = d->used;
        bool dots = strcmp(e.name, ".") == 0 || strcmp(e.name, "..") == 0;
        if (!dots)
            put_dirent(d, e.next + 2, e.inode, e.type, e.name);
        /* Its name stays where it is until the stream is read on; in memory it may go, but there
           seeking costs nothing. */
        if (!dots && d->used - before != 24 + strlen(e.name)) {
            f->has_cut = f->fs == &wt_osfs_host;
            f->cut = e;
            f->cut_at = at;
        }
        at = e.next + 2;
    }
    return error;
}

/* Cookies: 0 and 1 are "." and ".."; the host's, which may be any number, are shown plus 2. The
   stream stays open between calls, so that a long listing is read once. */
Errno wt_wasi_fd_readdir(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), RIGHT_fd_readdir, &f);
    if (error != E_success)
        return error;
    uint32_t len = call_u32(c, 2);
    uint8_t *out = guest_bytes(c, call_u32(c, 1), len), *result = guest_bytes(c, call_u32(c, 4), 4);
    uint64_t cookie = call_u64(c, 3);
    if (!out || !result)
        return E_fault;
    DirWriter d = {out, len, 0};
    OsStat st = {0};
    OsError failed = cookie < 2 ? f->fs->stat(f->file, &st) : OS_OK;
    if (failed == OS_OK && cookie == 0)
        put_dirent(&d, 1, st.inode, OS_TYPE_directory, ".");
    /* The parent's number is none of the guest's business at the root: its own is given. */
    if (failed == OS_OK && cookie <= 1)
        put_dirent(&d, 2, st.inode, OS_TYPE_directory, "..");
    if (failed == OS_OK)
        failed =
            put_entries(c->w, f, cookie < 2 ? 2 : cookie, &d); /* 2: the first entry of the host */
    store32le(result, d.used);
    return wt_wasi_errno(failed);
}
