/* Flat bodies: an instruction a line, indented by block depth. This is where a printer spends its
   time, so the common instructions are put together in the output buffer itself: room for a whole
   line is made once, and the mnemonics lie in a table of fixed width. */
#include "text/print_inside.h"

/* ---- lines ---- */

enum {
    MNEMONIC_width = 40,
    NAME_short = 1024, /* longer names go the long way */
    LINE_room = 1 + PRINT_columns + MNEMONIC_width + NAME_short + 64,
};

static const char line_start[1 + 128] =
    "\n                                                                                        "
    "                                        ";
_Static_assert(sizeof line_start > 1 + PRINT_columns, "put_line");

WT_INLINE unsigned line_columns(const Printer *p) {
    return WT_MIN(p->depth * p->o->indent, (unsigned)PRINT_columns);
}

void wt_print_line(Printer *p) {
    buf_bytes(p->out, line_start, 1 + line_columns(p));
    p->comment_open = false;
}

void wt_print_close(Printer *p) {
    if (p->comment_open)
        wt_print_line(p);
    print_char(p, ')');
}

/* ---- numbers ---- */

static const char digit_pairs[200] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

WT_INLINE uint8_t *put_two(uint8_t *w, uint32_t v) {
    memcpy(w, digit_pairs + 2 * v, 2);
    return w + 2;
}

static uint8_t *put_long_number(uint8_t *w, uint64_t v) {
    uint8_t digits[20];
    size_t n = sizeof digits;
    for (; v >= 100; v /= 100)
        memcpy(digits + (n -= 2), digit_pairs + 2 * (v % 100), 2);
    if (v >= 10)
        memcpy(digits + (n -= 2), digit_pairs + 2 * v, 2);
    else
        digits[--n] = (uint8_t)('0' + v);
    memcpy(w, digits + n, sizeof digits - n);
    return w + (sizeof digits - n);
}

WT_INLINE uint8_t *put_digits(uint8_t *w, uint64_t v) {
    if (v < 10) {
        *w++ = (uint8_t)('0' + v);
        return w;
    }
    if (v < 100)
        return put_two(w, (uint32_t)v);
    if (v < 10000) {
        uint32_t high = (uint32_t)v / 100, low = (uint32_t)v % 100;
        if (high >= 10)
            w = put_two(w, high);
        else
            *w++ = (uint8_t)('0' + high);
        return put_two(w, low);
    }
    return put_long_number(w, v);
}

void wt_print_u64(Printer *p, uint64_t v) {
    Buf *out = p->out;
    if (!buf_room(out, 24))
        return;
    uint8_t *w = out->data + out->len;
    *w++ = ' ';
    out->len = (size_t)(put_digits(w, v) - out->data);
}

/* ---- common instructions ---- */

typedef struct Mnemonic {
    char text[MNEMONIC_width];
    uint8_t len; /* with the space or whatever stands behind it left out */
    uint8_t imm;
} Mnemonic;
static const Mnemonic mnemonics[OP_count] = {
#define OP(page, code, ident, spelling, imm, sig, kind, align, since)                              \
    [OP_##ident] = {spelling, sizeof(spelling) - 1, IMM_##imm},
#include "wasm/ops.def"
#undef OP
};

/* " $name" or " 3"; NULL when the name is long or needs more thought. */
WT_INLINE uint8_t *put_index(uint8_t *w, const IdTable *t, uint32_t index) {
    const Id *id = print_find_id(t, index);
    *w++ = ' ';
    if (!id)
        return put_digits(w, index);
    if (WT_UNLIKELY(id->len > NAME_short || id->form > ID_quoted))
        return NULL;
    *w++ = '$';
    if (id->form)
        *w++ = '"';
    memcpy(w, id->name, id->len);
    w += id->len;
    if (id->form)
        *w++ = '"';
    return w;
}

WT_INLINE uint8_t *put_words(uint8_t *w, const char *text, size_t len) {
    memcpy(w, text, len);
    return w + len;
}

/* Mnemonic and immediates at w, where LINE_room bytes are free; NULL when it is not common. */
WT_INLINE uint8_t *put_common(Printer *p, const Insn *in, uint8_t *w) {
    const Mnemonic *row = &mnemonics[in->op];
    memcpy(w, row->text, 16);
    if (WT_UNLIKELY(row->len > 16))
        memcpy(w + 16, row->text + 16, MNEMONIC_width - 16);
    w += row->len;
    switch ((Imm)row->imm) {
    case IMM_NONE:
        return w;
    case IMM_LOCAL:
        return put_index(w, &p->ids[NAME_local], in->a);
    case IMM_GLOBAL:
        return put_index(w, &p->ids[NAME_global], in->a);
    case IMM_FUNC:
        return put_index(w, &p->ids[NAME_func], in->a);
    case IMM_I32:
    case IMM_I64: {
        *w++ = ' ';
        int64_t v = (int64_t)in->imm;
        if (v >= 0)
            return put_digits(w, (uint64_t)v);
        *w++ = '-';
        return put_digits(w, 0 - (uint64_t)v);
    }
    case IMM_MEMARG:
        if (WT_UNLIKELY(in->a))
            return NULL;
        if (in->imm)
            w = put_digits(put_words(w, " offset=", 8), in->imm);
        if (WT_UNLIKELY(in->b != op_info(in->op)->align))
            w = put_digits(put_words(w, " align=", 7), (uint64_t)1 << (in->b & 63));
        return w;
    case IMM_LABEL: {
        size_t depth = in->a;
        if (WT_UNLIKELY(depth >= p->label_count) || p->labels[p->label_count - 1 - depth].data)
            return NULL;
        *w++ = ' ';
        w = put_digits(w, depth);
        w = put_digits(put_words(w, " (;@", 4), p->label_count - 1 - depth);
        return put_words(w, ";)", 2);
    }
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_BR_TABLE:
    case IMM_TYPE:
    case IMM_TYPE_TABLE:
    case IMM_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_ELEM:
    case IMM_MEMARG_LANE:
    case IMM_MEM:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_DATA:
    case IMM_F32:
    case IMM_F64:
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
    case IMM_TAG:
    case IMM_FENCE:
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        return NULL;
    }
    return NULL;
}

bool wt_print_common(Printer *p, const Insn *in) {
    Buf *out = p->out;
    if (!buf_room(out, LINE_room))
        return true; /* nothing is written any more */
    uint8_t *w = put_common(p, in, out->data + out->len);
    if (!w)
        return false;
    out->len = (size_t)(w - out->data);
    return true;
}

/* ---- bodies ---- */

/* A whole line, as wt_print_common. */
WT_INLINE bool common_line(Printer *p, const Insn *in) {
    Buf *out = p->out;
    if (!buf_room(out, LINE_room))
        return true;
    uint8_t *w = out->data + out->len;
    unsigned columns = line_columns(p);
    memcpy(w, line_start, 1 + 32);
    if (WT_UNLIKELY(columns > 32))
        memcpy(w + 33, line_start + 33, PRINT_columns - 32);
    w = put_common(p, in, w + 1 + columns);
    if (WT_UNLIKELY(!w))
        return false;
    out->len = (size_t)(w - out->data);
    return true;
}

static void put_line(Printer *p, const Insn *in, Slice raw) {
    bool opens = insn_opens(in);
    unsigned hint = 2;
    wt_print_line(p);
    wt_print_offset(p, raw.data);
    if (WT_UNLIKELY(p->hints.bytes.data) && (in->op == OP_if || in->op == OP_br_if))
        hint = wt_print_take_hint(p, (uint32_t)(raw.data - p->body));
    wt_print_annotations(p, in, raw, hint);
    wt_print_insn(p, in, opens ? wt_print_next_label(p) : slice(NULL, 0));
    p->depth += opens;
}

/* end, else, catch, catch_all and delegate stand one level further out. */
static void put_divider(Printer *p, const Insn *in, Slice raw, unsigned base) {
    bool closes = in->op == OP_end || in->op == OP_delegate;
    if (p->depth > base)
        p->depth--;
    if (closes && p->label_count > 1)
        p->label_count--;
    put_line(p, in, raw);
    p->depth += !closes;
}

static bool insn_divides(const Insn *in) {
    return in->op == OP_end || in->op == OP_else || in->op == OP_catch || in->op == OP_catch_all ||
           in->op == OP_delegate;
}

void wt_print_body(Printer *p, Reader r) {
    unsigned base = p->depth;
    bool slow = p->o->offsets || p->hints.bytes.data;
    Insn in;
    while (r.at != r.end && !p->out->failed && !p->d->out_of_memory) {
        const uint8_t *at = r.at;
        if (WT_UNLIKELY(!insn_read(&r, &in)))
            break;
        Slice raw = slice(at, (size_t)(r.at - at));
        if (op_info(in.op)->kind == KIND_CONTROL && insn_divides(&in)) {
            /* The function's own end is its parenthesis. */
            if (in.op == OP_end && p->label_count == 1 && r.at == r.end)
                return;
            put_divider(p, &in, raw, base);
        } else if (WT_UNLIKELY(slow || insn_annotated(p, &in)) || !common_line(p, &in)) {
            put_line(p, &in, raw);
        }
    }
    if (p->out->failed || p->d->out_of_memory)
        return;
    if (!r.error)
        wt_reader_fail(&r, READ_end, r.end);
    wt_print_malformed(p, &r);
}
