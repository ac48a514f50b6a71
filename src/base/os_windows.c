/* The OS layer on Windows. Names are UTF-8 outside and UTF-16 inside; handles are not inherited.
   Whole files are read, not mapped: a mapped file could not be replaced (output by rename), and
   could not be cut short by others. */
#if defined(_WIN32)

#include "base/os_windows.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- errors ---- */

OsError wt_os_error_of(int number) {
    static const struct {
        unsigned short theirs;
        unsigned char ours;
    } rows[] = {
        {ERROR_FILE_NOT_FOUND, OS_not_found},
        {ERROR_PATH_NOT_FOUND, OS_not_found},
        {ERROR_INVALID_DRIVE, OS_not_found},
        {ERROR_BAD_NETPATH, OS_not_found},
        {ERROR_ACCESS_DENIED, OS_access},
        {ERROR_CANNOT_MAKE, OS_access},
        {ERROR_INVALID_HANDLE, OS_bad_handle},
        {ERROR_TOO_MANY_OPEN_FILES, OS_too_many_files},
        {ERROR_NO_MORE_SEARCH_HANDLES, OS_too_many_files},
        {ERROR_NOT_ENOUGH_MEMORY, OS_out_of_memory},
        {ERROR_OUTOFMEMORY, OS_out_of_memory},
        {ERROR_COMMITMENT_LIMIT, OS_out_of_memory},
        {ERROR_NO_SYSTEM_RESOURCES, OS_out_of_memory},
        {ERROR_NOT_SAME_DEVICE, OS_other_device},
        {ERROR_WRITE_PROTECT, OS_read_only},
        {ERROR_SHARING_VIOLATION, OS_busy},
        {ERROR_LOCK_VIOLATION, OS_busy},
        {ERROR_BUSY, OS_busy},
        {ERROR_DELETE_PENDING, OS_busy},
        {ERROR_USER_MAPPED_FILE, OS_busy},
        {ERROR_FILE_EXISTS, OS_exists},
        {ERROR_ALREADY_EXISTS, OS_exists},
        {ERROR_DIR_NOT_EMPTY, OS_not_empty},
        {ERROR_DIRECTORY, OS_not_directory},
        {ERROR_BROKEN_PIPE, OS_broken_pipe},
        {ERROR_NO_DATA, OS_broken_pipe},
        {ERROR_PIPE_NOT_CONNECTED, OS_broken_pipe},
        {ERROR_HANDLE_DISK_FULL, OS_no_space},
        {ERROR_DISK_FULL, OS_no_space},
        {ERROR_DISK_QUOTA_EXCEEDED, OS_quota},
        {ERROR_FILE_TOO_LARGE, OS_file_too_large},
        {ERROR_FILENAME_EXCED_RANGE, OS_name_too_long},
        {ERROR_BUFFER_OVERFLOW, OS_name_too_long},
        {ERROR_CANT_ACCESS_FILE, OS_symlink_loop},
        {ERROR_STOPPED_ON_SYMLINK, OS_symlink_loop},
        {ERROR_CANT_RESOLVE_FILENAME, OS_symlink_loop},
        {ERROR_TOO_MANY_LINKS, OS_too_many_links},
        {ERROR_PRIVILEGE_NOT_HELD, OS_not_permitted},
        {ERROR_SEEK_ON_DEVICE, OS_illegal_seek},
        {ERROR_NEGATIVE_SEEK, OS_invalid},
        {ERROR_INVALID_NAME, OS_invalid},
        {ERROR_BAD_PATHNAME, OS_invalid},
        {ERROR_INVALID_PARAMETER, OS_invalid},
        {ERROR_INVALID_FUNCTION, OS_unsupported},
        {ERROR_NOT_SUPPORTED, OS_unsupported},
        {ERROR_CALL_NOT_IMPLEMENTED, OS_unsupported},
        {ERROR_BAD_DEVICE, OS_no_device},
        {ERROR_NOT_READY, OS_no_device},
        {ERROR_CRC, OS_io},
        {ERROR_SEEK, OS_io},
        {ERROR_IO_DEVICE, OS_io},
        {ERROR_GEN_FAILURE, OS_io},
    };
    if (number == 0)
        return OS_OK;
    for (size_t i = 0; i < WT_COUNT(rows); i++)
        if (rows[i].theirs == (unsigned)number)
            return (OsError)rows[i].ours;
    return OS_other;
}

OsError wt_os_last_error(void) {
    OsError error = wt_os_error_of((int)GetLastError());
    return error == OS_OK ? OS_other : error;
}

OsError wt_os_status_error(long status) {
    /* What GetLastError calls by the name of something else. */
    switch ((unsigned long)status) {
    case 0xc00000ba: /* STATUS_FILE_IS_A_DIRECTORY */
        return OS_is_directory;
    case 0xc0000103: /* STATUS_NOT_A_DIRECTORY */
        return OS_not_directory;
    case 0xc0000056: /* STATUS_DELETE_PENDING */
        return OS_busy;
    default:
        break;
    }
    return status >= 0 ? OS_OK : wt_os_error_of((int)RtlNtStatusToDosError(status));
}

static OsError windows_result(bool ok) { return ok ? OS_OK : wt_os_last_error(); }

/* ---- names ---- */

OsError wt_os_utf16_from(const char *text, uint16_t *out, size_t units, size_t *len) {
    size_t n = strlen(text), at = 0, k = 0;
    if (!utf8_valid(slice(text, n)))
        return OS_invalid;
    while (at < n) {
        size_t used;
        uint32_t c = wt_utf8_decode((const uint8_t *)text + at, n - at, &used);
        at += used;
        if (k + 2 >= units)
            return OS_name_too_long;
        if (c >= 0x10000) {
            out[k++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        out[k++] = (uint16_t)c;
    }
    out[k] = 0;
    if (len)
        *len = k;
    return OS_OK;
}

size_t wt_os_utf16_to(const uint16_t *text, size_t units, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = text[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units && (text[i + 1] & 0xfc00) == 0xdc00)
            c = 0x10000 + ((c - 0xd800) << 10) + (text[++i] - 0xdc00u);
        else if (c >= 0xd800 && c < 0xe000)
            c = 0xfffd;
        n += wt_utf8_encode(c, (uint8_t *)out + n);
    }
    out[n] = 0;
    return n;
}

uint16_t *wt_os_windows_path(const char *path, size_t *size, OsError *error) {
    size_t units = strlen(path) + 2;
    *error = units > WINDOWS_PATH ? OS_name_too_long : OS_OK;
    *size = units * sizeof(uint16_t);
    uint16_t *wide = *error == OS_OK ? malloc(*size) : NULL;
    if (!wide && *error == OS_OK)
        *error = OS_out_of_memory;
    if (wide)
        *error = wt_os_utf16_from(path, wide, units, NULL);
    if (*error == OS_OK)
        return wide;
    free(wide);
    return NULL;
}

/* ---- files ---- */

static HANDLE windows_handle(OsFile file) { return (HANDLE)file; }

OsFile wt_os_standard_file(unsigned which) {
    static const DWORD numbers[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    return which < WT_COUNT(numbers) ? (OsFile)GetStdHandle(numbers[which]) : -1;
}

bool wt_os_is_terminal(OsFile file) {
    DWORD mode;
    return GetConsoleMode(windows_handle(file), &mode) != 0;
}

enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/* Directories too, if `flags` has FILE_FLAG_BACKUP_SEMANTICS. */
static OsError open_windows_path(const char *path, DWORD access, DWORD disposition, DWORD flags,
                                 OsFile *file) {
    size_t size;
    OsError error;
    uint16_t *wide = wt_os_windows_path(path, &size, &error);
    *file = -1;
    if (!wide)
        return error;
    HANDLE h =
        CreateFileW((const wchar_t *)wide, access, SHARE_ALL, NULL, disposition, flags, NULL);
    if (h == INVALID_HANDLE_VALUE) {
        error = wt_os_last_error();
        DWORD attributes = GetFileAttributesW((const wchar_t *)wide);
        if (error == OS_access && attributes != INVALID_FILE_ATTRIBUTES &&
            (attributes & FILE_ATTRIBUTE_DIRECTORY))
            error = OS_is_directory;
    } else {
        *file = (OsFile)h;
    }
    free(wide);
    return error;
}

OsError wt_os_file_open(const char *path, OsFile *file) {
    return open_windows_path(path, GENERIC_READ, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, file);
}

OsError wt_os_file_create(const char *path, OsFile *file) {
    return open_windows_path(path, GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, file);
}

OsError wt_os_file_write_to(const char *path, OsFile *file) {
    return open_windows_path(path, GENERIC_WRITE, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, file);
}

void wt_os_file_close(OsFile file) { (void)CloseHandle(windows_handle(file)); }

/* A piece that every kind of handle takes. */
static DWORD windows_io_size(size_t size) { return (DWORD)WT_MIN(size, (size_t)1 << 30); }

OsError wt_os_file_read(OsFile file, void *data, size_t size, size_t *got) {
    DWORD n = 0;
    *got = 0;
    if (!ReadFile(windows_handle(file), data, windows_io_size(size), &n, NULL)) {
        DWORD error = GetLastError();
        /* The other end of the pipe is closed: that is its end. */
        return error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF ? OS_OK : wt_os_last_error();
    }
    *got = n;
    return OS_OK;
}

OsError wt_os_file_write(OsFile file, const void *data, size_t size) {
    const uint8_t *p = data;
    while (size > 0) {
        DWORD n = 0;
        if (!WriteFile(windows_handle(file), p, windows_io_size(size), &n, NULL))
            return wt_os_last_error();
        p += n;
        size -= n;
    }
    return OS_OK;
}

OsError wt_os_file_rename(const char *from, const char *to) {
    size_t from_size, to_size;
    OsError error;
    uint16_t *wide_to = NULL, *wide_from = wt_os_windows_path(from, &from_size, &error);
    if (wide_from)
        wide_to = wt_os_windows_path(to, &to_size, &error);
    if (wide_to)
        error = windows_result(MoveFileExW((const wchar_t *)wide_from, (const wchar_t *)wide_to,
                                           MOVEFILE_REPLACE_EXISTING));
    free(wide_from);
    free(wide_to);
    return error;
}

OsError wt_os_file_remove(const char *path) {
    size_t size;
    OsError error;
    uint16_t *wide = wt_os_windows_path(path, &size, &error);
    if (wide)
        error = windows_result(DeleteFileW((const wchar_t *)wide));
    free(wide);
    return error;
}

OsTarget wt_os_file_target(const char *path) {
    OsFile file;
    FILE_ATTRIBUTE_TAG_INFO tag;
    if (open_windows_path(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING,
                          FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT,
                          &file) != OS_OK)
        return OS_TARGET_file;
    OsTarget target = OS_TARGET_file;
    if (GetFileType(windows_handle(file)) != FILE_TYPE_DISK)
        target = OS_TARGET_device;
    else if (!GetFileInformationByHandleEx(windows_handle(file), FileAttributeTagInfo, &tag,
                                           sizeof tag))
        target = OS_TARGET_file;
    else if (tag.FileAttributes & FILE_ATTRIBUTE_DIRECTORY)
        target = OS_TARGET_directory;
    else if ((tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
             tag.ReparseTag == IO_REPARSE_TAG_SYMLINK)
        target = OS_TARGET_link;
    wt_os_file_close(file);
    return target;
}

char *wt_os_file_resolve(const Allocator *al, const char *path, size_t *size) {
    OsFile file;
    if (open_windows_path(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS,
                          &file) != OS_OK)
        return NULL;
    char *copy = NULL;
    DWORD units = GetFinalPathNameByHandleW(windows_handle(file), NULL, 0, 0);
    wchar_t *wide = units ? malloc((units + 1) * sizeof *wide) : NULL;
    DWORD got = wide ? GetFinalPathNameByHandleW(windows_handle(file), wide, units + 1, 0) : 0;
    if (got && got <= units) {
        *size = (size_t)got * 3 + 1;
        copy = allocator_get(al, *size);
        if (copy)
            (void)wt_os_utf16_to((const uint16_t *)wide, got, copy);
    }
    free(wide);
    wt_os_file_close(file);
    return copy;
}

/* ---- a command's surroundings ---- */

/* One word of a command line, in UTF-16, to UTF-8; the text behind it. The rules: backslashes are
   themselves but before a quotation mark, where two stand for one and an odd one makes the mark a
   character; within marks two of them are one character. In the first word no backslash counts. */
static const uint16_t *take_word(const uint16_t *s, bool first, char **out) {
    uint16_t *word = malloc((wcslen((const wchar_t *)s) + 1) * sizeof *word);
    size_t n = 0;
    bool quoted = false;
    for (; word && *s && (quoted || (*s != ' ' && *s != '\t')); s++) {
        size_t slashes = 0;
        while (!first && s[slashes] == '\\')
            slashes++;
        if (slashes && s[slashes] == '"') {
            for (size_t i = 0; i < slashes / 2; i++)
                word[n++] = '\\';
            s += slashes - 1 + slashes % 2;
            if (slashes % 2)
                word[n++] = '"';
        } else if (*s != '"') {
            word[n++] = *s;
        } else if (quoted && !first && s[1] == '"') {
            word[n++] = *s++;
        } else {
            quoted = !quoted;
        }
    }
    *out = word ? malloc(n * 3 + 1) : NULL;
    if (*out)
        (void)wt_os_utf16_to(word, n, *out);
    free(word);
    return s;
}

/* As long as the process; NULL if there is no memory. */
static char **split_command_line(const wchar_t *line, int *argc) {
    const uint16_t *s = (const uint16_t *)line;
    char **words = malloc((wcslen(line) / 2 + 3) * sizeof *words);
    int count = 0;
    while (words && (count == 0 || *s)) {
        s = take_word(s, count == 0, &words[count]);
        if (!words[count++])
            return NULL;
        while (*s == ' ' || *s == '\t')
            s++;
    }
    if (!words)
        return NULL;
    words[count] = NULL;
    *argc = count;
    return words;
}

OsError wt_os_self_path(char *path, size_t size) {
    uint16_t *wide = malloc(WINDOWS_PATH * sizeof *wide);
    char *text = malloc((size_t)WINDOWS_PATH * 3 + 1); /* a unit is at most three bytes */
    OsError error = wide && text ? OS_OK : OS_out_of_memory;
    DWORD units = error == OS_OK ? GetModuleFileNameW(NULL, (wchar_t *)wide, WINDOWS_PATH) : 0;
    if (error == OS_OK && !units)
        error = wt_os_last_error();
    if (units == WINDOWS_PATH)
        error = OS_name_too_long;
    if (error == OS_OK) {
        size_t len = wt_os_utf16_to(wide, units, text) + 1;
        if (len <= size)
            memcpy(path, text, len);
        else
            error = OS_name_too_long;
    }
    free(wide);
    free(text);
    return error;
}

void wt_os_program_start(int *argc, char ***argv) {
    (void)_setmode(0, _O_BINARY);
    (void)_setmode(1, _O_BINARY);
    (void)_setmode(2, _O_BINARY);
    (void)SetConsoleOutputCP(CP_UTF8);
    (void)SetConsoleCP(CP_UTF8);
    for (unsigned i = 1; i <= 2; i++) { /* colours */
        DWORD mode;
        HANDLE h = windows_handle(wt_os_standard_file(i));
        if (GetConsoleMode(h, &mode))
            (void)SetConsoleMode(h, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
    char **words = split_command_line(GetCommandLineW(), argc);
    if (words)
        *argv = words;
}

char **wt_os_program_environment(void) {
    wchar_t *block = GetEnvironmentStringsW();
    size_t count = 0, size = 0;
    for (const wchar_t *s = block; s && *s; s += wcslen(s) + 1, count++)
        size += wcslen(s) * 3 + 1;
    /* One block: the pointers, then the texts. */
    char **all = malloc((count + 1) * sizeof *all + size);
    if (!all)
        return NULL;
    char *text = (char *)(all + count + 1);
    count = 0;
    for (const wchar_t *s = block; s && *s; s += wcslen(s) + 1) {
        if (*s == '=') /* the folder of a drive, not a variable */
            continue;
        all[count++] = text;
        text += wt_os_utf16_to((const uint16_t *)s, wcslen(s), text) + 1;
    }
    all[count] = NULL;
    if (block)
        (void)FreeEnvironmentStringsW(block);
    return all;
}

/* ---- clocks, randomness, the machine ---- */

/* In 100 ns since 1601, the kernel's unit. */
#define WINDOWS_1970 116444736000000000u

static uint64_t filetime_ticks(FILETIME t) {
    return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

static uint64_t counter_ns(uint64_t ticks, uint64_t per_second) {
    return ticks / per_second * 1000000000u + ticks % per_second * 1000000000u / per_second;
}

static uint64_t cpu_time(FILETIME kernel, FILETIME user) {
    return (filetime_ticks(kernel) + filetime_ticks(user)) * 100;
}

OsError wt_os_clock_now(OsClock clock, uint64_t *ns) {
    FILETIME t, kernel, user;
    LARGE_INTEGER now, frequency;
    *ns = 0;
    switch (clock) {
    case OS_CLOCK_realtime:
        GetSystemTimePreciseAsFileTime(&t);
        *ns = (filetime_ticks(t) - WINDOWS_1970) * 100;
        return OS_OK;
    case OS_CLOCK_monotonic:
        QueryPerformanceFrequency(&frequency);
        QueryPerformanceCounter(&now);
        *ns = counter_ns((uint64_t)now.QuadPart, (uint64_t)frequency.QuadPart);
        return OS_OK;
    case OS_CLOCK_process_cpu:
        if (!GetProcessTimes(GetCurrentProcess(), &t, &t, &kernel, &user))
            return wt_os_last_error();
        *ns = cpu_time(kernel, user);
        return OS_OK;
    case OS_CLOCK_thread_cpu:
        if (!GetThreadTimes(GetCurrentThread(), &t, &t, &kernel, &user))
            return wt_os_last_error();
        *ns = cpu_time(kernel, user);
        return OS_OK;
    }
    return OS_invalid;
}

OsError wt_os_clock_resolution(OsClock clock, uint64_t *ns) {
    LARGE_INTEGER frequency;
    *ns = 100;
    if (clock == OS_CLOCK_process_cpu || clock == OS_CLOCK_thread_cpu) {
        *ns = 15625000; /* charged by the tick of the scheduler */
    } else if (clock == OS_CLOCK_monotonic) {
        QueryPerformanceFrequency(&frequency);
        *ns = frequency.QuadPart >= 1000000000 ? 1 : 1000000000 / (uint64_t)frequency.QuadPart;
    }
    return OS_OK;
}

/* Whole milliseconds, at least as long; below INFINITE. */
static DWORD round_up_ms(uint64_t ns) {
    uint64_t ms = ns / 1000000 + (ns % 1000000 != 0);
    return ms < INFINITE ? (DWORD)ms : INFINITE - 1;
}

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2
#endif

/* Sleep counts in ticks of 16 ms; a timer of this kind, from Windows 10 1803 on, does not. */
static bool sleep_finely(uint64_t ns) {
    HANDLE timer = CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                                          SYNCHRONIZE | TIMER_MODIFY_STATE);
    if (!timer)
        return false;
    LARGE_INTEGER due = {.QuadPart = -(int64_t)(ns / 100 + 1)};
    bool ok = SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
              WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0;
    (void)CloseHandle(timer);
    return ok;
}

void wt_os_sleep(uint64_t ns) {
    uint64_t start = wt_os_now(), gone = 0;
    if (ns == 0)
        (void)SwitchToThread();
    while (gone < ns) {
        if (ns - gone > 100000000 || !sleep_finely(ns - gone))
            Sleep(round_up_ms(ns - gone));
        gone = wt_os_now() - start;
    }
}

/* RtlGenRandom by the name it is exported under; advapi32 is linked by default. */
BOOLEAN NTAPI SystemFunction036(PVOID data, ULONG size);

OsError wt_os_random(void *data, size_t size) {
    for (uint8_t *p = data; size > 0;) {
        ULONG n = windows_io_size(size);
        if (!SystemFunction036(p, n))
            return OS_io;
        p += n;
        size -= n;
    }
    return OS_OK;
}

unsigned wt_os_cpu_count(void) {
    DWORD_PTR mine = 0, all = 0;
    unsigned count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &mine, &all))
        for (; mine; mine &= mine - 1)
            count++;
    if (count == 0) /* the process runs in more than one group of processors */
        count = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return count ? count : 1;
}

/* ---- threads ---- */

_Static_assert(sizeof(SRWLOCK) <= sizeof(OsMutex), "a mutex fits");
_Static_assert(sizeof(CONDITION_VARIABLE) <= sizeof(OsCond), "a condition fits");

static SRWLOCK *windows_mutex(OsMutex *mutex) { return (SRWLOCK *)(void *)mutex; }
static CONDITION_VARIABLE *windows_cond(OsCond *cond) { return (CONDITION_VARIABLE *)(void *)cond; }

bool wt_os_has_threads(void) { return true; }

static DWORD WINAPI run_windows_thread(void *arg) {
    OsThread *t = arg;
    t->fn(t->user);
    return 0;
}

OsError wt_os_thread_start(OsThread *t, size_t stack_size, void (*fn)(void *user), void *user) {
    t->fn = fn;
    t->user = user;
    HANDLE h = CreateThread(NULL, stack_size, run_windows_thread, t,
                            stack_size ? STACK_SIZE_PARAM_IS_A_RESERVATION : 0, NULL);
    if (!h)
        return wt_os_last_error();
    t->handle = (uintptr_t)h;
    return OS_OK;
}

void wt_os_thread_join(OsThread *t) {
    HANDLE h = (HANDLE)(uintptr_t)t->handle;
    (void)WaitForSingleObject(h, INFINITE);
    (void)CloseHandle(h);
}

OsError wt_os_mutex_init(OsMutex *mutex) {
    InitializeSRWLock(windows_mutex(mutex));
    return OS_OK;
}

void wt_os_mutex_destroy(OsMutex *mutex) { (void)mutex; }
void wt_os_mutex_lock(OsMutex *mutex) { AcquireSRWLockExclusive(windows_mutex(mutex)); }
void wt_os_mutex_unlock(OsMutex *mutex) { ReleaseSRWLockExclusive(windows_mutex(mutex)); }

OsError wt_os_cond_init(OsCond *cond) {
    InitializeConditionVariable(windows_cond(cond));
    return OS_OK;
}

void wt_os_cond_destroy(OsCond *cond) { (void)cond; }

void wt_os_cond_wait(OsCond *cond, OsMutex *mutex) {
    (void)SleepConditionVariableSRW(windows_cond(cond), windows_mutex(mutex), INFINITE, 0);
}

bool wt_os_cond_wait_for(OsCond *cond, OsMutex *mutex, uint64_t ns) {
    DWORD ms = round_up_ms(ns);
    if (SleepConditionVariableSRW(windows_cond(cond), windows_mutex(mutex), ms, 0))
        return true;
    return ms == INFINITE - 1; /* not all of a very long time is over yet */
}

void wt_os_cond_signal(OsCond *cond) { WakeConditionVariable(windows_cond(cond)); }
void wt_os_cond_broadcast(OsCond *cond) { WakeAllConditionVariable(windows_cond(cond)); }

/* ---- pages ---- */

size_t wt_os_page_size(void) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

void *wt_os_mem_reserve(size_t size) {
    return VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_READWRITE);
}

OsError wt_os_mem_commit(void *p, size_t size) {
    return windows_result(VirtualAlloc(p, size, MEM_COMMIT, PAGE_READWRITE) != NULL);
}

void wt_os_mem_touch(void *p, size_t size) {
    (void)p;
    (void)size;
}

void wt_os_mem_release(void *p, size_t size) {
    (void)size;
    if (p)
        (void)VirtualFree(p, 0, MEM_RELEASE);
}

void *wt_os_mem_grow(void *p, size_t old_size, size_t new_size) {
    assert(new_size >= old_size && new_size > 0);
    void *larger = VirtualAlloc(NULL, new_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (larger && p) {
        memcpy(larger, p, old_size);
        (void)VirtualFree(p, 0, MEM_RELEASE);
    }
    return larger;
}

bool wt_os_mem_clean(void *p, size_t size) {
    return size == 0 || (VirtualFree(p, size, MEM_DECOMMIT) &&
                         VirtualAlloc(p, size, MEM_COMMIT, PAGE_READWRITE) == p);
}

#else
/* A translation unit must hold something. */
typedef int os_windows_is_empty_here;
#endif
