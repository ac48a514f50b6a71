/* A source map (version 3) of a module that was made of a text: for each instruction the line and
   column that it stands at, and the names of functions. Generated positions are in one line; their
   columns are offsets in the binary, as debuggers of WebAssembly have it. */
#include "pack/pack.h"

#include "binary/decode.h"
#include "text/parse.h"
#include "tools/report.h"

typedef struct MapWriter {
    const Module *m;
    Slice text;
    Buf *out;
    TextLines lines;
    uint32_t base;    /* of the function's body in the binary */
    bool first, name; /* segments; whether the next one has a name */
    int64_t column, source_line, source_column, names; /* of the segment before; names used up */
} MapWriter;

static void put_vlq(Buf *out, int64_t value) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t v = value < 0 ? ((uint64_t)-value << 1) | 1 : (uint64_t)value << 1;
    do {
        unsigned digit = v & 31;
        v >>= 5;
        buf_u8(out, (uint8_t)digits[digit | (v ? 32 : 0)]);
    } while (v);
}

/* Columns count units of UTF-16. In very long lines they are not looked for. */
static int64_t column_at(const MapWriter *w, uint32_t from, uint32_t at) {
    enum { MAP_line = 4096 };
    if (at - from > MAP_line)
        return 0;
    int64_t n = 0;
    for (uint32_t i = from; i < at; i++) {
        uint8_t c = w->text.data[i];
        n += (c & 0xc0) != 0x80;
        n += c >= 0xf0;
    }
    return n;
}

static void put_segment(MapWriter *w, uint32_t offset, uint32_t at) {
    int64_t line = (int64_t)wt_report_find_line(&w->lines, at);
    int64_t column = column_at(w, w->lines.starts[line], at);
    if (!w->first)
        buf_u8(w->out, ',');
    put_vlq(w->out, offset - w->column);
    buf_u8(w->out, 'A'); /* the one source */
    put_vlq(w->out, line - w->source_line);
    put_vlq(w->out, column - w->source_column);
    if (w->name)
        put_vlq(w->out, w->names++ ? 1 : 0);
    w->first = w->name = false;
    w->column = offset;
    w->source_line = line;
    w->source_column = column;
}

/* In the order of functions, each at most once. */
static void put_map_names(const Module *m, Buf *out) {
    NameWalk walk = wt_names_walk(m->names.sub[NAME_func]);
    uint32_t index;
    Slice name;
    bool first = true;
    while (wt_names_next(&walk, &index, &name)) {
        if (index < m->func_imports || index >= m->func_count)
            continue;
        buf_str(out, first ? "" : ",");
        first = false;
        wt_report_json_string(out, name);
    }
}

bool wt_pack_map(const Module *m, Slice bytes, const char *source, Arena *arena, Buf *out,
                 Diag *d) {
    MapWriter w = {.m = m, .text = m->source, .out = out, .first = true};
    Module binary;
    wt_module_init(&binary, arena->allocator, &(ReadOptions){m->features, m->bounds});
    bool ok = wt_report_find_lines(&w.lines, w.text, arena->allocator) &&
              wt_binary_decode(&binary, bytes, 0, d);
    TextMap *map = ok ? wt_text_map_new(m) : NULL;
    ok = ok && map && binary.func_count == m->func_count;
    buf_str(out, "{\"version\":3,\"sources\":[");
    wt_report_json_string(out, slice_str(source));
    buf_str(out, "],\"sourcesContent\":[");
    wt_report_json_string(out, m->source);
    buf_str(out, "],\"names\":[");
    put_map_names(m, out);
    buf_str(out, "],\"mappings\":\"");
    NameWalk names = wt_names_walk(m->names.sub[NAME_func]);
    uint32_t named = 0;
    Slice name;
    bool more = wt_names_next(&names, &named, &name);
    for (uint32_t i = m->func_imports; ok && i < m->func_count; i++) {
        while (more && named < i)
            more = wt_names_next(&names, &named, &name);
        w.base = (uint32_t)(binary.funcs[i].code - bytes.data);
        w.name = more && named == i;
        put_segment(&w, w.base, m->funcs[i].at);
        MapField field;
        ok = wt_text_map_read(map, SECTION_code, i, &field);
        for (size_t k = 0; ok && k < field.count; k++)
            put_segment(&w, w.base + field.marks[k].offset, field.marks[k].token.at);
    }
    buf_str(out, "\"}\n");
    if (!ok && !d->errors)
        wt_diag_oom(d);
    wt_text_map_free(map);
    wt_report_free_lines(&w.lines);
    wt_module_free(&binary);
    return ok && !out->failed;
}
