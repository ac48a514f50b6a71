/* The table of descriptors: until it is full, over the directories given at the start, and rights
   that somebody would like to have. */
#include "guest.h"

static u32 fds[100000];

/* Of a full table of n, some are closed: what is opened then gets their numbers, the lowest first,
   wherever they lie. */
static void lowest_first(u32 n) {
    const u32 places[] = {n - 1, 2, n / 2 + 1, n / 2, 3},
              rising[] = {2, 3, n / 2, n / 2 + 1, n - 1};
    u32 fd;
    for (u32 i = 0; i < 5; i++)
        fd_close(fds[places[i]]);
    for (u32 i = 0; i < 5; i++) {
        check("open what was closed", open_read(ROOT, "file", &fd), SUCCESS);
        holds("it is the lowest number", fd == fds[rising[i]]);
    }
}

static void exhaustion(void) {
    u32 n = 0, e = SUCCESS, fd, got, errno_of_dir;
    u8 list[512];
    while (n < 100000 && (e = open_read(ROOT, "file", &fd)) == SUCCESS)
        fds[n++] = fd;
    check2("open until it is full", e, MFILE, NFILE);
    holds("after some", n > 16);
    errno_of_dir = open_at(ROOT, "dir", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &fd);
    check2("a directory then", errno_of_dir, MFILE, NFILE);
    check3("stat then", stat_at(ROOT, "dir/sub/file", 1), SUCCESS, MFILE, NFILE);
    check3("list then", fd_readdir(ROOT, list, sizeof list, 0, &got), SUCCESS, MFILE, NFILE);
    check3("create then", make_file(ROOT, "full"), MFILE, NFILE, NONE);
    check2("create did nothing, or left an empty file", stat_at(ROOT, "full", 1), NOENT, SUCCESS);
    lowest_first(n);
    check3("rename then", rename_at(ROOT, "victim", ROOT, "victim2"), SUCCESS, MFILE, NFILE);
    check2("renumber then", fd_renumber(fds[0], fds[1]), SUCCESS, NONE);
    for (u32 i = 1; i < n; i++)
        e |= fd_close(fds[i]);
    check("all are closed", e, MFILE);
    check("there is room again", open_read(ROOT, "file", &fd), SUCCESS);
    fd_close(fd);
    rename_at(ROOT, "victim2", ROOT, "victim");
}

static void numbers(void) {
    static const u32 none[] = {6, 1000, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff};
    u8 buf[64];
    for (u32 i = 0; i < sizeof none / sizeof none[0]; i++) {
        u32 fd = none[i], got;
        put_number(fd);
        check(" has no stat", fd_filestat_get(fd, buf), BADF);
        put_number(fd);
        check(" has no fdstat", fd_fdstat_get(fd, buf), BADF);
        put_number(fd);
        check(" is not closed", fd_close(fd), BADF);
        put_number(fd);
        check(" is not renumbered", fd_renumber(fd, 3), BADF);
        put_number(fd);
        check(" is no place to renumber to", fd_renumber(3, fd), BADF);
        put_number(fd);
        check(" is not read", read_some(fd, buf, 1, &got), BADF);
        put_number(fd);
        check(" is not listed", fd_readdir(fd, buf, 64, 0, &got), BADF);
        put_number(fd);
        check(" has no path", stat_at(fd, "file", 1), BADF);
        put_number(fd);
        check(" was not given", fd_prestat_get(fd, buf), BADF);
    }
}

static u64 rights_of(u32 fd, u64 *inheriting) {
    u64 stat[3] = {0};
    fd_fdstat_get(fd, stat);
    *inheriting = stat[2];
    return stat[1];
}

static void rights(void) {
    u32 fd, dir, got;
    u64 base, inheriting, at;
    check("open to read", open_at(ROOT, "file", 1, 0, R_READ, &fd), SUCCESS);
    base = rights_of(fd, &inheriting);
    holds("rights are those asked for", (base & ~(u64)R_READ) == 0);
    check2("write", write_some(fd, "x", 1, &got), NOTCAPABLE, BADF);
    check2("seek", fd_seek(fd, 1, SEEK_set, &at), NOTCAPABLE, BADF);
    check2("set the size", fd_filestat_set_size(fd, 0), NOTCAPABLE, BADF);
    check2("allocate", fd_allocate(fd, 0, 1), NOTCAPABLE, BADF);
    check2("set times", fd_filestat_set_times(fd, 0, 0, 10), NOTCAPABLE, BADF);
    check2("sync", fd_sync(fd), NOTCAPABLE, BADF);
    check("take all rights", fd_fdstat_set_rights(fd, EVERY_RIGHT, EVERY_RIGHT), NOTCAPABLE);
    check("take one", fd_fdstat_set_rights(fd, R_READ | R_WRITE, 0), NOTCAPABLE);
    check("take unknown ones", fd_fdstat_set_rights(fd, ~0ull, ~0ull), NOTCAPABLE);
    check("give reading away", fd_fdstat_set_rights(fd, 0, 0), SUCCESS);
    check2("read", read_some(fd, &got, 1, &got), NOTCAPABLE, BADF);
    check("take it again", fd_fdstat_set_rights(fd, R_READ, 0), NOTCAPABLE);
    fd_close(fd);

    const u64 little = (1 << 13) | R_READDIR; /* path_open */
    check("open a directory with few rights",
          path_open(ROOT, 1, "dir", 3, O_DIRECTORY, little, R_READ, 0, &dir), SUCCESS);
    base = rights_of(dir, &inheriting);
    holds("it has no more", (base & ~little) == 0 && inheriting == R_READ);
    check("create in it", make_file(dir, "new"), NOTCAPABLE);
    check("unlink in it", unlink_at(dir, "file"), NOTCAPABLE);
    check("mkdir in it", mkdir_at(dir, "new"), NOTCAPABLE);
    check("stat in it", stat_at(dir, "file", 1), NOTCAPABLE);
    check("truncate in it", open_at(dir, "file", 1, O_TRUNC, R_WRITE, &fd), NOTCAPABLE);
    check2("open to write in it", open_at(dir, "file", 1, 0, R_READ | R_WRITE, &fd), SUCCESS,
           NOTCAPABLE);
    check3("write there", write_some(fd, "x", 1, &got), NOTCAPABLE, BADF, NONE);
    fd_close(fd);
    check2("a directory below with all rights",
           open_at(dir, "sub", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &fd), SUCCESS, NOTCAPABLE);
    check3("create there", make_file(fd, "new"), NOTCAPABLE, BADF, NONE);
    fd_close(fd);
    check("open . again with all rights",
          open_at(dir, ".", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &fd), SUCCESS);
    base = rights_of(fd, &inheriting);
    holds("nothing is gained", ((base | inheriting) & ~(u64)R_READ) == 0);
    fd_close(fd);
    fd_close(dir);

    check("append only by flag",
          path_open(ROOT, 1, "file", 4, 0, R_WRITE | 1 << 3, 0, FD_APPEND, &fd), SUCCESS);
    check("flags from nowhere", fd_fdstat_set_flags(fd, 0xffff), INVAL);
    check("give all rights away", fd_fdstat_set_rights(fd, 0, 0), SUCCESS);
    check2("flags without the right", fd_fdstat_set_flags(fd, 0), NOTCAPABLE, BADF);
    fd_close(fd);
}

/* Over the directories given at the start, last, for they are gone then. */
static void preopens(void) {
    u32 fd, again, dir;
    u8 buf[64];
    check2("name of a preopen, too long", fd_prestat_dir_name(RO, buf, 0xffffffff), SUCCESS, FAULT);
    check2("name of a preopen, too short", fd_prestat_dir_name(RO, buf, 0), NAMETOOLONG, INVAL);
    check("open", open_read(ROOT, "file", &fd), SUCCESS);
    check("renumber a file onto the second directory", fd_renumber(fd, RO), SUCCESS);
    check("its old number is free", fd_filestat_get(fd, buf), BADF);
    check2("it is no preopen", fd_prestat_get(RO, buf), BADF, NOTSUP);
    check2("no path leads below it", stat_at(RO, "file", 1), NOTDIR, NOTCAPABLE);
    check("renumber the first directory onto it", fd_renumber(ROOT, RO), SUCCESS);
    check("the first is gone", stat_at(ROOT, "file", 1), BADF);
    check("the second is the first", stat_at(RO, "up", 0), SUCCESS);
    check2("and goes no higher", stat_at(RO, "../secret.txt", 1), PERM, NOTCAPABLE);
    check("to itself", fd_renumber(RO, RO), SUCCESS);
    check("is there", stat_at(RO, "file", 1), SUCCESS);
    check("open a directory in the free place",
          open_at(RO, "dir", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dir), SUCCESS);
    check("close the given one", fd_close(RO), SUCCESS);
    check("twice", fd_close(RO), BADF);
    check("nothing below it", open_read(RO, "file", &again), BADF);
    check("the other still stands", stat_at(dir, "file", 1), SUCCESS);
    check2("and does not lead up", stat_at(dir, "../file", 1), PERM, NOTCAPABLE);
    check2("it is no preopen", fd_prestat_get(dir, buf), BADF, NOTSUP);
    check("renumber a stream", fd_renumber(1, 2), SUCCESS);
    line_fd = 2;
    check("it is the other one now", fd_filestat_get(1, buf), BADF);
}

void _start(void) {
    numbers();
    rights();
    exhaustion();
    preopens();
    end();
}
