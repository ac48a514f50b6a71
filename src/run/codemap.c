/* A sorted array that is never changed: who adds or removes makes a new one and puts it in place of
   the old by one store. Readers count themselves in and out; an old array is freed when nobody is
   counted in after it was replaced (whoever comes then finds the new one), else with a later
   change. Writers wait for each other, readers for nobody. Path: jit/ -> here; the handler of
   faults -> here. */
#include "run/codemap.h"

#include "base/os.h"

_Static_assert(ATOMIC_POINTER_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2,
               "a signal handler may look");

typedef struct CodeRange {
    uintptr_t start, end;
    _Atomic(void *) owner; /* NULL: nobody's any more */
} CodeRange;

typedef struct CodeMap CodeMap;
struct CodeMap {
    size_t count;
    size_t size;    /* bytes of its pages */
    CodeMap *older; /* replaced before it, and perhaps still read */
    CodeRange ranges[];
};

static struct {
    _Atomic(CodeMap *) map; /* NULL: nothing is in it */
    atomic_uint readers;
    atomic_flag writing;
    CodeMap *old;   /* of the writer: those that were replaced */
    CodeMap *spare; /* of one page, for the next change: that saves two calls of the system */
} codemap = {.writing = ATOMIC_FLAG_INIT};

/* The first range that ends behind the address. */
static size_t range_behind(const CodeMap *m, uintptr_t at) {
    size_t from = 0, to = m ? m->count : 0;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (m->ranges[middle].end <= at)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void *wt_codemap_find(uintptr_t pc) {
    atomic_fetch_add(&codemap.readers, 1);
    const CodeMap *m = atomic_load(&codemap.map);
    size_t i = range_behind(m, pc);
    bool in = m && i < m->count && m->ranges[i].start <= pc;
    void *owner = in ? atomic_load(&m->ranges[i].owner) : NULL;
    atomic_fetch_sub(&codemap.readers, 1);
    return owner;
}

/* ---- changes ---- */

static CodeMap *begin_change(void) {
    while (atomic_flag_test_and_set(&codemap.writing))
        wt_os_sleep(1000);
    return atomic_load(&codemap.map);
}

static void free_maps(CodeMap *m) {
    while (m) {
        CodeMap *older = m->older;
        if (!codemap.spare && m->size == wt_os_page_size())
            codemap.spare = m;
        else
            wt_os_mem_release(m, m->size);
        m = older;
    }
}

static CodeMap *take_map(size_t size) {
    CodeMap *spare = codemap.spare;
    if (!spare || size != spare->size)
        return wt_os_mem_grow(NULL, 0, size);
    codemap.spare = NULL;
    return spare;
}

static void end_change(CodeMap *before, CodeMap *after) {
    if (before != after) {
        atomic_store(&codemap.map, after);
        if (before) {
            before->older = codemap.old;
            codemap.old = before;
        }
        if (atomic_load(&codemap.readers) == 0) {
            free_maps(codemap.old);
            codemap.old = NULL;
        }
    }
    atomic_flag_clear(&codemap.writing);
}

static void put_range(CodeRange *r, uintptr_t start, uintptr_t end, void *owner) {
    r->start = start;
    r->end = end;
    atomic_init(&r->owner, owner);
}

/* The ranges that have an owner, but for `without`, and with one more. Not by an allocator: each of
   those is somebody's, and this is nobody's. NULL: no memory. */
static CodeMap *copy_map(const CodeMap *m, const CodeRange *without, const CodeRange *with) {
    size_t page = wt_os_page_size(), n = 0, count = m ? m->count : 0;
    size_t size = (sizeof(CodeMap) + (count + 1) * sizeof(CodeRange) + page - 1) & ~(page - 1);
    CodeMap *copy = take_map(size);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const CodeRange *r = &m->ranges[i];
        void *owner = atomic_load_explicit(&r->owner, memory_order_relaxed);
        if (with && with->start < r->start) {
            put_range(&copy->ranges[n++], with->start, with->end, with->owner);
            with = NULL;
        }
        if (owner && r != without)
            put_range(&copy->ranges[n++], r->start, r->end, owner);
    }
    if (with)
        put_range(&copy->ranges[n++], with->start, with->end, with->owner);
    copy->count = n;
    copy->size = size;
    copy->older = NULL;
    return copy;
}

static bool is_taken(const CodeMap *m, uintptr_t start, uintptr_t end) {
    for (size_t i = range_behind(m, start); m && i < m->count && m->ranges[i].start < end; i++)
        if (atomic_load_explicit(&m->ranges[i].owner, memory_order_relaxed))
            return true;
    return false;
}

bool wt_codemap_add(const void *start, const void *end, void *owner) {
    const CodeRange added = {(uintptr_t)start, (uintptr_t)end, owner};
    if (added.start >= added.end || !owner)
        return false;
    CodeMap *before = begin_change();
    CodeMap *after =
        is_taken(before, added.start, added.end) ? NULL : copy_map(before, NULL, &added);
    end_change(before, after ? after : before);
    return after != NULL;
}

void wt_codemap_remove(const void *start) {
    CodeMap *before = begin_change(), *after = before;
    size_t i = range_behind(before, (uintptr_t)start);
    if (before && i < before->count && before->ranges[i].start == (uintptr_t)start) {
        /* Without memory for the copy the range stays, as nobody's. */
        atomic_store(&before->ranges[i].owner, NULL);
        after = copy_map(before, &before->ranges[i], NULL);
        if (!after)
            after = before;
    }
    if (after && after->count == 0) {
        free_maps(after == before ? NULL : after);
        after = NULL;
    }
    end_change(before, after);
}
