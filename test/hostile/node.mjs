// Runs a guest under node:wasi, for the table of doc/security.md.
//     node node.mjs FILE.wasm 'JSON of {guest: host}' ARGUMENT...
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [file, preopens, ...rest] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [file, ...rest],
  env: { A: "B" },
  preopens: JSON.parse(preopens),
});
const module = await WebAssembly.compile(await readFile(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
