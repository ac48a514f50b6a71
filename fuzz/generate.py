"""Random programs in the text format that end, for differential runs.

    fuzz/generate.py SEED [--second]     prints one; or the one that imports from it

A seed also picks the features that a program uses. Every function is called only by later ones,
loops have counters and tail recursion a budget, so that all ends. No bits of a NaN reach an integer
or the memory: engines may choose them. Addresses are masked but now and then. What a production
needs more than numbers and memory stands in generate_vector.py, generate_state.py,
generate_objects.py, generate_stacks.py and generate_host.py.

Some programs have a second module: it imports all that the first exports, changes it, and often
traps in the middle of its instantiation.
"""
import random
import sys

import generate_host as host
import generate_objects as objects
from generate_host import Host
from generate_objects import Objects
from generate_stacks import Stacks
from generate_state import State
from generate_vector import Vectors

INT_BINARY = "add sub mul and or xor shl shr_s shr_u rotl rotr".split()
INT_COMPARE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split()
FLOAT_BINARY = "add sub mul div min max copysign".split()
FLOAT_COMPARE = "eq ne lt gt le ge".split()
FLOAT_UNARY = "abs neg ceil floor trunc nearest sqrt".split()
CORNERS = [0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF,
           0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 63, (1 << 63) - 1]
FLOATS = ("0 -0 1 -1.5 0.1 1e10 3.25 -7 1e-3 inf -inf nan 65536 2147483648 2147483647 -2147483648 "
          "4294967296 -0.9 9223372036854775808 18446744073709551616 -9223372036854775808 1e-40").split()
LOADS = {"i32": ["load", "load8_s", "load8_u", "load16_s", "load16_u"],
         "i64": ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"]}
STORES = {"i32": ["store", "store8", "store16"], "i64": ["store", "store8", "store16", "store32"]}
SCALARS = ["i32", "i64", "f32", "f64"]
VECTORS = ["vi", "vf", "vd"]
FEATURES = ["relaxed", "tables", "tail", "exceptions", "legacy", "gc", "memory64", "memories", "bulk",
            "atomics", "wide", "table64", "host", "stacks"]
NEEDS = {"gc": ["tables"], "tail": ["tables"], "table64": ["tables"], "memories": ["bulk"]}
SIZE = 600  # expressions of one function


class Program(Vectors, State, Objects, Stacks, Host):
    def __init__(self, seed, first=None):
        self.r = random.Random(seed if first is None else f"second of {seed}")
        self.seed, self.first = seed, first
        self.features = first.features if first else self.pick_features()
        self.funcs = list(first.funcs) if first else []  # (params, result)
        self.imported = len(self.funcs)
        self.table_type = "i64" if self.has("table64") else "i32"
        self.pick_memories(first)
        self.types = SCALARS + VECTORS
        if self.has("tables"):
            self.types = self.types + ["func"]
        if self.has("gc"):
            self.types = self.types + objects.OBJECTS
        self.results = first.results if first else self.r.sample(self.types, 2) + SCALARS[:2]
        self.labels = 0
        self.inside = None
        if self.has("stacks"):
            self.pick_stacks()
        self.more, self.more_statements = {}, {}
        self.add_all()

    def add_all(self):
        """Productions in groups: a group is picked first, so that a large one hides no other."""
        groups = [("vectors", self.add_vectors), ("growth", self.add_growth)]
        groups += [(f, add) for f, add in
                   (("relaxed", self.add_relaxed), ("bulk", self.add_bulk), ("atomics", self.add_atomics),
                    ("wide", self.add_wide), ("tables", self.add_tables), ("tail", self.add_calls),
                    ("gc", self.add_objects), ("exceptions", self.add_exceptions),
                    ("legacy", self.add_exceptions), ("stacks", self.add_stacks),
                    ("host", self.add_host)) if self.has(f)]
        for self.group, add in groups:
            add()

    def pick_features(self):
        """None, one, some or many; the two kinds of exceptions are not mixed."""
        chosen = {f for f in FEATURES if self.chance(self.pick([2, 3, 5]))}
        for f in list(chosen):
            chosen.update(NEEDS.get(f, []))
        if "exceptions" in chosen:
            chosen.discard("legacy")
        return chosen if not self.chance(8) else set()

    def has(self, feature):
        return feature in self.features

    def second(self):
        """The module that imports from this one, or None. Complete only when this one has text."""
        return Program(self.seed, self) if random.Random(self.seed).randrange(3) == 0 else None

    def pick(self, things):
        return self.r.choice(things)

    def chance(self, n):
        return self.r.randrange(n) == 0

    def label(self):
        self.labels += 1
        return f"$b{self.labels}"

    def wasm(self, t):
        if t in SCALARS:
            return t
        return "v128" if t in VECTORS else f"(ref null {objects.heap(t)})"

    def add(self, t, make, weight=1):
        """One more way to make a value of a type: make(e) gives its text, e(t) that of operands."""
        groups = self.more.setdefault(t, {})
        groups.setdefault(self.group, []).extend([make] * weight)

    def add_statement(self, make):
        self.more_statements.setdefault(self.group, []).append(make)

    def pick_grouped(self, groups):
        return self.pick(groups[self.pick(list(groups))])

    # ---- expressions ----

    def const(self, t):
        if t in ("i32", "i64"):
            bits = int(t[1:])
            v = self.pick(CORNERS) if self.chance(2) else self.r.getrandbits(self.r.randint(1, bits))
            if self.chance(2):
                v = -v
            return f"({t}.const {v if -(1 << bits - 1) <= v < 1 << bits else 5})"
        if t in ("f32", "f64"):
            return f"({t}.const {self.pick(FLOATS)})"
        if t == "vi":
            return "(v128.const i32x4 " + " ".join(str(self.r.getrandbits(32)) for _ in range(4)) + ")"
        if t in VECTORS:
            shape, n = ("f64x2", 2) if t == "vd" else ("f32x4", 4)
            return f"(v128.const {shape} " + " ".join(self.pick(FLOATS) for _ in range(n)) + ")"
        return f"(ref.null {objects.heap(t)})"

    def local(self, t):
        names = [n for n, x in self.locals if x == t]
        return self.pick(names) if names else None

    def expr(self, t, depth):
        r = self.r
        self.left -= 1
        if depth <= 0 or self.left < 0 or self.chance(5):
            name = self.local(t)
            if name and not self.chance(3):
                return f"(local.get {name})"
            return self.const(t)
        kind = r.randrange(24)
        e = lambda x: self.expr(x, depth - 1)
        w = self.wasm(t)
        if kind == 0 and self.local(t):
            return f"(local.tee {self.local(t)} {e(t)})"
        if kind == 1 and t in SCALARS:
            return f"(global.get $g_{t})"
        if kind == 2:
            return f"(if (result {w}) {e('i32')} (then {e(t)}) (else {e(t)}))"
        if kind == 3:
            plain = t in SCALARS or t in VECTORS
            return f"(select {'' if plain else f'(result {w}) '}{e(t)} {e(t)} {e('i32')})"
        if kind == 4:
            return f"(block (result {w}) (drop (br_if 0 {e(t)} {e('i32')})) {e(t)})"
        if kind == 5:
            callees = [i for i, (_, res) in enumerate(self.funcs) if res == t]
            if callees and self.loops == 0:
                i = self.pick(callees)
                args = " ".join(e(p) for p in self.funcs[i][0])
                if self.chance(3):
                    return f"(call_indirect $funcs (type $t{i}) {args} ({self.table_type}.const {i}))"
                return f"(call $f{i} {args})"
        if kind == 6 and self.loops < 2:
            return self.carry(t, depth)
        if kind == 7:
            return self.branches(t, e)
        if kind == 8:
            return self.stays(t, depth)
        if kind == 9 and t in ("i32", "i64", "f64"):
            return self.deep(t, e)
        scalar = getattr(self, "expr_" + t, None)
        if t in self.more and (not scalar or not self.chance(3)):
            return self.pick_grouped(self.more[t])(e)
        return scalar(depth, e) if scalar else self.const(t)

    def stays(self, t, depth):
        """A branch that carries a value, which stays below others when it is not taken."""
        w, value = self.wasm(t), self.expr(t, depth - 1)
        way = self.pick([f"{value} {self.expr('i32', depth - 1)} (br_if 0)"] * 3 +
                        [f"{value} (br_table 1 0 (i32.and {self.expr('i32', depth - 1)} (i32.const 1)))"])
        if "br_table" in way:
            return f"(block (result {w}) (block (result {w}) {way}))"
        return f"(block (result {w}) {way} {self.statements(depth - 1, self.r.randint(1, 2))})"

    def deep(self, t, e):
        """Many operands that wait: more than there are registers, with constants and locals among them."""
        n = self.r.randint(6, 24)
        ops = ["add", "sub", "mul"] + (["xor", "rotl"] if t != "f64" else ["max"])
        items = [e(t) if self.chance(4) else self.const(t) if self.chance(3) or not self.local(t)
                 else f"(local.get {self.local(t)})" for _ in range(n)]
        return f"(block (result {t}) {' '.join(items)} {' '.join(f'{t}.{self.pick(ops)}' for _ in range(n - 1))})"

    def carry(self, t, depth):
        """A loop with its values on the stack."""
        self.loops += 1
        c, acc, w, label = f"$c{self.counters}", f"$a{self.counters}", self.wasm(t), self.label()
        self.counters += 1
        self.carried.append((acc, w))
        self.locals.append((acc, t))
        body = self.expr(t, depth - 1)
        self.locals.remove((acc, t))
        self.loops -= 1
        n = self.r.randint(1, 6)
        return (f"(block (result {w}) {self.expr(t, depth - 1)} (i32.const {n}) (loop {label} (param {w} i32) "
                f"(result {w}) (local.set {c}) (local.set {acc}) {body} (i32.sub (local.get {c}) "
                f"(i32.const 1)) (br_if {label} (i32.gt_s (local.get {c}) (i32.const 1))) (drop)))")

    def branches(self, t, e):
        """A br_table with a value, out of several blocks."""
        n, w = self.r.randint(1, self.pick([3, 3, 12])), self.wasm(t)
        labels = [self.label() for _ in range(n)]
        targets = " ".join(self.pick(labels) for _ in range(self.r.randint(1, 2 * n)))
        inner = f"(br_table {targets} {e(t)} {e('i32')})"
        for label in labels:
            tail = f"(drop) {e(t)}" if self.chance(2) else ""
            inner = f"(block {label} (result {w}) {inner}) {tail}"
        return f"(block (result {w}) {inner})"

    def int_expr(self, t, depth, e):
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
            return self.access(f"{t}.{self.pick(LOADS[t])}", e)
        if kind == 11:
            f = self.pick(["f32", "f64"])
            trap = "trunc_" if self.chance(10) else "trunc_sat_"
            return f"({t}.{trap}{f}_{self.pick('su')} {e(f)})"
        if kind == 12:
            f = "f" + t[1:]
            return f"({t}.reinterpret_{f} (call $number_{f} {e(f)}))"
        if t == "i32":
            if kind == 13:
                x = self.pick(["i32", "i64"])
                return f"({x}.{self.pick(INT_COMPARE)} {e(x)} {e(x)})"
            if kind == 14:
                x = self.pick(["f32", "f64"])
                return f"({x}.{self.pick(FLOAT_COMPARE)} {e(x)} {e(x)})"
            return self.pick([f"(i32.wrap_i64 {e('i64')})", f"(i32.eqz {e('i32')})", f"(i64.eqz {e('i64')})"])
        return self.pick([f"(i64.extend_i32_s {e('i32')})", f"(i64.extend_i32_u {e('i32')})",
                          f"(i64.extend32_s {e('i64')})"])

    def expr_i32(self, depth, e):
        return self.int_expr("i32", depth, e)

    def expr_i64(self, depth, e):
        return self.int_expr("i64", depth, e)

    def float_expr(self, t, e):
        kind = self.r.randrange(9)
        if kind < 4:
            op = self.pick(FLOAT_BINARY)
            right = f"(call $number_{t} {e(t)})" if op == "copysign" else e(t)  # not a NaN's sign
            return f"({t}.{op} {e(t)} {right})"
        if kind < 6:
            return f"({t}.{self.pick(FLOAT_UNARY)} {e(t)})"
        if kind == 6:
            x = self.pick(["i32", "i64"])
            return f"({t}.convert_{x}_{self.pick('su')} {e(x)})"
        if kind == 7:
            bits = "i" + t[1:]
            return f"({t}.reinterpret_{bits} {e(bits)})"
        if self.chance(2):
            return self.access(f"{t}.load", e)
        return f"(f32.demote_f64 {e('f64')})" if t == "f32" else f"(f64.promote_f32 {e('f32')})"

    def expr_f32(self, depth, e):
        return self.float_expr("f32", e)

    def expr_f64(self, depth, e):
        return self.float_expr("f64", e)

    # ---- statements ----

    def store(self, depth):
        e = lambda t: self.expr(t, depth - 1)
        if self.chance(4):  # never a NaN
            t = self.pick(["f32", "f64"])
            return self.access(f"{t}.store", e, [f"(call $number_{t} {e(t)})"])
        t = self.pick(["i32", "i64"])
        return self.access(f"{t}.{self.pick(STORES[t])}", e, [e(t)])

    def statements(self, depth, count):
        return "\n".join(self.statement(depth) for _ in range(count))

    def statement(self, depth):
        kind = self.r.randrange(20)
        t = self.pick(self.types + SCALARS + ["i32", "i64"])
        if kind < 5 and self.local(t):
            name = self.local(t)
            if t in ("i32", "i64") and self.chance(4):
                return f"(local.set {name} ({t}.add (local.get {name}) {self.const(t)}))"
            return f"(local.set {name} {self.expr(t, depth)})"
        if kind < 7:
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
                return self.counted_loop(depth)
            if kind == 13:
                n = self.r.randint(1, 3)
                labels = " ".join(str(self.r.randrange(n + 1)) for _ in range(n + 1))
                inner = f"(br_table {labels} {self.expr('i32', depth - 1)})"
                for _ in range(n + 1):
                    inner = f"(block {inner}) {self.statement(depth - 1)}"
                return f"(block {inner})"
            if kind == 14:
                return (f"(block {self.statements(depth - 1, 1)} (br_if 0 {self.expr('i32', depth - 1)}) "
                        f"{self.statements(depth - 1, 2)})")
            if kind == 15:
                return self.pair(depth)
        if self.more_statements and kind > 6:
            return self.pick_grouped(self.more_statements)(lambda x: self.expr(x, depth - 1))
        return f"(drop {self.expr(t, depth)})"

    def counted_loop(self, depth):
        self.loops += 1
        c = f"$c{self.counters}"
        self.counters += 1
        head = f"(local.set {c} (i32.const 0))"
        body = self.statements(depth - 1, self.r.randint(1, 3))
        n = self.r.randint(1, 7)
        if self.chance(2):  # locals that the loop uses much: a tier keeps them in registers
            body += "".join(f" (local.set {name} ({t}.{self.pick(['add', 'sub', 'mul'])} (local.get {name}) "
                            f"{self.pick([self.const(t), f'(local.get {name})'])}))"
                            for name, t in self.locals[:6] if t in SCALARS)
        add = f"(i32.add (local.get {c}) (i32.const 1))"
        step = self.pick([
            f"(br_if 0 (i32.lt_u (local.tee {c} {add}) (i32.const {n})))",
            f"(local.set {c} {add}) (br_if 0 (i32.ne (local.get {c}) (i32.const {n})))",
            f"(local.set {c} (i32.sub (local.get {c}) (i32.const 1))) "
            f"(br_if 0 (i32.gt_s (local.get {c}) (i32.const -{n})))"])
        self.loops -= 1
        return f"{head} (loop {body} {step})"

    def pair(self, depth):
        """A block with two results, left early or not, into two locals."""
        a, b = self.pick(self.types), self.pick(self.types)
        if not self.local(a) or not self.local(b):
            return "(nop)"
        e = lambda x: self.expr(x, depth - 1)
        text = f"(block (result {self.wasm(a)} {self.wasm(b)}) {e(a)} {e(b)} (br_if 0 {e('i32')})"
        if self.chance(2):
            text += f" (drop) {e(b)} (br_table 0 0 {e('i32')})"
        return f"{text}) (local.set {self.local(b)}) (local.set {self.local(a)})"

    # ---- functions ----

    def begin(self, params):
        self.params = params
        self.locals = [(f"$p{k}", t) for k, t in enumerate(params)]
        extra = [self.pick(SCALARS * 2 + self.types) for _ in range(self.r.randint(2, 8))]
        self.locals += [(f"$l{k}", t) for k, t in enumerate(extra)]
        self.counters = self.loops = 0
        self.carried = []
        self.left = SIZE
        return [f"(local $l{k} {self.wasm(t)})" for k, t in enumerate(extra)]

    def end(self):
        """The locals that turned out to be needed."""
        out = [f"(local $c{k} i32)" for k in range(self.counters)]
        out += [f"(local {name} {w})" for name, w in self.carried]
        if self.has("exceptions") or self.has("legacy"):
            out += self.exception_locals()
        return out

    def function(self, i):
        types = SCALARS * 2 + self.types
        many = 24 if self.chance(6) else 5
        params = [self.pick(types) for _ in range(self.r.randrange(many))]
        self.result = result = self.pick(self.results)
        text = self.begin(params)
        body = self.statements(4, self.r.randint(2, self.pick([6, 12])))
        last = self.expr(result, 4)
        sig = "".join(f" (param $p{k} {self.wasm(t)})" for k, t in enumerate(params))
        text = [f"(func $f{i} (export \"f{i}\") (type $t{i}){sig} (result {self.wasm(result)})", *text,
                *self.end(), body, last + ")"]
        self.funcs.append((params, result))
        return "\n".join(text)

    def look_at(self, i):
        """An export that calls a function with constants and says what came back as a number."""
        params, result = self.funcs[i]
        e = lambda t: self.const(t)
        args = " ".join(self.new_object(t, e) if t in objects.OBJECTS else e(t) for t in params)
        return f"(func (export \"d{i}\") (result i64) {self.digest(result, f'(call $f{i} {args})')})"

    def start(self):
        """What the start function of the second module does, mostly half of it."""
        self.result = None
        text = self.begin([])
        body = [self.statement(3) for _ in range(self.r.randint(2, 5))]
        if not self.chance(3):
            body.insert(self.r.randrange(len(body)), "(unreachable)")
        return "\n".join(["(func $start", *text, *self.end(), *body, ") (start $start)"])

    # ---- modules ----

    def func_types(self):
        out = [objects.TYPES] if self.has("gc") else []
        for i, (params, result) in enumerate(self.funcs):
            params = " ".join(self.wasm(t) for t in params)
            out.append(f"(type $t{i} (func (param {params}) (result {self.wasm(result)})))")
        if self.has("stacks"):
            out += self.stack_types()
        return out + ["(type $nobody (func (result f32 i32)))"]

    def globals(self):
        """(name, type, value); constants of several instructions."""
        extended = "(i32.add (i32.const 3) (i32.mul (i32.const 5) (i32.sub (i32.const 2) (i32.const -1))))"
        out = [(f"g_{t}", t, f"({t}.const 1)") for t in SCALARS if t != "i32"]
        out.append(("g_i32", "i32", extended if self.chance(2) else "(i32.const 1)"))
        return out + [("budget", "i32", "(i32.const 40)"), ("odd", "i32", "(i32.const 0)")]

    def externs(self):
        """What the first module defines and the second imports: (kind, name, type, definition)."""
        for name, t in self.memory_types():
            yield "memory", name, t, ""
        x = "i64 " if self.table_type == "i64" else ""
        yield "table", "$funcs", f"{x}8 10 funcref", ""
        if self.has("tables"):
            yield "table", "$spare", f"{x}6 12 funcref", ""
        if self.has("gc"):
            yield "table", "$objects", "8 anyref", ""
        for name, t, v in self.globals():
            yield "global", f"${name}", f"(mut {t})", v
        if self.has("exceptions") or self.has("legacy"):
            for tag, params in objects.TAGS.items():
                yield "tag", tag, f"(param {' '.join(params)})", ""

    def segments(self):
        hexed = lambda n: "".join(f"\\{self.r.randrange(256):02x}" for _ in range(n))
        x, address = self.table_type, self.memories[0][1]
        near = self.chance(4) and self.first
        funcs = " ".join(f"$f{i}" for i in range(len(self.funcs)))
        out = [f"(elem $first (table $funcs) ({x}.const {self.imported if not near else 9}) func "
               + " ".join(f"$f{i}" for i in range(self.imported, len(self.funcs))) + ")",
               f"(data ({address}.add ({address}.const 3) ({address}.const "
               f"{0 if not self.first else self.pick([500, 65530])})) \"{hexed(256)}\")",
               f"(data $bytes \"{hexed(64)}\")",
               f"(elem declare func {funcs} $odd_one)"]
        if self.has("tables"):
            out.append(f"(elem $funcs funcref {' '.join(self.pick(['(ref.func $f0)', '(ref.null func)', '(ref.func $odd_one)']) for _ in range(4))})")
        return out

    def helpers(self):
        out = [f"(func $number_{t} (param {t}) (result {t}) (select (local.get 0) ({t}.const 7) "
               f"({t}.eq (local.get 0) (local.get 0))))" for t in ("f32", "f64")]
        out += ["(func $second (param f32 i32) (result i32) (local.get 1))",
                "(func $second_l (param i64 i64) (result i64) (local.get 1))",
                "(func $odd_one (param f32) (result f32) (local.get 0))"]
        out += self.vector_helpers() + self.digest_helpers()
        if self.has("gc"):
            out += self.object_helpers() + [self.look()]
        if self.has("stacks"):
            out += self.stack_items()
        if self.has("host") and not self.first:
            out.append(self.called_back())
        return out

    def look(self):
        """What the tables hold, as a number."""
        x = self.table_type
        tests = " ".join(f"(ref.test (ref $t{i}) (table.get $spare ({x}.const {k})))"
                         for k in range(6) for i in range(min(2, len(self.funcs))))
        mix = "(local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) {}))"
        text = " ".join(mix.format(t) for t in tests.replace(") (ref.test", ")\n(ref.test").split("\n"))
        for k in range(8):
            item = f"(table.get $objects (i32.const {k}))"
            text += mix.format(f"(if (result i32) (ref.test (ref $S0) {item}) (then (struct.get $S0 0 (ref.cast "
                               f"(ref $S0) {item}))) (else (ref.test (ref i31) {item})))")
        return f"(func (export \"look\") (result i32) (local $h i32) {text} (local.get $h))"

    def text(self):
        n = self.r.randint(2, 5) if not self.first else self.r.randint(1, 2)
        funcs = []
        for i in range(self.imported, self.imported + n):
            if self.has("stacks"):
                funcs += [self.coroutine(i)] + ([self.switcher(i)] if self.chance(2) else [])
            funcs.append(self.function(i))
        funcs += [self.look_at(i) for i in range(self.imported, self.imported + n)]
        out = ["(module", *self.func_types()]
        if self.has("host") and not self.first:
            out.append(host.IMPORTS)
        if self.first:
            out += [f"(import \"a\" \"f{i}\" (func $f{i} (type $t{i})))" for i in range(self.imported)]
        for kind, name, t, value in self.externs():
            if self.first:
                out.append(f"(import \"a\" \"{name}\" ({kind} {name} {t}))")
            else:
                out.append(f"({kind} {name} (export \"{name}\") {t} {value})")
        out += self.segments() + self.helpers()
        if self.first and self.chance(2):
            out.append(self.start())
        return "\n".join(out + funcs + [")"])


def main():
    program = Program(int(sys.argv[1]))
    text = program.text()
    if "--second" in sys.argv:
        second = program.second()
        text = second.text() if second else ""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
