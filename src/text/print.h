/* Module -> text. */
#ifndef WATTLE_TEXT_PRINT_H
#define WATTLE_TEXT_PRINT_H

#include "wasm/diag.h"
#include "wasm/module.h"

typedef struct PrintOptions {
    bool fold;           /* nested expressions: (i32.add (local.get 0) …) */
    bool names;          /* use the name section's names as identifiers */
    bool generate_names; /* give unnamed things made-up names ($func3) */
    bool inline_exports, inline_imports;
    bool offsets;        /* comments with the byte offset of each instruction */
    bool indices;        /* comments with the index of each definition (;3;) */
    bool skeleton;       /* no bodies, no data */
    bool lossless;       /* also annotate padded LEB128 */
    bool no_annotations; /* leave out (@wattle.encoding …), (@custom …) and (@name …): other tools'
                            readers */
    unsigned indent;     /* columns per level, default 2 */
} PrintOptions;
PrintOptions wt_text_print_defaults(void);

/* Prints m to out (streaming). m need not be valid, but its bodies must be well-formed: a malformed
   instruction ends the job with an error in d. The text reads back to the same module, and with the
   default options to the same bytes (padded numbers excepted, see lossless). */
bool wt_text_print(const Module *m, const PrintOptions *options, Buf *out, Diag *d);

#endif
