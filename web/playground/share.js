// The state of the page in its address, `#z=`: JSON, deflate, base64 as URLs take it. No server.

const LIMIT = 16_000_000; // bytes of what comes out, however small what came in

/** @param {object} state */
export async function pack(state) {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return `z=${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** What a link holds, `null`: nothing that can be read. @param {string} hash */
export async function unpack(hash) {
  const found = /^#?z=([\w-]+)$/.exec(hash);
  if (found === null) return null;
  try {
    const bytes = Uint8Array.from(atob(found[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const pieces = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > LIMIT) {
        await reader.cancel();
        return null;
      }
      pieces.push(value);
    }
    return clean(JSON.parse(await new Blob(pieces).text()));
  } catch {
    return null;
  }
}

const texts = ["text", "js", "args", "stdin", "engine", "name"];
/** Only what is known, of the types it should have. @param {any} state */
export function clean(state) {
  if (state === null || typeof state !== "object" || typeof state.text !== "string") return null;
  /** @type {Record<string, any>} */
  const good = {};
  for (const name of texts) if (typeof state[name] === "string") good[name] = state[name];
  if (state.values !== null && typeof state.values === "object")
    good.values = Object.fromEntries(Object.entries(state.values).filter(([, v]) => Array.isArray(v)).map(([k, v]) => [k, /** @type {any[]} */ (v).map(String)]));
  const c = state.canvas;
  if (c !== null && typeof c === "object") {
    good.canvas = {};
    for (const name of ["at", "each", "first", "click", "format"]) if (typeof c[name] === "string") good.canvas[name] = c[name];
    for (const name of ["width", "height", "rate"]) if (Number.isInteger(c[name])) good.canvas[name] = c[name];
  }
  return good;
}

const KEY = "wattle-playground";
export function recall() {
  try {
    return clean(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return null;
  }
}
/** @param {object} state */
export function remember(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // a private window, or no room: then it is not kept
  }
}
