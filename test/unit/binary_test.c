/* The two directions of the binary format on small modules of every kind: each must come back byte
   for byte; each is cut at every length and changed in every byte to every value, and what is still
   accepted must come back byte for byte too. Then the words of the errors, and memory that runs
   out. */
#include "check.h"

#include "binary/decode.h"
#include "binary/encode.h"
#include "wasm/names.h"

#include <stdlib.h>

enum { BYTES_MAX = 1024 };

typedef struct Bytes {
    uint8_t data[BYTES_MAX];
    size_t len;
} Bytes;

/* Modules are written in hexadecimal: { } is a region with its size before it, 'abc' a name with
   its length, `text` bytes as they are. The header is added when the text does not begin with !. */
static const char *assemble_region(const char *p, Bytes *out) {
    for (; *p && *p != '}'; p++) {
        if (*p == '{') {
            Bytes inner = {.len = 0};
            p = assemble_region(p + 1, &inner);
            if (inner.len >= 0x80)
                out->data[out->len++] = (uint8_t)(inner.len | 0x80);
            out->data[out->len++] = (uint8_t)(inner.len >= 0x80 ? inner.len >> 7 : inner.len);
            memcpy(out->data + out->len, inner.data, inner.len);
            out->len += inner.len;
        } else if (*p == '\'' || *p == '`') {
            const char *end = strchr(p + 1, *p);
            size_t n = (size_t)(end - p - 1);
            if (*p == '\'')
                out->data[out->len++] = (uint8_t)n;
            memcpy(out->data + out->len, p + 1, n);
            out->len += n;
            p = end;
        } else if (*p != ' ') {
            char digits[3] = {p[0], p[1], 0};
            out->data[out->len++] = (uint8_t)strtoul(digits, NULL, 16);
            p++;
        }
    }
    return p;
}

static Bytes assemble_module(const char *text) {
    Bytes b = {.len = 0};
    if (*text != '!')
        assemble_region("00 `asm` 01 00 00 00", &b);
    assemble_region(text + (*text == '!'), &b);
    return b;
}

static const struct {
    const char *name, *text;
} good_modules[] = {
    {"empty", ""},
    {"function", "01{01 60 02 7f 7e 01 7d} 03{01 00} 07{01 'f' 00 00} 0a{01 {02 01 7f 02 7c "
                 "43 00 00 80 3f 0b}}"},
    {"imports", "01{01 60 00 00} 02{05 'a' 'f' 00 00 'a' 't' 01 70 01 01 02 'a' 'm' 02 00 01"
                " 'a' 'g' 03 7f 01 'a' 'e' 04 00 00}"},
    {"memory, data", "05{01 01 01 02} 0b{02 00 41 08 0b 'hello' 02 00 41 10 0b 'x'}"},
    {"data count", "05{01 00 01} 0c{01} 0b{01 01 'abc'}"},
    {"data count in use", "01{01 60 00 00} 03{01 00} 05{01 00 01} 0c{01}"
                          " 0a{01 {00 41 00 41 00 41 01 fc 08 00 00 fc 09 00 0b}} 0b{01 01 'a'}"},
    {"segments", "01{01 60 00 00} 03{01 00} 04{01 70 00 08}"
                 " 09{08 00 41 00 0b 01 00 01 00 01 00 02 00 41 01 0b 00 01 00 03 00 01 00"
                 " 04 41 02 0b 01 d2 00 0b 05 70 01 d0 70 0b 06 00 41 03 0b 70 01 d2 00 0b"
                 " 07 70 00} 0a{01 {00 0b}}"},
    {"globals, start", "01{01 60 00 00} 03{01 00} 06{03 7f 01 41 e4 00 0b 7e 00 42 7f 0b 7b 00"
                       " fd 0c 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 0b} 08{00}"
                       " 0a{01 {00 0b}}"},
    {"table with a value", "04{01 40 00 63 70 00 02 d0 70 0b}"},
    {"types", "01{04 60 01 64 00 01 63 01 4e 02 50 00 5f 02 78 00 77 01 4f 01 01 5f 02 78 00 77"
              " 01 4e 01 5e 63 6e 01 5e 7b 00}"},
    {"groups", "01{03 4e 00 4e 01 60 00 00 4e 80 00}"},
    {"long types", "01{01 60 05 63 70 70 63 6f 6e 63 6d 02 63 70 70}"},
    {"padded", "01 84 80 00 01 60 00 00 03 83 80 00 81 00 00 0a 89 80 80 80 00 01 85 80 00 00 41"
               " 00 1a 0b"},
    {"padded everywhere",
     "01{81 00 60 80 00 81 00 64 80 00} 05{01 01 80 00 81 80 00} 06{01 7f 00 41 80 00 0b}"
     " 07{01 81 00 `m` 02 80 00} 0b{01 80 00 41 00 0b 81 80 00 ff}"},
    {"padded name", "00 88 80 00 84 00 `name` 00 00 00{'a' 81 00 01}"},
    {"blocks", "01{01 60 00 00} 03{01 00} 0a{01 {00 02 40 03 7f 41 00 04 7f 41 01 05 41 02 0b 0d 00"
               " 0b 1a 41 00 0e 01 00 00 0b 0b}}"},
    {"exceptions", "01{01 60 01 7f 00} 03{01 00} 0d{01 00 00}"
                   " 0a{01 {00 1f 40 02 00 00 00 02 00 41 01 08 00 0b 0b}}"},
    {"old exceptions", "01{01 60 00 00} 03{01 00} 0d{01 00 00} 0a{01 {00 06 40 07 00 09 00 19 0b"
                       " 06 40 18 00 0b}}"},
    {"threads", "01{01 60 00 00} 03{01 00} 05{01 03 01 02} 0a{01 {00 fe 03 00 41 00 fe 10 02 00 1a"
                " 0b}}"},
    {"wide memories", "05{02 04 01 05 00 ff ff ff ff ff 1f} 0b{01 02 01 42 00 0b 'z'}"},
    {"page size", "05{01 08 01 00}"},
    {"import groups", "02{03 'm' '' 7f 02 'a' 03 7f 00 'b' 03 7e 01 'm' '' 7e 03 7c 00 02 'c' 'd'"
                      " 'n' '' 03 7d 00}"},
    {"descriptors", "01{01 4e 02 4d 01 5f 00 4c 00 5f 00} 02{01 'a' 'b' 20 00}"},
    {"continuations", "01{02 60 00 00 5d 00} 03{01 00} 0d{01 00 00}"
                      " 0a{01 {01 01 63 68 d2 00 e0 01 e3 01 02 00 00 00 01 00 0b}}"},
    {"casts", "01{01 60 00 00} 03{01 00} 0a{01 {00 d0 6e fb 18 03 00 6e 6d fb 14 6c 1a 0b}}"},
    {"names", "01{01 60 01 7f 00} 03{01 00} 0a{01 {01 01 7e 02 40 0b 0b}} 00{'name' 00{'m'}"
              " 01{01 00 'f'} 02{01 00 02 00 'x' 01 'y'} 03{01 00 01 00 'l'} 04{01 00 't'}}"},
    {"customs", "00{'a' 01 02} 01{00} 00{'b'} 00{'a'} 02{00} 03{00} 04{00} 05{00} 0d{00} 06{00}"
                " 07{00} 09{00} 0c{00} 0a{00} 00{'name'} 0b{00} 00{''}"},
};

typedef struct Failing {
    long until; /* allocations that still succeed; -1: all */
    long calls, live;
} Failing;

static void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    (void)old_size;
    if (new_size == 0) {
        f->live -= old != NULL;
        free(old);
        return NULL;
    }
    f->calls++;
    if (f->until == 0)
        return NULL;
    f->until -= f->until > 0;
    void *p = realloc(old, new_size);
    f->live += p && !old;
    return p;
}

typedef struct Job {
    bool decoded, same, out_of_memory;
    char text[200]; /* the first error */
    uint64_t at;
} Job;

static Job run_decode(const uint8_t *data, size_t len, uint64_t features, unsigned flags,
                      const Allocator *al) {
    Job job = {.at = DIAG_NOWHERE};
    ReadOptions options = {features, wt_module_bounds_default()};
    Module m;
    Diag d;
    Buf out;
    wt_module_init(&m, al, &options);
    wt_diag_init(&d, al);
    wt_buf_init(&out, al);
    job.decoded = wt_binary_decode(&m, slice(data, len), flags, &d);
    const DiagEntry *e = wt_diag_first(&d);
    if (e) {
        snprintf(job.text, sizeof job.text, "%s", e->text);
        job.at = e->at;
    }
    if (job.decoded) {
        for (uint32_t i = 0; i < m.custom_count; i++)
            if (m.customs[i].is_names)
                wt_names_canonical(&m, m.customs[i].bytes);
        wt_binary_encode(&m, &out, &d);
        job.same = slice_eq(slice(data, len), slice(out.data, out.len));
    }
    job.out_of_memory = d.out_of_memory;
    wt_buf_free(&out);
    wt_diag_free(&d);
    wt_module_free(&m);
    return job;
}

/* A group of imports without members is the one form that a Module cannot hold. */
static bool has_import_group(const uint8_t *data, size_t len) {
    for (size_t i = 0; i + 1 < len; i++)
        if (data[i] == 0 && (data[i + 1] == 0x7F || data[i + 1] == 0x7E))
            return true;
    return false;
}

/* A block of exactly the right size: a sanitizer sees every byte read beyond. */
static void check_exactly(const uint8_t *data, size_t len, uint64_t features) {
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    unsigned keep = DECODE_keep_quirks | DECODE_keep_pads;
    for (unsigned scan = 0; scan < 2; scan++) {
        Job job = run_decode(copy, len, features, keep | scan, &wt_base_malloc);
        bool expected = !job.decoded || job.same || has_import_group(data, len);
        if (!CHECK(expected))
            check_hex("module", data, len);
        CHECK(job.decoded || job.text[0]);
        CHECK(job.at == DIAG_NOWHERE || job.at <= len);
    }
    free(copy);
}

static uint64_t all_features(void) {
    uint64_t set = 0;
    Slice bad;
    wt_feature_parse(slice_str("all"), &set, &bad);
    return set;
}

static void identity(const char *text) {
    Bytes b = assemble_module(text);
    unsigned keep = DECODE_keep_quirks | DECODE_keep_pads;
    for (unsigned scan = 0; scan < 2; scan++) {
        Job job = run_decode(b.data, b.len, all_features(), keep | scan, &wt_base_malloc);
        CHECK_EQ_STR(job.text, "");
        CHECK(job.same);
    }
}

static void hostile(const char *text) {
    Bytes b = assemble_module(text);
    for (size_t n = 0; n <= b.len; n++)
        check_exactly(b.data, n, all_features());
    for (size_t i = 0; i < b.len; i++) {
        uint8_t kept = b.data[i];
        for (unsigned v = 0; v < 256; v++) {
            b.data[i] = (uint8_t)v;
            check_exactly(b.data, b.len, v & 1 ? all_features() : wt_feature_up_to(v % 4));
        }
        b.data[i] = kept;
    }
}

static void starved(const char *text) {
    Bytes b = assemble_module(text);
    unsigned flags = DECODE_keep_quirks | DECODE_keep_pads | DECODE_scan_bodies;
    Failing never = {.until = -1};
    Allocator al = {failing_alloc, &never};
    run_decode(b.data, b.len, all_features(), flags, &al);
    CHECK_EQ_INT(never.live, 0);
    for (long n = 0; n < never.calls; n++) {
        Failing f = {.until = n};
        al.user = &f;
        Job job = run_decode(b.data, b.len, all_features(), flags, &al);
        CHECK(job.out_of_memory);
        CHECK(!job.decoded || !job.same);
        CHECK_EQ_INT(f.live, 0);
    }
}

static const struct {
    const char *name, *features, *text, *error;
    uint64_t at;
} bad_modules[] = {
    {"nothing", "3.0", "!", "unexpected end: the file is empty", 0},
    {"short", "3.0", "!00 `asm` 01", "unexpected end: a file of 5 bytes, the header has 8", 5},
    {"gzip", "3.0", "!1f 8b 08 00 00 00 00 00",
     "magic header not detected: this is not a wasm file: it looks like gzip data (decompress it "
     "first)",
     0},
    {"elf", "3.0", "!7f `ELF` 02 01 01 00",
     "magic header not detected: this is not a wasm file: it looks like an ELF object or program",
     0},
    {"html", "3.0", "!`<!DOCTYPE html>`",
     "magic header not detected: this is not a wasm file: it looks like an HTML page", 0},
    {"wat", "3.0", "!`(module)`",
     "magic header not detected: this is not a wasm file: it looks like WebAssembly text", 0},
    {"component", "3.0", "!00 `asm` 0d 00 01 00",
     "unknown binary version: this is not a core module: it looks like a component (build it for "
     "wasm32-wasip1, or take its module out with `wasm-tools component unbundle`)",
     4},
    {"version", "3.0", "!00 `asm` 02 00 00 00", "unknown binary version: 0x2, expected 1", 4},
    {"section id", "3.0", "0e{}", "malformed section id: 14, expected 0 to 13", 8},
    {"section order", "3.0", "03{00} 01{00}",
     "unexpected content after last section: a type section behind the func section", 11},
    {"section twice", "3.0", "01{00} 01{00}",
     "unexpected content after last section: a second type section", 11},
    {"section too long", "3.0", "01 05 00",
     "length out of bounds: the type section has a size of 5 bytes, but 1 are left", 9},
    {"section without size", "3.0", "01", "unexpected end: the type section has no size", 9},
    {"bytes left over", "3.0", "01{01 60 00 00 60}",
     "section size mismatch: 1 bytes behind the last of 1 entries of the type section", 14},
    {"count too high", "3.0", "01{02 60 00 00}",
     "unexpected end of section or function: the type section ends in entry 1, and has a count of "
     "2",
     14},
    {"type form", "3.0", "01{01 40}",
     "malformed definition type: 0x40, expected 0x60 (func), 0x5f (struct) or 0x5e (array)", 11},
    {"value type", "3.0", "01{01 60 01 40 00}", "malformed value type: 0x40", 13},
    {"v128 in 1.0", "1.0", "01{01 60 01 7b 00}",
     "malformed value type: this type needs feature simd", 13},
    {"struct in 2.0", "2.0", "01{01 5f 00}",
     "malformed definition type: a struct type needs feature gc", 11},
    {"import kind", "3.0", "02{01 '' '' 05}", "malformed import kind: 0x05, expected 0 to 4", 13},
    {"shared memory", "3.0", "05{01 03 01 01}",
     "malformed limits flags: a shared memory needs feature threads", 11},
    {"shared table", "3.0,+threads", "04{01 70 03 01 01}",
     "malformed limits flags: 0x03 in a table", 12},
    {"name", "3.0", "07{01 02 ff 61 00 00}", "malformed UTF-8 encoding: byte 0 of a name", 12},
    {"mutability", "3.0", "06{01 7f 02 41 00 0b}",
     "malformed mutability: 0x02, expected 0 (immutable) or 1 (mutable)", 12},
    {"no code", "3.0", "01{01 60 00 00} 03{01 00}",
     "function and code section have inconsistent lengths: 1 in the func section, 0 in the code "
     "section",
     16},
    {"data count", "3.0", "05{01 00 01} 0c{02} 0b{01 01 ''}",
     "data count and data section have inconsistent lengths: 2 in the datacount section, 1 in the "
     "data section",
     18},
    {"opcode", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 ff 0b}}", "illegal opcode ff", 23},
    {"prefixed opcode", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 01 fc 7f 0b}}",
     "illegal opcode fc 7f", 24},
    {"feature of an opcode", "1.0",
     "01{01 60 00 00} 03{01 00} 0a{01 {00 fd 0c 00 00 00 00 00 00 00 00 00 00 00 "
     "00 00 00 00 00 0b}}",
     "illegal opcode fd 0c: v128.const needs feature simd", 23},
    {"tail call in 2.0", "2.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 12 00 0b}}",
     "illegal opcode 12: return_call needs feature tail-call", 23},
    {"cut instruction", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 02 40 0b 41 0b}}",
     "unexpected end of section or function: the code has no end", 28},
    {"else", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 05 0b}}",
     "END opcode expected: else without if", 23},
    {"open block", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 02 40 0b}}",
     "unexpected end of section or function: the code has no end", 26},
    {"locals", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {02 ff ff ff ff 0f 7f 01 7f 0b}}",
     "too many locals: 2^32 or more", 29},
    {"data.drop", "3.0", "01{01 60 00 00} 03{01 00} 0a{01 {00 fc 09 00 0b}}",
     "data count section required: data.drop", 23},
    {"expression", "3.0", "06{01 7f 00 41 00}",
     "unexpected end of section or function: the code has no end", 15},
};

int main(void) {
    for (size_t i = 0; i < WT_COUNT(good_modules); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s comes back", good_modules[i].name);
        check_begin(name);
        identity(good_modules[i].text);
        check_end();
        snprintf(name, sizeof name, "%s, damaged", good_modules[i].name);
        check_begin(name);
        hostile(good_modules[i].text);
        check_end();
        snprintf(name, sizeof name, "%s, memory out", good_modules[i].name);
        check_begin(name);
        starved(good_modules[i].text);
        check_end();
    }
    for (size_t i = 0; i < WT_COUNT(bad_modules); i++) {
        uint64_t features = 0;
        Slice bad;
        wt_feature_parse(slice_str(bad_modules[i].features), &features, &bad);
        Bytes b = assemble_module(bad_modules[i].text);
        check_begin(bad_modules[i].name);
        Job job = run_decode(b.data, b.len, features, DECODE_scan_bodies, &wt_base_malloc);
        CHECK(!job.decoded);
        CHECK_EQ_STR(job.text, bad_modules[i].error);
        CHECK_EQ_INT(job.at, bad_modules[i].at);
        check_end();
    }
    return check_done();
}
