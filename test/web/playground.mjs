// The playground in headless Chromium: node playground.mjs FOLDER MODULES CHROMIUM WATTLE SHOTS [WORDS]
// FOLDER is what is built (build/web/playground), MODULES has playwright-core, WATTLE is the native command,
// pictures go to the folder SHOTS. WORDS: only the tests that have these in their names.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { close, holds, same, test as every } from "./check.mjs";

const [folder, modules, executablePath, wattle, shots, only = ""] = process.argv.slice(2);
const test = (name, body) => (name.includes(only) ? every(name, body) : undefined);
const require = createRequire(join(modules, "package.json"));
const playwright = await import(pathToFileURL(require.resolve("playwright-core")));
const { chromium } = playwright.chromium ? playwright : playwright.default;
const temporary = mkdtempSync(join(tmpdir(), "playground-"));
mkdirSync(shots, { recursive: true });

// ---- the command serves it ----
const port = await new Promise((done) => {
  const s = createServer().listen(0, "127.0.0.1", () => {
    const { port } = s.address();
    s.close(() => done(port));
  });
});
const server = spawn(wattle, ["playground", folder, "--port", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
const greeting = await new Promise((done) => server.stderr.once("data", (d) => done(String(d))));
const base = `http://localhost:${port}/`;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const elsewhere = [];
/** A page of its own, with nothing kept; it must stay without errors. */
async function open({ url = base, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.wrong.push(m.text()));
  page.on("pageerror", (e) => page.wrong.push(String(e)));
  page.on("request", (r) => {
    if (!r.url().startsWith(base) && !/^(blob|data|file):/.test(r.url())) elsewhere.push(r.url());
  });
  await page.goto(url);
  await settled(page);
  return page;
}
async function done(page) {
  same(page.wrong, [], "the console");
  await page.context().close();
}
/** When the engine has said something of the text that is there now. */
const settled = (page) =>
  page.waitForFunction(() => {
    const p = globalThis.playground;
    return p !== undefined && p.session.last?.revision === p.session.revision && !p.session.running && p.session.pending === null;
  }, null, { timeout: 20000 });
const setText = async (page, text) => {
  await page.evaluate((t) => {
    const { view } = globalThis.playground;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: t }, selection: { anchor: 0 } });
  }, text);
  await settled(page);
};
const getText = (page) => page.evaluate(() => globalThis.playground.view.state.doc.toString());
const getBytes = (page) => page.evaluate(() => (globalThis.playground.bytes === null ? null : [...globalThis.playground.bytes]));
/** Puts the cursor before (or `by` behind the start of) the first place of a text. */
const goTo = (page, what, by = 0) =>
  page.evaluate(([w, n]) => {
    const { view } = globalThis.playground;
    view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf(w) + n }, scrollIntoView: true });
    view.focus();
  }, [what, by]);
const example = async (page, name) => {
  await page.selectOption("#examples", name);
  await settled(page);
};
const tab = (page, name) => page.click(`#tab-${name}`);
/** The text that has a mark, which colours cut in pieces. */
const marked = async (page, name) => (await page.locator(`.${name}`).allTextContents()).join("");
const native = (text, words = []) => {
  const made = spawnSync(wattle, ["wat2wasm", "-", "-o", "-", ...words], { input: text });
  return made.status === 0 ? [...made.stdout] : null;
};
const answer = async (page, name) => {
  const form = page.locator(`form[data-export="${name}"]`);
  await form.locator("button.run").click();
  await form.locator(".result").first().waitFor({ timeout: 20000 });
  return form.locator(".result output").allTextContents();
};
const picture = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });
const ADD = '(module (func $add (export "add") (param $a i32) (param $b i32) (result i32)\n  local.get $a\n  local.get $b\n  i32.add))\n';

// ---- what is built ----

await test("the command says where it is", async () => same(greeting, `wattle playground: the playground is at http://localhost:${port}/ (Ctrl-C ends it)\n`));
await test("its size", async () => {
  const sizes = ["index.html", "main.css", "main.js", "worker.js", "playground.wasm"].map((f) => gzipSync(readFileSync(join(folder, f)), { level: 9 }).length);
  const total = sizes.reduce((a, b) => a + b);
  const one = gzipSync(readFileSync(join(folder, "offline.html")), { level: 9 }).length;
  console.log(`the page: ${total} bytes with gzip (${sizes.join(" + ")}); as one file ${one}`);
  holds(total <= 500_000 && one <= 500_000, `${total} and ${one} <= 500000`);
});
await test("the command writes it as one file", async () => {
  const path = join(temporary, "one.html");
  execFileSync(wattle, ["playground", folder, "-o", path]);
  same(readFileSync(path, "utf8") === readFileSync(join(folder, "offline.html"), "utf8"), true);
});

// ---- text, diagnostics, bytes ----

await test("the first page", async () => {
  const page = await open();
  await page.waitForSelector(".verdict.good");
  same(await page.inputValue("#examples"), "factorial");
  same(await getBytes(page), native(await getText(page)), "bytes");
  await picture(page, "light");
  await done(page);
});
await test("errors: span, text, list, live region", async () => {
  const page = await open();
  await setText(page, `${ADD.slice(0, -2)}\n(func (result i32)\n  i64.const 1)\n(func local.get $x))`.replace("local.get $b", "local.get $c"));
  await page.waitForSelector(".cm-lintRange-error");
  await picture(page, "errors");
  const lines = await page.locator("#problems li").allTextContents();
  same(lines.length, 3, "all of them");
  holds(/^3:13unknown local \$c/.test(lines[0]), lines[0]);
  holds(/type mismatch/.test(lines[1]) && /unknown local \$x/.test(lines[2]), lines.join("; "));
  holds((await page.locator(".cm-lintRange-error").allTextContents()).includes("$c"), "squiggles");
  same(await page.textContent("#verdict"), "3 errors");
  await page.waitForFunction(() => /^3 errors\. Line 3: unknown local/.test(document.getElementById("live").textContent));
  await page.click("#problems li button");
  same(await page.evaluate(() => globalThis.playground.view.state.selection.main.from), (await getText(page)).indexOf("$c"), "the list goes there");
  same(await getBytes(page), null, "no bytes");
  await done(page);
});
await test("a fix", async () => {
  const page = await open();
  await setText(page, ADD.replace("i32.add", "i32.ad"));
  await goTo(page, "i32.ad", 2);
  await page.hover(".cm-lintRange-error");
  await page.click(".cm-diagnosticAction");
  await settled(page);
  same(await getText(page), ADD, "mended");
  await page.waitForSelector(".verdict.good");
  await done(page);
});
await test("typing", async () => {
  const page = await open();
  await setText(page, "");
  await page.click(".cm-content");
  await page.keyboard.type('(module (func (export "f") (result i32) i32.const 42))', { delay: 4 });
  await settled(page);
  // Brackets and quotes that were closed by themselves are typed over.
  same(await getBytes(page), native('(module (func (export "f") (result i32) i32.const 42))'), "bytes");
  await done(page);
});
await test("hex: rows, letters, keys", async () => {
  const page = await open();
  await setText(page, '(module (memory 1) (data (i32.const 0) "wattle and daub"))');
  await tab(page, "bytes");
  await page.waitForSelector("#pane-bytes .hex-row");
  const shown = (await page.locator("#pane-bytes .hex-bytes span").allTextContents()).map((t) => parseInt(t, 16));
  same(shown, await getBytes(page), "bytes");
  holds((await page.locator("#pane-bytes .hex-letters").allTextContents()).join("").includes("wattle and daub"), "letters");
  await page.focus("#pane-bytes .hex");
  await page.keyboard.press("End");
  same(await page.evaluate(() => document.querySelector("#pane-bytes .hex").getAttribute("aria-activedescendant").split("-")[1]), String(shown.length - 1), "End");
  await done(page);
});
await test("hex: only what is in view exists", async () => {
  const page = await open();
  await setText(page, `(module (memory 100) (data (i32.const 0) "${"0123456789abcdef".repeat(60000)}"))`);
  await tab(page, "bytes");
  await page.waitForSelector("#pane-bytes .hex-row");
  holds((await page.locator("#pane-bytes .hex-row").count()) < 80, "few rows");
  await page.focus("#pane-bytes .hex");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector("#pane-bytes .hex .cursor") !== null);
  const last = await page.locator("#pane-bytes .hex .cursor").first().textContent();
  same(parseInt(last, 16), (await getBytes(page)).at(-1), "the last byte");
  await done(page);
});

/** Numbers that are the same in every run. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
await test("after 1,000 random edits the bytes are those of the command", async () => {
  const page = await open();
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const kept = [];
  const names = ["stack", "locals", "control", "memory", "tables", "simd", "list", "exceptions", "tailcall", "life"];
  let text = "";
  let good = null;
  for (let i = 0; i < 1000; i++) {
    if (i % 100 === 0) {
      await example(page, names[i / 100]);
      text = good = await getText(page);
    }
    let change;
    const numbers = [...text.matchAll(/(?<=const )-?\d+/g)];
    const operations = [...text.matchAll(/i32\.(add|sub|mul|and|or|xor)\b/g)];
    const blanks = [...text.matchAll(/[ \n]/g)];
    const kind = next();
    if (text !== good) change = null; // back to what was right
    else if (kind < 0.3 && numbers.length) {
      const n = pick(numbers);
      change = { from: n.index, to: n.index + n[0].length, insert: String(Math.floor(next() * 100)) };
    } else if (kind < 0.5 && operations.length) {
      const n = pick(operations);
      change = { from: n.index, to: n.index + n[0].length, insert: `i32.${pick(["add", "sub", "mul", "and", "or", "xor", "rotl"])}` };
    } else if (kind < 0.7) {
      const at = pick(blanks).index;
      change = { from: at, to: at, insert: pick([" ", "\n", " (; ü ;) ", "\n;; 𝕨\n", "  "]) };
    } else {
      const at = Math.floor(next() * text.length);
      change = kind < 0.85 ? { from: at, to: Math.min(text.length, at + 1 + Math.floor(next() * 4)), insert: "" }
        : { from: at, to: at, insert: pick(["(", ")", "nop", '"', "$x", "i32.const 1", "0x", "drop", " nop ", ";;"]) };
    }
    // As an editor changes it; the text that it must be is made here.
    const after = change === null ? good : text.slice(0, change.from) + change.insert + text.slice(change.to);
    await page.evaluate(([c, whole]) => {
      const { view } = globalThis.playground;
      view.dispatch({ changes: c ?? { from: 0, to: view.state.doc.length, insert: whole } });
    }, [change, after]);
    text = after;
    if (i % 7 !== 0) await settled(page); // sometimes faster than the worker
    else {
      await page.evaluate(() => globalThis.playground.view.dispatch({ changes: { from: 0, insert: " " } }));
      text = ` ${text}`;
      await settled(page);
    }
    const bytes = await page.evaluate(() => {
      const b = globalThis.playground.bytes;
      return b === null ? null : btoa(String.fromCharCode(...b));
    });
    if (bytes !== null) good = text;
    kept.push({ text, bytes });
  }
  same(await getText(page), text, "the text");
  kept.forEach(({ text: t }, i) => writeFileSync(join(temporary, `e${i}.wat`), t));
  spawnSync(wattle, ["wat2wasm", ...kept.map((_, i) => join(temporary, `e${i}.wat`))], { stdio: "ignore", cwd: temporary });
  let valid = 0;
  kept.forEach(({ bytes, text: t }, i) => {
    let expected = null;
    try {
      expected = readFileSync(join(temporary, `e${i}.wasm`)).toString("base64");
    } catch {}
    if (bytes !== expected) {
      writeFileSync(join(shots, "edit.wat"), t);
      throw new Error(`edit ${i}: ${bytes?.length} and ${expected?.length}, see edit.wat among the pictures`);
    }
    if (bytes !== null) valid++;
  });
  holds(valid > 500 && valid < 990, `${valid} of 1000 are valid`);
  await done(page);
});

// ---- what the engine knows of a place ----

await test("colours by the lexer", async () => {
  const page = await open();
  await page.waitForSelector(".t-instruction");
  const texts = (kind) => page.locator(`.cm-line .t-${kind}`).allTextContents();
  holds((await texts("instruction")).includes("i64.mul") && (await texts("identifier")).includes("$fac") && (await texts("string")).includes('"fac"'), "kinds");
  holds((await texts("comment")).length > 0 && (await texts("type")).includes("i64") && (await texts("number")).includes("2"), "more kinds");
  await done(page);
});
await test("operand stacks behind lines, and without", async () => {
  const page = await open();
  await setText(page, ADD);
  await page.waitForFunction(() => document.querySelectorAll(".stack-hint").length === 3);
  same(await page.locator(".stack-hint").allTextContents(), ["i32", "i32 i32", "i32"]);
  await page.uncheck("#stacks");
  await page.waitForFunction(() => document.querySelectorAll(".stack-hint").length === 0);
  await done(page);
});
await test("hover documentation", async () => {
  const page = await open();
  await setText(page, ADD.replace("i32.add", "i32.div_s"));
  const word = page.locator(".t-instruction", { hasText: "i32.div_s" });
  await word.hover();
  await page.waitForSelector(".hover-card");
  const card = await page.textContent(".hover-card");
  for (const part of ["i32.div_s", "6D", "[i32 i32] -> [i32]", "divide by zero"]) holds(card.toLowerCase().includes(part.toLowerCase()), `${part} in ${card}`);
  await picture(page, "hover");
  await done(page);
});
await test("completion: what fits comes first", async () => {
  const page = await open();
  await setText(page, ADD.replace("i32.add", "i32.a"));
  await goTo(page, "i32.a", 5);
  await page.keyboard.press("Control+Space");
  await page.waitForSelector(".cm-tooltip-autocomplete li");
  const first = await page.locator(".cm-tooltip-autocomplete li .cm-completionLabel").allTextContents();
  holds(first.slice(0, 2).includes("i32.add"), first.slice(0, 5).join());
  await picture(page, "completion");
  await page.waitForTimeout(100); // a list that is new takes no key for a moment
  await page.locator(".cm-tooltip-autocomplete li", { hasText: "i32.add" }).first().click();
  await settled(page);
  same(await getText(page), ADD);
  await done(page);
});
await test("rename, definition", async () => {
  const page = await open();
  await goTo(page, "call $fac", 6);
  await page.keyboard.press("F12");
  await page.waitForFunction(() => { const { view } = globalThis.playground; return view.state.sliceDoc(view.state.selection.main.from - 6, view.state.selection.main.to).startsWith("(func "); });
  await page.keyboard.press("F2");
  await page.fill(".cm-dialog input", "$factorial");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.playground.view.state.doc.toString().includes("call $factorial"));
  await settled(page);
  same(((await getText(page)).match(/\$factorial\b/g) ?? []).length, 2, "both places");
  same(await page.getAttribute("#verdict", "class"), "verdict good");
  await page.keyboard.press("Control+z");
  await settled(page);
  holds(!(await getText(page)).includes("$factorial"), "one undo takes it back");
  await done(page);
});
await test("format", async () => {
  const page = await open();
  await setText(page, "(module(func(export \"f\")(result i32);;c\n(i32.add(i32.const 1)(i32.const 2))))");
  const before = await getBytes(page);
  await page.click("#format");
  await page.waitForFunction(() => globalThis.playground.view.state.doc.lines > 2);
  await settled(page);
  same(await getBytes(page), before, "the same bytes");
  holds((await getText(page)).includes(";;c") || (await getText(page)).includes(";; c"), "the comment");
  await done(page);
});
await test("folding", async () => {
  const page = await open();
  await page.waitForSelector(".cm-foldGutter span[title='Fold']");
  await page.locator(".cm-foldGutter span[title='Fold']").first().click();
  await page.waitForSelector(".cm-foldPlaceholder");
  same(await page.evaluate(() => document.querySelectorAll(".cm-line").length < 8), true);
  await done(page);
});
await test("text and bytes show each other", async () => {
  const page = await open();
  await setText(page, ADD);
  await tab(page, "bytes");
  await goTo(page, "i32.add", 2);
  await page.waitForSelector(".byte-here");
  same(await page.locator(".hex-bytes .byte-here").allTextContents(), ["6a"], "the instruction at the cursor");
  const at = (await getBytes(page)).indexOf(0x6a);
  await page.hover(`.hex-bytes [data-at="${at - 1}"]`);
  await page.waitForSelector(".from-byte");
  same(await marked(page, "from-byte"), "local.get $b", "the text of a byte");
  const info = await page.textContent(".byte-info");
  for (const part of ["code", "$add", "local", "1"]) holds(info.includes(part), `${part} in ${info}`);
  await page.click(`.hex-bytes [data-at="${at}"]`);
  await page.waitForFunction(() => { const { view } = globalThis.playground; return view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to) === "i32.add"; });
  same(await faint(page), [], "colours");
  await picture(page, "bytes-text");
  await done(page);
});

// ---- running ----

await test("the form of an export, in both engines", async () => {
  const page = await open();
  same(await answer(page, "fac"), ["3628800"]);
  holds(/Wattle .*browser /.test(await page.locator(".times").first().textContent()), "both times");
  await page.fill('form[data-export="fac"] input', "25");
  same(await answer(page, "fac"), ["7034535277573963776"]);
  await picture(page, "run");
  await done(page);
});
await test("values of all kinds", async () => {
  const page = await open();
  await setText(page, `(module
    (func (export "i64") (param i64) (result i64) (local.get 0))
    (func (export "f32") (param f32) (result f32) (local.get 0))
    (func (export "f64") (param f64) (result f64) (f64.neg (local.get 0)))
    (func (export "two") (result i32 i64) (i32.const -1) (i64.const -1))
    (func (export "none")))`);
  await page.waitForSelector('form[data-export="none"]');
  await page.fill('form[data-export="i64"] input', "-9223372036854775808");
  same(await answer(page, "i64"), ["-9223372036854775808"]);
  await page.fill('form[data-export="f32"] input', "0.1");
  same(await answer(page, "f32"), ["0.1"]);
  await page.fill('form[data-export="f64"] input', "inf");
  same(await answer(page, "f64"), ["-Infinity"]);
  same(await answer(page, "two"), ["-1  -1"]);
  same(await answer(page, "none"), ["done"]);
  await done(page);
});
await test("a call that never ends is stopped", async () => {
  const page = await open();
  await setText(page, '(module (func (export "f") (loop (br 0))))');
  await page.selectOption("#pane-run select", "browser");
  await page.click('form[data-export="f"] button.run');
  await page.click("#pane-run button.stop");
  await page.waitForSelector(".answer .bad");
  await setText(page, ADD);
  await page.waitForSelector('form[data-export="add"]');
  same(await answer(page, "add"), ["0"], "the next call");
  await done(page);
});
await test("imports are made up, and say how they were called", async () => {
  const page = await open();
  await setText(page, '(module (import "a" "b" (func $f (param i32 f64))) (import "a" "m" (memory 1)) (func (export "f") (call $f (i32.const 7) (f64.const 0.5))))');
  await page.waitForSelector('form[data-export="f"]');
  await page.selectOption("#pane-run select", "browser");
  same(await answer(page, "f"), ["done"]);
  same(await page.locator("#pane-run .console").textContent(), "a.b(7, 0.5)\n");
  await done(page);
});
await test("a program with WASI: input, arguments, files", async () => {
  const page = await open();
  await example(page, "wasi");
  for (const engine of ["wattle", "browser"]) {
    await page.selectOption("#pane-run select", engine);
    await page.click(".program button.run");
    await page.waitForFunction(() => document.querySelector("#pane-run .console")?.textContent.includes("exit code"));
    const text = await page.locator("#pane-run .console").textContent();
    holds(text.startsWith("Hello, Ada!\nHello, Grace!\nHello, Barbara!\nexit code 0"), text);
  }
  await picture(page, "wasi");
  await done(page);
});
await test("the JavaScript cell", async () => {
  const page = await open();
  await example(page, "javascript");
  await page.click("#pane-javascript button.run");
  await page.waitForSelector("#pane-javascript .value");
  // A hundred darts, ten thousand, a million: within seven standard deviations of pi.
  const shown = await page.locator("#pane-javascript .console").textContent();
  [1.15, 0.115, 0.0115].forEach((off, i) => holds(Math.abs(Number(shown.split("\n")[i]) - Math.PI) < off, shown));
  await page.fill("#pane-javascript textarea", "throw new TypeError('so')");
  await page.press("#pane-javascript textarea", "Control+Enter");
  await page.waitForSelector("#pane-javascript .stderr");
  same(await page.locator("#pane-javascript .stderr").textContent(), "TypeError: so\n");
  await done(page);
});
const cells = (page) => page.evaluate(() => {
  const c = document.querySelector("#pane-canvas canvas");
  const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
  const found = [];
  for (let i = 0; i < data.length; i += 4) if (data[i] < 100) found.push([(i / 4) % c.width, Math.floor(i / 4 / c.width)]);
  return found;
});
await test("the canvas: Life moves, a click sets a cell", async () => {
  const page = await open();
  await example(page, "life");
  await page.waitForFunction(() => /a frame/.test(document.querySelector("#pane-canvas .pane-bar").textContent));
  same((await cells(page)).length, 10, "the first cells");
  const glider = (list) => list.filter(([x, y]) => x < 20 && y < 20).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  same(glider(await cells(page)), [[5, 4], [6, 5], [4, 6], [5, 6], [6, 6]]);
  for (let i = 0; i < 4; i++) {
    await page.click("#pane-canvas button:text('Step')");
    await page.waitForTimeout(120);
  }
  same(glider(await cells(page)), [[6, 5], [7, 6], [5, 7], [6, 7], [7, 7]], "four ticks move a glider by one");
  const box = await page.locator("#pane-canvas canvas").boundingBox();
  await page.mouse.click(box.x + (90.5 / 96) * box.width, box.y + (60.5 / 64) * box.height);
  await page.waitForTimeout(200);
  holds((await cells(page)).some(([x, y]) => x === 90 && y === 60), "the clicked cell");
  await page.click("#pane-canvas button.run");
  await page.waitForTimeout(900);
  await page.click("#pane-canvas button.run");
  await picture(page, "canvas");
  await done(page);
});
await test("the canvas in colours", async () => {
  const page = await open();
  await example(page, "plasma");
  await page.click("#pane-canvas button:text('Step')");
  await page.waitForFunction(() => {
    const c = document.querySelector("#pane-canvas canvas");
    return c.width === 200 && c.getContext("2d").getImageData(100, 70, 1, 1).data[3] === 255;
  });
  await done(page);
});

// ---- step by step ----

const debugState = (page) => page.textContent(".debug-status");
const press = async (page, step) => {
  const before = await page.evaluate(() => globalThis.playground.steps);
  await page.click(`[data-step="${step}"]`);
  await page.waitForFunction((b) => globalThis.playground.steps > b, before);
};
const rows = (page, label) => page.locator(`table[aria-label="${label}"] tr`).evaluateAll((list) => list.map((r) => [...r.children].map((c) => c.textContent).join(" ")));
const operands = (page) => page.locator("ul[aria-label=Operands] li").allTextContents();
async function debug(page, name, values) {
  await tab(page, "debug");
  await page.waitForFunction((n) => [...document.querySelectorAll("#pane-debug select[aria-label='Function to debug'] option")].some((o) => o.textContent === n), name);
  await page.selectOption("#pane-debug select[aria-label='Function to debug']", { label: name });
  for (const [i, v] of values.entries()) await page.fill(`#pane-debug .values input:nth-child(${i + 1})`, v);
  const before = await page.evaluate(() => globalThis.playground.steps);
  await page.click("#pane-debug button.run");
  await page.waitForFunction((b) => globalThis.playground.steps > b, before);
}
await test("the debugger: in, over, out, back", async () => {
  const page = await open({ colorScheme: "dark" });
  await debug(page, "fac", ["3"]);
  same(await rows(page, "Locals"), ["$n i64 3"], "locals");
  same(await operands(page), ["none"]);
  await press(page, "stepIn");
  same(await operands(page), ["i64 3"], "local.get");
  same(await marked(page, "debug-at"), "i64.const 2", "the next instruction");
  await press(page, "stepBack");
  same(await operands(page), ["none"], "back");
  same(await marked(page, "debug-at"), "local.get $n");
  // Over the recursive call: after it the result is on the stack.
  for (let i = 0; i < 8; i++) await press(page, "stepIn");
  same(await marked(page, "debug-at"), "call $fac");
  await press(page, "stepOver");
  same(await operands(page), ["i64 2", "i64 3"], "over a call");
  await press(page, "stepBack");
  same((await page.locator(".frames button").allTextContents()).length, 2, "one back is the end of the callee");
  await press(page, "start");
  for (let i = 0; i < 8; i++) await press(page, "stepIn");
  await press(page, "stepIn");
  same(await page.locator(".frames button").allTextContents(), ["$fac", "$fac"], "in");
  same(await rows(page, "Locals"), ["$n i64 2"]);
  await page.click(".frames li:nth-child(2) button");
  same(await rows(page, "Locals"), ["$n i64 3"], "the frame of the caller");
  await press(page, "stepOut");
  same(await operands(page), ["i64 2", "i64 3"], "out");
  same(await faint(page), [], "colours");
  await picture(page, "debug");
  await press(page, "run");
  holds(/ended, result 6$/.test(await debugState(page)), await debugState(page));
  await press(page, "runBack");
  holds(/^step 0,/.test(await debugState(page)), await debugState(page));
  await done(page);
});
await test("the debugger: breakpoints, both ways", async () => {
  const page = await open();
  await goTo(page, "i64.const 1))\n");
  await page.keyboard.press("F9");
  same(await page.locator(".breakpoint").count() >= 1, true, "a mark");
  await debug(page, "fac", ["4"]);
  await press(page, "run");
  same(await marked(page, "debug-at"), "i64.const 1");
  same((await page.locator(".frames button").allTextContents()).length, 4, "four calls");
  await press(page, "run");
  holds(/result 24$/.test(await debugState(page)), await debugState(page));
  await press(page, "runBack");
  same(await marked(page, "debug-at"), "i64.const 1", "backwards to it");
  await page.evaluate(() => globalThis.playground.view.focus());
  await page.keyboard.press("F6");
  await page.waitForFunction(() => /result 24$/.test(document.querySelector(".debug-status").textContent));
  await done(page);
});
await test("the debugger: memory, what changed, the time line", async () => {
  const page = await open();
  await example(page, "memory");
  await goTo(page, "(local.set $i (i32.add");
  await page.keyboard.press("F9");
  await debug(page, "squares", ["4"]);
  for (let i = 0; i < 3; i++) await press(page, "run");
  await page.waitForSelector(".memory .hex-bytes .changed");
  same(await page.locator(".memory .hex-bytes .changed").allTextContents(), ["04"], "what the last run changed");
  same((await page.locator(".memory .hex-row").first().locator(".hex-bytes span").allTextContents()).slice(0, 12).join(""), "000000000100000004000000");
  await picture(page, "debug-memory");
  await press(page, "start");
  same((await page.locator(".memory .hex-row").first().locator(".hex-bytes span").allTextContents()).slice(0, 12).join(""), "0".repeat(24), "at the start");
  await done(page);
});
await test("the debugger: globals, tables, a trap, output", async () => {
  const page = await open();
  await example(page, "tables");
  await debug(page, "calculate", ["4", "1", "2"]);
  same((await page.locator(".tables li").allTextContents()).length, 5, "entries");
  await press(page, "run");
  holds(/trap: uninitialized element/.test(await debugState(page)), await debugState(page));
  await press(page, "stepBack");
  holds(/before call_indirect/.test(await debugState(page)), await debugState(page));
  await example(page, "locals");
  await debug(page, "gcd", ["12", "8"]);
  for (let i = 0; i < 4; i++) await press(page, "stepIn");
  same(await rows(page, "Globals"), ["$calls i32 1"]);
  await example(page, "wasi");
  await debug(page, "_start", []);
  await press(page, "run");
  same(await page.locator("#pane-debug .console").textContent(), "Hello, Ada!\nHello, Grace!\nHello, Barbara!\n");
  await done(page);
});
await test("the debugger: what never ends is held", async () => {
  const page = await open();
  await setText(page, '(module (func (export "f") (local $i i32) (loop (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0))))');
  await debug(page, "f", []);
  await page.click('[data-step="run"]');
  await page.waitForFunction(() => /running, step/.test(document.querySelector(".debug-status").textContent), null, { timeout: 60000 });
  await page.click("#pane-debug button.pause");
  await page.waitForFunction(() => /^step [\d,]+, in /.test(document.querySelector(".debug-status").textContent), null, { timeout: 60000 });
  await done(page);
});

await test("a script with marks", async () => {
  const page = await open();
  await example(page, "script");
  await page.waitForSelector(".marks li");
  same(await page.locator(".mark-failed").count(), 1, "a failed line");
  same(await page.locator(".marks li.failed").allTextContents().then((l) => l.length), 1);
  await picture(page, "script");
  const text = await getText(page);
  await setText(page, text.replace("(i32.const -4))", "(i32.const -3))"));
  await page.waitForFunction(() => document.querySelectorAll(".mark-failed").length === 0 && document.querySelectorAll(".mark-passed").length > 3);
  same(await page.locator(".cm-lintRange-error").count(), 0, "no errors as of a module");
  await done(page);
});

// ---- what a module is ----

await test("the features are those of the command, since the same versions", async () => {
  const table = JSON.parse(readFileSync(new URL("../../web/features.json", import.meta.url), "utf8"));
  const rows = [...readFileSync(new URL("../../src/cli/engines.def", import.meta.url), "utf8").matchAll(/^ENGINE\((.*)\)$/gm)];
  holds(rows.length > 10, "rows");
  for (const [, row] of rows) {
    const [name, ...versions] = JSON.parse(`[${row.replaceAll("NULL", "null")}]`);
    same(["chrome", "firefox", "safari", "node"].map((host) => table[name]?.[host]), versions, name);
  }
  const names = [...String(execFileSync(wattle, ["features"])).split("\n\n")[0].matchAll(/^([\w-]+) +\S/gm)].map(([, name]) => name);
  holds(names.length > 20, `${names.length} features`);
  for (const name of names) holds(table[name] !== undefined, name);
});
await test("features, and what this browser says", async () => {
  const page = await open();
  await tab(page, "features");
  await page.waitForSelector("#pane-features .good");
  await example(page, "list");
  await tab(page, "features");
  await page.waitForSelector("#pane-features tbody tr");
  holds((await page.locator("#pane-features tbody code").allTextContents()).includes("gc"), "gc");
  await setText(page, '(module (memory i64 1) (memory 1))');
  holds((await page.locator("#pane-features tbody code").allTextContents()).join() === "multi-memory,memory64", "two features");
  await picture(page, "features");
  await done(page);
});
await test("sizes: a treemap that fills its place, and goes to the text", async () => {
  const page = await open();
  await example(page, "life");
  await tab(page, "sizes");
  await page.waitForSelector(".tile");
  const { area, tiles, total } = await page.evaluate(() => {
    const map = document.querySelector(".treemap");
    const tiles = [...map.querySelectorAll(".tile")].map((t) => t.offsetWidth * t.offsetHeight);
    return { area: map.clientWidth * map.clientHeight, tiles, total: [...document.querySelectorAll(".sizes tbody tr")].reduce((n, r) => n + Number(r.children[2].textContent.replace(/\D/g, "")), 0) };
  });
  const sum = tiles.reduce((a, b) => a + b);
  holds(Math.abs(sum - area) < area * 0.03, `${sum} of ${area}`);
  same(total, (await getBytes(page)).length, "the table sums up to the module");
  await page.click('.tile button[aria-label^="function $neighbours"]');
  holds((await page.evaluate(() => { const { view } = globalThis.playground; return view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to); })).startsWith("(func $neighbours"), "goes there");
  await picture(page, "sizes");
  await done(page);
});

// ---- files and links ----

async function drop(page, path, name) {
  const data = readFileSync(path).toString("base64");
  await page.evaluate(([d, n]) => {
    const bytes = Uint8Array.from(atob(d), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], n));
    for (const type of ["dragenter", "dragover", "drop"]) document.querySelector(".cm-content").dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [data, name]);
}
await test("a .wasm that is dropped opens as text with names", async () => {
  const page = await open();
  const path = join(temporary, "dropped.wasm");
  writeFileSync(path, Buffer.from(native(ADD)));
  await drop(page, path, "dropped.wasm");
  await page.waitForFunction(() => globalThis.playground.view.state.doc.toString().includes("func $add"));
  await settled(page);
  same(await getBytes(page), native(ADD), "the same bytes");
  const odd = join(temporary, "odd.wasm");
  writeFileSync(odd, Buffer.from([0, 0x61, 0x73, 0x6d, 9, 0, 0, 0]));
  await drop(page, odd, "odd.wasm");
  await page.waitForSelector(".toast.shown");
  holds(/^odd\.wasm: .*version/.test(await page.textContent("#toast")), await page.textContent("#toast"));
  await done(page);
});
const downloaded = async (page, id) => {
  await page.click("#download summary");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(`#${id}`)]);
  return [file.suggestedFilename(), readFileSync(await file.path())];
};
await test("downloads", async () => {
  const page = await open();
  await setText(page, ADD);
  let [name, data] = await downloaded(page, "get-wasm");
  same([name, [...data]], ["factorial.wasm", native(ADD)]);
  [name, data] = await downloaded(page, "get-wat");
  same([name, String(data)], ["factorial.wat", ADD]);
  [name, data] = await downloaded(page, "get-npm");
  same(name, "factorial-0.1.0.tgz");
  // npm takes it, and node runs it: also the module's own name for what npm knows as the package.
  writeFileSync(join(temporary, name), data);
  const home = mkdtempSync(join(temporary, "npm-"));
  writeFileSync(join(home, "package.json"), '{"private": true, "type": "module"}');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", join(temporary, name)], { cwd: home, stdio: "pipe" });
  writeFileSync(join(home, "use.js"), "import { add } from 'factorial';\nconsole.log(add(40, 2));\n");
  same(String(execFileSync("node", ["use.js"], { cwd: home })), "42\n");
  await done(page);
});
await test("a link holds the text and what belongs to it", async () => {
  const page = await open();
  await example(page, "wasi");
  const odd = `;; ü 𝕨 </script>\n${ADD}`;
  await setText(page, odd);
  await page.click("#share");
  await page.waitForFunction(() => location.hash.startsWith("#z="));
  const link = await page.evaluate(() => navigator.clipboard.readText());
  same(link, page.url(), "copied");
  holds(/#z=[\w-]+$/.test(link), link);
  const other = await open({ url: link });
  same(await getText(other), odd);
  same(await other.evaluate(() => globalThis.playground.state.stdin), "Ada\nGrace\nBarbara\n");
  await done(other);
  for (const bad of ["z=AAAA", "z=!!", "z="]) {
    const wrong = await open({ url: `${base}#${bad}` });
    same(await wrong.inputValue("#examples"), "factorial", bad);
    await done(wrong);
  }
  await done(page);
});
await test("the text is kept", async () => {
  const page = await open();
  await setText(page, ADD);
  await page.waitForFunction(() => localStorage.getItem("wattle-playground")?.includes("i32.add"));
  await page.reload();
  await settled(page);
  same(await getText(page), ADD);
  await done(page);
});
await test("every example is right", async () => {
  const page = await open();
  const names = await page.locator("#examples option").evaluateAll((list) => list.map((o) => o.value).filter(Boolean));
  holds(names.length >= 12, `${names.length}`);
  for (const name of names) {
    if (name === "script") continue;
    await example(page, name);
    same(await page.locator("#verdict").getAttribute("class"), "verdict good", name);
    same(await getBytes(page), native(await getText(page)), name);
  }
  await done(page);
});
await test("what the examples say comes out", async () => {
  const page = await open();
  const expected = {
    stack: { flat: "40", folded: "40", last: "1" }, locals: { gcd: "12", square_of_sum: "49" }, control: { collatz: "111", days: "28" },
    memory: { squares: "121", bytes: "86" }, strings: { characters: "14", text: "16  16" }, tables: { calculate: "42" },
    multivalue: { divide: "3  2", swap: "2  1", fibonacci: "12586269025" }, simd: { capitals: "84", dot: "1121" },
    exceptions: { safe: "-5" }, list: { sum: "5050", primes: "168" }, tailcall: { tail_sum: "500000500000", even: "1" },
    traps: { divide: "trap: integer divide by zero\n  in $divide", saturate: "2147483647" },
  };
  for (const [name, calls] of Object.entries(expected)) {
    await example(page, name);
    await tab(page, "run");
    for (const [call, result] of Object.entries(calls)) {
      await page.waitForSelector(`form[data-export="${call}"]`);
      same((await answer(page, call))[0], result, `${name}: ${call}`);
    }
  }
  await done(page);
});

// ---- looks, keys, names ----

/** Controls without a name, places that keys do not reach, ids that are there twice. */
const blemishes = (page) => page.evaluate(() => {
  const wrong = [];
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  for (const e of document.querySelectorAll("button, input, select, textarea, summary, [role=grid], [role=separator], [role=tab], [tabindex]")) {
    if (!seen(e) || e.closest(".cm-editor") !== null) continue;
    const label = e.getAttribute("aria-label") || [...(e.labels ?? [])].map((l) => l.textContent).join(" ")
      || (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ") || (/BUTTON|SUMMARY/.test(e.tagName) ? e.textContent : "");
    if (label.trim() === "") wrong.push(`no name: ${e.outerHTML.slice(0, 90)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`id twice: ${id}`);
  for (const e of document.querySelectorAll("[aria-controls], [aria-labelledby]"))
    for (const name of ["aria-controls", "aria-labelledby"]) for (const id of (e.getAttribute(name) ?? "").split(" ").filter(Boolean)) if (document.getElementById(id) === null && !e.closest(".cm-editor")) wrong.push(`${name}: no ${id}`);
  if (document.documentElement.lang === "" || document.title === "") wrong.push("language or title");
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`wider than the page: ${document.documentElement.scrollWidth}`);
  return wrong;
});
/** Texts whose colour is too near to what is behind it (below 4.5 to 1). */
function faint(page) {
  return page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const layers = [];
    for (let at = e; at !== null; at = at.parentElement) {
      const c = rgba(getComputedStyle(at).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 255) break;
    }
    return layers.reverse().reduce((under, c) => under.map((u, i) => u + (c[i] - u) * (c[3] / 255)), [255, 255, 255]);
  };
  const found = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg, canvas, [hidden], :disabled, option, .toast, .drop, .visually-hidden, .skip") || e.getClientRects().length === 0) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== "")) continue;
    if (e.matches(".hex-letters .dim")) continue; // a dot for what is no letter
    const back = behind(e);
    const colour = rgba(getComputedStyle(e).color).slice(0, 3);
    const [a, b] = [light(colour), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.add(`${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 20)}" ${ratio.toFixed(2)}`);
  }
  return [...found];
  });
}
const PANES = ["run", "bytes", "debug", "sizes", "features", "javascript", "canvas", "script"];
for (const scheme of ["light", "dark"])
  await test(`names, colours: ${scheme}`, async () => {
    const page = await open({ colorScheme: scheme });
    for (const name of PANES) {
      if (!(await page.locator(`#tab-${name}`).count())) continue;
      await tab(page, name);
      await page.waitForTimeout(150);
      same([name, await blemishes(page)], [name, []]);
      same([name, await faint(page)], [name, []]);
    }
    await example(page, "simd");
    await tab(page, "bytes");
    await page.waitForTimeout(300);
    await picture(page, `bytes-${scheme}`);
    await done(page);
  });
await test("dark and light by a switch, which is kept", async () => {
  const page = await open({ colorScheme: "light" });
  const paper = () => page.evaluate(() => getComputedStyle(document.querySelector(".cm-editor")).backgroundColor);
  const before = await paper();
  await page.click("#theme");
  holds((await paper()) !== before, "it changes");
  const dark = await paper();
  await page.reload();
  await settled(page);
  same(await paper(), dark, "kept");
  await done(page);
});
await test("by keys alone", async () => {
  const page = await open();
  await page.keyboard.press("Alt+2");
  same(await page.getAttribute("#tab-bytes", "aria-selected"), "true", "Alt-2");
  await page.focus("#tab-bytes");
  await page.keyboard.press("ArrowLeft");
  same(await page.evaluate(() => document.activeElement.id), "tab-run", "arrows");
  await page.focus("#splitter");
  const width = await page.getAttribute("#splitter", "aria-valuenow");
  await page.keyboard.press("ArrowRight");
  holds((await page.getAttribute("#splitter", "aria-valuenow")) > width, "the splitter");
  // Out of the text by Escape and Tab, and everything that Tab reaches shows that it has the focus.
  await page.click(".cm-content");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  holds(await page.evaluate(() => document.activeElement.closest(".cm-content") === null), "out of the text");
  const bare = [];
  for (let i = 0; i < 25; i++) {
    const [name, shown] = await page.evaluate(() => {
      const e = document.activeElement;
      const s = getComputedStyle(e);
      return [e.outerHTML.slice(0, 70), e === document.body || e.closest(".cm-editor") !== null || (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0)];
    });
    if (!shown) bare.push(name);
    await page.keyboard.press("Tab");
  }
  same(bare, [], "no outline");
  await page.focus("#help");
  await page.keyboard.press("Enter");
  same(await page.evaluate(() => document.getElementById("keys").open), true, "the list of keys");
  await page.keyboard.press("Escape");
  await done(page);
});
await test("on a phone the text is one of the tabs", async () => {
  const page = await open({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  holds(await page.isVisible("#editor"), "the text first");
  same(await page.isVisible("#pane-run"), false);
  same(await blemishes(page), []);
  await picture(page, "phone-text");
  for (const name of PANES) {
    if (!(await page.locator(`#tab-${name}`).count())) continue;
    await tab(page, name);
    same([name, await page.isVisible(`#pane-${name}`), await page.isVisible("#editor")], [name, true, false]);
    same([name, await blemishes(page)], [name, []]);
  }
  await tab(page, "bytes");
  await page.waitForTimeout(200);
  await picture(page, "phone-bytes");
  await tab(page, "text");
  holds(await page.isVisible("#editor"), "back");
  await done(page);
});
await test("one file, from file:", async () => {
  const path = join(temporary, "one.html");
  const page = await open({ url: pathToFileURL(path).href });
  same(await answer(page, "fac"), ["3628800"]);
  await example(page, "life");
  await page.waitForFunction(() => /a frame/.test(document.querySelector("#pane-canvas .pane-bar").textContent));
  await tab(page, "bytes");
  await page.waitForSelector("#pane-bytes .hex-row");
  await done(page);
});
await test("nothing is asked of others", async () => same(elsewhere, []));

await browser.close();
server.kill();
rmSync(temporary, { recursive: true });
process.exitCode = close();
