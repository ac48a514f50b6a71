/* One instruction: its mnemonic, and its immediates of every kind, written as wasm bytes as soon as
   they are read. Instructions that open or close blocks are in parse_body.c. */
#include "text/parse_inside.h"

#include "base/float.h"

/* ---- mnemonics ---- */

/* The first and last eight bytes of a word: most mnemonics are told apart by them alone. */
static void word_ends(const uint8_t *word, size_t len, uint64_t *head, uint64_t *tail) {
    uint8_t bytes[8] = {0};
    memcpy(bytes, word, WT_MIN(len, 8));
    *head = load64le(bytes);
    *tail = len > 8 ? load64le(word + len - 8) : 0;
}

void wt_parse_init_ops(Parser *p) {
    for (unsigned op = 0; op < OP_count; op++) {
        const OpInfo *info = op_info(op);
        if (!info->text)
            continue;
        OpSlot slot = {.op = (uint16_t)op, .len = info->len, .imm = info->imm};
        word_ends((const uint8_t *)info->text, info->len, &slot.head, &slot.tail);
        /* Two rows with one mnemonic (select, ref.test): the first stands for both. */
        if (find_op_slot(p, (const uint8_t *)info->text, slot.head, slot.tail, slot.len))
            continue;
        uint64_t mix = (slot.head ^ (slot.tail << 9 | slot.tail >> 55) ^ (uint64_t)slot.len << 3) *
                       0x9E3779B97F4A7C15u;
        uint32_t i = (uint32_t)((mix ^ mix >> 32) >> 9);
        while (p->op_slots[i & (OP_SLOTS - 1)].len)
            i++;
        p->op_slots[i & (OP_SLOTS - 1)] = slot;
    }
}

unsigned wt_parse_find_op(const Parser *p, const uint8_t *word, size_t len) {
    uint64_t head, tail;
    if (len == 0 || len > 64)
        return OP_illegal;
    word_ends(word, len, &head, &tail);
    const OpSlot *slot = find_op_slot(p, word, head, tail, len);
    return slot ? slot->op : OP_illegal;
}

/* ---- numbers ---- */

/* A signed or unsigned integer of `bits`, wrapped to them and sign-extended. */
static bool parse_integer(Parser *p, unsigned bits, uint64_t *v) {
    Token t = p->lx.token;
    *v = 0;
    if (t.kind != TOKEN_nat && t.kind != TOKEN_int)
        return wt_parse_unexpected(p, bits == 64   ? "an i64 number"
                                      : bits == 32 ? "an i32 number"
                                                   : "an integer");
    const char *s = (const char *)lexer_text(&p->lx);
    bool negative = *s == '-', sign = t.kind == TOKEN_int;
    uint64_t top = (uint64_t)1 << (bits - 1), magnitude;
    FloatStatus status = wt_base_u64_from_text(s + sign, t.len - sign, &magnitude);
    if (status != FLOAT_OK || magnitude > (negative ? top : top - 1 + top)) {
        const char *unsigned_max = bits == 64   ? "18446744073709551615"
                                   : bits == 32 ? "4294967295"
                                   : bits == 16 ? "65535"
                                                : "255";
        return wt_parse_fail(p, t, ERR_constant_range, "an i%u is -%llu to %s", bits,
                             (unsigned long long)top, unsigned_max);
    }
    uint64_t value = negative ? 0 - magnitude : magnitude;
    unsigned shift = 64 - bits;
    *v = (uint64_t)((int64_t)(value << shift) >> shift);
    parser_next(p);
    return true;
}

static bool parse_float(Parser *p, bool wide, uint64_t *bits) {
    Token t = p->lx.token;
    *bits = 0;
    bool number = t.kind == TOKEN_nat || t.kind == TOKEN_int || t.kind == TOKEN_float;
    if (t.kind == TOKEN_keyword) {
        const uint8_t *s = lexer_text(&p->lx);
        number = (t.len == 3 && (memcmp(s, "inf", 3) == 0 || memcmp(s, "nan", 3) == 0)) ||
                 (t.len > 6 && memcmp(s, "nan:0x", 6) == 0);
    }
    if (!number)
        return wt_parse_unexpected(p, wide ? "an f64 number" : "an f32 number");
    uint32_t narrow = 0;
    FloatStatus status =
        wide ? wt_base_f64_from_text((const char *)lexer_text(&p->lx), t.len, bits)
             : wt_base_f32_from_text((const char *)lexer_text(&p->lx), t.len, &narrow);
    if (!wide)
        *bits = narrow;
    if (status == FLOAT_OK) {
        parser_next(p);
        return true;
    }
    if (status == FLOAT_MALFORMED)
        return wt_parse_fail(p, t, ERR_unknown_operator, " %.*s", (int)WT_MIN(t.len, 100u),
                             (const char *)lexer_text(&p->lx));
    bool nan = memchr(lexer_text(&p->lx), ':', t.len) != NULL;
    if (nan)
        return wt_parse_fail(p, t, ERR_constant_range, "the payload of an f%u NaN is 1 to 0x%llx",
                             wide ? 64 : 32, wide ? 0xFFFFFFFFFFFFFull : 0x7FFFFFull);
    return wt_parse_fail(p, t, ERR_constant_range, "the largest f%u is %s", wide ? 64 : 32,
                         wide ? "0x1.fffffffffffffp+1023" : "0x1.fffffep+127");
}

static bool parse_lane(Parser *p, uint8_t *lane) {
    Token t = p->lx.token;
    uint64_t v = 0;
    *lane = 0;
    if (t.kind != TOKEN_nat)
        return wt_parse_unexpected(p, "a lane number");
    if (!wt_parse_u64(p, 255, ERR_i8_range, "a lane number", &v))
        return false;
    *lane = (uint8_t)v;
    return true;
}

static const struct {
    char word[6];
    uint8_t lanes, bytes;
    bool floats;
} shape_rows[] = {{"i8x16", 16, 1, false}, {"i16x8", 8, 2, false}, {"i32x4", 4, 4, false},
                  {"i64x2", 2, 8, false},  {"f32x4", 4, 4, true},  {"f64x2", 2, 8, true}};

static bool at_number(const Token t, Slice text) {
    if (t.kind == TOKEN_keyword)
        return (text.len == 3 && (slice_is(text, "inf") || slice_is(text, "nan"))) ||
               (text.len > 4 && memcmp(text.data, "nan:", 4) == 0);
    return t.kind == TOKEN_nat || t.kind == TOKEN_int || t.kind == TOKEN_float;
}

/* A constant of the list is wrong, but if their number is too, that is the mistake. */
static bool bad_v128_lane(Parser *p, const char *shape, unsigned lanes, unsigned before) {
    Lexer ahead = p->lx;
    ahead.diag = NULL;
    unsigned found = before;
    for (; at_number(ahead.token, lexer_slice(&ahead)); wt_lex_next(&ahead))
        found++;
    p->failed = false;
    if (found == lanes || ahead.token.kind == TOKEN_reserved || found == before)
        return false;
    return wt_parse_fail(p, p->lx.token, ERR_lane_count, "%s takes %u, found %u", shape, lanes,
                         found);
}

static bool parse_v128(Parser *p, uint8_t out[16]) {
    for (size_t k = 0; k < WT_COUNT(shape_rows); k++) {
        if (!lexer_is(&p->lx, shape_rows[k].word))
            continue;
        unsigned lanes = shape_rows[k].lanes, size = shape_rows[k].bytes;
        parser_next(p);
        for (unsigned i = 0; i < lanes; i++) {
            unsigned kind = parser_kind(p);
            uint64_t v;
            /* Anything but another constant: the list has ended. */
            if (kind == TOKEN_rparen || kind == TOKEN_lparen || kind == TOKEN_eof ||
                (kind == TOKEN_keyword &&
                 wt_parse_find_op(p, lexer_text(&p->lx), p->lx.token.len) != OP_illegal))
                return wt_parse_fail(p, p->lx.token, ERR_lane_count, "%s takes %u, found %u",
                                     shape_rows[k].word, lanes, i);
            p->failed = true; /* silent at first */
            bool floats = shape_rows[k].floats;
            if (floats ? parse_float(p, size == 8, &v) : parse_integer(p, size * 8, &v)) {
                p->failed = false;
            } else {
                bad_v128_lane(p, shape_rows[k].word, lanes, i);
                return floats ? parse_float(p, size == 8, &v) && false
                              : parse_integer(p, size * 8, &v) && false;
            }
            for (unsigned b = 0; b < size; b++)
                out[i * size + b] = (uint8_t)(v >> (8 * b));
        }
        unsigned kind = parser_kind(p);
        if (kind == TOKEN_nat || kind == TOKEN_int || kind == TOKEN_float)
            return wt_parse_fail(p, p->lx.token, ERR_lane_count, "%s takes %u, here is one more",
                                 shape_rows[k].word, lanes);
        return true;
    }
    return wt_parse_unexpected(p, "a shape: i8x16, i16x8, i32x4, i64x2, f32x4 or f64x2");
}

static bool parse_shuffle(Parser *p, uint8_t out[16]) {
    for (unsigned i = 0; i < 16; i++) {
        Token t = p->lx.token;
        if (!at_number(t, lexer_slice(&p->lx)) && t.kind != TOKEN_reserved)
            return wt_parse_fail(p, t, ERR_lane_length, "a shuffle takes 16 lane numbers, found %u",
                                 i);
        if (t.kind != TOKEN_nat && t.kind != TOKEN_reserved)
            return wt_parse_fail(p, t, ERR_i8_range, "a lane number is 0 to 31");
        if (!parse_lane(p, &out[i]))
            return false;
    }
    if (parser_kind(p) == TOKEN_nat)
        return wt_parse_fail(p, p->lx.token, ERR_lane_length,
                             "a shuffle takes 16 lane numbers, here is one more");
    return true;
}

/* ---- memory arguments ---- */

/* offset=N or align=N: true when the token begins so. */
static bool at_memory_word(const Parser *p, const char *word, size_t len) {
    Token t = p->lx.token;
    return t.kind == TOKEN_keyword && t.len > len && memcmp(lexer_text(&p->lx), word, len) == 0;
}

static bool parse_memory_number(Parser *p, size_t skip, uint64_t *v) {
    Token t = p->lx.token;
    const char *s = (const char *)lexer_text(&p->lx) + skip;
    FloatStatus status = wt_base_u64_from_text(s, t.len - skip, v);
    if (status == FLOAT_MALFORMED)
        return wt_parse_fail(p, t, ERR_unknown_operator, " %.*s, expected a number behind `=`",
                             (int)WT_MIN(t.len, 100u), (const char *)lexer_text(&p->lx));
    if (status == FLOAT_RANGE)
        return wt_parse_fail(p, t, ERR_i64_range, "the number behind `=` is at most 2^64-1");
    parser_next(p);
    return true;
}

/* `lane`: a single number is the lane, not the memory. */
static bool parse_memarg(Parser *p, Insn *in, bool lane) {
    in->a = 0;
    in->imm = 0;
    in->b = op_info(in->op)->align;
    if (parser_at_index(p)) {
        bool memory = true;
        if (lane && parser_kind(p) == TOKEN_nat) {
            Token next = wt_lex_after(&p->lx);
            memory = next.kind == TOKEN_nat;
            if (next.kind == TOKEN_keyword) {
                Slice text = parser_text(p, next);
                memory = (text.len > 7 && memcmp(text.data, "offset=", 7) == 0) ||
                         (text.len > 6 && memcmp(text.data, "align=", 6) == 0);
            }
        }
        if (memory && !wt_parse_index(p, SPACE_memory, &in->a))
            return false;
    }
    if (at_memory_word(p, "offset=", 7) && !parse_memory_number(p, 7, &in->imm))
        return false;
    if (at_memory_word(p, "align=", 6)) {
        uint64_t align;
        Token t = p->lx.token;
        if (!parse_memory_number(p, 6, &align))
            return false;
        if (align == 0 || (align & (align - 1)))
            return wt_parse_fail(p, t, ERR_alignment_power, "%llu is not",
                                 (unsigned long long)align);
        in->b = (uint32_t)__builtin_ctzll(align); /* too large is for the checker to say */
    }
    return true;
}

/* ---- labels, types, indices ---- */

bool wt_parse_label(Parser *p, uint32_t *depth) {
    Token t = p->lx.token;
    if (t.kind == TOKEN_nat)
        return wt_parse_u32(p, "a label", depth);
    *depth = 0;
    if (t.kind != TOKEN_id)
        return wt_parse_unexpected(p, "a label");
    Slice key;
    if (!wt_parse_key(p, t, &key))
        return false;
    const NameEntry *e = wt_text_names_get(&p->labels, 0, key);
    if (!e || e->value == UINT32_MAX)
        return wt_parse_unknown(p, t, ERR_unknown_label_name, &p->labels, 0);
    *depth = p->label_count - 1 - e->value;
    parser_next(p);
    return true;
}

static bool parse_local(Parser *p, uint32_t *index) {
    Token t = p->lx.token;
    if (t.kind == TOKEN_nat)
        return wt_parse_u32(p, "a local index", index);
    *index = 0;
    if (t.kind != TOKEN_id)
        return wt_parse_unexpected(p, "a local index");
    Slice key;
    if (!wt_parse_key(p, t, &key))
        return false;
    const NameEntry *e = wt_text_names_get(&p->locals, 0, key);
    if (!e)
        return wt_parse_unknown(p, t, ERR_unknown_local_name, &p->locals, 0);
    *index = e->value;
    parser_next(p);
    return true;
}

static bool parse_field_index(Parser *p, uint32_t type, uint32_t *index) {
    Token t = p->lx.token;
    if (t.kind == TOKEN_nat)
        return wt_parse_u32(p, "a field index", index);
    *index = 0;
    if (t.kind != TOKEN_id)
        return wt_parse_unexpected(p, "a field index");
    Slice key;
    if (!wt_parse_key(p, t, &key))
        return false;
    const NameEntry *e = wt_text_names_get(&p->fields, type, key);
    if (!e)
        return wt_parse_unknown(p, t, ERR_unknown_field_name, &p->fields, type);
    *index = e->value;
    parser_next(p);
    return true;
}

bool wt_parse_blocktype(Parser *p, Insn *in) {
    in->block = BLOCK_empty;
    in->enc = 0;
    if (parser_kind(p) != TOKEN_lparen)
        return true;
    TypeUse u;
    if (!wt_parse_use(p, USE_no_names, &u))
        return false;
    if (u.type == TYPE_none && u.count == 0)
        return true;
    if (u.type == TYPE_none && u.params == 0 && u.count == 1) {
        in->block = BLOCK_value;
        in->type = p->list[0];
        return true;
    }
    in->block = BLOCK_index;
    return wt_parse_use_index(p, &u, &in->a);
}

bool wt_parse_catches(Parser *p, uint32_t *count) {
    static const char *const words[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    *count = 0;
    p->scratch.len = 0;
    while (parser_kind(p) == TOKEN_lparen) {
        Token t = wt_lex_after(&p->lx);
        uint8_t kind = 0;
        while (kind < 4 && !(t.kind == TOKEN_keyword && slice_is(parser_text(p, t), words[kind])))
            kind++;
        if (kind == 4)
            return true;
        parser_next(p);
        parser_next(p);
        uint32_t tag = 0, label;
        if (kind < 2 && !wt_parse_index(p, SPACE_tag, &tag))
            return false;
        if (!wt_parse_label(p, &label) || !wt_parse_rparen(p, "the end of the catch clause"))
            return false;
        buf_u8(&p->scratch, kind);
        if (kind < 2)
            buf_u32leb(&p->scratch, tag);
        buf_u32leb(&p->scratch, label);
        ++*count;
    }
    return true;
}

/* (on $tag $label) and (on $tag switch), to p->scratch. */
static bool parse_handlers(Parser *p, uint32_t *count) {
    *count = 0;
    p->scratch.len = 0;
    while (wt_parse_open(p, "on")) {
        uint32_t tag, label = 0;
        if (!wt_parse_index(p, SPACE_tag, &tag))
            return false;
        bool to_switch = wt_parse_word(p, "switch");
        if (!to_switch && !wt_parse_label(p, &label))
            return false;
        buf_u8(&p->scratch, to_switch);
        buf_u32leb(&p->scratch, tag);
        if (!to_switch)
            buf_u32leb(&p->scratch, label);
        ++*count;
        if (!wt_parse_rparen(p, "the end of (on"))
            return false;
    }
    return true;
}

/* Labels up to what is none, to p->scratch; the last is the default. */
static bool parse_br_table(Parser *p, Insn *in) {
    p->scratch.len = 0;
    in->c = 0;
    uint32_t depth;
    if (!wt_parse_label(p, &depth))
        return false;
    buf_u32leb(&p->scratch, depth);
    while (parser_at_index(p)) {
        if (!wt_parse_label(p, &depth))
            return false;
        buf_u32leb(&p->scratch, depth);
        in->c++;
    }
    in->a = depth;
    return true;
}

/* select, with or without its types. */
static bool parse_select(Parser *p, Insn *in) {
    bool typed = false;
    in->c = 0;
    p->scratch.len = 0;
    while (wt_parse_open(p, "result")) {
        typed = true;
        while (parser_kind(p) != TOKEN_rparen) {
            ValType t;
            if (!wt_parse_valtype(p, &t))
                return false;
            if (in->c++ == 0)
                in->type = t;
            wt_insn_write_valtype(&p->scratch, t, false);
        }
        parser_next(p);
    }
    in->op = typed ? OP_select_t : OP_select;
    return true;
}

/* Two indices, or none. */
static bool parse_two(Parser *p, Space space, Insn *in) {
    in->a = in->b = 0;
    if (!parser_at_index(p))
        return true;
    return wt_parse_index(p, space, &in->a) && wt_parse_index(p, space, &in->b);
}

/* memory.init and table.init: one index is the segment's, the place comes first when there are
   two. */
static bool parse_init(Parser *p, Space place, Space segment, Insn *in) {
    in->b = 0;
    Token next = wt_lex_after(&p->lx);
    if (parser_at_index(p) && (next.kind == TOKEN_nat || next.kind == TOKEN_id) &&
        !wt_parse_index(p, place, &in->b))
        return false;
    return wt_parse_index(p, segment, &in->a);
}

static bool parse_call_indirect(Parser *p, Insn *in) {
    in->b = 0;
    if (parser_at_index(p) && !wt_parse_index(p, SPACE_table, &in->b))
        return false;
    return wt_parse_typeuse(p, USE_no_names, &in->a);
}

/* ref.test and ref.cast take a whole reference type; it chooses between two opcodes. */
static bool parse_cast_type(Parser *p, Insn *in) {
    if (!wt_parse_reftype(p, &in->type))
        return false;
    if (valtype_nullable(in->type))
        in->op++;
    return true;
}
_Static_assert((int)OP_ref_test + 1 == (int)OP_ref_test_null &&
                   (int)OP_ref_cast + 1 == (int)OP_ref_cast_null &&
                   (int)OP_ref_cast_desc_eq + 1 == (int)OP_ref_cast_desc_eq_null,
               "parse_cast_type");

/* Immediates with a bit of grammar, rare ones. They write the instruction themselves by
   wt_insn_write, lists from p->scratch. */
static bool parse_rare(Parser *p, Insn *in, Imm imm) {
    uint32_t count;
    switch (imm) {
    case IMM_BR_TABLE:
        return parse_br_table(p, in);
    case IMM_TYPE_TABLE:
        return parse_call_indirect(p, in);
    case IMM_TABLE:
        in->a = 0;
        return !parser_at_index(p) || wt_parse_index(p, SPACE_table, &in->a);
    case IMM_TABLE_TABLE:
        return parse_two(p, SPACE_table, in);
    case IMM_MEM_MEM:
        return parse_two(p, SPACE_memory, in);
    case IMM_ELEM_TABLE:
        return parse_init(p, SPACE_table, SPACE_elem, in);
    case IMM_DATA_MEM:
        p->m->has_data_count = true;
        return parse_init(p, SPACE_memory, SPACE_data, in);
    case IMM_ELEM:
        return wt_parse_index(p, SPACE_elem, &in->a);
    case IMM_DATA:
        p->m->has_data_count = true;
        return wt_parse_index(p, SPACE_data, &in->a);
    case IMM_MEM:
        in->a = 0;
        return !parser_at_index(p) || wt_parse_index(p, SPACE_memory, &in->a);
    case IMM_TAG:
        return wt_parse_index(p, SPACE_tag, &in->a);
    case IMM_TYPE:
        return wt_parse_index(p, SPACE_type, &in->a);
    case IMM_TYPE_FIELD:
        return wt_parse_index(p, SPACE_type, &in->a) && parse_field_index(p, in->a, &in->b);
    case IMM_TYPE_U32:
        return wt_parse_index(p, SPACE_type, &in->a) &&
               wt_parse_u32(p, "the number of elements", &in->b);
    case IMM_TYPE_DATA:
        p->m->has_data_count = true;
        return wt_parse_index(p, SPACE_type, &in->a) && wt_parse_index(p, SPACE_data, &in->b);
    case IMM_TYPE_ELEM:
        return wt_parse_index(p, SPACE_type, &in->a) && wt_parse_index(p, SPACE_elem, &in->b);
    case IMM_TYPE_TYPE:
        return wt_parse_index(p, SPACE_type, &in->a) && wt_parse_index(p, SPACE_type, &in->b);
    case IMM_TYPE_TAG:
        return wt_parse_index(p, SPACE_type, &in->a) && wt_parse_index(p, SPACE_tag, &in->b);
    case IMM_HEAP:
        return wt_parse_heaptype(p, &in->type);
    case IMM_REF:
    case IMM_REF_NULL:
        return parse_cast_type(p, in);
    case IMM_BR_CAST:
        return wt_parse_label(p, &in->a) && wt_parse_reftype(p, &in->type) &&
               wt_parse_reftype(p, &in->type2);
    case IMM_MEMARG_LANE:
        return parse_memarg(p, in, true) && parse_lane(p, &in->lane);
    case IMM_LANE:
        return parse_lane(p, &in->lane);
    case IMM_RESUME_THROW:
        if (!wt_parse_index(p, SPACE_type, &in->a) || !wt_parse_index(p, SPACE_tag, &in->b))
            return false;
        if (!parse_handlers(p, &count))
            return false;
        in->c = count;
        return true;
    case IMM_RESUME:
        if (!wt_parse_index(p, SPACE_type, &in->a) || !parse_handlers(p, &count))
            return false;
        in->c = count;
        return true;
    case IMM_NONE: /* select */
    case IMM_SELECT:
        return parse_select(p, in);
    case IMM_FENCE:
        return true;
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_LABEL:
    case IMM_FUNC:
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_MEMARG:
    case IMM_I32:
    case IMM_I64:
    case IMM_F32:
    case IMM_F64:
    case IMM_V128:
    case IMM_SHUFFLE:
        break; /* in wt_parse_plain */
    }
    return wt_parse_unexpected(p, "an instruction");
}

static bool write_index(Parser *p, unsigned op, bool ok, uint32_t index) {
    buf_u8(&p->code, (uint8_t)op);
    buf_u32leb(&p->code, index);
    return ok;
}

bool wt_parse_plain(Parser *p, unsigned op, Token keyword) {
    Imm imm = (Imm)op_info(op)->imm;
    uint32_t a = 0;
    Insn in = {.op = (uint16_t)op};
    uint8_t bytes[16];
    bool ok;
    switch (imm) {
    case IMM_NONE:
        if (WT_UNLIKELY(op == OP_select))
            break;
        if (WT_LIKELY(op < 256))
            buf_u8(&p->code, (uint8_t)op);
        else
            wt_insn_write_op(&p->code, op);
        return true;
    case IMM_LOCAL:
        ok = parse_local(p, &a);
        return write_index(p, op, ok, a);
    case IMM_GLOBAL:
        ok = wt_parse_index(p, SPACE_global, &a);
        return write_index(p, op, ok, a);
    case IMM_FUNC:
        ok = wt_parse_index(p, SPACE_func, &a);
        return write_index(p, op, ok, a);
    case IMM_LABEL:
        ok = wt_parse_label(p, &a);
        return write_index(p, op, ok, a);
    case IMM_MEMARG:
        ok = parse_memarg(p, &in, false);
        wt_insn_write(&p->code, &in);
        return ok;
    case IMM_I32:
    case IMM_I64:
        ok = parse_integer(p, imm == IMM_I32 ? 32 : 64, &in.imm);
        buf_u8(&p->code, (uint8_t)op);
        buf_s64leb(&p->code, (int64_t)in.imm);
        return ok;
    case IMM_F32:
    case IMM_F64:
        ok = parse_float(p, imm == IMM_F64, &in.imm);
        wt_insn_write(&p->code, &in);
        return ok;
    case IMM_V128:
    case IMM_SHUFFLE:
        memset(bytes, 0, sizeof bytes);
        ok = imm == IMM_V128 ? parse_v128(p, bytes) : parse_shuffle(p, bytes);
        in.list = slice(bytes, sizeof bytes);
        wt_insn_write(&p->code, &in);
        return ok;
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_TYPE_TABLE:
    case IMM_BR_TABLE:
    case IMM_TYPE:
    case IMM_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_ELEM:
    case IMM_MEMARG_LANE:
    case IMM_MEM:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_DATA:
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
    case IMM_TAG:
    case IMM_FENCE:
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        break;
    }
    if (!parse_rare(p, &in, imm))
        return false;
    if (in.op != op && !wt_parse_feature(p, keyword, (Feature)op_info(in.op)->feature, NULL))
        return false;
    in.list = slice(p->scratch.data, p->scratch.len);
    if (p->scratch.failed)
        return wt_parse_oom(p);
    wt_insn_write(&p->code, &in);
    return true;
}

void wt_parse_apply_raw(Parser *p, size_t start) {
    Slice raw = p->raw;
    p->raw = (Slice){NULL, 0};
    Reader own = reader_of(p->code.data + start, p->code.len - start);
    Reader given = reader_of(raw.data, raw.len);
    Insn x, y;
    if (p->code.failed || p->failed)
        return;
    if (insn_read(&own, &x) && insn_read(&given, &y) && given.at == given.end &&
        wt_insn_equal(&x, &y)) {
        p->code.len = start;
        buf_slice(&p->code, raw);
        return;
    }
    wt_lex_error(&p->lx, p->raw_token, ERR_encoding_ignored,
                 "its bytes are not those of the instruction behind it");
}
