// What development adds to a module: where its source map is, and reloading while the page runs.
import { createHash } from "node:crypto";

const encoder = new TextEncoder();

function leb(n) {
  const out = [];
  for (; n > 127; n >>>= 7) out.push((n & 127) | 128);
  return [...out, n];
}

/** The bytes with a custom section that tells debuggers where the map is. */
export function withMapUrl(bytes, url) {
  const name = encoder.encode("sourceMappingURL");
  const text = encoder.encode(url);
  const content = [...leb(name.length), ...name, ...leb(text.length), ...text];
  return Buffer.concat([bytes, Uint8Array.from([0, ...leb(content.length), ...content])]);
}

export const dataUrl = (type, data) => `data:${type};base64,${Buffer.from(data).toString("base64")}`;
const digest = (data) => createHash("sha256").update(data).digest("hex").slice(0, 16);

/** What must be the same for state to be kept: the sections memory, global and data, byte for byte. */
export function stateLayout(bytes) {
  const hash = createHash("sha256");
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const b = bytes[at++];
      size += (b & 127) * 2 ** shift;
      if (b < 128) break;
    }
    if (id === 5 || id === 6 || id === 11) hash.update(Uint8Array.of(id)).update(bytes.subarray(at, at + size));
    at += size;
  }
  return hash.digest("hex").slice(0, 16);
}

const HOT = { vite: "import.meta.hot", webpack: "import.meta.webpackHot" };

/**
 * The end of a module that takes the place of the one before: `exports` are the lines of the entry.
 * Who imported the old one sees the new functions, because its bindings are set anew.
 */
export function hotEntry(bundler, glue, bytes, exports) {
  const hot = HOT[bundler];
  const names = [...exports.matchAll(/^(?:export )?const (\S+) = (\$api\.\S+);$/gm)];
  return `
let $old;
if (${hot}) $old = ${hot}.data?.wattle;
const $linked = $old?.glue === "${digest(glue)}" ? $old.linked : $link();
const $instance = await $load(url, $linked.imports);
const $api = $linked.bind($instance);
if ($old?.layout === "${stateLayout(bytes)}") {
  const from = $old.instance.exports, to = $instance.exports;
  for (const name of Object.keys(to).filter((n) => n.startsWith("hot:"))) {
    if (name.startsWith("hot:global")) {
      to[name].value = from[name].value;
      continue;
    }
    const pages = (from[name].buffer.byteLength - to[name].buffer.byteLength) / 65536;
    try {
      to[name].grow(pages);
    } catch {
      to[name].grow(BigInt(pages)); // a memory with 64-bit addresses
    }
    new Uint8Array(to[name].buffer).set(new Uint8Array(from[name].buffer));
  }
}
${exports.replace(/^(export )?const /gm, "$1let ").trim()}
if (${hot}) {
  const $sets = $old?.sets ?? [];
  for (const set of $sets) set($api);
  const $set = ($api) => {
${names.map(([, name, value]) => `    ${name} = ${value};`).join("\n")}
  };
  ${hot}.dispose((data) => {
    data.wattle = { glue: "${digest(glue)}", layout: "${stateLayout(bytes)}", linked: $linked, instance: $instance, sets: [...$sets, $set] };
  });
  ${hot}.accept();
}
`;
}
