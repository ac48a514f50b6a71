#!/usr/bin/env python3
"""The WASI bench: what a program pays for calls, against native C of the same text and wasmtime.

    bench/wasi/run.py [--runs N] [--wattle PATH] [--record]

calls.c runs loops over single calls and prints nanoseconds; its own empty loop is subtracted. It
also copies a file of 1 GiB, or less where memory is short; the report says so.
hello.c is a whole process from start to exit; cat.c and wc.c a pipe of two. The three take turns,
and the best of each counts, for what other programs do can only make a call slower. Files lie in
memory (/dev/shm), so no disk is measured. The target of each call: at most 1.3
times native and 100 ns, and never slower than wasmtime.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(HERE.parent))
import peers                                                        # noqa: E402
import results                                                      # noqa: E402

# name in calls.c -> what one of them is
ROWS = {"clock": "clock_time_get", "random16": "random_get, 16 B", "random1m": "random_get, 1 MiB",
        "stat": "stat", "statdeep": "stat, 4 levels deep", "open": "open + close",
        "read1": "read, 1 B", "read64k": "read, 64 KiB", "write1": "write, 1 B",
        "write64k": "write, 64 KiB", "readdir": "readdir of 2,000, per entry",
        "walk": "tree walk with stat, per entry", "copy": "copy of {} MiB, per MiB"}
WHO = ["native", "wattle", "wasmtime"]
LARGE = 1 << 30         # at most
COPIES = 3              # turns
PIPE = 16 << 20


def build(work):
    """name -> {"native": path, "wasm": path}"""
    found = {}
    for name in ("calls", "hello", "cat", "wc"):
        source, native, wasm = HERE / f"{name}.c", work / name, work / f"{name}.wasm"
        peers.quiet(["cc", "-O2", "-std=gnu11", "-w", str(source), "-o", str(native)])
        peers.quiet([results.clang(), "--target=wasm32-wasi", "-O2", "-std=gnu11", "-w",
                     "-Wl,--strip-all", str(source), "-o", str(wasm)])
        found[name] = {"native": str(native), "wasm": str(wasm)}
    return found


def large_size(folder):
    """Of the file to copy, in bytes: it and its copy take no more than a third of what is free."""
    free = shutil.disk_usage(folder).free
    with open("/proc/meminfo", encoding="ascii") as f:
        free = min(free, *(int(line.split()[1]) << 10 for line in f if "MemAvailable" in line))
    return max(min(LARGE, free // 6 >> 20 << 20), 4 << 20)


def fill(folder):
    for path in ("many", "a/b/c"):
        (folder / path).mkdir(parents=True)
    for path in ("file", "a/b/c/file"):
        (folder / path).write_text("text\n")
    for i in range(2000):
        (folder / "many" / f"file{i:04}").touch()
    for i in range(40):
        below = folder / "tree" / f"dir{i:02}"
        below.mkdir(parents=True)
        for k in range(25):
            (below / f"file{k:02}").touch()
    block = bytes(range(256)) * 4096
    with open(folder / "large", "wb") as f:
        for _ in range(large_size(folder) // len(block)):
            f.write(block)


def command(who, tools, program, folder=None, arguments=()):
    if who == "native":
        return [program["native"], *arguments]
    given = ["--dir", f"{folder}::/"] if folder else []
    return [tools[who], "run", *given, program["wasm"], *arguments]


def quick(args):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(args[:2])}: {done.stdout.strip()[-300:]}")
    return done.stdout


def calls(tools, programs, folder, runs):
    """name -> {who: ns}"""
    seen = {}
    for run in range(runs + COPIES):
        more = [] if run < runs else ["copy"]
        for who in WHO:
            out = quick(command(who, tools, programs["calls"], folder, [str(folder), *more]))
            for line in out.splitlines():
                name, number = line.split()
                seen.setdefault(name, {}).setdefault(who, []).append(float(number))
    return {name: {who: min(v) for who, v in row.items()}
            for name, row in seen.items()}


def hello(tools, programs, launch, runs):
    """who -> (ms, KiB) of whole processes; "static" is a native one without shared libraries."""
    static = programs["hello"]["native"] + "-static"
    peers.quiet(["cc", "-O2", "-w", "-static", str(HERE / "hello.c"), "-o", static])
    seen = {who: [] for who in [*WHO, "static"]}
    for _ in range(runs):
        for who in seen:
            words = [static] if who == "static" else command(who, tools, programs["hello"])
            out = quick([launch, "/dev/null", *words])
            wall, _, peak, code = map(int, out.split())
            if code:
                raise RuntimeError(f"hello fails under {who}")
            seen[who].append((wall, peak))
    return {who: (min(w for w, _ in v) / 1000, min(p for _, p in v))
            for who, v in seen.items()}


def pipes(tools, programs, folder, runs):
    """who -> seconds of cat FILE | wc"""
    text = folder / "text"
    text.write_bytes(b"some words that stand on a line of their own\n" * (PIPE // 45))
    seen, answers = {who: [] for who in WHO}, set()
    for _ in range(runs):
        for who in WHO:
            start = time.perf_counter()
            with open(text, "rb") as f:
                cat = subprocess.Popen(command(who, tools, programs["cat"]), stdin=f,
                                       stdout=subprocess.PIPE)
            wc = subprocess.run(command(who, tools, programs["wc"]), stdin=cat.stdout,
                                stdout=subprocess.PIPE, check=True)
            cat.stdout.close()
            cat.wait()
            seen[who].append(time.perf_counter() - start)
            answers.add(wc.stdout)
    if len(answers) != 1:
        raise RuntimeError(f"wc counts differently: {answers}")
    return {who: min(v) for who, v in seen.items()}


def verdict(row):
    """What misses the target."""
    misses = []
    if row["wattle"] > 1.3 * row["native"] + 100:
        misses.append("native")
    if row["wattle"] > row["wasmtime"]:
        misses.append("wasmtime")
    return "misses " + " and ".join(misses) if misses else "yes"


def number(v):
    return f"{v:,.0f}" if v >= 100 else f"{v:.1f}"


def deep(row, floor):
    """What is said of a path of some length."""
    return (f"stat of a path: no call of Linux stats one and stays below a directory. The shortest way "
            f"that holds, openat2 with RESOLVE_BENEATH, fstat and close, takes {number(floor)} ns in "
            f"native C, {floor / row['native']:.2f}x of a plain stat; doc/security.md tells what else "
            "was tried.")


def report(numbers, started, piped, runs, versions, size):
    lines = [f"Loops in C, compiled for WASI and native, in the same run; the best of {runs} turns. {versions}", "",
             "| one call | native ns | wattle ns | wasmtime ns | wattle / native | wasmtime / wattle"
             " | at most 1.3 native + 100 ns, and wasmtime |", "|---|---:|---:|---:|---:|---:|---|"]
    for name, label in ROWS.items():
        row = numbers[name]
        lines.append("| %s | %s | %s | %s | %.2fx | %.2fx | %s |" % (
            label.format(size >> 20), *(number(row[who]) for who in WHO),
            row["wattle"] / row["native"], row["wasmtime"] / row["wattle"], verdict(row)))
    lines += ["", deep(numbers["statdeep"], numbers["beneath"]["native"]), "",
              "Whole processes. The pipe counts the lines and words of 16 MiB; that is the "
              "guest's own work.", "",
              "| | native | wattle | wasmtime |", "|---|---:|---:|---:|",
              "| hello, start to exit, ms | " + " | ".join(f"{started[w][0]:.2f}" for w in WHO) + " |",
              "| hello, peak memory, MB | "
              + " | ".join(f"{started[w][1] / 1024:.1f}" for w in WHO) + " |",
              "| cat \\| wc, ms | " + " | ".join(f"{piped[w] * 1000:.0f}" for w in WHO) + " |", "",
              f"hello: {started['static'][0]:.2f} ms of it are a process without shared libraries, a static "
              "native hello. In a virtual machine most of that are the questions of the C library to the "
              "processor (CPUID); of the rest about half is the compilation of what puts calls."]
    return "\n".join(lines)


def launcher(work):
    out = work / "launch"
    peers.quiet(["cc", "-O2", "-w", str(HERE.parent / "launch.c"), "-o", str(out)])
    return str(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--wattle", default=results.wattle())
    parser.add_argument("--record", action="store_true", help="write bench/RESULTS.md")
    args = parser.parse_args()
    if not args.wattle:
        sys.exit("bench/wasi: no command: make, or --wattle PATH")
    tools = {"wattle": os.path.abspath(args.wattle), "wasmtime": peers.binaries()["wasmtime"]}
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    work = pathlib.Path(tempfile.mkdtemp(prefix="wasi-bench", dir=memory))
    try:
        programs, folder = build(work), work / "files"
        fill(folder)
        size = (folder / "large").stat().st_size
        numbers = calls(tools, programs, folder, args.runs)
        started = hello(tools, programs, launcher(work), 8 * args.runs)
        piped = pipes(tools, programs, folder, args.runs)
    finally:
        shutil.rmtree(work)
    versions = (f"wattle {peers.version(tools['wattle'])} ({results.compiler()}), machine code made at the first call; "
                f"wasmtime {peers.version(tools['wasmtime'])}, a compiler. {results.machine()}")
    text = report(numbers, started, piped, args.runs, versions, size)
    print(text)
    if args.record:
        results.record("wasi", "WASI", text)


if __name__ == "__main__":
    main()
