/* Runs one function through an installed library; both headers are there. */
#include <stdio.h>
#include <string.h>
#include <wasm.h>
#include <wattle.h>

int main(void) {
    static const char text[] = "(module (func (export \"answer\") (result i32) i32.const 42))";
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_module *module = NULL;
    wattle_instance instance;
    wattle_func answer;
    wattle_value v = WATTLE_VALUE_I32(0);
    if (wattle_module_new(engine, text, strlen(text), &module, NULL) != WATTLE_OK ||
        wattle_instance_new(store, module, NULL, &instance) != WATTLE_OK ||
        !wattle_instance_func(store, instance, "answer", &answer) ||
        wattle_func_call(store, answer, NULL, 0, &v, 1) != WATTLE_OK)
        return 1;
    printf("%s %d\n", wattle_version(), (int)v.of.i32);
    wattle_module_free(module);
    wattle_store_free(store);
    wattle_engine_free(engine);
    wasm_engine_t *other = wasm_engine_new();
    wasm_engine_delete(other);
    return 0;
}
