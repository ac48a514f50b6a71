// The hook of node: modules are inside of the JavaScript, and there at once.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { FILES, splitQuery, transform } from "./core.js";
import { dataUrl } from "./dev.js";
import { withClauses } from "./files.js";

export async function load(url, context, next) {
  const [plain, mode] = splitQuery(url);
  if (!plain.startsWith("file:") || !FILES.test(plain)) return next(url, context);
  const file = fileURLToPath(plain);
  const asset = (bytes) => JSON.stringify(dataUrl("application/wasm", bytes));
  const { code } = transform(await readFile(file), { file, mode: mode || "sync", clauses: withClauses(file).clauses, asset, browserslist: false });
  return { format: "module", source: code, shortCircuit: true };
}
