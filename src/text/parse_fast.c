/* The short cut for what nearly all instructions of real texts are: a mnemonic, perhaps a number or
   an identifier, and white space or a comment behind it; flat, or folded around its operands. Such
   a run of instructions is read here without tokens, eight bytes at a time; at anything else (block
   types, annotations, odd numbers, errors of every kind) it stops before the instruction and the
   ordinary way takes over. So nothing here reports, and whatever is accepted must mean the same as
   there.

   Every step reads at most FAST_MARGIN bytes ahead, which the loop has made sure of. */
#include "text/parse_inside.h"

enum { FAST_MARGIN = 64, FAST_ROOM = 64 };

/* The place of the first byte below 0x2A (white space, parentheses, quotes) in a word, 8 for none.
   Bytes beyond ASCII count as none: no mnemonic has one. */
WT_INLINE unsigned word_stop(uint64_t v) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t low = (v - ones * 0x2A) & ~v & highs;
    return low ? (unsigned)__builtin_ctzll(low) >> 3 : 8;
}

WT_INLINE bool ends_token(uint8_t c) {
    unsigned class = wt_lex_class[c];
    return class == CHAR_space || class == CHAR_lparen || class == CHAR_rparen;
}

/* The length of the mnemonic at s, and its slot; NULL when it is none. */
WT_INLINE const OpSlot *fast_mnemonic(const Parser *p, const uint8_t *s, size_t *len) {
    uint64_t head = load64le(s), tail = 0;
    unsigned n = word_stop(head);
    if (n < 8) {
        head &= ((uint64_t)1 << (8 * n)) - 1;
    } else {
        unsigned more;
        do {
            more = word_stop(load64le(s + n));
            n += more;
        } while (more == 8 && n < 48);
        tail = n > 8 ? load64le(s + n - 8) : 0;
    }
    *len = n;
    if (!ends_token(s[n]))
        return NULL;
    return find_op_slot(p, s, head, tail, n);
}

/* White space and comments, when they are plain; NULL when the ordinary way must look. */
WT_INLINE const uint8_t *fast_blank(const uint8_t *s, const uint8_t *limit) {
    for (;;) {
        while (s < limit && load64le(s) == 0x2020202020202020u)
            s += 8;
        while (wt_lex_class[*s] == CHAR_space && s < limit)
            s++;
        if (s >= limit)
            return NULL;
        if (*s == ';' && s[1] == ';') {
            uint8_t seen = 0;
            while (s < limit && *s != '\n' && *s != '\r')
                seen |= *s++;
            if (seen >= 0x80)
                return NULL;
        } else if (*s == '(' && s[1] == ';') {
            s += 2;
            while (s < limit && *s != ';' && *s < 0x80)
                s++;
            if (s >= limit || *s != ';' || s[1] != ')')
                return NULL;
            s += 2;
        } else {
            return s;
        }
    }
}

/* Up to `most` decimal digits at s, with nothing else behind them; NULL when it is not so. */
WT_INLINE const uint8_t *fast_digits(const uint8_t *s, unsigned most, uint64_t *v) {
    const uint8_t *start = s;
    uint64_t n = 0;
    unsigned digit;
    while ((digit = (unsigned)*s - '0') < 10) {
        n = n * 10 + digit;
        s++;
    }
    *v = n;
    return s != start && (size_t)(s - start) <= most && ends_token(*s) ? s : NULL;
}

/* A plain identifier at `$`; NULL when it is odd. */
WT_INLINE const uint8_t *fast_id(const uint8_t *s, const uint8_t *limit, Slice *name) {
    const uint8_t *start = ++s;
    while (s < limit && wt_lex_class[*s] >= CHAR_id)
        s++;
    *name = slice(start, (size_t)(s - start));
    return s < limit && s != start && ends_token(*s) ? s : NULL;
}

WT_INLINE uint8_t *fast_put_uleb(uint8_t *o, uint64_t v) {
    while (v >= 0x80) {
        *o++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *o++ = (uint8_t)v;
    return o;
}

WT_INLINE uint8_t *fast_put_sleb(uint8_t *o, int64_t v) {
    for (;;) {
        uint8_t byte = (uint8_t)(v & 0x7F);
        v >>= 7;
        if ((v == 0 && !(byte & 0x40)) || (v == -1 && (byte & 0x40))) {
            *o++ = byte;
            return o;
        }
        *o++ = byte | 0x80;
    }
}

/* An index or identifier of the table that belongs to the immediate. */
static const uint8_t *fast_index(const Parser *p, Imm imm, const uint8_t *s, const uint8_t *limit,
                                 uint64_t *v) {
    if (*s != '$')
        return fast_digits(s, 9, v);
    Slice name;
    s = fast_id(s, limit, &name);
    if (!s)
        return NULL;
    const NameTable *t = imm == IMM_LOCAL    ? &p->locals
                         : imm == IMM_GLOBAL ? &p->spaces[SPACE_global]
                         : imm == IMM_FUNC   ? &p->spaces[SPACE_func]
                                             : &p->labels;
    const NameEntry *e = wt_text_names_get(t, 0, name);
    if (!e || (imm == IMM_LABEL && e->value == UINT32_MAX))
        return NULL;
    *v = imm == IMM_LABEL ? p->label_count - 1 - e->value : e->value;
    return s;
}

/* Behind the mnemonic of an access: offset=N align=N, both may be missing. */
WT_INLINE const uint8_t *fast_memarg(const uint8_t *s, unsigned natural, uint8_t **out) {
    uint64_t offset = 0, align = (uint64_t)1 << natural;
    if (memcmp(s, " offset=", 8) == 0 && !(s = fast_digits(s + 8, 18, &offset)))
        return NULL;
    if (memcmp(s, " align=", 7) == 0) {
        if (!(s = fast_digits(s + 7, 9, &align)) || align == 0 || (align & (align - 1)))
            return NULL;
    }
    *out = fast_put_uleb(*out, (uint64_t)__builtin_ctzll(align));
    *out = fast_put_uleb(*out, offset);
    return s;
}

/* block, loop, if, else and end without anything behind them. */
static bool fast_structure(Parser *p, unsigned op, uint32_t at, size_t len) {
    Frame *top = &p->frames[p->depth - 1];
    if (op == OP_end) {
        if (top->folded || top->label.len || top->kind >= FRAME_plain_end)
            return false;
        p->label_count--;
        p->depth--;
        return true;
    }
    if (op == OP_else) {
        if (top->kind != FRAME_if)
            return false;
        top->kind = FRAME_else;
        return true;
    }
    if (p->depth >= p->frame_cap || p->depth >= p->m->bounds.nesting)
        return false;
    p->frames[p->depth++] =
        (Frame){.kind = op == OP_if ? FRAME_if : FRAME_block,
                .labelled = true,
                .opener = {.kind = TOKEN_keyword, .plain = true, .at = at, .len = (uint32_t)len},
                .shadow = UINT32_MAX};
    p->label_count++;
    p->label_ordinal++;
    return true;
}

/* One instruction at s: writes it, and returns the place behind it; NULL when it is not for here
   (then nothing has been written that counts). */
WT_INLINE const uint8_t *fast_instruction(Parser *p, const uint8_t *s, const uint8_t *limit,
                                          bool folded) {
    size_t len;
    const OpSlot *slot = fast_mnemonic(p, s, &len);
    if (WT_UNLIKELY(!slot))
        return NULL;
    unsigned op = slot->op;
    const OpInfo *info = op_info(op);
    if (WT_UNLIKELY(!(p->features >> info->feature & 1)))
        return NULL;
    const uint8_t *start = s;
    s += len;
    uint8_t *o = p->code.data + p->code.len;
    uint64_t v;
    switch ((Imm)slot->imm) {
    case IMM_NONE:
        if (WT_UNLIKELY(op >= 256))
            return NULL;
        *o++ = (uint8_t)op;
        if (WT_LIKELY(info->kind != KIND_CONTROL && op != OP_select))
            break;
        if (op == OP_unreachable || op == OP_return)
            break;
        if (op == OP_select) {
            const uint8_t *next = fast_blank(s, limit);
            if (!next || (*next == '(' && next[1] == 'r')) /* perhaps (result */
                return NULL;
            break;
        }
        if (folded || (op != OP_end && op != OP_else))
            return NULL;
        {
            const uint8_t *next = fast_blank(s, limit);
            if (!next || *next == '$' || *next == '(' ||
                !fast_structure(p, op, (uint32_t)(start - p->lx.start), len))
                return NULL;
        }
        break;
    case IMM_BLOCK: {
        const uint8_t *next = folded || op == OP_try ? NULL : fast_blank(s, limit);
        if (!next || *next == '$' || *next == '(' ||
            !fast_structure(p, op, (uint32_t)(start - p->lx.start), len))
            return NULL;
        *o++ = (uint8_t)op;
        *o++ = 0x40;
        break;
    }
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_FUNC:
    case IMM_LABEL:
        if (WT_UNLIKELY(*s != ' ' || op == OP_delegate))
            return NULL;
        s = fast_index(p, (Imm)slot->imm, s + 1, limit, &v);
        if (WT_UNLIKELY(!s))
            return NULL;
        *o++ = (uint8_t)op;
        o = fast_put_uleb(o, v);
        break;
    case IMM_I32:
    case IMM_I64: {
        bool minus = s[1] == '-';
        s = *s == ' ' ? fast_digits(s + 1 + minus, op == OP_i32_const ? 9 : 18, &v) : NULL;
        if (WT_UNLIKELY(!s))
            return NULL;
        *o++ = (uint8_t)op;
        o = fast_put_sleb(o, minus ? -(int64_t)v : (int64_t)v);
        break;
    }
    case IMM_MEMARG:
        if (WT_UNLIKELY(op >= 256))
            return NULL;
        *o++ = (uint8_t)op;
        s = fast_memarg(s, info->align, &o);
        if (WT_UNLIKELY(!s))
            return NULL;
        {
            /* A memory's name, or the parts in another line. */
            const uint8_t *next = fast_blank(s, limit);
            if (!next || *next == '$' || (unsigned)*next - '0' < 10 || *next == 'o' || *next == 'a')
                return NULL;
            s = next;
        }
        break;
    default: /* the ordinary way knows the others */
        return NULL;
    }
    p->code.len = (size_t)(o - p->code.data);
    return s;
}

/* Behind a folded instruction that was written from `start` on, at s: when its parenthesis does not
   close at once, its bytes wait for the operands. */
static const uint8_t *fast_fold(Parser *p, const uint8_t *s, const uint8_t *opener, size_t start) {
    if (*s == ')')
        return s + 1;
    size_t len = p->code.len - start, at = p->defer.len;
    const uint8_t *end = opener;
    while (wt_lex_class[*end] >= CHAR_id)
        end++;
    if (p->depth >= p->frame_cap || p->depth >= p->m->bounds.nesting ||
        !buf_room(&p->defer, FAST_ROOM)) {
        p->code.len = start;
        return NULL;
    }
    p->frames[p->depth++] = (Frame){.kind = FRAME_op,
                                    .folded = true,
                                    .opener = {.kind = TOKEN_keyword,
                                               .plain = true,
                                               .at = (uint32_t)(opener - p->lx.start),
                                               .len = (uint32_t)(end - opener)},
                                    .shadow = UINT32_MAX,
                                    .defer = at};
    memcpy(p->defer.data + at, p->code.data + start, len);
    p->defer.len += len;
    p->code.len = start;
    return s;
}

/* At `)`: closes the top frame if that takes no more than writing its bytes. */
static bool fast_close(Parser *p) {
    Frame *f = &p->frames[p->depth - 1];
    if (p->depth == 1 || f->metadata)
        return false;
    if (f->kind == FRAME_op) {
        size_t len = p->defer.len - f->defer;
        if (len > FAST_ROOM)
            return false;
        memcpy(p->code.data + p->code.len, p->defer.data + f->defer, len);
        p->code.len += len;
        p->defer.len = f->defer;
        p->depth--;
        return true;
    }
    if (f->kind != FRAME_block || !f->folded || f->label.len)
        return false;
    p->code.data[p->code.len++] = OP_end;
    p->label_count--;
    p->depth--;
    return true;
}

/* What begins at s, if it is one of the simple things; the place behind it, or NULL. */
WT_INLINE const uint8_t *fast_step(Parser *p, const uint8_t *s, const uint8_t *limit) {
    unsigned kind = p->frames[p->depth - 1].kind;
    if (wt_lex_class[*s] == CHAR_lower)
        return kind < FRAME_plain_end ? fast_instruction(p, s, limit, false) : NULL;
    if (*s == ')')
        return fast_close(p) ? s + 1 : NULL;
    if (*s != '(' || wt_lex_class[s[1]] != CHAR_lower || kind > FRAME_condition)
        return NULL;
    size_t start = p->code.len;
    const uint8_t *opener = s + 1, *behind = fast_instruction(p, opener, limit, true);
    if (!behind || behind >= limit) {
        p->code.len = start; /* the ordinary way writes it */
        return NULL;
    }
    return fast_fold(p, behind, opener, start);
}

bool wt_parse_fast(Parser *p) {
    Lexer *lx = &p->lx;
    if (lx->before || p->sink || lx->end - lexer_text(lx) < 2 * FAST_MARGIN ||
        p->frames[0].kind == FRAME_one)
        return false;
    const uint8_t *limit = lx->end - FAST_MARGIN, *s = lexer_text(lx), *first = s;
    while (s < limit && buf_room(&p->code, 2 * FAST_ROOM)) {
        const uint8_t *behind = fast_step(p, s, limit);
        if (!behind)
            break;
        s = behind;
        behind = fast_blank(s, limit);
        if (!behind)
            break;
        s = behind;
    }
    if (s == first)
        return false;
    wt_lex_at(lx, (uint32_t)(s - lx->start));
    return true;
}
