#!/usr/bin/env python3
"""Writes test/spec/own/ops-*.wast from src/wasm/ops.def: every instruction once in a valid
module, and what must be refused about it; and scripts that run them: atomics-run.wast
(gen_atomic_script.py), numbers-run, vectors-run and memory-run.wast (gen_number_scripts.py).

    scripts/gen_own_scripts.py            writes the files
    scripts/gen_own_scripts.py --check    says whether they are as this script would write them

An instruction with a fixed signature gets its function, a wrong operand and a missing operand
from the row; those with a type rule of their own stand in BODIES below. A row without a body is
an error, so the scripts cover the whole list.
"""
import argparse
import pathlib
import re
import sys

import gen_atomic_script
import gen_number_scripts

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r'^OP\((0x\w+),\s*(0x\w+),\s*(\w+),\s*"([^"]+)",\s*(\w+),\s*(\w+),\s*(\w+),'
                 r'\s*(\d+),\s*(\w+)\)')
TYPES = {"i": "i32", "l": "i64", "f": "f32", "d": "f64", "v": "v128"}

# The module that the functions stand in, per file.
CONTEXT = """\
  (type $ii (func (param i32) (result i32)))
  (type $s (struct (field $x (mut i32)) (field $y (mut i8)) (field $z i16)))
  (type $a (array (mut i32)))
  (type $b (array (mut i8)))
  (type $r (array (mut funcref)))
  (table $t 10 funcref)
  (table $u 10 20 funcref)
  (table $w i64 10 funcref)
  (memory $m 1)
  (memory $n i64 1)
  (tag $e (param i32))
  (global $g (mut i32) (i32.const 1))
  (elem $seg func $id)
  (elem $act (table $t) (i32.const 1) func $id)
  (data $bytes "abcdefgh")
  (func $id (export "id") (type $ii) (local.get 0))
"""
DESCRIPTORS = """\
  (rec
    (type $d (descriptor $k) (struct (field i32)))
    (type $k (describes $d) (struct)))
"""
STACKS = """\
  (type $f (func (result i32)))
  (type $f1 (func (param i32) (result i32)))
  (type $c (cont $f))
  (type $c1 (cont $f1))
  (type $fs (func (param (ref null $c)) (result i32)))
  (type $cs (cont $fs))
  (tag $e (param i32) (result i32))
  (tag $x (param i32))
  (tag $sw (result i32))
"""

BODIES = {
    "unreachable": "unreachable",
    "block": "(param i32) (result i32) (block $l (result i32) (local.get 0))",
    "loop": "(param i32) (loop $l (br_if $l (local.get 0)))",
    "if": "(param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) "
          "(else (i32.const 2)))",
    "else": "(param i32) local.get 0 if $l nop else $l nop end $l",
    "end": "block $l end $l",
    "try": "(result i32) (try (result i32) (do (i32.const 1)) (catch $e))",
    "catch": "(try (do (throw $e (i32.const 1))) (catch $e (drop)))",
    "catch_all": "try i32.const 1 throw $e catch_all end",
    "rethrow": "try $l nop catch_all rethrow $l end",
    "delegate": "try $l try nop delegate $l catch_all end",
    "throw": "(throw $e (i32.const 7))",
    "throw_ref": "(param exnref) (throw_ref (local.get 0))",
    "try_table": "(result i32) (block $l (result i32) (block $k (result i32 exnref) "
                 "(try_table (catch $e $l) (catch_ref $e $k) (call $id (i32.const 1)) (drop)) "
                 "(return (i32.const 0))) (drop))",
    "br": "(result i32) (block $l (result i32) (br $l (i32.const 1)))",
    "br_if": "(param i32) (block $l (br_if $l (local.get 0)))",
    "br_table": "(param i32) (block $k (block $l (br_table $l $k 2 $l (local.get 0))))",
    "return": "(result i32) (return (i32.const 1))",
    "call": "(result i32) (call $id (i32.const 1))",
    "call_indirect": "(result i32) (call_indirect $u (type $ii) (i32.const 1) (i32.const 2))",
    "return_call": "(result i32) (return_call $id (i32.const 1))",
    "return_call_indirect":
        "(result i32) (return_call_indirect (type $ii) (i32.const 1) (i32.const 2))",
    "call_ref": "(result i32) (call_ref $ii (i32.const 1) (ref.func $id))",
    "return_call_ref": "(result i32) (return_call_ref $ii (i32.const 1) (ref.func $id))",
    "drop": "(drop (i32.const 1))",
    "select": "(param i32 i64 i64) (result i64) "
              "(select (local.get 1) (local.get 2) (local.get 0))",
    "select_t": "(param i32 funcref) (result funcref) "
                "(select (result funcref) (local.get 1) (local.get 1) (local.get 0))",
    "local_get": "(param $p i32) (result i32) (local.get $p)",
    "local_set": "(local $p i32) (local.set $p (i32.const 1))",
    "local_tee": "(param i32) (result i32) (local i64 i32) (local.tee 2 (local.get 0))",
    "global_get": "(result i32) (global.get $g)",
    "global_set": "(global.set $g (i32.const 1))",
    "table_get": "(result funcref) (table.get $w (i64.const 1))",
    "table_set": "(table.set $u (i32.const 1) (ref.null func))",
    "ref_null": "(result (ref null $s) externref nullref) (ref.null $s) (ref.null extern) "
                "(ref.null none)",
    "ref_is_null": "(param anyref) (result i32) (ref.is_null (local.get 0))",
    "ref_func": "(result (ref $ii)) (ref.func $id)",
    "ref_eq": "(param eqref i31ref) (result i32) (ref.eq (local.get 0) (local.get 1))",
    "ref_as_non_null": "(param (ref null $s)) (result (ref $s)) "
                       "(ref.as_non_null (local.get 0))",
    "br_on_null": "(param anyref) (result (ref any)) "
                  "(block $l (return (br_on_null $l (local.get 0)))) (unreachable)",
    "br_on_non_null": "(param anyref) (result (ref any)) "
                      "(block $l (result (ref any)) (br_on_non_null $l (local.get 0)) "
                      "(unreachable))",
    "struct_new": "(result (ref $s)) (struct.new $s (i32.const 1) (i32.const 2) (i32.const 3))",
    "struct_new_default": "(result (ref $s)) (struct.new_default $s)",
    "struct_get": "(param (ref $s)) (result i32) (struct.get $s $x (local.get 0))",
    "struct_get_s": "(param (ref $s)) (result i32) (struct.get_s $s $y (local.get 0))",
    "struct_get_u": "(param (ref null $s)) (result i32) (struct.get_u $s 2 (local.get 0))",
    "struct_set": "(param (ref $s)) (struct.set $s $y (local.get 0) (i32.const 1))",
    "array_new": "(result (ref $a)) (array.new $a (i32.const 1) (i32.const 2))",
    "array_new_default": "(result (ref $a)) (array.new_default $a (i32.const 2))",
    "array_new_fixed": "(result (ref $a)) (array.new_fixed $a 2 (i32.const 1) (i32.const 2))",
    "array_new_data": "(result (ref $b)) (array.new_data $b $bytes (i32.const 1) (i32.const 2))",
    "array_new_elem": "(result (ref $r)) (array.new_elem $r $seg (i32.const 0) (i32.const 1))",
    "array_get": "(param (ref $a)) (result i32) (array.get $a (local.get 0) (i32.const 1))",
    "array_get_s": "(param (ref $b)) (result i32) (array.get_s $b (local.get 0) (i32.const 1))",
    "array_get_u": "(param (ref $b)) (result i32) (array.get_u $b (local.get 0) (i32.const 1))",
    "array_set": "(param (ref $a)) (array.set $a (local.get 0) (i32.const 1) (i32.const 2))",
    "array_len": "(param arrayref) (result i32) (array.len (local.get 0))",
    "array_fill": "(param (ref $a)) "
                  "(array.fill $a (local.get 0) (i32.const 0) (i32.const 7) (i32.const 2))",
    "array_copy": "(param (ref $a)) (array.copy $a $a (local.get 0) (i32.const 0) "
                  "(local.get 0) (i32.const 1) (i32.const 2))",
    "array_init_data": "(param (ref $b)) (array.init_data $b $bytes (local.get 0) "
                       "(i32.const 0) (i32.const 1) (i32.const 2))",
    "array_init_elem": "(param (ref $r)) (array.init_elem $r $seg (local.get 0) "
                       "(i32.const 0) (i32.const 0) (i32.const 1))",
    "ref_test": "(param anyref) (result i32) (ref.test (ref $s) (local.get 0))",
    "ref_test_null": "(param anyref) (result i32) (ref.test (ref null $s) (local.get 0))",
    "ref_cast": "(param anyref) (result (ref i31)) (ref.cast (ref i31) (local.get 0))",
    "ref_cast_null": "(param anyref) (result i31ref) (ref.cast i31ref (local.get 0))",
    "br_on_cast": "(param anyref) (result (ref $s)) (block $l (result (ref $s)) "
                  "(br_on_cast $l anyref (ref $s) (local.get 0)) (unreachable))",
    "br_on_cast_fail": "(param anyref) (result anyref) (block $l (result anyref) "
                       "(br_on_cast_fail $l anyref (ref $s) (local.get 0)))",
    "any_convert_extern": "(param externref) (result anyref) (any.convert_extern (local.get 0))",
    "extern_convert_any": "(param (ref any)) (result (ref extern)) "
                          "(extern.convert_any (local.get 0))",
    "ref_i31": "(result (ref i31)) (ref.i31 (i32.const 1))",
    "i31_get_s": "(param i31ref) (result i32) (i31.get_s (local.get 0))",
    "i31_get_u": "(param i31ref) (result i32) (i31.get_u (local.get 0))",
    "memory_copy": "(memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) "
                   "(memory.copy $n $m (i64.const 0) (i32.const 1) (i32.const 2))",
    "table_init": "(table.init $u $seg (i32.const 0) (i32.const 0) (i32.const 1)) "
                  "(table.init $seg (i32.const 0) (i32.const 0) (i32.const 1))",
    "table_copy": "(table.copy (i32.const 0) (i32.const 1) (i32.const 2)) "
                  "(table.copy $u $w (i32.const 0) (i64.const 1) (i32.const 2))",
    "table_grow": "(result i64) (table.grow $w (ref.null func) (i64.const 1))",
    "table_size": "(result i32) (table.size $u)",
    "table_fill": "(table.fill $t (i32.const 0) (ref.null func) (i32.const 2))",
    "struct_new_desc": "(param (ref (exact $k))) (result (ref (exact $d))) "
                       "(struct.new_desc $d (i32.const 1) (local.get 0))",
    "struct_new_default_desc": "(param (ref (exact $k))) (result (ref (exact $d))) "
                               "(struct.new_default_desc $d (local.get 0))",
    "ref_get_desc": "(param (ref null $d)) (result (ref $k)) (ref.get_desc $d (local.get 0))",
    "ref_cast_desc_eq": "(param anyref (ref null $k)) (result (ref $d)) "
                        "(ref.cast_desc_eq (ref $d) (local.get 0) (local.get 1))",
    "ref_cast_desc_eq_null": "(param anyref (ref null $k)) (result (ref null $d)) "
                             "(ref.cast_desc_eq (ref null $d) (local.get 0) (local.get 1))",
    "br_on_cast_desc_eq": "(param anyref (ref null $k)) (result anyref) "
                          "(br_on_cast_desc_eq 0 anyref (ref $d) (local.get 0) (local.get 1))",
    "br_on_cast_desc_eq_fail":
        "(param anyref (ref null $k)) (result anyref) "
        "(br_on_cast_desc_eq_fail 0 anyref (ref $d) (local.get 0) (local.get 1))",
    "cont_new": "(param (ref null $f)) (result (ref $c)) (cont.new $c (local.get 0))",
    "cont_bind": "(param (ref null $c1)) (result (ref $c)) "
                 "(cont.bind $c1 $c (i32.const 1) (local.get 0))",
    "suspend": "(result i32) (suspend $e (i32.const 1))",
    "resume": "(param (ref null $c)) (result i32) (block $l (result i32 (ref null $c1)) "
              "(return (resume $c (on $e $l) (local.get 0)))) (drop)",
    "resume_throw": "(param (ref null $c)) (result i32) "
                    "(resume_throw $c $x (i32.const 1) (local.get 0))",
    "resume_throw_ref": "(param exnref (ref null $c)) (result i32) "
                        "(resume_throw_ref $c (local.get 0) (local.get 1))",
    "switch": "(param (ref null $cs)) (switch $cs $sw (local.get 0))",
}

FILES = {  # name: (head line, module context, which rows)
    "ops-core": ("default", CONTEXT, lambda page, since: page == 0x00),
    "ops-gc": ("default", CONTEXT, lambda page, since: page == 0xFB),
    "ops-bulk": ("default", CONTEXT, lambda page, since: page == 0xFC),
    "ops-simd": ("default", CONTEXT, lambda page, since: page == 0xFD),
    "ops-atomics": ("default", CONTEXT, lambda page, since: page == 0xFE),
    "ops-descriptors": ("3.0,+custom-descriptors", DESCRIPTORS,
                        lambda page, since: since == "custom_descriptors"),
    "ops-stack-switching": ("3.0,+stack-switching", STACKS,
                            lambda page, since: since == "stack_switching"),
}
PROPOSALS = {"custom_descriptors", "stack_switching"}


class Row:
    def __init__(self, words):
        page, code, self.ident, self.text, self.imm, self.sig, self.kind, align, self.since = words
        self.page, self.code, self.align = int(page, 16), int(code, 16), int(align)


def read_rows():
    rows = []
    for line in (ROOT / "src/wasm/ops.def").read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match:
            rows.append(Row(match.groups()))
        elif line.startswith("OP("):
            sys.exit(f"a row of another form: {line}")
    return rows


def lanes(text):
    match = re.match(r"[if]\d+x(\d+)", text)
    if match:
        return int(match.group(1))
    return 128 // int(re.search(r"(\d+)_lane", text).group(1))


def immediates(row, memory, lane=1):
    """The immediates as text; memory "" or "$n"."""
    words = []
    if row.imm in ("MEM", "MEMARG", "MEMARG_LANE", "DATA_MEM") and memory:
        words.append(memory)
    if row.imm in ("MEMARG", "MEMARG_LANE"):
        words.append("offset=4")
        if row.kind != "ATOMIC" and row.align > 0:
            words.append("align=1")
    if row.imm in ("LANE", "MEMARG_LANE"):
        words.append(str(lane))
    if row.imm in ("DATA", "DATA_MEM"):
        words.append("$bytes")
    if row.imm == "ELEM":
        words.append("$seg")
    if row.imm == "SHUFFLE":
        words += [str(i * 2) for i in range(16)]
    if row.imm in ("I32", "I64"):
        words.append("-5")
    if row.imm in ("F32", "F64"):
        words.append("-0x1.8p+3")
    if row.imm == "V128":
        words.append("i32x4 1 2 3 -1")
    return "".join(" " + w for w in words)


def signature(row, address):
    params, results = row.sig.split("_") if "_" in row.sig else (row.sig, "")
    names = dict(TYPES, a=address)
    return [names[c] for c in params], [names[c] for c in results]


def function(params, results, body, export=None):
    head = f' (export "{export}")' if export else ""
    if params:
        head += " (param " + " ".join(params) + ")"
    if results:
        head += " (result " + " ".join(results) + ")"
    return f"(func{head} {body})"


def fixed(row, address, memory, export=None):
    params, results = signature(row, address)
    operands = "".join(f" (local.get {i})" for i in range(len(params)))
    return function(params, results, f"({row.text}{immediates(row, memory)}{operands})", export)


def valid_functions(row):
    if row.sig == "SPECIAL":
        if row.ident not in BODIES:
            sys.exit(f"no body for {row.ident}")
        return [f'(func (export "{row.ident}") {BODIES[row.ident]})']
    out = [fixed(row, "i32", "", row.ident)]
    if "a" in row.sig.split("_")[0] or row.sig == "_a":
        out.append(fixed(row, "i64", "$n", row.ident + " of an i64 memory"))
    return out


def refused(row):
    """(module, message) pairs that a checker must refuse."""
    if row.sig == "SPECIAL":
        return
    memory = "(memory 1) " if "a" in row.sig or row.imm in ("MEM", "DATA_MEM") else ""
    data = '(data $bytes "abc") ' if row.imm in ("DATA", "DATA_MEM") else ""
    elem = "(elem $seg func) " if row.imm == "ELEM" else ""
    around = memory + data + elem
    params, results = signature(row, "i32")
    if params:
        wrong = [("f64" if t != "f64" else "i32") if i == len(params) - 1 else t
                 for i, t in enumerate(params)]
        operands = "".join(f" (local.get {i})" for i in range(len(params)))
        body = f"({row.text}{immediates(row, '')}{operands})"
        yield f"(module {around}{function(wrong, results, body)})", "type mismatch"
        fewer = "".join(f" (local.get {i})" for i in range(len(params) - 1))
        body = f"({row.text}{immediates(row, '')}{fewer})"
        yield f"(module {around}{function(params, results, body)})", "type mismatch"
    if results:
        other = ["f64" if t != "f64" else "i32" for t in results]
        operands = "".join(f" (local.get {i})" for i in range(len(params)))
        body = f"({row.text}{immediates(row, '')}{operands})"
        yield f"(module {around}{function(params, other, body)})", "type mismatch"
    if memory:
        operands = "".join(f" (local.get {i})" for i in range(len(params)))
        body = f"({row.text}{immediates(row, '')}{operands})"
        yield f"(module {data}{function(params, results, body)})", "unknown memory"
    if row.imm in ("MEMARG", "MEMARG_LANE"):
        lane = " 0" if row.imm == "MEMARG_LANE" else ""
        operands = "".join(f" (local.get {i})" for i in range(len(params)))
        body = f"({row.text} align={2 << row.align}{lane}{operands})"
        yield (f"(module {around}{function(params, results, body)})",
               "alignment must not be larger than natural")
        if row.kind == "ATOMIC" and row.align > 0:
            body = f"({row.text} align=1{operands})"
            yield (f"(module {around}{function(params, results, body)})",
                   "alignment must be equal to natural")
    if row.imm in ("LANE", "MEMARG_LANE"):
        operands = "".join(f" (local.get {i})" for i in range(len(params)))
        body = f"({row.text} {lanes(row.text)}{operands})"
        yield f"(module {around}{function(params, results, body)})", "invalid lane index"


def script(name, rows):
    features, context, chosen = FILES[name]
    mine = [r for r in rows if chosen(r.page, r.since)
            and (r.since in PROPOSALS) == (features != "default")]
    out = [f";; features: {features}",
           ";; Made by scripts/gen_own_scripts.py from src/wasm/ops.def: do not edit.", "",
           "(module"]
    out.append(context.rstrip("\n"))
    for row in mine:
        out += ["  " + text for text in valid_functions(row)]
    out.append(")")
    for row in mine:
        for module, words in refused(row):
            out.append(f'(assert_invalid {module} "{words}")')
    return "\n".join(out) + "\n", len(mine)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rows = read_rows()
    covered, ran, stale = 0, set(), []
    texts = {"atomics-run": gen_atomic_script.text()}
    for name in FILES:
        texts[name], count = script(name, rows)
        covered += count
    for name, make in gen_number_scripts.SCRIPTS.items():
        texts[name], idents = make(rows)
        ran |= idents
    for name, text in texts.items():
        path = ROOT / "test/spec/own" / f"{name}.wast"
        if args.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path.name)
        else:
            path.write_text(text, encoding="utf-8")
    if covered != len(rows):
        sys.exit(f"{len(rows)} instructions, but {covered} are covered")
    idle = [r.text for r in rows if r.kind in ("PURE", "LOAD", "STORE") and r.ident not in ran]
    if idle:
        sys.exit(f"no script runs {' '.join(idle)}")
    if stale:
        print(f"FAIL: run scripts/gen_own_scripts.py: {' '.join(stale)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
