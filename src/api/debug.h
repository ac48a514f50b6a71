/* The debugger as its two files see it: debug.c goes, debug_state.c looks. */
#ifndef WATTLE_API_DEBUG_H
#define WATTLE_API_DEBUG_H

#include "api/inside.h"

/* A call to be made. */
typedef struct DebugCall {
    FuncInst *func;
    wattle_value *args;
    size_t arg_count;
} DebugCall;

/* The breakpoints of a module: a bit for each byte of its binary. */
typedef struct DebugBreaks {
    const Module *module;
    uint8_t *bits;
    size_t size; /* in bytes */
} DebugBreaks;

struct wattle_debugger {
    wattle_store *store;
    const TierHold *hold;
    DebugCall *calls;
    size_t call_count, call_cap, next; /* the call that begins next */
    DebugBreaks *breaks;
    size_t break_count, break_cap;
    wattle_value *results; /* of the last call */
    size_t result_count;
    HeldCall held;
    bool holds;  /* a call is held: there */
    bool failed; /* one has failed: there its last instruction was */
    uint64_t told;
    uint64_t passed;

    /* What wattle_debugger_go wants. */
    bool going; /* else what runs is somebody else's call */
    bool begins, reached, at_goal;
    wattle_debug_goal goal;
    uint64_t from, until; /* steps */
    uint64_t fuel_floor;
    uint32_t host_calls; /* seen */
    uint64_t host_since; /* ns: when the first of them came back; 0: none did */
    const Value *caller; /* of the frame that OVER and OUT mean */
};

/* The frame to be seen; false: there is none. */
WT_INLINE bool debug_place(const wattle_debugger *d, HeldFrame *f) {
    *f = d->held.at;
    return (d->holds || d->failed) && f->in;
}
/* The instance to be seen; NULL: there is none. */
const Instance *wt_api_debug_instance(const wattle_debugger *d);

#endif
