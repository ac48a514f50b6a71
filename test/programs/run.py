#!/usr/bin/env python3
"""Runs the real programs of scripts/programs.py and compares what they print.

    test/programs/run.py --wattle build/dev/wattle [--emulator 'CMD'] [NAME...]

A program that cannot be fetched or built on this machine is a skip. Without an emulator all are run
again in the interpreter.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SUM = re.compile(r"^programs: (\d+) passed, (\d+) failed, (\d+) skipped$", re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[],
                        help="the words that run --wattle, as one argument")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    wattle = args.wattle.resolve()
    if not wattle.is_file():
        sys.exit(f"programs: no command at {args.wattle}")
    with tempfile.TemporaryDirectory(prefix="programs") as folder:
        if args.emulator:
            # By its path, for a demo that sets PATH.
            tool = shutil.which(args.emulator[0]) or args.emulator[0]
            words = " ".join(map(shlex.quote, [tool, *args.emulator[1:], str(wattle)]))
            wattle = pathlib.Path(folder) / "wattle"
            wattle.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
            wattle.chmod(0o755)
        sums, code = [0, 0, 0], 0
        for tier in [[]] if args.emulator else [[], ["--tier", "interp"]]:
            done = subprocess.run([sys.executable, ROOT / "scripts" / "programs.py", "test", *tier,
                                   *args.names], text=True, errors="replace",
                                  env=dict(os.environ, WATTLE=str(wattle)), stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            counts = SUM.search(done.stdout)
            print(f"{' '.join(tier)}\n{SUM.sub('', done.stdout)}".strip())
            code = code or done.returncode or not counts
            sums = [a + int(b) for a, b in zip(sums, counts.groups() if counts else (0, 1, 0))]
    print(f"{sums[0]} passed, {sums[1]} failed, {sums[2]} skipped")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
