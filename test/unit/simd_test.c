/* src/wasm/simd.h: every operation over edge values, against lane-by-lane definitions written here
   in the widest types of C. simd_plain_test.c is the same with the vectors made of loops. */
#include "check.h"
#include "wasm/simd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef union Lanes {
    uint8_t u8[16];
    uint16_t u16[8];
    uint32_t u32[4];
    uint64_t u64[2];
    int8_t i8[16];
    int16_t i16[8];
    int32_t i32[4];
    float f32[4];
    double f64[2];
} Lanes;

static Lanes lanes_of(V128 v) {
    Lanes l;
    memcpy(&l, &v, sizeof l);
    return l;
}

static uint64_t lane(const Lanes *l, unsigned width, unsigned i) {
    return width == 8 ? l->u8[i] : width == 16 ? l->u16[i] : width == 32 ? l->u32[i] : l->u64[i];
}

/* ---- the vectors that everything is tried on ---- */

enum { VECTORS = 64 };
static Lanes vectors[VECTORS];

static const uint64_t edges[] = {
    0x0000000000000000, 0xFFFFFFFFFFFFFFFF, 0x8080808080808080, 0x7F7F7F7F7F7F7F7F,
    0x8000800080008000, 0x7FFF7FFF7FFF7FFF, 0x8000000080000000, 0x7FFFFFFF7FFFFFFF,
    0x8000000000000000, 0x7FFFFFFFFFFFFFFF, 0x0102040810204080, 0x00017FFF8000FFFF,
    0x0000000100000001, 0x0001000100010001, 0x0000000000000001, 0x00FF00FF00FF00FF,
};
static const float f32_edges[] = {
    0.0f,
    -0.0f,
    1.0f,
    -1.0f,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -2.5f,
    0.49999997f,
    0x1p23f,
    0x1.000002p23f,
    -0x1.fffffep22f,
    2147483520.0f,
    2147483648.0f,
    -2147483648.0f,
    -3e9f,
    4294967040.0f,
    4294967296.0f,
    0x1p-149f,
    -0x1p-126f,
    3.4e38f,
    -3.4e38f,
    1e10f,
    -0.7f,
    0.7f,
    -1e-30f,
    16777217.0f,
};
static const double f64_edges[] = {
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0x1p52,
    0x1p52 + 1,
    -0x1.fffffffffffffp51,
    0x1p31,
    2147483647.5,
    2147483647.0,
    -2147483648.5,
    -2147483649.0,
    4294967295.5,
    4294967296.0,
    0x1p-1074,
    1e300,
    -1e300,
    -0.7,
    0.7,
    0x1.fffffefp127,
    3.5e38,
};

static void make_vectors(void) {
    unsigned n = 0;
    uint64_t state = 0x9E3779B97F4A7C15;
    for (unsigned i = 0; i < COUNT(edges); i++, n++) {
        vectors[n].u64[0] = edges[i];
        vectors[n].u64[1] = edges[(i * 7 + 3) % COUNT(edges)];
    }
    for (unsigned i = 0; i < COUNT(f32_edges); i += 4, n++)
        memcpy(&vectors[n], f32_edges + i, 16);
    for (unsigned i = 0; i < COUNT(f64_edges); i += 2, n++)
        memcpy(&vectors[n], f64_edges + i, 16);
    static const uint32_t odd32[] = {0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000,
                                     0x7FA00001, 0xFF812345, 0x7FFFFFFF, 0x3F800000};
    static const uint64_t odd64[] = {0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000,
                                     0xFFF4000000000001, 0x7FFFFFFFFFFFFFFF, 0x3FF0000000000000};
    for (unsigned i = 0; i < COUNT(odd32); i += 4, n++)
        memcpy(&vectors[n], odd32 + i, 16);
    for (unsigned i = 0; i < COUNT(odd64); i += 2, n++)
        memcpy(&vectors[n], odd64 + i, 16);
    while (n < VECTORS) {
        for (unsigned i = 0; i < 2; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            vectors[n].u64[i] = state;
        }
        n++;
    }
}

static V128 vector(unsigned i) { return vec_load(&vectors[i]); }

/* ---- lanes of integers ---- */

typedef uint64_t (*Ref)(uint64_t a, uint64_t b);
typedef V128 (*Fn1)(V128 a);
typedef V128 (*Fn2)(V128 a, V128 b);
typedef V128 (*Fn3)(V128 a, V128 b, V128 c);

static int64_t clamp(int64_t v, int64_t least, int64_t most) {
    return v < least ? least : v > most ? most : v;
}

#define REF(name, T, expr)                                                                         \
    WT_UNUSED static uint64_t ref_##name(uint64_t a, uint64_t b) {                                 \
        T x = (T)a, y = (T)b;                                                                      \
        (void)x, (void)y;                                                                          \
        return (uint64_t)(expr);                                                                   \
    }
#define REFS(n, U, I, W)                                                                           \
    REF(add_##n, U, (W)x + (W)y)                                                                   \
    REF(sub_##n, U, (W)x - (W)y)                                                                   \
    REF(mul_##n, U, (W)x *(W)y)                                                                    \
    REF(neg_##n, U, 0 - (W)x)                                                                      \
    REF(abs_##n, I, x < 0 ? 0 - (W)x : (W)x)                                                       \
    REF(eq_##n, U, x == y ? -1 : 0)                                                                \
    REF(ne_##n, U, x == y ? 0 : -1)                                                                \
    REF(lt_s_##n, I, x < y ? -1 : 0)                                                               \
    REF(lt_u_##n, U, x < y ? -1 : 0)                                                               \
    REF(gt_s_##n, I, y < x ? -1 : 0)                                                               \
    REF(gt_u_##n, U, y < x ? -1 : 0)                                                               \
    REF(le_s_##n, I, y < x ? 0 : -1)                                                               \
    REF(le_u_##n, U, y < x ? 0 : -1)                                                               \
    REF(ge_s_##n, I, x < y ? 0 : -1)                                                               \
    REF(ge_u_##n, U, x < y ? 0 : -1)                                                               \
    REF(min_s_##n, I, x < y ? x : y)                                                               \
    REF(min_u_##n, U, x < y ? x : y)                                                               \
    REF(max_s_##n, I, x < y ? y : x)                                                               \
    REF(max_u_##n, U, x < y ? y : x)
REFS(8, uint8_t, int8_t, uint64_t)
REFS(16, uint16_t, int16_t, uint64_t)
REFS(32, uint32_t, int32_t, uint64_t)
REFS(64, uint64_t, int64_t, uint64_t)
#define REFS_SMALL(n, U, I, least, most)                                                           \
    REF(add_sat_s_##n, I, clamp((int64_t)x + y, least, most))                                      \
    REF(add_sat_u_##n, U, clamp((int64_t)x + y, 0, 2 * (int64_t)(most) + 1))                       \
    REF(sub_sat_s_##n, I, clamp((int64_t)x - y, least, most))                                      \
    REF(sub_sat_u_##n, U, clamp((int64_t)x - y, 0, 2 * (int64_t)(most) + 1))                       \
    REF(avgr_u_##n, U, (x + y + 1) / 2)
REFS_SMALL(8, uint8_t, int8_t, -128, 127)
REFS_SMALL(16, uint16_t, int16_t, -32768, 32767)
REF(q15_16, int16_t, clamp(((int64_t)x * y + 16384) >> 15, -32768, 32767))
REF(and_64, uint64_t, x &y)
REF(andnot_64, uint64_t, x & ~y)
REF(or_64, uint64_t, x | y)
REF(xor_64, uint64_t, x ^ y)
REF(not_64, uint64_t, UINT64_MAX - x)
static uint64_t ref_popcnt_8(uint64_t a, uint64_t b) {
    uint64_t n = 0;
    (void)b;
    for (unsigned i = 0; i < 8; i++)
        n += a >> i & 1;
    return n;
}

typedef struct Row {
    const char *name;
    unsigned width;
    Fn1 fn1;
    Fn2 fn2;
    Ref ref;
} Row;
#define ROW2(p, op, n) {#p "." #op, n, NULL, simd_##p##_##op, ref_##op##_##n}
#define ROW1(p, op, n) {#p "." #op, n, simd_##p##_##op, NULL, ref_##op##_##n}
#define ROWS_ALL(p, n)                                                                             \
    ROW2(p, add, n), ROW2(p, sub, n), ROW1(p, neg, n), ROW1(p, abs, n), ROW2(p, eq, n),            \
        ROW2(p, ne, n), ROW2(p, lt_s, n), ROW2(p, gt_s, n), ROW2(p, le_s, n), ROW2(p, ge_s, n)
#define ROWS_32(p, n)                                                                              \
    ROWS_ALL(p, n), ROW2(p, lt_u, n), ROW2(p, gt_u, n), ROW2(p, le_u, n), ROW2(p, ge_u, n),        \
        ROW2(p, min_s, n), ROW2(p, min_u, n), ROW2(p, max_s, n), ROW2(p, max_u, n)
#define ROWS_SMALL(p, n)                                                                           \
    ROWS_32(p, n), ROW2(p, add_sat_s, n), ROW2(p, add_sat_u, n), ROW2(p, sub_sat_s, n),            \
        ROW2(p, sub_sat_u, n), ROW2(p, avgr_u, n)
static const Row rows[] = {
    ROWS_SMALL(i8x16, 8),
    ROWS_SMALL(i16x8, 16),
    ROWS_32(i32x4, 32),
    ROWS_ALL(i64x2, 64),
    ROW2(i16x8, mul, 16),
    ROW2(i32x4, mul, 32),
    ROW2(i64x2, mul, 64),
    ROW1(i8x16, popcnt, 8),
    ROW2(v128, and, 64),
    ROW2(v128, andnot, 64),
    ROW2(v128, or, 64),
    ROW2(v128, xor, 64),
    ROW1(v128, not, 64),
    {"i16x8.q15mulr_sat_s", 16, NULL, simd_i16x8_q15mulr_sat_s, ref_q15_16},
    {"i16x8.relaxed_q15mulr_s", 16, NULL, simd_i16x8_relaxed_q15mulr_s, ref_q15_16},
};

static void check_row(const Row *row) {
    uint64_t mask = UINT64_MAX >> (64 - row->width);
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++) {
            Lanes got = lanes_of(row->fn1 ? row->fn1(vector(i)) : row->fn2(vector(i), vector(j)));
            for (unsigned k = 0; k < 128 / row->width; k++) {
                uint64_t a = lane(&vectors[i], row->width, k), b = lane(&vectors[j], row->width, k);
                if (!CHECK_EQ_INT(lane(&got, row->width, k), row->ref(a, b) & mask))
                    return;
            }
        }
}

/* ---- shifts ---- */

static void check_shift(V128 (*fn)(V128, uint32_t), unsigned width, int kind) {
    static const uint32_t counts[] = {0,  1,  3,  7,  8,  9,   15,         16,
                                      17, 31, 32, 63, 64, 100, 0x80000001, 0xFFFFFFFF};
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned c = 0; c < COUNT(counts); c++) {
            Lanes got = lanes_of(fn(vector(i), counts[c]));
            for (unsigned k = 0; k < 128 / width; k++) {
                uint64_t x = lane(&vectors[i], width, k), want = x;
                for (unsigned n = counts[c] % width; n; n--) {
                    uint64_t top = kind == 2 ? want & (uint64_t)1 << (width - 1) : 0;
                    want = kind == 0 ? want << 1 : want >> 1 | top;
                }
                if (!CHECK_EQ_INT(lane(&got, width, k), want & (UINT64_MAX >> (64 - width))))
                    return;
            }
        }
}
static void shifts(void) {
    check_shift(simd_i8x16_shl, 8, 0);
    check_shift(simd_i8x16_shr_u, 8, 1);
    check_shift(simd_i8x16_shr_s, 8, 2);
    check_shift(simd_i16x8_shl, 16, 0);
    check_shift(simd_i16x8_shr_u, 16, 1);
    check_shift(simd_i16x8_shr_s, 16, 2);
    check_shift(simd_i32x4_shl, 32, 0);
    check_shift(simd_i32x4_shr_u, 32, 1);
    check_shift(simd_i32x4_shr_s, 32, 2);
    check_shift(simd_i64x2_shl, 64, 0);
    check_shift(simd_i64x2_shr_u, 64, 1);
    check_shift(simd_i64x2_shr_s, 64, 2);
}

/* ---- other widths ---- */

static int64_t small_lane(const Lanes *l, unsigned width, unsigned i, bool sign) {
    uint64_t v = lane(l, width, i);
    return sign && v >> (width - 1) ? (int64_t)(v | UINT64_MAX << (width - 1) << 1) : (int64_t)v;
}

/* to: lanes of twice the width, from the lower or upper half of the operands. */
static void check_extmul(Fn2 fn, unsigned width, bool high, bool sign) {
    unsigned n = 64 / width;
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++) {
            Lanes got = lanes_of(fn(vector(i), vector(j)));
            for (unsigned k = 0; k < n; k++) {
                int64_t a = small_lane(&vectors[i], width, high ? n + k : k, sign);
                int64_t b = small_lane(&vectors[j], width, high ? n + k : k, sign);
                uint64_t want = (uint64_t)a * (uint64_t)b;
                if (width < 32)
                    want &= ((uint64_t)1 << (2 * width)) - 1;
                if (!CHECK_EQ_INT(lane(&got, 2 * width, k), want))
                    return;
            }
        }
}
static void check_extend(Fn1 fn, unsigned width, bool high, bool sign) {
    unsigned n = 64 / width;
    for (unsigned i = 0; i < VECTORS; i++) {
        Lanes got = lanes_of(fn(vector(i)));
        for (unsigned k = 0; k < n; k++) {
            uint64_t want = (uint64_t)small_lane(&vectors[i], width, high ? n + k : k, sign);
            if (width < 32)
                want &= ((uint64_t)1 << (2 * width)) - 1;
            if (!CHECK_EQ_INT(lane(&got, 2 * width, k), want))
                return;
        }
    }
}
static void check_pairwise(Fn1 fn, unsigned width, bool sign) {
    for (unsigned i = 0; i < VECTORS; i++) {
        Lanes got = lanes_of(fn(vector(i)));
        for (unsigned k = 0; k < 64 / width; k++) {
            int64_t want = small_lane(&vectors[i], width, 2 * k, sign) +
                           small_lane(&vectors[i], width, 2 * k + 1, sign);
            CHECK_EQ_INT(lane(&got, 2 * width, k),
                         (uint64_t)want & (((uint64_t)1 << (2 * width)) - 1));
        }
    }
}
static void widening(void) {
#define EACH(to, from, width)                                                                      \
    check_extend(simd_##to##_extend_low_##from##_s, width, false, true);                           \
    check_extend(simd_##to##_extend_low_##from##_u, width, false, false);                          \
    check_extend(simd_##to##_extend_high_##from##_s, width, true, true);                           \
    check_extend(simd_##to##_extend_high_##from##_u, width, true, false);                          \
    check_extmul(simd_##to##_extmul_low_##from##_s, width, false, true);                           \
    check_extmul(simd_##to##_extmul_low_##from##_u, width, false, false);                          \
    check_extmul(simd_##to##_extmul_high_##from##_s, width, true, true);                           \
    check_extmul(simd_##to##_extmul_high_##from##_u, width, true, false)
    EACH(i16x8, i8x16, 8);
    EACH(i32x4, i16x8, 16);
    EACH(i64x2, i32x4, 32);
#undef EACH
    check_pairwise(simd_i16x8_extadd_pairwise_i8x16_s, 8, true);
    check_pairwise(simd_i16x8_extadd_pairwise_i8x16_u, 8, false);
    check_pairwise(simd_i32x4_extadd_pairwise_i16x8_s, 16, true);
    check_pairwise(simd_i32x4_extadd_pairwise_i16x8_u, 16, false);
}

static void check_narrow(Fn2 fn, unsigned width, int64_t least, int64_t most) {
    unsigned n = 128 / width;
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++) {
            Lanes got = lanes_of(fn(vector(i), vector(j)));
            for (unsigned k = 0; k < 2 * n; k++) {
                int64_t v = small_lane(k < n ? &vectors[i] : &vectors[j], width, k % n, true);
                CHECK_EQ_INT(small_lane(&got, width / 2, k, least < 0), clamp(v, least, most));
            }
        }
}
static void narrowing(void) {
    check_narrow(simd_i8x16_narrow_i16x8_s, 16, -128, 127);
    check_narrow(simd_i8x16_narrow_i16x8_u, 16, 0, 255);
    check_narrow(simd_i16x8_narrow_i32x4_s, 32, -32768, 32767);
    check_narrow(simd_i16x8_narrow_i32x4_u, 32, 0, 65535);
}

static void dot_products(void) {
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++) {
            const Lanes *a = &vectors[i], *b = &vectors[j], *c = &vectors[(i + j) % VECTORS];
            Lanes dot = lanes_of(simd_i32x4_dot_i16x8_s(vector(i), vector(j)));
            Lanes bytes = lanes_of(simd_i16x8_relaxed_dot_i8x16_i7x16_s(vector(i), vector(j)));
            Lanes add = lanes_of(simd_i32x4_relaxed_dot_i8x16_i7x16_add_s(
                vector(i), vector(j), vector((i + j) % VECTORS)));
            int64_t sum[8];
            for (unsigned k = 0; k < 8; k++) {
                sum[k] = clamp(a->i8[2 * k] * b->i8[2 * k] + a->i8[2 * k + 1] * b->i8[2 * k + 1],
                               -32768, 32767);
                CHECK_EQ_INT(bytes.i16[k], sum[k]);
            }
            for (unsigned k = 0; k < 4; k++) {
                int64_t want = (int64_t)a->i16[2 * k] * b->i16[2 * k] +
                               (int64_t)a->i16[2 * k + 1] * b->i16[2 * k + 1];
                CHECK_EQ_INT(dot.u32[k], (uint32_t)want);
                CHECK_EQ_INT(add.u32[k], (uint32_t)(sum[2 * k] + sum[2 * k + 1] + c->u32[k]));
            }
        }
}

/* ---- lanes by number ---- */

static void check_vector(V128 got, const Lanes *want) {
    CHECK_EQ_BYTES((const uint8_t *)&got, sizeof got, want->u8, sizeof want->u8);
}

static void splats_and_lanes(void) {
    for (unsigned i = 0; i < VECTORS; i++) {
        V128 v = vector(i);
        uint64_t x = vectors[(i + 1) % VECTORS].u64[0];
#define EACH(p, n, suffix)                                                                         \
    for (unsigned k = 0; k < 128 / n; k++) {                                                       \
        Lanes want;                                                                                \
        CHECK_EQ_INT(simd_##p##_extract_lane##suffix(&v, k), lane(&vectors[i], n, k));             \
        for (unsigned l = 0; l < 128 / n; l++)                                                     \
            want.u##n[l] = (uint##n##_t)x;                                                         \
        check_vector(simd_##p##_splat((uint32_t)x | (n == 64 ? x : 0)), &want);                    \
        want = vectors[i];                                                                         \
        want.u##n[k] = (uint##n##_t)x;                                                             \
        check_vector(simd_##p##_replace_lane(v, (uint32_t)x | (n == 64 ? x : 0), k), &want);       \
        check_vector(simd_v128_load##n##_lane(v, (uint##n##_t)x, k), &want);                       \
    }
        EACH(i8x16, 8, _u)
        EACH(i16x8, 16, _u)
#undef EACH
#define EACH(p, n, T)                                                                              \
    for (unsigned k = 0; k < 128 / n; k++) {                                                       \
        Lanes want;                                                                                \
        CHECK_EQ_INT(simd_##p##_extract_lane(&v, k), lane(&vectors[i], n, k));                     \
        for (unsigned l = 0; l < 128 / n; l++)                                                     \
            want.u##n[l] = (T)x;                                                                   \
        check_vector(simd_##p##_splat((T)x), &want);                                               \
        want = vectors[i];                                                                         \
        want.u##n[k] = (T)x;                                                                       \
        check_vector(simd_##p##_replace_lane(v, (T)x, k), &want);                                  \
        check_vector(simd_v128_load##n##_lane(v, (T)x, k), &want);                                 \
    }
        EACH(i32x4, 32, uint32_t)
        EACH(i64x2, 64, uint64_t)
        EACH(f32x4, 32, uint32_t)
        EACH(f64x2, 64, uint64_t)
#undef EACH
        for (unsigned k = 0; k < 16; k++)
            CHECK_EQ_INT(simd_i8x16_extract_lane_s(&v, k), (uint32_t)vectors[i].i8[k]);
        for (unsigned k = 0; k < 8; k++)
            CHECK_EQ_INT(simd_i16x8_extract_lane_s(&v, k), (uint32_t)vectors[i].i16[k]);
    }
}

static void loads(void) {
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t x = vectors[i].u64[0];
        V128 v = vec_halves(x, 0);
        Lanes want = {.u64 = {0, 0}};
        V128 got[] = {simd_v128_load8x8_s(x),  simd_v128_load8x8_u(x),  simd_v128_load16x4_s(x),
                      simd_v128_load16x4_u(x), simd_v128_load32x2_s(x), simd_v128_load32x2_u(x)};
        V128 same[] = {simd_i16x8_extend_low_i8x16_s(v), simd_i16x8_extend_low_i8x16_u(v),
                       simd_i32x4_extend_low_i16x8_s(v), simd_i32x4_extend_low_i16x8_u(v),
                       simd_i64x2_extend_low_i32x4_s(v), simd_i64x2_extend_low_i32x4_u(v)};
        CHECK(memcmp(got, same, sizeof got) == 0);
        want.u64[0] = x;
        check_vector(simd_v128_load64_zero(x), &want);
        want.u64[0] = (uint32_t)x;
        check_vector(simd_v128_load32_zero((uint32_t)x), &want);
        memset(&want, (int)(x & 255), sizeof want);
        check_vector(simd_v128_load8_splat((uint8_t)x), &want);
        for (unsigned k = 0; k < 8; k++)
            want.u16[k] = (uint16_t)x;
        check_vector(simd_v128_load16_splat((uint16_t)x), &want);
        for (unsigned k = 0; k < 4; k++)
            want.u32[k] = (uint32_t)x;
        check_vector(simd_v128_load32_splat((uint32_t)x), &want);
        want.u64[0] = want.u64[1] = x;
        check_vector(simd_v128_load64_splat(x), &want);
        check_vector(simd_v128_load(vector(i)), &vectors[i]);
    }
}

static void shuffles(void) {
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++) {
            Lanes numbers = vectors[j], swizzled, shuffled;
            V128 b = vector((i + 5) % VECTORS), at;
            for (unsigned k = 0; k < 16; k++)
                swizzled.u8[k] = numbers.u8[k] < 16 ? vectors[i].u8[numbers.u8[k]] : 0;
            check_vector(simd_i8x16_swizzle(vector(i), vector(j)), &swizzled);
            check_vector(simd_i8x16_relaxed_swizzle(vector(i), vector(j)), &swizzled);
            check_vector(vec_swizzle_slow(vector(i), vector(j)), &swizzled);
            for (unsigned k = 0; k < 16; k++) {
                numbers.u8[k] = (uint8_t)((numbers.u8[k] + k) % 32);
                shuffled.u8[k] = numbers.u8[k] < 16
                                     ? vectors[i].u8[numbers.u8[k]]
                                     : vectors[(i + 5) % VECTORS].u8[numbers.u8[k] - 16];
            }
            at = vec_load(&numbers);
            check_vector(simd_i8x16_shuffle(vector(i), b, at), &shuffled);
            check_vector(vec_shuffle_slow(vector(i), b, at), &shuffled);
        }
}

static void selects(void) {
    static const Fn3 fns[] = {
        simd_v128_bitselect,           simd_i8x16_relaxed_laneselect, simd_i16x8_relaxed_laneselect,
        simd_i32x4_relaxed_laneselect, simd_i64x2_relaxed_laneselect,
    };
    for (unsigned i = 0; i < VECTORS; i++)
        for (unsigned j = 0; j < VECTORS; j++)
            for (unsigned f = 0; f < COUNT(fns); f++) {
                Lanes want;
                unsigned k = (i + 9) % VECTORS;
                for (unsigned l = 0; l < 2; l++) {
                    uint64_t mask = vectors[j].u64[l];
                    want.u64[l] = (vectors[i].u64[l] & mask) | (vectors[k].u64[l] & ~mask);
                }
                check_vector(fns[f](vector(i), vector(k), vector(j)), &want);
            }
}

/* ---- vectors to one number ---- */

static void check_sums(const Lanes *l) {
    V128 v = vec_load(l);
    CHECK_EQ_INT(simd_v128_any_true(v), (l->u64[0] | l->u64[1]) != 0);
#define EACH(p, n)                                                                                 \
    do {                                                                                           \
        uint32_t all = 1, mask = 0;                                                                \
        for (unsigned k = 0; k < 128 / n; k++) {                                                   \
            all &= lane(l, n, k) != 0;                                                             \
            mask |= (uint32_t)(lane(l, n, k) >> (n - 1)) << k;                                     \
        }                                                                                          \
        CHECK_EQ_INT(simd_##p##_all_true(v), all);                                                 \
        CHECK_EQ_INT(simd_##p##_bitmask(v), mask);                                                 \
    } while (0)
    EACH(i8x16, 8);
    EACH(i16x8, 16);
    EACH(i32x4, 32);
    EACH(i64x2, 64);
#undef EACH
}
static void sums(void) {
    for (unsigned i = 0; i < VECTORS; i++)
        check_sums(&vectors[i]);
    /* One bit set, one bit missing, one byte missing. */
    for (unsigned bit = 0; bit < 128; bit++) {
        Lanes l = {.u64 = {0, 0}};
        l.u8[bit / 8] = (uint8_t)(1 << bit % 8);
        check_sums(&l);
        for (unsigned k = 0; k < 2; k++)
            l.u64[k] = ~l.u64[k];
        check_sums(&l);
        l.u8[bit / 8] = 0;
        check_sums(&l);
    }
}

/* ---- floats ---- */

/* An arithmetic NaN for a NaN; `exact`: the positive canonical one. */
static void check_f32(uint32_t got, float want, bool exact) {
    uint32_t bits;
    memcpy(&bits, &want, sizeof bits);
    if (want == want)
        CHECK_EQ_INT(got, bits);
    else if (exact)
        CHECK_EQ_INT(got, 0x7FC00000);
    else
        CHECK_EQ_INT(got & 0x7FC00000, 0x7FC00000);
}
static void check_f64(uint64_t got, double want, bool exact) {
    uint64_t bits;
    memcpy(&bits, &want, sizeof bits);
    if (want == want)
        CHECK_EQ_INT(got, bits);
    else if (exact)
        CHECK_EQ_INT(got, 0x7FF8000000000000);
    else
        CHECK_EQ_INT(got & 0x7FF8000000000000, 0x7FF8000000000000);
}

#define FLOAT_REFS(w, F, s)                                                                        \
    static F min_f##w(F x, F y) {                                                                  \
        if (x != x || y != y)                                                                      \
            return (F)NAN;                                                                         \
        return x < y || (x == y && signbit(x)) ? x : y;                                            \
    }                                                                                              \
    static F max_f##w(F x, F y) {                                                                  \
        if (x != x || y != y)                                                                      \
            return (F)NAN;                                                                         \
        return x > y || (x == y && !signbit(x)) ? x : y;                                           \
    }
FLOAT_REFS(32, float, f)
FLOAT_REFS(64, double, )

#define FLOATS(name, p, w, s, n)                                                                   \
    static void name(void) {                                                                       \
        for (unsigned i = 0; i < VECTORS; i++)                                                     \
            for (unsigned j = 0; j < VECTORS; j++) {                                               \
                unsigned m = (i * 3 + j) % VECTORS;                                                \
                V128 a = vector(i), b = vector(j), c = vector(m);                                  \
                Lanes add = lanes_of(simd_##p##_add(a, b)), sub = lanes_of(simd_##p##_sub(a, b));  \
                Lanes mul = lanes_of(simd_##p##_mul(a, b)), div = lanes_of(simd_##p##_div(a, b));  \
                Lanes min = lanes_of(simd_##p##_min(a, b)), max = lanes_of(simd_##p##_max(a, b));  \
                Lanes rmin = lanes_of(simd_##p##_relaxed_min(a, b));                               \
                Lanes rmax = lanes_of(simd_##p##_relaxed_max(a, b));                               \
                Lanes pmin = lanes_of(simd_##p##_pmin(a, b)),                                      \
                      pmax = lanes_of(simd_##p##_pmax(a, b));                                      \
                Lanes madd = lanes_of(simd_##p##_relaxed_madd(a, b, c));                           \
                Lanes nmadd = lanes_of(simd_##p##_relaxed_nmadd(a, b, c));                         \
                Lanes eq = lanes_of(simd_##p##_eq(a, b)), ne = lanes_of(simd_##p##_ne(a, b));      \
                Lanes lt = lanes_of(simd_##p##_lt(a, b)), gt = lanes_of(simd_##p##_gt(a, b));      \
                Lanes le = lanes_of(simd_##p##_le(a, b)), ge = lanes_of(simd_##p##_ge(a, b));      \
                for (unsigned k = 0; k < n; k++) {                                                 \
                    volatile __typeof__(vectors[0].f##w[0]) x = vectors[i].f##w[k],                \
                                                            y = vectors[j].f##w[k],                \
                                                            z = vectors[m].f##w[k], product;       \
                    uint##w##_t ux = vectors[i].u##w[k], uy = vectors[j].u##w[k];                  \
                    check_f##w(add.u##w[k], x + y, false);                                         \
                    check_f##w(sub.u##w[k], x - y, false);                                         \
                    check_f##w(mul.u##w[k], x *y, false);                                          \
                    check_f##w(div.u##w[k], x / y, false);                                         \
                    check_f##w(min.u##w[k], min_f##w(x, y), true);                                 \
                    check_f##w(max.u##w[k], max_f##w(x, y), true);                                 \
                    check_f##w(rmin.u##w[k], min_f##w(x, y), true);                                \
                    check_f##w(rmax.u##w[k], max_f##w(x, y), true);                                \
                    CHECK_EQ_INT(pmin.u##w[k], y < x ? uy : ux);                                   \
                    CHECK_EQ_INT(pmax.u##w[k], x < y ? uy : ux);                                   \
                    product = x * y;                                                               \
                    check_f##w(madd.u##w[k], product + z, true);                                   \
                    product = -x * y;                                                              \
                    check_f##w(nmadd.u##w[k], product + z, true);                                  \
                    CHECK_EQ_INT((int64_t)eq.u##w[k], (uint##w##_t) - (x == y));                   \
                    CHECK_EQ_INT((int64_t)ne.u##w[k], (uint##w##_t) - !(x == y));                  \
                    CHECK_EQ_INT((int64_t)lt.u##w[k], (uint##w##_t) - (x < y));                    \
                    CHECK_EQ_INT((int64_t)gt.u##w[k], (uint##w##_t) - (x > y));                    \
                    CHECK_EQ_INT((int64_t)le.u##w[k], (uint##w##_t) - (x <= y));                   \
                    CHECK_EQ_INT((int64_t)ge.u##w[k], (uint##w##_t) - (x >= y));                   \
                }                                                                                  \
            }                                                                                      \
    }                                                                                              \
    static void name##_of_one(void) {                                                              \
        for (unsigned i = 0; i < VECTORS; i++) {                                                   \
            V128 a = vector(i);                                                                    \
            Lanes sqrt_ = lanes_of(simd_##p##_sqrt(a)), canon = lanes_of(simd_##p##_canon(a));     \
            Lanes abs = lanes_of(simd_##p##_abs(a)), neg = lanes_of(simd_##p##_neg(a));            \
            Lanes ceil_[2] = {lanes_of(simd_##p##_ceil(a)), lanes_of(vec_ceil_f##w##_slow(a))};    \
            Lanes floor_[2] = {lanes_of(simd_##p##_floor(a)), lanes_of(vec_floor_f##w##_slow(a))}; \
            Lanes trunc_[2] = {lanes_of(simd_##p##_trunc(a)), lanes_of(vec_trunc_f##w##_slow(a))}; \
            Lanes near_[2] = {lanes_of(simd_##p##_nearest(a)),                                     \
                              lanes_of(vec_nearest_f##w##_slow(a))};                               \
            for (unsigned k = 0; k < n; k++) {                                                     \
                __typeof__(vectors[0].f##w[0]) x = vectors[i].f##w[k];                             \
                uint##w##_t u = vectors[i].u##w[k], top = (uint##w##_t)1 << (w - 1);               \
                check_f##w(sqrt_.u##w[k], sqrt##s(x), false);                                      \
                if (x == x)                                                                        \
                    CHECK_EQ_INT((int64_t)canon.u##w[k], (int64_t)u);                              \
                else                                                                               \
                    check_f##w(canon.u##w[k], x, true);                                            \
                CHECK_EQ_INT((int64_t)abs.u##w[k], (int64_t)(u & ~top));                           \
                CHECK_EQ_INT((int64_t)neg.u##w[k], (int64_t)(u ^ top));                            \
                for (unsigned slow = 0; slow < 2; slow++) {                                        \
                    check_f##w(ceil_[slow].u##w[k], ceil##s(x), false);                            \
                    check_f##w(floor_[slow].u##w[k], floor##s(x), false);                          \
                    check_f##w(trunc_[slow].u##w[k], trunc##s(x), false);                          \
                    check_f##w(near_[slow].u##w[k], rint##s(x), false);                            \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
FLOATS(floats32, f32x4, 32, f, 4)
FLOATS(floats64, f64x2, 64, , 2)

static uint32_t to_i32(double x) {
    return x != x              ? 0
           : x < -2147483648.0 ? 0x80000000
           : x > 2147483647.0  ? 0x7FFFFFFF
                               : (uint32_t)(int32_t)x;
}
static uint32_t to_u32(double x) {
    return !(x > 0) ? 0 : x >= 4294967296.0 ? 0xFFFFFFFF : (uint32_t)x;
}

static void conversions(void) {
    for (unsigned i = 0; i < VECTORS; i++) {
        const Lanes *l = &vectors[i];
        V128 a = vector(i);
        Lanes s32[2] = {lanes_of(simd_i32x4_trunc_sat_f32x4_s(a)),
                        lanes_of(simd_i32x4_relaxed_trunc_f32x4_s(a))};
        Lanes u32[2] = {lanes_of(simd_i32x4_trunc_sat_f32x4_u(a)),
                        lanes_of(simd_i32x4_relaxed_trunc_f32x4_u(a))};
        Lanes s64[2] = {lanes_of(simd_i32x4_trunc_sat_f64x2_s_zero(a)),
                        lanes_of(simd_i32x4_relaxed_trunc_f64x2_s_zero(a))};
        Lanes u64[2] = {lanes_of(simd_i32x4_trunc_sat_f64x2_u_zero(a)),
                        lanes_of(simd_i32x4_relaxed_trunc_f64x2_u_zero(a))};
        Lanes from_s = lanes_of(simd_f32x4_convert_i32x4_s(a));
        Lanes from_u = lanes_of(simd_f32x4_convert_i32x4_u(a));
        Lanes low_s = lanes_of(simd_f64x2_convert_low_i32x4_s(a));
        Lanes low_u = lanes_of(simd_f64x2_convert_low_i32x4_u(a));
        Lanes demote = lanes_of(simd_f32x4_demote_f64x2_zero(a));
        Lanes promote = lanes_of(simd_f64x2_promote_low_f32x4(a));
        for (unsigned relaxed = 0; relaxed < 2; relaxed++)
            for (unsigned k = 0; k < 4; k++) {
                CHECK_EQ_INT(s32[relaxed].u32[k], to_i32(l->f32[k]));
                CHECK_EQ_INT(u32[relaxed].u32[k], to_u32(l->f32[k]));
                CHECK_EQ_INT(s64[relaxed].u32[k], k < 2 ? to_i32(l->f64[k]) : 0);
                CHECK_EQ_INT(u64[relaxed].u32[k], k < 2 ? to_u32(l->f64[k]) : 0);
            }
        for (unsigned k = 0; k < 4; k++) {
            check_f32(from_s.u32[k], (float)l->i32[k], false);
            check_f32(from_u.u32[k], (float)l->u32[k], false);
            check_f32(demote.u32[k], k < 2 ? (float)l->f64[k] : 0, false);
        }
        for (unsigned k = 0; k < 2; k++) {
            check_f64(low_s.u64[k], l->i32[k], false);
            check_f64(low_u.u64[k], l->u32[k], false);
            check_f64(promote.u64[k], l->f32[k], false);
        }
    }
}

int main(void) {
    make_vectors();
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_begin(rows[i].name);
        check_row(&rows[i]);
        check_end();
    }
    CHECK_CASE(shifts);
    CHECK_CASE(widening);
    CHECK_CASE(narrowing);
    CHECK_CASE(dot_products);
    CHECK_CASE(splats_and_lanes);
    CHECK_CASE(loads);
    CHECK_CASE(shuffles);
    CHECK_CASE(selects);
    CHECK_CASE(sums);
    CHECK_CASE(floats32);
    CHECK_CASE(floats32_of_one);
    CHECK_CASE(floats64);
    CHECK_CASE(floats64_of_one);
    CHECK_CASE(conversions);
    return check_done();
}
