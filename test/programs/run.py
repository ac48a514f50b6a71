#!/usr/bin/env python3
"""Runs the real programs of scripts/programs.py and compares what they print.

    test/programs/run.py --wattle build/dev/wattle [--emulator 'CMD'] [NAME...]

A program that cannot be fetched or built on this machine is a skip.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


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
            words = " ".join(map(shlex.quote, [*args.emulator, str(wattle)]))
            wattle = pathlib.Path(folder) / "wattle"
            wattle.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
            wattle.chmod(0o755)
        done = subprocess.run([sys.executable, ROOT / "scripts" / "programs.py", "test",
                               *args.names], text=True, errors="replace",
                              env=dict(os.environ, WATTLE=str(wattle)), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    # Its own sum carries its name; the line of a runner is bare.
    print(re.sub(r"^programs: (?=\d+ passed, )", "", done.stdout, flags=re.M), end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
