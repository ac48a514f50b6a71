/* Against a second process (thrash.py) that exchanges directories with links to the outside, and
   moves them out of the sandbox and back, all the time. The argument says for how many
   milliseconds. Any errno is right; what lies outside may neither be read nor changed. */
#include "guest.h"

static u32 inside, refused, tries, directories;

static void look(const char *path) {
    u32 fd;
    tries++;
    if (open_at(ROOT, path, 1, 0, R_READ | R_WRITE, &fd) != SUCCESS) {
        refused++;
        return;
    }
    inside++;
    if (is_secret(fd))
        escaped("race", path);
    fd_close(fd);
}

/* The file names outside and inside are the same; the sizes are not. */
static void measure(const char *path, u32 follow) {
    u64 st[8];
    if (path_filestat_get(ROOT, follow, path, length(path), st) == SUCCESS && st[4] == 31337)
        escaped("race, stat of", path);
}

static void change(void) {
    make_file(ROOT, "swap/made");
    unlink_at(ROOT, "swap/victim");
    unlink_at(ROOT, "swap/made");
    mkdir_at(ROOT, "swap/madedir");
    rmdir_at(ROOT, "swap/madedir");
    rmdir_at(ROOT, "swap/empty");
    mkdir_at(ROOT, "swap/empty");
    symlink_at("x", ROOT, "swap/madelink");
    unlink_at(ROOT, "swap/madelink");
    make_file(ROOT, "swap/victim");
    rename_at(ROOT, "swap/victim", ROOT, "swap/renamed");
    rename_at(ROOT, "swap/renamed", ROOT, "swap/victim");
    link_at(ROOT, "swap/victim", 0, ROOT, "swap/linked");
    unlink_at(ROOT, "swap/linked");
    times_at(ROOT, "swap/victim", 1);
    times_at(ROOT, "swap/victim", 0);
    times_at(ROOT, "leaf", 1);
}

void _start(void) {
    u64 stop = now() + (u64)number_argument(1000) * 1000000;
    u32 rounds = 0;
    while (now() < stop) {
        for (u32 i = 0; i < 20; i++) {
            look("swap/secret.txt");
            look("swap/../swap/secret.txt");
            look("leaf");
            /* Up from a directory that may have been carried outside on the way down. */
            look("deep/a/b/../../../secret.txt");
            look("deep/a/b/c/../../../../secret.txt");
            look("deep/a/../../secret.txt");
            measure("swap/secret.txt", 1);
            measure("swap/secret.txt", 0);
            measure("leaf", 1);
        }
        u32 dir, sub;
        if (open_at(ROOT, "deep/a", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dir) == SUCCESS) {
            directories++;
            for (u32 i = 0; i < 20; i++) {
                if (open_at(dir, "../secret.txt", 1, 0, R_READ, &sub) == SUCCESS)
                    escaped("race", "above an open directory");
                if (open_at(dir, "b/../../secret.txt", 1, 0, R_READ, &sub) == SUCCESS)
                    escaped("race", "down and above an open directory");
            }
            fd_close(dir);
        }
        if (open_at(ROOT, "swap", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dir) == SUCCESS) {
            if (open_at(dir, "secret.txt", 1, 0, R_READ, &sub) == SUCCESS) {
                if (is_secret(sub))
                    escaped("race", "a directory that is outside");
                fd_close(sub);
            }
            fd_close(dir);
        }
        change();
        rounds++;
    }
    /* Otherwise there was no race. */
    holds("some were let in", inside > 0);
    holds("some were refused", refused > 0);
    holds("directories were opened", directories > 0);
    holds("many tries", tries > 1000 && rounds > 0);
    end();
}
