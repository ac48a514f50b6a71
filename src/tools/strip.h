/* Copies a binary module without some of its custom sections: works on section headers alone, at
 * the speed of copying. */
#ifndef WATTLE_TOOLS_STRIP_H
#define WATTLE_TOOLS_STRIP_H

#include "wasm/diag.h"

typedef struct StripOptions {
    bool all;        /* every custom section */
    bool debug_only; /* only .debug_*, sourceMappingURL, external_debug_info */
    const char *const *keep;
    size_t keep_count;
    const char *const *remove;
    size_t remove_count;
} StripOptions;

/* Whether a custom section of this name stays. Without flags: drops "name", debug information,
   "reloc.*", "linking", "producers" and source maps; keeps what changes meaning ("target_features",
   "dylink.0", "metadata.code.*", ...). */
bool wt_strip_keeps(const StripOptions *options, Slice name);

/* bytes is a binary module. Malformed section headers are errors in d; contents are not looked
   into. false on an error or a refused write. Kept sections are copied byte for byte. */
bool wt_strip(Slice bytes, const StripOptions *options, Buf *out, Diag *d);

#endif
