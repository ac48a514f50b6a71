/* How a program stops against its will: a code, a message and the wasm frames it stood in.
   One trap at a time lives in the store; calls return false and leave it there. */
#ifndef WATTLE_RUN_TRAP_H
#define WATTLE_RUN_TRAP_H

#include "base/buf.h"

typedef enum TrapCode {
    TRAP_none,
#define TRAP(ident, text) TRAP_##ident,
#include "wasm/traps.def"
#undef TRAP
    TRAP_exception,     /* no trap: an exception that nobody caught */
    TRAP_exit,          /* no error: the program asked to end (proc_exit) */
    TRAP_out_of_memory, /* the host's memory, not the program's */
    TRAP_limit,         /* instantiation: more than the store may hold (quota.h) */
    TRAP_held,          /* no end: the call can go on (StoreHolder) */
} TrapCode;

/* "integer divide by zero": the words of the official test suite. */
const char *wt_trap_text(TrapCode code);

struct Instance;
struct Store;

enum { TRAP_frames = 64, TRAP_text = 160 };
#define TRAP_no_offset UINT32_MAX

typedef struct TrapFrame {
    const struct Instance *instance;
    uint32_t funcidx;
    uint32_t offset; /* of the instruction from Func.code; TRAP_no_offset: not known */
} TrapFrame;

typedef struct Trap {
    TrapCode code;
    uint32_t exit_code; /* TRAP_exit */
    char
        detail[TRAP_text]; /* put behind the text: " 2", ": v128.load"; or a host's whole message */
    TrapFrame frames[TRAP_frames]; /* innermost first */
    uint32_t frame_count;
    uint64_t depth; /* frames in all */
} Trap;

/* Sets the store's trap, unless there is one already, and returns false. detail may be NULL. */
bool wt_trap_set(struct Store *s, TrapCode code, const char *detail);
/* The same with a number behind the text: "uninitialized element 7". */
WT_COLD bool wt_trap_set_number(struct Store *s, TrapCode code, uint64_t number);
/* The end of the program with an exit code; false as well. */
bool wt_trap_exit(struct Store *s, uint32_t exit_code);
/* A host function's failure in its own words; false as well. */
bool wt_trap_host(struct Store *s, const char *message);
/* The exception of a TRAP_exception with it. */
void wt_trap_clear(struct Store *s);
/* Adds one frame of the walk from inside to outside. */
void wt_trap_frame(struct Store *s, const struct Instance *in, uint32_t funcidx, uint32_t offset);

/* "integer divide by zero", "uncaught exception: parse_error (7, 0.5)". */
void wt_trap_message(const struct Store *s, Buf *b);
/* One line a frame: "    #0  fib (function 3) + 0x1c at fib.c:12", the source line when the module
   has a line table. */
void wt_trap_backtrace(const Trap *t, Buf *b);

#endif
