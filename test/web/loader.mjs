// wattle-loader: node loader.mjs FOLDER MODULES [CHROMIUM]
// FOLDER has it in node_modules; MODULES is where the bundlers are. Without CHROMIUM only node is tried.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";

import { close, holds, same, test } from "./check.mjs";

const [folder, modules, executablePath] = process.argv.slice(2);
const write = (path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

// ---- modules: one for each thing that bundlers trip over ----

const SOURCES = {
  mvp: `(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))`,
  simd: `(module (func (export "f") (param i32) (result i32) (i32x4.extract_lane 3 (i32x4.add (i32x4.splat (local.get 0)) (v128.const i32x4 0 0 0 1)))))`,
  exceptions: `(module (tag $t (param i32)) (func (export "f") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $t $h) (throw $t (i32.add (local.get 0) (i32.const 1)))))))`,
  gc: `(module (type $s (struct (field (mut i32)))) (func (export "f") (param i32) (result i32)
    (i32.add (struct.get $s 0 (struct.new $s (local.get 0))) (i32.const 1))))`,
  memory64: `(module (memory i64 1) (func (export "f") (param i32) (result i32)
    (i32.store (i64.const 8) (local.get 0)) (i32.add (i32.load (i64.const 8)) (i32.const 1))))`,
  imports: `(module (import "./extra.js" "one" (func $one (result i32)))
    (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (call $one))))`,
  strings: `(module (@bind "alloc \\"alloc\\"; export f(text: string) -> u32;")
    (memory (export "memory") 1) (func (export "alloc") (param i32) (result i32) (i32.const 64))
    (func (export "f") (param i32 i32) (result i32) (i32.load8_u offset=0 (local.get 0))))`,
};
for (const [name, text] of Object.entries(SOURCES)) write(`src/${name}.wat`, text);
write("src/extra.js", "export const one = () => 1;\n");
write("src/given.wat", `(module (import "env" "one" (func $one (result i32))) (func (export "f") (result i32) (call $one)))`);
write("src/binary.wasm", Buffer.from("0061736d010000000105016000017f030201000705010166000" + "00a06010400412a0b", "hex"));
write("src/broken.wat", `(module\n  (func (export "f") (result i32)\n    i32.adx))\n`);

const names = Object.keys(SOURCES).filter((n) => n !== "strings");
const program = (only, end) => `
${only.map((n) => `import { f as ${n} } from "./${n}.wat";`).join("\n")}
import { f as strings } from "./strings.wat";
import { f as binary } from "./binary.wasm";
import { init } from "./given.wat";
import { initSync } from "./mvp.wat?init";
import { f as inline } from "./mvp.wat?inline";
import { f as sync } from "./mvp.wat?sync";
import url from "./mvp.wat?url";
import module from "./mvp.wat?module";
import raw from "./mvp.wat?raw";
async function go() {
  const got = [${only.map((n) => `${n}(41)`).join(", ")}, strings("*"), binary(), inline(41), sync(41)];
  const given = await init(undefined, { env: { one: () => 42 } });
  got.push(given.f(), new WebAssembly.Instance(module).exports.f(41), raw.startsWith("(module") ? 42 : 0);
  const bytes = await (await fetch(url)).arrayBuffer();
  got.push(initSync(bytes).f(41));
  return got.every((n) => n === 42) ? "all is well" : String(got);
}
${end}
`;
const verdict = "go().then((v) => (globalThis.verdict = v), (e) => (globalThis.verdict = String(e.stack ?? e)));";
write("src/page.js", program(names, verdict));

// ---- node ----

await test("loader, node 20", () => {
  write("src/node.mjs", program(["mvp", "simd", "imports"], "go().then(console.log);"));
  const done = spawnSync(process.execPath, ["--import", "wattle-loader/node", "src/node.mjs"], { cwd: folder, encoding: "utf8" });
  same(done.stdout, "all is well\n", done.stderr.slice(0, 800));
});
await test("loader, node, what is wrong", () => {
  write("src/broken.mjs", 'import "./broken.wat";');
  const done = spawnSync(process.execPath, ["--import", "wattle-loader/node", "src/broken.mjs"], { cwd: folder, encoding: "utf8" });
  holds(done.stderr.includes("broken.wat:3:5: ") && done.stderr.includes("i32.adx") && done.stderr.includes("^^^^^^^"), done.stderr.slice(0, 800));
});

// ---- bundlers ----

const require = createRequire(join(modules, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const own = async (name) => (await import(pathToFileURL(join(folder, "node_modules/wattle-loader", name)))).default;
const html = (src) => `<!doctype html><meta charset="utf-8"><title>loader</title><script type="module" src="${src}"></script>`;

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const server = createServer((request, response) => {
  const file = join(folder, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;
let browser = null;
if (executablePath) {
  const playwright = await load("playwright-core");
  browser = await (playwright.chromium ?? playwright.default.chromium).launch({ executablePath, args: ["--no-sandbox"] });
}

async function visit(address) {
  if (browser === null) return;
  const page = await browser.newPage();
  const seen = [];
  page.on("console", (m) => m.type() === "error" && !/favicon/.test(m.location()?.url ?? "") && seen.push(m.text()));
  page.on("pageerror", (e) => seen.push(String(e)));
  await page.goto(address);
  try {
    await page.waitForFunction(() => globalThis.verdict !== undefined, null, { timeout: 20000 });
  } catch {
    throw new Error(`no verdict: ${seen}`);
  }
  same(await page.evaluate(() => globalThis.verdict), "all is well", seen.join("; "));
  await page.close();
}

const webpack = async (entry, out) => {
  const { default: run } = await load("webpack");
  return new Promise((done, fail) =>
    run({
      mode: "production", context: folder, entry: join(folder, entry), performance: { hints: false }, target: ["web", "es2022"],
      output: { path: join(folder, out), filename: "main.js", publicPath: "auto" },
      resolveLoader: { modules: [join(folder, "node_modules")] },
      module: { rules: [{ test: /\.(wat|wasm)$/, type: "javascript/auto", use: { loader: "wattle-loader", options: { types: true } } }] },
    }, (error, stats) => (error ? fail(error) : done(stats))));
};
await test("loader, webpack", async () => {
  const stats = await webpack("src/page.js", "webpack");
  holds(!stats.hasErrors() && !stats.hasWarnings(), stats.toString({ all: false, errors: true, warnings: true }));
  write("webpack/index.html", html("main.js"));
  await visit(`${base}/webpack/index.html`);
});
await test("loader, webpack, what is wrong", async () => {
  write("src/broken.js", 'import "./broken.wat";');
  const text = (await webpack("src/broken.js", "webpack-broken")).toString({ all: false, errors: true });
  holds(text.includes("broken.wat:3:5") && text.includes("i32.adx"), text);
});
await test("loader, types are written", () => {
  const types = readFileSync(join(folder, "src/mvp.wat.d.ts"), "utf8");
  holds(types.includes("f(p0: number): number") && types.includes("export const f: Api['f'];"), types);
});

await test("loader, Vite", async () => {
  const vite = await load("vite");
  const wattle = await own("vite.js");
  write("vite-src/index.html", html("/main.js"));
  write("vite-src/main.js", 'import "../src/page.js";');
  const options = { root: join(folder, "vite-src"), base: "./", logLevel: "error", plugins: [wattle()], configFile: false };
  await vite.build({ ...options, build: { outDir: "../vite", emptyOutDir: true } });
  await visit(`${base}/vite/index.html`);
  const dev = await vite.createServer({ ...options, base: "/", server: { host: "127.0.0.1", port: 0, fs: { strict: false } }, optimizeDeps: { noDiscovery: true }, cacheDir: join(folder, "vite-cache") });
  try {
    await dev.listen();
    await visit(`http://127.0.0.1:${dev.httpServer.address().port}/`);
    // What its overlay shows.
    const problem = await dev.transformRequest("/../src/broken.wat").catch((e) => e);
    const direct = problem instanceof Error ? problem : await dev.pluginContainer.load(join(folder, "src/broken.wat")).catch((e) => e);
    same([direct.loc?.line, direct.loc?.column, direct.frame?.includes("i32.adx")], [3, 4, true], String(direct.stack).slice(0, 500));
  } finally {
    await dev.close();
  }
});

await test("loader, Rollup", async () => {
  const { rollup } = await load("rollup");
  const wattle = await own("rollup.js");
  const bundle = await rollup({ input: join(folder, "src/page.js"), plugins: [wattle()], onwarn: (w) => { throw new Error(w.message); } });
  await bundle.write({ dir: join(folder, "rollup"), format: "es", entryFileNames: "main.js" });
  write("rollup/index.html", html("main.js"));
  await visit(`${base}/rollup/index.html`);
  const problem = await rollup({ input: join(folder, "src/broken.js"), plugins: [wattle()] }).catch((e) => e);
  same([problem.loc?.line, problem.loc?.column, problem.frame?.includes("i32.adx")], [3, 4, true], String(problem));
});

await test("loader, esbuild", async () => {
  const esbuild = await load("esbuild");
  const wattle = await own("esbuild.js");
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "silent", plugins: [wattle()] };
  const build = (esbuild.default ?? esbuild).build;
  const { warnings } = await build({ ...options, entryPoints: [join(folder, "src/page.js")], outfile: join(folder, "esbuild/main.js") });
  same(warnings.map((w) => w.text), []);
  write("esbuild/index.html", html("main.js"));
  await visit(`${base}/esbuild/index.html`);
  const problem = await build({ ...options, entryPoints: [join(folder, "src/broken.js")], write: false }).catch((e) => e);
  const { location, text } = problem.errors[0];
  same([location.line, location.column, location.lineText, text.includes("i32.adx")], [3, 4, "    i32.adx))", true]);
});

await browser?.close();
server.close();
process.exitCode = close();
