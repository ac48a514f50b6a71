// The package in headless Chromium: node browser.mjs FOLDER MODULES CHROMIUM
// FOLDER has it installed in node_modules; MODULES is where the bundlers are.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";

import { close, holds, same, test } from "./check.mjs";

const [folder, modules, executablePath] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
copyFileSync(new URL("./page.mjs", import.meta.url), join(folder, "page.mjs"));
const entry = join(folder, "page.mjs");
const html = (src, head = "") => `<!doctype html><meta charset="utf-8"><title>wattle</title>${head}<script type="module" src="${src}"></script>`;

// ---- a server; below /wrong the module has a wrong MIME type ----
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const server = createServer((request, response) => {
  let path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  const wrong = path.startsWith("/wrong/");
  if (wrong) path = path.slice("/wrong".length);
  const file = join(folder, normalize(path));
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": wrong && extname(file) === ".wasm" ? "text/plain" : type }).end(readFileSync(file));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;

const playwright = await load("playwright-core");
const chromium = playwright.chromium ?? playwright.default.chromium;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function visit(path) {
  const page = await browser.newPage();
  const seen = [];
  page.on("console", (m) => m.type() === "error" && !/favicon/.test(m.location()?.url ?? "") && seen.push(m.text()));
  page.on("pageerror", (e) => seen.push(String(e)));
  await page.goto(base + path);
  try {
    await page.waitForFunction(() => globalThis.verdict !== undefined, null, { timeout: 30000 });
  } catch {
    throw new Error(`no verdict: ${seen}`);
  }
  same(await page.evaluate(() => globalThis.verdict), "all is well", seen.join("; "));
  await page.close();
}

const write = (path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

await test("without a bundler, by an import map", async () => {
  write("plain.html", html("page.mjs", '<script type="importmap">{"imports": {"wattle-wasm": "./node_modules/wattle-wasm/index.js"}}</script>'));
  await visit("/plain.html");
});
await test("from a server with a wrong MIME type", () => visit("/wrong/plain.html"));
await test("in a worker", async () => {
  write("worker.html", html("boss.mjs"));
  write("boss.mjs", `const w = new Worker("worker.mjs", { type: "module" }); w.onmessage = (e) => (globalThis.verdict = e.data); w.onerror = (e) => (globalThis.verdict = e.message);`);
  const page = readFileSync(entry, "utf8").replace('"wattle-wasm"', '"./node_modules/wattle-wasm/index.js"').replaceAll("(globalThis.verdict = ", "postMessage(");
  write("worker.mjs", page);
  await visit("/worker.html");
});

await test("webpack", async () => {
  const { default: webpack } = await load("webpack");
  const stats = await new Promise((done, fail) =>
    webpack({ mode: "production", context: folder, entry, output: { path: join(folder, "webpack"), filename: "main.js", publicPath: "auto", module: true }, experiments: { outputModule: true }, performance: { hints: false } },
      (error, result) => (error ? fail(error) : done(result))));
  holds(!stats.hasErrors() && !stats.hasWarnings(), stats.toString({ all: false, errors: true, warnings: true }));
  holds(Object.keys(stats.compilation.assets).some((a) => a.endsWith(".wasm")), "the module is an asset");
  write("webpack/index.html", html("main.js"));
  await visit("/webpack/index.html");
});

await test("Vite", async () => {
  const vite = await load("vite");
  write("vite-src/index.html", html("/main.js"));
  write("vite-src/main.js", 'import "../page.mjs";');
  await vite.build({ root: join(folder, "vite-src"), base: "./", logLevel: "error", build: { outDir: "../vite", emptyOutDir: true, target: "es2022" } });
  await visit("/vite/index.html");
});

// Rollup and esbuild leave `new URL(…, import.meta.url)` as it is: the module is copied beside.
const beside = (path) => copyFileSync(join(folder, "node_modules/wattle-wasm/wattle.wasm"), join(folder, path, "wattle.wasm"));
await test("Rollup", async () => {
  const { rollup } = await load("rollup");
  const resolve = { name: "resolve", resolveId: (id) => (id === "wattle-wasm" ? join(folder, "node_modules/wattle-wasm/index.js") : null) };
  const bundle = await rollup({ input: entry, plugins: [resolve], onwarn: (w) => { throw new Error(w.message); } });
  await bundle.write({ dir: join(folder, "rollup"), format: "es", entryFileNames: "main.js" });
  beside("rollup");
  write("rollup/index.html", html("main.js"));
  await visit("/rollup/index.html");
});

await test("esbuild", async () => {
  const esbuild = await load("esbuild");
  const { warnings } = await (esbuild.default ?? esbuild).build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outfile: join(folder, "esbuild/main.js"), logLevel: "silent" });
  same(warnings.map((w) => w.text), []);
  beside("esbuild");
  write("esbuild/index.html", html("main.js"));
  await visit("/esbuild/index.html");
});

await browser.close();
server.close();
process.exitCode = close();
