/* Machine code that is kept: .cwat files, written of what a store has, and read as modules. Path:
   cli/native.c -> here -> jit/cwat.c. */
#include "api/inside.h"
#include "api/wire.h"
#include "base/os.h"
#include "binary/decode.h"
#include "binary/encode.h"
#include "jit/cwat.h"
#include "valid/valid.h"

bool wattle_is_native(const void *bytes, size_t len) { return wt_cwat_is(slice(bytes, len)); }

/* ---- reading ---- */

/* It was checked when it was written: what the checker fills in, without the check. What no hash is
   of may be malformed by now. */
static wattle_status decode_checked(wattle_module *wm, Cwat *c) {
    Module *m = &wm->module;
    KnownCode known = wt_cwat_known(c);
    Diag d;
    wt_diag_init(&d, &wm->engine->allocator);
    bool ok = wt_binary_decode_known(m, c->wasm, &known, &d);
    bool changed = (d.errors && !d.out_of_memory) || (ok && !wt_cwat_module(c, m));
    ok = ok && !changed;
    m->tail_calls = c->head.flags & CWAT_tail_calls;
    wm->checked = ok;
    wt_diag_free(&d);
    return ok ? WATTLE_OK : changed ? WATTLE_MALFORMED : WATTLE_OUT_OF_MEMORY;
}

wattle_status wt_api_read_native(wattle_engine *engine, Slice bytes, bool mapped, Slice same,
                                 const char *name, wattle_module **module, const char **why) {
    *module = NULL;
    Slice none = slice(NULL, 0);
    wattle_module *wm = wt_api_module_new(engine, &none, name, false);
    Cwat *c = wm ? ARENA_NEW(&wm->module.arena, Cwat) : NULL;
    if (!c) {
        wattle_module_free(wm);
        return WATTLE_OUT_OF_MEMORY;
    }
    *why = (uintptr_t)bytes.data % 8 == 0 ? wt_cwat_open(c, bytes, mapped, same, false)
                                          : "it does not begin at a multiple of 8";
    if (!*why && c->head.wasm_features != engine->options.features)
        *why = "it was made with other features";
    wattle_status status = *why ? WATTLE_MALFORMED : decode_checked(wm, c);
    if (status == WATTLE_OK) {
        *module = wm;
        return WATTLE_OK;
    }
    if (status == WATTLE_MALFORMED && !*why)
        *why = "it has been changed";
    wattle_module_free(wm);
    return status;
}

wattle_status wattle_module_read_native(wattle_engine *engine, const void *bytes, size_t len,
                                        const char *name, wattle_module **module,
                                        const char **why) {
    return wt_api_read_native(engine, slice(bytes, len), false, slice(NULL, 0), name, module, why);
}

/* ---- writing ---- */

/* ok: everything was put into the buffer, which is freed. */
static wattle_status end_file(Buf *out, bool ok) {
    ok = wt_buf_flush(out) && ok;
    wattle_status status = ok                  ? WATTLE_OK
                           : out->write_failed ? WATTLE_WRITE_FAILED
                                               : WATTLE_OUT_OF_MEMORY;
    wt_buf_free(out);
    return status;
}

/* A text as the binary that it stands for, read again: what is kept is what was compiled. */
static wattle_status as_binary(const wattle_module *module, Buf *bytes, wattle_module **binary) {
    const Module *m = &module->module;
    Diag d;
    wt_diag_init(&d, bytes->allocator);
    wt_binary_encode(m, bytes, &d);
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (!bytes->failed && !d.errors) {
        wattle_report *report = NULL;
        status = wattle_module_read(module->engine, bytes->data, bytes->len, module->name,
                                    WATTLE_READ_BINARY | WATTLE_READ_CHECK, binary, &report);
        wattle_report_free(report);
    }
    wt_diag_free(&d);
    return status;
}

/* A store that runs nothing. */
static Store *store_for_code(const wattle_engine *e, const wattle_store_config *config) {
    StoreLimits limits = wt_api_store_limits(e, config);
    const Tier *tier = wt_wire_tier(WATTLE_TIER_BASELINE, 0);
    limits.stack_slots = 1;
    limits.eager = 0;
    limits.keep_code = true;
    return tier->reserve ? wt_store_new(&e->allocator, tier, &limits) : NULL;
}

static void count_code(const Module *m, const Segment *seg, uint64_t ns,
                       wattle_compile_result *result) {
    *result = (wattle_compile_result){
        .machine = store_native(seg->code->store)->machine->name,
        .functions = seg->func_count,
        .unable = m->func_count - m->func_imports - seg->func_count,
        .ns = ns,
    };
    for (size_t i = 0; i < seg->func_count; i++) {
        result->wasm_bytes += m->funcs[m->func_imports + seg->funcs[i].defined].code_size;
        result->code_bytes += seg->funcs[i].size;
    }
}

static wattle_status compile_and_write(const wattle_module *module, Store *s, wattle_write write,
                                       void *user, wattle_compile_result *result) {
    const Module *m = &module->module;
    uint64_t began = wt_os_now();
    Code *code = wt_code_new(s, m);
    if (!code)
        return WATTLE_OUT_OF_MEMORY;
    ApiTarget target = {write, user};
    Buf out;
    CwatWriter writer;
    wt_buf_init_write(&out, &module->engine->allocator, 0, wt_api_write_target, &target);
    bool ok = wt_cwat_begin(&writer, code_segment(code), m->source, true, &out) &&
              wt_native_compile_all(code, module->engine->threads, &writer);
    ok = wt_cwat_end(&writer) && ok;
    if (result)
        count_code(m, code_segment(code), wt_os_now() - began, result);
    return end_file(&out, ok);
}

wattle_status wattle_module_write_native(const wattle_module *module,
                                         const wattle_store_config *config, wattle_write write,
                                         void *user, wattle_compile_result *result) {
    if (!module->checked || !*wt_cwat_build())
        return WATTLE_USAGE;
    if (!wt_cwat_prove(&module->module, CWAT_bodies | CWAT_data))
        return WATTLE_MALFORMED;
    Store *s = store_for_code(module->engine, config);
    if (!s)
        return WATTLE_USAGE;
    Buf bytes;
    wattle_module *binary = NULL;
    wt_buf_init(&bytes, &module->engine->allocator);
    wattle_status status = module->module.is_text ? as_binary(module, &bytes, &binary) : WATTLE_OK;
    if (status == WATTLE_OK)
        status = compile_and_write(binary ? binary : module, s, write, user, result);
    wt_store_free(s);
    wattle_module_free(binary);
    wt_buf_free(&bytes);
    return status;
}

/* ---- what a running store has ---- */

/* NULL: no machine code. */
static Segment *segment_in(const wattle_store *s, const wattle_module *module) {
    if (!s->run->tier->reserve)
        return NULL;
    for (size_t i = 0; i < s->loaded_count; i++)
        if (s->loaded[i].module == module)
            return code_segment(s->loaded[i].code);
    return NULL;
}

size_t wattle_store_compiled(const wattle_store *store, const wattle_module *module) {
    const Segment *seg = segment_in(store, module);
    return seg ? seg->func_count : 0;
}

wattle_status wattle_store_write_native(wattle_store *store, const wattle_module *module,
                                        wattle_write write, void *user) {
    Segment *seg = segment_in(store, module);
    if (!seg || !store->run->limits.keep_code || module->module.is_text || !*wt_cwat_build())
        return WATTLE_USAGE;
    if (!wt_cwat_prove(&module->module, CWAT_bodies | CWAT_data))
        return WATTLE_MALFORMED;
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, &store->allocator, 0, wt_api_write_target, &target);
    return end_file(&out, wt_cwat_write(seg, module->module.source, &out));
}
