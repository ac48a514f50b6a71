#!/usr/bin/env python3
"""Runs random modules here and in other engines, and compares what comes of them.

    scripts/differ.py [--seconds N] [--seed N] [--only own|smith] [--record]

Two sources of sessions: fuzz/generate.py (programs that end, rich in what tiers fuse, some with a
second module that imports the first) and `wasm-tools smith` (every shape a module can have). Each
is run by fuzz/differ.c, built against the library of build/dev (or --differ PATH: another build);
again with fuel and a collection at every allocation; and again with fuel, deterministic and
interruptible, which must use up the same fuel; and all three as machine code too. The others play the same calls: V8, by
fuzz/differ.mjs in node 24, and wasmtime, by fuzz/differ_wasmtime.py. Compared are results, kinds of
traps, memories, numbers in globals, and which elements of tables are null. A difference or a crash
leaves the modules in build/fuzz-found and is a failure.

Not compared, because the spec leaves it open: the bits of a NaN (no program lets them out), and all
that follows when stack or heap ran out, since how much there is, is every engine's own. What an
engine does not take (V8: wide arithmetic, stack switching; wasmtime: legacy exceptions, exceptions
thrown into a stack) is compared with the other.
EXPLAINED below lists where an engine is known to differ from the spec.

The seed is printed: the same seed gives the same modules. --record writes a line to fuzz/RUNS.md.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "fuzz")]
import generate  # noqa: E402
import peers     # noqa: E402

# (engine, our line, its line) that differ and may.
EXPLAINED = [
    # array.init_elem beyond the array and beyond the segment: the spec looks at the array first,
    # V8 at the segment.
    ("V8", "trap array", "trap table"),
]

# How a session is run here: plainly, collecting and metered, metered otherwise; as machine code.
METERED = ["--fuel", "--deterministic", "--interruptible"]
OURS = [[], ["--fuel", "--gc-stress"], METERED, ["--baseline"],
        ["--baseline", "--no-reserve", "--fuel", "--gc-stress"], ["--baseline", *METERED]]

# In the names of modules that switch stacks, which the interpreter alone does.
STACKS = "-stacks"

FOUND = ROOT / "build" / "fuzz-found"
BATCH = 100
SMITH = ["--ensure-termination", "--max-imports", "0", "--min-funcs", "2", "--min-exports", "4",
         "--export-everything", "true", "--memory-max-size-required", "true",
         "--max-memory32-bytes", "1048576", "--table-max-size-required", "true",
         "--max-table-elements", "1000", "--canonicalize-nans", "true", "--allow-start-export", "true",
         "--memory64-enabled", "true", "--max-memory64-bytes", "1048576", "--max-memories", "3",
         "--max-tables", "3", "--threads-enabled", "false",
         "--relaxed-simd-enabled", "false", "--custom-page-sizes-enabled", "false",
         "--shared-everything-threads-enabled", "false", "--wide-arithmetic-enabled", "false",
         "--gc-enabled", "true", "--exceptions-enabled", "true", "--tail-call-enabled", "true",
         "--simd-enabled", "true", "--generate-custom-sections", "false"]


def assemble(text, path, wattle):
    """The module of a text; the text itself when it is refused, which no side can run."""
    source = path.with_suffix(".wat")
    source.write_text(text)
    done = subprocess.run([wattle, "wat2wasm", "--features", "all", source, "-o", path], check=False, capture_output=True)
    return path if done.returncode == 0 else source


def make_own(seed, folder, wattle):
    first = generate.Program(seed)
    name = f"own-{seed}{STACKS if first.has('stacks') else ''}"
    units = [assemble(first.text(), folder / f"{name}.wasm", wattle)]
    second = first.second()
    if second:
        units.append(assemble(second.text(), folder / f"{name}-b.wasm", wattle))
    return units


def make_smith(seed, folder, smith):
    r = random.Random(seed)
    data = r.randbytes(r.randint(500, 12000))
    path = folder / f"smith-{seed}.wasm"
    done = subprocess.run([smith, "smith", *SMITH, "-o", path], input=data, check=False,
                          capture_output=True)
    return [path] if done.returncode == 0 else None


def sessions(text):
    """{name: lines} of one side's output; what stops in the middle has no last line "end"."""
    found, name = {}, None
    for line in text.splitlines():
        if line.startswith("module "):
            name = line[7:]
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def run_side(command, inputs):
    """Sessions of all inputs, by name; a side that dies goes on behind the one that killed it."""
    found, left = {}, list(inputs)
    while left:
        try:
            done = subprocess.run(command, input="\n".join(inputs[n] for n in left) + "\n", text=True,
                                  errors="replace", capture_output=True, check=False, timeout=300)
            output, why = done.stdout, f"exit code {done.returncode}\n{done.stderr[-2000:]}"
        except subprocess.TimeoutExpired as e:
            output = (e.stdout or b"").decode(errors="replace")
            why = "timed out"
        found.update(sessions(output))
        last = next((i for i, n in enumerate(left) if n not in found or found[n][-1:] != ["end"]),
                    len(left))
        if last == len(left):
            return found
        found.setdefault(left[last], []).append(f"died: {why}")
        left = left[last + 1:]
    return found


def ends_early(lines):
    """Stack or heap ran out: what follows is every engine's own."""
    return any(w in line for line in lines for w in ("trap stack", "trap allocation"))


def no_fuel(lines):
    return [line for line in lines if not line.startswith("fuel: ")]


def same_here(ours, other):
    """Two runs of ours."""
    if died(ours) or died(other):
        return False
    return no_fuel(ours) == no_fuel(other) or ends_early(ours) and ends_early(other)


def died(lines):
    return not lines or any(line.startswith("died") for line in lines)


def taken(lines):
    """The other engine runs such modules, and ran this one to its end."""
    return not died(lines) and not any(line.startswith("invalid") for line in lines)


def same_there(ours, theirs, engine):
    ours = no_fuel(ours)
    if ends_early(ours) or ends_early(theirs):
        return True
    return ours == theirs or len(ours) == len(theirs) and all(
        a == b or any(re.search(x, a) and re.search(y, b) for e, x, y in EXPLAINED if e == engine)
        for a, b in zip(ours, theirs))


def venv(name, package):
    """A virtual environment in the cache."""
    folder = pathlib.Path(peers.CACHE) / name
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", package], check=True)
        (folder / "installed").touch()
    return folder


def v8():
    return [peers.node(), "--experimental-wasm-exnref", ROOT / "fuzz" / "differ.mjs"]


def wasmtime():
    folder = venv("wasmtime-python", "wasmtime==50.*")
    return [folder / "bin" / "python", ROOT / "fuzz" / "differ_wasmtime.py"]


def build_differ(folder):
    """fuzz/differ.c against the static library of the dev preset."""
    out = folder / "differ"
    subprocess.run([shutil.which("cc"), "-O1", "-g", "-I", ROOT / "include",
                    ROOT / "fuzz" / "differ.c", ROOT / "build" / "dev" / "libwattle.a", "-lm",
                    "-lpthread", "-o", out], check=True)
    return out


def report(units, ours, theirs, what, names):
    FOUND.mkdir(parents=True, exist_ok=True)
    for unit in units:
        shutil.copy(unit, FOUND / unit.name)
    print(f"FAIL {what}: {' '.join(str((FOUND / u.name).relative_to(ROOT)) for u in units)}")
    shown = 0
    for i in range(max(len(ours), len(theirs))):
        a = ours[i] if i < len(ours) else "(nothing)"
        b = theirs[i] if i < len(theirs) else "(nothing)"
        if a != b and shown < 4:
            print(f"    {names[0]:8} {a}\n    {names[1]:8} {b}")
            shown += 1
    sys.stdout.flush()


class Run:
    """Batches of sessions, all sides of them, and what came of it."""

    def __init__(self, folder, differ, engines):
        self.folder, self.differ, self.engines = folder, differ, engines
        self.passed = self.failed = 0
        self.compared = dict.fromkeys(engines, 0)

    def batch(self, pool, make, seeds):
        made = list(pool.map(lambda seed: make(seed, self.folder), seeds))
        units = {" ".join(map(str, m)): m for m in made if m}
        names = {name: name for name in units}
        plan = run_side([self.differ, "--plan"], names)
        plans = {name: "\n".join([f"module {name}", *lines]) for name, lines in plan.items()}
        jobs = [([self.differ, *flags], names) for flags in OURS]
        jobs += [(command, plans) for command in self.engines.values()]
        results = list(pool.map(lambda job: run_side(*job), jobs))
        for name, paths in units.items():
            sides = [r.get(name, []) for r in results]
            if self.judge(paths, sides):
                self.passed += 1
            else:
                self.failed += 1
            for path in paths:
                path.unlink(missing_ok=True)

    def judge(self, paths, sides):
        plain, stress, other, *native = sides[:len(OURS)]
        if plain[:1] == ["invalid"]:
            report(paths, plain, ["a valid module"], "refused", ("wattle", "made as"))
            return False
        if not same_here(plain, stress):
            report(paths, plain, stress, "difference under --gc-stress", ("plain", "stress"))
            return False
        if not same_here(plain, other) or not ends_early(plain) and stress[-2:] != other[-2:]:
            report(paths, stress, other, "difference with the ways to meter", ("stress", "other"))
            return False
        if STACKS in paths[0].stem:
            native = []
        for ours, code, flags in zip((plain, stress, other), native, OURS[3:]):
            if not same_here(ours, code) or not ends_early(ours) and ours[-2:] != code[-2:]:
                report(paths, ours, code, "difference of tiers, " + " ".join(flags),
                       ("interp", "baseline"))
                return False
        for engine, theirs in zip(self.engines, sides[len(OURS):]):
            if not taken(theirs):
                continue
            self.compared[engine] += 1
            if not same_there(plain, theirs, engine):
                report(paths, no_fuel(plain), theirs, "difference", ("wattle", engine))
                return False
        return True


def record(args, run):
    """A line of fuzz/RUNS.md."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, text=True,
                            capture_output=True).stdout.strip()
    day = time.strftime("%Y-%m-%d", time.gmtime())
    path = ROOT / "fuzz" / "RUNS.md"
    lines = path.read_text().splitlines()
    last = max(i for i, line in enumerate(lines) if line.startswith("|"))
    lines.insert(last + 1, f"| {day} | {commit} | {args.seed} | {args.only or 'both'} | {args.seconds} | "
                 f"{run.passed + run.failed} | {' | '.join(str(n) for n in run.compared.values())} | "
                 f"{run.failed} |")
    path.write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 2**31))
    parser.add_argument("--only", choices=["own", "smith"])
    parser.add_argument("--differ", type=pathlib.Path, help="a differ that is built already")
    parser.add_argument("--record", action="store_true", help="write a line to fuzz/RUNS.md")
    args = parser.parse_args()
    wattle = ROOT / "build" / "dev" / "wattle"
    try:
        engines = {"V8": v8(), "wasmtime": wasmtime()}
        smith = peers.binaries()["wasm-tools"]
    except (OSError, RuntimeError, StopIteration, subprocess.CalledProcessError) as e:
        ci = os.environ.get("CI") == "true"
        print(f"{'FAIL' if ci else 'skip'} differ: no peer to compare with: {e}")
        print(f"0 passed, {int(ci)} failed, {int(not ci)} skipped")
        return int(ci)
    print(f"differ: {args.seconds} s, seed {args.seed}", flush=True)
    end = time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as name, \
            concurrent.futures.ThreadPoolExecutor(3) as pool:
        folder = pathlib.Path(name)
        run = Run(folder, args.differ or build_differ(folder), engines)
        make = {"own": lambda seed, to: make_own(seed, to, wattle),
                "smith": lambda seed, to: make_smith(seed, to, smith)}
        batch = 0
        while time.monotonic() < end and run.failed < 20:
            source = args.only or ("own" if batch % 2 == 0 else "smith")
            first = args.seed + batch * BATCH
            run.batch(pool, make[source], range(first, first + BATCH))
            batch += 1
    for engine, count in run.compared.items():
        print(f"    {count} compared with {engine}")
    if args.record:
        record(args, run)
    print(f"{run.passed} passed, {run.failed} failed, 0 skipped")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
