/* Container images through the public API: what is refused, each allocation failing in turn, and a
   writer that refuses each piece. What is written, test/oci reads with other programs. */
#include "check.h"
#include "wattle.h"

#include <stdlib.h>

/* Fails at allocation number `fail_at` and all after it; counts what is not given back. */
static struct {
    unsigned count, fail_at;
    int live;
} memory;

static void *give(void *user, void *old, size_t old_size, size_t new_size) {
    (void)user, (void)old_size;
    if (new_size == 0) {
        memory.live -= old != NULL;
        free(old);
        return NULL;
    }
    if (++memory.count >= memory.fail_at)
        return NULL;
    void *p = realloc(old, new_size);
    memory.live += p && !old;
    return p;
}

static wattle_engine *engine_failing_at(unsigned n) {
    static const wattle_allocator allocator = {give, NULL};
    wattle_config config = wattle_config_default();
    config.allocator = &allocator;
    config.threads = 1;
    memory.count = 0;
    memory.fail_at = n;
    return wattle_engine_new(&config);
}

/* What a writer got, and when it refuses: 0 never. */
typedef struct Taken {
    unsigned calls, refuse_at;
    uint64_t bytes;
    char last[128];
} Taken;

static bool take_file(void *user, const char *name, const void *data, size_t size) {
    Taken *t = user;
    (void)data;
    t->bytes += size;
    snprintf(t->last, sizeof t->last, "%s", name);
    return ++t->calls != t->refuse_at;
}

static bool take_bytes(void *user, const void *data, size_t size) {
    return take_file(user, "", data, size);
}

static const char *const args[] = {"a", "\"b\""}, *const envs[] = {"A=1"},
                         *const notes[] = {"k=v=w"};
static const wattle_image_file files[] = {{"/app.wasm", "\0asm", 4}, {"data/x", "text", 4}};
static const wattle_image_options plain = {.size = sizeof plain,
                                           .name = "localhost/app:1",
                                           .user = "1000",
                                           .directory = "/data",
                                           .args = args,
                                           .arg_count = 2,
                                           .envs = envs,
                                           .env_count = 1,
                                           .annotations = notes,
                                           .annotation_count = 1};

static void layout_order(void) {
    wattle_engine *e = engine_failing_at(UINT32_MAX);
    Taken t = {0};
    const char *why = "";
    CHECK_EQ_INT(wattle_image_write(e, files, 2, &plain, take_file, &t, &why), WATTLE_OK);
    CHECK(why == NULL);
    CHECK_EQ_INT(t.calls, 5);
    CHECK_EQ_STR(t.last, "index.json");
    for (unsigned at = 1; at <= 5; at++) {
        Taken refused = {.refuse_at = at};
        CHECK_EQ_INT(wattle_image_write(e, files, 2, &plain, take_file, &refused, NULL),
                     WATTLE_WRITE_FAILED);
        CHECK_EQ_INT(refused.calls, at);
    }
    Taken tar = {0}, refused = {.refuse_at = 1};
    CHECK_EQ_INT(wattle_image_write_tar(e, files, 2, &plain, take_bytes, &tar, NULL), WATTLE_OK);
    CHECK_EQ_INT(tar.bytes % 512, 0);
    CHECK(tar.bytes > t.bytes);
    CHECK_EQ_INT(wattle_image_write_tar(e, files, 2, &plain, take_bytes, &refused, NULL),
                 WATTLE_WRITE_FAILED);
    wattle_engine_free(e);
    CHECK_EQ_INT(memory.live, 0);
}

static wattle_status try_path(wattle_engine *e, const char *path) {
    Taken t = {0};
    wattle_image_file file = {path, "", 0};
    return wattle_image_write(e, &file, 1, &plain, take_file, &t, NULL);
}

static void paths(void) {
    wattle_engine *e = engine_failing_at(UINT32_MAX);
    static const char *const bad[] = {"",   "/",    "//a",    "a//b", "a/",    ".",
                                      "..", "../a", "a/../b", "./a",  "a/./b", "\xff"};
    static const char *const good[] = {"a", "/a", "a/b", "...", ".a", "a..", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_EQ_INT(try_path(e, bad[i]), WATTLE_USAGE);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK_EQ_INT(try_path(e, good[i]), WATTLE_OK);
    /* 100 bytes behind a slash that has at most 155 before it. */
    char path[512];
    for (size_t head = 0; head <= 160; head += 5)
        for (size_t tail = 95; tail <= 105; tail += 5) {
            memset(path, 'a', sizeof path);
            path[head] = '/';
            path[head + 1 + tail] = 0;
            bool fits = head + 1 + tail <= 100 || (head <= 155 && tail <= 100);
            CHECK_EQ_INT(try_path(e, head ? path : path + 1),
                         (head ? fits : tail <= 100) ? WATTLE_OK : WATTLE_USAGE);
        }
    CHECK_EQ_INT(wattle_image_write(e, files, 0, &plain, take_file, &(Taken){0}, NULL),
                 WATTLE_USAGE);
    wattle_engine_free(e);
}

static void texts(void) {
    wattle_engine *e = engine_failing_at(UINT32_MAX);
    static const char *const bad[] = {"A", "=1", "\xff=1", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wattle_image_options env = plain, note = plain;
        env.envs = note.annotations = &bad[i];
        CHECK_EQ_INT(wattle_image_write(e, files, 2, &env, take_file, &(Taken){0}, NULL),
                     WATTLE_USAGE);
        CHECK_EQ_INT(wattle_image_write(e, files, 2, &note, take_file, &(Taken){0}, NULL),
                     WATTLE_USAGE);
    }
    wattle_image_options user = plain, name = plain;
    user.user = "\xc0";
    name.name = NULL;
    CHECK_EQ_INT(wattle_image_write(e, files, 2, &user, take_file, &(Taken){0}, NULL),
                 WATTLE_USAGE);
    CHECK_EQ_INT(wattle_image_write(e, files, 2, &name, take_file, &(Taken){0}, NULL),
                 WATTLE_USAGE);
    wattle_engine_free(e);
}

/* Until one run needs no more than is given. */
static void no_memory(void) {
    bool done = false;
    for (unsigned n = 1; !done && n < 1000; n++) {
        wattle_engine *e = engine_failing_at(n);
        wattle_status status = WATTLE_OUT_OF_MEMORY, tar = WATTLE_OUT_OF_MEMORY;
        if (e) {
            status = wattle_image_write(e, files, 2, &plain, take_file, &(Taken){0}, NULL);
            tar = wattle_image_write_tar(e, files, 2, &plain, take_bytes, &(Taken){0}, NULL);
        }
        done = tar == WATTLE_OK;
        CHECK(status == WATTLE_OK || status == WATTLE_OUT_OF_MEMORY);
        CHECK(tar == WATTLE_OK || tar == WATTLE_OUT_OF_MEMORY);
        wattle_engine_free(e);
        CHECK_EQ_INT(memory.live, 0);
    }
    CHECK(done);
}

int main(void) {
    CHECK_CASE(layout_order);
    CHECK_CASE(paths);
    CHECK_CASE(texts);
    CHECK_CASE(no_memory);
    return check_done();
}
