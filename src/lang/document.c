/* The document: a text comes in, and is parsed, checked and encoded.

   Two versions are kept. A body of the new one is valid without a look when
   everything around bodies is as it was (a hash of the index spaces, the types,
   and who may be named), and its bytes are those that the version before had at
   the same index. */
#include "lang/inside.h"

#include "base/map.h"
#include "binary/encode.h"
#include "tools/report.h"
#include "valid/valid.h"

enum { UNIT_BLOCK = 256 };

/* ---- places ---- */

static uint32_t units_in(const uint8_t *p, const uint8_t *end) {
    uint32_t n = 0;
    for (; p != end; p++)
        n += (uint32_t)((*p & 0xC0) != 0x80) + (uint32_t)(*p >= 0xF0);
    return n;
}

static bool is_ascii(Slice text) {
    size_t i = 0;
    uint64_t high = 0;
    for (; text.len - i >= 8; i += 8)
        high |= load64le(text.data + i);
    for (; i < text.len; i++)
        high |= text.data[i];
    return !(high & 0x8080808080808080u);
}

static void forget_units(Lang *l) {
    allocator_free(l->al, l->units, l->unit_blocks * sizeof *l->units);
    l->units = NULL;
    l->unit_blocks = 0;
}

static bool count_units(Lang *l) {
    Slice text = lang_text(l);
    forget_units(l);
    if (is_ascii(text))
        return true;
    size_t blocks = text.len / UNIT_BLOCK + 1;
    l->units = allocator_get(l->al, blocks * sizeof *l->units);
    if (!l->units)
        return false;
    l->unit_blocks = blocks;
    uint32_t n = 0;
    for (size_t i = 0; i < blocks; i++) {
        l->units[i] = n;
        size_t from = i * UNIT_BLOCK;
        n += units_in(text.data + from, text.data + WT_MIN(from + UNIT_BLOCK, text.len));
    }
    return true;
}

uint32_t wt_lang_unit(const Lang *l, uint64_t byte) {
    Slice text = lang_text(l);
    size_t at = byte < text.len ? (size_t)byte : text.len;
    if (!l->units)
        return (uint32_t)at;
    size_t block = at / UNIT_BLOCK;
    return l->units[block] + units_in(text.data + block * UNIT_BLOCK, text.data + at);
}

uint32_t wt_lang_byte(const Lang *l, uint32_t unit) {
    Slice text = lang_text(l);
    if (!l->units)
        return unit < text.len ? unit : (uint32_t)text.len;
    size_t low = 0, high = l->unit_blocks - 1;
    while (low < high) {
        size_t mid = (low + high + 1) / 2;
        if (l->units[mid] <= unit)
            low = mid;
        else
            high = mid - 1;
    }
    uint32_t n = l->units[low];
    size_t at = low * UNIT_BLOCK;
    while (at < text.len && n < unit) {
        n += units_in(text.data + at, text.data + at + 1);
        at++;
        while (at < text.len && (text.data[at] & 0xC0) == 0x80)
            at++;
    }
    return (uint32_t)at;
}

void wt_lang_put_span(const Lang *l, Buf *out, uint64_t at, uint64_t end) {
    wt_buf_printf(out, "\"start\":%u,\"end\":%u", (unsigned)wt_lang_unit(l, at),
                  (unsigned)wt_lang_unit(l, end));
}

/* ---- what bodies depend on ---- */

static uint64_t mix_bytes(uint64_t h, const void *data, size_t len) {
    return wt_base_hash(data, len, h ^ len);
}
static uint64_t mix_number(uint64_t h, uint64_t v) { return mix_bytes(h, &v, sizeof v); }
static uint64_t mix_slice(uint64_t h, Slice s) {
    return s.len ? mix_bytes(h, s.data, s.len) : mix_number(h, 0);
}
static uint64_t mix_limits(uint64_t h, const Limits *l) {
    return mix_number(h,
                      (uint64_t)l->is64 | (uint64_t)l->shared << 1 | (uint64_t)l->page_log2 << 2);
}

static uint64_t mix_type(uint64_t h, const TypeDef *t) {
    const uint64_t words[] = {(uint64_t)t->kind | (uint64_t)t->final << 8,
                              (uint64_t)t->super << 32 | t->rec_start,
                              (uint64_t)t->describes << 32 | t->descriptor,
                              (uint64_t)t->rec_count << 32 | t->param_count, t->result_count};
    h = mix_bytes(h, words, sizeof words);
    size_t count = (size_t)t->param_count + t->result_count;
    switch ((TypeKind)t->kind) {
    case TYPE_func:
        return count ? mix_bytes(h, t->params, count * sizeof *t->params) : h;
    case TYPE_struct:
    case TYPE_array:
        for (uint32_t i = 0; i < t->param_count; i++)
            h = mix_number(h, (uint64_t)t->fields[i].type << 1 | t->fields[i].mutable_);
        return h;
    case TYPE_cont:
        return mix_number(h, t->cont);
    }
    return h;
}

static uint64_t hash_around(const Module *m) {
    const uint64_t counts[] = {m->type_count,   m->func_count,   m->func_imports,  m->table_count,
                               m->memory_count, m->global_count, m->tag_count,     m->elem_count,
                               m->data_count,   m->export_count, m->has_data_count};
    uint64_t h = mix_bytes(1, counts, sizeof counts);
    for (uint32_t i = 0; i < m->type_count; i++)
        h = mix_type(h, &m->types[i]);
    for (uint32_t i = 0; i < m->func_count; i++)
        h = mix_number(h, (uint64_t)m->funcs[i].type << 1 | m->funcs[i].exact);
    for (uint32_t i = 0; i < m->table_count; i++) {
        h = mix_number(mix_limits(h, &m->tables[i].limits), m->tables[i].type);
        h = mix_slice(h, m->tables[i].init.code);
    }
    for (uint32_t i = 0; i < m->memory_count; i++)
        h = mix_limits(h, &m->memories[i].limits);
    for (uint32_t i = 0; i < m->global_count; i++) {
        h = mix_number(h, (uint64_t)m->globals[i].type << 1 | m->globals[i].mutable_);
        h = mix_slice(h, m->globals[i].init.code);
    }
    for (uint32_t i = 0; i < m->tag_count; i++)
        h = mix_number(h, m->tags[i].type);
    /* Exports and segments say which functions ref.func may name. */
    for (uint32_t i = 0; i < m->export_count; i++)
        h = mix_number(h, (uint64_t)m->exports[i].kind << 32 | m->exports[i].item);
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const Elem *e = &m->elems[i];
        h = mix_number(h, (uint64_t)e->type << 2 | e->mode);
        h = mix_slice(mix_slice(h, e->items), e->offset.code);
    }
    return h;
}

/* Marks the bodies that were valid before and are the same. */
static void recall_bodies(Version *v, const Version *before) {
    if (!before->checked || v->around != before->around)
        return;
    for (uint32_t i = v->m.func_imports; i < v->m.func_count; i++) {
        const Func *a = &v->m.funcs[i], *b = &before->m.funcs[i];
        uint32_t k = i - v->m.func_imports;
        v->valid[k] = before->valid[k] && same_body(a, b);
    }
}

/* ---- versions ---- */

static void version_init(Version *v, const Allocator *al) {
    *v = (Version){0};
    wt_buf_init(&v->text, al);
    wt_buf_init(&v->binary, al);
}

static void version_drop(Version *v) {
    if (v->read) {
        wt_module_free(&v->m);
        wt_diag_free(&v->d);
    }
    v->read = v->parsed = v->checked = v->sound = false;
    v->text.len = v->binary.len = 0;
}

static void version_free(Version *v) {
    version_drop(v);
    wt_buf_free(&v->text);
    wt_buf_free(&v->binary);
}

/* What questions needed of the text before. */
static void forget_answers(Lang *l) {
    forget_units(l);
    wt_text_map_free(l->map);
    l->map = NULL;
    l->fields_found = l->items_found = l->symbols_found = false;
    l->field_count = l->item_count = l->symbol_count = 0;
    wt_arena_reset(&l->symbol_names);
}

static void free_answers(Lang *l) {
    forget_answers(l);
    allocator_free(l->al, l->fields, l->field_cap * sizeof *l->fields);
    allocator_free(l->al, l->items, l->item_cap * sizeof *l->items);
    allocator_free(l->al, l->symbols, l->symbol_cap * sizeof *l->symbols);
    wt_arena_free(&l->symbol_names);
    l->fields = NULL;
    l->items = NULL;
    l->symbols = NULL;
    l->field_cap = l->item_cap = l->symbol_cap = 0;
}

Lang *wt_lang_new(const Allocator *al, uint64_t features) {
    Lang *l = allocator_get(al, sizeof *l);
    if (!l)
        return NULL;
    *l = (Lang){.al = al, .features = features};
    version_init(&l->versions[0], al);
    version_init(&l->versions[1], al);
    wt_arena_init(&l->symbol_names, al);
    Buf out;
    wt_buf_init(&out, al);
    bool ok = wt_lang_init_words(l) && wt_lang_call(l, LANG_update, 0, 0, slice_str(""), &out);
    wt_buf_free(&out);
    if (ok)
        return l;
    wt_lang_free(l);
    return NULL;
}

void wt_lang_free(Lang *l) {
    if (!l)
        return;
    free_answers(l);
    wt_map_free(&l->words);
    version_free(&l->versions[0]);
    version_free(&l->versions[1]);
    allocator_free(l->al, l, sizeof *l);
}

/* ---- an update ---- */

static void version_parse(Lang *l, Version *v) {
    const ReadOptions options = {l->features, wt_module_bounds_default()};
    wt_module_init(&v->m, l->al, &options);
    wt_diag_init(&v->d, l->al);
    v->d.most = DIAG_MAX;
    v->read = true;
    v->parsed = wt_text_parse(&v->m, lang_text(l), &v->d);
}

/* A mistake in this field leaves everything that bodies depend on as the text
 * says it. */
static bool harmless_field(const Lang *l, const FieldSpan *field) {
    static const char *const words[] = {"func", "data", "start"};
    Slice word = wt_lang_field_word(l, field);
    for (size_t i = 0; i < WT_COUNT(words); i++)
        if (slice_is(word, words[i]))
            return true;
    return false;
}

/* After mistakes of syntax, bodies can be checked as long as nothing that they
   depend on could not be read; the broken ones trap at once instead. */
static bool worth_checking(Lang *l, const Version *v) {
    const Module *m = &v->m;
    if (!m->types || (!v->parsed && !wt_lang_find_fields(l)))
        return false;
    if (v->parsed)
        return true;
    for (uint32_t i = 0; i < m->func_count; i++)
        if (m->funcs[i].type == TYPE_none || (i >= m->func_imports && !m->funcs[i].code))
            return false;
    for (uint32_t i = 0; i < v->d.count; i++) {
        const DiagEntry *e = v->d.entries[i];
        const FieldSpan *field = e->at < UINT32_MAX ? wt_lang_field_at(l, (uint32_t)e->at) : NULL;
        if (!field || e->code == ERR_unclosed_paren || !harmless_field(l, field))
            return false;
    }
    return v->d.errors <= v->d.count;
}

static void version_check(Lang *l, Version *v, const Version *before) {
    Module *m = &v->m;
    uint32_t defined = m->func_count - m->func_imports;
    v->valid = ARENA_ARRAY(&m->arena, uint8_t, defined);
    v->used = ARENA_ARRAY(&m->arena, uint32_t, defined);
    if (!v->valid || !v->used) {
        wt_diag_oom(&v->d);
        return;
    }
    if (v->d.out_of_memory || !worth_checking(l, v))
        return;
    v->around = hash_around(m);
    recall_bodies(v, before);
    wt_valid_module_known(m, 1, v->valid, &v->sound, &v->d);
    v->checked = true;
    if (v->d.count)
        wt_text_locate(m, &v->d);
}

static void put_features(uint64_t set, Buf *out) {
    const char *between = "";
    for (unsigned f = 0; f < FEATURE_count; f++)
        if (set >> f & 1) {
            wt_buf_printf(out, "%s\"%s\"", between, wt_feature_name((Feature)f));
            between = ",";
        }
}

static bool update(Lang *l, Slice text, Buf *out) {
    const Version *before = lang_now(l);
    l->current ^= 1;
    Version *v = lang_now(l);
    version_drop(v);
    forget_answers(l);
    buf_slice(&v->text, text);
    if (v->text.failed || !count_units(l))
        return false;
    version_parse(l, v);
    version_check(l, v, before);
    if (v->d.errors == 0)
        wt_binary_encode(&v->m, &v->binary, &v->d);
    if (v->d.out_of_memory || v->binary.failed)
        return false;
    bool ok = v->d.errors == 0;
    wt_buf_printf(out, "{\"ok\":%s,\"diagnostics\":[", ok ? "true" : "false");
    wt_lang_problems(l, out);
    wt_buf_printf(out, "],\"size\":%zu,\"features\":[", ok ? v->binary.len : 0);
    if (v->parsed) {
        wt_lang_note_features(v, before);
        put_features(wt_lang_features(v), out);
    }
    buf_str(out, "]}");
    return true;
}

/* ---- questions ---- */

static bool give_bytes(Lang *l, Buf *out) {
    const Version *v = lang_now(l);
    if (v->d.errors == 0)
        buf_bytes(out, v->binary.data, v->binary.len);
    return true;
}

static bool answer(Lang *l, LangCall call, uint32_t a, uint32_t b, Slice text, Buf *out) {
    switch (call) {
    case LANG_update:
        return update(l, text, out);
    case LANG_bytes:
        return give_bytes(l, out);
    case LANG_tokens:
        return wt_lang_tokens(l, wt_lang_byte(l, a), wt_lang_byte(l, b), out);
    case LANG_stacks:
        return wt_lang_stacks(l, wt_lang_byte(l, a), wt_lang_byte(l, b), out);
    case LANG_folds:
        return wt_lang_folds(l, out);
    case LANG_instruction:
        return wt_lang_instruction(l, wt_lang_byte(l, a), out);
    case LANG_byte:
        return wt_lang_byte_info(l, a, out);
    case LANG_hover:
        return wt_lang_hover(l, wt_lang_byte(l, a), out);
    case LANG_complete:
        return wt_lang_complete(l, wt_lang_byte(l, a), out);
    case LANG_definition:
        return wt_lang_definition(l, wt_lang_byte(l, a), out);
    case LANG_references:
        return wt_lang_references(l, wt_lang_byte(l, a), out);
    case LANG_rename:
        return wt_lang_rename(l, wt_lang_byte(l, a), text, out);
    case LANG_format:
        return wt_lang_format(l, out);
    case LANG_call_count:
        break;
    }
    return false;
}

bool wt_lang_call(Lang *l, LangCall call, uint32_t a, uint32_t b, Slice text, Buf *out) {
    if (answer(l, call, a, b, text, out) && !out->failed)
        return true;
    free_answers(l);
    for (unsigned i = 0; i < 2; i++) {
        version_free(&l->versions[i]);
        version_init(&l->versions[i], l->al);
    }
    return false;
}
