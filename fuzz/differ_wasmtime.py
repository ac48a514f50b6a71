"""Another side of the differential runs (scripts/differ.py): plays what `differ --plan` wrote
(fuzz/differ.c says how) with wasmtime, through the bindings of its Python package."""
import ctypes
import struct
import sys
import zlib
from ctypes import byref

import wasmtime
from wasmtime import _ffi as ffi

WORDS = {"STACK_OVERFLOW": "stack", "MEMORY_OUT_OF_BOUNDS": "memory", "HEAP_MISALIGNED": "unaligned",
         "TABLE_OUT_OF_BOUNDS": "table", "INDIRECT_CALL_TO_NULL": "signature",
         "BAD_SIGNATURE": "signature", "INTEGER_OVERFLOW": "range",
         "INTEGER_DIVISION_BY_ZERO": "zero", "BAD_CONVERSION_TO_INTEGER": "range",
         "UNREACHABLE": "unreachable", "NULL_REFERENCE": "null", "ARRAY_OUT_OF_BOUNDS": "array",
         "ALLOCATION_TOO_LARGE": "allocation", "CAST_FAILURE": "cast",
         "UNCAUGHT_EXCEPTION": "exception", "ATOMIC_WAIT_NON_SHARED_MEMORY": "shared"}
KINDS = {"i": 0, "l": 1, "f": 2, "d": 3, "F": 5, "E": 6, "A": 7}


class Failure(Exception):
    pass


def make_engine():
    config = wasmtime.Config()
    for name in ("threads tail_call reference_types simd bulk_memory multi_value multi_memory memory64 "
                 "relaxed_simd relaxed_simd_deterministic exceptions function_references gc "
                 "wide_arithmetic stack_switching").split():
        setattr(config, "wasm_" + name, True)
    config.shared_memory = True
    config.cranelift_nan_canonicalization = True
    config.cranelift_opt_level = "speed"
    return wasmtime.Engine(config)


def error_text(error):
    message = ffi.wasm_byte_vec_t()
    ffi.wasmtime_error_message(error, byref(message))
    text = ffi.to_str(message)
    ffi.wasmtime_error_delete(error)
    return text


def check(context, error, trap):
    """What went wrong, as words."""
    if trap:
        code = wasmtime.Trap._from_ptr(trap).trap_code
        word = WORDS.get(code.name, "other") if code else None
    elif error:
        text = error_text(error)
        word = ("allocation" if "heap out of memory" in text or "too large" in text else
                "link" if "import" in text else f"other ({text.splitlines()[0]})")
    else:
        return
    thrown = ffi.wasmtime_exnref_t()
    if ffi.wasmtime_context_take_exception(context, byref(thrown)):
        ffi.wasmtime_exnref_unroot(byref(thrown))
        word = "exception"
    raise Failure(f" {word}" if word in ("exception", "link") else f" trap {word or 'other'}")


def mix(a, b):
    bits, n = b & (1 << 64) - 1, a & 63
    bits = ((bits << n | bits >> (64 - n)) ^ a) & (1 << 64) - 1
    return bits - (bits >> 63 << 64)


def crc(data):
    return f"{zlib.crc32(data):08x}"


def null(kind, of):
    return {"F": of.funcref, "E": of.externref, "A": of.anyref}[kind].store_id == 0


def show(value):
    kind, of = "ilfd.FEA"[value.kind], value.of
    if kind in "il":
        return f" {of.i32 if kind == 'i' else of.i64}"
    if kind in "fd":
        number = of.f32 if kind == "f" else of.f64
        size = 8 if kind == "f" else 16
        return " nan" if number != number else f" {kind}{(of.i64 & (1 << 4 * size) - 1):0{size}x}"
    return " null" if null(kind, of) else " ref"


class Session:
    def __init__(self, engine):
        self.engine = engine
        self.store = wasmtime.Store(engine)
        self.context = self.store._context()
        self.units = []
        self.why = None  # why a function of the host failed
        i32, i64, f64 = (wasmtime.ValType.i32(), wasmtime.ValType.i64(), wasmtime.ValType.f64())
        self.host = {name: wasmtime.Func(self.store, wasmtime.FuncType(params, results), fn)
                     for name, params, results, fn in (
                         ("mix", [i32, i64], [i64], mix), ("half", [f64], [f64], lambda x: x * 0.5),
                         ("back", [i32], [i32], self.back), ("stop", [i32], [], self.stop))}

    # The functions of the host, as generate_host.py says.
    def back(self, a):
        value, result = ffi.wasmtime_val_t(kind=KINDS["i"]), ffi.wasmtime_val_t()
        value.of.i32 = a
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        try:
            check(self.context, ffi.wasmtime_func_call(
                self.context, byref(self.units[0][1]["back"].of.func), byref(value), 1,
                byref(result), 1, byref(trap)), trap)
        except Failure as e:
            self.why = str(e)
            raise
        return result.of.i32

    def stop(self, a):
        if a & 7 == 0:
            self.why = " trap host"
            raise Failure(self.why)

    def instantiate(self, paths, out):
        for u, path in enumerate(paths):
            with open(path, "rb") as f:
                module = wasmtime.Module(self.engine, f.read())
            imports = (ffi.wasmtime_extern_t * len(module.imports))()
            for i, item in enumerate(module.imports):
                if item.module == "host":
                    imports[i].kind = ffi.WASMTIME_EXTERN_FUNC.value
                    imports[i].of.func = self.host[item.name]._func
                else:
                    imports[i] = self.units[0][1][item.name]
            instance, trap = ffi.wasmtime_instance_t(), ctypes.POINTER(ffi.wasm_trap_t)()
            self.why = None
            try:
                check(self.context, ffi.wasmtime_instance_new(
                    self.context, module.ptr(), imports, len(imports), byref(instance), byref(trap)),
                    trap)
            except Failure as e:
                out.append(f"{u}.start:{self.why or e}")
                if u == 0:
                    return
            else:
                self.units.append(self.exports(instance))

    def exports(self, instance):
        listed, named = [], {}
        while True:
            item = ffi.wasmtime_extern_t()
            name, size = ctypes.POINTER(ctypes.c_char)(), ctypes.c_size_t(0)
            if not ffi.wasmtime_instance_export_nth(self.context, byref(instance), len(listed),
                                                    byref(name), byref(size), byref(item)):
                return listed, named
            listed.append(item)
            named[ffi.to_str_raw(name, size.value)] = item

    def argument(self, word):
        value = ffi.wasmtime_val_t(kind=KINDS[word[0]])
        if word[0] in "ilfd":
            ctypes.memmove(byref(value.of), struct.pack("<Q", int(word[1:], 16)), 8)
        return value

    def call(self, item, words):
        arrow = words.index(">")
        args = [self.argument(w) for w in words[:arrow]]
        count = len(words[arrow + 1]) if len(words) > arrow + 1 else 0
        results = (ffi.wasmtime_val_t * count)()
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        self.why = None
        try:
            check(self.context, ffi.wasmtime_func_call(
                self.context, byref(item.of.func), (ffi.wasmtime_val_t * len(args))(*args),
                len(args), results, count, byref(trap)), trap)
        except Failure:
            if self.why:
                raise Failure(self.why) from None
            raise
        text = "".join(show(r) for r in results)
        for r in results:
            ffi.wasmtime_val_unroot(byref(r))
        return text

    def memory(self, item):
        if item.kind == ffi.WASMTIME_EXTERN_SHAREDMEMORY.value:
            data = ffi.wasmtime_sharedmemory_data(item.of.sharedmemory)
            size = ffi.wasmtime_sharedmemory_data_size(item.of.sharedmemory)
        else:
            data = ffi.wasmtime_memory_data(self.context, byref(item.of.memory))
            size = ffi.wasmtime_memory_data_size(self.context, byref(item.of.memory))
        return f" {size} bytes {crc(ctypes.string_at(data, size))}"

    def table(self, item):
        size = ffi.wasmtime_table_size(self.context, byref(item.of.table))
        bits = []
        for i in range(min(size, 10000)):
            value = ffi.wasmtime_val_t()
            ffi.wasmtime_table_get(self.context, byref(item.of.table), i, byref(value))
            bits.append(not null("ilfd.FEA"[value.kind], value.of))
            ffi.wasmtime_val_unroot(byref(value))
        return f" {size} elements {crc(bytes(bits))}"

    def global_(self, item):
        value = ffi.wasmtime_val_t()
        ffi.wasmtime_global_get(self.context, byref(item.of.global_), byref(value))
        text = show(value)
        ffi.wasmtime_val_unroot(byref(value))
        return text

    def play(self, words, out):
        """False: stack or heap ran out, and how much there is, is every engine's own."""
        u, i = int(words[1]), int(words[2])
        if u >= len(self.units):
            return True
        item = self.units[u][0][i]
        try:
            text = {"call": lambda: self.call(item, words[3:]), "memory": lambda: self.memory(item),
                    "table": lambda: self.table(item), "global": lambda: self.global_(item)}[words[0]]()
        except Failure as e:
            text = str(e)
        out.append(f"{u}.{i}:{text}")
        return text not in (" trap stack", " trap allocation")


def main():
    engine = make_engine()
    session, going = None, False
    for line in sys.stdin:
        words, out = line.split(), []
        if words[0] == "module":
            out.append(line.strip())
            session = Session(engine)
            going = True
            try:
                session.instantiate(words[1:], out)
            except wasmtime.WasmtimeError as e:
                out.append(f"invalid {str(e).splitlines()[-1].strip()}")
                going = False
        elif words[0] == "end":
            out.append("end")
            session = None
        elif going and words[0] != "invalid":
            going = session.play(words, out)
        for text in out:
            print(text, flush=True)


if __name__ == "__main__":
    main()
