/* The smallest host worth having: runs a WASI program, text or binary, with its standard streams.
   What it does not use of the library should not be in it: test/size/run.py weighs it. */
#include <stdio.h>
#include <stdlib.h>
#include <wattle.h>

static char *read_all(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    char *data = malloc(1 << 24);
    *size = f && data ? fread(data, 1, 1 << 24, f) : 0;
    if (f)
        fclose(f);
    return data;
}

int main(int argc, char **argv) {
    size_t size = 0;
    char *bytes = argc > 1 ? read_all(argv[1], &size) : NULL;
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_wasi *wasi = wattle_wasi_new(engine);
    wattle_module *module = NULL;
    wattle_instance instance;
    wattle_func start;
    if (!bytes || !wasi || wattle_wasi_inherit_stdio(wasi) != WATTLE_OK ||
        wattle_store_set_wasi(store, wasi) != WATTLE_OK ||
        wattle_linker_define_wasi(linker) != WATTLE_OK ||
        wattle_module_new(engine, bytes, size, &module, NULL) != WATTLE_OK ||
        wattle_instance_new(store, module, linker, &instance) != WATTLE_OK ||
        !wattle_instance_func(store, instance, "_start", &start))
        return 1;
    wattle_status status = wattle_func_call(store, start, NULL, 0, NULL, 0);
    int code = status == WATTLE_EXIT ? (int)wattle_store_exit_code(store) : status != WATTLE_OK;
    wattle_module_free(module);
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_engine_free(engine);
    free(bytes);
    return code;
}
