#!/usr/bin/env python3
"""Compiles every C sample of doc/api.md and README.md, and runs those that are whole programs.

    test/doc/run.py --wattle build/dev/wattle [--cc COMPILER]

The library is looked for beside the command. A program's output is the indented block that follows
it, where there is one. A block without main is the inside of a function, which has the variables of
the block marked `c given`. With an emulator (a cross build) there is no compiler that is known to
fit: the samples are compiled by the build for this machine.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}"]
# A fenced block, and the indented one behind it.
SAMPLE = re.compile(r"^```c( given)?\n(.*?)^```\n(?:\n((?:    [^\n]*\n)+))?", re.M | re.S)
tally = {"passed": 0, "failed": 0, "skipped": 0}


def run(command):
    done = subprocess.run([str(word) for word in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout, done.stderr


def inside(given, block):
    """The block as a function's inside; the variables have been given values by someone."""
    variables = given[given.index("\n\n"):] if given else ""
    names = re.findall(r"(\w+);", variables)
    uses = "".join(f"    (void){name};\n" for name in names)
    head = given[:given.index("\n\n")] if given else ""
    return f"{head}\n{variables}\nvoid sample(void);\nvoid sample(void) {{\n{uses}{block}}}\n"


def sample(name, text, want, library, cc, folder):
    source, program = folder / "sample.c", folder / "sample"
    source.write_text(text, encoding="utf-8")
    whole = "int main(" in text
    command = [*cc, *FLAGS, source]
    command += [library, "-lm", "-pthread", "-o", program] if whole else ["-fsyntax-only"]
    code, _, errors = run(command)
    output = ""
    if code == 0 and whole:
        code, output, errors = run([program])
        if want is not None and output != want:
            code, errors = 1, f"it printed {output!r}, not {want!r}"
    tally["failed" if code else "passed"] += 1
    if code:
        print(f"FAIL {name}: exit code {code}\n{errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, required=True)
    parser.add_argument("--emulator", default="")
    parser.add_argument("--cc", default="cc")
    args = parser.parse_args()
    if args.emulator:
        print("skip samples: a cross build; they are compiled for this machine")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    library = args.wattle.parent / "libwattle.a"
    if b"__asan_init" in library.read_bytes() or b"__tsan_init" in library.read_bytes():
        print("skip samples: the library needs the sanitizers of its own compiler")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory() as name:
        for path in (ROOT / "README.md", ROOT / "doc/api.md"):
            text, given = path.read_text(encoding="utf-8"), ""
            for match in SAMPLE.finditer(text):
                is_given, block, output = match.groups()
                place = f"{path.name}:{text.count(chr(10), 0, match.start()) + 1}"
                if is_given:
                    given = block
                    continue
                whole = "int main(" in block
                want = re.sub("^    ", "", output, flags=re.M) if output and whole else None
                if want and want.startswith("cc "):  # how to compile it, not what it prints
                    want = None
                sample(place, block if whole else inside(given, block), want, library,
                       args.cc.split(), pathlib.Path(name))
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] or not tally["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
