/* The round trip of a module: bytes, text, bytes again, which have to be the same. The bytes of a
   binary module are those of the script; a text module is encoded first, and that what it printed
   as is printed again must not change it either. Each module that a script holds for valid goes
   through it, in flat and in folded form, with all that the annotations keep. */
#include "binary/decode.h"
#include "binary/encode.h"
#include "script/script_inside.h"
#include "text/parse.h"
#include "text/print.h"

typedef struct Trip {
    Script *s;
    Slice bytes;
    bool fold;
    Module module;  /* made from the bytes */
    Module again;   /* made from the text */
    Buf text, echo; /* printed from each */
    Buf result;     /* bytes from the text */
    Diag diag;
} Trip;

static void trip_init(Trip *t, Script *s, Slice bytes, bool fold) {
    ReadOptions options = {s->options->features, s->options->bounds};
    memset(t, 0, sizeof *t);
    t->s = s;
    t->bytes = bytes;
    t->fold = fold;
    wt_module_init(&t->module, s->allocator, &options);
    wt_module_init(&t->again, s->allocator, &options);
    wt_buf_init(&t->text, s->allocator);
    wt_buf_init(&t->echo, s->allocator);
    wt_buf_init(&t->result, s->allocator);
    wt_diag_init(&t->diag, s->allocator);
}

static void trip_free(Trip *t) {
    wt_module_free(&t->module);
    wt_module_free(&t->again);
    wt_buf_free(&t->text);
    wt_buf_free(&t->echo);
    wt_buf_free(&t->result);
    wt_diag_free(&t->diag);
}

/* The first difference, as "byte 12 of 40 is 0x41, not 0x42". */
static bool trip_same(Slice want, Slice got, Buf *why, const char *what) {
    size_t at = 0;
    while (at < want.len && at < got.len && want.data[at] == got.data[at])
        at++;
    if (at == want.len && at == got.len)
        return true;
    wt_buf_printf(why, "%s differs at byte %zu: ", what, at);
    if (at == want.len || at == got.len)
        wt_buf_printf(why, "%zu bytes, not %zu", got.len, want.len);
    else
        wt_buf_printf(why, "0x%02x, not 0x%02x", got.data[at], want.data[at]);
    return false;
}

static bool trip_step(Trip *t, bool ok, const char *what, Buf *why) {
    if (t->diag.out_of_memory || t->text.failed || t->echo.failed || t->result.failed) {
        wt_diag_oom(t->s->d);
        return false;
    }
    const DiagEntry *e = wt_diag_first(&t->diag);
    if (ok && !e)
        return true;
    wt_buf_printf(why, "%s: %s (at %llu)", what, e ? e->text : "refused",
                  (unsigned long long)(e ? e->at : 0));
    return false;
}

static bool trip_walk(Trip *t, Buf *why) {
    PrintOptions print = wt_text_print_defaults();
    print.lossless = true;
    print.fold = t->fold;
    unsigned keep = DECODE_keep_quirks | DECODE_keep_pads;
    bool ok = wt_binary_decode(&t->module, t->bytes, keep, &t->diag);
    if (!trip_step(t, ok, "decoding", why))
        return false;
    ok = wt_text_print(&t->module, &print, &t->text, &t->diag);
    if (!trip_step(t, ok, "printing", why))
        return false;
    ok = wt_text_parse(&t->again, slice(t->text.data, t->text.len), &t->diag);
    if (!trip_step(t, ok, "parsing what was printed", why))
        return false;
    ok = wt_binary_encode(&t->again, &t->result, &t->diag);
    if (!trip_step(t, ok, "encoding", why) ||
        !trip_same(t->bytes, slice(t->result.data, t->result.len), why, "the binary"))
        return false;
    ok = wt_text_print(&t->again, &print, &t->echo, &t->diag);
    return trip_step(t, ok, "printing again", why) &&
           trip_same(slice(t->text.data, t->text.len), slice(t->echo.data, t->echo.len), why,
                     "the text");
}

bool wt_script_round_trip(Script *s, const Attempt *a, Buf *why) {
    Buf encoded;
    Diag d;
    bool ok = true;
    Slice bytes = slice(a->bytes.data, a->bytes.len);
    wt_buf_init(&encoded, s->allocator);
    wt_diag_init(&d, s->allocator);
    if (a->form != FORM_binary) {
        ok = wt_binary_encode(&a->module, &encoded, &d);
        bytes = slice(encoded.data, encoded.len);
    }
    if (!ok)
        wt_diag_oom(s->d);
    for (int fold = 0; ok && fold < 2; fold++) {
        Trip t;
        trip_init(&t, s, bytes, fold);
        ok = trip_walk(&t, why);
        if (!ok && fold)
            buf_str(why, " (folded)");
        trip_free(&t);
    }
    wt_buf_free(&encoded);
    wt_diag_free(&d);
    return ok;
}
