/* What a binary module holds: headers, contents, disassembly with offsets and bytes, relocations,
 * names. */
#ifndef WATTLE_TOOLS_DUMP_H
#define WATTLE_TOOLS_DUMP_H

#include "wasm/diag.h"
#include "wasm/module.h"

typedef struct DumpOptions {
    const char *name; /* of the file */
    bool headers;     /* one line for each section */
    bool details;     /* the entries of each section */
    bool disassemble; /* code: offset, bytes, instruction */
    bool contents;    /* raw bytes */
    bool relocations;
    const char *section; /* only this one, by section name or custom section name; NULL: all */
} DumpOptions;

/* m was decoded (wt_binary_decode), perhaps with errors: what could be read is shown. Bodies that
   are malformed end with a line that says so and an error in d. */
bool wt_dump(const Module *m, const DumpOptions *options, Buf *out, Diag *d);

/* ---- insn_text.c: single instructions, as the disassembly writes them ---- */

struct Insn;
typedef struct InsnText InsnText;
/* Of a module that outlives it; NULL: out of memory. */
InsnText *wt_insn_text_new(const Module *m, const Allocator *allocator);
void wt_insn_text_free(InsnText *x);
/* "name", or "function 3". */
void wt_insn_text_put_func(InsnText *x, uint32_t funcidx, Buf *out);
void wt_insn_text_put(InsnText *x, const struct Insn *in, Buf *out);
/* "func[3] <name>", as the disassembly has it. */
void wt_insn_text_put_label(InsnText *x, uint32_t funcidx, Buf *out);
/* Begins a function, behind those begun before; offsets are told from `origin`. */
void wt_insn_text_begin(InsnText *x, uint32_t funcidx, const uint8_t *origin);
/* The line of the next instruction, the bytes [from, to): offset, bytes, text. */
void wt_insn_text_line(InsnText *x, const struct Insn *in, const uint8_t *from, const uint8_t *to,
                       Buf *out);
/* The same of one that is not the next. */
void wt_insn_text_line_alone(InsnText *x, const struct Insn *in, const uint8_t *from,
                             const uint8_t *to, Buf *out);

#endif
