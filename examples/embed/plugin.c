/* A host for plug-ins. Every plug-in is a module of its own in a store of its own: it sees the two
   functions that it is given, its memory is bounded, a second is all it has, and whatever it does
   wrong is told and ends nothing but itself.

       plugin TEXT FILE.wat|FILE.wasm...

   A plug-in exports its "memory", a global "buffer" (the address of 1024 bytes that the host may
   write), and "run" (the length of what was written there). It may import "host" "reply" (address
   and length of a text) and "host" "log" (a number). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wattle.h>

enum { BUFFER = 1024 };

typedef struct Plugin {
    const char *name;
    char reply[BUFFER + 1];
} Plugin;

/* ---- what a plug-in may call ---- */

static wattle_status host_reply(void *user, wattle_caller *caller, const wattle_slot *args,
                                wattle_slot *results) {
    (void)user;
    (void)results;
    Plugin *p = wattle_store_data(wattle_caller_store(caller));
    size_t len = (uint32_t)args[1].i32;
    const char *text = wattle_caller_memory(caller, (uint32_t)args[0].i32, len);
    if (!text || len > BUFFER)
        return wattle_caller_trap(caller, "the reply is not in memory, or too long");
    memcpy(p->reply, text, len);
    p->reply[len] = 0;
    return WATTLE_OK;
}

static wattle_status host_log(void *user, wattle_caller *caller, const wattle_slot *args,
                              wattle_slot *results) {
    (void)user;
    (void)results;
    const Plugin *p = wattle_store_data(wattle_caller_store(caller));
    printf("%s: log: %d\n", p->name, (int)args[0].i32);
    return WATTLE_OK;
}

/* ---- time ---- */

static wattle_store *volatile running; /* what the alarm stops */

static void on_alarm(int number) {
    (void)number;
    if (running)
        wattle_store_interrupt(running);
}

/* ---- running ---- */

static char *read_file(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    if (f && fseek(f, 0, SEEK_END) == 0) {
        long end = ftell(f);
        rewind(f);
        data = end >= 0 ? malloc((size_t)end + 1) : NULL;
        *size = data ? fread(data, 1, (size_t)end, f) : 0;
    }
    if (f)
        fclose(f);
    return data;
}

/* Calls "run" with the text in the buffer. */
static wattle_status call_run(wattle_store *store, wattle_instance instance, const char *text) {
    wattle_extern buffer;
    wattle_memory memory;
    wattle_func run;
    wattle_value address, len = WATTLE_VALUE_I32((int32_t)strlen(text));
    if (!wattle_instance_memory(store, instance, "memory", &memory) ||
        !wattle_instance_func(store, instance, "run", &run) ||
        !wattle_instance_export(store, instance, "buffer", &buffer) ||
        buffer.kind != WATTLE_EXTERN_GLOBAL)
        return WATTLE_LINK;
    wattle_status status = wattle_global_get(store, buffer.of.global, &address);
    char *there = NULL;
    if (status == WATTLE_OK && address.kind == WATTLE_I32)
        there = wattle_memory_at(store, memory, (uint32_t)address.of.i32, BUFFER);
    if (!there)
        return WATTLE_LINK;
    memcpy(there, text, strlen(text));
    return wattle_func_call(store, run, &len, 1, NULL, 0);
}

static bool run_in_store(wattle_store *store, wattle_linker *linker, const wattle_module *module,
                         Plugin *p, const char *text) {
    wattle_instance instance;
    wattle_store_set_data(store, p);
    running = store;
    alarm(1);
    wattle_status status = wattle_instance_new(store, module, linker, &instance);
    if (status == WATTLE_OK)
        status = call_run(store, instance, text);
    alarm(0);
    running = NULL;
    if (status == WATTLE_OK)
        printf("%s: %s\n", p->name, p->reply);
    else
        printf("%s: stopped: %s\n", p->name, wattle_store_message(store));
    return status == WATTLE_OK;
}

static bool run_plugin(wattle_engine *engine, wattle_linker *linker, const char *path,
                       const char *text) {
    const char *slash = strrchr(path, '/');
    Plugin p = {.name = slash ? slash + 1 : path};
    size_t size = 0;
    char *bytes = read_file(path, &size);
    if (!bytes) {
        printf("%s: cannot be read\n", p.name);
        return false;
    }
    wattle_module *module;
    wattle_report *report;
    bool good = wattle_module_new(engine, bytes, size, &module, &report) == WATTLE_OK;
    if (!good)
        printf("%s: refused: %s\n", p.name, wattle_report_get(report, 0).message);
    wattle_report_free(report);
    free(bytes);
    if (!good)
        return false;
    wattle_store_config limits = {.size = sizeof limits,
                                  .stack_bytes = 1 << 20,
                                  .memory_bytes = 4 << 20,
                                  .interruptible = true};
    wattle_store *store = wattle_store_new(engine, &limits);
    good = store && run_in_store(store, linker, module, &p, text);
    wattle_store_free(store);
    wattle_module_free(module);
    return good;
}

int main(int argc, char **argv) {
    if (argc < 3 || strlen(argv[1]) > BUFFER) {
        fprintf(stderr, "usage: plugin TEXT FILE...\n");
        return 2;
    }
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_linker *linker = engine ? wattle_linker_new(engine) : NULL;
    if (!linker ||
        wattle_linker_define_fast(linker, "host", "reply", "ii:", host_reply, NULL, NULL) !=
            WATTLE_OK ||
        wattle_linker_define_fast(linker, "host", "log", "i:", host_log, NULL, NULL) != WATTLE_OK) {
        fprintf(stderr, "out of memory\n");
        return 1;
    }
    signal(SIGALRM, on_alarm);
    int answered = 0;
    for (int i = 2; i < argc; i++)
        answered += run_plugin(engine, linker, argv[i], argv[1]);
    printf("%d of %d plug-ins answered\n", answered, argc - 2);
    wattle_linker_free(linker);
    wattle_engine_free(engine);
    return 0;
}
