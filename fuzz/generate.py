"""Random programs in the text format that end, for differential runs.

    fuzz/generate.py SEED     prints one

Every function is called only by later ones and loops have counters, so that all ends. No bits of a
NaN reach an integer or the memory: engines may choose them. Addresses are masked but now and then.
"""
import random
import sys

INT_BINARY = "add sub mul and or xor shl shr_s shr_u rotl rotr".split()
INT_COMPARE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split()
FLOAT_BINARY = "add sub mul div min max copysign".split()
FLOAT_COMPARE = "eq ne lt gt le ge".split()
FLOAT_UNARY = "abs neg ceil floor trunc nearest sqrt".split()
CORNERS = [0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF,
           0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
LOADS = {"i32": ["load", "load8_s", "load8_u", "load16_s", "load16_u"],
         "i64": ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"]}
STORES = {"i32": ["store", "store8", "store16"], "i64": ["store", "store8", "store16", "store32"]}
LANES = {"i8x16": (16, "i32", "add sub min_s min_u max_s max_u add_sat_s sub_sat_u avgr_u".split()),
         "i16x8": (8, "i32", "add sub mul min_s max_u add_sat_u q15mulr_sat_s avgr_u".split()),
         "i32x4": (4, "i32", "add sub mul min_s min_u max_s max_u dot_i16x8_s".split()),
         "i64x2": (2, "i64", "add sub mul".split())}
VF = {"vf": ("f32x4", 4, "f32"), "vd": ("f64x2", 2, "f64")}  # a NaN's halves must not be lanes
SCALARS = ["i32", "i64", "f32", "f64"]
VECTORS = ["vi", "vf", "vd"]


def wasm_type(t):
    return "v128" if t in VECTORS else t


class Program:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.funcs = []  # (params, result)
        self.pages = self.r.choice([1, 1, 2])
        self.mask = 0xFFFF - 64

    def pick(self, things):
        return self.r.choice(things)

    def chance(self, n):
        return self.r.randrange(n) == 0

    # ---- expressions ----

    def const(self, t):
        if t in ("i32", "i64"):
            bits = int(t[1:])
            v = self.pick(CORNERS) if self.chance(2) else self.r.getrandbits(self.r.randint(1, bits))
            if self.chance(2):
                v = -v
            return f"({t}.const {v if -(1 << bits - 1) <= v < 1 << bits else 5})"
        if t in ("f32", "f64"):
            return f"({t}.const {self.pick(['0', '-0', '1', '-1.5', '0.1', '1e10', '3.25', '-7', '1e-3', 'inf', '65536', '2147483648'])})"
        if t == "vi":
            return "(v128.const i32x4 " + " ".join(str(self.r.getrandbits(32)) for _ in range(4)) + ")"
        if t == "vd":
            return f"(v128.const f64x2 {self.pick(['1', '-2.5', 'inf'])} {self.pick(['0', '1e9'])})"
        return "(v128.const f32x4 " + " ".join(self.pick(["1", "-2.5", "0", "100.25"]) for _ in range(4)) + ")"

    def local(self, t):
        names = [n for n, x in self.locals if x == t]
        return self.pick(names) if names else None

    def address(self, depth):
        offset = self.pick(["", "", f" offset={self.r.randrange(60)}", f" offset={self.pick([1, 4, 8, 16])}"])
        kind = self.r.randrange(12)
        if kind == 0:
            return offset, self.expr("i32", depth - 1)  # may trap
        if kind < 4:
            return offset, f"(i32.const {self.r.randrange(0, 60000)})"
        if kind < 8:
            return offset, (f"(i32.add (i32.and {self.expr('i32', depth - 1)} (i32.const 0x7fff)) "
                            f"(i32.shl (i32.and {self.expr('i32', depth - 1)} (i32.const 0xff)) "
                            f"(i32.const {self.r.randrange(5)})))")
        return offset, f"(i32.and {self.expr('i32', depth - 1)} (i32.const {self.mask}))"

    def expr(self, t, depth):
        r = self.r
        if depth <= 0 or self.chance(5):
            name = self.local(t)
            if name and not self.chance(3):
                return f"(local.get {name})"
            return self.const(t)
        kind = r.randrange(20)
        e = lambda x: self.expr(x, depth - 1)
        if kind == 0 and self.local(t):
            return f"(local.tee {self.local(t)} {e(t)})"
        if kind == 1 and t in SCALARS:
            return f"(global.get $g_{t})"
        if kind == 2:
            return f"(if (result {wasm_type(t)}) {e('i32')} (then {e(t)}) (else {e(t)}))"
        if kind == 3:
            return f"(select {e(t)} {e(t)} {e('i32')})"
        if kind == 4:
            return f"(block (result {wasm_type(t)}) (drop (br_if 0 {e(t)} {e('i32')})) {e(t)})"
        if kind == 5:
            callees = [i for i, (_, res) in enumerate(self.funcs) if res == t]
            if callees and self.loops == 0:
                i = self.pick(callees)
                args = " ".join(e(p) for p in self.funcs[i][0])
                if self.chance(3):
                    return f"(call_indirect (type $t{i}) {args} (i32.const {i}))"
                return f"(call $f{i} {args})"
        return getattr(self, "expr_" + t)(depth, e)

    def int_expr(self, t, depth, e):
        bits = t[1:]
        kind = self.r.randrange(16)
        if kind < 6:
            return f"({t}.{self.pick(INT_BINARY)} {e(t)} {e(t)})"
        if kind == 6:
            op = self.pick(["div_s", "div_u", "rem_s", "rem_u"])
            right = e(t) if self.chance(8) else f"({t}.or {e(t)} ({t}.const 2))"
            return f"({t}.{op} {e(t)} {right})"
        if kind == 7:
            ext = self.pick(["clz", "ctz", "popcnt", "extend8_s", "extend16_s"])
            return f"({t}.{ext} {e(t)})"
        if kind < 11:
            offset, at = self.address(depth)
            return f"({t}.{self.pick(LOADS[t])}{offset} {at})"
        if kind == 11:
            f = self.pick(["f32", "f64"])
            trap = "trunc_" if self.chance(10) else "trunc_sat_"
            return f"({t}.{trap}{f}_{self.pick('su')} {e(f)})"
        if kind == 12:
            lane = self.pick([k for k, v in LANES.items() if v[1] == t])
            n = LANES[lane][0]
            sign = "_" + self.pick("su") if n >= 8 else ""
            return f"({lane}.extract_lane{sign} {self.r.randrange(n)} {e('vi')})"
        if t == "i32":
            if kind == 13:
                x = self.pick(["i32", "i64"])
                return f"({x}.{self.pick(INT_COMPARE)} {e(x)} {e(x)})"
            if kind == 14:
                x = self.pick(["f32", "f64"])
                return f"({x}.{self.pick(FLOAT_COMPARE)} {e(x)} {e(x)})"
            return self.pick([f"(i32.wrap_i64 {e('i64')})", f"(i32.eqz {e('i32')})", f"(i64.eqz {e('i64')})",
                              f"(v128.any_true {e('vi')})", f"(i8x16.bitmask {e('vi')})"])
        return self.pick([f"(i64.extend_i32_s {e('i32')})", f"(i64.extend_i32_u {e('i32')})",
                          f"(i64.extend32_s {e('i64')})"])

    def expr_i32(self, depth, e):
        return self.int_expr("i32", depth, e)

    def expr_i64(self, depth, e):
        return self.int_expr("i64", depth, e)

    def float_expr(self, t, e):
        kind = self.r.randrange(9)
        if kind < 4:
            return f"({t}.{self.pick(FLOAT_BINARY)} {e(t)} {e(t)})"
        if kind < 6:
            return f"({t}.{self.pick(FLOAT_UNARY)} {e(t)})"
        if kind == 6:
            x = self.pick(["i32", "i64"])
            return f"({t}.convert_{x}_{self.pick('su')} {e(x)})"
        if kind == 7:
            v = "vf" if t == "f32" else "vd"
            shape, n, _ = VF[v]
            return f"({shape}.extract_lane {self.r.randrange(n)} {e(v)})"
        return f"(f32.demote_f64 {e('f64')})" if t == "f32" else f"(f64.promote_f32 {e('f32')})"

    def expr_f32(self, depth, e):
        return self.float_expr("f32", e)

    def expr_f64(self, depth, e):
        return self.float_expr("f64", e)

    def expr_vi(self, depth, e):
        shape = self.pick(list(LANES))
        n, scalar, ops = LANES[shape]
        kind = self.r.randrange(10)
        if kind < 3:
            return f"({shape}.{self.pick(ops)} {e('vi')} {e('vi')})"
        if kind == 3:
            return f"(v128.{self.pick(['and', 'or', 'xor', 'andnot'])} {e('vi')} {e('vi')})"
        if kind == 4:
            return f"({shape}.{self.pick(['shl', 'shr_s', 'shr_u'])} {e('vi')} {e('i32')})"
        if kind == 5:
            return f"({shape}.splat {e(scalar)})"
        if kind == 6:
            return f"({shape}.replace_lane {self.r.randrange(n)} {e('vi')} {e(scalar)})"
        if kind == 7:
            lanes = " ".join(str(self.r.randrange(32)) for _ in range(16))
            return f"(i8x16.shuffle {lanes} {e('vi')} {e('vi')})"
        if kind == 8:
            offset, at = self.address(depth)
            op = self.pick(["load", "load8x8_s", "load16x4_u", "load32_splat", "load64_zero"])
            return f"(v128.{op}{offset} {at})"
        x = self.pick(list(VF))
        return self.pick([f"({VF[x][0]}.{self.pick(FLOAT_COMPARE)} {e(x)} {e(x)})",
                          f"(i32x4.trunc_sat_f32x4_{self.pick('su')} {e('vf')})",
                          f"(i32x4.trunc_sat_f64x2_{self.pick('su')}_zero {e('vd')})",
                          f"({self.pick(list(LANES))}.{self.pick(['eq', 'ne'])} {e('vi')} {e('vi')})",
                          f"(i8x16.swizzle {e('vi')} {e('vi')})",
                          f"(v128.bitselect {e('vi')} {e('vi')} {e('vi')})"])

    def float_vector(self, t, e):
        shape, n, scalar = VF[t]
        kind = self.r.randrange(7)
        if kind < 3:
            op = self.pick(["add", "sub", "mul", "div", "min", "max", "pmin", "pmax"])
            return f"({shape}.{op} {e(t)} {e(t)})"
        if kind == 3:
            op = self.pick(["abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest"])
            return f"({shape}.{op} {e(t)})"
        if kind == 4:
            return self.pick([f"(f32x4.convert_i32x4_{self.pick('su')} {e('vi')})",
                              f"(f32x4.demote_f64x2_zero {e('vd')})"] if t == "vf" else
                             [f"(f64x2.convert_low_i32x4_{self.pick('su')} {e('vi')})",
                              f"(f64x2.promote_low_f32x4 {e('vf')})"])
        if kind == 5:
            return f"({shape}.splat {e(scalar)})"
        return f"({shape}.replace_lane {self.r.randrange(n)} {e(t)} {e(scalar)})"

    def expr_vf(self, depth, e):
        return self.float_vector("vf", e)

    def expr_vd(self, depth, e):
        return self.float_vector("vd", e)

    # ---- statements ----

    def store(self, depth):
        offset, at = self.address(depth)
        kind = self.r.randrange(8)
        if kind < 5:
            t = self.pick(["i32", "i64"])
            return f"({t}.{self.pick(STORES[t])}{offset} {at} {self.expr(t, depth)})"
        if kind == 5:
            return f"(v128.store{offset} {at} {self.expr('vi', depth)})"
        t = self.pick(["f32", "f64"])
        if self.chance(2):  # never a NaN
            return f"({t}.store{offset} {at} ({t}.convert_i32_s {self.expr('i32', depth)}))"
        return f"({t}.store{offset} {at} (call $number_{t} {self.expr(t, depth)}))"

    def statements(self, depth, count):
        return "\n".join(self.statement(depth) for _ in range(count))

    def statement(self, depth):
        kind = self.r.randrange(15)
        t = self.pick(SCALARS + ["i32", "i64"] + VECTORS)
        if kind < 5 and self.local(t):
            name = self.local(t)
            if t in ("i32", "i64") and self.chance(4):
                return f"(local.set {name} ({t}.add (local.get {name}) {self.const(t)}))"
            return f"(local.set {name} {self.expr(t, depth)})"
        if kind < 8:
            return self.store(depth)
        if kind == 8 and t in SCALARS:
            return f"(global.set $g_{t} {self.expr(t, depth)})"
        if depth > 1:
            if kind == 9:
                return (f"(if {self.expr('i32', depth - 1)} (then {self.statements(depth - 1, 2)}) "
                        f"(else {self.statements(depth - 1, 1)}))")
            if kind == 10:
                return f"(if {self.expr('i32', depth - 1)} (then {self.statements(depth - 1, 2)}))"
            if kind in (11, 12) and self.loops < 2:
                self.loops += 1
                c = f"$c{self.counters}"
                self.counters += 1
                head = f"(local.set {c} (i32.const 0))"
                body = self.statements(depth - 1, self.r.randint(1, 3))
                n = self.r.randint(1, 7)
                step = self.pick([
                    f"(br_if 0 (i32.lt_u (local.tee {c} (i32.add (local.get {c}) (i32.const 1))) (i32.const {n})))",
                    f"(local.set {c} (i32.add (local.get {c}) (i32.const 1))) (br_if 0 (i32.ne (local.get {c}) (i32.const {n})))",
                    f"(local.set {c} (i32.sub (local.get {c}) (i32.const 1))) (br_if 0 (i32.gt_s (local.get {c}) (i32.const -{n})))"])
                self.loops -= 1
                return f"{head} (loop {body} {step})"
            if kind == 13:
                n = self.r.randint(1, 3)
                labels = " ".join(str(self.r.randrange(n + 1)) for _ in range(n + 1))
                inner = f"(br_table {labels} {self.expr('i32', depth - 1)})"
                for _ in range(n + 1):
                    inner = f"(block {inner}) {self.statement(depth - 1)}"
                return f"(block {inner})"
            if kind == 14:
                return f"(block {self.statements(depth - 1, 1)} (br_if 0 {self.expr('i32', depth - 1)}) {self.statements(depth - 1, 2)})"
        return f"(drop {self.expr(t, depth)})"

    # ---- functions ----

    def function(self, i):
        types = SCALARS * 2 + VECTORS
        params = [self.pick(types if i % 2 else SCALARS) for _ in range(self.r.randrange(5))]
        result = self.pick(types if i % 2 else SCALARS)
        self.locals = [(f"$p{k}", t) for k, t in enumerate(params)]
        extra = [self.pick(types) for _ in range(self.r.randint(2, 6))]
        self.locals += [(f"$l{k}", t) for k, t in enumerate(extra)]
        self.counters = self.loops = 0
        body = self.statements(4, self.r.randint(2, 6))
        last = self.expr(result, 4)
        sig = "".join(f" (param $p{k} {wasm_type(t)})" for k, t in enumerate(params))
        text = [f"(type $t{i} (func{' '.join([''] + [f'(param {wasm_type(t)})' for t in params])} (result {wasm_type(result)})))",
                f"(func $f{i} (export \"f{i}\") (type $t{i}){sig} (result {wasm_type(result)})"]
        text += [f"(local $l{k} {wasm_type(t)})" for k, t in enumerate(extra)]
        text += [f"(local $c{k} i32)" for k in range(self.counters)]
        text += [body, last + ")"]
        self.funcs.append((params, result))
        return "\n".join(text)

    def text(self):
        n = self.r.randint(2, 5)
        funcs = [self.function(i) for i in range(n)]
        out = ["(module", f"(memory (export \"memory\") {self.pages} 2)",
               f"(table {n} funcref) (elem (i32.const 0) " + " ".join(f"$f{i}" for i in range(n)) + ")",
               "(data (i32.const 0) \"" + "".join(f"\\{self.r.randrange(256):02x}" for _ in range(256)) + "\")"]
        out += [f"(global $g_{t} (mut {t}) ({t}.const 1))" for t in SCALARS]
        out += [f"(func $number_{t} (param {t}) (result {t}) (select (local.get 0) ({t}.const 7) "
                f"({t}.eq (local.get 0) (local.get 0))))" for t in ("f32", "f64")]
        out += [f"(func (export \"g_{t}\") (result {t}) (global.get $g_{t}))" for t in SCALARS]
        return "\n".join(out + funcs + [")"])


def main():
    sys.stdout.write(Program(int(sys.argv[1])).text() + "\n")


if __name__ == "__main__":
    main()
