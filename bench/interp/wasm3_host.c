/* A small host for wasm3, so that the bench runs it as a command like every other interpreter.
 *
 * wasm3 itself is not part of this project: scripts/peers.py fetches its C and compiles it with
 * this file. Programs get their arguments, an empty environment, clocks, and standard output; all
 * other calls of WASI answer that there is no such file or call.
 *
 *     wasm3 FILE.wasm [ARGUMENT...] */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wasm3.h"

enum { WASI_badf = 8, WASI_nosys = 52 };
static int word_count;
static char **words;

static m3ApiRawFunction(host_fd_write) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArg(uint32_t, fd);
    m3ApiGetArgMem(const uint32_t *, list);
    m3ApiGetArg(uint32_t, count);
    m3ApiGetArgMem(uint32_t *, written);
    (void)runtime, (void)_ctx;
    *written = 0;
    if (fd != 1 && fd != 2)
        m3ApiReturn(WASI_badf);
    for (uint32_t i = 0; i < count; i++)
        *written += (uint32_t)fwrite(m3ApiOffsetToPtr(list[2 * i]), 1, list[2 * i + 1],
                                     fd == 1 ? stdout : stderr);
    m3ApiReturn(0);
}

static m3ApiRawFunction(host_args_sizes_get) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArgMem(uint32_t *, count);
    m3ApiGetArgMem(uint32_t *, size);
    (void)runtime, (void)_ctx, (void)_mem;
    *count = (uint32_t)word_count;
    *size = 0;
    for (int i = 0; i < word_count; i++)
        *size += (uint32_t)strlen(words[i]) + 1;
    m3ApiReturn(0);
}

static m3ApiRawFunction(host_args_get) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArgMem(uint32_t *, list);
    m3ApiGetArgMem(char *, text);
    (void)runtime, (void)_ctx, (void)_mem;
    for (int i = 0; i < word_count; i++) {
        size_t size = strlen(words[i]) + 1;
        list[i] = (uint32_t)m3ApiPtrToOffset(text);
        memcpy(text, words[i], size);
        text += size;
    }
    m3ApiReturn(0);
}

static m3ApiRawFunction(host_environ_sizes_get) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArgMem(uint32_t *, count);
    m3ApiGetArgMem(uint32_t *, size);
    (void)runtime, (void)_ctx, (void)_mem;
    *count = *size = 0;
    m3ApiReturn(0);
}

static m3ApiRawFunction(host_clock_time_get) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArg(uint32_t, clock);
    m3ApiGetArg(uint64_t, precision);
    m3ApiGetArgMem(uint64_t *, time);
    (void)runtime, (void)_ctx, (void)_mem, (void)precision;
    struct timespec now;
    clock_gettime(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
    *time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    m3ApiReturn(0);
}

/* A character device that may be read and written. */
static m3ApiRawFunction(host_fd_fdstat_get) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArg(uint32_t, fd);
    m3ApiGetArgMem(uint8_t *, stat);
    (void)runtime, (void)_ctx, (void)_mem;
    if (fd > 2)
        m3ApiReturn(WASI_badf);
    memset(stat, 0, 24);
    stat[0] = 2;
    memset(stat + 8, 0xFF, 16);
    m3ApiReturn(0);
}

static m3ApiRawFunction(host_proc_exit) {
    m3ApiGetArg(uint32_t, code);
    (void)runtime, (void)_ctx, (void)_mem;
    fflush(NULL);
    exit((int)code);
}

static m3ApiRawFunction(host_no_file) {
    m3ApiReturnType(uint32_t);
    (void)runtime, (void)_ctx, (void)_mem;
    m3ApiReturn(WASI_badf);
}
static m3ApiRawFunction(host_no_call) {
    m3ApiReturnType(uint32_t);
    (void)runtime, (void)_ctx, (void)_mem;
    m3ApiReturn(WASI_nosys);
}

static const struct {
    const char *name, *signature;
    M3RawCall call;
} calls[] = {
    {"fd_write", "i(i*i*)", host_fd_write},
    {"args_get", "i(**)", host_args_get},
    {"args_sizes_get", "i(**)", host_args_sizes_get},
    {"environ_get", "i(**)", host_environ_sizes_get},
    {"environ_sizes_get", "i(**)", host_environ_sizes_get},
    {"clock_time_get", "i(iI*)", host_clock_time_get},
    {"fd_fdstat_get", "i(i*)", host_fd_fdstat_get},
    {"proc_exit", "v(i)", host_proc_exit},
    {"fd_close", "i(i)", host_no_file},
    {"fd_fdstat_set_flags", "i(ii)", host_no_file},
    {"fd_filestat_get", "i(i*)", host_no_file},
    {"fd_filestat_set_size", "i(iI)", host_no_file},
    {"fd_prestat_get", "i(i*)", host_no_file},
    {"fd_prestat_dir_name", "i(i*i)", host_no_file},
    {"fd_read", "i(i*i*)", host_no_file},
    {"fd_readdir", "i(i*iI*)", host_no_file},
    {"fd_seek", "i(iIi*)", host_no_file},
    {"fd_sync", "i(i)", host_no_file},
    {"path_create_directory", "i(i*i)", host_no_call},
    {"path_filestat_get", "i(ii*i*)", host_no_call},
    {"path_filestat_set_times", "i(ii*iIIi)", host_no_call},
    {"path_open", "i(ii*iiIIi*)", host_no_call},
    {"path_readlink", "i(i*i*i*)", host_no_call},
    {"path_remove_directory", "i(i*i)", host_no_call},
    {"path_rename", "i(i*ii*i)", host_no_call},
    {"path_unlink_file", "i(i*i)", host_no_call},
    {"poll_oneoff", "i(**i*)", host_no_call},
    {"random_get", "i(*i)", host_no_call},
};

static M3Result link_calls(IM3Module module) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        M3Result r = m3_LinkRawFunction(module, "wasi_snapshot_preview1", calls[i].name,
                                        calls[i].signature, calls[i].call);
        if (r && r != m3Err_functionLookupFailed) /* that is: not imported */
            return r;
    }
    return m3Err_none;
}

static uint8_t *read_file(const char *path, long *size) {
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = NULL;
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *size = ftell(f);
    rewind(f);
    if (*size > 0 && (bytes = malloc((size_t)*size)))
        *size = (long)fread(bytes, 1, (size_t)*size, f);
    fclose(f);
    return bytes;
}

int main(int argc, char **argv) {
    long size = 0;
    if (argc == 2 && argv[1][0] == '-') {
        printf("wasm3 %s\n", M3_VERSION);
        return 0;
    }
    word_count = argc - 1;
    words = argv + 1;
    uint8_t *bytes = argc >= 2 ? read_file(argv[1], &size) : NULL;
    if (!bytes)
        return fprintf(stderr, "usage: wasm3 FILE.wasm [ARGUMENT...]\n"), 2;
    IM3Environment env = m3_NewEnvironment();
    IM3Runtime rt = m3_NewRuntime(env, 64 << 20, NULL);
    IM3Module module;
    IM3Function start;
    M3Result failed = m3_ParseModule(env, &module, bytes, (uint32_t)size);
    if (!failed)
        failed = m3_LoadModule(rt, module);
    if (!failed)
        failed = link_calls(module);
    if (!failed)
        failed = m3_FindFunction(&start, rt, "_start");
    if (!failed)
        failed = m3_CallV(start);
    if (failed)
        return fprintf(stderr, "wasm3: %s\n", failed), 1;
    return 0;
}
