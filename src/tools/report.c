/* Writing problems. Text inputs show the line and a caret line under the whole token; binaries show
   the path to the place and sixteen bytes around it. Nothing here can fail but by memory, and then
   the output is short. */
#include "tools/report.h"

#include "base/leb128.h"
#include "base/utf8.h"
#include "wasm/insn.h"

enum { EXCERPT_COLUMNS = 110 };

/* Behind this byte a line begins. */
WT_INLINE bool line_ends(Slice source, size_t i) {
    uint8_t c = source.data[i];
    return c == '\n' || (c == '\r' && !(i + 1 < source.len && source.data[i + 1] == '\n'));
}

TextPlace wt_report_line(Slice source, uint64_t at) {
    TextPlace p = {.line = 1, .column = 1};
    size_t offset = at < source.len ? (size_t)at : source.len;
    for (size_t i = 0; i < offset; i++) {
        if (line_ends(source, i)) {
            p.line++;
            p.start = i + 1;
        }
    }
    p.end = p.start;
    while (p.end < source.len && source.data[p.end] != '\n' && source.data[p.end] != '\r')
        p.end++;
    for (size_t i = p.start; i < offset; i++)
        if ((source.data[i] & 0xC0) != 0x80)
            p.column++;
    return p;
}

bool wt_report_find_lines(TextLines *lines, Slice source, const Allocator *allocator) {
    *lines = (TextLines){.allocator = allocator};
    for (size_t i = 0, start = 0; i <= source.len; i++) {
        if (i < source.len && !line_ends(source, i))
            continue;
        if (!wt_vec_grow(allocator, (void **)&lines->starts, &lines->cap, lines->count,
                         sizeof *lines->starts))
            return false;
        lines->starts[lines->count++] = (uint32_t)start;
        start = i + 1;
    }
    return true;
}

void wt_report_free_lines(TextLines *lines) {
    allocator_free(lines->allocator, lines->starts, lines->cap * sizeof *lines->starts);
}

size_t wt_report_find_line(const TextLines *lines, uint64_t at) {
    size_t low = 0, high = lines->count - 1;
    while (low < high) {
        size_t mid = (low + high + 1) / 2;
        if (lines->starts[mid] <= at)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

void wt_report_json_string(Buf *out, Slice s) {
    buf_u8(out, '"');
    for (size_t i = 0; i < s.len;) {
        size_t n;
        uint32_t c = wt_utf8_decode(s.data + i, s.len - i, &n);
        if (c == '"' || c == '\\') {
            buf_u8(out, '\\');
            buf_u8(out, (uint8_t)c);
        } else if (c < 0x20 || c == 0x7F) {
            buf_str(out, "\\u");
            wt_buf_hex(out, c, 4);
        } else {
            uint8_t bytes[4];
            buf_bytes(out, bytes, wt_utf8_encode(c, bytes));
        }
        i += n;
    }
    buf_u8(out, '"');
}

/* A name in quotes, unprintable characters as \hh. */
static void put_quoted(Buf *out, Slice s) {
    buf_u8(out, '"');
    for (size_t i = 0; i < s.len && i < 200; i++) {
        uint8_t c = s.data[i];
        if (c < 0x20 || c == 0x7F || c == '"' || c == '\\') {
            buf_u8(out, '\\');
            wt_buf_hex(out, c, 2);
        } else {
            buf_u8(out, c);
        }
    }
    buf_str(out, s.len > 200 ? "…\"" : "\"");
}

static const struct {
    uint8_t section;
    uint8_t name_kind;
    const char *item;
} place_rows[] = {
    {SECTION_code, NAME_func, "func"},       {SECTION_global, NAME_global, "global"},
    {SECTION_elem, NAME_elem, "elem"},       {SECTION_data, NAME_data, "data"},
    {SECTION_table, NAME_table, "table"},    {SECTION_type, NAME_type, "type"},
    {SECTION_func, NAME_func, "func"},       {SECTION_tag, NAME_tag, "tag"},
    {SECTION_memory, NAME_memory, "memory"}, {SECTION_import, NAME_count, "import"},
    {SECTION_export, NAME_count, "export"},
};

/* The section of a binary that holds an offset, or NULL. */
static const Section *section_at(const Module *m, uint64_t at) {
    if (!m || m->is_text || at == DIAG_NOWHERE)
        return NULL;
    for (uint32_t i = 0; i < m->section_count; i++) {
        const Section *s = &m->sections[i];
        if (at >= s->at && at < (uint64_t)s->content + s->size)
            return s;
    }
    return NULL;
}

/* The mnemonic of the instruction at an offset of a body, or NULL. */
static const char *op_at(const Module *m, uint64_t at) {
    if (m->is_text || at >= m->source.len)
        return NULL;
    Reader r = reader_of(m->source.data + at, m->source.len - (size_t)at);
    unsigned op = insn_read_op(&r);
    return r.error ? NULL : op_info(op)->text;
}

void wt_report_path(Buf *out, const Module *m, const DiagEntry *e, const Place *place) {
    if (place->section == SECTION_custom) {
        const Section *s = section_at(m, e->at);
        if (s)
            wt_buf_printf(out, "%s section", wt_section_name((SectionId)s->id));
        return;
    }
    wt_buf_printf(out, "%s section", wt_section_name((SectionId)place->section));
    for (size_t i = 0; i < WT_COUNT(place_rows); i++) {
        if (place_rows[i].section != place->section)
            continue;
        wt_buf_printf(out, " > %s %u", place_rows[i].item, (unsigned)place->item);
        Slice name = {NULL, 0};
        if (m && place_rows[i].name_kind != NAME_count)
            name = wt_names_find(m, (NameKind)place_rows[i].name_kind, place->item);
        if (name.data) {
            buf_u8(out, ' ');
            put_quoted(out, name);
        }
        break;
    }
    if (place->section != SECTION_code)
        return;
    wt_buf_printf(out, " > instruction %u", (unsigned)place->insn);
    const char *op = m ? op_at(m, e->at) : NULL;
    if (op)
        wt_buf_printf(out, " (%s)", op);
}

/* ---- text
 * ----------------------------------------------------------------------------------------------------------
 */

typedef struct Writer {
    Buf *out;
    const ReportOptions *options;
    const Module *m;
    Slice source;
    bool is_text;
} Writer;

static void put_colour(const Writer *w, const char *code) {
    if (w->options->colour)
        wt_buf_printf(w->out, "\033[%sm", code);
}

static void put_place(const Writer *w, uint64_t at) {
    buf_str(w->out, w->options->name);
    if (at == DIAG_NOWHERE)
        return;
    if (w->is_text) {
        TextPlace p = wt_report_line(w->source, at);
        wt_buf_printf(w->out, ":%llu:%llu", (unsigned long long)p.line,
                      (unsigned long long)p.column);
    } else {
        wt_buf_printf(w->out, ":0x%llx", (unsigned long long)at);
    }
}

/* Moves an offset back to the start of its character, which is at most three bytes away and not
   before `least`; where that is none, in broken UTF-8, it stays. */
static size_t char_start(Slice source, size_t at, size_t least) {
    for (size_t back = 0; back <= 3 && back <= at - least && at < source.len; back++)
        if ((source.data[at - back] & 0xC0) != 0x80)
            return at - back;
    return at;
}

/* Text of a file as a terminal may be given it: no control characters, no broken UTF-8. One
   character stays one. */
static void put_shown(Buf *out, Slice s) {
    for (size_t i = 0; i < s.len;) {
        size_t n;
        uint32_t c = wt_utf8_decode(s.data + i, s.len - i, &n);
        bool control = (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0);
        uint8_t bytes[4];
        buf_bytes(out, bytes, wt_utf8_encode(control ? '?' : c, bytes));
        i += n;
    }
}

/* The line, cut to a window around the token when it is long, and a second line that underlines the
 * token. */
static void put_line_excerpt(const Writer *w, uint64_t at, uint64_t len, const char *colour) {
    TextPlace p = wt_report_line(w->source, at);
    size_t from = p.start, to = p.end, caret = at < p.end ? (size_t)at : p.end;
    if (caret < from)
        caret = from;
    if (to - from > EXCERPT_COLUMNS) {
        if (caret - from > EXCERPT_COLUMNS / 2)
            from = char_start(w->source, caret - EXCERPT_COLUMNS / 2, from);
        if (to - from > EXCERPT_COLUMNS)
            to = char_start(w->source, from + EXCERPT_COLUMNS, from);
    }
    wt_buf_printf(w->out, "%6llu | %s", (unsigned long long)p.line, from > p.start ? "…" : "");
    put_shown(w->out, slice(w->source.data + from, to - from));
    wt_buf_printf(w->out, "%s\n       | %s", to < p.end ? "…" : "", from > p.start ? " " : "");
    for (size_t i = from; i < caret; i++)
        if ((w->source.data[i] & 0xC0) != 0x80)
            buf_u8(w->out, w->source.data[i] == '\t' ? '\t' : ' ');
    put_colour(w, colour);
    uint64_t end = len ? at + len : at + 1;
    buf_u8(w->out, '^');
    for (size_t i = caret + 1; i < to && i < end; i++)
        if ((w->source.data[i] & 0xC0) != 0x80)
            buf_u8(w->out, '~');
    put_colour(w, "0");
    buf_u8(w->out, '\n');
}

/* Sixteen bytes around the place, its own in brackets. */
static void put_hex_excerpt(const Writer *w, uint64_t at, uint64_t len) {
    if (at > w->source.len)
        return;
    size_t from = at >= 6 ? (size_t)at - 6 : 0;
    size_t to = from + 16 < w->source.len ? from + 16 : w->source.len;
    wt_buf_printf(w->out, "  0x%06zx |", from);
    uint64_t end = at + (len ? len : 1);
    for (size_t i = from; i < to; i++) {
        bool inside = i >= at && i < end;
        buf_u8(w->out, inside && i == at ? '[' : i == end && i > 0 ? ']' : ' ');
        wt_buf_hex(w->out, w->source.data[i], 2);
    }
    if (at >= to)
        buf_str(w->out, " [end of input]");
    else if (end >= to)
        buf_u8(w->out, ']');
    buf_u8(w->out, '\n');
}

static void put_excerpt(const Writer *w, uint64_t at, uint64_t len, const char *colour) {
    if (!w->options->excerpt || at == DIAG_NOWHERE)
        return;
    if (w->is_text)
        put_line_excerpt(w, at, len, colour);
    else
        put_hex_excerpt(w, at, len);
}

static void put_notes(const Writer *w, const DiagEntry *e) {
    for (size_t i = 0; i < e->note_count; i++) {
        const DiagNote *n = &e->notes[i];
        buf_str(w->out, "  ");
        if (n->at == DIAG_NOWHERE) {
            put_colour(w, "36");
            buf_str(w->out, "hint: ");
        } else {
            put_place(w, n->at);
            put_colour(w, "36");
            buf_str(w->out, ": note: ");
        }
        put_colour(w, "0");
        buf_str(w->out, n->text);
        buf_u8(w->out, '\n');
        put_excerpt(w, n->at, n->len, "36");
    }
    if (e->fix) {
        buf_str(w->out, "  ");
        put_colour(w, "32");
        buf_str(w->out, "fix: ");
        put_colour(w, "0");
        if (e->fix_len)
            wt_buf_printf(w->out, "write %s here\n", e->fix);
        else
            wt_buf_printf(w->out, "add %s here\n", e->fix);
    }
}

static void put_entry(const Writer *w, const DiagEntry *e) {
    const ErrorInfo *info = wt_error_info((ErrorCode)e->code);
    bool warning = info->class == CLASS_WARNING;
    put_colour(w, "1");
    put_place(w, e->at);
    buf_str(w->out, ": ");
    put_colour(w, warning ? "33" : "31");
    buf_str(w->out, warning ? "warning" : "error");
    put_colour(w, "0");
    wt_buf_printf(w->out, "[W%04u]: ", (unsigned)info->code);
    buf_str(w->out, e->text);
    buf_u8(w->out, '\n');
    if (!w->is_text && w->options->excerpt) {
        size_t before = w->out->len;
        buf_str(w->out, "  in ");
        size_t lead = w->out->len;
        wt_report_path(w->out, w->m, e, &e->place);
        if (w->out->len == lead && !w->out->write)
            w->out->len = before;
        else
            buf_u8(w->out, '\n');
    }
    put_excerpt(w, e->at, e->len, warning ? "33" : "31");
    put_notes(w, e);
}

void wt_report_text(Buf *out, const Diag *d, const Module *m, Slice source, bool is_text,
                    const ReportOptions *options) {
    Writer w = {out, options, m, source, is_text};
    for (uint32_t i = 0; i < d->count; i++)
        put_entry(&w, d->entries[i]);
    if (d->out_of_memory)
        wt_buf_printf(out, "%s: error[W%04u]: out of memory\n", options->name,
                      (unsigned)ERR_out_of_memory);
    uint32_t total = d->errors + d->warnings - d->out_of_memory;
    if (total > d->count)
        wt_buf_printf(out, "%s: %u more %s not shown\n", options->name,
                      (unsigned)(total - d->count),
                      total - d->count == 1 ? "problem is" : "problems are");
}

/* ---- JSON
 * ----------------------------------------------------------------------------------------------------------
 */

static void json_range(const Writer *w, uint64_t at, uint64_t len) {
    if (at == DIAG_NOWHERE) {
        buf_str(w->out, "null");
        return;
    }
    wt_buf_printf(w->out, "{\"offset\":%llu,\"length\":%llu", (unsigned long long)at,
                  (unsigned long long)len);
    if (w->is_text) {
        TextPlace a = wt_report_line(w->source, at), b = wt_report_line(w->source, at + len);
        wt_buf_printf(w->out, ",\"line\":%llu,\"column\":%llu,\"endLine\":%llu,\"endColumn\":%llu",
                      (unsigned long long)a.line, (unsigned long long)a.column,
                      (unsigned long long)b.line, (unsigned long long)b.column);
    }
    buf_u8(w->out, '}');
}

static void json_entry(const Writer *w, const DiagEntry *e) {
    const ErrorInfo *info = wt_error_info((ErrorCode)e->code);
    wt_buf_printf(w->out, "{\"code\":\"W%04u\",\"name\":\"%s\",\"class\":\"%s\",\"message\":",
                  (unsigned)info->code, info->ident, wt_error_class_name(info->class));
    wt_report_json_string(w->out, slice_str(e->text));
    buf_str(w->out, ",\"range\":");
    json_range(w, e->at, e->len);
    Buf path;
    wt_buf_init(&path, w->out->allocator);
    wt_report_path(&path, w->m, e, &e->place);
    if (path.len) {
        buf_str(w->out, ",\"path\":");
        wt_report_json_string(w->out, slice(path.data, path.len));
    }
    wt_buf_free(&path);
    buf_str(w->out, ",\"notes\":[");
    for (size_t i = 0; i < e->note_count; i++) {
        buf_str(w->out, i ? ",{\"message\":" : "{\"message\":");
        wt_report_json_string(w->out, slice_str(e->notes[i].text));
        buf_str(w->out, ",\"range\":");
        json_range(w, e->notes[i].at, e->notes[i].len);
        buf_u8(w->out, '}');
    }
    buf_u8(w->out, ']');
    if (e->fix) {
        buf_str(w->out, ",\"fix\":{\"replacement\":");
        wt_report_json_string(w->out, slice_str(e->fix));
        buf_str(w->out, ",\"range\":");
        json_range(w, e->fix_at, e->fix_len);
        buf_u8(w->out, '}');
    }
    buf_u8(w->out, '}');
}

void wt_report_json(Buf *out, const Diag *d, const Module *m, Slice source, bool is_text,
                    const ReportOptions *options) {
    Writer w = {out, options, m, source, is_text};
    buf_str(out, "{\"file\":");
    wt_report_json_string(out, slice_str(options->name));
    wt_buf_printf(out, ",\"errors\":%u,\"warnings\":%u,\"problems\":[", (unsigned)d->errors,
                  (unsigned)d->warnings);
    for (uint32_t i = 0; i < d->count; i++) {
        if (i)
            buf_u8(out, ',');
        json_entry(&w, d->entries[i]);
    }
    if (d->out_of_memory)
        wt_buf_printf(
            out,
            "%s{\"code\":\"W%04u\",\"name\":\"out_of_memory\",\"class\":\"resource\",\"message\":"
            "\"out of memory\",\"range\":null,\"notes\":[]}",
            d->count ? "," : "", (unsigned)ERR_out_of_memory);
    buf_str(out, "]}\n");
}
