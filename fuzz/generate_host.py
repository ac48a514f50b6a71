"""Functions of the host, as all sides of the differential runs have them (module "host"):

    mix (i32, i64) -> i64     numbers in, a number out
    half (f64) -> f64
    back (i32) -> i32         calls the export "back" of the first module
    stop (i32)                a trap, if the number is a multiple of 8

Host functions that fail are kept out of programs with exceptions: JavaScript makes an exception of a
trap that passes it, which catch_all takes.
"""

IMPORTS = """(import "host" "mix" (func $h_mix (param i32 i64) (result i64)))
(import "host" "half" (func $h_half (param f64) (result f64)))
(import "host" "back" (func $h_back (param i32) (result i32)))
(import "host" "stop" (func $h_stop (param i32)))"""


class Host:
    def host_fails(self):
        return not self.has("exceptions") and not self.has("legacy")

    def add_host(self):
        if self.first:
            return  # it imports from the first module alone
        self.add("i64", lambda e: f"(call $h_mix {e('i32')} {e('i64')})", 3)
        self.add("f64", lambda e: f"(call $h_half {e('f64')})", 3)
        self.add("i32", lambda e: f"(call $h_back {e('i32')})", 4)
        if self.host_fails():
            self.add_statement(lambda e: f"(call $h_stop (i32.or {e('i32')} (i32.const {self.pick([0, 1, 1, 2])})))")

    def called_back(self):
        """What the host calls: it changes a global and the memory, and lets memories grow, which the
        caller has to notice."""
        name, kind, _ = self.memory()
        access = f"({kind}.const {self.pick([16, 65528, 65536 * self.pages - 4])})"
        trap = "(if (i32.eqz (i32.and (local.get $x) (i32.const 63))) (then (unreachable)))" \
            if self.host_fails() else ""
        return f"""(func (export "back") (param $x i32) (result i32)
  (global.set $g_i32 (i32.add (global.get $g_i32) (local.get $x))) {trap}
  (if (i32.and (local.get $x) (i32.const 4)) (then (drop (memory.grow {name} ({kind}.const 1)))))
  (i32.store {self.memories[0][0]} {self.address(access, kind)} (local.get $x))
  (i32.xor (i32.load {self.memories[0][0]} {self.address(access, kind)}) (i32.rotl (global.get $g_i32) (i32.const 5))))"""

    def address(self, text, kind):
        """An address of one memory for memory 0."""
        if kind == self.memories[0][1]:
            return text
        return f"(i32.wrap_i64 {text})" if kind == "i64" else f"(i64.extend_i32_u {text})"
