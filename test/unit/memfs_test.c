/* Files in memory: what osfs_test, which runs over them too, does not see. */
#include "base/memfs.h"
#include "check.h"

#include <stdlib.h>

static const Osfs *const fs = &wt_memfs_table;
static size_t bytes_held;

/* Counts, and fails once too much is held. */
static size_t bytes_allowed = SIZE_MAX;
static void *count_bytes(void *user, void *p, size_t old, size_t size) {
    (void)user;
    if (size > old && size - old > bytes_allowed - bytes_held)
        return NULL;
    void *q = NULL;
    if (size == 0)
        free(p);
    else if (!(q = realloc(p, size)))
        return NULL;
    bytes_held += size - old;
    return q;
}
static const Allocator counting = {count_bytes, NULL};

static void put_and_get(void) {
    Slice data;
    MemFs *m = wt_memfs_new(&counting, 1 << 16);
    CHECK_EQ_INT(wt_memfs_put(m, "a/b/c.txt", "hello", 5), OS_OK);
    CHECK_EQ_INT(wt_memfs_get(m, "a/b/c.txt", &data), OS_OK);
    CHECK_EQ_BYTES(data.data, data.len, "hello", 5);
    CHECK_EQ_INT(wt_memfs_put(m, "a/b/c.txt", "", 0), OS_OK);
    CHECK_EQ_INT(wt_memfs_get(m, "a/b/c.txt", &data), OS_OK);
    CHECK_EQ_INT(data.len, 0);
    CHECK_EQ_INT(wt_memfs_get(m, "a/b", &data), OS_is_directory);
    CHECK_EQ_INT(wt_memfs_get(m, "a/x", &data), OS_not_found);
    CHECK_EQ_INT(wt_memfs_put(m, "a/b/c.txt/d", "", 0), OS_not_directory);
    CHECK_EQ_INT(wt_memfs_put(m, "../x", "", 0), OS_not_permitted);
    CHECK_EQ_INT(wt_memfs_put(m, "/x", "", 0), OS_not_permitted);
    CHECK_EQ_INT(wt_memfs_put(m, "", "", 0), OS_not_found);
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

/* Contents, names and holes count; what is freed may be used again. */
static void there_is_a_bound(void) {
    static const char zeros[4096];
    OsFile root, file;
    size_t got;
    char name[32];
    MemFs *m = wt_memfs_new(&counting, 1 << 16);
    CHECK_EQ_INT(wt_memfs_put(m, "big", zeros, sizeof zeros), OS_OK);
    CHECK_EQ_INT(wt_memfs_root(m, &root), OS_OK);
    CHECK_EQ_INT(fs->open(root, "big", OSFS_write, &file), OS_OK);
    CHECK_EQ_INT(fs->set_size(file, 1 << 16), OS_no_space);
    CHECK_EQ_INT(fs->set_size(file, INT64_MAX),
                 sizeof(size_t) == 8 ? OS_no_space : OS_file_too_large);
    CHECK_EQ_INT(fs->write(file, "x", 1, (uint64_t)1 << 40, &got),
                 sizeof(size_t) == 8 ? OS_no_space : OS_file_too_large);
    CHECK_EQ_INT(fs->write(file, "x", 1, UINT64_MAX - 2, &got), OS_file_too_large);
    CHECK_EQ_INT(fs->allocate(file, 1 << 20, 1), OS_no_space);
    fs->close(file);
    for (int round = 0; round < 2; round++) {
        unsigned made = 0;
        OsError error = OS_OK;
        for (; error == OS_OK && made < 100000; made++) {
            snprintf(name, sizeof name, "file-%u", made);
            error = wt_memfs_put(m, name, "", 0);
        }
        CHECK_EQ_INT(error, OS_no_space);
        CHECK(made > 100);
        for (unsigned i = 0; i + 1 < made; i++) {
            snprintf(name, sizeof name, "file-%u", i);
            CHECK_EQ_INT(fs->unlink(root, name), OS_OK);
        }
    }
    CHECK_EQ_INT(wt_memfs_put(m, "big", "again", 5), OS_OK);
    fs->close(root);
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

/* A reader finds every entry that stays exactly once, whatever is removed and added meanwhile. */
static void readers_keep_their_place(void) {
    enum { COUNT = 1000 };
    static uint8_t seen[COUNT];
    OsFile root;
    OsDir *dir;
    OsDirEntry e;
    char name[32];
    bool end = false;
    MemFs *m = wt_memfs_new(&counting, 1 << 24);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "%d", i);
        CHECK_EQ_INT(wt_memfs_put(m, name, "", 0), OS_OK);
    }
    CHECK_EQ_INT(wt_memfs_root(m, &root), OS_OK);
    CHECK_EQ_INT(fs->dir_open(root, &dir), OS_OK);
    for (int turn = 0; fs->dir_next(dir, &e, &end) == OS_OK && !end; turn++) {
        int i = atoi(e.name);
        if (i < COUNT)
            seen[i]++;
        CHECK_EQ_INT(fs->dir_seek(dir, e.next), OS_OK);
        if (i % 4) /* three of four go when they have been seen, so holes are closed on the way */
            CHECK_EQ_INT(fs->unlink(root, e.name), OS_OK);
        snprintf(name, sizeof name, "%d", COUNT + turn);
        if (turn < 500)
            CHECK_EQ_INT(wt_memfs_put(m, name, "", 0), OS_OK);
    }
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ_INT(seen[i], 1);
    fs->dir_close(dir);
    fs->close(root);
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

/* What is removed lives as long as somebody has it open, but nothing new comes into it. */
static void removed_but_open(void) {
    OsFile root, dir, file;
    OsDir *listing;
    OsDirEntry e;
    OsStat st;
    size_t got;
    char text[8];
    bool end;
    MemFs *m = wt_memfs_new(&counting, 1 << 16);
    CHECK_EQ_INT(wt_memfs_put(m, "d/f", "text", 4), OS_OK);
    CHECK_EQ_INT(wt_memfs_root(m, &root), OS_OK);
    CHECK_EQ_INT(fs->open(root, "d", OSFS_read, &dir), OS_OK);
    CHECK_EQ_INT(fs->open(dir, "f", OSFS_read, &file), OS_OK);
    CHECK_EQ_INT(fs->unlink(dir, "f"), OS_OK);
    CHECK_EQ_INT(fs->remove_directory(root, "d"), OS_OK);
    CHECK_EQ_INT(fs->read(file, text, sizeof text, OSFS_HERE, &got), OS_OK);
    CHECK_EQ_BYTES(text, got, "text", 4);
    CHECK_EQ_INT(fs->stat(file, &st), OS_OK);
    CHECK_EQ_INT(st.links, 0);
    CHECK_EQ_INT(fs->make_directory(dir, "e"), OS_not_found);
    CHECK_EQ_INT(fs->dir_open(dir, &listing), OS_OK);
    CHECK_EQ_INT(fs->dir_next(listing, &e, &end), OS_OK);
    CHECK(end);
    fs->dir_close(listing);
    fs->close(file);
    fs->close(dir);
    fs->close(root);
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

static void directories_move(void) {
    OsFile root;
    Slice data;
    MemFs *m = wt_memfs_new(&counting, 1 << 16), *other = wt_memfs_new(&counting, 1 << 16);
    OsFile other_root;
    CHECK_EQ_INT(wt_memfs_put(m, "a/b/f", "f", 1), OS_OK);
    CHECK_EQ_INT(wt_memfs_put(m, "c/g", "g", 1), OS_OK);
    CHECK_EQ_INT(wt_memfs_root(m, &root), OS_OK);
    CHECK_EQ_INT(wt_memfs_root(other, &other_root), OS_OK);
    CHECK_EQ_INT(fs->rename(root, "a", root, "a/b/x"), OS_invalid);
    CHECK_EQ_INT(fs->rename(root, "a", root, "a/x"), OS_invalid);
    CHECK_EQ_INT(fs->rename(root, "a", root, "a"), OS_OK);
    CHECK_EQ_INT(fs->rename(root, "a", root, "a/."), OS_busy);
    CHECK_EQ_INT(fs->rename(root, "a", other_root, "a"), OS_other_device);
    CHECK_EQ_INT(fs->link(root, "c/g", false, other_root, "g"), OS_other_device);
    CHECK_EQ_INT(fs->rename(root, "a/b", root, "c/b"), OS_OK);
    CHECK_EQ_INT(wt_memfs_get(m, "c/b/f", &data), OS_OK);
    CHECK_EQ_INT(wt_memfs_get(m, "c/b/../g", &data), OS_OK);
    CHECK_EQ_INT(fs->rename(root, "c/b", root, "c/b2"), OS_OK);
    CHECK_EQ_INT(fs->rename(root, "c/b2", root, "a"), OS_OK); /* an empty one is replaced */
    CHECK_EQ_INT(wt_memfs_get(m, "a/f", &data), OS_OK);
    CHECK_EQ_INT(fs->rename(root, "a", root, "c/g"), OS_not_directory);
    CHECK_EQ_INT(fs->rename(root, "a", root, "c"), OS_not_empty);
    fs->close(root);
    fs->close(other_root);
    wt_memfs_release(other);
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

/* Deep trees are freed without recursion. */
static void deep_trees_go(void) {
    OsFile dir, next;
    MemFs *m = wt_memfs_new(&counting, 1 << 26);
    CHECK_EQ_INT(wt_memfs_root(m, &dir), OS_OK);
    for (int i = 0; i < 20000; i++) {
        if (fs->make_directory(dir, "d") != OS_OK ||
            fs->open(dir, "d", OSFS_read | OSFS_directory, &next) != OS_OK)
            break;
        fs->close(dir);
        dir = next;
    }
    fs->close(dir);
    CHECK(bytes_held > 20000 * sizeof(void *));
    wt_memfs_release(m);
    CHECK_EQ_INT(bytes_held, 0);
}

/* Out of memory at every point: an error, nothing lost. */
static void memory_runs_out(void) {
    Slice data;
    bool whole = false;
    for (size_t most = 0; most < 8000 && !whole; most += 8) {
        bytes_allowed = most;
        MemFs *m = wt_memfs_new(&counting, 1 << 20);
        if (m) {
            whole = wt_memfs_put(m, "a/b/c", "0123456789", 10) == OS_OK;
            for (char name[] = "f0"; whole && name[1] <= '9'; name[1]++)
                whole = wt_memfs_put(m, name, "x", 1) == OS_OK;
            if (whole)
                CHECK_EQ_INT(wt_memfs_get(m, "a/b/c", &data), OS_OK);
            wt_memfs_release(m);
        }
        CHECK_EQ_INT(bytes_held, 0);
    }
    bytes_allowed = SIZE_MAX;
    CHECK(whole);
}

int main(void) {
    CHECK_CASE(put_and_get);
    CHECK_CASE(there_is_a_bound);
    CHECK_CASE(readers_keep_their_place);
    CHECK_CASE(removed_but_open);
    CHECK_CASE(directories_move);
    CHECK_CASE(deep_trees_go);
    CHECK_CASE(memory_runs_out);
    return check_done();
}
