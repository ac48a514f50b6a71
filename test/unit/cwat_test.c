/* Machine code that is kept (jit/cwat.h) through wattle.h: written, read, mapped and compiled on;
   with every byte changed and every length cut; in stores of another kind, on several threads at
   once, after a fork, and with every allocation failing in turn; and the command's cache of it. */
#define WATTLE_UNSTABLE
#include "check.h"
#include "failing.h"
#include "wattle.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Direct, indirect and tail calls, a table, a global, an exception, an object, a trap. */
static const char text[] =
    "(module $m (memory (export \"mem\") 1) (global $g (mut i32) (i32.const 7))"
    " (data (i32.const 64) \"kept\")"
    " (type $unary (func (param i32) (result i32))) (type $pair (struct (field i32 i64)))"
    " (table funcref (elem $fac $twice)) (tag $e (param i32))"
    " (func $fac (type $unary) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))"
    "  (else (i32.mul (local.get 0) (call $fac (i32.sub (local.get 0) (i32.const 1)))))))"
    " (func $twice (type $unary) (return_call $add (local.get 0) (local.get 0)))"
    " (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    " (func $throw (param i32) (throw $e (local.get 0)))"
    " (func $catch (type $unary) (block $h (result i32)"
    "  (try_table (catch $e $h) (call $throw (local.get 0))) (i32.const -1)))"
    " (func $object (type $unary) (struct.get $pair 0"
    "  (ref.cast (ref $pair) (struct.new $pair (local.get 0) (i64.const 1)))))"
    " (func (export \"go\") (type $unary)"
    "  (i32.add (call_indirect (type $unary) (local.get 0) (i32.const 0))"
    "   (i32.add (call_indirect (type $unary) (local.get 0) (i32.const 1))"
    "    (i32.add (call $catch (i32.const 1000)) (i32.add (global.get $g)"
    "     (call $object (i32.const 100000)))))))"
    " (func (export \"load\") (type $unary) (i32.load (local.get 0))))";
enum { GO_5 = 120 + 10 + 1000 + 7 + 100000 };

static wattle_engine *new_engine(unsigned threads, const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    config.tier = WATTLE_TIER_BASELINE;
    config.threads = threads;
    config.allocator = allocator;
    return wattle_engine_new(&config);
}

static wattle_module *read_text(wattle_engine *engine) {
    wattle_module *m = NULL;
    wattle_report *report = NULL;
    (void)wattle_module_read(engine, text, strlen(text), "m", WATTLE_READ_CHECK, &m, &report);
    wattle_report_free(report);
    return m;
}

/* false: this machine has no machine code. */
static bool make_file(unsigned threads, const wattle_store_config *config, Bytes *out) {
    wattle_engine *engine = new_engine(threads, NULL);
    wattle_module *m = read_text(engine);
    *out = (Bytes){0};
    wattle_status status = wattle_module_write_native(m, config, keep_bytes, out, NULL);
    wattle_module_free(m);
    wattle_engine_free(engine);
    return status == WATTLE_OK;
}

typedef struct Ran {
    wattle_status status; /* of the first thing that went wrong */
    int32_t go, trap;     /* what go(5) gave; the trap of load(100000) */
    size_t compiled;
} Ran;

static Ran run_module(wattle_engine *engine, const wattle_module *m,
                      const wattle_store_config *config, Bytes *kept) {
    Ran r = {.status = WATTLE_OUT_OF_MEMORY};
    wattle_store *s = wattle_store_new(engine, config);
    wattle_instance in;
    wattle_func go, load;
    if (!s)
        return r;
    if (config && config->fuel)
        wattle_store_set_fuel(s, 1000000);
    r.status = wattle_instance_new(s, m, NULL, &in);
    if (r.status == WATTLE_OK && wattle_instance_func(s, in, "go", &go) &&
        wattle_instance_func(s, in, "load", &load)) {
        wattle_value v = {.kind = WATTLE_I32, .of.i32 = 5}, result = {0};
        r.status = wattle_func_call(s, go, &v, 1, &result, 1);
        r.go = result.of.i32;
        v.of.i32 = 100000;
        if (r.status == WATTLE_OK && wattle_func_call(s, load, &v, 1, &result, 1) == WATTLE_TRAP)
            r.trap = (int32_t)wattle_store_trap_code(s);
    }
    r.compiled = wattle_store_compiled(s, m);
    if (kept)
        (void)wattle_store_write_native(s, m, keep_bytes, kept);
    wattle_store_free(s);
    return r;
}

static Ran run_file(Bytes file, const wattle_store_config *config, Bytes *kept) {
    wattle_engine *engine = new_engine(1, NULL);
    wattle_module *m;
    const char *why;
    Ran r = {.status = wattle_module_read_native(engine, file.data, file.len, "m", &m, &why)};
    if (r.status == WATTLE_OK)
        r = run_module(engine, m, config, kept);
    wattle_module_free(m);
    wattle_engine_free(engine);
    return r;
}

static void check_ran(Ran r, size_t compiled) {
    CHECK_EQ_INT(r.status, WATTLE_OK);
    CHECK_EQ_INT(r.go, GO_5);
    CHECK_EQ_INT(r.trap, WATTLE_TRAP_out_of_bounds_memory);
    CHECK_EQ_INT(r.compiled, compiled);
}

enum { FUNCTIONS = 8 };

static void runs_from_file(void) {
    Bytes file;
    if (CHECK(make_file(1, NULL, &file)))
        check_ran(run_file(file, NULL, NULL), 0);
    CHECK(wattle_is_native(file.data, file.len));
    CHECK(!wattle_is_native("\0asm\1\0\0\0", 8));
    free(file.data);
}

static void threads_make_the_same(void) {
    Bytes one, four;
    if (CHECK(make_file(1, NULL, &one)) && CHECK(make_file(4, NULL, &four)))
        CHECK_EQ_BYTES(one.data, one.len, four.data, four.len);
    free(one.data);
    free(four.data);
}

/* Many functions, with long ones between them that others have to wait for. */
static char *many_functions(void) {
    enum { MANY = 3000, DEEP = 400, ROOM = 1 << 22 };
    char *t = malloc(ROOM), *at = t;
    if (!CHECK(t != NULL))
        return NULL;
    at += sprintf(at, "(module (tag $e (param i32)) (memory 1)");
    for (unsigned i = 0; i < MANY; i++) {
        at += sprintf(at,
                      "(func $f%u (export \"f%u\") (param i32) (result i32)"
                      " (block $h (result i32) (try_table (catch $e $h)"
                      " (throw $e (i32.mul (local.get 0) (i32.const %u)))) (i32.const 0))",
                      i, i, i + 3);
        for (unsigned k = 0; k < (i % 500 == 0 ? DEEP : i % 3); k++)
            at += sprintf(at, "(i32.add (call $f%u (i32.load offset=%u (local.get 0))))",
                          (i + 17) % MANY, k);
        at += sprintf(at, ")");
    }
    sprintf(at, ")");
    return t;
}

/* What is written while threads compile, in pieces; refused: a piece is. */
typedef struct Pieces {
    Bytes kept;
    unsigned count, refused;
} Pieces;
static bool keep_piece(void *user, const void *data, size_t len) {
    Pieces *p = user;
    return ++p->count != p->refused && keep_bytes(&p->kept, data, len);
}

static void many_on_threads(void) {
    char *many = many_functions();
    Pieces one = {0};
    static const unsigned threads[] = {1, 2, 3, 8, 2, 2, 2};
    for (unsigned i = 0; many && i < sizeof threads / sizeof threads[0]; i++) {
        wattle_engine *engine = new_engine(threads[i], NULL);
        wattle_module *m = NULL;
        wattle_report *report = NULL;
        (void)wattle_module_read(engine, many, strlen(many), "m", WATTLE_READ_CHECK, &m, &report);
        wattle_report_free(report);
        Pieces p = {.refused = i < 4 ? 0 : i < 5 ? 1 : i < 6 ? 3 : one.count};
        CHECK_EQ_INT(wattle_module_write_native(m, NULL, keep_piece, &p, NULL),
                     p.refused ? WATTLE_WRITE_FAILED : WATTLE_OK);
        if (i == 0) {
            one = p;
        } else {
            if (!p.refused)
                CHECK_EQ_BYTES(one.kept.data, one.kept.len, p.kept.data, p.kept.len);
            free(p.kept.data);
        }
        wattle_module_free(m);
        wattle_engine_free(engine);
    }
    CHECK(one.count > 4);
    free(one.kept.data);
    free(many);
}

/* From some time on there is no memory, whoever asks for it. */
typedef struct SharedFailing {
    atomic_long left, live;
} SharedFailing;
static void *shared_failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    SharedFailing *f = user;
    if (new_size == 0) {
        f->live -= old != NULL;
        free(old);
        return NULL;
    }
    if (new_size > old_size && f->left-- <= 0)
        return NULL;
    void *p = realloc(old, new_size);
    f->live += p && !old;
    return p;
}

static void many_without_memory(void) {
    char *many = many_functions();
    bool done = false;
    for (long at = 0; many && at < 200000 && !done; at += 1 + at / 4) {
        SharedFailing f = {.left = LONG_MAX};
        wattle_allocator allocator = {shared_failing_alloc, &f};
        wattle_engine *engine = new_engine(3, &allocator);
        wattle_module *m = NULL;
        wattle_report *report = NULL;
        Pieces p = {0};
        (void)wattle_module_read(engine, many, strlen(many), "m", WATTLE_READ_CHECK, &m, &report);
        wattle_report_free(report);
        f.left = at;
        wattle_status status = wattle_module_write_native(m, NULL, keep_piece, &p, NULL);
        done = f.left >= 0;
        /* Without memory for a store there is no machine code. */
        CHECK(done ? status == WATTLE_OK
                   : status == WATTLE_OUT_OF_MEMORY || status == WATTLE_USAGE);
        wattle_module_free(m);
        wattle_engine_free(engine);
        CHECK_EQ_INT(f.live, 0);
        free(p.kept.data);
    }
    CHECK(done);
    free(many);
}

/* Code of stores of another kind is compiled. */
static void other_stores_compile(void) {
    Bytes file;
    wattle_store_config fuel = {.size = sizeof fuel, .fuel = true};
    if (CHECK(make_file(1, NULL, &file)))
        check_ran(run_file(file, &fuel, NULL), FUNCTIONS);
    free(file.data);
    if (CHECK(make_file(1, &fuel, &file))) {
        check_ran(run_file(file, &fuel, NULL), 0);
        check_ran(run_file(file, NULL, NULL), FUNCTIONS);
    }
    free(file.data);
}

/* What a store has compiled is kept with what it had. */
static void grows(void) {
    wattle_engine *engine = new_engine(1, NULL);
    wattle_module *m = read_text(engine), *binary = NULL;
    wattle_report *report = NULL;
    Bytes wasm = {0}, none = {0}, some = {0}, all = {0};
    CHECK_EQ_INT(wattle_module_write_binary(m, keep_bytes, &wasm), WATTLE_OK);
    (void)wattle_module_read(engine, wasm.data, wasm.len, "m", WATTLE_READ_CHECK, &binary, &report);
    wattle_report_free(report);
    /* A text has no binary to be kept with. */
    wattle_store_config keep = {.size = sizeof keep, .keep_code = true};
    check_ran(run_module(engine, m, &keep, &none), FUNCTIONS);
    CHECK_EQ_INT(none.len, 0);
    if (CHECK(binary != NULL)) {
        check_ran(run_module(engine, binary, NULL, &none), FUNCTIONS);
        CHECK_EQ_INT(none.len, 0); /* such a store keeps nothing */
        wattle_store *s = wattle_store_new(engine, &keep);
        wattle_instance in;
        wattle_func load;
        CHECK_EQ_INT(wattle_instance_new(s, binary, NULL, &in), WATTLE_OK);
        wattle_value v = {.kind = WATTLE_I32}, result;
        CHECK(wattle_instance_func(s, in, "load", &load));
        CHECK_EQ_INT(wattle_func_call(s, load, &v, 1, &result, 1), WATTLE_OK);
        CHECK_EQ_INT(wattle_store_compiled(s, binary), 1);
        CHECK_EQ_INT(wattle_store_write_native(s, binary, keep_bytes, &some), WATTLE_OK);
        wattle_store_free(s);
        check_ran(run_file(some, &keep, &all), FUNCTIONS - 1);
        check_ran(run_file(all, NULL, NULL), 0);
    }
    wattle_module_free(binary);
    wattle_module_free(m);
    wattle_engine_free(engine);
    free(wasm.data);
    free(some.data);
    free(all.data);
}

/* A changed byte is found, or it is one that means nothing. */
static void every_byte_counts(void) {
    Bytes file;
    size_t refused = 0, again = 0;
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    for (size_t i = 0; i < file.len; i++) {
        file.data[i] ^= (uint8_t)(1 + i * 37 % 255);
        Ran r = run_file(file, NULL, NULL);
        file.data[i] ^= (uint8_t)(1 + i * 37 % 255);
        refused += r.status == WATTLE_MALFORMED;
        again += r.compiled != 0;
        if (r.status != WATTLE_MALFORMED && (r.status != WATTLE_OK || r.go != GO_5))
            if (!CHECK_EQ_INT(i, -1))
                break;
    }
    CHECK(refused > 400 && again > 400);
    free(file.data);
}

static void every_length_counts(void) {
    Bytes file;
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    for (size_t len = 0; len < file.len; len += len < 600 ? 1 : 97) {
        Bytes cut = {malloc(len ? len : 1), len};
        if (cut.data)
            memcpy(cut.data, file.data, len);
        CHECK_EQ_INT(run_file(cut, NULL, NULL).status, WATTLE_MALFORMED);
        free(cut.data);
    }
    free(file.data);
}

static void says_why(void) {
    Bytes file;
    const char *why;
    wattle_module *m;
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    wattle_engine *engine = new_engine(1, NULL);
    CHECK_EQ_INT(wattle_module_read_native(engine, file.data, file.len / 2, "m", &m, &why),
                 WATTLE_MALFORMED);
    CHECK_EQ_STR(why, "it is cut off, or longer than it was");
    uint8_t *longer = malloc(file.len + 1);
    if (CHECK(longer != NULL)) {
        memcpy(longer + 1, file.data, file.len);
        (void)wattle_module_read_native(engine, longer + 1, file.len, "m", &m, &why);
        CHECK_EQ_STR(why, "it does not begin at a multiple of 8");
    }
    free(longer);
    enum { HEAD = 264 };                              /* bytes at the end */
    uint8_t *build = file.data + file.len - HEAD + 8; /* its first digit */
    *build ^= 1;
    (void)wattle_module_read_native(engine, file.data, file.len, "m", &m, &why);
    CHECK_EQ_STR(why, "another build of the library made it");
    *build ^= 1;
    wattle_engine_free(engine);
    wattle_config config = wattle_config_default();
    CHECK(wattle_features_parse("2.0", &config.features, NULL, 0));
    engine = wattle_engine_new(&config);
    (void)wattle_module_read_native(engine, file.data, file.len, "m", &m, &why);
    CHECK_EQ_STR(why, "it was made with other features");
    wattle_engine_free(engine);
    free(file.data);
}

/* Many take over the same file at once, and each compiles what it has not. */
typedef struct Racer {
    wattle_engine *engine;
    wattle_module *module;
    bool eager;
    Ran ran;
} Racer;
static void *race(void *user) {
    Racer *r = user;
    wattle_store_config config = {.size = sizeof config, .eager = r->eager};
    for (unsigned i = 0; i < 20; i++)
        r->ran = run_module(r->engine, r->module, &config, NULL);
    return NULL;
}
static void run_racers(bool from_file) {
    enum { RACERS = 6 };
    wattle_engine *engine = new_engine(3, NULL);
    Bytes file;
    const char *why;
    wattle_module *m = NULL;
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    if (from_file)
        (void)wattle_module_read_native(engine, file.data, file.len, "m", &m, &why);
    else
        m = read_text(engine);
    Racer racers[RACERS];
    pthread_t threads[RACERS];
    for (unsigned i = 0; i < RACERS; i++) {
        racers[i] = (Racer){.engine = engine, .module = m, .eager = i % 2};
        CHECK_EQ_INT(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (unsigned i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        check_ran(racers[i].ran, from_file ? 0 : FUNCTIONS);
    }
    wattle_module_free(m);
    wattle_engine_free(engine);
    free(file.data);
}
static void threads_share_a_file(void) { run_racers(true); }
static void threads_compile_at_once(void) { run_racers(false); }

/* After a fork both compile behind the same front. */
static void forked(void) {
    wattle_engine *engine = new_engine(1, NULL);
    Bytes file;
    const char *why;
    wattle_module *m = NULL;
    wattle_store_config fuel = {.size = sizeof fuel, .fuel = true};
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    (void)wattle_module_read_native(engine, file.data, file.len, "m", &m, &why);
    for (unsigned i = 0; i < 2; i++) {
        fflush(NULL);
        pid_t child = fork();
        Ran r = run_module(engine, m, i ? &fuel : NULL, NULL);
        bool good = r.status == WATTLE_OK && r.go == GO_5;
        if (child == 0)
            _Exit(!good);
        int status = -1;
        CHECK(good && child > 0 && waitpid(child, &status, 0) == child);
        CHECK_EQ_INT(status, 0);
    }
    wattle_module_free(m);
    wattle_engine_free(engine);
    free(file.data);
}

/* ---- every allocation fails in turn ---- */

static void no_memory(void) {
    Bytes file, kept = {0};
    if (!CHECK(make_file(1, NULL, &file)))
        return;
    bool done = false;
    for (long at = 0; at < 5000 && !done; at++) {
        Failing f = {.until = at, .once = true};
        wattle_allocator allocator = {failing_alloc, &f};
        wattle_engine *engine = new_engine(1, &allocator);
        wattle_module *m = NULL;
        const char *why;
        kept.len = 0;
        if (engine &&
            wattle_module_read_native(engine, file.data, file.len, "m", &m, &why) == WATTLE_OK) {
            wattle_store_config eager = {
                .size = sizeof eager, .eager = true, .fuel = true, .keep_code = true};
            Ran r = run_module(engine, m, &eager, &kept);
            done = f.calls <= at;
            CHECK(r.status == WATTLE_OK || r.status == WATTLE_OUT_OF_MEMORY ||
                  r.status == WATTLE_TRAP);
        }
        wattle_module_free(m);
        wattle_engine_free(engine);
    }
    CHECK(done);
    free(kept.data);
    free(file.data);
}

/* A module that could not be loaded leaves nothing that a child looks at when it gets pages of its
   own: what was given back is spoiled. */
static void forked_without_memory(void) {
    unsigned loads = 0;
    for (long at = 0; at < 200; at++) {
        Failing f = {.until = -1, .once = true, .spoils = true};
        wattle_allocator allocator = {failing_alloc, &f};
        wattle_engine *engine = new_engine(1, &allocator);
        wattle_module *m = read_text(engine);
        wattle_store_config eager = {.size = sizeof eager, .eager = true};
        wattle_store *s = wattle_store_new(engine, &eager);
        wattle_instance in;
        f.until = at;
        wattle_status status = wattle_instance_new(s, m, NULL, &in);
        f.until = -1;
        fflush(NULL);
        pid_t child = status == WATTLE_OUT_OF_MEMORY ? fork() : -1;
        if (child == 0)
            _Exit(wattle_instance_new(s, m, NULL, &in) != WATTLE_OK);
        int ended = 0;
        if (child > 0)
            CHECK(waitpid(child, &ended, 0) == child);
        CHECK_EQ_INT(ended, 0);
        loads += child > 0;
        wattle_store_free(s);
        wattle_module_free(m);
        wattle_engine_free(engine);
        failing_end(&f);
        if (status == WATTLE_OK) {
            CHECK(loads > 20);
            return;
        }
    }
    fprintf(stderr, "it never has enough memory\n");
    CHECK(false);
}

/* ---- the cache ---- */

static char folder[] = "/tmp/wattle-cwat-XXXXXX";

static wattle_file *file_of(wattle_engine *engine, const char *path, Bytes bytes) {
    const char *why;
    FILE *to = fopen(path, "wb");
    if (!CHECK(to && fwrite(bytes.data, 1, bytes.len, to) == bytes.len && fclose(to) == 0))
        return NULL;
    return wattle_file_open(engine, path, &why);
}

static void cache_keeps(void) {
    wattle_engine *engine = new_engine(1, NULL);
    const char *why = NULL;
    char path[64], place[64];
    snprintf(path, sizeof path, "%s/m.wasm", folder);
    snprintf(place, sizeof place, "%s/cache", folder);
    wattle_module *m = read_text(engine), *binary = NULL;
    wattle_report *report = NULL;
    Bytes wasm = {0};
    CHECK_EQ_INT(wattle_module_write_binary(m, keep_bytes, &wasm), WATTLE_OK);
    wattle_module_free(m);
    wattle_cache *cache = wattle_cache_open(engine, place, 1 << 20, &why);
    wattle_file *file = file_of(engine, path, wasm);
    if (!CHECK(cache != NULL) || !CHECK(file != NULL))
        return;
    CHECK(wattle_cache_find(cache, file, "m", NULL) == NULL);
    CHECK_EQ_INT(wattle_module_read_file(engine, file, "m", WATTLE_READ_CHECK, &binary, &report),
                 WATTLE_OK);
    wattle_report_free(report);
    wattle_store_config keep = {.size = sizeof keep, .keep_code = true};
    wattle_store *s = wattle_store_new(engine, &keep);
    wattle_instance in;
    wattle_func go;
    wattle_value v = {.kind = WATTLE_I32, .of.i32 = 5}, result;
    CHECK_EQ_INT(wattle_instance_new(s, binary, NULL, &in), WATTLE_OK);
    wattle_cache_keep(cache, s, binary); /* nothing is there yet */
    CHECK_EQ_INT(wattle_cache_look(cache, false).files, 0);
    CHECK(wattle_instance_func(s, in, "go", &go));
    CHECK_EQ_INT(wattle_func_call(s, go, &v, 1, &result, 1), WATTLE_OK);
    wattle_cache_keep(cache, s, binary);
    wattle_store_free(s);
    wattle_module_free(binary);
    CHECK_EQ_INT(wattle_cache_look(cache, false).files, 1);
    wattle_module *found = wattle_cache_find(cache, file, "m", NULL);
    if (CHECK(found != NULL))
        check_ran(run_module(engine, found, NULL, NULL), 1); /* load was not called before */
    wattle_module_free(found);
    /* Another config, and another module of the same length, are others. */
    wattle_store_config fuel = {.size = sizeof fuel, .fuel = true};
    CHECK(wattle_cache_find(cache, file, "m", &fuel) == NULL);
    wattle_file_close(file);
    wasm.data[wasm.len - 1] ^= 1;
    file = file_of(engine, path, wasm);
    CHECK(wattle_cache_find(cache, file, "m", NULL) == NULL);
    wattle_file_close(file);
    CHECK_EQ_INT(wattle_cache_look(cache, true).files, 1);
    CHECK_EQ_INT(wattle_cache_look(cache, false).files, 0);
    wattle_cache_free(cache);
    /* Where others may write nobody's code is taken. */
    CHECK_EQ_INT(chmod(place, 0777), 0);
    CHECK(wattle_cache_open(engine, place, 1 << 20, &why) == NULL);
    CHECK_EQ_STR(why, "others may write there");
    CHECK(rmdir(place) == 0 && unlink(path) == 0);
    wattle_engine_free(engine);
    free(wasm.data);
}

int main(void) {
    Bytes file;
    if (!make_file(1, NULL, &file)) {
        check_skip("machine code in files", "this machine has no machine code");
        return check_done();
    }
    free(file.data);
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    CHECK_CASE(runs_from_file);
    CHECK_CASE(threads_make_the_same);
    CHECK_CASE(many_on_threads);
    CHECK_CASE(many_without_memory);
    CHECK_CASE(other_stores_compile);
    CHECK_CASE(grows);
    CHECK_CASE(every_byte_counts);
    CHECK_CASE(every_length_counts);
    CHECK_CASE(says_why);
    CHECK_CASE(threads_share_a_file);
    CHECK_CASE(threads_compile_at_once);
    CHECK_CASE(forked);
    CHECK_CASE(no_memory);
    CHECK_CASE(forked_without_memory);
    CHECK_CASE(cache_keeps);
    (void)rmdir(folder);
    return check_done();
}
