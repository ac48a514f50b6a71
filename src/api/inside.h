/* The inside of the public types, for the files of this room.

   Handles are checked here: each store has a number that is its own within the engine, and a list
   of objects for each kind; a handle is the store's number and a place in the list, counted from 1.
 */
#ifndef WATTLE_API_INSIDE_H
#define WATTLE_API_INSIDE_H

#include "run/link.h"
#include "run/pool.h"
#include "text/parse.h"
#include "wasi/wasi.h"
#include "wattle.h"

#include <stdatomic.h>

struct wattle_engine {
    Allocator allocator;
    ReadOptions options;
    unsigned threads;
    const Tier *tier, *fallback; /* where the system does not allow it: NULL: fails */
    bool no_reserve, no_signals;
    uint64_t cpu_without;
    atomic_size_t owners; /* the embedder, and every module, store, linker, world and report */
    atomic_uint stores;   /* numbers given so far */
    MemPool *pool;        /* of all its stores, or NULL */
};
wattle_engine *wt_api_engine_retain(wattle_engine *e);

struct wattle_module {
    wattle_engine *engine;
    const char *name; /* for messages; in the module's arena */
    Module module;
    atomic_size_t owners; /* the embedder, stores, reports */
    bool checked;         /* validated: may be run */
    uint8_t *copy;        /* of the bytes, or NULL */
    size_t copy_size;
};

/* A module of bytes that are lent, or of a copy: nothing is read of it yet. *bytes become the copy.
   NULL: out of memory. */
wattle_module *wt_api_module_new(wattle_engine *engine, Slice *bytes, const char *name, bool copy);
/* wattle_module_read_native; mapped: the bytes are pages of a file; same: as in wt_cwat_open. */
wattle_status wt_api_read_native(wattle_engine *engine, Slice bytes, bool mapped, Slice same,
                                 const char *name, wattle_module **module, const char **why);
/* wattle_module_read of a file's bytes, which may be given back in between; `from` may be NULL. */
wattle_status wt_api_module_read(wattle_engine *engine, Slice source, const TextSource *from,
                                 const char *name, unsigned flags, wattle_module **module,
                                 wattle_report **report);

struct wattle_shared_memory {
    wattle_engine *engine;
    SharedMem *inner;     /* which stores own by themselves */
    atomic_size_t owners; /* the embedder and the linkers */
};

/* A host function as it was defined. Owned by a store or a linker, whose list it stands in. */
typedef struct HostFunc {
    wattle_host_fn fn;        /* or */
    wattle_host_fast_fn fast; /* the fast form */
    void *user;
    void (*finalize)(void *user);
    ValType *types; /* parameters, then results; with ids of the store, none in a linker's */
    uint8_t *kinds; /* wattle_kind of each */
    uint32_t param_count, result_count;
    struct HostFunc *next;
} HostFunc;

/* A root: what a wattle_ref means. Slots are linked into the list of their scope. */
typedef struct Root {
    Value value;
    uint64_t serial; /* of the reference that may use the slot; 0: free */
    uint32_t prev, next;
    uint32_t scope;
    uint8_t kind; /* wattle_kind */
} Root;

typedef struct WasiThread WasiThread;
typedef struct WasiThreads WasiThreads;

/* The world of a program. */
struct wattle_wasi {
    wattle_engine *engine;
    Wasi *inner;
    atomic_size_t owners; /* the embedder or the first store, and the stores of threads */
    uint32_t max_threads; /* at a time, beside the first; 0: none, thread-spawn is not there */
    _Atomic(WasiThreads *) threads; /* since something of them was imported */
};

typedef enum HandleKind {
    HANDLE_func,
    HANDLE_table,
    HANDLE_memory,
    HANDLE_global,
    HANDLE_tag,
    HANDLE_instance,
    HANDLE_kinds
} HandleKind;

/* From an object's address to its place in the list. */
typedef struct PlaceEntry {
    const void *object;
    uint32_t place;
} PlaceEntry;

/* A module that the store runs. */
typedef struct LoadedModule {
    wattle_module *module;
    Code *code;
} LoadedModule;

typedef struct ExternBox ExternBox;

/* Who is told the instructions; trace.c. Through pointers, so that a program that traces nothing
   has no disassembler in it. */
typedef struct ApiTrace {
    wattle_write write;
    void *user;
    bool (*copy)(wattle_store *to, const wattle_store *from); /* for a thread; false: no memory */
    void (*free)(wattle_store *s);
    Buf line;
    struct TracedModule *modules;
} ApiTrace;

/* Who is told of machine code; codes.c. Through pointers, likewise. */
typedef struct ApiWatch {
    bool (*copy)(wattle_store *to, const wattle_store *from);
    void (*free)(wattle_store *s);
} ApiWatch;

struct wattle_store {
    wattle_engine *engine;
    Allocator allocator;
    Store *run;
    uint32_t id;
    bool dying; /* to be freed when the outermost call returns */
    void *data;
    wattle_wasi *wasi;
    Linker wasi_linker; /* the functions of wasi that were imported */
    WasiThread *thread; /* whose store it is; NULL: not that of a thread */

    StoreList lists[HANDLE_kinds];
    PlaceEntry *places; /* open addressing */
    uint32_t place_count, place_cap;

    Root *roots; /* [0] is never used */
    size_t root_count, root_cap;
    uint32_t root_free;
    uint64_t serial;
    uint32_t *scopes; /* the first root of each; [0] is outside all */
    size_t scope_count, scope_cap;
    ExternBox *gone; /* externrefs of the host to be finalized */

    LoadedModule *loaded;
    size_t loaded_count, loaded_cap;
    StoreList linkers; /* whose functions it may call */
    HostFunc *hosts;

    wattle_sample_fn sample; /* NULL: nobody samples */
    void *sample_user;
    bool sampling;    /* the frames of a sample are being told */
    bool counts_only; /* fuel without end: threads get as much, and what they use is counted */
    ApiTrace *trace;  /* NULL: nobody */
    ApiWatch *watch;  /* NULL: nobody */

    Buf message;    /* of the last failure, with a NUL */
    bool trap_told; /* the message is the trap's and not written yet */
};

/* wattle_write takes void pointers, WriteFn bytes: one small adapter. */
typedef struct ApiTarget {
    wattle_write write;
    void *user;
} ApiTarget;
bool wt_api_write_target(void *user, const uint8_t *data, size_t len);

/* compile.c: a line of a disassembly, without its end. */
void wt_api_put_code_line(Buf *out, uint32_t at, const uint8_t *code, size_t len, Slice text);
/* What stands behind the instructions of a function, 16 bytes a line. */
void wt_api_put_constants(Buf *out, uint32_t at, const uint8_t *code, size_t len);

/* ---- failures ---- */

/* Sets the message; returns status. */
wattle_status wt_api_fail(wattle_store *s, wattle_status status, const char *format, ...)
    WT_PRINTF(3, 4);
/* The status of a call into run/ that left a trap. */
wattle_status wt_api_trapped(wattle_store *s);
/* Before and after everything that may run wasm. leave: the status, unless the store dies. */
WT_INLINE void wt_api_enter(wattle_store *s) {
    if (WT_UNLIKELY(s->run->trap.code != TRAP_none))
        wt_trap_clear(s->run);
    s->trap_told = false;
    s->message.len = 0;
}
wattle_status wt_api_leave_late(wattle_store *s, wattle_status status);
WT_INLINE wattle_status wt_api_leave(wattle_store *s, wattle_status status) {
    return WT_UNLIKELY(s->gone || s->dying) ? wt_api_leave_late(s, status) : status;
}

/* ---- handles ---- */

/* The object's place, added when it is new; 0: out of memory. */
uint32_t wt_api_place(wattle_store *s, HandleKind kind, const void *key, void *object);
/* A place that was given to a key before, or 0. */
uint32_t wt_api_place_find(const wattle_store *s, const void *key);
bool wt_api_place_add(wattle_store *s, const void *key, uint32_t place);
WT_INLINE void *api_object(const wattle_store *s, HandleKind kind, uint32_t store, uint32_t index) {
    return s && store == s->id && index - 1 < s->lists[kind].count ? s->lists[kind].items[index - 1]
                                                                   : NULL;
}
#define API_FUNC(s, h) ((FuncInst *)api_object((s), HANDLE_func, (h).store, (h).index))
#define API_TABLE(s, h) ((TableInst *)api_object((s), HANDLE_table, (h).store, (h).index))
#define API_MEMORY(s, h) ((MemInst *)api_object((s), HANDLE_memory, (h).store, (h).index))
#define API_GLOBAL(s, h) ((GlobalRef *)api_object((s), HANDLE_global, (h).store, (h).index))
#define API_TAG(s, h) ((TagInst *)api_object((s), HANDLE_tag, (h).store, (h).index))
#define API_INSTANCE(s, h) ((Instance *)api_object((s), HANDLE_instance, (h).store, (h).index))

/* false: out of memory. */
bool wt_api_extern_out(wattle_store *s, const Extern *e, wattle_extern *out);
/* false: a handle of another store, or none. */
bool wt_api_extern_in(const wattle_store *s, const wattle_extern *e, Extern *out);

/* ---- types ---- */

wattle_valtype wt_api_valtype_out(const Module *m, ValType t);
/* false: it makes no sense (m NULL: or names an index). */
bool wt_api_valtype_in(const Module *m, wattle_valtype t, ValType *out);
/* The hierarchy of a type with ids. */
wattle_kind wt_api_kind(const Module *m, ValType t);
/* A type by a letter of a signature; false: none. */
bool wt_api_letter(char letter, ValType *type);

/* ---- values ---- */

/* From one or two Values; false: out of memory. */
bool wt_api_value_out(wattle_store *s, wattle_kind kind, const Value *at, wattle_value *out);
/* WATTLE_USAGE with a message that begins with `what` and a number. */
wattle_status wt_api_value_in(wattle_store *s, ValType type, const wattle_value *v, Value *at,
                              const char *what, size_t number);
/* A reference to an exception; false: it is none. */
bool wt_api_exception_in(wattle_store *s, wattle_ref ref, Value *exn);
/* The store's collector learns of the roots; they are freed after the store's objects. */
void wt_api_roots_init(wattle_store *s);
void wt_api_roots_free(wattle_store *s);
/* Calls the finalizers of externrefs that a collection found gone. */
void wt_api_finalize_boxes(wattle_store *s);

/* ---- host functions ---- */

/* The description of a function, from `allocator`; NULL: *status says why. finalize has run then.
   fast: the signature, else type. m: whose indices the type may name, or NULL. */
HostFunc *wt_api_host_new(const Allocator *al, const Module *m, const wattle_functype *type,
                          const char *signature, void *user, void (*finalize)(void *user),
                          wattle_status *status);
/* What a fast function of the host ended with (StoreEmbedder.ended). */
bool wt_api_host_ended(void *store, int status);
void wt_api_hosts_free(const Allocator *al, HostFunc *list);
/* The function in a store; NULL: out of memory. */
FuncInst *wt_api_host_bind(wattle_store *s, HostFunc *h);

/* ---- threads of programs ---- */

/* Whether the store's program may start any. */
bool wt_api_threads_there(const wattle_store *s);
/* What a module may import for them. NULL: out of memory. */
FuncInst *wt_api_threads_spawn(wattle_store *s, const wattle_module *module, wattle_linker *linker);
MemInst *wt_api_threads_memory(wattle_store *s, const Module *m, const Import *import);
/* The store whose thread this is, or itself. */
wattle_store *wt_api_threads_first(wattle_store *s);
/* Fuel that came back from threads that have ended (below zero, around 2^64, when it is counted
   only); and forgets it. */
uint64_t wt_api_threads_fuel(const wattle_store *s);
void wt_api_threads_forget_fuel(wattle_store *s);
/* Asks the threads for samples. Samples of all of them are told one after the other. */
void wt_api_threads_sample(wattle_store *s);
void wt_api_threads_sample_begin(wattle_store *s);
void wt_api_threads_sample_end(wattle_store *s);
/* store.c: the sampler of one store for that of a thread. */
void wt_api_copy_sampler(wattle_store *to, const wattle_store *from);
/* A call of the first store has failed: that ends the threads, or one of them was the reason. */
void wt_api_threads_settle(wattle_store *s);
/* Ends and joins those of a store that goes. */
void wt_api_threads_end(wattle_store *s);

/* ---- the rest ---- */

/* NULL: out of memory. */
/* config may be NULL. */
StoreLimits wt_api_store_limits(const wattle_engine *engine, const wattle_store_config *config);
wattle_store *wt_api_store_new(wattle_engine *engine, const StoreLimits *limits);

void wt_api_linker_release(wattle_linker *l);
WT_INLINE wattle_string string_of(Slice s) { return (wattle_string){(const char *)s.data, s.len}; }
WT_INLINE const Module *store_types(const wattle_store *s) { return &s->run->types.view; }

#endif
