/* Values as scripts write them: arguments of actions, and the patterns that results are compared
   with. A pattern is compared while it is read, so no list of patterns is kept. Path: script_run.c
   reads the parentheses around. */
#include "base/float.h"
#include "run/object.h"
#include "script/script_inside.h"
#include "script/script_run.h"

static const ScriptShape script_shapes[] = {
    {"i8x16", 16, 8, false}, {"i16x8", 8, 16, false}, {"i32x4", 4, 32, false},
    {"i64x2", 2, 64, false}, {"f32x4", 4, 32, true},  {"f64x2", 2, 64, true},
};

static uint64_t low_bits(unsigned bits) { return UINT64_MAX >> (64 - bits); }

static bool read_int_token(Script *s, unsigned bits, uint64_t *out) {
    Slice text = lexer_slice(&s->lx);
    if (s->lx.token.kind != TOKEN_nat && s->lx.token.kind != TOKEN_int) {
        wt_lex_unexpected(&s->lx, "an integer");
        return false;
    }
    bool minus = text.data[0] == '-', sign = minus || text.data[0] == '+';
    uint64_t v;
    FloatStatus status = wt_base_u64_from_text((const char *)text.data + sign, text.len - sign, &v);
    if (status != FLOAT_OK || v > (minus ? (uint64_t)1 << (bits - 1) : low_bits(bits))) {
        wt_lex_error(&s->lx, s->lx.token, ERR_constant_range, "%u bits", bits);
        return false;
    }
    *out = (minus ? 0 - v : v) & low_bits(bits);
    wt_lex_next(&s->lx);
    return true;
}

/* nan NULL: an argument, where no pattern can stand. */
static bool read_float_token(Script *s, unsigned bits, uint64_t *out, NanPattern *nan) {
    Slice text = lexer_slice(&s->lx);
    if (nan && (slice_is(text, "nan:canonical") || slice_is(text, "nan:arithmetic"))) {
        *nan = slice_is(text, "nan:canonical") ? NAN_canonical : NAN_arithmetic;
        *out = 0;
        wt_lex_next(&s->lx);
        return true;
    }
    uint32_t small = 0;
    FloatStatus status = bits == 32
                             ? wt_base_f32_from_text((const char *)text.data, text.len, &small)
                             : wt_base_f64_from_text((const char *)text.data, text.len, out);
    if (status == FLOAT_MALFORMED) {
        wt_lex_unexpected(&s->lx, "a number");
        return false;
    }
    if (status != FLOAT_OK) {
        wt_lex_error(&s->lx, s->lx.token, ERR_constant_range, "f%u", bits);
        return false;
    }
    if (bits == 32)
        *out = small;
    wt_lex_next(&s->lx);
    return true;
}

bool wt_script_read_number(Script *s, unsigned bits, bool floats, uint64_t *out, NanPattern *nan) {
    return floats ? read_float_token(s, bits, out, nan) : read_int_token(s, bits, out);
}

static bool float_matches(unsigned bits, uint64_t got, uint64_t wanted, NanPattern nan) {
    uint64_t quiet = bits == 32 ? 0x7FC00000u : 0x7FF8000000000000u;
    switch (nan) {
    case NAN_none:
        return got == wanted;
    case NAN_canonical:
        return (got & low_bits(bits - 1)) == quiet;
    case NAN_arithmetic:
        return (got & quiet) == quiet;
    }
    return false;
}

/* ---- vectors ---- */

static uint64_t get_lane(const Value v[2], const ScriptShape *shape, unsigned i) {
    unsigned at = i * shape->bits;
    return v[at / 64] >> at % 64 & low_bits(shape->bits);
}

const ScriptShape *wt_script_read_shape(Script *s) {
    for (size_t i = 0; i < WT_COUNT(script_shapes); i++)
        if (lexer_is(&s->lx, script_shapes[i].word)) {
            wt_lex_next(&s->lx);
            return &script_shapes[i];
        }
    wt_lex_unexpected(&s->lx, "a shape such as i32x4");
    return NULL;
}

/* Reads shape and lanes; got NULL: an argument, whose value goes to v. */
static bool read_vector(Script *s, Value v[2], const Value *got, bool *same) {
    const ScriptShape *shape = wt_script_read_shape(s);
    v[0] = v[1] = 0;
    for (unsigned i = 0; shape && i < shape->lanes; i++) {
        uint64_t lane = 0;
        NanPattern nan = NAN_none;
        if (!wt_script_read_number(s, shape->bits, shape->floats, &lane, got ? &nan : NULL))
            return false;
        unsigned at = i * shape->bits;
        v[at / 64] |= lane << at % 64;
        if (got && !float_matches(shape->bits, get_lane(got, shape, i), lane, nan))
            *same = false;
    }
    return shape != NULL;
}

/* ---- references ---- */

/* The box of a number: one for each, kept to the end. false: out of memory (reported). */
static bool host_ref(Script *s, uint64_t number, Value *out) {
    Machine *m = s->machine;
    uint64_t known;
    for (size_t i = 0; i < m->host_count; i++)
        if (wt_object_host_word(m->store, m->hosts[i], &known) && known == number) {
            *out = m->hosts[i];
            return true;
        }
    *out = 0;
    if (wt_vec_grow(s->allocator, (void **)&m->hosts, &m->host_cap, m->host_count,
                    sizeof *m->hosts))
        *out = wt_object_host(m->store, number, m->store->stack_top);
    if (!*out) {
        wt_diag_oom(s->d);
        return false;
    }
    m->hosts[m->host_count++] = *out;
    return true;
}

static bool read_host(Script *s, uint64_t *n) { return read_int_token(s, 32, n); }

/* Is the reference of the kind that a pattern's word asks for? Which of the types of a hierarchy
   the function gives is not asked: only what the value is. */
static bool ref_is(Script *s, Slice word, ValType type, Value ref) {
    static const struct {
        const char *word;
        uint32_t heap;
    } kinds[] = {
        {"ref.func", HEAP_func},   {"ref.extern", HEAP_extern}, {"ref.any", HEAP_any},
        {"ref.eq", HEAP_eq},       {"ref.i31", HEAP_i31},       {"ref.struct", HEAP_struct},
        {"ref.array", HEAP_array}, {"ref.exn", HEAP_exn},       {"ref.cont", HEAP_cont},
        {"ref.host", HEAP_any},
    };
    const Store *store = s->machine->store;
    for (size_t i = 0; i < WT_COUNT(kinds); i++)
        if (slice_is(word, kinds[i].word))
            return wt_type_heap_top(&store->types.view, valtype_heap(type)) ==
                       wt_type_heap_top(&store->types.view, kinds[i].heap) &&
                   wt_object_is(store, ref, VAL_REF_OF(kinds[i].heap, false));
    return false;
}

/* ---- arguments ---- */

static const struct ConstWord {
    const char *word;
    ValType type;
} const_words[] = {
    {"i32.const", VAL_i32}, {"i64.const", VAL_i64},   {"f32.const", VAL_f32},
    {"f64.const", VAL_f64}, {"v128.const", VAL_v128},
};

ValType wt_script_const_type(Script *s) {
    for (size_t i = 0; i < WT_COUNT(const_words); i++)
        if (lexer_is(&s->lx, const_words[i].word)) {
            wt_lex_next(&s->lx);
            return const_words[i].type;
        }
    return VAL_bot;
}

static bool read_scalar(Script *s, ValType type, uint64_t *v, NanPattern *nan) {
    return wt_script_read_number(s, type == VAL_i32 || type == VAL_f32 ? 32 : 64,
                                 type == VAL_f32 || type == VAL_f64, v, nan);
}

/* A heap type is any word or index: the parameter's type says what it is. */
static bool skip_heap_type(Script *s) {
    if (s->lx.token.kind != TOKEN_keyword && s->lx.token.kind != TOKEN_nat &&
        s->lx.token.kind != TOKEN_id) {
        wt_lex_unexpected(&s->lx, "a heap type");
        return false;
    }
    wt_lex_next(&s->lx);
    return true;
}

bool wt_script_read_argument(Script *s, ScriptValue *v) {
    uint64_t n;
    *v = (ScriptValue){.type = VAL_bot};
    if (!wt_script_expect(s, TOKEN_lparen, "a constant"))
        return false;
    ValType type = wt_script_const_type(s);
    if (type == VAL_v128) {
        v->type = type;
        if (!read_vector(s, v->v, NULL, NULL))
            return false;
    } else if (type != VAL_bot) {
        v->type = type;
        if (!read_scalar(s, type, &v->v[0], NULL))
            return false;
    } else if (lexer_is(&s->lx, "ref.null")) {
        wt_lex_next(&s->lx);
        v->type = VAL_externref;
        if (!skip_heap_type(s))
            return false;
    } else if (lexer_is(&s->lx, "ref.extern") || lexer_is(&s->lx, "ref.host")) {
        wt_lex_next(&s->lx);
        v->type = VAL_externref;
        if (!read_host(s, &n) || (s->machine && !host_ref(s, n, &v->v[0])))
            return false;
    } else {
        wt_lex_unexpected(&s->lx, "a constant");
        return false;
    }
    return wt_script_expect(s, TOKEN_rparen, "the end of the constant");
}

/* ---- results ---- */

static bool match_either(Script *s, ValType type, const Value *got, bool *same) {
    bool any = false;
    while (s->lx.token.kind == TOKEN_lparen) {
        bool one;
        if (!wt_script_match_result(s, type, got, &one))
            return false;
        any |= one;
    }
    *same = any;
    return true;
}

/* ref.func, ref.struct, ...: is the value a reference of this kind? */
static bool match_ref(Script *s, ValType type, const Value *got, bool *same) {
    Slice word = lexer_slice(&s->lx);
    wt_lex_next(&s->lx);
    uint64_t n, number;
    if (slice_is(word, "ref.null")) {
        *same = valtype_is_ref(type) && got[0] == 0;
        return s->lx.token.kind == TOKEN_rparen || skip_heap_type(s);
    }
    *same = valtype_is_ref(type) && ref_is(s, word, type, got[0]);
    if (s->lx.token.kind != TOKEN_nat)
        return true;
    if (!read_host(s, &n))
        return false;
    *same = *same && wt_object_host_word(s->machine->store, got[0], &number) && number == n;
    return true;
}

bool wt_script_match_result(Script *s, ValType type, const Value *got, bool *same) {
    *same = true;
    if (!wt_script_expect(s, TOKEN_lparen, "a result"))
        return false;
    ValType wanted = wt_script_const_type(s);
    bool ok;
    if (wanted == VAL_v128) {
        Value v[2];
        ok = read_vector(s, v, type == VAL_v128 ? got : (const Value[2]){0, 0}, same);
        *same = *same && type == VAL_v128;
    } else if (wanted != VAL_bot) {
        uint64_t v = 0;
        NanPattern nan = NAN_none;
        ok = read_scalar(s, wanted, &v, &nan);
        *same = type == wanted &&
                float_matches(wanted == VAL_i64 || wanted == VAL_f64 ? 64 : 32, got[0], v, nan);
    } else if (lexer_is(&s->lx, "either")) {
        wt_lex_next(&s->lx);
        ok = match_either(s, type, got, same);
    } else if (s->lx.token.kind == TOKEN_keyword) {
        ok = match_ref(s, type, got, same);
    } else {
        wt_lex_unexpected(&s->lx, "a result");
        ok = false;
    }
    return ok && wt_script_expect(s, TOKEN_rparen, "the end of the result");
}

/* ---- for people ---- */

void wt_script_print_value(Buf *out, ValType type, const Value *v) {
    char digits[FLOAT_TEXT_MAX];
    if (type == VAL_i32)
        wt_buf_printf(out, "(i32.const %ld)", (long)(int32_t)v[0]);
    else if (type == VAL_i64)
        wt_buf_printf(out, "(i64.const %lld)", (long long)v[0]);
    else if (type == VAL_f32)
        wt_buf_printf(out, "(f32.const %.*s)", (int)wt_base_f32_to_text((uint32_t)v[0], digits),
                      digits);
    else if (type == VAL_f64)
        wt_buf_printf(out, "(f64.const %.*s)", (int)wt_base_f64_to_text(v[0], digits), digits);
    else if (type == VAL_v128)
        wt_buf_printf(out, "(v128.const i32x4 0x%08lx 0x%08lx 0x%08lx 0x%08lx)",
                      (unsigned long)(v[0] & UINT32_MAX), (unsigned long)(v[0] >> 32),
                      (unsigned long)(v[1] & UINT32_MAX), (unsigned long)(v[1] >> 32));
    else if (v[0] == 0)
        buf_str(out, "(ref.null)");
    else
        buf_str(out, "(a reference)");
}
