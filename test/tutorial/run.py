#!/usr/bin/env python3
"""doc/tutorial, followed word for word: once in each language, in a folder of its own.

    test/tutorial/run.py --wattle build/dev/wattle [--only LANGUAGE] [--keep FOLDER] [--bless] [CHAPTER...]

The Markdown is the only source. Above a listing stands a line that says what it is:

    **`life/life.c`**                               a file
    **`life/life.c`**, at the end:                  is put behind what the file has
    **`life/life.c`**, before `LINE`:               is put before the one line that begins so
    **`life/life.c`**, instead of `A` up to `B`:    takes the place of the lines from A to before B
    From `life/life.c`:                             stands in the file, line for line

A listing `console` has commands behind `$`, and what they print, in which `…` stands for anything, on a
line of its own for any number of lines. A command that fails must be followed by `$ echo $?`. A listing
that is none of these is an error. What stands under a heading `#### C` is for C alone. `npm start` and
`wattle serve` run until the next one, or the chapter's end; `<!-- page NAME PATH -->` has page.mjs visit
them in Chromium. `<!-- once -->` is for chapters without languages. A table `| bytes of | .wat | C | Rust |`
is compared with the files that it names; `--bless` writes it.

Chapters need those before them; only the last can be named alone. What `npm install` would fetch comes from
what test/web has installed. Screenshots are left in build/check/tutorial.
"""
import argparse
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGES = ROOT / "doc" / "tutorial"
SHOTS = ROOT / "build" / "check" / "tutorial"
sys.path.insert(0, str(ROOT / "scripts"))


def other_runner(name):
    spec = importlib.util.spec_from_file_location(f"{name}_run", ROOT / "test" / name / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


web, packs = other_runner("web"), other_runner("pack")
tally = web.tally
ONE = threading.Lock()  # who counts, and who uses the browser
LANGUAGES = {"wat": ".wat", "c": "C", "rust": "Rust"}
SERVER = re.compile(r"^(npm start|wattle serve\b.*)$")
HEADER = re.compile(r"^\*\*`([^`]+)`\*\*(?:, (at the end|before|instead of)(?: `(.+?)`)?(?: up to `(.+?)`)?)?:?$")
EXCERPT = re.compile(r"^From `([^`]+)`:$")
SIZE_TOLERANCE = 0.06  # other releases of the compilers


# ---- reading ----

class Step:
    def __init__(self, kind, line, languages, **more):
        self.kind, self.line, self.languages = kind, line, languages
        self.__dict__.update(more)


def scope_of(heading):
    """The languages of a heading; None: it is for all."""
    if not heading.startswith("#### ") or heading == "#### All three":
        return None
    parts = heading[5:].split(" and ")
    if not all(part in LANGUAGES.values() for part in parts):
        tally.fail(heading, "no language; a heading of four # is for languages only")
    return [key for key, shown in LANGUAGES.items() if shown in parts]


def commands_of(text):
    """[(command, what it prints)] of a listing."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif line.startswith("> ") and found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return found


def read_chapter(path):
    """(steps, whether one language is enough)"""
    steps, languages, above, fence = [], None, "", None
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if fence is not None:
            if line != "```":
                fence[1].append(line)
                continue
            info, body, at = fence
            fence, text = None, "\n".join([*body, ""])
            header, excerpt = HEADER.match(above), EXCERPT.match(above)
            if info == "console":
                steps.append(Step("console", at, languages, commands=commands_of(text)))
            elif header:
                name, how, anchor, end = header.groups()
                steps.append(Step("file", at, languages, name=name, how=how, anchor=anchor, end=end, text=text))
            elif excerpt:
                steps.append(Step("excerpt", at, languages, name=excerpt[1], text=text))
            else:
                tally.fail(f"{path.name}:{at}", "a listing that nothing runs or reads")
        elif line.startswith("```"):
            fence = (line[3:], [], number)
            continue
        elif re.match(r"^#+ ", line):
            languages = scope_of(line)
        elif match := re.match(r"^<!-- page (\S+) (\S+) -->$", line):
            steps.append(Step("page", number, languages, name=match[1], path=match[2]))
        elif match := re.match(r"^\| `([^`]+)` \|((?: [\d,]+ \|)+)$", line):
            steps.append(Step("size", number, languages, name=match[1],
                              sizes=[int(cell.replace(",", "")) for cell in match[2].strip(" |").split("|")]))
        if line.strip():
            above = line
    return steps, "<!-- once -->" in lines


def pattern_of(lines):
    """What is printed, as a regular expression."""
    text = ""
    for line in lines:
        if line == "…":
            text += r"(?:.*\n)*"
        else:
            text += "[^\n]*".join(re.escape(part) for part in line.split("…")) + "\n"
    return text


# ---- doing ----

class Stop(Exception):
    """The reader cannot go on."""


class Browser:
    """page.mjs, which is told what to visit, line by line."""

    def __init__(self, modules, chromium):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(["node", HERE / "page.mjs", modules, chromium, SHOTS], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def visit(self, name, url, language):
        """None, or what was not so."""
        picture = "-".join([name, *re.findall(r"\w+(?=/)", url.split("/", 3)[3]), language])
        with ONE:
            print(json.dumps({"name": name, "url": url, "picture": picture}), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        return json.loads(answer)["wrong"] if answer else "the browser's driver has ended"

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Reader:
    """Who follows the tutorial in a language."""

    def __init__(self, args, language, folder, env, browser):
        self.args, self.language, self.folder, self.browser = args, language, folder, browser
        self.port = free_port()
        self.env = {**env, "WATTLE_TUTORIAL_PORT": str(self.port)}
        self.cwd, self.code, self.server, self.measured = folder, 0, None, {}
        folder.mkdir(parents=True)

    def run(self, command):
        """What the command prints; the next one begins where it ended."""
        state = self.folder / ".state"
        script = f"(exit {self.code})\n{command}\ncode=$?\npwd > {shlex.quote(str(state))}\nexit $code\n"
        done = subprocess.run(["bash", "-c", script], cwd=self.cwd, env=self.env, text=True, errors="replace", timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.code = done.returncode
        if state.exists():
            self.cwd = pathlib.Path(state.read_text(encoding="utf-8").strip())
        return done.stdout

    def stop_server(self):
        if self.server:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait()
            self.server.stdout.close()
            self.server = None

    def start_server(self, command):
        """What it prints until it is ready."""
        self.stop_server()
        self.server = subprocess.Popen(["bash", "-c", command], cwd=self.cwd, env=self.env, start_new_session=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed, end = b"", time.monotonic() + 30
        while b"Ctrl-C" not in printed and time.monotonic() < end:
            if select.select([self.server.stdout], [], [], 0.2)[0]:
                more = os.read(self.server.stdout.fileno(), 4096)
                if not more:
                    break
                printed += more
        return printed.decode("utf-8", "replace").replace(f":{self.port}/", ":8080/")

    def console(self, step):
        for i, (command, expected) in enumerate(step.commands):
            is_server = SERVER.match(command)
            printed = self.start_server(command) if is_server else self.run(command)
            asked = i + 1 < len(step.commands) and step.commands[i + 1][0] == "echo $?"
            if self.code and not asked and not is_server:
                raise Stop(f"`{command}` ended with {self.code}:\n{printed}")
            if printed and not printed.endswith("\n"):
                printed += "\n"
            if not re.fullmatch(pattern_of(expected), printed):
                raise Stop(f"`{command}` printed\n{printed}and not\n" + "\n".join(expected))

    def file(self, step):
        path, old = self.folder / step.name, None
        if step.how:
            old = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if step.how is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        elif step.how == "at the end":
            path.write_text("".join(old) + step.text, encoding="utf-8")
        else:
            at = self.find(old, step.anchor)
            end = at
            if step.how == "instead of":
                end = self.find(old, step.end) if step.end else at + 1
            path.write_text("".join(old[:at]) + step.text + "".join(old[end:]), encoding="utf-8")

    def find(self, lines, begin):
        found = [i for i, line in enumerate(lines) if line.strip().startswith(begin.strip())]
        if len(found) != 1:
            raise Stop(f"{len(found)} lines begin with `{begin}`")
        return found[0]

    def excerpt(self, step):
        if step.text not in (self.folder / step.name).read_text(encoding="utf-8"):
            raise Stop(f"this does not stand in {step.name}:\n{step.text}")

    def page(self, step):
        if not self.browser:
            with ONE:
                return tally.skip(f"{self.language} page {step.name}", "chromium is not here: scripts/setup check")
        wrong = self.browser.visit(step.name, f"http://localhost:{self.port}/{step.path}", self.language)
        if wrong:
            raise Stop(f"page {step.path}: {wrong}")

    def size(self, step):
        got = (self.folder / step.name).stat().st_size
        want = step.sizes[list(LANGUAGES).index(self.language)]
        self.measured[step.name] = got
        print(f"{self.language} {step.name}: {got} bytes")
        if not self.args.bless and abs(got - want) > max(12, want * SIZE_TOLERANCE):
            raise Stop(f"{step.name} has {got} bytes, not {want}; --bless writes the table")

    def read(self):
        """All chapters, up to where the reader cannot go on."""
        try:
            for path in chapters():
                if (not self.args.chapters or path.stem in self.args.chapters) and not self.chapter(path):
                    break
        finally:
            self.stop_server()

    def chapter(self, path):
        """Whether all went well."""
        steps, once = read_chapter(path)
        if once and self.language != "wat" and not self.args.only:
            return True
        before = time.monotonic()
        for step in steps:
            if step.languages and self.language not in step.languages:
                continue
            try:
                getattr(self, step.kind)(step)
                with ONE:
                    tally.ok()
            except (Stop, OSError, ValueError, subprocess.TimeoutExpired) as error:
                with ONE:
                    tally.fail(f"{self.language} {path.name}:{step.line}", str(error))
                return False
        self.stop_server()
        print(f"{self.language} {path.name}: {len(steps)} steps, {time.monotonic() - before:.1f} s", flush=True)
        return True


def bless(readers):
    for path in chapters():
        text = path.read_text(encoding="utf-8")
        for name in {name for reader in readers for name in reader.measured}:
            sizes = [f"{reader.measured[name]:,}" for reader in readers if name in reader.measured]
            if len(sizes) == len(LANGUAGES):
                text = re.sub(rf"^\| `{re.escape(name)}` \|.*$", f"| `{name}` | {' | '.join(sizes)} |", text, flags=re.M)
        path.write_text(text, encoding="utf-8")


def chapters():
    return sorted(PAGES.glob("[0-9]*.md"))


# ---- what it takes ----

NPM = """#!/bin/sh
# npm, offline: packages that test/web has are linked, for all else it is npm itself.
if [ "$1" = install ]; then
    names=
    for word in "$@"; do
        case $word in
        install | -*) ;;
        *) [ -e "@MODULES@/node_modules/$word/package.json" ] && names="$names $word" ;;
        esac
    done
    if [ -n "$names" ]; then
        mkdir -p node_modules/.bin
        for name in $names; do ln -sfn "@MODULES@/node_modules/$name" "node_modules/$name"; done
        for tool in "@MODULES@"/node_modules/.bin/*; do ln -sfn "$tool" "node_modules/.bin/${tool##*/}"; done
        exit 0
    fi
fi
exec @NPM@ "$@"
"""
WATTLE = """#!/bin/sh
if [ "$1" = serve ]; then
    shift
    set -- serve "$@" --port "$WATTLE_TUTORIAL_PORT"
fi
exec @WATTLE@ "$@"
"""


def write_tool(path, text, **values):
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", str(value))
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def check_links():
    """Links between the pages lead somewhere, and the chapters stand in the list."""
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    for path in [*chapters(), PAGES / "README.md"]:
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            tally.check(f"{path.name}: link {link}", (PAGES / link).exists(), "leads nowhere")
    for path in chapters():
        tally.check(f"{path.name} in the list", f"({path.name})" in index, "it is not")


def follow(args, folder):
    modules = web.node_modules()
    if not modules:
        return tally.skip("tutorial", "npm ci failed")
    tools = folder / "bin"
    tools.mkdir()
    write_tool(tools / "wattle", WATTLE, wattle=args.wattle.resolve())
    write_tool(tools / "npm", NPM, modules=modules, npm=shutil.which("npm"))
    clang, rustc = shutil.which("clang-19") or shutil.which("clang"), packs.rustc_for_wasm(folder)
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "WATTLE": str(ROOT), "CLANG": clang or "", "RUSTC": rustc or "",
           "npm_config_offline": "true", "npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false",
           "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "NODE_NO_WARNINGS": "1"}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    browser = Browser(modules, chromium) if chromium else None
    readers = []
    for language, compiler in (("wat", args.wattle), ("c", clang), ("rust", rustc)):
        if args.only and language != args.only:
            continue
        if not compiler:
            tally.skip(f"the tutorial in {language}", "no compiler here makes WebAssembly of it: scripts/setup check")
            continue
        readers.append(Reader(args, language, folder / language, env, browser))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(Reader.read, readers))  # which raises what they raise
    if browser:
        browser.close()
    if args.bless:
        bless(readers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=ROOT / "build/dev/wattle")
    parser.add_argument("--emulator", default="")
    parser.add_argument("--only", choices=LANGUAGES)
    parser.add_argument("--keep", type=pathlib.Path, help="work there, and leave it")
    parser.add_argument("--bless", action="store_true", help="write the sizes that were measured into the tables")
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    args = parser.parse_args()
    if args.wattle.resolve() != (ROOT / "build/dev/wattle").resolve():
        tally.skip("tutorial", "it is the same in every build: only build/dev follows it")
    elif not shutil.which("node") or not shutil.which("npm"):
        tally.skip("tutorial", "node and npm are not here")
    else:
        check_links()
        why = web.build()
        tally.check("build of the npm packages", not why, why)
        if not why and args.keep:
            args.keep.mkdir(parents=True)
            follow(args, args.keep.resolve())
        elif not why:
            with tempfile.TemporaryDirectory(prefix="tutorial") as name:
                follow(args, pathlib.Path(name))
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed or not tally.passed + tally.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
