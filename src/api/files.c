/* Files for the command: wattle.h's unstable part on top of base/os.h. */
#define WATTLE_UNSTABLE
#include "api/engine.h"
#include "base/os.h"

struct wattle_file {
    const Allocator *allocator;
    OsMap map;
};

struct wattle_output {
    const Allocator *allocator;
    OsOutput output;
};

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

void wattle_file_close(wattle_file *file) {
    if (!file)
        return;
    wt_os_map_close(&file->map);
    allocator_free(file->allocator, file, sizeof *file);
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

bool wattle_stdout_is_terminal(void) { return wt_os_is_terminal(wt_os_standard_file(1)); }
bool wattle_stderr_is_terminal(void) { return wt_os_is_terminal(wt_os_standard_file(2)); }
