/* The long halves of insn.h: types, lists, prefixed opcodes, and writing. Each immediate kind has
   one case to read it and one to write it; both formats, the checker and the tiers come through
   here. */
#include "wasm/insn.h"

static ValType type_failed(Reader *r, ErrorCode code, const uint8_t *at) {
    wt_reader_fail(r, code, at);
    return VAL_bot;
}

ValType wt_insn_heaptype(Reader *r, bool nullable) {
    const uint8_t *start = r->at;
    if (r->at == r->end)
        return (ValType)wt_reader_fail(r, READ_end, start);
    ValType exact = 0;
    if (*r->at == 0x62) {
        exact = VAL_exact_bit;
        r->at++;
        if (r->at == r->end)
            return (ValType)wt_reader_fail(r, READ_end, start);
    }
    uint32_t heap = wt_type_heap_of_byte(*r->at);
    if (heap && !exact) {
        r->at++;
        return VAL_REF_OF(heap, nullable);
    }
    int64_t index = read_s33(r);
    if (r->error)
        return VAL_bot;
    if (index < 0)
        return type_failed(r, ERR_heap_type, start);
    /* No module may have so many types, and a ValType has no room for the number. */
    if (index >= HEAP_first)
        return type_failed(r, ERR_unknown_type, start);
    heap = (uint32_t)index;
    return VAL_REF_OF(heap, nullable) | exact;
}

/* The reference type behind the byte at r->at, or VAL_bot without an error when it is none. */
static ValType maybe_reftype(Reader *r) {
    uint8_t byte = *r->at;
    uint32_t heap = wt_type_heap_of_byte(byte);
    if (heap) {
        r->at++;
        return VAL_REF_OF(heap, true);
    }
    if (byte != 0x63 && byte != 0x64)
        return VAL_bot;
    r->at++;
    ValType t = wt_insn_heaptype(r, byte == 0x63);
    if (byte == 0x63 && valtype_heap(t) >= HEAP_first)
        r->marks |= ENC_long;
    return t;
}

ValType wt_insn_reftype(Reader *r) {
    const uint8_t *start = r->at;
    if (r->at == r->end)
        return (ValType)wt_reader_fail(r, READ_end, start);
    ValType t = maybe_reftype(r);
    return t || r->error ? t : type_failed(r, ERR_reference_type, start);
}

ValType wt_insn_valtype_slow(Reader *r) {
    const uint8_t *start = r->at;
    if (r->at == r->end)
        return (ValType)wt_reader_fail(r, READ_end, start);
    if (*r->at >= 0x7B && *r->at <= 0x7F)
        return (ValType)(0x80 - *r->at++);
    ValType t = maybe_reftype(r);
    return t || r->error ? t : type_failed(r, ERR_value_type, start);
}

ValType wt_insn_storagetype(Reader *r) {
    if (r->at != r->end && (*r->at == 0x78 || *r->at == 0x77))
        return *r->at++ == 0x78 ? (ValType)VAL_i8 : (ValType)VAL_i16;
    const uint8_t *start = r->at;
    if (r->at == r->end)
        return (ValType)wt_reader_fail(r, READ_end, start);
    if (*r->at >= 0x7B && *r->at <= 0x7F)
        return (ValType)(0x80 - *r->at++);
    ValType t = maybe_reftype(r);
    return t || r->error ? t : type_failed(r, ERR_storage_type, start);
}

void wt_insn_blocktype_slow(Reader *r, Insn *in) {
    const uint8_t *start = r->at;
    if (r->at == r->end) {
        wt_reader_fail(r, READ_end, start);
        in->block = BLOCK_empty;
        return;
    }
    if (*r->at >= 0x40 && *r->at < 0x80) {
        in->block = BLOCK_value;
        in->type = wt_insn_valtype_slow(r);
        return;
    }
    in->block = BLOCK_index;
    int64_t index = read_s33(r);
    if (index < 0)
        wt_reader_fail(r, ERR_block_type, start);
    in->a = (uint32_t)index;
}

void wt_insn_memarg_slow(Reader *r, Insn *in, uint32_t flags) {
    in->a = 0;
    in->b = flags & 0x3F;
    in->imm = 0;
    if (flags >= 0x80) {
        wt_reader_fail(r, ERR_memop_flags, r->at - 1);
        return;
    }
    in->a = read_u32(r);
    if (in->a == 0)
        r->marks |= ENC_mem0;
    in->imm = read_u64(r);
}

bool wt_insn_next_catch(Reader *r, Clause *c) {
    const uint8_t *start = r->at;
    c->kind = read_u8(r);
    if (c->kind > 3 && !r->error)
        wt_reader_fail(r, ERR_catch_kind, start);
    c->tag = c->kind < 2 ? read_u32(r) : 0;
    c->label = read_u32(r);
    return !r->error;
}

bool wt_insn_next_handler(Reader *r, Clause *c) {
    const uint8_t *start = r->at;
    c->kind = read_u8(r);
    if (c->kind > 1 && !r->error)
        wt_reader_fail(r, ERR_handler_kind, start);
    c->tag = read_u32(r);
    c->label = c->kind == 0 ? read_u32(r) : 0;
    return !r->error;
}

/* A counted list, skipped: in->c elements in in->list. Each element is at least a byte long, so a
   count beyond the bytes left ends at once. */
static void read_list(Reader *r, Insn *in, Imm imm) {
    in->c = read_u32(r);
    const uint8_t *start = r->at;
    uint64_t n = (uint64_t)in->c + (imm == IMM_BR_TABLE);
    Clause clause;
    for (uint64_t i = 0; i < n && !r->error; i++) {
        if (imm == IMM_BR_TABLE) {
            in->a = read_u32(r);
        } else if (imm == IMM_SELECT) {
            ValType t = read_valtype(r);
            if (i == 0)
                in->type = t;
        } else if (imm == IMM_TRY_TABLE) {
            wt_insn_next_catch(r, &clause);
        } else {
            wt_insn_next_handler(r, &clause);
        }
    }
    in->list = slice(start, (size_t)(r->at - start));
}

static void read_cast(Reader *r, Insn *in) {
    const uint8_t *start = r->at;
    uint8_t flags = read_u8(r);
    if (flags > 3)
        wt_reader_fail(r, ERR_cast_flags, start);
    in->a = read_u32(r);
    in->type = wt_insn_heaptype(r, flags & 1);
    in->type2 = wt_insn_heaptype(r, flags & 2);
}

void wt_insn_imm_slow(Reader *r, Insn *in, Imm imm) {
    const uint8_t *start = r->at;
    if (imm == IMM_TRY_TABLE)
        read_blocktype(r, in);
    else if (imm == IMM_RESUME || imm == IMM_RESUME_THROW)
        in->a = read_u32(r);
    if (imm == IMM_RESUME_THROW)
        in->b = read_u32(r);
    if (imm == IMM_BR_CAST)
        read_cast(r, in);
    else if (imm == IMM_HEAP || imm == IMM_REF_NULL)
        in->type = wt_insn_heaptype(r, true);
    else if (imm == IMM_REF)
        in->type = wt_insn_heaptype(r, false);
    else if (imm != IMM_FENCE)
        read_list(r, in, imm);
    else if (read_u8(r) != 0)
        wt_reader_fail(r, ERR_zero_byte, start);
}

unsigned wt_insn_op_slow(Reader *r, uint8_t prefix) {
    const uint8_t *start = r->at - 1;
    if (r->error)
        return OP_unreachable;
    unsigned op = OP_illegal;
    if (prefix >= 0xFB && prefix <= 0xFE) {
        uint32_t code = read_u32(r);
        if (r->error)
            return OP_unreachable;
        op = wt_op_find(prefix, code);
    }
    if (op != OP_illegal)
        return op;
    wt_reader_fail(r, ERR_illegal_opcode, start);
    return OP_unreachable;
}

ErrorCode wt_insn_error(const Reader *r, bool in_body) {
    switch (r->error) {
    case READ_ok:
        return ERR_none;
    case READ_end:
        return in_body ? ERR_unexpected_end_section : ERR_unexpected_end;
    case READ_too_long:
        return ERR_integer_long;
    case READ_too_large:
        return ERR_integer_large;
    }
    return (ErrorCode)r->error;
}

void wt_insn_write_op(Buf *b, unsigned op) {
    const OpInfo *info = op_info(op);
    if (info->page == 0) {
        buf_u8(b, (uint8_t)op);
        return;
    }
    buf_u8(b, info->page);
    buf_u32leb(b, info->code);
}

void wt_insn_write_heaptype(Buf *b, ValType t) {
    if (valtype_exact(t))
        buf_u8(b, 0x62);
    if (valtype_indexed(t))
        buf_s64leb(b, valtype_heap(t));
    else
        buf_u8(b, wt_type_heap_byte(valtype_heap(t)));
}

void wt_insn_write_valtype(Buf *b, ValType t, bool long_form) {
    switch (valtype_kind(t)) {
    case VAL_i8:
        buf_u8(b, 0x78);
        return;
    case VAL_i16:
        buf_u8(b, 0x77);
        return;
    case VAL_ref:
        if (long_form || !valtype_nullable(t) || valtype_indexed(t) || valtype_exact(t))
            buf_u8(b, valtype_nullable(t) ? 0x63 : 0x64);
        wt_insn_write_heaptype(b, t);
        return;
    }
    buf_u8(b, (uint8_t)(0x80 - valtype_kind(t)));
}

static void write_blocktype(Buf *b, const Insn *in) {
    if (in->block == BLOCK_empty)
        buf_u8(b, 0x40);
    else if (in->block == BLOCK_value)
        wt_insn_write_valtype(b, in->type, in->enc & ENC_long);
    else
        buf_s64leb(b, in->a);
}

static void write_memarg(Buf *b, const Insn *in) {
    bool spelled = in->a != 0 || (in->enc & ENC_mem0);
    buf_u32leb(b, in->b | (spelled ? 0x40u : 0));
    if (spelled)
        buf_u32leb(b, in->a);
    buf_u64leb(b, in->imm);
}

static void write_cast(Buf *b, const Insn *in) {
    buf_u8(b, (uint8_t)(valtype_nullable(in->type) | valtype_nullable(in->type2) << 1));
    buf_u32leb(b, in->a);
    wt_insn_write_heaptype(b, in->type);
    wt_insn_write_heaptype(b, in->type2);
}

void wt_insn_write(Buf *b, const Insn *in) {
    wt_insn_write_op(b, in->op);
    switch ((Imm)op_info(in->op)->imm) {
    case IMM_NONE:
        return;
    case IMM_BLOCK:
        write_blocktype(b, in);
        return;
    case IMM_TRY_TABLE:
        write_blocktype(b, in);
        buf_u32leb(b, in->c);
        buf_slice(b, in->list);
        return;
    case IMM_LABEL:
    case IMM_FUNC:
    case IMM_TYPE:
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_TABLE:
    case IMM_ELEM:
    case IMM_MEM:
    case IMM_DATA:
    case IMM_TAG:
        buf_u32leb(b, in->a);
        return;
    case IMM_TYPE_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_TYPE_FIELD:
    case IMM_TYPE_U32:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_TAG:
        buf_u32leb(b, in->a);
        buf_u32leb(b, in->b);
        return;
    case IMM_MEMARG:
        write_memarg(b, in);
        return;
    case IMM_MEMARG_LANE:
        write_memarg(b, in);
        buf_u8(b, in->lane);
        return;
    case IMM_I32:
    case IMM_I64:
        buf_s64leb(b, (int64_t)in->imm);
        return;
    case IMM_F32:
        if (buf_room(b, 4)) {
            store32le(b->data + b->len, (uint32_t)in->imm);
            b->len += 4;
        }
        return;
    case IMM_F64:
        if (buf_room(b, 8)) {
            store64le(b->data + b->len, in->imm);
            b->len += 8;
        }
        return;
    case IMM_V128:
    case IMM_SHUFFLE:
        buf_slice(b, in->list);
        return;
    case IMM_LANE:
        buf_u8(b, in->lane);
        return;
    case IMM_BR_TABLE:
    case IMM_SELECT:
        buf_u32leb(b, in->c);
        buf_slice(b, in->list);
        return;
    case IMM_HEAP:
    case IMM_REF:
    case IMM_REF_NULL:
        wt_insn_write_heaptype(b, in->type);
        return;
    case IMM_BR_CAST:
        write_cast(b, in);
        return;
    case IMM_FENCE:
        buf_u8(b, 0);
        return;
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        buf_u32leb(b, in->a);
        if (op_info(in->op)->imm == IMM_RESUME_THROW)
            buf_u32leb(b, in->b);
        buf_u32leb(b, in->c);
        buf_slice(b, in->list);
        return;
    }
}

/* Lists hold numbers and types only: equal when they read the same. Both have been read once
 * without an error. */
static bool lists_equal(const Insn *x, const Insn *y, Imm imm) {
    if (x->c != y->c)
        return false;
    Reader rx = reader_of(x->list.data, x->list.len), ry = reader_of(y->list.data, y->list.len);
    for (uint64_t i = 0; i < (uint64_t)x->c + (imm == IMM_BR_TABLE); i++) {
        Clause cx = {0}, cy = {0};
        if (imm == IMM_BR_TABLE) {
            cx.label = read_u32(&rx);
            cy.label = read_u32(&ry);
        } else if (imm == IMM_SELECT) {
            cx.label = read_valtype(&rx);
            cy.label = read_valtype(&ry);
        } else if (imm == IMM_TRY_TABLE) {
            wt_insn_next_catch(&rx, &cx);
            wt_insn_next_catch(&ry, &cy);
        } else {
            wt_insn_next_handler(&rx, &cx);
            wt_insn_next_handler(&ry, &cy);
        }
        if (cx.kind != cy.kind || cx.tag != cy.tag || cx.label != cy.label)
            return false;
    }
    return true;
}

bool wt_insn_equal(const Insn *x, const Insn *y) {
    if (x->op != y->op)
        return false;
    Imm imm = (Imm)op_info(x->op)->imm;
    if (imm == IMM_TRY_TABLE || imm == IMM_BLOCK) {
        if (x->block != y->block || (x->block == BLOCK_value && x->type != y->type) ||
            (x->block == BLOCK_index && x->a != y->a))
            return false;
        return imm == IMM_BLOCK || lists_equal(x, y, imm);
    }
    if (imm == IMM_RESUME || imm == IMM_RESUME_THROW)
        return x->a == y->a && (imm == IMM_RESUME || x->b == y->b) && lists_equal(x, y, imm);
    if (imm == IMM_BR_TABLE || imm == IMM_SELECT)
        return lists_equal(x, y, imm);
    /* All else is fixed in size: written shortest, it is the same bytes. */
    uint8_t ax[64], ay[64];
    Buf bx = {.data = ax, .cap = sizeof ax}, by = {.data = ay, .cap = sizeof ay};
    Insn sx = *x, sy = *y;
    sx.enc = sy.enc = 0;
    wt_insn_write(&bx, &sx);
    wt_insn_write(&by, &sy);
    return slice_eq(slice(ax, bx.len), slice(ay, by.len));
}

uint32_t wt_insn_local_runs(Reader *r) { return read_u32(r); }

bool wt_insn_next_run(Reader *r, LocalRun *run) {
    run->count = read_u32(r);
    run->type = read_valtype(r);
    return !r->error;
}
