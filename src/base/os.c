/* The part of the OS layer that is the same on every platform: error texts, reading and writing
   whole files over the primitives of os_PLATFORM.c, and the parallel loop.

   Output goes to a new file beside the target and is renamed over it, so that a reader never sees
   half a file and a failed run leaves the old one. Links are followed first: the file behind the
   link is replaced, not the link. */
#include "base/os.h"

#ifndef __wasm__ /* wasi-libc has no signals */
#include <signal.h>
#endif
#include <stdatomic.h>

const char *wt_os_error_text(OsError error) {
    switch (error) {
    case OS_OK:
        return "success";
#define OS_ERROR_CASE(ident, number, text)                                                         \
    case OS_##ident:                                                                               \
        return text;
        OS_ERROR_ROWS(OS_ERROR_CASE)
#undef OS_ERROR_CASE
    case OS_other:
        break;
    }
    return "unknown system error";
}

uint64_t wt_os_now(void) {
    uint64_t ns;
    return wt_os_clock_now(OS_CLOCK_monotonic, &ns) == OS_OK ? ns : 0;
}

void wt_os_ignore_broken_pipes(void) {
#ifdef SIGPIPE
    (void)signal(SIGPIPE, SIG_IGN);
#endif
}

/* ---- reading ---- */

static OsError read_to_end(OsMap *map, OsFile file) {
    uint8_t *data = NULL;
    size_t size = 0, capacity = 0, got;
    OsError error = OS_OK;
    do {
        if (size == capacity) {
            size_t larger = capacity ? capacity * 2 : (size_t)1 << 16;
            const Allocator *al = map->allocator;
            uint8_t *moved = larger > capacity ? al->alloc(al->user, data, capacity, larger) : NULL;
            if (!moved) {
                error = OS_out_of_memory;
                break;
            }
            data = moved;
            capacity = larger;
        }
        error = wt_os_file_read(file, data + size, capacity - size, &got);
        size += got;
    } while (error == OS_OK && got > 0);
    if (error != OS_OK) {
        allocator_free(map->allocator, data, capacity);
        return error;
    }
    map->data = data;
    map->size = size;
    map->capacity = capacity;
    return OS_OK;
}

OsError wt_os_map_open(OsMap *map, const char *path, const Allocator *al) {
    bool standard = strcmp(path, "-") == 0;
    OsFile file = wt_os_standard_file(0);
    *map = (OsMap){.allocator = al};
    if (!standard) {
        OsError error = wt_os_file_open(path, &file);
        if (error != OS_OK)
            return error;
    }
    OsError error = wt_os_map_file(map, file);
    if (error == OS_unsupported)
        error = read_to_end(map, file);
    if (!standard)
        wt_os_file_close(file);
    return error;
}

void wt_os_map_close(OsMap *map) {
    if (map->mapped)
        wt_os_map_unmap(map);
    else if (map->capacity)
        allocator_free(map->allocator, (void *)(uintptr_t)map->data, map->capacity);
    *map = (OsMap){.allocator = map->allocator};
}

/* ---- writing ---- */

static char *copy_path(const Allocator *al, const char *path, size_t *size) {
    *size = strlen(path) + 1;
    char *copy = allocator_get(al, *size);
    if (copy)
        memcpy(copy, path, *size);
    return copy;
}

static bool is_path_separator(char c) {
#ifdef _WIN32
    return c == '/' || c == '\\' || c == ':';
#else
    return c == '/';
#endif
}

/* Writes DIRECTORY/.wattle-XXXXXXXXXXXX into out->temp; the name of the target plays no part, it
   may be of the longest length already. */
static void name_temp_file(OsOutput *out, uint64_t random) {
    size_t dir = strlen(out->path);
    while (dir > 0 && !is_path_separator(out->path[dir - 1]))
        dir--;
    memcpy(out->temp, out->path, dir);
    memcpy(out->temp + dir, ".wattle-", 8);
    char *p = out->temp + dir + 8;
    for (int i = 0; i < 12; i++, random >>= 5)
        *p++ = "abcdefghijklmnopqrstuvwxyz234567"[random & 31];
    *p = 0;
}

static OsError create_temp_file(OsOutput *out) {
    OsError error = OS_exists;
    out->temp_size = out->path_size + 24;
    out->temp = allocator_get(out->allocator, out->temp_size);
    if (!out->temp)
        return OS_out_of_memory;
    for (int tries = 0; tries < 100 && error == OS_exists; tries++) {
        uint64_t random;
        if (wt_os_random(&random, sizeof random) != OS_OK)
            random = wt_os_now() * 0x9e3779b97f4a7c15;
        name_temp_file(out, random);
        error = wt_os_file_create(out->temp, &out->file);
    }
    out->open = error == OS_OK;
    return error;
}

static void free_output_names(OsOutput *out) {
    allocator_free(out->allocator, out->path, out->path_size);
    allocator_free(out->allocator, out->temp, out->temp_size);
    out->path = out->temp = NULL;
}

static OsError open_target(OsOutput *out, const char *path) {
    OsError error;
    switch (wt_os_file_target(path)) {
    case OS_TARGET_device:
        out->direct = true;
        error = wt_os_file_write_to(path, &out->file);
        out->open = error == OS_OK;
        return error;
    case OS_TARGET_directory:
        return OS_is_directory;
    case OS_TARGET_link:
        out->path = wt_os_file_resolve(out->allocator, path, &out->path_size);
        if (out->path)
            break;
        /* A dangling link is replaced itself. */
        WT_FALLTHROUGH;
    case OS_TARGET_file:
        out->path = copy_path(out->allocator, path, &out->path_size);
        break;
    }
    if (!out->path)
        return OS_out_of_memory;
    error = create_temp_file(out);
    if (error == OS_OK)
        wt_os_file_copy_mode(out->file, out->path);
    return error;
}

OsError wt_os_output_open(OsOutput *out, const char *path, const Allocator *al) {
    *out = (OsOutput){.allocator = al};
    if (strcmp(path, "-") == 0) {
        out->file = wt_os_standard_file(1);
        out->direct = true;
        return OS_OK;
    }
    out->error = open_target(out, path);
    if (out->error != OS_OK)
        free_output_names(out);
    return out->error;
}

OsError wt_os_output_write(OsOutput *out, const void *data, size_t size) {
    if (out->error == OS_OK)
        out->error = wt_os_file_write(out->file, data, size);
    return out->error;
}

OsError wt_os_output_commit(OsOutput *out) {
    if (out->error == OS_OK && !out->direct) {
        wt_os_file_close(out->file);
        out->open = false;
        out->error = wt_os_file_rename(out->temp, out->path);
    }
    OsError error = out->error;
    if (error == OS_OK) {
        allocator_free(out->allocator, out->temp, out->temp_size);
        out->temp = NULL;
    }
    wt_os_output_abort(out);
    return error;
}

void wt_os_output_abort(OsOutput *out) {
    if (out->open)
        wt_os_file_close(out->file);
    if (out->temp)
        (void)wt_os_file_remove(out->temp);
    out->open = false;
    free_output_names(out);
}

/* ---- the parallel loop ---- */

enum { PARALLEL_MAX = 256, PARALLEL_STACK = 8 << 20 };

typedef struct ParallelLoop {
    atomic_size_t next;
    size_t njobs;
    void (*fn)(void *user, size_t job, unsigned worker);
    void *user;
} ParallelLoop;

typedef struct ParallelWorker {
    OsThread thread;
    ParallelLoop *loop;
    unsigned index;
} ParallelWorker;

/* The counter may run past njobs by the number of workers: it cannot wrap, since each stops at its
   first miss and njobs leaves room (checked below). */
static void work_in_parallel(void *user) {
    ParallelWorker *w = user;
    ParallelLoop *loop = w->loop;
    for (;;) {
        size_t job = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
        if (job >= loop->njobs)
            break;
        loop->fn(loop->user, job, w->index);
    }
}

void wt_os_parallel(unsigned nthreads, size_t njobs,
                    void (*fn)(void *user, size_t job, unsigned worker), void *user) {
    ParallelWorker workers[PARALLEL_MAX];
    ParallelLoop loop = {.njobs = njobs, .fn = fn, .user = user};
    unsigned started = 1;
    if (nthreads > PARALLEL_MAX)
        nthreads = PARALLEL_MAX;
    if (nthreads > njobs)
        nthreads = (unsigned)njobs;
    assert(njobs < SIZE_MAX - PARALLEL_MAX);
    atomic_init(&loop.next, 0);
    for (; started < nthreads; started++) {
        ParallelWorker *w = &workers[started];
        w->loop = &loop;
        w->index = started;
        if (wt_os_thread_start(&w->thread, PARALLEL_STACK, work_in_parallel, w) != OS_OK)
            break; /* fewer hands do the same work */
    }
    workers[0].loop = &loop;
    workers[0].index = 0;
    work_in_parallel(&workers[0]);
    while (started-- > 1)
        wt_os_thread_join(&workers[started].thread);
}
