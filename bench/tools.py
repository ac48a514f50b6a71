#!/usr/bin/env python3
"""The tool bench: wattle beside wasm-tools and wabt on the modules of bench/corpus.tsv.

    bench/tools.py [--runs N] [--only MODULE,...] [--verbs validate,print,parse,strip]
                   [--wattle PATH] [--no-wabt] [--checked] [--cpu] [--no-startup] [--record]
    bench/tools.py --memory [--only MODULE,...] [--wattle PATH] [--record]

One thread each (wattle -j1, RAYON_NUM_THREADS=1).  The tools take turns on a module, the median
of N whole processes counts, start-up included; --cpu counts their processor time, for a machine
that others use too.  Outputs go to one file on a tmpfs for all.
`parse` reads the text that `wasm-tools print` wrote.  wasm-tools' print and parse do not check
their input, so the converters of wattle and wabt run with --no-check; --checked leaves the check
on.  --memory measures only what the whole process takes at most while it parses, the mapped text
counted; other work on the machine does not change that.  MB is 10^6 bytes of the input file.  Ratios are wattle's speed over the other's.  Without a
wattle to measure, the peers' numbers come alone.
"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.path.insert(0, HERE)
import corpus                                                       # noqa: E402
import peers                                                        # noqa: E402
import results                                                      # noqa: E402

VERBS = ["validate", "print", "parse", "strip"]
BUDGET = 25.0           # seconds for one tool on one module; then its runs so far must do
LIMIT = 300             # seconds for one run


def launcher():
    """bench/launch.c, compiled once for each text of it."""
    src = os.path.join(HERE, "launch.c")
    out = os.path.join(peers.CACHE, "launch-" + corpus.sha256(src)[:8])
    if not os.path.exists(out):
        os.makedirs(peers.CACHE, exist_ok=True)
        peers.quiet(["cc", "-O2", "-o", out + ".tmp", src])
        os.replace(out + ".tmp", out)
    return out


class Bench:
    """The commands of every tool, and one way to run any of them."""

    def __init__(self, args):
        self.args = args
        self.paths = peers.binaries()
        self.launch = launcher()
        self.work = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.out = os.path.join(self.work, "out")
        self.err = os.path.join(self.work, "err")
        self.tools = ["wasm-tools"] + ([] if args.no_wabt else ["wabt"])
        if args.wattle:
            self.tools.insert(0, "wattle")

    def command(self, tool, verb, path):
        p, out = self.paths, self.out
        check = [] if self.args.checked else ["--no-check"]
        if tool == "wattle":
            base = [self.args.wattle]
            common = ["-j1", "--features", "all"]
            return {"validate": base + ["validate"] + common + [path],
                    "print": base + ["wasm2wat"] + common + check + [path, "-o", out],
                    "parse": base + ["wat2wasm"] + common + check + [path, "-o", out],
                    "strip": base + ["strip", "-j1", "--all", path, "-o", out]}[verb]
        if tool == "wasm-tools":
            base = [p["wasm-tools"]]
            return {"validate": base + ["validate", "-f", "all", path],
                    "print": base + ["print", path, "-o", out],
                    "parse": base + ["parse", path, "-o", out],
                    "strip": base + ["strip", "--all", path, "-o", out]}[verb]
        return {"validate": [p["wasm-validate"], "--enable-all", path],
                "print": [p["wasm2wat"], "--enable-all"] + check + [path, "-o", out],
                "parse": [p["wat2wasm"], "--enable-all"] + check + [path, "-o", out],
                "strip": [p["wasm-strip"], path, "-o", out]}[verb]

    def once(self, command):
        """(seconds, peak KiB, None) or (None, None, first line of the error)."""
        env = dict(os.environ, RAYON_NUM_THREADS="1")
        try:
            p = subprocess.run([self.launch, self.err] + command, stdout=subprocess.PIPE, text=True,
                               env=env, timeout=LIMIT)
            wall, cpu, peak, code = map(int, p.stdout.split())
        except subprocess.TimeoutExpired:
            return None, None, "ran longer than %d s" % LIMIT
        if code == 0:
            return (cpu if self.args.cpu else wall) / 1e6, peak, None
        with open(self.err, encoding="utf-8", errors="replace") as f:
            lines = [s.strip() for s in f if s.strip()]
        said = lines[0] if lines else "exit code %d" % code
        for folder in (self.work, os.path.join(peers.CACHE, "text"), corpus.HOUSE):
            said = said.replace(folder + "/", "")
        return None, None, said

    def compare(self, verb, path):
        """Tool -> (median seconds, largest peak KiB, None), or (None, None, error)."""
        seen = {t: [] for t in self.tools}
        failed = {}
        for _ in range(self.args.runs):
            for t in self.tools:
                if t in failed or sum(s for s, _ in seen[t]) > BUDGET:
                    continue
                seconds, peak, error = self.once(self.command(t, verb, path))
                if error:
                    failed[t] = error
                else:
                    seen[t].append((seconds, peak))
        return {t: (None, None, failed[t]) if t in failed else
                (statistics.median(s for s, _ in seen[t]), max(k for _, k in seen[t]), None)
                for t in self.tools}

    def text_of(self, path, name):
        """What wasm-tools prints for the module, kept in the cache; None when it cannot."""
        wat = os.path.join(peers.CACHE, "text", name + ".wat")
        if not os.path.exists(wat) or os.path.getmtime(wat) < os.path.getmtime(path):
            os.makedirs(os.path.dirname(wat), exist_ok=True)
            p = subprocess.run([self.paths["wasm-tools"], "print", path, "-o", wat + ".tmp"],
                               stderr=subprocess.DEVNULL)
            if p.returncode:
                return None
            os.replace(wat + ".tmp", wat)
        return wat

    def finish(self, name, title, text):
        print(text)
        if self.args.record:
            results.record(name, title, text)
        for file in os.listdir(self.work):
            os.unlink(os.path.join(self.work, file))
        os.rmdir(self.work)


def geomean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def ratio(value):
    return "-" if value is None else "%.2fx" % value


class Table:
    """One verb's rows, its ratios, and its footnotes."""

    def __init__(self, verb, tools):
        self.verb, self.tools, self.rows, self.notes = verb, tools, [], []
        self.others = tools[1:] if tools[0] == "wattle" else []
        self.ratios = {t: [] for t in self.others}
        self.speeds = {t: [] for t in tools}

    def add(self, name, size, got):
        cells = [name, "%.2f" % (size / 1e6)]
        for t in self.tools:
            seconds, _, error = got[t]
            if error:
                self.notes.append("%s, %s: %s" % (name, t, error[:160].replace("|", "\\|")))
                cells.append("fails [%d]" % len(self.notes))
            else:
                self.speeds[t].append(size / 1e6 / seconds)
                cells.append("%.1f" % (size / 1e6 / seconds))
        for t in self.others:
            both = got["wattle"][0] and got[t][0]
            if both:
                self.ratios[t].append(got[t][0] / got["wattle"][0])
            cells.append(ratio(self.ratios[t][-1] if both else None))
        cells += ["-" if got[t][1] is None else "%.1f" % (got[t][1] * 1024 / 1e6)
                  for t in self.tools]
        self.rows.append("| %s |" % " | ".join(cells))
        print(self.verb, self.rows[-1], file=sys.stderr, flush=True)

    def text(self):
        heads = ["module", "MB"] + [t + " MB/s" for t in self.tools]
        heads += ["vs " + t for t in self.others] + [t + " peak MB" for t in self.tools]
        last = ["geomean", ""] + ["%.1f" % geomean(self.speeds[t]) if self.speeds[t] else "-"
                                  for t in self.tools]
        last += [ratio(geomean(self.ratios[t])) for t in self.others] + [""] * len(self.tools)
        lines = ["### " + self.verb, "", "| %s |" % " | ".join(heads),
                 "|---|" + "---:|" * (len(heads) - 1)] + self.rows
        lines += ["| %s |" % " | ".join(last)]
        if self.notes:
            lines += [""] + ["[%d] %s  " % (i + 1, n) for i, n in enumerate(self.notes)]
        return "\n".join(lines)


def startup(bench, runs=200):
    """Whole processes that assemble a text of about 1 KB: median microseconds, in turns."""
    wat = os.path.join(bench.work, "small.wat")
    body = ["(module (memory (export \"memory\") 1)"]
    for i in range(7):
        body.append("  (func (export \"f%d\") (param $a i32) (param $b i32) (result i32)\n    "
                    "(i32.add (i32.mul (local.get $a) (i32.const %d)) (local.get $b)))" % (i, i))
    with open(wat, "w", encoding="utf-8") as f:
        f.write("\n".join(body) + ")\n")
    saved, bench.args.checked = bench.args.checked, True
    seen = {t: [] for t in bench.tools}
    for _ in range(runs):
        for t in list(seen):
            seconds, _, error = bench.once(bench.command(t, "parse", wat))
            if error:
                del seen[t]
            else:
                seen[t].append(seconds * 1e6)
    bench.args.checked = saved
    lines = ["### start-up", "", "Assembling a file of %d bytes, whole process, median of %d in turns."
             % (os.path.getsize(wat), runs), "", "| tool | ms | fastest ms |", "|---|---:|---:|"]
    for t in bench.tools:
        lines.append("| %s | %.2f | %.2f |" % (t, statistics.median(seen[t]) / 1e3,
                                               min(seen[t]) / 1e3) if t in seen
                     else "| %s | fails | |" % t)
    return "\n".join(lines)


def modules(bench):
    """(name, path) of all that can be had, the smallest first."""
    names = set(filter(None, bench.args.only.split(",")))
    for row in sorted(corpus.rows(), key=lambda r: int(r["bytes"])):
        if names and row["name"] not in names:
            continue
        try:
            yield row["name"], corpus.fetch(row)
        except (RuntimeError, OSError) as e:
            print("%s: not to be had: %s" % (row["name"], e), file=sys.stderr)


def memory(bench):
    """The peak of wattle's parse against the size of the text."""
    lines = ["| module | text MB | peak MB | of the text | checked: peak MB | of the text |",
             "|---|---:|---:|---:|---:|---:|"]
    for name, path in modules(bench):
        text = bench.text_of(path, name)
        size = os.path.getsize(text) / 1e6 if text else 0
        cells = [name, "%.2f" % size]
        for bench.args.checked in (False, True) if text else ():
            _, peak, error = bench.once(bench.command("wattle", "parse", text))
            cells += ["fails", "-"] if error else ["%.1f" % (peak * 1024 / 1e6),
                                                   "%.2f" % (peak * 1024 / 1e6 / size)]
        lines.append("| %s |" % " | ".join(cells))
        print(lines[-1], file=sys.stderr, flush=True)
    empty = os.path.join(bench.work, "empty.wat")
    with open(empty, "w", encoding="utf-8") as f:
        f.write("(module)\n")
    _, least, _ = bench.once(bench.command("wattle", "parse", empty))
    head = ("What a whole process of `wattle wat2wasm -j1` takes at most (ru_maxrss), pages of the "
            "mapped text counted.\nAn empty module needs %.1f MB.\nwattle %s (%s). %s"
            % (least * 1024 / 1e6, peers.version(bench.args.wattle), results.compiler(),
                                   results.machine()))
    return head + "\n\n" + "\n".join(lines)


def measure_all(bench, verbs):
    tables = {v: Table(v, bench.tools) for v in verbs}
    for name, path in modules(bench):
        for v in verbs:
            source = bench.text_of(path, name) if v == "parse" else path
            if source:
                with open(source, "rb") as f:            # into the page cache
                    while f.read(1 << 20):
                        pass
                tables[v].add(name, os.path.getsize(source), bench.compare(v, source))
    return [t.text() for t in tables.values()]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--only", default="")
    ap.add_argument("--verbs", default=",".join(VERBS))
    ap.add_argument("--wattle", default=results.wattle())
    ap.add_argument("--no-wabt", action="store_true")
    ap.add_argument("--checked", action="store_true")
    ap.add_argument("--cpu", action="store_true")
    ap.add_argument("--no-startup", action="store_true")
    ap.add_argument("--record", action="store_true")
    ap.add_argument("--memory", action="store_true")
    args = ap.parse_args()
    bench = Bench(args)
    if args.memory:
        bench.finish("parse-memory", "Peak memory of parsing", memory(bench))
        return
    parts = measure_all(bench, args.verbs.split(","))
    if not args.no_startup:
        parts.append(startup(bench))
    who = ["wasm-tools " + peers.version(bench.paths["wasm-tools"])]
    if not args.no_wabt:
        who.append("wabt " + peers.version(bench.paths["wat2wasm"]))
    if args.wattle:
        who.insert(0, "wattle " + peers.version(args.wattle) + " (" + results.compiler() + ")")
    head = ("One thread each, whole processes, median %s of up to %d runs; the tools take turns on "
            "a module, so that\nwhat else the machine does meets all of them. Converters %s "
            "validation.\n%s. %s" % ("processor time" if args.cpu else "wall time", args.runs,
                                     "with" if args.checked else "without",
                                     "; ".join(who), results.machine()))
    text = head + "\n\n" + "\n\n".join(parts)
    bench.finish("tools", "Tools", text)


if __name__ == "__main__":
    sys.exit(main())
