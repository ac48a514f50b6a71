#!/usr/bin/env python3
"""Runs the golden files: input, command and expected output in one file each.

    test/golden/run.py --wattle build/dev/wattle [--bless] [-j N] [--emulator 'CMD'] [PATH...]

The form of the files is in README.md beside this script. Every file is one case.
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SUFFIXES = {".txt", ".wat", ".wast"}
# The command answers to these names too; a RUN line may use them.
NAMES = ["wattle", "wat2wasm", "wasm2wat", "wasm-validate", "wasm-objdump", "wasm-strip",
         "wast2json"]
TIMEOUT = 60


class Golden:
    """A golden file taken apart; lines are bytes, as an input may be no UTF-8."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_bytes()
        lines = self.text.splitlines(keepends=True)
        tail = next((i for i, line in enumerate(lines)
                     if line.rstrip() in (b";; STDOUT", b";; STDERR")), len(lines))
        self.input = lines[:tail]
        self.run, self.hex, self.exit = [], [], 0
        for line in self.input:
            word, _, rest = line.strip().partition(b":")
            rest = rest.strip().decode("utf-8", "replace")
            if word == b";; RUN":
                self.run.append(rest)
            elif word == b";; EXIT":
                self.exit = int(rest)
            elif word == b";; HEX":
                self.hex.append(rest.split(";")[0])
        self.want = {"STDOUT": b"", "STDERR": b""}
        self.error = None if self.run else "no ';; RUN:' line"
        block = None
        for line in lines[tail:]:
            line = line.rstrip(b"\r\n")
            if line.startswith(b";; ") and line[3:].decode("ascii", "replace") in self.want:
                block = line[3:].decode()
            elif line.startswith(b";;|"):
                self.want[block] += (line[4:] if line[3:4] == b" " else line[3:]) + b"\n"
            elif line == b";;\\":  # the output does not end with a newline
                self.want[block] = self.want[block][:-1]
            elif line.strip():
                self.error = f"after the marker only ';;| ' lines: {line!r}"

    def blessed(self, code, got):
        """The file's new text, or None when its form cannot hold this output."""
        out = [line for line in self.input if not line.startswith(b";; EXIT:")]
        if code != 0:
            last = max(i for i, line in enumerate(out) if line.startswith(b";; RUN:"))
            out.insert(last + 1, b";; EXIT: %d\n" % code)
        if out and not out[-1].endswith(b"\n") and any(got.values()):
            return None
        for name, data in got.items():
            if not data:
                continue
            out.append(f";; {name}\n".encode())
            for line in data.splitlines() if b"\r" not in data else data.split(b"\n"):
                out.append(b";;| " + line + b"\n" if line else b";;|\n")
            if not data.endswith(b"\n"):
                out.append(b";;\\\n")
        return b"".join(out)


def run_golden(golden, tools, timeout):
    """(exit code, {"STDOUT": bytes, "STDERR": bytes}) of the file's commands."""
    with tempfile.TemporaryDirectory(prefix="golden") as folder:
        temp = pathlib.Path(folder)
        # The commands see the input alone: expected output must not move its end.
        source = temp / golden.path.name
        source.write_bytes(b"".join(golden.input))
        binary = temp / "input.wasm"
        if golden.hex:
            binary.write_bytes(bytes.fromhex(" ".join(golden.hex)))
        work = temp / "t"
        work.mkdir()
        env = {"PATH": f"{tools}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
               "HOME": str(work)}
        env.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))
        out, err, code = b"", b"", 0
        for command in golden.run:
            for key, value in (("%s", source), ("%b", binary), ("%t", work)):
                command = command.replace(key, shlex.quote(str(value)))
            try:
                done = subprocess.run(["sh", "-c", command], cwd=work, env=env, timeout=timeout,
                                      stdin=subprocess.DEVNULL, capture_output=True)
            except subprocess.TimeoutExpired:
                return 124, {"STDOUT": out, "STDERR": err + b"golden: timed out\n"}
            out, err, code = out + done.stdout, err + done.stderr, done.returncode
            if code != 0:
                break
        got = {"STDOUT": out, "STDERR": err}
        for name in got:  # paths of this run must not reach the file
            for key, value in ((b"%s", source), (b"%b", binary), (b"%t", work)):
                got[name] = got[name].replace(str(value).encode(), key)
        return code, got


def compare(golden, code, got):
    report = []
    if code != golden.exit:
        report.append(f"exit code {code}, expected {golden.exit}")
    for name, data in got.items():
        if data != golden.want[name]:
            want_lines = golden.want[name].decode("utf-8", "backslashreplace").split("\n")
            got_lines = data.decode("utf-8", "backslashreplace").split("\n")
            report += difflib.unified_diff(want_lines, got_lines, f"expected {name.lower()}",
                                           f"actual {name.lower()}", lineterm="")
    return report


def one_case(path, tools, timeout, bless):
    """(passed, report)"""
    passed, report = one_run(path, tools, timeout, bless)
    if bless and report == ["blessed"]:
        # A new EXIT line moves the input down, and with it the lines that messages name.
        passed, again = one_run(path, tools, timeout, bless)
        report += again
    return passed, report


def one_run(path, tools, timeout, bless):
    try:
        golden = Golden(path)
        if golden.error:
            return False, [golden.error]
        code, got = run_golden(golden, tools, timeout)
    except ValueError as error:
        return False, [f"bad golden file: {error}"]
    report = compare(golden, code, got)
    if not report or not bless:
        return not report, report
    # A crash or a stop by time is never the expected output.
    if code >= 124:
        return False, report + [f"not blessed: exit code {code} is a crash or a stop"]
    text = golden.blessed(code, got)
    if text is None:
        return False, report + ["not blessed: the input must end with a newline"]
    path.write_bytes(text)
    return True, ["blessed"]


def make_tools(folder, wattle, emulator):
    """A folder for PATH: the command under all its names, and hex."""
    for name in NAMES:
        tool = folder / name
        if emulator:  # qemu's -0 sets the name the program sees
            words = " ".join(map(shlex.quote, emulator))
            zero = f" -0 {name}" if "qemu" in emulator[0] else ""
            tool.write_text(f'#!/bin/sh\nexec {words}{zero} {shlex.quote(str(wattle))} "$@"\n')
            tool.chmod(0o755)
        else:
            tool.symlink_to(wattle)
    tool = folder / "hex"
    tool.write_text("#!/bin/sh\nod -An -v -tx1 | cut -c2-\n")
    tool.chmod(0o755)


# Shown elsewhere: out of memory by test/unit/oom_test.c.
ELSEWHERE = {"out_of_memory"}


def untold_messages():
    """The rows of errors.def that no golden file and no script of our own shows."""
    rows = re.findall(r'^ERR\((\d+), (\w+), \w+, "((?:[^"\\]|\\.)*)"',
                      (ROOT / "src/wasm/errors.def").read_text(encoding="utf-8"), re.M)
    golden = "\n".join(p.read_text(encoding="utf-8", errors="replace")
                       for p in HERE.rglob("*") if p.suffix in SUFFIXES)
    scripts = "\n".join(p.read_text(encoding="utf-8", errors="replace")
                        for p in (ROOT / "test/spec/own").glob("*.wast"))
    for code, ident, text in rows:
        if f"[W0{code}]" not in golden and f'"{text}' not in scripts and ident not in ELSEWHERE:
            yield f"errors.def: no test shows W0{code} {ident}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[],
                        help="the words that run --wattle, as one argument")
    parser.add_argument("--bless", action="store_true", help="rewrite what differs")
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("paths", nargs="*", type=pathlib.Path, help="files or folders")
    args = parser.parse_args()
    if not args.wattle.is_file():
        sys.exit(f"golden: no command at {args.wattle}")
    files = []
    for path in args.paths or [HERE]:
        found = [path] if path.is_file() else sorted(
            p for p in path.rglob("*") if p.suffix in SUFFIXES)
        if not found:
            print(f"golden: nothing to run in {path}")
        files += found
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="golden-bin") as folder:
        make_tools(pathlib.Path(folder), args.wattle.resolve(), args.emulator)
        timeout = TIMEOUT * (10 if args.emulator else 1)
        with concurrent.futures.ThreadPoolExecutor(max(args.jobs, 1)) as pool:
            cases = [(p, pool.submit(one_case, p, folder, timeout, args.bless)) for p in files]
            for path, future in cases:
                good, report = future.result()
                passed, failed = passed + good, failed + (not good)
                if report:
                    print(f"{'' if good else 'FAIL '}{path}")
                    print("".join(f"    {line}\n" for line in report), end="")
    if not args.paths:  # the whole: a case more
        untold = list(untold_messages())
        passed, failed = passed + (not untold), failed + bool(untold)
        print("".join(f"FAIL {line}\n" for line in untold), end="")
    if not files:  # a run without cases is no success
        failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
