/* A library for WASI: made ready by `_initialize`, with bindings, and lines of output. */
#include "wattle_bind.h"

#include <stdio.h>
#include <stdlib.h>

WATTLE_BIND("alloc \"malloc\"; free \"free\"; export hello(name: string) -> u32;")

static unsigned ready;

__attribute__((constructor)) static void make_ready(void) { ready = 41; }

__attribute__((export_name("malloc"))) void *export_malloc(size_t size) { return malloc(size); }
__attribute__((export_name("free"))) void export_free(void *p) { free(p); }

__attribute__((export_name("hello"))) unsigned hello(const char *name, size_t size) {
    printf("Hello, %.*s\n", (int)size, name);
    return ++ready;
}
