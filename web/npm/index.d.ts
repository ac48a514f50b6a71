/**
 * Wattle: WebAssembly tools in one small module. Text to binary and back, checking, looking into
 * modules, running them.
 *
 * Every function comes twice: `f()` gives a promise, `fSync()` the result itself once {@link init}
 * or {@link initSync} is done. Bad input never throws: it is a result with `ok: false` and
 * `diagnostics` that say what is wrong and where. What throws is an argument of a wrong type.
 */

/** A module as text, or as bytes in either format (text in UTF-8). */
export type Source = string | ArrayBuffer | ArrayBufferView;

/** A place in the input. Lines and columns count from 1, columns in characters; `null` in binaries. */
export interface Range {
  /** First index: of a string in UTF-16 units, so `source.slice(start, end)`; of bytes in bytes. */
  start: number;
  /** Index behind the last. */
  end: number;
  byteStart: number;
  byteEnd: number;
  line: number | null;
  column: number | null;
  endLine: number | null;
  endColumn: number | null;
}

export interface Note {
  message: string;
  range: Range;
}

export interface Diagnostic {
  severity: "error" | "warning";
  /** Stable: `"W0301"`. Empty for problems that are not the module's. */
  code: string;
  /** Stable: `"type_mismatch"`. */
  name: string;
  kind: "malformed" | "invalid" | "limit" | "custom" | "resource" | "usage" | "warning" | "host";
  message: string;
  range: Range | null;
  /** Where in a module: `code section > func 12 "parse" > instruction 40 (i32.add)`. */
  path: string | null;
  hints: string[];
  /** Other places that have to do with it: `first defined here`. */
  notes: Note[];
  /** What would mend it: the range replaced by the text. */
  fix: { text: string; range: Range } | null;
}

export interface Result {
  /** There are no errors; there may be warnings. */
  ok: boolean;
  /** At most twenty. */
  diagnostics: Diagnostic[];
}

export interface BytesResult extends Result {
  bytes: Uint8Array<ArrayBuffer> | null;
}

export interface TextResult extends Result {
  text: string | null;
}

export interface Options {
  /** Changes of the set of features: `"3.0"`, `"+custom-page-sizes,-simd"`, `"all"`. */
  features?: string;
  /** The name of the input in messages. */
  name?: string;
}

export interface CheckOptions extends Options {
  /** Also validate (the default). */
  check?: boolean;
}

export interface Wat2wasmOptions extends CheckOptions {
  /** A name section made of the identifiers of the text (the default). */
  names?: boolean;
}

export interface Wasm2watOptions extends CheckOptions {
  /** Nested expressions. */
  fold?: boolean;
  /** Names of the name section as identifiers (the default). */
  names?: boolean;
  /** Made-up names where there are none. */
  generateNames?: boolean;
  inlineExports?: boolean;
  inlineImports?: boolean;
  /** Comments with byte offsets. */
  offsets?: boolean;
  /** No bodies, no data. */
  skeleton?: boolean;
  /** Also the width of padded numbers: the text makes the same bytes again. */
  lossless?: boolean;
  /** Custom sections and unusual encodings as annotations (the default). */
  annotations?: boolean;
  /** Columns a level; 2. */
  indent?: number;
}

export interface StripOptions extends Options {
  /** Every custom section; otherwise names, debug information, relocations, producers. */
  all?: boolean;
  /** Only debug information. */
  debugOnly?: boolean;
  /** Custom sections that stay. */
  keep?: string[];
  /** Custom sections that go, besides. */
  remove?: string[];
}

export interface ObjdumpOptions extends Options {
  /** One line for each section: what is shown when nothing else is asked for. */
  headers?: boolean;
  /** The contents of each section. */
  details?: boolean;
  /** Code with offsets and bytes. */
  disassemble?: boolean;
  /** Raw bytes of each section. */
  contents?: boolean;
  relocations?: boolean;
  /** Only this section. */
  section?: string;
}

/** `"i32"`, `"funcref"`, `"(ref null 3)"`. */
export type ValueType = string;

export type ExternType =
  | { kind: "function"; parameters: ValueType[]; results: ValueType[] }
  | { kind: "tag"; parameters: ValueType[]; results: ValueType[] }
  | { kind: "table"; element: ValueType; minimum: bigint; maximum: bigint | null; address: "i32" | "i64"; shared: boolean }
  | { kind: "memory"; minimum: bigint; maximum: bigint | null; address: "i32" | "i64"; shared: boolean; pageSize: number }
  | { kind: "global"; value: ValueType; mutable: boolean };

export interface ImportInfo {
  module: string;
  name: string;
  type: ExternType;
}

export interface ExportInfo {
  name: string;
  /** In its index space. */
  index: number;
  type: ExternType;
}

/** A section of the binary. Offsets count bytes of it. */
export interface SectionInfo {
  /** The number of its kind in the format, 0: custom. */
  id: number;
  /** `"type"`, `"code"`; of a custom section its own name. */
  name: string;
  start: number;
  /** Where the contents begin, behind the size. */
  content: number;
  end: number;
}

export type ItemKind =
  | "type" | "import" | "function" | "table" | "memory" | "tag" | "global" | "export" | "element" | "data";

/** One thing in a module. */
export interface ItemInfo {
  kind: ItemKind;
  /** In its index space (of imports and exports: among these). */
  index: number;
  name: string | null;
  /** Its bytes in the binary; `null`: it has none of its own. Of functions: their code. */
  bytes: { start: number; end: number; size: number } | null;
  /** The field in the text; `null` when the input was a binary. */
  source: { start: number; end: number; byteStart: number; byteEnd: number } | null;
}

export interface ModuleInfo {
  /** Of the name section. */
  name: string | null;
  /** Bytes of the binary. */
  size: number;
  imports: ImportInfo[];
  exports: ExportInfo[];
  sections: SectionInfo[];
  items: ItemInfo[];
}

export interface ParseResult extends Result {
  module: ModuleInfo | null;
}

export interface SectionsResult extends Result {
  sections: SectionInfo[];
}

export interface SizesResult extends Result {
  /** Bytes of the binary. */
  size: number;
  sections: SectionInfo[];
  /** What takes bytes, the largest first. */
  items: ItemInfo[];
}

export interface CompileResult extends BytesResult {
  /** For `WebAssembly.instantiate`; `null` also when this engine refuses a valid module. */
  module: WebAssembly.Module | null;
}

export type FileContents = string | ArrayBuffer | ArrayBufferView;

export interface RunOptions extends Options {
  /** Arguments of the program, behind its name. */
  args?: string[];
  /** `args[0]` of the program; the name of the input. */
  program?: string;
  env?: Record<string, string>;
  stdin?: FileContents;
  /** Files in memory, by their path below `/`. */
  files?: Record<string, FileContents>;
  /** Call this exported function, behind `_initialize`, instead of `_start`. */
  invoke?: string;
  /** Its arguments. */
  values?: (number | bigint | string)[];
  /** The program stops when so much is used up. An instruction costs 1. */
  fuel?: number | bigint;
  /** Count fuel without a limit: `fuelUsed`. */
  countFuel?: boolean;
  /** Milliseconds. */
  timeout?: number;
  /** Bytes of all memories together. */
  maxMemory?: number;
  /** Bytes of all objects of GC. */
  maxHeap?: number;
  /** Bytes of the stack; 1 MiB. */
  maxStack?: number;
  /** The program sees the same clocks and random bytes in every run. */
  deterministic?: boolean;
  /** Of the random bytes, with `deterministic`. */
  seed?: number | bigint;
  /** Is given what the program writes as it writes it; then it is not in the result. */
  onStdout?: (bytes: Uint8Array) => void;
  onStderr?: (bytes: Uint8Array) => void;
}

export interface Frame {
  /** Function index. */
  function: number;
  name: string | null;
  /** Of the instruction, from the function's first byte. */
  offset: number | null;
  /** The same in the whole binary. */
  moduleOffset: number | null;
  /** The source, when the module has a line table. */
  file: string | null;
  line: number | null;
  column: number | null;
}

export interface Trap {
  /** The same number in every version: 1 unreachable, 2 integer divide by zero, … 24 timeout, 25 out of fuel. */
  code: number;
  message: string;
  /** Message and backtrace, a line each. */
  text: string;
  /** Innermost first. */
  frames: Frame[];
}

export type Value = number | bigint | string;

export interface RunResult extends Result {
  /**
   * How it ended. `"exit"`: also by returning. `"error"`: it did not start; `message` or
   * `diagnostics` say why.
   */
  outcome: "exit" | "trap" | "exception" | "timeout" | "fuel" | "error";
  /** What the program gave to `proc_exit`, 0 when it returned; `null` if neither. */
  exitCode: number | null;
  /** Results of the function of `invoke`: i32, f32 and f64 as numbers, i64 as bigint, others as text. */
  values: Value[];
  stdout: Uint8Array<ArrayBuffer>;
  stderr: Uint8Array<ArrayBuffer>;
  /** The same as text. */
  stdoutText: string;
  stderrText: string;
  /** All files when it ended, by path without a leading slash. */
  files: Record<string, Uint8Array<ArrayBuffer>>;
  trap: Trap | null;
  message: string | null;
  fuelUsed: bigint | null;
}

/** What {@link init} takes: where the module is, its bytes, or the module. Default: beside this package. */
export type InitSource =
  | string | URL | Request | Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module
  | Promise<Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module>;

/** Loads the module, once. Only needed before the synchronous forms, or to say where it is. */
export function init(source?: InitSource): Promise<void>;
/** The same at once. In node nothing needs to be given. */
export function initSync(source?: ArrayBuffer | ArrayBufferView | WebAssembly.Module): void;
/** The version of the library, `"0.1.0"`. */
export function version(): string;

/** Text format to binary format. */
export function wat2wasm(source: Source, options?: Wat2wasmOptions): Promise<BytesResult>;
export function wat2wasmSync(source: Source, options?: Wat2wasmOptions): BytesResult;

/** Binary format (or text) to text format. */
export function wasm2wat(source: Source, options?: Wasm2watOptions): Promise<TextResult>;
export function wasm2watSync(source: Source, options?: Wasm2watOptions): TextResult;
/** Another name of {@link wasm2wat}. */
export function print(source: Source, options?: Wasm2watOptions): Promise<TextResult>;
export function printSync(source: Source, options?: Wasm2watOptions): TextResult;

/** Checks a module, text or binary. */
export function validate(source: Source, options?: Options): Promise<Result>;
export function validateSync(source: Source, options?: Options): Result;

/** What a module is made of, and where each part stands. */
export function parse(source: Source, options?: CheckOptions): Promise<ParseResult>;
export function parseSync(source: Source, options?: CheckOptions): ParseResult;

/** The sections of its binary. */
export function sections(source: Source, options?: CheckOptions): Promise<SectionsResult>;
export function sectionsSync(source: Source, options?: CheckOptions): SectionsResult;

/** What takes how many bytes. */
export function sizes(source: Source, options?: CheckOptions): Promise<SizesResult>;
export function sizesSync(source: Source, options?: CheckOptions): SizesResult;

/** A module for this JavaScript engine. */
export function compile(source: Source, options?: Wat2wasmOptions): Promise<CompileResult>;
/** Engines may refuse large modules at once on a page's main thread. */
export function compileSync(source: Source, options?: Wat2wasmOptions): CompileResult;

/** A binary without some of its custom sections. */
export function strip(source: Source, options?: StripOptions): Promise<BytesResult>;
export function stripSync(source: Source, options?: StripOptions): BytesResult;

/** What a binary holds, as text. Goes as far as the bytes can be read. */
export function objdump(source: Source, options?: ObjdumpOptions): Promise<TextResult>;
export function objdumpSync(source: Source, options?: ObjdumpOptions): TextResult;

/**
 * Runs a program or one function in Wattle's own interpreter, with WASI and files in memory. It sees
 * nothing of the host but what is given here. The promise is settled when the program has ended: the
 * thread is busy until then.
 */
export function run(source: Source, options?: RunOptions): Promise<RunResult>;
export function runSync(source: Source, options?: RunOptions): RunResult;
