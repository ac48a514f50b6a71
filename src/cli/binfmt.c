/* binfmt: tells Linux which command runs files that begin as modules do. The kernel then starts
   `wattle FILE ARGUMENT...`, which is `wattle run`, for every path that is executed. */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

enum { PATH_ROOM = 4096, INTERPRETER_MOST = 127 /* says the kernel's documentation */ };
#define BINFMT_FOLDER "/proc/sys/fs/binfmt_misc"
#define BINFMT_MAGIC "\\x00asm"

static void entry_path(const Options *o, const char *name, char path[PATH_ROOM]) {
    snprintf(path, PATH_ROOM, "%s/%s", o->folder ? o->folder : BINFMT_FOLDER, name);
}

/* The text goes to the kernel in one piece, or it has been said why not. */
static bool write_entry(const Options *o, const char *name, const char *text) {
    char path[PATH_ROOM];
    entry_path(o, name, path);
    FILE *to = fopen(path, "wb");
    bool ok = to && fputs(text, to) >= 0;
    int why = errno;
    if (to && fclose(to) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        cli_say(o, "%s: %s%s", path, strerror(why),
                why == EACCES || why == EPERM ? "; only root may change it" : "");
    return ok;
}

/* What the kernel tells there, cut to the room; false: there is no such file. */
static bool read_entry(const Options *o, const char *name, char text[PATH_ROOM]) {
    char path[PATH_ROOM];
    entry_path(o, name, path);
    FILE *from = fopen(path, "rb");
    if (!from)
        return false;
    text[fread(text, 1, PATH_ROOM - 1, from)] = 0;
    fclose(from);
    return true;
}

static bool find_interpreter(const Options *o, char path[PATH_ROOM]) {
    char self[PATH_ROOM];
    if (o->interpreter) {
        snprintf(path, PATH_ROOM, "%s", o->interpreter);
    } else if (!wattle_self_path(self, sizeof self) || !wattle_real_path(self, path, PATH_ROOM)) {
        cli_say(o, "cannot find out where this command is; name it with --interpreter");
        return false;
    }
    if (path[0] == '/' && strlen(path) <= INTERPRETER_MOST && !strpbrk(path, ":\n"))
        return true;
    cli_say(o, "'%s': the kernel takes an absolute path of at most %d bytes, without a colon", path,
            INTERPRETER_MOST);
    return false;
}

static int install_entry(const Options *o, bool there) {
    char interpreter[PATH_ROOM], line[PATH_ROOM];
    if (!find_interpreter(o, interpreter))
        return EXIT_IO;
    FILE *file = fopen(interpreter, "rb");
    if (!file) {
        cli_say(o, "%s: %s", interpreter, strerror(errno));
        return EXIT_IO;
    }
    fclose(file);
    if (there && !write_entry(o, "wattle", "-1"))
        return EXIT_IO;
    /* F: it is opened now, so that it also serves where its path means nothing (containers). */
    snprintf(line, sizeof line, ":wattle:M::" BINFMT_MAGIC "::%.127s:F\n", interpreter);
    if (!write_entry(o, "register", line))
        return EXIT_IO;
    printf("installed: %s runs modules\n", interpreter);
    return EXIT_OK;
}

static int remove_entry(const Options *o, bool there) {
    if (!there) {
        cli_say(o, "it is not installed");
        return EXIT_BAD_INPUT;
    }
    if (!write_entry(o, "wattle", "-1"))
        return EXIT_IO;
    puts("removed");
    return EXIT_OK;
}

int cli_binfmt(const Options *o) {
    const char *what = o->files[0];
    char entry[PATH_ROOM], state[PATH_ROOM];
    bool installs = strcmp(what, "install") == 0, removes = strcmp(what, "remove") == 0;
    if (o->file_count > 1 || (!installs && !removes && strcmp(what, "status") != 0)) {
        cli_say(o, "expected install, remove or status, not '%s'", o->files[o->file_count - 1]);
        return EXIT_USAGE;
    }
    if (!read_entry(o, "status", state)) {
        cli_say(o,
                "binfmt_misc of Linux is not mounted at %s; as root: mount -t binfmt_misc "
                "binfmt_misc %s",
                o->folder ? o->folder : BINFMT_FOLDER, o->folder ? o->folder : BINFMT_FOLDER);
        return EXIT_IO;
    }
    bool there = read_entry(o, "wattle", entry);
    if (installs)
        return install_entry(o, there);
    if (removes)
        return remove_entry(o, there);
    printf("%s; binfmt_misc is %s", there ? "installed" : "not installed", state);
    if (there)
        fputs(entry, stdout);
    return there ? EXIT_OK : EXIT_BAD_INPUT;
}
