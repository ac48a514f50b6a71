#!/usr/bin/env python3
"""`wattle pack`: makes packages of the modules here and runs what they export, in node.

    test/pack/run.py --wattle build/dev/wattle [--emulator 'CMD']

all.c is built by clang, with WATTLE_BIND of include/wattle_bind.h, as C and as C with -flto; its
checks are in all.mjs. test/web runs the same package in browsers and through bundlers.
"""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "scripts")]
import peers  # noqa: E402

MODULE = """
import * as api from '%s/all.node.js';
import { init, initSync, url } from '%s/init.node.js';
import { check } from '%s';
console.log(check(api), check(await init()), check(initSync()), check(await init(url)));
"""
MEMORY64 = """
import { init, initSync } from '%s/init.node.js';
const lines = [];
const env = { log: (text, times) => lines.push(text.repeat(times)), scale: new WebAssembly.Global({ value: 'f64' }, 2.5) };
const api = await init(undefined, { env });
console.log(api.count('abc ü'), [...api.text()], api.text() === api.text(), lines, api.scaled(2));
for (const imports of [undefined, {}, { env: { log() {} } }])
  try { await init(undefined, imports); } catch (e) { console.log(e.message); }
"""
ASYNC = """
globalThis.sleepFor = (ms) => new Promise((done) => setTimeout(done, ms, ms * 2));
try {
  const { slow } = await import('%s/async.node.js');
  const promise = slow(5);
  console.log(promise instanceof Promise, await promise);
} catch (e) { console.log(e.message); }
"""
REFS = """
import { Box, call, table, dropped, pair } from '%s/module.node.js';
const value = { a: 1 }, box = new Box(value);
console.log(box.open() === value, call((x) => [x, x], value), table instanceof WebAssembly.Table, pair(3n, 0.5));
box.free();
console.log(dropped.value);
try { call(7, value); } catch (e) { console.log(e.message); }
"""
GLUE = """
import { twice } from '%s/glue_bg.node.js';
import { init, initSync, url } from '%s/init.node.js';
console.log(twice(21), (await init()).twice(2), initSync(url).twice(3), url.pathname.split('/').pop());
"""
INLINE = """
import { taken, greet, negate } from '%s/all.inline.js';
console.log(negate(false), greet('you'), taken());
"""
PROGRAM = """
import { start } from '%s/program.node.js';
import { init } from '%s/init.node.js';
console.log(start());
const lines = [], files = { '/notes/a.txt': 'first\\nsecond\\n', b: new Uint8Array(2) };
const wasi = { program: 'p', args: ['a', '\u00fc b'], env: { HOME: '/h' }, stdin: 'x\\ny\\n', files,
               stdout: (line) => lines.push(line), stderr: (line) => lines.push(`error: ${line}`) };
const api = await init(undefined, { wasi });
console.log(api.start(), lines.join('|'), JSON.stringify(new TextDecoder().decode(files['out.txt'])), Object.keys(files).length);
const own = { proc_exit() { throw new Error('mine'); } };
try { (await init(undefined, { wasi, wasi_snapshot_preview1: own })).start(); } catch (e) { console.log(e.message); }
"""
REACTOR = """
import * as api from '%s/reactor.node.js';
import { initSync } from '%s/init.node.js';
const lines = [];
const other = initSync(undefined, { wasi: { stdout: (line) => lines.push(line) } });
console.log(api.hello('w\u00f6rld'), other.hello('you'), other.hello('me'), lines, Object.keys(other));
"""
LIFE = """
import { width, height, cells, toggle, tick } from './%s/pkg/life.node.js';
const glider = [[1, 0], [2, 1], [0, 2], [1, 2], [2, 2]];
const alive = () => [...cells()].flatMap((c, i) => (c ? [[i %% width(), Math.floor(i / width())]] : []));
for (const [x, y] of glider) toggle(x, y);
for (let i = 0; i < 4; i++) tick();
console.log(String(alive()) === String(glider.map(([x, y]) => [x + 1, y + 1])));
for (let i = 4; i < 4 * width(); i++) tick();
console.log(width(), height(), cells().length, String(alive()) === String(glider));
toggle(1, 0);
console.log(alive().length);
"""


class Run:
    def __init__(self, wattle, folder):
        self.wattle, self.folder = wattle, folder
        self.passed = self.failed = self.skipped = 0

    def say(self, name, problem=None):
        self.passed += problem is None
        self.failed += problem is not None
        if problem is not None:
            print(f"FAIL {name}: {problem}")

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip {name}: {why}")

    def pack(self, name, source, *options):
        """The folder of the package, or None after a failure."""
        out = self.folder / name
        done = subprocess.run([*self.wattle, "pack", source, "-o", out, *options], text=True,
                              capture_output=True)
        self.say(f"pack {name}", done.stdout + done.stderr if done.returncode else None)
        return None if done.returncode else out

    def node(self, name, node, text, want):
        program = self.folder / f"{name}.mjs"
        program.write_text(text, encoding="utf-8")
        done = subprocess.run([*node, program], text=True, capture_output=True)
        got = done.stdout.strip() + done.stderr.strip()
        self.say(name, None if got == want.strip() else f"{got!r}, expected {want.strip()!r}")


def compile_all(clang, folder, *options):
    out = folder / "all.wasm"
    done = subprocess.run([clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", "-Wall",
                           "-Wextra", "-Werror", f"-I{ROOT / 'include'}", *options, HERE / "all.c",
                           "-o", out], text=True, capture_output=True)
    return (out, None) if done.returncode == 0 else (None, done.stderr)


def same_model(run, module):
    """What `bind` prints gives the same model again."""
    clauses = run.folder / "all.bind"
    printed = subprocess.run([*run.wattle, "bind", module], text=True, capture_output=True)
    clauses.write_text(printed.stdout, encoding="utf-8")
    again = subprocess.run([*run.wattle, "bind", "--bind", clauses, module], text=True,
                           capture_output=True)
    run.say("bind twice", None if again.stdout == printed.stdout and printed.stdout else
            f"{again.stdout}{again.stderr}")
    stated = subprocess.run([*run.wattle, "bind", "--json", module], text=True, capture_output=True)
    run.say("bind --json", None if json.loads(stated.stdout)["package"] == "@me/all" else "package")


def all_c(run, clang, nodes):
    for options in ([], ["-flto"]):
        what = "all.c " + " ".join(options)
        module, why = compile_all(clang, run.folder, *options)
        run.say(what, why)
        out = run.pack("all" + "".join(options), module) if module else None
        for name, node in nodes.items() if out else []:
            run.node(f"{what} {name}", node, MODULE % (out, out, HERE / "all.mjs"), "67 67 67 67")
        if out and b"wattle.bind" in (out / "all.wasm").read_bytes():
            run.say(what, "the clauses are still in the module")
    same_model(run, module)
    out = run.pack("inline", module, "--target", "inline")
    if out:
        run.node("inline", nodes["node 20"], INLINE % out, "true Hello, you 0")
        entry = json.loads((out / "package.json").read_text(encoding="utf-8"))["exports"]["."]
        run.say("inline entry", None if entry["default"] == "./all.inline.js" else str(entry))
    again = run.pack("again", module)
    first = run.pack("first", module)
    if again and first:
        same = all(a.read_bytes() == (first / a.name).read_bytes() for a in again.iterdir())
        run.say("the same bytes each time", None if same else "they differ")


def wasi(run, clang, node):
    """A program and a library for WASI, with wasi.js of the package's own."""
    if not clang or not pathlib.Path("/usr/lib/wasm32-wasi/libc.a").exists():
        return run.skip("wasi", "there is no clang with wasi-libc")
    for name, text, options, want in (
            ("program", PROGRAM, [], "time is well\n0\n3 1: a|2: \u00fc b|error: home /h|in: x|in: y|file: first|"
             'time is well "Written by p\\nmore\\n" 3\nminehome none'),
            ("reactor", REACTOR, ["-mexec-model=reactor"],
             "Hello, w\u00f6rld\n42 42 43 [ 'Hello, you', 'Hello, me' ] [ 'memory', 'hello' ]")):
        module = run.folder / f"{name}.wasm"
        done = subprocess.run([clang, "--target=wasm32-wasi", "-O2", "-Wall", "-Werror", *options, f"-I{ROOT / 'include'}",
                               HERE / f"{name}.c", "-o", module], text=True, capture_output=True)
        run.say(f"wasi {name}, compiled", done.stderr if done.returncode else None)
        out = run.pack(name, module) if done.returncode == 0 else None
        if not out:
            continue
        run.node(f"wasi {name}", node, text % (out, out), want)
        size = len((out / "wasi.js").read_bytes())
        run.say(f"wasi {name}, size", None if size <= (9_000, 4_000)[name == "reactor"] else f"{size} bytes")


def new_projects(run, node):
    """`wattle new`: the project is built as its package.json says, and the glider comes home."""
    tools = run.folder / "bin"
    tools.mkdir()
    (tools / "wattle").write_text(f"#!/bin/sh\nexec {shlex.join(map(str, run.wattle))} \"$@\"\n")
    (tools / "wattle").chmod(0o755)
    clang = shutil.which("clang-19") or shutil.which("clang")
    rust = rustc_for_wasm(run.folder)
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "CLANG": clang or "",
           "RUSTC": rust or ""}
    for language, tool in (("wat", "wattle"), ("c", clang), ("rust", rust)):
        if not tool:
            run.skip(f"new {language}", f"no compiler here makes WebAssembly of {language}")
            continue
        folder = run.folder / f"new-{language}"
        folder.mkdir()
        done = subprocess.run([tools / "wattle", "new", language, "life"], cwd=folder, text=True,
                              capture_output=True)
        again = subprocess.run([tools / "wattle", "new", language, "life"], cwd=folder, text=True,
                               capture_output=True)
        run.say(f"new {language}", None if done.returncode == 0 else done.stderr)
        run.say(f"new {language}, again", None if again.returncode == 3
                and "there already" in again.stderr else again.stderr)
        project = folder / "life"
        build = json.loads((project / "package.json").read_text(encoding="utf-8"))["scripts"]["build"]
        done = subprocess.run(["sh", "-c", build], cwd=project, env=env, text=True, capture_output=True)
        run.say(f"new {language}, build", None if done.returncode == 0 else done.stderr)
        if done.returncode == 0:
            run.node(f"life-{language}", node, LIFE % f"new-{language}/life", "true\n64 64 4096 true\n4")


def rustc_for_wasm(folder):
    """A rustc that has a target for bare WebAssembly."""
    source = folder / "try.rs"
    source.write_text("#![no_std]\n#[panic_handler]\nfn p(_: &core::panic::PanicInfo) -> ! { loop {} }\n")
    for rustc in ("/usr/bin/rustc", shutil.which("rustc")):
        if rustc and pathlib.Path(rustc).exists():
            done = subprocess.run([rustc, "--target", "wasm32-unknown-unknown", "--crate-type",
                                   "cdylib", "-o", folder / "try.wasm", source], capture_output=True)
            if done.returncode == 0:
                return rustc
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pack") as name:
        run = Run([*args.emulator, str(args.wattle.resolve())], pathlib.Path(name))
        clang, node20 = shutil.which("clang-19") or shutil.which("clang"), shutil.which("node")
        nodes = {}
        if node20:
            nodes["node 20"] = [node20]
        nodes["node 24"] = [peers.node()]
        if not node20:
            nodes["node 20"] = nodes["node 24"]
        if clang:
            all_c(run, clang, nodes)
        else:
            run.skip("all.c", "there is no clang")
        out = run.pack("memory64", HERE / "memory64.wat")
        if out:
            need = "init needs an import: { \"env\": { \"%s\": ... } }"
            run.node("memory64", nodes["node 24"], MEMORY64 % out,
                     "6 [ 97, 98, 99, 32, 195, 188 ] true [ 'abc üabc ü' ] 5\n"
                     + "\n".join(need % n for n in ("log", "log", "scale")))
            stated = json.loads((out / "package.json").read_text(encoding="utf-8"))["engines"]
            run.say("memory64 engines", None if stated == {"node": ">=24.0"} else str(stated))
        out = run.pack("async", HERE / "async.wat")
        if out:
            jspi = [*nodes["node 24"], "--experimental-wasm-jspi"]
            run.node("async", jspi, ASYNC % out, "true 11")
            run.node("async without promises", nodes["node 20"], ASYNC % out, "this module needs "
                     "WebAssembly with promises (JSPI), which this engine lacks")
        out = run.pack("module", HERE / "module.wat")
        if out:
            run.node("module", nodes["node 20"], REFS % out,
                     "true [ { a: 1 }, { a: 1 } ] true [ 3n, 0.5 ]\n1\nexpected a function")
        out = run.pack("glue", HERE / "glue_bg.wat", "--js", HERE / "glue.js", "--name", "glued")
        if out:
            run.node("glue", nodes["node 20"], GLUE % (out, out), "42 4 6 glue_bg.wasm")
            stated = json.loads((out / "package.json").read_text(encoding="utf-8"))
            files = {p.name for p in out.iterdir()} - {"package.json", "README.md"}
            run.say("glue, files", None if set(stated["files"]) == files else str(files))
        wasi(run, clang, nodes["node 20"])
        new_projects(run, nodes["node 20"])
        print(f"{run.passed} passed, {run.failed} failed, {run.skipped} skipped")
        return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
