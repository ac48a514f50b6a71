#!/usr/bin/env python3
"""The interpreter bench: our own kernels and real programs under wattle and other interpreters.

    bench/interp/run.py [--runs N] [--only NAME,...] [--wattle PATH] [--record]
    bench/interp/run.py --bounds     wattle alone: what --timeout and --fuel cost
    bench/interp/run.py --compilers  wattle as gcc and as clang make it, which it builds
    bench/interp/run.py --bless      rewrite test/programs/kernels.txt from wasmtime's answers

Kernels are compiled to wasm32 by clang at -O2 into the cache, simd_* with vectors; the native column
is the same C by clang at -O3.  Programs are the demos NAME-work of scripts/programs.py, stripped and
with all numbers in their short form, which old interpreters need.

Every run is a whole process and counts with its processor time, start-up included.  The runners take
turns, the fastest of the runs counts; who needs more than three times as long as the fastest is run
once.  A wrong answer is shown as "wrong", a runner that fails as "fails".  "fastest" is the fastest
of the other interpreters (wasmtime compiles and is not among them); ratios above 1 mean that wattle
is faster.
"""
import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, os.path.dirname(HERE))
import peers                                                        # noqa: E402
import programs                                                     # noqa: E402
import results                                                      # noqa: E402

EXPECTED = os.path.join(ROOT, "test", "programs", "kernels.txt")
# Without reference types the linker writes a short table index, which old interpreters need.
FLAGS = ["--target=wasm32", "-O2", "-mno-reference-types", "-ffreestanding", "-fno-builtin",
         "-nostdlib", "-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,-z,stack-size=65536",
         "-Wl,--strip-debug"]
NATIVE = ["-O3", "-msse4.1", "-ffp-contract=off", "-w", "-I", os.path.join(HERE, "native"), "-I",
          os.path.join(ROOT, "src")]
INTERPRETERS = ["wasm3", "wasmi", "wazero -i"]
GROUPS = {"kernel": "kernels", "vectors": "vector kernels", "program": "programs"}
PROGRAMS = ["lua-work", "quickjs-work", "sqlite-work"]


# ---- what is run ----------------------------------------------------------------------------

def kernels():
    folder = os.path.join(HERE, "kernels")
    return sorted(f[:-2] for f in os.listdir(folder) if f.endswith(".c"))


def made(out, sources, make):
    """The file `out`, made when a source is newer."""
    if not os.path.exists(out) or os.path.getmtime(out) < max(map(os.path.getmtime, sources)):
        os.makedirs(os.path.dirname(out), exist_ok=True)
        make(out + ".tmp")
        os.replace(out + ".tmp", out)
    return out


def build(name):
    """The kernel's module."""
    src = os.path.join(HERE, "kernels", name + ".c")
    flags = FLAGS + (["-msimd128"] if name.startswith("simd_") else [])
    return made(os.path.join(peers.CACHE, "kernels", name + ".wasm"),
                [src, os.path.join(HERE, "kernel.h"), __file__],
                lambda out: peers.quiet([results.clang()] + flags + ["-o", out, src]))


def build_native(name):
    """The kernel or program for this machine; None when there is no C of it here."""
    out = os.path.join(peers.CACHE, "kernels", name + ".native")
    src = os.path.join(HERE, "kernels", name + ".c")
    try:
        if os.path.exists(src):
            return made(out, [src, os.path.join(HERE, "kernel.h"), __file__],
                        lambda o: peers.quiet([results.clang()] + NATIVE + [src, "-o", o]))
        if name == "sqlite-work":
            source, main = programs.sqlite_source(), os.path.join(ROOT, "examples/sqlite/main.c")
            flags = [f for f in programs.SQLITE_FLAGS if f.startswith("-D") and "WASI" not in f]
            return made(out, [main, __file__], lambda o: peers.quiet(
                [results.clang(), "-O3", "-w"] + flags + ["-I", source, main,
                 os.path.join(source, "sqlite3.c"), "-lm", "-o", o]))
        if name == "lua-work":
            with tempfile.TemporaryDirectory() as work:
                return made(out, [os.path.join(HERE, "programs", "lua_main.c"), __file__],
                            lambda o: programs.build_lua([results.clang(), "-O3"], o, work))
    except RuntimeError as e:
        print("%s: not native: %s" % (name, e), file=sys.stderr)
    return None


def short(name):
    """A program's module, stripped, its numbers short: wasm3 stops at padded ones, as in SQLite's,
    with "LEB encoded value overflow"."""
    tool, source = peers.binaries()["wasm-tools"], programs.path_of(name)

    def make(out):
        peers.quiet([tool, "strip", "--all", source, "-o", out + ".1"])
        peers.quiet([tool, "print", out + ".1", "-o", out + ".2"])
        peers.quiet([tool, "parse", out + ".2", "-o", out])
        os.remove(out + ".1")
        os.remove(out + ".2")
    return made(os.path.join(peers.CACHE, "kernels", name + ".wasm"), [source, __file__], make)


class Work:
    """One workload: its group, the words behind a runner's command, what it prints."""

    def __init__(self, name, expected):
        self.name, self.native = name, build_native(name)
        if name in PROGRAMS:
            self.group, self.args = "program", programs.arguments(name)
            self.module = short(name)
            with open(os.path.join(ROOT, "test", "programs", name + ".txt"), encoding="utf-8") as f:
                self.expected = f.read().removesuffix("exit 0\n").strip()
        else:
            self.group, self.args = "vectors" if name.startswith("simd_") else "kernel", []
            self.module, self.expected = build(name), expected[name]

    def command(self, runner, command):
        return ([self.native] if runner == "native" else command + [self.module]) + self.args


# ---- measuring ------------------------------------------------------------------------------

def commands(wattle):
    """Runner -> how to start it, the file appended."""
    found, table = peers.runners(), {"native": []}
    if wattle:
        table["wattle"] = [wattle, "run", "--tier=interp"]
    if "wasm3" in found:
        table["wasm3"] = [found["wasm3"]]
    if "wasmi" in found:
        table["wasmi"] = [found["wasmi"], "run"]
    if "wazero" in found:
        table["wazero -i"] = [found["wazero"], "run", "-interpreter"]
    table["wasmtime"] = [peers.binaries()["wasmtime"], "run"]
    return table


def bounded(wattle):
    """wattle with nothing to look at, with polls, with charges."""
    run = [wattle, "run", "--tier=interp"]
    return {"wattle": run, "--timeout": run + ["--timeout=1000"], "--fuel": run + ["--fuel=%d" % 10**15]}


def by_compiler():
    """wattle as it is released, by both compilers."""
    table = {}
    for name, cc, folder in [("wattle", "gcc", "release"), ("clang", results.clang(),
                                                            "release-clang")]:
        place = os.path.join(ROOT, "build", folder)
        peers.quiet(["cmake", "--preset", "release", "-B", place, "-DCMAKE_C_COMPILER=" + cc],
                    cwd=ROOT)
        peers.quiet(["cmake", "--build", place, "-j2", "--target", "wattle_cli"], cwd=ROOT)
        table[name] = [os.path.join(place, "wattle"), "run", "--tier=interp"]
    return table


def timed(args):
    """(seconds of the processor, output) of one run; seconds is None when it failed."""
    def used():
        u = resource.getrusage(resource.RUSAGE_CHILDREN)
        return u.ru_utime + u.ru_stime
    start = used()
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                           errors="replace", timeout=240)
    except subprocess.TimeoutExpired:
        return None, ""
    return (used() - start if p.returncode == 0 else None), p.stdout.strip()


def measure(work, table, runs):
    """Runner -> fastest seconds, or a word."""
    seen, best = {}, 1e9
    for turn in range(runs):
        for runner, command in table.items():
            if runner == "native" and not work.native:
                seen[runner] = "-"
            before = seen.get(runner, 0.0)
            if isinstance(before, str) or (turn and before > 3 * best):
                continue
            seconds, said = timed(work.command(runner, command))
            if seconds is None:
                seen[runner] = "fails"
            elif said != work.expected:
                seen[runner] = "wrong"
            else:
                seen[runner] = min(seconds, before or seconds)
        best = min([s for r, s in seen.items() if r not in ("native", "wasmtime") and
                    isinstance(s, float)] or [1e9])
    return seen


# ---- the table ------------------------------------------------------------------------------

def geomean(ratios):
    ratios = [r for r in ratios if r]
    return math.exp(math.fsum(map(math.log, ratios)) / len(ratios)) if ratios else None


def ratio(a, b):
    return a / b if isinstance(a, float) and isinstance(b, float) and b > 0 else None


def shown(x):
    return "%.2fx" % x if x else "-"


def report(table, works, runs):
    rows, heads = [], list(table)
    versus = any(h in INTERPRETERS for h in heads)
    extra = ["fastest", "of native"] if versus else []
    lines = ["| workload | " + " | ".join([h + " s" for h in heads] + extra) + " |",
             "|---|" + "---:|" * (len(heads) + len(extra))]
    for work in works:
        got = measure(work, table, runs)
        others = [got[h] for h in INTERPRETERS if isinstance(got.get(h), float)]
        mine = got.get("wattle")
        ratios = {h: ratio(got[h], mine) for h in heads}
        ratios["fastest"] = ratio(min(others), mine) if others else None
        ratios["of native"] = ratio(mine, got.get("native"))
        rows.append((work, ratios))
        cells = ["%.3f" % got[h] if isinstance(got[h], float) else got[h] for h in heads]
        lines.append("| %s | %s |" % (work.name, " | ".join(cells + [shown(ratios[h])
                                                                     for h in extra])))
        print(lines[-1], file=sys.stderr, flush=True)
    sums = [(name, [r for w, r in rows if w.group == g]) for g, name in GROUPS.items()]
    sums.append(("all without vectors", [r for w, r in rows if w.group != "vectors"]))
    sums.append(("everything", [r for _, r in rows]))
    for name, group in sums:
        if group and "wattle" in table:
            lines.append("| geomean, %s | %s |" % (name, " | ".join(
                shown(geomean(r[h] for r in group)) for h in heads + extra)))
    if versus:
        slow = ["%s (%s)" % (w.name, shown(r["fastest"])) for w, r in rows
                if r["fastest"] and r["fastest"] < 0.95]
        lines.append("\nThe geometric means are of times over wattle's, in the last column of "
                     "wattle's over native ones. More than 5 %% slower than the fastest "
                     "interpreter: %s." % (", ".join(slow) or "none"))
    return "\n".join(lines)


def bless(names):
    run = [peers.binaries()["wasmtime"], "run"]
    with open(EXPECTED, "w", encoding="utf-8") as f:
        f.writelines(timed(run + [build(k)])[1] + "\n" for k in names)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--only", default="")
    ap.add_argument("--wattle", default=results.wattle())
    for mode in ("--record", "--bounds", "--compilers", "--bless"):
        ap.add_argument(mode, action="store_true")
    args = ap.parse_args()
    if args.bless:
        bless(kernels())
        return
    with open(EXPECTED, encoding="utf-8") as f:
        expected = {line.split()[0]: line.strip() for line in f}
    works = []
    for name in kernels() + PROGRAMS:
        if args.only and name not in args.only.split(","):
            continue
        try:
            works.append(Work(name, expected))
        except (RuntimeError, OSError) as e:
            print("skip %s: %s" % (name, e), file=sys.stderr)
    section, title = "interp", "Interpreters"
    table = commands(args.wattle) if not args.bounds and not args.compilers else None
    if args.bounds:
        section, title, table = "bounds", "Bounds on programs", bounded(args.wattle)
    elif args.compilers:
        section, title, table = "compilers", "The interpreter by two compilers", by_compiler()
    text = report(table, works, args.runs)
    who = ["%s %s" % (n, peers.version(c[0])) for n, c in table.items() if c and n[0] != "-"]
    built = results.compiler() if not args.compilers else "wattle built by %s, clang by %s" % (
        results.first_line(["gcc", "--version"]), results.first_line([results.clang(), "--version"]))
    head = ("Whole processes, the fastest of up to %d runs, seconds of the processor. %s; %s. %s" %
            (args.runs, "; ".join(who), built, results.machine()))
    print(head + "\n\n" + text)
    if args.record:
        results.record(section, title, head + "\n\n" + text)


if __name__ == "__main__":
    sys.exit(main())
