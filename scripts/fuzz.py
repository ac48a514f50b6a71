#!/usr/bin/env python3
"""Runs the libFuzzer programs of build/fuzz, each for some seconds, from the golden inputs and from
some random programs (fuzz/generate.py).

    scripts/fuzz.py [--seconds N] [--seed N] [NAME...]

A target is a case. Corpora grow in build/fuzz-corpus/NAME and are kept for the next run; an
input that fails is left in build/fuzz-found and named in the output.
"""
import argparse
import hashlib
import os
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "fuzz"))
import generate  # noqa: E402

CORPUS = ROOT / "build" / "fuzz-corpus"
FOUND = ROOT / "build" / "fuzz-found"
MAX_SEED = 65536  # larger files only slow the start down
PROGRAMS = 100


def seeds():
    """The inputs of the golden files: text as it stands, HEX lines as bytes."""
    for path in sorted((ROOT / "test" / "golden").rglob("*")):
        if path.suffix not in (".wat", ".wast", ".txt"):
            continue
        text = path.read_bytes()
        yield re.split(rb"^;; STD(?:OUT|ERR)\s*$", text, maxsplit=1, flags=re.M)[0]
        digits = b"".join(re.findall(rb"^;; HEX:([ 0-9a-fA-F]*)", text, flags=re.M))
        if digits.strip():
            try:
                yield bytes.fromhex(digits.decode())
            except ValueError:
                pass  # the golden runner is the one to complain


def clauses():
    """Texts with clauses, and clauses alone, as fuzz_pack takes them: a byte says where they stand."""
    pattern = re.compile(rb'WATTLE_BIND\(((?:\s*"(?:[^"\\]|\\.)*")+)\)')
    for path in sorted((ROOT / "test" / "pack").glob("*.[cw]*")):
        for found in pattern.findall(path.read_bytes()):
            text = b"".join(re.findall(rb'"((?:[^"\\]|\\.)*)"', found)).replace(b'\\"', b'"')
            yield b"\2" + text
            yield b"\3" + text
    for path in sorted([*(ROOT / "test" / "golden" / "pack").glob("*.wat"), *(ROOT / "test" / "pack").glob("*.wat")]):
        for kind in (b"\0", b"\1"):
            yield kind + re.split(rb"^;; STD(?:OUT|ERR)\s*$", path.read_bytes(), maxsplit=1, flags=re.M)[0]
    for line in (ROOT / "doc" / "bind.md").read_bytes().splitlines():
        for clause in re.findall(rb"`((?:package|memory|alloc|free|enum|record|class|export|import) [^`]*)`", line):
            yield b"\2" + clause + b"\n"


def made(wattle, words, ending):
    """What a verb makes of golden .wat files and random programs, if a command is built for it."""
    target = CORPUS / ("seed" + ending)
    programs = []
    for seed in range(PROGRAMS):
        programs.append(CORPUS / f"{seed}.wat")
        programs[-1].write_text(generate.Program(seed).text())
    for path in sorted((ROOT / "test" / "golden").rglob("*.wat")) + programs:
        target.unlink(missing_ok=True)
        done = subprocess.run([wattle, *words, path, "-o", target], capture_output=True,
                              check=False, timeout=60)
        if done.returncode == 0 and target.exists():
            yield target.read_bytes()
    for path in [target, *programs]:
        path.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 2**31))
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    targets = sorted(p for p in (ROOT / "build" / "fuzz" / "fuzz").glob("fuzz_*")
                     if os.access(p, os.X_OK) and (not args.names or p.name[5:] in args.names))
    if not targets:
        print("fuzz: no target is built")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    CORPUS.mkdir(parents=True, exist_ok=True)
    FOUND.mkdir(parents=True, exist_ok=True)
    first = list(seeds())
    wattle = next((w for w in (ROOT / "build" / "dev" / "wattle", ROOT / "build" / "wattle")
                   if w.is_file()), None)
    if wattle:
        first += made(wattle, ["wat2wasm"], ".wasm")
    passed = failed = 0
    for target in targets:
        corpus = CORPUS / target.name[5:]
        corpus.mkdir(exist_ok=True)
        own = first
        if target.name == "fuzz_pack":
            own = list(clauses())
        if target.name == "fuzz_cwat" and wattle:  # as it is, and with its hashes made right
            files = list(made(wattle, ["compile", "--fuel", "1"], ".cwat"))
            own = [data + end for data in files for end in (b"\0", b"\1")]
        for data in own:
            if len(data) <= MAX_SEED:
                (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
        print(f"{target.name}: {args.seconds} s, seed {args.seed}", flush=True)
        done = subprocess.run(
            [target, f"-max_total_time={args.seconds}", f"-seed={args.seed}", "-timeout=60",
             "-rss_limit_mb=2560", "-malloc_limit_mb=2048", f"-artifact_prefix={FOUND}/",
             "-print_final_stats=1", "-verbosity=0", corpus],
            cwd=ROOT, text=True, errors="replace", capture_output=True, check=False)
        runs = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
        print(f"    {runs.group(1) if runs else 'no'} inputs")
        if done.returncode == 0 and runs:
            passed += 1
        else:
            failed += 1
            print(f"FAIL {target.name}: exit code {done.returncode}")
            print("".join(f"    {s}\n" for s in done.stderr.splitlines()[-60:]), end="")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
