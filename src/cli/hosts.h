/* Which host a module was built for, guessed by the names of its imports. */
#ifndef WATTLE_CLI_HOSTS_H
#define WATTLE_CLI_HOSTS_H

#include "cli/cli.h"

typedef enum HostKind { HOST_JS, HOST_NONE } HostKind;
typedef struct HostRow {
    const char *module, *name; /* patterns */
    HostKind kind;
    const char *host, *advice;
} HostRow;

/* The first row that fits an import; never NULL. */
const HostRow *cli_host_of(const wattle_import *import);
/* Behind "unknown import": whom the module was built for, and what to do. */
void cli_say_host(const Options *o, const wattle_module *module, wattle_linker *linker,
                  wattle_store *store);

/* The oldest node that runs the file's module, "22.0"; at least 20; features that
   no node has do not count. */
const char *cli_node_since(wattle_file *in, const char *path, uint64_t features);

#endif
