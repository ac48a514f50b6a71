/* Problems as people read them: a place, a message, the line with a caret (text) or the path and a
   hex window (binary); or as JSON for programs. */
#ifndef WATTLE_TOOLS_REPORT_H
#define WATTLE_TOOLS_REPORT_H

#include "wasm/diag.h"
#include "wasm/module.h"

typedef struct ReportOptions {
    const char *name; /* of the input, "file.wat" */
    bool colour;      /* ANSI colours */
    bool excerpt;     /* source lines and hex windows under the messages */
} ReportOptions;

/* The path of a place: `code section > func 12 "parse" > instruction 40 (i32.add)`; nothing when it
   has none. m may be NULL: no names then. */
void wt_report_path(Buf *out, const Module *m, const DiagEntry *e, const Place *place);
/* All entries, in their order. source is the text or binary they speak of (is_text says which). */
void wt_report_text(Buf *out, const Diag *d, const Module *m, Slice source, bool is_text,
                    const ReportOptions *options);
/* One JSON object: {"file": …, "problems": [ … ]}. Lines and columns are given for text, counted
   from 1, columns in characters; offsets count bytes from 0. */
void wt_report_json(Buf *out, const Diag *d, const Module *m, Slice source, bool is_text,
                    const ReportOptions *options);
/* A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void wt_report_json_string(Buf *out, Slice s);

/* Line and column (from 1, in characters) of a byte offset; and the line without its end. */
typedef struct TextPlace {
    uint64_t line, column;
    size_t start, end;
} TextPlace;
TextPlace wt_report_line(Slice source, uint64_t at);

/* Where the lines of a text begin, for who asks for many places. The text is lent. */
typedef struct TextLines {
    const Allocator *allocator;
    uint32_t *starts;
    size_t cap, count;
} TextLines;
/* false: out of memory; to be freed in any case. */
bool wt_report_find_lines(TextLines *lines, Slice source, const Allocator *allocator);
void wt_report_free_lines(TextLines *lines);
/* The line of a place, from 0. */
size_t wt_report_find_line(const TextLines *lines, uint64_t at);

#endif
