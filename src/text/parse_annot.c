/* What stands beside the module proper: names, and the annotations @name, @custom, @bind,
   @metadata.code.* and @wattle.encoding.

   Names are written as the encoded maps of the name section while the text is read; indices rise by
   themselves because definitions are read in order. Annotations are noticed by the lexer
   (lx.before) and read again here where they may stand; whoever moves on without having taken one
   reports it as misplaced. */
#include "text/parse_inside.h"

#include "base/float.h"
#include "base/utf8.h"

/* ---- names ---- */

void wt_parse_init_names(Parser *p) {
    for (unsigned i = 0; i < NAME_count; i++)
        wt_buf_init(&p->names[i].bytes, p->al);
    wt_buf_init(&p->local_names.bytes, p->al);
    wt_buf_init(&p->label_names.bytes, p->al);
}

void wt_parse_free_names(Parser *p) {
    for (unsigned i = 0; i < NAME_count; i++)
        wt_buf_free(&p->names[i].bytes);
    wt_buf_free(&p->local_names.bytes);
    wt_buf_free(&p->label_names.bytes);
    for (size_t i = 0; i < p->meta_count; i++) {
        wt_buf_free(&p->metas[i].bytes);
        wt_buf_free(&p->metas[i].current);
    }
    allocator_free(p->al, p->metas, p->meta_cap * sizeof *p->metas);
}

void wt_parse_add_name(Parser *p, NameSub *sub, uint32_t index, Slice name) {
    if (p->sink)
        return;
    p->has_names = true;
    sub->count++;
    buf_u32leb(&sub->bytes, index);
    buf_u32leb(&sub->bytes, (uint32_t)name.len);
    buf_slice(&sub->bytes, name);
}

/* The one string of a @name. */
static bool read_name_annotation(Parser *p, AnnotationWalk *w, Slice *name) {
    Token t = w->in.token;
    if (t.kind != TOKEN_string) {
        wt_lex_error(&p->lx, w->whole, ERR_name_annotation, "a name in quotes is missing");
        return false;
    }
    *name = wt_text_string(&w->in, t, &p->m->arena);
    if (!name->data)
        return wt_parse_oom(p);
    if (!utf8_valid(*name)) {
        wt_lex_error(&p->lx, t, ERR_name_annotation, "malformed UTF-8 encoding");
        return false;
    }
    if (wt_lex_next(&w->in) != TOKEN_rparen) {
        wt_lex_error(&p->lx, w->in.token, ERR_name_annotation, "unexpected token");
        return false;
    }
    return true;
}

/* The @name before the current token; false when there is none (or it is wrong). */
static bool take_name(Parser *p, Slice *name) {
    if (WT_LIKELY(!(p->lx.before & ANNOT_name)))
        return false;
    bool found = false;
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    while (wt_lex_annotation(&w)) {
        if (w.kind != ANNOT_name)
            continue;
        if (found)
            wt_lex_error(&p->lx, w.whole, ERR_name_annotation, "multiple names");
        else
            found = read_name_annotation(p, &w, name);
    }
    p->lx.before &= (uint8_t)~ANNOT_name;
    return found;
}

static NameSub *sub_of_kind(Parser *p, NameKind kind) {
    /* The lists inside a function or a struct are collected first: their length comes before
       them. */
    return kind == NAME_local || kind == NAME_field ? &p->local_names : &p->names[kind];
}

static bool take_binding(Parser *p, NameKind kind, uint32_t index) {
    Slice name = {NULL, 0};
    Token id = p->lx.token;
    if (id.kind == TOKEN_id) {
        name = wt_text_id(&p->lx, id, &p->m->arena);
        if (!name.data)
            return wt_parse_oom(p);
        parser_next(p);
    }
    take_name(p, &name);
    if (name.data)
        wt_parse_add_name(p, sub_of_kind(p, kind), index, name);
    return true;
}

bool wt_parse_binding(Parser *p, NameKind kind, uint32_t index) {
    if (!take_binding(p, kind, index))
        return false;
    if (kind != NAME_local && kind != NAME_field)
        wt_parse_item_encoding(p);
    return true;
}

bool wt_parse_segment_binding(Parser *p, NameKind kind, uint32_t index, int *flags) {
    if (!take_binding(p, kind, index))
        return false;
    wt_parse_segment_encoding(p, flags);
    return true;
}

void wt_parse_module_name(Parser *p, Token id) {
    Slice name = {NULL, 0};
    if (id.len)
        name = wt_text_id(&p->lx, id, &p->m->arena);
    if (p->lx.before & ANNOT_name) {
        unsigned found = 0;
        AnnotationWalk w = wt_lex_annotations(&p->lx);
        while (wt_lex_annotation(&w))
            if (w.kind == ANNOT_name && found++)
                wt_lex_error(&p->lx, w.whole, ERR_name_annotation, "multiple module names");
        if (found > 1)
            p->lx.before &= (uint8_t)~ANNOT_name;
        take_name(p, &name);
    }
    if (!name.data || p->sink)
        return;
    NameSub *sub = &p->names[NAME_module];
    p->has_names = true;
    sub->count = 1;
    buf_u32leb(&sub->bytes, (uint32_t)name.len);
    buf_slice(&sub->bytes, name);
}

void wt_parse_end_names(Parser *p, NameKind kind, NameSub *inner, uint32_t index) {
    if (inner->count == 0)
        return;
    NameSub *outer = &p->names[kind];
    outer->count++;
    buf_u32leb(&outer->bytes, index);
    buf_u32leb(&outer->bytes, inner->count);
    buf_bytes(&outer->bytes, inner->bytes.data, inner->bytes.len);
    outer->bytes.failed |= inner->bytes.failed;
    inner->count = 0;
    inner->bytes.len = 0;
}

/* ---- quirks ---- */

static void add_quirk(Parser *p, SectionId section, QuirkKind kind, uint32_t item, uint32_t ordinal,
                      uint32_t value) {
    Module *m = p->m;
    if (p->sink)
        return;
    if (m->quirk_count >= p->quirk_cap) {
        size_t cap = WT_MAX(p->quirk_cap * 2, 16);
        Quirk *list = ARENA_ARRAY(&m->arena, Quirk, cap);
        if (!list) {
            wt_parse_oom(p);
            return;
        }
        if (m->quirk_count)
            memcpy(list, m->quirks, m->quirk_count * sizeof *list);
        m->quirks = list;
        p->quirk_cap = cap;
    }
    m->quirks[m->quirk_count++] =
        (Quirk){(uint8_t)section, (uint8_t)kind, (uint8_t)value, item, ordinal};
}

void wt_parse_empty_rec(Parser *p, uint32_t before) {
    add_quirk(p, SECTION_type, QUIRK_empty_rec, before, 0, 1);
}

static bool take_number(Lexer *in, uint32_t *v) {
    uint64_t wide;
    if (in->token.kind != TOKEN_nat ||
        wt_base_u64_from_text((const char *)lexer_text(in), in->token.len, &wide) != FLOAT_OK ||
        wide > UINT32_MAX)
        return false;
    *v = (uint32_t)wide;
    wt_lex_next(in);
    return true;
}

static void bad_encoding(Parser *p, const AnnotationWalk *w, const char *why) {
    wt_lex_error(&p->lx, w->whole, ERR_encoding_annotation, "%s", why);
}

/* (pad ORDINAL WIDTH), (long ORDINAL), (kind N), (empty ITEM WIDTH), one after the other, up to the
   closing parenthesis. `flags` NULL: no kind here. */
static void read_quirks(Parser *p, AnnotationWalk *w, SectionId section, uint32_t item,
                        int *flags) {
    Lexer *in = &w->in;
    while (in->token.kind == TOKEN_lparen) {
        uint32_t ordinal = 0, value = 1;
        wt_lex_next(in);
        bool pad = lexer_is(in, "pad"), is_long = lexer_is(in, "long"), kind = lexer_is(in, "kind"),
             empty = lexer_is(in, "empty");
        if (!pad && !is_long && !empty && !(kind && flags)) {
            bad_encoding(p, w, "unknown part");
            return;
        }
        wt_lex_next(in);
        if (!take_number(in, &ordinal) || ((pad || empty) && !take_number(in, &value)) ||
            in->token.kind != TOKEN_rparen || value == 0 || value > 10 || (kind && ordinal > 7)) {
            bad_encoding(p, w, "malformed number");
            return;
        }
        wt_lex_next(in);
        if (kind)
            *flags = (int)ordinal;
        else if (empty)
            add_quirk(p, section, QUIRK_empty_rec, ordinal, 0, value);
        else
            add_quirk(p, section, pad ? QUIRK_pad : QUIRK_long, item, ordinal, value);
    }
    if (in->token.kind != TOKEN_rparen)
        bad_encoding(p, w, "unexpected token");
}

void wt_parse_segment_encoding(Parser *p, int *flags) {
    if (WT_LIKELY(!(p->lx.before & ANNOT_encoding)))
        return;
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    while (wt_lex_annotation(&w)) {
        if (w.kind != ANNOT_encoding)
            continue;
        /* Parts of a function's code that stand before its signature ends are taken later. */
        if (lexer_is(&w.in, "code")) {
            wt_lex_next(&w.in);
            read_quirks(p, &w, SECTION_code, p->item, NULL);
            continue;
        }
        read_quirks(p, &w, p->section, p->item, flags);
    }
    p->lx.before &= (uint8_t)~ANNOT_encoding;
}

void wt_parse_item_encoding(Parser *p) { wt_parse_segment_encoding(p, NULL); }

/* Until the field ends. */
static Slice annotation_string(Parser *p, AnnotationWalk *w) {
    if (w->in.token.kind != TOKEN_string)
        return (Slice){NULL, 0};
    Slice s = wt_text_string(&w->in, w->in.token, &p->ids);
    if (!s.data)
        wt_parse_oom(p);
    return s;
}

void wt_parse_func_encoding(Parser *p, Slice *locals) {
    *locals = (Slice){NULL, 0};
    if (WT_LIKELY(!(p->lx.before & ANNOT_encoding)))
        return;
    bool instruction = false;
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    while (wt_lex_annotation(&w)) {
        if (w.kind != ANNOT_encoding)
            continue;
        if (lexer_is(&w.in, "code")) {
            wt_lex_next(&w.in);
            read_quirks(p, &w, SECTION_code, p->funcidx - p->m->func_imports, NULL);
        } else if (lexer_is(&w.in, "locals")) {
            wt_lex_next(&w.in);
            *locals = annotation_string(p, &w);
            if (!locals->data)
                bad_encoding(p, &w, "a string with the bytes is missing");
        } else if (w.in.token.kind == TOKEN_string) {
            instruction = true;
        } else {
            read_quirks(p, &w, SECTION_func, p->item, NULL);
        }
    }
    if (!instruction)
        p->lx.before &= (uint8_t)~ANNOT_encoding;
}

/* ---- instructions ---- */

void wt_parse_insn_annotations(Parser *p) {
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    bool metadata = false;
    while (wt_lex_annotation(&w)) {
        if (w.kind == ANNOT_metadata)
            metadata = true;
        if (w.kind != ANNOT_encoding)
            continue;
        if (lexer_is(&w.in, "locals") || lexer_is(&w.in, "code"))
            continue; /* read before the body */
        p->raw = annotation_string(p, &w);
        p->raw_token = w.whole;
        if (!p->raw.data)
            bad_encoding(p, &w, "a string with the bytes is missing");
    }
    if (metadata && p->in_func)
        p->metadata = p->lx.before_at + 1;
    else if (metadata)
        return; /* misplaced */
    p->lx.before &= (uint8_t)~(ANNOT_metadata | ANNOT_encoding);
}

static Metadata *find_metadata(Parser *p, Slice name) {
    for (size_t i = 0; i < p->meta_count; i++)
        if (slice_eq(p->metas[i].name, name))
            return &p->metas[i];
    if (!wt_parse_grow(p, (void **)&p->metas, &p->meta_cap, p->meta_count, sizeof *p->metas))
        return NULL;
    Metadata *meta = &p->metas[p->meta_count++];
    *meta = (Metadata){.name = name};
    wt_buf_init(&meta->bytes, p->al);
    wt_buf_init(&meta->current, p->al);
    return meta;
}

static void bad_metadata(Parser *p, const AnnotationWalk *w, const char *why) {
    Slice id = w->id;
    if (slice_is(id, "metadata.code.branch_hint"))
        wt_lex_error(&p->lx, w->whole, ERR_hint_annotation, "%s", why);
    else
        wt_lex_error(&p->lx, w->whole, ERR_metadata_annotation, "@%.*s: %s",
                     (int)WT_MIN(id.len, 100), (const char *)id.data, why);
}

void wt_parse_emit_metadata(Parser *p, uint32_t metadata, unsigned op, size_t offset) {
    if (p->sink)
        return;
    Lexer at = p->lx;
    at.before = ANNOT_metadata;
    at.before_at = metadata - 1;
    at.token.at = UINT32_MAX;
    AnnotationWalk w = wt_lex_annotations(&at);
    Slice seen = {NULL, 0};
    while (wt_lex_annotation(&w)) {
        if (w.kind != ANNOT_metadata)
            continue;
        bool hint = slice_is(w.id, "metadata.code.branch_hint");
        if (hint && op != OP_if && op != OP_br_if) {
            bad_metadata(p, &w, "invalid target");
            continue;
        }
        if (seen.data && slice_eq(seen, w.id)) {
            bad_metadata(p, &w, "duplicate annotation");
            continue;
        }
        seen = w.id;
        Buf value;
        wt_buf_init(&value, p->al);
        while (w.in.token.kind == TOKEN_string) {
            wt_lex_string(&w.in, w.in.token, &value);
            wt_lex_next(&w.in);
        }
        bool good = !hint || (value.len == 1 && value.data[0] <= 1);
        Metadata *meta = good ? find_metadata(p, w.id) : NULL;
        if (w.in.token.kind != TOKEN_rparen || !good) {
            bad_metadata(p, &w, good ? "unexpected token" : "the hint is not \\00 or \\01");
        } else if (meta) {
            meta->entry_count++;
            buf_u32leb(&meta->current, (uint32_t)offset);
            buf_u32leb(&meta->current, (uint32_t)value.len);
            buf_bytes(&meta->current, value.data, value.len);
            meta->current.failed |= value.failed;
        }
        wt_buf_free(&value);
    }
}

void wt_parse_end_func(Parser *p) {
    wt_parse_end_names(p, NAME_local, &p->local_names, p->funcidx);
    wt_parse_end_names(p, NAME_label, &p->label_names, p->funcidx);
    for (size_t i = 0; i < p->meta_count; i++) {
        Metadata *meta = &p->metas[i];
        if (!meta->entry_count)
            continue;
        meta->func_count++;
        buf_u32leb(&meta->bytes, p->funcidx);
        buf_u32leb(&meta->bytes, meta->entry_count);
        buf_bytes(&meta->bytes, meta->current.data, meta->current.len);
        meta->bytes.failed |= meta->current.failed;
        meta->current.len = 0;
        meta->entry_count = 0;
    }
}

/* ---- custom sections ---- */

/* Places of custom sections as sort keys: those that ask to be behind a section stand before those
   that ask to be before the next one. */
enum { KEY_last = 13 * 3, KEY_before_code = 11 * 3 + 2 };

static bool add_custom(Parser *p, Slice name, Slice bytes, uint32_t at, unsigned key) {
    Module *m = p->m;
    if (p->sink)
        return true;
    if (m->custom_count >= p->custom_cap) {
        size_t cap = WT_MAX(p->custom_cap * 2, 8);
        Custom *list = ARENA_ARRAY(&m->arena, Custom, cap);
        if (!list)
            return wt_parse_oom(p);
        if (m->custom_count)
            memcpy(list, m->customs, m->custom_count * sizeof *list);
        m->customs = list;
        p->custom_cap = cap;
    }
    if (!wt_parse_grow(p, (void **)&p->custom_keys, &p->custom_key_cap, m->custom_count,
                       sizeof *p->custom_keys))
        return false;
    p->custom_keys[m->custom_count] = (uint16_t)key;
    m->customs[m->custom_count++] = (Custom){.name = name, .bytes = bytes, .at = at};
    return true;
}

static void bad_custom(Parser *p, Token t, const char *why) {
    wt_lex_error(&p->lx, t, ERR_custom_annotation, "%s", why);
}

/* (before X) or (after X), at the parenthesis. */
static bool read_placement(Parser *p, Lexer *in, unsigned *key) {
    wt_lex_next(in);
    bool before = lexer_is(in, "before");
    Token t = in->token;
    if (!before && !lexer_is(in, "after")) {
        bad_custom(p, t, "malformed placement");
        return false;
    }
    wt_lex_next(in);
    SectionId id;
    t = in->token;
    if (t.kind == TOKEN_keyword && before && lexer_is(in, "first")) {
        *key = 0;
    } else if (t.kind == TOKEN_keyword && !before && lexer_is(in, "last")) {
        *key = KEY_last;
    } else if (t.kind == TOKEN_keyword && wt_section_parse(token_slice(in, t), &id)) {
        unsigned rank = wt_section_rank(id);
        *key = before ? (rank - 1) * 3 + 1 : rank * 3;
    } else {
        bad_custom(p, t, "malformed section kind");
        return false;
    }
    if (wt_lex_next(in) != TOKEN_rparen) {
        bad_custom(p, in->token, "malformed placement");
        return false;
    }
    wt_lex_next(in);
    return true;
}

static void read_custom(Parser *p, AnnotationWalk *w) {
    Lexer *in = &w->in;
    Token t = in->token;
    if (t.kind != TOKEN_string) {
        bad_custom(p, t.kind == TOKEN_rparen ? w->whole : t, "missing section name");
        return;
    }
    Slice name = wt_text_string(in, t, &p->m->arena);
    if (!name.data) {
        wt_parse_oom(p);
        return;
    }
    if (!utf8_valid(name)) {
        bad_custom(p, t, "malformed UTF-8 encoding");
        return;
    }
    unsigned key = KEY_last;
    wt_lex_next(in);
    if (in->token.kind == TOKEN_lparen && !read_placement(p, in, &key))
        return;
    /* Between the name and the contents, in memory too: quirks of the section. */
    if (in->before & ANNOT_encoding) {
        AnnotationWalk inner = wt_lex_annotations(in);
        while (wt_lex_annotation(&inner))
            if (inner.kind == ANNOT_encoding)
                read_quirks(p, &inner, SECTION_custom, p->m->custom_count, NULL);
    }
    Buf bytes;
    wt_buf_init(&bytes, p->al);
    unsigned strings = 0;
    Slice single = {NULL, 0};
    while (in->token.kind == TOKEN_string) {
        if (strings == 0 && in->token.plain)
            single = slice(lexer_text(in) + 1, in->token.len - 2);
        else if (strings == 1)
            buf_slice(&bytes, single);
        if (strings > 0 || !in->token.plain)
            wt_lex_string(in, in->token, &bytes);
        strings++;
        wt_lex_next(in);
    }
    if (in->token.kind != TOKEN_rparen) {
        bad_custom(p, in->token, "unexpected token");
    } else {
        Slice s = strings == 1 && single.data ? single : wt_parse_keep(p, bytes.data, bytes.len);
        if (bytes.failed)
            wt_parse_oom(p);
        else
            add_custom(p, name, s, w->whole.at, key);
    }
    wt_buf_free(&bytes);
}

/* The strings of a @bind, each with the end of a line. */
static bool read_bind_strings(Parser *p, AnnotationWalk *w, Buf *out) {
    Lexer *in = &w->in;
    size_t before = out->len;
    for (; in->token.kind == TOKEN_string; wt_lex_next(in)) {
        wt_lex_string(in, in->token, out);
        buf_str(out, "\n");
    }
    if (in->token.kind == TOKEN_rparen && (out->len > before || out->failed))
        return true;
    wt_lex_error(&p->lx, w->whole, ERR_bind_annotation, "clauses in quotes are missing");
    return false;
}

static void add_clauses(Parser *p, const Buf *text, uint32_t at) {
    Slice kept = wt_parse_keep(p, text->data, text->len);
    if (text->failed || !kept.data)
        wt_parse_oom(p);
    else
        add_custom(p, slice_str("wattle.bind"), kept, at, KEY_last);
}

/* (@bind "clauses" ...): the same as (@custom "wattle.bind" "clauses\n" ...). */
static void read_bind(Parser *p, AnnotationWalk *w) {
    Buf bytes;
    wt_buf_init(&bytes, p->al);
    if (read_bind_strings(p, w, &bytes))
        add_clauses(p, &bytes, w->whole.at);
    wt_buf_free(&bytes);
}

/* ---- @bind in a header ---- */

void wt_parse_begin_header(Parser *p) {
    p->in_header = true;
    p->bind.len = 0;
}

/* Names of clauses have no escapes. */
static bool put_bind_name(Parser *p, Buf *out, Slice name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] == '"' || name.data[i] == '\n') {
            wt_lex_error(&p->lx, p->bind_token, ERR_bind_annotation,
                         "a name with quotes or more than one line has no clause");
            return false;
        }
    wt_buf_printf(out, " \"%.*s\"", (int)name.len, (const char *)name.data);
    return true;
}

/* What belongs to the end of the header stands before the current token. */
void wt_parse_end_header(Parser *p, uint32_t exports, const Import *im) {
    if (WT_UNLIKELY(p->lx.before & ANNOT_bind)) {
        uint8_t others = p->lx.before & (uint8_t)~ANNOT_bind;
        p->lx.before = ANNOT_bind;
        wt_parse_misplaced(p);
        p->lx.before = others;
    }
    p->in_header = false;
    if (WT_LIKELY(!p->bind.len) || p->sink)
        return;
    uint32_t end = WT_MIN(p->exports, p->exports_total);
    if (exports >= end && !im)
        wt_lex_error(&p->lx, p->bind_token, ERR_bind_annotation,
                     "there is no (export or (import in this header, which it could be about");
    Buf text;
    wt_buf_init(&text, p->al);
    bool ok = true;
    if (im) {
        buf_str(&text, "import");
        ok = put_bind_name(p, &text, im->module) && put_bind_name(p, &text, im->name);
        wt_buf_printf(&text, " %.*s;\n", (int)p->bind.len, (const char *)p->bind.data);
    }
    for (uint32_t i = exports; i < end && ok; i++) {
        buf_str(&text, "export");
        ok = put_bind_name(p, &text, p->m->exports[i].name);
        wt_buf_printf(&text, " %.*s;\n", (int)p->bind.len, (const char *)p->bind.data);
    }
    text.failed |= p->bind.failed;
    if (ok && (text.len || text.failed))
        add_clauses(p, &text, p->bind_token.at);
    wt_buf_free(&text);
}

/* section NAME quirks, and names N. */
static void read_module_encoding(Parser *p, AnnotationWalk *w) {
    Lexer *in = &w->in;
    uint32_t n;
    if (lexer_is(in, "names")) {
        wt_lex_next(in);
        if (!take_number(in, &n) || in->token.kind != TOKEN_rparen)
            bad_encoding(p, w, "malformed number");
        else
            p->m->names_after = n;
        return;
    }
    SectionId id;
    if (!lexer_is(in, "section")) {
        bad_encoding(p, w, "a word for what it is about is missing");
        return;
    }
    wt_lex_next(in);
    if (in->token.kind != TOKEN_keyword) {
        bad_encoding(p, w, "unknown section");
        return;
    }
    if (lexer_is(in, "custom") || lexer_is(in, "name")) {
        id = SECTION_custom;
    } else if (!wt_section_parse(lexer_slice(in), &id)) {
        bad_encoding(p, w, "unknown section");
        return;
    }
    wt_lex_next(in);
    if (id == SECTION_datacount)
        p->m->has_data_count = true;
    if (id != SECTION_custom)
        add_quirk(p, id, QUIRK_present, QUIRK_header, 0, 1);
    read_quirks(p, w, id, QUIRK_header, NULL);
}

void wt_parse_module_annotations(Parser *p) {
    if (WT_LIKELY(!p->lx.before))
        return;
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    while (wt_lex_annotation(&w)) {
        if (!(w.kind & p->lx.before)) /* the module's own name, taken before */
            continue;
        if (w.kind == ANNOT_custom)
            read_custom(p, &w);
        else if (w.kind == ANNOT_bind)
            read_bind(p, &w);
        else if (w.kind == ANNOT_encoding)
            read_module_encoding(p, &w);
        else if (w.kind == ANNOT_metadata)
            bad_metadata(p, &w, "not in a function");
        else
            wt_lex_error(&p->lx, w.whole, ERR_name_misplaced, NULL);
    }
    p->lx.before = 0;
}

static void misplaced_bind(Parser *p, AnnotationWalk *w) {
    if (!p->in_header)
        wt_lex_error(&p->lx, w->whole, ERR_bind_annotation,
                     "it stands between the fields of a module, or in the header of a function or "
                     "import");
    else if (read_bind_strings(p, w, &p->bind))
        p->bind_token = w->whole;
}

void wt_parse_misplaced(Parser *p) {
    AnnotationWalk w = wt_lex_annotations(&p->lx);
    uint8_t wrong = p->lx.before;
    while (wt_lex_annotation(&w)) {
        if (!(w.kind & wrong))
            continue;
        if (w.kind == ANNOT_custom)
            wt_lex_error(&p->lx, w.whole, ERR_custom_misplaced,
                         "it stands between the fields of a module");
        else if (w.kind == ANNOT_bind)
            misplaced_bind(p, &w);
        else if (w.kind == ANNOT_name)
            wt_lex_error(&p->lx, w.whole, ERR_name_misplaced,
                         "it stands behind the place of an identifier");
        else if (w.kind == ANNOT_metadata)
            bad_metadata(p, &w, p->in_func ? "invalid target" : "not in a function");
        else
            bad_encoding(p, &w, "misplaced");
    }
    p->lx.before = 0;
}

/* ---- the end ---- */

static bool keep_metadata(Parser *p) {
    Module *m = p->m;
    Buf b;
    wt_buf_init(&b, p->al);
    bool ok = true;
    for (size_t i = 0; i < p->meta_count && ok; i++) {
        Metadata *meta = &p->metas[i];
        b.len = 0;
        buf_u32leb(&b, meta->func_count);
        buf_bytes(&b, meta->bytes.data, meta->bytes.len);
        Slice bytes = wt_parse_keep(p, b.data, b.len);
        ok = !b.failed && !meta->bytes.failed && bytes.data &&
             add_custom(p, meta->name, bytes, 0, KEY_before_code);
    }
    wt_buf_free(&b);
    (void)m;
    return ok || wt_parse_oom(p);
}

/* Stable, by place; quirks that name a custom section by its number follow it. */
static bool sort_customs(Parser *p) {
    Module *m = p->m;
    uint32_t n = m->custom_count;
    if (n == 0)
        return true;
    uint32_t counts[KEY_last + 3] = {0};
    Custom *sorted = ARENA_ARRAY(&m->arena, Custom, n);
    uint32_t *moved = ARENA_ARRAY(&m->arena, uint32_t, n);
    if (!sorted || !moved)
        return wt_parse_oom(p);
    for (uint32_t i = 0; i < n; i++)
        counts[p->custom_keys[i] + 1]++;
    for (size_t k = 1; k < WT_COUNT(counts); k++)
        counts[k] += counts[k - 1];
    for (uint32_t i = 0; i < n; i++) {
        unsigned key = p->custom_keys[i];
        uint32_t to = counts[key]++;
        moved[i] = to;
        sorted[to] = m->customs[i];
        sorted[to].after = (uint8_t)(key / 3);
    }
    m->customs = sorted;
    p->custom_cap = n;
    for (uint32_t i = 0; i < m->quirk_count; i++)
        if (m->quirks[i].section == SECTION_custom && m->quirks[i].item < n)
            m->quirks[i].item = moved[m->quirks[i].item];
    return true;
}

static uint64_t quirk_order(const Quirk *q) {
    uint64_t item = q->item == QUIRK_header ? 0 : (uint64_t)q->item + 1;
    return (uint64_t)wt_section_rank((SectionId)q->section) << 33 | item;
}

static bool quirk_less(const Quirk *a, const Quirk *b) {
    uint64_t x = quirk_order(a), y = quirk_order(b);
    return x != y ? x < y : a->ordinal < b->ordinal;
}

/* Bottom-up merging: stable, and quick when they are in order already, as they mostly are. */
static bool sort_quirks(Parser *p) {
    Module *m = p->m;
    uint32_t n = m->quirk_count;
    bool sorted = true;
    for (uint32_t i = 1; i < n; i++)
        sorted = sorted && !quirk_less(&m->quirks[i], &m->quirks[i - 1]);
    if (sorted)
        return true;
    Quirk *from = m->quirks, *to = ARENA_ARRAY(&m->arena, Quirk, n);
    if (!to)
        return wt_parse_oom(p);
    for (uint64_t width = 1; width < n; width *= 2) {
        for (uint64_t lo = 0; lo < n; lo += 2 * width) {
            uint64_t mid = WT_MIN(lo + width, n), hi = WT_MIN(lo + 2 * width, n);
            uint64_t a = lo, b = mid;
            for (uint64_t k = lo; k < hi; k++)
                to[k] =
                    a < mid && (b >= hi || !quirk_less(&from[b], &from[a])) ? from[a++] : from[b++];
        }
        Quirk *swap = from;
        from = to;
        to = swap;
    }
    m->quirks = from;
    return true;
}

static bool keep_names(Parser *p) {
    Module *m = p->m;
    Buf b;
    wt_buf_init(&b, p->al);
    bool ok = true;
    for (unsigned kind = 0; kind < NAME_count && ok; kind++) {
        NameSub *sub = &p->names[kind];
        if (!sub->count)
            continue;
        b.len = 0;
        if (kind != NAME_module)
            buf_u32leb(&b, sub->count);
        uint8_t *room = arena_alloc(&m->arena, b.len + sub->bytes.len);
        ok = room && !b.failed && !sub->bytes.failed;
        if (!ok)
            break;
        if (b.len)
            memcpy(room, b.data, b.len);
        memcpy(room + b.len, sub->bytes.data, sub->bytes.len);
        m->names.sub[kind] = slice(room, b.len + sub->bytes.len);
        wt_buf_free(&sub->bytes);
    }
    wt_buf_free(&b);
    return ok || wt_parse_oom(p);
}

bool wt_parse_finish_module(Parser *p) {
    Module *m = p->m;
    m->names.present = p->has_names;
    if (!keep_metadata(p) || !sort_customs(p) || !sort_quirks(p) || !keep_names(p))
        return false;
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (slice_is(m->customs[i].name, "name")) {
            m->customs[i].is_names = true;
            m->names.present = true;
            break;
        }
    return true;
}
