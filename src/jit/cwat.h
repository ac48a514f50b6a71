/* A .cwat file: a module and the machine code that was made of it, for stores of the same build of
   the library on a processor that has as much. Nothing in it is changed when it is loaded, so the
   code is mapped, not read. The code runs as it is: a file is to be trusted like a program. What
   the hashes find is change by accident, and each is compared when what it is of is first used:
   head, stubs, the small sections and where bodies are when the file is opened; a function's row
   and code when it is called the first time; the data segments at the first instance, the bodies
   when one of them is compiled or looked at (wt_cwat_prove).

   In the file, little-endian, in this order: eight bytes by which it is known, the module in the
   binary format, at a multiple of CWAT_page the code as it lies in a Segment (stubs, entries,
   functions), tables (functions by address, tries, bodies by number, types), and the head. So it
   can be written while code is made, and nothing of it has to be kept. Read next: native.c. */
#ifndef WATTLE_JIT_CWAT_H
#define WATTLE_JIT_CWAT_H

#include "jit/native.h"

enum { CWAT_page = 4096, CWAT_none = 0xFFFFFFFF };

/* What the store was asked for, as far as code depends on it. */
enum { CWAT_checks = 1, CWAT_deterministic = 2, CWAT_fuel = 4, CWAT_interruptible = 8 };
/* What the checker and the reader found out about the module; from CWAT_names on a bit for each
   NameKind, whose names are well-formed. */
enum { CWAT_tail_calls = 1, CWAT_names = 1 << 16 };

typedef struct CwatFunc {
    uint32_t start, size; /* bytes of the code */
    uint32_t defined;     /* number among the module's own functions */
    uint32_t range_count, landing_count, place_count;
    uint32_t ranges, landings, places; /* the first of each in the tables of all */
    uint32_t constants;                /* bytes at the end that are no instructions */
    uint64_t hash;                     /* of the code, the row, and what it refers to */
} CwatFunc;

typedef struct CwatPart {
    uint64_t at, count; /* bytes of the file; entries */
} CwatPart;

typedef struct CwatHead {
    uint8_t magic[8];
    char build[32];               /* of the library; hexadecimal */
    uint32_t machine, cpu, modes; /* as ELF numbers it; NativeMachine's bits; CWAT_ */
    uint32_t defined, types;      /* of the module */
    uint32_t flags;
    uint64_t wasm_features; /* that the module was checked with */
    uint64_t file_size;
    CwatPart funcs, bodies, canon, ranges, landings, places, wasm, code;
    uint64_t stubs; /* bytes of the code in front of all functions */
    /* tables_hash: of bodies and canon. wasm_hash: of the heads of all sections, and of all of
     * those that are small. */
    uint64_t tables_hash, wasm_hash, bodies_hash, data_hash, stubs_hash;
    uint64_t head_hash; /* of all before it */
} CwatHead;

/* Parts of the module that are compared with their hashes late. */
enum { CWAT_bodies = 1, CWAT_data = 2 };

/* A file in memory, looked at. */
struct Cwat {
    CwatHead head;
    const CwatFunc *funcs;
    const KnownBody
        *bodies;           /* of each function of the module; code: its place in funcs, CWAT_none */
    const uint32_t *canon; /* Module.canon */
    const TryRange *ranges;
    const NativeLanding *landings;
    const int32_t *places;
    Slice wasm;
    const uint8_t *code;
    bool mapped;        /* the code is in pages of a file */
    atomic_uint proven; /* parts of the module that are what they were */
};

/* Whether bytes claim to be such a file. */
bool wt_cwat_is(Slice bytes);
/* What stands at the end of such a file; false: it is cut off. */
bool wt_cwat_head(Slice bytes, CwatHead *h);
/* NULL, or why it cannot be used here, to follow "cannot be used: ". The bytes are lent; they begin
   at a multiple of 8. same: what the module must be to the last byte; data NULL: whatever
   wt_cwat_module accepts. any: also if another build made it, to be shown. */
const char *wt_cwat_open(Cwat *c, Slice bytes, bool mapped, Slice same, bool any);
/* Fills in the hashes of the parts of the module. */
void wt_cwat_sign_module(CwatHead *h, const Module *m);
KnownCode wt_cwat_known(const Cwat *c);
/* Whether the module, as it was decoded, is the one that the file was made of, as far as is looked
   at early; it is kept in both then. Custom sections may differ, but for names. */
bool wt_cwat_module(Cwat *c, Module *m);
/* Whether these parts of a module (CWAT_bodies, CWAT_data) are what they were: true for modules of
   no file. Any thread may ask. */
bool wt_cwat_prove(const Module *m, unsigned parts);

/* Whether the code is what this store would make, and can be taken over by a segment without code.
 */
bool wt_cwat_fits(const Cwat *c, const Segment *seg);
/* The function's row, when its code is there and is what it was; NULL: it is to be compiled. */
const CwatFunc *wt_cwat_func(const Cwat *c, uint32_t defined);
/* The function whose code a byte of the code belongs to, by its number in funcs; -1: nobody's. */
int64_t wt_cwat_at(const Cwat *c, uint32_t at);
/* Bytes of the slots of functions and types, which stand in front of the code, in whole pages. */
size_t wt_cwat_slots(uint32_t defined, uint32_t types);
/* The length of the code in whole pages. */
size_t wt_cwat_front(const Cwat *c);

/* A file that is being written; the failure of `out` is sticky. */
struct CwatWriter {
    Segment *seg;
    Slice wasm;
    Buf *out;
    bool passing, begun;
    uint64_t at;    /* bytes of the file so far */
    size_t written; /* of the segment's code */
    size_t func;    /* the first of seg->funcs that is not in the tables */
    CwatHead head;
    Buf funcs, ranges, landings, places;
    KnownBody *bodies;
};

/* Writes all the code that a segment has, which lies alone. wasm: the module in the binary format.
   passing: code that is written is needed no more, and its memory is given back. false: out of
   memory, or it does not lie alone; wt_cwat_end is to be called nevertheless. */
bool wt_cwat_begin(CwatWriter *w, Segment *seg, Slice wasm, bool passing, Buf *out);
/* The first time the module; then code, when there is much of it that is not written, or `all`. */
void wt_cwat_more(CwatWriter *w, bool all);
/* The rest. */
bool wt_cwat_end(CwatWriter *w);
/* All three at once, of code that stays. */
bool wt_cwat_write(Segment *seg, Slice wasm, Buf *out);
/* What wt_cwat_open compares; "": this build has none, and neither reads nor writes. */
const char *wt_cwat_build(void);

#endif
