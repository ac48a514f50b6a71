// Every function of the package in node: node api.mjs PACKAGE
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { close, holds, same, test } from "./check.mjs";

const folder = process.argv[2];
globalThis.fetch = () => Promise.reject(new Error("the node entry must not fetch"));
const w = await import(pathToFileURL(join(folder, "node.js")));
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const ADD = `(module
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    (i32.add (local.get $a) (local.get $b))))`;
const utf8 = (text) => new TextEncoder().encode(text);

await test("synchronous forms need init", () => {
  let message = "";
  try {
    w.wat2wasmSync("(module)");
  } catch (error) {
    message = error.message;
  }
  holds(/init\(\)/.test(message), "a message that names init()");
});

await test("the first call loads the module", async () => {
  const made = await w.wat2wasm(ADD);
  same([made.ok, made.diagnostics], [true, []]);
  holds(WebAssembly.validate(made.bytes), "V8 takes it");
});

await test("init twice, initSync, version", async () => {
  await Promise.all([w.init(), w.init()]);
  w.initSync();
  same(w.version(), manifest.version);
});

await test("bytes, views, buffers and strings are the same", () => {
  const bytes = utf8(ADD);
  const expected = w.wat2wasmSync(ADD).bytes;
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes, 3);
  same(w.wat2wasmSync(bytes).bytes, expected);
  same(w.wat2wasmSync(bytes.buffer).bytes, expected);
  same(w.wat2wasmSync(new DataView(padded.buffer, 3, bytes.length)).bytes, expected);
  same(w.wat2wasmSync(Buffer.from(ADD)).bytes, expected);
});

await test("what is no input throws", async () => {
  for (const wrong of [undefined, null, 7, {}, []]) {
    let error = null;
    await w.validate(wrong).catch((e) => (error = e));
    holds(error instanceof TypeError, `TypeError for ${wrong}`);
  }
  same((await w.validate(ADD)).ok, true);
});

await test("wat2wasm: names, check, empty", () => {
  const named = w.wat2wasmSync(ADD).bytes;
  const plain = w.wat2wasmSync(ADD, { names: false }).bytes;
  holds(WebAssembly.Module.customSections(new WebAssembly.Module(named), "name").length === 1, "a name section");
  holds(plain.length < named.length, "none without names");
  const wrong = "(module (func (result i32)))";
  same(w.wat2wasmSync(wrong).bytes, null);
  holds(w.wat2wasmSync(wrong, { check: false }).bytes.length > 8, "bytes of an invalid module");
  same(w.wat2wasmSync("").ok, true);
});

await test("wasm2wat: options", () => {
  const { bytes } = w.wat2wasmSync(ADD);
  holds(w.wasm2watSync(bytes).text.includes("local.get $a\n    local.get $b\n"), "flat");
  holds(w.wasm2watSync(bytes, { fold: true }).text.includes("(i32.add"), "fold");
  holds(!w.wasm2watSync(bytes, { names: false }).text.includes("$add"), "names");
  holds(w.wasm2watSync(bytes, { inlineExports: true }).text.includes('$add (;0;) (export "add")'), "inlineExports");
  holds(w.wasm2watSync(bytes, { skeleton: true }).text.length < w.wasm2watSync(bytes).text.length, "skeleton");
  holds(w.wasm2watSync(bytes, { offsets: true }).text !== w.wasm2watSync(bytes).text, "offsets");
  holds(w.wasm2watSync(bytes, { indent: 4 }).text.includes("\n    (func"), "indent");
  holds(w.printSync(ADD).text.startsWith("(module"), "a text is printed too");
  same(w.wat2wasmSync(w.wasm2watSync(bytes).text).bytes, bytes, "round trip");
});

await test("diagnostics: places in UTF-16 and in bytes", () => {
  const text = '(module (func (export "é😀") \n  i32.adx))';
  const { ok, bytes, diagnostics } = w.wat2wasmSync(text, { name: "x.wat" });
  same([ok, bytes, diagnostics.length], [false, null, 1]);
  const [d] = diagnostics;
  same([d.severity, d.code, d.name, d.kind], ["error", "W0109", "unknown_operator", "malformed"]);
  same(text.slice(d.range.start, d.range.end), "i32.adx");
  same(new TextDecoder().decode(utf8(text).slice(d.range.byteStart, d.range.byteEnd)), "i32.adx");
  same([d.range.line, d.range.column, d.range.endLine, d.range.endColumn], [2, 3, 2, 10]);
  same(d.hints, ["did you mean `i32.add`?"]);
  same(d.fix.text, "i32.add");
  same(text.slice(0, d.fix.range.start) + d.fix.text + text.slice(d.fix.range.end), text.replace("adx", "add"));
});

await test("diagnostics: several, notes, warnings, binaries", () => {
  const text = "(module (func $f) (func $f) (func i32.const 1) (func (call $g)))";
  const { diagnostics } = w.validateSync(text);
  holds(diagnostics.length >= 2, "several problems at once");
  const twice = diagnostics.find((d) => d.notes.length);
  same(text.slice(twice.notes[0].range.start, twice.notes[0].range.end), "$f");
  const binary = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0]);
  const [d] = w.validateSync(binary).diagnostics;
  holds(d.range.byteStart >= 8 && d.range.line === null, "an offset and no line");
});

await test("a lone surrogate, a BOM and NULs are input like any other", () => {
  same(w.validateSync('(module (import "\ud800" "x" (func)))').ok, true);
  for (const text of ["\ufeff(module)", "(module\0)", "\0asm", "\0".repeat(100)]) holds(Array.isArray(w.validateSync(text).diagnostics), "a result");
});

await test("features", () => {
  const text = "(module (func (param v128)))";
  same(w.validateSync(text).ok, true);
  same(w.validateSync(text, { features: "-simd" }).ok, false);
  const [d] = w.validateSync(text, { features: "+nonsense" }).diagnostics;
  same([d.kind, d.message], ["usage", "unknown feature 'nonsense'"]);
});

await test("parse: interface, items, ranges of both sides", () => {
  const text = `(module $m
  (import "env" "é" (func $log (param i32 f64)))
  (import "env" "mem" (memory 1 2))
  (table $t (export "t") 3 funcref)
  (global $g (export "g") (mut i64) (i64.const 5))
  (tag (export "e") (param i32))
  (func $run (export "run") (result externref) (ref.null extern))
  (data $d (i32.const 8) "hello"))`;
  const { ok, module } = w.parseSync(text);
  same(ok, true);
  same(module.name, "m");
  same(module.imports[0], { module: "env", name: "é", type: { kind: "function", parameters: ["i32", "f64"], results: [] } });
  same(module.imports[1].type, { kind: "memory", pageSize: 65536, minimum: 1n, maximum: 2n, address: "i32", shared: false });
  same(module.exports.map((e) => [e.name, e.type.kind]), [["t", "table"], ["g", "global"], ["e", "tag"], ["run", "function"]]);
  same(module.exports[1].type, { kind: "global", value: "i64", mutable: true });
  same(module.exports[3].type.results, ["externref"]);
  const { bytes } = w.wat2wasmSync(text);
  same(module.size, bytes.length);
  const run = module.items.find((i) => i.kind === "function" && i.name === "run");
  same(text.slice(run.source.start, run.source.end), '(func $run (export "run") (result externref) (ref.null extern))');
  same([...bytes.slice(run.bytes.start, run.bytes.end)], [0, 0xd0, 0x6f, 0x0b]);
  const data = module.items.find((i) => i.kind === "data");
  same(text.slice(data.source.start, data.source.end), '(data $d (i32.const 8) "hello")');
  same(new TextDecoder().decode(bytes.slice(data.bytes.end - 5, data.bytes.end)), "hello");
  const of = w.parseSync(bytes).module;
  same(of.sections, module.sections);
  same(of.items.map((i) => i.source), of.items.map(() => null));
  same(of.exports, module.exports);
  holds(module.sections.every((s, i) => s.end === (module.sections[i + 1]?.start ?? bytes.length)), "sections stand one behind the other");
});

await test("sections and sizes", () => {
  const text = `(module (func $small) (func $large ${"nop ".repeat(500)}) (@custom "note" "abc"))`;
  const { bytes } = w.wat2wasmSync(text);
  const { sections } = w.sectionsSync(bytes);
  same(sections[0].start, 8);
  same(sections.filter((s) => s.id === 0).map((s) => s.name).sort(), ["name", "note"]);
  const sizes = w.sizesSync(bytes);
  same(sizes.size, bytes.length);
  same(sizes.items[0].name, "large");
  holds(sizes.items.every((i, k) => k === 0 || i.bytes.size <= sizes.items[k - 1].bytes.size), "the largest first");
  same(w.sizesSync("(module").ok, false);
});

await test("compile and what the engine refuses", async () => {
  const { ok, module } = await w.compile(ADD);
  same(ok, true);
  const { exports } = await WebAssembly.instantiate(module);
  same(exports.add(40, 2), 42);
  same(new WebAssembly.Instance(w.compileSync(ADD).module).exports.add(1, 2), 3);
  same((await w.compile("(module (func i32.const))")).module, null);
  const exotic = w.compileSync('(module (memory 1 (pagesize 1)))', { features: "+custom-page-sizes" });
  if (exotic.module === null) same([exotic.ok, exotic.diagnostics[0].kind], [false, "host"]);
});

await test("strip", () => {
  const { bytes } = w.wat2wasmSync('(module (func $f) (@custom "a" "1") (@custom "b" "2"))');
  const names = (b) => w.sectionsSync(b).sections.filter((s) => s.id === 0).map((s) => s.name);
  same(names(bytes), ["name", "a", "b"]);
  same(names(w.stripSync(bytes).bytes), ["a", "b"]);
  same(names(w.stripSync(bytes, { all: true }).bytes), []);
  same(names(w.stripSync(bytes, { all: true, keep: ["b"] }).bytes), ["b"]);
  same(names(w.stripSync(bytes, { remove: ["a"] }).bytes), ["b"]);
  same(w.stripSync("no module").ok, false);
});

await test("objdump", () => {
  const { bytes } = w.wat2wasmSync(ADD);
  holds(w.objdumpSync(bytes).text.includes("Type start="), "headers");
  holds(w.objdumpSync(bytes, { disassemble: true }).text.includes("| i32.add"), "disassembly");
  holds(!w.objdumpSync(bytes, { headers: true, section: "code" }).text.includes("Type"), "one section");
  const broken = w.objdumpSync(bytes.slice(0, bytes.length - 3));
  holds(!broken.ok && broken.text.includes("Type"), "goes as far as it can");
});

await test("run: arguments, environment, streams, files", async () => {
  const program = readFileSync(new URL("./program.wat", import.meta.url));
  const r = await w.run(program, {
    program: "prog", args: ["one", "zwei é"], env: { KEY: "value" }, stdin: "typed\n", files: { "/in/a.txt": "contents" },
  });
  same([r.ok, r.outcome, r.exitCode], [true, "exit", 7]);
  same(r.stdoutText, "prog\0one\0zwei é\0KEY=value\0typed\n");
  same(r.stderrText, "done\n");
  same(new TextDecoder().decode(r.files["in/a.txt"]), "contents");
  same(new TextDecoder().decode(r.files["out.txt"]), "contents");
});

await test("run: output as it comes", () => {
  const program = readFileSync(new URL("./program.wat", import.meta.url));
  const pieces = [];
  const r = w.runSync(program, { files: { "in/a.txt": "" }, onStdout: (b) => pieces.push(new TextDecoder().decode(b)) });
  same(r.stdoutText, "");
  holds(pieces.join("").startsWith("module\0"), "the callback has it");
});

await test("run: one function and its values", () => {
  same(w.runSync(ADD, { invoke: "add", values: [2147483647, 1] }).values, [-2147483648]);
  const many = `(module (func (export "f") (param i64 f32 f64) (result i64 f32 f64 funcref)
    (local.get 0) (local.get 1) (local.get 2) (ref.null func)))`;
  same(w.runSync(many, { invoke: "f", values: [-5n, 0.5, "1e300"] }).values.slice(0, 3), [-5n, 0.5, 1e300]);
  for (const v of [Infinity, -Infinity, 1e-310, 0.1, -0]) {
    const [back] = w.runSync('(module (func (export "f") (param f64) (result f64) local.get 0))', { invoke: "f", values: [v] }).values;
    holds(Object.is(back, v), `${v} comes back, not ${back}`);
  }
  holds(Number.isNaN(w.runSync('(module (func (export "f") (param f64) (result f64) local.get 0))', { invoke: "f", values: [NaN] }).values[0]), "NaN");
  const wrong = w.runSync(ADD, { invoke: "add", values: [1] });
  same([wrong.outcome, wrong.ok], ["error", false]);
  holds(/do not fit/.test(wrong.message), "says why");
  same(w.runSync(ADD, { invoke: "sub" }).outcome, "error");
  holds(/_start/.test(w.runSync(ADD).message), "there is nothing to start");
});

await test("run: traps with a backtrace, exceptions, links", () => {
  const r = w.runSync("(module (func $inner (drop (i32.div_u (i32.const 1) (i32.const 0)))) (func $outer (export \"_start\") (call $inner)))");
  same([r.outcome, r.exitCode, r.trap.code, r.trap.message], ["trap", null, 2, "integer divide by zero"]);
  same(r.trap.frames.map((f) => f.name), ["inner", "outer"]);
  holds(r.trap.text.startsWith("trap: integer divide by zero\n"), "the text of it");
  same(w.runSync('(module (tag $t) (func (export "_start") (throw $t)))').outcome, "exception");
  const unlinked = w.runSync('(module (import "env" "nothing" (func)) (func (export "_start")))');
  same(unlinked.outcome, "error");
  holds(unlinked.message.includes("nothing"), "names the import");
  same(w.runSync("(module (func (result i32)))").outcome, "error");
});

await test("run: an endless loop is stopped by fuel and by time", () => {
  const endless = '(module (func (export "_start") (loop (br 0))))';
  const fuel = w.runSync(endless, { fuel: 5000 });
  same([fuel.outcome, fuel.fuelUsed], ["fuel", 5000n]);
  const began = performance.now();
  same(w.runSync(endless, { timeout: 50 }).outcome, "timeout");
  const recursion = '(module (func $f (export "_start") (call $f)))';
  same(w.runSync(recursion, { timeout: 1000 }).trap.message, "call stack exhausted");
  const bulk = '(module (memory 100) (func (export "_start") (loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 6553600)) (br 0))))';
  same(w.runSync(bulk, { timeout: 50 }).outcome, "timeout");
  holds(performance.now() - began < 10000, "soon");
  same(w.runSync(ADD, { invoke: "add", values: [1, 2], countFuel: true }).fuelUsed, 3n);
});

await test("run: bounds on memory", () => {
  const grows = '(module (memory 0) (func (export "grow") (result i32) (memory.grow (i32.const 100))))';
  same(w.runSync(grows, { invoke: "grow" }).values, [0]);
  same(w.runSync(grows, { invoke: "grow", maxMemory: 65536 }).values, [-1]);
  const huge = w.runSync('(module (memory 65536) (func (export "_start")))');
  same(huge.ok, false);
  same(w.wat2wasmSync(ADD).ok, true, "and all goes on");
});

await test("run: deterministic", () => {
  const random = `(module (import "wasi_snapshot_preview1" "random_get" (func $r (param i32 i32) (result i32))) (memory (export "memory") 1)
    (func (export "f") (result i64) (drop (call $r (i32.const 0) (i32.const 8))) (i64.load (i32.const 0))))`;
  const go = (seed) => w.runSync(random, { invoke: "f", deterministic: true, seed }).values[0];
  same(go(1), go(1));
  holds(go(1) !== go(2), "another seed");
  holds(w.runSync(random, { invoke: "f" }).values[0] !== w.runSync(random, { invoke: "f" }).values[0], "else random");
});

await test("run: what Wasm 3.0 has", () => {
  const gc = `(module (type $p (struct (field (mut i32)))) (func (export "f") (result i32) (local $x (ref null $p))
    (local.set $x (struct.new $p (i32.const 41))) (i32.add (struct.get $p 0 (local.get $x)) (i32.const 1))))`;
  same(w.runSync(gc, { invoke: "f" }).values, [42]);
  const simd = `(module (func (export "f") (result i32) (i32x4.extract_lane 3 (i32x4.mul (v128.const i32x4 1 2 3 4) (i32x4.splat (i32.const 10))))))`;
  same(w.runSync(simd, { invoke: "f" }).values, [40]);
  const tail = `(module (func $f (export "f") (param i32) (result i32) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 7))
    (else (return_call $f (i32.sub (local.get 0) (i32.const 1)))))))`;
  same(w.runSync(tail, { invoke: "f", values: [100000] }).values, [7]);
});

await test("nothing is kept: a thousand calls take no more memory than ten", () => {
  const big = `(module ${'(func (param i32) (drop (i32.add (local.get 0) (i32.const 1))))\n'.repeat(2000)})`;
  const go = (n) => {
    for (let i = 0; i < n; i++) {
      w.wat2wasmSync(big);
      w.validateSync("(module (func (result i32)))");
    }
    return process.memoryUsage().arrayBuffers;
  };
  go(10);
  const before = go(10);
  holds(go(200) < before + 32e6, "memory stays");
});

await test("promises of all functions agree with the synchronous forms", async () => {
  const { bytes } = w.wat2wasmSync(ADD);
  for (const name of ["wasm2wat", "print", "validate", "parse", "sections", "sizes", "strip", "objdump"]) same(await w[name](bytes), w[`${name}Sync`](bytes), name);
  const { values } = await w.run(bytes, { invoke: "add", values: [1, 2] });
  same(values, [3]);
});

await test("what is declared is what there is", () => {
  const declared = [...readFileSync(join(folder, "index.d.ts"), "utf8").matchAll(/^export function (\w+)/gm)].map((m) => m[1]).sort();
  same(Object.keys(w).sort(), [...new Set(declared)].sort());
  const listed = new Set([...manifest.files, "package.json"]);
  same(readdirSync(folder).filter((f) => !listed.has(f)), []);
  const browser = readFileSync(join(folder, "index.js"), "utf8");
  for (const name of declared) holds(new RegExp(`\\b${name}\\b`).test(browser), `${name} in index.js`);
});

process.exitCode = close();
