// A run that can be held anywhere and taken back: the calls of src/web/debug.h.
//
// Each run has an instance of the module for itself. While it is held, no code of that instance is
// on JavaScript's stack, so everything that the run is lies in the instance's memory: frames, heap,
// files, clocks. Forward, the interpreter goes on. Back, a copy of the memory from before is put in
// its place (an image), and the interpreter goes on from there to the step wanted: the run is the
// same every time. Images are made every so many steps, and share what did not change.
import { inside, wat2wasmSync } from "./wattle.js";

const GOAL = { break: 0, over: 1, out: 2, pass: 3, more: 4 };
const MOST_STEPS = 100_000_000;
const MOST_MEMORY = 256 << 20; // of the program, without `maxMemory`
const MOST_OUTPUT = 16 << 20; // that is kept, of each stream
const OUTPUT_A_TURN = 64 << 20; // then the run is held: steps do not count what a call writes
const MOST_TIME = 10_000; // of a turn, in milliseconds: no fuel says how long WASI takes
const MOST_SPANS = 1000;

const CHUNK = 16 << 10; // of images, in bytes
const GAP = 1 << 18; // steps between images at first; more where the memory is large
const STEPS_A_BYTE = 1 / 32;
const MOST_IMAGES = 256;
const MOST_BYTES = 384 << 20; // of all images

const decoder = new TextDecoder();

// ---- bytes ----

/** Whether the 32-bit words of `a` from `at` on are those of `b`, or all zero where `b` is null. */
function sameWords(a, at, b, count) {
  if (b === null) {
    for (let i = 0; i < count; i++) if (a[at + i] !== 0) return false;
    return true;
  }
  for (let i = 0; i < count; i++) if (a[at + i] !== b[i]) return false;
  return true;
}

/** Spans of `now` that differ from `seen` (behind whose end: from zero), which becomes like it. */
function takeChanges(now, seen, memory, spans) {
  const words = now.length >>> 2;
  const nowWords = new Int32Array(now.buffer, now.byteOffset, words);
  const seenWords = new Int32Array(seen.buffer, 0, words);
  for (let i = 0; i < words; i++) {
    if (nowWords[i] === seenWords[i]) continue;
    for (let k = i * 4; k < i * 4 + 4; k++) {
      if (now[k] === seen[k]) continue;
      const last = spans[spans.length - 1];
      if (last !== undefined && last.memory === memory && last.end === k) last.end++;
      else if (spans.length < MOST_SPANS) spans.push({ memory, start: k, end: k + 1 });
    }
    seenWords[i] = nowWords[i];
  }
  for (let k = words * 4; k < now.length; k++) {
    if (now[k] !== seen[k] && spans.length < MOST_SPANS) spans.push({ memory, start: k, end: k + 1 });
    seen[k] = now[k];
  }
}

/** What a program writes. Taken back it writes the same again, so only the length changes. */
class Output {
  bytes = new Uint8Array(256);
  length = 0;

  add(piece) {
    const end = this.length + piece.length;
    if (end > MOST_OUTPUT) return;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(piece, this.length);
    this.length = end;
  }
}

// ---- images ----

/** Copies of a memory at rising steps, in chunks; null is a chunk of zeros. */
class Images {
  #list = [];
  #gap = GAP;
  #bytes = 0; // of all chunks

  /** The last one at this step or before it. */
  before(step) {
    let found = this.#list[0];
    for (const image of this.#list) if (image.step <= step) found = image;
    return found;
  }

  /** Where the next one should be, seen from a step. */
  due(step, size) {
    return this.before(step).step + Math.max(this.#gap, size * STEPS_A_BYTE);
  }

  take(step, memory, rest) {
    const words = new Int32Array(memory.buffer);
    const last = this.before(step);
    if (last?.step === step) return;
    const near = last?.chunks ?? [];
    const count = CHUNK >>> 2;
    const chunks = [];
    for (let at = 0; at < words.length; at += count) {
      const old = near[chunks.length] ?? null;
      if (sameWords(words, at, old, count)) {
        chunks.push(old);
      } else {
        chunks.push(words.slice(at, at + count));
        this.#bytes += CHUNK;
      }
    }
    const place = this.#list.findIndex((image) => image.step > step);
    this.#list.splice(place < 0 ? this.#list.length : place, 0, { step, size: memory.buffer.byteLength, chunks, ...rest });
    while (this.#list.length > 2 && (this.#list.length > MOST_IMAGES || this.#bytes > MOST_BYTES)) this.#thin();
  }

  // The first stays: everything can be reached from there.
  #thin() {
    this.#list = this.#list.filter((_, i) => i % 2 === 0);
    this.#gap *= 2;
    const all = new Set();
    for (const image of this.#list) for (const chunk of image.chunks) if (chunk !== null) all.add(chunk);
    this.#bytes = all.size * CHUNK;
  }
}

// ---- the debugger ----

/** The instruction there is no store, no call, and has no prefix: most of what is stepped. */
function writesNothing(code, at) {
  const op = code?.[at] ?? 0x10;
  return op < 0xd4 && !(op >= 0x36 && op <= 0x40) && !(op >= 0x10 && op <= 0x15);
}

const NOTHING = { step: 0, frames: [], globals: [], tables: [], memories: [] };

const value = ({ name, type, value: text }) => ({ name, type, value: text });
const frame = ({ function: index, name, offset, locals, stack }) => ({
  function: index, name, offset, locals: locals.map(value), stack: stack.map(value),
});

export class Debugger {
  #exports = null; // of the instance
  #at = 0; // the WebDebug there
  #step = 0;
  #input = new Uint8Array(0);
  #streams = null;
  #output = { 1: new Output(), 2: new Output() };
  #written = 0; // in this turn
  #images = new Images();
  #breakpoints = [];
  #seen = []; // the memories in the state before
  #code = null; // the binary
  #place = -1; // where the state before stood in it, or -1
  #failure = null; // why there is no run
  work = 0;

  constructor(source, options = {}) {
    const bytes = this.#compile(source, options);
    if (bytes === null) return;
    this.#code = bytes;
    this.#input = options.stdin === undefined ? this.#input : inside.contents(options.stdin);
    this.#streams = { input: this.#input, at: 0, write: { 1: (b) => this.#write(1, b), 2: (b) => this.#write(2, b) } };
    try {
      this.#exports = inside.instance();
      this.#open(bytes, options);
    } catch (error) {
      this.#fail(error);
    }
  }

  #compile(source, options) {
    // A binary as it is: its offsets are told.
    if (typeof source !== "string" && inside.contents(source)[0] === 0) return inside.contents(source);
    const made = wat2wasmSync(source, { features: options.features ?? "all", name: options.name });
    if (made.ok) return made.bytes;
    const { message, range } = made.diagnostics.find((d) => d.severity === "error");
    const place = range !== null && range.line !== null ? `${range.line}:${range.column}: ` : "";
    this.#failure = place + message;
    return null;
  }

  #open(bytes, options) {
    const { timeout, onStdout, onStderr, ...rest } = options;
    const list = inside.runOptions({
      features: "all", maxMemory: MOST_MEMORY, ...rest, deterministic: true, countFuel: rest.fuel === undefined,
    });
    this.#within((wasm) => {
      wasm._initialize?.();
      const data = inside.allocate(bytes.length);
      inside.heap().set(bytes, data);
      const words = inside.allocate(list.length);
      inside.heap().set(list, words);
      this.#at = wasm.debug_open(data, bytes.length, words, list.length) >>> 0;
      if (this.#at === 0) throw new RangeError("out of memory");
      const report = this.#piece(20);
      if (inside.view().getUint32(this.#at, true) !== 0 && report.length) {
        const { problems } = JSON.parse(decoder.decode(report));
        if (problems.length) this.#failure = problems[0].message;
      }
    });
    if (this.#failure !== null) return;
    this.#images.take(0, this.#exports.memory, this.#rest());
    this.state();
  }

  // Memory that ran out, or a fault of ours: there is no run any more.
  #fail(error) {
    if (!(error instanceof RangeError || error instanceof WebAssembly.RuntimeError)) throw error;
    this.#failure = `the program cannot be run here: ${error.message}`;
    this.#exports = null;
  }

  #within(work) {
    return inside.within(this.#exports, this.#streams, () => work(this.#exports));
  }

  // Bytes of the WebResult that the WebDebug begins with, lent.
  #piece(at) {
    const v = inside.view();
    return inside.heap().subarray(v.getUint32(this.#at + at, true), v.getUint32(this.#at + at, true) + v.getUint32(this.#at + at + 4, true));
  }

  #write(stream, bytes) {
    this.#output[stream].add(bytes);
    this.#written += bytes.length;
    if (this.#written > OUTPUT_A_TURN) this.#exports.debug_hold(this.#at);
  }

  // ---- going ----

  // What is not in the instance's memory.
  #rest() {
    return { at: this.#streams.at, 1: this.#output[1].length, 2: this.#output[2].length };
  }

  /** 0: it has ended, 1: it is held, 2: at its goal. */
  #go(goal, steps) {
    const before = this.#step;
    this.#step = this.#exports.debug_go(this.#at, goal, steps);
    this.work += this.#step - before;
    return this.#exports.debug_held(this.#at);
  }

  /** Forward to the goal, no further than a step. */
  #forward(goal, until) {
    this.#written = 0;
    let held = this.#exports.debug_held(this.#at);
    let left = until - this.#step;
    const end = performance.now() + MOST_TIME;
    for (let next = goal; held === 1 || (held === 2 && next === goal); next = GOAL.more) {
      const due = this.#images.due(this.#step, this.#exports.memory.buffer.byteLength);
      const before = this.#step;
      const steps = Math.min(left, Math.max(due - before, 1));
      if (steps <= 0 || this.#written > OUTPUT_A_TURN || performance.now() > end) break;
      held = this.#go(next, steps);
      // When it stops earlier, its steps took as long as those.
      left -= held === 1 ? steps : this.#step - before;
      if (held !== 0 && this.#step >= due) this.#images.take(this.#step, this.#exports.memory, this.#rest());
    }
  }

  #restore(image) {
    if (this.#exports.memory.buffer.byteLength !== image.size) {
      // A memory does not shrink; a new one is as large as it has to be.
      this.#exports = inside.instance();
      inside.become(this.#exports);
      this.#exports.memory.grow((image.size - this.#exports.memory.buffer.byteLength) / 65536);
    }
    const words = new Int32Array(this.#exports.memory.buffer);
    const count = CHUNK >>> 2;
    image.chunks.forEach((chunk, i) => (chunk === null ? words.fill(0, i * count, (i + 1) * count) : words.set(chunk, i * count)));
    this.#streams.at = image.at;
    this.#output[1].length = image[1];
    this.#output[2].length = image[2];
    this.#step = image.step;
    this.#applyBreakpoints();
  }

  #applyBreakpoints() {
    const at = inside.allocate(4 * this.#breakpoints.length);
    const words = new Uint32Array(this.#exports.memory.buffer, at, this.#breakpoints.length);
    words.set(this.#breakpoints);
    if (!this.#exports.debug_break(this.#at, at, words.length)) throw new RangeError("out of memory");
    this.#exports.wattle_free(at);
  }

  // To a step, by the shortest way.
  #travel(step) {
    const image = this.#images.before(step);
    if (step < this.#step || (image.step > this.#step && this.#exports.debug_held(this.#at) !== 0)) this.#restore(image);
    while (this.#step < step && this.#exports.debug_held(this.#at) !== 0) this.#forward(GOAL.pass, step);
  }

  // The last breakpoint before here, or the start.
  #back() {
    let end = this.#step - 1;
    while (this.#breakpoints.length && end > 0) {
      const image = this.#images.before(end - 1);
      let found = -1;
      this.#restore(image);
      while (this.#step < end) {
        this.#go(GOAL.pass, end - this.#step);
        found = Math.max(found, this.#exports.debug_passed(this.#at));
      }
      if (found >= 0) return this.#travel(found);
      end = image.step;
    }
    return this.#travel(0);
  }

  /** `quiet` says of the place come to whether no memory can have changed. */
  #move(work, quiet) {
    if (this.#failure === null && this.#exports !== null) {
      try {
        this.#within(work);
      } catch (error) {
        this.#fail(error);
      }
    }
    return this.#look(quiet);
  }

  stepIn() {
    const quiet = writesNothing(this.#code, this.#place);
    return this.#move(() => this.#forward(GOAL.break, this.#step + 1), () => quiet);
  }
  stepOver() {
    return this.#move(() => this.#forward(GOAL.over, this.#step + MOST_STEPS));
  }
  stepOut() {
    return this.#move(() => this.#forward(GOAL.out, this.#step + MOST_STEPS));
  }
  stepBack() {
    return this.#move(
      () => this.#step > 0 && this.#travel(this.#step - 1),
      (place) => writesNothing(this.#code, place),
    );
  }
  run(steps = MOST_STEPS) {
    return this.#move(() => this.#forward(GOAL.break, this.#step + Math.max(0, Math.floor(steps))));
  }
  runBack() {
    return this.#move(() => this.#step > 0 && this.#back());
  }
  goTo(step) {
    return this.#move(() => this.#travel(Math.max(0, Math.min(Math.floor(step), this.#step + MOST_STEPS))));
  }

  setBreakpoints(offsets) {
    this.#breakpoints = offsets.filter((at) => Number.isInteger(at) && at >= 0 && at < 2 ** 32);
    if (this.#failure === null && this.#exports !== null) this.#within(() => this.#applyBreakpoints());
  }

  // ---- looking ----

  #error(message) {
    return { outcome: "error", ...NOTHING, changed: [], ...this.#outputs(), exitCode: null, values: [], trap: null, message };
  }

  #outputs() {
    const bytes = ({ bytes: all, length }) => all.slice(0, length);
    return { stdout: bytes(this.#output[1]), stderr: bytes(this.#output[2]) };
  }

  #answer() {
    return this.#within((wasm) => {
      wasm.debug_state(this.#at);
      return JSON.parse(decoder.decode(this.#piece(4)));
    });
  }

  #outcome(answer, state) {
    if (answer.status === 0 && !state.ended) return "paused";
    const outcome = inside.outcomeOf(answer);
    return outcome === "fuel" || outcome === "timeout" ? "trap" : outcome;
  }

  // As long as a view of it: null when there is no such memory.
  #bytesOf(index) {
    const wasm = this.#exports;
    const length = wasm.debug_memory_size(this.#at, index) >>> 0;
    return new Uint8Array(wasm.memory.buffer, wasm.debug_memory(this.#at, index) >>> 0, length);
  }

  #changes(memories, quiet) {
    const spans = [];
    if (quiet) return spans;
    this.#seen.length = memories.length;
    for (let i = 0; i < memories.length; i++) {
      const now = this.#bytesOf(i);
      if (this.#seen[i] === undefined) this.#seen[i] = now.slice();
      if (this.#seen[i].length !== now.length) {
        const seen = new Uint8Array(now.length);
        seen.set(this.#seen[i].subarray(0, now.length));
        this.#seen[i] = seen;
      }
      takeChanges(now, this.#seen[i], i, spans);
    }
    return spans;
  }

  state() {
    return this.#look();
  }

  #look(quiet) {
    if (this.#failure !== null || this.#exports === null) return this.#error(this.#failure ?? "the debugger was freed");
    const answer = this.#answer();
    const state = answer.state ?? NOTHING;
    this.#place = state.frames[0]?.offset ?? -1;
    const link = answer.status === 7 ? "a program that is debugged gets the functions of WASI and nothing else: " : "";
    return {
      outcome: this.#outcome(answer, state),
      step: state.step,
      frames: state.frames.map(frame),
      globals: state.globals,
      tables: state.tables,
      memories: state.memories,
      changed: this.#changes(state.memories, quiet?.(this.#place)),
      ...this.#outputs(),
      exitCode: answer.exitCode,
      values: answer.values.map(([, text]) => text),
      trap: answer.trap ?? null,
      message: answer.message === undefined ? null : link + answer.message,
    };
  }

  memory(index, start, length) {
    if (this.#failure !== null || this.#exports === null) return new Uint8Array(0);
    const from = Math.max(0, start);
    return this.#bytesOf(index).slice(from, from + Math.max(0, length));
  }

  free() {
    this.#exports = null;
    this.#images = new Images();
    this.#seen = [];
  }
}
