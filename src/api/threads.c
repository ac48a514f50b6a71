/* wasi-threads: a program that imports `wasi.thread-spawn` starts threads.

   Each is a store of its own with an instance of the same module, linked by the same linker; they
   share the world and the shared memories. The group of them belongs to the world. Whoever traps or
   exits first ends all: the others are interrupted, and the call of the first store, if it is
   interrupted by that, ends with the trap or the exit of the thread. Threads are joined when a new
   one is started and when the first store is freed.

   The lock guards the list and what is in it but the stores, which belong to their threads; a
   thread marks itself done before it frees its store, so nobody interrupts a store that is gone. */
#include "api/inside.h"

#include "base/os.h"
#include "run/memory.h"
#include "run/quota.h"

enum {
    THREAD_stack = 8 << 20,
    TID_last = (1 << 29) - 1,
    THREAD_again = -6 /* minus errno `again` */
};

struct WasiThread {
    WasiThread *next;
    OsThread thread;
    WasiThreads *group;
    wattle_store *store;
    const wattle_module *module; /* kept, like the linker, by the first store */
    wattle_linker *linker;
    uint32_t tid, arg;
    bool done;
};

/* A memory that the world made for an import. */
typedef struct WorldMemory {
    struct WorldMemory *next;
    const Import *import;
    SharedMem *shared;
} WorldMemory;

struct WasiThreads {
    Allocator allocator;
    wattle_wasi *wasi;
    wattle_store *first; /* whose threads they are */
    OsMutex lock;
    WasiThread *list;
    uint32_t count; /* not done */
    uint32_t last_tid;
    bool ended;
    WasiThread *culprit; /* who ended all; NULL: the first store */
    uint64_t fuel_back;  /* see wt_api_threads_fuel */
    WorldMemory *memories;
    OsMutex sample_lock; /* held while one store tells a sample */
};

/* What a thread-spawn function knows. */
typedef struct Spawner {
    WasiThreads *group;
    const wattle_module *module;
    wattle_linker *linker;
} Spawner;

/* ---- the group ---- */

static WasiThreads *group_of(const wattle_store *s) {
    return s->wasi ? atomic_load(&s->wasi->threads) : NULL;
}

static WasiThreads *threads_of(wattle_store *s) {
    wattle_wasi *wasi = s->wasi;
    WasiThreads *g = group_of(s);
    if (g)
        return g;
    g = allocator_get(&s->allocator, sizeof *g);
    if (!g)
        return NULL;
    *g = (WasiThreads){.allocator = s->allocator, .wasi = wasi, .first = s};
    if (wt_os_mutex_init(&g->lock) == OS_OK) {
        if (wt_os_mutex_init(&g->sample_lock) == OS_OK) {
            atomic_store(&wasi->threads, g);
            return g;
        }
        wt_os_mutex_destroy(&g->lock);
    }
    allocator_free(&s->allocator, g, sizeof *g);
    return NULL;
}

/* Under the lock. */
static void end_all_threads(WasiThreads *g, WasiThread *culprit) {
    g->ended = true;
    g->culprit = culprit;
    for (WasiThread *t = g->list; t; t = t->next)
        if (!t->done && t != culprit)
            wt_store_interrupt(t->store->run);
    if (culprit)
        wt_store_interrupt(g->first->run);
}

static void free_wasi_thread(WasiThreads *g, WasiThread *t) {
    wattle_store_free(t->store);
    allocator_free(&g->allocator, t, sizeof *t);
}

/* Takes one that is done (or `any`) out of the list. */
static WasiThread *take_thread(WasiThreads *g, bool any) {
    wt_os_mutex_lock(&g->lock);
    WasiThread **link = &g->list;
    while (*link && !any && (!(*link)->done || *link == g->culprit))
        link = &(*link)->next;
    WasiThread *t = *link;
    if (t)
        *link = t->next;
    wt_os_mutex_unlock(&g->lock);
    return t;
}

static void join_threads(WasiThreads *g, bool all) {
    for (WasiThread *t = take_thread(g, all); t; t = take_thread(g, all)) {
        wt_os_thread_join(&t->thread);
        free_wasi_thread(g, t);
    }
}

void wattle_store_end_threads(wattle_store *store) {
    WasiThreads *g = group_of(store);
    if (!g || store->thread)
        return;
    wt_os_mutex_lock(&g->lock);
    if (!g->ended)
        end_all_threads(g, NULL);
    wt_os_mutex_unlock(&g->lock);
    join_threads(g, true);
    /* The frames of a thread's trap went with its store. */
    if (g->culprit)
        store->run->trap.depth = store->run->trap.frame_count = 0;
    g->culprit = NULL;
}

void wt_api_threads_end(wattle_store *s) {
    WasiThreads *g = group_of(s);
    if (!g || s->thread)
        return;
    wattle_store_end_threads(s);
    for (WorldMemory *next, *m = g->memories; m; m = next) {
        next = m->next;
        wt_shared_release(m->shared);
        allocator_free(&g->allocator, m, sizeof *m);
    }
    atomic_store(&s->wasi->threads, NULL);
    wt_os_mutex_destroy(&g->lock);
    wt_os_mutex_destroy(&g->sample_lock);
    Allocator al = g->allocator;
    allocator_free(&al, g, sizeof *g);
}

/* The trap of a thread becomes that of the first store. Its frames stay what they are: the thread's
   store is kept. Its exception does not leave its store, only the words for it do. */
static void take_trap(wattle_store *s, const wattle_store *from) {
    s->run->trap = from->run->trap;
    if (from->run->trap.code != TRAP_exception)
        return;
    Buf b;
    wt_buf_init(&b, &s->allocator);
    wt_trap_message(from->run, &b);
    s->run->trap.code = TRAP_host;
    size_t len = b.failed ? 0 : WT_MIN(b.len, sizeof s->run->trap.detail - 1);
    if (len)
        memcpy(s->run->trap.detail, b.data, len);
    s->run->trap.detail[len] = 0;
    wt_buf_free(&b);
}

void wt_api_threads_settle(wattle_store *s) {
    WasiThreads *g = group_of(s);
    wt_os_mutex_lock(&g->lock);
    if (!g->ended)
        end_all_threads(g, NULL);
    else if (g->culprit && s->run->trap.code == TRAP_interrupt)
        take_trap(s, g->culprit->store);
    wt_os_mutex_unlock(&g->lock);
}

/* ---- fuel and samples of all ---- */

wattle_store *wt_api_threads_first(wattle_store *s) {
    return s->thread ? s->thread->group->first : s;
}

uint64_t wt_api_threads_fuel(const wattle_store *s) {
    WasiThreads *g = s->thread ? NULL : group_of(s);
    if (!g)
        return 0;
    wt_os_mutex_lock(&g->lock);
    uint64_t back = g->fuel_back;
    wt_os_mutex_unlock(&g->lock);
    return back;
}

void wt_api_threads_forget_fuel(wattle_store *s) {
    WasiThreads *g = s->thread ? NULL : group_of(s);
    if (!g)
        return;
    wt_os_mutex_lock(&g->lock);
    g->fuel_back = 0;
    wt_os_mutex_unlock(&g->lock);
}

void wt_api_threads_sample(wattle_store *s) {
    WasiThreads *g = s->thread ? NULL : group_of(s);
    if (!g)
        return;
    wt_os_mutex_lock(&g->lock);
    for (WasiThread *t = g->list; t; t = t->next)
        if (!t->done)
            wt_store_sample(t->store->run);
    wt_os_mutex_unlock(&g->lock);
}

void wt_api_threads_sample_begin(wattle_store *s) {
    WasiThreads *g = group_of(s);
    if (g)
        wt_os_mutex_lock(&g->sample_lock);
}

void wt_api_threads_sample_end(wattle_store *s) {
    WasiThreads *g = group_of(s);
    if (g)
        wt_os_mutex_unlock(&g->sample_lock);
}

/* ---- a thread ---- */

static wattle_status call_thread_start(WasiThread *t) {
    wattle_instance in;
    wattle_func f;
    wattle_slot slots[2] = {{.i32 = (int32_t)t->tid}, {.i32 = (int32_t)t->arg}};
    wattle_status status = wattle_instance_new(t->store, t->module, t->linker, &in);
    if (status != WATTLE_OK)
        return status;
    return wattle_instance_func(t->store, in, "wasi_thread_start", &f)
               ? wattle_func_call_fast(t->store, f, slots, 2)
               : WATTLE_OUT_OF_MEMORY;
}

static void run_wasi_thread(void *user) {
    WasiThread *t = user;
    WasiThreads *g = t->group;
    wattle_store *store = t->store;
    wattle_status status = call_thread_start(t);
    if (status != WATTLE_OK && store->run->trap.code == TRAP_none)
        wt_trap_host(store->run, status == WATTLE_LINK ? wattle_store_message(store)
                                                       : "no memory for a thread");
    wt_os_mutex_lock(&g->lock);
    if (status != WATTLE_OK && !g->ended)
        end_all_threads(g, t);
    g->fuel_back += store->run->fuel - (store->counts_only ? UINT64_MAX : 0);
    bool keep = g->culprit == t;
    if (!keep)
        t->store = NULL;
    t->done = true;
    g->count--;
    wt_os_mutex_unlock(&g->lock);
    if (!keep)
        wattle_store_free(store);
}

/* NULL: out of memory. Half of the fuel of the one who starts it goes with it, unless that is only
   counted. */
static WasiThread *new_wasi_thread(const Spawner *sp, Store *parent, uint32_t arg) {
    WasiThreads *g = sp->group;
    const wattle_store *from = parent->owner;
    WasiThread *t = allocator_get(&g->allocator, sizeof *t);
    wattle_store *store = t ? wt_api_store_new(g->wasi->engine, &parent->limits) : NULL;
    if (!store) {
        allocator_free(&g->allocator, t, sizeof *t);
        return NULL;
    }
    *t = (WasiThread){
        .group = g, .store = store, .module = sp->module, .linker = sp->linker, .arg = arg};
    atomic_fetch_add(&g->wasi->owners, 1);
    store->wasi = g->wasi;
    store->thread = t;
    if ((from->trace && !from->trace->copy(store, from)) ||
        (from->watch && !from->watch->copy(store, from))) {
        free_wasi_thread(g, t);
        return NULL;
    }
    wt_api_copy_sampler(store, from);
    store->counts_only = from->counts_only;
    store->run->fuel = from->counts_only ? UINT64_MAX : parent->fuel / 2;
    if (!from->counts_only)
        parent->fuel -= store->run->fuel;
    return t;
}

/* Under the lock. */
static uint32_t free_tid(WasiThreads *g) {
    for (bool used = true; used;) {
        g->last_tid = g->last_tid == TID_last ? 1 : g->last_tid + 1;
        used = false;
        for (const WasiThread *t = g->list; t; t = t->next)
            used |= t->tid == g->last_tid;
    }
    return g->last_tid;
}

/* Under the lock: 0 or an error. */
static bool start_wasi_thread(WasiThreads *g, WasiThread *t) {
    if (g->ended || g->count >= g->wasi->max_threads)
        return false;
    t->tid = free_tid(g);
    if (wt_os_thread_start(&t->thread, THREAD_stack, run_wasi_thread, t) != OS_OK)
        return false;
    t->next = g->list;
    g->list = t;
    g->count++;
    return true;
}

static bool has_thread_start(const Module *m) {
    for (uint32_t i = 0; i < m->export_count; i++) {
        const Export *x = &m->exports[i];
        if (x->kind != EXTERN_func || !slice_is(x->name, "wasi_thread_start"))
            continue;
        const TypeDef *d = module_func_type(m, x->item);
        return d->param_count == 2 && d->result_count == 0 && d->params[0] == VAL_i32 &&
               d->params[1] == VAL_i32;
    }
    return false;
}

static bool spawn_thread(void *user, Caller *caller, const Value *args, Value *results) {
    const Spawner *sp = user;
    WasiThreads *g = sp->group;
    results[0] = value_i32((uint32_t)THREAD_again);
    if (!has_thread_start(&sp->module->module))
        return wt_trap_host(caller->store, "thread-spawn in a module that does not export "
                                           "wasi_thread_start with two i32");
    join_threads(g, false);
    WasiThread *t = wt_wasi_share(g->wasi->inner)
                        ? new_wasi_thread(sp, caller->store, value_to_i32(args[0]))
                        : NULL;
    if (!t)
        return true;
    wt_os_mutex_lock(&g->lock);
    bool started = start_wasi_thread(g, t);
    if (started)
        results[0] = value_i32(t->tid);
    wt_os_mutex_unlock(&g->lock);
    if (!started) {
        if (!t->store->counts_only)
            caller->store->fuel += t->store->run->fuel;
        free_wasi_thread(g, t);
    }
    return true;
}

/* ---- imports ---- */

bool wt_api_threads_there(const wattle_store *s) {
    return s->wasi && s->wasi->max_threads && wt_os_has_threads();
}

FuncInst *wt_api_threads_spawn(wattle_store *s, const wattle_module *module,
                               wattle_linker *linker) {
    const ValType i32 = VAL_i32;
    WasiThreads *g = threads_of(s);
    Spawner *sp = g ? ARENA_NEW(&s->run->arena, Spawner) : NULL;
    if (!sp)
        return NULL;
    *sp = (Spawner){g, module, linker};
    uint32_t id = wt_types_function(&s->run->types, &i32, 1, &i32, 1);
    return wt_store_function(s->run, id, spawn_thread, sp);
}

/* Under the lock. */
static SharedMem *world_memory(WasiThreads *g, const Store *s, const Import *import,
                               const Limits *limits) {
    for (WorldMemory *m = g->memories; m; m = m->next)
        if (m->import == import)
            return m->shared;
    WorldMemory *m = allocator_get(&g->allocator, sizeof *m);
    SharedMem *shared = m ? wt_shared_new(&g->allocator, limits, wt_quota_memory_most(s, 0)) : NULL;
    if (!shared) {
        allocator_free(&g->allocator, m, sizeof *m);
        return NULL;
    }
    *m = (WorldMemory){g->memories, import, shared};
    g->memories = m;
    return shared;
}

MemInst *wt_api_threads_memory(wattle_store *s, const Module *m, const Import *import) {
    WasiThreads *g = threads_of(s);
    if (!g)
        return NULL;
    wt_os_mutex_lock(&g->lock);
    SharedMem *shared = world_memory(g, s->run, import, &m->memories[import->item].limits);
    wt_os_mutex_unlock(&g->lock);
    return shared ? wt_memory_share(s->run, shared) : NULL;
}
