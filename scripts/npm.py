#!/usr/bin/env python3
"""What npm gives the tests and the build of the packages for JavaScript: test/web/package-lock.json
and those of folders beside it.

    scripts/npm.py      fetches it and prints the option for cmake that names wasm-opt

It is installed in build/cache once for each lock. What cannot be had is left out: nothing is printed.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCKED = ROOT / "test" / "web"


def modules(where=LOCKED):
    """The folder that holds node_modules for a folder with a lock; None: it cannot be had."""
    if not shutil.which("npm"):
        return None
    digest = hashlib.sha256((where / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("WATTLE_CACHE", ROOT / "build" / "cache")) / f"web-{digest}"
    if (cache / "done").exists():
        return cache
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy((LOCKED if name == ".npmrc" else where) / name, cache / name)
    done = subprocess.run(["npm", "ci"], cwd=cache, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout[-1500:], file=sys.stderr)
        return None
    (cache / "done").touch()
    return cache


def wasm_opt():
    """As words for cmake."""
    found = modules()
    program = found / "node_modules" / "binaryen" / "bin" / "wasm-opt" if found else None
    return [f"-DWATTLE_WASM_OPT={program}"] if program and program.exists() else []


if __name__ == "__main__":
    print(*wasm_opt())
