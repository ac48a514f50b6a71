#!/usr/bin/env python3
"""Weighs Wattle in a small static program: test/size/host.c, which reads, checks and runs.

    test/size/run.py [--cc COMPILER]

The library is compiled from the single file for size, with a section for each function, so that the
linker leaves out what the host does not use. With musl (musl-gcc, Debian's musl-tools) the whole
program counts. Other C libraries have a weight of their own: there it is what the program weighs more
than one that does nothing, and that also counts what else of the C library it needs.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BOUND = 600_000
FLAGS = ["-std=gnu11", "-Os", "-DWATTLE_INTERP_ONLY", "-DNDEBUG", "-ffunction-sections", "-fdata-sections",
         "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno",
         "-fno-asynchronous-unwind-tables", "-w", f"-I{ROOT / 'include'}"]
LINK = ["-static", "-Wl,--gc-sections", "-lm", "-pthread"]


def must(command):
    done = subprocess.run([str(word) for word in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(f"FAIL size: {' '.join(map(str, command))}\n{done.stdout[-2000:]}")
        print("0 passed, 1 failed, 0 skipped")
        sys.exit(1)
    return done.stdout


def stripped_size(program):
    small = program.with_suffix(".small")
    must(["strip", "-s", "-o", small, program])
    return small.stat().st_size


def largest(program, count):
    """The largest functions and tables, for whoever has to make something smaller."""
    lines = must(["nm", "--size-sort", "--reverse-sort", "-S", program]).splitlines()
    for line in lines[:count]:
        match = re.match(r"\w+ (\w+) \w (\S+)$", line)
        if match:
            print(f"    {int(match.group(1), 16):8} {match.group(2)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default=shutil.which("musl-gcc") or "cc")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "nothing.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
        must([sys.executable, ROOT / "scripts/amalgamate.py", "-o", folder / "wattle.c"])
        must([args.cc, *FLAGS, "-c", folder / "wattle.c", "-o", folder / "wattle.o"])
        must([args.cc, *FLAGS, HERE / "host.c", folder / "wattle.o", *LINK, "-o", folder / "host"])
        must([args.cc, *FLAGS, folder / "nothing.c", *LINK, "-o", folder / "nothing"])
        output = must([folder / "host", ROOT / "examples/hello.wat"])
        host, nothing = stripped_size(folder / "host"), stripped_size(folder / "nothing")
        weight = host if "musl" in args.cc else host - nothing
        print(f"a static host weighs {host} bytes, a program that does nothing {nothing}; "
              f"{weight} count, at most {BOUND}")
        if weight > BOUND or not output:
            largest(folder / "host", 30)
            print("FAIL size" + ("" if output else ": the host printed nothing"))
            print("0 passed, 1 failed, 0 skipped")
            return 1
    print("1 passed, 0 failed, 0 skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
