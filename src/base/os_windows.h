/* What os_windows.c and osfs_windows.c share: names as Windows has them, and its errors. */
#ifndef WATTLE_BASE_OS_WINDOWS_H
#define WATTLE_BASE_OS_WINDOWS_H

#include "base/osfs.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#include <winternl.h>
/* Common words: in the single file other rooms stand behind this. */
#undef CONST
#undef VOID
#undef near
#undef far
#undef IN
#undef OUT

/* The longest path in units of UTF-16, with the NUL. */
enum { WINDOWS_PATH = 32768 };

/* NUL-terminated; OS_invalid for what is not UTF-8, OS_name_too_long beyond `units`. `out` holds
   UTF-16 (wchar_t there). *len does not count the NUL and may be NULL. */
OsError wt_os_utf16_from(const char *text, uint16_t *out, size_t units, size_t *len);
/* `out` has room for 3 bytes a unit and a NUL; a lone surrogate becomes U+FFFD. Returns the length.
 */
size_t wt_os_utf16_to(const uint16_t *text, size_t units, char *out);
/* The allocator's, for a path of any length; NULL and *error. Free with its *size. */
uint16_t *wt_os_windows_path(const char *path, size_t *size, OsError *error);

/* The error behind an NTSTATUS. */
OsError wt_os_status_error(long status);
/* The error of GetLastError. */
OsError wt_os_last_error(void);

#endif
