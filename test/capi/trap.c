/* Traps of wasm and of the host, with the frames they went through. */
#include "capi.h"

static wasm_store_t *the_store;
static wasm_trap_t *given;

static wasm_trap_t *refuse(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
    (void)args, (void)results;
    static char long_text[300];
    memset(long_text, 'x', sizeof long_text - 1);
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, long_text);
    given = wasm_trap_new(the_store, &message);
    wasm_name_delete(&message);
    return given;
}

static const char text[] = "(module (import \"h\" \"refuse\" (func $r))"
                           " (func $inner unreachable)"
                           " (func (export \"a\") nop call $inner)"
                           " (func (export \"b\") call $r)"
                           " (func (export \"c\") i32.const 1 i32.const 0 i32.div_s drop))";

static void frames_and_messages(wasm_store_t *store) {
    the_store = store;
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *host = wasm_func_new(store, type, refuse);
    wasm_functype_delete(type);
    wasm_extern_t *imports[1] = {wasm_func_as_extern(host)};
    wasm_instance_t *instance = capi_instance(store, text, imports, 1);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_vec_t none = WASM_EMPTY_VEC, out = WASM_EMPTY_VEC;

    wasm_trap_t *trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &out);
    wasm_frame_t *origin = wasm_trap_origin(trap);
    CHECK(origin && wasm_frame_func_index(origin) == 1);
    CHECK(wasm_instance_same(wasm_frame_instance(origin), instance));
    CHECK_EQ_INT(wasm_frame_func_offset(origin), 1);
    wasm_frame_vec_t trace;
    wasm_trap_trace(trap, &trace);
    CHECK_EQ_INT(trace.size, 2);
    CHECK_EQ_INT(wasm_frame_func_index(trace.data[1]), 2);
    CHECK_EQ_INT(wasm_frame_func_offset(trace.data[1]), 2);
    CHECK_EQ_INT(wasm_frame_module_offset(trace.data[1]) - wasm_frame_module_offset(origin),
                 5); /* unreachable, end, size, locals, nop */
    wasm_frame_vec_delete(&trace);
    wasm_frame_delete(origin);
    capi_check_trap(trap, "unreachable");

    /* The trap of a host function comes out as the same object, with its whole message. */
    trap = wasm_func_call(wasm_extern_as_func(exports.data[1]), &none, &out);
    CHECK(wasm_trap_same(trap, given));
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    CHECK_EQ_INT(message.size, 300);
    wasm_name_delete(&message);
    origin = wasm_trap_origin(trap);
    CHECK(origin && wasm_frame_func_index(origin) == 3);
    wasm_frame_delete(origin);
    wasm_trap_delete(trap);

    capi_check_trap(wasm_func_call(wasm_extern_as_func(exports.data[2]), &none, &out),
                    "integer divide by zero");
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(host);
}

static void at_start(wasm_store_t *store) {
    wasm_module_t *module = capi_module(store, "(module (func unreachable) (start 0))");
    wasm_extern_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_t *trap = NULL;
    CHECK(wasm_instance_new(store, module, &none, &trap) == NULL);
    capi_check_trap(trap, "unreachable");
    CHECK(wasm_instance_new(store, module, &none, NULL) == NULL);
    wasm_module_delete(module);
    module = capi_module(store, "(module (import \"a\" \"b\" (func)))");
    CHECK(wasm_instance_new(store, module, &none, &trap) == NULL);
    capi_check_trap(trap, "unknown import: \"a\" \"b\": wanted func [] -> []");
    wasm_module_delete(module);
}

int main(void) {
    CAPI_CASE(frames_and_messages);
    CAPI_CASE(at_start);
    return check_done();
}
