/* Types: names, bytes, the lattice of heap types, and equality of recursion groups.

   Canonicalisation works inside one module: groups are taken in order, each is written as a string
   of words in which a reference into the same group is its position there and a reference before it
   is that type's canonical index; equal strings are equal groups (the spec's "rolling" of recursive
   types, 3.1.4). Engines do the same over many modules. */
#include "wasm/type.h"

#include "base/map.h"
#include "wasm/module.h"

/* Abstract heap types: keyword, byte, shorthand of the nullable reference, and direct supertype. */
static const struct HeapRow {
    const char *name;
    uint8_t byte;
    const char *shorthand;
    uint32_t super; /* 0: a top */
} heap_rows[HEAP_bot - HEAP_first] = {
#define HEAP(ident) [HEAP_##ident - HEAP_first]
    HEAP(func) = {"func", 0x70, "funcref", 0},
    HEAP(nofunc) = {"nofunc", 0x73, "nullfuncref", 0},
    HEAP(extern) = {"extern", 0x6F, "externref", 0},
    HEAP(noextern) = {"noextern", 0x72, "nullexternref", 0},
    HEAP(any) = {"any", 0x6E, "anyref", 0},
    HEAP(eq) = {"eq", 0x6D, "eqref", HEAP_any},
    HEAP(i31) = {"i31", 0x6C, "i31ref", HEAP_eq},
    HEAP(struct) = {"struct", 0x6B, "structref", HEAP_eq},
    HEAP(array) = {"array", 0x6A, "arrayref", HEAP_eq},
    HEAP(none) = {"none", 0x71, "nullref", 0},
    HEAP(exn) = {"exn", 0x69, "exnref", 0},
    HEAP(noexn) = {"noexn", 0x74, "nullexnref", 0},
    HEAP(cont) = {"cont", 0x68, "contref", 0},
    HEAP(nocont) = {"nocont", 0x75, "nullcontref", 0},
#undef HEAP
};

const char *wt_type_heap_name(uint32_t heap) {
    return heap == HEAP_bot ? "bot" : heap_rows[heap - HEAP_first].name;
}
uint8_t wt_type_heap_byte(uint32_t heap) {
    return heap == HEAP_bot ? 0x71 : heap_rows[heap - HEAP_first].byte;
}

uint32_t wt_type_heap_of_byte(uint8_t byte) {
    if (byte < 0x68 || byte > 0x75)
        return 0;
    for (uint32_t i = 0; i < WT_COUNT(heap_rows); i++)
        if (heap_rows[i].byte == byte)
            return HEAP_first + i;
    return 0;
}

const char *wt_type_shorthand(uint32_t heap) {
    return heap < HEAP_first || heap == HEAP_bot ? NULL : heap_rows[heap - HEAP_first].shorthand;
}

void wt_type_print(Buf *b, ValType t) {
    static const char *const plain[] = {"bot", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
    if (!valtype_is_ref(t)) {
        buf_str(b, valtype_kind(t) == VAL_address ? "address" : plain[valtype_kind(t)]);
        return;
    }
    uint32_t heap = valtype_heap(t);
    const char *shorthand = wt_type_shorthand(heap);
    if (shorthand && valtype_nullable(t) && !valtype_exact(t)) {
        buf_str(b, shorthand);
        return;
    }
    buf_str(b, valtype_nullable(t) ? "(ref null " : "(ref ");
    if (valtype_exact(t))
        buf_str(b, "(exact ");
    if (heap < HEAP_first)
        wt_buf_dec(b, heap);
    else
        buf_str(b, wt_type_heap_name(heap));
    buf_str(b, valtype_exact(t) ? "))" : ")");
}

void wt_type_print_list(Buf *b, const ValType *types, size_t count) {
    buf_u8(b, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_u8(b, ' ');
        wt_type_print(b, types[i]);
    }
    buf_u8(b, ']');
}

static Feature type_needs(const Module *m, ValType t) {
    uint32_t heap = valtype_heap(t);
    if (!valtype_is_ref(t))
        return t == VAL_v128 ? FEATURE_simd : valtype_packed(t) ? FEATURE_gc : FEATURE_mvp;
    if (valtype_exact(t))
        return FEATURE_custom_descriptors;
    if (heap < HEAP_first)
        return module_has(m, FEATURE_gc) ? FEATURE_gc : FEATURE_function_references;
    switch (heap) {
    case HEAP_func:
    case HEAP_extern:
        return valtype_nullable(t) ? FEATURE_reference_types : FEATURE_function_references;
    case HEAP_exn:
    case HEAP_noexn:
        return FEATURE_exceptions;
    case HEAP_cont:
    case HEAP_nocont:
        return FEATURE_stack_switching;
    }
    return FEATURE_gc;
}

Feature wt_type_feature(const Module *m, ValType t) {
    Feature f = type_needs(m, t);
    return module_has(m, f) ? FEATURE_mvp : f;
}

uint32_t wt_type_heap_top(const Module *m, uint32_t heap) {
    if (heap < HEAP_first) {
        if (heap >= m->type_count)
            return HEAP_any;
        switch ((TypeKind)m->types[heap].kind) {
        case TYPE_func:
            return HEAP_func;
        case TYPE_cont:
            return HEAP_cont;
        case TYPE_struct:
        case TYPE_array:
            return HEAP_any;
        }
    }
    switch (heap) {
    case HEAP_func:
    case HEAP_nofunc:
        return HEAP_func;
    case HEAP_extern:
    case HEAP_noextern:
        return HEAP_extern;
    case HEAP_exn:
    case HEAP_noexn:
        return HEAP_exn;
    case HEAP_cont:
    case HEAP_nocont:
        return HEAP_cont;
    }
    return HEAP_any;
}

uint32_t wt_type_heap_bottom(const Module *m, uint32_t heap) {
    switch (wt_type_heap_top(m, heap)) {
    case HEAP_func:
        return HEAP_nofunc;
    case HEAP_extern:
        return HEAP_noextern;
    case HEAP_exn:
        return HEAP_noexn;
    case HEAP_cont:
        return HEAP_nocont;
    }
    return HEAP_none;
}

/* The abstract supertype that a definition of this kind sits under. */
static uint32_t heap_of_kind(uint8_t kind) {
    switch ((TypeKind)kind) {
    case TYPE_func:
        return HEAP_func;
    case TYPE_struct:
        return HEAP_struct;
    case TYPE_array:
        return HEAP_array;
    case TYPE_cont:
        return HEAP_cont;
    }
    return HEAP_any;
}

/* Walks a's declared supertypes; their number is bounded by the subtype depth, which the checker
   has enforced, and by the fact that supertypes have smaller indices. */
static bool index_is_sub(const Module *m, uint32_t a, uint32_t b) {
    while (m->canon[a] != m->canon[b]) {
        uint32_t super = m->types[a].super;
        if (super == TYPE_none || super >= a)
            return false;
        a = super;
    }
    return true;
}

bool wt_type_heap_is_sub(const Module *m, uint32_t a, uint32_t b) {
    if (a == b || a == HEAP_bot)
        return true;
    if (a < HEAP_first && b < HEAP_first)
        return index_is_sub(m, a, b);
    if (a == HEAP_none || a == HEAP_nofunc || a == HEAP_noextern || a == HEAP_noexn ||
        a == HEAP_nocont)
        return wt_type_heap_bottom(m, b) == a && b != HEAP_bot;
    if (b < HEAP_first || b == HEAP_bot)
        return false;
    uint32_t at = a < HEAP_first ? heap_of_kind(m->types[a].kind) : a;
    while (at && at != b)
        at = heap_rows[at - HEAP_first].super;
    return at == b;
}

bool wt_type_is_sub(const Module *m, ValType a, ValType b) {
    if (a == b || a == VAL_bot)
        return true;
    if (!valtype_is_ref(a) || !valtype_is_ref(b))
        return false;
    if (valtype_nullable(a) && !valtype_nullable(b))
        return false;
    uint32_t ha = valtype_heap(a), hb = valtype_heap(b);
    if (valtype_exact(b)) {
        if (ha < HEAP_first && hb < HEAP_first)
            return valtype_exact(a) && m->canon[ha] == m->canon[hb];
        return wt_type_heap_is_sub(m, ha, hb) && ha >= HEAP_first;
    }
    return wt_type_heap_is_sub(m, ha, hb);
}

bool wt_type_is_equal(const Module *m, ValType a, ValType b) {
    if (a == b)
        return true;
    if (!valtype_indexed(a) || !valtype_indexed(b) || (a ^ b) << (32 - VAL_heap_shift))
        return false;
    return m->canon[valtype_heap(a)] == m->canon[valtype_heap(b)];
}

/* A reference inside group [start, start + count) becomes its position, with a bit that no index
 * has. */
static uint32_t roll_index(const Module *m, const TypeDef *group, uint32_t index) {
    if (index == TYPE_none)
        return index;
    uint32_t start = group->rec_start;
    if (index >= start && index - start < group->rec_count)
        return 0x800000u | (index - start);
    return index < start ? m->canon[index] : index;
}

static void put_word(Buf *b, uint32_t word) {
    if (buf_room(b, 4)) {
        store32le(b->data + b->len, word);
        b->len += 4;
    }
}

static void put_type(const Module *m, const TypeDef *group, Buf *b, ValType t) {
    if (valtype_indexed(t)) {
        uint32_t low = t & ((1u << VAL_heap_shift) - 1);
        uint32_t index = roll_index(m, group, valtype_heap(t));
        put_word(b, low | 0x80);
        put_word(b, index);
    } else {
        put_word(b, t);
    }
}

static void put_typedef(const Module *m, const TypeDef *group, Buf *b, const TypeDef *t) {
    put_word(b, t->kind | (uint32_t)t->final << 8);
    put_word(b, roll_index(m, group, t->super));
    put_word(b, roll_index(m, group, t->describes));
    put_word(b, roll_index(m, group, t->descriptor));
    put_word(b, t->param_count);
    put_word(b, t->result_count);
    if (t->kind == TYPE_func) {
        for (uint32_t i = 0; i < t->param_count + t->result_count; i++)
            put_type(m, group, b, t->params[i]);
    } else if (t->kind == TYPE_cont) {
        put_word(b, roll_index(m, group, t->cont));
    } else {
        for (uint32_t i = 0; i < t->param_count; i++) {
            put_word(b, t->fields[i].mutable_);
            put_type(m, group, b, t->fields[i].type);
        }
    }
}

bool wt_type_canonicalise(Module *m) {
    const Allocator *al = m->arena.allocator;
    m->canon = ARENA_ARRAY(&m->arena, uint32_t, m->type_count);
    if (!m->canon)
        return false;
    Arena keys;
    Map map;
    Buf b;
    wt_arena_init(&keys, al);
    wt_map_init(&map, al);
    wt_buf_init(&b, al);
    bool ok = true;
    for (uint32_t i = 0; i < m->type_count && ok;) {
        const TypeDef *group = &m->types[i];
        uint32_t count = group->rec_count ? group->rec_count : 1;
        b.len = 0;
        for (uint32_t k = 0; k < count; k++)
            put_typedef(m, group, &b, &group[k]);
        uint32_t *same = b.failed ? NULL : wt_map_get(&map, slice(b.data, b.len));
        uint32_t first = same ? *same : i;
        for (uint32_t k = 0; k < count; k++)
            m->canon[i + k] = first + k;
        if (!same) {
            Slice key = wt_arena_copy(&keys, b.data, b.len);
            if (key.data)
                wt_map_add(&map, key, i);
        }
        ok = !b.failed && !keys.failed && !map.failed;
        i += count;
    }
    wt_buf_free(&b);
    wt_map_free(&map);
    wt_arena_free(&keys);
    return ok;
}
