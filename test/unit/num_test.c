/* src/wasm/num.h: every family at its edges, against definitions written another way. */
#include "check.h"
#include "wasm/num.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint64_t edges[] = {
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    255,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    0x100000000,
    0x123456789ABCDEF0,
    0x7FFFFFFFFFFFFFFF,
    0x8000000000000000,
    0x8000000000000001,
    0xFFFFFFFFFFFFFFFE,
    0xFFFFFFFFFFFFFFFF,
};

/* ---- integers ---- */

static uint64_t slow_rotl(uint64_t a, unsigned by, unsigned bits) {
    for (by %= bits; by; by--)
        a = (bits == 32 ? (uint32_t)a << 1 : a << 1) | (a >> (bits - 1) & 1);
    return a;
}

static void integers(void) {
    for (size_t i = 0; i < COUNT(edges); i++)
        for (size_t j = 0; j < COUNT(edges); j++) {
            uint64_t a = edges[i], b = edges[j];
            uint32_t x = (uint32_t)a, y = (uint32_t)b;
            CHECK_EQ_INT(num_i32_add(x, y), (uint32_t)(a + b));
            CHECK_EQ_INT(num_i32_sub(x, y), (uint32_t)(a - b));
            CHECK_EQ_INT(num_i32_mul(x, y), (uint32_t)((uint64_t)x * y));
            CHECK_EQ_INT(num_i32_shl(x, y), (uint32_t)((uint64_t)x << (y % 32)));
            CHECK_EQ_INT(num_i32_shr_u(x, y), x >> (y % 32));
            CHECK_EQ_INT(num_i32_shr_s(x, y), (uint32_t)((int64_t)(int32_t)x >> (y % 32)));
            CHECK_EQ_INT(num_i32_rotl(x, y), slow_rotl(x, y % 32, 32));
            CHECK_EQ_INT(num_i32_rotr(x, y), slow_rotl(x, 32 - y % 32, 32));
            CHECK_EQ_INT(num_i64_rotl(a, b), slow_rotl(a, (unsigned)(b % 64), 64));
            CHECK_EQ_INT(num_i64_rotr(a, b), slow_rotl(a, (unsigned)(64 - b % 64), 64));
            CHECK_EQ_INT(num_i32_lt_s(x, y), (int64_t)(int32_t)x - (int32_t)y < 0);
            CHECK_EQ_INT(num_i32_gt_u(x, y), (int64_t)x - y > 0);
            CHECK_EQ_INT(num_i32_le_s(x, y), !num_i32_gt_s(x, y));
            CHECK_EQ_INT(num_i64_ge_u(a, b), !num_i64_lt_u(a, b));
            CHECK_EQ_INT(num_i64_lt_s(a, b), (a ^ 1ull << 63) < (b ^ 1ull << 63));
            CHECK_EQ_INT(num_i64_eq(a, b), i == j);
            CHECK_EQ_INT(num_i64_ne(a, b), i != j);
        }
}

static void bit_counts(void) {
    for (unsigned n = 0; n < 64; n++) {
        uint64_t bit = 1ull << n;
        CHECK_EQ_INT(num_i64_clz(bit), 63 - n);
        CHECK_EQ_INT(num_i64_clz(bit | 1), 63 - n);
        CHECK_EQ_INT(num_i64_ctz(bit), n);
        CHECK_EQ_INT(num_i64_popcnt(bit - 1), n);
        if (n < 32) {
            CHECK_EQ_INT(num_i32_clz((uint32_t)bit), 31 - n);
            CHECK_EQ_INT(num_i32_ctz((uint32_t)bit), n);
            CHECK_EQ_INT(num_i32_popcnt((uint32_t)bit - 1), n);
        }
    }
    CHECK_EQ_INT(num_i32_clz(0), 32);
    CHECK_EQ_INT(num_i32_ctz(0), 32);
    CHECK_EQ_INT(num_i64_clz(0), 64);
    CHECK_EQ_INT(num_i64_ctz(0), 64);
    CHECK_EQ_INT(num_i64_popcnt(UINT64_MAX), 64);
}

static void division(void) {
    uint32_t r = 77;
    uint64_t l = 77;
    CHECK_EQ_INT(num_i32_div_s(1, 0, &r), NUM_DIVIDE_BY_ZERO);
    CHECK_EQ_INT(num_i32_div_s(0x80000000, 0xFFFFFFFF, &r), NUM_OVERFLOW);
    CHECK_EQ_INT(num_i32_rem_s(0x80000000, 0xFFFFFFFF, &r), NUM_OK);
    CHECK_EQ_INT(r, 0);
    CHECK_EQ_INT(num_i32_div_s((uint32_t)-7, 2, &r), NUM_OK);
    CHECK_EQ_INT(r, (uint32_t)-3);
    CHECK_EQ_INT(num_i32_rem_s((uint32_t)-7, 2, &r), NUM_OK);
    CHECK_EQ_INT(r, (uint32_t)-1);
    CHECK_EQ_INT(num_i32_div_s(7, (uint32_t)-1, &r), NUM_OK);
    CHECK_EQ_INT(r, (uint32_t)-7);
    CHECK_EQ_INT(num_i32_div_u((uint32_t)-7, 2, &r), NUM_OK);
    CHECK_EQ_INT(r, 0x7FFFFFFC);
    CHECK_EQ_INT(num_i32_rem_u(1, 0, &r), NUM_DIVIDE_BY_ZERO);
    CHECK_EQ_INT(num_i64_div_s(1ull << 63, UINT64_MAX, &l), NUM_OVERFLOW);
    CHECK_EQ_INT(num_i64_rem_s(1ull << 63, UINT64_MAX, &l), NUM_OK);
    CHECK_EQ_INT(l, 0);
    CHECK_EQ_INT(num_i64_div_u(UINT64_MAX, 10, &l), NUM_OK);
    CHECK_EQ_INT(l, 1844674407370955161);
    CHECK_EQ_INT(num_i64_rem_u(UINT64_MAX, 0, &l), NUM_DIVIDE_BY_ZERO);
}

static void extensions(void) {
    CHECK_EQ_INT(num_i32_extend8_s(0x1280), 0xFFFFFF80);
    CHECK_EQ_INT(num_i32_extend16_s(0x12347FFF), 0x7FFF);
    CHECK_EQ_INT(num_i64_extend8_s(0x180), (uint64_t)-128);
    CHECK_EQ_INT(num_i64_extend16_s(0x18000), (uint64_t)-32768);
    CHECK_EQ_INT(num_i64_extend32_s(0x180000000), (uint64_t)-2147483648ll);
    CHECK_EQ_INT(num_i64_extend_i32_s(0x80000000), (uint64_t)-2147483648ll);
    CHECK_EQ_INT(num_i64_extend_i32_u(0x80000000), 0x80000000);
    CHECK_EQ_INT(num_i32_wrap_i64(0x123456789), 0x23456789);
}

/* Products by adding halves bit by bit. */
static void slow_mul(uint64_t a, uint64_t b, uint64_t *lo, uint64_t *hi) {
    *lo = *hi = 0;
    for (int i = 63; i >= 0; i--) {
        uint64_t sum, carry;
        num_i64_add128(*lo, *hi, *lo, *hi, lo, hi);
        if (b >> i & 1) {
            num_i64_add128(*lo, *hi, a, 0, &sum, &carry);
            *lo = sum;
            *hi = carry;
        }
    }
}

static void wide(void) {
    for (size_t i = 0; i < COUNT(edges); i++)
        for (size_t j = 0; j < COUNT(edges); j++) {
            uint64_t a = edges[i], b = edges[j], lo, hi, slo, shi, back, over;
            slow_mul(a, b, &slo, &shi);
            num_i64_mul_wide_u(a, b, &lo, &hi);
            CHECK(lo == slo && hi == shi);
            num_i64_mul_wide_s(a, b, &lo, &hi);
            CHECK(lo == slo);
            CHECK_EQ_INT(hi, shi - ((int64_t)a < 0 ? b : 0) - ((int64_t)b < 0 ? a : 0));
            num_i64_add128(a, b, b, a, &lo, &hi);
            num_i64_sub128(lo, hi, b, a, &back, &over);
            CHECK(back == a && over == b);
        }
    uint64_t lo, hi;
    num_i64_add128(UINT64_MAX, 0, 1, 0, &lo, &hi);
    CHECK(lo == 0 && hi == 1);
    num_i64_sub128(0, 0, 1, 0, &lo, &hi);
    CHECK(lo == UINT64_MAX && hi == UINT64_MAX);
}

/* ---- floats ---- */

static const uint32_t f32_zero = 0, f32_minus_zero = 0x80000000, f32_inf = 0x7F800000,
                      f32_snan = 0x7FA00000, f32_quieted = 0x7FE00000;

static void float_bits(void) {
    CHECK_EQ_INT(num_f32_neg(f32_snan), 0xFFA00000);
    CHECK_EQ_INT(num_f32_abs(0xFFA00000), f32_snan);
    CHECK_EQ_INT(num_f32_copysign(f32_snan, f32_minus_zero), 0xFFA00000);
    CHECK_EQ_INT(num_f64_neg(0), 1ull << 63);
    CHECK_EQ_INT(num_f64_copysign(num_f64_bits(-2.0), 0), num_f64_bits(2.0));
    CHECK_EQ_INT(num_i32_reinterpret_f32(f32_snan), f32_snan);
    CHECK_EQ_INT(num_f64_reinterpret_i64(0x7FF4000000000001), 0x7FF4000000000001);
}

static void min_max(void) {
    CHECK_EQ_INT(num_f32_min(f32_zero, f32_minus_zero), f32_minus_zero);
    CHECK_EQ_INT(num_f32_min(f32_minus_zero, f32_zero), f32_minus_zero);
    CHECK_EQ_INT(num_f32_max(f32_zero, f32_minus_zero), f32_zero);
    CHECK_EQ_INT(num_f32_max(f32_minus_zero, f32_minus_zero), f32_minus_zero);
    CHECK_EQ_INT(num_f32_min(f32_snan, f32_inf), f32_quieted);
    CHECK_EQ_INT(num_f32_max(f32_inf, f32_snan), f32_quieted);
    CHECK_EQ_INT(num_f64_min(num_f64_bits(1), num_f64_bits(-2)), num_f64_bits(-2));
    CHECK_EQ_INT(num_f64_max(num_f64_bits(1), num_f64_bits(-2)), num_f64_bits(1));
    CHECK_EQ_INT(num_f64_max(num_f64_bits(1), 0x7FF0000000000001), 0x7FF8000000000001);
}

static void rounding(void) {
    static const struct {
        double x, ceil, floor, trunc, nearest;
    } rows[] = {
        {0.5, 1, 0, 0, 0},
        {1.5, 2, 1, 1, 2},
        {2.5, 3, 2, 2, 2},
        {-0.5, -0.0, -1, -0.0, -0.0},
        {-1.5, -1, -2, -1, -2},
        {-2.5, -2, -3, -2, -2},
        {4503599627370495.5, 4503599627370496, 4503599627370495, 4503599627370495,
         4503599627370496},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t x = num_f64_bits(rows[i].x);
        CHECK_EQ_INT(num_f64_ceil(x), num_f64_bits(rows[i].ceil));
        CHECK_EQ_INT(num_f64_floor(x), num_f64_bits(rows[i].floor));
        CHECK_EQ_INT(num_f64_trunc(x), num_f64_bits(rows[i].trunc));
        CHECK_EQ_INT(num_f64_nearest(x), num_f64_bits(rows[i].nearest));
    }
    CHECK_EQ_INT(num_f32_nearest(num_f32_bits(8388609.0f)), num_f32_bits(8388609.0f));
    CHECK_EQ_INT(num_f32_ceil(f32_snan), f32_quieted);
    CHECK_EQ_INT(num_f32_floor(f32_inf), f32_inf);
    CHECK_EQ_INT(num_f32_sqrt(num_f32_bits(9.0f)), num_f32_bits(3.0f));
}

static void compare_floats(void) {
    uint32_t nan = 0x7FC00000, one = num_f32_bits(1.0f);
    CHECK_EQ_INT(num_f32_eq(nan, nan), 0);
    CHECK_EQ_INT(num_f32_ne(nan, nan), 1);
    CHECK_EQ_INT(num_f32_lt(nan, one), 0);
    CHECK_EQ_INT(num_f32_ge(nan, one), 0);
    CHECK_EQ_INT(num_f32_eq(f32_zero, f32_minus_zero), 1);
    CHECK_EQ_INT(num_f32_le(one, one), 1);
    CHECK_EQ_INT(num_f64_gt(num_f64_bits(2), num_f64_bits(1)), 1);
}

/* ---- conversions ---- */

static void truncation(void) {
    static const struct {
        double x;
        NumTrap s32, u32, s64, u64;
    } rows[] = {
        {0, NUM_OK, NUM_OK, NUM_OK, NUM_OK},
        {-0.9, NUM_OK, NUM_OK, NUM_OK, NUM_OK},
        {-1, NUM_OK, NUM_OVERFLOW, NUM_OK, NUM_OVERFLOW},
        {2147483647.9, NUM_OK, NUM_OK, NUM_OK, NUM_OK},
        {2147483648.0, NUM_OVERFLOW, NUM_OK, NUM_OK, NUM_OK},
        {-2147483648.9, NUM_OK, NUM_OVERFLOW, NUM_OK, NUM_OVERFLOW},
        {-2147483649.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OK, NUM_OVERFLOW},
        {4294967295.9, NUM_OVERFLOW, NUM_OK, NUM_OK, NUM_OK},
        {4294967296.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OK, NUM_OK},
        {9223372036854774784.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OK, NUM_OK},
        {9223372036854775808.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OK},
        {-9223372036854775808.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OK, NUM_OVERFLOW},
        {18446744073709551616.0, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OVERFLOW},
        {(double)NAN, NUM_INVALID_CONVERSION, NUM_INVALID_CONVERSION, NUM_INVALID_CONVERSION,
         NUM_INVALID_CONVERSION},
        {(double)INFINITY, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OVERFLOW, NUM_OVERFLOW},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t bits = num_f64_bits(rows[i].x), l = 0;
        uint32_t r = 0;
        CHECK_EQ_INT(num_i32_trunc_f64_s(bits, &r), rows[i].s32);
        if (rows[i].s32 == NUM_OK)
            CHECK_EQ_INT(num_i32_trunc_sat_f64_s(bits), r);
        CHECK_EQ_INT(num_i32_trunc_f64_u(bits, &r), rows[i].u32);
        if (rows[i].u32 == NUM_OK)
            CHECK_EQ_INT(num_i32_trunc_sat_f64_u(bits), r);
        CHECK_EQ_INT(num_i64_trunc_f64_s(bits, &l), rows[i].s64);
        if (rows[i].s64 == NUM_OK)
            CHECK_EQ_INT(num_i64_trunc_sat_f64_s(bits), l);
        CHECK_EQ_INT(num_i64_trunc_f64_u(bits, &l), rows[i].u64);
        if (rows[i].u64 == NUM_OK)
            CHECK_EQ_INT(num_i64_trunc_sat_f64_u(bits), l);
    }
    uint32_t r = 0;
    CHECK_EQ_INT(num_i32_trunc_f32_s(num_f32_bits(-2147483648.0f), &r), NUM_OK);
    CHECK_EQ_INT(r, 0x80000000);
    CHECK_EQ_INT(num_i32_trunc_f32_s(num_f32_bits(-2147483904.0f), &r), NUM_OVERFLOW);
    CHECK_EQ_INT(num_i32_trunc_f32_u(num_f32_bits(-0.99f), &r), NUM_OK);
    CHECK_EQ_INT(r, 0);
}

static void saturation(void) {
    uint32_t nan = 0x7FC00000, minus_inf = 0xFF800000;
    CHECK_EQ_INT(num_i32_trunc_sat_f32_s(nan), 0);
    CHECK_EQ_INT(num_i32_trunc_sat_f32_s(f32_inf), 0x7FFFFFFF);
    CHECK_EQ_INT(num_i32_trunc_sat_f32_s(minus_inf), 0x80000000);
    CHECK_EQ_INT(num_i32_trunc_sat_f32_u(minus_inf), 0);
    CHECK_EQ_INT(num_i32_trunc_sat_f32_u(f32_inf), 0xFFFFFFFF);
    CHECK_EQ_INT(num_i64_trunc_sat_f32_s(f32_inf), INT64_MAX);
    CHECK_EQ_INT(num_i64_trunc_sat_f32_u(f32_inf), -1);
    CHECK_EQ_INT(num_i64_trunc_sat_f64_s(num_f64_bits(-1e300)), INT64_MIN);
}

static void to_floats(void) {
    CHECK_EQ_INT(num_f32_convert_i32_s(0xFFFFFFFF), num_f32_bits(-1.0f));
    CHECK_EQ_INT(num_f32_convert_i32_u(0xFFFFFFFF), num_f32_bits(4294967296.0f));
    CHECK_EQ_INT(num_f32_convert_i32_s(16777217), num_f32_bits(16777216.0f));
    CHECK_EQ_INT(num_f32_convert_i64_u(UINT64_MAX), num_f32_bits(18446744073709551616.0f));
    CHECK_EQ_INT(num_f32_convert_i64_u(0x8000008000000001), num_f32_bits(9223373136366403584.0f));
    CHECK_EQ_INT(num_f64_convert_i64_u(0x8000000000000400), num_f64_bits(9223372036854775808.0));
    CHECK_EQ_INT(num_f64_convert_i64_u(0x8000000000000401), num_f64_bits(9223372036854777856.0));
    CHECK_EQ_INT(num_f64_convert_i64_s(UINT64_MAX), num_f64_bits(-1.0));
    CHECK_EQ_INT(num_f64_promote_f32(num_f32_bits(0x1p-149f)), num_f64_bits(0x1p-149));
    CHECK_EQ_INT(num_f32_demote_f64(num_f64_bits(1e300)), f32_inf);
    CHECK_EQ_INT(num_f32_demote_f64(num_f64_bits(-1e-300)), f32_minus_zero);
    CHECK_EQ_INT(num_f32_demote_f64(num_f64_bits(0x1.fffffep0 + 0x1p-25)),
                 num_f32_bits(0x1.fffffep0f));
    CHECK(num_f32_is_nan(num_f32_demote_f64(0x7FF0000000000001)));
}

int main(void) {
    CHECK_CASE(integers);
    CHECK_CASE(bit_counts);
    CHECK_CASE(division);
    CHECK_CASE(extensions);
    CHECK_CASE(wide);
    CHECK_CASE(float_bits);
    CHECK_CASE(min_max);
    CHECK_CASE(rounding);
    CHECK_CASE(compare_floats);
    CHECK_CASE(truncation);
    CHECK_CASE(saturation);
    CHECK_CASE(to_floats);
    return check_done();
}
