// In the shape of what wasm-bindgen --target web writes: one instance, an object of options for both
// ways to load it.
let wasm;

export function twice(n) {
  return wasm.twice(n);
}

function take(instance) {
  wasm = instance.exports;
  return wasm;
}

function initSync({ module }) {
  if (wasm !== undefined) return wasm;
  if (!(module instanceof WebAssembly.Module)) module = new WebAssembly.Module(module);
  return take(new WebAssembly.Instance(module, {}));
}

async function init({ module_or_path } = {}) {
  if (wasm !== undefined) return wasm;
  module_or_path ??= new URL('glue_bg.wasm', import.meta.url);
  const response = await fetch(module_or_path);
  return take((await WebAssembly.instantiate(await response.arrayBuffer(), {})).instance);
}

export { initSync, init as default };
