/* The debugger as exports of the playground's module: what web/playground/debugger.js calls. It has
   an instance of the module for each run, and copies its memory to come back to a state: all of the
   run is in there. So nothing is ever freed here. */
#ifndef WATTLE_WEB_DEBUG_H
#define WATTLE_WEB_DEBUG_H

#include "web/run.h"

typedef struct WebDebug {
    WebResult result; /* first: JavaScript reads it. `out` is the state as JSON */
    WebInput in;
    WebRun run;
    wattle_debugger *debugger;
    size_t results; /* of the last function */
    bool invoked;   /* and they count */
    bool opened;
    wattle_status status;
} WebDebug;

/* Reads a module in the binary format and makes the run, held at its first instruction. What is
   wrong with the module is in `report`. Data and options stay. NULL: memory is out. */
WEB_EXPORT("debug_open")
WebDebug *web_debug_open(const uint8_t *data, size_t len, const uint8_t *options,
                         size_t options_len);
/* wattle_debugger_go. Returns steps done, as wattle_debugger_steps. */
WEB_EXPORT("debug_go") double web_debug_go(WebDebug *d, uint32_t goal, double steps);
/* 0: it has ended, 1: it is held, 2: where its goal was. */
WEB_EXPORT("debug_held") uint32_t web_debug_held(const WebDebug *d);
/* wattle_debugger_hold, from inside of debug_go. */
WEB_EXPORT("debug_hold") void web_debug_hold(WebDebug *d);
/* wattle_debugger_passed, or -1. */
WEB_EXPORT("debug_passed") double web_debug_passed(const WebDebug *d);
/* wattle_debugger_break_at; 0: memory is out. */
WEB_EXPORT("debug_break")
uint32_t web_debug_break(WebDebug *d, const uint32_t *offsets, size_t count);
/* Writes what can be seen to `out`. */
WEB_EXPORT("debug_state") void web_debug_state(WebDebug *d);
/* Where a memory's bytes are, and how many. */
WEB_EXPORT("debug_memory") const uint8_t *web_debug_memory(const WebDebug *d, uint32_t index);
WEB_EXPORT("debug_memory_size") size_t web_debug_memory_size(const WebDebug *d, uint32_t index);

#endif
