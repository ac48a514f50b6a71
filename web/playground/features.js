// What a module uses beyond the first version of WebAssembly, and since when browsers have it.
import { fill, h } from "./dom.js";

/**
 * The first version with it, on and without a flag; null: none so far. Names are those of
 * `wattle --features`. Facts: the table of webassembly.org/features (features.json) of August 2026,
 * for browsers on desktops. What this browser does is asked of it, not of the table.
 * @type {Record<string, { what: string, chrome: string | null, firefox: string | null, safari: string | null, node: string | null }>}
 */
export const FEATURES = {
  "mutable-globals": { what: "imported and exported globals that change", chrome: "74", firefox: "61", safari: "13.1", node: "12.0" },
  "sign-extension": { what: "i32.extend8_s and the like", chrome: "74", firefox: "62", safari: "14.1", node: "12.0" },
  "saturating-float-to-int": { what: "conversions that never trap", chrome: "75", firefox: "64", safari: "15", node: "12.5" },
  "multi-value": { what: "several results, blocks with parameters", chrome: "85", firefox: "78", safari: "13.1", node: "15.0" },
  "bulk-memory": { what: "memory.copy, memory.fill, passive segments", chrome: "75", firefox: "79", safari: "15", node: "12.5" },
  "reference-types": { what: "funcref and externref as values, several tables", chrome: "96", firefox: "79", safari: "15", node: "17.2" },
  simd: { what: "vectors of 128 bits", chrome: "91", firefox: "89", safari: "16.4", node: "16.4" },
  "relaxed-simd": { what: "vectors, where processors differ", chrome: "114", firefox: "145", safari: null, node: "21.0" },
  "tail-call": { what: "return_call: no frame is left behind", chrome: "112", firefox: "121", safari: "18.2", node: "20.0" },
  "extended-const": { what: "arithmetic in constant expressions", chrome: "114", firefox: "112", safari: "17.4", node: "21.0" },
  "multi-memory": { what: "several memories", chrome: "120", firefox: "125", safari: null, node: "22.0" },
  memory64: { what: "addresses of 64 bits", chrome: "133", firefox: "134", safari: null, node: "24.0" },
  "function-references": { what: "typed references to functions, call_ref", chrome: "119", firefox: "120", safari: "18", node: "22.0" },
  gc: { what: "structs and arrays that are collected", chrome: "119", firefox: "120", safari: "18.2", node: "22.0" },
  exceptions: { what: "try_table, throw_ref, exnref", chrome: "137", firefox: "131", safari: "18.4", node: "24.15" },
  "legacy-exceptions": { what: "try, catch, rethrow: as they were before 3.0", chrome: "95", firefox: "100", safari: "15.2", node: "17.0" },
  annotations: { what: "(@…) in the text; the binary does not have it", chrome: "–", firefox: "–", safari: "–", node: "–" },
  "branch-hints": { what: "which way a branch mostly goes; others pass over it", chrome: "137", firefox: null, safari: "16", node: null },
  threads: { what: "shared memories and atomic access", chrome: "74", firefox: "79", safari: "14.1", node: "16.4" },
  "wide-arithmetic": { what: "128-bit sums and products", chrome: null, firefox: null, safari: null, node: null },
  "custom-page-sizes": { what: "memories with pages of one byte", chrome: null, firefox: null, safari: null, node: null },
  "compact-imports": { what: "imports written shorter", chrome: null, firefox: null, safari: null, node: null },
  "custom-descriptors": { what: "objects with descriptors of their own", chrome: null, firefox: null, safari: null, node: null },
  "stack-switching": { what: "coroutines", chrome: null, firefox: null, safari: null, node: null },
};
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
