/* wattle.h - WebAssembly as one C library: read, check, print, convert and run modules.

   Conventions
   - Opaque types. X_new and functions with an out-pointer give an object to the caller, X_free
   takes it back (NULL is fine). What a function lends (strings, bytes, types) is valid until its
   owner changes or is freed. An argument marked "takes" belongs to the callee afterwards, also when
   the call fails.
   - A function that can fail returns a wattle_status. Details of bad input come in a wattle_report,
   those of a failure while running stay in the store (wattle_store_message).
   - Sizes and offsets count bytes, memories and tables are counted in pages and elements. Strings
   are UTF-8 with a NUL unless a length stands beside them.
   - Structs that the caller fills begin with their size: set it to sizeof, the rest to zero.
   - An engine, a module, and a linker that nobody changes any more may be used from several threads
   at once, and so may shared memories; every other object from one thread at a time (not always the
   same one).
   - Engines, modules, linkers and shared memories are counted: freeing one that a store still needs
   is fine.
   - The library reads no environment variable, opens no file and prints nothing by itself.
   - Bad input never crashes, memory that runs out is a status like any other, and a handle of
   another store, a wrong type or a wrong count is WATTLE_USAGE. Freed objects cannot be told. */
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
    WATTLE_EXCEPTION,     /* the program threw and did not catch */
} wattle_status;

/* Some bytes that somebody else owns, without a NUL. data NULL: there is none. */
typedef struct wattle_string {
    const char *data;
    size_t len;
} wattle_string;

/* ---- engine ---- */

/* realloc in one function: old NULL allocates, new_size 0 frees. NULL when there is no memory: the
   old block stays. Results are aligned to 16 bytes. Called from several threads when the engine has
   several. */
typedef struct wattle_allocator {
    void *(*alloc)(void *user, void *old, size_t old_size, size_t new_size);
    void *user;
} wattle_allocator;

/* How code is run. A tier that this machine does not have is the interpreter. */
typedef enum wattle_tier {
    WATTLE_TIER_AUTO, /* machine code where there is some, unless stack switching is on */
    WATTLE_TIER_INTERP,
    WATTLE_TIER_BASELINE, /* machine code, made when a function is first called; no stack switching
                           */
} wattle_tier;

typedef struct wattle_config {
    size_t size;                       /* sizeof(wattle_config) */
    const wattle_allocator *allocator; /* NULL: malloc; copied */
    uint64_t features;                 /* bit i = feature i; see wattle_features_parse */
    bool spec_limits; /* refuse nothing that the format can express (test scripts) */
    unsigned threads; /* for checking large modules; 0: as many as the machine has; 1: none but the
                         caller's */
    wattle_tier tier;
    bool no_reserve; /* memories get no address space beyond their length: machine code compares
                        every address with it, and needs no signal handler */
    bool no_signals; /* no signal handler: machine code compares every address, though memories have
                        address space of their own and stay where they are */
    uint64_t cpu_without; /* extensions of the processor that machine code does without: bit i =
                             extension i; see wattle_cpu_parse */
} wattle_config;
/* Default features (Wasm 3.0 and the finished proposals), malloc, all threads. */
wattle_config wattle_config_default(void);

typedef struct wattle_engine wattle_engine;
/* NULL when out of memory. Where stores come and go, an engine keeps pages of freed ones for the
   next, zeroed: 64 blocks at most, of which 32 KiB each stay in memory, and their address space. */
wattle_engine *wattle_engine_new(const wattle_config *config);
void wattle_engine_free(wattle_engine *engine);

/* Changes a feature set by a list such as "3.0,+custom-page-sizes,-simd", "all", "none". On an
   unknown word returns false and copies it (cut to size, with a NUL) to bad. */
bool wattle_features_parse(const char *list, uint64_t *features, char *bad, size_t bad_size);
/* The name of feature number i ("simd"), or NULL at the end; and its version: 1, 2, 3, 4 = finished
   proposal (on by default), 5 = proposal (off by default). */
const char *wattle_feature_name(unsigned i);
unsigned wattle_feature_version(unsigned i);

/* Reads what machine code may use: "native" (the default: all that the processor has), "generic"
   (nothing that not every x86-64 with SSE4.1 has; also "sse4.1"), names ("avx,avx2": generic and
   these), and changes ("-bmi2": native without it; "generic,+bmi2"). What the processor does not
   have is never used. On an unknown word returns false and copies it (cut to size, with a NUL) to
   bad. */
bool wattle_cpu_parse(const char *list, uint64_t *without, char *bad, size_t bad_size);
/* The name of extension number i ("avx2"), or NULL at the end. */
const char *wattle_cpu_extension(unsigned i);

/* ---- reports ---- */

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

/* ---- modules ---- */

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
    WATTLE_READ_COPY = 64,    /* keep a copy of the bytes */
};

/* Reads a module. Without WATTLE_READ_COPY the bytes are lent: they must stay until the module, the
   report and every store that the module runs in are freed. name stands in messages and is copied.
   *module is NULL unless WATTLE_OK comes back. *report is always given (NULL only when out of
   memory); it may hold warnings when all is well. Spec: "Text Format", "Binary Format",
   "Validation". */
wattle_status wattle_module_read(wattle_engine *engine, const void *bytes, size_t len,
                                 const char *name, unsigned flags, wattle_module **module,
                                 wattle_report **report);
/* Reads and checks a module to run it: wattle_module_read with WATTLE_READ_CHECK and
   WATTLE_READ_COPY. report may be NULL. */
wattle_status wattle_module_new(wattle_engine *engine, const void *bytes, size_t len,
                                wattle_module **module, wattle_report **report);
/* One more owner of the same module, who frees it too: for handing it to another thread. */
wattle_module *wattle_module_retain(wattle_module *module);
void wattle_module_free(wattle_module *module);

/* Writes the module in a form that this version of the library reads back. Reading checks it anew:
   a serialised module need not be trusted. Other versions answer WATTLE_MALFORMED. */
wattle_status wattle_module_serialize(const wattle_module *module, wattle_write write, void *user);
wattle_status wattle_module_deserialize(wattle_engine *engine, const void *bytes, size_t len,
                                        wattle_module **module, wattle_report **report);

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

/* ---- tools that work on the bytes ---- */

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

/* ---- machine code, to be looked at ---- */

typedef struct wattle_compile_options {
    size_t size;     /* sizeof(wattle_compile_options) */
    bool print;      /* the machine code as text: address, bytes, instruction */
    bool print_wasm; /* beside it the instructions that it was made of, as in a disassembly */
    bool no_reserve, no_signals; /* these as in wattle_config */
    uint64_t cpu_without;
    const uint32_t *functions; /* the indices of these only; NULL: all */
    size_t function_count;
} wattle_compile_options;

typedef struct wattle_compile_result {
    const char *machine; /* "x86-64" */
    uint64_t functions;  /* compiled */
    uint64_t unable;     /* functions with an instruction that machine code does not have */
    uint64_t wasm_bytes, code_bytes;
    uint64_t ns; /* what compiling took, without printing */
} wattle_compile_result;

/* Compiles a checked module on one thread, as the baseline tier would, and runs nothing of it.
   Works on every host; the code is for x86-64 until there are other machines. Addresses count from
   the first byte of each function; displacements to other functions and to stubs are 0.
   WATTLE_USAGE: an index that is no function of the module's own, or a module that was not checked.
 */
wattle_status wattle_compile(const wattle_module *module, const wattle_compile_options *options,
                             wattle_write write, void *user, wattle_compile_result *result);

/* ---- container images ---- */

/* A file of an image: a path from its root, and the bytes. */
typedef struct wattle_image_file {
    const char *path;
    const void *data;
    size_t size;
} wattle_image_file;

typedef struct wattle_image_options {
    size_t size;             /* sizeof(wattle_image_options) */
    const char *name;        /* "registry/path:tag" */
    const char *user;        /* "1000:1000"; NULL: root */
    const char *directory;   /* the working directory; NULL: the root */
    const char *const *args; /* what the program gets unless a container says otherwise */
    size_t arg_count;
    const char *const *envs; /* "NAME=VALUE" */
    size_t env_count;
    const char *const *annotations; /* "KEY=VALUE" */
    size_t annotation_count;
} wattle_image_options;

/* Takes a file of the layout, "index.json" or "blobs/sha256/..."; false ends the job with
   WATTLE_WRITE_FAILED. */
typedef bool (*wattle_image_take)(void *user, const char *name, const void *data, size_t size);

/* Writes an image in the layout of the OCI image specification, for the platform wasip1/wasm. The
   first file is the program. The same input gives the same bytes. WATTLE_USAGE, WATTLE_LIMIT: *why
   is a constant text (why may be NULL). */
wattle_status wattle_image_write(wattle_engine *engine, const wattle_image_file *files,
                                 size_t file_count, const wattle_image_options *options,
                                 wattle_image_take take, void *user, const char **why);
/* The same as one tar archive. */
wattle_status wattle_image_write_tar(wattle_engine *engine, const wattle_image_file *files,
                                     size_t file_count, const wattle_image_options *options,
                                     wattle_write write, void *user, const char **why);

/* ---- packages for JavaScript ---- */

enum {
    WATTLE_PACK_WEB = 1,     /* init.js: the program says when it starts */
    WATTLE_PACK_NODE = 2,    /* entries for node, which read the file at once */
    WATTLE_PACK_BUNDLER = 4, /* an entry that awaits the module: for bundlers and browsers */
    WATTLE_PACK_DENO = 8,
    WATTLE_PACK_INLINE = 16, /* the module inside of the JavaScript */
    WATTLE_PACK_ESM = 32,    /* `import source`, for engines that have it */
    WATTLE_PACK_ALL = 15     /* the first four */
};

/* Gives the bytes of the file `name`, "sub/env.js", below the folder of the module, lent until the
   package is written. false: *why it cannot be read. */
typedef bool (*wattle_pack_find)(void *user, const char *name, const void **data, size_t *size,
                                 const char **why);
typedef struct wattle_pack_options {
    size_t size;      /* sizeof(wattle_pack_options) */
    const char *name; /* of the package, "@me/life"; NULL: by the clause `package`, or by `file` */
    const char *version; /* of the package; NULL: "0.1.0" */
    const char *file;    /* what the module was read from, without folders: names the files */
    const char *node;    /* the oldest node that runs it; NULL: "20" */
    unsigned targets;    /* WATTLE_PACK_ bits; 0: WATTLE_PACK_ALL */
    /* Clauses that say what the types cannot (doc/bind.md), lent until the report is freed; NULL:
       those of the module's own custom sections "wattle.bind". */
    const char *clauses;
    size_t clauses_size;
    const char *clauses_name; /* for messages */
    /* JavaScript that another tool made for the module, with `export default` and `initSync` as
       wasm-bindgen's target web has them, and its types: packed as they are, for all targets,
       instead of glue by the clauses. Lent; NULL: none. */
    const void *glue, *glue_types;
    size_t glue_size, glue_types_size;
    bool map; /* with a source map, "life.wasm.map", when the module was made of a text */
    /* Exports that hot reload takes state by: of memories and of mutable globals with numbers and
       externrefs, as "hot:memory:0" and "hot:global:3". */
    bool hot;
    /* Gives ES modules beside the module, which imports of "./env.js" name: they, and what they
       import, go into the package. NULL: they stay where they are. */
    wattle_pack_find find;
    void *find_user;
} wattle_pack_options;

/* Takes a file of the package; false ends the job with WATTLE_WRITE_FAILED. */
typedef bool (*wattle_pack_take)(void *user, const char *name, const void *data, size_t size);

/* Writes a checked module as a package for npm: the module without its clauses, JavaScript that
   loads and binds it, types, package.json and README.md. WATTLE_USAGE: the module was not checked,
   or the name is none that npm takes. The same input gives the same bytes. */
wattle_status wattle_pack(const wattle_module *module, const wattle_pack_options *options,
                          wattle_pack_take take, void *user, wattle_report **report);
/* Writes how JavaScript would see the module: as clauses, or as JSON. */
wattle_status wattle_bind(const wattle_module *module, const wattle_pack_options *options,
                          bool json, wattle_write write, void *user, wattle_report **report);

/* ---- scripts (.wast) ---- */

/* How a command of a script ended. */
typedef struct wattle_script_mark {
    uint64_t start, end;   /* in the text: its parentheses */
    wattle_string command; /* "assert_return" */
    bool failed, skipped;
    wattle_string message; /* why it failed, or was skipped; or none */
} wattle_script_mark;
typedef void (*wattle_script_mark_fn)(void *user, const wattle_script_mark *mark);

typedef struct wattle_script_options {
    size_t size;          /* sizeof(wattle_script_options) */
    bool no_run;          /* check modules and malformed/invalid assertions only */
    bool ignore_messages; /* do not compare the messages of assertions */
    bool verbose;         /* a line for each command */
    bool round_trip;      /* each valid module must come back from the text printed of it */
    bool gc_stress;       /* collect at every allocation and check the heap */
    bool eager;           /* as in wattle_store_config */
    bool code_file;       /* machine code of all functions goes through the form of a .cwat file */
    uint64_t fuel;        /* for all that the script runs; 0: no bound */
    wattle_script_mark_fn mark; /* NULL: nobody is told */
    void *mark_user;
} wattle_script_options;

typedef struct wattle_script_result {
    uint64_t passed, failed, skipped; /* assertions; with no_run also plain modules */
    uint64_t modules;                 /* modules read */
} wattle_script_result;

/* Goes through a script; failures are written as lines of text. The script may start threads when
   the engine has several; else it ends at the first. WATTLE_OK also when assertions failed. */
wattle_status wattle_script(wattle_engine *engine, const void *text, size_t len, const char *name,
                            const wattle_script_options *options, wattle_write write, void *user,
                            wattle_script_result *result, wattle_report **report);

/* Takes a file of a converted script; false ends the job with WATTLE_WRITE_FAILED. */
typedef bool (*wattle_json_file)(void *user, const char *name, const void *data, size_t size);
typedef struct wattle_json_options {
    size_t size;      /* sizeof(wattle_json_options) */
    const char *stem; /* the files are called STEM.N.wasm and STEM.N.wat */
    bool no_names;    /* without name sections made of identifiers */
    wattle_json_file file;
    void *file_user;
} wattle_json_options;

/* Writes a script as JSON, in the shape of wabt's wast2json, and its modules as files. Nothing is
   run. The script is `name` in the JSON. */
wattle_status wattle_script_to_json(wattle_engine *engine, const void *text, size_t len,
                                    const char *name, const wattle_json_options *options,
                                    wattle_write write, void *user, wattle_report **report);

/* ---- types ---- */

/* What a value is. References: the top of their hierarchy. */
typedef enum wattle_kind {
    WATTLE_I32,
    WATTLE_I64,
    WATTLE_F32,
    WATTLE_F64,
    WATTLE_V128,
    WATTLE_FUNCREF,
    WATTLE_EXTERNREF,
    WATTLE_ANYREF,  /* structs, arrays, i31 */
    WATTLE_EXNREF,  /* exceptions */
    WATTLE_CONTREF, /* continuations */
    WATTLE_I8,      /* in fields only */
    WATTLE_I16,
} wattle_kind;

/* "i32", "funcref", ... */
const char *wattle_kind_name(wattle_kind kind);

/* The heap types of references. */
typedef enum wattle_heap {
    WATTLE_HEAP_FUNC,
    WATTLE_HEAP_NOFUNC,
    WATTLE_HEAP_EXTERN,
    WATTLE_HEAP_NOEXTERN,
    WATTLE_HEAP_ANY,
    WATTLE_HEAP_EQ,
    WATTLE_HEAP_I31,
    WATTLE_HEAP_STRUCT,
    WATTLE_HEAP_ARRAY,
    WATTLE_HEAP_NONE,
    WATTLE_HEAP_EXN,
    WATTLE_HEAP_NOEXN,
    WATTLE_HEAP_CONT,
    WATTLE_HEAP_NOCONT,
    WATTLE_HEAP_INDEX, /* a defined type, by its index */
} wattle_heap;

/* A value type. heap, nullable and exact mean something for references only; index is the one of a
   type of the owner (a module, or a store) from which the wattle_valtype came. */
typedef struct wattle_valtype {
    uint8_t kind; /* wattle_kind */
    uint8_t heap; /* wattle_heap */
    bool nullable, exact;
    uint32_t index;
} wattle_valtype;
/* i32 ... v128, or the nullable reference to the top type of a hierarchy (funcref, externref). */
wattle_valtype wattle_valtype_of(wattle_kind kind);

/* A defined type: lent by a module or a store, valid as long as that is. */
typedef struct wattle_type {
    const void *owner; /* NULL: none */
    uint32_t index;
} wattle_type;
typedef enum wattle_type_kind {
    WATTLE_TYPE_FUNC,
    WATTLE_TYPE_STRUCT,
    WATTLE_TYPE_ARRAY,
    WATTLE_TYPE_CONT,
} wattle_type_kind;
wattle_type_kind wattle_type_get_kind(wattle_type type);
/* Functions: parameters and results. 0 of all others. */
size_t wattle_type_param_count(wattle_type type);
size_t wattle_type_result_count(wattle_type type);
wattle_valtype wattle_type_param(wattle_type type, size_t i);
wattle_valtype wattle_type_result(wattle_type type, size_t i);
/* Structs and arrays (one field). */
size_t wattle_type_field_count(wattle_type type);
wattle_valtype wattle_type_field(wattle_type type, size_t i, bool *is_mutable);
/* false: it has none. */
bool wattle_type_super(wattle_type type, wattle_type *super);
bool wattle_type_is_final(wattle_type type);
/* The type that a wattle_valtype names, from the same owner. owner NULL unless heap is
   WATTLE_HEAP_INDEX. */
wattle_type wattle_type_named(wattle_type owner, wattle_valtype type);

/* Pages of a memory, elements of a table. */
typedef struct wattle_limits {
    uint64_t min, max;
    bool has_max, is64, shared;
    uint8_t page_log2; /* memories: 16, or 0 with custom page sizes */
} wattle_limits;

typedef enum wattle_extern_kind {
    WATTLE_EXTERN_FUNC,
    WATTLE_EXTERN_TABLE,
    WATTLE_EXTERN_MEMORY,
    WATTLE_EXTERN_GLOBAL,
    WATTLE_EXTERN_TAG,
} wattle_extern_kind;

/* The type of something that can be imported or exported. */
typedef struct wattle_extern_type {
    wattle_extern_kind kind;
    wattle_type type;     /* functions and tags */
    wattle_valtype value; /* globals: their content; tables: their elements */
    bool is_mutable;      /* globals */
    wattle_limits limits; /* tables and memories */
} wattle_extern_type;

/* ---- what a module is made of ---- */

typedef struct wattle_import {
    wattle_string module, name;
    wattle_extern_type type;
} wattle_import;
typedef struct wattle_export {
    wattle_string name;
    wattle_extern_type type;
    uint32_t index; /* in its index space */
} wattle_export;
typedef struct wattle_custom {
    wattle_string name, bytes;
} wattle_custom;

size_t wattle_module_import_count(const wattle_module *module);
size_t wattle_module_export_count(const wattle_module *module);
size_t wattle_module_type_count(const wattle_module *module);
size_t wattle_module_custom_count(const wattle_module *module);
/* i beyond the count gives zeros, here and everywhere. */
wattle_import wattle_module_import(const wattle_module *module, size_t i);
wattle_export wattle_module_export(const wattle_module *module, size_t i);
wattle_type wattle_module_type(const wattle_module *module, size_t i);
/* A custom section. The name section of a text is none. */
wattle_custom wattle_module_custom(const wattle_module *module, size_t i);
/* From the name section; of functions else the first export. */
wattle_string wattle_module_name(const wattle_module *module);
wattle_string wattle_module_func_name(const wattle_module *module, uint32_t index);
size_t wattle_module_func_count(const wattle_module *module);

/* Where the parts of a module stand in the text or binary that it was read from. */
typedef enum wattle_part_kind {
    WATTLE_PART_SECTION, /* of a binary: index is its number in the format */
    WATTLE_PART_TYPE,
    WATTLE_PART_IMPORT,
    WATTLE_PART_FUNC,
    WATTLE_PART_TABLE,
    WATTLE_PART_MEMORY,
    WATTLE_PART_TAG,
    WATTLE_PART_GLOBAL,
    WATTLE_PART_EXPORT,
    WATTLE_PART_ELEM,
    WATTLE_PART_DATA,
} wattle_part_kind;
typedef struct wattle_part {
    wattle_part_kind kind;
    uint32_t index;     /* in its index space */
    wattle_string name; /* what the module calls it, or none */
    uint64_t offset, size;
    uint64_t content; /* binaries: where a section's contents, or a function's locals, begin */
} wattle_part;
typedef bool (*wattle_part_fn)(void *user, const wattle_part *part);
/* Tells the sections in their order, then the items, kind by kind; of a binary without those that
   are imported, which stand in the imports. A part of a text is a field, from its parenthesis to
   the one that closes it; what has none (an implied type) is not told. false from fn ends it. Names
   are lent by the module. */
void wattle_module_parts(const wattle_module *module, wattle_part_fn fn, void *user);

/* ---- stores ---- */

/* A store holds all that runs: instances and what they are made of, until it is freed. Handles of
   its objects are small structs, copied freely; a zeroed handle is none of them, and a null
   function reference. */
typedef struct wattle_store wattle_store;
typedef struct wattle_func {
    uint32_t store, index;
} wattle_func;
typedef struct wattle_table {
    uint32_t store, index;
} wattle_table;
typedef struct wattle_memory {
    uint32_t store, index;
} wattle_memory;
typedef struct wattle_global {
    uint32_t store, index;
} wattle_global;
typedef struct wattle_tag {
    uint32_t store, index;
} wattle_tag;
typedef struct wattle_instance {
    uint32_t store, index;
} wattle_instance;

typedef struct wattle_store_config {
    size_t size;             /* sizeof(wattle_store_config) */
    size_t stack_bytes;      /* of the stack of wasm frames; 0: 8 MiB */
    uint32_t host_depth;     /* calls wasm -> host -> wasm nested; 0: 100 */
    uint32_t instances;      /* 0: no bound */
    uint64_t memory_bytes;   /* of each memory; 0: no bound but the machine's */
    uint64_t table_elements; /* of each table; 0: ten million */
    /* Of all together, also those that a failed instantiation has made; 0: no bound. Growth beyond
       fails as wasm says, instantiation is WATTLE_LIMIT. */
    uint64_t total_memory_bytes;
    uint64_t total_table_elements;
    uint32_t memories, tables;
    uint64_t heap_bytes; /* objects of GC; 0: 1 GiB */
    bool deterministic;  /* NaN results are the same bits on every machine */
    bool interruptible;  /* wattle_store_interrupt has an effect; code is a little slower */
    bool fuel;           /* code uses up fuel: wattle_store_set_fuel; code is slower */
    bool gc_stress;      /* collect at every allocation and check the heap: for tests */
    bool trace; /* code can be traced: wattle_store_set_trace; interpreted then, and much slower */
    bool eager; /* machine code of all functions is made when a module is first instantiated, on the
                   engine's threads; else of each when it is first called */
    bool keep_code; /* machine code can be kept: wattle_store_write_native. Each module's then has a
                       mapping of its own, of which a process may have some ten thousand */
    bool debug;     /* calls can be held: wattle_debugger_new; interpreted then, and even slower */
} wattle_store_config;

/* config NULL: the defaults. NULL: out of memory. */
wattle_store *wattle_store_new(wattle_engine *engine, const wattle_store_config *config);
/* Runs the finalisers of what the store holds. Inside a host function of this store it takes effect
   when the outermost call returns. */
void wattle_store_free(wattle_store *store);
wattle_engine *wattle_store_engine(const wattle_store *store); /* lent */
/* A pointer for the embedder, NULL at first. */
void wattle_store_set_data(wattle_store *store, void *data);
void *wattle_store_data(const wattle_store *store);

/* ---- machine code that is kept ---- */

/* A .cwat file holds a module in the binary format and machine code that was made of it, to be
   mapped instead of compiled: by the same build of this library, on a processor that has what the
   code uses, for stores of the same config as far as code depends on it (deterministic, fuel,
   interruptible, and whether memories are reserved). Other stores may have the module too, and
   compile it.

   The code runs as it is, and the module in it is not checked again: whoever can write the file can
   do what the program that reads it can. Trust it as you would trust a program. What is found is
   change by accident: of the code of each function when it is first called (it is compiled then),
   of all the rest when the file is read. */

/* Compiles a checked module on the engine's threads, for stores with this config (NULL: the
   defaults), and writes it. The engine says for which processor
   (cpu_without). result
   may be NULL. WATTLE_USAGE: a module that was not checked, or there is no machine code here. */
wattle_status wattle_module_write_native(const wattle_module *module,
                                         const wattle_store_config *config, wattle_write write,
                                         void *user, wattle_compile_result *result);
/* Whether bytes begin like such a file. */
bool wattle_is_native(const void *bytes, size_t len);
/* The module with its code. The bytes are lent, as in wattle_module_read, and begin at a multiple
   of 8. WATTLE_MALFORMED: it cannot be used, and *why is a constant text: "another build of the
   library made it". Parts of it are looked at when they are first used: what has been changed there
   is WATTLE_MALFORMED from wattle_instance_new and from what writes the module, or a trap. */
wattle_status wattle_module_read_native(wattle_engine *engine, const void *bytes, size_t len,
                                        const char *name, wattle_module **module, const char **why);
/* Writes what such a file holds, also one that another build made: its head, with `details` a line
   for each function, with `disassemble` the machine code. WATTLE_MALFORMED: *why says what it is.
 */
wattle_status wattle_dump_native(wattle_engine *engine, const void *bytes, size_t len,
                                 const char *name, const wattle_dump_options *options,
                                 wattle_write write, void *user, const char **why);
/* How many of a module's functions the store has compiled: those that came with the module do not
   count. 0 for a module that does not run there. */
size_t wattle_store_compiled(const wattle_store *store, const wattle_module *module);
/* Writes a module that runs in the store, read from the binary format, and the machine code that
   there is of it: what it came with, and what was compiled since. WATTLE_USAGE: it was read from a
   text, or the store was not made with keep_code, or has no code of it. */
wattle_status wattle_store_write_native(wattle_store *store, const wattle_module *module,
                                        wattle_write write, void *user);

/* Stops the wasm that runs: within about a millisecond the outermost call ends with WATTLE_TRAP and
   WATTLE_TRAP_interrupt, whatever host functions in between make of it. When nothing runs, the next
   call ends so. A host function that waits is not woken, but for WASI's poll_oneoff and its reading
   of streams; the allocation of one object, a collection and the compilation of a function are not
   cut. May be called from any thread and from a signal handler, while the store exists; nothing
   happens unless the store was made interruptible. */
void wattle_store_interrupt(wattle_store *store);
/* Takes back an interrupt that has not stopped anything yet. */
void wattle_store_clear_interrupt(wattle_store *store);
/* For systems without threads, such as wasm itself, where nobody can interrupt a call while it
   runs: the code of an interruptible store calls fn every few thousand polls, which may look at a
   clock and call wattle_store_interrupt, and must not use the store otherwise. NULL: nobody any
   more. false: this system has threads, and nothing is called. */
bool wattle_store_set_ticker(wattle_store *store, void (*fn)(void *user), void *user);

/* For profilers, in interruptible stores: wattle_store_sample, called from any thread, asks where
   the wasm stands, and the code tells it at its next poll, the beginning of a function or a loop:
   fn is called for each frame, the innermost first, and with module NULL at the end. It must not
   use the store. Set it while nothing runs. Threads of a program are asked with their first store
   and tell where they stand themselves, one sample after the other. */
typedef void (*wattle_sample_fn)(void *user, const wattle_module *module, uint32_t func_index);
void wattle_store_set_sampler(wattle_store *store, wattle_sample_fn fn, void *user);
void wattle_store_sample(wattle_store *store);

/* In stores that were made with `trace` (WATTLE_USAGE otherwise): each instruction is told to write
   before it is run, as one line "name+0x5: i32.add (2, 40)": its function, its offset in the code
   of that, and those operands whose types the instruction says, eight at most; of local.get the
   value it gets. block, loop, else, end, nop and the like are not told. write must not use the
   store; NULL: nobody is told any more. The stores of threads tell it too, from their threads. Set
   it while nothing runs. */
wattle_status wattle_store_set_trace(wattle_store *store, wattle_write write, void *user);

/* Machine code that a store has made, for profilers and debuggers. What it points to is lent until
   the function that is told of it returns; but the code stays until the store is freed, and the
   texts of lines belong to the module. */
typedef struct wattle_code_line {
    size_t offset; /* of the code, from here up to the next one's: */
    uint32_t line, column;
    wattle_string directory, file; /* as in wattle_frame */
} wattle_code_line;
typedef struct wattle_code {
    size_t size; /* sizeof(wattle_code) */
    const void *address;
    size_t code_size;
    const wattle_module *module; /* NULL: a stub, a way between wasm and C */
    uint32_t func_index;
    unsigned stub;             /* the kind of a stub, 0: a function */
    unsigned machine;          /* the processor, as ELF numbers it: 62 is x86-64 */
    wattle_string name;        /* of the function, else "func[3]"; of the stub: "wattle_enter" */
    wattle_string module_name; /* of the name section, else the one it was read under */
    const wattle_code_line *lines; /* in rising order */
    size_t line_count;
} wattle_code;
typedef void (*wattle_code_fn)(void *user, const wattle_code *code);
/* fn is called for each function when its machine code has been made, at its first call, and for
   the stubs; it must not use the store. lines: with source lines, of modules that have a line
   table: compiling is slower then. The stores of threads tell it too, from their threads. Nothing
   is told where an interpreter runs. Set it before the store has modules (WATTLE_USAGE otherwise);
   fn NULL: nobody is told. */
wattle_status wattle_store_watch_code(wattle_store *store, wattle_code_fn fn, void *user,
                                      bool lines);

/* For gdb: names, unwinding and source lines of machine code, by its interface for code made at run
   time. wattle_gdb_add does it for what a wattle_code_fn is told, from any thread; every stub has
   to be among it. Freeing takes it back: after the stores whose code it is. NULL: out of memory. */
typedef struct wattle_gdb wattle_gdb;
wattle_gdb *wattle_gdb_new(wattle_engine *engine);
void wattle_gdb_add(wattle_gdb *gdb, const wattle_code *code);
void wattle_gdb_free(wattle_gdb *gdb);

/* Fuel, in stores that were made with it (WATTLE_USAGE otherwise): how much is left, 0 at first.
   When it is used up, the call ends with WATTLE_TRAP and WATTLE_TRAP_out_of_fuel. The same program
   with the same input uses the same fuel in every version of the same major number and on every
   machine:
   - an instruction costs 1; block, loop, else, end, nop, try, try_table, catch, catch_all and
     delegate are free;
   - memory.fill, memory.copy, memory.init, and a memory.grow that succeeds, cost 1 more for every
     16 bytes begun, and so do objects of GC, exceptions, array.fill, array.copy and array.init;
     table.fill, table.copy, table.init, and a table.grow that succeeds, 1 more for each element;
     throw, suspend and switch 1 more for each handler that is looked at, suspend, switch and resume
     1 more for each frame that leaves the stack or comes back; active segments and objects of
     constant expressions cost the same at instantiation;
   - instructions are charged in advance, up to the next one that may branch, or the next place that
     is branched to, so that a trap may come a few instructions early.
   With UINT64_MAX fuel is only counted: each thread of the program gets as much, where else it gets
   half of what the one that starts it has left. What threads that have ended had left, or used of
   this, is added to what wattle_store_get_fuel says. */
wattle_status wattle_store_set_fuel(wattle_store *store, uint64_t fuel);
wattle_status wattle_store_get_fuel(const wattle_store *store, uint64_t *fuel);

/* The collector of objects: what it did since the store was made. Like every function of a store it
   is for the thread that has the store; a host function may ask too. */
typedef struct wattle_gc_stats {
    size_t size;                /* sizeof(wattle_gc_stats), set by the caller */
    uint64_t minor, full;       /* collections: of what is new, of everything */
    uint64_t minor_ns, full_ns; /* nanoseconds that they took, which the program stood still */
    uint64_t longest_minor_ns, longest_full_ns;
    uint64_t
        live_bytes; /* of the objects that the last collection found alive, or did not look at */
    uint64_t peak_bytes; /* the most that objects took: those alive and those made since */
    uint64_t heap_bytes; /* memory held for objects now; it is given back with the store */
} wattle_gc_stats;
/* Fills the first stats->size bytes. Times are 0 on systems without a clock. */
void wattle_store_gc_stats(const wattle_store *store, wattle_gc_stats *stats);
/* Collects now: full: every object that nothing refers to, else only what is new since the last
   collection. Never needed for correctness; good before a store waits long, to run finalizers.
   Allowed wherever an object may be made, so inside of host functions too: what the calls in
   progress may still use stays. Finalizers are called before it returns, inside of a call into the
   store when the outermost one ends. An interrupt does not cut it, and it costs no fuel. */
void wattle_store_collect(wattle_store *store, bool full);

/* In words what the last failing call on this store met: a link error, a trap, a wrong argument.
   Never NULL; lent until the next call on the store. */
const char *wattle_store_message(wattle_store *store);

/* Why a program trapped. The numbers stay. */
typedef enum wattle_trap_code {
    WATTLE_TRAP_none = 0,
    WATTLE_TRAP_unreachable = 1,
    WATTLE_TRAP_integer_divide_by_zero = 2,
    WATTLE_TRAP_integer_overflow = 3,
    WATTLE_TRAP_invalid_conversion = 4,
    WATTLE_TRAP_out_of_bounds_memory = 5,
    WATTLE_TRAP_out_of_bounds_table = 6,
    WATTLE_TRAP_out_of_bounds_array = 7,
    WATTLE_TRAP_undefined_element = 8,
    WATTLE_TRAP_uninitialized_element = 9,
    WATTLE_TRAP_indirect_call_type = 10,
    WATTLE_TRAP_stack_exhausted = 11,
    WATTLE_TRAP_null_reference = 12,
    WATTLE_TRAP_null_function = 13,
    WATTLE_TRAP_null_structure = 14,
    WATTLE_TRAP_null_array = 15,
    WATTLE_TRAP_null_i31 = 16,
    WATTLE_TRAP_null_exception = 17,
    WATTLE_TRAP_null_descriptor = 18,
    WATTLE_TRAP_cast_failure = 19,
    WATTLE_TRAP_descriptor_cast_failure = 20,
    WATTLE_TRAP_unaligned_atomic = 21,
    WATTLE_TRAP_expected_shared = 22,
    WATTLE_TRAP_allocation_failed = 23,
    WATTLE_TRAP_interrupt = 24,
    WATTLE_TRAP_out_of_fuel = 25,
    WATTLE_TRAP_host = 26,        /* a host function failed, in its own words */
    WATTLE_TRAP_unsupported = 27, /* an instruction that cannot be run yet */
    WATTLE_TRAP_null_continuation = 28,
    WATTLE_TRAP_continuation_consumed = 29,
    WATTLE_TRAP_unhandled_tag = 30, /* suspend or switch without a handler */
} wattle_trap_code;

/* A wasm function that the program stood in. */
typedef struct wattle_frame {
    wattle_instance instance;
    uint32_t func_index;
    uint64_t
        func_offset; /* of the instruction, from the function's first byte; UINT64_MAX: unknown */
    uint64_t module_offset; /* the same in the whole binary; UINT64_MAX: unknown, or a text */
    wattle_string func_name, module_name;
    /* The source, when the module has a line table (compiled with -g): the file as the compiler
       knew it, its directory if it is not the compiler's own; line and column from 1, 0: unknown.
     */
    wattle_string source_directory, source_file;
    uint32_t source_line, source_column;
} wattle_frame;

/* Of the last call that returned WATTLE_TRAP or WATTLE_EXCEPTION, until the next call: why, how
   many frames are kept (innermost first, at most 64) and each of them. */
wattle_trap_code wattle_store_trap_code(const wattle_store *store);
size_t wattle_store_frame_count(const wattle_store *store);
wattle_frame wattle_store_frame(wattle_store *store, size_t i);
/* "trap: integer divide by zero" ("uncaught exception: name (1, 2)") and a line for each frame,
 * with source lines as far as known. */
wattle_status wattle_store_write_trap(const wattle_store *store, wattle_write write, void *user);
/* Of the last call that returned WATTLE_EXIT. */
uint32_t wattle_store_exit_code(const wattle_store *store);

/* ---- values and references ---- */

/* A reference to anything but a function: an entry in the store's list of roots, which keeps the
   object alive. It ends with wattle_ref_free, with the scope it was made in, or with the store. A
   zeroed wattle_ref is null. */
typedef struct wattle_ref {
    uint32_t store, slot;
    uint64_t serial;
} wattle_ref;

typedef struct wattle_value {
    wattle_kind kind;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uint8_t v128[16]; /* the first byte is the lowest */
        wattle_func func; /* WATTLE_FUNCREF */
        wattle_ref ref;   /* the other references */
    } of;
} wattle_value;

#define WATTLE_VALUE_I32(v) ((wattle_value){.kind = WATTLE_I32, .of = {.i32 = (v)}})
#define WATTLE_VALUE_I64(v) ((wattle_value){.kind = WATTLE_I64, .of = {.i64 = (v)}})
#define WATTLE_VALUE_F32(v) ((wattle_value){.kind = WATTLE_F32, .of = {.f32 = (v)}})
#define WATTLE_VALUE_F64(v) ((wattle_value){.kind = WATTLE_F64, .of = {.f64 = (v)}})
#define WATTLE_VALUE_FUNC(v) ((wattle_value){.kind = WATTLE_FUNCREF, .of = {.func = (v)}})
#define WATTLE_VALUE_EXTERN(v) ((wattle_value){.kind = WATTLE_EXTERNREF, .of = {.ref = (v)}})

/* References made from here on belong to the scope, until it is closed. Scopes nest. A host
   function runs in a scope of its own. */
typedef struct wattle_scope {
    uint32_t store, depth;
} wattle_scope;
wattle_scope wattle_scope_open(wattle_store *store);
void wattle_scope_close(wattle_store *store, wattle_scope scope);

void wattle_ref_free(wattle_store *store, wattle_ref ref);
/* A second, independent root of the same object; outside: one that no scope ends. */
wattle_status wattle_ref_copy(wattle_store *store, wattle_ref ref, bool outside, wattle_ref *out);
/* The same object (or both null). */
bool wattle_ref_same(const wattle_store *store, wattle_ref a, wattle_ref b);
static inline bool wattle_ref_is_null(wattle_ref ref) { return ref.slot == 0; }

/* A pointer of the host as an externref. finalize, if any, is called with data some time after
   nothing refers to it any more (at the end of an outermost call into the store), at the latest
   when the store is freed; also when this call fails. */
wattle_status wattle_externref_new(wattle_store *store, void *data, void (*finalize)(void *data),
                                   wattle_ref *out);
/* The pointer behind an externref that the host made; WATTLE_USAGE: it is none of these (a wasm
   module can make externrefs of its own objects). */
wattle_status wattle_externref_data(const wattle_store *store, wattle_ref ref, void **data);

/* ---- functions ---- */

/* A function type for a host function. References name no index unless it is one of the store's
   own types. */
typedef struct wattle_functype {
    const wattle_valtype *params, *results;
    size_t param_count, result_count;
} wattle_functype;

/* What a host function is told of its caller; only valid inside it. */
typedef struct wattle_caller wattle_caller;
wattle_store *wattle_caller_store(const wattle_caller *caller);
/* The instance whose code made the call; zeroed when the host called. */
wattle_instance wattle_caller_instance(const wattle_caller *caller);
/* len bytes at an address of the caller's memory 0; NULL: they are not all there. Valid until the
   next call into wasm or growth. */
void *wattle_caller_memory(const wattle_caller *caller, uint64_t at, uint64_t len);

/* A host function: arguments have the types it was defined with; results come in with these types,
   zeroed, and must keep them. It may use the store, call into wasm, and end with
       WATTLE_OK
       wattle_caller_trap(caller, "words")            a trap
       wattle_caller_exit(caller, code)               the program's end
       wattle_caller_throw(caller, exception)         an exception, which the program may catch
       the status of a call into wasm that failed     the failure goes on
   Any other status is a trap. */
typedef wattle_status (*wattle_host_fn)(void *user, wattle_caller *caller, const wattle_value *args,
                                        wattle_value *results);
wattle_status wattle_caller_trap(wattle_caller *caller, const char *message);
wattle_status wattle_caller_exit(wattle_caller *caller, uint32_t code);
wattle_status wattle_caller_throw(wattle_caller *caller, wattle_ref exception);

/* Numbers as they lie in the machine: one slot each, v128 two (the low half first). */
typedef union wattle_slot {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    uint64_t bits;
} wattle_slot;
/* The fast form of a host function, for numbers only: the types are given once, as letters, and are
   not said again. */
typedef wattle_status (*wattle_host_fast_fn)(void *user, wattle_caller *caller,
                                             const wattle_slot *args, wattle_slot *results);

/* finalize, if any, is called with user when the store is freed; also when this call fails. */
wattle_status wattle_func_new(wattle_store *store, const wattle_functype *type, wattle_host_fn fn,
                              void *user, void (*finalize)(void *user), wattle_func *out);
/* signature: parameters, ':', results; i i32, l i64, f f32, d f64, v v128: "iil:d". */
wattle_status wattle_func_new_fast(wattle_store *store, const char *signature,
                                   wattle_host_fast_fn fn, void *user, void (*finalize)(void *user),
                                   wattle_func *out);
wattle_type wattle_func_type(const wattle_store *store, wattle_func func);
/* Its type is the one of these letters (F funcref, E externref besides). */
bool wattle_func_is(const wattle_store *store, wattle_func func, const char *signature);

/* Calls a function. args and results may be the same array. References in the results are new
   roots. WATTLE_OK; WATTLE_TRAP, WATTLE_EXIT, WATTLE_EXCEPTION: results are unchanged. */
wattle_status wattle_func_call(wattle_store *store, wattle_func func, const wattle_value *args,
                               size_t arg_count, wattle_value *results, size_t result_count);
/* The fast form, for functions of numbers only: the arguments lie in slots, the results are put
   there. slot_count: at least the slots of both. Check the type once with wattle_func_is. */
wattle_status wattle_func_call_fast(wattle_store *store, wattle_func func, wattle_slot *slots,
                                    size_t slot_count);

/* ---- memories ---- */

wattle_status wattle_memory_new(wattle_store *store, const wattle_limits *limits,
                                wattle_memory *out);
/* The limits as declared; min is the size now. */
wattle_limits wattle_memory_limits(const wattle_store *store, wattle_memory memory);
/* The bytes, until the next call into wasm or growth; *size 0 and NULL for a bad handle. A memory
   without a byte has an address that may not be read. */
void *wattle_memory_data(const wattle_store *store, wattle_memory memory, size_t *size);
/* len bytes at an address; NULL: they are not all there. */
void *wattle_memory_at(const wattle_store *store, wattle_memory memory, uint64_t at, uint64_t len);
uint64_t wattle_memory_pages(const wattle_store *store, wattle_memory memory);
/* WATTLE_LIMIT: it cannot grow so far. old_pages may be NULL. */
wattle_status wattle_memory_grow(wattle_store *store, wattle_memory memory, uint64_t pages,
                                 uint64_t *old_pages);

/* ---- memories that threads share ----

   One memory for several stores, each with a thread of its own. It is made once, here or by a
   module, and given to every store; all see the same bytes. Stores stay what they are, things of
   one thread at a time; of a wattle_shared_memory every function may be called from any thread at
   any time.
   - Ownership: it is counted. The embedder, linkers and stores are its owners; freeing one of them
     is fine while others use it. Each thread that keeps one retains it.
   - Its bytes never move, and it never shrinks: a pointer into it is good as long as somebody owns
     it. Its address space is reserved for the declared maximum, memory only for what it has.
   - Who reads and writes bytes while others do uses atomics on them, or is ordered by something
     else. The atomic instructions of wasm are those of C11, sequentially consistent.
   - Only stores of the same engine may share one. */
typedef struct wattle_shared_memory wattle_shared_memory;

/* limits->shared and a maximum are required. WATTLE_USAGE, WATTLE_OUT_OF_MEMORY. */
wattle_status wattle_shared_memory_new(wattle_engine *engine, const wattle_limits *limits,
                                       wattle_shared_memory **out);
/* One more owner, who frees it too: for handing it to another thread. */
wattle_shared_memory *wattle_shared_memory_retain(wattle_shared_memory *memory);
void wattle_shared_memory_free(wattle_shared_memory *memory);
/* The same memory as one of a store: to import it, to look at it. A store has one handle for it. */
wattle_status wattle_shared_memory_in(wattle_store *store, wattle_shared_memory *memory,
                                      wattle_memory *out);
/* The other way, for a memory that a module made. WATTLE_USAGE: it is not shared. */
wattle_status wattle_memory_share(wattle_store *store, wattle_memory memory,
                                  wattle_shared_memory **out);

/* The bytes; *size is how many there are now. */
void *wattle_shared_memory_data(const wattle_shared_memory *memory, size_t *size);
/* The limits as declared; min is the size now. */
wattle_limits wattle_shared_memory_limits(const wattle_shared_memory *memory);
/* WATTLE_LIMIT: it cannot grow so far. old_pages may be NULL. */
wattle_status wattle_shared_memory_grow(wattle_shared_memory *memory, uint64_t pages,
                                        uint64_t *old_pages);

/* What the instructions memory.atomic.wait and .notify do, for threads of the host. */
typedef enum wattle_wait {
    WATTLE_WAIT_NOTIFIED,
    WATTLE_WAIT_NOT_EQUAL, /* another value stood there */
    WATTLE_WAIT_TIMED_OUT,
    WATTLE_WAIT_WRONG, /* no such address, misaligned, or no threads on this system */
} wattle_wait;
/* While the 4 or 8 bytes at the address are `expected`; ns < 0: for ever. Store interrupts do not
   end it; they end the waiting of wasm. */
wattle_wait wattle_shared_memory_wait(wattle_shared_memory *memory, uint64_t at, unsigned bytes,
                                      uint64_t expected, int64_t ns);
/* How many were woken, in the order in which they came; 0 also for a wrong address. */
uint32_t wattle_shared_memory_notify(wattle_shared_memory *memory, uint64_t at, uint32_t count);

/* ---- tables, globals, tags ---- */

wattle_status wattle_table_new(wattle_store *store, wattle_valtype element,
                               const wattle_limits *limits, const wattle_value *init,
                               wattle_table *out);
wattle_limits wattle_table_limits(const wattle_store *store, wattle_table table);
wattle_valtype wattle_table_element(const wattle_store *store, wattle_table table);
uint64_t wattle_table_size(const wattle_store *store, wattle_table table);
/* WATTLE_LIMIT: there is no such element. */
wattle_status wattle_table_get(wattle_store *store, wattle_table table, uint64_t i,
                               wattle_value *out);
wattle_status wattle_table_set(wattle_store *store, wattle_table table, uint64_t i,
                               const wattle_value *value);
wattle_status wattle_table_grow(wattle_store *store, wattle_table table, uint64_t elements,
                                const wattle_value *init, uint64_t *old_size);

wattle_status wattle_global_new(wattle_store *store, wattle_valtype type, bool is_mutable,
                                const wattle_value *value, wattle_global *out);
wattle_valtype wattle_global_type(const wattle_store *store, wattle_global global,
                                  bool *is_mutable);
wattle_status wattle_global_get(wattle_store *store, wattle_global global, wattle_value *out);
wattle_status wattle_global_set(wattle_store *store, wattle_global global,
                                const wattle_value *value);

/* The tag of exceptions with these parameters (no results). */
wattle_status wattle_tag_new(wattle_store *store, const wattle_functype *type, wattle_tag *out);
wattle_type wattle_tag_type(const wattle_store *store, wattle_tag tag);

/* ---- exceptions ---- */

/* An exception is a reference of the kind WATTLE_EXNREF: a tag, and values of its parameters'
   types. */
wattle_status wattle_exception_new(wattle_store *store, wattle_tag tag, const wattle_value *values,
                                   size_t count, wattle_ref *out);
wattle_status wattle_exception_tag(wattle_store *store, wattle_ref exception, wattle_tag *out);
/* count is the number of the tag's parameters. References among the values are new roots. */
wattle_status wattle_exception_values(wattle_store *store, wattle_ref exception,
                                      wattle_value *values, size_t count);
/* What the last call that returned WATTLE_EXCEPTION threw, until the next call; WATTLE_USAGE: there
   is none. wattle_store_frame says where it was thrown. */
wattle_status wattle_store_exception(wattle_store *store, wattle_ref *out);

/* ---- linking and instances ---- */

typedef struct wattle_extern {
    wattle_extern_kind kind;
    union {
        wattle_func func;
        wattle_table table;
        wattle_memory memory;
        wattle_global global;
        wattle_tag tag;
    } of;
} wattle_extern;
/* The type of any of them. */
wattle_extern_type wattle_extern_get_type(const wattle_store *store, wattle_extern item);

/* A linker gives imports by their names. Its host functions belong to no store: one linker serves
   many stores, on many threads once it is complete. Defining a name again replaces it. */
typedef struct wattle_linker wattle_linker;
wattle_linker *wattle_linker_new(wattle_engine *engine);
void wattle_linker_free(wattle_linker *linker);
/* finalize is called with user when the linker and all stores that used it are freed; also when
   this call fails. The type may name no index. */
wattle_status wattle_linker_define_func(wattle_linker *linker, const char *module, const char *name,
                                        const wattle_functype *type, wattle_host_fn fn, void *user,
                                        void (*finalize)(void *user));
wattle_status wattle_linker_define_fast(wattle_linker *linker, const char *module, const char *name,
                                        const char *signature, wattle_host_fast_fn fn, void *user,
                                        void (*finalize)(void *user));
/* Something of one store: only modules instantiated there see it. */
wattle_status wattle_linker_define(wattle_linker *linker, const char *module, const char *name,
                                   wattle_extern item);
/* The same shared memory in every store. The linker becomes one more owner. */
wattle_status wattle_linker_define_shared_memory(wattle_linker *linker, const char *module,
                                                 const char *name, wattle_shared_memory *memory);
/* Every export of an instance, under a module name. */
wattle_status wattle_linker_define_instance(wattle_linker *linker, const char *module,
                                            wattle_store *store, wattle_instance instance);
/* The functions of WASI preview 1; each store needs a wattle_wasi. */
wattle_status wattle_linker_define_wasi(wattle_linker *linker);

/* Whether import i of a checked module would be given to it in this store: WATTLE_OK, or
   WATTLE_LINK and wattle_store_message. */
wattle_status wattle_linker_check_import(wattle_linker *linker, wattle_store *store,
                                         const wattle_module *module, size_t i);

/* Instantiates a checked module: links, writes its segments, calls its start function.
   linker NULL: there are no imports. WATTLE_LINK; WATTLE_TRAP (also a segment out of bounds);
   WATTLE_EXIT; WATTLE_EXCEPTION; WATTLE_LIMIT (of the store); WATTLE_OUT_OF_MEMORY. */
wattle_status wattle_instance_new(wattle_store *store, const wattle_module *module,
                                  wattle_linker *linker, wattle_instance *out);
/* The same with imports by position instead of names. */
wattle_status wattle_instance_new_with(wattle_store *store, const wattle_module *module,
                                       const wattle_extern *imports, size_t import_count,
                                       wattle_instance *out);
/* The module it was made of; lent by the store. */
const wattle_module *wattle_instance_module(const wattle_store *store, wattle_instance instance);
/* A type of the module as one of the store's. */
wattle_type wattle_instance_type(const wattle_store *store, wattle_instance instance, size_t i);
/* false: there is no such export. */
bool wattle_instance_export(wattle_store *store, wattle_instance instance, const char *name,
                            wattle_extern *out);
/* The export with the number i of wattle_module_export. */
bool wattle_instance_export_at(wattle_store *store, wattle_instance instance, size_t i,
                               wattle_extern *out);
/* An export that is a function. */
bool wattle_instance_func(wattle_store *store, wattle_instance instance, const char *name,
                          wattle_func *out);
bool wattle_instance_memory(wattle_store *store, wattle_instance instance, const char *name,
                            wattle_memory *out);

/* ---- debugging ---- */

/* Makes calls that can be held before any instruction, `block`, `end` and the like among them: the
   function that goes on returns then, and the store is as it is there. For stores that were made
   with `debug`, one for each at a time; while it is there, instantiation leaves start functions to
   it. Calls that host functions make are not held. */
typedef struct wattle_debugger wattle_debugger;
/* WATTLE_USAGE: a store without `debug`, or that has one. */
wattle_status wattle_debugger_new(wattle_store *store, wattle_debugger **debugger);
/* Before its store. */
void wattle_debugger_free(wattle_debugger *debugger);

/* Adds a call to those that it makes, one after the other; none follows one that fails. References
   among the arguments have to live until it begins. WATTLE_USAGE: they are too few or too many. */
wattle_status wattle_debugger_add(wattle_debugger *debugger, wattle_func func,
                                  const wattle_value *args, size_t arg_count);
/* The same of an instance's start function, if its module has one. */
wattle_status wattle_debugger_add_start(wattle_debugger *debugger, wattle_instance instance);
/* Breakpoints: offsets of instructions in a module that was read from the binary format, instead of
   those that it had. WATTLE_USAGE: it was read from a text. */
wattle_status wattle_debugger_break_at(wattle_debugger *debugger, const wattle_module *module,
                                       const uint64_t *offsets, size_t count);

typedef enum wattle_debug_goal {
    WATTLE_DEBUG_BREAK, /* a breakpoint */
    WATTLE_DEBUG_OVER,  /* or an instruction of this frame or one around it, or a next call's first
                         */
    WATTLE_DEBUG_OUT,   /* or one of a frame around this one, or a next call's first */
    WATTLE_DEBUG_PASS,  /* none: breakpoints are passed, and wattle_debugger_passed says the last */
    WATTLE_DEBUG_MORE,  /* that of the last time, which was not reached */
} wattle_debug_goal;
/* Goes on to the goal or the end, by at most so many instructions; none: to the first one, when no
   call has begun. In stores with fuel those that take long count as that says, so that it may stop
   earlier; so it does when it has called host functions for a second. WATTLE_OK: the call is held,
   or all have ended; else how the last one failed, once. */
wattle_status wattle_debugger_go(wattle_debugger *debugger, wattle_debug_goal goal, uint64_t steps);
/* The goal was what stopped it, not the number of steps. */
bool wattle_debugger_at_goal(const wattle_debugger *debugger);
/* For a host function: the call is held at the next instruction. */
void wattle_debugger_hold(wattle_debugger *debugger);
/* Nothing is left to be done. */
bool wattle_debugger_ended(const wattle_debugger *debugger);
/* Instructions done, the one among them that failed. */
uint64_t wattle_debugger_steps(const wattle_debugger *debugger);
/* The same, where the last breakpoint was that wattle_debugger_go has passed; UINT64_MAX: there was
   none. */
uint64_t wattle_debugger_passed(const wattle_debugger *debugger);
/* The results of the last call, when all have ended well (else WATTLE_USAGE). */
wattle_status wattle_debugger_results(const wattle_debugger *debugger, wattle_value *results,
                                      size_t result_count);
/* Writes what can be seen, also behind the end, as JSON:
   {"step": 7, "ended": false, "frames": [FRAME...], "globals": [VALUE...], "tables": [{"name",
   "size", "entries": ["func 3 $f", "null"]}...], "memories": [{"name", "pages", "bytes"}...]};
   a VALUE is {"name": "x" or null, "type": "i32", "value": "42"}, a FRAME {"function": 3, "name",
   "offset": of the instruction that comes next (outside of the innermost: of the call that it waits
   for) in the binary, "codeOffset": in the code of its function, "locals": [VALUE...], "stack":
   [VALUE...], the top last, without what the call took}. Of frames, the innermost first, and table
   entries a hundred at most, of other lists a thousand. Behind a failure the frames are those that
   it had. Globals, tables and memories are the ones of the instance that is seen: the innermost
   frame's, without frames the latest. */
wattle_status wattle_debugger_write(wattle_debugger *debugger, wattle_write write, void *user);
/* The bytes of a memory of that instance, lent until something is run; NULL: there is none. */
const uint8_t *wattle_debugger_memory(const wattle_debugger *debugger, uint32_t index, size_t *len);

/* ---- WASI ---- */

/* The world of one program: it sees what is given here, and nothing else of the host. */
typedef struct wattle_wasi wattle_wasi;
wattle_wasi *wattle_wasi_new(wattle_engine *engine);
void wattle_wasi_free(wattle_wasi *wasi);
/* Texts are copied. WATTLE_USAGE: not UTF-8, or no NAME=VALUE. The first argument is the program's
   name. */
wattle_status wattle_wasi_add_argument(wattle_wasi *wasi, const char *text);
wattle_status wattle_wasi_add_variable(wattle_wasi *wasi, const char *name_and_value);
/* The streams of the process as descriptors 0, 1 and 2, those that are open. They are shared with
   others: the program changes nothing that those would see, reads 0, and writes 1 and 2, only at
   the end where they were opened to append. */
wattle_status wattle_wasi_inherit_stdio(wattle_wasi *wasi);
/* Opens a directory of the host and gives it to the program under a name of its own.
   WATTLE_USAGE: it cannot be opened, and *why is a constant text (why may be NULL). */
wattle_status wattle_wasi_add_directory(wattle_wasi *wasi, const char *host, const char *guest,
                                        bool read_only, const char **why);
/* A socket that listens at "HOST:PORT" (HOST an address of IPv4, one of IPv6 in brackets,
   localhost, or nothing: all addresses of IPv4), for sock_accept. *fd is its descriptor in the
   program; programs look for directories before they come to other descriptors, so add those first.
   WATTLE_USAGE: it cannot be made, and *why is a constant text. why and fd may be NULL. */
wattle_status wattle_wasi_add_listener(wattle_wasi *wasi, const char *address, uint32_t *fd,
                                       const char **why);
/* A file system in memory, for programs that get none of the host's, and hosts without one. A path
   names a file below its root: "a/b.txt". While a program that has it runs, only host functions
   called by it may use it. most_bytes: of contents and names together; 0: 1 GiB. */
typedef struct wattle_memfs wattle_memfs;
/* NULL: out of memory. */
wattle_memfs *wattle_memfs_new(wattle_engine *engine, uint64_t most_bytes);
/* The worlds that have it keep it. */
void wattle_memfs_free(wattle_memfs *memfs);
/* Makes or replaces a file, and the directories above it. WATTLE_USAGE: it cannot be, and *why is a
   constant text (why may be NULL, here and below); WATTLE_LIMIT: more than most_bytes. */
wattle_status wattle_memfs_write(wattle_memfs *memfs, const char *path, const void *data,
                                 size_t size, const char **why);
/* The contents of a file, lent until it changes. WATTLE_USAGE: there is none. */
wattle_status wattle_memfs_read(wattle_memfs *memfs, const char *path, const void **data,
                                size_t *size, const char **why);
/* Calls fn for every file, by its path from the root; it must not change any. false from fn ends
   it. */
typedef bool (*wattle_memfs_file)(void *user, const char *path, const void *data, size_t size);
void wattle_memfs_each(wattle_memfs *memfs, wattle_memfs_file fn, void *user);
/* Adds a copy of what lies in a directory of the host: files, directories, and symbolic links but
   those with an absolute target. */
wattle_status wattle_memfs_copy(wattle_memfs *memfs, const char *host, const char **why);
/* Gives its root to a program, like wattle_wasi_add_directory. */
wattle_status wattle_wasi_add_memfs(wattle_wasi *wasi, wattle_memfs *memfs, const char *guest,
                                    bool read_only);
/* Lets the program start threads (wasi-threads): as many at a time, beside the one that runs it; 0,
   none, at first. A module that imports `thread-spawn` of `wasi` then finds it, and every shared
   memory that the linker does not define; the store must be interruptible. Each thread is an
   instance of the same module with the same linker in a store of its own, made like the first, so
   host functions are called from several threads, and what belongs to one store (wattle_linker_
   define) is not there in them. The first trap or exit ends all: the call of the store ends with it
   too. So does an interrupt of the store, and freeing it. With fuel, half of what one has left goes
   to each thread that it starts. */
void wattle_wasi_set_max_threads(wattle_wasi *wasi, uint32_t threads);
/* Ends the threads of the store's program, and waits for them, as freeing the store does. What can
   be asked of the store, but for the frames of a thread's trap, is there afterwards. */
void wattle_store_end_threads(wattle_store *store);
/* The program sees the same in every run: clocks begin at the year 2000 and go on by a microsecond
   when they are read, sleeping only moves them, random bytes come from the seed. What files,
   streams and directories hold and when is not part of it. */
void wattle_wasi_set_deterministic(wattle_wasi *wasi, uint64_t seed);
/* Every call of the program is told to write, as a line "fd_write(1, ["hello"]) = 5". With
   threads from several at once. */
void wattle_wasi_set_trace(wattle_wasi *wasi, wattle_write write, void *user);
/* Gives the world to the program of a store; takes wasi. WATTLE_USAGE: it has one. */
wattle_status wattle_store_set_wasi(wattle_store *store, wattle_wasi *wasi /* takes */);

/* ---- unstable: what the command uses beside ---- */
#ifdef WATTLE_UNSTABLE

/* For the first line of main: words in UTF-8 and streams of plain bytes also on Windows. What *argv
   is set to is never freed. */
void wattle_program_start(int *argc, char ***argv);
/* The environment: NAME=VALUE, NULL behind the last; never freed. NULL: out of memory. */
char **wattle_program_environment(void);

/* A whole file, mapped where possible. "-" is the standard input. */
typedef struct wattle_file wattle_file;
/* NULL on failure: *why is a constant text ("no such file or directory"). */
wattle_file *wattle_file_open(wattle_engine *engine, const char *path, const char **why);
const void *wattle_file_data(const wattle_file *file);
size_t wattle_file_size(const wattle_file *file);
/* wattle_module_read of a file that lives as long as the module. Less memory for a text: pages that
   were read are given back to the system. A text may begin with a line `#!…`, which is passed over:
   the text format itself knows no such line. */
wattle_status wattle_module_read_file(wattle_engine *engine, const wattle_file *file,
                                      const char *name, unsigned flags, wattle_module **module,
                                      wattle_report **report);
/* wattle_module_read_native of one, whose code is mapped instead of copied. */
wattle_status wattle_module_read_native_file(wattle_engine *engine, const wattle_file *file,
                                             const char *name, wattle_module **module,
                                             const char **why);
void wattle_file_close(wattle_file *file);

/* A folder with machine code of modules that were run before, in .cwat files, each named by hashes
   of its module and of what its code depends on. Only the user may write there. The module of one
   program at a time. */
typedef struct wattle_cache wattle_cache;
/* Makes the folder, but not the one it is in. limit: bytes of all files. NULL on failure: *why is a
   constant text. Where there is no machine code it always fails. */
wattle_cache *wattle_cache_open(wattle_engine *engine, const char *folder, uint64_t limit,
                                const char **why);
/* The module of a binary, with code for stores of this config; NULL: there is none, and the binary
   is to be read. The module lives as long as the cache. */
wattle_module *wattle_cache_find(wattle_cache *cache, const wattle_file *file, const char *name,
                                 const wattle_store_config *config);
/* At the end of a program: keeps what the store has of the module that was asked for last, if there
   is much more than there was; then removes what has not been used for longest until all is within
   the limit. */
void wattle_cache_keep(wattle_cache *cache, wattle_store *store, const wattle_module *module);
void wattle_cache_free(wattle_cache *cache);
typedef struct wattle_cache_contents {
    size_t files;
    uint64_t bytes;
} wattle_cache_contents;
/* What is in the folder; clear: and removes it. */
wattle_cache_contents wattle_cache_look(wattle_cache *cache, bool clear);

/* Calls work(user, i) for every i below count, on as many threads as the engine has, and done(user,
   i) in rising order, one after the other, as soon as all up to i are worked on. An engine with one
   thread works in order. */
void wattle_parallel(wattle_engine *engine, size_t count, void (*work)(void *user, size_t i),
                     void (*done)(void *user, size_t i), void *user);

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
/* Lets those execute the file who may read it. */
bool wattle_output_executable(wattle_output *output);
/* Frees the output. commit false: nothing is left behind. Returns NULL, or why it failed. */
const char *wattle_output_close(wattle_output *output, bool commit);

/* Makes the folder `path`, and folders one in the other below it ("a/b"), unless they are there.
   Returns NULL, or why it failed. */
const char *wattle_folders_make(const char *path, const char *below);

/* A small server of files over HTTP, for development: GET and HEAD of what lies below a folder,
   which no path leaves, for this machine only. The functions may be NULL; stop is asked a few times
   a second, true ends it. */
typedef struct wattle_serve_options {
    size_t size; /* sizeof(wattle_serve_options) */
    const char *folder;
    const char *address; /* "localhost:8080" */
    bool isolate;        /* with the headers by which pages may share memory between threads */
    bool live;           /* pages of HTML load anew when something below the folder changes */
    void (*ready)(void *user);
    void (*log)(void *user, const char *method, const char *path, unsigned status, uint64_t size);
    bool (*stop)(void *user);
    void *user;
} wattle_serve_options;
/* Serves on the caller's thread. NULL at the end, or why it could not start: *what is "folder" or
   "address" then. */
const char *wattle_serve(wattle_engine *engine, const wattle_serve_options *options,
                         const char **what);

/* Standard output and error for messages: wattle_write functions (user unused). */
bool wattle_stdout_write(void *user, const void *data, size_t len);
bool wattle_stderr_write(void *user, const void *data, size_t len);
bool wattle_stderr_is_terminal(void);
bool wattle_stdout_is_terminal(void);
/* From now on writing to a pipe that nobody reads is an error, in the whole process, and no signal
   that ends it: for programs that want to be told. */
void wattle_ignore_broken_pipes(void);

/* Calls fn once on a thread of its own, ns nanoseconds from now, unless it is stopped before. NULL:
   out of memory, or there are no threads. */
typedef struct wattle_timer wattle_timer;
wattle_timer *wattle_timer_start(wattle_engine *engine, uint64_t ns, void (*fn)(void *user),
                                 void *user);
/* The same again and again, ns after each call, until it is stopped. */
wattle_timer *wattle_timer_start_every(wattle_engine *engine, uint64_t ns, void (*fn)(void *user),
                                       void *user);
/* fn has returned or will not be called. NULL is fine. */
void wattle_timer_stop(wattle_timer *timer);

/* The signals that ask the process to end (Ctrl-C, terminate, hang-up) do not end it any more, but
   are told to fn, on a thread of its own, until the watch is freed. Before other threads are
   started. NULL: out of memory, or there are none here. */
typedef struct wattle_signals wattle_signals;
wattle_signals *wattle_signals_watch(wattle_engine *engine, void (*fn)(void *user, int signal),
                                     void *user);
void wattle_signals_free(wattle_signals *signals);
/* Ends the process as the signal does, or with 128 + signal where that does nothing. */
void wattle_signal_end(int signal);
/* The first process of a container: signals that nobody watches do nothing. */
bool wattle_is_first_process(void);

/* A path to the executable of the process. */
bool wattle_self_path(char *path, size_t size);
/* Reads the last bytes of it: how many, 0 if it cannot be read or is shorter. */
size_t wattle_self_end(void *data, size_t size);
/* The path of a file from the root on, without links; false: there is none, or it is too long. */
bool wattle_real_path(const char *path, char *real, size_t size);

uint32_t wattle_process_id(void);
/* Maps the first page of a file so that perf, which records such mappings, learns of it: a jitdump.
   Until the end of the process. false: not here. */
bool wattle_map_for_perf(const char *path);

/* Nanoseconds of the monotonic clock. */
uint64_t wattle_now(void);
/* What the process has used so far; false: this system does not tell. */
typedef struct wattle_usage {
    uint64_t user_ns, system_ns, peak_bytes;
    uint64_t minor_faults, major_faults; /* pages mapped; pages read from a disk */
} wattle_usage;
bool wattle_process_usage(wattle_usage *usage);

/* Reads one value of a type from text, as `wattle run --invoke` does ("42", "-0x1p3"); a v128 is
   one hexadecimal number, a reference can only be "null". false: it is no such value. */
bool wattle_value_parse(const char *text, wattle_valtype type, wattle_value *value);
/* Writes a type as the text format does ("i32", "(ref null 3)"), with a NUL. */
enum { WATTLE_VALTYPE_TEXT = 48 };
void wattle_valtype_print(wattle_valtype type, char text[WATTLE_VALTYPE_TEXT]);
/* How many letters differ (0: none), if one word may be meant by the other, else UINT_MAX. */
unsigned wattle_word_distance(const char *word, const char *known);
/* Writes a value as text with a NUL; returns its length. */
enum { WATTLE_VALUE_TEXT = 64 };
size_t wattle_value_print(const wattle_value *value, char text[WATTLE_VALUE_TEXT]);

#endif /* WATTLE_UNSTABLE */

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
