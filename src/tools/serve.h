/* A small server of files over HTTP/1.1, for development on this machine: GET and HEAD of what lies
   below one folder, which no path leaves (base/osfs.h), with the types that WebAssembly needs. One
   thread; a connection is one request. Who asks by another name than this machine's own is refused,
   so that no page of the net can read the files by a name that it lets point here. */
#ifndef WATTLE_TOOLS_SERVE_H
#define WATTLE_TOOLS_SERVE_H

#include "base/buf.h"
#include "base/osfs.h"

typedef struct Serve {
    const char *folder;
    const char *address; /* "localhost:8080" */
    bool isolate;        /* pages may share memory between threads (COOP, COEP) */
    bool live;           /* pages load anew when a file changes */
    /* Called when it listens, for each answer, and now and then: true ends it. Any may be NULL. */
    void (*ready)(void *user);
    void (*log)(void *user, const char *method, const char *path, unsigned status, uint64_t size);
    bool (*stop)(void *user);
    void *user;
} Serve;

/* Serves until `stop` says so. OS_OK, or what kept it from starting; *what is "folder" or "address"
   then, *fault as in wt_ossock_listen. */
OsError wt_serve(const Serve *serve, const Allocator *al, const char **what, const char **fault);
/* The type of a file by its ending: "application/wasm". */
const char *wt_serve_type(const char *path);

#endif
