#!/usr/bin/env python3
"""Machine code: our kernels and real programs by the baseline compiler, other engines, and natively.

    bench/native/run.py [--runs N] [--only NAME,...] [--wattle PATH] [--record]
    bench/native/run.py --bless      rewrite test/programs/poly.txt from wasmtime's answers

Beside the workloads of bench/interp there are kernels of linear algebra and stencils (kernels/).
Peers: V8 in node 24 with Liftoff alone (--liftoff-only: with --no-wasm-tier-up it still gives what is
hot to its optimizing compiler) and as it comes, wasmtime's Winch and Cranelift, wazero's compiler;
native is clang at -O3 with and without its vectorizer, and -O1.

Every run is a whole process and counts with its processor time, less what the same runner takes for an
empty program; compiling the module counts.  The runners take turns, the fastest of the runs counts.
Ratios are of times over native -O3, as it comes: below 1 is faster.
"""
import argparse
import importlib.util
import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, os.path.dirname(HERE))
import peers                                                        # noqa: E402
import results                                                      # noqa: E402

spec = importlib.util.spec_from_file_location("interp_run",
                                              os.path.join(ROOT, "bench", "interp", "run.py"))
interp = importlib.util.module_from_spec(spec)
spec.loader.exec_module(interp)

POLY = os.path.join(HERE, "kernels")
EXPECTED = os.path.join(ROOT, "test", "programs", "poly.txt")
GROUPS = {"kernel": "kernels", "poly": "linear algebra and stencils", "vectors": "vector kernels",
          "program": "programs"}
NATIVE = {"-O3": ["-O3"], "-O3 scalar": ["-O3", "-fno-vectorize", "-fno-slp-vectorize"],
          "-O1": ["-O1"]}
# What takes so little that the start of V8 hides it is done more often; the native program says what
# the answer is.
LONGER = {"fib": 42, "core": 3600, "json": 1000}
EMPTY = '(module (memory (export "memory") 1) (func (export "_start")))'


def poly_names():
    return sorted(f[:-2] for f in os.listdir(POLY) if f.endswith(".c"))


def source(name):
    folder = POLY if name.startswith("poly_") else os.path.join(ROOT, "bench", "interp", "kernels")
    return os.path.join(folder, name + ".c")


def needs(src):
    return [src, os.path.join(HERE, "poly.h"), os.path.join(ROOT, "bench", "interp", "kernel.h")]


def longer(name):
    return ["-DKERNEL_N=%d" % LONGER[name]] if name in LONGER else []


def place(name, ending):
    return os.path.join(peers.CACHE, "kernels", name + ("-longer" if name in LONGER else "") + ending)


def build_module(name):
    src = source(name)
    flags = interp.FLAGS + (["-msimd128"] if name.startswith("simd_") else []) + longer(name)
    return interp.made(place(name, ".wasm"), needs(src) + [__file__],
                       lambda out: peers.quiet([results.clang()] + flags + ["-o", out, src]))


def build_native(name, how):
    src = source(name)
    if not os.path.exists(src):
        return interp.build_native(name) if how == "-O3" else None
    out = place(name, how.replace(" ", "") + ".native")
    flags = NATIVE[how] + [f for f in interp.NATIVE if f != "-O3"] + longer(name)
    return interp.made(out, needs(src) + [__file__],
                       lambda o: peers.quiet([results.clang()] + flags + [src, "-o", o, "-lm"]))


class Work:
    def __init__(self, name, expected):
        self.name, self.args = name, []
        if name in interp.PROGRAMS:
            work = interp.Work(name, expected)
            self.group, self.args, self.module = "program", work.args, work.module
            self.expected = work.expected
        else:
            self.group = ("vectors" if name.startswith("simd_") else
                          "poly" if name.startswith("poly_") else "kernel")
            self.module, self.expected = build_module(name), expected[name]
        self.native = {how: build_native(name, how) for how in NATIVE}
        if name in LONGER:
            self.expected = interp.timed([self.native["-O3"]])[1]


def commands(wattle):
    """Runner -> how to start it, the file appended."""
    node, wasmtime = peers.node(), peers.binaries()["wasmtime"]
    script = os.path.join(ROOT, "scripts", "wasi-run.mjs")
    table = {"wattle": [wattle, "run", "--tier=baseline"],
             "Liftoff": [node, "--liftoff-only", script],
             "Winch": [wasmtime, "run", "-C", "compiler=winch", "-C", "cache=n"],
             "V8": [node, script],
             "Cranelift": [wasmtime, "run", "-C", "cache=n"]}
    try:
        table["wazero"] = [peers.build_wazero(), "run"]
    except (RuntimeError, OSError) as e:
        print("skip wazero: %s" % e, file=sys.stderr)
    return table


def empty_module(wattle):
    path = os.path.join(peers.CACHE, "kernels", "empty.wasm")
    text = path + ".wat"
    with open(text, "w", encoding="utf-8") as f:
        f.write(EMPTY)
    peers.quiet([wattle, "wat2wasm", text, "-o", path])
    return path


def start_times(table, module, runs):
    """What each runner takes for nothing."""
    times = {}
    for _ in range(max(runs, 3)):
        for name, command in table.items():
            seconds, _ = interp.timed(command + [module])
            times[name] = min(seconds or 1e9, times.get(name, 1e9))
    return times


def measure(work, table, starts, runs):
    seen = {}
    for _ in range(runs):
        for name in [*NATIVE, *table]:
            if isinstance(seen.get(name), str):
                continue
            if name in NATIVE:
                command = [work.native[name]] if work.native[name] else None
            else:
                command = table[name] + [work.module]
            if not command:
                seen[name] = "-"
                continue
            seconds, said = interp.timed(command + work.args)
            if seconds is None or said != work.expected:
                seen[name] = "fails" if seconds is None else "wrong"
                continue
            seconds = max(seconds - starts.get(name, 0), 1e-4)
            seen[name] = min(seconds, seen.get(name, 1e9))
    return seen


def report(table, works, starts, runs):
    heads = [*NATIVE, *table]
    lines = ["| workload | -O3 s | " + " | ".join(h for h in heads[1:]) + " |",
             "|---|" + "---:|" * len(heads)]
    rows = []
    for work in works:
        got = measure(work, table, starts, runs)
        base = got["-O3"] if isinstance(got["-O3"], float) else None
        ratios = {h: interp.ratio(got[h], base) for h in heads}
        rows.append((work, got, ratios))
        first = "%.3f" % base if base else "-"
        cells = [interp.shown(ratios[h]) if ratios[h] else
                 "%.3f s" % got[h] if isinstance(got[h], float) else got[h] for h in heads[1:]]
        lines.append("| %s | %s | %s |" % (work.name, first, " | ".join(cells)))
        print(lines[-1], file=sys.stderr, flush=True)
    for group, title in [*GROUPS.items(), (None, "everything without vectors")]:
        part = [r for w, _, r in rows if w.group == group or not group and w.group != "vectors"]
        if part:
            means = [interp.shown(interp.geomean(r[h] for r in part)) for h in heads[1:]]
            lines.append("| geomean, %s | | %s |" % (title, " | ".join(means)))
    slow = ["%s (%.2fx)" % (w.name, got["wattle"] / got["Liftoff"]) for w, got, _ in rows
            if isinstance(got["wattle"], float) and isinstance(got["Liftoff"], float)
            and got["wattle"] > 1.05 * got["Liftoff"]]
    lines.append("\nMore than 5 %% slower than Liftoff: %s." % (", ".join(slow) or "none"))
    return "\n".join(lines)


def bless():
    run = [peers.binaries()["wasmtime"], "run"]
    with open(EXPECTED, "w", encoding="utf-8") as f:
        f.writelines(interp.timed(run + [build_module(k)])[1] + "\n" for k in poly_names())


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=3)
    ap.add_argument("--only", default="")
    ap.add_argument("--wattle", default=results.wattle())
    ap.add_argument("--record", action="store_true")
    ap.add_argument("--bless", action="store_true")
    args = ap.parse_args()
    if args.bless:
        bless()
        return
    expected = {}
    for path in (EXPECTED, interp.EXPECTED):
        with open(path, encoding="utf-8") as f:
            expected.update((line.split()[0], line.strip()) for line in f)
    table = commands(args.wattle)
    works = []
    for name in interp.kernels() + poly_names() + interp.PROGRAMS:
        if args.only and name not in args.only.split(","):
            continue
        try:
            works.append(Work(name, expected))
        except (RuntimeError, OSError) as e:
            print("skip %s: %s" % (name, e), file=sys.stderr)
    starts = start_times(table, empty_module(args.wattle), args.runs)
    text = report(table, works, starts, args.runs)
    begin = ", ".join("%s %.0f ms" % (n, 1000 * s) for n, s in starts.items())
    head = ("Whole processes, the fastest of %d runs, processor time over that of clang -O3, less what "
            "the runner takes for an empty program (%s). node %s; %s; %s. %s" %
            (args.runs, begin, peers.version(peers.node()),
             peers.version(peers.binaries()["wasmtime"]), results.compiler(), results.machine()))
    print(head + "\n\n" + text)
    if args.record:
        results.record("native", "Machine code", head + "\n\n" + text)


if __name__ == "__main__":
    sys.exit(main())
