/* One instruction as text, with immediates of every kind. The common ones are written by
   print_body.c at once; this file is complete, and used wherever an instruction is not alone on its
   line. */
#include "base/float.h"
#include "text/print_inside.h"

void wt_print_malformed(Printer *p, const Reader *r) {
    const uint8_t *at = r->error_at ? r->error_at : r->at;
    uint64_t offset = p->m->is_text ? DIAG_NOWHERE : (uint64_t)(at - p->m->source.data);
    DiagEntry *e = wt_diag_add(p->d, wt_insn_error(r, true), offset, 1, "the text ends here");
    if (e && p->body_item != UINT32_MAX)
        e->place = (Place){.section = SECTION_code, .item = p->body_item};
}

/* ---- labels ---- */

void wt_print_push_label(Printer *p, Slice name) {
    if (!wt_vec_grow(p->allocator, (void **)&p->labels, &p->label_cap, p->label_count,
                     sizeof *p->labels)) {
        wt_diag_oom(p->d);
        return;
    }
    p->labels[p->label_count++] = name;
}

enum { LABEL_search = 64 }; /* names are looked for so many blocks outwards */

/* The name that finds this very block, or none. */
static Slice label_by_depth(const Printer *p, uint32_t depth) {
    Slice none = {NULL, 0};
    if (depth >= p->label_count || depth >= LABEL_search)
        return none;
    const Slice *inner = &p->labels[p->label_count - 1], *own = inner - depth;
    if (!own->data)
        return none;
    for (; inner != own; inner--)
        if (inner->data && slice_eq(*inner, *own))
            return none;
    return *own;
}

void wt_print_label(Printer *p, uint32_t depth) {
    Slice name = label_by_depth(p, depth);
    if (name.data) {
        wt_print_label_name(p, name);
        return;
    }
    wt_print_u64(p, depth);
    if (depth < p->label_count) {
        print_str(p, " (;@");
        wt_buf_dec(p->out, p->label_count - 1 - depth);
        print_str(p, ";)");
    }
}

/* ---- immediates ---- */

static void put_blocktype(Printer *p, const Insn *in) {
    if (in->block == BLOCK_value) {
        print_str(p, " (result ");
        wt_print_valtype(p, in->type);
        print_char(p, ')');
    } else if (in->block == BLOCK_index) {
        wt_print_type_use(p, in->a);
        const TypeDef *t = print_func_type(p->m, in->a);
        if (t)
            wt_print_signature(p, t);
    }
}

static void put_memarg(Printer *p, const Insn *in) {
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

static void put_float_text(Printer *p, uint64_t bits, bool wide) {
    char text[FLOAT_TEXT_MAX];
    size_t n = wide ? wt_base_f64_to_text(bits, text) : wt_base_f32_to_text((uint32_t)bits, text);
    print_char(p, ' ');
    buf_bytes(p->out, text, n);
}

static void put_vector(Printer *p, const uint8_t *bytes) {
    print_str(p, " i32x4");
    for (size_t i = 0; i < 16; i += 4) {
        print_str(p, " 0x");
        wt_buf_hex(p->out, load32le(bytes + i), 8);
    }
}

static void put_reftype(Printer *p, ValType t) {
    print_char(p, ' ');
    wt_print_valtype(p, t);
}

static void put_labels(Printer *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    for (uint64_t i = 0; i <= in->c && !p->out->failed; i++)
        wt_print_label(p, read_u32(&r));
}

static void put_select_types(Printer *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    print_str(p, " (result");
    for (uint32_t i = 0; i < in->c && !p->out->failed; i++)
        put_reftype(p, read_valtype(&r));
    print_char(p, ')');
}

static void put_catch_clauses(Printer *p, const Insn *in) {
    static const char *const words[] = {" (catch", " (catch_ref", " (catch_all", " (catch_all_ref"};
    Reader r = reader_of(in->list.data, in->list.len);
    Clause c;
    for (uint32_t i = 0; i < in->c && wt_insn_next_catch(&r, &c) && !p->out->failed; i++) {
        print_str(p, words[c.kind & 3]);
        if (c.kind < 2)
            wt_print_ref(p, NAME_tag, c.tag);
        wt_print_label(p, c.label);
        print_char(p, ')');
    }
}

static void put_resume_handlers(Printer *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    Clause c;
    for (uint32_t i = 0; i < in->c && wt_insn_next_handler(&r, &c) && !p->out->failed; i++) {
        print_str(p, " (on");
        wt_print_ref(p, NAME_tag, c.tag);
        if (c.kind == 0)
            wt_print_label(p, c.label);
        else
            print_str(p, " switch");
        print_char(p, ')');
    }
}

/* Two indices of one kind, left out together when both are 0. */
static void put_pair(Printer *p, NameKind kind, uint32_t a, uint32_t b) {
    if (!a && !b)
        return;
    wt_print_ref(p, kind, a);
    wt_print_ref(p, kind, b);
}

static void put_unless_zero(Printer *p, NameKind kind, uint32_t index) {
    if (index)
        wt_print_ref(p, kind, index);
}

/* A type, then something of another kind. */
static void put_type_and(Printer *p, const Insn *in, NameKind kind) {
    wt_print_ref(p, NAME_type, in->a);
    wt_print_ref(p, kind, in->b);
}

void wt_print_immediates(Printer *p, const Insn *in) {
    switch ((Imm)op_info(in->op)->imm) {
    case IMM_NONE:
    case IMM_FENCE:
        return;
    case IMM_BLOCK:
        put_blocktype(p, in);
        return;
    case IMM_TRY_TABLE:
        put_blocktype(p, in);
        put_catch_clauses(p, in);
        return;
    case IMM_LABEL:
        wt_print_label(p, in->a);
        return;
    case IMM_BR_TABLE:
        put_labels(p, in);
        return;
    case IMM_SELECT:
        put_select_types(p, in);
        return;
    case IMM_FUNC:
        wt_print_ref(p, NAME_func, in->a);
        return;
    case IMM_TYPE:
        wt_print_ref(p, NAME_type, in->a);
        return;
    case IMM_TYPE_TABLE:
        put_unless_zero(p, NAME_table, in->b);
        wt_print_type_use(p, in->a);
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
        put_pair(p, NAME_table, in->a, in->b);
        return;
    case IMM_ELEM_TABLE:
        put_unless_zero(p, NAME_table, in->b);
        wt_print_ref(p, NAME_elem, in->a);
        return;
    case IMM_ELEM:
        wt_print_ref(p, NAME_elem, in->a);
        return;
    case IMM_MEMARG:
        put_memarg(p, in);
        return;
    case IMM_MEMARG_LANE:
        put_memarg(p, in);
        wt_print_u64(p, in->lane);
        return;
    case IMM_MEM:
        put_unless_zero(p, NAME_memory, in->a);
        return;
    case IMM_MEM_MEM:
        put_pair(p, NAME_memory, in->a, in->b);
        return;
    case IMM_DATA_MEM:
        put_unless_zero(p, NAME_memory, in->b);
        wt_print_ref(p, NAME_data, in->a);
        return;
    case IMM_DATA:
        wt_print_ref(p, NAME_data, in->a);
        return;
    case IMM_I32:
    case IMM_I64:
        print_char(p, ' ');
        wt_buf_sdec(p->out, (int64_t)in->imm);
        return;
    case IMM_F32:
        put_float_text(p, in->imm, false);
        return;
    case IMM_F64:
        put_float_text(p, in->imm, true);
        return;
    case IMM_V128:
        put_vector(p, in->list.data);
        return;
    case IMM_SHUFFLE:
        for (size_t i = 0; i < 16; i++)
            wt_print_u64(p, in->list.data[i]);
        return;
    case IMM_LANE:
        wt_print_u64(p, in->lane);
        return;
    case IMM_HEAP:
        print_char(p, ' ');
        wt_print_heaptype(p, in->type);
        return;
    case IMM_REF:
    case IMM_REF_NULL:
        put_reftype(p, in->type);
        return;
    case IMM_BR_CAST:
        wt_print_label(p, in->a);
        put_reftype(p, in->type);
        put_reftype(p, in->type2);
        return;
    case IMM_TYPE_FIELD:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_field_ref(p, in->a, in->b);
        return;
    case IMM_TYPE_U32:
        wt_print_ref(p, NAME_type, in->a);
        wt_print_u64(p, in->b);
        return;
    case IMM_TYPE_DATA:
        put_type_and(p, in, NAME_data);
        return;
    case IMM_TYPE_ELEM:
        put_type_and(p, in, NAME_elem);
        return;
    case IMM_TYPE_TYPE:
        put_type_and(p, in, NAME_type);
        return;
    case IMM_TYPE_TAG:
        put_type_and(p, in, NAME_tag);
        return;
    case IMM_TAG:
        wt_print_ref(p, NAME_tag, in->a);
        return;
    case IMM_RESUME:
        wt_print_ref(p, NAME_type, in->a);
        put_resume_handlers(p, in);
        return;
    case IMM_RESUME_THROW:
        put_type_and(p, in, NAME_tag);
        put_resume_handlers(p, in);
        return;
    }
}

/* ---- instructions ---- */

void wt_print_offset(Printer *p, const uint8_t *at) {
    if (!p->o->offsets || p->m->is_text)
        return;
    print_str(p, "(;@");
    wt_buf_hex(p->out, (uint64_t)(at - p->m->source.data), 1);
    print_str(p, ";) ");
}

void wt_print_insn(Printer *p, const Insn *in, Slice label) {
    const OpInfo *info = op_info(in->op);
    buf_bytes(p->out, info->text, info->len);
    if (label.data)
        wt_print_label_name(p, label);
    wt_print_immediates(p, in);
    if (!insn_opens(in))
        return;
    wt_print_push_label(p, label);
    if (label.data)
        return;
    print_str(p, " ;; label = @");
    wt_buf_dec(p->out, p->label_count - 1);
    p->comment_open = true;
}
