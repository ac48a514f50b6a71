#!/usr/bin/env python3
"""The command as a program among others: what golden files cannot show.

    test/command/run.py --wattle build/dev/wattle [--emulator "WORDS"]
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Tests:
    def __init__(self, wattle, emulator):
        self.wattle, self.emulator = wattle, emulator
        self.command = emulator + [str(wattle)]
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what, detail=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"FAIL {what}: {detail}")

    def skip(self, what, why):
        self.skipped += 1
        print(f"skip {what}: {why}")

    def run(self, *words, **more):
        more.setdefault("timeout", 120)
        more.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(self.command + [str(w) for w in words], capture_output=True,
                              text=True, **more)


# ---- the table of engines, against the node that is here ----

# A module for each feature that an engine may refuse.
FEATURE_MODULES = {
    "mutable-globals": '(module (global (export "g") (mut i32) (i32.const 0)))',
    "sign-extension": "(module (func (drop (i32.extend8_s (i32.const 0)))))",
    "saturating-float-to-int": "(module (func (drop (i32.trunc_sat_f32_s (f32.const 0)))))",
    "multi-value": "(module (func (result i32 i32) i32.const 1 i32.const 2))",
    "bulk-memory": "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))",
    "reference-types": "(module (table 1 externref))",
    "simd": "(module (func (drop (v128.const i64x2 0 0))))",
    "relaxed-simd": "(module (func (param v128) (result v128) local.get 0 local.get 0"
                    " i8x16.relaxed_swizzle))",
    "tail-call": "(module (func $f return_call $f))",
    "extended-const": "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
    "multi-memory": "(module (memory 1) (memory 1))",
    "memory64": "(module (memory i64 1))",
    "function-references": "(module (type $t (func)) (func (param (ref $t))"
                           " (call_ref $t (local.get 0))))",
    "gc": "(module (type $s (struct (field i32))) (func (drop (struct.new $s (i32.const 1)))))",
    "exceptions": "(module (func (block (try_table (catch_all 0)))))",
    "threads": "(module (memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0)))))",
    "legacy-exceptions": "(module (func try catch_all end))",
    "wide-arithmetic": "(module (func (param i64) (result i64 i64)"
                       " (i64.mul_wide_s (local.get 0) (local.get 0))))",
}


def version(text):
    return tuple(int(n) for n in text.split("."))


def test_engines(t, temp):
    node = shutil.which("node")
    if not node:
        t.skip("engines", "no node here to compare the table with")
        return
    here = version(subprocess.run([node, "-p", "process.versions.node"], capture_output=True,
                                  text=True, check=True).stdout.strip())
    for feature, text in FEATURE_MODULES.items():
        (temp / "f.wat").write_text(text)
        told = t.run("check", "--for", "node", temp / "f.wat")
        row = re.search(rf"^  {feature} +(\S+)$", told.stdout, re.M)
        made = t.run("wat2wasm", "--features", "all", "-o", temp / "f.wasm", temp / "f.wat")
        if not row or made.returncode:
            t.check(False, f"engines {feature}", told.stdout + told.stderr + made.stderr)
            continue
        script = "process.exit(WebAssembly.validate(require('fs').readFileSync(process.argv[1]))?0:1)"
        has = subprocess.run([node, "-e", script, temp / "f.wasm"]).returncode == 0
        expected = row[1] != "no" and here >= version(row[1])
        t.check(has == expected, f"engines {feature}",
                f"node {here} {'has' if has else 'does not have'} it, the table says {row[1]}")


# ---- signals ----

SPIN = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\08\\00\\00\\00\\03\\00\\00\\00up\\0a")
  (func (export "_start")
    (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))
    (loop $again (br $again))))"""


def send_signal(t, temp, what, words, number, expected, before=()):
    """A spinning program gets a signal; expected is the code of Popen, negative for a signal."""
    process = subprocess.Popen([*before, *t.command, *words, str(temp / "spin.wat")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    up = process.stdout.readline()
    time.sleep(0.2)  # a profile wants to see something
    child = process.pid
    if before:  # the command is the child of unshare
        child = int(pathlib.Path(f"/proc/{child}/task/{child}/children").read_text().split()[0])
    os.kill(child, number)
    start = time.monotonic()
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    took = time.monotonic() - start
    t.check(up == "up\n" and process.returncode == expected and took < 5, what,
            f"code {process.returncode}, expected {expected}, after {took:.1f} s: {out}{err}")
    return err


def test_signals(t, temp):
    (temp / "spin.wat").write_text(SPIN)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        send_signal(t, temp, f"{number.name} stops the guest", ["run"], number, -number)
        err = send_signal(t, temp, f"{number.name} with --stats", ["run", "--stats"], number,
                          -number)
        t.check("peak memory" in err, f"{number.name} tells the stats", err)
    # As a shell sees it: 128 and the number.
    script = temp / "shell.sh"
    script.write_text('"$@" > up & pid=$!\nwhile ! [ -s up ]; do sleep 0.05; done\n'
                      'kill -TERM $pid\nwait $pid\necho $?\n')
    done = subprocess.run(["sh", script, *t.command, "run", temp / "spin.wat"], cwd=temp,
                          capture_output=True, text=True, timeout=120)
    t.check(done.stdout == "143\n", "a shell sees 143", done.stdout + done.stderr)
    unshare = shutil.which("unshare")
    can = unshare and not t.emulator and subprocess.run(
        [unshare, "--pid", "--fork", "true"], capture_output=True).returncode == 0
    if can:
        send_signal(t, temp, "SIGTERM to the first process", ["run"], signal.SIGTERM, 143,
                    [unshare, "--pid", "--fork"])
    else:
        t.skip("SIGTERM to the first process", "no unshare of process ids here")


# ---- what a run tells ----

def test_stats(t, temp):
    (temp / "count.wat").write_text('(module (func (export "_start") (drop (i32.const 1))))')
    done = t.run("run", "--stats", temp / "count.wat")
    t.check(done.returncode == 0 and done.stdout == "" and "peak memory" in done.stderr
            and "page faults" in done.stderr and "not counted" in done.stderr, "--stats", done)
    done = t.run("run", "--stats=instructions", temp / "count.wat")
    t.check(re.search(r"instructions +2$", done.stderr, re.M), "--stats=instructions", done)
    done = t.run("run", "--stats=instructions", "--fuel", "100", temp / "count.wat")
    t.check(re.search(r"instructions +2$", done.stderr, re.M), "--stats with --fuel", done)
    done = t.run("run", "--stats=colours", temp / "count.wat")
    t.check(done.returncode == 2, "--stats of something else", done)


BUSY = """(module
  (func $work (param $n i32)
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n))))
  (func $deep (param $n i32)
    (if (local.get $n)
      (then (call $deep (i32.sub (local.get $n) (i32.const 1))))
      (else (call $work (i32.const 20000000)))))
  (func $"a<b>&;c" (call $deep (i32.const 700)))
  (func (export "_start") (call $work (i32.const 60000000)) (call $"a<b>&;c")))"""


def test_profile(t, temp):
    (temp / "busy.wat").write_text(BUSY)
    done = t.run("run", "--profile=p.svg", temp / "busy.wat", cwd=temp)
    row = re.search(r"^ *(\d+) +[\d.]+% +(\d+) +[\d.]+%  work$", done.stderr, re.M)
    t.check(done.returncode == 0 and row and int(row[1]) > 10 and row[1] == row[2],
            "--profile prints a table", done)
    try:
        root = xml.etree.ElementTree.parse(temp / "p.svg").getroot()
        titles = [x.text for x in root.iter("{http://www.w3.org/2000/svg}title")]
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        titles = [str(error)]
    t.check(any(x.startswith("work: ") for x in titles)
            and any(x.startswith("_start: ") for x in titles), "--profile draws", titles)
    done = t.run("run", "--profile=p.folded", temp / "busy.wat", cwd=temp)
    folded = (temp / "p.folded").read_text() if (temp / "p.folded").exists() else ""
    t.check(re.search(r"^_start;work \d+$", folded, re.M)
            and all(re.fullmatch(r"\S.* \d+", x) for x in folded.splitlines()),
            "--profile folds stacks", folded[:300] + done.stderr)
    done = t.run("run", "--profile=no/such/folder.svg", temp / "busy.wat", cwd=temp)
    t.check(done.returncode == 3, "--profile into nothing", done)
    (temp / "spin.wat").write_text(SPIN)
    err = send_signal(t, temp, "SIGINT with --profile", ["run", "--profile"], signal.SIGINT,
                      -signal.SIGINT)
    t.check("samples" in err, "SIGINT tells the profile", err)


# ---- executables that carry a program ----

# Prints its arguments, a line each, and ends with their number.
ECHO = """(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $dir (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $i i32)
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 1024) (i32.const 8192)))
    (loop $zeros
      (if (i32.eqz (i32.load8_u offset=8192 (local.get $i)))
        (then (i32.store8 offset=8192 (local.get $i) (i32.const 10))))
      (br_if $zeros (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.load (i32.const 4)))))
    (i32.store (i32.const 8) (i32.const 8192))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $w (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
    (drop (call $env (i32.const 20) (i32.const 24)))
    (call $exit (i32.add (i32.load (i32.const 0)) (i32.add
      (i32.mul (i32.const 10) (i32.load (i32.const 20)))
      (i32.mul (i32.const 100) (i32.eqz (call $dir (i32.const 3) (i32.const 32)))))))))"""


def link_static(t, temp):
    """The command once more, as one static executable made of the objects that are there."""
    build = t.wattle.parent
    objects = sorted(build.glob("CMakeFiles/wattle_cli.dir/src/cli/*.o"))
    cc = shutil.which("cc") or shutil.which("gcc")
    if not objects or not (build / "libwattle.a").exists() or not cc:
        return "no objects of the command, or no compiler"
    done = subprocess.run([cc, "-static", "-o", temp / "static", *objects, build / "libwattle.a",
                           "-lm", "-pthread"], capture_output=True, text=True)
    return None if done.returncode == 0 else "cannot link it: " + done.stderr.strip()[:200]


def test_bundle(t, temp):
    (temp / "echo.wat").write_text(ECHO)
    exe = temp / "echo"
    run = t.emulator + [str(exe)]
    done = t.run("bundle", temp / "echo.wat", "-o", exe)
    t.check(done.returncode == 0 and os.access(exe, os.X_OK), "bundle", done)
    if done.returncode:
        return
    if t.emulator:
        t.skip("bundle runs", "/proc/self/exe is the emulator's")
        return
    got = subprocess.run([*run, "one", "--help", "--version"], capture_output=True, text=True)
    t.check(got.stdout == f"{exe}\none\n--help\n--version\n" and got.returncode == 4,
            "a bundle hands all words on", got)
    t.run("bundle", "--env=A=1", "--env", "B=2", temp / "echo.wat", "--dir", ".::/", "-o", exe,
          "--features", "default", "--deterministic", "--", "-x", "two")
    got = subprocess.run([*run, "three"], capture_output=True, text=True, cwd=temp)
    t.check(got.stdout == f"{exe}\n-x\ntwo\nthree\n" and got.returncode == 124,
            "options and arguments are baked in", got)
    got = subprocess.run(["echo"], executable=exe, capture_output=True, text=True, cwd=temp)
    t.check(got.stdout == "echo\n-x\ntwo\n", "the name is that of the call", got)
    done = t.run("bundle", "--runtime", exe, temp / "echo.wat", "-o", temp / "twice")
    t.check(done.returncode == 3 and not (temp / "twice").exists() and "already" in done.stderr,
            "no bundle of a bundle", done)
    done = t.run("bundle", temp / "echo.wat")
    t.check(done.returncode == 2, "bundle needs -o", done)
    (temp / "bad.wat").write_text("(module (func i32.add))")
    done = t.run("bundle", temp / "bad.wat", "-o", temp / "bad")
    t.check(done.returncode == 1 and not (temp / "bad").exists(), "no bundle of nonsense", done)
    data = bytearray(exe.read_bytes())
    data[-24:-16] = b"\xff" * 8
    exe.write_bytes(data)
    got = subprocess.run(run, capture_output=True, text=True)
    t.check(got.returncode == 3 and "damaged" in got.stderr, "a damaged bundle says so", got)

    why = "not root" if os.geteuid() else link_static(t, temp)
    if why:
        t.skip("bundle in an empty root", why)
        return
    root = temp / "root"
    root.mkdir()
    done = t.run("bundle", "--runtime", temp / "static", temp / "echo.wat", "-o", root / "echo")
    got = subprocess.run(["/echo", "alone"], capture_output=True, text=True, cwd=root,
                         preexec_fn=lambda: (os.chroot("."), os.chdir("/")))
    t.check(got.stdout == "/echo\nalone\n" and got.returncode == 2, "bundle in an empty root",
            f"{done} {got}")


TESTS = [test_engines, test_signals, test_stats, test_profile, test_bundle]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    args = parser.parse_args()
    t = Tests(args.wattle.resolve(), args.emulator)
    for test in TESTS:
        with tempfile.TemporaryDirectory(prefix="wattle-command") as folder:
            test(t, pathlib.Path(folder))
    print(f"{t.passed} passed, {t.failed} failed, {t.skipped} skipped")
    return 1 if t.failed or not t.passed else 0


if __name__ == "__main__":
    sys.exit(main())
