/* What one call costs: the same loops as a WASI program, where the calls are imports, and native,
 * where they are the system's. No C library stands between the loop and the call in either.
 *
 *     calls DIRECTORY        prints "NAME NS" per operation (of one call, or of one entry)
 *     calls DIRECTORY copy   copies the large file once, and prints it per MiB
 *
 * The directory has the files that run.py made; in WASI it is descriptor 3, whatever the argument.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint32_t u32;
typedef uint64_t u64;

enum { BUDGET = 4000000 /* ns for each operation */, TRIES = 5, PIECE = 65536, MEGABYTE = 1 << 20 };

static uint8_t buffer[MEGABYTE];
static int dir, file, out, large;

#ifdef __wasi__

#define CALL(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
CALL(clock_time_get) u32 w_clock(u32 id, u64 precision, u64 *ns);
CALL(random_get) u32 w_random(void *data, u32 len);
CALL(fd_read) u32 w_read(u32 fd, const void *iovs, u32 count, u32 *got);
CALL(fd_write) u32 w_write(u32 fd, const void *iovs, u32 count, u32 *got);
CALL(fd_seek) u32 w_seek(u32 fd, u64 offset, u32 whence, u64 *at);
CALL(fd_close) u32 w_close(u32 fd);
CALL(fd_readdir) u32 w_readdir(u32 fd, void *buf, u32 len, u64 cookie, u32 *got);
CALL(path_filestat_get) u32 w_stat(u32 fd, u32 flags, const char *path, u32 len, void *st);
CALL(path_open)
u32 w_open(u32 fd, u32 flags, const char *path, u32 len, u32 oflags, u64 rights, u64 inheriting,
           u32 fdflags, u32 *result);

enum { DIRECTORY_RIGHTS = 1 << 13 | 1 << 14 | 1 << 18, FILE_RIGHTS = 1 << 1 | 1 << 2 | 1 << 6 };

static u64 now(void) {
    u64 ns = 0;
    w_clock(1, 1, &ns);
    return ns;
}
static int random_bytes(u32 n) { return w_random(buffer, n) == 0; }
static int transfer(u32 (*fn)(u32, const void *, u32, u32 *), int fd, u32 n) {
    struct {
        void *data;
        u32 len;
    } iov = {buffer, n};
    u32 got = 0;
    return fn((u32)fd, &iov, 1, &got) == 0 ? (int)got : -1;
}
static int read_bytes(int fd, u32 n) { return transfer(w_read, fd, n); }
static int write_bytes(int fd, u32 n) { return transfer(w_write, fd, n); }
static void rewind_file(int fd) {
    u64 at;
    w_seek((u32)fd, 0, 0, &at);
}
static int stat_path(int at, const char *path, u32 len) {
    u64 st[8];
    return w_stat((u32)at, 1, path, len, st) == 0;
}
static int open_path(int at, const char *path, u32 len, int create) {
    u32 fd;
    return w_open((u32)at, 1, path, len, create ? 1 | 8 : 0, FILE_RIGHTS, 0, 0, &fd) ? -1 : (int)fd;
}
static int open_directory(int at, const char *path, u32 len) {
    u32 fd;
    return w_open((u32)at, 1, path, len, 2, DIRECTORY_RIGHTS, DIRECTORY_RIGHTS | FILE_RIGHTS, 0,
                  &fd)
               ? -1
               : (int)fd;
}
static void close_file(int fd) { w_close((u32)fd); }

/* Calls `each` for every entry but the dots; gives their number. */
static u32 list(int fd, u32 (*each)(int fd, const char *name, u32 len, int folder)) {
    static uint8_t room[4][32768]; /* a buffer for each depth of the walk */
    static u32 depth;
    uint8_t *buf = room[depth++];
    u64 cookie = 0;
    u32 count = 0, got = 0;
    do {
        if (w_readdir((u32)fd, buf, sizeof room[0], cookie, &got))
            break;
        for (u32 at = 0; at + 24 <= got;) {
            u32 len;
            memcpy(&len, buf + at + 16, 4);
            if (at + 24 + len > got)
                break;
            memcpy(&cookie, buf + at, 8);
            const char *name = (const char *)buf + at + 24;
            if (!(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))))
                count += each ? 1 + each(fd, name, len, buf[at + 20] == 3) : 1;
            at += 24 + len;
        }
    } while (got == sizeof room[0]);
    depth--;
    return count;
}

#else

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static u64 now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}
static int random_bytes(u32 n) { return getrandom(buffer, n, 0) == (ssize_t)n; }
static int read_bytes(int fd, u32 n) { return (int)read(fd, buffer, n); }
static int write_bytes(int fd, u32 n) { return (int)write(fd, buffer, n); }
static void rewind_file(int fd) { lseek(fd, 0, SEEK_SET); }
static int stat_path(int at, const char *path, u32 len) {
    struct stat st;
    (void)len;
    return fstatat(at, path, &st, 0) == 0;
}
/* The same, resolved by openat2 below the directory and never out of it. */
static int stat_beneath(int at, const char *path) {
    struct stat st;
    struct {
        u64 flags, mode, resolve;
    } how = {O_PATH | O_CLOEXEC, 0, 8 /* RESOLVE_BENEATH */};
    int fd = (int)syscall(437, at, path, &how, sizeof how);
    int ok = fd >= 0 && fstat(fd, &st) == 0;
    close(fd);
    return ok;
}
static int open_path(int at, const char *path, u32 len, int create) {
    (void)len;
    return openat(at, path, O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0), 0644);
}
static int open_directory(int at, const char *path, u32 len) {
    (void)len;
    return openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
static void close_file(int fd) { close(fd); }

static u32 list(int fd, u32 (*each)(int fd, const char *name, u32 len, int folder)) {
    u32 count = 0;
    DIR *d = fdopendir(dup(fd));
    if (!d)
        return 0;
    rewinddir(d);
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            count +=
                each ? 1 + each(fd, e->d_name, (u32)strlen(e->d_name), e->d_type == DT_DIR) : 1;
    closedir(d);
    return count;
}

#endif

/* ---- operations: `n` times; the answer is what to divide by, 0 for a failure ---- */

static u64 op_loop(u64 n) {
    for (u64 i = 0; i < n; i++)
        __asm__ volatile("" ::: "memory");
    return n;
}

static u64 op_clock(u64 n) {
    for (u64 i = 0; i < n; i++)
        now();
    return n;
}

static u64 op_random16(u64 n) {
    for (u64 i = 0; i < n; i++)
        if (!random_bytes(16))
            return 0;
    return n;
}

static u64 op_random1m(u64 n) {
    for (u64 i = 0; i < n; i++)
        for (u32 at = 0; at < MEGABYTE; at += MEGABYTE)
            if (!random_bytes(MEGABYTE))
                return 0;
    return n;
}

static u64 op_stat(u64 n) {
    for (u64 i = 0; i < n; i++)
        if (!stat_path(dir, "file", 4))
            return 0;
    return n;
}

static u64 op_stat_deep(u64 n) {
    for (u64 i = 0; i < n; i++)
        if (!stat_path(dir, "a/b/c/file", 10))
            return 0;
    return n;
}

#ifndef __wasi__
static u64 op_stat_beneath(u64 n) {
    for (u64 i = 0; i < n; i++)
        if (!stat_beneath(dir, "a/b/c/file"))
            return 0;
    return n;
}
#endif

static u64 op_open(u64 n) {
    for (u64 i = 0; i < n; i++) {
        int fd = open_path(dir, "file", 4, 0);
        if (fd < 0)
            return 0;
        close_file(fd);
    }
    return n;
}

/* The position goes back before the end comes, once in many calls. */
static u64 read_pieces(u64 n, u32 size) {
    u64 per_round = (4 * MEGABYTE) / size;
    for (u64 i = 0; i < n; i++) {
        if (i % per_round == 0)
            rewind_file(large);
        if (read_bytes(large, size) != (int)size)
            return 0;
    }
    return n;
}
static u64 op_read1(u64 n) { return read_pieces(n, 1); }
static u64 op_read64k(u64 n) { return read_pieces(n, PIECE); }

static u64 write_pieces(u64 n, u32 size) {
    u64 per_round = (4 * MEGABYTE) / size;
    for (u64 i = 0; i < n; i++) {
        if (i % per_round == 0)
            rewind_file(out);
        if (write_bytes(out, size) != (int)size)
            return 0;
    }
    return n;
}
static u64 op_write1(u64 n) { return write_pieces(n, 1); }
static u64 op_write64k(u64 n) { return write_pieces(n, PIECE); }

static u64 op_readdir(u64 n) {
    u64 entries = 0;
    for (u64 i = 0; i < n; i++) {
        int fd = open_directory(dir, "many", 4);
        entries += list(fd, NULL);
        close_file(fd);
    }
    return entries;
}

static u32 visit(int fd, const char *name, u32 len, int folder) {
    if (!folder)
        return stat_path(fd, name, len) ? 0 : 1 << 20;
    int below = open_directory(fd, name, len);
    u32 count = below < 0 ? 0 : list(below, visit);
    close_file(below);
    return count;
}

static u64 op_walk(u64 n) {
    u64 entries = 0;
    for (u64 i = 0; i < n; i++) {
        int fd = open_directory(dir, "tree", 4);
        entries += list(fd, visit);
        close_file(fd);
    }
    return entries;
}

/* The large file, in pieces of 64 KiB: ns for each MiB, or 0. */
static double copy_large(void) {
    u64 bytes = 0, start = now();
    for (int got; (got = read_bytes(large, PIECE)) > 0; bytes += (u64)got)
        if (write_bytes(out, (u32)got) != got)
            return 0;
    return bytes < MEGABYTE ? 0 : (double)(now() - start) / ((double)bytes / MEGABYTE);
}

/* The time of n rounds, n doubled until they fill the budget, over their divisor: the best of some
   tries, for what else the machine does only makes them slower. */
static void measure(const char *name, u64 (*op)(u64 n), u64 n, double empty) {
    double best = 1e30;
    for (u32 tries = 0; tries < TRIES;) {
        u64 start = now(), divisor = op(n), ns = now() - start;
        if (!divisor) {
            printf("%s fails\n", name);
            return;
        }
        if (ns < BUDGET && tries == 0) {
            n *= 2;
            continue;
        }
        double each = (double)ns / (double)divisor - empty;
        best = each < best ? each : best;
        tries++;
    }
    printf("%s %.2f\n", name, best > 0 ? best : 0);
}

static double loop_cost(void) {
    u64 n = 1 << 20, start = now();
    op_loop(n);
    return (double)(now() - start) / (double)n;
}

int main(int argc, char **argv) {
#ifdef __wasi__
    dir = 3;
    (void)argv;
#else
    dir = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
#endif
    file = open_path(dir, "file", 4, 0);
    large = open_path(dir, "large", 5, 0);
    out = open_path(dir, "out", 3, argc < 3); /* a copy goes over the last one */
    if (dir < 0 || file < 0 || large < 0 || out < 0) {
        printf("the directory is not what it should be\n");
        return 1;
    }
    if (argc > 2) {
        double each = copy_large();
        if (each > 0)
            printf("copy %.2f\n", each);
        return each > 0 ? 0 : 1;
    }
    double empty = loop_cost();
    measure("clock", op_clock, 1024, empty);
    measure("random16", op_random16, 1024, empty);
    measure("random1m", op_random1m, 1, empty);
    measure("stat", op_stat, 1024, empty);
    measure("statdeep", op_stat_deep, 1024, empty);
#ifndef __wasi__
    measure("beneath", op_stat_beneath, 1024, empty);
#endif
    measure("open", op_open, 512, empty);
    measure("read1", op_read1, 1024, empty);
    measure("read64k", op_read64k, 64, empty);
    measure("write1", op_write1, 1024, empty);
    measure("write64k", op_write64k, 64, empty);
    measure("readdir", op_readdir, 1, 0);
    measure("walk", op_walk, 1, 0);
    return 0;
}
