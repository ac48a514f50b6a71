/* What the hostile guests share: the calls of WASI preview 1 as they are, without a C library, and
   a line per attempt on the standard output:

       NAME <tab> ERRNO <tab> EXPECTED[,EXPECTED...]

   run.py compares. `ESCAPE <tab> NAME` means that something of the outside was read. A guest that
   came to its end says so with `end`. */
#ifndef HOSTILE_GUEST_H
#define HOSTILE_GUEST_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define CALL(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) u32
CALL(args_get) args_get(void *argv, void *bytes);
CALL(args_sizes_get) args_sizes_get(void *count, void *bytes);
CALL(clock_res_get) clock_res_get(u32 id, void *ns);
CALL(clock_time_get) clock_time_get(u32 id, u64 precision, void *ns);
CALL(fd_advise) fd_advise(u32 fd, u64 offset, u64 len, u32 advice);
CALL(fd_allocate) fd_allocate(u32 fd, u64 offset, u64 len);
CALL(fd_close) fd_close(u32 fd);
CALL(fd_datasync) fd_datasync(u32 fd);
CALL(fd_fdstat_get) fd_fdstat_get(u32 fd, void *stat);
CALL(fd_fdstat_set_flags) fd_fdstat_set_flags(u32 fd, u32 flags);
CALL(fd_fdstat_set_rights) fd_fdstat_set_rights(u32 fd, u64 base, u64 inheriting);
CALL(fd_filestat_get) fd_filestat_get(u32 fd, void *stat);
CALL(fd_filestat_set_size) fd_filestat_set_size(u32 fd, u64 size);
CALL(fd_filestat_set_times) fd_filestat_set_times(u32 fd, u64 atim, u64 mtim, u32 flags);
CALL(fd_pread) fd_pread(u32 fd, const void *iovs, u32 count, u64 offset, void *got);
CALL(fd_prestat_get) fd_prestat_get(u32 fd, void *prestat);
CALL(fd_prestat_dir_name) fd_prestat_dir_name(u32 fd, void *path, u32 len);
CALL(fd_pwrite) fd_pwrite(u32 fd, const void *iovs, u32 count, u64 offset, void *got);
CALL(fd_read) fd_read(u32 fd, const void *iovs, u32 count, void *got);
CALL(fd_readdir) fd_readdir(u32 fd, void *buf, u32 len, u64 cookie, void *got);
CALL(fd_renumber) fd_renumber(u32 from, u32 to);
CALL(fd_seek) fd_seek(u32 fd, u64 offset, u32 whence, void *position);
CALL(fd_sync) fd_sync(u32 fd);
CALL(fd_tell) fd_tell(u32 fd, void *position);
CALL(fd_write) fd_write(u32 fd, const void *iovs, u32 count, void *got);
CALL(path_create_directory) path_create_directory(u32 fd, const void *path, u32 len);
CALL(path_filestat_get)
path_filestat_get(u32 fd, u32 flags, const void *path, u32 len, void *stat);
CALL(path_filestat_set_times)
path_filestat_set_times(u32 fd, u32 flags, const void *path, u32 len, u64 atim, u64 mtim,
                        u32 fstflags);
CALL(path_link)
path_link(u32 fd, u32 flags, const void *path, u32 len, u32 to, const void *new_path, u32 new_len);
CALL(path_open)
path_open(u32 fd, u32 flags, const void *path, u32 len, u32 oflags, u64 rights, u64 inheriting,
          u32 fdflags, void *result);
CALL(path_readlink)
path_readlink(u32 fd, const void *path, u32 len, void *buf, u32 buf_len, void *got);
CALL(path_remove_directory) path_remove_directory(u32 fd, const void *path, u32 len);
CALL(path_rename)
path_rename(u32 fd, const void *path, u32 len, u32 to, const void *new_path, u32 new_len);
CALL(path_symlink)
path_symlink(const void *target, u32 target_len, u32 fd, const void *path, u32 len);
CALL(path_unlink_file) path_unlink_file(u32 fd, const void *path, u32 len);
CALL(poll_oneoff) poll_oneoff(const void *in, void *out, u32 count, void *got);
CALL(proc_raise) proc_raise(u32 signal);
CALL(random_get) random_get(void *buf, u32 len);
CALL(sched_yield) sched_yield(void);
CALL(sock_accept) sock_accept(u32 fd, u32 flags, void *result);
CALL(sock_recv) sock_recv(u32 fd, const void *iovs, u32 count, u32 flags, void *got, void *oflags);
CALL(sock_send) sock_send(u32 fd, const void *iovs, u32 count, u32 flags, void *got);
CALL(sock_shutdown) sock_shutdown(u32 fd, u32 how);
#undef CALL
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void
proc_exit(u32 code);

enum {
    SUCCESS = 0,
    ACCES = 2,
    BADF = 8,
    EXIST = 20,
    FAULT = 21,
    FBIG = 22,
    ILSEQ = 25,
    INVAL = 28,
    IO = 29,
    ISDIR = 31,
    LOOP = 32,
    MFILE = 33,
    NAMETOOLONG = 37,
    NFILE = 41,
    NODEV = 43,
    NOENT = 44,
    NOMEM = 48,
    NOSPC = 51,
    NOTDIR = 54,
    NOTEMPTY = 55,
    NOTSOCK = 57,
    NOTSUP = 58,
    NXIO = 60,
    OVERFLOW = 61,
    PERM = 63,
    ROFS = 69,
    SPIPE = 70,
    NOTCAPABLE = 76,
    NONE = 255, /* no second choice */
};

enum { O_CREAT = 1, O_DIRECTORY = 2, O_EXCL = 4, O_TRUNC = 8 };
enum { FD_APPEND = 1, FD_NONBLOCK = 4 };
enum { SEEK_set, SEEK_cur, SEEK_end };
enum {
    ROOT = 3,
    RO = 4,
    EVERY_RIGHT = (1 << 28) - 1,
    /* With fd_write, fd_allocate or fd_filestat_set_size a directory is refused. */
    RIGHTS_OF_DIRECTORIES = EVERY_RIGHT & ~(1 << 6 | 1 << 8 | 1 << 22),
};
enum { R_READ = 1 << 1, R_SEEK = 1 << 2, R_WRITE = 1 << 6, R_CREATE_FILE = 1 << 10 };
enum { R_READDIR = 1 << 14, R_SET_SIZE_AT = 1 << 19, R_SET_SIZE = 1 << 22 };

typedef struct Iovec {
    void *data;
    u32 len;
} Iovec;

static inline u32 length(const char *s) {
    u32 n = 0;
    while (s[n])
        n++;
    return n;
}

static char line_buf[512];
static u32 line_len;

static inline void put_bytes(const char *s, u32 n) {
    for (u32 i = 0; i < n && line_len < sizeof line_buf - 1; i++)
        line_buf[line_len++] = s[i];
}
static inline void put(const char *s) { put_bytes(s, length(s)); }
static inline void put_number(u64 v) {
    char digits[20];
    u32 n = sizeof digits;
    do
        digits[--n] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    put_bytes(digits + n, sizeof digits - n);
}
static u32 line_fd = 1;
static inline void put_line(void) {
    line_buf[line_len++] = '\n';
    Iovec iov = {line_buf, line_len};
    u32 got;
    fd_write(line_fd, &iov, 1, &got);
    line_len = 0;
}

/* The attempt `what` (and `how`, if not NULL) gave `got`. */
static inline void check_of(const char *what, const char *how, u32 got, u32 want, u32 or, u32 or2) {
    put(what);
    if (how) {
        put(": ");
        put(how);
    }
    put("\t");
    put_number(got);
    put("\t");
    put_number(want);
    if (or != NONE) {
        put(",");
        put_number(or);
    }
    if (or2 != NONE) {
        put(",");
        put_number(or2);
    }
    put_line();
}
static inline void check(const char *what, u32 got, u32 want) {
    check_of(what, 0, got, want, NONE, NONE);
}
static inline void check2(const char *what, u32 got, u32 want, u32 or) {
    check_of(what, 0, got, want, or, NONE);
}
static inline void check3(const char *what, u32 got, u32 want, u32 or, u32 or2) {
    check_of(what, 0, got, want, or, or2);
}
/* A fact that is no errno: shown as 0 when it holds. */
static inline void holds(const char *what, int fact) { check(what, fact ? 0 : 1, 0); }

static inline void escaped(const char *what, const char *how) {
    put("ESCAPE\t");
    put(what);
    put(" ");
    put(how);
    put_line();
}
static inline void end(void) {
    put("end");
    put_line();
}

/* ---- calls with C strings ---- */

static inline u32 open_at(u32 dir, const char *path, u32 follow, u32 oflags, u64 rights, u32 *fd) {
    *fd = 0xFFFFFFFF;
    return path_open(dir, follow, path, length(path), oflags, rights, EVERY_RIGHT, 0, fd);
}
static inline u32 open_read(u32 dir, const char *path, u32 *fd) {
    return open_at(dir, path, 1, 0, R_READ | R_SEEK | R_READDIR, fd);
}
static inline u32 make_file(u32 dir, const char *path) {
    u32 fd;
    u32 e = open_at(dir, path, 0, O_CREAT, R_READ | R_WRITE, &fd);
    if (e == SUCCESS)
        fd_close(fd);
    return e;
}
static inline u32 stat_at(u32 dir, const char *path, u32 follow) {
    u8 st[64];
    return path_filestat_get(dir, follow, path, length(path), st);
}
static inline u32 mkdir_at(u32 dir, const char *path) {
    return path_create_directory(dir, path, length(path));
}
static inline u32 rmdir_at(u32 dir, const char *path) {
    return path_remove_directory(dir, path, length(path));
}
static inline u32 unlink_at(u32 dir, const char *path) {
    return path_unlink_file(dir, path, length(path));
}
static inline u32 rename_at(u32 dir, const char *from, u32 to_dir, const char *to) {
    return path_rename(dir, from, length(from), to_dir, to, length(to));
}
static inline u32 link_at(u32 dir, const char *from, u32 follow, u32 to_dir, const char *to) {
    return path_link(dir, follow, from, length(from), to_dir, to, length(to));
}
static inline u32 symlink_at(const char *target, u32 dir, const char *path) {
    return path_symlink(target, length(target), dir, path, length(path));
}
static inline u32 readlink_at(u32 dir, const char *path) {
    char buf[256];
    u32 got;
    return path_readlink(dir, path, length(path), buf, sizeof buf, &got);
}
static inline u32 times_at(u32 dir, const char *path, u32 follow) {
    return path_filestat_set_times(dir, follow, path, length(path), 1, 1, 1 | 4);
}
static inline u32 read_some(u32 fd, void *data, u32 len, u32 *got) {
    Iovec iov = {data, len};
    *got = 0;
    return fd_read(fd, &iov, 1, got);
}
static inline u32 write_some(u32 fd, const void *data, u32 len, u32 *got) {
    Iovec iov = {(void *)data, len};
    *got = 0;
    return fd_write(fd, &iov, 1, got);
}

/* Whether an open file begins with the marker that all files outside hold. */
static inline int is_secret(u32 fd) {
    static const char marker[] = "SECRET";
    char text[6];
    u32 got;
    if (read_some(fd, text, sizeof text, &got) != SUCCESS || got != sizeof text)
        return 0;
    for (u32 i = 0; i < sizeof text; i++)
        if (text[i] != marker[i])
            return 0;
    return 1;
}

/* The first argument of the guest as a number; `otherwise` without one. */
static inline u32 number_argument(u32 otherwise) {
    static u32 argv[16];
    static char bytes[512];
    u32 count, size, n = 0;
    if (args_sizes_get(&count, &size) != SUCCESS || count < 2 || count > 16 || size > sizeof bytes)
        return otherwise;
    args_get(argv, bytes);
    for (const char *s = (const char *)(uintptr_t)argv[1]; *s >= '0' && *s <= '9'; s++)
        n = n * 10 + (u32)(*s - '0');
    return n;
}

static inline u64 now(void) {
    u64 ns = 0;
    clock_time_get(1, 0, &ns);
    return ns;
}

#endif
