/* Executables that carry a program: a copy of the command with a module and options behind it. */
#ifndef WATTLE_CLI_BUNDLE_H
#define WATTLE_CLI_BUNDLE_H

#include "cli/cli.h"

/* What stands at the end of such a file. */
typedef struct Bundle {
    wattle_engine *engine;
    wattle_file *file;
    wattle_string module;
    const char *words; /* with a NUL each: options, "--", words for the program */
    size_t word_count;
    size_t option_count; /* words before "--" */
} Bundle;

/* Whether the running executable is a bundle: cheap. */
bool cli_bundle_here(void);
/* Opens it; false: it is damaged, and that has been said. */
bool cli_bundle_open(Bundle *b, const Options *o);
void cli_bundle_close(Bundle *b);

#endif
