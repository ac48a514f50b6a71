#!/usr/bin/env python3
"""Source lines in the frames of a trap: compiles divide.c with each version of DWARF and runs it.

    test/lines/run.py --wattle build/dev/wattle [--emulator 'CMD']

Without a clang that makes WebAssembly every case is a skip.
"""
import argparse
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = [("divide", "divide.c:4"), ("outer", "divide.c:8"), ("start", "divide.c:16")]


def compile_with(clang, options, out):
    words = [clang, "--target=wasm32", "-nostdlib", "-Wl,--no-entry", *options, "-o", str(out),
             "divide.c"]
    done = subprocess.run(words, cwd=HERE, text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[0]


def check(wattle, module, lines):
    """None, or what is wrong."""
    done = subprocess.run([*wattle, "run", str(module)], text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 134:
        return f"exit code {done.returncode}, expected 134\n{done.stderr}"
    want = [f"    #{i}  {name} " + (f"at {place}" if lines else "") for i, (name, place)
            in enumerate(FRAMES)]
    got = [re.sub(r"\(function \d+\) \+ 0x[0-9a-f]+ ?", "", line)
           for line in done.stderr.splitlines()[1:]]
    return None if got == want else "expected\n" + "\n".join(want) + "\ngot\n" + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    args = parser.parse_args()
    wattle = [*args.emulator, str(args.wattle.resolve())]
    clang = shutil.which("clang-19") or shutil.which("clang")
    cases = [(f"dwarf {v} {level}", ["-g", f"-gdwarf-{v}", level], True)
             for v in (2, 3, 4, 5) for level in ("-O0", "-Og")]
    cases.append(("without", ["-O0"], False))
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="lines") as folder:
        for name, options, lines in cases:
            module = pathlib.Path(folder) / "divide.wasm"
            why = compile_with(clang, options, module) if clang else "there is no clang"
            if why:
                print(f"skip {name}: {why}")
                skipped += 1
                continue
            wrong = check(wattle, module, lines)
            if wrong:
                print(f"FAIL {name}: {wrong}")
                failed += 1
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
