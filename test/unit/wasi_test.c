/* WASI through the API: what programs of test/wasi cannot see. */
#include "check.h"
#include "wattle.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static wattle_engine *engine;

/* A store with a world that may have threads, and a linker. */
typedef struct Host {
    wattle_store *store;
    wattle_linker *linker;
    wattle_instance instance;
} Host;

static wattle_module *read_text(const char *text) {
    wattle_module *module;
    wattle_report *report;
    wattle_status status =
        wattle_module_read(engine, text, strlen(text), "test", WATTLE_READ_CHECK, &module, &report);
    CHECK_EQ_INT(status, WATTLE_OK);
    wattle_report_free(report);
    return module;
}

static bool open_host(Host *h, bool interruptible, uint32_t threads) {
    wattle_store_config config = {.size = sizeof config, .interruptible = interruptible};
    wattle_wasi *wasi = wattle_wasi_new(engine);
    *h = (Host){wattle_store_new(engine, &config), wattle_linker_new(engine), {0, 0}};
    if (!CHECK(wasi && h->store && h->linker))
        return false;
    wattle_wasi_set_max_threads(wasi, threads);
    return CHECK_EQ_INT(wattle_store_set_wasi(h->store, wasi), WATTLE_OK) &&
           CHECK_EQ_INT(wattle_linker_define_wasi(h->linker), WATTLE_OK);
}

static void close_host(Host *h) {
    wattle_linker_free(h->linker);
    wattle_store_free(h->store);
}

static wattle_status call_export(Host *h, const char *name) {
    wattle_func f;
    if (!CHECK(wattle_instance_func(h->store, h->instance, name, &f)))
        return WATTLE_USAGE;
    return wattle_func_call(h->store, f, NULL, 0, NULL, 0);
}

/* ---- threads ---- */

#define THREADED                                                                                   \
    "(import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))"                    \
    "(import \"any\" \"name\" (memory 1 1 shared))"

static wattle_status count_call(void *user, wattle_caller *caller, const wattle_slot *args,
                                wattle_slot *results) {
    (void)caller;
    (void)results;
    atomic_fetch_add((atomic_uint *)user, (unsigned)args[0].i32);
    return WATTLE_OK;
}

/* Host functions of the linker are called from the threads; freeing the store ends them. */
static void threads_call_the_host(void) {
    Host h;
    atomic_uint calls = 0;
    wattle_module *m =
        read_text("(module " THREADED "(import \"host\" \"f\" (func $f (param i32)))"
                  "(func (export \"wasi_thread_start\") (param i32 i32)"
                  "  (call $f (local.get 1))"
                  "  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))"
                  "  (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))"
                  "  (loop $for_ever (br $for_ever)))"
                  "(func (export \"go\")"
                  "  (drop (call $spawn (i32.const 3))) (drop (call $spawn (i32.const 4)))"
                  "  (loop $l"
                  "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))"
                  "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))"
                  "    (br_if $l (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 2))))))");
    if (open_host(&h, true, 4)) {
        CHECK_EQ_INT(
            wattle_linker_define_fast(h.linker, "host", "f", "i:", count_call, &calls, NULL),
            WATTLE_OK);
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_OK);
        CHECK_EQ_INT(call_export(&h, "go"), WATTLE_OK);
        CHECK_EQ_INT(atomic_load(&calls), 7);
    }
    close_host(&h);
    wattle_module_free(m);
}

/* The trap of a thread is that of the store, with the frames, also when nothing runs just then. */
static void a_thread_traps(void) {
    Host h;
    wattle_module *m = read_text(
        "(module " THREADED "(tag $t (param i32))"
        "(func (export \"wasi_thread_start\") (param i32 i32)"
        "  (if (local.get 1) (then (throw $t (i32.const 9))))"
        "  unreachable)"
        "(func (export \"trap\") (drop (call $spawn (i32.const 0))) (loop $l (br $l)))"
        "(func (export \"throw\") (drop (call $spawn (i32.const 1))) (loop $l (br $l)))"
        "(func (export \"again\") (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))"
        "  (then (unreachable)))))");
    if (open_host(&h, true, 4)) {
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_OK);
        CHECK_EQ_INT(call_export(&h, "trap"), WATTLE_TRAP);
        CHECK_EQ_INT(wattle_store_trap_code(h.store), WATTLE_TRAP_unreachable);
        CHECK_EQ_INT(wattle_store_frame_count(h.store), 1);
        wattle_frame frame = wattle_store_frame(h.store, 0);
        CHECK_EQ_INT(frame.func_index, 1);
        CHECK_EQ_INT(frame.instance.store, 0); /* an instance of another store */
        CHECK_EQ_INT(call_export(&h, "again"), WATTLE_OK);
    }
    close_host(&h);
    if (open_host(&h, true, 4)) {
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_OK);
        CHECK_EQ_INT(call_export(&h, "throw"), WATTLE_TRAP);
        CHECK(strstr(wattle_store_message(h.store), "uncaught exception") != NULL);
    }
    close_host(&h);
    wattle_module_free(m);
}

static void threads_must_be_allowed(void) {
    Host h;
    wattle_module *m = read_text("(module " THREADED ")");
    if (open_host(&h, true, 0))
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_LINK);
    close_host(&h);
    if (open_host(&h, false, 1)) {
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_USAGE);
        CHECK_EQ_STR(wattle_store_message(h.store),
                     "a program with threads needs an interruptible store");
    }
    close_host(&h);
    wattle_module_free(m);
}

/* ---- files in memory ---- */

/* The program reads what the host wrote, and the host what the program wrote. */
static void files_in_memory(void) {
    Host h;
    const void *data;
    size_t size;
    const char *why;
    wattle_wasi *wasi = wattle_wasi_new(engine);
    wattle_memfs *files = wattle_memfs_new(engine, 1 << 20);
    wattle_module *m = read_text(
        "(module"
        "(import \"wasi_snapshot_preview1\" \"path_open\""
        "  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
        "(import \"wasi_snapshot_preview1\" \"fd_read\""
        "  (func $read (param i32 i32 i32 i32) (result i32)))"
        "(import \"wasi_snapshot_preview1\" \"fd_write\""
        "  (func $write (param i32 i32 i32 i32) (result i32)))"
        "(memory (export \"memory\") 1)"
        "(data (i32.const 0) \"in/a.txt\")"
        "(data (i32.const 16) \"in/b.txt\")"
        "(data (i32.const 32) \"\\00\\01\\00\\00\\10\\00\\00\\00\")" /* an iovec: 256, 16 */
        "(func $ok (param i32) (if (local.get 0) (then (unreachable))))"
        "(func $file (param $name i32) (param $oflags i32) (result i32)"
        "  (call $ok (call $open (i32.const 3) (i32.const 0) (local.get $name) (i32.const 8)"
        "    (local.get $oflags) (i64.const -1) (i64.const 0) (i32.const 0) (i32.const 64)))"
        "  (i32.load (i32.const 64)))"
        "(func (export \"copy\")"
        "  (call $ok (call $read (call $file (i32.const 0) (i32.const 0)) (i32.const 32)"
        "    (i32.const 1) (i32.const 36)))" /* the length goes where it is read from */
        "  (call $ok (call $write (call $file (i32.const 16) (i32.const 1)) (i32.const 32)"
        "    (i32.const 1) (i32.const 64)))))");
    h = (Host){wattle_store_new(engine, NULL), wattle_linker_new(engine), {0, 0}};
    if (CHECK(wasi && files && h.store && h.linker)) {
        CHECK_EQ_INT(wattle_memfs_write(files, "in/a.txt", "words", 5, NULL), WATTLE_OK);
        CHECK_EQ_INT(wattle_wasi_add_memfs(wasi, files, "/", false), WATTLE_OK);
        CHECK_EQ_INT(wattle_store_set_wasi(h.store, wasi), WATTLE_OK);
        CHECK_EQ_INT(wattle_linker_define_wasi(h.linker), WATTLE_OK);
        CHECK_EQ_INT(wattle_instance_new(h.store, m, h.linker, &h.instance), WATTLE_OK);
        CHECK_EQ_INT(call_export(&h, "copy"), WATTLE_OK);
        CHECK_EQ_INT(wattle_memfs_read(files, "in/b.txt", &data, &size, &why), WATTLE_OK);
        CHECK_EQ_BYTES(data, size, "words", 5);
        CHECK_EQ_INT(wattle_memfs_read(files, "in/c.txt", &data, &size, &why), WATTLE_USAGE);
        CHECK_EQ_STR(why, "no such file or directory");
        static const char large[1 << 20];
        CHECK_EQ_INT(wattle_memfs_write(files, "d", large, sizeof large, &why), WATTLE_LIMIT);
        CHECK_EQ_INT(wattle_memfs_copy(files, "no-such-folder", &why), WATTLE_USAGE);
    }
    close_host(&h);
    wattle_memfs_free(files);
    wattle_module_free(m);
}

int main(void) {
    wattle_config config = wattle_config_default();
    engine = wattle_engine_new(&config);
    if (!engine)
        return 1;
    CHECK_CASE(threads_call_the_host);
    CHECK_CASE(a_thread_traps);
    CHECK_CASE(threads_must_be_allowed);
    CHECK_CASE(files_in_memory);
    wattle_engine_free(engine);
    return check_done();
}
