/* What `run` tells about a program beside its output: --stats, --profile, --trace; and the signals
   that end it. */
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
    wattle_output *_Atomic profile_file; /* who takes it closes it */
    wattle_signals *signals;
    wattle_timer *last;  /* the time to react to a signal */
    atomic_int signal;   /* that asked for the end; 0: none */
    uint64_t signalled;  /* when */
    atomic_bool ending;  /* the program has reacted, or come to its end */
    uint64_t trace_most; /* lines of a trace */
    _Atomic uint64_t trace_lines;
} Observer;

/* Reads the options into *b, of which `began` is set and the rest zero, and *config; false: it has
   said what is wrong. */
bool cli_observe_read(Observer *b, const Options *o, wattle_engine *engine,
                      wattle_store_config *config);
/* Whether calls of WASI are to be traced; their lines go to cli_observe_line, with the observer. */
bool cli_observe_wasi(const Observer *b);
bool cli_observe_line(void *observer, const void *line, size_t len);
/* Opens what is written at the end: a program that runs already could put a link in its place.
   false: it has said why not. */
bool cli_observe_open(Observer *b);
/* Nothing of it is left, if the end did not come. */
void cli_observe_drop(Observer *b);
/* Before the instantiation, and before the bounds are started: those have threads. */
void cli_observe_start(Observer *b, const Bounds *bounds, wattle_store *store);
/* The store is still there. Does not come back when a signal ended the program. false: something
   could not be written. */
bool cli_observe_end(Observer *b);

#endif
