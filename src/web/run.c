/* Runs a module in the interpreter, with WASI and files in memory. The standard streams are the
   imports fd_read and fd_write of this module, which JavaScript gives.

   The answer in `out`: the length of a JSON text in four bytes, the text, then the files: each two
   lengths of four bytes, path and contents. */
#include "web/run.h"

#include <stdlib.h>
#include <string.h>

static void look_at_clock(void *user) {
    WebRun *run = user;
    if (wattle_now() < run->deadline)
        return;
    run->timed_out = true;
    wattle_store_interrupt(run->store);
}

wattle_status web_run_usage(WebRun *run, const char *message) {
    run->message = message;
    return WATTLE_USAGE;
}

/* ---- the world ---- */

/* "path NUL contents" */
static wattle_status add_file(WebRun *run, const WebOption *option) {
    const char *nul = memchr(option->value, 0, option->len);
    if (!nul)
        return web_run_usage(run, "a file without a path");
    size_t head = (size_t)(nul - option->value) + 1;
    const char *path = option->value, *why = NULL;
    while (*path == '/')
        path++;
    wattle_status status =
        wattle_memfs_write(run->memfs, path, option->value + head, option->len - head, &why);
    return status == WATTLE_USAGE ? web_run_usage(run, why) : status;
}

static wattle_status add_entry(WebRun *run, wattle_wasi *wasi, const WebOption *option) {
    bool argument = strcmp(option->name, "arg") == 0;
    if (!argument && strcmp(option->name, "env") != 0)
        return strcmp(option->name, "file") == 0 ? add_file(run, option) : WATTLE_OK;
    char *text = web_text(option);
    if (!text)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status =
        argument ? wattle_wasi_add_argument(wasi, text) : wattle_wasi_add_variable(wasi, text);
    free(text);
    if (status == WATTLE_USAGE)
        return web_run_usage(run, argument ? "an argument that is not UTF-8, or too long"
                                           : "a variable without a name, or too long");
    return status;
}

wattle_status web_run_world(WebRun *run) {
    wattle_wasi *wasi = wattle_wasi_new(run->engine);
    run->memfs = wasi ? wattle_memfs_new(run->engine, 0) : NULL;
    wattle_status status = run->memfs ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    WebOption option;
    for (size_t at = 0; status == WATTLE_OK && web_next_option(run->in, &at, &option);)
        status = add_entry(run, wasi, &option);
    if (status == WATTLE_OK)
        status = wattle_wasi_inherit_stdio(wasi);
    if (status == WATTLE_OK)
        status = wattle_wasi_add_memfs(wasi, run->memfs, "/", false);
    if (status == WATTLE_OK && web_flag(run->in, "deterministic"))
        wattle_wasi_set_deterministic(wasi, web_number(run->in, "seed", 0));
    if (status == WATTLE_OK)
        return wattle_store_set_wasi(run->store, wasi);
    wattle_wasi_free(wasi);
    return status;
}

wattle_status web_run_store(WebRun *run) {
    const WebInput *in = run->in;
    uint64_t timeout = web_number(in, "timeout", 0), stack = web_number(in, "stack", 1 << 20);
    wattle_store_config config = {.size = sizeof config,
                                  .stack_bytes = (size_t)(stack < 1 << 28 ? stack : 1 << 28),
                                  .total_memory_bytes = web_number(in, "memory", 0),
                                  .heap_bytes = web_number(in, "heap", 0),
                                  .deterministic = web_flag(in, "deterministic"),
                                  .debug = run->debug != NULL,
                                  .interruptible = timeout != 0,
                                  .fuel = web_flag(in, "fuel") || web_flag(in, "count")};
    run->store = wattle_store_new(run->engine, &config);
    run->linker = run->store ? wattle_linker_new(run->engine) : NULL;
    if (!run->linker)
        return WATTLE_OUT_OF_MEMORY;
    if (timeout) {
        run->deadline = wattle_now() + timeout * 1000000;
        wattle_store_set_ticker(run->store, look_at_clock, run);
    }
    if (config.fuel)
        wattle_store_set_fuel(run->store, web_number(in, "fuel", UINT64_MAX));
    return wattle_linker_define_wasi(run->linker);
}

/* ---- calls ---- */

bool web_run_values(const WebRun *run, wattle_type type, wattle_value *values, size_t count) {
    WebOption option;
    size_t i = 0;
    for (size_t at = 0; web_next_option(run->in, &at, &option);) {
        if (strcmp(option.name, "value") != 0)
            continue;
        char *text = i < count ? web_text(&option) : NULL;
        bool ok = text && wattle_value_parse(text, wattle_type_param(type, i), &values[i]);
        free(text);
        if (!ok)
            return false;
        i++;
    }
    return i == count;
}

void web_run_put_values(WebRun *run, const wattle_value *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char text[WATTLE_VALUE_TEXT];
        wattle_value_print(&values[i], text);
        web_put(&run->values, i ? ",[" : "[");
        web_put_json_text(&run->values, wattle_kind_name(values[i].kind));
        web_put(&run->values, ",");
        web_put_json_text(&run->values, text);
        web_put(&run->values, "]");
    }
}

static wattle_status invoke(WebRun *run, wattle_func f) {
    wattle_type type = wattle_func_type(run->store, f);
    size_t params = wattle_type_param_count(type), results = wattle_type_result_count(type);
    wattle_value *values = calloc(params + results + 1, sizeof *values);
    if (!values)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = WATTLE_OK;
    if (!web_run_values(run, type, values, params))
        status = web_run_usage(run, "the values do not fit the parameters of the function");
    if (status == WATTLE_OK)
        status = wattle_func_call(run->store, f, values, params, values + params, results);
    if (status == WATTLE_OK)
        web_run_put_values(run, values + params, results);
    free(values);
    return status;
}

static wattle_status run_function(WebRun *run, bool invoked, wattle_func f) {
    return invoked ? invoke(run, f) : wattle_func_call(run->store, f, NULL, 0, NULL, 0);
}

static wattle_status call_named(WebRun *run, const WebOption *option, WebRunCall *call) {
    char *name = web_text(option);
    wattle_func f;
    if (!name)
        return WATTLE_OUT_OF_MEMORY;
    bool there = wattle_instance_func(run->store, run->instance, name, &f);
    free(name);
    return there ? call(run, true, f)
                 : web_run_usage(run, "there is no exported function of this name");
}

wattle_status web_run_program(WebRun *run, WebRunCall *call) {
    wattle_func initialize, start;
    WebOption option;
    bool reactor = wattle_instance_func(run->store, run->instance, "_initialize", &initialize);
    bool command = wattle_instance_func(run->store, run->instance, "_start", &start);
    wattle_status status = reactor ? call(run, false, initialize) : WATTLE_OK;
    if (status != WATTLE_OK)
        return status;
    if (web_find_option(run->in, "invoke", &option))
        return call_named(run, &option, call);
    if (command)
        return call(run, false, start);
    return reactor ? WATTLE_OK
                   : web_run_usage(run, "the module exports neither _start nor _initialize; name a "
                                        "function with `invoke`");
}

/* ---- the answer ---- */

static void put_or_null(WebBytes *out, uint64_t v, uint64_t none) {
    if (v == none)
        web_put(out, "null");
    else
        web_put_number(out, v);
}

static void put_frame(WebBytes *out, const wattle_frame *f) {
    web_put(out, "{\"function\":");
    web_put_number(out, f->func_index);
    web_put(out, ",\"name\":");
    if (f->func_name.data)
        web_put_json(out, f->func_name);
    else
        web_put(out, "null");
    web_put(out, ",\"offset\":");
    put_or_null(out, f->func_offset, UINT64_MAX);
    web_put(out, ",\"moduleOffset\":");
    put_or_null(out, f->module_offset, UINT64_MAX);
    web_put(out, ",\"file\":");
    if (f->source_file.data)
        web_put_json(out, f->source_file);
    else
        web_put(out, "null");
    web_put(out, ",\"line\":");
    put_or_null(out, f->source_line, 0);
    web_put(out, ",\"column\":");
    put_or_null(out, f->source_column, 0);
    web_put(out, "}");
}

void web_run_put_trap(WebRun *run, WebBytes *out) {
    WebBytes text = {0};
    wattle_store_write_trap(run->store, web_write, &text);
    web_put(out, ",\"trap\":{\"code\":");
    web_put_number(out, wattle_store_trap_code(run->store));
    web_put(out, ",\"message\":");
    web_put_json_text(out, wattle_store_message(run->store));
    web_put(out, ",\"text\":");
    web_put_json(out, (wattle_string){(const char *)text.data, text.len});
    web_put(out, ",\"frames\":[");
    for (size_t i = 0; i < wattle_store_frame_count(run->store); i++) {
        wattle_frame f = wattle_store_frame(run->store, i);
        web_put(out, i ? "," : "");
        put_frame(out, &f);
    }
    web_put(out, "]}");
    free(text.data);
}

static void put_answer(WebRun *run, wattle_status status, WebBytes *json) {
    web_put(json, "{\"status\":");
    web_put_number(json, status);
    web_put(json, ",\"exitCode\":");
    if (status == WATTLE_EXIT)
        web_put_number(json, wattle_store_exit_code(run->store));
    else
        web_put(json, status == WATTLE_OK ? "0" : "null");
    web_put(json, run->timed_out ? ",\"timedOut\":true" : ",\"timedOut\":false");
    web_put(json, ",\"values\":[");
    (void)web_write(json, run->values.data ? run->values.data : (const uint8_t *)"",
                    run->values.len);
    web_put(json, "]");
    if (status == WATTLE_TRAP || status == WATTLE_EXCEPTION)
        web_run_put_trap(run, json);
    if (status == WATTLE_USAGE || status == WATTLE_LINK || status == WATTLE_LIMIT) {
        web_put(json, ",\"message\":");
        web_put_json_text(json, run->message ? run->message : wattle_store_message(run->store));
    }
    uint64_t left;
    if (run->store && wattle_store_get_fuel(run->store, &left) == WATTLE_OK) {
        web_put(json, ",\"fuelUsed\":\"");
        web_put_number(json, web_number(run->in, "fuel", UINT64_MAX) - left);
        web_put(json, "\"");
    }
    web_put(json, "}");
}

static bool put_file(void *user, const char *path, const void *data, size_t size) {
    WebBytes *out = user;
    uint32_t lengths[2] = {(uint32_t)strlen(path), (uint32_t)size};
    return web_write(out, lengths, sizeof lengths) && web_write(out, path, lengths[0]) &&
           web_write(out, data, size);
}

static wattle_status run_module(wattle_engine *engine, const WebInput *in, WebResult *r,
                                wattle_report **report) {
    WebRun run = {.in = in, .out = &r->out, .engine = engine};
    wattle_status status = wattle_module_read(engine, in->data, in->len, in->name,
                                              WATTLE_READ_CHECK, &run.module, report);
    if (status != WATTLE_OK)
        return status;
    status = web_run_store(&run);
    if (status == WATTLE_OK)
        status = web_run_world(&run);
    if (status == WATTLE_OK)
        status = wattle_instance_new(run.store, run.module, run.linker, &run.instance);
    if (status == WATTLE_OK)
        status = web_run_program(&run, run_function);
    WebBytes json = {0};
    if (run.store)
        put_answer(&run, status, &json);
    uint32_t len = (uint32_t)json.len;
    (void)web_write(&r->out, &len, sizeof len);
    if (len)
        (void)web_write(&r->out, json.data, len);
    if (json.failed || run.values.failed)
        r->out.failed = true;
    if (run.memfs)
        wattle_memfs_each(run.memfs, put_file, &r->out);
    free(json.data);
    free(run.values.data);
    wattle_linker_free(run.linker);
    wattle_store_free(run.store);
    wattle_memfs_free(run.memfs);
    wattle_module_free(run.module);
    return status;
}

WEB_CALL(run) { return web_call(data, len, options, options_len, run_module); }
