/* Tables of functions, filled from both sides. */
#include "capi.h"

static wasm_trap_t *negate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    results->data[0] = args->data[0];
    results->data[0].of.i32 = -args->data[0].of.i32;
    return NULL;
}

static void functions(wasm_store_t *store) {
    wasm_instance_t *instance =
        capi_instance(store,
                      "(module (type $t (func (param i32) (result i32)))"
                      " (table (export \"t\") 2 10 funcref) (elem (i32.const 1) $dec)"
                      " (func $dec (type $t) local.get 0 i32.const 1 i32.sub)"
                      " (func (export \"call\") (param i32 i32) (result i32)"
                      "  local.get 0 local.get 1 call_indirect (type $t)))",
                      NULL, 0);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
    wasm_func_t *call = wasm_extern_as_func(exports.data[1]);
    wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *host = wasm_func_new(store, type, negate);
    wasm_functype_delete(type);
    CHECK_EQ_INT(wasm_table_size(table), 2);
    CHECK(wasm_table_get(table, 0) == NULL);
    wasm_ref_t *dec = wasm_table_get(table, 1);
    CHECK(dec && wasm_ref_as_func(dec) && !wasm_ref_as_table(dec));
    CHECK_EQ_INT(capi_call(wasm_ref_as_func(dec), 1, 8, 0), 7);
    CHECK_EQ_INT(capi_call(call, 2, 8, 1), 7);
    CHECK(wasm_table_set(table, 0, wasm_func_as_ref(host)));
    CHECK_EQ_INT(capi_call(call, 2, 8, 0), -8);
    CHECK(!wasm_table_set(table, 2, dec));
    CHECK(!wasm_table_set(table, 0, wasm_table_as_ref(table)));
    CHECK(wasm_table_grow(table, 3, dec));
    CHECK_EQ_INT(wasm_table_size(table), 5);
    CHECK_EQ_INT(capi_call(call, 2, 8, 4), 7);
    CHECK(!wasm_table_grow(table, 6, NULL));
    CHECK(wasm_table_set(table, 1, NULL));
    wasm_val_t args[2] = {WASM_I32_VAL(1), WASM_I32_VAL(1)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(result);
    capi_check_trap(wasm_func_call(call, &in, &out), "uninitialized element 1");
    wasm_ref_delete(dec);
    wasm_func_delete(host);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

static void made_by_host(wasm_store_t *store) {
    wasm_limits_t limits = {4, 5}, impossible = {6, 5};
    wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    wasm_tabletype_t *bad = wasm_tabletype_new(wasm_valtype_new_funcref(), &impossible);
    wasm_foreign_t *thing = wasm_foreign_new(store);
    wasm_table_t *table = wasm_table_new(store, type, wasm_foreign_as_ref(thing));
    CHECK(wasm_table_new(store, bad, NULL) == NULL);
    wasm_ref_t *r = wasm_table_get(table, 3);
    CHECK(r && wasm_ref_same(r, wasm_foreign_as_ref(thing)));
    wasm_ref_delete(r);
    CHECK(wasm_table_grow(table, 1, NULL) && wasm_table_get(table, 4) == NULL);
    wasm_foreign_delete(thing);
    /* The table alone keeps it now. */
    r = wasm_table_get(table, 0);
    CHECK(r && wasm_ref_as_foreign(r));
    wasm_ref_delete(r);
    wasm_table_delete(table);
    wasm_tabletype_delete(type);
    wasm_tabletype_delete(bad);
}

int main(void) {
    CAPI_CASE(functions);
    CAPI_CASE(made_by_host);
    return check_done();
}
