// The other side of the differential runs (scripts/differ.py): the same as fuzz/differ.c, by the
// WebAssembly that this JavaScript engine has.
import { readFileSync } from 'node:fs';

const MASK = (1n << 64n) - 1n;
const CORNERS = [0n, 1n, MASK, 0x80000000n, 0x7fffffffn, 1n << 63n, (1n << 63n) - 1n, 31n];
let state;
function next() {
  let x = state;
  x ^= (x << 13n) & MASK;
  x ^= x >> 7n;
  x ^= (x << 17n) & MASK;
  state = x;
  return x % 4n === 0n ? CORNERS[Number((x / 4n) % 8n)] : x >> ((x / 64n) % 64n);
}
const i32 = () => Number(BigInt.asIntN(32, next()));

// What exported functions take is not to be seen from JavaScript: read the types of the module.
function reader(bytes) {
  let at = 0;
  const r = {
    get at() { return at; },
    set at(v) { at = v; },
    byte: () => bytes[at++],
    u32() {
      let v = 0, shift = 0, b;
      do {
        b = bytes[at++];
        v |= (b & 127) << shift;
        shift += 7;
      } while (b & 128);
      return v >>> 0;
    },
    s33() {
      let v = 0n, shift = 0n, b;
      do {
        b = bytes[at++];
        v |= BigInt(b & 127) << shift;
        shift += 7n;
      } while (b & 128);
      return Number(BigInt.asIntN(Number(shift), v));
    },
    name() {
      const n = r.u32();
      at += n;
      return Buffer.from(bytes.subarray(at - n, at)).toString();
    },
    type() {
      const b = bytes[at];
      if (b === 0x63 || b === 0x64) {
        at++;
        const heap = r.heap();
        return { kind: 'ref', nullable: b === 0x63, heap };
      }
      at++;
      const plain = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128' }[b];
      return plain ? { kind: plain } : { kind: 'ref', nullable: true, heap: b - 128 };
    },
    heap() {
      if (bytes[at] === 0x62) at++; // exact
      return r.s33();
    },
    limits() {
      const flags = r.byte();
      r.u32();
      if (flags & 1) r.u32();
      if (flags & 8) r.u32();
    },
  };
  return r;
}

function signatures(bytes) {
  const r = reader(bytes), types = [], funcs = [], exports = [];
  r.at = 8;
  const composite = () => {
    let b = r.byte();
    if (b === 0x50 || b === 0x4f) {
      for (let n = r.u32(); n; n--) r.u32();
      b = r.byte();
    }
    const list = (n) => Array.from({ length: n }, () => r.type());
    if (b === 0x60) {
      const params = list(r.u32());
      types.push({ params, results: list(r.u32()) });
      return;
    }
    const field = () => {
      const s = bytes[r.at];
      if (s === 0x78 || s === 0x77) r.byte();
      else r.type();
      r.byte();
    };
    for (let n = b === 0x5f ? r.u32() : 1; n; n--) field();
    types.push(null);
  };
  while (r.at < bytes.length) {
    const id = r.byte(), size = r.u32(), end = r.at + size;
    if (id === 1) {
      for (let n = r.u32(); n; n--) {
        if (bytes[r.at] === 0x4e) {
          r.byte();
          for (let k = r.u32(); k; k--) composite();
        } else composite();
      }
    } else if (id === 2) {
      for (let n = r.u32(); n; n--) {
        r.name();
        r.name();
        const kind = r.byte();
        if (kind === 0) funcs.push(r.u32());
        else if (kind === 1) { r.type(); r.limits(); }
        else if (kind === 2) r.limits();
        else if (kind === 3) { r.type(); r.byte(); }
        else { r.byte(); r.u32(); }
      }
    } else if (id === 3) {
      for (let n = r.u32(); n; n--) funcs.push(r.u32());
    } else if (id === 7) {
      for (let n = r.u32(); n; n--) exports.push({ name: r.name(), kind: r.byte(), index: r.u32() });
    }
    r.at = end;
  }
  return { types, funcs, exports };
}

function argument(type) {
  switch (type.kind) {
    case 'i32': return i32();
    case 'i64': return BigInt.asIntN(64, next());
    case 'f32': return Math.fround(i32()) / 16;
    case 'f64': return i32() / 16;
    case 'v128': next(); next(); return 0;
  }
  return null;
}

const EXN = -23, NOEXN = -12, CONT = -24, NOCONT = -11;
const foreign = (t) => t.kind === 'v128' || (t.kind === 'ref' && [EXN, NOEXN, CONT, NOCONT].includes(t.heap));

const view = new DataView(new ArrayBuffer(8));
const hex = (n, digits) => n.toString(16).padStart(digits, '0');
function show(v, type) {
  switch (type.kind) {
    case 'i32': return ` ${v}`;
    case 'i64': return ` ${v}`;
    case 'f32':
      if (Number.isNaN(v)) return ' nan';
      view.setFloat32(0, v);
      return ` f${hex(view.getUint32(0), 8)}`;
    case 'f64':
      if (Number.isNaN(v)) return ' nan';
      view.setFloat64(0, v);
      return ` d${hex(view.getBigUint64(0), 16)}`;
  }
  return v === null ? ' null' : ' ref';
}

const WORDS = [
  [/unreachable/, 'unreachable'],
  [/divide by zero|remainder by zero/, 'zero'],
  [/divide result unrepresentable|float unrepresentable/, 'range'],
  [/memory access out of bounds|data segment/, 'memory'],
  [/table index is out of bounds|table access|element segment|table out of bounds/, 'table'],
  [/array element access|array access|array index/, 'array'],
  [/null function or function signature/, 'signature'],
  [/null/, 'null'],
  [/illegal cast|cast/, 'cast'],
  [/too large|out of memory/i, 'allocation'],
  [/call stack/, 'stack'],
];
function failure(e) {
  if (e instanceof WebAssembly.Exception) return ' exception';
  if (e instanceof WebAssembly.LinkError) return ' link';
  const word = WORDS.find(([pattern]) => pattern.test(e.message));
  return ` trap ${word ? word[1] : `other (${e.message})`}`;
}

const out = [];
function run(bytes) {
  const module = new WebAssembly.Module(bytes);
  const sig = signatures(bytes);
  const instance = new WebAssembly.Instance(module, {});
  const item = (e) => instance.exports[e.name];
  state = 88172645463325252n;
  for (const [i, e] of sig.exports.entries()) {
    if (e.kind !== 0) continue;
    const type = sig.types[sig.funcs[e.index]];
    if ([...type.params, ...type.results].some(foreign)) continue;
    for (let round = 0; round < 2; round++) {
      const args = [];
      let callable = true;
      for (const p of type.params) {
        if (p.kind === 'ref' && !p.nullable) {
          callable = false;
          break;
        }
        args.push(argument(p));
      }
      if (!callable) continue;
      try {
        let results = item(e)(...args);
        if (type.results.length === 0) results = [];
        else if (type.results.length === 1) results = [results];
        out.push(`${i}:${[...results].map((v, k) => show(v, type.results[k])).join('')}`);
      } catch (error) {
        const text = failure(error);
        out.push(`${i}:${text}`);
        if (text === ' trap stack' || text === ' trap allocation') return;
      }
    }
  }
  for (const [i, e] of sig.exports.entries()) {
    if (e.kind !== 2) continue;
    const memory = new Uint8Array(item(e).buffer);
    let h = 2166136261;
    for (const b of memory) h = Math.imul(h ^ b, 16777619);
    out.push(`${i}: ${memory.length} bytes ${hex(h >>> 0, 8)}`);
  }
}

for (const path of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  out.push(`module ${path}`);
  try {
    run(readFileSync(path));
  } catch (e) {
    out.push(e instanceof WebAssembly.CompileError ? `invalid ${e.message}` : `start:${failure(e)}`);
  }
  out.push('end');
}
process.stdout.write(out.join('\n') + '\n');
