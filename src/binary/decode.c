/* The decoder's frame: header, section loop, custom and code sections, and what can be known only
   behind the last section. The entries of the other sections are read in items.c, code is walked
   in scan.c.

   Every read stays inside its section. After an error in an entry the rest of its section is
   skipped and the next one is read (one mistake, one error); an error in the sequence of the
   sections themselves ends the job. The words of the messages are those of the reference
   interpreter, which reads straight on and so has its own names for a section that is too short:
   see wt_decode_name and scan.c. */
#include "binary/custom.h"
#include "binary/decoder.h"

#include "base/utf8.h"

static const char *section_title(const Decoder *d) { return wt_section_name(d->section); }

/* ---- errors ---- */

static void set_place(const Decoder *d, DiagEntry *e) {
    if (e && d->section != SECTION_custom)
        e->place = (Place){.section = (uint8_t)d->section,
                           .item = d->item == QUIRK_header ? 0 : d->first + d->item};
}

void wt_decode_fail(Decoder *d, ErrorCode code, const uint8_t *at, const char *detail, ...) {
    if (d->r.error)
        return;
    wt_reader_fail(&d->r, READ_reported, at);
    Buf b;
    wt_buf_init(&b, d->m->arena.allocator);
    va_list args;
    va_start(args, detail);
    wt_buf_vprintf(&b, detail, args);
    va_end(args);
    buf_u8(&b, 0);
    if (b.failed)
        wt_diag_oom(d->diag);
    else
        set_place(d, wt_diag_add(d->diag, code, decoder_offset(d, at), 1, "%s", (char *)b.data));
    wt_buf_free(&b);
}

bool wt_decode_need(Decoder *d, Feature f, ErrorCode code, const uint8_t *at, const char *what) {
    if (module_has(d->m, f))
        return true;
    wt_decode_fail(d, code, at, "%s needs feature %s", what, wt_feature_name(f));
    return false;
}

bool wt_decode_bound(Decoder *d, uint64_t n, uint64_t bound, const char *what) {
    if (n <= bound)
        return true;
    wt_decode_fail(d, ERR_limit, d->r.at, "%llu %s, at most %llu", (unsigned long long)n, what,
                   (unsigned long long)bound);
    return false;
}

bool wt_decode_oom(Decoder *d) {
    wt_diag_oom(d->diag);
    wt_reader_fail(&d->r, READ_reported, d->r.at);
    return false;
}

/* Reports a reader error that nobody has described yet. */
static void report_reader(Decoder *d) {
    if (!d->r.error || d->r.error == READ_reported)
        return;
    ErrorCode code = wt_insn_error(&d->r, d->section != SECTION_custom);
    const uint8_t *at = d->r.error_at;
    d->r.error = READ_ok;
    if (code == ERR_unexpected_end_section && d->item == QUIRK_header)
        wt_decode_fail(d, code, at, "the %s section has no count", section_title(d));
    else if (code == ERR_unexpected_end_section)
        wt_decode_fail(d, code, at, "the %s section ends in entry %u, and has a count of %u",
                       section_title(d), (unsigned)d->item, (unsigned)d->declared);
    else if (code == ERR_unexpected_end)
        wt_decode_fail(d, code, at, "in a custom section");
    else if (code == ERR_integer_long || code == ERR_integer_large)
        wt_decode_fail(d, code, at, "in the %s section", section_title(d));
    else
        wt_decode_fail(d, code, at, "0x%02x", (unsigned)*at);
}

/* ---- readers ---- */

bool wt_decode_room(Decoder *d, void **array, uint32_t count, uint64_t room, size_t size) {
    void *p = room <= SIZE_MAX ? wt_arena_array(&d->m->arena, (size_t)room, size) : NULL;
    if (!p)
        return wt_decode_oom(d);
    if (count)
        memcpy(p, *array, count * size);
    *array = p;
    return true;
}

bool wt_decode_grow(Decoder *d, void **array, size_t *cap, size_t count, size_t size) {
    if (count < *cap)
        return true;
    size_t grown = *cap ? *cap * 2 : 8;
    if (!wt_decode_room(d, array, (uint32_t)count, grown, size))
        return false;
    *cap = grown;
    return true;
}

/* Only when asked for: a module that is just checked takes no memory for quirks. */
void wt_decode_note(Decoder *d, QuirkKind kind, uint32_t ordinal, size_t value) {
    if (kind == QUIRK_pad)
        d->m->padded |= (uint16_t)(1u << d->section);
    unsigned wanted = kind == QUIRK_pad ? DECODE_keep_pads : DECODE_keep_quirks;
    if (!(d->flags & wanted) || d->r.error)
        return;
    QuirkList *l = d->section == SECTION_custom ? &d->custom_quirks : &d->quirks;
    if (!wt_decode_grow(d, (void **)&l->list, &l->cap, l->count, sizeof *l->list))
        return;
    uint32_t item = d->item;
    if (kind == QUIRK_empty_rec)
        item = d->m->type_count;
    l->list[l->count++] =
        (Quirk){(uint8_t)d->section, (uint8_t)kind, (uint8_t)value, item, ordinal};
}

void wt_decode_cut_number(Decoder *d, const uint8_t *at, unsigned bits) {
    if (d->r.error != READ_end || d->r.error_at != at || at == d->r.end)
        return;
    const Slice all = d->m->source;
    Reader on = reader_of(at, (size_t)(all.data + all.len - at));
    wt_reader_uleb_slow(&on, bits);
    if (on.error != READ_ok)
        d->r.error = on.error;
}

uint64_t wt_decode_u64(Decoder *d) {
    const uint8_t *at = d->r.at;
    d->r.marks = 0;
    uint64_t v = read_u64(&d->r);
    if (d->r.marks & READ_padded)
        wt_decode_note(d, QUIRK_pad, d->pads, (size_t)(d->r.at - at));
    if (d->r.error)
        wt_decode_cut_number(d, at, 64);
    d->pads++;
    return v;
}

uint32_t wt_decode_length(Decoder *d) {
    const uint8_t *at = d->r.at;
    uint32_t n = take_u32(d);
    uint64_t left = d->m->source.len - decoder_offset(d, at);
    if (n <= left)
        return n;
    wt_decode_fail(d, ERR_length_bounds, at, "%u, but the file ends in %llu bytes", (unsigned)n,
                   (unsigned long long)left);
    return 0;
}

Slice wt_decode_bytes(Decoder *d, uint32_t n, const uint8_t *at) {
    size_t left = reader_left(&d->r);
    if (n > left)
        wt_decode_fail(d, ERR_unexpected_end_section, at, "%u bytes, but only %zu are left",
                       (unsigned)n, left);
    return slice(read_bytes(&d->r, n), d->r.error ? 0 : n);
}

/* A section that ends where a name should begin: the length is then taken from what follows, in
   the eyes of the suite. */
Slice wt_decode_name(Decoder *d) {
    const uint8_t *at = d->r.at;
    const Module *m = d->m;
    if (at == d->r.end && at != m->source.data + m->source.len && d->section != SECTION_custom)
        wt_decode_fail(d, ERR_length_bounds, at, "the %s section ends behind %u of %u entries",
                       section_title(d), (unsigned)d->item, (unsigned)d->declared);
    uint32_t n = wt_decode_length(d);
    if (d->r.error || !wt_decode_bound(d, n, m->bounds.string_bytes, "bytes in a name"))
        return slice(NULL, 0);
    if (n > reader_left(&d->r) && d->section == SECTION_custom)
        wt_decode_fail(d, ERR_unexpected_end, at, "the name is longer than its section");
    Slice name = wt_decode_bytes(d, n, at);
    size_t good = wt_utf8_valid_prefix(name);
    if (good < name.len)
        wt_decode_fail(d, ERR_malformed_utf8, name.data + good, "byte %zu of a name", good);
    return name;
}

/* funcref and externref came with reference types, everything finer with later features; the
   MVP's own funcref (of tables) is let through by its reader. */
Feature wt_decode_type_feature(const Module *m, ValType t) {
    Feature f = FEATURE_mvp;
    uint32_t heap = valtype_heap(t);
    if (t == VAL_v128)
        f = FEATURE_simd;
    else if (valtype_packed(t))
        f = FEATURE_gc;
    else if (!valtype_is_ref(t))
        return f;
    else if (valtype_exact(t))
        f = FEATURE_custom_descriptors;
    else if (heap == HEAP_func || heap == HEAP_extern)
        f = valtype_nullable(t) ? FEATURE_reference_types : FEATURE_function_references;
    else if (heap < HEAP_first)
        f = module_has(m, FEATURE_gc) ? FEATURE_gc : FEATURE_function_references;
    else if (heap == HEAP_exn || heap == HEAP_noexn)
        f = FEATURE_exceptions;
    else if (heap == HEAP_cont || heap == HEAP_nocont)
        f = FEATURE_stack_switching;
    else
        f = FEATURE_gc;
    return module_has(m, f) ? FEATURE_mvp : f;
}

ValType wt_decode_type(Decoder *d, TypeReader read, ErrorCode code) {
    const uint8_t *at = d->r.at;
    d->r.marks = 0;
    ValType t = read(&d->r);
    if (d->r.error) {
        if (code == ERR_storage_type && d->r.error == ERR_heap_type)
            d->r.error = (uint16_t)code; /* the suite's word for any bad field */
        return VAL_bot;
    }
    Feature f = wt_decode_type_feature(d->m, t);
    if (f != FEATURE_mvp) {
        wt_decode_need(d, f, code, at, "this type");
        return VAL_bot;
    }
    if (!valtype_is_ref(t))
        return t;
    if (d->r.marks & ENC_long)
        wt_decode_note(d, QUIRK_long, d->longs, 1);
    d->longs++;
    if (valtype_indexed(t)) {
        const uint8_t *index = at + (valtype_exact(t) ? 2 : 1);
        if (d->r.marks & READ_padded)
            wt_decode_note(d, QUIRK_pad, d->pads, (size_t)(d->r.at - index));
        d->pads++;
    }
    return t;
}

/* ---- sections ---- */

/* Contents are kept as they are; the first one called "name" is read when all else is known. Its
   quirks move to the item that stands for the name section wherever it comes from. */
static void read_custom_section(Decoder *d, uint8_t after, uint32_t at) {
    Module *m = d->m;
    Custom c = {.after = after, .at = at};
    c.name = wt_decode_name(d);
    if (d->r.error ||
        !wt_decode_grow(d, (void **)&m->customs, &d->custom_cap, m->custom_count, sizeof c)) {
        report_reader(d);
        return;
    }
    c.bytes = slice(d->r.at, reader_left(&d->r));
    if (slice_is(c.name, "name") && !m->names.present) {
        c.is_names = true;
        m->names.present = true;
        QuirkList *l = &d->custom_quirks;
        for (size_t i = l->count; i > 0 && l->list[i - 1].item == d->item; i--)
            l->list[i - 1].item = QUIRK_header;
    }
    m->customs[m->custom_count++] = c;
}

/* The bound on a section's count, and how many imports count too. */
static uint32_t *section_bound(Module *m, SectionId id, uint32_t *imports) {
    Bounds *b = &m->bounds;
    switch (id) {
    case SECTION_func:
        return &b->functions;
    case SECTION_table:
        *imports = m->table_imports;
        return &b->tables;
    case SECTION_memory:
        *imports = m->memory_imports;
        return &b->memories;
    case SECTION_tag:
        return &b->tags;
    case SECTION_global:
        return &b->globals;
    case SECTION_export:
        return &b->exports;
    case SECTION_elem:
        return &b->elem_segments;
    case SECTION_code:
        return &b->functions;
    case SECTION_data:
        return &b->data_segments;
    case SECTION_type:
        return &b->types;
    case SECTION_import:
        return &b->imports;
    case SECTION_custom:
    case SECTION_start:
    case SECTION_datacount:
    case SECTION_count:
        break;
    }
    return NULL;
}

/* Imports that stand before entry 0 in the index space of a section. */
static uint32_t imports_of(const Module *m, SectionId id) {
    return id == SECTION_func || id == SECTION_code ? m->func_imports
           : id == SECTION_table                    ? m->table_imports
           : id == SECTION_memory                   ? m->memory_imports
           : id == SECTION_global                   ? m->global_imports
           : id == SECTION_tag                      ? m->tag_imports
                                                    : 0;
}

/* A body's own errors are reported without failing the section: the size says where the next body
   begins. */
static void read_code_entry(Decoder *d) {
    Module *m = d->m;
    const uint8_t *at = d->r.at;
    uint32_t size = wt_decode_length(d);
    if (d->r.error)
        return;
    Slice code = wt_decode_bytes(d, size, at);
    if (d->r.error)
        return;
    uint32_t index = d->code_count++;
    Func beyond = {0}; /* more bodies than functions: reported at the end */
    Func *f =
        index < m->func_count - m->func_imports ? &m->funcs[m->func_imports + index] : &beyond;
    f->code = code.data;
    f->code_size = size;
    f->at = (uint32_t)decoder_offset(d, code.data);
    if (size > m->bounds.body_bytes) {
        set_place(d, wt_diag_add(d->diag, ERR_limit, f->at, 1, "a body of %u bytes, at most %u",
                                 (unsigned)size, (unsigned)m->bounds.body_bytes));
    } else if ((d->flags & DECODE_scan_bodies) || size == 0 || code.data[size - 1] != 0x0B) {
        /* A body without `end` is scanned even when a checker follows: what the suite calls it
           depends on the bytes behind it. */
        wt_decode_scan_body(d, f, d->first + index, false);
    }
}

/* A section that is a list: count, entries. */
static void read_list_section(Decoder *d) {
    static const SectionReader code_reader = {2, NULL, read_code_entry};
    const SectionReader *s =
        d->section == SECTION_code ? &code_reader : wt_decode_section_reader(d->section);
    d->counted_at[d->section] = decoder_here(d);
    d->declared = wt_decode_length(d);
    uint32_t n = d->declared, imports = 0;
    uint32_t *bound = section_bound(d->m, d->section, &imports);
    if (bound)
        wt_decode_bound(d, (uint64_t)n + imports, *bound, section_title(d));
    if (n == 0)
        wt_decode_note(d, QUIRK_present, 0, 1);
    uint64_t fits = reader_left(&d->r) / s->min + 1;
    if (s->prepare && !d->r.error)
        s->prepare(d, (uint32_t)(n < fits ? n : fits));
    d->first = imports_of(d->m, d->section);
    for (uint32_t i = 0; i < n && !d->r.error; i++) {
        decoder_item(d, i);
        s->entry(d);
    }
    if (!d->r.error && d->r.at != d->r.end)
        wt_decode_fail(d, ERR_section_size, d->r.at,
                       "%zu bytes behind the last of %u entries of the %s section",
                       reader_left(&d->r), (unsigned)n, section_title(d));
}

/* The functions, when their section has been read before. */
static void enter_known_funcs(Decoder *d) {
    Module *m = d->m;
    const KnownCode *k = d->known;
    if (wt_decode_bound(d, (uint64_t)k->count + m->func_count, m->bounds.functions, "functions") &&
        wt_decode_room(d, (void **)&m->funcs, m->func_count, (uint64_t)m->func_count + k->count,
                       sizeof *m->funcs))
        for (uint32_t i = 0; i < k->count; i++)
            m->funcs[m->func_count++] = (Func){.type = k->bodies[i].type};
}

static void enter_known_bodies(Decoder *d) {
    Module *m = d->m;
    const KnownCode *k = d->known;
    uint64_t from = decoder_here(d), to = from + reader_left(&d->r);
    Func *f = m->funcs + m->func_imports;
    if (m->func_count - m->func_imports != k->count) {
        wt_decode_fail(d, ERR_code_count, d->r.at, "the functions are not the known ones");
        return;
    }
    for (uint32_t i = 0; i < k->count; i++, f++) {
        const KnownBody *b = &k->bodies[i];
        if (b->at < from || b->at > to || b->size > to - b->at || b->size == 0) {
            wt_decode_fail(d, ERR_section_size, d->r.at, "a known body is not in its section");
            return;
        }
        f->at = b->at;
        f->code = m->source.data + b->at;
        f->code_size = b->size;
    }
    d->code_count = k->count;
}

/* start and datacount: a number. */
static void read_single_section(Decoder *d) {
    Module *m = d->m;
    d->counted_at[d->section] = decoder_here(d);
    if (d->section == SECTION_datacount) {
        m->data_count_value = take_u32(d);
        m->has_data_count = !d->r.error;
    } else {
        decoder_item(d, 0);
        m->start_at = decoder_here(d);
        m->start = take_u32(d);
        m->has_start = !d->r.error;
    }
    if (!d->r.error && d->r.at != d->r.end)
        wt_decode_fail(d, ERR_section_size, d->r.at,
                       "%zu bytes behind the number in the %s section", reader_left(&d->r),
                       section_title(d));
}

/* Unknown ids, order, features: false when the sequence of sections cannot go on. */
static bool check_section_id(Decoder *d, uint8_t id, const uint8_t *at, unsigned last_rank) {
    const Module *m = d->m;
    bool tags = module_has(m, FEATURE_exceptions) || module_has(m, FEATURE_legacy_exceptions) ||
                module_has(m, FEATURE_stack_switching);
    if (id >= SECTION_count)
        wt_decode_fail(d, ERR_section_id, at, "%u, expected 0 to %d", (unsigned)id,
                       SECTION_count - 1);
    else if (id == SECTION_tag && !tags)
        wt_decode_need(d, FEATURE_exceptions, ERR_section_id, at, "the tag section");
    else if (id == SECTION_datacount)
        wt_decode_need(d, FEATURE_bulk_memory, ERR_section_id, at, "the data count section");
    if (d->r.error)
        return false;
    unsigned rank = wt_section_rank((SectionId)id);
    if (id == SECTION_custom || rank > last_rank)
        return true;
    wt_reader_fail(&d->r, READ_reported, at);
    const char *name = wt_section_name((SectionId)id);
    const char *last = wt_section_name(wt_section_of_rank(last_rank));
    DiagEntry *e = wt_diag_add(d->diag, ERR_section_order, decoder_offset(d, at), 1,
                               rank == last_rank ? "a second %s section"
                                                 : "a %s section behind the %s section",
                               name, last);
    for (uint32_t i = 0; i < m->section_count; i++)
        if (wt_section_rank((SectionId)m->sections[i].id) == last_rank)
            wt_diag_note(d->diag, e, m->sections[i].at, 1, "the %s section is here", last);
    return false;
}

/* One section; the reader spans the rest of the file. false: no more sections can be read. */
static bool read_section(Decoder *d, unsigned *last_rank) {
    Module *m = d->m;
    const uint8_t *at = d->r.at;
    uint8_t id = read_u8(&d->r);
    if (!check_section_id(d, id, at, *last_rank))
        return false;
    d->section = (SectionId)id;
    d->first = 0;
    decoder_item(d, id == SECTION_custom ? m->custom_count : QUIRK_header);
    const uint8_t *size_at = d->r.at;
    uint32_t size = take_u32(d);
    if (d->r.error == READ_end)
        wt_reader_fail(&d->r, READ_reported, at),
            wt_diag_add(d->diag, ERR_unexpected_end, decoder_offset(d, size_at), 1,
                        "the %s section has no size", section_title(d));
    report_reader(d);
    if (!d->r.error && size > reader_left(&d->r))
        wt_decode_fail(d, ERR_length_bounds, size_at,
                       "the %s section has a size of %u bytes, but %zu are left", section_title(d),
                       (unsigned)size, reader_left(&d->r));
    if (d->r.error || !wt_decode_grow(d, (void **)&m->sections, &d->section_cap, m->section_count,
                                      sizeof *m->sections))
        return false;
    m->sections[m->section_count++] =
        (Section){id, (uint32_t)decoder_offset(d, at), decoder_here(d), size};
    const uint8_t *end = d->r.at + size;
    d->r.end = end;
    if (id == SECTION_custom)
        read_custom_section(d, (uint8_t)*last_rank, (uint32_t)decoder_offset(d, at));
    else if (id == SECTION_start || id == SECTION_datacount)
        read_single_section(d);
    else if (d->known && id == SECTION_func)
        enter_known_funcs(d);
    else if (d->known && id == SECTION_code)
        enter_known_bodies(d);
    else
        read_list_section(d);
    report_reader(d);
    if (id != SECTION_custom)
        *last_rank = wt_section_rank((SectionId)id);
    d->r = reader_of(end, (size_t)(m->source.data + m->source.len - end));
    return !d->diag->out_of_memory;
}

/* ---- the whole ---- */

/* Magic and version. A file of another kind is called by its name when its first bytes tell. */
static bool read_preamble(Decoder *d) {
    Slice s = d->m->source;
    d->section = SECTION_custom; /* no place */
    const char *guess = wt_binary_guess(s);
    if (s.len > d->m->bounds.module_bytes || s.len > UINT32_MAX - 1) {
        wt_diag_add(d->diag, ERR_limit, 0, 0, "a module of %llu bytes, at most %llu",
                    (unsigned long long)s.len, (unsigned long long)d->m->bounds.module_bytes);
        return false;
    }
    bool magic = s.len >= 4 && memcmp(s.data, "\0asm", 4) == 0;
    if (s.len >= 4 && !magic && guess)
        wt_diag_add(d->diag, ERR_magic, 0, 4, "this is not a wasm file: it looks like %s", guess);
    else if (s.len >= 4 && !magic)
        wt_diag_add(d->diag, ERR_magic, 0, 4,
                    "%02x %02x %02x %02x, expected 00 61 73 6d; this is not a wasm file", s.data[0],
                    s.data[1], s.data[2], s.data[3]);
    else if (s.len < 8)
        wt_diag_add(d->diag, ERR_unexpected_end, s.len, 0,
                    s.len ? "a file of %zu bytes, the header has 8" : "the file is empty", s.len);
    else if (load32le(s.data + 4) != 1 && guess)
        wt_diag_add(d->diag, ERR_version, 4, 4, "this is not a core module: it looks like %s",
                    guess);
    else if (load32le(s.data + 4) != 1)
        wt_diag_add(d->diag, ERR_version, 4, 4, "0x%x, expected 1", (unsigned)load32le(s.data + 4));
    else
        return true;
    return false;
}

/* Two sections whose counts must be equal. */
static void check_counts(Decoder *d, ErrorCode code, SectionId a, uint32_t na, SectionId b,
                         uint32_t nb) {
    if (na == nb)
        return;
    uint32_t at = d->counted_at[b] ? d->counted_at[b] : d->counted_at[a];
    DiagEntry *e = wt_diag_add(d->diag, code, at, 1, "%u in the %s section, %u in the %s section",
                               (unsigned)na, wt_section_name(a), (unsigned)nb, wt_section_name(b));
    if (e)
        e->place.section = (uint8_t)(d->counted_at[b] ? b : a);
    if (d->counted_at[a] && d->counted_at[b])
        wt_diag_note(d->diag, e, d->counted_at[a], 1, "the %s section counts %u here",
                     wt_section_name(a), (unsigned)na);
}

/* A data count section that no instruction needs is a quirk too. */
static void note_data_count(Decoder *d) {
    Module *m = d->m;
    if (!m->has_data_count || !(d->flags & DECODE_keep_quirks))
        return;
    if (!(d->flags & DECODE_scan_bodies))
        wt_decode_search_data_users(d);
    if (d->needs_data_count)
        return;
    d->section = SECTION_datacount;
    decoder_item(d, QUIRK_header);
    QuirkList *l = &d->quirks;
    size_t before = l->count;
    wt_decode_note(d, QUIRK_present, 0, 1);
    if (l->count == before)
        return;
    /* To its place: sections come by rank. */
    Quirk q = l->list[before];
    size_t i = before;
    unsigned rank = wt_section_rank(SECTION_datacount);
    for (; i > 0 && wt_section_rank((SectionId)l->list[i - 1].section) > rank; i--)
        l->list[i] = l->list[i - 1];
    l->list[i] = q;
}

/* Custom sections' quirks first: their rank is 0. */
static void store_quirks(Decoder *d) {
    Module *m = d->m;
    size_t custom = d->custom_quirks.count, total = custom + d->quirks.count;
    if (total == 0 || d->diag->out_of_memory)
        return;
    m->quirks = ARENA_ARRAY(&m->arena, Quirk, total);
    if (!m->quirks) {
        wt_diag_oom(d->diag);
        return;
    }
    uint32_t n = 0;
    for (int pass = 0; pass < 2; pass++) /* the name section counts as the header */
        for (size_t i = 0; i < custom; i++)
            if ((d->custom_quirks.list[i].item == QUIRK_header) == (pass == 0))
                m->quirks[n++] = d->custom_quirks.list[i];
    if (d->quirks.count)
        memcpy(m->quirks + n, d->quirks.list, d->quirks.count * sizeof *m->quirks);
    m->quirk_count = (uint32_t)total;
}

/* What two sections say about each other, names, and quirks. After an error the counts would only
   repeat it. */
static void finish_module(Decoder *d) {
    Module *m = d->m;
    if (d->diag->errors == 0)
        check_counts(d, ERR_code_count, SECTION_func, m->func_count - m->func_imports, SECTION_code,
                     d->code_count);
    if (d->diag->errors == 0 && m->has_data_count)
        check_counts(d, ERR_data_count, SECTION_datacount, m->data_count_value, SECTION_data,
                     m->data_count);
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (m->customs[i].is_names)
            wt_binary_read_names(m, m->customs[i].bytes, d->known ? d->known->names : 0, d->diag);
    note_data_count(d);
    store_quirks(d);
}

static bool decode_module(Module *m, Slice bytes, unsigned flags, const KnownCode *known, Diag *d) {
    Decoder decoder = {.m = m, .diag = d, .flags = flags, .known = known};
    m->source = bytes;
    m->is_text = false;
    if (!read_preamble(&decoder))
        return false;
    wt_decode_scan_init(&decoder);
    decoder.r = reader_of(bytes.data + 8, bytes.len - 8);
    unsigned last_rank = 0;
    while (decoder.r.at != decoder.r.end && read_section(&decoder, &last_rank))
        ;
    decoder.r.error = READ_ok;
    if (!d->out_of_memory)
        finish_module(&decoder);
    allocator_free(m->arena.allocator, decoder.nest, decoder.nest_cap);
    if (m->arena.failed)
        wt_diag_oom(d);
    return d->errors == 0;
}

bool wt_binary_decode(Module *m, Slice bytes, unsigned flags, Diag *d) {
    return decode_module(m, bytes, flags, NULL, d);
}

bool wt_binary_decode_known(Module *m, Slice bytes, const KnownCode *known, Diag *d) {
    return decode_module(m, bytes, 0, known, d);
}
