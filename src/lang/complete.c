/* What may stand at a place: identifiers of the index space that is expected
   there, types, words, and instructions, those first that take what is on the
   operand stack. */
#include "lang/inside.h"

#include "tools/report.h"
#include "wasm/op.h"

enum { ITEMS_most = 300, STACK_seen = 8 };

typedef struct Complete {
    Lang *l;
    Buf *out;
    Slice prefix;
    uint32_t count;
    /* The top of the operand stack, the last one on top. */
    ValType stack[STACK_seen];
    uint32_t height;
    bool known, unreachable;
} Complete;

/* ---- items ---- */

static bool matches_prefix(const Complete *c, Slice word) {
    if (c->prefix.len <= 1)
        return c->prefix.len == 0 || (word.len && word.data[0] == c->prefix.data[0]);
    for (size_t i = 0; i + c->prefix.len <= word.len; i++)
        if (memcmp(word.data + i, c->prefix.data, c->prefix.len) == 0)
            return true;
    return false;
}

static void put_item(Complete *c, Slice label, const char *kind, Slice detail, bool fits) {
    if (c->count++)
        buf_u8(c->out, ',');
    buf_str(c->out, "{\"label\":");
    wt_report_json_string(c->out, label);
    wt_buf_printf(c->out, ",\"kind\":\"%s\",\"detail\":", kind);
    wt_report_json_string(c->out, detail);
    wt_buf_printf(c->out, ",\"fits\":%s}", fits ? "true" : "false");
}

/* ---- the stack here ---- */

/* The operands before a place of a function: as its instructions up to there
 * leave them. */
static void find_stack(Complete *c, uint32_t field, uint32_t at) {
    uint32_t funcidx = wt_lang_func_at(c->l, field);
    MapField map;
    if (funcidx == UINT32_MAX || !wt_lang_read_map(c->l, SECTION_code, funcidx, &map))
        return;
    Walk w;
    Insn in;
    bool ok = wt_lang_walk_begin(c->l, &w, funcidx, &map);
    for (size_t i = 0; ok && i < map.count && map.marks[i].token.at < at; i++)
        ok = w.ctrl_count && w.r.at != w.r.end && walk_step(&w, false, &in) && w.ctrl_count;
    if (ok) {
        const Ctrl *top = walk_top(&w);
        uint32_t height = walk_height(&w) - top->height;
        c->height = WT_MIN(height, (uint32_t)STACK_seen);
        c->known = true;
        c->unreachable = top->unreachable;
        for (uint32_t i = 0; i < c->height; i++)
            c->stack[i] = w.sp[(int)i - (int)c->height];
    }
    wt_walk_free(&w);
}

/* What instructions without a fixed signature take: from the bottom, i an i32,
   r a reference, t anything. Others take nothing that could be told here. */
static const struct {
    uint16_t op;
    char takes[5];
} takes_rows[] = {
    {OP_drop, "t"},         {OP_local_set, "t"},         {OP_local_tee, "t"},
    {OP_global_set, "t"},   {OP_select, "tti"},          {OP_if, "i"},
    {OP_br_if, "i"},        {OP_br_table, "i"},          {OP_call_indirect, "i"},
    {OP_call_ref, "r"},     {OP_ref_is_null, "r"},       {OP_ref_as_non_null, "r"},
    {OP_ref_eq, "rr"},      {OP_br_on_null, "r"},        {OP_br_on_non_null, "r"},
    {OP_struct_get, "r"},   {OP_struct_get_s, "r"},      {OP_struct_get_u, "r"},
    {OP_struct_set, "rt"},  {OP_array_get, "ri"},        {OP_array_get_s, "ri"},
    {OP_array_get_u, "ri"}, {OP_array_set, "rit"},       {OP_array_len, "r"},
    {OP_ref_i31, "i"},      {OP_i31_get_s, "r"},         {OP_i31_get_u, "r"},
    {OP_array_new, "ti"},   {OP_array_new_default, "i"}, {OP_table_get, "i"},
    {OP_table_set, "ir"},   {OP_table_grow, "ri"},       {OP_table_fill, "iri"},
    {OP_table_copy, "iii"}, {OP_table_init, "iii"},      {OP_memory_copy, "iii"},
    {OP_throw_ref, "r"},    {OP_ref_test, "r"},          {OP_ref_cast, "r"},
    {OP_br_on_cast, "r"},   {OP_br_on_cast_fail, "r"},
};

static bool operand_fits(const Complete *c, uint32_t from_top, ValType want, char letter) {
    if (from_top >= c->height)
        return c->unreachable;
    ValType have = c->stack[c->height - 1 - from_top];
    if (letter == 'r')
        return valtype_is_ref(have) || have == VAL_bot;
    if (letter == 't' || have == VAL_bot)
        return true;
    return have == want;
}

/* How many operands an instruction takes, when they are there; -1: they are
 * not. */
static int takes_here(const Complete *c, unsigned op) {
    const OpInfo *info = op_info(op);
    if (info->sig != SIG_SPECIAL) {
        const SigInfo *sig = &wt_sig_table[info->sig];
        ValType address = memory_address(&lang_now(c->l)->m, 0);
        for (uint32_t i = 0; i < sig->param_count; i++) {
            ValType want = sig->params[sig->param_count - 1 - i];
            if (!operand_fits(c, i, want == VAL_address ? address : want, 0))
                return -1;
        }
        return sig->param_count;
    }
    for (size_t k = 0; k < WT_COUNT(takes_rows); k++) {
        if (takes_rows[k].op != op)
            continue;
        const char *takes = takes_rows[k].takes;
        uint32_t n = (uint32_t)strlen(takes);
        for (uint32_t i = 0; i < n; i++)
            if (!operand_fits(c, i, VAL_i32, takes[n - 1 - i]))
                return -1;
        return (int)n;
    }
    return 0;
}

/* Instructions: those that take operands which are there, those that take none,
 * the others. */
static void put_instructions(Complete *c) {
    Buf detail;
    wt_buf_init(&detail, c->l->al);
    buf_room(&detail, 64);
    const char *last = "";
    for (unsigned pass = 0; pass < 3; pass++)
        for (unsigned op = 0; op < OP_count && c->count < ITEMS_most; op++) {
            const OpInfo *info = op_info(op);
            if (!info->text || strcmp(info->text, last) == 0 ||
                !matches_prefix(c, slice_str(info->text)))
                continue;
            int takes = c->known ? takes_here(c, op) : -1;
            if ((takes > 0 ? 0u : takes == 0 ? 1u : 2u) != pass)
                continue;
            last = info->text;
            detail.len = 0;
            wt_lang_put_signature(c->l, &detail, op);
            put_item(c, slice_str(info->text), "instruction", slice(detail.data, detail.len),
                     takes >= 0);
        }
    wt_buf_free(&detail);
}

/* ---- words, types, identifiers ---- */

static void put_words(Complete *c, Kind kind, const char *name) {
    const WordInfo *word;
    for (size_t i = 0; (word = wt_lang_word(i)) && c->count < ITEMS_most; i++)
        if (word->kind == kind && matches_prefix(c, slice_str(word->text)))
            put_item(c, slice_str(word->text), name, slice_str(""), true);
}

static void put_identifiers(Complete *c, SymbolSpace space, uint32_t scope, uint32_t at) {
    Lang *l = c->l;
    Buf detail;
    wt_buf_init(&detail, l->al);
    buf_room(&detail, 64);
    const FieldSpan *field = wt_lang_field_at(l, at);
    for (size_t i = 0; i < l->symbol_count && c->count < ITEMS_most; i++) {
        const Symbol *s = &l->symbols[i];
        Slice label = slice(lang_text(l).data + s->at, s->len);
        if (!s->defines || (space != SYMBOL_none && s->space != space) ||
            s->space == SYMBOL_module || !matches_prefix(c, label))
            continue;
        bool local = s->space == SYMBOL_local || s->space == SYMBOL_field;
        if (local && space != SYMBOL_none && s->scope != scope)
            continue;
        bool around = field && s->at >= field->at && s->at < at && at <= s->until;
        if ((s->space == SYMBOL_label && !around) ||
            (space == SYMBOL_none && local && !(field && s->scope == field->at)))
            continue;
        detail.len = 0;
        wt_lang_put_symbol_type(l, &detail, s);
        put_item(c, label, "identifier", slice(detail.data, detail.len), space != SYMBOL_none);
    }
    wt_buf_free(&detail);
}

bool wt_lang_waits_for_index(const Context *c) {
    if (c->space == SYMBOL_none)
        return false;
    if (c->op == OP_illegal)
        return !c->defines && (c->n == 0 || slice_is(c->word, "elem"));
    switch ((Imm)op_info(c->op)->imm) {
    case IMM_BR_TABLE:
        return true;
    case IMM_TYPE_FIELD:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_TAG:
    case IMM_RESUME_THROW:
        return c->n < 2;
    case IMM_NONE: /* labels that may be repeated */
    case IMM_MEMARG:
    case IMM_MEMARG_LANE:
    case IMM_MEM:
    case IMM_MEM_MEM:
    case IMM_TYPE_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_TABLE:
        return false;
    default:
        return c->n < 1;
    }
}

static bool wants_type(const Context *c) {
    static const char *const words[] = {"param", "result", "local", "global", "mut",  "field",
                                        "array", "table",  "ref",   "item",   "elem", "memory"};
    for (size_t i = 0; i < WT_COUNT(words) && c->op == OP_illegal; i++)
        if (slice_is(c->word, words[i]))
            return true;
    return c->op == OP_ref_null || c->op == OP_v128_const;
}

static void put_candidates(Complete *c, const Context *context, uint32_t from) {
    bool id = c->prefix.len && c->prefix.data[0] == '$';
    if (id && context->defines)
        return;
    if (id || (!c->prefix.len && wt_lang_waits_for_index(context)))
        put_identifiers(c, context->space, context->scope, from);
    if (id || (c->count && !context->opens && wt_lang_waits_for_index(context) &&
               context->op != OP_illegal))
        return;
    const FieldSpan *field = wt_lang_field_at(c->l, from);
    if (!field || (context->opens && field->at + 1 == from)) {
        put_words(c, KIND_OF_field, "keyword");
        return;
    }
    if (wants_type(context) && !context->opens) {
        put_words(c, KIND_OF_type, "type");
        return;
    }
    find_stack(c, field->at, from);
    put_instructions(c);
    if (context->opens) {
        put_words(c, KIND_OF_clause, "keyword");
        put_words(c, KIND_OF_field, "keyword");
    } else {
        put_words(c, KIND_OF_type, "type");
    }
}

bool wt_lang_complete(Lang *l, uint32_t at, Buf *out) {
    Context context;
    if (!wt_lang_find_symbols(l))
        return false;
    bool opens;
    Token t = wt_lang_token_at(l, at, &opens);
    bool word = t.at < at && at <= t.at + t.len &&
                (t.kind == TOKEN_keyword || t.kind == TOKEN_id || t.kind == TOKEN_reserved ||
                 (t.kind == TOKEN_error && lang_text(l).data[t.at] == '$'));
    uint32_t from = word ? t.at : at;
    if (!wt_lang_context(l, from, &context))
        return false;
    Complete c = {.l = l, .out = out, .prefix = slice(lang_text(l).data + from, at - from)};
    wt_buf_printf(out, "{\"from\":%u,\"items\":[", (unsigned)wt_lang_unit(l, from));
    put_candidates(&c, &context, from);
    buf_str(out, "]}");
    return true;
}
