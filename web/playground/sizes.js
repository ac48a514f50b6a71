// What takes how many bytes: a treemap, and the same as a table.
import { bytesText, count, fill, h, later } from "./dom.js";
import { reveal } from "./editor.js";

/**
 * Rectangles with areas like the sizes, as square as can be: rows along the shorter side, each taken
 * while its worst shape gets better.
 * @template {{ size: number }} T
 * @param {T[]} items the largest first
 * @param {number} x @param {number} y @param {number} width @param {number} height
 * @returns {{ item: T, x: number, y: number, width: number, height: number }[]}
 */
export function squarify(items, x, y, width, height) {
  const placed = [];
  let rest = items.reduce((n, i) => n + i.size, 0);
  for (let i = 0; i < items.length && width > 0 && height > 0 && rest > 0; ) {
    const scale = (width * height) / rest;
    const side = Math.min(width, height);
    let sum = 0;
    let worst = Infinity;
    let end = i;
    for (; end < items.length; end++) {
      const more = sum + items[end].size * scale;
      const depth = more / side;
      const shape = (/** @type {number} */ area) => Math.max((depth * depth) / area, area / (depth * depth));
      const now = Math.max(shape(items[i].size * scale), shape(items[end].size * scale));
      if (now > worst) break;
      worst = now;
      sum = more;
    }
    const depth = sum / side;
    let along = 0;
    for (; i < end; i++) {
      const length = (items[i].size * scale) / depth;
      placed.push(
        width >= height
          ? { item: items[i], x, y: y + along, width: depth, height: length }
          : { item: items[i], x: x + along, y, width: length, height: depth });
      along += length;
      rest -= items[i].size;
    }
    if (width >= height) {
      x += depth;
      width -= depth;
    } else {
      y += depth;
      height -= depth;
    }
  }
  return placed;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {"gzip" | "deflate-raw"} how */
export async function compressed(bytes, how) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(how));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

const MOST = 300; // rectangles; what is smaller is put together

/** @param {import("./main.js").Page} page */
export function sizesPane(page) {
  const { session } = page;
  const summary = h("p.summary");
  const map = h("div.treemap", { role: "list", "aria-label": "Sizes" });
  const table = h("tbody");
  const element = h("div.pane-sizes", {}, summary, map,
    h("div.table-scroll", { tabindex: 0, role: "region", "aria-label": "Sizes as a table" },
      h("table.sizes", {},
        h("thead", {}, h("tr", {}, ...["What", "Section", "Bytes", "Share", "gzip, about"].map((text) => h("th", { scope: "col", text })))),
        table)));
  /** @type {any[]} */
  let things = [];
  let total = 0;
  /** @type {Uint8Array<ArrayBuffer>} */
  let bytes = new Uint8Array(0);

  const pane = {
    id: "sizes",
    title: "Sizes",
    element,
    visible: false,
    stale: true,
    show: () => pane.stale && measure(),
    module: () => pane.visible && soon(),
    /** @param {import("./session.js").Compiled} result */
    result(result) {
      bytes = /** @type {any} */ (result.bytes ?? new Uint8Array(0));
      pane.stale = true;
      if (pane.visible) soon();
    },
  };

  async function measure() {
    pane.stale = false;
    const now = bytes;
    const answer = now.length ? await session.ask("sizes").catch(() => null) : null;
    if (answer === null) {
      fill(summary, now.length ? "" : "There are no bytes while the text has errors.");
      fill(map);
      fill(table);
      return;
    }
    things = split(answer, now.length);
    total = now.length;
    // Each part compressed alone costs more than in the whole: what they are together is scaled to it.
    const whole = await compressed(now, "gzip");
    const top = things.slice(0, 120);
    const alone = await Promise.all(top.map((t) => compressed(now.subarray(t.bytes.start, t.bytes.end), "deflate-raw")));
    const smaller = things.slice(120).reduce((n, t) => n + t.size, 0);
    const sum = alone.reduce((n, a) => n + a, 0) + smaller;
    top.forEach((t, i) => (t.gzip = Math.round((alone[i] / sum) * whole)));
    fill(summary, h("b", { text: bytesText(total) }), `, ${bytesText(whole)} with gzip`, h("span.dim", { text: ". What a part adds to the compressed file is an estimate." }));
    draw();
  }
  const soon = later(measure, 250);

  /** Items, and what of a section is no item. @param {{ sections: any[], items: any[] }} sizes @param {number} length */
  function split({ sections, items }, length) {
    /** @type {Map<number, string>} */
    const exported = new Map((page.module?.exports ?? []).filter((/** @type {any} */ e) => e.type.kind === "function").map((/** @type {any} */ e) => [e.index, e.name]));
    const titled = (/** @type {any} */ i) => {
      if (i.kind === "export" || i.kind === "import") return i.name === null ? i.index : `"${i.name}"`;
      if (i.name !== null) return i.name.startsWith("$") ? i.name : `$${i.name}`;
      return i.kind === "function" && exported.has(i.index) ? `"${exported.get(i.index)}"` : i.index;
    };
    const named = items.filter((i) => i.bytes !== null).map((i) => {
      const section = sections.find((s) => i.bytes.start >= s.start && i.bytes.end <= s.end);
      return { title: `${i.kind} ${titled(i)}`, section: section?.name ?? "", bytes: i.bytes, size: i.bytes.end - i.bytes.start, source: i.source };
    });
    for (const s of sections) {
      const inside = named.filter((i) => i.bytes.start >= s.start && i.bytes.end <= s.end).reduce((n, i) => n + i.size, 0);
      const rest = s.end - s.start - inside;
      if (rest > 0) named.push({ title: inside ? `${s.name}: header` : `${s.name} section`, section: s.name, bytes: { start: s.start, end: s.start + rest }, size: rest, source: null });
    }
    const all = named.reduce((n, i) => n + i.size, 0);
    if (length > all) named.push({ title: "magic and version", section: "", bytes: { start: 0, end: 8 }, size: length - all, source: null });
    return named.sort((a, b) => b.size - a.size);
  }

  function draw() {
    const width = map.clientWidth;
    const height = map.clientHeight;
    if (width === 0) return;
    const names = [...new Set(things.map((t) => t.section))];
    const shown = things.slice(0, MOST);
    const rest = things.slice(MOST).reduce((n, t) => n + t.size, 0);
    if (rest) shown.push({ title: `${count(things.length - MOST)} smaller`, section: "", bytes: { start: 0, end: 0 }, size: rest, source: null });
    const share = (/** @type {any} */ t) => `${((100 * t.size) / total).toFixed(t.size / total < 0.1 ? 1 : 0)} %`;
    const says = (/** @type {any} */ t) => `${t.title}: ${count(t.size)} bytes, ${share(t)}${t.gzip === undefined ? "" : `, about ${count(t.gzip)} with gzip`}`;
    fill(map, ...squarify(shown.sort((a, b) => b.size - a.size), 0, 0, width, height).map(({ item, x, y, width: w, height: high }) =>
      h("div.tile", { role: "listitem", style: `left:${x}px;top:${y}px;width:${w}px;height:${high}px` },
        h(`button.tile-in.hue${names.indexOf(item.section) % 8}`, {
          title: says(item), "aria-label": says(item), onclick: () => item.source && reveal(page.view, item.source),
        }, w > 54 && high > 17 ? h("span", { text: item.title }) : null, w > 54 && high > 34 ? h("small", { text: count(item.size) }) : null))));
    fill(table, ...things.slice(0, 200).map((t) =>
      h("tr", {},
        h("th", { scope: "row" }, t.source ? h("button.link", { text: t.title, onclick: () => reveal(page.view, t.source) }) : t.title),
        h("td", {}, h(`i.swatch.hue${names.indexOf(t.section) % 8}`, { "aria-hidden": "true" }), t.section),
        h("td.number", { text: count(t.size) }), h("td.number", { text: share(t) }), h("td.number", { text: t.gzip === undefined ? "" : count(t.gzip) }))));
  }
  new ResizeObserver(later(draw, 60)).observe(map);
  return pane;
}
