/* The part of a script that runs: its store, the modules it made, and values. Private to the room.
   All functions that return bool and read: false means the script itself is broken (reported) or
   memory is out; what the script expected and did not get is a failure, counted by script.c. */
#ifndef WATTLE_SCRIPT_RUN_H
#define WATTLE_SCRIPT_RUN_H

#include "run/link.h"
#include "script/script_inside.h"

/* ---- script_value.c ---- */

typedef struct ScriptValue {
    ValType type; /* references: any reference type */
    Value v[2];
} ScriptValue;

/* A constant, from its parenthesis. */
bool wt_script_read_argument(Script *s, ScriptValue *v);
/* A result pattern, from its parenthesis: is the value of the given type (with ids) like it? */
bool wt_script_match_result(Script *s, ValType type, const Value *got, bool *same);
void wt_script_print_value(Buf *out, ValType type, const Value *v);

/* ---- script_run.c ---- */

/* A module of the script: it lives as long as the store. */
typedef struct Loaded {
    Attempt attempt;
    Code *code; /* NULL: not prepared yet */
    Slice id;   /* data NULL: none */
} Loaded;

typedef struct NamedInstance {
    Slice id;
    Instance *instance;
} NamedInstance;

/* ---- script_thread.c ---- */

enum { SCRIPT_threads = 64, SCRIPT_shared = 16 };
typedef struct ScriptThread ScriptThread;

/* What a thread was given: a memory that an instance exports elsewhere. */
typedef struct SharedName {
    Slice id, name; /* of the instance, of the export */
    MemInst *memory;
} SharedName;

/* (thread ...) and (wait ...): the head stands behind the keyword. */
bool wt_script_thread(Script *s);
bool wt_script_wait(Script *s);
/* Waits for those that nobody waited for; when the script is broken they are stopped. */
void wt_script_end_threads(Script *s);
/* Registers what was shared under an instance's name; false: nothing was. */
bool wt_script_register_shared(Script *s, Slice name, Slice id);

/* ---- script_run.c ---- */

typedef struct Machine {
    Store *store;
    Linker linker;
    Loaded **loaded;
    NamedInstance *instances;
    size_t loaded_count, loaded_cap, instance_count, instance_cap;
    Instance *current; /* the latest; NULL: none, or it failed */
    Value *hosts;      /* boxed numbers: ref.extern N and ref.host N */
    size_t host_count, host_cap;
    ScriptThread *threads[SCRIPT_threads]; /* that run, in the order of their start */
    uint32_t thread_count;
    SharedName *shared; /* in a thread */
    size_t shared_count, shared_cap;
} Machine;

/* The store with spectest in it. false: out of memory (reported). */
bool wt_script_machine_new(Script *s);
void wt_script_machine_free(Script *s);

/* Takes over a valid module; NULL: out of memory (reported). */
Loaded *wt_script_keep(Script *s, Attempt *a);
/* The definition of that id; without one the latest. */
Loaded *wt_script_find_module(Script *s, Slice id);
/* How an action or the making of an instance ended. */
typedef enum OutcomeKind {
    OUTCOME_values, /* well */
    OUTCOME_trap,
    OUTCOME_exception,
    OUTCOME_suspension, /* to a tag that nobody handles */
    OUTCOME_error,      /* it could not begin */
} OutcomeKind;
/* Makes an instance; when there is none `why` says why: "unknown import ...", or a trap's text. */
OutcomeKind wt_script_instantiate(Script *s, Loaded *l, Slice id, Buf *why);
/* The instance of that id; without one the latest; NULL: there is none. */
Instance *wt_script_find_instance(Script *s, Slice id);
void wt_script_register(Script *s, Slice name, Instance *in);

enum { SCRIPT_values = 64 };
/* What came of an action. */
typedef struct Outcome {
    OutcomeKind kind;
    uint32_t count;
    ValType types[SCRIPT_values];
    Value values[2 * SCRIPT_values]; /* by slots */
    Buf why;                         /* of a trap or error: its text */
} Outcome;
void wt_script_outcome_init(Script *s, Outcome *o);
void wt_script_outcome_free(Outcome *o);
/* (invoke ...) or (get ...): the head stands at the word; reads to behind the closing
   parenthesis and runs. */
bool wt_script_action(Script *s, Outcome *o);

#endif
