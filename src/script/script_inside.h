/* What the files of this room share: the job, its reading head, and one attempt to read a
   module. */
#ifndef WATTLE_SCRIPT_INSIDE_H
#define WATTLE_SCRIPT_INSIDE_H

#include <stdatomic.h>

#include "base/buf.h"
#include "script/script.h"
#include "text/lex.h"

struct Machine;

typedef struct Script {
    Slice text;
    const Allocator *allocator;
    const ScriptOptions *options;
    ScriptResult *result;
    Buf *out;
    Diag *d;
    Lexer lx;
    Slice command;       /* the keyword of the command that is read */
    uint64_t command_at; /* of its parenthesis */
    Arena arena;         /* names and messages of the script */
    uint64_t line_at, line_start, line;
    uint32_t threads;        /* open (thread ...), when nothing is run */
    struct Machine *machine; /* script_run.h; NULL: nothing is run */
    const atomic_uint *stop; /* of a thread: not 0 when it shall end; else NULL */
    Buf *said;               /* the command's latest message, for its mark; else NULL */
} Script;

/* ---- script.c: reading ---- */

/* Steps over what is expected, or reports what stands there instead. */
bool wt_script_expect(Script *s, TokenKind kind, const char *what);
/* Commands to the end of the text, or to the first whose own form is broken; then the end of all
   threads that were started. */
void wt_script_commands(Script *s);
/* The command failed: counted, and a line of output. */
void wt_script_fail(Script *s, const char *format, ...) WT_PRINTF(2, 3);

/* The line that the command begins at. */
uint64_t wt_script_line(Script *s);
/* An identifier, if there is one; data NULL: none. */
Slice wt_script_take_id(Script *s);
/* The string that the head stands at, in the script's arena. */
bool wt_script_take_string(Script *s, Slice *text, const char *what);

/* In the head of a thread, behind `(shared`: (module $m) and the end. */
bool wt_script_read_shared(Script *s, Slice *id);

/* ---- script_value.c: numbers ---- */

typedef enum NanPattern { NAN_none, NAN_canonical, NAN_arithmetic } NanPattern;
typedef struct ScriptShape {
    const char *word;
    uint8_t lanes, bits;
    bool floats;
} ScriptShape;

/* The type of the constant whose word the head stands at, which it then passes; VAL_bot: none. */
ValType wt_script_const_type(Script *s);
/* A number of this many bits, floats as bits; nan NULL: no pattern may stand there. */
bool wt_script_read_number(Script *s, unsigned bits, bool floats, uint64_t *out, NanPattern *nan);
/* The shape of a vector; NULL: there is none (reported). */
const ScriptShape *wt_script_read_shape(Script *s);

/* ---- script_module.c: modules and what is wrong with them ---- */

typedef enum ModuleForm { FORM_text, FORM_binary, FORM_quote } ModuleForm;

/* A module of the script as far as it could be read, and its problems. */
typedef struct Attempt {
    Module module;
    Diag diag;
    Buf bytes; /* of a binary or quoted module */
    ModuleForm form;
    bool definition; /* not to be instantiated */
    bool parsed;     /* whatever the checker says of it */
    Slice id;
} Attempt;

void wt_script_attempt_init(Script *s, Attempt *a);
void wt_script_attempt_free(Attempt *a);
/* Reads and checks a module; the head stands behind its keyword. False when the script is broken
   (or memory out), not when the module is bad. */
bool wt_script_read_module(Script *s, Attempt *a);
/* The first thing wrong with it, or NULL. */
const DiagEntry *wt_script_first_error(const Attempt *a);
/* "malformed", "invalid", ... */
const char *wt_script_class_word(ErrorClass class);

/* ---- script_trip.c ---- */

/* Whether a valid module comes back unchanged from text printed of it; why gets what went wrong.
   Memory that runs out ends the script. */
bool wt_script_round_trip(Script *s, const Attempt *a, Buf *why);

#endif
