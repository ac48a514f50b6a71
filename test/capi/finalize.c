/* Finalisers: of host info, of a function's environment; and references that outlive their store's
   own handle. */
#include "capi.h"

static int finalized;
static void count(void *info) { finalized += *(int *)info; }

static int one = 1, ten = 10, hundred = 100, thousand = 1000;

static wasm_trap_t *nothing(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)env, (void)args, (void)results;
    return NULL;
}

static void with_the_store(void) {
    finalized = 0;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *f = wasm_func_new_with_env(store, type, nothing, &one, count);
    wasm_functype_delete(type);
    wasm_module_t *module = capi_module(store, "(module (func (export \"f\")))");
    wasm_extern_vec_t none = WASM_EMPTY_VEC;
    wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
    wasm_instance_set_host_info_with_finalizer(instance, &ten, count);
    wasm_module_set_host_info_with_finalizer(module, &hundred, count);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, &thousand, count);
    CHECK(wasm_instance_get_host_info(instance) == &ten);
    wasm_module_delete(module);
    CHECK_EQ_INT(finalized, 100);
    wasm_foreign_delete(foreign);
    CHECK_EQ_INT(finalized, 1100);
    wasm_func_delete(f);
    CHECK_EQ_INT(finalized, 1100);
    /* The store is deleted first: the last reference ends it. */
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    CHECK_EQ_INT(finalized, 1100);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    capi_call(wasm_extern_as_func(exports.data[0]), 0, 0, 0);
    wasm_instance_delete(instance);
    CHECK_EQ_INT(finalized, 1100);
    wasm_extern_vec_delete(&exports);
    CHECK_EQ_INT(finalized, 1111);
}

static void replaced_info(void) {
    finalized = 0;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_foreign_t *f = wasm_foreign_new(store), *copy = wasm_foreign_copy(f);
    wasm_foreign_set_host_info_with_finalizer(f, &one, count);
    wasm_foreign_set_host_info_with_finalizer(copy, &ten, count);
    CHECK_EQ_INT(finalized, 1);
    CHECK(wasm_foreign_get_host_info(f) == &ten);
    wasm_foreign_delete(f);
    CHECK_EQ_INT(finalized, 1);
    wasm_foreign_delete(copy);
    CHECK_EQ_INT(finalized, 11);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    CHECK_EQ_INT(finalized, 11);
}

/* Many instances, each with info: all finalisers run, none twice. */
static void many(void) {
    finalized = 0;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = capi_module(store, "(module (func (export \"f\")))");
    for (int i = 0; i < 200; i++) {
        wasm_extern_vec_t none = WASM_EMPTY_VEC;
        wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
        wasm_instance_set_host_info_with_finalizer(instance, &one, count);
        wasm_instance_delete(instance);
    }
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    CHECK_EQ_INT(finalized, 200);
}

int main(void) {
    CHECK_CASE(with_the_store);
    CHECK_CASE(replaced_info);
    CHECK_CASE(many);
    return check_done();
}
