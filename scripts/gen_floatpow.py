#!/usr/bin/env python3
"""Writes src/base/floatpow.h: the powers of ten that float.c multiplies by.

Run it from the root of the tree:  python3 scripts/gen_floatpow.py > src/base/floatpow.h
"""

FIRST, LAST = -342, 324


def entry(q):
    """10^q scaled by a power of two into [2^127, 2^128), rounded up."""
    num, den = (10**q, 1) if q >= 0 else (1, 10**-q)
    shift = 128 - (num.bit_length() - den.bit_length())
    for s in (shift - 1, shift, shift + 1):
        n, d = (num << s, den) if s >= 0 else (num, den << -s)
        scaled = -(-n // d)
        if n // d >> 127 == 1:
            assert scaled >> 128 == 0
            return scaled
    raise AssertionError(q)


def main():
    rows = [entry(q) for q in range(FIRST, LAST + 1)]
    print("/* Powers of ten, 128 bits each; written by scripts/gen_floatpow.py, included by float.c only.")
    print(" *")
    print(" * Entry i is 10^(i + FLOAT_POW_FIRST) times the power of two that puts it in [2^127, 2^128),")
    print(" * rounded up to an integer: exact from 10^0 to 10^55, less than one too large elsewhere.")
    print(" * The parser needs -342 .. 308, the printer -292 .. 324. */")
    print("#ifndef WATTLE_BASE_FLOATPOW_H")
    print("#define WATTLE_BASE_FLOATPOW_H")
    print()
    print("#include <stdint.h>")
    print()
    print(f"#define FLOAT_POW_FIRST ({FIRST})")
    print(f"#define FLOAT_POW_LAST {LAST}")
    print()
    print("typedef struct FloatPow {")
    print("    uint64_t hi, lo;")
    print("} FloatPow;")
    print()
    print("/* clang-format off */")
    print(f"static const FloatPow float_pow_table[{len(rows)}] = {{")
    for i in range(0, len(rows), 2):
        cells = [f"{{0x{r >> 64:016x}, 0x{r & (1 << 64) - 1:016x}}}," for r in rows[i:i + 2]]
        print("    " + " ".join(cells))
    print("};")
    print("/* clang-format on */")
    print()
    print("#endif")


main()
