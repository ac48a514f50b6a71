/* Files below a directory on Windows: the steps of the walk, and what is done at its end.

   Everything is opened by NtCreateFile with one name relative to a directory's handle. The kernel
   does not read "..", drives or devices in such a name, but "\" and ":" it would: these, what the
   other layers of Windows read otherwise (CON, trailing dots), and wildcards are OS_invalid. No
   reparse point is followed, whatever its kind: it is opened itself, found to be one and closed. */
#if defined(_WIN32)

#include "base/os_windows.h"
#include "base/osfs_walk.h"

#include <stdio.h>
#include <stdlib.h>

static HANDLE fs_handle(OsFile file) { return (HANDLE)file; }
static OsError fs_done(bool ok) { return ok ? OS_OK : wt_os_last_error(); }

enum {
    SHARE_ANY = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
    NAME_UNITS = 258, /* 255, room for a pair, the NUL */
    OPEN_PLAIN = FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT,
};

/* ---- names ---- */

static bool same_letters(const char *name, size_t len, const char *upper) {
    if (strlen(upper) != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
        if (c != upper[i])
            return false;
    }
    return true;
}

/* COM1, LPT9, and with the superscript digits of Latin-1. */
static bool is_numbered_device(const char *name, size_t len) {
    if (len < 4 || !(same_letters(name, 3, "COM") || same_letters(name, 3, "LPT")))
        return false;
    const uint8_t *digit = (const uint8_t *)name + 3;
    if (len == 4)
        return digit[0] >= '0' && digit[0] <= '9';
    return len == 5 && digit[0] == 0xc2 &&
           (digit[1] == 0xb9 || digit[1] == 0xb2 || digit[1] == 0xb3);
}

/* A device is one with any ending too: "NUL.txt", "nul .x". */
static bool is_device_name(const char *name, size_t len) {
    static const char *const devices[] = {"CON",    "PRN",     "AUX",   "NUL",
                                          "CONIN$", "CONOUT$", "CLOCK$"};
    const char *dot = memchr(name, '.', len);
    size_t n = dot ? (size_t)(dot - name) : len;
    while (n > 0 && name[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < WT_COUNT(devices); i++)
        if (same_letters(name, n, devices[i]))
            return true;
    return is_numbered_device(name, n);
}

OsError wt_osfs_step_check(const char *name, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((uint8_t)name[i] < 32 || strchr("<>:\"/\\|?*", name[i]))
            return OS_invalid;
    if (len == 0 || name[len - 1] == '.' || name[len - 1] == ' ' || is_device_name(name, len))
        return OS_invalid;
    return OS_OK;
}

/* ---- opening ---- */

/* `name` is one component, or "" for `dir` itself once more. *file is a new handle; of a reparse
   point too: only its own. */
static OsError open_one(OsFile dir, const char *name, ACCESS_MASK access, ULONG disposition,
                        ULONG options, OsFile *file) {
    uint16_t wide[NAME_UNITS];
    size_t len;
    *file = -1;
    OsError error = wt_os_utf16_from(name, wide, NAME_UNITS, &len);
    if (error != OS_OK)
        return error;
    UNICODE_STRING text = {
        .Length = (USHORT)(len * 2), .MaximumLength = (USHORT)(len * 2), .Buffer = (wchar_t *)wide};
    OBJECT_ATTRIBUTES object = {.Length = sizeof object,
                                .RootDirectory = fs_handle(dir),
                                .ObjectName = &text,
                                .Attributes = OBJ_CASE_INSENSITIVE};
    IO_STATUS_BLOCK io;
    HANDLE h;
    NTSTATUS status =
        NtCreateFile(&h, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &object, &io, NULL,
                     FILE_ATTRIBUTE_NORMAL, SHARE_ANY, disposition, OPEN_PLAIN | options, NULL, 0);
    if (status < 0)
        return wt_os_status_error(status);
    *file = (OsFile)h;
    return OS_OK;
}

static bool has_attribute(OsFile file, DWORD attribute) {
    FILE_ATTRIBUTE_TAG_INFO info;
    /* A file that cannot be asked is taken for the worst. */
    return !GetFileInformationByHandleEx(fs_handle(file), FileAttributeTagInfo, &info,
                                         sizeof info) ||
           (info.FileAttributes & attribute);
}

/* Refuses reparse points. */
static OsError open_no_link(OsFile dir, const char *name, ACCESS_MASK access, ULONG disposition,
                            ULONG options, OsFile *file) {
    OsError error = open_one(dir, name, access, disposition, options, file);
    if (error == OS_OK && has_attribute(*file, FILE_ATTRIBUTE_REPARSE_POINT)) {
        wt_os_file_close(*file);
        *file = -1;
        error = OS_symlink_loop;
    }
    return error;
}

/* ---- steps of the walk ---- */

OsError wt_osfs_step_into(OsFile dir, const char *name, OsFile *child) {
    return open_no_link(dir, name, FILE_LIST_DIRECTORY | FILE_TRAVERSE, FILE_OPEN,
                        FILE_DIRECTORY_FILE, child);
}

bool wt_osfs_step_is_link(OsFile dir, const char *name) {
    (void)dir;
    (void)name;
    return false; /* so none is expanded, and the error stands */
}

OsError wt_osfs_step_read_link(OsFile dir, const char *name, char *out, size_t size, size_t *got) {
    OsFile file;
    (void)out;
    (void)size;
    *got = 0;
    OsError error = open_one(dir, name, 0, FILE_OPEN, 0, &file);
    if (error != OS_OK)
        return error;
    error = has_attribute(file, FILE_ATTRIBUTE_REPARSE_POINT) ? OS_unsupported : OS_invalid;
    wt_os_file_close(file);
    return error;
}

static OsFile walk_end(const WalkPath *w) { return w->dirs[w->depth]; }

/* The name to open from there: "" where the walk ended in the directory itself. */
static const char *walk_name(const WalkPath *w) { return strcmp(w->last, ".") == 0 ? "" : w->last; }

/* ---- open, stat, change ---- */

OsError wt_osfs_open_root(const char *path, OsFile *dir) {
    size_t size;
    OsError error;
    uint16_t *wide = wt_os_windows_path(path, &size, &error);
    *dir = -1;
    if (!wide)
        return error;
    HANDLE h = CreateFileW((const wchar_t *)wide,
                           FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                           SHARE_ANY, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    free(wide);
    if (h == INVALID_HANDLE_VALUE)
        return wt_os_last_error();
    *dir = (OsFile)h;
    if (GetFileType(h) == FILE_TYPE_DISK && has_attribute(*dir, FILE_ATTRIBUTE_DIRECTORY))
        return OS_OK;
    wt_os_file_close(*dir);
    *dir = -1;
    return OS_not_directory;
}

static OsError cut_to(OsFile file, uint64_t size) {
    FILE_END_OF_FILE_INFO info = {.EndOfFile = {.QuadPart = (int64_t)size}};
    return fs_done(
        SetFileInformationByHandle(fs_handle(file), FileEndOfFileInfo, &info, sizeof info));
}

static OsError open_directory_only(OsFile dir, const char *name, unsigned flags, OsFile *file) {
    OsError error = open_no_link(dir, name, FILE_GENERIC_READ | FILE_TRAVERSE, FILE_OPEN,
                                 FILE_DIRECTORY_FILE, file);
    if (error == OS_OK && (flags & (OSFS_write | OSFS_truncate))) {
        wt_os_file_close(*file);
        error = OS_is_directory;
    }
    return error;
}

/* What is written must be a file; what is read may be a directory. */
static OsError open_any(OsFile dir, const char *name, unsigned flags, OsFile *file) {
    ULONG disposition = !(flags & OSFS_create)   ? FILE_OPEN
                        : flags & OSFS_exclusive ? FILE_CREATE
                                                 : FILE_OPEN_IF;
    ULONG options =
        flags & (OSFS_write | OSFS_create | OSFS_truncate) ? FILE_NON_DIRECTORY_FILE : 0;
    ACCESS_MASK access = (flags & OSFS_read ? FILE_GENERIC_READ : 0) |
                         (flags & OSFS_write ? FILE_GENERIC_WRITE : 0) |
                         (flags & OSFS_truncate ? FILE_WRITE_DATA : 0);
    if (flags & (OSFS_sync | OSFS_datasync))
        options |= FILE_WRITE_THROUGH;
    OsError error = open_no_link(dir, name, access, disposition, options, file);
    if (error == OS_OK && (flags & OSFS_truncate)) {
        error = cut_to(*file, 0);
        if (error != OS_OK)
            wt_os_file_close(*file);
    }
    return error;
}

OsError wt_osfs_open(OsFile root, const char *path, unsigned flags, OsFile *file) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    *file = -1;
    if (error != OS_OK)
        return error;
    bool directory = w.slash || (flags & OSFS_directory) || !walk_name(&w)[0];
    if (w.slash && (flags & OSFS_create) && !(flags & OSFS_directory))
        error = OS_is_directory;
    else if (directory)
        error = open_directory_only(walk_end(&w), walk_name(&w), flags, file);
    else
        error = open_any(walk_end(&w), w.last, flags, file);
    wt_osfs_walk_close(&w);
    return error;
}

#define TICKS_1970 116444736000000000

/* 100 ns since 1601 to ns since 1970. */
static uint64_t ticks_to_ns(int64_t ticks) {
    return ticks > TICKS_1970 ? (uint64_t)(ticks - TICKS_1970) * 100 : 0;
}

static int64_t filetime(FILETIME t) {
    return (int64_t)((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime);
}

static OsFileType attribute_type(DWORD attributes) {
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return OS_TYPE_symlink;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? OS_TYPE_directory : OS_TYPE_regular;
}

static OsError stat_on_disk(HANDLE h, OsStat *st) {
    BY_HANDLE_FILE_INFORMATION info;
    FILE_BASIC_INFO basic;
    if (!GetFileInformationByHandle(h, &info) ||
        !GetFileInformationByHandleEx(h, FileBasicInfo, &basic, sizeof basic))
        return wt_os_last_error();
    *st = (OsStat){.device = info.dwVolumeSerialNumber,
                   .inode = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow,
                   .links = info.nNumberOfLinks,
                   .size = (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow,
                   .atime = ticks_to_ns(filetime(info.ftLastAccessTime)),
                   .mtime = ticks_to_ns(filetime(info.ftLastWriteTime)),
                   .ctime = ticks_to_ns(basic.ChangeTime.QuadPart),
                   .type = attribute_type(info.dwFileAttributes)};
    return OS_OK;
}

OsError wt_osfs_stat(OsFile file, OsStat *st) {
    HANDLE h = fs_handle(file);
    *st = (OsStat){.links = 1};
    if (!h || h == INVALID_HANDLE_VALUE)
        return OS_bad_handle;
    switch (GetFileType(h)) {
    case FILE_TYPE_DISK:
        return stat_on_disk(h, st);
    case FILE_TYPE_CHAR:
        st->type = OS_TYPE_char_device;
        return OS_OK;
    case FILE_TYPE_PIPE:
        st->type = OS_TYPE_fifo;
        return OS_OK;
    default:
        return GetLastError() == NO_ERROR ? OS_OK : OS_bad_handle;
    }
}

static OsError stat_one(OsFile dir, const char *name, OsStat *st) {
    OsFile file;
    OsError error = open_one(dir, name, 0, FILE_OPEN, 0, &file);
    if (error == OS_OK) {
        error = wt_osfs_stat(file, st);
        wt_os_file_close(file);
    }
    return error;
}

OsError wt_osfs_stat_at(OsFile root, const char *path, bool follow, OsStat *st) {
    WalkPath w;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = stat_one(walk_end(&w), walk_name(&w), st);
    if (error == OS_OK && st->type == OS_TYPE_symlink && (follow || w.slash))
        error = OS_symlink_loop;
    else if (error == OS_OK && st->type != OS_TYPE_directory && w.slash)
        error = OS_not_directory;
    wt_osfs_walk_close(&w);
    return error;
}

OsError wt_osfs_make_directory(OsFile root, const char *path) {
    WalkPath w;
    OsFile file;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = walk_name(&w)[0] ? open_one(walk_end(&w), w.last, FILE_LIST_DIRECTORY, FILE_CREATE,
                                        FILE_DIRECTORY_FILE, &file)
                             : OS_exists;
    if (error == OS_OK)
        wt_os_file_close(file);
    wt_osfs_walk_close(&w);
    return error;
}

/* ---- removing, renaming: by the handle of what was found ---- */

/* Newer than some headers. */
enum { DISPOSITION_EX = 64, RENAME_EX = 65 };

/* The name is gone at once and the file with its last handle, as everywhere else; where that is not
   to be had (before Windows 10 1709, FAT) the name stays until the handles are closed. */
static OsError delete_opened(OsFile file) {
    IO_STATUS_BLOCK io;
    ULONG flags = 1 | 2 | 16; /* delete, POSIX semantics, ignore the read-only attribute */
    NTSTATUS status = NtSetInformationFile(fs_handle(file), &io, &flags, sizeof flags,
                                           (FILE_INFORMATION_CLASS)DISPOSITION_EX);
    OsError error = wt_os_status_error(status);
    if (error != OS_unsupported && error != OS_invalid && error != OS_other)
        return error;
    FILE_DISPOSITION_INFO info = {.DeleteFile = TRUE};
    return fs_done(
        SetFileInformationByHandle(fs_handle(file), FileDispositionInfo, &info, sizeof info));
}

OsError wt_osfs_remove_directory(OsFile root, const char *path) {
    WalkPath w;
    OsFile file;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = walk_name(&w)[0]
                ? open_no_link(walk_end(&w), w.last, DELETE, FILE_OPEN, FILE_DIRECTORY_FILE, &file)
                : OS_invalid;
    if (error == OS_OK) {
        error = delete_opened(file);
        wt_os_file_close(file);
    }
    wt_osfs_walk_close(&w);
    return error == OS_symlink_loop ? OS_not_directory : error;
}

OsError wt_osfs_unlink(OsFile root, const char *path) {
    WalkPath w;
    OsFile file;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = walk_name(&w)[0] ? open_one(walk_end(&w), w.last, DELETE, FILE_OPEN, 0, &file)
                             : OS_is_directory;
    if (error == OS_OK) {
        bool link = has_attribute(file, FILE_ATTRIBUTE_REPARSE_POINT);
        if (!link && has_attribute(file, FILE_ATTRIBUTE_DIRECTORY))
            error = OS_is_directory;
        else
            error = w.slash ? OS_not_directory : delete_opened(file);
        wt_os_file_close(file);
    }
    wt_osfs_walk_close(&w);
    return error;
}

/* FILE_RENAME_INFORMATION, FILE_LINK_INFORMATION; `flags` is also their older BOOLEAN. */
typedef struct NewName {
    ULONG flags;
    HANDLE root;
    ULONG length;
    uint16_t name[NAME_UNITS];
} NewName;

static OsError fill_new_name(NewName *n, OsFile dir, const char *name) {
    size_t len;
    memset(n, 0, sizeof *n);
    OsError error = wt_os_utf16_from(name, n->name, NAME_UNITS, &len);
    n->root = fs_handle(dir);
    n->length = (ULONG)(len * 2);
    return error;
}

static OsError set_name(OsFile file, NewName *n, ULONG flags, int class) {
    IO_STATUS_BLOCK io;
    n->flags = flags;
    ULONG size = (ULONG)(offsetof(NewName, name) + n->length);
    /* Some versions insist on the size of their struct. */
    size = (ULONG)WT_MAX(size, sizeof(FILE_RENAME_INFORMATION));
    return wt_os_status_error(
        NtSetInformationFile(fs_handle(file), &io, n, size, (FILE_INFORMATION_CLASS) class));
}

static bool same_file(const OsStat *a, const OsStat *b) {
    return a->device == b->device && a->inode == b->inode;
}

/* Whether `from` may take the place of what is there. An empty directory goes first, since only a
   file is replaced in one step. *same: both are one file already. */
static OsError make_way(OsFile from, OsFile dir, const char *name, bool *same) {
    OsFile there;
    OsStat a, b;
    *same = false;
    OsError error = open_one(dir, name, DELETE, FILE_OPEN, 0, &there);
    if (error != OS_OK)
        return error == OS_not_found ? OS_OK : error;
    error = wt_osfs_stat(from, &a);
    if (error == OS_OK)
        error = wt_osfs_stat(there, &b);
    if (error == OS_OK) {
        bool from_dir = a.type == OS_TYPE_directory, to_dir = b.type == OS_TYPE_directory;
        *same = same_file(&a, &b);
        if (from_dir != to_dir)
            error = to_dir ? OS_is_directory : OS_not_directory;
        else if (to_dir && !*same)
            error = delete_opened(there);
    }
    wt_os_file_close(there);
    return error;
}

static OsError rename_opened(OsFile file, OsFile dir, const char *name) {
    NewName n;
    bool same;
    OsError error = make_way(file, dir, name, &same);
    if (error == OS_OK)
        error = fill_new_name(&n, dir, name);
    if (error != OS_OK)
        return error;
    error = set_name(file, &n, 1 | 2, RENAME_EX); /* replace, POSIX semantics */
    if (error == OS_unsupported || error == OS_invalid || error == OS_other)
        error = set_name(file, &n, 1, FileRenameInformation);
    /* Two names of one file: nothing is to be done, and some file systems say so. */
    return same && error == OS_exists ? OS_OK : error;
}

OsError wt_osfs_rename(OsFile from_root, const char *from, OsFile to_root, const char *to) {
    WalkPath a, b;
    OsFile file;
    OsError error = wt_osfs_walk_both(&a, from_root, from, false, &b, to_root, to);
    if (error != OS_OK)
        return error;
    error = walk_name(&a)[0] && walk_name(&b)[0]
                ? open_one(walk_end(&a), a.last, DELETE, FILE_OPEN, 0, &file)
                : OS_invalid;
    if (error == OS_OK) {
        if ((a.slash || b.slash) && !has_attribute(file, FILE_ATTRIBUTE_DIRECTORY))
            error = OS_not_directory;
        else
            error = rename_opened(file, walk_end(&b), b.last);
        wt_os_file_close(file);
    }
    wt_osfs_walk_close(&a);
    wt_osfs_walk_close(&b);
    return error;
}

OsError wt_osfs_link(OsFile from_root, const char *from, bool follow, OsFile to_root,
                     const char *to) {
    WalkPath a, b;
    OsFile file;
    NewName n;
    (void)follow; /* a link is refused either way */
    OsError error = wt_osfs_walk_both(&a, from_root, from, false, &b, to_root, to);
    if (error != OS_OK)
        return error;
    error = open_no_link(walk_end(&a), walk_name(&a), FILE_WRITE_ATTRIBUTES, FILE_OPEN, 0, &file);
    if (error == OS_OK) {
        OsStat st;
        if (has_attribute(file, FILE_ATTRIBUTE_DIRECTORY))
            error = OS_not_permitted;
        else if (a.slash)
            error = OS_not_directory;
        else if (!walk_name(&b)[0])
            error = OS_exists;
        else if (b.slash) /* what is not there yet is no directory */
            error = stat_one(walk_end(&b), b.last, &st) == OS_OK ? OS_exists : OS_not_found;
        else
            error = fill_new_name(&n, walk_end(&b), b.last);
        if (error == OS_OK)
            error = set_name(file, &n, 0, FileLinkInformation);
        wt_os_file_close(file);
    }
    wt_osfs_walk_close(&a);
    wt_osfs_walk_close(&b);
    return error;
}

/* They need a privilege, and would never be followed. */
OsError wt_osfs_symlink(const char *target, OsFile root, const char *path) {
    (void)root;
    (void)path;
    return target[0] == '/' ? OS_not_permitted : OS_unsupported;
}

OsError wt_osfs_readlink(OsFile root, const char *path, char *out, size_t size, size_t *got) {
    WalkPath w;
    *got = 0;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = wt_osfs_step_read_link(walk_end(&w), walk_name(&w), out, size, got);
    wt_osfs_walk_close(&w);
    return error;
}

/* 0 leaves a time as it is. */
static int64_t ns_to_ticks(uint64_t ns) {
    FILETIME now;
    if (ns == OSFS_TIME_keep)
        return 0;
    if (ns != OSFS_TIME_now)
        return (int64_t)(ns / 100) + TICKS_1970;
    GetSystemTimePreciseAsFileTime(&now);
    return filetime(now);
}

/* For a handle that was opened to write attributes. */
static OsError set_opened_times(OsFile file, uint64_t atime, uint64_t mtime) {
    FILE_BASIC_INFO info = {.LastAccessTime = {.QuadPart = ns_to_ticks(atime)},
                            .LastWriteTime = {.QuadPart = ns_to_ticks(mtime)}};
    return fs_done(SetFileInformationByHandle(fs_handle(file), FileBasicInfo, &info, sizeof info));
}

OsError wt_osfs_set_times(OsFile file, uint64_t atime, uint64_t mtime) {
    OsFile again;
    OsError error = open_one(file, "", FILE_WRITE_ATTRIBUTES, FILE_OPEN, 0, &again);
    if (error != OS_OK)
        return error;
    error = set_opened_times(again, atime, mtime);
    wt_os_file_close(again);
    return error;
}

OsError wt_osfs_set_times_at(OsFile root, const char *path, bool follow, uint64_t atime,
                             uint64_t mtime) {
    WalkPath w;
    OsFile file;
    OsError error = wt_osfs_walk(&w, root, path, false);
    if (error != OS_OK)
        return error;
    error = open_one(walk_end(&w), walk_name(&w), FILE_WRITE_ATTRIBUTES, FILE_OPEN, 0, &file);
    if (error == OS_OK) {
        if (has_attribute(file, FILE_ATTRIBUTE_REPARSE_POINT) && (follow || w.slash))
            error = OS_symlink_loop;
        else if (w.slash && !has_attribute(file, FILE_ATTRIBUTE_DIRECTORY))
            error = OS_not_directory;
        else
            error = set_opened_times(file, atime, mtime);
        wt_os_file_close(file);
    }
    wt_osfs_walk_close(&w);
    return error;
}

/* ---- reading and writing ---- */

static bool on_disk(OsFile file) { return GetFileType(fs_handle(file)) == FILE_TYPE_DISK; }

static bool get_position(OsFile file, LARGE_INTEGER *at) {
    LARGE_INTEGER none = {.QuadPart = 0};
    return SetFilePointerEx(fs_handle(file), none, at, FILE_CURRENT);
}

/* One transfer. At an offset the system moves the position too, so it is put back: a thread that
   reads at the position of the same handle meanwhile may find it elsewhere. */
static OsError windows_transfer(OsFile file, void *data, size_t size, uint64_t offset, bool write,
                                size_t *got) {
    HANDLE h = fs_handle(file);
    DWORD n = 0, part = (DWORD)WT_MIN(size, (size_t)1 << 30);
    LARGE_INTEGER before = {.QuadPart = 0};
    bool placed = offset != OSFS_HERE && on_disk(file);
    *got = 0;
    if (offset != OSFS_HERE && offset != OSFS_END && !placed)
        return OS_illegal_seek;
    if (placed && !get_position(file, &before))
        return wt_os_last_error();
    /* All ones: the end, whatever it is by then. */
    uint64_t at = offset == OSFS_END ? UINT64_MAX : offset;
    OVERLAPPED place = {.Offset = (DWORD)at, .OffsetHigh = (DWORD)(at >> 32)};
    OVERLAPPED *where = placed ? &place : NULL;
    bool ok = write ? WriteFile(h, data, part, &n, where) : ReadFile(h, data, part, &n, where);
    DWORD error = ok ? NO_ERROR : GetLastError();
    if (placed && offset != OSFS_END)
        (void)SetFilePointerEx(h, before, NULL, FILE_BEGIN);
    *got = n;
    if (!write && (error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE))
        return OS_OK;
    return wt_os_error_of((int)error);
}

OsError wt_osfs_read(OsFile file, void *data, size_t size, uint64_t offset, size_t *got) {
    return windows_transfer(file, data, size, offset, false, got);
}

OsError wt_osfs_write(OsFile file, const void *data, size_t size, uint64_t offset, size_t *got) {
    return windows_transfer(file, (void *)(uintptr_t)data, size, offset, true, got);
}

OsError wt_osfs_seek(OsFile file, int64_t offset, OsWhence whence, uint64_t *position) {
    static const DWORD whences[] = {FILE_BEGIN, FILE_CURRENT, FILE_END};
    LARGE_INTEGER by = {.QuadPart = offset}, at = {.QuadPart = 0};
    *position = 0;
    if (!on_disk(file))
        return OS_illegal_seek;
    if (!SetFilePointerEx(fs_handle(file), by, &at, whences[whence]))
        return wt_os_last_error();
    *position = (uint64_t)at.QuadPart;
    return OS_OK;
}

OsError wt_osfs_set_size(OsFile file, uint64_t size) {
    return size > INT64_MAX ? OS_invalid : cut_to(file, size);
}

OsError wt_osfs_allocate(OsFile file, uint64_t offset, uint64_t len) {
    OsStat st;
    if (offset > INT64_MAX || len > INT64_MAX - offset || len == 0)
        return OS_invalid;
    OsError error = wt_osfs_stat(file, &st);
    if (error != OS_OK || offset + len <= st.size)
        return error;
    return cut_to(file, offset + len); /* files are not sparse unless made so */
}

OsError wt_osfs_sync(OsFile file, bool data_only) {
    (void)data_only;
    if (FlushFileBuffers(fs_handle(file)))
        return OS_OK;
    /* Through a handle that cannot write there is nothing of ours to bring home. */
    return GetLastError() == ERROR_ACCESS_DENIED ? OS_OK : wt_os_last_error();
}

/* Who appends says so with each write (OSFS_END); reading never waits where nonblock is asked for
   and there is a way to (wasi looks with wt_osfs_poll first). */
OsError wt_osfs_set_flags(OsFile file, unsigned flags) {
    return (flags & OSFS_nonblock) && !on_disk(file) ? OS_unsupported : OS_OK;
}

bool wt_osfs_appends(OsFile file) {
    (void)file; /* a handle does not tell */
    return false;
}

/* ---- directories ---- */

/* Windows has no place in a listing to come back to: a cookie counts entries from the start. */
struct OsDir {
    HANDLE handle;
    uint64_t first; /* the number of the buffer's first entry */
    uint64_t index; /* of the entry that comes next */
    bool restart, filled;
    DWORD at; /* where it stands in the buffer; UINT32_MAX: behind the last */
    char name[NAME_UNITS * 3 + 1];
    uint64_t buffer[4096];
};

OsError wt_osfs_dir_open(OsFile dir, OsDir **out) {
    OsFile again;
    /* A handle of its own: the position is not shared with `dir`. */
    OsError error = open_one(dir, "", FILE_LIST_DIRECTORY, FILE_OPEN, FILE_DIRECTORY_FILE, &again);
    if (error != OS_OK)
        return error;
    OsDir *d = calloc(1, sizeof *d);
    if (!d) {
        wt_os_file_close(again);
        return OS_out_of_memory;
    }
    d->handle = fs_handle(again);
    d->restart = true;
    *out = d;
    return OS_OK;
}

void wt_osfs_dir_close(OsDir *d) {
    if (!d)
        return;
    (void)CloseHandle(d->handle);
    free(d);
}

/* The entry that comes next; NULL with OS_OK behind the last. */
static const FILE_ID_BOTH_DIR_INFO *peek_entry(OsDir *d, OsError *error) {
    *error = OS_OK;
    if (!d->filled || d->at == UINT32_MAX) {
        if (!GetFileInformationByHandleEx(
                d->handle, d->restart ? FileIdBothDirectoryRestartInfo : FileIdBothDirectoryInfo,
                d->buffer, sizeof d->buffer)) {
            DWORD number = GetLastError();
            if (number != ERROR_NO_MORE_FILES && number != ERROR_FILE_NOT_FOUND)
                *error = wt_os_last_error();
            return NULL;
        }
        d->restart = false;
        d->filled = true;
        d->first = d->index;
        d->at = 0;
    }
    return (const void *)((const char *)d->buffer + d->at);
}

static void pass_entry(OsDir *d, const FILE_ID_BOTH_DIR_INFO *e) {
    d->index++;
    d->at = e->NextEntryOffset ? d->at + e->NextEntryOffset : UINT32_MAX;
}

OsError wt_osfs_dir_seek(OsDir *d, uint64_t cookie) {
    OsError error = OS_OK;
    if (d->filled && cookie >= d->first && cookie < d->index) {
        d->at = 0; /* still in the buffer: a caller goes back by one often */
        d->index = d->first;
    } else if (cookie < d->index || cookie == 0) {
        d->restart = true;
        d->filled = false;
        d->index = 0;
    }
    while (error == OS_OK && d->index < cookie) {
        const FILE_ID_BOTH_DIR_INFO *e = peek_entry(d, &error);
        if (!e)
            break;
        pass_entry(d, e);
    }
    return error;
}

OsError wt_osfs_dir_next(OsDir *d, OsDirEntry *entry, bool *end) {
    OsError error;
    const FILE_ID_BOTH_DIR_INFO *e = peek_entry(d, &error);
    *end = !e;
    if (!e)
        return error;
    size_t units = WT_MIN(e->FileNameLength / 2, NAME_UNITS);
    (void)wt_os_utf16_to((const uint16_t *)e->FileName, units, d->name);
    *entry = (OsDirEntry){.name = d->name,
                          .inode = (uint64_t)e->FileId.QuadPart,
                          .type = attribute_type(e->FileAttributes)};
    pass_entry(d, e);
    entry->next = d->index;
    return OS_OK;
}

/* ---- waiting ---- */

/* Only a key that is pressed makes a console readable, not a mouse that moves over it. */
static bool console_has_key(HANDLE h) {
    INPUT_RECORD records[64];
    DWORD n = 0;
    if (!PeekConsoleInputW(h, records, WT_COUNT(records), &n))
        return true; /* not a console: a device that never waits */
    for (DWORD i = 0; i < n; i++)
        if (records[i].EventType == KEY_EVENT && records[i].Event.KeyEvent.bKeyDown)
            return true;
    return false;
}

static bool poll_one(OsPoll *p) {
    HANDLE h = fs_handle(p->file);
    DWORD waiting = 0;
    p->ready = p->hangup = false;
    p->error = OS_OK;
    switch (GetFileType(h)) {
    case FILE_TYPE_DISK:
        p->ready = true;
        break;
    case FILE_TYPE_CHAR:
        p->ready = p->write || console_has_key(h);
        break;
    case FILE_TYPE_PIPE: /* whether one can be written is not told */
        if (p->write || PeekNamedPipe(h, NULL, 0, NULL, &waiting, NULL)) {
            p->ready = p->write || waiting > 0;
        } else { /* a socket, or under wine a pipe of the system below: they are not told either */
            p->ready = true;
            p->hangup = GetLastError() == ERROR_BROKEN_PIPE;
        }
        break;
    default:
        p->error = OS_bad_handle;
    }
    return p->ready || p->error != OS_OK;
}

/* Pipes cannot be waited for: they are looked at again and again, after longer and longer naps. */
OsError wt_osfs_poll(OsPoll *polls, size_t count, uint64_t ns) {
    uint64_t start = wt_os_now(), nap = 100000;
    if (count > 65536)
        return OS_invalid;
    for (;;) {
        bool any = false;
        for (size_t i = 0; i < count; i++)
            any |= poll_one(&polls[i]);
        uint64_t gone = wt_os_now() - start;
        if (any || gone >= ns)
            return OS_OK;
        wt_os_sleep(count ? WT_MIN(nap, ns - gone) : ns - gone);
        nap = WT_MIN(nap * 2, (uint64_t)10000000);
    }
}

#else
/* A translation unit must hold something. */
typedef int osfs_windows_is_empty_here;
#endif
