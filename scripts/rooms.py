#!/usr/bin/env python3
"""Checks the arrows of the house.

The table is the block fenced as ```arrows in ARCHITECTURE.md: `rooms sees rooms`. A file of
src/ROOM may include its own room and what the room sees, directly or through others. A
"(include)" on the right means the public headers only: such a room includes nothing of src/
but its own files. Also checked: every .c file of src/ stands in CMakeLists.txt, and no file
is longer than 1500 lines.

Prints `file:line: what` and closes with the line that scripts/check sums; a room is a case.
"""
import argparse
import pathlib
import re
import sys

MAX_LINES = 1500
SOURCES = {".c", ".h", ".def", ".inc"}
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')


def read_arrows(text):
    """{room: set of rooms it names, or None for "include only"}"""
    block = re.search(r"^```arrows\n(.*?)^```", text, re.M | re.S)
    if not block:
        sys.exit("rooms: ARCHITECTURE.md has no ```arrows block")
    arrows = {"base": set()}
    for line in block.group(1).splitlines():
        if not line.strip():
            continue
        left, found, right = line.partition(" sees ")
        if not found:
            sys.exit(f"rooms: not a row of the arrows table: {line}")
        for room in left.split():
            if right.strip() == "(include)":
                arrows[room] = None
            else:
                arrows.setdefault(room, set()).update(right.split())
    everything = {room for room, seen in arrows.items() if seen is not None}
    for room, seen in arrows.items():
        if seen is not None and "everything" in seen:
            arrows[room] = everything - {room}
    unknown = set().union(*(s for s in arrows.values() if s)) - set(arrows)
    if unknown:
        sys.exit(f"rooms: the table sees rooms it does not list: {' '.join(sorted(unknown))}")
    return arrows


def closure(arrows, room):
    seen, todo = set(), [room]
    while todo:
        for other in arrows[todo.pop()] or ():
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen | {room}


def check_file(path, room, arrows, visible, public):
    problems = []
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MAX_LINES:
        problems.append((len(lines), f"more than {MAX_LINES} lines"))
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match.group(1)
        if name in public:
            continue
        target, slash, _ = name.partition("/")
        if ".." in name:
            problems.append((number, f'"{name}": no include climbs out of its folder'))
        elif not slash:
            if arrows[room] is not None:
                problems.append((number, f'"{name}" lacks its room: write "{room}/{name}"'))
            elif not (path.parent / name).exists():
                problems.append((number, f"room {room} sees include/ only, not {name}"))
        elif target not in arrows:
            problems.append((number, f'"{name}": no room is called {target}'))
        elif target not in visible:
            problems.append((number, f"room {room} may not see {target}"))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    arrows = read_arrows((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    listed = set(re.findall(r"\bsrc/\w+/\w+\.c\b", (root / "CMakeLists.txt").read_text()))
    public = {p.name for p in (root / "include").glob("*.h")}
    passed = failed = 0
    for folder in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        room = folder.name
        problems = []
        if room not in arrows:
            problems.append(f"{folder.relative_to(root)}:1: room {room} is not in ARCHITECTURE.md")
        else:
            visible = closure(arrows, room)
            for path in sorted(p for p in folder.rglob("*") if p.suffix in SOURCES):
                where = path.relative_to(root)
                for number, what in check_file(path, room, arrows, visible, public):
                    problems.append(f"{where}:{number}: {what}")
                if path.suffix == ".c" and str(where) not in listed:
                    problems.append(f"{where}:1: not listed in CMakeLists.txt")
        for problem in problems:
            print(problem)
        if problems:
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
