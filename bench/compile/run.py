#!/usr/bin/env python3
"""How fast modules become machine code, beside other baseline compilers, and hostile shapes.

    bench/compile/run.py [--record]

wattle: compile.c, all functions one after the other. V8: liftoff.mjs in node 24 with Liftoff alone, one
thread, nothing lazy; its time contains the reading and checking of the module, which it does in the
same pass. wasmtime's Winch: `wasmtime compile`, one thread, less the time of an empty module. All in MB
of bodies per second of the processor, the best of twelve (V8: of five, Winch: of two).

The shapes (shapes.py) are made to be expensive: what a byte of them costs over the median of the real
modules.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "scripts"), os.path.dirname(HERE), HERE]
import peers                 # noqa: E402
import programs              # noqa: E402
import results               # noqa: E402
from shapes import shapes    # noqa: E402

PROGRAMS = ["sqlite", "quickjs", "lua", "python", "go", "resvg"]
CORPUS = ["esbuild", "ruff", "biome", "duckdb-mvp", "ffmpeg-mt", "php-jspi", "kotlin-exnref"]
FLAGS = ["--liftoff-only", "--no-wasm-lazy-compilation", "--single-threaded",
         "--experimental-wasm-exnref"]


def build(folder):
    out = os.path.join(folder, "compile")
    library = os.path.join(os.path.dirname(results.wattle() or ""), "libwattle.a")
    peers.quiet(["cc", "-O2", "-std=gnu11", "-DNDEBUG", "-I", os.path.join(ROOT, "src"), "-I",
                 os.path.join(ROOT, "include"), os.path.join(HERE, "compile.c"), library, "-lm",
                 "-lpthread", "-o", out])
    return out


def ours(tool, paths):
    """file name -> (MB/s, bytes a byte, MB of bodies)"""
    found = {}
    for path in paths:
        done = subprocess.run([tool, path], capture_output=True, text=True, check=False)
        words = done.stdout.split()
        if done.returncode == 0:
            found[os.path.basename(path)] = (float(words[1]), float(words[3]), float(words[7]))
        else:
            print("%s: %s" % (path, done.stderr.strip()), file=sys.stderr)
    return found


def liftoff(paths):
    """file name -> seconds"""
    found = {}
    for path in paths:
        done = subprocess.run([peers.node(), *FLAGS, os.path.join(HERE, "liftoff.mjs"), path],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            name, seconds = done.stdout.split()
            found[name] = float(seconds)
        else:
            print("%s: V8: %s" % (path, done.stderr.strip()[-200:]), file=sys.stderr)
    return found


def winch(paths, folder):
    """file name -> seconds"""
    def once(path):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([peers.binaries()["wasmtime"], "compile", "-C", "compiler=winch", "-C",
                               "parallel-compilation=n", "-C", "cache=n", path, "-o",
                               os.path.join(folder, "out.cwasm")], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds if done.returncode == 0 else None
    empty = os.path.join(folder, "empty.wasm")
    with open(empty, "wb") as f:
        f.write(b"\0asm\1\0\0\0")
    start = min(once(empty) for _ in range(3))
    found = {}
    for path in paths:
        seconds = once(path)
        if seconds:
            found[os.path.basename(path)] = max(min(seconds, once(path)) - start, 1e-6)
    return found


def real_modules():
    for name in PROGRAMS:
        try:
            yield programs.path_of(name)
        except (RuntimeError, OSError) as e:
            print("skip %s: %s" % (name, e), file=sys.stderr)
    for name in CORPUS:
        path = os.path.join(peers.CACHE, "corpus", name + ".wasm")
        if os.path.exists(path):
            yield path
        else:
            print("skip %s: not fetched (scripts/corpus.py fetch)" % name, file=sys.stderr)


def made_shapes(folder):
    for name, text in shapes():
        path = os.path.join(folder, name.replace(" ", "_").replace(",", "") + ".wasm")
        with open(path + ".wat", "w", encoding="utf-8") as f:
            f.write(text)
        peers.quiet([results.wattle(), "wat2wasm", path + ".wat", "-o", path])
        yield name, path


def table_of_modules(mine, v8, other):
    lines = ["| module | MB of bodies | wattle MB/s | bytes a byte | Liftoff MB/s | Winch MB/s | "
             "over Liftoff |", "|---|" + "---:|" * 6]
    ratios = []
    for name, (speed, dense, size) in mine.items():
        lift = size / v8[name] if name in v8 else None
        wind = size / other[name] if name in other else None
        if lift:
            ratios.append(speed / lift)
        lines.append("| %s | %.1f | %.1f | %.2f | %s | %s | %s |" % (
            name, size, speed, dense, "%.1f" % lift if lift else "-",
            "%.1f" % wind if wind else "-", "%.2fx" % (speed / lift) if lift else "-"))
    if ratios:
        lines.append("| geomean | | | | | | %.2fx |" % statistics.geometric_mean(ratios))
    return lines


def table_of_shapes(tool, folder, mine):
    cost = statistics.median(1e3 / speed for speed, _, _ in mine.values())
    lines = ["", "Shapes, in ns a byte; the median of the modules above takes %.1f." % cost, "",
             "| shape | ns a byte | over the median | bytes a byte |", "|---|---:|---:|---:|"]
    for name, path in made_shapes(folder):
        got = ours(tool, [path]).get(os.path.basename(path))
        if got:
            lines.append("| %s | %.1f | %.2fx | %.2f |" % (name, 1e3 / got[0],
                                                          1e3 / got[0] / cost, got[1]))
        else:
            lines.append("| %s | fails | | |" % name)
    return lines


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--record", action="store_true")
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tool, paths = build(folder), list(real_modules())
        mine = ours(tool, paths)
        lines = table_of_modules(mine, liftoff(paths), winch(paths, folder))
        lines += table_of_shapes(tool, folder, mine)
    head = "Processor time, one thread, all functions. node %s; wasmtime %s; %s. %s" % (
        peers.version(peers.node()), peers.version(peers.binaries()["wasmtime"]),
        results.compiler(), results.machine())
    text = "\n".join(lines)
    print(head + "\n\n" + text)
    if args.record:
        results.record("compile", "Making machine code", head + "\n\n" + text)


if __name__ == "__main__":
    sys.exit(main())
