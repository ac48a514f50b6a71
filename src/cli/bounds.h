/* What `run` lets a program use. */
#ifndef WATTLE_CLI_BOUNDS_H
#define WATTLE_CLI_BOUNDS_H

#include "cli/cli.h"

typedef struct Bounds {
    const Options *o;
    wattle_store *store;
    uint64_t timeout; /* nanoseconds, with --timeout */
    uint64_t fuel;    /* with --fuel */
    uint32_t max_threads;
    uint64_t deadline;
    wattle_timer *timers[2];
} Bounds;

/* A whole number up to 2^64 - 1; with `size` K, M or G may follow. false: it is none. */
bool cli_bounds_amount(const char *text, bool size, uint64_t *n);
/* Reads the options into *b and *config; false: it has said what is wrong. */
bool cli_bounds_read(Bounds *b, const Options *o, wattle_store_config *config);
/* What the module needs of the store: threads are interrupted when a program ends. */
void cli_bounds_fit(const Bounds *b, const wattle_module *module, wattle_store_config *config);
/* Before the instantiation. */
bool cli_bounds_start(Bounds *b, wattle_engine *engine, wattle_store *store);
/* At the end, also when it did not start. true: the time was over. */
bool cli_bounds_stop(Bounds *b, wattle_status status);

#endif
