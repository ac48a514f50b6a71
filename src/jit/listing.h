/* Code that is only looked at: compiled on any host into a buffer, put nowhere and never run. A
   store of the listing tier holds what the compiler needs to know. */
#ifndef WATTLE_JIT_LISTING_H
#define WATTLE_JIT_LISTING_H

#include "jit/native.h"

/* The code of one function, lent until the next is made. Displacements of relocs are still 0. */
typedef struct Listing {
    const uint8_t *code;
    uint32_t size;
    uint32_t constants;      /* bytes at its end that are no instructions */
    const CodeReloc *relocs; /* in the order of the code */
    const CodeNote *notes;   /* likewise; none unless Native.noting */
    uint32_t reloc_count, note_count;
    bool unable; /* no code: it has an instruction that this tier does not */
} Listing;

/* false: out of memory. */
bool wt_listing_make(Code *c, uint32_t defined, Listing *out);

/* What a call of a stub is for: "trap \"unreachable\"", "helper memory.fill". */
void wt_listing_put_stub(const CodeReloc *r, Buf *out);

/* The tier is made of these, and of wt_native_detach. */
bool wt_listing_attach(Store *s, const NativeMachine *machine);
bool wt_listing_load(Code *c);

#endif
