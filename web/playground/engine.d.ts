/**
 * What the playground asks of Wattle: one module in wasm, everything synchronous, meant for a worker.
 * Offsets in texts count UTF-16 units, as editors do; offsets in binaries count bytes. Bad input is
 * never an exception.
 */
import type { Diagnostic, RunOptions, SectionInfo, ItemInfo, Trap } from "../npm/index.js";

export interface Span {
  start: number;
  /** Index behind the last. */
  end: number;
}

/** Loads the module, once. `source`: its bytes or the compiled module. */
export function init(source: ArrayBuffer | Uint8Array | WebAssembly.Module): Promise<void>;

// ---- a text that is edited ----

/** What an edit led to. */
export interface Edited {
  ok: boolean;
  /** All errors, at most a hundred, and warnings. */
  diagnostics: Diagnostic[];
  /** Bytes of the binary; 0: there is none. */
  size: number;
  /** Names of the features that the module uses beyond the first version of WebAssembly. */
  features: string[];
}

/** The kinds of tokens, by number, as {@link Document.tokens} gives them. */
export const TOKEN_KINDS: readonly (
  | "parenthesis" | "field" | "instruction" | "type" | "identifier" | "number" | "string" | "comment"
  | "annotation" | "attribute" | "error")[];

export interface StackHere extends Span {
  /** Operands behind the instruction at this span, the top last: `["i32", "i64"]`. */
  stack: string[];
  /** Code here is never reached: the stack below is of any types. */
  unreachable: boolean;
}

export interface Hover extends Span {
  /** `i32.add`, `$fac`, `func`. */
  title: string;
  /** `[i32 i32] -> [i32]`, or of a name what it stands for: `func 3: [f64] -> [f64]`. */
  signature: string | null;
  /** One or two sentences. */
  text: string;
  /** What can trap, in the spec's words. */
  traps: string[];
  /** `6A`, `FD 0C`; empty for what is no instruction. */
  opcode: string;
  /** The feature that it belongs to, `null`: in the first version. */
  feature: string | null;
}

export interface Completion {
  label: string;
  kind: "instruction" | "keyword" | "type" | "identifier";
  detail: string;
  /** It fits the operands on the stack here (such come first). */
  fits: boolean;
}

export interface Edit extends Span {
  text: string;
}

/** What a byte of the binary is. */
export interface ByteInfo {
  /** From the outside to the inside: `["code section", "func 3 $fac", "i32.add"]`. */
  path: string[];
  /** `opcode`, `section size`, `local index`, `LEB128 of the memory offset`. */
  field: string;
  value: string;
  /** All bytes of the field. */
  bytes: Span;
  /** The instruction or field in the text. */
  source: Span | null;
}

export class Document {
  constructor(text?: string);
  /** The whole text, at each keystroke. Bodies that did not change are not validated again. */
  update(text: string): Edited;
  /** The binary; `null` with errors. */
  bytes(): Uint8Array<ArrayBuffer> | null;
  /** Triples start, length, kind of the tokens that touch a part of the text. */
  tokens(from: number, to: number): Uint32Array;
  /** Of the instructions in a part of the text. Works beside errors elsewhere. */
  stacks(from: number, to: number): StackHere[];
  hover(at: number): Hover | null;
  complete(at: number): { from: number; items: Completion[] };
  /** Where the name at this place is declared. */
  definition(at: number): Span | null;
  /** All places of the name at this place, its declaration first. */
  references(at: number): Span[];
  /** Renames it everywhere. A name that is taken or no name is an error. */
  rename(at: number, name: string): { edits: Edit[]; error: string | null };
  /** The text well laid out, comments kept. */
  format(): Edit[];
  /** Parenthesized expressions over several lines. */
  folds(): Span[];
  /** The innermost instruction or field at a place, and its bytes. */
  instructionAt(at: number): { source: Span; bytes: Span } | null;
  byteAt(offset: number): ByteInfo | null;
  sizes(): { sections: SectionInfo[]; items: ItemInfo[] };
  free(): void;
}

// ---- running step by step ----

export interface DebugValue {
  name: string | null;
  type: string;
  /** As in the text format: `42`, `0x1p-3`, `nan:0x400001`. */
  value: string;
}

export interface DebugFrame {
  /** Function index and name. */
  function: number;
  name: string | null;
  /** Of the instruction that comes next, in the binary; outside of the innermost frame: of the call it waits for. */
  offset: number;
  locals: DebugValue[];
  /** Operands, the top last, without what the call took. Of locals and operands at most a thousand. */
  stack: DebugValue[];
}

export interface DebugState {
  outcome: "paused" | "exit" | "trap" | "exception" | "error";
  /** Instructions done since the start. */
  step: number;
  /** Innermost first; at most a hundred. */
  frames: DebugFrame[];
  globals: DebugValue[];
  /** `entries`: at most the first hundred. */
  tables: { name: string | null; size: number; entries: string[] }[];
  memories: { name: string | null; pages: number; bytes: number }[];
  /** Bytes of memories that changed since the state before (at most a thousand spans). */
  changed: { memory: number; start: number; end: number }[];
  /** What the program wrote since the start; the first 16 MB. */
  stdout: Uint8Array;
  stderr: Uint8Array;
  exitCode: number | null;
  /** Results of `invoke`. */
  values: string[];
  trap: Trap | null;
  message: string | null;
}

/**
 * A run in the interpreter that can be held anywhere, and taken back. Fuel bounds every call. A start
 * function, `_initialize` and the function of `invoke` or `_start` are one run.
 */
export class Debugger {
  /**
   * Instantiates; paused before the first instruction. Options as those of `run`, always as with
   * `deterministic` and without `timeout` and `onStdout`; memories are 256 MB together at most, if
   * `maxMemory` does not say otherwise. Imports come from WASI only.
   */
  constructor(source: string | Uint8Array, options?: RunOptions);
  state(): DebugState;
  /** One instruction; calls are entered. */
  stepIn(): DebugState;
  /** One instruction of this frame. */
  stepOver(): DebugState;
  /** To the caller. */
  stepOut(): DebugState;
  /** One instruction back. */
  stepBack(): DebugState;
  /**
   * To the next breakpoint or the end; no further than `steps` instructions (default: a hundred million), and
   * for some ten seconds.
   */
  run(steps?: number): DebugState;
  /** Back to the breakpoint before, or the start. */
  runBack(): DebugState;
  /** To an instruction count, forward or back. */
  goTo(step: number): DebugState;
  /** Offsets of instructions in the binary. */
  setBreakpoints(offsets: number[]): void;
  memory(index: number, start: number, length: number): Uint8Array;
  /** Instructions interpreted so far, those of the ways back too. */
  readonly work: number;
  free(): void;
}

// ---- scripts ----

export interface ScriptMark extends Span {
  /** `assert_return`, `module`. */
  command: string;
  outcome: "passed" | "failed" | "skipped";
  message: string | null;
}

/**
 * Runs a script of assertions (.wast), with fuel for some seconds. A mark without `command` is about
 * the form of the script. `passed` and `skipped` count assertions, `failed` marks.
 */
export function runScript(text: string): {
  marks: ScriptMark[];
  passed: number;
  failed: number;
  skipped: number;
};
