/* What each byte of the binary is: a walk over its sections in the words of the
   spec's binary format. The binary is our own, so it is well-formed; a reader
   that fails all the same ends the walk.

   The same walk notes where each item lies (wt_lang_find_items): then no byte
   is asked for, and what is long is passed over. */
#include "lang/inside.h"

#include "base/float.h"
#include "tools/report.h"
#include "wasm/insn.h"

typedef struct Explainer {
    Lang *l;
    const Module *m;
    const uint8_t *start;
    Reader r;
    uint32_t target; /* the byte that is asked for; UINT32_MAX: items are noted */
    bool found;
    /* Where we are: section, item, instruction. */
    uint8_t section;
    const char *section_name; /* a custom one's is in `title` */
    Slice title;
    const char *item; /* "func"; NULL: in none */
    NameKind names;
    uint32_t index;
    const char *part; /* "subsection function names" and the like; NULL: none */
    const char *insn; /* NULL: in none */
    uint32_t insn_at;
    uint8_t expr_part;
    ItemSpan span; /* of the item */
    uint32_t base; /* where the code of the item begins that we are in */
    /* The answer. */
    Buf path, value;
    const char *field;
    const uint8_t *from, *end;
} Explainer;

/* ---- the answer ---- */

static void put_path_name(Buf *out, const Module *m, NameKind kind, uint32_t index) {
    Slice name = {NULL, 0};
    if (kind < NAME_count && kind != NAME_local && kind != NAME_label && kind != NAME_field)
        name = wt_names_find(m, kind, index);
    if (name.data) {
        buf_str(out, " $");
        buf_slice(out, name);
    }
}

static void put_level(Explainer *x, const Buf *text) {
    if (x->path.len)
        buf_u8(&x->path, ',');
    wt_report_json_string(&x->path, slice(text->data, text->len));
}

static void put_path(Explainer *x) {
    Buf b;
    wt_buf_init(&b, x->l->al);
    if (x->section_name) {
        wt_buf_printf(&b, "%s section", x->section_name);
        if (x->title.data) {
            buf_u8(&b, ' ');
            buf_slice(&b, x->title);
        }
        put_level(x, &b);
    }
    b.len = 0;
    if (x->part) {
        buf_str(&b, x->part);
        put_level(x, &b);
    }
    b.len = 0;
    if (x->item) {
        wt_buf_printf(&b, "%s %u", x->item, (unsigned)x->index);
        put_path_name(&b, x->m, x->names, x->index);
        put_level(x, &b);
    }
    b.len = 0;
    if (x->insn) {
        buf_str(&b, x->insn);
        put_level(x, &b);
    }
    wt_buf_free(&b);
}

/* The bytes from `from` up to the reader are this field: is it the one? */
static bool hit(Explainer *x, const uint8_t *from, const char *field) {
    const uint8_t *target = x->start + x->target;
    if (x->target == UINT32_MAX || x->found || target < from || target >= x->r.at)
        return false;
    x->found = true;
    x->field = field;
    x->from = from;
    x->end = x->r.at;
    put_path(x);
    return true;
}

static void say(Explainer *x, const uint8_t *from, const char *field, const char *fmt, ...)
    WT_PRINTF(4, 5);
static void say(Explainer *x, const uint8_t *from, const char *field, const char *fmt, ...) {
    if (!hit(x, from, field))
        return;
    va_list args;
    va_start(args, fmt);
    wt_buf_vprintf(&x->value, fmt, args);
    va_end(args);
}

/* ---- simple fields ---- */

static uint32_t x_u32(Explainer *x, const char *field) {
    const uint8_t *from = x->r.at;
    uint32_t v = read_u32(&x->r);
    say(x, from, field, "%u", (unsigned)v);
    return v;
}

static void x_u64(Explainer *x, const char *field) {
    const uint8_t *from = x->r.at;
    uint64_t v = read_u64(&x->r);
    say(x, from, field, "%llu", (unsigned long long)v);
}

static uint32_t x_index(Explainer *x, const char *field, NameKind names) {
    const uint8_t *from = x->r.at;
    uint32_t v = read_u32(&x->r);
    if (hit(x, from, field)) {
        wt_buf_dec(&x->value, v);
        put_path_name(&x->value, x->m, names, v);
    }
    return v;
}

static uint8_t x_byte(Explainer *x, const char *field, const char *meaning) {
    const uint8_t *from = x->r.at;
    uint8_t v = read_u8(&x->r);
    say(x, from, field, meaning ? "0x%02x: %s" : "0x%02x", v, meaning ? meaning : "");
    return v;
}

static void x_bytes(Explainer *x, size_t n, const char *field) {
    const uint8_t *from = x->r.at;
    if (read_bytes(&x->r, n) && n)
        say(x, from, field, "%zu bytes", n);
}

static Slice x_name(Explainer *x, const char *length, const char *field) {
    uint32_t n = x_u32(x, length);
    const uint8_t *from = x->r.at, *p = read_bytes(&x->r, n);
    Slice name = slice(p, p ? n : 0);
    if (p && n && hit(x, from, field)) {
        buf_u8(&x->value, '"');
        buf_bytes(&x->value, p, WT_MIN(n, 200u));
        buf_u8(&x->value, '"');
    }
    return name;
}

static void x_type(Explainer *x, const char *field, ValType (*read)(Reader *r)) {
    const uint8_t *from = x->r.at;
    ValType t = read(&x->r);
    if (hit(x, from, field))
        wt_lang_put_type(x->l, &x->value, t);
}
static ValType any_valtype(Reader *r) { return read_valtype(r); }
static ValType any_heaptype(Reader *r) { return wt_insn_heaptype(r, true); }

/* ---- instructions ---- */

static void x_block_type(Explainer *x) {
    const uint8_t *from = x->r.at;
    Insn in = {0};
    read_blocktype(&x->r, &in);
    if (!hit(x, from, "block type"))
        return;
    if (in.block == BLOCK_empty)
        buf_str(&x->value, "nothing taken, nothing given");
    else if (in.block == BLOCK_value)
        wt_lang_put_type(x->l, &x->value, in.type);
    else
        wt_buf_printf(&x->value, "type %u", (unsigned)in.a);
}

static void x_memarg(Explainer *x) {
    const uint8_t *from = x->r.at;
    uint32_t flags = read_u32(&x->r);
    say(x, from, "alignment", "%u: %llu bytes%s", (unsigned)(flags & 0x3F),
        (unsigned long long)1 << (flags & 0x3F),
        flags & 0x40 ? ", and a memory index follows" : "");
    if (flags & 0x40)
        x_index(x, "memory index", NAME_memory);
    x_u64(x, "memory offset");
}

static void x_catches(Explainer *x) {
    static const char *const kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    uint32_t n = x_u32(x, "number of catch clauses");
    for (; n > 0 && !x->r.error; n--) {
        uint8_t kind = *x->r.at < 4 ? *x->r.at : 3;
        x_byte(x, "kind of catch clause", kinds[kind]);
        if (kind < 2)
            x_index(x, "tag index", NAME_tag);
        x_u32(x, "label");
    }
}

static void x_handlers(Explainer *x) {
    uint32_t n = x_u32(x, "number of handlers");
    for (; n > 0 && !x->r.error; n--) {
        bool label = reader_left(&x->r) && *x->r.at == 0;
        x_byte(x, "kind of handler", label ? "on label" : "on switch");
        x_index(x, "tag index", NAME_tag);
        if (label)
            x_u32(x, "label");
    }
}

/* Constants of fixed size: the value as the text format writes it is what
 * printing gives. */
static void x_float(Explainer *x, bool wide) {
    const uint8_t *from = x->r.at, *p = read_bytes(&x->r, wide ? 8 : 4);
    if (!p || !hit(x, from, wide ? "f64 constant" : "f32 constant"))
        return;
    char text[FLOAT_TEXT_MAX];
    size_t n =
        wide ? wt_base_f64_to_text(load64le(p), text) : wt_base_f32_to_text(load32le(p), text);
    buf_bytes(&x->value, text, n);
}

static void x_label(Explainer *x) { x_u32(x, "label"); }

static void x_immediates(Explainer *x, const OpInfo *info) {
    switch ((Imm)info->imm) {
    case IMM_NONE:
        return;
    case IMM_BLOCK:
        x_block_type(x);
        return;
    case IMM_TRY_TABLE:
        x_block_type(x);
        x_catches(x);
        return;
    case IMM_LABEL:
        x_label(x);
        return;
    case IMM_BR_TABLE: {
        uint32_t n = x_u32(x, "number of labels");
        for (; n > 0 && !x->r.error; n--)
            x_label(x);
        x_u32(x, "default label");
        return;
    }
    case IMM_FUNC:
        x_index(x, "function index", NAME_func);
        return;
    case IMM_TYPE:
        x_index(x, "type index", NAME_type);
        return;
    case IMM_TYPE_TABLE:
        x_index(x, "type index", NAME_type);
        x_index(x, "table index", NAME_table);
        return;
    case IMM_LOCAL:
        x_index(x, "local index", NAME_local);
        return;
    case IMM_GLOBAL:
        x_index(x, "global index", NAME_global);
        return;
    case IMM_TABLE:
        x_index(x, "table index", NAME_table);
        return;
    case IMM_TABLE_TABLE:
        x_index(x, "destination table index", NAME_table);
        x_index(x, "source table index", NAME_table);
        return;
    case IMM_ELEM_TABLE:
        x_index(x, "element segment index", NAME_elem);
        x_index(x, "table index", NAME_table);
        return;
    case IMM_ELEM:
        x_index(x, "element segment index", NAME_elem);
        return;
    case IMM_MEMARG:
        x_memarg(x);
        return;
    case IMM_MEMARG_LANE:
        x_memarg(x);
        x_byte(x, "lane", NULL);
        return;
    case IMM_MEM:
        x_index(x, "memory index", NAME_memory);
        return;
    case IMM_MEM_MEM:
        x_index(x, "destination memory index", NAME_memory);
        x_index(x, "source memory index", NAME_memory);
        return;
    case IMM_DATA_MEM:
        x_index(x, "data segment index", NAME_data);
        x_index(x, "memory index", NAME_memory);
        return;
    case IMM_DATA:
        x_index(x, "data segment index", NAME_data);
        return;
    case IMM_I32: {
        const uint8_t *from = x->r.at;
        say(x, from, "i32 constant", "%d", (int)read_s32(&x->r));
        return;
    }
    case IMM_I64: {
        const uint8_t *from = x->r.at;
        say(x, from, "i64 constant", "%lld", (long long)read_s64(&x->r));
        return;
    }
    case IMM_F32:
    case IMM_F64:
        x_float(x, info->imm == IMM_F64);
        return;
    case IMM_V128:
        x_bytes(x, 16, "v128 constant");
        return;
    case IMM_SHUFFLE:
        for (unsigned i = 0; i < 16; i++)
            x_byte(x, "lane", NULL);
        return;
    case IMM_LANE:
        x_byte(x, "lane", NULL);
        return;
    case IMM_SELECT: {
        uint32_t n = x_u32(x, "number of types");
        for (; n > 0 && !x->r.error; n--)
            x_type(x, "value type", any_valtype);
        return;
    }
    case IMM_HEAP:
    case IMM_REF:
    case IMM_REF_NULL:
        x_type(x, "heap type", any_heaptype);
        return;
    case IMM_BR_CAST:
        x_byte(x, "flags: bit 0 and 1, source and target may be null", NULL);
        x_label(x);
        x_type(x, "source heap type", any_heaptype);
        x_type(x, "target heap type", any_heaptype);
        return;
    case IMM_TYPE_FIELD:
        x_index(x, "type index", NAME_type);
        x_u32(x, "field index");
        return;
    case IMM_TYPE_U32:
        x_index(x, "type index", NAME_type);
        x_u32(x, "number of elements");
        return;
    case IMM_TYPE_DATA:
        x_index(x, "type index", NAME_type);
        x_index(x, "data segment index", NAME_data);
        return;
    case IMM_TYPE_ELEM:
        x_index(x, "type index", NAME_type);
        x_index(x, "element segment index", NAME_elem);
        return;
    case IMM_TYPE_TYPE:
        x_index(x, "type index", NAME_type);
        x_index(x, "type index", NAME_type);
        return;
    case IMM_TYPE_TAG:
        x_index(x, "type index", NAME_type);
        x_index(x, "tag index", NAME_tag);
        return;
    case IMM_TAG:
        x_index(x, "tag index", NAME_tag);
        return;
    case IMM_FENCE:
        x_byte(x, "memory order, always zero", NULL);
        return;
    case IMM_RESUME:
        x_index(x, "type index", NAME_type);
        x_handlers(x);
        return;
    case IMM_RESUME_THROW:
        x_index(x, "type index", NAME_type);
        x_index(x, "tag index", NAME_tag);
        x_handlers(x);
        return;
    }
}

/* Instructions up to the `end` that closes them. */
static void x_code(Explainer *x, uint8_t part) {
    x->expr_part = part;
    if (!x->span.code[part])
        x->span.code[part] = (uint32_t)(x->r.at - x->start);
    for (size_t depth = 1; depth > 0 && !x->r.error && !x->found;) {
        const uint8_t *from = x->r.at;
        unsigned op = insn_read_op(&x->r);
        if (x->r.error)
            break;
        const OpInfo *info = op_info(op);
        x->insn = info->text;
        x->insn_at = (uint32_t)(from - x->start);
        if (x->r.at - from > 1) {
            const uint8_t *behind = x->r.at;
            x->r.at = from + 1;
            say(x, from, "opcode prefix", "0x%02x", *from);
            x->r.at = behind;
            say(x, from + 1, "opcode", "0x%02x %u: %s", *from, (unsigned)info->code, info->text);
        } else {
            say(x, from, "opcode", "0x%02x: %s", *from, info->text);
        }
        if (op == OP_block || op == OP_loop || op == OP_if || op == OP_try || op == OP_try_table)
            depth++;
        else if (op == OP_end || op == OP_delegate)
            depth--;
        x_immediates(x, info);
    }
    if (!x->found)
        x->insn = NULL;
}

/* ---- items ---- */

static void item_begin(Explainer *x, const char *word, NameKind names, uint32_t index) {
    x->item = word;
    x->names = names;
    x->index = index;
    x->span = (ItemSpan){.section = x->section, .index = index};
    x->span.start = (uint32_t)(x->r.at - x->start);
}

static void item_end(Explainer *x, uint32_t text_at) {
    x->item = NULL;
    x->span.end = (uint32_t)(x->r.at - x->start);
    x->span.text_at = text_at;
    Lang *l = x->l;
    if (x->target != UINT32_MAX)
        return;
    if (!wt_vec_grow(l->al, (void **)&l->items, &l->item_cap, l->item_count, sizeof *l->items))
        x->r.error = READ_end;
    else
        l->items[l->item_count++] = x->span;
}

static void x_limits(Explainer *x) {
    uint8_t flags = x_byte(x, "limits: bit 0 a maximum, 1 shared, 2 64-bit, 3 page size", NULL);
    x_u64(x, "minimum");
    if (flags & 1)
        x_u64(x, "maximum");
    if (flags & 8)
        x_u32(x, "logarithm of the page size");
}

static void x_table_type(Explainer *x) {
    x_type(x, "reference type", any_valtype);
    x_limits(x);
}

static void x_global_type(Explainer *x) {
    x_type(x, "value type", any_valtype);
    x_byte(x, "mutability", reader_left(&x->r) && *x->r.at ? "mutable" : "constant");
}

static void x_tag_type(Explainer *x) {
    x_byte(x, "attribute", "exception");
    x_index(x, "type index", NAME_type);
}

static void x_extern_type(Explainer *x) {
    static const char *const kinds[] = {"function", "table", "memory", "global", "tag"};
    uint8_t kind = reader_left(&x->r) ? *x->r.at : 0;
    x_byte(x, "kind", (kind & 0x1F) < 5 ? kinds[kind & 0x1F] : "?");
    switch (kind & 0x1F) {
    case EXTERN_func:
        x_index(x, "type index", NAME_type);
        break;
    case EXTERN_table:
        x_table_type(x);
        break;
    case EXTERN_memory:
        x_limits(x);
        break;
    case EXTERN_global:
        x_global_type(x);
        break;
    case EXTERN_tag:
        x_tag_type(x);
        break;
    default:
        break;
    }
}

static void x_storage(Explainer *x) {
    x_type(x, "field type", wt_insn_storagetype);
    x_byte(x, "mutability", reader_left(&x->r) && *x->r.at ? "mutable" : "constant");
}

static void x_composite(Explainer *x) {
    uint8_t form = reader_left(&x->r) ? *x->r.at : 0;
    if (form == 0x4C || form == 0x4D) {
        x_byte(x, "clause", form == 0x4D ? "descriptor" : "describes");
        x_index(x, "type index", NAME_type);
        x_composite(x);
        return;
    }
    static const char *const lists[] = {"number of parameters", "number of results"};
    static const char *const types[] = {"parameter type", "result type"};
    switch (form) {
    case 0x60:
        x_byte(x, "form", "function type");
        for (unsigned k = 0; k < 2; k++)
            for (uint32_t n = x_u32(x, lists[k]); n > 0 && !x->r.error; n--)
                x_type(x, types[k], any_valtype);
        break;
    case 0x5F:
        x_byte(x, "form", "structure type");
        for (uint32_t n = x_u32(x, "number of fields"); n > 0 && !x->r.error; n--)
            x_storage(x);
        break;
    case 0x5E:
        x_byte(x, "form", "array type");
        x_storage(x);
        break;
    case 0x5D:
        x_byte(x, "form", "continuation type");
        x_index(x, "type index", NAME_type);
        break;
    default:
        x->r.error = READ_end;
    }
}

static void x_subtype(Explainer *x, uint32_t index) {
    item_begin(x, "type", NAME_type, index);
    uint8_t form = reader_left(&x->r) ? *x->r.at : 0;
    if (form == 0x50 || form == 0x4F) {
        x_byte(x, "form", form == 0x50 ? "type that may have subtypes" : "final type");
        for (uint32_t n = x_u32(x, "number of supertypes"); n > 0 && !x->r.error; n--)
            x_index(x, "supertype", NAME_type);
    }
    x_composite(x);
    item_end(x, index < x->m->type_count ? x->m->types[index].at : UINT32_MAX);
}

static void x_types(Explainer *x) {
    uint32_t index = 0;
    for (uint32_t n = x_u32(x, "number of recursion groups"); n > 0 && !x->r.error; n--) {
        uint32_t members = 1;
        if (reader_left(&x->r) && *x->r.at == 0x4E) {
            x_byte(x, "form", "recursion group");
            members = x_u32(x, "number of types");
        }
        for (; members > 0 && !x->r.error; members--)
            x_subtype(x, index++);
    }
}

static void x_imports(Explainer *x) {
    const Module *m = x->m;
    uint32_t index = 0;
    for (uint32_t n = x_u32(x, "number of imports"); n > 0 && !x->r.error; n--) {
        item_begin(x, "import", NAME_count, index);
        x_name(x, "length of the module's name", "module name");
        bool group = index < m->import_count && m->imports[index].form != IMPORT_plain;
        x_name(x, "length of the name", "name");
        if (!group) {
            x_extern_type(x);
            item_end(x, index < m->import_count ? m->imports[index].at : UINT32_MAX);
            index++;
            continue;
        }
        bool by_type = reader_left(&x->r) && *x->r.at == 0x7E;
        x_byte(x, "form", by_type ? "names of one type" : "names with types");
        if (by_type)
            x_extern_type(x);
        for (uint32_t k = x_u32(x, "number of names"); k > 0 && !x->r.error; k--) {
            x_name(x, "length of the name", "name");
            if (!by_type)
                x_extern_type(x);
            index++;
        }
        item_end(x, index && index - 1 < m->import_count ? m->imports[index - 1].at : UINT32_MAX);
    }
}

static void x_export(Explainer *x, uint32_t i) {
    static const char *const kinds[] = {"function", "table", "memory", "global", "tag"};
    static const NameKind names[] = {NAME_func, NAME_table, NAME_memory, NAME_global, NAME_tag};
    item_begin(x, "export", NAME_count, i);
    x_name(x, "length of the name", "name");
    uint8_t kind = reader_left(&x->r) ? *x->r.at & 0x1F : 0;
    kind = kind < 5 ? kind : 0;
    x_byte(x, "kind", kinds[kind]);
    x_index(x, "index", names[kind]);
    item_end(x, i < x->m->export_count ? x->m->exports[i].at : UINT32_MAX);
}

static void x_elem(Explainer *x, uint32_t i) {
    const Elem *e = i < x->m->elem_count ? &x->m->elems[i] : NULL;
    item_begin(x, "elem", NAME_elem, i);
    uint32_t flags =
        x_u32(x, "flags: bit 0 passive or declarative, 1 a table index or declarative, "
                 "2 expressions");
    if (!(flags & 1)) {
        if (flags & 2)
            x_index(x, "table index", NAME_table);
        x_code(x, 0);
    }
    if ((flags & 3) && (flags & 4))
        x_type(x, "reference type", any_valtype);
    else if (flags & 3)
        x_byte(x, "kind of elements", "functions");
    uint32_t n = x_u32(x, "number of elements");
    x->span.code[1] = flags & 4 ? (uint32_t)(x->r.at - x->start) : 0;
    for (; n > 0 && !x->r.error && !x->found; n--)
        if (flags & 4)
            x_code(x, 1);
        else
            x_index(x, "function index", NAME_func);
    item_end(x, e ? e->at : UINT32_MAX);
}

static void x_data(Explainer *x, uint32_t i) {
    item_begin(x, "data", NAME_data, i);
    uint32_t flags = x_u32(x, "flags: 0 active, 1 passive, 2 active with a memory index");
    if (flags == 2)
        x_index(x, "memory index", NAME_memory);
    if (flags != 1)
        x_code(x, 0);
    x_bytes(x, x_u32(x, "number of bytes"), "data");
    item_end(x, i < x->m->data_count ? x->m->datas[i].at : UINT32_MAX);
}

static void x_func(Explainer *x, uint32_t i) {
    item_begin(x, "func", NAME_func, i);
    uint32_t size = x_u32(x, "body size");
    const uint8_t *end = x->r.at + WT_MIN(size, reader_left(&x->r));
    x->span.code[0] = (uint32_t)(x->r.at - x->start);
    const uint8_t *target = x->start + x->target;
    if (x->target != UINT32_MAX && target >= x->r.at && target < end) {
        for (uint32_t n = x_u32(x, "number of local groups"); n > 0 && !x->r.error; n--) {
            x_u32(x, "number of locals");
            x_type(x, "type of the locals", any_valtype);
        }
        x_code(x, 0);
    }
    x->r.at = end;
    item_end(x, i < x->m->func_count ? x->m->funcs[i].at : UINT32_MAX);
}

static void x_entry(Explainer *x, uint32_t i) {
    const Module *m = x->m;
    switch ((SectionId)x->section) {
    case SECTION_func:
        i += m->func_imports;
        item_begin(x, "func", NAME_func, i);
        x_index(x, "type index", NAME_type);
        item_end(x, i < m->func_count ? m->funcs[i].at : UINT32_MAX);
        return;
    case SECTION_table:
        i += m->table_imports;
        item_begin(x, "table", NAME_table, i);
        bool init = reader_left(&x->r) && *x->r.at == 0x40;
        if (init) {
            x_byte(x, "form", "table with an initial value");
            x_byte(x, "reserved", NULL);
        }
        x_table_type(x);
        if (init)
            x_code(x, 0);
        item_end(x, i < m->table_count ? m->tables[i].at : UINT32_MAX);
        return;
    case SECTION_memory:
        i += m->memory_imports;
        item_begin(x, "memory", NAME_memory, i);
        x_limits(x);
        item_end(x, i < m->memory_count ? m->memories[i].at : UINT32_MAX);
        return;
    case SECTION_tag:
        i += m->tag_imports;
        item_begin(x, "tag", NAME_tag, i);
        x_tag_type(x);
        item_end(x, i < m->tag_count ? m->tags[i].at : UINT32_MAX);
        return;
    case SECTION_global:
        i += m->global_imports;
        item_begin(x, "global", NAME_global, i);
        x_global_type(x);
        x_code(x, 0);
        item_end(x, i < m->global_count ? m->globals[i].at : UINT32_MAX);
        return;
    case SECTION_export:
        x_export(x, i);
        return;
    case SECTION_elem:
        x_elem(x, i);
        return;
    case SECTION_data:
        x_data(x, i);
        return;
    case SECTION_code:
        x_func(x, i + m->func_imports);
        return;
    case SECTION_custom:
    case SECTION_type:
    case SECTION_import:
    case SECTION_start:
    case SECTION_datacount:
    case SECTION_count:
        return;
    }
}

/* ---- custom sections ---- */

/* A name map; `nested` of its entries are maps. */
static void x_name_map(Explainer *x, const char *word, NameKind names, bool nested) {
    for (uint32_t n = x_u32(x, "number of names"); n > 0 && !x->r.error && !x->found; n--) {
        uint32_t index = x_index(x, "index", names);
        x->item = word;
        x->names = names;
        x->index = index;
        if (nested)
            x_name_map(x, NULL, NAME_count, false);
        else
            x_name(x, "length of the name", "name");
        if (word)
            x->item = NULL;
    }
}

static void x_names(Explainer *x, const uint8_t *end) {
    static const struct {
        const char *part, *word;
        bool nested;
    } rows[NAME_count] = {
        {"name of the module", NULL, false},
        {"names of functions", "func", false},
        {"names of locals", "func", true},
        {"names of labels", "func", true},
        {"names of types", "type", false},
        {"names of tables", "table", false},
        {"names of memories", "memory", false},
        {"names of globals", "global", false},
        {"names of element segments", "elem", false},
        {"names of data segments", "data", false},
        {"names of fields", "type", true},
        {"names of tags", "tag", false},
    };
    static const NameKind outer[NAME_count] = {NAME_count, NAME_func,  NAME_func,   NAME_func,
                                               NAME_type,  NAME_table, NAME_memory, NAME_global,
                                               NAME_elem,  NAME_data,  NAME_type,   NAME_tag};
    while (x->r.at < end && !x->r.error && !x->found) {
        uint8_t id = x_byte(x, "kind of names", NULL);
        x->part = id < NAME_count ? rows[id].part : "names of a kind that is not known";
        uint32_t size = x_u32(x, "size of the subsection");
        const uint8_t *behind = x->r.at + WT_MIN(size, (size_t)(end - x->r.at));
        if (id == NAME_module)
            x_name(x, "length of the name", "name");
        else if (id < NAME_count)
            x_name_map(x, rows[id].word, outer[id], rows[id].nested);
        if (!x->r.error && x->r.at < behind)
            x_bytes(x, (size_t)(behind - x->r.at), "contents");
        x->part = NULL;
    }
}

static void x_custom(Explainer *x, const uint8_t *end) {
    Slice name = x_name(x, "length of the name", "name of the section");
    x->title = name;
    if (slice_is(name, "name"))
        x_names(x, end);
    if (!x->found && !x->r.error && x->r.at < end)
        x_bytes(x, (size_t)(end - x->r.at), "contents");
}

/* ---- sections ---- */

static void x_section_contents(Explainer *x, const uint8_t *end) {
    static const char *const counts[SECTION_count] = {
        [SECTION_func] = "number of functions",  [SECTION_table] = "number of tables",
        [SECTION_memory] = "number of memories", [SECTION_global] = "number of globals",
        [SECTION_export] = "number of exports",  [SECTION_elem] = "number of element segments",
        [SECTION_code] = "number of bodies",     [SECTION_data] = "number of data segments",
        [SECTION_tag] = "number of tags"};
    if (x->section == SECTION_custom) {
        x_custom(x, end);
    } else if (x->section == SECTION_type) {
        x_types(x);
    } else if (x->section == SECTION_import) {
        x_imports(x);
    } else if (x->section == SECTION_start) {
        item_begin(x, "start", NAME_count, 0);
        x_index(x, "function index", NAME_func);
        item_end(x, x->m->start_at);
    } else if (x->section == SECTION_datacount) {
        x_u32(x, "number of data segments");
    } else if (x->section < SECTION_count) {
        uint32_t n = x_u32(x, counts[x->section]);
        for (uint32_t i = 0; i < n && !x->r.error && !x->found; i++)
            x_entry(x, i);
    }
}

static void x_sections(Explainer *x) {
    x_bytes(x, 4, "magic number");
    x_bytes(x, 4, "version of the format");
    while (reader_left(&x->r) && !x->r.error && !x->found) {
        uint8_t id = *x->r.at;
        x->section = id;
        x->section_name = id < SECTION_count ? wt_section_name((SectionId)id) : "unknown";
        x->title = (Slice){NULL, 0};
        x_byte(x, "section id", x->section_name);
        uint32_t size = x_u32(x, "section size");
        const uint8_t *end = x->r.at + WT_MIN(size, reader_left(&x->r));
        bool inside = x->target == UINT32_MAX || x->start + x->target < end;
        if (inside && !x->found)
            x_section_contents(x, end);
        x->section_name = NULL;
        if (!x->r.error)
            x->r.at = end;
    }
}

static bool explain_bytes(Lang *l, Explainer *x, uint32_t target) {
    const Version *v = lang_now(l);
    *x = (Explainer){.l = l, .m = &v->m, .target = target, .start = v->binary.data};
    if (v->d.errors || !v->binary.len)
        return false;
    x->r = reader_of(v->binary.data, v->binary.len);
    wt_buf_init(&x->path, l->al);
    wt_buf_init(&x->value, l->al);
    x_sections(x);
    return true;
}

bool wt_lang_find_items(Lang *l) {
    if (l->items_found)
        return true;
    Explainer x;
    l->item_count = 0;
    explain_bytes(l, &x, UINT32_MAX);
    l->items_found = true;
    return x.r.error == 0;
}

/* Where an item stands in the text: most are fields, and the type of a function
 * may stand inside.
 */
static bool is_main(const ItemSpan *item) { return item->section != SECTION_func; }

const ItemSpan *wt_lang_item_of(const Lang *l, uint32_t text_at) {
    const ItemSpan *best = NULL;
    for (size_t i = 0; i < l->item_count; i++) {
        const ItemSpan *item = &l->items[i];
        if (item->text_at == text_at && is_main(item) &&
            (!best || best->section == SECTION_export || best->section == SECTION_type))
            best = item;
    }
    return best;
}

/* The instruction's words in the text, or the field's. */
static bool source_of(Lang *l, const Explainer *x, uint32_t *at, uint32_t *end) {
    const ItemSpan *item = NULL;
    uint32_t offset = (uint32_t)(x->from - x->start);
    for (size_t i = 0; i < l->item_count && !item; i++)
        if (l->items[i].start <= offset && offset < l->items[i].end)
            item = &l->items[i];
    if (!item || item->text_at >= lang_text(l).len || !wt_lang_find_fields(l))
        return false;
    *at = item->text_at;
    *end = wt_lang_group_end(l, *at);
    /* A type that a function implies is that function's affair. */
    const FieldSpan *field_span = wt_lang_field_at(l, *at);
    if (lang_text(l).data[*at] != '(' && field_span) {
        *at = field_span->at;
        *end = field_span->end;
    }
    MapField field;
    if (!x->insn || !wt_lang_read_map(l, (SectionId)item->section, item->index, &field))
        return true;
    uint32_t inside = x->insn_at - item->code[x->expr_part];
    for (size_t i = 0; i < field.count; i++)
        if (field.marks[i].offset == inside && field.marks[i].part == x->expr_part) {
            *at = field.marks[i].token.at;
            *end = wt_lang_insn_end(l, field.marks[i].token);
            break;
        }
    return true;
}

bool wt_lang_byte_info(Lang *l, uint32_t offset, Buf *out) {
    Explainer x;
    if (!wt_lang_find_items(l))
        return false;
    if (offset == UINT32_MAX || !explain_bytes(l, &x, offset) || !x.found) {
        buf_str(out, "null");
    } else {
        wt_buf_printf(out, "{\"path\":[");
        buf_bytes(out, x.path.data, x.path.len);
        wt_buf_printf(out, "],\"field\":\"%s\",\"value\":", x.field);
        wt_report_json_string(out, slice(x.value.data, x.value.len));
        wt_buf_printf(out, ",\"bytes\":{\"start\":%u,\"end\":%u},\"source\":",
                      (unsigned)(x.from - x.start), (unsigned)(x.end - x.start));
        uint32_t at, end;
        if (source_of(l, &x, &at, &end)) {
            buf_u8(out, '{');
            wt_lang_put_span(l, out, at, end);
            buf_str(out, "}}");
        } else {
            buf_str(out, "null}");
        }
    }
    if (x.l) {
        wt_buf_free(&x.path);
        wt_buf_free(&x.value);
    }
    return true;
}
