/* What stands at a place, in words: instructions, words of the format,
   identifiers.

   Instructions that come in many types have one row in docs.def, found by their
   name without types, widths and signs; what these say is added from ops.def.
 */
#include "lang/inside.h"

#include "tools/report.h"
#include "wasm/op.h"

typedef enum TrapBit {
#define TRAP(ident, text) TRAP_BIT_##ident,
#include "wasm/traps.def"
#undef TRAP
    TRAP_BIT_count,
} TrapBit;
static const char *const trap_texts[] = {
#define TRAP(ident, text) text,
#include "wasm/traps.def"
#undef TRAP
};
#define T(ident) (1u << TRAP_BIT_##ident)
_Static_assert(TRAP_BIT_count <= 32, "a set fits a word");

typedef struct DocRow {
    const char *key;
    uint32_t traps;
    const char *signature, *text;
} DocRow;
static const DocRow doc_rows[] = {
#define DOC(key, traps, signature, text) {key, traps, signature, text},
#include "lang/docs.def"
#undef DOC
};

/* ---- instructions ---- */

static const DocRow *find_doc(Slice key) {
    for (size_t i = 0; i < WT_COUNT(doc_rows); i++)
        if (slice_is(key, doc_rows[i].key))
            return &doc_rows[i];
    return NULL;
}

static bool is_type_part(Slice s) {
    static const char *const words[] = {"s",     "u",     "f32",   "f64",   "i32",
                                        "i64",   "i8x16", "i16x8", "i32x4", "i64x2",
                                        "f32x4", "f64x2", "i7x16"};
    for (size_t i = 0; i < WT_COUNT(words); i++)
        if (slice_is(s, words[i]))
            return true;
    return false;
}

/* "i32.atomic.rmw8.add_u" to "i.atomic.rmw.add", "v128.load8x8_s" to "v.load".
 */
static Slice instruction_key(const OpInfo *info, char *key) {
    Slice name = slice_str(info->text);
    const uint8_t *dot = memchr(name.data, '.', name.len);
    if (!dot)
        return name;
    Slice type = slice(name.data, (size_t)(dot - name.data));
    size_t n = 0;
    if (is_type_part(type) || slice_is(type, "v128")) {
        key[n++] = info->page == 0xFD ? 'v' : (char)*name.data;
    } else {
        memcpy(key, type.data, type.len);
        n = type.len;
    }
    const uint8_t *p = dot, *end = name.data + name.len;
    while (p != end) {
        const uint8_t *from = p + 1;
        for (p = from; p != end && *p != '.' && *p != '_';)
            p++;
        Slice part = slice(from, (size_t)(p - from));
        if (is_type_part(part))
            continue;
        /* Without the width behind it. */
        while (part.len > 1 && !slice_is(part, "q15mulr") && !slice_is(part, "add128") &&
               !slice_is(part, "sub128") &&
               ((part.data[part.len - 1] >= '0' && part.data[part.len - 1] <= '9') ||
                part.data[part.len - 1] == 'x') &&
               !slice_is(part, "max") && !slice_is(part, "pmax"))
            part.len--;
        bool joins = from[-1] == '_' && n > 1;
        key[n++] = joins ? '_' : '.';
        memcpy(key + n, part.data, part.len);
        n += part.len;
    }
    return slice(key, n);
}

static const DocRow *doc_of(const OpInfo *info) {
    const DocRow *row = find_doc(slice_str(info->text));
    char buffer[64];
    Slice key = row ? (Slice){NULL, 0} : instruction_key(info, buffer);
    row = row ? row : find_doc(key);
    /* Vectors of what numbers do one by one; then any type. */
    static const char others[] = "ifn";
    for (size_t i = 0; !row && key.data == (const uint8_t *)buffer && others[i]; i++)
        if (i == 2 || buffer[0] == 'v') {
            char first = buffer[0];
            buffer[0] = others[i];
            row = find_doc(key);
            buffer[0] = first;
        }
    return row;
}

static void put_signature(Lang *l, Buf *out, const OpInfo *info, const DocRow *row) {
    if (info->sig == SIG_SPECIAL) {
        buf_str(out, row ? row->signature : "");
        return;
    }
    const Module *m = &lang_now(l)->m;
    const SigInfo *sig = &wt_sig_table[info->sig];
    ValType address = memory_address(m, 0) == VAL_i64 ? VAL_i64 : VAL_i32, types[4];
    for (unsigned i = 0; i < sig->param_count; i++)
        types[i] = sig->params[i] == VAL_address ? address : sig->params[i];
    wt_type_print_list(out, types, sig->param_count);
    for (unsigned i = 0; i < sig->result_count; i++)
        types[i] = sig->results[i] == VAL_address ? address : sig->results[i];
    buf_str(out, " -> ");
    wt_type_print_list(out, types, sig->result_count);
}

/* What the name says beyond its row. */
static void put_doc_text(Buf *out, const OpInfo *info, const DocRow *row) {
    Slice name = slice_str(info->text);
    bool is_signed = name.len > 2 && memcmp(name.data + name.len - 2, "_s", 2) == 0;
    bool is_unsigned = name.len > 2 && memcmp(name.data + name.len - 2, "_u", 2) == 0;
    buf_str(out, row->text);
    if (info->page == 0xFD && row->key[0] != 'v' && row->key[1] == '.')
        buf_str(out, " Each lane by itself.");
    if (is_signed)
        buf_str(out, " Integers are taken as signed.");
    if (is_unsigned)
        buf_str(out, " Integers are taken as unsigned.");
    bool narrow = (info->kind == KIND_LOAD || info->kind == KIND_STORE) && info->page == 0;
    if (narrow || (info->kind == KIND_ATOMIC && info->imm == IMM_MEMARG))
        wt_buf_printf(out, " It takes %u %s.", 1u << info->align, info->align ? "bytes" : "byte");
}

static void put_opcode(Buf *out, const OpInfo *info) {
    if (!info->page) {
        wt_buf_printf(out, "%02X", (unsigned)info->code);
        return;
    }
    wt_buf_printf(out, "%02X", (unsigned)info->page);
    for (unsigned code = info->code; code; code >>= 7)
        wt_buf_printf(out, " %02X", (code & 0x7F) | (code > 0x7F ? 0x80u : 0));
    if (!info->code)
        buf_str(out, " 00");
}

static void put_json_buf(Buf *out, const char *key, const Buf *text) {
    wt_buf_printf(out, ",\"%s\":", key);
    wt_report_json_string(out, slice(text->data, text->len));
}

/* Everything behind the title. */
static void put_op_doc(Lang *l, Buf *out, unsigned op) {
    const OpInfo *info = op_info(op);
    const DocRow *row = doc_of(info);
    Buf text;
    wt_buf_init(&text, l->al);
    buf_room(&text, 64);
    put_signature(l, &text, info, row);
    put_json_buf(out, "signature", &text);
    text.len = 0;
    if (row)
        put_doc_text(&text, info, row);
    put_json_buf(out, "text", &text);
    text.len = 0;
    buf_str(out, ",\"traps\":[");
    const char *between = "";
    uint32_t traps = row ? row->traps : 0;
    /* Only a signed quotient can be too large. */
    if (row && strcmp(row->key, "i.div") == 0 && info->text[info->len - 1] == 'u')
        traps &= ~T(integer_overflow);
    for (unsigned i = 0; i < TRAP_BIT_count; i++)
        if (traps >> i & 1) {
            wt_buf_printf(out, "%s\"%s\"", between, trap_texts[i]);
            between = ",";
        }
    buf_u8(out, ']');
    put_opcode(&text, info);
    put_json_buf(out, "opcode", &text);
    wt_buf_free(&text);
    if (info->feature == FEATURE_mvp)
        buf_str(out, ",\"feature\":null}");
    else
        wt_buf_printf(out, ",\"feature\":\"%s\"}", wt_feature_name((Feature)info->feature));
}

const char *wt_lang_op_text(unsigned op) {
    const DocRow *row = doc_of(op_info(op));
    return row ? row->text : NULL;
}

void wt_lang_put_signature(Lang *l, Buf *out, unsigned op) {
    put_signature(l, out, op_info(op), doc_of(op_info(op)));
}

/* ---- identifiers ---- */

static const struct {
    const char *word, *text;
    NameKind names;
} symbol_rows[] = {
    [SYMBOL_none] = {"", "", NAME_count},
    [SYMBOL_module] = {"module", "The name of the module.", NAME_count},
    [SYMBOL_type] = {"type", "A type of the module.", NAME_type},
    [SYMBOL_func] = {"func", "A function of the module.", NAME_func},
    [SYMBOL_table] = {"table", "A table of the module.", NAME_table},
    [SYMBOL_memory] = {"memory", "A memory of the module.", NAME_memory},
    [SYMBOL_global] = {"global", "A global of the module.", NAME_global},
    [SYMBOL_tag] = {"tag", "A kind of exception.", NAME_tag},
    [SYMBOL_elem] = {"elem", "An element segment.", NAME_elem},
    [SYMBOL_data] = {"data", "A data segment.", NAME_data},
    [SYMBOL_local] = {"local", "A variable of the function.", NAME_count},
    [SYMBOL_label] = {"label", "A branch to it goes behind the end of the block.", NAME_count},
    [SYMBOL_field] = {"field", "A field of a structure.", NAME_count},
};

/* The index of a name in a map, or UINT32_MAX. */
static uint32_t index_in(NameWalk walk, Slice name) {
    uint32_t index;
    Slice other;
    while (wt_names_next(&walk, &index, &other))
        if (slice_eq(other, name))
            return index;
    return UINT32_MAX;
}

void wt_lang_put_func_type(const Lang *l, Buf *out, uint32_t type) {
    const Module *m = &l->versions[l->current].m;
    if (type >= m->type_count || m->types[type].kind != TYPE_func)
        return;
    const TypeDef *t = &m->types[type];
    wt_lang_put_types(l, out, t->params, t->param_count);
    buf_str(out, " -> ");
    wt_lang_put_types(l, out, typedef_results(t), t->result_count);
}

static void put_limits_text(Buf *out, const Limits *limits, const char *what) {
    wt_buf_printf(out, "%llu", (unsigned long long)limits->min);
    if (limits->has_max)
        wt_buf_printf(out, " to %llu", (unsigned long long)limits->max);
    wt_buf_printf(out, " %s%s%s", what, limits->is64 ? ", 64-bit" : "",
                  limits->shared ? ", shared" : "");
}

static void put_local_type(Lang *l, Buf *out, uint32_t funcidx, uint32_t index) {
    MapField field;
    Walk w;
    if (!wt_lang_read_map(l, SECTION_code, funcidx, &field))
        return;
    if (wt_lang_walk_begin(l, &w, funcidx, &field) && index < w.local_total) {
        buf_str(out, ": ");
        wt_lang_put_type(l, out, walk_local(&w, index));
        buf_str(out, index < w.type->param_count ? ", a parameter" : "");
    }
    wt_walk_free(&w);
}

static void put_struct_type(Lang *l, Buf *out, const TypeDef *t) {
    static const char *const kinds[] = {"", "struct", "array", "continuation"};
    buf_str(out, kinds[t->kind]);
    if (t->kind != TYPE_struct && t->kind != TYPE_array)
        return;
    for (uint32_t i = 0; i < t->param_count && i < 20; i++) {
        buf_str(out, i ? ", " : " of ");
        buf_str(out, t->fields[i].mutable_ ? "mut " : "");
        wt_lang_put_type(l, out, t->fields[i].type);
    }
}

/* What stands at an index: ": [f64] -> [f64]", or nothing. */
static void put_index_type(Lang *l, Buf *out, SymbolSpace space, uint32_t index) {
    const Module *m = &lang_now(l)->m;
    size_t before = out->len;
    buf_str(out, ": ");
    size_t lead = out->len;
    switch (space) {
    case SYMBOL_func:
        if (index < m->func_count)
            wt_lang_put_func_type(l, out, m->funcs[index].type);
        break;
    case SYMBOL_tag:
        if (index < m->tag_count)
            wt_lang_put_func_type(l, out, m->tags[index].type);
        break;
    case SYMBOL_type:
        if (index < m->type_count && m->types[index].kind == TYPE_func)
            wt_lang_put_func_type(l, out, index);
        else if (index < m->type_count)
            put_struct_type(l, out, &m->types[index]);
        break;
    case SYMBOL_global:
        if (index < m->global_count) {
            buf_str(out, m->globals[index].mutable_ ? "mut " : "");
            wt_lang_put_type(l, out, m->globals[index].type);
        }
        break;
    case SYMBOL_memory:
        if (index < m->memory_count)
            put_limits_text(out, &m->memories[index].limits, "pages");
        break;
    case SYMBOL_table:
        if (index < m->table_count) {
            put_limits_text(out, &m->tables[index].limits, "of ");
            wt_lang_put_type(l, out, m->tables[index].type);
        }
        break;
    case SYMBOL_elem:
        if (index < m->elem_count)
            wt_buf_printf(out, "%u elements", (unsigned)m->elems[index].count);
        break;
    case SYMBOL_data:
        if (index < m->data_count)
            wt_buf_printf(out, "%zu bytes", m->datas[index].bytes.len);
        break;
    case SYMBOL_none:
    case SYMBOL_module:
    case SYMBOL_local:
    case SYMBOL_label:
    case SYMBOL_field:
        break;
    }
    if (out->len == lead)
        out->len = before;
}

/* "func 3: [f64] -> [f64]" */
void wt_lang_put_symbol_type(Lang *l, Buf *out, const Symbol *symbol) {
    const Module *m = &lang_now(l)->m;
    buf_str(out, symbol_rows[symbol->space].word);
    uint32_t index = UINT32_MAX, funcidx = UINT32_MAX;
    NameKind names = symbol_rows[symbol->space].names;
    if (names != NAME_count)
        index = index_in(wt_names_walk(m->names.sub[names]), symbol->name);
    if (symbol->space == SYMBOL_local) {
        funcidx = wt_lang_func_at(l, symbol->scope);
        index = funcidx == UINT32_MAX
                    ? UINT32_MAX
                    : index_in(wt_names_inner(m->names.sub[NAME_local], funcidx), symbol->name);
    }
    if (index == UINT32_MAX)
        return;
    wt_buf_printf(out, " %u", (unsigned)index);
    if (funcidx != UINT32_MAX)
        put_local_type(l, out, funcidx, index);
    else
        put_index_type(l, out, (SymbolSpace)symbol->space, index);
}

/* ---- the answer ---- */

static void put_title(Lang *l, Buf *out, uint32_t at, uint32_t end, Slice title) {
    buf_u8(out, '{');
    wt_lang_put_span(l, out, at, end);
    buf_str(out, ",\"title\":");
    wt_report_json_string(out, title);
}

static void hover_symbol(Lang *l, Buf *out, const Symbol *symbol) {
    const Symbol *def = wt_lang_definition_of(l, symbol);
    Slice title = slice(lang_text(l).data + symbol->at, symbol->len);
    put_title(l, out, symbol->at, symbol->at + symbol->len, title);
    Buf text;
    wt_buf_init(&text, l->al);
    wt_lang_put_symbol_type(l, &text, def ? def : symbol);
    put_json_buf(out, "signature", &text);
    wt_buf_free(&text);
    const char *words = symbol_rows[symbol->space].text;
    if (!def)
        words = "Nothing with this name is defined.";
    else if (def->space == SYMBOL_label && def->op == OP_loop)
        words = "A branch to it goes back to the start of the loop.";
    wt_buf_printf(out, ",\"text\":\"%s\",\"traps\":[],\"opcode\":\"\",\"feature\":null}", words);
}

/* An index: what has it. */
static void hover_index(Lang *l, Buf *out, Token t, const Context *c) {
    const Module *m = &lang_now(l)->m;
    Slice digits = slice(lang_text(l).data + t.at, t.len);
    uint32_t index = wt_lang_index(digits);
    NameKind names = symbol_rows[c->space].names;
    bool local = c->space == SYMBOL_local;
    if (index == UINT32_MAX || (names == NAME_count && !local)) {
        buf_str(out, "null");
        return;
    }
    put_title(l, out, t.at, t.at + t.len, digits);
    Buf text;
    wt_buf_init(&text, l->al);
    wt_buf_printf(&text, "%s %u", symbol_rows[c->space].word, (unsigned)index);
    Slice name = local ? (Slice){NULL, 0} : wt_names_find(m, names, index);
    if (name.data) {
        buf_str(&text, " $");
        buf_slice(&text, name);
    }
    uint32_t funcidx = local ? wt_lang_func_at(l, c->field) : UINT32_MAX;
    if (funcidx != UINT32_MAX)
        put_local_type(l, &text, funcidx, index);
    else if (!local)
        put_index_type(l, &text, c->space, index);
    put_json_buf(out, "signature", &text);
    wt_buf_free(&text);
    wt_buf_printf(out, ",\"text\":\"%s\",\"traps\":[],\"opcode\":\"\",\"feature\":null}",
                  symbol_rows[c->space].text);
}

static void hover_word(Lang *l, Buf *out, Token t, bool opens) {
    Slice word = slice(lang_text(l).data + t.at, t.len);
    unsigned op = wt_lang_find_op(l, word);
    const WordInfo *info = wt_lang_find_word(l, word);
    const char *text = info ? info->doc : NULL;
    if (info && !opens && slice_is(word, "func"))
        text = "Functions, as a kind of references or of elements.";
    else if (info && !opens && slice_is(word, "struct"))
        text = "All structures, as a kind of references.";
    else if (info && !opens && slice_is(word, "array"))
        text = "All arrays, as a kind of references.";
    else if (word.len > 7 && memcmp(word.data, "offset=", 7) == 0)
        text = "A constant that is added to the address. The sum does not wrap "
               "around.";
    else if (word.len > 6 && memcmp(word.data, "align=", 6) == 0)
        text = "A hint that addresses are multiples of this. What is not aligned "
               "works all the same.";
    if (op == OP_illegal && !text) {
        buf_str(out, "null");
        return;
    }
    put_title(l, out, t.at, t.at + t.len, word);
    if (op != OP_illegal) {
        put_op_doc(l, out, op);
        return;
    }
    buf_str(out, ",\"signature\":null,\"text\":");
    wt_report_json_string(out, slice_str(text));
    buf_str(out, ",\"traps\":[],\"opcode\":\"\",\"feature\":null}");
}

bool wt_lang_hover(Lang *l, uint32_t at, Buf *out) {
    if (!wt_lang_find_symbols(l))
        return false;
    bool opens = false;
    Context context;
    Token t = wt_lang_token_at(l, at, &opens);
    const Symbol *symbol = t.kind == TOKEN_id ? wt_lang_symbol_at(l, t.at) : NULL;
    if (symbol)
        hover_symbol(l, out, symbol);
    else if (t.kind == TOKEN_keyword)
        hover_word(l, out, t, opens);
    else if (t.kind == TOKEN_nat && wt_lang_context(l, t.at, &context) && context.space &&
             wt_lang_waits_for_index(&context))
        hover_index(l, out, t, &context);
    else
        buf_str(out, "null");
    return true;
}
