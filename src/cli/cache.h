/* The cache of machine code, as the environment wants it. */
#ifndef WATTLE_CLI_CACHE_H
#define WATTLE_CLI_CACHE_H

#include "cli/cli.h"

/* Programs below this many bytes are compiled faster than they are looked for. */
enum { CACHE_least = 1 << 15 };

/* NULL: it is switched off, or cannot be used; then *why says so, NULL when it is off. */
wattle_cache *cli_cache_open(const Options *o, wattle_engine *engine, const char **why);

#endif
