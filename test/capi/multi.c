/* Several results, more values than fit a small buffer, and several instances that use each
   other. */
#include "capi.h"

static wasm_trap_t *rotate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    for (size_t i = 0; i < args->size; i++)
        wasm_val_copy(&results->data[i], &args->data[(i + 1) % args->size]);
    return NULL;
}

static wasm_functype_t *many_type(size_t n) {
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_uninitialized(&params, n);
    for (size_t i = 0; i < n; i++)
        params.data[i] = i % 2 ? wasm_valtype_new_f64() : wasm_valtype_new_i64();
    wasm_valtype_vec_copy(&results, &params);
    for (size_t i = 0; i < n; i++) {
        wasm_valtype_delete(results.data[i]);
        results.data[i] = wasm_valtype_copy(params.data[(i + 1) % n]);
    }
    return wasm_functype_new(&params, &results);
}

static void many_results(wasm_store_t *store) {
    enum { N = 20 };
    wasm_functype_t *type = many_type(N);
    wasm_func_t *f = wasm_func_new(store, type, rotate);
    wasm_functype_delete(type);
    wasm_val_t args[N], results[N];
    for (int i = 0; i < N; i++) {
        args[i].kind = i % 2 ? WASM_F64 : WASM_I64;
        if (i % 2)
            args[i].of.f64 = i;
        else
            args[i].of.i64 = i;
    }
    wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(results);
    CHECK(wasm_func_call(f, &in, &out) == NULL);
    CHECK(results[0].kind == WASM_F64 && results[0].of.f64 == 1);
    CHECK(results[N - 1].kind == WASM_I64 && results[N - 1].of.i64 == 0);
    wasm_func_delete(f);
}

static void two_instances(wasm_store_t *store) {
    wasm_instance_t *a =
        capi_instance(store,
                      "(module (func (export \"swap\") (param i32 i32) (result i32 i32)"
                      " local.get 1 local.get 0))",
                      NULL, 0);
    wasm_extern_vec_t of_a, of_b;
    wasm_instance_exports(a, &of_a);
    wasm_instance_t *b =
        capi_instance(store,
                      "(module (import \"a\" \"swap\" (func $s (param i32 i32) (result i32 i32)))"
                      " (export \"swap\" (func $s))"
                      " (func (export \"sub\") (param i32 i32) (result i32)"
                      "  local.get 0 local.get 1 call $s i32.sub))",
                      of_a.data, of_a.size);
    wasm_instance_exports(b, &of_b);
    CHECK(wasm_extern_same(of_a.data[0], of_b.data[0]));
    CHECK_EQ_INT(capi_call(wasm_extern_as_func(of_b.data[1]), 2, 3, 10), 7);
    wasm_val_t args[2] = {WASM_I32_VAL(1), WASM_I32_VAL(2)},
               results[2] = {WASM_INIT_VAL, WASM_INIT_VAL};
    wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(results);
    CHECK(wasm_func_call(wasm_extern_as_func(of_b.data[0]), &in, &out) == NULL);
    CHECK(results[0].of.i32 == 2 && results[1].of.i32 == 1);
    wasm_instance_delete(a);
    wasm_instance_delete(b);
    wasm_extern_vec_delete(&of_a);
    wasm_extern_vec_delete(&of_b);
}

int main(void) {
    CAPI_CASE(many_results);
    CAPI_CASE(two_instances);
    return check_done();
}
