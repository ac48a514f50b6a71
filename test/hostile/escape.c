/* Every way out of the sandbox that a path can name, with every call that takes a path. The ways
   are links of the host (run.py made them), links of the guest, "..", and absolute paths; the calls
   that reached the outside would show it in their errno, or run.py sees it. */
#include "guest.h"

enum { FOLLOW = 1, NOFOLLOW = 0 };

static void refuse(const char *path, const char *call, u32 got) {
    check_of(path, call, got, PERM, NOTCAPABLE, NONE);
}

/* An open that must fail; when it does not: what was opened? */
static void refuse_open(const char *path, const char *call, u32 follow, u32 oflags, u64 rights) {
    u32 fd;
    u32 e = open_at(ROOT, path, follow, oflags, rights, &fd);
    refuse(path, call, e);
    if (e == SUCCESS && is_secret(fd))
        escaped(path, call);
    if (e == SUCCESS)
        fd_close(fd);
}

/* `path` goes through the outside before its last component: nothing may be done with it. */
static void through(const char *path) {
    refuse_open(path, "open", FOLLOW, 0, R_READ);
    refuse_open(path, "open without following", NOFOLLOW, 0, R_READ);
    refuse_open(path, "open to write", FOLLOW, 0, R_READ | R_WRITE);
    refuse_open(path, "create", FOLLOW, O_CREAT, R_WRITE);
    refuse_open(path, "create anew", FOLLOW, O_CREAT | O_EXCL, R_WRITE);
    refuse_open(path, "truncate", FOLLOW, O_TRUNC, R_WRITE);
    refuse_open(path, "open as directory", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse(path, "stat", stat_at(ROOT, path, FOLLOW));
    refuse(path, "stat without following", stat_at(ROOT, path, NOFOLLOW));
    refuse(path, "set times", times_at(ROOT, path, FOLLOW));
    refuse(path, "set times without following", times_at(ROOT, path, NOFOLLOW));
    refuse(path, "mkdir", mkdir_at(ROOT, path));
    refuse(path, "rmdir", rmdir_at(ROOT, path));
    refuse(path, "unlink", unlink_at(ROOT, path));
    refuse(path, "readlink", readlink_at(ROOT, path));
    refuse(path, "symlink", symlink_at("file", ROOT, path));
    refuse(path, "rename from", rename_at(ROOT, path, ROOT, "taken"));
    refuse(path, "rename to", rename_at(ROOT, "victim", ROOT, path));
    refuse(path, "link from", link_at(ROOT, path, NOFOLLOW, ROOT, "taken"));
    refuse(path, "link to", link_at(ROOT, "victim", NOFOLLOW, ROOT, path));
}

/* `path` is itself a link to something outside: what follows it is refused, the rest sees a link.
 */
static void at(const char *path) {
    u32 fd;
    refuse_open(path, "open", FOLLOW, 0, R_READ);
    refuse_open(path, "open to write", FOLLOW, 0, R_READ | R_WRITE);
    refuse_open(path, "create", FOLLOW, O_CREAT, R_WRITE);
    refuse_open(path, "truncate", FOLLOW, O_TRUNC, R_WRITE);
    refuse_open(path, "create and truncate", FOLLOW, O_CREAT | O_TRUNC, R_WRITE);
    refuse(path, "stat", stat_at(ROOT, path, FOLLOW));
    refuse(path, "set times", times_at(ROOT, path, FOLLOW));
    check_of(path, "open without following", open_at(ROOT, path, NOFOLLOW, 0, R_READ, &fd), LOOP,
             NONE, NONE);
    check_of(path, "create without following", open_at(ROOT, path, NOFOLLOW, O_CREAT, R_WRITE, &fd),
             LOOP, NONE, NONE);
    check_of(path, "create anew", open_at(ROOT, path, FOLLOW, O_CREAT | O_EXCL, R_WRITE, &fd),
             EXIST, NONE, NONE);
    check_of(path, "stat without following", stat_at(ROOT, path, NOFOLLOW), SUCCESS, NONE, NONE);
    check_of(path, "readlink", readlink_at(ROOT, path), SUCCESS, NONE, NONE);
    check_of(path, "mkdir", mkdir_at(ROOT, path), EXIST, NONE, NONE);
    check_of(path, "rmdir", rmdir_at(ROOT, path), NOTDIR, NONE, NONE);
    check_of(path, "symlink", symlink_at("file", ROOT, path), EXIST, NONE, NONE);
    check_of(path, "link to", link_at(ROOT, "victim", NOFOLLOW, ROOT, path), EXIST, NONE, NONE);
    /* A link to a link's target is refused, by some before they look where it leads. */
    check_of(path, "link from its target", link_at(ROOT, path, FOLLOW, ROOT, "taken"), PERM,
             NOTCAPABLE, INVAL);
}

static const char *const ways_through[] = {
    "../secret.txt",
    "../new",
    "./../secret.txt",
    "dir/../../secret.txt",
    "dir/sub/../../../secret.txt",
    "dir/./sub//../.././../secret.txt",
    "dirlink/../../secret.txt",
    "self/../secret.txt",
    "self/self/../secret.txt",
    "../in/file",
    "../in/../secret.txt",
    "../outside/victim",
    "/secret.txt",
    "//secret.txt",
    "/etc/passwd",
    "/",
    "up/secret.txt",
    "up/new",
    "up/in/file",
    "up/./outside/victim",
    "up//secret.txt",
    "upslash/secret.txt",
    "outdir/victim",
    "outdir/../secret.txt",
    "outdir/empty",
    "absdir/victim",
    "absdir/new",
    "chain1/victim",
    "deepup/secret.txt",
    "dir/up2/secret.txt",
    "dirlink/up2/secret.txt",
    "self/up/secret.txt",
    "up/up2/secret.txt",
    "absroot/etc/passwd",
};

static const char *const ways_at[] = {"upfile",     "absfile",        "chainfile", "upnew",
                                      "dir/upfile", "dirlink/upfile", "absproc"};

/* Links to directories outside, as the last component and with a slash behind. */
static void links_to_directories(void) {
    static const char *const links[] = {"up", "outdir", "absdir", "chain1"};
    static const char *const slashed[] = {"up/", "outdir/", "absdir/", "chain1//"};
    u32 fd;
    for (u32 i = 0; i < 4; i++) {
        at(links[i]);
        refuse_open(slashed[i], "open as directory", FOLLOW, O_DIRECTORY, R_READDIR);
        refuse_open(slashed[i], "open", FOLLOW, 0, R_READ);
        refuse(slashed[i], "stat", stat_at(ROOT, slashed[i], FOLLOW));
        check_of(slashed[i], "stat without following", stat_at(ROOT, slashed[i], NOFOLLOW), PERM,
                 NOTCAPABLE, LOOP);
        check_of(slashed[i], "mkdir", mkdir_at(ROOT, slashed[i]), PERM, EXIST, NOTCAPABLE);
        check_of(slashed[i], "rmdir", rmdir_at(ROOT, slashed[i]), PERM, NOTDIR, NOTCAPABLE);
        check_of(slashed[i], "unlink", unlink_at(ROOT, slashed[i]), PERM, NOTDIR, NOTCAPABLE);
        check_of(slashed[i], "rename to", rename_at(ROOT, "dir/empty", ROOT, slashed[i]), PERM,
                 NOTDIR, NOTCAPABLE);
        check_of(slashed[i], "open without following",
                 open_at(ROOT, slashed[i], NOFOLLOW, O_DIRECTORY, R_READDIR, &fd), PERM, LOOP,
                 NOTCAPABLE);
    }
    refuse_open("up/.", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("up/..", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("..", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("../", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("../.", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("dir/../..", "open", FOLLOW, O_DIRECTORY, R_READDIR);
    refuse_open("/", "open", FOLLOW, O_DIRECTORY, R_READDIR);
}

/* Links that the guest makes: the target is only text, and is judged when somebody follows it. */
static void links_of_the_guest(void) {
    static const struct {
        const char *target, *path;
    } links[] = {{"..", "g1"},     {"../", "g2"},        {"dir/../..", "g3"},       {"g1", "g4"},
                 {"./g4/.", "g5"}, {"../outside", "g6"}, {"dir/sub/../../..", "g7"}};
    static const char *const paths[] = {"g1/secret.txt", "g2/secret.txt", "g3/secret.txt",
                                        "g4/secret.txt", "g5/secret.txt", "g6/victim",
                                        "g7/secret.txt", "g1/g1",         "g6/../secret.txt"};
    for (u32 i = 0; i < sizeof links / sizeof links[0]; i++)
        check_of(links[i].path, links[i].target, symlink_at(links[i].target, ROOT, links[i].path),
                 SUCCESS, NONE, NONE);
    for (u32 i = 0; i < sizeof paths / sizeof paths[0]; i++)
        through(paths[i]);
    check("gf: ../secret.txt", symlink_at("../secret.txt", ROOT, "gf"), SUCCESS);
    check("gg: g1/secret.txt", symlink_at("g1/secret.txt", ROOT, "gg"), SUCCESS);
    check("gn: ../new", symlink_at("../new", ROOT, "gn"), SUCCESS);
    at("gf");
    at("gg");
    at("gn");
    check("symlink to /etc/passwd", symlink_at("/etc/passwd", ROOT, "ga"), PERM);
    check("symlink to /", symlink_at("/", ROOT, "ga"), PERM);
    check("symlink to //x", symlink_at("//x", ROOT, "ga"), PERM);
}

/* A link that stays inside where it was made, and leads out from where it is moved to. */
static void links_that_move(void) {
    u32 fd;
    check("make a link that stays inside", symlink_at("../../file", ROOT, "dir/sub/m"), SUCCESS);
    check("open it", open_read(ROOT, "dir/sub/m", &fd), SUCCESS);
    fd_close(fd);
    check("move it up", rename_at(ROOT, "dir/sub/m", ROOT, "dir/m"), SUCCESS);
    refuse_open("dir/m", "open", FOLLOW, 0, R_READ);
    check("make one to the secret", symlink_at("../../outside/victim", ROOT, "dir/sub/n"), SUCCESS);
    check("it is not there yet", open_read(ROOT, "dir/sub/n", &fd), NOENT);
    check("link it up", link_at(ROOT, "dir/sub/n", NOFOLLOW, ROOT, "dir/n"), SUCCESS);
    at("dir/n");
    check("make a directory with a link", mkdir_at(ROOT, "dir/sub/d"), SUCCESS);
    check("the link", symlink_at("../../../secret.txt", ROOT, "dir/sub/d/l"), SUCCESS);
    check("move the directory", rename_at(ROOT, "dir/sub/d", ROOT, "d"), SUCCESS);
    refuse_open("d/l", "open", FOLLOW, 0, R_READ);
}

/* Directories opened by the guest are roots of their own. */
static void below_an_open_directory(void) {
    u32 sub, fd;
    check("open dir/sub",
          open_at(ROOT, "dir/sub", FOLLOW, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &sub), SUCCESS);
    check("open .. of it", open_read(sub, "..", &fd), PERM);
    check("open ../f of it", open_read(sub, "../file", &fd), PERM);
    check("stat ../../.. of it", stat_at(sub, "../../..", FOLLOW), PERM);
    check("move it while it is open", rename_at(ROOT, "dir/sub", ROOT, "sub"), SUCCESS);
    check("open ../secret.txt of it", open_read(sub, "../secret.txt", &fd), PERM);
    check("open ../../secret.txt of it", open_read(sub, "../../secret.txt", &fd), PERM);
    check("move it back", rename_at(ROOT, "sub", ROOT, "dir/sub"), SUCCESS);
    fd_close(sub);
}

/* Calls on the directory itself and what needs a place inside to go to. */
static void the_root_itself(void) {
    check3("rmdir .", rmdir_at(ROOT, "."), INVAL, NOTEMPTY, 10);
    check3("unlink .", unlink_at(ROOT, "."), ISDIR, INVAL, 10);
    check3("rename . to x", rename_at(ROOT, ".", ROOT, "x"), 10, INVAL, NONE);
    check3("rename dir to .", rename_at(ROOT, "dir", ROOT, "."), 10, EXIST, NOTEMPTY);
    check3("rename dir below itself", rename_at(ROOT, "dir", ROOT, "dir/sub/dir"), INVAL, NONE,
           NONE);
    check3("hard link to a directory", link_at(ROOT, "dir", NOFOLLOW, ROOT, "dir2"), PERM, NONE,
           NONE);
    check3("mkdir .", mkdir_at(ROOT, "."), EXIST, NONE, NONE);
    check3("symlink over .", symlink_at("x", ROOT, "."), EXIST, NONE, NONE);
}

/* The directory given with :ro. */
static void read_only(void) {
    u32 fd, got;
    u8 st[64];
    check("ro: create", open_at(RO, "new", FOLLOW, O_CREAT, R_WRITE, &fd), NOTCAPABLE);
    check("ro: truncate", open_at(RO, "file", FOLLOW, O_TRUNC, R_WRITE, &fd), NOTCAPABLE);
    check("ro: mkdir", mkdir_at(RO, "new"), NOTCAPABLE);
    check("ro: rmdir", rmdir_at(RO, "empty"), NOTCAPABLE);
    check("ro: unlink", unlink_at(RO, "file"), NOTCAPABLE);
    check("ro: symlink", symlink_at("x", RO, "new"), NOTCAPABLE);
    check("ro: rename in it", rename_at(RO, "file", RO, "new"), NOTCAPABLE);
    check("ro: rename out of it", rename_at(RO, "file", ROOT, "new"), NOTCAPABLE);
    check("ro: rename into it", rename_at(ROOT, "victim", RO, "new"), NOTCAPABLE);
    check("ro: link out of it", link_at(RO, "file", NOFOLLOW, ROOT, "new"), NOTCAPABLE);
    check("ro: link into it", link_at(ROOT, "victim", NOFOLLOW, RO, "new"), NOTCAPABLE);
    check("ro: set times", times_at(RO, "file", FOLLOW), NOTCAPABLE);
    check("ro: open with every right", open_at(RO, "file", FOLLOW, 0, EVERY_RIGHT, &fd), SUCCESS);
    check2("ro: write", write_some(fd, "x", 1, &got), NOTCAPABLE, BADF);
    check2("ro: set size", fd_filestat_set_size(fd, 0), NOTCAPABLE, BADF);
    check2("ro: allocate", fd_allocate(fd, 0, 100), NOTCAPABLE, BADF);
    check2("ro: set times of the file", fd_filestat_set_times(fd, 1, 1, 5), NOTCAPABLE, BADF);
    check("ro: read", fd_filestat_get(fd, st), SUCCESS);
    fd_close(fd);
    check("ro: a directory below",
          open_at(RO, "dir", FOLLOW, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &fd), SUCCESS);
    check("ro: create there", make_file(fd, "new"), NOTCAPABLE);
    check("ro: unlink there", unlink_at(fd, "file"), NOTCAPABLE);
    fd_close(fd);
    refuse("ro: ..", "stat", stat_at(RO, "../secret.txt", FOLLOW));
}

void _start(void) {
    for (u32 i = 0; i < sizeof ways_through / sizeof ways_through[0]; i++)
        through(ways_through[i]);
    for (u32 i = 0; i < sizeof ways_at / sizeof ways_at[0]; i++)
        at(ways_at[i]);
    links_to_directories();
    links_of_the_guest();
    links_that_move();
    below_an_open_directory();
    the_root_itself();
    read_only();
    end();
}
