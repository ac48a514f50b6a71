/* What two platforms have nothing for, Windows and wasm: signals to watch, pages of files, paths to
   the executable, what a process has used. */
#if defined(_WIN32) || defined(__wasm__)

#include "base/os.h"

#include <stdlib.h>

void wt_os_file_copy_mode(OsFile file, const char *path) {
    (void)file; /* Windows: a new file has the access list of its folder, as the old one had */
    (void)path;
}

OsError wt_os_private_folder(const char *path, bool make, OsFile *folder) {
    (void)path;
    (void)make;
    (void)folder;
    return OS_unsupported;
}

OsError wt_os_map_file(OsMap *map, OsFile file) {
    (void)map;
    (void)file;
    return OS_unsupported;
}
void wt_os_map_unmap(OsMap *map) { (void)map; }
void wt_os_map_discard(const OsMap *map, size_t from, size_t to) {
    (void)map;
    (void)from;
    (void)to;
}

OsError wt_os_signals_watch(OsSignals *w, void (*fn)(void *user, int signal), void *user) {
    (void)w;
    (void)fn;
    (void)user;
    return OS_unsupported;
}
void wt_os_signals_stop(OsSignals *w) { (void)w; }
void wt_os_signal_end(int signal) { _Exit(128 + signal); }
uint32_t wt_os_process_id(void) { return 0; }
bool wt_os_is_first_process(void) { return false; }
#if !defined(_WIN32)
OsError wt_os_self_path(char *path, size_t size) {
    (void)path;
    (void)size;
    return OS_unsupported;
}
#endif
OsError wt_os_real_path(const char *path, char *real, size_t size) {
    (void)path;
    (void)real;
    (void)size;
    return OS_unsupported;
}
OsError wt_os_file_make_executable(OsFile file) {
    (void)file; /* Windows: the name says it */
#if defined(_WIN32)
    return OS_OK;
#else
    return OS_unsupported;
#endif
}
OsError wt_os_usage(OsUsage *usage) {
    (void)usage;
    return OS_unsupported;
}

#else
/* A translation unit must hold something. */
typedef int os_none_is_empty_here;
#endif
