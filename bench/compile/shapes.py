"""Modules that are made to be expensive to compile, as text."""


def func(body, more=""):
    return ('(module (memory 1) %s (func (export "f") (param i32) (result i32) %s))' % (more, body))


def nested(word, depth):
    return "(%s " % word * depth + ")" * depth


def call_of(count, times):
    return func(("(call $g " + "(local.get 0)" * count + ")") * times + "(local.get 0)",
                "(func $g (param" + " i32" * count + "))")


def shapes():
    """(name, text)"""
    get = "(local.get 0)"
    yield "br_table of 100,000", func(
        "(block (block (br_table " + "0 1 " * 50000 + "0 (local.get 0)))) (i32.const 1)")
    yield "br_table of 50,000 with values", func(
        "(block (result i32) (block (result i32) (br_table " + "0 1 " * 25000 +
        "0 (i32.const 7) (local.get 0))))")
    yield "20,000 nested blocks", func(nested("block", 20000) + get)
    yield "10,000 nested loops", func(nested("loop", 10000) + get)
    yield "5,000 nested ifs", func("(if (local.get 0) (then " * 5000 + "))" * 5000 + get)
    many = ("(func (param i32) (result i32) (local " + "i64 " * 49999 +
            ") (local.set 49999 (i64.const 1))" + get + ")")
    yield "100 functions with 50,000 locals", "(module" + many * 100 + ")"
    yield "50,000 locals, all used", func(
        "(local " + "i32 " * 49999 + ")" +
        "".join("(local.set %d (local.get %d))" % (i, i - 1) for i in range(1, 50000)) +
        "(local.get 49999)")
    yield "a sum of 100,000", func(get + "(i32.const 77) i32.add " * 100000)
    deep = "local.get 0 " * 1000
    yield "a stack of 1,000", func((deep + "i32.add " * 999 + "local.set 0 ") * 20 + get)
    yield "a stack of 1,000, a call on top", func(
        (deep + "call $g " + "i32.add " * 999 + "local.set 0 ") * 20 + get,
        "(func $g (param i32) (result i32) (local.get 0))")
    yield "50,000 branches out", func("(block " + "(br_if 0 (local.get 0))" * 50000 + ")" + get)
    yield "4,000 calls with 20 arguments", call_of(20, 4000)
    yield "50 calls with 1,000 arguments", call_of(1000, 50)
    yield "50,000 loads and stores", func(
        "(i32.store (local.get 0) (i32.load offset=4 (local.get 0)))" * 50000 + get)
    yield "50,000 divisions", func(get + "(local.get 0) i32.div_s " * 50000)
    yield "50,000 selects", func(get + "(local.get 0) (local.get 0) select " * 50000)
    yield "50,000 conversions", func(get + "f64.convert_i32_s i32.trunc_f64_s " * 50000)
    yield "30,000 constants of floats", func(
        "(local f64)" + "(local.set 1 (f64.const 1.5))" * 30000 + get)
    yield "20,000 constants of vectors", func("(local v128)" + "".join(
        "(local.set 1 (v128.const i64x2 %d %d))" % (i, i * 7) for i in range(20000)) + get)
    yield "10,000 tries", func(
        "(block " + "(try_table (catch_all 0) (call $g))" * 10000 + ")" + get, "(func $g)")
    yield "50,000 functions", "(module" + "(func)" * 50000 + ")"
    yield "code that is never reached", func(
        "unreachable " + "(drop (i32.add (local.get 0) (i32.const 1)))" * 50000)
