/* Files in memory.

   A node is a file, a directory or a link; it lives while a name or a handle refers to it. The
   entries of a directory stand in the order in which they were made, each with a number that is
   never given again, so that a reader finds its place again whatever was removed meanwhile; removed
   ones leave a hole until half of all are holes. A hash chain through the entries finds names.

   A handle of a walk is a node, a handle that was opened a MemOpen: only the second kind leaves
   this file, and `mem_root` makes the first of it. */
#include "base/memfs.h"

#include "base/map.h"
#include "base/osfs_walk.h"

#include <stdatomic.h>

enum { MEM_depth = 64, MEM_target = 4096, MEM_entries = 1 << 24 /* of a directory */ };

typedef struct MemNode MemNode;

typedef struct MemEntry {
    uint64_t serial; /* rises; the cookie of the entry behind */
    MemNode *node;   /* NULL: a hole */
    char *name;
    uint32_t len, hash;
    uint32_t next; /* of the chain: index + 1 */
} MemEntry;

struct MemNode {
    MemFs *fs;
    uint64_t inode, atime, mtime, ctime;
    uint32_t links; /* names */
    uint32_t opens; /* handles */
    OsFileType type;
    uint8_t *data; /* of a file or link */
    size_t len, cap;
    /* of a directory: */
    MemNode *parent; /* NULL: the root, or one that was removed */
    MemEntry *entries;
    uint32_t entry_count, entry_cap, live;
    uint32_t *heads; /* entry_cap of them, a power of two */
    uint64_t last_serial;
};

typedef struct MemOpen {
    MemNode *node;
    uint64_t position;
    bool append;
} MemOpen;

typedef struct MemDir {
    MemNode *node;
    uint64_t after; /* the serial of the entry before */
} MemDir;

struct MemFs {
    Allocator allocator;
    atomic_size_t owners;
    uint64_t most, used;
    uint64_t last_inode;
    uint64_t secret;
    MemNode *root;
};

static MemNode *mem_node(OsFile dir) { return (MemNode *)(void *)dir; }
static OsFile mem_handle(MemNode *n) { return (OsFile)(void *)n; }
static MemOpen *mem_open(OsFile file) { return (MemOpen *)(void *)file; }
static OsFile mem_root(OsFile file) { return mem_handle(mem_open(file)->node); }

static uint64_t mem_now(void) {
    uint64_t ns = 0;
    (void)wt_os_clock_now(OS_CLOCK_realtime, &ns);
    return ns;
}

/* ---- memory, counted ---- */

static void *mem_grow(MemFs *fs, void *p, size_t old, size_t size) {
    if (size - old > fs->most - fs->used)
        return NULL;
    void *grown = fs->allocator.alloc(fs->allocator.user, p, old, size);
    if (grown)
        fs->used += size - old;
    return grown;
}

static void mem_free(MemFs *fs, void *p, size_t size) {
    if (!p)
        return;
    allocator_free(&fs->allocator, p, size);
    fs->used -= size;
}

static MemNode *mem_new_node(MemFs *fs, OsFileType type) {
    MemNode *n = mem_grow(fs, NULL, 0, sizeof *n);
    if (!n)
        return NULL;
    uint64_t now = mem_now();
    *n = (MemNode){.fs = fs, .inode = ++fs->last_inode, .type = type};
    n->atime = n->mtime = n->ctime = now;
    return n;
}

static void mem_drop_node(MemNode *n) {
    if (n->links || n->opens)
        return;
    MemFs *fs = n->fs;
    mem_free(fs, n->data, n->cap);
    for (uint32_t i = 0; i < n->entry_count; i++)
        mem_free(fs, n->entries[i].name, n->entries[i].len + 1);
    mem_free(fs, n->entries, n->entry_cap * sizeof *n->entries);
    mem_free(fs, n->heads, n->entry_cap * sizeof *n->heads);
    mem_free(fs, n, sizeof *n);
}

/* ---- entries ---- */

/* With a secret, so that a program cannot make names that all stand in one chain. */
static uint32_t hash_name(const MemFs *fs, const char *name, size_t len) {
    return (uint32_t)wt_base_hash((const uint8_t *)name, len, fs->secret);
}

static MemEntry *mem_find_entry(const MemNode *dir, const char *name) {
    size_t len = strlen(name);
    uint32_t hash = hash_name(dir->fs, name, len);
    uint32_t at = dir->entry_cap ? dir->heads[hash & (dir->entry_cap - 1)] : 0;
    for (; at; at = dir->entries[at - 1].next) {
        MemEntry *e = &dir->entries[at - 1];
        if (e->hash == hash && e->len == len && memcmp(e->name, name, len) == 0)
            return e;
    }
    return NULL;
}

static MemNode *mem_find(MemNode *dir, const char *name) {
    if (strcmp(name, ".") == 0)
        return dir;
    const MemEntry *e = mem_find_entry(dir, name);
    return e ? e->node : NULL;
}

/* Closes the holes and makes the chains anew. */
static void mem_index(MemNode *dir) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < dir->entry_count; i++)
        if (dir->entries[i].node)
            dir->entries[kept++] = dir->entries[i];
    dir->entry_count = kept;
    memset(dir->heads, 0, dir->entry_cap * sizeof *dir->heads);
    for (uint32_t i = 0; i < kept; i++) {
        uint32_t *head = &dir->heads[dir->entries[i].hash & (dir->entry_cap - 1)];
        dir->entries[i].next = *head;
        *head = i + 1;
    }
}

static bool mem_reserve_entry(MemNode *dir) {
    if (dir->entry_count < dir->entry_cap)
        return true;
    MemFs *fs = dir->fs;
    uint32_t old = dir->entry_cap, cap = old ? old * 2 : 8;
    if (cap > MEM_entries)
        return false;
    uint32_t *heads = mem_grow(fs, NULL, 0, cap * sizeof *heads);
    MemEntry *entries =
        heads ? mem_grow(fs, dir->entries, old * sizeof *entries, cap * sizeof *entries) : NULL;
    if (!entries) {
        mem_free(fs, heads, cap * sizeof *heads);
        return false;
    }
    mem_free(fs, dir->heads, old * sizeof *heads);
    dir->entries = entries;
    dir->heads = heads;
    dir->entry_cap = cap;
    mem_index(dir);
    return true;
}

/* A node has one name more, or less. */
static void count_name(MemNode *n, MemNode *dir) {
    n->links++;
    if (n->type == OS_TYPE_directory)
        n->parent = dir;
    dir->mtime = dir->ctime = n->ctime = mem_now();
}

static void discount_name(MemNode *n, MemNode *dir) {
    n->links--;
    if (n->type == OS_TYPE_directory && n->links == 0)
        n->parent = NULL;
    dir->mtime = dir->ctime = n->ctime = mem_now();
    mem_drop_node(n);
}

static OsError mem_add_entry(MemNode *dir, const char *name, MemNode *node) {
    size_t len = strlen(name);
    if (!dir->links) /* removed, though somebody has it open */
        return OS_not_found;
    char *copy = mem_reserve_entry(dir) ? mem_grow(dir->fs, NULL, 0, len + 1) : NULL;
    if (!copy)
        return OS_no_space;
    memcpy(copy, name, len + 1);
    uint32_t hash = hash_name(dir->fs, name, len), *head = &dir->heads[hash & (dir->entry_cap - 1)];
    dir->entries[dir->entry_count++] =
        (MemEntry){++dir->last_serial, node, copy, (uint32_t)len, hash, *head};
    *head = dir->entry_count;
    dir->live++;
    count_name(node, dir);
    return OS_OK;
}

/* Under the name stands another node from now on. */
static void mem_replace_entry(MemNode *dir, MemEntry *e, MemNode *node) {
    MemNode *old = e->node;
    e->node = node;
    count_name(node, dir);
    discount_name(old, dir);
}

static void mem_remove_entry(MemNode *dir, MemEntry *e) {
    MemNode *node = e->node;
    uint32_t place = (uint32_t)(e - dir->entries) + 1,
             *link = &dir->heads[e->hash & (dir->entry_cap - 1)];
    while (*link != place)
        link = &dir->entries[*link - 1].next;
    *link = e->next;
    mem_free(dir->fs, e->name, e->len + 1);
    e->name = NULL;
    e->len = 0;
    e->node = NULL;
    dir->live--;
    if (dir->live < dir->entry_count / 2)
        mem_index(dir);
    discount_name(node, dir);
}

/* Makes a new node with a name. */
static OsError mem_make_node(MemNode *dir, const char *name, OsFileType type, MemNode **out) {
    MemNode *n = mem_new_node(dir->fs, type);
    if (!n)
        return OS_no_space;
    OsError error = mem_add_entry(dir, name, n);
    if (error != OS_OK)
        mem_drop_node(n);
    *out = n;
    return error;
}

/* ---- the walk ---- */

static OsError mem_step_into(OsFile dir, const char *name, OsFile *child) {
    MemNode *n = mem_find(mem_node(dir), name);
    *child = mem_handle(n);
    return !n ? OS_not_found : n->type == OS_TYPE_directory ? OS_OK : OS_not_directory;
}

static bool mem_step_is_link(OsFile dir, const char *name) {
    const MemNode *n = mem_find(mem_node(dir), name);
    return n && n->type == OS_TYPE_symlink;
}

static OsError mem_step_read_link(OsFile dir, const char *name, char *out, size_t size,
                                  size_t *got) {
    const MemNode *n = mem_find(mem_node(dir), name);
    *got = 0;
    if (!n)
        return OS_not_found;
    if (n->type != OS_TYPE_symlink)
        return OS_invalid;
    *got = WT_MIN(size, n->len);
    memcpy(out, n->data, *got);
    return OS_OK;
}

static OsError mem_step_check(const char *name, size_t len) {
    (void)name;
    return len > 255 ? OS_name_too_long : OS_OK;
}

static void mem_step_close(OsFile dir) { (void)dir; }

static const WalkSteps mem_steps = {mem_step_into, mem_step_is_link, mem_step_read_link,
                                    mem_step_check, mem_step_close};

static OsError mem_walk(WalkPath *w, OsFile root, const char *path, bool follow) {
    return wt_osfs_walk_in(&mem_steps, w, mem_root(root), path, follow);
}

static MemNode *mem_dir(const WalkPath *w) { return mem_node(w->dirs[w->depth]); }
static bool mem_ends_in_dots(const WalkPath *w) { return strcmp(w->last, ".") == 0; }

/* ---- handles ---- */

static OsError mem_open_node(MemNode *n, unsigned flags, OsFile *file) {
    MemOpen *o = mem_grow(n->fs, NULL, 0, sizeof *o);
    if (!o)
        return OS_no_space;
    *o = (MemOpen){.node = n, .append = flags & OSFS_append};
    n->opens++;
    *file = (OsFile)(void *)o;
    return OS_OK;
}

static void memfs_close(OsFile file) {
    MemOpen *o = mem_open(file);
    MemNode *n = o->node;
    mem_free(n->fs, o, sizeof *o);
    n->opens--;
    mem_drop_node(n);
}

/* What stands between a node that is there and its being opened. */
static OsError mem_check_open(const MemNode *n, const WalkPath *w, unsigned flags) {
    bool want_dir = (flags & OSFS_directory) || w->slash || mem_ends_in_dots(w);
    if ((flags & OSFS_create) && (flags & OSFS_exclusive) && !mem_ends_in_dots(w))
        return OS_exists;
    if (n->type == OS_TYPE_symlink)
        return flags & OSFS_directory ? OS_not_directory : OS_symlink_loop;
    if (n->type != OS_TYPE_directory)
        return want_dir ? OS_not_directory : OS_OK;
    bool creates = (flags & OSFS_create) && !mem_ends_in_dots(w);
    return creates || (flags & (OSFS_write | OSFS_truncate)) ? OS_is_directory : OS_OK;
}

static OsError memfs_open(OsFile root, const char *path, unsigned flags, OsFile *file) {
    WalkPath w;
    OsError error = mem_walk(&w, root, path, (flags & OSFS_follow) && !(flags & OSFS_exclusive));
    if (error != OS_OK)
        return error;
    if (w.slash && (flags & OSFS_create) && !(flags & OSFS_directory))
        return OS_is_directory;
    MemNode *n = mem_find(mem_dir(&w), w.last);
    if (n)
        error = mem_check_open(n, &w, flags);
    else if ((flags & OSFS_create) && !w.slash)
        error = mem_make_node(mem_dir(&w), w.last, OS_TYPE_regular, &n);
    else
        error = OS_not_found;
    if (error == OS_OK && (flags & OSFS_truncate) && n->len) {
        n->len = 0;
        n->mtime = n->ctime = mem_now();
    }
    return error != OS_OK ? error : mem_open_node(n, flags, file);
}

static void fill_mem_stat(const MemNode *n, OsStat *st) {
    *st = (OsStat){.device = 1,
                   .inode = n->inode,
                   .links = n->links,
                   .size = n->type == OS_TYPE_directory ? n->live : n->len,
                   .atime = n->atime,
                   .mtime = n->mtime,
                   .ctime = n->ctime,
                   .type = n->type};
}

static OsError memfs_stat(OsFile file, OsStat *st) {
    fill_mem_stat(mem_open(file)->node, st);
    return OS_OK;
}

/* The node at the end of a path, which is a directory if the path ends in a slash. */
static OsError mem_reach(OsFile root, const char *path, bool follow, WalkPath *w, MemNode **out) {
    OsError error = mem_walk(w, root, path, follow);
    if (error != OS_OK)
        return error;
    *out = mem_find(mem_dir(w), w->last);
    if (!*out)
        return OS_not_found;
    return w->slash && (*out)->type != OS_TYPE_directory ? OS_not_directory : OS_OK;
}

static OsError memfs_stat_at(OsFile root, const char *path, bool follow, OsStat *st) {
    WalkPath w;
    MemNode *n;
    OsError error = mem_reach(root, path, follow, &w, &n);
    if (error == OS_OK)
        fill_mem_stat(n, st);
    return error;
}

/* ---- names ---- */

static OsError memfs_make_directory(OsFile root, const char *path) {
    WalkPath w;
    MemNode *n;
    OsError error = mem_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    return mem_find(mem_dir(&w), w.last)
               ? OS_exists
               : mem_make_node(mem_dir(&w), w.last, OS_TYPE_directory, &n);
}

static OsError memfs_remove_directory(OsFile root, const char *path) {
    WalkPath w;
    MemNode *n;
    OsError error = mem_reach(root, path, false, &w, &n);
    if (error != OS_OK)
        return error;
    if (n->type != OS_TYPE_directory)
        return OS_not_directory;
    if (mem_ends_in_dots(&w))
        return OS_invalid;
    if (n->live)
        return OS_not_empty;
    mem_remove_entry(mem_dir(&w), mem_find_entry(mem_dir(&w), w.last));
    return OS_OK;
}

static OsError memfs_unlink(OsFile root, const char *path) {
    WalkPath w;
    MemNode *n;
    OsError error = mem_reach(root, path, false, &w, &n);
    if (error != OS_OK)
        return error;
    if (n->type == OS_TYPE_directory)
        return OS_is_directory;
    mem_remove_entry(mem_dir(&w), mem_find_entry(mem_dir(&w), w.last));
    return OS_OK;
}

/* Whether a directory is `n` or lies in it. */
static bool lies_in(const MemNode *dir, const MemNode *n) {
    while (dir && dir != n)
        dir = dir->parent;
    return dir != NULL;
}

static OsError check_replace(const MemNode *from, const MemNode *to) {
    if (from->type == OS_TYPE_directory && to->type != OS_TYPE_directory)
        return OS_not_directory;
    if (from->type != OS_TYPE_directory && to->type == OS_TYPE_directory)
        return OS_is_directory;
    return to->type == OS_TYPE_directory && to->live ? OS_not_empty : OS_OK;
}

static OsError memfs_rename(OsFile from_root, const char *from, OsFile to_root, const char *to) {
    WalkPath a, b;
    MemNode *n;
    OsError error = mem_reach(from_root, from, false, &a, &n);
    if (error == OS_OK)
        error = mem_walk(&b, to_root, to, false);
    if (error != OS_OK)
        return error;
    MemNode *dir = mem_dir(&b), *old = mem_find(dir, b.last);
    if (n->fs != dir->fs)
        return OS_other_device;
    if (mem_ends_in_dots(&a) || mem_ends_in_dots(&b))
        return OS_busy;
    if (b.slash && n->type != OS_TYPE_directory)
        return OS_not_directory;
    if (old == n)
        return OS_OK;
    if (n->type == OS_TYPE_directory && lies_in(dir, n))
        return OS_invalid;
    error = old ? check_replace(n, old) : OS_OK;
    if (error != OS_OK)
        return error;
    /* The new name first: if there is no room for it, nothing has changed. */
    if (old)
        mem_replace_entry(dir, mem_find_entry(dir, b.last), n);
    else
        error = mem_add_entry(dir, b.last, n);
    if (error == OS_OK)
        mem_remove_entry(mem_dir(&a), mem_find_entry(mem_dir(&a), a.last));
    return error;
}

static OsError memfs_link(OsFile from_root, const char *from, bool follow, OsFile to_root,
                          const char *to) {
    WalkPath a, b;
    MemNode *n;
    OsError error = mem_reach(from_root, from, follow, &a, &n);
    if (error == OS_OK)
        error = mem_walk(&b, to_root, to, false);
    if (error != OS_OK)
        return error;
    if (n->fs != mem_dir(&b)->fs)
        return OS_other_device;
    if (n->type == OS_TYPE_directory)
        return OS_not_permitted;
    if (mem_find(mem_dir(&b), b.last))
        return OS_exists;
    return b.slash                  ? OS_not_found
           : n->links == UINT32_MAX ? OS_too_many_links
                                    : mem_add_entry(mem_dir(&b), b.last, n);
}

static OsError memfs_symlink(const char *target, OsFile root, const char *path) {
    WalkPath w;
    MemNode *n;
    size_t len = strlen(target);
    if (target[0] == '/')
        return OS_not_permitted;
    OsError error = mem_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    if (len == 0)
        return OS_not_found;
    if (len >= MEM_target)
        return OS_name_too_long;
    if (mem_find(mem_dir(&w), w.last))
        return OS_exists;
    if (w.slash)
        return OS_not_found;
    uint8_t *copy = mem_grow(mem_dir(&w)->fs, NULL, 0, len);
    error = copy ? mem_make_node(mem_dir(&w), w.last, OS_TYPE_symlink, &n) : OS_no_space;
    if (error != OS_OK) {
        mem_free(mem_dir(&w)->fs, copy, len);
        return error;
    }
    memcpy(copy, target, len);
    n->data = copy;
    n->len = n->cap = len;
    return OS_OK;
}

static OsError memfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got) {
    WalkPath w;
    *got = 0;
    OsError error = mem_walk(&w, root, path, false);
    return error != OS_OK ? error : mem_step_read_link(w.dirs[w.depth], w.last, out, size, got);
}

/* ---- contents ---- */

static void change_times(MemNode *n, uint64_t atime, uint64_t mtime) {
    uint64_t now = mem_now();
    n->ctime = now;
    if (atime != OSFS_TIME_keep)
        n->atime = atime == OSFS_TIME_now ? now : atime;
    if (mtime != OSFS_TIME_keep)
        n->mtime = mtime == OSFS_TIME_now ? now : mtime;
}

static OsError memfs_set_times(OsFile file, uint64_t atime, uint64_t mtime) {
    change_times(mem_open(file)->node, atime, mtime);
    return OS_OK;
}

static OsError memfs_set_times_at(OsFile root, const char *path, bool follow, uint64_t atime,
                                  uint64_t mtime) {
    WalkPath w;
    MemNode *n;
    OsError error = mem_reach(root, path, follow, &w, &n);
    if (error == OS_OK)
        change_times(n, atime, mtime);
    return error;
}

static OsError memfs_read(OsFile file, void *data, size_t size, uint64_t offset, size_t *got) {
    MemOpen *o = mem_open(file);
    const MemNode *n = o->node;
    uint64_t at = offset == OSFS_HERE ? o->position : offset;
    *got = 0;
    if (n->type == OS_TYPE_directory)
        return OS_is_directory;
    if (at < n->len) {
        *got = WT_MIN(size, n->len - (size_t)at);
        memcpy(data, n->data + at, *got);
    }
    if (offset == OSFS_HERE)
        o->position += *got;
    return OS_OK;
}

/* The file becomes `len` bytes long; new ones are zero. */
static OsError set_length(MemNode *n, uint64_t len) {
    if (len > SIZE_MAX / 2)
        return OS_file_too_large;
    if (len > n->cap) {
        size_t cap = WT_MAX((size_t)len, n->cap + n->cap / 2);
        uint8_t *data = mem_grow(n->fs, n->data, n->cap, cap);
        if (!data && cap > len) {
            cap = (size_t)len;
            data = mem_grow(n->fs, n->data, n->cap, cap);
        }
        if (!data)
            return OS_no_space;
        n->data = data;
        n->cap = cap;
    }
    if (len > n->len)
        memset(n->data + n->len, 0, (size_t)len - n->len);
    n->len = (size_t)len;
    n->mtime = n->ctime = mem_now();
    return OS_OK;
}

static OsError memfs_write(OsFile file, const void *data, size_t size, uint64_t offset,
                           size_t *got) {
    MemOpen *o = mem_open(file);
    MemNode *n = o->node;
    bool here = offset >= OSFS_END, end = offset == OSFS_END || (here && o->append);
    uint64_t at = end ? n->len : here ? o->position : offset;
    *got = 0;
    if (n->type == OS_TYPE_directory)
        return OS_is_directory;
    if (size == 0)
        return OS_OK;
    if (at > UINT64_MAX - size)
        return OS_file_too_large;
    OsError error = at + size > n->len ? set_length(n, at + size) : OS_OK;
    if (error != OS_OK)
        return error;
    memcpy(n->data + at, data, size);
    n->mtime = n->ctime = mem_now();
    *got = size;
    if (here)
        o->position = at + size;
    return OS_OK;
}

static OsError memfs_seek(OsFile file, int64_t offset, OsWhence whence, uint64_t *position) {
    MemOpen *o = mem_open(file);
    uint64_t from = whence == OS_SEEK_set       ? 0
                    : whence == OS_SEEK_current ? o->position
                                                : o->node->len;
    uint64_t to = from + (uint64_t)offset;
    *position = 0;
    if (offset < 0 ? to > from : to < from || to > INT64_MAX)
        return OS_invalid;
    *position = o->position = to;
    return OS_OK;
}

static OsError memfs_set_size(OsFile file, uint64_t size) {
    return size > INT64_MAX ? OS_invalid : set_length(mem_open(file)->node, size);
}

static OsError memfs_allocate(OsFile file, uint64_t offset, uint64_t len) {
    MemNode *n = mem_open(file)->node;
    if (offset > INT64_MAX || len > INT64_MAX - offset || len == 0)
        return OS_invalid;
    return offset + len > n->len ? set_length(n, offset + len) : OS_OK;
}

static OsError memfs_sync(OsFile file, bool data_only) {
    (void)file;
    (void)data_only;
    return OS_OK;
}

static OsError memfs_set_flags(OsFile file, unsigned flags) {
    mem_open(file)->append = flags & OSFS_append;
    return OS_OK;
}

/* ---- directories ---- */

static OsError memfs_dir_open(OsFile dir, OsDir **out) {
    MemNode *n = mem_open(dir)->node;
    MemDir *d = n->type == OS_TYPE_directory ? mem_grow(n->fs, NULL, 0, sizeof *d) : NULL;
    if (!d)
        return n->type == OS_TYPE_directory ? OS_no_space : OS_not_directory;
    *d = (MemDir){n, 0};
    n->opens++;
    *out = (OsDir *)(void *)d;
    return OS_OK;
}

static void memfs_dir_close(OsDir *dir) {
    MemDir *d = (MemDir *)(void *)dir;
    if (!d)
        return;
    MemNode *n = d->node;
    mem_free(n->fs, d, sizeof *d);
    n->opens--;
    mem_drop_node(n);
}

static OsError memfs_dir_seek(OsDir *dir, uint64_t cookie) {
    ((MemDir *)(void *)dir)->after = cookie;
    return OS_OK;
}

/* The first entry with a higher number, by halves. */
static OsError memfs_dir_next(OsDir *dir, OsDirEntry *entry, bool *end) {
    MemDir *d = (MemDir *)(void *)dir;
    const MemNode *n = d->node;
    uint32_t low = 0, high = n->entry_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (n->entries[middle].serial > d->after)
            high = middle;
        else
            low = middle + 1;
    }
    while (low < n->entry_count && !n->entries[low].node)
        low++;
    *end = low == n->entry_count;
    if (*end)
        return OS_OK;
    const MemEntry *e = &n->entries[low];
    d->after = e->serial;
    *entry = (OsDirEntry){
        .name = e->name, .inode = e->node->inode, .next = e->serial, .type = e->node->type};
    return OS_OK;
}

const Osfs wt_memfs_table = {
    .open = memfs_open,
    .close = memfs_close,
    .stat = memfs_stat,
    .stat_at = memfs_stat_at,
    .make_directory = memfs_make_directory,
    .remove_directory = memfs_remove_directory,
    .unlink = memfs_unlink,
    .rename = memfs_rename,
    .link = memfs_link,
    .symlink = memfs_symlink,
    .readlink = memfs_readlink,
    .set_times = memfs_set_times,
    .set_times_at = memfs_set_times_at,
    .read = memfs_read,
    .write = memfs_write,
    .seek = memfs_seek,
    .set_size = memfs_set_size,
    .allocate = memfs_allocate,
    .sync = memfs_sync,
    .set_flags = memfs_set_flags,
    .dir_open = memfs_dir_open,
    .dir_close = memfs_dir_close,
    .dir_seek = memfs_dir_seek,
    .dir_next = memfs_dir_next,
};

/* ---- the whole ---- */

MemFs *wt_memfs_new(const Allocator *al, uint64_t most) {
    MemFs *fs = allocator_get(al, sizeof *fs);
    if (!fs)
        return NULL;
    *fs = (MemFs){.allocator = *al, .most = most};
    atomic_init(&fs->owners, 1);
    (void)wt_os_random(&fs->secret, sizeof fs->secret);
    fs->root = mem_new_node(fs, OS_TYPE_directory);
    if (!fs->root) {
        allocator_free(al, fs, sizeof *fs);
        return NULL;
    }
    fs->root->links = 1;
    return fs;
}

void wt_memfs_hold(MemFs *fs) { atomic_fetch_add(&fs->owners, 1); }

/* Empties a directory, deepest first: by the way of the parents, no stack grows with the depth. */
static void empty_directory(MemNode *top) {
    for (MemNode *n = top;;) {
        if (n->entry_count == 0) {
            if (n == top)
                return;
            MemNode *dir = n->parent;
            mem_remove_entry(dir, &dir->entries[dir->entry_count - 1]);
            n = dir;
            continue;
        }
        MemEntry *e = &n->entries[n->entry_count - 1];
        if (e->node && e->node->type == OS_TYPE_directory && e->node->live)
            n = e->node;
        else if (e->node)
            mem_remove_entry(n, e);
        else
            n->entry_count--; /* a hole */
    }
}

void wt_memfs_release(MemFs *fs) {
    if (!fs || atomic_fetch_sub(&fs->owners, 1) > 1)
        return;
    empty_directory(fs->root);
    fs->root->links = 0;
    mem_drop_node(fs->root);
    Allocator al = fs->allocator;
    allocator_free(&al, fs, sizeof *fs);
}

OsError wt_memfs_root(MemFs *fs, OsFile *dir) { return mem_open_node(fs->root, 0, dir); }

/* Makes the directories above the last component. */
static OsError make_above(OsFile root, const char *path) {
    char part[WALK_PATH];
    size_t len = strlen(path);
    if (len >= sizeof part)
        return OS_name_too_long;
    for (size_t i = 1; i < len; i++) {
        if (path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        OsError error = memfs_make_directory(root, part);
        if (error != OS_OK && error != OS_exists)
            return error;
    }
    return OS_OK;
}

OsError wt_memfs_put(MemFs *fs, const char *path, const void *data, size_t size) {
    OsFile root, file;
    size_t got;
    OsError error = wt_memfs_root(fs, &root);
    if (error != OS_OK)
        return error;
    error = make_above(root, path);
    if (error == OS_OK)
        error =
            memfs_open(root, path, OSFS_write | OSFS_create | OSFS_truncate | OSFS_follow, &file);
    if (error == OS_OK) {
        error = memfs_write(file, data, size, 0, &got);
        memfs_close(file);
    }
    memfs_close(root);
    return error;
}

OsError wt_memfs_get(MemFs *fs, const char *path, Slice *data) {
    OsFile root;
    WalkPath w;
    MemNode *n;
    *data = slice("", 0);
    OsError error = wt_memfs_root(fs, &root);
    if (error != OS_OK)
        return error;
    error = mem_reach(root, path, true, &w, &n);
    memfs_close(root);
    if (error != OS_OK)
        return error;
    if (n->type == OS_TYPE_directory)
        return OS_is_directory;
    if (n->len)
        *data = slice(n->data, n->len);
    return OS_OK;
}

static bool each_below(const MemNode *dir, char *path, size_t len, MemEachFn fn, void *user) {
    for (uint32_t i = 0; i < dir->entry_count; i++) {
        const MemEntry *e = &dir->entries[i];
        const MemNode *n = e->node;
        size_t slash = len > 0;
        if (!n || len + slash + e->len >= WALK_PATH)
            continue;
        if (slash)
            path[len] = '/';
        memcpy(path + len + slash, e->name, e->len);
        path[len + slash + e->len] = 0;
        bool go_on = true;
        if (n->type == OS_TYPE_directory)
            go_on = each_below(n, path, len + slash + e->len, fn, user);
        else if (n->type == OS_TYPE_regular)
            go_on = fn(user, path, n->len ? slice(n->data, n->len) : slice("", 0));
        if (!go_on)
            return false;
    }
    return true;
}

void wt_memfs_each(MemFs *fs, MemEachFn fn, void *user) {
    char path[WALK_PATH];
    (void)each_below(fs->root, path, 0, fn, user);
}

/* ---- copies of the host ---- */

static OsError copy_contents(OsFile from, OsFile to) {
    uint8_t piece[16384];
    size_t got = 1, put;
    OsError error = OS_OK;
    while (error == OS_OK && got) {
        error = wt_osfs_read(from, piece, sizeof piece, OSFS_HERE, &got);
        if (error == OS_OK)
            error = memfs_write(to, piece, got, OSFS_HERE, &put);
    }
    return error;
}

static OsError mem_copy_file(OsFile from, OsFile to, const char *name) {
    OsFile in, out;
    OsError error = wt_osfs_open(from, name, OSFS_read, &in);
    if (error != OS_OK)
        return error;
    error = memfs_open(to, name, OSFS_write | OSFS_create, &out);
    if (error == OS_OK) {
        error = copy_contents(in, out);
        memfs_close(out);
    }
    wt_os_file_close(in);
    return error;
}

static OsError copy_link(OsFile from, OsFile to, const char *name) {
    char target[MEM_target];
    size_t got;
    OsError error = wt_osfs_readlink(from, name, target, sizeof target - 1, &got);
    if (error != OS_OK)
        return error;
    target[got] = 0;
    error = memfs_symlink(target, to, name);
    return error == OS_not_permitted ? OS_OK : error; /* an absolute one leads nowhere */
}

static OsError copy_directory(OsFile from, OsFile to, unsigned depth);

static OsError copy_below(OsFile from, OsFile to, const char *name, unsigned depth) {
    OsFile in, out;
    OsError error =
        depth ? wt_osfs_open(from, name, OSFS_read | OSFS_directory, &in) : OS_name_too_long;
    if (error != OS_OK)
        return error;
    error = memfs_make_directory(to, name);
    if (error == OS_OK)
        error = memfs_open(to, name, OSFS_read, &out);
    if (error == OS_OK) {
        error = copy_directory(in, out, depth - 1);
        memfs_close(out);
    }
    wt_os_file_close(in);
    return error;
}

static OsError mem_copy_entry(OsFile from, OsFile to, const char *name, unsigned depth) {
    OsStat st;
    OsError error = wt_osfs_stat_at(from, name, false, &st);
    if (error != OS_OK)
        return error;
    if (st.type == OS_TYPE_regular)
        error = mem_copy_file(from, to, name);
    else if (st.type == OS_TYPE_symlink)
        return copy_link(from, to, name);
    else if (st.type == OS_TYPE_directory)
        error = copy_below(from, to, name, depth);
    else
        return OS_OK;
    return error != OS_OK ? error : memfs_set_times_at(to, name, false, st.atime, st.mtime);
}

static OsError copy_directory(OsFile from, OsFile to, unsigned depth) {
    OsDir *d;
    OsDirEntry e;
    bool end = false;
    OsError error = wt_osfs_dir_open(from, &d);
    if (error != OS_OK)
        return error;
    while (error == OS_OK && !end) {
        error = wt_osfs_dir_next(d, &e, &end);
        if (error == OS_OK && !end && strcmp(e.name, ".") != 0 && strcmp(e.name, "..") != 0)
            error = mem_copy_entry(from, to, e.name, depth);
    }
    wt_osfs_dir_close(d);
    return error;
}

OsError wt_memfs_copy(MemFs *fs, const char *host) {
    OsFile from, to;
    OsError error = wt_osfs_open_root(host, &from);
    if (error != OS_OK)
        return error;
    error = wt_memfs_root(fs, &to);
    if (error == OS_OK) {
        error = copy_directory(from, to, MEM_depth);
        memfs_close(to);
    }
    wt_os_file_close(from);
    return error;
}
