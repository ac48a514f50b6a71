/* Names that are no names, too long, or end in a slash. */
#include "guest.h"

static char big[70000];

static u32 stat_bytes(const void *path, u32 len) {
    u8 st[64];
    return path_filestat_get(ROOT, 1, path, len, st);
}

/* The same wrong name with every call that takes one. */
static void every_call(const char *what, const void *path, u32 len, u32 want) {
    u32 fd, got;
    u8 buf[64];
    check_of(what, "open", path_open(ROOT, 1, path, len, 0, R_READ, 0, 0, &fd), want, NONE, NONE);
    check_of(what, "create", path_open(ROOT, 1, path, len, O_CREAT, R_WRITE, 0, 0, &fd), want, NONE,
             NONE);
    check_of(what, "stat", path_filestat_get(ROOT, 1, path, len, buf), want, NONE, NONE);
    check_of(what, "set times", path_filestat_set_times(ROOT, 1, path, len, 0, 0, 2), want, NONE,
             NONE);
    check_of(what, "mkdir", path_create_directory(ROOT, path, len), want, NONE, NONE);
    check_of(what, "rmdir", path_remove_directory(ROOT, path, len), want, NONE, NONE);
    check_of(what, "unlink", path_unlink_file(ROOT, path, len), want, NONE, NONE);
    check_of(what, "readlink", path_readlink(ROOT, path, len, buf, sizeof buf, &got), want, NONE,
             NONE);
    check_of(what, "symlink", path_symlink("x", 1, ROOT, path, len), want, NONE, NONE);
    check_of(what, "rename from", path_rename(ROOT, path, len, ROOT, "x", 1), want, NONE, NONE);
    check_of(what, "rename to", path_rename(ROOT, "victim", 6, ROOT, path, len), want, NONE, NONE);
    check_of(what, "link from", path_link(ROOT, 0, path, len, ROOT, "x", 1), want, NONE, NONE);
    check_of(what, "link to", path_link(ROOT, 0, "victim", 6, ROOT, path, len), want, NONE, NONE);
}

static void bytes(void) {
    every_call("NUL in the middle", "file\0/../..", 11, INVAL);
    every_call("NUL at the end", "file\0", 5, INVAL);
    every_call("only NUL", "\0", 1, INVAL);
    every_call("NUL before a way out", "\0/../../secret.txt", 18, INVAL);
    every_call("no UTF-8", "fi\xffle", 5, ILSEQ);
    every_call("half a letter", "file\xc3", 5, ILSEQ);
    every_call("an overlong slash", "..\xc0\xafsecret.txt", 14, ILSEQ);
    every_call("an overlong dot", "\xc0\xae\xc0\xae/secret.txt", 15, ILSEQ);
    every_call("a surrogate", "\xed\xa0\x80", 3, ILSEQ);
    every_call("beyond Unicode", "\xf4\x90\x80\x80", 4, ILSEQ);
    every_call("an empty name", "", 0, NOENT);
    check("a target without UTF-8", path_symlink("\xff", 1, ROOT, "x", 1), ILSEQ);
    check("a target with NUL", path_symlink("a\0b", 3, ROOT, "x", 1), INVAL);
    check("an empty target", path_symlink("", 0, ROOT, "x", 1), NOENT);
}

static void lengths(void) {
    for (u32 i = 0; i < sizeof big; i++)
        big[i] = 'a';
    check("a component of 255 bytes", stat_bytes(big, 255), NOENT);
    every_call("a component of 256 bytes", big, 256, NAMETOOLONG);
    every_call("4096 bytes", big, 4096, NAMETOOLONG);
    every_call("65536 bytes", big, 65536, NAMETOOLONG);
    every_call("all of memory and more", big, 0x7fffffff, FAULT);
    every_call("4 GiB - 1", big, 0xffffffff, FAULT);
    for (u32 i = 0; i < sizeof big; i += 2)
        big[i] = '.', big[i + 1] = '/';
    for (u32 i = 0; i < 4; i++)
        big[4090 + i] = "file"[i];
    check("./ 2045 times", stat_bytes(big, 4094), SUCCESS);
    for (u32 i = 0; i < 4000; i++)
        big[i] = '/';
    check2("4000 slashes", stat_bytes(big, 4000), PERM, NOTCAPABLE);
    for (u32 i = 0; i < 3; i++)
        big[i] = "dir"[i];
    check("4000 slashes behind a name", stat_bytes(big, 4000), SUCCESS);
    for (u32 i = 0; i < 4000; i += 4)
        for (u32 k = 0; k < 4; k++)
            big[i + k] = "self"[k] - (k == 4);
    for (u32 i = 4; i < 4000; i += 5)
        for (u32 k = 0; k < 5; k++)
            big[i + k] = "/self"[k];
    check("through 39 links", stat_bytes(big, 4 + 5 * 38), SUCCESS);
    check("through 41 links", stat_bytes(big, 4 + 5 * 40), LOOP);
    check("through 700 links", stat_bytes(big, 4 + 5 * 699), LOOP);
    check("a link to itself", stat_at(ROOT, "loop", 1), LOOP);
    check("two links to each other", stat_at(ROOT, "loopa/x", 1), LOOP);
    check("a long target", path_symlink(big, 4095, ROOT, "long", 4), SUCCESS);
    check2("is followed to its end", stat_at(ROOT, "long", 1), LOOP, NAMETOOLONG);
    check2("twice", stat_at(ROOT, "long/../long/x", 1), LOOP, NAMETOOLONG);
}

/* More directories in each other than anybody holds handles for. */
static void depth(void) {
    u32 fd = ROOT, next, e = SUCCESS, made = 0;
    for (; made < 300 && e == SUCCESS; made++) {
        e = mkdir_at(fd, "n");
        if (e == SUCCESS)
            e = open_at(fd, "n", 0, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &next);
        if (fd != ROOT)
            fd_close(fd);
        fd = next;
    }
    check("300 directories deep", e, SUCCESS);
    check("open a file there", make_file(fd, "f"), SUCCESS);
    fd_close(fd);
    for (u32 i = 0; i < 600; i += 2)
        big[i] = 'n', big[i + 1] = '/';
    check2("a path of 300 directories", stat_bytes(big, 599), SUCCESS, NAMETOOLONG);
    for (u32 i = 0; i < 1200; i += 3)
        for (u32 k = 0; k < 3; k++)
            big[600 + i + k] = "../"[k];
    check3("down 300 and up 400", stat_bytes(big, 1800), PERM, NOTCAPABLE, NAMETOOLONG);
}

static void slashes(void) {
    u32 fd;
    check("open file/", open_read(ROOT, "file/", &fd), NOTDIR);
    check("open file/.", open_read(ROOT, "file/.", &fd), NOTDIR);
    check("open file/..", open_read(ROOT, "file/..", &fd), NOTDIR);
    check("open file/../file", open_read(ROOT, "file/../file", &fd), NOTDIR);
    check("open nowhere/../file", open_read(ROOT, "nowhere/../file", &fd), NOENT);
    check("open link/", open_read(ROOT, "link/", &fd), NOTDIR);
    check("stat file/", stat_at(ROOT, "file/", 1), NOTDIR);
    check("stat file/ without following", stat_at(ROOT, "file/", 0), NOTDIR);
    check("stat dir/", stat_at(ROOT, "dir/", 0), SUCCESS);
    check("stat dirlink/ without following", stat_at(ROOT, "dirlink/", 0), SUCCESS);
    check2("set times of file/", times_at(ROOT, "file/", 1), NOTDIR, NONE);
    check2("create new/", make_file(ROOT, "new/"), ISDIR, NOENT);
    check("mkdir newdir/", mkdir_at(ROOT, "newdir/"), SUCCESS);
    check("rename newdir/ newer/", rename_at(ROOT, "newdir/", ROOT, "newer/"), SUCCESS);
    check("rmdir newer/", rmdir_at(ROOT, "newer/"), SUCCESS);
    check("rmdir file/", rmdir_at(ROOT, "file/"), NOTDIR);
    check("unlink file/", unlink_at(ROOT, "file/"), NOTDIR);
    check2("unlink dir/", unlink_at(ROOT, "dir/"), ISDIR, NOTDIR);
    check2("unlink dirlink/", unlink_at(ROOT, "dirlink/"), NOTDIR, ISDIR);
    check("rename victim/ x", rename_at(ROOT, "victim/", ROOT, "x"), NOTDIR);
    check("rename victim x/", rename_at(ROOT, "victim", ROOT, "x/"), NOTDIR);
    check2("link victim x/", link_at(ROOT, "victim", 0, ROOT, "x/"), NOENT, NOTDIR);
    check("link victim/ x", link_at(ROOT, "victim/", 0, ROOT, "x"), NOTDIR);
    check2("symlink x l/", symlink_at("x", ROOT, "l/"), NOENT, NOTDIR);
    check2("readlink link/", readlink_at(ROOT, "link/"), NOTDIR, INVAL);
    check2("readlink dirlink/", readlink_at(ROOT, "dirlink/"), INVAL, NOTDIR);
    check("readlink file", readlink_at(ROOT, "file"), INVAL);
    check("open a file as directory", open_at(ROOT, "file", 1, O_DIRECTORY, R_READ, &fd), NOTDIR);
    check("create a directory by open", open_at(ROOT, "nd", 1, O_CREAT | O_DIRECTORY, R_READ, &fd),
          INVAL);
    check("open flags from nowhere", open_at(ROOT, "file", 1, 0xffff, R_READ, &fd), INVAL);
    check("path below a file", stat_at(ROOT, "file/x/../../..", 1), NOTDIR);
    check("a directory that is a file", stat_at(99, "x", 1), BADF);
}

void _start(void) {
    bytes();
    lengths();
    depth();
    slashes();
    end();
}
