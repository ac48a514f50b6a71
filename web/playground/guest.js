// A module in this browser's own engine. What it imports and nobody gives is made up: functions that
// say what they were called with and give zeros, memories, tables, globals of the type that is asked
// for. Of WASI: streams, arguments, the environment, clocks, random bytes, the exit.

const encoder = new TextEncoder();

class Exit extends Error {
  /** @param {number} code */
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

const E = { success: 0, badf: 8, notsup: 58, spipe: 70 };

/**
 * @param {() => WebAssembly.Memory} memory
 * @param {any} options args, env, stdin
 * @param {(event: any) => void} say
 */
function preview1(memory, options, say) {
  const view = () => new DataView(memory().buffer);
  const bytes = (/** @type {number} */ at, /** @type {number} */ size) => new Uint8Array(memory().buffer, at >>> 0, size >>> 0);
  const input = typeof options.stdin === "string" ? encoder.encode(options.stdin) : (options.stdin ?? new Uint8Array(0));
  let read = 0;
  const lists = {
    args: [options.program ?? "module", ...(options.args ?? [])].map((a) => encoder.encode(`${a}\0`)),
    env: Object.entries(options.env ?? {}).map(([k, v]) => encoder.encode(`${k}=${v}\0`)),
  };
  const sizes = (/** @type {Uint8Array[]} */ list) => (/** @type {number} */ number, /** @type {number} */ size) => {
    view().setUint32(number, list.length, true);
    view().setUint32(size, list.reduce((n, t) => n + t.length, 0), true);
    return E.success;
  };
  const get = (/** @type {Uint8Array[]} */ list) => (/** @type {number} */ pointers, /** @type {number} */ at) => {
    list.forEach((text, i) => {
      view().setUint32(pointers + 4 * i, at, true);
      bytes(at, text.length).set(text);
      at += text.length;
    });
    return E.success;
  };
  /** @type {Record<string, (...all: any[]) => number>} */
  const calls = {
    args_sizes_get: sizes(lists.args),
    args_get: get(lists.args),
    environ_sizes_get: sizes(lists.env),
    environ_get: get(lists.env),
    fd_write(fd, vectors, number, written) {
      if (fd !== 1 && fd !== 2) return E.badf;
      let total = 0;
      for (let i = 0; i < number; i++) {
        const size = view().getUint32(vectors + 8 * i + 4, true);
        if (size) say({ event: fd === 1 ? "stdout" : "stderr", bytes: bytes(view().getUint32(vectors + 8 * i, true), size).slice() });
        total += size;
      }
      view().setUint32(written, total, true);
      return E.success;
    },
    fd_read(fd, vectors, number, done) {
      if (fd !== 0) return E.badf;
      let total = 0;
      for (let i = 0; i < number; i++) {
        const piece = input.subarray(read, read + view().getUint32(vectors + 8 * i + 4, true));
        bytes(view().getUint32(vectors + 8 * i, true), piece.length).set(piece);
        read += piece.length;
        total += piece.length;
      }
      view().setUint32(done, total, true);
      return E.success;
    },
    fd_close: () => E.success,
    fd_seek: () => E.spipe,
    fd_prestat_get: () => E.badf,
    fd_fdstat_get(fd, at) {
      if (fd > 2) return E.badf;
      bytes(at, 24).fill(0);
      view().setUint8(at, 2); // a terminal
      return E.success;
    },
    clock_res_get(_id, at) {
      view().setBigUint64(at, 1000n, true);
      return E.success;
    },
    clock_time_get(id, _precision, at) {
      view().setBigUint64(at, BigInt(Math.round((id === 0 ? Date.now() : performance.now()) * 1e6)), true);
      return E.success;
    },
    random_get(at, size) {
      for (let i = 0; i < size; i += 65536) crypto.getRandomValues(bytes(at + i, Math.min(size - i, 65536)));
      return E.success;
    },
    sched_yield: () => E.success,
    proc_exit(code) {
      throw new Exit(code >>> 0);
    },
  };
  return calls;
}

const show = (/** @type {any} */ v) => (typeof v === "bigint" ? `${v}n` : Object.is(v, -0) ? "-0" : v === null ? "null" : typeof v === "function" ? "[function]" : String(v));

/** The shortest digits that are this f32. @param {number} v */
function show32(v) {
  for (let digits = 1; Number.isFinite(v) && digits < 10; digits++) {
    const near = Number(v.toPrecision(digits));
    if (Math.fround(near) === v) return show(near);
  }
  return show(v);
}

/** For an import that nobody gives. @param {any} wanted @param {any} type @param {(event: any) => void} say */
function makeUp(wanted, type, say) {
  const name = `${wanted.module}.${wanted.name}`;
  const zero = (/** @type {string} */ t) => (t === "i64" ? 0n : /^[if]/.test(t) ? 0 : null);
  switch (wanted.kind) {
    case "function":
      return (/** @type {any[]} */ ...args) => {
        say({ event: "call", text: `${name}(${args.map(show).join(", ")})` });
        const results = type?.results ?? [];
        return results.length > 1 ? results.map(zero) : results.length ? zero(results[0]) : undefined;
      };
    case "memory": {
      const wide = type?.address === "i64";
      const number = (/** @type {bigint} */ n) => (wide ? n : Number(n));
      return new WebAssembly.Memory(/** @type {any} */ ({
        initial: number(type?.minimum ?? 1n),
        ...(type?.maximum == null ? {} : { maximum: number(type.maximum) }),
        ...(wide ? { address: "i64" } : {}),
        ...(type?.shared ? { shared: true } : {}),
      }));
    }
    case "table":
      return new WebAssembly.Table({
        element: type?.element === "externref" ? "externref" : "anyfunc",
        initial: Number(type?.minimum ?? 0n),
        ...(type?.maximum == null ? {} : { maximum: Number(type.maximum) }),
      });
    case "global":
      return new WebAssembly.Global({ value: type?.value ?? "i32", mutable: type?.mutable ?? false }, zero(type?.value ?? "i32"));
    case "tag":
      // @ts-ignore not in every library of types
      return new WebAssembly.Tag({ parameters: type?.parameters ?? [] });
  }
}

/** Texts of a form as values for a call. @param {string[]} values @param {string[]} types */
export const toValues = (values, types) =>
  values.map((text, i) => {
    const t = types[i];
    if (t === "i64") return BigInt.asIntN(64, BigInt(text.replaceAll("_", "") || "0"));
    if (t === "i32") return Number(BigInt.asIntN(32, BigInt(text.replaceAll("_", "") || "0")));
    if (t === "f32" || t === "f64") return toFloat(text);
    return text === "" || text === "null" ? null : text;
  });
const toFloat = (/** @type {string} */ text) => {
  const plain = text.trim().replaceAll("_", "").toLowerCase();
  const bare = plain.replace(/^[-+]/, "");
  const sign = plain.startsWith("-") ? -1 : 1;
  return bare === "inf" || bare === "infinity" ? sign * Infinity : bare.startsWith("nan") ? NaN : Number(plain || "0");
};

export class Guest {
  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {any} options say, imports, types (of imports), and those of WASI
   */
  static async make(bytes, options) {
    const guest = new Guest();
    guest.module = await WebAssembly.compile(bytes);
    const wanted = WebAssembly.Module.imports(guest.module);
    const say = options.say;
    const memory = () => /** @type {WebAssembly.Memory} */ (guest.memory());
    const wasi = preview1(memory, options, say);
    /** @type {Record<string, Record<string, any>>} */
    const imports = {};
    wanted.forEach((w, i) => {
      const given = options.imports?.[w.module]?.[w.name];
      (imports[w.module] ??= {})[w.name] =
        given ?? (w.module === "wasi_snapshot_preview1" ? (wasi[w.name] ?? (() => E.notsup)) : makeUp(w, options.types?.[i], say));
    });
    guest.imports = imports;
    guest.instance = await WebAssembly.instantiate(guest.module, imports);
    return guest;
  }

  constructor() {
    /** @type {WebAssembly.Module} */
    this.module;
    /** @type {WebAssembly.Instance} */
    this.instance;
    /** @type {Record<string, Record<string, any>>} */
    this.imports = {};
  }

  get exports() {
    return /** @type {Record<string, any>} */ (this.instance.exports);
  }

  memory() {
    for (const e of WebAssembly.Module.exports(this.module)) if (e.kind === "memory") return this.exports[e.name];
    for (const i of WebAssembly.Module.imports(this.module)) if (i.kind === "memory") return this.imports[i.module][i.name];
    return null;
  }

  /**
   * Calls one function, or `_start`.
   * @param {any} options invoke, values, valueTypes, resultTypes
   * @param {number} before when the clock began
   */
  run(options, before) {
    const call = options.invoke === undefined ? this.exports._start : this.exports[options.invoke];
    const done = (/** @type {any} */ more) => ({ ms: performance.now() - before, ...more });
    try {
      const values = toValues(options.values ?? [], options.valueTypes ?? []);
      const result = call(...values);
      const ms = performance.now() - before;
      return done({ ms, outcome: "exit", exitCode: 0, values: (result === undefined ? [] : Array.isArray(result) ? result : [result]).map((v, i) => (options.resultTypes?.[i] === "f32" ? show32(v) : show(v))) });
    } catch (error) {
      if (error instanceof Exit) return done({ outcome: "exit", exitCode: error.code, values: [] });
      const outcome = error instanceof WebAssembly.RuntimeError ? "trap" : "error";
      return done({ outcome, values: [], message: error instanceof Error ? error.message : `threw ${String(error)}` });
    }
  }

  describe() {
    return { exports: WebAssembly.Module.exports(this.module), memory: this.memory()?.buffer.byteLength ?? 0 };
  }

  /**
   * Calls what moves the picture, and takes the bytes of it.
   * @param {{ calls: [string, number[]][], at: string, size: number }} options `at`: an address, or an export
   *   that has it
   */
  frame({ calls, at, size }) {
    const before = performance.now();
    for (const [name, args] of calls) {
      const call = this.exports[name];
      if (typeof call !== "function") throw new Error(`there is no exported function "${name}"`);
      call(...args);
    }
    const ms = performance.now() - before;
    const memory = this.memory();
    if (memory === null) throw new Error("the module exports no memory");
    const named = this.exports[at];
    const address = typeof named === "function" ? named() : named instanceof WebAssembly.Global ? named.value : Number(at);
    if (!Number.isInteger(Number(address))) throw new Error(`"${at}" is no address and no export`);
    const from = Number(address) >>> 0;
    const bytes = new Uint8Array(memory.buffer).slice(from, from + size);
    return { bytes, address: from, memory: memory.buffer.byteLength, ms };
  }
}
