/* A script of assertions, with a mark for each command. The answer in `out` is JSON: {"passed",
   "failed", "skipped", "marks": [[start, end, command, outcome, message or null]...]}, where the
   outcome is 0, 1, 2 in this order, and places are bytes. */
#include "web/web.h"

#include <stdlib.h>

/* What a script may run in all: some seconds. */
enum { SCRIPT_fuel = 200000000 };

static void put_script_mark(void *user, const wattle_script_mark *m) {
    WebBytes *out = user;
    web_put(out, out->len ? ",[" : "[");
    web_put_number(out, m->start);
    web_put(out, ",");
    web_put_number(out, m->end);
    web_put(out, ",");
    web_put_json(out, m->command);
    web_put(out, m->failed ? ",1," : m->skipped ? ",2," : ",0,");
    if (m->message.data)
        web_put_json(out, m->message);
    else
        web_put(out, "null");
    web_put(out, "]");
}

static bool drop_lines(void *user, const void *data, size_t len) {
    (void)user, (void)data, (void)len;
    return true;
}

static wattle_status run_script(wattle_engine *engine, const WebInput *in, WebResult *r,
                                wattle_report **report) {
    WebBytes marks = {0};
    wattle_script_result counts = {0};
    wattle_script_options options = {.size = sizeof options,
                                     .fuel = web_number(in, "fuel", SCRIPT_fuel),
                                     .mark = put_script_mark,
                                     .mark_user = &marks};
    wattle_status status = wattle_script(engine, in->data, in->len, in->name, &options, drop_lines,
                                         NULL, &counts, report);
    web_put(&r->out, "{\"passed\":");
    web_put_number(&r->out, counts.passed);
    web_put(&r->out, ",\"failed\":");
    web_put_number(&r->out, counts.failed);
    web_put(&r->out, ",\"skipped\":");
    web_put_number(&r->out, counts.skipped);
    web_put(&r->out, ",\"marks\":[");
    if (marks.len)
        (void)web_write(&r->out, marks.data, marks.len);
    web_put(&r->out, "]}");
    r->out.failed |= marks.failed;
    free(marks.data);
    return status;
}

WEB_CALL(script) { return web_call(data, len, options, options_len, run_script); }
