#!/usr/bin/env python3
"""The npm package: built, used, bundled.

    test/web/run.py --wattle build/dev/wattle [--emulator 'CMD'] [STEP...]

Steps: build (by the preset `web`, to build/web/npm), api (every function, in node 20 and node 24),
compare (texts, binaries and diagnostics equal the native command's, over the modules of the official
scripts and of ours), golden (the golden tests by the command in the package), install (the tarball
in an empty folder), types (tsc on a program that uses everything), browser (headless Chromium: as it
is, and through webpack, Vite, Rollup and esbuild), packed (the same of what `wattle pack` and `wattle
new` write), deno (the same packages in deno), loader (web/loader, in node and through the bundlers),
playground (the page, in headless Chromium; pictures in build/check/playground), lang (its language services, in node), debug (its debugger
and scripts, in node), size. What npm fetches is pinned in
package-lock.json and kept in build/cache. The package is the same whatever else is built how: only
the runs with build/dev do it.
"""
import argparse
import gzip
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from npm import modules as node_modules, wasm_opt  # noqa: E402
from suite import find_suite  # noqa: E402
BUILD = ROOT / "build" / "web"
PACKAGE = BUILD / "npm"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
# No more than these; the peer, npm's wabt, has 690,700 bytes of JavaScript with the module inside.
MODULE_BYTES, MODULE_GZIP, TARBALL_BYTES = 400_000, 175_000, 600_000
LOADER_BYTES = 250_000

# Golden tests that need what a wasm module has not: threads, sockets, folders of the host for programs,
# other names of the command.
GOLDEN = ["binary-messages", "text-messages", "command", "objdump", "pack", "print", "run", "wast", "wast2json", "regress"]
ABSENT = {"command/check.wat": "threads", "command/option-words.wat": "sockets", "run/timeout-read.wat": "reads that an interrupt ends",
          "run/mounts.wat": "folders for programs", "run/outputs.wat": "a profiler", "run/trace.wat": "folders for programs",
          "wast/threads-broken.wast": "threads", "wast/threads.wast": "threads", "wast2json/bare.wast": "other names of the command"}
NEEDS_NAME = re.compile(rb"^;; RUN:.*\b(wat2wasm|wasm2wat|wasm-validate|wasm-objdump|wasm-strip|wast2json) ", re.M)


class Tally:
    passed = failed = skipped = 0

    def ok(self):
        self.passed += 1

    def fail(self, what, why):
        print(f"FAIL {what}: {why}", flush=True)
        self.failed += 1

    def skip(self, what, why):
        print(f"skip {what}: {why}", flush=True)
        self.skipped += 1

    def check(self, what, truth, why=""):
        self.ok() if truth else self.fail(what, why or "not so")

    def program(self, what, command, **more):
        done = run(command, **more)
        counts = CLOSING.findall(done.stdout)
        if not counts:
            return self.fail(what, f"exit code {done.returncode} and no closing line\n{done.stdout[-3000:]}")
        passed, failed, skipped = map(int, counts[-1])
        if failed or done.returncode:
            print(done.stdout[-6000:])
        if done.returncode and not failed:
            self.fail(what, f"exit code {done.returncode}")
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        for line in done.stdout.splitlines():
            if line.startswith("skip "):
                print(f"{what}: {line}")


tally = Tally()


def run(command, **more):
    more.setdefault("cwd", ROOT)
    return subprocess.run([str(word) for word in command], text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


# ---- what it takes ----

def build():
    """The package, or why not."""
    if not shutil.which("clang-19") or not pathlib.Path("/usr/lib/wasm32-wasi/libc.a").exists():
        return "clang-19 and wasi-libc are missing: scripts/setup check"
    for command in (["cmake", "--preset", "web", *wasm_opt()], ["cmake", "--build", BUILD, "--target", "web"]):
        done = run(command)
        if done.returncode:
            return done.stdout[-3000:]
    return None


def node24():
    import peers
    try:
        return peers.node()
    except (RuntimeError, OSError, IndexError) as error:
        tally.skip("node 24", str(error).splitlines()[0])
        return None


def pack(folder):
    """The tarball, made in folder."""
    done = run(["npm", "pack", "--silent", "--pack-destination", folder], cwd=PACKAGE)
    found = list(folder.glob("*.tgz"))
    if done.returncode or not found:
        tally.fail("npm pack", done.stdout[-1500:])
        return None
    return found[0]


def install(folder, tarball):
    (folder / "package.json").write_text('{"private": true, "type": "module"}\n', encoding="utf-8")
    done = run(["npm", "install", "--offline", "--no-audit", "--no-fund", tarball], cwd=folder)
    if done.returncode:
        tally.fail("npm install", done.stdout[-1500:])
    return done.returncode == 0


# ---- steps ----

def step_size(args):
    if not wasm_opt():
        return tally.skip("size", "wasm-opt cannot be had")
    module = (PACKAGE / "wattle.wasm").read_bytes()
    packed = len(gzip.compress(module, 9))
    with tempfile.TemporaryDirectory() as name:
        tarball = pack(pathlib.Path(name))
        if not tarball:
            return
        size = tarball.stat().st_size
    total = sum(p.stat().st_size for p in PACKAGE.iterdir())
    print(f"wattle.wasm {len(module)} bytes, {packed} compressed; package {total}, as a tarball {size}")
    tally.check("size of wattle.wasm", len(module) <= MODULE_BYTES, f"{len(module)} > {MODULE_BYTES}")
    tally.check("size of it compressed", packed <= MODULE_GZIP, f"{packed} > {MODULE_GZIP}")
    tally.check("size of the tarball", size <= TARBALL_BYTES, f"{size} > {TARBALL_BYTES}")


def step_api(args):
    tally.program("api", ["node", HERE / "api.mjs", PACKAGE])
    other = node24()
    if other:
        tally.program("api in node 24", [other, HERE / "api.mjs", PACKAGE])


def step_compare(args):
    suite = find_suite()
    scripts = sorted((ROOT / "test/spec/own").glob("*.wast"))
    if suite:
        scripts += sorted(suite.glob("*.wast"))
    elif os.environ.get("CI") == "true":
        tally.fail("official scripts", "not found: see HACKING.md")
    else:
        tally.skip("official scripts", "not found: see HACKING.md")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for i, script in enumerate(scripts):
            out = folder / f"{script.stem}-{i}"
            out.mkdir()
            run([args.wattle.resolve(), "wast2json", "--features", "all", "-o", out / "x.json", script], cwd=out)
        messages = folder / "messages"
        messages.mkdir()
        for golden in (ROOT / "test/golden/text-messages").glob("*.wat"):
            text = golden.read_bytes().split(b"\n;; STD")[0]
            (messages / golden.name).write_bytes(text)
        tally.program("compare", ["node", HERE / "compare.mjs", PACKAGE, args.wattle.resolve(), folder])


def step_golden(args):
    with tempfile.TemporaryDirectory() as name:
        command = pathlib.Path(name) / "wattle"
        command.write_text(f'#!/bin/sh\nexec node {shlex.quote(str(PACKAGE / "cli.js"))} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        files = []
        for folder in GOLDEN:
            for path in sorted((ROOT / "test/golden" / folder).iterdir()):
                short = f"{folder}/{path.name}"
                if short in ABSENT:
                    tally.skip(f"golden {short}", f"wasm has none of these: {ABSENT[short]}")
                elif path.suffix in (".wat", ".wast", ".txt"):
                    files.append(path)
        if not args.all:  # each is a start of node: every third shows as much
            files = files[::3]
        tally.program("golden", [sys.executable, ROOT / "test/golden/run.py", "--wattle", command, *files])


def step_install(args):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tarball = pack(folder)
        if not tarball or not install(folder, tarball):
            return
        listed = sorted(p.name for p in (folder / "node_modules/wattle-wasm").iterdir())
        tally.check("what is in the package", listed == sorted(p.name for p in PACKAGE.iterdir()), str(listed))
        (folder / "use.mjs").write_text(
            "import { wat2wasm, run } from 'wattle-wasm';\n"
            "import manifest from 'wattle-wasm/package.json' with { type: 'json' };\n"
            "const { bytes } = await wat2wasm('(module (func (export \"f\") (result i32) (i32.const 42)))');\n"
            "const { values } = await run(bytes, { invoke: 'f' });\n"
            "console.log(values[0], manifest.name, import.meta.resolve('wattle-wasm/wattle.wasm').startsWith('file:'));\n",
            encoding="utf-8")
        done = run(["node", "--no-warnings", "use.mjs"], cwd=folder)
        tally.check("the installed package", done.stdout == "42 wattle-wasm true\n", done.stdout)
        (folder / "a.wat").write_text('(module (func (export "f") (result i32) (i32.const 7)))', encoding="utf-8")
        for program in ("wattle-wasm", "wattle"):
            done = run(["npx", "--offline", program, "wat2wasm", "a.wat"], cwd=folder)
            tally.check(f"npx {program} wat2wasm", done.returncode == 0 and done.stdout == "" and (folder / "a.wasm").exists(), done.stdout)
            done = run(["npx", "--offline", program, "run", "--invoke", "f", "a.wasm"], cwd=folder)
            tally.check(f"npx {program} run", done.stdout == "7\n", done.stdout)
        done = run(["npx", "--offline", "wattle", "validate", "none.wat"], cwd=folder)
        native = run([args.wattle.resolve(), "validate", "none.wat"], cwd=folder)
        tally.check("exit code and message", (done.returncode, done.stdout) == (native.returncode, native.stdout), done.stdout)


def step_readme(args):
    """The samples of the package's README run and print what stands behind them."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "node_modules").mkdir()
        (folder / "node_modules/wattle-wasm").symlink_to(PACKAGE)
        samples = re.findall(r"^```js\n(.*?)^```", (ROOT / "web/npm/README.md").read_text(encoding="utf-8"), re.M | re.S)
        tally.check("samples of the README", len(samples) > 0, "there are none")
        for i, sample in enumerate(samples):
            (folder / f"{i}.mjs").write_text(sample, encoding="utf-8")
            expected = re.findall(r"//> (.*)$", sample, re.M)
            done = run(["node", f"{i}.mjs"], cwd=folder)
            tally.check(f"sample {i + 1} of the README", done.returncode == 0 and done.stdout.splitlines() == expected, done.stdout[-800:])


def step_types(args):
    modules = node_modules()
    if not modules:
        return tally.skip("types", "npm ci failed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "node_modules").mkdir()
        (folder / "node_modules/wattle-wasm").symlink_to(PACKAGE)
        shutil.copy(HERE / "types.ts", folder / "types.ts")
        (folder / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
        for how in (["--module", "nodenext", "--moduleResolution", "nodenext"],
                    ["--module", "esnext", "--moduleResolution", "bundler"]):
            done = run([modules / "node_modules/.bin/tsc", "--noEmit", "--strict", "--target", "es2024", "--lib", "es2024,dom,dom.iterable",
                        "--types", "", *how, "types.ts"], cwd=folder)
            tally.check(f"tsc {how[1]}", done.returncode == 0, done.stdout[-1500:])


def step_browser(args):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    modules = node_modules() if chromium else None
    if not modules:
        why = "npm ci failed" if chromium else "chromium is not here: scripts/setup check"
        return tally.skip("browser", why)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tarball = pack(folder)
        if not tarball or not install(folder, tarball):
            return
        tally.program("browser", ["node", HERE / "browser.mjs", folder, modules, chromium])


def packed(args, folder):
    """The packages of test/pack in folder/node_modules; False after a failure."""
    clang = shutil.which("clang-19")
    sources = ROOT / "test" / "pack"
    module = folder / "all.wasm"
    (folder / "node_modules/@me").mkdir(parents=True)
    done = run([clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", f"-I{ROOT / 'include'}",
                sources / "all.c", "-o", module])
    for name, options in (("program", []), ("reactor", ["-mexec-model=reactor"])):
        done = run([clang, "--target=wasm32-wasi", "-O2", *options, f"-I{ROOT / 'include'}", sources / f"{name}.c", "-o",
                    folder / f"{name}.wasm"])
        tally.check(f"{name}.c", done.returncode == 0, done.stdout)
    for words in ([module, "-o", folder / "node_modules/@me/all", "--target", "all,inline"],
                  [sources / "glue_bg.wat", "--js", sources / "glue.js", "--name", "glued",
                   "-o", folder / "node_modules/glued"],
                  [sources / "module.wat", "--name", "refs", "-o", folder / "node_modules/refs"],
                  [folder / "program.wasm", "-o", folder / "node_modules/program"],
                  [folder / "reactor.wasm", "-o", folder / "node_modules/reactor"]):
        done = run([args.wattle.resolve(), "pack", *words])
        tally.check("pack", done.returncode == 0, done.stdout)
        if done.returncode:
            return False
    (folder / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
    return True


def step_packed(args):
    """What `wattle pack` and `wattle new` write: in browsers, through bundlers, by tsc, and by npm."""
    modules = node_modules()
    if not modules:
        return tally.skip("packed", "npm ci failed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not packed(args, folder):
            return
        for how in (["--module", "nodenext", "--moduleResolution", "nodenext"],
                    ["--module", "esnext", "--moduleResolution", "bundler"]):
            shutil.copy(HERE / "packed.ts", folder / "packed.ts")
            done = run([modules / "node_modules/.bin/tsc", "--noEmit", "--strict", "--target", "es2024", "--lib",
                        "es2024,esnext.disposable,dom,dom.iterable", "--types", "", *how, "packed.ts"], cwd=folder)
            tally.check(f"packed, tsc {how[1]}", done.returncode == 0, done.stdout[-1500:])
        done = run(["npm", "pack", "--silent", "--pack-destination", folder], cwd=folder / "node_modules/@me/all")
        tarballs = list(folder.glob("me-all-*.tgz"))
        tally.check("packed, npm pack", len(tarballs) == 1, done.stdout)
        empty = folder / "empty"
        empty.mkdir()
        if tarballs and install(empty, tarballs[0]):
            (empty / "use.mjs").write_text("import { greet } from '@me/all';\nconsole.log(greet('npm'));\n", encoding="utf-8")
            done = run(["node", "use.mjs"], cwd=empty)
            tally.check("packed, installed", done.stdout == "Hello, npm\n", done.stdout)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not chromium:
            return tally.skip("packed, browser", "chromium is not here: scripts/setup check")
        done = run([args.wattle.resolve(), "new", "wat", "life"], cwd=folder)
        done = run([args.wattle.resolve(), "pack", "life.wat"], cwd=folder / "life")
        tally.check("new", done.returncode == 0, done.stdout)
        tally.program("packed", ["node", HERE / "packed.mjs", folder, modules, chromium, args.wattle.resolve()])


def step_deno(args):
    """The deno target, run by deno: as a package that is installed, and by its address."""
    modules = node_modules(HERE / "deno")
    found = [p for p in (modules / "node_modules/@deno").glob("*/deno*") if p.is_file() and os.access(p, os.X_OK)] if modules else []
    if not found:
        return tally.skip("deno", "npm has none for this machine")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not packed(args, folder):
            return
        for package, module in (("@me/all", "all"), ("program", "program")):
            out = folder / "node_modules" / package
            shutil.rmtree(out)
            done = run([args.wattle.resolve(), "pack", folder / f"{module}.wasm", "-o", out, "--target", "deno"])
            tally.check(f"pack --target deno, {package}", done.returncode == 0, done.stdout)
        shutil.copy(ROOT / "test/pack/all.mjs", folder)
        (folder / "use.mjs").write_text(
            "import * as api from '@me/all';\nimport { init } from '@me/all/init';\nimport * as again from './node_modules/@me/all/all.js';\n"
            "import { init as program } from 'program/init';\nimport { check } from './all.mjs';\n"
            "const lines = [], wasi = { args: ['x'], stdout: (line) => lines.push(line), stderr() {} };\n"
            "const { start } = await program(undefined, { wasi });\n"
            "console.log(check(api), check(await init()), api === again, start(), ...lines);\n", encoding="utf-8")
        done = run([found[0], "run", "--no-remote", "--allow-read", "use.mjs"], cwd=folder,
                   env={**os.environ, "DENO_DIR": str(folder / "deno"), "NO_COLOR": "1"})
        tally.check("deno", done.stdout == "67 67 true 0 1: x time is well\n", done.stdout[-1500:])


def step_loader(args):
    """web/loader: its tarball installed, used by node, and by each bundler for Chromium."""
    modules = node_modules()
    if not modules:
        return tally.skip("loader", "npm ci failed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        tally.skip("loader, browser", "chromium is not here: scripts/setup check")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = run(["npm", "pack", "--silent", "--pack-destination", folder], cwd=BUILD / "loader")
        tarballs = list(folder.glob("wattle-loader-*.tgz"))
        tally.check("loader, npm pack", len(tarballs) == 1, done.stdout)
        if not tarballs or not install(folder, tarballs[0]):
            return
        size = tarballs[0].stat().st_size
        print(f"wattle-loader as a tarball {size} bytes")
        tally.check("loader, size", size <= LOADER_BYTES, f"{size} > {LOADER_BYTES}")
        listed = sorted(p.name for p in (folder / "node_modules/wattle-loader").iterdir())
        tally.check("loader, what is in it", listed == sorted(p.name for p in (BUILD / "loader").iterdir()), str(listed))
        (folder / "src").mkdir()
        done = run(["clang-19", "--target=wasm32-wasi", "-O2", ROOT / "test/pack/program.c", "-o", folder / "src/program.wasm"])
        tally.check("loader, program.c", done.returncode == 0, done.stdout)
        tally.program("loader", ["node", HERE / "loader.mjs", folder, modules, *([chromium] if chromium else [])])


def step_lang(args):
    """The language services of the playground, in node; every method, many modules, random edits."""
    suite = find_suite()
    if not suite:
        tally.skip("lang, official modules", "not found: see HACKING.md")
    folders = [ROOT / "test/golden/print", ROOT / "test/spec/own", *([suite] if suite else [])]
    tally.program("lang", ["node", HERE / "lang.mjs", BUILD / "playground", *folders])


def step_debug(args):
    """The playground's debugger and scripts, without its page."""
    tally.program("debug", ["node", HERE / "debug.mjs", BUILD / "playground"])


def step_playground(args):
    """The page: built, served by the command, and used in headless Chromium."""
    modules = node_modules()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not modules or not chromium:
        return tally.skip("playground", "npm ci failed" if not modules else "chromium is not here: scripts/setup check")
    done = run(["cmake", "--build", BUILD, "--target", "playground"])
    tally.check("playground, build", done.returncode == 0, done.stdout[-2000:])
    if done.returncode == 0:
        tally.program("playground", ["node", HERE / "playground.mjs", BUILD / "playground", modules, chromium, args.wattle.resolve(),
                                     ROOT / "build/check/playground"])


STEPS = {name[5:]: function for name, function in list(globals().items()) if name.startswith("step_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=ROOT / "build/dev/wattle")
    parser.add_argument("--emulator", default="")
    parser.add_argument("--all", action="store_true", help="every golden test")
    parser.add_argument("steps", nargs="*", metavar="STEP")
    args = parser.parse_args()
    why = None
    if args.wattle.resolve() != (ROOT / "build/dev/wattle").resolve():
        why = "the package is the same in every build: only build/dev tests it"
    elif not shutil.which("node") or not shutil.which("npm"):
        why = "node and npm are not here"
    elif int(re.sub(r"^v(\d+).*", r"\1", run(["node", "--version"]).stdout.strip()) or 0) < 20:
        why = "node is older than 20"
    if why:
        tally.skip("web", why)
    else:
        why = build()
        tally.check("build", not why, why)
        for name in (args.steps or STEPS) if not why else ():
            before = (tally.passed, tally.failed)
            STEPS[name](args)
            print(f"{name}: {tally.passed - before[0]} ok, {tally.failed - before[1]} bad", flush=True)
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
