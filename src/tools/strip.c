/* Strip: walks the section headers and copies runs of bytes. Only the names of custom sections are
 * read. */
#include "tools/strip.h"

#include "base/leb128.h"
#include "wasm/insn.h"
#include "wasm/module.h"

static bool starts_with(Slice s, const char *prefix) {
    size_t n = strlen(prefix);
    return s.len >= n && memcmp(s.data, prefix, n) == 0;
}

static bool in_list(Slice name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_is(name, list[i]))
            return true;
    return false;
}

static bool is_debug_section(Slice name) {
    return starts_with(name, ".debug_") || starts_with(name, "reloc..debug_") ||
           slice_is(name, "sourceMappingURL") || slice_is(name, "external_debug_info");
}

bool wt_strip_keeps(const StripOptions *options, Slice name) {
    if (in_list(name, options->keep, options->keep_count))
        return true;
    if (in_list(name, options->remove, options->remove_count))
        return false;
    if (options->all)
        return false;
    if (is_debug_section(name))
        return false;
    if (options->debug_only)
        return true;
    return !(slice_is(name, "name") || slice_is(name, "producers") || slice_is(name, "linking") ||
             starts_with(name, "reloc."));
}

/* Reads one section header and, of a custom section, its name. Returns false on an error. */
static bool read_header(Reader *r, uint8_t *id, uint32_t *size, Slice *name, Diag *d) {
    uint64_t at = reader_offset(r);
    *id = read_u8(r);
    *size = read_u32(r);
    if (r->error) {
        wt_diag_add(d, wt_insn_error(r, false), at, 1, "in the header of a section");
        return false;
    }
    if (*id >= SECTION_count) {
        wt_diag_add(d, ERR_section_id, at, 1, "%u", (unsigned)*id);
        return false;
    }
    if (*size > reader_left(r)) {
        wt_diag_add(d, ERR_length_bounds, at + 1, 1,
                    "the %s section claims %u bytes, but only %zu are left",
                    wt_section_name((SectionId)*id), (unsigned)*size, reader_left(r));
        return false;
    }
    *name = (Slice){NULL, 0};
    if (*id == SECTION_custom) {
        Reader inside = reader_of(r->at, *size);
        uint32_t len = read_u32(&inside);
        const uint8_t *data = read_bytes(&inside, len);
        if (inside.error) {
            wt_diag_add(d, wt_insn_error(&inside, false), reader_offset(r), 1,
                        "in the name of a custom section");
            return false;
        }
        *name = slice(data, len);
    }
    r->at += *size;
    return true;
}

bool wt_strip(Slice bytes, const StripOptions *options, Buf *out, Diag *d) {
    static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (bytes.len < 8 || memcmp(bytes.data, head, 4) != 0) {
        wt_diag_add(d, ERR_magic, 0, 4, NULL);
        return false;
    }
    if (memcmp(bytes.data + 4, head + 4, 4) != 0) {
        wt_diag_add(d, ERR_version, 4, 4, NULL);
        return false;
    }
    /* All headers are checked before the first byte is written. Neighbours that stay are one copy.
     */
    for (int write = 0; write < 2; write++) {
        Reader r = reader_of(bytes.data, bytes.len);
        r.at += sizeof head;
        const uint8_t *run = bytes.data;
        while (r.at != r.end) {
            const uint8_t *start = r.at;
            uint8_t id;
            uint32_t size;
            Slice name;
            if (!read_header(&r, &id, &size, &name, d))
                return false;
            if (write && id == SECTION_custom && !wt_strip_keeps(options, name)) {
                buf_bytes(out, run, (size_t)(start - run));
                run = r.at;
            }
        }
        if (write)
            buf_bytes(out, run, (size_t)(r.end - run));
    }
    return !out->failed;
}
