/* Bytes -> Module. The spec: binary format, "Modules" (5.5). */
#ifndef WATTLE_BINARY_DECODE_H
#define WATTLE_BINARY_DECODE_H

#include "wasm/diag.h"
#include "wasm/module.h"

enum {
    DECODE_scan_bodies =
        1, /* also reads every instruction of every body and expression: for jobs without a check */
    DECODE_keep_quirks =
        2, /* fill m->quirks with QUIRK_present and QUIRK_long (text output that must round-trip) */
    DECODE_keep_pads = 4, /* fill m->quirks with QUIRK_pad too (--lossless) */
};

/* Reads a module into m, which must be initialised. The bytes are lent and must outlive m: bodies,
   expressions, data and names stay slices of them. Bodies are not read unless asked for (the
   checker reads them, and reports what is malformed in them). Every problem goes to d; false when
   there was an error. m may be printed partly even then, never run. */
bool wt_binary_decode(Module *m, Slice bytes, unsigned flags, Diag *d);
/* The same of a binary that was read before: bodies and names are not looked at, what is known of
   them is believed as far as it lies inside the sections. */
bool wt_binary_decode_known(Module *m, Slice bytes, const KnownCode *known, Diag *d);

/* What the first bytes look like, for "this is not a wasm file": "an ELF object", "gzip data",
   "text", "a component" ... NULL when nothing is known. */
const char *wt_binary_guess(Slice bytes);
/* Certainly of another kind: neither a wasm module nor its text, and better told so than lexed. */
bool wt_binary_is_foreign(Slice bytes);

#endif
