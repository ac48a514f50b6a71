/* A small host for wasm3, so that the bench runs it as a command like every other interpreter.
 *
 * wasm3 itself is not part of this project: scripts/peers.py fetches its C and compiles it with
 * this file.  Only fd_write to stdout is offered; that is all that the kernels import.
 *
 *     wasm3 FILE.wasm */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "wasm3.h"

static m3ApiRawFunction(host_fd_write) {
    m3ApiReturnType(uint32_t);
    m3ApiGetArg(uint32_t, fd);
    m3ApiGetArgMem(const uint32_t *, list);
    m3ApiGetArg(uint32_t, count);
    m3ApiGetArgMem(uint32_t *, written);
    (void)runtime, (void)_ctx;
    *written = 0;
    for (uint32_t i = 0; i < count && fd == 1; i++)
        *written += (uint32_t)fwrite(m3ApiOffsetToPtr(list[2 * i]), 1, list[2 * i + 1], stdout);
    m3ApiReturn(0);
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
    uint8_t *bytes = argc == 2 ? read_file(argv[1], &size) : NULL;
    if (!bytes)
        return fprintf(stderr, "usage: wasm3 FILE.wasm\n"), 2;
    IM3Environment env = m3_NewEnvironment();
    IM3Runtime rt = m3_NewRuntime(env, 1 << 20, NULL);
    IM3Module module;
    IM3Function start;
    M3Result failed = m3_ParseModule(env, &module, bytes, (uint32_t)size);
    if (!failed)
        failed = m3_LoadModule(rt, module);
    if (!failed)
        failed = m3_LinkRawFunction(module, "wasi_snapshot_preview1", "fd_write", "i(i*i*)",
                                    host_fd_write);
    if (!failed)
        failed = m3_FindFunction(&start, rt, "_start");
    if (!failed)
        failed = m3_CallV(start);
    if (failed)
        return fprintf(stderr, "wasm3: %s\n", failed), 1;
    return 0;
}
