"""What the number and vector instructions mean, in exact arithmetic and without a look at the C: a
second opinion for the scripts that gen_own_scripts.py writes.

A value is the unsigned integer of its bits. Floats become fractions, are calculated exactly, and
are rounded once. A result that may be any NaN of a kind is "nan:canonical" or "nan:arithmetic",
one that must not come is a Trap.
"""
from fractions import Fraction
from math import isqrt

FRACTION_BITS = {32: 23, 64: 52}
EXPONENT_BITS = {32: 8, 64: 11}


class Trap(str):
    """The text of the trap."""


def mask(bits):
    return (1 << bits) - 1


def signed(v, bits):
    return v - (1 << bits) if v >> (bits - 1) else v


# ---- floats -----------------------------------------------------------------------------------

def sign_bit(v, w):
    return v >> (w - 1)


def infinity(w):
    return mask(EXPONENT_BITS[w]) << FRACTION_BITS[w]


def quiet_nan(w):
    return infinity(w) | 1 << (FRACTION_BITS[w] - 1)


def magnitude(v, w):
    return v & mask(w - 1)


def is_nan(v, w):
    return magnitude(v, w) > infinity(w)


def is_inf(v, w):
    return magnitude(v, w) == infinity(w)


def decode(v, w):
    """The fraction that a finite float is."""
    bits, bias = FRACTION_BITS[w], mask(EXPONENT_BITS[w] - 1)
    exponent, low = magnitude(v, w) >> bits, v & mask(bits)
    if exponent:
        low |= 1 << bits
    value = low * Fraction(2) ** (max(exponent, 1) - bias - bits)
    return -value if sign_bit(v, w) else value


def encode(value, w, negative=False):
    """The nearest float, ties to even; `negative` is the sign of a zero."""
    bits, bias = FRACTION_BITS[w], mask(EXPONENT_BITS[w] - 1)
    sign = (1 if value < 0 else 0 if value > 0 else int(negative)) << (w - 1)
    value = abs(value)
    if not value:
        return sign
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** exponent > value:
        exponent -= 1
    exponent = max(exponent, 1 - bias)
    digits = round(value / Fraction(2) ** (exponent - bits))  # of a Fraction: half to even
    return sign | min(((exponent + bias - 1) << bits) + digits, infinity(w))


def nan_of(w, *operands):
    """What NaN comes of these operands: canonical when no other went in."""
    other = any(is_nan(v, w) and magnitude(v, w) != quiet_nan(w) for v in operands)
    return "nan:arithmetic" if other else "nan:canonical"


def f_add(a, b, w):
    if is_nan(a, w) or is_nan(b, w) or (is_inf(a, w) and is_inf(b, w) and a != b):
        return nan_of(w, a, b)
    if is_inf(a, w) or is_inf(b, w):
        return a if is_inf(a, w) else b
    total = decode(a, w) + decode(b, w)
    return encode(total, w, sign_bit(a, w) and sign_bit(b, w))


def f_neg(v, w):
    return v ^ 1 << (w - 1)


def f_sub(a, b, w):
    if is_nan(a, w) or is_nan(b, w):
        return nan_of(w, a, b)
    return f_add(a, f_neg(b, w), w)


def f_mul(a, b, w):
    sign = sign_bit(a, w) ^ sign_bit(b, w)
    inf = is_inf(a, w) or is_inf(b, w)
    if is_nan(a, w) or is_nan(b, w) or (inf and not (magnitude(a, w) and magnitude(b, w))):
        return nan_of(w, a, b)
    if inf:
        return sign << (w - 1) | infinity(w)
    return encode(decode(a, w) * decode(b, w), w, sign)


def f_div(a, b, w):
    sign = sign_bit(a, w) ^ sign_bit(b, w)
    both_zero = not magnitude(a, w) and not magnitude(b, w)
    if is_nan(a, w) or is_nan(b, w) or both_zero or (is_inf(a, w) and is_inf(b, w)):
        return nan_of(w, a, b)
    if is_inf(a, w) or not magnitude(b, w):
        return sign << (w - 1) | infinity(w)
    if is_inf(b, w):
        return sign << (w - 1)
    return encode(decode(a, w) / decode(b, w), w, sign)


def f_min(a, b, w):
    if is_nan(a, w) or is_nan(b, w):
        return nan_of(w, a, b)
    return a if order(a, w) <= order(b, w) else b


def f_max(a, b, w):
    if is_nan(a, w) or is_nan(b, w):
        return nan_of(w, a, b)
    return a if order(a, w) >= order(b, w) else b


def order(v, w):
    """A number that grows with the float; -0 is below 0."""
    return -1 - magnitude(v, w) if sign_bit(v, w) else v


def f_compare(a, b, w):
    """-1, 0, 1; None: unordered."""
    if is_nan(a, w) or is_nan(b, w):
        return None
    if not magnitude(a, w) and not magnitude(b, w):
        return 0
    return (order(a, w) > order(b, w)) - (order(a, w) < order(b, w))


def f_sqrt(v, w):
    if is_nan(v, w) or (sign_bit(v, w) and magnitude(v, w)):
        return nan_of(w, v)
    if is_inf(v, w) or not magnitude(v, w):
        return v
    scaled = decode(v, w) * Fraction(4) ** 1200  # a whole number with more than enough digits
    root = isqrt(scaled.numerator // scaled.denominator)
    exact = root * root * scaled.denominator == scaled.numerator
    return encode((2 * root + (not exact)) * Fraction(1, 2) / Fraction(2) ** 1200, w)


def f_round(v, w, how):
    if is_nan(v, w):
        return nan_of(w, v)
    if is_inf(v, w):
        return v
    return encode(Fraction(how(decode(v, w))), w, sign_bit(v, w))


def ceiling(q):
    return -(-q // 1)


def toward_zero(q):
    return q // 1 if q >= 0 else ceiling(q)


def f_trunc_to(v, w, bits, is_signed, saturate):
    low, high = (-(1 << (bits - 1)), mask(bits - 1)) if is_signed else (0, mask(bits))
    if is_nan(v, w):
        return 0 if saturate else Trap("invalid conversion to integer")
    if is_inf(v, w):
        whole = low - 1 if sign_bit(v, w) else high + 1
    else:
        whole = int(toward_zero(decode(v, w)))
    if not low <= whole <= high:
        if not saturate:
            return Trap("integer overflow")
        whole = low if whole < low else high
    return whole & mask(bits)


def f_convert(v, w, bits, is_signed):
    return encode(Fraction(signed(v, bits) if is_signed else v), w)


def f_resize(v, source, target):
    if is_nan(v, source):
        return nan_of(source, v)
    if is_inf(v, source):
        return sign_bit(v, source) << (target - 1) | infinity(target)
    return encode(decode(v, source), target, sign_bit(v, source))


FLOAT_BINARY = {
    "add": f_add, "sub": f_sub, "mul": f_mul, "div": f_div, "min": f_min, "max": f_max,
    "copysign": lambda a, b, w: magnitude(a, w) | sign_bit(b, w) << (w - 1),
    "pmin": lambda a, b, w: b if f_compare(b, a, w) == -1 else a,
    "pmax": lambda a, b, w: b if f_compare(a, b, w) == -1 else a,
}
FLOAT_COMPARE = {
    "eq": lambda c: c == 0, "ne": lambda c: c != 0, "lt": lambda c: c == -1,
    "gt": lambda c: c == 1, "le": lambda c: c in (-1, 0), "ge": lambda c: c in (0, 1),
}
FLOAT_UNARY = {
    "abs": magnitude, "neg": f_neg, "sqrt": f_sqrt,
    "ceil": lambda v, w: f_round(v, w, ceiling),
    "floor": lambda v, w: f_round(v, w, lambda q: q // 1),
    "trunc": lambda v, w: f_round(v, w, toward_zero),
    "nearest": lambda v, w: f_round(v, w, round),
}


# ---- integers ---------------------------------------------------------------------------------

def i_div(a, b, w, is_signed):
    if not b:
        return Trap("integer divide by zero")
    if not is_signed:
        return a // b
    a, b = signed(a, w), signed(b, w)
    q = abs(a) // abs(b)
    q = -q if (a < 0) != (b < 0) else q
    return Trap("integer overflow") if q == 1 << (w - 1) else q & mask(w)


def i_rem(a, b, w, is_signed):
    if not b:
        return Trap("integer divide by zero")
    if not is_signed:
        return a % b
    a, b = signed(a, w), signed(b, w)
    r = abs(a) % abs(b)
    return (-r if a < 0 else r) & mask(w)


def clamp(v, w, is_signed):
    low, high = (-(1 << (w - 1)), mask(w - 1)) if is_signed else (0, mask(w))
    return min(max(v, low), high) & mask(w)


def q15(a, b):
    return clamp((signed(a, 16) * signed(b, 16) + 0x4000) >> 15, 16, True)


def rotate(v, n, w):
    n %= w
    return (v << n | v >> (w - n)) & mask(w)


INT_BINARY = {
    "add": lambda a, b, w: (a + b) & mask(w),
    "sub": lambda a, b, w: (a - b) & mask(w),
    "mul": lambda a, b, w: a * b & mask(w),
    "div_s": lambda a, b, w: i_div(a, b, w, True), "div_u": lambda a, b, w: i_div(a, b, w, False),
    "rem_s": lambda a, b, w: i_rem(a, b, w, True), "rem_u": lambda a, b, w: i_rem(a, b, w, False),
    "and": lambda a, b, w: a & b, "or": lambda a, b, w: a | b, "xor": lambda a, b, w: a ^ b,
    "shl": lambda a, b, w: a << b % w & mask(w), "shr_u": lambda a, b, w: a >> b % w,
    "shr_s": lambda a, b, w: signed(a, w) >> b % w & mask(w),
    "rotl": rotate, "rotr": lambda a, b, w: rotate(a, -b, w),
    # of vectors only
    "add_sat_s": lambda a, b, w: clamp(signed(a, w) + signed(b, w), w, True),
    "add_sat_u": lambda a, b, w: clamp(a + b, w, False),
    "sub_sat_s": lambda a, b, w: clamp(signed(a, w) - signed(b, w), w, True),
    "sub_sat_u": lambda a, b, w: clamp(a - b, w, False),
    "min_s": lambda a, b, w: min(signed(a, w), signed(b, w)) & mask(w),
    "max_s": lambda a, b, w: max(signed(a, w), signed(b, w)) & mask(w),
    "min_u": lambda a, b, w: min(a, b), "max_u": lambda a, b, w: max(a, b),
    "avgr_u": lambda a, b, w: (a + b + 1) // 2,
    "q15mulr_sat_s": lambda a, b, w: q15(a, b), "relaxed_q15mulr_s": lambda a, b, w: q15(a, b),
}
INT_COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b, "le": lambda a, b: a <= b, "ge": lambda a, b: a >= b,
}
INT_UNARY = {
    "clz": lambda v, w: w - v.bit_length(),
    "ctz": lambda v, w: (v & -v).bit_length() - 1 if v else w,
    "popcnt": lambda v, w: bin(v).count("1"),
    "eqz": lambda v, w: int(not v),
    "extend8_s": lambda v, w: signed(v & mask(8), 8) & mask(w),
    "extend16_s": lambda v, w: signed(v & mask(16), 16) & mask(w),
    "extend32_s": lambda v, w: signed(v & mask(32), 32) & mask(w),
    "abs": lambda v, w: abs(signed(v, w)) & mask(w),
    "neg": lambda v, w: -v & mask(w),
}


def int_compare(op, a, b, w):
    word, _, sign = op.partition("_")
    if sign == "s":
        a, b = signed(a, w), signed(b, w)
    return INT_COMPARE[word](a, b)


def wide(op, *v):
    """The results of the 128-bit instructions, the low half first."""
    if op in ("add128", "sub128"):
        a, b = v[0] | v[1] << 64, v[2] | v[3] << 64
        r = a + b if op == "add128" else a - b
    else:
        a, b = (signed(x, 64) for x in v) if op.endswith("_s") else v
        r = a * b
    return [r & mask(64), r >> 64 & mask(64)]


# ---- scalars by name --------------------------------------------------------------------------

def scalar(name, *v):
    """The results of a scalar number instruction (i32.add); None: it is none."""
    ty, op = name.split(".")
    w = int(ty[1:])
    words = op.split("_")
    if op in ("add128", "sub128", "mul_wide_s", "mul_wide_u"):
        return wide(op, *v)
    if op.startswith("trunc_") and ty[0] == "i":
        return [f_trunc_to(v[0], int(words[-2][1:]), w, words[-1] == "s", "sat" in words)]
    if op.startswith("convert_"):
        return [f_convert(v[0], w, int(words[1][1:]), words[2] == "s")]
    if words[0] in ("demote", "promote"):
        return [f_resize(v[0], int(words[1][1:]), w)]
    if words[0] == "reinterpret":
        return [v[0]]
    if op == "wrap_i64":
        return [v[0] & mask(32)]
    if op in ("extend_i32_s", "extend_i32_u"):
        return [signed(v[0], 32) & mask(64) if words[2] == "s" else v[0]]
    if ty[0] == "f":
        if op in FLOAT_COMPARE:
            return [int(FLOAT_COMPARE[op](f_compare(*v, w)))]
        table = FLOAT_UNARY if len(v) == 1 else FLOAT_BINARY
        return [table[op](*v, w)] if op in table else None
    if words[0] in INT_COMPARE and len(v) == 2:
        return [int(int_compare(op, *v, w))]
    table = INT_UNARY if len(v) == 1 else INT_BINARY
    return [table[op](*v, w)] if op in table else None


# ---- vectors ----------------------------------------------------------------------------------

def split(v, w):
    return [v >> i & mask(w) for i in range(0, 128, w)]


def join(lanes, w):
    return sum(v << i * w for i, v in enumerate(lanes))


class Lanes(list):
    """A vector result whose lanes may be patterns."""

    def __init__(self, lanes, w):
        super().__init__(lanes)
        self.w = w


def shape_of(text):
    """("i", 8) of i8x16."""
    return text[0], int(text[1:].split("x")[0])


def halves(op, v, w):
    """The lanes that an instruction on half a vector reads, and whether they are signed."""
    words = op.split("_")
    low, sign = words[1] == "low", words[-1] == "s"
    half = split(v, w)
    half = half[:len(half) // 2] if low else half[len(half) // 2:]
    return [signed(x, w) if sign else x for x in half]


def vector_widening(op, v, w):
    words = op.split("_")
    source = w // 2
    if words[0] == "extend":
        return [x & mask(w) for x in halves(op, v[0], source)]
    if words[0] == "extmul":
        return [a * b & mask(w) for a, b in zip(halves(op, v[0], source), halves(op, v[1], source))]
    if words[0] == "extadd":
        lanes = [signed(x, source) if words[-1] == "s" else x for x in split(v[0], source)]
        return [(a + b) & mask(w) for a, b in zip(lanes[::2], lanes[1::2])]
    if op == "dot_i16x8_s":
        products = [signed(a, 16) * signed(b, 16) for a, b in zip(split(v[0], 16), split(v[1], 16))]
        return [(a + b) & mask(32) for a, b in zip(products[::2], products[1::2])]
    if words[0] == "narrow":
        both = [signed(x, 2 * w) for x in split(v[0], 2 * w) + split(v[1], 2 * w)]
        return [clamp(x, w, words[-1] == "s") for x in both]
    return None


def vector_conversion(op, v, w):
    words = op.split("_")
    if words[0] == "trunc" and len(words) > 1:
        source = shape_of(words[2])[1]
        lanes = [f_trunc_to(x, source, 32, words[3] == "s", True) for x in split(v, source)]
        return lanes + [0] * (4 - len(lanes))
    if words[0] == "convert":
        lanes = split(v, 32)[:128 // w]
        return [f_convert(x, w, 32, words[-1] == "s") for x in lanes]
    if words[0] == "demote":
        return [f_resize(x, 64, 32) for x in split(v, 64)] + [0, 0]
    if words[0] == "promote":
        return [f_resize(x, 32, 64) for x in split(v, 32)[:2]]
    return None


def relaxed_dot(v, add):
    products = [signed(a, 8) * signed(b, 8) for a, b in zip(split(v[0], 8), split(v[1], 8))]
    pairs = [a + b for a, b in zip(products[::2], products[1::2])]
    if not add:
        return Lanes([x & mask(16) for x in pairs], 16)
    sums = [a + b for a, b in zip(pairs[::2], pairs[1::2])]
    return Lanes([(a + b) & mask(32) for a, b in zip(sums, split(v[2], 32))], 32)


def swizzle(a, index):
    bytes_ = split(a, 8)
    return Lanes([bytes_[i] if i < 16 else 0 for i in split(index, 8)], 8)


def bit_select(a, b, c):
    return a & c | b & ~c & mask(128)


BITWISE = {
    "not": lambda a: a ^ mask(128), "and": lambda a, b: a & b, "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b, "andnot": lambda a, b: a & ~b & mask(128),
    "bitselect": bit_select,
}


def lanewise(kind, w, op, v):
    """Instructions that take one lane after the other."""
    lanes = list(zip(*(split(x, w) for x in v)))
    if kind == "f":
        if op in FLOAT_COMPARE:
            return [mask(w) * FLOAT_COMPARE[op](f_compare(*x, w)) for x in lanes]
        table = FLOAT_UNARY if len(v) == 1 else FLOAT_BINARY
    else:
        if op.split("_")[0] in INT_COMPARE:
            return [mask(w) * int_compare(op, *x, w) for x in lanes]
        table = INT_UNARY if len(v) == 1 else INT_BINARY
    return [table[op](*x, w) for x in lanes] if op in table else None


def vector(name, v, lane=0, shuffle=()):
    """The result of a vector instruction without memory: Lanes or a scalar; None: it is none. The
    relaxed ones only for operands that leave no choice."""
    ty, op = name.split(".")
    if ty == "v128":
        if op == "any_true":
            return int(v[0] != 0)
        return Lanes(split(BITWISE[op](*v), 32), 32) if op in BITWISE else None
    kind, w = shape_of(ty)
    plain = op.removeprefix("relaxed_")
    if plain == "laneselect":
        return Lanes(split(bit_select(*v), w), w)
    if plain in ("madd", "nmadd"):
        products = [f_mul(*x, w) for x in zip(split(v[0], w), split(v[1], w))]
        if plain == "nmadd":
            products = [f_neg(x, w) for x in products]
        return Lanes([f_add(a, b, w) for a, b in zip(products, split(v[2], w))], w)
    if plain.startswith("dot_i8x16"):
        return relaxed_dot(v, "add" in plain)
    if plain == "swizzle":
        return swizzle(*v)
    if op == "shuffle":
        both = split(v[0], 8) + split(v[1], 8)
        return Lanes([both[i] for i in shuffle], 8)
    if op == "splat":
        return Lanes([v[0] & mask(w)] * (128 // w), w)
    if op.startswith("extract_lane"):
        x = split(v[0], w)[lane]
        return signed(x, w) & mask(32) if op.endswith("_s") else x
    if op == "replace_lane":
        lanes = split(v[0], w)
        lanes[lane] = v[1] & mask(w)
        return Lanes(lanes, w)
    if op == "all_true":
        return int(all(split(v[0], w)))
    if op == "bitmask":
        return sum((x >> (w - 1)) << i for i, x in enumerate(split(v[0], w)))
    if op in ("shl", "shr_s", "shr_u"):
        return Lanes([INT_BINARY[op](x, v[1], w) for x in split(v[0], w)], w)
    if op.startswith("relaxed_trunc"):
        plain = plain.replace("trunc", "trunc_sat")
    lanes = vector_conversion(plain, v[0], w)
    if lanes is None:
        lanes = vector_widening(op, v, w)
    if lanes is None:
        lanes = lanewise(kind, w, op if op in INT_BINARY else plain, v)
    return None if lanes is None else Lanes(lanes, w)
