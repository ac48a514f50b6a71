// The JavaScript cell: a body of an async function in the worker, with the module at hand.
import { Guest } from "./guest.js";

const show = (/** @type {any} */ v) => {
  if (typeof v === "string") return v;
  if (typeof v === "bigint") return `${v}n`;
  if (typeof v === "function") return `[function ${v.name}]`;
  if (v instanceof Error) return String(v);
  if (ArrayBuffer.isView(v) && "length" in v) {
    const list = /** @type {Uint8Array} */ (v);
    return `${v.constructor.name}(${list.length}) [${[...list.subarray(0, 64)].join(", ")}${list.length > 64 ? ", …" : ""}]`;
  }
  try {
    return JSON.stringify(v, (_k, x) => (typeof x === "bigint" ? `${x}n` : x)) ?? String(v);
  } catch {
    return String(v);
  }
};

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} code
 * @param {(message: any) => void} post
 */
export async function runCell(bytes, code, post) {
  const before = performance.now();
  const print = (/** @type {any[]} */ ...all) => post({ event: "print", text: all.map(show).join(" ") });
  const instantiate = async (/** @type {any} */ imports = {}) => {
    const guest = await Guest.make(bytes, { imports, say: (/** @type {any} */ event) =>
      print(event.bytes ? new TextDecoder().decode(event.bytes).replace(/\n$/, "") : event.text) });
    return { instance: guest.instance, module: guest.module, exports: guest.exports, memory: guest.memory() };
  };
  const console = Object.fromEntries(["log", "info", "warn", "error", "debug"].map((name) => [name, print]));
  const AsyncFunction = /** @type {any} */ (Object.getPrototypeOf(async () => {}).constructor);
  try {
    const run = new AsyncFunction("instantiate", "bytes", "print", "console", `"use strict";\n${code}`);
    const value = await run(instantiate, bytes, print, console);
    return { ok: true, value: value === undefined ? null : show(value), ms: performance.now() - before };
  } catch (error) {
    return { ok: false, value: error instanceof Error ? `${error.name}: ${error.message}` : `threw ${show(error)}`, ms: performance.now() - before };
  }
}
