/* What the files of the room share: the document and how answers are written. */
#ifndef WATTLE_LANG_INSIDE_H
#define WATTLE_LANG_INSIDE_H

#include "lang/lang.h"
#include "text/parse.h"

/* A text and what was made of it. */
typedef struct Version {
    Buf text;
    Module m;
    Diag d;
    bool read;       /* there is one */
    bool parsed;     /* without errors */
    bool checked;    /* the bodies were: `valid` means something */
    uint8_t *valid;  /* by defined function: the body is valid; in m's arena */
    uint32_t *used;  /* by defined function: features of its instructions; the same */
    uint64_t around; /* hash of all that the validity of a body depends on but the body */
    Buf binary;      /* empty with errors */
} Version;

struct Lang {
    const Allocator *al;
    uint64_t features;
    Version versions[2];
    unsigned current; /* the other one is the version before */
    /* What questions needed; gone with the next update. */
    uint32_t *units; /* UTF-16 units before every 256th byte; NULL: the text is ASCII */
    size_t unit_blocks;
};

WT_INLINE Version *lang_now(Lang *l) { return &l->versions[l->current]; }
WT_INLINE Slice lang_text(const Lang *l) {
    const Buf *text = &l->versions[l->current].text;
    return slice(text->data, text->len);
}

/* ---- document.c ---- */

/* Between bytes and UTF-16 units. What lies in a character is taken back to its start. */
uint32_t wt_lang_unit(const Lang *l, uint64_t byte);
uint32_t wt_lang_byte(const Lang *l, uint32_t unit);
/* Bytes from `at` to `end` as "start":1,"end":2. */
void wt_lang_put_span(const Lang *l, Buf *out, uint64_t at, uint64_t end);

/* ---- problems.c ---- */

/* The list of diagnostics. */
void wt_lang_problems(Lang *l, Buf *out);

/* ---- features.c ---- */

/* Fills in `used` of the bodies that are not known from the version before. */
void wt_lang_note_features(Version *v, const Version *before);
/* The features that the module needs, as a set. */
uint64_t wt_lang_features(const Version *v);

#endif
