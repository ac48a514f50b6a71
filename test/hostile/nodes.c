/* What is no file: FIFOs without a peer, sockets, devices, magic links of /proc (given as a third
   directory). Nothing may hang. */
#include "guest.h"

enum { PROC = 5 };

static u32 type_of(const char *path) {
    u8 st[64];
    if (path_filestat_get(ROOT, 0, path, length(path), st) != SUCCESS)
        return NONE;
    return st[16];
}

static void fifos(void) {
    u32 fd, got;
    u64 at;
    char byte;
    check("the type of a FIFO", type_of("fifo"), 0);
    check("open a FIFO that nobody writes", open_read(ROOT, "fifo", &fd), SUCCESS);
    check("read it", read_some(fd, &byte, 1, &got), SUCCESS);
    check("to its end", got, 0);
    check2("seek in it", fd_seek(fd, 0, SEEK_set, &at), SPIPE, NOTCAPABLE);
    check2("tell", fd_tell(fd, &at), SPIPE, NOTCAPABLE);
    Iovec iov = {&byte, 1};
    check2("pread", fd_pread(fd, &iov, 1, 0, &got), SPIPE, NOTCAPABLE);
    check3("set its size", fd_filestat_set_size(fd, 5), INVAL, NOTCAPABLE, BADF);
    check3("list it", fd_readdir(fd, &byte, 1, 0, &got), NOTDIR, NOTCAPABLE, BADF);
    check2("a path below it", stat_at(fd, "x", 1), NOTDIR, NOTCAPABLE);
    fd_close(fd);
    check("open one that nobody reads, to write", open_at(ROOT, "fifo", 1, 0, R_WRITE, &fd), NXIO);
    check2("truncate one", open_at(ROOT, "fifo", 1, O_TRUNC, R_READ, &fd), SUCCESS, NXIO);
    fd_close(fd);
    check("open one through a link", open_read(ROOT, "fifolink", &fd), SUCCESS);
    fd_close(fd);
    check("as directory", open_at(ROOT, "fifo", 1, O_DIRECTORY, R_READ, &fd), NOTDIR);
    check("with a slash", open_read(ROOT, "fifo/", &fd), NOTDIR);
    check("create over one", open_at(ROOT, "fifo", 1, O_CREAT | O_EXCL, R_WRITE, &fd), EXIST);
    check("open one to read and write", open_at(ROOT, "fifo", 1, 0, R_READ | R_WRITE, &fd),
          SUCCESS);
    check("write to oneself", write_some(fd, "abc", 3, &got), SUCCESS);
    char text[3];
    check("and read it", read_some(fd, text, 3, &got), SUCCESS);
    check("all of it", got, 3);
    fd_close(fd);
}

static void sockets(void) {
    u32 fd;
    check("the type of a socket", type_of("socket"), 6);
    check3("open a socket", open_read(ROOT, "socket", &fd), NXIO, NOTSUP, IO);
    check3("to write", open_at(ROOT, "socket", 1, 0, R_WRITE, &fd), NXIO, NOTSUP, IO);
    u32 got;
    u16 flags;
    char byte = 0;
    Iovec iov = {&byte, 1};
    check("receive on a directory", sock_recv(ROOT, &iov, 1, 0, &got, &flags), NOTSOCK);
    check("send on a directory", sock_send(ROOT, &iov, 1, 0, &got), NOTSOCK);
    check("accept on a directory", sock_accept(ROOT, 0, &fd), NOTSOCK);
    check("shut a directory down", sock_shutdown(ROOT, 3), NOTSOCK);
    check("receive on nothing", sock_recv(77, &iov, 1, 0, &got, &flags), BADF);
    check("accept on nothing", sock_accept(77, 0, &fd), BADF);
}

static void devices(void) {
    u32 fd, got;
    char byte = 1;
    if (type_of("null") == NONE)
        return; /* run.py could not make them, and said so */
    check("the type of a device", type_of("null"), 2);
    check("the type of a block device", type_of("block"), 1);
    check("open null", open_at(ROOT, "null", 1, 0, EVERY_RIGHT, &fd), SUCCESS);
    check("read null", read_some(fd, &byte, 1, &got), SUCCESS);
    check("set its size", fd_filestat_set_size(fd, 1ull << 40), INVAL);
    check3("allocate in it", fd_allocate(fd, 0, 1ull << 40), NODEV, NOTSUP, IO);
    fd_close(fd);
    check("open full", open_at(ROOT, "full", 1, 0, R_WRITE, &fd), SUCCESS);
    check("write to full", write_some(fd, "x", 1, &got), NOSPC);
    fd_close(fd);
    check("open zero", open_read(ROOT, "zero", &fd), SUCCESS);
    check("read zero", read_some(fd, &byte, 1, &got), SUCCESS);
    check("a zero", (u32)byte, 0);
    fd_close(fd);
    check3("a device that is not there", open_read(ROOT, "block", &fd), NXIO, NODEV, IO);
    check3("a terminal that is not ours", open_read(ROOT, "tty", &fd), NXIO, IO, SUCCESS);
}

/* A magic link leads to an open file or directory of a process, wherever that is. */
static void magic_links(void) {
    static const char *const paths[] = {"self/root",        "self/root/etc/passwd",
                                        "self/root/",       "self/cwd",
                                        "self/cwd/.",       "self/cwd/secret.txt",
                                        "self/exe",         "self/fd/0",
                                        "self/fd/1",        "self/fd/2",
                                        "self/fd/3/file",   "self/fd/4/../secret.txt",
                                        "self/task/self/x", "thread-self/root/etc/passwd",
                                        "thread-self/cwd",  "self/ns/mnt"};
    static const char *const of_another[] = {"1/root/etc/passwd", "1/cwd", "1/exe"};
    u32 fd;
    if (stat_at(PROC, ".", 1) != SUCCESS)
        return; /* this system has none, run.py said so */
    for (u32 i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        u32 e = open_read(PROC, paths[i], &fd);
        /* Some are texts that name nothing here; none may be followed by the system. */
        put("magic ");
        check3(paths[i], e, LOOP, PERM, NOENT);
        if (e == SUCCESS)
            escaped("magic link", paths[i]);
    }
    for (u32 i = 0; i < sizeof of_another / sizeof of_another[0]; i++) {
        put("magic ");
        check3(of_another[i], open_read(PROC, of_another[i], &fd), LOOP, PERM, ACCES);
    }
}

void _start(void) {
    fifos();
    sockets();
    devices();
    magic_links();
    end();
}
