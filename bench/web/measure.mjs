// Times of the package and of npm's wabt in one process, alternating: node measure.mjs PACKAGE MODULES RUNS
// Prints JSON: for each text, its size and the times of each side in milliseconds.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { text } from "./texts.mjs";

const [folder, modules, runs] = process.argv.slice(2);
const w = await import(pathToFileURL(join(folder, "node.js")));
const wabt = await createRequire(join(modules, "package.json"))("wabt")();
w.initSync();

const timed = (list, work) => {
  const began = performance.now();
  const made = work();
  list.push(performance.now() - began);
  return made;
};
const all = [];
for (const size of [237_000, 2_400_000]) {
  const source = text(size);
  const times = { wat2wasm: [[], []], wasm2wat: [[], []], validate: [[], []] };
  let bytes;
  for (let i = 0; i < Number(runs); i++) {
    bytes = timed(times.wat2wasm[0], () => w.wat2wasmSync(source).bytes);
    timed(times.wat2wasm[1], () => {
      const m = wabt.parseWat("a.wat", source);
      m.validate();
      const { buffer } = m.toBinary({ write_debug_names: true });
      m.destroy();
      return buffer;
    });
    timed(times.wasm2wat[0], () => w.wasm2watSync(bytes).text);
    timed(times.wasm2wat[1], () => {
      const m = wabt.readWasm(bytes, { readDebugNames: true });
      m.validate();
      const made = m.toText({});
      m.destroy();
      return made;
    });
    timed(times.validate[0], () => w.validateSync(source).ok);
    timed(times.validate[1], () => {
      const m = wabt.parseWat("a.wat", source);
      m.validate();
      m.destroy();
    });
  }
  all.push({ text: source.length, binary: bytes.length, times });
}
console.log(JSON.stringify(all));
