/* crun-selftest PLUG-IN: loads the file as crun does and lets it run a program.

   A file that crun cannot load breaks every start of crun, of native containers too; so this is
   asked before the file gets a name that crun reads. */
#include "crun/handler.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends with 40 and the number of its arguments. */
static const char program[] =
    "(module (import \"wasi_snapshot_preview1\" \"args_sizes_get\""
    "          (func $sizes (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"_start\")"
    "    (call $exit (i32.add (call $sizes (i32.const 0) (i32.const 4))"
    "      (i32.add (i32.const 40) (i32.load (i32.const 0)))))))";

static bool fail(const char *what, const char *more) {
    fprintf(stderr, "crun-selftest: %s%s%s\n", what, more ? ": " : "", more ? more : "");
    return false;
}

static Handler *load_handler(const char *path) {
    void *file = dlopen(path, RTLD_NOW);
    if (!file) {
        fail("the file cannot be loaded", dlerror());
        return NULL;
    }
    void *symbol = dlsym(file, HANDLER_SYMBOL);
    Handler *(*get)(void);
    memcpy(&get, &symbol, sizeof get);
    Handler *handler = symbol ? get() : NULL;
    if (!handler)
        fail("it has no " HANDLER_SYMBOL, NULL);
    return handler;
}

/* The exit code of a program, -1 when it did not end by itself. */
static int exit_code(Handler *handler, const char *path) {
    char *argv[] = {(char *)path, "one", NULL};
    void *cookie = NULL;
    if (handler->load(&cookie, NULL) != 0)
        return -1;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        handler->run(cookie, NULL, path, argv);
        _exit(255);
    }
    bool ended = child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status);
    handler->unload(cookie, NULL);
    return ended ? WEXITSTATUS(status) : -1;
}

static bool runs_a_program(Handler *handler) {
    char path[] = "/tmp/crun-selftest-XXXXXX";
    int file = mkstemp(path);
    ssize_t size = (ssize_t)(sizeof program - 1);
    if (file < 0 || write(file, program, sizeof program - 1) != size)
        return fail("cannot write to /tmp", NULL);
    close(file);
    int code = exit_code(handler, path);
    unlink(path);
    if (code == 42)
        return true;
    fprintf(stderr, "crun-selftest: a program that ends with 42 ended with %d\n", code);
    return false;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: crun-selftest ./libwattle-crun.so\n");
        return 2;
    }
    Handler *handler = load_handler(argv[1]);
    if (!handler)
        return 1;
    if (!handler->name || strcmp(handler->name, "wattle") != 0)
        return fail("its name is not wattle", handler->name), 1;
    if (!handler->load || !handler->unload || !handler->run || !handler->exec)
        return fail("it lacks a function that crun calls", NULL), 1;
    if (!runs_a_program(handler))
        return 1;
    printf("crun-selftest: %s loads, is called %s, and runs a program\n", argv[1], handler->name);
    return 0;
}
