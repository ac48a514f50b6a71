"""Memories and what works on them for generate.py: accesses, bulk instructions, atomics, growth;
also wide arithmetic, because it has results that only a pair of locals can take."""
import pathlib
import re

OPS = pathlib.Path(__file__).resolve().parent.parent / "src" / "wasm" / "ops.def"
LETTERS = {"i": "i32", "l": "i64"}
PAGE = 65536
BYTES = 64  # of the passive segment $bytes
MASK = 0xFFFF - 64


class State:
    """A part of Program."""

    def pick_memories(self, first):
        """(name, address type, shared); the first is memory 0."""
        if first:
            self.memories, self.pages = first.memories, first.pages
            return
        self.pages = self.pick([1, 1, 2])
        kinds = ["i64"] if self.has("memory64") else ["i32"]
        if self.has("memories"):
            kinds += [self.pick(["i32", kinds[0]]) for _ in range(self.r.randint(1, 2))]
        self.memories = [(f"$m{k}", kind, self.has("atomics") and self.chance(2))
                         for k, kind in enumerate(kinds)]

    def memory_types(self):
        """(name, type) of each, for a definition or an import."""
        for k, (name, kind, shared) in enumerate(self.memories):
            first = self.pages if k == 0 else 1
            yield name, f"{'i64 ' if kind == 'i64' else ''}{first} 2{' shared' if shared else ''}"

    # ---- addresses ----

    def memory(self):
        return self.pick(self.memories) if self.chance(3) else self.memories[0]

    def extend(self, kind, text):
        if kind == "i32":
            return text
        return f"(i64.extend_i32_{'s' if self.chance(30) else 'u'} {text})"

    def place(self, e, mask=MASK):
        """An i32 that is an address, most of the time."""
        kind = self.r.randrange(12)
        if kind == 0 and mask == MASK and self.chance(4):
            return e("i32")  # may trap
        if kind < 4:
            return f"(i32.const {self.r.randrange(0, 60000) & mask})"
        if kind < 8 and mask == MASK:
            return (f"(i32.add (i32.and {e('i32')} (i32.const 0x7fff)) "
                    f"(i32.shl (i32.and {e('i32')} (i32.const 0xff)) (i32.const {self.r.randrange(5)})))")
        return f"(i32.and {e('i32')} (i32.const {mask}))"

    def access(self, op, e, operands=(), lane=""):
        name, kind, _ = self.memory()
        name = "" if name == "$m0" and self.chance(2) else " " + name
        offset = self.pick(["", "", f" offset={self.r.randrange(60)}", f" offset={self.pick([1, 4, 8, 16])}"])
        if self.chance(60):
            offset = f" offset={self.pick([0xFFFFFFFF, 0x10000] + ([1 << 32, (1 << 64) - 1] if kind == 'i64' else []))}"
        at = self.extend(kind, self.place(e))
        if kind == "i64" and self.chance(40):
            at = e("i64")
        return f"({op}{name}{offset}{lane} {at} {' '.join(operands)})"

    # ---- bulk ----

    def region(self, kind, e):
        """An address and a length in a memory: inside, at its edges, or across them."""
        x = kind
        if self.chance(5):
            n = self.pick([0, 1, 17])
            at = self.pages * PAGE - n + self.pick([0, 0, 0, 1, -1])
            return f"({x}.const {at})", n
        return self.extend(kind, self.place(e, self.pick([0x3FFF, 0x7FF8]))), self.r.randrange(40)

    def add_bulk(self):
        def fill(e):
            name, kind, _ = self.memory()
            at, n = self.region(kind, e)
            return f"(memory.fill {name} {at} {e('i32')} ({kind}.const {n}))"

        def copy(e):
            (to, to_kind, _), (source, source_kind, _) = self.memory(), self.memory()
            at, n = self.region(to_kind, e)
            other, _ = self.region(source_kind, e)
            if self.chance(3) and to == source:  # overlapping
                other = f"({to_kind}.add {at} ({to_kind}.const {self.pick([1, -1, 3, 16])}))"
            less = "i64" if to_kind == source_kind == "i64" else "i32"
            return f"(memory.copy {to} {source} {at} {other} ({less}.const {n}))"

        def init(e):
            name, kind, _ = self.memory()
            at, n = self.region(kind, e)
            start = self.r.randrange(BYTES) if self.chance(4) else 0
            return f"(memory.init {name} $bytes {at} (i32.const {start}) (i32.const {n}))"

        def drop(_):
            return "(data.drop $bytes)" if self.chance(6) else "(nop)"

        for make in (fill, copy, init, drop):
            self.add_statement(make)
            self.add_statement(make)

    def add_growth(self):
        def grow(e):
            name, kind, _ = self.memory()
            n = f"({kind}.const {self.pick([0, 0, 1, 1, 2, -1])})"
            wrap = "i32.wrap_i64" if kind == "i64" else "i32.add (i32.const 3)"
            return f"({wrap} (memory.grow {name} {n}))" if self.chance(3) else size(e)

        def size(_):
            name, kind, _ = self.memory()
            return f"({'i32.wrap_i64' if kind == 'i64' else 'i32.mul (i32.const 7)'} (memory.size {name}))"

        self.add("i32", grow)
        self.add("i32", size)

    # ---- atomics ----

    def add_atomics(self):
        for line in OPS.read_text().splitlines():
            if not line.startswith("OP(0xFE"):
                continue
            parts = re.split(r",\s*", line[3:-1].replace('"', ""))
            name, sig, align = parts[3], parts[5], int(parts[7])
            operands, result = sig.split("_")
            if name == "atomic.fence":
                self.add_statement(lambda e: "(atomic.fence)")
                continue
            make = (lambda e, n=name, o=operands[1:], a=align:
                    self.wait(n, o, e) if "wait" in n else self.atomic(n, o, a, e))
            if result:
                self.add(LETTERS[result], make)
            else:
                self.add_statement(make)

    def atomic(self, name, operands, align, e):
        memory, kind, _ = self.memory()
        mask = 0x7FF8 if not self.chance(40) else 0x7FFF
        offset = self.pick(["", f" offset={8 * self.r.randrange(8)}"])
        at = self.extend(kind, self.place(e, mask))
        assert 0 <= align <= 3
        return f"({name} {memory}{offset} {at} {' '.join(e(LETTERS[o]) for o in operands)})"

    def wait(self, name, operands, e):
        """No other thread is there: the value differs, or the time is up at once."""
        shared = [m for m in self.memories if m[2]]
        if not shared and not self.chance(10):
            return "(i32.const 1)"
        memory, kind, _ = self.pick(shared or self.memories)
        at = self.extend(kind, self.place(e, 0x7FF8))
        return f"({name} {memory} {at} {e(LETTERS[operands[0]])} (i64.const {self.pick([0, 0, 1000])}))"

    # ---- wide arithmetic ----

    def add_wide(self):
        for op, n in (("add128", 4), ("sub128", 4), ("mul_wide_s", 2), ("mul_wide_u", 2)):
            both = lambda e, op=op, n=n: f"(i64.{op} {' '.join(e('i64') for _ in range(n))})"
            self.add("i64", lambda e, b=both: f"(i64.{self.pick(['xor', 'add', 'sub', 'rotl'])} {b(e)})")
            self.add("i64", lambda e, b=both: f"(call $second_l {b(e)})")
            self.add("i32", lambda e, b=both: f"(i64.{self.pick(['eq', 'lt_s', 'gt_u'])} {b(e)})")
