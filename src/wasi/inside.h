/* The inside of the room: the descriptor table, guest memory, error numbers. */
#ifndef WATTLE_WASI_INSIDE_H
#define WATTLE_WASI_INSIDE_H

#include "base/memfs.h"
#include "base/osrandom.h"
#include "wasi/wasi.h"

#include <stdatomic.h>

/* The numbers of the specification (typenames.witx). */
typedef enum Errno {
    E_success = 0,
    E_acces = 2,
    E_addrinuse = 3,
    E_addrnotavail = 4,
    E_afnosupport = 5,
    E_again = 6,
    E_badf = 8,
    E_busy = 10,
    E_dquot = 19,
    E_exist = 20,
    E_fault = 21,
    E_fbig = 22,
    E_ilseq = 25,
    E_inval = 28,
    E_io = 29,
    E_isdir = 31,
    E_loop = 32,
    E_mfile = 33,
    E_mlink = 34,
    E_nametoolong = 37,
    E_nfile = 41,
    E_noent = 44,
    E_nomem = 48,
    E_nospc = 51,
    E_nosys = 52,
    E_notdir = 54,
    E_notempty = 55,
    E_notsock = 57,
    E_notsup = 58,
    E_nxio = 60,
    E_overflow = 61,
    E_perm = 63,
    E_pipe = 64,
    E_rofs = 69,
    E_spipe = 70,
    E_txtbsy = 74,
    E_xdev = 75,
    E_notcapable = 76,
} Errno;
Errno wt_wasi_errno(OsError error);

enum { /* rights, by bit */
       RIGHT_fd_datasync = 1 << 0,
       RIGHT_fd_read = 1 << 1,
       RIGHT_fd_seek = 1 << 2,
       RIGHT_fd_fdstat_set_flags = 1 << 3,
       RIGHT_fd_sync = 1 << 4,
       RIGHT_fd_tell = 1 << 5,
       RIGHT_fd_write = 1 << 6,
       RIGHT_fd_advise = 1 << 7,
       RIGHT_fd_allocate = 1 << 8,
       RIGHT_path_create_directory = 1 << 9,
       RIGHT_path_create_file = 1 << 10,
       RIGHT_path_link_source = 1 << 11,
       RIGHT_path_link_target = 1 << 12,
       RIGHT_path_open = 1 << 13,
       RIGHT_fd_readdir = 1 << 14,
       RIGHT_path_readlink = 1 << 15,
       RIGHT_path_rename_source = 1 << 16,
       RIGHT_path_rename_target = 1 << 17,
       RIGHT_path_filestat_get = 1 << 18,
       RIGHT_path_filestat_set_size = 1 << 19,
       RIGHT_path_filestat_set_times = 1 << 20,
       RIGHT_fd_filestat_get = 1 << 21,
       RIGHT_fd_filestat_set_size = 1 << 22,
       RIGHT_fd_filestat_set_times = 1 << 23,
       RIGHT_path_symlink = 1 << 24,
       RIGHT_path_remove_directory = 1 << 25,
       RIGHT_path_unlink_file = 1 << 26,
       RIGHT_poll_fd_readwrite = 1 << 27,
       RIGHT_all = (1 << 28) - 1, /* of files and directories */
       RIGHT_sock_shutdown = 1 << 28,
       RIGHT_sock_accept = 1 << 29,
       /* What a read-only directory does not give, to itself or to what is opened below it. */
       RIGHT_writing = RIGHT_fd_datasync | RIGHT_fd_sync | RIGHT_fd_write | RIGHT_fd_allocate |
                       RIGHT_path_create_directory | RIGHT_path_create_file |
                       RIGHT_path_link_source | RIGHT_path_link_target | RIGHT_path_rename_source |
                       RIGHT_path_rename_target | RIGHT_path_filestat_set_size |
                       RIGHT_path_filestat_set_times | RIGHT_fd_filestat_set_size |
                       RIGHT_fd_filestat_set_times | RIGHT_path_symlink |
                       RIGHT_path_remove_directory | RIGHT_path_unlink_file,
       RIGHT_of_files = RIGHT_fd_datasync | RIGHT_fd_read | RIGHT_fd_seek |
                        RIGHT_fd_fdstat_set_flags | RIGHT_fd_sync | RIGHT_fd_tell | RIGHT_fd_write |
                        RIGHT_fd_advise | RIGHT_fd_allocate | RIGHT_fd_filestat_get |
                        RIGHT_fd_filestat_set_size | RIGHT_fd_filestat_set_times |
                        RIGHT_poll_fd_readwrite,
       /* The standard streams belong to others too: see wt_wasi_inherit_stdio. */
       RIGHT_of_input = RIGHT_fd_read | RIGHT_fd_seek | RIGHT_fd_fdstat_set_flags | RIGHT_fd_tell |
                        RIGHT_fd_advise | RIGHT_fd_filestat_get | RIGHT_poll_fd_readwrite,
       RIGHT_of_log = RIGHT_fd_datasync | RIGHT_fd_fdstat_set_flags | RIGHT_fd_sync |
                      RIGHT_fd_tell | RIGHT_fd_write | RIGHT_fd_advise | RIGHT_fd_filestat_get |
                      RIGHT_poll_fd_readwrite,
       RIGHT_of_output =
           RIGHT_of_log | RIGHT_fd_seek | RIGHT_fd_allocate | RIGHT_fd_filestat_set_size,
       RIGHT_of_listeners = RIGHT_fd_fdstat_set_flags | RIGHT_fd_filestat_get |
                            RIGHT_poll_fd_readwrite | RIGHT_sock_accept,
       RIGHT_of_streams = RIGHT_fd_fdstat_set_flags | RIGHT_fd_filestat_get |
                          RIGHT_poll_fd_readwrite | RIGHT_fd_read | RIGHT_fd_write |
                          RIGHT_sock_shutdown,
       /* isatty of wasi-libc: a character device without seek and tell is a terminal. */
       RIGHT_of_directories =
           RIGHT_all & ~(RIGHT_fd_seek | RIGHT_fd_tell | RIGHT_fd_read | RIGHT_fd_write |
                         RIGHT_fd_allocate | RIGHT_fd_datasync | RIGHT_fd_filestat_set_size),
};

/* fdflags */
enum { FLAG_append = 1, FLAG_dsync = 2, FLAG_nonblock = 4, FLAG_rsync = 8, FLAG_sync = 16 };

/* What a descriptor of the program is open on. It lives as long as it is in the table or a call
   uses it, so that a thread that closes it takes nothing away from another that reads. */
typedef struct Fd {
    uint32_t users; /* the table and the calls */
    bool owned; /* closed with it, and nobody else has it: what may wait does not wait in the system
                 */
    const Osfs *fs; /* what `file` is a handle of */
    OsFile file;
    OsFileType type;
    uint64_t device;  /* of a directory: see wt_osfs_open_told; while untold: of the one above */
    bool untold;      /* nobody has asked yet what it is: wt_wasi_fd_settle does not know */
    bool listens;     /* a socket */
    atomic_bool busy; /* a thread reads or writes what it found ready */
    uint16_t flags;   /* fdflags */
    uint64_t rights, inheriting;
    Slice preopen;   /* the guest's name of a directory given at the start; data NULL: none */
    OsDir *dir;      /* while it is being read */
    uint64_t cookie; /* where `dir` stands: the host's cookie + 2; 0: not known */
    /* The last entry read, when the guest has seen only a part of it: it will ask again. */
    bool has_cut;
    OsDirEntry cut;
    uint64_t cut_at; /* the cookie it is found by */
} Fd;

enum {
    FD_MAX = 1 << 16,
    READING_MAX = 256, /* directories that are being read: each costs a descriptor and 32 KiB */
};

typedef struct TextVec {
    Slice *items;
    size_t count, cap;
    uint64_t bytes; /* with a NUL each */
} TextVec;

/* The door that tells what goes through `fn`, with *user for it. NULL: out of memory. */
typedef HostFn TracedDoor(Wasi *w, const char *name, bool unstable, HostFn fn, void **user);

struct Wasi {
    Allocator allocator;
    Arena arena;
    TextVec arguments, variables;
    MemFs **memories; /* file systems that it holds */
    size_t memory_count, memory_cap;
    Fd **fds; /* NULL: free */
    size_t fd_count, fd_cap;
    uint64_t *fd_taken; /* a bit for each of them, so that the lowest free one is found at once */
    size_t fd_words, fd_word_cap;
    uint32_t reading; /* directories with a `dir` */
    Fd *spare;        /* the last one closed; NULL: taken again */
    bool threaded;    /* several threads use it, and lock it */
    OsMutex lock;
    TraceFn trace; /* NULL: nobody wants to know */
    void *trace_user;
    TracedDoor *traced; /* with `trace`; so programs that never trace have none of it */
    OsRandom random;    /* opened by the first call for few bytes */
    bool random_open;
    bool fixed; /* wt_wasi_set_fixed */
    _Atomic uint64_t fixed_now, fixed_seed;
};

enum { CALL_FDS = 2 };
/* One call: guest memory and arguments. The world is locked meanwhile, if there are threads; what
   may wait for long leaves it in between. */
typedef struct Call {
    Wasi *w;
    Store *store;
    MemoryView memory;
    const Value *args;
    bool unstable; /* wasi_unstable: other layouts and numbers */
    unsigned held_count;
    Fd *held[CALL_FDS]; /* found by this call, which uses them until it ends */
} Call;

/* Between the two other threads may use the world: only what the call holds stays as it is. */
WT_INLINE void world_unlock(const Call *c) {
    if (c->w->threaded)
        wt_os_mutex_unlock(&c->w->lock);
}
WT_INLINE void world_lock(const Call *c) {
    if (c->w->threaded)
        wt_os_mutex_lock(&c->w->lock);
}

/* The same around what a file system does: a disk may be slow; files in memory are the world's. */
WT_INLINE void leave_for(const Call *c, const Fd *f) {
    if (f->fs == &wt_osfs_host)
        world_unlock(c);
}
WT_INLINE void back_from(const Call *c, const Fd *f) {
    if (f->fs == &wt_osfs_host)
        world_lock(c);
}

WT_INLINE uint32_t call_u32(const Call *c, unsigned i) { return value_to_i32(c->args[i]); }
WT_INLINE uint64_t call_u64(const Call *c, unsigned i) { return c->args[i]; }
/* `len` bytes of guest memory, or NULL when they do not all lie in it. */
WT_INLINE uint8_t *guest_bytes(const Call *c, uint32_t at, uint64_t len) {
    static uint8_t nothing[1];
    if (len > c->memory.len || at > c->memory.len - len)
        return NULL;
    return c->memory.base ? c->memory.base + at : nothing;
}

/* Reads guest memory exactly once, whatever other threads of the guest write there meanwhile. */
WT_INLINE uint32_t guest_u32(const uint8_t *at) {
    const volatile uint8_t *p = at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The descriptor, when it has all the rights; the call holds it until its end. */
Errno wt_wasi_table_find(Call *c, uint32_t fd, uint64_t rights, Fd **out);
/* The same for who can do without knowing what it is (Fd.untold). */
Errno wt_wasi_table_find_untold(Call *c, uint32_t fd, uint64_t rights, Fd **out);
/* What an untold file is decides what may be done with it, and whether it may wait. */
OsError wt_wasi_fd_settle(Fd *f, const OsStat *st);
/* The descriptor, when it has all the rights, without holding it. */
Errno wt_wasi_table_look(const Wasi *w, uint32_t fd, uint64_t rights, Fd **out);
/* Gives one a free number. */
Errno wt_wasi_table_add(Wasi *w, const Fd *f, uint32_t *fd);
/* Takes it out of the table, and may put another there. */
void wt_wasi_table_replace(Wasi *w, uint32_t fd, Fd *f);
/* Takes it out without a user less. */
Fd *wt_wasi_table_take(Wasi *w, uint32_t fd);
/* Closes a directory's `dir`; the next reader opens it again. */
void wt_wasi_close_stream(Wasi *w, Fd *f);
/* One user less; the last one closes it. */
void wt_wasi_fd_release(Wasi *w, Fd *f);

/* A clock as the program sees it. */
OsError wt_wasi_now(Wasi *w, OsClock clock, uint64_t *ns);
/* With fixed clocks: the time that somebody would have slept. */
void wt_wasi_pass_time(Wasi *w, uint64_t ns);

/* Waits until a stream can be read or written. false: the host interrupts, or waiting failed. */
bool wt_wasi_wait(const Call *c, const Fd *f, bool write);
/* The same, and has the stream for itself then, until wt_wasi_leave_stream: what two threads find
   ready one of them gets, and the other would wait in the system, where no interrupt comes. */
bool wt_wasi_take_stream(const Call *c, Fd *f, bool write);
void wt_wasi_leave_stream(const Call *c, Fd *f);

/* How bytes go: the flags of sock_recv, and whether the program waits, which another thread may
   change meanwhile. */
typedef struct Transfer {
    bool reads, blocks;
    uint32_t recv_flags;
} Transfer;
/* Reads into or writes from the iovecs in arguments 1 and 2; the count goes to `result`. */
Errno wt_wasi_transfer(const Call *c, Fd *f, bool reads, uint32_t recv_flags, uint64_t offset,
                       uint8_t *result);
/* One piece of that for a socket, with the world unlocked. */
OsError wt_wasi_sock_piece(const Call *c, const Fd *f, const Transfer *t, uint8_t *data,
                           size_t size, size_t *got);

/* Whether a signal ends the program that raises it. */
bool wt_wasi_signal_ends(uint32_t signal);

/* Writes a filestat to guest memory. */
Errno wt_wasi_put_filestat(const Call *c, uint32_t at, const OsStat *st);
/* fstflags: the times to set, or to keep. */
Errno wt_wasi_times(uint64_t atime, uint64_t mtime, uint32_t flags, uint64_t out[2]);

#define CALL(name, signature) Errno wt_wasi_##name(Call *c);
#include "wasi/calls.def"
#undef CALL

#endif
