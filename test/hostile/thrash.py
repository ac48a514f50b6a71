"""Changes a tree below a guest as fast as it can until it gets SIGTERM; then the tree is as before.

    thrash.py INSIDE OUTSIDE

INSIDE/swap (a directory) changes places with INSIDE/swaplink (a link to the outside), INSIDE/leaf
(a file) with INSIDE/leaflink; INSIDE/deep/a/b goes to OUTSIDE/b and comes back.
"""
import ctypes
import os
import signal
import sys

RENAME_EXCHANGE = 2
AT_FDCWD = -100


def main():
    inside, outside = map(os.fsencode, sys.argv[1:3])
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    renameat2 = ctypes.CDLL(None, use_errno=True).renameat2

    def exchange(a, b):
        if renameat2(AT_FDCWD, inside + a, AT_FDCWD, inside + b, RENAME_EXCHANGE):
            raise OSError(ctypes.get_errno(), "renameat2")

    def carry(there, back):
        try:
            os.rename(there, back)
        except OSError:     # the guest may have something open or in its place
            pass

    print("ready", flush=True)
    rounds = 0
    while not stopped or rounds % 2:
        exchange(b"/swap", b"/swaplink")
        exchange(b"/leaf", b"/leaflink")
        carry(inside + b"/deep/a/b", outside + b"/b")
        for _ in range(rounds % 50):    # not always at the same distance
            pass
        carry(outside + b"/b", inside + b"/deep/a/b")
        rounds += 1


if __name__ == "__main__":
    main()
