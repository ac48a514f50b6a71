/* A module written out and read back into another store; damaged bytes are refused. */
#include "capi.h"

static void there_and_back(wasm_store_t *store) {
    wasm_module_t *module =
        capi_module(store, "(module (func (export \"twice\") (param i32) (result i32)"
                           " local.get 0 local.get 0 i32.add))");
    wasm_byte_vec_t bytes;
    wasm_module_serialize(module, &bytes);
    CHECK(bytes.size > 0);
    wasm_module_delete(module);
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *other = wasm_store_new(engine);
    module = wasm_module_deserialize(other, &bytes);
    CHECK(module != NULL);
    wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
    wasm_instance_t *instance = wasm_instance_new(other, module, &none, NULL);
    wasm_instance_exports(instance, &exports);
    CHECK_EQ_INT(capi_call(wasm_extern_as_func(exports.data[0]), 1, 21, 0), 42);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(other);
    wasm_engine_delete(engine);
    /* The code is checked again: i32.add without operands. */
    bytes.data[bytes.size - 5] = 0x1A;
    CHECK(wasm_module_deserialize(store, &bytes) == NULL);
    bytes.data[0] ^= 1;
    CHECK(wasm_module_deserialize(store, &bytes) == NULL);
    wasm_byte_vec_delete(&bytes);
    wasm_byte_vec_new_empty(&bytes);
    CHECK(wasm_module_deserialize(store, &bytes) == NULL);
}

int main(void) {
    CAPI_CASE(there_and_back);
    return check_done();
}
