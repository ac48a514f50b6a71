/* wattle.h - WebAssembly as one C library: read, check, print, convert and run modules.

   Conventions
   - Opaque types. X_new and functions with an out-pointer give an object to the caller, X_free
   takes it back (NULL is fine). Pointers that a _get function returns are lent until their owner
   changes or is freed.
   - A function that can fail returns a wattle_status. Details of bad input come in a wattle_report.
   - Sizes and offsets count bytes. Strings are UTF-8 with a NUL unless a length stands beside them.
   - An engine may be used from several threads at once; every other object from one thread at a
   time.
   - The library reads no environment variable, opens no file and prints nothing by itself.
   - Bad input never crashes, and memory that runs out is a status like any other. */
#ifndef WATTLE_H
#define WATTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

#define WATTLE_VERSION_MAJOR 0
#define WATTLE_VERSION_MINOR 1
#define WATTLE_VERSION_PATCH 0
#define WATTLE_VERSION_TEXT "0.1.0"
/* The version of the library that is linked, "0.1.0". */
const char *wattle_version(void);

typedef enum wattle_status {
    WATTLE_OK = 0,
    WATTLE_MALFORMED,     /* not a module: the text or binary format is broken */
    WATTLE_INVALID,       /* a module, but not a valid one */
    WATTLE_LIMIT,         /* an implementation limit was exceeded */
    WATTLE_OUT_OF_MEMORY, /* the allocator gave nothing */
    WATTLE_WRITE_FAILED,  /* a wattle_write function returned false */
    WATTLE_USAGE,         /* an argument makes no sense */
    WATTLE_LINK,          /* an import is unknown or of another type */
    WATTLE_TRAP,          /* the program trapped */
    WATTLE_EXIT,          /* the program ended itself (proc_exit) */
} wattle_status;

/* ---- engine
 * --------------------------------------------------------------------------------------------------------
 */

/* realloc in one function: old NULL allocates, new_size 0 frees. NULL when there is no memory: the
   old block stays. Results are aligned to 16 bytes. Called from several threads when the engine has
   several. */
typedef struct wattle_allocator {
    void *(*alloc)(void *user, void *old, size_t old_size, size_t new_size);
    void *user;
} wattle_allocator;

typedef struct wattle_config {
    size_t size;                       /* sizeof(wattle_config) */
    const wattle_allocator *allocator; /* NULL: malloc; copied */
    uint64_t features;                 /* bit i = feature i; see wattle_features_parse */
    bool spec_limits; /* refuse nothing that the format can express (test scripts) */
    unsigned threads; /* for checking large modules; 0: as many as the machine has; 1: none but the
                         caller's */
} wattle_config;
/* Default features (Wasm 3.0 and the finished proposals), malloc, all threads. */
wattle_config wattle_config_default(void);

typedef struct wattle_engine wattle_engine;
/* NULL when out of memory. */
wattle_engine *wattle_engine_new(const wattle_config *config);
void wattle_engine_free(wattle_engine *engine);

/* Changes a feature set by a list such as "3.0,+custom-page-sizes,-simd", "all", "none". On an
   unknown word returns false and copies it (cut to size, with a NUL) to bad. */
bool wattle_features_parse(const char *list, uint64_t *features, char *bad, size_t bad_size);
/* The name of feature number i ("simd"), or NULL at the end; and its version: 1, 2, 3, 4 = finished
   proposal (on by default), 5 = proposal (off by default). */
const char *wattle_feature_name(unsigned i);
unsigned wattle_feature_version(unsigned i);

/* ---- reports
 * -------------------------------------------------------------------------------------------------------
 */

typedef struct wattle_report wattle_report;
void wattle_report_free(wattle_report *report);

typedef struct wattle_problem {
    const char *message;
    const char *name;   /* stable: "type_mismatch" */
    unsigned code;      /* stable: 301 */
    wattle_status kind; /* WATTLE_MALFORMED, WATTLE_INVALID, ...; WATTLE_OK for a warning */
    uint64_t offset;    /* in the input; UINT64_MAX: no place */
    uint64_t length;
    uint64_t line, column; /* from 1, for text; 0 otherwise */
} wattle_problem;

size_t wattle_report_count(const wattle_report *report);
/* Problem i < count. The strings are lent. */
wattle_problem wattle_report_get(const wattle_report *report, size_t i);

/* Takes len bytes; returns false to end the job with WATTLE_WRITE_FAILED. */
typedef bool (*wattle_write)(void *user, const void *data, size_t len);

enum {
    WATTLE_REPORT_JSON = 1,
    WATTLE_REPORT_COLOUR = 2,
    WATTLE_REPORT_BRIEF = 4 /* no excerpts */
};
/* Writes the report as text for people or as JSON. The input that the report speaks of must still
 * be there. */
wattle_status wattle_report_write(const wattle_report *report, unsigned flags, wattle_write write,
                                  void *user);

/* ---- modules
 * -------------------------------------------------------------------------------------------------------
 */

typedef struct wattle_module wattle_module;

enum {
    WATTLE_READ_ANY = 0, /* text, unless it begins with "\0asm" or like another kind of file */
    WATTLE_READ_TEXT = 1,
    WATTLE_READ_BINARY = 2,
    WATTLE_READ_CHECK = 4,    /* also validate */
    WATTLE_READ_LOSSLESS = 8, /* keep the width of padded numbers, for WATTLE_PRINT_LOSSLESS */
    WATTLE_READ_FOR_TEXT =
        32, /* keep what is unusual in the encoding, for wattle_module_write_text */
    WATTLE_READ_NO_SCAN = 16, /* do not look into bodies (the caller validates or only dumps) */
};

/* Reads a module. The bytes are lent: they must stay until the module and the report are freed.
   name stands in messages and is copied. *module is NULL unless WATTLE_OK comes back. *report is
   always given (NULL only when out of memory); it may hold warnings when all is well. Spec: "Text
   Format", "Binary Format", "Validation". */
wattle_status wattle_module_read(wattle_engine *engine, const void *bytes, size_t len,
                                 const char *name, unsigned flags, wattle_module **module,
                                 wattle_report **report);
void wattle_module_free(wattle_module *module);

/* Writes the binary format. */
wattle_status wattle_module_write_binary(const wattle_module *module, wattle_write write,
                                         void *user);

/* Drops the name section that the identifiers of a text would make. */
void wattle_module_drop_names(wattle_module *module);

typedef struct wattle_print_options {
    size_t size;         /* sizeof(wattle_print_options) */
    bool fold;           /* nested expressions */
    bool no_names;       /* indices only */
    bool generate_names; /* made-up names where there are none */
    bool inline_exports, inline_imports;
    bool offsets;        /* comments with byte offsets */
    bool skeleton;       /* no bodies, no data */
    bool lossless;       /* padded numbers too; the module must be read with WATTLE_READ_LOSSLESS */
    bool no_annotations; /* for readers that know no annotations: loses custom sections and unusual
                            encodings */
    unsigned indent;     /* columns a level; 0: two */
} wattle_print_options;

/* Writes the text format. options NULL: defaults. Problems inside bodies (a module read without a
   check) go to *report when report is not NULL. */
wattle_status wattle_module_write_text(const wattle_module *module,
                                       const wattle_print_options *options, wattle_write write,
                                       void *user, wattle_report **report);

/* ---- tools that work on the bytes
 * ---------------------------------------------------------------------------------- */

typedef struct wattle_strip_options {
    size_t size; /* sizeof(wattle_strip_options) */
    bool all; /* every custom section; else the names, debug information, relocations, producers */
    bool debug_only;         /* only .debug_*, source map URLs, external debug info */
    const char *const *keep; /* names of custom sections that stay */
    size_t keep_count;
    const char *const *remove; /* names that go, besides */
    size_t remove_count;
} wattle_strip_options;

/* Copies a binary module without some of its custom sections. Sections are not looked into. */
wattle_status wattle_strip(wattle_engine *engine, const void *bytes, size_t len, const char *name,
                           const wattle_strip_options *options, wattle_write write, void *user,
                           wattle_report **report);

typedef struct wattle_dump_options {
    size_t size;         /* sizeof(wattle_dump_options) */
    bool headers;        /* one line for each section */
    bool details;        /* the contents of each section */
    bool disassemble;    /* code with offsets and bytes */
    bool contents;       /* raw bytes of each section */
    bool relocations;    /* beside the instructions they patch, and listed */
    const char *section; /* only this one; NULL: all */
} wattle_dump_options;

/* Writes what a binary module holds. Goes as far as the bytes can be read. */
wattle_status wattle_dump(wattle_engine *engine, const void *bytes, size_t len, const char *name,
                          const wattle_dump_options *options, wattle_write write, void *user,
                          wattle_report **report);

/* ---- scripts (.wast)
 * -----------------------------------------------------------------------------------------------
 */

typedef struct wattle_script_options {
    size_t size;          /* sizeof(wattle_script_options) */
    bool no_run;          /* check modules and malformed/invalid assertions only */
    bool ignore_messages; /* do not compare the messages of assertions */
    bool verbose;         /* a line for each command */
    bool round_trip;      /* each valid module must come back from the text printed of it */
} wattle_script_options;

typedef struct wattle_script_result {
    uint64_t passed, failed, skipped; /* assertions; with no_run also plain modules */
    uint64_t modules;                 /* modules read */
} wattle_script_result;

/* Goes through a script; failures are written as lines of text. WATTLE_OK also when assertions
 * failed. */
wattle_status wattle_script(wattle_engine *engine, const void *text, size_t len, const char *name,
                            const wattle_script_options *options, wattle_write write, void *user,
                            wattle_script_result *result, wattle_report **report);

/* ---- unstable: what the command uses beside
 * ------------------------------------------------------------------------ */
#ifdef WATTLE_UNSTABLE

/* A whole file, mapped where possible. "-" is the standard input. */
typedef struct wattle_file wattle_file;
/* NULL on failure: *why is a constant text ("no such file or directory"). */
wattle_file *wattle_file_open(wattle_engine *engine, const char *path, const char **why);
const void *wattle_file_data(const wattle_file *file);
size_t wattle_file_size(const wattle_file *file);
void wattle_file_close(wattle_file *file);

/* The files that a path stands for: every file below a folder whose name ends with `ending`, sorted
   by name; a path that is no folder stands for itself. */
typedef struct wattle_listing wattle_listing;
/* NULL on failure: *why is a constant text. */
wattle_listing *wattle_listing_new(wattle_engine *engine, const char *path, const char *ending,
                                   const char **why);
size_t wattle_listing_count(const wattle_listing *listing);
const char *wattle_listing_get(const wattle_listing *listing, size_t i);
void wattle_listing_free(wattle_listing *listing);

/* A file that appears under its name when it is complete, and not at all otherwise. "-" is the
 * standard output. */
typedef struct wattle_output wattle_output;
wattle_output *wattle_output_open(wattle_engine *engine, const char *path, const char **why);
/* A wattle_write function; user is the wattle_output. */
bool wattle_output_write(void *output, const void *data, size_t len);
/* Frees the output. commit false: nothing is left behind. Returns NULL, or why it failed. */
const char *wattle_output_close(wattle_output *output, bool commit);

/* Standard output and error for messages: wattle_write functions (user unused). */
bool wattle_stdout_write(void *user, const void *data, size_t len);
bool wattle_stderr_write(void *user, const void *data, size_t len);
bool wattle_stderr_is_terminal(void);
bool wattle_stdout_is_terminal(void);

/* A program and what it is given. */
typedef struct wattle_directory {
    const char *host, *guest;
    bool read_only;
} wattle_directory;

typedef struct wattle_run_options {
    size_t size;                  /* sizeof(wattle_run_options) */
    const char *const *arguments; /* the program's name first */
    size_t argument_count;
    const char *const *variables; /* "NAME=VALUE" */
    size_t variable_count;
    const wattle_directory *directories;
    size_t directory_count;
    bool inherit_stdio;
    const char
        *invoke; /* an export to call instead of _start; arguments[1..] are its own, as text */
} wattle_run_options;

/* Runs a checked module with WASI preview 1: instantiates it, calls _initialize when it is
   exported, then _start or `invoke`. Results of `invoke` go to `out`, a line each; link errors,
   traps and their backtraces go to `message`. WATTLE_OK; WATTLE_EXIT with *exit_code; WATTLE_TRAP;
   WATTLE_LINK; WATTLE_USAGE (no such export, wrong arguments, a directory that cannot be opened).
 */
wattle_status wattle_run(const wattle_module *module, const wattle_run_options *options,
                         wattle_write out, wattle_write message, void *user, uint32_t *exit_code);

#endif /* WATTLE_UNSTABLE */

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
