#!/usr/bin/env python3
"""The single file for other machines: one call of `zig cc` each, and what can be run is run.

    scripts/cross.py [TARGET...]

For every target the library becomes one object, and the smoke program is linked with it. For the
musl targets the whole command is linked statically and runs the official scripts and ours under
qemu-user; for Windows the command, the tests of files below a directory and the WASI programs run
under wine. macOS is compiled and linked only. Where programs run without qemu-user, a bundle of a
program is made and run: on this machine in a root that holds nothing else.

zig comes from PyPI into build/cache/ziglang, its own cache is build/cache/zig. Objects of the
library are kept in build/cache/cross by the hash of everything that goes into them. Closes with
`N passed, N failed, N skipped`.
"""
import argparse
import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from suite import find_suite

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("WATTLE_CACHE", ROOT / "build" / "cache")).resolve()
OUT = ROOT / "build" / "cross"
ZIGLANG = "ziglang==0.17.1"
# -O2 and no sanitizer: what users compile. Without -O zig would add traps of its own.
CC = ["cc", "-std=gnu11", "-O2", "-fno-sanitize=undefined", "-Wall", "-Wextra", "-Werror"]
TARGETS = {  # target: what runs its programs, the words of its links
    "x86_64-linux-musl": ("", ["-static"]),
    "aarch64-linux-musl": ("qemu-aarch64", ["-static"]),
    "riscv64-linux-musl": ("qemu-riscv64", ["-static"]),
    "x86_64-windows-gnu": ("wine", ["-lntdll"]),
    "aarch64-macos": (None, []),
}
NOT_ON_WINDOWS = (
    "links=no symbolic links are made there",
    "sandbox=no symbolic links are made there",
    "pipe-full=a write that waits is waited for there",
    "sock-echo=there are no sockets there",
    "sock-exit=there are no sockets there",
    "sock-nowhere=there are no sockets there",
    "sock-two=there are no sockets there",
    "filestat=wine reads from a file to tell its size, which moves its time of access",
)
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped\s*$", re.M)
CI = os.environ.get("CI") == "true"
JOBS = min(os.cpu_count() or 2, 4)


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, ok, output=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}\n" + "\n".join("    " + s for s in output.splitlines()[-40:]))
        sys.stdout.flush()
        return ok

    def missing(self, what, why):
        """Loud; where everything must be there, a failure."""
        print(f"{'FAIL' if CI else 'skip'} {what}: {why}", flush=True)
        self.failed += CI
        self.skipped += not CI

    def program(self, what, done, skips=False):
        """A finished test program, by its closing line; skips: it may have some."""
        code, output = done
        counts = CLOSING.findall(output)
        passed, failed, skipped = map(int, counts[-1]) if counts else (0, 0, 0)
        if code != 0 or passed == 0 or failed or (skipped and not skips):
            self.check(f"{what}: exit code {code}", False, output)
            return
        print(f"{what}: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
        for line in output.splitlines():
            if line.startswith("skip "):
                print(f"    {line}")
        self.passed += passed
        self.skipped += skipped


count = Count()


def run(command, **more):
    """(exit code, output)"""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=1800, **more)
    except subprocess.TimeoutExpired as e:
        return -1, f"{e}\n"
    except OSError as e:
        return -1, f"{command[0]}: {e}\n"
    return done.returncode, done.stdout


# ---- zig ------------------------------------------------------------------------------------


def find_zig():
    """The path of zig, fetched if need be; None and a word about it."""
    home = CACHE / ZIGLANG.replace("==", "-")
    zig = home / "ziglang" / "zig"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "ziglang.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not zig.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                code, output = run([sys.executable, "-m", "pip", "install", "-q", "--no-deps",
                                    "--target", pathlib.Path(work) / "z", ZIGLANG])
                if code != 0 or not (pathlib.Path(work) / "z" / "ziglang" / "zig").exists():
                    count.missing("cross", f"pip cannot install {ZIGLANG}: {output.strip()[-300:]}")
                    return None
                shutil.rmtree(home, ignore_errors=True)
                os.rename(pathlib.Path(work) / "z", home)
    os.environ["ZIG_GLOBAL_CACHE_DIR"] = os.environ["ZIG_LOCAL_CACHE_DIR"] = str(CACHE / "zig")
    return zig


def compile_library(zig, target):
    """One call makes the object; (path, output)."""
    command = [*CC, "-target", target, "-I", "include", "-c", "build/cross/wattle.c"]
    key = hashlib.sha256(" ".join([ZIGLANG, *command]).encode())
    for path in [OUT / "wattle.c", *sorted((ROOT / "include").glob("*.h"))]:
        key.update(path.read_bytes())
    kept = CACHE / "cross" / f"{target}-{key.hexdigest()[:32]}.o"
    if kept.exists():
        os.utime(kept)
        return kept, "kept"
    made = OUT / f"{target}.o"
    code, output = run([zig, *command, "-o", made], cwd=ROOT)
    if code != 0:
        return None, output
    kept.parent.mkdir(parents=True, exist_ok=True)
    older = sorted(kept.parent.glob(f"{target}-*.o"), key=lambda p: p.stat().st_mtime)
    for path in older[:-4]:
        path.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
        file.write(made.read_bytes())
    os.rename(file.name, kept)
    return kept, output


def link(zig, target, library, name, sources, includes):
    program = OUT / target / (name + (".exe" if "windows" in target else ""))
    program.parent.mkdir(parents=True, exist_ok=True)
    includes = [word for folder in includes for word in ("-I", folder)]
    code, output = run([zig, *CC, "-target", target, *includes, *sources, library,
                        *TARGETS[target][1], "-o", program], cwd=ROOT)
    return program if count.check(f"{target} {name} is linked", code == 0, output) else None


# ---- running --------------------------------------------------------------------------------


def wine_environment():
    """Words that run a program of Windows and their environment; None: not here."""
    wine = shutil.which("wine64") or next(
        (p for p in ("/usr/lib/wine/wine64", "/usr/lib64/wine/wine64") if os.path.exists(p)), None)
    wine = wine or shutil.which("wine")
    if not wine:
        return None
    prefix = CACHE / "wine"
    env = {**os.environ, "WINEPREFIX": str(prefix), "WINEDEBUG": "-all",
           "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe="}
    env.pop("DISPLAY", None)
    with open(CACHE / "wine.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (prefix / "system.reg").exists():
            run([wine, "wineboot", "-i"], env=env)
    return [wine], env


def emulator(target):
    """(words, environment) or None."""
    tool = TARGETS[target][0]
    if not tool:  # this very machine
        return ([], dict(os.environ)) if platform.machine() == target.partition("-")[0] else None
    if tool == "wine":
        return wine_environment()
    path = shutil.which(tool)
    return ([path], dict(os.environ)) if path else None


def run_scripts(target, command, words, env, suite):
    if suite:
        count.program(f"{target} official scripts",
                      run([*words, command, "wast", "."], cwd=suite, env=env))
    # One by one: the first line of a script names its features.
    own = ROOT / "test" / "spec"
    for script in sorted((own / "own").glob("*.wast")):
        with script.open(encoding="utf-8") as file:
            _, _, features = file.readline().partition("features:")
        more = ["--features", features.strip()] if features else []
        code, output = run([*words, command, "wast", *more, f"own/{script.name}"], cwd=own, env=env)
        counts = CLOSING.findall(output)
        bad = code != 0 or not counts or counts[-1][1] != "0" or counts[-1][2] != "0"
        count.check(f"{target} own/{script.name}: exit code {code}", not bad, output)


# Prints the second word of its command line, and ends with the number of words.
BUNDLED = """(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 1024) (i32.const 8192)))
    (i32.store (i32.const 8) (i32.load (i32.const 1028)))
    (i32.store (i32.const 12) (i32.const 3))
    (drop (call $w (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
    (call $exit (i32.load (i32.const 0)))))"""


def run_bundle(target, command, words, env):
    """The command and a program as one executable: in an empty root, where this machine runs it;
    under wine in a folder whose name is not ASCII; not under qemu-user, whose own executable
    /proc/self/exe is."""
    windows = TARGETS[target][0] == "wine"
    if words and not windows:
        return
    with tempfile.TemporaryDirectory(dir=OUT) as work:
        root = pathlib.Path(work) / "Pl\u00e4tze \u4e16"
        root.mkdir()
        (pathlib.Path(work) / "program.wat").write_text(BUNDLED, encoding="utf-8")
        exe = root / ("program.exe" if windows else "program")
        done = run([*words, command, "bundle", "program.wat", "-o", exe.relative_to(work), "--",
                    "one"], cwd=work, env=env)
        if not count.check(f"{target} bundle", done == (0, ""), f"{done}"):
            return
        if windows:
            done = run([*words, exe, "--help"], cwd=work, env=env)
        elif os.geteuid() == 0:
            done = run(["/program", "--help"], cwd=root, env=env, preexec_fn=lambda: os.chroot("."))
        else:
            count.missing(f"{target} bundle in an empty root", "only root may change the root")
            return
        count.check(f"{target} bundle runs", done == (3, "one"), f"{done}")


def run_on_windows(zig, library, command, words, env):
    target = "x86_64-windows-gnu"
    osfs = link(zig, target, library, "osfs_test", ["test/unit/osfs_test.c"],
                ["include", "src", "test/unit"])
    if osfs:
        with tempfile.TemporaryDirectory(dir=OUT) as work:
            # No symbolic links are made there.
            count.program(f"{target} osfs_test", run([*words, osfs], cwd=work, env=env), skips=True)
    feed = link(zig, target, library, "feed", ["test/wasi/feed.c"], [])
    if command and feed:
        count.program(f"{target} wasi",
                      run([sys.executable, "test/wasi/run.py", "--wattle", command,
                           "--emulator", " ".join(map(str, [*words, feed])),
                           *(word for skip in NOT_ON_WINDOWS for word in ("--skip", skip))],
                          cwd=ROOT, env=env), skips=True)


def run_target(zig, target, library, suite):
    smoke = link(zig, target, library, "smoke", ["test/smoke/smoke.c"], ["include", "test/unit"])
    if TARGETS[target][0] is None:
        print(f"{target}: compiled and linked only, nothing runs its programs here")
        return
    command = link(zig, target, library, "wattle", sorted((ROOT / "src" / "cli").glob("*.c")),
                   ["include", "src"])
    found = emulator(target)
    if not found:
        count.missing(f"{target} programs",
                      f"{TARGETS[target][0] or target} is not here, nothing was run")
        return
    words, env = found
    if smoke:
        count.program(f"{target} smoke", run([*words, smoke], env=env))
    if command:
        run_scripts(target, command, words, env, suite)
        run_bundle(target, command, words, env)
    if target == "x86_64-windows-gnu":
        run_on_windows(zig, library, command, words, env)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET",
                        help=f"some of {', '.join(TARGETS)}; all without")
    args = parser.parse_args()
    for target in args.targets:
        if target not in TARGETS:
            parser.error(f"no such target: {target}")
    OUT.mkdir(parents=True, exist_ok=True)
    code, output = run([sys.executable, "scripts/amalgamate.py", "-o", OUT / "wattle.c"], cwd=ROOT)
    zig = find_zig() if count.check("amalgamate", code == 0, output) else None
    suite = find_suite()
    if zig and not suite:
        count.missing("official scripts", "not in $WATTLE_TESTSUITE, third_party/testsuite or "
                                          "../shared/testsuite; HACKING.md says how to fetch them")
    if zig:
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            targets = args.targets or list(TARGETS)
            libraries = [(t, pool.submit(compile_library, zig, t)) for t in targets]
            for target, future in libraries:
                library, output = future.result()
                if count.check(f"{target} library is compiled", library is not None, output):
                    run_target(zig, target, library, suite)
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
