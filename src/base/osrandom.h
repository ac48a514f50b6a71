/* Random bytes as good as those of wt_os_random, cheaper in small pieces. */
#ifndef WATTLE_BASE_OSRANDOM_H
#define WATTLE_BASE_OSRANDOM_H

#include "base/os.h"

/* Used by one thread at a time. A copy of the process has bytes of its own. */
typedef struct OsRandom {
    uintptr_t fn;
    void *state; /* NULL: there is none, the system is asked each time */
    size_t state_size;
} OsRandom;

void wt_os_random_open(OsRandom *r);
void wt_os_random_close(OsRandom *r);
OsError wt_os_random_next(OsRandom *r, void *data, size_t size);

#endif
