/* For the programs of this folder: the standard C API and nothing else of the library, but for the
   assembler that makes their modules. They are compiled against include/wasm.h, and against the
   published header when $WASM_C_API names its checkout. */
#ifndef WATTLE_TEST_CAPI_H
#define WATTLE_TEST_CAPI_H

#include "check.h"
#include "wasm.h"
#include "wattle.h"

#include <stdlib.h>

static inline bool capi_append(void *user, const void *data, size_t len) {
    wasm_byte_vec_t *v = (wasm_byte_vec_t *)user, longer;
    wasm_byte_vec_new_uninitialized(&longer, v->size + len);
    if (v->size)
        memcpy(longer.data, v->data, v->size);
    memcpy(longer.data + v->size, data, len);
    wasm_byte_vec_delete(v);
    *v = longer;
    return true;
}

static inline void capi_assemble(const char *text, wasm_byte_vec_t *out) {
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *module = NULL;
    wattle_report *report = NULL;
    wasm_byte_vec_new_empty(out);
    CHECK_EQ_INT(wattle_module_read(engine, text, strlen(text), "test", 0, &module, &report),
                 WATTLE_OK);
    if (module)
        CHECK_EQ_INT(wattle_module_write_binary(module, capi_append, out), WATTLE_OK);
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
}

static inline wasm_module_t *capi_module(wasm_store_t *store, const char *text) {
    wasm_byte_vec_t binary;
    capi_assemble(text, &binary);
    wasm_module_t *module = wasm_module_new(store, &binary);
    wasm_byte_vec_delete(&binary);
    CHECK(module != NULL);
    return module;
}

/* An instance of a text with these imports; the module is given back. */
static inline wasm_instance_t *capi_instance(wasm_store_t *store, const char *text,
                                             wasm_extern_t **imports, size_t count) {
    wasm_module_t *module = capi_module(store, text);
    wasm_extern_vec_t vec = {count, imports};
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasm_instance_new(store, module, &vec, &trap);
    CHECK(instance != NULL && trap == NULL);
    wasm_module_delete(module);
    return instance;
}

/* Calls a function of i32s. */
static inline int32_t capi_call(const wasm_func_t *f, size_t n, int32_t a, int32_t b) {
    wasm_val_t args[2] = {WASM_I32_VAL(a), WASM_I32_VAL(b)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t in = {n, args}, out = {wasm_func_result_arity(f), result};
    wasm_trap_t *trap = wasm_func_call(f, &in, &out);
    CHECK(trap == NULL);
    wasm_trap_delete(trap);
    return out.size ? result[0].of.i32 : 0;
}

/* The message of a trap, which is given back. */
static inline void capi_check_trap(wasm_trap_t *trap, const char *want) {
    wasm_message_t message;
    if (!CHECK(trap != NULL))
        return;
    wasm_trap_message(trap, &message);
    CHECK(message.size == strlen(want) + 1);
    CHECK_EQ_STR(message.data, want);
    wasm_name_delete(&message);
    wasm_trap_delete(trap);
}

/* One engine and one store around a case. */
#define CAPI_CASE(fn)                                                                              \
    do {                                                                                           \
        check_begin(#fn);                                                                          \
        wasm_engine_t *engine = wasm_engine_new();                                                 \
        wasm_store_t *store = wasm_store_new(engine);                                              \
        fn(store);                                                                                 \
        wasm_store_delete(store);                                                                  \
        wasm_engine_delete(engine);                                                                \
        check_end();                                                                               \
    } while (0)

#endif
