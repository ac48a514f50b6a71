// The engine of the playground: one module in wasm behind the interface of engine.d.ts.
import { isReady, setModule } from "./wattle.js";

let loading = null;

export function init(source) {
  if (isReady()) return Promise.resolve();
  loading ??= (source instanceof WebAssembly.Module ? Promise.resolve(source) : WebAssembly.compile(source))
    .then(setModule)
    .finally(() => {
      loading = null;
    });
  return loading;
}

export { Document, TOKEN_KINDS } from "./document.js";
export { Debugger } from "./debugger.js";
export { runScript } from "./script.js";
