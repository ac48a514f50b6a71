/* A module calls a host function once; its start function does too. */
#include "capi.h"

static int greetings;

static wasm_trap_t *greet(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    CHECK(args->size == 0 && results->size == 0);
    greetings++;
    return NULL;
}

static void says_hello(wasm_store_t *store) {
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *host = wasm_func_new(store, type, greet);
    wasm_functype_delete(type);
    wasm_extern_t *imports[1] = {wasm_func_as_extern(host)};
    wasm_instance_t *instance =
        capi_instance(store,
                      "(module (import \"\" \"greet\" (func $g)) (func (export \"run\") call $g)"
                      " (start $g))",
                      imports, 1);
    CHECK_EQ_INT(greetings, 1);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    CHECK_EQ_INT(exports.size, 1);
    wasm_func_t *run = wasm_extern_as_func(exports.data[0]);
    CHECK(run && !wasm_extern_as_memory(exports.data[0]));
    capi_call(run, 0, 0, 0);
    CHECK_EQ_INT(greetings, 2);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(host);
}

static void bad_modules(wasm_store_t *store) {
    static const char *const bad[] = {"", "\0asm", "(module)"};
    for (int i = 0; i < 3; i++) {
        wasm_byte_vec_t bytes;
        wasm_byte_vec_new(&bytes, i == 0 ? 0 : i == 1 ? 4 : 8, bad[i]);
        CHECK(!wasm_module_validate(store, &bytes));
        CHECK(wasm_module_new(store, &bytes) == NULL);
        wasm_byte_vec_delete(&bytes);
    }
}

int main(void) {
    CAPI_CASE(says_hello);
    CAPI_CASE(bad_modules);
    wasm_engine_t *engine = wasm_engine_new_with_config(wasm_config_new());
    CHECK(engine != NULL);
    wasm_engine_delete(engine);
    wasm_engine_delete(NULL);
    return check_done();
}
