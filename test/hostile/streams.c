/* The standard streams, which belong to others too; the argument says which ones were given:
   1 an input that could be written, an output that is only appended to; 2 pipes in which nothing
   moves; 3 none but the last; 4 a pipe that shows single writes. Lines go to the standard error. */
#include "guest.h"

enum { R_SET_TIMES = 1 << 23, AGAIN = 6 };

static u64 rights_of(u32 fd) {
    u64 stat[3] = {0};
    fd_fdstat_get(fd, stat);
    return stat[1];
}

static void set_things(u32 fd) {
    check("set its size", fd_filestat_set_size(fd, 0), NOTCAPABLE);
    check("allocate", fd_allocate(fd, 0, 1 << 20), NOTCAPABLE);
    check("set its times", fd_filestat_set_times(fd, 1, 1, 1 | 4), NOTCAPABLE);
}

static void files(void) {
    u32 got;
    u64 at;
    char text[8];
    Iovec iov = {"over", 4};
    set_things(0);
    check2("write to the input", write_some(0, "x", 1, &got), NOTCAPABLE, BADF);
    check("sync the input", fd_sync(0), NOTCAPABLE);
    check("append to the input", fd_fdstat_set_flags(0, FD_APPEND), NOTSUP);
    check("read", read_some(0, text, 4, &got), SUCCESS);
    check("go back", fd_seek(0, 0, SEEK_set, &at), SUCCESS);
    check("read again", read_some(0, text, 4, &got), SUCCESS);
    holds("the same", got == 4 && text[0] == 't');
    set_things(1);
    check("no longer append", fd_fdstat_set_flags(1, 0), NOTSUP);
    check("no longer append, nor wait", fd_fdstat_set_flags(1, FD_NONBLOCK), NOTSUP);
    check("go to the begin", fd_seek(1, 0, SEEK_set, &at), NOTCAPABLE);
    check("tell", fd_seek(1, 0, SEEK_cur, &at), SUCCESS);
    check("write at the begin", fd_pwrite(1, &iov, 1, 0, &got), NOTCAPABLE);
    check("take the rights", fd_fdstat_set_rights(1, rights_of(1) | R_SEEK | R_SET_SIZE, 0),
          NOTCAPABLE);
    check("read the output", read_some(1, text, 1, &got), NOTCAPABLE);
    check("write", write_some(1, "more\n", 5, &got), SUCCESS);
}

static void pipes(void) {
    static u8 much[1 << 20];
    u32 got, all = 0;
    u64 start = now();
    check("read without waiting", fd_fdstat_set_flags(0, FD_NONBLOCK), SUCCESS);
    check("nothing is there", read_some(0, much, 1, &got), AGAIN);
    check("write without waiting", fd_fdstat_set_flags(1, FD_NONBLOCK), SUCCESS);
    u32 e = SUCCESS;
    for (u32 i = 0; i < 1000 && e == SUCCESS; i++, all += got)
        e = write_some(1, much, sizeof much, &got);
    check("until it is full", e, AGAIN);
    holds("and no more", all > 0 && all <= sizeof much);
    holds("at once", now() - start < 5000000000u);
    check("set its times", fd_filestat_set_times(0, 1, 1, 1 | 4), NOTCAPABLE);
    check("set its times", fd_filestat_set_times(1, 1, 1, 1 | 4), NOTCAPABLE);
}

static void closed(void) {
    u8 buf[64];
    u32 got, fd;
    for (u32 i = 0; i < 2; i++) {
        check("its stat", fd_filestat_get(i, buf), BADF);
        check("read", read_some(i, buf, 1, &got), BADF);
        check("write", write_some(i, "x", 1, &got), BADF);
        check("list", fd_readdir(i, buf, sizeof buf, 0, &got), BADF);
        check("a path below", stat_at(i, ".", 1), BADF);
        check("its flags", fd_fdstat_set_flags(i, 0), BADF);
    }
    check("open", open_read(ROOT, "file", &fd), SUCCESS);
    check("the lowest number", fd, 0);
}

static void pieces(void) {
    Iovec iovs[4] = {{"one ", 4}, {0, 0}, {"line", 4}, {"\n", 1}};
    u32 got;
    check("write pieces", fd_write(1, iovs, 4, &got), SUCCESS);
    check("all of them", got, 9);
    iovs[3].data = (void *)0xffffffff;
    check("one of them nowhere", fd_write(1, iovs, 4, &got), FAULT);
}

void _start(void) {
    line_fd = 2;
    u32 given = number_argument(0);
    if (given == 1)
        files();
    else if (given == 2)
        pipes();
    else if (given == 4)
        pieces();
    else
        closed();
    end();
}
