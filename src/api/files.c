/* Files for the command: wattle.h's unstable part on top of base/os.h. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "base/osfs.h"

struct wattle_file {
    const Allocator *allocator;
    OsMap map;
};

struct wattle_output {
    const Allocator *allocator;
    OsOutput output;
};

void wattle_program_start(int *argc, char ***argv) { wt_os_program_start(argc, argv); }
char **wattle_program_environment(void) { return wt_os_program_environment(); }

wattle_file *wattle_file_open(wattle_engine *engine, const char *path, const char **why) {
    const Allocator *al = &engine->allocator;
    wattle_file *f = allocator_get(al, sizeof *f);
    if (!f) {
        *why = wt_os_error_text(OS_out_of_memory);
        return NULL;
    }
    f->allocator = al;
    OsError error = wt_os_map_open(&f->map, path, al);
    if (error != OS_OK) {
        *why = wt_os_error_text(error);
        wattle_file_close(f);
        return NULL;
    }
    return f;
}

const void *wattle_file_data(const wattle_file *file) { return file->map.data; }
size_t wattle_file_size(const wattle_file *file) { return file->map.size; }

static void give_back(void *user, size_t from, size_t to) {
    const wattle_file *f = user;
    wt_os_map_discard(&f->map, from, to);
}

/* The length of a first line `#!…` in front of a wasm text: what follows begins like one. 0: there
   is none. */
static size_t script_line(Slice s) {
    if (s.len < 2 || memcmp(s.data, "#!", 2) != 0)
        return 0;
    const uint8_t *newline = memchr(s.data, '\n', s.len);
    if (!newline)
        return 0;
    size_t line = (size_t)(newline - s.data) + 1, at = line;
    while (at < s.len && memchr(" \t\r\n", s.data[at], 4))
        at++;
    return at < s.len && (s.data[at] == '(' || s.data[at] == ';') ? line : 0;
}

wattle_status wattle_module_read_file(wattle_engine *engine, const wattle_file *file,
                                      const char *name, unsigned flags, wattle_module **module,
                                      wattle_report **report) {
    Slice text = slice(file->map.data, file->map.size);
    TextSource from = {file->map.mapped ? give_back : NULL, (void *)(uintptr_t)file,
                       flags & WATTLE_READ_BINARY ? 0 : script_line(text)};
    if (from.begins)
        flags |= WATTLE_READ_TEXT;
    return wt_api_module_read(engine, text, from.passed || from.begins ? &from : NULL, name, flags,
                              module, report);
}

wattle_status wattle_module_read_native_file(wattle_engine *engine, const wattle_file *file,
                                             const char *name, wattle_module **module,
                                             const char **why) {
    return wt_api_read_native(engine, slice(file->map.data, file->map.size), file->map.mapped,
                              slice(NULL, 0), name, module, why);
}

void wattle_file_close(wattle_file *file) {
    if (!file)
        return;
    wt_os_map_close(&file->map);
    allocator_free(file->allocator, file, sizeof *file);
}

/* ---- folders ---- */

struct wattle_listing {
    Arena arena;
    char **paths; /* found so far */
    size_t count, cap;
    char **folders; /* still to be read, last first */
    size_t folder_count, folder_cap;
};

enum { LISTING_MAX = 1000000 };

static bool listing_push(wattle_listing *l, char ***list, size_t *count, size_t *cap,
                         const char *folder, const char *name) {
    size_t head = strlen(folder), tail = strlen(name);
    bool slash = head > 0 && tail > 0 && folder[head - 1] != '/';
    char *path = arena_alloc(&l->arena, head + slash + tail + 1);
    if (!path || *count == LISTING_MAX ||
        (*count == *cap &&
         !wt_vec_grow(l->arena.allocator, (void **)list, cap, *count, sizeof **list)))
        return false;
    memcpy(path, folder, head);
    if (slash)
        path[head] = '/';
    memcpy(path + head + slash, name, tail + 1);
    (*list)[(*count)++] = path;
    return true;
}

static bool listing_add(wattle_listing *l, const char *folder, const OsDirEntry *e, OsFileType type,
                        const char *ending) {
    size_t n = strlen(e->name), k = strlen(ending);
    if (type == OS_TYPE_directory)
        return e->name[0] == '.' ||
               listing_push(l, &l->folders, &l->folder_count, &l->folder_cap, folder, e->name);
    if (type != OS_TYPE_regular || n < k || strcmp(e->name + n - k, ending) != 0)
        return true;
    return listing_push(l, &l->paths, &l->count, &l->cap, folder, e->name);
}

/* The entries of one folder. Links are not followed: no circles. */
static OsError listing_read(wattle_listing *l, OsFile root, const char *folder,
                            const char *ending) {
    OsDir *dir;
    OsError error = wt_osfs_dir_open(root, &dir);
    if (error != OS_OK)
        return error;
    OsDirEntry e;
    for (bool end = false; error == OS_OK;) {
        error = wt_osfs_dir_next(dir, &e, &end);
        if (error != OS_OK || end)
            break;
        OsStat st = {.type = e.type};
        if (e.type == OS_TYPE_unknown && wt_osfs_stat_at(root, e.name, false, &st) != OS_OK)
            continue;
        if (!listing_add(l, folder, &e, st.type, ending))
            error = OS_out_of_memory;
    }
    wt_osfs_dir_close(dir);
    return error;
}

static OsError listing_fill(wattle_listing *l, const char *path, const char *ending) {
    if (!listing_push(l, &l->folders, &l->folder_count, &l->folder_cap, path, ""))
        return OS_out_of_memory;
    for (bool first = true; l->folder_count; first = false) {
        const char *folder = l->folders[--l->folder_count];
        OsFile root;
        OsError error = wt_osfs_open_root(folder, &root);
        if (error == OS_OK) {
            error = listing_read(l, root, folder, ending);
            wt_os_file_close(root);
        } else if (first) {
            /* No folder, or not there: opening it as a file says what is wrong. */
            error =
                listing_push(l, &l->paths, &l->count, &l->cap, path, "") ? OS_OK : OS_out_of_memory;
        }
        if (error != OS_OK)
            return error;
    }
    return OS_OK;
}

/* Shell sort: short lists, no recursion. */
static void listing_sort(wattle_listing *l) {
    for (size_t gap = l->count / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < l->count; i++) {
            char *path = l->paths[i];
            size_t k = i;
            for (; k >= gap && strcmp(l->paths[k - gap], path) > 0; k -= gap)
                l->paths[k] = l->paths[k - gap];
            l->paths[k] = path;
        }
}

wattle_listing *wattle_listing_new(wattle_engine *engine, const char *path, const char *ending,
                                   const char **why) {
    *why = wt_os_error_text(OS_out_of_memory);
    wattle_listing *l = allocator_get(&engine->allocator, sizeof *l);
    if (!l)
        return NULL;
    memset(l, 0, sizeof *l);
    wt_arena_init(&l->arena, &engine->allocator);
    OsError error = listing_fill(l, path, ending);
    if (error != OS_OK) {
        *why = wt_os_error_text(error);
        wattle_listing_free(l);
        return NULL;
    }
    listing_sort(l);
    return l;
}

size_t wattle_listing_count(const wattle_listing *listing) { return listing->count; }
const char *wattle_listing_get(const wattle_listing *listing, size_t i) {
    return listing->paths[i];
}

void wattle_listing_free(wattle_listing *listing) {
    if (!listing)
        return;
    const Allocator *al = listing->arena.allocator;
    allocator_free(al, listing->paths, listing->cap * sizeof *listing->paths);
    allocator_free(al, listing->folders, listing->folder_cap * sizeof *listing->folders);
    wt_arena_free(&listing->arena);
    allocator_free(al, listing, sizeof *listing);
}

/* From one open folder into one in it, which is made unless it is there. */
static OsError step_into_made(OsFile *at, const char *name) {
    OsFile next;
    OsError error = wt_osfs_make_directory(*at, name);
    if (error == OS_OK || error == OS_exists)
        error = wt_osfs_open(*at, name, OSFS_read | OSFS_directory | OSFS_follow, &next);
    if (error != OS_OK)
        return error;
    wt_os_file_close(*at);
    *at = next;
    return OS_OK;
}

/* The folder with the last part of a path taken off it; *last is that part. */
static OsError open_parent(const char *path, const char **last, OsFile *at) {
    char parent[1024] = ".";
    const char *slash = strrchr(path, '/');
    size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof parent)
        return OS_name_too_long;
    if (n) {
        memcpy(parent, path, n);
        parent[n] = 0;
    }
    *last = slash ? slash + 1 : path;
    return wt_osfs_open_root(parent, at);
}

const char *wattle_folders_make(const char *path, const char *below) {
    char part[256];
    const char *last;
    OsFile at;
    OsError error = wt_osfs_open_root(path, &at);
    if (error == OS_not_found) {
        error = open_parent(path, &last, &at);
        if (error != OS_OK)
            return wt_os_error_text(error);
        error = step_into_made(&at, last);
    } else if (error != OS_OK) {
        return wt_os_error_text(error);
    }
    while (error == OS_OK && *below) {
        size_t n = strcspn(below, "/");
        if (n >= sizeof part) {
            error = OS_name_too_long;
            break;
        }
        memcpy(part, below, n);
        part[n] = 0;
        error = step_into_made(&at, part);
        below += n + (below[n] == '/');
    }
    wt_os_file_close(at);
    return error == OS_OK ? NULL : wt_os_error_text(error);
}

wattle_output *wattle_output_open(wattle_engine *engine, const char *path, const char **why) {
    const Allocator *al = &engine->allocator;
    wattle_output *o = allocator_get(al, sizeof *o);
    if (!o) {
        *why = wt_os_error_text(OS_out_of_memory);
        return NULL;
    }
    o->allocator = al;
    OsError error = wt_os_output_open(&o->output, path, al);
    if (error != OS_OK) {
        *why = wt_os_error_text(error);
        allocator_free(al, o, sizeof *o);
        return NULL;
    }
    return o;
}

bool wattle_output_write(void *output, const void *data, size_t len) {
    wattle_output *o = output;
    return wt_os_output_write(&o->output, data, len) == OS_OK;
}

bool wattle_output_executable(wattle_output *output) {
    OsOutput *o = &output->output;
    return o->direct || wt_os_file_make_executable(o->file) == OS_OK;
}

const char *wattle_output_close(wattle_output *output, bool commit) {
    OsError error = OS_OK;
    if (commit)
        error = wt_os_output_commit(&output->output);
    else
        wt_os_output_abort(&output->output);
    allocator_free(output->allocator, output, sizeof *output);
    return error == OS_OK ? NULL : wt_os_error_text(error);
}

bool wattle_stdout_write(void *user, const void *data, size_t len) {
    (void)user;
    return wt_os_file_write(wt_os_standard_file(1), data, len) == OS_OK;
}

bool wattle_stderr_write(void *user, const void *data, size_t len) {
    (void)user;
    return wt_os_file_write(wt_os_standard_file(2), data, len) == OS_OK;
}

void wattle_ignore_broken_pipes(void) { wt_os_ignore_broken_pipes(); }

bool wattle_stdout_is_terminal(void) { return wt_os_is_terminal(wt_os_standard_file(1)); }
bool wattle_stderr_is_terminal(void) { return wt_os_is_terminal(wt_os_standard_file(2)); }
