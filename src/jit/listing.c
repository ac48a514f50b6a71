/* Compiling for people. The code is what would run, but for displacements that depend on where it
   is put; memories have pages behind them unless the store has no_reserve or no_signals, whatever
   this host can do. Path: api/compile.c -> here -> the machine's `compile`. */
#include "jit/listing.h"

bool wt_listing_attach(Store *s, const NativeMachine *machine) {
    Native *n = allocator_get(&s->allocator, sizeof *n);
    if (!n)
        return false;
    memset(n, 0, sizeof *n);
    n->machine = machine;
    n->features = machine->features(s->limits.cpu_without);
    s->tier_state = n;
    return true;
}

bool wt_listing_load(Code *c) {
    const StoreLimits *l = &c->store->limits;
    return wt_native_segment(c, l->no_reserve || l->no_signals) != NULL;
}

bool wt_listing_make(Code *c, uint32_t defined, Listing *out) {
    Native *n = store_native(c->store);
    Compiled made = {0};
    uint32_t found;
    *out = (Listing){0};
    bool ok = n->machine->compile(n, code_segment(c), &c->funcs[defined], &made, NULL, &found);
    if (ok)
        *out = (Listing){.code = made.code,
                         .size = made.size,
                         .constants = made.constants,
                         .relocs = made.relocs,
                         .notes = made.notes,
                         .reloc_count = made.reloc_count,
                         .note_count = made.note_count};
    out->unable = made.unable;
    return ok || made.unable;
}

static const char *helper_text(uint32_t helper) {
    static const char *const others[JIT_helper_count - JIT_HELPER_first] = {
        [JIT_ref_test - JIT_HELPER_first] = "ref.test",
        [JIT_ref_test_desc_eq - JIT_HELPER_first] = "ref.test_desc_eq",
        [JIT_f32_canon - JIT_HELPER_first] = "canonical f32",
        [JIT_f64_canon - JIT_HELPER_first] = "canonical f64",
        [JIT_f32x4_canon - JIT_HELPER_first] = "canonical f32x4",
        [JIT_f64x2_canon - JIT_HELPER_first] = "canonical f64x2",
        [JIT_poll - JIT_HELPER_first] = "poll",
    };
    const char *text = helper < JIT_HELPER_first   ? op_info(helper)->text
                       : helper < JIT_helper_count ? others[helper - JIT_HELPER_first]
                                                   : NULL;
    return text ? text : "?";
}

void wt_listing_put_stub(const CodeReloc *r, Buf *out) {
    uint32_t what = reloc_what(r);
    switch (reloc_stub(r)) {
    case STUB_lazy:
        buf_str(out, "compile");
        return;
    case STUB_helper:
        buf_str(out, "helper ");
        buf_str(out, helper_text(what));
        return;
    case STUB_trap:
        buf_str(out, "trap");
        if (what)
            wt_buf_printf(out, " \"%s\"", wt_trap_text((TrapCode)what));
        return;
    case STUB_count:
        return;
    }
}
