// The examples, each a lesson on one idea, in the order of the list; and what the panes begin with.
import control from "./control.wat";
import exceptions from "./exceptions.wat";
import factorial from "./factorial.wat";
import javascript from "./javascript.wat";
import life from "./life.wat";
import list from "./list.wat";
import locals from "./locals.wat";
import memory from "./memory.wat";
import multivalue from "./multivalue.wat";
import plasma from "./plasma.wat";
import script from "./script.wast";
import simd from "./simd.wat";
import stack from "./stack.wat";
import strings from "./strings.wat";
import tables from "./tables.wat";
import tailcall from "./tailcall.wat";
import traps from "./traps.wat";
import wasi from "./wasi.wat";

/**
 * @typedef {{ name: string, title: string, text: string, pane: string, state?: Record<string, any>,
 *   values?: Record<string, string[]> }} Example
 */
/** @type {Example[]} */
export const examples = [
  { name: "factorial", title: "Factorial", text: factorial, pane: "run", values: { fac: ["10"] } },
  { name: "stack", title: "The stack", text: stack, pane: "bytes", values: { flat: ["7", "3"], folded: ["7", "3"] } },
  { name: "locals", title: "Locals and globals", text: locals, pane: "run", values: { gcd: ["84", "36"], square_of_sum: ["3", "4"] } },
  { name: "control", title: "Blocks, loops, branches", text: control, pane: "run", values: { collatz: ["27"], days: ["2"] } },
  { name: "memory", title: "Linear memory", text: memory, pane: "debug", values: { squares: ["12"], grow: ["2"] } },
  { name: "strings", title: "Data and strings", text: strings, pane: "run", values: { characters: ["16", "16"], copy: ["64"] } },
  { name: "tables", title: "Tables and indirect calls", text: tables, pane: "run", values: { calculate: ["2", "6", "7"] } },
  { name: "traps", title: "Traps", text: traps, pane: "run", values: { divide: ["1", "0"], load: ["65533"], truncate: ["1e10"], saturate: ["1e10"] } },
  {
    name: "javascript", title: "Imports, and JavaScript", text: javascript, pane: "javascript",
    state: {
      js: `// The imports, by the names of the module's two levels.
const memory = new WebAssembly.Memory({ initial: 1 });
new Float64Array(memory.buffer)[0] = Math.E; // what pi() reads in the end

const { exports } = await instantiate({ console, Math, host: { memory } });
for (const darts of [100, 10_000, 1_000_000]) exports.pi(darts);
return exports.pi(1);
`,
    },
  },
  { name: "wasi", title: "A program with WASI", text: wasi, pane: "run", state: { stdin: "Ada\nGrace\nBarbara\n" } },
  { name: "multivalue", title: "Several results", text: multivalue, pane: "run", values: { divide: ["17", "5"], swap: ["1", "2"], fibonacci: ["50"] } },
  { name: "simd", title: "Vectors", text: simd, pane: "run", values: { capitals: ["64"], dot: ["1", "2"] } },
  { name: "exceptions", title: "Exceptions", text: exceptions, pane: "run", values: { safe: ["105"], unsafe: ["-1"] } },
  { name: "list", title: "Objects that are collected", text: list, pane: "run", values: { sum: ["100"], primes: ["1000"] } },
  { name: "tailcall", title: "Tail calls", text: tailcall, pane: "run", values: { sum: ["1000"], tail_sum: ["1000000"], even: ["1000000"] } },
  {
    name: "life", title: "Life on a canvas", text: life, pane: "canvas",
    state: { canvas: { at: "cells", width: 96, height: 64, format: "byte", first: "start", each: "tick", click: "toggle", rate: 20 } },
  },
  {
    name: "plasma", title: "Colours on a canvas", text: plasma, pane: "canvas",
    state: { canvas: { at: "0", width: 200, height: 150, format: "rgba", first: "", each: "frame", click: "", rate: 30 } },
  },
  { name: "script", title: "A script of assertions", text: script, pane: "script" },
];
