#!/usr/bin/env python3
"""Runs the programs of examples/embed and compares what they print.

    test/examples/run.py --wattle build/dev/wattle [--emulator 'CMD'] [--programs FOLDER]

The programs are in FOLDER, or in examples/embed beside the command. Guests in C and Rust are
compiled where a compiler with the target is there.
"""
import argparse
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

EMBED = pathlib.Path(__file__).resolve().parent.parent.parent / "examples" / "embed"
tally = {"passed": 0, "failed": 0, "skipped": 0}

PLUGINS = """\
curious.wat: stopped: unknown import: "wasi_snapshot_preview1" "proc_exit": wanted func [i32] -> []
deep.wat: stopped: call stack exhausted
divide.wat: stopped: integer divide by zero
forever.wat: stopped: interrupt
greedy.wat: log: 64
greedy.wat: no more
upper.wat: HELLO FROM THE HOST
wrong.wat: refused: type mismatch: drop takes a value, but the stack has []
2 of 7 plug-ins answered
"""
# Formula, and what comes of it.
FORMULAS = [("1 + 2 * 3", "7"), ("x * (x - -1) / 2", "28"), ("sqrt(fact(5) + 1)", "11"),
            ("fact(0.5)", "stopped: call stack exhausted"), ("sum(1000)", "500500"),
            ("sum(0.5)", "stopped: all fuel consumed"), ("x", "500500"),
            ("1 +", "something is missing at the end, at ''"),
            ("tan(1)", "there is no such name, at '(1)'"),
            ("2 3", "the formula goes on after its end, at '3'"), ("((1)", "')' is missing, at ''"),
            ("(" * 300, "the formula is too deep, at '" + "(" * 100 + "'")]


def case(name, command, want, code=0):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    if done.returncode == code and done.stdout == want:
        tally["passed"] += 1
        return
    tally["failed"] += 1
    print(f"FAIL {name}: exit code {done.returncode}, not {code}; it printed\n{done.stdout}"
          f"and not\n{want}")


def skip(name, why):
    tally["skipped"] += 1
    print(f"skip {name}: {why}")


def compile_guest(name, *commands):
    """Whether the guest is there, by the first command that makes it; says why not."""
    why = []
    for command in commands:
        if not shutil.which(command[0]):
            why.append(f"{command[0]} is not installed")
            continue
        done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return True
        why.append(f"{command[0]} makes no wasm here: {done.stdout.strip().splitlines()[0]}")
    skip(name, "; ".join(why))
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, required=True)
    parser.add_argument("--emulator", type=shlex.split, default=[])
    parser.add_argument("--programs", type=pathlib.Path)
    args = parser.parse_args()
    programs = args.programs or args.wattle.parent / "examples" / "embed"

    def words(name):
        return [*args.emulator, programs / name]

    case("plugin", [*words("plugin"), "hello from the host",
                    *sorted((EMBED / "plugins").glob("*.wat"))], PLUGINS)
    case("calculator", [*words("calculator"), *(formula for formula, _ in FORMULAS)],
         "".join(f"{line}\n" for _, line in FORMULAS), code=1)
    with tempfile.TemporaryDirectory() as folder:
        guests, out = EMBED / "guests", pathlib.Path(folder)
        calls = {"wat": guests / "guest.wat"}
        if compile_guest("calls: a guest in C",
                         ["clang-19", "--target=wasm32", "-nostdlib", "-O2", "-Wl,--no-entry",
                          guests / "guest.c", "-o", out / "c.wasm"]):
            calls["C"] = out / "c.wasm"
        rust = ["--target", "wasm32-unknown-unknown", "--crate-type", "cdylib", "-O",
                guests / "guest.rs", "-o", out / "rust.wasm"]
        if compile_guest("calls: a guest in Rust", ["rustc", *rust],
                         ["/usr/bin/rustc", "-C", "linker=wasm-ld-14", *rust]):  # Debian's
            calls["Rust"] = out / "rust.wasm"
        for language, guest in calls.items():
            case(f"calls: a guest in {language}", [*words("calls"), guest, "Ada", "Zo\u00eb"],
                 f"Hello from {language}, Ada!\nHello from {language}, Zo\u00eb!\n")
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] or not tally["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
