// wattle-loader: node loader.mjs FOLDER MODULES [CHROMIUM]
// FOLDER has it in node_modules, and src/program.wasm, a program for WASI; MODULES is where the bundlers are.
// Without CHROMIUM only node is tried.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
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
  clause: `(module (import "env" "one" (func $one (@bind "from \\"./extra.js\\" one () -> s32") (result i32)))
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
import { start } from "./program.wasm";
import { init as program } from "./program.wasm?init";
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
  const lines = [], files = {};
  const hello = await program(undefined, { wasi: { args: ["x"], files, stdout: (line) => lines.push(line), stderr() {} } });
  if (hello.start() === 0 && lines.join() === "1: x,time is well" && new TextDecoder().decode(files["out.txt"]) === "Written by program\\nmore\\n" && typeof start === "function") got.push(42);
  else got.push(lines.join());
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

const webpackOptions = (entry, out, options = {}) => ({
  mode: "production", context: folder, entry: join(folder, entry), performance: { hints: false }, target: ["web", "es2022"],
  output: { path: join(folder, out), filename: "main.js", publicPath: "auto" },
  resolveLoader: { modules: [join(folder, "node_modules")] },
  module: { rules: [{ test: /\.(wat|wasm)$/, type: "javascript/auto", use: { loader: "wattle-loader", options: { types: true, ...options } } }] },
});
const webpack = async (entry, out, more = {}, options = {}) => {
  const { default: run } = await load("webpack");
  return new Promise((done, fail) => run({ ...webpackOptions(entry, out, options), ...more }, (error, stats) => (error ? fail(error) : done(stats))));
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

// ---- source maps ----

write("src/mapped.wat", `(module
  (func $twice (export "twice") (param $x i32) (result i32)
    (i32.add
      (local.get $x) (; é😀 ;) (local.get $x)))
  (func $quiet)
  (func $thrice (export "thrice") (param i32) (result i32)
    local.get 0
    call $twice
    local.get 0
    i32.add)
)
`);
const OPCODES = { "i32.add": 0x6a, "local.get": 0x20, call: 0x10 };

/** The segments of a map's one line: [column, line, column of the source, name]. */
function decodeMap({ mappings, names }) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const state = [0, 0, 0, 0, 0];
  return mappings.split(",").map((segment) => {
    const fields = [];
    for (let i = 0; i < segment.length; ) {
      let v = 0;
      for (let shift = 0, more = true; more; shift += 5) {
        const digit = digits.indexOf(segment[i++]);
        v += (digit & 31) << shift;
        more = digit > 31;
      }
      fields.push(v & 1 ? -(v >> 1) : v >> 1);
    }
    fields.forEach((v, i) => (state[i] += v));
    return [state[0], state[2], state[3], fields.length > 4 ? names[state[4]] : undefined];
  });
}

/** Every segment of an instruction stands at its opcode, and every instruction has one. */
function checkMap(map, bytes) {
  const lines = readFileSync(join(folder, "src/mapped.wat"), "utf8").split("\n");
  same([map.version, map.sources.length, map.sources[0].endsWith("src/mapped.wat"), map.sourcesContent[0]], [3, 1, true, lines.join("\n")]);
  const seen = {};
  const named = [];
  for (const [at, line, column, name] of decodeMap(map)) {
    const word = /^[(]?[\w.]+/.exec(lines[line].slice(column))?.[0] ?? lines[line][column];
    if (name) named.push([name, line]);
    if (word in OPCODES) same(bytes[at], OPCODES[word], `${word} at ${line}:${column}`);
    else holds(word === "(func" || (word === ")" && bytes[at] === 0x0b), `${word} at ${line}:${column}`);
    seen[word] = (seen[word] ?? 0) + 1;
  }
  same(seen, { "(func": 3, "local.get": 4, "i32.add": 2, ")": 3, call: 1 });
  same(named, [["twice", 1], ["quiet", 4], ["thrice", 5]]);
}
const sectionOf = (bytes) => {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), "sourceMappingURL");
  const size = new Uint8Array(section)[0];
  return new TextDecoder().decode(section.slice(1 + (size < 128 ? 0 : 0))).slice(size < 128 ? 0 : 1);
};
const inlineMap = (bytes) => JSON.parse(Buffer.from(/base64,(.*)$/.exec(sectionOf(bytes))[1], "base64"));
const only = (path, ending) => {
  const found = readdirSync(join(folder, path)).filter((name) => name.endsWith(ending));
  same(found.length, 1, `${path}: ${found}`);
  return join(folder, path, found[0]);
};
write("src/mapped.js", 'import { thrice } from "./mapped.wat"; globalThis.verdict = thrice(14) === 42 ? "all is well" : "wrong";');

await test("loader, source map, webpack, and in Chromium", async () => {
  const stats = await webpack("src/mapped.js", "webpack-mapped", { mode: "development", devtool: "source-map" });
  holds(!stats.hasErrors() && !stats.hasWarnings(), stats.toString({ all: false, errors: true, warnings: true }));
  const [wasm, map] = [only("webpack-mapped", ".wasm"), only("webpack-mapped", ".wasm.map")];
  same(sectionOf(readFileSync(wasm)), map.split("/").pop());
  checkMap(JSON.parse(readFileSync(map, "utf8")), readFileSync(wasm));
  write("webpack-mapped/index.html", html("main.js"));
  if (browser === null) return;
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  const scripts = [];
  session.on("Debugger.scriptParsed", (script) => script.scriptLanguage === "WebAssembly" && scripts.push(script));
  await session.send("Debugger.enable");
  await page.goto(`${base}/webpack-mapped/index.html`);
  await page.waitForFunction(() => globalThis.verdict === "all is well");
  same(scripts.map((s) => [s.url.split("/").pop(), s.sourceMapURL]), [[wasm.split("/").pop(), map.split("/").pop()]]);
  await page.close();
});
await test("loader, source map, Rollup and esbuild", async () => {
  const { rollup } = await load("rollup");
  const bundle = await rollup({ input: join(folder, "src/mapped.js"), plugins: [(await own("rollup.js"))({ sourceMap: true })], onwarn: (w) => { throw new Error(w.message); } });
  await bundle.write({ dir: join(folder, "rollup-mapped"), format: "es" });
  const [wasm, map] = [only("rollup-mapped/assets", ".wasm"), only("rollup-mapped/assets", ".wasm.map")];
  same(sectionOf(readFileSync(wasm)), map.split("/").pop());
  checkMap(JSON.parse(readFileSync(map, "utf8")), readFileSync(wasm));
  const esbuild = await load("esbuild");
  const options = { bundle: true, format: "esm", target: "es2022", logLevel: "silent", plugins: [(await own("esbuild.js"))()], entryPoints: [join(folder, "src/mapped.js")] };
  await (esbuild.default ?? esbuild).build({ ...options, sourcemap: true, outfile: join(folder, "esbuild-mapped/main.js") });
  const bytes = readFileSync(only("esbuild-mapped", ".wasm"));
  checkMap(inlineMap(bytes), bytes);
  await (esbuild.default ?? esbuild).build({ ...options, outfile: join(folder, "esbuild-plain/main.js") });
  holds(!readFileSync(only("esbuild-plain", ".wasm")).includes("sourceMappingURL"), "none unless asked for");
});

// ---- hot reload ----

const counter = (step, more = "") => `(module (memory 1) (global $sum (mut i64) (i64.const 0)) ${more}
  (@bind "class Cell;")
  (func (export "cell") (@bind "as Cell.new(at: u32) -> Cell") (param i32) (result i32) (local.get 0))
  (func (export "value") (@bind "as Cell.value(self) -> u32") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "step") (result i32) (i32.const ${step}))
  (func (export "tick") (param i32) (result i32)
    (global.set $sum (i64.add (global.get $sum) (i64.const ${step})))
    (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const ${step})))
    (i32.add (i32.load (local.get 0)) (i32.mul (i32.const 1000) (i32.wrap_i64 (global.get $sum)))))
  (func (export "grow") (drop (memory.grow (i32.const 1)))))\n`;
write("src/hot/index.html", html("hot.js"));
write("src/hot/hot.js", `import { tick, grow, step, Cell } from "./counter.wat";
globalThis.cell = new Cell(70000);
globalThis.tick = (at) => tick(at);
globalThis.step = () => step();
globalThis.update = () => import.meta.webpackHot.check(true);
globalThis.grow = () => grow();
`);

/* The functions of a page change, and what they count in the second page of the memory stays. */
async function changes(page, edit) {
  const tick = (at) => page.evaluate((at) => globalThis.tick(at), at);
  const change = async (step, more) => {
    await edit(counter(step, more));
    await page.waitForFunction((step) => globalThis.step() === step, step, { timeout: 30000 });
  };
  await page.waitForFunction(() => globalThis.tick !== undefined);
  await page.evaluate(() => ((globalThis.same = true), globalThis.grow()));
  same([await tick(70000), await tick(70000)], [1001, 2002]);
  await change(10);
  same(await tick(70000), 12012);
  same(await page.evaluate(() => globalThis.cell.value()), 12, "objects live on");
  await change(20);
  same(await tick(70000), 32032);
  await change(100, `(data (i32.const 0) "new")`);
  same(await tick(7000), 100100, "another layout: from the start");
  same(await page.evaluate(() => globalThis.same), true, "without loading the page anew");
}
if (browser !== null) await test("loader, hot reload, Vite", async () => {
  const vite = await load("vite");
  write("src/hot/counter.wat", counter(1));
  const dev = await vite.createServer({ root: join(folder, "src/hot"), logLevel: "silent", plugins: [(await own("vite.js"))()], configFile: false, server: { host: "127.0.0.1", port: 0, fs: { strict: false } }, optimizeDeps: { noDiscovery: true }, cacheDir: join(folder, "vite-hot") });
  try {
    await dev.listen();
    const page = await browser.newPage();
    const connected = page.waitForEvent("console", (m) => m.text().includes("connected"));
    await page.goto(`http://127.0.0.1:${dev.httpServer.address().port}/`);
    await connected; // who is not there yet hears of no change
    const edit = async (text) => {
      await new Promise((done) => setTimeout(done, 300)); // its watcher misses what follows at once
      write("src/hot/counter.wat", text);
    };
    await changes(page, edit);
    await edit("(module\n  (func i32.adx))\n");
    const overlay = await page.waitForFunction(() => document.querySelector("vite-error-overlay")?.shadowRoot.querySelector(".window").textContent, null, { timeout: 30000 });
    const shown = await overlay.jsonValue();
    holds(shown.includes("counter.wat:2:8") && shown.includes("^^^^^^^"), shown.slice(0, 600));
    await page.close();
  } finally {
    await dev.close();
  }
});
if (browser !== null) await test("loader, hot reload, webpack", async () => {
  const { default: run } = await load("webpack");
  write("src/hot/counter.wat", counter(1));
  let built;
  let next = new Promise((done) => (built = done));
  const watching = run({ ...webpackOptions("src/hot/hot.js", "webpack-hot"), mode: "development", plugins: [new run.HotModuleReplacementPlugin()] }).watch({ aggregateTimeout: 20 }, (error, stats) => {
    const done = built;
    next = new Promise((later) => (built = later));
    done(error ?? (stats.hasErrors() ? stats.toString({ all: false, errors: true }) : null));
  });
  try {
    same(await next, null);
    write("webpack-hot/index.html", html("main.js"));
    const page = await browser.newPage();
    await page.goto(`${base}/webpack-hot/index.html`);
    await changes(page, async (text) => {
      const done = next;
      write("src/hot/counter.wat", text);
      same(await done, null);
      await page.evaluate(() => globalThis.update());
    });
    await page.close();
  } finally {
    await new Promise((done) => watching.close(done));
  }
});

// ---- features that the browsers of a project lack ----

await test("loader, browserslist", async () => {
  const rows = readFileSync(new URL("../../src/cli/engines.def", import.meta.url), "utf8").matchAll(/^ENGINE\("([^"]+)", (.*)\)$/gm);
  const table = JSON.parse(readFileSync(join(folder, "node_modules/wattle-loader/features.json"), "utf8"));
  for (const [, feature, since] of rows) {
    const { chrome, firefox, safari, node } = table[feature];
    same([chrome, firefox, safari, node], JSON.parse(`[${since.replaceAll("NULL", "null")}]`), feature);
  }
  const project = (name) => {
    write(`src/${name}/.browserslistrc`, "safari 17\nchrome 130\n");
    write(`src/${name}/gc.wat`, `(module\n  (type $s (struct (field i32)))\n  (func (export "f") (result i32) (struct.get $s 0 (struct.new $s (i32.const 42)))))\n`);
    write(`src/${name}/page.js`, 'import { f } from "./gc.wat"; import { f as g } from "../mvp.wat"; console.log(f(), g(1));');
    return `src/${name}/page.js`;
  };
  const { rollup } = await load("rollup");
  const warned = async (entry) => {
    const list = [];
    await rollup({ input: join(folder, entry), plugins: [(await own("rollup.js"))()], onwarn: (w) => list.push([w.message, w.loc?.line]) });
    return list;
  };
  same(await warned(project("without")), [], "without the package browserslist");
  symlinkSync(join(modules, "node_modules/browserslist"), join(folder, "node_modules/browserslist"));
  const [[message, line]] = await warned(project("old"));
  holds(line === 2 && message.includes("this uses gc, which is not in safari 17.0 of the project's browserslist"), message);
  const stats = await webpack(project("new"), "webpack-new");
  const texts = stats.compilation.warnings.map((w) => w.message);
  holds(texts.some((w) => w.includes("gc.wat:2:") && w.includes("this uses gc, which is not in safari 17.0")) && texts.every((w) => w.includes("gc.wat")), texts.join("\n"));
  holds(!(await webpack(project("new"), "webpack-off", {}, { browserslist: false })).hasWarnings(), "switched off");
});

await browser?.close();
server.close();
process.exitCode = close();
