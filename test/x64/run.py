#!/usr/bin/env python3
"""Do our disassembler and GNU objdump read the same in the same bytes?  test/unit/x64_asm_test.c
lists what it made, every row of src/x64/insn.def in every form, and random bytes that are an
instruction to us; both are given to objdump, and length and text of each instruction compared.

    test/x64/run.py --wattle COMMAND [--emulator WORDS]
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SHOWN = 20  # differences that are printed
# The predicates of cmpps and its sisters, which objdump makes part of the mnemonic.
PREDICATES = """eq lt le unord neq nlt nle ord eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq
    le_oq unord_s neq_us nlt_uq nle_uq ord_s eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq
    true_us""".split()
COMPARE = re.compile(r"(v?cmp)(%s)([sp][sd]) (.*)" % "|".join(PREDICATES))
LINE = re.compile(r" *([0-9a-f]+):\t(.*)")


def minus(match):
    return "-0x%x" % (2**64 - int(match[1], 16))


def normal(text):
    """objdump's line in our spelling: blanks, case, and names that are not in the manual"""
    text = re.sub(r" +# 0x[0-9a-f]+$", "", text)  # where rip + displacement points to
    text = re.sub(r"\s+", " ", text).strip().lower()
    text = text.replace("oword ptr", "xmmword ptr")
    text = re.sub(r"^(lock )?rex[.wrxb]* ", r"\1", text)  # one without effect
    text = re.sub(r"(?<=\[rip\+)0x([89a-f][0-9a-f]{15})", minus, text).replace("+-", "-")
    text = re.sub(r"\[riz\*[1248]", "[none", text)  # an index that is none
    text = re.sub(r"\+riz\*[1248]", "", text)
    text = re.sub(r"\[none-0x([0-9a-f]+)", lambda m: "[0x%x" % (2**64 - int(m[1], 16)), text)
    text = text.replace("[none+", "[")
    text = re.sub(r"\bds:(0x[0-9a-f]+)", r"[\1]", text)  # no base and no index
    text = text.replace(",", ", ")
    match = COMPARE.fullmatch(text)
    if match:
        text = "%s%s %s, 0x%x" % (match[1], match[3], match[4], PREDICATES.index(match[2]))
    return text


def objdump(code):
    """[(offset, text)]"""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "code")
        path.write_bytes(code)
        out = subprocess.run(["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel",
                              "--no-show-raw-insn", "-z", path],
                             stdout=subprocess.PIPE, check=True, text=True).stdout
    lines = (LINE.fullmatch(line) for line in out.splitlines())
    return [(int(m[1], 16), normal(m[2])) for m in lines if m]


def compare(program, mode):
    """(agreeing, differing) instructions"""
    out = subprocess.run(program + [mode], stdout=subprocess.PIPE, check=True, text=True).stdout
    ours, offset, code = [], 0, bytearray()
    for line in out.splitlines():
        digits, text = line.split("\t")
        ours.append((offset, text, digits))
        code += bytes.fromhex(digits)
        offset = len(code)
    theirs = dict(objdump(code))
    bad = [(digits, text, theirs.get(at)) for at, text, digits in ours if theirs.get(at) != text
           and not (text == "nop" and theirs.get(at) == "xchg ax, ax")]
    for digits, text, other in bad[:SHOWN]:
        print("FAIL %s: here %s, objdump %s" % (digits, text, other or "nothing there"))
    if len(bad) > SHOWN:
        print("... and %d more" % (len(bad) - SHOWN))
    return len(ours) - len(bad), len(bad)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--wattle", required=True)
    ap.add_argument("--emulator", default="")
    args = ap.parse_args()

    def skip(why):
        print("skip x64: %s\n0 passed, 0 failed, 1 skipped" % why)
    if not shutil.which("objdump"):
        return skip("objdump is not installed")
    known = subprocess.run(["objdump", "-i"], stdout=subprocess.PIPE, text=True).stdout
    if not re.search(r"^ *i386$", known, re.M):
        return skip("this objdump knows no x86-64")
    test = pathlib.Path(args.wattle).resolve().parent / "test" / "x64_asm_test"
    program = args.emulator.split() + [str(test)]
    sums = [compare(program, mode) for mode in ("--list", "--random")]
    passed, failed = sum(s[0] for s in sums), sum(s[1] for s in sums)
    if passed < 100000:
        print("FAIL only %d instructions to compare" % passed)
        failed += 1
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
