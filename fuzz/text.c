/* Any bytes as a text module: parse, check, encode. What parses and checks must encode to a module
 * that checks. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wattle_engine *engine = fuzz_engine();
    wattle_module *module;
    wattle_report *report;
    wattle_status status = wattle_module_read(
        engine, data, size, "fuzz", WATTLE_READ_TEXT | WATTLE_READ_CHECK, &module, &report);
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    wattle_report_write(report, 0, fuzz_write, &out);
    wattle_report_write(report, WATTLE_REPORT_JSON, fuzz_write, &out);
    wattle_report_free(report);
    if (status == WATTLE_OK) {
        out.len = 0;
        fuzz_check(wattle_module_write_binary(module, fuzz_write, &out) == WATTLE_OK);
        wattle_module *again;
        wattle_status second =
            wattle_module_read(engine, out.data, out.len, "again",
                               WATTLE_READ_BINARY | WATTLE_READ_CHECK, &again, &report);
        fuzz_check(second == WATTLE_OK);
        wattle_report_free(report);
        wattle_module_free(again);
    }
    wattle_module_free(module);
    wt_buf_free(&out);
    wattle_engine_free(engine);
    return 0;
}
