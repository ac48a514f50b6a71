/* What `run` tells about a program beside its output: --stats; and the signals that end it. */
#ifndef WATTLE_CLI_OBSERVE_H
#define WATTLE_CLI_OBSERVE_H

#include "cli/bounds.h"

#include <stdatomic.h>

typedef struct Observer {
    const Options *o;
    wattle_engine *engine;
    wattle_store *store;
    uint64_t fuel; /* at the start, when instructions are counted */
    uint64_t began, loaded;
    struct Profile *profile;
    wattle_signals *signals;
    wattle_timer *last; /* the time to react to a signal */
    atomic_int signal;  /* that asked for the end; 0: none */
} Observer;

/* Reads the options into *b, of which `began` is set and the rest zero, and *config; false: it has
   said what is wrong. */
bool cli_observe_read(Observer *b, const Options *o, wattle_engine *engine,
                      wattle_store_config *config);
/* Before the instantiation, and before the bounds are started: those have threads. */
void cli_observe_start(Observer *b, const Bounds *bounds, wattle_store *store);
/* The store is still there. Does not come back when a signal ended the program. false: something
   could not be written. */
bool cli_observe_end(Observer *b);

#endif
