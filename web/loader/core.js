// What all loaders share: a .wat or .wasm file becomes the text of an ES module and, beside it, the
// bytes of the module. Where these bytes will be is each bundler's affair: `asset` gives an expression.
import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";

import { dataUrl, hotEntry, withMapUrl } from "./dev.js";
import { lackingFor } from "./targets.js";
import { packSync, setModuleSync } from "./wattle.js";

let started = false;
function start() {
  if (!started) setModuleSync(new WebAssembly.Module(readFileSync(new URL("./loader.wasm", import.meta.url))));
  started = true;
}

const decoder = new TextDecoder();
export const FILES = /\.(wat|wasm)$/;
export const MODES = ["init", "url", "module", "inline", "sync", "raw"];

/** "a.wat?init" to ["a.wat", "init"]; the mode is "" without one that is known here. */
export function splitQuery(id) {
  const at = id.indexOf("?");
  if (at < 0) return [id, ""];
  const words = id.slice(at + 1).split("&").map((w) => w.split("=")[0]);
  return [id.slice(0, at), words.find((w) => MODES.includes(w)) ?? ""];
}

/** The lines around a place, with a caret below it. */
export function codeFrame(text, { line, column, endLine, endColumn }) {
  const lines = text.split("\n");
  const width = String(Math.min(line + 2, lines.length)).length;
  const out = [];
  for (let n = Math.max(1, line - 2); n <= Math.min(line + 2, lines.length); n++) {
    out.push(`${n === line ? ">" : " "} ${String(n).padStart(width)} | ${lines[n - 1]}`);
    if (n === line) {
      const carets = Math.max(1, endLine === line ? endColumn - column : 1);
      out.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1))}${"^".repeat(carets)}`);
    }
  }
  return out.join("\n");
}

/** A problem as the bundlers show it: message, place, frame. */
function describe(diagnostic, file, text) {
  const range = diagnostic.range;
  const placed = range !== null && range.line !== null;
  return {
    message: [diagnostic.message, ...diagnostic.hints.map((h) => `hint: ${h}`)].join("\n"),
    file,
    line: placed ? range.line : undefined,
    column: placed ? range.column : undefined,
    length: placed && range.endLine === range.line ? range.endColumn - range.column : 0,
    lineText: placed && text !== null ? text.split("\n")[range.line - 1] : undefined,
    offset: range?.byteStart,
    frame: placed && text !== null ? codeFrame(text, range) : undefined,
  };
}

export class LoaderError extends Error {
  constructor(problems) {
    const first = problems[0];
    const where = first.line === undefined ? first.file : `${first.file}:${first.line}:${first.column}`;
    super(`${where}: ${first.message}${first.frame ? `\n\n${first.frame}\n` : ""}`);
    this.name = "WattleError";
    this.problems = problems;
  }
}

const ENTRY_LINE = /^const \$api = await init\(\);$/m;
const URL_LINE = /^export const url = new URL\(.*\);$/m;
const WASI_LINE = /^import \{ wasi as \$wasiOf \} from '\.\/wasi\.js';$/m;

/* wasi.js inside of the module that needs it. */
const wasiInside = (text) => `const $wasiOf = /* #__PURE__ */ (() => {\n${text.replace(/^export function wasi/m, "function wasi")}return wasi;\n})();`;

/* A warning for each feature that the module uses and some browser of the project lacks. */
function lackWarnings(source, options, file, text) {
  const lack = lackingFor(file);
  const without = (names) => packSync(source, { ...options, features: names.map((n) => `-${n}`).join(",") });
  if (!lack.size || without([...lack.keys()]).ok) return [];
  return [...lack].flatMap(([feature, targets]) => {
    const result = without([feature]);
    if (result.ok) return [];
    const place = describe(result.diagnostics[0], file, text);
    const some = targets.slice(0, 3).join(", ") + (targets.length > 3 ? ` and ${targets.length - 3} more` : "");
    return [{ ...place, message: `this uses ${feature}, which is not in ${some} of the project's browserslist` }];
  });
}

/**
 * source: the bytes of the file. file: its path. mode: "" or one of MODES. asset: from the bytes of the
 * module to an expression for its URL, which is that of a page or `absolute`. clauses: the text of a .bind
 * file, or undefined. map: undefined, "inline", or takes the source map and a name and gives its URL.
 * hot: undefined, "vite" or "webpack". browserslist: false: no warnings by it.
 * Gives { code, types, warnings }; throws a LoaderError.
 */
export function transform(source, { file, mode = "", asset, absolute = false, clauses, map, hot, browserslist = true }) {
  start();
  const isText = !(source[0] === 0 && source[1] === 0x61);
  const text = isText ? decoder.decode(source) : null;
  if (mode === "raw") {
    if (text === null) throw new LoaderError([{ message: "?raw is for text: this module is binary", file }]);
    return { code: `export default ${JSON.stringify(text)};\n`, types: "declare const text: string;\nexport default text;\n", warnings: [] };
  }
  const name = basename(file).replace(/[^\w.-]/g, "-");
  const options = { name: file, file: name, clauses };
  const live = hot !== undefined && mode === "";
  const result = packSync(source, { ...options, map: map !== undefined, hot: live });
  const problems = result.diagnostics.map((d) => [d.severity, describe(d, file, d.kind === "custom" ? null : text)]);
  const wrong = problems.filter(([severity]) => severity === "error").map(([, p]) => p);
  if (!result.ok) throw new LoaderError(wrong.length ? wrong : [{ message: "the module cannot be packed", file }]);
  const warnings = problems.filter(([severity]) => severity === "warning").map(([, p]) => p);
  if (browserslist) warnings.push(...lackWarnings(source, options, file, text));
  const read = (wanted) => {
    const found = [...result.files].find(([path]) => wanted(path));
    return found === undefined ? null : found[1];
  };
  const inside = mode === "inline" || mode === "sync";
  let bytes = read((p) => p.endsWith(".wasm"));
  const mapText = read((p) => p.endsWith(".wasm.map"));
  if (mapText !== null) {
    const json = JSON.stringify({ ...JSON.parse(decoder.decode(mapText)), sources: [relative(process.cwd(), file).replaceAll("\\", "/")] });
    bytes = withMapUrl(bytes, map === "inline" || inside ? dataUrl("application/json", json) : map(json, name));
  }
  const wasi = read((p) => p === "wasi.js");
  const glue = decoder.decode(read((p) => p === "init.js")).replace(WASI_LINE, () => wasiInside(decoder.decode(wasi)));
  const glueTypes = decoder.decode(read((p) => p === "init.d.ts"));
  const entry = read((p) => p.endsWith(".js") && p !== "init.js" && p !== "wasi.js");
  const entryTypes = read((p) => p.endsWith(".d.ts") && p !== "init.d.ts" && !p.endsWith(".wasm.d.ts"));
  const embedded = () => `Uint8Array.from(atob("${Buffer.from(bytes).toString("base64")}"), (c) => c.charCodeAt(0))`;

  if (mode === "url") return { code: `export default ${asset(bytes, name)};\n`, types: "declare const url: string;\nexport default url;\n", warnings };
  if (mode === "module") {
    const code = `const response = await fetch(${asset(bytes, name)});
export default await (/^application\\/wasm/.test(response.headers.get("content-type") ?? "") ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
`;
    return { code, types: "declare const module: WebAssembly.Module;\nexport default module;\n", warnings };
  }
  const where = inside ? `const $bytes = ${embedded()};\nexport const url = undefined;` : `export const url = new URL(${asset(bytes, name)}${absolute ? "" : ", import.meta.url"});`;
  let code = glue.replace(URL_LINE, () => where);
  if (inside) code = code.replaceAll("source = url", "source = $bytes").replace("initSync(source,", "initSync(source = $bytes,");
  let types = glueTypes;
  if (mode !== "init" && entry !== null) {
    const exportsOnly = decoder.decode(entry).split(ENTRY_LINE)[1];
    code += live ? hotEntry(hot, glue, bytes, exportsOnly) : `\nconst $api = ${inside ? "initSync()" : "await init()"};${exportsOnly}`;
    types += `\n${decoder.decode(entryTypes).split("\n").filter((l) => l.startsWith("export const") || /^(declare const|export \{)/.test(l)).join("\n")}\n`;
  }
  return { code, types, warnings };
}
