/* The program's world, and the door into each call: a host function that finds the guest's memory,
   makes the call, and gives its errno back. */
#include "wasi/wasi.h"

#include "base/ossock.h"
#include "base/utf8.h"
#include "wasi/inside.h"

Errno wt_wasi_errno(OsError error) {
    switch (error) {
    case OS_OK:
        return E_success;
    case OS_not_found:
        return E_noent;
    case OS_access:
        return E_acces;
    case OS_not_permitted:
        return E_perm;
    case OS_exists:
        return E_exist;
    case OS_is_directory:
        return E_isdir;
    case OS_not_directory:
        return E_notdir;
    case OS_not_empty:
        return E_notempty;
    case OS_bad_handle:
        return E_badf;
    case OS_too_many_files:
        return E_mfile;
    case OS_too_many_files_system:
        return E_nfile;
    case OS_no_space:
        return E_nospc;
    case OS_quota:
        return E_dquot;
    case OS_file_too_large:
        return E_fbig;
    case OS_read_only:
        return E_rofs;
    case OS_broken_pipe:
        return E_pipe;
    case OS_name_too_long:
        return E_nametoolong;
    case OS_symlink_loop:
        return E_loop;
    case OS_other_device:
        return E_xdev;
    case OS_busy:
        return E_busy;
    case OS_text_busy:
        return E_txtbsy;
    case OS_illegal_seek:
        return E_spipe;
    case OS_too_many_links:
        return E_mlink;
    case OS_no_device:
        return E_nxio;
    case OS_again:
        return E_again;
    case OS_io:
        return E_io;
    case OS_out_of_memory:
        return E_nomem;
    case OS_invalid:
        return E_inval;
    case OS_unsupported:
        return E_notsup;
    case OS_not_capable:
        return E_notcapable;
    case OS_address_in_use:
        return E_addrinuse;
    case OS_address_not_here:
        return E_addrnotavail;
    case OS_address_family:
        return E_afnosupport;
    case OS_other:
        return E_io;
    }
    return E_io;
}

Wasi *wt_wasi_new(const Allocator *allocator) {
    Wasi *w = allocator_get(allocator, sizeof *w);
    if (!w)
        return NULL;
    *w = (Wasi){.allocator = *allocator};
    wt_arena_init_lasting(&w->arena, &w->allocator);
    return w;
}

static void free_texts(Wasi *w, TextVec *v) {
    allocator_free(&w->allocator, v->items, v->cap * sizeof *v->items);
}

void wt_wasi_free(Wasi *w) {
    if (!w)
        return;
    for (size_t i = 0; i < w->fd_count; i++)
        wt_wasi_table_replace(w, (uint32_t)i, NULL);
    if (w->threaded)
        wt_os_mutex_destroy(&w->lock);
    if (w->random_open)
        wt_os_random_close(&w->random);
    for (size_t i = 0; i < w->memory_count; i++)
        wt_memfs_release(w->memories[i]);
    allocator_free(&w->allocator, w->spare, sizeof *w->spare);
    allocator_free(&w->allocator, w->memories, w->memory_cap * sizeof *w->memories);
    allocator_free(&w->allocator, w->fds, w->fd_cap * sizeof *w->fds);
    allocator_free(&w->allocator, w->fd_taken, w->fd_word_cap * sizeof *w->fd_taken);
    free_texts(w, &w->arguments);
    free_texts(w, &w->variables);
    wt_arena_free(&w->arena);
    Allocator al = w->allocator;
    allocator_free(&al, w, sizeof *w);
}

static OsError add_text(Wasi *w, TextVec *v, const char *text) {
    size_t len = strlen(text);
    if (!utf8_valid(slice(text, len)) || len >= UINT32_MAX - v->bytes)
        return OS_invalid;
    Slice copy = wt_arena_copy(&w->arena, text, len);
    if (!copy.data ||
        !wt_vec_grow(&w->allocator, (void **)&v->items, &v->cap, v->count, sizeof *v->items))
        return OS_out_of_memory;
    v->items[v->count++] = copy;
    v->bytes += len + 1;
    return OS_OK;
}

OsError wt_wasi_add_argument(Wasi *w, const char *text) { return add_text(w, &w->arguments, text); }
OsError wt_wasi_add_variable(Wasi *w, const char *text) {
    const char *equals = strchr(text, '=');
    return equals && equals != text ? add_text(w, &w->variables, text) : OS_invalid;
}

/* ---- descriptors ---- */

OsError wt_wasi_fd_settle(Fd *f, const OsStat *st) {
    bool regular = st->type == OS_TYPE_regular, is_dir = st->type == OS_TYPE_directory;
    f->type = st->type;
    f->device = st->device == f->device ? st->device : 0;
    f->rights &= (uint64_t)(is_dir ? RIGHT_of_directories : RIGHT_of_files);
    if (!regular) /* nor can a device seek: see RIGHT_of_directories */
        f->rights &= ~(uint64_t)(RIGHT_fd_seek | RIGHT_fd_tell);
    if (!is_dir)
        f->inheriting = 0;
    f->untold = false;
    return OS_OK;
}

static OsError ask_fd(Fd *f) {
    OsStat st;
    OsError error = f->fs->stat(f->file, &st);
    return error == OS_OK ? wt_wasi_fd_settle(f, &st) : error;
}

Errno wt_wasi_table_look(const Wasi *w, uint32_t fd, uint64_t rights, Fd **out) {
    if (fd >= w->fd_count || !w->fds[fd])
        return E_badf;
    *out = w->fds[fd];
    OsError failed = (*out)->untold ? ask_fd(*out) : OS_OK;
    if (failed != OS_OK)
        return wt_wasi_errno(failed);
    if (((*out)->rights & rights) == rights)
        return E_success;
    /* A directory where a file is meant, and the other way round, is said first. */
    if ((*out)->type == OS_TYPE_directory && (rights & (RIGHT_fd_read | RIGHT_fd_write)))
        return E_isdir;
    bool path = rights & (RIGHT_of_directories & ~RIGHT_of_files);
    return path && (*out)->type != OS_TYPE_directory ? E_notdir : E_notcapable;
}

static void hold_fd(Call *c, Fd *f) {
    assert(c->held_count < CALL_FDS);
    c->held[c->held_count++] = f;
    f->users++;
}

Errno wt_wasi_table_find(Call *c, uint32_t fd, uint64_t rights, Fd **out) {
    Errno error = wt_wasi_table_look(c->w, fd, rights, out);
    if (error == E_success)
        hold_fd(c, *out);
    return error;
}

/* With threads another one could ask while this one uses it. */
Errno wt_wasi_table_find_untold(Call *c, uint32_t fd, uint64_t rights, Fd **out) {
    const Wasi *w = c->w;
    Fd *f = fd < w->fd_count ? w->fds[fd] : NULL;
    if (!f || !f->untold || w->threaded || (f->rights & rights) != rights)
        return wt_wasi_table_find(c, fd, rights, out);
    hold_fd(c, f);
    *out = f;
    return E_success;
}

/* The table gets at least `count` entries; new ones are free. */
static bool reserve_fds(Wasi *w, size_t count) {
    while (w->fd_count < count) {
        if (w->fd_count == w->fd_words * 64) {
            if (!wt_vec_grow(&w->allocator, (void **)&w->fd_taken, &w->fd_word_cap, w->fd_words,
                             sizeof *w->fd_taken))
                return false;
            w->fd_taken[w->fd_words++] = 0;
        }
        if (!wt_vec_grow(&w->allocator, (void **)&w->fds, &w->fd_cap, w->fd_count, sizeof *w->fds))
            return false;
        w->fds[w->fd_count++] = NULL;
    }
    return true;
}

static void set_fd(Wasi *w, size_t fd, Fd *f) {
    uint64_t bit = UINT64_C(1) << fd % 64;
    w->fds[fd] = f;
    w->fd_taken[fd / 64] = f ? w->fd_taken[fd / 64] | bit : w->fd_taken[fd / 64] & ~bit;
}

/* At this number, which is reserved and free. */
static bool put_fd(Wasi *w, size_t fd, const Fd *f) {
    Fd *copy = w->spare ? w->spare : allocator_get(&w->allocator, sizeof *copy);
    if (!copy)
        return false;
    w->spare = NULL;
    *copy = *f;
    copy->users = 1;
    set_fd(w, fd, copy);
    return true;
}

/* The lowest free number; perhaps one behind the table. */
static size_t free_fd(const Wasi *w) {
    for (size_t i = 0; i < w->fd_words; i++)
        if (~w->fd_taken[i])
            return i * 64 + (unsigned)__builtin_ctzll(~w->fd_taken[i]);
    return w->fd_count;
}

Errno wt_wasi_table_add(Wasi *w, const Fd *f, uint32_t *fd) {
    size_t i = free_fd(w);
    if (i >= FD_MAX)
        return E_mfile;
    *fd = (uint32_t)i;
    return reserve_fds(w, i + 1) && put_fd(w, i, f) ? E_success : E_nomem;
}

void wt_wasi_close_stream(Wasi *w, Fd *f) {
    if (f->dir) { /* the host's streams have none, and wasm no function for it */
        f->fs->dir_close(f->dir);
        w->reading--;
        f->dir = NULL;
    }
    f->cookie = 0;
    f->has_cut = false;
}

void wt_wasi_fd_release(Wasi *w, Fd *f) {
    if (--f->users)
        return;
    wt_wasi_close_stream(w, f);
    if (f->owned)
        f->fs->close(f->file);
    allocator_free(&w->allocator, w->spare, sizeof *f);
    w->spare = f;
}

void wt_wasi_table_replace(Wasi *w, uint32_t fd, Fd *f) {
    Fd *old = w->fds[fd];
    set_fd(w, fd, f);
    if (old)
        wt_wasi_fd_release(w, old);
}

Fd *wt_wasi_table_take(Wasi *w, uint32_t fd) {
    Fd *f = w->fds[fd];
    set_fd(w, fd, NULL);
    return f;
}

/* The standard streams are shared with whoever started the host: with a shell, with the other
   programs of a pipe. So nothing is set that all of them would see. The input is only read, not
   even its times are changed; what was opened to append is only appended to. A directory is no
   stream, and stands where the host has nothing (wt_os_program_start). */
bool wt_wasi_inherit_stdio(Wasi *w) {
    if (!reserve_fds(w, 3))
        return false;
    for (unsigned i = 0; i < 3; i++) {
        OsStat st;
        Fd f = {.fs = &wt_osfs_host, .file = wt_os_standard_file(i)};
        if (w->fds[i] || wt_osfs_stat(f.file, &st) != OS_OK || st.type == OS_TYPE_directory)
            continue; /* the host has it closed: so has the guest */
        bool regular = st.type == OS_TYPE_regular;
        bool appends = i > 0 && regular && wt_osfs_appends(f.file);
        f.type = st.type;
        f.flags = appends ? FLAG_append : 0;
        f.rights = i == 0 ? RIGHT_of_input : appends ? RIGHT_of_log : RIGHT_of_output;
        if (!regular)
            f.rights &= ~(uint64_t)(RIGHT_fd_seek | RIGHT_fd_tell);
        if (!put_fd(w, i, &f))
            return false;
    }
    return true;
}

/* Behind descriptors 0, 1, 2, which belong to the streams, whether they are there or not. */
static bool add_preopen(Wasi *w, Fd *f, const char *guest) {
    f->preopen = wt_arena_copy(&w->arena, guest, strlen(guest));
    size_t fd = w->fd_count < 3 ? 3 : w->fd_count;
    return f->preopen.data && reserve_fds(w, fd + 1) && put_fd(w, fd, f);
}

static OsError add_root(Wasi *w, const Osfs *fs, OsFile root, const char *guest, bool read_only) {
    uint64_t denied = read_only ? RIGHT_writing : 0;
    Fd f = {.owned = true,
            .fs = fs,
            .file = root,
            .type = OS_TYPE_directory,
            .device = fs == &wt_osfs_host ? wt_osfs_harmless_device(root) : 0,
            .rights = RIGHT_of_directories & ~denied,
            .inheriting = RIGHT_all & ~denied};
    if (add_preopen(w, &f, guest))
        return OS_OK;
    fs->close(root);
    return OS_out_of_memory;
}

OsError wt_wasi_add_directory(Wasi *w, const char *host, const char *guest, bool read_only) {
    OsFile root = -1;
    OsError error = OSFS_CONFINES ? wt_osfs_open_root(host, &root) : OS_unsupported;
    return error != OS_OK ? error : add_root(w, &wt_osfs_host, root, guest, read_only);
}

OsError wt_wasi_add_memory(Wasi *w, MemFs *fs, const char *guest, bool read_only) {
    OsFile root;
    if (!wt_vec_grow(&w->allocator, (void **)&w->memories, &w->memory_cap, w->memory_count,
                     sizeof *w->memories))
        return OS_out_of_memory;
    OsError error = wt_memfs_root(fs, &root);
    if (error != OS_OK)
        return error;
    wt_memfs_hold(fs);
    w->memories[w->memory_count++] = fs;
    return add_root(w, &wt_memfs_table, root, guest, read_only);
}

OsError wt_wasi_add_listener(Wasi *w, const char *address, uint32_t *fd, const char **fault) {
    Fd f = {.owned = true,
            .fs = &wt_osfs_host,
            .type = OS_TYPE_socket,
            .listens = true,
            .rights = RIGHT_of_listeners,
            .inheriting = RIGHT_of_streams};
    OsError error = wt_ossock_listen(address, &f.file, fault);
    if (error != OS_OK)
        return error;
    size_t at = w->fd_count < 3 ? 3 : w->fd_count;
    *fd = (uint32_t)at;
    if (reserve_fds(w, at + 1) && put_fd(w, at, &f))
        return OS_OK;
    wt_os_file_close(f.file);
    return OS_out_of_memory;
}

bool wt_wasi_share(Wasi *w) {
    if (!w->threaded)
        w->threaded = wt_os_has_threads() && wt_os_mutex_init(&w->lock) == OS_OK;
    return w->threaded;
}

/* ---- the doors ---- */

typedef Errno (*CallFn)(Call *c);

static Call begin_call(void *user, Caller *caller, const Value *args, bool unstable) {
    return (Call){.w = user,
                  .store = caller->store,
                  .memory = caller_memory(caller),
                  .args = args,
                  .unstable = unstable};
}

static bool enter_call(void *user, Caller *caller, const Value *args, Value *results, CallFn fn,
                       bool unstable) {
    Call c = begin_call(user, caller, args, unstable);
    world_lock(&c);
    results[0] = value_i32((uint32_t)fn(&c));
    while (c.held_count)
        wt_wasi_fd_release(c.w, c.held[--c.held_count]);
    world_unlock(&c);
    return true;
}

/* Without the lock: CALL_FREE. */
static bool enter_free(void *user, Caller *caller, const Value *args, Value *results, CallFn fn,
                       bool unstable) {
    Call c = begin_call(user, caller, args, unstable);
    results[0] = value_i32((uint32_t)fn(&c));
    assert(!c.held_count);
    return true;
}

static bool enter_exit(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user;
    (void)results;
    return wt_trap_exit(caller->store, value_to_i32(args[0]));
}

/* As a shell tells it: 128 + the number of the signal. */
static bool enter_raise(void *user, Caller *caller, const Value *args, Value *results) {
    uint32_t signal = value_to_i32(args[0]);
    if (wt_wasi_signal_ends(signal))
        return wt_trap_exit(caller->store, 128 + signal);
    return enter_free(user, caller, args, results, wt_wasi_proc_raise, false);
}

#define DOORS(name, enter)                                                                         \
    static bool enter_##name(void *user, Caller *caller, const Value *args, Value *results) {      \
        return enter(user, caller, args, results, wt_wasi_##name, false);                          \
    }                                                                                              \
    static bool enter_unstable_##name(void *user, Caller *caller, const Value *args,               \
                                      Value *results) {                                            \
        return enter(user, caller, args, results, wt_wasi_##name, true);                           \
    }
#define CALL(name, signature) DOORS(name, enter_call)
#define CALL_FREE(name, signature) DOORS(name, enter_free)
#include "wasi/calls.def"
#undef CALL
#undef DOORS

static void define_call(Wasi *w, Linker *l, const char *module, const char *name,
                        const char *signature, HostFn fn) {
    void *user = w;
    if (w->trace)
        fn = w->traced(w, name, strcmp(module, "wasi_unstable") == 0, fn, &user);
    if (fn)
        wt_link_function(l, module, name, signature, fn, user);
    else
        l->failed = true;
}

void wt_wasi_define(Wasi *w, Linker *l, Slice module, Slice name) {
    static const struct {
        const char *name, *signature;
        HostFn fn, unstable;
    } rows[] = {
#define CALL(name, signature) {#name, signature, enter_##name, enter_unstable_##name},
#include "wasi/calls.def"
#undef CALL
    };
    bool unstable = slice_is(module, "wasi_unstable");
    if ((!unstable && !slice_is(module, "wasi_snapshot_preview1")) ||
        (unstable && slice_is(name, "sock_accept")))
        return;
    size_t i = 0;
    while (i < WT_COUNT(rows) && !slice_is(name, rows[i].name))
        i++;
    if (i == WT_COUNT(rows))
        return;
    HostFn fn = slice_is(name, "proc_exit")    ? enter_exit
                : slice_is(name, "proc_raise") ? enter_raise
                : unstable                     ? rows[i].unstable
                                               : rows[i].fn;
    define_call(w, l, unstable ? "wasi_unstable" : "wasi_snapshot_preview1", rows[i].name,
                rows[i].signature, fn);
}
