/* The command: options as one struct, commands as functions. Sees wattle.h and nothing else of the
 * house. */
#ifndef WATTLE_CLI_CLI_H
#define WATTLE_CLI_CLI_H

#define WATTLE_UNSTABLE
#include "wattle.h"

#include <stdio.h>

/* Exit codes, documented in the README. A program that `run` runs gives its own; a trap is
   EXIT_TRAP, the end of --timeout EXIT_TIMEOUT. */
enum {
    EXIT_OK = 0,
    EXIT_BAD_INPUT = 1,
    EXIT_USAGE = 2,
    EXIT_IO = 3,
    EXIT_TIMEOUT = 124,
    EXIT_TRAP = 134
};

typedef struct TextList {
    const char **items;
    size_t count;
} TextList;

typedef struct Options {
    const char *command;  /* for messages: "wattle validate" or "wasm-validate" */
    bool well_known_name; /* called through a link such as wat2wasm */
    uint64_t features;
    const char *output, *diagnostics, *section, *invoke;
    const char *timeout, *fuel, *max_memory, *max_heap, *max_table, *max_threads, *max_stack;
    const char *image_name, *user, *cwd;
    const char *version, *clauses, *pack_targets, *glue; /* pack */
    bool json;
    const char *port; /* serve */
    bool isolate, no_live;
    TextList keep, remove, dirs, memfs, listens, envs, adds, args, annotations;
    unsigned long threads, indent;
    bool threads_given, features_given;
    bool help, no_check, debug_names, no_debug_names, fold, generate_names, inline_exports,
        inline_imports, offsets;
    bool skeleton, lossless, no_annotations, headers, details, disassemble, contents, relocations,
        all, debug_only;
    bool no_run, ignore_messages, round_trip, gc_stress, no_reserve, no_signals, inherit_env,
        deterministic, verbose, enable_all, ignored;
    const char *target; /* --for */
    const char *tier;
    const char *print; /* compile */
    const char *cpu;
    uint64_t cpu_without; /* what cpu says */
    const char *perf_map, *jitdump;
    bool gdb, eager, code_file, no_cache;
    TextList functions;
    const char *stats, *trace, *trace_limit, *profile;
    const char *runtime;              /* bundle: instead of the command itself */
    const char *folder, *interpreter; /* binfmt */
    TextList feature_lists;           /* as they were given to --features */
    wattle_string bundled;            /* run: the module, instead of the first file */
    const char **files;               /* what is left */
    size_t file_count;
} Options;

#define COMMAND(letter, ident, name, link, args, own, help) int cli_##ident(const Options *o);
#include "cli/commands.def"
#undef COMMAND

/* The tier and memories that the options ask for. */
void cli_tier(const Options *o, wattle_config *config);
/* An engine with the options' features and threads. */
wattle_engine *cli_engine(const Options *o);
/* Opens a file, or says why not (EXIT_IO then). */
wattle_file *cli_open(const Options *o, wattle_engine *engine, const char *path);
/* Writes a whole file, or one below a folder; false: it has said what is wrong. */
bool cli_write_file(const Options *o, wattle_engine *engine, const char *path, const void *data,
                    size_t size);
bool cli_write_below(const Options *o, wattle_engine *engine, const char *folder, const char *name,
                     const void *data, size_t size);
/* "wattle validate: message" on the standard error. */
void cli_say(const Options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes a report on the standard error (JSON with --diagnostics=json) when it has something, and
 * frees it. */
void cli_report(const Options *o, wattle_report *report);
/* The exit code of a status. */
int cli_exit_code(wattle_status status);
/* Runs `job` for every file; the largest exit code. */
int cli_each_file(const Options *o,
                  int (*job)(const Options *o, wattle_engine *engine, const char *path));
/* Reads and checks a file, tells what is wrong, and gives the module to `job`, whose exit code
   comes back; without a module the code says why. */
typedef int CliModuleJob(const Options *o, wattle_engine *engine, wattle_file *in,
                         wattle_module *module, const char *path);
int cli_checked(const Options *o, wattle_engine *engine, const char *path, CliModuleJob *job);
/* The last part of the path with another ending, from malloc: in the current directory, as the
   well-known tools do. */
char *cli_other_ending(const char *path, const char *ending);
/* A job that reads `path` and writes one output: `make` writes to the output; its name, `target`,
   comes from -o, or is made by replacing the ending by `ending` (NULL: standard output). */
typedef wattle_status (*CliMake)(const Options *o, wattle_engine *engine, wattle_file *in,
                                 const char *path, const char *target, void *output,
                                 wattle_report **report);
int cli_convert(const Options *o, wattle_engine *engine, const char *path, const char *ending,
                CliMake make);

#endif
