/* The smallest user of the public header: text to binary and back, one module of each bad kind, a
   program with files in memory.
   A cross build that runs this has a working compiler, C library and byte order. */
#include "check.h"
#include "wattle.h"

static const char text[] = "(module (func (export \"add\") (param i32 i32) (result i32)\n"
                           "  (i32.add (local.get 0) (local.get 1))))\n";
static const uint8_t binary[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,             /* \0asm, version 1 */
    0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f,       /* type: i32 i32 -> i32 */
    0x03, 0x02, 0x01, 0x00,                                     /* function 0 has type 0 */
    0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00,       /* export "add" */
    0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, /* code */
    0x0b,
};

typedef struct Output {
    uint8_t data[4096];
    size_t len;
} Output;

static bool collect(void *user, const void *data, size_t len) {
    Output *out = user;
    if (len > sizeof out->data - out->len)
        return false;
    memcpy(out->data + out->len, data, len);
    out->len += len;
    return true;
}

static wattle_engine *new_engine(void) {
    wattle_config config = wattle_config_default();
    return wattle_engine_new(&config);
}

static wattle_status read_checked(wattle_engine *engine, const void *bytes, size_t len,
                                  wattle_module **module) {
    wattle_report *report = NULL;
    wattle_status status =
        wattle_module_read(engine, bytes, len, "smoke", WATTLE_READ_CHECK, module, &report);
    if (status != WATTLE_OK) {
        CHECK(wattle_report_count(report) > 0);
        CHECK(*module == NULL);
    }
    wattle_report_free(report);
    return status;
}

/* Reads bytes, writes them as a binary to out and as a text to printed. */
static void convert(const void *bytes, size_t len, Output *out, Output *printed) {
    wattle_engine *engine = new_engine();
    wattle_module *module = NULL;
    out->len = printed->len = 0;
    if (CHECK(engine != NULL) &&
        CHECK_EQ_INT(read_checked(engine, bytes, len, &module), WATTLE_OK)) {
        wattle_report *report = NULL;
        CHECK_EQ_INT(wattle_module_write_binary(module, collect, out), WATTLE_OK);
        CHECK_EQ_INT(wattle_module_write_text(module, NULL, collect, printed, &report), WATTLE_OK);
        wattle_report_free(report);
    }
    wattle_module_free(module);
    wattle_engine_free(engine);
}

static void text_becomes_binary(void) {
    static Output out, printed;
    convert(text, sizeof text - 1, &out, &printed);
    CHECK_EQ_BYTES(out.data, out.len, binary, sizeof binary);
}

static void binary_survives_text(void) {
    static Output out, printed, again, reprinted;
    convert(binary, sizeof binary, &out, &printed);
    CHECK_EQ_BYTES(out.data, out.len, binary, sizeof binary);
    convert(printed.data, printed.len, &again, &reprinted);
    CHECK_EQ_BYTES(again.data, again.len, binary, sizeof binary);
    CHECK_EQ_BYTES(reprinted.data, reprinted.len, printed.data, printed.len);
}

static void refuse(const void *bytes, size_t len, wattle_status want) {
    wattle_engine *engine = new_engine();
    wattle_module *module = NULL;
    CHECK_EQ_INT(read_checked(engine, bytes, len, &module), want);
    wattle_module_free(module);
    wattle_engine_free(engine);
}

static void bad_text_is_refused(void) {
    static const char bad[] = "(module (func (i32.const 1)";
    refuse(bad, sizeof bad - 1, WATTLE_MALFORMED);
}

static void bad_type_is_refused(void) {
    static const char bad[] = "(module (func (result i32) (i64.const 1)))";
    refuse(bad, sizeof bad - 1, WATTLE_INVALID);
}

static void cut_binary_is_refused(void) { refuse(binary, sizeof binary - 2, WATTLE_MALFORMED); }

/* A program that says on the standard output what it finds in a file in memory, and copies it. */
static const char program[] =
    "(module"
    "(import \"wasi_snapshot_preview1\" \"path_open\""
    "  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    "(import \"wasi_snapshot_preview1\" \"fd_read\""
    "  (func $read (param i32 i32 i32 i32) (result i32)))"
    "(import \"wasi_snapshot_preview1\" \"fd_write\""
    "  (func $write (param i32 i32 i32 i32) (result i32)))"
    "(import \"wasi_snapshot_preview1\" \"poll_oneoff\""
    "  (func $poll (param i32 i32 i32 i32) (result i32)))"
    "(memory (export \"memory\") 1)"
    "(data (i32.const 0) \"in/a.txt\")"
    "(data (i32.const 16) \"in/b.txt\")"
    "(data (i32.const 32) \"\\00\\01\\00\\00\\40\\00\\00\\00\")" /* an iovec: 256, 64 */
    "(data (i32.const 144) \"\\01\")"                            /* the monotonic clock */
    "(data (i32.const 152) \"\\40\\42\\0f\")"                    /* a millisecond */
    "(func $ok (param i32) (if (local.get 0) (then (unreachable))))"
    "(func $file (param $name i32) (param $oflags i32) (result i32)"
    "  (call $ok (call $open (i32.const 3) (i32.const 0) (local.get $name) (i32.const 8)"
    "    (local.get $oflags) (i64.const -1) (i64.const 0) (i32.const 0) (i32.const 64)))"
    "  (i32.load (i32.const 64)))"
    "(func (export \"_start\")"
    "  (call $ok (call $poll (i32.const 128) (i32.const 512) (i32.const 1) (i32.const 64)))"
    "  (if (i32.ne (i32.load (i32.const 64)) (i32.const 1)) (then (unreachable)))"
    "  (call $ok (call $read (call $file (i32.const 0) (i32.const 0)) (i32.const 32)"
    "    (i32.const 1) (i32.const 36)))" /* the length goes where it is read from */
    "  (call $ok (call $write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 64)))"
    "  (call $ok (call $write (call $file (i32.const 16) (i32.const 1)) (i32.const 32)"
    "    (i32.const 1) (i32.const 64)))))";

static void files_in_memory(void) {
    static const char words[] = "a program ran with files in memory\n";
    wattle_engine *engine = new_engine();
    wattle_module *module = NULL;
    wattle_memfs *files = wattle_memfs_new(engine, 0);
    wattle_wasi *wasi = wattle_wasi_new(engine);
    wattle_store *store = wattle_store_new(engine, NULL);
    wattle_linker *linker = wattle_linker_new(engine);
    wattle_instance instance;
    wattle_func start;
    const void *data;
    size_t size;
    if (CHECK(files && wasi && store && linker)) {
        CHECK_EQ_INT(read_checked(engine, program, sizeof program - 1, &module), WATTLE_OK);
        CHECK_EQ_INT(wattle_memfs_write(files, "in/a.txt", words, sizeof words - 1, NULL),
                     WATTLE_OK);
        CHECK_EQ_INT(wattle_wasi_inherit_stdio(wasi), WATTLE_OK);
        CHECK_EQ_INT(wattle_wasi_add_memfs(wasi, files, "/", false), WATTLE_OK);
        CHECK_EQ_INT(wattle_store_set_wasi(store, wasi), WATTLE_OK);
        CHECK_EQ_INT(wattle_linker_define_wasi(linker), WATTLE_OK);
        CHECK_EQ_INT(wattle_instance_new(store, module, linker, &instance), WATTLE_OK);
        CHECK(wattle_instance_func(store, instance, "_start", &start));
        CHECK_EQ_INT(wattle_func_call(store, start, NULL, 0, NULL, 0), WATTLE_OK);
        CHECK_EQ_INT(wattle_memfs_read(files, "in/b.txt", &data, &size, NULL), WATTLE_OK);
        CHECK_EQ_BYTES(data, size, words, sizeof words - 1);
    }
    wattle_linker_free(linker);
    wattle_store_free(store);
    wattle_memfs_free(files);
    wattle_module_free(module);
    wattle_engine_free(engine);
}

int main(void) {
    CHECK_EQ_STR(wattle_version(), WATTLE_VERSION_TEXT);
    CHECK_CASE(text_becomes_binary);
    CHECK_CASE(binary_survives_text);
    CHECK_CASE(bad_text_is_refused);
    CHECK_CASE(bad_type_is_refused);
    CHECK_CASE(cut_binary_is_refused);
    CHECK_CASE(files_in_memory);
    return check_done();
}
