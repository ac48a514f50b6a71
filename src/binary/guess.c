/* What a file is that is not a wasm module, from its first bytes. For messages. */
#include "binary/decode.h"

/* By exact bytes, at the very start. */
static const struct {
    const char *start;
    uint8_t len;
    const char *what;
} file_starts[] = {
    {"\x7F"
     "ELF",
     4, "an ELF object or program"},
    {"\x1F\x8B", 2, "gzip data (decompress it first)"},
    {"\x28\xB5\x2F\xFD", 4, "zstd data (decompress it first)"},
    {"\xFD"
     "7zXZ",
     5, "xz data (decompress it first)"},
    {"BZh", 3, "bzip2 data (decompress it first)"},
    {"PK\x03\x04", 4, "a zip archive"},
    {"!<arch>\n", 8, "a library of objects (.a)"},
    {"!<thin>\n", 8, "a library of objects (.a)"},
    {"BC\xC0\xDE", 4, "LLVM bitcode"},
    {"MZ", 2, "a Windows program"},
    {"\xCF\xFA\xED\xFE", 4, "a Mach-O object or program"},
    {"\xCA\xFE\xBA\xBE", 4, "a Java class or a Mach-O program"},
    {"%PDF", 4, "a PDF document"},
    {"\x89PNG", 4, "a PNG picture"},
    {"AGFzbQ", 6, "a wasm file in base64 (decode it first)"},
    {"0061736d", 8, "a wasm file in hexadecimal (decode it first)"},
    {"msa\0", 4, "a wasm file with the bytes of each word swapped"},
    {"version https://git-lfs", 23, "a Git LFS pointer (fetch the file itself)"},
};

/* By the first characters of what is text, in lower case; the longer ones first. */
static const struct {
    const char *start;
    const char *what;
} text_starts[] = {
    {"<!doctype html", "an HTML page"},
    {"<html", "an HTML page"},
    {"<", "HTML or XML"},
    {"(module", "WebAssembly text"},
    {"(", "WebAssembly text"},
    {";;", "WebAssembly text"},
    {"{", "JSON"},
    {"#!", "a script"},
};

/* Like memcmp, but blind to the case of letters. */
static bool starts_as(Slice s, const char *start) {
    size_t n = strlen(start);
    if (s.len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = s.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        if (c != (uint8_t)start[i])
            return false;
    }
    return true;
}

/* No control characters in the first line or so; bytes beyond ASCII may be UTF-8. */
static bool looks_like_text(Slice s) {
    for (size_t i = 0; i < s.len && i < 64; i++)
        if ((s.data[i] < 0x20 && s.data[i] != '\n' && s.data[i] != '\r' && s.data[i] != '\t') ||
            s.data[i] == 0x7F)
            return false;
    return s.len > 0;
}

static const char *guess_by_bytes(Slice s) {
    for (size_t i = 0; i < WT_COUNT(file_starts); i++)
        if (s.len >= file_starts[i].len &&
            memcmp(s.data, file_starts[i].start, file_starts[i].len) == 0)
            return file_starts[i].what;
    return NULL;
}

bool wt_binary_is_foreign(Slice s) { return guess_by_bytes(s) || (s.len && *s.data == '<'); }

/* The tables in order; then plain text, and else nothing is claimed. */
const char *wt_binary_guess(Slice s) {
    if (s.len >= 8 && memcmp(s.data, "\0asm", 4) == 0)
        return load16le(s.data + 6) == 1 ? "a component (build it for wasm32-wasip1, or take its "
                                           "module out with `wasm-tools component unbundle`)"
                                         : NULL;
    const char *what = guess_by_bytes(s);
    if (what)
        return what;
    Slice t = s;
    if (t.len >= 3 && memcmp(t.data, "\xEF\xBB\xBF", 3) == 0)
        t = slice(t.data + 3, t.len - 3);
    while (t.len && (*t.data == ' ' || *t.data == '\n' || *t.data == '\r' || *t.data == '\t'))
        t = slice(t.data + 1, t.len - 1);
    if (!looks_like_text(t))
        return NULL;
    for (size_t i = 0; i < WT_COUNT(text_starts); i++)
        if (starts_as(t, text_starts[i].start))
            return text_starts[i].what;
    return "text";
}
