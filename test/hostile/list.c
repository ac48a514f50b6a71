/* Lists of directories that change while they are read, and cookies that nobody gave. */
#include "guest.h"

enum { FILES = 600 };
static u8 seen[FILES], removed[FILES];
static u8 buf[65536];

static u64 load64(const u8 *p) {
    u64 v = 0;
    for (u32 i = 8; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}
static u32 load32(const u8 *p) { return (u32)load64(p) & 0xffffffff; }

static void name_of(u32 i, char name[8]) {
    name[0] = 'f';
    for (u32 k = 4; k > 0; k--, i /= 10)
        name[k] = (char)('0' + i % 10);
    name[5] = 0;
}

/* One call; counts whole entries, marks files, gives the last cookie. false: the end. */
static u32 listed, errors;
static int more(u32 dir, u32 len, u64 *cookie) {
    u32 got = 0, at = 0, e = fd_readdir(dir, buf, len, *cookie, &got);
    if (e != SUCCESS || got > len) {
        errors++;
        return 0;
    }
    while (at + 24 <= got) {
        u32 n = load32(buf + at + 16);
        if (n > 255) {
            errors++;
            return 0;
        }
        if (at + 24 + n > got)
            break;
        *cookie = load64(buf + at);
        const u8 *name = buf + at + 24;
        if (n == 5 && name[0] == 'f') {
            u32 i = 0;
            for (u32 k = 1; k < 5; k++)
                i = i * 10 + (u32)(name[k] - '0');
            if (i < FILES)
                seen[i]++;
        }
        listed++;
        at += 24 + n;
    }
    return got == len && at > 0;
}

static void clear(void) {
    for (u32 i = 0; i < FILES; i++)
        seen[i] = 0;
    listed = errors = 0;
}

/* How many are not seen exactly once, of those that stayed. */
static u32 wrong(void) {
    u32 n = 0;
    for (u32 i = 0; i < FILES; i++)
        n += !removed[i] && seen[i] != 1;
    return n;
}

static void changes(u32 dir) {
    static const u32 lens[] = {100, 333, 4096, 65536};
    char name[8];
    for (u32 k = 0; k < 4; k++) {
        u64 cookie = 0;
        clear();
        while (more(dir, lens[k], &cookie) && listed < 10000)
            ;
        put("buffer of ");
        put_number(lens[k]);
        check(": every file once", wrong(), 0);
        check("errors", errors, 0);
        check("and two dots", listed, FILES + 2);
    }
    u64 cookie = 0;
    u32 next = 0;
    clear();
    while (more(dir, 200, &cookie) && listed < 10000) { /* a file goes with every call */
        name_of(next * 7 % FILES, name);
        if (next++ < 60 && unlink_at(dir, name) == SUCCESS)
            removed[(next - 1) * 7 % FILES] = 1;
    }
    check("files go: the others once", wrong(), 0);
    check("no errors", errors, 0);
    cookie = 0;
    clear();
    u32 made = 0;
    while (more(dir, 200, &cookie) && listed < 10000 && made < 2000) { /* and others come */
        name[0] = 'g';
        u32 v = made++;
        for (u32 k = 4; k > 0; k--, v /= 10)
            name[k] = (char)('0' + v % 10);
        name[5] = 0;
        make_file(dir, name);
    }
    check("files come: the old ones once", wrong(), 0);
    holds("it ends", listed < 10000);
}

static void cookies(u32 dir) {
    static const u64 garbage[] = {3,
                                  5,
                                  17,
                                  12345,
                                  1ull << 31,
                                  1ull << 32,
                                  0xffffffff,
                                  1ull << 62,
                                  1ull << 63,
                                  ~0ull,
                                  ~0ull - 1,
                                  ~0ull - 2,
                                  (1ull << 63) - 1,
                                  0x123456789abcdefull};
    for (u32 i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        u64 cookie = garbage[i];
        u32 calls = 0, got = 0;
        check_of("a cookie that nobody gave", 0, fd_readdir(dir, buf, 512, cookie, &got), SUCCESS,
                 INVAL, NOENT);
        clear();
        while (more(dir, 4096, &cookie) && calls < 10000)
            calls++;
        holds("it ends", calls < 10000);
    }
    u64 cookie = 0;
    clear();
    while (more(dir, 65536, &cookie) && listed < 10000)
        ;
    check("the list afterwards", wrong(), 0);
}

static void sizes(u32 dir) {
    u32 got, all_fit = 1;
    for (u32 len = 0; len < 60; len++) {
        u32 e = fd_readdir(dir, buf, len, 0, &got);
        all_fit &= e == SUCCESS && got <= len;
    }
    holds("buffers of 0 to 59 bytes", all_fit);
    check("4 GiB", fd_readdir(dir, buf, 0xffffffff, 0, &got), FAULT);
    check("list a file", open_read(dir, "f0599", &got), SUCCESS);
    u32 fd = got;
    check3("is refused", fd_readdir(fd, buf, 512, 0, &got), NOTDIR, BADF, NOTCAPABLE);
    fd_close(fd);
}

static void gone(void) {
    u32 dir, got;
    mkdir_at(ROOT, "gone");
    check("open", open_at(ROOT, "gone", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dir), SUCCESS);
    check("remove it", rmdir_at(ROOT, "gone"), SUCCESS);
    check2("list what is gone", fd_readdir(dir, buf, 512, 0, &got), SUCCESS, NOENT);
    check2("list it again", fd_readdir(dir, buf, 512, 2, &got), SUCCESS, NOENT);
    check("create in it", make_file(dir, "f"), NOENT);
    check2("stat in it", stat_at(dir, "..", 1), PERM, NOTCAPABLE);
    fd_close(dir);
}

/* Many directories that are read a little each: what the host keeps for a reader does not add up.
 */
static void many(void) {
    enum { MANY = 3500 };
    static u32 dirs[MANY];
    static u64 cookies[MANY];
    u32 opened = 0, got, wrong_first = 0, wrong_second = 0;
    mkdir_at(ROOT, "many");
    for (u32 i = 0; i < 9; i++) {
        char name[] = "many/a";
        name[5] += (char)i;
        make_file(ROOT, name);
    }
    for (u32 i = 0; i < MANY; i++)
        opened += open_at(ROOT, "many", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dirs[i]) == SUCCESS;
    check("open many", opened, MANY);
    for (u32 i = 0; i < MANY; i++) { /* ".", "..", and three names of one letter, the last cut */
        u32 e = fd_readdir(dirs[i], buf, 24 + 1 + 24 + 2 + 25 + 25 + 3, 0, &got);
        wrong_first += e != SUCCESS || got != 104 || buf[51 + 24] < 'a' || buf[51 + 24] > 'i';
        cookies[i] = load64(buf + 51 + 25); /* of the second name */
    }
    check("read each a little", wrong_first, 0);
    for (u32 i = 0; i < MANY; i++) {
        u32 e = fd_readdir(dirs[i], buf, 4096, cookies[i], &got);
        wrong_second += e != SUCCESS || got != 7 * 25;
    }
    check("and to the end", wrong_second, 0);
    for (u32 i = 0; i < MANY; i++)
        fd_close(dirs[i]);
}

void _start(void) {
    u32 dir;
    char name[8];
    mkdir_at(ROOT, "list");
    check("open", open_at(ROOT, "list", 1, O_DIRECTORY, RIGHTS_OF_DIRECTORIES, &dir), SUCCESS);
    for (u32 i = 0; i < FILES; i++) {
        name_of(i, name);
        make_file(dir, name);
    }
    changes(dir);
    cookies(dir);
    sizes(dir);
    gone();
    many();
    end();
}
