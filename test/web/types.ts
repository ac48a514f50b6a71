// Uses everything that index.d.ts declares; tsc must find nothing to say.
import * as all from "wattle-wasm";
import {
  init, initSync, version, wat2wasm, wat2wasmSync, wasm2wat, wasm2watSync, print, printSync, validate, validateSync, parse,
  parseSync, sections, sectionsSync, sizes, sizesSync, compile, compileSync, strip, stripSync, objdump, objdumpSync, run, runSync,
  type BytesResult, type Diagnostic, type ExternType, type ItemInfo, type RunResult, type Source,
} from "wattle-wasm";

await init();
await init(new URL("https://example.org/wattle.wasm"));
await init(fetch("wattle.wasm"));
initSync(new Uint8Array(8));
const v: string = version();

const source: Source = new DataView(new ArrayBuffer(8));
const made: BytesResult = await wat2wasm(source, { features: "all", name: "x", names: false, check: true });
if (made.bytes) {
  const module: WebAssembly.Module = await WebAssembly.compile(made.bytes);
  await WebAssembly.instantiate(module);
}
const text: string | null = (await wasm2wat(made.bytes ?? "", { fold: true, indent: 4, lossless: true, annotations: false })).text;
const same: string | null = wasm2watSync("", { inlineExports: true, inlineImports: true, skeleton: true, offsets: true, generateNames: true }).text;
const printed = [await print(""), printSync("")];
const first: Diagnostic | undefined = (await validate("")).diagnostics[0];
const place: number | undefined = first?.range?.start ?? first?.fix?.range.byteEnd ?? first?.notes[0]?.range.end;
const severity: "error" | "warning" | undefined = validateSync("").diagnostics[0]?.severity;

function describe(type: ExternType): string {
  switch (type.kind) {
    case "function":
    case "tag":
      return [...type.parameters, ...type.results].join();
    case "table":
      return `${type.element} ${type.minimum + 1n}`;
    case "memory":
      return `${type.pageSize} ${type.maximum ?? 0n} ${type.shared}`;
    case "global":
      return `${type.value} ${type.mutable}`;
  }
}
const module = (await parse("")).module;
const names: string[] | undefined = module?.imports.map((i) => i.module + i.name + describe(i.type));
const exported: number | undefined = parseSync("").module?.exports[0]?.index;
const item: ItemInfo | undefined = (await sizes("")).items[0];
const range: number | undefined = item?.bytes?.size ?? item?.source?.byteStart ?? sizesSync("").size;
const start: number | undefined = (await sections("")).sections[0]?.content ?? sectionsSync("").sections[0]?.id;
const compiled: WebAssembly.Module | null = (await compile("")).module ?? compileSync("").module;
const bytes: Uint8Array<ArrayBuffer> | null = (await strip("", { all: true, keep: ["a"], remove: ["b"], debugOnly: false })).bytes;
const dump: string | null = (await objdump("", { headers: true, details: true, disassemble: true, contents: true, relocations: true, section: "code" })).text;
const again = [stripSync(""), objdumpSync(""), wat2wasmSync("")];
const ended: RunResult = await run("", {
  args: ["a"], program: "p", env: { A: "b" }, stdin: "x", files: { a: "b", c: new Uint8Array(1) }, invoke: "f", values: [1, 2n, "3"],
  fuel: 10n, countFuel: true, timeout: 5, maxMemory: 65536, maxHeap: 1, maxStack: 1, deterministic: true, seed: 1,
  onStdout: (b: Uint8Array) => void b.length, onStderr: () => {},
});
const code: number | null = runSync("").exitCode ?? ended.trap?.frames[0]?.line ?? null;
const used: bigint | null = ended.fuelUsed;
const file: Uint8Array | undefined = ended.files["a"];

// @ts-expect-error a number is no source
wat2wasm(7);
// @ts-expect-error there is no such option
wat2wasm("", { nmaes: true });

export { all, v, text, same, printed, place, severity, names, exported, range, start, compiled, bytes, dump, again, code, used, file };
