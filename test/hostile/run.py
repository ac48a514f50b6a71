#!/usr/bin/env python3
"""Attacks the sandbox: guests that try to leave it, to crash the host or to make it wait for ever.

    test/hostile/run.py --wattle build/dev/wattle [--emulator 'CMD'] [--race SECONDS] [GUEST...]
    test/hostile/run.py --table             the same against peers, written to doc/security.md; as
                                            root, for peers are kept from the rest of the machine

The guests are C (compiled for wasm32 here, without a C library) and text made by pointers.py. Each
runs in a new tree with traps around the sandbox, and prints a line per attempt with the errno it
got and the ones that are right. Afterwards the tree outside must be what it was. Where the kernel
has openat2, every guest runs a second time with that call refused, as old kernels and containers
do, so that both ways to resolve a path are attacked. All but the race is also run in the
interpreter, unless there is an emulator.
"""
import argparse
import contextlib
import ctypes
import datetime
import errno
import json
import os
import pathlib
import platform
import re
import resource
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading

import pointers

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "doc" / "security.md"
SECRET = b"SECRET".ljust(31337, b".")
IN_MEMORY = {"escape", "names", "memory", "table", "list", "sizes", "time"}
GUESTS = ["escape", "names", "nodes", "memory", "table", "list", "sizes", "time"]
PEAK_KIB = 1 << 20          # of any guest's process: the largest has 85 MiB of memory
ERRNO_NAMES = {0: "success", 2: "acces", 6: "again", 8: "badf", 10: "busy", 20: "exist",
               21: "fault", 22: "fbig", 25: "ilseq", 28: "inval", 29: "io", 31: "isdir",
               32: "loop", 33: "mfile", 37: "nametoolong", 41: "nfile", 43: "nodev", 44: "noent",
               48: "nomem", 51: "nospc", 52: "nosys", 54: "notdir", 55: "notempty", 57: "notsock",
               58: "notsup", 60: "nxio", 61: "overflow", 63: "perm", 69: "rofs", 70: "spipe",
               75: "xdev", 76: "notcapable"}


def errno_name(number):
    return f"{number} ({ERRNO_NAMES[number]})" if number in ERRNO_NAMES else str(number)


# ---- the tree -----------------------------------------------------------------------------


class Tree:
    """top/secret.txt, top/scratch/{secret.txt, outside/, in/, ro/}: `in` and `ro` are given to the
    guest, everything else must stay as it is."""

    def __init__(self, top):
        self.top = pathlib.Path(top)
        self.scratch = self.top / "scratch"
        self.inside, self.ro = self.scratch / "in", self.scratch / "ro"
        self.outside = self.scratch / "outside"
        self.skips = []
        for folder in (self.inside, self.ro, self.outside):
            folder.mkdir(parents=True)
        for folder in (self.top, self.scratch, self.outside):
            (folder / "secret.txt").write_bytes(SECRET)
        (self.outside / "victim").write_bytes(SECRET)
        (self.outside / "empty").mkdir()
        os.mkfifo(self.outside / "fifo")
        (self.ro / "dir").mkdir()
        (self.ro / "empty").mkdir()
        for name in ("file", "dir/file"):
            (self.ro / name).write_text("inside\n")
        self.fill()

    def fill(self):
        for folder in ("dir/sub", "dir/empty", "deep/a/b/c", "swap/empty"):
            (self.inside / folder).mkdir(parents=True)
        for name in ("file", "victim", "dir/file", "dir/sub/file", "secret.txt", "leaf",
                     "swap/secret.txt", "swap/victim"):
            (self.inside / name).write_text("inside\n")
        links = {"up": "..", "upslash": "../", "upfile": "../secret.txt", "upnew": "../new",
                 "outdir": "../outside", "chain1": "chain2", "chain2": "self/chain3",
                 "chain3": "../outside", "chainfile": "dir/upfile", "deepup": "dir/sub/../../..",
                 "dir/upfile": "../../secret.txt", "dir/up2": "../..", "up2": "..",
                 "absfile": self.scratch / "secret.txt", "absdir": self.outside, "absroot": "/",
                 "absproc": "/proc/self/root", "self": ".", "link": "file", "dirlink": "dir",
                 "dangling": "nowhere", "loop": "loop", "loopa": "loopb", "loopb": "loopa",
                 "fifolink": "fifo", "swaplink": "../outside", "leaflink": "../secret.txt"}
        for name, target in links.items():
            os.symlink(target, self.inside / name)
        os.mkfifo(self.inside / "fifo")
        self.special()

    def special(self):
        here = os.getcwd()
        with socket.socket(socket.AF_UNIX) as s:
            os.chdir(self.inside)       # the name of a socket may not be long
            s.bind("socket")
            os.chdir(here)
        made = []
        try:
            for name, mode, major, minor in (("zero", stat.S_IFCHR, 1, 5),
                                             ("full", stat.S_IFCHR, 1, 7),
                                             ("tty", stat.S_IFCHR, 4, 250),
                                             ("block", stat.S_IFBLK, 240, 250),
                                             ("null", stat.S_IFCHR, 1, 3)):
                os.mknod(self.inside / name, 0o666 | mode, os.makedev(major, minor))
                made.append(name)
            with open(self.inside / "null", "rb"):
                pass
        except OSError as e:
            for name in made:
                os.unlink(self.inside / name)
            self.skips.append(("devices", f"they cannot be made here: {e.strerror}"))

    def snapshot(self, moving=()):
        """Everything outside of `in`: path -> facts. `moving`: folders whose times may change."""
        facts = {}
        for folder, folders, files in os.walk(self.top):
            if pathlib.Path(folder) == self.scratch:
                folders.remove("in")
            for name in [".", *folders, *files]:
                path = os.path.join(folder, name)
                st = os.lstat(path)
                kind = stat.S_IFMT(st.st_mode)
                facts[path] = (st.st_mode, st.st_ino, st.st_nlink, st.st_uid,
                               None if name == "." and pathlib.Path(folder) in moving or
                               pathlib.Path(path) in moving else st.st_mtime_ns,
                               pathlib.Path(path).read_bytes() if kind == stat.S_IFREG else None)
        return facts


def changes(before, after):
    return sorted({p for p in before.keys() | after.keys() if before.get(p) != after.get(p)})


# ---- refusing openat2 ---------------------------------------------------------------------


def refuse_openat2():
    """In a child before exec: openat2 (437 on every machine) answers ENOSYS from now on."""
    class Filter(ctypes.Structure):
        _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8),
                    ("k", ctypes.c_uint32)]

    class Program(ctypes.Structure):
        _fields_ = [("len", ctypes.c_uint16), ("filter", ctypes.POINTER(Filter))]
    code = (Filter * 4)(Filter(0x20, 0, 0, 0),                          # load the number
                        Filter(0x15, 0, 1, 437),
                        Filter(0x06, 0, 0, 0x00050000 | errno.ENOSYS),
                        Filter(0x06, 0, 0, 0x7fff0000))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(Program(4, code)), 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def has_openat2():
    libc = ctypes.CDLL(None, use_errno=True)
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 8)      # RESOLVE_BENEATH
    fd = libc.syscall(437, -100, b".", how, ctypes.sizeof(how))
    if fd >= 0:
        os.close(fd)
    return fd >= 0


# ---- running ------------------------------------------------------------------------------


class Runtime:
    """A runtime under attack. `read_only`: it can give a directory so; `absent`: how attempts
    begin that are on something it did not copy into its tree: they are not counted."""
    read_only, absent, patience = True, (), 60


class Wattle(Runtime):
    name = "wattle"

    def __init__(self, words, slow, tier=()):
        self.tool, self.patience = words, 300 if slow else 60
        self.words = [*words, "run", *tier]

    def command(self, file, folders, arguments, options=()):
        given = [w for guest, host in folders.items()
                 for w in ("--dir", f"{host}::{guest}" + (":ro" if guest == "/ro" else ""))]
        return [*self.words, "--env", "A=B", *given, *options, file, *arguments]


class InMemory(Wattle):
    """The same with --memfs: there is no outside, but all else is to be as on the disk."""
    absent = ("abs",)

    def command(self, file, folders, arguments, options=()):
        given = [w for guest, host in folders.items() if guest != "/proc"
                 for w in ("--memfs", f"{host}::{guest}" + (":ro" if guest == "/ro" else ""))]
        return [*self.words, "--env", "A=B", *given, *options, file, *arguments]


# A peer that lets a guest out must not harm this machine: for it all is read-only but the scratch
# folder ($1), in a mount namespace of its own.
GUARD = ("mount --make-rprivate / && mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro / && "
         "shift && exec \"$@\"")


def guarded(scratch, words):
    return ["unshare", "-m", "sh", "-c", GUARD, "sh", str(scratch), *words]


class Peer(Runtime):
    """Somebody else's: `words` is its command line, which is run under the guard."""
    read_only, patience = False, 20

    def command(self, file, folders, arguments, options=()):
        scratch = pathlib.Path(tempfile.gettempdir()).resolve()
        made = [pathlib.Path(host).resolve() for host in folders.values()]
        mine = {scratch / host.relative_to(scratch).parts[0] for host in made
                if host.is_relative_to(scratch)}
        if len(mine) != 1:
            raise ValueError(f"folders of one attack lie in {sorted(map(str, mine))}")
        return guarded(mine.pop(), self.words(file, folders, arguments))


class Wasmtime(Peer):
    name = "wasmtime"

    def __init__(self, path):
        self.path = path

    def words(self, file, folders, arguments):
        given = [w for guest, host in folders.items() for w in ("--dir", f"{host}::{guest}")]
        return [self.path, "run", "--env", "A=B", *given, file, *arguments]


class Node(Peer):
    name = "node:wasi"

    def words(self, file, folders, arguments):
        folders = json.dumps({guest: str(host) for guest, host in folders.items()})
        return ["node", "--no-warnings", str(HERE / "node.mjs"), file, folders, *arguments]


class Result:
    """What one run of one guest gave."""

    def __init__(self):
        self.right = 0
        self.wrong = []         # texts
        self.escapes = []
        self.ended = ""         # otherwise why not
        self.skips = []


def prepare_child(walk, files):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = files if hard == resource.RLIM_INFINITY else min(files, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if walk:
        refuse_openat2()


def finish(process, patience):
    """(output, exit code, peak in KiB); the code is None when the time was over."""
    timer = threading.Timer(patience, process.kill)
    timer.start()
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    over = not timer.is_alive()
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return out, None if over else process.returncode, usage.ru_maxrss


def judge(line, result, runtime):
    if line.startswith("ESCAPE\t"):
        result.escapes.append(line[7:])
        return
    parts = line.split("\t")
    if len(parts) != 3:
        return
    try:
        got, want = int(parts[1]), [int(w) for w in parts[2].split(",")]
    except ValueError:
        result.wrong.append(f"not a line of a guest: {line!r}")
        return
    if not runtime.read_only and line.startswith("ro: "):
        return
    if line.startswith(runtime.absent):
        return
    if got in want:
        result.right += 1
    else:
        result.wrong.append(f"{parts[0]}: errno {errno_name(got)}, expected "
                            + " or ".join(map(errno_name, want)))


class Visitor(threading.Thread):
    """Comes to a socket as soon as it listens, sends some bytes and takes what is sent."""

    def __init__(self, port):
        super().__init__()
        self.port, self.gone = port, threading.Event()

    def run(self):
        while not self.gone.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as s:
                    s.sendall(b"bytes " * 100)
                    while not self.gone.is_set() and s.recv(4096):
                        pass
                    return
            except OSError:     # nobody listens yet, or nothing was sent for a second
                self.gone.wait(0.01)


@contextlib.contextmanager
def visited(port):
    visitor = Visitor(port)
    visitor.start()
    try:
        yield
    finally:
        visitor.gone.set()
        visitor.join()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def attack(runtime, file, arguments=(), walk=False, race=False, files=4096, port=None):
    """Runs a guest in a tree of its own. `port`: with a socket that listens there, and a visitor."""
    result = Result()
    options = ("--listen", f"127.0.0.1:{port}") if port else ()
    with tempfile.TemporaryDirectory(prefix="hostile") as top:
        tree = Tree(os.path.realpath(top))
        result.skips = tree.skips
        folders = {"/": tree.inside, "/ro": tree.ro}
        if os.path.exists("/proc/self/root"):
            folders["/proc"] = "/proc"
        else:
            result.skips.append(("magic links", "there is no /proc"))
        copy = shutil.copy(file, tree.outside)
        before = tree.snapshot({tree.outside} if race else ())
        with (thrashing(tree) if race else contextlib.nullcontext(),
              visited(port) if port else contextlib.nullcontext()):
            process = subprocess.Popen(
                runtime.command(os.path.basename(copy), folders, arguments, options),
                cwd=tree.outside,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                preexec_fn=lambda: prepare_child(walk, files))
            out, code, peak = finish(process, runtime.patience)
        changed = changes(before, tree.snapshot({tree.outside} if race else ()))
    lines = out.decode(errors="replace").splitlines()
    for line in lines:
        judge(line, result, runtime)
    result.escapes += [f"changed: {path.removeprefix(str(tree.top))}" for path in changed
                       if runtime.read_only or not path.startswith(str(tree.ro))]
    rest = [s for s in lines if s.count("\t") != 2 and s != "end" and not s.startswith("ESCAPE")]
    if code is None:
        result.ended = f"hangs: not at its end after {runtime.patience} s"
    elif code != 0 or "end" not in lines:
        last = lines[-1:] if not rest else rest[:6]
        result.ended = f"exit code {code}: " + " | ".join(last)
    elif peak > PEAK_KIB:
        result.ended = f"took {peak} KiB of memory"
    return result


@contextlib.contextmanager
def thrashing(tree):
    process = subprocess.Popen([sys.executable, HERE / "thrash.py", tree.inside, tree.outside],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(process.stderr.read().decode(errors="replace"))
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        problem = process.communicate()[1].decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"thrash.py: {problem}")


def compile_guest(clang, name, folder):
    """The path of the guest, or None and why."""
    out = pathlib.Path(folder) / f"{name}.wasm"
    words = [clang, "--target=wasm32", "-O2", "-std=gnu11", "-nostdlib", "-fno-builtin", "-Wall",
             "-Werror", "-mbulk-memory", "-Wl,--no-entry", "-Wl,--export=_start",
             "-Wl,--initial-memory=4194304", "-I", str(HERE), str(HERE / f"{name}.c"), "-o", str(out)]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return (out, None) if done.returncode == 0 else (None, done.stdout.strip() or "failed")


# ---- cases with an exit code ------------------------------------------------------------------


SIGNALS = [n for n in range(1, 31) if n not in (16, 17, 18, 19, 20, 21, 22, 27)]


def exit_guest(code):
    return f"""(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
(memory (export "memory") 1)
(func (export "_start") (call $exit (i32.const {code}))))
"""


def raise_guest(number):
    return f"""(module
(import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
(memory (export "memory") 1)
(func (export "_start") (drop (call $raise (i32.const {number})))))
"""


def exits(runtime, folder):
    """(name, wrong or None): how programs end, and calls without a memory."""
    def run(text, name, *options):
        file = pathlib.Path(folder) / "exit.wat"
        file.write_text(text)
        process = subprocess.Popen(
            runtime.command(str(file), {"/": folder}, [], options), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        out, code, _ = finish(process, runtime.patience)
        return name, code, out.decode(errors="replace")

    def wrong(name, code, want, out):
        return name, None if code == want else f"exit code {code}, expected {want}: {out.strip()}"

    for code in (0, 1, 2, 125, 126, 127, 128, 134, 255, 256, 257, 65536, 2**31, 2**32 - 1):
        name, got, out = run(exit_guest(code), f"proc_exit {code}")
        yield wrong(name, got, code % 256, out)
    for number in SIGNALS:
        name, got, out = run(raise_guest(number), f"proc_raise {number}")
        yield wrong(name, got, 128 + number, out)
    for memory, name in (("", "no memory"), ('(memory (export "memory") 0)', "an empty memory")):
        for module in ("wasi_snapshot_preview1", "wasi_unstable"):
            text = pointers.without_memory(memory, module)
            name_, got, out = run(text, f"every call with {name}, {module}")
            yield wrong(name_, got, 0, out)


# ---- the standard streams ---------------------------------------------------------------------


def streams(runtime, file, folder):
    """(name, Result): the guest streams.c with streams that others have too. What a program sets of
    them, and what it writes where it may only append, would be seen by all."""
    folder = pathlib.Path(folder)
    inside = folder / "streams"
    inside.mkdir(exist_ok=True)
    (inside / "file").write_text("inside\n")

    def run(number, stdin, stdout, closes=()):
        result = Result()
        process = subprocess.Popen(
            runtime.command(str(file), {"/": inside}, [str(number)]), stdin=stdin, stdout=stdout,
            stderr=subprocess.PIPE, preexec_fn=lambda: [os.close(fd) for fd in closes])
        process.stdout = process.stderr
        out, code, _ = finish(process, runtime.patience)
        lines = out.decode(errors="replace").splitlines()
        for line in lines:
            judge(line, result, runtime)
        if code != 0 or "end" not in lines:
            result.ended = f"exit code {code}: {lines[-2:]}"
        return result

    (folder / "input").write_text("text of somebody\n")
    (folder / "log").write_text("before\n")
    before = os.stat(folder / "input")
    with open(folder / "input", "r+b") as stdin, open(folder / "log", "ab") as stdout:
        result = run(1, stdin, stdout)
    after = os.stat(folder / "input")
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        result.escapes.append("the input was changed")
    if (folder / "log").read_text() != "before\nmore\n":
        result.escapes.append(f"the log was changed: {(folder / 'log').read_text()[:80]!r}")
    yield "an input to write, an output to append to", result
    ends = os.pipe(), os.pipe()
    result = run(2, ends[0][0], ends[1][1])
    if not os.get_blocking(ends[0][0]) or not os.get_blocking(ends[1][1]):
        result.escapes.append("the pipes do not wait any more")
    for end in (*ends[0], *ends[1]):
        os.close(end)
    yield "pipes", result
    yield "closed streams", run(3, None, None, (0, 1))
    packets = os.pipe2(os.O_DIRECT)     # what one write gives, one read takes
    result = run(4, subprocess.DEVNULL, packets[1])
    os.close(packets[1])
    written = os.read(packets[0], 4096)
    os.close(packets[0])
    if written != b"one line\n":
        result.wrong.append(f"the first write of pieces is {written!r}")
    yield "pieces", result


# Makes a link where the profile is to be written, then does something to be seen in it.
PROFILE_LINK = """(module
(import "wasi_snapshot_preview1" "path_symlink"
  (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
(memory (export "memory") 1) (data (i32.const 0) "../victimprofile")
(func (export "_start") (local $i i32)
  (drop (call $unlink (i32.const 3) (i32.const 9) (i32.const 7)))
  (if (call $symlink (i32.const 0) (i32.const 9) (i32.const 3) (i32.const 9) (i32.const 7))
    (then (unreachable)))
  (loop $again
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                            (i32.const 30000000))))))
"""


def profile_link(runtime, folder):
    """None, or what is wrong."""
    folder = pathlib.Path(folder)
    file, inside, victim = folder / "profile.wat", folder / "inside", folder / "victim"
    file.write_text(PROFILE_LINK)
    inside.mkdir(exist_ok=True)
    for before in (None, "old"):
        victim.write_text("outside\n")
        if before:
            (inside / "profile").write_text(before)
        process = subprocess.Popen(
            runtime.command(str(file), {"/": inside}, [], (f"--profile={inside / 'profile'}",)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        out, code, _ = finish(process, runtime.patience)
        if victim.read_text() != "outside\n":
            return "it was written where the link leads"
        if code != 0 or (inside / "profile").is_symlink() or len(list(inside.iterdir())) != 1:
            return f"exit code {code}, {list(inside.iterdir())}: {out[-300:]}"
        (inside / "profile").unlink()
    return None


# Two threads wait for a byte of one FIFO, each through a descriptor of its own: one gets it, and the
# other may not wait where the end of the program does not find it.
ONE_FIFO = """(module
(import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
(import "env" "memory" (memory 1 4 shared)) (export "memory" (memory 0))
(import "wasi_snapshot_preview1" "path_open"
  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
(func (export "wasi_thread_start") (param $tid i32) (param $at i32)
  (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
  (if (call $read (i32.load (i32.add (local.get $at) (i32.const 32))) (local.get $at) (i32.const 1)
      (i32.add (local.get $at) (i32.const 40))) (then (unreachable)))
  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
  (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
(func $iovec (param $at i32) (param $to i32)
  (i32.store (local.get $at) (local.get $to)) (i32.store offset=4 (local.get $at) (i32.const 1)))
(func $start (param $at i32)
  (call $iovec (local.get $at) (i32.add (local.get $at) (i32.const 48)))
  (if (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 0)
      (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.add (local.get $at) (i32.const 32)))
    (then (unreachable)))
  (if (i32.le_s (call $spawn (local.get $at)) (i32.const 0)) (then (unreachable))))
(func (export "_start")
  (i32.store (i32.const 8) (i32.const 0x6f666966))
  (call $iovec (i32.const 16) (i32.const 8))
  (call $start (i32.const 64))
  (call $start (i32.const 128))
  (drop (memory.atomic.wait32 (i32.const 60) (i32.const 0) (i64.const 50000000)))
  (if (call $write (i32.load (i32.const 96)) (i32.const 16) (i32.const 1) (i32.const 24))
    (then (unreachable)))
  (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
  (drop (memory.atomic.wait32 (i32.const 60) (i32.const 0) (i64.const 20000000)))
  (call $exit (i32.load (i32.const 0)))))
"""


def one_fifo(runtime, folder):
    """None, or what is wrong."""
    file, inside = pathlib.Path(folder) / "one_fifo.wat", pathlib.Path(folder) / "one_fifo"
    file.write_text(ONE_FIFO)
    inside.mkdir(exist_ok=True)
    if not (inside / "fifo").exists():
        os.mkfifo(inside / "fifo")
    for _ in range(5):
        process = subprocess.Popen(runtime.command(str(file), {"/": inside}, []),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        out, code, _ = finish(process, runtime.patience)
        if code != 1:
            return f"exit code {code}, expected 1: {out[-200:]}"
    return None


# ---- all of it --------------------------------------------------------------------------------


class Counts:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.said = set()

    def result(self, name, result):
        self.passed += result.right
        problems = ([f"ESCAPE {e}" for e in result.escapes] + result.wrong
                    + ([result.ended] if result.ended else []))
        for problem in problems[:100]:
            print(f"FAIL {name}: {problem}", flush=True)
        if len(problems) > 100:
            print(f"FAIL {name}: and {len(problems) - 100} more")
        self.failed += len(problems)
        if not result.right and not problems:
            print(f"FAIL {name}: it tried nothing")
            self.failed += 1
        for what, why in result.skips:
            self.skip(what, why)

    def case(self, name, wrong):
        self.passed += not wrong
        self.failed += bool(wrong)
        if wrong:
            print(f"FAIL {name}: {wrong}", flush=True)

    def skip(self, name, why):
        if name not in self.said:
            print(f"skip {name}: {why}", flush=True)
            self.skipped += 1
            self.said.add(name)


def timed(runtime, file):
    """A guest that waits for ever ends with --timeout. (name, wrong or None)"""
    command = runtime.command(str(file), {}, ["1"], ("--timeout", "0.5"))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    out, code, _ = finish(process, runtime.patience)
    return None if code == 124 else f"exit code {code}, expected 124: {out[-200:]}"


def text_guests(folder, listener=None):
    """Name -> file of what pointers.py makes."""
    found = {}
    for name, module in (("pointers", "wasi_snapshot_preview1"), ("pointers-old", "wasi_unstable")):
        file = pathlib.Path(folder) / f"{name}.wat"
        file.write_text(pointers.module(module, file.name, listener))
        found[name] = file
    return found


def test(runtime, args):
    counts = Counts()
    in_memory = InMemory(runtime.tool, bool(args.emulator))
    # An emulator's machine has no other tier.
    interp = None if args.emulator else Wattle(runtime.tool, False, ("--tier", "interp"))
    ways = [("", False)]
    if not has_openat2():
        counts.skip("without openat2", "this kernel has none: that was tested")
    else:               # an emulator makes the calls itself, so the filter holds for it too
        ways.append((" without openat2", True))
    wanted = lambda name: not args.guests or name in args.guests
    clang = shutil.which("clang-19") or shutil.which("clang")
    with tempfile.TemporaryDirectory(prefix="hostile") as folder:
        for wrong in pointers.missing():
            counts.case("the table of pointers.py", wrong)
        listener = 6 if os.path.exists("/proc/self/root") else 5     # behind the directories
        for name, file in text_guests(folder, listener).items():
            if wanted(name):
                counts.result(name, attack(runtime, file, port=free_port()))
                if interp:
                    counts.result(name + " (interp)", attack(interp, file, port=free_port()))
        if wanted("exit"):
            for name, wrong in exits(runtime, folder):
                counts.case(name, wrong)
        if wanted("profile"):
            counts.case("a link in the place of a profile", profile_link(runtime, folder))
        if wanted("fifo"):
            counts.case("one FIFO for two threads", one_fifo(runtime, folder))
        if wanted("streams") and clang:
            file, why = compile_guest(clang, "streams", folder)
            if file:
                for name, result in streams(runtime, file, folder):
                    counts.result(name, result)
            else:
                counts.case("streams", why)
        for name in [*GUESTS, "race"]:
            if not wanted(name):
                continue
            file, why = compile_guest(clang, name, folder) if clang else (None, None)
            if not clang:
                counts.skip(name, "there is no clang that makes WebAssembly")
            elif why:
                counts.case(name, why)
            if not file:
                continue
            for suffix, walk in ways:
                if name == "race":
                    seconds = args.race / len(ways)
                    more = ([str(int(seconds * 1000))], walk, True)
                else:
                    more = ((), walk)
                counts.result(name + suffix, attack(runtime, file, *more))
            if interp and name != "race":
                counts.result(name + " (interp)", attack(interp, file))
            if name in IN_MEMORY:
                counts.result(name + " in memory", attack(in_memory, file))
            if name == "time":
                counts.case("wait for ever, with --timeout", timed(runtime, file))
            if name == "table":      # the program's own limit before the system's
                counts.result("table of 70000", attack(runtime, file, files=80000))
    print(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed or not counts.passed else 0


# ---- the table of doc/security.md -----------------------------------------------------------

TITLES = {"pointers": "bad pointers with every call", "escape": "ways out of the directory",
          "names": "names that are none", "nodes": "FIFOs, sockets, devices, magic links",
          "memory": "iovecs, overlaps, random bytes", "table": "full tables, numbers, rights",
          "list": "lists that change, cookies", "sizes": "offsets and sizes",
          "time": "clocks and waiting", "race": "a second process changes the tree"}


def cell(result):
    words = []
    if result.escapes:
        words.append(f"**{len(result.escapes)} times outside**")
    if result.ended.startswith("hangs"):
        words.append("does not end")
    elif result.ended:
        words.append("ends early: exit code " + result.ended.split()[2].rstrip(":"))
    if result.wrong:
        words.append(f"{len(result.wrong)} other errnos")
    return ", ".join(words) or "as expected"


def version(command):
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.search(r"\d+\.\d+\.\d+", out).group(0)


def table(runtime, args):
    """Runs every guest under wattle and the peers and writes the table."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import peers
    with tempfile.TemporaryDirectory(prefix="hostile") as folder:
        if subprocess.run(guarded(folder, ["true"]), check=False).returncode != 0:
            sys.exit("hostile: --table needs to be root: peers that let guests out are run where "
                     "they can write nowhere else")
    path = peers.binaries()["wasmtime"]
    runtimes = [(runtime, version([*runtime.tool, "--version"])),
                (Wasmtime(path), version([path, "--version"]))]
    if shutil.which("node"):
        runtimes.append((Node(), version(["node", "--version"])))
    heads = " | ".join(f"{r.name} {v}" for r, v in runtimes)
    lines = [f"{datetime.date.today()}, Linux {platform.release().split('-')[0]}, "
             f"{platform.machine()}, as root; the race took {args.race:g} seconds.", "",
             f"| attack | attempts | {heads} |", "|---|---:|" + "---|" * len(runtimes)]
    examples = {}
    with tempfile.TemporaryDirectory(prefix="hostile") as folder:
        clang = shutil.which("clang-19") or shutil.which("clang")
        for name, title in TITLES.items():
            if name == "pointers":
                file = text_guests(folder)[name]
            else:
                file, why = compile_guest(clang, name, folder)
                if not file:
                    sys.exit(f"hostile: {why}")
            race = name == "race"
            found = []
            for r, _ in runtimes:
                if name == "pointers" and r is not runtime:
                    binary = file.with_suffix(".bin")   # a name as long as the other
                    subprocess.run([*runtime.tool, "wat2wasm", file, "-o", binary], check=True)
                    file = binary
                result = attack(r, file, [str(int(args.race * 1000))] if race else (), race=race)
                print(f"{name}, {r.name}: {result.right} right; {result.escapes[:5]} "
                      f"{result.wrong[:5]} {result.ended}", flush=True)
                examples.setdefault(r.name, []).extend(result.escapes)
                found.append(result)
            most = max(f.right + len(f.wrong) for f in found)
            lines.append(f"| {title} | {most} | " + " | ".join(map(cell, found)) + " |")
    lines += ["", *(f"What was reached outside, {name}, the first of {len(what)}: "
                    + ", ".join(f"`{w}`" for w in what[:6]) + "."
                    for name, what in examples.items() if what)]
    text = DOCUMENT.read_text(encoding="utf-8")
    block = "<!-- hostile -->\n" + "\n".join(lines).rstrip() + "\n<!-- /hostile -->"
    DOCUMENT.write_text(re.sub(r"<!-- hostile -->.*<!-- /hostile -->", lambda _: block, text,
                               flags=re.S), encoding="utf-8")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    parser.add_argument("--race", type=float, metavar="SECONDS",
                        default=float(os.environ.get("WATTLE_RACE_SECONDS", "10")),
                        help="how long to race with a second process")
    parser.add_argument("--table", action="store_true", help="compare with peers")
    parser.add_argument("guests", nargs="*", metavar="GUEST")
    args = parser.parse_args()
    runtime = Wattle([*args.emulator, str(args.wattle.resolve())], bool(args.emulator))
    if sys.platform != "linux":
        print("skip hostile: the traps are made for Linux")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    return table(runtime, args) if args.table else test(runtime, args)


if __name__ == "__main__":
    sys.exit(main())
