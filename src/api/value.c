/* Values between wattle.h and the store, and the roots behind references.

   A root is a slot in the store's list; slots are linked by the scope they belong to, so that a
   scope ends in time proportional to what it holds. A serial number, never used twice, tells a
   reference whose slot has another owner by now. */
#define WATTLE_UNSTABLE
#include "api/inside.h"

#include "base/float.h"
#include "run/object.h"
#include "text/names.h"

#include <limits.h>

/* ---- roots ---- */

/* A pointer of the host as a reference: an object of the heap holds the box's address. */
struct ExternBox {
    void *data;
    void (*finalize)(void *data);
    ExternBox *next; /* among those whose object is gone */
};

static const Root *root_of(const wattle_store *s, wattle_ref ref) {
    bool known = ref.store == s->id && ref.slot && ref.slot < s->root_count && ref.serial &&
                 s->roots[ref.slot].serial == ref.serial;
    return known ? &s->roots[ref.slot] : NULL;
}

static bool root_new(wattle_store *s, wattle_kind kind, Value value, uint32_t scope,
                     wattle_ref *out) {
    uint32_t slot = s->root_free;
    if (slot) {
        s->root_free = s->roots[slot].next;
    } else {
        if (s->root_count == 0)
            s->root_count = 1;
        if (s->root_count >= UINT32_MAX ||
            !wt_vec_grow(&s->allocator, (void **)&s->roots, &s->root_cap, s->root_count,
                         sizeof *s->roots))
            return false;
        slot = (uint32_t)s->root_count++;
    }
    uint32_t *head = &s->scopes[scope];
    s->roots[slot] = (Root){.value = value,
                            .serial = ++s->serial,
                            .next = *head,
                            .scope = scope,
                            .kind = (uint8_t)kind};
    if (*head)
        s->roots[*head].prev = slot;
    *head = slot;
    *out = (wattle_ref){s->id, slot, s->serial};
    return true;
}

static void root_end(wattle_store *s, uint32_t slot) {
    Root *r = &s->roots[slot];
    if (r->prev)
        s->roots[r->prev].next = r->next;
    else
        s->scopes[r->scope] = r->next;
    if (r->next)
        s->roots[r->next].prev = r->prev;
    *r = (Root){.next = s->root_free};
    s->root_free = slot;
}

wattle_scope wattle_scope_open(wattle_store *store) {
    if (!wt_vec_grow(&store->allocator, (void **)&store->scopes, &store->scope_cap,
                     store->scope_count, sizeof *store->scopes))
        return (wattle_scope){0};
    store->scopes[store->scope_count] = 0;
    return (wattle_scope){store->id, (uint32_t)store->scope_count++};
}

void wattle_scope_close(wattle_store *store, wattle_scope scope) {
    if (scope.store != store->id || scope.depth == 0)
        return;
    while (store->scope_count > scope.depth) {
        uint32_t *head = &store->scopes[store->scope_count - 1];
        while (*head)
            root_end(store, *head);
        store->scope_count--;
    }
}

static void mark_api_roots(void *user, Heap *h) {
    const wattle_store *s = user;
    for (size_t i = 1; i < s->root_count; i++)
        if (s->roots[i].serial && s->roots[i].kind != WATTLE_FUNCREF)
            wt_gc_mark(h, s->roots[i].value);
}

/* During a collection nothing of the embedder may run: later. */
static void box_is_gone(void *user, uint64_t word) {
    wattle_store *s = user;
    ExternBox *box = value_to_pointer(word);
    box->next = s->gone;
    s->gone = box;
}

void wt_api_roots_init(wattle_store *s) {
    s->run->embedder = (StoreEmbedder){mark_api_roots, box_is_gone, wt_api_host_ended, s};
}

void wt_api_finalize_boxes(wattle_store *s) {
    while (s->gone) {
        ExternBox *box = s->gone;
        s->gone = box->next;
        if (box->finalize)
            box->finalize(box->data);
        allocator_free(&s->allocator, box, sizeof *box);
    }
}

void wt_api_roots_free(wattle_store *s) {
    allocator_free(&s->allocator, s->roots, s->root_cap * sizeof *s->roots);
    allocator_free(&s->allocator, s->scopes, s->scope_cap * sizeof *s->scopes);
}

void wattle_ref_free(wattle_store *store, wattle_ref ref) {
    if (root_of(store, ref))
        root_end(store, ref.slot);
}

static uint32_t inner_scope(const wattle_store *s) { return (uint32_t)s->scope_count - 1; }

wattle_status wattle_ref_copy(wattle_store *store, wattle_ref ref, bool outside, wattle_ref *out) {
    *out = (wattle_ref){0}; /* ref was passed by value: out may be its place */
    if (wattle_ref_is_null(ref))
        return WATTLE_OK;
    const Root *r = root_of(store, ref);
    if (!r)
        return wt_api_fail(store, WATTLE_USAGE, "a reference that is no longer there");
    uint32_t scope = outside ? 0 : inner_scope(store);
    return root_new(store, (wattle_kind)r->kind, r->value, scope, out) ? WATTLE_OK
                                                                       : WATTLE_OUT_OF_MEMORY;
}

bool wattle_ref_same(const wattle_store *store, wattle_ref a, wattle_ref b) {
    if (wattle_ref_is_null(a) || wattle_ref_is_null(b))
        return wattle_ref_is_null(a) && wattle_ref_is_null(b);
    const Root *ra = root_of(store, a), *rb = root_of(store, b);
    return ra && rb && ra->value == rb->value;
}

wattle_status wattle_externref_new(wattle_store *store, void *data, void (*finalize)(void *data),
                                   wattle_ref *out) {
    ExternBox *box = allocator_get(&store->allocator, sizeof *box);
    bool rooted = box && root_new(store, WATTLE_EXTERNREF, 0, inner_scope(store), out);
    Value ref = rooted ? wt_object_host(store->run, value_pointer(box), store->run->stack_top) : 0;
    if (store->run->depth == 0)
        wt_trap_clear(store->run);
    if (!ref) {
        if (rooted)
            root_end(store, out->slot);
        allocator_free(&store->allocator, box, sizeof *box);
        if (finalize)
            finalize(data);
        return WATTLE_OUT_OF_MEMORY;
    }
    *box = (ExternBox){.data = data, .finalize = finalize};
    store->roots[out->slot].value = ref;
    return WATTLE_OK;
}

wattle_status wattle_externref_data(const wattle_store *store, wattle_ref ref, void **data) {
    const Root *r = root_of(store, ref);
    uint64_t word;
    *data = NULL;
    if (!r || r->kind != WATTLE_EXTERNREF || !wt_object_host_word(store->run, r->value, &word))
        return WATTLE_USAGE;
    *data = ((const ExternBox *)value_to_pointer(word))->data;
    return WATTLE_OK;
}

/* ---- values ---- */

bool wt_api_value_out(wattle_store *s, wattle_kind kind, const Value *at, wattle_value *out) {
    *out = (wattle_value){.kind = kind};
    uint32_t low = (uint32_t)*at;
    switch (kind) {
    case WATTLE_I32:
    case WATTLE_I8:
    case WATTLE_I16:
        out->of.i32 = (int32_t)low;
        return true;
    case WATTLE_F32:
        memcpy(&out->of.f32, &low, sizeof low);
        return true;
    case WATTLE_I64:
    case WATTLE_F64:
        memcpy(&out->of.i64, at, sizeof *at);
        return true;
    case WATTLE_V128:
        store64le(out->of.v128, at[0]);
        store64le(out->of.v128 + 8, at[1]);
        return true;
    case WATTLE_FUNCREF: {
        void *f = value_to_pointer(*at);
        if (!f)
            return true;
        out->of.func = (wattle_func){s->id, wt_api_place(s, HANDLE_func, f, f)};
        return out->of.func.index != 0;
    }
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
        return !*at || root_new(s, kind, *at, inner_scope(s), &out->of.ref);
    }
    return false;
}

/* The Value of a reference; false: of another type, or of another store. */
static bool reference_in(const wattle_store *s, ValType type, const wattle_value *v, Value *at) {
    *at = 0;
    if (v->kind == WATTLE_FUNCREF ? v->of.func.index == 0 : wattle_ref_is_null(v->of.ref))
        return valtype_nullable(type);
    if (v->kind == WATTLE_FUNCREF) {
        FuncInst *f = API_FUNC(s, v->of.func);
        *at = value_pointer(f);
        return f && types_is_sub(&s->run->types, VAL_REF_OF(f->type_id, false), type);
    }
    const Root *r = root_of(s, v->of.ref);
    if (!r || r->kind != (uint8_t)v->kind)
        return false;
    *at = r->value;
    return wt_object_is(s->run, r->value, type);
}

wattle_status wt_api_value_in(wattle_store *s, ValType type, const wattle_value *v, Value *at,
                              const char *what, size_t number) {
    wattle_kind want = wt_api_kind(store_types(s), type);
    if (v->kind != want)
        return wt_api_fail(s, WATTLE_USAGE, "%s %zu is %s, not %s", what, number,
                           wattle_kind_name(v->kind), wattle_kind_name(want));
    switch (want) {
    case WATTLE_I32:
    case WATTLE_I8:
    case WATTLE_I16:
        *at = (uint32_t)v->of.i32;
        return WATTLE_OK;
    case WATTLE_F32: {
        uint32_t bits;
        memcpy(&bits, &v->of.f32, sizeof bits);
        *at = bits;
        return WATTLE_OK;
    }
    case WATTLE_I64:
    case WATTLE_F64:
        memcpy(at, &v->of.i64, sizeof *at);
        return WATTLE_OK;
    case WATTLE_V128:
        at[0] = load64le(v->of.v128);
        at[1] = load64le(v->of.v128 + 8);
        return WATTLE_OK;
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
        if (reference_in(s, type, v, at))
            return WATTLE_OK;
        break;
    }
    return wt_api_fail(s, WATTLE_USAGE,
                       "%s %zu is a reference that is null, of another type or "
                       "not of this store",
                       what, number);
}

/* ---- text ---- */

static bool integer_parse(const char *text, size_t n, bool wide, int64_t *out) {
    bool minus = n > 0 && text[0] == '-';
    uint64_t bits;
    if (wt_base_u64_from_text(text + minus, n - minus, &bits) != FLOAT_OK)
        return false;
    uint64_t most =
        minus ? (wide ? (uint64_t)1 << 63 : (uint64_t)1 << 31) : (wide ? UINT64_MAX : UINT32_MAX);
    if (bits > most)
        return false;
    *out = (int64_t)(minus ? 0 - bits : bits);
    return true;
}

/* 0x and up to 32 digits, as wattle_value_print writes it: one number, the last lane first. */
static bool vector_parse(const char *text, size_t n, uint8_t v128[16]) {
    memset(v128, 0, 16);
    if (n < 3 || n > 34 || text[0] != '0' || text[1] != 'x')
        return false;
    for (size_t i = 0; i < n - 2; i++) {
        char c = text[n - 1 - i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        v128[i / 2] |= (uint8_t)(digit << (i % 2 * 4));
    }
    return true;
}

bool wattle_value_parse(const char *text, wattle_valtype type, wattle_value *value) {
    size_t n = strlen(text);
    int64_t integer;
    uint32_t small = 0;
    uint64_t bits = 0;
    *value = (wattle_value){.kind = (wattle_kind)type.kind};
    switch (value->kind) {
    case WATTLE_I32:
        if (!integer_parse(text, n, false, &integer))
            return false;
        value->of.i32 = (int32_t)(uint32_t)integer;
        return true;
    case WATTLE_I64:
        return integer_parse(text, n, true, &value->of.i64);
    case WATTLE_F32:
        if (wt_base_f32_from_text(text, n, &small) != FLOAT_OK)
            return false;
        memcpy(&value->of.f32, &small, sizeof small);
        return true;
    case WATTLE_F64:
        if (wt_base_f64_from_text(text, n, &bits) != FLOAT_OK)
            return false;
        memcpy(&value->of.f64, &bits, sizeof bits);
        return true;
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
        return type.nullable && strcmp(text, "null") == 0;
    case WATTLE_V128:
        return vector_parse(text, n, value->of.v128);
    case WATTLE_I8:
    case WATTLE_I16:
        break;
    }
    return false;
}

size_t wattle_value_print(const wattle_value *value, char text[WATTLE_VALUE_TEXT]) {
    char spare[64];
    size_t n = 0;
    uint32_t small;
    uint64_t bits;
    switch (value->kind) {
    case WATTLE_I32:
    case WATTLE_I64: {
        int64_t i = value->kind == WATTLE_I32 ? value->of.i32 : value->of.i64;
        bits = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
        size_t k = sizeof spare;
        do
            spare[--k] = (char)('0' + bits % 10);
        while (bits /= 10);
        if (i < 0)
            spare[--k] = '-';
        n = sizeof spare - k;
        memcpy(text, spare + k, n);
        break;
    }
    case WATTLE_F32:
        memcpy(&small, &value->of.f32, sizeof small);
        n = wt_base_f32_to_text(small, text);
        break;
    case WATTLE_F64:
        memcpy(&bits, &value->of.f64, sizeof bits);
        n = wt_base_f64_to_text(bits, text);
        break;
    case WATTLE_V128:
        text[n++] = '0';
        text[n++] = 'x';
        for (unsigned i = 32; i-- > 0;)
            text[n++] = "0123456789abcdef"[value->of.v128[i / 2] >> (i % 2 * 4) & 15];
        break;
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
    case WATTLE_I8:
    case WATTLE_I16: {
        bool null = value->kind == WATTLE_FUNCREF ? value->of.func.index == 0
                                                  : wattle_ref_is_null(value->of.ref);
        const char *word = null ? "null" : "ref";
        n = strlen(word);
        memcpy(text, word, n);
        break;
    }
    }
    text[n] = 0;
    return n;
}

unsigned wattle_word_distance(const char *word, const char *known) {
    Slice a = slice_str(word), b = slice_str(known);
    unsigned limit = wt_text_names_tolerance(a.len);
    unsigned d = wt_text_names_distance(a, b, limit);
    return d <= limit ? d : UINT_MAX;
}
