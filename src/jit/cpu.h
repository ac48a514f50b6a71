/* What a machine calls the extensions of its processors, and lists of these. */
#ifndef WATTLE_JIT_CPU_H
#define WATTLE_JIT_CPU_H

#include "base/buf.h"

typedef struct CpuNames {
    const char *least;             /* what every processor has that code is made for */
    const char *const *extensions; /* at most 64: bit i of a set is extension i */
    unsigned count;
} CpuNames;

/* A list as in wattle_cpu_parse. false: *bad is a word that is no name. */
bool wt_cpu_parse(const CpuNames *names, Slice list, uint64_t *without, Slice *bad);

#endif
