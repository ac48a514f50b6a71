/* Language services for editors: a text that is edited, and questions about it.

   A document holds a text and what was made of it: the module, its problems,
   its binary. Every update parses, checks and encodes the whole text, but for
   bodies that are known to be valid: their bytes and all that their types
   depend on are as before. Questions are answered from the module, from the
   tokens, or by reading one field again with a map (text/parse.h); what that
   takes is kept until the next update.

   Places in texts are given and taken in UTF-16 units, as editors count; those
   in binaries in bytes. Answers are JSON but where it says otherwise, in the
   shapes of web/playground/engine.d.ts. */
#ifndef WATTLE_LANG_LANG_H
#define WATTLE_LANG_LANG_H

#include "base/buf.h"

typedef struct Lang Lang;

/* NULL: memory is out. */
Lang *wt_lang_new(const Allocator *al, uint64_t features);
void wt_lang_free(Lang *l);

/* The questions, in the order of the list `calls` in
   web/playground/document.js. a and b are places. */
typedef enum LangCall {
    LANG_update, /* text: the new text. {ok, diagnostics, size, features} */
    LANG_bytes,  /* the binary itself; nothing when there are errors */
    LANG_tokens, /* of a..b. Triples of words (little endian): start, length, kind
                  */
    LANG_stacks, /* of a..b */
    LANG_folds,
    LANG_instruction, /* at a */
    LANG_byte,        /* a: offset in the binary */
    LANG_hover,       /* at a, as the following */
    LANG_complete,
    LANG_definition,
    LANG_references,
    LANG_rename, /* text: the new name */
    LANG_format,
    LANG_call_count,
} LangCall;

/* Asks, and appends the answer. Never fails on what the text is; false: memory
   is out, and the document is as empty as a new one. */
bool wt_lang_call(Lang *l, LangCall call, uint32_t a, uint32_t b, Slice text, Buf *out);

#endif
