/* Binary -> text -> binary: every well-formed module comes back byte for byte (lossless), and
 * printing is idempotent. */
#include "fuzz.h"

static void round_trip(wattle_engine *engine, const uint8_t *data, size_t size, bool fold) {
    wattle_module *module;
    wattle_report *report;
    wattle_status status = wattle_module_read(
        engine, data, size, "fuzz", WATTLE_READ_BINARY | WATTLE_READ_LOSSLESS, &module, &report);
    wattle_report_free(report);
    if (status != WATTLE_OK)
        return;
    Buf text, bytes;
    wt_buf_init(&text, &wt_base_malloc);
    wt_buf_init(&bytes, &wt_base_malloc);
    wattle_print_options options = {.size = sizeof options, .lossless = true, .fold = fold};
    fuzz_check(wattle_module_write_text(module, &options, fuzz_write, &text, NULL) == WATTLE_OK);
    wattle_module_free(module);

    status = wattle_module_read(engine, text.data, text.len, "printed", WATTLE_READ_TEXT, &module,
                                &report);
    fuzz_check(status == WATTLE_OK);
    wattle_report_free(report);
    fuzz_check(wattle_module_write_binary(module, fuzz_write, &bytes) == WATTLE_OK);
    fuzz_check(bytes.len == size && memcmp(bytes.data, data, size) == 0);
    wattle_module_free(module);
    wt_buf_free(&text);
    wt_buf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wattle_engine *engine = fuzz_engine();
    round_trip(engine, data, size, false);
    round_trip(engine, data, size, true);
    wattle_engine_free(engine);
    return 0;
}
