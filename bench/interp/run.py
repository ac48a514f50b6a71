#!/usr/bin/env python3
"""The interpreter bench: our own kernels under wattle and under other interpreters.

    bench/interp/run.py [--runs N] [--only KERNEL,...] [--wattle PATH] [--record]
    bench/interp/run.py --bounds    wattle alone: what --timeout and --fuel cost
    bench/interp/run.py --bless     rewrite test/programs/kernels.txt from wasmtime's answers

Kernels are compiled to wasm32 by clang at -O2 into the cache, simd_* with vectors.  Every run is
a whole process, the runners take turns, the median counts; start-up (tens of milliseconds at most)
is inside.  A wrong checksum is shown as "wrong", a runner that fails as "fails".  Ratios are time
of the other over time of wattle: above 1 wattle is faster.
"""
import argparse
import math
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, os.path.dirname(HERE))
import peers                                                        # noqa: E402
import results                                                      # noqa: E402

EXPECTED = os.path.join(ROOT, "test", "programs", "kernels.txt")
# Without reference types the linker writes a short table index, which old interpreters need.
FLAGS = ["--target=wasm32", "-O2", "-mno-reference-types", "-ffreestanding", "-fno-builtin",
         "-nostdlib", "-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,-z,stack-size=65536",
         "-Wl,--strip-debug"]


def kernels():
    folder = os.path.join(HERE, "kernels")
    return sorted(f[:-2] for f in os.listdir(folder) if f.endswith(".c"))


def build(name):
    """The kernel's module, compiled when its text is newer."""
    out = os.path.join(peers.CACHE, "kernels", name + ".wasm")
    src = os.path.join(HERE, "kernels", name + ".c")
    newest = max(os.path.getmtime(p) for p in (src, os.path.join(HERE, "kernel.h"), __file__))
    if not os.path.exists(out) or os.path.getmtime(out) < newest:
        os.makedirs(os.path.dirname(out), exist_ok=True)
        vectors = ["-msimd128"] if name.startswith("simd_") else []
        peers.quiet([results.clang()] + FLAGS + vectors + ["-o", out + ".tmp", src])
        os.replace(out + ".tmp", out)
    return out


def commands(wattle):
    """Runner -> how to start it, the file appended."""
    found = peers.runners()
    table = {}
    if wattle:
        table["wattle"] = [wattle, "run"]
    if "wasm3" in found:
        table["wasm3"] = [found["wasm3"]]
    if "wasmi" in found:
        table["wasmi"] = [found["wasmi"], "run"]
    if "wazero" in found:
        table["wazero -i"] = [found["wazero"], "run", "-interpreter"]
    tools = peers.binaries()
    table["wasmtime"] = [tools["wasmtime"], "run"]
    return table


def bounded(wattle):
    """wattle with nothing to look at, with polls, with charges."""
    return {"wattle": [wattle, "run"], "--timeout": [wattle, "run", "--timeout=1000"],
            "--fuel": [wattle, "run", "--fuel=%d" % 10**15]}


def timed(args):
    """(seconds, output) of one run; seconds is None when it failed."""
    start = time.perf_counter()
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                           timeout=120)
    except subprocess.TimeoutExpired:
        return None, ""
    return (time.perf_counter() - start if p.returncode == 0 else None), p.stdout.strip()


def measure(path, table, runs, expected):
    """Runner -> median seconds, or a word."""
    seen = {r: [] for r in table}
    word = {}
    for _ in range(runs):
        for runner, command in table.items():
            if runner in word:
                continue
            seconds, said = timed(command + [path])
            if seconds is None:
                word[runner] = "fails"
            elif expected and said != expected:
                word[runner] = "wrong"
            else:
                seen[runner].append(seconds)
    return {r: word.get(r) or statistics.median(seen[r]) for r in table}


def report(table, names, runs, expected):
    heads = list(table)
    lines = ["| kernel | " + " | ".join(h + " s" for h in heads) + " |",
             "|---|" + "---:|" * len(heads)]
    times = {h: [] for h in heads}
    for name in names:
        got = measure(build(name), table, runs, expected.get(name))
        cells = []
        for h in heads:
            number = isinstance(got[h], float)
            cells.append("%.3f" % got[h] if number else got[h])
            times[h].append(got[h] if number else None)
        lines.append("| %s | %s |" % (name, " | ".join(cells)))
        print(lines[-1], file=sys.stderr, flush=True)
    if "wattle" in table:
        cells = []
        for h in heads:
            pairs = [b / a for a, b in zip(times["wattle"], times[h]) if a and b]
            cells.append("%.2fx" % math.exp(statistics.fmean(map(math.log, pairs)))
                         if pairs else "-")
        lines.append("| geomean against wattle | %s |" % " | ".join(cells))
    return "\n".join(lines)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--only", default="")
    ap.add_argument("--wattle", default=results.wattle())
    ap.add_argument("--record", action="store_true")
    ap.add_argument("--bounds", action="store_true")
    ap.add_argument("--bless", action="store_true")
    args = ap.parse_args()
    names = [k for k in kernels() if not args.only or k in args.only.split(",")]
    if args.bless:
        run = [peers.binaries()["wasmtime"], "run"]
        with open(EXPECTED, "w", encoding="utf-8") as f:
            f.writelines(timed(run + [build(k)])[1] + "\n" for k in names)
        return
    with open(EXPECTED, encoding="utf-8") as f:
        expected = {line.split()[0]: line.strip() for line in f}
    table = bounded(args.wattle) if args.bounds else commands(args.wattle)
    text = report(table, names, args.runs, expected)
    who = ["%s %s" % (n, peers.version(c[0])) for n, c in table.items() if n[0] != "-"]
    head = "Whole processes, median of %d, seconds. %s; %s. %s" % (
        args.runs, "; ".join(who), results.compiler(), results.machine())
    print(head + "\n\n" + text)
    if args.record and args.bounds:
        results.record("bounds", "Bounds on programs", head + "\n\n" + text)
    elif args.record:
        results.record("interp", "Interpreters", head + "\n\n" + text)


if __name__ == "__main__":
    sys.exit(main())
