#!/usr/bin/env python3
"""What a host pays: translation, instances, calls, start-up, peak memory.

    bench/interp/host.py [--runs N] [--build FOLDER] [--record]

FOLDER (default build/release) holds libwattle.a and the command of a release build.  host.c is
compiled against them and measures inside one process; start-up is a whole process of
examples/hello.wat as a module, beside the same program compiled statically for the machine.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, os.path.dirname(HERE))
import peers                                                        # noqa: E402
import results                                                      # noqa: E402
import tools                                                        # noqa: E402

MODULES = ["programs/quickjs.wasm", "programs/sqlite.wasm", "corpus/ruff.wasm",
           "corpus/esbuild.wasm"]
# What host.c prints -> what it is, and what it should be: at least for rates, else at most.
WORDS = {"instantiate": ("instantiate with 1 MiB and call, in a store that is there", "5 us"),
         "instantiate_more": ("the same, 2,000 in a store: new memory from the system", "-"),
         "store": ("the same with a store for each", "-"),
         "instances": ("memory of an instance, of 10,000 in one store", "8 KiB"),
         "native_instantiate": ("instantiate and call, machine code, reserved memory", "5 us"),
         "native_instantiate_more": ("the same, 2,000 in a store", "-"),
         "native_store": ("the same with a store for each, compiled each time", "-"),
         "native_instances": ("memory of an instance, of 10,000 with reserved memories", "8 KiB"),
         "to_host": ("machine code calls the host: over an indirect call in C", "3 ns"),
         "from_host": ("the host calls machine code, by wattle_func_call_fast", "20 ns"),
         "trap": ("such a call that ends with a trap", "2 us"),
         "fault": ("with a trap by a fault, beyond the memory", "2 us")}
HELLO = '#include <unistd.h>\nint main(void) { return write(1, "Hello, world!\\n", 14) != 14; }\n'


def compiled(args, build, work):
    out = os.path.join(work, "host")
    peers.quiet(["cc", "-O2", "-DNDEBUG", "-std=gnu11", "-I", os.path.join(ROOT, "src"), "-I",
                 os.path.join(ROOT, "include"), os.path.join(HERE, "host.c"),
                 os.path.join(build, "libwattle.a"), "-lm", "-lpthread", "-o", out])
    return out


def start_up(runs, build, work):
    """Name -> (median ms, fastest ms, peak KiB) of hello-world as a whole process."""
    source, native = os.path.join(work, "hello.c"), os.path.join(work, "native")
    with open(source, "w", encoding="utf-8") as f:
        f.write(HELLO)
    peers.quiet(["cc", "-O2", "-static", "-o", native, source])
    wattle = os.path.join(build, "wattle")
    module = os.path.join(work, "hello.wasm")
    peers.quiet([wattle, "wat2wasm", "-o", module, os.path.join(ROOT, "examples", "hello.wat")])
    commands = {"wattle run": [wattle, "run", module], "native, static": [native]}
    found = peers.runners()
    if "wasmi" in found:
        commands["wasmi"] = [found["wasmi"], "run", module]
    if "wasm3" in found:
        commands["wasm3"] = [found["wasm3"], module]
    launch, err = tools.launcher(), os.path.join(work, "err")
    seen = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            said = subprocess.run([launch, err] + command, stdout=subprocess.PIPE,
                                  text=True).stdout.split()
            seen[name].append((int(said[0]) / 1000, int(said[2])))
    return {name: (statistics.median(t for t, _ in rows), min(t for t, _ in rows),
                   max(k for _, k in rows)) for name, rows in seen.items()}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=100)
    ap.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    ap.add_argument("--record", action="store_true")
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as work:
        modules = [os.path.join(peers.CACHE, m) for m in MODULES]
        p = subprocess.run([compiled(args, args.build, work)] +
                           [m for m in modules if os.path.exists(m)],
                           stdout=subprocess.PIPE, text=True, check=True)
        times = start_up(args.runs, args.build, work)
    rows = ["| what | | target |", "|---|---:|---:|"]
    for line in p.stdout.splitlines():
        m = re.match(r"(\w+) (?:(\S+\.wasm) )?([\d.]+ .*)", line)
        what, target = WORDS.get(m[1]) or ("translate %s" % m[2], "100 MB/s")
        rows.append("| %s | %s | %s |" % (what, m[3], target))
    mine, native = times["wattle run"], times["native, static"]
    rows.append("| hello-world, times native: medians | %.2fx | 2x |" % (mine[0] / native[0]))
    rows.append("| the same: fastest runs | %.2fx | 2x |" % (mine[1] / native[1]))
    rows.append("| hello-world, peak | %d KiB | 3072 KiB |" % mine[2])
    lines = ["\n| hello-world | ms | fastest ms | peak KiB |", "|---|---:|---:|---:|"]
    for name, row in times.items():
        lines.append("| %s | %.2f | %.2f | %d |" % ((name,) + row))
    head = ("wattle %s, %s. %s Translation is the best of 5 rounds on the bodies of all functions; "
            "hello-world is whole processes in turns, median of %d." %
            (peers.version(os.path.join(args.build, "wattle")).split()[-1], results.compiler(),
             results.machine(), args.runs))
    text = head + "\n\n" + "\n".join(rows + lines)
    print(text)
    if args.record:
        results.record("host", "The interpreter in a host", text)


if __name__ == "__main__":
    sys.exit(main())
