#!/usr/bin/env python3
"""The bench of the collector: pauses, throughput and memory of five workloads.

    bench/gc/run.py [--runs N] [--only WORKLOAD,...] [--build FOLDER] [--record]

FOLDER (default build/release) holds libwattle.a and the command of a release build; pauses.c is
compiled against it.  Each workload is a .wat of our own that says in its first lines what it does.
V8 (node) runs the same exports in one process and tells its pauses by --trace-gc; wasmtime runs
them, compiled, by a loop in wasm as a whole process.  The runners take turns; of wattle and V8 the
run with the median time of the steps counts.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, os.path.dirname(HERE))
import peers                                                        # noqa: E402
import results                                                      # noqa: E402

WORKLOADS = ["trees", "graph", "queue", "arrays", "strings"]
# Setup, steps and the result, for runners that only call one function.
MAIN = """
  (func (export "main") (result i32) (local $n i32)
    (loop $more (br_if $more (call $setup)))
    (local.set $n (global.get $steps))
    (loop $more
      (call $step)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n)))
    (call $result))
)
"""
PAUSE = re.compile(r"ms: (Scavenge|Mark-Compact).*? ([\d.]+) / [\d.]+ ms")


def pauses_of(lines):
    """"NAME VALUE" lines as a dictionary."""
    pairs = (line.split() for line in lines)
    return {p[0]: float(p[1]) for p in pairs if len(p) == 2}


def run(args):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if p.returncode:
        raise RuntimeError("%s: %s" % (args[0], (p.stderr or p.stdout).strip()[-300:]))
    return p.stdout.splitlines()


def run_wattle(host, module):
    return pauses_of(run([host, module]))


def run_node(node, module):
    lines = run([node, "--trace-gc", os.path.join(HERE, "node.mjs"), module])
    got = pauses_of(line for line in lines if "ms:" not in line)
    for name, kind in (("minor", "Scavenge"), ("full", "Mark-Compact")):
        found = [PAUSE.search(line) for line in lines]
        ns = sorted(float(m[2]) for m in found if m and m[1] == kind)
        got[name] = len(ns)
        if ns:
            got.update({name + "_median_ms": ns[len(ns) // 2], name + "_longest_ms": ns[-1],
                        name + "_p99_ms": ns[len(ns) * 99 // 100]})
    return got


def run_wasmtime(wasmtime, module):
    start = time.perf_counter()
    said = run([wasmtime, "run", "-W", "gc=y,function-references=y", "--invoke", "main", module])
    return {"steps_s": time.perf_counter() - start, "result": float(said[-1])}


def compiled(build, work):
    out = os.path.join(work, "pauses")
    peers.quiet(["cc", "-O2", "-std=gnu11", "-I", os.path.join(ROOT, "include"),
                 os.path.join(HERE, "pauses.c"), os.path.join(build, "libwattle.a"), "-lm",
                 "-lpthread", "-o", out])
    return out


def with_main(name, work):
    """The workload's text with a function that does it all."""
    with open(os.path.join(HERE, name + ".wat"), encoding="utf-8") as f:
        text = f.read().rstrip()
    for what in ("setup", "step", "result"):
        text = text.replace('(func (export "%s")' % what, '(func $%s (export "%s")' % (what, what))
    text = text.replace('(global (export "steps")', '(global $steps (export "steps")')
    path = os.path.join(work, name + ".wat")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:text.rindex(")")] + MAIN)
    return path


def median_run(rows):
    return sorted(rows, key=lambda r: r["steps_s"])[len(rows) // 2]


def measure(name, args, table, work):
    """Runner -> its median run, or a word."""
    module = os.path.join(work, name + ".wasm")
    peers.quiet([os.path.join(args.build, "wattle"), "wat2wasm", "-o", module,
                 with_main(name, work)])
    seen, words = {r: [] for r in table}, {}
    for _ in range(args.runs):
        for runner, (how, path) in table.items():
            if runner in words:
                continue
            try:
                seen[runner].append(how(path, module))
            except RuntimeError as e:
                words[runner] = "fails"
                print("%s, %s: %s" % (name, runner, e), file=sys.stderr)
    got = {r: words.get(r) or median_run(seen[r]) for r in table}
    said = {r: g["result"] for r, g in got.items() if isinstance(g, dict)}
    if len(set(said.values())) > 1:
        raise RuntimeError("%s: results differ: %s" % (name, said))
    return got


def cell(row, name, digits=2):
    return "%.*f" % (digits, row[name]) if name in row else "-"


def rows_of(name, got):
    for runner, row in got.items():
        if isinstance(row, str):
            yield "| %s | %s | %s |%s" % (name, runner, row, " |" * 10)
            continue
        if "minor" not in row:
            yield "| %s | %s | | %s |%s" % (name, runner, cell(row, "steps_s"), " |" * 9)
            continue
        cells = [cell(row, "setup_s"), cell(row, "steps_s"), cell(row, "gc_s"),
                 cell(row, "minor", 0)]
        cells += [cell(row, "minor_%s_ms" % k) for k in ("median", "p99", "longest")]
        cells += [cell(row, "full", 0), cell(row, "full_longest_ms", 1), cell(row, "live_mb", 0),
                  cell(row, "peak_mb", 0)]
        yield "| %s | %s | %s |" % (name, runner, " | ".join(cells))


def peers_found(host):
    table = {"wattle": (run_wattle, host)}
    try:
        table["V8"] = (run_node, peers.node())
        table["wasmtime"] = (run_wasmtime, peers.binaries()["wasmtime"])
    except (RuntimeError, OSError) as e:
        print("a peer is not to be had: %s" % e, file=sys.stderr)
    return table


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=3)
    ap.add_argument("--only", default="")
    ap.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    ap.add_argument("--record", action="store_true")
    args = ap.parse_args()
    names = [w for w in WORKLOADS if not args.only or w in args.only.split(",")]
    lines = ["| workload | runner | setup s | steps s | collecting s | minor | median ms | p99 ms "
             "| longest ms | full | longest ms | live MB | peak MB |",
             "|---|---|" + "---:|" * 11]
    with tempfile.TemporaryDirectory() as work:
        table = peers_found(compiled(args.build, work))
        for name in names:
            for line in rows_of(name, measure(name, args, table, work)):
                lines.append(line)
                print(line, file=sys.stderr, flush=True)
    who = ["wattle " + peers.version(os.path.join(args.build, "wattle")).split()[-1]]
    who += ["%s %s" % (n, peers.version(table[n][1])) for n in list(table)[1:]]
    load = os.getloadavg()[0]
    head = ("Median of %d runs by the time of the steps. Wattle makes machine code in one pass, V8 and wasmtime "
            "compile; of wasmtime the whole process is measured. V8's minor collections are its "
            "scavenges, full its mark-compacts. %s; %s. %s Load of the machine %.1f." %
            (args.runs, "; ".join(who), results.compiler(), results.machine(), load))
    text = head + "\n\n" + "\n".join(lines)
    print(text)
    if args.record:
        results.record("gc", "The collector", text)


if __name__ == "__main__":
    sys.exit(main())
