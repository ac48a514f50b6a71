/* Allocators that fail, and where written bytes are kept: for tests of out of memory. */
#ifndef WATTLE_TEST_FAILING_H
#define WATTLE_TEST_FAILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct Failing {
    long until;  /* allocations that still succeed; -1: all */
    long calls;  /* allocations asked for */
    long live;   /* blocks that were not given back */
    bool once;   /* only one fails, the next ones succeed */
    bool spoils; /* what is given back stays, with other contents: who looks at it again notices */
    void *spoiled;
} Failing;

/* Blocks are at least as large as what links them. */
static inline void failing_give_back(Failing *f, void *old, size_t size) {
    f->live -= old != NULL;
    if (!old || !f->spoils) {
        free(old);
        return;
    }
    memset(old, 0xA5, size);
    void **kept = malloc(2 * sizeof *kept);
    if (!kept)
        abort();
    kept[0] = f->spoiled;
    kept[1] = old;
    f->spoiled = kept;
}

static inline void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    if (new_size == 0) {
        failing_give_back(f, old, old_size);
        return NULL;
    }
    if (new_size > old_size) {
        f->calls++;
        if (f->until == 0) {
            f->until = f->once ? -1 : 0;
            return NULL;
        }
        f->until -= f->until > 0;
    }
    void *p = realloc(old, new_size);
    f->live += p && !old;
    return p;
}

static inline void failing_end(Failing *f) {
    for (void **next, **kept = f->spoiled; kept; kept = next) {
        next = kept[0];
        free(kept[1]);
        free(kept);
    }
    f->spoiled = NULL;
}

typedef struct Bytes {
    uint8_t *data;
    size_t len;
} Bytes;

/* A wattle_write. */
static inline bool keep_bytes(void *user, const void *data, size_t len) {
    Bytes *b = user;
    uint8_t *more = realloc(b->data, b->len + len + 1);
    if (!more)
        return false;
    if (len)
        memcpy(more + b->len, data, len);
    b->data = more;
    b->len += len;
    return true;
}

#endif
