/* A program that runs: what run.c and debug.c share. */
#ifndef WATTLE_WEB_RUN_H
#define WATTLE_WEB_RUN_H

#include "web/web.h"

typedef struct WebRun {
    const WebInput *in;
    WebBytes *out;
    wattle_engine *engine;
    wattle_module *module;
    wattle_store *store;
    wattle_linker *linker;
    wattle_memfs *memfs;
    wattle_instance instance;
    const char *message;    /* of a usage error */
    struct WebDebug *debug; /* whose store it is, or NULL */
    bool timed_out;
    uint64_t deadline; /* ns; 0: none */
    WebBytes values;   /* results of the function, as JSON */
} WebRun;

/* The program cannot be run so: WATTLE_USAGE. */
wattle_status web_run_usage(WebRun *run, const char *message);
/* The store and the linker by the options, then the program's world. */
wattle_status web_run_store(WebRun *run);
wattle_status web_run_world(WebRun *run);
/* The options' values as the function takes them; false: they do not fit. */
bool web_run_values(const WebRun *run, wattle_type type, wattle_value *values, size_t count);
/* The functions that make up the run, one after the other; `invoked`: the one that the options
   name. */
typedef wattle_status WebRunCall(WebRun *run, bool invoked, wattle_func f);
wattle_status web_run_program(WebRun *run, WebRunCall *call);
/* Its results, and why it stopped, as JSON. */
void web_run_put_values(WebRun *run, const wattle_value *values, size_t count);
void web_run_put_trap(WebRun *run, WebBytes *out);

#endif
