/* Text <-> float, exactly, on integers only.

   Reading. The significand becomes m * 10^q with at most 19 digits in m. Times a 128-bit power of
   ten, m gives an interval that contains the true value (the idea of Eisel and Lemire: the product
   is nearly always precise enough). If both ends of the interval round to the same bits, these are
   the answer. Otherwise the value lies next to a tie between two neighbours, and an exact
   comparison with that tie in big integers decides. Every path, hex too, ends in the one rounding
   function round_to_bits.

   Writing. Schubfach (Giulietti): scale the value and both rounding borders by the right power of
   ten, to odd, and pick the shortest integer between the borders.

   Invariants: powers come from floatpow.h, which are rounded up and exact for 10^0 .. 10^55.
   Decimal digits beyond the first 800 only matter as "something follows", because no tie of a
   double has more than 767 of them. */
#include "base/float.h"

#include "base/floatsteps.h"

typedef struct FloatFormat {
    int mant_bits; /* stored bits of the significand */
    int min_exp;   /* exponent of the smallest normal number */
    uint64_t inf;  /* bits of infinity */
    uint64_t sign_bit;
    uint64_t quiet; /* the payload of the canonical NaN */
} FloatFormat;

static const FloatFormat float_format_64 = {
    .mant_bits = 52,
    .min_exp = -1022,
    .inf = (uint64_t)0x7ff << 52,
    .sign_bit = (uint64_t)1 << 63,
    .quiet = (uint64_t)1 << 51,
};

static const FloatFormat float_format_32 = {
    .mant_bits = 23,
    .min_exp = -126,
    .inf = (uint64_t)0xff << 23,
    .sign_bit = (uint64_t)1 << 31,
    .quiet = (uint64_t)1 << 22,
};

/* m * base^exp, where base is 10 or 2. */
typedef struct ScannedFloat {
    const char *text, *text_end; /* the significand: digits, '_' and at most one '.' */
    uint64_t m;                  /* its first significant digits: 19 decimal ones or 16 hex ones */
    int64_t exp;
    bool more; /* digits were dropped, not all of them zero */
} ScannedFloat;

WT_INLINE FloatPow power_of_ten(int q) {
    return WT_SMALL ? float_pow_by_steps(q) : float_pow_table[q - FLOAT_POW_FIRST];
}

/* floor(log2(10^q)), for |q| < 400 (and far beyond). */
WT_INLINE int log2_of_power(int q) { return (q * 1741647) >> 19; }

/* ---- rounding ---- */

/* The bits nearest to m * 2^exp, where m has its top bit set and a bit more follows if sticky.
   Overflow gives infinity. Adding the significand with its leading one to the exponent field
   carries into it by itself. */
static uint64_t round_to_bits(const FloatFormat *f, uint64_t m, bool sticky, int64_t exp) {
    int64_t e = exp + 63, drop = 63 - f->mant_bits;
    uint64_t field = 0;
    if (e > 1 - f->min_exp)
        return f->inf;
    if (e < f->min_exp)
        drop += f->min_exp - e;
    else
        field = (uint64_t)(e - f->min_exp) << f->mant_bits;
    if (drop > 64)
        return 0;
    uint64_t kept = drop == 64 ? 0 : m >> drop;
    uint64_t rest = drop == 64 ? m : m << (64 - drop);
    uint64_t half = (uint64_t)1 << 63;
    kept += rest > half || (rest == half && (sticky || (kept & 1)));
    return field + kept;
}

/* ---- big integers, only for ties ---- */

#define BIG_LIMBS 100 /* 3200 bits; 800 digits and 54 * 5^1123 both stay below 2700 */
#define BIG_DIGITS 800

typedef struct FloatBigInt {
    unsigned n; /* limbs in use; the top one is not zero */
    uint32_t limb[BIG_LIMBS];
} FloatBigInt;

static void big_mul_add(FloatBigInt *b, uint32_t factor, uint32_t add) {
    uint64_t carry = add;
    for (unsigned i = 0; i < b->n; i++) {
        carry += (uint64_t)b->limb[i] * factor;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) {
        assert(b->n < BIG_LIMBS);
        b->limb[b->n++] = (uint32_t)carry;
    }
}

static void big_mul_pow5(FloatBigInt *b, int64_t power) {
    for (; power >= 13; power -= 13)
        big_mul_add(b, 1220703125, 0);
    uint32_t rest = 1;
    for (; power > 0; power--)
        rest *= 5;
    big_mul_add(b, rest, 0);
}

static void big_shift_left(FloatBigInt *b, int64_t bits) {
    unsigned limbs = (unsigned)(bits / 32);
    big_mul_add(b, (uint32_t)1 << (bits % 32), 0);
    if (b->n == 0 || limbs == 0)
        return;
    assert(b->n + limbs <= BIG_LIMBS);
    memmove(b->limb + limbs, b->limb, b->n * sizeof b->limb[0]);
    memset(b->limb, 0, limbs * sizeof b->limb[0]);
    b->n += limbs;
}

static int big_compare(const FloatBigInt *a, const FloatBigInt *b) {
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (unsigned i = a->n; i-- > 0;)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* Reads the significand again, up to 800 digits of it. Adds to *exp what sc->m holds more or fewer
   digits than b; the answer tells whether a nonzero digit was left out. */
static bool big_read_digits(FloatBigInt *b, const ScannedFloat *sc, int64_t *exp) {
    int64_t kept = 0, in_m = 0;
    uint32_t chunk = 0, scale = 1;
    bool more = false;
    b->n = 0;
    for (uint64_t m = sc->m; m; m /= 10)
        in_m++;
    for (const char *p = sc->text; p < sc->text_end && !more; p++) {
        uint32_t d = (uint32_t)(unsigned char)*p - '0';
        if (d > 9 || (kept == 0 && d == 0))
            continue;
        if (kept == BIG_DIGITS) {
            more = d != 0;
            continue;
        }
        kept++;
        chunk = chunk * 10 + d;
        scale *= 10;
        if (scale == 1000000000) {
            big_mul_add(b, scale, chunk);
            chunk = 0;
            scale = 1;
        }
    }
    big_mul_add(b, scale, chunk);
    /* Both numbers begin with the same digit. */
    *exp += in_m - kept;
    return more;
}

/* Compares the exact value with the middle between the float `below` and its upper neighbour. */
static WT_COLD int compare_with_tie(const FloatFormat *f, const ScannedFloat *sc, uint64_t below) {
    FloatBigInt value, tie;
    int64_t value_exp = sc->exp;
    bool more = big_read_digits(&value, sc, &value_exp);
    uint64_t m = below & (((uint64_t)1 << f->mant_bits) - 1);
    int64_t e = (int64_t)(below >> f->mant_bits), tie_exp;
    if (e > 0)
        m |= (uint64_t)1 << f->mant_bits;
    tie_exp = f->min_exp - f->mant_bits + (e > 0 ? e - 1 : 0) - 1;
    m = 2 * m + 1;
    tie.n = m >> 32 ? 2 : 1;
    tie.limb[0] = (uint32_t)m;
    tie.limb[1] = (uint32_t)(m >> 32);
    if (value_exp >= 0)
        big_mul_pow5(&value, value_exp);
    else
        big_mul_pow5(&tie, -value_exp);
    /* value * 2^value_exp against tie * 2^tie_exp */
    if (value_exp >= tie_exp)
        big_shift_left(&value, value_exp - tie_exp);
    else
        big_shift_left(&tie, tie_exp - value_exp);
    int order = big_compare(&value, &tie);
    return order == 0 && more ? 1 : order;
}

/* ---- decimal to bits ---- */

/* The product did not settle it: hi:lo * 2^exp is less than 3 too large, and up to `over` too
 * small. */
static WT_COLD uint64_t round_interval(const FloatFormat *f, const ScannedFloat *sc, FloatWide p,
                                       FloatWide over, int64_t exp) {
    FloatWide low = {p.hi - (p.lo < 3), p.lo - 3}, high = {p.hi + over.hi, p.lo + over.lo};
    int64_t high_exp = exp;
    high.hi += high.lo < p.lo;
    if (high.hi < p.hi) { /* carried out of the top */
        high.hi = high.hi >> 1 | (uint64_t)1 << 63;
        high_exp++;
    }
    if (!(low.hi >> 63)) {
        low.hi = low.hi << 1 | low.lo >> 63;
        exp--;
    }
    uint64_t below = round_to_bits(f, low.hi, true, exp),
             above = round_to_bits(f, high.hi, true, high_exp);
    if (below == above)
        return below;
    assert(above == below + 1);
    int order = compare_with_tie(f, sc, below);
    return below + (order > 0 || (order == 0 && (below & 1)));
}

static uint64_t decimal_to_bits(const FloatFormat *f, const ScannedFloat *sc) {
    if (sc->m == 0 ||
        sc->exp < FLOAT_POW_FIRST) /* below 2^64 * 10^-343, less than half of 2^-1074 */
        return 0;
    if (sc->exp > 308)
        return f->inf;
    int q = (int)sc->exp, shift = float_leading_zeros(sc->m);
    uint64_t m = sc->m << shift;
    FloatPow pow = power_of_ten(q);
    FloatWide top = float_mul_wide(m, pow.hi), low = float_mul_wide(m, pow.lo);
    FloatWide p = {top.hi, top.lo + low.hi};
    p.hi += p.lo < top.lo;
    /* The value is (hi:lo + a fraction of the last bit) * 2^(exp-64), and 2^exp belongs to hi. */
    int64_t exp = log2_of_power(q) + 1 - shift;
    bool doubled = !(p.hi >> 63);
    if (doubled) {
        p.hi = p.hi << 1 | p.lo >> 63;
        p.lo <<= 1;
        exp--;
    }
    if (WT_LIKELY(!sc->more)) {
        if (q >= 0 && q <= 55) {
            bool sticky = p.lo != 0 || low.lo != 0;
            return round_to_bits(f, p.hi, sticky, exp);
        }
        /* The error is far from reaching into hi, and the value is not a tie. */
        if (WT_LIKELY(p.lo >= 3))
            return round_to_bits(f, p.hi, true, exp);
    }
    /* Dropped digits are worth less than one unit of m. */
    FloatWide over = {0, 2};
    if (sc->more) {
        int up = shift + (int)doubled; /* at most 5, since m has 19 digits */
        over = (FloatWide){up ? pow.hi >> (64 - up) : 0, (pow.hi << up) + 64};
        over.hi += over.lo < 64;
    }
    return round_interval(f, sc, p, over, exp);
}

static uint64_t hex_to_bits(const FloatFormat *f, const ScannedFloat *sc) {
    if (sc->m == 0)
        return 0;
    int shift = float_leading_zeros(sc->m);
    return round_to_bits(f, sc->m << shift, sc->more, sc->exp - shift);
}

/* ---- scanning ---- */

/* The value of a hex digit, 16 or more for anything else. */
WT_INLINE unsigned float_hex_digit(char c) {
    unsigned d = (unsigned)(unsigned char)c - '0';
    if (d <= 9)
        return d;
    unsigned letter = ((unsigned)(unsigned char)c | 0x20) - 'a';
    return letter < 6 ? letter + 10 : 16;
}

WT_INLINE unsigned float_digit(char c, unsigned base) {
    return base == 16 ? float_hex_digit(c) : (unsigned)(unsigned char)c - '0';
}

/* Reads digits with single underscores between them, and stops at the first character that is
   neither; a wrong underscore is such a character. *m is the number modulo 2^64, *count the number
   of digits. */
WT_INLINE const char *scan_float_digits(const char *p, const char *end, unsigned base, uint64_t *m,
                                        int64_t *count) {
    const char *start = p;
    uint64_t value = *m;
    int64_t skipped = 0;
    for (; p < end; p++) {
        unsigned d = float_digit(*p, base);
        if (WT_LIKELY(d < base)) {
            value = value * base + d;
        } else if (*p == '_' && p > start && end - p > 1 && float_digit(p[1], base) < base) {
            skipped++;
        } else {
            break;
        }
    }
    *m = value;
    *count += p - start - skipped;
    return p;
}

/* Reads e+12 or p-12, with p behind the letter. Huge exponents stop growing: they are far outside
   either way, and the length of the significand cannot bring them back. */
static const char *scan_float_exponent(const char *p, const char *end, int64_t *exp) {
    const char *start;
    bool negative = false;
    int64_t value = 0;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    for (start = p; p < end; p++) {
        unsigned d = float_digit(*p, 10);
        if (d < 10) {
            if (value < (int64_t)1 << 56)
                value = value * 10 + (int64_t)d;
        } else if (*p != '_' || p == start || end - p < 2 || float_digit(p[1], 10) > 9) {
            break;
        }
    }
    *exp = negative ? -value : value;
    return p == start ? NULL : p;
}

/* More digits than fit: take the first `limit` significant ones, and see what else there is. */
static WT_COLD void rescan_long(ScannedFloat *sc, unsigned base, int64_t limit) {
    int64_t kept = 0, dropped = 0;
    sc->m = 0;
    for (const char *p = sc->text; p < sc->text_end; p++) {
        unsigned d = float_digit(*p, base);
        if (d >= base || (kept == 0 && d == 0))
            continue;
        if (kept < limit) {
            sc->m = sc->m * base + d;
            kept++;
        } else {
            dropped++;
            sc->more |= d != 0;
        }
    }
    sc->exp += base == 16 ? 4 * dropped : dropped;
}

/* digits [. [digits]] [e|p exponent], the whole of s .. end. */
WT_INLINE bool scan_float(ScannedFloat *sc, const char *s, const char *end, unsigned base) {
    const int64_t limit = base == 16 ? 16 : 19;
    int64_t count = 0, fraction, exponent = 0;
    sc->text = s;
    sc->m = 0;
    sc->more = false;
    const char *p = scan_float_digits(s, end, base, &sc->m, &count);
    if (count == 0)
        return false;
    fraction = count;
    if (p < end && *p == '.')
        p = scan_float_digits(p + 1, end, base, &sc->m, &count);
    fraction = count - fraction;
    sc->text_end = p;
    if (p < end) {
        if ((*p | 0x20) != (base == 16 ? 'p' : 'e'))
            return false;
        p = scan_float_exponent(p + 1, end, &exponent);
        if (p != end)
            return false;
    }
    sc->exp = exponent - (base == 16 ? 4 * fraction : fraction);
    if (WT_UNLIKELY(count > limit))
        rescan_long(sc, base, limit);
    return true;
}

static FloatStatus scan_float_nan(const FloatFormat *f, const char *s, size_t n, uint64_t *bits) {
    uint64_t payload = f->quiet;
    if (n > 3) {
        if (n < 7 || memcmp(s, "nan:0x", 6) != 0)
            return FLOAT_MALFORMED;
        FloatStatus status = wt_base_u64_from_text(s + 4, n - 4, &payload);
        if (status != FLOAT_OK)
            return status;
        if (payload == 0 || payload >> f->mant_bits)
            return FLOAT_RANGE;
    }
    *bits = f->inf | payload;
    return FLOAT_OK;
}

WT_INLINE FloatStatus float_from_text(const FloatFormat *f, const char *s, size_t n,
                                      uint64_t *bits) {
    const char *end = s + n;
    uint64_t sign = 0, magnitude = 0;
    ScannedFloat sc;
    *bits = 0;
    if (n > 0 && (*s == '+' || *s == '-'))
        sign = *s++ == '-' ? f->sign_bit : 0;
    size_t rest = (size_t)(end - s);
    if (rest > 2 && s[0] == '0' && s[1] == 'x') {
        if (!scan_float(&sc, s + 2, end, 16))
            return FLOAT_MALFORMED;
        magnitude = hex_to_bits(f, &sc);
    } else if (WT_LIKELY(rest > 0 && float_digit(*s, 10) < 10)) {
        if (!scan_float(&sc, s, end, 10))
            return FLOAT_MALFORMED;
        magnitude = decimal_to_bits(f, &sc);
    } else if (rest == 3 && memcmp(s, "inf", 3) == 0) {
        *bits = sign | f->inf;
        return FLOAT_OK;
    } else if (rest >= 3 && memcmp(s, "nan", 3) == 0) {
        FloatStatus status = scan_float_nan(f, s, rest, bits);
        if (status == FLOAT_OK)
            *bits |= sign;
        return status;
    } else {
        return FLOAT_MALFORMED;
    }
    if (magnitude >= f->inf)
        return FLOAT_RANGE;
    *bits = sign | magnitude;
    return FLOAT_OK;
}

FloatStatus wt_base_f64_from_text(const char *s, size_t n, uint64_t *bits) {
    return float_from_text(&float_format_64, s, n, bits);
}

FloatStatus wt_base_f32_from_text(const char *s, size_t n, uint32_t *bits) {
    uint64_t wide;
    FloatStatus status = float_from_text(&float_format_32, s, n, &wide);
    *bits = (uint32_t)wide;
    return status;
}

/* scan_float_digits works modulo 2^64; a number with too many digits for that to be harmless is
 * read again with checks. */
static WT_COLD FloatStatus read_long_integer(const char *s, const char *end, unsigned base,
                                             uint64_t *value) {
    uint64_t v = 0;
    for (; s < end; s++) {
        unsigned d = float_digit(*s, base);
        if (d >= base)
            continue;
        if (v > (UINT64_MAX - d) / base)
            return FLOAT_RANGE;
        v = v * base + d;
    }
    *value = v;
    return FLOAT_OK;
}

FloatStatus wt_base_u64_from_text(const char *s, size_t n, uint64_t *value) {
    const char *end = s + n, *p;
    uint64_t v = 0;
    int64_t count = 0;
    bool hex = n > 2 && s[0] == '0' && s[1] == 'x';
    *value = 0;
    if (hex) {
        s += 2;
        p = scan_float_digits(s, end, 16, &v, &count);
    } else {
        p = scan_float_digits(s, end, 10, &v, &count);
    }
    if (count == 0 || p != end)
        return FLOAT_MALFORMED;
    if (WT_UNLIKELY(count > (hex ? 16 : 19)))
        return read_long_integer(s, end, hex ? 16 : 10, value);
    *value = v;
    return FLOAT_OK;
}

/* ---- bits to decimal ---- */

typedef struct ShortestDecimal {
    uint64_t digits;
    int exp;
} ShortestDecimal;

/* g * c * 2^-128 rounded to odd: the last bit also says that something was cut off, so that later
   comparisons with even numbers are exact. Up to 1 in the middle limb is the error of g and no
   remainder. */
WT_INLINE uint64_t scale_to_odd(FloatPow g, uint64_t c) {
    FloatWide low = float_mul_wide(g.lo, c), top = float_mul_wide(g.hi, c);
    uint64_t mid = top.lo + low.hi;
    return (top.hi + (mid < top.lo)) | (mid > 1);
}

/* For c * 2^q > 0; the gap to the next float below is half as wide if `narrow`. */
WT_INLINE ShortestDecimal shortest_decimal(uint64_t c, int q, bool narrow) {
    const bool odd = c & 1;
    /* 10^k is at most the width of the interval that rounds to the float, 10^(k+1) is wider. */
    int k = (q * 1262611 - (narrow ? 524031 : 0)) >> 22;
    int h = q + log2_of_power(-k) + 1;
    FloatPow g = power_of_ten(-k);
    uint64_t v = scale_to_odd(g, 4 * c << h);
    uint64_t lower = scale_to_odd(g, (4 * c - (narrow ? 1 : 2)) << h) + odd;
    uint64_t upper = scale_to_odd(g, (4 * c + 2) << h) - odd;
    uint64_t s = v / 4;
    /* A multiple of 10^(k+1) inside is the shortest, and there is one at most. */
    uint64_t tens = s / 10 * 10;
    bool down = lower <= 4 * tens, up = 4 * tens + 40 <= upper;
    if (s >= 10 && down != up)
        return (ShortestDecimal){tens / 10 + up, k + 1};
    down = lower <= 4 * s;
    up = 4 * s + 4 <= upper;
    if (down == up) /* both (or none) are fine: the closer one, ties to even */
        up = v > 4 * s + 2 || (v == 4 * s + 2 && (s & 1));
    return (ShortestDecimal){s + up, k};
}

static const char decimal_pairs[201] = "00010203040506070809101112131415161718192021222324"
                                       "25262728293031323334353637383940414243444546474849"
                                       "50515253545556575859606162636465666768697071727374"
                                       "75767778798081828384858687888990919293949596979899";

/* Writes v so that it ends before `end`; the answer is where it begins. */
WT_INLINE char *put_digits_backwards(uint64_t v, char *end) {
    while (v >= 100000000) {
        uint32_t low = (uint32_t)(v % 100000000);
        v /= 100000000;
        for (int i = 0; i < 4; i++, low /= 100)
            memcpy(end -= 2, decimal_pairs + low % 100 * 2, 2);
    }
    uint32_t rest = (uint32_t)v;
    for (; rest >= 100; rest /= 100)
        memcpy(end -= 2, decimal_pairs + rest % 100 * 2, 2);
    if (rest >= 10)
        memcpy(end -= 2, decimal_pairs + rest * 2, 2);
    else
        *--end = (char)('0' + rest);
    return end;
}

static char *put_float_exponent(char *p, int e, bool plus) {
    char text[8];
    if (e < 0)
        *p++ = '-';
    else if (plus)
        *p++ = '+';
    char *start = put_digits_backwards((uint64_t)(e < 0 ? -e : e), text + sizeof text);
    size_t n = (size_t)(text + sizeof text - start);
    memcpy(p, start, n);
    return p + n;
}

/* digits * 10^exp, as 120, 1.2, 0.012 or 1.2e34. */
static char *put_float_decimal(char *p, uint64_t value, int exp) {
    char text[24], *digits, *end = text + sizeof text;
    digits = put_digits_backwards(value, end);
    for (; end - digits > 1 && end[-1] == '0'; end--)
        exp++;
    int n = (int)(end - digits), e = exp + n - 1;
    int before = 1; /* digits before the point */
    if (e >= -6 && e < 0) {
        memcpy(p, "0.00000", 7);
        p += 1 - e;
        memcpy(p, digits, (size_t)n);
        return p + n;
    }
    if (e >= 0 && e <= 20)
        before = e + 1;
    if (before >= n) {
        memcpy(p, digits, (size_t)n);
        memset(p + n, '0', (size_t)(before - n));
        p += before;
    } else {
        memcpy(p, digits, (size_t)before);
        p[before] = '.';
        memcpy(p + before + 1, digits + before, (size_t)(n - before));
        p += n + 1;
    }
    if (e >= 0 && e <= 20)
        return p;
    *p++ = 'e';
    return put_float_exponent(p, e, false);
}

static char *put_float_hex(char *p, uint64_t v) {
    int shift = 60;
    while (shift > 0 && !(v >> shift))
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *p++ = "0123456789abcdef"[v >> shift & 15];
    return p;
}

/* Signs, infinities and NaNs; NULL if the number itself is still to be written at *at. */
WT_INLINE char *put_float_special(const FloatFormat *f, uint64_t bits, char **at) {
    uint64_t payload = bits & (((uint64_t)1 << f->mant_bits) - 1);
    char *p = *at;
    if (bits & f->sign_bit)
        *p++ = '-';
    *at = p;
    if ((bits & f->inf) != f->inf)
        return NULL;
    memcpy(p, payload ? "nan" : "inf", 3);
    p += 3;
    if (payload && payload != f->quiet) {
        memcpy(p, ":0x", 3);
        p = put_float_hex(p + 3, payload);
    }
    return p;
}

WT_INLINE size_t float_to_text(const FloatFormat *f, uint64_t bits, char *out) {
    char *p = out, *special = put_float_special(f, bits, &p);
    if (special)
        return (size_t)(special - out);
    uint64_t m = bits & (((uint64_t)1 << f->mant_bits) - 1);
    int e = (int)((bits & f->inf) >> f->mant_bits), q = f->min_exp - f->mant_bits + (e ? e - 1 : 0);
    if (e)
        m |= (uint64_t)1 << f->mant_bits;
    /* An integer that the type holds exactly with all its neighbours is its own shortest text. */
    if (q <= 0 && -q <= f->mant_bits && (m & (((uint64_t)1 << -q) - 1)) == 0)
        return (size_t)(put_float_decimal(p, m >> -q, 0) - out);
    if (m == 0) {
        *p++ = '0';
        return (size_t)(p - out);
    }
    ShortestDecimal s = shortest_decimal(m, q, e > 1 && m == (uint64_t)1 << f->mant_bits);
    return (size_t)(put_float_decimal(p, s.digits, s.exp) - out);
}

static size_t float_to_hexfloat(const FloatFormat *f, uint64_t bits, char *out) {
    char *p = out, *special = put_float_special(f, bits, &p);
    if (special)
        return (size_t)(special - out);
    uint64_t m = bits & (((uint64_t)1 << f->mant_bits) - 1);
    int e = (int)((bits & f->inf) >> f->mant_bits), exp = f->min_exp + (e ? e - 1 : 0);
    if (e)
        m |= (uint64_t)1 << f->mant_bits;
    memcpy(p, m ? "0x1" : "0x0", 3);
    p += 3;
    if (m == 0) {
        exp = 0;
    } else {
        int shift = float_leading_zeros(m);
        exp -= shift - (63 - f->mant_bits);
        m = m << shift << 1; /* what follows the leading one, from the top */
        if (m)
            *p++ = '.';
        for (; m; m <<= 4)
            *p++ = "0123456789abcdef"[m >> 60];
    }
    *p++ = 'p';
    return (size_t)(put_float_exponent(p, exp, true) - out);
}

size_t wt_base_f64_to_text(uint64_t bits, char out[FLOAT_TEXT_MAX]) {
    return float_to_text(&float_format_64, bits, out);
}

size_t wt_base_f32_to_text(uint32_t bits, char out[FLOAT_TEXT_MAX]) {
    return float_to_text(&float_format_32, bits, out);
}

size_t wt_base_f64_to_hexfloat(uint64_t bits, char out[FLOAT_TEXT_MAX]) {
    return float_to_hexfloat(&float_format_64, bits, out);
}

size_t wt_base_f32_to_hexfloat(uint32_t bits, char out[FLOAT_TEXT_MAX]) {
    return float_to_hexfloat(&float_format_32, bits, out);
}
