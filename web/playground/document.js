// The language services: the calls of src/web/lang.h.
import { inside, sizesSync } from "./wattle.js";

export const TOKEN_KINDS = [
  "parenthesis", "field", "instruction", "type", "identifier", "number", "string", "comment", "annotation", "attribute", "error",
];

// The order of LangCall in src/lang/lang.h.
const calls = [
  "update", "bytes", "tokens", "stacks", "folds", "instruction", "byte", "hover", "complete", "definition", "references", "rename", "format",
];
const CALL = Object.fromEntries(calls.map((name, i) => [name, i]));

const decoder = new TextDecoder();
const json = (bytes) => JSON.parse(decoder.decode(bytes));

export class Document {
  #text;
  #at = 0;
  #engine = null; // the instance that `#at` belongs to

  constructor(text = "") {
    this.#text = String(text);
    this.#open();
  }

  // After memory ran out the module is a new one, and knows nothing of this document.
  #open() {
    const engine = inside.exports();
    if (engine === this.#engine) return engine;
    this.#at = engine.lang_new() >>> 0;
    if (this.#at === 0) throw new RangeError("wattle: out of memory");
    this.#engine = engine;
    if (this.#text !== "") this.#ask("update", json, 0, 0, this.#text);
    return engine;
  }

  // `take` makes what is wanted of the answer's bytes, which are lent.
  #ask(name, take, a = 0, b = 0, text = "") {
    const engine = this.#open();
    return inside.guarded(() => {
      const input = inside.putSource(text);
      const result = engine.lang_call(this.#at, CALL[name], a, b, input.at, input.size) >>> 0;
      engine.wattle_free(input.at);
      const v = inside.view();
      if (result === 0 || v.getUint32(result, true) !== 0) throw new RangeError("wattle: out of memory");
      const at = v.getUint32(result + 4, true);
      const made = take(inside.heap().subarray(at, at + v.getUint32(result + 8, true)));
      engine.wattle_free_result(result);
      return made;
    });
  }

  update(text) {
    this.#text = String(text);
    try {
      return this.#ask("update", json, 0, 0, this.#text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#text = "";
      return { ok: false, diagnostics: [inside.outOfMemory(error)], size: 0, features: [] };
    }
  }

  bytes() {
    return this.#ask("bytes", (bytes) => (bytes.length ? bytes.slice() : null));
  }

  tokens(from, to) {
    return this.#ask("tokens", (bytes) => new Uint32Array(bytes.slice().buffer), from, to);
  }

  stacks(from, to) {
    return this.#ask("stacks", json, from, to);
  }

  folds() {
    return this.#ask("folds", json);
  }

  instructionAt(at) {
    return this.#ask("instruction", json, at);
  }

  byteAt(offset) {
    return this.#ask("byte", json, offset);
  }

  hover(at) {
    return this.#ask("hover", json, at);
  }

  complete(at) {
    return this.#ask("complete", json, at);
  }

  definition(at) {
    return this.#ask("definition", json, at);
  }

  references(at) {
    return this.#ask("references", json, at);
  }

  rename(at, name) {
    return this.#ask("rename", json, at, 0, name);
  }

  format() {
    return this.#ask("format", json);
  }

  sizes() {
    const { sections, items } = sizesSync(this.#text, { features: "all" });
    return { sections, items };
  }

  free() {
    if (this.#engine !== null && this.#engine === inside.exports()) this.#engine.lang_free(this.#at);
    this.#engine = null;
    this.#text = "";
  }
}
