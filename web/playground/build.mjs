// The page, made by esbuild: node build.mjs MODULES MODULE.wasm OUT
// MODULES has node_modules of package-lock.json; OUT gets index.html with its files beside it, and
// offline.html, which has everything inside.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const [modules, module, out] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(modules, "package.json"));
const { default: esbuild } = await import(pathToFileURL(require.resolve("esbuild")).href);

// The engine stands beside the npm package's wrapper in what is built, not in the sources.
const beside = {
  name: "beside",
  setup(build) {
    build.onResolve({ filter: /^\.\/wattle\.js$/ }, () => ({ path: join(here, "../npm/wattle.js") }));
  },
};

async function bundle(name) {
  const result = await esbuild.build({
    entryPoints: [join(here, `${name}.js`)],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    nodePaths: [join(modules, "node_modules")],
    loader: { ".wat": "text", ".wast": "text" },
    plugins: [beside],
    write: false,
    logLevel: "warning",
  });
  if (result.warnings.length) process.exitCode = 1;
  return result.outputFiles[0].text;
}

const main = await bundle("main");
const worker = await bundle("worker");
const { code: style } = await esbuild.transform(readFileSync(join(here, "style.css"), "utf8"), { loader: "css", minify: true });
const wasm = readFileSync(module);
const html = readFileSync(join(here, "index.html"), "utf8");

mkdirSync(out, { recursive: true });
const files = { "index.html": html, "main.js": main, "worker.js": worker, "main.css": style };
for (const [name, text] of Object.entries(files)) writeFileSync(join(out, name), text);
if (join(out, "playground.wasm") !== module) writeFileSync(join(out, "playground.wasm"), wasm);

// In a script `<` of an end tag may be written with a backslash: the same string to JavaScript.
const script = (text) => text.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
const put = (text, mark, replacement) => {
  if (!text.includes(mark)) throw new Error(`index.html has no ${mark}`);
  return text.replace(mark, () => replacement);
};
let offline = put(html, '<link rel="stylesheet" href="main.css">', `<style>${style}</style>`);
offline = put(offline, '<script src="main.js" defer></script>', "");
offline = put(offline, "</body>",
  `<script type="text/plain" id="worker-script">${script(worker)}</script>\n` +
  `<script type="text/plain" id="worker-module">${deflateRawSync(wasm, { level: 9 }).toString("base64")}</script>\n` +
  `<script>${script(main)}</script>\n</body>`);
writeFileSync(join(out, "offline.html"), offline);
