// For node: the module is read from the disk, and nothing is fetched.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { moduleFrom, promises } from "./promises.js";
import { isReady, setModule, setModuleSync } from "./wattle.js";

const file = new URL("./wattle.wasm", import.meta.url);
let loading = null;

export function init(source) {
  if (isReady()) return Promise.resolve();
  loading ??= moduleFrom(source, () => readFile(file))
    .then(setModule)
    .finally(() => {
      loading = null;
    });
  return loading;
}

export function initSync(source = readFileSync(file)) {
  if (!isReady()) setModuleSync(source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source));
}

export const { wat2wasm, wasm2wat, print, validate, parse, sections, sizes, compile, strip, objdump, run } = promises(init);
export {
  wat2wasmSync, wasm2watSync, printSync, validateSync, parseSync, sectionsSync, sizesSync, compileSync, stripSync, objdumpSync,
  runSync, version,
} from "./wattle.js";
