/* The JavaScript between a program and a module: what stands inside of `link` in init.js. A
   function's parameters become wasm values (lowering), its results become values of JavaScript
   (lifting); for imports the other way around. Pieces of runtime.def that are used stand in front.
 */
#include "pack/pack.h"

typedef enum GluePiece {
#define PIECE(ident, needs, text) PIECE_##ident,
#include "pack/runtime.def"
#undef PIECE
    PIECE_count
} GluePiece;

static const PackPiece glue_pieces[] = {
#define PIECE(ident, needs, text) {#ident, needs, text},
#include "pack/runtime.def"
#undef PIECE
};

typedef struct Glue {
    const Pack *pack;
    const BindModel *b;
    Arena *arena;
    Buf out;        /* what is being written */
    uint64_t used;  /* pieces */
    unsigned names; /* of the function that is being written */
    unsigned slots; /* of views */
    /* One function: */
    Buf before;        /* statements in front of the call */
    bool held, called; /* memory, callbacks have to be freed behind it */
} Glue;

static void use(Glue *g, GluePiece piece) {
    g->used = wt_pack_use(glue_pieces, PIECE_count, g->used, piece);
}

/* A text of the arena. */
static const char *text_of(Glue *g, const char *format, ...) WT_PRINTF(2, 3);
static const char *text_of(Glue *g, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Buf b;
    wt_buf_init(&b, g->arena->allocator);
    wt_buf_vprintf(&b, format, args);
    va_end(args);
    Slice s = b.failed ? (Slice){NULL, 0} : wt_arena_copy(g->arena, b.data, b.len);
    if (b.failed || !s.data)
        g->out.failed = true;
    wt_buf_free(&b);
    return s.data ? (const char *)s.data : "";
}
#define NAME_OF(s) (int)(s).len, (const char *)(s).data

/* ---- numbers and addresses ---- */

static const char *to_core(Glue *g, const char *address) {
    return g->b->is64 ? text_of(g, "BigInt(%s)", address) : address;
}
static const char *from_core(Glue *g, const char *value) {
    return text_of(g, g->b->is64 ? "Number(%s)" : "%s >>> 0", value);
}
static unsigned address_size(const Glue *g) { return g->b->is64 ? 8 : 4; }

/* ---- lowering: JavaScript to wasm ---- */

typedef struct Lowered {
    const char *values[PACK_flat];
    uint32_t count;
} Lowered;

static void lowered(Lowered *l, const char *value) {
    if (l->count < PACK_flat)
        l->values[l->count++] = value;
}

static const char *held_name(Glue *g, const BindType *t) {
    if (t->own || !g->b->free)
        return "undefined";
    g->held = true;
    return "$held";
}

static const char *store_of(Glue *g, const BindType *t, const char *at, const char *value);

/* The call that puts a value into the memory and gives [address, count]. */
static const char *glue_put_pair(Glue *g, const BindType *t, const char *value) {
    const char *held = held_name(g, t);
    if (t->kind == BIND_string || t->kind == BIND_string16) {
        bool wide = t->kind == BIND_string16;
        use(g, wide ? PIECE_put_string16 : PIECE_put_string);
        return text_of(g, "$putString%s(%s, %s)", wide ? "16" : "", value, held);
    }
    const char *type = wt_pack_array(t->of);
    if (type) {
        use(g, PIECE_put_array);
        return text_of(g, "$putArray(%s, %s, %s)", type, value, held);
    }
    use(g, PIECE_put_list);
    uint32_t alignment = 1, size = wt_pack_size(g->b, t->of, &alignment);
    return text_of(g, "$putList(%s, %u, %u, (at, value) => { %s }, %s)", value, (unsigned)size,
                   (unsigned)alignment, store_of(g, t->of, "at", "value"), held);
}

static bool is_pair(const BindType *t) {
    return t->kind == BIND_string || t->kind == BIND_string16 || t->kind == BIND_list;
}

/* One expression, for types that are one wasm value and need no statement. */
static const char *lower_simple(Glue *g, const BindType *t, const char *e) {
    switch (t->kind) {
    case BIND_bool:
        return text_of(g, "(%s ? 1 : 0)", e);
    case BIND_char:
        use(g, PIECE_to_char);
        return text_of(g, "$toChar(%s)", e);
    case BIND_u64:
    case BIND_s64:
        if (!t->number)
            return e;
        use(g, PIECE_to_big);
        return text_of(g, "$toBig(%s)", e);
    case BIND_class:
        use(g, PIECE_handles);
        return text_of(g, "$%s(%s, %.*s)", t->own ? "give" : "pointer", e, NAME_OF(t->def->name));
    case BIND_cstring:
        use(g, PIECE_put_cstring);
        return text_of(g, "$putCString(%s, %s)", e, held_name(g, t));
    case BIND_record:
        use(g, PIECE_put);
        return text_of(g, "$new%.*s(%s, %s)", NAME_OF(t->def->name), e, held_name(g, t));
    default:
        return e;
    }
}

/* Whether a class's handle is an address: else externref. */
static bool is_address(const BindType *t, ValType core) {
    return t->kind == BIND_cstring || t->kind == BIND_record ||
           (t->kind == BIND_class && !valtype_is_ref(core));
}

static const char *zero_of(ValType t) {
    return t == VAL_i64 ? "0n" : valtype_is_ref(t) ? "null" : "0";
}

/* Appends the wasm values of e, which is evaluated once: a name or a simple expression. `core`: the
   types that the function has there. */
static void lower(Glue *g, const BindType *t, const char *e, const ValType *core, Lowered *out) {
    ValType here = core ? core[out->count < PACK_flat ? out->count : 0] : (ValType)VAL_i32;
    if (t->kind == BIND_option && !wt_pack_nullable(t->of)) {
        const char *some = text_of(g, "%s != null", e);
        lowered(out, text_of(g, "(%s ? 1 : 0)", some));
        Lowered inner = {.count = out->count};
        lower(g, t->of, e, core, &inner);
        for (uint32_t i = out->count; i < inner.count; i++)
            lowered(out, text_of(g, "(%s ? %s : %s)", some, inner.values[i],
                                 core ? zero_of(core[i]) : "0"));
        return;
    }
    bool optional = t->kind == BIND_option;
    const BindType *of = optional ? t->of : t;
    const char *null = optional ? text_of(g, "%s == null ? ", e) : "";
    if (is_pair(of)) {
        unsigned n = g->names++;
        wt_buf_printf(&g->before, "const $p%u = %s%s%s;\n", n, null, optional ? "[0, 0] : " : "",
                      glue_put_pair(g, of, e));
        lowered(out, to_core(g, text_of(g, "$p%u[0]", n)));
        lowered(out, to_core(g, text_of(g, "$p%u[1]", n)));
        return;
    }
    if (of->kind == BIND_callback) {
        if (valtype_is_ref(here)) {
            use(g, PIECE_function);
            lowered(out, text_of(g, "$function(%s)", e));
            return;
        }
        use(g, PIECE_callbacks);
        unsigned n = g->names++;
        wt_buf_printf(&g->before, "const $p%u = $keep(%s%s);\n", n, e, of->own ? "" : ", $called");
        g->called |= !of->own;
        lowered(out, text_of(g, "$p%u", n));
        return;
    }
    const char *value = lower_simple(g, of, e);
    bool address = is_address(of, here);
    if (optional)
        value = text_of(g, "(%s%s : %s)", null, address ? "0" : zero_of(here), value);
    if (address && of->kind != BIND_class) { /* before the call: it may fail, and it allocates */
        unsigned n = g->names++;
        wt_buf_printf(&g->before, "const $p%u = %s;\n", n, value);
        value = text_of(g, "$p%u", n);
    }
    lowered(out, address ? to_core(g, value) : value);
}

/* ---- lifting: wasm to JavaScript ---- */

static const char *load_of(Glue *g, const BindType *t, const char *at);

/* Of a string or list whose address and count are numbers. */
static const char *get_pair(Glue *g, const BindType *t, const char *at, const char *count) {
    const char *value;
    unsigned width = t->kind == BIND_string16 ? 2 : 1, alignment = width;
    if (t->kind == BIND_list) {
        uint32_t a = 1;
        width = (unsigned)wt_pack_size(g->b, t->of, &a);
        alignment = (unsigned)a;
    }
    bool take = t->own && g->b->free;
    if (t->kind == BIND_string || t->kind == BIND_string16) {
        bool wide = t->kind == BIND_string16;
        use(g, wide ? PIECE_get_string16 : PIECE_get_string);
        value = text_of(g, "$getString%s", wide ? "16" : "");
        if (!take)
            return text_of(g, "%s(%s, %s)", value, at, count);
    } else {
        const char *from = take ? "at" : at, *n = take ? "count" : count;
        if (wt_pack_array(t->of)) {
            use(g, PIECE_get_array);
            value = text_of(g, "$getArray(%s, %s, %s)", wt_pack_array(t->of), from, n);
        } else {
            use(g, PIECE_get_list);
            value = text_of(g, "$getList(%s, %s, %u, (at) => %s)", from, n, width,
                            load_of(g, t->of, "at"));
        }
        if (!take)
            return value;
        value = text_of(g, "(at, count) => %s", value);
    }
    use(g, PIECE_take);
    return text_of(g, "$take(%s, %s, %s, %u, %u)", value, at, count, width, alignment);
}

static const char *wrapped(Glue *g, const BindType *t, const char *handle) {
    use(g, PIECE_handles);
    return text_of(g, "$wrap(%.*s, %s, %s)", NAME_OF(t->def->name), handle,
                   t->own ? "true" : "false");
}

/* The value of one wasm value. */
static const char *lift_simple(Glue *g, const BindType *t, const char *e, ValType core) {
    switch (t->kind) {
    case BIND_bool:
        return text_of(g, "%s !== 0", e);
    case BIND_char:
        return text_of(g, "String.fromCodePoint(%s)", e);
    case BIND_u8:
        return text_of(g, "%s & 0xff", e);
    case BIND_s8:
        return text_of(g, "%s << 24 >> 24", e);
    case BIND_u16:
        return text_of(g, "%s & 0xffff", e);
    case BIND_s16:
        return text_of(g, "%s << 16 >> 16", e);
    case BIND_u32:
        return text_of(g, "%s >>> 0", e);
    case BIND_u64:
    case BIND_s64:
        if (t->kind == BIND_u64)
            e = text_of(g, "BigInt.asUintN(64, %s)", e);
        if (!t->number)
            return e;
        use(g, PIECE_to_number);
        return text_of(g, "$toNumber(%s)", e);
    case BIND_class:
        return wrapped(g, t, is_address(t, core) ? from_core(g, e) : e);
    case BIND_cstring: {
        use(g, PIECE_get_cstring);
        const char *at = from_core(g, e);
        if (!t->own || !g->b->free)
            return text_of(g, "$getCString(%s)", at);
        use(g, PIECE_take_cstring);
        return text_of(g, "$takeCString(%s)", at);
    }
    case BIND_record: {
        const char *at = from_core(g, e);
        if (!t->own || !g->b->free)
            return text_of(g, "$load%.*s(%s)", NAME_OF(t->def->name), at);
        use(g, PIECE_take);
        return text_of(g, "$take($load%.*s, %s, 1, %u, %u)", NAME_OF(t->def->name), at,
                       (unsigned)t->def->size, (unsigned)t->def->alignment);
    }
    default:
        return e;
    }
}

/* The length of a view: calls are those of the API, `self` is the object. */
static const char *length_of(Glue *g, const BindType *t, const BindSig *sig) {
    Buf b;
    wt_buf_init(&b, g->arena->allocator);
    const uint8_t *at = t->length.data, *end = at + t->length.len;
    bool member = false;
    while (at < end) {
        const uint8_t *from = at;
        while (at < end && (wt_pack_is_identifier(slice(at, 1)) || (*at >= '0' && *at <= '9')))
            at++;
        Slice word = slice(from, (size_t)(at - from));
        if (!word.len) {
            member = *at == '.' || (member && *at == ' ');
            buf_u8(&b, *at++);
            continue;
        }
        bool known = member || word.data[0] <= '9';
        for (uint32_t i = 0; sig && i < sig->param_count && !known; i++)
            known = slice_eq(sig->params[i].name, word);
        if (slice_is(word, "self"))
            buf_str(&b, "this");
        else if (known)
            buf_slice(&b, word);
        else
            wt_buf_printf(&b, "$api.%.*s", NAME_OF(word));
        member = false;
    }
    const char *text = text_of(g, "%.*s", (int)b.len, (const char *)b.data);
    wt_buf_free(&b);
    return text;
}

/* The value of the wasm values from values[*at] on. */
static const char *lift(Glue *g, const BindType *t, const BindSig *sig, const char *const *values,
                        const ValType *core, uint32_t *at) {
    if (t->kind == BIND_option && !wt_pack_nullable(t->of)) {
        const char *some = values[(*at)++];
        return text_of(g, "(%s ? %s : undefined)", some, lift(g, t->of, sig, values, core, at));
    }
    bool optional = t->kind == BIND_option;
    const BindType *of = optional ? t->of : t;
    const char *first = values[*at], *value;
    ValType type = core[*at];
    if (is_pair(of)) {
        value = get_pair(g, of, text_of(g, "(%s)", from_core(g, first)),
                         text_of(g, "(%s)", from_core(g, values[*at + 1])));
        *at += 2;
    } else if (of->kind == BIND_view) {
        use(g, PIECE_view);
        bool counted = of->length.len == 0;
        value = text_of(g, "$view(%u, %s, %s, %s)", g->slots++, wt_pack_array(of->of),
                        from_core(g, first),
                        counted ? from_core(g, values[*at + 1]) : length_of(g, of, sig));
        *at += counted ? 2 : 1;
    } else {
        value = lift_simple(g, of, first, type);
        *at += 1;
    }
    if (!optional)
        return value;
    return valtype_is_ref(type) ? text_of(g, "(%s === null ? undefined : %s)", first, value)
                                : text_of(g, "(%s ? %s : undefined)", first, value);
}

/* ---- memory ---- */

static const char *load_address(Glue *g, const char *at, unsigned plus) {
    const char *where = plus ? text_of(g, "%s + %u", at, plus) : at;
    return g->b->is64 ? text_of(g, "Number($dv().getBigUint64(%s, true))", where)
                      : text_of(g, "$dv().getUint32(%s, true)", where);
}
static const char *store_address(Glue *g, const char *at, unsigned plus, const char *value) {
    const char *where = plus ? text_of(g, "%s + %u", at, plus) : at;
    return g->b->is64 ? text_of(g, "$dv().setBigUint64(%s, BigInt(%s), true);", where, value)
                      : text_of(g, "$dv().setUint32(%s, %s, true);", where, value);
}

static const char *const accessors[BIND_scalars] = {
    [BIND_bool] = "Uint8",   [BIND_char] = "Uint32", [BIND_u8] = "Uint8",
    [BIND_s8] = "Int8",      [BIND_u16] = "Uint16",  [BIND_s16] = "Int16",
    [BIND_u32] = "Uint32",   [BIND_s32] = "Int32",   [BIND_u64] = "BigUint64",
    [BIND_s64] = "BigInt64", [BIND_f32] = "Float32", [BIND_f64] = "Float64"};

/* An expression: the value of this type at an address. */
static const char *load_of(Glue *g, const BindType *t, const char *at) {
    use(g, PIECE_views);
    if (t->kind < BIND_scalars || t->kind == BIND_enum) {
        const char *raw = text_of(g, "$dv().get%s(%s, true)",
                                  t->kind == BIND_enum ? "Int32" : accessors[t->kind], at);
        if (t->kind == BIND_bool || t->kind == BIND_char || t->number)
            return lift_simple(g, t, raw, VAL_i32);
        return raw;
    }
    if (t->kind == BIND_record)
        return text_of(g, "$load%.*s(%s)", NAME_OF(t->def->name), at);
    if (is_pair(t))
        return get_pair(g, t, load_address(g, at, 0), load_address(g, at, address_size(g)));
    if (t->kind == BIND_class)
        return wrapped(g, t, load_address(g, at, 0));
    if (t->kind == BIND_cstring) {
        use(g, PIECE_get_cstring);
        return text_of(g, "$getCString(%s)", load_address(g, at, 0));
    }
    /* option */
    if (wt_pack_nullable(t->of) && t->of->kind != BIND_record)
        return text_of(g, "(%s ? %s : undefined)", load_address(g, at, 0), load_of(g, t->of, at));
    uint32_t alignment = 1;
    wt_pack_size(g->b, t->of, &alignment);
    return text_of(
        g, "($dv().getInt32(%s, true) ? %s : undefined)", at,
        load_of(g, t->of, text_of(g, "%s + %u", at, alignment < 4 ? 4 : (unsigned)alignment)));
}

/* A statement: puts the value there. */
static const char *store_of(Glue *g, const BindType *t, const char *at, const char *value) {
    use(g, PIECE_views);
    if (t->kind < BIND_scalars || t->kind == BIND_enum)
        return text_of(g, "$dv().set%s(%s, %s, true);",
                       t->kind == BIND_enum ? "Int32" : accessors[t->kind], at,
                       lower_simple(g, t, value));
    if (t->kind == BIND_record)
        return text_of(g, "$store%.*s(%s, %s, %s);", NAME_OF(t->def->name), at, value,
                       held_name(g, t));
    if (is_pair(t))
        return text_of(g, "{ const pair = %s; %s %s }", glue_put_pair(g, t, value),
                       store_address(g, at, 0, "pair[0]"),
                       store_address(g, at, address_size(g), "pair[1]"));
    if (t->kind == BIND_class)
        return store_address(g, at, 0, lower_simple(g, t, value));
    if (t->kind == BIND_cstring)
        return text_of(g, "{ const text = %s; %s }", lower_simple(g, t, value),
                       store_address(g, at, 0, "text"));
    if (wt_pack_nullable(t->of) && t->of->kind != BIND_record)
        return text_of(g, "if (%s == null) { %s } else { %s }", value, store_address(g, at, 0, "0"),
                       store_of(g, t->of, at, value));
    uint32_t alignment = 1;
    wt_pack_size(g->b, t->of, &alignment);
    return text_of(
        g, "$dv().setInt32(%s, %s == null ? 0 : 1, true); if (%s != null) { %s }", at, value, value,
        store_of(g, t->of, text_of(g, "%s + %u", at, alignment < 4 ? 4 : (unsigned)alignment),
                 value));
}

/* $loadPoint, $storePoint and $newPoint. */
static void put_record(Glue *g, const BindDef *def) {
    Buf *o = &g->out;
    wt_buf_printf(o, "  const $load%.*s = (at) => ({\n", NAME_OF(def->name));
    uint32_t at = 0;
    Buf store;
    wt_buf_init(&store, g->arena->allocator);
    for (uint32_t i = 0; i < def->count; i++) {
        const BindParam *f = &def->fields[i];
        uint32_t alignment = 1, size = wt_pack_size(g->b, f->type, &alignment);
        at = (at + alignment - 1) / alignment * alignment;
        const char *where = at ? text_of(g, "at + %u", (unsigned)at) : "at";
        wt_buf_printf(o, "    %.*s: %s,\n", NAME_OF(f->name), load_of(g, f->type, where));
        wt_buf_printf(&store, "    %s\n",
                      store_of(g, f->type, where, text_of(g, "value.%.*s", NAME_OF(f->name))));
        at += size;
    }
    buf_str(o, "  });\n");
    if (g->b->alloc) {
        wt_buf_printf(o, "  const $store%.*s = (at, value, $held) => {\n", NAME_OF(def->name));
        buf_bytes(o, store.data, store.len);
        wt_buf_printf(o,
                      "  };\n  const $new%.*s = (value, held) => {\n"
                      "    const at = $put(%u, %u, held);\n    $store%.*s(at, value, held);\n"
                      "    return at;\n  };\n",
                      NAME_OF(def->name), (unsigned)def->size, (unsigned)def->alignment,
                      NAME_OF(def->name));
        use(g, PIECE_put);
    }
    g->held = false;
    wt_buf_free(&store);
}

/* ---- functions ---- */

static void begin_function(Glue *g) {
    g->names = 0;
    g->held = false;
    g->before.len = 0;
    g->called = false;
}

static const char *args_text(Glue *g, const Lowered *l) {
    Buf b;
    wt_buf_init(&b, g->arena->allocator);
    for (uint32_t i = 0; i < l->count; i++)
        wt_buf_printf(&b, "%s%s", i ? ", " : "", l->values[i]);
    const char *text = text_of(g, "%.*s", (int)b.len, (const char *)b.data);
    wt_buf_free(&b);
    return text;
}

/* The offset of each flat value in a structure that holds all of them. */
static uint32_t area_layout(const Flat *flat, uint32_t offsets[PACK_flat], uint32_t *alignment) {
    uint32_t at = 0;
    *alignment = 4;
    for (uint32_t i = 0; i < flat->count; i++) {
        uint32_t size = flat->types[i] == VAL_i64 || flat->types[i] == VAL_f64 ? 8 : 4;
        *alignment = size > *alignment ? size : *alignment;
        at = (at + size - 1) / size * size;
        offsets[i] = at;
        at += size;
    }
    return (at + *alignment - 1) / *alignment * *alignment;
}

static const char *flat_accessor(ValType t) {
    return t == VAL_i64   ? "BigInt64"
           : t == VAL_f32 ? "Float32"
           : t == VAL_f64 ? "Float64"
                          : "Int32";
}

/* The expressions of the wasm results: of `$r`, its elements, or memory behind `$area`. */
static void result_values(Glue *g, const BindItem *it, const Flat *flat,
                          const char *values[PACK_flat]) {
    uint32_t offsets[PACK_flat], alignment;
    if (it->packed) {
        values[0] = "Number($r & 0xffffffffn)";
        values[1] = "Number($r >> 32n & 0xffffffffn)";
        return;
    }
    area_layout(flat, offsets, &alignment);
    for (uint32_t i = 0; i < flat->count; i++) {
        if (it->area) {
            use(g, PIECE_views);
            values[i] = text_of(g, "$dv().get%s($area + %u, true)", flat_accessor(flat->types[i]),
                                (unsigned)offsets[i]);
        } else {
            values[i] = flat->count > 1 ? text_of(g, "$r[%u]", (unsigned)i) : "$r";
        }
    }
}

static void put_names(Buf *out, const BindSig *sig, uint32_t first) {
    for (uint32_t i = first; i < sig->param_count; i++)
        wt_buf_printf(out, "%s%.*s", i > first ? ", " : "", NAME_OF(sig->params[i].name));
}

/* The statements of g->before, in six columns; inside of a `try` what frees behind them. */
static void glue_put_body(Glue *g) {
    bool tries = g->held || g->called;
    Buf *o = &g->out;
    if (g->held)
        buf_str(o, "      const $held = [];\n");
    if (g->called)
        buf_str(o, "      const $called = [];\n");
    buf_str(o, tries ? "      try {\n" : "");
    for (size_t i = 0; i < g->before.len; i++) {
        if (!i || g->before.data[i - 1] == '\n')
            buf_str(o, tries ? "        " : "      ");
        buf_u8(o, g->before.data[i]);
    }
    if (!tries)
        return;
    buf_str(o, "      } finally {\n");
    if (g->called)
        buf_str(o, "        for (const callback of $called) $callbacks.delete(callback);\n");
    if (g->held) {
        use(g, PIECE_release);
        buf_str(o, "        $release($held);\n");
    }
    buf_str(o, "      }\n");
}

/* What comes of the call, as `return` statements. */
static void glue_put_result(Glue *g, const BindItem *it, const BindType *t) {
    if (!t && it->role != ROLE_new)
        return;
    Flat flat = {.count = 0};
    const char *values[PACK_flat] = {NULL};
    wt_pack_flat(g->b, t, it->area ? NULL : typedef_results(it->type), it->type->result_count,
                 &flat);
    result_values(g, it, &flat, values);
    uint32_t at = 0;
    if (t->kind == BIND_result) {
        use(g, PIECE_fail);
        Flat well = {.count = 1};
        wt_pack_flat(g->b, t->of, NULL, 0, &well);
        uint32_t behind = well.count;
        const char *cause =
            t->error ? lift(g, t->error, it->sig, values, flat.types, &behind) : "undefined";
        wt_buf_printf(&g->before, "if (%s) throw $fail('%.*s', %s, %s);\n", values[0],
                      NAME_OF(it->js), values[0], cause);
        at = 1;
        if (!(t = t->of))
            return;
    }
    if (it->role == ROLE_new) {
        const char *handle = is_address(t, flat.types[0]) ? from_core(g, values[0]) : values[0];
        wt_buf_printf(&g->before,
                      "const $at = %s;\n"
                      "if (!$at) throw new Error('%.*s could not be made');\n"
                      "$adopt(this, %.*s, $at, true);\n",
                      handle, NAME_OF(it->owner->name), NAME_OF(it->owner->name));
        use(g, PIECE_handles);
        return;
    }
    wt_buf_printf(&g->before, "return %s;\n", lift(g, t, it->sig, values, flat.types, &at));
}

/* The body of an exported function, between its braces. */
static void put_export_body(Glue *g, const BindItem *it) {
    begin_function(g);
    const BindSig *sig = it->sig;
    Lowered l = {.count = 0};
    for (uint32_t i = 0; i < sig->param_count; i++) {
        bool self = i == 0 && it->role == ROLE_method;
        const char *e = self ? "this" : text_of(g, "%.*s", NAME_OF(sig->params[i].name));
        lower(g, sig->params[i].type, e, it->type->params, &l);
    }
    if (it->area) {
        Flat flat = {.count = 0};
        uint32_t offsets[PACK_flat], alignment;
        wt_pack_flat(g->b, sig->result, NULL, 0, &flat);
        uint32_t size = area_layout(&flat, offsets, &alignment);
        use(g, g->b->free ? PIECE_put : PIECE_areas);
        g->held |= g->b->free != NULL;
        if (g->b->free)
            wt_buf_printf(&g->before, "const $area = $put(%u, %u, $held);\n", (unsigned)size,
                          (unsigned)alignment);
        else /* one for all calls */
            wt_buf_printf(&g->before, "const $area = ($areas[%u] ||= $put(%u, %u));\n",
                          (unsigned)(it - g->b->exports), (unsigned)size, (unsigned)alignment);
        lowered(&l, to_core(g, "$area"));
    }
    buf_str(&g->before, sig->result && !it->area ? "const $r = " : "");
    if (sig->async) { /* the function that gives promises is made once */
        buf_str(&g->before, "await ($promising[");
        wt_pack_put_literal(&g->before, it->name);
        buf_str(&g->before, "] ||= WebAssembly.promising($x[");
        wt_pack_put_literal(&g->before, it->name);
        buf_str(&g->before, "]))");
    } else {
        buf_str(&g->before, "$x[");
        wt_pack_put_literal(&g->before, it->name);
        buf_str(&g->before, "]");
    }
    wt_buf_printf(&g->before, "(%s);\n", args_text(g, &l));
    glue_put_result(g, it, sig->result);
    if (sig->async)
        use(g, PIECE_jspi);
    glue_put_body(g);
}

/* ---- imports ---- */

bool wt_pack_is_given(const BindItem *it) { return it->source == SOURCE_given; }

/* The JavaScript that an import calls. */
static const char *import_target(Glue *g, const BindItem *it, uint32_t index) {
    switch (it->source) {
    case SOURCE_global:
        return text_of(g, "%.*s", NAME_OF(it->from));
    case SOURCE_module:
        return text_of(g, "$import%u", (unsigned)index);
    case SOURCE_callback:
        return "$f";
    case SOURCE_wasi: {
        Buf name;
        wt_buf_init(&name, g->arena->allocator);
        wt_pack_put_literal(&name, it->name);
        const char *text = text_of(g, "$wasi.call(%.*s)", (int)name.len, (const char *)name.data);
        wt_buf_free(&name);
        return text;
    }
    default:
        return text_of(g, "$given%u", (unsigned)index);
    }
}

/* Statements that make the wasm results of the expression e. */
static void put_import_result(Glue *g, const BindItem *it, const BindType *t, const char *e) {
    Buf *o = &g->before;
    bool fallible = t && t->kind == BIND_result;
    Flat flat = {.count = 0};
    wt_pack_flat(g->b, t, it->area ? NULL : typedef_results(it->type), it->type->result_count,
                 &flat);
    uint32_t offsets[PACK_flat], alignment;
    area_layout(&flat, offsets, &alignment);
    const BindType *parts[2] = {fallible ? t->of : t, fallible ? t->error : NULL};
    if (fallible)
        buf_str(o, "let $r, $code = 0, $cause;\ntry {\n");
    wt_buf_printf(o, "%s%s;\n", !t ? "" : fallible ? "$r = " : "const $r = ", e);
    if (fallible)
        buf_str(o, "} catch ($e) {\n  $code = 1;\n  $cause = $e;\n}\n");
    Lowered l = {.count = 0};
    if (fallible)
        lowered(&l, "$code");
    for (int k = 0; k < 2; k++) {
        const BindType *part = parts[k];
        if (!part)
            continue;
        BindType owned = *part; /* what the host gives is the guest's to free */
        owned.own = true;
        const char *value = k ? owned.kind == BIND_string || owned.kind == BIND_string16 ||
                                        owned.kind == BIND_cstring
                                    ? "String($cause?.message ?? $cause)"
                                    : "($cause?.code ?? 1)"
                              : "$r";
        uint32_t from = l.count;
        size_t before = g->before.len;
        lower(g, &owned, value, flat.types, &l);
        if (!fallible)
            continue;
        /* only one of the two is there: the other is zeros */
        const char *made = text_of(g, "%.*s", (int)(g->before.len - before),
                                   (const char *)g->before.data + before);
        g->before.len = before;
        for (uint32_t i = from; i < l.count; i++) {
            const char *name = text_of(g, "$v%u", (unsigned)i);
            wt_buf_printf(&g->before, "let %s = %s;\n", name, zero_of(flat.types[i]));
            l.values[i] = text_of(g, "%s = %s;", name, l.values[i]);
        }
        wt_buf_printf(&g->before, "if (%s$code) {\n%s", k ? "" : "!", made);
        for (uint32_t i = from; i < l.count; i++) {
            wt_buf_printf(&g->before, "  %s\n", l.values[i]);
            l.values[i] = text_of(g, "$v%u", (unsigned)i);
        }
        buf_str(&g->before, "}\n");
    }
    if (it->packed)
        wt_buf_printf(o, "return BigInt(%s) | BigInt(%s) << 32n;\n", l.values[0], l.values[1]);
    else if (it->area)
        for (uint32_t i = 0; i < l.count; i++)
            wt_buf_printf(
                o, "$dv().set%s(%s + %u, %s, true);\n", flat_accessor(flat.types[i]),
                text_of(g, "(%s)",
                        from_core(g, text_of(g, "$%u", (unsigned)it->type->param_count - 1))),
                (unsigned)offsets[i], l.values[i]);
    else if (l.count)
        wt_buf_printf(o, l.count > 1 ? "return [%s];\n" : "return %s;\n", args_text(g, &l));
    if (it->area)
        use(g, PIECE_views);
}

static void glue_put_import(Glue *g, const BindItem *it, uint32_t index) {
    Buf *o = &g->out;
    const char *target = import_target(g, it, index);
    if (it->raw || !it->type) {
        if (it->source == SOURCE_global && it->type)
            wt_buf_printf(o, "(...args) => %s(...args)", target);
        else
            buf_str(o, target);
        return;
    }
    begin_function(g);
    const BindSig *sig = it->sig;
    uint32_t first = it->source == SOURCE_callback ? 1 : 0, at = first;
    const char *values[PACK_flat];
    uint32_t count = it->type->param_count < PACK_flat ? it->type->param_count : PACK_flat;
    if (sig->async) {
        use(g, PIECE_jspi);
        buf_str(o, "new WebAssembly.Suspending(async (");
    } else {
        buf_str(o, "(");
    }
    for (uint32_t i = 0; i < count; i++) {
        values[i] = text_of(g, "$%u", (unsigned)i);
        wt_buf_printf(o, "%s$%u", i ? ", " : "", (unsigned)i);
    }
    buf_str(o, ") => {\n");
    if (first) {
        if (valtype_is_ref(it->type->params[0])) {
            buf_str(&g->before, "const $f = $0;\n");
        } else {
            use(g, PIECE_callbacks);
            buf_str(&g->before, "const $f = $callbacks.get($0);\n");
        }
    }
    Lowered l = {.count = 0};
    for (uint32_t i = 0; i < sig->param_count; i++)
        lowered(&l, lift(g, sig->params[i].type, sig, values, it->type->params, &at));
    const char *call = text_of(g, "%s%s(%s)", sig->async ? "await " : "", target, args_text(g, &l));
    put_import_result(g, it, sig->result, call);
    glue_put_body(g);
    buf_str(o, sig->async ? "    })" : "    }");
}

static void glue_put_imports(Glue *g) {
    Buf *o = &g->out;
    const BindModel *b = g->b;
    for (uint32_t i = 0; i < b->import_count; i++)
        if (wt_pack_is_given(&b->imports[i])) {
            use(g, PIECE_given);
            wt_buf_printf(o, "  const $given%u = $need(", (unsigned)i);
            wt_pack_put_literal(o, b->imports[i].module);
            buf_str(o, ", ");
            wt_pack_put_literal(o, b->imports[i].name);
            buf_str(o, ");\n");
        }
    buf_str(o, "  const $imports = {\n");
    for (uint32_t i = 0; i < b->import_count; i++) {
        bool seen = false;
        for (uint32_t k = 0; k < i; k++)
            seen |= slice_eq(b->imports[k].module, b->imports[i].module);
        if (seen)
            continue;
        buf_str(o, "    ");
        wt_pack_put_literal(o, b->imports[i].module);
        buf_str(o, ": {\n");
        for (uint32_t k = i; k < b->import_count; k++) {
            if (!slice_eq(b->imports[k].module, b->imports[i].module))
                continue;
            buf_str(o, "    ");
            wt_pack_put_literal(o, b->imports[k].name);
            buf_str(o, ": ");
            glue_put_import(g, &b->imports[k], k);
            buf_str(o, ",\n");
        }
        buf_str(o, "    },\n");
    }
    buf_str(o, "  };\n");
}

/* ---- exports ---- */

static void glue_put_class(Glue *g, const BindDef *def) {
    Buf *o = &g->out;
    const BindItem *make = NULL;
    for (uint32_t i = 0; i < g->b->export_count; i++)
        if (g->b->exports[i].owner == def && g->b->exports[i].role == ROLE_new)
            make = &g->b->exports[i];
    use(g, PIECE_handles);
    wt_buf_printf(o, "  class %.*s {\n    constructor(", NAME_OF(def->name));
    if (make) {
        put_names(o, make->sig, 0);
        buf_str(o, ") {\n");
        put_export_body(g, make);
    } else {
        wt_buf_printf(o, ") {\n      throw new TypeError('%.*s has no constructor');\n",
                      NAME_OF(def->name));
    }
    buf_str(o, "    }\n");
    for (uint32_t i = 0; i < g->b->export_count; i++) {
        const BindItem *it = &g->b->exports[i];
        if (it->owner != def || it->role == ROLE_new || it->hidden)
            continue;
        wt_buf_printf(o, "    %s%s%.*s(", it->role == ROLE_static ? "static " : "",
                      it->sig->async ? "async " : "", NAME_OF(it->js));
        put_names(o, it->sig, it->role == ROLE_method ? 1 : 0);
        buf_str(o, ") {\n");
        put_export_body(g, it);
        buf_str(o, "    }\n");
    }
    if (def->free.len)
        wt_buf_printf(o, "    free() {\n      $free%.*s($give(this, %.*s));\n    }\n",
                      NAME_OF(def->name), NAME_OF(def->name));
    /* Its name for messages: that of the class itself goes when somebody makes the text small. */
    wt_buf_printf(o, "  }\n  %.*s[$handle] = '%.*s';\n", NAME_OF(def->name), NAME_OF(def->name));
    if (!def->free.len)
        return;
    bool address = true;
    for (uint32_t i = 0; i < g->b->export_count; i++)
        if (g->b->exports[i].type && slice_eq(g->b->exports[i].name, def->free))
            address = !valtype_is_ref(g->b->exports[i].type->params[0]);
    wt_buf_printf(o, "  const $free%.*s = (at) => $x[", NAME_OF(def->name));
    wt_pack_put_literal(o, def->free);
    wt_buf_printf(o, "](%s);\n", address ? to_core(g, "at") : "at");
    wt_buf_printf(o,
                  "  $registries.set(%.*s, new FinalizationRegistry($free%.*s));\n"
                  "  if (Symbol.dispose) %.*s.prototype[Symbol.dispose] = %.*s.prototype.free;\n",
                  NAME_OF(def->name), NAME_OF(def->name), NAME_OF(def->name), NAME_OF(def->name));
}

static void put_api(Glue *g) {
    Buf *o = &g->out;
    const BindModel *b = g->b;
    buf_str(o, "  const $bind = (instance) => {\n    $x = instance.exports;\n");
    if (b->initialize)
        buf_str(o, "    $x._initialize();\n");
    buf_str(o, "    return Object.assign($api, {\n");
    for (const BindDef *d = b->defs; d; d = d->next) {
        if (d->kind == BIND_class)
            wt_buf_printf(o, "    %.*s,\n", NAME_OF(d->name));
        if (d->kind != BIND_enum)
            continue;
        wt_buf_printf(o, "    %.*s: Object.freeze({", NAME_OF(d->name));
        for (uint32_t i = 0; i < d->count; i++)
            wt_buf_printf(o, "%s %.*s: %lld", i ? "," : "", NAME_OF(d->fields[i].name),
                          (long long)d->values[i]);
        buf_str(o, " }),\n");
    }
    for (uint32_t i = 0; i < b->export_count; i++) {
        const BindItem *it = &b->exports[i];
        if (it->hidden || it->owner)
            continue;
        if (it->starts) {
            wt_buf_printf(o, "    %.*s() {\n      return $wasi.start($x._start);\n    },\n",
                          NAME_OF(it->js));
            continue;
        }
        if (it->raw || !it->type) {
            wt_buf_printf(o, "    %.*s: $x[", NAME_OF(it->js));
            wt_pack_put_literal(o, it->name);
            buf_str(o, "],\n");
            continue;
        }
        wt_buf_printf(o, "    %s%.*s(", it->sig->async ? "async " : "", NAME_OF(it->js));
        put_names(o, it->sig, 0);
        buf_str(o, ") {\n");
        put_export_body(g, it);
        buf_str(o, "    },\n");
    }
    buf_str(o, "    });\n  };\n");
}

/* ---- all ---- */

static void put_allocation(Glue *g, Buf *o) {
    static const char *const params[] = {"size", "alignment"};
    static const char *const freed[] = {"at", "size", "alignment"};
    const BindModel *b = g->b;
    if (b->alloc) {
        buf_str(o, "  const $alloc = (size, alignment) => ");
        Buf call;
        wt_buf_init(&call, g->arena->allocator);
        buf_str(&call, "$x[");
        wt_pack_put_literal(&call, b->alloc->name);
        buf_str(&call, "](");
        for (uint32_t i = 0; i < b->alloc->type->param_count; i++)
            wt_buf_printf(&call, "%s%s", i ? ", " : "", to_core(g, params[i]));
        buf_str(&call, ")");
        buf_str(o, from_core(g, text_of(g, "%.*s", (int)call.len, (const char *)call.data)));
        buf_str(o, ";\n");
        wt_buf_free(&call);
    }
    if (!b->free)
        return;
    buf_str(o, "  const $free = (at, size, alignment) => $x[");
    wt_pack_put_literal(o, b->free->name);
    buf_str(o, "](");
    for (uint32_t i = 0; i < b->free->type->param_count; i++)
        wt_buf_printf(o, "%s%s", i ? ", " : "", to_core(g, freed[i]));
    buf_str(o, ");\n");
}

static void glue_put_heap(const Glue *g, Buf *o) {
    const BindModel *b = g->b;
    if (!b->has_memory)
        return;
    buf_str(o, "  const $heap = () => ");
    if (b->memory_imported) {
        buf_str(o, "$need(");
        wt_pack_put_literal(o, b->memory->module);
        buf_str(o, ", ");
    } else {
        buf_str(o, "$x[");
    }
    wt_pack_put_literal(o, b->memory->name);
    buf_str(o, b->memory_imported ? ").buffer;\n" : "].buffer;\n");
    if (g->used >> PIECE_get_string & 1)
        wt_buf_printf(o, "  const $part = (bytes, from, to) => bytes.%s(from, to);\n",
                      b->shared ? "slice" : "subarray");
}

static void put_module_imports(const BindModel *b, Buf *o) {
    if (b->has_wasi)
        buf_str(o, "import { wasi as $wasiOf } from './wasi.js';\n");
    for (uint32_t i = 0; i < b->import_count; i++) {
        const BindItem *it = &b->imports[i];
        if (it->source != SOURCE_module)
            continue;
        buf_str(o, "import { ");
        Slice name = it->js.len ? it->js : it->name;
        if (wt_pack_is_identifier(name))
            buf_slice(o, name);
        else
            wt_pack_put_literal(o, name);
        wt_buf_printf(o, " as $import%u } from ", (unsigned)i);
        wt_pack_put_literal(o, it->from);
        buf_str(o, ";\n");
    }
}

void wt_pack_glue(const Pack *pack, Buf *out) {
    const BindModel *b = pack->model;
    Glue g = {.pack = pack, .b = b, .arena = b->arena};
    wt_buf_init(&g.out, out->allocator);
    wt_buf_init(&g.before, out->allocator);
    for (const BindDef *d = b->defs; d; d = d->next)
        if (d->kind == BIND_record)
            put_record(&g, d);
    for (const BindDef *d = b->defs; d; d = d->next)
        if (d->kind == BIND_class)
            glue_put_class(&g, d);
    glue_put_imports(&g);
    put_api(&g);
    if (b->memory_imported)
        use(&g, PIECE_given);

    put_module_imports(b, out);
    buf_str(out, "\nfunction $link(given) {\n  let $x;\n  const $api = {};\n");
    if (g.used >> PIECE_given & 1)
        buf_str(out, glue_pieces[PIECE_given].text);
    glue_put_heap(&g, out);
    /* The pieces that free stand behind those that read. */
    for (unsigned i = 0; i < PIECE_count; i++)
        if (i != PIECE_given && g.used >> i & 1)
            buf_str(out, glue_pieces[i].text);
    if (b->has_wasi)
        wt_buf_printf(out,
                      "  const $wasi = $wasiOf({ program: '%s', ...given?.wasi }, () => %s, "
                      "given?.wasi_snapshot_preview1);\n",
                      pack->stem, b->has_memory ? "$heap()" : "new ArrayBuffer(0)");
    put_allocation(&g, out);
    buf_bytes(out, g.out.data, g.out.len);
    buf_str(out, "  return { imports: $imports, bind: $bind };\n}\n");
    out->failed |= g.out.failed || g.before.failed || b->arena->failed;
    wt_buf_free(&g.out);
    wt_buf_free(&g.before);
}
