/* Reading the name section. A subsection is kept only when all of it can be read; then every later
   walk over it (wt_names_walk) may trust its shape, though not its indices. */
#include "binary/custom.h"

#include "base/leb128.h"
#include "base/utf8.h"

/* For messages. */
static const char *const name_kinds[NAME_count] = {
    [NAME_module] = "module", [NAME_func] = "function", [NAME_local] = "local",
    [NAME_label] = "label",   [NAME_type] = "type",     [NAME_table] = "table",
    [NAME_memory] = "memory", [NAME_global] = "global", [NAME_elem] = "element",
    [NAME_data] = "data",     [NAME_field] = "field",   [NAME_tag] = "tag",
};

/* One subsection at a time. */
typedef struct NameReader {
    const Module *m;
    Diag *diag;
    uint8_t kind;
    Reader r;
} NameReader;

/* A warning, never an error: what custom sections hold cannot make a module malformed. */
static bool name_problem(NameReader *n, const uint8_t *at, const char *what) {
    wt_diag_add(n->diag, ERR_name_section, (uint64_t)(at - n->m->source.data), 1,
                "%s names left out: %s", name_kinds[n->kind], what);
    return false;
}

static bool check_one_name(NameReader *n) {
    uint32_t len = read_u32(&n->r);
    const uint8_t *at = n->r.at, *p = read_bytes(&n->r, len);
    if (n->r.error)
        return name_problem(n, n->r.error_at, "the subsection ends inside a name");
    if (!utf8_valid(slice(p, len)))
        return name_problem(n, at, "malformed UTF-8 encoding");
    return true;
}

/* Counts are not trusted: each name takes bytes, so the loop ends with them. */
static bool check_name_map(NameReader *n) {
    uint32_t count = read_u32(&n->r);
    for (uint32_t i = 0; i < count; i++) {
        read_u32(&n->r);
        if (!check_one_name(n))
            return false;
    }
    return true;
}

/* All of a subsection or nothing: a map that is half right would name half the functions. */
static bool check_subsection(NameReader *n) {
    bool good = true;
    if (n->kind == NAME_module) {
        good = check_one_name(n);
    } else if (n->kind == NAME_local || n->kind == NAME_label || n->kind == NAME_field) {
        uint32_t count = read_u32(&n->r);
        for (uint32_t i = 0; i < count && good && !n->r.error; i++) {
            read_u32(&n->r);
            good = check_name_map(n);
        }
    } else {
        good = check_name_map(n);
    }
    if (good && n->r.error)
        return name_problem(n, n->r.error_at, "the subsection ends inside a number");
    if (good && n->r.at != n->r.end)
        return name_problem(n, n->r.at, "bytes behind the last name");
    return good;
}

/* Unknown kinds are passed over, of two equal ones the first is taken. */
void wt_binary_read_names(Module *m, Slice contents, uint32_t known, Diag *d) {
    Reader r = reader_of(contents.data, contents.len);
    NameReader n = {.m = m, .diag = d};
    uint16_t seen = 0;
    m->names.present = true;
    while (r.at != r.end && !r.error) {
        const uint8_t *at = r.at;
        uint8_t kind = read_u8(&r);
        uint32_t len = read_u32(&r);
        const uint8_t *p = read_bytes(&r, len);
        if (r.error) {
            wt_diag_add(d, ERR_name_section, (uint64_t)(at - m->source.data), 1,
                        "subsection %u is longer than the section", (unsigned)kind);
            return;
        }
        if (kind >= NAME_count)
            continue; /* of a later version */
        n.kind = kind;
        n.r = reader_of(p, len);
        if (seen >> kind & 1)
            name_problem(&n, at, "a second subsection");
        else if ((known >> kind & 1) || check_subsection(&n))
            m->names.sub[kind] = slice(p, len);
        seen = (uint16_t)(seen | 1u << kind);
    }
}
