/* Scans code without types: where it ends, whether every instruction can be read and its feature is
   on, whether blocks nest. Constant expressions always come through here, because only that tells
   their length; bodies when no checker follows (DECODE_scan_bodies).

   Most instructions are skipped by a table made for the module's features: one byte of opcode gives
   a class, and the class says what the immediates look like in their usual short forms. Whatever is
   not usual (prefixes, long numbers, types, control) goes through insn_read. */
#include "binary/decoder.h"

typedef enum ScanClass {
    SCAN_slow, /* anything else, and what is not allowed */
    SCAN_none,
    SCAN_index,
    SCAN_s32,
    SCAN_s64,
    SCAN_memarg,
    SCAN_f32,
    SCAN_f64,
    SCAN_block,
    SCAN_end,
} ScanClass;

/* What an open block may be closed or parted by. */
enum { FRAME_plain, FRAME_if, FRAME_try, FRAME_catch };

enum { SCAN_slack = 16 }; /* no class skips more bytes than that */

static ScanClass class_of(const OpInfo *info, unsigned op) {
    if (op == OP_end)
        return SCAN_end;
    if (op == OP_block || op == OP_loop)
        return SCAN_block;
    switch ((Imm)info->imm) {
    case IMM_NONE:
        return op == OP_else || op == OP_catch_all ? SCAN_slow : SCAN_none;
    case IMM_LABEL:
        return op == OP_delegate ? SCAN_slow : SCAN_index;
    case IMM_TAG:
        return op == OP_catch ? SCAN_slow : SCAN_index;
    case IMM_FUNC:
    case IMM_TYPE:
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_TABLE:
    case IMM_MEM:
        return SCAN_index;
    case IMM_I32:
        return SCAN_s32;
    case IMM_I64:
        return SCAN_s64;
    case IMM_F32:
        return SCAN_f32;
    case IMM_F64:
        return SCAN_f64;
    case IMM_MEMARG:
        return SCAN_memarg;
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_BR_TABLE:
    case IMM_TYPE_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_ELEM:
    case IMM_MEMARG_LANE:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_DATA:
    case IMM_V128:
    case IMM_SHUFFLE:
    case IMM_LANE:
    case IMM_SELECT:
    case IMM_HEAP:
    case IMM_REF:
    case IMM_REF_NULL:
    case IMM_BR_CAST:
    case IMM_TYPE_FIELD:
    case IMM_TYPE_U32:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_TAG:
    case IMM_FENCE:
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        return SCAN_slow;
    }
    return SCAN_slow;
}

void wt_decode_scan_init(Decoder *d) {
    for (unsigned op = 0; op < 256; op++) {
        const OpInfo *info = op_info(op);
        bool allowed = info->text && module_has(d->m, info->feature);
        d->classes[op] = (uint8_t)(allowed ? class_of(info, op) : SCAN_slow);
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
    uint8_t top = *depth ? d->nest[*depth - 1] : FRAME_plain;
    const char *lonely = NULL;
    if (op == OP_else) {
        lonely = top == FRAME_if ? NULL : "else without if";
    } else if (op == OP_delegate) {
        lonely = top == FRAME_try ? NULL : "delegate without try";
    } else if (top != FRAME_try && top != FRAME_catch) {
        lonely = "catch without try";
    }
    if (lonely) {
        scan_failed(d, c, ERR_end_expected, at, lonely);
        return false;
    }
    if (op == OP_delegate)
        --*depth;
    else
        d->nest[*depth - 1] = op == OP_catch ? FRAME_catch : FRAME_plain;
    return true;
}

/* Control instructions; false when the scan ends with an error. */
static bool scan_control(Decoder *d, const CodePlace *c, const uint8_t *at, unsigned op,
                         size_t *depth) {
    switch (op) {
    case OP_block:
    case OP_loop:
    case OP_try_table:
        return open_frame(d, depth, FRAME_plain);
    case OP_if:
        return open_frame(d, depth, FRAME_if);
    case OP_try:
        return open_frame(d, depth, FRAME_try);
    case OP_else:
    case OP_catch:
    case OP_catch_all:
    case OP_delegate:
        return part_frame(d, c, at, op, depth);
    }
    return true;
}

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
    if (in.op == OP_end)
        --*depth;
    return r.at;
}

/* Behind a number of at most n bytes at p; p itself when it is longer. */
WT_INLINE const uint8_t *skip_leb(const uint8_t *p, int n) {
    for (int i = 0; i < n; i++)
        if (p[i] < 0x80)
            return p + i + 1;
    return p;
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

const uint8_t *wt_decode_scan(Decoder *d, const uint8_t *p, const uint8_t *end, CodePlace place) {
    size_t depth = 0;
    const uint8_t *fast_end = end - p > SCAN_slack ? end - SCAN_slack : p;
    while (p < end) {
        const uint8_t *at = p, *q = p + 1;
        /* Near the end a class must not look ahead. */
        switch ((ScanClass)(WT_LIKELY(p < fast_end) || d->classes[*p] == SCAN_end ? d->classes[*p]
                                                                                  : SCAN_slow)) {
        case SCAN_none:
            p = q;
            continue;
        case SCAN_index:
            p = skip_leb(q, 2);
            break;
        case SCAN_s32:
            p = skip_leb(q, 4);
            break;
        case SCAN_s64:
            p = skip_leb(q, 9);
            break;
        case SCAN_memarg:
            if (*q < 0x40)
                p = skip_leb(++q, 4);
            else
                p = q;
            break;
        case SCAN_f32:
            p += 5;
            continue;
        case SCAN_f64:
            p += 9;
            continue;
        case SCAN_block:
            if ((*q == 0x40 || *q >= 0x7C) && *q < 0x80 && depth < d->nest_cap) {
                d->nest[depth++] = FRAME_plain;
                p += 2;
                continue;
            }
            p = q;
            break;
        case SCAN_end:
            p = q;
            if (depth == 0)
                return p;
            depth--;
            continue;
        case SCAN_slow:
            p = q;
            break;
        }
        if (WT_UNLIKELY(p == q)) { /* not one of the short forms */
            p = scan_insn(d, &place, at, end, &depth);
            if (!p)
                return NULL;
        }
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
