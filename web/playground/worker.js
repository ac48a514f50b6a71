// What runs beside the page: the engine, and code that may never end. The page makes one for the text,
// and others for runs, which it can throw away. Messages are { id, method, args }; the answer is
// { id, result } or { id, error }; what has no id is said by the way.
import { Debugger, Document, init, runScript } from "./engine.js";
import { packSync, parseSync, runSync, wasm2watSync } from "../npm/wattle.js";
import { Guest } from "./guest.js";
import { runCell } from "./cell.js";

/** @type {any} */
const scope = self;
const post = (/** @type {any} */ message, /** @type {Transferable[]} */ transfer = []) => scope.postMessage(message, transfer);

/** @type {Promise<void>} */
let ready;
/** @type {Document | null} */
let document = null;
let text = "";
/** @type {Debugger | null} */
let debug = null;
/** @type {Guest | null} a module in this browser's engine */
let guest = null;

const stream = (/** @type {string} */ name) => (/** @type {Uint8Array} */ bytes) => post({ event: name, bytes: bytes.slice() });

/** @param {(d: any) => any} action */
const step = (action) => {
  if (debug === null) throw new Error("nothing is being debugged");
  const before = performance.now();
  return { ...action(debug), ms: performance.now() - before };
};

/** @type {Record<string, (...args: any[]) => any>} */
const methods = {
  // ---- the text ----
  update(/** @type {string | null} */ whole, /** @type {[number, number, string][]} */ changes) {
    if (whole !== null) text = whole;
    for (const [from, to, insert] of changes.reverse()) text = text.slice(0, from) + insert + text.slice(to);
    const before = performance.now();
    document ??= new Document("");
    const edited = document.update(text);
    const ms = performance.now() - before;
    return { ...edited, bytes: edited.size ? document.bytes() : null, ms };
  },
  ask(method, args) {
    // @ts-ignore one of the document's methods by its name
    return document?.[method](...args) ?? null;
  },
  describe: () => parseSync(text).module,
  // Names are made up when the module has none at all.
  print: (bytes) => wasm2watSync(bytes, { generateNames: !parseSync(bytes).module?.sections.some((s) => s.id === 0 && s.name === "name") }),
  pack: (bytes, options) => packSync(bytes, options),

  // ---- runs ----
  interpret(bytes, options) {
    const before = performance.now();
    const result = runSync(bytes, { ...options, onStdout: stream("stdout"), onStderr: stream("stderr") });
    return { ...result, ms: performance.now() - before };
  },
  async browser(bytes, options) {
    const before = performance.now(); // as that of the interpreter: from the bytes to the result
    const one = await Guest.make(bytes, { ...options, say: (/** @type {any} */ event) => post(event) });
    return one.run(options, before);
  },
  cell: (bytes, code) => runCell(bytes, code, post),
  script(source) {
    const before = performance.now();
    return { ...runScript(source), ms: performance.now() - before };
  },

  // ---- a picture ----
  async canvasOpen(bytes) {
    guest = await Guest.make(bytes, { say: (/** @type {any} */ event) => post(event) });
    return guest.describe();
  },
  canvasFrame: (options) => guest?.frame(options),

  // ---- step by step ----
  debugOpen(bytes, options, breakpoints) {
    debug?.free();
    debug = new Debugger(bytes, options);
    debug.setBreakpoints(breakpoints);
    return step((d) => d.state());
  },
  debugStep: (how, ...args) => step((d) => d[how](...args)),
  debugBreakpoints(offsets) {
    debug?.setBreakpoints(offsets);
  },
  debugMemory: (index, start, length) => debug?.memory(index, start, length) ?? new Uint8Array(0),
};

scope.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  if (data.method === "init") {
    ready = init(data.module);
    return;
  }
  try {
    await ready;
    const result = await methods[data.method](...data.args);
    post({ id: data.id, result });
  } catch (error) {
    post({ id: data.id, error: error instanceof Error ? error.message : String(error) });
  }
};
