"""What test/spec/own/atomics-run.wast says: every atomic instruction run, with its results, what it
leaves in memory, and its traps. gen_own_scripts.py writes it.
"""
BEFORE = 0x8877665544332211  # in memory
OPERAND = 0xf0e1d2c3b4a59687
WIDTHS = [(32, 32), (64, 64), (32, 8), (32, 16), (64, 8), (64, 16), (64, 32)]  # of type, in memory
OPERATORS = {
    "add": lambda old, v: old + v,
    "sub": lambda old, v: old - v,
    "and": lambda old, v: old & v,
    "or": lambda old, v: old | v,
    "xor": lambda old, v: old ^ v,
    "xchg": lambda old, v: v,
}
HEAD = """\
;; features: default
;; Made by scripts/gen_own_scripts.py: do not edit.
;; What the atomic instructions do, one after the other: results, what is left in memory, misaligned
;; and far addresses; in a shared memory, and in the second memory of one thread with 64-bit
;; addresses. For several threads see threads.wast.
"""
TAIL = """
;; ---- operands on their way ----

(module
  (memory 1)
  (func $id (param i32) (result i32) (local.get 0))
  ;; results to a local, operands from calls, constants in a loop
  (func (export "count") (param $n i32) (result i32) (local $old i32)
    (loop $again
      (local.set $old (i32.atomic.rmw.add (i32.const 8) (i32.const 3)))
      (br_if $again (i32.lt_u (i32.add (local.get $old) (i32.const 3)) (local.get $n))))
    (i32.add (local.get $old) (i32.atomic.load (call $id (i32.const 8)))))
  (func (export "lock") (param $at i32) (result i32 i32 i32)
    (i32.atomic.rmw.cmpxchg (local.get $at) (i32.const 0) (i32.const 1))
    (i32.atomic.rmw.cmpxchg (call $id (local.get $at)) (call $id (i32.const 0)) (i32.const 2))
    (i32.atomic.rmw.xchg (local.get $at) (i32.atomic.rmw.xchg (local.get $at) (i32.const 5)))))
(assert_return (invoke "count" (i32.const 30)) (i32.const 57))
(assert_return (invoke "lock" (i32.const 64)) (i32.const 0) (i32.const 1) (i32.const 5))
"""


def mask(bits):
    return (1 << bits) - 1


def load(ty, bits):
    return f"i{ty}.atomic.load" if ty == bits else f"i{ty}.atomic.load{bits}_u"


def store(ty, bits):
    return f"i{ty}.atomic.store" if ty == bits else f"i{ty}.atomic.store{bits}"


def rmw(operator, ty, bits):
    return f"i{ty}.atomic.rmw.{operator}" if ty == bits else f"i{ty}.atomic.rmw{bits}.{operator}_u"


def const(ty, v):
    return f"(i{ty}.const 0x{v & mask(ty):x})"


class Part:
    """One module and what is asserted of it."""

    def __init__(self, memories, memory, address, shared):
        self.memories, self.memory = memories, " " + memory if memory else ""
        self.address, self.shared = address, shared
        self.lines = []
        self.traps = []  # instruction, bits, operands

    def function(self, name, params, result, body_name=None, offset=" offset=8"):
        gets = "".join(f" (local.get {i})" for i in range(1 + len(params)))
        params = " ".join([self.address, *params])
        result = f" (result {result})" if result else ""
        self.lines.append(f'  (func (export "{name}") (param {params}){result}\n'
                          f"    ({body_name or name}{self.memory}{offset}{gets}))")

    def module(self):
        self.lines.append("(module")
        self.lines += ["  " + m for m in self.memories]
        self.function("set", ["i64"], "", "i64.store", "")
        self.function("get", [], "i64", "i64.load", "")
        for ty, bits in WIDTHS:
            self.function(load(ty, bits), [], f"i{ty}")
            self.function(store(ty, bits), [f"i{ty}"], "")
        for operator in OPERATORS:
            for ty, bits in WIDTHS:
                self.function(rmw(operator, ty, bits), [f"i{ty}"], f"i{ty}")
        for ty, bits in WIDTHS:
            self.function(rmw("cmpxchg", ty, bits), [f"i{ty}"] * 2, f"i{ty}")
        self.function("memory.atomic.notify", ["i32"], "i32")
        self.function("memory.atomic.wait32", ["i32", "i64"], "i32")
        self.function("memory.atomic.wait64", ["i64", "i64"], "i32")
        self.lines.append('  (func (export "fence") (atomic.fence)))\n')

    def invoke(self, name, at, *operands):
        return " ".join([f'(invoke "{name}" ({self.address}.const {at})', *operands]) + ")"

    def returns(self, name, at, operands, *results):
        self.lines.append("(assert_return " +
                          " ".join([self.invoke(name, at, *operands), *results]) + ")")

    def traps_with(self, name, at, operands, text):
        self.lines.append(f'(assert_trap {self.invoke(name, at, *operands)} "{text}")')

    def reset(self):
        self.lines.append(self.invoke("set", 24, const(64, BEFORE)))

    def left(self, bits, v):
        v = BEFORE & ~mask(bits) | v & mask(bits)
        self.returns("get", 24, [], const(64, v))

    def results(self):
        self.lines.append('(assert_return (invoke "fence"))')
        self.reset()
        for ty, bits in WIDTHS:
            self.returns(load(ty, bits), 16, [], const(ty, BEFORE & mask(bits)))
            self.traps.append((load(ty, bits), bits, []))
        for ty, bits in WIDTHS:
            self.reset()
            self.returns(store(ty, bits), 16, [const(ty, OPERAND)])
            self.left(bits, OPERAND)
            self.traps.append((store(ty, bits), bits, [const(ty, OPERAND)]))
        for operator, meaning in OPERATORS.items():
            for ty, bits in WIDTHS:
                old = BEFORE & mask(bits)
                self.reset()
                self.returns(rmw(operator, ty, bits), 16, [const(ty, OPERAND)], const(ty, old))
                self.left(bits, meaning(old, OPERAND))
                self.traps.append((rmw(operator, ty, bits), bits, [const(ty, OPERAND)]))
        for ty, bits in WIDTHS:
            name, old = rmw("cmpxchg", ty, bits), const(ty, BEFORE & mask(bits))
            self.reset()
            self.returns(name, 16, [const(ty, BEFORE + 1), const(ty, OPERAND)], old)
            self.left(bits, BEFORE)
            if ty != bits:
                self.lines.append(";; what is expected is wrapped")
            expected = BEFORE & mask(bits) | OPERAND & ~mask(bits)
            self.returns(name, 16, [const(ty, expected), const(ty, OPERAND)], old)
            self.left(bits, OPERAND)
            self.traps.append((name, bits, [const(ty, 0)] * 2))
        self.traps.append(("memory.atomic.notify", 32, ["(i32.const 1)"]))
        self.traps.append(("memory.atomic.wait32", 32, ["(i32.const 0)", "(i64.const 0)"]))
        self.traps.append(("memory.atomic.wait64", 64, ["(i64.const 0)"] * 2))

    def failures(self):
        bits_of_address = 32 if self.address == "i32" else 64
        for name, bits, operands in self.traps:
            if bits > 8:
                for at in (bits // 8 - 1, bits // 16):
                    self.traps_with(name, at, operands, "unaligned atomic")
            for at in (65536 - 8, (1 << bits_of_address) - 8):
                self.traps_with(name, at, operands, "out of bounds memory access")
        self.lines.append(";; the last place")
        self.returns("i64.atomic.rmw.add", 65520, ["(i64.const 7)"], "(i64.const 0)")
        self.returns("i64.atomic.load", 65520, [], "(i64.const 7)")
        self.returns("i32.atomic.rmw8.or_u", 65527, ["(i32.const 0x101)"], "(i32.const 0)")
        self.returns("i64.atomic.load", 65520, [], "(i64.const 0x0100000000000007)")

    def waiting(self):
        self.reset()
        self.returns("memory.atomic.notify", 16, ["(i32.const 10)"], "(i32.const 0)")
        low, whole = const(32, BEFORE), const(64, BEFORE)
        if not self.shared:
            for name, value in (("memory.atomic.wait32", low), ("memory.atomic.wait64", whole)):
                self.traps_with(name, 16, [value, "(i64.const 0)"], "expected shared memory")
            return
        forever = "(i64.const -1)"
        self.lines.append(";; another value, and time that is over")
        self.returns("memory.atomic.wait32", 16, ["(i32.const 0)", forever], "(i32.const 1)")
        self.returns("memory.atomic.wait64", 16, ["(i64.const 0x11)", forever], "(i32.const 1)")
        self.returns("memory.atomic.wait32", 16, [low, "(i64.const 0)"], "(i32.const 2)")
        self.returns("memory.atomic.wait64", 16, [whole, "(i64.const 1000)"], "(i32.const 2)")

    def text(self, title):
        self.module()
        self.results()
        self.failures()
        self.waiting()
        return f"\n;; ---- {title} ----\n\n" + "\n".join(self.lines) + "\n"


def text():
    shared = Part(["(memory 1 2 shared)"], "", "i32", True)
    second = Part(["(memory 0)", "(memory $n i64 1)"], "$n", "i64", False)
    return (HEAD + shared.text("a shared memory") +
            second.text("the second of two memories, with 64-bit addresses") + TAIL)
