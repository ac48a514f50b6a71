/* What a .cwat file holds, for people. Path: cli/check.c (objdump) -> wattle_dump -> here. */
#include "api/inside.h"
#include "api/wire.h"
#include "binary/decode.h"
#include "jit/cwat.h"
#include "jit/listing.h"
#include "tools/dump.h"

typedef struct CodeDump {
    const Cwat *cwat;
    const Module *m; /* what could be read of the module */
    const NativeMachine *machine;
    InsnText *text;
    Buf *out, line;
} CodeDump;

/* ---- the head ---- */

static void dump_words(Buf *out, uint32_t bits, const char *const *words, unsigned count,
                       const char *none) {
    bool any = false;
    for (unsigned i = 0; i < count; i++)
        if (bits >> i & 1) {
            wt_buf_printf(out, "%s%s", any ? ", " : "", words[i]);
            any = true;
        }
    buf_str(out, any ? "" : none);
}

static void dump_head(const CodeDump *d) {
    static const char *const modes[] = {"addresses are compared", "deterministic", "fuel",
                                        "interruptible"};
    const CwatHead *h = &d->cwat->head;
    bool ours = strncmp(h->build, wt_cwat_build(), sizeof h->build) == 0;
    wt_buf_printf(d->out, "Head:\n\n  build      %.32s (%s)\n", h->build,
                  ours ? "this one" : "another one: this one cannot run it");
    wt_buf_printf(d->out, "  processor  %s with features %x\n",
                  d->machine ? d->machine->name : "unknown", (unsigned)h->cpu);
    buf_str(d->out, "  stores     ");
    dump_words(d->out, h->modes, modes, sizeof modes / sizeof modes[0], "plain");
    wt_buf_printf(d->out, "\n  module     %llu bytes\n", (unsigned long long)h->wasm.count);
    wt_buf_printf(d->out, "  code       %llu bytes, %llu of %u functions\n\n",
                  (unsigned long long)h->code.count, (unsigned long long)h->funcs.count,
                  (unsigned)h->defined);
}

/* ---- functions ---- */

static uint32_t dump_index(const CodeDump *d, const CwatFunc *f) {
    return d->m->func_imports + f->defined;
}

static void dump_details(const CodeDump *d) {
    wt_buf_printf(d->out, "Functions[%llu]:\n\n", (unsigned long long)d->cwat->head.funcs.count);
    for (uint64_t i = 0; i < d->cwat->head.funcs.count; i++) {
        const CwatFunc *f = &d->cwat->funcs[i];
        buf_str(d->out, " - ");
        wt_insn_text_put_label(d->text, dump_index(d, f), d->out);
        wt_buf_printf(d->out, " start=0x%08x size=%u", (unsigned)f->start, (unsigned)f->size);
        if (f->landing_count)
            wt_buf_printf(d->out, " catches=%u", (unsigned)f->landing_count);
        buf_u8(d->out, '\n');
    }
    buf_u8(d->out, '\n');
}

/* The number in hexadecimal behind the last "0x" of a text; false: there is none. */
static bool dump_last_number(Slice text, uint64_t *value, bool *minus) {
    size_t at = text.len;
    while (at >= 2 && memcmp(text.data + at - 2, "0x", 2) != 0)
        at--;
    if (at < 2)
        return false;
    *minus = at > 2 && text.data[at - 3] == '-';
    *value = 0;
    for (; at < text.len && strchr("0123456789abcdef", text.data[at]); at++)
        *value = *value << 4 |
                 (uint64_t)(text.data[at] <= '9' ? text.data[at] - '0' : text.data[at] - 'a' + 10);
    return true;
}

static bool dump_contains(Slice text, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.len; i++)
        if (memcmp(text.data + i, word, n) == 0)
            return true;
    return false;
}

/* What stands in a slot, `below` bytes in front of the code. */
static void dump_slot(const CodeDump *d, uint64_t below) {
    const CwatHead *h = &d->cwat->head;
    uint64_t slots = wt_cwat_slots(h->defined, h->types), at = slots - below;
    if (below > slots)
        return;
    if (at < sizeof(void *)) {
        buf_str(d->out, "  ; limit of the stack");
        return;
    }
    at -= sizeof(void *);
    uint64_t defined = at / sizeof(void *);
    uint64_t type = (at - h->defined * sizeof(void *)) / sizeof(uint32_t);
    if (defined < h->defined) {
        buf_str(d->out, "  ; ");
        wt_insn_text_put_label(d->text, d->m->func_imports + (uint32_t)defined, d->out);
    } else if (type < h->types) {
        wt_buf_printf(d->out, "  ; type %u", (unsigned)type);
    }
}

/* Where an instruction leads that is not in its function. */
static void dump_place(const CodeDump *d, uint32_t next, Slice text) {
    static const char *const stubs[STUB_count] = {
        [STUB_lazy] = "compile", [STUB_helper] = "helper", [STUB_trap] = "trap"};
    uint64_t value;
    bool minus;
    if (!dump_last_number(text, &value, &minus))
        return;
    if (dump_contains(text, "[rip-") && minus && value > next) {
        dump_slot(d, value - next);
    } else if (!dump_contains(text, "[") && value < d->machine->head_bytes &&
               (text.data[0] == 'j' || text.data[0] == 'c')) {
        uint64_t stub = value / (d->machine->head_bytes / STUB_count);
        if (stub < STUB_count)
            wt_buf_printf(d->out, "  ; %s", stubs[stub]);
    }
}

static void dump_code(CodeDump *d, const CwatFunc *f) {
    wt_insn_text_put_label(d->text, dump_index(d, f), d->out);
    buf_str(d->out, ":\n");
    uint32_t at = f->start, end = f->start + f->size - WT_MIN(f->constants, f->size);
    while (at < end && !d->out->failed) {
        d->line.len = 0;
        const uint8_t *code = d->cwat->code + at;
        size_t len = d->machine->disassemble(code, end - at, at, &d->line);
        Slice text = len ? slice(d->line.data, d->line.len) : slice("(byte)", 6);
        len = len ? len : 1;
        wt_api_put_code_line(d->out, at, code, len, text);
        dump_place(d, at + (uint32_t)len, text);
        buf_u8(d->out, '\n');
        at += WT_MIN((uint32_t)len, end - at);
    }
    wt_api_put_constants(d->out, at, d->cwat->code + at, f->start + f->size - at);
    buf_u8(d->out, '\n');
}

static bool dump_all(CodeDump *d, const wattle_dump_options *options, const char *name) {
    bool any = options->headers || options->details || options->disassemble;
    wt_buf_printf(d->out, "%s:\tfile format cwat %u\n\n", name, (unsigned)d->cwat->head.magic[7]);
    if (options->headers || options->details || !any)
        dump_head(d);
    if (options->details)
        dump_details(d);
    for (uint64_t i = 0; options->disassemble && d->machine && i < d->cwat->head.funcs.count; i++)
        dump_code(d, &d->cwat->funcs[i]);
    return wt_buf_flush(d->out) && !d->line.failed;
}

wattle_status wattle_dump_native(wattle_engine *engine, const void *bytes, size_t len,
                                 const char *name, const wattle_dump_options *options,
                                 wattle_write write, void *user, const char **why) {
    const Allocator *al = &engine->allocator;
    Cwat c;
    *why = (uintptr_t)bytes % 8 == 0
               ? wt_cwat_open(&c, slice(bytes, len), false, slice(NULL, 0), true)
               : "it does not begin at a multiple of 8";
    if (*why)
        return WATTLE_MALFORMED;
    ApiTarget target = {write, user};
    Module m;
    Diag d;
    Buf out;
    wt_diag_init(&d, al);
    wt_module_init(&m, al, &engine->options);
    wt_buf_init_write(&out, al, 0, wt_api_write_target, &target);
    m.features = c.head.wasm_features;
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    CodeDump dump = {
        .cwat = &c, .m = &m, .machine = wt_wire_listing_machine(c.head.machine), .out = &out};
    wt_buf_init(&dump.line, al);
    if (wt_binary_decode(&m, c.wasm, 0, &d) && m.func_count - m.func_imports == c.head.defined) {
        dump.text = wt_insn_text_new(&m, al);
        if (dump.text && dump_all(&dump, options, name))
            status = WATTLE_OK;
        else if (out.write_failed)
            status = WATTLE_WRITE_FAILED;
    } else if (d.errors) {
        *why = "the module in it cannot be read";
        status = WATTLE_MALFORMED;
    }
    wt_insn_text_free(dump.text);
    wt_buf_free(&dump.line);
    wt_buf_free(&out);
    wt_module_free(&m);
    wt_diag_free(&d);
    return status;
}
