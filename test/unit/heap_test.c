/* The malloc of the modules for JavaScript, here over one piece of memory, which sometimes is used
   by somebody else in between. */
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>

#define HEAP_NAME(function) heap_##function
static unsigned char heap_room[1 << 24];
static size_t heap_used;
static bool heap_gap;

static unsigned char *more_memory(size_t *size) {
    size_t from = heap_used + (heap_gap ? 40 : 0);
    *size = (*size / 4096 + 1) * 4096;
    if (*size > sizeof heap_room - from)
        return NULL;
    heap_used = from + *size;
    return heap_room + from;
}

void *heap_malloc(size_t size);
void heap_free(void *p);
void *heap_calloc(size_t count, size_t each);
void *heap_realloc(void *p, size_t wanted);
#include "web/heap.c"

enum { HELD = 300 };
typedef struct Held {
    unsigned char *p, mark;
    size_t size;
} Held;

static uint32_t heap_seed = 1;
static uint32_t heap_random(void) { return (heap_seed = heap_seed * 1664525 + 1013904223) >> 8; }

static size_t some_size(void) {
    uint32_t r = heap_random();
    return r % 8 == 0 ? r % 60000 : r % 2 ? r % 200 : r % 3000;
}

/* Nothing else was written to what we hold, up to the last byte. */
static bool unharmed(const Held *h, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (h->p[i] != h->mark)
            return false;
    return true;
}

static void hold(Held *h, unsigned char *p, size_t size) {
    *h = (Held){p, (unsigned char)heap_random(), size};
    memset(p, h->mark, size);
}

static bool random_step(Held *h) {
    size_t size = some_size(), old = h->size;
    bool same = !h->p || unharmed(h, old);
    unsigned char *p;
    switch (heap_random() % 4) {
    case 0: {
        p = heap_realloc(h->p, size);
        if (!p)
            return false;
        h->p = p;
        same = same && (!old || unharmed(h, old < size ? old : size));
        break;
    }
    case 1: {
        heap_free(h->p);
        p = heap_calloc(size, 1);
        *h = (Held){p, 0, size};
        same = same && p && unharmed(h, size);
        break;
    }
    default:
        heap_free(h->p);
        p = heap_random() % 3 ? heap_malloc(size) : NULL;
    }
    *h = (Held){NULL, 0, 0};
    if (p)
        hold(h, p, size);
    return same && (uintptr_t)p % 16 == 0;
}

static void random_calls(void) {
    static Held held[HELD];
    for (int step = 0; step < 200000; step++) {
        heap_gap = step % 1000 == 999;
        if (!CHECK(random_step(&held[heap_random() % HELD])))
            return;
    }
    for (int i = 0; i < HELD; i++)
        heap_free(held[i].p);
    heap_gap = false;
    /* What was freed is one piece between the gaps. */
    CHECK(heap_used < 8u << 20);
    size_t used = heap_used;
    unsigned char *p = heap_malloc(1000000);
    CHECK(p != NULL && heap_used == used);
    heap_free(p);
}

static void growing(void) {
    unsigned char *p = heap_malloc(10), *after = heap_malloc(10);
    CHECK(p && after);
    heap_free(after);
    unsigned char *longer = heap_realloc(p, 100000);
    CHECK(longer == p); /* what is behind it is free */
    CHECK(heap_realloc(p, 100) == p);
    heap_free(p);
}

static void too_much(void) {
    CHECK(!heap_malloc(SIZE_MAX));
    CHECK(!heap_malloc(SIZE_MAX / 2));
    CHECK(!heap_malloc(1 << 25));
    CHECK(!heap_calloc(SIZE_MAX / 2, 3));
    unsigned char *p = heap_malloc(0);
    CHECK(p && !heap_realloc(p, SIZE_MAX));
    heap_free(p);
}

int main(void) {
    CHECK_CASE(growing);
    CHECK_CASE(random_calls);
    CHECK_CASE(too_much);
    return check_done();
}
