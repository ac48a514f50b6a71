// The pages of the tutorial in headless Chromium: node page.mjs MODULES CHROMIUM SHOTS
// Reads a line of JSON for each visit, { name, url, picture }, and answers { wrong }: null, or what is
// not so. MODULES is where playwright-core is, SHOTS gets a picture of each page.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { holds, same } from "../web/check.mjs";

const [modules, executablePath, shots] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const playwright = await import(pathToFileURL(require.resolve("playwright-core")));
const chromium = playwright.chromium ?? playwright.default.chromium;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const GLIDER = [[1, 0], [2, 1], [0, 2], [1, 2], [2, 2]];
const ALIVE = [0x20, 0x40, 0x60, 0xff];
const DEAD = [0xf8, 0xf8, 0xf8, 0xff];
// The page's module again: an ES module exists once.
const life = (page, body, ...values) => page.evaluate(([text, given]) => import("./pkg/life.js").then((api) => new Function("api", "given", text)(api, given)), [body, values]);
const alive = (page) => life(page, "return [...api.cells()].flatMap((c, i) => (c ? [[i % api.width(), Math.floor(i / api.width())]] : []))");
const ticks = (page, n) => life(page, "for (let i = 0; i < given[0]; i++) api.tick()", n);
const glider = (page) => life(page, "api.cells().fill(0); for (const [x, y] of given[0]) api.toggle(x, y)", GLIDER);
const colour = (page, x, y) => page.evaluate(([x, y]) => [...document.getElementById("board").getContext("2d").getImageData(x, y, 1, 1).data], [x, y]);
const click = async (page, x, y) => {
  const box = await page.locator("#board").boundingBox();
  await page.mouse.click(box.x + ((x + 0.5) / 64) * box.width, box.y + ((y + 0.5) / 64) * box.height);
};
const sorted = (cells) => cells.map(String).sort();
// What the canvas shows is the board.
const painted = async (page) => {
  const wrong = await life(page, `
    const { data } = document.getElementById("board").getContext("2d").getImageData(0, 0, 64, 64);
    return [...api.cells()].findIndex((c, i) => data[4 * i] !== (c ? 0x20 : 0xf8));`);
  same(wrong, -1, "the first pixel that does not show its cell");
};

const checks = {
  async hello(page, { said }) {
    await page.fill("#name", "Zoë");
    await page.click("button");
    same(await page.textContent("#answer"), "Hello, Zoë!");
    holds(said.includes("Hello, console!"), `the console shows ${JSON.stringify(said)}`);
  },
  async text(page) {
    await page.waitForFunction(() => /#/.test(document.getElementById("board").textContent));
    const lines = (await page.textContent("#board")).trim().split("\n");
    same([lines.length, ...new Set(lines.map((l) => l.length))], [64, 64]);
    same(lines.join("").replaceAll(".", "").length, 5, "cells of a glider");
  },
  async canvas(page) {
    await page.click("#pause");
    const cells = await alive(page);
    holds(cells.length >= 12, `${cells.length} cells are alive`);
    await painted(page);
  },
  async interact(page) {
    // Pause holds.
    await page.click("#pause");
    same(await page.textContent("#pause"), "Play");
    const held = await alive(page);
    await page.waitForTimeout(150);
    same(await alive(page), held, "while it is paused");
    // A click toggles a cell, both ways, and one in the corner.
    await page.click("#clear");
    same(await alive(page), []);
    for (const at of [[40, 20], [63, 63], [0, 0]]) await click(page, ...at);
    same(sorted(await alive(page)), sorted([[40, 20], [63, 63], [0, 0]]));
    same(await colour(page, 40, 20), ALIVE);
    same(await colour(page, 41, 20), DEAD);
    await click(page, 40, 20);
    same(sorted(await alive(page)), sorted([[63, 63], [0, 0]]));
    same(await colour(page, 40, 20), DEAD);
    // A glider has its shape after 4 ticks, and is home after 256.
    await page.click("#clear");
    await glider(page);
    for (let i = 0; i < 4; i++) await page.click("#step");
    same(sorted(await alive(page)), sorted(GLIDER.map(([x, y]) => [x + 1, y + 1])));
    await painted(page);
    await ticks(page, 252);
    same(sorted(await alive(page)), sorted(GLIDER));
    // Ten ticks a frame: three frames, called from here.
    await page.fill("#speed", "10");
    await page.evaluate(() => {
      globalThis.real = requestAnimationFrame;
      globalThis.requestAnimationFrame = (next) => (globalThis.next = next);
    });
    await page.click("#pause");
    await page.evaluate(() => [1, 2].forEach(() => next(performance.now())));
    await page.click("#pause");
    const seen = sorted(await alive(page));
    await glider(page);
    await ticks(page, 30);
    same(seen, sorted(await alive(page)), "after three frames of ten ticks");
    await page.evaluate(() => (globalThis.requestAnimationFrame = globalThis.real));
    await page.click("#random");
    const count = (await alive(page)).length;
    holds(count > 800 && count < 1250, `random: ${count} cells`);
    await painted(page);
    await page.fill("#speed", "1");
    await page.click("#pause");
    await page.waitForTimeout(300);
    await page.click("#pause");
  },
  async debug(page, { said }) {
    await page.waitForFunction(() => globalThis.problem);
    const stack = await page.evaluate(() => globalThis.problem.stack);
    holds(/RuntimeError: (divide by zero|unreachable)/.test(stack) && /\bdensity \(.*debug\.wasm.*:0x[0-9a-f]+\)/.test(stack), stack);
  },
  async measure(page) {
    await page.waitForFunction(() => /^[1-9]\d* frames a second$/.test(document.getElementById("fps").value));
    const seen = await page.evaluate(() => performance.getEntriesByName("ticks").length);
    holds(seen >= 10, `${seen} measures`);
  },
  async site(page) {
    await page.waitForFunction(() => document.querySelector("pre").textContent.includes("#"));
    const lines = (await page.textContent("pre")).trim().split("\n");
    same([lines.length, lines[0].slice(0, 8), lines[2].slice(0, 8)], [64, ".#......", "###....."]);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, url, picture } = JSON.parse(line);
  let wrong = null;
  const page = await browser.newPage({ viewport: { width: 700, height: 760 } });
  page.setDefaultTimeout(20000);
  const said = [];
  const problems = [];
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type())) {
      if (!/willReadFrequently/.test(m.text()) && !/favicon/.test(m.location()?.url ?? "")) problems.push(m.text());
    } else said.push(m.text());
  });
  page.on("pageerror", (e) => problems.push(String(e)));
  try {
    await page.goto(url);
    await checks[name](page, { said });
    same(problems, []);
  } catch (error) {
    wrong = `${error.stack ?? error}\n${problems.join("\n")}`.slice(0, 3000);
  }
  await page.screenshot({ path: join(shots, `${picture}.png`) });
  await page.close();
  console.log(JSON.stringify({ wrong }));
}
await browser.close();
