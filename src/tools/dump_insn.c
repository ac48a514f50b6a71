/* One instruction as a line of the disassembly: the mnemonic and its immediates as the text format
   writes them, with the names of what the indices stand for beside them. Labels show the depth of
   the block they lead to. */
#include "base/float.h"
#include "tools/dump_inside.h"

static void put_number(Buf *out, uint64_t v) {
    buf_u8(out, ' ');
    wt_buf_dec(out, v);
}

static void show_index(Dump *p, NameKind kind, uint32_t index) {
    put_number(p->out, index);
    wt_dump_put_name(p, kind, index);
}

/* Sorted by index as the format demands; a section that is not sorted shows fewer names. */
static void put_local(Dump *p, uint32_t index) {
    put_number(p->out, index);
    size_t low = 0, high = p->local_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p->locals[mid].index < index)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == p->local_count || p->locals[low].index != index)
        return;
    wt_dump_put_bracketed(p->out, p->locals[low].name);
}

static void show_label(Dump *p, uint32_t label) {
    put_number(p->out, label);
    if (label <= p->depth && p->depth != DUMP_no_depth) {
        buf_str(p->out, " <@");
        wt_buf_dec(p->out, p->depth - label);
        buf_u8(p->out, '>');
    }
}

static void put_block_type(Dump *p, const Insn *in) {
    if (in->block == BLOCK_value) {
        buf_str(p->out, " (result ");
        wt_type_print(p->out, in->type);
        buf_u8(p->out, ')');
    } else if (in->block == BLOCK_index) {
        buf_str(p->out, " (type");
        show_index(p, NAME_type, in->a);
        buf_u8(p->out, ')');
    }
}

static void put_catches(Dump *p, const Insn *in) {
    static const char *const kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    Reader r = reader_of(in->list.data, in->list.len);
    Clause c;
    for (uint32_t i = 0; i < in->c && wt_insn_next_catch(&r, &c); i++) {
        buf_str(p->out, " (");
        buf_str(p->out, kinds[c.kind]);
        if (c.kind < 2)
            show_index(p, NAME_tag, c.tag);
        show_label(p, c.label);
        buf_u8(p->out, ')');
    }
}

static void put_handlers(Dump *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    Clause c;
    for (uint32_t i = 0; i < in->c && wt_insn_next_handler(&r, &c); i++) {
        buf_str(p->out, " (on");
        show_index(p, NAME_tag, c.tag);
        if (c.kind == 0)
            show_label(p, c.label);
        else
            buf_str(p->out, " switch");
        buf_u8(p->out, ')');
    }
}

static void put_br_table(Dump *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    for (uint64_t i = 0; i <= in->c && !r.error; i++)
        put_number(p->out, read_u32(&r));
}

static void put_select(Dump *p, const Insn *in) {
    Reader r = reader_of(in->list.data, in->list.len);
    buf_str(p->out, " (result");
    for (uint32_t i = 0; i < in->c && !r.error; i++) {
        buf_u8(p->out, ' ');
        wt_type_print(p->out, read_valtype(&r));
    }
    buf_u8(p->out, ')');
}

static void show_memarg(Dump *p, const Insn *in) {
    if (in->a)
        show_index(p, NAME_memory, in->a);
    if (in->imm) {
        buf_str(p->out, " offset=");
        wt_buf_dec(p->out, in->imm);
    }
    if (in->b != op_info(in->op)->align) {
        buf_str(p->out, " align=");
        wt_buf_dec(p->out, (uint64_t)1 << (in->b & 63));
    }
}

static void put_float(Buf *out, const Insn *in, Imm imm) {
    char text[FLOAT_TEXT_MAX];
    size_t n = imm == IMM_F32 ? wt_base_f32_to_text((uint32_t)in->imm, text)
                              : wt_base_f64_to_text(in->imm, text);
    buf_u8(out, ' ');
    buf_bytes(out, text, n);
}

static void put_v128(Buf *out, const Insn *in, Imm imm) {
    if (imm == IMM_SHUFFLE) {
        for (size_t i = 0; i < 16; i++)
            put_number(out, in->list.data[i]);
        return;
    }
    buf_str(out, " i32x4");
    for (size_t i = 0; i < 16; i += 4) {
        buf_str(out, " 0x");
        wt_buf_hex(out, load32le(in->list.data + i), 8);
    }
}

static void put_heap(Dump *p, ValType t) {
    uint32_t heap = valtype_heap(t);
    if (valtype_exact(t))
        buf_str(p->out, " (exact");
    if (heap < HEAP_first) {
        show_index(p, NAME_type, heap);
    } else {
        buf_u8(p->out, ' ');
        buf_str(p->out, wt_type_heap_name(heap));
    }
    if (valtype_exact(t))
        buf_u8(p->out, ')');
}

static void put_type_word(Buf *out, ValType t) {
    buf_u8(out, ' ');
    wt_type_print(out, t);
}

/* The second index is left out when it and the first are 0, as the text format allows. */
static void show_pair(Dump *p, NameKind first, uint32_t a, NameKind second, uint32_t b) {
    if (a == 0 && b == 0)
        return;
    show_index(p, first, a);
    show_index(p, second, b);
}

static void put_call_type(Dump *p, const Insn *in) {
    if (in->b)
        show_index(p, NAME_table, in->b);
    buf_str(p->out, " (type");
    show_index(p, NAME_type, in->a);
    buf_u8(p->out, ')');
}

/* A segment and the place it is copied to, in the order of the text format: place first. */
static void show_insn_init(Dump *p, NameKind place, NameKind segment, const Insn *in) {
    if (in->b)
        show_index(p, place, in->b);
    show_index(p, segment, in->a);
}

static void put_one_index(Dump *p, const Insn *in, Imm imm) {
    switch (imm) {
    case IMM_LABEL:
        show_label(p, in->a);
        return;
    case IMM_LOCAL:
        put_local(p, in->a);
        return;
    case IMM_FUNC:
        show_index(p, NAME_func, in->a);
        return;
    case IMM_TYPE:
        show_index(p, NAME_type, in->a);
        return;
    case IMM_GLOBAL:
        show_index(p, NAME_global, in->a);
        return;
    case IMM_TABLE:
        show_index(p, NAME_table, in->a);
        return;
    case IMM_ELEM:
        show_index(p, NAME_elem, in->a);
        return;
    case IMM_DATA:
        show_index(p, NAME_data, in->a);
        return;
    case IMM_TAG:
        show_index(p, NAME_tag, in->a);
        return;
    case IMM_MEM:
        if (in->a)
            show_index(p, NAME_memory, in->a);
        return;
    case IMM_NONE:
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
    case IMM_BR_TABLE:
    case IMM_TYPE_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_I32:
    case IMM_I64:
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
    case IMM_FENCE:
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        return;
    }
}

static void put_immediates(Dump *p, const Insn *in, Imm imm) {
    switch (imm) {
    case IMM_NONE:
    case IMM_FENCE:
        return;
    case IMM_BLOCK:
        put_block_type(p, in);
        return;
    case IMM_TRY_TABLE:
        put_block_type(p, in);
        put_catches(p, in);
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
        put_one_index(p, in, imm);
        return;
    case IMM_BR_TABLE:
        put_br_table(p, in);
        return;
    case IMM_TYPE_TABLE:
        put_call_type(p, in);
        return;
    case IMM_TABLE_TABLE:
        show_pair(p, NAME_table, in->a, NAME_table, in->b);
        return;
    case IMM_MEM_MEM:
        show_pair(p, NAME_memory, in->a, NAME_memory, in->b);
        return;
    case IMM_ELEM_TABLE:
        show_insn_init(p, NAME_table, NAME_elem, in);
        return;
    case IMM_DATA_MEM:
        show_insn_init(p, NAME_memory, NAME_data, in);
        return;
    case IMM_MEMARG:
        show_memarg(p, in);
        return;
    case IMM_MEMARG_LANE:
        show_memarg(p, in);
        put_number(p->out, in->lane);
        return;
    case IMM_I32:
    case IMM_I64:
        buf_u8(p->out, ' ');
        wt_buf_sdec(p->out, (int64_t)in->imm);
        return;
    case IMM_F32:
    case IMM_F64:
        put_float(p->out, in, imm);
        return;
    case IMM_V128:
    case IMM_SHUFFLE:
        put_v128(p->out, in, imm);
        return;
    case IMM_LANE:
        put_number(p->out, in->lane);
        return;
    case IMM_SELECT:
        put_select(p, in);
        return;
    case IMM_HEAP:
        put_heap(p, in->type);
        return;
    case IMM_REF:
    case IMM_REF_NULL:
        put_type_word(p->out, in->type);
        return;
    case IMM_BR_CAST:
        show_label(p, in->a);
        put_type_word(p->out, in->type);
        put_type_word(p->out, in->type2);
        return;
    case IMM_TYPE_FIELD:
    case IMM_TYPE_U32:
        show_index(p, NAME_type, in->a);
        put_number(p->out, in->b);
        return;
    case IMM_TYPE_DATA:
        show_index(p, NAME_type, in->a);
        show_index(p, NAME_data, in->b);
        return;
    case IMM_TYPE_ELEM:
        show_index(p, NAME_type, in->a);
        show_index(p, NAME_elem, in->b);
        return;
    case IMM_TYPE_TYPE:
        show_index(p, NAME_type, in->a);
        show_index(p, NAME_type, in->b);
        return;
    case IMM_TYPE_TAG:
        show_index(p, NAME_type, in->a);
        show_index(p, NAME_tag, in->b);
        return;
    case IMM_RESUME:
        show_index(p, NAME_type, in->a);
        put_handlers(p, in);
        return;
    case IMM_RESUME_THROW:
        show_index(p, NAME_type, in->a);
        show_index(p, NAME_tag, in->b);
        put_handlers(p, in);
        return;
    }
}

void wt_dump_put_insn(Dump *p, const Insn *in) {
    const OpInfo *info = op_info(in->op);
    buf_bytes(p->out, info->text, info->len);
    put_immediates(p, in, (Imm)info->imm);
}

void wt_dump_put_expr(Dump *p, Expr e) {
    Reader r = reader_of(e.code.data, e.code.len);
    Insn in, next;
    if (!e.code.data || !insn_read(&r, &in)) {
        buf_str(p->out, "(an expression that cannot be read)");
        return;
    }
    /* The usual case, one constant: its type and value. */
    Reader rest = r;
    if (op_info(in.op)->kind == KIND_CONST && insn_read(&rest, &next) && next.op == OP_end) {
        const OpInfo *info = op_info(in.op);
        const char *dot = strchr(info->text, '.');
        if (dot) {
            buf_bytes(p->out, info->text, (size_t)(dot - info->text));
            buf_u8(p->out, '=');
            /* Behind '=', without the space that stands before every immediate. No constant is
               longer than four words in hex. */
            uint8_t room[128];
            Buf text = {.data = room, .cap = sizeof room};
            Dump inner = *p;
            inner.out = &text;
            put_immediates(&inner, &in, (Imm)info->imm);
            if (text.len)
                buf_bytes(p->out, room + 1, text.len - 1);
            return;
        }
    }
    buf_u8(p->out, '(');
    for (bool first = true; in.op != OP_end; first = false) {
        if (!first)
            buf_str(p->out, ", ");
        wt_dump_put_insn(p, &in);
        if (!insn_read(&r, &in)) {
            buf_str(p->out, ", ...");
            break;
        }
    }
    buf_u8(p->out, ')');
}
