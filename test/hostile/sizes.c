/* Offsets and sizes at the ends of 64 bits, and files that are mostly nothing. */
#include "guest.h"

static const u64 BIG = 1ull << 62;

static void offsets(u32 fd) {
    u64 at = 0;
    u32 got;
    char byte = 'x';
    Iovec iov = {&byte, 1};
    check2("seek to 2^62", fd_seek(fd, BIG, SEEK_set, &at), SUCCESS, INVAL);
    check3("write there", fd_write(fd, &iov, 1, &got), SUCCESS, FBIG, NOSPC);
    fd_seek(fd, 0, SEEK_set, &at);
    check2("seek to 2^63 - 1", fd_seek(fd, (1ull << 63) - 1, SEEK_set, &at), SUCCESS, INVAL);
    check3("write there", fd_write(fd, &iov, 1, &got), SUCCESS, FBIG, INVAL);
    check3("read there", fd_read(fd, &iov, 1, &got), SUCCESS, INVAL, OVERFLOW);
    check3("and one further", fd_seek(fd, 1ull << 62, SEEK_cur, &at), INVAL, OVERFLOW, SUCCESS);
    check("seek to -1", fd_seek(fd, ~0ull, SEEK_set, &at), INVAL);
    check("seek to 2^63", fd_seek(fd, 1ull << 63, SEEK_set, &at), INVAL);
    check("seek before the start", fd_seek(fd, 1ull << 63, SEEK_end, &at), INVAL);
    fd_seek(fd, 0, SEEK_set, &at);
    check("seek back from the start", fd_seek(fd, ~0ull, SEEK_cur, &at), INVAL);
    check("whence 3", fd_seek(fd, 0, 3, &at), INVAL);
    check("whence 2^32 - 1", fd_seek(fd, 0, 0xffffffff, &at), INVAL);
    check2("whence 256", fd_seek(fd, 0, 256, &at), INVAL, NONE);
    check("pread at 2^63", fd_pread(fd, &iov, 1, 1ull << 63, &got), INVAL);
    check("pread at -1", fd_pread(fd, &iov, 1, ~0ull, &got), INVAL);
    check("pread at -2", fd_pread(fd, &iov, 1, ~0ull - 1, &got), INVAL);
    check("pwrite at 2^63", fd_pwrite(fd, &iov, 1, 1ull << 63, &got), INVAL);
    check("pwrite at -1", fd_pwrite(fd, &iov, 1, ~0ull, &got), INVAL);
    check("pwrite at -2", fd_pwrite(fd, &iov, 1, ~0ull - 1, &got), INVAL);
    check3("pwrite at 2^63 - 1", fd_pwrite(fd, &iov, 1, (1ull << 63) - 1, &got), INVAL, FBIG, NONE);
    check3("pread at 2^62", fd_pread(fd, &iov, 1, BIG, &got), SUCCESS, INVAL, NONE);
    check("the position did not move", fd_tell(fd, &at), SUCCESS);
    holds("it is 0", at == 0);
}

static void extents(u32 fd) {
    check("set size -1", fd_filestat_set_size(fd, ~0ull), INVAL);
    check2("set size 2^63", fd_filestat_set_size(fd, 1ull << 63), INVAL, FBIG);
    check3("set size 2^63 - 1", fd_filestat_set_size(fd, (1ull << 63) - 1), FBIG, INVAL, NOSPC);
    check3("set size 2^62", fd_filestat_set_size(fd, BIG), FBIG, INVAL, NOSPC);
    check("set size 0", fd_filestat_set_size(fd, 0), SUCCESS);
    check("allocate nothing", fd_allocate(fd, 0, 0), INVAL);
    check3("allocate -1", fd_allocate(fd, 0, ~0ull), INVAL, FBIG, NOTSUP);
    check3("allocate at 2^63 - 1", fd_allocate(fd, (1ull << 63) - 1, 1), FBIG, INVAL, NOTSUP);
    check3("allocate over the end of 64 bits", fd_allocate(fd, ~0ull, ~0ull), INVAL, FBIG, NOTSUP);
    check3("allocate 2^62", fd_allocate(fd, 0, BIG), FBIG, NOSPC, NOTSUP);
    check2("advise at the end of 64 bits", fd_advise(fd, ~0ull, ~0ull, 0), SUCCESS, INVAL);
    check("advice 6", fd_advise(fd, 0, 0, 6), INVAL);
    check("advice 2^32 - 1", fd_advise(fd, 0, 0, 0xffffffff), INVAL);
    check("times after 2554", fd_filestat_set_times(fd, ~0ull, ~0ull, 5), INVAL);
    check("times at 2^63 - 1", fd_filestat_set_times(fd, (1ull << 63) - 1, 0, 5), SUCCESS);
    check("a time and now", fd_filestat_set_times(fd, 0, 0, 3), INVAL);
    check("time flags from nowhere", fd_filestat_set_times(fd, 0, 0, 0xffff), INVAL);
}

static void sparse(u32 fd) {
    const u64 size = 1ull << 40; /* 1 TiB of nothing */
    static u8 data[65536];
    Iovec iov = {data, sizeof data};
    u64 st[8];
    u32 got, e = fd_filestat_set_size(fd, size);
    check3("a file of 1 TiB", e, SUCCESS, FBIG, NOSPC);
    if (e != SUCCESS)
        return;
    check("stat", fd_filestat_get(fd, st), SUCCESS);
    holds("its size", st[4] == size);
    data[0] = 1;
    check("read its end", fd_pread(fd, &iov, 1, size - 65536, &got), SUCCESS);
    holds("zeros", got == 65536 && data[0] == 0);
    check("write one byte", fd_pwrite(fd, &(Iovec){"x", 1}, 1, size, &got), SUCCESS);
    check("read over the end", fd_pread(fd, &iov, 1, size, &got), SUCCESS);
    holds("one byte", got == 1);
    check("set size 0", fd_filestat_set_size(fd, 0), SUCCESS);
}

void _start(void) {
    u32 fd;
    check("create", open_at(ROOT, "sparse", 1, O_CREAT, EVERY_RIGHT, &fd), SUCCESS);
    offsets(fd);
    extents(fd);
    sparse(fd);
    fd_close(fd);
    unlink_at(ROOT, "sparse");
    end();
}
