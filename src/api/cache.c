/* The command's cache of machine code: which files there are, which is a module's, and which are to
   go. A file is found by a hash of the module, and taken when the module in it is the same to the
   last byte. Path: cli/cache.c, cli/run.c -> here -> native.c. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "api/wire.h"
#include "base/map.h"
#include "base/osfs.h"
#include "jit/cwat.h"

#include <stdio.h>

enum { CACHE_name = 40, CACHE_path = 4096 };

struct wattle_cache {
    wattle_engine *engine;
    uint64_t limit;
    OsFile folder;
    char path[CACHE_path];
    char name[CACHE_name]; /* of the file for the module that was asked for last */
    OsMap map;             /* of that file; all zero: it is not there */
};

static bool ends_with(const char *name, const char *ending) {
    size_t n = strlen(name), k = strlen(ending);
    return n >= k && strcmp(name + n - k, ending) == 0;
}

wattle_cache *wattle_cache_open(wattle_engine *engine, const char *folder, uint64_t limit,
                                const char **why) {
    *why = "there is no machine code here";
    if (!wt_wire_tier(WATTLE_TIER_BASELINE, 0)->reserve || !*wt_cwat_build())
        return NULL;
    *why = wt_os_error_text(OS_name_too_long);
    if (strlen(folder) + CACHE_name >= CACHE_path)
        return NULL;
    wattle_cache *c = allocator_get(&engine->allocator, sizeof *c);
    *why = wt_os_error_text(OS_out_of_memory);
    if (!c)
        return NULL;
    *c = (wattle_cache){.limit = limit};
    OsError error = wt_os_private_folder(folder, true, &c->folder);
    *why = error == OS_not_permitted ? "others may write there" : wt_os_error_text(error);
    if (error != OS_OK) {
        allocator_free(&engine->allocator, c, sizeof *c);
        return NULL;
    }
    c->engine = wt_api_engine_retain(engine);
    strcpy(c->path, folder);
    return c;
}

void wattle_cache_free(wattle_cache *cache) {
    if (!cache)
        return;
    wattle_engine *engine = cache->engine;
    wt_os_map_close(&cache->map);
    wt_os_file_close(cache->folder);
    allocator_free(&engine->allocator, cache, sizeof *cache);
    wattle_engine_free(engine);
}

/* ---- one module ---- */

/* Of parts of the module: whether a file is its own is seen when it is compared. */
static uint64_t hash_some(Slice wasm) {
    enum { PARTS = 16, PART = 4096 };
    uint64_t hash = wasm.len;
    for (size_t i = 0; i < PARTS; i++) {
        size_t at = wasm.len / PARTS * i, n = WT_MIN((size_t)PART, wasm.len - at);
        hash = wt_base_hash(wasm.data + at, n, hash);
    }
    return hash;
}

/* The name of a file: the module, and what else code depends on. */
static void name_file(wattle_cache *c, Slice wasm, const wattle_store_config *config) {
    StoreLimits l = wt_api_store_limits(c->engine, config);
    unsigned cpu = wt_wire_features(l.cpu_without);
    char more[128];
    int n = snprintf(more, sizeof more, "%s %u %d%d%d%d %llx", wt_cwat_build(), cpu,
                     l.no_reserve || l.no_signals, l.deterministic, l.fuel, l.interruptible,
                     (unsigned long long)c->engine->options.features);
    snprintf(c->name, sizeof c->name, "%016llx-%08x.cwat", (unsigned long long)hash_some(wasm),
             (unsigned)wt_base_hash((const uint8_t *)more, (size_t)n, 0));
}

static void path_of(const wattle_cache *c, char path[CACHE_path + CACHE_name]) {
    snprintf(path, CACHE_path + CACHE_name, "%s/%s", c->path, c->name);
}

/* Within the folder that was looked at, whatever its path leads to by now. */
static bool map_named(wattle_cache *c) {
    OsFile file;
    c->map = (OsMap){.allocator = &c->engine->allocator};
    if (wt_osfs_open(c->folder, c->name, OSFS_read, &file) != OS_OK)
        return false;
    OsError error = wt_os_map_file(&c->map, file);
    wt_os_file_close(file);
    return error == OS_OK;
}

wattle_module *wattle_cache_find(wattle_cache *cache, const wattle_file *file, const char *name,
                                 const wattle_store_config *config) {
    Slice wasm = slice(wattle_file_data(file), wattle_file_size(file));
    const char *why;
    wattle_module *module = NULL;
    name_file(cache, wasm, config);
    wt_os_map_close(&cache->map);
    if (!map_named(cache))
        return NULL;
    Slice bytes = slice(cache->map.data, cache->map.size);
    if (wt_api_read_native(cache->engine, bytes, cache->map.mapped, wasm, name, &module, &why) !=
        WATTLE_OK)
        return NULL;
    /* It has been used: those that are not go first. */
    (void)wt_osfs_set_times_at(cache->folder, cache->name, false, OSFS_TIME_keep, OSFS_TIME_now);
    return module;
}

/* ---- keeping ---- */

enum { CACHE_growth = 8 /* a file is written again when it grows by one part of so many */ };

static bool is_worth_writing(const wattle_store *s, const wattle_module *m) {
    uint64_t more = wattle_store_compiled(s, m);
    const Cwat *c = m->module.cwat;
    return more && (!c || more * CACHE_growth >= c->head.funcs.count);
}

/* The files of the cache, one after the other; false at the end. */
typedef struct CacheFile {
    OsStat st;
    char name[CACHE_name];
} CacheFile;
static bool next_file(const wattle_cache *c, OsDir *dir, CacheFile *f) {
    OsDirEntry e;
    bool end;
    while (wt_osfs_dir_next(dir, &e, &end) == OS_OK && !end) {
        if (!ends_with(e.name, ".cwat") || strlen(e.name) >= sizeof f->name ||
            wt_osfs_stat_at(c->folder, e.name, false, &f->st) != OS_OK ||
            f->st.type != OS_TYPE_regular)
            continue;
        strcpy(f->name, e.name);
        return true;
    }
    return false;
}

/* All files; clear: and removes them. *oldest, if there is one, was used before all others. */
static wattle_cache_contents go_over(const wattle_cache *c, bool clear, CacheFile *oldest) {
    wattle_cache_contents sum = {0};
    OsDir *dir;
    CacheFile f;
    if (wt_osfs_dir_open(c->folder, &dir) != OS_OK)
        return sum;
    (void)wt_osfs_dir_seek(dir, 0);
    while (next_file(c, dir, &f)) {
        if (clear && wt_osfs_unlink(c->folder, f.name) != OS_OK)
            continue;
        if (sum.files == 0 || f.st.mtime < oldest->st.mtime)
            *oldest = f;
        sum.files++;
        sum.bytes += f.st.size;
    }
    wt_osfs_dir_close(dir);
    return sum;
}

wattle_cache_contents wattle_cache_look(wattle_cache *cache, bool clear) {
    CacheFile oldest;
    return go_over(cache, clear, &oldest);
}

static void make_room(const wattle_cache *c) {
    for (;;) {
        CacheFile oldest;
        wattle_cache_contents sum = go_over(c, false, &oldest);
        if (sum.bytes <= c->limit || sum.files == 0 ||
            wt_osfs_unlink(c->folder, oldest.name) != OS_OK)
            return;
    }
}

void wattle_cache_keep(wattle_cache *cache, wattle_store *store, const wattle_module *module) {
    char path[CACHE_path + CACHE_name];
    const char *why;
    if (!is_worth_writing(store, module))
        return;
    path_of(cache, path);
    wattle_output *out = wattle_output_open(cache->engine, path, &why);
    if (!out)
        return;
    wattle_status status = wattle_store_write_native(store, module, wattle_output_write, out);
    (void)wattle_output_close(out, status == WATTLE_OK);
    make_room(cache);
}
