// Which features the browsers of a project lack: by its browserslist, when there is one and the package
// browserslist can be found from there. Without either nobody is warned.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const ENGINES = { chrome: "chrome", and_chr: "chrome", edge: "chrome", android: "chrome", firefox: "firefox", and_ff: "firefox", safari: "safari", ios_saf: "safari", node: "node" };

const parts = (version) => version.split("-")[0].split(".").map(Number);
function older(a, b) {
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) < (y[i] ?? 0);
  return false;
}

/** From features to the oldest targets of each engine that lack them. `targets`: ["chrome 90", ...]. */
export function lacking(table, targets) {
  const result = new Map();
  for (const [feature, since] of Object.entries(table)) {
    if (since.everywhere) continue; // who does not know it passes over it
    const lack = targets.filter((target) => {
      const [name, version] = target.split(" ");
      const engine = ENGINES[name];
      return engine !== undefined && /^\d/.test(version) && (since[engine] === null || older(version, since[engine]));
    });
    if (lack.length) result.set(feature, lack);
  }
  return result;
}

const known = new Map();
/** The same for the project that a file belongs to; empty without a browserslist. */
export function lackingFor(file) {
  const path = dirname(file);
  if (!known.has(path)) known.set(path, find(path));
  return known.get(path);
}

function find(path) {
  let browserslist;
  for (const from of [path, process.cwd()])
    try {
      browserslist ??= createRequire(join(from, "x.js"))("browserslist");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  if (browserslist?.loadConfig({ path }) === undefined) return new Map();
  return lacking(JSON.parse(readFileSync(new URL("./features.json", import.meta.url), "utf8")), browserslist(null, { path }));
}
