/* Clauses of bindings, as hostile as they come. The first byte says where they stand: in a text
   module (the rest is that text), in a file beside the module below, or in its custom section. A
   model is printed, its clauses must be read again and print the same, and the whole package is
   written. */
#include "fuzz.h"

#include <string.h>

/* Something for each kind of clause: names, and signatures that types can fit. */
static const char stage[] =
    "(module\n"
    "  (import \"env\" \"log\" (func (param i32 i32)))\n"
    "  (import \"env\" \"now\" (func (result f64)))\n"
    "  (import \"env\" \"call\" (func (param i32 f64) (result f64)))\n"
    "  (import \"env\" \"keep\" (func (param externref) (result externref)))\n"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func (param i32 i32 i32 i32) (result "
    "i32)))\n"
    "  (memory (export \"memory\") 1)\n"
    "  (global (export \"size\") (mut i32) (i32.const 4))\n"
    "  (func (export \"take\") (param i32) (result i32) (i32.const 8))\n"
    "  (func (export \"drop\") (param i32))\n"
    "  (func (export \"name\") (param i32 i32))\n"
    "  (func (export \"greet\") (param i32 i32 i32))\n"
    "  (func (export \"pair\") (param i32) (result i64) (i64.const 0))\n"
    "  (func (export \"sum\") (param i32 i32) (result f64) (f64.const 0))\n"
    "  (func (export \"half\") (param i64) (result i64) (local.get 0))\n"
    "  (func (export \"cells\") (result i32) (i32.const 16))\n"
    "  (func (export \"make\") (param i32 f64) (result i32) (local.get 0))\n"
    "  (func (export \"open\") (param externref) (result externref) (local.get 0))\n"
    "  (func (export \"_start\")))\n";

static bool take_packed(void *user, const char *name, const void *data, size_t size) {
    fuzz_check(name[0] && !strstr(name, ".."));
    return fuzz_write(user, data, size);
}

static bool find_nothing(void *user, const char *name, const void **data, size_t *size,
                         const char **why) {
    static const char js[] = "import './a.js'; export * from \"./b/../c.js\"; // from './d.js'\n";
    (void)user;
    *data = js;
    *size = sizeof js - 1;
    *why = "not now";
    return strlen(name) < 12;
}

static wattle_status bind_text(const wattle_module *m, const wattle_pack_options *o, bool json,
                               Buf *out) {
    wattle_report *report;
    out->len = 0;
    wattle_status status = wattle_bind(m, o, json, fuzz_write, out, &report);
    Buf words;
    wt_buf_init(&words, &wt_base_malloc);
    wattle_report_write(report, 0, fuzz_write, &words);
    wt_buf_free(&words);
    wattle_report_free(report);
    return status;
}

static void try_model(const wattle_module *m, wattle_pack_options *o, bool ours) {
    Buf text, again;
    wt_buf_init(&text, &wt_base_malloc);
    wt_buf_init(&again, &wt_base_malloc);
    if (bind_text(m, o, false, &text) == WATTLE_OK) {
        bind_text(m, o, true, &again);
        if (ours) { /* others may have names that no clause can spell */
            wattle_pack_options printed = *o;
            printed.clauses = text.len ? (const char *)text.data : "";
            printed.clauses_size = text.len;
            fuzz_check(bind_text(m, &printed, false, &again) == WATTLE_OK);
            fuzz_check(text.len == again.len && memcmp(text.data, again.data, text.len) == 0);
        }
        wattle_report *report;
        again.len = 0;
        wattle_pack(m, o, take_packed, &again, &report);
        wattle_report_free(report);
    }
    wt_buf_free(&text);
    wt_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    unsigned kind = *data++ & 3;
    size--;
    wattle_engine *engine = fuzz_engine();
    wattle_pack_options options = {.size = sizeof options,
                                   .file = "fuzz.wat",
                                   .targets =
                                       WATTLE_PACK_ALL | WATTLE_PACK_INLINE | WATTLE_PACK_ESM,
                                   .map = kind & 1,
                                   .hot = kind & 1,
                                   .find = find_nothing};
    wattle_module *module = NULL;
    wattle_report *report = NULL;
    if (kind < 2) {
        wattle_module_read(engine, data, size, "fuzz", WATTLE_READ_TEXT | WATTLE_READ_CHECK,
                           &module, &report);
    } else {
        Buf binary;
        wt_buf_init(&binary, &wt_base_malloc);
        fuzz_check(wattle_module_read(engine, stage, sizeof stage - 1, "stage", WATTLE_READ_CHECK,
                                      &module, &report) == WATTLE_OK);
        if (kind == 2) {
            options.clauses = (const char *)data;
            options.clauses_size = size;
        } else {
            fuzz_check(wattle_module_write_binary(module, fuzz_write, &binary) == WATTLE_OK);
            wattle_module_free(module);
            wattle_report_free(report);
            buf_u8(&binary, 0);
            buf_u32leb(&binary, (uint32_t)size + 12);
            buf_u8(&binary, 11);
            buf_str(&binary, "wattle.bind");
            buf_bytes(&binary, data, size);
            fuzz_check(wattle_module_read(engine, binary.data, binary.len, "section",
                                          WATTLE_READ_BINARY | WATTLE_READ_CHECK, &module,
                                          &report) == WATTLE_OK);
        }
        if (module)
            try_model(module, &options, true);
        wattle_report_free(report);
        wattle_module_free(module);
        wt_buf_free(&binary);
        wattle_engine_free(engine);
        return 0;
    }
    if (module)
        try_model(module, &options, false);
    wattle_report_free(report);
    wattle_module_free(module);
    wattle_engine_free(engine);
    return 0;
}
