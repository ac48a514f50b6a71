"""What a Python for WASI can do: text, numbers, checksums, a small program of its own."""
import dataclasses
import decimal
import fractions
import hashlib
import heapq
import json
import os
import re
import struct
import sys
import textwrap
import zlib

TEXT = "the quick brown fox jumps over the lazy dog " * 40


def primes(below):
    sieve = bytearray([1]) * below
    sieve[:2] = b"\0\0"
    for n in range(2, int(below ** 0.5) + 1):
        if sieve[n]:
            sieve[n * n::n] = bytes(len(range(n * n, below, n)))
    return [n for n in range(below) if sieve[n]]


@dataclasses.dataclass(order=True)
class Stop:
    far: int
    name: str = dataclasses.field(compare=False)


def shortest(roads, start):
    """Dijkstra's way from one town to all."""
    best, queue = {}, [Stop(0, start)]
    while queue:
        here = heapq.heappop(queue)
        if here.name not in best:
            best[here.name] = here.far
            for name, far in roads[here.name].items():
                heapq.heappush(queue, Stop(here.far + far, name))
    return best


def spell(n):
    match n:
        case 0:
            return "none"
        case 1 | 2:
            return "few"
        case int() if n > 9:
            return "many"
    return "some"


print(sys.implementation.name, sys.byteorder)
print(len(primes(20000)), primes(20000)[-3:])
print(2 ** 200 % 10 ** 30, sum(fractions.Fraction(1, n) for n in range(1, 20)))
decimal.getcontext().prec = 40
print(decimal.Decimal(2).sqrt(), repr(0.1 + 0.2), f"{1e21:.3f}", round(2.675, 2))
print(hashlib.sha256(TEXT.encode()).hexdigest(), zlib.crc32(TEXT.encode()))
print(len(zlib.compress(TEXT.encode(), 9)), struct.pack("<Id", 7, -1.5).hex())
print(sorted(set(re.findall(r"\b\w*o\w*\b", TEXT)), key=lambda w: (len(w), w)))
print(shortest({"a": {"b": 4, "c": 1}, "b": {"d": 1}, "c": {"b": 2, "d": 7}, "d": {}}, "a"))
print(json.dumps({"z": [1, 2.5, None, True], "é": "\u2713"}, sort_keys=True))
print([spell(n) for n in (0, 2, 5, 12)], "naïve café".title().encode())
print(textwrap.fill(TEXT[:130], 44))
try:
    open("/no/such/file", encoding="utf-8")
except OSError as error:
    print(type(error).__name__, os.strerror(error.errno))
sys.exit(7)
