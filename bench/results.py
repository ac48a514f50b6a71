"""What the benches share: where wattle is, what machine this is, and bench/RESULTS.md.

RESULTS.md has one section per bench between `<!-- NAME -->` and `<!-- /NAME -->`; a bench replaces
its own section and leaves the rest alone.
"""
import datetime
import os

os.environ.setdefault("WATTLE_CODE_CACHE", "off")  # compiling counts
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, "bench", "RESULTS.md")
HEAD = ("# Results\n\nEvery section is written by the bench it names, with the versions and the "
        "machine it ran on.\n")


def wattle():
    """The command to measure: $WATTLE, then the release build; None when there is none."""
    for path in (os.environ.get("WATTLE"), os.path.join(ROOT, "build", "wattle")):
        if path and os.access(path, os.X_OK):
            return path
    return None


def clang():
    return shutil.which("clang-19") or shutil.which("clang") or "clang"


def first_line(args):
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return "?"
    return (p.stdout.strip().splitlines() or ["?"])[0]


def compiler():
    """The compiler of the build beside the measured wattle, else the one in use here."""
    cache = os.path.join(os.path.dirname(os.path.realpath(wattle() or FILE)), "CMakeCache.txt")
    cc = shutil.which("cc") or "cc"
    if os.path.exists(cache):
        with open(cache, encoding="utf-8") as f:
            m = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", f.read(), re.M)
            cc = m.group(1) if m else cc
    return "built by " + first_line([cc, "--version"])


def machine():
    name = "?"
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return "%s, %d cores, Linux, %s." % (name, os.cpu_count(), datetime.date.today())


def record(name, title, text):
    """Replace (or append) the section of one bench."""
    old = HEAD
    if os.path.exists(FILE):
        with open(FILE, encoding="utf-8") as f:
            old = f.read()
    block = "<!-- %s -->\n## %s\n\n%s\n<!-- /%s -->" % (name, title, text.strip(), name)
    pattern = re.compile(r"<!-- %s -->.*?<!-- /%s -->" % (name, name), re.S)
    if pattern.search(old):
        new = pattern.sub(lambda _: block, old)
    else:
        new = old.rstrip() + "\n\n" + block
    with open(FILE, "w", encoding="utf-8") as f:
        f.write(new.rstrip() + "\n")
