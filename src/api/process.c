/* The process around a store, for the command: signals, and what was used. */
#define WATTLE_UNSTABLE
#include "api/inside.h"
#include "base/os.h"
#include "base/osfs.h"

struct wattle_signals {
    wattle_engine *engine;
    OsSignals watch;
};

wattle_signals *wattle_signals_watch(wattle_engine *engine, void (*fn)(void *user, int signal),
                                     void *user) {
    wattle_signals *s = allocator_get(&engine->allocator, sizeof *s);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    if (wt_os_signals_watch(&s->watch, fn, user) != OS_OK) {
        allocator_free(&engine->allocator, s, sizeof *s);
        return NULL;
    }
    s->engine = wt_api_engine_retain(engine);
    return s;
}

void wattle_signals_free(wattle_signals *signals) {
    if (!signals)
        return;
    wt_os_signals_stop(&signals->watch);
    wattle_engine *engine = signals->engine;
    allocator_free(&engine->allocator, signals, sizeof *signals);
    wattle_engine_free(engine);
}

void wattle_signal_end(int signal) { wt_os_signal_end(signal); }
uint32_t wattle_process_id(void) { return wt_os_process_id(); }
bool wattle_map_for_perf(const char *path) { return wt_os_map_for_perf(path); }
bool wattle_is_first_process(void) { return wt_os_is_first_process(); }
uint64_t wattle_now(void) { return wt_os_now(); }

bool wattle_self_path(char *path, size_t size) { return wt_os_self_path(path, size) == OS_OK; }
size_t wattle_self_end(void *data, size_t size) {
    char path[4096];
    OsFile file;
    uint64_t at;
    size_t got = 0;
    if (wt_os_self_path(path, sizeof path) != OS_OK || wt_os_file_open(path, &file) != OS_OK)
        return 0;
    if (wt_osfs_seek(file, -(int64_t)size, OS_SEEK_end, &at) != OS_OK ||
        wt_os_file_read(file, data, size, &got) != OS_OK)
        got = 0;
    wt_os_file_close(file);
    return got;
}

bool wattle_real_path(const char *path, char *real, size_t size) {
    return wt_os_real_path(path, real, size) == OS_OK;
}

bool wattle_process_usage(wattle_usage *usage) {
    OsUsage u;
    if (wt_os_usage(&u) != OS_OK)
        return false;
    *usage = (wattle_usage){u.user_ns, u.system_ns, u.peak_bytes, u.minor_faults, u.major_faults};
    return true;
}
