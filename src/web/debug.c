/* A run that is held and goes on, with WASI and files in memory. Read debug.h first.

   A state is JSON: {"status": a wattle_status, "exitCode", "values": [["i32", "7"]...], "message",
   "trap" (as of a run, if there is one), "state": as wattle_debugger_write has it}. */
#include "web/debug.h"

#include <stdlib.h>
#include <string.h>

static wattle_status add_debugged(WebRun *run, bool invoked, wattle_func f) {
    WebDebug *d = run->debug;
    wattle_type type = wattle_func_type(run->store, f);
    size_t params = invoked ? wattle_type_param_count(type) : 0;
    wattle_value *values = calloc(params + 1, sizeof *values);
    if (!values)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = WATTLE_OK;
    if (invoked && !web_run_values(run, type, values, params))
        status = web_run_usage(run, "the values do not fit the parameters of the function");
    if (status == WATTLE_OK)
        status = wattle_debugger_add(d->debugger, f, values, params);
    d->results = wattle_type_result_count(type);
    d->invoked = invoked;
    free(values);
    return status;
}

static wattle_status open_debugged(WebDebug *d) {
    WebRun *run = &d->run;
    wattle_status status = web_run_store(run);
    if (status == WATTLE_OK)
        status = web_run_world(run);
    if (status == WATTLE_OK)
        status = wattle_debugger_new(run->store, &d->debugger);
    if (status == WATTLE_OK)
        status = wattle_instance_new(run->store, run->module, run->linker, &run->instance);
    if (status == WATTLE_OK)
        status = wattle_debugger_add_start(d->debugger, run->instance);
    if (status == WATTLE_OK)
        status = web_run_program(run, add_debugged);
    d->opened = status == WATTLE_OK;
    return d->opened ? wattle_debugger_go(d->debugger, WATTLE_DEBUG_BREAK, 0) : status;
}

/* The job of web_call, whose engine ends with it: what needs one holds it too. */
static wattle_status open_job(wattle_engine *engine, const WebInput *in, WebResult *r,
                              wattle_report **report) {
    WebDebug *d = (WebDebug *)(void *)r;
    d->in = *in;
    d->run = (WebRun){.in = &d->in, .out = &r->out, .engine = engine, .debug = d};
    wattle_status status = wattle_module_read(engine, in->data, in->len, in->name,
                                              WATTLE_READ_CHECK, &d->run.module, report);
    if (status == WATTLE_OK)
        d->status = status = open_debugged(d);
    return status;
}

WebDebug *web_debug_open(const uint8_t *data, size_t len, const uint8_t *options,
                         size_t options_len) {
    WebDebug *d = calloc(1, sizeof *d);
    if (d)
        web_call_into(&d->result, data, len, options, options_len, open_job);
    return d;
}

double web_debug_go(WebDebug *d, uint32_t goal, double steps) {
    uint64_t most = steps < 0x1p53 ? (uint64_t)steps : UINT64_MAX;
    if (d->opened && d->status == WATTLE_OK)
        d->status = wattle_debugger_go(d->debugger, (wattle_debug_goal)goal, most);
    return d->debugger ? (double)wattle_debugger_steps(d->debugger) : 0;
}

uint32_t web_debug_held(const WebDebug *d) {
    if (!d->opened || d->status != WATTLE_OK || wattle_debugger_ended(d->debugger))
        return 0;
    return wattle_debugger_at_goal(d->debugger) ? 2 : 1;
}

void web_debug_hold(WebDebug *d) { wattle_debugger_hold(d->debugger); }

double web_debug_passed(const WebDebug *d) {
    uint64_t at = d->opened ? wattle_debugger_passed(d->debugger) : UINT64_MAX;
    return at == UINT64_MAX ? -1 : (double)at;
}

uint32_t web_debug_break(WebDebug *d, const uint32_t *offsets, size_t count) {
    if (!d->opened)
        return 1;
    uint64_t *wide = calloc(count + 1, sizeof *wide);
    if (!wide)
        return 0;
    for (size_t i = 0; i < count; i++)
        wide[i] = offsets[i];
    wattle_status status = wattle_debugger_break_at(d->debugger, d->run.module, wide, count);
    free(wide);
    return status == WATTLE_OK;
}

static void put_results(WebDebug *d) {
    wattle_value *values = calloc(d->results + 1, sizeof *values);
    if (values && wattle_debugger_results(d->debugger, values, d->results) == WATTLE_OK)
        web_run_put_values(&d->run, values, d->results);
    free(values);
}

void web_debug_state(WebDebug *d) {
    WebBytes *out = &d->result.out;
    WebRun *run = &d->run;
    bool ended = d->opened && d->status == WATTLE_OK && wattle_debugger_ended(d->debugger);
    out->len = run->values.len = 0;
    web_put(out, "{\"status\":");
    web_put_number(out, d->status);
    web_put(out, ",\"exitCode\":");
    if (d->status == WATTLE_EXIT)
        web_put_number(out, wattle_store_exit_code(run->store));
    else
        web_put(out, ended ? "0" : "null");
    if (ended && d->invoked)
        put_results(d);
    web_put(out, ",\"values\":[");
    if (run->values.len)
        (void)web_write(out, run->values.data, run->values.len);
    web_put(out, "]");
    if (d->status == WATTLE_TRAP || d->status == WATTLE_EXCEPTION)
        web_run_put_trap(run, out);
    if (d->status != WATTLE_OK && d->status != WATTLE_EXIT) {
        web_put(out, ",\"message\":");
        web_put_json_text(out, run->message ? run->message : wattle_store_message(run->store));
    }
    web_put(out, ",\"state\":");
    if (!d->debugger || wattle_debugger_write(d->debugger, web_write, out) != WATTLE_OK)
        web_put(out, "null");
    web_put(out, "}");
}

const uint8_t *web_debug_memory(const WebDebug *d, uint32_t index) {
    size_t len;
    return d->debugger ? wattle_debugger_memory(d->debugger, index, &len) : NULL;
}

size_t web_debug_memory_size(const WebDebug *d, uint32_t index) {
    size_t len = 0;
    if (d->debugger)
        wattle_debugger_memory(d->debugger, index, &len);
    return len;
}
