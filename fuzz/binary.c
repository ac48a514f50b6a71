/* Any bytes as a binary module: decode, check, dump. Nothing may crash or take unbounded time; a
   module that the checker accepts must also be accepted with its bodies scanned by the decoder. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wattle_engine *engine = fuzz_engine();
    wattle_module *module;
    wattle_report *report;
    wattle_status checked = wattle_module_read(
        engine, data, size, "fuzz", WATTLE_READ_BINARY | WATTLE_READ_CHECK, &module, &report);
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    wattle_report_write(report, 0, fuzz_write, &out);
    wattle_report_write(report, WATTLE_REPORT_JSON, fuzz_write, &out);
    wattle_report_free(report);
    wattle_module_free(module);

    wattle_status scanned =
        wattle_module_read(engine, data, size, "fuzz", WATTLE_READ_BINARY, &module, &report);
    fuzz_check(checked != WATTLE_OK || scanned == WATTLE_OK);
    wattle_report_free(report);
    wattle_module_free(module);

    wattle_dump_options dump = {.size = sizeof dump,
                                .headers = true,
                                .details = true,
                                .disassemble = true,
                                .contents = true,
                                .relocations = true};
    wattle_dump(engine, data, size, "fuzz", &dump, fuzz_write, &out, &report);
    wattle_report_free(report);
    wt_buf_free(&out);
    wattle_engine_free(engine);
    return 0;
}
