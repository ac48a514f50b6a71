// The forms that give promises, over an `init` that loads the module.
import * as sync from "./wattle.js";

export const promises = (init) => {
  const later = (f) => async (source, options) => {
    if (!sync.isReady()) await init();
    return f(source, options);
  };
  return {
    wat2wasm: later(sync.wat2wasmSync),
    wasm2wat: later(sync.wasm2watSync),
    print: later(sync.printSync),
    validate: later(sync.validateSync),
    parse: later(sync.parseSync),
    sections: later(sync.sectionsSync),
    sizes: later(sync.sizesSync),
    compile: later(sync.compileAsync),
    strip: later(sync.stripSync),
    objdump: later(sync.objdumpSync),
    run: later(sync.runSync),
  };
};

/** What `init` takes, as a WebAssembly.Module; `fallback` loads the one of this package. */
export async function moduleFrom(source, fallback) {
  source = await source;
  if (source === undefined) return moduleFrom(await fallback());
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = typeof Response === "function" && source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`wattle: ${response.url || source}: HTTP status ${response.status}`);
  // A wrong MIME type is no reason to fail: the bytes are the same.
  if (/^application\/wasm\b/i.test(response.headers.get("content-type") ?? "")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
