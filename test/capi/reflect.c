/* What modules import and export, and types made by hand. */
#include "capi.h"

static bool name_is(const wasm_name_t *name, const char *text) {
    return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

static const char text[] =
    "(module (import \"env\" \"f\" (func (param i32 f64 funcref) (result externref i64)))"
    " (import \"env\" \"g\" (global (mut f32)))"
    " (table (export \"t\") 2 50 funcref) (memory (export \"m\") 1)"
    " (export \"g\" (global 0)) (export \"f\" (func 0)))";

static void modules(wasm_store_t *store) {
    wasm_module_t *module = capi_module(store, text);
    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    CHECK_EQ_INT(imports.size, 2);
    CHECK(name_is(wasm_importtype_module(imports.data[0]), "env"));
    CHECK(name_is(wasm_importtype_name(imports.data[0]), "f"));
    const wasm_externtype_t *type = wasm_importtype_type(imports.data[0]);
    CHECK_EQ_INT(wasm_externtype_kind(type), WASM_EXTERN_FUNC);
    CHECK(wasm_externtype_as_globaltype_const(type) == NULL);
    const wasm_functype_t *func = wasm_externtype_as_functype_const(type);
    const wasm_valtype_vec_t *params = wasm_functype_params(func);
    CHECK(params->size == 3 && wasm_valtype_kind(params->data[0]) == WASM_I32 &&
          wasm_valtype_kind(params->data[1]) == WASM_F64 &&
          wasm_valtype_kind(params->data[2]) == WASM_FUNCREF);
    const wasm_valtype_vec_t *results = wasm_functype_results(func);
    CHECK(results->size == 2 && wasm_valtype_kind(results->data[0]) == WASM_EXTERNREF &&
          wasm_valtype_is_num(results->data[1]) && wasm_valtype_is_ref(results->data[0]));
    const wasm_globaltype_t *global =
        wasm_externtype_as_globaltype_const(wasm_importtype_type(imports.data[1]));
    CHECK(global && wasm_globaltype_mutability(global) == WASM_VAR &&
          wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_F32);

    wasm_exporttype_vec_t exports, copy;
    wasm_module_exports(module, &exports);
    wasm_exporttype_vec_copy(&copy, &exports);
    wasm_exporttype_vec_delete(&exports);
    CHECK_EQ_INT(copy.size, 4);
    CHECK(name_is(wasm_exporttype_name(copy.data[1]), "m"));
    const wasm_tabletype_t *table =
        wasm_externtype_as_tabletype_const(wasm_exporttype_type(copy.data[0]));
    CHECK(table && wasm_tabletype_limits(table)->min == 2 &&
          wasm_tabletype_limits(table)->max == 50 &&
          wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_FUNCREF);
    const wasm_memorytype_t *memory =
        wasm_externtype_as_memorytype_const(wasm_exporttype_type(copy.data[1]));
    CHECK(memory && wasm_memorytype_limits(memory)->min == 1 &&
          wasm_memorytype_limits(memory)->max == wasm_limits_max_default);
    wasm_exporttype_vec_delete(&copy);
    wasm_importtype_vec_delete(&imports);
    wasm_module_delete(module);
}

static void by_hand(wasm_store_t *store) {
    (void)store;
    wasm_name_t module, name;
    wasm_name_new_from_string(&module, "env");
    wasm_name_new_from_string(&name, "x");
    wasm_limits_t limits = {3, 4};
    wasm_externtype_t *type =
        wasm_tabletype_as_externtype(wasm_tabletype_new(wasm_valtype_new_externref(), &limits));
    wasm_importtype_t *import = wasm_importtype_new(&module, &name, type), *copy;
    CHECK(module.data == NULL && name.data == NULL);
    copy = wasm_importtype_copy(import);
    wasm_importtype_delete(import);
    CHECK(name_is(wasm_importtype_name(copy), "x"));
    CHECK(wasm_tabletype_limits(wasm_externtype_as_tabletype_const(wasm_importtype_type(copy)))
              ->max == 4);
    wasm_importtype_delete(copy);
    wasm_functype_t *f = wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(),
                                               wasm_valtype_new_f32(), wasm_valtype_new_f64(),
                                               wasm_valtype_new_funcref());
    CHECK(wasm_functype_params(f)->size == 3 && wasm_functype_results(f)->size == 2);
    CHECK_EQ_INT(wasm_valtype_kind(wasm_functype_results(f)->data[1]), WASM_FUNCREF);
    wasm_functype_delete(f);
    wasm_valtype_vec_t vec, other;
    wasm_valtype_vec_new_uninitialized(&vec, 2);
    vec.data[0] = wasm_valtype_new_i32();
    vec.data[1] = wasm_valtype_copy(vec.data[0]);
    wasm_valtype_vec_copy(&other, &vec);
    wasm_valtype_vec_delete(&vec);
    CHECK(other.size == 2 && wasm_valtype_kind(other.data[1]) == WASM_I32);
    wasm_valtype_vec_delete(&other);
    wasm_valtype_vec_new_empty(&other);
    CHECK(other.size == 0 && other.data == NULL);
    wasm_valtype_vec_delete(&other);
    wasm_val_t v;
    wasm_val_init_ptr(&v, &limits);
    CHECK(wasm_val_ptr(&v) == &limits);
}

static void objects(wasm_store_t *store) {
    wasm_instance_t *instance = capi_instance(
        store, "(module (func (export \"f\") (param i64)) (table (export \"t\") 1 funcref))", NULL,
        0);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_externtype_t *type = wasm_extern_type(exports.data[0]);
    CHECK_EQ_INT(wasm_extern_kind(exports.data[0]), WASM_EXTERN_FUNC);
    CHECK_EQ_INT(wasm_extern_kind(exports.data[1]), WASM_EXTERN_TABLE);
    CHECK_EQ_INT(wasm_functype_params(wasm_externtype_as_functype(type))->size, 1);
    wasm_externtype_delete(type);
    wasm_tabletype_t *table = wasm_table_type(wasm_extern_as_table(exports.data[1]));
    CHECK_EQ_INT(wasm_tabletype_limits(table)->min, 1);
    wasm_tabletype_delete(table);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

int main(void) {
    CAPI_CASE(modules);
    CAPI_CASE(by_hand);
    CAPI_CASE(objects);
    return check_done();
}
