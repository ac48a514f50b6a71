// How long the playground takes from a key to what it says of the text: node playground.mjs FOLDER MODULES CHROMIUM
// Keys are typed in the middle of texts of three sizes. Prints JSON: the median and the 95th percentile of
// the whole way (text to the worker, compiling, squiggles drawn), and those of compiling alone, in ms.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { text } from "./texts.mjs";

const [folder, modules, executablePath] = process.argv.slice(2);
const playwright = await import(pathToFileURL(createRequire(join(modules, "package.json")).resolve("playwright-core")));
const { chromium } = playwright.chromium ? playwright : playwright.default;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(pathToFileURL(join(folder, "offline.html")).href);

const settled = () =>
  page.waitForFunction(() => {
    const p = globalThis.playground;
    return p !== undefined && p.session.last?.revision === p.session.revision && !p.session.running && p.session.pending === null;
  }, null, { timeout: 60000 });
await settled();

const quantiles = (times) => {
  times.sort((a, b) => a - b);
  return [times[times.length >> 1], times[Math.floor(times.length * 0.95)]];
};
const results = [];
for (const [size, keys] of [[2_000, 200], [100_000, 200], [2_400_000, 60]]) {
  const whole = text(size);
  await page.evaluate((t) => {
    const { view } = globalThis.playground;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: t } });
  }, whole);
  await settled();
  await page.evaluate(() => {
    const { view } = globalThis.playground;
    const at = view.state.doc.toString().indexOf("i32.const -1", view.state.doc.length >> 1) + "i32.const -1".length;
    view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    view.focus();
    performance.clearMeasures();
  });
  const compiling = [];
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press(i % 2 ? "Backspace" : "7");
    await settled();
    compiling.push(await page.evaluate(() => globalThis.playground.session.last.ms));
    await page.waitForTimeout(20);
  }
  const whole_way = await page.evaluate(() => performance.getEntriesByName("keystroke").map((m) => m.duration));
  results.push({ text: whole.length, keys, way: quantiles(whole_way), compiling: quantiles(compiling) });
}
console.log(JSON.stringify(results));
await browser.close();
