#!/usr/bin/env python3
"""Do the interpreter's handlers jump to each other?  A handler that called the next one instead
would eat the stack; gcc before 15 cannot be told, so the machine code of the command is read.

    test/dispatch/run.py --wattle COMMAND [--emulator WORDS]
"""
import argparse
import re
import shutil
import subprocess
import sys

HANDLER = re.compile(r"^[0-9a-f]+ <(handle_\w+)(?:\.\w+)*>:$")
CALL = re.compile(r"\tcall[a-z]* +(\*|[A-Z]*WORD PTR|r[0-9a-z]+$)")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--wattle", required=True)
    ap.add_argument("--emulator", default="")
    args = ap.parse_args()

    def skip(why):
        print("skip dispatch: %s\n0 passed, 0 failed, 1 skipped" % why)
    if not shutil.which("objdump"):
        return skip("objdump is not installed")
    p = subprocess.run(["objdump", "-d", "--no-show-raw-insn", args.wattle],
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if p.returncode or "x86-64" not in p.stdout[:200]:
        return skip("not a program of x86-64")
    seen, bad, name = set(), {}, None
    for line in p.stdout.splitlines():
        if line.endswith(">:"):
            m = HANDLER.match(line)
            name = m and m.group(1)
            if name:
                seen.add(name)
        elif name and CALL.search(line):
            bad[name] = line.strip()
    if "handle_i32_add" not in seen:
        return skip("the handlers are one switch, or have no names")
    for name, line in sorted(bad.items()):
        print("FAIL %s calls: %s" % (name, line))
    print("%d passed, %d failed, 0 skipped" % (len(seen) - len(bad), len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
