/* --profile: where a program spends its time, by samples of its stack. */
#ifndef WATTLE_CLI_PROFILE_H
#define WATTLE_CLI_PROFILE_H

#include "cli/cli.h"

typedef struct Profile Profile;

/* Samples the store, which is interruptible, from now on. NULL: out of memory, or no threads. */
Profile *cli_profile_start(wattle_engine *engine, wattle_store *store);
/* No more samples. */
void cli_profile_stop(Profile *p);
/* A table of the functions on the standard error; and in the file of --profile, which is closed and
   may be NULL, a picture (.svg) or the folded stacks. false: it could not be written, and that has
   been said. */
bool cli_profile_tell(Profile *p, const Options *o, wattle_output *file);
void cli_profile_free(Profile *p);

#endif
