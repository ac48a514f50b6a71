// The pane of bytes: the binary beside the text, each showing where the other is.
import { fill, h, hex, later } from "./dom.js";
import { reveal, showLayer } from "./editor.js";
import { HexView } from "./hex.js";

/** @param {import("./main.js").Page} page */
export function bytesPane(page) {
  const { session } = page;
  /** @type {Uint8Array} */
  let bytes = new Uint8Array(0);
  /** @type {import("../npm/index.d.ts").SectionInfo[]} */
  let sections = [];
  /** @type {import("./engine.d.ts").ByteInfo | null} */
  let shown = null;
  /** @type {{ start: number, end: number } | null} of the instruction at the cursor of the text */
  let here = null;

  const view = new HexView({
    label: "Bytes of the module",
    onHover: (at) => explain(at ?? (view.cursor >= 0 ? view.cursor : null)),
    onPick: async (at) => {
      await explain(at);
      if (shown?.source) reveal(page.view, shown.source, false);
    },
    classOf: sectionClass,
  });
  const info = h("div.byte-info", { role: "status", "aria-label": "the byte" });
  const empty = h("p.empty", { text: "There are no bytes while the text has errors." });
  const element = h("div.pane-bytes", {}, view.element, empty, info);

  /** @param {number} at */
  function sectionClass(at) {
    let low = 0;
    for (let top = sections.length; low < top; ) {
      const middle = (low + top) >> 1;
      if (sections[middle].end <= at) low = middle + 1;
      else top = middle;
    }
    const s = sections[low];
    return s === undefined || at < s.start ? "sec-h" : `sec-${low % 2 ? "a" : "b"}${at < s.content ? " sec-edge" : ""}`;
  }

  function marks() {
    view.setMarks([
      ...(here ? [{ ...here, class: "byte-here" }] : []),
      ...(shown ? [{ ...shown.bytes, class: "byte-field" }] : []),
    ]);
  }

  let asked = 0;
  /** @param {number | null} at */
  async function explain(at) {
    const mine = ++asked;
    const found = at === null || bytes.length === 0 ? null : await session.ask("byteAt", at).catch(() => null);
    if (mine !== asked) return;
    shown = found;
    fill(info, ...(found
      ? [
          h("span.byte-path", {}, ...found.path.flatMap((/** @type {string} */ p, /** @type {number} */ i) => (i ? [h("span.dim", { text: " › " }), p] : [p]))),
          h("span.byte-value", {},
            h("b", { text: found.field }), " ",
            h("code", { text: found.value }),
            h("span.dim", { text: `  at 0x${hex(found.bytes.start, 4)}, ${found.bytes.end - found.bytes.start} byte${found.bytes.end - found.bytes.start === 1 ? "" : "s"}` })),
        ]
      : [h("span.dim", { text: bytes.length ? "Point at a byte, or move through them by the arrow keys: what it is, and where it comes from." : "" })]));
    showLayer(page.view, "byte", found?.source ? [{ from: found.source.start, to: found.source.end, class: "from-byte" }] : []);
    marks();
  }

  const follow = later(async () => {
    if (!pane.visible) return;
    const found = bytes.length ? await session.ask("instructionAt", page.view.state.selection.main.head).catch(() => null) : null;
    here = found?.bytes ?? null;
    marks();
    if (here && !view.element.contains(document.activeElement)) view.show(here.start, true);
  }, 60);

  const pane = {
    id: "bytes",
    title: "Bytes",
    element,
    visible: false,
    show() {
      view.measure();
      update();
      follow();
    },
    hide() {
      showLayer(page.view, "byte", []);
    },
    /** @param {import("./session.js").Compiled} result */
    result(result) {
      bytes = result.bytes ?? new Uint8Array(0);
      here = shown = null;
      if (pane.visible) update();
    },
    cursor: follow,
  };

  const findSections = later(async () => {
    if (bytes.length === 0) return;
    const answer = await session.ask("sizes").catch(() => null);
    sections = answer?.sections ?? [];
    view.render();
  }, 60);

  function update() {
    empty.hidden = bytes.length > 0;
    view.element.hidden = info.hidden = bytes.length === 0;
    view.setSource({ length: bytes.length, read: (start, length) => bytes.subarray(start, start + length) });
    findSections();
    explain(null);
    follow();
  }
  return pane;
}
