/* Host functions with and without an environment, all numbers, and calls back into wasm. */
#include "capi.h"

static wasm_trap_t *halve(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    results->data[0].kind = WASM_F64;
    results->data[0].of.f64 = (double)args->data[0].of.i64 / 2 + (double)args->data[1].of.f32;
    return NULL;
}

typedef struct Env {
    wasm_func_t *back;
    int calls;
} Env;

/* f(n) = n <= 0 ? calls : f'(n - 1), where f' is the wasm function that calls this one. */
static wasm_trap_t *count_down(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    Env *e = (Env *)env;
    e->calls++;
    wasm_val_t v = WASM_I32_VAL(args->data[0].of.i32 - 1);
    results->data[0] = v;
    if (args->data[0].of.i32 <= 0) {
        results->data[0].of.i32 = e->calls;
        return NULL;
    }
    wasm_val_vec_t in = {1, &v}, out = {1, results->data};
    return wasm_func_call(e->back, &in, &out);
}

static void both_ways(wasm_store_t *store) {
    Env env = {NULL, 0};
    wasm_functype_t *t1 = wasm_functype_new_2_1(wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                                                wasm_valtype_new_f64());
    wasm_functype_t *t2 = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *h1 = wasm_func_new(store, t1, halve);
    wasm_func_t *h2 = wasm_func_new_with_env(store, t2, count_down, &env, NULL);
    wasm_functype_delete(t1);
    wasm_functype_delete(t2);
    wasm_extern_t *imports[2] = {wasm_func_as_extern(h1), wasm_func_as_extern(h2)};
    wasm_instance_t *instance = capi_instance(
        store,
        "(module (import \"h\" \"halve\" (func $h (param i64 f32) (result f64)))"
        " (import \"h\" \"down\" (func $d (param i32) (result i32)))"
        " (func (export \"halve\") (param i64 f32) (result f64) local.get 0 local.get 1 call $h)"
        " (func (export \"down\") (param i32) (result i32) local.get 0 call $d))",
        imports, 2);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t args[2] = {WASM_I64_VAL(7), WASM_F32_VAL(0.25f)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(result);
    CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), &in, &out) == NULL);
    CHECK(result[0].kind == WASM_F64 && result[0].of.f64 == 3.75);
    env.back = wasm_extern_as_func(exports.data[1]);
    CHECK_EQ_INT(capi_call(env.back, 1, 5, 0), 6);
    /* A host function called from the host. */
    CHECK(wasm_func_call(h1, &in, &out) == NULL && result[0].of.f64 == 3.75);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(h1);
    wasm_func_delete(h2);
}

static wasm_trap_t *wrong_kind(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)args;
    results->data[0].kind = WASM_F32;
    return NULL;
}

static void misused(wasm_store_t *store) {
    wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *f = wasm_func_new(store, type, wrong_kind);
    wasm_functype_delete(type);
    CHECK(wasm_func_param_arity(f) == 1 && wasm_func_result_arity(f) == 1);
    wasm_val_t arg = WASM_I32_VAL(1), result = WASM_INIT_VAL;
    wasm_val_vec_t none = WASM_EMPTY_VEC, in = {1, &arg}, out = {1, &result};
    capi_check_trap(wasm_func_call(f, &none, &out), "wrong number of arguments or results");
    capi_check_trap(wasm_func_call(f, &in, &none), "wrong number of arguments or results");
    arg.kind = WASM_F64;
    capi_check_trap(wasm_func_call(f, &in, &out), "argument 1 is f64, not i32");
    arg.kind = WASM_I32;
    capi_check_trap(wasm_func_call(f, &in, &out), "result 1 is f32, not i32");
    wasm_func_delete(f);
}

int main(void) {
    CAPI_CASE(both_ways);
    CAPI_CASE(misused);
    return check_done();
}
