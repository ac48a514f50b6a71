// Packages that `wattle pack` and projects that `wattle new` made, in headless Chromium:
// node packed.mjs FOLDER MODULES CHROMIUM WATTLE
// FOLDER has the packages in node_modules, and the project in life; MODULES is where the bundlers are.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { close, holds, same, test } from "./check.mjs";

const [folder, modules, executablePath, wattle] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const html = (src, head = "") => `<!doctype html><meta charset="utf-8"><title>packed</title>${head}<script type="module" src="${src}"></script>`;
const write = (path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

// What a page does with the packages: all of the first through its entry and through /init, and some of the others.
copyFileSync(new URL("../pack/all.mjs", import.meta.url), join(folder, "all.mjs"));
write("page.mjs", `
import * as api from "@me/all";
import { init, initSync, url } from "@me/all/init";
import { twice } from "glued";
import { Box, call } from "refs";
import { init as program } from "program/init";
import { init as reactor } from "reactor/init";
import { check } from "./all.mjs";
async function go() {
  const counts = [check(api), check(await init()), check(await init(fetch(url)))];
  const bytes = await (await fetch(url)).arrayBuffer();
  counts.push(check(initSync(bytes)), check(await init(new WebAssembly.Module(bytes))));
  const box = new Box(document.body);
  const lines = [], wasi = { args: ["x"], stdout: (line) => lines.push(line), stderr() {} };
  const code = (await program(undefined, { wasi })).start(), ready = (await reactor(undefined, { wasi })).hello("page");
  if (code !== 0 || ready !== 42 || lines.join() !== "1: x,time is well,Hello, page") return "wasi: " + [code, ready, lines];
  if (box.open() !== document.body || call((x) => x, 7) !== 7 || twice(21) !== 42) return "the others";
  return "all is well " + counts;
}
go().then((v) => (globalThis.verdict = v), (error) => (globalThis.verdict = String(error.stack ?? error)));
`);
const WELL = "all is well 67,67,67,67,67";

// The project's own server is what the pages come from.
const port = await new Promise((done) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});
const server = spawn(wattle, ["serve", folder, "--port", port, "--no-live"], { stdio: ["ignore", "ignore", "pipe"] });
await new Promise((done) => server.stderr.once("data", done));
const base = `http://localhost:${port}`;
const playwright = await load("playwright-core");
const chromium = playwright.chromium ?? playwright.default.chromium;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function open(path) {
  const page = await browser.newPage();
  page.wrong = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !/willReadFrequently/.test(m.text()) && !/favicon/.test(m.location()?.url ?? "") && page.wrong.push(m.text()));
  page.on("pageerror", (e) => page.wrong.push(String(e)));
  await page.goto(base + path);
  return page;
}

async function visit(path, expected = WELL) {
  const page = await open(path);
  try {
    await page.waitForFunction(() => globalThis.verdict !== undefined, null, { timeout: 30000 });
  } catch {
    throw new Error(`no verdict: ${page.wrong}`);
  }
  same(await page.evaluate(() => globalThis.verdict), expected, page.wrong.join("; "));
  same(page.wrong, []);
  await page.close();
}

const at = (name, file) => `/node_modules/${name}/${file}`;
await test("packed, without a bundler", async () => {
  const imports = { "@me/all": at("@me/all", "all.js"), "@me/all/init": at("@me/all", "init.js"), glued: at("glued", "glue_bg.js"), refs: at("refs", "module.js"), "program/init": at("program", "init.js"), "reactor/init": at("reactor", "init.js") };
  write("plain.html", html("page.mjs", `<script type="importmap">${JSON.stringify({ imports })}</script>`));
  await visit("/plain.html");
});

await test("packed, inline, from a file", async () => {
  write("inline.mjs", `import { greet, taken } from "./node_modules/@me/all/all.inline.js"; globalThis.verdict = greet("you") + taken();`);
  write("inline.html", html("inline.mjs"));
  await visit("/inline.html", "Hello, you0");
});

await test("packed, webpack", async () => {
  const { default: webpack } = await load("webpack");
  const stats = await new Promise((done, fail) =>
    webpack({ mode: "production", context: folder, entry: join(folder, "page.mjs"), output: { path: join(folder, "webpack"), filename: "main.js", publicPath: "auto", module: true }, experiments: { outputModule: true }, performance: { hints: false } },
      (error, result) => (error ? fail(error) : done(result))));
  holds(!stats.hasErrors() && !stats.hasWarnings(), stats.toString({ all: false, errors: true, warnings: true }));
  write("webpack/index.html", html("main.js"));
  await visit("/webpack/index.html");
});

await test("packed, Vite", async () => {
  const vite = await load("vite");
  write("vite-src/index.html", html("/main.js"));
  write("vite-src/main.js", 'import "../page.mjs";');
  await vite.build({ root: join(folder, "vite-src"), base: "./", logLevel: "error", build: { outDir: "../vite", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 } });
  await visit("/vite/index.html");
});

// Rollup and esbuild leave `new URL(…, import.meta.url)` as it is: the modules are copied beside.
const beside = (path) => {
  for (const name of ["@me/all", "glued", "refs", "program", "reactor"])
    for (const file of readdirSync(join(folder, "node_modules", name)).filter((f) => f.endsWith(".wasm")))
      copyFileSync(join(folder, "node_modules", name, file), join(folder, path, file));
};
// A package's entry by its exports, as browsers' bundlers choose.
const resolve = (id) => {
  const parts = id.split("/");
  const name = id.startsWith("@") ? parts.splice(0, 2).join("/") : parts.shift();
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
    return join(folder, "node_modules", name, manifest.exports[["." , ...parts].join("/")].default);
  } catch {
    return null;
  }
};
await test("packed, Rollup", async () => {
  const { rollup } = await load("rollup");
  const bundle = await rollup({ input: join(folder, "page.mjs"), plugins: [{ name: "resolve", resolveId: (id) => (/^[@\w]/.test(id) ? resolve(id) : null) }], onwarn: (w) => { throw new Error(w.message); } });
  await bundle.write({ dir: join(folder, "rollup"), format: "es", entryFileNames: "main.js" });
  beside("rollup");
  write("rollup/index.html", html("main.js"));
  await visit("/rollup/index.html");
});

await test("packed, esbuild", async () => {
  const esbuild = await load("esbuild");
  const { warnings } = await (esbuild.default ?? esbuild).build({ entryPoints: [join(folder, "page.mjs")], bundle: true, minify: true, format: "esm", outfile: join(folder, "esbuild/main.js"), logLevel: "silent" });
  same(warnings.map((w) => w.text), []);
  beside("esbuild");
  write("esbuild/index.html", html("main.js"));
  await visit("/esbuild/index.html");
});

await test("tree shaking: init alone brings no entry", async () => {
  const esbuild = await load("esbuild");
  write("lean.mjs", `import { url } from "@me/all/init"; console.log(url);`);
  const { outputFiles } = await (esbuild.default ?? esbuild).build({ entryPoints: [join(folder, "lean.mjs")], bundle: true, minify: true, format: "esm", write: false });
  holds(outputFiles[0].text.length < 400, `${outputFiles[0].text.length} bytes`);
});

// ---- the page of a new project ----
const alive = (page) => page.evaluate(async () => {
  const { cells } = await import("./pkg/life.js");
  return [...cells()].flatMap((c, i) => (c ? [i] : []));
});
const colour = (page, x, y) => page.evaluate(([x, y]) => [...document.getElementById("board").getContext("2d").getImageData(x, y, 1, 1).data], [x, y]);
await test("Life: pause, click, step, a glider that comes home", async () => {
  const page = await open("/life/index.html");
  await page.click("#pause");
  same(await page.textContent("#pause"), "Play");
  await page.evaluate(async () => {
    const { cells, toggle, width } = await import("./pkg/life.js");
    cells().fill(0);
    for (const [x, y] of [[1, 0], [2, 1], [0, 2], [1, 2], [2, 2]]) toggle(x, y);
  });
  const home = await alive(page);
  same(home.length, 5);
  const box = await page.locator("#board").boundingBox();
  await page.mouse.click(box.x + (40.5 / 64) * box.width, box.y + (20.5 / 64) * box.height);
  holds((await alive(page)).includes(20 * 64 + 40), "a click makes a cell live");
  same(await colour(page, 40, 20), [0x20, 0x40, 0x60, 0xff]);
  same(await colour(page, 50, 50), [0xf8, 0xf8, 0xf8, 0xff]);
  await page.click("#step");
  holds(!(await alive(page)).includes(20 * 64 + 40), "a single cell dies");
  same(await colour(page, 40, 20), [0xf8, 0xf8, 0xf8, 0xff]);
  await page.evaluate(async () => {
    const { tick, width } = await import("./pkg/life.js");
    for (let i = 1; i < 4 * width(); i++) tick();
  });
  same(await alive(page), home);
  await page.click("#pause");
  await page.waitForFunction((before) => import("./pkg/life.js").then(({ cells }) => String([...cells()].flatMap((c, i) => (c ? [i] : []))) !== before), String(home));
  same(page.wrong, []);
  const shots = process.env.WATTLE_SCREENSHOTS;
  if (shots) await page.screenshot({ path: join(shots, "life.png") });
  await page.close();
});

await browser.close();
server.kill();
process.exitCode = close();
