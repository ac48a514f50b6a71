/* A linker: names to Externs. Host functions are defined here before modules are instantiated, and
   instances can be registered under a module name. */
#ifndef WATTLE_RUN_LINK_H
#define WATTLE_RUN_LINK_H

#include "run/instance.h"

typedef struct Linker {
    Store *store;
    Map names; /* module, 0xFF, name -> index in externs */
    Extern *externs;
    size_t count, cap;
    Arena arena;
    bool failed; /* out of memory; sticky */
} Linker;

/* The key of a name in such a map; data NULL: out of memory. */
Slice wt_link_key(Arena *a, Slice module, Slice name);

void wt_link_init(Linker *l, Store *s);
void wt_link_free(Linker *l);

/* Defines or replaces a name. */
void wt_link_define(Linker *l, Slice module, Slice name, Extern item);
/* A host function. The signature by letters: parameters, ':', results; i i32, l i64, f f32, d f64,
   v v128, F funcref, E externref: "iiii:i". fn must outlive the store. */
void wt_link_function(Linker *l, const char *module, const char *name, const char *signature,
                      HostFn fn, void *user);
/* All exports of an instance under a module name. */
void wt_link_instance(Linker *l, Slice module, Instance *in);
/* By a key (wt_link_key); and by its parts, when there is memory for the key. */
bool wt_link_get(const Linker *l, Slice key, Extern *out);
bool wt_link_find(const Linker *l, Slice module, Slice name, Extern *out);
/* An ImportResolver; user is the Linker. */
bool wt_link_resolve(void *linker, const Import *import, Extern *out);

#endif
