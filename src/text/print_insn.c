/* One instruction as text, and flat bodies: a line each, indented by block depth. What an
   instruction's bytes say beyond its text goes into annotations before it. */
#include "base/float.h"
#include "text/print_inside.h"

void wt_print_malformed(Printer *p, const Reader *r) {
    uint64_t at = p->m->is_text
                      ? DIAG_NOWHERE
                      : (uint64_t)((r->error_at ? r->error_at : r->at) - p->m->source.data);
    DiagEntry *e = wt_diag_add(p->d, wt_insn_error(r, true), at, 1, "the text ends here");
    if (e && p->body_item != UINT32_MAX)
        e->place = (Place){.section = SECTION_code, .item = p->body_item};
}

/* ---- labels
 * --------------------------------------------------------------------------------------------------------
 */

bool wt_print_push_label(Printer *p, Slice name) {
    if (!wt_vec_grow(p->allocator, (void **)&p->labels, &p->label_cap, p->label_count,
                     sizeof *p->labels)) {
        wt_diag_oom(p->d);
        return false;
    }
    p->labels[p->label_count++] = (Label){name};
    return true;
}

enum { LABEL_SEARCH = 200 };

/* " $name" when that name finds this very block, else the depth. */
static void print_label(Printer *p, uint32_t depth) {
    if (depth < p->label_count && depth < LABEL_SEARCH) {
        Slice name = p->labels[p->label_count - 1 - depth].name;
        bool hidden = !name.data;
        for (uint32_t i = 0; i < depth && !hidden; i++)
            hidden = slice_eq(p->labels[p->label_count - 1 - i].name, name);
        if (!hidden) {
            buf_u8(p->out, ' ');
            wt_print_id(p, name);
            return;
        }
    }
    buf_u8(p->out, ' ');
    wt_buf_dec(p->out, depth);
}

/* ---- annotations
 * ---------------------------------------------------------------------------------------------------
 */

static void put_raw(Printer *p, Slice raw) {
    print_str(p, "(@wattle.encoding \"");
    for (size_t i = 0; i < raw.len; i++) {
        buf_u8(p->out, '\\');
        wt_buf_hex(p->out, raw.data[i], 2);
    }
    print_str(p, "\") ");
}

/* Moves to the hint for this offset or beyond. */
static bool take_hint(Printer *p, uint32_t offset) {
    while (p->hint_func == p->body_item && p->hint_count && p->hint_offset < offset) {
        if (!--p->hint_count)
            break;
        p->hint_offset = read_u32(&p->hint_reader);
        read_u32(&p->hint_reader);
        p->hint_value = read_u8(&p->hint_reader);
    }
    return p->hint_func == p->body_item && p->hint_count && p->hint_offset == offset;
}

void wt_print_annotations(Printer *p, const Insn *in, Slice raw) {
    if (p->o->no_annotations)
        return;
    if (WT_UNLIKELY(p->hints.data != NULL) && (in->op == OP_if || in->op == OP_br_if) &&
        take_hint(p, (uint32_t)(raw.data - p->body)))
        print_str(p, p->hint_value ? "(@metadata.code.branch_hint \"\\01\") "
                                   : "(@metadata.code.branch_hint \"\\00\") ");
    if (WT_LIKELY(!in->enc))
        return;
    bool pads = p->o->lossless && (in->enc & ENC_padded);
    if (pads) {
        put_raw(p, raw);
    } else if (in->enc & (ENC_long | ENC_mem0)) {
        Buf b;
        wt_buf_init(&b, p->allocator);
        wt_insn_write(&b, in);
        if (b.failed)
            wt_diag_oom(p->d);
        put_raw(p, slice(b.data, b.len));
        wt_buf_free(&b);
    }
}

/* ---- immediates
 * ----------------------------------------------------------------------------------------------------
 */

static void put_type_use(Printer *p, uint32_t typeidx, bool signature) {
    print_str(p, " (type");
    wt_print_ref(p, NAME_type, typeidx);
    buf_u8(p->out, ')');
    if (signature && typeidx < p->m->type_count && p->m->types[typeidx].kind == TYPE_func)
        wt_print_signature(p, &p->m->types[typeidx]);
}

static void put_blocktype(Printer *p, const Insn *in) {
    if (in->block == BLOCK_value) {
        print_str(p, " (result ");
        wt_print_valtype(p, in->type);
        buf_u8(p->out, ')');
    } else if (in->block == BLOCK_index) {
        put_type_use(p, in->a, true);
    }
}

static void print_memarg(Printer *p, const Insn *in) {
    if (in->a)
        wt_print_ref(p, NAME_memory, in->a);
    if (in->imm) {
        print_str(p, " offset=");
        wt_buf_dec(p->out, in->imm);
    }
    if (in->b != op_info(in->op)->align) {
        print_str(p, " align=");
        wt_buf_dec(p->out, (uint64_t)1 << (in->b & 63));
    }
}

static void put_f32(Printer *p, uint32_t bits) {
    char text[64];
    buf_bytes(p->out, text, wt_base_f32_to_text(bits, text));
}

static void put_f64(Printer *p, uint64_t bits) {
    char text[64];
    buf_bytes(p->out, text, wt_base_f64_to_text(bits, text));
}

static void put_vector(Printer *p, const uint8_t *bytes) {
    print_str(p, " i32x4");
    for (size_t i = 0; i < 4; i++) {
        print_str(p, " 0x");
        wt_buf_hex(p->out, load32le(bytes + 4 * i), 8);
    }
}

static void put_numbers(Printer *p, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_u8(p->out, ' ');
        wt_buf_dec(p->out, bytes[i]);
    }
}

static void put_reftype(Printer *p, ValType t) {
    buf_u8(p->out, ' ');
    wt_print_valtype(p, t);
}

static void print_clauses(Printer *p, const Insn *in, Imm imm) {
    Reader r = reader_of(in->list.data, in->list.len);
    if (imm == IMM_SELECT)
        print_str(p, " (result");
    for (uint64_t i = 0; i < (uint64_t)in->c + (imm == IMM_BR_TABLE); i++) {
        static const char *const words[] = {" (catch", " (catch_ref", " (catch_all",
                                            " (catch_all_ref"};
        Clause c;
        if (imm == IMM_BR_TABLE) {
            print_label(p, read_u32(&r));
        } else if (imm == IMM_SELECT) {
            put_reftype(p, read_valtype(&r));
        } else if (imm == IMM_TRY_TABLE) {
            wt_insn_next_catch(&r, &c);
            print_str(p, words[c.kind & 3]);
            if (c.kind < 2)
                wt_print_ref(p, NAME_tag, c.tag);
            print_label(p, c.label);
            buf_u8(p->out, ')');
        } else {
            wt_insn_next_handler(&r, &c);
            print_str(p, " (on");
            wt_print_ref(p, NAME_tag, c.tag);
            if (c.kind == 0)
                print_label(p, c.label);
            else
                print_str(p, " switch");
            buf_u8(p->out, ')');
        }
    }
    if (imm == IMM_SELECT)
        buf_u8(p->out, ')');
}

/* Two indices of one kind that may be left out together when both are 0. */
static void print_pair(Printer *p, NameKind kind, uint32_t a, uint32_t b) {
    if (!a && !b)
        return;
    wt_print_ref(p, kind, a);
    wt_print_ref(p, kind, b);
}

void wt_print_immediates(Printer *p, const Insn *in) {
    Imm imm = (Imm)op_info(in->op)->imm;
    switch (imm) {
    case IMM_NONE:
    case IMM_FENCE:
        return;
    case IMM_BLOCK:
        put_blocktype(p, in);
        return;
    case IMM_TRY_TABLE:
        put_blocktype(p, in);
        print_clauses(p, in, imm);
        return;
    case IMM_LABEL:
        print_label(p, in->a);
        return;
    case IMM_BR_TABLE:
    case IMM_SELECT:
        print_clauses(p, in, imm);
        return;
    case IMM_FUNC:
        wt_print_ref(p, NAME_func, in->a);
        return;
    case IMM_TYPE:
        wt_print_ref(p, NAME_type, in->a);
        return;
    case IMM_TYPE_TABLE:
        if (in->b)
            wt_print_ref(p, NAME_table, in->b);
        put_type_use(p, in->a, false);
        return;
    case IMM_LOCAL:
        wt_print_ref(p, NAME_local, in->a);
        return;
    case IMM_GLOBAL:
        wt_print_ref(p, NAME_global, in->a);
        return;
    case IMM_TABLE:
        wt_print_ref(p, NAME_table, in->a);
        return;
    case IMM_TABLE_TABLE:
        print_pair(p, NAME_table, in->a, in->b);
        return;
    case IMM_ELEM_TABLE:
        if (in->b)
            wt_print_ref(p, NAME_table, in->b);
        wt_print_ref(p, NAME_elem, in->a);
        return;
    case IMM_ELEM:
        wt_print_ref(p, NAME_elem, in->a);
        return;
    case IMM_MEMARG:
        print_memarg(p, in);
        return;
    case IMM_MEMARG_LANE:
        print_memarg(p, in);
        put_numbers(p, &in->lane, 1);
        return;
    case IMM_MEM:
        if (in->a)
            wt_print_ref(p, NAME_memory, in->a);
        return;
    case IMM_MEM_MEM:
        print_pair(p, NAME_memory, in->a, in->b);
        return;
    case IMM_DATA_MEM:
        if (in->b)
            wt_print_ref(p, NAME_memory, in->b);
        wt_print_ref(p, NAME_data, in->a);
        return;
    case IMM_DATA:
        wt_print_ref(p, NAME_data, in->a);
        return;
    case IMM_I32:
    case IMM_I64:
        buf_u8(p->out, ' ');
        wt_buf_sdec(p->out, (int64_t)in->imm);
        return;
    case IMM_F32:
        buf_u8(p->out, ' ');
        put_f32(p, (uint32_t)in->imm);
        return;
    case IMM_F64:
        buf_u8(p->out, ' ');
        put_f64(p, in->imm);
        return;
    case IMM_V128:
        put_vector(p, in->list.data);
        return;
    case IMM_SHUFFLE:
        put_numbers(p, in->list.data, 16);
        return;
    case IMM_LANE:
        put_numbers(p, &in->lane, 1);
        return;
    case IMM_HEAP:
        buf_u8(p->out, ' ');
        wt_print_heaptype(p, in->type);
        return;
    case IMM_REF:
    case IMM_REF_NULL:
        put_reftype(p, in->type);
        return;
    case IMM_BR_CAST:
        print_label(p, in->a);
        put_reftype(p, in->type);
        put_reftype(p, in->type2);
        return;
    case IMM_TYPE_FIELD:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_field_ref(p, in->a, in->b);
        return;
    case IMM_TYPE_U32:
        wt_print_ref(p, NAME_type, in->a);
        buf_u8(p->out, ' ');
        wt_buf_dec(p->out, in->b);
        return;
    case IMM_TYPE_DATA:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_ref(p, NAME_data, in->b);
        return;
    case IMM_TYPE_ELEM:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_ref(p, NAME_elem, in->b);
        return;
    case IMM_TYPE_TYPE:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_ref(p, NAME_type, in->b);
        return;
    case IMM_TYPE_TAG:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_ref(p, NAME_tag, in->b);
        return;
    case IMM_TAG:
        wt_print_ref(p, NAME_tag, in->a);
        return;
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        wt_print_ref(p, NAME_type, in->a);
        if (imm == IMM_RESUME_THROW)
            wt_print_ref(p, NAME_tag, in->b);
        print_clauses(p, in, imm);
        return;
    }
}

void wt_print_insn(Printer *p, const Insn *in, Slice raw) {
    const OpInfo *info = op_info(in->op);
    if (WT_UNLIKELY(in->enc || p->hints.data))
        wt_print_annotations(p, in, raw);
    buf_bytes(p->out, info->text, info->len);
    bool opens = info->imm == IMM_BLOCK || info->imm == IMM_TRY_TABLE;
    Slice name = {NULL, 0};
    if (opens) {
        name = wt_print_next_label(p);
        if (name.data) {
            buf_u8(p->out, ' ');
            wt_print_id(p, name);
        }
    }
    if (info->imm != IMM_NONE)
        wt_print_immediates(p, in);
    if (opens)
        wt_print_push_label(p, name);
}

/* ---- flat bodies
 * ---------------------------------------------------------------------------------------------------
 */

static void print_offset_comment(Printer *p, const uint8_t *at) {
    if (p->m->is_text)
        return;
    print_str(p, "(;@");
    wt_buf_hex(p->out, (uint64_t)(at - p->m->source.data), 1);
    print_str(p, ";) ");
}

void wt_print_body(Printer *p, Reader r) {
    unsigned base = p->depth;
    Insn in;
    while (r.at != r.end) {
        const uint8_t *at = r.at;
        if (WT_UNLIKELY(!insn_read(&r, &in)))
            break;
        bool closes = in.op == OP_end || in.op == OP_delegate;
        if (closes && p->label_count == 1 && in.op == OP_end && r.at == r.end)
            return; /* the function's own end is its parenthesis */
        bool outdents = closes || in.op == OP_else || in.op == OP_catch || in.op == OP_catch_all;
        if (outdents && p->depth > base)
            p->depth--;
        if (closes && p->label_count > 1)
            p->label_count--;
        wt_print_line(p);
        if (WT_UNLIKELY(p->o->offsets))
            print_offset_comment(p, at);
        wt_print_insn(p, &in, slice(at, (size_t)(r.at - at)));
        uint8_t imm = op_info(in.op)->imm;
        if (imm == IMM_BLOCK || imm == IMM_TRY_TABLE || (outdents && !closes))
            p->depth++;
        if (WT_UNLIKELY(p->out->failed || p->d->out_of_memory))
            return;
    }
    if (!r.error)
        wt_reader_fail(&r, READ_end, r.end);
    wt_print_malformed(p, &r);
}

void wt_print_expr(Printer *p, Slice code) {
    Reader r = reader_of(code.data, code.len);
    Insn in;
    p->body = code.data;
    p->body_item = UINT32_MAX;
    p->label_count = 0;
    wt_print_push_label(p, slice(NULL, 0));
    wt_print_label_names(p, UINT32_MAX - 1);
    while (r.at != r.end) {
        const uint8_t *at = r.at;
        if (!insn_read(&r, &in)) {
            wt_print_malformed(p, &r);
            return;
        }
        if (in.op == OP_end && r.at == r.end)
            return;
        print_str(p, " ");
        wt_print_annotations(p, &in, slice(at, (size_t)(r.at - at)));
        buf_u8(p->out, '(');
        Insn plain = in;
        plain.enc = 0;
        wt_print_insn(p, &plain, slice(at, (size_t)(r.at - at)));
        buf_u8(p->out, ')');
    }
}
