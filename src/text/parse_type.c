/* Numbers, indices and types of the text format, and the two places where types are looked up by
   their shape: type uses without (type), and the check of those with one.

   Types that no definition spells are appended behind all explicit ones, in the order in which the
   text needs them first. A table of signatures finds the smallest lone final function type; types
   in groups with several members, or open to subtypes, never match. */
#include "text/parse_inside.h"

#include "base/float.h"
#include "base/map.h"

/* ---- numbers ---- */

bool wt_parse_u64(Parser *p, uint64_t max, ErrorCode range, const char *what, uint64_t *v) {
    Token t = p->lx.token;
    *v = 0;
    if (t.kind != TOKEN_nat)
        return wt_parse_unexpected(p, what);
    const uint8_t *s = lexer_text(&p->lx);
    FloatStatus status = FLOAT_OK;
    if (t.len == 1)
        *v = *s & 15u;
    else
        status = wt_base_u64_from_text((const char *)s, t.len, v);
    if (status != FLOAT_OK || *v > max)
        return wt_parse_fail(p, t, range, "%s is at most %llu", what, (unsigned long long)max);
    parser_next(p);
    return true;
}

bool wt_parse_u32(Parser *p, const char *what, uint32_t *v) {
    uint64_t wide;
    bool ok = wt_parse_u64(p, UINT32_MAX, ERR_i32_range, what, &wide);
    *v = (uint32_t)wide;
    return ok;
}

/* ---- indices ---- */

static const struct {
    ErrorCode unknown;
    const char *what;
} space_rows[SPACE_count] = {
    [SPACE_type] = {ERR_unknown_type_name, "a type index"},
    [SPACE_func] = {ERR_unknown_func_name, "a function index"},
    [SPACE_table] = {ERR_unknown_table_name, "a table index"},
    [SPACE_memory] = {ERR_unknown_memory_name, "a memory index"},
    [SPACE_global] = {ERR_unknown_global_name, "a global index"},
    [SPACE_tag] = {ERR_unknown_tag_name, "a tag index"},
    [SPACE_elem] = {ERR_unknown_elem_name, "an element segment index"},
    [SPACE_data] = {ERR_unknown_data_name, "a data segment index"},
};

bool wt_parse_unknown(Parser *p, Token id, ErrorCode code, const NameTable *table, uint32_t scope) {
    if (p->failed)
        return false;
    Slice text = parser_text(p, id);
    p->failed = true;
    DiagEntry *e = wt_lex_error(&p->lx, id, code, " %.*s", (int)WT_MIN(text.len, 100),
                                (const char *)text.data);
    Slice key = wt_text_id(&p->lx, id, &p->diag->arena);
    const NameEntry *near = key.data ? wt_text_names_nearest(table, scope, key) : NULL;
    if (!e || !near)
        return false;
    /* The name as its definition spells it, quotes included. */
    Lexer at = p->lx;
    at.diag = NULL;
    wt_lex_at(&at, near->at);
    Slice spelled = lexer_slice(&at);
    wt_diag_note(p->diag, e, near->at, spelled.len, "did you mean `%.*s`, defined here?",
                 (int)spelled.len, (const char *)spelled.data);
    Slice copy = wt_arena_copy(&p->diag->arena, spelled.data, spelled.len);
    if (copy.data)
        wt_diag_fix(p->diag, e, id.at, id.len, (const char *)copy.data);
    return false;
}

bool wt_parse_index(Parser *p, Space space, uint32_t *index) {
    Token t = p->lx.token;
    if (t.kind == TOKEN_nat) {
        bool ok = wt_parse_u32(p, space_rows[space].what, index);
        /* TYPE_none stands for no index. */
        if (space == SPACE_type && *index == TYPE_none)
            *index = TYPE_none - 1;
        return ok;
    }
    *index = 0;
    if (t.kind != TOKEN_id)
        return wt_parse_unexpected(p, space_rows[space].what);
    Slice key;
    if (!wt_parse_key(p, t, &key))
        return false;
    const NameEntry *e = wt_text_names_get(&p->spaces[space], 0, key);
    if (!e)
        return wt_parse_unknown(p, t, space_rows[space].unknown, &p->spaces[space], 0);
    *index = e->value;
    parser_next(p);
    return true;
}

/* ---- value types ---- */

/* The feature that a type needs. */
static Feature feature_of_type(ValType t) {
    if (t == VAL_v128)
        return FEATURE_simd;
    if (!valtype_is_ref(t))
        return FEATURE_mvp;
    if (valtype_exact(t))
        return FEATURE_custom_descriptors;
    uint32_t heap = valtype_heap(t);
    if (heap == HEAP_cont || heap == HEAP_nocont)
        return FEATURE_stack_switching;
    if (heap == HEAP_exn || heap == HEAP_noexn)
        return FEATURE_exceptions;
    if (heap != HEAP_func && heap != HEAP_extern && heap >= HEAP_first)
        return FEATURE_gc;
    if (heap < HEAP_first || !valtype_nullable(t))
        return FEATURE_function_references;
    return FEATURE_reference_types;
}

static bool type_allowed(Parser *p, Token at, ValType t) {
    Feature f = feature_of_type(t);
    return WT_LIKELY(f == FEATURE_mvp || (p->features >> f & 1)) ||
           wt_parse_feature(p, at, f, NULL);
}

/* An abstract heap type's keyword, 0 when it is none. */
static uint32_t heap_of_word(Slice word) {
    for (uint32_t heap = HEAP_first; heap < HEAP_bot; heap++)
        if (slice_is(word, wt_type_heap_name(heap)))
            return heap;
    return 0;
}

static uint32_t heap_of_shorthand(Slice word) {
    for (uint32_t heap = HEAP_first; heap < HEAP_bot; heap++) {
        const char *text = wt_type_shorthand(heap);
        if (text && slice_is(word, text))
            return heap;
    }
    return 0;
}

/* Numbers beyond what a type can hold are kept as the largest index, unknown everywhere. */
static ValType indexed_ref(uint32_t index) {
    return VAL_REF_OF(WT_MIN(index, (uint32_t)HEAP_first - 1), true);
}

bool wt_parse_heaptype(Parser *p, ValType *t) {
    *t = VAL_REF_OF(HEAP_func, true);
    Token at = p->lx.token;
    uint32_t index;
    if (at.kind == TOKEN_keyword) {
        uint32_t heap = heap_of_word(lexer_slice(&p->lx));
        if (!heap)
            return wt_parse_unexpected(p, "a heap type");
        *t = VAL_REF_OF(heap, true);
        parser_next(p);
        return true;
    }
    if (parser_at_index(p)) {
        bool ok = wt_parse_index(p, SPACE_type, &index);
        *t = indexed_ref(index);
        return ok;
    }
    if (!wt_parse_open(p, "exact"))
        return wt_parse_unexpected(p, "a heap type");
    if (!wt_parse_index(p, SPACE_type, &index))
        return false;
    *t = indexed_ref(index) | VAL_exact_bit;
    return wt_parse_rparen(p, "the end of (exact") &&
           wt_parse_feature(p, at, FEATURE_custom_descriptors, "an exact type");
}

/* At `(ref`. */
static bool parse_long_ref(Parser *p, ValType *t) {
    parser_next(p);
    if (!wt_parse_word(p, "ref"))
        return wt_parse_unexpected(p, "a type");
    bool nullable = wt_parse_word(p, "null");
    if (!wt_parse_heaptype(p, t))
        return false;
    if (!nullable)
        *t &= ~(ValType)VAL_null_bit;
    return wt_parse_rparen(p, "the end of (ref");
}

bool wt_parse_at_valtype(const Parser *p) {
    if (parser_kind(p) == TOKEN_lparen)
        return wt_lex_peek(&p->lx, "ref");
    return parser_kind(p) == TOKEN_keyword;
}

static bool parse_type_word(Parser *p, ValType *t, const char *what) {
    Token at = p->lx.token;
    if (at.kind == TOKEN_lparen)
        return parse_long_ref(p, t);
    uint32_t heap = at.kind == TOKEN_keyword ? heap_of_shorthand(lexer_slice(&p->lx)) : 0;
    if (!heap)
        return wt_parse_unexpected(p, what);
    *t = VAL_REF_OF(heap, true);
    parser_next(p);
    return true;
}

bool wt_parse_reftype(Parser *p, ValType *t) {
    Token at = p->lx.token;
    *t = VAL_funcref;
    if (!parse_type_word(p, t, "a reference type"))
        return false;
    /* Tables of functions are older than reference types. */
    return *t == VAL_funcref || type_allowed(p, at, *t);
}

bool wt_parse_valtype(Parser *p, ValType *t) {
    Token at = p->lx.token;
    *t = VAL_i32;
    if (at.kind == TOKEN_keyword && (at.len == 3 || at.len == 4)) {
        static const char *const words[] = {"i32", "i64", "f32", "f64", "v128"};
        const uint8_t *s = lexer_text(&p->lx);
        for (unsigned i = 0; i < WT_COUNT(words); i++)
            if (memcmp(s, words[i], 3) == 0 && at.len == 3u + (i == 4) && (i != 4 || s[3] == '8')) {
                *t = VAL_i32 + i;
                parser_next(p);
                return i != 4 || type_allowed(p, at, *t);
            }
    }
    return parse_type_word(p, t, "a type") && type_allowed(p, at, *t);
}

static bool parse_storage(Parser *p, ValType *t) {
    *t = lexer_is(&p->lx, "i8") ? VAL_i8 : lexer_is(&p->lx, "i16") ? VAL_i16 : VAL_bot;
    if (*t == VAL_bot)
        return wt_parse_valtype(p, t);
    parser_next(p);
    return true;
}

bool wt_parse_globaltype(Parser *p, ValType *t, bool *mutable_) {
    *mutable_ = wt_parse_open(p, "mut");
    return wt_parse_valtype(p, t) && (!*mutable_ || wt_parse_rparen(p, "the end of (mut"));
}

/* ---- limits ---- */

bool wt_parse_address(Parser *p, Limits *l) {
    Token at = p->lx.token;
    l->is64 = wt_parse_word(p, "i64");
    if (!l->is64)
        wt_parse_word(p, "i32");
    else if (!wt_parse_feature(p, at, FEATURE_memory64, "an i64 address type"))
        return false;
    return true;
}

bool wt_parse_page_size(Parser *p, Limits *l) {
    Token at = p->lx.token;
    l->page_log2 = 16;
    if (!wt_parse_open(p, "pagesize"))
        return true;
    Token number = p->lx.token;
    uint64_t size;
    if (!wt_parse_u64(p, UINT32_MAX, ERR_page_size_power, "a page size", &size))
        return false;
    if (size == 0 || (size & (size - 1)))
        return wt_parse_fail(p, number, ERR_page_size_power, "%llu is not a power of two",
                             (unsigned long long)size);
    l->has_page_size = true;
    l->page_log2 = (uint8_t)__builtin_ctzll(size);
    return wt_parse_rparen(p, "the end of (pagesize") &&
           wt_parse_feature(p, at, FEATURE_custom_page_sizes, "a page size");
}

bool wt_parse_limits(Parser *p, bool memory, Limits *l) {
    /* Since there are 64-bit memories, a 32-bit one that is too large is for the checker. */
    bool wide = l->is64 || module_has(p->m, FEATURE_memory64);
    uint64_t max = wide ? UINT64_MAX : UINT32_MAX;
    ErrorCode range = wide ? ERR_i64_range : ERR_i32_range;
    l->page_log2 = 16;
    if (!wt_parse_u64(p, max, range, "the minimum size", &l->min))
        return false;
    if (parser_kind(p) == TOKEN_nat) {
        l->has_max = true;
        if (!wt_parse_u64(p, max, range, "the maximum size", &l->max))
            return false;
    }
    if (!memory)
        return true;
    Token at = p->lx.token;
    l->shared = wt_parse_word(p, "shared");
    if (l->shared && !wt_parse_feature(p, at, FEATURE_threads, "a shared memory"))
        return false;
    return wt_parse_page_size(p, l);
}

bool wt_parse_tabletype(Parser *p, Table *t) {
    return wt_parse_address(p, &t->limits) && wt_parse_limits(p, false, &t->limits) &&
           wt_parse_reftype(p, &t->type);
}

/* ---- type uses ---- */

bool wt_parse_grow(Parser *p, void **data, size_t *cap, size_t len, size_t size) {
    return WT_LIKELY(len < *cap) || wt_vec_grow(p->al, data, cap, len, size) || wt_parse_oom(p);
}

static bool list_type(Parser *p, uint32_t *count, ValType t) {
    if (!wt_parse_grow(p, (void **)&p->list, &p->list_cap, *count, sizeof *p->list))
        return false;
    p->list[(*count)++] = t;
    return true;
}

/* Makes a local's identifier known. */
static bool bind_param(Parser *p, Token id, uint32_t index) {
    Slice key;
    if (!wt_parse_key(p, id, &key))
        return false;
    const NameEntry *e = wt_text_names_add(&p->locals, 0, key, index, id.at);
    if (e) {
        p->failed = true;
        Slice text = parser_text(p, id);
        DiagEntry *d = wt_lex_error(&p->lx, id, ERR_duplicate_local, " %.*s",
                                    (int)WT_MIN(text.len, 100), (const char *)text.data);
        wt_diag_note(p->diag, d, e->at, id.len, "first defined here");
        return false;
    }
    return !p->locals.failed || wt_parse_oom(p);
}

/* A group behind its `(param`, `(result`. */
static bool parse_type_group(Parser *p, UseNames names, bool param, TypeUse *u) {
    if (param && (parser_kind(p) == TOKEN_id || (p->lx.before & ANNOT_name))) {
        Token id = p->lx.token;
        if (names == USE_no_names)
            return wt_parse_unexpected(p, "a type: parameters have no names here");
        if (names == USE_bind_names) {
            if (id.kind == TOKEN_id && !bind_param(p, id, u->params))
                return false;
            if (!wt_parse_binding(p, NAME_local, u->params))
                return false;
        } else {
            p->lx.before &= (uint8_t)~ANNOT_name;
            if (id.kind == TOKEN_id)
                parser_next(p);
            p->lx.before &= (uint8_t)~ANNOT_name;
        }
        ValType t;
        if (!wt_parse_valtype(p, &t) || !list_type(p, &u->count, t))
            return false;
        u->params++;
        return wt_parse_rparen(p, "the end of (param");
    }
    while (parser_kind(p) != TOKEN_rparen) {
        ValType t;
        if (!wt_parse_valtype(p, &t) || !list_type(p, &u->count, t))
            return false;
        u->params += param;
    }
    parser_next(p);
    return true;
}

bool wt_parse_use(Parser *p, UseNames names, TypeUse *u) {
    *u = (TypeUse){.type = TYPE_none, .token = p->lx.token};
    bool results = false;
    while (parser_kind(p) == TOKEN_lparen) {
        Token next = wt_lex_after(&p->lx);
        Slice word = next.kind == TOKEN_keyword ? parser_text(p, next) : (Slice){NULL, 0};
        bool param = slice_is(word, "param"), result = slice_is(word, "result");
        if (slice_is(word, "type")) {
            if (u->type != TYPE_none || u->inlined)
                return wt_parse_unexpected(p, "no (type here: it comes first");
            parser_next(p);
            parser_next(p);
            if (!wt_parse_index(p, SPACE_type, &u->type) || !wt_parse_rparen(p, "the end of (type"))
                return false;
            continue;
        }
        if (!param && !result)
            break;
        if (param && results)
            return wt_parse_unexpected(p, "no parameters behind results");
        if (!u->inlined && u->type == TYPE_none)
            u->token = next;
        u->inlined = true;
        results = results || result;
        parser_next(p);
        parser_next(p);
        if (!parse_type_group(p, names, param, u))
            return false;
    }
    return true;
}

static bool same_signature(const TypeDef *t, const ValType *list, uint32_t params,
                           uint32_t results) {
    return t->kind == TYPE_func && t->param_count == params && t->result_count == results &&
           (params + results == 0 ||
            memcmp(t->params, list, ((size_t)params + results) * sizeof *list) == 0);
}

static uint32_t signature_hash(const ValType *list, uint32_t params, uint32_t results) {
    return (uint32_t)wt_base_hash((const uint8_t *)list, ((size_t)params + results) * sizeof *list,
                                  params);
}

static uint32_t *signature_slot(const Parser *p, const ValType *list, uint32_t params,
                                uint32_t results) {
    uint32_t mask = p->type_slot_cap - 1;
    for (uint32_t i = signature_hash(list, params, results) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &p->type_slots[i];
        if (!*slot || same_signature(&p->m->types[*slot - 1], list, params, results))
            return slot;
    }
}

/* Enters a lone final function type; one with the same signature and a smaller index stays. */
static bool enter_signature(Parser *p, uint32_t index) {
    if (p->type_slot_count >= p->type_slot_cap / 2) {
        uint32_t cap = p->type_slot_cap ? p->type_slot_cap * 2 : 64, *old = p->type_slots;
        uint32_t old_cap = p->type_slot_cap;
        uint32_t *slots = allocator_get(p->al, (size_t)cap * sizeof *slots);
        if (!slots)
            return wt_parse_oom(p);
        memset(slots, 0, (size_t)cap * sizeof *slots);
        p->type_slots = slots;
        p->type_slot_cap = cap;
        for (uint32_t i = 0; i < old_cap; i++) {
            if (!old[i])
                continue;
            const TypeDef *t = &p->m->types[old[i] - 1];
            *signature_slot(p, t->params, t->param_count, t->result_count) = old[i];
        }
        allocator_free(p->al, old, (size_t)old_cap * sizeof *old);
    }
    const TypeDef *t = &p->m->types[index];
    uint32_t *slot = signature_slot(p, t->params, t->param_count, t->result_count);
    if (!*slot) {
        *slot = index + 1;
        p->type_slot_count++;
    }
    return true;
}

static bool is_lone_func(const TypeDef *t) {
    return t->kind == TYPE_func && t->final && t->super == TYPE_none && t->rec_count == 1 &&
           t->describes == TYPE_none && t->descriptor == TYPE_none;
}

bool wt_parse_index_types(Parser *p) {
    for (uint32_t i = 0; i < p->m->type_count; i++)
        if (is_lone_func(&p->m->types[i]) && !enter_signature(p, i))
            return false;
    return true;
}

static bool append_type(Parser *p, const TypeUse *u, uint32_t *index) {
    Module *m = p->m;
    if (m->type_count >= WT_MIN(m->bounds.types, (uint32_t)HEAP_first - 1))
        return wt_parse_fail(p, u->token, ERR_limit, "more than %u types", m->type_count);
    if (m->type_count >= p->type_cap) {
        size_t cap = WT_MAX(p->type_cap * 2, 16);
        TypeDef *types = ARENA_ARRAY(&m->arena, TypeDef, cap);
        if (!types)
            return wt_parse_oom(p);
        if (m->type_count)
            memcpy(types, m->types, m->type_count * sizeof *types);
        m->types = types;
        p->type_cap = cap;
    }
    ValType *list = ARENA_ARRAY(&m->arena, ValType, u->count);
    if (!list)
        return wt_parse_oom(p);
    if (u->count)
        memcpy(list, p->list, u->count * sizeof *list);
    m->types[m->type_count] = (TypeDef){.kind = TYPE_func,
                                        .final = true,
                                        .super = TYPE_none,
                                        .describes = TYPE_none,
                                        .descriptor = TYPE_none,
                                        .rec_start = m->type_count,
                                        .rec_count = 1,
                                        .at = u->token.at,
                                        .param_count = u->params,
                                        .result_count = u->count - u->params,
                                        .params = list};
    *index = m->type_count++;
    return enter_signature(p, *index);
}

bool wt_parse_use_index(Parser *p, const TypeUse *u, uint32_t *index) {
    uint32_t results = u->count - u->params;
    static const ValType no_types[1];
    const ValType *list = u->count ? p->list : no_types;
    *index = u->type;
    if (u->type == TYPE_none) {
        uint32_t found = p->type_slot_cap ? *signature_slot(p, list, u->params, results) : 0;
        *index = found - 1;
        return found || append_type(p, u, index);
    }
    if (!u->inlined)
        return true;
    if (u->type >= p->m->type_count)
        return wt_parse_fail(p, u->token, ERR_unknown_type_name, " %u", u->type);
    const TypeDef *t = &p->m->types[u->type];
    if (same_signature(t, list, u->params, results))
        return true;
    if (p->failed)
        return false;
    p->failed = true;
    Buf b;
    wt_buf_init(&b, p->al);
    wt_type_print_list(&b, list, u->params);
    buf_str(&b, " -> ");
    wt_type_print_list(&b, list + u->params, results);
    buf_u8(&b, 0);
    if (b.failed) {
        wt_buf_free(&b);
        return wt_parse_oom(p);
    }
    DiagEntry *e =
        wt_lex_error(&p->lx, u->token, ERR_inline_function_type,
                     "%s is spelled here, which is not type %u", (char *)b.data, u->type);
    b.len = 0;
    if (t->kind == TYPE_func) {
        wt_type_print_list(&b, t->params, t->param_count);
        buf_str(&b, " -> ");
        wt_type_print_list(&b, typedef_results(t), t->result_count);
    } else {
        buf_str(&b, "no function type");
    }
    buf_u8(&b, 0);
    if (!b.failed)
        wt_diag_note(p->diag, e, t->at, 1, "type %u is %s", u->type, (char *)b.data);
    wt_buf_free(&b);
    return false;
}

bool wt_parse_typeuse(Parser *p, UseNames names, uint32_t *index) {
    TypeUse u;
    *index = TYPE_none;
    return wt_parse_use(p, names, &u) && wt_parse_use_index(p, &u, index);
}

/* ---- type definitions ---- */

static bool push_field(Parser *p, uint32_t *count, FieldType f) {
    if (!wt_parse_grow(p, (void **)&p->field_list, &p->field_cap, *count, sizeof f))
        return false;
    p->field_list[(*count)++] = f;
    return true;
}

static bool parse_fieldtype(Parser *p, FieldType *f) {
    f->mutable_ = wt_parse_open(p, "mut");
    return parse_storage(p, &f->type) && (!f->mutable_ || wt_parse_rparen(p, "the end of (mut"));
}

/* Behind `(field`: one with a name, or any number without. */
static bool parse_struct_fields(Parser *p, uint32_t type, uint32_t *count) {
    FieldType f;
    Token id = p->lx.token;
    if (id.kind != TOKEN_id && !(p->lx.before & ANNOT_name)) {
        while (parser_kind(p) != TOKEN_rparen)
            if (!parse_fieldtype(p, &f) || !push_field(p, count, f))
                return false;
        parser_next(p);
        return true;
    }
    if (id.kind == TOKEN_id) {
        Slice key = wt_parse_lasting_key(p, &p->lx, id);
        const NameEntry *e =
            key.data ? wt_text_names_add(&p->fields, type, key, *count, id.at) : NULL;
        if (p->fields.failed || !key.data)
            return wt_parse_oom(p);
        if (e) {
            p->failed = true;
            DiagEntry *d = wt_lex_error(&p->lx, id, ERR_duplicate_field, " %.*s",
                                        (int)WT_MIN(id.len, 100u), (char *)lexer_text(&p->lx));
            wt_diag_note(p->diag, d, e->at, id.len, "first defined here");
            return false;
        }
    }
    return wt_parse_binding(p, NAME_field, *count) && parse_fieldtype(p, &f) &&
           push_field(p, count, f) && wt_parse_rparen(p, "the end of (field");
}

static bool parse_structtype(Parser *p, TypeDef *t, uint32_t index) {
    uint32_t count = 0;
    while (wt_parse_open(p, "field"))
        if (!parse_struct_fields(p, index, &count))
            return false;
    wt_parse_end_names(p, NAME_field, &p->local_names, index);
    FieldType *fields = ARENA_ARRAY(&p->m->arena, FieldType, count);
    if (!fields)
        return wt_parse_oom(p);
    if (count)
        memcpy(fields, p->field_list, count * sizeof *fields);
    t->kind = TYPE_struct;
    t->param_count = count;
    t->fields = fields;
    return true;
}

static bool parse_arraytype(Parser *p, TypeDef *t) {
    FieldType *field = ARENA_NEW(&p->m->arena, FieldType);
    if (!field)
        return wt_parse_oom(p);
    /* (array (field t)) is not in the grammar, but the name of an element is not either. */
    if (!parse_fieldtype(p, field))
        return false;
    t->kind = TYPE_array;
    t->param_count = 1;
    t->fields = field;
    return true;
}

static bool parse_functype(Parser *p, TypeDef *t) {
    TypeUse u;
    if (wt_lex_peek(&p->lx, "type"))
        return wt_parse_unexpected(p, "(param or (result");
    if (!wt_parse_use(p, USE_skip_names, &u))
        return false;
    ValType *list = ARENA_ARRAY(&p->m->arena, ValType, u.count);
    if (!list)
        return wt_parse_oom(p);
    if (u.count)
        memcpy(list, p->list, u.count * sizeof *list);
    t->kind = TYPE_func;
    t->param_count = u.params;
    t->result_count = u.count - u.params;
    t->params = list;
    return true;
}

static bool parse_comptype(Parser *p, TypeDef *t, uint32_t index) {
    Token at = p->lx.token;
    if (wt_parse_open(p, "func"))
        return parse_functype(p, t) && wt_parse_rparen(p, "the end of (func");
    if (wt_parse_open(p, "struct"))
        return parse_structtype(p, t, index) && wt_parse_rparen(p, "(field or `)`") &&
               wt_parse_feature(p, at, FEATURE_gc, "a struct type");
    if (wt_parse_open(p, "array"))
        return parse_arraytype(p, t) && wt_parse_rparen(p, "the end of (array") &&
               wt_parse_feature(p, at, FEATURE_gc, "an array type");
    if (wt_parse_open(p, "cont")) {
        t->kind = TYPE_cont;
        return wt_parse_index(p, SPACE_type, &t->cont) && wt_parse_rparen(p, "the end of (cont") &&
               wt_parse_feature(p, at, FEATURE_stack_switching, "a continuation type");
    }
    if (parser_kind(p) == TOKEN_lparen)
        parser_next(p);
    return wt_parse_unexpected(p, "a type definition: (func, (struct, (array or (sub");
}

/* (describes x) and (descriptor y), in this order. */
static bool parse_descriptors(Parser *p, TypeDef *t) {
    Token at = p->lx.token;
    bool any = false;
    if (wt_parse_open(p, "describes")) {
        any = true;
        if (!wt_parse_index(p, SPACE_type, &t->describes) ||
            !wt_parse_rparen(p, "the end of (describes"))
            return false;
    }
    if (wt_parse_open(p, "descriptor")) {
        any = true;
        if (!wt_parse_index(p, SPACE_type, &t->descriptor) ||
            !wt_parse_rparen(p, "the end of (descriptor"))
            return false;
    }
    return !any || wt_parse_feature(p, at, FEATURE_custom_descriptors, "a descriptor");
}

/* One definition, behind its `(type`. */
static bool parse_typedef(Parser *p, uint32_t index, Token at) {
    TypeDef t = {.final = true,
                 .super = TYPE_none,
                 .describes = TYPE_none,
                 .descriptor = TYPE_none,
                 .rec_start = index,
                 .rec_count = 1,
                 .at = at.at};
    p->item = index;
    if (!wt_parse_binding(p, NAME_type, index))
        return false;
    Token sub = p->lx.token;
    if (wt_parse_open(p, "sub")) {
        t.sub_spelled = true;
        t.final = wt_parse_word(p, "final");
        if (parser_at_index(p) && !wt_parse_index(p, SPACE_type, &t.super))
            return false;
        if (parser_at_index(p))
            return wt_parse_unexpected(p, "a type definition: there is at most one supertype");
        if (!wt_parse_feature(p, sub, FEATURE_gc, "a supertype"))
            return false;
    }
    if (!parse_descriptors(p, &t) || !parse_comptype(p, &t, index))
        return false;
    if (t.sub_spelled && !wt_parse_rparen(p, "the end of (sub"))
        return false;
    if (index < p->m->type_count)
        p->m->types[index] = t;
    return wt_parse_rparen(p, "the end of (type");
}

static bool parse_rec(Parser *p, uint32_t *next) {
    uint32_t first = *next;
    if (parser_kind(p) == TOKEN_id)
        parser_next(p);
    wt_parse_item_encoding(p);
    for (;;) {
        Token at = p->lx.token;
        if (!wt_parse_open(p, "type"))
            break;
        if (!parse_typedef(p, (*next)++, at))
            return false;
    }
    uint32_t end = WT_MIN(*next, p->m->type_count);
    for (uint32_t i = first; i < end; i++) {
        p->m->types[i].rec_start = first;
        p->m->types[i].rec_count = end - first;
        p->m->types[i].rec_spelled = true;
    }
    if (first == *next)
        wt_parse_empty_rec(p, first);
    return wt_parse_rparen(p, "(type or the end of (rec");
}

bool wt_parse_type_field(Parser *p) {
    Token at = p->lx.token;
    p->section = SECTION_type;
    p->item = p->next[SPACE_type];
    if (wt_parse_open(p, "type"))
        return parse_typedef(p, p->next[SPACE_type]++, at);
    return wt_parse_open(p, "rec") && parse_rec(p, &p->next[SPACE_type]) &&
           wt_parse_feature(p, at, FEATURE_gc, "a recursion group");
}
