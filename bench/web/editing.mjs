// What a key costs in the language service, in node: node editing.mjs PLAYGROUND KEYS
// Each key changes a number in the middle of the text. Prints JSON: for each text the median and the 95th
// percentile of `update` in milliseconds: of good texts, with a mistake of syntax, of types; then the other
// questions of a page: tokens and stacks of a screen, and the layout of all.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { text } from "./texts.mjs";

const [folder, keys] = process.argv.slice(2);
const { Document, init } = await import(pathToFileURL(join(folder, "engine.js")));
await init(readFileSync(join(folder, "playground.wasm")));

const results = [];
for (const size of [100_000, 2_400_000]) {
  const whole = text(size);
  const word = whole.indexOf("i32.const -1", whole.length >> 1);
  const behind = word + "i32.const -1".length;
  const edited = (i, from, to) => `${whole.slice(0, from)}${to}${i % 10}${whole.slice(behind)}`;
  const d = new Document(whole);
  const timed = (act) => {
    const times = [];
    for (let i = 0; i < Number(keys); i++) {
      const began = performance.now();
      act(i);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    return [times[times.length >> 1], times[Math.floor(times.length * 0.95)]];
  };
  const update = (from, to, good) => timed((i) => {
    if (d.update(edited(i, from, to)).ok !== good) throw new Error("the text is not what it should be");
  });
  const table = {
    "update": update(behind, "", true),
    "update, a mistake of syntax": update(behind, " foo", false),
    "update, a mistake of types": update(word, "i64.const ", false),
  };
  d.update(whole);
  table["tokens of a screen"] = timed(() => d.tokens(word - 2000, word + 2000));
  table["stacks of a screen"] = timed(() => d.stacks(word - 2000, word + 2000));
  table["layout of all"] = timed(() => d.format());
  results.push({ text: whole.length, table });
  d.free();
}
console.log(JSON.stringify(results));
