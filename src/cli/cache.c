/* cache: where machine code of programs is kept between runs, how much there is, and away with it.
 */
#include "cli/cache.h"

#include "cli/bounds.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_room = 4096 };
#define DEFAULT_SIZE (UINT64_C(512) << 20)

/* The folder, which is made if need be with the one it is in; false: there is none. */
static bool find_folder(char path[PATH_room]) {
    const char *own = getenv("WATTLE_CODE_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int n;
    if (own && own[0])
        n = snprintf(path, PATH_room, "%s", own);
    else if (xdg && xdg[0] == '/')
        n = snprintf(path, PATH_room, "%s/wattle", xdg);
    else if (home && home[0] == '/')
        n = snprintf(path, PATH_room, "%s/.cache/wattle", home);
    else
        return false;
    return n < PATH_room;
}

/* Of all files together; 0: it has been said what is wrong. */
static uint64_t find_limit(const Options *o) {
    const char *text = getenv("WATTLE_CODE_CACHE_SIZE");
    uint64_t limit = DEFAULT_SIZE;
    if (text && text[0] && (!cli_bounds_amount(text, true, &limit) || !limit)) {
        cli_say(o, "WATTLE_CODE_CACHE_SIZE is a number of bytes such as 64M or 2G, not '%s'", text);
        return 0;
    }
    return limit;
}

static bool is_off(void) {
    const char *own = getenv("WATTLE_CODE_CACHE");
    return own && strcmp(own, "off") == 0;
}

wattle_cache *cli_cache_open(const Options *o, wattle_engine *engine, const char **why) {
    char path[PATH_room];
    *why = NULL;
    if (is_off())
        return NULL;
    *why = "there is no folder for it: neither WATTLE_CODE_CACHE nor XDG_CACHE_HOME nor HOME";
    uint64_t limit = find_folder(path) ? find_limit(o) : 0;
    if (!limit)
        return NULL;
    wattle_cache *cache = wattle_cache_open(engine, path, limit, why);
    char *slash = strrchr(path, '/');
    if (!cache && slash && slash != path) {
        /* A home that has no caches yet. */
        *slash = 0;
        bool made = wattle_folders_make(path, "") == NULL;
        *slash = '/';
        if (made)
            cache = wattle_cache_open(engine, path, limit, why);
    }
    return cache;
}

int cli_cache(const Options *o) {
    const char *what = o->file_count == 1 ? o->files[0] : "";
    bool clear = strcmp(what, "clear") == 0;
    if (!clear && strcmp(what, "info") != 0) {
        cli_say(o, "say what: info, or clear");
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    const char *why = NULL;
    wattle_cache *cache = engine ? cli_cache_open(o, engine, &why) : NULL;
    if (cache) {
        char path[PATH_room];
        find_folder(path);
        wattle_cache_contents c = wattle_cache_look(cache, clear);
        printf("%s: %s%zu file%s, %.1f MB", path, clear ? "removed " : "", c.files,
               c.files == 1 ? "" : "s", (double)c.bytes / 1e6);
        if (!clear)
            printf(" of at most %.1f", (double)find_limit(o) / 1e6);
        putchar('\n');
    } else if (engine) {
        printf("off%s%s\n", why ? ": " : " (WATTLE_CODE_CACHE)", why ? why : "");
    }
    wattle_cache_free(cache);
    wattle_engine_free(engine);
    return engine ? EXIT_OK : EXIT_IO;
}
