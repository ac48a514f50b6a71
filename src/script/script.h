/* Scripts (.wast): modules and assertions about them, the language of the official test suite
   (interpreter/README of the spec repository). */
#ifndef WATTLE_SCRIPT_SCRIPT_H
#define WATTLE_SCRIPT_SCRIPT_H

#include "run/store.h"
#include "wasm/diag.h"

typedef enum ScriptOutcome { SCRIPT_passed, SCRIPT_failed, SCRIPT_skipped } ScriptOutcome;
/* How a command ended. */
typedef struct ScriptMark {
    uint64_t start, end; /* in the text: its parentheses */
    Slice command;       /* "assert_return"; of a script that is one module, "module" */
    ScriptOutcome outcome;
    Slice message; /* of one that failed, or data NULL */
} ScriptMark;

typedef struct ScriptOptions {
    const char *name; /* of the file, for messages */
    uint64_t features;
    Bounds bounds;
    const Tier *tier; /* what runs the actions; needed unless no_run */
    bool no_run; /* modules, assert_malformed, assert_invalid and the two _custom ones only; the
                    rest is counted skipped */
    bool
        threads; /* the allocator may be called from several; else scripts with threads end there */
    bool ignore_messages;        /* any error of the right class passes */
    bool round_trip;             /* each valid module also has to come back from its text */
    bool gc_stress;              /* the store collects at every allocation */
    bool no_reserve, no_signals; /* as in StoreLimits */
    uint64_t cpu_without;
    unsigned eager;
    bool code_file;
    bool verbose;                                     /* a line for each command */
    uint64_t fuel;                                    /* for all that it runs; 0: no bound */
    void (*mark)(void *user, const ScriptMark *mark); /* NULL: nobody is told; none of threads */
    void *mark_user;
} ScriptOptions;

typedef struct ScriptResult {
    uint64_t passed, failed, skipped; /* assertions; with no_run also plain modules */
    uint64_t modules;
} ScriptResult;

/* Runs a script. Each failed assertion is a line "file:line:col: ..." in out. Errors in the
   script's own syntax go to d (false then). */
bool wt_script_run(Slice text, const Allocator *allocator, const ScriptOptions *options,
                   ScriptResult *result, Buf *out, Diag *d);

/* Where the files of a converted script go. */
typedef struct ScriptFiles {
    Slice stem; /* files are called STEM.N.wasm and STEM.N.wat */
    bool names; /* keep the identifiers of modules in name sections */
    bool (*write)(void *user, const char *name, Slice bytes); /* false: it cannot be written */
    void *user;
} ScriptFiles;

/* Writes a script as JSON, its modules as files beside. Nothing is run; no_run and the like mean
   nothing here. false: the script or a module that should be good is not (in d), or a file could
   not be written (out->write_failed). */
bool wt_script_to_json(Slice text, const Allocator *allocator, const ScriptOptions *options,
                       const ScriptFiles *files, Buf *out, Diag *d);

#endif
