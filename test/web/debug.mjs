// The debugger of the playground and its scripts, in node:
//   node debug.mjs build/web/playground
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { close, holds, same, test } from "./check.mjs";

const folder = process.argv[2];
const { init, Debugger, runScript } = await import(pathToFileURL(`${folder}/engine.js`));
await init(readFileSync(`${folder}/playground.wasm`));

const FAC = `(module (func $fac (export "fac") (param $n i32) (result i64)
  (if (result i64) (i32.eqz (local.get $n))
    (then (i64.const 1))
    (else (i64.mul (i64.extend_i32_u (local.get $n))
      (call $fac (i32.sub (local.get $n) (i32.const 1))))))))`;
const LOOP = `(module (memory (export "m") 1) (global $g (mut i32) (i32.const 0))
  (func (export "f") (param $n i32) (result i32)
    (loop $l
      (i32.store (i32.and (i32.mul (local.get $n) (i32.const 4)) (i32.const 0xfffc)) (local.get $n))
      (global.set $g (local.get $n))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (global.get $g)))`;
const WASI = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 100) "a.txt")
  (func $line (param $fd i32) (param $size i32)
    (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (local.get $size))
    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $k i32)
    (loop $l
      (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 3))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (call $line (i32.const 1) (i32.load (i32.const 8)))
      (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 32)))
      (drop (call $random (i32.const 40) (i32.const 8)))
      (br_if $l (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 3))))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 5) (i32.const 1)
      (i64.const 0x62) (i64.const 0) (i32.const 0) (i32.const 60)))
    (call $line (i32.load (i32.const 60)) (i32.const 1))
    (call $line (i32.const 2) (i32.const 2))
    (call $exit (i32.const 7))))`;
const KINDS = `(module (type $t (func (param i32) (result i32)))
  (type $p (struct (field (mut i32)) (field f64))) (type $a (array (mut i8)))
  (tag $e (param i32))
  (memory 1 4) (table $t 4 funcref) (elem (i32.const 1) $one $two)
  (global $g (mut i64) (i64.const -1)) (global $r (mut (ref null $p)) (ref.null $p))
  (func $one (type $t) (i32.add (local.get 0) (i32.const 1)))
  (func $two (type $t) (return_call $one (i32.mul (local.get 0) (i32.const 2))))
  (func $start (global.set $g (i64.const 9007199254740993)))
  (start $start)
  (func (export "f") (param $x i32) (result i32) (local $v v128)
    (local.set $v (i32x4.splat (local.get $x)))
    (global.set $r (struct.new $p (local.get $x) (f64.const 0.5)))
    (drop (array.new_default $a (i32.const 3)))
    (drop (memory.grow (i32.const 1)))
    (memory.fill (i32.const 65536) (i32.const 255) (i32.const 5))
    (table.set $t (i32.const 0) (ref.func $two))
    (block $h (result i32)
      (try_table (catch $e $h) (throw $e (call_indirect (type $t) (local.get $x) (i32.const 2))))
      (unreachable))
    (i32.add (i32x4.extract_lane 1 (local.get $v)))))`;

const text = (bytes) => new TextDecoder().decode(bytes);
const names = (state) => state.frames.map((f) => f.name);
const top = (state) => state.frames[0]?.stack.map((v) => `${v.type} ${v.value}`).join(", ");
const plain = ({ changed, ...rest }) => rest;

// ---- steps ----

await test("factorial, step by step", () => {
  const d = new Debugger(FAC, { invoke: "fac", values: [1] });
  const wanted = [
    [1, "1", ""], [1, "1", "i32 1"], [1, "1", "i32 0"], [1, "1", ""], [1, "1", "i32 1"], [1, "1", "i64 1"],
    [1, "1", "i64 1, i32 1"], [1, "1", "i64 1, i32 1, i32 1"], [1, "1", "i64 1, i32 0"],
    [2, "0", ""], [2, "0", "i32 0"], [2, "0", "i32 1"], [2, "0", ""], [2, "0", "i64 1"], [2, "0", "i64 1"],
    [1, "1", "i64 1, i64 1"], [1, "1", "i64 1"], [1, "1", "i64 1"],
  ];
  let state = d.state();
  wanted.forEach(([depth, n, stack], step) => {
    same(state.outcome, "paused");
    same([state.step, state.frames.length, top(state)], [step, depth, stack]);
    same(state.frames[0].locals, [{ name: "n", type: "i32", value: n }]);
    state = d.stepIn();
  });
  same([state.outcome, state.exitCode, state.values, state.frames], ["exit", 0, ["1"], []]);
  same(d.stepIn(), { ...state, changed: [] });
  // The frame outside stands at its call, without what the call took.
  state = d.goTo(10);
  same(state.frames.map((f) => [f.name, f.offset - state.frames[0].offset > 0, f.stack.length]), [["fac", false, 1], ["fac", true, 1]]);
  d.free();
  same(d.state().outcome, "error");
});

const PROGRAMS = {
  recursion: [FAC, { invoke: "fac", values: [6] }, "exit"],
  loop: [LOOP, { invoke: "f", values: [12] }, "exit"],
  WASI: [WASI, { stdin: "hello, world", files: { "a.txt": "x" } }, "exit"],
  "all kinds": [KINDS, { invoke: "f", values: [20] }, "exit"],
  trap: [`(module (func $f (param $x i32) (result i32) (i32.div_s (i32.const 7) (local.get $x)))
    (func (export "f") (result i32) (i64.const 5) (call $f (i32.const 0)) (return) (unreachable)))`, { invoke: "f" }, "trap"],
  exception: [`(module (tag $e (param i64)) (func $f (throw $e (i64.const 5))) (func (export "f") (call $f)))`, { invoke: "f" }, "exception"],
};

for (const [name, [source, options, end]] of Object.entries(PROGRAMS)) {
  await test(`there and back: ${name}`, () => {
    const d = new Debugger(source, options);
    const states = [plain(d.state())];
    while (states.at(-1).outcome === "paused") {
      states.push(plain(d.stepIn()));
      same(states.at(-1).step, states.length - 1);
      holds(states.length < 2000, "it ends");
    }
    same(states.at(-1).outcome, end);
    for (let i = states.length - 2; i >= 0; i--) same(plain(d.stepBack()), states[i], `step ${i}`);
    same(plain(d.stepBack()), states[0]);
    // Step in undoes step back, and all steps are there at once.
    for (let i = 1; i < states.length; i += 7) {
      same(plain(d.goTo(i)), states[i], `to ${i}`);
      d.stepBack();
      same(plain(d.stepIn()), states[i]);
    }
    same(plain(d.goTo(1e9)), states.at(-1));
    same(plain(d.runBack()), states[0]);
    same(plain(d.run()), states.at(-1));
  });
}

await test("what is seen", () => {
  const d = new Debugger(KINDS, { invoke: "f", values: [20] });
  same(names(d.state()), ["start"]);
  same(d.state().globals.map((g) => [g.name, g.type, g.value]), [["g", "i64", "-1"], ["r", "(ref null 1)", "null"]]);
  same(names(d.stepOut()), ["f"]);
  let state = d.state();
  const grown = [];
  while (state.outcome === "paused") {
    if (state.memories[0].pages === 2 && grown.length === 0) grown.push(state.step);
    state = d.stepIn();
  }
  same(state.values, ["61"]);
  same(state.globals.map((g) => g.value), ["9007199254740993", "struct {20, 0.5}"]);
  same(state.tables, [{ name: "t", size: 4, entries: ["func 1 $two", "func 0 $one", "func 1 $two", "null"] }]);
  same(state.memories, [{ name: null, pages: 2, bytes: 131072 }]);
  same([...d.memory(0, 65534, 8)], [0, 0, 255, 255, 255, 255, 255, 0]);
  same(d.memory(1, 0, 5).length, 0);
  same(d.goTo(grown[0] - 1).memories[0].pages, 1);
  same(d.memory(0, 65534, 8).length, 2);
  same(d.state().frames[0].locals[1], { name: "v", type: "v128", value: "i32x4 0x00000014 0x00000014 0x00000014 0x00000014" });
});

await test("a program of WASI", () => {
  const d = new Debugger(WASI, { stdin: "hello, world", files: { "a.txt": "x" } });
  const state = d.run();
  same([state.outcome, state.exitCode, text(state.stdout), text(state.stderr)], ["exit", 7, "hello, wo", " w"]);
  same(names(state), ["_start"]);
  same(text(d.goTo(60).stdout), "hel");
  same(text(d.run().stdout), "hello, wo");
  const other = new Debugger(WASI, { stdin: "hello, world", files: { "a.txt": "x" } }).run();
  same(plain(d.state()), plain(other));
});

// ---- goals ----

const offsetOf = (state) => state.frames[0].offset;

await test("over and out", () => {
  const d = new Debugger(FAC, { invoke: "fac", values: [5] });
  let state;
  for (let i = 0; i < 9; i++) state = d.stepOver();
  same([state.frames.length, top(state)], [1, "i64 5, i64 24"]);
  const after = offsetOf(state);
  state = d.goTo(9 * 3 + 2);
  same(state.frames.length, 4);
  for (let depth = 3; depth > 0; depth--) {
    state = d.stepOut();
    same([state.frames.length, offsetOf(state)], [depth, after]);
  }
  same(top(d.stepOver()), "i64 120");
  same(d.stepOut().outcome, "exit");
});

await test("breakpoints", () => {
  const d = new Debugger(FAC, { invoke: "fac", values: [5] });
  for (let i = 0; i < 9; i++) d.stepOver();
  const mul = offsetOf(d.state());
  d.goTo(0);
  d.setBreakpoints([mul, 1e6, -1, 0.5]);
  const steps = [];
  for (let depth = 5; depth > 0; depth--) {
    const state = d.run();
    same([state.outcome, state.frames.length, offsetOf(state)], ["paused", depth, mul]);
    steps.push(state.step);
  }
  same(d.run().outcome, "exit");
  for (const step of [...steps].reverse()) same([d.runBack().step, offsetOf(d.state())], [step, mul]);
  same(d.runBack().step, 0);
  same(d.runBack().step, 0);
  same(d.run().step, steps[0]);
  // One inside stops a step over.
  d.goTo(0);
  for (let i = 0; i < 8; i++) d.stepIn();
  same([d.stepOver().step, d.state().frames.length], [steps[0], 5]);
  d.setBreakpoints([]);
  same(d.run().outcome, "exit");
});

await test("changes of memory", () => {
  const d = new Debugger(LOOP, { invoke: "f", values: [0x1234] });
  let state = d.state();
  same(state.changed, []);
  while (state.changed.length === 0) state = d.stepIn();
  const at = (0x1234 * 4) & 0xfffc;
  same(state.changed, [{ memory: 0, start: at, end: at + 2 }]);
  same([...d.memory(0, at, 4)], [0x34, 0x12, 0, 0]);
  same(d.state().changed, []);
  same(d.stepBack().changed, [{ memory: 0, start: at, end: at + 2 }]);
  same([...d.memory(0, at, 4)], [0, 0, 0, 0]);
  same(d.run().changed.length <= 1000, true);
});

await test("traps and exceptions have frames", () => {
  let state = new Debugger(...PROGRAMS.trap.slice(0, 2)).run();
  same([state.outcome, state.trap.code, state.trap.message, state.trap.frames.length], ["trap", 2, "integer divide by zero", 2]);
  same(state.frames.map((f) => [f.name, f.stack.map((v) => v.value)]), [["f", ["7", "0"]], ["f", ["5"]]]);
  same(state.trap.frames.map((f) => f.moduleOffset), state.frames.map((f) => f.offset));
  state = new Debugger(...PROGRAMS.exception.slice(0, 2)).run();
  same([state.outcome, state.message, names(state)], ["exception", "uncaught exception: e (5)", ["f", "f"]]);
});

// ---- long runs ----

await test("ten million steps and back", () => {
  const d = new Debugger(LOOP, { invoke: "f", values: [1_000_000] });
  let begin = performance.now();
  let state = d.run();
  const forward = performance.now() - begin;
  same(state.outcome, "exit");
  holds(state.step > 10_000_000, "ten million steps");
  same(d.work, state.step);
  const end = state.step;
  let worst = 0;
  let slowest = 0;
  for (let i = 1; i <= 40; i++) {
    const before = d.work;
    begin = performance.now();
    state = d.stepBack();
    slowest = Math.max(slowest, performance.now() - begin);
    worst = Math.max(worst, d.work - before);
    same(state.step, end - i);
  }
  for (const step of [1, 4_999_999, 5_000_000, 9_000_000, 17, end - 1]) {
    const before = d.work;
    same(d.goTo(step).step, step);
    worst = Math.max(worst, d.work - before);
  }
  holds(worst <= 600_000, `a way of ${worst} steps`);
  holds(slowest < 3000, `a step back in ${slowest} ms`);
  console.log(`${end} steps in ${forward.toFixed(0)} ms; back in ${slowest.toFixed(1)} ms and ${worst} steps at most`);
});

await test("there and back over memory that grows", () => {
  const source = `(module (memory 1) (func (export "f") (local i32)
    (loop $l (drop (memory.grow (i32.const 16))) (i32.store (i32.mul (i32.sub (memory.size) (i32.const 1)) (i32.const 65536)) (i32.const 1))
      (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 20))))))`;
  const d = new Debugger(source, { invoke: "f" });
  for (let i = 0; i < 60; i++) {
    same(d.run().memories[0].pages, 321);
    same(d.goTo(i).memories[0].pages, i < 2 ? 1 : d.state().memories[0].pages);
  }
});

// ---- what programs try ----

await test("endless loops, deep calls", () => {
  const d = new Debugger(`(module (func (export "f") (loop $l (br $l))))`, { invoke: "f" });
  same([d.run(1_000_000).outcome, d.state().step], ["paused", 1_000_000]);
  same(d.run(5).step, 1_000_005);
  const deep = new Debugger(`(module (func $f (export "f") (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0)))))`, { invoke: "f", values: [3] });
  let state = deep.stepOver();
  for (let i = 0; i < 3; i++) state = deep.stepOver();
  same([state.outcome, state.trap.code, state.frames.length], ["trap", 11, 100]);
  same(names(deep.stepBack()).length, 100);
  const work = new Debugger(`(module (memory 100) (func (export "f") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 6553600)) (br $l))))`, { invoke: "f" });
  state = work.run();
  same(state.outcome, "paused");
  holds(state.step < 2000, `${state.step} steps with long ones`);
  const fuel = new Debugger(`(module (func (export "f") (loop $l (br $l))))`, { invoke: "f", fuel: 1000 });
  state = fuel.run();
  same([state.outcome, state.trap.code], ["trap", 25]);
});

await test("memories, tables and output to the limit", () => {
  const grow = new Debugger(`(module (memory 1) (func (export "f") (result i32)
    (loop $l (br_if $l (i32.ne (memory.grow (i32.const 100)) (i32.const -1)))) (memory.size)))`, { invoke: "f" });
  let state = grow.run();
  same(state.outcome, "exit");
  holds(Number(state.values[0]) <= 4096, "256 MB");
  same(grow.runBack().memories[0].pages, 1);
  const table = new Debugger(`(module (table 10000000 funcref) (func (export "f") (result i32) (table.grow (ref.null func) (i32.const 1))))`, { invoke: "f" });
  state = table.run();
  same([state.outcome, state.values, state.tables[0].size, state.tables[0].entries.length], ["exit", ["-1"], 10000000, 100]);
  same(table.stepBack().outcome, "paused");
  const flood = new Debugger(`(module (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 20) (func (export "_start") (i32.store (i32.const 4) (i32.const 1000000))
    (loop $l (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $l))))`, {});
  state = flood.run();
  same(state.outcome, "paused");
  holds(state.stdout.length <= 16 << 20, "kept output");
  holds(state.step < 2000, `${state.step} steps`);
});

await test("calls of WASI that take long", () => {
  const slow = new Debugger(`(module (import "wasi_snapshot_preview1" "random_get" (func $r (param i32 i32) (result i32)))
    (memory (export "memory") 2000) (func (export "_start") (loop $l (drop (call $r (i32.const 0) (i32.const 131072000))) (br $l))))`, {});
  const begin = performance.now();
  const state = slow.run();
  same(state.outcome, "paused");
  const took = performance.now() - begin;
  holds(took < 120_000, `${took} ms`);
  same(slow.stepBack().step, state.step - 1);
  console.log(`endless random bytes are held after ${took.toFixed(0)} ms`);
});

await test("what cannot be run", () => {
  const message = (source, options) => {
    const state = new Debugger(source, options).stepIn();
    same([state.outcome, state.frames], ["error", []]);
    return state.message;
  };
  same(message("(module (func (result i32)))", {}), "1:27: type mismatch: instruction requires [i32] but stack has []");
  holds(message("(module", {}).startsWith("1:1: "), "a place");
  same(message(new Uint8Array([0, 97, 115, 109, 2, 0, 0, 0]), {}), "unknown binary version: 0x2, expected 1");
  holds(/^a program that is debugged gets the functions of WASI and nothing else: unknown import.*"env" "f"/.test(message(`(module (import "env" "f" (func)))`, {})), message(`(module (import "env" "f" (func)))`, {}));
  same(message("(module)", {}), "the module exports neither _start nor _initialize; name a function with `invoke`");
  same(message("(module)", { invoke: "g" }), "there is no exported function of this name");
  same(message(FAC, { invoke: "fac" }), "the values do not fit the parameters of the function");
  const state = new Debugger(`(module (memory 1) (data (i32.const 65536) "x"))`, { invoke: "f" }).run();
  same([state.outcome, state.step], ["trap", 0]);
});

// ---- scripts ----

await test("scripts", () => {
  const script = `;; ünïcode
(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "loop") (loop $l (br $l))))
(assert_return (invoke "f" (i32.const 1)) (i32.const 2))
(assert_return (invoke "f" (i32.const 1)) (i32.const 3))
(assert_trap (invoke "loop") "unreachable")
(assert_invalid (module (func (result i32))) "type mismatch")
(module (func (result i32)))
(assert_malformed (module quote "(func") "unexpected")
`;
  const { marks, passed, failed, skipped } = runScript(script);
  same(marks.map((m) => [m.command, m.outcome]), [
    ["module", "passed"], ["assert_return", "passed"], ["assert_return", "failed"], ["assert_trap", "failed"],
    ["assert_invalid", "passed"], ["module", "failed"], ["assert_malformed", "passed"],
  ]);
  same([passed, failed, skipped], [3, 3, 0]);
  for (const m of marks) {
    holds(script[m.start] === "(" && script[m.end - 1] === ")", "parentheses");
    holds(script.slice(m.start).startsWith(`(${m.command}`), m.command);
    same(m.message !== null, m.outcome === "failed");
  }
  holds(marks[3].message.includes("all fuel consumed"), marks[3].message);
  same(runScript("(func (export \"f\"))").marks.map((m) => [m.command, m.outcome]), [["module", "passed"]]);
  const threads = runScript(`(module) (thread $t (module)) (assert_return (invoke "f"))`);
  same(threads.marks.map((m) => [m.command, m.outcome]), [["module", "passed"], ["thread", "skipped"]]);
  const broken = runScript(`(module) (assert_return 5) (module)`);
  same(broken.marks.map((m) => [m.command, m.outcome]), [["module", "passed"], ["assert_return", "failed"]]);
  const unclosed = runScript(`(module) (module`);
  same(unclosed.marks.at(-1).outcome, "failed");
  same(runScript("").marks, []);
});

process.exit(close());
