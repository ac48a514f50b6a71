/* Globals made by the host and by a module, read and written from both sides. */
#include "capi.h"

static void shared_both_ways(wasm_store_t *store) {
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
    wasm_globaltype_t *fixed_type = wasm_globaltype_new(wasm_valtype_new_f32(), WASM_CONST);
    wasm_val_t v = WASM_I64_VAL(40), half = WASM_F32_VAL(0.5f);
    wasm_global_t *g = wasm_global_new(store, type, &v);
    wasm_global_t *fixed = wasm_global_new(store, fixed_type, &half);
    CHECK(g && fixed);
    CHECK(wasm_global_new(store, type, &half) == NULL);
    wasm_extern_t *imports[2] = {wasm_global_as_extern(g), wasm_global_as_extern(fixed)};
    wasm_instance_t *instance =
        capi_instance(store,
                      "(module (import \"h\" \"g\" (global $g (mut i64)))"
                      " (import \"h\" \"f\" (global $f f32)) (export \"g\" (global $g))"
                      " (global (export \"own\") i32 (i32.const 6))"
                      " (func (export \"add\") (param i32)"
                      "  global.get $g local.get 0 i64.extend_i32_s i64.add global.set $g))",
                      imports, 2);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    CHECK(wasm_global_same(wasm_extern_as_global(exports.data[0]), g));
    wasm_val_t arg = WASM_I32_VAL(2), got;
    wasm_val_vec_t in = {1, &arg}, out = WASM_EMPTY_VEC;
    CHECK(wasm_func_call(wasm_extern_as_func(exports.data[2]), &in, &out) == NULL);
    wasm_global_get(g, &got);
    CHECK(got.kind == WASM_I64 && got.of.i64 == 42);
    v.of.i64 = -1;
    wasm_global_set(wasm_extern_as_global(exports.data[0]), &v);
    wasm_global_get(g, &got);
    CHECK_EQ_INT(got.of.i64, -1);
    /* Neither another type nor a constant is written. */
    wasm_global_set(g, &half);
    half.of.f32 = 1;
    wasm_global_set(fixed, &half);
    wasm_global_get(fixed, &got);
    CHECK(got.kind == WASM_F32 && got.of.f32 == 0.5f);
    wasm_global_get(wasm_extern_as_global(exports.data[1]), &got);
    CHECK(got.kind == WASM_I32 && got.of.i32 == 6);
    wasm_globaltype_t *own_type = wasm_global_type(wasm_extern_as_global(exports.data[1]));
    CHECK(wasm_globaltype_mutability(own_type) == WASM_CONST);
    wasm_globaltype_delete(own_type);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_global_delete(g);
    wasm_global_delete(fixed);
    wasm_globaltype_delete(type);
    wasm_globaltype_delete(fixed_type);
}

int main(void) {
    CAPI_CASE(shared_both_ways);
    return check_done();
}
