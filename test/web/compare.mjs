// What the package makes of many modules against the native command:
//   node compare.mjs PACKAGE WATTLE FOLDER
// FOLDER/NAME/*.wasm and *.wat: texts, binaries and diagnostics must be equal. The native command is
// called once for a folder and each of its verbs.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { close, same, test } from "./check.mjs";

const [folder, wattle, modules] = process.argv.slice(2);
const w = await import(pathToFileURL(join(folder, "node.js")));
w.initSync();
const features = "all";

function native(verb, files, cwd) {
  const done = spawnSync(wattle, [verb, "--features", features, "--diagnostics=json", ...files], {
    cwd, maxBuffer: 1 << 30,
  });
  if (done.error) throw done.error;
  return { out: done.stdout, reports: done.stderr.toString() };
}

// The native report, as the package tells it.
const places = (r) => (r === null || r === undefined ? null : [r.offset, r.offset + r.length, r.line ?? null, r.column ?? null, r.endLine ?? null, r.endColumn ?? null]);
const told = (p) => [p.code, p.name, p.class, p.message, places(p.range), p.path ?? null, p.notes.map((n) => [n.message, places(n.range)]), p.fix ? [p.fix.replacement, places(p.fix.range)] : null];
const placesOf = (r) => (r === null ? null : [r.byteStart, r.byteEnd, r.line, r.column, r.endLine, r.endColumn]);
const notesOf = (d) => [...d.notes.map((n) => [n.message, placesOf(n.range)]), ...d.hints.map((h) => [h, null])];
const ours = (d) => [d.code, d.name, d.kind, d.message, placesOf(d.range), d.path, notesOf(d), d.fix ? [d.fix.text, placesOf(d.fix.range)] : null];
const inOrder = (t) => [...t.slice(0, 6), [...t[6].filter((n) => n[1] !== null), ...t[6].filter((n) => n[1] === null)], t[7]];

for (const name of readdirSync(modules)) {
  const cwd = join(modules, name);
  const files = readdirSync(cwd).filter((f) => /\.(wasm|wat)$/.test(f)).sort();
  if (files.length === 0) continue;
  const sources = new Map(files.map((f) => [f, readFileSync(join(cwd, f))]));
  const binaries = files.filter((f) => f.endsWith(".wasm"));
  await test(`${name}: diagnostics of ${files.length}`, () => {
    const reports = native("validate", files, cwd).reports.trim().split("\n").filter(Boolean).map((l) => JSON.parse(l));
    const expected = reports.map((r) => [r.file, r.problems.map((p) => inOrder(told(p)))]);
    const actual = files
      .map((f) => [f, w.validateSync(sources.get(f), { features, name: f }).diagnostics.map(ours)])
      .filter(([, d]) => d.length);
    same(actual, expected);
  });
  if (binaries.length === 0) continue;
  await test(`${name}: texts of ${binaries.length}`, () => {
    const expected = native("wasm2wat", binaries, cwd).out.toString();
    let actual = "";
    const back = [];
    for (const f of binaries) {
      const { ok, text } = w.wasm2watSync(sources.get(f), { features, name: f });
      if (!ok) continue;
      actual += text;
      const exact = w.wasm2watSync(sources.get(f), { features, name: f, lossless: true }).text;
      const again = w.wat2wasmSync(exact, { features });
      if (sources.get(f).length === 0) continue; // nothing is an empty text
      if (!again.ok || Buffer.compare(again.bytes, sources.get(f)) !== 0) back.push(f);
    }
    if (actual !== expected) {
      const a = actual.split("\n");
      const e = expected.split("\n");
      const at = a.findIndex((line, i) => line !== e[i]);
      throw new Error(`line ${at + 1}: ${a[at]}, expected ${e[at]}`);
    }
    same(back, [], "not the same bytes again:");
  });
}
process.exitCode = close();
