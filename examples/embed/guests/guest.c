/* The guest of calls.c in C, without a C library:
       clang --target=wasm32 -nostdlib -O2 -Wl,--no-entry guest.c -o guest.wasm */
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

static unsigned char heap[16384];
static size_t used;

/* Given from the end of what is used, and taken back only from there. */
EXPORT(alloc) void *guest_alloc(size_t len) {
    if (len > sizeof heap - used)
        return NULL;
    void *at = heap + used;
    used += len;
    return at;
}

EXPORT(release) void guest_release(unsigned char *at, size_t len) {
    if (at + len == heap + used)
        used -= len;
}

EXPORT(greet) uint64_t guest_greet(const char *name, size_t len) {
    static const char hello[] = "Hello from C, ";
    size_t head = sizeof hello - 1, size = head + len + 1;
    char *out = guest_alloc(size);
    if (!out)
        __builtin_trap();
    for (size_t i = 0; i < head; i++)
        out[i] = hello[i];
    for (size_t i = 0; i < len; i++)
        out[head + i] = name[i];
    out[head + len] = '!';
    return (uint64_t)(uintptr_t)out << 32 | size;
}
