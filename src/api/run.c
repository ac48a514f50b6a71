/* Running a program: wattle.h's wattle_run on top of run/, wasi/ and a tier. */
#define WATTLE_UNSTABLE
#include "api/engine.h"
#include "api/wire.h"
#include "base/float.h"
#include "run/call.h"
#include "run/link.h"
#include "wasi/wasi.h"

/* One run and all it owns. */
typedef struct Run {
    const wattle_run_options *options;
    const wattle_module *module;
    const Allocator *allocator;
    Store *store;
    Wasi *wasi;
    Linker linker;
    Instance *instance;
    Buf text; /* of the message being made */
    wattle_write out, message;
    void *user;
    uint32_t exit_code;
} Run;

static void flush_text(Run *r, wattle_write write) {
    if (r->text.len)
        write(r->user, r->text.data, r->text.len);
    r->text.len = 0;
}

static wattle_status tell(Run *r, wattle_status status, const char *what, const char *which) {
    wt_buf_printf(&r->text, "%s%s\n", what, which);
    flush_text(r, r->message);
    return status;
}

/* The status of a call that returned false; a trap and where it happened are told. */
static wattle_status stopped(Run *r) {
    const Trap *t = &r->store->trap;
    if (t->code == TRAP_exit) {
        r->exit_code = t->exit_code;
        return WATTLE_EXIT;
    }
    if (t->code == TRAP_out_of_memory)
        return WATTLE_OUT_OF_MEMORY;
    buf_str(&r->text, "trap: ");
    wt_trap_message(t, &r->text);
    buf_u8(&r->text, '\n');
    wt_trap_backtrace(t, &r->text);
    flush_text(r, r->message);
    return WATTLE_TRAP;
}

/* ---- the world ---- */

static wattle_status give_world(Run *r) {
    const wattle_run_options *o = r->options;
    bool ok = true;
    for (size_t i = 0; i < o->argument_count && ok; i++)
        ok = wt_wasi_add_argument(r->wasi, o->arguments[i]);
    for (size_t i = 0; i < o->variable_count && ok; i++)
        ok = wt_wasi_add_variable(r->wasi, o->variables[i]);
    if (!ok)
        return tell(r, WATTLE_USAGE, "an argument or variable is not UTF-8", "");
    if (o->inherit_stdio && !wt_wasi_inherit_stdio(r->wasi))
        return WATTLE_OUT_OF_MEMORY;
    for (size_t i = 0; i < o->directory_count; i++) {
        const wattle_directory *d = &o->directories[i];
        OsError error = wt_wasi_add_directory(r->wasi, d->host, d->guest, d->read_only);
        if (error != OS_OK) {
            wt_buf_printf(&r->text, "%s: ", d->host);
            return tell(r, WATTLE_USAGE, wt_os_error_text(error), "");
        }
    }
    wt_wasi_define(r->wasi, &r->linker);
    return r->linker.failed ? WATTLE_OUT_OF_MEMORY : WATTLE_OK;
}

static wattle_status make_instance(Run *r) {
    Code *code = wt_code_new(r->store, &r->module->module);
    if (!code)
        return WATTLE_OUT_OF_MEMORY;
    LinkError error = {.problem = LINK_ok};
    r->instance = wt_instance_new(r->store, code, wt_link_resolve, &r->linker, &error);
    if (r->instance)
        return WATTLE_OK;
    if (error.problem == LINK_ok)
        return stopped(r);
    wt_instance_link_message(r->store, code, &error, &r->text);
    buf_u8(&r->text, '\n');
    flush_text(r, r->message);
    return WATTLE_LINK;
}

/* ---- calls ---- */

static FuncInst *exported(Run *r, const char *name) {
    Extern e;
    if (!wt_instance_export(r->instance, slice_str(name), &e) || e.kind != EXTERN_func)
        return NULL;
    return e.func;
}

/* One argument from text; false when it does not fit the type. */
static bool read_argument(const char *text, ValType type, Value *value) {
    size_t n = strlen(text);
    bool minus = n > 0 && text[0] == '-';
    uint64_t bits = 0;
    uint32_t small = 0;
    switch (valtype_kind(type)) {
    case VAL_i32:
    case VAL_i64: {
        if (wt_base_u64_from_text(text + minus, n - minus, &bits) != FLOAT_OK)
            return false;
        bool wide = type == VAL_i64;
        uint64_t most = minus ? (wide ? (uint64_t)1 << 63 : (uint64_t)1 << 31)
                              : (wide ? UINT64_MAX : UINT32_MAX);
        if (bits > most)
            return false;
        bits = minus ? 0 - bits : bits;
        *value = wide ? bits : value_i32((uint32_t)bits);
        return true;
    }
    case VAL_f32:
        if (wt_base_f32_from_text(text, n, &small) != FLOAT_OK)
            return false;
        *value = small;
        return true;
    case VAL_f64:
        if (wt_base_f64_from_text(text, n, &bits) != FLOAT_OK)
            return false;
        *value = bits;
        return true;
    }
    return false;
}

static void print_result(Run *r, ValType type, const Value *v) {
    char text[64];
    switch (valtype_kind(type)) {
    case VAL_i32:
        wt_buf_sdec(&r->text, (int32_t)value_to_i32(*v));
        break;
    case VAL_i64:
        wt_buf_sdec(&r->text, (int64_t)*v);
        break;
    case VAL_f32:
        buf_bytes(&r->text, text, wt_base_f32_to_text((uint32_t)*v, text));
        break;
    case VAL_f64:
        buf_bytes(&r->text, text, wt_base_f64_to_text(*v, text));
        break;
    case VAL_v128:
        wt_buf_printf(&r->text, "0x%016llx%016llx", (unsigned long long)v[1],
                      (unsigned long long)v[0]);
        break;
    default:
        buf_str(&r->text, *v ? "ref" : "null");
    }
    buf_u8(&r->text, '\n');
}

static wattle_status invoke_export(Run *r, const char *name) {
    FuncInst *f = exported(r, name);
    if (!f)
        return tell(r, WATTLE_USAGE, "there is no exported function ", name);
    const TypeDef *t = func_type(r->store, f);
    size_t given = r->options->argument_count ? r->options->argument_count - 1 : 0;
    if (given != t->param_count) {
        wt_buf_printf(&r->text, "%s takes %u arguments, but %zu are given\n", name,
                      (unsigned)t->param_count, given);
        flush_text(r, r->message);
        return WATTLE_USAGE;
    }
    const TypeInfo *info = func_type_info(r->store, f);
    Arena arena;
    wt_arena_init(&arena, r->allocator);
    Value *args = ARENA_ARRAY(&arena, Value, info->param_slots + 1);
    Value *results = ARENA_ARRAY(&arena, Value, info->result_slots + 1);
    wattle_status status = args && results ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < t->param_count && status == WATTLE_OK; i++)
        if (!read_argument(r->options->arguments[i + 1], t->params[i], &args[i])) {
            wt_buf_printf(&r->text, "argument %u of %s is no ", (unsigned)i + 1, name);
            wt_type_print(&r->text, t->params[i]);
            status = tell(r, WATTLE_USAGE, ": ", r->options->arguments[i + 1]);
        }
    if (status == WATTLE_OK && !wt_call(r->store, f, args, results))
        status = stopped(r);
    if (status == WATTLE_OK) {
        const Value *at = results;
        for (uint32_t i = 0; i < t->result_count; i++) {
            ValType type = typedef_results(t)[i];
            print_result(r, type, at);
            at += valtype_slots(type);
        }
        flush_text(r, r->out);
    }
    wt_arena_free(&arena);
    return status;
}

static wattle_status run_program(Run *r) {
    FuncInst *initialize = exported(r, "_initialize"), *start = exported(r, "_start");
    if (initialize && start)
        return tell(r, WATTLE_USAGE, "the module exports both _start and _initialize", "");
    if (initialize && !wt_call(r->store, initialize, NULL, NULL))
        return stopped(r);
    if (r->options->invoke)
        return invoke_export(r, r->options->invoke);
    if (start)
        return wt_call(r->store, start, NULL, NULL) ? WATTLE_OK : stopped(r);
    if (initialize)
        return WATTLE_OK;
    return tell(r, WATTLE_USAGE,
                "the module exports neither _start nor _initialize; name a function with --invoke",
                "");
}

wattle_status wattle_run(const wattle_module *module, const wattle_run_options *options,
                         wattle_write out, wattle_write message, void *user, uint32_t *exit_code) {
    const Allocator *al = &module->engine->allocator;
    Run r = {.options = options,
             .module = module,
             .allocator = al,
             .out = out,
             .message = message,
             .user = user};
    wt_buf_init(&r.text, al);
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    r.store = wt_store_new(al, wt_wire_tier(), NULL);
    r.wasi = r.store ? wt_wasi_new(al) : NULL;
    if (r.wasi) {
        wt_link_init(&r.linker, r.store);
        status = give_world(&r);
        if (status == WATTLE_OK)
            status = make_instance(&r);
        if (status == WATTLE_OK)
            status = run_program(&r);
        wt_link_free(&r.linker);
    }
    wt_wasi_free(r.wasi);
    if (r.store)
        wt_store_free(r.store);
    wt_buf_free(&r.text);
    *exit_code = r.exit_code;
    return status;
}
