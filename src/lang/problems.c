/* Diagnostics in the shape that web/npm gives them (index.d.ts: Diagnostic). */
#include "lang/inside.h"

#include "tools/report.h"

typedef struct Problems {
    const Lang *l;
    Slice text;
    Buf *out;
    TextLines lines;
} Problems;

static void put_line_column(const Problems *p, uint64_t at, const char *line, const char *column) {
    size_t number = wt_report_find_line(&p->lines, at);
    uint32_t start = p->lines.starts[number];
    uint64_t n = 1;
    if (!p->l->units)
        n += at - start;
    else
        for (uint64_t i = start; i < at; i++)
            n += (p->text.data[i] & 0xC0) != 0x80;
    wt_buf_printf(p->out, ",\"%s\":%zu,\"%s\":%llu", line, number + 1, column,
                  (unsigned long long)n);
}

static void put_range(const Problems *p, uint64_t at, uint64_t len) {
    if (at == DIAG_NOWHERE) {
        buf_str(p->out, "null");
        return;
    }
    at = WT_MIN(at, p->text.len);
    uint64_t end = at + WT_MIN(len, p->text.len - at);
    buf_u8(p->out, '{');
    wt_lang_put_span(p->l, p->out, at, end);
    wt_buf_printf(p->out, ",\"byteStart\":%llu,\"byteEnd\":%llu", (unsigned long long)at,
                  (unsigned long long)end);
    put_line_column(p, at, "line", "column");
    put_line_column(p, end, "endLine", "endColumn");
    buf_u8(p->out, '}');
}

static void put_text(Buf *out, const char *text) { wt_report_json_string(out, slice_str(text)); }

static void put_problem_notes(const Problems *p, const DiagEntry *e) {
    const char *between = "";
    buf_str(p->out, ",\"hints\":[");
    for (size_t i = 0; i < e->note_count; i++)
        if (e->notes[i].at == DIAG_NOWHERE) {
            buf_str(p->out, between);
            put_text(p->out, e->notes[i].text);
            between = ",";
        }
    between = "";
    buf_str(p->out, "],\"notes\":[");
    for (size_t i = 0; i < e->note_count; i++)
        if (e->notes[i].at != DIAG_NOWHERE) {
            wt_buf_printf(p->out, "%s{\"message\":", between);
            put_text(p->out, e->notes[i].text);
            buf_str(p->out, ",\"range\":");
            put_range(p, e->notes[i].at, e->notes[i].len);
            buf_u8(p->out, '}');
            between = ",";
        }
    buf_u8(p->out, ']');
}

static void put_problem(const Problems *p, const DiagEntry *e) {
    const ErrorInfo *info = wt_error_info((ErrorCode)e->code);
    wt_buf_printf(p->out,
                  "{\"severity\":\"%s\",\"code\":\"W%04u\",\"name\":\"%s\",\"kind\":\"%s\","
                  "\"message\":",
                  info->class == CLASS_WARNING ? "warning" : "error", (unsigned)info->code,
                  info->ident, wt_error_class_name(info->class));
    put_text(p->out, e->text);
    buf_str(p->out, ",\"range\":");
    put_range(p, e->at, e->len);
    Buf path;
    wt_buf_init(&path, p->l->al);
    if (e->place.section)
        wt_report_path(&path, &p->l->versions[p->l->current].m, e, &e->place);
    buf_str(p->out, ",\"path\":");
    if (path.len)
        wt_report_json_string(p->out, slice(path.data, path.len));
    else
        buf_str(p->out, "null");
    wt_buf_free(&path);
    put_problem_notes(p, e);
    buf_str(p->out, ",\"fix\":");
    if (e->fix) {
        buf_str(p->out, "{\"text\":");
        put_text(p->out, e->fix);
        buf_str(p->out, ",\"range\":");
        put_range(p, e->fix_at, e->fix_len);
        buf_u8(p->out, '}');
    } else {
        buf_str(p->out, "null");
    }
    buf_u8(p->out, '}');
}

void wt_lang_problems(Lang *l, Buf *out) {
    const Diag *d = &lang_now(l)->d;
    Problems p = {.l = l, .text = lang_text(l), .out = out};
    if (!d->count)
        return;
    if (!wt_report_find_lines(&p.lines, p.text, l->al))
        out->failed = true;
    for (uint32_t i = 0; i < d->count && !out->failed; i++) {
        if (i)
            buf_u8(out, ',');
        put_problem(&p, d->entries[i]);
    }
    wt_report_free_lines(&p.lines);
}
