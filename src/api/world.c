/* The WASI world of a program, as it is set up. */
#include "api/inside.h"

wattle_wasi *wattle_wasi_new(wattle_engine *engine) {
    wattle_wasi *w = allocator_get(&engine->allocator, sizeof *w);
    Wasi *inner = w ? wt_wasi_new(&engine->allocator) : NULL;
    if (!inner) {
        allocator_free(&engine->allocator, w, sizeof *w);
        return NULL;
    }
    *w = (wattle_wasi){.engine = wt_api_engine_retain(engine), .inner = inner};
    atomic_init(&w->owners, 1);
    return w;
}

void wattle_wasi_free(wattle_wasi *wasi) {
    if (!wasi || atomic_fetch_sub(&wasi->owners, 1) > 1)
        return;
    wattle_engine *engine = wasi->engine;
    wt_wasi_free(wasi->inner);
    allocator_free(&engine->allocator, wasi, sizeof *wasi);
    wattle_engine_free(engine);
}

static wattle_status world_status(OsError error) {
    return error == OS_OK              ? WATTLE_OK
           : error == OS_out_of_memory ? WATTLE_OUT_OF_MEMORY
                                       : WATTLE_USAGE;
}

wattle_status wattle_wasi_add_argument(wattle_wasi *wasi, const char *text) {
    return world_status(wt_wasi_add_argument(wasi->inner, text));
}

wattle_status wattle_wasi_add_variable(wattle_wasi *wasi, const char *name_and_value) {
    return world_status(wt_wasi_add_variable(wasi->inner, name_and_value));
}

wattle_status wattle_wasi_inherit_stdio(wattle_wasi *wasi) {
    return wt_wasi_inherit_stdio(wasi->inner) ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

wattle_status wattle_wasi_add_directory(wattle_wasi *wasi, const char *host, const char *guest,
                                        bool read_only, const char **why) {
    OsError error = wt_wasi_add_directory(wasi->inner, host, guest, read_only);
    if (why)
        *why = wt_os_error_text(error);
    return world_status(error);
}

/* ---- files in memory ---- */

struct wattle_memfs {
    wattle_engine *engine;
    MemFs *inner;
};

wattle_memfs *wattle_memfs_new(wattle_engine *engine, uint64_t most_bytes) {
    wattle_memfs *m = allocator_get(&engine->allocator, sizeof *m);
    MemFs *inner = m ? wt_memfs_new(&engine->allocator, most_bytes ? most_bytes : 1 << 30) : NULL;
    if (!inner) {
        allocator_free(&engine->allocator, m, sizeof *m);
        return NULL;
    }
    *m = (wattle_memfs){wt_api_engine_retain(engine), inner};
    return m;
}

void wattle_memfs_free(wattle_memfs *memfs) {
    if (!memfs)
        return;
    wattle_engine *engine = memfs->engine;
    wt_memfs_release(memfs->inner);
    allocator_free(&engine->allocator, memfs, sizeof *memfs);
    wattle_engine_free(engine);
}

static wattle_status memfs_status(OsError error, const char **why) {
    if (why)
        *why = wt_os_error_text(error);
    return error == OS_no_space ? WATTLE_LIMIT : world_status(error);
}

wattle_status wattle_memfs_write(wattle_memfs *memfs, const char *path, const void *data,
                                 size_t size, const char **why) {
    return memfs_status(wt_memfs_put(memfs->inner, path, data, size), why);
}

wattle_status wattle_memfs_read(wattle_memfs *memfs, const char *path, const void **data,
                                size_t *size, const char **why) {
    Slice found;
    OsError error = wt_memfs_get(memfs->inner, path, &found);
    *data = found.data;
    *size = found.len;
    return memfs_status(error, why);
}

typedef struct EachFile {
    wattle_memfs_file fn;
    void *user;
} EachFile;
static bool tell_file(void *user, const char *path, Slice data) {
    const EachFile *e = user;
    return e->fn(e->user, path, data.data, data.len);
}
void wattle_memfs_each(wattle_memfs *memfs, wattle_memfs_file fn, void *user) {
    EachFile each = {fn, user};
    wt_memfs_each(memfs->inner, tell_file, &each);
}

wattle_status wattle_memfs_copy(wattle_memfs *memfs, const char *host, const char **why) {
    return memfs_status(wt_memfs_copy(memfs->inner, host), why);
}

wattle_status wattle_wasi_add_memfs(wattle_wasi *wasi, wattle_memfs *memfs, const char *guest,
                                    bool read_only) {
    return memfs_status(wt_wasi_add_memory(wasi->inner, memfs->inner, guest, read_only), NULL);
}

/* ---- */

void wattle_wasi_set_max_threads(wattle_wasi *wasi, uint32_t threads) {
    wasi->max_threads = threads;
}

void wattle_wasi_set_trace(wattle_wasi *wasi, wattle_write write, void *user) {
    wt_wasi_set_trace(wasi->inner, write, user);
}

void wattle_wasi_set_deterministic(wattle_wasi *wasi, uint64_t seed) {
    wt_wasi_set_fixed(wasi->inner, seed);
}

wattle_status wattle_wasi_add_listener(wattle_wasi *wasi, const char *address, uint32_t *fd,
                                       const char **why) {
    uint32_t number;
    const char *fault;
    OsError error = wt_wasi_add_listener(wasi->inner, address, fd ? fd : &number, &fault);
    if (why)
        *why = fault                          ? fault
               : error == OS_address_not_here ? "this machine has no such address; without a HOST "
                                                "the program listens at all that it has"
               : error == OS_address_in_use
                   ? "another socket listens there; port 0 takes a free one"
               : error == OS_access ? "permission denied; ports below 1024 are for root"
                                    : wt_os_error_text(error);
    return world_status(error);
}

wattle_status wattle_store_set_wasi(wattle_store *store, wattle_wasi *wasi) {
    if (store->wasi) {
        wattle_wasi_free(wasi);
        return wt_api_fail(store, WATTLE_USAGE, "the store has a WASI world already");
    }
    store->wasi = wasi;
    return WATTLE_OK;
}
