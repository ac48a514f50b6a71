/* Scans code without types: where it ends, whether every instruction can be read and its feature is
   on, whether blocks nest. Constant expressions always come through here, because only that tells
   their length; bodies when no checker follows (DECODE_scan_bodies).

   Most instructions are skipped by a table made for the module's features: one byte of opcode gives
   a class, and the class says what the immediates look like in their usual short forms. A switch,
   so that the place of the next instruction is guessed with the branch and not waited for.
   Whatever is not usual (prefixes, long numbers, types, errors) goes through insn_read. */
#include "binary/decoder.h"

typedef enum ScanClass {
    SCAN_slow, /* anything else, and what is not allowed */
    SCAN_none,
    SCAN_index,
    SCAN_two_indices,
    SCAN_s32,
    SCAN_s64,
    SCAN_memarg,
    SCAN_f32,
    SCAN_f64,
    SCAN_block,
    SCAN_if,
    SCAN_else,
    SCAN_end,
} ScanClass;

/* What an open block may be closed or parted by. */
enum { NEST_plain, NEST_if, NEST_try, NEST_catch };

enum { SCAN_slack = 16 }; /* bytes that a class may look at */

static ScanClass class_of_control(unsigned op) {
    switch (op) {
    case OP_end:
        return SCAN_end;
    case OP_block:
    case OP_loop:
        return SCAN_block;
    case OP_if:
        return SCAN_if;
    case OP_else:
        return SCAN_else;
    case OP_call_indirect:
        return SCAN_two_indices;
    }
    return SCAN_slow;
}

/* The class that an opcode's immediates put it in. catch and delegate have the immediates of
   others, but part or close a block. */
static ScanClass class_of(const OpInfo *info, unsigned op) {
    ScanClass control = class_of_control(op);
    if (control != SCAN_slow || !info->text || op == OP_catch || op == OP_catch_all ||
        op == OP_delegate)
        return control;
    Imm imm = (Imm)info->imm;
    if (imm == IMM_NONE)
        return SCAN_none;
    if (imm == IMM_LABEL || imm == IMM_FUNC || imm == IMM_TYPE || imm == IMM_LOCAL ||
        imm == IMM_GLOBAL || imm == IMM_TABLE || imm == IMM_MEM || imm == IMM_TAG)
        return SCAN_index;
    return imm == IMM_I32      ? SCAN_s32
           : imm == IMM_I64    ? SCAN_s64
           : imm == IMM_F32    ? SCAN_f32
           : imm == IMM_F64    ? SCAN_f64
           : imm == IMM_MEMARG ? SCAN_memarg
                               : SCAN_slow;
}

void wt_decode_scan_init(Decoder *d) {
    for (unsigned op = 0; op < 256; op++) {
        bool allowed = module_has(d->m, op_info(op)->feature);
        d->classes[op] = (uint8_t)(allowed ? class_of(op_info(op), op) : SCAN_slow);
    }
}

/* How many instructions begin in [start, at): for messages only. */
static uint32_t insns_before(const CodePlace *c, const uint8_t *at) {
    Reader r = reader_of(c->start, (size_t)(at - c->start));
    Insn in = {0};
    uint32_t n = 0;
    if (c->section == SECTION_code) {
        uint32_t runs = wt_insn_local_runs(&r);
        LocalRun run;
        while (runs-- > 0 && wt_insn_next_run(&r, &run))
            ;
    }
    while (r.at < at && insn_read(&r, &in))
        n++;
    return n;
}

/* Reports with the path to the instruction; NULL, for the scan to end with. */
static const uint8_t *scan_failed(Decoder *d, const CodePlace *c, ErrorCode code, const uint8_t *at,
                                  const char *detail) {
    if (c->quiet)
        return NULL;
    const char *format = code == ERR_illegal_opcode ? " %s" : detail ? "%s" : NULL;
    DiagEntry *e = wt_diag_add(d->diag, code, decoder_offset(d, at), 1, format, detail);
    if (e)
        e->place = (Place){.section = c->section,
                           .item = c->item,
                           .offset = (uint32_t)(at - c->start),
                           .insn = insns_before(c, at)};
    return NULL;
}

/* "illegal opcode fd 0c: v128.const needs feature simd" */
static const uint8_t *opcode_failed(Decoder *d, const CodePlace *c, const uint8_t *at,
                                    const uint8_t *end, const OpInfo *info) {
    static const char digits[] = "0123456789abcdef";
    uint8_t store[160];
    Buf b = {.data = store, .cap = sizeof store - 1};
    bool prefixed = *at >= 0xFB && *at <= 0xFE;
    for (const uint8_t *p = at; p < end && p < at + 6; p++) {
        uint8_t text[3] = {' ', (uint8_t)digits[*p >> 4], (uint8_t)digits[*p & 15]};
        buf_bytes(&b, text + (p == at), p == at ? 2 : 3);
        if (!prefixed || (p > at && *p < 0x80))
            break;
    }
    if (info) {
        buf_str(&b, ": ");
        buf_str(&b, info->text);
        buf_str(&b, " needs feature ");
        buf_str(&b, wt_feature_name((Feature)info->feature));
    }
    store[b.len] = 0;
    return scan_failed(d, c, ERR_illegal_opcode, at, (const char *)store);
}

/* A type named by an instruction whose feature is off, or FEATURE_mvp. */
static Feature insn_type_feature(const Module *m, const Insn *in) {
    Feature f = FEATURE_mvp;
    Imm imm = (Imm)op_info(in->op)->imm;
    if ((imm == IMM_BLOCK || imm == IMM_TRY_TABLE) && in->block == BLOCK_value)
        return wt_decode_type_feature(m, in->type);
    if (imm == IMM_HEAP || imm == IMM_REF || imm == IMM_REF_NULL)
        return wt_decode_type_feature(m, in->type | VAL_null_bit);
    if (imm == IMM_BR_CAST) {
        f = wt_decode_type_feature(m, in->type);
        return f == FEATURE_mvp ? wt_decode_type_feature(m, in->type2) : f;
    }
    if (imm == IMM_SELECT) {
        Reader r = reader_of(in->list.data, in->list.len);
        for (uint32_t i = 0; i < in->c && f == FEATURE_mvp; i++)
            f = wt_decode_type_feature(m, read_valtype(&r));
    }
    return f;
}

/* The stack of kinds lives in the allocator: nesting is as deep as the input likes. */
static bool open_frame(Decoder *d, size_t *depth, uint8_t kind) {
    if (WT_UNLIKELY(*depth == d->nest_cap) &&
        !wt_vec_grow(d->m->arena.allocator, (void **)&d->nest, &d->nest_cap, *depth, 1)) {
        wt_diag_oom(d->diag);
        return false;
    }
    d->nest[(*depth)++] = kind;
    return true;
}

/* else, catch, catch_all, delegate: they part or close the block that they stand in. */
static bool part_frame(Decoder *d, const CodePlace *c, const uint8_t *at, unsigned op,
                       size_t *depth) {
    uint8_t top = *depth ? d->nest[*depth - 1] : NEST_plain;
    const char *lonely = NULL;
    if (op == OP_else) {
        lonely = top == NEST_if ? NULL : "else without if";
    } else if (op == OP_delegate) {
        lonely = top == NEST_try ? NULL : "delegate without try";
    } else if (top != NEST_try && top != NEST_catch) {
        lonely = "catch without try";
    }
    if (lonely) {
        scan_failed(d, c, ERR_end_expected, at, lonely);
        return false;
    }
    if (op == OP_delegate)
        --*depth;
    else
        d->nest[*depth - 1] = op == OP_catch ? NEST_catch : NEST_plain;
    return true;
}

/* Control instructions; false when the scan ends with an error. */
static bool scan_control(Decoder *d, const CodePlace *c, const uint8_t *at, unsigned op,
                         size_t *depth) {
    switch (op) {
    case OP_block:
    case OP_loop:
    case OP_try_table:
        return open_frame(d, depth, NEST_plain);
    case OP_if:
        return open_frame(d, depth, NEST_if);
    case OP_try:
        return open_frame(d, depth, NEST_try);
    case OP_else:
    case OP_catch:
    case OP_catch_all:
    case OP_delegate:
        return part_frame(d, c, at, op, depth);
    }
    return true;
}

/* Instructions that name a data segment need the data count section, which stands before the code,
   so that one pass over the code is enough. */
static bool names_data(unsigned op) {
    Imm imm = (Imm)op_info(op)->imm;
    return imm == IMM_DATA || imm == IMM_DATA_MEM || imm == IMM_TYPE_DATA;
}

/* Why an instruction could not be read. One that is cut off by the end of the code is read on in
   the file first: a number in it may be malformed before it is cut. */
static const uint8_t *unreadable(Decoder *d, const CodePlace *c, const uint8_t *at,
                                 const uint8_t *end, const Reader *r, const Insn *in) {
    ErrorCode code = wt_insn_error(r, true);
    if (code == ERR_illegal_opcode)
        return opcode_failed(d, c, at, end, NULL);
    if (code != ERR_unexpected_end_section)
        return scan_failed(d, c, code, r->error_at, op_info(in->op)->text);
    Slice all = d->m->source;
    Reader on = reader_of(at, (size_t)(all.data + all.len - at));
    Insn again = {0};
    insn_read(&on, &again);
    if (on.error == READ_too_long || on.error == READ_too_large)
        code = wt_insn_error(&on, true);
    return scan_failed(d, c, code, r->error_at, "the code ends inside an instruction");
}

/* One instruction of any form. Returns where the next one begins, or NULL. */
static const uint8_t *scan_insn(Decoder *d, const CodePlace *c, const uint8_t *p,
                                const uint8_t *end, size_t *depth) {
    Reader r = reader_of(p, (size_t)(end - p));
    Insn in = {0};
    if (!insn_read(&r, &in))
        return unreadable(d, c, p, end, &r, &in);
    const OpInfo *info = op_info(in.op);
    if (!module_has(d->m, info->feature))
        return opcode_failed(d, c, p, end, info);
    Feature f = insn_type_feature(d->m, &in);
    if (f != FEATURE_mvp) {
        bool heap = info->imm != IMM_BLOCK && info->imm != IMM_TRY_TABLE && info->imm != IMM_SELECT;
        return scan_failed(d, c, heap ? ERR_heap_type : ERR_value_type, p, wt_feature_name(f));
    }
    if (names_data(in.op)) {
        d->needs_data_count = true;
        if (!d->m->has_data_count)
            return scan_failed(d, c, ERR_data_count_required, p, info->text);
    }
    if (!scan_control(d, c, p, in.op, depth))
        return NULL;
    if (*depth > d->m->bounds.nesting)
        return scan_failed(d, c, ERR_limit, p, "blocks nested too deeply");
    return r.at;
}

/* Behind a number of at most n bytes at p; p itself when it is longer. */
WT_INLINE const uint8_t *skip_leb(const uint8_t *p, int n) {
    for (int i = 0; i < n; i++)
        if (p[i] < 0x80)
            return p + i + 1;
    return p;
}

/* A block type of one byte, without features: none, or a number type. */
WT_INLINE bool usual_block(uint8_t byte) { return byte == 0x40 || (byte >= 0x7C && byte < 0x80); }

/* Skips instructions in their usual forms from p on; stops at the first other one, at the end of
   the code, or near the end of the file. */
static const uint8_t *scan_usual(const Decoder *d, const uint8_t *p, const uint8_t *end,
                                 size_t *depth_now) {
    size_t depth = *depth_now, most = WT_MIN(d->nest_cap, d->m->bounds.nesting);
    Slice all = d->m->source;
    const uint8_t *limit = all.len > SCAN_slack ? all.data + (all.len - SCAN_slack) : p;
    limit = WT_MIN(limit, end);
    const uint8_t *at = p;
    while (p < limit) {
        at = p;
        const uint8_t *q = p + 1, *next = q;
        switch ((ScanClass)d->classes[*p]) {
        case SCAN_none:
            p = q;
            continue;
        case SCAN_index:
            next = skip_leb(q, 3);
            break;
        case SCAN_two_indices:
            next = skip_leb(q, 3);
            if (*next >= 0x80)
                next = q;
            next += next != q;
            break;
        case SCAN_s32:
            next = skip_leb(q, 4);
            break;
        case SCAN_s64:
            next = skip_leb(q, 9);
            break;
        case SCAN_memarg:
            if (*q >= 0x40)
                break;
            next = skip_leb(++q, 4);
            break;
        case SCAN_f32:
            p += 5;
            continue;
        case SCAN_f64:
            p += 9;
            continue;
        case SCAN_block:
        case SCAN_if:
            if (!usual_block(*q) || depth >= most || q == end)
                break;
            d->nest[depth++] = d->classes[*p] == SCAN_if ? NEST_if : NEST_plain;
            p += 2;
            continue;
        case SCAN_else:
            if (depth == 0 || d->nest[depth - 1] != NEST_if)
                break;
            d->nest[depth - 1] = NEST_plain;
            p = q;
            continue;
        case SCAN_end:
            if (depth == 0)
                break;
            depth--;
            p = q;
            continue;
        case SCAN_slow:
            break;
        }
        if (WT_UNLIKELY(next == q)) /* not one of the usual forms */
            break;
        p = next;
    }
    *depth_now = depth;
    /* The last one may have run over the end: it is read again, and reported. None that changes
       the depth does so. */
    return p > end ? at : p;
}

/* The code ends without `end`. What the reference interpreter finds instead, reading on: the end
   of the file, an `end` that was a section's id, or something else. */
static const uint8_t *end_missing(Decoder *d, const CodePlace *c, const uint8_t *end,
                                  size_t depth) {
    Slice all = d->m->source;
    ErrorCode code = ERR_end_expected;
    if (c->section != SECTION_code || end == all.data + all.len || depth > 0)
        code = ERR_unexpected_end_section;
    else if (end == d->r.end)
        code = ERR_section_size;
    return scan_failed(d, c, code, end,
                       depth ? "a block is not closed by an end" : "the code has no end");
}

/* Runs of usual instructions and single other ones take turns. */
const uint8_t *wt_decode_scan(Decoder *d, const uint8_t *p, const uint8_t *end, CodePlace place) {
    size_t depth = 0;
    while (p < end) {
        p = scan_usual(d, p, end, &depth);
        if (p == end)
            break;
        if (d->classes[*p] == SCAN_end) {
            p++;
            if (depth-- == 0)
                return p;
            continue;
        }
        p = scan_insn(d, &place, p, end, &depth);
        if (!p)
            return NULL;
    }
    return end_missing(d, &place, end, depth);
}

Expr wt_decode_expr(Decoder *d) {
    const uint8_t *start = d->r.at;
    if (d->r.error)
        return (Expr){{NULL, 0}, 0};
    CodePlace place = {(uint8_t)d->section, d->first + d->item, start, false};
    const uint8_t *end = wt_decode_scan(d, start, d->r.end, place);
    if (!end) {
        wt_reader_fail(&d->r, READ_reported, start);
        return (Expr){{NULL, 0}, 0};
    }
    d->r.at = end;
    return (Expr){slice(start, (size_t)(end - start)), (uint32_t)decoder_offset(d, start)};
}

/* The local declarations: their sum must stay below 2^32. */
static bool scan_locals(Decoder *d, const CodePlace *c, Reader *r) {
    uint64_t sum = 0;
    LocalRun run = {0, VAL_bot};
    uint32_t runs = wt_insn_local_runs(r);
    for (uint32_t i = 0; i < runs && !r->error; i++) {
        const uint8_t *at = r->at;
        if (!wt_insn_next_run(r, &run))
            break;
        sum += run.count;
        Feature f = wt_decode_type_feature(d->m, run.type);
        if (f != FEATURE_mvp) {
            scan_failed(d, c, ERR_value_type, at, wt_feature_name(f));
            return false;
        }
        if (sum > UINT32_MAX) {
            scan_failed(d, c, ERR_too_many_locals, at, "2^32 or more");
            return false;
        }
    }
    if (r->error)
        scan_failed(d, c, wt_insn_error(r, true), r->error_at, "in the local declarations");
    else if (sum > d->m->bounds.locals)
        scan_failed(d, c, ERR_limit, c->start, "too many locals");
    else
        return true;
    return false;
}

/* A body must end with the `end` that closes it, and exactly at its size. */
void wt_decode_scan_body(Decoder *d, const Func *f, uint32_t funcidx, bool quiet) {
    CodePlace place = {SECTION_code, funcidx, f->code, quiet};
    const uint8_t *end = f->code + f->code_size;
    Reader r = reader_of(f->code, f->code_size);
    if (!scan_locals(d, &place, &r))
        return;
    const uint8_t *p = wt_decode_scan(d, r.at, end, place);
    if (p && p != end)
        scan_failed(d, &place, ERR_section_size, p, "the body goes on behind its last end");
}

/* The instructions that name a data segment, for a look at bytes: bit n of codes[b] says that one
   has the prefix 0xF8 + n and a code with the low bits b. */
typedef struct DataCodes {
    uint8_t prefixes; /* the bits of all */
    uint8_t codes[128];
} DataCodes;

static void find_data_codes(DataCodes *s) {
    *s = (DataCodes){0};
    for (unsigned op = 256; op < OP_count; op++) {
        const OpInfo *info = op_info(op);
        if (!info->text || !names_data(op))
            continue;
        uint8_t bit = (uint8_t)(1u << (info->page & 7));
        s->prefixes |= bit;
        s->codes[info->code & 0x7F] |= bit;
    }
}

/* Whether bytes that look like such an instruction stand in the code, whatever they are. */
static bool has_data_code(const DataCodes *s, Slice code) {
    const uint8_t *end = code.data + code.len;
    for (unsigned n = 0; n < 8; n++) {
        const uint8_t *p = code.data;
        if (!(s->prefixes >> n & 1))
            continue;
        while ((p = memchr(p, 0xF8 + (int)n, (size_t)(end - p))) && ++p < end)
            if (s->codes[*p & 0x7F] >> n & 1)
                return true;
    }
    return false;
}

/* Few bodies have such bytes: only they are scanned, up to the first that is meant. */
void wt_decode_search_data_users(Decoder *d) {
    const Module *m = d->m;
    DataCodes codes;
    find_data_codes(&codes);
    for (uint32_t i = m->func_imports; i < m->func_count && !d->needs_data_count; i++) {
        const Func *f = &m->funcs[i];
        if (f->code_size && has_data_code(&codes, slice(f->code, f->code_size)))
            wt_decode_scan_body(d, f, i, true);
    }
}
