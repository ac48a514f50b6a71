// For browsers, workers and bundlers: the module is an asset beside this file.
import { moduleFrom, promises } from "./promises.js";
import { isReady, setModule, setModuleSync } from "./wattle.js";

let loading = null;

export function init(source) {
  if (isReady()) return Promise.resolve();
  loading ??= moduleFrom(source, () => new URL("./wattle.wasm", import.meta.url))
    .then(setModule)
    .finally(() => {
      loading = null;
    });
  return loading;
}

export function initSync(source) {
  if (isReady()) return;
  if (source === undefined) throw new TypeError("wattle: initSync needs the bytes of wattle.wasm, or a module of them");
  setModuleSync(source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source));
}

export const { wat2wasm, wasm2wat, print, validate, parse, sections, sizes, compile, strip, objdump, run } = promises(init);
export {
  wat2wasmSync, wasm2watSync, printSync, validateSync, parseSync, sectionsSync, sizesSync, compileSync, stripSync, objdumpSync,
  runSync, version,
} from "./wattle.js";
