// The language services of the playground in node: node lang.mjs PLAYGROUND FOLDER...
// Cases for every method, then what must hold of every module in the folders (.wat, .wast).
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { close, holds, same, test } from "./check.mjs";

const [folder, ...sources] = process.argv.slice(2);
const { Document, TOKEN_KINDS, init } = await import(pathToFileURL(join(folder, "engine.js")));
const { wat2wasmSync } = await import(pathToFileURL(join(folder, "wattle.js")));
await init(readFileSync(join(folder, "playground.wasm")));

const FAC = `(module
  (func $fac (export "fac") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else (i64.mul (local.get $n) (call $fac (i64.sub (local.get $n) (i64.const 1))))))))
`;
const at = (text, part, nth = 0) => {
  let found = text.indexOf(part);
  while (nth-- > 0) found = text.indexOf(part, found + 1);
  holds(found >= 0, `${part} is in the text`);
  return found;
};
const cut = (text, span) => text.slice(span.start, span.end);
const applied = (text, edits) =>
  [...edits].sort((a, b) => b.start - a.start).reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
const using = (text, work) => {
  const d = new Document(text);
  try {
    return work(d, text);
  } finally {
    d.free();
  }
};
const compiled = (text, names = true) => wat2wasmSync(text, { features: "all", names }).bytes;

// ---- cases ----

await test("update: bytes, features, diagnostics with places in units", () => {
  const d = new Document();
  same(d.update("(module)"), { ok: true, diagnostics: [], size: 8, features: [] });
  same(d.update("(memory i64 1) (func (result v128) unreachable)").features, ["simd", "memory64"]);
  const broken = d.update('(; é😀 ;)\n(func (i32.ad))');
  same(broken.ok, false);
  same(d.bytes(), null);
  const [{ range, fix, severity }] = broken.diagnostics;
  same([range.start, range.end, range.line, range.column], [17, 23, 2, 8]);
  same([severity, fix.text], ["error", "i32.add"]);
  d.free();
});

await test("update: a hundred errors", () => {
  using("", (d) => {
    same(d.update("(func foo)".repeat(150)).diagnostics.length, 100);
    same(d.update("(func i32.add)".repeat(150)).diagnostics.length, 100);
  });
});

await test("tokens", () => {
  using('(func $f ;; c\n (@x "y") i32.const 0x1 i32.load offset=4 "s" foo)', (d, text) => {
    const t = d.tokens(0, text.length);
    const got = [];
    for (let i = 0; i < t.length; i += 3) got.push(`${TOKEN_KINDS[t[i + 2]]} ${text.slice(t[i], t[i] + t[i + 1])}`);
    same(got, ["parenthesis (", "field func", "identifier $f", "comment ;; c", 'annotation (@x "y")', "instruction i32.const",
      "number 0x1", "instruction i32.load", "attribute offset=4", 'string "s"', "error foo", "parenthesis )"]);
    same([...d.tokens(6, 7)], [6, 2, TOKEN_KINDS.indexOf("identifier")]);
  });
});

await test("stacks", () => {
  using(FAC, (d) => {
    const found = d.stacks(0, FAC.length);
    const of = (part, nth) => found.find((s) => s.start === at(FAC, part, nth));
    same(of("i64.eqz").stack, ["i32"]);
    same(of("i64.sub").stack, ["i64", "i64"]);
    same(cut(FAC, of("local.get")), "local.get $n");
    same(d.stacks(0, 10), []);
  });
  using("(func br 0 i32.const 1 drop)", (d) => same(d.stacks(0, 99).map((s) => s.unreachable), [true, true, true]));
  // Beside mistakes, and before one.
  using("(func i32.const 1 drop) (func f64.const 2 foo) (func i64.add)", (d) =>
    same(d.stacks(0, 99).map((s) => s.stack), [["i32"], [], ["f64"]]));
});

await test("instructionAt and byteAt", () => {
  using(FAC, (d) => {
    const { source, bytes } = d.instructionAt(at(FAC, "i64.sub") + 2);
    same(cut(FAC, source), "i64.sub");
    same([...d.bytes().subarray(bytes.start, bytes.end)], [0x7d]);
    const call = d.instructionAt(at(FAC, "$fac", 1));
    same(cut(FAC, call.source), "call $fac");
    const info = d.byteAt(call.bytes.start + 1);
    same([info.path, info.field, info.value], [["code section", "func 0 $fac", "call"], "function index", "0 $fac"]);
    same(cut(FAC, info.source), "call $fac");
    same(d.byteAt(0).field, "magic number");
    same(d.byteAt(1 << 20), null);
    same(cut(FAC, d.instructionAt(at(FAC, "(i64.sub")).source), "i64.sub");
    same(cut(FAC, d.instructionAt(at(FAC, "export")).source).startsWith("(func $fac"), true);
  });
});

await test("hover", () => {
  using(FAC, (d) => {
    const h = d.hover(at(FAC, "i64.sub"));
    same([h.title, h.signature, h.opcode, h.feature, h.traps], ["i64.sub", "[i64 i64] -> [i64]", "7D", null, []]);
    same(d.hover(at(FAC, "$fac", 1)).signature, "func 0: [i64] -> [i64]");
    same(d.hover(at(FAC, "$n", 1)).signature, "local 0: i64, a parameter");
    holds(d.hover(at(FAC, "param")).text.length > 20, "words are explained");
    same(d.hover(at(FAC, "  (func") + 1), null);
  });
  using("(func i32.div_s i8x16.shuffle atomic.fence i32.trunc_f64_u memory.atomic.wait64)", (d, text) => {
    same(d.hover(at(text, "div")).traps, ["integer divide by zero", "integer overflow"]);
    same(d.hover(at(text, "shuffle")).opcode, "FD 0D");
    same(d.hover(at(text, "fence")).feature, "threads");
    same(d.hover(at(text, "trunc")).traps, ["integer overflow", "invalid conversion to integer"]);
  });
});

await test("complete", () => {
  const text = "(global $g f32 (f32.const 1)) (func $a (param $x f64) (local $y i32) f64.const 1 f64.a) (func call $)";
  using(text, (d) => {
    const { from, items } = d.complete(at(text, "f64.a") + 5);
    same(from, at(text, "f64.a"));
    same(items[0], { label: "f64.abs", kind: "instruction", detail: "[f64] -> [f64]", fits: true });
    same(items.find((i) => i.label === "f64.add").fits, false);
    const names = d.complete(text.length - 1).items;
    same(names.map((i) => i.label), ["$a"]);
    same(d.complete(at(text, "f32 (") ).items.every((i) => i.kind === "type"), true);
  });
  const local = "(func $a (param $x f64) local.get )";
  using(local, (d) => same(d.complete(local.length - 1).items.map((i) => i.label), ["$x"]));
  using("(", (d) => holds(d.complete(1).items.some((i) => i.label === "func"), "fields"));
});

await test("definition, references, rename", () => {
  using(FAC, (d) => {
    same(cut(FAC, d.definition(at(FAC, "$fac", 1))), "$fac");
    same(d.definition(at(FAC, "$fac", 1)).start, at(FAC, "$fac"));
    same(d.references(at(FAC, "$n", 2)).map((s) => s.start), [0, 1, 2, 3].map((i) => at(FAC, "$n", i)));
    const { edits, error } = d.rename(at(FAC, "$n"), "count");
    same([edits.length, error, edits[0].text], [4, null, "$count"]);
    holds(compiled(applied(FAC, edits)) !== null, "the renamed text compiles");
    holds(d.rename(at(FAC, "$n"), "").error !== null, "an empty name is refused");
    holds(d.rename(0, "x").error !== null, "a parenthesis has no name");
  });
});

await test("indices", () => {
  using("(func (param i64) local.get 0 drop call 1) (func $g)", (d, text) => {
    same(d.hover(at(text, "0")).signature, "local 0: i64, a parameter");
    same(d.hover(at(text, "1)")).signature, "func 1 $g: [] -> []");
    same(d.definition(at(text, "1)")).start, at(text, "(func $g"));
    same(d.hover(at(text, "64")).title, "i64");
  });
});

await test("format and folds", () => {
  const text = "(module(func\n\n\n\n  block nop\n nop ;;c\nend\n))";
  using(text, (d) => same(applied(text, d.format()), "(module\n  (func\n\n    block nop\n      nop ;;c\n    end\n  ))\n"));
  const long = `(func ${"i32.const 1 drop ".repeat(10)})`;
  using(long, (d) => same(applied(long, d.format()).split("\n").length, 22));
  const sum = `(func (result i32) (i32.add (i32.mul ${"(local.get $a) ".repeat(3)}) (i32.mul ${"(local.get $b) ".repeat(3)})))`;
  const lines = ["(func (resu", "(i32.add", "(i32.mul (l", "(i32.mul (l", ""];
  using(sum, (d) => same(applied(sum, d.format()).split("\n").map((l) => l.trim().slice(0, 11)), lines));
  using(FAC, (d) => same(d.folds().map((s) => cut(FAC, s).slice(0, 5)), ["(if (", "(func", "(modu"]));
});

await test("sizes", () => {
  using(FAC, (d) => {
    const { sections, items } = d.sizes();
    same(sections.map((s) => s.name), ["type", "func", "export", "code", "name"]);
    same(items.filter((i) => i.kind === "function").map((i) => i.name), ["fac"]);
  });
});

await test("hostile texts", () => {
  const texts = ["(".repeat(100000), "(func " + "(block ".repeat(50000), "(func " + "block ".repeat(50000), `;; ${"x".repeat(1 << 20)}`,
    "(module " + "(func) ".repeat(100000), "\ud800\ud801 (func $\udfff)", "\0\0", "(func " + "i32.const 1 drop ".repeat(60000) + ")"];
  for (const text of texts)
    using(text, (d) => {
      d.tokens(0, 1000);
      d.stacks(0, 1000);
      d.format();
      d.folds();
      for (const place of [0, 1, text.length >> 1, text.length]) {
        d.hover(place);
        d.complete(place);
        d.definition(place);
        d.references(place);
        d.rename(place, "x");
        d.instructionAt(place);
        d.byteAt(place);
      }
    });
});

// ---- what holds of every module ----

/** The modules as text in a script: its groups (module ...), but those in quotes or binary. */
function modulesOf(script) {
  const found = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < script.length; i++) {
    const c = script[i];
    if (c === '"') {
      for (i++; i < script.length && script[i] !== '"'; i++) if (script[i] === "\\") i++;
    } else if (c === ";" && script[i + 1] === ";") {
      while (i < script.length && script[i] !== "\n") i++;
    } else if (c === "(" && script[i + 1] === ";") {
      for (let open = 1; open > 0 && i < script.length; ) {
        i++;
        if (script[i] === "(" && script[i + 1] === ";") open++, i++;
        else if (script[i] === ";" && script[i + 1] === ")") open--, i++;
      }
    } else if (c === "(") {
      if (depth++ === 0) start = i;
    } else if (c === ")" && --depth === 0) {
      const text = script.slice(start, i + 1);
      if (/^\(module\b(?!\s+(\$\S+\s+)?(quote|binary|definition|instance)\b)/.test(text)) found.push(text);
    }
  }
  return found;
}

const modules = [];
for (const source of sources)
  for (const name of readdirSync(source).sort())
    if (/\.wa(t|st)$/.test(name)) modulesOf(readFileSync(join(source, name), "utf8")).forEach((text, i) => modules.push({ name: `${name} ${i}`, text }));

const WORDS = new Set(["then", "do"]);
function checkModule(text) {
  using(text, (d) => {
    const bytes = d.bytes();
    const reference = compiled(text);
    same(bytes === null, reference === null, "valid");
    const tokens = d.tokens(0, text.length);
    let end = 0;
    for (let i = 0; i < tokens.length; i += 3) {
      holds(/^[ \t\r\n]*$/.test(text.slice(end, tokens[i])), `only blanks before ${tokens[i]}`);
      holds(tokens[i + 1] > 0, "a token is not empty");
      end = tokens[i] + tokens[i + 1];
    }
    holds(/^[ \t\r\n]*$/.test(text.slice(end)), "only blanks at the end");
    if (bytes === null) return;
    same(bytes, reference, "bytes");
    const laid = applied(text, d.format());
    same(compiled(laid), reference, "bytes of the text laid out");
    using(laid, (again) => same(again.format(), [], "laying out again"));
    for (let i = 0; i < tokens.length; i += 3) {
      const word = text.slice(tokens[i], tokens[i] + tokens[i + 1]);
      if (TOKEN_KINDS[tokens[i + 2]] !== "instruction" || WORDS.has(word)) continue;
      holds(d.hover(tokens[i]) !== null, `hover of ${word}`);
      const here = d.instructionAt(tokens[i]);
      holds(here !== null && here.source.start <= tokens[i] && tokens[i] < here.source.end, `the instruction ${word} at ${tokens[i]}`);
      const info = d.byteAt(here.bytes.start);
      holds(info !== null && info.source !== null, `byte ${here.bytes.start} of ${word}`);
      if (text[here.source.start] !== "(") same(info.source, here.source, `byte ${here.bytes.start}, from ${word}`);
    }
    const step = Math.ceil(bytes.length / 400);
    for (let i = 0; i < bytes.length; i += step) {
      const info = d.byteAt(i);
      holds(info !== null && info.bytes.start <= i && i < info.bytes.end && info.field !== "", `byte ${i}`);
    }
    const plain = compiled(text, false);
    let renamed = 0;
    for (let i = 0; i < tokens.length && renamed < 12; i += 3) {
      if (TOKEN_KINDS[tokens[i + 2]] !== "identifier") continue;
      if (d.definition(tokens[i]) === null) continue;
      const { edits, error } = d.rename(tokens[i], `renamed-${renamed++}`);
      same(error, null, "rename");
      same(compiled(applied(text, edits), false), plain, `bytes with ${text.slice(tokens[i], tokens[i] + tokens[i + 1])} renamed`);
    }
  });
}
holds(modules.length > 100, `modules in ${sources}`);
let last = "";
const groups = new Map();
for (const m of modules) groups.set(m.name.split(" ")[0], [...(groups.get(m.name.split(" ")[0]) ?? []), m]);
for (const [name, list] of groups)
  await test(`${name}: ${list.length} modules`, () => {
    for (const m of list.length > 40 ? list.filter((_, i) => i % Math.ceil(list.length / 40) === 0) : list) {
      last = m.name;
      try {
        checkModule(m.text);
      } catch (error) {
        error.message += ` in ${last}: ${m.text.slice(0, 300)}`;
        throw error;
      }
    }
  });

// ---- random edits ----

let state = 12345;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const PIECES = ["(", ")", " ", "\n", "i32.const 1 ", "drop ", "local.get 0 ", "nop ", "i32.add ", "block ", "end ", "(func) ", "$f", "\"", ";; c\n", "é", "1",
  "(param i32)", "(result i64)", "unreachable ", "call 0 ", "(memory 1)", "(global i32 (i32.const 2))"];
await test("1,000 random edits", () => {
  const texts = [FAC, ...modules.filter((m) => m.text.length > 200 && m.text.length < 4000).filter((_, i) => i % 97 === 0).slice(0, 9).map((m) => m.text)];
  const d = new Document();
  let valid = 0;
  for (let i = 0; i < 1000; i++) {
    const base = texts[i % texts.length];
    const from = random(base.length + 1);
    const text = base.slice(0, from) + (random(3) ? PIECES[random(PIECES.length)] : "") + base.slice(from + (random(2) ? 0 : random(6)));
    const edited = d.update(text);
    const reference = compiled(text);
    same(edited.ok, reference !== null, `edit ${i} of ${JSON.stringify(text)}`);
    same(d.bytes(), reference, `edit ${i}`);
    valid += edited.ok;
    if (i % 10 === 0) using(text, (fresh) => same(fresh.update(text), edited, `edit ${i}, a fresh document`));
    // Most edits that are good stay, so that the next one builds on them.
    if (edited.ok && random(4)) texts[i % texts.length] = text;
    else if (random(2)) d.stacks(0, text.length);
  }
  holds(valid > 100 && valid < 950, `${valid} of 1000 are valid`);
  d.free();
});

process.exitCode = close();
