/* What is known of custom sections: names, producers, features, dynamic and static linking,
   relocations, source maps, branch hints. The tool conventions describe them; none can make a
   module malformed, so what cannot be read is shown as bytes, with a line that says so. */
#include "tools/dump_inside.h"

enum { CUSTOM_BYTES_SHOWN = 64 };

static Slice read_text(Reader *r) {
    uint32_t len = read_u32(r);
    const uint8_t *data = read_bytes(r, len);
    return slice(data, data ? len : 0);
}

static void put_flag_words(Buf *out, uint32_t flags, const char *const words[], size_t count) {
    for (size_t i = 0; i < count; i++)
        if (flags >> i & 1 && words[i]) {
            buf_u8(out, ' ');
            buf_str(out, words[i]);
        }
}

/* ---- name ---- */

static const struct {
    const char *title;
    bool indirect;
} name_rows[NAME_count] = {
    [NAME_module] = {"module", false}, [NAME_func] = {"func", false},
    [NAME_local] = {"local", true},    [NAME_label] = {"label", true},
    [NAME_type] = {"type", false},     [NAME_table] = {"table", false},
    [NAME_memory] = {"memory", false}, [NAME_global] = {"global", false},
    [NAME_elem] = {"elem", false},     [NAME_data] = {"data", false},
    [NAME_field] = {"field", true},    [NAME_tag] = {"tag", false},
};

static void put_name_map(Dump *p, Slice sub, const char *title) {
    NameWalk w = wt_names_walk(sub);
    uint32_t index;
    for (Slice name; wt_names_next(&w, &index, &name);) {
        wt_buf_printf(p->out, " - %s[%u]", title, (unsigned)index);
        wt_dump_put_bracketed(p->out, name);
        buf_u8(p->out, '\n');
    }
}

static void put_indirect_map(Dump *p, Slice sub, NameKind kind) {
    NameWalk outer = wt_names_walk(sub), inner;
    uint32_t of, index;
    while (wt_names_next_outer(&outer, &of, &inner))
        for (Slice name; wt_names_next(&inner, &index, &name);) {
            wt_buf_printf(p->out, " - %s[%u] %s[%u]", kind == NAME_field ? "type" : "func",
                          (unsigned)of, name_rows[kind].title, (unsigned)index);
            wt_dump_put_bracketed(p->out, name);
            buf_u8(p->out, '\n');
        }
}

static void put_name_section(Dump *p, Reader *r) {
    while (r->at != r->end && !r->error) {
        uint8_t kind = read_u8(r);
        uint32_t size = read_u32(r);
        const uint8_t *data = read_bytes(r, size);
        if (!data)
            return;
        Slice sub = slice(data, size);
        if (kind >= NAME_count) {
            wt_buf_printf(p->out, " - subsection %u of %u bytes\n", (unsigned)kind, (unsigned)size);
        } else if (kind == NAME_module) {
            Reader inside = reader_of(data, size);
            buf_str(p->out, " - module");
            wt_dump_put_bracketed(p->out, read_text(&inside));
            buf_u8(p->out, '\n');
        } else if (name_rows[kind].indirect) {
            put_indirect_map(p, sub, (NameKind)kind);
        } else {
            put_name_map(p, sub, name_rows[kind].title);
        }
    }
}

/* ---- producers, target_features, source maps ---- */

static void put_producers(Dump *p, Reader *r) {
    uint32_t fields = read_u32(r);
    for (uint32_t i = 0; i < fields && !r->error; i++) {
        Slice field = read_text(r);
        uint32_t count = read_u32(r);
        for (uint32_t k = 0; k < count && !r->error; k++) {
            Slice name = read_text(r), version = read_text(r);
            if (r->error)
                return;
            buf_str(p->out, " - ");
            buf_slice(p->out, field);
            buf_str(p->out, ": ");
            wt_dump_put_text(p->out, name);
            buf_u8(p->out, ' ');
            wt_dump_put_text(p->out, version);
            buf_u8(p->out, '\n');
        }
    }
}

static void put_target_features(Dump *p, Reader *r) {
    uint32_t count = read_u32(r);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        uint8_t prefix = read_u8(r);
        Slice name = read_text(r);
        if (r->error)
            return;
        wt_buf_printf(p->out, " - [%c] ", prefix >= 0x20 && prefix < 0x7F ? prefix : '?');
        wt_dump_put_text(p->out, name);
        buf_u8(p->out, '\n');
    }
}

static void put_one_text(Dump *p, Reader *r) {
    Slice url = read_text(r);
    if (r->error)
        return;
    buf_str(p->out, " - ");
    wt_dump_put_text(p->out, url);
    buf_u8(p->out, '\n');
}

static void put_branch_hints(Dump *p, Reader *r) {
    uint32_t funcs = read_u32(r);
    for (uint32_t i = 0; i < funcs && !r->error; i++) {
        uint32_t funcidx = read_u32(r), count = read_u32(r);
        wt_buf_printf(p->out, " - func[%u]", (unsigned)funcidx);
        wt_dump_put_name(p, NAME_func, funcidx);
        wt_buf_printf(p->out, " hints=%u\n", (unsigned)count);
        for (uint32_t k = 0; k < count && !r->error; k++) {
            uint32_t offset = read_u32(r), size = read_u32(r);
            const uint8_t *value = read_bytes(r, size);
            if (!value)
                return;
            wt_buf_printf(p->out, "  - offset=0x%x %s\n", (unsigned)offset,
                          size == 1 && value[0] == 0   ? "unlikely"
                          : size == 1 && value[0] == 1 ? "likely"
                                                       : "(unknown hint)");
        }
    }
}

/* ---- dylink.0 ---- */

static void put_needed(Dump *p, Reader *r, const char *what) {
    uint32_t count = read_u32(r);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        wt_buf_printf(p->out, " - %s: ", what);
        wt_dump_put_text(p->out, read_text(r));
        buf_u8(p->out, '\n');
    }
}

static void put_dylink_flags(Dump *p, Reader *r, bool imports) {
    static const char *const words[] = {"weak",     "local",         "hidden",   NULL,  "undefined",
                                        "exported", "explicit-name", "no-strip", "tls", "absolute"};
    uint32_t count = read_u32(r);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        Slice module = {NULL, 0};
        if (imports)
            module = read_text(r);
        Slice name = read_text(r);
        uint32_t flags = read_u32(r);
        wt_buf_printf(p->out, " - %s: ", imports ? "import" : "export");
        if (imports) {
            wt_dump_put_text(p->out, module);
            buf_u8(p->out, '.');
        }
        wt_dump_put_text(p->out, name);
        wt_buf_printf(p->out, " flags=0x%x", (unsigned)flags);
        put_flag_words(p->out, flags, words, WT_COUNT(words));
        buf_u8(p->out, '\n');
    }
}

static void put_dylink(Dump *p, Reader *r) {
    while (r->at != r->end && !r->error) {
        uint8_t kind = read_u8(r);
        uint32_t size = read_u32(r);
        const uint8_t *data = read_bytes(r, size);
        Reader sub = reader_of(data, data ? size : 0);
        if (!data)
            return;
        if (kind == 1) {
            uint32_t n[4];
            for (size_t i = 0; i < 4; i++)
                n[i] = read_u32(&sub);
            wt_buf_printf(p->out,
                          " - memory size=%u align=%u\n - table size=%u align=%u (alignments are"
                          " powers of two)\n",
                          (unsigned)n[0], (unsigned)n[1], (unsigned)n[2], (unsigned)n[3]);
        } else if (kind == 2) {
            put_needed(p, &sub, "needed");
        } else if (kind == 3 || kind == 4) {
            put_dylink_flags(p, &sub, kind == 4);
        } else if (kind == 5) {
            put_needed(p, &sub, "runtime path");
        } else {
            wt_buf_printf(p->out, " - subsection %u of %u bytes\n", (unsigned)kind, (unsigned)size);
        }
    }
}

/* ---- linking ---- */

enum { SYMBOL_func, SYMBOL_data, SYMBOL_global, SYMBOL_section, SYMBOL_tag, SYMBOL_table };
enum { SYMBOL_undefined = 0x10, SYMBOL_explicit_name = 0x40 };

typedef struct Symbol {
    uint8_t kind;
    uint32_t flags, index, offset, size;
    Slice name;
} Symbol;

static bool next_symbol(Reader *r, Symbol *s) {
    *s = (Symbol){.kind = read_u8(r)};
    s->flags = read_u32(r);
    bool undefined = s->flags & SYMBOL_undefined;
    switch (s->kind) {
    case SYMBOL_func:
    case SYMBOL_global:
    case SYMBOL_tag:
    case SYMBOL_table:
        s->index = read_u32(r);
        if (!undefined || (s->flags & SYMBOL_explicit_name))
            s->name = read_text(r);
        break;
    case SYMBOL_data:
        s->name = read_text(r);
        if (!undefined) {
            s->index = read_u32(r);
            s->offset = read_u32(r);
            s->size = read_u32(r);
        }
        break;
    case SYMBOL_section:
        s->index = read_u32(r);
        break;
    default:
        wt_reader_fail(r, READ_end, r->at);
        break;
    }
    return !r->error;
}

static NameKind kind_of_symbol(uint8_t kind) {
    return kind == SYMBOL_func     ? NAME_func
           : kind == SYMBOL_global ? NAME_global
           : kind == SYMBOL_tag    ? NAME_tag
           : kind == SYMBOL_table  ? NAME_table
                                   : NAME_count;
}

static void put_symbols(Dump *p, Reader *r) {
    static const char *const kinds[] = {"func", "data", "global", "section", "tag", "table"};
    static const char *const words[] = {"weak",     "local",         "hidden",   NULL,  "undefined",
                                        "exported", "explicit-name", "no-strip", "tls", "absolute"};
    uint32_t count = read_u32(r);
    wt_buf_printf(p->out, " - symbol table [count=%u]\n", (unsigned)count);
    Symbol s;
    for (uint32_t i = 0; i < count && next_symbol(r, &s); i++) {
        wt_buf_printf(p->out, "  - %u: %s", (unsigned)i, kinds[s.kind]);
        if (s.name.data)
            wt_dump_put_bracketed(p->out, s.name);
        if (s.kind != SYMBOL_data) {
            wt_buf_printf(p->out, " %s=%u", kinds[s.kind], (unsigned)s.index);
            if (!s.name.data && kind_of_symbol(s.kind) != NAME_count)
                wt_dump_put_name(p, kind_of_symbol(s.kind), s.index);
        } else if (!(s.flags & SYMBOL_undefined)) {
            wt_buf_printf(p->out, " segment=%u offset=%u size=%u", (unsigned)s.index,
                          (unsigned)s.offset, (unsigned)s.size);
        }
        wt_buf_printf(p->out, " flags=0x%x", (unsigned)s.flags);
        put_flag_words(p->out, s.flags, words, WT_COUNT(words));
        buf_u8(p->out, '\n');
    }
}

static void put_segment_info(Dump *p, Reader *r) {
    static const char *const words[] = {"strings", "tls", "retain"};
    uint32_t count = read_u32(r);
    wt_buf_printf(p->out, " - segment info [count=%u]\n", (unsigned)count);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        Slice name = read_text(r);
        uint32_t align = read_u32(r), flags = read_u32(r);
        wt_buf_printf(p->out, "  - %u: ", (unsigned)i);
        wt_dump_put_text(p->out, name);
        wt_buf_printf(p->out, " align=2^%u flags=0x%x", (unsigned)align, (unsigned)flags);
        put_flag_words(p->out, flags, words, WT_COUNT(words));
        buf_u8(p->out, '\n');
    }
}

static void put_symbol_name(Dump *p, uint32_t index) {
    if (index >= p->symbol_count)
        return;
    const SymbolName *s = &p->symbols[index];
    if (s->name.data)
        wt_dump_put_bracketed(p->out, s->name);
    else if (s->section)
        wt_buf_printf(p->out, " <section %u>", (unsigned)s->index);
    else
        wt_dump_put_name(p, (NameKind)s->kind, s->index);
}

static void put_init_funcs(Dump *p, Reader *r) {
    uint32_t count = read_u32(r);
    wt_buf_printf(p->out, " - init functions [count=%u]\n", (unsigned)count);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        uint32_t priority = read_u32(r), symbol = read_u32(r);
        wt_buf_printf(p->out, "  - %u: priority=%u symbol=%u", (unsigned)i, (unsigned)priority,
                      (unsigned)symbol);
        put_symbol_name(p, symbol);
        buf_u8(p->out, '\n');
    }
}

static void put_comdats(Dump *p, Reader *r) {
    static const char *const kinds[] = {"data", "func", "global", "tag", "table", "section"};
    uint32_t count = read_u32(r);
    wt_buf_printf(p->out, " - comdats [count=%u]\n", (unsigned)count);
    for (uint32_t i = 0; i < count && !r->error; i++) {
        Slice name = read_text(r);
        read_u32(r); /* flags: none are defined */
        uint32_t members = read_u32(r);
        wt_buf_printf(p->out, "  - %u:", (unsigned)i);
        wt_dump_put_bracketed(p->out, name);
        buf_u8(p->out, '\n');
        for (uint32_t k = 0; k < members && !r->error; k++) {
            uint8_t kind = read_u8(r);
            uint32_t index = read_u32(r);
            wt_buf_printf(p->out, "   - %s[%u]\n", kind < WT_COUNT(kinds) ? kinds[kind] : "?",
                          (unsigned)index);
        }
    }
}

enum { LINK_segments = 5, LINK_init_funcs = 6, LINK_comdats = 7, LINK_symbols = 8 };

static void put_linking(Dump *p, Reader *r) {
    wt_buf_printf(p->out, " - version: %u\n", (unsigned)read_u32(r));
    while (r->at != r->end && !r->error) {
        uint8_t kind = read_u8(r);
        uint32_t size = read_u32(r);
        const uint8_t *data = read_bytes(r, size);
        if (!data)
            return;
        Reader sub = reader_of(data, size);
        if (kind == LINK_segments)
            put_segment_info(p, &sub);
        else if (kind == LINK_init_funcs)
            put_init_funcs(p, &sub);
        else if (kind == LINK_comdats)
            put_comdats(p, &sub);
        else if (kind == LINK_symbols)
            put_symbols(p, &sub);
        else
            wt_buf_printf(p->out, " - subsection %u of %u bytes\n", (unsigned)kind, (unsigned)size);
        if (sub.error)
            buf_str(p->out, "  - (the rest could not be read)\n");
    }
}

/* Remembers the symbols for relocations, and lends their names. */
static void collect_symbol_table(Dump *p, Reader r) {
    uint32_t count = read_u32(&r);
    /* A symbol takes two bytes at least. */
    if (count > reader_left(&r) / 2)
        return;
    p->symbols = ARENA_ARRAY(&p->arena, SymbolName, count);
    p->symbol_count = p->symbols ? count : 0;
    Symbol s;
    for (uint32_t i = 0; i < p->symbol_count && next_symbol(&r, &s); i++) {
        NameKind kind = kind_of_symbol(s.kind);
        p->symbols[i] = (SymbolName){s.name, (uint8_t)kind, s.kind == SYMBOL_section, s.index};
        if (s.name.data && kind < NAME_count && s.index < p->counts[kind] &&
            !p->names[kind][s.index].data)
            p->names[kind][s.index] = s.name;
    }
}

static void collect_symbols(Dump *p, Slice bytes) {
    Reader r = reader_of(bytes.data, bytes.len);
    read_u32(&r);
    while (r.at != r.end && !r.error) {
        uint8_t kind = read_u8(&r);
        uint32_t size = read_u32(&r);
        const uint8_t *data = read_bytes(&r, size);
        if (data && kind == LINK_symbols)
            collect_symbol_table(p, reader_of(data, size));
    }
}

void wt_dump_symbols(Dump *p) {
    for (uint32_t i = 0; i < p->m->custom_count; i++)
        if (slice_is(p->m->customs[i].name, "linking"))
            collect_symbols(p, p->m->customs[i].bytes);
}

/* ---- reloc.* ---- */

static const struct RelocRow {
    const char *name;
    bool addend, type_index; /* type_index: the index is a type's, not a symbol's */
} reloc_rows[] = {
    {"R_WASM_FUNCTION_INDEX_LEB", false, false},     {"R_WASM_TABLE_INDEX_SLEB", false, false},
    {"R_WASM_TABLE_INDEX_I32", false, false},        {"R_WASM_MEMORY_ADDR_LEB", true, false},
    {"R_WASM_MEMORY_ADDR_SLEB", true, false},        {"R_WASM_MEMORY_ADDR_I32", true, false},
    {"R_WASM_TYPE_INDEX_LEB", false, true},          {"R_WASM_GLOBAL_INDEX_LEB", false, false},
    {"R_WASM_FUNCTION_OFFSET_I32", true, false},     {"R_WASM_SECTION_OFFSET_I32", true, false},
    {"R_WASM_TAG_INDEX_LEB", false, false},          {"R_WASM_MEMORY_ADDR_REL_SLEB", true, false},
    {"R_WASM_TABLE_INDEX_REL_SLEB", false, false},   {"R_WASM_GLOBAL_INDEX_I32", false, false},
    {"R_WASM_MEMORY_ADDR_LEB64", true, false},       {"R_WASM_MEMORY_ADDR_SLEB64", true, false},
    {"R_WASM_MEMORY_ADDR_I64", true, false},         {"R_WASM_MEMORY_ADDR_REL_SLEB64", true, false},
    {"R_WASM_TABLE_INDEX_SLEB64", false, false},     {"R_WASM_TABLE_INDEX_I64", false, false},
    {"R_WASM_TABLE_NUMBER_LEB", false, false},       {"R_WASM_MEMORY_ADDR_TLS_SLEB", true, false},
    {"R_WASM_FUNCTION_OFFSET_I64", true, false},     {"R_WASM_MEMORY_ADDR_LOCREL_I32", true, false},
    {"R_WASM_TABLE_INDEX_REL_SLEB64", false, false}, {"R_WASM_MEMORY_ADDR_TLS_SLEB64", true, false},
    {"R_WASM_FUNCTION_INDEX_I32", false, false},
};

static bool is_reloc_section(Slice name) {
    return name.len >= 6 && memcmp(name.data, "reloc.", 6) == 0;
}

RelocWalk wt_dump_relocs_of(const Dump *p, uint32_t section) {
    for (uint32_t i = 0; i < p->m->custom_count; i++) {
        const Custom *c = &p->m->customs[i];
        if (!is_reloc_section(c->name))
            continue;
        RelocWalk w = {.r = reader_of(c->bytes.data, c->bytes.len)};
        w.section = read_u32(&w.r);
        w.left = read_u32(&w.r);
        w.ok = !w.r.error;
        if (w.ok && w.section == section)
            return w;
    }
    return (RelocWalk){.ok = false};
}

bool wt_dump_next_reloc(RelocWalk *w, Reloc *reloc) {
    if (w->left == 0 || w->r.at == w->r.end)
        return false;
    reloc->type = read_u8(&w->r);
    reloc->offset = read_u32(&w->r);
    reloc->index = read_u32(&w->r);
    reloc->addend = 0;
    /* An unknown kind may or may not have an addend: nothing behind it can be read. */
    if (reloc->type >= WT_COUNT(reloc_rows))
        return false;
    if (reloc_rows[reloc->type].addend)
        reloc->addend = read_s64(&w->r);
    if (w->r.error)
        return false;
    w->left--;
    return true;
}

void wt_dump_put_reloc(Dump *p, const Reloc *reloc) {
    const struct RelocRow *row = &reloc_rows[reloc->type];
    wt_buf_printf(p->out, "%s %u", row->name, (unsigned)reloc->index);
    if (row->type_index)
        wt_dump_put_name(p, NAME_type, reloc->index);
    else
        put_symbol_name(p, reloc->index);
    if (reloc->addend)
        wt_buf_printf(p->out, " %+lld", (long long)reloc->addend);
}

static void put_reloc_section(Dump *p, Reader *r) {
    uint32_t section = read_u32(r), count = read_u32(r);
    wt_buf_printf(p->out, " - relocations for section %u [count=%u] (-r shows them)\n",
                  (unsigned)section, (unsigned)count);
    r->at = r->error ? r->at : r->end;
}

/* ---- all ---- */

static const struct CustomRow {
    const char *name;
    void (*put)(Dump *p, Reader *r);
} custom_rows[] = {
    {"name", put_name_section},
    {"producers", put_producers},
    {"target_features", put_target_features},
    {"dylink.0", put_dylink},
    {"linking", put_linking},
    {"sourceMappingURL", put_one_text},
    {"external_debug_info", put_one_text},
    {"metadata.code.branch_hint", put_branch_hints},
};

void wt_dump_custom(Dump *p, const Custom *c) {
    buf_str(p->out, "Custom:\n - name: ");
    wt_dump_put_text(p->out, c->name);
    buf_u8(p->out, '\n');
    Reader r = reader_of(c->bytes.data, c->bytes.len);
    for (size_t i = 0; i < WT_COUNT(custom_rows); i++) {
        if (!slice_is(c->name, custom_rows[i].name))
            continue;
        custom_rows[i].put(p, &r);
        if (r.error || r.at != r.end)
            buf_str(p->out, " - (the rest could not be read)\n");
        return;
    }
    if (is_reloc_section(c->name)) {
        put_reloc_section(p, &r);
        return;
    }
    size_t shown = c->bytes.len > CUSTOM_BYTES_SHOWN + 16 ? CUSTOM_BYTES_SHOWN : c->bytes.len;
    wt_dump_put_hex(p->out, c->bytes.data, shown, 0, " - ");
    if (shown < c->bytes.len)
        wt_buf_printf(p->out, " - ... %llu more bytes (-s shows them)\n",
                      (unsigned long long)(c->bytes.len - shown));
}
