#!/usr/bin/env python3
"""Images that `wattle oci` writes, and containers whose program is a .wasm, under the stock crun with
our handler plug-in, under podman (root's, and a user's without any right) and under containerd.

    test/oci/run.py --wattle build/dev/wattle

As root on Linux. Everything happens in mount and process namespaces of its own: the plug-in is put
in place by an overlay over crun's library folder, the cgroup2 half of a hybrid set-up, which crun
refuses, is not mounted, and no process outlives the test. The system stays as it was. What cannot
be had here is skipped, with its reason.
"""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Where scripts/setup unpacks a package that starts a service when it is installed.
UNPACKED = ROOT / "build/cache/debian/containerd/usr/bin"
tally = {"passed": 0, "failed": 0, "skipped": 0}


def skip(name, why):
    print(f"skip {name}: {why}", flush=True)
    tally["skipped"] += 1


def case(name, wrong):
    """Counts a case; `wrong` is None or what is wrong."""
    if wrong:
        print(f"FAIL {name}: {wrong}", flush=True)
    tally["failed" if wrong else "passed"] += 1


def run(words, stdin="", timeout=120, **more):
    return subprocess.run([str(w) for w in words], input=stdin, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, **more)


def differs(done, code, out=None, err=None):
    """None, or how a finished process differs from what is expected of it."""
    told = f"exit code {done.returncode}, output {done.stdout!r}, errors {done.stderr!r}"
    if done.returncode != code:
        return f"expected exit code {code}; {told}"
    if out is not None and done.stdout != out:
        return f"expected the output {out!r}; {told}"
    if err is not None and err not in done.stderr:
        return f"expected {err!r} among the errors; {told}"
    return None


# ---- what is here -------------------------------------------------------------------------


def build_guest(folder):
    """(path, None) or (None, why)."""
    clang = shutil.which("clang-19") or shutil.which("clang")
    if not clang or not pathlib.Path("/usr/lib/wasm32-wasi/libc.a").exists():
        return None, "there is no clang with wasi-libc"
    out = folder / "guest.wasm"
    done = run([clang, "--target=wasm32-wasi", "--sysroot=/usr", "-O1", "-o", out,
                HERE / "guest.c"])
    return (out, None) if done.returncode == 0 else (None, done.stderr.strip())


def handlers_folder(crun):
    found = re.search(rb"/[\w./-]*/crun/handlers", pathlib.Path(crun).read_bytes())
    return pathlib.Path(found.group().decode()) if found else None


def why_no_containers(plugin, crun):
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "needs root on Linux"
    if not plugin.exists():
        return "this build has no plug-in"
    if not crun:
        return "crun is not installed"
    if not handlers_folder(crun):
        return "this crun loads no handlers"
    if run(["unshare", "-m", "-p", "-f", "--propagation", "private", "true"]).returncode != 0:
        return "no namespaces may be made here"
    return None


# ---- images -------------------------------------------------------------------------------

FORMAT = "application/vnd.oci.image."


def blob(folder, descriptor, kind):
    """The bytes that a descriptor names; AssertionError when anything differs."""
    assert descriptor["mediaType"] == FORMAT + kind, descriptor
    algorithm, digest = descriptor["digest"].split(":")
    assert algorithm == "sha256", descriptor
    data = (folder / "blobs/sha256" / digest).read_bytes()
    assert len(data) == descriptor["size"], descriptor
    assert hashlib.sha256(data).hexdigest() == digest, descriptor
    return data


def read_layout(folder):
    """(index entry, manifest, configuration, {path: (mode, bytes)}), every digest looked at."""
    assert json.loads((folder / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    (entry,) = json.loads((folder / "index.json").read_text())["manifests"]
    manifest = json.loads(blob(folder, entry, "manifest.v1+json"))
    config = json.loads(blob(folder, manifest["config"], "config.v1+json"))
    (layer,) = manifest["layers"]
    data = blob(folder, layer, "layer.v1.tar")
    assert config["rootfs"] == {"type": "layers", "diff_ids": [layer["digest"]]}, config
    path = folder / "layer.tar"
    path.write_bytes(data)
    with tarfile.open(path) as tar:
        files = {m.name: (m.mode, tar.extractfile(m).read()) for m in tar}
        assert all((m.uid, m.gid, m.mtime) == (0, 0, 0) for m in tar.getmembers())
    path.unlink()
    return entry, manifest, config, files


def images(wattle, folder):
    """What `wattle oci` writes, read by Python's own tools."""
    hello = ROOT / "examples/hello.wat"
    binary = folder / "hello.wasm"
    case("oci: a binary for the tests",
         differs(run([*wattle, "wat2wasm", hello, "-o", binary]), 0))
    long = "d" * 90 + "/" + "e" * 90
    for path in ("data/x", "data/sub/y", "data/" + long):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    words = [*wattle, "oci", binary, "--add", f"{folder}/data::/data", "--env", "A=1", "--arg", "x",
             "--arg", 'say "é"', "--name", "example.org/me/hello:1", "--annotation", "a.b=c=d",
             "--user", "1000:1000", "--cwd", "/data"]
    out = folder / "image"
    wrong = differs(run([*words, "-o", out]), 0)
    if not wrong:
        entry, manifest, config, files = read_layout(out)
        want = {"hello.wasm": (0o755, binary.read_bytes())}
        want.update({p: (0o644, p.encode()) for p in ("data/x", "data/sub/y", "data/" + long)})
        seen = [(files, want), (manifest["annotations"], {"a.b": "c=d"}),
                (entry["platform"], {"os": "wasip1", "architecture": "wasm"}),
                ((config["os"], config["architecture"]), ("wasip1", "wasm")),
                (config["config"], {"User": "1000:1000", "Env": ["A=1"], "WorkingDir": "/data",
                                    "Entrypoint": ["/hello.wasm"], "Cmd": ["x", 'say "é"']}),
                (entry["annotations"], {"io.containerd.image.name": "example.org/me/hello:1",
                                        "org.opencontainers.image.ref.name": "1"})]
        wrong = next((f"{got} is not {what}" for got, what in seen if got != what), None)
    case("oci: a folder", wrong)
    tar, again = folder / "image.tar", folder / "again.tar"
    wrong = differs(run([*words, "-o", tar]), 0) or differs(run([*words, "-o", again]), 0)
    if not wrong and tar.read_bytes() != again.read_bytes():
        wrong = "two runs differ"
    if not wrong:
        with tarfile.open(tar) as archive:
            inside_tar = {m.name: archive.extractfile(m).read() for m in archive}
        inside_folder = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*")
                         if p.is_file()}
        wrong = None if inside_tar == inside_folder else "the archive is not the folder"
    case("oci: an archive, the same each time", wrong)
    plain = folder / "plain"
    wrong = differs(run([*wattle, "oci", hello, "-o", plain]), 0)
    if not wrong:
        entry, _, config, files = read_layout(plain)
        if entry["annotations"]["io.containerd.image.name"] != "localhost/hello:latest":
            wrong = entry
        elif files["hello.wasm"][1][:4] != b"\0asm" or set(config["config"]) != {"Entrypoint"}:
            wrong = config
    case("oci: a text module, no option", wrong)
    images_refused(wattle, folder, binary)


def images_refused(wattle, folder, binary):
    library = folder / "library.wat"
    library.write_text("(module)")
    out = folder / "refused"
    rows = [("no output", [binary], 2, "-o"),
            ("two files", [binary, binary, "-o", out], 2, "one FILE"),
            ("no program", [library, "-o", out], 1, "no function _start"),
            ("no module", [ROOT / "README.md", "-o", out], 1, "error"),
            ("a missing file", [binary, "-o", out, "--add", folder / "none"], 3, "no such file"),
            ("a path that leads out", [binary, "-o", out, "--add", f"{binary}::a/../b"], 2, "path"),
            ("a path that is too long", [binary, "-o", out, "--add", f"{binary}::{'a' * 101}"], 2,
             "longer"),
            ("no variable", [binary, "-o", out, "--env", "A"], 2, "KEY=VALUE"),
            ("a folder that cannot be", [binary, "-o", folder / "none/a"], 3, "no such file")]
    for name, words, code, told in rows:
        case(f"oci: {name}", differs(run([*wattle, "oci", *words]), code, "", told))


# ---- inside the namespaces ----------------------------------------------------------------


def mount_all(plugin, scratch):
    """Puts the plug-in in place; None, or why not."""
    folder = handlers_folder(shutil.which("crun"))
    upper, work = scratch / "upper", scratch / "work"
    library = folder.parent.parent
    target = upper / folder.relative_to(library)
    steps = [["mount", "-t", "tmpfs", "tmpfs", scratch],
             ["mount", "-t", "tmpfs", "tmpfs", "/run"]]  # crun and containerd leave folders there
    if os.path.ismount("/sys/fs/cgroup/unified"):
        # What lies below the mount is the system's too: an empty folder covers it.
        steps += [["umount", "/sys/fs/cgroup/unified"],
                  ["mount", "-t", "tmpfs", "tmpfs", "/sys/fs/cgroup/unified"]]
    for step in steps:
        done = run(step)
        if done.returncode != 0:
            return f"{' '.join(map(str, step))}: {done.stderr.strip()}"
    for made in (target, work):
        made.mkdir(parents=True)
    shutil.copy(plugin, target)
    done = run(["mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir={library},upperdir={upper},workdir={work}", library])
    return done.stderr.strip() if done.returncode != 0 else None


class Crun:
    """Bundles and containers below a folder."""

    def __init__(self, folder, guest):
        self.folder, self.guest, self.count = folder, guest, 0
        done = run(["crun", "spec"], cwd=folder)
        if done.returncode != 0:
            sys.exit(f"crun spec: {done.stderr}")
        self.plain = json.loads((folder / "config.json").read_text())
        self.words = ["crun", "--root", folder / "state"]

    def bundle(self, *args, files=(), change=None):
        """A bundle whose root has guest.wasm and some files, {path: text}; its name."""
        self.count += 1
        name = f"wattle-test-{os.getpid()}-{self.count}"
        root = self.folder / name / "rootfs"
        root.mkdir(parents=True)
        shutil.copy(self.guest, root / "guest.wasm")
        for path, text in dict(files).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        config = json.loads(json.dumps(self.plain))
        config["process"].update(terminal=False, args=["/guest.wasm", *args])
        config["root"]["readonly"] = False
        config["annotations"] = {"run.oci.handler": "wattle"}
        # A network namespace each takes more time than all the rest.
        config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"]
                                         if n["type"] != "network"]
        if change:
            change(config)
        (self.folder / name / "config.json").write_text(json.dumps(config))
        return name

    def call(self, *words, **more):
        return run([*self.words, *words], **more)

    def run(self, *args, stdin="", **more):
        name = self.bundle(*args, **more)
        return self.call("run", "--bundle", self.folder / name, name, stdin=stdin)

    def start(self, *args, **more):
        """A container that has said that it is ready: (name, process)."""
        name = self.bundle(*args, **more)
        process = subprocess.Popen([str(w) for w in
                                    [*self.words, "run", "--bundle", self.folder / name, name]],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        process.said = process.stdout.readline()
        return name, process

    def kill(self, name, number):
        """What crun said of it. The program may be ready before crun has written down that it runs."""
        end = time.monotonic() + 20
        while True:
            done = self.call("kill", name, str(int(number)))
            if done.returncode == 0 or time.monotonic() > end:
                return done.stderr
            time.sleep(0.05)


# The thread that _start makes stores 42, which becomes the exit code.
THREAD = """(module
 (import "env" "memory" (memory 1 1 shared))
 (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
 (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
 (export "memory" (memory 0))
 (func (export "wasi_thread_start") (param i32 i32)
  (i32.atomic.store (i32.const 0) (local.get 1))
  (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
 (func (export "_start")
  (drop (call $spawn (i32.const 42)))
  (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 10000000000)))
  (call $exit (i32.atomic.load (i32.const 0)))))
"""


def with_process(**more):
    return lambda config: config["process"].update(more)


def crun_simple(c):
    case("crun knows the handler",
         differs(run(["crun", "--version"]), 0) or
         (None if "+WASM:wattle" in run(["crun", "--version"]).stdout else "it does not"))
    case("crun: arguments", differs(c.run("args", "one", "two words", ""), 0,
                                    "/guest.wasm\nargs\none\ntwo words\n\n"))
    # crun sets HOME.
    case("crun: environment", differs(c.run("env", change=with_process(
        env=["A=1", "B=x=y", "HOME=/h"], cwd="/proc")), 0, "A=1\nB=x=y\nHOME=/h\nPWD=/proc\n"))
    case("crun: the environment's own PWD", differs(c.run("env", change=with_process(
        env=["PWD=/mine", "HOME=/h"])), 0, "PWD=/mine\nHOME=/h\n"))
    case("crun: standard input", differs(c.run("cat", "-", stdin="words\n"), 0, "words\n"))
    case("crun: standard error", differs(c.run("cat", "/none"), 1, "",
                                         "/none: No such file or directory"))
    case("crun: a file is read", differs(c.run("cat", "/data/a.txt", files={"data/a.txt": "text"}),
                                         0, "text"))
    case("crun: no path leads out", differs(c.run("cat", "/../../../etc/passwd"), 1, ""))
    case("crun: under the name wasm", differs(c.run("args", change=lambda config: config.update(
        annotations={"run.oci.handler": "wasm"})), 0, "/guest.wasm\nargs\n"))
    for code in (0, 7, 255):
        case(f"crun: exit code {code}", differs(c.run("exit", str(code)), code))
    case("crun: a trap", differs(c.run("trap"), 134, "", "trap: unreachable"))
    case("crun: no module", differs(c.run(change=with_process(args=["/none.wasm"])), 127, "",
                                    "/none.wasm: no such file"))
    case("crun: no wasm", differs(c.run(files={"a.wasm": "\x7fELF is another kind"},
                                        change=with_process(args=["/a.wasm"])), 126, ""))
    case("crun: a text module", differs(c.run(
        files={"a.wat": '(module (memory 1) (func (export "_start") unreachable))'},
        change=with_process(args=["/a.wat"])), 134))
    case("crun: a thread", differs(c.run(files={"a.wat": THREAD}, change=with_process(
        args=["/a.wat"])), 42))
    case("crun: no program", differs(c.run(files={"a.wat": "(module)"}, change=with_process(
        args=["/a.wat"])), 126, "", "no _start"))
    case("crun: an import that is not there", differs(c.run(
        files={"a.wat": '(module (import "env" "f" (func)) (func (export "_start")))'},
        change=with_process(args=["/a.wat"])), 126, "", "env"))


def crun_files(c):
    name = c.bundle("put", "/data/new.txt", "text", files={"data/old": ""})
    wrong = differs(c.call("run", "--bundle", c.folder / name, name), 0)
    new = c.folder / name / "rootfs/data/new.txt"
    case("crun: a file is written", wrong or
         (None if new.read_text() == "text" else "it has another text"))
    done = c.run("list", "/data", files={"data/a": "", "data/b": ""})
    case("crun: a directory is listed", differs(done, 0) or
         (None if sorted(done.stdout.split()) == [".", "..", "a", "b"] else done.stdout))
    volume = c.folder / "volume"
    volume.mkdir()
    (volume / "v").write_text("volume")

    def mounted(config):
        config["mounts"].append({"destination": "/vol", "type": "bind", "source": str(volume),
                                 "options": ["bind", "ro"]})
    case("crun: a volume is read", differs(c.run("cat", "/vol/v", change=mounted), 0, "volume"))
    case("crun: a read-only volume", differs(c.run("put", "/vol/v", "x", change=mounted), 1, "",
                                             "Read-only file system"))
    # /proc/self/mem is the way from the guest's sandbox into the process that it runs in.
    for path in ("/proc/self/mem", "/proc/1/mem", "/proc/self/comm"):
        case(f"crun: {path} is not written", differs(c.run("overwrite", path, "x"), 1, "",
                                                     "Operation not permitted"))


def crun_signals(c):
    for verb in ("sleep", "spin"):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            name, process = c.start(verb)
            told = c.kill(name, number)
            try:
                process.communicate(timeout=30)
                code = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                code = "none: it goes on"
            case(f"crun: {number.name} to a program that {verb}s",
                 None if (process.said, code) == ("ready\n", 128 + number) else
                 f"it said {process.said!r}, exit code {code}; crun kill said {told!r}")


def crun_exec(c):
    name, process = c.start("sleep", files={"other.wasm": ""})
    done = c.call("exec", name, "/guest.wasm", "args", "again")
    case("crun: one more program in a container", differs(done, 0, "/guest.wasm\nargs\nagain\n"))
    case("crun: its exit code", differs(c.call("exec", name, "/guest.wasm", "exit", "5"), 5))
    done = c.call("state", name)
    case("crun: the state", differs(done, 0) or
         (None if json.loads(done.stdout)["status"] == "running" else done.stdout))
    c.call("delete", "--force", name)
    process.communicate(timeout=30)
    done = c.call("state", name)
    case("crun: deleted", None if done.returncode != 0 else "it is still there")


def crun_memory(c):
    def limited(env=()):
        def change(config):
            config["linux"]["resources"] = {"memory": {"limit": 64 << 20, "swap": 64 << 20}}
            config["process"]["env"] = list(env)
        return change
    done = c.run("grow", "8", change=limited())
    if done.returncode != 0 and "cgroup" in done.stderr:
        return skip("crun: memory limit", f"no cgroup with a memory limit here: "
                                          f"{done.stderr.strip()}")
    case("crun: below the memory limit", differs(done, 0, "8\n"))
    case("crun: beyond the memory limit", differs(c.run("grow", "256", change=limited()), 137, ""))
    done = c.run("grow", "256", change=limited(["WATTLE_MAX_MEMORY=32M"]))
    case("crun: WATTLE_MAX_MEMORY below it", differs(done, 9) or
         (None if 28 <= int(done.stdout) < 32 else f"it got {done.stdout} MiB"))
    case("crun: a wrong WATTLE_MAX_MEMORY", differs(
        c.run("grow", "1", change=limited(["WATTLE_MAX_MEMORY=lots"])), 126, "",
        "WATTLE_MAX_MEMORY is no size: lots"))
    return None


def crun_rights(c):
    def readonly(config):
        config["root"]["readonly"] = True
    case("crun: a read-only root", differs(c.run("put", "/a", "x", change=readonly), 1, "",
                                           "Read-only file system"))

    def user(config):
        config["process"]["user"] = {"uid": 1000, "gid": 1000}
        config["process"]["capabilities"] = {}
    name = c.bundle("put", "/mine/a", "x", change=user, files={"mine/b": "", "secret": "s"})
    root = c.folder / name / "rootfs"
    os.chown(root / "mine", 1000, 1000)
    os.chmod(root / "secret", 0o600)
    wrong = differs(c.call("run", "--bundle", c.folder / name, name), 0)
    made = root / "mine/a"
    case("crun: a user's file", wrong or
         (None if made.exists() and made.stat().st_uid == 1000 else "it is not the user's"))

    def secret(config):
        user(config)
        config["process"]["args"] = ["/guest.wasm", "cat", "/secret"]
    name = c.bundle(change=secret, files={"secret": "s"})
    os.chmod(c.folder / name / "rootfs/secret", 0o600)
    case("crun: a file of another user",
         differs(c.call("run", "--bundle", c.folder / name, name), 1, "", "Permission denied"))
    # As after an execve: capabilities count for a user only when they are ambient.
    sets = ["bounding", "effective", "permitted", "inheritable"]
    for more, code in (([], 1), (["ambient"], 0)):
        def capable(config, more=more):
            secret(config)
            config["process"]["capabilities"] = {s: ["CAP_DAC_OVERRIDE"] for s in sets + more}
        name = c.bundle(change=capable, files={"secret": "s"})
        os.chmod(c.folder / name / "rootfs/secret", 0o600)
        case(f"crun: {'an' if more else 'no'} ambient capability",
             differs(c.call("run", "--bundle", c.folder / name, name), code, "s" * (code == 0)))

    def no_execve(config):
        config["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": ["execve", "execveat", "fork", "vfork", "clone", "clone3",
                                    "ptrace", "socket"], "action": "SCMP_ACT_KILL_PROCESS"}]}
    case("crun: seccomp without execve and clone", differs(
        c.run("args", "x", change=no_execve), 0, "/guest.wasm\nargs\nx\n"))

    def allow_list(config):
        names = ["read", "write", "openat", "openat2", "close", "fstat", "newfstatat", "fstatfs",
                 "fcntl", "lseek", "mmap", "munmap", "mremap", "madvise", "mprotect", "brk",
                 "rt_sigaction", "rt_sigprocmask", "getcwd", "getrandom", "clock_gettime",
                 "getdents64", "readlinkat", "exit_group", "prctl", "getpid", "geteuid", "futex"]
        config["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ERRNO",
            "syscalls": [{"names": names, "action": "SCMP_ACT_ALLOW"}]}
    case("crun: seccomp with a short list", differs(
        c.run("cat", "/a", change=allow_list, files={"a": "text"}), 0, "text"))


def crun_hundred(c):
    """A hundred at once: all are ready before the first is ended."""
    started = time.monotonic()
    running = [c.start("sleep") for _ in range(100)]
    ready = sum(process.said == "ready\n" for _, process in running)
    took = time.monotonic() - started
    for name, _ in running:
        c.kill(name, signal.SIGTERM)
    codes = []
    for _, process in running:
        process.communicate(timeout=60)
        codes.append(process.returncode)
    case("crun: a hundred at once", None if ready == 100 and codes == [143] * 100 else
         f"{ready} were ready; exit codes {sorted(set(codes))}")
    print(f"# crun: a hundred containers were ready after {took:.1f} s")


# ---- containerd ---------------------------------------------------------------------------

CONTAINERD = """version = 2
root = "{0}/root"
state = "{0}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = "{0}/grpc"
[ttrpc]
  address = "{0}/ttrpc"
"""


class Containerd:
    """A daemon of its own below a folder."""

    def __init__(self, folder, wattle):
        self.folder, self.wattle, self.count = folder, wattle, 0
        # The namespace is also the name of the control groups that its containers are in.
        self.namespace = f"wattle-test-{time.time_ns()}"
        self.command = ["ctr", "--address", folder / "grpc", "--namespace", self.namespace]
        folder.mkdir()
        (folder / "config.toml").write_text(CONTAINERD.format(folder))
        self.log = open(folder / "log", "w", encoding="utf-8")
        self.daemon = subprocess.Popen(["containerd", "--config", folder / "config.toml"],
                                       stdout=self.log, stderr=self.log)
        for _ in range(150):
            if self.ctr("version").returncode == 0:
                break
            time.sleep(0.2)

    def ctr(self, *words, **more):
        return run([*self.command, *words], **more)

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait()
        for group in pathlib.Path("/sys/fs/cgroup").glob(f"*/{self.namespace}"):
            if group.parent.name != "unified":
                group.rmdir()

    def image(self, guest, *words):
        """Writes and imports an image: its name, or what went wrong."""
        self.count += 1
        name, tar = f"localhost/test{self.count}:1", self.folder / f"{self.count}.tar"
        done = run([*self.wattle, "oci", guest, "-o", tar, "--name", name, *words])
        wrong = differs(done, 0) or differs(
            self.ctr("images", "import", "--all-platforms", tar), 0)
        return name, wrong

    def words(self, image, options, args):
        self.count += 1
        name = f"c{self.count}"
        return name, ["run", *options, "--runc-binary", shutil.which("crun"), "--annotation",
                      "run.oci.handler=wattle", "--platform", "wasip1/wasm", image, name,
                      *(["/guest.wasm", *args] if args else [])]

    def run(self, image, *args, options=()):
        return self.ctr(*self.words(image, ["--rm", *options], args)[1])


def containerd_cases(folder, args):
    if not all(shutil.which(w) for w in ("containerd", "ctr", "containerd-shim-runc-v2")):
        return skip("containerd", "it is not there")
    d = Containerd(folder, [args.wattle])
    version = d.ctr("version")
    if version.returncode != 0:
        return skip("containerd", f"it does not start: {(folder / 'log').read_text()[-300:]}")
    data = folder / "data"
    data.mkdir()
    (data / "a").write_text("text")
    image, wrong = d.image(args.guest, "--env", "A=1", "--arg", "args", "--add", f"{data}::data")
    case("containerd: the image is imported", wrong)
    listed = d.ctr("images", "ls").stdout
    case("containerd: its platform", None if "wasip1/wasm" in listed else listed)
    probe = d.run(image)
    if probe.returncode != 0 and ("cgroup" in probe.stderr or "mount" in probe.stderr):
        return skip("containerd: containers", f"none can be made here: {probe.stderr.strip()}")
    case("containerd: the image's arguments", differs(probe, 0, "/guest.wasm\nargs\n"))
    case("containerd: other arguments", differs(d.run(image, "args", "one", "two words"), 0,
                                                "/guest.wasm\nargs\none\ntwo words\n"))
    done = d.run(image, "env", options=["--env", "B=2"])
    lines = done.stdout.splitlines()
    case("containerd: environment", differs(done, 0) or
         (None if {"A=1", "B=2"} <= set(lines) else lines))
    case("containerd: a file of the image", differs(d.run(image, "cat", "/data/a"), 0, "text"))
    case("containerd: an exit code", differs(d.run(image, "exit", "7"), 7))
    case("containerd: a trap", differs(d.run(image, "trap"), 134, "", "trap: unreachable"))
    case("containerd: a file is written", differs(d.run(image, "put", "/data/b", "x"), 0))
    case("containerd: a read-only root", differs(
        d.run(image, "put", "/data/b", "x", options=["--read-only"]), 1, "", "Read-only"))
    case("containerd: its seccomp profile", differs(
        d.run(image, "cat", "/data/a", options=["--seccomp"]), 0, "text"))
    limit = ["--memory-limit", str(64 << 20)]
    case("containerd: below the memory limit", differs(d.run(image, "grow", "8", options=limit), 0,
                                                       "8\n"))
    case("containerd: beyond the memory limit", differs(
        d.run(image, "grow", "256", options=limit), 137, ""))
    user, wrong = d.image(args.guest, "--user", "1000:1000")
    case("containerd: a user's file", wrong or differs(
        d.run(user, "put", "/a", "x"), 1, "", "Permission denied"))
    containerd_many(d, image, args.many)
    d.stop()
    left = [str(group) for group in pathlib.Path("/sys/fs/cgroup").glob("*/wattle-test-*")
            if group.parent.name != "unified"]
    case("no control group is left", f"{left}" if left else None)
    return None


def containerd_many(d, image, many):
    """All are running before the first is ended; each ends by its signal."""
    _, words = d.words(image, [], ["sleep"])
    alone = subprocess.Popen([*d.command, *words], text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    said = alone.stdout.readline()
    d.ctr("tasks", "kill", "--signal", "SIGTERM", words[words.index(image) + 1])
    alone.communicate(timeout=60)
    case("containerd: SIGTERM", None if (said, alone.returncode) == ("ready\n", 143) else
         f"it said {said!r}, exit code {alone.returncode}")
    started, names = time.monotonic(), []
    for _ in range(many):
        name, words = d.words(image, ["--detach", "--null-io"], ["sleep"])
        d.ctr(*words)
        names.append(name)
    listed = d.ctr("tasks", "ls").stdout
    running = listed.count("RUNNING")
    took = time.monotonic() - started
    for name in names:
        d.ctr("tasks", "kill", "--signal", "SIGTERM", name)
    for _ in range(300):
        if d.ctr("tasks", "ls").stdout.count("STOPPED") >= many:
            break
        time.sleep(0.2)
    ends = [d.ctr("tasks", "delete", name) for name in names]
    for name in names:
        d.ctr("containers", "delete", name)
    ended = sum("exit code 143" in e.stderr or e.returncode == 143 for e in ends)
    case(f"containerd: {many} at once", None if running == many and ended == many else
         f"{running} were running, {ended} ended with 143")
    print(f"# containerd: {many} containers were running after {took:.1f} s")


# ---- podman -------------------------------------------------------------------------------

USER, NUMBER = "wattle-test", 4711


class Podman:
    """podman with all that it keeps below a folder, for root or another user. No network; groups of
    processes only where a case asks for one."""

    def __init__(self, who, folder, prefix):
        self.who, self.prefix = who, prefix
        self.words = [*prefix, "podman", "--root", folder / "images", "--runroot", folder / "state",
                      "--tmpdir", folder / "tmp", "--storage-driver", "vfs", "--runtime", "crun",
                      "--cgroup-manager", "cgroupfs", "--events-backend", "none"]
        self.cwd = folder

    def call(self, *words, **more):
        return run([*self.words, *words], cwd=self.cwd, **more)

    def options(self, *options):
        groups = [] if "--cgroup-parent" in options else ["--cgroups=disabled"]
        return ["run", "--rm", "--network=none", *groups, "--annotation", "run.oci.handler=wattle",
                *options, "localhost/podman:1"]

    def run(self, *args, options=()):
        return self.call(*self.options(*options), *args)


def add_user(folder):
    """In this mount namespace alone: a user with numbers for the users of containers."""
    lines = {"passwd": f"{USER}:x:{NUMBER}:{NUMBER}::{folder}:/bin/sh\n",
             "group": f"{USER}:x:{NUMBER}:\n",
             "subuid": f"{USER}:500000:65536\n", "subgid": f"{USER}:500000:65536\n"}
    for name, line in lines.items():
        old, new = pathlib.Path("/etc") / name, folder.parent / name
        if not old.exists():
            return f"there is no /etc/{name}"
        new.write_text(old.read_text() + line)
        done = run(["mount", "--bind", new, old])
        if done.returncode != 0:
            return done.stderr.strip()
    return None


def podman_cases(args):
    if not shutil.which("podman"):
        return skip("podman", "it is not there")
    print(f"# {run(['podman', '--version']).stdout.strip()}")
    top = pathlib.Path("/run/wattle-podman")  # on the tmpfs of this namespace; every user may enter
    data = top / "data"
    data.mkdir(parents=True)
    (data / "a").write_text("text")
    tar = top / "image.tar"
    done = run([args.wattle, "oci", args.guest, "-o", tar, "--name", "localhost/podman:1", "--env",
                "A=1", "--arg", "args", "--add", f"{data}::data"])
    case("podman: an image", differs(done, 0))
    folders = {}
    for who in ("root", "a user"):
        folders[who] = top / who.split()[-1]
        folders[who].mkdir()
    podman_as(Podman("root", folders["root"], []), tar)
    podman_memory(Podman("root", folders["root"], []))
    home = folders["a user"]
    os.chown(home, NUMBER, NUMBER)
    tar.chmod(0o644)
    why = add_user(home) if shutil.which("newuidmap") else "there is no newuidmap"
    prefix = ["setpriv", "--reuid", str(NUMBER), "--regid", str(NUMBER), "--clear-groups", "env",
              "-u", "TMPDIR",       # root's own, perhaps
              f"HOME={home}", f"XDG_RUNTIME_DIR={home}", f"USER={USER}"]
    if not why:
        why = run([*prefix, "unshare", "-U", "-r", "true"], cwd=home).stderr.strip()
    if why:
        return skip("podman without root", why)
    podman_as(Podman("a user", home, prefix), tar)
    return None


def podman_as(p, tar):
    case(f"podman of {p.who}: the image is loaded", differs(p.call("load", "-q", "-i", tar), 0))
    done = p.run()
    if done.returncode in (125, 126) and "/guest.wasm" not in done.stdout:
        return skip(f"podman of {p.who}", f"no container can be made here: {done.stderr.strip()}")
    case(f"podman of {p.who}: the image's arguments", differs(done, 0, "/guest.wasm\nargs\n"))
    case(f"podman of {p.who}: other arguments",
         differs(p.run("args", "one", "two words"), 0, "/guest.wasm\nargs\none\ntwo words\n"))
    done = p.run("env", options=["--env", "B=2"])
    case(f"podman of {p.who}: environment", differs(done, 0) or
         (None if {"A=1", "B=2"} <= set(done.stdout.splitlines()) else done.stdout))
    case(f"podman of {p.who}: a file of the image", differs(p.run("cat", "/data/a"), 0, "text"))
    case(f"podman of {p.who}: an exit code", differs(p.run("exit", "7"), 7))
    case(f"podman of {p.who}: a trap", differs(p.run("trap"), 134, "", "trap: unreachable"))
    case(f"podman of {p.who}: a file is written", differs(p.run("put", "/data/b", "x"), 0))
    case(f"podman of {p.who}: a read-only root", differs(
        p.run("put", "/data/b", "x", options=["--read-only"]), 1, "", "Read-only"))
    case(f"podman of {p.who}: no user of power", differs(
        p.run("put", "/a", "x", options=["--user", "1000"]), 1, "", "Permission denied"))
    name = f"wattle-{NUMBER}"
    process = subprocess.Popen(
        [str(w) for w in [*p.words, *p.options("--name", name), "sleep"]], cwd=p.cwd, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    said = process.stdout.readline()
    p.call("kill", "--signal", "TERM", name)
    process.communicate(timeout=60)
    case(f"podman of {p.who}: SIGTERM", None if (said, process.returncode) == ("ready\n", 143) else
         f"it said {said!r}, exit code {process.returncode}")
    return None


def podman_memory(p):
    """In a group of its own, which goes at the end."""
    group = f"wattle-test-{time.time_ns()}"
    limit = ["--memory", "64m", "--cgroup-parent", f"/{group}"]
    done = p.run("grow", "8", options=limit)
    if done.returncode in (125, 126):
        skip("podman: memory limit", done.stderr.strip())
    else:
        case("podman: below the memory limit", differs(done, 0, "8\n"))
        case("podman: beyond the memory limit", differs(p.run("grow", "256", options=limit), 137, ""))
    folders = [f for f in pathlib.Path("/sys/fs/cgroup").glob(f"*/{group}")
               if f.parent.name != "unified"]
    for _ in range(50):  # podman's own process for a container ends after it
        for folder in folders:
            for path, _, _ in os.walk(folder, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(path)
        if not any(f.exists() for f in folders):
            break
        time.sleep(0.1)


def inside(args):
    """In the namespaces: all cases with containers."""
    wrong = mount_all(args.plugin, args.scratch)
    if wrong:
        skip("containers", wrong)
        return
    folder = args.scratch / "crun"
    folder.mkdir()
    c = Crun(folder, args.guest)
    probe = c.run("exit", "3")
    if probe.returncode != 3:
        if "cgroup" not in probe.stderr:
            return case("crun: a container", differs(probe, 3))
        c.words.append("--cgroup-manager=disabled")
        probe = c.run("exit", "3")
        if probe.returncode != 3:
            return skip("containers", f"crun makes none here: {probe.stderr.strip()}")
    for cases in (crun_simple, crun_files, crun_signals, crun_exec, crun_memory, crun_rights,
                  crun_hundred):
        cases(c)
    podman_cases(args)
    containerd_cases(args.scratch / "containerd", args)


def selftest(plugin):
    """The test that an installation asks, and the installation itself."""
    tool = plugin.parent / "crun-selftest"
    if not plugin.exists():
        return skip("self-test", "this build has no plug-in")
    case("self-test", differs(run([tool, plugin]), 0))
    with tempfile.TemporaryDirectory(prefix="oci") as name:
        folder = pathlib.Path(name)
        install = [ROOT / "scripts/install-crun", plugin.parent, "/handlers"]
        env = dict(os.environ, DESTDIR=name)
        wrong = differs(run(install, env=env), 0)
        there = sorted(p.name for p in (folder / "handlers").iterdir())
        case("installation", wrong or (None if there == [plugin.name] else there))
        # A build with a broken plug-in: what is in place stays.
        broken = folder / "build"
        broken.mkdir()
        shutil.copy(tool, broken)
        (broken / plugin.name).write_bytes(plugin.read_bytes()[:5000])
        install[1] = broken
        done = run(install, env=env)
        same = (folder / "handlers" / plugin.name).read_bytes() == plugin.read_bytes()
        there = sorted(p.name for p in (folder / "handlers").iterdir())
        case("a broken plug-in is not installed",
             None if done.returncode != 0 and same and there == [plugin.name] else
             f"{done} {there}")
    return None


def outside(args):
    with tempfile.TemporaryDirectory(prefix="oci") as name:
        images([args.wattle], pathlib.Path(name))
    selftest(args.plugin)
    why = why_no_containers(args.plugin, shutil.which("crun"))
    with tempfile.TemporaryDirectory(prefix="oci") as name:
        folder = pathlib.Path(name)
        if not why:
            args.guest, why = build_guest(folder)
        if why:
            return skip("containers", why)
        scratch = folder / "scratch"
        scratch.mkdir()
        done = subprocess.run(
            ["unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "--propagation",
             "private", sys.executable, str(HERE / "run.py"), "--wattle", str(args.wattle),
             "--inside", str(scratch), "--guest", str(args.guest), "--many", str(args.many)],
            text=True, stdout=subprocess.PIPE, check=False)
        *lines, last = done.stdout.splitlines() or [""]
        print("\n".join(lines))
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", last)
        if not counts:
            return case("containers", f"exit code {done.returncode} and no closing line: {last}")
        for key, number in zip(("passed", "failed", "skipped"), counts.groups()):
            tally[key] += int(number)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", default="")
    parser.add_argument("--many", type=int, default=10, help="containers at once in containerd")
    parser.add_argument("--inside", dest="scratch", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--guest", type=pathlib.Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.wattle = args.wattle.resolve()
    if UNPACKED.exists():
        os.environ["PATH"] += f":{UNPACKED}"
    args.plugin = args.wattle.parent / "libwattle-crun.so"
    if args.emulator:
        skip("everything", "crun is not emulated")
    elif args.scratch:
        inside(args)
    else:
        outside(args)
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] or not sum(tally.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
