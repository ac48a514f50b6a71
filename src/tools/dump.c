/* The dump of a binary module: section headers, and the order in which the parts are shown. Works
   from what the decoder could read, and from the bytes of the sections. Everything goes to a
   writing buffer, nothing is kept but names. */
#include "tools/dump.h"

#include "tools/dump_inside.h"

static const char *const section_titles[SECTION_count] = {
    [SECTION_custom] = "Custom", [SECTION_type] = "Type",     [SECTION_import] = "Import",
    [SECTION_func] = "Function", [SECTION_table] = "Table",   [SECTION_memory] = "Memory",
    [SECTION_tag] = "Tag",       [SECTION_global] = "Global", [SECTION_export] = "Export",
    [SECTION_start] = "Start",   [SECTION_elem] = "Elem",     [SECTION_datacount] = "DataCount",
    [SECTION_code] = "Code",     [SECTION_data] = "Data",
};

static uint8_t lower_byte(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

static bool same_word(Slice a, const char *b) {
    size_t n = strlen(b);
    if (a.len != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower_byte(a.data[i]) != lower_byte((uint8_t)b[i]))
            return false;
    return true;
}

/* The bytes of a section, as far as the file goes. */
static Slice section_bytes(const Dump *p, const Section *s) {
    if (s->content > p->m->source.len)
        return slice(p->m->source.data, 0);
    size_t left = p->m->source.len - s->content;
    return slice(p->m->source.data + s->content, s->size < left ? s->size : left);
}

/* The name of a custom section, read from its bytes: the decoder may have refused it. */
static Slice custom_name(const Dump *p, const Section *s) {
    Slice bytes = section_bytes(p, s);
    Reader r = reader_of(bytes.data, bytes.len);
    uint32_t len = read_u32(&r);
    const uint8_t *data = read_bytes(&r, len);
    return slice(data, data ? len : 0);
}

static bool section_wanted(const Dump *p, const Section *s) {
    const char *want = p->o->section;
    if (!want || s->id >= SECTION_count)
        return true;
    return same_word(slice_str(section_titles[s->id]), want) ||
           same_word(slice_str(wt_section_name((SectionId)s->id)), want) ||
           (s->id == SECTION_custom && slice_is(custom_name(p, s), want));
}

void wt_dump_put_hex(Buf *out, const uint8_t *data, size_t len, uint64_t at, const char *indent) {
    for (size_t i = 0; i < len; i += 16) {
        size_t n = len - i < 16 ? len - i : 16;
        buf_str(out, indent);
        wt_buf_hex(out, at + i, 7);
        buf_u8(out, ':');
        for (size_t k = 0; k < 16; k++) {
            if (k % 2 == 0)
                buf_u8(out, ' ');
            if (k < n)
                wt_buf_hex(out, data[i + k], 2);
            else
                buf_str(out, "  ");
        }
        buf_str(out, "  ");
        for (size_t k = 0; k < n; k++)
            buf_u8(out, data[i + k] >= 0x20 && data[i + k] < 0x7F ? data[i + k] : '.');
        buf_u8(out, '\n');
    }
}

static void put_header(Dump *p, const Section *s) {
    Buf *out = p->out;
    const char *title = section_titles[s->id];
    for (size_t n = strlen(title); n < 9; n++)
        buf_u8(out, ' ');
    wt_buf_printf(out, "%s start=0x%08x end=0x%08x (size=0x%08x)", title, (unsigned)s->content,
                  (unsigned)(s->content + s->size), (unsigned)s->size);
    Slice bytes = section_bytes(p, s);
    Reader r = reader_of(bytes.data, bytes.len);
    if (s->id == SECTION_custom) {
        buf_u8(out, ' ');
        wt_dump_put_text(out, custom_name(p, s));
    } else {
        uint32_t count = read_u32(&r);
        if (!r.error)
            wt_buf_printf(out, s->id == SECTION_start ? " start: %u" : " count: %u",
                          (unsigned)count);
    }
    buf_u8(out, '\n');
}

static void put_headers(Dump *p) {
    buf_str(p->out, "\nSections:\n\n");
    for (uint32_t i = 0; i < p->m->section_count; i++)
        if (section_wanted(p, &p->m->sections[i]))
            put_header(p, &p->m->sections[i]);
}

/* A custom section as the decoder keeps it: by the offset of its id byte or contents. */
static Custom custom_of(const Dump *p, const Section *s) {
    Slice bytes = section_bytes(p, s), name = custom_name(p, s);
    Custom c = {.name = name, .at = s->at};
    size_t used = name.data ? (size_t)(name.data + name.len - bytes.data) : bytes.len;
    c.bytes = slice(bytes.data + used, bytes.len - used);
    return c;
}

static void put_details(Dump *p) {
    buf_str(p->out, "\nSection Details:\n\n");
    for (uint32_t i = 0; i < p->m->section_count; i++) {
        const Section *s = &p->m->sections[i];
        if (!section_wanted(p, s))
            continue;
        if (s->id == SECTION_custom) {
            Custom c = custom_of(p, s);
            wt_dump_custom(p, &c);
        } else {
            wt_buf_printf(p->out, "%s", section_titles[s->id]);
            wt_dump_items(p, (SectionId)s->id);
        }
    }
}

static void put_contents(Dump *p) {
    for (uint32_t i = 0; i < p->m->section_count; i++) {
        const Section *s = &p->m->sections[i];
        if (!section_wanted(p, s))
            continue;
        wt_buf_printf(p->out, "\nContents of section %s", section_titles[s->id]);
        if (s->id == SECTION_custom) {
            buf_u8(p->out, ' ');
            wt_dump_put_text(p->out, custom_name(p, s));
        }
        buf_str(p->out, ":\n");
        Slice bytes = section_bytes(p, s);
        wt_dump_put_hex(p->out, bytes.data, bytes.len, s->content, "");
    }
}

static void put_relocs(Dump *p, bool code_too) {
    bool any = false;
    for (uint32_t i = 0; i < p->m->section_count; i++) {
        const Section *s = &p->m->sections[i];
        RelocWalk w = wt_dump_relocs_of(p, i);
        if (!w.ok || !section_wanted(p, s) || (s->id == SECTION_code && !code_too))
            continue;
        any = true;
        wt_buf_printf(p->out, "\nRelocations of section %s", section_titles[s->id]);
        if (s->id == SECTION_custom) {
            buf_u8(p->out, ' ');
            wt_dump_put_text(p->out, custom_name(p, s));
        }
        wt_buf_printf(p->out, " [%u]:\n", (unsigned)w.left);
        for (Reloc reloc; wt_dump_next_reloc(&w, &reloc);) {
            wt_buf_printf(p->out, " - 0x%06llx: ", (unsigned long long)s->content + reloc.offset);
            wt_dump_put_reloc(p, &reloc);
            buf_u8(p->out, '\n');
        }
        if (w.left)
            wt_buf_printf(p->out, " (%u more entries could not be read)\n", (unsigned)w.left);
    }
    if (!any && code_too)
        buf_str(p->out, "\nNo relocations.\n");
}

static bool has_code(const Dump *p) {
    for (uint32_t i = 0; i < p->m->section_count; i++)
        if (p->m->sections[i].id == SECTION_code)
            return section_wanted(p, &p->m->sections[i]);
    return false;
}

static bool any_section(const Dump *p) {
    for (uint32_t i = 0; i < p->m->section_count; i++)
        if (section_wanted(p, &p->m->sections[i]))
            return true;
    return false;
}

bool wt_dump(const Module *m, const DumpOptions *options, Buf *out, Diag *d) {
    if (m->source.len < 8 || memcmp(m->source.data, "\0asm", 4) != 0)
        return false; /* the decoder has said so */
    Dump p = {.m = m, .origin = m->source.data, .o = options, .out = out, .d = d};
    wt_arena_init(&p.arena, m->arena.allocator);
    const char *slash = strrchr(options->name, '/');
    wt_buf_printf(out, "%s:\tfile format wasm 0x%x\n", slash ? slash + 1 : options->name,
                  (unsigned)load32le(m->source.data + 4));
    if (options->section && !any_section(&p))
        wt_diag_add(d, ERR_unknown_section, DIAG_NOWHERE, 0, "\"%s\"", options->section);
    if (options->details || options->disassemble || options->relocations)
        wt_dump_collect_names(&p);
    if (options->headers)
        put_headers(&p);
    if (options->details)
        put_details(&p);
    if (options->disassemble && has_code(&p))
        wt_dump_code(&p);
    if (options->contents)
        put_contents(&p);
    if (options->relocations)
        put_relocs(&p, !options->disassemble);
    if (p.arena.failed)
        wt_diag_oom(d);
    wt_arena_free(&p.arena);
    return !out->failed && d->errors == 0;
}
