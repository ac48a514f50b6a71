/* Calls a function of a guest with a text, and gets a text back. The guest may be written in C, in
   Rust, in anything that compiles to WebAssembly, or in the text format: it owns its memory, so it
   is asked for room first.

       calls GUEST.wat|GUEST.wasm NAME...

   A guest exports its "memory" and
       alloc   (len) -> address      room for len bytes, 0 if there is none
       release (address, len)        gives it back
       greet   (address, len) -> i64 takes a name; the answer is address << 32 | len of a text that
                                     has to be released */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wattle.h>

typedef struct Guest {
    wattle_store *store;
    wattle_memory memory;
    wattle_func alloc, release, greet;
} Guest;

/* Finds the exports, and that they have the types this host believes in: calls of the fast form
   do not look again. */
static bool find_exports(Guest *g, wattle_instance instance) {
    return wattle_instance_memory(g->store, instance, "memory", &g->memory) &&
           wattle_instance_func(g->store, instance, "alloc", &g->alloc) &&
           wattle_instance_func(g->store, instance, "release", &g->release) &&
           wattle_instance_func(g->store, instance, "greet", &g->greet) &&
           wattle_func_is(g->store, g->alloc, "i:i") &&
           wattle_func_is(g->store, g->release, "ii:") &&
           wattle_func_is(g->store, g->greet, "ii:l");
}

/* Copies a text into the guest; its address is 0 when that fails. */
static uint32_t give_text(const Guest *g, const char *text, uint32_t len) {
    wattle_slot slot = {.i32 = (int32_t)len};
    if (wattle_func_call_fast(g->store, g->alloc, &slot, 1) != WATTLE_OK)
        return 0;
    uint32_t address = (uint32_t)slot.i32;
    /* The address is the guest's word: it is looked up, not believed. And only now: the call may
       have moved the memory. */
    char *there = address ? wattle_memory_at(g->store, g->memory, address, len) : NULL;
    if (there)
        memcpy(there, text, len);
    return there ? address : 0;
}

static void release_text(const Guest *g, uint32_t address, uint32_t len) {
    wattle_slot slots[2] = {{.i32 = (int32_t)address}, {.i32 = (int32_t)len}};
    (void)wattle_func_call_fast(g->store, g->release, slots, 2);
}

static bool greet(const Guest *g, const char *name) {
    uint32_t len = (uint32_t)strlen(name), address = give_text(g, name, len);
    wattle_slot slots[2] = {{.i32 = (int32_t)address}, {.i32 = (int32_t)len}};
    if (!address || wattle_func_call_fast(g->store, g->greet, slots, 2) != WATTLE_OK) {
        fprintf(stderr, "%s\n", wattle_store_message(g->store));
        return false;
    }
    uint32_t at = (uint32_t)(slots[0].bits >> 32), size = (uint32_t)slots[0].bits;
    const char *text = wattle_memory_at(g->store, g->memory, at, size);
    if (text)
        printf("%.*s\n", (int)size, text);
    release_text(g, at, size);
    release_text(g, address, len);
    return text != NULL;
}

static char *read_file(const char *path, size_t *size) {
    enum { MOST = 1 << 24 };
    FILE *f = fopen(path, "rb");
    char *bytes = f ? malloc(MOST) : NULL;
    *size = bytes ? fread(bytes, 1, MOST, f) : 0;
    if (f)
        fclose(f);
    return bytes;
}

static wattle_module *load(wattle_engine *engine, const char *path) {
    size_t size;
    char *bytes = read_file(path, &size);
    wattle_module *module;
    wattle_report *report;
    /* The module keeps a copy of the bytes. */
    if (wattle_module_new(engine, bytes, size, &module, &report) != WATTLE_OK)
        fprintf(stderr, "%s: %s\n", path, wattle_report_get(report, 0).message);
    wattle_report_free(report);
    free(bytes);
    return module;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: calls GUEST NAME...\n");
        return 2;
    }
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *module = engine ? load(engine, argv[1]) : NULL;
    Guest g = {.store = module ? wattle_store_new(engine, NULL) : NULL};
    wattle_instance instance;
    bool good = g.store && wattle_instance_new(g.store, module, NULL, &instance) == WATTLE_OK;
    if (good && !find_exports(&g, instance)) {
        fprintf(stderr, "%s: its exports are not those of a guest\n", argv[1]);
        good = false;
    }
    for (int i = 2; i < argc && good; i++)
        good = greet(&g, argv[i]);
    wattle_store_free(g.store);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return !good;
}
