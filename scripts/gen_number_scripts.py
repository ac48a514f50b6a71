"""What test/spec/own/numbers-run.wast, vectors-run.wast and memory-run.wast say: every number and
vector instruction, load and store is run on corner values, and its results are those that
reference.py calculates. gen_own_scripts.py writes them.
"""
from fractions import Fraction

import reference as ref
from reference import mask

NAMES = {"i": "i32", "l": "i64", "f": "f32", "d": "f64", "v": "v128"}
WIDTHS = {"i": 32, "l": 64, "f": 32, "d": 64}


# ---- values as text ---------------------------------------------------------------------------

def float_text(v, w):
    """A float that reads back as these bits, or the pattern."""
    if isinstance(v, str):
        return v
    sign = "-" if ref.sign_bit(v, w) else ""
    if ref.is_inf(v, w):
        return sign + "inf"
    if ref.is_nan(v, w):
        low = v & mask(ref.FRACTION_BITS[w])
        return f"{sign}nan" if ref.magnitude(v, w) == ref.quiet_nan(w) else f"{sign}nan:{low:#x}"
    q = abs(ref.decode(v, w))
    if not q:
        return sign + "0"
    power = (q.numerator & -q.numerator).bit_length() - q.denominator.bit_length()
    return f"{sign}{int(q / Fraction(2) ** power):#x}p{power}"


def int_text(v, w):
    return str(ref.signed(v, w)) if abs(ref.signed(v, w)) < 1000 else f"{v:#x}"


def lanes_text(lanes, kind, w):
    text = float_text if kind == "f" else int_text
    return f"{kind}{w}x{128 // w} " + " ".join(text(x, w) for x in lanes)


def const(letter, v, shape=("i", 32)):
    """shape: how a vector is written."""
    if letter == "v":
        kind, w = shape
        lanes = v if isinstance(v, list) else ref.split(v, w)
        return f"(v128.const {lanes_text(lanes, kind, w)})"
    text = float_text if letter in "fd" else int_text
    return f"({NAMES[letter]}.const {text(v, WIDTHS[letter])})"


# ---- corner values ----------------------------------------------------------------------------

def int_corners(w):
    return [0, 1, mask(w), mask(w - 1), 1 << (w - 1)]


def pattern(w, seed=0x9e3779b97f4a7c15f39cc0605cedc835):
    return seed & mask(w)


def int_pairs(w):
    corners = int_corners(w)
    pairs = [(a, b) for a in corners for b in corners]
    p, q = pattern(w), pattern(w, 0x0123456789abcdef)
    return pairs + [(p, q), (q, p), (p, 2), (p, w - 1), (p, w), (p, w + 1), (7, mask(w) - 1),
                    (mask(w) - 6, 2)]


def int_values(w):
    return int_corners(w) + [pattern(w), 2, 0x7f, 0x80, 0xff, 0x7fff & mask(w), 0x8000 & mask(w),
                             mask(w) ^ 1, 1 << (w - 2), 0x7fffffff & mask(w), 0x80000000 & mask(w)]


def from_fraction(q, w):
    return ref.encode(Fraction(q), w)


def float_corners(w):
    zero, one, nan = 0, from_fraction(1, w), ref.quiet_nan(w)
    return [zero, ref.f_neg(zero, w), one, ref.infinity(w), ref.f_neg(ref.infinity(w), w), nan,
            ref.infinity(w) - 1]


def float_pairs(w):
    corners = float_corners(w)
    one, ulp = from_fraction(1, w), Fraction(1, 2 ** ref.FRACTION_BITS[w])
    least, smallest = 1, 1 << ref.FRACTION_BITS[w]
    payload = ref.infinity(w) | 1 << (ref.FRACTION_BITS[w] - 1) | 5
    third = ref.f_div(one, from_fraction(3, w), w)
    half = from_fraction(Fraction(1, 2), w)
    more = [(least, least), (least, ref.f_neg(least, w)), (smallest, half),
            (smallest, ref.f_neg(least, w)), (one, from_fraction(ulp / 2, w)),
            (from_fraction(1 + ulp, w), from_fraction(ulp / 2, w)),
            (from_fraction(1 + ulp, w), from_fraction(1 - ulp / 2, w)),
            (third, from_fraction(-3, w)), (from_fraction(10, w), third),
            (ref.infinity(w) - 1, from_fraction(2, w)), (payload, one),
            (one, ref.f_neg(payload, w)), (ref.infinity(w) | 1, one)]
    return [(a, b) for a in corners for b in corners] + more


def float_values(w):
    halves = [Fraction(n, 2) for n in (1, 3, 5, -1, -3, -5, 7)]
    ulp = Fraction(1, 2 ** ref.FRACTION_BITS[w])
    edges = [2 ** n for n in (31, 32, 63, 64)] + [-2 ** 31, -2 ** 63, 2 ** 31 - 1, -2 ** 31 - 1]
    near = [(2 ** n) * (1 - ulp / 2) for n in (31, 32, 63, 64)] + [-(1 - ulp / 2), 1 - ulp / 2]
    half = Fraction(1, 2)
    close = [half - ulp / 4, 2 ** ref.FRACTION_BITS[w] - half, 2, Fraction(1, 3)]
    bits = [1, 1 << ref.FRACTION_BITS[w], (1 << ref.FRACTION_BITS[w]) - 1, ref.infinity(w) | 1,
            ref.infinity(w) | 1 << (ref.FRACTION_BITS[w] - 1) | 5, ref.f_neg(ref.quiet_nan(w), w)]
    fractions = halves + edges + near + close
    return list(dict.fromkeys(float_corners(w) + [from_fraction(q, w) for q in fractions] + bits))


def demotions():
    """Doubles at the edges of what a float can be."""
    top = 2 ** 128 - 2 ** 104
    return [from_fraction(q, 64) for q in (
        top, top + 2 ** 103 - 1, top + 2 ** 103, Fraction(1, 2 ** 149), Fraction(1, 2 ** 150),
        Fraction(3, 2 ** 150), Fraction(1, 2 ** 150) + Fraction(1, 2 ** 180),
        1 + Fraction(1, 2 ** 24), 1 + Fraction(3, 2 ** 24), Fraction(1, 2 ** 126))]


def conversions():
    """Integers that floats cannot hold: ties, and one more."""
    return [n for e in (24, 25, 53, 54, 62, 63) for n in (2 ** e + 2 ** (e - 24), 2 ** e + 1,
                                                          2 ** e + 2 ** max(e - 53, 0))]


def scalar_operands(row):
    letters, results = row.sig.split("_")
    w = WIDTHS[letters[0]]
    if len(letters) == 2:
        pairs = float_pairs(w) if letters[0] in "fd" else int_pairs(w)
        comparison = results == "i" and row.text.split(".")[1].split("_")[0] in ref.INT_COMPARE
        return sampled(pairs, 24) if comparison else pairs
    if letters in ("f", "d"):
        return [(v,) for v in float_values(w) + (demotions() if "demote" in row.text else [])]
    if letters in ("i", "l"):
        more = [v & mask(w) for v in conversions()] if "convert" in row.text else []
        return [(v,) for v in int_values(w) + more]
    corners = [0, 1, mask(64), 1 << 63]
    return [(a, b, c, d) for a in corners for b in (0, mask(64)) for c in corners[:3]
            for d in (0, 1 << 63)]


# ---- the script of scalars --------------------------------------------------------------------

HEAD = """\
;; features: default
;; Made by scripts/gen_own_scripts.py: do not edit.
;; %s The results are those of scripts/reference.py.
"""


def function(name, body, params, results):
    head = "".join(f" ({what} {' '.join(NAMES[c] for c in letters)})"
                   for what, letters in (("param", params), ("result", results)) if letters)
    return f'  (func (export "{name}"){head} {body})'


def assertion(name, operands, results):
    invoke = f'(invoke "{name}"' + "".join(" " + o for o in operands) + ")"
    if isinstance(results, ref.Trap):
        return f'(assert_trap {invoke} "{results}")'
    return f"(assert_return {invoke}" + "".join(" " + r for r in results) + ")"


def is_scalar(row):
    return (row.page in (0x00, 0xFC) and row.imm == "NONE" and row.sig not in ("SPECIAL", "_")
            and not row.ident.startswith("ref_") and "." in row.text and row.kind != "CONST")


def number_script(rows):
    mine = [r for r in rows if is_scalar(r)]
    functions, assertions = [], []
    for row in mine:
        params, results = row.sig.split("_")
        gets = "".join(f" (local.get {i})" for i in range(len(params)))
        functions.append(function(row.text, f"({row.text}{gets})", params, results))
        for operands in scalar_operands(row):
            got = ref.scalar(row.text, *operands)
            if got is None:
                raise SystemExit(f"reference.py does not know {row.text}")
            if not isinstance(got[0], ref.Trap):
                got = [const(c, v) for c, v in zip(results, got)]
            else:
                got = got[0]
            assertions.append(assertion(row.text, [const(c, v) for c, v in zip(params, operands)],
                                        got))
    return "\n".join([HEAD % "Every scalar number instruction, on corner values.", "(module",
                      *functions, ")", *assertions]) + "\n", {r.ident for r in mine}


# ---- the script of vectors --------------------------------------------------------------------

def tiles(values, w):
    """Lane values put together to vectors; the last is filled up with the first values."""
    lanes = 128 // w
    values = list(values) + list(values[:-len(values) % lanes])
    return [ref.join(values[i:i + lanes], w) for i in range(0, len(values), lanes)]


def source_shape(row):
    """How the operands of a vector instruction are seen."""
    ty, op = row.text.split(".")
    for word in op.split("_"):
        if len(word) > 3 and word[0] in "if" and word[1].isdigit() and "x" in word:
            return ref.shape_of(word)
    return ("i", 32) if ty == "v128" else ref.shape_of(ty)


def sampled(values, count):
    """At most so many, from everywhere."""
    step = max(1, -(-len(values) // count))
    return values[::step]


def plain_float_pairs(w):
    """Without what the relaxed instructions may choose."""
    one, two = from_fraction(1, w), from_fraction(2, w)
    values = [one, two, ref.f_neg(one, w), from_fraction(Fraction(3, 2), w), ref.infinity(w)]
    return [(a, b) for a in values for b in values]


def vector_operands(row):
    """Tuples of operands for an instruction of vectors only."""
    kind, w = source_shape(row)
    count = len(row.sig.split("_")[0])
    relaxed = row.since == "relaxed_simd"
    if "swizzle" in row.ident:
        index = ref.join([0, 15, 3, 200, 7, 128, 255, 1, 2, 2, 9, 8, 14, 5, 4, 0], 8)
        wild = ref.join([16, 17, 31, 32, 127, 0, 1, 2, 240, 15, 14, 13, 12, 11, 10, 9], 8)
        return [(pattern(128), i) for i in ((index,) if relaxed else (index, wild))]
    if "laneselect" in row.ident:
        chosen = ref.join([mask(w) if i % 3 else 0 for i in range(128 // w)], w)
        return [(pattern(128), ~pattern(128) & mask(128), chosen)]
    if "madd" in row.ident:
        ints = [from_fraction(q, w) for q in (1, -2, Fraction(3, 2), 8, 0, 100, Fraction(1, 4), -7)]
        return [(a, b, c) for a, b, c in zip(tiles(ints, w), tiles(ints[3:] + ints[:3], w),
                                             tiles(ints[5:] + ints[:5], w))]
    if "dot_i8x16_i7x16" in row.ident:
        a, b = pattern(128), pattern(128, 0x7f007f01020304057f7f107f00017f7f)
        return [(a, b, pattern(128) >> 3)[:count], (mask(128), b, 0)[:count]]
    if relaxed and "trunc" in row.ident:
        low = 0 if "_u" in row.ident else -5
        return [(v,) for v in tiles([from_fraction(q, w) for q in (
            low, 1, Fraction(5, 2), 1000, 0, Fraction(7, 4), 2 ** 20, Fraction(low, 2))], w)]
    if relaxed and kind == "f":
        pairs = plain_float_pairs(w)
    elif relaxed:
        pairs = [p for p in int_pairs(w) if p != (0x8000, 0x8000)]
    elif kind == "f":
        pairs = float_pairs(w)
    else:
        pairs = int_pairs(w)
    if count == 1:
        values = float_values(w) if kind == "f" else int_values(w)
        if "demote" in row.ident:
            values = values + demotions()
        if "convert" in row.ident:
            values = values + [v & mask(w) for v in conversions()]
        return [(v,) for v in tiles(values, w)]
    if count == 3:
        return [(pattern(128), pattern(128) >> 1, pattern(128, 0xf0f0f0f0cccccccc1234567800ff00ff))]
    pairs = sampled(pairs, max(4 * 128 // w, 24 if kind == "f" else 16))
    return list(zip(tiles([a for a, _ in pairs], w), tiles([b for _, b in pairs], w)))


def mixed_operands(row, kind, w):
    """Splats, lanes and shifts: vectors and scalars."""
    letters = row.sig.split("_")[0]
    scalars = {"i": [0, 1, 0x7f, 0x80, 0x8000, 0xffffffff, 0x12345678],
               "l": [0, 1, mask(64), pattern(64)], "f": float_corners(32), "d": float_corners(64)}
    if letters in ("i", "l", "f", "d"):
        return [(v,) for v in scalars[letters]]
    if row.imm == "LANE":
        vectors = [pattern(128), ref.join([1 << (w - 1) | i for i in range(128 // w)], w)]
        more = scalars[letters[1]][2:5] if len(letters) > 1 else [None]
        return [(v,) if m is None else (v, m) for v in vectors for m in more]
    vectors = [pattern(128), tiles(int_corners(w), w)[0]]
    return [(v, n) for v in vectors for n in (0, 1, w - 1, w, w + 1, 0xffffffff)]


SHUFFLES = [list(range(16)), list(range(31, 15, -1)), [0, 16, 1, 17, 2, 18, 3, 19] * 2,
            [5] * 16, [i * 7 % 32 for i in range(16)]]


def is_vector(row):
    return row.page == 0xFD and row.kind == "PURE"


def vector_script(rows):
    mine = [r for r in rows if is_vector(r)]
    functions, assertions = [], []

    def one(row, name, body, operands, **more):
        params, results = row.sig.split("_")
        gets = "".join(f" (local.get {i})" for i in range(len(params)))
        functions.append(function(name, f"({row.text}{body}{gets})", params, results))
        shape = source_shape(row)
        for values in operands:
            got = ref.vector(row.text, values, **more)
            if got is None:
                raise SystemExit(f"reference.py does not know {row.text}")
            seen_as = ("f" if row.text[0] == "f" else "i", getattr(got, "w", 0))
            assertions.append(assertion(name, [const(c, v, shape) for c, v in zip(params, values)],
                                        [const(results, got, seen_as)]))

    for row in mine:
        kind, w = source_shape(row)
        params = row.sig.split("_")[0]
        if row.imm == "SHUFFLE":
            for i, indices in enumerate(SHUFFLES):
                one(row, f"{row.text} {i}", "".join(f" {n}" for n in indices),
                    [(pattern(128), ~pattern(128) & mask(128))], shuffle=indices)
        elif row.imm == "LANE":
            for lane in sorted({0, 1, 128 // w - 1}):
                one(row, f"{row.text} {lane}", f" {lane}", mixed_operands(row, kind, w), lane=lane)
        elif set(params) == {"v"}:
            one(row, row.text, "", vector_operands(row))
        else:
            one(row, row.text, "", mixed_operands(row, kind, w))
    return "\n".join([HEAD % "Every vector instruction without memory, on corner values.",
                      "(module", *functions, ")", *assertions]) + "\n", {r.ident for r in mine}


# ---- the script of memory ---------------------------------------------------------------------

PAGE = 65536
OUT = ref.Trap("out of bounds memory access")


def first_bytes():
    """What the memory holds at 0, 8, ... at the start: signs of all widths."""
    return bytes((i * 37 + 129) & 0xFF for i in range(48))


def load_result(row, data, lane, v):
    """What a load gives of the bytes at the address; v: the operand of a load to a lane."""
    ty, op = row.text.split(".")
    whole = int.from_bytes(data, "little")
    words = op.removeprefix("load").split("_")
    if ty != "v128":
        w = int(ty[1:])
        bits = int(words[0] or w)
        raw = whole & mask(bits)
        return ref.signed(raw, bits) & mask(w) if words[-1] == "s" else raw
    if op == "load":
        return whole & mask(128)
    if "x" in words[0]:
        bits, count = map(int, words[0].split("x"))
        lanes = ref.split(whole & mask(64), bits)[:count]
        return ref.join([ref.signed(x, bits) & mask(2 * bits) if words[1] == "s" else x
                         for x in lanes], 2 * bits)
    bits = int(words[0])
    if words[1] == "splat":
        return ref.join([whole & mask(bits)] * (128 // bits), bits)
    if words[1] == "zero":
        return whole & mask(bits)
    lanes = ref.split(v, bits)
    lanes[lane] = whole & mask(bits)
    return ref.join(lanes, bits)


def access_bytes(row):
    """How many bytes an access touches."""
    ty, op = row.text.split(".")
    words = op.removeprefix("load").removeprefix("store").split("_")
    if "x" in words[0]:
        return 8
    return int(words[0] or ty[1:]) // 8


def memory_accesses(mine, address, memory):
    """Functions and assertions of every load and store in one memory."""
    functions, assertions = [], []
    start = first_bytes()
    top = 2 ** 32 if address == "i" else 2 ** 64
    name_of = f"{memory} " if memory else ""
    which = memory and " " + memory
    functions.append(function(name_of + "set", f"(v128.store{which} (local.get 0) (local.get 1))",
                              address + "v", ""))
    functions.append(function(name_of + "get", f"(v128.load{which} (local.get 0))", address, "v"))
    for row in mine:
        lane = 1
        imm = f"{which} offset=4{f' {lane}' if row.imm == 'MEMARG_LANE' else ''}"
        params, results = row.sig.split("_")
        params = address + params[1:]
        size = access_bytes(row)
        gets = "".join(f" (local.get {i})" for i in range(len(params)))
        name = name_of + row.text
        functions.append(function(name, f"({row.text}{imm}{gets})", params, results))
        value = {"": [], "i": [0x89abcdef], "l": [0x0123456789abcdef], "f": [0x40490fdb],
                 "d": [0x400921fb54442d18], "v": [pattern(128)]}[params[1:]]
        more = [const(c, v) for c, v in zip(params[1:], value)]
        for at in (0, 3):
            near = start[at + 4:at + 4 + max(size, 16)]
            if row.kind == "LOAD":
                got = load_result(row, near[:size], lane, *(value or [0]))
                assertions.append(assertion(name, [const(address, at)] + more,
                                            [const(results, got)]))
            else:
                raw = value[0] if row.imm != "MEMARG_LANE" else ref.split(value[0], size * 8)[lane]
                kept = int.from_bytes(start[at + 4:at + 20], "little")
                left = kept & ~mask(size * 8) | raw & mask(size * 8)
                assertions.append(assertion(name, [const(address, at)] + more, []))
                assertions.append(assertion(name_of + "get", [const(address, at + 4)],
                                            [const("v", left)]))
                assertions.append(assertion(name_of + "set", [const(address, at + 4),
                                                              const("v", kept)], []))
        last = PAGE - 4 - size
        if row.kind == "LOAD":
            nothing = load_result(row, bytes(size), lane, *(value or [0]))
            assertions.append(assertion(name, [const(address, last)] + more,
                                        [const(results, nothing)]))
        for at in (last + 1, PAGE, top - 4, top - 1):
            assertions.append(assertion(name, [const(address, at)] + more, OUT))
    return functions, assertions


class Model:
    """The bulk instructions on a small memory and a small table, one after the other."""

    def __init__(self):
        self.memory, self.data = bytearray(PAGE), b"abcdefghijklmnop"
        self.table, self.elem = [None] * 10, [0, 1, 2, 3]
        self.lines = []

    def say(self, name, operands, results):
        self.lines.append(assertion(name, [const("i", v) for v in operands], results))

    def memory_op(self, name, operands):
        to, a, n = operands
        source = self.data if name == "memory.init" else self.memory
        outside = to + n > PAGE or (name != "memory.fill" and a + n > len(source))
        if not outside:
            self.memory[to:to + n] = bytes([a & 0xFF]) * n if name == "memory.fill" \
                else bytes(source[a:a + n])
        self.say(name, operands, OUT if outside else [])
        for at in {0, 8, 16, to & ~7, (to + max(n - 1, 0)) & ~7}:
            if at + 8 <= PAGE:
                there = int.from_bytes(self.memory[at:at + 8], "little")
                self.say("load", [at], [const("l", there)])

    def table_op(self, name, operands):
        """table.fill is given the place of what it fills with."""
        to, a, n = operands
        source = self.elem if name == "table.init" else self.table
        outside = to + n > len(self.table) or (name != "table.fill" and a + n > len(source))
        if not outside:
            self.table[to:to + n] = [self.table[a]] * n if name == "table.fill" else source[a:a + n]
        self.say(name, operands, ref.Trap("out of bounds table access") if outside else [])
        for i, f in enumerate(self.table):
            self.say("call", [i], ref.Trap("uninitialized element") if f is None
                     else [const("i", 100 + f)])


BULK = """\
(module
  (memory 1)
  (table $t 10 funcref)
  (type $f (func (result i32)))
  (data $d "abcdefghijklmnop")
  (elem $e func $0 $1 $2 $3)
  (func $0 (result i32) (i32.const 100))
  (func $1 (result i32) (i32.const 101))
  (func $2 (result i32) (i32.const 102))
  (func $3 (result i32) (i32.const 103))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
  (func (export "memory.init") (param i32 i32 i32)
    (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
  (func (export "memory.fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "memory.copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "data.drop") (data.drop $d))
  (func (export "table.init") (param i32 i32 i32)
    (table.init $e (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.copy") (param i32 i32 i32)
    (table.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.fill") (param i32 i32 i32)
    (table.fill (local.get 0) (table.get (local.get 1)) (local.get 2)))
  (func (export "elem.drop") (elem.drop $e))
  (func (export "memory.size") (result i32) (memory.size))
  (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "table.size") (result i32) (table.size))
  (func (export "table.grow") (param i32) (result i32) (table.grow (ref.func $1) (local.get 0))))
"""


def bulk_part():
    m = Model()
    big = 0xFFFFFFFF
    for operands in ((0, 0, 16), (3, 4, 5), (PAGE - 2, 0, 2), (PAGE - 1, 0, 2), (0, 10, 7),
                     (0, 16, 0), (0, 17, 0), (PAGE, 0, 0), (PAGE + 1, 0, 0), (0, 1, big),
                     (big, 0, 1)):
        m.memory_op("memory.init", operands)
    for operands in ((0, 4, 8), (4, 0, 8), (1, 0, 16), (8, 9, 0), (PAGE - 8, 0, 8),
                     (0, PAGE - 8, 8), (0, PAGE - 7, 8), (PAGE - 7, 0, 8), (PAGE, PAGE, 0),
                     (big, 0, 1), (0, big, 2)):
        m.memory_op("memory.copy", operands)
    for operands in ((2, 0x1FF, 3), (8, 0, 8), (16, 0x80, 5), (PAGE - 1, 7, 1), (PAGE - 1, 7, 2),
                     (PAGE, 7, 0), (PAGE + 1, 7, 0), (1, 9, big)):
        m.memory_op("memory.fill", operands)
    m.say("data.drop", [], [])
    m.data = b""
    for operands in ((0, 0, 0), (0, 0, 1)):
        m.memory_op("memory.init", operands)
    for operands in ((2, 0, 4), (8, 2, 2), (9, 0, 2), (0, 4, 0), (0, 5, 0), (10, 0, 0),
                     (0, 0, big)):
        m.table_op("table.init", operands)
    for operands in ((3, 2, 4), (2, 3, 4), (6, 0, 5), (0, 8, 2), (10, 10, 0), (0, big, 1)):
        m.table_op("table.copy", operands)
    for operands in ((0, 3, 2), (9, 2, 1), (9, 2, 2), (10, 2, 0)):
        m.table_op("table.fill", operands)
    m.say("elem.drop", [], [])
    m.elem = []
    for operands in ((0, 0, 0), (0, 0, 1)):
        m.table_op("table.init", operands)
    for name, operand, result in (("memory.size", [], 1), ("memory.grow", [2], 1),
                                  ("memory.size", [], 3), ("memory.grow", [0], 3),
                                  ("memory.grow", [PAGE], big), ("memory.grow", [big], big),
                                  ("memory.size", [], 3), ("table.size", [], 10),
                                  ("table.grow", [3], 10), ("table.size", [], 13),
                                  ("call", [12], 101), ("table.grow", [big], big)):
        m.say(name, operand, [const("i", result)])
    m.say("load", [3 * PAGE - 8], [const("l", 0)])
    m.say("load", [3 * PAGE - 7], OUT)
    return [BULK.rstrip("\n"), *m.lines]


def memory_script(rows):
    mine = [r for r in rows if r.kind in ("LOAD", "STORE") and r.imm in ("MEMARG", "MEMARG_LANE")]
    bytes_ = "".join(f"\\{b:02x}" for b in first_bytes())
    parts = [HEAD % "Every load and store and the bulk instructions, inside and at the edges."]
    for address, memory, fields in (
            ("i", "", ["(memory 1)"]),
            ("l", "$n", ["(memory 1)", "(memory $n i64 1)"])):
        functions, assertions = memory_accesses(mine, address, memory)
        parts += ["(module", *("  " + f for f in fields),
                  f'  (data (memory {1 if memory else 0}) ({NAMES[address]}.const 0) "{bytes_}")',
                  *functions, ")", *assertions]
    return "\n".join(parts + bulk_part()) + "\n", {r.ident for r in mine}


SCRIPTS = {"numbers-run": number_script, "vectors-run": vector_script, "memory-run": memory_script}
