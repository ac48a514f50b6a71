"""Makes the guest that gives every call of src/wasi/calls.def bad pointers, as text.

Each pointer parameter of each call gets addresses that do not hold what the call reads or writes
there: one byte too far, the end of memory, the middle and the end of 32 bits, and one that wraps.
All other parameters are right, so nothing but `fault` may come back; and the last address that
does hold it must not give `fault`. Then memory grows by a page and all is repeated with the new
end. The lines are those of guest.h.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

FAULT = 21
STDOUT, HOME = 1, 3
# Descriptors that the guest finds or opens; the sockets only where there are any.
FILE, LISTENER, STREAM = "file", "listener", "stream"
NAME = "file"
IOV_AT, SUBS_AT, DATA_AT = 96, 128, 512
NAMES_AT = {NAME: 64, "link": 72, "none": 80}
ARGUMENTS = "its name with a NUL"    # a size that module() is told


class P:
    """A pointer to `size` bytes. `at`: where what the call reads lies, to be copied to the places
    tried; without it the call writes there."""

    def __init__(self, size, at=None):
        self.size, self.at = size, at


def path(text=NAME):
    return [P(len(text), NAMES_AT[text]), len(text)]


IOVS = [P(8, IOV_AT), 1]
EVERY = (1 << 28) - 1

# One row for each row of calls.def: the arguments. Calls without a pointer have an empty row.
CALLS = {
    "args_get": [P(4), P(ARGUMENTS)],
    "args_sizes_get": [P(4), P(4)],
    "environ_get": [P(4), P(4)],        # A=B
    "environ_sizes_get": [P(4), P(4)],
    "clock_res_get": [1, P(8)],
    "clock_time_get": [1, 0, P(8)],
    "fd_advise": [], "fd_allocate": [], "fd_close": [], "fd_datasync": [],
    "fd_fdstat_get": [FILE, P(24)],
    "fd_fdstat_set_flags": [], "fd_fdstat_set_rights": [],
    "fd_filestat_get": [FILE, P(64)],
    "fd_filestat_set_size": [], "fd_filestat_set_times": [],
    "fd_pread": [FILE, *IOVS, 0, P(4)],
    "fd_prestat_get": [HOME, P(8)],
    "fd_prestat_dir_name": [HOME, P(1), 1],
    "fd_pwrite": [FILE, *IOVS, 0, P(4)],
    "fd_read": [FILE, *IOVS, P(4)],
    "fd_readdir": [HOME, P(64), 64, 0, P(4)],
    "fd_renumber": [],
    "fd_seek": [FILE, 0, 0, P(8)],
    "fd_sync": [],
    "fd_tell": [FILE, P(8)],
    "fd_write": [FILE, *IOVS, P(4)],
    "path_create_directory": [HOME, *path()],
    "path_filestat_get": [HOME, 1, *path(), P(64)],
    "path_filestat_set_times": [HOME, 1, *path(), 0, 0, 2],
    "path_link": [HOME, 0, *path(), HOME, *path()],
    "path_open": [HOME, 1, *path(), 0, EVERY, EVERY, 0, P(4)],
    "path_readlink": [HOME, *path("link"), P(16), 16, P(4)],
    "path_remove_directory": [HOME, *path()],
    "path_rename": [HOME, *path(), HOME, *path()],
    "path_symlink": [*path(), HOME, *path()],
    "path_unlink_file": [HOME, *path("none")],
    "poll_oneoff": [P(48, SUBS_AT), P(32), 1, P(4)],
    "proc_exit": [], "proc_raise": [],
    "random_get": [P(16), 16],
    "sched_yield": [],
    "sock_accept": [LISTENER, 0, P(4)],
    "sock_recv": [STREAM, *IOVS, 0, P(4), P(2)],
    "sock_send": [STREAM, *IOVS, 0, P(4)],
    "sock_shutdown": [],
}
# wasi_unstable lays these out otherwise, and has no sock_accept.
UNSTABLE_SIZE = {("fd_filestat_get", 1): 56, ("path_filestat_get", 4): 56, ("poll_oneoff", 0): 56}


def signatures():
    """Name -> letters of the parameters, from calls.def."""
    text = (ROOT / "src" / "wasi" / "calls.def").read_text(encoding="utf-8")
    return dict(re.findall(r'^CALL(?:_FREE)?\((\w+), "(\w*):\w*"\)', text, re.M))


def missing():
    """What CALLS and calls.def do not agree on, as texts."""
    rows = signatures()
    wrong = [f"{name}: in one table only" for name in sorted(set(rows) ^ set(CALLS))]
    for name, letters in rows.items():
        arguments = CALLS.get(name, [])
        if arguments and len(arguments) != len(letters):
            wrong.append(f"{name}: {len(arguments)} arguments for {letters}")
    return wrong


def places(size):
    """(label, wat of the address, whether it is good)"""
    def end(less):
        return f"(i32.sub (global.get $end) (i32.const {less}))"

    yield "the last good place", end(size), True
    yield "one too far", end(size - 1), False
    yield "the last byte", end(1), size == 1
    yield "the end", "(global.get $end)", False
    yield "beyond the end", "(i32.add (global.get $end) (i32.const 65536))", False
    for label, at in (("2^31 - 1", 2**31 - 1), ("2^31", 2**31), ("2^32 - 16", 2**32 - 16),
                      ("2^32 - size", 2**32 - size), ("2^32 - 1", 2**32 - 1)):
        yield label, f"(i32.const {at})", False


def value(argument, letter):
    if isinstance(argument, str):
        return f"(global.get ${argument})"
    return f"({'i64' if letter == 'l' else 'i32'}.const {argument})"


def needs_socket(call):
    return LISTENER in CALLS[call] or STREAM in CALLS[call]


def copies(pointer, place):
    """wat that puts what is read to the place tried, when that place is good."""
    return (f"(memory.copy {place} (i32.const {pointer.at}) (i32.const {pointer.size}))"
            if pointer.at is not None else "")


class Guest:
    def __init__(self, module, file_name):
        self.arguments = len(file_name) + 1
        self.module, self.names, self.body = module, bytearray(), []

    def label(self, text):
        at = len(self.names)
        self.names += text.encode()
        return f"(i32.const {4096 + at}) (i32.const {len(text)})"

    def line(self, text, call, good):
        self.body.append(f"(call $check {self.label(text)} (i32.const {0 if good else 1}) {call})")

    def pointers(self, name, letters):
        arguments = list(CALLS[name])
        for i, argument in enumerate(arguments):
            if not isinstance(argument, P):
                continue
            size = self.arguments if argument.size == ARGUMENTS else argument.size
            if self.module == "wasi_unstable":
                size = UNSTABLE_SIZE.get((name, i), size)
            pointer = P(size, argument.at)
            for label, place, good in places(size):
                words = [place if k == i else
                         f"(i32.const {DATA_AT if a.at is None else a.at})" if isinstance(a, P)
                         else value(a, letters[k]) for k, a in enumerate(arguments)]
                if good:
                    self.body.append(copies(pointer, place))
                self.line(f"{name}, parameter {i}: {label}", f"(call ${name} {' '.join(words)})",
                          good)

    def iovecs(self, sockets):
        """Pointers in memory: the base of an iovec, and its length."""
        end = "(global.get $end)"
        cases = [("whole memory", "(i32.const 0)", end, True),
                 ("one byte too many", "(i32.const 1)", end, False),
                 ("the last byte", f"(i32.sub {end} (i32.const 1))", "(i32.const 1)", True),
                 ("over the end", f"(i32.sub {end} (i32.const 1))", "(i32.const 2)", False),
                 ("beyond the end", f"(i32.add {end} (i32.const 1))", "(i32.const 1)", False),
                 ("2^32 - 1", "(i32.const -1)", "(i32.const 1)", False),
                 ("wraps to 0", "(i32.const -16)", "(i32.const 16)", False),
                 ("wraps to 16", "(i32.const -16)", "(i32.const 32)", False),
                 ("all of 32 bits", "(i32.const 0)", "(i32.const -1)", False)]
        calls = [("fd_read", FILE, ""), ("fd_pread", FILE, "(i64.const 1000)"),
                 ("fd_write", FILE, ""), ("fd_pwrite", FILE, "(i64.const 0)")]
        if sockets:
            flags, out = "(i32.const 0)", f"(i32.const {DATA_AT + 8})"
            calls += [("sock_recv", STREAM, flags), ("sock_send", STREAM, flags)]
        for name, fd, offset in calls:
            for label, base, length, good in cases:
                if good and "read" not in name:
                    continue        # it would write all of memory
                if good:            # at its end, so that memory stays as it is
                    self.body.append("(drop (call $fd_seek (global.get $file) (i64.const 1000)"
                                     " (i32.const %d) (i32.const %d)))"
                                     % (2 if self.module == "wasi_unstable" else 0, DATA_AT))
                self.body.append(f"(i32.store (i32.const {IOV_AT + 8}) {base})"
                                 f"(i32.store (i32.const {IOV_AT + 12}) {length})")
                self.line(f"{name}, an iovec: {label}",
                          f"(call ${name} (global.get ${fd}) (i32.const {IOV_AT + 8}) (i32.const 1)"
                          f" {offset} (i32.const {DATA_AT})"
                          + (f" {out}" if name == "sock_recv" else "") + ")", good)


ACCEPT = """
(import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))"""


def listening(listener):
    """wat that waits at the socket `listener` until somebody comes; then neither socket waits."""
    nonblock = 4
    return f"""
  (global.set $listener (i32.const {listener}))
  (if (call $accept (global.get $listener) (i32.const {nonblock}) (i32.const {DATA_AT}))
    (then (unreachable)))
  (global.set $stream (i32.load (i32.const {DATA_AT})))
  (if (call $fd_fdstat_set_flags (global.get $listener) (i32.const {nonblock}))
    (then (unreachable)))"""


def module(name, file_name, listener=None):
    """The guest for one of the two module names. It is run with its file name and A=B alone, and
    perhaps with a socket that listens as the descriptor `listener`."""
    guest = Guest(name, file_name)
    rows = signatures()
    unstable = name == "wasi_unstable"
    for call, letters in rows.items():
        if not (unstable and call == "sock_accept") and (listener or not needs_socket(call)):
            guest.pointers(call, letters)
    guest.iovecs(listener)
    imports = "\n".join(
        f'(import "{name}" "{call}" (func ${call} '
        + (f"(param {' '.join('i64' if c == 'l' else 'i32' for c in letters)})" if letters else "")
        + ("" if call == "proc_exit" else " (result i32)") + "))"
        for call, letters in rows.items() if not (unstable and call == "sock_accept"))
    # A clock subscription that is over at once; wasi_unstable has an identifier before the clock.
    clock = SUBS_AT + (24 if unstable else 16)
    names = "".join(f"\\{b:02x}" if b in (0x22, 0x5c) or b < 32 else chr(b) for b in guest.names)
    lines = "\n  ".join(guest.body)
    texts = "\n".join(f'(data (i32.const {at}) "{text}")' for text, at in NAMES_AT.items())
    pages = (4096 + len(guest.names)) // 65536 + 2
    return f"""(module
{imports}{ACCEPT if listener else ""}
(memory (export "memory") {pages})
(global $end (mut i32) (i32.const 0))
(global $file (mut i32) (i32.const -1))
(global $listener (mut i32) (i32.const -1))
(global $stream (mut i32) (i32.const -1))
{texts}
(data (i32.const {IOV_AT}) "\\00\\02\\00\\00\\01\\00\\00\\00")
(data (i32.const {clock}) "\\01")
(data (i32.const 4096) "{names}")
(func $print (param $at i32) (param $len i32)
  (i32.store (i32.const 0) (local.get $at))
  (i32.store (i32.const 4) (local.get $len))
  (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
;; what 0: anything but a fault is right, and is told as 0; 1: a fault is expected
(func $check (param $at i32) (param $len i32) (param $what i32) (param $got i32)
  (if (i32.eqz (local.get $what))
    (then (if (i32.ne (local.get $got) (i32.const {FAULT}))
      (then (local.set $got (i32.const 0))))))
  (i32.store8 (i32.const 16) (i32.const 9))
  (i32.store8 (i32.const 17) (i32.add (i32.const 48) (i32.div_u (local.get $got) (i32.const 10))))
  (i32.store8 (i32.const 18) (i32.add (i32.const 48) (i32.rem_u (local.get $got) (i32.const 10))))
  (i32.store8 (i32.const 19) (i32.const 9))
  (i32.store8 (i32.const 20) (select (i32.const 50) (i32.const 48) (local.get $what)))
  (i32.store8 (i32.const 21) (select (i32.const 49) (i32.const 48) (local.get $what)))
  (i32.store8 (i32.const 22) (i32.const 10))
  (call $print (local.get $at) (local.get $len))
  (call $print (i32.const 16) (i32.const 7)))
(func $all
  (global.set $end (i32.mul (memory.size) (i32.const 65536)))
  {lines})
(func (export "_start")
  (drop (call $path_open (i32.const {HOME}) (i32.const 0) (i32.const {NAMES_AT[NAME]}) (i32.const 4)
    (i32.const 0) (i64.const {EVERY}) (i64.const {EVERY}) (i32.const 0) (i32.const {DATA_AT})))
  (global.set $file (i32.load (i32.const {DATA_AT}))){listening(listener) if listener else ""}
  (call $all)
  (drop (memory.grow (i32.const 1)))
  (call $all)
  (i32.store (i32.const 16) (i32.const 0x0a646e65)) ;; end
  (call $print (i32.const 16) (i32.const 4))))
"""


def without_memory(memory, name="wasi_snapshot_preview1"):
    """A guest whose memory is `memory` (a field of text, or none): how many calls with a pointer
    did not give `fault` is its exit code. No length is 0, so no pointer can be good."""
    rows = signatures()
    imports, lines = [], []
    for call, letters in rows.items():
        if (not any(isinstance(a, P) for a in CALLS[call]) or FILE in CALLS[call]
                or needs_socket(call)):
            continue
        kinds = " ".join("i64" if c == "l" else "i32" for c in letters)
        imports.append(f'(import "{name}" "{call}" (func ${call} (param {kinds}) (result i32)))')
        words = ["(i32.const 0)" if isinstance(a, P) else value(a, letters[k])
                 for k, a in enumerate(CALLS[call])]
        lines.append(f"(local.set $n (i32.add (local.get $n) (i32.ne (i32.const {FAULT}) "
                     f"(call ${call} {' '.join(words)}))))")
    return f"""(module
{chr(10).join(imports)}
(import "{name}" "proc_exit" (func $proc_exit (param i32)))
{memory}
(func (export "_start") (local $n i32)
  {chr(10).join(lines)}
  (call $proc_exit (local.get $n))))
"""
