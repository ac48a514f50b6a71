#!/usr/bin/env python3
"""What a container costs to start: a .wasm under our handler against a native static program.

    bench/oci/run.py [--runs N] [--wattle PATH] [--record]

The same program, test/oci/guest.c, printing its arguments: compiled by gcc as a static executable, and
by clang for WASI. Each run is a whole `crun run`, from its start to its end, in namespaces of the
bench's own (test/oci does the same); the kinds take turns, the median counts, and CPU time stands beside
because other work of the machine does not enter it. "no plug-in" has crun's
folder of handlers empty: what native containers pay for the plug-in being there is the difference.
Needs root on Linux, crun, gcc, clang with wasi-libc, and a release build.
"""
import argparse
import importlib.util
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import results                                                      # noqa: E402

spec = importlib.util.spec_from_file_location("oci_test", ROOT / "test/oci/run.py")
oci = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oci)


def native(config):
    del config["annotations"]
    config["process"]["args"][0] = "/guest"


def cpu_seconds():
    """Of all processes that were waited for: crun's, and by it the container's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(scratch, guest, plugin, runs):
    """{kind: (seconds, CPU seconds) of each run}, in the namespaces."""
    wrong = oci.mount_all(plugin, scratch)
    if wrong:
        sys.exit(f"bench/oci: {wrong}")
    folder = oci.handlers_folder(shutil.which("crun"))
    shown, hidden = folder / plugin.name, folder / ("." + plugin.name)
    (scratch / "crun").mkdir()
    c = oci.Crun(scratch / "crun", guest)
    executable = scratch / "guest"
    subprocess.run(["gcc", "-O1", "-static", "-o", executable, ROOT / "test/oci/guest.c"],
                   check=True)
    bundles = {"native, no plug-in": c.bundle("args", change=native),
               "native": c.bundle("args", change=native), "wasm": c.bundle("args")}
    for name in bundles.values():
        shutil.copy(executable, c.folder / name / "rootfs/guest")
    seen = {kind: [] for kind in bundles}
    for turn in range(runs + 3):
        for kind, name in bundles.items():
            if kind == "native, no plug-in":
                os.rename(shown, hidden)
            start, used = time.perf_counter(), cpu_seconds()
            done = c.call("run", "--bundle", c.folder / name, name)
            took = time.perf_counter() - start, cpu_seconds() - used
            if hidden.exists():
                os.rename(hidden, shown)
            if done.returncode != 0 or not done.stdout.endswith("args\n"):
                sys.exit(f"bench/oci: {kind}: {done}")
            if turn >= 3:
                seen[kind].append(took)
    return seen


def report(seen, runs):
    def column(kind, i):
        return [1e3 * run[i] for run in seen[kind]]
    wall, cpu = (statistics.median(column("native", i)) for i in (0, 1))
    lines = [f"The whole of `crun run`, median of {runs} runs that take turns, and its distance from "
             "a native static program",
             "(the same source) beside the plug-in; \"no plug-in\": crun's folder of handlers is "
             "empty.",
             "wattle %s. %s %s" % (results.compiler(), oci.run(["crun", "--version"]).stdout
                                   .splitlines()[0] + ".", results.machine()),
             "", "| program | ms | over native | quartiles | CPU ms | over native |",
             "|---|---:|---:|---:|---:|---:|"]
    for kind in seen:
        low, middle, high = statistics.quantiles(column(kind, 0), n=4)
        busy = statistics.median(column(kind, 1))
        lines.append(f"| {kind} | {middle:.2f} | {middle - wall:+.2f} | {low:.2f} to {high:.2f} "
                     f"| {busy:.2f} | {busy - cpu:+.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--wattle", help="default: $WATTLE, else build/wattle")
    parser.add_argument("--record", action="store_true", help="write bench/RESULTS.md")
    parser.add_argument("--inside", dest="scratch", type=pathlib.Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.wattle:
        os.environ["WATTLE"] = args.wattle
    wattle = results.wattle()
    plugin = pathlib.Path(wattle or "none").resolve().parent / "libwattle-crun.so"
    why = oci.why_no_containers(plugin, shutil.which("crun"))
    if why:
        sys.exit(f"bench/oci: {why}")
    if not args.scratch:
        with tempfile.TemporaryDirectory(prefix="oci") as scratch:
            words = [w for w in sys.argv[1:] if w != "--record"]
            done = subprocess.run(
                ["unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "--propagation",
                 "private", sys.executable, __file__, *words, "--inside", scratch],
                stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, end="")
        if done.returncode == 0 and args.record:
            results.record("oci", "Start of a container", done.stdout)
        return done.returncode
    with tempfile.TemporaryDirectory(prefix="guest") as folder:
        guest, why = oci.build_guest(pathlib.Path(folder))
        if why:
            sys.exit(f"bench/oci: {why}")
        print(report(measure(args.scratch, guest, plugin, args.runs), args.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
