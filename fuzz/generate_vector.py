"""Vector instructions for generate.py: every row of src/wasm/ops.def on page 0xFD.

Values of vectors are of three types, because no bits of a NaN may become lanes: vi are integers,
vf and vd floats. What a row takes and gives follows from its signature and its name. Relaxed
instructions only get operands for which the spec leaves no choice.
"""
import pathlib
import re

OPS = pathlib.Path(__file__).resolve().parent.parent / "src" / "wasm" / "ops.def"
LETTERS = {"i": "i32", "l": "i64", "f": "f32", "d": "f64"}
WIDTH = {"i8x16": 16, "i16x8": 8, "i32x4": 4, "i64x2": 2, "f32x4": 4, "f64x2": 2}
FLOATS = {"f32x4": "vf", "f64x2": "vd"}


def rows():
    """(name, immediates, signature, feature) of each vector instruction."""
    for line in OPS.read_text().splitlines():
        if line.startswith("OP(0xFD"):
            parts = re.split(r",\s*", line[3:-1].replace('"', ""))
            yield parts[3], parts[4], parts[5], parts[8]


def types(name):
    """What type the vectors are that an instruction takes, and that it gives."""
    shape, rest = name.split(".")
    if shape == "v128" or shape[0] == "i":
        found = re.search(r"trunc_(?:sat_)?(f32x4|f64x2)", rest)
        return (FLOATS[found[1]] if found else "vi"), "vi"
    own = FLOATS[shape]
    if re.fullmatch("eq|ne|lt|gt|le|ge", rest):
        return own, "vi"
    if rest.startswith("convert"):
        return "vi", own
    if rest.startswith("promote"):
        return "vf", own
    if rest.startswith("demote"):
        return "vd", own
    return own, own


class Vectors:
    """A part of Program."""

    def add_vectors(self):
        for name, imm, sig, feature in rows():
            operands, result = sig.split("_")
            takes, gives = types(name)
            if imm.startswith("MEMARG"):
                self.add_vector_access(name, sig)
                continue
            if imm == "V128" or feature == "relaxed_simd":
                continue
            gives = gives if result == "v" else LETTERS[result]
            operands = [takes if o == "v" else LETTERS[o] for o in operands]
            self.add(gives, lambda e, n=name, i=imm, o=operands: self.vector(n, i, o, e))
        self.add("vf", lambda e: f"(v128.bitselect {e('vf')} {e('vf')} (f32x4.lt {e('vf')} {e('vf')}))")
        self.add("vi", lambda e: self.lanes_of_floats(e))

    def vector(self, name, imm, operands, e):
        shape = name.split(".")[0]
        immediate = ""
        if imm == "LANE":
            immediate = f" {self.r.randrange(WIDTH[shape])}"
        elif imm == "SHUFFLE":
            immediate = "".join(f" {self.r.randrange(32)}" for _ in range(16))
        return f"({name}{immediate} {' '.join(e(o) for o in operands)})"

    def lanes_of_floats(self, e):
        """The bits of floats, with every NaN made zero."""
        shape, t = self.pick([("f32x4", "vf"), ("f64x2", "vd")])
        return f"(call $lanes_{shape} {e(t)})"

    def add_vector_access(self, name, sig):
        bits = re.search(r"(\d+)_lane", name)
        lane = (lambda: f" {self.r.randrange(128 // int(bits[1]))}") if bits else (lambda: "")
        operands = ["vi"] if "v" in sig.split("_")[0] else []
        make = lambda e: self.access(name, e, [e(o) for o in operands], lane())
        if sig[-1] == "v":
            self.add("vi", make)
        else:
            self.add_statement(make)

    def add_relaxed(self):
        """Operands without a choice: indices and masks in range, sums that are exact, no NaN."""
        small = {"vf": lambda e: f"(f32x4.convert_i32x4_s (i32x4.shr_s {e('vi')} (i32.const 22)))",
                 "vd": lambda e: f"(f64x2.convert_low_i32x4_s (i32x4.shr_s {e('vi')} (i32.const 8)))"}
        positive = {"vf": lambda e: f"(f32x4.abs {small['vf'](e)})",
                    "vd": lambda e: f"(f64x2.abs {small['vd'](e)})"}
        for name, _, sig, feature in rows():
            if feature != "relaxed_simd":
                continue
            takes, gives = types(name)
            n = len(sig.split("_")[0])
            shape, rest = name.split(".")
            if takes in small:
                source = positive if rest.endswith("_u") or "_u_" in rest else small
                make = lambda e, s=name, t=takes, k=n, f=source: f"({s} {' '.join(f[t](e) for _ in range(k))})"
            elif "swizzle" in rest:
                make = lambda e, s=name: (f"({s} {e('vi')} (v128.and {e('vi')} "
                                          "(v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f)))")
            elif "laneselect" in rest:
                make = lambda e, s=name, h=shape: f"({s} {e('vi')} {e('vi')} ({h}.gt_s {e('vi')} {e('vi')}))"
            else:  # products: the second factor is positive and has a bit less
                mask = "0x7f7f7f7f"
                more = (lambda e, k=n: " " + e("vi") if k == 3 else "")
                make = lambda e, s=name, x=more: (f"({s} {e('vi')} (v128.and {e('vi')} (v128.const i32x4 "
                                                  f"{mask} {mask} {mask} {mask})){x(e)})")
            self.add(gives, make)

    def vector_helpers(self):
        out = []
        for shape, n in (("f32x4", 4), ("f64x2", 2)):
            out.append(f"(func $lanes_{shape} (param v128) (result v128) (v128.and (local.get 0) "
                       f"({shape}.eq (local.get 0) (local.get 0))))")
        return out
