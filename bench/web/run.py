#!/usr/bin/env python3
"""The npm package beside npm's wabt, in node: converters on texts of 237 KB and 2.4 MB, and sizes; and
how long the playground takes from a key to what it says of the text, in headless Chromium.

    bench/web/run.py [--runs N] [--record]

Both sides are called in turn in one process: parsing, checking and writing, names included. The texts
are made (texts.mjs), the same in every run; wabt comes by test/web/package-lock.json. Medians, and the
first call of a process apart, which V8 has not made fast code for. --record writes bench/RESULTS.md.
"""
import argparse
import gzip
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent.parent / "test" / "web"))
import results
import run as tests

PACKAGE = tests.PACKAGE


def sizes(modules):
    """(files, bytes, bytes of what a page loads, the same compressed, tarball) of both."""
    found = {}
    for name, folder, loads in (("wattle", PACKAGE, ("index.js", "promises.js", "wattle.js", "wattle.wasm")),
                                ("wabt", modules / "node_modules" / "wabt", ("index.js",))):
        files = [p for p in folder.rglob("*") if p.is_file()]
        loaded = [(folder / part).read_bytes() for part in loads]
        done = subprocess.run(["npm", "pack", "--dry-run", "--json"], cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
        packed = json.loads(done.stdout)
        packed = packed[0] if isinstance(packed, list) else next(iter(packed.values()))
        found[name] = (len(files), sum(p.stat().st_size for p in files), sum(map(len, loaded)),
                       sum(len(gzip.compress(b, 9)) for b in loaded), packed["size"])
    return found


def report(measured, weighed, runs, versions):
    lines = [versions, "", f"Medians of {runs} calls in one process, alternating; ratios are wabt / wattle.", "",
             "| text | | wattle, ms | wabt, ms | ratio | first call: wattle | wabt |", "|---|---|---|---|---|---|---|"]
    for one in measured:
        for what, (ours, theirs) in one["times"].items():
            a, b = statistics.median(ours), statistics.median(theirs)
            lines.append(f"| {one['text'] / 1000:.0f} KB | {what} | {a:.1f} | {b:.1f} | {b / a:.1f} | {ours[0]:.0f} | {theirs[0]:.0f} |")
    lines += ["", "| size | wattle-wasm | wabt | ratio |", "|---|---|---|---|"]
    for i, what in enumerate(("files", "bytes, unpacked", "bytes that a page loads", "the same, gzip -9", "bytes of the tarball")):
        a, b = weighed["wattle"][i], weighed["wabt"][i]
        lines.append(f"| {what} | {a:,} | {b:,} | {b / a:.2f} |")
    return "\n".join(lines)


def editing():
    """The table of the language service."""
    done = subprocess.run(["node", HERE / "editing.mjs", tests.BUILD / "playground", "60"], stdout=subprocess.PIPE, text=True, check=True)
    lines = ["Language service in node, a key in the middle of a text:", "",
             "| text | question | median, ms | 95 % within |", "|---|---|---|---|"]
    for one in json.loads(done.stdout):
        for what, (a, b) in one["table"].items():
            lines.append(f"| {one['text'] / 1000:.0f} KB | {what} | {a:.2f} | {b:.2f} |")
    return "\n".join(lines)


def latencies(modules):
    """The table of the playground; a line that says why there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        return "The playground was not measured: chromium is not here."
    subprocess.run(["cmake", "--build", tests.BUILD, "--target", "playground"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["node", HERE / "playground.mjs", tests.BUILD / "playground", modules, chromium], stdout=subprocess.PIPE, text=True, check=True)
    lines = ["Playground, from a key in the middle of a text to squiggles and bytes, and of that the compiling in the worker:", "",
             "| text | keys | median, ms | 95 % within | compiling, median | 95 % within |", "|---|---|---|---|---|---|"]
    for one in json.loads(done.stdout):
        (a, b), (c, d) = one["way"], one["compiling"]
        lines.append(f"| {one['text'] / 1000:.0f} KB | {one['keys']} | {a:.1f} | {b:.1f} | {c:.1f} | {d:.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--record", action="store_true", help="write bench/RESULTS.md")
    args = parser.parse_args()
    why = tests.build()
    modules = tests.node_modules()
    if why or not modules:
        sys.exit(f"bench/web: {why or 'npm ci failed'}")
    done = subprocess.run(["node", HERE / "measure.mjs", PACKAGE, modules, str(args.runs)], stdout=subprocess.PIPE, text=True, check=True)
    version = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    peer = json.loads((modules / "node_modules/wabt/package.json").read_text(encoding="utf-8"))["version"]
    versions = (f"wattle-wasm {version}, wabt {peer} (npm), node {results.first_line(['node', '--version'])}. {results.machine()}")
    text = report(json.loads(done.stdout), sizes(modules), args.runs, versions) + "\n\n" + editing() + "\n\n" + latencies(modules)
    print(text)
    if args.record:
        results.record("web", "The npm package", text)


if __name__ == "__main__":
    main()
