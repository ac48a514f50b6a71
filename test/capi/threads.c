/* One engine and one shared module for several threads, a store for each of them. Run under TSan by
   that preset. */
#include "capi.h"

#include "base/os.h"

enum { THREADS = 4, ROUNDS = 20 };

typedef struct Worker {
    OsThread thread;
    wasm_engine_t *engine;
    const wasm_shared_module_t *shared;
    int id;
    int32_t sum; /* of what the host function got */
    bool ok;
} Worker;

static wasm_trap_t *take(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)results;
    ((Worker *)env)->sum += args->data[0].of.i32;
    return NULL;
}

static bool one_round(Worker *w) {
    wasm_store_t *store = wasm_store_new(w->engine);
    wasm_module_t *module = wasm_module_obtain(store, w->shared);
    wasm_functype_t *type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t *host = wasm_func_new_with_env(store, type, take, w, NULL);
    wasm_globaltype_t *global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_val_t id = WASM_I32_VAL(w->id);
    wasm_global_t *global = wasm_global_new(store, global_type, &id);
    wasm_extern_t *items[2] = {wasm_func_as_extern(host), wasm_global_as_extern(global)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    bool ok = instance != NULL;
    if (ok) {
        wasm_val_vec_t none = WASM_EMPTY_VEC, out = WASM_EMPTY_VEC;
        wasm_instance_exports(instance, &exports);
        wasm_trap_t *trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &out);
        ok = trap == NULL;
        wasm_trap_delete(trap);
        wasm_extern_vec_delete(&exports);
    }
    wasm_functype_delete(type);
    wasm_globaltype_delete(global_type);
    wasm_global_delete(global);
    wasm_func_delete(host);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    return ok;
}

static void work(void *user) {
    Worker *w = (Worker *)user;
    w->ok = true;
    for (int i = 0; i < ROUNDS; i++)
        w->ok = one_round(w) && w->ok;
}

static void stores_on_threads(void) {
    static Worker workers[THREADS];
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module =
        capi_module(store, "(module (import \"h\" \"take\" (func $t (param i32)))"
                           " (import \"h\" \"id\" (global $id i32))"
                           " (func (export \"run\") global.get $id call $t))");
    wasm_shared_module_t *shared = wasm_module_share(module);
    /* The store that the module came from may go before the threads start. */
    wasm_module_delete(module);
    wasm_store_delete(store);
    int started = 0;
    for (; started < THREADS; started++) {
        Worker *w = &workers[started];
        *w = (Worker){.engine = engine, .shared = shared, .id = started + 1};
        if (wt_os_thread_start(&w->thread, 0, work, w) != OS_OK)
            break;
    }
    for (int i = 0; i < started; i++)
        wt_os_thread_join(&workers[i].thread);
    CHECK_EQ_INT(started, THREADS);
    for (int i = 0; i < started; i++) {
        CHECK(workers[i].ok);
        CHECK_EQ_INT(workers[i].sum, ROUNDS * (i + 1));
    }
    wasm_shared_module_delete(shared);
    wasm_engine_delete(engine);
}

int main(void) {
    CHECK_CASE(stores_on_threads);
    return check_done();
}
