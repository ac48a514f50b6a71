// The engine in workers. Its script and its module come from beside the page, or, in the page that is
// one file, from inside it; the worker is made of a Blob in both, so that the page's policy (no requests
// to elsewhere) holds for it too.

/** @returns {Promise<{ script: string, module: WebAssembly.Module }>} */
async function load() {
  const inside = document.getElementById("worker-script");
  if (inside === null) {
    const [script, bytes] = await Promise.all([
      fetch("worker.js").then((r) => r.text()),
      fetch("playground.wasm").then((r) => r.arrayBuffer()),
    ]);
    return { script, module: await WebAssembly.compile(bytes) };
  }
  const packed = Uint8Array.from(atob(document.getElementById("worker-module")?.textContent ?? ""), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = await new Response(stream).arrayBuffer();
  return { script: inside.textContent ?? "", module: await WebAssembly.compile(bytes) };
}

/** @type {Promise<{ url: string, module: WebAssembly.Module }> | null} */
let loaded = null;
const assets = () =>
  (loaded ??= load().then(({ script, module }) => ({
    url: URL.createObjectURL(new Blob([script], { type: "text/javascript" })),
    module,
  })));

export class Stopped extends Error {}

/** One worker. What it is asked, it does in order. */
export class Engine {
  /** @param {(event: any) => void} [onEvent] is given what the worker says by itself */
  constructor(onEvent = () => {}) {
    this.onEvent = onEvent;
    /** @type {Map<number, { resolve: (v: any) => void, reject: (e: Error) => void }>} */
    this.waiting = new Map();
    this.serial = 0;
    /** @type {Promise<Worker> | null} */
    this.worker = null;
  }

  start() {
    return (this.worker ??= assets().then(({ url, module }) => {
      const worker = new Worker(url);
      worker.onmessage = ({ data }) => {
        if (data.id === undefined) return this.onEvent(data);
        const call = this.waiting.get(data.id);
        this.waiting.delete(data.id);
        if (data.error !== undefined) call?.reject(new Error(data.error));
        else call?.resolve(data.result);
      };
      worker.onerror = (event) => this.drop(new Error(event.message || "the worker failed"));
      worker.postMessage({ method: "init", module });
      return worker;
    }));
  }

  get busy() {
    return this.waiting.size > 0;
  }

  /** @param {string} method @param {...any} args @returns {Promise<any>} */
  async call(method, ...args) {
    const worker = await this.start();
    const id = ++this.serial;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, method, args });
    });
  }

  /** @param {Error} why */
  drop(why) {
    const calls = [...this.waiting.values()];
    this.waiting.clear();
    for (const call of calls) call.reject(why);
  }

  /** Ends whatever it does; the next call begins with a new worker. */
  async stop() {
    const worker = this.worker;
    this.worker = null;
    this.drop(new Stopped("stopped"));
    (await worker)?.terminate();
  }
}
