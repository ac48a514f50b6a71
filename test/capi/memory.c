/* Memories of a module and of the host: bytes seen from both sides, growth, bounds. */
#include "capi.h"

static const char text[] =
    "(module (memory (export \"m\") 1 3) (data (i32.const 16) \"wattle\")"
    " (func (export \"load\") (param i32) (result i32) local.get 0 i32.load8_u)"
    " (func (export \"store\") (param i32 i32) local.get 0 local.get 1 i32.store8))";

static void of_a_module(wasm_store_t *store) {
    wasm_instance_t *instance = capi_instance(store, text, NULL, 0);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[0]);
    wasm_func_t *load = wasm_extern_as_func(exports.data[1]);
    wasm_func_t *put = wasm_extern_as_func(exports.data[2]);
    CHECK(wasm_memory_size(memory) == 1 && wasm_memory_data_size(memory) == MEMORY_PAGE_SIZE);
    CHECK(memcmp(wasm_memory_data(memory) + 16, "wattle", 6) == 0);
    wasm_memory_data(memory)[0x1000] = 7;
    CHECK_EQ_INT(capi_call(load, 1, 0x1000, 0), 7);
    capi_call(put, 2, 0xFFFF, 9);
    CHECK_EQ_INT(wasm_memory_data(memory)[0xFFFF], 9);
    wasm_val_t arg[1] = {WASM_I32_VAL(0x10000)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t in = WASM_ARRAY_VEC(arg), out = WASM_ARRAY_VEC(result);
    capi_check_trap(wasm_func_call(load, &in, &out), "out of bounds memory access");
    CHECK(wasm_memory_grow(memory, 2));
    CHECK(!wasm_memory_grow(memory, 1));
    CHECK(wasm_memory_size(memory) == 3 && wasm_memory_data(memory)[16] == 'w');
    CHECK_EQ_INT(capi_call(load, 1, 0x10000, 0), 0);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

static void of_the_host(wasm_store_t *store) {
    wasm_limits_t limits = {1, 5}, impossible = {70000, wasm_limits_max_default};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memorytype_t *bad = wasm_memorytype_new(&impossible);
    wasm_memory_t *memory = wasm_memory_new(store, type), *copy = wasm_memory_copy(memory);
    CHECK(wasm_memory_new(store, bad) == NULL);
    CHECK(wasm_memory_same(memory, copy));
    wasm_memory_delete(copy);
    wasm_extern_t *imports[1] = {wasm_memory_as_extern(memory)};
    wasm_instance_t *instance = capi_instance(
        store, "(module (import \"\" \"\" (memory 1 9)) (data (i32.const 0) \"x\"))", imports, 1);
    CHECK_EQ_INT(wasm_memory_data(memory)[0], 'x');
    wasm_memorytype_t *now = wasm_memory_type(memory);
    CHECK(wasm_memorytype_limits(now)->min == 1 && wasm_memorytype_limits(now)->max == 5);
    wasm_memorytype_delete(now);
    wasm_instance_delete(instance);
    wasm_memory_delete(memory);
    wasm_memorytype_delete(type);
    wasm_memorytype_delete(bad);
}

int main(void) {
    CAPI_CASE(of_a_module);
    CAPI_CASE(of_the_host);
    return check_done();
}
