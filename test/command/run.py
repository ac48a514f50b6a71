#!/usr/bin/env python3
"""The command as a program among others: what golden files cannot show.

    test/command/run.py --wattle build/dev/wattle [--emulator "WORDS"]
"""
import argparse
import os
import pathlib
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
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


def send_signal(t, temp, what, words, number, expected, before=(), times=1):
    """A spinning program gets a signal; expected is the code of Popen, negative for a signal."""
    process = subprocess.Popen([*before, *t.command, *words, str(temp / "spin.wat")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    up = process.stdout.readline()
    time.sleep(0.2)  # a profile wants to see something
    child = process.pid
    if before:  # the command is the child of unshare
        child = int(pathlib.Path(f"/proc/{child}/task/{child}/children").read_text().split()[0])
    for _ in range(times):
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


# Each of many threads, one after the other, goes round a loop; the first waits for it.
THREADS = """(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func $work (param $n i32)
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "wasi_thread_start") (param i32 i32)
    (call $work (local.get 1))
    (i32.atomic.store (i32.const 0) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "_start") (local $i i32)
    (loop $next
      (i32.atomic.store (i32.const 0) (i32.const 0))
      (if (i32.le_s (call $spawn (i32.const %d)) (i32.const 0)) (then unreachable))
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const %d))))))"""


def test_threads(t, temp):
    """What is told of a program with threads counts all of them."""
    (temp / "threads.wat").write_text(THREADS % (1000, 100))
    done = t.run("run", "--stats=instructions", temp / "threads.wat")
    if done.returncode and "thread-spawn" in done.stderr:
        t.skip("threads", "this build has none")
        return
    row = re.search(r"instructions +(\d+)$", done.stderr, re.M)
    # A turn costs 5; the rest of a thread 9, and what the first does for it 21.
    t.check(done.returncode == 0 and row and int(row[1]) == 100 * (5 * 1000 + 9 + 21),
            "--stats=instructions counts threads", done)
    (temp / "two.wat").write_text(THREADS % (1000, 2))
    done = t.run("run", "--stats=instructions", "--fuel=1000000", temp / "two.wat")
    row = re.search(r"instructions +(\d+)$", done.stderr, re.M)
    t.check(row and int(row[1]) == 2 * (5 * 1000 + 9 + 21), "... and with --fuel", done)
    (temp / "threads.wat").write_text(THREADS % (30000000, 3))
    done = t.run("run", "--profile", temp / "threads.wat")
    row = re.search(r"^ *(\d+) +[\d.]+% +(\d+) +[\d.]+%  work$", done.stderr, re.M)
    # Not so many if a profile ended the first thread, which waits.
    t.check(done.returncode == 0 and row and int(row[1]) > 10, "--profile samples threads", done)
    done = t.run("run", "--trace=instructions", temp / "two.wat")
    lines = done.stderr.splitlines()
    t.check(len(lines) == 2 * (5 * 1000 + 9 + 21)
            and all(re.match(r"(_start|work|wasi_thread_start)\+0x", x) for x in lines),
            "--trace=instructions tells threads", lines[-3:])


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
    # As by timeout(1), which sends it to the process and to its group.
    for i in range(5):
        err = send_signal(t, temp, "SIGTERM twice", ["run", "--profile"], signal.SIGTERM,
                          -signal.SIGTERM, times=2)
        t.check("samples" in err, f"SIGTERM twice tells the profile, {i}", err)


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


# ---- the tables, as this file reads them ----

def read_tables():
    """The commands with their arguments, and for each the (name, argument) of its shown options."""
    commands, options = {}, {}
    text = (ROOT / "src/cli/commands.def").read_text()
    for letter, name, arguments in re.findall(
            r"^COMMAND\('(.)', \w+, \"([^\"]+)\", (?:NULL|\"[^\"]*\"), \"([^\"]*)\"", text, re.M):
        commands[letter] = (name, arguments)
        options[name] = []
    text = (ROOT / "src/cli/options.def").read_text()
    for name, argument, letters in re.findall(
            r"^OPTION\(\w+, [^,]+, \"([^\"]+)\", [A-Z]+, (NULL|\"[^\"]*\"), \"(\w+)\", \"[^\"]",
            text, re.M):
        for letter in letters:
            options[commands[letter][0]].append((name, argument.strip('"')))
    return dict(commands.values()), options


def test_manual(t, temp):
    commands, options = read_tables()
    page = (ROOT / "doc/man/wattle.1").read_text()
    usage = t.run("--help").stdout
    t.check(len(commands) > 10 and sum(map(len, options.values())) > 80, "the tables are read",
            f"{commands} {options}")
    for name, rows in options.items():
        t.check(re.search(rf"^\.B wattle {name}$", page, re.M)
                and re.search(rf"^\.B {name}\n(?!FILE)", page, re.M), f"the manual has {name}")
        t.check(re.search(rf"^  {name} ", usage, re.M), f"--help has {name}", usage)
        for option, _ in rows:
            spelled = re.escape("--" + option).replace("\\-", r"\\-")
            t.check(re.search(rf"^\.(B|BI|BR) .*{spelled}(?![\w\\])", page, re.M),
                    f"the manual has --{option}", f"of {name}")


# ---- machine code that is kept ----

# Some code in front of much data: large enough to be kept.
KEPT = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data "%s")
  (func $fac (param i32) (result i32) (if (result i32) (i32.eqz (local.get 0))
    (then (i32.const 1))
    (else (i32.mul (local.get 0) (call $fac (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "fac") (param i32) (result i32) (call $fac (local.get 0)))
  (func (export "_start") (call $exit (call $fac (i32.const 4)))))""" % ("x" * 40000)


def test_kept_code(t, temp):
    wat, wasm, cwat, cache = (temp / n for n in ("k.wat", "k.wasm", "k.cwat", "cache"))
    wat.write_text(KEPT)
    env = dict(os.environ, WATTLE_CODE_CACHE=str(cache), WATTLE_CODE_CACHE_SIZE="1M")
    t.run("wat2wasm", wat, "-o", wasm)
    made = t.run("compile", "-v", wat, "-o", cwat)
    if made.returncode == 2 and "no machine code for this machine" in made.stderr:
        t.skip("files of machine code", "this machine has no machine code")
        return
    t.check(made.returncode == 0 and "3 functions" in made.stdout, "compile -o", made)
    for words in (["run", cwat], ["run", "--fuel", "1000", cwat], ["run", "--tier", "interp", cwat]):
        got = t.run(*words)
        t.check(got.returncode == 24 and not got.stderr, f"{words} runs", got)
    shown = t.run("objdump", "-x", "-d", cwat).stdout
    t.check("(this one)" in shown and "func[1] <fac> start=" in shown and
            "; func[1] <fac>" in shown and "; trap" in shown, "objdump of it", shown)
    data = bytearray(cwat.read_bytes())
    cwat.write_bytes(data[:-4096])
    got = t.run("run", cwat)
    t.check(got.returncode == 1 and "cut off" in got.stderr and "compile" in got.stderr,
            "a file that is cut off is refused", got)
    got = t.run("compile", "--print=asm", wat, "-o", cwat)
    t.check(got.returncode == 2 and "-o" in got.stderr, "-o does not print", got)
    for i in range(3):
        got = t.run("run", wasm, env=env)
        t.check(got.returncode == 24, "a run with the cache", got)
        info = t.run("cache", "info", env=env)
        t.check(info.stdout.startswith(f"{cache}: 1 file, "), "it is kept once", info)
    got = t.run("run", "--eager", "-j2", "--invoke", "fac", wasm, "5", env=env)
    t.check(got.stdout == "120\n", "another function of it", got)
    # A module is found by what it is, not by its name.
    (temp / "other.wasm").write_bytes(wasm.read_bytes())
    t.run("run", temp / "other.wasm", env=env)
    t.check("1 file," in t.run("cache", "info", env=env).stdout, "the same module by another name")
    # The oldest goes when there is too much.
    for i in range(40):
        wat.write_text(KEPT.replace("xxx", f"{i:03}", 1))
        t.run("wat2wasm", wat, "-o", wasm)
        t.check(t.run("run", wasm, env=env).returncode == 24, "one more module")
    kept = list(cache.glob("*.cwat"))
    t.check(1 < len(kept) < 40 and sum(f.stat().st_size for f in kept) <= 1 << 20,
            "the cache stays within its limit", [f.stat().st_size for f in kept])
    t.check((cache.stat().st_mode & 0o777) == 0o700, "nobody else looks into it")
    got = t.run("cache", "clear", env=env)
    t.check(got.returncode == 0 and not list(cache.glob("*")), "cache clear", got)
    for words, more in ((["run", "--no-cache"], {}), (["run"], {"WATTLE_CODE_CACHE": "off"})):
        got = t.run(*words, wasm, env=dict(env, **more))
        t.check(got.returncode == 24 and not list(cache.glob("*")), f"{words} {more} keeps nothing")
    cache.chmod(0o777)
    got = t.run("run", wasm, env=env)
    info = t.run("cache", "info", env=env)
    t.check(got.returncode == 24 and not list(cache.glob("*")) and
            "others may write there" in info.stdout, "not where others may write", info)
    cache.chmod(0o700)
    got = t.run("cache", "info", env=dict(env, WATTLE_CODE_CACHE_SIZE="much"))
    t.check("not 'much'" in got.stderr, "a size that is none", got)
    got = t.run("cache", "empty", env=env)
    t.check(got.returncode == 2 and "info, or clear" in got.stderr, "another word", got)
    home = temp / "home"
    home.mkdir()
    plain = {k: v for k, v in env.items() if not k.startswith(("WATTLE_CODE", "XDG_"))}
    t.run("run", wasm, env=dict(plain, HOME=str(home)))
    t.check(len(list((home / ".cache" / "wattle").glob("*.cwat"))) == 1, "a home of its own")


# ---- binfmt ----

def test_binfmt(t, temp):
    folder = temp / "fake"
    folder.mkdir()
    at = ["--folder", str(folder)]
    done = t.run("binfmt", "install", *at)
    t.check(done.returncode == 3 and "not mounted" in done.stderr and not list(folder.iterdir()),
            "binfmt where it is not mounted", done)
    (folder / "status").write_text("enabled\n")
    done = t.run("binfmt", "status", *at)
    t.check(done.returncode == 1 and done.stdout == "not installed; binfmt_misc is enabled\n",
            "binfmt status before", done)
    done = t.run("binfmt", "remove", *at)
    t.check(done.returncode == 1 and "not installed" in done.stderr, "binfmt remove before", done)
    done = t.run("binfmt", "install", *at, "--interpreter", t.wattle)
    line = f":wattle:M::\\x00asm::{t.wattle}:F\n"
    t.check(done.returncode == 0 and (folder / "register").read_text() == line, "binfmt install",
            done)
    if t.emulator:
        t.skip("binfmt install of the command itself", "/proc/self/exe is the emulator's")
    else:
        link = temp / "link"
        link.symlink_to(t.wattle)
        done = subprocess.run([link, "binfmt", "install", *at], capture_output=True, text=True)
        t.check(done.returncode == 0 and (folder / "register").read_text() == line,
                "binfmt install of the command itself", done)
    (folder / "wattle").write_text(f"enabled\ninterpreter {t.wattle}\n")
    done = t.run("binfmt", "status", *at)
    t.check(done.returncode == 0 and done.stdout.startswith("installed; ")
            and f"interpreter {t.wattle}" in done.stdout, "binfmt status", done)
    (folder / "register").unlink()
    done = t.run("binfmt", "install", *at, "--interpreter", t.wattle)
    t.check(done.returncode == 0 and (folder / "wattle").read_text() == "-1"
            and (folder / "register").read_text() == line, "binfmt install again", done)
    (folder / "wattle").write_text("enabled\n")
    done = t.run("binfmt", "remove", *at)
    t.check(done.returncode == 0 and (folder / "wattle").read_text() == "-1", "binfmt remove", done)
    (folder / "wattle").unlink()
    (folder / "register").write_text("")
    for path in ("wattle", "/a:b", "/" + "a" * 127, "/no/such/wattle"):
        done = t.run("binfmt", "install", *at, "--interpreter", path)
        t.check(done.returncode == 3 and (folder / "register").read_text() == "",
                f"binfmt install of {path[:20]}", done)
    try:
        for path in (temp, folder):
            path.chmod(0o755)
        done = None if os.geteuid() else t.run("binfmt", "install", *at, "--interpreter", t.wattle,
                                               user=65534, extra_groups=[])
    except PermissionError:  # it may not even run the command
        done = None
    if done:
        t.check(done.returncode == 3 and "only root may" in done.stderr, "binfmt of a user", done)
    else:
        t.skip("binfmt of a user", "not root, or the build is root's alone")
    (folder / "register").unlink()
    (folder / "register").mkdir()  # cannot be written, whoever asks
    done = t.run("binfmt", "install", *at, "--interpreter", t.wattle)
    t.check(done.returncode == 3 and "register" in done.stderr, "binfmt that refuses", done)
    for words in ([], ["other"], ["status", "more"]):
        done = t.run("binfmt", *at, *words)
        t.check(done.returncode == 2 and "install" in done.stderr and "remove" in done.stderr,
                f"binfmt {words}", done)


# The whole way, in a user namespace of its own: the machine's table is not touched.
KERNEL = """set -e
mount -t binfmt_misc none "$2"
"$1" binfmt install --folder "$2"
"$3" one --dir=/ || echo "code $?"
"$1" binfmt status --folder "$2"
"$1" binfmt remove --folder "$2"
"$1" binfmt status --folder "$2" || echo "code $?"
"""


def test_binfmt_kernel(t, temp):
    unshare = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--mount"]
    folder = temp / "binfmt"
    folder.mkdir()
    why = "under an emulator" if t.emulator else None
    if not why and (not shutil.which(unshare[0]) or subprocess.run(
            [*unshare, "mount", "-t", "binfmt_misc", "none", folder],
            capture_output=True).returncode):
        why = "binfmt_misc cannot be mounted in a namespace here (Linux 6.7 can)"
    if why:
        t.skip("binfmt in the kernel", why)
        return
    (temp / "echo.wat").write_text(ECHO)
    program = temp / "a program.wasm"
    t.run("wat2wasm", temp / "echo.wat", "-o", program)
    program.chmod(0o755)
    done = subprocess.run([*unshare, "sh", "-c", KERNEL, "sh", t.wattle, folder, program],
                          capture_output=True, text=True, timeout=120)
    want = (f"installed: {t.wattle} runs modules\n{program}\none\n--dir=/\ncode 3\n"
            f"installed; binfmt_misc is enabled\nenabled\ninterpreter {t.wattle}\nflags: F\n"
            "offset 0\nmagic 0061736d\nremoved\nnot installed; binfmt_misc is enabled\ncode 1\n")
    t.check(done.stdout == want, "binfmt in the kernel", f"{done}, expected {want!r}")


# ---- completions, in the shells ----

BASH = """source "$0"; complete -p wattle >&2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_wattle wattle; printf '%s\\n' "${COMPREPLY[@]}"
"""


def bash_offers(temp, words):
    done = subprocess.run(["bash", "--norc", "-c", BASH, temp / "bash", "wattle", *words],
                          capture_output=True, text=True, timeout=60)
    noise = [x for x in done.stderr.splitlines() if "compopt" not in x]  # only readline has it
    expected = ["complete -o bashdefault -o default -F _wattle wattle"]
    return done.stdout.split() if noise == expected else [done.stderr]


def fish_offers(temp, line):
    done = subprocess.run(["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                           temp / "fish", line], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, HOME=str(temp)))
    return [x.split("\t")[0] for x in done.stdout.splitlines()] + done.stderr.split()


def test_bash(t, temp):
    if not shutil.which("bash"):
        t.skip("completions in bash", "there is no bash here")
        return
    commands, options = read_tables()
    t.check(sorted(bash_offers(temp, [""])) == sorted(commands), "bash: commands",
            bash_offers(temp, [""]))
    for name, rows in options.items():
        got, want = bash_offers(temp, [name, "--"]), ["--" + x for x, _ in rows]
        t.check(got == want, f"bash: options of {name}", f"{got}, expected {want}")
    for words, want in [
            (["val"], ["validate"]),
            (["hello"], []),  # files, by readline
            (["validate", "--dia"], ["--diagnostics"]),
            (["validate", "--diagnostics", ""], ["text", "brief", "json"]),
            (["validate", "--diagnostics", "=", "b"], ["brief"]),
            (["validate", "--diagnostics", "="], ["text", "brief", "json"]),
            (["validate", "--features", "multi-m"], ["multi-memory"]),
            (["strip", "-o", "--"], []),
            (["validate", "a.wat", "--dia"], ["--diagnostics"]),
            (["binfmt", ""], ["install", "remove", "status"]),
            (["completions", "z"], ["zsh"]),
            (["run", "--trace", "="], ["wasi", "instructions"]),
            (["run", "--trace", "--prof"], ["--profile"]),
            (["run", "--dir", ".", "--env", "=", "A", "--prof"], ["--profile"]),
            (["run", "a.wasm", "--prof"], []),
            (["run", "--env", "A", "--trace", "a", "--prof"], []),
            (["a.wasm", "--prof"], []),
            (["--dir", ".", "--prof"], ["--profile"]),
            (["nonsense", "--"], [])]:
        got = bash_offers(temp, words)
        t.check(got == want, f"bash: {words}", f"{got}, expected {want}")


def test_fish(t, temp):
    if not shutil.which("fish"):
        t.skip("completions in fish", "there is no fish here")
        return
    done = subprocess.run(["fish", "-n", temp / "fish"], capture_output=True, text=True)
    t.check(done.returncode == 0, "fish -n", done)
    _, options = read_tables()
    for name, rows in options.items():
        got, want = fish_offers(temp, f"wattle {name} --"), ["--" + x for x, _ in rows]
        t.check({x.rstrip("=") for x in got} == set(want), f"fish: options of {name}",
                f"{got}, expected {want}")
    for line, want in [("wattle val", ["validate"]),
                       ("wattle validate --diagnostics ", ["brief", "json", "text"]),
                       ("wattle run --trace=", ["--trace=instructions", "--trace=wasi"]),
                       ("wattle --prof", ["--profile"]),
                       ("wattle binfmt ", ["install", "remove", "status"])]:
        got = fish_offers(temp, line)
        t.check(sorted(got) == want, f"fish: {line}", f"{got}, expected {want}")


def test_zsh(t, temp):
    """Keys for the shell on a terminal; the line that comes of them is what a function tells."""
    if not shutil.which("zsh"):
        t.skip("completions in zsh", "there is no zsh here")
        return
    done = subprocess.run(["zsh", "-n", temp / "_wattle"], capture_output=True, text=True)
    t.check(done.returncode == 0, "zsh -n", done)
    (temp / "in.wasm").write_text("")
    (temp / ".zshrc").write_text(
        "PS1='> '; fpath=($ZDOTDIR $fpath); autoload -Uz compinit; compinit -u -D\n"
        "wattle() { print -r -- \"${(j: :)@}\" >> $ZDOTDIR/told }\n")
    lines = [("vali\t--dia\tbr\t", "validate --diagnostics=brief"),
             ("binf\tinst\t", "binfmt install"),
             ("chec\t--for \tbro\tin.w\t", "check --for browser in.wasm"),
             ("run --inherit\t in.w\t--inherit\t", "run --inherit-env in.wasm --inherit"),
             ("--determ\t in.w\t", "--deterministic in.wasm")]
    keys = "".join(f"wattle {x}\r" for x, _ in lines) + "exit\r"
    master, slave = pty.openpty()
    process = subprocess.Popen(["zsh", "-i"], stdin=slave, stdout=slave, stderr=slave, cwd=temp,
                               start_new_session=True, env=dict(os.environ, ZDOTDIR=str(temp),
                                                                TERM="dumb"))
    os.close(slave)
    limit = threading.Timer(60, process.kill)
    limit.start()
    os.write(master, keys.encode())
    shown = b""
    try:
        while part := os.read(master, 4096):
            shown += part
    except OSError:  # the end of a terminal
        pass
    limit.cancel()
    os.close(master)
    process.wait(60)
    told = (temp / "told").read_text().splitlines() if (temp / "told").exists() else []
    t.check([x.strip() for x in told] == [x for _, x in lines], "zsh", f"{told}, shown {shown!r}")


def test_completions(t, temp):
    for shell, name in (("bash", "bash"), ("zsh", "_wattle"), ("fish", "fish")):
        done = t.run("completions", shell)
        t.check(done.returncode == 0 and done.stderr == "", f"completions {shell}", done)
        (temp / name).write_text(done.stdout)
    for words in ([], ["csh"], ["bash", "zsh"]):
        done = t.run("completions", *words)
        t.check(done.returncode == 2 and "zsh" in done.stderr, f"completions {words}", done)
    test_bash(t, temp)
    test_fish(t, temp)
    test_zsh(t, temp)


TESTS = [test_engines, test_signals, test_stats, test_threads, test_profile, test_bundle, test_manual,
         test_kept_code, test_binfmt, test_binfmt_kernel, test_completions]


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
