/* Tables of identifiers, and guesses for unknown ones. Lookups are on the hot path of texts with
   names; guesses are made for messages only, and bounded in time. */
#include "text/names.h"

#include "base/map.h"
#include "wasm/op.h"

void wt_text_names_init(NameTable *t, const Allocator *allocator) {
    *t = (NameTable){.allocator = allocator};
}

void wt_text_names_free(NameTable *t) {
    allocator_free(t->allocator, t->entries, t->cap * sizeof *t->entries);
    t->entries = NULL;
    t->cap = t->len = 0;
}

void wt_text_names_clear(NameTable *t) {
    if (t->len == 0)
        return;
    if (t->cap > 1024) {
        wt_text_names_free(t);
        return;
    }
    memset(t->entries, 0, t->cap * sizeof *t->entries);
    t->len = 0;
}

static NameEntry *name_slot(const NameTable *t, uint32_t scope, Slice key, uint32_t hash) {
    uint32_t mask = t->cap - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        NameEntry *e = &t->entries[i];
        if (!e->key || (e->hash == hash && e->scope == scope && e->len == key.len &&
                        memcmp(e->key, key.data, key.len) == 0))
            return e;
    }
}

static uint32_t name_hash(const NameTable *t, uint32_t scope, Slice key) {
    return (uint32_t)wt_base_hash(key.data, key.len, t->seed + scope);
}

static bool grow_names(NameTable *t) {
    uint32_t cap = t->cap ? t->cap * 2 : 32;
    if (cap > (UINT32_MAX >> 1) / sizeof(NameEntry))
        return false;
    NameEntry *entries = allocator_get(t->allocator, cap * sizeof *entries);
    if (!entries)
        return false;
    memset(entries, 0, cap * sizeof *entries);
    NameTable old = *t;
    t->entries = entries;
    t->cap = cap;
    /* From the table's own address: hostile names cannot aim at one bucket. */
    if (!t->seed)
        t->seed = (uint64_t)(uintptr_t)entries * 0x9E3779B97F4A7C15u | 1;
    for (uint32_t i = 0; i < old.cap; i++) {
        NameEntry *e = &old.entries[i];
        if (!e->key)
            continue;
        if (!old.seed)
            e->hash = name_hash(t, e->scope, slice(e->key, e->len));
        *name_slot(t, e->scope, slice(e->key, e->len), e->hash) = *e;
    }
    allocator_free(t->allocator, old.entries, old.cap * sizeof *old.entries);
    return true;
}

NameEntry *wt_text_names_get(const NameTable *t, uint32_t scope, Slice key) {
    if (t->len == 0)
        return NULL;
    NameEntry *e = name_slot(t, scope, key, name_hash(t, scope, key));
    return e->key ? e : NULL;
}

NameEntry *wt_text_names_add(NameTable *t, uint32_t scope, Slice key, uint32_t value, uint32_t at) {
    if (t->len >= t->cap / 4 * 3 && !grow_names(t)) {
        t->failed = true;
        return NULL;
    }
    uint32_t hash = name_hash(t, scope, key);
    NameEntry *e = name_slot(t, scope, key, hash);
    if (e->key)
        return e;
    *e = (NameEntry){key.data, (uint32_t)key.len, hash, scope, value, at};
    t->len++;
    return NULL;
}

/* ---- guesses ---- */

enum { WORD_MAX = 64 };

unsigned wt_text_names_distance(Slice a, Slice b, unsigned limit) {
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (gap > limit || a.len > WORD_MAX || b.len > WORD_MAX)
        return limit + 1;
    /* Three rows: two back for swapped neighbours. */
    unsigned rows[3][WORD_MAX + 1];
    for (unsigned k = 0; k <= b.len; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        unsigned least = row[0] = (unsigned)i;
        for (size_t k = 1; k <= b.len; k++) {
            bool same = a.data[i - 1] == b.data[k - 1];
            unsigned d = up[k - 1] + !same;
            d = WT_MIN(d, up[k] + 1);
            d = WT_MIN(d, row[k - 1] + 1);
            if (i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1])
                d = WT_MIN(d, up2[k - 2] + 1);
            row[k] = d;
            least = WT_MIN(least, d);
        }
        if (least > limit)
            return limit + 1;
    }
    return rows[a.len % 3][b.len];
}

unsigned wt_text_names_tolerance(size_t len) { return len < 4 ? 1 : len < 8 ? 2 : 3; }

const NameEntry *wt_text_names_nearest(const NameTable *t, uint32_t scope, Slice key) {
    enum { LOOKED_AT = 100000 };
    const NameEntry *best = NULL;
    unsigned limit = wt_text_names_tolerance(key.len);
    for (uint32_t i = 0; i < t->cap && i < LOOKED_AT; i++) {
        const NameEntry *e = &t->entries[i];
        if (!e->key || e->scope != scope)
            continue;
        unsigned d = wt_text_names_distance(key, slice(e->key, e->len), limit);
        /* Of equal ones the one defined first, so that messages do not depend on the seed. */
        if (d > limit || (best && d == limit && e->at > best->at) || d >= e->len)
            continue;
        best = e;
        limit = d;
    }
    return best;
}

/* Spellings of before 1.0, and what they are called now. */
static const struct {
    const char *old, *now;
} old_spellings[] = {
    {"get_local", "local.get"},
    {"set_local", "local.set"},
    {"tee_local", "local.tee"},
    {"get_global", "global.get"},
    {"set_global", "global.set"},
    {"current_memory", "memory.size"},
    {"grow_memory", "memory.grow"},
    {"mem.grow", "memory.grow"},
    {"mem.size", "memory.size"},
    {"anyfunc", "funcref"},
    {"atomic.notify", "memory.atomic.notify"},
    {"atomic.wake", "memory.atomic.notify"},
    {"i32.atomic.wait", "memory.atomic.wait32"},
    {"i64.atomic.wait", "memory.atomic.wait64"},
    {"i32.wrap/i64", "i32.wrap_i64"},
    {"i32.trunc_s:sat/f32", "i32.trunc_sat_f32_s"},
    {"i32.trunc_u:sat/f32", "i32.trunc_sat_f32_u"},
    {"i32.trunc_s:sat/f64", "i32.trunc_sat_f64_s"},
    {"i32.trunc_u:sat/f64", "i32.trunc_sat_f64_u"},
    {"i64.trunc_s:sat/f32", "i64.trunc_sat_f32_s"},
    {"i64.trunc_u:sat/f32", "i64.trunc_sat_f32_u"},
    {"i64.trunc_s:sat/f64", "i64.trunc_sat_f64_s"},
    {"i64.trunc_u:sat/f64", "i64.trunc_sat_f64_u"},
    {"extern.externalize", "extern.convert_any"},
    {"extern.internalize", "any.convert_extern"},
    {"i31.new", "ref.i31"},
    {"array.init_static", "array.new_fixed"},
    {"i8x16.swizzle_relaxed", "i8x16.relaxed_swizzle"},
    {"v8x16.shuffle", "i8x16.shuffle"},
    {"v8x16.swizzle", "i8x16.swizzle"},
    {"function", "func"},
};

/* i32.trunc_s/f32 was i32.trunc_f32_s: the mnemonic, or NULL. */
static const char *slash_spelling(Slice word) {
    const uint8_t *slash = memchr(word.data, '/', word.len);
    if (!slash || word.len > 40)
        return NULL;
    char now[48];
    size_t head = (size_t)(slash - word.data), tail = word.len - head - 1;
    bool sign = head > 2 && slash[-2] == '_' && (slash[-1] == 's' || slash[-1] == 'u');
    size_t keep = sign ? head - 2 : head, n = 0;
    memcpy(now, word.data, keep);
    n = keep;
    now[n++] = '_';
    memcpy(now + n, slash + 1, tail);
    n += tail;
    if (sign) {
        now[n++] = '_';
        now[n++] = (char)slash[-1];
    }
    for (unsigned op = 0; op < OP_count; op++)
        if (wt_op_table[op].text && slice_is(slice(now, n), wt_op_table[op].text))
            return wt_op_table[op].text;
    return NULL;
}

static const char *const common_words[] = {
    "i32",    "i64",    "f32",    "f64",       "v128",   "funcref", "externref", "anyref",
    "param",  "result", "local",  "func",      "table",  "memory",  "global",    "import",
    "export", "start",  "elem",   "data",      "type",   "tag",     "rec",       "struct",
    "array",  "field",  "mut",    "then",      "offset", "item",    "declare",   "module",
    "exnref", "eqref",  "i31ref", "structref", "shared", "arrayref"};

const char *wt_text_names_keyword(Slice word, bool *old) {
    *old = true;
    for (size_t i = 0; i < WT_COUNT(old_spellings); i++)
        if (slice_is(word, old_spellings[i].old))
            return old_spellings[i].now;
    const char *best = slash_spelling(word);
    if (best)
        return best;
    *old = false;
    unsigned limit = wt_text_names_tolerance(word.len);
    for (unsigned op = 0; op < OP_count; op++) {
        const char *text = wt_op_table[op].text;
        unsigned d = text ? wt_text_names_distance(word, slice_str(text), limit) : limit + 1;
        if (d <= limit && (!best || d < limit) && d < strlen(text)) {
            best = text;
            limit = d;
        }
    }
    for (size_t i = 0; i < WT_COUNT(common_words); i++) {
        unsigned d = wt_text_names_distance(word, slice_str(common_words[i]), limit);
        if (d <= limit && (!best || d < limit) && d < strlen(common_words[i])) {
            best = common_words[i];
            limit = d;
        }
    }
    return best;
}
