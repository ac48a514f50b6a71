/* The pool of pool.h: a short list under a lock, the oldest first. What is taken is the youngest
   that fits, because its pages are warmest; what has to go is the oldest. System calls are made
   outside the lock. A block in the list is clean, and nobody but the list knows where it is. */
#include "run/pool.h"

#include "base/os.h"

/* How many, and of how many bytes each and in all: what is there of them is little (os.h). */
enum { POOL_blocks = 64, POOL_each = 16 << 20, POOL_all = 64 << 20 };

typedef struct PoolBlock {
    void *base;
    size_t size, reserved;
} PoolBlock;

struct MemPool {
    Allocator allocator;
    OsMutex lock;
    unsigned count;
    size_t bytes; /* of all sizes */
    PoolBlock blocks[POOL_blocks];
};

static void release_block(const PoolBlock *b) {
    wt_os_mem_release(b->base, b->reserved ? b->reserved : b->size);
}

static PoolBlock remove_block(MemPool *p, unsigned i) {
    PoolBlock b = p->blocks[i];
    p->count--;
    p->bytes -= b.size;
    memmove(p->blocks + i, p->blocks + i + 1, (p->count - i) * sizeof *p->blocks);
    return b;
}

MemPool *wt_pool_new(const Allocator *allocator) {
    MemPool *p = allocator_get(allocator, sizeof *p);
    if (!p)
        return NULL;
    p->allocator = *allocator;
    p->count = 0;
    p->bytes = 0;
    if (wt_os_mutex_init(&p->lock) == OS_OK)
        return p;
    allocator_free(allocator, p, sizeof *p);
    return NULL;
}

void wt_pool_free(MemPool *p) {
    if (!p)
        return;
    for (unsigned i = 0; i < p->count; i++)
        release_block(&p->blocks[i]);
    wt_os_mutex_destroy(&p->lock);
    Allocator al = p->allocator;
    allocator_free(&al, p, sizeof *p);
}

void *wt_pool_take(MemPool *p, size_t size, size_t reserved) {
    PoolBlock b = {NULL, 0, 0};
    if (!p || size > POOL_each)
        return NULL;
    wt_os_mutex_lock(&p->lock);
    for (unsigned i = p->count; i > 0 && !b.base; i--)
        if (p->blocks[i - 1].size == size && p->blocks[i - 1].reserved == reserved)
            b = remove_block(p, i - 1);
    wt_os_mutex_unlock(&p->lock);
    return b.base;
}

void wt_pool_give(MemPool *p, void *base, size_t size, size_t reserved) {
    PoolBlock given = {base, size, reserved}, old[POOL_blocks];
    unsigned count = 0;
    if (!base)
        return;
    if (!p || size > POOL_each || !wt_os_mem_clean(base, size)) {
        release_block(&given);
        return;
    }
    wt_os_mutex_lock(&p->lock);
    while (p->count == POOL_blocks || p->bytes + size > POOL_all)
        old[count++] = remove_block(p, 0);
    p->blocks[p->count++] = given;
    p->bytes += size;
    wt_os_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < count; i++)
        release_block(&old[i]);
}
