/* References to things of the host inside wasm: arguments, results, globals, tables. */
#include "capi.h"

static wasm_trap_t *same(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    wasm_val_copy(&results->data[0], &args->data[0]);
    return NULL;
}

static wasm_ref_t *through(const wasm_func_t *f, wasm_ref_t *ref) {
    wasm_val_t arg[1] = {WASM_REF_VAL(ref)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t in = WASM_ARRAY_VEC(arg), out = WASM_ARRAY_VEC(result);
    wasm_trap_t *trap = wasm_func_call(f, &in, &out);
    CHECK(trap == NULL && result[0].kind == WASM_EXTERNREF);
    wasm_trap_delete(trap);
    return result[0].of.ref;
}

static void everywhere(wasm_store_t *store) {
    wasm_functype_t *type =
        wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
    wasm_func_t *host = wasm_func_new(store, type, same);
    wasm_functype_delete(type);
    wasm_extern_t *imports[1] = {wasm_func_as_extern(host)};
    wasm_instance_t *instance = capi_instance(
        store,
        "(module (import \"h\" \"f\" (func $f (param externref) (result externref)))"
        " (global (export \"g\") (mut externref) (ref.null extern))"
        " (func (export \"set\") (param externref) (result externref)"
        "  local.get 0 global.set 0 global.get 0)"
        " (func (export \"host\") (param externref) (result externref) local.get 0 call $f))",
        imports, 1);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_global_t *global = wasm_extern_as_global(exports.data[0]);
    wasm_func_t *set = wasm_extern_as_func(exports.data[1]);
    wasm_func_t *call = wasm_extern_as_func(exports.data[2]);
    int mark = 0;
    wasm_foreign_t *a = wasm_foreign_new(store), *b = wasm_foreign_new(store);
    wasm_foreign_set_host_info(a, &mark);
    wasm_ref_t *refs[5] = {wasm_foreign_as_ref(a), wasm_foreign_as_ref(b), wasm_func_as_ref(host),
                           wasm_instance_as_ref(instance), NULL};
    for (int i = 0; i < 5; i++) {
        wasm_ref_t *r1 = through(set, refs[i]), *r2 = through(call, refs[i]);
        wasm_val_t v;
        wasm_global_get(global, &v);
        CHECK(r1 == r2 && (!refs[i] ? !r1 : wasm_ref_same(r1, refs[i]) && v.of.ref == r1));
        wasm_val_delete(&v);
        wasm_ref_delete(r1);
        wasm_ref_delete(r2);
    }
    CHECK(wasm_func_get_host_info(host) == NULL);
    wasm_val_t v = WASM_REF_VAL(wasm_foreign_as_ref(a));
    wasm_global_set(global, &v);
    wasm_foreign_delete(a);
    wasm_foreign_delete(b);
    /* Only the global keeps it; host info comes back with it. */
    wasm_global_get(global, &v);
    CHECK(v.of.ref && wasm_ref_as_foreign(v.of.ref) && wasm_ref_get_host_info(v.of.ref) == &mark);
    wasm_val_delete(&v);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(host);
}

int main(void) {
    CAPI_CASE(everywhere);
    return check_done();
}
