#!/usr/bin/env python3
"""Runs scripts: `wattle wast --round-trip FILE` for each of ours (own/) and each official one.

    test/spec/run.py --wattle build/dev/wattle [-j N] [--emulator 'CMD'] [FILE-OR-FOLDER...]

The official scripts are looked for in $WATTLE_TESTSUITE, third_party/testsuite,
../shared/testsuite; the command knows the features of each of their folders. Ours name theirs
in the first line. An assertion is a case. known.txt lists `FILE FAILURES`: so many failures of
that file are skipped, one more is a failure, and one less asks for a smaller number: the file
only shrinks.

Scripts with objects run a second time with --gc-stress, as NAME (gc-stress): a collection at every
allocation. All of that is done by the interpreter, then by machine code, as NAME (baseline), which
relies on the pages behind a memory, as NAME (baseline, checks) without them, and as NAME (baseline,
file) by code that has been through the form of a file; as NAME (baseline, least) with them but without
a signal handler, by nothing but the least of processors has. A machine without
that tier goes the same way again. --tier names one of them.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from suite import find_suite  # noqa: E402
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
TIMEOUT = 120
SHOWN = 20  # lines of a failing file
STRESS = " (gc-stress)"
TIERS = {"interp": ["--tier", "interp"], "baseline": ["--tier", "baseline"],
         "baseline, checks": ["--tier", "baseline", "--no-reserve"],
         "baseline, file": ["--tier", "baseline", "--code-file"],
         "baseline, least": ["--tier", "baseline", "--no-signals", "--cpu", "generic"]}
# Scripts of stack switching, which machine code does not have.
SWITCHING = re.compile(rb"cont\.new|suspend|\(resume")
OBJECTS = re.compile(rb"struct\.new|array\.new|ref\.extern|ref\.host|throw|cont\.new")


def own_features(path):
    """--features for a script of ours, from its first line."""
    with path.open(encoding="utf-8") as file:
        word, _, features = file.readline().partition("features:")
    return ["--features", features.strip()] if features else []


def read_known():
    known = {}
    for line in (HERE / "known.txt").read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if words:
            known[words[0]] = int(words[1])
    return known


def run_script(args, suite, name, tier):
    """(passed, failed, skipped, output) of one script"""
    mode = "--gc-stress" if name.endswith(STRESS) else "--round-trip"
    name = name.removesuffix(STRESS)
    own = name.startswith("own/")
    folder = HERE if own else suite
    command = [*args.emulator, str(args.wattle), "wast", mode, *TIERS[tier],
               *(own_features(folder / name) if own else ()), name]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                              errors="replace", stdin=subprocess.DEVNULL,
                              timeout=TIMEOUT * (10 if args.emulator else 1))
    except subprocess.TimeoutExpired:
        return 0, 1, 0, "timed out"
    output = done.stdout + done.stderr
    counts = CLOSING.findall(done.stdout)
    if not counts:
        return 0, 1, 0, f"exit code {done.returncode} and no closing line\n{output}"
    passed, failed, skipped = map(int, counts[-1])
    if passed + failed + skipped == 0:
        passed = 1  # modules without an assertion: they were read, run and came back
    if (done.returncode != 0) != (failed > 0):
        failed += 1
        output += f"exit code {done.returncode} does not fit the closing line\n"
    return passed, failed, skipped, output


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[],
                        help="the words that run --wattle, as one argument")
    parser.add_argument("--tier", choices=TIERS, action="append", help="only this (default: all)")
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("names", nargs="*",
                        help="scripts or folders, as named in the suite, or own/...")
    args = parser.parse_args()
    args.wattle = args.wattle.resolve()
    if not args.wattle.is_file():
        sys.exit(f"spec: no command at {args.wattle}")
    total = [0, 0, 0]
    names = sorted(str(p.relative_to(HERE)) for p in (HERE / "own").glob("*.wast"))
    suite = find_suite()
    if suite:
        names += sorted(str(p.relative_to(suite)) for p in suite.rglob("*.wast"))
    else:
        ci = os.environ.get("CI") == "true"
        print(f"{'FAIL' if ci else 'skip'} official scripts: not in $WATTLE_TESTSUITE, "
              "third_party/testsuite or ../shared/testsuite; HACKING.md says how to fetch them")
        total[1 if ci else 2] += 1
    if args.names:
        names = [n for n in names if any(n == a or n.startswith(a.rstrip("/") + "/")
                                         for a in args.names)]
    names += [n + STRESS for n in names if "heavy" not in n and OBJECTS.search(
        ((HERE if n.startswith("own/") else suite) / n).read_bytes())]
    known = read_known()
    generator = ROOT / "scripts" / "gen_own_scripts.py"
    if not args.names and subprocess.run([sys.executable, str(generator), "--check"]).returncode:
        total[1] += 1  # it has said what
    elif not args.names:
        total[0] += 1
    with concurrent.futures.ThreadPoolExecutor(max(args.jobs, 1)) as pool:
        results = []
        for tier in args.tier or TIERS:
            for n in names:
                shown = n if tier == "interp" else f"{n} ({tier})"
                path = (HERE if n.startswith("own/") else suite) / n.removesuffix(STRESS)
                if tier != "interp" and SWITCHING.search(path.read_bytes()):
                    print(f"skip {shown}: machine code has no stack switching")
                    total[2] += 1
                    continue
                results.append((shown, n, pool.submit(run_script, args, suite, n, tier)))
        for name, file, future in results:
            passed, failed, skipped, output = future.result()
            expected = known.get(file.removesuffix(STRESS), 0)
            if failed == expected and expected:
                print(f"skip {name}: {failed} known failures (test/spec/known.txt)")
                failed, skipped = 0, skipped + failed
            elif failed < expected:
                print(f"FAIL {name}: {failed} failures, known.txt still allows {expected}")
                skipped, failed = skipped + failed, 1
            elif failed:
                print(f"FAIL {name}: {failed} failures, {expected} known")
                lines = [s for s in output.splitlines() if not CLOSING.match(s)]
                print("\n".join("    " + s for s in lines[:SHOWN]))
                if len(lines) > SHOWN:
                    print(f"    ... and {len(lines) - SHOWN} more lines")
                skipped, failed = skipped + expected, failed - expected
            total = [a + b for a, b in zip(total, (passed, failed, skipped))]
    for name in sorted(set(known) - set(names)) if not args.names and suite else ():
        print(f"FAIL {name}: in known.txt, but not in the suite")
        total[1] += 1
    if not names:
        print("FAIL: no script of that name")
        total[1] += 1
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
