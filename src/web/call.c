/* What every call does around its job: the engine, the result, the report. */
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

void *web_alloc(size_t size) { return malloc(size); }
void web_free(void *p) { free(p); }

void web_free_result(WebResult *r) {
    free(r->out.data);
    free(r->report.data);
    free(r);
}

const char *web_version(void) { return wattle_version(); }

/* A problem with an option, in the shape of a report. */
static void usage_report(WebBytes *out, const char *name, const char *what, const char *word) {
    web_put(out, "{\"file\":");
    web_put_json_text(out, name);
    web_put(out, ",\"errors\":1,\"warnings\":0,\"problems\":[{\"code\":\"\",\"name\":\"usage\","
                 "\"class\":\"usage\",\"message\":");
    WebBytes message = {0};
    web_put(&message, what);
    web_put(&message, word);
    web_put(&message, "'");
    web_put_json(out, (wattle_string){(const char *)message.data, message.len});
    free(message.data);
    web_put(out, ",\"range\":null,\"notes\":[]}]}");
}

static bool read_features(WebInput *in, WebResult *r) {
    WebOption option;
    in->features = wattle_config_default().features;
    if (!web_find_option(in, "features", &option))
        return true;
    char bad[64], *list = web_text(&option);
    bool ok = list && wattle_features_parse(list, &in->features, bad, sizeof bad);
    if (list && !ok)
        usage_report(&r->report, in->name, "unknown feature '", bad);
    free(list);
    return ok;
}

static wattle_status call_job(WebInput *in, WebResult *r, WebJob *job) {
    if (!read_features(in, r))
        return r->report.len ? WATTLE_USAGE : WATTLE_OUT_OF_MEMORY;
    wattle_config config = wattle_config_default();
    config.features = in->features;
    config.threads = 1;
    wattle_engine *engine = wattle_engine_new(&config);
    if (!engine)
        return WATTLE_OUT_OF_MEMORY;
    wattle_report *report = NULL;
    wattle_status status = job(engine, in, r, &report);
    if (report && wattle_report_count(report)) {
        r->report.len = 0;
        wattle_status wrote =
            wattle_report_write(report, WATTLE_REPORT_JSON, web_write, &r->report);
        if (status == WATTLE_OK)
            status = wrote == WATTLE_WRITE_FAILED ? WATTLE_OUT_OF_MEMORY : wrote;
    }
    wattle_report_free(report);
    wattle_engine_free(engine);
    return status;
}

void web_call_into(WebResult *r, const uint8_t *data, size_t len, const uint8_t *options,
                   size_t options_len, WebJob *job) {
    WebInput in = {.data = data, .len = len, .options = options, .options_len = options_len};
    WebOption option;
    char *name = web_find_option(&in, "name", &option) ? web_text(&option) : NULL;
    in.name = name ? name : "module";
    wattle_status status = call_job(&in, r, job);
    if (r->out.failed || r->report.failed)
        status = WATTLE_OUT_OF_MEMORY;
    r->status = (uint32_t)status;
    free(name);
}

WebResult *web_call(const uint8_t *data, size_t len, const uint8_t *options, size_t options_len,
                    WebJob *job) {
    WebResult *r = calloc(1, sizeof *r);
    if (r)
        web_call_into(r, data, len, options, options_len, job);
    return r;
}
