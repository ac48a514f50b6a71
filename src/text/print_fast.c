/* The short cut for what nearly all instructions are, where a printer spends its time: they go from
   bytes to text without an Insn between, put together in the output buffer itself, with one switch
   for each. At anything else (long or padded numbers, names that need thought, most instructions
   with a prefix, errors of every kind) it stops before the instruction, and the ordinary way takes
   over, which would have written the same.

   An instruction may be looked at PRINT_ahead bytes far: p->fast_end leaves room for that. */
#include "text/print_inside.h"

enum {
    MNEMONIC_width = 40,
    NAME_short = 1024, /* longer names go the long way */
    LINE_room = 1 + PRINT_columns + MNEMONIC_width + 2 * NAME_short + 64,
};

/* ---- lines and numbers ---- */

static const char line_start[2 + 128] =
    "\n                                                                                        "
    "                                        ";
_Static_assert(sizeof line_start > 1 + PRINT_columns, "wt_print_line");

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

/* The four digits of v < 10000, the first in the low byte: all at once, because how long a number
   is cannot be guessed. */
WT_INLINE uint32_t four_digits(uint32_t v) {
    uint32_t pairs = v / 100 | (v % 100) << 16;
    uint32_t tens = (pairs * 103 >> 10) & 0x000F000F;
    return tens | (pairs - tens * 10) << 8;
}

WT_INLINE uint8_t *put_digits(uint8_t *w, uint64_t v) {
    uint32_t head = (uint32_t)v, tails[4];
    unsigned n = 0;
    while (WT_UNLIKELY(v >= 10000)) {
        tails[n++] = (uint32_t)(v % 10000);
        v /= 10000;
        head = (uint32_t)v;
    }
    uint32_t digits = four_digits(head);
    unsigned zeros = (unsigned)__builtin_ctz(digits | 1u << 24) >> 3;
    store32le(w, (digits | 0x30303030) >> (8 * zeros));
    w += 4 - zeros;
    for (; WT_UNLIKELY(n > 0); w += 4)
        store32le(w, four_digits(tails[--n]) | 0x30303030);
    return w;
}

void wt_print_u64(Printer *p, uint64_t v) {
    Buf *out = p->out;
    if (!buf_room(out, 24))
        return;
    uint8_t *w = out->data + out->len;
    *w++ = ' ';
    out->len = (size_t)(put_digits(w, v) - out->data);
}

WT_INLINE uint8_t *put_signed(uint8_t *w, int64_t v) {
    *w = '-';
    w += v < 0;
    return put_digits(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

WT_INLINE uint8_t *put_words(uint8_t *w, const char *text, size_t len) {
    memcpy(w, text, len);
    return w + len;
}

/* The bytes of an unsigned number, at most four and not padded; 0 when it is another. */
WT_INLINE unsigned take_uleb(const uint8_t *p, uint32_t *v) {
    if (WT_LIKELY(p[0] < 0x80)) {
        *v = p[0];
        return 1;
    }
    uint32_t w = load32le(p), stop = ~w & 0x80808080;
    if (WT_UNLIKELY(!stop))
        return 0;
    w &= (stop ^ (stop - 1)) & 0x7F7F7F7F;
    w = (w & 0x007F007F) | (w & 0x7F007F00) >> 1;
    *v = (w & 0x3FFF) | (w & 0x3FFF0000) >> 2;
    unsigned n = ((unsigned)__builtin_ctz(stop) + 1) / 8;
    return p[n - 1] ? n : 0;
}

/* The same for a signed number, of up to eight bytes. */
WT_INLINE unsigned take_sleb(const uint8_t *p, int64_t *v) {
    if (WT_LIKELY(p[0] < 0x80)) {
        *v = (int64_t)((uint64_t)p[0] << 57) >> 57;
        return 1;
    }
    uint64_t w = load64le(p), stop = ~w & 0x8080808080808080u;
    if (WT_UNLIKELY(!stop))
        return 0;
    unsigned n = ((unsigned)__builtin_ctzll(stop) + 1) / 8, unused = 64 - 7 * n;
    w &= 0x7F7F7F7F7F7F7F7Fu;
    w = (w & 0x007F007F007F007Fu) | (w & 0x7F007F007F007F00u) >> 1;
    w = (w & 0x00003FFF00003FFFu) | (w & 0x3FFF00003FFF0000u) >> 2;
    w = (w & 0x000000000FFFFFFFu) | (w & 0x0FFFFFFF00000000u) >> 4;
    *v = (int64_t)(w << unused) >> unused;
    /* Padded, when a byte less would do. */
    return (int64_t)(w << (unused + 7)) >> (unused + 7) == *v ? 0 : n;
}

/* ---- immediates ---- */

typedef enum LineForm {
    LINE_other, /* not for here */
    LINE_bare,
    LINE_local,
    LINE_global,
    LINE_func,
    LINE_type,
    LINE_field,
    LINE_label,
    LINE_s32,
    LINE_s64,
    LINE_memarg,
    LINE_indirect,
    LINE_lane,
    LINE_block,
    LINE_else,
    LINE_end,
} LineForm;

/* Of a row: constants fold. catch_all and delegate look like others, but part or close a block. */
#define FORM_OF(op, imm)                                                                           \
    ((op) == OP_end                                         ? LINE_end                             \
     : (op) == OP_else                                      ? LINE_else                            \
     : (op) == OP_block || (op) == OP_loop || (op) == OP_if ? LINE_block                           \
     : (op) == OP_catch_all || (op) == OP_delegate          ? LINE_other                           \
     : (imm) == IMM_NONE                                    ? LINE_bare                            \
     : (imm) == IMM_LOCAL                                   ? LINE_local                           \
     : (imm) == IMM_GLOBAL                                  ? LINE_global                          \
     : (imm) == IMM_FUNC                                    ? LINE_func                            \
     : (imm) == IMM_TYPE                                    ? LINE_type                            \
     : (imm) == IMM_TYPE_FIELD                              ? LINE_field                           \
     : (imm) == IMM_LABEL                                   ? LINE_label                           \
     : (imm) == IMM_I32                                     ? LINE_s32                             \
     : (imm) == IMM_I64                                     ? LINE_s64                             \
     : (imm) == IMM_MEMARG                                  ? LINE_memarg                          \
     : (imm) == IMM_TYPE_TABLE                              ? LINE_indirect                        \
     : (imm) == IMM_LANE                                    ? LINE_lane                            \
                                                            : LINE_other)

/* The spelling lies in the row, so that one copy of constant length takes it; small: in wt_op_table
   only. */
typedef struct PrintRow {
#ifndef __OPTIMIZE_SIZE__
    char text[MNEMONIC_width];
    uint8_t len;
    uint8_t align;
#endif
    uint8_t form; /* LineForm */
} PrintRow;
#ifndef __OPTIMIZE_SIZE__
#define PRINT_ROW(spelling, ...) {spelling, sizeof(spelling) - 1, __VA_ARGS__}
#else
#define PRINT_ROW(spelling, align, form) {form}
#endif
static const PrintRow line_rows[OP_count] = {
#define OP(page, code, ident, spelling, imm, sig, kind, align, since)                              \
    [OP_##ident] = PRINT_ROW(spelling, align, FORM_OF(OP_##ident, IMM_##imm)),
#include "wasm/ops.def"
#undef OP
};

/* The row of the opcode at *at, which is passed over; NULL when it is not for here. */
WT_INLINE const PrintRow *take_row(const uint8_t **at) {
    const uint8_t *p = *at;
    unsigned op = *p++;
    if (WT_UNLIKELY(op >= 0xFB)) {
        static const uint16_t bases[5] = {OPBASE_FB, OPBASE_FC, OPBASE_FD, OPBASE_FE, OP_count};
        static const uint16_t ends[5] = {OPBASE_FC, OPBASE_FE, OP_count, OPBASE_FD, OP_count};
        uint32_t code;
        unsigned n = take_uleb(p, &code), base = bases[op - 0xFB];
        if (!n || code >= ends[op - 0xFB] - base)
            return NULL;
        op = base + code;
        p += n;
    }
    *at = p;
    return &line_rows[op];
}

#ifndef __OPTIMIZE_SIZE__
WT_INLINE uint8_t *put_mnemonic(uint8_t *w, const PrintRow *row) {
    memcpy(w, row->text, 16);
    if (WT_UNLIKELY(row->len > 16))
        memcpy(w + 16, row->text + 16, MNEMONIC_width - 16);
    return w + row->len;
}
WT_INLINE unsigned row_align(const PrintRow *row) { return row->align; }
#else
WT_INLINE uint8_t *put_mnemonic(uint8_t *w, const PrintRow *row) {
    for (const char *c = wt_op_table[row - line_rows].text; *c; c++)
        *w++ = (uint8_t)*c;
    return w;
}
WT_INLINE unsigned row_align(const PrintRow *row) { return wt_op_table[row - line_rows].align; }
#endif

/* The writers below give NULL when something is not for here. */

/* " $name" or " 3" */
WT_INLINE uint8_t *put_index(uint8_t *w, const IdTable *t, uint32_t index) {
    const Id *id = print_find_id(t, index);
    *w++ = ' ';
    if (!id)
        return put_digits(w, index);
    if (WT_UNLIKELY(id->len > NAME_short || id->form > ID_quoted))
        return NULL;
    *w++ = '$';
    *w = '"';
    w += id->form;
    memcpy(w, id->name, id->len);
    w += id->len;
    *w = '"';
    return w + id->form;
}

/* " 1 (;@2;)" */
WT_INLINE uint8_t *put_label(const Printer *p, uint8_t *w, uint32_t depth) {
    if (WT_UNLIKELY(depth >= p->label_count) || p->labels[p->label_count - 1 - depth].data)
        return NULL;
    *w++ = ' ';
    w = put_digits(w, depth);
    w = put_digits(put_words(w, " (;@", 4), p->label_count - 1 - depth);
    return put_words(w, ";)", 2);
}

/* " offset=8 align=1" */
WT_INLINE uint8_t *put_memarg_at(uint8_t *w, const uint8_t **at, unsigned natural) {
    const uint8_t *p = *at;
    uint32_t offset;
    unsigned align = *p++, n = take_uleb(p, &offset);
    if (WT_UNLIKELY(align >= 0x40 || !n))
        return NULL;
    *at = p + n;
    if (offset)
        w = put_digits(put_words(w, " offset=", 8), offset);
    if (WT_UNLIKELY(align != natural))
        w = put_digits(put_words(w, " align=", 7), (uint64_t)1 << align);
    return w;
}

/* " (type 3)"; table 0 is not said. */
WT_INLINE uint8_t *put_indirect(const Printer *p, uint8_t *w, const uint8_t **at) {
    uint32_t type;
    unsigned n = take_uleb(*at, &type);
    if (WT_UNLIKELY(!n || (*at)[n] != 0))
        return NULL;
    *at += n + 1;
    w = put_index(put_words(w, " (type", 6), &p->ids[NAME_type], type);
    if (w)
        *w++ = ')';
    return w;
}

/* A struct type and its field. */
WT_INLINE uint8_t *put_field_at(const Printer *p, uint8_t *w, const uint8_t **at) {
    static const IdTable none;
    uint32_t type, field;
    unsigned n = take_uleb(*at, &type);
    *at += n;
    if (WT_UNLIKELY(!n) || !(n = take_uleb(*at, &field)))
        return NULL;
    *at += n;
    w = put_index(w, &p->ids[NAME_type], type);
    const IdTable *t = p->fields && type < p->m->type_count ? &p->fields[type] : &none;
    return w ? put_index(w, t, field) : NULL;
}

/* A block's type and its label. */
WT_INLINE uint8_t *put_block(Printer *p, uint8_t *w, const uint8_t **at) {
    static const char results[4][16] = {" (result f64)", " (result f32)", " (result i64)",
                                        " (result i32)"};
    uint8_t type = *(*at)++;
    if (type != 0x40) {
        if (WT_UNLIKELY(type < 0x7C || type > 0x7F))
            return NULL;
        memcpy(w, results[type - 0x7C], 16);
        w += 13;
    }
    /* The next label has a name, or there is no room for it. */
    if (WT_UNLIKELY(p->label_next_at <= p->label_ordinal || p->label_count == p->label_cap))
        return NULL;
    p->label_ordinal++;
    p->labels[p->label_count++] = slice(NULL, 0);
    return put_digits(put_words(w, " ;; label = @", 13), p->label_count - 1);
}

WT_INLINE uint8_t *put_line_immediates(const Printer *p, const PrintRow *row, uint8_t *w,
                                       const uint8_t **at) {
    uint32_t v;
    int64_t number;
    unsigned n;
    switch ((LineForm)row->form) {
    case LINE_bare:
    case LINE_else:
        return w;
    case LINE_local:
        n = take_uleb(*at, &v);
        *at += n;
        return n ? put_index(w, &p->ids[NAME_local], v) : NULL;
    case LINE_global:
        n = take_uleb(*at, &v);
        *at += n;
        return n ? put_index(w, &p->ids[NAME_global], v) : NULL;
    case LINE_func:
        n = take_uleb(*at, &v);
        *at += n;
        return n ? put_index(w, &p->ids[NAME_func], v) : NULL;
    case LINE_type:
        n = take_uleb(*at, &v);
        *at += n;
        return n ? put_index(w, &p->ids[NAME_type], v) : NULL;
    case LINE_field:
        return put_field_at(p, w, at);
    case LINE_label:
        n = take_uleb(*at, &v);
        *at += n;
        return n ? put_label(p, w, v) : NULL;
    case LINE_s32:
    case LINE_s64:
        n = take_sleb(*at, &number);
        *at += n;
        *w++ = ' ';
        if (WT_UNLIKELY(!n || (row->form == LINE_s32 && number != (int32_t)number)))
            return NULL;
        return put_signed(w, number);
    case LINE_memarg:
        return put_memarg_at(w, at, row_align(row));
    case LINE_indirect:
        return put_indirect(p, w, at);
    case LINE_lane:
        *w++ = ' ';
        return put_digits(w, *(*at)++);
    case LINE_block:
    case LINE_end:
    case LINE_other:
        return NULL;
    }
    return NULL;
}

bool wt_print_common(Printer *p, const uint8_t *at) {
    Buf *out = p->out;
    if (at >= p->fast_end)
        return false;
    if (!buf_room(out, LINE_room))
        return true; /* nothing is written any more */
    const PrintRow *row = take_row(&at);
    if (!row)
        return false;
    uint8_t *w = put_line_immediates(p, row, put_mnemonic(out->data + out->len, row), &at);
    if (!w)
        return false;
    out->len = (size_t)(w - out->data);
    return true;
}

/* ---- bodies ---- */

/* The line start for a row: dividers stand further out. */
WT_INLINE uint8_t *put_line_start(const Printer *p, uint8_t *w) {
    unsigned columns = line_columns(p);
    memcpy(w, line_start, 1 + 32);
    if (WT_UNLIKELY(columns > 32))
        memcpy(w + 33, line_start + 33, PRINT_columns - 32);
    return w + 1 + columns;
}

const uint8_t *wt_print_fast(Printer *p, const uint8_t *at, const uint8_t *end, unsigned base) {
    Buf *out = p->out;
    const uint8_t *limit = WT_MIN(p->fast_end, end);
    while (at < limit && buf_room(out, LINE_room)) {
        const uint8_t *next = at;
        const PrintRow *row = take_row(&next);
        if (WT_UNLIKELY(!row))
            break;
        uint8_t *w = out->data + out->len;
        if (row->form < LINE_block) {
            w = put_mnemonic(put_line_start(p, w), row);
            w = put_line_immediates(p, row, w, &next);
            /* One that runs over the end of the body is malformed. */
            if (WT_UNLIKELY(!w || next > end))
                break;
        } else if (row->form == LINE_block) {
            if (WT_UNLIKELY(next == end))
                break;
            w = put_mnemonic(put_line_start(p, w), row);
            w = put_block(p, w, &next);
            if (WT_UNLIKELY(!w))
                break;
            p->depth++;
        } else {
            bool closes = row->form == LINE_end;
            if (closes && p->label_count <= 1)
                break;
            p->depth -= p->depth > base;
            p->label_count -= closes;
            w = put_mnemonic(put_line_start(p, w), row);
            p->depth += !closes;
        }
        out->len = (size_t)(w - out->data);
        at = next;
    }
    return at;
}
