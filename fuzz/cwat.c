/* Any bytes as a .cwat file. As they are: what is refused is refused, and what is not runs as it
   would if nobody had touched it; hashes of parts that were changed must be noticed before those
   are used. With all hashes made right (an odd last byte): such a file is a program and may be
   wrong in any way, but reading and showing it crashes nothing. */
#include "fuzz.h"
#include "session.h"

#include "base/map.h"
#include "binary/decode.h"
#include "jit/cwat.h"

enum { FUEL = 20000, MEMORY = 1 << 22, STACK = 1 << 16 };

/* ---- making hashes right ---- */

static uint64_t sign(const void *data, size_t size) { return wt_base_hash(data, size, size); }

static void sign_head(uint8_t *bytes, size_t size, CwatHead *h) {
    h->head_hash = sign(h, offsetof(CwatHead, head_hash));
    memcpy(bytes + size - sizeof *h, h, sizeof *h);
}

static void sign_module(uint8_t *bytes, size_t size, const Cwat *c, const ReadOptions *options) {
    Module m;
    Diag d;
    KnownCode known = wt_cwat_known(c);
    CwatHead h = c->head;
    wt_module_init(&m, &wt_base_malloc, options);
    wt_diag_init(&d, &wt_base_malloc);
    if (wt_binary_decode_known(&m, c->wasm, &known, &d)) {
        wt_cwat_sign_module(&h, &m);
        h.defined = m.func_count - m.func_imports;
        h.types = m.type_count;
        sign_head(bytes, size, &h);
    }
    wt_diag_free(&d);
    wt_module_free(&m);
}

static void sign_all(uint8_t *bytes, size_t size, uint64_t features) {
    CwatHead h;
    if (!wt_cwat_head(slice(bytes, size), &h))
        return;
    memset(h.build, 0, sizeof h.build);
    memcpy(h.build, wt_cwat_build(), strlen(wt_cwat_build()));
    h.file_size = size;
    h.wasm_features = features;
    uint64_t bodies = h.defined * sizeof(KnownBody), canon = h.types * sizeof(uint32_t);
    if (h.bodies.at <= size && bodies <= size - h.bodies.at && h.canon.at <= size &&
        canon <= size - h.canon.at)
        h.tables_hash = sign(bytes + h.bodies.at, bodies) + sign(bytes + h.canon.at, canon) * 3;
    if (h.code.at <= size && h.stubs <= size - h.code.at)
        h.stubs_hash = sign(bytes + h.code.at, (size_t)h.stubs);
    sign_head(bytes, size, &h);
    Cwat c;
    ReadOptions options = {.features = features, .bounds = wt_module_bounds_default()};
    if (!wt_cwat_open(&c, slice(bytes, size), false, slice(NULL, 0), false))
        sign_module(bytes, size, &c, &options);
}

/* ---- what is done with a file ---- */

static void run_all(wattle_engine *engine, const wattle_module *m) {
    wattle_store_config config = {.size = sizeof config,
                                  .stack_bytes = STACK,
                                  .host_depth = 8,
                                  .memory_bytes = MEMORY,
                                  .table_elements = 10000,
                                  .fuel = true};
    wattle_store *s = wattle_store_new(engine, &config);
    wattle_instance in;
    uint64_t state = 88172645463325252u;
    fuzz_check(s != NULL);
    wattle_store_set_fuel(s, FUEL);
    if (session_instantiate(s, m, &in) == WATTLE_OK)
        for (size_t i = 0; i < wattle_module_export_count(m); i++) {
            wattle_extern e;
            wattle_value results[SESSION_values];
            wattle_status status;
            if (!wattle_instance_export_at(s, in, i, &e) || e.kind != WATTLE_EXTERN_FUNC)
                continue;
            wattle_store_set_fuel(s, FUEL);
            wattle_scope scope = wattle_scope_open(s);
            session_call(s, e.of.func, &state, results, &status);
            wattle_scope_close(s, scope);
        }
    wattle_store_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool signs = size && data[size - 1] % 2;
    size_t len = size ? size - 1 : 0;
    uint8_t *bytes = malloc(len ? len : 1);
    wattle_config config = wattle_config_default();
    config.threads = 1;
    config.tier = WATTLE_TIER_BASELINE;
    wattle_engine *engine = wattle_engine_new(&config);
    fuzz_check(bytes && engine);
    if (len)
        memcpy(bytes, data, len);
    if (signs)
        sign_all(bytes, len, config.features);
    wattle_module *module;
    const char *why;
    wattle_status status = wattle_module_read_native(engine, bytes, len, "fuzz", &module, &why);
    fuzz_check(status == WATTLE_OK || (status == WATTLE_MALFORMED && why));
    if (status == WATTLE_OK && !signs)
        run_all(engine, module);
    wattle_module_free(module);
    wattle_dump_options dump = {
        .size = sizeof dump, .headers = true, .details = true, .disassemble = true};
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    (void)wattle_dump_native(engine, bytes, len, "fuzz", &dump, fuzz_write, &out, &why);
    wt_buf_free(&out);
    wattle_engine_free(engine);
    free(bytes);
    return 0;
}
