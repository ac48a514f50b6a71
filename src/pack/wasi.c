/* wasi.js of a package: a small WASI preview 1 in JavaScript, made of the pieces of wasi.def that
   the calls of the module need. */
#include "pack/pack.h"

typedef enum WasiPiece {
#define PIECE(ident, needs, text) WASIPIECE_##ident,
#include "pack/wasi.def"
#undef PIECE
    WASIPIECE_count
} WasiPiece;

static const PackPiece wasi_pieces[] = {
#define PIECE(ident, needs, text) {#ident, needs, text},
#include "pack/wasi.def"
#undef PIECE
};
_Static_assert(WASIPIECE_count <= 64, "a set of them is one word");

uint64_t wt_pack_use(const PackPiece *all, unsigned count, uint64_t used, unsigned piece) {
    if (used >> piece & 1)
        return used;
    used |= (uint64_t)1 << piece;
    const char *needs = all[piece].needs;
    for (unsigned i = 0; i < count; i++) {
        const char *at = needs;
        size_t n = strlen(all[i].ident);
        while ((at = strstr(at, all[i].ident)) &&
               !((at == needs || at[-1] == ' ') && (!at[n] || at[n] == ' ')))
            at += n;
        if (at)
            used = wt_pack_use(all, count, used, i);
    }
    return used;
}

void wt_pack_wasi(const BindModel *b, Buf *out) {
    static const uint8_t always[] = {WASIPIECE_head, WASIPIECE_calls, WASIPIECE_tail};
    uint64_t used = 0;
    for (unsigned i = 0; i < WT_COUNT(always); i++)
        used = wt_pack_use(wasi_pieces, WASIPIECE_count, used, always[i]);
    for (uint32_t i = 0; i < b->import_count; i++)
        for (unsigned k = WASIPIECE_calls; k < WASIPIECE_tail; k++)
            if (b->imports[i].source == SOURCE_wasi &&
                slice_is(b->imports[i].name, wasi_pieces[k].ident))
                used = wt_pack_use(wasi_pieces, WASIPIECE_count, used, k);
    for (unsigned i = 0; i < WASIPIECE_count; i++)
        if (used >> i & 1)
            buf_str(out, wasi_pieces[i].text);
}
