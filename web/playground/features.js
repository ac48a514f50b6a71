// What a module uses beyond the first version of WebAssembly, and since when browsers have it.
import table from "../features.json";
import { fill, h } from "./dom.js";

/**
 * The first version with it, on and without a flag; null: none so far. Names are those of
 * `wattle --features`. What this browser does is asked of it, not of the table.
 * @type {Record<string, { what: string, chrome: string | null, firefox: string | null, safari: string | null, node: string | null }>}
 */
export const FEATURES = table;
const HOSTS = /** @type {const} */ (["chrome", "firefox", "safari", "node"]);
const TITLES = { chrome: "Chrome, Edge", firefox: "Firefox", safari: "Safari", node: "node" };
const number = (/** @type {string} */ v) => v.split(".").map(Number);
const later = (/** @type {string} */ a, /** @type {string} */ b) => {
  const [x, y] = [number(a), number(b)];
  return x[0] - y[0] || (x[1] ?? 0) - (y[1] ?? 0);
};

/** @param {import("./main.js").Page} page */
export function featuresPane(_page) {
  const verdict = h("p.summary");
  const body = h("tbody");
  const least = h("tfoot");
  const table = h("table.features", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "Feature" }), ...HOSTS.map((b) => h("th", { scope: "col", text: TITLES[b] })))),
    body, least);
  const element = h("div.pane-features.pad", {}, verdict, table,
    h("p.dim.small", { text: "The first version that has it without a flag, after webassembly.org/features, August 2026." }));

  return {
    id: "features",
    title: "Features",
    element,
    visible: false,
    /** @param {import("./session.js").Compiled} result */
    result({ features, bytes, ok }) {
      if (!ok || bytes === null) {
        fill(verdict, h("span.dim", { text: "The features show when the text has no errors." }));
        table.hidden = true;
        return;
      }
      let here = false;
      try {
        here = WebAssembly.validate(/** @type {any} */ (bytes));
      } catch {}
      table.hidden = features.length === 0;
      fill(verdict,
        features.length ? `This module uses ${features.length} feature${features.length === 1 ? "" : "s"} beyond the first version of WebAssembly. ` : "This module needs nothing beyond the first version of WebAssembly: every browser runs it. ",
        h(here ? "b.good" : "b.bad", { text: here ? "This browser takes it." : "This browser refuses it." }));
      fill(body, ...features.map((name) => {
        const f = FEATURES[name];
        return h("tr", {},
          h("th", { scope: "row" }, h("code", { text: name }), h("div.dim.small", { text: f?.what ?? "" })),
          ...HOSTS.map((b) => h(f?.[b] == null ? "td.bad" : "td", { text: f?.[b] ?? "not yet" })));
      }));
      const needs = HOSTS.map((b) => {
        const all = features.map((name) => FEATURES[name]?.[b] ?? null);
        if (all.includes(null)) return null;
        return /** @type {string[]} */ (all.filter((v) => v !== "–")).sort(later).at(-1) ?? "any";
      });
      fill(least, features.length > 1
        ? h("tr", {}, h("th", { scope: "row", text: "All of them" }), ...needs.map((v) => h(v === null ? "td.bad" : "td", {}, h("b", { text: v ?? "not yet" }))))
        : null);
    },
  };
}
