#!/usr/bin/env python3
"""Writes the whole library as one C file.

    scripts/amalgamate.py -o wattle.c [--lines] [--depfile FILE] [SOURCE.c ...]

Without sources it takes the lists of CMakeLists.txt, in their order. The result needs only
include/*.h beside it: a private header (#include "room/file.h") is put in at its first use, a
.def or .inc file at every use. A macro that a .c file defines ends with that file, so files
share no macro by accident; static names must be unique across the house, and this file is
what proves it. --lines keeps #line directives, for messages that name the real file.
"""
import argparse
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')
DEFINE = re.compile(r"\s*#\s*define\s+(\w+)")
UNDEF = re.compile(r"\s*#\s*undef\s+(\w+)")
IF = re.compile(r"\s*#\s*(if|ifdef|ifndef|endif)\b")
# These must come before the first system or public header of the file, so they move to its top.
SOURCE_LEVEL = re.compile(r"\s*#\s*define\s+(_(?:GNU|POSIX_C|XOPEN|DEFAULT|DARWIN_C)_SOURCE|"
                          r"WATTLE_UNSTABLE)\b(.*)")

# A product and a sum are rounded twice; -ffp-contract=off may be missing in a stranger's build.
NO_CONTRACTION = ["#ifdef __clang__", "#pragma STDC FP_CONTRACT OFF",
                  "#elif defined(__GNUC__) && defined(__FP_FAST_FMA)",
                  '#pragma GCC optimize("fp-contract=off")', "#endif"]


class Amalgam:
    def __init__(self, lines):
        self.lines = lines
        self.out = []
        self.levels = {}  # _GNU_SOURCE and the like, with their values
        self.done = set()  # headers that are in for good
        self.files = []  # everything read, for the depfile
        self.stack = []

    def locate(self, number, where):
        if self.lines:
            self.out.append(f'#line {number} "{where}"')

    def find(self, name, includer):
        for path in (ROOT / "src" / name, includer.parent / name):
            if path.is_file():
                return path
        return None  # a public header: stays an #include

    def add(self, path, conditional=False):
        """Appends a file; conditional: we are inside an #if, so it may be skipped here."""
        where = path.relative_to(ROOT)
        once = path.suffix == ".h"
        if path in self.done:
            return
        if path in self.stack:
            sys.exit(f"amalgamate: {where} includes itself")
        if once and not conditional:
            self.done.add(path)
        self.files.append(path)
        self.stack.append(path)
        text = path.read_text(encoding="utf-8").splitlines()
        guarded = once and any(re.match(r"\s*#\s*ifndef\s+\w+_H\w*", s) for s in text)
        depth, defined = (-1 if guarded else 0), []
        self.locate(1, where)
        for number, line in enumerate(text, 1):
            level = SOURCE_LEVEL.match(line)
            if level:
                self.levels[level.group(1)] = level.group(2).strip()
                self.out.append("")
                continue
            match = IF.match(line)
            if match:
                depth += -1 if match.group(1) == "endif" else 1
            match = INCLUDE.match(line)
            inner = self.find(match.group(1), path) if match else None
            if inner:
                self.add(inner, conditional or depth > 0)
                self.locate(number + 1, where)
                continue
            for regex in (DEFINE, UNDEF):
                match = regex.match(line)
                if match and match.group(1) not in defined:
                    defined.append(match.group(1))
            if not re.match(r"\s*#\s*pragma\s+once\b", line):
                self.out.append(line)
        if path.suffix == ".c":
            self.out.extend(f"#undef {name}" for name in defined)
        self.stack.pop()

    def text(self):
        top = ["/* The Wattle library in one file, made by scripts/amalgamate.py: edit src/. */"]
        for name, value in sorted(self.levels.items()):
            top += [f"#ifndef {name}", f"#define {name} {value}".rstrip(), "#endif"]
        top += NO_CONTRACTION
        # Machine code in files belongs to one build (src/jit/cwat.c).
        number = hashlib.sha256("\n".join(self.out).encode()).hexdigest()[:32]
        top += [f'#define WATTLE_BUILD_ID "{number}"']
        return "\n".join(top + self.out) + "\n"


def listed_sources():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    order = re.search(r"set\(WATTLE_SOURCES(.*?)\)", text, re.S).group(1)
    sources = []
    for name in re.findall(r"\$\{(\w+)\}", order):
        block = re.search(r"^set\(" + name + r"\b(.*?)\)", text, re.M | re.S).group(1)
        sources += re.findall(r"\S+\.c\b", block)
    return sources


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", dest="output", required=True)
    parser.add_argument("--lines", action="store_true", help="keep #line directives")
    parser.add_argument("--depfile", help="write the files read, in make's form")
    parser.add_argument("sources", nargs="*")
    args = parser.parse_args()
    amalgam = Amalgam(args.lines)
    for source in args.sources or listed_sources():
        amalgam.add(ROOT / source)
    pathlib.Path(args.output).write_text(amalgam.text(), encoding="utf-8")
    if args.depfile:
        names = " ".join(str(p).replace(" ", "\\ ") for p in sorted(set(amalgam.files)))
        output = args.output.replace(" ", "\\ ")
        pathlib.Path(args.depfile).write_text(f"{output}: {names}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
