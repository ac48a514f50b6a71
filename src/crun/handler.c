/* libwattle-crun.so: the program of a container is a .wasm, and crun runs it here.

   crun has prepared everything (namespaces, root, user, limits, seccomp) and calls run_container in
   the place of execve, as the first process of the container. The program gets its arguments, the
   environment, the standard streams and the root directory of the container, with the rights of
   this process: what the container may not do, it may not either. No other program is executed, and
   no thread started but those that the program asks for. */
#define _GNU_SOURCE
#define WATTLE_UNSTABLE
#include "crun/handler.h"
#include "wattle.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum { DEFAULT_THREADS = 1024 };
/* As shells and other runtimes have them; a trap is what `wattle run` gives. */
enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127, EXIT_TRAP = 134, EXIT_SIGNAL = 128 };

/* Bounds of the program, from the environment of the container. */
static const struct {
    const char *variable;
    size_t field;
} bound_rows[] = {
    {"WATTLE_MAX_MEMORY", offsetof(wattle_store_config, total_memory_bytes)},
    {"WATTLE_MAX_TABLE", offsetof(wattle_store_config, total_table_elements)},
    {"WATTLE_MAX_HEAP", offsetof(wattle_store_config, heap_bytes)},
};

/* One run and all it owns; the process ends with it. */
typedef struct Guest {
    const char *path;
    char *const *argv;
    wattle_engine *engine;
    wattle_module *module;
    wattle_store *store;
    uint32_t threads; /* that it may start; 0: it wants none */
} Guest;

static void say(const char *path, const char *what) {
    fprintf(stderr, "wattle: %s: %s\n", path, what);
}

/* ---- signals ---- */

static void end_by_signal(int number) { _exit(EXIT_SIGNAL + number); }

/* The first process of a container gets no signal that it has no handler for, and the program,
   which knows no signals, would outlive the order to end. */
static void mind_signals(void) {
    static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = end_by_signal};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        sigaction(ending[i], &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- rights ---- */

/* What execve does for who is not root: of the capabilities only the ambient ones stay. Many
   configurations give the others and count on it. */
static bool keep_ambient_only(void) {
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (geteuid() == 0)
        return true;
    if (syscall(SYS_capget, &head, sets) != 0)
        return false;
    for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t ambient = 0;
        for (unsigned bit = 0; bit < 32; bit++)
            if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 32 * i + bit, 0, 0) == 1)
                ambient |= UINT32_C(1) << bit;
        sets[i].permitted = sets[i].effective = ambient;
    }
    return syscall(SYS_capset, &head, sets) == 0;
}

/* ---- the world ---- */

/* A number of bytes or elements, K, M or G may follow. */
static bool read_size(const char *text, uint64_t *n) {
    char *end;
    errno = 0;
    *n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0)
        return false;
    const char *unit = *end ? strchr("KMG", *end) : NULL;
    unsigned shift = unit ? 10u * (unsigned)(unit - "KMG" + 1) : 0;
    if (*n == 0 || *n > UINT64_MAX >> shift)
        return false;
    *n <<= shift;
    return !end[unit != NULL];
}

/* Without the variable *n stays. */
static bool read_variable(const char *name, uint64_t *n) {
    const char *text = getenv(name);
    if (!text || read_size(text, n))
        return true;
    fprintf(stderr, "wattle: %s is no size: %s\n", name, text);
    return false;
}

static bool wants_threads(const wattle_module *module) {
    for (size_t i = 0; i < wattle_module_import_count(module); i++) {
        wattle_import import = wattle_module_import(module, i);
        if (import.module.len == 4 && memcmp(import.module.data, "wasi", 4) == 0)
            return true;
    }
    return false;
}

static bool read_bounds(Guest *g, wattle_store_config *config) {
    uint64_t threads = DEFAULT_THREADS;
    for (size_t i = 0; i < sizeof bound_rows / sizeof bound_rows[0]; i++) {
        uint64_t n = 0;
        if (!read_variable(bound_rows[i].variable, &n))
            return false;
        memcpy((char *)config + bound_rows[i].field, &n, sizeof n);
    }
    if (!read_variable("WATTLE_MAX_THREADS", &threads))
        return false;
    if (wants_threads(g->module)) {
        g->threads = threads < UINT32_MAX ? (uint32_t)threads : UINT32_MAX;
        config->interruptible = true;
    }
    return true;
}

/* WASI has no working directory of its own: who wants one looks into PWD. */
static wattle_status give_directory_name(wattle_wasi *wasi) {
    char text[4096] = "PWD=";
    if (getenv("PWD") || !getcwd(text + 4, sizeof text - 4))
        return WATTLE_OK;
    return wattle_wasi_add_variable(wasi, text);
}

static wattle_status give_texts(Guest *g, wattle_wasi *wasi) {
    wattle_status status = WATTLE_OK;
    for (char *const *a = g->argv; *a && status == WATTLE_OK; a++)
        status = wattle_wasi_add_argument(wasi, *a);
    for (char **v = environ; *v && status == WATTLE_OK; v++)
        status = wattle_wasi_add_variable(wasi, *v);
    if (status == WATTLE_OK)
        status = give_directory_name(wasi);
    if (status == WATTLE_USAGE)
        say(g->path, "an argument or variable is not UTF-8");
    return status;
}

static wattle_status give_world(Guest *g) {
    wattle_wasi *wasi = wattle_wasi_new(g->engine);
    if (!wasi)
        return WATTLE_OUT_OF_MEMORY;
    const char *why;
    wattle_wasi_set_max_threads(wasi, g->threads);
    wattle_status status = give_texts(g, wasi);
    if (status == WATTLE_OK)
        status = wattle_wasi_inherit_stdio(wasi);
    if (status == WATTLE_OK) {
        status = wattle_wasi_add_directory(wasi, "/", "/", false, &why);
        if (status == WATTLE_USAGE)
            say("/", why);
    }
    if (status == WATTLE_OK)
        return wattle_store_set_wasi(g->store, wasi);
    wattle_wasi_free(wasi);
    return status;
}

/* ---- the run ---- */

/* The exit code when the module cannot be had, 0 when it can. */
static int load_module(Guest *g) {
    wattle_config config = wattle_config_default();
    config.threads = 1;
    g->engine = wattle_engine_new(&config);
    const char *why = "out of memory";
    wattle_file *file = g->engine ? wattle_file_open(g->engine, g->path, &why) : NULL;
    if (!file) {
        say(g->path, why);
        return EXIT_NOT_FOUND;
    }
    wattle_report *report;
    wattle_status status =
        wattle_module_read_file(g->engine, file, g->path, WATTLE_READ_CHECK, &g->module, &report);
    if (report && wattle_report_count(report))
        wattle_report_write(report, WATTLE_REPORT_BRIEF, wattle_stderr_write, NULL);
    else if (status != WATTLE_OK)
        say(g->path, "out of memory");
    return status == WATTLE_OK ? 0 : EXIT_CANNOT_RUN;
}

/* A store with the world in it, and the module in that. */
static wattle_status link_module(Guest *g, wattle_instance *instance) {
    wattle_store_config config = {.size = sizeof config};
    if (!read_bounds(g, &config))
        return WATTLE_USAGE;
    g->store = wattle_store_new(g->engine, &config);
    wattle_linker *linker = g->store ? wattle_linker_new(g->engine) : NULL;
    wattle_status status = linker ? wattle_linker_define_wasi(linker) : WATTLE_OUT_OF_MEMORY;
    if (status == WATTLE_OK)
        status = give_world(g);
    if (status == WATTLE_OK)
        status = wattle_instance_new(g->store, g->module, linker, instance);
    return status;
}

static wattle_status call_start(Guest *g, wattle_instance instance) {
    wattle_func start;
    if (wattle_instance_func(g->store, instance, "_start", &start))
        return wattle_func_call(g->store, start, NULL, 0, NULL, 0);
    say(g->path, "the module exports no _start: it is no program");
    return WATTLE_USAGE;
}

/* Says how it ended; the exit code. */
static int ending(Guest *g, wattle_status status) {
    switch (status) {
    case WATTLE_OK:
        return 0;
    case WATTLE_EXIT:
        return (int)(wattle_store_exit_code(g->store) & 255);
    case WATTLE_TRAP:
    case WATTLE_EXCEPTION:
        wattle_store_write_trap(g->store, wattle_stderr_write, NULL);
        return EXIT_TRAP;
    case WATTLE_OUT_OF_MEMORY:
        say(g->path, "out of memory");
        return EXIT_CANNOT_RUN;
    case WATTLE_LINK:
    case WATTLE_LIMIT:
        say(g->path, wattle_store_message(g->store));
        return EXIT_CANNOT_RUN;
    case WATTLE_USAGE: /* was said */
    case WATTLE_MALFORMED:
    case WATTLE_INVALID:
    case WATTLE_WRITE_FAILED:
        break;
    }
    return EXIT_CANNOT_RUN;
}

static int run_container(void *cookie, void *container, const char *pathname, char *const argv[]) {
    (void)cookie, (void)container;
    mind_signals();
    Guest guest = {.path = pathname, .argv = argv};
    int code = EXIT_CANNOT_RUN;
    if (keep_ambient_only())
        code = load_module(&guest);
    else
        say(pathname, "cannot give up the capabilities of a user who is not root");
    if (code == 0) {
        wattle_instance instance;
        wattle_status status = link_module(&guest, &instance);
        if (status == WATTLE_OK)
            status = call_start(&guest, instance);
        code = ending(&guest, status);
    }
    /* Not exit: what crun has registered for its own end is none of the program's. */
    fflush(stderr);
    _exit(code);
}

/* ---- the table ---- */

static int load_nothing(void **cookie, void *err) {
    (void)err;
    *cookie = NULL;
    return 0;
}

static int unload_nothing(void *cookie, void *err) {
    (void)cookie, (void)err;
    return 0;
}

__attribute__((visibility("default"))) Handler *run_oci_handler_get_handler(void) {
    static Handler handler = {
        .name = "wattle",
        .feature_string = "WASM:wattle",
        .alias = "wasm",
        .load = load_nothing,
        .unload = unload_nothing,
        .run = run_container,
        .exec = run_container,
    };
    return &handler;
}
