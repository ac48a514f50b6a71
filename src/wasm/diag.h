/* What is wrong with an input: a bounded list of problems, each with its place, both sides of a
   clash, and a likely fix. A job has one Diag. Errors never unwind: the job goes on behind the bad
   field, and its caller looks at `errors`. */
#ifndef WATTLE_WASM_DIAG_H
#define WATTLE_WASM_DIAG_H

#include "base/buf.h"

typedef enum ErrorCode {
    ERR_none = 0,
#define ERR(code, ident, class, text) ERR_##ident = code,
#include "wasm/errors.def"
#undef ERR
} ErrorCode;

typedef enum ErrorClass {
    CLASS_MALFORMED,
    CLASS_INVALID,
    CLASS_LIMIT,
    CLASS_CUSTOM,
    CLASS_RESOURCE,
    CLASS_USAGE,
    CLASS_WARNING,
} ErrorClass;

typedef struct ErrorInfo {
    uint16_t code;
    uint8_t class; /* ErrorClass */
    const char *ident, *text;
} ErrorInfo;
/* The row of errors.def; never NULL for a code of the enum. */
const ErrorInfo *wt_error_info(ErrorCode code);
/* "malformed" */
const char *wt_error_class_name(ErrorClass class);

#define DIAG_NOWHERE UINT64_MAX
enum { DIAG_MAX = 100, DIAG_USUAL = 20, DIAG_NOTES = 6 };

/* A place inside a module, for problems that were found in wasm bytes. Section 0: none. */
typedef struct Place {
    uint8_t section; /* section id: 10 = in a function's code, 6 = in a global's initialiser, ... */
    uint8_t part;    /* which expression of the item, when it has several (elements: unused) */
    uint32_t item;   /* index in that section's index space (functions: with imports) */
    uint32_t offset; /* from the first byte of the code entry or expression */
    uint32_t insn;   /* how many instructions stand before it */
} Place;

typedef struct DiagNote {
    uint64_t at, len; /* DIAG_NOWHERE: a hint without a place */
    Place place;      /* as in the entry */
    const char *text;
} DiagNote;

typedef struct DiagEntry {
    uint16_t code;    /* ErrorCode */
    uint64_t at, len; /* byte range in the input, DIAG_NOWHERE when not known (yet) */
    Place place;      /* of a problem in a function or expression */
    const char *text; /* the whole message */
    uint8_t note_count;
    DiagNote notes[DIAG_NOTES];
    const char *fix; /* replace [fix_at, fix_at + fix_len) by this; or NULL */
    uint64_t fix_at, fix_len;
} DiagEntry;

typedef struct Diag {
    Arena arena;
    DiagEntry *entries[DIAG_MAX];
    uint32_t most;   /* entries that are kept: DIAG_USUAL, or up to DIAG_MAX */
    uint32_t count;  /* of entries kept */
    uint32_t errors; /* found, kept or not, without warnings */
    uint32_t warnings;
    bool out_of_memory; /* ends the job */
} Diag;

void wt_diag_init(Diag *d, const Allocator *allocator);
void wt_diag_free(Diag *d);

/* Adds a problem. The message is the code's text, then ": " and the detail; a detail that begins
   with ' ', ',' or ':' is put directly behind the text; NULL: no detail. Returns the entry, or NULL
   when the list is full or memory is out: the functions below take NULL and do nothing. */
DiagEntry *wt_diag_add(Diag *d, ErrorCode code, uint64_t at, uint64_t len, const char *detail, ...)
    WT_PRINTF(5, 6);
/* A second place ("first defined here"), or a hint when at is DIAG_NOWHERE. */
DiagNote *wt_diag_note(Diag *d, DiagEntry *e, uint64_t at, uint64_t len, const char *text, ...)
    WT_PRINTF(5, 6);
/* A replacement that would mend it; shown as a hint too. */
void wt_diag_fix(Diag *d, DiagEntry *e, uint64_t at, uint64_t len, const char *replacement);
/* Memory is out: one error, once. */
void wt_diag_oom(Diag *d);
/* The first error that is not a warning, or NULL. */
const DiagEntry *wt_diag_first(const Diag *d);
/* Sorts by place. */
void wt_diag_sort(Diag *d);
/* Appends the entries of another Diag (texts are copied). */
void wt_diag_merge(Diag *d, const Diag *from);

#endif
