/* Machine code told to other programs: --perf-map and --jitdump for perf, --gdb for gdb. */
#ifndef WATTLE_CLI_CODEFILES_H
#define WATTLE_CLI_CODEFILES_H

#include "cli/cli.h"

#include <stdatomic.h>

typedef struct CodeFiles {
    const Options *o;
    FILE *map, *dump;
    wattle_gdb *gdb;
    atomic_uint_fast64_t number; /* of the next function in the dump */
    atomic_bool head;            /* of the dump is written, or about to be */
    atomic_bool failed;
    atomic_bool told; /* there was code */
} CodeFiles;

/* Before the store has modules; *c is zero. false: it has said what is wrong. */
bool cli_codefiles_start(CodeFiles *c, const Options *o, wattle_engine *engine,
                         wattle_store *store);
/* The store is gone; also when it did not start. false: something could not be written. */
bool cli_codefiles_end(CodeFiles *c);

#endif
