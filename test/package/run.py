#!/usr/bin/env python3
"""Installs a build below a scratch folder and uses it from outside: find_package, pkg-config, and as
one file.

    test/package/run.py --build BUILD --cc COMPILER --version VERSION [--make]

--make: BUILD is of the release preset, and `make install` is what installs below DESTDIR.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
tally = {"passed": 0, "failed": 0, "skipped": 0}


def run(command, **more):
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **more)
    return done.returncode, done.stdout


def case(name, commands, want=None, **more):
    """All commands must succeed, and the last one print `want`."""
    output = ""
    for command in commands:
        code, output = run(command, **more)
        if code != 0:
            print(f"FAIL {name}: {' '.join(map(str, command))}\n{output}")
            tally["failed"] += 1
            return
    if want is not None and output.strip() != want:
        print(f"FAIL {name}: it printed {output!r}, not {want!r}")
        tally["failed"] += 1
        return
    tally["passed"] += 1


def skip(name, why):
    print(f"skip {name}: {why}")
    tally["skipped"] += 1


def pkg_config(cc, root, static):
    """Compiles the consumer with what the .pc file below `root` says, and runs it."""
    where = next(root.rglob("wattle.pc")).parent
    out = root / f"by-pkg-config-{static}"
    code, words = run(["pkg-config", "--cflags", "--libs", *(["--static"] * static), "wattle"],
                      env=dict(os.environ, PKG_CONFIG_PATH=str(where),
                               PKG_CONFIG_SYSROOT_DIR=str(root)))
    if code != 0:
        return [["false", words]]
    return [[cc, *(["-static"] * static), HERE / "consumer.c", "-o", out, *words.split()],
            ["env", f"LD_LIBRARY_PATH={where.parent}", out]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--version", required=True)
    parser.add_argument("--make", action="store_true")
    args = parser.parse_args()
    want = f"{args.version} 42"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix, root, built = folder / "prefix", folder / "root", folder / "consumer"
        case("install", [["cmake", "--install", args.build, "--prefix", prefix]])
        case("find_package",
             [["cmake", "-S", HERE, "-B", built, f"-DCMAKE_PREFIX_PATH={prefix}",
               f"-DCMAKE_C_COMPILER={args.cc}"],
              ["cmake", "--build", built], [built / "consumer"]], want)
        case("examples",
             [["cmake", "-S", ROOT / "examples/embed", "-B", folder / "embed",
               f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={args.cc}"],
              ["cmake", "--build", folder / "embed"],
              [folder / "embed/calls", ROOT / "examples/embed/guests/guest.wat", "you"]],
             "Hello from wat, you!")
        # All names apart: the step `single` also builds and tests it.
        case("single file",
             [[sys.executable, ROOT / "scripts/amalgamate.py", "-o", folder / "wattle.c"],
              [args.cc, "-std=gnu11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
               f"-I{prefix / 'include'}", folder / "wattle.c"]])
        shared = (built / "consumer_shared").exists()
        if shared:
            case("shared", [[built / "consumer_shared"]], want)
        else:
            skip("shared", "WATTLE_SHARED is off in this build")
        if args.make:
            case("make install", [["make", "-C", ROOT, "install", f"DESTDIR={root}", "PREFIX=/usr",
                                   f"RELEASE={args.build}"], [root / "usr/bin/wattle", "--version"]],
                 f"wattle {args.version}")
        else:
            case("DESTDIR", [["cmake", "--install", args.build]],
                 env=dict(os.environ, DESTDIR=str(root)))
        for part in ("bash-completion/completions/wattle", "zsh/site-functions/_wattle",
                     "fish/vendor_completions.d/wattle.fish"):
            case(part, [["test", "-s", prefix / "share" / part]])
        if not shutil.which("pkg-config"):
            skip("pkg-config", "pkg-config is not installed")
        elif any(root.rglob("wattle.pc")):
            case("pkg-config --static", pkg_config(args.cc, root, True), want)
            if shared:
                case("pkg-config", pkg_config(args.cc, root, False), want)
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] or not tally["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
