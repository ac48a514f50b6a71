#!/usr/bin/env python3
"""Writes src/base/floatpow.h: the powers of ten that float.c multiplies by.

Run it from the root of the tree:  python3 scripts/gen_floatpow.py > src/base/floatpow.h
"""

FIRST, LAST = -342, 324
STEP = 27  # 5^27 < 2^64


def entry(q, bits, up):
    """10^q scaled by a power of two into [2^(bits-1), 2^bits), rounded up or down."""
    num, den = (10**q, 1) if q >= 0 else (1, 10**-q)
    shift = bits - (num.bit_length() - den.bit_length())
    for s in (shift - 1, shift, shift + 1):
        n, d = (num << s, den) if s >= 0 else (num, den << -s)
        if n // d >> (bits - 1) == 1:
            return -(-n // d) if up else n // d
    raise AssertionError(q)


def words(value, count):
    return "{" + ", ".join(f"0x{value >> 64 * i & (1 << 64) - 1:016x}" for i in reversed(range(count))) + "},"


def main():
    rows = [entry(q, 128, True) for q in range(FIRST, LAST + 1)]
    steps = [entry(q, 192, False) for q in range(FIRST // STEP * STEP, LAST + 1, STEP)]
    print("/* Powers of ten, 128 bits each; written by scripts/gen_floatpow.py, included by float.c only.")
    print(" *")
    print(" * Entry i is 10^(i + FLOAT_POW_FIRST) times the power of two that puts it in [2^127, 2^128),")
    print(" * rounded up to an integer: exact from 10^0 to 10^55, less than one too large elsewhere.")
    print(" * The parser needs -342 .. 308, the printer -292 .. 324.")
    print(" *")
    print(" * Small programs have every 27th in 192 bits, rounded down, and a product (float_pow_step). */")
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
    print(f"#define FLOAT_POW_STEP {STEP}")
    print(f"#define FLOAT_POW_STEPS_FIRST ({FIRST // STEP * STEP})")
    print()
    print("typedef struct FloatPowStep {")
    print("    uint64_t hi, mid, lo;")
    print("} FloatPowStep;")
    print()
    print("/* clang-format off */")
    print(f"static const FloatPow float_pow_table[{len(rows)}] = {{")
    for i in range(0, len(rows), 2):
        print("    " + " ".join(words(r, 2) for r in rows[i:i + 2]))
    print("};")
    print(f"static const FloatPowStep float_pow_steps[{len(steps)}] = {{")
    for step in steps:
        print("    " + words(step, 3))
    print("};")
    print("/* clang-format on */")
    print()
    print("#endif")


main()
