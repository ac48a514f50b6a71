/* Text -> Module. The spec: "Text Format" (6). */
#ifndef WATTLE_TEXT_PARSE_H
#define WATTLE_TEXT_PARSE_H

#include "text/lex.h"
#include "wasm/diag.h"
#include "wasm/module.h"

/* Parses a whole text: `(module …)` or bare module fields. The text is lent and must outlive m. m
   must be initialised (options inside). Problems go to d; false when there was an error. */
bool wt_text_parse(Module *m, Slice text, Diag *d);

/* A text that comes from a file. */
typedef struct TextSource {
    /* Its memory can be given back while it is read, because it comes back when it is touched
       again: told from time to time that what lies between two places is hardly needed any more.
       NULL: it cannot. */
    void (*passed)(void *user, size_t from, size_t to);
    void *user;
    size_t begins; /* so many bytes at the start are no wasm text: the line `#!…` of a script */
} TextSource;
/* As wt_text_parse; `source` may be NULL. */
bool wt_text_parse_source(Module *m, Slice text, const TextSource *source, Diag *d);

/* Parses one module inside a longer text (scripts): lx stands behind the keyword `module` (and
   behind an optional identifier); on return it stands behind the module's closing parenthesis, also
   when there were errors. */
bool wt_text_parse_module(Module *m, Lexer *lx, Diag *d);

/* Where an instruction of a field's code comes from. */
typedef struct SourceMark {
    uint32_t offset; /* in the body with its locals, or in the expression */
    uint8_t part;    /* as in Place: 1 for the items of an element segment */
    Token token;     /* its keyword; of an `end` that is not written, the parenthesis */
} SourceMark;

/* Reads fields of a module again, with a map from their code to the text. The module may have had
   errors. */
typedef struct TextMap TextMap;
/* What the last field gave, up to its first mistake; lent until the next one is read. */
typedef struct MapField {
    const SourceMark *marks; /* in the order in which they were written */
    size_t count;
    Slice code; /* functions: locals and instructions */
    bool whole; /* there was no mistake */
} MapField;
TextMap *wt_text_map_new(const Module *m);
void wt_text_map_free(TextMap *t);
/* The field in which the code of a section's item stands. false: there is none, or memory is out.
 */
bool wt_text_map_read(TextMap *t, SectionId section, uint32_t item, MapField *field);

/* Gives problems that the checker found in bodies and expressions of a text module their place in
   the text: re-parses the failing function or field with a map from code offsets to tokens. Sorts
   d. */
void wt_text_locate(const Module *m, Diag *d);

#endif
