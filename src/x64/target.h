/* What this room gives: the machine for native.h. */
#ifndef WATTLE_X64_TARGET_H
#define WATTLE_X64_TARGET_H

#include "jit/native.h"

/* Bits of Native.features: what the processor has beyond SSE4.1. */
enum {
    X64_HAS_bmi2 = 1,
    X64_HAS_counts = 2, /* lzcnt, tzcnt, popcnt */
    X64_HAS_avx = 4,
    X64_HAS_fma = 8,
    X64_HAS_avx2 = 16,
};

extern const NativeMachine wt_x64_machine, wt_x64_listing_machine;
/* The tier of native code on this machine. */
extern const Tier wt_x64_tier;
/* The same for code that is only looked at, on any host: jit/listing.h. */
extern const Tier wt_x64_listing;

/* base.c */
bool wt_x64_compile(Native *n, Segment *seg, FuncCode *fc, Compiled *out, const uint32_t *search,
                    uint32_t *found);
void wt_x64_free_rooms(Native *n, const Allocator *al);
/* stubs.c */
size_t wt_x64_store_stubs(Store *s, const CodePart *memory);
size_t wt_x64_segment_head(const Segment *seg, uint32_t defined);
const uint8_t *wt_x64_stub(const Segment *seg, NativeStub stub);
void wt_x64_unwind(StubKind stub, Buf *out);
const uint8_t *wt_x64_entry(const Segment *seg, uint32_t defined);
enum { X64_stub_bytes = 16, X64_head_bytes = STUB_count * X64_stub_bytes, X64_entry_bytes = 16 };

#endif
