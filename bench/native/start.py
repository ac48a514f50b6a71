#!/usr/bin/env python3
"""Starting programs: with machine code that is kept, without, and beside wasmtime.

    bench/native/start.py [--runs N] [--record]

Whole processes that begin, say something and end, in turns, median of N (default 21): "hello, world", and
real programs that print their version or their help.  "kept" finds the machine code of an earlier run in the
cache (`wattle cache`), "file" runs a .cwat; wasmtime compiles all of a module first, on all cores, or, with
its own cache, maps what it compiled before.  Below, in one process, what it takes from a .cwat whose
pages are in memory to the first call (start.c), and what compiling costs in memory and gains by
a second thread.  The build in $WATTLE is measured, with libwattle.a beside it.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "scripts"), os.path.dirname(HERE)]
import peers       # noqa: E402
import programs    # noqa: E402
import results     # noqa: E402

HELLO = '#include <unistd.h>\nint main(void) { return write(1, "Hello, world!\\n", 14) != 14; }\n'
PROGRAMS = {"hello": [], "lua": ["-v"], "sqlite": [], "quickjs": ["-e", "0"], "go": [],
            "resvg": ["--help"], "python": ["-V"]}
FILES = ["sqlite", "quickjs", "quickjs-reactor", "go", "resvg", "python"]


def once(command, env):
    start = time.perf_counter()
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def in_turns(commands, runs):
    """name -> median ms; commands: name -> (words, environment)"""
    seen = {name: [] for name in commands}
    for i in range(runs + 1):
        for name, (words, env) in commands.items():
            seconds = once(words, env)
            if i:  # the first fills caches
                seen[name].append(seconds)
    return {name: statistics.median(rows) * 1e3 for name, rows in seen.items()}


def starts(wattle, wasmtime, folder, runs):
    native, source = os.path.join(folder, "native"), os.path.join(folder, "hello.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write(HELLO)
    peers.quiet(["cc", "-O2", "-static", "-o", native, source])
    plain = dict(os.environ, WATTLE_CODE_CACHE="off")
    kept = dict(os.environ, WATTLE_CODE_CACHE=os.path.join(folder, "cache"), HOME=folder,
                XDG_CACHE_HOME=folder)
    lines = ["| program | MB | native static ms | wattle ms | kept ms | file ms | wasmtime ms | "
             "wasmtime, cached ms | wasmtime / wattle | cached / kept |", "|---|" + "---:|" * 9]
    for name, args in PROGRAMS.items():
        path, cwat = os.path.join(folder, name + ".wasm"), os.path.join(folder, name + ".cwat")
        module = programs.path_of(name)
        if module.endswith(".wat"):
            peers.quiet([wattle, "wat2wasm", module, "-o", path])
        else:
            os.symlink(module, path)
        peers.quiet([wattle, "compile", path, "-o", cwat])
        commands = {"wattle": ([wattle, "run", path, *args], plain),
                    "kept": ([wattle, "run", path, *args], kept),
                    "file": ([wattle, "run", cwat, *args], plain),
                    "wasmtime": ([wasmtime, "run", "-C", "cache=n", path, *args], plain),
                    "cached": ([wasmtime, "run", "-C", "cache=y", path, *args], kept)}
        if name == "hello":
            commands["native"] = ([native], plain)
        t = in_turns(commands, runs)
        lines.append("| %s | %.1f | %s | %.2f | %.2f | %.2f | %.1f | %.1f | %.1fx | %.1fx |" % (
            name, os.path.getsize(path) / 1e6, "%.2f" % t["native"] if "native" in t else "-",
            t["wattle"], t["kept"], t["file"], t["wasmtime"], t["cached"],
            t["wasmtime"] / t["wattle"], t["cached"] / t["kept"]))
        if "native" in t:
            hello = "\nhello: %.2fx of native, from a file %.2fx (target with a cache: 1.3x)." % (
                t["wattle"] / t["native"], t["file"] / t["native"])
    return lines + [hello]


def first_calls(wattle, folder):
    tool = os.path.join(folder, "start")
    peers.quiet(["cc", "-O2", "-DNDEBUG", "-std=gnu11", "-I", os.path.join(ROOT, "include"),
                 os.path.join(HERE, "start.c"), os.path.join(os.path.dirname(wattle), "libwattle.a"),
                 "-lm", "-lpthread", "-o", tool])
    lines = ["", "| from file to first call | MB of file | read us | store us | instantiate us | "
             "call us | all us |", "|---|" + "---:|" * 6]
    for name in FILES:
        cwat = os.path.join(folder, name + "-file.cwat")
        peers.quiet([wattle, "compile", programs.path_of(name), "-o", cwat])
        words = subprocess.run([tool, cwat], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.split()
        lines.append("| %s | %.1f | %s |" % (name, os.path.getsize(cwat) / 1e6,
                                             " | ".join(words[2::2])))
    return lines


def compiling(wattle, folder):
    """All functions: one thread against two, and the peak of memory over the module's size."""
    lines = ["", "| compile -o | MB of module | one thread ms | two ms | gain | peak MB | peak over "
             "module |", "|---|" + "---:|" * 6]
    for name in FILES:
        module, out = programs.path_of(name), os.path.join(folder, "out.cwat")
        # Reading, checking and writing are in both.
        t = in_turns({n: ([wattle, "compile", "-j" + n, module, "-o", out], None) for n in "12"}, 7)
        said = subprocess.run(["/usr/bin/time", "-f", "%M", wattle, "compile", module, "-o", out],
                              stderr=subprocess.PIPE, text=True, check=True).stderr.split()
        size, peak = os.path.getsize(module) / 1e6, int(said[-1]) / 1024
        lines.append("| %s | %.1f | %.1f | %.1f | %.2fx | %.1f | %.2fx |" % (
            name, size, t["1"], t["2"], t["1"] / t["2"], peak, peak / size))
    return lines


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=21)
    ap.add_argument("--record", action="store_true")
    args = ap.parse_args()
    wattle, wasmtime = os.path.abspath(results.wattle()), peers.binaries()["wasmtime"]
    with tempfile.TemporaryDirectory() as folder:
        lines = starts(wattle, wasmtime, folder, args.runs)
        lines += first_calls(wattle, folder) + compiling(wattle, folder)
    head = "%s; wasmtime %s. %s Whole processes in turns, median of %d." % (
        results.compiler(), peers.version(wasmtime), results.machine(), args.runs)
    text = head + "\n\n" + "\n".join(lines)
    print(text)
    if args.record:
        results.record("start", "Starting programs", text)


if __name__ == "__main__":
    sys.exit(main())
