#!/usr/bin/env python3
"""Machine code told to other programs: the files for perf by a reader of our own and by perf itself,
and gdb's interface by gdb.

    test/native/run.py --wattle build/dev/wattle [--emulator 'CMD']

What is not here is skipped: a machine with a compiler, a clang that makes WebAssembly, perf, gdb.
"""
import argparse
import os
import pathlib
import platform
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PLAIN = """(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $say (result i32)
    (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 4)))
  (func (result i32) (call $say))
  (func (export "_start") (drop (call 2))))
"""


class Tests:
    def __init__(self, wattle, emulator, folder):
        self.command, self.folder = [*emulator, str(wattle)], folder
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what, detail=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"FAIL {what}: {detail}")

    def skip(self, what, why):
        self.skipped += 1
        print(f"skip {what}: {why}")

    def run(self, *words):
        return run([*self.command, "run", *words], self.folder)


def run(words, folder):
    """What a command prints and how it ends, 124 after two minutes."""
    try:
        return subprocess.run([str(w) for w in words], cwd=folder, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(words, 124, "", f"timed out: {e.stderr}")


# ---- the map ----

def read_map(path):
    """(address, size, name) of each line."""
    rows = [re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (\S.*)", line)
            for line in path.read_text().splitlines()]
    return None if None in rows else [(int(r[1], 16), int(r[2], 16), r[3]) for r in rows]


def test_map(t):
    done = t.run("--tier", "baseline", "--perf-map=map", "plain.wat")
    rows = read_map(t.folder / "map") if done.returncode == 0 else None
    t.check(rows, "--perf-map", done)
    if not rows:
        return
    names = [name for _, _, name in rows]
    t.check({"say [plain.wat]", "func[2] [plain.wat]", "_start [plain.wat]"} <= set(names)
            and "wattle_enter" in names, "names in the map", names)
    spans = sorted((at, at + size) for at, size, _ in rows)
    t.check(all(size for _, size, _ in rows)
            and all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), "spans in the map", rows)
    done = t.run("--tier", "baseline", "--perf-map=no/such/map", "plain.wat")
    t.check(done.returncode == 3 and "no/such/map" in done.stderr, "a map into nothing", done)


# ---- the dump, by the specification that Linux has of it ----

def read_dump(data):
    """(head, [(kind, fields)]); an assertion fails if it is none."""
    magic, version, size, machine, pad, pid, _, flags = struct.unpack_from("<IIIIIIQQ", data)
    assert (magic, version, size, pad, flags) == (0x4A695444, 1, 40, 0, 0), data[:40]
    at, records, before = size, [], 0
    while at < len(data):
        kind, size, time = struct.unpack_from("<IIQ", data, at)
        assert size >= 16 and at + size <= len(data) and time >= before, (at, kind, size)
        body, before = data[at + 16:at + size], time
        if kind == 0:
            _, _, vma, address, length, number = struct.unpack_from("<IIQQQQ", body)
            name, _, code = body[40:].partition(b"\0")
            assert vma == address and len(code) == length, (name, length, len(code))
            records.append(("load", (address, number, name.decode(), code)))
        elif kind == 2:
            address, count = struct.unpack_from("<QQ", body)
            lines, rest = [], body[16:]
            for _ in range(count):
                place, line, column = struct.unpack_from("<QII", rest)
                name, _, rest = rest[16:].partition(b"\0")
                lines.append((place, line, column, name.decode()))
            assert not rest, rest
            records.append(("lines", (address, lines)))
        else:
            assert kind == 3 and not body and at + size == len(data), kind
        at += size
    return (machine, pid), records


def dump_of(t, *words):
    for old in t.folder.glob("jit-*.dump"):
        old.unlink()
    done = t.run("--tier", "baseline", "--jitdump", *words)
    found = list(t.folder.glob("jit-*.dump"))
    t.check(done.returncode in (0, 134) and len(found) == 1, f"--jitdump {words}", done)
    try:
        head, records = read_dump(found[0].read_bytes())
    except (AssertionError, IndexError, struct.error) as e:
        t.check(False, f"the dump of {words}", repr(e))
        return []
    t.check(head[0] == 62 and found[0].name == f"jit-{head[1]}.dump", "the dump's head", head)
    return records


def test_dump(t):
    loads = [fields for kind, fields in dump_of(t, "plain.wat") if kind == "load"]
    names = [name for _, _, name, _ in loads]
    t.check(names[0] == "wattle_enter" and names[-1] == "say [plain.wat]", "names in the dump",
            names)
    t.check([number for _, number, _, _ in loads] == list(range(len(loads))), "numbers", loads)
    t.check(all(code[:1] == b"\x55" for _, _, name, code in loads if "[" in name),
            "functions begin with push rbp", loads)


def test_dump_lines(t):
    records = dump_of(t, "--invoke", "trap", "busy.wasm")
    lines = {address: rows for kind, (address, *rest) in records if kind == "lines"
             for rows in rest}
    starts = {f[0]: f for kind, f in records if kind == "load"}
    inner = [a for a, f in starts.items() if f[2] == "inner [busy.wasm]"]
    t.check(len(inner) == 1 and inner[0] in lines, "lines of a function", records)
    if inner and inner[0] in lines:
        rows, end = lines[inner[0]], inner[0] + len(starts[inner[0]][3])
        places = [place for place, _, _, _ in rows]
        t.check({7, 8} <= {line for _, line, _, _ in rows} <= set(range(4, 10))
                and all(name.endswith("busy.c") for _, _, _, name in rows)
                and places == sorted(set(places)) and inner[0] <= places[0] and places[-1] < end,
                "lines of inner", rows)
    order = [(kind, f[0]) for kind, f in records]
    t.check(all(order[i + 1] == ("load", a) for i, (kind, a) in enumerate(order)
                if kind == "lines"), "lines stand in front of their code", order)


# ---- perf ----

def test_perf(t):
    perf = shutil.which("perf")
    if not perf:
        t.skip("perf", "there is none")
        return
    tried = run([perf, "record", "-o", "try.data", "true"], t.folder)
    if tried.returncode != 0:
        t.skip("perf", f"it may not record here: {tried.stderr.strip().splitlines()[-1:]}")
        return
    record = [perf, "record", "-k", "1", "-e", "cpu-clock:u", "-o", "perf.data"]
    done = run([*record, *t.command, "run", "--tier", "baseline", "--perf-map", "--jitdump",
                "busy.wasm"], t.folder)
    t.check(done.returncode == 0, "perf record", done)
    report = [perf, "report", "--stdio", "-F", "overhead,sym"]
    done = run([*report, "-i", "perf.data"], t.folder)
    t.check(re.search(r"\s\d\d\.\d+%\s+\[\.\] inner \[busy.wasm\]", done.stdout),
            "perf report by the map", done)
    # The map of this process, and no other: others may run this test too.
    done = run([perf, "script", "-i", "perf.data", "-F", "pid"], t.folder)
    for pid in set(re.findall(r"\d+", done.stdout)):
        pathlib.Path(f"/tmp/perf-{pid}.map").unlink(missing_ok=True)
    done = run([perf, "inject", "--jit", "-i", "perf.data", "-o", "jit.data"], t.folder)
    if done.returncode != 0:
        t.skip("perf inject", f"this perf cannot: {done.stderr.strip()}")
        return
    report = [perf, "report", "--stdio", "-F", "overhead,sym,srcline", "-i", "jit.data"]
    done = run(report, t.folder)
    t.check(re.search(r"\[\.\] inner \[busy.wasm\]\s+busy\.c:7", done.stdout),
            "perf report by the dump", done)


# ---- gdb ----

def gdb_says(t, gdb, commands, *words):
    options = [w for c in commands for w in ("-ex", c)]
    done = run([gdb, "-batch", "-nx", *options, "--args", *t.command, "run", "--tier", "baseline",
                "--gdb", *words], t.folder)
    return done.stdout + done.stderr


def frames(text):
    """The functions of a backtrace, innermost first."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?([^\s(]+)", text, re.M)


def test_gdb_nest(t, gdb):
    program = pathlib.Path(t.command[-1]).parent / "test" / "watch_test"
    if not program.exists():
        t.skip("wasm in wasm under gdb", "watch_test is not built")
        return
    for place, inner in (("do_nothing", ["last", "inner"]), ("wt_native_stop", ["inner"])):
        done = run([gdb, "-batch", "-nx", "-ex", f"break {place}", "-ex", "run", "-ex", "bt",
                    "--args", program, "--nest"], t.folder)
        wasm = [n for n in frames(done.stdout)
                if n in ("outer", "mid", "inner", "last", "__morestack", "wattle_enter", "main")]
        t.check(wasm == ["__morestack", *inner, "wattle_enter", "__morestack", "mid", "outer",
                         "wattle_enter", "main"], f"wasm in wasm under gdb, at {place}", done)


def test_gdb(t):
    gdb = shutil.which("gdb")
    if not gdb:
        t.skip("gdb", "there is none")
        return
    tried = run([gdb, "-batch", "-nx", "-ex", "break main", "-ex", "run", "-ex", "bt", "--args",
                 *t.command, "--version"], t.folder)
    if "#0 " not in tried.stdout:
        t.skip("gdb", f"it cannot run a program here: {tried.stderr.strip().splitlines()[-1:]}")
        return
    said = gdb_says(t, gdb, ["break wt_native_host_call", "run", "bt"], "plain.wat")
    names = frames(said)
    want = ["say", "func[2]", "_start", "wattle_enter"]
    t.check("say" in names and names[names.index("say"):][:4] == want and names[-1] == "main",
            "a host function under gdb", said)
    test_gdb_nest(t, gdb)
    if not (t.folder / "busy.wasm").exists():
        return
    said = gdb_says(t, gdb, ["break wt_native_stop", "run", "bt"], "--invoke", "trap", "busy.wasm")
    names = frames(said)
    t.check("inner" in names and names[names.index("inner"):][:3] == ["inner", "trap",
                                                                     "wattle_enter"]
            and re.search(r"in inner \(\) at busy\.c:8", said), "a trap under gdb", said)
    said = gdb_says(t, gdb, ["set breakpoint pending on", "hbreak inner", "run", "bt"], "busy.wasm")
    if "Cannot insert hardware" in said or "Couldn't write debug register" in said:
        t.skip("a breakpoint", "there are none of hardware here")
        return
    t.check(frames(said)[:3] == ["inner", "outer", "start"], "a breakpoint under gdb", said)


# ---- the whole ----

def make_modules(t):
    (t.folder / "plain.wat").write_text(PLAIN)
    clang = shutil.which("clang-19") or shutil.which("clang")
    source = HERE / "busy.c"
    (t.folder / "busy.c").write_bytes(source.read_bytes())
    done = clang and run([clang, "--target=wasm32", "-nostdlib", "-Wl,--no-entry", "-g", "-O1",
                          "-o", "busy.wasm", "busy.c"], t.folder)
    return bool(done) and done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="native") as folder:
        t = Tests(args.wattle.resolve(), args.emulator, pathlib.Path(folder))
        lines = make_modules(t)
        done = t.run("--tier", "interp", "--perf-map=none", "plain.wat")
        t.check(done.returncode == 0 and "no machine code was made" in done.stderr,
                "without machine code", done)
        machine = os.name == "posix" and sys.platform == "linux" and not args.emulator
        if not machine or platform.machine() != "x86_64":
            t.skip("machine code", "only made for x86-64 under Linux")
        else:
            test_map(t)
            test_dump(t)
            test_gdb(t)
            for test in (test_dump_lines, test_perf):
                if lines:
                    test(t)
                else:
                    t.skip(test.__name__, "there is no clang that makes WebAssembly")
        print(f"{t.passed} passed, {t.failed} failed, {t.skipped} skipped")
        return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
