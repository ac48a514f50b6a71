/* Machine code for people: functions are compiled by a store that runs nothing, and written as
   text. The code of a function lies in pieces: each begins with a note that says which instruction
   it belongs to, in the order of the body, then what stands behind it (traps). Path: cli/compile.c
   -> here -> jit/listing.c, tools/dump_code.c. */
#include "api/inside.h"
#include "api/wire.h"
#include "base/os.h"
#include "jit/cwat.h"
#include "jit/listing.h"
#include "tools/dump.h"
#include "wasm/insn.h"

enum { CODE_columns = 10 }; /* bytes of an instruction on its line, as a rule */

typedef struct CompileJob {
    const Module *m;
    const wattle_compile_options *o;
    const NativeMachine *machine;
    Code *code;
    InsnText *text; /* NULL: nothing is printed */
    Buf *out, line;
    uint8_t *wanted; /* of each function; NULL: all */
    wattle_compile_result *result;
} CompileJob;

/* ---- one instruction of the machine ---- */

/* The reloc in [at, at + len), from *next on. */
static const CodeReloc *reloc_within(const Listing *l, uint32_t *next, uint32_t at, size_t len) {
    while (*next < l->reloc_count && l->relocs[*next].at < at)
        ++*next;
    const CodeReloc *r = *next < l->reloc_count ? &l->relocs[*next] : NULL;
    return r && r->at < at + len ? r : NULL;
}

static void put_code_target(const CompileJob *j, const CodeReloc *r, Buf *out) {
    switch ((RelocKind)r->kind) {
    case RELOC_stub: {
        /* Instead of the operand, which is no address yet. */
        while (out->len && out->data[out->len - 1] != ' ')
            out->len--;
        wt_listing_put_stub(r, out);
        return;
    }
    case RELOC_type:
        wt_buf_printf(out, "  ; type %u", (unsigned)r->index);
        return;
    case RELOC_limit:
        buf_str(out, "  ; limit of the stack");
        return;
    case RELOC_slot:
    case RELOC_import:
    case RELOC_self:
        buf_str(out, "  ; ");
        wt_insn_text_put_label(
            j->text, r->kind == RELOC_slot ? r->index + j->m->func_imports : r->index, out);
        return;
    }
}

void wt_api_put_code_line(Buf *out, uint32_t at, const uint8_t *code, size_t len, Slice text) {
    wt_buf_printf(out, "%8x:", (unsigned)at);
    for (size_t i = 0; i < len; i++) {
        buf_u8(out, ' ');
        wt_buf_hex(out, code[i], 2);
    }
    for (size_t i = len; i < CODE_columns; i++)
        buf_str(out, "   ");
    buf_str(out, "  ");
    buf_slice(out, text);
}

void wt_api_put_constants(Buf *out, uint32_t at, const uint8_t *code, size_t len) {
    enum { CONSTANT = 16 };
    for (size_t i = 0; i < len; i++) {
        if (i % CONSTANT == 0)
            wt_buf_printf(out, "%8x:", (unsigned)(at + i));
        buf_u8(out, ' ');
        wt_buf_hex(out, code[i], 2);
        buf_str(out, i % CONSTANT == CONSTANT - 1 ? "\n" : "");
    }
}

/* The line of the instruction at `at`; its length. */
static uint32_t put_machine_line(CompileJob *j, const Listing *l, uint32_t at, uint32_t *reloc) {
    Buf *line = &j->line;
    line->len = 0;
    size_t len = j->machine->disassemble(l->code + at, l->size - at, at, line);
    if (len)
        j->out->failed |= line->failed;
    const CodeReloc *r = len ? reloc_within(l, reloc, at, len) : NULL;
    if (r)
        put_code_target(j, r, line);
    if (!len) {
        len = 1;
        buf_str(line, "(byte)");
    }
    wt_api_put_code_line(j->out, at, l->code + at, len, slice(line->data, line->len));
    buf_u8(j->out, '\n');
    return (uint32_t)len;
}

/* ---- one function ---- */

static void put_wasm_line(const CompileJob *j, const Func *fn, uint32_t offset, bool next) {
    const uint8_t *from = fn->code + offset;
    Reader r = reader_of(from, fn->code_size - offset);
    Insn in = {0};
    if (!insn_read(&r, &in))
        return;
    if (next)
        wt_insn_text_line(j->text, &in, from, r.at, j->out);
    else
        wt_insn_text_line_alone(j->text, &in, from, r.at, j->out);
}

static void put_listing(CompileJob *j, uint32_t funcidx, const Listing *l) {
    const Func *fn = &j->m->funcs[funcidx];
    wt_insn_text_put_label(j->text, funcidx, j->out);
    wt_buf_printf(j->out, ": %u bytes of wasm, %u of code\n", (unsigned)fn->code_size,
                  (unsigned)l->size);
    wt_insn_text_begin(j->text, funcidx, j->m->is_text ? fn->code : j->m->source.data);
    uint32_t at = 0, note = 0, reloc = 0, reached = 0, end = l->size - l->constants;
    while (at < end && !j->out->failed) {
        for (; note < l->note_count && l->notes[note].at <= at; note++) {
            uint32_t offset = l->notes[note].offset;
            if (offset && j->o->print_wasm)
                put_wasm_line(j, fn, offset, offset > reached);
            reached = WT_MAX(reached, offset);
        }
        at += put_machine_line(j, l, at, &reloc);
    }
    for (; note < l->note_count; note++)
        if (l->notes[note].offset > reached && j->o->print_wasm)
            put_wasm_line(j, fn, l->notes[note].offset, true);
    wt_api_put_constants(j->out, at, l->code + at, l->constants);
    buf_u8(j->out, '\n');
}

static bool compile_one(CompileJob *j, uint32_t funcidx) {
    Listing l;
    uint64_t began = wt_os_now();
    if (!wt_listing_make(j->code, funcidx - j->m->func_imports, &l))
        return false;
    j->result->ns += wt_os_now() - began;
    j->result->unable += l.unable;
    j->result->functions += !l.unable;
    j->result->wasm_bytes += l.unable ? 0 : j->m->funcs[funcidx].code_size;
    j->result->code_bytes += l.size;
    if (j->text && l.unable) {
        wt_insn_text_put_label(j->text, funcidx, j->out);
        buf_str(j->out, ": an instruction that machine code does not have\n\n");
    } else if (j->text) {
        put_listing(j, funcidx, &l);
    }
    return !j->out->failed;
}

/* ---- the whole ---- */

static wattle_status mark_wanted(CompileJob *j, const Allocator *al) {
    const wattle_compile_options *o = j->o;
    if (!o->functions)
        return WATTLE_OK;
    size_t size = (size_t)j->m->func_count + 1;
    j->wanted = allocator_get(al, size);
    if (!j->wanted)
        return WATTLE_OUT_OF_MEMORY;
    memset(j->wanted, 0, size);
    for (size_t i = 0; i < o->function_count; i++) {
        if (o->functions[i] < j->m->func_imports || o->functions[i] >= j->m->func_count)
            return WATTLE_USAGE;
        j->wanted[o->functions[i]] = 1;
    }
    return WATTLE_OK;
}

static wattle_status compile_wanted(CompileJob *j, Store *s, const Allocator *al) {
    Native *n = store_native(s);
    j->machine = n->machine;
    j->result->machine = n->machine->name;
    n->noting = j->o->print;
    wattle_status status = mark_wanted(j, al);
    j->code = status == WATTLE_OK ? wt_code_new(s, j->m) : NULL;
    j->text = j->code && j->o->print ? wt_insn_text_new(j->m, al) : NULL;
    if (status == WATTLE_OK && (!j->code || (j->o->print && !j->text)))
        status = WATTLE_OUT_OF_MEMORY;
    if (j->text)
        wt_buf_printf(j->out, "machine code for %s, from the baseline compiler\n\n",
                      j->machine->name);
    for (uint32_t i = j->m->func_imports; i < j->m->func_count && status == WATTLE_OK; i++)
        if ((!j->wanted || j->wanted[i]) && !compile_one(j, i))
            status = j->out->write_failed ? WATTLE_WRITE_FAILED : WATTLE_OUT_OF_MEMORY;
    return status;
}

wattle_status wattle_compile(const wattle_module *module, const wattle_compile_options *options,
                             wattle_write write, void *user, wattle_compile_result *result) {
    const Allocator *al = &module->engine->allocator;
    *result = (wattle_compile_result){0};
    if (!module->checked)
        return WATTLE_USAGE;
    if (!wt_cwat_prove(&module->module, CWAT_bodies))
        return WATTLE_MALFORMED;
    StoreLimits limits = wt_store_limits_default();
    limits.stack_slots = 1; /* nothing runs */
    limits.no_reserve = options->no_reserve;
    limits.no_signals = options->no_signals;
    limits.cpu_without = options->cpu_without;
    Store *s = wt_store_new(al, wt_wire_listing(), &limits);
    if (!s)
        return WATTLE_OUT_OF_MEMORY;
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, al, 0, wt_api_write_target, &target);
    CompileJob job = {.m = &module->module, .o = options, .out = &out, .result = result};
    wt_buf_init(&job.line, al);
    wattle_status status = compile_wanted(&job, s, al);
    if (status == WATTLE_OK && !wt_buf_flush(&out))
        status = out.write_failed ? WATTLE_WRITE_FAILED : WATTLE_OUT_OF_MEMORY;
    wt_insn_text_free(job.text);
    allocator_free(al, job.wanted, (size_t)job.m->func_count + 1);
    wt_buf_free(&job.line);
    wt_buf_free(&out);
    wt_store_free(s);
    return status;
}
