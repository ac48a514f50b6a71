#!/usr/bin/env python3
"""Round trips of the real modules of bench/corpus.tsv: binary to text and back.

    test/corpus/run.py --wattle COMMAND [MODULE...]

For each module: `lossless` and `folded` give its bytes back, with and without --fold; `short` is
the default, which may shorten padded numbers, so what comes back must be valid and print the same
text again, and then nothing changes any more. One large text is on disk at a time. A module that
cannot be had (no network) is skipped.
"""
import argparse
import filecmp
import hashlib
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import corpus                                                       # noqa: E402

LIMIT = 600             # seconds for one command


class Failed(Exception):
    pass


class Trip:
    """One module, its commands and its files."""

    def __init__(self, wattle, module, folder):
        self.wattle, self.module, self.folder = wattle, module, folder

    def run(self, *words):
        done = subprocess.run([self.wattle, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT)
        if done.returncode:
            said = done.stdout.strip().splitlines() or ["exit code %d" % done.returncode]
            raise Failed("%s: %s" % (words[0], said[0]))

    def file(self, name):
        return os.path.join(self.folder, name)

    def there_and_back(self, source, name, *options):
        """The module printed and parsed again; the text is NAME.wat."""
        text, binary = self.file("text.wat"), self.file(name)
        self.run("wasm2wat", "--features", "all", *options, source, "-o", text)
        self.run("wat2wasm", "--features", "all", text, "-o", binary)
        return binary

    def text_hash(self):
        h = hashlib.sha256()
        with open(self.file("text.wat"), "rb") as f:
            while block := f.read(1 << 20):
                h.update(block)
        return h.digest()

    def exact(self, *options):
        if not filecmp.cmp(self.module, self.there_and_back(self.module, "back.wasm", *options),
                           shallow=False):
            raise Failed("the bytes differ")

    def lossless(self):
        self.exact("--lossless")

    def folded(self):
        self.exact("--lossless", "--fold")

    def short(self):
        once = self.there_and_back(self.module, "once.wasm")
        text = self.text_hash()
        self.run("validate", "--features", "all", once)
        twice = self.there_and_back(once, "twice.wasm")
        if self.text_hash() != text:
            raise Failed("the text of what came back differs")
        if not filecmp.cmp(once, twice, shallow=False):
            raise Failed("the second trip changes bytes")
        if os.path.getsize(once) > os.path.getsize(self.module):
            raise Failed("what came back is larger")
        again = self.there_and_back(self.module, "folded.wasm", "--fold")
        if not filecmp.cmp(once, again, shallow=False):
            raise Failed("folding changes bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", required=True)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    args = parser.parse_args()
    passed = failed = skipped = 0
    for row in corpus.pick(corpus.rows(), args.modules):
        try:
            module = corpus.fetch(row)
        except (RuntimeError, OSError, KeyError, subprocess.TimeoutExpired) as e:
            print("skip %s: not to be had: %s" % (row["name"], e), flush=True)
            skipped += 1
            continue
        for kind in ("lossless", "folded", "short"):
            with tempfile.TemporaryDirectory(dir=corpus.CACHE) as folder:
                try:
                    getattr(Trip(args.wattle, module, folder), kind)()
                    passed += 1
                except (Failed, subprocess.TimeoutExpired) as e:
                    print("FAIL %s %s: %s" % (row["name"], kind, e), flush=True)
                    failed += 1
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed + skipped else 0


if __name__ == "__main__":
    sys.exit(main())
