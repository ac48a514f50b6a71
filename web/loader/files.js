// Names and files around the modules.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** "add.wat" to "add-1a2b3c4d.wasm", "add.wat.map" to "add-5e6f7081.wasm.map", by what is in it. */
export function contentName(name, data) {
  const [, stem, map = ""] = /^(.*?)\.\w+?(\.map)?$/.exec(name);
  return `${stem}-${createHash("sha256").update(data).digest("hex").slice(0, 8)}.wasm${map}`;
}

/** The clauses in x.bind beside x.wasm or x.wat, if it is there. */
export function withClauses(file) {
  const path = file.replace(/\.\w+$/, ".bind");
  return { path, clauses: existsSync(path) ? readFileSync(path) : undefined };
}

/** x.wat.d.ts beside x.wat, when it says something new; queries have no file of their own. */
export function writeTypes(file, mode, types) {
  const path = `${file}.d.ts`;
  if (mode !== "" || (existsSync(path) && readFileSync(path, "utf8") === types)) return;
  writeFileSync(path, types);
}
