// The wrapper of wattle.wasm: strings and bytes in, result objects out. Where the module comes from
// is the entry's affair (index.js, node.js). The exports are those of src/web/web.h.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (source) => {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source))
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  throw new TypeError("wattle: expected a string, an ArrayBuffer or a view of one");
};
const contents = (v) => (typeof v === "string" ? encoder.encode(v) : bytesOf(v));

// ---- the module and its imports ----

let module = null; // WebAssembly.Module
let wasm = null; // exports of the instance
let heap = null; // Uint8Array over its memory
let world = null; // the streams of the program that runs

const refresh = () => {
  if (heap === null || heap.buffer !== wasm.memory.buffer) heap = new Uint8Array(wasm.memory.buffer);
  return heap;
};
const view = () => new DataView(wasm.memory.buffer);

const ERRNO = { success: 0, badf: 8, notsup: 58, spipe: 70 };
const monotonic = () => BigInt(Math.round(performance.now() * 1e6));

function sleep(ms) {
  if (!(ms > 0)) return;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  } catch {
    // On a page's main thread nobody may wait.
    for (const end = performance.now() + ms; performance.now() < end; );
  }
}

const wasi = {
  fd_write(fd, vectors, count, written) {
    if (world === null || (fd !== 1 && fd !== 2)) return ERRNO.badf;
    const v = view();
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = v.getUint32(vectors + 8 * i, true);
      const size = v.getUint32(vectors + 8 * i + 4, true);
      if (size) world.write[fd](refresh().slice(at, at + size));
      total += size;
    }
    view().setUint32(written, total, true);
    return ERRNO.success;
  },
  fd_read(fd, vectors, count, read) {
    if (world === null || fd !== 0) return ERRNO.badf;
    const v = view();
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = v.getUint32(vectors + 8 * i, true);
      const piece = world.input.subarray(world.at, world.at + v.getUint32(vectors + 8 * i + 4, true));
      refresh().set(piece, at);
      world.at += piece.length;
      total += piece.length;
    }
    v.setUint32(read, total, true);
    return ERRNO.success;
  },
  fd_close: () => ERRNO.success,
  fd_seek: () => ERRNO.spipe,
  fd_fdstat_get: () => ERRNO.badf,
  fd_filestat_get(fd, at) {
    // A stream of unknown kind: neither a file nor a terminal.
    refresh().fill(0, at, at + 64);
    return fd <= 2 ? ERRNO.success : ERRNO.badf;
  },
  clock_res_get(id, at) {
    view().setBigUint64(at, id === 0 ? 1000000n : 1000n, true);
    return ERRNO.success;
  },
  clock_time_get(id, _precision, at) {
    view().setBigUint64(at, id === 0 ? BigInt(Date.now()) * 1000000n : monotonic(), true);
    return ERRNO.success;
  },
  random_get(at, size) {
    for (let i = 0; i < size; i += 65536)
      crypto.getRandomValues(refresh().subarray(at + i, at + Math.min(size, i + 65536)));
    return ERRNO.success;
  },
  // The library only waits for the time.
  poll_oneoff(subscriptions, events, _count, stored) {
    const v = view();
    const wait = v.getBigUint64(subscriptions + 24, true);
    const absolute = v.getUint16(subscriptions + 40, true) & 1;
    const id = v.getUint32(subscriptions + 16, true);
    const now = id === 0 ? BigInt(Date.now()) * 1000000n : monotonic();
    sleep(Number(absolute ? wait - now : wait) / 1e6);
    refresh().fill(0, events, events + 32);
    v.setBigUint64(events, v.getBigUint64(subscriptions, true), true);
    v.setUint32(stored, 1, true);
    return ERRNO.success;
  },
  proc_exit() {
    throw new Error("wattle: the library stopped");
  },
};
const imports = () => ({
  wasi_snapshot_preview1: new Proxy(wasi, { get: (all, name) => all[name] ?? (() => ERRNO.notsup) }),
});

function start(instance) {
  wasm = instance.exports;
  heap = null;
  wasm._initialize?.();
}

/** For the entries: the module is `m`. */
export async function setModule(m) {
  const instance = await WebAssembly.instantiate(m, imports());
  module = m;
  start(instance);
}
export function setModuleSync(m) {
  start(new WebAssembly.Instance(m, imports()));
  module = m;
}
export const isReady = () => wasm !== null;

const ready = () => {
  if (wasm !== null) return;
  if (module === null) throw new Error("wattle: call init() before the synchronous functions");
  start(new WebAssembly.Instance(module, imports()));
};

// ---- options ----

const push = (list, name, value = "") => list.push([name, typeof value === "string" ? encoder.encode(value) : value]);
const flag = (list, name, on) => on && push(list, name);
const common = (o) => {
  const list = [];
  if (o.features !== undefined) push(list, "features", String(o.features));
  if (o.name !== undefined) push(list, "name", String(o.name));
  flag(list, "nocheck", o.check === false);
  return list;
};

function packOptions(list) {
  let size = 0;
  for (const [name, value] of list) size += name.length + 5 + value.length;
  const packed = new Uint8Array(size);
  const v = new DataView(packed.buffer);
  let at = 0;
  for (const [name, value] of list) {
    at += encoder.encodeInto(name, packed.subarray(at)).written + 1;
    v.setUint32(at, value.length, true);
    packed.set(value, at + 4);
    at += 4 + value.length;
  }
  return packed;
}

// ---- calls ----

const allocate = (size) => {
  const at = wasm.wattle_alloc(size + 1) >>> 0;
  if (at === 0) throw new RangeError("wattle: out of memory");
  return at;
};

function putSource(source) {
  if (typeof source !== "string") {
    const bytes = bytesOf(source);
    const at = allocate(bytes.length);
    refresh().set(bytes, at);
    return { at, size: bytes.length };
  }
  // Most texts are ASCII: as many bytes as units. What does not fit is measured.
  let at = allocate(source.length);
  let { read, written } = encoder.encodeInto(source, refresh().subarray(at, at + source.length));
  if (read < source.length) {
    wasm.wattle_free(at);
    const rest = source.length - read;
    at = allocate(written + 3 * rest);
    ({ read, written } = encoder.encodeInto(source, refresh().subarray(at, at + written + 3 * rest)));
  }
  return { at, size: written };
}

const STATUS = { ok: 0, memory: 4, usage: 6, link: 7, trap: 8, exit: 9, exception: 10, limit: 3 };

// `take` makes what is wanted of the bytes that were made, which are lent.
function call(name, source, list, take) {
  ready();
  let input = null;
  let options = null;
  try {
    input = putSource(source);
    const packed = packOptions(list);
    options = allocate(packed.length);
    refresh().set(packed, options);
    const result = wasm[name](input.at, input.size, options, packed.length) >>> 0;
    if (result === 0) throw new RangeError("wattle: out of memory");
    const v = view();
    const status = v.getUint32(result, true);
    const piece = (at) =>
      refresh().subarray(v.getUint32(at, true), v.getUint32(at, true) + v.getUint32(at + 4, true));
    const report = piece(result + 20);
    const diagnostics = report.length
      ? readReport(JSON.parse(decoder.decode(report)), source, heap.subarray(input.at, input.at + input.size))
      : [];
    const made = take(piece(result + 4), status, diagnostics, input);
    wasm.wattle_free_result(result);
    if (status === STATUS.memory && diagnostics.length === 0) diagnostics.push(plain("out_of_memory", "resource", "out of memory"));
    return { ok: status === STATUS.ok, diagnostics, ...made };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof WebAssembly.RuntimeError)) throw error;
    wasm = null;
    return {
      ok: false,
      diagnostics: [outOfMemory(error)],
      ...take(new Uint8Array(0), STATUS.memory, [], null),
    };
  } finally {
    if (wasm !== null) {
      if (input !== null) wasm.wattle_free(input.at);
      if (options !== null) wasm.wattle_free(options);
    }
  }
}

// After memory that ran out, or a fault of ours, the next call begins with a new instance.
function guarded(work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof WebAssembly.RuntimeError)) throw error;
    wasm = null;
    throw error instanceof RangeError ? error : new RangeError(error.message);
  }
}
const outOfMemory = (error) => plain("out_of_memory", "resource", `the module cannot be worked on here: ${error.message}`);

/** For web/playground, whose module has more calls. */
export const inside = {
  exports: () => (ready(), wasm),
  heap: refresh,
  view,
  allocate,
  putSource,
  guarded,
  outOfMemory,
  /** Exports of another instance of the module, whose `_initialize` was not called. */
  instance: () => (ready(), new WebAssembly.Instance(module, imports()).exports),
  /** Takes its place, inside of `within`. */
  become(exports) {
    [wasm, heap] = [exports, null];
  },
  /** Works with it, and gives the program that runs there its streams. */
  within(exports, streams, work) {
    const before = [wasm, heap, world];
    [wasm, heap, world] = [exports, null, streams];
    try {
      return work();
    } finally {
      [wasm, heap, world] = before;
    }
  },
  contents,
  call,
  decoder,
  unitOffsets,
  outcomeOf: (answer) => outcomeOf(answer),
  runOptions: (options) => packOptions(runOptions(options)),
};

// ---- diagnostics ----

const plain = (name, kind, message) => ({
  severity: "error", code: "", name, kind, message, range: null, path: null, hints: [], notes: [], fix: null,
});

// From byte offsets to UTF-16 ones: one walk over the text for all of them.
function unitOffsets(offsets, source, utf8) {
  const units = new Map();
  const ascii = typeof source !== "string" || source.length === utf8.length;
  let at = 0;
  let unit = 0;
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    if (ascii) {
      units.set(offset, offset);
      continue;
    }
    for (; at < offset && at < utf8.length; at++) {
      const c = utf8[at];
      if ((c & 0xc0) !== 0x80) unit += c >= 0xf0 ? 2 : 1;
    }
    units.set(offset, unit);
  }
  return units;
}

function readReport(report, source, utf8) {
  const offsets = [];
  const note = (r) => r !== null && r !== undefined && offsets.push(r.offset, r.offset + r.length);
  for (const p of report.problems) {
    note(p.range);
    note(p.fix?.range);
    p.notes.forEach((n) => note(n.range));
  }
  const units = unitOffsets(offsets, source, utf8);
  const range = (r) =>
    r === null || r === undefined
      ? null
      : {
          start: units.get(r.offset), end: units.get(r.offset + r.length),
          byteStart: r.offset, byteEnd: r.offset + r.length,
          line: r.line ?? null, column: r.column ?? null, endLine: r.endLine ?? null, endColumn: r.endColumn ?? null,
        };
  return report.problems.map((p) => ({
    severity: p.class === "warning" ? "warning" : "error",
    code: p.code,
    name: p.name,
    kind: p.class,
    message: p.message,
    range: range(p.range),
    path: p.path ?? null,
    hints: p.notes.filter((n) => n.range === null).map((n) => n.message),
    notes: p.notes.filter((n) => n.range !== null).map((n) => ({ message: n.message, range: range(n.range) })),
    fix: p.fix ? { text: p.fix.replacement, range: range(p.fix.range) } : null,
  }));
}

// ---- one thing of one input ----

const takeBytes = (out, status) => ({ bytes: status === STATUS.ok ? out.slice() : null });
const takeText = (out, status) => ({ text: status === STATUS.ok ? decoder.decode(out) : null });

export function wat2wasmSync(source, o = {}) {
  const list = common(o);
  flag(list, "nonames", o.names === false);
  return call("wattle_wat2wasm", source, list, takeBytes);
}

export function wasm2watSync(source, o = {}) {
  const list = common(o);
  flag(list, "fold", o.fold);
  flag(list, "nonames", o.names === false);
  flag(list, "generate", o.generateNames);
  flag(list, "inline-exports", o.inlineExports);
  flag(list, "inline-imports", o.inlineImports);
  flag(list, "offsets", o.offsets);
  flag(list, "skeleton", o.skeleton);
  flag(list, "lossless", o.lossless);
  flag(list, "noannotations", o.annotations === false);
  if (o.indent !== undefined) push(list, "indent", String(o.indent));
  return call("wattle_wasm2wat", source, list, takeText);
}
export { wasm2watSync as printSync };

// For web/loader and web/playground, whose modules have this call: the files of a package by their names.
export function packSync(source, o = {}) {
  const list = common(o);
  if (o.file !== undefined) push(list, "file", String(o.file));
  if (o.clauses !== undefined) push(list, "clauses", o.clauses);
  flag(list, "map", o.map);
  flag(list, "hot", o.hot);
  if (o.packageName !== undefined) push(list, "package", String(o.packageName));
  if (o.targets !== undefined) push(list, "targets", String(o.targets));
  return call("wattle_pack", source, list, (out) => {
    const files = new Map();
    for (let at = 0; at < out.length; ) {
      const end = out.indexOf(0, at);
      const size = out[end + 1] + out[end + 2] * 0x100 + out[end + 3] * 0x10000 + out[end + 4] * 0x1000000;
      files.set(decoder.decode(out.subarray(at, end)), out.slice(end + 5, end + 5 + size));
      at = end + 5 + size;
    }
    return { files };
  });
}

export const validateSync = (source, o = {}) => call("wattle_validate", source, common(o), () => ({}));

export function stripSync(source, o = {}) {
  const list = common(o);
  flag(list, "all", o.all);
  flag(list, "debug", o.debugOnly);
  for (const name of o.keep ?? []) push(list, "keep", String(name));
  for (const name of o.remove ?? []) push(list, "remove", String(name));
  return call("wattle_strip", source, list, takeBytes);
}

export function objdumpSync(source, o = {}) {
  const list = common(o);
  for (const name of ["headers", "details", "disassemble", "contents", "relocations"]) flag(list, name, o[name]);
  if (o.section !== undefined) push(list, "section", String(o.section));
  return call("wattle_objdump", source, list, (out) => ({ text: out.length ? decoder.decode(out) : null }));
}

// ---- what a module is made of ----

const KINDS = ["section", "type", "import", "function", "table", "memory", "tag", "global", "export", "element", "data"];

function readType(t) {
  if ("minimum" in t) {
    t.minimum = BigInt(t.minimum);
    t.maximum = t.maximum === undefined ? null : BigInt(t.maximum);
  }
  return t;
}

function readModule(json, source, utf8) {
  const sections = [];
  const items = new Map();
  const item = (kind, index, name) => {
    const key = kind * 2 ** 32 + index;
    let i = items.get(key);
    if (i === undefined) items.set(key, (i = { kind: KINDS[kind], index, name: null, bytes: null, source: null }));
    if (name !== undefined) i.name = name;
    return i;
  };
  if (json.source !== null) {
    const units = unitOffsets(json.source.flatMap(([, , offset, size]) => [offset, offset + size]), source, utf8);
    for (const [kind, index, offset, size, , name] of json.source)
      item(kind, index, name).source = {
        start: units.get(offset), end: units.get(offset + size), byteStart: offset, byteEnd: offset + size,
      };
  }
  for (const [kind, index, offset, size, content, name] of json.binary) {
    if (kind === 0) sections.push({ id: index, name, start: offset, content, end: offset + size });
    else item(kind, index, name).bytes = { start: offset, end: offset + size, size };
  }
  for (const i of json.imports) readType(i.type);
  for (const e of json.exports) readType(e.type);
  return { name: json.name, size: json.size, imports: json.imports, exports: json.exports, sections, items: [...items.values()] };
}

export function parseSync(source, o = {}) {
  return call("wattle_describe", source, common(o), (out, status, _diagnostics, input) => ({
    module:
      status === STATUS.ok
        ? readModule(JSON.parse(decoder.decode(out)), source, heap.subarray(input.at, input.at + input.size))
        : null,
  }));
}

export function sectionsSync(source, o = {}) {
  const { ok, diagnostics, module: m } = parseSync(source, o);
  return { ok, diagnostics, sections: m === null ? [] : m.sections };
}

export function sizesSync(source, o = {}) {
  const { ok, diagnostics, module: m } = parseSync(source, o);
  const items = m === null ? [] : m.items.filter((i) => i.bytes !== null).sort((a, b) => b.bytes.size - a.bytes.size);
  return { ok, diagnostics, size: m === null ? 0 : m.size, sections: m === null ? [] : m.sections, items };
}

// ---- the host's engine ----

const refused = (made, error) => {
  made.diagnostics.push(plain("host_refused", "host", error.message));
  return { ...made, ok: false, module: null };
};

export function compileSync(source, o = {}) {
  const made = wat2wasmSync(source, o);
  if (!made.ok) return { ...made, module: null };
  try {
    return { ...made, module: new WebAssembly.Module(made.bytes) };
  } catch (error) {
    return refused(made, error);
  }
}

export async function compileAsync(source, o = {}) {
  const made = wat2wasmSync(source, o);
  if (!made.ok) return { ...made, module: null };
  try {
    return { ...made, module: await WebAssembly.compile(made.bytes) };
  } catch (error) {
    return refused(made, error);
  }
}

// ---- running ----

const numberText = (v) => {
  const text = Object.is(v, -0) ? "-0" : String(v);
  return text === "Infinity" ? "inf" : text === "-Infinity" ? "-inf" : text === "NaN" ? "nan" : text;
};
const READ = {
  i32: (t) => Number(t) | 0,
  i64: (t) => BigInt.asIntN(64, BigInt(t)),
  f32: readFloat,
  f64: readFloat,
};
function readFloat(text) {
  const sign = text.startsWith("-") ? -1 : 1;
  const plainText = text.replace(/^[-+]/, "");
  if (plainText.startsWith("inf")) return sign * Infinity;
  if (plainText.startsWith("nan")) return NaN;
  const hex = /^0x([0-9a-f]+)(?:\.([0-9a-f]*))?(?:p([-+]?\d+))?$/i.exec(plainText);
  if (hex === null) return Number(text);
  const digits = hex[1] + (hex[2] ?? "");
  return sign * Number(BigInt(`0x${digits}`)) * 2 ** (Number(hex[3] ?? 0) - 4 * (hex[2] ?? "").length);
}

function joined(pieces) {
  const all = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of pieces) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

function runOptions(o) {
  const list = common(o);
  push(list, "arg", o.program ?? o.name ?? "module");
  for (const a of o.args ?? []) push(list, "arg", String(a));
  for (const [k, v] of Object.entries(o.env ?? {})) push(list, "env", `${k}=${v}`);
  for (const [path, data] of Object.entries(o.files ?? {})) push(list, "file", joined([encoder.encode(`${path}\0`), contents(data)]));
  if (o.invoke !== undefined) push(list, "invoke", String(o.invoke));
  for (const v of o.values ?? []) push(list, "value", numberText(v));
  const numbers = { fuel: o.fuel, timeout: o.timeout, memory: o.maxMemory, heap: o.maxHeap, stack: o.maxStack, seed: o.seed };
  for (const [name, v] of Object.entries(numbers)) if (v !== undefined) push(list, name, String(typeof v === "number" ? Math.max(0, Math.ceil(v)) : v));
  flag(list, "count", o.countFuel);
  flag(list, "deterministic", o.deterministic);
  return list;
}

function readFiles(out, at) {
  const files = {};
  const v = new DataView(out.buffer, out.byteOffset, out.byteLength);
  while (at < out.length) {
    const path = v.getUint32(at, true);
    const size = v.getUint32(at + 4, true);
    files[decoder.decode(out.subarray(at + 8, at + 8 + path))] = out.slice(at + 8 + path, at + 8 + path + size);
    at += 8 + path + size;
  }
  return files;
}

const outcomeOf = (answer) => {
  if (answer.status === STATUS.ok || answer.status === STATUS.exit) return "exit";
  if (answer.status === STATUS.exception) return "exception";
  if (answer.status !== STATUS.trap) return "error";
  return answer.timedOut ? "timeout" : answer.trap?.code === 25 ? "fuel" : "trap";
};

export function runSync(source, o = {}) {
  const pieces = { 1: [], 2: [] };
  const before = world;
  world = {
    input: o.stdin === undefined ? new Uint8Array(0) : contents(o.stdin),
    at: 0,
    write: {
      1: o.onStdout ?? ((bytes) => pieces[1].push(bytes)),
      2: o.onStderr ?? ((bytes) => pieces[2].push(bytes)),
    },
  };
  try {
    const made = call("wattle_run", source, runOptions(o), (out, status) => {
      const size = out.length >= 4 ? new DataView(out.buffer, out.byteOffset).getUint32(0, true) : 0;
      const answer = size ? JSON.parse(decoder.decode(out.subarray(4, 4 + size))) : { status, values: [] };
      return { answer, files: size ? readFiles(out, 4 + size) : {} };
    });
    const { answer, files, diagnostics } = made;
    const stdout = joined(pieces[1]);
    const stderr = joined(pieces[2]);
    return {
      ok: answer.status === STATUS.ok || answer.status === STATUS.exit,
      diagnostics,
      outcome: outcomeOf(answer),
      exitCode: answer.exitCode ?? null,
      values: answer.values.map(([kind, text]) => READ[kind]?.(text) ?? text),
      stdout,
      stderr,
      stdoutText: decoder.decode(stdout),
      stderrText: decoder.decode(stderr),
      files,
      trap: answer.trap ?? null,
      message: answer.message ?? null,
      fuelUsed: answer.fuelUsed === undefined ? null : BigInt(answer.fuelUsed),
    };
  } finally {
    world = before;
  }
}

export function version() {
  ready();
  const at = wasm.wattle_version() >>> 0;
  return decoder.decode(refresh().subarray(at, heap.indexOf(0, at)));
}
