// What runs in the browser: everything once, as it is and through each bundler. The page's verdict is
// globalThis.verdict.
import { init, wat2wasm, wasm2wat, validate, parse, sizes, compile, strip, objdump, run, runSync, wat2wasmSync, version } from "wattle-wasm";

async function go() {
  const text = '(module (func $add (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))';
  await Promise.all([init(), init()]);
  const { bytes } = await wat2wasm(text);
  const problems = [];
  const holds = (truth, what) => truth || problems.push(what);
  holds((await wasm2wat(bytes)).text.includes("i32.add"), "wasm2wat");
  const wrong = await validate('(module (func (export "é😀") i32.adx))');
  holds(!wrong.ok && wrong.diagnostics[0].fix.text === "i32.add" && wrong.diagnostics[0].range.start === 29, "validate");
  holds((await parse(text)).module.exports[0].name === "add", "parse");
  holds((await sizes(bytes)).size === bytes.length, "sizes");
  const { module } = await compile(text);
  holds((await WebAssembly.instantiate(module)).exports.add(40, 2) === 42, "compile");
  holds((await strip(bytes)).bytes.length < bytes.length, "strip");
  holds((await objdump(bytes, { disassemble: true })).text.includes("local.get 1"), "objdump");
  const hello = `(module (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "\\08\\00\\00\\00\\03\\00\\00\\00hi\\n")
    (func (export "_start") (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))`;
  holds((await run(hello)).stdoutText === "hi\n", "run");
  holds(runSync('(module (func (export "_start") (loop (br 0))))', { timeout: 30 }).outcome === "timeout", "timeout");
  holds(runSync(text, { invoke: "add", values: [1, 2] }).values[0] === 3, "values");
  holds(wat2wasmSync(text).bytes.length === bytes.length && version().length > 0, "synchronous");
  return problems.length ? `not so: ${problems}` : "all is well";
}
go().then((v) => (globalThis.verdict = v), (error) => (globalThis.verdict = String(error.stack ?? error)));
