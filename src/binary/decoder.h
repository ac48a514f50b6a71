/* What the files of the decoder share: its state, and readers that count numbers and reference
   types for the quirks. Only decode.c, items.c and scan.c include it.

   The reader `r` never leaves the current section. Its error is sticky until the section loop has
   reported it, so the functions below just read on after one and get zeros. */
#ifndef WATTLE_BINARY_DECODER_H
#define WATTLE_BINARY_DECODER_H

#include "binary/decode.h"
#include "wasm/insn.h"

enum { READ_reported = 0xFFFF }; /* a reader error that is in the Diag already */

typedef struct QuirkList {
    Quirk *list;
    size_t cap, count;
} QuirkList;

typedef struct Decoder {
    Module *m;
    Diag *diag;
    Reader r;
    unsigned flags;         /* DECODE_... */
    const KnownCode *known; /* NULL: nothing */

    SectionId section;
    uint32_t item;        /* entry being read, or QUIRK_header */
    uint32_t first;       /* imports before entry 0, in the index space of the section */
    uint32_t declared;    /* the section's count */
    uint32_t pads, longs; /* numbers and reference types read in the item so far */

    size_t type_cap, import_cap, custom_cap, section_cap;
    uint32_t code_count;
    uint32_t counted_at[SECTION_count]; /* where the sections' counts stand */
    QuirkList quirks, custom_quirks;

    uint8_t classes[256]; /* ScanClass of each opcode byte, with the features folded in */
    uint8_t *nest;        /* kinds of the open blocks */
    size_t nest_cap;
    bool needs_data_count; /* an instruction that was scanned names a data segment */
} Decoder;

WT_INLINE uint64_t decoder_offset(const Decoder *d, const uint8_t *p) {
    return (uint64_t)(p - d->m->source.data);
}
WT_INLINE uint32_t decoder_here(const Decoder *d) { return (uint32_t)decoder_offset(d, d->r.at); }

/* Starts an item: ordinals count from 0 again. */
WT_INLINE void decoder_item(Decoder *d, uint32_t item) {
    d->item = item;
    d->pads = d->longs = 0;
}

void wt_decode_note(Decoder *d, QuirkKind kind, uint32_t ordinal, size_t value);

/* A number at `at` that was cut off by the end of its section: when more bytes of the file make it
   too long or too large, then that is what is wrong with it. */
WT_COLD void wt_decode_cut_number(Decoder *d, const uint8_t *at, unsigned bits);

/* A number: counted, and noted when it is padded. */
WT_INLINE uint32_t take_u32(Decoder *d) {
    const uint8_t *at = d->r.at;
    d->r.marks = 0;
    uint32_t v = read_u32(&d->r);
    if (WT_UNLIKELY(d->r.marks & READ_padded))
        wt_decode_note(d, QUIRK_pad, d->pads, (size_t)(d->r.at - at));
    if (WT_UNLIKELY(d->r.error))
        wt_decode_cut_number(d, at, 32);
    d->pads++;
    return v;
}
uint64_t wt_decode_u64(Decoder *d);
/* n bytes in place, whose number stands at `at`. */
Slice wt_decode_bytes(Decoder *d, uint32_t n, const uint8_t *at);
/* The number of things to follow, each at least a byte: ERR_length_bounds when the file is too
   short. */
uint32_t wt_decode_length(Decoder *d);
Slice wt_decode_name(Decoder *d);
typedef ValType (*TypeReader)(Reader *r);
/* A type in one of its three forms (value, reference, storage); `code` is the error when it needs
   a feature that is off. */
ValType wt_decode_type(Decoder *d, TypeReader read, ErrorCode code);
/* The feature that a type needs and that is off; FEATURE_mvp when none. */
Feature wt_decode_type_feature(const Module *m, ValType t);

/* Fails the entry and reports it. Nothing when it has failed before. */
void wt_decode_fail(Decoder *d, ErrorCode code, const uint8_t *at, const char *detail, ...)
    WT_PRINTF(4, 5);
/* Fails when a feature is off: "CODE: WHAT needs feature F". */
bool wt_decode_need(Decoder *d, Feature f, ErrorCode code, const uint8_t *at, const char *what);
/* ERR_limit when n of `what` are more than the bound allows. */
bool wt_decode_bound(Decoder *d, uint64_t n, uint64_t bound, const char *what);
bool wt_decode_oom(Decoder *d);

/* An array of `room` elements in the arena with a copy of the first `count`. */
bool wt_decode_room(Decoder *d, void **array, uint32_t count, uint64_t room, size_t size);
/* Makes room for one more in a growing arena array. */
bool wt_decode_grow(Decoder *d, void **array, size_t *cap, size_t count, size_t size);

/* How to read a section that is a list. */
typedef struct SectionReader {
    uint8_t min;                                /* bytes that an entry takes at least */
    void (*prepare)(Decoder *d, uint32_t room); /* room for so many entries; NULL: none needed */
    void (*entry)(Decoder *d);
} SectionReader;
const SectionReader *wt_decode_section_reader(SectionId id);

/* ---- scan.c ---- */

/* Where a piece of code stands, for messages. */
typedef struct CodePlace {
    uint8_t section;
    uint32_t item; /* in the index space */
    const uint8_t *start;
    bool quiet; /* report nothing */
} CodePlace;

void wt_decode_scan_init(Decoder *d);
/* Walks instructions from p to the `end` that closes them; NULL (and reported) when there is none
   before `end`. */
const uint8_t *wt_decode_scan(Decoder *d, const uint8_t *p, const uint8_t *end, CodePlace place);
/* A constant expression at the reader. */
Expr wt_decode_expr(Decoder *d);
/* Local declarations and body of a function that has its code. */
void wt_decode_scan_body(Decoder *d, const Func *f, uint32_t funcidx, bool quiet);
/* Sets needs_data_count when a body names a data segment, for bodies that were not scanned. */
void wt_decode_search_data_users(Decoder *d);

#endif
