#!/usr/bin/env python3
"""WASI preview 1: runs programs and compares what they print and how they end.

    test/wasi/run.py --wattle build/dev/wattle [--emulator 'CMD'] [--suite FOLDER]
                     [--skip NAME=WHY...] [NAME...]
    test/wasi/run.py get CLONE DEST

Two sets: the programs of this folder, and a suite of prebuilt ones, looked for in $WASI_TESTSUITE,
third_party/wasi-testsuite and ../shared/wasi-testsuite. Without a suite that part is a skip; with
CI=true it is a failure. --suite names another folder for once. Each program is run as it is run by
default, and again in the interpreter (not under an emulator: it has been there already).

A program is NAME.wasm or NAME.wat, with an optional NAME.json beside it: `args` [], `env` {},
`root` (a folder beside the program, copied fresh for every run and given to it as "/"; a program
with one runs twice, the second time with the copy in memory), `stdin` ""
(null: open, and nothing comes; with `stdin_slow` it comes in single bytes and stays open), `exit_code` 0, `stdout` and `stderr` (compared when they are there), `options` [] of the
command, `stdout_closed` and `stdout_unread` false (nobody reads the standard output). With `client`,
a list of [EXPECTED, SENT], it gets a socket that listens, and when it has written something a
client that connects, and in turn waits for EXPECTED and sends SENT.

`get` copies the prebuilt preview 1 programs of WebAssembly/wasi-testsuite out of a local clone with
its branch prod/testsuite-base; they are never committed here.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACES = (ROOT / "third_party" / "wasi-testsuite", ROOT.parent / "shared" / "wasi-testsuite")
BRANCH = "prod/testsuite-base"
SECONDS = 300
SLOW_SECONDS = 60       # after all was sent


def find_suite():
    given = os.environ.get("WASI_TESTSUITE")
    for place in [pathlib.Path(given)] if given else PLACES:
        if place.is_dir():
            return place
    return None


def git(clone, *words):
    return subprocess.run(["git", "-C", clone, *words], stdout=subprocess.PIPE, check=True).stdout


def get(clone, dest):
    """Copies tests/LANGUAGE/testsuite/wasm32-wasip1/* of the branch to DEST/LANGUAGE/*."""
    for branch in (BRANCH, "origin/" + BRANCH):
        if subprocess.run(["git", "-C", clone, "rev-parse", "-q", "--verify", branch],
                          stdout=subprocess.DEVNULL, check=False).returncode == 0:
            break
    else:
        sys.exit(f"wasi: {clone} has no branch {BRANCH}")
    count = 0
    for line in git(clone, "ls-tree", "-r", branch).decode().splitlines():
        meta, name = line.split("\t")
        parts = pathlib.PurePosixPath(name).parts
        if len(parts) < 5 or parts[0] != "tests" or parts[2:4] != ("testsuite", "wasm32-wasip1"):
            continue
        out = pathlib.Path(dest, parts[1], *parts[4:])
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(git(clone, "cat-file", "blob", meta.split()[2]))
        count += out.suffix == ".wasm"
    print(f"{count} programs")
    return 0 if count else 1


def describe(program):
    spec = program.with_suffix(".json")
    return json.loads(spec.read_text()) if spec.exists() else {}


def compare(done, want):
    """None, or what is wrong."""
    problems = []
    code = want.get("exit_code", 0)
    if done.returncode != code:
        problems.append(f"exit code {done.returncode}, expected {code}")
    for name, got in (("stdout", done.stdout), ("stderr", done.stderr)):
        if name in want and got != want[name].encode():
            problems.append(f"{name} {got!r}, expected {want[name].encode()!r}")
    return "\n".join(problems) + "\n" + done.stderr.decode(errors="replace") if problems else None


def words_of(program, want, folder, back_end, tier):
    words = [*tier, *want.get("options", [])]
    if "root" in want and back_end == "memory":
        words += ["--memfs", f"{program.parent / want['root']}::/"]
    elif "root" in want:
        shutil.copytree(program.parent / want["root"], folder / "root", symlinks=True)
        for path in (folder / "root", *(folder / "root").rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o700)
        words += ["--dir", f"{folder / 'root'}::/"]
    for name, value in want.get("env", {}).items():
        words += ["--env", f"{name}={value}"]
    return words + [str(program), *want.get("args", [])]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def talk(port, turns):
    """None, or what is wrong."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as s:
        for expected, sent in turns:
            got = b""
            while len(got) < len(expected):
                piece = s.recv(len(expected) - len(got))
                if not piece:
                    break
                got += piece
            if got != expected.encode():
                return f"the client got {got!r}, expected {expected!r}"
            s.sendall(sent.encode())
            time.sleep(0.05)  # so that what is sent arrives in pieces
    return None


def run_with_client(words, turns):
    """The ended process; its standard error says what the client found."""
    port = free_port()
    at = words.index("run") + 1
    words = words[:at] + ["--listen", f"127.0.0.1:{port}"] + words[at:]
    with subprocess.Popen(words, bufsize=0, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        first = process.stdout.read(1)
        wrong = talk(port, turns) if first else "the program did not begin"
        out, err = process.communicate(timeout=SECONDS)
        code = process.returncode if not wrong else "and the client failed"
        return subprocess.CompletedProcess(words, code, first + out, err + (wrong or "").encode())


def run_slowly(words, text):
    """Sends text a byte at a time and keeps the pipe open until the program has ended."""
    reading, writing = os.pipe()
    try:
        with subprocess.Popen(words, stdin=reading, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            os.close(reading)
            for byte in text.encode():
                with contextlib.suppress(BrokenPipeError):  # what it says then is told
                    os.write(writing, bytes([byte]))
                time.sleep(0.01)
            try:
                out, err = process.communicate(timeout=SLOW_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return subprocess.CompletedProcess(words, process.returncode, out, err)
    finally:
        os.close(writing)


def run_without_reader(words, close):
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        if close:
            process.stdout.close()
        err = process.stderr.read()
        return subprocess.CompletedProcess(words, process.wait(SECONDS), b"", err)


@contextlib.contextmanager
def silent_pipe():
    """The end of a pipe to read from, where nothing comes."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def run_program(wattle, program, back_end, tier):
    want = describe(program)
    text = want.get("stdin", "")
    with tempfile.TemporaryDirectory(prefix="wasi") as folder, silent_pipe() as silent:
        stdin = {"stdin": silent} if text is None else {"input": text.encode()}
        words = [*wattle, "run", *words_of(program, want, pathlib.Path(folder), back_end,
                                           tier)]
        try:
            if want.get("stdout_closed") or want.get("stdout_unread"):
                done = run_without_reader(words, want.get("stdout_closed"))
            elif want.get("stdin_slow"):
                done = run_slowly(words, text)
            elif "client" in want:
                done = run_with_client(words, want["client"])
            else:
                done = subprocess.run(words, check=False, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, timeout=SECONDS, **stdin)
        except subprocess.TimeoutExpired as e:
            return f"still running after {e.timeout} s"
    return compare(done, want)


def programs_in(folder, names, tiers):
    found = [p for p in sorted(folder.rglob("*.wa[st]*")) if p.suffix in (".wasm", ".wat")]
    cases = []
    for program in found:
        name = str(program.relative_to(folder).with_suffix(""))
        if names and program.stem not in names:
            continue
        back_ends = {"": "host"}
        if "root" in describe(program):
            back_ends[" in memory"] = "memory"
        cases += [(name + where + how, program, back_end, words)
                  for where, back_end in back_ends.items() for how, words in tiers.items()]
    return cases


def main():
    if sys.argv[1:2] == ["get"] and len(sys.argv) == 4:
        return get(sys.argv[2], sys.argv[3])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    parser.add_argument("--suite", type=pathlib.Path)
    parser.add_argument("--skip", action="append", default=[], metavar="NAME=WHY",
                        help="what this platform cannot do")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    wattle = [*args.emulator, str(args.wattle.resolve())]
    tiers = {"": []} if args.emulator else {"": [], " (interp)": ["--tier", "interp"]}
    cases = programs_in(HERE, args.names, tiers)
    passed = failed = skipped = 0
    suite = args.suite or find_suite()
    if suite:
        cases += programs_in(suite, args.names, tiers)
    else:
        where = "no suite in " + os.environ.get("WASI_TESTSUITE", " or ".join(map(str, PLACES)))
        print(f"skip suite: {where}")
        skipped += 1
        failed += os.environ.get("CI") == "true"
    skips = dict(skip.split("=", 1) for skip in args.skip)
    for name, program, *_ in cases:
        if program.stem in skips:
            print(f"skip {name}: {skips[program.stem]}")
            skipped += 1
    cases = [case for case in cases if case[1].stem not in skips]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (name, *_), why in zip(cases, pool.map(lambda c: run_program(wattle, *c[1:]), cases)):
            passed += why is None
            failed += why is not None
            if why:
                print(f"FAIL {name}: {why}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
